/* cache: answers kept ready, so that a question asked before costs one look-up and no building.
 *
 * One cache a shard, touched by its thread alone. An answer is kept under the question as it was written (target, Accept,
 * Accept-Encoding, If-None-Match), which is found without parsing anything, and under its key in one spelling, which all ways to write the
 * question share. Only answers that the api calls public are kept; they depend on nothing but the question and the catalogue; with another
 * catalogue the shard clears its cache. An answer is kept when it is asked for the second time; memory is bounded, and a full cache drops what was not asked for since it last looked.
 */
#ifndef ENTREPOT_SERVER_CACHE_H
#define ENTREPOT_SERVER_CACHE_H

#include "kept.h"

#define CACHE_KEY_BYTES 1024

struct cache_key {
    size_t n; /* 0: a question that is not kept */
    uint64_t hash;
    char bytes[CACHE_KEY_BYTES];
};

struct cache_slot;

struct cache {
    struct cache_slot *slots; /* NULL when memory was out: then nothing is kept */
    size_t bytes, hand;
};

void cache_init(struct cache *cache);
void cache_release(struct cache *cache);
/* Forgets all answers. */
void cache_clear(struct cache *cache);

/* Makes the key of a question as it was written. */
void cache_key_make(struct cache_key *key, const struct api_request *request);
/* The key of an answer in one spelling: the api's. */
void cache_key_take(struct cache_key *key, struct str spelling);
void cache_key_copy(struct cache_key *key, const struct cache_key *from);
/* The answer, borrowed until the next call with this cache; or NULL. */
struct kept *cache_find(const struct cache *cache, const struct cache_key *key);
/* Whether this answer may be kept at all. */
bool cache_may_keep(const struct api_reply *reply);
/* Whether what was not found is asked for again, and so should be kept under this key. */
bool cache_wants(struct cache *cache, const struct cache_key *key);
/* Keeps the answer under this key too, with a reference of its own; does nothing when memory is out. */
void cache_keep(struct cache *cache, const struct cache_key *key, struct kept *kept);

#endif
