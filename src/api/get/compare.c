/* GET /v1/compare: several pairs side by side. */
#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/bilateral.h"

struct row {
    struct bilateral_row figures;
    struct figure months; /* a number */
    struct str pair;
    uint32_t reporter, partner, period;
    const struct cube *cube; /* NULL: no dataset has it */
};

static const struct column columns[] = {
    COLUMN("pair", "the pair as REPORTER-PARTNER", FROM_TEXT(struct row, pair)),
    COLUMN("reporter", "country whose books are read", FROM_COUNTRY(struct row, reporter), .codes = &codes_reporter),
    COLUMN("partner", "the other country", FROM_COUNTRY(struct row, partner), .codes = &codes_partner),
    COLUMN("period", "period of the figures, the same for all pairs", FROM_PERIOD(struct row, period),
           .codes = &codes_period),
    COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct row, figures.exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct row, figures.imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    COLUMN("total", "exports + imports", FROM_FIGURE(struct row, figures.total), .unit = "USD", .additive = true,
           .measure = MEASURE_TOTAL),
    COLUMN("balance", "exports − imports; negative: a deficit", FROM_FIGURE(struct row, figures.balance), .unit = "USD",
           .additive = true, .measure = MEASURE_BALANCE),
    COLUMN("cover_ratio", "exports / imports", FROM_RATIO(struct row, figures.cover_ratio), .unit = "1",
           .measure = MEASURE_COVER_RATIO),
    COLUMN("share_of_exports", "exports / the reporter's exports to all partners",
           FROM_RATIO(struct row, figures.share_of_exports), .unit = "1", .measure = MEASURE_SHARE_OF_EXPORTS),
    COLUMN("share_of_imports", "imports / the reporter's imports from all partners",
           FROM_RATIO(struct row, figures.share_of_imports), .unit = "1", .measure = MEASURE_SHARE_OF_IMPORTS),
    COLUMN("share_of_total", "total / the reporter's trade with all partners",
           FROM_RATIO(struct row, figures.share_of_total), .unit = "1", .measure = MEASURE_SHARE_OF_TOTAL),
    COLUMN("hhi",
           "Herfindahl–Hirschman index of all the reporter's suppliers; null where the dataset does not list them",
           FROM_RATIO(struct row, figures.import_hhi), .unit = "1", .measure = MEASURE_HHI),
    COLUMN("exports_growth", "exports / exports of the same period a year before − 1",
           FROM_RATIO(struct row, figures.exports_growth), .unit = "1", .measure = MEASURE_EXPORTS_GROWTH),
    COLUMN("imports_growth", "imports / imports of the same period a year before − 1",
           FROM_RATIO(struct row, figures.imports_growth), .unit = "1", .measure = MEASURE_IMPORTS_GROWTH),
    COLUMN("deficit_rank", "1: the largest deficit of the pair's whole series up to this period; null in surplus",
           FROM_RANK(struct row, figures.deficit.rank)),
    COLUMN("months_held", "months of the period that the dataset holds", FROM_FIGURE(struct row, months),
           .unit = "months"),
    COLUMN("dataset", "dataset that the row comes from; null: none has it", FROM_DATASET(struct row, cube),
           .codes = &codes_dataset),
    COLUMN("deficit_rank_of", "of how many complete periods deficit_rank is; a record needs two",
           FROM_RANK(struct row, figures.deficit.of)),
    COLUMN("deficit_rank_since", "the first of those periods", FROM_PERIOD(struct row, figures.deficit.since)),
    COLUMN_AT_MOST("exports", struct row, figures.exports, 'X'),
    COLUMN_AT_MOST("imports", struct row, figures.imports, 'M'),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct row, figures.flags)),
};

