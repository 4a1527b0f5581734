/* turns: the dear requests of a shard, one after the other.
 *
 * A shard answers in the order in which requests come. One that reads millions of observations takes tens of milliseconds, and a few dozen
 * of them together would keep everybody else waiting for seconds. So a dear request waits, suspended, until it is its turn, and there is one
 * turn in each round of the daemon's loop: a cheap one waits for one dear one at most.
 *
 * A request asks when its cost is known, which is before it is worked out; when its turn has come it is asked for anew from the beginning.
 * Touched by the shard's thread; turns_close by the one that ends the server. Private to src/server.
 */
#ifndef SERVER_TURNS_H
#define SERVER_TURNS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "mhd_compat.h"

#define TURNS_DEAR 100000 /* observations: half a millisecond and more */
#define TURNS_MAX 256     /* requests that wait in one shard */

struct turns {
    pthread_mutex_t lock;
    struct turn *first, *last; /* those that wait */
    atomic_size_t waiting;
    bool taken; /* somebody's turn has come and is not over */
    bool closed;
};

/* A connection's place in the row. */
struct turn {
    struct MHD_Connection *connection;
    struct turn *next;
    atomic_bool come; /* the request may be worked out */
};

void turns_init(struct turns *turns);
void turns_release(struct turns *turns);
/* Suspends the connection until the turn comes; false where too many wait already, or the server ends. */
bool turns_wait(struct turns *turns, struct turn *turn, struct MHD_Connection *connection);
/* The turn has been used, or its connection is gone: the next one's comes. Nothing if it had not come. */
void turns_end(struct turns *turns, struct turn *turn);
/* Whether the server ends, and those who waited are to be let go. */
bool turns_closed(struct turns *turns);
/* Wakes everybody who waits; from now on nobody can. */
void turns_close(struct turns *turns);

#endif
