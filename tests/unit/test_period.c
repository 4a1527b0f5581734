#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "entrepot/cube/period.h"

static uint32_t period(const char *text)
{
    uint32_t p;
    const char *why = "";
    if (!period_read(str_view(text), &p, &why))
        fail_msg("%s: %s", text, why);
    return p;
}

static void prints(uint32_t p, const char *wanted)
{
    char text[PERIOD_TEXT];
    memset(text, '#', sizeof text);
    assert_int_equal(period_print(p, text), strlen(wanted));
    assert_string_equal(text, wanted);
}

static void all_kinds_are_read(void **state)
{
    (void)state;
    assert_int_equal(period("2019"), period_make(PERIOD_YEAR, 2019));
    assert_int_equal(period("FY2018-19"), period_make(PERIOD_FISCAL, 2018));
    assert_int_equal(period("fy1999-00"), period_make(PERIOD_FISCAL, 1999));
    assert_int_equal(period("2019-Q2"), period_make(PERIOD_QUARTER, 2019 * 4 + 1));
    assert_int_equal(period("2019-q4"), period_make(PERIOD_QUARTER, 2019 * 4 + 3));
    assert_int_equal(period("2019-04"), period_make(PERIOD_MONTH, 2019 * 12 + 3));
    assert_int_equal(period_kind_of(period("2019-12")), PERIOD_MONTH);
    assert_int_equal(period_ordinal(period("1900")), 1900);
}

static void what_is_no_period_is_explained(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          "19",        "201",       "20199",   "2019-",       "2019-0",   "2019-00", "2019-13",
        "2019-4",    "2019-004",  "2019-Q0",   "2019-Q5", "2019-Q",      "2019Q2",   "FY2018",  "FY2018-",
        "FY2018-20", "FY2018-9",  "FY2018-18", "FY18-19", "FY2018-2019", "FY",       "F",       "1899",
        "2200",      "FY1899-00", "2200-01",   "1899-Q4", "2019-04-01",  "abcd",     " 2019",   "2019 ",
        "-2019",     "+2019",     "2019/04",   "latest",  "2019..2020",  "FY2018/19"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t p;
        const char *why = NULL;
        if (period_read(str_view(bad[i]), &p, &why))
            fail_msg("\"%s\" was taken for a period", bad[i]);
        assert_non_null(why);
        assert_true(strlen(why) > 10);
    }
}

static void texts_come_back(void **state)
{
    (void)state;
    for (uint32_t year = PERIOD_YEAR_MIN; year <= PERIOD_YEAR_MAX; year++) {
        uint32_t all[18], n = 0;
        all[n++] = period_make(PERIOD_YEAR, year);
        all[n++] = period_make(PERIOD_FISCAL, year);
        for (uint32_t q = 0; q < 4; q++)
            all[n++] = period_make(PERIOD_QUARTER, year * 4 + q);
        for (uint32_t m = 0; m < 12; m++)
            all[n++] = period_make(PERIOD_MONTH, year * 12 + m);
        for (uint32_t i = 0; i < n; i++) {
            char text[PERIOD_TEXT];
            assert_true(period_print(all[i], text) < PERIOD_TEXT);
            assert_int_equal(period(text), all[i]);
        }
    }
    prints(period("fy2018-19"), "FY2018-19");
    prints(period("FY1999-00"), "FY1999-00");
    prints(period("2019-q1"), "2019-Q1");
    prints(period("2019-04"), "2019-04");
    prints(0, "?"); /* a damaged number does no harm */
    char text[PERIOD_TEXT];
    for (uint32_t kind = 0; kind < 256; kind++)
        assert_true(period_print(kind << 24 | 0xFFFFFF, text) < PERIOD_TEXT);
}

static void kinds_have_words(void **state)
{
    (void)state;
    static const char *const word[][2] = {{"A", "year"}, {"FY", "fiscal"}, {"Q", "quarter"}, {"M", "month"}};
    for (size_t i = 0; i < 4; i++) {
        enum period_kind kind = (enum period_kind)(i + 1), read;
        assert_string_equal(period_kind_word(kind), word[i][0]);
        for (size_t k = 0; k < 2; k++) {
            assert_true(period_kind_read(str_view(word[i][k]), &read));
            assert_int_equal(read, kind);
        }
    }
    enum period_kind kind;
    assert_false(period_kind_read(STR("Y"), &kind));
    assert_false(period_kind_read(STR(""), &kind));
    assert_false(period_kind_read(STR("years"), &kind));
}

