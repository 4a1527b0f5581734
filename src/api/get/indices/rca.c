/* GET /v1/indices/rca: revealed comparative advantage. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct rca_row, product), .codes = &codes_product),
    COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct rca_row, name)),
    COLUMN("exports", "reporter's exports of the product", FROM_FIGURE(struct rca_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS_TO_ALL),
    COLUMN("world_exports", "all countries' exports of the product", FROM_FIGURE(struct rca_row, world_exports),
           .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_WORLD_EXPORTS),
    COLUMN("rca", "Balassa's revealed comparative advantage: above 1 an advantage", FROM_RATIO(struct rca_row, rca),
           .unit = "1", .measure = MEASURE_RCA),
    COLUMN("symmetric_rca", "(rca − 1) / (rca + 1), −1 to 1", FROM_RATIO(struct rca_row, symmetric), .unit = "1",
           .measure = MEASURE_SYMMETRIC_RCA),
    COLUMN_OF_PERIOD,
    COLUMN_OF_FLAGS(struct rca_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_LEVEL(LEVELS_OF_PRODUCTS),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct rca_row *row;
    size_t n = 0;
    enum status status = rca_fold(q->index, period, call->arena, &row, &n);
    return status == ST_OK ? call_rows(call, row, n, sizeof *row) : status;
}

static enum status rca_plan(struct call *call)
{
    return index_plan(
        call, (struct index_needs){.world = 1U << FLOW_EXPORTS, .all_partners = true, .flows = 1U << FLOW_EXPORTS},
        rca_ask);
}

static enum status rca_work(struct call *call)
{
    return index_work(call, add,
                      "(exports of the product / all exports) / (world exports of the product / all world exports)");
}

const struct route route_index_rca = {.id = "getRca",
                                      .group = GROUP_INDICES,
                                      .path = "/v1/indices/rca",
                                      .summary = "In which products a country has a revealed comparative advantage",
                                      .description =
                                          "Balassa (1965), and its symmetric form. Needs data of many reporters: a "
                                          "reconciled world, or a closed set, which is then the world.",
                                      .example = "/v1/indices/rca?reporter=CHN&level=hs6",
                                      SUMS_UP(index_summary),
                                      .plan = rca_plan,
                                      .work = rca_work,
                                      TAKES(params),
                                      GIVES(columns),
                                      .default_sort = "-rca"};