static const struct param params[] = {
    PARAM("pairs", PAIRS, "reporter-partner pairs, separated by commas", .required = true,
          .example = "IND-CHN,USA-CHN"),
    PARAM("period", PERIODS,
          "periods, ranges, lists, latest:N; without it the latest that is complete for all pairs of the "
          "dataset that holds most of them",
          .example = "2019"),
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* One pair and what can answer for it. */
struct pair {
    struct want want;
    const struct offer *offers, *chosen; /* chosen: NULL if nothing can */
    size_t n_offers;
    struct frame frame;
    uint32_t *period; /* of the comparison's, those that `chosen` holds */
    size_t n_periods;
    struct bilateral *bilateral; /* NULL: it holds none of them */
};

struct comparison {
    struct call *call;
    struct pair *pair;
    size_t n;
    const struct cube *lead; /* the dataset that answers for most pairs */
    uint32_t *period;
    size_t n_periods;
};

static enum status read_pairs(struct comparison *c)
{
    struct call *call = c->call;
    const struct arg *pairs = call_arg(call, "pairs"), *period = call_arg(call, "period"),
                     *dataset = call_arg(call, "dataset");
    struct want want = {.series = true, .flows = WANT_BOTH};
    if (period->periods && !period->periods->latest)
        want.period = *period->periods;
    if (dataset->cube)
        want.dataset = cube_dataset(dataset->cube)->id;
    enum status status = ST_OK;
    want_products(call, &want);
    c->n = pairs->n_list;
    c->pair = arena_new(call->arena, struct pair, c->n);
    if (!c->pair)
        return ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < c->n; i++) {
        c->pair[i].want = want;
        c->pair[i].want.reporter = pairs->countries[2 * i];
        c->pair[i].want.partner = pairs->countries[2 * i + 1];
        struct offer *offers;
        status = catalogue_offers(call->catalogue, &c->pair[i].want, call->arena, &offers, &c->pair[i].n_offers);
        c->pair[i].offers = offers;
    }
    return status;
}

static const struct offer *offer_of(const struct pair *pair, const struct cube *cube)
{
    for (size_t i = 0; i < pair->n_offers; i++)
        if (pair->offers[i].cube == cube)
            return &pair->offers[i];
    return NULL;
}

/* The dataset that holds most pairs, those it holds completely counting double; of equal ones that hold all of them
 * that with the newest year, then the first. */
static void choose_lead(struct comparison *c)
{
    size_t best = 0;
    uint32_t newest = 0;
    for (size_t d = 0; d < catalogue_count(c->call->catalogue); d++) {
        const struct cube *cube = catalogue_at(c->call->catalogue, d);
        size_t points = 0;
        uint32_t last = UINT32_MAX;
        for (size_t i = 0; i < c->n; i++) {
            const struct offer *offer = offer_of(&c->pair[i], cube);
            points += offer ? 1U + offer->whole : 0U;
            last = offer && offer->newest < last ? offer->newest : last;
        }
        if (points > best || (points == best && points == 2 * c->n && last > newest)) {
            best = points;
            newest = last;
            c->lead = cube;
        }
    }
    for (size_t i = 0; i < c->n; i++) {
        const struct offer *lead = offer_of(&c->pair[i], c->lead);
        c->pair[i].chosen = lead ? lead : c->pair[i].n_offers ? &c->pair[i].offers[0] : NULL;
    }
}

static struct frame frame_for(const struct comparison *c, const struct pair *pair, const struct cube *cube)
{
    return (struct frame){.cube = cube,
                          .countries = catalogue_countries(c->call->catalogue),
                          .reporter = pair->want.reporter,
                          .partner = pair->want.partner,
                          .ask = c->call->ask};
}

/* Whether every pair of the leading dataset has the whole period. */
static bool whole_for_all(const struct comparison *c, uint32_t period)
{
    for (size_t i = 0; i < c->n; i++) {
        struct frame frame = frame_for(c, &c->pair[i], c->lead);
        if (c->pair[i].chosen && c->pair[i].chosen->cube == c->lead && !frame_complete(&frame, period))
            return false;
    }
    return true;
}

/* Every period that was asked for and that one of the pairs has. */
static enum status periods_of_all(struct comparison *c)
{
    size_t room = 0, n = 0;
    for (size_t i = 0; i < c->n; i++)
        room += c->pair[i].chosen ? c->pair[i].chosen->n_periods : 0;
    uint32_t *list = arena_new(c->call->arena, uint32_t, room);
    if (!list)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; c->pair[i].chosen && k < c->pair[i].chosen->n_periods; k++)
            list[n++] = c->pair[i].chosen->period[k];
    c->period = list;
    c->n_periods = period_order(list, n);
    return ST_OK;
}

