/* Entity tags, codings, releases, pages and ids: what caches and clients that come back rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <zlib.h>

#include "api/contract/format.h"
#include "api/routes.h"
#include "entrepot/server/server.h"
#include "http/asking.h"
#include "http/raw_client.h"
#include "http/test_api.h"

static int ask_with(const char *target, struct api_request request) { return ask_of(test_world(), target, request); }
static int ask(const char *target) { return ask_with(target, (struct api_request){.accept = STR("")}); }
static int ask_coded(const char *target, const char *codings)
{
    return ask_with(target, (struct api_request){.accept_encoding = str_view(codings)});
}

/* A copy of the last body that outlives the next question; to be freed. */
static char *body_copy(size_t *n)
{
    char *copy = malloc(reply.body.n + 1);
    assert_non_null(copy);
    memcpy(copy, reply.body.n ? reply.body.p : "", reply.body.n);
    copy[reply.body.n] = '\0';
    *n = reply.body.n;
    return copy;
}

static const char *text_at(json_t *root, const char *object, const char *key)
{
    return json_string_value(json_object_get(json_object_get(root, object), key));
}

static char *decoded(size_t *n)
{
    size_t room = reply.body.n * 40 + 1000;
    char *out = malloc(room);
    assert_non_null(out);
    z_stream z = {.next_in = (Bytef *)reply.body.p,
                  .avail_in = (uInt)reply.body.n,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)room};
    assert_int_equal(inflateInit2(&z, 31), Z_OK); /* 31: gzip and nothing else */
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    *n = z.total_out;
    assert_int_equal(inflateEnd(&z), Z_OK);
    return out;
}

/* ---- codings ---- */

static void gzip_holds_what_identity_holds(void **state)
{
    (void)state;
    size_t coded = 0;
    for (size_t i = 0; i < api_routes.n; i++) {
        const char *target = api_routes.route[i]->example;
        if (ask(target) == 308) /* leads to a page that is another route */
            continue;
        assert_int_equal(reply.status, 200);
        size_t n, m;
        char *plain = body_copy(&n);
        char tag[64];
        (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
        assert_null(header("Content-Encoding").p);
        assert_int_equal(ask_coded(target, "gzip"), 200);
        assert_int_equal(str_is(header("Content-Encoding"), "gzip"), n > 1024);
        assert_false(header("ETag").n && str_is(header("ETag"), tag));
        if (n > 1024) {
            char *text = decoded(&m);
            assert_int_equal(m, n);
            assert_memory_equal(text, plain, n);
            free(text);
            coded++;
        }
        free(plain);
    }
    assert_true(coded > 10);
}

static void codings_are_chosen_by_weight(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        bool gzip;
    } cases[] = {
        {"", false},
        {"identity", false},
        {"gzip", true},
        {"x-gzip", true},
        {"GZIP", true},
        {"*", true},
        {"br", false},
        {"deflate, gzip;q=1.0, *;q=0.5", true},
        {"gzip;q=0", false},
        {"gzip;q=0, *", false},
        {"gzip;q=0.5, identity", false},
        {"gzip;q=0.5, identity;q=0.5", true},
        {"gzip;q=0.001", true},
        {"identity;q=0, gzip;q=0.1", true},
        {"gzip ; q=1 , identity; q=0.2", true},
        {"gzip;q=nonsense", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask_coded("/v1/countries", cases[i].accept), 200);
        if (str_is(header("Content-Encoding"), "gzip") != cases[i].gzip)
            fail_msg("Accept-Encoding: %s", cases[i].accept);
    }
    static const char *const nothing[] = {"identity;q=0", "*;q=0", "br, identity;q=0", "gzip;q=0, identity;q=0"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_int_equal(ask_coded("/v1/countries", nothing[i]), 406);
    assert_int_equal(ask_coded("/livez", "identity;q=0, gzip"), 200); /* small, and still not as it is */
    assert_true(str_is(header("Content-Encoding"), "gzip"));
}

/* ---- tags ---- */

static void the_tag_follows_data_format_and_coding(void **state)
{
    (void)state;
    char tag[4][64];
    static const struct {
        const char *target, *coding;
    } ways[] = {{"/v1/bilateral/IND/CHN", ""},
                {"/v1/bilateral/IND/CHN", "gzip"},
                {"/v1/bilateral/IND/CHN.csv", ""},
                {"/v1/bilateral/IND/CHN?limit=2", ""}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ask_coded(ways[i].target, ways[i].coding), 200);
        (void)snprintf(tag[i], sizeof tag[i], "%.*s", STR_ARG(header("ETag")));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(tag[k], tag[i]);
    }
    assert_int_equal(ask_of(test_api(), ways[0].target, (struct api_request){.accept = STR("")}), 200);
    assert_false(str_is(header("ETag"), tag[0])); /* other datasets: another catalogue */
    assert_int_equal(ask("/v1/bilateral/in/156?limit=2"), 200);
    assert_true(str_is(header("ETag"), tag[3])); /* another spelling of the same question */
    struct api_request coded = {.accept_encoding = STR("gzip"), .if_none_match = str_view(tag[1])};
    assert_int_equal(ask_with(ways[0].target, coded), 304);
    assert_true(str_is(header("ETag"), tag[1]));
    assert_true(str_is(header("Vary"), "Accept, Accept-Encoding"));
    assert_true(str_starts(header("Cache-Control"), STR("public")));
    assert_null(header("Content-Encoding").p);
    assert_null(header("Content-Type").p);
    coded.accept_encoding = STR("");
    assert_int_equal(ask_with(ways[0].target, coded), 200); /* the tag of another coding */
}

