#include "asked_pair.h"

static struct frame frame_of(const struct cube *cube, const char *reporter, const char *partner)
{
    return (struct frame){
        .cube = cube, .countries = world.countries, .reporter = world_id(reporter), .partner = world_id(partner)};
}

static struct bilateral_row *more_of(const struct frame *frame, const char *const *period, size_t n,
                                     struct bilateral_question question)
{
    uint32_t *wanted = arena_new(&world.arena, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        wanted[i] = world_period(period[i]);
    question.kind = period_kind_of(wanted[0]);
    question.period = wanted;
    question.n = n;
    return asked_bilateral(*frame, &question);
}

static struct bilateral_row *series(const struct frame *frame, const char *const *period, size_t n)
{
    return more_of(frame, period, n, (struct bilateral_question){.n = n});
}

static struct bilateral_row one(const struct frame *frame, const char *period) { return *series(frame, &period, 1); }

static void india_and_china_by_hand(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2023");
    expect_usd(row.exports, 150 * MILLION);
    expect_usd(row.imports, 1242 * MILLION);
    expect_usd(row.total, 1392 * MILLION);
    expect_usd(row.balance, -1092 * MILLION);
    expect_near(row.cover_ratio, 0.120773);
    expect_near(row.share_of_imports, 0.84375);
    expect_near(row.share_of_exports, 0.367647);
    expect_near(row.share_of_total, 1392.0 / (408 + 1472));
    expect_near(row.imports_growth, 0.229703);
    expect_near(row.exports_growth, 0.25);
    expect_usd(row.balance_change, (-1092 + 890) * MILLION);
    assert_int_equal(row.months_held, 12);
    assert_int_equal(row.deficit.rank, 1);
    assert_int_equal(row.largest.rank, 1);
    assert_int_equal(row.flags, FLAG_BIT(FLAG_CLOSED_SET));
    cube_close(cube);
}

/* 1,000 t at 2 USD a kilogram, 500 t at 4, and something that nobody weighed. */
static void quantities_stand_for_what_was_weighed(void **state)
{
    (void)state;
    static const struct world_row row[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2019", "260111", 2 * MILLION, 1000000, OBS_FINAL},
        {"IND", "CHN", FLOW_EXPORTS, "2019", "520100", 2 * MILLION, 500000, OBS_FINAL},
        {"IND", "CHN", FLOW_EXPORTS, "2019", "710239", 5 * MILLION, QUANTITY_UNKNOWN, OBS_FINAL},
        {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 9 * MILLION, QUANTITY_UNKNOWN, OBS_FINAL},
        {"IND", "USA", FLOW_EXPORTS, "2019", "260111", 1 * MILLION, 0, OBS_FINAL},
        {"IND", "USA", FLOW_IMPORTS, "2019", "260111", 3 * MILLION, 1500000, OBS_FINAL},
    };
    struct dataset d = world_reported("weights", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, row, COUNT(row));
    struct frame china = frame_of(cube, "IND", "CHN"), usa = frame_of(cube, "IND", "USA");
    struct bilateral_row r = one(&china, "2019");
    expect_near(quantity_tonnes(r.exports_quantity), 1500);
    expect_near(r.exports_unit_value, 4.0 * (double)MILLION / 1500); /* not 9 million: 5 were not weighed */
    assert_true(r.flags & FLAG_BIT(FLAG_PARTIAL_QUANTITY));
    expect_nan(quantity_tonnes(r.imports_quantity));
    expect_nan(r.imports_unit_value);
    r = one(&usa, "2019");
    expect_near(quantity_tonnes(r.exports_quantity), 0); /* known to weigh nothing: no unit value, but no gap */
    expect_nan(r.exports_unit_value);
    expect_near(r.imports_unit_value, 2000);
    assert_false(r.flags & FLAG_BIT(FLAG_PARTIAL_QUANTITY));
    cube_close(cube);
}

/* Reconciled: what one exports, the other imports. */
static void the_other_side_is_the_mirror(void **state)
{
    (void)state;
    static const char *const both[] = {"2022", "2023"};
    struct cube *cube = world_trade("four");
    struct frame here = frame_of(cube, "IND", "CHN"), there = frame_of(cube, "CHN", "IND");
    struct bilateral_row *a = series(&here, both, 2), *b = series(&there, both, 2);
    for (size_t i = 0; i < 2; i++) {
        expect_usd(a[i].exports, b[i].imports.usd);
        expect_usd(a[i].imports, b[i].exports.usd);
        expect_usd(a[i].balance, -b[i].balance.usd);
        assert_int_equal(b[i].deficit.rank, 0); /* a surplus has none */
    }
    cube_close(cube);
}

static void the_first_year_has_nothing_to_grow_from(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2022");
    expect_nan(row.imports_growth);
    expect_nan(row.exports_growth);
    expect_unknown(row.balance_change);
    expect_near(row.share_of_imports, 1.0); /* nobody else is in that year */
    cube_close(cube);
}

static void chosen_leaves_only(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct frame frame = frame_of(cube, "IND", "CHN");
    uint32_t cells = 2; /* 854140 is the last of three leaves */
    frame.leaves = (struct cube_set){&cells, 1};
    struct bilateral_row row = one(&frame, "2023");
    expect_usd(row.exports, 6 * MILLION);
    expect_usd(row.imports, 900 * MILLION);
    expect_near(row.share_of_imports, 0.9);
    expect_near(row.imports_growth, 200.0 / 700);
    cube_close(cube);
}

/* ---- ranks: records of the series so far ---- */

static void ranks_look_back_only(void **state)
{
    (void)state;
    static const char *const year[] = {"2019", "2020", "2021", "2022", "2023"};
    static const int64_t exports[] = {10, 10, 30, 90, 5}, imports[] = {50, 40, 80, 60, 55};
    static const unsigned deficit_rank[] = {0, 2, 1, 0, 1}, total_rank[] = {0, 2, 1, 1, 3};
    struct world_row rows[2 * COUNT(year)];
    for (size_t i = 0; i < COUNT(year); i++) {
        rows[2 * i] = (struct world_row){"IND", "CHN", FLOW_EXPORTS, year[i], "854140", exports[i], 0, 0};
        rows[2 * i + 1] = (struct world_row){"IND", "CHN", FLOW_IMPORTS, year[i], "854140", imports[i], 0, 0};
    }
    struct dataset d = world_reported("ranks", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row *row = series(&frame, year, COUNT(year));
    for (size_t i = 0; i < COUNT(year); i++) {
        assert_int_equal(row[i].deficit.rank, deficit_rank[i]);
        assert_int_equal(row[i].largest.rank, total_rank[i]);
        /* The answer does not depend on which other rows were asked for. */
        assert_int_equal(one(&frame, year[i]).deficit.rank, deficit_rank[i]);
    }
    cube_close(cube);
}

/* ---- what is not in the data ---- */

static void an_absent_flow_is_unknown_or_zero(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2022", "854140", 50, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 70, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2023", "854140", 30, 0, 0},
    };
    struct dataset d = world_reported("absent", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2022"); /* no exports to anybody: not recorded */
    expect_unknown(row.exports);
    expect_unknown(row.balance);
    expect_nan(row.cover_ratio);
    assert_int_equal(row.deficit.rank, 0);
    assert_true(row.flags & FLAG_BIT(FLAG_NOT_REPORTED));
    row = one(&frame, "2023"); /* exports to others: none to China */
    expect_usd(row.exports, 0);
    expect_usd(row.balance, -70);
    assert_int_equal(row.deficit.rank, 0); /* of one there is no record */
    expect_near(row.share_of_exports, 0.0);
    expect_nan(row.exports_growth);
    expect_near(row.imports_growth, 0.4);
    assert_int_equal(row.flags, 0);
    cube_close(cube);
}

static void listed_partners_have_no_world(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2022", "854140", 10, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2022", "854140", 60, 0, OBS_ROUNDED | OBS_PROVISIONAL},
        {"IND", "CHN", FLOW_EXPORTS, "2023", "854140", 10, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 60, 0, 0},
        {"IND", "WLD", FLOW_EXPORTS, "2023", "854140", 40, 0, 0},
        {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 80, 0, OBS_ESTIMATED},
    };
    struct dataset d = world_reported("listed", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2022");
    expect_nan(row.share_of_imports);
    expect_nan(row.share_of_total);
    assert_int_equal(row.flags, FLAG_BIT(FLAG_NO_WORLD_TOTAL) | FLAG_BIT(FLAG_ROUNDED) | FLAG_BIT(FLAG_PROVISIONAL));
    row = one(&frame, "2023"); /* here the world stands in the data */
    expect_near(row.share_of_imports, 0.75);
    expect_near(row.share_of_exports, 0.25);
    expect_near(row.share_of_total, 70.0 / 120);
    assert_int_equal(row.flags, FLAG_BIT(FLAG_ESTIMATED) | FLAG_BIT(FLAG_PROVISIONAL)); /* growth has its base's */
    cube_close(cube);
}

