/* The arenas of a shard: one for the request in hand, one more for each that waits, and a spare. */
#include "shard.h"

struct arena *shard_take_arena(struct shard *shard)
{
    struct arena *arena = shard->spare ? shard->spare : malloc(sizeof *arena);
    if (arena && arena != shard->spare)
        arena_init(arena, shard->options->request_bytes);
    shard->spare = NULL;
    return arena;
}

void shard_give_arena(struct shard *shard, struct arena *arena)
{
    if (!shard->spare) {
        arena_reset(arena);
        shard->spare = arena;
        return;
    }
    arena_release(arena);
    free(arena);
}
