/* How costly requests wait for one another. */
#include "queue.h"

void queue_init(struct queue *queue)
{
    *queue = (struct queue){.first = NULL};
    pthread_mutex_init(&queue->lock, NULL);
}

void queue_release(struct queue *queue) { pthread_mutex_destroy(&queue->lock); }

/* Lock held. The library calls the handler again in the next round of its loop. */
static void let_one_come(struct queue *queue)
{
    struct queue_place *place = queue->first;
    if (!place)
        return;
    queue->first = place->next;
    if (!queue->first)
        queue->last = NULL;
    atomic_fetch_sub(&queue->waiting, 1);
    place->next = NULL;
    queue->taken = true;
    atomic_store(&place->turn, true);
    MHD_resume_connection(place->connection);
}

bool queue_wait(struct queue *queue, struct queue_place *place, struct MHD_Connection *connection)
{
    pthread_mutex_lock(&queue->lock);
    bool room = !queue->closed && atomic_load(&queue->waiting) < QUEUE_MAX;
    if (room) {
        place->connection = connection;
        place->next = NULL;
        MHD_suspend_connection(connection);
        if (queue->last)
            queue->last->next = place;
        else
            queue->first = place;
        queue->last = place;
        atomic_fetch_add(&queue->waiting, 1);
        if (!queue->taken)
            let_one_come(queue);
    }
    pthread_mutex_unlock(&queue->lock);
    return room;
}

void queue_leave(struct queue *queue, struct queue_place *place)
{
    if (!atomic_load(&place->turn))
        return;
    pthread_mutex_lock(&queue->lock);
    atomic_store(&place->turn, false);
    queue->taken = false;
    let_one_come(queue);
    pthread_mutex_unlock(&queue->lock);
}

bool queue_closed(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    bool closed = queue->closed;
    pthread_mutex_unlock(&queue->lock);
    return closed;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    while (queue->first)
        let_one_come(queue);
    pthread_mutex_unlock(&queue->lock);
}
