/* Memory that is out: at every single allocation of a start and of a request of every route, once and from then on. Whoever is told so
 * gets a message or a 503; nothing leaks (the sanitizers' pass sees to that), and the next request is answered as if nothing had been.
 *
 * $TORTURE_STEP: only every so manieth allocation of a start, 1 under `make torture`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <sys/mman.h>
#include <unistd.h>

#include "api/call.h"
#include "cli/options.h"
#include "faults.h"
#include "http/test_api.h"
#include "starving.h"

static size_t step = 5;

void *__real_malloc(size_t n); /* the linker's name for the one behind the wrapper */

/* jansson's memory comes through the linker's wrapper, as our own does. Not while it reads: jansson 2.14 does not look whether the buffer of the
 * token in hand could grow (lex_save), and then copies beyond its end. */
static bool jansson_reads;
static void *give(size_t n) { return jansson_reads ? __real_malloc(n) : malloc(n); }

static int setup(void **state)
{
    (void)state;
    const char *wanted = getenv("TORTURE_STEP");
    if (wanted && strtoul(wanted, NULL, 10))
        step = strtoul(wanted, NULL, 10);
    if (!test_world())
        return -1;
    json_set_alloc_funcs(give, free);
    return 0;
}

/* ---- start ---- */

struct start {
    bool served;
    size_t calls;
    char said[1024]; /* what it gave as the reason if not */
};

/* Settings, tables, datasets, the api and a listening server, and all of it away again. */
static void start_and_stop(struct start *start)
{
    static char config[] = "--config=tests/fixtures/torture.json";
    char *argv[] = {config};
    const char *rest[4];
    size_t n_rest;
    struct settings settings;
    struct problem problem = {.detail = ""};
    struct server *server = NULL;
    struct served served = {.api = NULL};
    bool loaded = settings_read(&settings, 1, argv, rest, &n_rest) == EXIT_DONE &&
                  served_load(&settings, NULL, &served, &problem) == ST_OK;
    if (loaded && server_start(&settings.server, served.api, NULL, &server, &problem) == ST_OK)
        server_stop(server);
    start->served = server != NULL;
    (void)snprintf(start->said, sizeof start->said, "%s", problem.detail[0] ? problem.detail : settings.problem.detail);
    served_free(&served);
    settings_release(&settings);
}

/* A start while allocation `at` fails. What it says on stderr is kept from the test's own. */
static void start_without(enum fault_kind kind, size_t at, bool lasting, struct start *start)
{
    int keep = dup(STDERR_FILENO), file = memfd_create("said", MFD_CLOEXEC);
    assert_true(keep >= 0 && file >= 0);
    (void)fflush(stderr);
    (void)dup2(file, STDERR_FILENO);
    jansson_reads = true;
    fault_set(kind, at, lasting);
    start_and_stop(start);
    jansson_reads = false;
    start->calls = fault_calls();
    fault_set(FAULT_NONE, 0, false);
    (void)fflush(stderr);
    (void)dup2(keep, STDERR_FILENO);
    ssize_t n = start->said[0] ? 0 : pread(file, start->said, sizeof start->said - 1, 0);
    if (n > 0)
        start->said[n] = '\0';
    close(file);
    close(keep);
}

static void starts(enum fault_kind kind, bool lasting)
{
    struct start start;
    size_t refused = 0, tried = 0;
    start_without(kind, SIZE_MAX, false, &start);
    assert_true(start.served);
    for (size_t at = 0;; at += step, tried++) {
        start_without(kind, at, lasting, &start);
        if (at >= start.calls) /* there is no such allocation */
            break;
        refused += !start.served;
        if (!start.served && !start.said[0])
            fail_msg("allocation %zu: refused without a word", at);
    }
    print_message("# %zu starts, %zu refused\n", tried, refused);
    assert_true(refused > 0);
    start_without(kind, SIZE_MAX, false, &start);
    assert_true(start.served);
}

static void a_start_may_lack_one_piece_of_memory(void **state)
{
    (void)state;
    starts(FAULT_MEMORY, false);
    starts(FAULT_PIECE, false);
}

static void a_start_may_run_out_of_memory(void **state)
{
    (void)state;
    starts(FAULT_MEMORY, true);
    starts(FAULT_PIECE, true);
}

/* ---- requests ---- */

static size_t starve(const char *target)
{
    return starve_request(FAULT_MEMORY, target) + starve_request(FAULT_PIECE, target);
}

static void requests_may_lack_memory(void **state)
{
    const struct route *route = *state;
    char target[1024];
    size_t tried = starve(route->example);
    if (route->kind == ROUTE_TABLE) {
        int path = (int)strcspn(route->example, "?");
        for (enum format f = FORMAT_CSV; f < FORMATS; f++) {
            (void)snprintf(target, sizeof target, "%.*s.%s%s", path, route->example, encoders[f].name,
                           route->example + path);
            tried += starve(target);
        }
    }
    (void)snprintf(target, sizeof target, "%s%cno_such_parameter=1", route->example,
                   strchr(route->example, '?') ? '&' : '?');
    tried += starve(target);
    print_message("# %s: %zu failures\n", route->path, tried);
}

int main(void)
{
    static const struct CMUnitTest first[] = {cmocka_unit_test(a_start_may_lack_one_piece_of_memory),
                                              cmocka_unit_test(a_start_may_run_out_of_memory)};
    size_t n = sizeof first / sizeof *first;
    struct CMUnitTest *tests = calloc(n + api_n_routes, sizeof *tests);
    if (!tests)
        return 1;
    memcpy(tests, first, sizeof first);
    for (size_t i = 0; i < api_n_routes; i++)
        tests[n++] = (struct CMUnitTest){.name = api_routes[i]->path,
                                         .test_func = requests_may_lack_memory,
                                         .initial_state = (void *)(uintptr_t)api_routes[i]};
    int failed = _cmocka_run_group_tests("memory", tests, n, setup, NULL);
    free(tests);
    return failed;
}
