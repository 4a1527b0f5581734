/* admin: the listener that is not for the public: metrics, and the health of the server, on an address of its own.
 *
 * One thread and few connections. It answers while the server drains, until the end.
 */
#ifndef ENTREPOT_SERVER_ADMIN_H
#define ENTREPOT_SERVER_ADMIN_H

#include "metrics.h"

struct admin {
    struct MHD_Daemon *daemon; /* NULL: there is none */
    struct metrics_source source;
    struct editions *editions;
    unsigned place; /* in editions */
    struct arena arena;
    unsigned port;
};

/* Listens at `address`. Everything of source but the edition, editions and place are set. On failure nothing runs. */
enum status admin_start(struct admin *admin, const char *address, struct problem *problem) MUST_CHECK;
void admin_stop(struct admin *admin);

#endif
