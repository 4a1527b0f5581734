/* The OpenAPI document as a whole, and its keeping. */
#include <stdatomic.h>
#include <stdlib.h>

#include "api/describe/openapi/openapi.h"

#define DOCUMENT_BYTES ((size_t)32 << 20)

static const char about[] =
    "Trade between two countries: how much they trade, who runs the deficit, which sectors make it, how far one side "
    "depends on the other, and who holds the lever.\n\n"
    "**Reading an answer.** Money is whole US dollars; shares are fractions from 0 to 1; only fields ending in `_pp` "
    "are "
    "percentage points. `null` is not zero: `flags` say why a figure is missing. `meta.dataset` says which data "
    "answered, "
    "`links` where to go on.\n\n"
    "**Asking.** A dimension that is left out is added up, a list gives exactly those members, `*` each of them. Lists "
    "are written with commas in one parameter. An unknown parameter, a repeated one or an unknown code is a problem, "
    "never an empty answer.\n\n"
    "**HTTP.** HEAD answers everything that GET does, with the same header fields; OPTIONS is answered everywhere "
    "(204). "
    "The format of a table is chosen by a suffix on the path (`.csv`), by `format=`, or by Accept, in that order. "
    "Problems are `application/problem+json` (RFC 9457) and name every mistake of a request at once.";

static void write_info(struct jw *jw)
{
    jw_kobject(jw, "info");
    jw_kz(jw, "title", "Entrepôt");
    jw_kz(jw, "summary", "Trade between two countries, and what it means");
    jw_kz(jw, "version", ENTREPOT_VERSION);
    jw_kz(jw, "description", about);
    jw_kobject(jw, "contact");
    jw_kz(jw, "name", "whoever runs this server");
    jw_end(jw);
    jw_kobject(jw, "license");
    jw_kz(jw, "name", "Each dataset has a licence of its own: see /v1/datasets");
    jw_kz(jw, "identifier", "LicenseRef-see-v1-datasets");
    jw_end(jw);
    jw_end(jw);
    jw_key(jw, STR("servers"));
    jw_raw(jw, STR("[{\"url\":\"/\",\"description\":\"The server that this document comes from\"}]"));
}

static void write_tags(struct jw *jw)
{
    jw_karray(jw, "tags");
    for (size_t g = 0; g < ROUTE_GROUPS; g++) {
        jw_object(jw);
        jw_kz(jw, "name", group_headings[g].name);
        jw_kz(jw, "description", group_headings[g].description);
        jw_end(jw);
    }
    jw_end(jw);
}

static void write_operation(const struct routes *routes, const struct route *route, bool head,
                            struct examples *examples, struct jw *jw)
{
    struct buf id;
    buf_init(&id, 128);
    buf_printf(&id, "%s%s", route->id, head ? "Head" : "");
    jw_kobject(jw, head ? "head" : "get");
    jw_kstr(jw, "operationId", buf_view(&id));
    buf_release(&id);
    jw_karray(jw, "tags");
    jw_str(jw, str_view(group_headings[route->group].name));
    jw_end(jw);
    jw_kz(jw, "summary", route->summary);
    jw_kz(jw, "description", head ? "Header fields only." : route->description);
    responses_write(routes, route, head, examples, jw);
    jw_end(jw);
}

static void write_paths(const struct routes *routes, struct examples *examples, struct jw *jw)
{
    jw_kobject(jw, "paths");
    for (size_t i = 0; i < routes->n; i++) {
        const struct route *route = routes->route[i];
        if (route->unlisted)
            continue;
        jw_kobject(jw, route->path);
        parameters_write(routes, route, jw);
        write_operation(routes, route, false, examples, jw);
        write_operation(routes, route, true, examples, jw);
        jw_end(jw);
    }
    jw_end(jw);
}

void openapi_write(const struct routes *routes, const struct api *api, size_t arena_bytes, struct buf *out)
{
    struct jw jw;
    struct examples examples;
    examples_init(&examples, api, arena_bytes);
    jw_init(&jw, out, false);
    jw_object(&jw);
    jw_kz(&jw, "openapi", "3.1.1");
    write_info(&jw);
    write_tags(&jw);
    jw_key(&jw, STR("security"));
    jw_raw(&jw, STR("[]"));
    write_paths(routes, &examples, &jw);
    jw_kobject(&jw, "components");
    parameters_write_shared(routes, &jw);
    responses_write_shared(&examples, &jw);
    schemas_write(routes, &jw);
    jw_end(&jw);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
    examples_release(&examples);
}

/* ---- keeping ---- */

struct description {
    _Atomic(struct buf *) openapi;
};

struct description *description_new(void) { return calloc(1, sizeof(struct description)); }

static void free_text(struct buf *text)
{
    if (text)
        buf_release(text);
    free(text);
}

void description_free(struct description *description)
{
    if (description)
        free_text(atomic_load(&description->openapi));
    free(description);
}

/* Threads that ask at the same time each make it, and one of them is kept: it is made once in a server's life. */
struct str description_openapi(const struct api *api, size_t arena_bytes)
{
    struct buf *made = atomic_load(&api->description->openapi), *none = NULL;
    if (made)
        return buf_view(made);
    made = malloc(sizeof *made);
    if (!made)
        return str_span(NULL, 0);
    buf_init(made, DOCUMENT_BYTES);
    openapi_write(api->routes, api, arena_bytes, made);
    if (made->failed) {
        free_text(made);
        return str_span(NULL, 0);
    }
    if (!atomic_compare_exchange_strong(&api->description->openapi, &none, made)) {
        free_text(made);
        made = none;
    }
    return buf_view(made);
}
