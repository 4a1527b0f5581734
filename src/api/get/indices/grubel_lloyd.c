/* GET /v1/indices/grubel-lloyd: trade both ways within a product. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct intra_row, product), .codes = &codes_product),
    COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct intra_row, name)),
    COLUMN("exports", "reporter's exports (to the partner)", FROM_FIGURE(struct intra_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS_TO_ALL),
    COLUMN("imports", "reporter's imports (from the partner)", FROM_FIGURE(struct intra_row, imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS_FROM_ALL),
    COLUMN("grubel_lloyd", "1: as much exported as imported; 0: one way only",
           FROM_RATIO(struct intra_row, grubel_lloyd), .unit = "1", .measure = MEASURE_GRUBEL_LLOYD),
    COLUMN_OF_PERIOD,
    COLUMNS_OF_CODES_OF_BOTH(struct intra_row, codes),
    COLUMN_OF_FLAGS(struct intra_row),
};

/* The aggregate is of the last period. */
static const struct column summary_columns[] = {
    COLUMN("formula", NULL, FROM_NAME(struct index_told, formula), .never_null = true),
    COLUMN("level", NULL, FROM_NAME(struct index_told, level), .never_null = true),
    COLUMN("period", NULL, SHARED_PERIOD),
    COLUMN("aggregate", NULL, FROM_RATIO(struct index_told, aggregate)),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose trade is looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, false, "the other country; without it all partners", "CHN"),
    PARAM_OF_LEVEL(LEVELS_OF_PRODUCTS),
    PARAMS_OF_INDICES,
};

static enum status grubel_lloyd_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.likes_all = true, .flows = WANT_BOTH}, intra_ask);
}

static enum status grubel_lloyd_work(struct call *call)
{
    const struct index_question *q = call->state;
    struct intra_row *row;
    size_t n = 0;
    double aggregate = 0;
    enum status status = ST_OK;
    for (size_t p = 0; status == ST_OK && p < q->offer->n_periods; p++) {
        call->shared.period = cell_period(call, q->offer->period[p]);
        status = intra_fold(q->index, q->offer->period[p], call->arena, &row, &n, &aggregate);
        if (status == ST_OK)
            status = call_rows(call, row, n, sizeof *row);
    }
    if (status == ST_OK)
        index_say(call,
                  "1 − |exports − imports| / (exports + imports); aggregate: 1 − Σ|exports − imports| / Σ(exports + "
                  "imports)",
                  aggregate);
    return status;
}

const struct route route_index_grubel_lloyd = {
    .id = "getIntraIndustryTrade",
    .group = GROUP_INDICES,
    .path = "/v1/indices/grubel-lloyd",
    .summary = "How much of the trade goes both ways within each product",
    .description = "Grubel–Lloyd index by product of the level named, and its aggregate in meta.summary. The finer the "
                   "level, the lower the index.",
    .example = "/v1/indices/grubel-lloyd?reporter=IND&partner=CHN&period=FY2018-19&level=hs2",
    SUMS_UP(summary_columns),
    .plan = grubel_lloyd_plan,
    .work = grubel_lloyd_work,
    TAKES(params),
    GIVES(columns),
    .default_sort = "-grubel_lloyd"};
