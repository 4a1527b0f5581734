/* Every route answers its example, and tells each mistake that it can be asked with: its kind, the parameter, what is meant instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/contract/problem.h"
#include "api/routes.h"
#include "http/asking.h"
#include "http/test_api.h"

/* Routes that the tests hit with a success and with a problem, by their place in the table. */
static bool succeeded[64], refused[64];

static void note_route(void)
{
    for (size_t i = 0; i < api_routes.n; i++)
        if (strcmp(reply.route, api_routes.route[i]->path) == 0)
            *(reply.status < 400 ? &succeeded[i] : &refused[i]) = true;
}

static int ask_with(const char *target, struct api_request request)
{
    (void)ask_of(test_api(), target, request);
    note_route();
    return reply.status;
}

static int ask(const char *target) { return ask_with(target, (struct api_request){.method = STR("GET")}); }

/* ---- mistakes ---- */

static json_t *problem_of(const char *target, int status, const char *type)
{
    if (ask(target) != status)
        fail_msg("%s: %d, not %d: %.*s", target, reply.status, status, (int)(reply.body.n < 500 ? reply.body.n : 500),
                 reply.body.p);
    assert_true(str_is(header("Content-Type"), "application/problem+json"));
    assert_true(str_is(header("Cache-Control"), "no-store"));
    json_t *root = parse();
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "/problems/%s", type);
    if (!is_text(root, "type", wanted))
        fail_msg("%s: %s", target, json_string_value(json_object_get(root, "type")));
    assert_int_equal(integer(root, "status"), status);
    assert_true(json_string_length(json_object_get(root, "detail")) > 0);
    return root;
}

static bool suggests(json_t *root, const char *text)
{
    json_t *value, *list = json_object_get(json_array_get(json_object_get(root, "errors"), 0), "suggestions");
    size_t i;
    json_array_foreach(list, i, value) if (strcmp(json_string_value(value), text) == 0) return true;
    return false;
}

static void test_suggestions(void **state)
{
    (void)state;
    json_t *root = problem_of("/v1/bilateral/IND/CHI", 404, "unknown-code");
    assert_true(suggests(root, "CHN") && suggests(root, "CHL"));
    json_decref(root);
    root = problem_of("/v1/bilateral/IND/CHN?periode=2019", 400, "unknown-parameter");
    assert_true(suggests(root, "period"));
    json_decref(root);
    root = problem_of("/v1/bilateral/IND/CHN?dataset=dgcis-total", 400, "unknown-code");
    assert_true(suggests(root, "dgcis-total-fy"));
    json_decref(root);
    root = problem_of("/v1/products/5", 404, "unknown-code");
    assert_true(suggests(root, "05"));
    json_decref(root);
    root = problem_of("/v1/bilateral/IND/CHN?product=1", 400, "unknown-code");
    assert_true(suggests(root, "01"));
    json_decref(root);
    root = problem_of("/v1/bilateral/IND/CHN?sort=-import", 400, "invalid-value");
    assert_true(suggests(root, "imports"));
    json_decref(root);
}

