/* What is known of a return, what a published aggregate leaves as rest, and what absence means: for each sentence of DESIGN 9.1 to 9.3 a world
 * of a few rows, written as CSV and manifest, as a source would give it. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "entrepot/cube/known.h"

#define HEAD "t,r,p,f,k,v\n"

static char folder[] = "/tmp/known-XXXXXX";

/* ---- worlds ---- */

static void write_text(const char *name, const char *text, char *path, size_t room)
{
    (void)snprintf(path, room, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* `keys`: what the manifest says beside the usual: it begins with a comma, or is empty. */
static enum status try_world(const char *level, const char *keys, const char *csv, struct cube **out)
{
    char manifest[2048], path[64], csv_path[64], *bytes = NULL;
    size_t n;
    (void)snprintf(manifest, sizeof manifest,
                   "{\"id\":\"w\",\"title\":\"w\",\"source\":\"made "
                   "up\",\"licence\":\"none\",\"frequency\":\"%s\",\"level\":\"%s\","
                   "\"valuation\":{\"exports\":\"FOB\",\"imports\":\"CIF\"},\"file\":\"w.csv\",\"codes\":\"iso3\","
                   "\"columns\":{\"period\":\"t\",\"reporter\":\"r\",\"partner\":\"p\",\"flow\":\"f\",\"product\":"
                   "\"k\",\"value\":\"v\"%s}%s%s%s}",
                   strstr(csv, "2019-") ? "M" : "A", level, strstr(csv, ",h\n") ? ",\"hs\":\"h\"" : "",
                   strstr(keys, "\"basis\"") ? "" : ",\"basis\":\"reported\"",
                   strstr(keys, "\"value_unit\"") ? "" : ",\"value_unit\":\"USD\"", keys);
    write_text("w.csv", csv, csv_path, sizeof csv_path);
    write_text("w.json", manifest, path, sizeof path);
    enum status status = ingest_manifest(path, world.countries, &bytes, &n, &world.problem);
    (void)remove(csv_path);
    (void)remove(path);
    if (status == ST_OK)
        *out = world_open(str_span(bytes, n));
    return status;
}

static struct cube *world_of(const char *level, const char *keys, const char *csv)
{
    struct cube *cube = NULL;
    if (try_world(level, keys, csv, &cube) != ST_OK)
        fail_msg("%s: %s", world.problem.place, world.problem.detail);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    return cube;
}

/* ---- questions ---- */

static struct cube_return return_of(const struct cube *cube, const char *partner, enum flow flow, const char *period)
{
    struct cube_return r;
    uint32_t id = partner ? world_id(partner) : ANY_MEMBER;
    assert_true(cube_return_of(cube, world_id("IND"), id, flow, world_period(period), &r));
    return r;
}

static struct cube_unknown ask_of(const struct cube *cube, const char *reporter, const char *partner, enum flow flow,
                                  const char *product, const char *period)
{
    struct cube_cell cell = {.reporter = world_id(reporter),
                             .partner = partner ? world_id(partner) : ANY_MEMBER,
                             .flow = flow,
                             .product = str_view(product)};
    return cube_absence(cube, &cell, world_period(period));
}

/* Of India's imports in 2019. */
static void expect_why(const struct cube *cube, const char *partner, const char *product, enum cube_absence why)
{
    struct cube_unknown u = ask_of(cube, "IND", partner, FLOW_IMPORTS, product, "2019");
    if (u.why != why)
        fail_msg("%s, %s is %s, not %s", partner, product, cube_absence_name[u.why], cube_absence_name[why]);
}

static void expect_bound(const struct cube *cube, const char *partner, const char *product, enum cube_absence why,
                         int64_t bound)
{
    struct cube_unknown u = ask_of(cube, "IND", partner, FLOW_IMPORTS, product, "2019");
    assert_int_equal(u.why, why);
    assert_int_equal(u.bounded, bound >= 0);
    assert_int_equal(u.bound_usd, bound >= 0 ? bound : 0);
}

/* Of India's imports in 2019: the sums by product of a level, as text. */
static void expect_sums(const struct cube *cube, const char *partner, enum level level, const char *wanted)
{
    const uint32_t india = world_id("IND"), other = partner ? world_id(partner) : 0, flow = FLOW_IMPORTS,
                   period = world_period("2019");
    struct cube_query query = {.only = {[CUBE_REPORTER] = {&india, 1},
                                        [CUBE_PARTNER] = {partner ? &other : NULL, 1},
                                        [CUBE_FLOW] = {&flow, 1},
                                        [CUBE_PERIOD] = {&period, 1}},
                               .group = level == LEVEL_TOTAL ? 0 : CUBE_BIT(CUBE_PRODUCT),
                               .level = level,
                               .kind = PERIOD_YEAR,
                               .spread = CUBE_NO_SPREAD};
    struct cube_rows rows;
    char text[256] = "";
    size_t n;
    const struct str *node = cube_nodes(cube, level, &n);
    assert_int_equal(cube_run(cube, &query, &rows, 1, &world.arena, &world.problem), ST_OK);
    for (size_t i = 0; i < rows.n; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s=%lld", i ? " " : "",
                       STR_ARG(node[query.group ? rows.key[CUBE_PRODUCT][i] : 0]), (long long)rows.value_usd[i]);
    assert_string_equal(text, wanted);
}

/* Sums of imports by partner, and their count and squares, where products are grouped. */
static struct cube_rows spread_of(const struct cube *cube, enum level level)
{
    const uint32_t india = world_id("IND"), flow = FLOW_IMPORTS, period = world_period("2019");
    struct cube_query query = {
        .only = {[CUBE_REPORTER] = {&india, 1}, [CUBE_FLOW] = {&flow, 1}, [CUBE_PERIOD] = {&period, 1}},
        .group = CUBE_BIT(CUBE_PRODUCT),
        .level = level,
        .kind = PERIOD_YEAR,
        .spread = CUBE_PARTNER};
    struct cube_rows rows;
    assert_int_equal(cube_run(cube, &query, &rows, 1, &world.arena, &world.problem), ST_OK);
    return rows;
}

/* ---- 9.1: products ---- */

static void a_few_products_without_a_total_are_chosen_ones(void **state)
{
    (void)state;
    struct cube *cube =
        world_of("hs6", ",\"hs\":\"HS2017\"",
                 HEAD "2019,IND,WLD,M,850760,1200\n2019,IND,CHN,M,850760,880\n2019,IND,KOR,M,850760,200\n"
                      "2019,IND,HKG,M,850760,120\n");
    struct cube_return r = return_of(cube, NULL, FLOW_IMPORTS, "2019");
    assert_true(r.selected && !r.any && r.rule == CUBE_NONE && r.partners == CUBE_ALL && r.world && !r.totals);
    assert_int_equal(cube_dataset(cube)->coverage, COVERAGE_SELECTED);
    assert_int_equal(cube_dataset(cube)->partners, PARTNERS_ALL);
    expect_why(cube, "CHN", "850780", CUBE_SELECTED);
    expect_why(cube, "CHN", "84", CUBE_SELECTED);
    expect_why(cube, "USA", "850760", CUBE_ZERO);    /* the world's row is the sum of the others */
    expect_why(cube, "USA", "84", CUBE_SELECTED);    /* knows nothing of 84 for anybody */
    expect_why(cube, "USA", "TOTAL", CUBE_SELECTED); /* it may sell what is not among them */
    struct cube_unknown missing;
    struct cube_cell chapter = {world_id("IND"), world_id("CHN"), FLOW_IMPORTS, STR("85")};
    assert_false(cube_whole(cube, &chapter, world_period("2019"), &missing));
    assert_int_equal(missing.why, CUBE_SELECTED);
    chapter.product = STR("850760");
    assert_true(cube_whole(cube, &chapter, world_period("2019"), &missing));
    cube_close(cube);
}

static void what_is_stated_comes_first(void **state)
{
    (void)state;
    static const char rows[] = HEAD "2019,IND,CHN,M,850760,880\n2018,IND,CHN,M,850760,70\n2019,IND,CHN,X,850760,5\n";
    struct cube *cube = world_of("hs6", ",\"coverage\":\"full\",\"partners\":\"closed\"", rows);
    struct cube_return r = return_of(cube, NULL, FLOW_IMPORTS, "2019");
    assert_true(!r.selected && r.any && r.level == LEVEL_HS6 && r.rule == CUBE_STATED && r.partners == CUBE_CLOSED);
    expect_why(cube, "CHN", "84", CUBE_ZERO);
    expect_why(cube, "USA", "850760", CUBE_OUTSIDE_SET);
    cube_close(cube);
    cube = world_of("hs6",
                    ",\"coverage\":\"selected\",\"partners\":\"listed\",\"availability\":["
                    "{\"flow\":\"M\",\"period\":\"2018..2019\",\"products\":\"full\",\"level\":\"hs2\"},"
                    "{\"period\":\"2018\",\"reporter\":\"IND\",\"partners\":\"all\"}]",
                    rows);
    r = return_of(cube, NULL, FLOW_IMPORTS, "2019");
    assert_true(!r.selected && r.level == LEVEL_HS2 && r.partners == CUBE_LISTED);
    r = return_of(cube, NULL, FLOW_EXPORTS, "2019");
    assert_true(r.selected && r.partners == CUBE_LISTED);
    r = return_of(cube, NULL, FLOW_IMPORTS, "2018");
    assert_true(!r.selected && r.level == LEVEL_HS2 && r.partners == CUBE_ALL);
    cube_close(cube);
    assert_int_equal(try_world("hs6", ",\"availability\":[{\"reporter\":\"XYZ\",\"products\":\"full\"}]", rows, &cube),
                     ST_INVALID);
    assert_non_null(strstr(world.problem.detail, "XYZ"));
    assert_int_equal(try_world("hs6", ",\"availability\":[{\"products\":\"most\"}]", rows, &cube), ST_INVALID);
    assert_non_null(strstr(world.problem.place, "entry 1, key \"products\""));
}

static void a_total_that_is_the_sum_of_its_parts_makes_them_full(void **state)
{
    (void)state;
    struct cube *cube = world_of("hs2", ",\"value_unit\":\"USD million\"",
                                 HEAD "2019,IND,CHN,M,TOTAL,100.02\n2019,IND,CHN,M,85,60.00\n2019,IND,CHN,M,27,40.00\n"
                                      "2019,IND,USA,M,TOTAL,100.03\n2019,IND,USA,M,85,60.00\n2019,IND,USA,M,27,40.00\n"
                                      "2019,IND,KOR,M,TOTAL,7\n");
    struct cube_return r = return_of(cube, "CHN", FLOW_IMPORTS, "2019"); /* two parts of 0.01 million */
    assert_true(!r.selected && r.level == LEVEL_HS2 && r.rule == CUBE_AGGREGATE && r.totals);
    r = return_of(cube, "USA", FLOW_IMPORTS, "2019");
    assert_true(r.selected && r.any && r.level == LEVEL_TOTAL);
    r = return_of(cube, "KOR", FLOW_IMPORTS, "2019"); /* a total alone is full to the level total */
    assert_true(!r.selected && r.level == LEVEL_TOTAL);
    expect_why(cube, "CHN", "84", CUBE_ZERO);
    expect_bound(cube, "USA", "84", CUBE_SELECTED, 30000);
    expect_bound(cube, "KOR", "84", CUBE_SELECTED, 7000000);
    cube_close(cube);
}

static void all_chapters_and_most_codes_make_full(void **state)
{
    (void)state;
    static char csv[1 << 16], drop[1 << 16];
    size_t n = (size_t)snprintf(csv, sizeof csv, HEAD);
    for (unsigned i = 1; i <= 97; i++)
        if (i != 77)
            n += (size_t)snprintf(csv + n, sizeof csv - n, "2019,%s,CHN,M,%02u,5\n", i % 2 ? "IND" : "USA", i);
    struct cube *cube = world_of("hs2", "", csv); /* over all reporters of the file */
    struct cube_return r = return_of(cube, NULL, FLOW_IMPORTS, "2019");
    assert_true(!r.selected && r.level == LEVEL_HS2 && r.rule == CUBE_CODES && r.partners == CUBE_LISTED);
    expect_why(cube, "CHN", "02", CUBE_ZERO);
    cube_close(cube);
    (void)snprintf(drop, sizeof drop, "%.*s", (int)(n - strlen("2019,IND,CHN,M,97,5\n")), csv);
    cube = world_of("hs2", "", drop);
    r = return_of(cube, NULL, FLOW_IMPORTS, "2019");
    assert_true(r.selected && r.rule == CUBE_NONE);
    expect_why(cube, "CHN", "97", CUBE_SELECTED);
    cube_close(cube);
}

static void a_return_has_exceptions_by_partner(void **state)
{
    (void)state;
    struct cube *cube = world_of("hs2", "",
                                 HEAD "2019,IND,WLD,M,TOTAL,1000\n2019,IND,WLD,M,85,600\n2019,IND,WLD,M,27,400\n"
                                      "2019,IND,CHN,M,TOTAL,100\n2019,IND,CHN,M,85,60\n2019,IND,CHN,M,27,40\n"
                                      "2019,IND,USA,M,TOTAL,70\n2019,IND,DEU,M,TOTAL,50\n2019,IND,KOR,M,TOTAL,20\n");
    struct cube_return r = return_of(cube, NULL, FLOW_IMPORTS, "2019");
    assert_true(!r.selected && r.level == LEVEL_HS2 && r.partners == CUBE_LISTED && r.world && r.totals);
    uint32_t with[4];
    assert_int_equal(cube_return_exceptions(cube, world_id("IND"), FLOW_IMPORTS, world_period("2019"), with, 4), 3);
    assert_int_equal(with[0], world_id("DEU"));
    expect_why(cube, "CHN", "84", CUBE_ZERO);
    expect_bound(cube, "USA", "85", CUBE_SELECTED, 70); /* less than what the world has beside China: 540 */
    expect_bound(cube, "JPN", "85", CUBE_NOT_LISTED, 540);
    cube_close(cube);
}

/* ---- 9.1: partners ---- */

static void partners_are_all_where_the_world_is_their_sum(void **state)
{
    (void)state;
    struct cube *cube = world_of("total", "",
                                 HEAD "2019,IND,WLD,M,TOTAL,100\n2019,IND,CHN,M,TOTAL,60\n2019,IND,USA,M,TOTAL,40\n"
                                      "2018,IND,WLD,M,TOTAL,100\n2018,IND,CHN,M,TOTAL,60\n"
                                      "2017,IND,WLD,M,TOTAL,100\n"
                                      "2016,IND,CHN,M,TOTAL,60\n");
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2019").partners, CUBE_ALL);
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2018").partners, CUBE_LISTED);
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2017").partners, CUBE_WORLD);
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2016").partners, CUBE_LISTED);
    assert_int_equal(cube_dataset(cube)->partners, PARTNERS_LISTED);
    expect_why(cube, "KOR", "TOTAL", CUBE_ZERO);
    struct cube_unknown u = ask_of(cube, "IND", "KOR", FLOW_IMPORTS, "TOTAL", "2018");
    assert_true(u.why == CUBE_NOT_LISTED && u.bounded && u.bound_usd == 40);
    u = ask_of(cube, "IND", "KOR", FLOW_IMPORTS, "TOTAL", "2017");
    assert_true(u.why == CUBE_NOT_LISTED && u.bounded && u.bound_usd == 100);
    u = ask_of(cube, "IND", "KOR", FLOW_IMPORTS, "TOTAL", "2016");
    assert_true(u.why == CUBE_NOT_LISTED && !u.bounded);
    assert_int_equal(ask_of(cube, "IND", "WLD", FLOW_IMPORTS, "TOTAL", "2016").why, CUBE_NO_WORLD);
    assert_int_equal(ask_of(cube, "IND", "CHN", FLOW_EXPORTS, "TOTAL", "2019").why, CUBE_NOT_REPORTED);
    assert_int_equal(ask_of(cube, "USA", "CHN", FLOW_IMPORTS, "TOTAL", "2019").why, CUBE_NOT_REPORTED);
    cube_close(cube);
}

static void what_partners_miss_within_a_thousandth_bounds_an_absent_one(void **state)
{
    (void)state;
    struct cube *cube = world_of(
        "total", "", HEAD "2019,IND,WLD,M,TOTAL,100050\n2019,IND,CHN,M,TOTAL,60000\n2019,IND,USA,M,TOTAL,40000\n");
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2019").partners, CUBE_ALL);
    expect_bound(cube, "KOR", "TOTAL", CUBE_NOT_LISTED, 50);
    cube_close(cube);
}

static void stated_partners_are_held_against_the_rows(void **state)
{
    (void)state;
    struct cube *cube =
        world_of("total", ",\"coverage\":\"full\",\"partners\":\"all\"",
                 HEAD "2019,IND,CHN,M,TOTAL,60\n" /* no world row: stated holds, and the sum stands for it */
                      "2018,IND,WLD,M,TOTAL,100\n2018,IND,CHN,M,TOTAL,60\n"
                      "2017,IND,WLD,M,TOTAL,100\n");
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2019").partners, CUBE_ALL);
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2018").partners, CUBE_LISTED);
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2017").partners, CUBE_WORLD);
    expect_why(cube, "USA", "TOTAL", CUBE_ZERO);
    expect_why(cube, "WLD", "TOTAL", CUBE_SUM_OF_PARTNERS);
    cube_close(cube);
}

/* ---- 9.2 ---- */

static void totals_are_the_published_ones(void **state)
{
    (void)state;
    struct cube *cube = world_of("hs6", ",\"hs\":\"HS2017\"",
                                 HEAD "2019,IND,CHN,M,TOTAL,94000\n2019,IND,CHN,M,85,1000\n2019,IND,CHN,M,850760,400\n"
                                      "2019,IND,USA,M,TOTAL,50\n2019,IND,WLD,M,TOTAL,94060\n");
    int64_t value;
    expect_sums(cube, "CHN", LEVEL_TOTAL, "TOTAL=94000");
    expect_sums(cube, "CHN", LEVEL_HS2, "85=1000");
    expect_sums(cube, "CHN", LEVEL_HS6, "850760=400");
    expect_sums(cube, NULL, LEVEL_TOTAL, "TOTAL=94050");
    expect_sums(cube, NULL, LEVEL_HS2, "85=1000");
    assert_true(
        cube_rest_at(cube, world_id("IND"), world_id("CHN"), FLOW_IMPORTS, world_period("2019"), STR("TOTAL"), &value));
    assert_int_equal(value, 93000);
    assert_true(
        cube_rest_at(cube, world_id("IND"), world_id("CHN"), FLOW_IMPORTS, world_period("2019"), STR("85"), &value));
    assert_int_equal(value, 600);
    expect_bound(cube, "CHN", "84", CUBE_SELECTED, 93000);
    expect_bound(cube, "CHN", "850780", CUBE_SELECTED, 600);
    expect_bound(cube, "CHN", "840110", CUBE_SELECTED, 93000);
    assert_int_equal(return_of(cube, "CHN", FLOW_IMPORTS, "2019").selected, true);
    struct cube_cell cell = {world_id("IND"), world_id("CHN"), FLOW_IMPORTS, STR("85")};
    struct cube_unknown missing;
    assert_true(cube_whole(cube, &cell, world_period("2019"), &missing)); /* published itself */
    cell.product = STR("8507");
    assert_false(cube_whole(cube, &cell, world_period("2019"), &missing));
    assert_true(missing.bounded && missing.bound_usd == 600);
    cell.product = STR("TOTAL");
    assert_true(cube_whole(cube, &cell, world_period("2019"), &missing));
    cube_close(cube);
}

static void a_rest_may_be_negative_and_a_chapter_may_have_no_part(void **state)
{
    (void)state;
    struct cube *cube = world_of("hs4", ",\"value_unit\":\"USD million\"",
                                 HEAD "2019,IND,CHN,M,85,9.9\n2019,IND,CHN,M,8507,6\n2019,IND,CHN,M,8541,4\n"
                                      "2019,IND,CHN,M,84,3\n2018,IND,CHN,M,84,3\n");
    int64_t value;
    expect_sums(cube, "CHN", LEVEL_HS2, "84=3000000 85=9900000");
    expect_sums(cube, "CHN", LEVEL_TOTAL, "TOTAL=12900000");
    expect_sums(cube, "CHN", LEVEL_SECTION, "S16=12900000");
    expect_sums(cube, "CHN", LEVEL_HS4, "8507=6000000 8541=4000000");
    assert_true(
        cube_rest_at(cube, world_id("IND"), world_id("CHN"), FLOW_IMPORTS, world_period("2019"), STR("85"), &value));
    assert_int_equal(value, -100000);
    expect_why(cube, "CHN", "8504", CUBE_ZERO); /* within the rounding of two parts */
    expect_bound(cube, "CHN", "8401", CUBE_SELECTED, 3000000);
    expect_why(cube, "CHN", "27", CUBE_SELECTED);
    cube_close(cube);
}

static void a_sum_of_periods_has_a_rest_only_if_each_has_one(void **state)
{
    (void)state;
    struct cube *cube = world_of("hs2", "",
                                 HEAD "2019-01,IND,CHN,M,TOTAL,100\n2019-01,IND,CHN,M,85,60\n"
                                      "2019-02,IND,CHN,M,TOTAL,50\n2019-02,IND,CHN,M,85,20\n"
                                      "2019-04,IND,CHN,M,85,20\n");
    int64_t value;
    assert_true(cube_rest_at(cube, world_id("IND"), world_id("CHN"), FLOW_IMPORTS, world_period("2019-Q1"),
                             STR("TOTAL"), &value));
    assert_int_equal(value, 70);
    assert_false(
        cube_rest_at(cube, world_id("IND"), world_id("CHN"), FLOW_IMPORTS, world_period("2019"), STR("TOTAL"), &value));
    struct cube_unknown u = ask_of(cube, "IND", "CHN", FLOW_IMPORTS, "84", "2019-Q1");
    assert_true(u.why == CUBE_SELECTED && u.reported == 2 && !u.bounded); /* of March nothing is known */
    u = ask_of(cube, "IND", "CHN", FLOW_IMPORTS, "84", "2019-02");
    assert_true(u.why == CUBE_SELECTED && u.bounded && u.bound_usd == 30);
    cube_close(cube);
}

static void partners_have_their_published_chapters(void **state)
{
    (void)state;
    struct cube *cube =
        world_of("hs4", "",
                 HEAD "2019,IND,CHN,M,85,100\n2019,IND,CHN,M,8507,60\n2019,IND,USA,M,85,50\n2019,IND,USA,M,8507,50\n");
    struct cube_rows rows = spread_of(cube, LEVEL_HS2);
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.value_usd[0], 150);
    assert_int_equal(rows.members[0], 2);
    assert_int_equal(rows.top_value_usd[0], 100);
    assert_true(fabs(rows.sum_sq[0] - 12500) < 1e-9);
    rows = spread_of(cube, LEVEL_HS4); /* single products have no rest */
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.value_usd[0], 110);
    cube_close(cube);
}

