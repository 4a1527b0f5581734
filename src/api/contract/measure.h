/* measure: what the figures of a column are, and how they are computed. Private to src/api. */
#ifndef API_CONTRACT_MEASURE_H
#define API_CONTRACT_MEASURE_H

#include "api/contract/route.h"

/* What a column of figures holds. */
struct measure {
    const char *id;
    const char *columns; /* ids with spaces between; NULL: the id itself */
    const char *path;    /* beginning of the paths whose columns mean this; NULL: all others */
    const char *code, *formula, *unit, *citation, *description;
};

extern const struct measure measures[];
extern const size_t n_measures;

/* NULL for columns that are no figures. */
const struct measure *measure_of(const struct route *route, const struct column *column);
/* measure_of for every column of every route in turn: malloc's, or NULL. */
const struct measure **measures_link(const struct routes *routes);
/* Where the columns of one of the routes begin in what measures_link has made. */
size_t measures_at(const struct routes *routes, const struct route *route);
/* Sets has[i] where route i has a column that holds the measure; the others stay as they are. */
void measure_routes(const struct routes *routes, const struct measure *const *link, const struct measure *measure,
                    bool *has);

#endif
