#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/base/str.h"

#define assert_str(s, z) assert_true(str_is((s), (z)))

static void views_and_equality(void **state)
{
    (void)state;
    assert_int_equal(str_view(NULL).n, 0);
    assert_int_equal(STR("abc").n, 3);
    assert_true(str_eq(str_span(NULL, 0), STR("")));
    assert_true(str_eq(str_span("abcX", 3), STR("abc")));
    assert_false(str_eq(STR("abc"), STR("abd")));
    assert_false(str_eq(STR("abc"), STR("ab")));
    assert_true(str_eq(str_span("a\0b", 3), str_span("a\0b", 3)));
    assert_false(str_eq(str_span("a\0b", 3), str_span("a\0c", 3)));
}

static void order_is_by_bytes(void **state)
{
    (void)state;
    assert_int_equal(str_cmp(STR("abc"), STR("abc")), 0);
    assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
    assert_true(str_cmp(STR("abc"), STR("ab")) > 0);
    assert_true(str_cmp(STR("Z"), STR("a")) < 0);
    assert_true(str_cmp(STR("\xC3\xA9"), STR("z")) > 0); /* bytes above 127 are not negative */
    assert_true(str_cmp(str_span(NULL, 0), STR("a")) < 0);
}

static void case_is_folded_for_ascii_only(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("China"), STR("cHINA")));
    assert_false(str_eq_nocase(STR("China"), STR("Chin")));
    assert_false(str_eq_nocase(STR("[x"), STR("{X"))); /* 32 apart, but no letters */
    assert_false(str_eq_nocase(STR("\xC3\x89"), STR("\xC3\xA9")));
}

static void beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts(STR("8507"), STR("85")));
    assert_true(str_starts(STR("85"), STR("")));
    assert_false(str_starts(STR("8"), STR("85")));
    assert_true(str_ends(STR("a.json"), STR(".json")));
    assert_false(str_ends(STR("json"), STR(".json")));
    assert_str(str_trim(STR(" \t a b\t ")), "a b");
    assert_int_equal(str_trim(STR(" \t ")).n, 0);
    assert_str(str_trim(STR("\na")), "\na");
}

static void cutting_walks_a_list(void **state)
{
    (void)state;
    struct str rest = STR("a,,bc,");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "bc");
    assert_non_null(rest.p); /* a separator at the end leaves one more empty part */
    assert_str(str_cut(&rest, ','), "");
    assert_null(rest.p);
    assert_int_equal(str_find(STR("abc"), 'c'), 2);
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
    assert_int_equal(str_find(str_span(NULL, 0), 'x'), 0);
}

static void utf8_is_told_from_bytes(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "abc",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "Entrep\xC3\xB4t"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\xAF",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xE2\x82",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "a\xF0\x90\x80",
                                      "\xE2\x82\xC2"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(str_utf8(str_view(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_utf8(str_view(bad[i])));
}

static void small_numbers(void **state)
{
    (void)state;
    uint32_t n = 7;
    assert_true(str_digits(STR("0123456789")));
    assert_false(str_digits(STR("")));
    assert_false(str_digits(STR("1a")));
    assert_false(str_digits(STR("-1")));
    assert_false(str_u32(STR("101"), 100, &n));
    assert_false(str_u32(STR(""), 100, &n));
    assert_false(str_u32(STR("+1"), 100, &n));
    assert_false(str_u32(STR("99999999999"), UINT32_MAX, &n));
    assert_false(str_u32(STR("4294967296"), UINT32_MAX, &n));
    assert_int_equal(n, 7); /* untouched by refusals */
    assert_true(str_u32(STR("4294967295"), UINT32_MAX, &n));
    assert_int_equal(n, UINT32_MAX);
    assert_true(str_u32(STR("007"), 7, &n));
    assert_int_equal(n, 7);
}

static void distances(void **state)
{
    (void)state;
    assert_int_equal(str_distance(STR("china"), STR("CHINA"), 2), 0);
    assert_int_equal(str_distance(STR("china"), STR("chna"), 2), 1);
    assert_int_equal(str_distance(STR("china"), STR("chinas"), 2), 1);
    assert_int_equal(str_distance(STR("china"), STR("chiba"), 2), 1);
    assert_int_equal(str_distance(STR("china"), STR("chnia"), 2), 1); /* neighbours swapped */
    assert_int_equal(str_distance(STR("china"), STR("india"), 5), 3);
    assert_int_equal(str_distance(STR("china"), STR("india"), 2), 3); /* cut off at the limit + 1 */
    assert_int_equal(str_distance(STR(""), STR("abc"), 3), 3);
    assert_int_equal(str_distance(STR(""), STR(""), 0), 0);
    char wide[65];
    memset(wide, 'a', sizeof wide);
    assert_int_equal(str_distance(str_span(wide, 64), str_span(wide, 64), 3), 0);
    assert_int_equal(str_distance(str_span(wide, 65), str_span(wide, 65), 3), 4); /* too long to be compared */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_and_equality),
        cmocka_unit_test(order_is_by_bytes),
        cmocka_unit_test(case_is_folded_for_ascii_only),
        cmocka_unit_test(beginnings_and_ends),
        cmocka_unit_test(cutting_walks_a_list),
        cmocka_unit_test(utf8_is_told_from_bytes),
        cmocka_unit_test(small_numbers),
        cmocka_unit_test(distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