static void months_and_years(void **state)
{
    (void)state;
    assert_int_equal(period_months(PERIOD_YEAR), 12);
    assert_int_equal(period_months(PERIOD_FISCAL), 12);
    assert_int_equal(period_months(PERIOD_QUARTER), 3);
    assert_int_equal(period_months(PERIOD_MONTH), 1);
    assert_int_equal(period_first_month(period("2019")), period("2019-01"));
    assert_int_equal(period_first_month(period("FY2018-19")), period("2018-04"));
    assert_int_equal(period_first_month(period("2019-Q4")), period("2019-10"));
    assert_int_equal(period_first_month(period("2019-07")), period("2019-07"));
    assert_int_equal(period_of_month(period("2019-03"), PERIOD_FISCAL), period("FY2018-19"));
    assert_int_equal(period_of_month(period("2019-04"), PERIOD_FISCAL), period("FY2019-20"));
    assert_int_equal(period_of_month(period("2019-12"), PERIOD_FISCAL), period("FY2019-20"));
    assert_int_equal(period_of_month(period("2019-12"), PERIOD_YEAR), period("2019"));
    assert_int_equal(period_of_month(period("2019-06"), PERIOD_QUARTER), period("2019-Q2"));
    assert_int_equal(period_of_month(period("2019-06"), PERIOD_MONTH), period("2019-06"));
}

/* Every month lies between the first and the last month of the period that is said to hold it. */
static void each_month_lies_in_its_periods(void **state)
{
    (void)state;
    for (uint32_t m = 1950 * 12; m < 2050 * 12; m++)
        for (enum period_kind kind = PERIOD_YEAR; kind <= PERIOD_MONTH; kind++) {
            uint32_t month = period_make(PERIOD_MONTH, m), holds = period_of_month(month, kind),
                     first = period_first_month(holds);
            assert_int_equal(period_kind_of(holds), kind);
            assert_true(first <= month && month < first + period_months(kind));
        }
}

static void adding_years(void **state)
{
    (void)state;
    assert_int_equal(period_add_years(period("2019"), -1), period("2018"));
    assert_int_equal(period_add_years(period("FY2018-19"), 7), period("FY2025-26"));
    assert_int_equal(period_add_years(period("2019-Q2"), 1), period("2020-Q2"));
    assert_int_equal(period_add_years(period("2019-04"), -10), period("2009-04"));
    assert_int_equal(period_add_years(period("2019-04"), 0), period("2019-04"));
}

static void what_adds_up_to_what(void **state)
{
    (void)state;
    static const bool adds[5][5] = {
        [PERIOD_YEAR] = {[PERIOD_YEAR] = true},     /* cppcheck-suppress unknownEvaluationOrder ; no assignment */
        [PERIOD_FISCAL] = {[PERIOD_FISCAL] = true}, /* cppcheck-suppress unknownEvaluationOrder ; no assignment */
        [PERIOD_QUARTER] = {[PERIOD_YEAR] = true, [PERIOD_FISCAL] = true, [PERIOD_QUARTER] = true},
        [PERIOD_MONTH] = {
            [PERIOD_YEAR] = true, [PERIOD_FISCAL] = true, [PERIOD_QUARTER] = true, [PERIOD_MONTH] = true}};
    for (enum period_kind from = PERIOD_YEAR; from <= PERIOD_MONTH; from++)
        for (enum period_kind to = PERIOD_YEAR; to <= PERIOD_MONTH; to++)
            assert_int_equal(period_adds_up(from, to), adds[from][to]);
    assert_int_equal(period_within(period("2019"), PERIOD_YEAR), period("2019"));
    assert_int_equal(period_within(period("FY2018-19"), PERIOD_FISCAL), period("FY2018-19"));
    assert_int_equal(period_within(period("2019-Q1"), PERIOD_FISCAL), period("FY2018-19"));
    assert_int_equal(period_within(period("2019-Q1"), PERIOD_YEAR), period("2019"));
    assert_int_equal(period_within(period("2019-02"), PERIOD_QUARTER), period("2019-Q1"));
}

/* ---- what a request asks for ---- */

static struct period_set set_of(const char *text)
{
    struct period_set set;
    struct str bad;
    const char *why = "";
    if (!period_set_read(str_view(text), &set, &bad, &why))
        fail_msg("%s: \"%.*s\": %s", text, STR_ARG(bad), why);
    return set;
}

static void refuses(const char *text, const char *wrong_part)
{
    struct period_set set;
    struct str bad = {NULL, 0};
    const char *why = NULL;
    if (period_set_read(str_view(text), &set, &bad, &why))
        fail_msg("\"%s\" was taken", text);
    if (!str_is(bad, wrong_part))
        fail_msg("\"%s\": blamed \"%.*s\", not \"%s\"", text, STR_ARG(bad), wrong_part);
    assert_non_null(why);
    assert_true(strlen(why) > 10);
}

