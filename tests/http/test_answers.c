/* What the endpoints answer over the shipped figures: known answers, mistakes, and every route against its own table. Asked through
 * api_answer, which is what the server and `entrepot get` both call; tests/http/test_same.c holds the three against each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "api/call.h"
#include "http/test_api.h"

static struct arena arena;
static struct api_reply reply;
static struct api *asked; /* NULL: test_api */

/* Routes that the tests hit with a success and with a problem, by their place in the table. */
static bool succeeded[64], refused[64];

static void note_route(void)
{
    for (size_t i = 0; i < api_n_routes; i++)
        if (strcmp(reply.route, api_routes[i]->path) == 0)
            *(reply.status < 400 ? &succeeded[i] : &refused[i]) = true;
}

static int ask_with(const char *target, struct api_request request)
{
    buf_release(&reply.body);
    arena_reset(&arena);
    request.target = str_view(target);
    if (request.method.n == 0)
        request.method = STR("GET");
    api_answer(asked ? asked : test_api(), &arena, &request, &reply);
    note_route();
    return reply.status;
}

static int ask(const char *target) { return ask_with(target, (struct api_request){.method = STR("GET")}); }

static struct str header(const char *name)
{
    for (size_t i = 0; i < reply.n_headers; i++)
        if (strcmp(reply.header[i].name, name) == 0)
            return reply.header[i].value;
    return str_span(NULL, 0);
}

static json_t *parse(void)
{
    json_error_t error;
    json_t *root = json_loadb(reply.body.p, reply.body.n, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s in %.*s", error.text, (int)(reply.body.n < 400 ? reply.body.n : 400), reply.body.p);
    return root;
}

static const struct route *route_now(void)
{
    for (size_t i = 0; i < api_n_routes; i++)
        if (strcmp(reply.route, api_routes[i]->path) == 0)
            return api_routes[i];
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

/* Every row has exactly the route's columns in their types. */
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

static json_t *table_of(const char *target)
{
    if (ask(target) != 200)
        fail_msg("%s: %d %.*s", target, reply.status, (int)(reply.body.n < 600 ? reply.body.n : 600), reply.body.p);
    json_t *root = parse();
    check_columns(root);
    return root;
}

static json_t *row_of(json_t *root, size_t i) { return json_array_get(json_object_get(root, "data"), i); }
static json_int_t integer(json_t *row, const char *key) { return json_integer_value(json_object_get(row, key)); }
static bool is_text(json_t *row, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(row, key));
    return value && strcmp(value, text) == 0;
}

static void assert_ratio(json_t *row, const char *key, double wanted)
{
    json_t *value = json_object_get(row, key);
    double got = json_number_value(value);
    if (!json_is_number(value) || got - wanted > 5e-7 || wanted - got > 5e-7)
        fail_msg("%s is %f, not %f", key, got, wanted);
}

static bool has_flag(json_t *row, const char *flag)
{
    json_t *value;
    size_t i;
    json_array_foreach(json_object_get(row, "flags"), i,
                       value) if (strcmp(json_string_value(value), flag) == 0) return true;
    return false;
}

/* ---- known answers ---- */

static void test_published_totals(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/IND/CHN?period=FY2018-19"), *row = row_of(root, 0);
    assert_true(is_text(json_object_get(root, "meta"), "dataset", "dgcis-total-fy"));
    assert_int_equal(integer(row, "exports"), 16752200000);
    assert_int_equal(integer(row, "imports"), 70319640000);
    assert_int_equal(integer(row, "balance"), -53567440000);
    assert_ratio(row, "share_of_imports", 0.136788);
    assert_ratio(row, "cover_ratio", 0.238229);
    json_decref(root);
    root = table_of("/v1/bilateral/IND/CHN?period=FY2018-19&dataset=dgcis-hs2-fy");
    assert_int_equal(integer(row_of(root, 0), "imports"), 70319290000);
    assert_int_equal(integer(row_of(root, 0), "exports"), 16751940000);
    json_decref(root);
}

static void test_whole_series(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/IND/CHN");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 30);
    json_t *record = row_of(root, 28), *last = row_of(root, 29);
    assert_true(is_text(record, "period", "FY2024-25"));
    assert_int_equal(integer(record, "balance"), -99210000000);
    assert_int_equal(integer(record, "deficit_rank"), 1);
    assert_true(is_text(last, "period", "FY2025-26"));
    assert_true(has_flag(last, "provisional"));
    json_decref(root);
}

static void test_chapters_add_up_to_totals(void **state)
{
    (void)state;
    json_t *totals = table_of("/v1/bilateral/IND/CHN?period=FY1996-97..FY2018-19&dataset=dgcis-total-fy");
    json_t *sums = table_of("/v1/bilateral/IND/CHN?period=FY1996-97..FY2018-19&dataset=dgcis-hs2-fy");
    json_t *world = table_of("/v1/bilateral/IND/WLD?period=FY1996-97..FY2018-19&dataset=dgcis-total-fy");
    json_t *world_sums = table_of("/v1/bilateral/IND/WLD?period=FY1996-97..FY2018-19&dataset=dgcis-hs2-fy");
    size_t pairs = 0;
    for (size_t i = 0; i < 23; i++)
        for (unsigned side = 0; side < 4; side++) {
            const char *flow = side % 2 ? "imports" : "exports";
            json_int_t total = integer(row_of(side < 2 ? totals : world, i), flow),
                       sum = integer(row_of(side < 2 ? sums : world_sums, i), flow);
            assert_true(total > 0 && sum > 0);
            assert_in_range(total - sum + 1000000, 0, 2000000);
            pairs++;
        }
    assert_int_equal(pairs, 92);
    json_decref(totals);
    json_decref(sums);
    json_decref(world);
    json_decref(world_sums);
}

static void test_months_add_up(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/CHN/IND?period=2025"), *row = row_of(root, 0);
    assert_int_equal(integer(row, "exports"), 135958000000);
    assert_int_equal(integer(row, "imports"), 19748000000);
    json_decref(root);
    root = table_of("/v1/bilateral/CHN/IND?period=2026");
    row = row_of(root, 0);
    assert_true(has_flag(row, "partial_year"));
    assert_int_equal(integer(row, "months_held"), 6);
    assert_true(json_is_null(json_object_get(row, "exports_growth")));
    json_decref(root);
    root = table_of("/v1/bilateral/CHN/IND?period=2025&freq=Q");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 4);
    json_decref(root);
    root = table_of("/v1/bilateral/CHN/IND?period=FY2024-25");
    assert_int_equal(integer(row_of(root, 0), "months_held"), 12);
    json_decref(root);
}

