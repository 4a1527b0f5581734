/* two_books: the datasets in which two countries tell of the same trade. Private to src/api. */
#ifndef API_ASK_TWO_BOOKS_H
#define API_ASK_TWO_BOOKS_H

#include "api/contract/call.h"

/* Both sides' books of one pair. */
struct two_books {
    const struct cube *own, *other; /* in which the reporter, and in which the partner, reports; one may be NULL */
    enum period_kind kind;          /* of the rows */
    const uint32_t *period; /* ascending; those asked for that a side holds, else those that both hold completely */
    size_t n_periods;
    bool common; /* there is a period that both hold completely */
};

/* The datasets whose reports of the pair can be compared over the most months: one dataset with both sides' books before two, reported
 * books before reconciled ones. `want` is of the reporter; its dataset and `other_dataset` name the books, if not empty. A problem, as
 * call_choose gives it, where neither side has any. */
enum status call_two_books(struct call *call, const struct want *want, struct str other_dataset,
                           struct two_books *out) MUST_CHECK;

#endif
