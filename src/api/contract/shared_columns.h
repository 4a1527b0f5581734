/* shared_columns: columns that several tables have. Private to src/api. */
#ifndef API_CONTRACT_SHARED_COLUMNS_H
#define API_CONTRACT_SHARED_COLUMNS_H

#include "api/contract/column.h"

/* Tonnes of a flow, and dollars for each of them: "exports_quantity", "exports_unit_value" from those members of the row. */
#define COLUMN_OF_QUANTITY(flow_, row, member)                                                                         \
    COLUMN(flow_ "_quantity", "tonnes of the " flow_ "; null where no weight is known", FROM_TONNES(row, member),      \
           .unit = "t", .additive = true, .measure = MEASURE_QUANTITY)
#define COLUMN_OF_UNIT_VALUE(flow_, row, member)                                                                       \
    COLUMN(flow_ "_unit_value", "value of the " flow_ " that have a weight / their tonnes", FROM_RATIO(row, member),   \
           .unit = "USD/t", .measure = MEASURE_UNIT_VALUE)
/* The most that a figure can be where it is null: "exports_at_most" of `exports`. */
#define COLUMN_AT_MOST(id, row, member, flow_)                                                                         \
    COLUMN(id "_at_most", "where " id " is null: the most it can be, if that is known", FROM_AT_MOST(row, member),     \
           .unit = "USD", .flow = flow_, .measure = MEASURE_AT_MOST)
/* What a part is made of. */
#define COLUMNS_OF_CODES(row, codes)                                                                                   \
    COLUMN("codes_held", "of a part: of how many of codes_total it is made; null of a whole",                          \
           FROM_FIGURE(row, codes.held)),                                                                              \
        COLUMN("codes_total", "of a part: codes of the dataset's own level that its revision has in the product",      \
               FROM_FIGURE(row, codes.total))
#define COLUMNS_OF_CODES_OF_BOTH(row, codes)                                                                           \
    COLUMNS_OF_CODES(row, codes),                                                                                      \
        COLUMN("exports_codes_held", "codes_held of the exports alone", FROM_FIGURE(row, codes.exports)),              \
        COLUMN("imports_codes_held", "codes_held of the imports alone", FROM_FIGURE(row, codes.imports))
/* meta.summary of figures of the world that are made of the countries that report. */
#define COLUMNS_OF_COVER(row, cover)                                                                                   \
    COLUMN("world_reporters", NULL, FROM_RANK(row, cover.reporters)),                                                  \
        COLUMN("world_trade_share", NULL, FROM_RATIO(row, cover.trade_share))
#define COLUMN_OF_PERIOD COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period)
#define COLUMN_OF_FLAGS(row) COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(row, flags))

#endif