static void test_deficits(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/deficits/IND?period=2019"), *row, *data = json_object_get(root, "data");
    size_t i;
    json_int_t sum = 0, so_far = 0;
    assert_true(is_text(json_object_get(root, "meta"), "dataset", "comtrade-partners-2019"));
    assert_true(is_text(row_of(root, 0), "partner", "CHN"));
    assert_int_equal(integer(row_of(root, 0), "balance"), -51123259882);
    json_array_foreach(data, i, row)
    {
        assert_true(integer(row, "balance") < 0);
        assert_false(is_text(row, "partner", "WLD"));
        sum += integer(row, "balance");
    }
    json_array_foreach(data, i, row)
    {
        so_far += integer(row, "balance");
        assert_ratio(row, "share_of_deficit", (double)integer(row, "balance") / (double)sum);
        assert_ratio(row, "cumulative_share", (double)so_far / (double)sum);
    }
    json_decref(root);
    root = table_of("/v1/deficits/IND?period=2019&top=5");
    json_int_t again = 0;
    json_array_foreach(json_object_get(root, "data"), i, row) again += integer(row, "balance");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 6);
    assert_int_equal(again, sum);
    json_decref(root);
}

static void test_dependence(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&sort=-share"), *row;
    size_t i;
    double last = 2;
    assert_true(is_text(json_object_get(root, "meta"), "dataset", "dgcis-hs2-fy"));
    json_array_foreach(json_object_get(root, "data"), i, row)
    {
        double share = json_number_value(json_object_get(row, "share"));
        assert_true(share <= last);
        last = share;
        assert_true(has_flag(row, "lower_bound"));
        if (integer(row, "imports_total") > 0)
            assert_ratio(row, "share",
                         (double)integer(row, "imports_from_partner") / (double)integer(row, "imports_total"));
    }
    json_decref(root);
    root = table_of("/v1/dependence/IND/CHN?dataset=comtrade-critical-month&period=2025&product=850760");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 1);
    assert_ratio(row_of(root, 0), "share", 0.932413);
    json_decref(root);
}

