/* Answers by the words of a question and by its one spelling, bounded in bytes. */
#include "cache.h"

#include <xxhash.h>

#define SLOTS ((size_t)4096)
#define ALL_BYTES ((size_t)32 << 20)
#define ONE_BYTES ((size_t)1 << 20)
#define ANSWER_OVERHEAD ((size_t)4096) /* what the library and the allocator take besides the body, generously */

struct cache_slot {
    struct kept *kept; /* NULL: empty */
    size_t key_n;
    char *key;      /* the cache's own */
    uint64_t asked; /* hash of the last question that was not found here */
    bool used;      /* since the hand passed by */
};

void cache_init(struct cache *cache) { *cache = (struct cache){.slots = calloc(SLOTS, sizeof(struct cache_slot))}; }

/* An answer under two keys counts twice: the bound holds whichever goes first. */
static size_t cost_of(const struct kept *kept) { return kept->body_bytes + ANSWER_OVERHEAD + CACHE_KEY_BYTES; }

static void empty(struct cache *cache, struct cache_slot *slot)
{
    if (!slot->kept)
        return;
    cache->bytes -= cost_of(slot->kept);
    kept_drop(slot->kept);
    free(slot->key);
    *slot = (struct cache_slot){.asked = slot->asked};
}

void cache_clear(struct cache *cache)
{
    for (size_t i = 0; cache->slots && i < SLOTS; i++)
        empty(cache, &cache->slots[i]);
}

void cache_release(struct cache *cache)
{
    cache_clear(cache);
    free(cache->slots);
    *cache = (struct cache){.slots = NULL};
}

/* The parts hold no NUL: they are C strings on their way through the library. A target begins with "/", which no api key does. */
void cache_key_make(struct cache_key *key, const struct api_request *request)
{
    key->n = 0;
    if (!str_is(request->method, "GET") && !str_is(request->method, "HEAD"))
        return;
    const struct str parts[] = {request->target, request->accept, request->accept_encoding, request->if_none_match};
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].n >= sizeof key->bytes - n)
            return;
        if (parts[i].n)
            memcpy(key->bytes + n, parts[i].p, parts[i].n);
        n += parts[i].n;
        key->bytes[n++] = '\0';
    }
    key->n = n;
    key->hash = XXH3_64bits(key->bytes, n);
}

void cache_key_take(struct cache_key *key, struct str spelling)
{
    key->n = spelling.n <= sizeof key->bytes ? spelling.n : 0;
    if (key->n == 0)
        return;
    memcpy(key->bytes, spelling.p, spelling.n);
    key->hash = XXH3_64bits(key->bytes, key->n);
}

/* No more than the key has. */
void cache_key_copy(struct cache_key *key, const struct cache_key *from)
{
    key->n = from->n;
    if (from->n == 0)
        return;
    key->hash = from->hash;
    memcpy(key->bytes, from->bytes, from->n);
}

static struct cache_slot *place_of(const struct cache *cache, const struct cache_key *key)
{
    return cache->slots && key->n ? &cache->slots[key->hash % SLOTS] : NULL;
}

struct kept *cache_find(const struct cache *cache, const struct cache_key *key)
{
    struct cache_slot *slot = place_of(cache, key);
    bool hit = slot && slot->kept && slot->key_n == key->n && memcmp(slot->key, key->bytes, key->n) == 0;
    if (!hit)
        return NULL;
    slot->used = true;
    return slot->kept;
}

bool cache_may_keep(const struct api_reply *reply)
{
    if ((reply->status != 200 && reply->status != 304) || reply->body.n > ONE_BYTES)
        return false;
    for (size_t i = 0; i < reply->n_headers; i++)
        if (str_eq_nocase(str_view(reply->header[i].name), STR("Cache-Control")))
            return str_starts(reply->header[i].value, STR("public"));
    return false;
}

bool cache_wants(struct cache *cache, const struct cache_key *key)
{
    struct cache_slot *slot = place_of(cache, key);
    if (!slot)
        return false;
    bool again = slot->asked == key->hash;
    slot->asked = key->hash;
    return again;
}

/* Twice round at most: the first time it may only find what was used. */
static void make_room(struct cache *cache, size_t bytes)
{
    for (size_t i = 0; i < 2 * SLOTS && cache->bytes + bytes > ALL_BYTES; i++) {
        struct cache_slot *slot = &cache->slots[cache->hand++ % SLOTS];
        if (!slot->used)
            empty(cache, slot);
        slot->used = false;
    }
}

void cache_keep(struct cache *cache, const struct cache_key *key, struct kept *kept)
{
    struct cache_slot *slot = place_of(cache, key);
    char *own = slot ? malloc(key->n) : NULL;
    if (!own)
        return;
    memcpy(own, key->bytes, key->n);
    kept_hold(kept); /* before room is made: the last other reference may go */
    make_room(cache, cost_of(kept));
    empty(cache, slot);
    cache->bytes += cost_of(kept);
    *slot = (struct cache_slot){.kept = kept, .key_n = key->n, .key = own, .asked = slot->asked, .used = true};
}
