/* meter: what one shard counts of its requests.
 *
 * Every counter has one writer, the shard's thread (those of `reaped`: the reaper's), so counting is a plain load, add and store, with no
 * lock and no bus traffic; whoever scrapes reads them at any time and adds the shards up. Only ever upwards.
 */
#ifndef ENTREPOT_SERVER_METER_H
#define ENTREPOT_SERVER_METER_H

#include <stdatomic.h>

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

typedef _Atomic uint64_t meter_count;

static inline void meter_add(meter_count *count, uint64_t n)
{
    atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + n, memory_order_relaxed);
}
static inline uint64_t meter_read(const meter_count *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

#define METER_METHODS 4 /* GET, HEAD, OPTIONS, any other */
#define METER_CODES 6   /* no answer at all, then 1xx … 5xx */
#define METER_BOUNDS 14 /* of the histogram */
extern const char *const meter_method_name[METER_METHODS], *const meter_code_name[METER_CODES];
extern const uint64_t meter_bound_ns[METER_BOUNDS];

/* Why a connection was cut. */
enum meter_reaped { REAPED_HEAD, REAPED_ANSWER, REAPED_IDLE, REAPED_CROWDED, METER_REAPED };
extern const char *const meter_reaped_name[METER_REAPED];

enum meter_cache { CACHE_UNASKED, CACHE_HIT, CACHE_MISS };

struct route_meter {
    meter_count requests[METER_METHODS][METER_CODES];
    meter_count within[METER_BOUNDS + 1]; /* by the first bound that is not exceeded; the last: none */
    meter_count duration_ns;
};

struct meter {
    struct route_meter *route; /* n_routes, in the order of api_route_path; the last for what matched none */
    size_t n_routes;
    meter_count response_bytes, cache_hits, cache_misses, aborted, slow, internal, connections;
    meter_count reaped[METER_REAPED];
};

/* One request that has ended. */
struct meter_request {
    const char *route; /* path template as the api gave it */
    struct str method;
    int status; /* 0: nothing was answered */
    size_t body_bytes;
    int64_t duration_ns; /* from its first line to the last byte of its answer */
    enum meter_cache cache;
    bool complete; /* the answer was taken to its end */
};

/* False when memory is out. */
bool meter_init(struct meter *meter);
void meter_release(struct meter *meter);
void meter_note(struct meter *meter, const struct meter_request *request);

#endif
