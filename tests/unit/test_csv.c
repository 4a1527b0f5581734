#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/base/csv.h"

/* A reader over a copy, for quotes are resolved in place. */
static char bytes[4096];
static struct csv csv;
static struct problem problem;

static void open_text(struct str text)
{
    assert_true(text.n <= sizeof bytes);
    memcpy(bytes, text.p, text.n);
    csv_init_memory(&csv, "t.csv", bytes, text.n);
}

/* The next record's fields joined by "|". */
static void expect(const char *wanted)
{
    char joined[512];
    size_t n = 0;
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    for (size_t i = 0; i < csv.n_fields; i++)
        n += (size_t)snprintf(joined + n, sizeof joined - n, "%s%.*s", i ? "|" : "", STR_ARG(csv.field[i]));
    assert_string_equal(joined, wanted);
}

static void expect_end(void)
{
    assert_int_equal(csv_next(&csv, &problem), ST_NOT_FOUND);
    assert_int_equal(csv_next(&csv, &problem), ST_NOT_FOUND);
    csv_release(&csv);
}

static void expect_refusal(struct str text, const char *place)
{
    enum status status;
    open_text(text);
    while ((status = csv_next(&csv, &problem)) == ST_OK)
        continue;
    assert_int_equal(status, ST_INVALID);
    assert_string_equal(problem.place, place);
}

static void resolves_quotes(void **state)
{
    (void)state;
    open_text(STR("\"a,b\",\"say \"\"hi\"\"\",\"\"\n\"two\nlines\",x,\n"));
    expect("a,b|say \"hi\"|");
    assert_int_equal(csv.n_fields, 3);
    expect("two\nlines|x|");
    assert_int_equal(csv.line, 2);
    expect_end();
}

static void line_ends_and_mark_leave_no_trace(void **state)
{
    (void)state;
    open_text(STR("\xEF\xBB\xBFid,name\r\n1,\"x\"\r\n2,y"));
    expect("id|name");
    assert_int_equal(csv_column(&csv, STR("id")), 0); /* not "\uFEFFid" */
    expect("1|x");
    expect("2|y");
    assert_int_equal(csv.line, 3);
    expect_end();
}

static void blank_lines_are_passed_over_but_counted(void **state)
{
    (void)state;
    open_text(STR("\n\r\na\n\n\nb\n\n"));
    expect("a");
    assert_int_equal(csv.line, 3);
    expect("b");
    assert_int_equal(csv.line, 6);
    expect_end();
    open_text(STR(""));
    expect_end();
    open_text(STR("\xEF\xBB\xBF"));
    expect_end();
}

static void names_the_line_of_what_is_wrong(void **state)
{
    (void)state;
    expect_refusal(STR("a\nb\n\"open,\nc\nd\n"), "t.csv:3");
    assert_non_null(strstr(problem.detail, "quote"));
    expect_refusal(STR("a\n\"b\"c\n"), "t.csv:2");
    expect_refusal(STR("a\n\nb\"c\"\n"), "t.csv:3");
    expect_refusal(STR("\"two\nlines\"\nx\xFF\n"), "t.csv:3");
    expect_refusal(STR("a\0b\n"), "t.csv:1");
}

static void takes_64_fields_and_no_more(void **state)
{
    (void)state;
    char text[65];
    memset(text, ',', sizeof text);
    text[63] = '\n';
    open_text(str_span(text, 64));
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv.n_fields, 64);
    text[63] = ',';
    text[64] = '\n';
    expect_refusal(str_span(text, 65), "t.csv:1");
}

/* ---- streams ---- */

static struct str unread;

static ptrdiff_t one_byte(void *source, char *into, size_t room, struct problem *told)
{
    (void)source;
    (void)told;
    if (unread.n == 0 || room == 0)
        return 0;
    *into = *unread.p;
    unread = str_span(unread.p + 1, unread.n - 1);
    return 1;
}

static void a_stream_may_come_byte_by_byte(void **state)
{
    (void)state;
    unread = STR("\xEF\xBB\xBFid,\"na\"\"me\"\r\n\r\n1,\"x\ny\"\r\n2,z");
    csv_init_stream(&csv, "t.csv", one_byte, NULL);
    expect("id|na\"me");
    expect("1|x\ny");
    assert_int_equal(csv.line, 3);
    expect("2|z");
    assert_int_equal(csv.line, 5);
    expect_end();
}

/* `*left` letters, as many at once as are wanted. */
static ptrdiff_t letters(void *left, char *into, size_t room, struct problem *told)
{
    size_t *n = left, got = *n < room ? *n : room;
    (void)told;
    memset(into, 'a', got);
    *n -= got;
    return (ptrdiff_t)got;
}

static void refuses_a_record_that_is_too_long(void **state)
{
    (void)state;
    size_t left = CSV_RECORD_MAX * 64;
    csv_init_stream(&csv, "t.csv", letters, &left);
    assert_int_equal(csv_next(&csv, &problem), ST_INVALID);
    assert_string_equal(problem.place, "t.csv:1");
    assert_true(left > CSV_RECORD_MAX * 60); /* and does not read it all to find out */
    csv_release(&csv);
    left = CSV_RECORD_MAX;
    csv_init_stream(&csv, "t.csv", letters, &left);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv.field[0].n, CSV_RECORD_MAX);
    csv_release(&csv);
}

static ptrdiff_t broken(void *source, char *into, size_t room, struct problem *told)
{
    (void)source;
    (void)into;
    (void)room;
    (void)problem_set(told, ST_IO, "disk", "gone");
    return -1;
}

static void passes_on_what_the_source_says(void **state)
{
    (void)state;
    csv_init_stream(&csv, "t.csv", broken, NULL);
    assert_int_equal(csv_next(&csv, &problem), ST_IO);
    assert_string_equal(problem.detail, "gone");
    csv_release(&csv);
}

static void finds_the_columns_of_a_header(void **state)
{
    (void)state;
    static const char *const names[] = {"b", "a"};
    size_t column[2];
    open_text(STR("a, b ,c\n"));
    assert_int_equal(csv_header(&csv, names, 2, column, &problem), ST_OK);
    assert_int_equal(column[0], 1);
    assert_int_equal(column[1], 0);
    open_text(STR("a,c\n"));
    assert_int_equal(csv_header(&csv, names, 2, column, &problem), ST_INVALID);
    assert_non_null(strstr(problem.detail, "\"b\""));
    open_text(STR(""));
    assert_int_equal(csv_header(&csv, names, 2, column, &problem), ST_INVALID);
    assert_int_equal(csv_count_lines(STR("a\nb\nc")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_quotes),
        cmocka_unit_test(line_ends_and_mark_leave_no_trace),
        cmocka_unit_test(blank_lines_are_passed_over_but_counted),
        cmocka_unit_test(names_the_line_of_what_is_wrong),
        cmocka_unit_test(takes_64_fields_and_no_more),
        cmocka_unit_test(a_stream_may_come_byte_by_byte),
        cmocka_unit_test(refuses_a_record_that_is_too_long),
        cmocka_unit_test(passes_on_what_the_source_says),
        cmocka_unit_test(finds_the_columns_of_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
