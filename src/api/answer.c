/* The way of a request: from a target to a whole reply. */
#include "api/ask/choose.h"
#include "api/reply/reply.h"
#include "api/represent/encode.h"
#include "api/request/request.h"
#include "api/table/names.h"
#include "api/table/table.h"
#include "entrepot/api/api.h"

static void start_reply(struct api_reply *reply, size_t ceiling)
{
    *reply = (struct api_reply){.status = 200, .route = "-"};
    buf_init(&reply->body, ceiling);
}

/* ---- endings ---- */

/* The arena is full, but for the few bytes that this takes. */
static struct str too_large(struct call *call)
{
    size_t bytes = call->arena->ceiling_bytes;
    call->arena->ceiling_bytes = SIZE_MAX; /* for this text */
    size_t rows = call->table.n_rows, columns = call->table.n_columns;
    struct str text =
        call->max_rows
            ? arena_printf(call->arena,
                           "this would have more than the %zu rows (of %zu columns, about %zu MB as JSON) that there "
                           "is room for: name reporters, partners or products, take a coarser level or fewer periods, "
                           "or break down less",
                           call->max_rows, columns, call_bytes(call->max_rows, columns) / 1000000)
        : rows ? arena_printf(
                     call->arena,
                     "the answer would be too large: %zu rows of %zu columns (about %.3g MB as JSON) and what they "
                     "are made of are more than the %zu MiB of memory that one request may use; ask for fewer "
                     "periods, products or partners",
                     rows, columns, (double)call_bytes(rows, columns) / 1e6, bytes >> 20)
               : arena_printf(call->arena,
                              "the answer would be too large: one request may use %zu MiB of memory and give %zu MiB; "
                              "ask for fewer periods, products or partners",
                              bytes >> 20, call->api->options.max_body_bytes >> 20);
    call->arena->ceiling_bytes = bytes;
    return text;
}

/* Where no room below has given a reason, the dataset is one. */
static void explain_internal(struct call *call, enum status status)
{
    const char *what =
        status == ST_CORRUPT ? "its data are damaged; `entrepot verify` says where" : "it cannot be read";
    struct problem problem;
    (void)problem_set(&problem, status, "dataset", "%s", what);
    if (call->cube)
        (void)snprintf(problem.place, sizeof problem.place, "dataset %.*s", STR_ARG(cube_dataset(call->cube)->id));
    call_reason(call, &problem);
    if (!call->reply->reason) /* no memory for more */
        call->reply->reason = what;
    (void)call_problem(call, PROBLEM_INTERNAL, NULL, call->path,
                       STR("the data could not be read; the operator's log says why"));
}

/* What a room below could not do, as a problem. ST_INVALID comes with errors of its own. */
static void explain_failure(struct call *call, enum status status)
{
    if (call->n_errors)
        return;
    if (status == ST_TOO_LARGE || (status == ST_NO_MEMORY && call->arena->full))
        (void)call_problem(call, PROBLEM_TOO_LARGE, NULL, call->path, too_large(call));
    else if (status == ST_NO_MEMORY)
        (void)call_problem(call, PROBLEM_UNAVAILABLE, NULL, call->path,
                           STR("no memory is left for this request; try again or ask for less"));
    else
        explain_internal(call, status);
}

static bool memory_was_short(const struct call *call) { return call->arena->starved && !call->arena->full; }

/* Whoever got no memory may have left something out, or may have taken what he could not write down for a client's mistake. */
static enum status check_memory(struct call *call, enum status status)
{
    if (memory_was_short(call))
        call->n_errors = 0;
    return call->arena->starved && !call->n_errors ? ST_NO_MEMORY : status;
}

static void end_with_problem(struct call *call)
{
    enum problem_type type;
    buf_reset(&call->reply->body);
    (void)problem_body(call, &type);
    if (memory_was_short(call) && type != PROBLEM_UNAVAILABLE) { /* it may lack words */
        call->n_errors = 0;
        explain_failure(call, ST_NO_MEMORY);
        buf_reset(&call->reply->body);
        (void)problem_body(call, &type);
    }
    call->reply->status = problem_kinds[type].status;
    reply_header(call->reply, "Content-Type", STR("application/problem+json"));
    reply_header(call->reply, "Cache-Control", STR("no-store"));
    if (type == PROBLEM_METHOD)
        reply_header(call->reply, "Allow", STR("GET, HEAD, OPTIONS"));
    if (type == PROBLEM_UNAVAILABLE)
        reply_header(call->reply, "Retry-After", STR("5"));
    reply_common_headers(call);
}

#define SAMPLE_ROWS 200

