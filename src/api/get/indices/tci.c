#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum { C_REPORTER, C_PARTNER, C_TCI, C_PRODUCTS, C_EXPORTS, C_IMPORTS, C_PERIOD, C_FLAGS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_REPORTER] = COLUMN("reporter", "the exporting country", FROM_COUNTRY(struct index_question, frame.reporter),
                          .codes = &codes_reporter),
    [C_PARTNER] = COLUMN("partner", "the other country", FROM_COUNTRY(struct index_question, frame.partner),
                         .codes = &codes_partner),
    [C_TCI] = COLUMN("tci", "0: the reporter exports nothing that the partner imports; 100: in the same proportions",
                     .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_TCI),
    [C_PRODUCTS] = COLUMN("products", "products of the level that either trades", .type = COLUMN_INTEGER),
    [C_EXPORTS] = COLUMN("exports", "reporter's exports of them to all partners", .type = COLUMN_INTEGER, .unit = "USD",
                         .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    [C_IMPORTS] = COLUMN("partner_imports", "partner's imports of them from all partners", .type = COLUMN_INTEGER,
                         .unit = "USD", .flow = 'M', .measure = MEASURE_IMPORTS_FROM_ALL),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct tci_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, true, "the importing country", "CHN"),
    PARAM_OF_LEVEL(LEVELS_WITHOUT_SECTORS),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct tci_row row;
    enum status status = tci_fold(q->index, period, call->arena, &row);
    struct cell *cell = status == ST_OK ? call_row(call) : NULL;
    if (!cell)
        return status != ST_OK ? status : ST_NO_MEMORY;
    cell[C_REPORTER] = cell_country(call, q->frame.reporter);
    cell[C_PARTNER] = cell_country(call, q->frame.partner);
    cell[C_TCI] = cell_ratio(row.tci);
    cell[C_PRODUCTS] = cell_i64((int64_t)row.products);
    cell[C_EXPORTS] = cell_figure(row.exports);
    cell[C_IMPORTS] = cell_figure(row.partner_imports);
    cell[C_PERIOD] = cell_period(call, period);
    cell[C_FLAGS] = cell_flags(row.flags);
    return ST_OK;
}

static enum status tci_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.partner_books = true, .all_partners = true}, tci_ask);
}

static enum status tci_work(struct call *call)
{
    return index_work(call, add,
                      "100 (1 − ½ Σ |share of the product in the imports of the partner − its share in the exports of "
                      "the reporter|)");
}

const struct route route_index_tci = {.id = "getTradeComplementarity",
                                      .group = GROUP_INDICES,
                                      .path = "/v1/indices/tci",
                                      .summary = "How well one country's exports fit what another imports",
                                      .description = "Michaely's trade complementarity index at the product level "
                                                     "named. Needs the books of both countries in one dataset.",
                                      .example = "/v1/indices/tci?reporter=CHN&partner=IND&level=hs6",
                                      .figures = FIGURES_OF_INDICES,
                                      .plan = tci_plan,
                                      .work = tci_work,
                                      .param = params,
                                      .n_params = sizeof params / sizeof *params,
                                      .column = columns,
                                      .n_columns = COLUMNS};
