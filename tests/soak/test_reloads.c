/* A running server whose reload fails at every allocation, libraries included, and at every system call that files are read with, once and
 * from then on: what it served it goes on serving, its log and its health say what happened, and the next reload takes the new data.
 *
 * $TORTURE_STEP: only every so manieth allocation, 1 under `make torture`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entrepot/cube/cube.h"
#include "http/raw_client.h"
#include "siege/starving.h"
#include "soak/callers.h"
#include "soak/live.h"

#define SMALL "/v1/bilateral/IND/CHN?period=2022"

static long step = 29;
static struct process server;
static struct version version[2]; /* of the answer, with a.csv and with b.csv */
static unsigned now;              /* which of them is served */

/* ---- data of every kind: a manifest, one in a folder, a cube file that is copied and one that is mapped ---- */

static void import(const char *format, const char *csv, const char *id, const char *cube)
{
    struct process process;
    const char *entrepot = getenv("ENTREPOT");
    const char *argv[12] = {entrepot ? entrepot : "build/gcc/entrepot", "import", format};
    size_t n = 3;
    if (csv)
        argv[n++] = csv;
    const char *const options[] = {"--id", id, "-o", cube};
    memcpy(argv + n, options, sizeof options);
    if (csv)
        argv[n + 4] = "--hs=HS2017";
    assert_true(process_start(&process, argv));
    if (process_wait(&process, 60000) != 0) {
        struct str said = process_said(&process);
        fail_msg("%s: %.*s", cube, STR_ARG(said));
    }
    process_forget(&process);
}

/* Figures of many digits, which a cube cannot hold in less than CUBE_SMALL_BYTES. */
static void write_baci(const char *path)
{
    static const unsigned area[] = {36, 76, 124, 156, 251, 276, 392, 410, 699, 842};
    uint64_t seed = 88172645463325252ULL;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs("t,i,j,k,v,q\n", file) >= 0);
    for (unsigned t = 2015; t < 2020; t++)
        for (unsigned pair = 0; pair < 100; pair++)
            for (unsigned k = 0; k < 1500 && pair / 10 != pair % 10; k++) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                assert_true(fprintf(file, "%u,%u,%u,%06u,%u.%03u,%u\n", t, area[pair / 10], area[pair % 10],
                                    10100 + k * 61, (unsigned)(seed >> 34), (unsigned)(seed % 1000),
                                    (unsigned)(seed >> 12) & 0x3FFFFFFF) > 0);
            }
    assert_int_equal(fclose(file), 0);
}

static void put_data(void)
{
    char path[300], cube[300], config[300];
    struct stat info;
    live_put_releases();
    live_put_manifest("live.json", "a.csv");
    import("tests/fixtures/toy-world.json", NULL, "toy-copied", live_file("copied.cube", cube, sizeof cube));
    write_baci(live_file("large.csv", path, sizeof path));
    import("baci", path, "large-mapped", live_file("mapped.cube", cube, sizeof cube));
    assert_int_equal(unlink(path), 0);
    assert_true(stat(cube, &info) == 0 && (size_t)info.st_size > CUBE_SMALL_BYTES);
    assert_int_equal(mkdir(live_file("more", path, sizeof path), 0700), 0);
    import("tests/fixtures/toy-world.json", NULL, "toy-more", live_file("more/more.cube", cube, sizeof cube));
    live_write(live_file("config.json", config, sizeof config),
               STR("{\"data\": [\"live.json\", \"copied.cube\", \"mapped.cube\", \"more\"], \"access_log\": false, "
                   "\"shards\": 1}"));
}

/* ---- the server ---- */

static bool reload(void)
{
    unsigned taken = live_events(&server, "reloaded"), refused = live_events(&server, "reload_failed");
    assert_int_equal(kill(server.pid, SIGHUP), 0);
    for (int64_t until = clock_ms() + 20000; clock_ms() < until; pause_ms(2)) {
        if (live_events(&server, "reloaded") > taken)
            return true;
        if (live_events(&server, "reload_failed") > refused)
            return false;
    }
    struct str said = process_said(&server);
    fail_msg("no word of a reload: %.*s", STR_ARG(said));
    return false;
}

