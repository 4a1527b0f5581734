/* Dependence, indices and partners as they are served, over the shipped figures and over an invented world behind them: figures, what is
 * echoed, what is warned of, and bad values of every parameter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>

#include "http/asking.h"
#include "http/test_api.h"

static json_t *rows_of(json_t *root) { return json_object_get(root, "data"); }
static json_t *summary_of(json_t *root) { return json_object_get(json_object_get(root, "meta"), "summary"); }

static void expect(json_t *row, const char *key, double wanted)
{
    json_t *value = json_object_get(row, key);
    if (!json_is_number(value) || fabs(json_number_value(value) - wanted) > 1.5e-6 * fmax(1, fabs(wanted)))
        fail_msg("%s is %f, not %f", key, json_number_value(value), wanted);
}

static void expect_text(json_t *row, const char *key, const char *wanted)
{
    const char *text = json_string_value(json_object_get(row, key));
    if (!text || strcmp(text, wanted) != 0)
        fail_msg("%s is %s, not %s", key, text ? text : "(null)", wanted);
}

static void expect_null(json_t *row, const char *key) { assert_true(json_is_null(json_object_get(row, key))); }
static void expect_bool(json_t *row, const char *key, bool wanted)
{
    json_t *value = json_object_get(row, key);
    assert_true(json_is_boolean(value));
    assert_int_equal(json_is_true(value), wanted);
}

/* Row by row, where several datasets answer. */
static void test_what_is_made_up_says_so(void **state)
{
    (void)state;
    json_t *root = ask_json(test_world(), "/v1/bilateral/IND/CHN?dataset=*&freq=A&period=2019..2022", 200), *row;
    size_t i, made_up = 0;
    json_array_foreach(rows_of(root), i, row)
    {
        bool toy = strcmp(json_string_value(json_object_get(row, "dataset")), "toy-world") == 0;
        assert_int_equal(has_flag(row, "synthetic"), toy);
        made_up += toy;
    }
    assert_true(made_up > 0 && made_up < i);
    json_decref(root);
    root = ask_json(test_world(), "/v1/deficits/IND?dataset=toy-world&top=1", 200);
    assert_true(has_flag(row_of(root, 0), "synthetic"));
    json_decref(root);
}

/* ---- dependence ---- */

static void test_methods_are_echoed(void **state)
{
    (void)state;
    json_t *root = ask_json(test_world(), "/v1/dependence/IND?level=hs6&method=cepii&window=3", 200),
           *sum = summary_of(root), *row = row_of(root, 0);
    expect_text(json_object_get(root, "meta"), "dataset", "toy-world");
    expect_text(row, "product", "854140");
    expect(row, "hhi", 0.81505);
    expect(row, "hhi_world_exports", 0.679526);
    expect(row, "imports_over_exports", 38.461538);
    expect(row, "equivalent_suppliers", 1 / 0.81505);
    expect(row, "years_held", 2);
    expect_bool(row, "dependent", true);
    expect_bool(row, "criterion_world_hhi", true);
    expect_null(row, "criterion_share");
    assert_null(json_object_get(row, "imports_from_partner"));
    expect_text(sum, "method", "cepii");
    expect(sum, "threshold_hhi", 0.4);
    expect(sum, "threshold_world", 0.4);
    expect(sum, "threshold_ratio", 1);
    expect(sum, "window_years", 3);
    expect(sum, "years_looked_at", 2);
    expect(sum, "years_needed", 2);
    expect(sum, "products", 3);
    expect(sum, "dependent_products", 1);
    expect(sum, "dependent_imports", 1e9);
    expect(sum, "dependent_share_of_imports", 1000.0 / 1472);
    assert_true(warns_of(root, "2 of 2 years; the others are not complete in the dataset"));
    json_decref(root);
    root = ask_json(test_world(), "/v1/dependence/IND?level=hs6&method=cepii&window=3&dependent=1", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 1);
    expect_bool(row_of(root, 0), "dependent", true);
    json_decref(root);
    root = ask_json(test_world(), "/v1/dependence/IND?level=hs6&method=cepii&window=3&dependent=false", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 2);
    json_decref(root);
    root = ask_json(test_world(), "/v1/dependence/IND/CHN?level=hs6&method=eu2021&period=2023", 200);
    expect(row_of(root, 0), "imports_from_partner", 900e6);
    expect_null(row_of(root, 0), "criterion_extra_imports");
    assert_true(warns_of(root, "always true of one country"));
    json_decref(root);
    root = ask_json(test_world(), "/v1/dependence/IND?level=hs6&method=eu2021&home=de&threshold_extra=0.96&period=2023",
                    200);
    expect(row_of(root, 0), "extra_share", 0.955);
    expect_bool(row_of(root, 0), "criterion_extra_imports", false);
    expect(summary_of(root), "threshold_extra", 0.96);
    json_decref(root);
    root = ask_json(test_world(), "/v1/dependence/IND/CHN?level=hs6&method=share&threshold=0.7&period=2023&sort=-share",
                    200);
    expect_bool(row_of(root, 1), "dependent", true);
    expect_bool(row_of(root, 2), "dependent", false);
    json_decref(root);
}

