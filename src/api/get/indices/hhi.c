/* GET /v1/indices/hhi: how concentrated the suppliers of a product are. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct hhi_row, product), .codes = &codes_product),
    COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct hhi_row, name)),
    COLUMN("imports", "reporter's imports of the product from all suppliers", FROM_FIGURE(struct hhi_row, imports),
           .unit = "USD", .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS_FROM_ALL),
    COLUMN("hhi", "Herfindahl–Hirschman index of the suppliers, 0 to 1", FROM_RATIO(struct hhi_row, hhi), .unit = "1",
           .measure = MEASURE_HHI),
    COLUMN("normalised_hhi", "(hhi − 1/n) / (1 − 1/n); null for a single supplier",
           FROM_RATIO(struct hhi_row, normalised_hhi), .unit = "1", .measure = MEASURE_NORMALISED_HHI),
    COLUMN("equivalent_suppliers", "1 / hhi", FROM_RATIO(struct hhi_row, equivalent_suppliers),
           .measure = MEASURE_EQUIVALENT_SUPPLIERS),
    COLUMN("suppliers", "n: suppliers with a value above zero", FROM_RANK(struct hhi_row, suppliers)),
    COLUMN_OF_PERIOD,
    COLUMNS_OF_CODES(struct hhi_row, codes),
    COLUMN_OF_FLAGS(struct hhi_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose imports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_LEVEL(LEVELS_OF_PRODUCTS | 1U << LEVEL_TOTAL),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct hhi_row *row;
    size_t n = 0;
    enum status status = hhi_fold(q->index, period, call->arena, &row, &n);
    return status == ST_OK ? call_rows(call, row, n, sizeof *row) : status;
}

static enum status hhi_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.all_partners = true, .flows = 1U << FLOW_IMPORTS}, hhi_ask);
}

static enum status hhi_work(struct call *call)
{
    return index_work(call, add, "Σ (imports from a supplier / imports)²");
}

const struct route route_index_hhi = {.id = "getSupplierHhi",
                                      .group = GROUP_INDICES,
                                      .path = "/v1/indices/hhi",
                                      .summary = "How concentrated the suppliers of each product are",
                                      .description = "Herfindahl–Hirschman index of a country's suppliers, plain and "
                                                     "normalised. Needs a dataset that lists all partners.",
                                      .example = "/v1/indices/hhi?reporter=IND&period=2019&level=total",
                                      SUMS_UP(index_summary),
                                      .plan = hhi_plan,
                                      .work = hhi_work,
                                      TAKES(params),
                                      GIVES(columns),
                                      .default_sort = "-hhi"};
