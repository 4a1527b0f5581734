#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "import_case.h"
#include "ingest/text/blocks.h"

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* Records as "line:field|field;". */
static void transcribe(struct csv *csv, struct buf *out)
{
    struct problem problem;
    enum status status;
    while ((status = csv_next(csv, &problem)) == ST_OK) {
        buf_printf(out, "%u:", (unsigned)csv->line);
        for (size_t i = 0; i < csv->n_fields; i++) {
            buf_add(out, csv->field[i]);
            buf_byte(out, '|');
        }
        buf_byte(out, ';');
    }
    if (status != ST_NOT_FOUND)
        fail_msg("%s: %s", problem.place, problem.detail);
}

static void read_in_blocks(const char *path, size_t block_bytes, struct buf *records, struct buf *bytes)
{
    struct block_reader reader;
    struct block block = {.bytes = NULL};
    struct problem problem;
    enum status status;
    bool last = false;
    assert_int_equal(block_reader_open(&reader, path, block_bytes, -1, &problem), ST_OK);
    while ((status = block_reader_next(&reader, &block, &problem)) == ST_OK) {
        struct csv csv;
        assert_false(last);
        last = block.last;
        buf_add(bytes, str_span(block.bytes, block.n));
        for (size_t i = 0; i < BLOCK_PADDING; i++)
            assert_int_equal(block.bytes[block.n + i], 0);
        csv_init_part(&csv, path, block.bytes, block.n, block.line);
        transcribe(&csv, records);
    }
    assert_int_equal(status, ST_NOT_FOUND);
    assert_true(last);
    block_release(&block);
    block_reader_close(&reader);
}

static void random_text(struct buf *out, uint32_t *random)
{
    static const char *const pieces[] = {
        "a", "1.5", ",", "\n", "\r\n", "\"x\"", "\"a\n,b\"", "\"\"", "\"q\"\"\n\"\"\"", "long field"};
    bool after_comma = true;
    for (uint32_t i = 0, n = next_random(random) % 400; i < n; i++) {
        const char *piece = pieces[next_random(random) % (sizeof pieces / sizeof *pieces)];
        bool break_ = piece[0] == ',' || piece[0] == '\n' || piece[0] == '\r';
        if (!break_ && !after_comma)
            buf_byte(out, ',');
        buf_add(out, str_view(piece));
        after_comma = break_;
    }
}

static void blocks_are_the_file(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (int round = 0; round < 300; round++) {
        struct buf text, wanted, records, bytes;
        struct csv csv;
        buf_init(&text, 100000);
        buf_init(&wanted, 1000000);
        random_text(&text, &random);
        const char *path = import_file("a.csv", buf_view(&text));
        char *copy = calloc(1, text.n + 1);
        assert_non_null(copy);
        if (text.n)
            memcpy(copy, text.p, text.n);
        csv_init_memory(&csv, path, copy, text.n);
        transcribe(&csv, &wanted);
        for (size_t size = 1; size < 300; size += 1 + next_random(&random) % 60) {
            buf_init(&records, 1000000);
            buf_init(&bytes, 1000000);
            read_in_blocks(path, size, &records, &bytes);
            assert_true(str_eq(buf_view(&bytes), buf_view(&text)));
            assert_true(str_eq(buf_view(&records), buf_view(&wanted)));
            buf_release(&records);
            buf_release(&bytes);
        }
        free(copy);
        buf_release(&text);
        buf_release(&wanted);
    }
}

/* More line ends in a word, and more words, than a counter of a byte holds. */
static void lines_are_counted_in_large_blocks(void **state)
{
    (void)state;
    struct buf text;
    struct block_reader reader;
    struct block block = {.bytes = NULL};
    struct problem problem;
    buf_init(&text, (size_t)1 << 20);
    for (size_t i = 0; i < 30011; i++)
        buf_byte(&text, i % 5 == 4 || i > 20000 ? '\n' : '\x8A'); /* the other bit of a line end */
    assert_int_equal(block_reader_open(&reader, import_file("a.csv", buf_view(&text)), 0, -1, &problem), ST_OK);
    assert_int_equal(block_reader_next(&reader, &block, &problem), ST_OK);
    assert_int_equal(block.lines + 1, csv_count_lines(buf_view(&text)));
    block_release(&block);
    block_reader_close(&reader);
    buf_release(&text);
}

static void a_mark_counts_at_the_beginning_only(void **state)
{
    (void)state;
    struct csv csv;
    struct problem problem;
    char first[] = "\xEF\xBB\xBFt,v\n", later[] = "\xEF\xBB\xBFt,v\n";
    csv_init_part(&csv, "a", first, sizeof first - 1, 1);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_true(str_is(csv.field[0], "t"));
    csv_init_part(&csv, "a", later, sizeof later - 1, 9);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv.line, 9);
    assert_true(str_is(csv.field[0], "\xEF\xBB\xBFt"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, import_make_folder, import_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(blocks_are_the_file),
        CASE(lines_are_counted_in_large_blocks),
        CASE(a_mark_counts_at_the_beginning_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
