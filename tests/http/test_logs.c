/* The access log: for whom a request was made, what came of it, and that no log ever holds up an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "entrepot/server/server.h"
#include "http/raw_client.h"
#include "http/test_api.h"

#define HEAD_OF(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n"
#define GET(path) HEAD_OF(path) "\r\n"

static struct server_options options_of(void)
{
    struct server_options options = server_options_default();
    options.listen = "127.0.0.1:0";
    options.shards = 1;
    options.lame_duck_ms = 20;
    options.drain_ms = 500;
    return options;
}

static struct server *start(const struct server_options *options, struct log *log)
{
    struct problem problem;
    struct server *server = NULL;
    if (server_start(options, test_api(), log, &server, &problem) != ST_OK)
        problem_print(&problem, stderr);
    assert_non_null(server);
    return server;
}

/* A server that logs into a file, and what it has logged. */
struct logged {
    struct server *server;
    struct log *log;
    FILE *file;
    json_t *requests; /* after the end: the lines of requests, in order */
};

static struct logged begin(const struct server_options *options)
{
    struct logged logged = {.file = tmpfile()};
    assert_non_null(logged.file);
    logged.log = log_new(fileno(logged.file), LOG_LEVEL_INFO);
    logged.server = start(options, logged.log);
    return logged;
}

static void end(struct logged *logged)
{
    server_stop(logged->server);
    log_free(logged->log);
    static char text[1 << 20];
    rewind(logged->file);
    struct str rest = str_span(text, fread(text, 1, sizeof text, logged->file));
    fclose(logged->file);
    logged->requests = json_array();
    while (rest.n) {
        struct str line = str_cut(&rest, '\n');
        json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
        if (!object)
            fail_msg("not JSON: %.*s", STR_ARG(line));
        if (strcmp(json_string_value(json_object_get(object, "event")), "request") == 0)
            (void)json_array_append(logged->requests, object);
        json_decref(object);
    }
}

static const char *text_of(const struct logged *logged, size_t i, const char *key)
{
    return json_string_value(json_object_get(json_array_get(logged->requests, i), key));
}

static void ask(struct raw_client *client, const char *request)
{
    struct raw_reply reply;
    assert_int_equal(raw_ask(client, request, &reply), RAW_OK);
}

struct forwarded {
    const char *headers, *client; /* NULL: none is logged */
};

static void check_clients(const struct server_options *options, const struct forwarded *cases, size_t n)
{
    struct logged logged = begin(options);
    struct raw_client client;
    assert_true(raw_connect(&client, server_port(logged.server)));
    for (size_t i = 0; i < n; i++) { /* on one connection: nothing of a request may show in the next one */
        char request[512];
        (void)snprintf(request, sizeof request, HEAD_OF("/livez") "%s\r\n", cases[i].headers);
        ask(&client, request);
    }
    raw_close(&client);
    end(&logged);
    assert_int_equal(json_array_size(logged.requests), n);
    for (size_t i = 0; i < n; i++) {
        const char *seen = text_of(&logged, i, "client");
        assert_string_equal(text_of(&logged, i, "peer"), "127.0.0.1");
        if ((seen != NULL) != (cases[i].client != NULL) || (seen && strcmp(seen, cases[i].client) != 0))
            fail_msg("%s: client %s, not %s", cases[i].headers, seen ? seen : "none",
                     cases[i].client ? cases[i].client : "none");
    }
    json_decref(logged.requests);
}

static void believes_a_proxy_of_ours(void **state)
{
    (void)state;
    static const struct forwarded cases[] = {
        {"X-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7"},
        {"", NULL},
        {"x-forwarded-for: 6.6.6.6, 2001:db8::7\r\n", "2001:db8::7"},
        {"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.8\r\n", "203.0.113.8"},
        {"X-Forwarded-For: 203.0.113.9\r\nAccept: */*\r\nX-Forwarded-For: 127.0.0.1\r\n", "203.0.113.9"},
        {"X-Forwarded-For: nonsense\r\n", NULL},
        {"X-Forwarded-For: 203.0.113.7, nonsense\r\n", NULL},
        {"X-Forwarded-For:\r\n", NULL},
        {"Forwarded: for=203.0.113.7\r\n", NULL},
        {"Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7"},
    };
    struct server_options options = options_of();
    struct problem problem;
    assert_int_equal(proxies_add(&options.proxies, "127.0.0.0/8", &problem), ST_OK);
    check_clients(&options, cases, sizeof cases / sizeof *cases);
}

