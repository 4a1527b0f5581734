/* GET /v1/leverage/{reporter}/{partner}: who depends on whom, in which products. */
#include "entrepot/analysis/leverage.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/prefer.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const char *const lever_words[] = {
    [LEVER_REPORTER] = "reporter", [LEVER_PARTNER] = "partner", [LEVER_BALANCED] = "balanced"};

static const struct column columns[] = {
    COLUMN("product", "HS code, section or sector id; TOTAL: all products asked for",
           FROM_TEXT(struct leverage_row, product), .codes = &codes_product),
    COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct leverage_row, name)),
    COLUMN("import_dependence", "a: the partner's share in the reporter's imports, from the reporter's books",
           FROM_RATIO(struct leverage_row, import_dependence), .unit = "1", .measure = MEASURE_IMPORT_DEPENDENCE),
    COLUMN("partner_market_dependence", "b: the reporter's share in the partner's exports, from the partner's books",
           FROM_RATIO(struct leverage_row, partner_market_dependence), .unit = "1",
           .measure = MEASURE_PARTNER_MARKET_DEPENDENCE),
    COLUMN("market_dependence", "c: the partner's share in the reporter's exports, from the reporter's books",
           FROM_RATIO(struct leverage_row, market_dependence), .unit = "1", .measure = MEASURE_MARKET_DEPENDENCE),
    COLUMN("partner_import_dependence", "d: the reporter's share in the partner's imports, from the partner's books",
           FROM_RATIO(struct leverage_row, partner_import_dependence), .unit = "1",
           .measure = MEASURE_PARTNER_IMPORT_DEPENDENCE),
    COLUMN("asymmetry_imports",
           "a − b; above zero the reporter depends more on what it buys than the partner on selling it",
           FROM_RATIO(struct leverage_row, asymmetry_imports), .unit = "1", .measure = MEASURE_ASYMMETRY_IMPORTS),
    COLUMN("asymmetry_market",
           "c − d; above zero the reporter depends more on what it sells than the partner on buying it",
           FROM_RATIO(struct leverage_row, asymmetry_market), .unit = "1", .measure = MEASURE_ASYMMETRY_MARKET),
    COLUMN("net_asymmetry", "(a + c) − (b + d); above zero the reporter depends more",
           FROM_RATIO(struct leverage_row, net_asymmetry), .unit = "1", .measure = MEASURE_NET_ASYMMETRY),
    COLUMN("loss_index_reporter",
           "ln(1/(1 − cut·a))/(σ − 1): log rise of the reporter's import prices if the partner's supply is cut; "
           "null with unbounded_loss where nothing is left",
           FROM_RATIO(struct leverage_row, loss_reporter), .unit = "1", .measure = MEASURE_LOSS_INDEX),
    COLUMN("loss_index_partner", "the same of d: if the reporter's supply to the partner is cut",
           FROM_RATIO(struct leverage_row, loss_partner), .unit = "1", .measure = MEASURE_LOSS_INDEX),
    COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct leverage_row, imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct leverage_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    COLUMN("imports_total", "reporter's imports from all partners", FROM_FIGURE(struct leverage_row, imports_total),
           .unit = "USD", .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS_TOTAL),
    COLUMN("exports_total", "reporter's exports to all partners", FROM_FIGURE(struct leverage_row, exports_total),
           .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS_TOTAL),
    COLUMN("lever",
           "who could hurt whom more: partner where net_asymmetry exceeds the margin, reporter where it is below "
           "−margin, else balanced; a share of nothing counts as 0; null where a term is not known or nothing is "
           "traded",
           FROM_WORD(struct leverage_row, lever, lever_words)),
    COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
    COLUMN_AT_MOST("exports", struct leverage_row, exports, 'X'),
    COLUMN_AT_MOST("imports", struct leverage_row, imports, 'M'),
    COLUMN("months_held", "months of the period that both flows are of", FROM_RANK(struct leverage_row, months_held),
           .unit = "months"),
    COLUMNS_OF_CODES_OF_BOTH(struct leverage_row, codes),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct leverage_row, flags)),
};

/* Sectors overlap, so their losses do not add up: unknown. */
struct told {
    bool has_total; /* a dataset of chosen products does not know the trade in all products asked for */
    struct leverage_row total;
    struct barbieri terms;
    struct leverage_losses reporter, partner;
    struct figure unbounded_reporter, unbounded_partner; /* numbers of products */
};