static void test_a_summary_has_its_own_rows(void **state)
{
    (void)state;
    json_t *root =
        ask_json(test_world(),
                 "/v1/dependence/IND/CHN?level=hs6&method=india80&summary=1&period=2022,2023&dataset=toy-world&"
                 "sort=-period&dependent_products.gte=1",
                 200);
    assert_int_equal(json_array_size(rows_of(root)), 2);
    expect_text(row_of(root, 0), "period", "2023");
    expect(row_of(root, 0), "dependent_products", 1);
    expect(row_of(root, 0), "dependent_imports", 900e6);
    expect(row_of(root, 0), "imports", 1242e6);
    expect(row_of(root, 0), "dependent_share_of_imports", 900.0 / 1242);
    expect(row_of(root, 0), "dependent_share_of_products", 1.0 / 3);
    expect(row_of(root, 1), "dependent_imports", 700e6); /* 700 of 800 */
    assert_int_equal(json_array_size(json_object_get(root, "columns")), json_object_size(row_of(root, 0)));
    json_decref(root);
    /* A column of the rows is none of the summary, and the other way round. */
    json_decref(ask_json(test_world(), "/v1/dependence/IND?summary=1&fields=hhi", 400));
    json_decref(ask_json(test_world(), "/v1/dependence/IND?summary=%31&fields=products&period=2023", 200));
    json_decref(ask_json(test_world(), "/v1/dependence/IND?fields=products", 400));
    ask_soundly(test_world(), "/v1/dependence/IND.csv?summary=1&level=hs6&period=2023&fields=period,products");
    assert_true(str_is(buf_view(&reply.body), "period,products\r\n2023,3\r\n"));
}

/* What the books of one country cannot tell is null, and it is said who can. */
static void test_what_is_not_known_is_null(void **state)
{
    (void)state;
    json_t *root = ask_json(test_api(), "/v1/dependence/IND/CHN?period=FY2018-19&method=cepii&level=hs2", 200), *row;
    size_t i;
    json_array_foreach(rows_of(root), i, row)
    {
        expect_null(row, "hhi_world_exports");
        expect_null(row, "criterion_world_hhi");
        expect_null(row, "suppliers");
        expect_null(row, "equivalent_suppliers");
        assert_true(has_flag(row, "no_world_exports") && has_flag(row, "lower_bound"));
        assert_false(json_is_true(json_object_get(row, "dependent")));
    }
    assert_true(warns_of(root, "no dataset that is loaded can tell"));
    expect_null(summary_of(root), "dependent_share_of_products");
    json_decref(root);
    root = ask_json(test_world(), "/v1/dependence/IND/CHN?period=FY2018-19&method=cepii&level=hs2", 200);
    expect_text(json_object_get(root, "meta"), "dataset", "dgcis-hs2-fy");
    assert_true(warns_of(root, "dataset=toy-world can tell"));
    json_decref(root);
    root = ask_json(test_api(), "/v1/dependence/IND?level=total&period=2019", 200);
    expect_text(json_object_get(root, "meta"), "dataset", "comtrade-partners-2019");
    assert_int_equal(json_array_size(rows_of(root)), 1);
    expect_text(row_of(root, 0), "top_supplier", "CHN");
    expect_bool(row_of(root, 0), "dependent", false);
    json_decref(root);
}

/* ---- indices ---- */

