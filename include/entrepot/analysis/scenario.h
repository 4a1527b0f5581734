/* scenario: a part of the trade in some products is cut; what is missing, who could take it over, what the other side loses (W1).
 *
 * Seen from the reporter, its imports from the partner are cut and other suppliers s may sell it more; seen from the partner, the same
 * sales are lost and other markets s may buy more. X_sk is what s sells to (buys from) all, x_sk what it sells to the reporter
 * (buys from the partner) now. In year y of n, product by product:
 *   cut       gradual: cut · y/n; abrupt: the whole cut from the first year on
 *   gap       G = cut_y · flow between the two; domestic = domestic · G is taken over at home
 *   capacity  C_s = y · expand · X_sk + divert · (X_sk − x_sk): growth of today's trade adds up year by year, on both paths
 *   covered   min(G − domestic, Σ C_s), shared out pro rata to C_s
 * Products do not replace each other: each is covered by those who trade it, then they are added up. What is published above the dataset's
 * products, beside them, is one product more.
 */
#ifndef ENTREPOT_ANALYSIS_SCENARIO_H
#define ENTREPOT_ANALYSIS_SCENARIO_H

#include "entrepot/analysis/suppliers.h"

enum scenario_side { SIDE_REPORTER, SIDE_PARTNER };
enum scenario_path { PATH_GRADUAL, PATH_ABRUPT };
#define SCENARIO_PATHS 2
#define SCENARIO_YEARS_MAX 20

struct scenario_question {
    uint32_t period;
    enum scenario_side side;
    unsigned years;
    double cut, expand, divert, domestic;
    bool worldwide; /* the dataset has every country's trade, or that of a closed set */
    bool allocate;  /* scenario_allocate will be asked */
};

/* Ratios are NaN where undefined or not known. domestic + covered + uncovered = gap, to the dollar. */
struct scenario_step {
    enum scenario_path path;
    unsigned year;
    double cut;
    struct figure gap, domestic, capacity, covered, uncovered;
    double
        uncovered_share;  /* of the side's whole trade in the products: the reporter's imports, the partner's exports */
    double cost;          /* USD: Σ allocation · (unit value of s / of the partner − 1), of what has unit values */
    double cost_multiple; /* mean of those ratios, weighed with the allocation */
    double cost_coverage; /* part of the allocation that has unit values */
    struct figure partner_loss;           /* cut_y of the partner's exports to the reporter, in the partner's books */
    double partner_loss_share;            /* of its exports of the products */
    double partner_loss_share_of_exports; /* of all its exports */
    flag_bits flags;
};

struct scenario_part {
    enum scenario_path path;
    unsigned year;
    uint32_t country;
    struct figure capacity, allocation;
};

struct scenario {
    struct scenario_step *step; /* the gradual path's years, then the abrupt one's */
    size_t n_steps;
    struct figure flow, total;  /* between the two; the side's with all */
    double resourcing_multiple; /* L6: the whole gap / what others sell to (buy from) the side now */
    double market_tightness;    /* L6: the whole gap / all that others sell (buy) */
    size_t products;            /* with any trade between the two */
    bool partner_books;         /* the partner's own books are there */
    struct world_cover cover;   /* of those who could sell or buy; no reporters where these are not known */
    struct scenario_state *state;
};

/* What a batch holds of a question: at most nine statements, or fourteen where something is published above the leaves, however many products
 * and countries. The frame has a partner and leaves. Lies
 * in the batch's arena. NULL when memory is out (the batch tells, too). */
struct scenario_state *scenario_ask(const struct frame *frame, const struct scenario_question *question);

/* Once. ST_NO_MEMORY. */
enum status scenario_fold(struct scenario_state *state, struct arena *arena, struct scenario *out) MUST_CHECK;
/* Who takes over what in one step of a question that said so; countries with a capacity, the largest first. Allocations add up to what is covered. */
enum status scenario_allocate(const struct scenario *scenario, size_t step, struct arena *arena,
                              struct scenario_part **out, size_t *n) MUST_CHECK;

#endif
