/* One request from its head to its reply: libmicrohttpd's callbacks. */
#include <time.h>

#include "net/socket.h"
#include "shard.h"

#define KEPT_TARGET_BYTES 1024 /* an idle connection keeps no larger buffer */

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct conn *conn_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* The target is copied before the library sees the query, see quirk_cut_query. */
void *request_target_seen(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    struct conn *conn = conn_of(connection);
    if (!conn)
        return NULL;
    conn->begun_ns = now_ns();
    conn->status = 0;
    conn->body_bytes = 0;
    conn->route = "-";
    conn->method[0] = conn->request_id[0] = conn->trace_id[0] = '\0';
    conn->client[0] = '\0';
    conn->cache = CACHE_UNASKED;
    conn->headers = (struct request_headers){.repeated = false};
    conn_enter(conn, CONN_ASKING);
    conn->target_bytes = strlen(target);
    size_t most = conn->shard->options->max_target_bytes;
    buf_reset(&conn->target);
    buf_add(&conn->target, str_span(target, conn->target_bytes < most ? conn->target_bytes : most));
    quirk_cut_query(target);
    return NULL; /* what is returned becomes the handler's *seen, and NULL says: not seen yet */
}

/* ---- headers ---- */

struct walk {
    struct guard_facts facts;
    struct conn *conn;
};

static void take(struct request_headers *headers, struct str *slot, struct str value)
{
    headers->repeated = headers->repeated || slot->p;
    *slot = value;
}

static const char *forwarding_header(const struct conn *conn)
{
    return conn->shard->options->proxies.standard ? "Forwarded" : "X-Forwarded-For";
}

static void note_header(struct conn *conn, struct str name, struct str value)
{
    struct request_headers *headers = &conn->headers;
    if (str_eq_nocase(name, STR("Accept"))) {
        take(headers, &headers->accept, value);
    } else if (str_eq_nocase(name, STR("Accept-Encoding"))) {
        take(headers, &headers->accept_encoding, value);
    } else if (str_eq_nocase(name, STR("If-None-Match"))) {
        take(headers, &headers->if_none_match, value);
    } else if (str_eq_nocase(name, STR("X-Request-Id")) && request_id_sound(value)) {
        headers->request_id = value;
    } else if (str_eq_nocase(name, STR("traceparent"))) {
        headers->trace_id = traceparent_id(value);
    } else if (conn->peer_trusted && str_eq_nocase(name, str_view(forwarding_header(conn)))) {
        headers->forwarded_repeated = headers->forwarded_repeated || headers->forwarded.p;
        headers->forwarded = value;
    }
}

/* The client's own name for the request, its trace's, or a new one. */
static void name_request(struct conn *conn)
{
    const struct request_headers *headers = &conn->headers;
    struct str id = headers->request_id.n ? headers->request_id : headers->trace_id;
    if (id.n) {
        memcpy(conn->request_id, id.p, id.n);
        conn->request_id[id.n] = '\0';
    } else {
        request_ids_make(&conn->shard->ids, conn->request_id);
    }
    if (headers->trace_id.n)
        memcpy(conn->trace_id, headers->trace_id.p, REQUEST_ID_BYTES);
    conn->trace_id[headers->trace_id.n] = '\0';
}

static enum MHD_Result see_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n,
                                  const char *value, size_t value_n)
{
    (void)kind;
    struct walk *walk = cls;
    struct str n = str_span(name, name_n), v = str_span(value ? value : "", value ? value_n : 0);
    guard_note(&walk->facts, n, v);
    note_header(walk->conn, n, v);
    return MHD_YES;
}

struct join {
    struct shard *shard;
    const char *name;
    struct str all;
};

static enum MHD_Result join_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n,
                                   const char *value, size_t value_n)
{
    (void)kind;
    struct join *join = cls;
    if (value && str_eq_nocase(str_span(name, name_n), str_view(join->name)))
        join->all = join->all.p
                        ? arena_printf(join->shard->arena, "%.*s, %.*s", STR_ARG(join->all), (int)value_n, value)
                        : str_span(value, value_n);
    return MHD_YES;
}

/* A list header may come in several lines; they mean the same as one (RFC 9110 §5.3). */
static struct str joined(struct shard *shard, struct MHD_Connection *connection, const char *name)
{
    struct join join = {.shard = shard, .name = name};
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, join_header, &join);
    return join.all;
}

