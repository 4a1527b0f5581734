#include "soak/callers.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "http/raw_client.h"
#include "siege/process.h"

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int request_of(const char *target, char *into, size_t room)
{
    return snprintf(into, room, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
}

static void copy_tag(const struct raw_reply *reply, char *into, size_t room)
{
    (void)snprintf(into, room, "%.*s", STR_ARG(raw_header(reply, "ETag")));
}

bool version_learn(struct version *version, unsigned port, const char *target)
{
    struct raw_client client;
    struct raw_reply reply;
    char request[1024];
    *version = (struct version){.etag = ""};
    buf_init(&version->body, (size_t)64 << 20);
    (void)request_of(target, request, sizeof request);
    if (!raw_connect(&client, port))
        return false;
    bool ok = raw_ask(&client, request, &reply) == RAW_OK && reply.status == 200 && raw_header(&reply, "ETag").n > 0;
    if (ok) {
        copy_tag(&reply, version->etag, sizeof version->etag);
        buf_add(&version->body, reply.body);
    }
    raw_close(&client);
    return ok;
}

void version_release(struct version *version) { buf_release(&version->body); }

/* Which version the answer is; n_versions: none. */
static size_t version_of(const struct callers *callers, const struct raw_reply *reply)
{
    char tag[80];
    size_t i = 0;
    copy_tag(reply, tag, sizeof tag);
    while (i < callers->n_versions && !(reply->status == 200 && strcmp(tag, callers->version[i].etag) == 0 &&
                                        str_eq(reply->body, buf_view(&callers->version[i].body))))
        i++;
    return i;
}

/* Whether the server has closed (or has begun to say something unasked). */
static bool gone(const struct raw_client *client)
{
    struct pollfd p = {.fd = client->fd, .events = POLLIN};
    return poll(&p, 1, 0) != 0;
}

static void note_time(struct callers *callers, int64_t us)
{
    unsigned log = 0;
    while (us > 1 && log < 23) {
        us /= 2;
        log++;
    }
    atomic_fetch_add(&callers->microseconds[log], 1);
}

/* One request and its answer. False when this connection is at its end. */
static bool call(struct callers *callers, struct raw_client *client, const char *request)
{
    struct raw_reply reply;
    if (gone(client))
        return false;
    int64_t begin = clock_us();
    if (raw_ask(client, request, &reply) != RAW_OK) {
        atomic_fetch_add(&callers->lost, 1);
        return false;
    }
    note_time(callers, clock_us() - begin);
    atomic_fetch_add(&callers->answered, 1);
    size_t v = version_of(callers, &reply);
    atomic_fetch_add(v < callers->n_versions ? &callers->of_version[v] : &callers->wrong, 1);
    if (callers->pause_ms)
        pause_ms(callers->pause_ms);
    return !str_eq_nocase(raw_header(&reply, "Connection"), STR("close"));
}

static void *keep_calling(void *argument)
{
    struct callers *callers = argument;
    char request[1024];
    (void)request_of(callers->target, request, sizeof request);
    while (!atomic_load(&callers->stop)) {
        struct raw_client client;
        if (!raw_connect(&client, callers->port)) {
            atomic_fetch_add(&callers->refused, 1);
            break;
        }
        if (callers->timeout_ms)
            client.timeout_ms = callers->timeout_ms;
        while (!atomic_load(&callers->stop) && call(callers, &client, request))
            continue;
        raw_close(&client);
    }
    return NULL;
}

bool callers_start(struct callers *callers)
{
    pthread_t *threads = calloc(callers->n_threads, sizeof *threads);
    callers->threads = threads;
    for (unsigned i = 0; threads && i < callers->n_threads; i++)
        if (pthread_create(&threads[i], NULL, keep_calling, callers) != 0)
            return false;
    return threads != NULL;
}

void callers_stop(struct callers *callers)
{
    pthread_t *threads = callers->threads;
    atomic_store(&callers->stop, true);
    for (unsigned i = 0; i < callers->n_threads; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    callers->threads = NULL;
}

unsigned long callers_quantile_us(struct callers *callers, unsigned thousandths)
{
    unsigned long all = atomic_load(&callers->answered), below = 0;
    unsigned log = 0;
    while (log < 23 && (below += atomic_load(&callers->microseconds[log])) * 1000 < all * thousandths)
        log++;
    return 2UL << log;
}
