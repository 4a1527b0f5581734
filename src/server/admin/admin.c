/* The operator's listener: metrics and health, apart from the public port. */
#include "admin.h"

#include <errno.h>
#include <unistd.h>

#include "server/net/socket.h"

#define CONNECTIONS 8u
#define POOL_BYTES ((size_t)8 * 1024)
#define IDLE_S 20u
#define REQUEST_BYTES ((size_t)1 << 20)
#define METRICS_BYTES ((size_t)8 << 20)
#define HEADERS_MAX 2 /* of a reply that is made here */

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct api_reply *reply)
{
    size_t n = reply->body.n;
    char *bytes = buf_take(&reply->body);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(n, bytes, free, bytes);
    if (!response) {
        free(bytes);
        return MHD_NO;
    }
    for (size_t i = 0; i < reply->n_headers; i++)
        (void)response_header(response, reply->header[i].name, reply->header[i].value);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Whether the client would rather have OpenMetrics: it lists it, and not with the weight 0. */
static bool wants_open_metrics(struct str accept)
{
    while (accept.p) {
        struct str one = str_trim(str_cut(&accept, ',')), type = str_trim(str_cut(&one, ';'));
        if (!str_eq_nocase(type, STR("application/openmetrics-text")))
            continue;
        while (one.p) {
            struct str parameter = str_trim(str_cut(&one, ';'));
            if (str_is(parameter, "q=0") || str_starts(parameter, STR("q=0.0")))
                return false;
        }
        return true;
    }
    return false;
}

static void answer_metrics(struct admin *admin, struct str accept, struct api_reply *reply)
{
    bool open = wants_open_metrics(accept);
    *reply = (struct api_reply){.status = MHD_HTTP_OK, .n_headers = HEADERS_MAX};
    buf_init(&reply->body, METRICS_BYTES);
    reply->header[0] = (struct api_header){"Content-Type", open ? STR(METRICS_OPEN_TYPE) : STR(METRICS_TEXT_TYPE)};
    reply->header[1] = (struct api_header){"Cache-Control", STR("no-store")};
    struct metrics_source source = admin->source;
    source.edition = edition_hold(admin->editions, admin->place);
    metrics_write(&source, open, &reply->body);
    edition_drop(admin->editions, admin->place);
    if (reply->body.failed) {
        buf_reset(&reply->body);
        reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    }
}

/* The health that the public sees too, for whoever may only come here. */
static bool is_health(struct str path)
{
    return str_is(path, "/livez") || str_is(path, "/readyz") || str_is(path, "/healthz");
}

static void answer(struct admin *admin, const struct api_request *request, struct api_reply *reply)
{
    bool read = str_is(request->method, "GET") || str_is(request->method, "HEAD");
    if (!read) {
        api_refuse(&admin->arena, MHD_HTTP_METHOD_NOT_ALLOWED, STR("this listener answers GET and HEAD"),
                   request->target, reply);
    } else if (str_is(request->target, "/metrics")) {
        answer_metrics(admin, request->accept, reply);
    } else if (is_health(request->target)) {
        const struct edition *edition = edition_hold(admin->editions, admin->place);
        api_answer(edition->api, &admin->arena, request, reply);
        edition_drop(admin->editions, admin->place);
    } else {
        api_refuse(&admin->arena, MHD_HTTP_NOT_FOUND, STR("here are /metrics, /livez, /readyz and /healthz"),
                   request->target, reply);
    }
}

/* As in request.c: an answer on the first call would close the connection. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_bytes, void **seen)
{
    (void)version;
    (void)upload;
    struct admin *admin = cls;
    if (!*seen) {
        *seen = admin;
        return MHD_YES;
    }
    if (*upload_bytes) {
        *upload_bytes = 0;
        return MHD_YES;
    }
    struct api_process process = life_process(admin->source.life);
    struct api_request request = {.method = str_view(method), .target = str_view(url), .process = &process};
    struct api_reply reply = {.status = 0};
    request.accept = str_view(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept"));
    answer(admin, &request, &reply);
    enum MHD_Result result = send_reply(connection, &reply);
    arena_reset(&admin->arena);
    return result;
}

enum status admin_start(struct admin *admin, const char *address, struct problem *problem)
{
    int listener;
    enum status status = socket_listen(address, 1, &listener, &admin->port, problem);
    if (status != ST_OK) {
        (void)snprintf(problem->place, sizeof problem->place, "--admin %.200s", address);
        return problem_cure(problem, status,
                            "write --admin 127.0.0.1:8081, say, with a port that is free, or --admin off");
    }
    arena_init(&admin->arena, REQUEST_BYTES);
    admin->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, handle, admin,
                         MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
                         QUIRK_STRICTNESS, MHD_OPTION_UNESCAPE_CALLBACK, quirk_leave_escaped, NULL, MHD_OPTION_END);
    return admin->daemon
               ? ST_OK
               : problem_set(problem, ST_IO, "--admin", "cannot start a listening thread: %s", strerror(errno));
}

void admin_stop(struct admin *admin)
{
    if (!admin->daemon)
        return;
    MHD_stop_daemon(admin->daemon);
    arena_release(&admin->arena);
    admin->daemon = NULL;
}
