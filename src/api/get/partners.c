/* A country's partners, ranked. */
#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/ranking.h"

enum {
    C_RANK,
    C_PARTNER,
    C_NAME,
    C_EXPORTS,
    C_IMPORTS,
    C_TOTAL,
    C_BALANCE,
    C_SHARE,
    C_CUMULATIVE,
    C_GROWTH,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_RANK] = {"rank", COLUMN_INTEGER, NULL, 0, false, "1 is the largest by the measure of by"},
    [C_PARTNER] = {"partner", COLUMN_STRING, NULL, 0, false, "partner; other: the rows behind top"},
    [C_NAME] = {"name", COLUMN_STRING, NULL, 0, false, "partner's name"},
    [C_EXPORTS] = {"exports", COLUMN_INTEGER, "USD", 'X', true, "reporter's exports to the partner"},
    [C_IMPORTS] = {"imports", COLUMN_INTEGER, "USD", 'M', true, "reporter's imports from the partner"},
    [C_TOTAL] = {"total", COLUMN_INTEGER, "USD", 0, true, "exports + imports"},
    [C_BALANCE] = {"balance", COLUMN_INTEGER, "USD", 0, true, "exports − imports"},
    [C_SHARE] = {"share", COLUMN_NUMBER, "1", 0, true, "of the measure of by, summed over all partners"},
    [C_CUMULATIVE] = {"cumulative_share", COLUMN_NUMBER, "1", 0, false, "share of this and all larger partners"},
    [C_GROWTH] = {"growth", COLUMN_NUMBER, "1", 0, false,
                  "of the measure of by against the year before, nominal; null unless both years are complete"},
    [C_PERIOD] = {"period", COLUMN_STRING, NULL, 0, false, "period of the figures"},
    [C_FLAGS] = {"flags", COLUMN_FLAGS, NULL, 0, false, "why a figure is missing or to be read with care"},
};

static const char *const measure[] = {
    [PARTNERS_BY_TOTAL] = "total", [PARTNERS_BY_EXPORTS] = "exports", [PARTNERS_BY_IMPORTS] = "imports", NULL};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    {.name = "period",
     .type = PARAM_PERIOD,
     .description = "one period; without it the latest complete one",
     .example = "2019"},
    {.name = "by",
     .type = PARAM_WORD,
     .words = measure,
     .fallback = "total",
     .description = "what rank, share, growth and concentration are of: total, exports or imports",
     .example = "imports"},
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_TOP,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static void fill(const struct call *call, struct cell period, const struct partner_row *row, struct cell *cell)
{
    cell[C_RANK] = cell_rank(row->rank);
    cell[C_PARTNER] = cell_country(call, row->partner);
    cell[C_NAME] = cell_str(countries_at(catalogue_countries(call->catalogue), row->partner)->name);
    cell[C_EXPORTS] = cell_figure(row->exports);
    cell[C_IMPORTS] = cell_figure(row->imports);
    cell[C_TOTAL] = cell_figure(row->total);
    cell[C_BALANCE] = cell_figure(row->balance);
    cell[C_SHARE] = cell_ratio(row->share);
    cell[C_CUMULATIVE] = cell_ratio(row->cumulative_share);
    cell[C_GROWTH] = cell_ratio(row->growth);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

static void say(struct call *call, struct cell period, const struct partner_summary *summary)
{
    call_summarise(call, "period", period);
    call_summarise(call, "by", cell_str(call_arg(call, "by")->text));
    call_summarise(call, "value", cell_figure(summary->value));
    call_summarise(call, "growth", cell_ratio(summary->growth));
    call_summarise(call, "partners", cell_i64((int64_t)summary->partners));
    call_summarise(call, "hhi", cell_ratio(summary->hhi));
    call_summarise(call, "equivalent_partners", cell_ratio(summary->equivalent));
    if (isnan(summary->growth))
        call_warn(call, STR("growth is null: the year before, or this one, is not complete in the dataset"));
    call->empty_reason = "no_trade_recorded";
}

/* What is left for the work. */
struct asked {
    struct ranking *ranking;
    uint32_t period;
};

static enum status partners_plan(struct call *call)
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
    const struct cell period = cell_period(call, asked->period);
    for (size_t i = 0; i < n; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(call, period, &row[i], cell);
    }
    say(call, period, &summary);
    return ST_OK;
}

static const char figures[] =
    "{period: string, by: string, value: integer|null, growth: number|null, partners: integer,"
    " hhi: number|null, equivalent_partners: number|null}";

const struct route route_partners = {
    .id = "getPartners",
    .group = GROUP_BALANCE,
    .path = "/v1/partners/{reporter}",
    .summary = "A country's trading partners ranked, with shares, growth and concentration",
    .description = "Every partner with any trade, the largest first by total, exports or imports. meta.summary has the "
                   "Herfindahl–Hirschman index of the partners. Needs a dataset that lists all partners.",
    .example = "/v1/partners/IND?period=2019&by=imports&top=10",
    .figures = figures,
    .plan = partners_plan,
    .work = partners_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
