/* service: what a service manager is told (sd_notify(3)), without libsystemd.
 *
 * The manager names a datagram socket in $NOTIFY_SOCKET; it is opened once, before anything is locked down, and everything that is said
 * later goes through it. Without the variable nothing is said. Thread-safe after service_open.
 */
#ifndef ENTREPOT_SERVER_SERVICE_H
#define ENTREPOT_SERVER_SERVICE_H

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

struct service {
    int fd; /* -1: nobody listens */
};

/* `address`: the variable's value, a path or an abstract name that begins with '@'; NULL or empty: nobody listens. ST_INVALID or ST_IO
 * when there is an address that cannot be reached; *service is silent then. */
enum status service_open(struct service *service, const char *address, struct problem *problem) MUST_CHECK;
void service_close(struct service *service);

/* Each with a line that people see in `systemctl status`. */
void service_ready(const struct service *service, struct str status);
void service_reloading(const struct service *service);
void service_stopping(const struct service *service);

#endif
