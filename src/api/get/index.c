/* GET /v1: the list of what can be asked. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("path", "template of the path", FROM_NAME(struct route, path), .codes = &codes_path),
    COLUMN("summary", "what it answers", FROM_NAME(struct route, summary)),
    COLUMN("example", "a call to try", FROM_NAME(struct route, example)),
};

static enum status get(struct call *call)
{
    const struct routes *routes = call->api->routes;
    struct route *row = arena_new_raw(call->arena, struct route, routes->n);
    size_t n = 0;
    if (!row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < routes->n; i++)
        if (!routes->route[i]->unlisted)
            row[n++] = *routes->route[i];
    return call_rows(call, row, n, sizeof *row);
}

static const struct param params[] = {PARAMS_OF_TABLES};

const struct route route_index = {.id = "getIndex",
                                  .group = GROUP_SERVICE,
                                  .path = "/v1",
                                  .summary = "What there is to ask",
                                  .example = "/v1",
                                  .handler = get,
                                  TAKES(params),
                                  .description = "All endpoints with an example each.",
                                  GIVES(columns)};
