/* Growth between two periods: a small world worked out by hand, gaps, and contributions that add up. */
#include "asked.h"

#include "entrepot/analysis/growth.h"

static struct dataset books(const char *id, enum partners partners)
{
    struct dataset d = world_reported(id, partners);
    return d;
}

/* India with three partners, 2010 and 2019; Japan buys nothing any more, Germany is new. */
static const struct world_row rows[] = {
    {"IND", "CHN", FLOW_EXPORTS, "2010", "260111", 100, 0, OBS_FINAL},
    {"IND", "JPN", FLOW_EXPORTS, "2010", "260111", 100, 0, OBS_FINAL},
    {"IND", "CHN", FLOW_IMPORTS, "2010", "850760", 300, 0, OBS_FINAL},
    {"IND", "JPN", FLOW_IMPORTS, "2010", "850760", 100, 0, OBS_FINAL},
    {"IND", "CHN", FLOW_EXPORTS, "2019", "260111", 150, 0, OBS_FINAL},
    {"IND", "DEU", FLOW_EXPORTS, "2019", "260111", 90, 0, OBS_PROVISIONAL},
    {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 900, 0, OBS_FINAL},
    {"IND", "JPN", FLOW_IMPORTS, "2019", "850760", 80, 0, OBS_FINAL},
};

static struct growth_row *grow(const struct cube *cube, const char *before, const char *now, size_t *n,
                               struct growth_summary *summary)
{
    struct ask *ask = asked_new();
    struct frame frame = {
        .cube = cube, .countries = world.countries, .reporter = world_id("IND"), .partner = ANY_MEMBER, .ask = ask};
    struct growth_asked *asked = growth_ask(&frame, world_period(before), world_period(now));
    assert_non_null(asked);
    assert_int_equal(ask_count(ask), 2); /* by partner, and all together */
    (void)asked_run(ask);
    struct growth_row *row;
    assert_int_equal(growth_fold(asked, &world.arena, &row, n, summary), ST_OK);
    return row;
}

static const struct growth_row *of(const struct growth_row *row, size_t n, const char *partner)
{
    for (size_t i = 0; i < n; i++)
        if (row[i].partner == world_id(partner))
            return &row[i];
    fail_msg("no row of %s", partner);
    return NULL;
}

static void each_partner_gives_its_part(void **state)
{
    (void)state;
    struct dataset d = books("g", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct growth_summary sum;
    size_t n;
    const struct growth_row *row = grow(cube, "2010", "2019", &n, &sum);
    assert_int_equal(n, 3);
    const struct growth_row *chn = of(row, n, "CHN"), *jpn = of(row, n, "JPN"), *deu = of(row, n, "DEU");
    expect_usd(chn->flow[FLOW_IMPORTS].change, 600);
    expect_near(chn->flow[FLOW_IMPORTS].growth, 2.0);
    expect_near(chn->flow[FLOW_IMPORTS].contribution_pp, 150.0); /* 600 of 400 */
    expect_near(jpn->flow[FLOW_IMPORTS].contribution_pp, -5.0);
    expect_near(jpn->flow[FLOW_EXPORTS].growth, -1.0); /* all partners are recorded: nothing is 0 */
    expect_near(deu->flow[FLOW_EXPORTS].contribution_pp, 45.0);
    assert_true(isnan(deu->flow[FLOW_EXPORTS].growth)); /* from nothing */
    expect_usd(deu->flow[FLOW_EXPORTS].before, 0);
    assert_true(deu->flags & FLAG_BIT(FLAG_UNDEFINED));
    assert_true(deu->flags & FLAG_BIT(FLAG_PROVISIONAL));
    expect_usd(chn->balance_before, -200);
    expect_usd(chn->balance, -750);
    expect_usd(chn->balance_change, -550);
    cube_close(cube);
}

static void contributions_add_up(void **state)
{
    (void)state;
    struct dataset d = books("g", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct growth_summary sum;
    size_t n;
    const struct growth_row *row = grow(cube, "2010", "2019", &n, &sum);
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        double all = sum.others[f].contribution_pp;
        for (size_t i = 0; i < n; i++)
            all += row[i].flow[f].contribution_pp;
        expect_near(all, 100 * sum.all[f].growth);
        expect_near(sum.others[f].contribution_pp, 0);
    }
    expect_near(sum.all[FLOW_EXPORTS].growth, 0.2);
    expect_near(sum.all[FLOW_IMPORTS].growth, 1.45);
    cube_close(cube);
}

/* With some partners listed beside the world, the rest is what the others gave; who is not listed is not known. */
static void others_are_the_rest_of_the_world(void **state)
{
    (void)state;
    static const struct world_row listed[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2018", "850760", 300, 0, OBS_FINAL},
        {"IND", "WLD", FLOW_IMPORTS, "2018", "850760", 1000, 0, OBS_FINAL},
        {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 350, 0, OBS_FINAL},
        {"IND", "WLD", FLOW_IMPORTS, "2019", "850760", 1200, 0, OBS_FINAL},
    };
    struct dataset d = books("g", PARTNERS_LISTED);
    struct cube *cube = world_cube(&d, listed, COUNT(listed));
    struct ask *ask = asked_new();
    struct frame frame = {
        .cube = cube, .countries = world.countries, .reporter = world_id("IND"), .partner = ANY_MEMBER, .ask = ask};
    struct growth_asked *asked = growth_ask(&frame, world_period("2018"), world_period("2019"));
    (void)asked_run(ask);
    struct growth_row *row;
    struct growth_summary sum;
    size_t n;
    assert_int_equal(growth_fold(asked, &world.arena, &row, &n, &sum), ST_OK);
    assert_int_equal(n, 1);
    expect_near(row[0].flow[FLOW_IMPORTS].contribution_pp, 5.0);
    expect_near(sum.others[FLOW_IMPORTS].contribution_pp, 15.0);
    expect_near(sum.all[FLOW_IMPORTS].growth, 0.2);
    assert_false(row[0].flow[FLOW_EXPORTS].now.known);
    assert_true(row[0].flags & FLAG_BIT(FLAG_NOT_REPORTED));
    assert_true(row[0].flags & FLAG_BIT(FLAG_NO_WORLD_TOTAL));
    cube_close(cube);
}

/* A half year has not shrunk. */
static void a_part_of_a_year_has_no_growth(void **state)
{
    (void)state;
    static const struct world_row months[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2018-01", "850760", 300, 0, OBS_FINAL},
        {"IND", "CHN", FLOW_IMPORTS, "2019-01", "850760", 350, 0, OBS_FINAL},
    };
    struct dataset d = books("g", PARTNERS_ALL);
    d.frequency = PERIOD_MONTH;
    struct cube *cube = world_cube(&d, months, COUNT(months));
    struct growth_summary sum;
    size_t n;
    const struct growth_row *row = grow(cube, "2018", "2019", &n, &sum);
    assert_int_equal(n, 1);
    expect_usd(row[0].flow[FLOW_IMPORTS].now, 350);
    assert_false(row[0].flow[FLOW_IMPORTS].change.known);
    assert_true(isnan(row[0].flow[FLOW_IMPORTS].growth));
    assert_true(isnan(row[0].flow[FLOW_IMPORTS].contribution_pp));
    assert_true(row[0].flags & FLAG_BIT(FLAG_PARTIAL_YEAR));
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_partner_gives_its_part),
        cmocka_unit_test(contributions_add_up),
        cmocka_unit_test(others_are_the_rest_of_the_world),
        cmocka_unit_test(a_part_of_a_year_has_no_growth),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
