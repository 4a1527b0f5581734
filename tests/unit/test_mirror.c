/* Both sides' books: in one dataset, in two of different kinds, reconciled, and with gaps. */
#include "asked.h"

#include "entrepot/analysis/mirror.h"

static struct frame frame_of(const struct cube *cube, const char *reporter, const char *partner)
{
    return (struct frame){
        .cube = cube, .countries = world.countries, .reporter = world_id(reporter), .partner = world_id(partner)};
}

static struct dataset books(const char *id)
{
    struct dataset d = world_reported(id, PARTNERS_ALL);
    d.imports_valuation = STR("CIF");
    return d;
}

/* India's and China's reports of one trade. */
static const struct world_row both_rows[] = {
    {"IND", "CHN", FLOW_EXPORTS, "2019", "260111", 100, 0, OBS_FINAL},
    {"IND", "CHN", FLOW_EXPORTS, "2019", "520100", 50, 0, OBS_FINAL},
    {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 1060, 0, OBS_FINAL},
    {"CHN", "IND", FLOW_IMPORTS, "2019", "260111", 318, 0, OBS_PROVISIONAL},
    {"CHN", "IND", FLOW_EXPORTS, "2019", "850760", 1200, 0, OBS_FINAL},
    {"CHN", "IND", FLOW_EXPORTS, "2019", "854140", 80, 0, OBS_FINAL},
};

/* Asks and folds in one go. */
static struct mirror_row *fold(struct mirror_question *q, size_t *n)
{
    struct mirror_row *row;
    struct ask *ask = asked_new();
    q->own.frame.ask = q->other.frame.ask = ask;
    struct mirror *mirror = mirror_ask(q);
    assert_non_null(mirror);
    (void)asked_run(ask);
    assert_int_equal(mirror_fold(mirror, &world.arena, &row, n), ST_OK);
    return row;
}

static struct mirror_row *table(const struct cube *own, const struct cube *other, enum level level, const char *period,
                                size_t *n)
{
    struct breakdown a = {.n = 0}, b = {.n = 0};
    const uint32_t of = world_period(period);
    struct mirror_question q = {.period = &of, .n_periods = 1, .cif_factor = 1.06};
    if (own) {
        assert_int_equal(breakdown_make(own, world.sectors, level, &world.arena, &a), ST_OK);
        q.own = (struct mirror_books){frame_of(own, "IND", "CHN"), &a};
    }
    if (other) {
        assert_int_equal(breakdown_make(other, world.sectors, level, &world.arena, &b), ST_OK);
        q.other = (struct mirror_books){frame_of(other, "CHN", "IND"), &b};
    }
    return fold(&q, n);
}

static const struct mirror_row *find(const struct mirror_row *row, size_t n, const char *product, enum flow flow)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(row[i].product, product) && row[i].flow == flow)
            return &row[i];
    fail_msg("no row of %s", product);
    return NULL;
}

static void two_reports_of_one_flow(void **state)
{
    (void)state;
    struct dataset d = books("both");
    struct cube *cube = world_cube(&d, both_rows, COUNT(both_rows));
    size_t n;
    struct mirror_row *row = table(cube, cube, LEVEL_HS6, "2019", &n);
    const struct mirror_row *ore = find(row, n, "260111", FLOW_EXPORTS);
    expect_usd(ore->reported, 100);
    expect_usd(ore->mirrored, 318);
    expect_usd(ore->gap, 218); /* the importer's − the exporter's */
    expect_near(ore->ratio, 3.18);
    expect_near(ore->relative_gap, 218.0 / 209.0);
    expect_usd(ore->reported_fob, 100);
    expect_usd(ore->mirrored_fob, 300);
    expect_usd(ore->gap_fob, 200);
    assert_int_equal(ore->flags, FLAG_BIT(FLAG_PROVISIONAL) | FLAG_BIT(FLAG_ESTIMATED) | FLAG_BIT(FLAG_CIF_CONVERTED));
    const struct mirror_row *cells = find(row, n, "850760", FLOW_IMPORTS);
    expect_usd(cells->gap, 1060 - 1200);
    expect_usd(cells->reported_fob, 1000);
    expect_usd(cells->gap_fob, -200);
    expect_near(cells->relative_gap_fob, -200.0 / 1100.0);
    const struct mirror_row *solar =
        find(row, n, "854140", FLOW_IMPORTS); /* India's books are whole and silent: zero */
    expect_usd(solar->reported, 0);
    expect_usd(solar->mirrored, 80);
    expect_near(solar->relative_gap, -2.0);
    for (size_t i = 0; i < n; i++)
        assert_false(str_is(row[i].product, "854140") && row[i].flow == FLOW_EXPORTS); /* nobody tells of it */
    cube_close(cube);
}

