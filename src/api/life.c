/* An api is made, and ends. */
#include <stdlib.h>

#include "api/describe/openapi/openapi.h"
#include "api/represent/prepared.h"
#include "api/routes.h"

struct api_options api_options_default(void)
{
    return (struct api_options){.max_target_bytes = 4096,
                                .max_body_bytes = (size_t)64 << 20,
                                .max_rows = 200000,
                                .max_cost = 6000000,
                                .max_age_s = 300};
}

struct api *api_new(const struct catalogue *catalogue, const struct api_options *options)
{
    struct api *api = malloc(sizeof *api);
    struct search_index *search = search_new(catalogue);
    struct prepared *prepared = prepared_new(catalogue, &api_routes);
    struct description *description = description_new();
    if (!api || !search || !prepared || !description) {
        prepared_free(prepared);
        search_free(search);
        description_free(description);
        free(api);
        return NULL;
    }
    *api = (struct api){.catalogue = catalogue,
                        .routes = &api_routes,
                        .search = search,
                        .prepared = prepared,
                        .description = description,
                        .options = *options};
    assets_version(api->assets_version);
    return api;
}

void api_free(struct api *api)
{
    if (api) {
        prepared_free(api->prepared);
        search_free(api->search);
        description_free(api->description);
    }
    free(api);
}

const struct catalogue *api_catalogue(const struct api *api) { return api->catalogue; }
