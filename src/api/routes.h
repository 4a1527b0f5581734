/* routes: THE table: everything that is served. Private to src/api; api_new gives it to whoever needs it, so that no file reaches up for it. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/contract/route.h"

extern const struct routes api_routes;

#endif
