/* GET /v1/growth/{reporter} */
#include "entrepot/analysis/growth.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

#define OF_FLOW(name, index, text, letter, by_partner, contribution)                                                   \
    COLUMN(name "_before", text ", in vs", FROM_FIGURE(struct growth_row, flow[index].before), .unit = "USD",          \
           .flow = (letter), .additive = true, .measure = by_partner),                                                 \
        COLUMN(name, text ", in the period", FROM_FIGURE(struct growth_row, flow[index].now), .unit = "USD",           \
               .flow = (letter), .additive = true, .measure = by_partner),                                             \
        COLUMN(name "_growth", name " / " name "_before − 1; nominal",                                                 \
               FROM_RATIO(struct growth_row, flow[index].growth), .unit = "1", .measure = MEASURE_GROWTH),             \
        COLUMN(name "_contribution_pp",                                                                                \
               "change of " name " since vs in percent of those with all partners then; adds up to their growth",      \
               FROM_RATIO(struct growth_row, flow[index].contribution_pp), .unit = "pp", .additive = true,             \
               .measure = contribution)

static const struct column columns[] = {
    COLUMN("partner", "partner; other: the rows behind top", FROM_COUNTRY(struct growth_row, partner),
           .codes = &codes_partner),
    COLUMN("name", "partner's name", FROM_COUNTRY_NAME(struct growth_row, partner)),
    OF_FLOW("exports", FLOW_EXPORTS, "reporter's exports to the partner", 'X', MEASURE_EXPORTS,
            MEASURE_EXPORTS_CONTRIBUTION_PP),
    OF_FLOW("imports", FLOW_IMPORTS, "reporter's imports from the partner", 'M', MEASURE_IMPORTS,
            MEASURE_IMPORTS_CONTRIBUTION_PP),
    COLUMN("balance_before", "exports − imports, in vs", FROM_FIGURE(struct growth_row, balance_before), .unit = "USD",
           .additive = true, .measure = MEASURE_BALANCE),
    COLUMN("balance", "exports − imports, in the period", FROM_FIGURE(struct growth_row, balance), .unit = "USD",
           .additive = true, .measure = MEASURE_BALANCE),
    COLUMN("balance_change", "balance − balance_before; negative: the balance became worse",
           FROM_FIGURE(struct growth_row, balance_change), .unit = "USD", .additive = true,
           .measure = MEASURE_BALANCE_CHANGE),
    COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct growth_row, flags)),
};

struct told {
    uint32_t vs;
    struct growth_summary of;
};

#define SUM_OF_FLOW(name, index)                                                                                       \
    COLUMN(name "_before", NULL, FROM_FIGURE(struct told, of.all[index].before)),                                      \
        COLUMN(name, NULL, FROM_FIGURE(struct told, of.all[index].now)),                                               \
        COLUMN(name "_growth", NULL, FROM_RATIO(struct told, of.all[index].growth)),                                   \
        COLUMN(name "_contribution_pp_of_others", NULL, FROM_RATIO(struct told, of.others[index].contribution_pp))

static const struct column summary_columns[] = {
    COLUMN("period", NULL, SHARED_PERIOD, .never_null = true),
    COLUMN("vs", NULL, FROM_PERIOD(struct told, vs), .never_null = true),
    COLUMN("partners", NULL, FROM_SIZE(struct told, of.partners)),
    SUM_OF_FLOW("exports", FLOW_EXPORTS),
    SUM_OF_FLOW("imports", FLOW_IMPORTS),
};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM("period", PERIOD, "one period; without it the latest complete one", .example = "FY2018-19"),
    PARAM("vs", PERIOD, "the earlier period, of the same kind; without it a year before", .example = "FY2010-11"),
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_TOP,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* What is left for the work. */
struct asked {
    struct growth_asked *growth;
    uint32_t before, now;
};

/* A dataset that holds both periods comes before one that holds the later alone. */
static void want_both(struct want *want, uint32_t versus)
{
    struct period_set *set = &want->period;
    if (set->n == 1) {
        uint32_t before = versus ? versus : period_add_years(set->item[0].from, -1);
        if (period_kind_of(before) == set->kind)
            set->item[set->n++] = (struct period_range){before, before};
    } else if (versus) {
        want->freq = period_kind_of(versus);
    } else {
        set->latest = 2;
    }
}

/* Of two periods that are named the dataset may hold the earlier alone. */
static enum status check_periods(struct call *call, const struct frame *frame, const struct asked *asked)
{
    const struct arg *period = call_arg(call, "period");
    if (period->periods && period->periods->n && asked->now != period->periods->item[0].from) {
        (void)call_problem(call, PROBLEM_PERIOD_UNAVAILABLE, "period", period->text,
                           arena_printf(call->arena, "the dataset %.*s does not hold this period",
                                        STR_ARG(cube_dataset(frame->cube)->id)));
        return ST_INVALID;
    }
    enum status status = check_versus(call, frame, asked->now, asked->before);
    if (status != ST_OK || asked->before < asked->now)
        return status;
    (void)call_problem(call, PROBLEM_CONFLICT, "vs", call_arg(call, "vs")->text,
                       STR("vs must be earlier than the period"));
    return ST_INVALID;
}

static enum status growth_plan(struct call *call)
{
    const uint32_t versus = versus_of(call);
    struct want want = want_of(call);
    want_both(&want, versus);
    want.likes_all_partners = true;
    want.flows = WANT_BOTH;
    want_products(call, &want);
    const struct offer *offer;
    struct asked *asked = call_keep(call, sizeof *asked);
    enum status status = asked ? call_choose(call, &want, &offer) : ST_NO_MEMORY;
    if (status != ST_OK)
        return status;
    struct frame frame = frame_of(call, offer->cube);
    asked->now = offer->period[offer->n_periods - 1];
    asked->before = versus ? versus : period_add_years(asked->now, -1);
    status = check_periods(call, &frame, asked);
    if (status == ST_OK)
        status = frame_products(call, &frame);
    if (status == ST_OK)
        asked->growth = growth_ask(&frame, asked->before, asked->now);
    return status;
}

static enum status growth_work(struct call *call)
{
    const struct asked *asked = call->state;
    struct growth_row *row;
    struct told told = {.vs = asked->before};
    size_t n;
    enum status status = growth_fold(asked->growth, call->arena, &row, &n, &told.of);
    if (status != ST_OK)
        return status;
    call->shared.period = cell_period(call, asked->now);
    call_summary(call, &told);
    if (cube_dataset(call->cube)->partners == PARTNERS_LISTED)
        call_warn(call,
                  STR("the dataset lists some of the partners: what the others gave to the growth is in meta.summary"));
    call->empty_reason = "no_trade_recorded";
    return call_rows(call, row, n, sizeof *row);
}

const struct route route_growth = {
    .id = "getGrowth",
    .group = GROUP_BALANCE,
    .path = "/v1/growth/{reporter}",
    .summary = "By how much a country's trade with each partner grew between two periods, and what made the growth",
    .description =
        "Every partner with any trade in either period, the one that gave most to the growth of imports first. The "
        "contributions of all partners, with those of others in meta.summary, add up to the growth of all.",
    .example = "/v1/growth/IND?period=FY2018-19&vs=FY2010-11",
    .default_sort = "-imports_contribution_pp",
    SUMS_UP(summary_columns),
    .plan = growth_plan,
    .work = growth_work,
    TAKES(params),
    GIVES(columns)};
