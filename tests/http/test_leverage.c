/* Leverage, suppliers and scenarios over HTTP: what the shipped figures can tell, what they cannot, and bad values of every parameter. */
#include "http/asking.h"
#include "http/test_api.h"
#include "unit/world.h"

/* The shipped figures, or the four countries of the unit tests as a reconciled dataset of everybody's trade. */
static struct api *shipped, *four;
static struct catalogue *catalogue;

static json_t *ask(const char *target, int status) { return ask_json(shipped, target, status); }

static void expect_nulls(json_t *object, const char *const *key, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!json_is_null(json_object_get(object, key[i])))
            fail_msg("%s is not null", key[i]);
}

static void near_to(json_t *object, const char *key, double wanted)
{
    double got = json_number_value(json_object_get(object, key));
    if (!json_is_number(json_object_get(object, key)) || got - wanted > 1e-6 || wanted - got > 1e-6)
        fail_msg("%s is %f, not %f", key, got, wanted);
}

/* India's books of 2019 tell its two terms; China's are not guessed, nor is a dataset named that does not answer this question. */
static void test_totals_of_one_side(void **state)
{
    (void)state;
    static const char *const missing[] = {"partner_market_dependence", "partner_import_dependence", "asymmetry_imports",
                                          "asymmetry_market", "lever"};
    json_t *root = ask("/v1/leverage/IND/CHN?level=total&period=2019", 200);
    near_to(row_of(root, 0), "import_dependence", 0.142837);
    near_to(row_of(root, 0), "market_dependence", 0.053453);
    expect_nulls(row_of(root, 0), missing, sizeof missing / sizeof *missing);
    expect_nulls(meta_of(root, "summary"), missing, sizeof missing / sizeof *missing);
    near_to(meta_of(root, "summary"), "import_dependence", 0.142837);
    near_to(meta_of(root, "summary"), "trade_share_r", 0.106816);
    assert_true(has_flag(row_of(root, 0), "no_partner_books"));
    assert_true(warns_of(root, "/v1/mirror"));
    assert_false(warns_of(root, "gacc-total-month"));
    json_decref(root);
}

static void test_totals_without_the_world(void **state)
{
    (void)state;
    json_t *root = ask("/v1/leverage/CHN/IND?period=2025", 200);
    assert_string_equal(json_string_value(meta_of(root, "dataset")), "gacc-total-month");
    assert_true(json_is_null(json_object_get(row_of(root, 0), "import_dependence")));
    assert_true(has_flag(row_of(root, 0), "no_world_total"));
    assert_true(warns_of(root, "has no total over all partners"));
    json_decref(root);
}

/* A path in years starts from a year: not from the latest month, nor from a year that has two of them. */
static void test_paths_start_from_a_year(void **state)
{
    (void)state;
    json_t *months = ask("/v1/scenario/IND/CHN?product=850760&cut=0.5", 200),
           *chapters = ask("/v1/scenario/IND/CHN?product=85&cut=0.5", 200),
           *sellers = ask("/v1/suppliers/850760?importer=IND", 200);
    assert_string_equal(json_string_value(json_object_get(row_of(months, 0), "period")), "2025");
    assert_string_equal(json_string_value(json_object_get(row_of(chapters, 0), "period")), "FY2025-26");
    assert_string_equal(json_string_value(json_object_get(row_of(sellers, 0), "period")), "2025");
    json_decref(months);
    json_decref(chapters);
    json_decref(sellers);
}

static void test_sectors_have_no_sum(void **state)
{
    (void)state;
    json_t *root = ask("/v1/leverage/IND/CHN?level=sector&period=FY2018-19", 200);
    assert_true(json_is_null(json_object_get(meta_of(root, "summary"), "loss_index_reporter")));
    assert_true(warns_of(root, "sectors overlap"));
    json_decref(root);
    root = ask("/v1/leverage/IND/CHN?level=hs2&period=FY2018-19&sigma=3&cut=0.5", 200);
    assert_true(json_is_number(json_object_get(meta_of(root, "summary"), "loss_index_reporter")));
    assert_string_equal(json_string_value(json_object_get(meta_of(root, "query"), "sigma")), "3");
    assert_true(warns_of(root, "σ = 3 and a cut of 0.5"));
    json_decref(root);
}

static void test_suppliers_that_are_not_listed(void **state)
{
    (void)state;
    static const char *const missing[] = {"market_tightness", "alternatives", "capacity_total"};
    json_t *root = ask("/v1/suppliers/850760?importer=IND&exclude=CHN", 200), *summary = meta_of(root, "summary");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 0);
    assert_string_equal(json_string_value(meta_of(root, "empty_reason")), "no_other_suppliers");
    assert_int_equal(json_integer_value(json_object_get(summary, "gap")), 3807620000);
    near_to(summary, "resourcing_multiple", 3807.62 / 276.0);
    expect_nulls(summary, missing, sizeof missing / sizeof *missing);
    assert_true(warns_of(root, "CEPII BACI"));
    json_decref(root);
}

