/* server: HTTP/1.1 over libmicrohttpd, sockets, signals, the life of the process.
 *
 * N shards, each a single-threaded libmicrohttpd daemon on its own SO_REUSEPORT socket with its own arena: no locks between
 * requests. The only room that includes <microhttpd.h>.
 */
#ifndef ENTREPOT_SERVER_SERVER_H
#define ENTREPOT_SERVER_SERVER_H

#include "entrepot/api/api.h"
#include "entrepot/base/log.h"
#include "entrepot/base/problem.h"
#include "entrepot/server/proxies.h"

struct server_options {
    const char *listen;        /* "127.0.0.1:8080", "0.0.0.0:8080", "[::]:8080"; port 0 takes a free one */
    const char *admin;         /* the listener for metrics: an address as above; "auto": see below; NULL: none */
    unsigned shards;           /* 0: one for each processor this process may use */
    unsigned connection_limit; /* in all, over the shards */
    unsigned idle_timeout_s;   /* a connection without traffic is closed after this */
    unsigned lame_duck_ms;     /* at the end /readyz says 503 for so long while everybody is still served */
    unsigned drain_ms;         /* longest wait for open requests after that */
    size_t request_bytes;      /* memory of one request's arena, at most */
    size_t max_target_bytes;   /* longest request target; 414 above */
    bool access_log;           /* one line per request */
    struct proxies proxies;    /* whose forwarding header the log believes */
    unsigned slow_ms;          /* answers that take longer to make are logged with their question; 0: none */
};

struct server;

struct server_options server_options_default(void);

/* "auto": on the loopback address, the port behind that of `listen` (port 0: any), 127.0.0.1:8081 for 0.0.0.0:8080. When that port is taken
 * the server runs without the listener and the log says so; an address that was asked for must be free. */

/* Binds, starts all shards and returns with *out serving. `log` is borrowed until server_stop, `api` until then or until server_swap gives it
 * back. On failure nothing is
 * left running and *problem says what to do (port in use, no permission, bad address). */
enum status server_start(const struct server_options *options, const struct api *api, struct log *log,
                         struct server **out, struct problem *problem) MUST_CHECK;
/* Whether a port below 1024 is to be bound. */
bool server_needs_privilege(const struct server_options *options);
/* The port that is really listened on. */
unsigned server_port(const struct server *server);
/* That of the listener for metrics; 0: there is none. */
unsigned server_admin_port(const struct server *server);
/* From now on `api` (borrowed) answers; each answer is made by one of the two alone. Returns the one before, which nobody uses any more, or
 * NULL when memory is out: then nothing has changed. Any thread, one at a time, not during server_stop. */
const struct api *server_swap(struct server *server, const struct api *api);
/* Tells /healthz and the metrics what came of an attempt to load the data anew. Any thread, one at a time. */
void server_note_reload(struct server *server, bool ok);
/* Says "not ready" for lame_duck_ms, stops taking connections, lets requests under way finish for at most drain_ms, closes the rest, frees. */
void server_stop(struct server *server);

enum server_signal {
    SERVER_RELOAD, /* SIGHUP */
    SERVER_STOP    /* SIGTERM, SIGINT, or the terminal has gone */
};

/* Blocks SIGTERM, SIGINT and SIGHUP and ignores SIGPIPE (call before any thread starts); waits for one of the three and tells which in
 * *number. After SERVER_STOP the first two are unblocked: a second one ends the process at once. */
void server_block_signals(void);
enum server_signal server_wait_signal(int *number);

#endif
