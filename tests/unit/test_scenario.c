/* Suppliers and scenarios over the four countries, by hand and by what must add up. */
#include "asked.h"

#include "entrepot/analysis/breakdown.h"
#include "entrepot/analysis/scenario.h"

static struct frame frame_over(const struct cube *cube, const char *reporter, const char *partner,
                               const char *const *product, size_t n)
{
    struct frame frame = {.cube = cube,
                          .countries = world.countries,
                          .reporter = reporter ? world_id(reporter) : ANY_MEMBER,
                          .partner = partner ? world_id(partner) : ANY_MEMBER};
    struct str code[3];
    for (size_t i = 0; i < n; i++)
        code[i] = str_view(product[i]);
    assert_int_equal(leaves_of(cube, world.products, code, n, &world.arena, &frame.leaves), ST_OK);
    return frame;
}

static const char *const cells[] = {"854140"}, *const basket[] = {"854140", "293359", "520512"};

/* ---- suppliers ---- */

static struct supplier_row *suppliers(const struct cube *cube, const char *importer, const char *excluded,
                                      bool worldwide, double cut, size_t *n, struct suppliers_summary *summary)
{
    struct frame frame = frame_over(cube, importer, NULL, cells, 1);
    uint32_t china = excluded ? world_id(excluded) : 0;
    struct suppliers_question question = {.period = world_period("2023"),
                                          .excluded = &china,
                                          .n_excluded = excluded != NULL,
                                          .worldwide = worldwide,
                                          .cut = cut,
                                          .expand = 0.1,
                                          .divert = 0.2,
                                          .min_share = 0.01};
    struct supplier_row *row;
    frame.ask = asked_new();
    const struct suppliers *suppliers = suppliers_ask(&frame, &question);
    (void)asked_run(frame.ask);
    assert_true(ask_count(frame.ask) <= 5);
    assert_int_equal(suppliers_fold(suppliers, &world.arena, &row, n, summary), ST_OK);
    return row;
}

static void alternatives_to_china_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct suppliers_summary s;
    size_t n;
    struct supplier_row *row = suppliers(cube, "IND", "CHN", true, 0.5, &n, &s);
    assert_int_equal(n, 2);
    assert_int_equal(row[0].supplier, world_id("DEU"));
    assert_int_equal(row[1].supplier, world_id("USA"));
    expect_usd(row[0].capacity, 36 * MILLION); /* 0.1 · 150 + 0.2 · 105 */
    expect_usd(row[1].capacity, 34 * MILLION); /* 0.1 · 150 + 0.2 · 95 */
    expect_usd(row[1].sales_to_importer, 55 * MILLION);
    expect_usd(row[1].sales_elsewhere, 95 * MILLION);
    expect_near(row[1].share_of_imports, 0.055);
    expect_near(row[1].world_share, 150.0 / 1766);
    expect_nan(row[1].unit_value);
    expect_usd(s.imports, 1000 * MILLION);
    expect_usd(s.imports_from_excluded, 900 * MILLION);
    expect_usd(s.gap, 450 * MILLION);
    expect_usd(s.capacity_total, 70 * MILLION);
    expect_near(s.resourcing_multiple, 4.5);
    expect_near(s.market_tightness, 1.5);
    assert_int_equal(s.alternatives, 2);
    cube_close(cube);
}

static void comparative_advantage_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct suppliers_summary s;
    size_t n;
    struct supplier_row *row = suppliers(cube, NULL, NULL, true, 1, &n, &s);
    assert_int_equal(n, 4);
    assert_int_equal(row[0].supplier, world_id("CHN"));
    expect_near(row[0].rca, 1.231074);
    assert_int_equal(row[3].supplier, world_id("IND"));
    expect_near(row[3].rca, 0.111465);
    expect_unknown(row[0].capacity); /* nobody buys */
    expect_unknown(row[0].sales_to_importer);
    expect_unknown(s.gap);
    expect_nan(s.resourcing_multiple);
    double shares = 0;
    for (size_t i = 0; i < n; i++)
        shares += row[i].world_share;
    expect_near(shares, 1);
    cube_close(cube);
}

