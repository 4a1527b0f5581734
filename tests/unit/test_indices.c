/* The classical indices: the toy world's values, what must always hold of them, and a real matrix against plain sums. */
#include "asked_index.h"

#include "entrepot/analysis/dependence.h"
#include "entrepot/analysis/indices.h"
#include "entrepot/analysis/ranking.h"
#include "entrepot/base/number.h"

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

/* ---- the toy world, 2023: products are 293359, 520512, 854140 ---- */

static void advantage(void **state)
{
    (void)state;
    static const double china[] = {0.814848, 0.336489, 1.231074}, india[] = {1.326095, 4.662541, 0.111465};
    struct cube *cube = world_trade("four");
    struct breakdown b = level_of(cube, LEVEL_HS6);
    for (unsigned who = 0; who < 2; who++) {
        struct frame frame = frame_for(cube, who ? "IND" : "CHN", NULL);
        struct rca_row *row;
        size_t n;
        double weighted = 0;
        assert_int_equal(
            rca_fold(asked(frame, &b, world_period("2023"), rca_ask), world_period("2023"), &world.arena, &row, &n),
            ST_OK);
        assert_int_equal(n, 3);
        for (size_t i = 0; i < n; i++) {
            expect_near(row[i].rca, who ? india[i] : china[i]);
            expect_near(row[i].symmetric, (row[i].rca - 1) / (row[i].rca + 1));
            weighted += row[i].rca * (double)row[i].world_exports.usd / 3089e6;
            assert_int_equal(row[i].flags, FLAG_BIT(FLAG_CLOSED_SET));
        }
        expect_near(weighted, 1); /* by world shares they average to one */
        /* Asked for one product, it is still measured against all. */
        static const struct str code = {"854140", 6};
        assert_int_equal(leaves_of(cube, world.products, &code, 1, &world.arena, &frame.leaves), ST_OK);
        assert_int_equal(
            rca_fold(asked(frame, &b, world_period("2023"), rca_ask), world_period("2023"), &world.arena, &row, &n),
            ST_OK);
        assert_int_equal(n, 1);
        expect_near(row[0].rca, who ? india[2] : china[2]);
    }
    cube_close(cube);
}

static void pairs(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct breakdown b = level_of(cube, LEVEL_HS6), chapters = level_of(cube, LEVEL_HS2);
    struct frame frame = frame_for(cube, "CHN", "IND"), back = frame_for(cube, "IND", "CHN");
    uint32_t period = world_period("2023");
    struct tii_row tii;
    struct tci_row tci;
    struct similarity_row fk, kf;
    tii = tii_of(frame, period);
    expect_near(tii.tii, 1.273873);
    expect_near(tii.tii_excluding_reporter, 1.12335);
    expect_usd(tii.world_imports, 3089 * MILLION);
    assert_int_equal(tci_fold(asked(frame, &b, period, tci_ask), period, &world.arena, &tci), ST_OK);
    expect_near(tci.tci, 95.333551);
    assert_int_equal(similarity_fold(asked(back, &b, period, similarity_ask), period, &world.arena, &fk), ST_OK);
    expect_near(fk.finger_kreinin, 0.359913);
    expect_near(fk.krugman, 1.280174);
    assert_int_equal(similarity_fold(asked(frame, &b, period, similarity_ask), period, &world.arena, &kf), ST_OK);
    expect_near(kf.finger_kreinin, fk.finger_kreinin);
    assert_int_equal(similarity_fold(asked(back, &chapters, period, similarity_ask), period, &world.arena, &fk), ST_OK);
    expect_near(fk.krugman, 2 * (1 - fk.finger_kreinin));
    cube_close(cube);
}

static void both_ways(void **state)
{
    (void)state;
    static const double by_product[] = {0.235294, 0.214286, 0.013245};
    struct cube *cube = world_trade("four");
    struct breakdown b = level_of(cube, LEVEL_HS6), sectors = level_of(cube, LEVEL_SECTOR);
    struct frame frame = frame_for(cube, "IND", "CHN"), all = frame_for(cube, "IND", NULL);
    struct intra_row *row;
    size_t n;
    double aggregate;
    assert_int_equal(intra_fold(asked(frame, &b, world_period("2023"), intra_ask), world_period("2023"), &world.arena,
                                &row, &n, &aggregate),
                     ST_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++)
        expect_near(row[i].grubel_lloyd, by_product[i]);
    expect_near(aggregate, 0.08908);
    assert_int_equal(intra_fold(asked(all, &b, world_period("2023"), intra_ask), world_period("2023"), &world.arena,
                                &row, &n, &aggregate),
                     ST_OK);
    expect_near(row[2].grubel_lloyd, 1 - (1000.0 - 26) / (1000 + 26));
    assert_int_equal(intra_fold(asked(all, &sectors, world_period("2023"), intra_ask), world_period("2023"),
                                &world.arena, &row, &n, &aggregate),
                     ST_OK);
    assert_int_equal(n, sectors_count(world.sectors));
    expect_nan(aggregate);
    cube_close(cube);
}

