/* What describes the api: the OpenAPI document and the page at /docs have every route, parameter, column and problem of the tables that
 * the program itself goes by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"
#include "api/table/names.h"
#include "http/asking.h"
#include "http/test_api.h"

static int ask(const char *target) { return ask_of(test_api(), target, (struct api_request){.method = STR("GET")}); }

/* What "$ref" leads to, or the value itself. */
static json_t *deref(json_t *root, json_t *value)
{
    const char *ref = json_string_value(json_object_get(value, "$ref"));
    char key[128];
    if (!ref)
        return value;
    assert_true(strncmp(ref, "#/", 2) == 0);
    json_t *at = root;
    for (struct str rest = str_view(ref + 2); rest.p;) {
        struct str step = str_cut(&rest, '/');
        (void)snprintf(key, sizeof key, "%.*s", STR_ARG(step));
        at = json_object_get(at, key);
    }
    if (!at)
        fail_msg("%s leads nowhere", ref);
    return at;
}

static json_t *param_named(json_t *root, json_t *parameters, const char *name)
{
    json_t *one;
    size_t i;
    json_array_foreach(parameters, i, one)
    {
        one = deref(root, one);
        if (is_text(one, "name", name))
            return one;
    }
    return NULL;
}

static void check_described_params(json_t *root, const struct route *route, json_t *path)
{
    json_t *parameters = json_object_get(path, "parameters");
    for (size_t p = 0; p < route->n_params; p++) {
        json_t *one = param_named(root, parameters, route->param[p].name);
        if (!one)
            fail_msg("%s: parameter %s is not described", route->path, route->param[p].name);
        assert_true(is_text(one, "in", route->param[p].in_path ? "path" : "query"));
        assert_true(json_is_object(json_object_get(one, "schema")));
    }
}

/* Every column is in the schema of the row, every numeric one in that of the filters. */
static void check_described_columns(json_t *root, const struct route *route, json_t *path, json_t *json)
{
    json_t *schema = json_object_get(json, "schema");
    json_t *items = json_object_get(json_object_get(json_object_get(schema, "properties"), "data"), "items");
    json_t *row = json_array_get(json_object_get(items, "anyOf"), 0);
    row = deref(root, row ? row : items);
    size_t named[COLUMNS_MAX];
    assert_int_equal(json_object_size(json_object_get(row, "properties")),
                     route->n_columns + name_columns(route, named));
    json_t *filters = param_named(root, json_object_get(path, "parameters"), "filters");
    filters = filters ? deref(root, json_object_get(filters, "schema")) : NULL;
    for (size_t c = 0; c < route->n_columns; c++) {
        char key[96];
        const struct column *column = &route->column[c];
        if (!json_object_get(json_object_get(row, "properties"), column->id))
            fail_msg("%s: column %s is not described", route->path, column->id);
        (void)snprintf(key, sizeof key, "%s.gte", column->id);
        bool number = column->type == COLUMN_INTEGER || column->type == COLUMN_NUMBER;
        assert_int_equal(number, json_object_get(json_object_get(filters, "properties"), key) != NULL);
    }
}

/* The example of each route is what the route answers, cut to two rows. */
static void check_described_example(const struct route *route, json_t *json)
{
    json_t *example = json_object_get(json_object_get(json, "examples"), "example");
    const char *summary = json_string_value(json_object_get(example, "summary"));
    if (!example) {
        assert_true(route->kind == ROUTE_DOCUMENT || ask(route->example) == 422);
        return;
    }
    assert_true(strncmp(summary, "GET ", 4) == 0 && strncmp(summary + 4, route->example, strlen(route->example)) == 0);
    assert_int_equal(ask(summary + 4), 200);
    json_t *answer = parse();
    assert_true(json_equal(answer, json_object_get(example, "value")));
    json_decref(answer);
}

static void test_openapi_has_every_route(void **state)
{
    (void)state;
    size_t listed = 0;
    assert_int_equal(ask("/v1/openapi.json"), 200);
    json_t *root = parse(), *paths = json_object_get(root, "paths");
    for (size_t i = 0; i < api_routes.n; i++) {
        const struct route *route = api_routes.route[i];
        json_t *path = json_object_get(paths, route->path), *get = json_object_get(path, "get");
        json_t *ok = json_object_get(json_object_get(get, "responses"), "200");
        json_t *json = json_object_get(json_object_get(ok, "content"), "application/json");
        if (route->unlisted) {
            assert_null(path);
            continue;
        }
        listed++;
        assert_true(is_text(get, "operationId", route->id));
        check_described_params(root, route, path);
        if (route->kind == ROUTE_TABLE)
            check_described_columns(root, route, path, json);
        if (json)
            check_described_example(route, json);
    }
    assert_int_equal(json_object_size(paths), listed);
    json_decref(root);
}

static void page_has(struct str page, const char *before, const char *text, const char *after)
{
    char wanted[256];
    (void)snprintf(wanted, sizeof wanted, "%s%s%s", before, text, after);
    if (!memmem(page.p, page.n, wanted, strlen(wanted)))
        fail_msg("the page has no %s", wanted);
}

static void test_page_has_everything(void **state)
{
    (void)state;
    assert_int_equal(ask("/docs"), 200);
    struct str page = buf_view(&reply.body);
    for (size_t i = 0; i < api_routes.n; i++) {
        const struct route *route = api_routes.route[i];
        if (route->unlisted)
            continue;
        page_has(page, "<article id=\"", route->id, "\">");
        page_has(page, "<code>", route->path, "</code></a></h3>");
        for (size_t p = 0; p < route->n_params; p++)
            page_has(page, "<code>", route->param[p].name, "</code>");
        for (size_t c = 0; c < route->n_columns; c++)
            page_has(page, "<code>", route->column[c].id, "</code></th>");
    }
    for (size_t k = 0; k < PROBLEM_TYPES; k++)
        page_has(page, "<a href=\"problems/", problem_kinds[k].slug, "\">");
    for (size_t f = 0; f < FLAGS; f++)
        page_has(page, "<dt><code>", flag_name[f], "</code></dt>");
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        page_has(page, "<code>.", format_of[f].suffix, "</code>");
    page_has(page, "<dt>", ENTREPOT_VERSION, "</dt>\n<dd>"); /* src/CHANGES.md tells what is new in this version */
    assert_true(str_starts(header("Content-Security-Policy"), STR("default-src 'none';")));
    assert_null(memmem(page.p, page.n, "<style", 6));
    assert_int_equal(ask("/docs/"), 308);
    assert_true(str_is(header("Location"), "../docs"));
}

static int start(void **state)
{
    (void)state;
    asking_start();
    return test_api() ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    asking_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openapi_has_every_route),
        cmocka_unit_test(test_page_has_everything),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
