/* arena: memory that is freed all at once.
 *
 * One request, one load or one import owns an arena and drops everything with arena_reset or arena_release. Chunks come from
 * malloc and are kept over a reset, so that a warm request allocates nothing. The ceiling bounds what one request can take.
 * An arena belongs to one thread at a time.
 */
#ifndef ENTREPOT_BASE_ARENA_H
#define ENTREPOT_BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>

#include "entrepot/base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *first, *now;
    size_t used_bytes, ceiling_bytes;
    size_t most_bytes;    /* before the last rewind */
    unsigned idle_resets; /* in a row, before which little was used */
    /* Since the last reset. `starved`: something was refused, so that what was made of it may lack a part; `full`: by the ceiling, not
     * because memory was short: the request is too large. */
    bool starved, full;
};

/* An empty arena that will not hand out more than `ceiling_bytes` between two resets. Allocates nothing yet. */
void arena_init(struct arena *arena, size_t ceiling_bytes);
/* Forgets everything handed out; keeps as much memory as was used, up to 32 MiB, in one piece, and gives all but 1 MiB of it back after
 * 256 resets before which no more was used. */
void arena_reset(struct arena *arena);
/* What is handed out from here on can be given back before the rest: what is only needed on the way to a result. */
struct arena_mark {
    struct arena_chunk *chunk;
    size_t chunk_bytes, used_bytes;
};
struct arena_mark arena_mark(const struct arena *arena);
/* Takes back everything that was handed out since the mark. The memory stays the arena's. */
void arena_rewind(struct arena *arena, struct arena_mark mark);
/* The same, but for one block of `bytes` that was handed out since, aligned to 16: it moves forward. Returns where it is now. */
void *arena_rewind_around(struct arena *arena, struct arena_mark mark, void *block, size_t bytes);
/* Frees all. The arena may be used again after arena_init. */
void arena_release(struct arena *arena);

/* `count` × `size` zeroed bytes aligned to `align` (a power of two, at most 16), or NULL when the product overflows, the
 * ceiling is reached or memory is out. count 0 gives a valid pointer that may not be read. */
void *arena_alloc(struct arena *arena, size_t count, size_t size, size_t align) __attribute__((warn_unused_result));
/* The same, not zeroed: for what is written before it is read. */
void *arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align) __attribute__((warn_unused_result));
#define arena_new(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type), alignof(type)))
#define arena_new_raw(arena, type, count) ((type *)arena_alloc_raw((arena), (count), sizeof(type), alignof(type)))

/* A copy of `s` that lives as long as the arena; p is NULL where there was no room. NUL-terminated for C's sake. */
struct str arena_str(struct arena *arena, struct str s);
/* printf into the arena; p is NULL where there was no room. */
struct str arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