static void test_products_contribute(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19&vs=FY2010-11&sort=balance"),
           *row;
    json_t *now = table_of("/v1/bilateral/IND/CHN?period=FY2018-19&dataset=dgcis-hs2-fy");
    json_t *then = table_of("/v1/bilateral/IND/CHN?period=FY2010-11&dataset=dgcis-hs2-fy");
    size_t i;
    double points = 0, shares = 0;
    json_int_t sum = 0;
    json_array_foreach(json_object_get(root, "data"), i, row)
    {
        points += json_number_value(json_object_get(row, "imports_contribution_pp"));
        shares += json_number_value(json_object_get(row, "share_of_bilateral_imports"));
        sum += integer(row, "imports");
    }
    double growth = (double)integer(row_of(now, 0), "imports") / (double)integer(row_of(then, 0), "imports") - 1;
    assert_int_equal(sum, integer(row_of(now, 0), "imports"));
    assert_true(points - 100 * growth < 1e-4 && 100 * growth - points < 1e-4);
    assert_true(shares > 0.9999 && shares < 1.0001);
    json_decref(root);
    json_decref(now);
    json_decref(then);
}

static void test_filters_keep_rows(void **state)
{
    (void)state;
    json_t *all = table_of("/v1/bilateral/IND/CHN?dataset=dgcis-total-fy"), *row;
    json_t *some = table_of("/v1/bilateral/IND/CHN?dataset=dgcis-total-fy&imports.gt=7e10&share_of_imports.lte=0.15");
    size_t i, wanted = 0;
    json_array_foreach(json_object_get(all, "data"), i, row)
    {
        json_t *share = json_object_get(row, "share_of_imports"); /* null passes no filter */
        wanted += integer(row, "imports") > 70000000000 && json_is_number(share) && json_number_value(share) <= 0.15;
    }
    assert_true(wanted > 0 && wanted < json_array_size(json_object_get(all, "data")));
    assert_int_equal(json_array_size(json_object_get(some, "data")), wanted);
    const char *self = json_string_value(json_object_get(json_object_get(some, "links"), "self"));
    assert_non_null(strstr(self, "imports.gt=70000000000&share_of_imports.lte=0.15"));
    json_decref(all);
    json_decref(some);
    some = table_of("/v1/bilateral/IND/CHN?dataset=dgcis-total-fy&imports.gt=7e15");
    assert_true(is_text(json_object_get(some, "meta"), "empty_reason", "filtered_out"));
    json_decref(some);
}

static void test_ndjson_has_the_rows_of_json(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/IND/CHN?dataset=dgcis-total-fy"), *data = json_object_get(root, "data");
    assert_int_equal(ask("/v1/bilateral/IND/CHN.ndjson?dataset=dgcis-total-fy"), 200);
    assert_true(str_is(header("Content-Type"), "application/x-ndjson"));
    struct str rest = buf_view(&reply.body);
    size_t n = 0;
    for (; rest.n; n++) {
        struct str line = str_cut(&rest, '\n');
        json_t *row = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
        assert_true(row && json_equal(row, json_array_get(data, n)));
        json_decref(row);
    }
    assert_int_equal(n, json_array_size(data));
    json_decref(root);
}

/* What does not fit into a request's memory is too large, today and tomorrow: not "try again". */
static void test_a_full_arena_is_too_large(void **state)
{
    (void)state;
    struct arena small;
    struct api_reply got;
    size_t large = 0, fitted = 0;
    for (size_t ceiling = 2048; ceiling < ((size_t)1 << 22); ceiling *= 2) {
        struct api_request request = {.method = STR("GET"),
                                      .target = STR("/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19")};
        arena_init(&small, ceiling);
        api_answer(test_api(), &small, &request, &got);
        bool told = str_starts(buf_view(&got.body), STR("{\"type\":\"/problems/result-too-large\""));
        large += got.status == 422 && told;
        fitted += got.status == 200;
        assert_int_equal(small.ceiling_bytes, ceiling);
        buf_release(&got.body);
        arena_release(&small);
    }
    assert_true(large > 0 && fitted > 0);
}

