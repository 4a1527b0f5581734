#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/cube/period.h"

static uint32_t read_period(const char *text)
{
    uint32_t period = 0;
    const char *why = NULL;
    if (!period_read(str_view(text), &period, &why))
        fail_msg("\"%s\": %s", text, why);
    return period;
}

static void reads_the_four_kinds(void **state)
{
    (void)state;
    assert_int_equal(read_period("2019"), period_make(PERIOD_YEAR, 2019));
    assert_int_equal(read_period("FY2018-19"), period_make(PERIOD_FISCAL, 2018));
    assert_int_equal(read_period("fy1999-00"), period_make(PERIOD_FISCAL, 1999));
    assert_int_equal(read_period("2019-Q2"), period_make(PERIOD_QUARTER, 2019 * 4 + 1));
    assert_int_equal(read_period("2019-04"), period_make(PERIOD_MONTH, 2019 * 12 + 3));
}

static void refuses_other_texts_and_says_why(void **state)
{
    (void)state;
    static const char *const bad[] = {"",        "1e99",    "19",      "20190",   "2019-13", "2019-00", "2019-1",     "2019-Q0", "2019-Q5",
                                      "2019-",   "2019/04", "FY2018-20", "FY2018", "FY2018-2019", "FY2018/19", "FY-19", "1899",    "2200",
                                      "FY2200-01", "2200-01", "-2019",   "+2019",   " 2019",   "2019 ",   "2019-04-01", "2019-Q22", "abcd"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t period = 7;
        const char *why = NULL;
        if (period_read(str_view(bad[i]), &period, &why))
            fail_msg("\"%s\" is taken for a period", bad[i]);
        assert_non_null(why);
    }
}

static void expect_round_trip(uint32_t period)
{
    char text[PERIOD_TEXT];
    assert_int_equal(period_print(period, text), strlen(text));
    assert_int_equal(read_period(text), period);
}

static void prints_what_it_reads(void **state)
{
    (void)state;
    for (uint32_t year = PERIOD_YEAR_MIN; year <= PERIOD_YEAR_MAX; year++) {
        expect_round_trip(period_make(PERIOD_YEAR, year));
        expect_round_trip(period_make(PERIOD_FISCAL, year));
        for (uint32_t q = 0; q < 4; q++)
            expect_round_trip(period_make(PERIOD_QUARTER, year * 4 + q));
        for (uint32_t m = 0; m < 12; m++)
            expect_round_trip(period_make(PERIOD_MONTH, year * 12 + m));
    }
    char text[PERIOD_TEXT];
    assert_int_equal(period_print(period_make((enum period_kind)9, 1), text), 1); /* from a damaged file */
}

static void months_fall_into_years_and_quarters(void **state)
{
    (void)state;
    assert_int_equal(period_within(read_period("2019-03"), PERIOD_FISCAL), read_period("FY2018-19"));
    assert_int_equal(period_within(read_period("2019-04"), PERIOD_FISCAL), read_period("FY2019-20"));
    assert_int_equal(period_within(read_period("2019-Q1"), PERIOD_FISCAL), read_period("FY2018-19"));
    assert_int_equal(period_within(read_period("2019-Q2"), PERIOD_FISCAL), read_period("FY2019-20"));
    assert_int_equal(period_within(read_period("2019-12"), PERIOD_YEAR), read_period("2019"));
    assert_int_equal(period_within(read_period("2019-06"), PERIOD_QUARTER), read_period("2019-Q2"));
    assert_int_equal(period_within(read_period("2019"), PERIOD_YEAR), read_period("2019"));
}

static void every_period_has_its_first_month(void **state)
{
    (void)state;
    static const char *const text[] = {"2019", "FY2018-19", "2019-Q4", "2019-11"};
    static const char *const first[] = {"2019-01", "2018-04", "2019-10", "2019-11"};
    for (size_t i = 0; i < 4; i++) {
        uint32_t period = read_period(text[i]), month = period_first_month(period);
        enum period_kind kind = period_kind_of(period);
        assert_int_equal(month, read_period(first[i]));
        for (uint32_t m = 0; m < period_months(kind); m++)
            assert_int_equal(period_of_month(month + m, kind), period);
        assert_int_not_equal(period_of_month(month + period_months(kind), kind), period);
        assert_int_not_equal(period_of_month(month - 1, kind), period);
    }
}

