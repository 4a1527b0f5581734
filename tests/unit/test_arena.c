#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/base/arena.h"

static void memory_is_zeroed_and_apart(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, (size_t)16 << 20);
    unsigned char *piece[400];
    for (size_t round = 0; round < 2; round++) { /* the second time in memory that was used */
        for (size_t i = 0; i < 400; i++) {
            piece[i] = arena_new(&arena, unsigned char, i * 7);
            assert_non_null(piece[i]);
            for (size_t k = 0; k < i * 7; k++)
                assert_int_equal(piece[i][k], 0);
            memset(piece[i], (int)(i % 255) + 1, i * 7);
        }
        for (size_t i = 0; i < 400; i++)
            for (size_t k = 0; k < i * 7; k++)
                assert_int_equal(piece[i][k], i % 255 + 1);
        arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
    arena_release(&arena);
}

static void alignment(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, (size_t)1 << 20);
    for (size_t align = 1; align <= 16; align *= 2)
        for (size_t i = 0; i < 20; i++) {
            assert_non_null(arena_alloc(&arena, 1, 1, 1)); /* puts the next one askew */
            assert_int_equal((uintptr_t)arena_alloc(&arena, 3, align, align) % align, 0);
        }
    arena_release(&arena);
}

static void the_ceiling_holds_until_a_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1000);
    assert_non_null(arena_new(&arena, char, 600));
    assert_null(arena_new(&arena, char, 401));
    assert_non_null(arena_new(&arena, char, 400));
    assert_null(arena_new(&arena, char, 1));
    assert_non_null(arena_new(&arena, char, 0));
    arena_reset(&arena);
    assert_null(arena_new(&arena, char, 1001));
    assert_non_null(arena_new(&arena, char, 1000));
    arena_release(&arena);
}

static void products_that_overflow_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_new(&arena, uint64_t, SIZE_MAX / 4));
    assert_null(arena_alloc(&arena, SIZE_MAX, SIZE_MAX, 1));
    assert_non_null(arena_new(&arena, uint64_t, 4));
    arena_release(&arena);
    assert_null(arena.first);
}

static void a_warm_arena_keeps_one_chunk(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, (size_t)64 << 20);
    void *first = arena_new(&arena, char, 100);
    for (int i = 0; i < 10; i++)
        assert_non_null(arena_new(&arena, char, 50000));
    assert_non_null(arena_new(&arena, char, 1000000)); /* larger than a chunk */
    arena_reset(&arena);
    assert_ptr_equal(arena_new(&arena, char, 100), first);
    arena_release(&arena);
    arena_init(&arena, 10);
    assert_non_null(arena_new(&arena, char, 10));
    arena_release(&arena);
}

static void texts(void **state)
{
    (void)state;
    struct arena arena;
    char source[] = "China";
    arena_init(&arena, 100);
    struct str copy = arena_str(&arena, str_view(source)), empty = arena_str(&arena, str_span(NULL, 0));
    source[0] = 'X';
    assert_string_equal(copy.p, "China");
    assert_non_null(empty.p);
    assert_int_equal(empty.n, 0);
    struct str printed = arena_printf(&arena, "%s/%d", "a", 17);
    assert_string_equal(printed.p, "a/17");
    assert_int_equal(printed.n, 4);
    assert_null(arena_printf(&arena, "%200d", 1).p);
    assert_null(arena_str(&arena, str_span(source, 1000)).p);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_apart),      cmocka_unit_test(alignment),
        cmocka_unit_test(the_ceiling_holds_until_a_reset), cmocka_unit_test(products_that_overflow_are_refused),
        cmocka_unit_test(a_warm_arena_keeps_one_chunk),    cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