/* For the log alone: nothing is decided by it. */
static void name_client(struct conn *conn, struct MHD_Connection *connection)
{
    const struct request_headers *headers = &conn->headers;
    struct ip ip;
    if (!headers->forwarded.p)
        return;
    struct str all =
        headers->forwarded_repeated ? joined(conn->shard, connection, forwarding_header(conn)) : headers->forwarded;
    if (proxies_client(&conn->shard->options->proxies, all, &ip))
        ip_print(&ip, conn->client);
}

/* ---- replies ---- */

static struct str timing_of_new(const struct conn *conn)
{
    double ms = (double)(now_ns() - conn->begun_ns) / 1e6;
    return arena_printf(conn->shard->arena, "total;dur=%.3f, cache;desc=miss", ms);
}

/* A response for this request alone. */
static struct MHD_Response *make_response(struct conn *conn, struct api_reply *reply, bool close)
{
    struct shard *shard = conn->shard;
    size_t n = reply->body.n;
    char *bytes = buf_take(&reply->body);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(n, bytes, free, bytes);
    if (!response) {
        free(bytes);
        return NULL;
    }
    bool whole = true;
    for (size_t i = 0; i < reply->n_headers; i++)
        whole = response_header(response, reply->header[i].name, reply->header[i].value) && whole;
    whole = response_header(response, "Server-Timing", timing_of_new(conn)) &&
            response_header(response, "X-Request-Id", str_view(conn->request_id)) && whole;
    if (close)
        whole = response_header(response, MHD_HTTP_HEADER_CONNECTION, STR("close")) && whole;
    if (!whole)
        log_line(shard->log, LOG_LEVEL_ERROR, "header_lost", &LOG_TEXT("route", str_view(reply->route)), 1);
    if (reply->status == MHD_HTTP_NOT_MODIFIED && n == 0)
        quirk_no_length(response);
    return response;
}

static void note_answer(struct conn *conn, int status, const char *route, size_t body_bytes)
{
    conn->status = status;
    conn->route = route ? route : "-";
    conn->body_bytes = strcmp(conn->method, "HEAD") == 0 ? 0 : body_bytes;
    conn_enter(conn, CONN_ANSWERING);
}

/* Hands the reply over, and drops what the arena holds. MHD_NO, which cuts the connection, when memory is out. */
static enum MHD_Result send_reply(struct conn *conn, struct MHD_Connection *connection, struct api_reply *reply,
                                  bool close)
{
    note_answer(conn, reply->status, reply->route, reply->body.n);
    struct MHD_Response *response = make_response(conn, reply, close);
    enum MHD_Result result = MHD_NO;
    if (response) {
        result = MHD_queue_response(connection, (unsigned)reply->status, response);
        MHD_destroy_response(response);
    }
    arena_reset(conn->shard->arena);
    return result;
}

/* `timing`: of the request that the answer was made for; empty for all later ones. */
static enum MHD_Result send_kept(struct conn *conn, struct MHD_Connection *connection, struct kept *kept,
                                 struct str timing)
{
    struct str id = str_view(conn->request_id);
    struct MHD_Response *shared = timing.n ? NULL : kept_share(kept, id),
                        *own = shared ? NULL : kept_copy(kept, id, timing);
    enum MHD_Result result = MHD_NO;
    note_answer(conn, kept->status, kept->route, kept->body_bytes);
    if (timing.n == 0)
        conn->cache = CACHE_HIT;
    if (shared || own)
        result = MHD_queue_response(connection, (unsigned)kept->status, shared ? shared : own);
    if (own)
        MHD_destroy_response(own);
    return result;
}

static void join_repeated(struct shard *shard, struct MHD_Connection *connection, struct request_headers *headers)
{
    headers->accept = joined(shard, connection, "Accept");
    headers->accept_encoding = joined(shard, connection, "Accept-Encoding");
    headers->if_none_match = joined(shard, connection, "If-None-Match");
}

/* ---- the way of a request ---- */

/* A request whose answer is not in the cache under the words that the client used. It lies in the arena that it is answered from, so that it
 * can wait with all that is known of it. */
struct pending {
    struct arena *arena;
    struct edition *edition;
    struct api_process process;
    struct api_request request;
    struct api_reply reply;
    struct call *call;
    int64_t spent_ns;
    bool closing;                          /* the answer is the connection's last, and says so */
    struct cache_key as_written, spelling; /* that the answer may be kept under */
};

