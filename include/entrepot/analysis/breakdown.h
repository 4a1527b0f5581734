/* breakdown: a question asked of each product, section or sector.
 *
 * It is one statement, whatever the items are: grouped by a level of the Harmonized System, or by baskets of leaves for sectors, which
 * may overlap (one statement for every CUBE_BASKETS_MAX of them). What comes back is looked up item by item.
 */
#ifndef ENTREPOT_ANALYSIS_BREAKDOWN_H
#define ENTREPOT_ANALYSIS_BREAKDOWN_H

#include "entrepot/analysis/figures.h"

struct breakdown_item {
    struct str code, name;
    struct cube_set leaves;   /* and rests; sectors only */
    const struct str *prefix; /* what a basket consists of; n_prefixes == 0: the code itself */
    size_t n_prefixes;
    flag_bits flags; /* FLAG_LEVEL_UNAVAILABLE: no figures; FLAG_PARTIAL_SECTOR */
};

struct breakdown {
    enum level level;
    size_t n;
    const struct breakdown_item *item;
    const struct cube_baskets
        *baskets; /* of LEVEL_SECTOR: one for every CUBE_BASKETS_MAX items; NULL: a level, or all products */
};

/* Leaves that begin with one of the codes (a section stands for its chapters), and what is published of those codes, or below them, beside
 * leaves: their rests. Ascending, each once. What lies above a code is never in it. An empty set has member != NULL and n == 0. */
enum status leaves_of(const struct cube *cube, const struct products *products, const struct str *code, size_t n,
                      struct arena *arena, struct cube_set *out) MUST_CHECK;

/* The items of a level: the cube must have it (cube_has_level; chapters for sectors). */
enum status breakdown_make(const struct cube *cube, const struct sectors *sectors, enum level level,
                           struct arena *arena, struct breakdown *out) MUST_CHECK;

/* Items that are named one by one, with their leaves (none: all of them): as sectors. `item` is borrowed. */
enum status breakdown_name(const struct cube *cube, const struct breakdown_item *item, size_t n, struct arena *arena,
                           struct breakdown *out) MUST_CHECK;

/* ---- asking ---- */

/* What a batch holds for the items of a breakdown: an array of statements' rows. NULL: nothing was asked. */
typedef const struct cube_rows *const *items_asked;

/* Adds `query`, grouped by the items beside what it is grouped by already; its level is ignored. `breakdown` NULL: all leaves of the query
 * are one item. Memory that is out is told by the batch. */
items_asked breakdown_ask(struct ask *ask, const struct cube *cube, const struct breakdown *breakdown,
                          const struct cube_query *query);

/* ---- folding ---- */

/* Which rows of a statement are meant, as far as it tells them apart. */
struct item_slice {
    uint32_t partner, period;
    enum flow flow;
};

/* The items' rows within one slice. */
struct items {
    items_asked rows;
    const uint32_t *row; /* by item: number of its row + 1, or 0; NULL: nothing was asked */
    bool baskets;
};
#define NO_ITEMS ((struct items){NULL, NULL, false})

/* ST_NO_MEMORY. The items lie in `arena`. */
enum status items_of(items_asked asked, const struct breakdown *breakdown, struct item_slice slice, struct arena *arena,
                     struct items *out) MUST_CHECK;

/* The rows and the number of the row that are item `i`'s; NULL if it has none: not a single observation. */
static inline const struct cube_rows *item_row(const struct items *items, size_t i, size_t *row)
{
    if (!items->row || !items->row[i])
        return NULL;
    *row = items->row[i] - 1;
    return items->rows[items->baskets ? i / CUBE_BASKETS_MAX : 0];
}

/* ---- an item's values ---- */

/* `absent` is what it means that there is no observation. */
static inline struct figure item_figure(const struct items *items, size_t i, struct figure absent)
{
    size_t row;
    const struct cube_rows *rows = item_row(items, i, &row);
    return rows ? figure_of(rows->value_usd[row]) : absent;
}
static inline bool item_present(const struct items *items, size_t i) { return items->row && items->row[i]; }
static inline unsigned item_status(const struct items *items, size_t i)
{
    size_t row;
    const struct cube_rows *rows = item_row(items, i, &row);
    return rows ? rows->status[row] : 0;
}
/* What item `i` is, of the frame's products (breakdown NULL: these). */
struct goods item_goods(const struct frame *frame, const struct breakdown *breakdown, size_t i);
/* Its figure, judged by frame_figure; the slice says of what the items are. Unknown where the level is unavailable. */
struct figure item_cell(const struct frame *frame, const struct breakdown *breakdown, const struct items *items,
                        size_t i, struct item_slice slice);
/* Of a statement that asks for it. */
struct quantity item_quantity(const struct items *items, size_t i);

/* Of a statement with a spread: its distribution, as in struct cube_rows. */
struct distribution {
    int64_t value_usd, top_value_usd, second_usd;
    double sum_sq;
    uint32_t members, top_id; /* NO_ID where none is above zero */
};
struct distribution item_distribution(const struct items *items, size_t i);
struct distribution distribution_of(const struct cube_rows *rows, size_t i); /* of a row */

#endif
