/* dependence_rules: criteria, verdicts and sums of a table of dependence. Private to src/analysis. */
#ifndef ANALYSIS_DEPENDENCE_RULES_H
#define ANALYSIS_DEPENDENCE_RULES_H

#include <math.h>

#include "entrepot/analysis/dependence.h"

/* What is known of a row's suppliers beside the row: shares of the imports, NaN where not known. */
struct known_suppliers {
    bool all; /* every supplier is in the data; else those that are have these shares: */
    double sum, sum_sq, top_share;
    bool vague;         /* the rest may be theirs, too: it is of nobody in particular */
    uint32_t partner;   /* or ANY_MEMBER */
    bool nobody;        /* the partner is nobody in particular, or a group: no supplier */
    uint32_t extra_top; /* largest supplier outside the bloc */
};

/* Fills criterion and dependent from the row's figures of one year. */
void dependence_judge(const struct dependence_question *question, const struct known_suppliers *known,
                      struct dependence_row *row);
void dependence_sum_up(const struct dependence_question *question, bool partner, struct dependence_answer *answer);

#endif
