/* encode: a table, or a document of columns, as bytes. A handler knows none of this. Private to src/api. */
#ifndef API_REPRESENT_ENCODE_H
#define API_REPRESENT_ENCODE_H

#include "api/contract/call.h"

/* Appends the answer in the call's format. May call call_problem instead, and then leaves what it has written. */
void encode_table(struct call *call, struct buf *out);
/* Appends what call->told holds, as JSON. The route has the parameters pretty and explain. */
void encode_document(struct call *call, struct buf *out);

#endif