static const struct world_row books[] = {
    {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 90, 0, 0},
    {"IND", "USA", FLOW_IMPORTS, "2023", "854140", 10, 0, 0},
    {"IND", "USA", FLOW_EXPORTS, "2023", "854140", 1, 0, 0},
    {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 120, 0, 0},
};

static void one_countrys_books_know_no_capacity(void **state)
{
    (void)state;
    struct dataset d = world_reported("own", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, books, 3);
    struct suppliers_summary s;
    size_t n;
    struct supplier_row *row = suppliers(cube, "IND", "CHN", false, 1, &n, &s);
    assert_int_equal(n, 1);
    expect_usd(row->sales_to_importer, 10);
    expect_near(row->share_of_imports, 0.1);
    expect_unknown(row->world_exports);
    expect_unknown(row->capacity);
    assert_true(row->flags & FLAG_BIT(FLAG_NO_OTHER_SUPPLIERS));
    expect_near(s.resourcing_multiple, 9);
    expect_nan(s.market_tightness);
    expect_unknown(s.capacity_total);
    cube_close(cube);
}

static void the_worlds_row_is_the_total_and_no_supplier(void **state)
{
    (void)state;
    struct dataset d = world_reported("listed", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, books, COUNT(books));
    struct suppliers_summary s;
    size_t n;
    struct supplier_row *row = suppliers(cube, "IND", "CHN", false, 1, &n, &s);
    assert_int_equal(n, 1);
    assert_int_equal(row->supplier, world_id("USA"));
    expect_usd(s.imports, 120);
    expect_near(s.resourcing_multiple, 3); /* 90 / (120 − 90) */
    cube_close(cube);
}

/* ---- scenarios ---- */

static struct scenario_question question_of(double cut, unsigned years)
{
    return (struct scenario_question){.period = world_period("2023"),
                                      .years = years,
                                      .cut = cut,
                                      .expand = 0.1,
                                      .divert = 0.2,
                                      .worldwide = true,
                                      .allocate = true};
}

static void run(struct frame frame, const struct scenario_question *question, struct scenario *out)
{
    frame.ask = asked_new();
    struct scenario_state *state = scenario_ask(&frame, question);
    (void)asked_run(frame.ask);
    assert_true(ask_count(frame.ask) <= 9);
    assert_int_equal(scenario_fold(state, &world.arena, out), ST_OK);
}

static void half_of_the_cells_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_over(cube, "IND", "CHN", cells, 1);
    struct scenario_question question = question_of(0.5, 1);
    struct scenario scenario;
    run(frame, &question, &scenario);
    assert_int_equal(scenario.n_steps, 2);
    for (size_t i = 0; i < 2; i++) { /* in one year both paths are the same */
        const struct scenario_step *s = &scenario.step[i];
        expect_usd(s->gap, 450 * MILLION);
        expect_usd(s->domestic, 0);
        expect_usd(s->capacity, 70 * MILLION);
        expect_usd(s->covered, 70 * MILLION);
        expect_usd(s->uncovered, 380 * MILLION);
        expect_near(s->uncovered_share, 0.38);
        expect_usd(s->partner_loss, 450 * MILLION);
        expect_near(s->partner_loss_share, 0.3125);                  /* of 1440 */
        expect_near(s->partner_loss_share_of_exports, 450.0 / 2046); /* of all its exports */
        expect_nan(s->cost);
        assert_true(s->flags & FLAG_BIT(FLAG_NO_UNIT_VALUE));
    }
    expect_near(scenario.resourcing_multiple, 4.5);
    expect_near(scenario.market_tightness, 1.5);
    struct scenario_part *part;
    size_t n;
    assert_int_equal(scenario_allocate(&scenario, 0, &world.arena, &part, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(part[0].country, world_id("DEU"));
    expect_usd(part[0].allocation, 36 * MILLION);
    expect_usd(part[1].allocation, 34 * MILLION);
    cube_close(cube);
}

/* A cut of 9 % over three years: gaps of 27, 54 and 81 against capacities of 70, 100 and 130. */
static void a_gradual_path_is_covered_where_an_abrupt_one_is_not(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_over(cube, "IND", "CHN", cells, 1);
    struct scenario_question question = question_of(0.09, 3);
    struct scenario scenario;
    run(frame, &question, &scenario);
    assert_int_equal(scenario.n_steps, 6);
    static const int64_t gap[6] = {27, 54, 81, 81, 81, 81}, capacity[3] = {70, 100, 130},
                         uncovered[6] = {0, 0, 0, 11, 0, 0};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(scenario.step[i].path, i < 3 ? PATH_GRADUAL : PATH_ABRUPT);
        assert_int_equal(scenario.step[i].year, i % 3 + 1);
        expect_usd(scenario.step[i].gap, gap[i] * MILLION);
        expect_usd(scenario.step[i].capacity, capacity[i % 3] * MILLION);
        expect_usd(scenario.step[i].uncovered, uncovered[i] * MILLION);
    }
    cube_close(cube);
}

