/* shared_columns: columns that several tables have. Private to src/api. */
#ifndef API_CONTRACT_SHARED_COLUMNS_H
#define API_CONTRACT_SHARED_COLUMNS_H

#include "api/contract/column.h"

#define COLUMN_OF_QUANTITY(flow)                                                                                       \
    {                                                                                                                  \
        flow "_quantity", COLUMN_NUMBER, "t", 0, true, "tonnes of the " flow "; null where no weight is known"         \
    }
#define COLUMN_OF_UNIT_VALUE(flow)                                                                                     \
    {                                                                                                                  \
        flow "_unit_value", COLUMN_NUMBER, "USD/t", 0, false,                                                          \
            "value of the " flow " that have a weight / their tonnes"                                                  \
    }

#endif
