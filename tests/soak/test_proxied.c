/* Behind proxies that keep their connections to us: every question is answered as it is without them; and in `make soak` 200,000 requests
 * through each of them without one that fails, and clients who ask just when the proxy gives idle connections up.
 *
 * $SOAK_MINUTES: also the long ones. nginx, haproxy and Caddy as far as they are installed; wrk for the long ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/routes.h"
#include "http/raw_client.h"
#include "siege/peers.h"
#include "soak/gauge.h"

#define REQUESTS 200000UL
#define IDLE "75" /* as it is where nothing else is said */
#define CROWD 64
#define BURSTS 60
#define CHEAP "/v1/bilateral/IND/CHN?period=FY2018-19"

/* A server of ours and a proxy before it. */
struct pair {
    struct process server;
    struct peer_process proxy;
};

static void start(const struct peer *proxy, const char *idle_s, struct pair *pair)
{
    const char *const more[] = {"--config",    "config/entrepot.json", "--drain", "500", "--access-log", "0", "--admin",
                                "127.0.0.1:0", "--idle-timeout",       idle_s,    NULL};
    if (!peer_installed(proxy)) {
        print_message("# %s is not installed\n", proxy->program);
        skip();
    }
    assert_true(process_serve(&pair->server, more));
    assert_true(peer_start(proxy, pair->server.port, &pair->proxy));
}

static void stop(struct pair *pair)
{
    peer_stop(&pair->proxy);
    assert_int_equal(process_end(&pair->server, SIGTERM, 30000), 0);
    process_forget(&pair->server);
}

/* ---- the same answers ---- */

struct question {
    const char *method, *target, *field; /* a header line with its end, or "" */
};

static void ask(struct raw_client *client, const struct question *question, struct raw_reply *reply)
{
    char request[2048];
    (void)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n", question->method, question->target,
                   question->field);
    enum raw_result result = raw_ask(client, request, reply);
    if (result != RAW_OK)
        fail_msg("%s %s: no whole answer (%d)", question->method, question->target, (int)result);
}

/* All that a client may build on. What is new with each request is not among it, nor is the length of what tells the time. */
static void same(const struct question *question, const struct raw_reply *direct, const struct raw_reply *through)
{
    static const char *const fields[] = {"Content-Type",
                                         "ETag",
                                         "Cache-Control",
                                         "Vary",
                                         "Link",
                                         "Location",
                                         "Allow",
                                         "Content-Encoding",
                                         "Content-Disposition",
                                         "X-Content-Type-Options",
                                         "Access-Control-Allow-Origin"};
    assert_int_equal(direct->status, through->status);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!str_eq(raw_header(direct, fields[i]), raw_header(through, fields[i])))
            fail_msg("%s %s: %s: \"%.*s\" became \"%.*s\"", question->method, question->target, fields[i],
                     STR_ARG(raw_header(direct, fields[i])), STR_ARG(raw_header(through, fields[i])));
    bool of_the_moment = str_is(raw_header(direct, "Cache-Control"), "no-store") && direct->status == 200;
    if (!of_the_moment && !str_eq(direct->body, through->body))
        fail_msg("%s %s: %zu bytes became %zu others", question->method, question->target, direct->body.n,
                 through->body.n);
}

struct comparison {
    struct raw_client direct, through;
    unsigned questions, answers[6]; /* by the first digit of the status */
};

/* Also the condition that makes a 304 of it. */
static void compare(struct comparison *c, struct question question, bool again)
{
    struct raw_reply direct, through;
    char field[256];
    ask(&c->direct, &question, &direct);
    ask(&c->through, &question, &through);
    same(&question, &direct, &through);
    c->questions++;
    c->answers[direct.status / 100]++;
    struct str tag = raw_header(&direct, "ETag");
    if (!again || !tag.n || direct.status != 200)
        return;
    (void)snprintf(field, sizeof field, "%sIf-None-Match: %.*s\r\n", question.field, STR_ARG(tag));
    question.field = field;
    compare(c, question, false);
}