static void one_question_has_one_tag_and_one_body(void **state)
{
    (void)state;
    static const char *const spelling[][2] = {
        {"/v1/deficits/IND?limit=10&share_of_deficit.gte=0.01", "/v1/deficits/699?share_of_deficit.gte=1e-2&limit=010"},
        {"/v1/deficits/IND?imports.gt=50000000&exports.gt=1", "/v1/deficits/in?exports.gt=1.0&imports.gt=5e7"},
        {"/v1/compare?pairs=IND-CHN,IND-USA&period=2019", "/v1/compare?period=2019&pairs=in-156,356-us"},
        {"/v1/flows?reporter=IND&partner=CHN,USA&period=2019",
         "/v1/flows?partner=156,842&reporterCode=699&period=2019"},
        {"/v1/leverage/IND/CHN?level=total&period=2019&sigma=4",
         "/v1/leverage/IND/CHN?sigma=4.000&level=total&period=2019"},
    };
    for (size_t i = 0; i < sizeof spelling / sizeof *spelling; i++) {
        char tag[64];
        size_t n;
        assert_int_equal(ask(spelling[i][0]), 200);
        (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
        char *body = body_copy(&n);
        assert_int_equal(ask(spelling[i][1]), 200);
        if (!str_is(header("ETag"), tag))
            fail_msg("%s", spelling[i][1]);
        assert_int_equal(reply.body.n, n);
        assert_memory_equal(reply.body.p, body, n);
        free(body);
    }
}

static void a_suffix_leaves_accept_out_of_vary(void **state)
{
    (void)state;
    assert_int_equal(ask("/v1/bilateral/IND/CHN.csv"), 200);
    assert_true(str_is(header("Vary"), "Accept-Encoding"));
    assert_int_equal(ask("/v1/bilateral/IND/CHN?format=csv"), 200);
    assert_true(str_is(header("Vary"), "Accept-Encoding"));
    assert_int_equal(ask("/v1/openapi.json"), 200);
    assert_true(str_is(header("Vary"), "Accept-Encoding"));
    assert_int_equal(ask("/v1/bilateral/IND/CHN"), 200);
    assert_true(str_is(header("Vary"), "Accept, Accept-Encoding"));
}

/* ---- releases ---- */

/* The link to the same answer for ever, or NULL; to be freed. */
static char *pinned_link(json_t *root)
{
    const char *link = text_at(root, "links", "pinned");
    return link ? strdup(link) : NULL;
}

static bool is_of_dataset(const char *link)
{
    const char *release = strstr(link, "release=");
    return release && strcspn(release + strlen("release="), "&") == 12;
}

static void pinned_answers_have_the_same_data(void **state)
{
    (void)state;
    size_t of_datasets = 0;
    for (size_t i = 0; i < api_routes.n; i++) {
        if (api_routes.route[i]->kind != ROUTE_TABLE)
            continue;
        assert_int_equal(ask(api_routes.route[i]->example), 200);
        assert_true(str_starts(header("Cache-Control"), STR("public, max-age=300")));
        json_t *floating = parse();
        char *link = pinned_link(floating);
        assert_non_null(link);
        if (ask(link) != 200)
            fail_msg("%s: %d", link, reply.status);
        assert_true(str_is(header("Cache-Control"), "public, max-age=31536000, immutable"));
        json_t *pinned = parse();
        assert_true(json_equal(json_object_get(floating, "data"), json_object_get(pinned, "data")));
        json_t *meta = json_object_get(pinned, "meta");
        assert_true(json_is_true(json_object_get(meta, "pinned")));
        assert_true(json_is_null(json_object_get(meta, "other_datasets")));
        assert_string_equal(text_at(pinned, "links", "pinned"), link);
        of_datasets += is_of_dataset(link);
        json_decref(floating);
        json_decref(pinned);
        free(link);
    }
    assert_true(of_datasets > 8);
}

/* The catalogue of test_world holds one dataset more than that of test_api. */
static void nothing_of_another_dataset_is_in_a_pinned_answer(void **state)
{
    (void)state;
    size_t compared = 0;
    for (size_t i = 0; i < api_routes.n; i++) {
        if (api_routes.route[i]->kind != ROUTE_TABLE)
            continue;
        if (ask_of(test_api(), api_routes.route[i]->example, (struct api_request){.accept = STR("")}) != 200)
            continue;
        json_t *root = parse();
        char *link = pinned_link(root);
        json_decref(root);
        if (is_of_dataset(link)) {
            char tag[64];
            size_t n;
            assert_int_equal(ask_of(test_api(), link, (struct api_request){.accept = STR("")}), 200);
            (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
            char *body = body_copy(&n);
            assert_int_equal(ask(link), 200);
            assert_int_equal(reply.body.n, n);
            assert_memory_equal(reply.body.p, body, n);
            assert_true(str_is(header("ETag"), tag));
            free(body);
            compared++;
        } else {
            assert_int_equal(ask(link), 410); /* the id of the other catalogue */
        }
        free(link);
    }
    assert_true(compared > 8);
}

static void a_release_and_another_dataset_contradict_each_other(void **state)
{
    (void)state;
    assert_int_equal(ask("/v1/deficits/IND?period=2019"), 200);
    json_t *root = parse();
    char target[256];
    (void)snprintf(target, sizeof target, "/v1/deficits/IND?dataset=gacc-total-month&release=%s",
                   text_at(root, "meta", "release"));
    assert_int_equal(ask(target), 400);
    (void)snprintf(target, sizeof target, "/v1/deficits/IND?dataset=%s&release=%s", text_at(root, "meta", "dataset"),
                   text_at(root, "meta", "release"));
    assert_int_equal(ask(target), 200);
    (void)snprintf(target, sizeof target, "/v1/bilateral/CHN/IND?release=%s", text_at(root, "meta", "release"));
    assert_int_equal(ask(target), 404); /* only India's books are in it, though other datasets have China's */
    json_decref(root);
}

/* ---- pages ---- */

static void pages_make_the_whole(void **state)
{
    (void)state;
    assert_int_equal(ask("/v1/deficits/IND?period=2019&sort=partner"), 200);
    json_t *whole = parse(), *all = json_array();
    char target[512] = "/v1/deficits/IND?period=2019&sort=partner&limit=7", before[512] = "";
    size_t pages = 0;
    while (target[0]) {
        assert_int_equal(ask(target), 200);
        json_t *page = parse();
        const char *next = text_at(page, "links", "next"), *prev = text_at(page, "links", "prev"),
                   *first = text_at(page, "links", "first");
        assert_int_equal(prev != NULL, pages > 0);
        assert_int_equal(first != NULL, pages > 0);
        if (pages > 1)
            assert_string_equal(prev, before);
        if (prev)
            assert_string_equal(first, "/v1/deficits/IND?period=2019&sort=partner&limit=7");
        assert_int_equal(json_array_extend(all, json_object_get(page, "data")), 0);
        (void)snprintf(before, sizeof before, "%s", target);
        (void)snprintf(target, sizeof target, "%s", next ? next : "");
        json_decref(page);
        pages++;
    }
    assert_true(pages > 5);
    assert_true(json_equal(all, json_object_get(whole, "data")));
    json_decref(all);
    json_decref(whole);
}

static void a_cursor_is_of_one_question(void **state)
{
    (void)state;
    assert_int_equal(ask("/v1/deficits/IND?period=2019&limit=7"), 200);
    json_t *root = parse();
    const char *cursor =
        json_string_value(json_object_get(json_object_get(json_object_get(root, "meta"), "page"), "next"));
    char target[256];
    (void)snprintf(target, sizeof target, "/v1/deficits/IND?period=2019&limit=9&fields=partner&cursor=%s", cursor);
    assert_int_equal(ask(target), 200); /* the same rows, shown otherwise */
    (void)snprintf(target, sizeof target, "/v1/deficits/IND?period=2019&sort=name&cursor=%s", cursor);
    assert_int_equal(ask(target), 400);
    (void)snprintf(target, sizeof target, "/v1/deficits/CHN?period=2019&cursor=%s", cursor);
    assert_true(ask(target) >= 400);
    (void)snprintf(target, sizeof target, "/v1/deficits/IND?period=2019&cursor=%s", cursor);
    assert_int_equal(ask_of(test_api(), target, (struct api_request){.accept = STR("")}), 410); /* other data */
    json_decref(root);
}

/* Takes the next link off; false at the end. */
static bool next_link(struct str *links, char *target, size_t room, struct str *rest)
{
    size_t open = str_find(*links, '<'), close = str_find(*links, '>');
    if (open == links->n || close == links->n)
        return false;
    (void)snprintf(target, room, "%.*s", (int)(close - open - 1), links->p + open + 1);
    *links = str_span(links->p + close + 1, links->n - close - 1);
    *rest = str_span(links->p, str_find(*links, '<'));
    return true;
}

static void links_lead_somewhere(void **state)
{
    (void)state;
    assert_int_equal(ask("/v1/deficits/IND?period=2019&limit=7"), 200);
    json_t *root = parse();
    char page[512];
    (void)snprintf(page, sizeof page, "%s", text_at(root, "links", "next"));
    json_decref(root);
    assert_int_equal(ask(page), 200);
    char links[4096], target[512];
    (void)snprintf(links, sizeof links, "%.*s", STR_ARG(header("Link")));
    struct str left = str_view(links), rest;
    size_t alternates = 0, pages = 0;
    while (next_link(&left, target, sizeof target, &rest)) {
        char about[256];
        (void)snprintf(about, sizeof about, "%.*s", STR_ARG(rest));
        if (ask(target) != 200)
            fail_msg("%s: %d", target, reply.status);
        const char *type = strstr(about, "type=\"");
        if (type)
            assert_true(str_starts(header("Content-Type"),
                                   str_span(type + strlen("type=\""), strcspn(type + strlen("type=\""), "\""))));
        alternates += strstr(about, "alternate") != NULL;
        pages += strstr(about, "\"next\"") || strstr(about, "\"prev\"") || strstr(about, "\"first\"");
    }
    assert_int_equal(alternates, FORMATS - 1);
    assert_int_equal(pages, 3);
    assert_int_equal(ask("/v1/deficits/IND?period=2019&limit=7&format=csv"), 200);
    assert_true(strstr(arena_str(&arena, header("Link")).p, "</v1/deficits/IND.csv?period=2019&limit=7&cursor=") !=
                NULL);
}

/* ---- other origins ---- */

static bool lists(const char *name, const char *word)
{
    struct str rest = header(name);
    bool found = false;
    while (rest.p && !found)
        found = str_eq_nocase(str_trim(str_cut(&rest, ',')), str_view(word));
    return found;
}

static void other_origins_may_read_everything(void **state)
{
    (void)state;
    static const char *const targets[] = {"/v1/bilateral/IND/CHN", "/v1/bilateral/IND/CHI", "/nope", "/livez"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        (void)ask(targets[i]);
        assert_true(str_is(header("Access-Control-Allow-Origin"), "*"));
        assert_true(lists("Access-Control-Expose-Headers", "ETag"));
        assert_true(lists("Access-Control-Expose-Headers", "Link"));
        assert_true(lists("Access-Control-Expose-Headers", "X-Request-Id"));
        assert_null(header("Access-Control-Allow-Credentials").p);
    }
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN?period=2019", (struct api_request){.method = STR("OPTIONS")}),
                     204);
    assert_true(str_is(header("Access-Control-Allow-Origin"), "*"));
    assert_true(lists("Access-Control-Allow-Methods", "GET"));
    assert_true(lists("Access-Control-Allow-Headers", "if-none-match"));
    assert_true(lists("Access-Control-Allow-Headers", "traceparent"));
    assert_true(str_is(header("Access-Control-Max-Age"), "86400"));
}

/* ---- what the transport holds ---- */

static const char *key_of(const char *target, const char *if_none_match, char key[KEY_TEXT])
{
    ask_key(test_api(), target, (struct api_request){.if_none_match = str_view(if_none_match)}, key);
    if (key[0])
        assert_int_equal(reply.body.n, 0);
    return key;
}

static void the_transport_can_look_up_what_it_holds(void **state)
{
    (void)state;
    char one[KEY_TEXT], other[KEY_TEXT];
    assert_true(strlen(key_of("/v1/deficits/IND?limit=3&period=2019", "", one)) > 0);
    assert_string_equal(one, key_of("/v1/deficits/356?period=2019&limit=3", "", other));
    static const char *const others[] = {
        "/v1/deficits/IND?limit=4&period=2019", "/v1/deficits/IND.csv?period=2019&limit=3",
        "/v1/deficits/IND.json?period=2019&limit=3", "/v1/deficits/IND?period=2019&limit=3&format=json"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_true(strlen(key_of(others[i], "", other)) > 0);
        assert_string_not_equal(one, other);
    }
    assert_string_equal(key_of("/v1/deficits/XXX", "", other), "");
    assert_int_equal(reply.status, 404);
    assert_string_equal(key_of("/livez", "", other), "");
    assert_string_equal(key_of("/v1/deficits/IND?limit=3&period=2019", "*", other), "");
}

static void a_question_is_priced_before_it_is_read(void **state)
{
    (void)state;
    uint64_t price = 0;
    struct api_request request = {.method = STR("GET"), .target = STR("/v1/deficits/IND?period=2019")};
    buf_release(&reply.body);
    arena_reset(&arena);
    struct call *call = api_resolve(test_api(), &arena, &request, &reply);
    assert_non_null(call);
    assert_true(api_plan(call, &price));
    assert_true(price > 0);
    assert_int_equal(reply.body.n, 0);
    api_work(call);
    assert_int_equal(reply.status, 200);
    assert_true(reply.body.n > 0);
}

/* ---- over HTTP ---- */

static struct server *server;

#define PLAIN "/v1/bilateral/IND/CHN?period=FY2018-19"
#define SPELT "/v1/bilateral/in/156?period=FY2018-19&"

static void hold_a_request_id(const struct raw_reply *answer, const char *id)
{
    assert_int_equal(raw_header_count(answer, "X-Request-Id"), 1);
    assert_true(str_is(raw_header(answer, "X-Request-Id"), id));
}

/* Kept answers share one response of the library: each must still go out with the id of its own request. */
static void each_answer_has_its_own_id(void **state)
{
    (void)state;
    struct raw_client client[4];
    for (size_t c = 0; c < 4; c++)
        assert_true(raw_connect(&client[c], server_port(server)));
    for (unsigned round = 0; round < 50; round++) {
        for (unsigned c = 0; c < 4; c++)
            for (unsigned k = 0; k < 3;
                 k++) { /* 32 characters are written into the shared response, others take a copy */
                char request[512];
                (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\nX-Request-Id: %0*u\r\n\r\n",
                               k == 1 ? SPELT : PLAIN, k == 2 ? 20 : 32, round * 100 + c * 10 + k);
                assert_true(raw_send(&client[c], str_view(request)));
            }
        for (unsigned c = 0; c < 4; c++)
            for (unsigned k = 0; k < 3; k++) {
                struct raw_reply answer;
                char id[40];
                (void)snprintf(id, sizeof id, "%0*u", k == 2 ? 20 : 32, round * 100 + c * 10 + k);
                assert_int_equal(raw_read(&client[c], false, &answer), RAW_OK);
                assert_int_equal(answer.status, 200);
                hold_a_request_id(&answer, id);
            }
    }
    for (size_t c = 0; c < 4; c++)
        raw_close(&client[c]);
}

static void ids_are_made_where_none_came(void **state)
{
    (void)state;
    struct raw_client client;
    struct raw_reply answer;
    char before[40] = "";
    assert_true(raw_connect(&client, server_port(server)));
    for (int i = 0; i < 20; i++) {
        assert_int_equal(
            raw_ask(&client,
                    i % 2 ? "GET /nope HTTP/1.1\r\nHost: h\r\n\r\n" : "GET " PLAIN " HTTP/1.1\r\nHost: h\r\n\r\n",
                    &answer),
            RAW_OK);
        struct str id = raw_header(&answer, "X-Request-Id");
        assert_int_equal(id.n, 32);
        assert_false(str_is(id, before));
        (void)snprintf(before, sizeof before, "%.*s", STR_ARG(id));
    }
    assert_int_equal(raw_ask(&client,
                             "GET " PLAIN " HTTP/1.1\r\nHost: h\r\n"
                             "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
                             &answer),
                     RAW_OK);
    hold_a_request_id(&answer, "0af7651916cd43dd8448eb211c80319c");
    assert_int_equal(raw_ask(&client,
                             "GET " PLAIN " HTTP/1.1\r\nHost: h\r\nX-Request-Id: mine\r\n"
                             "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
                             &answer),
                     RAW_OK);
    hold_a_request_id(&answer, "mine");
    raw_close(&client);
}

/* A spelling that was never asked takes the answer that another one has left. */
static void spellings_share_one_answer(void **state)
{
    (void)state;
    struct raw_client client;
    struct raw_reply answer;
    assert_true(raw_connect(&client, server_port(server)));
    static const char *const spelling[] = {"/v1/deficits/IND?period=2019&top=3", "/v1/deficits/IND?period=2019&top=3",
                                           "/v1/deficits/ind?top=3&period=2019", "/v1/deficits/699?&period=2019&top=3",
                                           "/v1/deficits/IND?period=2019&top=3"};
    static const bool held[] = {false, false, true, true, true};
    struct buf first;
    buf_init(&first, 1 << 20);
    for (size_t i = 0; i < 5; i++) {
        char request[256];
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", spelling[i]);
        assert_int_equal(raw_ask(&client, request, &answer), RAW_OK);
        struct str timing = raw_header(&answer, "Server-Timing");
        assert_int_equal(str_is(timing, "cache;desc=hit"), held[i]);
        assert_true(held[i] || str_starts(timing, STR("total;dur=")));
        if (i == 0)
            buf_add(&first, answer.body);
        assert_true(str_eq(answer.body, buf_view(&first)));
    }
    buf_release(&first);
    raw_close(&client);
}

static int start(void **state)
{
    (void)state;
    asking_start();
    struct server_options options = server_options_default();
    options.listen = "127.0.0.1:0";
    options.shards = 1; /* one cache */
    options.access_log = false;
    struct problem problem;
    if (test_api() && test_world() && server_start(&options, test_world(), NULL, &server, &problem) == ST_OK)
        return 0;
    return -1;
}

static int stop(void **state)
{
    (void)state;
    server_stop(server);
    asking_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_holds_what_identity_holds),
        cmocka_unit_test(codings_are_chosen_by_weight),
        cmocka_unit_test(the_tag_follows_data_format_and_coding),
        cmocka_unit_test(one_question_has_one_tag_and_one_body),
        cmocka_unit_test(a_suffix_leaves_accept_out_of_vary),
        cmocka_unit_test(pinned_answers_have_the_same_data),
        cmocka_unit_test(nothing_of_another_dataset_is_in_a_pinned_answer),
        cmocka_unit_test(a_release_and_another_dataset_contradict_each_other),
        cmocka_unit_test(pages_make_the_whole),
        cmocka_unit_test(a_cursor_is_of_one_question),
        cmocka_unit_test(links_lead_somewhere),
        cmocka_unit_test(other_origins_may_read_everything),
        cmocka_unit_test(the_transport_can_look_up_what_it_holds),
        cmocka_unit_test(a_question_is_priced_before_it_is_read),
        cmocka_unit_test(each_answer_has_its_own_id),
        cmocka_unit_test(ids_are_made_where_none_came),
        cmocka_unit_test(spellings_share_one_answer),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
