/* What is dear, many times at once, over a year of the world's trade that is made for it: a client who asks something cheap beside 64 who ask
 * the dearest thing that is allowed (D8), and 200 of the largest answers in flight (D9). A small world in `make test`; with $SOAK_MINUTES one of
 * ten million rows. Counts and memory are asserted, times are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/raw_client.h"
#include "instrumented.h"
#include "siege/process.h"
#include "soak/attackers.h"
#include "soak/callers.h"
#include "soak/gauge.h"

#define CHEAP "/v1/bilateral/IND/CHN?period=2021"
/* Each with another bound, so that no answer is a kept one. One chapter of what all countries buy from fifteen: five million observations,
 * and six are allowed. */
#define DEAREST                                                                                                        \
    "/v1/flows?reporter=*&partner=CHN,USA,DEU,JPN,KOR,IND,FRA,GBR,NLD,ITA,BEL,ESP,CAN,MEX,POL&product=85&flow=imports" \
    "&period=2021&group_by=reporter,partner&sort=-value&limit=1&value.gt=%u"
#define LESS_DEAR "/v1/dependence/USA?period=2021&level=hs6&limit=1&imports_total.gt=%u"
#define LARGE                                                                                                          \
    "/v1/"                                                                                                             \
    "flows?reporter=*&partner=*&flow=*&period=2021&group_by=reporter,partner,flow&sort=-value&limit=50000&labels="     \
    "both&pretty=1"
#define DEAR_CLIENTS 64
#define PATIENCE_MS 120000

#define SHARDS 2
/* What is said to be the most: of a shard its request memory and its kept answers, of a connection its pool and what libmicrohttpd and the
 * allocator have beside it, and each answer on its way. */
#define SHARD_KIB ((size_t)(64 + 32) * 1024)
#define CONNECTION_KIB ((size_t)32)

static char folder[200], cube[256];
static struct process server;
static bool full;

/* ---- the world ---- */

static bool make_world(void)
{
    static const char script[] =
        "set -e; world=$2/world; \"${1%/*}/tests/bench/bench_synth\" --out \"$world\" --years 2021..2021 $3; "
        "\"$1\" import baci \"$world\"/BACI_*.csv --countries-file \"$world/country_codes_V202501.csv\" "
        "--products-file \"$world/product_codes_HS17_V202501.csv\" --coverage full --partners all --synthetic --id "
        "synthetic-world "
        "--title 'Synthetic world: invented figures' -o \"$2/world.cube\"; rm -rf \"$world\"";
    const char *entrepot = getenv("ENTREPOT");
    const char *const argv[] = {"sh",
                                "-c",
                                script,
                                "sh",
                                entrepot ? entrepot : "build/gcc/entrepot",
                                folder,
                                full ? "" : "--areas 120 --products 200",
                                NULL};
    struct process process;
    if (!process_start(&process, argv))
        return false;
    int status = process_wait(&process, 300000);
    struct str said = process_said(&process);
    if (status != 0)
        print_error("no world: %.*s\n", STR_ARG(said));
    free((void *)(uintptr_t)said.p);
    process_forget(&process);
    return status == 0;
}

static int setup(void **state)
{
    (void)state;
    (void)scratch("dear-XXXXXX", folder, sizeof folder);
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(cube, sizeof cube, "%s/world.cube", folder);
    return make_world() ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(cube);
    return rmdir(folder);
}

static void start(const char *max_cost)
{
    const char *const more[] = {"--data", cube,      "--drain",     "500",        "--access-log", "0", "--shards",
                                "2",      "--admin", "127.0.0.1:0", "--max-cost", max_cost,       NULL};
    assert_true(process_serve(&server, more));
}

static void stop(void)
{
    assert_int_equal(process_end(&server, SIGTERM, 60000), 0);
    process_forget(&server);
}

/* ---- cheap beside dear (D8) ---- */

