/* predecessors: the former country under whose code older figures of a present one stand. Private to src/api. */
#ifndef API_ASK_PREDECESSORS_H
#define API_ASK_PREDECESSORS_H

#include "api/contract/call.h"

/* Warns of figures of predecessors that the cube has of periods that are asked for, with the question that gives them. */
void warn_of_predecessors(struct call *call, const struct want *want, const struct cube *cube);
/* The first predecessor of whom some dataset answers what is asked: its id, name, and where; empty if there is none. */
struct predecessor {
    struct str id, name, target;
};
struct predecessor predecessor_that_answers(struct call *call, const struct want *want);

#endif
