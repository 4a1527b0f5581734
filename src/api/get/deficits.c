/* With whom a country runs its deficits. */
#include "entrepot/analysis/ranking.h"

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum {
    C_RANK,
    C_PARTNER,
    C_NAME,
    C_EXPORTS,
    C_IMPORTS,
    C_BALANCE,
    C_SHARE,
    C_CUMULATIVE,
    C_OF_BALANCE,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_RANK] = {"rank", COLUMN_INTEGER, NULL, 0, false, "1: the largest deficit"},
    [C_PARTNER] = {"partner", COLUMN_STRING, NULL, 0, false,
                   "partner with whom there is a deficit; other: the rows behind top"},
    [C_NAME] = {"name", COLUMN_STRING, NULL, 0, false, "the partner's name"},
    [C_EXPORTS] = {"exports", COLUMN_INTEGER, "USD", 'X', true, "reporter's exports to the partner"},
    [C_IMPORTS] = {"imports", COLUMN_INTEGER, "USD", 'M', true, "reporter's imports from the partner"},
    [C_BALANCE] = {"balance", COLUMN_INTEGER, "USD", 0, true, "exports − imports; negative"},
    [C_SHARE] = {"share_of_deficit", COLUMN_NUMBER, "1", 0, true,
                 "of the sum of all deficits; partners with a surplus are left out"},
    [C_CUMULATIVE] = {"cumulative_share", COLUMN_NUMBER, "1", 0, false, "share of this and all larger deficits"},
    [C_OF_BALANCE] = {"share_of_balance", COLUMN_NUMBER, "1", 0, true,
                      "of the balance with all partners; may exceed 1 or change sign"},
    [C_PERIOD] = {"period", COLUMN_STRING, NULL, 0, false, "period of the figures"},
    [C_FLAGS] = {"flags", COLUMN_FLAGS, NULL, 0, false, "why a figure is missing or to be read with care"},
};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    {.name = "period",
     .type = PARAM_PERIOD,
     .description = "one period; without it the latest complete one",
     .example = "2019"},
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_TOP,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static void fill(struct call *call, struct cell period, const struct deficit_row *row, struct cell *cell)
{
    cell[C_RANK] = cell_rank(row->rank);
    cell[C_PARTNER] = cell_country(call, row->partner);
    cell[C_NAME] = cell_str(countries_at(catalogue_countries(call->catalogue), row->partner)->name);
    cell[C_EXPORTS] = cell_figure(row->exports);
    cell[C_IMPORTS] = cell_figure(row->imports);
    cell[C_BALANCE] = cell_figure(row->balance);
    cell[C_SHARE] = cell_ratio(row->share_of_deficit);
    cell[C_CUMULATIVE] = cell_ratio(row->cumulative_share);
    cell[C_OF_BALANCE] = cell_ratio(row->share_of_balance);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

/* What is left for the work. */
struct asked {
    struct ranking *ranking;
    uint32_t period;
};

static enum status deficits_plan(struct call *call)
{
    struct want want = want_of(call);
    want.all_partners = true;
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
    *asked = (struct asked){ranking_ask_balance(&frame, offer->period[0]), offer->period[0]};
    return ST_OK;
}

static enum status deficits_work(struct call *call)
{
    const struct asked *asked = call->state;
    struct deficit_row *row;
    struct deficit_summary summary;
    size_t n = 0;
    enum status status = ranking_deficits(asked->ranking, call->arena, &row, &n, &summary);
    const struct cell period = cell_period(call, asked->period);
    if (status == ST_OK)
        status = call_reserve(call, n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(call, period, &row[i], cell);
    }
    call->empty_reason = "no_deficits";
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
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
