/* endpoints: one route a file in this folder, and the parameters that all tables share. Private to src/api. */
#ifndef API_GET_ENDPOINTS_H
#define API_GET_ENDPOINTS_H

#include "api/call.h"
#include "entrepot/analysis/breakdown.h"

extern const struct route route_index, route_datasets, route_dataset, route_countries, route_country, route_products,
    route_product, route_sectors, route_sector, route_availability, route_bilateral, route_bilateral_products,
    route_deficits, route_dependence, route_dependence_any, route_index_rca, route_index_tii, route_index_tci,
    route_index_grubel_lloyd, route_index_finger_kreinin, route_index_hirschman, route_index_hhi, route_partners,
    route_openapi, route_livez, route_readyz, route_healthz;

#define COLUMN_OF_QUANTITY(flow)                                                                                       \
    {                                                                                                                  \
        flow "_quantity", COLUMN_NUMBER, "t", 0, true, "tonnes of the " flow "; null where no weight is known"         \
    }
#define COLUMN_OF_UNIT_VALUE(flow)                                                                                     \
    {                                                                                                                  \
        flow "_unit_value", COLUMN_NUMBER, "USD/t", 0, false,                                                          \
            "value of the " flow " that have a weight / their tonnes"                                                  \
    }

#define LIMIT_MAX 50000
#define PARAMS_OF_TABLES                                                                                               \
    {.name = "sort",                                                                                                   \
     .type = PARAM_SORT,                                                                                               \
     .description = "columns to sort by, a minus for descending; null comes last",                                     \
     .example = "-imports"},                                                                                           \
        {.name = "fields",                                                                                             \
         .type = PARAM_FIELDS,                                                                                         \
         .description = "columns to give, in this order",                                                              \
         .example = "period,imports"},                                                                                 \
        {.name = "limit",                                                                                              \
         .type = PARAM_COUNT,                                                                                          \
         .max = LIMIT_MAX,                                                                                             \
         .fallback = "1000",                                                                                           \
         .description = "most rows of one page",                                                                       \
         .example = "100"},                                                                                            \
        {.name = "cursor",                                                                                             \
         .type = PARAM_CURSOR,                                                                                         \
         .description = "where the next page begins: meta.page.next of the page before"},                              \
        {.name = "format",                                                                                             \
         .type = PARAM_FORMAT,                                                                                         \
         .description = "json or csv; a suffix on the path wins, Accept comes last",                                   \
         .example = "csv"},                                                                                            \
    {                                                                                                                  \
        .name = "pretty", .type = PARAM_FLAG, .fallback = "0", .description = "1: line breaks in JSON", .example = "1" \
    }

#define PARAM_OF_EXPLAIN                                                                                               \
    {                                                                                                                  \
        .name = "explain", .type = PARAM_FLAG, .fallback = "0",                                                        \
        .description = "1: meta.plan says which index answered, and how many runs and rows were touched",              \
        .example = "1"                                                                                                 \
    }

#define PARAM_OF_REPORTER                                                                                              \
    {                                                                                                                  \
        .name = "reporter", .type = PARAM_COUNTRY, .in_path = true,                                                    \
        .description = "country whose books are read: ISO alpha-3 or alpha-2, M49, or Comtrade number",                \
        .example = "IND"                                                                                               \
    }
#define PARAM_OF_PARTNER                                                                                               \
    {                                                                                                                  \
        .name = "partner", .type = PARAM_COUNTRY, .in_path = true, .description = "the other country",                 \
        .example = "CHN"                                                                                               \
    }
#define PARAM_OF_DATASET                                                                                               \
    {                                                                                                                  \
        .name = "dataset", .type = PARAM_DATASET,                                                                      \
        .description = "id of the dataset that is to answer; without it the best that holds what is asked",            \
        .example = "dgcis-hs2-fy"                                                                                      \
    }
#define PARAM_OF_PRODUCT                                                                                               \
    {                                                                                                                  \
        .name = "product", .type = PARAM_PRODUCTS,                                                                     \
        .description = "HS codes, sections (S01 to S21) or sector ids, separated by commas", .example = "85"           \
    }

/* What reporter, partner, dataset and period of a call want; the rest is the handler's. */
struct want want_of(const struct call *call);
struct frame frame_of(const struct call *call, const struct cube *cube);
/* Codes of a product list as leaves of the offer's cube, into the frame. */
enum status frame_products(struct call *call, struct frame *frame) MUST_CHECK;
/* The want's products: codes with sectors replaced by their prefixes where the dataset is known later; sectors need chapters only. */
enum status want_products(struct call *call, struct want *want) MUST_CHECK;
struct cell cell_period(struct call *call, uint32_t period);
struct cell cell_country(const struct call *call, uint32_t id); /* NO_ID: null */

#endif
