#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "entrepot/base/buf.h"

static void appending(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    assert_null(buf.p);
    buf_lit(&buf, "a\0b");
    buf_byte(&buf, '|');
    buf_add(&buf, str_span(NULL, 0));
    buf_printf(&buf, "%s-%d", "x", 5);
    assert_true(str_eq(buf_view(&buf), str_span("a\0b|x-5", 7)));
    buf_reset(&buf);
    assert_int_equal(buf.n, 0);
    assert_true(buf.capacity > 0);
    buf_printf(&buf, "%s", "");
    assert_int_equal(buf.n, 0);
    assert_false(buf.failed);
    buf_release(&buf);
    buf_release(&buf);
}

static void it_grows_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, (size_t)1 << 20);
    for (uint64_t i = 0; i < 20000; i++) {
        buf_u64(&buf, i);
        buf_byte(&buf, ' ');
    }
    assert_false(buf.failed);
    struct str rest = buf_view(&buf);
    for (uint32_t i = 0, n; i < 20000; i++) {
        assert_true(str_u32(str_cut(&rest, ' '), UINT32_MAX, &n));
        assert_int_equal(n, i);
    }
    assert_int_equal(rest.n, 0);
    buf_release(&buf);
}

static void the_ceiling_holds(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10);
    buf_lit(&buf, "0123456789");
    assert_false(buf.failed);
    buf_byte(&buf, 'x');
    assert_true(buf.failed);
    assert_int_equal(buf.n, 10);
    buf_reset(&buf);
    assert_false(buf.failed);
    buf_lit(&buf, "01234567890");
    assert_true(buf.failed);
    assert_int_equal(buf.n, 0);
    buf_lit(&buf, "a"); /* would fit, but nothing follows a gap */
    assert_int_equal(buf.n, 0);
    buf_reset(&buf);
    buf_printf(&buf, "%d", 1234567890);
    buf_reset(&buf);
    buf_printf(&buf, "%s", "01234567890123");
    assert_true(buf.failed);
    assert_false(buf_reserve(&buf, 1));
    assert_true(buf.capacity <= 10);
    buf_release(&buf);
}

static void huge_sizes_do_not_wrap(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, SIZE_MAX);
    buf_lit(&buf, "abc");
    assert_false(buf_reserve(&buf, SIZE_MAX - 1));
    assert_true(buf.failed);
    assert_true(str_is(buf_view(&buf), "abc"));
    buf_release(&buf);
}

static void taking_hands_the_bytes_over(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    assert_null(buf_take(&buf));
    buf_lit(&buf, "mine");
    char *bytes = buf_take(&buf);
    assert_memory_equal(bytes, "mine", 4);
    assert_int_equal(buf.n, 0);
    assert_int_equal(buf.ceiling, 100);
    buf_lit(&buf, "new");
    assert_memory_equal(bytes, "mine", 4);
    free(bytes);
    buf_release(&buf);
}

static void whole_numbers(void **state)
{
    (void)state;
    static const uint64_t edge[] = {0,          1,
                                    9,          10,
                                    11,         99,
                                    100,        101,
                                    999,        1000,
                                    9999,       10000,
                                    99999,      100000,
                                    UINT32_MAX, UINT64_C(999999999999),
                                    INT64_MAX,  UINT64_C(10000000000000000000),
                                    UINT64_MAX};
    struct buf buf;
    buf_init(&buf, 64);
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
        char wanted[32];
        buf_reset(&buf);
        buf_u64(&buf, edge[i]);
        (void)snprintf(wanted, sizeof wanted, "%" PRIu64, edge[i]);
        assert_true(str_is(buf_view(&buf), wanted));
        buf_reset(&buf);
        buf_i64(&buf, -(int64_t)(edge[i] >> 1));
        (void)snprintf(wanted, sizeof wanted, "%" PRId64, -(int64_t)(edge[i] >> 1));
        assert_true(str_is(buf_view(&buf), wanted));
    }
    buf_reset(&buf);
    buf_i64(&buf, INT64_MIN);
    assert_true(str_is(buf_view(&buf), "-9223372036854775808"));
    for (unsigned i = 0; i < 1000; i++) { /* all pairs of digits */
        char wanted[8];
        buf_reset(&buf);
        buf_u64(&buf, i);
        (void)snprintf(wanted, sizeof wanted, "%u", i);
        assert_true(str_is(buf_view(&buf), wanted));
    }
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending),
        cmocka_unit_test(it_grows_and_keeps_what_it_has),
        cmocka_unit_test(the_ceiling_holds),
        cmocka_unit_test(huge_sizes_do_not_wrap),
        cmocka_unit_test(taking_hands_the_bytes_over),
        cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
