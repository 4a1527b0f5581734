#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum { C_PRODUCT, C_NAME, C_IMPORTS, C_HHI, C_NORMALISED, C_EQUIVALENT, C_SUPPLIERS, C_PERIOD, C_FLAGS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_PRODUCT] =
        COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct hhi_row, product), .codes = &codes_product),
    [C_NAME] = COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct hhi_row, name)),
    [C_IMPORTS] =
        COLUMN("imports", "reporter's imports of the product from all suppliers", FROM_FIGURE(struct hhi_row, imports),
               .unit = "USD", .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS_FROM_ALL),
    [C_HHI] = COLUMN("hhi", "Herfindahl–Hirschman index of the suppliers, 0 to 1", FROM_RATIO(struct hhi_row, hhi),
                     .unit = "1", .measure = MEASURE_HHI),
    [C_NORMALISED] = COLUMN("normalised_hhi", "(hhi − 1/n) / (1 − 1/n); null for a single supplier",
                            FROM_RATIO(struct hhi_row, normalised_hhi), .unit = "1", .measure = MEASURE_NORMALISED_HHI),
    [C_EQUIVALENT] = COLUMN("equivalent_suppliers", "1 / hhi", FROM_RATIO(struct hhi_row, equivalent_suppliers),
                            .measure = MEASURE_EQUIVALENT_SUPPLIERS),
    [C_SUPPLIERS] = COLUMN("suppliers", "n: suppliers with a value above zero", FROM_RANK(struct hhi_row, suppliers)),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct hhi_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose imports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_LEVEL(LEVELS_OF_PRODUCTS | 1U << LEVEL_TOTAL),
    PARAMS_OF_INDICES,
};

static void fill(struct cell period, const struct hhi_row *row, struct cell *cell)
{
    cell[C_PRODUCT] = cell_str(row->product);
    cell[C_NAME] = cell_str(row->name);
    cell[C_IMPORTS] = cell_figure(row->imports);
    cell[C_HHI] = cell_ratio(row->hhi);
    cell[C_NORMALISED] = cell_ratio(row->normalised_hhi);
    cell[C_EQUIVALENT] = cell_ratio(row->equivalent_suppliers);
    cell[C_SUPPLIERS] = cell_rank(row->suppliers);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct hhi_row *row;
    size_t n = 0;
    enum status status = hhi_fold(q->index, period, call->arena, &row, &n);
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

static enum status hhi_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.all_partners = true}, hhi_ask);
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
                                      .figures = FIGURES_OF_INDICES,
                                      .plan = hhi_plan,
                                      .work = hhi_work,
                                      .param = params,
                                      .n_params = sizeof params / sizeof *params,
                                      .column = columns,
                                      .n_columns = COLUMNS,
                                      .default_sort = "-hhi"};