static void believes_the_standard_header_where_told(void **state)
{
    (void)state;
    static const struct forwarded cases[] = {
        {"Forwarded: for=203.0.113.7;proto=https\r\n", "203.0.113.7"},
        {"Forwarded: for=\"[2001:db8::7]:80\", for=127.0.0.1\r\n", "2001:db8::7"},
        {"X-Forwarded-For: 6.6.6.6\r\n", NULL},
        {"X-Forwarded-For: 6.6.6.6\r\nForwarded: for=203.0.113.7\r\n", "203.0.113.7"},
        {"Forwarded: for=unknown\r\n", NULL},
    };
    struct server_options options = options_of();
    struct problem problem;
    options.proxies.standard = true;
    assert_int_equal(proxies_add(&options.proxies, "127.0.0.1", &problem), ST_OK);
    check_clients(&options, cases, sizeof cases / sizeof *cases);
}

static void believes_nobody_else(void **state)
{
    (void)state;
    static const struct forwarded cases[] = {
        {"X-Forwarded-For: 6.6.6.6\r\n", NULL},
        {"X-Forwarded-For: 10.0.0.1\r\nForwarded: for=6.6.6.6\r\n", NULL},
    };
    struct server_options options = options_of();
    struct problem problem;
    check_clients(&options, cases, sizeof cases / sizeof *cases);
    assert_int_equal(proxies_add(&options.proxies, "10.0.0.0/8", &problem), ST_OK);
    check_clients(&options, cases, sizeof cases / sizeof *cases);
}

/* libmicrohttpd 0.9.75 makes a header X-Forwarded-For out of this; later versions refuse it. */
static void believes_no_folded_line(void **state)
{
    (void)state;
    struct server_options options = options_of();
    struct logged logged = begin(&options);
    struct raw_client client;
    struct raw_reply reply;
    assert_true(raw_connect(&client, server_port(logged.server)));
    (void)raw_ask(&client, HEAD_OF("/livez") "X: 6.6.6.6\r\n -Forwarded-For: 6.6.6.6\r\n\r\n", &reply);
    raw_close(&client);
    end(&logged);
    for (size_t i = 0; i < json_array_size(logged.requests); i++)
        assert_null(text_of(&logged, i, "client"));
    json_decref(logged.requests);
}

static void tells_what_the_cache_had(void **state)
{
    (void)state;
    struct server_options options = options_of();
    struct logged logged = begin(&options);
    struct raw_client client;
    assert_true(raw_connect(&client, server_port(logged.server)));
    for (int i = 0; i < 3; i++)
        ask(&client, GET("/v1/bilateral/IND/CHN"));
    ask(&client, GET("/livez"));
    raw_close(&client);
    end(&logged);
    assert_string_equal(text_of(&logged, 0, "cache"), "miss");
    assert_string_equal(text_of(&logged, 1, "cache"), "miss");
    assert_string_equal(text_of(&logged, 2, "cache"), "hit");
    assert_null(text_of(&logged, 3, "cache"));
    json_decref(logged.requests);
}

#define MANY 8000 /* lines of them do not fit into a pipe and both halves of the log's memory */

/* Asks on while nobody takes the log; returns how many lines were lost. */
static uint64_t ask_many(int fd)
{
    struct log *log = log_new(fd, LOG_LEVEL_INFO);
    struct server_options options = options_of();
    struct server *server = start(&options, log);
    struct raw_client client;
    struct raw_reply reply;
    assert_true(raw_connect(&client, server_port(server)));
    client.timeout_ms = 2000; /* a worker that waits for the log would never answer */
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(raw_ask(&client, GET("/livez?a=0123456789012345678901234567890123456789"), &reply), RAW_OK);
        assert_true(reply.status == 200 || reply.status == 400);
    }
    raw_close(&client);
    uint64_t dropped = log_dropped(log);
    server_stop(server);
    log_free(log);
    return dropped;
}

static void a_blocked_log_holds_up_nobody(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(ask_many(ends[1]) > 0);
    close(ends[0]);
    close(ends[1]);
}

static void a_full_disk_holds_up_nobody(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0)
        skip();
    assert_true(ask_many(full) > 0);
    close(full);
}

static void a_log_that_is_closed_holds_up_nobody(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    server_block_signals(); /* and SIGPIPE with them */
    assert_true(ask_many(ends[1]) > 0);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(believes_a_proxy_of_ours),    cmocka_unit_test(believes_the_standard_header_where_told),
        cmocka_unit_test(believes_nobody_else),        cmocka_unit_test(believes_no_folded_line),
        cmocka_unit_test(tells_what_the_cache_had),    cmocka_unit_test(a_blocked_log_holds_up_nobody),
        cmocka_unit_test(a_full_disk_holds_up_nobody), cmocka_unit_test(a_log_that_is_closed_holds_up_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
