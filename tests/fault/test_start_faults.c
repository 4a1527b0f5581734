/* A start of which each system call fails in turn: refused with a reason, or whole. And health, asked while its own calls fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entrepot/server/health.h"
#include "entrepot/server/server.h"
#include "faults.h"
#include "http/test_api.h"

static int setup(void **state)
{
    (void)state;
    return test_api() ? 0 : -1;
}

static size_t open_files(void)
{
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n;
}

static bool start(const char *listen, struct server **out, struct problem *problem)
{
    struct server_options options = server_options_default();
    options.listen = listen;
    options.shards = 2;
    options.connection_limit = 100;
    options.drain_ms = 100;
    *problem = (struct problem){.status = ST_OK};
    return server_start(&options, test_api(), NULL, out, problem) == ST_OK;
}

/* What is served answers, whatever went wrong with what it can do without. */
static void expect_alive(struct server *server, const char *host, size_t at)
{
    char address[48];
    struct problem problem;
    (void)snprintf(address, sizeof address, "%s:%u", host, server_port(server));
    if (health_ask(address, "/livez", 5000, &problem) != ST_OK)
        fail_msg("call %zu: %s: %s", at, problem.place, problem.detail);
}

static void starts(enum fault_kind kind, const char *host, size_t least)
{
    char listen[48];
    (void)snprintf(listen, sizeof listen, "%s:0", host);
    size_t before = open_files(), refused = 0;
    for (size_t at = 0;; at++) {
        struct server *server = NULL;
        struct problem problem;
        fault_set(kind, at, false);
        bool started = start(listen, &server, &problem);
        bool done = at >= fault_calls();
        fault_set(FAULT_NONE, 0, false);
        if (started)
            expect_alive(server, host, at);
        else if (!problem.detail[0])
            fail_msg("call %zu: refused without a word", at);
        refused += !started;
        server_stop(server);
        if (open_files() != before)
            fail_msg("call %zu: %zu open files, %zu before", at, open_files(), before);
        if (done)
            break;
    }
    assert_true(refused >= least);
}

static void each_call_of_a_start_may_fail(void **state)
{
    (void)state;
    starts(FAULT_EIO, "127.0.0.1", 6);
    starts(FAULT_EIO, "[::1]", 6);
}

static void each_allocation_of_a_start_may_fail(void **state)
{
    (void)state;
    starts(FAULT_MEMORY, "127.0.0.1", 1);
}

/* "auto" is the port behind the listener's. */
static void goes_without_an_admin_listener_that_is_taken(void **state)
{
    (void)state;
    char listen[48];
    struct server *first, *second;
    struct problem problem;
    assert_true(start("127.0.0.1:0", &first, &problem));
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%u", server_port(first) - 1);
    if (start(listen, &second, &problem)) { /* unless somebody has that one too */
        expect_alive(second, "127.0.0.1", 0);
        server_stop(second);
    }
    server_stop(first);
}

/* 0 if a server with so few files starts, tells how far it lowers its limit, and answers. */
static int serve_with_files(rlim_t now, rlim_t most)
{
    struct rlimit few = {.rlim_cur = now, .rlim_max = most}, files;
    struct server *server;
    struct problem problem;
    if (setrlimit(RLIMIT_NOFILE, &few) != 0 || !start("127.0.0.1:0", &server, &problem))
        return 1;
    expect_alive(server, "127.0.0.1", 0);
    server_stop(server);
    return getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > now && files.rlim_cur <= most ? 0 : 2;
}

static void makes_do_with_few_files(void **state)
{
    (void)state;
    for (rlim_t most = 80; most <= 1000; most += 920) {
        (void)fflush(NULL);
        pid_t child = fork();
        if (child == 0)
            _exit(serve_with_files(40, most));
        int status = 0;
        assert_true(child > 0 && waitpid(child, &status, 0) == child);
        assert_int_equal(status, 0);
    }
}

/* The lines that are there are whole; those that are not are counted. */
static void a_log_loses_no_line_uncounted(void **state)
{
    (void)state;
    static const enum fault_kind kinds[] = {FAULT_NONE, FAULT_SHORT, FAULT_EIO, FAULT_ENOSPC};
    enum { LINES = 200 };
    for (size_t k = 0; k < 4 * sizeof kinds / sizeof *kinds; k++) {
        int file = k % 2 ? memfd_create("log", MFD_CLOEXEC) : -1, pipes[2] = {-1, -1};
        if (k % 2 == 0)
            assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        struct log *log = log_new(file >= 0 ? file : pipes[1], LOG_LEVEL_INFO);
        assert_non_null(log);
        fault_set(kinds[k / 4], 2, k / 2 % 2);
        for (int i = 0; i < LINES; i++) {
            struct log_field field = LOG_NUMBER("i", i);
            log_line(log, LOG_LEVEL_WARNING, "line", &field, 1);
        }
        (void)usleep(50000);
        fault_set(FAULT_NONE, 0, false);
        log_line(log, LOG_LEVEL_WARNING, "last", NULL, 0);
        (void)usleep(50000);
        uint64_t dropped = log_dropped(log);
        log_free(log);
        close(pipes[1]);
        char text[65536];
        ssize_t n = file >= 0 ? pread(file, text, sizeof text, 0) : read(pipes[0], text, sizeof text);
        uint64_t whole = 0;
        for (struct str rest = str_span(text, n > 0 ? (size_t)n : 0); rest.n;) {
            struct str line = str_cut(&rest, '\n');
            whole += str_starts(line, STR("{")) && str_ends(line, STR("}"));
        }
        if (whole + dropped != LINES + 1)
            fail_msg("%zu: %zu lines, %zu dropped", k, (size_t)whole, (size_t)dropped);
        close(file >= 0 ? file : pipes[0]);
    }
}

static void health_tells_of_each_call_that_fails(void **state)
{
    (void)state;
    struct server *server;
    struct problem problem;
    char address[48];
    size_t failed = 0;
    assert_true(start("127.0.0.1:0", &server, &problem));
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", server_port(server));
    for (size_t at = 0;; at++) {
        fault_set(FAULT_EIO, at, true);
        enum status status = health_ask(address, "/livez", 5000, &problem);
        bool done = at >= fault_calls();
        fault_set(FAULT_NONE, 0, false);
        failed += status != ST_OK;
        if (status != ST_OK && (status != ST_IO || !strstr(problem.detail, "no answer: ")))
            fail_msg("call %zu: %s", at, problem.detail);
        if (done)
            break;
    }
    assert_true(failed > 3);
    fault_set(FAULT_SHORT, 0, true);
    assert_int_equal(health_ask(address, "/livez", 5000, &problem), ST_OK);
    fault_set(FAULT_NONE, 0, false);
    server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_of_a_start_may_fail),
        cmocka_unit_test(each_allocation_of_a_start_may_fail),
        cmocka_unit_test(goes_without_an_admin_listener_that_is_taken),
        cmocka_unit_test(makes_do_with_few_files),
        cmocka_unit_test(a_log_loses_no_line_uncounted),
        cmocka_unit_test(health_tells_of_each_call_that_fails),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
