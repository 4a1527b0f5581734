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

#include "api/contract/format.h"
#include "api/routes.h"
#include "cli/options.h"
#include "entrepot/cube/json_text.h"
#include "faults.h"
#include "http/test_api.h"
#include "starving.h"

static size_t step = 5;

static int setup(void **state)
{
    (void)state;
    const char *wanted = getenv("TORTURE_STEP");
    if (wanted && strtoul(wanted, NULL, 10))
        step = strtoul(wanted, NULL, 10);
    return test_world() ? 0 : -1;
}

/* ---- files of JSON ---- */

#define LONG_BYTES ((size_t)300000)
#define LIST_ITEMS 4000

/* A token that is longer than what an arena takes at once, and many that are not. */
static void write_json(struct buf *text)
{
    buf_init(text, (size_t)4 << 20);
    buf_lit(text, "{\"long\": \"");
    for (size_t i = 0; i < LONG_BYTES; i++)
        buf_lit(text, "x");
    buf_lit(text, "\", \"list\": [0");
    for (unsigned i = 1; i < LIST_ITEMS; i++)
        buf_printf(text, ", {\"%u\": [\"%u\", 1.5, null]}", i, i);
    buf_lit(text, "]}");
    assert_false(text->failed);
}

static bool read_json_without(struct str json, size_t at, bool lasting)
{
    struct json_text text;
    struct problem problem = {.detail = ""};
    fault_set(FAULT_MEMORY, at, lasting);
    enum status status = json_text_read("long.json", json, &text, &problem);
    bool missed = at < fault_calls();
    fault_set(FAULT_NONE, 0, false);
    assert_int_equal(status, missed ? ST_NO_MEMORY : ST_OK);
    if (missed) {
        assert_string_equal(problem.place, "long.json");
        assert_true(problem.detail[0] != '\0');
        return false;
    }
    assert_int_equal(json_string_length(json_object_get(text.root, "long")), LONG_BYTES);
    assert_int_equal(json_array_size(json_object_get(text.root, "list")), LIST_ITEMS);
    json_text_release(&text);
    return true;
}

/* jansson 2.14 by itself writes beyond the buffer of a token that could not grow. */
static void json_is_read_or_refused(void **state)
{
    (void)state;
    struct buf text;
    write_json(&text);
    for (int lasting = 0; lasting < 2; lasting++) {
        size_t at = 0;
        while (!read_json_without(buf_view(&text), at, lasting))
            at++;
        print_message("# %zu failures\n", at);
        assert_true(at > 20);
    }
    buf_release(&text);
}

/* ---- start ---- */

struct start {
    bool served;
    size_t calls;
    char said[1024];    /* what it gave as the reason if not */
    char catalogue[64]; /* what it served: all of it and nothing else */
};

/* Settings, tables, datasets, the api and a listening server, and all of it away again. */
static void start_and_stop(struct start *start)
{
    static char config[] = "--config=tests/fixtures/torture.json";
    char *argv[] = {config};
    struct settings settings;
    struct problem problem = {.detail = ""};
    struct server *server = NULL;
    struct served served = {.api = NULL};
    bool loaded = settings_read(&settings, NULL, 1, argv) == EXIT_DONE &&
                  served_load(&settings, NULL, &served, &problem) == ST_OK;
    if (loaded && server_start(&settings.server, served.api, NULL, &server, &problem) == ST_OK)
        server_stop(server);
    start->served = server != NULL;
    if (start->served)
        (void)snprintf(start->catalogue, sizeof start->catalogue, "%.*s", STR_ARG(catalogue_id(served.catalogue)));
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
    fault_set(kind, at, lasting);
    start_and_stop(start);
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
    struct start start, sound;
    size_t refused = 0, tried = 0;
    start_without(kind, SIZE_MAX, false, &sound);
    assert_true(sound.served);
    for (size_t at = 0;; at += step, tried++) {
        start_without(kind, at, lasting, &start);
        if (at >= start.calls) /* there is no such allocation */
            break;
        refused += !start.served;
        if (start.served && strcmp(start.catalogue, sound.catalogue) != 0)
            fail_msg("allocation %zu: not all that there is is served", at);
        if (!start.served && !start.said[0])
            fail_msg("allocation %zu: refused without a word", at);
    }
    print_message("# %zu starts, %zu refused\n", tried, refused);
    assert_true(refused > 0);
    start_without(kind, SIZE_MAX, false, &start);
    assert_true(start.served);
    assert_string_equal(start.catalogue, sound.catalogue);
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
            (void)snprintf(target, sizeof target, "%.*s.%s%s", path, route->example, format_of[f].name,
                           route->example + path);
            tried += starve(target);
        }
    }
    (void)snprintf(target, sizeof target, "%s%cno_such_parameter=1", route->example,
                   strchr(route->example, '?') ? '&' : '?');
    tried += starve(target);
    print_message("# %s: %zu failures\n", route->path, tried);
}

/* What the examples of the routes do not have: lists, spellings of Comtrade's, several filters, a cursor of other data. */
static void lists_filters_and_cursors_may_lack_memory(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/compare?pairs=IND-CHN,USA-CHN,DEU-CHN&period=2019",
        "/v1/flows?reporter=IND&partner=CHN,USA&product=85,26&period=201904,201905",
        "/v1/dependence/IND/CHN?level=hs2&summary=1&threshold=0.5",
        "/v1/dependence/IND/CHN?level=hs2&share.gt=0.25&hhi.lt=0.75&dependent=1",
        "/v1/suppliers/850760?importer=IND&exclude=CHN,HKG",
        "/v1/countries?limit=5&cursor=5-12345678-12345678",
        "/v1/bilateral/IND/CHN?release=latest&dataset=*&fields=period,imports",
    };
    for (size_t i = 0; i < sizeof target / sizeof *target; i++)
        assert_true(starve(target[i]) > 20);
}

int main(void)
{
    static const struct CMUnitTest first[] = {
        cmocka_unit_test(json_is_read_or_refused), cmocka_unit_test(a_start_may_lack_one_piece_of_memory),
        cmocka_unit_test(a_start_may_run_out_of_memory), cmocka_unit_test(lists_filters_and_cursors_may_lack_memory)};
    size_t n = sizeof first / sizeof *first;
    struct CMUnitTest *tests = calloc(n + api_routes.n, sizeof *tests);
    if (!tests)
        return 1;
    memcpy(tests, first, sizeof first);
    for (size_t i = 0; i < api_routes.n; i++)
        tests[n++] = (struct CMUnitTest){.name = api_routes.route[i]->path,
                                         .test_func = requests_may_lack_memory,
                                         .initial_state = (void *)(uintptr_t)api_routes.route[i]};
    int failed = _cmocka_run_group_tests("memory", tests, n, setup, NULL);
    free(tests);
    return failed;
}
