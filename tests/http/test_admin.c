/* The listener that is not for the public: what it counts is what happened, in a form that Prometheus reads, and none of it is public. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <time.h>

#include "entrepot/server/server.h"
#include "http/raw_client.h"
#include "http/test_api.h"

#define REQUEST(method, path) method " " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define GET(path) REQUEST("GET", path)
#define OPEN_METRICS                                                                                                   \
    "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: application/openmetrics-text;version=1.0.0,*/*;q=0.1\r\n\r\n"

static void pause_ms(long ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL); }

static struct server_options options_of(const char *admin)
{
    struct server_options options = server_options_default();
    options.listen = "127.0.0.1:0";
    options.admin = admin;
    options.shards = 2;
    options.lame_duck_ms = 20;
    options.drain_ms = 500;
    options.access_log = false;
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

static struct server *start_plain(void)
{
    struct server_options options = options_of("auto");
    return start(&options, NULL);
}

/* One request on a connection of its own; the body is the caller's to release. */
static int ask(unsigned port, const char *request, struct buf *body)
{
    struct raw_client client;
    struct raw_reply reply;
    assert_true(raw_connect(&client, port));
    assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
    buf_init(body, (size_t)1 << 22);
    buf_add(body, reply.body);
    buf_byte(body, '\0');
    body->n--;
    raw_close(&client);
    return reply.status;
}

static int status_of(unsigned port, const char *request)
{
    struct buf body;
    int status = ask(port, request, &body);
    buf_release(&body);
    return status;
}

static struct buf metrics(struct server *server)
{
    struct buf body;
    assert_int_equal(ask(server_admin_port(server), GET("/metrics"), &body), 200);
    return body;
}

/* The value of the sample that begins with `name` and labels; -1 if there is none. */
static double sample(const struct buf *text, const char *name)
{
    struct str rest = buf_view(text);
    size_t n = strlen(name);
    while (rest.n) {
        struct str line = str_cut(&rest, '\n');
        if (line.n > n + 1 && memcmp(line.p, name, n) == 0 && line.p[n] == ' ')
            return strtod(line.p + n + 1, NULL);
    }
    return -1;
}

#define REQUESTS(route, method, code)                                                                                  \
    "entrepot_http_requests_total{route=\"" route "\",method=\"" method "\",code=\"" code "\"}"

/* An answer is counted when it has been sent, which the client may see first. */
static struct buf metrics_with(struct server *server, const char *name, double value)
{
    struct buf text = metrics(server);
    for (int i = 0; i < 200 && sample(&text, name) < value; i++) {
        pause_ms(10);
        buf_release(&text);
        text = metrics(server);
    }
    return text;
}

/* ---- what is counted ---- */

static void counts_requests_by_route_method_and_code(void **state)
{
    (void)state;
    struct server *server = start_plain();
    unsigned port = server_port(server);
    for (int i = 0; i < 3; i++)
        assert_int_equal(status_of(port, GET("/v1/bilateral/IND/CHN?period=FY2018-19")), 200);
    assert_int_equal(status_of(port, REQUEST("OPTIONS", "/v1/deficits/IND")), 204);
    assert_int_equal(status_of(port, GET("/v1/bilateral/IND/XYZ")), 404);
    assert_int_equal(status_of(port, REQUEST("BREW", "/livez")), 405);
    for (int i = 0; i < 4; i++)
        assert_int_equal(status_of(port, GET("/nope")), 404);
    struct buf text = metrics_with(server, REQUESTS("-", "GET", "4xx"), 4);
    assert_true(sample(&text, REQUESTS("/v1/bilateral/{reporter}/{partner}", "GET", "2xx")) == 3);
    assert_true(sample(&text, REQUESTS("/v1/bilateral/{reporter}/{partner}", "GET", "4xx")) == 1);
    assert_true(sample(&text, REQUESTS("/v1/deficits/{reporter}", "OPTIONS", "2xx")) == 1);
    assert_true(sample(&text, REQUESTS("-", "GET", "4xx")) == 4);
    assert_true(sample(&text, "entrepot_http_request_duration_seconds_count{route=\"-\"}") >= 4);
    assert_true(sample(&text, "entrepot_http_response_bytes_total") > 1000);
    assert_true(sample(&text, "entrepot_connections_total") == 10);
    assert_true(sample(&text, "entrepot_shards") == 2);
    assert_true(sample(&text, "entrepot_dataset_observations{dataset=\"dgcis-hs2-fy\"}") == 8749);
    /* the fiscal year 2018-19 was over on 2019-04-01 */
    assert_true(sample(&text, "entrepot_dataset_last_period_end_timestamp_seconds{dataset=\"dgcis-hs2-fy\"}") ==
                1554076800);
    buf_release(&text);
    server_stop(server);
}

static void counts_what_the_cache_had(void **state)
{
    (void)state;
    struct server_options options = options_of("auto");
    options.shards = 1;
    struct server *server = start(&options, NULL);
    for (int i = 0; i < 10; i++) /* the second time it is asked it is kept */
        assert_int_equal(status_of(server_port(server), GET("/v1/bilateral/IND/CHN")), 200);
    for (int i = 0; i < 5; i++) /* neither health nor mistakes are */
        assert_int_equal(status_of(server_port(server), i % 2 ? GET("/livez") : GET("/healthz")), 200);
    assert_int_equal(status_of(server_port(server), GET("/v1/nope")), 404);
    struct buf text = metrics_with(server, "entrepot_cache_lookups_total{result=\"hit\"}", 8);
    assert_true(sample(&text, "entrepot_cache_lookups_total{result=\"hit\"}") == 8);
    assert_true(sample(&text, "entrepot_cache_lookups_total{result=\"miss\"}") == 2);
    buf_release(&text);
    server_stop(server);
}

static void counts_connections(void **state)
{
    (void)state;
    struct server_options options = options_of("auto");
    struct raw_client clients[12];
    struct raw_reply reply;
    options.shards = 1;
    options.connection_limit = 8;
    struct server *server = start(&options, NULL);
    for (size_t i = 0; i < 12; i++) { /* the last ones make the first ones go */
        assert_true(raw_connect(&clients[i], server_port(server)));
        assert_int_equal(raw_ask(&clients[i], GET("/livez"), &reply), RAW_OK);
    }
    struct buf text = metrics(server);
    assert_true(sample(&text, "entrepot_connections_limit") == 8);
    assert_true(sample(&text, "entrepot_connections_open") >= 1);
    assert_true(sample(&text, "entrepot_connections_open") <= 9);
    assert_true(sample(&text, "entrepot_connections_reaped_total{reason=\"crowded\"}") >= 1);
    assert_true(sample(&text, "entrepot_connections_reaped_total{reason=\"head\"}") == 0);
    buf_release(&text);
    for (size_t i = 0; i < 12; i++)
        raw_close(&clients[i]);
    server_stop(server);
}

static void counts_reloads(void **state)
{
    (void)state;
    struct server *server = start_plain();
    server_note_reload(server, true);
    server_note_reload(server, false);
    server_note_reload(server, false);
    struct buf text = metrics(server);
    assert_true(sample(&text, "entrepot_reloads_total{result=\"ok\"}") == 1);
    assert_true(sample(&text, "entrepot_reloads_total{result=\"failed\"}") == 2);
    assert_true(sample(&text, "entrepot_last_reload_successful") == 0);
    assert_true(sample(&text, "entrepot_last_reload_timestamp_seconds") > 1.7e9);
    buf_release(&text);
    server_stop(server);
}

/* ---- the form ---- */

static struct str word(struct str *line) { return str_cut(line, ' '); }

/* The family that a sample belongs to: its name, without the suffixes of its type. */
static bool belongs(struct str sample_name, struct str family, bool histogram, bool open_counter)
{
    if (open_counter)
        return str_starts(sample_name, family) &&
               str_is(str_span(sample_name.p + family.n, sample_name.n - family.n), "_total");
    if (!histogram)
        return str_eq(sample_name, family);
    if (!str_starts(sample_name, family))
        return false;
    struct str end = str_span(sample_name.p + family.n, sample_name.n - family.n);
    return str_is(end, "_bucket") || str_is(end, "_sum") || str_is(end, "_count");
}

struct form {
    struct str family;
    bool histogram, counter;
    double bucket; /* of the series in hand */
    size_t families, samples;
};

static void check_sample(struct form *form, struct str line, bool open)
{
    const char *end = memrchr(line.p, ' ', line.n);
    assert_non_null(end);
    char *rest;
    double value = strtod(end + 1, &rest);
    assert_true(*rest == '\n' && value >= 0);
    struct str name = str_span(line.p, (size_t)(end - line.p)), labels = name;
    name = str_cut(&labels, '{');
    if (!belongs(name, form->family, form->histogram, form->counter && open))
        fail_msg("%.*s is not of %.*s", STR_ARG(name), STR_ARG(form->family));
    if (labels.p)
        assert_true(labels.n > 0 && labels.p[labels.n - 1] == '}');
    if (form->histogram && str_ends(name, STR("_bucket"))) { /* they add up, and the last one is the count */
        assert_true(value >= form->bucket);
        form->bucket = value;
    } else if (form->histogram && str_ends(name, STR("_count"))) {
        assert_true(value == form->bucket);
        form->bucket = 0;
    }
    form->samples++;
}

static void check_form(struct str text, bool open)
{
    struct form form = {.families = 0};
    struct str helped = {NULL, 0};
    assert_true(str_ends(text, open ? STR("\n# EOF\n") : STR("\n")));
    while (text.n) {
        struct str line = str_cut(&text, '\n'), rest = line;
        struct str first = word(&rest), kind = word(&rest), name = word(&rest);
        if (!str_is(first, "#")) {
            check_sample(&form, line, open);
        } else if (str_is(kind, "HELP")) {
            assert_true(rest.n > 0 && rest.p[rest.n - 1] == '.');
            helped = name;
        } else if (str_is(kind, "TYPE")) {
            assert_true(str_eq(name, helped));
            form = (struct form){.family = name,
                                 .histogram = str_is(rest, "histogram"),
                                 .counter = str_is(rest, "counter"),
                                 .families = form.families + 1,
                                 .samples = form.samples};
            assert_true(form.histogram || form.counter || str_is(rest, "gauge"));
            assert_true(open || form.counter == str_ends(name, STR("_total")));
        } else {
            assert_true(open && str_is(kind, "EOF") && text.n == 0);
        }
    }
    assert_true(form.families > 25 && form.samples > 60);
}

static void speaks_both_forms(void **state)
{
    (void)state;
    struct server *server = start_plain();
    struct buf text;
    for (int i = 0; i < 20; i++)
        assert_int_equal(status_of(server_port(server), i % 3 ? GET("/v1") : GET("/nope")), i % 3 ? 200 : 404);
    text = metrics(server);
    check_form(buf_view(&text), false);
    buf_release(&text);
    assert_int_equal(ask(server_admin_port(server), OPEN_METRICS, &text), 200);
    check_form(buf_view(&text), true);
    buf_release(&text);
    static const struct {
        const char *accept, *type;
    } forms[] = {
        {"*/*", "text/plain; version=0.0.4"},
        {"text/plain;version=0.0.4", "text/plain; version=0.0.4"},
        {"application/openmetrics-text;q=0,text/plain", "text/plain; version=0.0.4"},
        {"text/plain;q=0.1, application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct raw_client client;
        struct raw_reply reply;
        char request[256];
        (void)snprintf(request, sizeof request, "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: %s\r\n\r\n",
                       forms[i].accept);
        assert_true(raw_connect(&client, server_admin_port(server)));
        assert_int_equal(raw_ask(&client, request, &reply), RAW_OK);
        assert_true(str_starts(raw_header(&reply, "Content-Type"), str_view(forms[i].type)));
        assert_true(str_is(raw_header(&reply, "Cache-Control"), "no-store"));
        raw_close(&client);
    }
    server_stop(server);
}

/* ---- who may ask ---- */

static void the_public_sees_none_of_it(void **state)
{
    (void)state;
    struct server *server = start_plain();
    static const char *const targets[] = {"/metrics",
                                          "/metrics/",
                                          "//metrics",
                                          "/./metrics",
                                          "/%6detrics",
                                          "/%6Detrics",
                                          "/metrics%00",
                                          "/metrics?a=b",
                                          "/metrics.csv",
                                          "/Metrics",
                                          "/METRICS",
                                          "/v1/../metrics",
                                          "/v1/%2e%2e/metrics",
                                          "/v1/..%2fmetrics",
                                          "/%2fmetrics",
                                          "/metrics%2f",
                                          "/metrics;a",
                                          "/metrics%20",
                                          "/v1/metrics",
                                          "/admin",
                                          "/admin/metrics",
                                          "/debug",
                                          "/status",
                                          "/reload",
                                          "http://localhost/metrics",
                                          "http://127.0.0.1:8081/metrics",
                                          "/livez/../metrics",
                                          "/metrics#x",
                                          "/metric%C0%73"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char request[256];
        struct buf body;
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", targets[i]);
        int status = ask(server_port(server), request, &body);
        if (status != 404 && status != 400)
            fail_msg("%s: %d", targets[i], status);
        assert_null(strstr(body.p, "# TYPE"));
        assert_null(strstr(body.p, "process_"));
        buf_release(&body);
    }
    server_stop(server);
}

static void answers_little(void **state)
{
    (void)state;
    struct server *server = start_plain();
    unsigned port = server_admin_port(server);
    assert_int_not_equal(port, server_port(server));
    static const struct {
        const char *request;
        int status;
    } asked[] = {{GET("/livez"), 200},
                 {GET("/readyz"), 200},
                 {GET("/healthz"), 200},
                 {GET("/"), 404},
                 {GET("/v1"), 404},
                 {GET("/metrics/"), 404},
                 {GET("/v1/datasets"), 404},
                 {REQUEST("POST", "/metrics"), 405},
                 {REQUEST("DELETE", "/x"), 405}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        assert_int_equal(status_of(port, asked[i].request), asked[i].status);
    struct raw_client client;
    struct raw_reply reply;
    assert_true(raw_connect(&client, port)); /* and keeps the connection for the next scrape */
    assert_int_equal(raw_ask(&client, "HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\n", &reply), RAW_OK);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(raw_ask(&client, GET("/metrics"), &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
    }
    raw_close(&client);
    server_stop(server);
}

static void an_address_that_was_asked_for_must_be_free(void **state)
{
    (void)state;
    struct server *server = start_plain(), *other = NULL;
    struct problem problem;
    char taken[32];
    (void)snprintf(taken, sizeof taken, "127.0.0.1:%u", server_admin_port(server));
    struct server_options options = options_of(taken);
    assert_int_equal(server_start(&options, test_api(), NULL, &other, &problem), ST_IO);
    assert_non_null(strstr(problem.place, "--admin"));
    assert_non_null(strstr(problem.cure, "--admin off"));
    options.admin = "nonsense";
    assert_int_equal(server_start(&options, test_api(), NULL, &other, &problem), ST_INVALID);
    assert_non_null(strstr(problem.place, "--admin"));
    options.admin = NULL;
    other = start(&options, NULL);
    assert_int_equal(server_admin_port(other), 0);
    server_stop(other);
    server_stop(server);
}

static void *stop(void *server)
{
    server_stop(server);
    return NULL;
}

static void tells_that_it_drains(void **state)
{
    (void)state;
    struct server_options options = options_of("auto");
    options.lame_duck_ms = 2000;
    struct server *server = start(&options, NULL);
    unsigned port = server_admin_port(server);
    pthread_t stopper;
    assert_int_equal(pthread_create(&stopper, NULL, stop, server), 0);
    int status = 200;
    for (int i = 0; i < 100 && status == 200; i++) {
        status = status_of(port, GET("/readyz"));
        pause_ms(5);
    }
    assert_int_equal(status, 503);
    struct buf text;
    assert_int_equal(ask(port, GET("/metrics"), &text), 200);
    assert_true(sample(&text, "entrepot_draining") == 1);
    buf_release(&text);
    pthread_join(stopper, NULL);
}

/* ---- slow answers ---- */

static void slow_answers_are_logged_with_their_question(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    struct log *log = log_new(fileno(file), LOG_LEVEL_INFO);
    struct server_options options = options_of("auto");
    options.slow_ms = 1;
    options.shards = 1;
    struct server *server = start(&options, log);
    /* the whole table of products, some megabytes of it; each time another question, so that none of them is kept */
    char request[256];
    for (int i = 0; i < 20; i++) {
        (void)snprintf(request, sizeof request,
                       "GET /v1/products?pretty=1&limit=%d&level=hs6 HTTP/1.1\r\nHost: h\r\n\r\n", 40000 + i);
        assert_int_equal(status_of(server_port(server), request), 200);
    }
    struct buf text = metrics(server);
    double slow = sample(&text, "entrepot_http_slow_requests_total");
    buf_release(&text);
    server_stop(server);
    log_free(log);
    static char lines[1 << 18];
    rewind(file);
    struct str rest = str_span(lines, fread(lines, 1, sizeof lines, file));
    double n = 0;
    while (rest.n) {
        struct str line = str_cut(&rest, '\n');
        json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        if (strcmp(json_string_value(json_object_get(object, "event")), "slow_request") == 0) {
            /* in one spelling: the parameters in the route's own order */
            struct str query = str_view(json_string_value(json_object_get(object, "query")));
            assert_true(str_starts(query, STR("/v1/products?level=hs6&")));
            assert_true(json_integer_value(json_object_get(object, "made_us")) >= 1000);
            assert_true(json_is_string(json_object_get(object, "request_id")));
            n++;
        }
        json_decref(object);
    }
    fclose(file);
    print_message("           %.0f slow answers\n", n);
    assert_true(n > 0 && n == slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_requests_by_route_method_and_code),
        cmocka_unit_test(counts_what_the_cache_had),
        cmocka_unit_test(counts_connections),
        cmocka_unit_test(counts_reloads),
        cmocka_unit_test(speaks_both_forms),
        cmocka_unit_test(the_public_sees_none_of_it),
        cmocka_unit_test(answers_little),
        cmocka_unit_test(an_address_that_was_asked_for_must_be_free),
        cmocka_unit_test(tells_that_it_drains),
        cmocka_unit_test(slow_answers_are_logged_with_their_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
