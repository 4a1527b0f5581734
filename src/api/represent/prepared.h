/* prepared: what is the same in each JSON answer of a route or dataset. Private to src/api.
 *
 * Written once, when the api is made, by the same functions that write it anew where an answer is laid out for people (pretty).
 */
#ifndef API_REPRESENT_PREPARED_H
#define API_REPRESENT_PREPARED_H

#include "api/contract/call.h"
#include "entrepot/base/jw.h"

/* NULL when memory is out. */
struct prepared *prepared_new(const struct catalogue *catalogue, const struct routes *routes);
void prepared_free(struct prepared *prepared);
/* The columns' names as they stand before their values, with commas between; KEY_PADDING bytes from the beginning of each may be read.
 * False when memory is out. */
#define KEY_PADDING 32
bool column_keys(const struct call *call, const size_t *index, size_t n, struct str *key) MUST_CHECK;
/* "columns" of an answer, and the members of "meta" that say which dataset answered. */
void write_column_list(const struct call *call, const size_t *index, size_t n, struct jw *jw);
void write_dataset(const struct call *call, struct jw *jw);

#endif
