#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <math.h>

#include "entrepot/base/number.h"

static void gives(const char *text, int shift, int64_t wanted)
{
    int64_t value = -1;
    enum status status = decimal_read(str_view(text), shift, &value);
    if (status != ST_OK || value != wanted)
        fail_msg("\"%s\" shifted by %d: status %d, value %" PRId64 ", not %" PRId64, text, shift, status, value,
                 wanted);
}

static void refused(const char *text, int shift, enum status wanted)
{
    int64_t value = 77;
    enum status status = decimal_read(str_view(text), shift, &value);
    if (status != wanted || value != 77)
        fail_msg("\"%s\" shifted by %d: status %d, not %d; value %" PRId64, text, shift, status, wanted, value);
}

static void figures_keep_every_digit(void **state)
{
    (void)state;
    gives("70319.64", 6, INT64_C(70319640000));
    gives("0.01", 6, 10000);
    gives("0.1", 6, 100000); /* not 99999.99… of a binary number */
    gives("514078.42", 6, INT64_C(514078420000));
    gives("68402092562", 0, INT64_C(68402092562));
    gives("9007199254740993", 0, INT64_C(9007199254740993)); /* 2^53 + 1 */
    gives("135.87", 9, INT64_C(135870000000));
    gives("1234.5678", 3, 1234568);
    gives("12", -1, 1);
}

static void forms(void **state)
{
    (void)state;
    gives(" \t42 ", 0, 42);
    gives("+42", 0, 42);
    gives("-42", 0, -42);
    gives("00042", 0, 42);
    gives(".5", 1, 5);
    gives("5.", 1, 50);
    gives("0", 6, 0);
    gives("-0.00", 6, 0);
    gives("0.000123", 6, 123);
    gives("20.5e9", 0, INT64_C(20500000000));
    gives("20.5E+9", 0, INT64_C(20500000000));
    gives("12300e-2", 0, 123);
    gives("1e-400", 0, 0);
    gives("1.0000000000000000000000000000000000000000000000000001", 0, 1);
}

static void halves_go_to_the_even_neighbour(void **state)
{
    (void)state;
    gives("0.5", 0, 0);
    gives("1.5", 0, 2);
    gives("2.5", 0, 2);
    gives("3.5", 0, 4);
    gives("-0.5", 0, 0);
    gives("-1.5", 0, -2);
    gives("-2.5", 0, -2);
    gives("2.49999999999999999999999999999999999999999999999999", 0, 2);
    gives("2.50000000000000000000000000000000000000000000000001", 0, 3); /* beyond the digits that are kept */
    gives("2.5000000000000000000000000000000000000000000000000", 0, 2);
    gives("0.05", 0, 0);
    gives("0.6", 0, 1);
    gives("0.0000005", 6, 0);
    gives("0.0000015", 6, 2);
    gives("9.5", 0, 10);
}

static void limits(void **state)
{
    (void)state;
    gives("4611686018427387904", 0, INT64_C(1) << 62);
    gives("-4611686018427387904", 0, -(INT64_C(1) << 62));
    gives("4611686018427.387904", 6, INT64_C(1) << 62);
    refused("4611686018427387905", 0, ST_TOO_LARGE);
    refused("-4611686018427387905", 0, ST_TOO_LARGE);
    refused("9223372036854775808", 0, ST_TOO_LARGE);
    refused("18446744073709551616", 0, ST_TOO_LARGE);
    refused("1e19", 0, ST_TOO_LARGE);
    refused("1e400", 0, ST_TOO_LARGE);
    refused("5000000000000", 6, ST_TOO_LARGE);
    refused("99999999999999999999999999999999999999999999999999", 0, ST_TOO_LARGE);
}

static void words_are_no_numbers(void **state)
{
    (void)state;
    static const char *const words[] = {"",      " ",    "-",    "+",     ".",        "12x3", "1,234", "1 234",
                                        "1.2.3", "0x10", "NaN",  "inf",   "1e",       "1e+",  "e5",    "--1",
                                        "1-",    "NA",   "1e5x", "1e1.5", "\xD9\xA1", "12\n"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        refused(words[i], 6, ST_INVALID);
    int64_t value;
    assert_int_equal(decimal_read(str_span("1\0", 2), 0, &value), ST_INVALID);
    assert_int_equal(decimal_read(str_span(NULL, 0), 0, &value), ST_INVALID);
}

static void whole_numbers_come_back(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 64);
    uint64_t x = 88172645463325252U;
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17; /* xorshift: the same numbers in every run */
        int64_t wanted = (int64_t)(x >> (2 + x % 61)) * (x & 1 ? 1 : -1), value;
        buf_reset(&buf);
        buf_i64(&buf, wanted);
        assert_int_equal(decimal_read(buf_view(&buf), 0, &value), ST_OK);
        assert_true(value == wanted);
    }
    buf_release(&buf);
}

static void prints(double ratio, const char *wanted)
{
    struct buf buf;
    buf_init(&buf, 400);
    ratio_print(&buf, ratio);
    if (buf.failed || !str_is(buf_view(&buf), wanted))
        fail_msg("%.17g was printed as %.*s, not %s", ratio, STR_ARG(buf_view(&buf)), wanted);
    buf_release(&buf);
}

static void ratios_are_trimmed(void **state)
{
    (void)state;
    prints(70319.64 / 514078.42, "0.136788");
    prints(0, "0");
    prints(-0.0, "0");
    prints(1, "1");
    prints(-0.25, "-0.25");
    prints(0.5, "0.5");
    prints(100, "100");
    prints(0.100000, "0.1");
    prints(1.000001, "1.000001");
    prints(0.0000004, "0");
    prints(-0.0000004, "0"); /* never -0 */
    prints(0.0000006, "0.000001");
    prints(0.99999951, "1");
    prints(0.9999994, "0.999999");
    prints(-12.345678, "-12.345678");
    prints(123456789.5, "123456789.5");
    prints(1e15, "1000000000000000");
    prints(-1e15, "-1000000000000000");
    prints(8.9e12, "8900000000000");
}

static void ties_go_away_from_zero(void **state)
{
    (void)state;
    prints(0x1p-7, "0.007813"); /* 0.0078125 exactly */
    prints(-0x1p-7, "-0.007813");
    prints(3 * 0x1p-7, "0.023438"); /* 0.0234375 */
}

static void ratios_come_back(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 64);
    for (int64_t micro = -2000000; micro <= 2000000; micro += 37) {
        int64_t back;
        buf_reset(&buf);
        ratio_print(&buf, (double)micro / 1e6);
        assert_int_equal(decimal_read(buf_view(&buf), 6, &back), ST_OK);
        assert_true(back == micro);
    }
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_keep_every_digit),
        cmocka_unit_test(forms),
        cmocka_unit_test(halves_go_to_the_even_neighbour),
        cmocka_unit_test(limits),
        cmocka_unit_test(words_are_no_numbers),
        cmocka_unit_test(whole_numbers_come_back),
        cmocka_unit_test(ratios_are_trimmed),
        cmocka_unit_test(ties_go_away_from_zero),
        cmocka_unit_test(ratios_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
