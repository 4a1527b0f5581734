/* callers: good clients on keep-alive connections, each in a thread of its own, who hold every answer against the ones there may be.
 *
 * An answer is right if its entity tag and its body are together one of the versions that were learnt beforehand: an answer mixed of two
 * releases is none. A request is lost if it was sent and got no whole answer, although the connection was not closed when it was sent.
 */
#ifndef ENTREPOT_TESTS_SOAK_CALLERS_H
#define ENTREPOT_TESTS_SOAK_CALLERS_H

#include <stdatomic.h>

#include "entrepot/base/buf.h"

#define VERSIONS_MAX 4

struct version {
    char etag[80];
    struct buf body;
};

struct callers {
    unsigned port;
    const char *target;
    const struct version *version;
    size_t n_versions;
    unsigned n_threads;
    long pause_ms;       /* between two requests of a caller */
    unsigned timeout_ms; /* how long an answer is waited for; 0: as raw_client.h does */
    atomic_bool stop;
    atomic_ulong answered, lost, wrong, refused; /* refused: nobody took the call */
    atomic_ulong of_version[VERSIONS_MAX];
    atomic_ulong microseconds[24]; /* answers by the logarithm of their time to base 2 */
    void *threads;
};

/* Learns how `target` is answered now. False if it is not a 200 with a tag. */
bool version_learn(struct version *version, unsigned port, const char *target);
void version_release(struct version *version);

/* Starts the threads of *callers, whose first fields are set. They end when they are stopped, or when the server is gone. */
bool callers_start(struct callers *callers);
void callers_stop(struct callers *callers); /* and waits for them */
/* Time below which so many thousandths of the answers came, in microseconds: an upper bound, a power of 2. */
unsigned long callers_quantile_us(struct callers *callers, unsigned thousandths);

#endif
