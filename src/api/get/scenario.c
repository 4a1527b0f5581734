/* GET /v1/scenario/{reporter}/{partner}: what a cut of imports would do. */
#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/prefer.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/leverage.h"
#include "entrepot/analysis/scenario.h"

/* A year of a path, or what one of the other suppliers takes over in it. */
struct row {
    struct scenario_step step;
    struct figure cost, allocation;
    uint32_t supplier;
};

static const char *const paths[] = {"gradual", "abrupt", NULL};

static const struct column columns[] = {
    COLUMN("path", "gradual: the cut grows by equal steps; abrupt: the whole cut from the first year on",
           FROM_WORD(struct row, step.path, paths), .codes = &codes_path),
    COLUMN("year", "1: the first year of the path", FROM_COUNT(struct row, step.year), .codes = &codes_year),
    COLUMN("cut", "part of the flow that is cut in this year", FROM_RATIO(struct row, step.cut), .unit = "1",
           .measure = MEASURE_CUT),
    COLUMN("supplier", "with allocation=1 the other supplier (side=partner: the other market), else null",
           FROM_COUNTRY(struct row, supplier), .codes = &codes_supplier),
    COLUMN("name", "its name", FROM_COUNTRY_NAME(struct row, supplier)),
    COLUMN("gap",
           "cut · the reporter's imports from the partner (side=partner: the partner's exports to the reporter); "
           "null in rows of suppliers, as are domestic to partner_loss",
           FROM_FIGURE(struct row, step.gap), .unit = "USD", .additive = true, .measure = MEASURE_SCENARIO_GAP),
    COLUMN("domestic", "part of the gap that is taken over at home", FROM_FIGURE(struct row, step.domestic),
           .unit = "USD", .additive = true, .measure = MEASURE_DOMESTIC),
    COLUMN("capacity", "year · expand · trade with all + divert · trade elsewhere, of all others or of this supplier",
           FROM_FIGURE(struct row, step.capacity), .unit = "USD", .additive = true,
           .measure = MEASURE_SCENARIO_CAPACITY),
    COLUMN("allocation",
           "with allocation=1 what this supplier takes over, product by product pro rata to capacity; adds "
           "up to covered",
           FROM_FIGURE(struct row, allocation), .unit = "USD", .additive = true, .measure = MEASURE_ALLOCATION),
    COLUMN("covered", "least of gap − domestic and capacity, product by product", FROM_FIGURE(struct row, step.covered),
           .unit = "USD", .additive = true, .measure = MEASURE_COVERED),
    COLUMN("uncovered", "gap − domestic − covered", FROM_FIGURE(struct row, step.uncovered), .unit = "USD",
           .additive = true, .measure = MEASURE_UNCOVERED),
    COLUMN("uncovered_share",
           "uncovered / the reporter's imports of the product from all (side=partner: the partner's "
           "exports of it to all)",
           FROM_RATIO(struct row, step.uncovered_share), .unit = "1", .measure = MEASURE_UNCOVERED_SHARE),
    COLUMN("cost",
           "sum of allocation · (the supplier's unit value / the partner's − 1), of exports to all, where both "
           "have one; null with side=partner",
           FROM_FIGURE(struct row, cost), .unit = "USD", .additive = true, .measure = MEASURE_COST),
    COLUMN("cost_multiple", "mean of the suppliers' unit values / the partner's, weighed with the allocation",
           FROM_RATIO(struct row, step.cost_multiple), .unit = "1", .measure = MEASURE_COST_MULTIPLE),
    COLUMN("cost_coverage", "part of covered whose suppliers have a unit value: cost is of this part",
           FROM_RATIO(struct row, step.cost_coverage), .unit = "1", .measure = MEASURE_COST_COVERAGE),
    COLUMN("partner_loss",
           "cut · the partner's exports to the reporter, in the partner's books, before it sells elsewhere",
           FROM_FIGURE(struct row, step.partner_loss), .unit = "USD", .flow = 'X', .additive = true,
           .measure = MEASURE_PARTNER_LOSS),
    COLUMN("partner_loss_share", "partner_loss / the partner's exports of the product to all",
           FROM_RATIO(struct row, step.partner_loss_share), .unit = "1", .measure = MEASURE_PARTNER_LOSS_SHARE),
    COLUMN("partner_loss_share_of_exports", "partner_loss / the partner's exports of all products to all",
           FROM_RATIO(struct row, step.partner_loss_share_of_exports), .unit = "1",
           .measure = MEASURE_PARTNER_LOSS_SHARE_OF_EXPORTS),
    COLUMN("period", "period of the figures that the paths start from", SHARED_PERIOD, .codes = &codes_period),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct row, step.flags)),
};

static const char *const sides[] = {"reporter", "partner", NULL};

