#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/base/str.h"

static unsigned distance(const char *a, const char *b, unsigned limit)
{
    unsigned there = str_distance(str_view(a), str_view(b), limit);
    assert_int_equal(there, str_distance(str_view(b), str_view(a), limit));
    return there;
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(distance("", "", 3), 0);
    assert_int_equal(distance("china", "CHINA", 3), 0);
    assert_int_equal(distance("chna", "china", 3), 1);
    assert_int_equal(distance("chian", "china", 3), 1); /* a swap of neighbours is one slip of the fingers */
    assert_int_equal(distance("kitten", "sitting", 5), 3);
    assert_int_equal(distance("", "abc", 3), 3);
}

static void distance_stops_at_its_limit(void **state)
{
    (void)state;
    char many[66] = {0};
    memset(many, 'a', 65);
    assert_int_equal(distance("kitten", "sitting", 2), 3);
    assert_int_equal(distance("a", "abcdefgh", 2), 3);
    assert_int_equal(distance("abc", "xyz", 0), 1);
    assert_int_equal(distance(many, many, 2), 3); /* too long to be compared at all */
    assert_int_equal(distance("abc", many, 80), 81);
    many[64] = '\0';
    assert_int_equal(distance(many, many, 2), 0);
}

static bool utf8(const char *text) { return str_utf8(str_view(text)); }

static void utf8_takes_what_unicode_takes(void **state)
{
    (void)state;
    assert_true(utf8(""));
    assert_true(utf8("plain"));
    assert_true(utf8("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF"));
    assert_true(utf8("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"));
    assert_true(str_utf8(STR("a\0b")));
}

static void utf8_refuses_everything_else(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xF0\x8F\xBF\xBF", /* continuation alone, overlong */
        "\xED\xA0\x80",
        "\xED\xBF\xBF", /* surrogates */
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF", /* above U+10FFFF */
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3" /* NOLINT(bugprone-suspicious-missing-comma): else the A were a digit */
        "A",
        "\xE2\x82"
        "A", /* cut short */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8(bad[i]));
    /* The end of the piece counts, not what happens to lie behind it. */
    assert_false(str_utf8(str_span("\xC3\xA9", 1)));
}

static void cut_walks_through_a_list(void **state)
{
    (void)state;
    struct str rest = STR("a,,bc,");
    assert_true(str_is(str_cut(&rest, ','), "a"));
    assert_true(str_is(str_cut(&rest, ','), ""));
    assert_true(str_is(str_cut(&rest, ','), "bc"));
    assert_non_null(rest.p); /* the empty item behind the last comma is still to come */
    assert_true(str_is(str_cut(&rest, ','), ""));
    assert_null(rest.p);
    assert_int_equal(str_cut(&rest, ',').n, 0);
    assert_null(rest.p);
}

static void u32_reads_digits_only(void **state)
{
    (void)state;
    uint32_t value = 7;
    static const char *const bad[] = {"",    "-1",  "+1",         " 1",          "1 ",
                                      "1e2", "0x1", "4294967296", "99999999999", "00000000001"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_u32(str_view(bad[i]), UINT32_MAX, &value));
    assert_false(str_u32(STR("101"), 100, &value));
    assert_int_equal(value, 7);
    assert_true(str_u32(STR("4294967295"), UINT32_MAX, &value));
    assert_int_equal(value, UINT32_MAX);
    assert_true(str_u32(STR("007"), 100, &value));
    assert_int_equal(value, 7);
}

static void hex_is_digits_and_a_to_f(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "g", "0A", "a ", "-1", "/", ":", "`"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_hex(str_view(bad[i])));
    assert_false(str_hex(str_span("a\0b", 3)));
    assert_true(str_hex(STR("0123456789abcdef")) && str_hex(STR("f")));
    assert_true(str_has(STR("-_"), '_') && !str_has(STR("-_"), '\0') && !str_has(STR(""), '-'));
}

static void compares_and_trims(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
    assert_true(str_cmp(STR("b"), STR("abc")) > 0);
    assert_int_equal(str_cmp(STR(""), str_view(NULL)), 0);
    assert_true(str_cmp(STR("\xFF"), STR("a")) > 0); /* bytes are unsigned */
    assert_true(str_eq_nocase(STR("eXports"), STR("ExPORTS")));
    assert_false(str_eq_nocase(STR("[a"), STR("{a"))); /* 32 apart, but no letters */
    assert_true(str_is(str_trim(STR(" \t a b\t ")), "a b"));
    assert_int_equal(str_trim(STR(" \t ")).n, 0);
    assert_true(str_starts(STR("abc"), STR("")) && str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")) || str_ends(STR("c"), STR("bc")));
    assert_true(str_ends(STR("x.csv.gz"), STR(".gz")));
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_edits),         cmocka_unit_test(distance_stops_at_its_limit),
        cmocka_unit_test(utf8_takes_what_unicode_takes), cmocka_unit_test(utf8_refuses_everything_else),
        cmocka_unit_test(cut_walks_through_a_list),      cmocka_unit_test(u32_reads_digits_only),
        cmocka_unit_test(hex_is_digits_and_a_to_f),      cmocka_unit_test(compares_and_trims),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