/* Products add up to the total, whatever the level, and so do their gaps. */
static void gaps_add_up(void **state)
{
    (void)state;
    struct dataset d = books("both");
    struct cube *cube = world_cube(&d, both_rows, COUNT(both_rows));
    static const enum level level[] = {LEVEL_HS6, LEVEL_HS4, LEVEL_HS2};
    for (size_t l = 0; l < COUNT(level); l++) {
        size_t n;
        int64_t gap[2] = {0};
        struct mirror_row *row = table(cube, cube, level[l], "2019", &n);
        for (size_t i = 0; i < n; i++)
            gap[row[i].flow] += row[i].gap.usd;
        assert_int_equal(gap[FLOW_EXPORTS], 318 - 150);
        assert_int_equal(gap[FLOW_IMPORTS], 1060 - 1280);
    }
    cube_close(cube);
}

static void the_other_way_round_is_the_same_gap(void **state)
{
    (void)state;
    struct dataset d = books("both");
    struct cube *cube = world_cube(&d, both_rows, COUNT(both_rows));
    struct breakdown b;
    const uint32_t period = world_period("2019");
    assert_int_equal(breakdown_make(cube, world.sectors, LEVEL_HS6, &world.arena, &b), ST_OK);
    struct mirror_question q = {.own = {frame_of(cube, "CHN", "IND"), &b},
                                .other = {frame_of(cube, "IND", "CHN"), &b},
                                .period = &period,
                                .n_periods = 1,
                                .cif_factor = 1.06};
    size_t n, n_turned;
    struct mirror_row *turned = fold(&q, &n_turned), *row = table(cube, cube, LEVEL_HS6, "2019", &n);
    assert_int_equal(n, n_turned);
    for (size_t i = 0; i < n; i++) {
        enum flow other = row[i].flow == FLOW_EXPORTS ? FLOW_IMPORTS : FLOW_EXPORTS;
        for (size_t k = 0; k < n; k++)
            if (str_eq(turned[k].product, row[i].product) && turned[k].flow == other) {
                assert_int_equal(turned[k].gap.usd, row[i].gap.usd);
                assert_int_equal(turned[k].reported.usd, row[i].mirrored.usd);
            }
    }
    cube_close(cube);
}

/* A product that the other side's revision may not even have is unknown, not zero. */
static void other_revisions_are_not_zero(void **state)
{
    (void)state;
    static const struct world_row own_row[] = {{"IND", "CHN", FLOW_IMPORTS, "2022", "854142", 70, 0, OBS_FINAL},
                                               {"IND", "CHN", FLOW_EXPORTS, "2022", "260111", 5, 0, OBS_FINAL}};
    static const struct world_row other_row[] = {{"CHN", "IND", FLOW_EXPORTS, "2022", "854140", 75, 0, OBS_FINAL},
                                                 {"CHN", "IND", FLOW_IMPORTS, "2022", "260111", 6, 0, OBS_FINAL}};
    struct dataset a = books("new"), b = books("old");
    a.hs = STR("HS2022");
    struct cube *own = world_cube(&a, own_row, COUNT(own_row)), *other = world_cube(&b, other_row, COUNT(other_row));
    size_t n;
    struct mirror_row *row = table(own, other, LEVEL_HS6, "2022", &n);
    const struct mirror_row *cells = find(row, n, "854142", FLOW_IMPORTS);
    expect_usd(cells->reported, 70);
    expect_unknown(cells->mirrored);
    expect_unknown(cells->gap);
    assert_true(cells->flags & FLAG_BIT(FLAG_NOT_REPORTED));
    expect_unknown(find(row, n, "854140", FLOW_IMPORTS)->reported);
    expect_usd(find(row, n, "260111", FLOW_EXPORTS)->gap, 1);
    row = table(own, other, LEVEL_HS2, "2022", &n); /* chapters mean the same */
    expect_usd(find(row, n, "85", FLOW_IMPORTS)->gap, -5);
    cube_close(own);
    cube_close(other);
}