static struct pending *pending_new(struct conn *conn, struct edition *edition, const struct api_request *request)
{
    struct shard *shard = conn->shard;
    struct pending *pending = arena_new_raw(shard->arena, struct pending, 1); /* keys are large, and filled in later */
    if (!pending)
        return NULL;
    pending->arena = shard->arena;
    pending->edition = edition;
    pending->process = *request->process;
    pending->request = *request;
    pending->request.process = &pending->process;
    pending->call = NULL;
    pending->as_written.n = pending->spelling.n = 0;
    return pending;
}

void request_forget(struct conn *conn)
{
    struct pending *pending = conn->pending;
    queue_leave(&conn->shard->queue, &conn->place);
    if (!pending)
        return;
    conn->pending = NULL;
    edition_let_go(pending->edition);
    shard_give_arena(conn->shard, pending->arena);
}

/* What was slow is told with the question in its one spelling, so that the same questions stand together. */
static void tell_slow(struct conn *conn, const struct pending *pending)
{
    struct shard *shard = conn->shard;
    const struct api_reply *reply = &pending->reply;
    struct str question = reply->canonical.n ? reply->canonical : buf_view(&conn->target);
    struct log_field fields[] = {LOG_TEXT("query", question),
                                 LOG_TEXT("route", str_view(reply->route)),
                                 LOG_NUMBER("status", reply->status),
                                 LOG_NUMBER("bytes", reply->body.n),
                                 LOG_NUMBER("made_us", pending->spent_ns / 1000),
                                 LOG_TEXT("request_id", str_view(conn->request_id))};
    meter_add(&shard->meter.slow, 1);
    log_line(shard->log, LOG_LEVEL_WARNING, "slow_request", fields, sizeof fields / sizeof *fields);
}

/* What the client is told that the log says. */
static void tell_internal(struct conn *conn, const struct api_reply *reply)
{
    struct shard *shard = conn->shard;
    struct log_field fields[] = {LOG_TEXT("reason", str_view(reply->reason)), LOG_TEXT("route", str_view(reply->route)),
                                 LOG_TEXT("target", buf_view(&conn->target)),
                                 LOG_TEXT("request_id", str_view(conn->request_id))};
    meter_add(&shard->meter.internal, 1);
    log_line(shard->log, LOG_LEVEL_ERROR, "internal_error", fields, sizeof fields / sizeof *fields);
}

/* Sends what the cache had under its spelling, and keeps it under what the client wrote if that is asked again. */
static enum MHD_Result send_found(struct conn *conn, struct MHD_Connection *connection, struct kept *kept,
                                  const struct pending *pending)
{
    struct cache *cache = &conn->shard->cache;
    kept_hold(kept);
    if (cache_wants(cache, &pending->as_written))
        cache_keep(cache, &pending->as_written, kept);
    enum MHD_Result result = send_kept(conn, connection, kept, STR(""));
    kept_drop(kept);
    arena_reset(conn->shard->arena);
    return result;
}

/* A reply that is the same for everybody who asks this is kept once it is asked for again. */
static enum MHD_Result send_new(struct conn *conn, struct MHD_Connection *connection, struct pending *pending)
{
    struct cache *cache = &conn->shard->cache;
    if (!cache_may_keep(&pending->reply)) {
        conn->cache = CACHE_UNASKED;
        return send_reply(conn, connection, &pending->reply, false);
    }
    bool written = cache_wants(cache, &pending->as_written), spelt = cache_wants(cache, &pending->spelling);
    if (!written && !spelt)
        return send_reply(conn, connection, &pending->reply, false);
    struct kept *kept = kept_new(&pending->reply);
    enum MHD_Result result = MHD_NO;
    if (kept) {
        if (written)
            cache_keep(cache, &pending->as_written, kept);
        if (spelt)
            cache_keep(cache, &pending->spelling, kept);
        result = send_kept(conn, connection, kept, timing_of_new(conn));
        kept_drop(kept);
    }
    arena_reset(conn->shard->arena);
    return result;
}

/* The reply is whole. */
static enum MHD_Result finish(struct conn *conn, struct MHD_Connection *connection, struct pending *pending)
{
    int64_t slow_ns = (int64_t)conn->shard->options->slow_ms * 1000000;
    if (slow_ns && pending->spent_ns >= slow_ns)
        tell_slow(conn, pending);
    if (pending->reply.status == MHD_HTTP_INTERNAL_SERVER_ERROR)
        tell_internal(conn, &pending->reply);
    return pending->closing ? send_reply(conn, connection, &pending->reply, true) : send_new(conn, connection, pending);
}

static enum MHD_Result work(struct conn *conn, struct MHD_Connection *connection, struct pending *pending)
{
    int64_t begun_ns = now_ns();
    api_work(pending->call);
    pending->spent_ns += now_ns() - begun_ns;
    return finish(conn, connection, pending);
}

