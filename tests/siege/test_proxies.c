/* The corpus through proxies that read HTTP in their own way (nginx, haproxy, as far as they are installed): whatever they make of it, nobody
 * gets an answer that is not his, nothing runs that nobody gets an answer to, and the server's log stays in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <signal.h>

#include "siege/corpus.h"
#include "siege/exchange.h"
#include "siege/peers.h"
#include "siege/process.h"

static struct corpus corpus;
static unsigned number = 1;

static const struct peer *const proxies[] = {&peer_nginx_proxy, &peer_haproxy_proxy};

/* ---- talking ---- */

struct sum {
    unsigned conversations, markers, inside;
};

static struct outcome converse(const struct process *proxy, const struct corpus_case *one, enum fragments fragments)
{
    struct exchange what = {
        .port = proxy->port, .bytes = one->bytes, .fragments = fragments, .marker = number++, .through = true};
    struct outcome outcome;
    assert_true(exchange(&what, &outcome));
    if (outcome.other_marker)
        fail_msg("%s: an answer of conversation %u came in number %u", one->name.p, outcome.other_marker, what.marker);
    if (outcome.markers > 2)
        fail_msg("%s: %u answers to two requests", one->name.p, outcome.markers);
    return outcome;
}

/* Each case, and behind it a client that asks something decent over the same connections to the server. */
static void siege(const struct process *proxy, struct sum *sum)
{
    static const struct corpus_case decent = {.name = STR_INIT("a decent request"), .bytes = STR_INIT("")};
    for (size_t i = 0; i < corpus.n; i++)
        for (int f = WHOLE; f <= BY_BYTE; f++) {
            const struct corpus_case *one = &corpus.at[i];
            if (one->alone || one->direct)
                continue;
            struct outcome bad = converse(proxy, one, (enum fragments)f), good = converse(proxy, &decent, WHOLE);
            if (good.markers != 2)
                fail_msg("after \"%s\" a decent client got: %s", one->name.p, good.text);
            sum->conversations += 2;
            sum->markers += bad.markers + good.markers;
            sum->inside += bad.inside;
        }
}

struct log_count {
    unsigned requests, inside, follows;
    unsigned char *times; /* by marker */
};

static void count_line(struct log_count *count, struct str text)
{
    json_t *line = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(line))
        fail_msg("not one JSON object a line: %.*s", STR_ARG(text));
    const char *target = json_string_value(json_object_get(line, "target"));
    unsigned marker;
    if (target && sscanf(target, "/follows-%u", &marker) == 1 && marker < number) {
        count->follows++;
        if (++count->times[marker] > 2)
            fail_msg("%s was asked for twice and answered three times", target);
    }
    count->inside += target && strcmp(target, "/inside") == 0;
    count->requests += target != NULL;
    json_decref(line);
}

/* What the server has answered, by its log. */
static struct log_count count_log(const struct process *server)
{
    struct log_count count = {.times = calloc(number, 1)};
    struct str said = process_said(server), rest = said;
    assert_non_null(count.times);
    while (rest.n)
        count_line(&count, str_cut(&rest, '\n'));
    free((void *)(uintptr_t)said.p);
    free(count.times);
    return count;
}

static void through(void **state)
{
    const struct peer *proxy = *state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", NULL};
    struct process server;
    struct peer_process between;
    struct sum sum = {.markers = 0};
    if (!peer_installed(proxy))
        skip();
    assert_true(process_serve(&server, more));
    assert_true(peer_start(proxy, server.port, &between));
    siege(&between.process, &sum);
    peer_stop(&between);
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    struct log_count count = count_log(&server);
    print_message("# %s: %u conversations, %u requests in the log, %u of %u answers to what follows\n", proxy->program,
                  sum.conversations, count.requests, sum.markers, count.follows);
    assert_true(count.inside <=
                sum.inside); /* a hidden request runs only where the proxy takes it for one and passes the answer on */
    assert_true(sum.markers <= count.follows);
    assert_true(sum.conversations >= 800);
    process_forget(&server);
}

int main(void)
{
    struct CMUnitTest tests[sizeof proxies / sizeof *proxies];
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        tests[i] = (struct CMUnitTest){
            .name = proxies[i]->program, .test_func = through, .initial_state = (void *)(uintptr_t)proxies[i]};
    if (!corpus_read(&corpus, "tests/fixtures/requests"))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    corpus_release(&corpus);
    return failed;
}
