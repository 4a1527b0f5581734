/* Files as they were downloaded: tests/fixtures/import/outcomes.txt says what each of them is; and the same files written in other ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>

#include "entrepot/base/csv.h"
#include "import_case.h"

#define OUTCOMES "tests/fixtures/import/outcomes.txt"
#define FILES "tests/fixtures/import/"
#define SHARED "../shared/cases/import/"

/* One file and what is right. */
struct outcome {
    char path[256], set[128], hs[16];
    bool plain;   /* a table alone: it may be written in other ways */
    bool refused; /* `wanted` is part of the message then, else the observations */
    struct str wanted;
    size_t many; /* not 0: only their number is told, as «(237)» */
};

static char *text;
static size_t text_n;

static int read_outcomes(void **state)
{
    struct problem problem;
    if (import_read_tables(state) != 0)
        return -1;
    return ingest_slurp(OUTCOMES, (size_t)1 << 20, &text, &text_n, &problem) == ST_OK ? 0 : -1;
}

static int free_outcomes(void **state)
{
    free(text);
    return import_free_tables(state);
}

/* «= file [*] [set=…] [hs=…]» and lines of observations; «! file words»; lines that begin with # say why. */
static bool next_outcome(struct str *rest, struct outcome *out)
{
    struct str line = {NULL, 0};
    while (rest->n) {
        line = str_cut(rest, '\n');
        if (line.n && (line.p[0] == '=' || line.p[0] == '!'))
            break;
        line.n = 0;
    }
    if (line.n == 0)
        return false;
    *out = (struct outcome){.refused = line.p[0] == '!'};
    line = str_span(line.p + 2, line.n - 2);
    struct str file = str_cut(&line, ' ');
    bool shared = str_starts(file, STR("shared/"));
    (void)snprintf(out->path, sizeof out->path, "%s%.*s", shared ? SHARED : FILES, (int)(file.n - (shared ? 7 : 0)),
                   file.p + (shared ? 7 : 0));
    while (line.n && (line.p[0] == '*' || str_starts(line, STR("set=")) || str_starts(line, STR("hs=")))) {
        struct str word = str_cut(&line, ' ');
        if (word.p[0] == '*')
            out->plain = true;
        else if (word.p[0] == 's')
            (void)snprintf(out->set, sizeof out->set, "%.*s", (int)word.n - 4, word.p + 4);
        else
            (void)snprintf(out->hs, sizeof out->hs, "%.*s", (int)word.n - 3, word.p + 3);
    }
    out->wanted = line;
    if (!out->refused) {
        size_t n = 0;
        if (rest->n && rest->p[0] == '(')
            out->many = strtoul(rest->p + 1, NULL, 10);
        while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= 'Z' &&
               rest->p[n] != '=') { /* a period begins with a digit or FY */
            n += str_find(str_span(rest->p + n, rest->n - n), '\n') + 1;
            n = n < rest->n ? n : rest->n;
        }
        out->wanted = str_span(rest->p, n);
        *rest = str_span(rest->p + n, rest->n - n);
    }
    return true;
}

static struct ingest_options options_of(const struct outcome *o)
{
    struct ingest_options options = ingest_options_default();
    options.set = o->set[0] ? o->set : NULL;
    options.hs = o->hs[0] ? o->hs : NULL;
    return options;
}

static size_t cube_rows_of(const struct buf *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += rows->p[i] == '\n';
    return n;
}

static void expect_rows(const struct outcome *o, const char *what, const struct import_result *result)
{
    struct buf rows;
    if (result->status != ST_OK)
        fail_msg("%s (%s): %s: %s", o->path, what, result->problem.place, result->problem.detail);
    buf_init(&rows, (size_t)1 << 24);
    import_transcribe(result->bytes, result->n, &rows);
    if (o->many ? cube_rows_of(&rows) != o->many : !str_eq(buf_view(&rows), o->wanted))
        fail_msg("%s (%s): got\n%.*snot\n%.*s", o->path, what, STR_ARG(buf_view(&rows)), STR_ARG(o->wanted));
    buf_release(&rows);
}

static bool is_manifest(const struct outcome *o)
{
    return str_ends(str_view(o->path), STR(".json")) && ingest_is_format(o->path, NULL);
}

/* ---- as they are ---- */

static void check(const struct outcome *o)
{
    struct import_result result;
    struct ingest_options options = options_of(o);
    char wanted[200];
    const bool manifest = is_manifest(o);
    import_run(&result, manifest ? o->path : NULL, &options, (const char *const[]){manifest ? NULL : o->path, NULL});
    (void)snprintf(wanted, sizeof wanted, "%.*s", STR_ARG(o->wanted));
    if (!o->refused)
        expect_rows(o, "as it is", &result);
    else if (result.status == ST_OK)
        fail_msg("%s is not refused: wanted \"%s\"", o->path, wanted);
    else if (!strstr(result.problem.detail, wanted) && !strstr(result.problem.cure, wanted))
        fail_msg("%s: \"%s\" (%s) does not say \"%s\"", o->path, result.problem.detail, result.problem.cure, wanted);
    import_release(&result);
}

static void each_file_is_what_its_line_says(void **state)
{
    struct outcome o;
    struct str rest = str_span(text, text_n);
    size_t n = 0, absent = 0;
    (void)state;
    while (next_outcome(&rest, &o)) {
        n++;
        if (access(o.path, R_OK) == 0)
            check(&o);
        else
            absent++;
    }
    assert_true(n > 50);
    if (absent)
        print_message("%zu of %zu files are not here\n", absent, n);
    assert_true(absent < n / 2 || access(SHARED, R_OK) != 0);
}

/* ---- the manifest that inspect writes ---- */