static void an_aggregate_stands_once(void **state)
{
    (void)state;
    struct cube *cube;
    assert_int_equal(
        try_world("hs2", "", HEAD "2019,IND,CHN,M,85,1\n2019,IND,CHN,M,TOTAL,100\n2019,IND,CHN,M,TOTAL,90\n", &cube),
        ST_INVALID);
    assert_non_null(strstr(world.problem.place, "w.csv:4"));
    assert_non_null(strstr(world.problem.detail, "TOTAL stands here and on line 3"));
    assert_int_equal(try_world("hs2", "", HEAD "2019,IND,CHN,M,TOTAL,100\n", &cube), ST_INVALID);
    assert_non_null(strstr(world.problem.detail, "no row of level hs2"));
}

/* ---- 9.3 ---- */

static void a_code_of_another_revision_is_none(void **state)
{
    (void)state;
    struct cube *cube = world_of("hs6", ",\"coverage\":\"full\",\"partners\":\"all\"",
                                 "t,r,p,f,k,v,h\n2019,IND,CHN,M,854140,5,HS2017\n2022,IND,CHN,M,854142,5,H6\n");
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2019").revision, 6);
    assert_int_equal(return_of(cube, NULL, FLOW_IMPORTS, "2022").revision, 7);
    assert_int_equal(cube_dataset(cube)->hs.n, 0);
    expect_why(cube, "CHN", "854142", CUBE_OTHER_REVISION);
    assert_int_equal(ask_of(cube, "IND", "CHN", FLOW_IMPORTS, "854140", "2022").why, CUBE_OTHER_REVISION);
    expect_why(cube, "CHN", "850760", CUBE_ZERO);
    expect_why(cube, "CHN", "98", CUBE_ZERO);
    expect_why(cube, "USA", "854142", CUBE_OTHER_REVISION); /* before what the partner says */
    cube_close(cube);
    assert_int_equal(
        try_world("hs6", "", "t,r,p,f,k,v,h\n2019,IND,CHN,M,854140,5,HS2017\n2019,IND,CHN,M,854142,5,H6\n", &cube),
        ST_INVALID);
    assert_non_null(strstr(world.problem.place, "w.csv:3"));
}

