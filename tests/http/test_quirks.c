/* What src/server/mhd/quirks.h says of libmicrohttpd is asked of the library itself, without the server around it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "http/raw_client.h"
#include "server/mhd/quirks.h"

#define ID "X-Id"
#define GET(target) "GET " target " HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* A daemon that answers all with one shared response, whose field ID tells which request it was. */
static struct {
    struct MHD_Daemon *daemon;
    struct MHD_Response *response;
    char *id;
    unsigned port, asked, arguments;
    char url[64];
    _Atomic int exhausted; /* the last word of the logger, enum quirk_exhausted */
} own;

static void pause_ms(long ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL); }

static void *target_seen(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    quirk_cut_query(target);
    return NULL;
}

static enum MHD_Result count(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)cls;
    (void)kind;
    (void)value;
    own.arguments += key && key[0];
    return MHD_YES;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_bytes, void **seen)
{
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_bytes;
    if (!*seen) {
        *seen = cls;
        return MHD_YES;
    }
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, count, NULL);
    (void)snprintf(own.url, sizeof own.url, "%s", url);
    (void)snprintf(own.id, 5, "%04u", own.asked++ % 10000);
    return MHD_queue_response(connection, MHD_HTTP_OK, own.response);
}

__attribute__((format(printf, 2, 0))) static void library_says(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)args;
    if (quirk_exhausted(format) != QUIRK_NOT_EXHAUSTED)
        atomic_store(&own.exhausted, (int)quirk_exhausted(format));
    pause_ms(1);
}

static int start(void **state)
{
    (void)state;
    own.response = MHD_create_response_from_buffer(2, (void *)(uintptr_t) "ok", MHD_RESPMEM_PERSISTENT);
    if (!own.response || MHD_add_response_header(own.response, ID, "none") != MHD_YES)
        return -1;
    own.id = quirk_field(own.response, ID);
    own.daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, &own,
                         MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)12 * 1024, MHD_OPTION_URI_LOG_CALLBACK, target_seen, NULL, QUIRK_STRICTNESS,
                         MHD_OPTION_UNESCAPE_CALLBACK, quirk_leave_escaped, NULL, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = own.daemon ? MHD_get_daemon_info(own.daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    own.port = info ? info->port : 0;
    return own.id && own.port ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    MHD_stop_daemon(own.daemon);
    MHD_destroy_response(own.response);
    return 0;
}

static struct raw_client client(void)
{
    struct raw_client c;
    assert_true(raw_connect(&c, own.port));
    return c;
}

static void a_query_that_is_cut_is_not_parsed(void **state)
{
    (void)state;
    struct buf request;
    struct raw_client c = client();
    struct raw_reply reply;
    buf_init(&request, 4096);
    buf_lit(&request, "GET /a%20b?");
    for (size_t i = 0; i < 1500; i++)
        buf_lit(&request, "a&");
    buf_lit(&request, "x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    own.arguments = 0;
    assert_true(raw_send(&c, buf_view(&request)));
    assert_int_equal(raw_read(&c, false, &reply), RAW_OK);
    buf_release(&request);
    assert_int_equal(reply.status, 200);
    assert_int_equal(own.arguments, 0);
    assert_string_equal(own.url, "/a%20b");
    raw_close(&c);
}

static void a_field_is_written_over_for_each_request(void **state)
{
    (void)state;
    struct raw_client c[3];
    struct raw_reply reply;
    unsigned first = own.asked;
    bool seen[30] = {false};
    for (size_t i = 0; i < 3; i++)
        c[i] = client();
    for (size_t round = 0; round < 2; round++) /* in one go, on several connections at once */
        for (size_t i = 0; i < 3; i++)
            assert_true(raw_send(&c[i], STR(GET("/a") GET("/b") GET("/c") GET("/d") GET("/e"))));
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 10; k++) {
            uint32_t id;
            assert_int_equal(raw_read(&c[i], false, &reply), RAW_OK);
            assert_true(str_u32(raw_header(&reply, ID), 9999, &id));
            assert_in_range(id, first, first + 29);
            assert_false(seen[id - first]);
            seen[id - first] = true;
        }
    for (size_t i = 0; i < 3; i++)
        raw_close(&c[i]);
}

/* What it is for, a crowd of QUIRK_EVENTS, is in test_server.c. */
static void a_kick_is_no_event_of_a_connection(void **state)
{
    (void)state;
    struct raw_client c = client();
    struct raw_reply reply;
    int kick = quirk_kick_open(own.daemon);
    assert_true(kick >= 0);
    for (int i = 0; i < 100; i++) {
        quirk_kick(kick);
        assert_int_equal(raw_ask(&c, GET("/livez"), &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
    raw_close(&c);
    (void)close(kick); /* leaves the daemon's events with it */
    quirk_kick(-1);
}

static bool comes(int wanted)
{
    for (int i = 0; i < 5000 && atomic_load(&own.exhausted) != wanted; i++)
        pause_ms(1);
    return atomic_load(&own.exhausted) == wanted;
}

/* Someone connects while no descriptor is left: the library says so, and takes him once there is one. */
static void wait_outside(int wanted)
{
    struct rlimit before, none;
    struct raw_reply reply;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    atomic_store(&own.exhausted, (int)QUIRK_NOT_EXHAUSTED);
    struct raw_client c;
    int spare = dup(0); /* the client's, once none is left */
    none.rlim_cur = (rlim_t)spare + 1;
    assert_true(spare >= 0 && close(spare) == 0 && setrlimit(RLIMIT_NOFILE, &none) == 0);
    bool connected = raw_connect(&c, own.port), told = connected && comes(wanted);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_true(connected && told);
    if (wanted == QUIRK_EXHAUSTED_ALONE)
        assert_int_equal(raw_ask(&c, GET("/livez"), &reply), RAW_OK);
    raw_close(&c);
}

static void the_logger_hears_of_exhaustion(void **state)
{
    (void)state;
    pause_ms(50); /* those before are gone */
    wait_outside(QUIRK_EXHAUSTED_ALONE);
    struct raw_client inside = client();
    struct raw_reply reply;
    assert_int_equal(raw_ask(&inside, GET("/livez"), &reply), RAW_OK);
    wait_outside(QUIRK_EXHAUSTED);
    assert_int_equal(raw_ask(&inside, GET("/livez"), &reply), RAW_OK);
    raw_close(&inside);
    assert_int_equal(quirk_exhausted("Failed to send\n"), QUIRK_NOT_EXHAUSTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_that_is_cut_is_not_parsed),
        cmocka_unit_test(a_field_is_written_over_for_each_request),
        cmocka_unit_test(a_kick_is_no_event_of_a_connection),
        cmocka_unit_test(the_logger_hears_of_exhaustion),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
