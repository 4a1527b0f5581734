/* health: asks a running server whether it is ready; the container's HEALTHCHECK. */
#ifndef ENTREPOT_SERVER_HEALTH_H
#define ENTREPOT_SERVER_HEALTH_H

#include "entrepot/base/problem.h"

/* GET `path` at `address` ("127.0.0.1:8080"; a wildcard address is asked on loopback) within `timeout_ms`. ST_OK on status 200,
 * ST_UNAVAILABLE on another status, ST_IO if nobody answers. */
enum status health_ask(const char *address, const char *path, unsigned timeout_ms, struct problem *problem) MUST_CHECK;

#endif
