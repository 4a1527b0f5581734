/* All shards together: start, drain, stop. */
#include "entrepot/server/server.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "admin/admin.h"
#include "net/socket.h"
#include "shard.h"

#define SHARDS_MAX 256
#define REAP_MS 200 /* between two looks at the connections' deadlines */
#define KICK_MS 10
#define HANDSHAKE_MS 20 /* for handshakes under way to end, and for the shards to see what they were given */
#define OTHER_FILES 32u /* descriptors besides those of connections and shards; the admin listener's are among them */

struct server {
    struct server_options options;
    struct log *log;
    struct life life;
    struct editions editions;
    struct probe probe;
    struct admin admin;
    unsigned port, n_shards;
    pthread_t reaper;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop; /* lock */
    struct shard shards[];
};

struct server_options server_options_default(void)
{
    return (struct server_options){
        .listen = "127.0.0.1:8080",
        .shards = 0,
        .connection_limit = 16384,
        .idle_timeout_s = 75, /* longer than the 60 s for which proxies keep a connection to us */
        .lame_duck_ms = 100,
        .drain_ms = 8000, /* containers are killed after 10 s */
        .request_bytes = (size_t)64 << 20,
        .max_target_bytes = 4096,
        .access_log = true,
        .slow_ms = 250,
    };
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
    struct timespec rest = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

static unsigned shard_count(unsigned wanted)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    if (wanted == 0)
        wanted = n > 0 ? (unsigned)n : 1;
    return wanted < SHARDS_MAX ? wanted : SHARDS_MAX;
}

/* Raises the limit of open files to what the connections need; lowers the connections where the system does not allow it. */
static void fit_connections(struct server *server)
{
    rlim_t need = (rlim_t)server->options.connection_limit + OTHER_FILES + (rlim_t)4 * server->n_shards;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= need)
        return;
    files.rlim_cur = files.rlim_max < need ? files.rlim_max : need;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur >= need)
        return;
    rlim_t spare = files.rlim_cur > need - server->options.connection_limit
                       ? files.rlim_cur - (need - server->options.connection_limit)
                       : server->n_shards;
    struct log_field fields[] = {LOG_NUMBER("wanted", server->options.connection_limit), LOG_NUMBER("taken", spare)};
    log_line(server->log, LOG_LEVEL_WARNING, "connection_limit_lowered", fields, 2);
    server->options.connection_limit = (unsigned)spare;
}

/* ---- the reaper's thread ---- */

/* Kicks the shards that need it; whether there is one. */
static bool kick(struct server *server)
{
    bool any = false;
    for (unsigned i = 0; i < server->n_shards; i++)
        if (shard_needs_kicks(&server->shards[i])) {
            shard_kick(&server->shards[i]);
            any = true;
        }
    return any;
}

/* Descriptors are the whole process's: who lacks one may get another shard's. */
static void reap_all(struct server *server)
{
    bool exhausted = false;
    for (unsigned i = 0; i < server->n_shards; i++)
        exhausted = exhausted || atomic_load(&server->shards[i].exhausted);
    for (unsigned i = 0; i < server->n_shards; i++)
        shard_reap(&server->shards[i], exhausted);
}

static void *reap(void *argument)
{
    struct server *server = argument;
    bool kicking = false;
    int64_t reaped_ms = now_ms();
    pthread_mutex_lock(&server->lock);
    while (!server->stop) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (kicking ? KICK_MS : REAP_MS) * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&server->wake, &server->lock, &until);
        kicking = kick(server);
        if (now_ms() - reaped_ms < REAP_MS / 2)
            continue;
        reaped_ms = now_ms();
        reap_all(server);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void stop_reaper(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stop = true;
    pthread_cond_signal(&server->wake);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->reaper, NULL);
}

/* ---- start ---- */

static void discard(struct server *server, unsigned n_running)
{
    admin_stop(&server->admin);
    for (unsigned i = 0; i < n_running; i++)
        shard_stop(&server->shards[i]);
    pthread_cond_destroy(&server->wake);
    pthread_mutex_destroy(&server->lock);
    editions_release(&server->editions);
    probe_close(&server->probe);
    free(server);
}

/* Starts the shards on their sockets; on failure those that did not come up are closed, the others are counted in *running. */
static enum status start_shards(struct server *server, const int *listeners, unsigned *running, struct problem *problem)
{
    unsigned n = server->n_shards, limit = server->options.connection_limit / n;
    for (unsigned i = 0; i < n; i++) {
        struct shard *shard = &server->shards[i];
        shard->options = &server->options;
        shard->editions = &server->editions;
        shard->place = i;
        shard->log = server->log;
        shard->life = &server->life;
        shard->connection_limit = limit ? limit : 1;
        enum status status = shard_start(shard, listeners[i], problem);
        if (status != ST_OK) {
            for (unsigned j = i + 1; j < n; j++)
                close(listeners[j]);
            return status;
        }
        (*running)++;
    }
    return ST_OK;
}

/* The loopback address of the listener's family, and the port behind its. */
static enum status auto_address(const char *listen, char *text, size_t room, struct problem *problem)
{
    struct endpoint endpoint;
    enum status status = endpoint_read(listen, &endpoint, problem);
    unsigned port = status == ST_OK ? endpoint_port(&endpoint) : 0;
    (void)snprintf(text, room, "127.0.0.1:%u", port && port < 65535 ? port + 1 : 0);
    return status;
}

