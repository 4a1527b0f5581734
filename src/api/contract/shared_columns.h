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
#define COLUMN_OF_PERIOD COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period)
#define COLUMN_OF_FLAGS(row) COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(row, flags))

#endif
