/* percent: percent-encoded text. Private to src/api. */
#ifndef API_REQUEST_PERCENT_H
#define API_REQUEST_PERCENT_H

#include "entrepot/base/str.h"

/* Percent-decoding into `text`, which has room for raw.n bytes: false for bad escapes, NUL and control bytes, or bytes that are not UTF-8.
 * '+' is a space if `form`. */
bool percent_decode(struct str raw, bool form, char *text, struct str *out);

#endif
