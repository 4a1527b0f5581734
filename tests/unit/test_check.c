/* What may confirm a published figure, and what only comes near it. */
#include "asked.h"

#include "entrepot/analysis/check.h"
#include "entrepot/analysis/ranking.h"

static struct frame frame_of(const struct cube *cube, const char *reporter, const char *partner)
{
    return (struct frame){
        .cube = cube, .countries = world.countries, .reporter = world_id(reporter), .partner = world_id(partner)};
}

/* India's exports to China: ten a month in 2018, twenty a month in 2019 up to November; imports a hundred a month. */
static struct cube *months(void)
{
    static char text[23][8];
    struct world_row rows[46];
    struct dataset d = world_reported("months", PARTNERS_ALL);
    size_t n = 0;
    d.frequency = PERIOD_MONTH;
    d.imports_valuation = STR("CIF");
    for (unsigned m = 0; m < 23; m++) {
        (void)snprintf(text[m], sizeof text[m], "%04u-%02u", (2018 + m / 12) % 10000, m % 12 + 1);
        rows[n++] = (struct world_row){"IND", "CHN", FLOW_EXPORTS, text[m], "260111", m < 12 ? 10 : 20, 0, 0};
        rows[n++] = (struct world_row){"IND", "CHN", FLOW_IMPORTS, text[m], "850760", 106, 0, 0};
    }
    return world_cube(&d, rows, n);
}

static struct claim claim(enum claim_of of, enum claim_measure measure, const char *period, double value)
{
    return (struct claim){.of = of,
                          .measure = measure,
                          .period = world_period(period),
                          .value = value,
                          .tolerance = 0.1,
                          .cif_factor = 1.06};
}

static void standing(struct frame frame, const char *period, struct standing *out)
{
    frame.ask = asked_new();
    const struct ranking *ranking = ranking_ask(&frame, world_period(period));
    (void)asked_run(frame.ask);
    assert_int_equal(ranking_standing(ranking, &world.arena, out), ST_OK);
}

static struct check_row *candidates(struct frame frame, bool mirror, struct claim c, size_t *n)
{
    struct check_books *books = arena_new(&world.arena, struct check_books, 1);
    struct check_row *row;
    frame.ask = asked_new();
    *books = (struct check_books){.frame = frame, .mirror = mirror};
    const struct check_asked *asked = check_ask(books, 1, &c, &world.arena);
    (void)asked_run(frame.ask);
    assert_int_equal(check_fold(asked, &world.arena, &row, n), ST_OK);
    return row;
}

static struct check_row *check(const struct cube *cube, struct claim c, size_t *n)
{
    struct check_row *row = candidates(frame_of(cube, "IND", "CHN"), false, c, n);
    assert_true(*n > 0);
    return row;
}

static void overlapping_years_are_looked_at(void **state)
{
    (void)state;
    uint32_t period[CHECK_PERIODS_MAX];
    assert_int_equal(check_periods(world_period("2025"), period), 3);
    assert_int_equal(period[0], world_period("2025"));
    assert_int_equal(period[1], world_period("FY2024-25"));
    assert_int_equal(period[2], world_period("FY2025-26"));
    assert_int_equal(check_periods(world_period("FY2024-25"), period), 3);
    assert_int_equal(period[1], world_period("2024"));
    assert_int_equal(period[2], world_period("2025"));
    assert_int_equal(check_periods(world_period("2025-04"), period), 1);
    assert_int_equal(check_periods(world_period("2025-Q1"), period), 1);
}

