/* attackers: clients who hold connections as long as they can, all in one thread. A connection that the server closes is opened again, unless
 * they come but once. */
#ifndef ENTREPOT_TESTS_SOAK_ATTACKERS_H
#define ENTREPOT_TESTS_SOAK_ATTACKERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attack {
    ATTACK_HEAD, /* a header line every two seconds, and never the last */
    ATTACK_BODY, /* a long body is announced and comes a byte every two seconds */
    ATTACK_READ, /* asks for a large answer, and takes 512 bytes a second of it */
    ATTACK_IDLE  /* asks once and stays */
};

struct attackers {
    unsigned port;
    enum attack attack;
    size_t n;
    bool once;
    const char *request; /* what ATTACK_READ asks for; NULL: a large page */
    atomic_bool stop;
    atomic_size_t open, closed, failed; /* now; by the server, all in all; not even opened */
    atomic_long longest_ms;             /* that a connection lived */
    void *each;
    pthread_t thread;
};

bool attackers_start(struct attackers *all);
/* Waits until so many are connected (and, where they ask, answered), at most 30 s; how many are. */
size_t attackers_await(struct attackers *all, size_t wanted);
void attackers_stop(struct attackers *all);

#endif
