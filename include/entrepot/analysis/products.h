/* products: which products or sectors make a pair's trade, and which made it change. */
#ifndef ENTREPOT_ANALYSIS_PRODUCTS_H
#define ENTREPOT_ANALYSIS_PRODUCTS_H

#include "entrepot/analysis/world.h"

/* Ratios are NaN where undefined. */
struct product_row {
    struct str product, name;
    struct figure exports, imports, balance;
    struct quantity exports_quantity, imports_quantity;
    double exports_unit_value, imports_unit_value; /* G4: USD a tonne */
    double share_of_exports, share_of_imports;     /* of the reporter's trade in this product with all partners (D7) */
    double share_of_bilateral_exports, share_of_bilateral_imports; /* of the pair's trade in all products (D6) */
    /* G3: change against the earlier period in percent of the pair's total then; over all products they add up to its growth.
     * For the balance: in percent of the absolute balance then; negative = made the balance worse. */
    double exports_contribution_pp, imports_contribution_pp, balance_contribution_pp;
    struct codes codes;
    unsigned months_held; /* that both flows are of */
    flag_bits flags;
};

struct product_question {
    const struct breakdown *breakdown;
    const uint32_t *period; /* ascending, of one kind */
    size_t n;
    uint32_t versus; /* of that kind; 0: no earlier period */
};

/* What a batch holds of a question: three statements, seldom four. Lies in the batch's arena; breakdown and periods are borrowed. NULL when memory
 * is out (the batch tells, too). */
struct product_asked;
struct product_asked *product_ask(const struct frame *frame, const struct product_question *question);

/* One row for each item of the breakdown that the pair (or, for sectors, the dataset) has anything to say about in one of the periods.
 * ST_NO_MEMORY. */
enum status product_fold(const struct product_asked *asked, uint32_t period, struct arena *arena,
                         struct product_row **out, size_t *n) MUST_CHECK;

#endif