static void the_same_period_matches(void **state)
{
    (void)state;
    struct cube *cube = months();
    size_t n;
    struct check_row *row = check(cube, claim(CLAIM_EXPORTS, CLAIM_VALUE, "2018", 120), &n);
    assert_int_equal(row[0].agreement, AGREES);
    assert_int_equal(row[0].differs, 0);
    expect_near(row[0].value, 120);
    expect_near(row[0].difference, 0);
    row = check(cube, claim(CLAIM_DEFICIT, CLAIM_VALUE, "2018", 12 * 96), &n);
    assert_int_equal(row[0].agreement, AGREES);
    row = check(cube, claim(CLAIM_BALANCE, CLAIM_VALUE, "2018", -12 * 96), &n);
    assert_int_equal(row[0].agreement, AGREES);
    row = check(cube, claim(CLAIM_BALANCE, CLAIM_VALUE, "2018", 12 * 96), &n); /* a surplus is another thing */
    assert_int_equal(row[0].agreement, AGREES_NOT);
    row = check(cube, claim(CLAIM_TOTAL, CLAIM_VALUE, "2018", 12 * 116), &n);
    assert_int_equal(row[0].agreement, AGREES);
    cube_close(cube);
}

static void other_kinds_and_parts_come_near_only(void **state)
{
    (void)state;
    struct cube *cube = months();
    size_t n;
    struct check_row *row = check(cube, claim(CLAIM_EXPORTS, CLAIM_VALUE, "2018", 150), &n); /* FY2018-19 */
    assert_int_equal(row[0].agreement, AGREES_NEARLY);
    assert_int_equal(row[0].period, world_period("FY2018-19"));
    row = check(cube, claim(CLAIM_EXPORTS, CLAIM_VALUE, "2019", 220), &n); /* eleven months */
    assert_int_equal(row[0].agreement, AGREES_NEARLY);
    assert_true(row[0].differs & 1U << DIFFERS_PARTIAL);
    row = check(cube, claim(CLAIM_IMPORTS, CLAIM_VALUE, "2018", 1200), &n); /* 1272 CIF is 1200 FOB */
    assert_int_equal(row[0].agreement, AGREES_NEARLY);
    assert_true(row[0].differs & 1U << DIFFERS_ESTIMATE);
    assert_true(str_is(row[0].valuation, "FOB"));
    /* eight months of FY2019-20 as FOB: two stretches, a coincidence */
    row = check(cube, claim(CLAIM_IMPORTS, CLAIM_VALUE, "FY2019-20", 800), &n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(row[i].agreement, AGREES_NOT);
    cube_close(cube);
}

static void a_year_that_is_not_over_grows_by_its_months(void **state)
{
    (void)state;
    struct cube *cube = months(); /* eleven months of 2019: exports 220 after 110 in those of 2018, imports the same */
    static const struct {
        enum claim_of of;
        enum claim_measure measure;
        double value;
    } claims[] = {
        {CLAIM_EXPORTS, CLAIM_GROWTH, 100},
        {CLAIM_EXPORTS, CLAIM_CHANGE, 110},
        {CLAIM_IMPORTS, CLAIM_GROWTH, 0},
        {CLAIM_TOTAL, CLAIM_GROWTH, 100.0 * 110 / (110 + 11 * 106)},
    };
    for (size_t i = 0; i < COUNT(claims); i++) {
        size_t n, at = 0;
        struct check_row *row = check(cube, claim(claims[i].of, claims[i].measure, "2019", claims[i].value), &n);
        while (at < n && row[at].period != world_period("2019"))
            at++;
        assert_true(at < n);
        expect_near(row[at].value, claims[i].value);
        assert_int_equal(row[at].agreement, AGREES_NEARLY); /* a part of a year confirms nothing */
        assert_true(row[at].differs & 1U << DIFFERS_PARTIAL);
        assert_true(row[at].flags & FLAG_BIT(FLAG_YEAR_TO_DATE));
    }
    cube_close(cube);
}

static void growth_is_in_percent(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2018", "260111", 100, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2018", "850760", 300, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2019", "260111", 112, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 400, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2019", "850760", 100, 0, 0},
    };
    struct dataset d = world_reported("years", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    size_t n;
    struct check_row *row = check(cube, claim(CLAIM_EXPORTS, CLAIM_GROWTH, "2019", 12.09), &n);
    assert_int_equal(row[0].agreement, AGREES);
    expect_near(row[0].value, 12.0);
    expect_nan(row[0].relative);
    row = check(cube, claim(CLAIM_EXPORTS, CLAIM_GROWTH, "2019", 12.11), &n);
    assert_int_equal(row[0].agreement, AGREES_NOT);
    row = check(cube, claim(CLAIM_DEFICIT, CLAIM_GROWTH, "2019", 44), &n); /* 200 to 288 */
    assert_int_equal(row[0].agreement, AGREES);
    row = check(cube, claim(CLAIM_BALANCE, CLAIM_GROWTH, "2019", 44), &n);
    assert_int_equal(row[0].agreement, AGREES);
    row = check(cube, claim(CLAIM_IMPORTS, CLAIM_CHANGE, "2019", 100), &n);
    assert_int_equal(row[0].agreement, AGREES);
    row = check(cube, claim(CLAIM_IMPORTS, CLAIM_SHARE, "2019", 80), &n);
    assert_int_equal(row[0].agreement, AGREES);
    struct standing s;
    struct frame frame = frame_of(cube, "IND", "CHN");
    standing(frame, "2019", &s);
    assert_int_equal(s.imports, 1);
    assert_int_equal(s.deficit, 1);
    assert_int_equal(s.partners, 2);
    frame = frame_of(cube, "IND", "USA");
    standing(frame, "2019", &s);
    assert_int_equal(s.imports, 2);
    assert_int_equal(s.exports, 0);
    assert_int_equal(s.deficit, 2);
    cube_close(cube);
}