/* meta.plan is there if it is asked for, and says what was done. */
static void test_plans_are_explained(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/bilateral/IND/CHN?period=2019&explain=1", "/v1/bilateral/IND/CHN/products?period=FY2018-19&explain=1",
        "/v1/deficits/IND?period=2019&explain=1", "/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&explain=1"};
    for (size_t i = 0; i < sizeof target / sizeof *target; i++) {
        json_t *root = table_of(target[i]), *meta = json_object_get(root, "meta"), *step;
        json_t *plan = json_object_get(meta, "plan");
        size_t k;
        assert_true(json_array_size(plan) > 0);
        assert_int_equal(integer(meta, "queries"), json_array_size(plan));
        json_array_foreach(plan, k, step)
        {
            assert_true(is_text(step, "index", "pair") || is_text(step, "index", "reporter") ||
                        is_text(step, "index", "partner"));
            assert_true(integer(step, "rows_touched") <= integer(step, "rows_estimated"));
            assert_true(integer(step, "groups") <= integer(step, "rows_touched"));
            assert_true(json_is_boolean(json_object_get(step, "roll_up_of_partners")));
        }
        json_decref(root);
    }
    json_t *root = table_of("/v1/bilateral/IND/CHN?period=2019");
    assert_null(json_object_get(json_object_get(root, "meta"), "plan"));
    json_decref(root);
}

static void test_sectors_are_never_wrong_sums(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/IND/CHN/products?level=sector&period=FY2018-19"), *row;
    size_t i, told = 0, untold = 0;
    json_array_foreach(json_object_get(root, "data"), i, row)
    {
        bool coarse = has_flag(row, "level_unavailable");
        assert_int_equal(coarse, json_is_null(json_object_get(row, "imports")));
        *(coarse ? &untold : &told) += 1;
    }
    assert_true(told > 0 && untold > 0);
    json_decref(root);
}

static void test_codes_are_one(void **state)
{
    (void)state;
    static const char *const spelling[] = {"IND", "in", "356", "699"};
    char first[8192];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        char target[128];
        (void)snprintf(target, sizeof target, "/v1/bilateral/%s/CHN?period=FY2018-19", spelling[i]);
        assert_int_equal(ask(target), 200);
        if (i == 0) {
            n = reply.body.n;
            assert_true(n < sizeof first);
            memcpy(first, reply.body.p, n);
        }
        assert_int_equal(reply.body.n, n);
        assert_memory_equal(reply.body.p, first, n);
    }
}

static void test_all_datasets_side_by_side(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/bilateral/IND/CHN?period=FY2018-19&dataset=*");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 2);
    assert_true(is_text(row_of(root, 1), "dataset", "dgcis-hs2-fy"));
    json_decref(root);
}

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

/* ---- representations ---- */

static void test_formats(void **state)
{
    (void)state;
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN?period=FY2018-19",
                              (struct api_request){.accept = STR("text/csv, application/json;q=0.5")}),
                     200);
    assert_true(str_starts(header("Content-Type"), STR("text/csv")));
    assert_true(str_starts(buf_view(&reply.body), STR("period,reporter,partner,")));
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN.json?period=FY2018-19&format=csv",
                              (struct api_request){.accept = STR("text/csv")}),
                     200);
    assert_true(str_is(header("Content-Type"), "application/json"));
    assert_int_equal(ask_with("/v1", (struct api_request){.accept = STR("image/png")}), 406);
    assert_int_equal(ask_with("/v1", (struct api_request){.accept = STR("application/json;q=0, */*;q=0.1")}), 200);
    assert_true(str_starts(header("Content-Type"), STR("text/csv")));
}

static void test_entity_tags(void **state)
{
    (void)state;
    char tag[64], csv_tag[64];
    assert_int_equal(ask("/v1/bilateral/IND/CHN"), 200);
    (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
    assert_int_equal(ask_with("/v1/bilateral/in/CHN", (struct api_request){.if_none_match = str_view(tag)}), 304);
    assert_int_equal(reply.body.n, 0);
    assert_true(str_is(header("ETag"), tag));
    char list[160];
    (void)snprintf(list, sizeof list, "\"x\", W/%s", tag);
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN", (struct api_request){.if_none_match = str_view(list)}), 304);
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN", (struct api_request){.if_none_match = STR("*")}), 304);
    assert_int_equal(ask_with("/v1/bilateral/FRA/DEU", (struct api_request){.if_none_match = STR("*")}), 404);
    assert_int_equal(ask_with("/v1/openapi.json", (struct api_request){.if_none_match = STR("*")}), 304);
    assert_int_equal(ask("/v1/bilateral/IND/CHN.csv"), 200);
    (void)snprintf(csv_tag, sizeof csv_tag, "%.*s", STR_ARG(header("ETag")));
    assert_string_not_equal(tag, csv_tag);
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN.csv", (struct api_request){.if_none_match = str_view(tag)}), 200);
}

static void test_pages(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/products?level=hs2&limit=60");
    const char *next = json_string_value(json_object_get(json_object_get(root, "links"), "next"));
    assert_non_null(next);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 60);
    char target[256];
    (void)snprintf(target, sizeof target, "%s", next);
    json_decref(root);
    root = table_of(target);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 38);
    assert_true(json_is_null(json_object_get(json_object_get(json_object_get(root, "meta"), "page"), "next")));
    json_decref(root);
}

