#include <time.h>

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

/* libmicrohttpd parses the arguments right after this call and, given enough of them, runs out of its pool without a word to the
 * client. So the target is copied and the query cut off in place: `text` is the library's own, writable buffer. */
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
    conn->method[0] = conn->request_id[0] = '\0';
    conn->headers = (struct request_headers){.repeated = false};
    conn_enter(conn, CONN_ASKING);
    conn->target_bytes = strlen(target);
    size_t most = conn->shard->options->max_target_bytes;
    buf_reset(&conn->target);
    buf_add(&conn->target, str_span(target, conn->target_bytes < most ? conn->target_bytes : most));
    char *query = strchr(target, '?');
    if (query)
        query[1] = '\0';
    return NULL; /* what is returned becomes the handler's *seen, and NULL says: not seen yet */
}

/* ---- headers ---- */

struct walk {
    struct guard_facts facts;
    struct conn *conn;
};

static bool sound_id(struct str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '"' || id.p[i] == '\\')
            return false;
    return id.n > 0 && id.n < sizeof((struct conn *)0)->request_id;
}

static void take(struct request_headers *headers, struct str *slot, struct str value)
{
    headers->repeated = headers->repeated || slot->p;
    *slot = value;
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
    } else if (str_eq_nocase(name, STR("X-Request-Id")) && sound_id(value)) {
        memcpy(conn->request_id, value.p, value.n);
        conn->request_id[value.n] = '\0';
    }
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
                        ? arena_printf(&join->shard->arena, "%.*s, %.*s", STR_ARG(join->all), (int)value_n, value)
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

/* ---- replies ---- */

static bool add_header(struct MHD_Response *response, struct arena *arena, const struct api_header *header)
{
    char text[512];
    const char *value = text;
    if (header->value.n < sizeof text) {
        memcpy(text, header->value.n ? header->value.p : "", header->value.n);
        text[header->value.n] = '\0';
    } else {
        value = arena_str(arena, header->value).p;
    }
    return value && MHD_add_response_header(response, header->name, value) == MHD_YES;
}

/* The response without what belongs to one request only. `kept`: it will go out again and again, so the time it took to make
 * says nothing. */
static struct MHD_Response *make_response(struct shard *shard, struct api_reply *reply, bool kept)
{
    size_t n = reply->body.n;
    char *bytes = buf_take(&reply->body);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(n, bytes, free, bytes);
    if (!response) {
        free(bytes);
        return NULL;
    }
    for (size_t i = 0; i < reply->n_headers; i++) {
        struct api_header header = reply->header[i];
        if (kept && str_eq_nocase(str_view(header.name), STR("Server-Timing")))
            header.value = STR("cache;desc=\"kept\"");
        if (!add_header(response, &shard->arena, &header))
            log_line(shard->log, LOG_ERROR, "header_lost", &LOG_TEXT("name", str_view(header.name)), 1);
    }
    if (reply->status == MHD_HTTP_NOT_MODIFIED && n == 0)
        mhd_compat_no_length(response);
    return response;
}

/* Queues the response, which stays the caller's; MHD_NO, which cuts the connection, when memory is out. */
static enum MHD_Result queue(struct conn *conn, struct MHD_Connection *connection, const struct cache_entry *answer)
{
    conn->status = answer->status;
    conn->route = answer->route;
    conn->body_bytes = strcmp(conn->method, "HEAD") == 0 ? 0 : answer->body_bytes;
    conn_enter(conn, CONN_ANSWERING);
    return MHD_queue_response(connection, (unsigned)answer->status, answer->response);
}

/* Hands the reply over, and drops what the arena holds. A reply that is the same for everybody who asks this is kept. */
static enum MHD_Result send_reply(struct conn *conn, struct MHD_Connection *connection, struct api_reply *reply,
                                  const struct cache_key *key, bool close)
{
    struct shard *shard = conn->shard;
    struct cache_entry answer = {
        .status = reply->status, .route = reply->route ? reply->route : "-", .body_bytes = reply->body.n};
    bool keep = key && cache_wants(&shard->cache, key, reply, answer.body_bytes);
    answer.response = make_response(shard, reply, keep);
    enum MHD_Result result = MHD_NO;
    if (answer.response) {
        if (conn->request_id[0])
            (void)MHD_add_response_header(answer.response, "X-Request-Id", conn->request_id);
        if (close)
            (void)MHD_add_response_header(answer.response, MHD_HTTP_HEADER_CONNECTION, "close");
        result = queue(conn, connection, &answer);
        if (keep)
            cache_keep(&shard->cache, key, &answer);
        else
            MHD_destroy_response(answer.response);
    }
    arena_reset(&shard->arena);
    return result;
}

static void join_repeated(struct shard *shard, struct MHD_Connection *connection, struct request_headers *headers)
{
    headers->accept = joined(shard, connection, "Accept");
    headers->accept_encoding = joined(shard, connection, "Accept-Encoding");
    headers->if_none_match = joined(shard, connection, "If-None-Match");
}

static enum MHD_Result answer(struct conn *conn, struct MHD_Connection *connection, struct str method, bool close)
{
    struct shard *shard = conn->shard;
    struct request_headers *headers = &conn->headers;
    if (headers->repeated)
        join_repeated(shard, connection, headers);
    close = close || atomic_load_explicit(shard->draining, memory_order_relaxed);
    struct api_request request = {.method = method,
                                  .target = buf_view(&conn->target),
                                  .accept = headers->accept,
                                  .accept_encoding = headers->accept_encoding,
                                  .if_none_match = headers->if_none_match};
    struct cache_key key;                           /* large, and filled by cache_key_make */
    bool keepable = !close && !conn->request_id[0]; /* kept responses carry nothing of one request */
    if (keepable) {
        cache_key_make(&key, &request);
        const struct cache_entry *entry = cache_find(&shard->cache, &key);
        if (entry)
            return queue(conn, connection, entry);
    }
    struct api_reply reply = {.status = 0};
    api_answer(shard->api, &shard->arena, &request, &reply);
    return send_reply(conn, connection, &reply, keepable ? &key : NULL, close);
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
    if (conn->target.failed)
        return MHD_NO;
    struct guard_verdict verdict = guard_judge(&walk.facts, most);
    if (verdict.status) {
        struct api_reply reply = {.status = 0};
        api_refuse(&conn->shard->arena, verdict.status, verdict.detail, walk.facts.target, &reply);
        return send_reply(conn, connection, &reply, NULL, true);
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

static void log_request(const struct conn *conn, bool complete)
{
    struct log_field fields[9] = {
        LOG_TEXT("method", str_view(conn->method)), LOG_TEXT("target", buf_view(&conn->target)),
        LOG_TEXT("route", str_view(conn->route)),   LOG_NUMBER("status", conn->status),
        LOG_NUMBER("bytes", conn->body_bytes),      LOG_NUMBER("duration_us", (now_ns() - conn->begun_ns) / 1000),
        LOG_TEXT("peer", str_view(conn->peer)),
    };
    size_t n = 7;
    if (conn->request_id[0])
        fields[n++] = LOG_TEXT("request_id", str_view(conn->request_id));
    if (!complete)
        fields[n++] = LOG_TEXT("ended", STR("early"));
    log_line(conn->shard->log, LOG_INFO, "request", fields, n);
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
    if (conn->shard->options->access_log)
        log_request(conn, termination == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    if (conn->target.capacity > KEPT_TARGET_BYTES)
        buf_release(&conn->target);
    conn_enter(conn, CONN_IDLE);
}
