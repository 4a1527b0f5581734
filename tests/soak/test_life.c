/* What a server must live through while it is asked: being stopped, being given other data, being given bad data, files that change under it.
 * Counts, not times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/raw_client.h"
#include "instrumented.h"
#include "siege/process.h"
#include "soak/callers.h"
#include "soak/live.h"

#define DRAINS (INSTRUMENTED ? 5 : 20)
#define SWAPS (INSTRUMENTED ? 40U : 200U)
#define BAD_FILES 100
#define STORM 1000
#define SMALL "/v1/bilateral/IND/CHN?period=2022"
#define LARGE "/v1/products?level=hs6&limit=50000"

/* ---- servers ---- */

static void serve(struct process *server, const char *data, const char *drain_ms)
{
    const char *const more[] = {"--data", data, "--drain", drain_ms, "--access-log", "0", NULL};
    if (!process_serve(server, more)) {
        struct str said = process_said(server);
        fail_msg("the server does not start: %.*s", STR_ARG(said));
    }
}

static void learn(struct version *version, const char *data)
{
    struct process server;
    serve(&server, data, "0");
    assert_true(version_learn(version, server.port, SMALL));
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    process_forget(&server);
}

/* ---- the end (L1, L2) ---- */

static void loses_no_request_when_it_is_stopped(void **state)
{
    (void)state;
    unsigned long answered = 0, lost = 0, wrong = 0;
    for (int i = 0; i < DRAINS; i++) {
        struct process server;
        struct version small, large;
        struct raw_client late;
        serve(&server, "tests/fixtures/toy-world.json", "8000");
        assert_true(version_learn(&small, server.port, SMALL) && version_learn(&large, server.port, LARGE));
        struct callers many = {
            .port = server.port, .target = SMALL, .version = &small, .n_versions = 1, .n_threads = 50};
        struct callers slow = {
            .port = server.port, .target = SMALL, .version = &small, .n_versions = 1, .n_threads = 4, .pause_ms = 7};
        struct callers big = {
            .port = server.port, .target = LARGE, .version = &large, .n_versions = 1, .n_threads = 20};
        assert_true(callers_start(&many) && callers_start(&slow) && callers_start(&big));
        pause_ms(60 + 13 * i);
        int status = process_end(&server, SIGTERM, 10000);
        struct callers *const all[] = {&many, &slow, &big};
        for (size_t k = 0; k < 3; k++) {
            callers_stop(all[k]);
            answered += all[k]->answered;
            lost += all[k]->lost;
            wrong += all[k]->wrong;
        }
        assert_int_equal(status, 0);
        assert_false(raw_connect(&late, server.port));
        version_release(&small);
        version_release(&large);
        process_forget(&server);
    }
    print_message("# %d drains: %lu answered, %lu lost, %lu wrong\n", DRAINS, answered, lost, wrong);
    assert_int_equal(lost, 0);
    assert_int_equal(wrong, 0);
    assert_true(answered > DRAINS * 100);
}

static void a_second_signal_ends_it(void **state)
{
    (void)state;
    struct process server;
    struct raw_client client;
    serve(&server, "tests/fixtures/toy-world.json", "60000");
    assert_true(raw_connect(&client, server.port));
    assert_true(raw_send(&client, STR("GET /v1 HTTP/1.1\r\nHost: h\r\n"))); /* which it would wait for */
    pause_ms(50);
    assert_int_equal(kill(server.pid, SIGTERM), 0);
    assert_true(live_await(&server, "draining", 1));
    pause_ms(300);
    assert_int_equal(process_wait(&server, 0), -1);
    assert_int_equal(process_end(&server, SIGTERM, 10000), 128 + SIGTERM);
    raw_close(&client);
    process_forget(&server);
}

/* ---- other data (L3, L4, L5) ---- */

/* A server whose data can be changed, on its first release. */
static void serve_live(struct process *server, struct version *version, char *live, size_t room)
{
    live_put_releases();
    live_put_manifest("live.json", "a.csv");
    serve(server, live_file("live.json", live, room), "2000");
    assert_true(version_learn(version, server->port, SMALL));
}