static void concentration(void **state)
{
    (void)state;
    static const double hhi[] = {0.582222, 0.404959, 0.81505};
    struct cube *cube = world_trade("four");
    struct breakdown b = level_of(cube, LEVEL_HS6);
    struct frame frame = frame_for(cube, "IND", NULL);
    struct hirschman_row one;
    struct hhi_row *row;
    size_t n;
    assert_int_equal(hirschman_fold(asked_hirschman(frame, FLOW_IMPORTS, world_period("2023")), world_period("2023"),
                                    &world.arena, &one),
                     ST_OK);
    expect_near(one.hhi, 0.724653);
    expect_near(one.hirschman, 85.126539);
    expect_near(one.normalised_hhi, (one.hhi - 1.0 / 3) / (2.0 / 3));
    assert_int_equal(one.partners, 3);
    assert_int_equal(one.top_partner, world_id("CHN"));
    expect_near(one.top_share, 0.84375);
    assert_int_equal(hirschman_fold(asked_hirschman(frame, FLOW_EXPORTS, world_period("2023")), world_period("2023"),
                                    &world.arena, &one),
                     ST_OK);
    expect_near(one.hhi, (150.0 * 150 + 175 * 175 + 83 * 83) / (408.0 * 408));
    assert_int_equal(
        hhi_fold(asked(frame, &b, world_period("2023"), hhi_ask), world_period("2023"), &world.arena, &row, &n), ST_OK);
    for (size_t i = 0; i < 3; i++) {
        expect_near(row[i].hhi, hhi[i]);
        expect_near(row[i].normalised_hhi, (hhi[i] - 1.0 / 3) / (2.0 / 3));
        expect_near(row[i].hhi * row[i].equivalent_suppliers, 1);
        assert_int_equal(row[i].suppliers, 3);
    }
    expect_nan(hhi_normalised(1, 1));
    expect_near(hhi_normalised(0.25, 4), 0);
    expect_near(hhi_normalised(1, 4), 1);
    expect_nan(hhi_of_sums(0, 0));
    cube_close(cube);
}

/* Nothing traded: nothing is defined, and no figure is made up. */
static void undefined_is_null(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"CHN", "IND", FLOW_EXPORTS, "2023", "854140", 0, 0, 0},
        {"CHN", "USA", FLOW_EXPORTS, "2023", "520512", 0, 0, 0},
        {"USA", "CHN", FLOW_EXPORTS, "2023", "520512", 7, 0, 0},
    };
    struct dataset d = world_dataset("nil");
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct breakdown b = level_of(cube, LEVEL_HS6);
    struct frame frame = frame_for(cube, "CHN", "IND");
    struct tii_row tii;
    struct tci_row tci;
    struct similarity_row fk;
    struct intra_row *intra;
    struct rca_row *rca;
    struct hirschman_row one;
    size_t n;
    double aggregate;
    uint32_t period = world_period("2023");
    tii = tii_of(frame, period);
    expect_nan(tii.tii);
    assert_int_equal(tci_fold(asked(frame, &b, period, tci_ask), period, &world.arena, &tci), ST_OK);
    expect_nan(tci.tci);
    assert_int_equal(similarity_fold(asked(frame, &b, period, similarity_ask), period, &world.arena, &fk), ST_OK);
    expect_nan(fk.finger_kreinin);
    expect_nan(fk.krugman);
    assert_int_equal(intra_fold(asked(frame, &b, period, intra_ask), period, &world.arena, &intra, &n, &aggregate),
                     ST_OK);
    expect_nan(intra[0].grubel_lloyd);
    expect_nan(aggregate);
    assert_int_equal(rca_fold(asked(frame, &b, period, rca_ask), period, &world.arena, &rca, &n), ST_OK);
    for (size_t i = 0; i < n; i++)
        expect_nan(rca[i].rca);
    frame = frame_for(cube, "IND", NULL);
    assert_int_equal(hirschman_fold(asked_hirschman(frame, FLOW_IMPORTS, period), period, &world.arena, &one), ST_OK);
    expect_nan(one.hirschman);
    cube_close(cube);
}

