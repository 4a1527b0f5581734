#include <pthread.h>
#include <signal.h>

#include "entrepot/server/server.h"

static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

void server_block_signals(void)
{
    sigset_t set;
    stop_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that has gone is an error of one write, not the end of the process */
}

int server_wait_signal(void)
{
    sigset_t set;
    stop_signals(&set);
    int number = 0;
    while (sigwait(&set, &number) != 0)
        continue;
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return number;
}
