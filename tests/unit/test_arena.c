#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>

#include "entrepot/base/arena.h"

static void hands_out_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_non_null(arena_new(&arena, char, 3));
    uint64_t *numbers = arena_new(&arena, uint64_t, 100);
    assert_non_null(numbers);
    assert_int_equal((uintptr_t)numbers % alignof(uint64_t), 0);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(numbers[i], 0);
    assert_int_equal((uintptr_t)arena_alloc(&arena, 1, 1, 16) % 16, 0);
    assert_non_null(arena_alloc(&arena, 0, 8, 8)); /* nothing is not a failure */
    arena_release(&arena);
}

static void keeps_its_ceiling(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1000);
    assert_false(arena.full || arena.starved);
    assert_null(arena_new(&arena, char, 1001));
    assert_true(arena.full && arena.starved);
    assert_non_null(arena_new(&arena, char, 600));
    assert_null(arena_new(&arena, char, 401));
    assert_non_null(arena_new(&arena, char, 400)); /* a refusal costs nothing */
    assert_null(arena_new(&arena, char, 1));
    assert_null(arena_str(&arena, STR("a")).p);
    assert_null(arena_printf(&arena, "%d", 1).p);
    arena_release(&arena);
}

static void refuses_a_product_that_overflows(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX / 8 + 1, 16, 8)); /* wraps around to 16 bytes */
    assert_null(arena_alloc(&arena, SIZE_MAX, 2, 1));
    assert_non_null(arena_alloc(&arena, 2, 8, 8));
    arena_release(&arena);
}

static void fill(struct arena *arena)
{
    for (size_t i = 0; i < 40; i++) {
        unsigned char *bytes = arena_new(arena, unsigned char, 10000);
        assert_non_null(bytes);
        assert_int_equal(bytes[0] | bytes[9999], 0); /* zeroed again although used before */
        memset(bytes, 0xAA, 10000);
    }
}

static void works_on_after_a_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 400000);
    arena_reset(&arena);
    for (int round = 0; round < 3; round++) {
        fill(&arena);
        assert_null(arena_new(&arena, char, 1));
        arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
    assert_non_null(arena_new(&arena, char, 300000)); /* more than the chunk that was kept */
    arena_release(&arena);
    arena_release(&arena);
}

static void copies_texts(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str copy = arena_str(&arena, STR("a\0b")), none = arena_str(&arena, str_span(NULL, 0));
    assert_true(str_eq(copy, STR("a\0b")));
    assert_int_equal(copy.p[3], 0);
    assert_non_null(none.p);
    assert_int_equal(none.n, 0);
    struct str text = arena_printf(&arena, "%s-%d", "x", 42);
    assert_string_equal(text.p, "x-42");
    assert_int_equal(text.n, 4);
    arena_release(&arena);
}

/* What was handed out since a mark is handed out again, across chunks; a warm arena takes no more memory for it. */
static void goes_back_to_a_mark(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct arena_mark empty = arena_mark(&arena);
    char *before = arena_new(&arena, char, 100);
    const struct arena_mark mark = arena_mark(&arena);
    char *first = arena_new(&arena, char, 1000);
    char *far = arena_new(&arena, char, 200000); /* a chunk of its own */
    assert_non_null(before);
    assert_non_null(first);
    assert_non_null(far);
    for (unsigned round = 0; round < 3; round++) {
        arena_rewind(&arena, mark);
        assert_int_equal(arena.used_bytes, 100);
        assert_ptr_equal(arena_new(&arena, char, 1000), first);
        assert_ptr_equal(arena_new(&arena, char, 200000), far);
    }
    arena_rewind(&arena, empty);
    assert_int_equal(arena.used_bytes, 0);
    assert_ptr_equal(arena_new(&arena, char, 100), before);
    arena_release(&arena);
}

/* A result stays, what it was made with is given back. */
static void keeps_one_block(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    static const size_t scratch[] = {0, 10, 3000, 70000, 300000}, sizes[] = {0, 1, 500, 60000, 250000};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++) {
            assert_non_null(arena_new(&arena, char, 7));
            const struct arena_mark mark = arena_mark(&arena);
            const size_t used = arena.used_bytes;
            assert_non_null(arena_new(&arena, char, scratch[i]));
            unsigned char *block = arena_alloc_raw(&arena, sizes[k], 1, 16);
            assert_non_null(block);
            for (size_t b = 0; b < sizes[k]; b++)
                block[b] = (unsigned char)(b * 7 + i);
            block = arena_rewind_around(&arena, mark, block, sizes[k]);
            assert_int_equal(arena.used_bytes, used + sizes[k]);
            assert_int_equal((uintptr_t)block % 16, 0);
            for (size_t b = 0; b < sizes[k]; b++)
                assert_int_equal(block[b], (unsigned char)(b * 7 + i));
            if (arena.used_bytes > 400000)
                arena_reset(&arena);
        }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_zeroed_aligned_memory),
        cmocka_unit_test(keeps_its_ceiling),
        cmocka_unit_test(refuses_a_product_that_overflows),
        cmocka_unit_test(works_on_after_a_reset),
        cmocka_unit_test(copies_texts),
        cmocka_unit_test(goes_back_to_a_mark),
        cmocka_unit_test(keeps_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
