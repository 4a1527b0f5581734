#include "cache.h"

#include <xxhash.h>

#define ENTRIES ((size_t)1024)
#define ALL_BYTES ((size_t)32 << 20)
#define ONE_BYTES ((size_t)1 << 20)
#define ENTRY_OVERHEAD ((size_t)4096) /* what the library and the allocator take besides the body, generously */

void cache_init(struct cache *cache)
{
    *cache = (struct cache){.entries = calloc(ENTRIES, sizeof(struct cache_entry))};
}

static size_t cost_of(size_t body_bytes) { return body_bytes + CACHE_KEY_BYTES + ENTRY_OVERHEAD; }

static void empty(struct cache *cache, struct cache_entry *entry)
{
    if (!entry->response)
        return;
    cache->bytes -= cost_of(entry->body_bytes);
    MHD_destroy_response(entry->response); /* answers being sent hold references of their own */
    free(entry->key);
    *entry = (struct cache_entry){.asked = entry->asked};
}

void cache_release(struct cache *cache)
{
    for (size_t i = 0; cache->entries && i < ENTRIES; i++)
        empty(cache, &cache->entries[i]);
    free(cache->entries);
    *cache = (struct cache){.entries = NULL};
}

/* The parts hold no NUL: they are C strings on their way through the library. */
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

static struct cache_entry *place_of(const struct cache *cache, const struct cache_key *key)
{
    return cache->entries && key->n ? &cache->entries[key->hash % ENTRIES] : NULL;
}

const struct cache_entry *cache_find(const struct cache *cache, const struct cache_key *key)
{
    const struct cache_entry *entry = place_of(cache, key);
    bool hit = entry && entry->response && entry->key_n == key->n && memcmp(entry->key, key->bytes, key->n) == 0;
    return hit ? entry : NULL;
}

static bool is_public(const struct api_reply *reply)
{
    for (size_t i = 0; i < reply->n_headers; i++)
        if (str_eq_nocase(str_view(reply->header[i].name), STR("Cache-Control")))
            return str_starts(reply->header[i].value, STR("public"));
    return false;
}

bool cache_wants(struct cache *cache, const struct cache_key *key, const struct api_reply *reply, size_t body_bytes)
{
    struct cache_entry *entry = place_of(cache, key);
    if (!entry || (reply->status != 200 && reply->status != 304) || body_bytes > ONE_BYTES || !is_public(reply))
        return false;
    bool again = entry->asked == key->hash;
    entry->asked = key->hash;
    return again;
}

void cache_keep(struct cache *cache, const struct cache_key *key, const struct cache_entry *answer)
{
    struct cache_entry *entry = place_of(cache, key);
    char *own = entry ? malloc(key->n) : NULL;
    if (!own) {
        MHD_destroy_response(answer->response);
        return;
    }
    memcpy(own, key->bytes, key->n);
    for (size_t i = 0; cache->bytes + cost_of(answer->body_bytes) > ALL_BYTES && i < ENTRIES; i++)
        empty(cache, &cache->entries[i]);
    empty(cache, entry);
    uint64_t asked = entry->asked;
    *entry = *answer;
    entry->asked = asked;
    entry->key = own;
    entry->key_n = key->n;
    cache->bytes += cost_of(answer->body_bytes);
}
