#include "entrepot/analysis/bilateral.h"

#include <math.h>

#include "entrepot/base/bound.h"

/* Both flows of one partner, a period each. */
struct amounts {
    struct figure flow[2];
    struct quantity quantity[2];
    unsigned status;
};

struct series {
    const struct frame *frame;
    const uint32_t *period;
    size_t n;
    struct amounts *amounts;
    bool *complete; /* by period */
};

static size_t find_period(const uint32_t *period, size_t n, uint32_t wanted) { return find_u32(period, n, wanted); }

/* All periods of `kind` that the dataset touches, ascending. */
static enum status all_periods(const struct frame *frame, enum period_kind kind, struct arena *arena,
                               const uint32_t **out, size_t *n)
{
    size_t n_own;
    const uint32_t *own = cube_periods(frame->cube, &n_own);
    uint32_t *period = arena_new(arena, uint32_t, n_own);
    if (!period)
        return ST_NO_MEMORY;
    *n = 0;
    for (size_t i = 0; i < n_own; i++) {
        uint32_t p = period_within(own[i], kind);
        if (*n == 0 || period[*n - 1] != p)
            period[(*n)++] = p;
    }
    *out = period;
    return ST_OK;
}

/* Fills amounts with what is recorded with the partners (none named: the sum of all) in each period. */
static enum status read_recorded(const struct frame *frame, struct cube_set partners, enum period_kind kind,
                                 struct series *s, struct arena *arena)
{
    struct cube_query q = {.group = CUBE_BIT(CUBE_FLOW) | CUBE_BIT(CUBE_PERIOD),
                           .kind = kind,
                           .spread = CUBE_NO_SPREAD,
                           .measures = CUBE_QUANTITY,
                           .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){s->period, s->n};
    q.only[CUBE_PRODUCT] = frame->leaves;
    q.only[CUBE_PARTNER] = partners;
    struct cube_rows rows;
    enum status status = cube_run(frame->cube, &q, &rows, 1, arena);
    s->amounts = arena_new(arena, struct amounts, s->n);
    if (status != ST_OK || !s->amounts)
        return status != ST_OK ? status : ST_NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        struct amounts *a = &s->amounts[find_period(s->period, s->n, rows.key[CUBE_PERIOD][i])];
        a->flow[rows.key[CUBE_FLOW][i]] = (struct figure){rows.value_usd[i], true};
        a->quantity[rows.key[CUBE_FLOW][i]] = quantity_of(&rows, i);
        a->status |= rows.status[i];
    }
    return ST_OK;
}

