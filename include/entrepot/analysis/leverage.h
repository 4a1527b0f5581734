/* leverage: who depends on whom, product by product, in both directions of a pair's trade.
 *
 * Four terms (L1; after A. O. Hirschman, National Power and the Structure of Foreign Trade, 1945), i the reporter, j the partner:
 *   a = M_ij / M_i   i's imports from j        b = X_ji / X_j   the same flow in j's exports
 *   c = X_ij / X_i   i's exports to j          d = M_ji / M_j   the same flow in j's imports
 * a and c come from i's own books, b and d from j's. Reconciled data has one value for both.
 */
#ifndef ENTREPOT_ANALYSIS_LEVERAGE_H
#define ENTREPOT_ANALYSIS_LEVERAGE_H

#include "entrepot/analysis/world.h"

enum lever { LEVER_UNKNOWN, LEVER_REPORTER, LEVER_PARTNER, LEVER_BALANCED };

/* Ratios are NaN where undefined or not known. */
struct leverage_row {
    struct str product, name;
    struct figure imports, exports, imports_total, exports_total; /* the reporter's books: with the partner, with all */
    struct figure partner_imports, partner_exports, partner_imports_total, partner_exports_total; /* the partner's */
    double import_dependence, partner_market_dependence, market_dependence, partner_import_dependence; /* a, b, c, d */
    double asymmetry_imports, asymmetry_market; /* a − b, c − d: above zero the reporter depends more */
    double net_asymmetry;                       /* (a + c) − (b + d) */
    double loss_reporter, loss_partner;         /* L4 of a and of d */
    enum lever lever;
    struct codes codes;
    unsigned months_held; /* that both flows are of */
    flag_bits flags;
};

/* Over all products of the question; each is weighed with its share in the imports of all of them. */
struct leverage_losses {
    double sum;             /* NaN if any product's loss has no finite value or is not known */
    double bounded;         /* the part of the products that have a value: at least this much */
    size_t without_a_bound; /* products where the cut takes everything */
};

struct leverage_summary {
    struct leverage_losses reporter, partner;
};

struct leverage_question {
    const struct breakdown *breakdown;
    uint32_t period;
    double sigma;  /* elasticity of substitution between origins, above 1 */
    double cut;    /* part of the flow that is taken away, 0 to 1 */
    double margin; /* of net_asymmetry, up to which neither holds the lever */
};

/* L4: ln(P'/P) = ln(1 / (1 − cut·share)) / (σ − 1): rise of a CES price index when an origin is cut. Exact for cut = 1 (R. C. Feenstra,
 * New Product Varieties and the Measurement of International Prices, 1994), an interpolation for less. NaN where share is, and
 * where nothing is left (cut·share ≥ 1). */
double ces_loss(double share, double cut, double sigma);

/* Barbieri's terms from the row of all products: trade shares T_ij/T_i and T_ji/T_j, salience = √(product of both), symmetry = 1 − their
 * distance, interdependence = salience · symmetry (L2; K. Barbieri, Economic Interdependence, 1996). */
struct barbieri {
    double trade_share_reporter, trade_share_partner, salience, symmetry, interdependence;
};
struct barbieri barbieri_of(const struct leverage_row *total);

/* Whether the dataset has the partner's own books of this trade: always so in reconciled data. */
bool leverage_has_partner(const struct frame *frame, uint32_t period);

/* What a batch holds of a question: both countries' books. Lies in the batch's arena; the breakdown is borrowed. NULL when memory is out
 * (the batch tells, too). */
struct leverage;
struct leverage *leverage_ask(const struct frame *frame, const struct leverage_question *question);

/* One row for each item of the breakdown that the pair trades (all items for sectors and the total). The lever: the partner's where
 * net_asymmetry is above the margin, the reporter's where it is below −margin, else balanced; a share of nothing counts as 0
 * there; unknown where a term is, and where the two do not trade the product. The table of (j, i) mirrors that of (i, j). ST_NO_MEMORY. */
enum status leverage_fold(const struct leverage *leverage, struct arena *arena, struct leverage_row **out, size_t *n,
                          struct leverage_summary *summary) MUST_CHECK;

#endif
