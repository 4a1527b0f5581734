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
    [C_REPORTER] = COLUMN("reporter", "the exporting country", FROM_COUNTRY(struct index_question, frame.reporter),
                          .codes = &codes_reporter),
    [C_PARTNER] = COLUMN("partner", "the other country", FROM_COUNTRY(struct index_question, frame.partner),
                         .codes = &codes_partner),
    [C_TII] = COLUMN(
        "tii",
        "share of the partner in the reporter's exports / share of the partner in world imports: above 1 intense",
        .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_TII),
    [C_EXCLUDING] =
        COLUMN("tii_excluding_reporter", "the same with world imports less the reporter's own, which it cannot supply",
               .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_TII_EXCLUDING_REPORTER),
    [C_PAIR] = COLUMN("exports_to_partner", "reporter's exports to the partner", .type = COLUMN_INTEGER, .unit = "USD",
                      .flow = 'X', .measure = MEASURE_EXPORTS_TO_PARTNER),
    [C_EXPORTS] = COLUMN("exports", "reporter's exports to all partners", .type = COLUMN_INTEGER, .unit = "USD",
                         .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    [C_IMPORTS] = COLUMN("partner_imports", "partner's imports from all partners", .type = COLUMN_INTEGER,
                         .unit = "USD", .flow = 'M', .measure = MEASURE_IMPORTS_FROM_ALL),
    [C_WORLD] = COLUMN("world_imports", "all countries' imports", .type = COLUMN_INTEGER, .unit = "USD", .flow = 'M',
                       .measure = MEASURE_WORLD_IMPORTS),
    [C_OWN] = COLUMN("reporter_imports", "reporter's imports from all partners", .type = COLUMN_INTEGER, .unit = "USD",
                     .flow = 'M', .measure = MEASURE_IMPORTS_FROM_ALL),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct tii_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, true, "the importing country", "CHN"),
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
