/* encoders: the formats of a table, one function each, and what several of them write. Private to src/api/represent. */
#ifndef API_REPRESENT_ENCODERS_H
#define API_REPRESENT_ENCODERS_H

#include "api/contract/call.h"
#include "entrepot/base/jw.h"

void encode_json(struct call *call, struct buf *out);
void encode_csv(struct call *call, struct buf *out);
void encode_ndjson(struct call *call, struct buf *out);
void encode_jsonstat(struct call *call, struct buf *out);
void encode_sdmx_csv(struct call *call, struct buf *out);
/* The members of an answer's "meta" into the object that is open; and those of them that explain=1 adds. */
void write_meta(const struct call *call, struct jw *jw);
void write_plan(const struct call *call, struct jw *jw);
/* A text as a cell of CSV: quoted where needed, and no formula to a spreadsheet. */
void csv_text(struct buf *out, struct str text);
void csv_flags(struct buf *out, flag_bits flags);

#endif