static void adds_years_and_knows_what_adds_up(void **state)
{
    (void)state;
    assert_int_equal(period_add_years(read_period("2019-04"), -1), read_period("2018-04"));
    assert_int_equal(period_add_years(read_period("2019-Q3"), 2), read_period("2021-Q3"));
    assert_int_equal(period_add_years(read_period("FY1999-00"), 1), read_period("FY2000-01"));
    assert_int_equal(period_add_years(read_period("2019"), -9), read_period("2010"));
    assert_true(period_adds_up(PERIOD_MONTH, PERIOD_FISCAL) && period_adds_up(PERIOD_QUARTER, PERIOD_FISCAL));
    assert_true(period_adds_up(PERIOD_MONTH, PERIOD_QUARTER) && period_adds_up(PERIOD_YEAR, PERIOD_YEAR));
    assert_false(period_adds_up(PERIOD_YEAR, PERIOD_FISCAL) || period_adds_up(PERIOD_FISCAL, PERIOD_YEAR));
    assert_false(period_adds_up(PERIOD_QUARTER, PERIOD_MONTH) || period_adds_up(PERIOD_YEAR, PERIOD_MONTH));
}

static void kinds_have_words(void **state)
{
    (void)state;
    enum period_kind kind;
    for (enum period_kind k = PERIOD_YEAR; k <= PERIOD_MONTH; k++)
        assert_true(period_kind_read(str_view(period_kind_word(k)), &kind) && kind == k);
    assert_true(period_kind_read(STR("fiscal"), &kind) && kind == PERIOD_FISCAL);
    assert_false(period_kind_read(STR("weekly"), &kind));
}

/* ---- sets ---- */

static struct period_set set;
static struct str bad;
static const char *why;

static bool read_set(const char *text)
{
    bad = STR("unset");
    why = NULL;
    return period_set_read(str_view(text), &set, &bad, &why);
}

static void reads_sets(void **state)
{
    (void)state;
    assert_true(read_set("2010..2012,2015,2017-2019"));
    assert_int_equal(set.n, 3);
    assert_int_equal(set.kind, PERIOD_YEAR);
    assert_true(period_set_has(&set, read_period("2011")) && period_set_has(&set, read_period("2018")));
    assert_false(period_set_has(&set, read_period("2016")) || period_set_has(&set, read_period("FY2011-12")));
    assert_true(read_set("FY2017-18..FY2018-19") && set.kind == PERIOD_FISCAL && set.n == 1);
    assert_true(read_set("2019-11..2020-02") && set.item[0].to - set.item[0].from == 3);
    assert_true(read_set("latest") && set.latest == 1 && set.n == 0);
    assert_true(read_set("latest:5") && set.latest == 5);
    assert_true(read_set("all") && set.n == 0 && set.latest == 0);
    assert_true(read_set("*") && period_set_has(&set, read_period("2019")));
}

static void refuses_bad_sets_and_names_the_part(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"2019,", ""},
        {"2019,,2020", ""},
        {",2019", ""},
        {"2019,1e99", "1e99"},
        {"2019,FY2018-20", "FY2018-20"},
        {"2019-13", "2019-13"},
        {"2019..2010", "2019..2010"},
        {"2019-2010", "2019-2010"},
        {"2019..2020-04", "2019..2020-04"},
        {"2019,2020-Q1", "2020-Q1"},
        {"2019..", "2019.."},
        {"..2019", "..2019"},
        {"2019..2020..2021", "2019..2020..2021"},
        {"latest:0", "latest:0"},
        {"latest:", "latest:"},
        {"latest:-1", "latest:-1"},
        {"latest:1001", "latest:1001"},
        {"latest5", "latest5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (read_set(cases[i][0]))
            fail_msg("\"%s\" is taken for a set of periods", cases[i][0]);
        assert_non_null(why);
        if (!str_is(bad, cases[i][1]))
            fail_msg("of \"%s\" the part \"%.*s\" is named", cases[i][0], STR_ARG(bad));
    }
    assert_false(period_set_read(str_span(NULL, 0), &set, &bad, &why));
}

static void takes_64_items_and_no_more(void **state)
{
    (void)state;
    char text[65 * 5 + 1];
    for (size_t i = 0; i < 65; i++)
        memcpy(text + i * 5, "2019,", 5);
    text[64 * 5 - 1] = '\0';
    assert_true(read_set(text));
    assert_int_equal(set.n, PERIOD_ITEMS_MAX);
    text[64 * 5 - 1] = ',';
    text[65 * 5 - 1] = '\0';
    assert_false(read_set(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_four_kinds),
        cmocka_unit_test(refuses_other_texts_and_says_why),
        cmocka_unit_test(prints_what_it_reads),
        cmocka_unit_test(months_fall_into_years_and_quarters),
        cmocka_unit_test(every_period_has_its_first_month),
        cmocka_unit_test(adds_years_and_knows_what_adds_up),
        cmocka_unit_test(kinds_have_words),
        cmocka_unit_test(reads_sets),
        cmocka_unit_test(refuses_bad_sets_and_names_the_part),
        cmocka_unit_test(takes_64_items_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
