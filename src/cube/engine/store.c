/* Where the bytes of an open cube lie: pages of our own that nobody can write to any more, or those of the mapped
 * file. */
#include <stdlib.h>
#include <sys/mman.h>

#include "cube/engine/engine.h"

/* The address sanitizer watches the bounds of what malloc gives, not those of pages. */
#if defined(__SANITIZE_ADDRESS__)
#define WATCHED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED true
#endif
#endif
#ifndef WATCHED
#define WATCHED false
#endif

bool store_new(struct store *store, size_t n)
{
    *store = (struct store){.kind = STORE_NONE, .n = n};
    if (WATCHED) {
        store->bytes = malloc(n ? n : 1);
        store->kind = store->bytes ? STORE_HEAP : STORE_NONE;
        return store->bytes != NULL;
    }
    void *pages = mmap(NULL, n ? n : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return false;
    store->bytes = pages;
    store->kind = STORE_SEALED;
    return true;
}

/* To be refused is no loss of data, only of a guard. */
void store_seal(struct store *store)
{
    if (store->kind == STORE_SEALED)
        (void)mprotect(store->bytes, store->n ? store->n : 1, PROT_READ);
}

bool store_map(struct store *store, int fd, size_t n)
{
    *store = (struct store){.kind = STORE_NONE};
    void *pages = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    if (pages == MAP_FAILED)
        return false;
    *store = (struct store){.kind = STORE_MAPPED, .bytes = pages, .n = n};
    return true;
}

void store_release(struct store *store)
{
    if (store->kind == STORE_HEAP)
        free(store->bytes);
    else if (store->kind != STORE_NONE)
        (void)munmap(store->bytes, store->n ? store->n : 1);
    *store = (struct store){.kind = STORE_NONE};
}
