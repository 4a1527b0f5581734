/* dependence: where a country's imports hang on one partner. */
#ifndef ENTREPOT_ANALYSIS_DEPENDENCE_H
#define ENTREPOT_ANALYSIS_DEPENDENCE_H

#include "entrepot/analysis/breakdown.h"

enum verdict { VERDICT_UNKNOWN, VERDICT_NO, VERDICT_YES };

/* Ratios are NaN where undefined or not known. */
struct dependence_row {
    struct str product, name;
    struct figure imports_from_partner, imports_total;
    double share; /* D7: imports from the partner / imports from all */
    double
        hhi; /* C1: sum of the squared shares of all suppliers; with FLAG_LOWER_BOUND the part that is known: share² */
    uint32_t
        top_supplier; /* NO_ID where not known: only named by a share above one half if other suppliers are not in the data */
    unsigned suppliers;          /* 0 where not known */
    double imports_over_exports; /* of the product, with all partners */
    enum verdict dependent;
    unsigned flags;
};

struct dependence_question {
    const struct breakdown *breakdown;
    uint32_t period;
    double threshold; /* of the HHI; 0.4 in EU SWD(2021)352 (CDI1) and CEPII Policy Brief 47 */
};

/* `dependent`: the HHI of the suppliers exceeds the threshold and the partner is the largest of them. Where the other suppliers are
 * not in the data this is still decided for share² > threshold (then the partner must be the largest as long as share > 1/2) and
 * for share <= threshold (if the partner is the largest, no supplier exceeds `share`, so HHI <= share); between, it is unknown. */
enum status dependence_table(const struct frame *frame, const struct dependence_question *question, struct arena *arena,
                             struct dependence_row **out, size_t *n) MUST_CHECK;

#endif