static void compare_route(struct comparison *c, const char *example)
{
    static const char *const formats[] = {"", "format=csv", "format=ndjson", "format=jsonstat", "colour=red"};
    char target[1024];
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        (void)snprintf(target, sizeof target, "%s%s%s", example,
                       !*formats[f]           ? ""
                       : strchr(example, '?') ? "&"
                                              : "?",
                       formats[f]);
        compare(c, (struct question){"GET", target, ""}, true);
        compare(c, (struct question){"GET", target, "Accept-Encoding: gzip\r\n"}, true);
    }
    compare(c, (struct question){"HEAD", example, ""}, true);
    compare(c, (struct question){"OPTIONS", example, "Origin: http://localhost\r\n"}, false);
    compare(c, (struct question){"DELETE", example, ""}, false);
}

static void answers_as_without(void **state)
{
    const struct peer *proxy = *state;
    struct pair pair;
    struct comparison c = {.questions = 0};
    start(proxy, IDLE, &pair);
    assert_true(raw_connect(&c.direct, pair.server.port));
    assert_true(raw_connect(&c.through, pair.proxy.process.port));
    for (size_t i = 0; i < api_routes.n; i++)
        compare_route(&c, api_routes.route[i]->example);
    compare(&c, (struct question){"GET", "/nope", ""}, false);
    raw_close(&c.direct);
    raw_close(&c.through);
    stop(&pair);
    print_message("# %s: %u questions, the same answers: %u with 2xx, %u with 3xx, %u with 4xx\n", proxy->program,
                  c.questions, c.answers[2], c.answers[3], c.answers[4]);
    assert_true(c.questions > 10 * api_routes.n);
    assert_true(c.answers[2] > api_routes.n && c.answers[3] > api_routes.n && c.answers[4] > api_routes.n);
    assert_int_equal(c.answers[5], 0);
}

/* ---- many requests ---- */

static unsigned long number_before(struct str text, const char *word)
{
    const char *at = text.n ? memmem(text.p, text.n, word, strlen(word)) : NULL;
    while (at && at > text.p && at[-1] >= '0' && at[-1] <= '9')
        at--;
    return at ? strtoul(at, NULL, 10) : 0;
}

/* Ten seconds of wrk. It says nothing of errors where there was none. */
static void wrk(unsigned port, unsigned long *requests)
{
    char url[128];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u" CHEAP, port);
    const char *const argv[] = {"wrk", "-t1", "-c32", "-d10s", "--timeout", "30s", url, NULL};
    struct process process;
    assert_true(process_start(&process, argv));
    assert_int_equal(process_wait(&process, 60000), 0);
    struct str said = process_said(&process);
    unsigned long n = number_before(said, " requests in ");
    if (n == 0 || strstr(said.p, "Socket errors") || strstr(said.p, "Non-2xx"))
        fail_msg("wrk: %.*s", STR_ARG(said));
    *requests += n;
    free((void *)(uintptr_t)said.p);
    process_forget(&process);
}

/* haproxy's line of a connection that the server has ended: the first letter of its state. */
static bool blames_server(struct str line)
{
    for (size_t i = 0; i + 6 < line.n; i++)
        if (line.p[i] == ' ' && (line.p[i + 1] == 'S' || line.p[i + 1] == 's') && line.p[i + 5] == ' ' &&
            strspn(line.p + i + 1, "SsHDCRQTKPIL-") >= 4)
            return true;
    return false;
}

