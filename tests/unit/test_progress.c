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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_how_far_it_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
