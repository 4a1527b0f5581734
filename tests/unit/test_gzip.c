#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>

#include "entrepot/base/gzip.h"

static struct arena arena;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1 << 20);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void inflates_to(const struct buf *coded, size_t from, struct str text)
{
    char *out = malloc(text.n + 1);
    assert_non_null(out);
    z_stream z = {.next_in = (Bytef *)coded->p + from,
                  .avail_in = (uInt)(coded->n - from),
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)text.n + 1};
    assert_int_equal(inflateInit2(&z, 31), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, text.n);
    if (text.n)
        assert_memory_equal(out, text.p, text.n);
    assert_int_equal(inflateEnd(&z), Z_OK);
    free(out);
}

static void comes_back_whole(void **state)
{
    (void)state;
    static char text[200000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)("{\"rows\":0123456789}"[i * i % 19]);
    static const size_t sizes[] = {0, 1, 1024, 65535, 65536, sizeof text};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buf out;
        buf_init(&out, 1 << 20);
        buf_lit(&out, "before");
        assert_int_equal(gzip_add(str_span(text, sizes[i]), &arena, &out), ST_OK);
        assert_memory_equal(out.p, "before", 6);
        inflates_to(&out, 6, str_span(text, sizes[i]));
        buf_release(&out);
        arena_reset(&arena);
    }
}

static void the_same_gives_the_same(void **state)
{
    (void)state;
    struct buf one, two;
    buf_init(&one, 4096);
    buf_init(&two, 4096);
    assert_int_equal(gzip_add(STR("the same gives the same the same"), &arena, &one), ST_OK);
    arena_reset(&arena);
    assert_int_equal(gzip_add(STR("the same gives the same the same"), &arena, &two), ST_OK);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.p, two.p, one.n);
    buf_release(&one);
    buf_release(&two);
}

static void says_when_there_is_no_room(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 10);
    assert_int_equal(gzip_add(STR("more than ten bytes in any coding"), &arena, &out), ST_NO_MEMORY);
    assert_int_equal(out.n, 0);
    buf_release(&out);
    struct arena small;
    arena_init(&small, 1000);
    buf_init(&out, 4096);
    assert_int_equal(gzip_add(STR("text"), &small, &out), ST_NO_MEMORY);
    buf_release(&out);
    arena_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_whole),
        cmocka_unit_test(the_same_gives_the_same),
        cmocka_unit_test(says_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