static void the_world_row_goes_before_the_sum(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2023", "854140", 10, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 60, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2023", "854140", 20, 0, 0},
        {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 120, 0, 0},
    };
    struct dataset d = world_reported("both", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2023");
    expect_near(row.share_of_imports, 0.5); /* 60 of the world's 120, not of 80 */
    expect_near(row.share_of_exports, 1.0); /* exports have no row of the world */
    cube_close(cube);
}

/* ---- months ---- */

/* 2022 whole, of 2023 seven months of exports and five of imports; ten out and twenty in each month. */
static struct cube *months(void)
{
    static char text[24][8];
    struct world_row rows[48];
    struct dataset d = world_reported("months", PARTNERS_ALL);
    size_t n = 0;
    d.frequency = PERIOD_MONTH;
    for (unsigned m = 0; m < 24; m++) {
        (void)snprintf(text[m], sizeof text[m], "%04u-%02u", (2022 + m / 12) % 10000, m % 12 + 1);
        if (m < 19)
            rows[n++] = (struct world_row){"IND", "CHN", FLOW_EXPORTS, text[m], "854140", 10, 0, 0};
        if (m < 17)
            rows[n++] = (struct world_row){"IND", "CHN", FLOW_IMPORTS, text[m], "854140", 20, 0, 0};
    }
    return world_cube(&d, rows, n);
}