static void a_country_has_its_time(void **state)
{
    (void)state;
    struct cube *cube = world_of("total", ",\"coverage\":\"full\",\"partners\":\"all\"",
                                 HEAD "2010,IND,CHN,M,TOTAL,5\n2012,IND,CHN,M,TOTAL,5\n2011,IND,CHN,M,TOTAL,5\n"
                                      "1998,IND,CHN,M,TOTAL,5\n1999,IND,CHN,M,TOTAL,5\n1999,USA,ZAF,M,TOTAL,5\n");
    assert_int_equal(ask_of(cube, "IND", "SSD", FLOW_IMPORTS, "TOTAL", "2010").why, CUBE_OUTSIDE_SET);
    assert_int_equal(ask_of(cube, "IND", "SSD", FLOW_IMPORTS, "TOTAL", "2011").why, CUBE_ZERO); /* from July on */
    assert_int_equal(ask_of(cube, "IND", "SSD", FLOW_IMPORTS, "TOTAL", "2012").why, CUBE_ZERO);
    assert_int_equal(ask_of(cube, "IND", "ZAF", FLOW_IMPORTS, "TOTAL", "1998").why,
                     CUBE_OUTSIDE_SET);                                                         /* from 2000 on */
    assert_int_equal(ask_of(cube, "IND", "ZAF", FLOW_IMPORTS, "TOTAL", "1999").why, CUBE_ZERO); /* but it is there */
    cube_close(cube);
}

