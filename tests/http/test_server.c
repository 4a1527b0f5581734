#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/server/health.h"
#include "entrepot/server/server.h"
#include "http/raw_client.h"
#include "http/test_api.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
/* What a smuggler hides behind a refused request. If it runs, a 404 comes back. */
#define SMUGGLED GET("/nope")

static struct server *server;

static struct server *start(const char *listen, struct log *log, unsigned drain_ms, struct problem *problem)
{
    struct server_options options = server_options_default();
    options.listen = listen;
    options.shards = 2;
    options.connection_limit = 200;
    options.drain_ms = drain_ms;
    options.access_log = log != NULL;
    struct server *out = NULL;
    return server_start(&options, test_api(), log, &out, problem) == ST_OK ? out : NULL;
}

static int start_shared(void **state)
{
    (void)state;
    struct problem problem = {.status = ST_OK};
    if (!test_api())
        return -1;
    server = start("127.0.0.1:0", NULL, 2000, &problem);
    if (!server)
        problem_print(&problem, stderr);
    return server ? 0 : -1;
}

static int stop_shared(void **state)
{
    (void)state;
    server_stop(server);
    return 0;
}

static struct raw_client client_of(struct server *at)
{
    struct raw_client client;
    assert_true(raw_connect(&client, server_port(at)));
    return client;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(long ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL); }

/* The one answer to `request` on a connection of its own; 0 if there is none. */
/* 0: closed without an answer; -1: left to wait. */
static int status_of(const char *request)
{
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    enum raw_result result = raw_ask(&client, request, &reply);
    raw_close(&client);
    return result == RAW_OK ? reply.status : result == RAW_CLOSED ? 0 : -1;
}

/* ---- what good clients do ---- */

