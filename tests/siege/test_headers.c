/* Response heads over all routes: HEAD has what GET has, and nothing that a client writes reaches a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "api/routes.h"
#include "http/raw_client.h"
#include "siege/exchange.h"
#include "siege/process.h"

static struct process server;
static struct raw_client client;

static int setup(void **state)
{
    (void)state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", NULL};
    return process_serve(&server, more) && raw_connect(&client, server.port) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    raw_close(&client);
    (void)process_end(&server, SIGKILL, 1000);
    process_forget(&server);
    return 0;
}

/* One request on the connection that all share; a connection that was closed is opened anew. */
static int ask(const char *method, const char *target, const char *headers, struct raw_reply *reply)
{
    char request[8192];
    int n = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n", method, target, headers);
    assert_in_range(n, 1, sizeof request - 1);
    if (client.fd < 0)
        assert_true(raw_connect(&client, server.port));
    enum raw_result result = raw_ask(&client, request, reply);
    if (result != RAW_OK)
        fail_msg("%s %s: no answer (%d)", method, target, (int)result);
    return reply->status;
}

static void after(const struct raw_reply *reply)
{
    if (str_eq_nocase(raw_header(reply, "Connection"), STR("close")))
        raw_close(&client);
}

/* ---- HEAD ---- */

static void head_is_get_without_a_body(void **state)
{
    const struct route *route = *state;
    struct raw_reply reply;
    char length[32], type[80];
    int status = ask("GET", route->example, "", &reply);
    if (status != 200 && status != 308 && status != 422) /* some lead elsewhere, some want a world's data */
        fail_msg("%s: %d", route->example, status);
    assert_int_equal(raw_header_count(&reply, "Content-Length"), 1);
    (void)snprintf(length, sizeof length, "%.*s", STR_ARG(raw_header(&reply, "Content-Length")));
    (void)snprintf(type, sizeof type, "%.*s", STR_ARG(raw_header(&reply, "Content-Type")));
    assert_int_equal(strtoul(length, NULL, 10), reply.body.n);
    assert_int_equal(ask("HEAD", route->example, "", &reply), status);
    assert_true(str_is(raw_header(&reply, "Content-Length"), length));
    assert_true(str_is(raw_header(&reply, "Content-Type"), type));
    assert_int_equal(ask("GET", "/livez", "", &reply), 200); /* no byte of a body was left in between */
    assert_true(str_is(reply.body, "ok\n"));
}

/* ---- what a client writes ---- */

static const char *const payloads[] = {
    "%0d%0aX-Evil:%20yes",
    "%0aX-Evil:%20yes",
    "%0dX-Evil:%20yes",
    "%E5%98%8A%E5%98%8DX-Evil:%20yes",
    "%00X-Evil:%20yes",
    "%22;X-Evil=yes",
    "%3Cscript%3E",
    "a%5Cr%5CnX-Evil:yes",
    "%C2%85X-Evil:%20yes",
    "%E2%80%A8X-Evil:%20yes",
    "%250d%250aX-Evil:",
    "\xC3\xA9\"'<>",
    "%3E;%20rel=%22stylesheet",
    "..%2f..%2f%0d%0aX-Evil:yes",
};
#define PAYLOADS (sizeof payloads / sizeof *payloads)

/* The head with bytes that only a header of an attacker has. */
static void check_head(const struct raw_reply *reply, const char *target)
{
    const char *fault = head_fault(reply->head);
    if (fault)
        fail_msg("%s: header \"%s\"", target, fault);
    if (memmem(reply->head.p, reply->head.n, "Evil", 4))
        fail_msg("%s: %.*s", target, STR_ARG(reply->head));
    if (reply->status >= 500)
        fail_msg("%s: status %d", target, reply->status);
    if (reply->status >= 400 && memmem(reply->body.p, reply->body.n, "<script", 7) &&
        !str_starts(raw_header(reply, "Content-Type"), STR("application/problem+json")))
        fail_msg("%s: script in what is no JSON", target);
}

static void no_parameter_reaches_a_header(void **state)
{
    const struct route *route = *state;
    char target[4096];
    struct raw_reply reply;
    char joint = strchr(route->example, '?') ? '&' : '?';
    for (size_t p = 0; p < PAYLOADS; p++) {
        for (size_t i = 0; i < route->n_params; i++) {
            (void)snprintf(target, sizeof target, "%s%c%s=%s", route->example, joint, route->param[i].name,
                           payloads[p]);
            (void)ask(p % 2 ? "HEAD" : "GET", target, "", &reply);
            check_head(&reply, target);
            after(&reply);
        }
        (void)snprintf(target, sizeof target, "%s%c%s=x", route->example, joint, payloads[p]);
        (void)ask("GET", target, "", &reply);
        check_head(&reply, target);
        after(&reply);
    }
}

/* Path segments: each in turn is a payload, with and without a format behind it. */
static void no_path_reaches_a_header(void **state)
{
    const struct route *route = *state;
    char target[4096];
    struct raw_reply reply;
    for (const char *open = strchr(route->path, '{'); open; open = strchr(open + 1, '{'))
        for (size_t p = 0; p < PAYLOADS; p++) {
            const char *close = strchr(open, '}');
            (void)snprintf(target, sizeof target, "%.*s%s%s%s", (int)(open - route->path), route->path, payloads[p],
                           close + 1, p % 2 ? ".csv" : "");
            (void)ask("GET", target, "", &reply);
            check_head(&reply, target);
            after(&reply);
        }
}

static void no_request_header_reaches_a_response(void **state)
{
    (void)state;
    static const char *const names[] = {"Accept", "Accept-Encoding", "If-None-Match", "X-Request-Id", "traceparent",
                                        "Origin", "Referer",         "User-Agent",    "Cookie",       "Host2"};
    static const char *const values[] = {"X-Evil: yes",       "\"Evil\"",          "a\tEvil",
                                         "\xC3\xA9\xFF-Evil", "<Evil>; rel=\"x\"", "Evil\\r\\nSet-Cookie: a=b"};
    char header[256];
    struct raw_reply reply;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            (void)snprintf(header, sizeof header, "%s: %s\r\n", names[n], values[v]);
            (void)ask("GET", "/v1/countries/IND", header, &reply);
            if (!str_is(raw_header(&reply, "X-Request-Id"), values[v])) /* the one that may come back, if it is sound */
                check_head(&reply, header);
            after(&reply);
        }
}

int main(void)
{
    static void (*const each[])(void **) = {head_is_get_without_a_body, no_parameter_reaches_a_header,
                                            no_path_reaches_a_header};
    static const char *const what[] = {"HEAD is GET", "parameters of", "path of"};
    struct CMUnitTest *tests = calloc(3 * api_routes.n + 1, sizeof *tests);
    char(*names)[160] = calloc(3 * api_routes.n, sizeof *names);
    size_t n = 0;
    if (!tests || !names)
        abort();
    for (size_t r = 0; r < api_routes.n; r++)
        for (size_t e = 0; e < 3; e++) {
            if (e == 2 && !strchr(api_routes.route[r]->path, '{'))
                continue;
            (void)snprintf(names[n], sizeof *names, "%s %s", what[e], api_routes.route[r]->path);
            tests[n] = (struct CMUnitTest){
                .name = names[n], .test_func = each[e], .initial_state = (void *)(uintptr_t)api_routes.route[r]};
            n++;
        }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(no_request_header_reaches_a_response);
    int failed = _cmocka_run_group_tests("headers", tests, n, setup, teardown);
    free(names);
    free(tests);
    return failed;
}
