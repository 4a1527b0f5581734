/* An import whose every system call fails, is cut short or is the last one, and whose every allocation fails: the old file or the whole
 * new one is there, nothing else is, and the message says what happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entrepot/cube/cube.h"
#include "entrepot/ingest/ingest.h"
#include "faults.h"

static char folder[64], input[2][96], output[96];
static struct countries *countries;
static struct products *products;
static struct str old_file, new_file;

/* ---- files ---- */

static struct str slurp(const char *path)
{
    struct problem problem;
    char *bytes;
    size_t n;
    if (ingest_slurp(path, (size_t)1 << 24, &bytes, &n, &problem) != ST_OK)
        return str_span(NULL, 0);
    return str_span(bytes, n);
}

static void drop(struct str text) { free((void *)(uintptr_t)text.p); }

static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    assert_int_equal(fclose(file), 0);
}

/* Two years, spread over both files, so that the import has to merge parts. */
static void write_input(void)
{
    for (unsigned f = 0; f < 2; f++) {
        struct buf text;
        buf_init(&text, (size_t)1 << 24);
        buf_lit(&text, "t,i,j,k,v,q\n");
        for (unsigned t = 2019; t <= 2020; t++)
            for (unsigned j = 0; j < 2; j++)
                for (unsigned k = f; k < 120; k += 2)
                    buf_printf(&text, "%u,156,%u,%06u,%u.%03u,%12u.5\n", t, j ? 699 : 842, 10100 + k * 791, k * k, k,
                               k + 1);
        write_file(input[f], buf_view(&text));
        buf_release(&text);
    }
}

static int setup(void **state)
{
    (void)state;
    struct problem problem;
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(input[0], sizeof input[0], "%s/a.csv", folder);
    (void)snprintf(input[1], sizeof input[1], "%s/b.csv", folder);
    (void)snprintf(output, sizeof output, "%s/out.cube", folder);
    struct str c = slurp("config/countries.csv"), p = slurp("config/products.csv");
    enum status status = countries_read("countries.csv", c, &countries, &problem);
    if (status == ST_OK)
        status = products_read("products.csv", p, &products, &problem);
    drop(c);
    drop(p);
    write_input();
    return status == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(input[0]);
    (void)unlink(input[1]);
    (void)unlink(output);
    drop(old_file);
    drop(new_file);
    countries_free(countries);
    products_free(products);
    return rmdir(folder); /* fails where a temporary file was left */
}

static size_t files_in_folder(void)
{
    DIR *dir = opendir(folder);
    size_t n = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    (void)closedir(dir);
    return n;
}

/* ---- the import ---- */

static enum status run_import(struct problem *problem)
{
    const char *const path[] = {input[0], input[1]};
    static struct ingest_report report;
    struct ingest_options options = {
        .hs = "HS2017", .threads = 1, .block_bytes = 700, .memory_bytes = 200000, .stop_fd = -1};
    return ingest_import("baci", path, 2, output, countries, &options, &report, problem);
}

/* The old file is there before each import. */
static void make_ready(void) { write_file(output, old_file); }

static void expect_old_or_new(enum status status, const struct problem *problem, const char *what, size_t at)
{
    struct str now = slurp(output);
    bool is_old = str_eq(now, old_file), is_new = str_eq(now, new_file);
    if (!is_old && !is_new)
        fail_msg("%s %zu: the file is neither the old nor the new one", what, at);
    if (files_in_folder() != 3)
        fail_msg("%s %zu: something was left in the folder", what, at);
    if (status == ST_OK && !is_new)
        fail_msg("%s %zu: a success that changed nothing", what, at);
    if (status != ST_OK && (!problem->detail[0] || !problem->place[0]))
        fail_msg("%s %zu: no message: \"%s: %s\"", what, at, problem->place, problem->detail);
    drop(now);
}

static void the_import_merges_parts(void **state)
{
    (void)state;
    struct problem problem;
    struct cube *cube;
    if (run_import(&problem) != ST_OK)
        fail_msg("%s: %s", problem.place, problem.detail);
    new_file = slurp(output);
    assert_true(new_file.n > 0);
    assert_int_equal(cube_open(output, countries, products, &cube, &problem), ST_OK);
    assert_int_equal(cube_verify(cube, &problem), ST_OK);
    cube_close(cube);
    char *old = strdup("what was there before");
    old_file = str_view(old);
}