static enum status newest_common(struct comparison *c, size_t wanted)
{
    enum status status = periods_of_all(c);
    if (status != ST_OK)
        return status;
    uint32_t *list = c->period;
    size_t n = 0;
    for (size_t i = 0; i < c->n_periods; i++)
        if (whole_for_all(c, list[i]))
            list[n++] = list[i];
    c->n_periods = n < wanted ? n : wanted;
    c->period = list + n - c->n_periods;
    return ST_OK;
}

/* Pairs outside the leading dataset are asked for its periods, so that rows stand for the same months. */
static enum status align_others(struct comparison *c)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < c->n && c->n_periods; i++) {
        struct pair *pair = &c->pair[i];
        if (!pair->chosen || pair->chosen->cube == c->lead)
            continue;
        struct want want = pair->want;
        want.period = (struct period_set){.kind = period_kind_of(c->period[0]), .n = 1};
        want.period.item[0] = (struct period_range){c->period[0], c->period[c->n_periods - 1]};
        struct offer *offers;
        status = catalogue_offers(c->call->catalogue, &want, c->call->arena, &offers, &pair->n_offers);
        pair->chosen = status == ST_OK && pair->n_offers ? &offers[0] : NULL;
    }
    return status;
}

static enum status choose_periods(struct comparison *c)
{
    const struct arg *period = call_arg(c->call, "period");
    if (period->periods && !period->periods->latest)
        return periods_of_all(c);
    enum status status = newest_common(c, period->periods ? period->periods->latest : 1);
    return status == ST_OK ? align_others(c) : status;
}

/* ---- rows ---- */

static bool has_period(const struct offer *offer, uint32_t period)
{
    for (size_t i = 0; i < offer->n_periods; i++)
        if (offer->period[i] == period)
            return true;
    return false;
}

static enum status ask_pair(struct comparison *c, struct pair *pair)
{
    pair->frame = frame_for(c, pair, pair->chosen->cube);
    pair->period = arena_new(c->call->arena, uint32_t, c->n_periods);
    enum status status = pair->period ? frame_products(c->call, &pair->frame) : ST_NO_MEMORY;
    call_warn_synthetic(c->call, pair->frame.cube);
    if (status != ST_OK)
        return status;
    for (size_t i = 0; i < c->n_periods; i++)
        if (has_period(pair->chosen, c->period[i]))
            pair->period[pair->n_periods++] = c->period[i];
    if (pair->n_periods)
        pair->bilateral = bilateral_ask(&pair->frame, &(struct bilateral_question){.kind = pair->chosen->kind,
                                                                                   .period = pair->period,
                                                                                   .n = pair->n_periods,
                                                                                   .concentration = true});
    return ST_OK;
}

/* Of a period that no dataset has. */
static const struct bilateral_row nothing = {.cover_ratio = (double)NAN,
                                             .share_of_exports = (double)NAN,
                                             .share_of_imports = (double)NAN,
                                             .share_of_total = (double)NAN,
                                             .import_hhi = (double)NAN,
                                             .exports_growth = (double)NAN,
                                             .imports_growth = (double)NAN,
                                             .flags = FLAG_BIT(FLAG_NOT_REPORTED)};

/* Why the leading dataset, or the pair's own, does not know the pair's trade in the period. */
static flag_bits why_nothing(const struct comparison *c, const struct pair *pair, uint32_t period)
{
    const struct frame frame = frame_for(c, pair, pair->chosen ? pair->chosen->cube : c->lead);
    flag_bits flags = nothing.flags;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        flags |= frame_figure(&frame, frame.partner, f, period, frame_goods(&frame), FIGURE_NONE).flags;
    return flags;
}

