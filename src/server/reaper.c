/* The life of connections: opened, timed, cut, closed. */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include <netinet/tcp.h>

#include "net/socket.h"
#include "shard.h"

/* libmicrohttpd's timeout restarts with every byte, so a client that drips lives for ever. These are absolute. */
#define HEAD_MS 15000    /* from the accept or the request line to the end of the head */
#define ANSWER_MS 180000 /* to take an answer: 15 MB at 0.7 Mbit/s */
#define CROWDED_MS 1000  /* idle time when there is no room left */

/* The clock's cheap form: deadlines need no more than its 4 ms. */
static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void conn_enter(struct conn *conn, enum conn_phase phase)
{
    atomic_store_explicit(&conn->since_ms, now_ms(), memory_order_relaxed);
    atomic_store_explicit(&conn->phase, (int)phase, memory_order_relaxed);
}

struct conn *conn_open(struct shard *shard, int fd, const struct sockaddr *peer)
{
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        return NULL;
    conn->shard = shard;
    conn->fd = fd;
    buf_init(&conn->target, shard->options->max_target_bytes);
    conn_enter(conn, CONN_FRESH);
    struct ip ip;
    if (peer && endpoint_ip(peer, &ip)) {
        ip_print(&ip, conn->peer);
        conn->peer_trusted = proxies_trust(&shard->options->proxies, &ip);
    }
    meter_add(&shard->meter.connections, 1);
    pthread_mutex_lock(&shard->lock);
    conn->next = shard->conns;
    if (conn->next)
        conn->next->prev = conn;
    shard->conns = conn;
    shard->n_conns++;
    atomic_store(&shard->exhausted, false);
    pthread_mutex_unlock(&shard->lock);
    return conn;
}

/* Called before the socket is closed, so that what the list holds is always open. */
void conn_close(struct conn *conn)
{
    if (!conn)
        return;
    struct shard *shard = conn->shard;
    pthread_mutex_lock(&shard->lock);
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        shard->conns = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    shard->n_conns--;
    atomic_store(&shard->exhausted, false); /* the library accepts again */
    pthread_mutex_unlock(&shard->lock);
    buf_release(&conn->target);
    free(conn);
}

size_t shard_connections(struct shard *shard)
{
    pthread_mutex_lock(&shard->lock);
    size_t n = shard->n_conns;
    pthread_mutex_unlock(&shard->lock);
    return n;
}

bool shard_needs_kicks(struct shard *shard) { return shard_connections(shard) >= QUIRK_EVENTS - QUIRK_EVENTS_OWN; }

static int64_t deadline_ms(const struct shard *shard, enum conn_phase phase, bool crowded)
{
    switch (phase) {
    case CONN_FRESH: return crowded ? CROWDED_MS : HEAD_MS;
    case CONN_ASKING: return HEAD_MS;
    case CONN_ANSWERING: return ANSWER_MS;
    case CONN_IDLE: break;
    }
    return crowded ? CROWDED_MS : (int64_t)shard->options->idle_timeout_s * 1000 + HEAD_MS;
}

static enum meter_reaped reason_of(enum conn_phase phase, bool crowded)
{
    switch (phase) {
    case CONN_ASKING: return REAPED_HEAD;
    case CONN_ANSWERING: return REAPED_ANSWER;
    case CONN_FRESH:
    case CONN_IDLE: break;
    }
    return crowded ? REAPED_CROWDED : phase == CONN_FRESH ? REAPED_HEAD : REAPED_IDLE;
}

void shard_reap(struct shard *shard, bool exhausted)
{
    int64_t now = now_ms();
    pthread_mutex_lock(&shard->lock);
    bool crowded = shard->n_conns >= shard->connection_limit || exhausted;
    for (struct conn *conn = shard->conns; conn; conn = conn->next) {
        enum conn_phase phase = (enum conn_phase)atomic_load_explicit(&conn->phase, memory_order_relaxed);
        int64_t since = atomic_load_explicit(&conn->since_ms, memory_order_relaxed);
        if (now - since <= deadline_ms(shard, phase, crowded))
            continue;
        if (!conn->reaped) {
            conn->reaped = true;
            meter_add(&shard->meter.reaped[reason_of(phase, crowded)], 1);
        }
        (void)shutdown(conn->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&shard->lock);
}

/* Whether bytes have come since the phase began: then a request is under way although its first line has not ended. The
 * kernel counts in ticks, hence the slack. */
static bool heard_since(int fd, int64_t since_ms)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return true;
    return (int64_t)info.tcpi_last_data_recv + 8 < now_ms() - since_ms;
}

void shard_dismiss_idle(struct shard *shard)
{
    pthread_mutex_lock(&shard->lock);
    for (struct conn *conn = shard->conns; conn; conn = conn->next) {
        enum conn_phase phase = (enum conn_phase)atomic_load_explicit(&conn->phase, memory_order_relaxed);
        int64_t since = atomic_load_explicit(&conn->since_ms, memory_order_relaxed);
        if ((phase == CONN_FRESH || phase == CONN_IDLE) && !heard_since(conn->fd, since))
            (void)shutdown(conn->fd, SHUT_RD);
    }
    pthread_mutex_unlock(&shard->lock);
}
