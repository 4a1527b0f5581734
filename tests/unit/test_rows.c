/* One run's bytes: what is written is what is read, and what no writer writes is refused wherever it is looked at, never read as a number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cube/file/rows.h"
#include "entrepot/cube/observation.h"

#define ROWS 5
#define UNIVERSE 5000 /* so many leaves that few rows are a list */
#define CROWDED 16    /* so few that they are a bitmap */
#define HUGE_USD ((int64_t)1 << 62)

static const uint16_t leaf[ROWS] = {3, 4, 7, 11, 15}, scattered[ROWS] = {3, 40, 700, 1100, 4500};
static const int64_t value[ROWS] = {5, 70000, 1, 300, 9}, unweighed[ROWS] = {0, 1, 1, 7, 9};
static const uint64_t stored_kg[ROWS] = {8, 1, 0, 40000, 0};
static const uint8_t status[ROWS] = {0, 1, 0, 2, 0};

static struct buf bytes;
static struct file_run run;
static struct run_view view;

static int start(void **state)
{
    (void)state;
    buf_init(&bytes, 1 << 16);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    buf_release(&bytes);
    return 0;
}

static struct rows_in five_rows(void)
{
    return (struct rows_in){.n = ROWS,
                            .leaf = leaf,
                            .value_usd = value,
                            .stored_kg = stored_kg,
                            .unweighed_usd = unweighed,
                            .status = status};
}

/* Writes rows and finds their parts; what a run is read behind is filled with ones. */
static void write_rows(const struct rows_in *in, size_t universe)
{
    buf_reset(&bytes);
    run = (struct file_run){.offset = 0};
    assert_true(rows_write(in, universe, &bytes, &run));
    assert_false(bytes.failed);
    memset(bytes.p + bytes.n, 0xFF, 8);
    assert_true(run_view(&run, (const unsigned char *)bytes.p, bytes.n, universe, &view));
}

static unsigned char *inside(const unsigned char *part)
{
    return (unsigned char *)bytes.p + (part - (const unsigned char *)bytes.p);
}

/* ---- what is written is read ---- */

static void expect_row(size_t i, const struct rows_chunk *chunk, size_t at)
{
    assert_int_equal(chunk->value_usd[at], value[i]);
    assert_int_equal(chunk->stored_kg[at], stored_kg[i]);
    assert_int_equal(chunk->unweighed_usd[at], unweighed[i]);
    assert_int_equal(chunk->status[at], status[i]);
}

static void rows_come_back(size_t universe, const uint16_t *leaves)
{
    struct rows_in in = five_rows();
    struct run_cursor cursor;
    struct rows_chunk chunk;
    in.leaf = leaves;
    write_rows(&in, universe);
    run_start(&cursor, &view, true);
    assert_true(run_next(&cursor, &chunk));
    assert_int_equal(chunk.n, ROWS);
    assert_memory_equal(chunk.leaf, leaves, sizeof leaf);
    for (size_t i = 0; i < ROWS; i++)
        expect_row(i, &chunk, i);
    assert_false(run_next(&cursor, &chunk));
    assert_false(cursor.corrupt);
    for (uint32_t l = 0, n = 0; l < universe + 70; l++) {
        uint32_t row;
        bool there = n < ROWS && leaves[n] == l;
        assert_int_equal(run_find(&view, l, &row), there);
        if (!there)
            continue;
        assert_int_equal(row, n);
        assert_true(run_at(&view, row, true, &chunk));
        expect_row(n++, &chunk, 0);
    }
}

static void a_bitmap_comes_back(void **state)
{
    (void)state;
    rows_come_back(CROWDED, leaf);
    assert_true(view.bitmap);
}

static void a_list_comes_back(void **state)
{
    (void)state;
    rows_come_back(UNIVERSE, scattered);
    assert_false(view.bitmap);
}

static void rows_without_status_have_none(void **state)
{
    (void)state;
    struct rows_in in = five_rows();
    struct rows_chunk chunk;
    in.status = NULL;
    in.unweighed_usd = NULL;
    write_rows(&in, CROWDED);
    assert_int_equal(run.status, 0);
    assert_true(run_at(&view, 1, true, &chunk));
    assert_int_equal(chunk.status[0], 0);
    assert_int_equal(chunk.unweighed_usd[0], 0);
    assert_true(run_at(&view, 2, true, &chunk));
    assert_int_equal(chunk.unweighed_usd[0], value[2]); /* it has no weight: all of it */
    assert_false(run_at(&view, ROWS, true, &chunk));
}

static void sums_keep_to_63_bits(void **state)
{
    (void)state;
    const int64_t large[2] = {HUGE_USD, HUGE_USD}, small[2] = {1, 1};
    const uint64_t heavy[2] = {(uint64_t)INT64_MAX + 1, 2}, light[2] = {1, 1};
    struct rows_in in = {.n = 2, .leaf = leaf, .value_usd = large, .stored_kg = light};
    assert_false(rows_write(&in, CROWDED, &bytes, &run));
    in.value_usd = small;
    in.stored_kg = heavy;
    assert_false(rows_write(&in, CROWDED, &bytes, &run));
    assert_int_equal(bytes.n, 0);
}