static enum status add_pair(struct comparison *c, const struct pair *pair)
{
    const struct countries *countries = catalogue_countries(c->call->catalogue);
    struct str r = countries_at(countries, pair->want.reporter)->id,
               p = countries_at(countries, pair->want.partner)->id;
    struct str name = arena_printf(c->call->arena, "%.*s-%.*s", STR_ARG(r), STR_ARG(p));
    struct row *row = arena_new_raw(c->call->arena, struct row, c->n_periods);
    struct bilateral_row *held = NULL;
    enum status status = pair->bilateral ? bilateral_fold(pair->bilateral, c->call->arena, &held) : ST_OK;
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    for (size_t i = 0, k = 0; i < c->n_periods; i++) {
        bool has = k < pair->n_periods && pair->period[k] == c->period[i];
        row[i] = (struct row){.figures = has ? held[k++] : nothing,
                              .pair = name,
                              .reporter = pair->want.reporter,
                              .partner = pair->want.partner,
                              .period = c->period[i],
                              .cube = has ? pair->frame.cube : NULL};
        row[i].figures.flags |= has ? 0 : why_nothing(c, pair, c->period[i]);
        row[i].months = (struct figure){.usd = row[i].figures.months_held, .known = has};
    }
    return call_rows(c->call, row, c->n_periods, sizeof *row);
}

static void warn(struct comparison *c)
{
    const struct countries *countries = catalogue_countries(c->call->catalogue);
    struct str silent = str_span(NULL, 0);
    bool mixed = false;
    for (size_t i = 0; i < c->n; i++) {
        const struct pair *pair = &c->pair[i];
        mixed = mixed || (pair->chosen && pair->chosen->cube != c->lead);
        if (!pair->chosen)
            silent = arena_printf(c->call->arena, "%.*s%s%.*s-%.*s", STR_ARG(silent), silent.n ? ", " : "",
                                  STR_ARG(countries_at(countries, pair->want.reporter)->id),
                                  STR_ARG(countries_at(countries, pair->want.partner)->id));
    }
    if (silent.n)
        call_warn(c->call,
                  arena_printf(c->call->arena,
                               "no dataset that is loaded holds this for %.*s: null, not zero; UN Comtrade with "
                               "that reporter, or CEPII BACI, would answer",
                               STR_ARG(silent)));
    if (mixed)
        call_warn(c->call, STR("the rows come from different datasets: sources and valuations differ"));
}

/* Why there is not a single row: told of a pair that is held for other periods, if there is one. */
static enum status refuse(const struct comparison *c)
{
    const struct pair *known = &c->pair[0];
    for (size_t i = c->n; i-- > 0;) {
        struct want want = c->pair[i].want;
        struct offer *offers;
        size_t n;
        want.period = (struct period_set){.n = 0};
        if (catalogue_offers(c->call->catalogue, &want, c->call->arena, &offers, &n) == ST_OK && n)
            known = &c->pair[i];
    }
    const struct offer *none;
    if (call_choose(c->call, &known->want, &none) == ST_OK)
        (void)call_problem(c->call, PROBLEM_NO_DATA, NULL, c->call->path,
                           STR("these pairs have no complete period in common: name one with period="));
    return ST_INVALID;
}

static enum status compare_plan(struct call *call)
{
    struct comparison *c = call_keep(call, sizeof *c);
    if (!c)
        return ST_NO_MEMORY;
    c->call = call;
    enum status status = read_pairs(c);
    if (status == ST_OK)
        choose_lead(c);
    if (status == ST_OK && c->lead)
        status = choose_periods(c);
    size_t told = 0;
    for (size_t i = 0; status == ST_OK && i < c->n; i++) {
        status = c->pair[i].chosen ? ask_pair(c, &c->pair[i]) : ST_OK;
        told += c->pair[i].n_periods;
    }
    return status == ST_OK && told == 0 ? refuse(c) : status;
}

static enum status compare_work(struct call *call)
{
    struct comparison *c = call->state;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < c->n; i++)
        status = add_pair(c, &c->pair[i]);
    if (status != ST_OK)
        return status;
    call->cube = c->lead;
    warn(c);
    return ST_OK;
}

const struct route route_compare = {
    .id = "getCompare",
    .group = GROUP_BALANCE,
    .path = "/v1/compare",
    .summary = "Several pairs side by side, for the same periods and as far as possible from one dataset",
    .description = "One row a pair and period. A pair that no dataset holds has a row of nulls flagged not_reported.",
    .example = "/v1/compare?pairs=IND-CHN,IND-USA,IND-DEU&period=2019",
    .plan = compare_plan,
    .work = compare_work,
    TAKES(params),
    GIVES(columns)};