/* Waits with its arena and its edition; the next request gets another arena. */
static enum MHD_Result wait_for_turn(struct conn *conn, struct MHD_Connection *connection, struct pending *pending)
{
    struct shard *shard = conn->shard;
    struct arena *fresh = shard_take_arena(shard);
    conn_enter(conn, CONN_ANSWERING);
    if (fresh && queue_wait(&shard->queue, &conn->place, connection)) {
        edition_keep(pending->edition);
        conn->pending = pending;
        shard->arena = fresh;
        return MHD_YES;
    }
    if (fresh)
        shard_give_arena(shard, fresh);
    arena_reset(shard->arena);
    struct api_reply reply;
    api_refuse(shard->arena, MHD_HTTP_SERVICE_UNAVAILABLE,
               STR("too many requests that read millions of observations wait for one another; try again, or ask for "
                   "fewer periods, products or partners"),
               buf_view(&conn->target), &reply);
    return send_reply(conn, connection, &reply, false);
}

/* Its turn has come: the arena changes places with the one that others have used meanwhile. */
static enum MHD_Result go_on(struct conn *conn, struct MHD_Connection *connection)
{
    struct shard *shard = conn->shard;
    struct pending *pending = conn->pending;
    struct edition *edition = pending->edition;
    struct arena *others = shard->arena;
    shard->arena = pending->arena;
    conn->pending = NULL;
    pending->closing = life_process(shard->life).draining;
    if (edition->number != shard->cached) /* the cache is of a later one */
        pending->as_written.n = pending->spelling.n = 0;
    enum MHD_Result result = MHD_NO;
    if (!queue_closed(&shard->queue))
        result = work(conn, connection, pending);
    edition_let_go(edition);
    shard_give_arena(shard, others);
    queue_leave(&shard->queue, &conn->place);
    return result;
}

/* From the question to its bytes: known under its spelling, or planned and worked out, now or when its turn has come. */
static enum MHD_Result answer_anew(struct conn *conn, struct MHD_Connection *connection, struct pending *pending)
{
    struct shard *shard = conn->shard;
    int64_t begun_ns = now_ns();
    uint64_t price = 0;
    pending->call = api_resolve(pending->edition->api, shard->arena, &pending->request, &pending->reply);
    if (pending->call && !pending->closing) {
        cache_key_take(&pending->spelling, api_key(pending->call));
        struct kept *kept = cache_find(&shard->cache, &pending->spelling);
        if (kept)
            return send_found(conn, connection, kept, pending);
    }
    bool open = pending->call && api_plan(pending->call, &price);
    pending->spent_ns = now_ns() - begun_ns;
    if (!open)
        return finish(conn, connection, pending);
    bool waits = price >= QUEUE_COSTLY && !pending->closing;
    return (waits ? wait_for_turn : work)(conn, connection, pending);
}

/* Answers that are kept are of one edition. */
static struct edition *hold_edition(struct shard *shard)
{
    struct edition *edition = edition_hold(shard->editions, shard->place);
    if (edition->number != shard->cached) {
        cache_clear(&shard->cache);
        shard->cached = edition->number;
    }
    return edition;
}

static enum MHD_Result answer_from(struct edition *edition, struct conn *conn, struct MHD_Connection *connection,
                                   struct str method, bool close)
{
    struct shard *shard = conn->shard;
    struct request_headers *headers = &conn->headers;
    if (headers->repeated)
        join_repeated(shard, connection, headers);
    struct api_process process = life_process(shard->life);
    struct api_request request = {.method = method,
                                  .target = buf_view(&conn->target),
                                  .accept = headers->accept,
                                  .accept_encoding = headers->accept_encoding,
                                  .if_none_match = headers->if_none_match,
                                  .process = &process};
    struct cache_key as_written;
    close = close || process.draining;
    if (close)
        as_written.n = 0;
    else
        cache_key_make(&as_written, &request);
    struct kept *kept = cache_find(&shard->cache, &as_written);
    if (kept)
        return send_kept(conn, connection, kept, STR(""));
    struct pending *pending = pending_new(conn, edition, &request);
    if (!pending) {
        struct api_reply reply;
        api_refuse(shard->arena, MHD_HTTP_SERVICE_UNAVAILABLE, STR("no memory is left for this request"),
                   request.target, &reply);
        return send_reply(conn, connection, &reply, close);
    }
    conn->cache = close ? CACHE_UNASKED : CACHE_MISS;
    pending->closing = close;
    cache_key_copy(&pending->as_written, &as_written);
    return answer_anew(conn, connection, pending);
}