/* India stops buying cells from China: Germany and the USA buy 0.1 · 311 + 0.2 · 51 and 0.1 · 354 + 0.2 · 74 more. */
static void the_partners_side_looks_for_other_markets(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_over(cube, "IND", "CHN", cells, 1);
    struct scenario_question question = question_of(1, 1);
    question.side = SIDE_PARTNER;
    struct scenario scenario;
    run(frame, &question, &scenario);
    const struct scenario_step *s = &scenario.step[0];
    expect_usd(s->gap, 900 * MILLION);
    expect_usd(s->capacity, 91500000);
    expect_usd(s->covered, 91500000);
    expect_near(s->uncovered_share, 808.5 / 1440);
    expect_nan(s->cost);
    assert_false(s->flags & FLAG_BIT(FLAG_NO_UNIT_VALUE)); /* it is not asked for */
    expect_near(scenario.resourcing_multiple, 900.0 / 540);
    expect_near(scenario.market_tightness, 900.0 / 665);
    cube_close(cube);
}

static void expect_sums(const struct scenario *scenario, size_t step)
{
    const struct scenario_step *s = &scenario->step[step];
    struct scenario_part *part;
    size_t n;
    int64_t allocated = 0, capacity = 0;
    assert_int_equal(s->domestic.usd + s->covered.usd + s->uncovered.usd, s->gap.usd);
    assert_true(s->uncovered.usd >= 0 && s->covered.usd <= s->capacity.usd);
    assert_int_equal(scenario_allocate(scenario, step, &world.arena, &part, &n), ST_OK);
    for (size_t i = 0; i < n; i++) {
        assert_true(part[i].allocation.usd >= 0 && part[i].allocation.usd <= part[i].capacity.usd);
        allocated += part[i].allocation.usd;
        capacity += part[i].capacity.usd;
    }
    assert_int_equal(allocated, s->covered.usd);
    assert_int_equal(capacity, s->capacity.usd);
}

static void everything_adds_up(void **state)
{
    (void)state;
    static const char *const country[] = {"CHN", "DEU", "IND", "USA"};
    static const double part[] = {0, 0.013, 0.1, 0.333333, 0.7, 1};
    struct cube *cube = world_trade("four");
    for (size_t i = 0; i < 16 * COUNT(part); i++) {
        size_t r = i / 4 % 4, p = i % 4;
        if (r == p)
            continue;
        struct frame frame = frame_over(cube, country[r], country[p], basket, i % 3 + 1);
        struct scenario_question question = question_of(part[i % COUNT(part)], 1 + (unsigned)i % 5);
        question.side = i % 2 ? SIDE_PARTNER : SIDE_REPORTER;
        question.domestic = part[i / 3 % COUNT(part)];
        question.expand = part[i / 5 % COUNT(part)] / 3;
        question.divert = part[i / 7 % COUNT(part)];
        struct scenario scenario;
        run(frame, &question, &scenario);
        for (size_t k = 0; k < scenario.n_steps; k++)
            expect_sums(&scenario, k);
    }
    cube_close(cube);
}

