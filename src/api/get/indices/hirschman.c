/* GET /v1/indices/hirschman: how concentrated trade is on few partners. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

struct row {
    struct hirschman_row index;
    enum flow flow;
};

static const char *const flow_words[] = {[FLOW_EXPORTS] = "exports", [FLOW_IMPORTS] = "imports", NULL};

static const struct column columns[] = {
    COLUMN("reporter", "country whose trade it is", SHARED_REPORTER, .codes = &codes_reporter),
    COLUMN("flow", "exports or imports", FROM_WORD(struct row, flow, flow_words), .codes = &codes_flow),
    COLUMN("value", "of the flow with all partners", FROM_FIGURE(struct row, index.value), .unit = "USD",
           .measure = MEASURE_VALUE),
    COLUMN("hirschman", "Hirschman (1945): 100 times the root of the sum of the partners' squared shares",
           FROM_RATIO(struct row, index.hirschman), .unit = "1", .measure = MEASURE_HIRSCHMAN),
    COLUMN("hhi", "Herfindahl–Hirschman index: the sum of the partners' squared shares, 0 to 1",
           FROM_RATIO(struct row, index.hhi), .unit = "1", .measure = MEASURE_HHI),
    COLUMN("normalised_hhi", "(hhi − 1/n) / (1 − 1/n)", FROM_RATIO(struct row, index.normalised_hhi), .unit = "1",
           .measure = MEASURE_NORMALISED_HHI),
    COLUMN("partners", "n: partners with a value above zero", FROM_RANK(struct row, index.partners)),
    COLUMN("top_partner", "the largest partner", FROM_COUNTRY(struct row, index.top_partner),
           .codes = &codes_top_partner),
    COLUMN("top_share", "its share", FROM_RATIO(struct row, index.top_share), .unit = "1",
           .measure = MEASURE_TOP_SHARE),
    COLUMN_OF_PERIOD,
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct row, index.flags)),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose trade is looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM("flow", WORD, "exports or imports", .words = flow_words, .fallback = "imports", .example = "imports"),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct row row = {.flow = (enum flow)call_arg(call, "flow")->number};
    enum status status = hirschman_fold(q->index, period, call->arena, &row.index);
    return status == ST_OK ? call_rows(call, &row, 1, sizeof row) : status;
}

static enum status hirschman_plan(struct call *call)
{
    enum status status;
    struct index_question *q = index_begin(
        call, (struct index_needs){.all_partners = true, .flows = 1U << call_arg(call, "flow")->number}, &status);
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
    SUMS_UP(index_summary),
    .plan = hirschman_plan,
    .work = hirschman_work,
    TAKES(params),
    GIVES(columns)};