/* Chosen products are no total: what is measured against one is null. */
static void selected_products_are_no_total(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"CHN", "IND", FLOW_EXPORTS, "2023", "854140", 5, 0, 0},
        {"IND", "CHN", FLOW_EXPORTS, "2023", "520512", 7, 0, 0},
    };
    struct dataset d = world_dataset("chosen");
    d.coverage = COVERAGE_SELECTED;
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct breakdown b = level_of(cube, LEVEL_HS6);
    struct frame frame = frame_for(cube, "CHN", "IND");
    struct rca_row *rca;
    struct similarity_row fk;
    size_t n;
    assert_int_equal(
        rca_fold(asked(frame, &b, world_period("2023"), rca_ask), world_period("2023"), &world.arena, &rca, &n), ST_OK);
    for (size_t i = 0; i < n; i++)
        expect_nan(rca[i].rca);
    assert_int_equal(similarity_fold(asked(frame, &b, world_period("2023"), similarity_ask), world_period("2023"),
                                     &world.arena, &fk),
                     ST_OK);
    expect_nan(fk.finger_kreinin);
    assert_true(fk.flags & FLAG_BIT(FLAG_SELECTED_PRODUCTS));
    cube_close(cube);
}

/* A sector is a basket: what is read member by member is what one query over its leaves says. */
static void sectors_are_baskets(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct breakdown sectors = level_of(cube, LEVEL_SECTOR);
    uint32_t period = world_period("2023"), flow[2] = {FLOW_EXPORTS, FLOW_IMPORTS}, india = world_id("IND");
    size_t told = 0;
    for (unsigned f = 0; f < 2; f++) {
        struct cube_query q = {.kind = PERIOD_YEAR, .spread = f ? CUBE_PARTNER : CUBE_REPORTER};
        struct items items;
        struct ask *ask = asked_new();
        q.only[CUBE_FLOW] = (struct cube_set){&flow[f], 1};
        q.only[CUBE_PERIOD] = (struct cube_set){&period, 1};
        if (f)
            q.only[CUBE_REPORTER] = (struct cube_set){&india, 1};
        items_asked asked = breakdown_ask(ask, cube, &sectors, &q);
        assert_true(asked_run(ask) > 0);
        assert_int_equal(ask_count(ask), 1);
        assert_int_equal(items_of(asked, &sectors, (struct item_slice){.period = period}, &world.arena, &items), ST_OK);
        for (size_t i = 0; i < sectors.n; i++) {
            struct cube_rows rows;
            q.only[CUBE_PRODUCT] = sectors.item[i].leaves;
            assert_int_equal(cube_run(cube, &q, &rows, 1, &world.arena, NULL), ST_OK);
            const struct distribution value = item_distribution(&items, i);
            assert_int_equal(item_present(&items, i), rows.n == 1);
            if (rows.n == 0)
                continue;
            told++;
            assert_int_equal(value.value_usd, rows.value_usd[0]);
            assert_int_equal(value.members, rows.members[0]);
            assert_int_equal(value.top_id, rows.top_id[0]);
            assert_int_equal(value.top_value_usd, rows.top_value_usd[0]);
            expect_near(value.sum_sq / rows.sum_sq[0], 1);
        }
        q.only[CUBE_PRODUCT] = (struct cube_set){NULL, 0};
    }
    assert_true(told > 4);
    cube_close(cube);
}

/* ---- partners ---- */

static uint64_t ranked(struct frame frame, const char *period, enum partner_measure by, struct partner_row **row,
                       size_t *n, struct partner_summary *sum)
{
    frame.ask = asked_new();
    const struct ranking *ranking = ranking_ask_growth(&frame, world_period(period));
    uint64_t price = asked_run(frame.ask);
    assert_int_equal(ranking_partners(ranking, by, &world.arena, row, n, sum), ST_OK);
    return price;
}