#define TERM(id, ...) COLUMN(id, NULL, ONLY_IF(struct told, has_total), __VA_ARGS__)
static const struct column summary_columns[] = {
    TERM("imports", FROM_FIGURE(struct told, total.imports)),
    TERM("exports", FROM_FIGURE(struct told, total.exports)),
    TERM("import_dependence", FROM_RATIO(struct told, total.import_dependence)),
    TERM("partner_market_dependence", FROM_RATIO(struct told, total.partner_market_dependence)),
    TERM("market_dependence", FROM_RATIO(struct told, total.market_dependence)),
    TERM("partner_import_dependence", FROM_RATIO(struct told, total.partner_import_dependence)),
    TERM("asymmetry_imports", FROM_RATIO(struct told, total.asymmetry_imports)),
    TERM("asymmetry_market", FROM_RATIO(struct told, total.asymmetry_market)),
    TERM("net_asymmetry", FROM_RATIO(struct told, total.net_asymmetry)),
    TERM("lever", FROM_WORD(struct told, total.lever, lever_words)),
    TERM("trade_share_r", FROM_RATIO(struct told, terms.trade_share_reporter)),
    TERM("trade_share_p", FROM_RATIO(struct told, terms.trade_share_partner)),
    TERM("salience", FROM_RATIO(struct told, terms.salience)),
    TERM("symmetry", FROM_RATIO(struct told, terms.symmetry)),
    TERM("interdependence", FROM_RATIO(struct told, terms.interdependence)),
    TERM("months_held", FROM_RANK(struct told, total.months_held)),
    TERM("flags", FROM_FLAGS(struct told, total.flags)),
    COLUMN("loss_index_reporter", NULL, FROM_RATIO(struct told, reporter.sum)),
    COLUMN("loss_index_partner", NULL, FROM_RATIO(struct told, partner.sum)),
    COLUMN("loss_index_reporter_at_least", NULL, FROM_RATIO(struct told, reporter.bounded)),
    COLUMN("loss_index_partner_at_least", NULL, FROM_RATIO(struct told, partner.bounded)),
    COLUMN("unbounded_products_reporter", NULL, FROM_FIGURE(struct told, unbounded_reporter)),
    COLUMN("unbounded_products_partner", NULL, FROM_FIGURE(struct told, unbounded_partner)),
};

#define LEVELS_OF_LEVERAGE                                                                                             \
    (1U << LEVEL_TOTAL | 1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_SECTOR)

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    PARAM("level", LEVEL,
          "sector, section, hs2, hs4, hs6 or total; without it sector where a dataset has both sides' books "
          "of products, else total",
          .levels = LEVELS_OF_LEVERAGE, .example = "total"),
    PARAM("period", PERIOD, "one period; without it the latest complete one", .example = "2019"),
    PARAM("sigma", REAL, "elasticity of substitution between suppliers in the loss index, above 1", .low = 1.001,
          .high = 1000, .fallback = "4", .example = "4"),
    PARAM("cut", SHARE, "part of the flow that is taken away in the loss index", .fallback = "1", .example = "1"),
    PARAM("margin", REAL, "of net_asymmetry, up to which the lever is balanced", .low = 0, .high = 2, .fallback = "0.1",
          .example = "0.1"),
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* What is left for the work. */
struct asked {
    struct want want;
    struct frame frame;
    struct leverage_question question;
    struct breakdown breakdown, all; /* the level's items, and all products together */
    struct leverage *leverage, *total;
};

static struct leverage *leverage_of(const struct asked *asked, const struct breakdown *breakdown)
{
    struct leverage_question question = asked->question;
    question.breakdown = breakdown;
    return leverage_ask(&asked->frame, &question);
}

static enum status ask_levels(struct call *call, struct asked *asked)
{
    const struct cube *cube = asked->frame.cube;
    const struct sectors *sectors = catalogue_sectors(call->catalogue);
    enum status status = breakdown_make(cube, sectors, asked->want.level, call->arena, &asked->breakdown);
    if (status == ST_OK)
        status = breakdown_make(cube, sectors, LEVEL_TOTAL, call->arena, &asked->all);
    if (status != ST_OK)
        return status;
    asked->leverage = leverage_of(asked, &asked->breakdown);
    if (cube_dataset(cube)->coverage == COVERAGE_FULL || asked->frame.leaves.member)
        asked->total = leverage_of(asked, &asked->all);
    return ST_OK;
}

/* The pair's trade in all products asked for. A sum of chosen products is no total. */
static enum status add_summary(struct call *call, const struct asked *asked, const struct leverage_summary *losses)
{
    const struct leverage_losses unknown = {.sum = (double)NAN, .bounded = (double)NAN};
    const bool adds = asked->want.level != LEVEL_SECTOR;
    struct told told = {.has_total = asked->total != NULL,
                        .reporter = adds ? losses->reporter : unknown,
                        .partner = adds ? losses->partner : unknown,
                        .unbounded_reporter = {.usd = (int64_t)losses->reporter.without_a_bound, .known = adds},
                        .unbounded_partner = {.usd = (int64_t)losses->partner.without_a_bound, .known = adds}};
    struct leverage_row *total;
    struct leverage_summary unused;
    size_t n;
    enum status status = told.has_total ? leverage_fold(asked->total, call->arena, &total, &n, &unused) : ST_OK;
    if (status != ST_OK)
        return status;
    if (told.has_total) {
        told.total = *total;
        told.terms = barbieri_of(total);
    } else {
        call_warn(call, STR("the dataset holds chosen products only, so there are no totals in meta.summary"));
    }
    call_summary(call, &told);
    return ST_OK;
}

