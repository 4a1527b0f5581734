/* request: from a target and its header fields to typed arguments in one spelling. Private to src/api. */
#ifndef API_REQUEST_REQUEST_H
#define API_REQUEST_REQUEST_H

#include "api/contract/call.h"

/* Finds the route, the format suffix and the captures; ST_INVALID with a problem otherwise. */
enum status route_match(struct call *call) MUST_CHECK;
/* Types all arguments; all errors together. */
enum status params_read(struct call *call) MUST_CHECK;
/* Gives arguments and filters their one spelling, and the call its canonical target. */
enum status canonicalise(struct call *call) MUST_CHECK;
/* Suffix, format=, Accept, in that order; ST_INVALID with a 406, or with what the format cannot do. */
enum status negotiate(struct call *call) MUST_CHECK;
/* Accept-Encoding; ST_INVALID with a 406 where neither gzip nor identity will do. */
enum status negotiate_coding(struct call *call) MUST_CHECK;
/* Whether Accept ranks HTML above all that tables are served as, as browsers do. */
bool prefers_html(struct str accept);

#endif
