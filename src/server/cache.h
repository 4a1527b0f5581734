/* cache: answers kept ready, so that a question asked before costs one look-up and no building.
 *
 * One cache a shard, touched by its thread alone. What is kept is the library's whole response, head and body, under everything
 * the api looks at: target, Accept, Accept-Encoding and If-None-Match. Only answers that the api calls public are kept; they
 * depend on nothing but the question and the catalogue, which does not change while the server runs. An answer is kept when
 * it is asked for the second time, memory is bounded, and a full cache makes room from its beginning.
 */
#ifndef ENTREPOT_SERVER_CACHE_H
#define ENTREPOT_SERVER_CACHE_H

#include "entrepot/api/api.h"
#include "mhd_compat.h"

#define CACHE_KEY_BYTES 1024

struct cache_key {
    size_t n; /* 0: a question that is not kept */
    uint64_t hash;
    char bytes[CACHE_KEY_BYTES];
};

struct cache_entry {
    struct MHD_Response *response; /* NULL: empty */
    int status;
    const char *route;
    size_t body_bytes;
    size_t key_n;
    char *key;      /* the cache's own */
    uint64_t asked; /* hash of the last question that was not found here */
};

struct cache {
    struct cache_entry *entries; /* NULL when memory was out: then nothing is kept */
    size_t bytes;
};

void cache_init(struct cache *cache);
void cache_release(struct cache *cache);

/* Makes the key of a question. */
void cache_key_make(struct cache_key *key, const struct api_request *request);
/* The answer, or NULL. Valid until the next call with this cache. */
const struct cache_entry *cache_find(const struct cache *cache, const struct cache_key *key);
/* Whether this answer to a question that was not found should be kept: it may be, and it is asked for again. */
bool cache_wants(struct cache *cache, const struct cache_key *key, const struct api_reply *reply, size_t body_bytes);
/* Takes over answer->response and keeps it; it is set free here when memory is out. */
void cache_keep(struct cache *cache, const struct cache_key *key, const struct cache_entry *answer);

#endif