static void test_indices_of_the_world(void **state)
{
    (void)state;
    static const struct {
        const char *target, *key;
        double wanted;
    } cases[] = {
        {"/v1/indices/rca?reporter=CHN&level=hs6", "rca", 1.231074},
        {"/v1/indices/rca?reporter=IND&level=hs6&sort=rca", "rca", 0.111465},
        {"/v1/indices/tii?reporter=CHN&partner=IND&period=2023", "tii", 1.273873},
        {"/v1/indices/tii?reporter=CHN&partner=IND&period=2023", "tii_excluding_reporter", 1.12335},
        {"/v1/indices/tci?reporter=CHN&partner=IND&level=hs6", "tci", 95.333551},
        {"/v1/indices/grubel-lloyd?reporter=IND&partner=CHN&level=hs6&dataset=toy-world", "grubel_lloyd", 0.235294},
        {"/v1/indices/finger-kreinin?reporter=IND&partner=CHN&level=hs6", "finger_kreinin", 0.359913},
        {"/v1/indices/finger-kreinin?reporter=IND&partner=CHN&level=hs6", "krugman", 1.280174},
        {"/v1/indices/hirschman?reporter=IND&period=2023", "hirschman", 85.126539},
        {"/v1/indices/hirschman?reporter=IND&period=2023", "hhi", 0.724653},
        {"/v1/indices/hhi?reporter=IND&level=hs6", "hhi", 0.81505},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = ask_json(test_world(), cases[i].target, 200);
        expect(row_of(root, 0), cases[i].key, cases[i].wanted);
        expect_text(row_of(root, 0), "period", "2023");
        assert_true(json_is_string(json_object_get(summary_of(root), "formula")));
        json_decref(root);
    }
    json_t *root = ask_json(test_world(), cases[5].target, 200);
    expect(summary_of(root), "aggregate", 0.08908);
    expect_text(summary_of(root), "level", "hs6");
    json_decref(root);
    root = ask_json(test_world(), "/v1/indices/tci?reporter=CHN&partner=IND&level=hs6&period=2022,2023", 200);
    assert_int_equal(json_array_size(rows_of(root)), 2);
    json_decref(root);
    root = ask_json(test_world(), "/v1/indices/rca?reporter=IND&level=hs6&period=2019", 422);
    json_decref(root);
    root = ask_json(test_api(), "/v1/indices/tci?reporter=IND&partner=CHN", 422);
    assert_non_null(strstr(json_string_value(json_object_get(root, "detail")), "no dataset of that kind is loaded"));
    json_decref(root);
}

/* ---- partners ---- */

static void sums_of(json_t *root, json_int_t sum[3], double *share)
{
    static const char *const key[3] = {"exports", "imports", "total"};
    json_t *row;
    size_t i;
    *share = 0;
    for (size_t k = 0; k < 3; k++)
        sum[k] = 0;
    json_array_foreach(rows_of(root), i, row)
    {
        for (size_t k = 0; k < 3; k++)
            sum[k] += json_integer_value(json_object_get(row, key[k]));
        *share += json_number_value(json_object_get(row, "share"));
    }
}

static void test_top_and_other_are_all(void **state)
{
    (void)state;
    static const char *const by[] = {"total", "exports", "imports"};
    for (size_t i = 0; i < 3; i++) {
        char target[128];
        json_int_t all[3], some[3];
        double shares[2];
        (void)snprintf(target, sizeof target, "/v1/partners/IND?period=2019&by=%s", by[i]);
        json_t *root = ask_json(test_api(), target, 200);
        sums_of(root, all, &shares[0]);
        json_int_t last = INT64_MAX;
        for (size_t r = 0; r < json_array_size(rows_of(root)); r++) {
            json_int_t value = json_integer_value(json_object_get(row_of(root, r), by[i]));
            assert_true(value <= last);
            last = value;
            expect_null(row_of(root, r), "growth");
        }
        /* the reporter's row for the world, which its partners miss by no more than rounding and what is nobody's in particular */
        json_int_t value = json_integer_value(json_object_get(summary_of(root), "value"));
        assert_true(llabs(value - all[i == 0 ? 2 : i - 1]) <= value / 1000);
        assert_true(warns_of(root, "growth is null"));
        json_decref(root);
        (void)snprintf(target, sizeof target, "/v1/partners/IND?period=2019&by=%s&top=4", by[i]);
        root = ask_json(test_api(), target, 200);
        assert_int_equal(json_array_size(rows_of(root)), 5);
        expect_text(row_of(root, 4), "partner", "other");
        sums_of(root, some, &shares[1]);
        assert_memory_equal(all, some, sizeof all);
        assert_true(fabs(shares[0] - 1) < 1e-4 && fabs(shares[1] - 1) < 1e-4);
        json_decref(root);
    }
    json_t *root = ask_json(test_world(), "/v1/partners/IND?period=2023&by=imports", 200);
    expect(row_of(root, 0), "growth", 0.229703);
    expect(row_of(root, 0), "share", 0.84375);
    expect(summary_of(root), "hhi", 0.724653);
    expect(summary_of(root), "equivalent_partners", 1 / 0.724653);
    expect(summary_of(root), "partners", 3);
    json_decref(root);
}

/* ---- mistakes ---- */

