/* Examples are answers: each is asked for when the document is made. */
#include <stdio.h>

#include "api/describe/openapi/openapi.h"

#define TEXT_MAX ((size_t)2048) /* of an example that is no JSON */

void examples_init(struct examples *examples, const struct api *api, size_t arena_bytes)
{
    *examples = (struct examples){.api = api};
    arena_init(&examples->arena, arena_bytes);
}

void examples_release(struct examples *examples)
{
    buf_release(&examples->reply.body);
    arena_release(&examples->arena);
}

int examples_ask(struct examples *examples, const char *method, const char *target, const char *accept)
{
    if (!examples->api)
        return 0;
    buf_release(&examples->reply.body);
    arena_reset(&examples->arena);
    struct api_request request = {.method = str_view(method),
                                  .target = str_view(target),
                                  .accept = accept ? str_view(accept) : str_span(NULL, 0)};
    api_answer(examples->api, &examples->arena, &request, &examples->reply);
    return examples->reply.status;
}

static struct str content_type(const struct api_reply *reply)
{
    for (size_t i = 0; i < reply->n_headers; i++)
        if (strcmp(reply->header[i].name, "Content-Type") == 0)
            return reply->header[i].value;
    return str_span(NULL, 0);
}

/* application/json, application/problem+json … */
static bool is_json(struct str media)
{
    struct str rest = media, name = str_trim(str_cut(&rest, ';'));
    return str_ends(name, STR("/json")) || str_ends(name, STR("+json"));
}

/* The first lines of a long text. */
static struct str first_lines(struct str text)
{
    if (text.n <= TEXT_MAX)
        return text;
    size_t n = TEXT_MAX;
    while (n > 0 && text.p[n - 1] != '\n')
        n--;
    return str_span(text.p, n);
}

void examples_write(struct examples *examples, const char *key, struct str summary, struct jw *jw)
{
    struct str body = buf_view(&examples->reply.body);
    jw_kobject(jw, key);
    jw_kstr(jw, "summary", summary);
    jw_key(jw, STR("value"));
    if (is_json(content_type(&examples->reply)))
        jw_raw(jw, str_span(body.p, body.n && body.p[body.n - 1] == '\n' ? body.n - 1 : body.n));
    else
        jw_str(jw, first_lines(body));
    jw_end(jw);
}

static bool has_limit(const struct route *route)
{
    for (size_t i = 0; i < route->n_params; i++)
        if (strcmp(route->param[i].name, "limit") == 0)
            return !strstr(route->example, "limit=");
    return false;
}

void examples_target(const struct route *route, char *room)
{
    const char *sign = strchr(route->example, '?') ? "&" : "?";
    (void)snprintf(room, TARGET_BYTES, "%s%s", route->example, has_limit(route) ? sign : "");
    if (has_limit(route))
        (void)snprintf(room + strlen(room), TARGET_BYTES - strlen(room), "limit=2");
}
