/* What is served is replaced while requests run: each answer is of one state, none is lost, and the old state is free afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "entrepot/server/server.h"
#include "http/raw_client.h"
#include "http/two_editions.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define ASKERS 6
#define SWAPS 200

static void pause_ms(long ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL); }

static struct server *start(const struct api *api)
{
    struct server_options options = server_options_default();
    struct problem problem;
    struct server *server = NULL;
    options.listen = "127.0.0.1:0";
    options.shards = 2;
    options.lame_duck_ms = 20;
    options.drain_ms = 2000;
    options.access_log = false;
    if (server_start(&options, api, NULL, &server, &problem) != ST_OK)
        problem_print(&problem, stderr);
    assert_non_null(server);
    return server;
}

/* The one figure that all rows of an answer hold, in thousands; 0 if they differ or the answer is none. */
static unsigned figure_of(const struct raw_reply *reply)
{
    struct str rest = reply->body;
    uint32_t figure = 0, rows = 0;
    if (reply->status != 200 || !str_starts(rest, STR("period,exports,imports\r\n")))
        return 0;
    (void)str_cut(&rest, '\n');
    while (rest.n) {
        struct str line = str_cut(&rest, '\n'), cell[3];
        for (size_t i = 0; i < 3; i++)
            cell[i] = str_cut(&line, i < 2 ? ',' : '\r');
        uint32_t exports = 0, imports = 0;
        if (!str_u32(cell[1], UINT32_MAX, &exports) || !str_u32(cell[2], UINT32_MAX, &imports) || exports != imports ||
            (figure && exports != figure))
            return 0;
        figure = exports;
        rows++;
    }
    return rows == EDITION_YEARS ? figure / 1000 : 0;
}

struct asker {
    pthread_t thread;
    unsigned port;
    const atomic_bool *enough;
    char tag[2][64]; /* the entity tag seen with each figure */
    unsigned answers[2], wrong;
};

static void note(struct asker *asker, const struct raw_reply *reply)
{
    unsigned figure = figure_of(reply);
    struct str tag = raw_header(reply, "ETag");
    if ((figure != 1 && figure != 2) || tag.n == 0 || tag.n >= sizeof asker->tag[0]) {
        asker->wrong++;
        return;
    }
    char *seen = asker->tag[figure - 1];
    if (!seen[0])
        memcpy(seen, tag.p, tag.n);
    asker->answers[figure - 1]++;
    asker->wrong += !str_is(tag, seen);
}

static void *ask(void *argument)
{
    struct asker *asker = argument;
    struct raw_client client;
    struct raw_reply reply;
    if (!raw_connect(&client, asker->port)) {
        asker->wrong++;
        return NULL;
    }
    while (!atomic_load(asker->enough)) {
        if (raw_ask(&client, GET(EDITION_PATH), &reply) == RAW_OK)
            note(asker, &reply);
        else
            asker->wrong++;
    }
    raw_close(&client);
    return NULL;
}

/* The state that is taken out is freed at once: whoever still read it would show it to the address sanitizer. */
static void answers_carry_one_state(void **state)
{
    (void)state;
    struct edition_data now, next;
    assert_true(edition_data_make(1, &now));
    struct server *server = start(now.api);
    atomic_bool enough = false;
    struct asker askers[ASKERS];
    for (size_t i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.port = server_port(server), .enough = &enough};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
    for (unsigned i = 0; i < SWAPS; i++) {
        assert_true(edition_data_make(2 - i % 2, &next));
        assert_ptr_equal(server_swap(server, next.api), now.api);
        edition_data_free(&now);
        now = next;
    }
    atomic_store(&enough, true);
    unsigned answers[2] = {0, 0}, wrong = 0;
    for (size_t i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        answers[0] += askers[i].answers[0];
        answers[1] += askers[i].answers[1];
        wrong += askers[i].wrong;
    }
    server_stop(server);
    edition_data_free(&now);
    print_message("           %u and %u answers over %d swaps\n", answers[0], answers[1], SWAPS);
    assert_int_equal(wrong, 0);
    assert_true(answers[0] > 0 && answers[1] > 0);
    assert_string_not_equal(askers[0].tag[0], askers[0].tag[1]);
}

