/* partners: with whom a country trades most, how that grows, and how concentrated it is. */
#ifndef ENTREPOT_ANALYSIS_PARTNERS_H
#define ENTREPOT_ANALYSIS_PARTNERS_H

#include "entrepot/analysis/figures.h"

enum partner_measure { PARTNERS_BY_TOTAL, PARTNERS_BY_EXPORTS, PARTNERS_BY_IMPORTS };

/* Ratios are NaN where undefined or not known. */
struct partner_row {
    unsigned rank; /* 1: the largest by the measure; 0 where it is not known */
    uint32_t partner;
    struct figure exports, imports, total, balance;
    double share;            /* of the measure summed over all partners */
    double cumulative_share; /* of this and all larger ones */
    double growth;           /* G1: of the measure against the year before; needs both years complete */
    unsigned flags;
};

struct partner_summary {
    struct figure value; /* of the measure, summed over all partners */
    size_t partners;     /* with a value above zero */
    double hhi;          /* C1: Σ share² */
    double equivalent;   /* D8: 1 / hhi */
    double growth;       /* of the sum */
};

/* Every partner with any trade in the period, the largest first (ties by id). The frame's partner is ANY_MEMBER; its dataset lists
 * all partners or is a closed set. */
enum status partner_ranking(const struct frame *frame, uint32_t period, enum partner_measure measure,
                            struct arena *arena, struct partner_row **out, size_t *n,
                            struct partner_summary *summary) MUST_CHECK;

/* Observations that it reads at most. */
uint64_t partner_cost(const struct frame *frame, uint32_t period);

#endif
