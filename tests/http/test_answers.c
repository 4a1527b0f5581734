/* What the endpoints answer over the shipped figures: known answers, and how they are represented. tests/http/test_formats.c reads every
 * format back; that the server and `entrepot get` give the same bytes is held by tests/cli.sh. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/asking.h"
#include "http/test_api.h"

static int ask_with(const char *target, struct api_request request) { return ask_of(test_api(), target, request); }
static int ask(const char *target) { return ask_with(target, (struct api_request){.method = STR("GET")}); }
static json_t *table_of(const char *target) { return ask_table(test_api(), target); }

static void assert_ratio(json_t *row, const char *key, double wanted)
{
    json_t *value = json_object_get(row, key);
    double got = json_number_value(value);
    if (!json_is_number(value) || got - wanted > 5e-7 || wanted - got > 5e-7)
        fail_msg("%s is %f, not %f", key, got, wanted);
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

static void test_growth(void **state)
{
    (void)state;
    json_t *root = table_of("/v1/growth/IND?period=FY2018-19&vs=FY2010-11");
    json_t *row = json_array_get(json_object_get(root, "data"), 0),
           *all = json_object_get(json_object_get(root, "meta"), "summary");
    assert_string_equal(json_string_value(json_object_get(row, "partner")), "CHN");
    assert_int_equal(json_integer_value(json_object_get(row, "imports_before")), 43479760000);
    assert_int_equal(json_integer_value(json_object_get(row, "imports")), 70319640000);
    double china = json_real_value(json_object_get(row, "imports_contribution_pp")),
           others = json_real_value(json_object_get(all, "imports_contribution_pp_of_others"));
    assert_true(fabs(china + others - 100 * json_real_value(json_object_get(all, "imports_growth"))) < 1e-4);
    json_decref(root);
    root = table_of("/v1/growth/IND"); /* the newest complete year against the one before */
    all = json_object_get(json_object_get(root, "meta"), "summary");
    assert_string_equal(json_string_value(json_object_get(all, "vs")), "FY2024-25");
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
    assert_int_equal(ask_with("/v1/bilateral/CUB/PRK", (struct api_request){.if_none_match = STR("*")}), 404);
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
        cmocka_unit_test(test_published_totals),
        cmocka_unit_test(test_whole_series),
        cmocka_unit_test(test_chapters_add_up_to_totals),
        cmocka_unit_test(test_months_add_up),
        cmocka_unit_test(test_growth),
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
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_entity_tags),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_fields_choose_columns),
        cmocka_unit_test(test_csv_has_json_cells),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
