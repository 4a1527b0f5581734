/* asked_pair: a pair's series, asked in one go. */
#ifndef TESTS_UNIT_ASKED_PAIR_H
#define TESTS_UNIT_ASKED_PAIR_H

#include "asked.h"

#include "entrepot/analysis/bilateral.h"

static inline struct bilateral_row *asked_bilateral(struct frame frame, const struct bilateral_question *question)
{
    struct bilateral_row *row;
    frame.ask = asked_new();
    const struct bilateral *bilateral = bilateral_ask(&frame, question);
    (void)asked_run(frame.ask);
    assert_int_equal(bilateral_fold(bilateral, &world.arena, &row), ST_OK);
    return row;
}

/* How concentrated the reporter's imports are. */
static inline double asked_concentration(struct frame frame, uint32_t period)
{
    return asked_bilateral(frame,
                           &(struct bilateral_question){
                               .kind = period_kind_of(period), .period = &period, .n = 1, .concentration = true})[0]
        .import_hhi;
}

#endif
