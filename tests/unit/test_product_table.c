#include "asked.h"

#include "entrepot/analysis/products.h"

static struct frame frame_of(const struct cube *cube, const char *reporter, const char *partner)
{
    return (struct frame){
        .cube = cube, .countries = world.countries, .reporter = world_id(reporter), .partner = world_id(partner)};
}

static struct product_row *ask(const struct frame *frame, const char *period, const char *versus, enum level level,
                               size_t *n)
{
    struct breakdown breakdown;
    struct product_row *row;
    assert_int_equal(breakdown_make(frame->cube, world.sectors, level, &world.arena, &breakdown), ST_OK);
    const uint32_t at = world_period(period);
    struct product_question question = {
        .breakdown = &breakdown, .period = &at, .n = 1, .versus = versus ? world_period(versus) : 0};
    struct frame asking = *frame;
    asking.ask = asked_new();
    const struct product_asked *products = product_ask(&asking, &question);
    (void)asked_run(asking.ask);
    assert_true(ask_count(asking.ask) <= 4);
    assert_int_equal(product_fold(products, at, &world.arena, &row, n), ST_OK);
    return row;
}

static void india_and_china_by_hand(void **state)
{
    (void)state;
    static const char *const product[] = {"293359", "520512", "854140"};
    static const int64_t exports[] = {44, 100, 6}, imports[] = {330, 12, 900};
    static const int64_t all_exports[] = {172, 210, 26}, all_imports[] = {450, 22, 1000};
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    size_t n;
    struct product_row *row = ask(&frame, "2023", NULL, LEVEL_HS6, &n);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(str_is(row[i].product, product[i]));
        expect_usd(row[i].exports, exports[i] * MILLION);
        expect_usd(row[i].imports, imports[i] * MILLION);
        expect_usd(row[i].balance, (exports[i] - imports[i]) * MILLION);
        expect_near(row[i].share_of_exports, (double)exports[i] / (double)all_exports[i]);
        expect_near(row[i].share_of_imports, (double)imports[i] / (double)all_imports[i]);
        expect_near(row[i].share_of_bilateral_exports, (double)exports[i] / 150);
        expect_near(row[i].share_of_bilateral_imports, (double)imports[i] / 1242);
        expect_nan(row[i].imports_contribution_pp);
        assert_int_equal(row[i].flags, 0);
    }
    cube_close(cube);
}

static void contributions_add_up_to_growth(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    double imports = 0, exports = 0, balance = 0;
    size_t n;
    struct product_row *row = ask(&frame, "2023", "2022", LEVEL_HS6, &n);
    assert_int_equal(n, 3);
    assert_true(fabs(row[0].imports_contribution_pp - 2.97030) < 1e-5);
    assert_true(fabs(row[1].imports_contribution_pp - 0.19802) < 1e-5);
    assert_true(fabs(row[2].imports_contribution_pp - 19.80198) < 1e-5);
    expect_near(row[2].exports_contribution_pp, 100.0 * 2 / 120);
    expect_near(row[2].balance_contribution_pp, 100.0 * -198 / 890); /* more cells bought: the deficit grew */
    expect_near(row[1].balance_contribution_pp, 100.0 * 22 / 890);
    for (size_t i = 0; i < n; i++) {
        imports += row[i].imports_contribution_pp;
        exports += row[i].exports_contribution_pp;
        balance += row[i].balance_contribution_pp;
    }
    expect_near(imports, 100 * (1242.0 / 1010 - 1));
    expect_near(exports, 25.0);
    expect_near(balance, 100.0 * -202 / 890);
    cube_close(cube);
}

/* Chapters and sections are the same figures, added up. */
static void levels_add_up(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    static const enum level level[] = {LEVEL_TOTAL, LEVEL_SECTION, LEVEL_HS2, LEVEL_HS4, LEVEL_HS6};
    for (size_t k = 0; k < COUNT(level); k++) {
        double contribution = 0;
        int64_t imports = 0;
        size_t n;
        struct product_row *row = ask(&frame, "2023", "2022", level[k], &n);
        assert_int_equal(n, level[k] == LEVEL_TOTAL ? 1 : 3);
        for (size_t i = 0; i < n; i++) {
            imports += row[i].imports.usd;
            contribution += row[i].imports_contribution_pp;
            assert_true(level[k] > LEVEL_HS2 || row[i].name.n > 0);
        }
        assert_int_equal(imports, 1242 * MILLION);
        expect_near(contribution, 100 * (1242.0 / 1010 - 1));
    }
    cube_close(cube);
}

static void what_came_and_what_went_is_shown(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2022", "260111", 100, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 60, 0, OBS_ESTIMATED},
        {"IND", "CHN", FLOW_EXPORTS, "2022", "260111", 10, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2023", "260111", 10, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2023", "850760", 5, 0, 0},
    };
    struct dataset d = world_reported("came", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    size_t n;
    struct product_row *row = ask(&frame, "2023", "2022", LEVEL_HS6, &n);
    assert_int_equal(n, 2); /* the pair has nothing to say about 850760 */
    expect_usd(row[0].imports, 0);
    expect_near(row[0].imports_contribution_pp, -100.0);
    expect_near(row[0].exports_contribution_pp, 0.0);
    expect_near(row[1].imports_contribution_pp, 60.0);
    expect_near(row[1].balance_contribution_pp, -100.0 * 60 / 90);
    assert_int_equal(row[1].flags, FLAG_BIT(FLAG_ESTIMATED));
    (void)ask(&frame, "2023", NULL, LEVEL_HS6, &n);
    assert_int_equal(n, 2);
    cube_close(cube);
}