/* The size of the page in bytes, from its first rows; 0 if not even these can be written. */
static size_t estimate_body(struct call *call, size_t *columns)
{
    size_t index[COLUMNS_MAX], rows = call_page(call).returned, bytes;
    *columns = call_fields(call, index);
    for (size_t i = 0; i < call->route->n_params; i++)
        if (rows > SAMPLE_ROWS && strcmp(call->route->param[i].name, "limit") == 0)
            call->arg[i].number = SAMPLE_ROWS;
    struct buf sample;
    buf_init(&sample, SIZE_MAX);
    encode_table(call, &sample);
    bytes = sample.failed ? 0 : sample.n;
    buf_release(&sample);
    return rows > SAMPLE_ROWS ? bytes / SAMPLE_ROWS * rows : bytes;
}

/* The body has passed the limit. */
static void refuse_size(struct call *call)
{
    size_t max = call->api->options.max_body_bytes, rows = call_page(call).returned, columns,
           bytes = estimate_body(call, &columns);
    if (bytes == 0) {
        explain_failure(call, ST_NO_MEMORY);
        return;
    }
    (void)call_problem(
        call, PROBLEM_TOO_LARGE, "limit", call->path,
        arena_printf(
            call->arena,
            "this page would have %zu rows of %zu columns, about %.3g MB as %s, and at most %.3g MB are given: "
            "take a smaller limit= and follow links.next, or fewer columns with fields=%s",
            rows, columns, (double)(bytes > max ? bytes : max) / 1e6, format_of[call->format].name, (double)max / 1e6,
            call->format == FORMAT_CSV ? "" : ", or format=csv, which is shorter"));
}

static enum status written(const struct buf *buf)
{
    return !buf->failed ? ST_OK : buf->full ? ST_TOO_LARGE : ST_NO_MEMORY;
}

static void end_with_document(struct call *call)
{
    if (call->route->document) {
        encode_document(call, &call->reply->body);
        call->document_type = call->route->media;
    } else {
        call->reply->body = call->document;
    }
    reply_header(call->reply, "Content-Type", str_view(call->document_type));
}

static void end_with_table(struct call *call)
{
    encode_table(call, &call->reply->body);
    reply_header(call->reply, "Content-Type", reply_content_type(call));
    reply_header(call->reply, "Content-Disposition", reply_disposition(call));
}

/* Whether the whole answer is there, with its headers. */
static enum status write_answer(struct call *call)
{
    if (call->route->kind == ROUTE_DOCUMENT)
        end_with_document(call);
    else
        end_with_table(call);
    enum status status = written(&call->reply->body);
    bool over = status == ST_TOO_LARGE;
    if (status == ST_OK)
        status = call->n_errors ? ST_INVALID : encode_content(call, &call->reply->body);
    if (over && call->route->kind == ROUTE_TABLE)
        refuse_size(call);
    if (status == ST_OK)
        reply_cache_headers(call);
    return status;
}

/* ---- the way of a request ---- */

static enum status check_request(struct call *call)
{
    struct str method = call->request->method;
    if (call->request->target.n > call->api->options.max_target_bytes) {
        (void)call_problem(call, PROBLEM_URI_TOO_LONG, NULL, str_span(call->request->target.p, 80),
                           arena_printf(call->arena, "the request target has %zu bytes; at most %zu are read",
                                        call->request->target.n, call->api->options.max_target_bytes));
        return ST_INVALID;
    }
    if (!str_is(method, "GET") && !str_is(method, "HEAD") && !str_is(method, "OPTIONS")) {
        (void)call_problem(call, PROBLEM_METHOD, NULL, method, STR("this server answers GET, HEAD and OPTIONS"));
        return ST_INVALID;
    }
    return ST_OK;
}

static void answer_options(struct call *call)
{
    call->reply->status = 204;
    reply_header(call->reply, "Allow", STR("GET, HEAD, OPTIONS"));
    reply_header(call->reply, "Access-Control-Allow-Methods", STR("GET, HEAD, OPTIONS"));
    reply_header(call->reply, "Access-Control-Allow-Headers",
                 STR("Accept, Cache-Control, If-None-Match, X-Request-Id, traceparent, tracestate"));
    reply_header(call->reply, "Access-Control-Max-Age", STR("86400"));
    reply_common_headers(call);
}

static void write_not_modified(struct call *call)
{
    buf_release(&call->document);
    call->reply->status = 304;
    reply_cache_headers(call);
}

/* A tag of ours is proof enough that there is an answer, so it is compared before the work; "*" asks whether there is any, which only the
 * work can tell. */
static bool unchanged(const struct call *call, bool answered)
{
    struct str tags = call->request->if_none_match;
    bool any = str_is(str_trim(tags), "*");
    return !call->route->uncached && tags.n && any == answered && etag_matches(tags, reply_etag(call));
}

/* Which route it is, and what its parameters say. */
static enum status resolve(struct call *call)
{
    struct str target = call->request->target;
    call->path = str_cut(&target, '?');
    call->query = target;
    enum status status = check_request(call);
    if (status == ST_OK)
        status = route_match(call);
    if (status == ST_OK && call->route->as_table) {
        call->is_page = !call->query.n && prefers_html(call->request->accept);
        call->route = call->is_page ? call->route : call->route->as_table;
    }
    if (status == ST_OK && !str_is(call->request->method, "OPTIONS"))
        status = params_read(call);
    if (status == ST_OK && call->route->kind == ROUTE_TABLE && !str_is(call->request->method, "OPTIONS"))
        status = negotiate(call);
    if (status == ST_OK && !str_is(call->request->method, "OPTIONS"))
        status = negotiate_coding(call);
    return check_memory(call, status);
}