/* The partner's books tell the same from the other side. */
static void the_partners_books_are_turned(void **state)
{
    (void)state;
    static const struct world_row rows[] = {{"CHN", "IND", FLOW_EXPORTS, "2019", "850760", 500, 0, 0},
                                            {"CHN", "IND", FLOW_IMPORTS, "2019", "260111", 90, 0, 0}};
    struct dataset d = world_reported("china", PARTNERS_ALL);
    d.imports_valuation = STR("CIF");
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    const struct frame books = frame_of(cube, "CHN", "IND");
    size_t n;
    struct check_row *row = candidates(books, true, claim(CLAIM_EXPORTS, CLAIM_VALUE, "2019", 90), &n);
    assert_int_equal(row[0].agreement, AGREES);
    assert_int_equal(row[0].differs, 1U << DIFFERS_REPORTER | 1U << DIFFERS_VALUATION);
    assert_true(str_is(row[0].valuation, "CIF"));
    row = candidates(books, true, claim(CLAIM_BALANCE, CLAIM_VALUE, "2019", -410), &n);
    assert_int_equal(row[0].agreement, AGREES);
    /* of whose imports? the partner's books cannot say */
    (void)candidates(books, true, claim(CLAIM_IMPORTS, CLAIM_SHARE, "2019", 100), &n);
    assert_int_equal(n, 0);
    cube_close(cube);
}

static void parts_add_up_or_not(void **state)
{
    (void)state;
    assert_int_equal(check_parts(155.62e9, 156.37e9, 0.1), AGREES_NOT);
    assert_int_equal(check_parts(155.62e9, 155.618e9, 0.1), AGREES);
    assert_int_equal(check_parts(155.62e9, 156.37e9, 0.5), AGREES);
    assert_int_equal(check_parts(-99.21e9, -99.21e9, 0), AGREES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_years_are_looked_at),
        cmocka_unit_test(the_same_period_matches),
        cmocka_unit_test(other_kinds_and_parts_come_near_only),
        cmocka_unit_test(growth_is_in_percent),
        cmocka_unit_test(a_year_that_is_not_over_grows_by_its_months),
        cmocka_unit_test(the_partners_books_are_turned),
        cmocka_unit_test(parts_add_up_or_not),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
