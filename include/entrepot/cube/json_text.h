/* json_text: a JSON text of a file, read by jansson.
 *
 * jansson 2.14 does not look whether the buffer of the token in hand could grow, and then reads and writes beyond it: a text that is read
 * while memory is short could end the program. So all that jansson asks for while it reads comes from an arena, and where that has
 * nothing to give, the reading is left at once. What was read lives in that arena: json_decref is not for it.
 *
 * Any thread may read. The first reading gives jansson its allocator, once for the process, so it must be done before other threads use
 * jansson, and nobody else may call json_set_alloc_funcs. Outside a reading that allocator is malloc.
 */
#ifndef ENTREPOT_CUBE_JSON_TEXT_H
#define ENTREPOT_CUBE_JSON_TEXT_H

#include "entrepot/base/arena.h"
#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"

struct json_t; /* jansson's */

struct json_text {
    struct json_t *root;
    struct arena arena;
};

/* Reads `json`. Keys that stand twice are refused. ST_INVALID with "NAME:LINE" as the place, or ST_NO_MEMORY; then there is nothing to
 * release. */
enum status json_text_read(const char *name, struct str json, struct json_text *out, struct problem *problem)
    __attribute__((warn_unused_result));
/* All of it, root included. */
void json_text_release(struct json_text *text);

/* Rows as APIs give them, {"data": [{…}, …]}, a list of flat objects, or a list of lists with the header first, as CSV behind what is in `out`.
 * ST_INVALID if it is something else. */
enum status json_rows_as_csv(const char *name, struct str json, struct buf *out, struct problem *problem) MUST_CHECK;

#endif
