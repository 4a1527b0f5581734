#include "asked.h"

#include "entrepot/analysis/dependence.h"

static uint32_t year; /* that the last question is about */

static struct dependence_question asked(enum dependence_method method, const char *period)
{
    struct dependence_question q = {.method = method, .window = 1};
    year = world_period(period);
    for (enum criterion c = 0; c < CRITERIA; c++)
        q.limit[c] = dependence_limit(method, c);
    return q;
}

static struct dependence_answer answer(const struct cube *cube, const char *reporter, const char *partner,
                                       struct dependence_question question, enum level level)
{
    struct frame frame = {.cube = cube,
                          .countries = world.countries,
                          .reporter = world_id(reporter),
                          .partner = partner ? world_id(partner) : ANY_MEMBER,
                          .ask = asked_new()};
    struct breakdown breakdown;
    struct dependence_answer made;
    assert_int_equal(breakdown_make(cube, world.sectors, level, &world.arena, &breakdown), ST_OK);
    question.breakdown = &breakdown;
    const struct dependence *dependence = dependence_ask(&frame, &question, &year, 1);
    uint64_t price = asked_run(frame.ask);
    assert_true(price > 0 && price < 1000000);
    assert_true(ask_count(frame.ask) <= 6);
    assert_int_equal(dependence_fold(dependence, year, &world.arena, &made), ST_OK);
    assert_int_equal(dependence_rows(dependence, year, &world.arena), made.n);
    return made;
}

static struct dependence_row *ask(const struct cube *cube, const char *partner, const char *period, enum level level,
                                  size_t *n)
{
    struct dependence_answer made = answer(cube, "IND", partner, asked(DEPENDENCE_HHI, period), level);
    *n = made.n;
    return made.row;
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
    struct dependence_question question = asked(DEPENDENCE_HHI, "2023");
    question.limit[CRITERION_HHI] = 0.5;
    struct dependence_answer made = answer(cube, "IND", "CHN", question, LEVEL_HS6);
    struct dependence_row *row = made.row;
    size_t n = made.n;
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
        assert_int_equal(row[i].flags, FLAG_BIT(FLAG_LOWER_BOUND) | FLAG_BIT(FLAG_NO_WORLD_EXPORTS));
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
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_LOWER_BOUND) | FLAG_BIT(FLAG_NO_WORLD_TOTAL) | FLAG_BIT(FLAG_ROUNDED) |
                                       FLAG_BIT(FLAG_NO_WORLD_EXPORTS) | FLAG_BIT(FLAG_NOT_REPORTED) |
                                       FLAG_BIT(FLAG_NOT_LISTED));
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
    assert_int_equal(row[0].flags, FLAG_BIT(FLAG_PARTIAL_YEAR) | FLAG_BIT(FLAG_NO_WORLD_EXPORTS));
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

/* ---- named methods over the four countries ---- */

/* Toy world, 2023: 293359, 520512, 854140. */
static void figures_of_any_supplier(void **state)
{
    (void)state;
    static const double hhi[] = {0.582222, 0.404959, 0.81505}, world_hhi[] = {0.371383, 0.445068, 0.679526},
                        ratio[] = {2.616279, 0.104762, 38.461538}, top[] = {0.733333, 0.545455, 0.9};
    struct cube *cube = world_trade("four");
    struct dependence_answer a = answer(cube, "IND", NULL, asked(DEPENDENCE_HHI, "2023"), LEVEL_HS6);
    assert_int_equal(a.n, 3);
    for (size_t i = 0; i < 3; i++) {
        expect_near(a.row[i].hhi, hhi[i]);
        expect_near(a.row[i].equivalent_suppliers * a.row[i].hhi, 1);
        expect_near(a.row[i].hhi_world_exports, world_hhi[i]);
        expect_near(a.row[i].imports_over_exports, ratio[i]);
        expect_near(a.row[i].top_share, top[i]);
        expect_near(a.row[i].share, top[i]);
        assert_int_equal(a.row[i].top_supplier, world_id("CHN"));
        assert_int_equal(a.row[i].suppliers, 3);
        assert_int_equal(a.row[i].criterion[CRITERION_HHI], VERDICT_YES);
        assert_int_equal(a.row[i].criterion[CRITERION_SHARE], VERDICT_UNKNOWN);
        assert_int_equal(a.row[i].years_held, 1);
        expect_unknown(a.row[i].imports_from_partner);
        expect_unknown(a.row[i].extra_imports);
    }
    assert_int_equal(a.summary.products, 3);
    assert_int_equal(a.summary.dependent, 3);
    expect_usd(a.summary.imports, 1472 * MILLION);
    expect_usd(a.summary.dependent_imports, 1472 * MILLION);
    cube_close(cube);
}

