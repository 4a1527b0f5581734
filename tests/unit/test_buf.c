#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "entrepot/base/buf.h"

static void keeps_its_ceiling(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 100; i++)
        buf_lit(&buf, "0123456789");
    assert_false(buf.failed);
    assert_int_equal(buf.n, 1000);
    buf_byte(&buf, 'x');
    assert_true(buf.failed);
    assert_int_equal(buf.n, 1000);
    buf_release(&buf);
}

static void stays_failed_until_reset(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 4);
    buf_lit(&buf, "12345");
    buf_byte(&buf, 'x'); /* would fit, but a text with a hole in it is worse than none */
    assert_true(buf.failed);
    assert_int_equal(buf.n, 0);
    assert_false(buf_reserve(&buf, 1));
    buf_reset(&buf);
    buf_lit(&buf, "1234");
    assert_false(buf.failed);
    assert_true(str_is(buf_view(&buf), "1234"));
    assert_false(buf_reserve(&buf, SIZE_MAX));
    buf_release(&buf);
    buf_release(&buf);
}

static void expect_i64(int64_t value, const char *text)
{
    struct buf buf;
    buf_init(&buf, 64);
    buf_i64(&buf, value);
    assert_true(str_is(buf_view(&buf), text));
    buf_release(&buf);
}

static void prints_whole_numbers(void **state)
{
    (void)state;
    expect_i64(0, "0");
    expect_i64(-1, "-1");
    expect_i64(9, "9");
    expect_i64(10, "10");
    expect_i64(-99, "-99");
    expect_i64(100, "100");
    expect_i64(12345, "12345");
    expect_i64(INT64_MAX, "9223372036854775807");
    expect_i64(INT64_MIN, "-9223372036854775808");
    struct buf buf;
    buf_init(&buf, 64);
    buf_u64(&buf, UINT64_MAX);
    assert_true(str_is(buf_view(&buf), "18446744073709551615"));
    buf_release(&buf);
}

/* Each length, and each way in which a digit more begins. */
static void prints_powers_of_ten_and_their_neighbours(void **state)
{
    (void)state;
    uint64_t power = 1;
    for (int i = 0; i < 19; i++, power *= 10)
        for (int64_t off = -1; off <= 1; off++) {
            char text[32];
            int64_t value = (int64_t)power + off;
            (void)snprintf(text, sizeof text, "%" PRId64, value);
            expect_i64(value, text);
            (void)snprintf(text, sizeof text, "%" PRId64, -value);
            expect_i64(-value, text);
        }
}

static void prints_formats_and_grows(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1 << 20);
    for (int i = 0; i < 5000; i++)
        buf_printf(&buf, "%04d", i);
    assert_false(buf.failed);
    assert_int_equal(buf.n, 20000);
    assert_memory_equal(buf.p + 19996, "4999", 4);
    buf_release(&buf);
    buf_init(&buf, 3);
    buf_printf(&buf, "%s", "four");
    assert_true(buf.failed);
    buf_release(&buf);
}

static void hands_its_bytes_over(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    assert_null(buf_take(&buf));
    buf_lit(&buf, "mine");
    char *bytes = buf_take(&buf);
    assert_memory_equal(bytes, "mine", 4);
    assert_int_equal(buf.n, 0);
    buf_lit(&buf, "next");
    assert_true(str_is(buf_view(&buf), "next"));
    free(bytes);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_its_ceiling),    cmocka_unit_test(stays_failed_until_reset),
        cmocka_unit_test(prints_whole_numbers), cmocka_unit_test(prints_formats_and_grows),
        cmocka_unit_test(hands_its_bytes_over), cmocka_unit_test(prints_powers_of_ten_and_their_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