static void reconciled_data_have_one_answer_from_both_ends(void **state)
{
    (void)state;
    static const char rows[] = HEAD "2020,CHN,IND,X,850760,10\n2020,IND,NRU,X,850760,2\n2021,CHN,IND,X,850760,10\n";
    static const char *const ends[][2] = {{"NRU", "CHN"}, {"CHN", "NRU"}};
    struct cube *cube =
        world_of("hs6", ",\"coverage\":\"full\",\"partners\":\"closed\",\"basis\":\"reconciled\"", rows);
    for (size_t i = 0; i < 2; i++) {
        enum flow from = i ? FLOW_IMPORTS : FLOW_EXPORTS;
        assert_int_equal(ask_of(cube, ends[i][0], ends[i][1], from, "850760", "2020").why, CUBE_ZERO);
        assert_int_equal(ask_of(cube, ends[i][0], ends[i][1], from, "850760", "2021").why, CUBE_NOT_REPORTED);
    }
    assert_int_equal(ask_of(cube, "IND", "WLD", FLOW_EXPORTS, "850760", "2020").why, CUBE_SUM_OF_PARTNERS);
    assert_int_equal(ask_of(cube, "IND", "USA", FLOW_EXPORTS, "850760", "2020").why, CUBE_OUTSIDE_SET);
    cube_close(cube);
    cube = world_of("hs6", ",\"coverage\":\"full\",\"basis\":\"reconciled\"", rows); /* fewer than 150 areas: listed */
    assert_int_equal(ask_of(cube, "NRU", "CHN", FLOW_EXPORTS, "850760", "2020").why, CUBE_NOT_LISTED);
    assert_int_equal(ask_of(cube, "CHN", "NRU", FLOW_IMPORTS, "850760", "2020").why, CUBE_NOT_LISTED);
    cube_close(cube);
}

