#include "world.h"

#include "entrepot/analysis/dependence.h"

static struct dependence_row *ask(const struct cube *cube, const char *partner, const char *period, enum level level,
                                  size_t *n)
{
    struct frame frame = {
        .cube = cube, .countries = world.countries, .reporter = world_id("IND"), .partner = world_id(partner)};
    struct breakdown breakdown;
    struct dependence_row *row;
    assert_int_equal(breakdown_make(cube, world.products, world.sectors, level, &world.arena, &breakdown), ST_OK);
    struct dependence_question question = {.breakdown = &breakdown, .period = world_period(period), .threshold = 0.4};
    assert_int_equal(dependence_table(&frame, &question, &world.arena, &row, n), ST_OK);
    return row;
}

static void expect_row(const struct dependence_row *row, const char *product, double share, double hhi, double ratio)
{
    assert_true(str_is(row->product, product));
    expect_near(row->share, share);
    expect_near(row->hhi, hhi);
    expect_near(row->imports_over_exports, ratio);
}

static void the_four_countries_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    size_t n;
    struct dependence_row *row = ask(cube, "CHN", "2023", LEVEL_HS6, &n);
    assert_int_equal(n, 3);
    expect_row(&row[0], "293359", 0.733333, 0.582222, 2.616279);
    expect_row(&row[1], "520512", 0.545455, 0.404959, 0.104762);
    expect_row(&row[2], "854140", 0.9, 0.81505, 38.461538);
    expect_usd(row[2].imports_from_partner, 900 * MILLION);
    expect_usd(row[2].imports_total, 1000 * MILLION);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(row[i].top_supplier, world_id("CHN"));
        assert_int_equal(row[i].suppliers, 3);
        assert_int_equal(row[i].dependent, VERDICT_YES);
        assert_int_equal(row[i].flags, FLAG_BIT(FLAG_CLOSED_SET));
    }
    cube_close(cube);
}

/* Concentrated imports make nobody dependent on a partner that is not the largest. */
static void only_the_largest_supplier_counts(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    size_t n;
    struct dependence_row *row = ask(cube, "DEU", "2023", LEVEL_HS6, &n);
    assert_int_equal(n, 3);
    expect_near(row[2].share, 0.045);
    expect_near(row[2].hhi, 0.81505);
    assert_int_equal(row[2].top_supplier, world_id("CHN"));
    assert_int_equal(row[2].dependent, VERDICT_NO);
    cube_close(cube);
}