/* The same; absent keys as the frame reads them. */
static enum status read_told(const struct frame *frame, struct cube_set partners, enum period_kind kind,
                             struct series *s, struct arena *arena)
{
    uint32_t partner = partners.n == 1 ? *partners.member : ANY_MEMBER;
    enum status status = read_recorded(frame, partners, kind, s, arena);
    for (size_t i = 0; status == ST_OK && i < s->n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            if (!s->amounts[i].flow[f].known)
                s->amounts[i].flow[f] = frame_absent(frame, partner, f, s->period[i]);
    return status;
}

/* The same of one partner, or of ANY_MEMBER. */
static enum status read_amounts(const struct frame *frame, uint32_t partner, enum period_kind kind, struct series *s,
                                struct arena *arena)
{
    const struct cube_set one = {&partner, 1}, all = {NULL, 0};
    return read_told(frame, partner == ANY_MEMBER ? all : one, kind, s, arena);
}

/* The reporter's trade with everybody, from the world's row where there is one, else from the sum of the partners. */
static enum status read_world(const struct frame *frame, enum period_kind kind, struct series *s, struct arena *arena)
{
    struct series row = *s, sum = *s;
    enum status status = read_amounts(frame, countries_world(frame->countries), kind, &row, arena);
    if (status == ST_OK)
        status = read_amounts(frame, ANY_MEMBER, kind, &sum, arena);
    if (status != ST_OK)
        return status;
    s->amounts = row.amounts;
    for (size_t i = 0; i < s->n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
            enum world_kind world = frame_world(frame, f, s->period[i]);
            if (world == WORLD_SUM)
                s->amounts[i].flow[f] = sum.amounts[i].flow[f];
            else if (world == WORLD_UNKNOWN)
                s->amounts[i].flow[f] = FIGURE_NONE;
        }
    return ST_OK;
}

static struct figure balance_of(const struct amounts *a)
{
    return figure_difference(a->flow[FLOW_EXPORTS], a->flow[FLOW_IMPORTS]);
}
static struct figure total_of(const struct amounts *a)
{
    return figure_sum(a->flow[FLOW_EXPORTS], a->flow[FLOW_IMPORTS]);
}

/* Position of period `at` when the complete periods up to it are sorted by `measure`, largest first; 0 if unknown. */
static unsigned rank_up_to(const struct series *whole, size_t at, struct figure (*measure)(const struct amounts *),
                           int sign)
{
    struct figure mine = measure(&whole->amounts[at]);
    if (!mine.known || !whole->complete[at])
        return 0;
    unsigned rank = 1;
    for (size_t i = 0; i < at; i++) {
        struct figure other = measure(&whole->amounts[i]);
        rank += other.known && sign * other.usd > sign * mine.usd && whole->complete[i];
    }
    return rank;
}

/* The pair in every period that the dataset touches. */
static enum status read_whole(const struct frame *frame, enum period_kind kind, struct series *s, struct arena *arena)
{
    struct presence_series presence;
    enum status status = all_periods(frame, kind, arena, &s->period, &s->n);
    if (status == ST_OK)
        status = read_recorded(frame, (struct cube_set){&frame->partner, 1}, kind, s, arena);
    if (status == ST_OK)
        status = frame_presence(frame, s->period, s->n, arena, &presence);
    s->complete = arena_new(arena, bool, s->n);
    if (status != ST_OK || !s->complete)
        return status != ST_OK ? status : ST_NO_MEMORY;
    for (size_t i = 0; i < s->n; i++) {
        s->complete[i] = presence_complete(frame, &presence, i, s->period[i]);
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            if (!s->amounts[i].flow[f].known)
                s->amounts[i].flow[f] = presence_absent(frame, &presence, f, i);
    }
    return ST_OK;
}

/* Everybody's trade without the partner's. */
static struct figure elsewhere(const struct amounts *world, const struct amounts *pair, enum flow flow)
{
    return figure_difference(world->flow[flow], pair->flow[flow]);
}

/* What has changed between two amounts of the pair, and between those of everybody. */
struct comparison {
    const struct amounts *now, *then, *world_now, *world_then;
};

static void compare(struct bilateral_row *row, const struct comparison *c)
{
    row->exports_growth = figure_growth(c->now->flow[FLOW_EXPORTS], c->then->flow[FLOW_EXPORTS]);
    row->imports_growth = figure_growth(c->now->flow[FLOW_IMPORTS], c->then->flow[FLOW_IMPORTS]);
    row->exports_change = figure_difference(c->now->flow[FLOW_EXPORTS], c->then->flow[FLOW_EXPORTS]);
    row->imports_change = figure_difference(c->now->flow[FLOW_IMPORTS], c->then->flow[FLOW_IMPORTS]);
    row->balance_change = figure_difference(balance_of(c->now), balance_of(c->then));
    row->exports_before = c->then->flow[FLOW_EXPORTS];
    row->imports_before = c->then->flow[FLOW_IMPORTS];
    row->exports_growth_elsewhere =
        figure_growth(elsewhere(c->world_now, c->now, FLOW_EXPORTS), elsewhere(c->world_then, c->then, FLOW_EXPORTS));
    row->imports_growth_elsewhere =
        figure_growth(elsewhere(c->world_now, c->now, FLOW_IMPORTS), elsewhere(c->world_then, c->then, FLOW_IMPORTS));
}

static void add_change(struct bilateral_row *row, const struct series *whole, size_t at, const struct series *world)
{
    row->exports_growth = row->imports_growth = (double)NAN;
    row->exports_growth_elsewhere = row->imports_growth_elsewhere = (double)NAN;
    row->exports_growth_region = row->imports_growth_region = (double)NAN;
    uint32_t then = period_add_years(row->period, -1);
    size_t before = find_period(whole->period, whole->n, then);
    if (before == whole->n || !whole->complete[at] || !whole->complete[before])
        return;
    if (whole->amounts[before].status & OBS_PROVISIONAL) /* growth is no surer than its base */
        row->flags |= FLAG_BIT(FLAG_PROVISIONAL);
    compare(row, &(struct comparison){
                     .now = &whole->amounts[at],
                     .then = &whole->amounts[before],
                     .world_now = &world->amounts[find_period(world->period, world->n, row->period)],
                     .world_then = &world->amounts[find_period(world->period, world->n, then)],
                 });
}

static unsigned row_flags(const struct frame *frame, const struct bilateral_row *row, const struct amounts *world)
{
    unsigned flags = frame->flags;
    if (!row->exports.known || !row->imports.known)
        flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    if (row->months_held < period_months(period_kind_of(row->period)))
        flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (!world->flow[FLOW_EXPORTS].known || !world->flow[FLOW_IMPORTS].known)
        flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    else if (cube_dataset(frame->cube)->partners == PARTNERS_CLOSED)
        flags |= FLAG_BIT(FLAG_CLOSED_SET);
    return flags;
}

static void fill_row(struct bilateral_row *row, const struct series *whole, size_t at, const struct series *everybody)
{
    const struct amounts *now = &whole->amounts[at],
                         *world = &everybody->amounts[find_period(everybody->period, everybody->n, row->period)];
    row->exports = now->flow[FLOW_EXPORTS];
    row->imports = now->flow[FLOW_IMPORTS];
    row->total = total_of(now);
    row->balance = balance_of(now);
    row->exports_quantity = now->quantity[FLOW_EXPORTS];
    row->imports_quantity = now->quantity[FLOW_IMPORTS];
    row->exports_unit_value = unit_value(row->exports, row->exports_quantity);
    row->imports_unit_value = unit_value(row->imports, row->imports_quantity);
    row->normalised_balance = figure_ratio(row->balance, row->total);
    row->cover_ratio = figure_ratio(row->exports, row->imports);
    row->share_of_exports = figure_ratio(row->exports, world->flow[FLOW_EXPORTS]);
    row->share_of_imports = figure_ratio(row->imports, world->flow[FLOW_IMPORTS]);
    row->share_of_total = figure_ratio(row->total, total_of(world));
    row->deficit_rank = row->balance.known && row->balance.usd < 0 ? rank_up_to(whole, at, balance_of, -1) : 0;
    row->total_rank = rank_up_to(whole, at, total_of, 1);
    row->months_held = frame_months_held(whole->frame, row->period);
    row->flags = row_flags(whole->frame, row, world) | flags_of_status(now->status | world->status) |
                 flags_of_ratio(row->exports, row->imports) | flags_of_quantity(row->exports_quantity) |
                 flags_of_quantity(row->imports_quantity);
    add_change(row, whole, at, everybody);
}

/* The periods of the rows and those a year before them, as far as the dataset touches them. */
static enum status with_years_before(const struct series *whole, const uint32_t *period, size_t n, struct arena *arena,
                                     struct series *out)
{
    uint32_t *wanted = arena_new(arena, uint32_t, whole->n);
    if (!wanted)
        return ST_NO_MEMORY;
    out->n = 0;
    for (size_t i = 0; i < whole->n; i++) {
        uint32_t p = whole->period[i];
        if (find_period(period, n, p) < n || find_period(period, n, period_add_years(p, 1)) < n)
            wanted[out->n++] = p;
    }
    out->period = wanted;
    return ST_OK;
}

double growth_a_year(struct figure first, uint32_t first_period, struct figure last, uint32_t last_period)
{
    double years = ((double)period_ordinal(last_period) - (double)period_ordinal(first_period)) *
                   period_months(period_kind_of(first_period)) / 12.0;
    if (!first.known || !last.known || first.usd <= 0 || last.usd < 0 || years < 1.0)
        return (double)NAN;
    return pow((double)last.usd / (double)first.usd, 1.0 / years) - 1.0;
}

static bool is_complete(const struct bilateral_row *row)
{
    return row->months_held == period_months(period_kind_of(row->period));
}

static void add_cagr(struct bilateral_row *row, size_t n)
{
    const struct bilateral_row *base_x = NULL, *base_m = NULL;
    for (size_t i = 0; i < n; i++) {
        row[i].exports_cagr = row[i].imports_cagr = (double)NAN;
        if (!is_complete(&row[i]))
            continue;
        if (!base_x && row[i].exports.known && row[i].exports.usd > 0)
            base_x = &row[i];
        if (!base_m && row[i].imports.known && row[i].imports.usd > 0)
            base_m = &row[i];
        if (base_x)
            row[i].exports_cagr = growth_a_year(base_x->exports, base_x->period, row[i].exports, row[i].period);
        if (base_m)
            row[i].imports_cagr = growth_a_year(base_m->imports, base_m->period, row[i].imports, row[i].period);
    }
}

enum status bilateral_series(const struct frame *frame, enum period_kind kind, const uint32_t *period, size_t n,
                             struct arena *arena, struct bilateral_row **out)
{
    struct series whole = {.frame = frame}, world = {.frame = frame};
    enum status status = read_whole(frame, kind, &whole, arena);
    if (status == ST_OK)
        status = with_years_before(&whole, period, n, arena, &world);
    if (status == ST_OK)
        status = read_world(frame, kind, &world, arena);
    struct bilateral_row *row = arena_new(arena, struct bilateral_row, n);
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        row[i].period = period[i];
        size_t at = find_period(whole.period, whole.n, period[i]);
        if (at == whole.n)
            BUG("a row for a period outside the dataset");
        fill_row(&row[i], &whole, at, &world);
    }
    add_cagr(row, n);
    *out = row;
    return ST_OK;
}

