/* breakdown: a question asked of each product, section or sector.
 *
 * Levels of the Harmonized System are one grouped query; sectors overlap and may need leaves, so each is a query of its own.
 * Either way the answer is an array with one entry for each item.
 */
#ifndef ENTREPOT_ANALYSIS_BREAKDOWN_H
#define ENTREPOT_ANALYSIS_BREAKDOWN_H

#include "entrepot/analysis/figures.h"

struct breakdown_item {
    struct str code, name;
    struct cube_set leaves; /* sectors only */
    unsigned flags;         /* FLAG_LEVEL_UNAVAILABLE: no figures; FLAG_PARTIAL_SECTOR */
};

struct breakdown {
    enum level level;
    size_t n;
    const struct breakdown_item *item;
};

struct item_value {
    bool present; /* at least one observation */
    int64_t value_usd;
    struct quantity quantity; /* if the query asks for it */
    unsigned status;
    uint32_t members, top_id; /* with a spread, as in struct cube_rows */
    int64_t top_value_usd;
    double sum_sq;
};

/* Leaves that begin with one of the codes (a section stands for its chapters), ascending, each once. An empty set has member
 * != NULL and n == 0. */
enum status leaves_of(const struct cube *cube, const struct products *products, const struct str *code, size_t n,
                      struct arena *arena, struct cube_set *out) MUST_CHECK;

/* The items of a level: the cube must have it (cube_has_level; chapters for sectors). */
enum status breakdown_make(const struct cube *cube, const struct sectors *sectors, enum level level,
                           struct arena *arena, struct breakdown *out) MUST_CHECK;

/* Runs `query` (whose group and level are ignored) for each item; with leaves in the query only those within them. */
enum status breakdown_run(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                          struct arena *arena, struct item_value **out) MUST_CHECK;

/* What breakdown_run would read at most, in observations. */
uint64_t breakdown_cost(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                        struct arena *arena);

#endif
