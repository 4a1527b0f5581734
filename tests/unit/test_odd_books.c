/* Indices, suppliers and pairs over books that do not tell all: some partners only, the world's row, chosen products, estimates. */
#include "asked_index.h"
#include "asked_pair.h"

#include "entrepot/analysis/bilateral.h"
#include "entrepot/analysis/indices.h"
#include "entrepot/analysis/suppliers.h"

#define X FLOW_EXPORTS
#define M FLOW_IMPORTS

static struct frame frame_for(const struct cube *cube, const char *reporter, const char *partner)
{
    return (struct frame){.cube = cube,
                          .countries = world.countries,
                          .reporter = world_id(reporter),
                          .partner = partner ? world_id(partner) : ANY_MEMBER};
}

static struct breakdown level_of(const struct cube *cube, enum level level)
{
    struct breakdown b;
    assert_int_equal(breakdown_make(cube, world.sectors, level, &world.arena, &b), ST_OK);
    return b;
}

static struct frame only(struct frame frame, struct str code)
{
    struct str *list = arena_new(&world.arena, struct str, 1);
    assert_non_null(list);
    *list = code;
    assert_int_equal(leaves_of(frame.cube, world.products, list, 1, &world.arena, &frame.leaves), ST_OK);
    frame.code = list;
    frame.n_codes = 1;
    return frame;
}

/* ---- some partners, without a row of the world ---- */

static const struct world_row listed[] = {
    {"IND", "CHN", X, "2023", "854140", 5, 10, OBS_ESTIMATED},
    {"IND", "CHN", M, "2023", "854140", 90, 10, 0},
    {"IND", "USA", M, "2023", "854140", 10, 10, 0},
    {"IND", "CHN", M, "2023", "520512", 7, 10, 0},
};

static void without_a_total_there_are_no_shares(void **state)
{
    (void)state;
    struct dataset d = world_reported("some", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, listed, COUNT(listed));
    struct breakdown b = level_of(cube, LEVEL_HS6), sectors = level_of(cube, LEVEL_SECTOR);
    uint32_t period = world_period("2023");
    struct frame frame = frame_for(cube, "IND", "CHN"), all = frame_for(cube, "IND", NULL);
    struct tii_row tii;
    tii = tii_of(frame, period);
    expect_usd(tii.exports_to_partner, 5);
    expect_unknown(tii.exports);
    expect_nan(tii.tii);
    assert_true(tii.flags & FLAG_BIT(FLAG_NOT_REPORTED));
    assert_true(tii.flags & FLAG_BIT(FLAG_ESTIMATED));

    struct tci_row tci;
    assert_int_equal(tci_fold(asked(frame, &b, period, tci_ask), period, &world.arena, &tci), ST_OK);
    expect_nan(tci.tci);
    expect_unknown(tci.exports);
    struct similarity_row similarity;
    assert_int_equal(similarity_fold(asked(frame, &b, period, similarity_ask), period, &world.arena, &similarity),
                     ST_OK);
    expect_nan(similarity.finger_kreinin);

    struct intra_row *intra;
    size_t n;
    double aggregate;
    assert_int_equal(intra_fold(asked(all, &b, period, intra_ask), period, &world.arena, &intra, &n, &aggregate),
                     ST_OK);
    assert_int_equal(n, 0); /* nothing is known of all partners */
    assert_int_equal(intra_fold(asked(all, &sectors, period, intra_ask), period, &world.arena, &intra, &n, &aggregate),
                     ST_OK);
    assert_int_equal(n, sectors.n);
    for (size_t i = 0; i < n; i++) {
        expect_unknown(intra[i].exports);
        expect_nan(intra[i].grubel_lloyd);
        assert_true(intra[i].flags & FLAG_BIT(FLAG_NOT_REPORTED));
    }
    expect_nan(aggregate);
    assert_int_equal(intra_fold(asked(frame, &b, period, intra_ask), period, &world.arena, &intra, &n, &aggregate),
                     ST_OK);
    assert_int_equal(n, 2);
    struct hirschman_row hirschman;
    struct frame other = frame_for(cube, "USA", NULL); /* keeps no books here */
    assert_int_equal(hirschman_fold(asked_hirschman(other, X, period), period, &world.arena, &hirschman), ST_OK);
    expect_unknown(hirschman.value);
    expect_nan(hirschman.hirschman);
    assert_true(hirschman.flags & FLAG_BIT(FLAG_NOT_REPORTED));
    struct frame pair = frame;
    pair.partner = world_id("USA");
    expect_nan(asked_concentration(pair, period));
    cube_close(cube);
}