static void a_full_buffer_takes_nothing(void **state)
{
    (void)state;
    struct rows_in in = five_rows();
    struct buf none;
    buf_init(&none, 8);
    assert_true(rows_write(&in, CROWDED, &none, &run)); /* the sums are sound; the buffer remembers that it is full */
    assert_true(none.failed);
    assert_int_equal(none.n, 0);
    buf_release(&none);
}

/* ---- what no writer writes ---- */

static void a_run_must_fit_its_section(void **state)
{
    (void)state;
    struct rows_in in = five_rows();
    write_rows(&in, CROWDED);
    struct file_run wrong[7];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        wrong[i] = run;
    wrong[0].count = 0;
    wrong[1].count = CROWDED + 1;
    wrong[2].scheme[STREAM_VALUE] = SCHEME_NONE;
    wrong[3].scheme[STREAM_UNWEIGHED] = SCHEMES;
    wrong[4].offset = bytes.n + 1;
    wrong[5].offset = 1;
    wrong[6].data_bytes[STREAM_QUANTITY]++;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (run_view(&wrong[i], (const unsigned char *)bytes.p, bytes.n, CROWDED, &view))
            fail_msg("wrong run %zu was taken", i);
}

/* Neither reading from the start nor looking a row up gives the first row; and a run that is corrupt stays so. */
static void expect_corrupt(bool with_quantity)
{
    struct run_cursor cursor;
    struct rows_chunk chunk;
    run_start(&cursor, &view, with_quantity);
    assert_false(run_next(&cursor, &chunk));
    assert_true(cursor.corrupt);
    assert_false(run_next(&cursor, &chunk));
    assert_false(run_at(&view, 0, with_quantity, &chunk));
}

static void expect_sound_without_quantity(void)
{
    struct run_cursor cursor;
    struct rows_chunk chunk;
    run_start(&cursor, &view, false);
    assert_true(run_next(&cursor, &chunk));
    assert_true(run_at(&view, 0, false, &chunk));
}

/* One row with the longest numbers there are, in each of its streams. */
static void write_wide(void)
{
    static const int64_t large = HUGE_USD, part = HUGE_USD / 2;
    static const uint64_t heavy = (uint64_t)HUGE_USD;
    struct rows_in in = {
        .n = 1, .leaf = leaf, .value_usd = &large, .stored_kg = &heavy, .unweighed_usd = &part, .status = status};
    write_rows(&in, CROWDED);
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++)
        assert_int_equal(run.data_bytes[s], 8);
}

static void a_number_of_64_bits_is_corrupt(void **state)
{
    (void)state;
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++) {
        write_wide();
        inside(view.data[s])[7] |= 0x80;
        expect_corrupt(true);
        if (s == STREAM_VALUE)
            expect_corrupt(false);
        else
            expect_sound_without_quantity();
    }
}

static void a_number_that_leaves_its_stream_is_corrupt(void **state)
{
    (void)state;
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++) {
        write_wide();
        run.data_bytes[s] = 7; /* as the view of a file has it whose run says so */
        expect_corrupt(true);
        if (s == STREAM_VALUE)
            expect_corrupt(false);
        else
            expect_sound_without_quantity();
    }
}

/* A list whose unary part has no zeros has no leaf behind the first; one without ones has none at all. */
static void a_list_without_its_marks_finds_nothing(void **state)
{
    (void)state;
    enum { MANY = 60 };
    static uint16_t many[MANY];
    static int64_t one[MANY];
    static uint64_t weight[MANY];
    struct rows_in in = {.n = MANY, .leaf = many, .value_usd = one, .stored_kg = weight};
    struct run_cursor cursor;
    struct rows_chunk chunk;
    uint32_t row;
    for (size_t i = 0; i < MANY; i++) {
        many[i] = (uint16_t)(i * (UNIVERSE / MANY));
        one[i] = 1;
    }
    write_rows(&in, UNIVERSE);
    memset(inside(view.high), 0xFF, view.high_bytes);
    assert_false(run_find(&view, UNIVERSE - 1, &row));
    memset(inside(view.high), 0, view.high_bytes);
    for (uint32_t l = 0; l < UNIVERSE; l++)
        assert_false(run_find(&view, l, &row));
    run_start(&cursor, &view, true);
    assert_false(run_next(&cursor, &chunk));
    assert_true(cursor.corrupt);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_bitmap_comes_back),
        CASE(a_list_comes_back),
        CASE(rows_without_status_have_none),
        CASE(sums_keep_to_63_bits),
        CASE(a_full_buffer_takes_nothing),
        CASE(a_run_must_fit_its_section),
        CASE(a_number_of_64_bits_is_corrupt),
        CASE(a_number_that_leaves_its_stream_is_corrupt),
        CASE(a_list_without_its_marks_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
