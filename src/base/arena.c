/* Memory that is handed out in a row from a chain of chunks, and taken back all at once or down to a mark. */
#include "entrepot/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "entrepot/base/problem.h"

#define CHUNK_BYTES ((size_t)64 * 1024)
#define KEEP_BYTES ((size_t)32 << 20) /* most that is kept over a reset */
#define IDLE_BYTES ((size_t)1 << 20)  /* most that is kept where no more is used for long */
#define IDLE_RESETS 256

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, used;
    alignas(16) char bytes[];
};

void arena_init(struct arena *arena, size_t ceiling_bytes) { *arena = (struct arena){.ceiling_bytes = ceiling_bytes}; }

static void free_chain(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

static size_t chain_bytes(const struct arena_chunk *chunk)
{
    size_t bytes = 0;
    for (; chunk; chunk = chunk->next)
        bytes += chunk->size;
    return bytes;
}

static struct arena_chunk *new_chunk(size_t size)
{
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk)
        *chunk = (struct arena_chunk){.size = size};
    return chunk;
}

/* How much to have after a reset: what was used, so that the next request of this size allocates nothing; of much that nobody needed
 * for long a little. */
static size_t bytes_to_keep(struct arena *arena)
{
    size_t bytes = chain_bytes(arena->first);
    bool idle = arena->used_bytes <= IDLE_BYTES && arena->most_bytes <= IDLE_BYTES;
    arena->idle_resets = idle ? arena->idle_resets + 1 : 0;
    if (arena->idle_resets >= IDLE_RESETS && bytes > IDLE_BYTES) {
        arena->idle_resets = 0;
        return IDLE_BYTES;
    }
    return bytes < KEEP_BYTES ? bytes : KEEP_BYTES;
}

/* Several chunks become one. */
void arena_reset(struct arena *arena)
{
    struct arena_chunk *first = arena->first;
    size_t keep = bytes_to_keep(arena);
    if (first && (first->next || first->size > keep)) {
        free_chain(first);
        first = new_chunk(keep);
    }
    if (first)
        first->used = 0;
    arena->first = arena->now = first;
    arena->used_bytes = arena->most_bytes = 0;
    arena->starved = arena->full = false;
}

void arena_release(struct arena *arena)
{
    free_chain(arena->first);
    arena_init(arena, arena->ceiling_bytes);
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->now, arena->now ? arena->now->used : 0, arena->used_bytes};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    if (arena->used_bytes > arena->most_bytes)
        arena->most_bytes = arena->used_bytes;
    arena->now = mark.chunk;
    if (mark.chunk)
        mark.chunk->used = mark.chunk_bytes;
    arena->used_bytes = mark.used_bytes;
}

void *arena_rewind_around(struct arena *arena, struct arena_mark mark, void *block, size_t bytes)
{
    arena_rewind(arena, mark);
    void *place = arena_alloc_raw(arena, 1, bytes, 16);
    if (!place)
        BUG("a block has no room where it was");
    return memmove(place, block, bytes);
}

/* Where the next `need` bytes begin in a chunk; SIZE_MAX if they have no room. */
static size_t place_in(const struct arena_chunk *chunk, size_t need, size_t align)
{
    size_t start = (chunk->used + align - 1) & ~(align - 1);
    return start <= chunk->size && chunk->size - start >= need ? start : SIZE_MAX;
}

/* The next chunk with room for `need` bytes: one that a rewind has emptied, else a new one at the end. */
static struct arena_chunk *next_chunk(struct arena *arena, size_t need)
{
    struct arena_chunk **link = arena->now ? &arena->now->next : &arena->first;
    for (; *link; link = &(*link)->next)
        if ((*link)->size >= need) {
            (*link)->used = 0;
            return arena->now = *link;
        }
    struct arena_chunk *chunk = new_chunk(need > CHUNK_BYTES ? need : CHUNK_BYTES);
    if (!chunk)
        return NULL;
    return arena->now = *link = chunk;
}

void *arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align)
{
    size_t need;
    if (__builtin_mul_overflow(count, size, &need) || need > arena->ceiling_bytes ||
        arena->used_bytes > arena->ceiling_bytes - need) {
        arena->starved = arena->full = true;
        return NULL;
    }
    struct arena_chunk *chunk = arena->now;
    size_t start = chunk ? place_in(chunk, need, align) : SIZE_MAX;
    if (start == SIZE_MAX) {
        chunk = next_chunk(arena, need);
        if (!chunk) {
            arena->starved = true;
            return NULL;
        }
        start = 0;
    }
    chunk->used = start + need;
    arena->used_bytes += need;
    return chunk->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size, size_t align)
{
    void *bytes = arena_alloc_raw(arena, count, size, align);
    return bytes && count && size ? memset(bytes, 0, count * size) : bytes;
}

struct str arena_str(struct arena *arena, struct str s)
{
    char *copy = arena_new_raw(arena, char, s.n + 1);
    if (!copy)
        return str_span(NULL, 0);
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return str_span(copy, s.n);
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    char brief[256]; /* most texts fit, and need not be formatted twice to know their length */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    char *text = n < 0 ? NULL : arena_new_raw(arena, char, (size_t)n + 1);
    if (text && (size_t)n < sizeof brief)
        memcpy(text, brief, (size_t)n + 1);
    else if (text)
        (void)vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text ? str_span(text, (size_t)n) : str_span(NULL, 0);
}
