/* standing: where one partner stands among all of a country's partners. */
#ifndef ENTREPOT_ANALYSIS_STANDING_H
#define ENTREPOT_ANALYSIS_STANDING_H

#include "entrepot/analysis/figures.h"

/* Ranks from 1, the largest; 0 where the partner has no such trade or runs no deficit. */
struct standing {
    unsigned exports, imports, total, deficit;
    unsigned partners; /* with any trade */
};

/* Needs a dataset that lists all partners or is a closed set. ST_NO_MEMORY, ST_CORRUPT. */
enum status partner_standing(const struct frame *frame, uint32_t period, struct arena *arena,
                             struct standing *out) MUST_CHECK;

#endif
