#include "asked.h"

#include "entrepot/analysis/leverage.h"

static struct leverage_row *ask(const struct cube *cube, const char *reporter, const char *partner, enum level level,
                                double sigma, double cut, size_t *n, struct leverage_summary *summary)
{
    static struct breakdown breakdown;
    struct frame frame = {
        .cube = cube, .countries = world.countries, .reporter = world_id(reporter), .partner = world_id(partner)};
    struct leverage_row *row;
    assert_int_equal(breakdown_make(cube, world.sectors, level, &world.arena, &breakdown), ST_OK);
    struct leverage_question question = {
        .breakdown = &breakdown, .period = world_period("2023"), .sigma = sigma, .cut = cut, .margin = 0.1};
    frame.ask = asked_new();
    const struct leverage *leverage = leverage_ask(&frame, &question);
    (void)asked_run(frame.ask);
    assert_true(ask_count(frame.ask) <= 4);
    assert_int_equal(leverage_fold(leverage, &world.arena, &row, n, summary), ST_OK);
    return row;
}

static void totals_of_the_four_countries_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct leverage_summary summary;
    size_t n;
    struct leverage_row *row = ask(cube, "IND", "CHN", LEVEL_TOTAL, 4, 1, &n, &summary);
    assert_int_equal(n, 1);
    expect_near(row->import_dependence, 0.84375);
    expect_near(row->partner_market_dependence, 0.607038);
    expect_near(row->market_dependence, 0.367647);
    expect_near(row->partner_import_dependence, 0.410959);
    expect_near(row->asymmetry_imports, 0.84375 - 0.607038);
    expect_near(row->asymmetry_market, -0.043312);
    expect_near(row->net_asymmetry, 0.1934);
    expect_usd(row->imports, 1242 * MILLION);
    expect_usd(row->exports, 150 * MILLION);
    assert_int_equal(row->lever, LEVER_PARTNER);
    struct barbieri b = barbieri_of(row);
    expect_near(b.trade_share_reporter, 0.740426);
    expect_near(b.trade_share_partner, 0.577354);
    expect_near(b.salience, 0.653825);
    expect_near(b.symmetry, 0.836928);
    expect_near(b.interdependence, 0.547205);
    cube_close(cube);
}

/* Losses at σ = 3, and their sum weighed with 1000, 450 and 22 of 1472. */
static void losses_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct leverage_summary summary;
    size_t n;
    struct leverage_row *row = ask(cube, "IND", "CHN", LEVEL_HS6, 3, 1, &n, &summary);
    assert_int_equal(n, 3);
    expect_near(row[0].loss_reporter, 0.660878);
    expect_near(row[1].loss_reporter, 0.394229);
    expect_near(row[2].loss_reporter, 1.151293);
    expect_near(summary.reporter.sum, (1000 * 1.1512925 + 450 * 0.6608779 + 22 * 0.3942287) / 1472);
    expect_near(summary.reporter.bounded, summary.reporter.sum);
    row = ask(cube, "IND", "CHN", LEVEL_HS6, 3, 0.5, &n, &summary);
    expect_near(row[2].loss_reporter, 0.298918); /* ln(1/0.55)/2 */
    row = ask(cube, "IND", "CHN", LEVEL_HS6, 3, 0, &n, &summary);
    expect_near(row[2].loss_reporter, 0);
    expect_near(summary.reporter.sum, 0);
    cube_close(cube);
}

static void same_or_both_missing(double a, double b)
{
    if (isnan(a) || isnan(b))
        assert_true(isnan(a) && isnan(b));
    else
        expect_near(a, b);
}

static void expect_mirrored(const struct leverage_row *x, const struct leverage_row *y)
{
    static const enum lever other[] = {LEVER_UNKNOWN, LEVER_PARTNER, LEVER_REPORTER, LEVER_BALANCED};
    assert_true(str_eq(x->product, y->product));
    same_or_both_missing(x->import_dependence, y->partner_import_dependence);
    same_or_both_missing(x->partner_market_dependence, y->market_dependence);
    same_or_both_missing(x->market_dependence, y->partner_market_dependence);
    same_or_both_missing(x->partner_import_dependence, y->import_dependence);
    same_or_both_missing(x->net_asymmetry, -y->net_asymmetry);
    same_or_both_missing(x->asymmetry_imports, -y->asymmetry_market);
    same_or_both_missing(x->loss_reporter, y->loss_partner);
    same_or_both_missing(x->loss_partner, y->loss_reporter);
    assert_int_equal(x->lever, other[y->lever]);
    assert_int_equal(x->flags, y->flags);
}

static void every_pair_mirrors_its_other_side(void **state)
{
    (void)state;
    static const char *const country[] = {"CHN", "DEU", "IND", "USA"};
    static const enum level level[] = {LEVEL_TOTAL, LEVEL_SECTION, LEVEL_HS2, LEVEL_HS6, LEVEL_SECTOR};
    struct cube *cube = world_trade("four");
    for (size_t i = 0; i < 16; i++)
        for (size_t l = 0; l < COUNT(level); l++) {
            struct leverage_summary s, t;
            size_t n, m;
            if (i / 4 == i % 4)
                continue;
            struct leverage_row *x = ask(cube, country[i / 4], country[i % 4], level[l], 4, 1, &n, &s);
            struct leverage_row *y = ask(cube, country[i % 4], country[i / 4], level[l], 4, 1, &m, &t);
            assert_int_equal(n, m);
            for (size_t k = 0; k < n; k++)
                expect_mirrored(&x[k], &y[k]);
            same_or_both_missing(s.reporter.sum, t.partner.sum);
            assert_int_equal(s.partner.without_a_bound, t.reporter.without_a_bound);
        }
    cube_close(cube);
}

