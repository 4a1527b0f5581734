/* One libmicrohttpd daemon with its socket, queue, cache and arena. */
#include "shard.h"

#include <errno.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#include "net/socket.h"

/* Memory of one connection: request head, parsed fields and reply head. It is the limit of a request head, and what ten
 * thousand idle connections cost. */
#define POOL_BYTES ((size_t)12 * 1024)
#define NOTICES_A_SECOND 5
#define EXHAUSTED_PAUSE_MS 50

/* The reaper must know of it; a thread that has nobody to serve may as well sleep. */
static void note_exhaustion(struct shard *shard, const char *format)
{
    struct timespec rest = {.tv_nsec = EXHAUSTED_PAUSE_MS * 1000000L};
    enum quirk_exhausted exhausted = quirk_exhausted(format);
    if (exhausted != QUIRK_NOT_EXHAUSTED)
        atomic_store(&shard->exhausted, true);
    if (exhausted == QUIRK_EXHAUSTED_ALONE)
        (void)nanosleep(&rest, NULL);
}

/* What libmicrohttpd has to say often quotes the client; the log escapes and cuts it, and a flood is cut to a trickle. */
__attribute__((format(printf, 2, 0))) static void library_says(void *cls, const char *format, va_list args)
{
    struct shard *shard = cls;
    int64_t second = (int64_t)time(NULL);
    note_exhaustion(shard, format);
    if (atomic_exchange(&shard->notice_second, second) != second)
        atomic_store(&shard->notices, 0);
    if (atomic_fetch_add(&shard->notices, 1) >= NOTICES_A_SECOND) {
        atomic_fetch_add(&shard->withheld, 1);
        return;
    }
    char text[512];
    int n = vsnprintf(text, sizeof text, format, args);
    struct str message = str_span(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    while (message.n && (message.p[message.n - 1] == '\n' || message.p[message.n - 1] == ' '))
        message.n--;
    struct log_field fields[] = {LOG_TEXT("message", message),
                                 LOG_NUMBER("withheld", atomic_exchange(&shard->withheld, 0))};
    log_line(shard->log, LOG_LEVEL_WARNING, "http_library", fields, 2);
}

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context)
            request_forget(*context);
        conn_close(*context);
        *context = NULL;
        return;
    }
    /* What the library tells lives until the next question: newer versions have one place for all answers. */
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int fd = info ? info->connect_fd : -1;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *context = fd < 0 ? NULL : conn_open(cls, fd, info ? info->client_addr : NULL);
}

void shard_kick(struct shard *shard) { quirk_kick(shard->kick); }

enum status shard_start(struct shard *shard, int listener, struct problem *problem)
{
    shard->listener = listener;
    shard->arena = shard_take_arena(shard);
    cache_init(&shard->cache);
    if (!shard->arena || !meter_init(&shard->meter)) {
        close(listener);
        cache_release(&shard->cache);
        free(shard->arena);
        return problem_set(problem, ST_NO_MEMORY, "server", "out of memory");
    }
    request_ids_init(&shard->ids);
    pthread_mutex_init(&shard->lock, NULL);
    queue_init(&shard->queue);
    shard->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        request_handle, shard, MHD_OPTION_EXTERNAL_LOGGER, library_says,
        shard,                              /* must come first: the others may complain */
        MHD_OPTION_LISTEN_SOCKET, listener, /* */
        MHD_OPTION_CONNECTION_LIMIT, shard->connection_limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, shard->options->idle_timeout_s, QUIRK_STRICTNESS, /* */
        MHD_OPTION_UNESCAPE_CALLBACK, quirk_leave_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK, request_target_seen,
        shard, MHD_OPTION_NOTIFY_COMPLETED, request_completed, shard, MHD_OPTION_NOTIFY_CONNECTION, connection_changed,
        shard, MHD_OPTION_END);
    if (shard->daemon) {
        shard->kick = quirk_kick_open(shard->daemon);
        return ST_OK;
    }
    /* The library has closed the listener on most ways to fail, and to close it twice could hit somebody else's. */
    free(shard->arena);
    cache_release(&shard->cache);
    meter_release(&shard->meter);
    queue_release(&shard->queue);
    pthread_mutex_destroy(&shard->lock);
    return problem_set(problem, ST_IO, "server", "cannot start a listening thread: %s", strerror(errno));
}

unsigned shard_quiesce(struct shard *shard)
{
    shard->quiesced = MHD_quiesce_daemon(shard->daemon) != MHD_INVALID_SOCKET;
    if (!shard->quiesced)
        return 0;
    unsigned n = 0;
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    int fd;
    while ((fd = accept4(shard->listener, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        n += MHD_add_connection(shard->daemon, fd, (struct sockaddr *)&peer, size) == MHD_YES;
        size = sizeof peer;
    }
    /* Not close: the daemon's thread may still hold the number. Whoever comes now is refused at once. */
    (void)shutdown(shard->listener, SHUT_RDWR);
    return n;
}

void shard_stop(struct shard *shard)
{
    queue_close(&shard->queue); /* the library cannot stop while somebody is suspended */
    MHD_stop_daemon(shard->daemon);
    queue_release(&shard->queue);
    if (shard->quiesced)
        close(shard->listener);
    if (shard->kick >= 0)
        close(shard->kick);
    pthread_mutex_destroy(&shard->lock);
    cache_release(&shard->cache);
    meter_release(&shard->meter);
    for (size_t i = 0; i < 2; i++) {
        struct arena *arena = i ? shard->spare : shard->arena;
        if (arena)
            arena_release(arena);
        free(arena);
    }
}