static void methods_have_their_criteria(void **state)
{
    (void)state;
    static const enum verdict wanted[DEPENDENCE_METHODS][3] = {
        [DEPENDENCE_HHI] = {VERDICT_YES, VERDICT_YES, VERDICT_YES},
        [DEPENDENCE_EU2021] = {VERDICT_YES, VERDICT_NO, VERDICT_YES}, /* yarn is exported more than imported */
        [DEPENDENCE_CEPII] = {VERDICT_NO, VERDICT_NO, VERDICT_YES},   /* antibiotics: world exports are spread */
        [DEPENDENCE_INDIA80] = {VERDICT_NO, VERDICT_NO, VERDICT_YES},
        [DEPENDENCE_SHARE] = {VERDICT_YES, VERDICT_NO, VERDICT_YES}};
    struct cube *cube = world_trade("four");
    for (enum dependence_method m = 0; m < DEPENDENCE_METHODS; m++) {
        struct dependence_question q = asked(m, "2023");
        if (m == DEPENDENCE_SHARE) {
            assert_true(isnan(q.limit[CRITERION_SHARE]));
            q.limit[CRITERION_SHARE] = 330.0 / 450; /* is reached */
        }
        for (unsigned with = 0; with < 2; with++) {
            struct dependence_answer a = answer(cube, "IND", with ? "CHN" : NULL, q, LEVEL_HS6);
            for (size_t i = 0; i < 3; i++) {
                assert_int_equal(a.row[i].dependent, wanted[m][i]);
                for (enum criterion c = 0; c < CRITERIA; c++)
                    assert_int_equal(a.row[i].criterion[c] != VERDICT_UNKNOWN,
                                     (dependence_criteria(m, false) >> c & 1) != 0);
            }
        }
        struct dependence_answer none = answer(cube, "IND", "USA", q, LEVEL_HS6);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(none.row[i].dependent, VERDICT_NO); /* the lever is another's */
    }
    cube_close(cube);
}

/* With Germany inside, cells come from China 900 and the United States 55, antibiotics from 330 and 30, yarn from 12 and 6. */
static void a_bloc_is_inside(void **state)
{
    (void)state;
    const uint32_t home[] = {world_id("DEU"), world_id("IND")};
    struct cube *cube = world_trade("four");
    struct dependence_question q = asked(DEPENDENCE_EU2021, "2023");
    q.home = home;
    q.n_home = COUNT(home);
    struct dependence_answer a = answer(cube, "IND", NULL, q, LEVEL_HS6);
    expect_usd(a.row[2].extra_imports, 955 * MILLION);
    expect_near(a.row[2].extra_share, 0.955);
    expect_near(a.row[2].hhi_extra, (900.0 * 900 + 55 * 55) / (955.0 * 955));
    expect_near(a.row[2].extra_over_exports, 955.0 / 26);
    expect_near(a.row[2].hhi, 0.81505); /* of all suppliers, as ever */
    assert_int_equal(a.row[2].dependent, VERDICT_YES);
    assert_int_equal(a.row[2].criterion[CRITERION_EXTRA_IMPORTS], VERDICT_YES);
    expect_near(a.row[1].extra_over_exports, 18.0 / 210);
    assert_int_equal(a.row[1].criterion[CRITERION_IMPORTS_OVER_EXPORTS], VERDICT_NO);
    assert_int_equal(a.row[1].dependent, VERDICT_NO);
    a = answer(cube, "IND", "DEU", q, LEVEL_HS6);
    assert_int_equal(a.row[2].dependent, VERDICT_NO); /* nobody depends on the inside */
    a = answer(cube, "IND", "CHN", q, LEVEL_HS6);
    assert_int_equal(a.row[2].dependent, VERDICT_YES);
    const uint32_t others[] = {world_id("DEU"), world_id("CHN"), world_id("USA")};
    q.home = others;
    q.n_home = COUNT(others);
    a = answer(cube, "IND", NULL, q, LEVEL_HS6);
    expect_usd(a.row[2].extra_imports, 0);
    expect_near(a.row[2].extra_share, 0);
    expect_nan(a.row[2].hhi_extra);
    assert_int_equal(a.row[2].criterion[CRITERION_EXTRA_IMPORTS], VERDICT_NO);
    assert_int_equal(a.row[2].dependent, VERDICT_NO);
    cube_close(cube);
}

