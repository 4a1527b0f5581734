#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum {
    C_REPORTER,
    C_PARTNER,
    C_TII,
    C_EXCLUDING,
    C_PAIR,
    C_EXPORTS,
    C_IMPORTS,
    C_WORLD,
    C_OWN,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_REPORTER] = {"reporter", COLUMN_STRING, NULL, 0, false, "the exporting country"},
    [C_PARTNER] = {"partner", COLUMN_STRING, NULL, 0, false, "the other country"},
    [C_TII] =
        {"tii", COLUMN_NUMBER, "1", 0, false,
         "share of the partner in the reporter's exports / share of the partner in world imports: above 1 intense"},
    [C_EXCLUDING] = {"tii_excluding_reporter", COLUMN_NUMBER, "1", 0, false,
                     "the same with world imports less the reporter's own, which it cannot supply"},
    [C_PAIR] = {"exports_to_partner", COLUMN_INTEGER, "USD", 'X', false, "reporter's exports to the partner"},
    [C_EXPORTS] = {"exports", COLUMN_INTEGER, "USD", 'X', false, "reporter's exports to all partners"},
    [C_IMPORTS] = {"partner_imports", COLUMN_INTEGER, "USD", 'M', false, "partner's imports from all partners"},
    [C_WORLD] = {"world_imports", COLUMN_INTEGER, "USD", 'M', false, "all countries' imports"},
    [C_OWN] = {"reporter_imports", COLUMN_INTEGER, "USD", 'M', false, "reporter's imports from all partners"},
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS,
};

static const struct param params[] = {
    PARAM_OF_COUNTRY("reporter", true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY("partner", true, "the importing country", "CHN"),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    const struct tii_row row = tii_fold(q->index, period);
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    cell[C_REPORTER] = cell_country(call, q->frame.reporter);
    cell[C_PARTNER] = cell_country(call, q->frame.partner);
    cell[C_TII] = cell_ratio(row.tii);
    cell[C_EXCLUDING] = cell_ratio(row.tii_excluding_reporter);
    cell[C_PAIR] = cell_figure(row.exports_to_partner);
    cell[C_EXPORTS] = cell_figure(row.exports);
    cell[C_IMPORTS] = cell_figure(row.partner_imports);
    cell[C_WORLD] = cell_figure(row.world_imports);
    cell[C_OWN] = cell_figure(row.reporter_imports);
    cell[C_PERIOD] = cell_period(call, period);
    cell[C_FLAGS] = cell_flags(row.flags);
    return ST_OK;
}

static enum status tii_plan(struct call *call)
{
    return index_plan(
        call, (struct index_needs){.world = 1U << FLOW_IMPORTS, .partner_books = true, .all_partners = true}, tii_ask);
}

static enum status tii_work(struct call *call)
{
    return index_work(call, add,
                      "(exports to the partner / all exports) / (partner imports / world imports); excluding the "
                      "reporter: world imports less its own");
}

const struct route route_index_tii = {
    .id = "getTradeIntensity",
    .group = GROUP_INDICES,
    .path = "/v1/indices/tii",
    .summary = "Whether a country sells to another more than its size in world imports suggests",
    .description = "Trade intensity index in both variants, named. Needs the books of many countries.",
    .example = "/v1/indices/tii?reporter=CHN&partner=IND",
    .figures = FIGURES_OF_INDICES,
    .plan = tii_plan,
    .work = tii_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