static void partners_are_ranked(void **state)
{
    (void)state;
    static const char *const wanted[3][3] = {[PARTNERS_BY_TOTAL] = {"CHN", "USA", "DEU"},
                                             [PARTNERS_BY_EXPORTS] = {"USA", "CHN", "DEU"},
                                             [PARTNERS_BY_IMPORTS] = {"CHN", "DEU", "USA"}};
    struct cube *cube = world_trade("four");
    struct frame frame = frame_for(cube, "IND", NULL);
    for (enum partner_measure by = PARTNERS_BY_TOTAL; by <= PARTNERS_BY_IMPORTS; by++) {
        struct partner_row *row;
        struct partner_summary sum;
        size_t n;
        double shares = 0, squares = 0;
        uint64_t price = ranked(frame, "2023", by, &row, &n, &sum);
        assert_int_equal(n, 3);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(row[i].partner, world_id(wanted[by][i]));
            assert_int_equal(row[i].rank, i + 1);
            shares += row[i].share;
            squares += row[i].share * row[i].share;
            expect_near(row[i].cumulative_share, shares);
            assert_int_equal(row[i].total.usd, row[i].exports.usd + row[i].imports.usd);
            assert_int_equal(row[i].balance.usd, row[i].exports.usd - row[i].imports.usd);
        }
        expect_near(shares, 1);
        expect_near(sum.hhi, squares);
        expect_near(sum.hhi * sum.equivalent, 1);
        assert_int_equal(sum.partners, 3);
        assert_true(price > 0);
    }
    cube_close(cube);
}

static void growth_needs_two_whole_years(void **state)
{
    (void)state;
    static const struct world_row rows[] = {
        {"IND", "CHN", FLOW_IMPORTS, "2021", "854140", 50, 0, 0},
        {"IND", "CHN", FLOW_IMPORTS, "2022", "854140", 75, 0, 0},
        {"IND", "USA", FLOW_IMPORTS, "2022", "854140", 25, 0, 0},
        {"IND", "DEU", FLOW_IMPORTS, "2021", "854140", 50, 0, 0},
    };
    struct dataset d = world_reported("grown", PARTNERS_ALL);
    struct cube *cube = world_cube(&d, rows, COUNT(rows));
    struct frame frame = frame_for(cube, "IND", NULL);
    struct partner_row *row;
    struct partner_summary sum;
    size_t n;
    (void)ranked(frame, "2022", PARTNERS_BY_IMPORTS, &row, &n, &sum);
    assert_int_equal(n, 2);
    expect_near(row[0].growth, 0.5);
    expect_nan(row[1].growth); /* from nothing */
    expect_near(sum.growth, 0);
    (void)ranked(frame, "2022", PARTNERS_BY_TOTAL, &row, &n, &sum);
    assert_int_equal(row[0].rank, 0); /* exports were not reported, so nobody knows the totals */
    expect_nan(row[0].share);
    assert_true(row[0].flags & FLAG_BIT(FLAG_NOT_REPORTED));
    (void)ranked(frame, "2021", PARTNERS_BY_IMPORTS, &row, &n, &sum);
    expect_nan(row[0].growth);
    expect_nan(sum.growth);
    cube_close(cube);
}

/* ---- a real matrix: 23 countries, two years, headings, against plain sums ---- */

#define MATRIX "../shared/figures/comtrade-23x23-hs4-1989-1990.csv"
enum { AREAS = 23, YEARS = 2, HEADINGS = 10000 };

static struct {
    char area[AREAS][4];
    size_t n_areas;
    int64_t (*value)[AREAS][AREAS][HEADINGS]; /* year, exporter, importer, heading */
} plain;

static size_t area_number(const char *code)
{
    size_t i = 0;
    while (i < plain.n_areas && strcmp(plain.area[i], code) != 0)
        i++;
    assert_true(i < AREAS);
    if (i == plain.n_areas)
        (void)snprintf(plain.area[plain.n_areas++], sizeof plain.area[0], "%s", code);
    return i;
}

static size_t heading_of(struct str code)
{
    size_t number = 0;
    for (size_t i = 0; i < code.n; i++)
        number = number * 10 + (size_t)(code.p[i] - '0');
    return number;
}