static void test_a_gap_without_suppliers(void **state)
{
    (void)state;
    static const char *const missing[] = {"capacity",        "covered", "uncovered",
                                          "uncovered_share", "cost",    "partner_loss"};
    json_t *root = ask("/v1/scenario/IND/CHN?product=850760&cut=0.3&years=3&domestic=0.1", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 6);
    assert_int_equal(json_integer_value(json_object_get(row_of(root, 0), "gap")), 380762000);
    assert_int_equal(json_integer_value(json_object_get(row_of(root, 0), "domestic")), 38076200);
    assert_int_equal(json_integer_value(json_object_get(row_of(root, 3), "gap")), 1142286000);
    for (size_t i = 0; i < 6; i++)
        expect_nulls(row_of(root, i), missing, sizeof missing / sizeof *missing);
    assert_true(has_flag(row_of(root, 0), "no_other_suppliers"));
    assert_true(warns_of(root, "CEPII BACI"));
    near_to(meta_of(root, "summary"), "share", 3807.62 / 4083.62);
    json_decref(root);
    root = ask("/v1/scenario/IND/CHN?product=850760&cut=0.3&years=3&path=abrupt", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 3);
    json_decref(root);
    root = ask("/v1/scenario/IND/CHN?product=850760&cut=0.3&allocation=1", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 0);
    json_decref(root);
}

/* ---- where all countries' trade is there ---- */

static json_int_t whole(json_t *object, const char *key) { return json_integer_value(json_object_get(object, key)); }

static void test_the_four_countries(void **state)
{
    (void)state;
    json_t *root = ask_json(four, "/v1/leverage/IND/CHN?period=2023&level=hs6&sigma=3", 200);
    json_t *summary = meta_of(root, "summary");
    assert_int_equal(json_array_size(json_object_get(root, "data")), 3);
    assert_string_equal(json_string_value(json_object_get(row_of(root, 0), "product")), "854140");
    near_to(row_of(root, 0), "loss_index_reporter", 1.151293);
    near_to(summary, "import_dependence", 0.84375);
    near_to(summary, "partner_market_dependence", 0.607038);
    near_to(summary, "market_dependence", 0.367647);
    near_to(summary, "partner_import_dependence", 0.410959);
    near_to(summary, "salience", 0.653825);
    assert_string_equal(json_string_value(json_object_get(summary, "lever")), "partner");
    json_decref(root);
    root = ask_json(four, "/v1/suppliers/854140?period=2023&importer=IND&exclude=CHN&cut=0.5", 200);
    summary = meta_of(root, "summary");
    assert_string_equal(json_string_value(json_object_get(row_of(root, 0), "supplier")), "DEU");
    assert_int_equal(whole(row_of(root, 0), "capacity"), 36 * MILLION);
    near_to(summary, "resourcing_multiple", 4.5);
    near_to(summary, "market_tightness", 1.5);
    assert_int_equal(whole(summary, "alternatives"), 2);
    json_decref(root);
    root = ask_json(four, "/v1/suppliers/S16?period=2023", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 4);
    json_decref(root);
    root = ask_json(four, "/v1/suppliers/854140?period=2023&importer=IND&top=1", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 2);
    assert_string_equal(json_string_value(json_object_get(row_of(root, 1), "supplier")), "other");
    near_to(row_of(root, 1), "world_share", 300.0 / 1766);
    json_decref(root);
}

static void test_allocations_add_up(void **state)
{
    (void)state;
    json_t *root = ask_json(four, "/v1/scenario/IND/CHN?period=2023&product=854140&cut=0.5", 200);
    assert_int_equal(json_array_size(json_object_get(root, "data")), 2);
    assert_int_equal(whole(row_of(root, 0), "covered"), 70 * MILLION);
    assert_int_equal(whole(row_of(root, 0), "uncovered"), 380 * MILLION);
    near_to(row_of(root, 0), "uncovered_share", 0.38);
    json_decref(root);
    root = ask_json(four, "/v1/scenario/IND/CHN?period=2023&product=S16,29&cut=0.03&allocation=1&path=abrupt", 200);
    json_int_t sum = 0;
    for (size_t i = 0; i < json_array_size(json_object_get(root, "data")); i++) {
        assert_true(json_is_null(json_object_get(row_of(root, i), "covered")));
        sum += whole(row_of(root, i), "allocation");
    }
    assert_int_equal(sum, whole(meta_of(root, "summary"), "covered"));
    assert_true(warns_of(root, "2 products"));
    json_decref(root);
}

