/* edition: which api answers, and its replacement while requests run.
 *
 * Readers (the shards, and whoever scrapes) have a place each, numbered from 0. A reader holds the present edition from the beginning of
 * a request until its answer stands in a buffer of its own; nothing that is sent borrows from an edition. To hold costs one store
 * that other processors must see, no lock and no shared counter. A request that waits for its turn keeps its edition by a count instead.
 * edition_swap, one caller at a time, publishes the next edition and returns when nobody holds or keeps the one before.
 */
#ifndef ENTREPOT_SERVER_EDITION_H
#define ENTREPOT_SERVER_EDITION_H

#include <stdatomic.h>

#include "entrepot/api/api.h"

struct edition {
    const struct api *api;
    uint64_t number;  /* from 1 on: no two are alike, while addresses come again */
    int64_t loaded_s; /* when it began to be served, seconds since 1970 */
    atomic_uint kept; /* requests that wait */
};

/* A reader's place, on a cache line of its own. */
struct edition_place {
    alignas(64) _Atomic(struct edition *) held; /* NULL: none */
};

struct editions {
    _Atomic(struct edition *) now;
    struct edition_place *place;
    unsigned n_places;
};

/* `api` is borrowed. False when memory is out. */
bool editions_init(struct editions *editions, const struct api *api, unsigned n_places);
void editions_release(struct editions *editions);

/* The present edition, which stays whole until edition_drop of the same place. Not to be nested. */
struct edition *edition_hold(struct editions *editions, unsigned place);
void edition_drop(struct editions *editions, unsigned place);
/* Keeps an edition that is held beyond edition_drop, until edition_let_go. */
void edition_keep(struct edition *edition);
void edition_let_go(struct edition *edition);

/* From now on `api` answers. Returns the api before, which nobody uses any more, or NULL when memory is out: then nothing has changed. */
const struct api *edition_swap(struct editions *editions, const struct api *api);

#endif
