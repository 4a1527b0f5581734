#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "entrepot/base/buf.h"
#include "entrepot/base/csv.h"

/* A stream that gives `step` bytes at a time, and fails at `fail_at`. */
struct trickle {
    struct str rest;
    size_t step, given, fail_at;
};

static ptrdiff_t trickle_fill(void *source, char *into, size_t room, struct problem *problem)
{
    struct trickle *t = source;
    size_t n = t->step < room ? t->step : room;
    n = n < t->rest.n ? n : t->rest.n;
    if (t->fail_at && t->given + n >= t->fail_at) {
        (void)problem_set(problem, ST_IO, "stream", "the cable was cut");
        return -1;
    }
    if (n)
        memcpy(into, t->rest.p, n);
    t->rest = str_span(t->rest.p + n, t->rest.n - n);
    t->given += n;
    return (ptrdiff_t)n;
}

/* All records as "line:field|field;", or the status and place of the refusal behind "!". */
static void transcribe(struct csv *csv, struct buf *out)
{
    struct problem problem;
    enum status status;
    while ((status = csv_next(csv, &problem)) == ST_OK) {
        buf_printf(out, "%u:", (unsigned)csv->line);
        for (size_t i = 0; i < csv->n_fields; i++) {
            if (i)
                buf_byte(out, '|');
            buf_add(out, csv->field[i]);
        }
        buf_byte(out, ';');
    }
    if (status != ST_NOT_FOUND)
        buf_printf(out, "!%d %s", (int)status, problem.place);
}

static void expect(const struct buf *out, const char *wanted, const char *how)
{
    if (!str_is(buf_view(out), wanted))
        fail_msg("%s: got  %.*s\n  not  %s", how, STR_ARG(buf_view(out)), wanted);
}

/* The same records from memory and from streams that cut the text anywhere. */
static void reads_as(struct str text, const char *wanted)
{
    struct csv csv;
    struct buf out;
    char *copy = malloc(text.n ? text.n : 1); /* exactly as long, so that a step too far is seen */
    assert_non_null(copy);
    buf_init(&out, (size_t)1 << 20);
    if (text.n)
        memcpy(copy, text.p, text.n);
    csv_init_memory(&csv, "t.csv", copy, text.n);
    transcribe(&csv, &out);
    csv_release(&csv);
    expect(&out, wanted, "memory");
    for (size_t step = 1; step <= 7; step++) {
        struct trickle t = {.rest = text, .step = step};
        buf_reset(&out);
        csv_init_stream(&csv, "t.csv", trickle_fill, &t);
        transcribe(&csv, &out);
        csv_release(&csv);
        expect(&out, wanted, "stream");
    }
    buf_release(&out);
    free(copy);
}

static void records_and_line_ends(void **state)
{
    (void)state;
    reads_as(STR("a,b\n1,2\n"), "1:a|b;2:1|2;");
    reads_as(STR("a,b\r\n1,2\r\n"), "1:a|b;2:1|2;");
    reads_as(STR("a,b\n1,2"), "1:a|b;2:1|2;");
    reads_as(STR("a,b\r\n1,2\r"), "1:a|b;2:1|2;");
    reads_as(STR("a,,\n,\n"), "1:a||;2:|;");
    reads_as(STR(" a , b \n"), "1: a | b ;"); /* spaces belong to a field */
    reads_as(STR(""), "");
    reads_as(STR("\n\r\n\n"), "");
    reads_as(STR("a\n\n\r\nb\n"), "1:a;4:b;"); /* empty lines are passed over, but counted */
}

static void quotes(void **state)
{
    (void)state;
    reads_as(STR("\"a,b\",c\n"), "1:a,b|c;");
    reads_as(STR("\"say \"\"no\"\"\",\"\"\n"), "1:say \"no\"|;");
    reads_as(STR("\"\"\"\"\n"), "1:\";");
    reads_as(STR("x,\"two\nlines\"\nnext\n"), "1:x|two\nlines;3:next;");
    reads_as(STR("x,\"two\r\nlines\"\r\nnext\r\n"), "1:x|two\r\nlines;3:next;");
    reads_as(STR("\"a\",\n\"b\""), "1:a|;2:b;");
    reads_as(STR("\"\"\n"), "1:;");
}