/* The side's trade, and the whole cut in the first year. */
struct told {
    bool importing, exporting;
    struct figure flow, total;
    double share, resourcing_multiple, market_tightness;
    struct scenario_step first;
    size_t products;
    struct world_cover cover;
};

static const struct column summary_columns[] = {
    COLUMN("imports", NULL, FROM_FIGURE(struct told, flow), ONLY_IF(struct told, importing)),
    COLUMN("exports", NULL, FROM_FIGURE(struct told, flow), ONLY_IF(struct told, exporting)),
    COLUMN("imports_total", NULL, FROM_FIGURE(struct told, total), ONLY_IF(struct told, importing)),
    COLUMN("exports_total", NULL, FROM_FIGURE(struct told, total), ONLY_IF(struct told, exporting)),
    COLUMN("share", NULL, FROM_RATIO(struct told, share)),
    COLUMN("gap", NULL, FROM_FIGURE(struct told, first.gap)),
    COLUMN("domestic", NULL, FROM_FIGURE(struct told, first.domestic)),
    COLUMN("capacity_total", NULL, FROM_FIGURE(struct told, first.capacity)),
    COLUMN("covered", NULL, FROM_FIGURE(struct told, first.covered)),
    COLUMN("uncovered", NULL, FROM_FIGURE(struct told, first.uncovered)),
    COLUMN("uncovered_share", NULL, FROM_RATIO(struct told, first.uncovered_share)),
    COLUMN("resourcing_multiple", NULL, FROM_RATIO(struct told, resourcing_multiple)),
    COLUMN("market_tightness", NULL, FROM_RATIO(struct told, market_tightness)),
    COLUMN("products", NULL, FROM_SIZE(struct told, products)),
    COLUMNS_OF_COVER(struct told, cover),
    COLUMN("flags", NULL, FROM_FLAGS(struct told, first.flags)),
};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    PARAM("product", PRODUCTS, "HS codes, sections (S01 to S21) or sector ids, separated by commas",
          .codes = &codes_product, .required = true, .example = "850760"),
    PARAM("cut", SHARE, "part of the reporter's imports from the partner that is cut, 0 to 1", .required = true,
          .example = "0.3"),
    PARAM("years", COUNT, "over how many years the gradual path reaches the cut", .max = SCENARIO_YEARS_MAX,
          .fallback = "1", .example = "3"),
    PARAM_OF_EXPAND,
    PARAM_OF_DIVERT,
    PARAM("domestic", SHARE, "part of the gap that home production (side=partner: the home market) takes over",
          .fallback = "0", .example = "0.1"),
    PARAM("side", WORD,
          "reporter: what it misses and who else could sell it; partner: what it cannot sell to the reporter "
          "any more, and which other markets could buy it",
          .words = sides, .fallback = "reporter", .example = "reporter"),
    PARAM("allocation", FLAG, "1: instead of a row a year, a row for each supplier of each year", .fallback = "0",
          .example = "1"),
    PARAM("path", WORD, "gradual or abrupt; without it both, side by side", .words = paths, .example = "gradual"),
    PARAM("period", PERIOD, "one period; without it the latest complete year", .example = "2019"),
    PARAM_OF_DATASET,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static struct row row_of(const struct scenario_step *step)
{
    bool known = isfinite(step->cost);
    return (struct row){
        .step = *step, .cost = {.usd = known ? llround(step->cost) : 0, .known = known}, .supplier = NO_ID};
}

/* Rows of suppliers have nothing of the year but these. */
static struct row row_of_part(const struct scenario_step *step, const struct scenario_part *part)
{
    return (struct row){.step = {.path = step->path,
                                 .year = step->year,
                                 .cut = step->cut,
                                 .capacity = part->capacity,
                                 .uncovered_share = (double)NAN,
                                 .cost_multiple = (double)NAN,
                                 .cost_coverage = (double)NAN,
                                 .partner_loss_share = (double)NAN,
                                 .partner_loss_share_of_exports = (double)NAN,
                                 .flags = step->flags},
                        .allocation = part->allocation,
                        .supplier = part->country};
}

static enum status add_parts(struct call *call, const struct scenario *scenario, size_t step)
{
    struct scenario_part *part;
    size_t n = 0;
    enum status status = scenario_allocate(scenario, step, call->arena, &part, &n);
    struct row *row = arena_new_raw(call->arena, struct row, n);
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        row[i] = row_of_part(&scenario->step[step], &part[i]);
    return call_rows(call, row, n, sizeof *row);
}

/* What is left for the work. */
struct asked {
    struct want want;
    struct frame frame;
    struct scenario_question question;
    struct scenario_state *state;
};

