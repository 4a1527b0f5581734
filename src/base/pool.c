/* Worker threads and the queue of jobs that they share. */
#include "entrepot/base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t submitted, finished;
    struct pool_job *first, *last;
    bool ending;
    size_t n;
    pthread_t thread[];
};

static void run_unlocked(struct pool *pool, struct pool_job *job)
{
    (void)pthread_mutex_unlock(&pool->lock);
    job->run(job);
    (void)pthread_mutex_lock(&pool->lock);
    job->done = true;
    (void)pthread_cond_broadcast(&pool->finished);
}

static struct pool_job *pool_take(struct pool *pool)
{
    struct pool_job *job = pool->first;
    if (job) {
        pool->first = job->next;
        if (!pool->first)
            pool->last = NULL;
    }
    return job;
}

static void *pool_work(void *pool_)
{
    struct pool *pool = pool_;
    (void)pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct pool_job *job = pool_take(pool);
        if (job)
            run_unlocked(pool, job);
        else if (pool->ending)
            break;
        else
            (void)pthread_cond_wait(&pool->submitted, &pool->lock);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static size_t usable_cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (size_t)n : 1;
}

struct pool *pool_new(size_t threads)
{
    size_t n = threads ? threads : usable_cores();
    struct pool *pool = calloc(1, sizeof *pool + n * sizeof pool->thread[0]);
    if (!pool)
        return NULL;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->submitted, NULL);
    (void)pthread_cond_init(&pool->finished, NULL);
    while (pool->n < n && pthread_create(&pool->thread[pool->n], NULL, pool_work, pool) == 0)
        pool->n++;
    if (pool->n > 0)
        return pool; /* fewer threads than asked for do the same work */
    pool_free(pool);
    return NULL;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    (void)pthread_cond_broadcast(&pool->submitted);
    (void)pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->n; i++)
        (void)pthread_join(pool->thread[i], NULL);
    (void)pthread_mutex_destroy(&pool->lock);
    (void)pthread_cond_destroy(&pool->submitted);
    (void)pthread_cond_destroy(&pool->finished);
    free(pool);
}

size_t pool_threads(const struct pool *pool) { return pool ? pool->n : 1; }

void pool_submit(struct pool *pool, struct pool_job *job)
{
    job->next = NULL;
    job->done = false;
    if (!pool) {
        job->run(job);
        job->done = true;
        return;
    }
    (void)pthread_mutex_lock(&pool->lock);
    if (pool->last)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    (void)pthread_cond_signal(&pool->submitted);
    (void)pthread_mutex_unlock(&pool->lock);
}

void pool_wait(struct pool *pool, struct pool_job *job)
{
    if (!pool)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    while (!job->done)
        (void)pthread_cond_wait(&pool->finished, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
}
