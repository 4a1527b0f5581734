/* A server that can take nobody more: whom it serves it goes on serving, it waits without work, it makes room as soon as somebody is idle, and
 * once they have left it is as before (D4). First by its own limit, which follows from `ulimit -n`; then because descriptors have run out behind
 * its back. Counts are asserted; with $SOAK_MINUTES set times too, over ten seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/raw_client.h"
#include "siege/process.h"
#include "soak/gauge.h"

#define CLIENTS 72
#define STEP_MS 200
#define BUSY_MAX 5     /* percent of one processor */
#define ROOM_MS 2000   /* until somebody idle has made room */
#define ANSWER_MS 5000 /* on a busy machine */
#define SPARE_FILES 8

static const char request[] = "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n";
static bool timed;

struct crowd {
    struct raw_client client[CLIENTS];
    bool served[CLIENTS], open[CLIENTS];
    size_t n_served;
};

static void start(struct process *server, const char *const *before)
{
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", "--access-log", "0",
                                       "--admin",  "127.0.0.1:0",          NULL};
    if (process_serve_under(server, before, more))
        return;
    struct str said = process_said(server);
    fail_msg("the server does not start: %.*s", STR_ARG(said));
}

static void stop(struct process *server)
{
    assert_int_equal(process_end(server, SIGTERM, 30000), 0);
    process_forget(server);
}

static bool readable(const struct raw_client *client, int wait_ms)
{
    struct pollfd p = {.fd = client->fd, .events = POLLIN};
    return poll(&p, 1, wait_ms) > 0;
}

static bool answered(struct raw_client *client)
{
    struct raw_reply reply;
    return raw_read(client, false, &reply) == RAW_OK && reply.status == 200;
}

/* All come and ask; those who are not answered within half a second wait outside. */
static void arrive(struct crowd *crowd, const struct process *server)
{
    *crowd = (struct crowd){.n_served = 0};
    for (size_t i = 0; i < CLIENTS; i++) {
        crowd->open[i] = raw_connect(&crowd->client[i], server->port) && raw_send(&crowd->client[i], str_view(request));
        assert_true(crowd->open[i]);
    }
    pause_ms(500);
    for (size_t i = 0; i < CLIENTS; i++) {
        crowd->served[i] = readable(&crowd->client[i], 0) && answered(&crowd->client[i]);
        crowd->n_served += crowd->served[i];
    }
}

static void leave(struct crowd *crowd, bool served)
{
    for (size_t i = 0; i < CLIENTS; i++)
        if (crowd->open[i] && crowd->served[i] == served) {
            raw_close(&crowd->client[i]);
            crowd->open[i] = false;
        }
}

/* The ones inside ask on, so that none is idle, and are all answered. */
static void stay_busy(struct crowd *crowd, long ms)
{
    for (int64_t until = clock_ms() + ms; clock_ms() < until; pause_ms(STEP_MS)) {
        for (size_t i = 0; i < CLIENTS; i++)
            if (crowd->served[i])
                assert_true(raw_send(&crowd->client[i], str_view(request)));
        for (size_t i = 0; i < CLIENTS; i++)
            if (crowd->served[i])
                assert_true(answered(&crowd->client[i]));
    }
}

/* Holds what was used since `cpu_ms` and `begin_ms` against the time. */
static void assert_at_rest(const struct process *server, const char *when, size_t cpu_ms, int64_t begin_ms)
{
    double wall = (double)(clock_ms() - begin_ms), busy = (double)(process_cpu_ms(server) - cpu_ms);
    print_message("# %s: %.1f %% of a processor over %.1f s\n", when, busy * 100 / wall, wall / 1000);
    if (timed)
        assert_true(busy * 100 < wall * BUSY_MAX);
}