/* ---- neighbours ---- */

/* What is recorded with some partners in two periods, the earlier one first. */
static enum status read_years(const struct frame *frame, struct cube_set partners, uint32_t period, struct arena *arena,
                              struct series *out)
{
    uint32_t *pair = arena_new(arena, uint32_t, 2);
    if (!pair)
        return ST_NO_MEMORY;
    pair[0] = period_add_years(period, -1);
    pair[1] = period;
    *out = (struct series){.frame = frame, .period = pair, .n = 2};
    return read_told(frame, partners, period_kind_of(period), out, arena);
}

enum status bilateral_region(const struct frame *frame, struct cube_set region, struct bilateral_row *row, size_t n,
                             struct arena *arena)
{
    enum status status = ST_OK;
    if (region.n == 0 || cube_dataset(frame->cube)->partners == PARTNERS_LISTED)
        return ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct series years;
        if (!is_complete(&row[i]) || !frame_complete(frame, period_add_years(row[i].period, -1)))
            continue;
        status = read_years(frame, region, row[i].period, arena, &years);
        if (status != ST_OK)
            break;
        const struct amounts *then = &years.amounts[0], *now = &years.amounts[1];
        row[i].exports_growth_region = figure_growth(now->flow[FLOW_EXPORTS], then->flow[FLOW_EXPORTS]);
        row[i].imports_growth_region = figure_growth(now->flow[FLOW_IMPORTS], then->flow[FLOW_IMPORTS]);
    }
    return status;
}