/* What a set means. */
static bool period_set_has(const struct period_set *set, uint32_t period)
{
    for (size_t i = 0; i < set->n; i++)
        if (period >= set->item[i].from && period <= set->item[i].to)
            return true;
    return set->n == 0;
}

static void sets(void **state)
{
    (void)state;
    struct period_set set = set_of("2019");
    assert_int_equal(set.n, 1);
    assert_int_equal(set.kind, PERIOD_YEAR);
    assert_int_equal(set.latest, 0);
    assert_true(period_set_has(&set, period("2019")));
    assert_false(period_set_has(&set, period("2020")));
    assert_false(period_set_has(&set, period("FY2019-20")));

    set = set_of("2010..2019");
    assert_true(period_set_has(&set, period("2010")) && period_set_has(&set, period("2019")));
    assert_false(period_set_has(&set, period("2009")) || period_set_has(&set, period("2020")));

    set = set_of("2010-2012"); /* years on both sides: nothing else can be meant */
    assert_int_equal(set.n, 1);
    assert_int_equal(set.item[0].from, period("2010"));
    assert_int_equal(set.item[0].to, period("2012"));

    set = set_of("FY2010-11..FY2012-13,FY2018-19");
    assert_int_equal(set.kind, PERIOD_FISCAL);
    assert_int_equal(set.n, 2);
    assert_true(period_set_has(&set, period("FY2011-12")) && period_set_has(&set, period("FY2018-19")));
    assert_false(period_set_has(&set, period("FY2013-14")));

    set = set_of("2019-11..2020-02");
    assert_int_equal(set.kind, PERIOD_MONTH);
    assert_int_equal(set.item[0].to - set.item[0].from, 3);
    set = set_of("2019-Q3..2019-Q3");
    assert_int_equal(set.item[0].to, set.item[0].from);
}

static void latest_and_all(void **state)
{
    (void)state;
    struct period_set set = set_of("latest");
    assert_int_equal(set.latest, 1);
    assert_int_equal(set.n, 0);
    assert_int_equal(set_of("latest:5").latest, 5);
    for (size_t i = 0; i < 2; i++) {
        set = set_of(i ? "all" : "*");
        assert_int_equal(set.latest, 0);
        assert_int_equal(set.n, 0);
        assert_true(period_set_has(&set, period("2019")));
    }
}

static void sets_that_are_refused(void **state)
{
    (void)state;
    refuses("", "");
    refuses("2019,", "");
    refuses(",2019", "");
    refuses("2019,,2020", "");
    refuses("2019,FY2018-19", "FY2018-19");
    refuses("2019..2020-02", "2019..2020-02");
    refuses("2019..2018", "2019..2018");
    refuses("2019-2018", "2019-2018");
    refuses("2018,2019-13", "2019-13");
    refuses("FY2018-20", "FY2018-20");
    refuses("2019..", "2019..");
    refuses("..2019", "..2019");
    refuses("2019...2020", "2019...2020");
    refuses("2018..2019..2020", "2018..2019..2020");
    refuses("2019,latest", "latest");
    refuses("2019,all", "all");
    refuses("latest:", "latest:");
    refuses("latest:0", "latest:0");
    refuses("latest:-1", "latest:-1");
    refuses("latest:99999999999", "latest:99999999999");
    refuses("latest5", "latest5");
    refuses("newest", "newest");
    struct period_set set;
    struct str bad;
    const char *why = NULL;
    assert_false(period_set_read(str_span(NULL, 0), &set, &bad, &why));
    assert_non_null(why);
}

static void sixty_four_items_and_no_more(void **state)
{
    (void)state;
    char text[5 * (PERIOD_ITEMS_MAX + 1) + 1];
    size_t n = 0;
    for (unsigned i = 0; i < PERIOD_ITEMS_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", i ? "," : "", 1950 + i);
    struct period_set set = set_of(text);
    assert_int_equal(set.n, PERIOD_ITEMS_MAX);
    assert_true(period_set_has(&set, period("2013")));
    (void)snprintf(text + n, sizeof text - n, ",2014");
    refuses(text, "2014");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_are_read),
        cmocka_unit_test(what_is_no_period_is_explained),
        cmocka_unit_test(texts_come_back),
        cmocka_unit_test(kinds_have_words),
        cmocka_unit_test(months_and_years),
        cmocka_unit_test(each_month_lies_in_its_periods),
        cmocka_unit_test(adding_years),
        cmocka_unit_test(what_adds_up_to_what),
        cmocka_unit_test(sets),
        cmocka_unit_test(latest_and_all),
        cmocka_unit_test(sets_that_are_refused),
        cmocka_unit_test(sixty_four_items_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
