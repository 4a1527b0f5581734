/* queue: the costly requests of a shard, one after the other.
 *
 * A shard answers in the order in which requests come. One that reads millions of observations takes tens of milliseconds, and a few dozen
 * of them together would keep everybody else waiting for seconds. So a costly request waits, suspended, until it is its turn, and there is
 * one turn in each round of the daemon's loop: a cheap one waits for one costly one at most.
 *
 * A request enters once its price is known, which is before anything is read; what is known of it by then waits with it.
 * Touched by the shard's thread; queue_close by the one that ends the server. Private to src/server.
 */
#ifndef SERVER_QUEUE_H
#define SERVER_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "mhd/quirks.h"

#define QUEUE_COSTLY 100000 /* observations: half a millisecond and more */
#define QUEUE_MAX 256       /* requests that wait in one shard */

struct queue {
    pthread_mutex_t lock;
    struct queue_place *first, *last; /* those that wait */
    atomic_size_t waiting;
    bool taken; /* somebody's turn has come and is not over */
    bool closed;
};

/* A connection's place in the queue. */
struct queue_place {
    struct MHD_Connection *connection;
    struct queue_place *next;
    atomic_bool turn; /* the request may be worked out */
};

void queue_init(struct queue *queue);
void queue_release(struct queue *queue);
/* Suspends the connection until its turn comes; false where too many wait already, or the server ends. */
bool queue_wait(struct queue *queue, struct queue_place *place, struct MHD_Connection *connection);
/* The turn has been used, or its connection is gone: the next one's comes. Nothing if it had not come. */
void queue_leave(struct queue *queue, struct queue_place *place);
/* Whether the server ends, and those who waited are to be let go. */
bool queue_closed(struct queue *queue);
/* Wakes everybody who waits; from now on nobody can. */
void queue_close(struct queue *queue);

#endif
