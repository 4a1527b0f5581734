/* CSV as a description says, for the pipeline. */
#include "ingest/reader/reader.h"

const struct adapter adapter_reader = {
    .name = "reader", .by_description = true, .header = reader_columns, .settle = reader_settle, .parse = reader_rows};