static void the_threshold_itself_is_not_exceeded(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 40, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2023", "854140", 40, 0, 0},
        {"IND", "DEU", FLOW_IMPORTS, "2023", "854140", 0, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "293359", 0, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2023", "520512", 5, 0, 0},
    };
    struct dataset d = world_reported("half", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = {
        .cube = cube, .countries = world.countries, .reporter = world_id("IND"), .partner = world_id("CHN")};
    struct breakdown breakdown;
    struct dependence_row *row;
    size_t n;
    assert_int_equal(breakdown_make(cube, world.products, world.sectors, LEVEL_HS6, &world.arena, &breakdown), ST_OK);
    struct dependence_question question = {.breakdown = &breakdown, .period = world_period("2023"), .threshold = 0.5};
    assert_int_equal(dependence_table(&frame, &question, &world.arena, &row, &n), ST_OK);
    assert_int_equal(n, 2); /* nothing was said about imports of cotton */
    expect_nan(row[0].hhi); /* imports of nothing hang on nobody */
    expect_nan(row[0].share);
    assert_int_equal(row[0].top_supplier, NO_ID);
    assert_int_equal(row[0].dependent, VERDICT_UNKNOWN);
    expect_near(row[1].hhi, 0.5);
    assert_int_equal(row[1].suppliers, 2); /* with a value above zero */
    assert_int_equal(row[1].dependent, VERDICT_NO);
    cube_close(cube);
}

/* ---- only China and the world are listed ---- */

#define LISTED(product, from_china, from_world)                                                                        \
    {"IND", "CHN", FLOW_IMPORTS, "2023", product, from_china, 0, 0},                                                   \
    {                                                                                                                  \
        "IND", "WLD", FLOW_IMPORTS, "2023", product, from_world, 0, 0                                                  \
    }

static void listed_partners_give_bounds(void **state)
{
    (void)state;
    static const struct world_row rows[] = {LISTED("260111", 40, 100), LISTED("280530", 41, 100),
                                            LISTED("293359", 60, 100), LISTED("850760", 64, 100),
                                            LISTED("854140", 90, 100), LISTED("854150", 0, 100)};
    static const struct {
        double share;
        bool top;
        enum verdict dependent;
    } wanted[] = {{0.40, false, VERDICT_NO}, {0.41, false, VERDICT_UNKNOWN}, {0.60, true, VERDICT_UNKNOWN},
                  {0.64, true, VERDICT_YES}, {0.90, true, VERDICT_YES},      {0.00, false, VERDICT_NO}};
    struct dataset d = world_reported("listed", PARTNERS_LISTED);
    d.coverage = COVERAGE_SELECTED;
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    size_t n;
    struct dependence_row *row = ask(cube, "CHN", "2023", LEVEL_HS6, &n);
    assert_int_equal(n, COUNT(wanted));
    for (size_t i = 0; i < n; i++) {
        expect_near(row[i].share, wanted[i].share);
        expect_near(row[i].hhi, wanted[i].share * wanted[i].share);
        assert_int_equal(row[i].top_supplier, wanted[i].top ? world_id("CHN") : NO_ID);
        assert_int_equal(row[i].suppliers, 0);
        assert_int_equal(row[i].dependent, wanted[i].dependent);
        assert_int_equal(row[i].flags, FLAG_BIT(FLAG_LOWER_BOUND));
        expect_nan(row[i].imports_over_exports); /* exports are not in the data */
    }
    cube_close(cube);
}

static void without_a_world_row_nothing_is_judged(void **state)
{
    (void)state;
    static const struct world_row rows[] = {{"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 90, 0, OBS_ROUNDED}};
    struct dataset d = world_reported("lonely", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    size_t n;
    struct dependence_row *row = ask(cube, "CHN", "2023", LEVEL_HS6, &n);
    assert_int_equal(n, 1);
    expect_usd(row[0].imports_from_partner, 90);
    expect_unknown(row[0].imports_total);
    expect_nan(row[0].share);
    assert_int_equal(row[0].dependent, VERDICT_UNKNOWN);
    assert_int_equal(row[0].top_supplier, NO_ID);
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_LOWER_BOUND) | FLAG_BIT(FLAG_NO_WORLD_TOTAL) | FLAG_BIT(FLAG_ROUNDED));
    cube_close(cube);
}

/* The world's row is the denominator and no supplier. */
static void the_world_is_no_supplier(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 60, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2023", "854140", 40, 0, 0},
        {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 100, 0, 0},
    };
    struct dataset d = world_reported("row", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    size_t n;
    struct dependence_row *row = ask(cube, "CHN", "2023", LEVEL_HS2, &n);
    assert_int_equal(n, 1);
    assert_true(str_is(row[0].product, "85"));
    expect_near(row[0].share, 0.6);
    expect_near(row[0].hhi, 0.52);
    assert_int_equal(row[0].suppliers, 2);
    assert_int_equal(row[0].dependent, VERDICT_YES);
    cube_close(cube);
}

static void a_year_of_some_months_says_so(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2023-01", "854140", 60, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2023-03", "854140", 20, 0, 0},
    };
    struct dataset d = world_reported("months", PARTNERS_ALL);
    d.frequency = PERIOD_MONTH;
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    size_t n;
    struct dependence_row *row = ask(cube, "CHN", "2023", LEVEL_HS6, &n);
    expect_near(row[0].share, 0.75); /* of what is there */
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_PARTIAL_YEAR));
    cube_close(cube);
}

static void every_sector_has_a_row(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    size_t n;
    struct dependence_row *row = ask(cube, "CHN", "2023", LEVEL_SECTOR, &n);
    assert_int_equal(n, sectors_count(world.sectors));
    for (size_t i = 0; i < n; i++)
        assert_true(str_eq(row[i].product, sectors_at(world.sectors, i)->id));
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_countries_by_hand),
        cmocka_unit_test(only_the_largest_supplier_counts),
        cmocka_unit_test(the_threshold_itself_is_not_exceeded),
        cmocka_unit_test(listed_partners_give_bounds),
        cmocka_unit_test(without_a_world_row_nothing_is_judged),
        cmocka_unit_test(the_world_is_no_supplier),
        cmocka_unit_test(a_year_of_some_months_says_so),
        cmocka_unit_test(every_sector_has_a_row),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