static void a_part_of_a_year_does_not_grow(void **state)
{
    (void)state;
    struct cube *cube = months();
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2023");
    assert_int_equal(row.months_held, 5); /* that both flows have */
    assert_int_equal(row.flags, FLAG_BIT(FLAG_PARTIAL_YEAR) | FLAG_BIT(FLAG_MONTHS_DIFFER));
    expect_unknown(row.balance);
    expect_nan(row.cover_ratio);
    expect_usd(row.exports, 70);
    expect_usd(row.imports, 100);
    expect_nan(row.exports_growth);
    expect_nan(row.imports_growth);
    expect_unknown(row.balance_change);
    assert_int_equal(row.deficit.rank, 0);
    assert_int_equal(row.largest.rank, 0);
    row = one(&frame, "2022");
    assert_int_equal(row.months_held, 12);
    assert_int_equal(row.deficit.rank, 0); /* of one there is no record */
    assert_int_equal(row.flags, 0);
    cube_close(cube);
}

static void months_and_quarters_grow_from_a_year_before(void **state)
{
    (void)state;
    struct cube *cube = months();
    struct frame frame = frame_of(cube, "IND", "CHN");
    struct bilateral_row row = one(&frame, "2023-05");
    expect_near(row.imports_growth, 0.0);
    expect_usd(row.balance_change, 0);
    assert_int_equal(row.months_held, 1);
    assert_int_equal(row.deficit.rank, 1); /* equal ones do not push it down */
    row = one(&frame, "2023-Q1");
    assert_int_equal(row.months_held, 3);
    expect_near(row.exports_growth, 0.0);
    row = one(&frame, "FY2022-23");
    assert_int_equal(row.months_held, 12);
    expect_usd(row.balance, -120);
    expect_nan(row.imports_growth); /* the fiscal year before has three months only */
    cube_close(cube);
}