/* Chosen products, listed partners: no total, no zero. */
static void chosen_products_have_no_total(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2022", "854140", 50, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 90, 0, 0},
        {"IND", "WLD", FLOW_IMPORTS, "2022", "854140", 80, 0, 0},
        {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 120, 0, 0},
    };
    struct dataset d = world_reported("chosen", PARTNERS_LISTED);
    d.coverage = COVERAGE_SELECTED;
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    size_t n;
    struct product_row *row = ask(&frame, "2023", "2022", LEVEL_HS6, &n);
    assert_int_equal(n, 1);
    expect_unknown(row[0].exports);
    expect_unknown(row[0].balance);
    expect_near(row[0].share_of_imports, 0.75);
    expect_nan(row[0].share_of_bilateral_imports);
    expect_nan(row[0].imports_contribution_pp);
    assert_true(row[0].flags & FLAG_BIT(FLAG_NOT_REPORTED));
    row = ask(&frame, "2023", NULL, LEVEL_HS2, &n);
    assert_true(row[0].flags & FLAG_BIT(FLAG_PARTIAL_SECTOR)); /* one leaf is not the chapter */
    cube_close(cube);
}

static void a_part_of_a_year_does_not_contribute(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2022-01", "854140", 50, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023-01", "854140", 90, 0, OBS_PROVISIONAL},
    };
    struct dataset d = world_reported("months", PARTNERS_ALL);
    d.frequency = PERIOD_MONTH;
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    size_t n;
    struct product_row *row = ask(&frame, "2023", "2022", LEVEL_HS6, &n);
    expect_usd(row[0].imports, 90);
    expect_nan(row[0].imports_contribution_pp);
    assert_true(row[0].flags & FLAG_BIT(FLAG_PARTIAL_YEAR));
    row = ask(&frame, "2023-01", "2022-01", LEVEL_HS6, &n);
    expect_near(row[0].imports_contribution_pp, 80.0);
    assert_false(row[0].flags & FLAG_BIT(FLAG_PARTIAL_YEAR));
    assert_true(row[0].flags & FLAG_BIT(FLAG_PROVISIONAL));
    cube_close(cube);
}

static void chosen_leaves_only(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct str chapter[] = {STR("52"), STR("S16")};
    size_t n;
    assert_int_equal(leaves_of(cube, world.products, chapter, 2, &world.arena, &frame.leaves), ST_OK);
    assert_int_equal(frame.leaves.n, 2);
    struct product_row *row = ask(&frame, "2023", NULL, LEVEL_HS6, &n);
    assert_int_equal(n, 2);
    assert_true(str_is(row[0].product, "520512") && str_is(row[1].product, "854140"));
    expect_near(row[1].share_of_bilateral_imports, 900.0 / 1242); /* still of all products */
    assert_int_equal(leaves_of(cube, world.products, chapter, 0, &world.arena, &frame.leaves), ST_OK);
    assert_non_null(frame.leaves.member); /* none, which is not all */
    (void)ask(&frame, "2023", NULL, LEVEL_HS6, &n);
    assert_int_equal(n, 0);
    cube_close(cube);
}

/* Sectors have a row each, the sum of what their prefixes cover; chapters alone cannot express all of them. */
static void every_sector_has_a_row(void **state)
{
    (void)state;
    static const struct world_row rows[] = {{"IND", "CHN", FLOW_IMPORTS, "2023", "85", 90, 0, 0}};
    struct dataset d = world_reported("chapters", PARTNERS_ALL);
    d.level = LEVEL_HS2;
    struct cube *fine = world_trade("four"), *coarse = world_cube(&d, rows, 1);
    struct frame frame = frame_of(fine, "IND", "CHN");
    size_t n, refused = 0;
    (void)ask(&frame, "2023", NULL, LEVEL_SECTOR, &n);
    assert_int_equal(n, sectors_count(world.sectors));
    frame = frame_of(coarse, "IND", "CHN");
    struct product_row *row = ask(&frame, "2023", NULL, LEVEL_SECTOR, &n);
    assert_int_equal(n, sectors_count(world.sectors));
    for (size_t i = 0; i < n; i++)
        if (row[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE)) {
            refused++;
            expect_unknown(row[i].imports);
        }
    assert_true(refused > 0 && refused < n);
    cube_close(fine);
    cube_close(coarse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(india_and_china_by_hand),
        cmocka_unit_test(contributions_add_up_to_growth),
        cmocka_unit_test(levels_add_up),
        cmocka_unit_test(what_came_and_what_went_is_shown),
        cmocka_unit_test(chosen_products_have_no_total),
        cmocka_unit_test(a_part_of_a_year_does_not_contribute),
        cmocka_unit_test(chosen_leaves_only),
        cmocka_unit_test(every_sector_has_a_row),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
