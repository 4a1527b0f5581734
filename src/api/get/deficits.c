/* With whom a country runs its deficits. */
#include "entrepot/analysis/ranking.h"

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("rank", "1: the largest deficit", FROM_RANK(struct deficit_row, rank)),
    COLUMN("partner", "partner with whom there is a deficit; other: the rows behind top",
           FROM_COUNTRY(struct deficit_row, partner), .codes = &codes_partner),
    COLUMN("name", "the partner's name", FROM_COUNTRY_NAME(struct deficit_row, partner)),
    COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct deficit_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct deficit_row, imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    COLUMN("balance", "exports − imports; negative", FROM_FIGURE(struct deficit_row, balance), .unit = "USD",
           .additive = true, .measure = MEASURE_BALANCE),
    COLUMN("share_of_deficit", "of the sum of all deficits; partners with a surplus are left out",
           FROM_RATIO(struct deficit_row, share_of_deficit), .unit = "1", .additive = true,
           .measure = MEASURE_SHARE_OF_DEFICIT),
    COLUMN("cumulative_share", "share of this and all larger deficits",
           FROM_RATIO(struct deficit_row, cumulative_share), .unit = "1", .measure = MEASURE_CUMULATIVE_SHARE),
    COLUMN("share_of_balance", "of the balance with all partners; may exceed 1 or change sign",
           FROM_RATIO(struct deficit_row, share_of_balance), .unit = "1", .additive = true,
           .measure = MEASURE_SHARE_OF_BALANCE),
    COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
    COLUMN_AT_MOST("exports", struct deficit_row, exports, 'X'),
    COLUMN_AT_MOST("imports", struct deficit_row, imports, 'M'),
    COLUMN("months_held", "months of the period that both flows are of", FROM_RANK(struct deficit_row, months_held),
           .unit = "months"),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct deficit_row, flags)),
};

static const struct param params[] = {
    PARAM_OF_REPORTER, PARAM("period", PERIOD, "one period; without it the latest complete one", .example = "2019"),
    PARAM_OF_PRODUCT,  PARAM_OF_DATASET,
    PARAM_OF_TOP,      PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* What is left for the work. */
struct asked {
    struct ranking *ranking;
    uint32_t period;
};

static enum status deficits_plan(struct call *call)
{
    struct want want = want_of(call);
    want.all_partners = true;
    want.flows = WANT_BOTH;
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
    *asked = (struct asked){ranking_ask(&frame, offer->period[0]), offer->period[0]};
    return ST_OK;
}

static enum status deficits_work(struct call *call)
{
    const struct asked *asked = call->state;
    struct deficit_row *row;
    struct deficit_summary summary;
    size_t n = 0;
    enum status status = ranking_deficits(asked->ranking, call->arena, &row, &n, &summary);
    call->shared.period = cell_period(call, asked->period);
    if (status == ST_OK)
        status = call_rows(call, row, n, sizeof *row);
    call->empty_reason = summary.unknown || summary.unsure ? "not_known" : "no_deficits";
    return status;
}

const struct route route_deficits = {
    .id = "getDeficits",
    .group = GROUP_BALANCE,
    .path = "/v1/deficits/{reporter}",
    .summary = "With whom a country runs its trade deficits",
    .description =
        "Partners with a negative balance, the largest deficit first. Needs a dataset that lists all partners.",
    .example = "/v1/deficits/IND?period=2019&top=10",
    .plan = deficits_plan,
    .work = deficits_work,
    TAKES(params),
    GIVES(columns)};
