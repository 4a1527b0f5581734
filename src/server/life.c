/* What the process tells of itself through the health endpoints. */
#include "life.h"

struct api_process life_process(const struct life *life)
{
    int64_t at = atomic_load_explicit(&life->reloaded_s, memory_order_relaxed);
    const char *result = atomic_load_explicit(&life->reload_failed, memory_order_relaxed) ? "failed" : "ok";
    return (struct api_process){.draining = atomic_load_explicit(&life->draining, memory_order_relaxed),
                                .reload = at ? result : NULL,
                                .reloaded_s = at};
}
