#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/import/progress.h"

static void expect(const struct ingest_progress *state, double seconds, const char *wanted)
{
    struct buf text;
    buf_init(&text, 1000);
    progress_print(&text, state, seconds);
    if (!str_is(buf_view(&text), wanted))
        fail_msg("got %.*s, not %s", STR_ARG(buf_view(&text)), wanted);
    buf_release(&text);
}

static void says_how_far_it_is(void **state)
{
    (void)state;
    struct ingest_progress p = {.format = "baci", .n_files = 29};
    expect(&p, 0, "baci: 0.0 of 29 files, 0 rows, 0 rows/s");
    p.files = 12.34;
    p.rows = 118200000;
    p.read_bytes = 400;
    p.total_bytes = 1000;
    expect(&p, 5.5, "baci: 12.3 of 29 files, 118.2 M rows, 21.5 M rows/s, 0:08 left");
    expect(&p, 55, "baci: 12.3 of 29 files, 118.2 M rows, 2.1 M rows/s, 1:23 left");
    p.total_bytes = 0; /* standard input */
    expect(&p, 5.5, "baci: 12.3 of 29 files, 118.2 M rows, 21.5 M rows/s");
    p.n_files = 1;
    p.files = 1;
    p.rows = 1000;
    p.writing = true;
    expect(&p, 1, "baci: 1.0 of 1 file, 1000 rows, 1000 rows/s, writing");
}

/* What stands in `out` once the import is over. */
static void expect_told(bool terminal, long seconds_ago, bool writing, const char *wanted)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    struct progress p;
    struct ingest_progress state = {.format = "baci", .n_files = 2, .files = 2, .writing = writing};
    progress_begin(&p, stdout);
    p.out = out;
    p.terminal = terminal;
    p.told.tv_sec -= seconds_ago;
    progress_tell(&p, &state);
    progress_end(&p);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, wanted);
    free(text);
}

static void tells_it_now_and_then(void **state)
{
    (void)state;
#define LINE "baci: 2.0 of 2 files, 0 rows, 0 rows/s"
    expect_told(false, 0, false, "");
    expect_told(false, 0, true, ""); /* a short import says nothing into a log */
    expect_told(false, 6, false, LINE "\n");
    expect_told(false, 6, true, LINE ", writing\n");
    expect_told(true, 0, false, "");
    expect_told(true, 1, false, "\r" LINE "\033[K\r\033[K");
    expect_told(true, 0, true, "\r" LINE ", writing\033[K\r\033[K");
    struct ingest_progress done = {.format = "baci", .n_files = 1, .files = 1, .read_bytes = 10, .total_bytes = 10};
    expect(&done, 3, "baci: 1.0 of 1 file, 0 rows, 0 rows/s, 0:00 left");
    done.read_bytes = 0;
    expect(&done, 3, "baci: 1.0 of 1 file, 0 rows, 0 rows/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_how_far_it_is), cmocka_unit_test(tells_it_now_and_then)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