/* ---- one reporter's books, and two ---- */

static const struct world_row india[] = {
    {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 100, 0, 0}, {"IND", "CHN", FLOW_IMPORTS, "2023", "293359", 30, 0, 0},
    {"IND", "USA", FLOW_IMPORTS, "2023", "293359", 70, 0, 0},  {"IND", "CHN", FLOW_EXPORTS, "2023", "520512", 20, 0, 0},
    {"IND", "DEU", FLOW_EXPORTS, "2023", "520512", 80, 0, 0},  {"CHN", "IND", FLOW_EXPORTS, "2023", "854140", 90, 0, 0},
    {"CHN", "DEU", FLOW_EXPORTS, "2023", "854140", 110, 0, 0}, {"CHN", "IND", FLOW_IMPORTS, "2023", "520512", 22, 0, 0},
};

static void without_the_partners_books_its_side_is_missing(void **state)
{
    (void)state;
    struct dataset d = world_reported("own", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, india, 5);
    struct leverage_summary summary;
    size_t n;
    struct leverage_row *row = ask(cube, "IND", "CHN", LEVEL_HS6, 4, 1, &n, &summary);
    assert_int_equal(n, 3);
    expect_near(row[0].import_dependence, 0.3);
    expect_near(row[1].market_dependence, 0.2);
    for (size_t i = 0; i < n; i++) {
        expect_nan(row[i].partner_market_dependence);
        expect_nan(row[i].partner_import_dependence);
        expect_nan(row[i].net_asymmetry);
        expect_nan(row[i].loss_partner);
        assert_int_equal(row[i].lever, LEVER_UNKNOWN);
        assert_true(row[i].flags & FLAG_BIT(FLAG_NO_PARTNER_BOOKS));
    }
    expect_nan(summary.partner.bounded);
    cube_close(cube);
}

/* All of India's imports of 854140 come from China: no finite loss, and no sum. */
static void nothing_left_has_no_loss_index(void **state)
{
    (void)state;
    struct dataset d = world_reported("own", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, india, 5);
    struct leverage_summary summary;
    size_t n;
    struct leverage_row *row = ask(cube, "IND", "CHN", LEVEL_HS6, 4, 1, &n, &summary);
    expect_near(row[2].import_dependence, 1);
    expect_nan(row[2].loss_reporter);
    assert_true(row[2].flags & FLAG_BIT(FLAG_UNBOUNDED_LOSS));
    assert_false(row[0].flags & FLAG_BIT(FLAG_UNBOUNDED_LOSS));
    expect_nan(summary.reporter.sum);
    expect_near(summary.reporter.bounded, 100 * log(1 / 0.7) / 3 / 200);
    assert_int_equal(summary.reporter.without_a_bound, 1);
    row = ask(cube, "IND", "CHN", LEVEL_HS6, 4, 0.999, &n, &summary);
    expect_near(row[2].loss_reporter, log(1000) / 3);
    cube_close(cube);
}

static void each_side_is_read_from_its_own_books(void **state)
{
    (void)state;
    struct dataset d = world_reported("both", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, india, COUNT(india));
    struct leverage_summary summary;
    size_t n;
    struct leverage_row *row = ask(cube, "IND", "CHN", LEVEL_HS6, 4, 1, &n, &summary);
    assert_int_equal(n, 3);
    expect_near(row[2].import_dependence, 1);
    expect_near(row[2].partner_market_dependence, 0.45); /* 90 of 200, not the 100 that India says */
    expect_near(row[1].partner_import_dependence, 1);
    assert_false(row[2].flags & FLAG_BIT(FLAG_NO_PARTNER_BOOKS));
    assert_int_equal(row[2].lever, LEVER_PARTNER); /* a − b = 0.55; nobody exports it the other way */
    assert_int_equal(row[1].lever, LEVER_REPORTER);
    cube_close(cube);
}

static void nothing_traded_is_no_balance(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct leverage_summary summary;
    size_t n, dark = 0;
    struct leverage_row *row = ask(cube, "IND", "CHN", LEVEL_SECTOR, 4, 1, &n, &summary);
    assert_int_equal(n, sectors_count(world.sectors));
    for (size_t i = 0; i < n; i++)
        if (row[i].imports.known && row[i].imports.usd == 0 && row[i].exports.usd == 0) {
            assert_int_equal(row[i].lever, LEVER_UNKNOWN);
            dark++;
        }
    assert_true(dark > 0 && dark < n);
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_of_the_four_countries_by_hand),
        cmocka_unit_test(losses_by_hand),
        cmocka_unit_test(every_pair_mirrors_its_other_side),
        cmocka_unit_test(without_the_partners_books_its_side_is_missing),
        cmocka_unit_test(nothing_left_has_no_loss_index),
        cmocka_unit_test(each_side_is_read_from_its_own_books),
        cmocka_unit_test(nothing_traded_is_no_balance),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
