/* breakdown_now: a breakdown that is asked and read at once: for analyses that do not ask through a batch yet. */
#ifndef ENTREPOT_ANALYSIS_BREAKDOWN_NOW_H
#define ENTREPOT_ANALYSIS_BREAKDOWN_NOW_H

#include "entrepot/analysis/breakdown.h"

struct item_value {
    bool present;
    int64_t value_usd;
    struct quantity quantity;
    unsigned status;
    uint32_t members, top_id;
    int64_t top_value_usd;
    double sum_sq;
};
enum status breakdown_run(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                          struct arena *arena, struct item_value **out) MUST_CHECK;
uint64_t breakdown_cost(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                        struct arena *arena);

#endif
