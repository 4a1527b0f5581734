/* The whole corpus against a running server: each case whole, byte by byte, and cut in two at places where parsers go wrong. One test
 * case each; then what the server must still be, and what its log must look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <signal.h>

#include "http/raw_client.h"
#include "siege/corpus.h"
#include "siege/exchange.h"
#include "siege/process.h"

#define SPLITS_MAX 12
#define LINE_MAX_BYTES 20000 /* nine values of at most 1,024 bytes, each byte six in its escape at worst, and keys */

static struct process server;
static struct corpus corpus;
static unsigned conversations, answers, markers;

static int setup(void **state)
{
    (void)state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", NULL};
    if (!corpus_read(&corpus, "tests/fixtures/requests"))
        return -1;
    if (process_serve(&server, more))
        return 0;
    struct str said = process_said(&server);
    print_error("the server does not start: %.*s\n", STR_ARG(said));
    return -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)process_end(&server, SIGKILL, 1000);
    process_forget(&server);
    corpus_release(&corpus);
    return 0;
}

/* Before and behind the end of each of the first lines, in the middle of the first, and one byte before the end. */
static size_t places(struct str bytes, size_t *at)
{
    size_t n = 0;
    at[n++] = bytes.n / 2;
    at[n++] = bytes.n - 1;
    for (size_t i = 0; i < bytes.n && n + 3 <= SPLITS_MAX; i++)
        if (bytes.p[i] == '\n') {
            at[n++] = i;
            at[n++] = i + 1;
            at[n++] = (i + bytes.n) / 2;
        }
    return n;
}

static void converse(const struct corpus_case *one, struct exchange what, const char *how)
{
    static unsigned number = 1;
    struct outcome outcome;
    what.port = server.port;
    what.bytes = one->bytes;
    what.alone = one->alone;
    what.marker = number++;
    if (!exchange(&what, &outcome))
        fail_msg("%s, %s: nobody takes the call", one->name.p, how);
    struct str expected = corpus_expected(one, str_view(server.library));
    if (!corpus_allows(expected, str_view(outcome.text)))
        fail_msg("%.*s: %.*s, %s: \"%s\" instead of \"%.*s\"", STR_ARG(one->file), STR_ARG(one->name), how,
                 outcome.text, STR_ARG(expected));
    assert_int_equal(outcome.other_marker, 0);
    assert_true(outcome.markers == 0 || outcome.markers == 2);
    conversations++;
    answers += outcome.answers;
    markers += outcome.markers;
}

static void one_case(void **state)
{
    const struct corpus_case *one = *state;
    size_t at[SPLITS_MAX];
    converse(one, (struct exchange){.fragments = WHOLE}, "whole");
    if (one->bytes.n == 0)
        return;
    converse(one, (struct exchange){.fragments = BY_BYTE}, "byte by byte");
    size_t n = places(one->bytes, at);
    for (size_t i = 0; i < (one->alone ? 1 : n); i++)
        converse(one, (struct exchange){.fragments = SPLIT, .split_at = at[i]}, "in two");
}

/* ---- what is left of the server ---- */

static void the_corpus_is_large_enough(void **state)
{
    (void)state;
    print_message("# %zu cases, %u conversations, %u answers\n", corpus.n, conversations, answers + markers);
    assert_true(corpus.n >= 200);
    assert_true(conversations >= 8 * corpus.n);
}

static void good_clients_are_still_served(void **state)
{
    (void)state;
    struct raw_client client;
    struct raw_reply reply;
    assert_true(raw_connect(&client, server.port));
    assert_int_equal(raw_ask(&client, "GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n", &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    raw_close(&client);
    assert_int_equal(process_wait(&server, 0), -1); /* the same process */
}

static void it_keeps_no_descriptor(void **state)
{
    (void)state;
    size_t files = 0;
    for (int i = 0; i < 1000 && (files = process_files(&server)) > 32; i++)
        pause_ms(20);
    if (files > 32)
        fail_msg("%zu descriptors are open", files);
}

static json_int_t number_of(json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);
    if (!json_is_integer(value))
        fail_msg("%s is missing in a line of the log", key);
    return json_integer_value(value);
}

/* One line of the log: JSON, an object, no key twice, no byte that a terminal would take for an order. Counts the answers it tells of. */
static void check_line(struct str text, unsigned *told, unsigned *dropped)
{
    json_error_t error;
    json_t *line = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(line))
        fail_msg("no JSON object: %s: %.*s", error.text, STR_ARG(text));
    assert_true(text.n < LINE_MAX_BYTES);
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7F)
            fail_msg("control byte %d in the log: %.*s", text.p[i], STR_ARG(text));
    const char *event = json_string_value(json_object_get(line, "event"));
    assert_non_null(event);
    assert_true(json_is_string(json_object_get(line, "time")) && json_is_string(json_object_get(line, "level")));
    const char *target = json_string_value(json_object_get(line, "target"));
    if (target && strcmp(target, "/inside") == 0)
        fail_msg("a request inside another was answered: %.*s", STR_ARG(text));
    if (strcmp(event, "request") == 0)
        *told += number_of(line, "status") > 0;
    if (json_object_get(line, "dropped"))
        *dropped += (unsigned)number_of(line, "dropped");
    json_decref(line);
}

/* Every answer that a handler made has one line, and nothing that a client sent has made another. What libmicrohttpd refuses by itself before
 * it calls us may or may not have one. */
static void its_log_has_one_line_per_request(void **state)
{
    (void)state;
    unsigned told = 0, lines = 0, dropped = 0;
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    struct str said = process_said(&server), rest = said;
    while (rest.n) {
        check_line(str_cut(&rest, '\n'), &told, &dropped);
        lines++;
    }
    print_message("# %u lines, %u tell of answers, %u dropped\n", lines, told, dropped);
    assert_int_equal(dropped, 0);
    assert_true(told >= markers);
    assert_true(told <= answers + markers + 1);
    free((void *)(uintptr_t)said.p);
}

#define LAST(function) cmocka_unit_test(function)

int main(void)
{
    static const struct CMUnitTest last[] = {
        LAST(the_corpus_is_large_enough),
        LAST(good_clients_are_still_served),
        LAST(it_keeps_no_descriptor),
        LAST(its_log_has_one_line_per_request),
    };
    if (setup(NULL) != 0)
        return 1;
    size_t n = corpus.n, n_last = sizeof last / sizeof *last;
    struct CMUnitTest *tests = calloc(n + n_last, sizeof *tests);
    if (!tests)
        return 1;
    for (size_t i = 0; i < n; i++)
        tests[i] =
            (struct CMUnitTest){.name = corpus.at[i].name.p, .test_func = one_case, .initial_state = &corpus.at[i]};
    memcpy(tests + n, last, sizeof last);
    int failed = _cmocka_run_group_tests("requests", tests, n + n_last, NULL, teardown);
    free(tests);
    return failed;
}