struct dear {
    const char *target; /* with a place for a number */
    atomic_bool stop;
    atomic_uint number, answered, failed;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* one of the two above */
static void fill_in(struct dear *dear, char *request, size_t room)
{
    char target[256];
    (void)snprintf(target, sizeof target, dear->target, atomic_fetch_add(&dear->number, 1));
    (void)snprintf(request, room, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", target);
}
#pragma GCC diagnostic pop

static void *keep_asking(void *argument)
{
    struct dear *dear = argument;
    struct raw_client client;
    struct raw_reply reply;
    char request[512];
    if (!raw_connect(&client, server.port)) {
        atomic_fetch_add(&dear->failed, 1);
        return NULL;
    }
    client.timeout_ms = PATIENCE_MS;
    while (!atomic_load(&dear->stop)) {
        fill_in(dear, request, sizeof request);
        bool ok = raw_ask(&client, request, &reply) == RAW_OK && reply.status == 200;
        atomic_fetch_add(ok ? &dear->answered : &dear->failed, 1);
        if (!ok)
            break;
    }
    raw_close(&client);
    return NULL;
}

static void ask_cheaply(const struct version *version, const char *what)
{
    struct callers cheap = {.port = server.port,
                            .target = CHEAP,
                            .version = version,
                            .n_versions = 1,
                            .n_threads = 8,
                            .pause_ms = 1,
                            .timeout_ms = PATIENCE_MS};
    assert_true(callers_start(&cheap));
    pause_ms(full ? 20000 : 1000);
    callers_stop(&cheap);
    print_message("# cheap ones %s: %lu answers, %lu lost, %lu wrong; p50 < %lu us, p99 < %lu us\n", what,
                  cheap.answered, cheap.lost, cheap.wrong, callers_quantile_us(&cheap, 500),
                  callers_quantile_us(&cheap, 990));
    assert_true(cheap.answered > 0);
    assert_int_equal(cheap.lost + cheap.wrong + cheap.refused, 0);
}

static void cheap_beside(const char *dear_target, const char *max_cost)
{
    struct dear dear = {.target = dear_target, .number = 1000};
    struct version version;
    pthread_t threads[DEAR_CLIENTS];
    start(max_cost);
    print_message("# 64 clients ask %s, with --max-cost %s\n", dear_target, max_cost);
    assert_true(version_learn(&version, server.port, CHEAP));
    ask_cheaply(&version, "alone");
    for (size_t i = 0; i < DEAR_CLIENTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, keep_asking, &dear), 0);
    pause_ms(200);
    size_t cpu = process_cpu_ms(&server);
    unsigned before = atomic_load(&dear.answered);
    ask_cheaply(&version, "beside 64 dear ones");
    unsigned n = atomic_load(&dear.answered) - before;
    cpu = process_cpu_ms(&server) - cpu;
    atomic_store(&dear.stop, true);
    for (size_t i = 0; i < DEAR_CLIENTS; i++)
        pthread_join(threads[i], NULL);
    print_message("# %u dear ones answered meanwhile, about %.1f ms of a processor each; %u in all, %u failed\n", n,
                  n ? (double)cpu / n : 0, dear.answered, dear.failed);
    assert_true(dear.answered >= DEAR_CLIENTS);
    assert_int_equal(dear.failed, 0);
    version_release(&version);
    stop();
}

static void cheap_beside_the_dearest(void **state)
{
    (void)state;
    cheap_beside(DEAREST, "6000000");
}

static void cheap_beside_less_dear(void **state)
{
    (void)state;
    cheap_beside(LESS_DEAR, "1000000");
}

/* ---- dear ones in a row ---- */

/* All there is of a year: dear also in the small world. */
#define ALL_PAIRS                                                                                                      \
    "/v1/flows?reporter=*&partner=*&product=85&flow=imports&period=2021&group_by=reporter,partner&sort=-value&limit=1" \
    "&value.gt=%u"
#define ROW 600 /* more than may wait in one shard */

static void start_one_shard(void)
{
    const char *const more[] = {"--data", cube,      "--drain",     "1",          "--access-log", "0", "--shards",
                                "1",      "--admin", "127.0.0.1:0", "--max-cost", "20000000",     NULL};
    assert_true(process_serve(&server, more));
}

/* All ask while the server stands still, so that it finds them together. */
static void ask_together(struct raw_client *client, size_t n)
{
    struct dear dear = {.target = ALL_PAIRS, .number = 1000};
    char request[512];
    assert_int_equal(kill(server.pid, SIGSTOP), 0);
    for (size_t i = 0; i < n; i++) {
        fill_in(&dear, request, sizeof request);
        assert_true(raw_connect(&client[i], server.port));
        client[i].timeout_ms = PATIENCE_MS;
        assert_true(raw_send(&client[i], str_view(request)));
    }
    assert_int_equal(kill(server.pid, SIGCONT), 0);
}

static void close_all(struct raw_client *client, size_t n)
{
    for (size_t i = 0; i < n; i++)
        raw_close(&client[i]);
}

static void a_row_that_is_too_long_is_cut(void **state)
{
    (void)state;
    static struct raw_client client[ROW];
    struct raw_reply reply;
    size_t answered = 0, refused = 0;
    start_one_shard();
    ask_together(client, ROW);
    for (size_t i = 0; i < ROW; i++) {
        assert_int_equal(raw_read(&client[i], false, &reply), RAW_OK);
        assert_true(reply.status == 200 || (reply.status == 503 && raw_header(&reply, "Retry-After").p));
        answered += reply.status == 200;
        refused += reply.status == 503;
    }
    print_message("# %zu dear requests together: %zu answered, %zu told to come again\n", (size_t)ROW, answered,
                  refused);
    assert_true(answered >= 256 && refused > 0);
    close_all(client, ROW);
    stop();
}

/* Whoever leaves the row leaves no gap, and a turn that nobody takes comes to the next. */
static void leaving_the_row(void **state)
{
    (void)state;
    static struct raw_client client[100];
    struct dear dear = {.target = ALL_PAIRS};
    struct raw_client last;
    struct raw_reply reply;
    char request[512];
    start_one_shard();
    ask_together(client, 100);
    close_all(client, 100);
    fill_in(&dear, request, sizeof request);
    for (int i = 0; i < 3; i++) {
        assert_true(raw_connect(&last, server.port));
        last.timeout_ms = PATIENCE_MS;
        assert_int_equal(raw_ask(&last, request, &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
        raw_close(&last);
    }
    for (int i = 0; i < 500 && gauge(&server, "entrepot_requests_waiting") > 0; i++)
        pause_ms(10);
    assert_true(gauge(&server, "entrepot_requests_waiting") == 0);
    stop();
}

/* With no time to finish them: whoever waits is let go, and the server ends as always. */
static void the_end_lets_the_row_go(void **state)
{
    (void)state;
    static struct raw_client client[ROW];
    struct raw_reply reply;
    size_t cut = 0;
    start_one_shard();
    ask_together(client, ROW);
    stop();
    for (size_t i = 0; i < ROW; i++)
        cut += raw_read(&client[i], false, &reply) != RAW_OK;
    print_message("# %zu dear requests at the end: %zu cut\n", (size_t)ROW, cut);
    close_all(client, ROW);
}

/* ---- large answers in flight (D9) ---- */

static const char large[] = "GET " LARGE " HTTP/1.1\r\nHost: h\r\n\r\n";

/* A page of one row from tens of thousands that nobody sorts: only it is made, and still it says that it is invented. */
static void small_pages_of_many_rows(void **state)
{
    (void)state;
    static const char target[] =
        "GET /v1/flows?reporter=*&partner=*&flow=*&period=2021&group_by=reporter,partner,flow&limit=1";
    static const char flag[] = "\"flags\":[\"synthetic\"]";
    struct raw_client client;
    struct raw_reply reply;
    char request[512];
    start("20000000");
    assert_true(raw_connect(&client, server.port));
    (void)snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: h\r\n\r\n", target);
    for (int page = 0; page < 3; page++) {
        assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
        assert_non_null(memmem(reply.body.p, reply.body.n, flag, sizeof flag - 1));
        const char *next = memmem(reply.body.p, reply.body.n, "\"next\":\"", 8);
        assert_non_null(next);
        (void)snprintf(request, sizeof request, "%s&cursor=%.*s HTTP/1.1\r\nHost: h\r\n\r\n", target,
                       (int)strcspn(next + 8, "\""), next + 8);
    }
    raw_close(&client);
    stop();
}

static size_t length_of_large(void)
{
    struct raw_client client;
    struct raw_reply reply;
    assert_true(raw_connect(&client, server.port));
    client.timeout_ms = 60000;
    assert_int_equal(raw_ask(&client, large, &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    size_t n = reply.body.n;
    raw_close(&client);
    return n;
}

/* Each reader has had the first bytes of his, so all of it has been made, and takes the rest slowly. */
static void large_answers_in_flight(void **state)
{
    (void)state;
    start("20000000");
    size_t bytes = length_of_large(), before = process_rss_kib(&server), open = 0;
    struct attackers readers = {
        .port = server.port, .attack = ATTACK_READ, .n = full ? 200 : 20, .once = true, .request = large};
    assert_true(attackers_start(&readers));
    for (int i = 0; i < 8 && open < readers.n; i++)
        open = attackers_await(&readers, readers.n);
    assert_int_equal(open, readers.n);
    size_t held = process_rss_kib(&server);
    size_t most = before + readers.n * (bytes / 1024 + CONNECTION_KIB) + SHARDS * SHARD_KIB;
    attackers_stop(&readers);
    for (int i = 0; i < 500 && gauge(&server, "entrepot_connections_open") > 0; i++)
        pause_ms(10);
    print_message(
        "# %zu answers of %zu bytes in flight: memory %zu -> %zu KiB, at most %zu by the formula; %zu afterwards\n",
        readers.n, bytes, before, held, most, process_rss_kib(&server));
    assert_true(INSTRUMENTED || held <= most);
    assert_true(held > before + readers.n * (bytes / 1024) / 2); /* they were in flight */
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pages_of_many_rows), cmocka_unit_test(cheap_beside_the_dearest),
        cmocka_unit_test(cheap_beside_less_dear),   cmocka_unit_test(a_row_that_is_too_long_is_cut),
        cmocka_unit_test(leaving_the_row),          cmocka_unit_test(the_end_lets_the_row_go),
        cmocka_unit_test(large_answers_in_flight),
    };
    full = getenv("SOAK_MINUTES") != NULL;
    return cmocka_run_group_tests(tests, setup, teardown);
}