static void a_byte_order_mark_is_dropped_once(void **state)
{
    (void)state;
    reads_as(STR("\xEF\xBB\xBFid,n\n1,2\n"), "1:id|n;2:1|2;");
    reads_as(STR("\xEF\xBB\xBF\"id\",n\n"), "1:id|n;");
    reads_as(STR("\xEF\xBB\xBF"), "");
    reads_as(STR("a\n\xEF\xBB\xBF"
                 "b\n"),
             "1:a;2:\xEF\xBB\xBF"
             "b;");
}

static void breaches_are_refused_with_their_line(void **state)
{
    (void)state;
    reads_as(STR("a\n\"open\n"), "1:a;!2 t.csv:2");
    reads_as(STR("a\n\"open"), "1:a;!2 t.csv:2");
    reads_as(STR("a\n\""), "1:a;!2 t.csv:2");
    reads_as(STR("a\n\"b\"c,d\n"), "1:a;!2 t.csv:2");
    reads_as(STR("a\nb\"c\"\n"), "1:a;!2 t.csv:2");
    reads_as(STR("a\n\nb\xFF\n"), "1:a;!2 t.csv:3");
    reads_as(STR("a\nb\0c\n"), "1:a;!2 t.csv:2");
    reads_as(STR("a\n\"x\n\ny\" z\n"), "1:a;!2 t.csv:2"); /* the line on which the record begins */
}

static void sixty_four_fields_and_no_more(void **state)
{
    (void)state;
    char line[CSV_FIELDS_MAX + 2];
    struct csv csv;
    struct problem problem;
    memset(line, ',', sizeof line);
    line[CSV_FIELDS_MAX - 1] = '\n';
    csv_init_memory(&csv, "t.csv", line, CSV_FIELDS_MAX);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv.n_fields, CSV_FIELDS_MAX);
    memset(line, ',', sizeof line);
    line[CSV_FIELDS_MAX] = '\n';
    csv_init_memory(&csv, "t.csv", line, CSV_FIELDS_MAX + 1);
    assert_int_equal(csv_next(&csv, &problem), ST_INVALID);
}

static struct buf long_record(size_t n, bool quoted)
{
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    buf_add(&text, quoted ? STR("a\nb\n\"") : STR("a\nb\n"));
    for (size_t i = 0; i < n; i++)
        buf_byte(&text, quoted && i % 50 == 49 ? '\n' : 'x');
    return text;
}

static void an_open_quote_does_not_eat_a_large_file(void **state)
{
    (void)state;
    struct buf text = long_record(5 * CSV_RECORD_MAX, true);
    struct trickle t = {.rest = buf_view(&text), .step = SIZE_MAX};
    struct csv csv;
    struct problem problem;
    csv_init_stream(&csv, "t.csv", trickle_fill, &t);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_next(&csv, &problem), ST_INVALID);
    assert_string_equal(problem.place, "t.csv:3");
    assert_true(t.given < 4 * CSV_RECORD_MAX); /* given up long before the end */
    csv_release(&csv);
    csv_release(&csv);
    buf_release(&text);
}

static void a_record_up_to_the_limit_is_read(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        struct buf text = long_record(CSV_RECORD_MAX - 1 + over, false); /* and the line end */
        buf_byte(&text, '\n');
        struct trickle t = {.rest = buf_view(&text), .step = SIZE_MAX};
        struct csv csv;
        csv_init_stream(&csv, "t.csv", trickle_fill, &t);
        assert_int_equal(csv_next(&csv, NULL), ST_OK);
        assert_int_equal(csv_next(&csv, NULL), ST_OK);
        assert_int_equal(csv_next(&csv, NULL), over ? ST_INVALID : ST_OK);
        assert_int_equal(csv.n_fields == 1 && csv.field[0].n == CSV_RECORD_MAX - 1, !over);
        csv_release(&csv);
        buf_release(&text);
    }
}

