/* Slow attackers, idle crowds, floods, and everything together for a while. In `make test` a twentieth of it for seconds: good clients lose
 * nothing, nothing stays open. `make soak` does the whole and prints the figures: times are measured, never asserted.
 *
 * $SOAK_MINUTES: how long everything together lasts; unset: a twentieth of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/raw_client.h"
#include "siege/process.h"
#include "soak/attackers.h"
#include "soak/callers.h"
#include "soak/gauge.h"

#define CHEAP "/v1/bilateral/IND/CHN?period=FY2018-19"
#define SAMPLES_MAX 20000
#define OPEN "entrepot_connections_open"
#define CUT_ANSWERS "entrepot_connections_reaped_total{reason=\"answer\"}"

static struct process server;
static struct version version;
static double minutes; /* 0: the quick tier */

static size_t whole_or_part(size_t n) { return minutes > 0 ? n : n / 20; }
static long phase_ms(void) { return minutes > 0 ? 20000 : 700; }

static int setup(void **state)
{
    (void)state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500",     "--access-log",
                                       "0",        "--connection-limit",   "16384",   "--admin", "127.0.0.1:0",
                                       NULL};
    const char *wanted = getenv("SOAK_MINUTES");
    minutes = wanted ? strtod(wanted, NULL) : 0;
    return process_serve(&server, more) && version_learn(&version, server.port, CHEAP) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    int status = process_end(&server, SIGTERM, 20000);
    process_forget(&server);
    version_release(&version);
    return status == 0 ? 0 : -1;
}

/* ---- good clients meanwhile ---- */

static void begin(struct callers *good)
{
    *good = (struct callers){
        .port = server.port, .target = CHEAP, .version = &version, .n_versions = 1, .n_threads = 10, .pause_ms = 1};
    assert_true(callers_start(good));
}

static void end(struct callers *good, const char *what)
{
    callers_stop(good);
    print_message("# good clients %s: %lu answers, %lu lost, %lu wrong; p50 < %lu us, p99 < %lu us\n", what,
                  good->answered, good->lost, good->wrong, callers_quantile_us(good, 500),
                  callers_quantile_us(good, 990));
    assert_int_equal(good->lost + good->wrong + good->refused, 0);
    assert_true(good->answered > 0);
}

static void alone(void **state)
{
    (void)state;
    struct callers good;
    begin(&good);
    pause_ms(phase_ms());
    end(&good, "alone");
}

/* ---- attackers (D1, D2, D3) ---- */

static void siege(enum attack attack, size_t n, const char *what)
{
    struct attackers attackers = {.port = server.port, .attack = attack, .n = n};
    struct callers good;
    size_t rss = process_rss_kib(&server);
    assert_true(attackers_start(&attackers));
    size_t open = attackers_await(&attackers, n);
    begin(&good);
    pause_ms(attack == ATTACK_IDLE ? phase_ms() / 2 : phase_ms());
    size_t grown = process_rss_kib(&server);
    end(&good, what);
    attackers_stop(&attackers);
    print_message("# %s: %zu connected, %zu closed by the server, %zu refused, longest %ld ms; memory %zu -> %zu KiB\n",
                  what, open, attackers.closed, attackers.failed, attackers.longest_ms, rss, grown);
    assert_true(open >= n - n / 20);
}

static void slow_heads(void **state)
{
    (void)state;
    siege(ATTACK_HEAD, whole_or_part(3000), "against slow heads");
}

static void slow_readers(void **state)
{
    (void)state;
    siege(ATTACK_READ, whole_or_part(1000), "against slow readers");
}

/* Nobody keeps a connection longer than the deadline of an answer, 180 s, however he reads: by the server's own count (D2). Who reads so slowly
 * that nothing can be sent for 75 s goes earlier, by the timeout of silent connections. */
static void slow_readers_are_cut(void **state)
{
    (void)state;
    struct attackers readers = {.port = server.port, .attack = ATTACK_READ, .n = 1000, .once = true};
    double cut = gauge(&server, CUT_ANSWERS), open = 0;
    int64_t begin = clock_ms(), took = 0;
    assert_true(attackers_start(&readers));
    assert_int_equal(attackers_await(&readers, readers.n), readers.n);
    double most = gauge(&server, OPEN);
    do {
        pause_ms(500);
        took = clock_ms() - begin;
        open = gauge(&server, OPEN);
    } while (open > 0 && took < 240000);
    attackers_stop(&readers);
    print_message("# slow readers: %.0f open, none after %ld s; %.0f cut in the midst of their answer\n", most,
                  (long)(took / 1000), gauge(&server, CUT_ANSWERS) - cut);
    assert_true(open == 0);
    assert_true(most >= (double)readers.n);
}

static void idle_crowds(void **state)
{
    (void)state;
    for (int round = 0; round < (minutes > 0 ? 3 : 2); round++)
        siege(ATTACK_IDLE, whole_or_part(10000), "beside an idle crowd");
}

