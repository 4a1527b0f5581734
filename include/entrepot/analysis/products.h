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
    unsigned flags;
};

struct product_question {
    const struct breakdown *breakdown;
    uint32_t period;
    uint32_t versus; /* 0: no earlier period */
};

/* One row for each item of the breakdown that the pair (or, for sectors, the dataset) has anything to say about. */
enum status product_table(const struct frame *frame, const struct product_question *question, struct arena *arena,
                          struct product_row **out, size_t *n) MUST_CHECK;

#endif
