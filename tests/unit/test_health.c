/* health and addresses: what people write, and servers that do not answer as they should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "entrepot/server/health.h"
#include "server/net/socket.h"

/* ---- addresses ---- */

static void reads_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *ip;
        unsigned port;
    } cases[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080}, {"localhost:1", "127.0.0.1", 1}, {"0.0.0.0:0", "0.0.0.0", 0},
        {"[::1]:65535", "::1", 65535},         {"[::]:80", "::", 80},           {"[2001:db8::7]:80", "2001:db8::7", 80},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint;
        struct problem problem;
        struct ip ip;
        char text[INET6_ADDRSTRLEN];
        assert_int_equal(endpoint_read(cases[i].text, &endpoint, &problem), ST_OK);
        assert_int_equal(endpoint_port(&endpoint), cases[i].port);
        assert_true(endpoint_ip(&endpoint.address.any, &ip));
        ip_print(&ip, text);
        assert_string_equal(text, cases[i].ip);
    }
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        ":",
        "8080",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "h:80",
        "::1:80",
        "[::1:80",
        "[]:80",
        "[]",
        "[127.0.0.1",
        "127.0.0.1:-1",
        "[g]:80",
        "1.2.3:80",
        "127.0.0.1:x",
        "example.org:80",
        "1111111111111111111111111111111111111111111111111111111111111111111111:80",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint;
        struct problem problem = {.status = ST_OK};
        if (endpoint_read(cases[i], &endpoint, &problem) != ST_INVALID || !problem.cure[0])
            fail_msg("\"%s\" is taken for an address", cases[i]);
    }
}

static void asks_a_wildcard_address_on_loopback(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"0.0.0.0:80", "127.0.0.1"}, {"[::]:80", "::1"},  {"[1::]:80", "1::"},         {"[0:0:1::]:80", "0:0:1::"},
        {"[::1:0:0]:80", "::1:0:0"}, {"[::5]:80", "::5"}, {"10.0.0.1:80", "10.0.0.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint;
        struct problem problem;
        struct ip ip;
        char text[INET6_ADDRSTRLEN];
        assert_int_equal(endpoint_read(cases[i][0], &endpoint, &problem), ST_OK);
        endpoint_to_loopback(&endpoint);
        assert_true(endpoint_ip(&endpoint.address.any, &ip));
        ip_print(&ip, text);
        assert_string_equal(text, cases[i][1]);
    }
    struct ip ip;
    assert_false(endpoint_ip(&(struct sockaddr){.sa_family = AF_UNIX}, &ip));
}

/* ---- servers ---- */

struct answering {
    int listener;
    const char *answer; /* NULL: none, and the connection stays open until the caller leaves */
};

static void *answer_once(void *argument)
{
    const struct answering *a = argument;
    char request[1024];
    int fd = accept(a->listener, NULL, NULL);
    if (fd < 0)
        return NULL;
    ssize_t n = read(fd, request, sizeof request);
    for (const char *c = a->answer; n > 0 && c && *c; c++) { /* byte by byte: it must put them together */
        (void)send(fd, c, 1, MSG_NOSIGNAL);
        (void)usleep(500);
    }
    while (!a->answer && n > 0)
        n = read(fd, request, sizeof request);
    close(fd);
    return NULL;
}

static enum status ask_one_that_answers(const char *answer, unsigned timeout_ms, struct problem *problem)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char text[32];
    pthread_t thread;
    struct answering a = {.listener = socket(AF_INET, SOCK_STREAM, 0), .answer = answer};
    assert_int_equal(bind(a.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(a.listener, 1), 0);
    assert_int_equal(getsockname(a.listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &a), 0);
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", ntohs(address.sin_port));
    enum status status = health_ask(text, "/readyz", timeout_ms, problem);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(a.listener);
    return status;
}

static void tells_what_it_was_answered(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        unsigned timeout_ms;
        enum status status;
        const char *detail;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", 5000, ST_OK, ""},
        {"HTTP/1.1 503 \r\n\r\n", 5000, ST_UNAVAILABLE, "answered with status 503"},
        {"HTTP/1.1 2x0 OK\r\n\r\n", 5000, ST_IO, "no answer: Protocol error"},
        {"220 mail.example.org ESMTP\r\n", 5000, ST_IO, "no answer: Protocol error"},
        {"HTTP/1.1 2", 5000, ST_IO, "no answer: Connection reset by peer"},
        {"", 5000, ST_IO, "no answer: Connection reset by peer"},
        {NULL, 50, ST_IO, "no answer: Connection timed out"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem problem = {.detail = ""};
        assert_int_equal(ask_one_that_answers(cases[i].answer, cases[i].timeout_ms, &problem), cases[i].status);
        assert_string_equal(problem.detail, cases[i].detail);
    }
}

static void does_not_wait_without_time_nor_ask_without_room(void **state)
{
    (void)state;
    struct problem problem;
    char path[600];
    memset(path, 'p', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(health_ask("127.0.0.1:1", path, 1000, &problem), ST_INVALID);
    assert_string_equal(problem.detail, "the path is too long");
    assert_int_equal(health_ask("127.0.0.1:1", "/readyz", 0, &problem), ST_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(asks_a_wildcard_address_on_loopback),
        cmocka_unit_test(tells_what_it_was_answered),
        cmocka_unit_test(does_not_wait_without_time_nor_ask_without_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
