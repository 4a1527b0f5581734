/* pool: a few threads that take jobs from one queue, oldest first.
 *
 * For work that is done once and in parallel: parsing and encoding during an import. A request is never served from a pool. Any
 * thread may submit; jobs must not wait for other jobs of the same pool.
 */
#ifndef ENTREPOT_BASE_POOL_H
#define ENTREPOT_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool;

/* One piece of work, embedded in the caller's own struct and alive until pool_wait has returned for it. */
struct pool_job {
    void (*run)(struct pool_job *job);
    struct pool_job *next; /* the pool's */
    bool done;             /* the pool's */
};

/* `threads` 0: as many as the process may use cores. NULL when memory or threads are out. */
struct pool *pool_new(size_t threads);
/* Waits for every job that was submitted, then ends the threads. NULL is allowed. */
void pool_free(struct pool *pool);
size_t pool_threads(const struct pool *pool);
/* Queues the job. Without a pool (NULL) it is run at once, by the caller. */
void pool_submit(struct pool *pool, struct pool_job *job);
/* Returns once the job has run; its effects are visible to the caller then. */
void pool_wait(struct pool *pool, struct pool_job *job);

#endif
