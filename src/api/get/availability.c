/* GET /v1/availability: who reported what, when, in which detail. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/dependence.h"
#include "entrepot/cube/correlation.h"
#include "entrepot/cube/known.h"

/* A dataset's books of a reporter and flow over all their periods; or, where a dataset or periods are named, one return of them. */
struct row {
    const struct cube *cube;
    uint32_t reporter, partner, first, last;
    enum flow flow;
    const char *level;
    const char *frequency;
    size_t periods;
    struct cell period; /* from here on of a return only */
    const char *products, *partners, *rule;
    enum verdict total, world;
    struct str hs;
    unsigned months;
};

static const char *const flow_words[] = {[FLOW_EXPORTS] = "exports", [FLOW_IMPORTS] = "imports", NULL};

static const struct column columns[] = {
    COLUMN("dataset", "dataset id", FROM_DATASET(struct row, cube), .codes = &codes_dataset),
    COLUMN("reporter", "country whose books these are", FROM_COUNTRY(struct row, reporter), .codes = &codes_reporter),
    COLUMN("partner",
           "partner; null: any (no partner was named). In a row of a return: a partner with whom it tells its products "
           "otherwise",
           FROM_COUNTRY(struct row, partner), .codes = &codes_partner),
    COLUMN("flow", "exports or imports", FROM_WORD(struct row, flow, flow_words), .codes = &codes_flow),
    COLUMN("level",
           "finest product level; of a return: down to which all that was traded is known, null: not even the total is",
           FROM_NAME(struct row, level)),
    COLUMN("frequency", "A, FY or M", FROM_NAME(struct row, frequency)),
    COLUMN("first_period", "first period with an observation", FROM_PERIOD(struct row, first)),
    COLUMN("last_period", "last period with an observation", FROM_PERIOD(struct row, last)),
    COLUMN("periods", "number of periods with an observation", FROM_SIZE(struct row, periods)),
    COLUMN("period", "of a return: its period", FROM_CELL(STRING, struct row, period), .codes = &codes_return),
    COLUMN("products",
           "of a return: full down to `level`, or selected ones, so that those that are absent are not known",
           FROM_NAME(struct row, products)),
    COLUMN("partners", "of a return: all are listed, some are, the world's row is all there is, or a closed set",
           FROM_NAME(struct row, partners)),
    COLUMN("total", "of a return: whether the total with each of its partners is known",
           FROM_VERDICT(struct row, total)),
    COLUMN("world", "of a return: whether it has the world's row", FROM_VERDICT(struct row, world)),
    COLUMN("hs", "of a return: revision of its codes", FROM_TEXT(struct row, hs)),
    COLUMN("months_held", "of a return: months that its period has", FROM_RANK(struct row, months), .unit = "months"),
    COLUMN("rule", "of a return: what decided of its products: stated, reader, aggregate, codes or none",
           FROM_NAME(struct row, rule)),
};

/* False where the dataset has nothing of the row's reporter, partner and flow. */
static bool find_periods(struct row *row, uint32_t partner)
{
    size_t n;
    const uint32_t *period = cube_periods(row->cube, &n);
    for (size_t i = 0; i < n; i++) {
        if (!cube_held(row->cube, row->reporter, partner, row->flow, period[i]))
            continue;
        row->first = row->periods++ ? row->first : period[i];
        row->last = period[i];
    }
    return row->periods > 0;
}

static enum status add_cube(struct call *call, const struct cube *cube, unsigned flows)
{
    const struct arg *reporter = call_arg(call, "reporter"), *partner = call_arg(call, "partner");
    const struct dataset *d = cube_dataset(cube);
    size_t n_members, n = 0;
    const uint32_t *member = cube_members(cube, &n_members);
    struct row *row = arena_new_raw(call->arena, struct row, 2 * n_members);
    if (!row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n_members; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
            row[n] = (struct row){.cube = cube,
                                  .reporter = member[i],
                                  .partner = partner->given ? partner->country : NO_ID,
                                  .flow = f,
                                  .level = level_name[d->level],
                                  .frequency = period_kind_word(d->frequency)};
            if ((!reporter->given || reporter->country == member[i]) && (flows & 1U << f))
                n += find_periods(&row[n], partner->given ? partner->country : ANY_MEMBER);
        }
    return call_rows(call, row, n, sizeof *row);
}

/* ---- returns ---- */

/* What is asked for of the returns. */
struct wanted {
    uint32_t reporter; /* or NO_ID */
    unsigned flows;    /* a bit each */
    const struct period_set *periods;
    uint32_t partner; /* or NO_ID: the return itself and all its exceptions */
};

