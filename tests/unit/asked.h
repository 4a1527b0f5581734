/* asked: how the unit tests ask an analysis: ask, price, run, fold in one go. Each time the price is held against what was read. */
#ifndef TESTS_UNIT_ASKED_H
#define TESTS_UNIT_ASKED_H

#include "world.h"

#include "entrepot/analysis/ask.h"

/* An empty batch for frames; not to be forgotten before anything is asked. */
static inline struct ask *asked_new(void)
{
    struct ask *ask = ask_new(&world.arena);
    assert_non_null(ask);
    return ask;
}

static inline uint64_t asked_read(const struct ask *ask)
{
    uint64_t read = 0;
    for (size_t i = 0; i < ask_count(ask); i++)
        read += ask_statement(ask, i).observations_read;
    return read;
}

/* Runs the batch, and returns how many observations that was priced at. */
static inline uint64_t asked_run(struct ask *ask)
{
    uint64_t price = 0;
    assert_int_equal(ask_price(ask, &price), ST_OK);
    assert_int_equal(ask_run(ask, &world.problem), ST_OK);
    uint64_t read = asked_read(ask);
    assert_true(read <= price);
    assert_true(price <= 2 * read + ASK_CHEAP);
    return price;
}

#endif