static void swaps_between_two_answers(void **state)
{
    (void)state;
    char live[300], a[300], b[300];
    struct process server;
    struct version version[2];
    if (!serve_takes_hangups())
        skip();
    live_put_releases();
    live_put_manifest("a.json", "a.csv");
    live_put_manifest("b.json", "b.csv");
    live_put_manifest("live.json", "a.csv");
    learn(&version[0], live_file("a.json", a, sizeof a));
    learn(&version[1], live_file("b.json", b, sizeof b));
    assert_string_not_equal(version[0].etag, version[1].etag);
    serve(&server, live_file("live.json", live, sizeof live), "2000");
    struct callers callers = {
        .port = server.port, .target = SMALL, .version = version, .n_versions = 2, .n_threads = 8};
    assert_true(callers_start(&callers));
    for (unsigned i = 0; i < SWAPS; i++) {
        live_put_manifest("live.json", i % 2 ? "a.csv" : "b.csv");
        assert_int_equal(kill(server.pid, SIGHUP), 0);
        assert_true(live_await(&server, "reloaded", i + 1));
    }
    size_t files = process_files(&server);
    callers_stop(&callers);
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    print_message("# %u swaps: %lu and %lu answers of the two releases, %lu wrong, %lu lost; %zu descriptors\n", SWAPS,
                  callers.of_version[0], callers.of_version[1], callers.wrong, callers.lost, files);
    assert_int_equal(callers.lost + callers.wrong + callers.refused, 0);
    assert_true(callers.of_version[0] > 100 && callers.of_version[1] > 100);
    assert_true(files < 64);
    version_release(&version[0]);
    version_release(&version[1]);
    process_forget(&server);
}

static void bad_files_change_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "{", "[]", "{\"id\":\"x\"}", "\xFF\xFE", "{\"id\":\"x\",\"id\":\"y\"}"};
    char live[300];
    struct process server;
    struct version version;
    if (!serve_takes_hangups())
        skip();
    serve_live(&server, &version, live, sizeof live);
    struct callers callers = {
        .port = server.port, .target = SMALL, .version = &version, .n_versions = 1, .n_threads = 2};
    assert_true(callers_start(&callers));
    size_t files = 0, rss = 0;
    for (unsigned i = 0; i < BAD_FILES; i++) {
        live_write(live, str_view(bad[i % (sizeof bad / sizeof *bad)]));
        assert_int_equal(kill(server.pid, SIGHUP), 0);
        assert_true(live_await(&server, "reload_failed", i + 1));
        if (i == 20) {
            files = process_files(&server);
            rss = process_rss_kib(&server);
        }
    }
    callers_stop(&callers);
    size_t grown = process_rss_kib(&server) > rss ? process_rss_kib(&server) - rss : 0;
    print_message("# %d bad files: %lu answers, %lu wrong; memory grew by %zu KiB over the last 80\n", BAD_FILES,
                  callers.answered, callers.wrong, grown);
    assert_true(process_files(&server) <= files + 4);
    assert_true(grown < 4096 || INSTRUMENTED); /* ASan sets freed memory aside */
    live_put_manifest("live.json", "b.csv");
    assert_int_equal(kill(server.pid, SIGHUP), 0);
    assert_true(live_await(&server, "reloaded", 1)); /* and a good one is taken again */
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    assert_int_equal(callers.lost + callers.wrong, 0);
    version_release(&version);
    process_forget(&server);
}

static void a_storm_of_signals_is_one_reload_or_few(void **state)
{
    (void)state;
    char live[300];
    struct process server;
    struct version version, after;
    if (!serve_takes_hangups())
        skip();
    serve_live(&server, &version, live, sizeof live);
    for (unsigned i = 0; i < STORM; i++)
        assert_int_equal(kill(server.pid, SIGHUP), 0);
    live_put_manifest("live.json", "b.csv");
    assert_int_equal(kill(server.pid, SIGHUP), 0);
    for (int i = 0;; i++) { /* whatever the signals before met, the newest data are there in the end */
        assert_true(version_learn(&after, server.port, SMALL));
        bool newest = strcmp(after.etag, version.etag) != 0;
        version_release(&after);
        if (newest)
            break;
        pause_ms(5);
        assert_true(i < 999);
    }
    assert_true(live_await(&server, "reloaded", 1));
    unsigned done = live_events(&server, "reloaded");
    print_message("# %d signals: %u reloads\n", STORM + 1, done);
    assert_in_range(done, 1, STORM);
    assert_true(process_files(&server) < 64);
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    version_release(&version);
    process_forget(&server);
}

/* ---- files that change (I4, I5) ---- */

enum change { CUT, OVERWRITE, REPLACE, REMOVE };

static void change_file(const char *path, enum change change)
{
    char other[310];
    struct str noise = str_span("\xA5\x5A\xA5\x5A\xA5\x5A\xA5\x5A", 8);
    switch (change) {
    case CUT: assert_int_equal(truncate(path, 0), 0); break;
    case OVERWRITE: {
        FILE *file = fopen(path, "r+b");
        assert_non_null(file);
        for (int i = 0; i < 2000; i++)
            assert_int_equal(fwrite(noise.p, 1, noise.n, file), noise.n);
        assert_int_equal(fclose(file), 0);
        break;
    }
    case REPLACE:
        (void)snprintf(other, sizeof other, "%s.new", path);
        live_write(other, noise);
        assert_int_equal(rename(other, path), 0);
        break;
    case REMOVE: assert_int_equal(unlink(path), 0); break;
    }
}