static enum status table(struct call *call, const struct asked *asked, struct scenario *scenario)
{
    const struct arg *path = call_arg(call, "path");
    enum status status = scenario_fold(asked->state, call->arena, scenario);
    call->shared.period = cell_period(call, asked->question.period);
    for (size_t i = 0; status == ST_OK && i < scenario->n_steps; i++) {
        const struct scenario_step *step = &scenario->step[i];
        if (path->given && path->number != (uint32_t)step->path)
            continue;
        struct row row = row_of(step);
        status = asked->question.allocate ? add_parts(call, scenario, i) : call_rows(call, &row, 1, sizeof row);
    }
    if (status != ST_OK)
        return status;
    const bool importing = asked->question.side == SIDE_REPORTER;
    call_summary(call, &(struct told){.importing = importing,
                                      .exporting = !importing,
                                      .flow = scenario->flow,
                                      .total = scenario->total,
                                      .share = figure_ratio(scenario->flow, scenario->total),
                                      .first = scenario->step[scenario->n_steps / 2],
                                      .resourcing_multiple = scenario->resourcing_multiple,
                                      .market_tightness = scenario->market_tightness,
                                      .products = scenario->products,
                                      .cover = scenario->cover});
    return ST_OK;
}

static void add_warnings(struct call *call, const struct want *want, const struct frame *frame,
                         const struct scenario *scenario)
{
    call_warn(call, arena_printf(call->arena,
                                 "assumptions, no forecast: others grow by %.*s of today's trade a year, added up year "
                                 "by year on both paths, and turn round %.*s of what they trade elsewhere; %.*s of the "
                                 "gap is taken over at home; the gradual path reaches the cut of %.*s in %.*s equal "
                                 "steps",
                                 STR_ARG(call_arg(call, "expand")->text), STR_ARG(call_arg(call, "divert")->text),
                                 STR_ARG(call_arg(call, "domestic")->text), STR_ARG(call_arg(call, "cut")->text),
                                 STR_ARG(call_arg(call, "years")->text)));
    if (scenario->products > 1)
        call_warn(call, arena_printf(call->arena,
                                     "%zu products, each covered only by those who trade it, then added up: a capacity "
                                     "above the gap can leave a part uncovered",
                                     scenario->products));
    warn_of_suppliers(call, want);
    if (!scenario->partner_books)
        warn_of_books(call, want, frame);
}

static enum status scenario_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    const struct offer *offer;
    if (!asked)
        return ST_NO_MEMORY;
    asked->want = want_of(call);
    if (call_refuse_world(call, "partner"))
        return ST_INVALID;
    want_products(call, &asked->want);
    asked->want.flows = 1U << FLOW_IMPORTS;
    enum status status = call_prefer(call, &asked->want, score_of_suppliers, &offer);
    if (status != ST_OK)
        return status;
    asked->frame = frame_of(call, offer->cube);
    asked->question = (struct scenario_question){.period = offer->period[0],
                                                 .side = call_arg(call, "side")->number ? SIDE_PARTNER : SIDE_REPORTER,
                                                 .years = call_arg(call, "years")->number,
                                                 .cut = call_arg(call, "cut")->ratio,
                                                 .expand = call_arg(call, "expand")->ratio,
                                                 .divert = call_arg(call, "divert")->ratio,
                                                 .domestic = call_arg(call, "domestic")->ratio,
                                                 .allocate = call_arg(call, "allocation")->number == 1,
                                                 .worldwide = cube_is_worldwide(offer->cube)};
    status = frame_products(call, &asked->frame);
    if (status == ST_OK)
        asked->state = scenario_ask(&asked->frame, &asked->question);
    return status;
}

static enum status scenario_work(struct call *call)
{
    const struct asked *asked = call->state;
    struct scenario scenario;
    enum status status = table(call, asked, &scenario);
    if (status == ST_OK)
        add_warnings(call, &asked->want, &asked->frame, &scenario);
    call->empty_reason = "no_other_suppliers";
    return status;
}

const struct route route_scenario = {
    .id = "getScenario",
    .group = GROUP_DEPENDENCE,
    .path = "/v1/scenario/{reporter}/{partner}",
    .summary = "What a cut of imports from one partner would do, year by year, gradually and at once",
    .description =
        "A part of the reporter's imports of some products from the partner is cut. Each year: the gap, what home "
        "production and other suppliers could take over, what stays uncovered, the cost by unit values, and what the "
        "partner loses. A supplier's capacity in year y is y · expand · its exports + divert · its sales to others: "
        "the "
        "growth adds up year by year without compounding, on the gradual path and on the abrupt one alike, so they "
        "differ in when the cut comes. With side=partner the same sales are looked at from the partner: gap is what it "
        "cannot sell to the reporter, and capacity what other markets could buy, by the same rule over their imports. "
        "An assumption, no forecast.",
    .example = "/v1/scenario/IND/CHN?product=850760&cut=0.3&years=3",
    SUMS_UP(summary_columns),
    .plan = scenario_plan,
    .work = scenario_work,
    TAKES(params),
    GIVES(columns)};