/* NOLINTNEXTLINE(readability-function-size): a table of cases */
static void test_mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        int status;
        const char *type;
    } cases[] = {
        {"/v1/bilateral/IND/CHN?period=FY2018-20", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=2019-13", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=1e99", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=%00", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=%zz", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=2019,", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=2020..2019", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=2019&period=2019", 400, "repeated-parameter"},
        {"/v1/bilateral/IND/CHN?period=2019-13&freq=Z", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?period=2019&freq=FY", 400, "conflicting-parameters"},
        {"/v1/bilateral/IND/CHN?product=4711", 400, "unknown-code"},
        {"/v1/bilateral/IND/CHN?exports.gte=many", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?exports.gte=1&exports.gte=2", 400, "repeated-parameter"},
        {"/v1/bilateral/IND/CHN?exports.ge=1", 400, "unknown-parameter"},
        {"/v1/bilateral/IND/CHN?partner.gte=1", 400, "unknown-parameter"},
        {"/v1/dependence/IND/CHN?dependent=perhaps", 400, "invalid-value"},
        {"/v1/dependence/IND/CHN?dependent.gte=1", 400, "unknown-parameter"},
        {"/v1/bilateral/IND/CHN?limit=0", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?limit=50001", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?cursor=5-00000000", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?cursor=5-00000000-00000000", 410, "release-gone"},
        {"/v1/bilateral/IND/CHN?release=0123456789ab", 410, "release-gone"},
        {"/v1/bilateral/IND/CHN?release=newest", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN?format=xml", 406, "not-acceptable"},
        {"/v1/countries.jsonstat", 406, "not-acceptable"},
        {"/v1/bilateral/IND/CHN?period=2025", 422, "period-unavailable"},
        {"/v1/bilateral/IND/CHN?product=850760&period=FY2018-19", 422, "period-unavailable"},
        {"/v1/bilateral/IND/CHN?dataset=gacc-total-month", 422, "dataset-unsuitable"},
        {"/v1/bilateral/FRA/DEU", 404, "no-data"},
        {"/v1/bilateral/IND%00/CHN", 404, "not-found"},
        {"/v1/bilateral//CHN", 404, "not-found"},
        {"/v1/bilateral/IND/CHN/", 404, "not-found"},
        {"/v1/bilateral/IND%2FCHN", 404, "not-found"},
        {"/v1/bilateral/IND/CHN/products?level=hs8", 422, "level-unavailable"},
        {"/v1/bilateral/IND/CHN/products?level=hs3", 400, "invalid-value"},
        {"/v1/bilateral/IND/CHN/products?period=FY2018-19&vs=2010", 400, "conflicting-parameters"},
        {"/v1/bilateral/IND/CHN/products?period=FY2018-19&vs=FY1990-91", 422, "period-unavailable"},
        {"/v1/deficits/CHN", 422, "level-unavailable"},
        {"/v1/growth/IND?period=FY2018-19&vs=FY2018-19", 400, "conflicting-parameters"},
        {"/v1/growth/IND?period=FY2018-19&vs=2010", 400, "conflicting-parameters"},
        {"/v1/growth/IND?period=2019", 422, "period-unavailable"},
        {"/v1/deficits/IND?period=2019,2020", 400, "invalid-value"},
        {"/v1/dependence/IND/CHN?threshold=2", 400, "invalid-value"},
        {"/v1/dependence/IND/ZZZ", 404, "unknown-code"},
        {"/v1/mirror/FRA/DEU", 404, "no-data"},
        {"/v1/check?value=1", 400, "missing-parameter"},
        {"/v1/compare", 400, "missing-parameter"},
        {"/v1/profile/FRA/DEU", 404, "no-data"},
        {"/v1/leverage/IND/CHN?sigma=1", 400, "invalid-value"},
        {"/v1/suppliers/850760", 422, "dataset-unsuitable"},
        {"/v1/scenario/IND/CHN?product=850760&cut=2", 400, "invalid-value"},
        {"/v1/dependence/IND/CHN?method=mine", 400, "invalid-value"},
        {"/v1/dependence/IND/CHN?threshold_world=0.4", 400, "conflicting-parameters"},
        {"/v1/dependence/ZZZ", 404, "unknown-code"},
        {"/v1/dependence/IND?method=share", 400, "missing-parameter"},
        {"/v1/dependence/IND?level=hs3", 400, "invalid-value"},
        {"/v1/dependence/IND?level=hs6&period=FY2018-19", 422, "period-unavailable"},
        {"/v1/partners/IND?by=weight", 400, "invalid-value"},
        {"/v1/partners/CHN", 422, "level-unavailable"},
        {"/v1/indices/rca?reporter=IND", 422, "dataset-unsuitable"},
        {"/v1/indices/rca", 400, "missing-parameter"},
        {"/v1/indices/tii?reporter=IND", 400, "missing-parameter"},
        {"/v1/indices/tii?reporter=IND&partner=IN", 400, "conflicting-parameters"},
        {"/v1/indices/tci?reporter=IND&partner=CHN&level=sector", 400, "invalid-value"},
        {"/v1/indices/grubel-lloyd?reporter=IND&partner=XQZ", 400, "unknown-code"},
        {"/v1/indices/finger-kreinin?reporter=IND&partner=CHN", 422, "dataset-unsuitable"},
        {"/v1/indices/hirschman?reporter=IND&flow=both", 400, "invalid-value"},
        {"/v1/indices/hhi?reporter=IND&level=hs2", 422, "level-unavailable"},
        {"/v1/availability?reporter=XQZ", 400, "unknown-code"},
        {"/v1/datasets?x=1", 400, "unknown-parameter"},
        {"/v1/datasets/none", 404, "unknown-code"},
        {"/v1/countries?kind=planet", 400, "invalid-value"},
        {"/v1/countries/QQ", 404, "unknown-code"},
        {"/v1/products?level=hs3", 400, "invalid-value"},
        {"/v1/products/12345", 404, "unknown-code"},
        {"/v1/sectors?y=2", 400, "unknown-parameter"},
        {"/v1/sectors/batteris", 404, "unknown-code"},
        {"/v1/flows?reporter=XQZ", 400, "unknown-code"},
        {"/v1/search", 400, "missing-parameter"},
        {"/v1/measures?y=2", 400, "unknown-parameter"},
        {"/v1/measures/hhj", 404, "unknown-code"},
        {"/v1?z=1", 400, "unknown-parameter"},
        {"/v1/openapi.json?a=b", 400, "unknown-parameter"},
        {"/problems?a=b", 400, "unknown-parameter"},
        {"/problems/unknown-cod", 404, "unknown-code"},
        {"/docs?a=b", 400, "unknown-parameter"},
        {"/docs/?a=b", 400, "unknown-parameter"},
        {"/docs/docs.css?a=b", 400, "unknown-parameter"},
        {"/docs/docs.js?a=b", 400, "unknown-parameter"},
        {"/.well-known/api-catalog?a=b", 400, "unknown-parameter"},
        {"/livez?a=b", 400, "unknown-parameter"},
        {"/readyz?a=b", 400, "unknown-parameter"},
        {"/healthz?a=b", 400, "unknown-parameter"},
        {"//", 404, "not-found"},
        {"/?top=3", 400, "unknown-parameter"},
        {"/assets/latest/app/styles.css", 404, "not-found"},
        {"/v2", 404, "not-found"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        json_decref(problem_of(cases[i].target, cases[i].status, cases[i].type));
}

static void test_all_errors_together(void **state)
{
    (void)state;
    json_t *root = problem_of("/v1/bilateral/IND/CHN?period=2019-13&freq=Z&limit=x&foo=1", 400, "invalid-request");
    assert_int_equal(json_array_size(json_object_get(root, "errors")), 4);
    json_decref(root);
}

static void test_mirror_is_linked(void **state)
{
    (void)state;
    json_t *root = problem_of("/v1/bilateral/IND/CHN?period=2025", 422, "period-unavailable");
    assert_true(
        is_text(json_array_get(json_object_get(root, "errors"), 0), "see", "/v1/bilateral/CHN/IND?period=2025"));
    json_decref(root);
}

static void test_long_value(void **state)
{
    (void)state;
    static char target[10100] = "/v1/bilateral/IND/CHN?period=";
    memset(target + strlen(target), 'a', 10000);
    json_decref(problem_of(target, 414, "uri-too-long"));
    target[3000] = '\0';
    json_decref(problem_of(target, 400, "invalid-value"));
}

static void test_methods(void **state)
{
    (void)state;
    assert_int_equal(ask_with("/v1", (struct api_request){.method = STR("DELETE")}), 405);
    assert_true(str_is(header("Allow"), "GET, HEAD, OPTIONS"));
    assert_int_equal(ask_with("/v1", (struct api_request){.method = STR("OPTIONS")}), 204);
    assert_int_equal(reply.body.n, 0);
}

/* ---- each route, each kind of problem ---- */

static void test_every_example_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_routes.n; i++) {
        const char *example = api_routes.route[i]->example;
        const struct api *api =
            ask(example) == 422 ? test_world() : test_api(); /* what no shipped dataset can answer */
        int status = ask_of(api, example, (struct api_request){.method = STR("GET")});
        note_route();
        assert_true(status == 200 || (status == 308 && api_routes.route[i]->unlisted));
        assert_string_equal(reply.route, api_routes.route[i]->path);
        if (api_routes.route[i]->media)
            assert_true(str_is(header("Content-Type"), api_routes.route[i]->media));
        if (api_routes.route[i]->kind == ROUTE_TABLE)
            json_decref(ask_table(api, example));
    }
}

/* The type of a problem document leads to its explanation. */
static void test_problem_types_lead_somewhere(void **state)
{
    (void)state;
    for (size_t k = 0; k < PROBLEM_TYPES; k++) {
        char type[96];
        bool same = false;
        size_t i;
        json_t *row;
        (void)snprintf(type, sizeof type, "/problems/%s", problem_kinds[k].slug);
        json_t *root = ask_table(test_api(), type);
        json_array_foreach(json_object_get(root, "data"), i, row)
        {
            assert_true(is_text(row, "type", type));
            same = same || integer(row, "status") == problem_kinds[k].status;
        }
        assert_true(same);
        json_decref(root);
    }
}

/* Each kind of problem explains itself, and its example is answered so. */
static void test_problems_are_explained(void **state)
{
    (void)state;
    for (size_t k = 0; k < PROBLEM_TYPES; k++) {
        const struct problem_kind *kind = &problem_kinds[k];
        assert_true(kind->meaning && kind->cure);
        if (kind->example)
            json_decref(problem_of(kind->example, kind->status, kind->slug));
    }
}

/* Runs last: what the tests before it asked. */
static void test_every_route_was_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_routes.n; i++)
        if (!succeeded[i] || !refused[i])
            fail_msg("%s lacks a %s", api_routes.route[i]->path, succeeded[i] ? "problem" : "success");
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
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_mistakes_are_told),
        cmocka_unit_test(test_all_errors_together),
        cmocka_unit_test(test_mirror_is_linked),
        cmocka_unit_test(test_long_value),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_every_example_answers),
        cmocka_unit_test(test_problem_types_lead_somewhere),
        cmocka_unit_test(test_problems_are_explained),
        cmocka_unit_test(test_every_route_was_asked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