/* An answer that is kept is of the state that was served when it was kept. */
static void kept_answers_go_with_their_state(void **state)
{
    (void)state;
    struct edition_data one, two;
    struct raw_client client;
    struct raw_reply reply;
    assert_true(edition_data_make(1, &one) && edition_data_make(2, &two));
    struct server *server = start(one.api);
    assert_true(raw_connect(&client, server_port(server)));
    for (int i = 0; i < 4; i++) { /* asked again, it is kept */
        assert_int_equal(raw_ask(&client, GET(EDITION_PATH), &reply), RAW_OK);
        assert_int_equal(figure_of(&reply), 1);
    }
    assert_ptr_equal(server_swap(server, two.api), one.api);
    assert_int_equal(raw_ask(&client, GET(EDITION_PATH), &reply), RAW_OK);
    assert_int_equal(figure_of(&reply), 2);
    raw_close(&client);
    server_stop(server);
    edition_data_free(&one);
    edition_data_free(&two);
}

/* Nobody asks: then nobody holds the old state, and the swap must not wait for a request. */
static void swaps_without_requests(void **state)
{
    (void)state;
    struct edition_data one, two;
    assert_true(edition_data_make(1, &one) && edition_data_make(2, &two));
    struct server *server = start(one.api);
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(server_swap(server, i % 2 ? one.api : two.api), i % 2 ? two.api : one.api);
    server_stop(server);
    edition_data_free(&one);
    edition_data_free(&two);
}

static json_t *health(struct raw_client *client)
{
    struct raw_reply reply;
    assert_int_equal(raw_ask(client, GET("/healthz"), &reply), RAW_OK);
    assert_int_equal(reply.status, 200);
    json_t *document = json_loadb(reply.body.p, reply.body.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    return document;
}

static void health_tells_the_last_reload(void **state)
{
    (void)state;
    struct edition_data one;
    struct raw_client client;
    assert_true(edition_data_make(1, &one));
    struct server *server = start(one.api);
    assert_true(raw_connect(&client, server_port(server)));
    json_t *document = health(&client);
    assert_null(json_object_get(document, "reload"));
    json_decref(document);
    static const bool results[] = {false, true, false};
    for (size_t i = 0; i < 3; i++) {
        server_note_reload(server, results[i]);
        document = health(&client);
        json_t *reload = json_object_get(document, "reload");
        assert_string_equal(json_string_value(json_object_get(reload, "result")), results[i] ? "ok" : "failed");
        assert_int_equal(strlen(json_string_value(json_object_get(reload, "at"))), strlen("2026-01-01T00:00:00Z"));
        assert_string_equal(json_string_value(json_object_get(document, "status")), "ready");
        json_decref(document);
    }
    raw_close(&client);
    server_stop(server);
    edition_data_free(&one);
}

static void *stop(void *server)
{
    server_stop(server);
    return NULL;
}

/* A balancer must hear that the server is ending while it still answers. */
static void a_lame_duck_is_not_ready_and_answers(void **state)
{
    (void)state;
    struct edition_data one;
    assert_true(edition_data_make(1, &one));
    struct server_options options = server_options_default();
    struct problem problem;
    struct server *server = NULL;
    options.listen = "127.0.0.1:0";
    options.lame_duck_ms = 2000;
    options.access_log = false;
    assert_int_equal(server_start(&options, one.api, NULL, &server, &problem), ST_OK);
    pthread_t stopper;
    unsigned port = server_port(server);
    assert_int_equal(pthread_create(&stopper, NULL, stop, server), 0);
    pause_ms(100);
    static const struct {
        const char *request;
        int status;
    } asked[] = {{GET("/readyz"), 503}, {GET("/livez"), 200}, {GET("/healthz"), 200}, {GET(EDITION_PATH), 200}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct raw_client client;
        struct raw_reply reply;
        assert_true(raw_connect(&client, port));
        assert_int_equal(raw_ask(&client, asked[i].request, &reply), RAW_OK);
        assert_int_equal(reply.status, asked[i].status);
        assert_true(str_eq_nocase(raw_header(&reply, "Connection"), STR("close")));
        if (asked[i].status == 503) {
            assert_true(raw_header(&reply, "Retry-After").n > 0);
            assert_true(str_starts(raw_header(&reply, "Content-Type"), STR("application/problem+json")));
        }
        raw_close(&client);
    }
    pthread_join(stopper, NULL);
    edition_data_free(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_carry_one_state),
        cmocka_unit_test(kept_answers_go_with_their_state),
        cmocka_unit_test(swaps_without_requests),
        cmocka_unit_test(health_tells_the_last_reload),
        cmocka_unit_test(a_lame_duck_is_not_ready_and_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
