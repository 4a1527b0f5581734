/* asked_index: the indices, asked in one go. */
#ifndef TESTS_UNIT_ASKED_INDEX_H
#define TESTS_UNIT_ASKED_INDEX_H

#include "asked.h"

#include "entrepot/analysis/indices.h"

static inline const struct index *asked(struct frame frame, const struct breakdown *breakdown, uint32_t period,
                                        index_ask *ask)
{
    frame.ask = asked_new();
    const struct index *index = ask(&frame, breakdown, &period, 1);
    (void)asked_run(frame.ask);
    return index;
}

static inline struct tii_row tii_of(struct frame frame, uint32_t period)
{
    return tii_fold(asked(frame, NULL, period, tii_ask), period);
}

static inline const struct index *asked_hirschman(struct frame frame, enum flow flow, uint32_t period)
{
    frame.ask = asked_new();
    const struct index *index = hirschman_ask(&frame, flow, &period, 1);
    (void)asked_run(frame.ask);
    return index;
}

#endif