static void a_year_of_months_is_absent_in_each(void **state)
{
    (void)state;
    struct cube *cube =
        world_of("total", ",\"coverage\":\"full\",\"partners\":\"all\"",
                 HEAD "2019-01,IND,CHN,M,TOTAL,5\n2019-02,IND,CHN,M,TOTAL,5\n2019-02,IND,WLD,M,TOTAL,9\n");
    assert_int_equal(cube_reported(cube, world_id("IND"), FLOW_IMPORTS, world_period("2019")), 2);
    struct cube_unknown u = ask_of(cube, "IND", "USA", FLOW_IMPORTS, "TOTAL", "2019");
    assert_true(u.why == CUBE_NOT_LISTED && u.reported == 2 && !u.bounded);
    u = ask_of(cube, "IND", "USA", FLOW_IMPORTS, "TOTAL", "2019-01");
    assert_true(u.why == CUBE_ZERO && u.reported == 1);
    cube_close(cube);
}

/* ---- any order, memory and threads ---- */

#define PARTNERS_SENT 40
#define PRODUCTS_SENT 30

/* Row `i` of two years: products of a partner, and its total and one chapter behind them. */
static void add_sent(struct cube_batch *batch, size_t i)
{
    const size_t each = PRODUCTS_SENT + 2;
    uint32_t n_countries = (uint32_t)countries_count(world.countries);
    struct cube_row row = {.period = world_period(i % 2 ? "2019" : "2018"),
                           .reporter = world_id("IND"),
                           .partner = (uint32_t)(i / 2 / each * 5 % n_countries),
                           .flow = FLOW_IMPORTS,
                           .value_usd = (int64_t)(i % 97 * 1000 + 1),
                           .quantity_kg = QUANTITY_UNKNOWN,
                           .line = i + 1};
    size_t at = i / 2 % each;
    bool added;
    row.product = (uint32_t)(10101 + at * 4000);
    if (at < PRODUCTS_SENT)
        added = cube_batch_add(batch, &row);
    else if (at == PRODUCTS_SENT)
        added = (row.product = 1, cube_batch_publish(batch, &row, LEVEL_HS2));
    else
        added = (row.product = 0, row.value_usd = 5000000, cube_batch_publish(batch, &row, LEVEL_TOTAL));
    assert_true(added);
}

