#include "turns.h"

void turns_init(struct turns *turns)
{
    *turns = (struct turns){.first = NULL};
    pthread_mutex_init(&turns->lock, NULL);
}

void turns_release(struct turns *turns) { pthread_mutex_destroy(&turns->lock); }

/* Lock held. The library calls the handler again in the next round of its loop. */
static void let_one_come(struct turns *turns)
{
    struct turn *turn = turns->first;
    if (!turn)
        return;
    turns->first = turn->next;
    if (!turns->first)
        turns->last = NULL;
    atomic_fetch_sub(&turns->waiting, 1);
    turn->next = NULL;
    turns->taken = true;
    atomic_store(&turn->come, true);
    MHD_resume_connection(turn->connection);
}

bool turns_wait(struct turns *turns, struct turn *turn, struct MHD_Connection *connection)
{
    pthread_mutex_lock(&turns->lock);
    bool room = !turns->closed && atomic_load(&turns->waiting) < TURNS_MAX;
    if (room) {
        turn->connection = connection;
        turn->next = NULL;
        MHD_suspend_connection(connection);
        if (turns->last)
            turns->last->next = turn;
        else
            turns->first = turn;
        turns->last = turn;
        atomic_fetch_add(&turns->waiting, 1);
        if (!turns->taken)
            let_one_come(turns);
    }
    pthread_mutex_unlock(&turns->lock);
    return room;
}

void turns_end(struct turns *turns, struct turn *turn)
{
    if (!atomic_load(&turn->come))
        return;
    pthread_mutex_lock(&turns->lock);
    atomic_store(&turn->come, false);
    turns->taken = false;
    let_one_come(turns);
    pthread_mutex_unlock(&turns->lock);
}

bool turns_closed(struct turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    bool closed = turns->closed;
    pthread_mutex_unlock(&turns->lock);
    return closed;
}

void turns_close(struct turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    turns->closed = true;
    while (turns->first)
        let_one_come(turns);
    pthread_mutex_unlock(&turns->lock);
}
