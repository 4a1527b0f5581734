/* A running server, libraries and all, that is starved of memory: each allocation of a request of every route fails in turn, once and from
 * then on, from the accept to the log. The client gets his answer, a 503, or a closed connection; the next one is served. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "api/routes.h"
#include "http/raw_client.h"
#include "siege/starving.h"

static struct process server;

static int setup(void **state)
{
    (void)state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", "--shards", "1", NULL};
    return starving_serve(&server, more) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)process_end(&server, SIGKILL, 1000);
    process_forget(&server);
    return 0;
}

/* The status, or 0 where the connection was closed or nothing came. */
static int ask(const char *target, unsigned timeout_ms)
{
    char request[2048];
    struct raw_client client;
    struct raw_reply reply;
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", target);
    if (!raw_connect(&client, server.port))
        return 0;
    client.timeout_ms = timeout_ms;
    enum raw_result result = raw_ask(&client, request, &reply);
    int status = result == RAW_OK ? reply.status : 0;
    raw_close(&client);
    return status;
}

static void starved(void **state)
{
    const struct route *route = *state;
    int sound = ask(route->example, 10000);
    unsigned answered = 0, unavailable = 0, closed = 0;
    for (int lasting = 0; lasting < 2; lasting++)
        for (long at = 0;; at++) {
            starving_begin(at, lasting, 0);
            int status = ask(route->example, 300);
            long calls = starving_end();
            if (status != sound && status != 503 && status != 0)
                fail_msg("%s, allocation %ld: %d", route->example, at, status);
            answered += status == sound;
            unavailable += status == 503;
            closed += status == 0;
            status = ask("/livez", 10000);
            if (status != 200)
                fail_msg("%s, after allocation %ld: %d", route->example, at, status);
            if (at >= calls)
                break;
        }
    print_message("# %s: %u answered, %u unavailable, %u closed\n", route->path, answered, unavailable, closed);
    assert_int_equal(ask(route->example, 10000), sound);
    assert_true(unavailable + closed > 0);
}

static void it_ends_in_order(void **state)
{
    (void)state;
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
}

int main(int argc, char **argv)
{
    (void)argc;
    if (!starving_possible(argv[0])) {
        puts("skip starved # not under a sanitizer");
        return 0;
    }
    struct CMUnitTest *tests = calloc(api_routes.n + 1, sizeof *tests);
    if (!tests)
        return 1;
    for (size_t i = 0; i < api_routes.n; i++)
        tests[i] = (struct CMUnitTest){.name = api_routes.route[i]->path,
                                       .test_func = starved,
                                       .initial_state = (void *)(uintptr_t)api_routes.route[i]};
    tests[api_routes.n] = (struct CMUnitTest)cmocka_unit_test(it_ends_in_order);
    int failed = _cmocka_run_group_tests("starved", tests, api_routes.n + 1, setup, teardown);
    free(tests);
    return failed;
}