static void test_levers_mirror(void **state)
{
    (void)state;
    json_t *one = ask_json(four, "/v1/leverage/IND/CHN?period=2023&level=total", 200);
    double a = json_number_value(json_object_get(row_of(one, 0), "import_dependence"));
    double net = json_number_value(json_object_get(row_of(one, 0), "net_asymmetry"));
    json_decref(one);
    json_t *other = ask_json(four, "/v1/leverage/CHN/IND?period=2023&level=total", 200);
    near_to(row_of(other, 0), "partner_import_dependence", a);
    near_to(row_of(other, 0), "net_asymmetry", -net);
    assert_string_equal(json_string_value(json_object_get(row_of(other, 0), "lever")), "reporter");
    json_decref(other);
}

/* Each is refused with the parameter's name. */
static void test_bad_values(void **state)
{
    (void)state;
    static const struct {
        const char *target, *parameter;
        int status;
    } bad[] = {
        {"/v1/leverage/IND/XXX", "partner", 404},
        {"/v1/leverage/IND/CHN?sigma=1", "sigma", 400},
        {"/v1/leverage/IND/CHN?sigma=0.5", "sigma", 400},
        {"/v1/leverage/IND/CHN?sigma=x", "sigma", 400},
        {"/v1/leverage/IND/CHN?cut=1.1", "cut", 400},
        {"/v1/leverage/IND/CHN?cut=-0.1", "cut", 400},
        {"/v1/leverage/IND/CHN?margin=-1", "margin", 400},
        {"/v1/leverage/IND/WLD", "partner", 400},
        {"/v1/scenario/IND/WLD?product=85&cut=0.5", "partner", 400},
        {"/v1/suppliers/850760?importer=IND&exclude=CHN,WLD", "exclude", 400},
        {"/v1/leverage/IND/CHN?level=hs8", "level", 400},
        {"/v1/leverage/IND/CHN?period=2019..2020", "period", 400},
        {"/v1/leverage/IND/CHN?product=nonsense", "product", 400},
        {"/v1/leverage/IND/CHN?dataset=nonsense", "dataset", 400},
        {"/v1/suppliers/nonsense", "product", 404},
        {"/v1/suppliers/850760?importer=ZZ", "importer", 400},
        {"/v1/suppliers/850760?importer=IND&exclude=CHN,ZZ", "exclude", 400},
        {"/v1/suppliers/850760?importer=IND&exclude=IND", "exclude", 400},
        {"/v1/suppliers/850760?importer=IND&cut=2", "cut", 400},
        {"/v1/suppliers/850760?importer=IND&expand=11", "expand", 400},
        {"/v1/suppliers/850760?importer=IND&divert=1.2", "divert", 400},
        {"/v1/suppliers/850760?importer=IND&min_share=2", "min_share", 400},
        {"/v1/suppliers/850760?importer=IND&period=1999", "period", 422},
        {"/v1/suppliers/850760", "importer", 422},
        {"/v1/scenario/IND/CHN?product=850760", "cut", 400},
        {"/v1/scenario/IND/CHN?cut=0.5", "product", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=1.5", "cut", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&years=0", "years", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&years=21", "years", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&expand=-0.1", "expand", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&divert=2", "divert", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&domestic=2", "domestic", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&side=both", "side", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&path=slow", "path", 400},
        {"/v1/scenario/IND/CHN?product=850760&cut=0.5&allocation=2", "allocation", 400},
        {"/v1/scenario/IND/CHN?product=999999&cut=0.5", "product", 422},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *root = ask(bad[i].target, bad[i].status);
        json_t *error = json_array_get(json_object_get(root, "errors"), 0);
        const char *parameter = json_string_value(json_object_get(error, "parameter"));
        if (!parameter || strcmp(parameter, bad[i].parameter) != 0)
            fail_msg("%s: an error of %s, not of %s", bad[i].target, parameter ? parameter : "none", bad[i].parameter);
        json_decref(root);
    }
}

static int start(void **state)
{
    asking_start();
    shipped = test_api();
    if (!shipped || world_setup(state) != 0)
        return -1;
    catalogue = catalogue_new(world.countries, world.products, world.sectors);
    if (!catalogue || catalogue_add(catalogue, world_trade("four"), "four", &world.problem) != ST_OK ||
        catalogue_seal(catalogue, STR("four")) != ST_OK)
        return -1;
    struct api_options options = api_options_default();
    four = api_new(catalogue, &options);
    return four ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    api_free(four);
    catalogue_free(catalogue); /* and the world's tables */
    arena_release(&world.arena);
    asking_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_of_one_side),      cmocka_unit_test(test_totals_without_the_world),
        cmocka_unit_test(test_paths_start_from_a_year), cmocka_unit_test(test_suppliers_that_are_not_listed),
        cmocka_unit_test(test_sectors_have_no_sum),     cmocka_unit_test(test_suppliers_that_are_not_listed),
        cmocka_unit_test(test_a_gap_without_suppliers), cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_the_four_countries),      cmocka_unit_test(test_allocations_add_up),
        cmocka_unit_test(test_levers_mirror),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