/* Somebody new is answered, and says how long it took. */
static void assert_served(const struct process *server, const char *when, int64_t most_ms)
{
    struct raw_client client;
    int64_t begin = clock_ms();
    assert_true(raw_connect(&client, server->port));
    client.timeout_ms = ANSWER_MS;
    assert_true(raw_send(&client, str_view(request)) && answered(&client));
    raw_close(&client);
    print_message("# %s: a new client is answered after %ld ms\n", when, (long)(clock_ms() - begin));
    if (timed)
        assert_true(clock_ms() - begin <= most_ms);
}

static void full(struct process *server, const char *what, size_t room)
{
    struct crowd crowd;
    char when[96];
    size_t files = process_files(server);
    arrive(&crowd, server);
    print_message("# %s: %zu of %d served\n", what, crowd.n_served, CLIENTS);
    assert_true(crowd.n_served > 0 && crowd.n_served <= room);
    size_t cpu = process_cpu_ms(server);
    int64_t begin = clock_ms();
    stay_busy(&crowd, timed ? 10000 : 1000);
    (void)snprintf(when, sizeof when, "%s, while they ask on", what);
    assert_at_rest(server, when, cpu, begin);
    leave(&crowd, false);
    (void)snprintf(when, sizeof when, "%s, once they are idle", what);
    assert_served(server, when, ROOM_MS);
    leave(&crowd, true);
    for (int i = 0; i < 500 && process_files(server) > files; i++)
        pause_ms(10);
    assert_true(process_files(server) <= files);
    (void)snprintf(when, sizeof when, "%s, once they have left", what);
    assert_served(server, when, ROOM_MS);
}

static void at_the_limit_of_few_files(void **state)
{
    (void)state;
    static const char *const few[] = {"sh", "-c", "ulimit -n 64; exec \"$@\"", "sh", NULL};
    struct process server;
    start(&server, few);
    double limit = gauge(&server, "entrepot_connections_limit");
    assert_true(limit > 0 && limit < 64);
    full(&server, "ulimit -n 64", (size_t)limit);
    stop(&server);
}

/* The number that the server's next descriptor gets. */
static size_t next_file(const struct process *server)
{
    char path[64];
    size_t n = 0;
    do
        (void)snprintf(path, sizeof path, "/proc/%d/fd/%zu", (int)server->pid, n++);
    while (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
    return n - 1;
}

static void allow_files(const struct process *server, size_t n)
{
    struct rlimit old, files;
    assert_int_equal(prlimit(server->pid, RLIMIT_NOFILE, NULL, &old), 0);
    files = (struct rlimit){.rlim_cur = n, .rlim_max = old.rlim_max};
    assert_int_equal(prlimit(server->pid, RLIMIT_NOFILE, &files, NULL), 0);
}

/* Its own limit is far, but the system gives it a few descriptors more and no others. */
static void when_descriptors_run_out(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL};
    struct process server;
    start(&server, nothing);
    allow_files(&server, next_file(&server) + SPARE_FILES);
    full(&server, "a few descriptors left", SPARE_FILES);
    stop(&server);
}

/* Not even one: libmicrohttpd alone would try again and again. */
static void when_there_is_none_at_all(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL};
    struct process server;
    struct crowd crowd;
    start(&server, nothing);
    size_t files = next_file(&server);
    allow_files(&server, files);
    arrive(&crowd, &server);
    assert_int_equal(crowd.n_served, 0);
    size_t cpu = process_cpu_ms(&server);
    int64_t begin = clock_ms();
    pause_ms(timed ? 10000 : 1000);
    assert_at_rest(&server, "no descriptor left", cpu, begin);
    allow_files(&server, files + 4 * CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        assert_true(answered(&crowd.client[i]));
    assert_served(&server, "with descriptors again", ROOM_MS);
    leave(&crowd, false);
    stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_limit_of_few_files),
        cmocka_unit_test(when_descriptors_run_out),
        cmocka_unit_test(when_there_is_none_at_all),
    };
    timed = getenv("SOAK_MINUTES") != NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
