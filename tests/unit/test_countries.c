#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/cube/codes.h"
#include "entrepot/ingest/ingest.h"

static struct countries *countries;
static struct problem problem;

static int read_table(void **state)
{
    char *text;
    size_t n;
    (void)state;
    if (ingest_slurp("config/countries.csv", (size_t)1 << 20, &text, &n, &problem) != ST_OK)
        return -1;
    enum status status = countries_read("countries.csv", str_span(text, n), &countries, &problem);
    free(text); /* the table keeps copies */
    return status == ST_OK ? 0 : -1;
}

static int free_table(void **state)
{
    (void)state;
    countries_free(countries);
    return 0;
}

static void expect_id(uint32_t id, const char *wanted)
{
    if (id == NO_ID)
        fail_msg("no id where %s is wanted", wanted);
    assert_true(str_is(countries_at(countries, id)->id, wanted));
}

static void expect(const char *code, const char *wanted)
{
    expect_id(countries_find(countries, str_view(code)), wanted);
}

static void expect_source(enum code_system codes, const char *code, const char *wanted)
{
    expect_id(countries_find_source(countries, codes, str_view(code)), wanted);
}

static void all_spellings_are_one_id(void **state)
{
    (void)state;
    static const char *const india[] = {"IND", "ind", "in", "IN", "356", "0356", "699"};
    for (size_t i = 0; i < sizeof india / sizeof *india; i++)
        expect(india[i], "IND");
    expect("842", "USA");
    expect("840", "USA");
    expect("004", "AFG");
    expect("4", "AFG");
    expect("490", "X490");
    expect("x490", "X490");
    expect("SUN", "SUN");
}

