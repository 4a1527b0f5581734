/* names: columns with the names of what columns of codes hold. Private to src/api. */
#ifndef API_TABLE_NAMES_H
#define API_TABLE_NAMES_H

#include "api/contract/call.h"
#include "api/contract/codes.h"

enum labels { LABELS_ID, LABELS_NAME, LABELS_BOTH };

/* The column "partner_name" that labels=both and fields= add to a route, of the column `named`; false if the route has none such. */
bool name_column(const struct route *route, struct str id, size_t *named);
/* All of them in the order of the columns that they name: the indexes of those; returns how many. */
size_t name_columns(const struct route *route, size_t named[COLUMNS_MAX]);
/* Starts the call's table: the route's columns, and those of names that the request shows. */
enum status names_start(struct call *call) MUST_CHECK;
/* How the table's codes are shown; formats of figures have ways of their own, and get codes. */
enum labels call_labels(const struct call *call);
/* Whether this column called name falls away, because its names stand in the place of the codes before it. */
bool name_is_shown_as_code(const struct call *call, size_t column);
/* Writes the names of the page's rows, once the rows are in their order. */
void names_fill(struct call *call);

#endif
