/* pairs: what the endpoints about pairs and reporters have in common. Private to src/api. */
#ifndef API_ASK_PAIRS_H
#define API_ASK_PAIRS_H

#include "api/contract/call.h"
#include "entrepot/analysis/breakdown.h"

/* What reporter, partner, dataset and period of a call want; the rest is the handler's. */
struct want want_of(const struct call *call);
struct frame frame_of(const struct call *call, const struct cube *cube);
/* Refuses a `freq` that the periods asked for neither consist of nor lie in. */
enum status check_freq(struct call *call, const struct want *want) MUST_CHECK;

/* The period that `vs` names, or 0. */
uint32_t versus_of(const struct call *call);
/* Refuses a `versus` (0: none) that is not of the kind of `period`, or of which the frame's dataset holds nothing: it is not enough that
 * it holds the period itself. */
enum status check_versus(struct call *call, const struct frame *frame, uint32_t period, uint32_t versus) MUST_CHECK;

#endif
