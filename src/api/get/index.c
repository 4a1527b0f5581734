#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_PATH, C_SUMMARY, C_EXAMPLE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_PATH] = COLUMN("path", "template of the path", FROM_NAME(struct route, path), .codes = &codes_path),
    [C_SUMMARY] = COLUMN("summary", "what it answers", FROM_NAME(struct route, summary)),
    [C_EXAMPLE] = COLUMN("example", "a call to try", FROM_NAME(struct route, example)),
};

static enum status get(struct call *call)
{
    for (size_t i = 0; i < call->api->routes->n; i++) {
        const struct route *route = call->api->routes->route[i];
        if (route->unlisted)
            continue;
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        cell[C_PATH] = cell_z(route->path);
        cell[C_SUMMARY] = cell_z(route->summary);
        cell[C_EXAMPLE] = cell_z(route->example);
    }
    return ST_OK;
}

static const struct param params[] = {PARAMS_OF_TABLES};

const struct route route_index = {.id = "getIndex",
                                  .group = GROUP_SERVICE,
                                  .path = "/v1",
                                  .summary = "What there is to ask",
                                  .example = "/v1",
                                  .handler = get,
                                  .param = params,
                                  .description = "All endpoints with an example each.",
                                  .n_params = sizeof params / sizeof *params,
                                  .column = columns,
                                  .n_columns = COLUMNS};