/* The last of it: what is whole goes out, anything else as a problem. */
static void end(struct call *call, enum status status, bool not_modified)
{
    if (status != ST_OK)
        buf_release(&call->document);
    else if (not_modified)
        write_not_modified(call);
    else
        status = write_answer(call);
    status = check_memory(call, status);
    if (status == ST_OK) {
        reply_common_headers(call);
        return;
    }
    call->reply->n_headers = 0;
    explain_failure(call, status);
    end_with_problem(call);
}

struct call *api_resolve(const struct api *api, struct arena *arena, const struct api_request *request,
                         struct api_reply *reply)
{
    start_reply(reply, api->options.max_body_bytes);
    struct call *call = arena_new(arena, struct call, 1);
    if (!call) {
        reply->status = 503;
        return NULL;
    }
    call->api = api;
    call->catalogue = api->catalogue;
    call->arena = arena;
    call->request = request;
    call->reply = reply;
    enum status status = resolve(call);
    bool not_modified = false;
    reply->canonical = call->canonical;
    if (status == ST_OK && str_is(request->method, "OPTIONS")) {
        answer_options(call);
        return NULL;
    }
    if (status == ST_OK)
        not_modified = unchanged(call, false);
    if (status == ST_OK && !not_modified)
        return call;
    end(call, status, not_modified);
    return NULL;
}

/* If-None-Match: * is answered by the work alone. */
struct str api_key(const struct call *call)
{
    bool known = !call->route->uncached && !str_is(str_trim(call->request->if_none_match), "*");
    return known ? reply_key(call) : str_span(NULL, 0);
}

/* What is read is asked for before, as one batch, and priced as a whole. */
bool api_plan(struct call *call, uint64_t *price)
{
    const struct arg *explain = call_find(call, "explain");
    buf_init(&call->document, call->api->options.max_body_bytes);
    call->ask = ask_new(call->arena);
    call->explained = explain && explain->number;
    if (call->ask && call->explained)
        ask_explain(call->ask);
    enum status status = call->ask ? ST_OK : ST_NO_MEMORY;
    if (status == ST_OK && call->route->kind == ROUTE_TABLE)
        status = names_start(call);
    if (status == ST_OK && call->route->plan)
        status = check_memory(call, call->route->plan(call));
    if (status == ST_OK && call->route->plan)
        status = call_price(call);
    if (status != ST_OK)
        end(call, status, false);
    *price = call->price;
    return status == ST_OK;
}

/* A table's route leaves rows; a document's leaves bytes. */
static enum status run(struct call *call)
{
    struct problem problem;
    bool table = call->route->kind == ROUTE_TABLE;
    enum status status = ask_run(call->ask, &problem);
    if (status == ST_CORRUPT)
        call_reason(call, &problem);
    if (status == ST_OK)
        status = check_memory(call, (call->route->work ? call->route->work : call->route->handler)(call));
    if (status == ST_OK && call->n_errors)
        BUG("a route reports a problem and success");
    if (status == ST_OK && table)
        status = table_arrange(call);
    if (status == ST_OK && table)
        names_fill(call);
    return status == ST_OK ? written(&call->document) : status;
}

void api_work(struct call *call)
{
    enum status status = run(call);
    end(call, status, status == ST_OK && unchanged(call, true));
}

void api_answer(const struct api *api, struct arena *arena, const struct api_request *request, struct api_reply *reply)
{
    uint64_t price;
    struct call *call = api_resolve(api, arena, request, reply);
    if (call && api_plan(call, &price))
        api_work(call);
}

void api_refuse(struct arena *arena, int status, struct str detail, struct str target, struct api_reply *reply)
{
    static const struct api nothing = {.catalogue = NULL};
    enum problem_type type = PROBLEM_INTERNAL;
    for (enum problem_type t = PROBLEM_NOT_FOUND; t < PROBLEM_TYPES && type == PROBLEM_INTERNAL; t++)
        if (problem_kinds[t].status == status && (status != 400 || t == PROBLEM_INVALID_REQUEST) &&
            (status != 422 || t == PROBLEM_TOO_LARGE))
            type = t;
    start_reply(reply, 65536);
    struct api_request request = {.target = target};
    struct call *call = arena_new(arena, struct call, 1);
    if (!call) {
        reply->status = status;
        return;
    }
    call->api = &nothing;
    call->arena = arena;
    call->request = &request;
    call->reply = reply;
    (void)call_problem(call, type, NULL, str_span(target.p, target.n < 80 ? target.n : 80), detail);
    end_with_problem(call);
}