static void check_manifest(const struct outcome *o)
{
    struct import_result first, second;
    struct buf manifest;
    struct ingest_options options = options_of(o), none = ingest_options_default();
    buf_init(&manifest, (size_t)1 << 20);
    options.manifest = &manifest;
    import_run(&first, NULL, &options, (const char *const[]){o->path, NULL});
    assert_int_equal(first.status, ST_OK);
    const char *path = import_file("mine.json", buf_view(&manifest));
    import_run(&second, path, &none, (const char *const[]){o->path, NULL});
    if (second.status != ST_OK || !str_eq(str_span(first.bytes, first.n), str_span(second.bytes, second.n)))
        fail_msg("%s: its manifest gives another cube (%s): %.*s", o->path, second.status ? second.problem.detail : "",
                 STR_ARG(buf_view(&manifest)));
    buf_release(&manifest);
    import_release(&first);
    import_release(&second);
}

static void the_manifest_that_is_written_gives_the_same_bytes(void **state)
{
    struct outcome o;
    struct str rest = str_span(text, text_n);
    (void)state;
    while (next_outcome(&rest, &o))
        if (!o.refused && !is_manifest(&o) && access(o.path, R_OK) == 0)
            check_manifest(&o);
}

/* ---- the same in other ways ---- */

#define ROWS_MAX 400

struct table {
    struct str *cell;
    size_t rows, columns;
};

static void read_table(const char *path, struct arena *arena, struct table *out)
{
    char *bytes;
    size_t n;
    struct csv csv;
    struct problem problem;
    assert_int_equal(ingest_slurp(path, (size_t)1 << 20, &bytes, &n, &problem), ST_OK);
    *out = (struct table){.rows = 0};
    csv_init_memory(&csv, path, bytes, n);
    csv.tolerant = true;
    while (csv_next(&csv, &problem) == ST_OK && out->rows < ROWS_MAX) {
        if (!out->cell) {
            out->columns = csv.n_fields;
            out->cell = arena_new(arena, struct str, ROWS_MAX * out->columns);
        }
        for (size_t i = 0; i < out->columns; i++)
            out->cell[out->rows * out->columns + i] =
                i < csv.n_fields ? arena_str(arena, csv.field[i]) : str_span("", 0);
        out->rows++;
    }
    free(bytes);
}

static void put_cell(struct buf *out, struct str cell, char delimiter)
{
    bool quoted = str_has(cell, delimiter) || str_has(cell, '"');
    if (quoted)
        buf_byte(out, '"');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, cell.p[i]);
    }
    if (quoted)
        buf_byte(out, '"');
}

/* Columns from right to left with one more in front, rows from the last to the first. */
static void write_otherwise(const struct table *t, char delimiter, struct buf *out)
{
    for (size_t r = 0; r < t->rows; r++) {
        size_t row = r == 0 ? 0 : t->rows - r;
        buf_printf(out, "%s", r == 0 ? "a column that nobody knows" : "x");
        for (size_t i = t->columns; i-- > 0;) {
            buf_byte(out, delimiter);
            put_cell(out, t->cell[row * t->columns + i], delimiter);
        }
        buf_lit(out, "\r\n");
    }
}

static void in_utf16(struct str utf8, struct buf *out)
{
    iconv_t iconv_16 = iconv_open("UTF-16LE", "UTF-8");
    char *bytes = malloc(utf8.n * 2 + 2), *to = bytes, *from = malloc(utf8.n + 1), *at = from;
    size_t left = utf8.n, room = utf8.n * 2 + 2;
    assert_true(iconv_16 != (iconv_t)-1 && bytes && from);
    memcpy(from, utf8.p, utf8.n);
    assert_int_equal(iconv(iconv_16, &at, &left, &to, &room), 0);
    buf_lit(out, "\xFF\xFE");
    buf_add(out, str_span(bytes, (size_t)(to - bytes)));
    free(bytes);
    free(from);
    iconv_close(iconv_16);
}

static void check_otherwise(const struct outcome *o, const struct table *t, char delimiter, bool utf16)
{
    struct import_result result;
    struct buf plain, other;
    struct ingest_options options = options_of(o);
    const char *name = strrchr(o->path, '/') + 1;
    buf_init(&plain, (size_t)1 << 20);
    buf_init(&other, (size_t)1 << 21);
    write_otherwise(t, delimiter, &plain);
    if (utf16)
        in_utf16(buf_view(&plain), &other);
    const char *path = import_file(name, utf16 ? buf_view(&other) : buf_view(&plain));
    import_run(&result, NULL, &options, (const char *const[]){path, NULL});
    expect_rows(o, utf16 ? "in UTF-16, other columns" : "other columns, rows, delimiter", &result);
    import_release(&result);
    buf_release(&plain);
    buf_release(&other);
}

static void order_delimiter_and_encoding_do_not_matter(void **state)
{
    struct outcome o;
    struct arena arena;
    struct str rest = str_span(text, text_n);
    size_t n = 0;
    (void)state;
    while (next_outcome(&rest, &o)) {
        struct table table;
        if (!o.plain || access(o.path, R_OK) != 0)
            continue;
        arena_init(&arena, (size_t)1 << 24);
        read_table(o.path, &arena, &table);
        check_otherwise(&o, &table, '\t', false);
        check_otherwise(&o, &table, '|', false);
        check_otherwise(&o, &table, '\t', true);
        arena_release(&arena);
        n++;
    }
    assert_true(n > 10);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, import_make_folder, import_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_file_is_what_its_line_says),
        CASE(the_manifest_that_is_written_gives_the_same_bytes),
        CASE(order_delimiter_and_encoding_do_not_matter),
    };
    return cmocka_run_group_tests(tests, read_outcomes, free_outcomes);
}