static struct str send(size_t batch_rows, size_t memory_bytes, size_t threads, bool backwards)
{
    const size_t n = (size_t)2 * PARTNERS_SENT * (PRODUCTS_SENT + 2);
    struct dataset d = world_reported("sent", PARTNERS_LISTED);
    struct pool *pool = threads ? pool_new(threads) : NULL;
    struct cube_writer_options options = {.memory_bytes = memory_bytes, .pool = pool, .sum_member = NO_ID};
    struct cube_summary summary;
    struct cube_writer *w;
    d.coverage_told = TOLD_FOUND;
    assert_int_equal(cube_writer_new(NULL, &d, world.countries, &options, &w, &world.problem), ST_OK);
    for (size_t i = 0; i < n; i += batch_rows) {
        struct cube_batch *batch = cube_batch_new(w, cube_writer_source(w, "sent.csv"));
        assert_non_null(batch);
        for (size_t k = i; k < n && k < i + batch_rows; k++)
            add_sent(batch, backwards ? n - 1 - k : k);
        assert_int_equal(cube_writer_take(w, batch, &world.problem), ST_OK);
    }
    if (cube_writer_finish(w, &summary, &world.problem) != ST_OK)
        fail_msg("%s: %s", world.problem.place, world.problem.detail);
    assert_int_equal(summary.merged, memory_bytes != 0);
    size_t length;
    char *bytes = cube_writer_take_bytes(w, &length);
    cube_writer_free(w);
    pool_free(pool);
    return str_span(bytes, length);
}

