/* cursor: where a page begins. Private to src/api. */
#ifndef API_REQUEST_CURSOR_H
#define API_REQUEST_CURSOR_H

#include "api/contract/call.h"

/* The cursor of the page that begins at `row`. */
struct str cursor_at(const struct call *call, size_t row);
/* That of the next page; empty on the last one. */
struct str cursor_next(const struct call *call);
/* Whether the call's cursor was made for this data (410) and this question (400). */
enum status cursor_check(struct call *call) MUST_CHECK;

#endif
