/* choose: which dataset answers a call, and whether the call may read so much of it. Private to src/api. */
#ifndef API_ASK_CHOOSE_H
#define API_ASK_CHOOSE_H

#include "api/contract/call.h"

/* The catalogue's best offer in call->cube and call->offers, and *offer; or a problem that says why none fits (404 no-data, 422 with what
 * there is and a link to the mirror). */
enum status call_choose(struct call *call, const struct want *want, const struct offer **offer) MUST_CHECK;
/* 422: the dataset that `parameter` names, want->dataset, cannot answer it; with what it holds and which others could. */
enum status call_refuse_dataset(struct call *call, const char *parameter, const struct want *want) MUST_CHECK;
/* Whether the question is answered where it names the dataset. */
bool call_answered_by(struct call *call, const struct want *want, const struct cube *cube);
/* Says once that figures are made up, if the dataset's are. */
void call_warn_synthetic(struct call *call, const struct cube *cube);

/* Room for what a route's plan leaves for its work, zeroed, in call->state; NULL when memory is out. */
void *call_keep(struct call *call, size_t size);
/* Prices the call's batch: PROBLEM_TOO_LARGE and ST_INVALID if it would read more than the options allow. */
enum status call_price(struct call *call) MUST_CHECK;

#endif
