#include "asked.h"

#include "entrepot/analysis/ranking.h"

static struct frame frame_of(const struct cube *cube, const char *reporter)
{
    return (struct frame){
        .cube = cube, .countries = world.countries, .reporter = world_id(reporter), .partner = ANY_MEMBER};
}

static struct deficit_row *rank(const struct frame *frame, const char *period, size_t *n,
                                struct deficit_summary *summary)
{
    struct deficit_row *row;
    struct frame asking = *frame;
    asking.ask = asked_new();
    const struct ranking *ranking = ranking_ask(&asking, world_period(period));
    (void)asked_run(asking.ask);
    assert_int_equal(ranking_deficits(ranking, &world.arena, &row, n, summary), ST_OK);
    return row;
}

static void deficits_come_largest_first(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND");
    struct deficit_summary summary;
    size_t n;
    /* USA: 175 out, 91 in; DEU: 83 out, 139 in; CHN: 150 out, 1242 in. */
    struct deficit_row *row = rank(&frame, "2023", &n, &summary);
    assert_int_equal(n, 2);
    assert_int_equal(summary.partners, 3);
    assert_int_equal(summary.deficits_usd, -1148 * MILLION);
    expect_usd(summary.balance, -1064 * MILLION);
    assert_int_equal(row[0].partner, world_id("CHN"));
    assert_int_equal(row[0].rank, 1);
    expect_usd(row[0].exports, 150 * MILLION);
    expect_usd(row[0].imports, 1242 * MILLION);
    expect_usd(row[0].balance, -1092 * MILLION);
    expect_near(row[0].share_of_deficit, 1092.0 / 1148);
    expect_near(row[0].share_of_balance, 1092.0 / 1064); /* above one: there are surpluses too */
    assert_int_equal(row[1].partner, world_id("DEU"));
    assert_int_equal(row[1].rank, 2);
    expect_usd(row[1].balance, -56 * MILLION);
    expect_near(row[1].cumulative_share, 1.0);
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_CLOSED_SET));
    cube_close(cube);
}

static void shares_add_up_to_one(void **state)
{
    (void)state;
    static const char *const reporter[] = {"IND", "USA", "DEU"};
    struct cube *cube = world_trade("four");
    for (size_t i = 0; i < COUNT(reporter); i++) {
        struct frame frame = frame_of(cube, reporter[i]);
        struct deficit_summary summary;
        double sum = 0;
        size_t n;
        struct deficit_row *row = rank(&frame, "2023", &n, &summary);
        assert_true(n > 0);
        for (size_t k = 0; k < n; k++) {
            sum += row[k].share_of_deficit;
            expect_near(row[k].cumulative_share, sum);
            assert_true(k == 0 || row[k - 1].balance.usd <= row[k].balance.usd);
        }
        expect_near(sum, 1.0);
    }
    cube_close(cube);
}

static void who_has_only_surpluses_has_no_rows(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "CHN");
    struct deficit_summary summary;
    size_t n;
    (void)rank(&frame, "2023", &n, &summary);
    assert_int_equal(n, 0);
    assert_int_equal(summary.partners, 3);
    assert_int_equal(summary.deficits_usd, 0);
    expect_usd(summary.balance, (1242 + 432 + 372 - 150 - 105 - 110) * MILLION);
    cube_close(cube);
}

static void chosen_leaves_only(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND");
    uint32_t cotton = 1; /* 520512 is the second of three leaves: India sells more of it to everybody */
    frame.leaves = (struct cube_set){&cotton, 1};
    struct deficit_summary summary;
    size_t n;
    (void)rank(&frame, "2023", &n, &summary);
    assert_int_equal(n, 0);
    expect_usd(summary.balance, (210 - 22) * MILLION);
    cube_close(cube);
}

static void ties_stand_in_the_order_of_the_codes(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "USA", FLOW_IMPORTS, "2023", "854140", 50, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 50, 0, 0},
        {"IND", "DEU", FLOW_IMPORTS, "2023", "854140", 50, 0, 0},
        {"IND", "DEU", FLOW_EXPORTS, "2023", "854140", 1, 0, 0},
        {"IND", "JPN", FLOW_EXPORTS, "2023", "854140", 7, 0, 0},
    };
    struct dataset d = world_reported("ties", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND");
    struct deficit_summary summary;
    size_t n;
    struct deficit_row *row = rank(&frame, "2023", &n, &summary);
    assert_int_equal(n, 3);
    assert_int_equal(summary.partners, 4);
    assert_int_equal(row[0].partner, world_id("CHN"));
    assert_int_equal(row[1].partner, world_id("USA"));
    assert_int_equal(row[2].partner, world_id("DEU"));
    expect_usd(row[0].exports, 0); /* all partners are recorded: nothing is zero */
    cube_close(cube);
}

static void the_world_row_is_the_balance_and_no_partner(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 60, 0, OBS_PROVISIONAL},
        {"IND", "CHN", FLOW_EXPORTS, "2023", "854140", 10, 0, 0},
        {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 100, 0, 0},
        {"IND", "WLD", FLOW_EXPORTS, "2023", "854140", 60, 0, 0},
    };
    struct dataset d = world_reported("row", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND");
    struct deficit_summary summary;
    size_t n;
    struct deficit_row *row = rank(&frame, "2023", &n, &summary);
    assert_int_equal(n, 1);
    assert_int_equal(summary.partners, 1);
    expect_usd(summary.balance, -40);
    expect_near(row[0].share_of_balance, 1.25);
    expect_near(row[0].share_of_deficit, 1.0);
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_PROVISIONAL) | FLAG_BIT(FLAG_WORLD_DIFFERS));
    cube_close(cube);
}

static void a_year_of_some_months_says_so(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2023-01", "854140", 60, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2023-01", "854140", 10, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023-02", "854140", 60, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2023-02", "854140", 10, 0, 0},
    };
    struct dataset d = world_reported("months", PARTNERS_ALL);
    d.frequency = PERIOD_MONTH;
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND");
    struct deficit_summary summary;
    size_t n;
    struct deficit_row *row = rank(&frame, "2023", &n, &summary);
    expect_usd(row[0].balance, -100);
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_PARTIAL_YEAR));
    row = rank(&frame, "2023-02", &n, &summary);
    expect_usd(row[0].balance, -50);
    assert_int_equal(row[0].flags, 0);
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deficits_come_largest_first),
        cmocka_unit_test(shares_add_up_to_one),
        cmocka_unit_test(who_has_only_surpluses_has_no_rows),
        cmocka_unit_test(chosen_leaves_only),
        cmocka_unit_test(ties_stand_in_the_order_of_the_codes),
        cmocka_unit_test(the_world_row_is_the_balance_and_no_partner),
        cmocka_unit_test(a_year_of_some_months_says_so),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
