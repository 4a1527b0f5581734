/* api: what all calls share. Private to src/api.
 *
 * Made by api_new and constant from then on, but for the description, which is made when it is first asked for.
 */
#ifndef API_CONTRACT_API_H
#define API_CONTRACT_API_H

#include "api/assets.h"
#include "api/contract/route.h"
#include "entrepot/api/api.h"
#include "entrepot/cube/search.h"

struct description;
struct prepared;

struct api {
    const struct catalogue *catalogue;
    const struct routes *routes;
    struct search_index *search;
    struct prepared *prepared;
    struct description *description; /* OpenAPI */
    struct api_options options;
    char assets_version[ASSETS_VERSION_SIZE];
};

#endif
