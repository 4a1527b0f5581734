#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum {
    C_REPORTER,
    C_FLOW,
    C_VALUE,
    C_HIRSCHMAN,
    C_HHI,
    C_NORMALISED,
    C_PARTNERS,
    C_TOP,
    C_TOP_SHARE,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_REPORTER] = COLUMN("reporter", "country whose trade it is", FROM_COUNTRY(struct index_question, frame.reporter),
                          .codes = &codes_reporter),
    [C_FLOW] = COLUMN("flow", "exports or imports", .type = COLUMN_STRING, .codes = &codes_flow),
    [C_VALUE] = COLUMN("value", "of the flow with all partners", .type = COLUMN_INTEGER, .unit = "USD",
                       .measure = MEASURE_VALUE),
    [C_HIRSCHMAN] =
        COLUMN("hirschman", "Hirschman (1945): 100 times the root of the sum of the partners' squared shares",
               .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_HIRSCHMAN),
    [C_HHI] = COLUMN("hhi", "Herfindahl–Hirschman index: the sum of the partners' squared shares, 0 to 1",
                     .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_HHI),
    [C_NORMALISED] = COLUMN("normalised_hhi", "(hhi − 1/n) / (1 − 1/n)", .type = COLUMN_NUMBER, .unit = "1",
                            .measure = MEASURE_NORMALISED_HHI),
    [C_PARTNERS] = COLUMN("partners", "n: partners with a value above zero", .type = COLUMN_INTEGER),
    [C_TOP] = COLUMN("top_partner", "the largest partner", .type = COLUMN_STRING, .codes = &codes_top_partner),
    [C_TOP_SHARE] = COLUMN("top_share", "its share", .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_TOP_SHARE),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct hirschman_row),
};

static const char *const flow_words[] = {[FLOW_EXPORTS] = "exports", [FLOW_IMPORTS] = "imports", NULL};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose trade is looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    {.name = "flow",
     .type = PARAM_WORD,
     .words = flow_words,
     .fallback = "imports",
     .description = "exports or imports",
     .example = "imports"},
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct hirschman_row row;
    enum flow flow = (enum flow)call_arg(call, "flow")->number;
    enum status status = hirschman_fold(q->index, period, call->arena, &row);
    struct cell *cell = status == ST_OK ? call_row(call) : NULL;
    if (!cell)
        return status != ST_OK ? status : ST_NO_MEMORY;
    cell[C_REPORTER] = cell_country(call, q->frame.reporter);
    cell[C_FLOW] = cell_z(flow_words[flow]);
    cell[C_VALUE] = cell_figure(row.value);
    cell[C_HIRSCHMAN] = cell_ratio(row.hirschman);
    cell[C_HHI] = cell_ratio(row.hhi);
    cell[C_NORMALISED] = cell_ratio(row.normalised_hhi);
    cell[C_PARTNERS] = cell_rank(row.partners);
    cell[C_TOP] = cell_country(call, row.top_partner);
    cell[C_TOP_SHARE] = cell_ratio(row.top_share);
    cell[C_PERIOD] = cell_period(call, period);
    cell[C_FLAGS] = cell_flags(row.flags);
    return ST_OK;
}

static enum status hirschman_plan(struct call *call)
{
    enum status status;
    struct index_question *q = index_begin(call, (struct index_needs){.all_partners = true}, &status);
    if (q)
        q->index =
            hirschman_ask(&q->frame, (enum flow)call_arg(call, "flow")->number, q->offer->period, q->offer->n_periods);
    return status;
}

static enum status hirschman_work(struct call *call)
{
    return index_work(call, add, "100 √ Σ (value with a partner / value with all)²");
}

const struct route route_index_hirschman = {
    .id = "getHirschman",
    .group = GROUP_INDICES,
    .path = "/v1/indices/hirschman",
    .summary = "How concentrated a country's trade is on few partners",
    .description = "Hirschman's concentration of the partners of one flow, and the Herfindahl–Hirschman index beside "
                   "it. Needs a dataset that lists all partners.",
    .example = "/v1/indices/hirschman?reporter=IND&period=2019",
    .figures = FIGURES_OF_INDICES,
    .plan = hirschman_plan,
    .work = hirschman_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