static struct cube *read_matrix(FILE *in)
{
    char line[256], from[4], to[4], heading[5];
    int year;
    size_t n = 0, room = 300000;
    struct observation *o = arena_new(&world.arena, struct observation, room);
    assert_non_null(o);
    assert_non_null(fgets(line, sizeof line, in));
    while (fgets(line, sizeof line, in)) {
        char value[32];
        assert_int_equal(sscanf(line, "%d,%3[A-Z],%3[A-Z],%4[0-9],%31[0-9.]", &year, from, to, heading, value), 5);
        int64_t usd;
        assert_int_equal(decimal_read(str_view(value), 3, &usd), ST_OK);
        plain.value[year - 1989][area_number(from)][area_number(to)][heading_of(str_view(heading))] += usd;
        assert_true(n < room);
        struct world_row row = {from,    to,  FLOW_EXPORTS,     year == 1989 ? "1989" : "1990",
                                heading, usd, QUANTITY_UNKNOWN, 0};
        o[n] = world_observation(&row);
        o[n++].product = arena_str(&world.arena, str_view(heading));
    }
    struct dataset d = world_dataset("matrix");
    d.level = LEVEL_HS4;
    d.hs = STR("HS1992");
    return world_open(world_bytes(&d, o, n));
}

static double sum_of(size_t year, size_t from, size_t to, size_t heading) /* AREAS, HEADINGS: all */
{
    double sum = 0;
    for (size_t i = from == AREAS ? 0 : from; i < (from == AREAS ? AREAS : from + 1); i++)
        for (size_t j = to == AREAS ? 0 : to; j < (to == AREAS ? AREAS : to + 1); j++)
            for (size_t k = heading == HEADINGS ? 0 : heading; k < (heading == HEADINGS ? HEADINGS : heading + 1); k++)
                sum += (double)plain.value[year][i][j][k];
    return sum;
}

static void expect_equal(double got, double wanted)
{
    if (isnan(got) && (isnan(wanted) || isinf(wanted)))
        return;
    if (!(fabs(got - wanted) <= 1e-9 * fmax(1, fabs(wanted))))
        fail_msg("%.12g where plain sums give %.12g", got, wanted);
}

static void check_dependence(const struct cube *cube, const struct breakdown *b, size_t year, size_t i, size_t j)
{
    struct frame frame = frame_for(cube, plain.area[i], plain.area[j]);
    const uint32_t period = world_period(year ? "1990" : "1989");
    struct dependence_question q = {.breakdown = b, .window = 1};
    struct dependence_answer a;
    for (enum criterion c = 0; c < CRITERIA; c++)
        q.limit[c] = dependence_limit(DEPENDENCE_CEPII, c);
    q.method = DEPENDENCE_CEPII;
    frame.ask = asked_new();
    const struct dependence *dependence = dependence_ask(&frame, &q, &period, 1);
    (void)asked_run(frame.ask);
    assert_int_equal(dependence_fold(dependence, period, &world.arena, &a), ST_OK);
    for (size_t k = year + i; k < a.n; k += 97) {
        const struct dependence_row *row = &a.row[k];
        size_t h = heading_of(row->product), best = 0;
        double all = sum_of(year, AREAS, i, h), out = sum_of(year, i, AREAS, h),
               world_out = sum_of(year, AREAS, AREAS, h);
        double squares = 0, world_squares = 0;
        for (size_t s = 0; s < AREAS; s++) {
            double share = sum_of(year, s, i, h) / all, of_world = sum_of(year, s, AREAS, h) / world_out;
            squares += share * share;
            world_squares += of_world * of_world;
            best = sum_of(year, s, i, h) > sum_of(year, best, i, h) ? s : best;
        }
        expect_equal((double)row->imports_total.usd, all);
        expect_equal(row->share, sum_of(year, j, i, h) / all);
        expect_equal(row->hhi, squares);
        expect_equal(row->hhi_world_exports, world_squares);
        expect_equal(row->imports_over_exports, all / out);
        if (all > 0)
            expect_equal(row->top_share, sum_of(year, best, i, h) / all);
        bool yes = squares > 0.4 && world_squares > 0.4 && (out == 0 || all / out > 1);
        if (all > 0 && !yes)
            assert_int_equal(row->dependent, VERDICT_NO);
        if (all > 0 && yes && row->top_supplier == frame.partner)
            assert_int_equal(row->dependent, VERDICT_YES);
    }
}

