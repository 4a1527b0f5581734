/* A country's partners, ranked. */
#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/ranking.h"

static const struct column columns[] = {
    COLUMN("rank", "1 is the largest by the measure of by", FROM_RANK(struct partner_row, rank)),
    COLUMN("partner", "partner; other: the rows behind top", FROM_COUNTRY(struct partner_row, partner),
           .codes = &codes_partner),
    COLUMN("name", "partner's name", FROM_COUNTRY_NAME(struct partner_row, partner)),
    COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct partner_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct partner_row, imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    COLUMN("total", "exports + imports", FROM_FIGURE(struct partner_row, total), .unit = "USD", .additive = true,
           .measure = MEASURE_TOTAL),
    COLUMN("balance", "exports − imports", FROM_FIGURE(struct partner_row, balance), .unit = "USD", .additive = true,
           .measure = MEASURE_BALANCE),
    COLUMN("share", "of the measure of by, summed over all partners", FROM_RATIO(struct partner_row, share),
           .unit = "1", .additive = true, .measure = MEASURE_PARTNER_SHARE),
    COLUMN("cumulative_share", "share of this and all larger partners",
           FROM_RATIO(struct partner_row, cumulative_share), .unit = "1", .measure = MEASURE_CUMULATIVE_SHARE),
    COLUMN("growth", "of the measure of by against the year before, nominal; null unless both years are complete",
           FROM_RATIO(struct partner_row, growth), .unit = "1", .measure = MEASURE_GROWTH),
    COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
    COLUMN_AT_MOST("exports", struct partner_row, exports, 'X'),
    COLUMN_AT_MOST("imports", struct partner_row, imports, 'M'),
    COLUMN("months_held", "months of the period that both flows are of", FROM_RANK(struct partner_row, months_held),
           .unit = "months"),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct partner_row, flags)),
};

static const char *const measure[] = {
    [PARTNERS_BY_TOTAL] = "total", [PARTNERS_BY_EXPORTS] = "exports", [PARTNERS_BY_IMPORTS] = "imports", NULL};

struct told {
    struct str by;
    struct partner_summary all;
};

static const struct column summary_columns[] = {
    COLUMN("period", NULL, SHARED_PERIOD, .never_null = true),
    COLUMN("by", NULL, FROM_TEXT(struct told, by), .never_null = true),
    COLUMN("value", NULL, FROM_FIGURE(struct told, all.value)),
    COLUMN("growth", NULL, FROM_RATIO(struct told, all.growth)),
    COLUMN("partners", NULL, FROM_SIZE(struct told, all.partners)),
    COLUMN("hhi", NULL, FROM_RATIO(struct told, all.hhi)),
    COLUMN("equivalent_partners", NULL, FROM_RATIO(struct told, all.equivalent)),
    COLUMN("months_held", NULL, FROM_RANK(struct told, all.months_held)),
    COLUMN("flags", NULL, FROM_FLAGS(struct told, all.flags)),
};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM("period", PERIOD, "one period; without it the latest complete one", .example = "2019"),
    PARAM("by", WORD, "what rank, share, growth and concentration are of: total, exports or imports", .words = measure,
          .fallback = "total", .example = "imports"),
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_TOP,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* What is left for the work. */
struct asked {
    struct ranking *ranking;
    uint32_t period;
};

static enum status partners_plan(struct call *call)
{
    static const unsigned flows_of[] = {[PARTNERS_BY_TOTAL] = WANT_BOTH,
                                        [PARTNERS_BY_EXPORTS] = 1U << FLOW_EXPORTS,
                                        [PARTNERS_BY_IMPORTS] = 1U << FLOW_IMPORTS};
    struct want want = want_of(call);
    want.all_partners = true;
    want.flows = flows_of[call_arg(call, "by")->number];
    want_products(call, &want);
    const struct offer *offer;
    struct asked *asked = call_keep(call, sizeof *asked);
    enum status status = asked ? call_choose(call, &want, &offer) : ST_NO_MEMORY;
    if (status != ST_OK)
        return status;
    struct frame frame = frame_of(call, offer->cube);
    status = frame_products(call, &frame);
    if (status != ST_OK)
        return status;
    *asked = (struct asked){ranking_ask_growth(&frame, offer->period[0]), offer->period[0]};
    return ST_OK;
}

static enum status partners_work(struct call *call)
{
    const struct asked *asked = call->state;
    const enum partner_measure by = (enum partner_measure)call_arg(call, "by")->number;
    struct partner_row *row;
    struct partner_summary summary;
    size_t n = 0;
    enum status status = ranking_partners(asked->ranking, by, call->arena, &row, &n, &summary);
    if (status != ST_OK)
        return status;
    call->shared.period = cell_period(call, asked->period);
    call_summary(call, &(struct told){call_arg(call, "by")->text, summary});
    if (isnan(summary.growth))
        call_warn(call, STR("growth is null: the year before, or this one, is not complete in the dataset"));
    call->empty_reason = "no_trade_recorded";
    return call_rows(call, row, n, sizeof *row);
}

const struct route route_partners = {
    .id = "getPartners",
    .group = GROUP_BALANCE,
    .path = "/v1/partners/{reporter}",
    .summary = "A country's trading partners ranked, with shares, growth and concentration",
    .description = "Every partner with any trade, the largest first by total, exports or imports. meta.summary has the "
                   "Herfindahl–Hirschman index of the partners. Needs a dataset that lists all partners.",
    .example = "/v1/partners/IND?period=2019&by=imports&top=10",
    SUMS_UP(summary_columns),
    .plan = partners_plan,
    .work = partners_work,
    TAKES(params),
    GIVES(columns)};
