#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/prefer.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/leverage.h"
#include "entrepot/analysis/scenario.h"

enum {
    C_PATH,
    C_YEAR,
    C_CUT,
    C_SUPPLIER,
    C_NAME,
    C_GAP,
    C_DOMESTIC,
    C_CAPACITY,
    C_ALLOCATION,
    C_COVERED,
    C_UNCOVERED,
    C_UNCOVERED_SHARE,
    C_COST,
    C_COST_MULTIPLE,
    C_COST_COVERAGE,
    C_LOSS,
    C_LOSS_SHARE,
    C_LOSS_OF_ALL,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_PATH] = COLUMN("path", "gradual: the cut grows by equal steps; abrupt: the whole cut from the first year on",
                      .type = COLUMN_STRING, .codes = &codes_path),
    [C_YEAR] =
        COLUMN("year", "1: the first year of the path", FROM_COUNT(struct scenario_step, year), .codes = &codes_year),
    [C_CUT] = COLUMN("cut", "part of the flow that is cut in this year", FROM_RATIO(struct scenario_step, cut),
                     .unit = "1", .measure = MEASURE_CUT),
    [C_SUPPLIER] =
        COLUMN("supplier", "with allocation=1 the other supplier (side=partner: the other market), else null",
               .type = COLUMN_STRING, .codes = &codes_supplier),
    [C_NAME] = COLUMN("name", "its name", .type = COLUMN_STRING),
    [C_GAP] = COLUMN(
        "gap",
        "cut · the reporter's imports from the partner (side=partner: the partner's exports to the reporter); "
        "null in rows of suppliers, as are domestic to partner_loss",
        FROM_FIGURE(struct scenario_step, gap), .unit = "USD", .additive = true, .measure = MEASURE_SCENARIO_GAP),
    [C_DOMESTIC] =
        COLUMN("domestic", "part of the gap that is taken over at home", FROM_FIGURE(struct scenario_step, domestic),
               .unit = "USD", .additive = true, .measure = MEASURE_DOMESTIC),
    [C_CAPACITY] = COLUMN(
        "capacity", "year · expand · trade with all + divert · trade elsewhere, of all others or of this supplier",
        FROM_FIGURE(struct scenario_step, capacity), .unit = "USD", .additive = true,
        .measure = MEASURE_SCENARIO_CAPACITY),
    [C_ALLOCATION] =
        COLUMN("allocation",
               "with allocation=1 what this supplier takes over, product by product pro rata to capacity; adds "
               "up to covered",
               .type = COLUMN_INTEGER, .unit = "USD", .additive = true, .measure = MEASURE_ALLOCATION),
    [C_COVERED] =
        COLUMN("covered", "least of gap − domestic and capacity, product by product",
               FROM_FIGURE(struct scenario_step, covered), .unit = "USD", .additive = true, .measure = MEASURE_COVERED),
    [C_UNCOVERED] = COLUMN("uncovered", "gap − domestic − covered", FROM_FIGURE(struct scenario_step, uncovered),
                           .unit = "USD", .additive = true, .measure = MEASURE_UNCOVERED),
    [C_UNCOVERED_SHARE] =
        COLUMN("uncovered_share",
               "uncovered / the reporter's imports of the product from all (side=partner: the partner's "
               "exports of it to all)",
               FROM_RATIO(struct scenario_step, uncovered_share), .unit = "1", .measure = MEASURE_UNCOVERED_SHARE),
    [C_COST] =
        COLUMN("cost",
               "sum of allocation · (the supplier's unit value / the partner's − 1), of exports to all, where both "
               "have one; null with side=partner",
               .type = COLUMN_INTEGER, .unit = "USD", .additive = true, .measure = MEASURE_COST),
    [C_COST_MULTIPLE] =
        COLUMN("cost_multiple", "mean of the suppliers' unit values / the partner's, weighed with the allocation",
               FROM_RATIO(struct scenario_step, cost_multiple), .unit = "1", .measure = MEASURE_COST_MULTIPLE),
    [C_COST_COVERAGE] =
        COLUMN("cost_coverage", "part of covered whose suppliers have a unit value: cost is of this part",
               FROM_RATIO(struct scenario_step, cost_coverage), .unit = "1", .measure = MEASURE_COST_COVERAGE),
    [C_LOSS] = COLUMN("partner_loss",
                      "cut · the partner's exports to the reporter, in the partner's books, before it sells elsewhere",
                      FROM_FIGURE(struct scenario_step, partner_loss), .unit = "USD", .flow = 'X', .additive = true,
                      .measure = MEASURE_PARTNER_LOSS),
    [C_LOSS_SHARE] = COLUMN("partner_loss_share", "partner_loss / the partner's exports of the product to all",
                            FROM_RATIO(struct scenario_step, partner_loss_share), .unit = "1",
                            .measure = MEASURE_PARTNER_LOSS_SHARE),
    [C_LOSS_OF_ALL] =
        COLUMN("partner_loss_share_of_exports", "partner_loss / the partner's exports of all products to all",
               FROM_RATIO(struct scenario_step, partner_loss_share_of_exports), .unit = "1",
               .measure = MEASURE_PARTNER_LOSS_SHARE_OF_EXPORTS),
    [C_PERIOD] =
        COLUMN("period", "period of the figures that the paths start from", SHARED_PERIOD, .codes = &codes_period),
    [C_FLAGS] =
        COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct scenario_step, flags)),
};