static void aggregates_may_come_in_any_order(void **state)
{
    (void)state;
    struct str wanted = send(100000, 0, 0, false);
    static const struct {
        size_t rows, memory, threads;
        bool backwards;
    } ways[] = {{100000, 0, 0, true}, {50, 0, 3, false}, {200, 120000, 0, false}, {70, 120000, 2, true}};
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct str got = send(ways[i].rows, ways[i].memory, ways[i].threads, ways[i].backwards);
        assert_true(str_eq(got, wanted));
        free((void *)(uintptr_t)got.p);
    }
    struct cube *cube = world_open(wanted);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    assert_true(return_of(cube, NULL, FLOW_IMPORTS, "2019").selected);
    cube_close(cube);
}

static int make_folder(void **state) { return mkdtemp(folder) ? world_setup(state) : -1; }

static int remove_folder(void **state)
{
    (void)rmdir(folder);
    return world_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_products_without_a_total_are_chosen_ones),
        cmocka_unit_test(what_is_stated_comes_first),
        cmocka_unit_test(a_total_that_is_the_sum_of_its_parts_makes_them_full),
        cmocka_unit_test(all_chapters_and_most_codes_make_full),
        cmocka_unit_test(a_return_has_exceptions_by_partner),
        cmocka_unit_test(partners_are_all_where_the_world_is_their_sum),
        cmocka_unit_test(what_partners_miss_within_a_thousandth_bounds_an_absent_one),
        cmocka_unit_test(stated_partners_are_held_against_the_rows),
        cmocka_unit_test(totals_are_the_published_ones),
        cmocka_unit_test(a_rest_may_be_negative_and_a_chapter_may_have_no_part),
        cmocka_unit_test(a_sum_of_periods_has_a_rest_only_if_each_has_one),
        cmocka_unit_test(partners_have_their_published_chapters),
        cmocka_unit_test(an_aggregate_stands_once),
        cmocka_unit_test(a_code_of_another_revision_is_none),
        cmocka_unit_test(a_country_has_its_time),
        cmocka_unit_test(reconciled_data_have_one_answer_from_both_ends),
        cmocka_unit_test(a_year_of_months_is_absent_in_each),
        cmocka_unit_test(aggregates_may_come_in_any_order),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