/* Caddy's lines of clients who have left, as those of wrk do at its end. */
static bool blames_client(struct str line)
{
    static const char *const words[] = {"\"error\":\"write tcp", "\"error\":\"context canceled\""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (line.n && memmem(line.p, line.n, words[i], strlen(words[i])))
            return true;
    return false;
}

/* What the proxy had to complain of us. */
static void assert_no_complaint(struct str text)
{
    static const char *const words[] = {"prematurely", "[error]", "[crit]", "[alert]", "\"level\":\"error\"", "ERROR"};
    while (text.n) {
        struct str line = str_cut(&text, '\n');
        bool bad = blames_server(line);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            bad = bad || (line.n && memmem(line.p, line.n, words[i], strlen(words[i])));
        if (bad && !blames_client(line))
            fail_msg("the proxy: %.*s", STR_ARG(line));
    }
}

static void assert_proxy_content(const struct peer_process *proxy)
{
    struct process log = proxy->process; /* nginx' own file is read as what a process has said is */
    struct str said = process_said(&log);
    assert_no_complaint(said);
    free((void *)(uintptr_t)said.p);
    (void)snprintf(log.said, sizeof log.said, "%s/nginx.log", proxy->folder);
    said = process_said(&log);
    assert_no_complaint(said);
    free((void *)(uintptr_t)said.p);
}

static void carries_many(void **state)
{
    const struct peer *proxy = *state;
    struct pair pair;
    unsigned long requests = 0;
    if (!peer_installed(&(struct peer){.program = "wrk"}))
        skip();
    start(proxy, IDLE, &pair);
    int64_t begin = clock_ms();
    while (requests < REQUESTS)
        wrk(pair.proxy.process.port, &requests);
    double connections = gauge(&pair.server, "entrepot_connections_total");
    print_message("# %s: %lu requests in %.0f s, none failed; %.0f connections to the server\n", proxy->program,
                  requests, (double)(clock_ms() - begin) / 1000, connections);
    assert_proxy_content(&pair.proxy);
    assert_true(connections > 0 && connections < (double)requests / 100);
    stop(&pair);
}

/* ---- the end of an idle connection ---- */

static void burst(struct raw_client *clients, size_t n)
{
    struct raw_reply reply;
    for (size_t i = 0; i < n; i++)
        assert_true(raw_send(&clients[i], STR("GET " CHEAP " HTTP/1.1\r\nHost: h\r\n\r\n")));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(raw_read(&clients[i], false, &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
}

/* (R8) The proxy gives up what was idle for a second, the server after three. All ask at once, so that each has a connection to the server, and
 * then again when these have been idle for a second, a little more or a little less: no request may meet a closing door. */
static void idle_ends_are_safe(void **state)
{
    const struct peer *proxy = *state;
    struct pair pair;
    struct raw_client clients[CROWD];
    start(proxy, "3", &pair);
    for (size_t i = 0; i < CROWD; i++)
        assert_true(raw_connect(&clients[i], pair.proxy.process.port));
    for (long i = 0; i < BURSTS; i++) {
        burst(clients, CROWD);
        pause_ms(950 + i * 37 % 101);
    }
    double connections = gauge(&pair.server, "entrepot_connections_total");
    print_message("# %s: %d requests after an idle second, none failed; %.0f connections to the server\n",
                  proxy->program, BURSTS * CROWD, connections);
    for (size_t i = 0; i < CROWD; i++)
        raw_close(&clients[i]);
    assert_proxy_content(&pair.proxy);
    assert_true(connections > 2 * CROWD && connections < BURSTS * CROWD); /* some had gone, some had not */
    stop(&pair);
}

#define WITH(function, peer)                                                                                           \
    {                                                                                                                  \
#function " " #peer, function, NULL, NULL, (void *)(uintptr_t)&peer_##peer                                     \
    }

int main(void)
{
    const struct CMUnitTest quick[] = {
        WITH(answers_as_without, nginx_proxy),
        WITH(answers_as_without, haproxy_proxy),
        WITH(answers_as_without, caddy_proxy),
    };
    const struct CMUnitTest slow[] = {
        WITH(carries_many, nginx_proxy),
        WITH(carries_many, haproxy_proxy),
        WITH(carries_many, caddy_proxy),
        WITH(idle_ends_are_safe, nginx_impatient),
    };
    int failed = cmocka_run_group_tests(quick, NULL, NULL);
    return failed || !getenv("SOAK_MINUTES") ? failed : cmocka_run_group_tests(slow, NULL, NULL);
}