static void test_fields_choose_columns(void **state)
{
    (void)state;
    assert_int_equal(ask("/v1/bilateral/IND/CHN.csv?period=FY2018-19&fields=imports,period"), 200);
    assert_true(str_is(buf_view(&reply.body), "imports,period\r\n70319640000,FY2018-19\r\n"));
}

static void test_csv_has_json_cells(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/deficits/IND?period=2019");
    size_t rows = json_array_size(json_object_get(root, "data")), lines = 0;
    json_decref(root);
    assert_int_equal(ask("/v1/deficits/IND.csv?period=2019"), 200);
    for (size_t i = 0; i < reply.body.n; i++)
        lines += reply.body.p[i] == '\n';
    assert_int_equal(lines, rows + 1);
}

/* ---- the table ---- */

static void test_every_example_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_n_routes; i++) {
        asked = NULL;
        asked = ask(api_routes[i]->example) == 422 ? test_world() : NULL; /* what no shipped dataset can answer */
        int status = ask(api_routes[i]->example);
        assert_true(status == 200 || (status == 308 && api_routes[i]->unlisted));
        assert_string_equal(reply.route, api_routes[i]->path);
        if (api_routes[i]->media)
            assert_true(str_is(header("Content-Type"), api_routes[i]->media));
        if (api_routes[i]->kind == ROUTE_TABLE)
            json_decref(table_of(api_routes[i]->example));
    }
    asked = NULL;
}

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
    for (size_t i = 0; i < api_n_routes; i++) {
        const struct route *route = api_routes[i];
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
    for (size_t i = 0; i < api_n_routes; i++) {
        const struct route *route = api_routes[i];
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
        page_has(page, "<code>.", encoders[f].suffix, "</code>");
    assert_true(str_starts(header("Content-Security-Policy"), STR("default-src 'none';")));
    assert_null(memmem(page.p, page.n, "<style", 6));
    assert_int_equal(ask("/docs/"), 308);
    assert_true(str_is(header("Location"), "../docs"));
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
        json_t *root = table_of(type);
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
    for (size_t i = 0; i < api_n_routes; i++)
        if (!succeeded[i] || !refused[i])
            fail_msg("%s lacks a %s", api_routes[i]->path, succeeded[i] ? "problem" : "success");
}

static int start(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1 << 28);
    buf_init(&reply.body, 1);
    return test_api() ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    buf_release(&reply.body);
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_totals),
        cmocka_unit_test(test_whole_series),
        cmocka_unit_test(test_chapters_add_up_to_totals),
        cmocka_unit_test(test_months_add_up),
        cmocka_unit_test(test_deficits),
        cmocka_unit_test(test_dependence),
        cmocka_unit_test(test_products_contribute),
        cmocka_unit_test(test_filters_keep_rows),
        cmocka_unit_test(test_ndjson_has_the_rows_of_json),
        cmocka_unit_test(test_a_full_arena_is_too_large),
        cmocka_unit_test(test_plans_are_explained),
        cmocka_unit_test(test_sectors_are_never_wrong_sums),
        cmocka_unit_test(test_codes_are_one),
        cmocka_unit_test(test_all_datasets_side_by_side),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_mistakes_are_told),
        cmocka_unit_test(test_all_errors_together),
        cmocka_unit_test(test_mirror_is_linked),
        cmocka_unit_test(test_long_value),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_entity_tags),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_fields_choose_columns),
        cmocka_unit_test(test_csv_has_json_cells),
        cmocka_unit_test(test_every_example_answers),
        cmocka_unit_test(test_openapi_has_every_route),
        cmocka_unit_test(test_problems_are_explained),
        cmocka_unit_test(test_page_has_everything),
        cmocka_unit_test(test_problem_types_lead_somewhere),
        cmocka_unit_test(test_every_route_was_asked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