static void check_pair(const struct cube *cube, const struct breakdown *b, size_t year, size_t i, size_t j)
{
    struct frame frame = frame_for(cube, plain.area[i], plain.area[j]);
    uint32_t period = world_period(year ? "1990" : "1989");
    double xi = sum_of(year, i, AREAS, HEADINGS), xj = sum_of(year, j, AREAS, HEADINGS),
           mj = sum_of(year, AREAS, j, HEADINGS), mi = sum_of(year, AREAS, i, HEADINGS),
           mw = sum_of(year, AREAS, AREAS, HEADINGS), share = sum_of(year, i, j, HEADINGS) / xi;
    double fk = 0, krugman = 0, apart = 0, one_way = 0, both = 0;
    for (size_t k = 0; k < HEADINGS; k++) {
        double x = sum_of(year, i, AREAS, k) / xi, y = sum_of(year, j, AREAS, k) / xj,
               m = sum_of(year, AREAS, j, k) / mj;
        fk += fmin(x, y);
        krugman += fabs(x - y);
        apart += fabs(m - x);
        one_way += fabs(sum_of(year, i, j, k) - sum_of(year, j, i, k));
        both += sum_of(year, i, j, k) + sum_of(year, j, i, k);
    }
    struct tii_row tii;
    struct tci_row tci;
    struct similarity_row similar;
    struct intra_row *intra;
    size_t n;
    double aggregate;
    tii = tii_of(frame, period);
    expect_equal(tii.tii, share / (mj / mw));
    expect_equal(tii.tii_excluding_reporter, share / (mj / (mw - mi)));
    assert_int_equal(tci_fold(asked(frame, b, period, tci_ask), period, &world.arena, &tci), ST_OK);
    expect_equal(tci.tci, 100 * (1 - apart / 2));
    assert_int_equal(similarity_fold(asked(frame, b, period, similarity_ask), period, &world.arena, &similar), ST_OK);
    expect_equal(similar.finger_kreinin, fk);
    expect_equal(similar.krugman, krugman);
    expect_equal(similar.krugman, 2 * (1 - similar.finger_kreinin));
    assert_int_equal(intra_fold(asked(frame, b, period, intra_ask), period, &world.arena, &intra, &n, &aggregate),
                     ST_OK);
    expect_equal(aggregate, 1 - one_way / both);
}

static void check_reporter(const struct cube *cube, const struct breakdown *b, size_t year, size_t i)
{
    struct frame frame = frame_for(cube, plain.area[i], NULL);
    uint32_t period = world_period(year ? "1990" : "1989");
    double xi = sum_of(year, i, AREAS, HEADINGS), xw = sum_of(year, AREAS, AREAS, HEADINGS),
           mi = sum_of(year, AREAS, i, HEADINGS), squares = 0;
    struct rca_row *rca;
    struct hirschman_row one;
    size_t n;
    assert_int_equal(rca_fold(asked(frame, b, period, rca_ask), period, &world.arena, &rca, &n), ST_OK);
    for (size_t k = i; k < n; k += 53) {
        size_t h = heading_of(rca[k].product);
        expect_equal(rca[k].rca, sum_of(year, i, AREAS, h) / xi / (sum_of(year, AREAS, AREAS, h) / xw));
    }
    for (size_t s = 0; s < AREAS; s++)
        squares += sum_of(year, s, i, HEADINGS) * sum_of(year, s, i, HEADINGS);
    assert_int_equal(hirschman_fold(asked_hirschman(frame, FLOW_IMPORTS, period), period, &world.arena, &one), ST_OK);
    expect_equal(one.hirschman, 100 * sqrt(squares) / mi);
}

static void a_real_matrix_by_plain_sums(void **state)
{
    (void)state;
    FILE *in = fopen(MATRIX, "r");
    if (!in) {
        print_message("%s is not here: left out\n", MATRIX);
        skip();
    }
    plain.value = calloc(YEARS, sizeof *plain.value);
    assert_non_null(plain.value);
    struct cube *cube = read_matrix(in);
    assert_int_equal(fclose(in), 0);
    struct breakdown b = level_of(cube, LEVEL_HS4);
    for (size_t year = 0; year < YEARS; year++)
        for (size_t i = year; i < AREAS; i += 4) {
            size_t j = (i + 7 + year) % AREAS;
            check_reporter(cube, &b, year, i);
            check_dependence(cube, &b, year, i, j);
            check_pair(cube, &b, year, i, j);
        }
    cube_close(cube);
    free(plain.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advantage),
        cmocka_unit_test(pairs),
        cmocka_unit_test(both_ways),
        cmocka_unit_test(concentration),
        cmocka_unit_test(undefined_is_null),
        cmocka_unit_test(selected_products_are_no_total),
        cmocka_unit_test(sectors_are_baskets),
        cmocka_unit_test(partners_are_ranked),
        cmocka_unit_test(growth_needs_two_whole_years),
        cmocka_unit_test(a_real_matrix_by_plain_sums),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