/* ---- year to date ---- */

/* Months that can be compared: those with both flows, or, where there is none, those with one. */
static size_t comparable(const struct frame *frame, uint32_t first, unsigned most, uint32_t *month)
{
    size_t n = 0;
    for (unsigned flows = 2; n == 0 && flows > 0; flows--)
        for (unsigned i = 0; i < most; i++) {
            bool exports = frame_held(frame, FLOW_EXPORTS, first + i) > 0,
                 imports = frame_held(frame, FLOW_IMPORTS, first + i) > 0;
            if (0U + exports + imports >= flows)
                month[n++] = first + i;
        }
    return n;
}

/* The dataset's own periods inside `period` that are held, a year before and then in it. */
static enum status held_months(const struct frame *frame, uint32_t period, struct arena *arena, struct series *out)
{
    unsigned most = cube_expected(frame->cube, period);
    uint32_t *month = arena_new(arena, uint32_t, 2 * (size_t)most),
             first = period_of_month(period_first_month(period), cube_dataset(frame->cube)->frequency);
    if (!month)
        return ST_NO_MEMORY;
    size_t n = comparable(frame, first, most, month);
    for (size_t i = n; i-- > 0;) {
        month[n + i] = month[i];
        month[i] = period_add_years(month[n + i], -1);
    }
    *out = (struct series){.frame = frame, .period = month, .n = 2 * n};
    return ST_OK;
}

