/* world: a country's trade with everybody, which its books may have as a row of its own, or as the sum of its partners, or not at all.
 *
 * It is the denominator of most shares. What it is read from is decided here and nowhere else, for each flow and period.
 */
#ifndef ENTREPOT_ANALYSIS_WORLD_H
#define ENTREPOT_ANALYSIS_WORLD_H

#include "entrepot/analysis/breakdown.h"

/* WORLD_ROW: the world is a partner of its own in each return; WORLD_SUM: else, where each return lists all partners. Where some returns
 * have the row and the others neither, it is the row, of fewer months. */
enum world_kind { WORLD_UNKNOWN, WORLD_ROW, WORLD_SUM };
enum world_kind world_kind(const struct frame *frame, enum flow flow, uint32_t period);

/* The one partner that stands for the world, as `only[CUBE_PARTNER]`: its row (borrowed from *world, which is set), or all of them. */
struct cube_set world_partner(const struct frame *frame, enum world_kind kind, uint32_t *world);
/* Whether each return lists all partners, or a closed set: then its partners can be ranked, and their concentration is known. */
bool world_lists_all(const struct frame *frame, enum flow flow, uint32_t period);
/* What was read of the goods with the world as a figure, and where nothing was (FIGURE_NONE) 0 or why it is not known. */
struct figure world_figure(const struct frame *frame, enum flow flow, uint32_t period, struct goods goods,
                           struct figure read);

/* What a batch holds of it: at most a statement for the row and one for the sum, whatever the number of flows and periods. */
struct world {
    struct frame frame;
    const struct breakdown *breakdown;
    items_asked row, sum;
    const uint8_t *kind; /* enum world_kind of flow f in period i of those asked for: [2 * i + f] */
};
#define FLOW_BIT(flow) (1U << (flow))
#define BOTH_FLOWS (FLOW_BIT(FLOW_EXPORTS) | FLOW_BIT(FLOW_IMPORTS))

/* Asks for `flows` (bits) in `n` ascending periods of one kind, item by item (`breakdown` NULL: all together). The caller has the sums of
 * the flows in `summed` from a statement of its own: they are not asked for. */
struct world world_ask(const struct frame *frame, const struct breakdown *breakdown, unsigned flows, unsigned summed,
                       const uint32_t *period, size_t n);
/* Both flows, together with the trade with the frame's partner, which *pair has: where the world is a row throughout one statement is
 * enough for both. */
struct world world_ask_beside(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period,
                              size_t n, unsigned measures, items_asked *pair);
/* The items of one flow and period, from whichever it is; NO_ITEMS where it is unknown, or a sum that the caller has. ST_NO_MEMORY. */
enum status world_items(const struct world *world, enum flow flow, uint32_t period, struct arena *arena,
                        struct items *out) MUST_CHECK;
/* The same items' figures. */
struct figure world_cell(const struct world *world, const struct items *items, size_t i, enum flow flow,
                         uint32_t period);
/* Of a world without a breakdown: all together; its status bits are added to *status. */
struct figure world_total(const struct world *world, enum flow flow, uint32_t period, unsigned *status);

/* ---- the world as the sum of the countries that report ---- */

/* The partner that stands for the world in a sum over all reporters: the world's row (in *world) where each of them has one in each of the
 * periods, else all partners. */
struct cube_set world_of_all(const struct frame *frame, enum flow flow, const uint32_t *period, size_t n,
                             uint32_t *world);

/* How much of the world's trade that sum has: a figure of the world is a part where countries are missing. */
struct world_cover {
    unsigned reporters;
    double
        trade_share; /* their flow / (it + what they record, as partners of the others, of those that do not report); NaN: no trade */
};
struct cover_asked; /* at most two statements; lies in the batch's arena */
/* For `n` ascending periods of one kind. NULL when memory is out (the batch tells, too). */
struct cover_asked *cover_ask(const struct frame *frame, enum flow flow, const uint32_t *period, size_t n);
struct world_cover cover_of(const struct cover_asked *asked, uint32_t period);
/* FLAG_REPORTERS_MISSING or 0. */
flag_bits flags_of_cover(struct world_cover cover);

#endif
