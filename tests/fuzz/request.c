/* The api: a target and headers in, a reply out that is sound whatever they are. And the cursor alone, over pages that have one. */
#include <jansson.h>

#include "fuzz/fuzz.h"
#include "http/test_api.h"

static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "POST", "", "get"};

static bool start(void) { return test_world() != NULL; }

static struct str header(const struct api_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->n_headers; i++)
        if (str_eq_nocase(str_view(reply->header[i].name), str_view(name)))
            return reply->header[i].value;
    return str_span(NULL, 0);
}

static void check_headers(const struct api_reply *reply)
{
    FUZZ_CHECK(reply->n_headers <= API_HEADERS_MAX);
    for (size_t i = 0; i < reply->n_headers; i++) {
        struct str value = reply->header[i].value;
        for (size_t k = 0; k < value.n; k++)
            FUZZ_CHECK((unsigned char)value.p[k] >= ' ' && (unsigned char)value.p[k] < 0x7F);
    }
}

/* JSON is JSON, text is UTF-8, and an error is a problem document that repeats its status. */
static void check_body(const struct api_reply *reply)
{
    struct str type = header(reply, "Content-Type"), body = buf_view(&reply->body),
               encoding = header(reply, "Content-Encoding");
    if (reply->status == 204 || reply->status == 304 || encoding.n)
        return;
    FUZZ_CHECK(type.n > 0);
    bool problem = str_starts(type, STR("application/problem+json"));
    FUZZ_CHECK(problem == (reply->status >= 400));
    FUZZ_CHECK(str_utf8(body));
    if (!problem && !str_starts(type, STR("application/json")))
        return;
    json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    FUZZ_CHECK(json_is_object(root) || (!problem && json_is_array(root)));
    FUZZ_CHECK(!problem || json_integer_value(json_object_get(root, "status")) == reply->status);
    json_decref(root);
}

static void ask(const struct api_request *request)
{
    static struct arena arena;
    static bool made;
    struct api_reply reply = {.status = 0};
    if (!made)
        arena_init(&arena, (size_t)64 << 20);
    made = true;
    api_answer(test_world(), &arena, request, &reply);
    FUZZ_CHECK(reply.status >= 200 && reply.status < 500); /* neither a failure of ours nor memory out */
    FUZZ_CHECK(reply.route != NULL);
    check_headers(&reply);
    check_body(&reply);
    buf_release(&reply.body);
    arena_reset(&arena);
}

/* A byte for the method; then target, Accept, Accept-Encoding and If-None-Match, a line each. */
static void one(struct str input)
{
    struct api_request request = {.method = str_view(methods[fuzz_byte(&input) % (sizeof methods / sizeof *methods)])};
    struct str *const part[] = {&request.target, &request.accept, &request.accept_encoding, &request.if_none_match};
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        *part[i] = str_cut(&input, '\n');
    ask(&request);
}

/* Everything behind "cursor=", on pages of several kinds; every byte escaped, so that all of them get there. '@' is the word that a sound
 * cursor ends with. */
static void one_cursor(struct str input)
{
    static const char *const pages[] = {"/v1/countries?limit=7",
                                        "/v1/flows.csv?reporter=IND&partner=*&flow=imports&limit=3",
                                        "/v1/products.ndjson?level=hs2&limit=50000"};
    struct buf target;
    buf_init(&target, 1 << 16);
    buf_add(&target, str_view(pages[fuzz_byte(&input) % (sizeof pages / sizeof *pages)]));
    buf_lit(&target, "&cursor=");
    for (size_t i = 0; i < input.n && i < 1000; i++)
        if (input.p[i] == '@')
            buf_printf(&target, "%.8s", catalogue_id(test_catalogue()).p);
        else
            buf_printf(&target, "%%%02X", (unsigned)(unsigned char)input.p[i]);
    ask(&(struct api_request){.method = STR("GET"), .target = buf_view(&target)});
    buf_release(&target);
}

const struct fuzz_target fuzz_request = {"request", start, one, NULL};
const struct fuzz_target fuzz_cursor = {"cursor", start, one_cursor, NULL};