static void files_may_change_under_it(void **state)
{
    (void)state;
    char cube[300];
    struct process server;
    struct version version;
    for (int change = CUT; change <= REMOVE; change++) {
        live_compile(live_file("served.cube", cube, sizeof cube));
        serve(&server, cube, "0");
        assert_true(version_learn(&version, server.port, SMALL));
        struct callers callers = {
            .port = server.port, .target = SMALL, .version = &version, .n_versions = 1, .n_threads = 4};
        assert_true(callers_start(&callers));
        pause_ms(30);
        change_file(cube, (enum change)change);
        pause_ms(50);
        callers_stop(&callers);
        assert_int_equal(callers.lost + callers.wrong, 0);
        assert_true(callers.answered > 50);
        assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
        version_release(&version);
        process_forget(&server);
    }
}

/* ---- starts that must not be (L6) ---- */

struct refusal {
    const char *what;
    const char *argument[6]; /* behind "serve" */
    int status;
    const char *word; /* in its one line */
};

static void starts_or_says_why_not(void **state)
{
    (void)state;
    char in_use[32], cut[300], empty[300], config[300], nothing[300];
    struct process first;
    serve(&first, "tests/fixtures/toy-world.json", "0");
    (void)snprintf(in_use, sizeof in_use, "127.0.0.1:%u", first.port);
    live_compile(live_file("cut.cube", cut, sizeof cut));
    assert_int_equal(truncate(cut, 5000), 0);
    live_write(live_file("empty.cube", empty, sizeof empty), STR(""));
    live_write(live_file("config.json", config, sizeof config), STR("{\"colour\": \"red\"}"));
    (void)live_file("nothing", nothing, sizeof nothing);
    assert_true(mkdir(nothing, 0700) == 0);
    const char *good = "tests/fixtures/toy-world.json";
    const struct refusal refusals[] = {
        {"a port in use", {"--data", good, "--listen", in_use}, 1, "in use"},
        {"an address that is nobody's", {"--data", good, "--listen", "192.0.2.1:0"}, 1, "192.0.2.1"},
        {"an address that is none", {"--data", good, "--listen", "nowhere"}, 1, "nowhere"},
        {"no data", {"--listen", "127.0.0.1:0"}, 1, "--data"},
        {"data that is not there", {"--data", "nowhere.json"}, 1, "nowhere.json"},
        {"a folder without data", {"--data", nothing}, 1, "nothing"},
        {"a cube that was cut", {"--data", cut}, 1, "cut.cube"},
        {"a cube without bytes", {"--data", empty}, 1, "empty.cube"},
        {"no manifest", {"--data", "tests/fixtures/toy-values.json"}, 1, "toy-values.json"},
        {"an unknown option", {"--data", good, "--colour", "red"}, 2, "--colour"},
        {"an option without its value", {"--data", good, "--listen"}, 2, "--listen"},
        {"a number that is none", {"--data", good, "--shards", "many"}, 2, "many"},
        {"a level that is none", {"--data", good, "--log-level", "loud"}, 2, "loud"},
        {"a word too many", {"--data", good, "serve"}, 2, "serve"},
        {"an unknown key in the configuration", {"--config", config}, 1, "colour"},
        {"a configuration that is not there", {"--config", "nowhere.json"}, 1, "nowhere.json"},
        {"a table that is not there", {"--data", good, "--countries", "nowhere.csv"}, 1, "nowhere.csv"},
        {"a table that is none", {"--data", good, "--products", "data/README.md"}, 1, "README.md"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const char *entrepot = getenv("ENTREPOT");
        const char *argv[10] = {entrepot ? entrepot : "build/gcc/entrepot", "serve"};
        struct process process;
        memcpy(argv + 2, refusals[i].argument, sizeof refusals[i].argument);
        assert_true(process_start(&process, argv));
        int status = process_wait(&process, 60000);
        struct str said = process_said(&process);
        if (status != refusals[i].status || !strstr(said.p, refusals[i].word) || strstr(said.p, "listening") ||
            str_find(said, '\n') != said.n - 1)
            fail_msg("%s: exit status %d: %.*s", refusals[i].what, status, STR_ARG(said));
        free((void *)(uintptr_t)said.p);
        process_forget(&process);
    }
    assert_int_equal(process_end(&first, SIGTERM, 30000), 0); /* it was not disturbed */
    process_forget(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loses_no_request_when_it_is_stopped),
        cmocka_unit_test(a_second_signal_ends_it),
        cmocka_unit_test(swaps_between_two_answers),
        cmocka_unit_test(bad_files_change_nothing),
        cmocka_unit_test(a_storm_of_signals_is_one_reload_or_few),
        cmocka_unit_test(files_may_change_under_it),
        cmocka_unit_test(starts_or_says_why_not),
    };
    return cmocka_run_group_tests(tests, live_setup, NULL);
}