/* The same five months of both years, whatever more the exports have. */
static void year_to_date_is_like_for_like(void **state)
{
    (void)state;
    struct cube *cube = months();
    struct frame frame = frame_of(cube, "IND", "CHN");
    static const char *const period[] = {"2022", "2023"};
    const struct bilateral_question to_date = {.year_to_date = true};
    struct bilateral_row *row = more_of(&frame, period, 2, to_date);
    expect_nan(row[0].exports_growth); /* a whole year is left alone: nothing is known of the year before */
    assert_int_equal(row[0].flags, 0);
    expect_near(row[1].exports_growth, 0.0);
    expect_near(row[1].imports_growth, 0.0);
    expect_usd(row[1].exports_change, 0);
    expect_usd(row[1].balance_change, 0);
    assert_int_equal(row[1].flags,
                     FLAG_BIT(FLAG_PARTIAL_YEAR) | FLAG_BIT(FLAG_YEAR_TO_DATE) | FLAG_BIT(FLAG_MONTHS_DIFFER));
    static const char *const before[] = {"FY2021-22"}; /* three months, and none of the year before */
    row = more_of(&frame, before, 1, to_date);
    expect_nan(row[0].imports_growth);
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_PARTIAL_YEAR));
    cube_close(cube);
}

/* The neighbours together; none of them in one year is a zero, from which nothing grows. */
static void a_region_grows_as_a_whole(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2018", "850760", 100, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2018", "850760", 1, 0, 0},
        {"IND", "JPN", FLOW_EXPORTS, "2018", "850760", 30, 0, 0},
        {"IND", "KOR", FLOW_EXPORTS, "2018", "850760", 50, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2019", "850760", 900, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 1, 0, 0},
        {"IND", "JPN", FLOW_EXPORTS, "2019", "850760", 60, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2019", "850760", 999, 0, 0},
        {"IND", "JPN", FLOW_IMPORTS, "2019", "850760", 7, 0, 0},
    };
    struct dataset d = world_reported("region", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_of(cube, "IND", "CHN");
    const uint32_t neighbours[] = {world_id("JPN"), world_id("KOR")};
    const struct cube_set region = {neighbours, COUNT(neighbours)}, none = {neighbours, 0};
    static const char *const period[] = {"2018", "2019"};
    struct bilateral_row *row = more_of(&frame, period, 2, (struct bilateral_question){.region = none});
    expect_nan(row[1].exports_growth_region);
    row = more_of(&frame, period, 2, (struct bilateral_question){.region = region});
    expect_nan(row[0].exports_growth_region); /* nothing is known of the year before */
    expect_near(row[1].exports_growth_region, -0.25);
    expect_nan(row[1].imports_growth_region);
    frame = frame_of(cube, "IND", "USA");
    struct bilateral_row nothing_came = one(&frame, "2019");
    expect_nan(nothing_came.cover_ratio);
    assert_int_equal(nothing_came.flags, FLAG_BIT(FLAG_UNDEFINED));
    cube_close(cube);
}

static void growth_elsewhere_leaves_the_partner_out(void **state)
{
    (void)state;
    static const struct world_row row[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2018", "850760", 100, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2018", "850760", 400, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2018", "850760", 200, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2018", "850760", 100, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2019", "850760", 150, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 400, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2019", "850760", 180, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2019", "850760", 125, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2020", "850760", 225, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2020", "850760", 484, 0, 0},
    };
    struct dataset d = world_reported("elsewhere", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, row, COUNT(row));
    struct frame frame = frame_of(cube, "IND", "CHN");
    static const char *const period[] = {"2018", "2019", "2020"};
    struct bilateral_row *r = series(&frame, period, 3);
    expect_near(r[1].exports_growth, 0.5);
    expect_near(r[1].exports_growth_elsewhere, -0.1);
    expect_near(r[1].imports_growth_elsewhere, 0.25);
    expect_usd(r[1].exports_change, 50);
    expect_near(r[2].imports_growth_elsewhere, -1.0); /* all partners are recorded, and there is no other */
    expect_nan(r[0].exports_cagr);
    expect_near(r[2].exports_cagr, 0.5);
    expect_near(r[2].imports_cagr, 0.1);
    expect_near(one(&frame, "2019").exports_growth_elsewhere,
                -0.1); /* the year before is looked up, though it is no row */
    /* what the pair and everybody else add is the growth of the whole */
    double whole = (150.0 + 180.0) / (100.0 + 200.0) - 1.0, pair = 100.0 / 300.0;
    expect_near(whole, pair * r[1].exports_growth + (1 - pair) * r[1].exports_growth_elsewhere);
    expect_near(asked_concentration(frame, world_period("2018")), 0.8 * 0.8 + 0.2 * 0.2);
    cube_close(cube);
}

static void growth_a_year_needs_a_year_and_a_base(void **state)
{
    (void)state;
    struct figure a = figure_of(100), b = figure_of(400), zero = figure_of(0);
    expect_near(growth_a_year(a, world_period("2018"), b, world_period("2020")), 1.0);
    expect_near(growth_a_year(a, world_period("2018-01"), b, world_period("2020-01")), 1.0);
    expect_near(growth_a_year(a, world_period("2018-Q1"), b, world_period("2019-Q1")), 3.0);
    expect_near(growth_a_year(a, world_period("2018"), zero, world_period("2019")), -1.0);
    expect_nan(growth_a_year(zero, world_period("2018"), b, world_period("2020")));
    expect_nan(growth_a_year(FIGURE_NONE, world_period("2018"), b, world_period("2020")));
    expect_nan(growth_a_year(a, world_period("2018-01"), b, world_period("2018-06")));
    expect_nan(growth_a_year(a, world_period("2018"), b, world_period("2018")));
}

static void a_sum_that_does_not_fit_is_not_known(void **state)
{
    (void)state;
    const struct figure much = figure_of(INT64_MAX - 1), one = figure_of(1), two = figure_of(2);
    assert_true(figure_sum(much, one).known);
    assert_false(figure_sum(much, two).known);
    assert_int_equal(figure_sum(much, two).usd, 0);
    assert_false(figure_difference(figure_of(-(INT64_MAX - 1)), figure_of(3)).known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_that_does_not_fit_is_not_known),
        cmocka_unit_test(india_and_china_by_hand),
        cmocka_unit_test(quantities_stand_for_what_was_weighed),
        cmocka_unit_test(the_other_side_is_the_mirror),
        cmocka_unit_test(the_first_year_has_nothing_to_grow_from),
        cmocka_unit_test(chosen_leaves_only),
        cmocka_unit_test(ranks_look_back_only),
        cmocka_unit_test(an_absent_flow_is_unknown_or_zero),
        cmocka_unit_test(listed_partners_have_no_world),
        cmocka_unit_test(the_world_row_goes_before_the_sum),
        cmocka_unit_test(a_part_of_a_year_does_not_grow),
        cmocka_unit_test(months_and_quarters_grow_from_a_year_before),
        cmocka_unit_test(year_to_date_is_like_for_like),
        cmocka_unit_test(growth_elsewhere_leaves_the_partner_out),
        cmocka_unit_test(a_region_grows_as_a_whole),
        cmocka_unit_test(growth_a_year_needs_a_year_and_a_base),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