/* NOLINTNEXTLINE(readability-function-size): a table of cases */
static void test_bad_values(void **state)
{
    (void)state;
    static const struct {
        const char *target, *type;
        int status;
    } cases[] = {
        {"/v1/dependence/IND?method=", "invalid-value", 400},
        {"/v1/dependence/IND?method=EU2021", "invalid-value", 400},
        {"/v1/dependence/IND?threshold=1.1", "invalid-value", 400},
        {"/v1/dependence/IND?threshold=-0.1", "invalid-value", 400},
        {"/v1/dependence/IND?threshold=x", "invalid-value", 400},
        {"/v1/dependence/IND?method=india80&threshold=0.7", "conflicting-parameters", 400},
        {"/v1/dependence/IND?method=cepii&threshold_world=2", "invalid-value", 400},
        {"/v1/dependence/IND?method=eu2021&threshold_world=0.2", "conflicting-parameters", 400},
        {"/v1/dependence/IND?method=eu2021&threshold_extra=0.2", "conflicting-parameters", 400},
        {"/v1/dependence/IND?method=eu2021&home=DEU&threshold_extra=5", "invalid-value", 400},
        {"/v1/dependence/IND?threshold_ratio=1", "conflicting-parameters", 400},
        {"/v1/dependence/IND?method=cepii&threshold_ratio=-1", "invalid-value", 400},
        {"/v1/dependence/IND?method=cepii&threshold_ratio=1e9", "invalid-value", 400},
        {"/v1/dependence/IND?home=DEU", "conflicting-parameters", 400},
        {"/v1/dependence/IND?method=eu2021&home=WLD", "invalid-value", 400},
        {"/v1/dependence/IND?method=eu2021&home=DEU,XQZ", "unknown-code", 400},
        {"/v1/dependence/IND?window=0", "invalid-value", 400},
        {"/v1/dependence/IND?window=6", "invalid-value", 400},
        {"/v1/dependence/IND?window=three", "invalid-value", 400},
        {"/v1/dependence/IND?summary=2", "invalid-value", 400},
        {"/v1/dependence/IND?summary=1&summary=1", "repeated-parameter", 400},
        {"/v1/dependence/IND?level=hs5", "invalid-value", 400},
        {"/v1/dependence/IND?period=2019-13", "invalid-value", 400},
        {"/v1/dependence/IND?product=4711", "unknown-code", 400},
        {"/v1/dependence/IND?dataset=none", "unknown-code", 400},
        {"/v1/dependence/IND?partner=CHN", "unknown-parameter", 400},
        {"/v1/dependence/IND?level=hs6&period=1890", "invalid-value", 400},
        {"/v1/dependence/IND?level=hs6&period=1990", "period-unavailable", 422},
        {"/v1/dependence/FRA", "no-data", 404},
        {"/v1/dependence/IND?method=mine&threshold=2&window=9&home=QQ", "invalid-request", 400},
        {"/v1/partners/IND?by=balance", "invalid-value", 400},
        {"/v1/partners/IND?top=0", "invalid-value", 400},
        {"/v1/partners/IND?period=2019,2020", "invalid-value", 400},
        {"/v1/partners/IND?period=2018", "period-unavailable", 422},
        {"/v1/partners/IND?product=85", "level-unavailable", 422},
        {"/v1/dependence/IND/WLD", "invalid-value", 400},
        {"/v1/partners/XQZ", "unknown-code", 404},
        {"/v1/indices/none?reporter=IND", "not-found", 404},
        {"/v1/indices/rca?reporter=XQZ", "unknown-code", 400},
        {"/v1/indices/rca?reporter=IND&partner=CHN", "unknown-parameter", 400},
        {"/v1/indices/rca?reporter=IND&level=total", "invalid-value", 400},
        {"/v1/indices/tii?partner=IND", "missing-parameter", 400},
        {"/v1/indices/tii?reporter=IND&partner=CHN&level=hs6", "unknown-parameter", 400},
        {"/v1/indices/tci?reporter=IND&partner=IND", "conflicting-parameters", 400},
        {"/v1/indices/tci?reporter=IND&partner=CHN&level=sector", "invalid-value", 400},
        {"/v1/indices/finger-kreinin?reporter=IND&partner=", "invalid-value", 400},
        {"/v1/indices/grubel-lloyd?reporter=IND&partner=IND", "conflicting-parameters", 400},
        {"/v1/indices/hirschman?reporter=IND&flow=X", "invalid-value", 400},
        {"/v1/indices/hhi?reporter=IND&level=total&dataset=dgcis-total-fy", "dataset-unsuitable", 422},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = ask_json(test_api(), cases[i].target, cases[i].status);
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "/problems/%s", cases[i].type);
        if (strcmp(json_string_value(json_object_get(root, "type")), wanted) != 0)
            fail_msg("%s: %s", cases[i].target, json_string_value(json_object_get(root, "type")));
        json_decref(root);
    }
}

static int start(void **state)
{
    (void)state;
    asking_start();
    return test_api() && test_world() ? 0 : -1;
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
        cmocka_unit_test(test_what_is_made_up_says_so),
        cmocka_unit_test(test_methods_are_echoed),
        cmocka_unit_test(test_a_summary_has_its_own_rows),
        cmocka_unit_test(test_what_is_not_known_is_null),
        cmocka_unit_test(test_indices_of_the_world),
        cmocka_unit_test(test_top_and_other_are_all),
        cmocka_unit_test(test_bad_values),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
