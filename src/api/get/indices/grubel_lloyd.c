#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum { C_PRODUCT, C_NAME, C_EXPORTS, C_IMPORTS, C_GL, C_PERIOD, C_FLAGS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_PRODUCT] = COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct intra_row, product),
                         .codes = &codes_product),
    [C_NAME] = COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct intra_row, name)),
    [C_EXPORTS] = COLUMN("exports", "reporter's exports (to the partner)", FROM_FIGURE(struct intra_row, exports),
                         .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS_TO_ALL),
    [C_IMPORTS] = COLUMN("imports", "reporter's imports (from the partner)", FROM_FIGURE(struct intra_row, imports),
                         .unit = "USD", .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS_FROM_ALL),
    [C_GL] = COLUMN("grubel_lloyd", "1: as much exported as imported; 0: one way only",
                    FROM_RATIO(struct intra_row, grubel_lloyd), .unit = "1", .measure = MEASURE_GRUBEL_LLOYD),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct intra_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose trade is looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, false, "the other country; without it all partners", "CHN"),
    PARAM_OF_LEVEL(LEVELS_OF_PRODUCTS),
    PARAMS_OF_INDICES,
};

static void fill(struct cell period, const struct intra_row *row, struct cell *cell)
{
    cell[C_PRODUCT] = cell_str(row->product);
    cell[C_NAME] = cell_str(row->name);
    cell[C_EXPORTS] = cell_figure(row->exports);
    cell[C_IMPORTS] = cell_figure(row->imports);
    cell[C_GL] = cell_ratio(row->grubel_lloyd);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

static enum status grubel_lloyd_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.likes_all = true}, intra_ask);
}

static enum status grubel_lloyd_work(struct call *call)
{
    const struct index_question *q = call->state;
    struct intra_row *row;
    size_t n = 0;
    double aggregate = 0;
    enum status status = ST_OK;
    for (size_t p = 0; status == ST_OK && p < q->offer->n_periods; p++) {
        status = intra_fold(q->index, q->offer->period[p], call->arena, &row, &n, &aggregate);
        if (status == ST_OK)
            status = call_reserve(call, n);
        const struct cell period = cell_period(call, q->offer->period[p]);
        for (size_t i = 0; status == ST_OK && i < n; i++) {
            struct cell *cell = call_row(call);
            if (!cell)
                return ST_NO_MEMORY;
            fill(period, &row[i], cell);
        }
    }
    if (status != ST_OK)
        return status;
    index_say(
        call,
        "1 − |exports − imports| / (exports + imports); aggregate: 1 − Σ|exports − imports| / Σ(exports + imports)");
    call_summarise(call, "period", cell_period(call, q->offer->period[q->offer->n_periods - 1]));
    call_summarise(call, "aggregate", cell_ratio(aggregate));
    return ST_OK;
}

const struct route route_index_grubel_lloyd = {
    .id = "getIntraIndustryTrade",
    .group = GROUP_INDICES,
    .path = "/v1/indices/grubel-lloyd",
    .summary = "How much of the trade goes both ways within each product",
    .description = "Grubel–Lloyd index by product of the level named, and its aggregate in meta.summary. The finer the "
                   "level, the lower the index.",
    .example = "/v1/indices/grubel-lloyd?reporter=IND&partner=CHN&period=FY2018-19&level=hs2",
    .figures = "{formula: string, level: string, period: string|null, aggregate: number|null}",
    .plan = grubel_lloyd_plan,
    .work = grubel_lloyd_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS,
    .default_sort = "-grubel_lloyd"};
