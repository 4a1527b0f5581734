#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/cube/codes.h"
#include "entrepot/ingest/ingest.h"

static struct problem problem;

/* The sectors of a text, or none and *problem. */
static struct sectors *read_text(const char *text)
{
    struct sectors *sectors = NULL;
    problem = (struct problem){.status = ST_OK};
    enum status status = sectors_read("t.json", str_view(text), &sectors, &problem);
    assert_int_equal(status, problem.status);
    assert_true((status == ST_OK) == (sectors != NULL));
    return sectors;
}

static const struct sector_prefixes *choose(const struct sectors *sectors, const char *id, const char *hs)
{
    const struct sector *sector = sectors_find(sectors, str_view(id));
    assert_non_null(sector);
    return sector_for(sector, str_view(hs));
}

static void reads_the_table_that_is_shipped(void **state)
{
    (void)state;
    char *text;
    size_t n;
    assert_int_equal(ingest_slurp("config/sectors.json", (size_t)1 << 20, &text, &n, &problem), ST_OK);
    struct sectors *sectors = read_text(text);
    free(text); /* the table keeps copies */
    assert_true(sectors_count(sectors) > 20);
    assert_true(str_is(choose(sectors, "solar-panels", "HS2017")->prefix[0], "854140"));
    assert_int_equal(choose(sectors, "solar-panels", "HS2022")->n, 2);
    assert_null(choose(sectors, "solar-panels", ""));
    assert_int_equal(choose(sectors, "electric-batteries", "HS1992")->n, 2);
    assert_int_equal(choose(sectors, "electric-batteries", "")->n, 2);
    assert_null(sectors_find(sectors, STR("none")));
    sectors_free(sectors);
}

#define SECTOR(hs) "{\"id\":\"a\",\"name\":\"A\",\"why\":\"w\",\"hs\":" hs "}"
#define SECTORS(list) "{\"sectors\":[" list "]}"

static void chooses_the_revision(void **state)
{
    (void)state;
    struct sectors *sectors = read_text(SECTORS(SECTOR("{\"HS2017\":[\"85\",\"9001\"],\"HS2022\":[\"85\"]}")));
    assert_true(str_is(choose(sectors, "a", "HS2017")->hs, "HS2017"));
    assert_true(str_is(choose(sectors, "a", "HS2022")->hs, "HS2022"));
    assert_null(choose(sectors, "a", "HS2012"));
    assert_true(str_is(choose(sectors, "a", "")->hs, "HS2022")); /* chapters mean the same in all revisions */
    sectors_free(sectors);
    sectors = read_text(SECTORS(SECTOR("{\"HS2017\":[\"85\"],\"HS2022\":[\"8507\"]}")));
    assert_null(choose(sectors, "a", "")); /* headings do not */
    sectors_free(sectors);
}

static void prefers_the_revision_to_any(void **state)
{
    (void)state;
    struct sectors *sectors =
        read_text(SECTORS(SECTOR("{\"any\":[\"84\"],\"HS2017\":[\"8507\"],\"HS2022\":[\"85\"]}")));
    assert_true(str_is(choose(sectors, "a", "HS2017")->hs, "HS2017"));
    assert_true(str_is(choose(sectors, "a", "HS2012")->hs, "any"));
    assert_true(str_is(choose(sectors, "a", "")->hs, "any"));
    sectors_free(sectors);
}

static void refuses_bad_sectors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {SECTORS(SECTOR("{\"any\":[\"85\",\"84\",\"8507\"]}")), "within another"},
        {SECTORS(SECTOR("{\"any\":[\"8507\",\"8507\"]}")), "within another"},
        {SECTORS(SECTOR("{\"any\":[\"85\"],\"any\":[\"84\"]}")), "duplicate"},
        {SECTORS("{\"id\":\"a\",\"id\":\"b\",\"name\":\"A\",\"why\":\"w\",\"hs\":{\"any\":[\"85\"]}}"), "duplicate"},
        {SECTORS(SECTOR("{\"any\":[\"85\"]}") "," SECTOR("{\"any\":[\"84\"]}")), "twice"},
        {SECTORS(SECTOR("{\"any\":[]}")), "empty"},
        {SECTORS(SECTOR("{\"any\":[\"850\"]}")), "digits"},
        {SECTORS(SECTOR("{\"any\":[\"85076000\"]}")), "digits"},
        {SECTORS(SECTOR("{\"any\":[85]}")), "digits"},
        {SECTORS(SECTOR("{\"any\":\"85\"}")), "missing or empty"},
        {SECTORS(SECTOR("{\"HS22\":[\"85\"]}")), "key"},
        {SECTORS(SECTOR("{}")), "hs"},
        {SECTORS("{\"id\":\"a\",\"name\":\"A\",\"why\":\"w\",\"hs\":{\"any\":[\"85\"]},\"x\":1}"), "no others"},
        {SECTORS("{\"id\":\"a\",\"name\":\"A\",\"hs\":{\"any\":[\"85\"]}}"), "why"},
        {SECTORS(SECTOR("{\"HS2017\":[\"85\"],\"HS2012\":7}")), "missing or empty"},
        {SECTORS(SECTOR("{\"any\":[\"85\",null]}")), "digits"},
        {SECTORS(SECTOR("{\"XX2017\":[\"85\"]}")), "key"},
        {SECTORS(SECTOR("{\"HS201x\":[\"85\"]}")), "key"},
        {SECTORS(SECTOR(
             "{\"HS0001\":[\"85\"],\"HS0002\":[\"85\"],\"HS0003\":[\"85\"],\"HS0004\":[\"85\"],\"HS0005\":[\"85\"],"
             "\"HS0006\":[\"85\"],\"HS0007\":[\"85\"],\"HS0008\":[\"85\"],\"HS0009\":[\"85\"],\"HS0010\":[\"85\"],"
             "\"HS0011\":[\"85\"],\"HS0012\":[\"85\"],\"HS0013\":[\"85\"],\"HS0014\":[\"85\"],\"HS0015\":[\"85\"],"
             "\"HS0016\":[\"85\"],\"HS0017\":[\"85\"]}")),
         "hs"},
        {SECTORS(SECTOR("[\"85\"]")), "hs"},
        {SECTORS("{\"name\":\"A\",\"why\":\"w\",\"hs\":{\"any\":[\"85\"]}}"), "id"},
        {SECTORS("{\"id\":\"a\",\"why\":\"w\",\"hs\":{\"any\":[\"85\"]}}"), "name"},
        {SECTORS("{\"id\":1,\"name\":\"A\",\"why\":\"w\",\"hs\":{\"any\":[\"85\"]}}"), "id"},
        {"{\"sectors\":{}}", "sectors"},
        {SECTORS("7"), "keys"},
        {"{}", "sectors"},
        {"[]", "sectors"},
        {"{\"sectors\":", "end of file"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(read_text(cases[i][0]));
        assert_int_equal(problem.status, ST_INVALID);
        assert_non_null(strstr(problem.place, "t.json"));
        if (!strstr(problem.detail, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], problem.detail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_table_that_is_shipped),
        cmocka_unit_test(chooses_the_revision),
        cmocka_unit_test(prefers_the_revision_to_any),
        cmocka_unit_test(refuses_bad_sectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
