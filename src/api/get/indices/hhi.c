#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum { C_PRODUCT, C_NAME, C_IMPORTS, C_HHI, C_NORMALISED, C_EQUIVALENT, C_SUPPLIERS, C_PERIOD, C_FLAGS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_PRODUCT] = {"product", COLUMN_STRING, NULL, 0, false, "HS code, section or sector id"},
    [C_NAME] = {"name", COLUMN_STRING, NULL, 0, false, "short name; null where the table has none"},
    [C_IMPORTS] = {"imports", COLUMN_INTEGER, "USD", 'M', true, "reporter's imports of the product from all suppliers"},
    [C_HHI] = {"hhi", COLUMN_NUMBER, "1", 0, false, "Herfindahl–Hirschman index of the suppliers, 0 to 1"},
    [C_NORMALISED] = {"normalised_hhi", COLUMN_NUMBER, "1", 0, false,
                      "(hhi − 1/n) / (1 − 1/n); null for a single supplier"},
    [C_EQUIVALENT] = {"equivalent_suppliers", COLUMN_NUMBER, NULL, 0, false, "1 / hhi"},
    [C_SUPPLIERS] = {"suppliers", COLUMN_INTEGER, NULL, 0, false, "n: suppliers with a value above zero"},
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS,
};

static const struct param params[] = {
    PARAM_OF_COUNTRY("reporter", true,
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