/* The bytes are on the disk before they have their name, and the name is before the import says that all is well. */
static void bytes_come_before_their_name(void **state)
{
    (void)state;
    struct problem problem;
    make_ready();
    fault_set(FAULT_NONE, 0, false);
    assert_int_equal(run_import(&problem), ST_OK);
    const char *trace = fault_trace(), *sync = strrchr(trace, 's'), *name = strchr(trace, 'n');
    const char *last_write = strrchr(trace, 'w'), *folder_sync = strrchr(trace, 'd');
    if (!sync || !name || !folder_sync || !last_write || last_write > sync || sync > name || folder_sync[1] != '\0' ||
        strrchr(trace, 'n') > folder_sync)
        fail_msg("the order is \"%s\"", trace);
}

/* Fails each call in turn, until an import makes fewer. Returns how many there were. */
static size_t fail_each(enum fault_kind kind, bool lasting, const char *what)
{
    size_t at = 0, failed = 0;
    for (;; at++) {
        struct problem problem = {.status = ST_OK};
        make_ready();
        fault_set(kind, at, lasting);
        enum status status = run_import(&problem);
        size_t calls = fault_calls();
        fault_set(FAULT_NONE, 0, false);
        expect_old_or_new(status, &problem, what, at);
        failed += status != ST_OK;
        if (at >= calls)
            break;
    }
    if (kind != FAULT_EINTR)          /* which costs but another try, mostly */
        assert_true(failed * 2 > at); /* most of them must be noticed */
    return at;
}

static void every_system_call_may_fail(void **state)
{
    (void)state;
    assert_true(fail_each(FAULT_EIO, false, "EIO at call") > 20);
    assert_true(fail_each(FAULT_ENOSPC, false, "ENOSPC at call") > 20);
    assert_true(fail_each(FAULT_EINTR, false, "EINTR at call") > 20);
    assert_true(fail_each(FAULT_ENOSPC, true, "a full disk from call") > 20);
}

static void short_and_interrupted_calls_lose_nothing(void **state)
{
    (void)state;
    struct problem problem;
    make_ready();
    fault_set(FAULT_SHORT, 0, true);
    enum status status = run_import(&problem);
    fault_set(FAULT_NONE, 0, false);
    if (status != ST_OK)
        fail_msg("%s: %s", problem.place, problem.detail);
    expect_old_or_new(status, &problem, "short calls", 0);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(fail_each(FAULT_MEMORY, false, "allocation") > 50);
    (void)fail_each(FAULT_MEMORY, true, "no memory from allocation");
    assert_true(fail_each(FAULT_PIECE, false, "piece") > 5);
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    struct problem problem = {.place = "-", .detail = "-"};
    bool finished = false;
    size_t killed = 0;
    for (size_t at = 0; !finished; at++) {
        make_ready();
        pid_t child = fork();
        if (child == 0) {
            fault_set(FAULT_KILL, at, false);
            _exit(run_import(NULL) == ST_OK ? 0 : 1);
        }
        int how = 0;
        assert_true(child > 0 && waitpid(child, &how, 0) == child);
        finished = WIFEXITED(how);
        killed += WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
        if (!finished &&
            files_in_folder() == 4) { /* killed between the two steps of naming: a whole file under another name */
            DIR *dir = opendir(folder);
            for (struct dirent *entry; (entry = readdir(dir));)
                if (strncmp(entry->d_name, "out.cube.", 9) == 0)
                    assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
            (void)closedir(dir);
        }
        expect_old_or_new(finished ? ST_OK : ST_IO, &problem, "killed at call", at);
    }
    assert_true(killed > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_import_merges_parts),    cmocka_unit_test(bytes_come_before_their_name),
        cmocka_unit_test(every_system_call_may_fail), cmocka_unit_test(short_and_interrupted_calls_lose_nothing),
        cmocka_unit_test(every_allocation_may_fail),  cmocka_unit_test(killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
