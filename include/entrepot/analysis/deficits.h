/* deficits: with whom a country runs its deficits. */
#ifndef ENTREPOT_ANALYSIS_DEFICITS_H
#define ENTREPOT_ANALYSIS_DEFICITS_H

#include "entrepot/analysis/figures.h"

struct deficit_row {
    unsigned rank; /* 1: the largest deficit */
    uint32_t partner;
    struct figure exports, imports, balance; /* balance is negative */
    double share_of_deficit;                 /* of the sum of all deficits; surplus partners left out */
    double cumulative_share;                 /* of this and all larger ones */
    double share_of_balance;                 /* D4: of the balance with all partners; may exceed 1 or change sign */
    unsigned flags;
};

struct deficit_summary {
    int64_t deficits_usd;  /* sum of all deficits: negative */
    struct figure balance; /* with all partners together */
    size_t partners;       /* with any trade */
};

/* Partners with a negative balance, largest deficit first (ties by id of the partner's code). The frame's partner is ANY_MEMBER; its
 * dataset lists all partners or is a closed set. */
enum status deficit_ranking(const struct frame *frame, uint32_t period, struct arena *arena, struct deficit_row **out,
                            size_t *n, struct deficit_summary *summary) MUST_CHECK;

#endif
