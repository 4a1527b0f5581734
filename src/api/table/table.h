/* table: the rows that a handler has made, put in order; and which columns of them are shown. Private to src/api. */
#ifndef API_TABLE_TABLE_H
#define API_TABLE_TABLE_H

#include "api/contract/call.h"

enum status table_arrange(struct call *call) MUST_CHECK; /* filters, sort, top */
/* The dataset that a row names, else that of the whole answer; NULL if there is neither. */
const struct cube *call_row_cube(const struct call *call, const struct cell *row);
/* Column indexes that `fields` chooses, in its order; returns how many. */
size_t call_fields(const struct call *call, size_t *index);

#endif
