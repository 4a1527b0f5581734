/* api: one request in, one whole reply out; knows REST, knows no transport.
 *
 * The server and `entrepot get` both call api_answer, so both give the same bytes. A `struct api` is immutable after api_new
 * and may be shared by all threads; a reply and its arena belong to one.
 */
#ifndef ENTREPOT_API_API_H
#define ENTREPOT_API_API_H

#include "entrepot/base/arena.h"
#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"
#include "entrepot/cube/catalogue.h"

struct api;

struct api_options {
    size_t max_target_bytes; /* longest request target; 414 above */
    size_t max_body_bytes;   /* longest answer; 422 above */
    size_t max_rows;         /* most rows a query may produce; 422 above */
    uint64_t max_cost;       /* most observations a query may read; 422 above */
    unsigned max_age_s;      /* Cache-Control: max-age of data */
};

/* What the process tells of itself through the health endpoints. */
struct api_process {
    bool draining; /* it is ending: not ready */
    const char
        *reload; /* what came of the last attempt to load the data anew: "ok", "failed", or NULL: there was none */
    int64_t reloaded_s; /* when that was, seconds since 1970 */
};

/* What the transport knows of a request. All borrowed for the length of the call; absent headers are empty. */
struct api_request {
    struct str method;
    struct str target; /* as received: path and query, percent-encoding untouched */
    struct str accept, accept_encoding, if_none_match;
    const struct api_process *process; /* NULL: there is none, as for `entrepot get` */
};

#define API_HEADERS_MAX 20
struct api_header {
    const char *name;
    struct str value; /* in the arena or static */
};

struct api_reply {
    int status;        /* HTTP status code */
    struct buf body;   /* heap; the receiver takes or releases it. Filled for HEAD too: the transport leaves it out */
    const char *route; /* path template for logs and metrics, or "-" where no route matched */
    struct str canonical; /* the question in one spelling, in the arena; empty where it was refused unread */
    const char *reason;   /* why it is a 500, for the operator's log alone; in the arena. NULL: it is none */
    size_t n_headers;     /* header[] has everything but Date, Connection and Content-Length */
    struct api_header header[API_HEADERS_MAX];
};

/* The options' defaults. */
struct api_options api_options_default(void);

/* Compiles the route table over a catalogue that outlives the api. NULL when memory is out. */
struct api *api_new(const struct catalogue *catalogue, const struct api_options *options);
void api_free(struct api *api);
const struct catalogue *api_catalogue(const struct api *api);

/* Any request, also a wrong one, is answered in three steps, so that the caller can look into a cache of his own between the first and the
 * second, and let a costly request wait between the second and the third. None fails: when memory is out the reply is a 503 (its body
 * empty if need be). All but the body lives in *arena, which the caller resets once the reply is sent; request and reply are borrowed until
 * then. Each step belongs to the thread that takes it. */
struct call;

/* Reads the question and brings it into its one spelling. NULL: the reply is whole (a problem, OPTIONS, 304). */
struct call *api_resolve(const struct api *api, struct arena *arena, const struct api_request *request,
                         struct api_reply *reply);
/* All that the reply's bytes hang on but the catalogue: two calls of one key have the same. Empty: not to be looked up. */
struct str api_key(const struct call *call);
/* Chooses the data, and says how many observations will be read; nothing has been read yet. False: the reply is whole (a problem). */
bool api_plan(struct call *call, uint64_t *price);
/* Reads, works out, writes: the reply is whole. */
void api_work(struct call *call);
/* The three in turn. */
void api_answer(const struct api *api, struct arena *arena, const struct api_request *request, struct api_reply *reply);

/* A problem document for what the transport itself refuses (status 400, 413, 431, 503 …). `detail` is plain text. */
void api_refuse(struct arena *arena, int status, struct str detail, struct str target, struct api_reply *reply);

/* The path templates, as api_reply.route gives them: the number `i` of api_route_count(). */
size_t api_route_count(void);
const char *api_route_path(size_t i);

/* The endpoint table as text lines, as Markdown table for the README, and the OpenAPI document: with answers of `api` as its examples, or
 * without any if it is NULL. */
void api_print_routes(struct buf *out);
void api_print_markdown(struct buf *out);
enum status api_print_openapi(const struct api *api, struct buf *out) MUST_CHECK;

#endif