/* Both flows of some periods added up; unknown if one of them is. */
static struct amounts add_up(const struct amounts *part, size_t n)
{
    struct amounts sum = {.flow = {{0, n > 0}, {0, n > 0}}};
    for (size_t i = 0; i < n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            sum.flow[f] = figure_sum(sum.flow[f], part[i].flow[f]);
    return sum;
}

static enum status compare_months(const struct frame *frame, struct bilateral_row *row, struct arena *arena)
{
    struct series pair = {.n = 0};
    enum period_kind own = cube_dataset(frame->cube)->frequency;
    enum status status = held_months(frame, row->period, arena, &pair);
    struct series world = pair;
    if (status == ST_OK)
        status = read_amounts(frame, frame->partner, own, &pair, arena);
    if (status == ST_OK)
        status = read_world(frame, own, &world, arena);
    if (status != ST_OK)
        return status;
    size_t n = pair.n / 2;
    struct amounts now = add_up(pair.amounts + n, n), then = add_up(pair.amounts, n),
                   world_now = add_up(world.amounts + n, n), world_then = add_up(world.amounts, n);
    compare(row, &(struct comparison){&now, &then, &world_now, &world_then});
    if (row->exports_change.known || row->imports_change.known)
        row->flags |= FLAG_BIT(FLAG_YEAR_TO_DATE);
    return ST_OK;
}

enum status bilateral_year_to_date(const struct frame *frame, struct bilateral_row *row, size_t n, struct arena *arena)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++)
        if (row[i].months_held && !is_complete(&row[i]))
            status = compare_months(frame, &row[i], arena);
    return status;
}

enum status import_concentration(const struct frame *frame, uint32_t period, struct arena *arena, double *hhi)
{
    const uint32_t imports = FLOW_IMPORTS;
    *hhi = (double)NAN;
    if (cube_dataset(frame->cube)->partners == PARTNERS_LISTED)
        return ST_OK;
    struct cube_query q = {.kind = period_kind_of(period), .spread = CUBE_PARTNER, .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    struct cube_rows rows;
    enum status status = cube_run(frame->cube, &q, &rows, 1, arena);
    if (status == ST_OK && rows.n && rows.value_usd[0] > 0)
        *hhi = rows.sum_sq[0] / ((double)rows.value_usd[0] * (double)rows.value_usd[0]);
    return status;
}