/* A year against eleven months is no gap; nor is a year against nothing. */
static void parts_of_a_year_are_no_gap(void **state)
{
    (void)state;
    static const struct world_row own_row[] = {{"IND", "CHN", FLOW_EXPORTS, "2019", "260111", 120, 0, OBS_FINAL},
                                               {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 60, 0, OBS_FINAL}};
    static char text[12][8];
    struct world_row other_row[24];
    size_t rows = 0;
    for (unsigned m = 0; m < 12; m++) {
        (void)snprintf(text[m], sizeof text[m], "2019-%02u", (m + 1) % 100);
        other_row[rows++] = (struct world_row){"CHN", "IND", FLOW_IMPORTS, text[m], "260111", 10, 0, OBS_FINAL};
        if (m < 11)
            other_row[rows++] = (struct world_row){"CHN", "IND", FLOW_EXPORTS, text[m], "850760", 5, 0, OBS_FINAL};
    }
    struct dataset a = books("years"), b = books("months");
    b.frequency = PERIOD_MONTH;
    struct cube *own = world_cube(&a, own_row, COUNT(own_row)), *other = world_cube(&b, other_row, rows);
    size_t n;
    struct mirror_row *row = table(own, other, LEVEL_HS6, "2019", &n);
    expect_usd(find(row, n, "260111", FLOW_EXPORTS)->gap, 0); /* twelve months of ten */
    const struct mirror_row *cells = find(row, n, "850760", FLOW_IMPORTS);
    expect_usd(cells->mirrored, 55);
    expect_unknown(cells->gap);
    assert_true(cells->flags & FLAG_BIT(FLAG_PARTIAL_YEAR));
    row = table(own, NULL, LEVEL_HS6, "2019", &n);
    cells = find(row, n, "850760", FLOW_IMPORTS);
    expect_usd(cells->reported, 60);
    expect_unknown(cells->mirrored);
    expect_unknown(cells->gap);
    row = table(NULL, other, LEVEL_HS6, "2019", &n);
    expect_unknown(find(row, n, "850760", FLOW_IMPORTS)->reported);
    cube_close(own);
    cube_close(other);
}

static void reconciled_data_has_one_value(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    size_t n;
    struct mirror_row *row = table(cube, cube, LEVEL_HS6, "2023", &n);
    const struct mirror_row *cells = find(row, n, "854140", FLOW_IMPORTS);
    expect_usd(cells->reported, 900 * MILLION);
    expect_unknown(cells->mirrored);
    expect_unknown(cells->gap);
    assert_true(cells->flags & FLAG_BIT(FLAG_ONE_VALUE));
    assert_false(cells->flags & FLAG_BIT(FLAG_NOT_REPORTED));
    cube_close(cube);
}

/* Two reconciled datasets are not two reports either, whatever products each of them names. */
static void two_reconciled_datasets_are_not_two_reports(void **state)
{
    (void)state;
    static const struct world_row more[] = {{"CHN", "IND", FLOW_EXPORTS, "2023", "850760", 7, 0, OBS_FINAL},
                                            {"IND", "CHN", FLOW_EXPORTS, "2023", "010121", 7, 0, OBS_FINAL}};
    struct dataset d = world_dataset("more");
    struct cube *own = world_trade("four"), *other = world_cube(&d, more, COUNT(more));
    size_t n;
    struct mirror_row *row = table(own, other, LEVEL_HS6, "2023", &n);
    assert_true(n >= 6);
    for (size_t i = 0; i < n; i++) {
        expect_unknown(row[i].mirrored);
        expect_unknown(row[i].gap);
    }
    cube_close(own);
    cube_close(other);
}

static void only_known_valuations_are_converted(void **state)
{
    (void)state;
    struct figure f = figure_of(1060);
    expect_usd(figure_fob(f, STR("CIF"), 1.06), 1000);
    expect_usd(figure_fob(f, STR("FOB"), 1.06), 1060);
    expect_unknown(figure_fob(f, STR("customs value"), 1.06));
    expect_unknown(figure_fob(FIGURE_NONE, STR("FOB"), 1.06));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_reports_of_one_flow),
        cmocka_unit_test(gaps_add_up),
        cmocka_unit_test(the_other_way_round_is_the_same_gap),
        cmocka_unit_test(other_revisions_are_not_zero),
        cmocka_unit_test(parts_of_a_year_are_no_gap),
        cmocka_unit_test(reconciled_data_has_one_value),
        cmocka_unit_test(two_reconciled_datasets_are_not_two_reports),
        cmocka_unit_test(only_known_valuations_are_converted),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