static const char *const sides[] = {"reporter", "partner", NULL};
static const char *const paths[] = {"gradual", "abrupt", NULL};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    {.name = "product",
     .type = PARAM_PRODUCTS,
     .codes = &codes_product,
     .required = true,
     .description = "HS codes, sections (S01 to S21) or sector ids, separated by commas",
     .example = "850760"},
    {.name = "cut",
     .type = PARAM_SHARE,
     .required = true,
     .description = "part of the reporter's imports from the partner that is cut, 0 to 1",
     .example = "0.3"},
    {.name = "years",
     .type = PARAM_COUNT,
     .max = SCENARIO_YEARS_MAX,
     .fallback = "1",
     .description = "over how many years the gradual path reaches the cut",
     .example = "3"},
    PARAM_OF_EXPAND,
    PARAM_OF_DIVERT,
    {.name = "domestic",
     .type = PARAM_SHARE,
     .fallback = "0",
     .description = "part of the gap that home production (side=partner: the home market) takes over",
     .example = "0.1"},
    {.name = "side",
     .type = PARAM_WORD,
     .words = sides,
     .fallback = "reporter",
     .description = "reporter: what it misses and who else could sell it; partner: what it cannot sell to the reporter "
                    "any more, and which other markets could buy it",
     .example = "reporter"},
    {.name = "allocation",
     .type = PARAM_FLAG,
     .fallback = "0",
     .description = "1: instead of a row a year, a row for each supplier of each year",
     .example = "1"},
    {.name = "path",
     .type = PARAM_WORD,
     .words = paths,
     .description = "gradual or abrupt; without it both, side by side",
     .example = "gradual"},
    {.name = "period",
     .type = PARAM_PERIOD,
     .description = "one period; without it the latest complete year",
     .example = "2019"},
    PARAM_OF_DATASET,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static void fill_step(const struct scenario_step *step, struct cell *cell)
{
    cell[C_GAP] = cell_figure(step->gap);
    cell[C_DOMESTIC] = cell_figure(step->domestic);
    cell[C_CAPACITY] = cell_figure(step->capacity);
    cell[C_COVERED] = cell_figure(step->covered);
    cell[C_UNCOVERED] = cell_figure(step->uncovered);
    cell[C_UNCOVERED_SHARE] = cell_ratio(step->uncovered_share);
    cell[C_COST] = isfinite(step->cost) ? cell_i64(llround(step->cost)) : cell_null;
    cell[C_COST_MULTIPLE] = cell_ratio(step->cost_multiple);
    cell[C_COST_COVERAGE] = cell_ratio(step->cost_coverage);
    cell[C_LOSS] = cell_figure(step->partner_loss);
    cell[C_LOSS_SHARE] = cell_ratio(step->partner_loss_share);
    cell[C_LOSS_OF_ALL] = cell_ratio(step->partner_loss_share_of_exports);
}