/* A body is not waited for: who announces one is answered and sent away. */
static void slow_bodies(void **state)
{
    (void)state;
    struct attackers attackers = {.port = server.port, .attack = ATTACK_BODY, .n = whole_or_part(1000)};
    struct callers good;
    assert_true(attackers_start(&attackers));
    begin(&good);
    pause_ms(phase_ms());
    end(&good, "against slow bodies");
    attackers_stop(&attackers);
    print_message("# slow bodies: %zu turned away, longest %ld ms\n", attackers.closed, attackers.longest_ms);
    assert_true(attackers.closed > 0);
}

/* ---- floods (D5) ---- */

static void connect_floods(void **state)
{
    (void)state;
    size_t n = whole_or_part(50000), served = 0, before = process_files(&server), after = 0;
    struct callers good;
    size_t rss = process_rss_kib(&server);
    begin(&good);
    for (size_t i = 0; i < n; i++) {
        struct raw_client client;
        if (!raw_connect(&client, server.port))
            continue;
        served += raw_send(&client, STR("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n"));
        raw_close(&client);
    }
    end(&good, "in a flood");
    for (int i = 0; i < 1000 && (after = process_files(&server)) > before + 16; i++)
        pause_ms(10);
    print_message("# %zu of %zu connected and gone; descriptors %zu -> %zu, memory %zu -> %zu KiB\n", served, n, before,
                  after, rss, process_rss_kib(&server));
    assert_true(served >= n - n / 100);
    assert_true(after <= before + 16);
}

/* ---- everything together (L7) ---- */

struct samples {
    double minute[SAMPLES_MAX], mib[SAMPLES_MAX];
    size_t n;
};

/* Least squares over the last two thirds: MiB an hour. */
static double slope(const struct samples *s)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (size_t i = s->n / 3; i < s->n; i++) {
        n++;
        x += s->minute[i];
        y += s->mib[i];
        xx += s->minute[i] * s->minute[i];
        xy += s->minute[i] * s->mib[i];
    }
    double spread = n * xx - x * x;
    return spread > 0 ? (n * xy - x * y) / spread * 60 : 0;
}

static bool reloads(void)
{
    struct str said = process_said(&server);
    bool yes = strstr(said.p, "\"event\":\"reloaded\"") != NULL;
    free((void *)(uintptr_t)said.p);
    return yes;
}

static void everything_together(void **state)
{
    (void)state;
    static struct samples samples;
    struct attackers heads = {.port = server.port, .attack = ATTACK_HEAD, .n = whole_or_part(1000)};
    struct attackers readers = {.port = server.port, .attack = ATTACK_READ, .n = whole_or_part(200)};
    struct attackers crowd = {.port = server.port, .attack = ATTACK_IDLE, .n = whole_or_part(1000)};
    struct callers good;
    bool hangups = serve_takes_hangups();
    assert_true(attackers_start(&heads) && attackers_start(&readers) && attackers_start(&crowd));
    begin(&good);
    int64_t start = clock_ms(), length = minutes > 0 ? (int64_t)(minutes * 60000) : 3000;
    size_t files = 0, files_last = 0;
    unsigned hangup = 0;
    while (clock_ms() - start < length && samples.n < SAMPLES_MAX) {
        pause_ms(minutes > 0 ? 5000 : 200);
        if (hangups && hangup++ % 2 == 0)
            (void)kill(server.pid, SIGHUP);
        samples.minute[samples.n] = (double)(clock_ms() - start) / 60000;
        samples.mib[samples.n++] = (double)process_rss_kib(&server) / 1024;
        files_last = process_files(&server);
        files = files_last > files ? files_last : files;
    }
    end(&good, "in everything together");
    attackers_stop(&heads);
    attackers_stop(&readers);
    attackers_stop(&crowd);
    print_message("# %.1f minutes: memory %.1f MiB at the end, slope of the last two thirds %.2f MiB an hour; "
                  "descriptors at most %zu, %zu at the end; data loaded anew: %s\n",
                  (double)length / 60000, samples.mib[samples.n - 1], slope(&samples), files, files_last,
                  hangups && reloads() ? "yes" : "no");
    assert_int_equal(process_wait(&server, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone),       cmocka_unit_test(slow_heads),     cmocka_unit_test(slow_readers),
        cmocka_unit_test(slow_bodies), cmocka_unit_test(connect_floods), cmocka_unit_test(everything_together),
        cmocka_unit_test(idle_crowds),
    };
    const struct CMUnitTest patient[] = {cmocka_unit_test(slow_readers_are_cut)};
    int failed = cmocka_run_group_tests(tests, setup, teardown);
    return failed || !getenv("SOAK_MINUTES") ? failed : cmocka_run_group_tests(patient, setup, teardown);
}