static void names_and_junk_are_no_codes(void **state)
{
    (void)state;
    static const char *const none[] = {"", " ", "India", "ZZZ", "9999999", "IND ", "-1", "aVeryLongWordThatIsNoCode"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(countries_find(countries, str_view(none[i])), NO_ID);
}

static void a_source_has_its_own_numbers(void **state)
{
    (void)state;
    expect_source(CODES_COMTRADE, "381", "ITA");
    expect_source(CODES_COMTRADE, "380", "ITA");
    expect_source(CODES_COMTRADE, "699", "IND");
    expect_source(CODES_COMTRADE, "356", "X356"); /* India without Sikkim, until 1974 */
    expect_source(CODES_COMTRADE, "842", "USA");
    expect_source(CODES_COMTRADE, "490", "X490");
    expect_source(CODES_COMTRADE, "0", "WLD");
    expect_source(CODES_M49, "356", "IND");
    expect_source(CODES_M49, "IND", "IND");
    expect_source(CODES_ISO3, "X490", "X490");
    assert_int_equal(countries_find_source(countries, CODES_M49, STR("699")), NO_ID);
    assert_int_equal(countries_find_source(countries, CODES_ISO3, STR("356")), NO_ID);
}

static void the_world_is_no_country(void **state)
{
    (void)state;
    expect_id(countries_world(countries), "WLD");
    expect("W00", "WLD");
    assert_false(countries_countable(countries, countries_world(countries)));
    assert_true(countries_countable(countries, countries_find(countries, STR("IND"))));
    assert_true(countries_countable(countries, countries_find(countries, STR("X490"))));
}

static bool suggested(const char *word, const char *id, bool first)
{
    uint32_t out[5];
    size_t n = countries_suggest(countries, str_view(word), out, 5);
    assert_true(n <= 5);
    for (size_t i = 0; i < n && (i == 0 || !first); i++)
        if (str_is(countries_at(countries, out[i])->id, id))
            return true;
    return false;
}

static void suggests_what_was_meant(void **state)
{
    (void)state;
    uint32_t out[5];
    assert_true(suggested("CHI", "CHN", false));
    assert_true(suggested("CHI", "CHL", false));
    assert_true(suggested("China", "CHN", true));
    assert_true(suggested("chian", "CHN", true));
    assert_true(suggested("Inda", "IND", true));
    assert_true(suggested("Bharat", "IND", true));
    assert_true(suggested("East Germany", "DDR", true));
    assert_int_equal(countries_suggest(countries, STR(""), out, 5), 0);
    assert_int_equal(countries_suggest(countries, STR("qqqqqqqqqqqq"), out, 5), 0);
    assert_int_equal(countries_suggest(countries, STR("CHI"), out, 1), 1);
    assert_int_equal(countries_suggest(countries, STR("CHI"), out, 0), 0);
}

#define HEADER "id,iso3,iso2,m49,comtrade,name,kind,region,subregion,valid_from,valid_to,aliases,note\n"
#define WORLD "WLD,WLD,,,0,World,world,,,,,,\n"

static void expect_refusal(const char *text, const char *part)
{
    struct countries *none = NULL;
    assert_int_equal(countries_read("t.csv", str_view(text), &none, &problem), ST_INVALID);
    assert_null(none);
    assert_non_null(strstr(problem.place, "t.csv"));
    assert_non_null(strstr(problem.detail, part));
}

static void an_alias_shadows_no_code(void **state)
{
    (void)state;
    struct countries *c;
    struct str text = STR(HEADER WORLD "SUN,SUN,SU,,810,Soviet Union,former,,,,,,\n"
                                       "RUS,RUS,RU,643,643,Russia,country,,,,,SUN|SU|810|RUF||R|RUSS|ru|R-F|R7,\n");
    assert_int_equal(countries_read("t.csv", text, &c, &problem), ST_OK);
    static const char *const wanted[][2] = {
        {"SUN", "SUN"}, {"SU", "SUN"}, {"810", "SUN"}, {"RUF", "RUS"}, {"R7", "RUS"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_true(str_is(countries_at(c, countries_find(c, str_view(wanted[i][0])))->id, wanted[i][1]));
    assert_true(str_is(countries_at(c, countries_find_source(c, CODES_ISO3, STR("SUN")))->id, "SUN"));
    assert_int_equal(countries_find(c, STR("RUSS")), NO_ID); /* a name, not a code */
    assert_int_equal(countries_find(c, STR("R-F")), NO_ID);
    countries_free(c);
}

static void a_number_is_m49_first(void **state)
{
    (void)state;
    struct countries *c;
    struct str text = STR(HEADER WORLD "AAA,AAA,,11,22,A,country,,,,,,\nBBB,BBB,,22,11,B,country,,,,,,\n");
    assert_int_equal(countries_read("t.csv", text, &c, &problem), ST_OK);
    assert_true(str_is(countries_at(c, countries_find(c, STR("11")))->id, "AAA"));
    assert_true(str_is(countries_at(c, countries_find(c, STR("022")))->id, "BBB"));
    assert_true(str_is(countries_at(c, countries_find_source(c, CODES_COMTRADE, STR("22")))->id, "AAA"));
    assert_true(str_is(countries_at(c, countries_find_source(c, CODES_M49, STR("22")))->id, "BBB"));
    countries_free(c);
}

static void refuses_bad_tables(void **state)
{
    (void)state;
    expect_refusal(HEADER WORLD "AAA,AAA,,,,A,country,,,,,,\nAAA,AAA,,,,B,country,,,,,,\n", "AAA");
    expect_refusal(HEADER WORLD "AAA,AAA,,,,A,country,,,,,,\nAAA,AAA,,,,B,former,,,,,,\n", "AAA");
    expect_refusal(HEADER WORLD "AAA,AAA,,,,A,planet,,,,,,\n", "planet");
    expect_refusal(HEADER WORLD "AAA,AAA,,,,A,country,,,,,,\naaa,,,,,B,country,,,,,,\n", "aaa");
    expect_refusal(HEADER "AAA,AAA,,,,A,country,,,,,,\n", "world");
    expect_refusal(HEADER WORLD "ALL,,,,,All,world,,,,,,\n", "ALL");
    expect_refusal(HEADER WORLD ",AAA,,,,A,country,,,,,,\n", "id");
    expect_refusal(HEADER WORLD "AAAAAAAAAAAAA,AAA,,,,A,country,,,,,,\n", "1 to 12 letters");
    expect_refusal(HEADER WORLD "AAA,AAA\n", "unknown kind of member");
    expect_refusal("id,name\nWLD,World\n", "iso3");
    expect_refusal("", "empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_spellings_are_one_id),     cmocka_unit_test(names_and_junk_are_no_codes),
        cmocka_unit_test(a_source_has_its_own_numbers), cmocka_unit_test(the_world_is_no_country),
        cmocka_unit_test(suggests_what_was_meant),      cmocka_unit_test(an_alias_shadows_no_code),
        cmocka_unit_test(a_number_is_m49_first),        cmocka_unit_test(refuses_bad_tables),
    };
    return cmocka_run_group_tests(tests, read_table, free_table);
}
