/* The signals that end and reload a server. */
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
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that has gone is an error of one write, not the end of the process */
}

enum server_signal server_wait_signal(int *number)
{
    sigset_t set;
    siginfo_t info;
    stop_signals(&set);
    sigaddset(&set, SIGHUP);
    while ((*number = sigwaitinfo(&set, &info)) < 0)
        continue;
    if (*number == SIGHUP && info.si_code != SI_KERNEL) /* the kernel's own says that the terminal has gone */
        return SERVER_RELOAD;
    stop_signals(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return SERVER_STOP;
}
