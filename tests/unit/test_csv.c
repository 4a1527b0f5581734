#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "entrepot/base/buf.h"
#include "entrepot/base/csv.h"

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

static void expect(const struct buf *out, const char *wanted)
{
    if (!str_is(buf_view(out), wanted))
        fail_msg("got  %.*s\n  not  %s", STR_ARG(buf_view(out)), wanted);
}

/* The same records wherever in memory the text lies. */
static void reads_as(struct str text, const char *wanted)
{
    struct csv csv;
    struct buf out;
    buf_init(&out, (size_t)1 << 20);
    for (size_t before = 0; before < 8; before++) {
        char *copy = malloc(before + text.n + !text.n); /* exactly as long, so that a step too far is seen */
        assert_non_null(copy);
        if (text.n)
            memcpy(copy + before, text.p, text.n);
        buf_reset(&out);
        csv_init_memory(&csv, "t.csv", copy + before, text.n);
        transcribe(&csv, &out);
        expect(&out, wanted);
        free(copy);
    }
    buf_release(&out);
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
    struct csv csv;
    struct problem problem;
    csv_init_memory(&csv, "t.csv", text.p, text.n);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_next(&csv, &problem), ST_OK);
    assert_int_equal(csv_next(&csv, &problem), ST_INVALID);
    assert_string_equal(problem.place, "t.csv:3");
    assert_true(csv.n > CSV_RECORD_MAX); /* given up long before the end */
    buf_release(&text);
}

static void a_record_up_to_the_limit_is_read(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        struct buf text = long_record(CSV_RECORD_MAX - 1 + over, false); /* and the line end */
        buf_byte(&text, '\n');
        struct csv csv;
        csv_init_memory(&csv, "t.csv", text.p, text.n);
        assert_int_equal(csv_next(&csv, NULL), ST_OK);
        assert_int_equal(csv_next(&csv, NULL), ST_OK);
        assert_int_equal(csv_next(&csv, NULL), over ? ST_INVALID : ST_OK);
        assert_int_equal(csv.n_fields == 1 && csv.field[0].n == CSV_RECORD_MAX - 1, !over);
        buf_release(&text);
    }
}

static void many_records(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    for (unsigned i = 0; i < 60000; i++)
        buf_printf(&text, "%u,\"q%u\n\",%u\r\n", i, i, i * 3);
    struct csv csv;
    struct problem problem;
    csv_init_memory(&csv, "t.csv", text.p, text.n);
    for (uint32_t i = 0, a, c; i < 60000; i++) {
        assert_int_equal(csv_next(&csv, &problem), ST_OK);
        assert_int_equal(csv.n_fields, 3);
        assert_true(csv.line == (uint64_t)i * 2 + 1);
        assert_true(str_u32(csv.field[0], UINT32_MAX, &a) && a == i);
        assert_true(str_u32(csv.field[2], UINT32_MAX, &c) && c == i * 3);
    }
    assert_int_equal(csv_next(&csv, &problem), ST_NOT_FOUND);
    assert_int_equal(csv_next(&csv, &problem), ST_NOT_FOUND);
    buf_release(&text);
}

/* A text that is cut anywhere has the same records before the one that was cut. */
static void a_cut_spares_what_is_before_it(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,2\n3,4\n";
    for (size_t n = 0; n < sizeof text; n++) {
        char copy[sizeof text];
        struct csv csv;
        memcpy(copy, text, sizeof text);
        csv_init_memory(&csv, "t.csv", copy, n);
        for (size_t whole = 0; whole < n / 4; whole++) {
            assert_int_equal(csv_next(&csv, NULL), ST_OK);
            assert_int_equal(csv.n_fields, 2);
            assert_int_equal(csv.field[1].p[0], text[whole * 4 + 2]);
        }
        assert_int_equal(csv_next(&csv, NULL), n % 4 ? ST_OK : ST_NOT_FOUND);
        assert_int_equal(csv.n, 0);
    }
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
        cmocka_unit_test(many_records),
        cmocka_unit_test(a_cut_spares_what_is_before_it),
        cmocka_unit_test(headers),
        cmocka_unit_test(lines_are_no_fewer_than_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
