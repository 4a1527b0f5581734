/* What a shard counts: requests, times, connections. */
#include "meter.h"

#include "entrepot/api/api.h"

const char *const meter_method_name[METER_METHODS] = {"GET", "HEAD", "OPTIONS", "other"};
const char *const meter_code_name[METER_CODES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
const char *const meter_reaped_name[METER_REAPED] = {"head", "answer", "idle", "crowded"};

#define US 1000ULL
#define MS 1000000ULL
/* From what a kept answer takes to what no client should wait for. */
const uint64_t meter_bound_ns[METER_BOUNDS] = {50 * US, 100 * US, 250 * US, 500 * US, 1 * MS,   2500 * US, 5 * MS,
                                               10 * MS, 25 * MS,  50 * MS,  100 * MS, 250 * MS, 1000 * MS, 10000 * MS};

bool meter_init(struct meter *meter)
{
    *meter = (struct meter){.n_routes = api_route_count() + 1};
    meter->route = calloc(meter->n_routes, sizeof *meter->route);
    return meter->route != NULL;
}

void meter_release(struct meter *meter)
{
    free(meter->route);
    meter->route = NULL;
}

/* By the address first: the api gives the same one each time. */
static size_t route_number(const struct meter *meter, const char *route)
{
    size_t none = meter->n_routes - 1;
    if (route[0] != '/')
        return none;
    for (size_t i = 0; i < none; i++)
        if (api_route_path(i) == route)
            return i;
    for (size_t i = 0; i < none; i++)
        if (strcmp(api_route_path(i), route) == 0)
            return i;
    return none;
}

static size_t method_number(struct str method)
{
    size_t i = 0;
    while (i < METER_METHODS - 1 && !str_is(method, meter_method_name[i]))
        i++;
    return i;
}

static size_t bound_number(uint64_t ns)
{
    size_t i = 0;
    while (i < METER_BOUNDS && ns > meter_bound_ns[i])
        i++;
    return i;
}

void meter_note(struct meter *meter, const struct meter_request *request)
{
    struct route_meter *route = &meter->route[route_number(meter, request->route)];
    uint64_t ns = request->duration_ns > 0 ? (uint64_t)request->duration_ns : 0;
    size_t code = request->status >= 100 && request->status < 600 ? (size_t)request->status / 100 : 0;
    meter_add(&route->requests[method_number(request->method)][code], 1);
    meter_add(&route->within[bound_number(ns)], 1);
    meter_add(&route->duration_ns, ns);
    meter_add(&meter->response_bytes, request->body_bytes);
    meter_add(&meter->cache_hits, request->cache == CACHE_HIT);
    meter_add(&meter->cache_misses, request->cache == CACHE_MISS);
    meter_add(&meter->aborted, !request->complete);
}
