/* life: what the whole server tells of itself; written by whoever ends or reloads it, read by any thread. Private to src/server. */
#ifndef SERVER_LIFE_H
#define SERVER_LIFE_H

#include <stdatomic.h>

#include "entrepot/api/api.h"

struct life {
    atomic_bool draining;
    _Atomic uint64_t reloads_ok, reloads_failed;
    atomic_bool reload_failed;  /* the last one */
    _Atomic int64_t reloaded_s; /* 0: never */
};
struct api_process life_process(const struct life *life);

#endif
