/* The groups of a query's result: an array where they are few or dense, else a hash table. */
#include "cube/engine/scan.h"

#define DENSE_CELLS_MAX ((uint64_t)1 << 22) /* an array if a good part of it will be used */
#define HASH_ROOM_MAX ((size_t)1 << 26)

enum status cells_make(struct cells *c, const struct box *box, uint64_t expected, struct arena *arena)
{
    bool dense = box->cells <= CELLS_LAID_OUT || (box->cells <= DENSE_CELLS_MAX && box->cells / 8 <= expected);
    c->room = (size_t)box->cells;
    c->number = NULL;
    if (!dense) {
        c->room = 1024;
        while (c->room < expected * 2 && c->room < HASH_ROOM_MAX)
            c->room *= 2;
        c->number = arena_new(arena, uint64_t, c->room);
    }
    c->cell = arena_new(arena, struct cell, c->room);
    return c->cell && (dense || c->number) ? ST_OK : ST_NO_MEMORY;
}

enum status cells_weigh(struct cells *c, struct arena *arena)
{
    c->weight = arena_new(arena, struct weight_cell, c->room);
    return c->weight ? ST_OK : ST_NO_MEMORY;
}

enum status cells_spread(struct cells *c, struct arena *arena)
{
    c->spread = arena_new(arena, struct spread_cell, c->room);
    return c->spread ? ST_OK : ST_NO_MEMORY;
}

size_t cells_hash(struct cells *c, uint64_t number)
{
    size_t at = (size_t)((number * 0x9E3779B97F4A7C15U) >> 20) & (c->room - 1);
    while (c->number[at] && c->number[at] != number + 1)
        at = (at + 1) & (c->room - 1);
    if (c->number[at])
        return at;
    if (c->used >= c->room - c->room / 4) /* twice what is expected has room */
        return UINT32_MAX;
    c->number[at] = number + 1;
    c->used++;
    return at;
}
