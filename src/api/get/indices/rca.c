#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum { C_PRODUCT, C_NAME, C_EXPORTS, C_WORLD, C_RCA, C_SYMMETRIC, C_PERIOD, C_FLAGS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_PRODUCT] =
        COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct rca_row, product), .codes = &codes_product),
    [C_NAME] = COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct rca_row, name)),
    [C_EXPORTS] = COLUMN("exports", "reporter's exports of the product", FROM_FIGURE(struct rca_row, exports),
                         .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS_TO_ALL),
    [C_WORLD] =
        COLUMN("world_exports", "all countries' exports of the product", FROM_FIGURE(struct rca_row, world_exports),
               .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_WORLD_EXPORTS),
    [C_RCA] = COLUMN("rca", "Balassa's revealed comparative advantage: above 1 an advantage",
                     FROM_RATIO(struct rca_row, rca), .unit = "1", .measure = MEASURE_RCA),
    [C_SYMMETRIC] = COLUMN("symmetric_rca", "(rca − 1) / (rca + 1), −1 to 1", FROM_RATIO(struct rca_row, symmetric),
                           .unit = "1", .measure = MEASURE_SYMMETRIC_RCA),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct rca_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_LEVEL(LEVELS_OF_PRODUCTS),
    PARAMS_OF_INDICES,
};

static void fill(struct cell period, const struct rca_row *row, struct cell *cell)
{
    cell[C_PRODUCT] = cell_str(row->product);
    cell[C_NAME] = cell_str(row->name);
    cell[C_EXPORTS] = cell_figure(row->exports);
    cell[C_WORLD] = cell_figure(row->world_exports);
    cell[C_RCA] = cell_ratio(row->rca);
    cell[C_SYMMETRIC] = cell_ratio(row->symmetric);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct rca_row *row;
    size_t n = 0;
    enum status status = rca_fold(q->index, period, call->arena, &row, &n);
    if (status == ST_OK)
        status = call_reserve(call, n);
    const struct cell text = cell_period(call, period);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(text, &row[i], cell);
    }
    return status;
}

static enum status rca_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.world = 1U << FLOW_EXPORTS, .all_partners = true}, rca_ask);
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
                                      .figures = FIGURES_OF_INDICES,
                                      .plan = rca_plan,
                                      .work = rca_work,
                                      .param = params,
                                      .n_params = sizeof params / sizeof *params,
                                      .column = columns,
                                      .n_columns = COLUMNS,
                                      .default_sort = "-rca"};
