/* starving: one request after another of which each lacks another piece of memory. */
#ifndef TESTS_FAULT_STARVING_H
#define TESTS_FAULT_STARVING_H

#include "faults.h"

/* Asks test_world() for the target while allocation 0, 1, … fails, once and from then on, until there are no more of them. Fails the test
 * where the answer is neither the whole one nor a 503, and where the same request behind it is not answered as before. Returns how many
 * failures there were. `kind` is FAULT_MEMORY or FAULT_PIECE. */
size_t starve_request(enum fault_kind kind, const char *target);

#endif