static void many_records_through_a_small_window(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    for (unsigned i = 0; i < 60000; i++)
        buf_printf(&text, "%u,\"q%u\n\",%u\r\n", i, i, i * 3);
    struct trickle t = {.rest = buf_view(&text), .step = 70001};
    struct csv csv;
    struct problem problem;
    csv_init_stream(&csv, "t.csv", trickle_fill, &t);
    for (uint32_t i = 0, a, c; i < 60000; i++) {
        assert_int_equal(csv_next(&csv, &problem), ST_OK);
        assert_int_equal(csv.n_fields, 3);
        assert_true(csv.line == (uint64_t)i * 2 + 1);
        assert_true(str_u32(csv.field[0], UINT32_MAX, &a) && a == i);
        assert_true(str_u32(csv.field[2], UINT32_MAX, &c) && c == i * 3);
    }
    assert_int_equal(csv_next(&csv, &problem), ST_NOT_FOUND);
    assert_int_equal(csv_next(&csv, &problem), ST_NOT_FOUND);
    csv_release(&csv);
    buf_release(&text);
}

static void a_failing_stream_is_passed_on(void **state)
{
    (void)state;
    struct trickle t = {.rest = STR("a,b\n1,2\n3,4\n"), .step = 4, .fail_at = 9};
    struct csv csv;
    struct problem problem;
    csv_init_stream(&csv, "t.csv", trickle_fill, &t);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_next(&csv, &problem), ST_IO);
    assert_string_equal(problem.detail, "the cable was cut");
    csv_release(&csv);
}

static void headers(void **state)
{
    (void)state;
    static const char *const wanted[] = {"value", "id"};
    char good[] = "id, value ,x\n1,2,3\n", lacking[] = "\nid,Value\n", empty[] = "\n";
    size_t column[2];
    struct csv csv;
    struct problem problem;
    csv_init_memory(&csv, "t.csv", good, strlen(good));
    assert_int_equal(csv_header(&csv, wanted, 2, column, &problem), ST_OK);
    assert_int_equal(column[0], 1);
    assert_int_equal(column[1], 0);
    assert_int_equal(csv_column(&csv, STR("x")), 2);
    assert_int_equal(csv_column(&csv, STR("y")), CSV_FIELDS_MAX);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_refuse(&csv, &problem, "no value", csv.field[1]), ST_INVALID);
    assert_string_equal(problem.place, "t.csv:2");
    assert_string_equal(problem.detail, "no value: \"2\"");
    csv_init_memory(&csv, "t.csv", lacking, strlen(lacking));
    assert_int_equal(csv_header(&csv, wanted, 2, column, &problem), ST_INVALID);
    assert_string_equal(problem.place, "t.csv:2");
    assert_non_null(strstr(problem.detail, "\"value\""));
    csv_init_memory(&csv, "t.csv", empty, strlen(empty));
    assert_int_equal(csv_header(&csv, wanted, 2, column, &problem), ST_INVALID);
}

static void lines_are_no_fewer_than_records(void **state)
{
    (void)state;
    assert_true(csv_count_lines(STR("a")) >= 1);
    assert_true(csv_count_lines(STR("a\nb\nc")) >= 3);
    assert_true(csv_count_lines(STR("a\nb\nc\n")) <= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_and_line_ends),
        cmocka_unit_test(quotes),
        cmocka_unit_test(a_byte_order_mark_is_dropped_once),
        cmocka_unit_test(breaches_are_refused_with_their_line),
        cmocka_unit_test(sixty_four_fields_and_no_more),
        cmocka_unit_test(an_open_quote_does_not_eat_a_large_file),
        cmocka_unit_test(a_record_up_to_the_limit_is_read),
        cmocka_unit_test(many_records_through_a_small_window),
        cmocka_unit_test(a_failing_stream_is_passed_on),
        cmocka_unit_test(headers),
        cmocka_unit_test(lines_are_no_fewer_than_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