/* Nothing is exported: the ratio is null, and above any threshold. */
static void no_exports_are_a_criterion_that_holds(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"CHN", "IND", FLOW_EXPORTS, "2023", "854140", 90, 0, 0},
        {"USA", "IND", FLOW_EXPORTS, "2023", "854140", 10, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2023", "520512", 10, 0, 0},
    };
    struct dataset d = world_dataset("none");
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct dependence_answer a = answer(cube, "IND", NULL, asked(DEPENDENCE_CEPII, "2023"), LEVEL_HS6);
    assert_int_equal(a.n, 1);
    expect_nan(a.row[0].imports_over_exports);
    assert_int_equal(a.row[0].criterion[CRITERION_IMPORTS_OVER_EXPORTS], VERDICT_YES);
    assert_int_equal(a.row[0].dependent, VERDICT_YES);
    assert_true(a.row[0].flags & FLAG_BIT(FLAG_NO_EXPORTS));
    cube_close(cube);
}

/* ---- the window ---- */

/* Shares of China by year, in hundredths; the rest comes from the United States. 0: the year has no trade in it. */
static struct cube *years_of(const char *id, const int *share, size_t n)
{
    struct world_row row[32];
    char period[32][8];
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (share[i] == 0)
            continue;
        (void)snprintf(period[i], sizeof *period, "%zu", 2015 + i);
        row[k++] = (struct world_row){"CHN", "IND", FLOW_EXPORTS, period[i], "854140", share[i], QUANTITY_UNKNOWN, 0};
        row[k++] =
            (struct world_row){"USA", "IND", FLOW_EXPORTS, period[i], "854140", 100 - share[i], QUANTITY_UNKNOWN, 0};
    }
    struct dataset d = world_dataset(id);
    return world_cube(&d, row, k);
}

static void two_years_of_three(void **state)
{
    (void)state;
    static const struct {
        int share[5];
        unsigned window, years, needed, held;
        enum verdict dependent;
    } cases[] = {
        {{50, 50, 90, 50, 90}, 1, 1, 1, 1, VERDICT_YES}, {{50, 50, 90, 50, 90}, 2, 2, 2, 1, VERDICT_NO},
        {{50, 50, 90, 50, 90}, 3, 3, 2, 2, VERDICT_YES}, {{50, 50, 90, 50, 90}, 4, 4, 3, 2, VERDICT_NO},
        {{90, 90, 90, 50, 50}, 5, 5, 4, 3, VERDICT_NO},  {{90, 90, 90, 50, 90}, 5, 5, 4, 4, VERDICT_YES},
        {{90, 90, 90, 90, 50}, 3, 3, 2, 2, VERDICT_YES}, {{90, 90, 0, 0, 90}, 3, 1, 1, 1, VERDICT_YES},
        {{90, 90, 90, 0, 50}, 3, 2, 2, 1, VERDICT_NO},   {{0, 0, 0, 0, 50}, 5, 1, 1, 0, VERDICT_NO},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cube *cube = years_of("years", cases[i].share, 5);
        struct dependence_question q = asked(DEPENDENCE_INDIA80, "2019");
        q.window = cases[i].window;
        for (unsigned with = 0; with < 2; with++) {
            struct dependence_answer a = answer(cube, "IND", with ? "CHN" : NULL, q, LEVEL_HS6);
            assert_int_equal(a.years, cases[i].years);
            assert_int_equal(a.needed, cases[i].needed);
            assert_int_equal(a.row[0].years_held, cases[i].held);
            assert_int_equal(a.row[0].dependent, cases[i].dependent);
            assert_int_equal(a.row[0].criterion[CRITERION_SHARE],
                             cases[i].share[4] >= 80 ? VERDICT_YES : VERDICT_NO); /* of the period alone */
        }
        cube_close(cube);
    }
}

/* ---- some suppliers are listed, without a partner ---- */