static enum MHD_Result answer(struct conn *conn, struct MHD_Connection *connection, struct str method, bool close)
{
    if (conn->pending)
        return go_on(conn, connection);
    struct shard *shard = conn->shard;
    enum MHD_Result result = answer_from(hold_edition(shard), conn, connection, method, close);
    edition_drop(shard->editions, shard->place);
    return result;
}

/* The head is complete: believe it or refuse it. To answer already now closes the connection, so sound requests wait for the
 * second call. */
static enum MHD_Result judge(struct conn *conn, struct MHD_Connection *connection, const char *method,
                             const char *version)
{
    size_t most = conn->shard->options->max_target_bytes;
    struct walk walk = {.conn = conn};
    walk.facts.method = str_view(method);
    walk.facts.target = buf_view(&conn->target);
    walk.facts.target_bytes = conn->target_bytes;
    walk.facts.http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    (void)snprintf(conn->method, sizeof conn->method, "%s", method);
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, see_header, &walk);
    name_request(conn);
    name_client(conn, connection);
    if (conn->target.failed)
        return MHD_NO;
    struct guard_verdict verdict = guard_judge(&walk.facts, most);
    if (verdict.status) {
        struct api_reply reply = {.status = 0};
        api_refuse(conn->shard->arena, verdict.status, verdict.detail, walk.facts.target, &reply);
        return send_reply(conn, connection, &reply, true);
    }
    return verdict.has_body ? answer(conn, connection, walk.facts.method, true) : MHD_YES;
}

enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_bytes, void **seen)
{
    (void)cls;
    (void)url;
    (void)upload;
    struct conn *conn = conn_of(connection);
    if (!conn)
        return MHD_NO;
    if (!*seen) {
        *seen = conn;
        return judge(conn, connection, method, version);
    }
    if (*upload_bytes) { /* the guard lets no body through; if one came all the same it is not taken for a request */
        *upload_bytes = 0;
        return MHD_YES;
    }
    return answer(conn, connection, str_view(method), false);
}

static void log_request(const struct conn *conn, const struct meter_request *request)
{
    static const char *const cache[] = {[CACHE_HIT] = "hit", [CACHE_MISS] = "miss"};
    struct log_field fields[12] = {
        LOG_TEXT("method", request->method),         LOG_TEXT("target", buf_view(&conn->target)),
        LOG_TEXT("route", str_view(request->route)), LOG_NUMBER("status", request->status),
        LOG_NUMBER("bytes", request->body_bytes),    LOG_NUMBER("duration_us", request->duration_ns / 1000),
        LOG_TEXT("peer", str_view(conn->peer)),
    };
    size_t n = 7;
    if (conn->client[0])
        fields[n++] = LOG_TEXT("client", str_view(conn->client));
    if (request->cache != CACHE_UNASKED)
        fields[n++] = LOG_TEXT("cache", str_view(cache[request->cache]));
    if (conn->request_id[0])
        fields[n++] = LOG_TEXT("request_id", str_view(conn->request_id));
    if (conn->trace_id[0])
        fields[n++] = LOG_TEXT("trace_id", str_view(conn->trace_id));
    if (!request->complete)
        fields[n++] = LOG_TEXT("ended", STR("early"));
    log_line(conn->shard->log, LOG_LEVEL_INFO, "request", fields, n);
}

void request_completed(void *cls, struct MHD_Connection *connection, void **seen,
                       enum MHD_RequestTerminationCode termination)
{
    (void)cls;
    (void)seen;
    struct conn *conn = conn_of(connection);
    if (!conn)
        return;
    const union MHD_ConnectionInfo *own =
        conn->status ? NULL : MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    if (own) /* the library has refused by itself */
        conn->status = (int)own->http_status;
    struct meter_request request = {.route = conn->route,
                                    .method = str_view(conn->method),
                                    .status = conn->status,
                                    .body_bytes = conn->body_bytes,
                                    .duration_ns = now_ns() - conn->begun_ns,
                                    .cache = conn->cache,
                                    .complete = termination == MHD_REQUEST_TERMINATED_COMPLETED_OK};
    meter_note(&conn->shard->meter, &request);
    if (conn->shard->options->access_log)
        log_request(conn, &request);
    if (conn->target.capacity > KEPT_TARGET_BYTES)
        buf_release(&conn->target);
    conn_enter(conn, CONN_IDLE);
}