static bool answers_as(unsigned which)
{
    struct version seen;
    if (!version_learn(&seen, server.port, SMALL))
        return false;
    bool same =
        strcmp(seen.etag, version[which].etag) == 0 && str_eq(buf_view(&seen.body), buf_view(&version[which].body));
    version_release(&seen);
    return same;
}

static void put_other(void) { live_put_manifest("live.json", now ? "a.csv" : "b.csv"); }

static int setup(void **state)
{
    char config[300];
    const char *wanted = getenv("TORTURE_STEP");
    if (wanted && strtol(wanted, NULL, 10) > 0)
        step = strtol(wanted, NULL, 10);
    if (live_setup(state) != 0)
        return -1;
    put_data();
    const char *const more[] = {"--config", live_file("config.json", config, sizeof config), "--drain", "500", NULL};
    if (!starving_serve(&server, more) || !version_learn(&version[0], server.port, SMALL))
        return -1;
    put_other();
    now = 1;
    return reload() && version_learn(&version[1], server.port, SMALL) && answers_as(1) && !answers_as(0) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)process_end(&server, SIGKILL, 5000);
    process_forget(&server);
    version_release(&version[0]);
    version_release(&version[1]);
    return 0;
}

/* ---- what fails ---- */

/* What the log and /healthz must say of a reload that failed. */
static void expect_words(const char *what, long at)
{
    struct raw_client client;
    struct raw_reply reply;
    struct str said = process_said(&server);
    const char *line = said.p, *next;
    while ((next = strstr(line + 1, "\"event\":\"reload_failed\"")) != NULL)
        line = next;
    if (!strstr(line, "\"detail\":\"") || strstr(line, "\"detail\":\"\""))
        fail_msg("%s %ld: no reason: %s", what, at, line);
    free((void *)(uintptr_t)said.p);
    assert_true(raw_connect(&client, server.port));
    assert_int_equal(raw_ask(&client, "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    assert_non_null(memmem(reply.body.p, reply.body.n, "\"result\":\"failed\"", 17));
    raw_close(&client);
}

static void fail_each(const char *what, bool lasting, int error, long each)
{
    unsigned refused = 0, taken = 0;
    size_t files = process_files(&server);
    for (long at = 0;; at += each) {
        put_other();
        starving_begin(at, lasting, error);
        bool ok = reload();
        long calls = starving_end();
        if (!ok) {
            refused++;
            if (!answers_as(now))
                fail_msg("%s %ld: refused, and the answer is not as before", what, at);
            expect_words(what, at);
            if (at >= calls || !reload())
                fail_msg("%s %ld: refused, and again without any failure", what, at);
        }
        taken += ok;
        now = !now;
        if (!answers_as(now))
            fail_msg("%s %ld: the new data are not served", what, at);
        if (at >= calls)
            break;
    }
    print_message("# %s: %u reloads refused, %u taken\n", what, refused, taken);
    for (int64_t until = clock_ms() + 10000; process_files(&server) > files && clock_ms() < until;)
        pause_ms(5); /* the last client's connection */
    assert_true(process_files(&server) <= files);
    assert_true(refused > 0);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each("allocation", false, 0, step);
}

static void memory_may_be_out_from_any_allocation_on(void **state)
{
    (void)state;
    fail_each("no memory from allocation", true, 0, step);
}

static void every_system_call_may_fail(void **state)
{
    (void)state;
    fail_each("EIO at call", false, EIO, 1);
    fail_each("EINTR at call", false, EINTR, 1);
}

static void files_may_be_out_of_reach_from_any_call_on(void **state)
{
    (void)state;
    fail_each("EMFILE from call", true, EMFILE, 1);
}

static void it_ends_in_order(void **state)
{
    (void)state;
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),  cmocka_unit_test(memory_may_be_out_from_any_allocation_on),
        cmocka_unit_test(every_system_call_may_fail), cmocka_unit_test(files_may_be_out_of_reach_from_any_call_on),
        cmocka_unit_test(it_ends_in_order),
    };
    (void)argc;
    if (!starving_possible(argv[0])) {
        puts("skip reloads # not under a sanitizer");
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