/* China and the United States are listed; the rest may be one supplier or many. */
static void listed_suppliers_give_bounds(void **state)
{
    (void)state;
    static const struct {
        int china, states;
        enum verdict hhi, share80;
        bool top;
    } cases[] = {
        {70, 20, VERDICT_YES, VERDICT_NO, true},          /* .53 at least */
        {40, 40, VERDICT_NO, VERDICT_NO, false},          /* .36 at most */
        {30, 10, VERDICT_UNKNOWN, VERDICT_NO, false},     /* .10 to .46 */
        {55, 0, VERDICT_UNKNOWN, VERDICT_NO, true},       /* .3025 to .505 */
        {10, 5, VERDICT_UNKNOWN, VERDICT_UNKNOWN, false}, /* somebody else may have .85 */
        {85, 15, VERDICT_YES, VERDICT_YES, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct world_row rows[] = {
            {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", cases[i].china, 0, 0},
            {"IND", "USA", FLOW_IMPORTS, "2023", "854140", cases[i].states, 0, 0},
            {"IND", "WLD", FLOW_IMPORTS, "2023", "854140", 100, 0, 0},
        };
        struct dataset d = world_reported("some", PARTNERS_LISTED);
        struct cube *cube = world_cube(&d, rows, COUNT(rows));
        struct dependence_answer a = answer(cube, "IND", NULL, asked(DEPENDENCE_HHI, "2023"), LEVEL_HS6);
        assert_int_equal(a.row[0].dependent, cases[i].hhi);
        assert_int_equal(a.row[0].top_supplier, cases[i].top ? world_id("CHN") : NO_ID);
        assert_int_equal(isnan(a.row[0].top_share), !cases[i].top);
        expect_nan(a.row[0].equivalent_suppliers);
        assert_int_equal(a.row[0].suppliers, 0);
        assert_true(a.row[0].flags & FLAG_BIT(FLAG_LOWER_BOUND));
        a = answer(cube, "IND", NULL, asked(DEPENDENCE_INDIA80, "2023"), LEVEL_HS6);
        assert_int_equal(a.row[0].dependent, cases[i].share80);
        a = answer(cube, "IND", NULL, asked(DEPENDENCE_CEPII, "2023"), LEVEL_HS6);
        assert_int_equal(a.row[0].criterion[CRITERION_WORLD_HHI], VERDICT_UNKNOWN);
        expect_nan(a.row[0].hhi_world_exports);
        assert_int_equal(a.summary.undecided, a.row[0].dependent == VERDICT_UNKNOWN);
        cube_close(cube);
    }
}

/* One country's books tell no world; those of most countries do. */
static void most_reporters_make_a_world(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2022", "854140", 10, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2022", "854140", 10, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2023", "854140", 10, 0, 0},
        {"IND", "USA", FLOW_EXPORTS, "2023", "854140", 10, 0, 0},
        {"CHN", "IND", FLOW_EXPORTS, "2023", "854140", 30, 0, 0},
    };
    struct dataset d = world_reported("books", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    assert_false(cube_tells_world(cube, FLOW_EXPORTS, world_period("2022")));
    assert_true(cube_tells_world(cube, FLOW_EXPORTS, world_period("2023"))); /* two of three */
    assert_false(cube_tells_world(cube, FLOW_IMPORTS, world_period("2023")));
    assert_false(cube_tells_world(cube, FLOW_EXPORTS, world_period("2021")));
    struct dependence_answer a = answer(cube, "IND", NULL, asked(DEPENDENCE_CEPII, "2023"), LEVEL_HS6);
    expect_near(a.row[0].hhi_world_exports, (10.0 * 10 + 30 * 30) / (40 * 40));
    a = answer(cube, "IND", NULL, asked(DEPENDENCE_CEPII, "2022"), LEVEL_HS6);
    expect_nan(a.row[0].hhi_world_exports);
    assert_true(a.row[0].flags & FLAG_BIT(FLAG_NO_WORLD_EXPORTS));
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
        cmocka_unit_test(figures_of_any_supplier),
        cmocka_unit_test(methods_have_their_criteria),
        cmocka_unit_test(a_bloc_is_inside),
        cmocka_unit_test(no_exports_are_a_criterion_that_holds),
        cmocka_unit_test(two_years_of_three),
        cmocka_unit_test(listed_suppliers_give_bounds),
        cmocka_unit_test(most_reporters_make_a_world),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
