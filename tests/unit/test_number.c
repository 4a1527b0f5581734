#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/base/buf.h"
#include "entrepot/base/number.h"

static void expect(const char *text, int shift, int64_t wanted)
{
    int64_t value = -77;
    assert_int_equal(decimal_read(str_view(text), shift, &value), ST_OK);
    if (value != wanted)
        print_error("%s, shift %d\n", text, shift);
    assert_int_equal(value, wanted);
}

static void expect_refusal(const char *text, int shift, enum status wanted)
{
    int64_t value = -77;
    if (decimal_read(str_view(text), shift, &value) != wanted)
        fail_msg("\"%s\" is not refused as it should be", text);
    assert_int_equal(value, -77);
}

static void reads_money_exactly(void **state)
{
    (void)state;
    expect("70319.64", 6, 70319640000);
    expect("0.1", 6, 100000);
    expect("1.005", 3, 1005); /* no binary fraction on the way */
    expect(" 12 ", 0, 12);
    expect("+12.", 0, 12);
    expect(".5", 1, 5);
    expect("-70319.64", 6, -70319640000);
    expect("0", 9, 0);
    expect("-0.0", 9, 0);
    expect("000123.4500", 2, 12345);
}

static void rounds_half_to_even(void **state)
{
    (void)state;
    expect("0.5", 0, 0);
    expect("1.5", 0, 2);
    expect("2.5", 0, 2);
    expect("-0.5", 0, 0);
    expect("-1.5", 0, -2);
    expect("0.50000000000000000000000000000000000000000000000000001", 0, 1); /* beyond the digits that are kept */
    expect("2.4999", 0, 2);
    expect("2.51", 0, 3);
    expect("0.05", 0, 0);
    expect("0.09", 0, 0);
    expect("1.2345675", 6, 1234568);
    expect("1.2345665", 6, 1234566);
}

static void reads_exponents(void **state)
{
    (void)state;
    expect("1e3", 0, 1000);
    expect("1E+3", 0, 1000);
    expect("7.0319E4", 6, 70319000000);
    expect("1500e-3", 0, 2);
    expect("1e-300", 6, 0);
    expect("0e400", 9, 0);
    expect("123456789012e-6", 6, 123456789012);
}

static void refuses_what_is_no_number(void **state)
{
    (void)state;
    static const char *const junk[] = {"",    " ",       ".",   "-",     "+-1",   "1,000",         "1.2.3",
                                       "1e",  "1e+",     "e5",  "0x10",  "NA",    "nan",           "inf",
                                       "1 2", "1.0 USD", "--1", "1e1e1", "1e401", "1e99999999999", "\302\2401"};
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        expect_refusal(junk[i], 0, ST_INVALID);
}

static void refuses_what_is_too_large(void **state)
{
    (void)state;
    expect("4611686018427387904", 0, (int64_t)1 << 62);
    expect("-4611686018427387904", 0, -((int64_t)1 << 62));
    expect_refusal("4611686018427387905", 0, ST_TOO_LARGE);
    expect_refusal("4611686018427387904.6", 0, ST_TOO_LARGE);
    expect_refusal("-4611686018427387905", 0, ST_TOO_LARGE);
    expect_refusal("9999999999999", 6, ST_TOO_LARGE);
    expect_refusal("1e400", 0, ST_TOO_LARGE);
    expect_refusal("99999999999999999999999999999999999999999999999999", 0, ST_TOO_LARGE);
}

static void expect_ratio(double ratio, const char *wanted)
{
    struct buf buf;
    buf_init(&buf, 512);
    buf_ratio(&buf, ratio);
    buf_byte(&buf, '\0');
    assert_string_equal(buf.p, wanted);
    buf_release(&buf);
}

static void prints_ratios(void **state)
{
    (void)state;
    expect_ratio(0.136788, "0.136788");
    expect_ratio(0.1367884, "0.136788");
    expect_ratio(1, "1");
    expect_ratio(0.5, "0.5");
    expect_ratio(1.25, "1.25");
    expect_ratio(100, "100");
    expect_ratio(0.000001, "0.000001");
    expect_ratio(0.9999996, "1");
    expect_ratio(-0.25, "-0.25");
    expect_ratio(-12.000001, "-12.000001");
    expect_ratio(0, "0");
    expect_ratio(-0.0, "0");
    expect_ratio(-0.0000001, "0"); /* no minus before nothing */
    expect_ratio(1e13, "10000000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_money_exactly),       cmocka_unit_test(rounds_half_to_even),
        cmocka_unit_test(reads_exponents),           cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(refuses_what_is_too_large), cmocka_unit_test(prints_ratios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