static struct row return_row(struct call *call, const struct cube *cube, uint32_t reporter, uint32_t partner,
                             enum flow flow, uint32_t period)
{
    struct cube_return r;
    struct row row = {.cube = cube,
                      .reporter = reporter,
                      .partner = partner,
                      .first = period,
                      .last = period,
                      .flow = flow,
                      .frequency = period_kind_word(cube_dataset(cube)->frequency),
                      .period = cell_period(call, period)};
    if (!cube_return_of(cube, reporter, partner == NO_ID ? ANY_MEMBER : partner, flow, period, &r))
        return row;
    row.periods = 1;
    row.level = r.any ? level_name[r.level] : NULL;
    row.products = coverage_name[r.selected ? COVERAGE_SELECTED : COVERAGE_FULL];
    row.partners = cube_partners_name[r.partners];
    row.total = r.totals || (partner != NO_ID && r.any) ? VERDICT_YES : VERDICT_NO;
    row.world = r.world ? VERDICT_YES : VERDICT_NO;
    row.hs = hs_name(r.revision);
    row.months = period_months(period_kind_of(period));
    row.rule = cube_rule_name[r.rule];
    return row;
}

/* The return, and those partners that are told otherwise. */
static enum status add_return(struct call *call, const struct cube *cube, const struct wanted *wanted,
                              uint32_t reporter, enum flow flow, uint32_t period)
{
    size_t n = cube_return_exceptions(cube, reporter, flow, period, NULL, 0), k = 0;
    uint32_t *with = arena_new_raw(call->arena, uint32_t, n + 1);
    struct row *row = arena_new_raw(call->arena, struct row, n + 1);
    if (!with || !row)
        return ST_NO_MEMORY;
    (void)cube_return_exceptions(cube, reporter, flow, period, with, n);
    row[k] = return_row(call, cube, reporter, wanted->partner, flow, period);
    k += row[k].periods;
    for (size_t i = 0; k && wanted->partner == NO_ID && i < n; i++)
        row[k++] = return_row(call, cube, reporter, with[i], flow, period);
    return call_rows(call, row, k, sizeof *row);
}

/* Whether one of the dataset's periods is meant, the `newer`-th newest: of months also by the year that they are in. */
static bool is_meant(const struct period_set *set, uint32_t period, size_t newer)
{
    if (!set || (set->n == 0 && set->latest == 0))
        return true;
    if (set->latest)
        return newer < set->latest;
    if (!period_adds_up(period_kind_of(period), set->kind))
        return false;
    uint32_t whole = period_within(period, set->kind);
    for (size_t i = 0; i < set->n; i++)
        if (set->item[i].from <= whole && whole <= set->item[i].to)
            return true;
    return false;
}

static enum status add_returns(struct call *call, const struct cube *cube, const struct wanted *wanted)
{
    size_t n_periods, n;
    const uint32_t *period = cube_periods(cube, &n_periods), *member = cube_members(cube, &n);
    enum status status = ST_OK;
    for (size_t k = 0; k < n_periods; k++)
        for (size_t i = 0; is_meant(wanted->periods, period[k], n_periods - 1 - k) && i < n; i++)
            for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++)
                if ((wanted->reporter == NO_ID || wanted->reporter == member[i]) && (wanted->flows & 1U << f))
                    status = add_return(call, cube, wanted, member[i], f, period[k]);
    return status;
}

static enum status get(struct call *call)
{
    const struct arg *reporter = call_arg(call, "reporter"), *partner = call_arg(call, "partner"),
                     *flow = call_arg(call, "flow"), *dataset = call_arg(call, "dataset"),
                     *period = call_arg(call, "period");
    const struct wanted wanted = {.reporter = reporter->given ? reporter->country : NO_ID,
                                  .flows = flow->given ? 1U << flow->number : 3U,
                                  .periods = period->given ? period->periods : NULL,
                                  .partner = partner->given ? partner->country : NO_ID};
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < catalogue_count(call->catalogue); i++) {
        const struct cube *cube = catalogue_at(call->catalogue, i);
        if (dataset->given && !str_eq(dataset->text, cube_dataset(cube)->id))
            continue;
        status =
            dataset->given || period->given ? add_returns(call, cube, &wanted) : add_cube(call, cube, wanted.flows);
    }
    call->empty_reason = "not_reported";
    return status;
}

static const struct param params[] = {
    PARAM("reporter", COUNTRY, "only this reporter", .codes = &codes_reporter, .example = "IND"),
    PARAM("partner", COUNTRY, "only with this partner", .codes = &codes_partner, .example = "CHN"),
    PARAM("flow", WORD, "only this flow", .words = flow_words, .example = "imports"),
    PARAM("dataset", DATASET,
          "the returns of this dataset: a row for each reporter, flow and period, and for partners that differ",
          .example = "dgcis-hs2-fy"),
    PARAM("period", PERIODS, "the returns of these periods", .example = "FY2018-19"),
    PARAMS_OF_TABLES,
};

const struct route route_availability = {
    .id = "getAvailability",
    .group = GROUP_BOOKS,
    .path = "/v1/availability",
    .summary = "Who reported what, when, in which detail",
    .example = "/v1/availability?reporter=IND&partner=CHN",
    .description = "One row a dataset, reporter and flow. Where a dataset or periods are named, "
                   "one row a return: what a reporter reported of a flow in a period.",
    .handler = get,
    TAKES(params),
    GIVES(columns)};
