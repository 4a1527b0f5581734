/* growth: by how much a country's trade with each partner grew between two periods, and what each of them gave to the growth of all. */
#ifndef ENTREPOT_ANALYSIS_GROWTH_H
#define ENTREPOT_ANALYSIS_GROWTH_H

#include "entrepot/analysis/world.h"

/* Ratios are NaN where undefined or not known. */
struct growth {
    struct figure before, now, change; /* change: now − before */
    double growth;                     /* G1: now / before − 1 */
    double
        contribution_pp; /* G3: 100 × change / the world's before; over all partners they add up to 100 × its growth */
};

struct growth_row {
    uint32_t partner;
    struct growth flow[2]; /* by enum flow */
    struct figure balance_before, balance, balance_change;
    flag_bits flags;
};

/* All partners together, and what is not with a partner that the dataset lists. */
struct growth_summary {
    struct growth all[2], others[2]; /* by enum flow; `all` without contributions */
    size_t partners;                 /* rows */
};

/* What a batch holds. Lies in the batch's arena. */
struct growth_asked;

/* Asks for the frame's reporter by partner in both periods, which are of one kind, `before` < `now`. NULL when memory is out (the batch
 * tells, too). */
struct growth_asked *growth_ask(const struct frame *frame, uint32_t before, uint32_t now);

/* Every partner with any trade in either period, in the cube's order. Where a period is not held completely its figures are of the part
 * that is (FLAG_PARTIAL_YEAR), and growth, changes and contributions are unknown. ST_NO_MEMORY. */
enum status growth_fold(const struct growth_asked *asked, struct arena *arena, struct growth_row **out, size_t *n,
                        struct growth_summary *summary) MUST_CHECK;

#endif
