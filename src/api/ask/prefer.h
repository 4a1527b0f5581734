/* prefer: which of several datasets answers best, and which would answer what this one cannot. Private to src/api. */
#ifndef API_ASK_PREFER_H
#define API_ASK_PREFER_H

#include "api/contract/call.h"

/* How well a dataset answers: more is better. */
typedef unsigned offer_score(const struct want *want, const struct offer *offer);
/* As call_choose, but of the offers that know as much as the first the one with the highest score. */
enum status call_prefer(struct call *call, const struct want *want, offer_score *score,
                        const struct offer **offer) MUST_CHECK;
/* The offer with the highest score; NULL if there is none. */
const struct offer *call_best(struct call *call, const struct want *want, offer_score *score);
/* Adds a problem and returns true if the parameter names the world, which is nobody's supplier or buyer. */
bool call_refuse_world(struct call *call, const char *name);
/* Whether the trade of all countries (or of a closed set) is in it: every supplier's sales to everybody. */
bool cube_is_worldwide(const struct cube *cube);
offer_score score_of_suppliers; /* worldwide, then all of the reporter's partners */
offer_score score_of_books;     /* both sides' books */
/* Warnings that name a dataset which has what call->cube lacks. */
void warn_of_suppliers(struct call *call, const struct want *want);
void warn_of_books(struct call *call, const struct want *want, const struct frame *frame);

#endif
