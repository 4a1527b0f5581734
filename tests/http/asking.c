#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"
#include "http/asking.h"

struct api_reply reply;
struct arena arena;

void asking_start(void)
{
    arena_init(&arena, (size_t)1 << 28);
    buf_init(&reply.body, 1);
}

void asking_stop(void)
{
    buf_release(&reply.body);
    arena_release(&arena);
}

static _Noreturn void fail_with_body(const char *target, const char *why)
{
    fail_msg("%s: %d, %s: %.*s", target, reply.status, why, (int)(reply.body.n < 600 ? reply.body.n : 600),
             reply.body.p);
    abort(); /* fail_msg does not come back, but does not say so */
}

/* ---- asking ---- */

int ask_of(const struct api *api, const char *target, struct api_request request)
{
    buf_release(&reply.body);
    arena_reset(&arena);
    request.target = str_view(target);
    if (request.method.n == 0)
        request.method = STR("GET");
    api_answer(api, &arena, &request, &reply);
    return reply.status;
}

void ask_key(const struct api *api, const char *target, struct api_request request, char key[KEY_TEXT])
{
    buf_release(&reply.body);
    arena_reset(&arena);
    request.target = str_view(target);
    request.method = STR("GET");
    struct call *call = api_resolve(api, &arena, &request, &reply);
    struct str text = call ? api_key(call) : STR("");
    (void)snprintf(key, KEY_TEXT, "%.*s", STR_ARG(text));
}

json_t *ask_json(const struct api *api, const char *target, int status)
{
    char why[32];
    (void)snprintf(why, sizeof why, "not %d", status);
    if (ask_of(api, target, (struct api_request){.method = STR("GET")}) != status)
        fail_with_body(target, why);
    return parse();
}

void ask_soundly(const struct api *api, const char *target)
{
    if (ask_of(api, target, (struct api_request){.method = STR("GET")}) != 200)
        fail_with_body(target, "not 200");
}

void ask_in_vain(const struct api *api, const char *target, int status, const char *slug)
{
    char type[64], why[128];
    (void)snprintf(type, sizeof type, "\"/problems/%s\"", slug);
    (void)snprintf(why, sizeof why, "not %d %s", status, type);
    if (ask_of(api, target, (struct api_request){.method = STR("GET")}) != status || !body_has(type))
        fail_with_body(target, why);
}

static const struct route *route_now(void)
{
    for (size_t i = 0; i < api_routes.n; i++)
        if (strcmp(reply.route, api_routes.route[i]->path) == 0)
            return api_routes.route[i];
    fail_msg("no route %s", reply.route);
    return NULL;
}

static bool type_fits(enum column_type type, const json_t *value)
{
    switch (type) {
    case COLUMN_STRING: return json_is_string(value);
    case COLUMN_INTEGER: return json_is_integer(value);
    case COLUMN_NUMBER: return json_is_number(value);
    case COLUMN_BOOLEAN: return json_is_boolean(value);
    case COLUMN_FLAGS:
    case COLUMN_LIST: return json_is_array(value);
    }
    return false;
}

static void check_columns(json_t *root)
{
    const struct route *route = route_now();
    json_t *row, *data = json_object_get(root, "data");
    size_t i;
    assert_true(json_is_array(data));
    json_array_foreach(data, i, row)
    {
        assert_int_equal(json_object_size(row), route->n_columns);
        for (size_t c = 0; c < route->n_columns; c++) {
            json_t *value = json_object_get(row, route->column[c].id);
            if (!value || (!json_is_null(value) && !type_fits(route->column[c].type, value)))
                fail_msg("%s: column %s of row %zu", route->path, route->column[c].id, i);
        }
    }
    assert_int_equal(json_array_size(json_object_get(root, "columns")), route->n_columns);
    assert_true(json_is_object(json_object_get(json_object_get(root, "meta"), "query")));
    assert_true(json_is_string(json_object_get(json_object_get(root, "links"), "self")));
}

json_t *ask_table(const struct api *api, const char *target)
{
    json_t *root = ask_json(api, target, 200);
    check_columns(root);
    return root;
}

/* ---- of the last answer ---- */

struct str header(const char *name)
{
    for (size_t i = 0; i < reply.n_headers; i++)
        if (strcmp(reply.header[i].name, name) == 0)
            return reply.header[i].value;
    return str_span(NULL, 0);
}

bool body_has(const char *text)
{
    return reply.body.n && memmem(reply.body.p, reply.body.n, text, strlen(text)) != NULL;
}

json_t *parse_text(struct str text)
{
    json_error_t error;
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s in %.*s", error.text, (int)(text.n < 400 ? text.n : 400), text.p);
    return root;
}

json_t *parse(void) { return parse_text(buf_view(&reply.body)); }

/* ---- of its JSON ---- */

json_t *row_of(json_t *root, size_t i) { return json_array_get(json_object_get(root, "data"), i); }
json_t *meta_of(json_t *root, const char *key) { return json_object_get(json_object_get(root, "meta"), key); }
bool is_null(json_t *object, const char *key) { return json_is_null(json_object_get(object, key)); }
json_int_t integer(json_t *object, const char *key) { return json_integer_value(json_object_get(object, key)); }
double number(json_t *object, const char *key) { return json_number_value(json_object_get(object, key)); }

bool is_text(json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value && strcmp(value, text) == 0;
}

bool has_flag(json_t *row, const char *flag)
{
    json_t *value;
    size_t i;
    json_array_foreach(json_object_get(row, "flags"), i, value)
    {
        if (strcmp(json_string_value(value), flag) == 0)
            return true;
    }
    return false;
}

bool warns_of(json_t *root, const char *words)
{
    json_t *value;
    size_t i;
    json_array_foreach(meta_of(root, "warnings"), i, value)
    {
        if (strstr(json_string_value(value), words))
            return true;
    }
    return false;
}

size_t place_of(const json_t *array, const char *text)
{
    size_t i = 0;
    while (i < json_array_size(array) && strcmp(json_string_value(json_array_get(array, i)), text) != 0)
        i++;
    return i;
}
