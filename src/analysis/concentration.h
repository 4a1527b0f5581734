/* concentration: how much of an amount the largest of its partners have. Private to src/analysis.
 *
 * Areas not elsewhere specified are nobody's in particular: they are left out, and what they have makes the shares of the others, and the
 * HHI, lower bounds; so does what the world's row has beside its partners.
 */
#ifndef ANALYSIS_CONCENTRATION_H
#define ANALYSIS_CONCENTRATION_H

#include "entrepot/analysis/breakdown.h"

struct concentration {
    double hhi; /* C1; NaN where there is nothing to share out */
    double sum; /* of the shares of all that are named: below 1 where `vague` */
    double top_share;
    unsigned members; /* with a value above zero */
    uint32_t top;     /* NO_ID where it is not sure who leads; then top_share is that of the largest known */
    bool vague;       /* hhi and shares are bounds */
};

/* The countries of the cube that are specified, as `only[CUBE_PARTNER]`; none named where all are. Lies in the batch's arena. */
struct cube_set specified_partners(struct ask *ask, const struct cube *cube);
/* `all`: the distribution over them; `specified`: some are left out. `total` is a whole figure above zero. */
struct concentration concentration_of(const struct cube *cube, bool specified, const struct distribution *all,
                                      struct figure total);

#endif