static enum status start_admin(struct server *server, struct problem *problem)
{
    const char *address = server->options.admin;
    char text[32];
    server->admin.source = (struct metrics_source){.shards = server->shards,
                                                   .n_shards = server->n_shards,
                                                   .life = &server->life,
                                                   .probe = &server->probe,
                                                   .log = server->log};
    server->admin.editions = &server->editions;
    server->admin.place = server->n_shards;
    if (!address)
        return ST_OK;
    if (strcmp(address, "auto") != 0)
        return admin_start(&server->admin, address, problem);
    enum status status = auto_address(server->options.listen, text, sizeof text, problem);
    if (status == ST_OK && admin_start(&server->admin, text, problem) != ST_OK)
        log_problem(server->log, LOG_LEVEL_WARNING, "no_admin", problem, NULL, 0);
    return status;
}

static void log_start(const struct server *server)
{
    struct log_field fields[] = {
        LOG_TEXT("listen", str_view(server->options.listen)),
        LOG_NUMBER("port", server->port),
        LOG_NUMBER("admin_port", server->admin.port),
        LOG_NUMBER("shards", server->n_shards),
        LOG_NUMBER("connection_limit", server->options.connection_limit),
        LOG_TEXT("libmicrohttpd", str_view(MHD_get_version())),
    };
    log_line(server->log, LOG_LEVEL_INFO, "listening", fields, sizeof fields / sizeof fields[0]);
}

enum status server_start(const struct server_options *options, const struct api *api, struct log *log,
                         struct server **out, struct problem *problem)
{
    unsigned n = shard_count(options->shards), running = 0;
    struct server *server = calloc(1, sizeof *server + n * sizeof server->shards[0]);
    if (!server || !editions_init(&server->editions, api, n + 1)) {
        free(server);
        return problem_set(problem, ST_NO_MEMORY, "server", "no memory for %u shards", n);
    }
    server->options = *options;
    server->log = log;
    server->n_shards = n;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->wake, NULL);
    fit_connections(server);
    probe_open(&server->probe);
    int listeners[SHARDS_MAX];
    enum status status = socket_listen(options->listen, n, listeners, &server->port, problem);
    if (status == ST_OK)
        status = start_shards(server, listeners, &running, problem);
    if (status == ST_OK)
        status = start_admin(server, problem);
    if (status == ST_OK && pthread_create(&server->reaper, NULL, reap, server) != 0)
        status = problem_set(problem, ST_IO, "server", "cannot start a thread: %s", strerror(errno));
    if (status != ST_OK) {
        discard(server, running);
        return status;
    }
    log_start(server);
    *out = server;
    return ST_OK;
}

static bool is_low(const char *address)
{
    struct endpoint endpoint;
    unsigned port = address && endpoint_read(address, &endpoint, NULL) == ST_OK ? endpoint_port(&endpoint) : 0;
    return port > 0 && port < IPPORT_RESERVED;
}

bool server_needs_privilege(const struct server_options *options)
{
    return is_low(options->listen) || is_low(options->admin);
}

unsigned server_port(const struct server *server) { return server->port; }
unsigned server_admin_port(const struct server *server) { return server->admin.port; }

const struct api *server_swap(struct server *server, const struct api *api)
{
    return edition_swap(&server->editions, api);
}

void server_note_reload(struct server *server, bool ok)
{
    struct life *life = &server->life;
    atomic_fetch_add(ok ? &life->reloads_ok : &life->reloads_failed, 1);
    atomic_store(&life->reload_failed, !ok);
    atomic_store(&life->reloaded_s, (int64_t)time(NULL));
}

/* ---- stop ---- */

static size_t open_connections(struct server *server)
{
    size_t n = 0;
    for (unsigned i = 0; i < server->n_shards; i++)
        n += shard_connections(&server->shards[i]);
    return n;
}

/* Waits until the last connection has gone, dismissing those that ask nothing. */
static void wait_for_the_last(struct server *server, int64_t until_ms)
{
    while (open_connections(server) > 0 && now_ms() < until_ms) {
        for (unsigned i = 0; i < server->n_shards; i++)
            shard_dismiss_idle(&server->shards[i]);
        sleep_ms(5);
    }
}

/* First the answers say "close" while everybody may still come in; then the door shuts, but who already stood in it is served;
 * then the ones inside finish. libmicrohttpd's own stop would cut all three. */
static void drain(struct server *server)
{
    atomic_store(&server->life.draining, true);
    sleep_ms((long)server->options.lame_duck_ms);
    int64_t until_ms = now_ms() + (int64_t)server->options.drain_ms;
    for (unsigned i = 0; i < server->n_shards; i++)
        socket_refuse_new(server->shards[i].listener);
    sleep_ms(HANDSHAKE_MS);
    unsigned taken = 0;
    for (unsigned i = 0; i < server->n_shards; i++)
        taken += shard_quiesce(&server->shards[i]);
    if (taken)
        sleep_ms(HANDSHAKE_MS);
    wait_for_the_last(server, until_ms);
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    log_line(server->log, LOG_LEVEL_INFO, "draining", &LOG_NUMBER("connections", open_connections(server)), 1);
    drain(server);
    stop_reaper(server);
    log_line(server->log, LOG_LEVEL_INFO, "stopped", &LOG_NUMBER("connections_cut", open_connections(server)), 1);
    discard(server, server->n_shards);
}