static const struct suppliers *asked_suppliers(struct frame frame, const struct suppliers_question *question)
{
    frame.ask = asked_new();
    const struct suppliers *suppliers = suppliers_ask(&frame, question);
    (void)asked_run(frame.ask);
    return suppliers;
}

static void suppliers_beside_those_that_are_listed(void **state)
{
    (void)state;
    struct dataset d = world_reported("some", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, listed, COUNT(listed));
    struct frame frame = only(frame_for(cube, "IND", NULL), STR("854140"));
    uint32_t china = world_id("CHN");
    struct suppliers_question question = {
        .period = world_period("2023"), .excluded = &china, .n_excluded = 1, .cut = 1, .expand = 0.1, .divert = 0.2};
    struct suppliers_summary summary;
    struct supplier_row *row;
    size_t n;
    assert_int_equal(suppliers_fold(asked_suppliers(frame, &question), &world.arena, &row, &n, &summary), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(row[0].supplier, world_id("USA"));
    expect_usd(row[0].sales_to_importer, 10); /* the importer's books: nobody else's are here */
    expect_nan(row[0].share_of_imports);
    expect_unknown(row[0].capacity);
    expect_unknown(summary.imports);
    expect_usd(summary.gap, 90);
    expect_nan(summary.resourcing_multiple);
    assert_true(summary.flags & FLAG_BIT(FLAG_NO_WORLD_TOTAL));
    cube_close(cube);
}

/* ---- the world's row ---- */

static const struct world_row with_world[] = {
    {"IND", "CHN", X, "2023", "854140", 5, 10, 0},   {"IND", "WLD", X, "2023", "854140", 20, 10, 0},
    {"IND", "CHN", M, "2023", "854140", 90, 10, 0},  {"IND", "USA", M, "2023", "854140", 10, 10, 0},
    {"IND", "WLD", M, "2023", "854140", 120, 10, 0}, {"IND", "WLD", M, "2023", "520512", 80, 10, 0},
    {"CHN", "WLD", M, "2023", "854140", 50, 10, 0},  {"CHN", "IND", M, "2023", "854140", 6, 10, 0},
};

static void the_row_of_the_world_is_the_total(void **state)
{
    (void)state;
    struct dataset d = world_reported("row", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, with_world, COUNT(with_world));
    struct breakdown b = level_of(cube, LEVEL_HS6);
    uint32_t period = world_period("2023");
    struct frame frame = frame_for(cube, "IND", "CHN"), all = frame_for(cube, "IND", NULL);
    struct intra_row *intra;
    size_t n;
    double aggregate;
    assert_int_equal(intra_fold(asked(all, &b, period, intra_ask), period, &world.arena, &intra, &n, &aggregate),
                     ST_OK);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        if (str_is(intra[i].product, "854140")) {
            expect_usd(intra[i].exports, 20);
            expect_usd(intra[i].imports, 120);
            expect_near(intra[i].grubel_lloyd, 1 - 100.0 / 140);
        }
    struct tii_row tii;
    tii = tii_of(frame, period);
    expect_usd(tii.exports, 20);
    expect_usd(tii.partner_imports, 50);
    struct frame product = only(all, STR("854140"));
    uint32_t china = world_id("CHN");
    struct suppliers_question question = {.period = period, .excluded = &china, .n_excluded = 1, .cut = 0.5};
    struct suppliers_summary summary;
    struct supplier_row *row;
    assert_int_equal(suppliers_fold(asked_suppliers(product, &question), &world.arena, &row, &n, &summary), ST_OK);
    expect_usd(summary.imports, 120);
    expect_usd(summary.gap, 45);
    expect_near(summary.resourcing_multiple, 0.5 * 90 / 30);
    assert_int_equal(n, 1);
    expect_near(row[0].share_of_imports, 10.0 / 120);
    cube_close(cube);
}

/* ---- all partners ---- */

static const struct world_row years[] = {
    {"IND", "CHN", X, "2022", "854140", 10, 0, 0}, {"IND", "JPN", X, "2022", "854140", 20, 0, 0},
    {"IND", "CHN", X, "2023", "854140", 15, 0, 0}, {"IND", "JPN", X, "2023", "854140", 30, 0, 0},
    {"IND", "CHN", M, "2022", "854140", 40, 0, 0}, {"IND", "JPN", M, "2023", "854140", 50, 0, 0},
    {"IND", "CHN", M, "2023", "854140", 60, 0, 0}, {"IND", "KOR", M, "2023", "520512", 0, 0, 0},
};

static void a_region_grows_as_its_countries_do(void **state)
{
    (void)state;
    struct dataset d = world_reported("all", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, years, COUNT(years));
    struct frame frame = frame_for(cube, "IND", "CHN");
    const uint32_t both[] = {world_period("2022"), world_period("2023")}, japan = world_id("JPN");
    struct bilateral_question question = {.kind = PERIOD_YEAR, .period = both, .n = 2};
    struct bilateral_row *row = asked_bilateral(frame, &question);
    expect_nan(row[1].exports_growth_region); /* of nobody */
    question.region = (struct cube_set){&japan, 1};
    row = asked_bilateral(frame, &question);
    expect_nan(row[0].exports_growth_region); /* nothing before it */
    expect_near(row[1].exports_growth_region, 0.5);
    expect_nan(row[1].imports_growth_region); /* of nothing */
    expect_near(asked_concentration(frame, world_period("2023")), (3600.0 + 2500) / (110 * 110));
    struct frame cotton = only(frame, STR("520512"));
    expect_nan(asked_concentration(cotton, world_period("2023"))); /* nothing was imported */
    expect_nan(asked_concentration(cotton, world_period("2022")));
    cube_close(cube);
}

static void growth_a_year_needs_a_base_and_a_year(void **state)
{
    (void)state;
    const uint32_t first = world_period("2020"), last = world_period("2023");
    static const struct {
        struct figure first, last;
        double wanted; /* NaN: undefined */
    } cases[] = {
        {{.usd = 100, .known = true}, {.usd = 800, .known = true}, 1.0},
        {{.usd = 100, .known = true}, {.usd = 0, .known = true}, -1.0},
        {{.usd = 100, .known = false}, {.usd = 800, .known = true}, (double)NAN},
        {{.usd = 100, .known = true}, {.usd = 800, .known = false}, (double)NAN},
        {{.usd = 0, .known = true}, {.usd = 800, .known = true}, (double)NAN},
        {{.usd = -5, .known = true}, {.usd = 800, .known = true}, (double)NAN},
        {{.usd = 100, .known = true}, {.usd = -8, .known = true}, (double)NAN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double got = growth_a_year(cases[i].first, first, cases[i].last, last);
        if (isnan(cases[i].wanted))
            expect_nan(got);
        else
            expect_near(got, cases[i].wanted);
    }
    expect_nan(growth_a_year(figure_of(1), last, figure_of(2), last));
}

/* ---- chosen products ---- */

static void chosen_products_have_no_totals(void **state)
{
    (void)state;
    struct dataset d = world_reported("chosen", PARTNERS_ALL);
    d.coverage = COVERAGE_SELECTED;
    struct cube *cube = world_cube(&d, years, COUNT(years));
    struct breakdown b = level_of(cube, LEVEL_HS6);
    struct frame frame = frame_for(cube, "IND", "CHN");
    struct tii_row tii;
    tii = tii_of(frame, world_period("2023"));
    expect_unknown(tii.exports_to_partner);
    struct frame one = only(frame, STR("854140"));
    tii = tii_of(one, world_period("2023"));
    expect_usd(tii.exports_to_partner, 15);
    struct intra_row *intra;
    size_t n;
    double aggregate;
    assert_int_equal(intra_fold(asked(frame, &b, world_period("2023"), intra_ask), world_period("2023"), &world.arena,
                                &intra, &n, &aggregate),
                     ST_OK);
    expect_nan(aggregate);
    assert_true(n > 0 && intra[0].flags & FLAG_BIT(FLAG_SELECTED_PRODUCTS));
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_total_there_are_no_shares),
        cmocka_unit_test(suppliers_beside_those_that_are_listed),
        cmocka_unit_test(the_row_of_the_world_is_the_total),
        cmocka_unit_test(a_region_grows_as_its_countries_do),
        cmocka_unit_test(growth_a_year_needs_a_base_and_a_year),
        cmocka_unit_test(chosen_products_have_no_totals),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
