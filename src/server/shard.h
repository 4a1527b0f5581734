/* shard: one single-threaded libmicrohttpd daemon on its own socket, and its connections.
 *
 * What a shard needs to answer (arena, cache) is touched by its daemon's thread alone. The list of its connections is shared
 * with the reaper, under a lock that is taken when a connection opens and closes, not per request.
 */
#ifndef ENTREPOT_SERVER_SHARD_H
#define ENTREPOT_SERVER_SHARD_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "admin/meter.h"
#include "cache.h"
#include "edition.h"
#include "entrepot/server/server.h"
#include "guard.h"
#include "life.h"
#include "queue.h"
#include "request_id.h"

/* What a connection does. Each phase has its own deadline, see reaper.c. */
enum conn_phase {
    CONN_FRESH,     /* accepted, has not asked yet */
    CONN_ASKING,    /* a request line has come, its headers have not ended */
    CONN_ANSWERING, /* an answer is made or being sent */
    CONN_IDLE       /* answered, kept alive */
};

struct request_headers {
    struct str accept, accept_encoding, if_none_match; /* borrowed from the connection's pool */
    struct str request_id, trace_id;                   /* sound ones only */
    struct str forwarded;                              /* from a proxy of ours only */
    bool repeated;                                     /* one of the first three came more than once */
    bool forwarded_repeated;
};

struct conn {
    struct conn *prev, *next; /* shard's lock */
    bool reaped;              /* shard's lock: it was cut and is counted */
    struct shard *shard;
    int fd;
    _Atomic int phase;        /* enum conn_phase */
    _Atomic int64_t since_ms; /* when the phase began; monotonic */
    struct buf target;        /* raw, of the request in hand; at most max_target_bytes of it */
    size_t target_bytes;      /* its whole length */
    struct request_headers headers;
    struct queue_place place;
    struct pending *pending; /* the request that waits in the queue, see request.c; or NULL */
    int64_t begun_ns;
    int status; /* 0: no reply of ours */
    size_t body_bytes;
    const char *route;
    char method[16];
    enum meter_cache cache;
    char request_id[REQUEST_ID_MAX + 1];
    char trace_id[REQUEST_ID_BYTES + 1]; /* of a valid traceparent, or empty */
    bool peer_trusted;                   /* a proxy of ours */
    char peer[INET6_ADDRSTRLEN];
    char client[INET6_ADDRSTRLEN]; /* for whom a proxy of ours asks; empty: for itself or nobody knows */
};

struct shard {
    const struct server_options *options;
    struct editions *editions;
    unsigned place; /* in editions */
    struct log *log;
    const struct life *life;
    unsigned connection_limit; /* this shard's part */
    int listener;              /* ours from the time the daemon is quiesced */
    bool quiesced;
    struct MHD_Daemon *daemon;
    int kick;                    /* an eventfd in the daemon's epoll set, see quirk_kick_open; -1: none */
    struct arena *arena, *spare; /* of the request in hand; one for the next that must wait, or NULL */
    struct cache cache;
    struct queue queue;
    struct meter meter;
    struct request_ids ids;
    uint64_t cached; /* number of the edition that the cache is of */
    pthread_mutex_t lock;
    struct conn *conns;            /* lock */
    size_t n_conns;                /* lock */
    atomic_bool exhausted;         /* the last client who came found no descriptor */
    _Atomic int64_t notice_second; /* the library's messages are logged a few a second */
    _Atomic unsigned notices, withheld;
};

/* shard.c: starts a daemon on `listener`, which it owns from then on, success or not. The shard's options, editions,
 * place, log, life and connection_limit are set. */
enum status shard_start(struct shard *shard, int listener, struct problem *problem) MUST_CHECK;
/* Takes over the connections that wait in the queue and listens no more. Returns how many they were. */
unsigned shard_quiesce(struct shard *shard);
/* Wakes the daemon's thread if it could sleep on work, see QUIRK_EVENTS. */
void shard_kick(struct shard *shard);
/* Stops the thread, closes what is open, frees. */
void shard_stop(struct shard *shard);

/* arenas.c: an empty arena for a request, NULL when memory is out; and back, with all that it holds. */
struct arena *shard_take_arena(struct shard *shard);
void shard_give_arena(struct shard *shard, struct arena *arena);

/* reaper.c: the life of connections. */
struct conn *conn_open(struct shard *shard, int fd, const struct sockaddr *peer); /* NULL: out of memory */
void conn_close(struct conn *conn);
void conn_enter(struct conn *conn, enum conn_phase phase);
size_t shard_connections(struct shard *shard);
/* Whether so many connections are open that the shard must be kicked. */
bool shard_needs_kicks(struct shard *shard);
/* Cuts the connections whose phase has lasted too long; when the shard is full or the process has no descriptors left, those that have been
 * idle for a second. */
void shard_reap(struct shard *shard, bool exhausted);
/* Tells the idle ones that the conversation is over; whatever they have already sent is still read. */
void shard_dismiss_idle(struct shard *shard);

/* request.c: drops the request that waits on this connection, if there is one. */
void request_forget(struct conn *conn);
/* libmicrohttpd's callbacks; cls is the shard. */
void *request_target_seen(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_bytes, void **seen);
void request_completed(void *cls, struct MHD_Connection *connection, void **seen,
                       enum MHD_RequestTerminationCode termination);

#endif