/* What rows of years and rows of suppliers have in common. */
static struct cell *new_row(struct call *call, struct cell period, const struct scenario_step *step)
{
    struct cell *cell = call_row(call);
    if (!cell)
        return NULL;
    for (size_t i = 0; i < COLUMNS; i++)
        cell[i] = cell_null;
    cell[C_PATH] = cell_z(paths[step->path]);
    cell[C_YEAR] = cell_i64(step->year);
    cell[C_CUT] = cell_ratio(step->cut);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(step->flags);
    return cell;
}

static enum status add_parts(struct call *call, struct cell period, const struct scenario *scenario, size_t step)
{
    struct scenario_part *part;
    size_t n = 0;
    enum status status = scenario_allocate(scenario, step, call->arena, &part, &n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct cell *cell = new_row(call, period, &scenario->step[step]);
        if (!cell)
            return ST_NO_MEMORY;
        cell[C_SUPPLIER] = cell_country(call, part[i].country);
        cell[C_NAME] = cell_str(countries_at(catalogue_countries(call->catalogue), part[i].country)->name);
        cell[C_CAPACITY] = cell_figure(part[i].capacity);
        cell[C_ALLOCATION] = cell_figure(part[i].allocation);
    }
    return status;
}

/* The whole cut in the first year. */
static void summarise(struct call *call, const struct scenario *scenario, bool importing)
{
    const struct scenario_step *first = &scenario->step[scenario->n_steps / 2];
    call_summarise(call, importing ? "imports" : "exports", cell_figure(scenario->flow));
    call_summarise(call, importing ? "imports_total" : "exports_total", cell_figure(scenario->total));
    call_summarise(call, "share", cell_ratio(figure_ratio(scenario->flow, scenario->total)));
    call_summarise(call, "gap", cell_figure(first->gap));
    call_summarise(call, "domestic", cell_figure(first->domestic));
    call_summarise(call, "capacity_total", cell_figure(first->capacity));
    call_summarise(call, "covered", cell_figure(first->covered));
    call_summarise(call, "uncovered", cell_figure(first->uncovered));
    call_summarise(call, "uncovered_share", cell_ratio(first->uncovered_share));
    call_summarise(call, "resourcing_multiple", cell_ratio(scenario->resourcing_multiple));
    call_summarise(call, "market_tightness", cell_ratio(scenario->market_tightness));
    call_summarise(call, "products", cell_i64((int64_t)scenario->products));
    call_summarise(call, "flags", cell_flags(first->flags));
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
    const struct cell period = cell_period(call, asked->question.period);
    for (size_t i = 0; status == ST_OK && i < scenario->n_steps; i++) {
        const struct scenario_step *step = &scenario->step[i];
        if (path->given && path->number != (uint32_t)step->path)
            continue;
        if (asked->question.allocate) {
            status = add_parts(call, period, scenario, i);
            continue;
        }
        struct cell *cell = new_row(call, period, step);
        if (!cell)
            return ST_NO_MEMORY;
        fill_step(step, cell);
    }
    if (status == ST_OK)
        summarise(call, scenario, asked->question.side == SIDE_REPORTER);
    return status;
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
    want_a_year(call, &asked->want, score_of_suppliers);
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

static const char figures[] =
    "{imports?: integer|null, exports?: integer|null, imports_total?: integer|null, exports_total?: integer|null,"
    " share: number|null, gap: integer|null, domestic: integer|null, capacity_total: integer|null, covered: "
    "integer|null,"
    " uncovered: integer|null, uncovered_share: number|null, resourcing_multiple: number|null,"
    " market_tightness: number|null, products: integer, flags: Flags}";

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
    .figures = figures,
    .plan = scenario_plan,
    .work = scenario_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