static void answers(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    assert_int_equal(raw_ask(&client, GET("/livez"), &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    assert_true(str_starts(raw_header(&reply, "Content-Type"), STR("text/plain")));
    assert_int_equal(raw_header_count(&reply, "Date"), 1);
    assert_int_equal(raw_ask(&client, GET("/v1"), &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    assert_true(str_starts(raw_header(&reply, "Content-Type"), STR("application/json")));
    json_t *body = json_loadb(reply.body.p, reply.body.n, 0, NULL);
    assert_true(json_is_object(body));
    json_decref(body);
    assert_int_equal(raw_ask(&client, GET("/nope"), &reply), RAW_OK);
    assert_int_equal(reply.status, 404);
    assert_true(str_starts(raw_header(&reply, "Content-Type"), STR("application/problem+json")));
    raw_close(&client);
}

static void keeps_a_connection_for_10000_requests(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(raw_ask(&client, GET("/livez"), &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
    raw_close(&client);
}

static void answers_a_pipeline_in_order(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    for (int i = 0; i < 100; i++)
        assert_true(raw_send(&client, STR(GET("/livez") GET("/nope") "HEAD /v1 HTTP/1.1\r\nHost: h\r\n\r\n")));
    for (int i = 0; i < 300; i++) {
        struct raw_reply reply;
        assert_int_equal(raw_read(&client, i % 3 == 2, &reply), RAW_OK);
        assert_int_equal(reply.status, i % 3 == 1 ? 404 : 200);
        assert_true(i % 3 != 0 || str_starts(raw_header(&reply, "Content-Type"), STR("text/plain")));
    }
    raw_close(&client);
}

/* The head without the headers that may differ from one second to the next. */
static struct buf lasting_head(const struct raw_reply *reply)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    struct str rest = reply->head;
    while (rest.n) {
        struct str line = str_cut(&rest, '\n');
        if (!str_starts(line, STR("Date:")) && !str_starts(line, STR("Server-Timing:")) &&
            !str_starts(line, STR("X-Request-Id:")) && !str_starts(line, STR("traceparent:"))) {
            buf_add(&out, line);
            buf_byte(&out, '\n');
        }
    }
    buf_byte(&out, '\0');
    return out;
}

static void head_has_the_headers_of_get(void **state)
{
    (void)state;
    static const char *const paths[] = {"/v1", "/livez", "/nope"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct raw_client client = client_of(server);
        struct raw_reply reply;
        char request[128];
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", paths[i]);
        assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
        assert_true(reply.body.n > 0);
        struct buf get = lasting_head(&reply);
        (void)snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: h\r\n\r\n", paths[i]);
        assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
        struct buf head = lasting_head(&reply);
        assert_string_equal(head.p, get.p);
        assert_int_equal(raw_ask(&client, GET("/livez"), &reply), RAW_OK); /* no body was left in between */
        assert_int_equal(reply.status, 200);
        buf_release(&get);
        buf_release(&head);
        raw_close(&client);
    }
}

static void speaks_http_1_0(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    assert_int_equal(raw_ask(&client, "GET /livez HTTP/1.0\r\n\r\n", &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    assert_int_equal(raw_read_rest(&client).n, 0);
    raw_close(&client);
    client = client_of(server);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(raw_ask(&client, "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
    raw_close(&client);
}

static void closes_when_asked(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    assert_int_equal(
        raw_ask(&client, "GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" GET("/nope"), &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    assert_true(str_eq_nocase(raw_header(&reply, "Connection"), STR("close")));
    assert_int_equal(raw_read_rest(&client).n, 0);
    raw_close(&client);
}

static void revalidates(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    char request[512];
    assert_int_equal(raw_ask(&client, GET("/v1"), &reply), RAW_OK);
    struct str etag = raw_header(&reply, "ETag");
    assert_true(etag.n > 2 && etag.p[0] == '"');
    (void)snprintf(request, sizeof request, "GET /v1 HTTP/1.1\r\nHost: h\r\nIf-None-Match: %.*s\r\n\r\n",
                   STR_ARG(etag));
    assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
    assert_int_equal(reply.status, 304);
    assert_true(raw_header(&reply, "ETag").n > 2);
    assert_int_equal(raw_ask(&client, GET("/livez"), &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    raw_close(&client);
}

static void takes_a_list_header_in_several_lines(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    char request[512];
    assert_int_equal(raw_ask(&client, GET("/v1"), &reply), RAW_OK);
    struct str etag = raw_header(&reply, "ETag");
    (void)snprintf(
        request, sizeof request,
        "GET /v1 HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"other\"\r\nAccept: text/html\r\nAccept: application/json\r\n"
        "If-None-Match: %.*s\r\n\r\n",
        STR_ARG(etag));
    assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
    assert_int_equal(reply.status, 304);
    raw_close(&client);
}

static void takes_a_request_byte_by_byte(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    for (int i = 0; i < 3; i++) {
        assert_true(raw_send_slowly(&client, STR("GET /v1?a=b HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n")));
        assert_int_equal(raw_read(&client, false, &reply), RAW_OK);
        assert_true(raw_send_slowly(&client, STR(GET("/livez"))));
        assert_int_equal(raw_read(&client, false, &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
    raw_close(&client);
}

static void gives_back_a_request_id(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    assert_int_equal(raw_ask(&client, "GET /livez HTTP/1.1\r\nHost: h\r\nX-Request-Id: abc-123\r\n\r\n", &reply),
                     RAW_OK);
    assert_true(str_is(raw_header(&reply, "X-Request-Id"), "abc-123"));
    assert_int_equal(raw_ask(&client, "GET /livez HTTP/1.1\r\nHost: h\r\nX-Request-Id: a\"b c\r\n\r\n", &reply),
                     RAW_OK);
    assert_int_equal(reply.status, 200);
    assert_false(str_is(raw_header(&reply, "X-Request-Id"), "a\"b c"));
    raw_close(&client);
}

/* ---- what bad clients do ---- */

struct refusal {
    const char *name, *request;
    int status, other; /* `other`: what some version of the library says by itself, or 0 */
};

#define START "GET /livez HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"
#define BAD(name, request)                                                                                             \
    {                                                                                                                  \
        name, request, 400, 0                                                                                          \
    }

static const struct refusal refusals[] = {
    BAD("length and chunked", START HOST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    BAD("chunked and length", START HOST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
    BAD("chunked", START HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    BAD("chunked POST", "POST /livez HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    BAD("unknown coding", START HOST "Transfer-Encoding: identity\r\n\r\n"),
    BAD("two codings", START HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    BAD("space before colon", START HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    BAD("two lengths", START HOST "Content-Length: 0\r\nContent-Length: 5\r\n\r\n"),
    BAD("one length twice", START HOST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"),
    BAD("length list", START HOST "Content-Length: 0, 0\r\n\r\n"),
    BAD("length +0", START HOST "Content-Length: +0\r\n\r\n"),
    BAD("length -1", START HOST "Content-Length: -1\r\n\r\n"),
    BAD("length 0x0", START HOST "Content-Length: 0x0\r\n\r\n"),
    BAD("length empty", START HOST "Content-Length:\r\n\r\n"),
    {"length 2^64-1", START HOST "Content-Length: 18446744073709551615\r\n\r\n", 400, 413},
    {"length 2^64", START HOST "Content-Length: 18446744073709551616\r\n\r\n", 400, 413},
    BAD("GET with a body", START HOST "Content-Length: 40\r\n\r\n"),
    BAD("HEAD with a body", "HEAD /livez HTTP/1.1\r\n" HOST "Content-Length: 40\r\n\r\n"),
    BAD("no host", START "\r\n"),
    BAD("two hosts", START HOST HOST "\r\n"),
    BAD("empty host", START "Host:\r\n\r\n"),
    BAD("host with a space", START "Host: a b\r\n\r\n"),
    BAD("host with a path", START "Host: a/b\r\n\r\n"),
    BAD("host with a user", START "Host: u@h\r\n\r\n"),
    BAD("host with a bad port", START "Host: h:99999\r\n\r\n"),
    BAD("control byte in a value", START HOST "X: a\x01"
                                              "b\r\n\r\n"),
    BAD("space in a name", START HOST "X Y: b\r\n\r\n"),
    BAD("bad name", START HOST "X(Y): b\r\n\r\n"),
    BAD("absolute form", "GET http://localhost/livez HTTP/1.1\r\n" HOST "\r\n"),
    BAD("asterisk form", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
    BAD("authority form", "CONNECT localhost:80 HTTP/1.1\r\n" HOST "\r\n"),
    BAD("no slash", "GET livez HTTP/1.1\r\n" HOST "\r\n"),
    BAD("fragment", "GET /livez#x HTTP/1.1\r\n" HOST "\r\n"),
    BAD("space in the target", "GET /li vez HTTP/1.1\r\n" HOST "\r\n"),
    BAD("control byte in the target", "GET /livez\x01 HTTP/1.1\r\n" HOST "\r\n"),
    BAD("bad method", "G(T /livez HTTP/1.1\r\n" HOST "\r\n"),
    {"POST with a body", "POST /livez HTTP/1.1\r\n" HOST "Content-Length: 40\r\n\r\n", 405, 0},
    {"DELETE with a body", "DELETE /livez HTTP/1.1\r\n" HOST "Content-Length: 40\r\n\r\n", 405, 0},
};

/* One answer, an error, "Connection: close", then the end: whatever follows on the connection is not a request. The library of
 * 0.9.75 sends its own 400 with two heads; what matters is that the smuggled request was never answered. */
static void check_refusal(const struct refusal *refusal, bool slowly)
{
    struct raw_client client = client_of(server);
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    buf_add(&bytes, str_view(refusal->request));
    buf_lit(&bytes, SMUGGLED SMUGGLED);
    (void)(slowly ? raw_send_slowly(&client, buf_view(&bytes)) : raw_send(&client, buf_view(&bytes)));
    struct str all = raw_read_rest(&client);
    uint32_t status = 0;
    if (all.n > 12)
        (void)str_u32(str_span(all.p + 9, 3), 999, &status);
    if ((int)status != refusal->status && (refusal->other == 0 || (int)status != refusal->other))
        fail_msg("%s: status %u, not %d: %.*s", refusal->name, status, refusal->status, STR_ARG(all));
    if (!memmem(all.p, all.n, "Connection: close", 17))
        fail_msg("%s: not closed: %.*s", refusal->name, STR_ARG(all));
    if (memmem(all.p, all.n, " 404 ", 5) || memmem(all.p, all.n, " 200 ", 5))
        fail_msg("%s: the smuggled request ran: %.*s", refusal->name, STR_ARG(all));
    buf_release(&bytes);
    raw_close(&client);
}

static void refuses_what_smuggles(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        check_refusal(&refusals[i], false);
        check_refusal(&refusals[i], true);
    }
    assert_int_equal(status_of(GET("/livez")), 200);
}

/* Refusals of our own are problem documents. */
static void refuses_with_a_problem(void **state)
{
    (void)state;
    struct raw_client client = client_of(server);
    struct raw_reply reply;
    assert_int_equal(raw_ask(&client, "GET http://h/livez HTTP/1.1\r\n" HOST "\r\n", &reply), RAW_OK);
    assert_int_equal(reply.status, 400);
    assert_true(str_starts(raw_header(&reply, "Content-Type"), STR("application/problem+json")));
    json_t *body = json_loadb(reply.body.p, reply.body.n, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(body, "status")), 400);
    json_decref(body);
    raw_close(&client);
}

/* "GET <before><n times text><after> HTTP/1.1 …"; the status of the answer, or 0. */
static int status_of_long(const char *before, const char *text, size_t n, const char *after)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    buf_add(&bytes, str_view(before));
    for (size_t i = 0; i < n; i++)
        buf_add(&bytes, str_view(text));
    buf_add(&bytes, str_view(after));
    buf_byte(&bytes, '\0');
    int status = status_of(bytes.p);
    buf_release(&bytes);
    return status;
}

#define END " HTTP/1.1\r\nHost: h\r\n\r\n"

static void bounds_the_target(void **state)
{
    (void)state;
    size_t most = server_options_default().max_target_bytes;
    assert_int_equal(status_of_long("GET /livez?", "a", most - strlen("/livez?") + 1, END), 414);
    int at_limit = status_of_long("GET /livez?", "a", most - strlen("/livez?"), END);
    assert_true(at_limit == 200 || at_limit == 400); /* the api may not know the parameter */
    assert_int_equal(status_of_long("GET /", "a", 30000, END), 414);
}

static void bounds_the_headers(void **state)
{
    (void)state;
    assert_int_equal(status_of_long(START HOST, "X: y\r\n", 90, "\r\n"), 200);
    assert_int_equal(status_of_long(START HOST, "X: y\r\n", 101, "\r\n"), 431);
    int status =
        status_of_long(START HOST, "X: y\r\n", 2000, "\r\n"); /* past the pool it is the library that refuses */
    assert_true(status == 431 || status == 413);
}

/* Given many arguments, libmicrohttpd 0.9.75 runs out of memory and leaves the client waiting; so it is given none. */
static void answers_3000_arguments(void **state)
{
    (void)state;
    assert_true(status_of_long("GET /v1?", "&", 3000, END) > 0);
    assert_true(status_of_long("GET /v1?", "a&", 1500, END) > 0);
    assert_true(status_of_long("GET /v1?", "a=b&", 2000, END) == 414);
    /* fills the library's memory to the brim: refused or just closed */
    assert_true(status_of_long("GET /v1?", "a=b&", 3000, END) >= 0);
    assert_true(status_of_long("GET /nope?", "&", 3000, END) == 404);
}

static void reads_escapes_itself(void **state)
{
    (void)state;
    assert_int_not_equal(status_of(GET("/livez%00")), 200);
    assert_int_not_equal(status_of(GET("/livez%00x")), 200);
    assert_int_not_equal(status_of(GET("/nope/..%2flivez")), 200);
    assert_int_not_equal(status_of(GET("/nope/../livez")), 200);
    assert_int_equal(status_of(GET("/nope%0d%0a")) / 100, 4);
    assert_int_equal(status_of(GET("/nope?")), 404);
}

/* ---- the life of the server ---- */

static void refuses_a_port_in_use(void **state)
{
    (void)state;
    char listen[32];
    struct problem problem = {.status = ST_OK};
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%u", server_port(server));
    assert_null(start(listen, NULL, 100, &problem));
    assert_int_equal(problem.status, ST_IO);
    assert_non_null(strstr(problem.detail, "in use"));
    assert_non_null(strstr(problem.cure, "--listen"));
    assert_int_equal(status_of(GET("/livez")), 200);
}

static void refuses_bad_addresses(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "8080",          ":8080",        "localhost",
                                      "1.2.3.4:",   "1.2.3.4:99999", "::1:8080",     "[::1:8080",
                                      "h.org:8080", "1.2.3.4:80x",   "[1.2.3.4]x:1", "1.2.3.4:-1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct problem problem = {.status = ST_OK};
        assert_null(start(bad[i], NULL, 100, &problem));
        assert_int_equal(problem.status, ST_INVALID);
        assert_true(problem.cure[0]);
    }
    struct problem problem = {.status = ST_OK};
    assert_null(start("192.0.2.1:0", NULL, 100, &problem)); /* TEST-NET-1: nobody's address */
    assert_int_equal(problem.status, ST_IO);
}

static void tells_its_health(void **state)
{
    (void)state;
    char address[32];
    struct problem problem = {.status = ST_OK};
    (void)snprintf(address, sizeof address, "0.0.0.0:%u", server_port(server));
    assert_int_equal(health_ask(address, "/livez", 2000, &problem), ST_OK);
    assert_int_equal(health_ask(address, "/nope", 2000, &problem), ST_UNAVAILABLE);
    assert_int_equal(health_ask("nonsense", "/livez", 2000, &problem), ST_INVALID);
    struct server *other = start("[::]:0", NULL, 100, &problem); /* both families */
    if (other) {
        (void)snprintf(address, sizeof address, "[::]:%u", server_port(other));
        assert_int_equal(health_ask(address, "/livez", 2000, &problem), ST_OK);
        (void)snprintf(address, sizeof address, "127.0.0.1:%u", server_port(other));
        assert_int_equal(health_ask(address, "/livez", 2000, &problem), ST_OK);
        server_stop(other);
        assert_int_equal(health_ask(address, "/livez", 2000, &problem), ST_IO);
        assert_non_null(strstr(problem.detail, "refused")); /* at once: nobody was waited for */
    }
}

static void *stop(void *at)
{
    server_stop(at);
    return NULL;
}

static void drains(void **state)
{
    (void)state;
    struct problem problem;
    struct server *own = start("127.0.0.1:0", NULL, 3600000, &problem); /* longer than any test may take */
    unsigned port = server_port(own);
    struct raw_client line = client_of(own), head = client_of(own), idle = client_of(own), fresh = client_of(own), late;
    struct raw_reply reply;
    pthread_t stopper;
    assert_int_equal(raw_ask(&idle, GET("/livez"), &reply), RAW_OK);
    assert_int_equal(raw_ask(&head, GET("/livez"), &reply), RAW_OK);
    pause_ms(30);
    assert_true(raw_send(&line, STR("GET /v1 HT"))); /* under way in the middle of the first line */
    assert_true(raw_send(&head, STR("GET /v1 HTTP/1.1\r\nHost: h\r\nAcc")));
    pause_ms(30);
    assert_int_equal(pthread_create(&stopper, NULL, stop, own), 0);
    for (int i = 0; i < 400 && raw_connect(&late, port); i++) { /* until the door is shut */
        raw_close(&late);
        pause_ms(10);
    }
    assert_false(raw_connect(&late, port));
    assert_int_equal(raw_read_rest(&idle).n, 0);
    assert_int_equal(raw_read_rest(&fresh).n, 0);
    assert_true(raw_send(&line, STR("TP/1.1\r\nHost: h\r\n\r\n")));
    assert_true(raw_send(&head, STR("ept: */*\r\n\r\n")));
    struct raw_client *const under_way[] = {&line, &head};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(raw_read(under_way[i], false, &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
        assert_true(str_eq_nocase(raw_header(&reply, "Connection"), STR("close")));
    }
    assert_int_equal(pthread_join(stopper, NULL), 0); /* nobody is left to wait for */
    raw_close(&line);
    raw_close(&head);
    raw_close(&idle);
    raw_close(&fresh);
}

static void stops_in_time_though_a_client_dawdles(void **state)
{
    (void)state;
    struct problem problem;
    struct server *own = start("127.0.0.1:0", NULL, 400, &problem);
    struct raw_client client = client_of(own);
    assert_true(raw_send(&client, STR("GET /v1 HTTP/1.1\r\nHost: h\r\n")));
    pause_ms(30);
    int64_t begin = now_ms();
    server_stop(own);
    assert_true(now_ms() - begin >= 300); /* and not for ever */
    raw_close(&client);
}

struct caller {
    pthread_t thread;
    unsigned port;
    unsigned answered, failed;
};

/* Asks until the server says that it will close, and counts requests that were sent and not answered. */
static void *keep_asking(void *argument)
{
    struct caller *caller = argument;
    struct raw_client client;
    while (raw_connect(&client, caller->port)) {
        struct raw_reply reply;
        bool open = true;
        while (open) {
            bool sound = raw_ask(&client, GET("/v1"), &reply) == RAW_OK && reply.status == 200;
            caller->answered += sound;
            caller->failed += !sound;
            open = sound && !str_eq_nocase(raw_header(&reply, "Connection"), STR("close"));
        }
        raw_close(&client);
        if (caller->failed > 10)
            break;
    }
    return NULL;
}

static void loses_no_request_when_it_stops_under_load(void **state)
{
    (void)state;
    struct problem problem;
    struct server *own = start("127.0.0.1:0", NULL, 5000, &problem);
    struct caller callers[16] = {{.port = 0}};
    unsigned answered = 0, failed = 0;
    for (size_t i = 0; i < 16; i++) {
        callers[i].port = server_port(own);
        assert_int_equal(pthread_create(&callers[i].thread, NULL, keep_asking, &callers[i]), 0);
    }
    pause_ms(300);
    server_stop(own);
    for (size_t i = 0; i < 16; i++) {
        pthread_join(callers[i].thread, NULL);
        answered += callers[i].answered;
        failed += callers[i].failed;
    }
    print_message("           %u answered, %u lost\n", answered, failed);
    assert_true(answered > 100);
    assert_true(failed <= 1); /* a client that sleeps through the last 100 ms can still be cut */
}

static void makes_room_when_full(void **state)
{
    (void)state;
    struct server_options options = server_options_default();
    options.listen = "127.0.0.1:0";
    options.shards = 1;
    options.connection_limit = 8;
    options.drain_ms = 100;
    struct server *own = NULL;
    struct problem problem;
    struct raw_client clients[12];
    struct raw_reply reply;
    assert_int_equal(server_start(&options, test_api(), NULL, &own, &problem), ST_OK);
    for (size_t i = 0; i < 12; i++) { /* each asks once and stays; the last ones wait for the reaper */
        clients[i] = client_of(own);
        assert_int_equal(raw_ask(&clients[i], GET("/livez"), &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
    for (size_t i = 0; i < 12; i++)
        raw_close(&clients[i]);
    server_stop(own);
}

#define CROWD 128

/* libmicrohttpd takes 128 events at a time and would sleep on exactly that many, see quirk_kick_open. */
static void answers_128_who_ask_at_once(void **state)
{
    (void)state;
    struct server_options options = server_options_default();
    options.listen = "127.0.0.1:0";
    options.shards = 1;
    options.drain_ms = 500;
    options.access_log = false;
    struct server *own = NULL;
    struct problem problem;
    struct raw_client clients[CROWD];
    struct raw_reply reply;
    assert_int_equal(server_start(&options, test_api(), NULL, &own, &problem), ST_OK);
    for (size_t i = 0; i < CROWD; i++)
        clients[i] = client_of(own);
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < CROWD; i++)
            assert_true(raw_send(&clients[i], STR(GET("/livez"))));
        for (size_t i = 0; i < CROWD; i++)
            assert_int_equal(raw_read(&clients[i], false, &reply), RAW_OK);
    }
    for (size_t i = 0; i < CROWD; i++)
        raw_close(&clients[i]);
    server_stop(own);
}

/* ---- the access log ---- */

static json_t *next_request(struct str *rest)
{
    while (rest->n) {
        struct str line = str_cut(rest, '\n');
        json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
        if (!object)
            fail_msg("not JSON: %.*s", STR_ARG(line));
        if (strcmp(json_string_value(json_object_get(object, "event")), "request") == 0)
            return object;
        json_decref(object);
    }
    return NULL;
}

static struct str read_file(FILE *file, char *into, size_t room)
{
    rewind(file);
    return str_span(into, fread(into, 1, room, file));
}

static void check_request(struct str *rest, const char *method, const char *target, int status)
{
    json_t *line = next_request(rest);
    assert_non_null(line);
    assert_string_equal(json_string_value(json_object_get(line, "method")), method);
    if (target)
        assert_string_equal(json_string_value(json_object_get(line, "target")), target);
    if (status)
        assert_int_equal(json_integer_value(json_object_get(line, "status")), status);
    assert_string_equal(json_string_value(json_object_get(line, "peer")), "127.0.0.1");
    assert_true(json_is_string(json_object_get(line, "route")));
    assert_true(json_is_integer(json_object_get(line, "bytes")));
    assert_in_range(json_integer_value(json_object_get(line, "duration_us")), 0, 60000000);
    json_decref(line);
}

static void logs_each_request_on_one_line(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    struct log *log = log_new(fileno(file), LOG_LEVEL_INFO);
    struct problem problem;
    struct server *own = start("127.0.0.1:0", log, 500, &problem);
    struct raw_client client = client_of(own);
    struct raw_reply reply;
    assert_int_equal(raw_ask(&client, GET("/livez"), &reply), RAW_OK);
    assert_int_equal(raw_ask(&client, "HEAD /v1 HTTP/1.1\r\nHost: h\r\n\r\n", &reply), RAW_OK);
    assert_int_equal(raw_ask(&client, GET("/\"},{\"a\\\":\\n?x=\xFF\xC3\xA9"), &reply), RAW_OK);
    assert_int_equal(raw_ask(&client, GET("/\x01\x1B[31m\"\x7F"), &reply), RAW_OK);
    raw_close(&client);
    server_stop(own);
    log_free(log);
    static char text[65536];
    struct str rest = read_file(file, text, sizeof text);
    check_request(&rest, "GET", "/livez", 200);
    check_request(&rest, "HEAD", "/v1", 200);
    check_request(&rest, "GET", "/\"},{\"a\\\":\\n?x=\xEF\xBF\xBD\xC3\xA9", reply.status == 400 ? 0 : 404);
    check_request(&rest, "GET", "/\x01\x1B[31m\"\x7F", 400);
    assert_null(next_request(&rest));
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(keeps_a_connection_for_10000_requests),
        cmocka_unit_test(answers_a_pipeline_in_order),
        cmocka_unit_test(head_has_the_headers_of_get),
        cmocka_unit_test(speaks_http_1_0),
        cmocka_unit_test(closes_when_asked),
        cmocka_unit_test(revalidates),
        cmocka_unit_test(takes_a_list_header_in_several_lines),
        cmocka_unit_test(takes_a_request_byte_by_byte),
        cmocka_unit_test(gives_back_a_request_id),
        cmocka_unit_test(refuses_what_smuggles),
        cmocka_unit_test(refuses_with_a_problem),
        cmocka_unit_test(bounds_the_target),
        cmocka_unit_test(bounds_the_headers),
        cmocka_unit_test(answers_3000_arguments),
        cmocka_unit_test(reads_escapes_itself),
        cmocka_unit_test(refuses_a_port_in_use),
        cmocka_unit_test(refuses_bad_addresses),
        cmocka_unit_test(tells_its_health),
        cmocka_unit_test(drains),
        cmocka_unit_test(stops_in_time_though_a_client_dawdles),
        cmocka_unit_test(loses_no_request_when_it_stops_under_load),
        cmocka_unit_test(makes_room_when_full),
        cmocka_unit_test(answers_128_who_ask_at_once),
        cmocka_unit_test(logs_each_request_on_one_line),
    };
    return cmocka_run_group_tests(tests, start_shared, stop_shared);
}