static enum status table(struct call *call, const struct asked *asked)
{
    struct leverage_row *row;
    struct leverage_summary summary;
    size_t n = 0;
    enum status status = leverage_fold(asked->leverage, call->arena, &row, &n, &summary);
    call->shared.period = cell_period(call, asked->question.period);
    if (status == ST_OK)
        status = call_rows(call, row, n, sizeof *row);
    return status == ST_OK ? add_summary(call, asked, &summary) : status;
}

/* Without `level` sectors where a dataset has both sides' books of products, else totals. */
static enum status choose(struct call *call, struct want *want, const struct offer **offer)
{
    const struct arg *level = call_arg(call, "level");
    want->level = level->given ? level->level : LEVEL_SECTOR;
    if (!level->given) {
        const struct offer *best = call_best(call, want, score_of_books);
        if (!best || score_of_books(want, best) == 0)
            want->level = LEVEL_TOTAL;
    }
    return call_prefer(call, want, score_of_books, offer);
}

static unsigned score_of_both_flows(const struct want *want, const struct offer *offer)
{
    uint32_t period = offer->period[offer->n_periods - 1];
    unsigned exports = cube_held(offer->cube, want->reporter, want->partner, FLOW_EXPORTS, period);
    unsigned imports = cube_held(offer->cube, want->reporter, want->partner, FLOW_IMPORTS, period);
    return exports && imports ? 2 : 1;
}

/* Names a dataset that has the reporter's trade with the world. */
static void warn_of_world(struct call *call, const struct want *want, const struct frame *frame, uint32_t period)
{
    if (world_kind(frame, FLOW_EXPORTS, period) != WORLD_UNKNOWN &&
        world_kind(frame, FLOW_IMPORTS, period) != WORLD_UNKNOWN)
        return;
    struct want world = {.reporter = frame->reporter,
                         .partner = countries_world(frame->countries),
                         .period = {.kind = period_kind_of(period), .n = 1, .item = {{period, period}}}};
    const struct offer *found = call_best(call, &world, score_of_both_flows);
    struct str id = cube_dataset(frame->cube)->id;
    if (found && found->cube != frame->cube && call_answered_by(call, want, found->cube))
        call_warn(call, arena_printf(call->arena,
                                     "%.*s has no total over all partners for both flows of this period, so shares of "
                                     "it are null; %.*s has totals with the world",
                                     STR_ARG(id), STR_ARG(cube_dataset(found->cube)->id)));
    else
        call_warn(call, arena_printf(call->arena,
                                     "%.*s has no total over all partners for both flows of this period, so shares of "
                                     "it are null",
                                     STR_ARG(id)));
}

static void add_warnings(struct call *call, const struct want *want, const struct frame *frame, uint32_t period)
{
    call_warn(call, arena_printf(call->arena,
                                 "lever: partner where (a + c) − (b + d) exceeds %.*s, reporter where it is below "
                                 "−%.*s; loss index: CES with σ = %.*s and a cut of %.*s, weighed with shares in "
                                 "imports in meta.summary",
                                 STR_ARG(call_arg(call, "margin")->text), STR_ARG(call_arg(call, "margin")->text),
                                 STR_ARG(call_arg(call, "sigma")->text), STR_ARG(call_arg(call, "cut")->text)));
    if (!leverage_has_partner(frame, period))
        warn_of_books(call, want, frame);
    warn_of_world(call, want, frame, period);
    if (want->level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up, and the summary has no sum of their "
                            "loss indices"));
}

static enum status leverage_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    const struct offer *offer;
    if (!asked)
        return ST_NO_MEMORY;
    asked->want = want_of(call);
    asked->want.flows = WANT_BOTH;
    if (call_refuse_world(call, "partner"))
        return ST_INVALID;
    want_products(call, &asked->want);
    enum status status = choose(call, &asked->want, &offer);
    if (status != ST_OK)
        return status;
    asked->frame = frame_of(call, offer->cube);
    asked->question = (struct leverage_question){.period = offer->period[0],
                                                 .sigma = call_arg(call, "sigma")->ratio,
                                                 .cut = call_arg(call, "cut")->ratio,
                                                 .margin = call_arg(call, "margin")->ratio};
    status = frame_products(call, &asked->frame);
    return status == ST_OK ? ask_levels(call, asked) : status;
}

static enum status leverage_work(struct call *call)
{
    const struct asked *asked = call->state;
    enum status status = table(call, asked);
    add_warnings(call, &asked->want, &asked->frame, asked->question.period);
    call->empty_reason = "no_trade_recorded";
    return status;
}

const struct route route_leverage = {
    .id = "getLeverage",
    .group = GROUP_DEPENDENCE,
    .path = "/v1/leverage/{reporter}/{partner}",
    .summary = "Who depends on whom in which products, and who could hurt whom more",
    .description =
        "Four shares in both directions of the pair's trade (a and c from the reporter's books, b and d from "
        "the partner's), their asymmetries, a CES loss index, and who holds the lever; the totals in "
        "meta.summary. The call with reporter and partner exchanged mirrors it.",
    .example = "/v1/leverage/IND/CHN?level=total&period=2019",
    SUMS_UP(summary_columns),
    .plan = leverage_plan,
    .work = leverage_work,
    TAKES(params),
    GIVES(columns),
    .default_sort = "-imports"};