/* Products do not replace each other: capacities of other products cover nothing. */
static void a_basket_is_the_sum_of_its_products(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    int64_t covered = 0;
    struct scenario scenario;
    struct scenario_question question = question_of(0.5, 1);
    for (size_t i = 0; i < 3; i++) {
        struct frame one = frame_over(cube, "IND", "CHN", basket + i, 1);
        run(one, &question, &scenario);
        covered += scenario.step[0].covered.usd;
    }
    struct frame all = frame_over(cube, "IND", "CHN", basket, 3);
    run(all, &question, &scenario);
    expect_usd(scenario.step[0].covered, covered);
    expect_usd(scenario.step[0].gap, 621 * MILLION);
    assert_int_equal(scenario.products, 3);
    cube_close(cube);
}

/* China at 10 USD a kg, Germany at 15, the USA without weights. */
static void cost_is_of_what_has_a_price(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"CHN", "IND", FLOW_EXPORTS, "2023", "854140", 1000000, 100000, 0},
        {"DEU", "IND", FLOW_EXPORTS, "2023", "854140", 300000, 20000, 0},
        {"USA", "DEU", FLOW_EXPORTS, "2023", "854140", 100000, QUANTITY_UNKNOWN, 0},
    };
    struct dataset d = world_dataset("prices");
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_over(cube, "IND", "CHN", cells, 1);
    struct scenario_question question = question_of(0.045, 1);
    struct scenario scenario;
    run(frame, &question, &scenario);
    const struct scenario_step *s = &scenario.step[0];
    expect_usd(s->capacity, 60000); /* 30000 of Germany, 10000 + 20000 of the USA */
    expect_usd(s->covered, 45000);
    expect_near(s->cost, 22500 * 0.5);
    expect_near(s->cost_multiple, 1.5);
    expect_near(s->cost_coverage, 0.5);
    assert_true(s->flags & FLAG_BIT(FLAG_PARTIAL_QUANTITY));
    cube_close(cube);
}

static void one_countrys_books_know_the_gap_only(void **state)
{
    (void)state;
    struct dataset d = world_reported("listed", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, books, COUNT(books));
    struct frame frame = frame_over(cube, "IND", "CHN", cells, 1);
    struct scenario_question question = question_of(0.5, 1);
    question.worldwide = false;
    question.domestic = 0.2;
    struct scenario scenario;
    run(frame, &question, &scenario);
    const struct scenario_step *s = &scenario.step[0];
    expect_usd(s->gap, 45);
    expect_usd(s->domestic, 9);
    expect_unknown(s->capacity);
    expect_unknown(s->covered);
    expect_unknown(s->uncovered);
    expect_unknown(s->partner_loss);
    expect_nan(s->uncovered_share);
    expect_near(scenario.resourcing_multiple, 1.5);
    expect_nan(scenario.market_tightness);
    assert_true(s->flags & FLAG_BIT(FLAG_NO_OTHER_SUPPLIERS));
    assert_true(s->flags & FLAG_BIT(FLAG_NO_PARTNER_BOOKS));
    question.side = SIDE_PARTNER; /* China's books are not there at all */
    run(frame, &question, &scenario);
    expect_unknown(scenario.step[0].gap);
    expect_unknown(scenario.step[0].domestic);
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alternatives_to_china_by_hand),
        cmocka_unit_test(comparative_advantage_by_hand),
        cmocka_unit_test(one_countrys_books_know_no_capacity),
        cmocka_unit_test(the_worlds_row_is_the_total_and_no_supplier),
        cmocka_unit_test(half_of_the_cells_by_hand),
        cmocka_unit_test(a_gradual_path_is_covered_where_an_abrupt_one_is_not),
        cmocka_unit_test(the_partners_side_looks_for_other_markets),
        cmocka_unit_test(everything_adds_up),
        cmocka_unit_test(a_basket_is_the_sum_of_its_products),
        cmocka_unit_test(cost_is_of_what_has_a_price),
        cmocka_unit_test(one_countrys_books_know_the_gap_only),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
