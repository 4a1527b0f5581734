#include "entrepot/analysis/bilateral.h"

#include <math.h>

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

static size_t find_period(const uint32_t *period, size_t n, uint32_t wanted)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (period[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && period[low] == wanted ? low : n;
}

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

/* Fills amounts with what is recorded with `partner` (ANY_MEMBER: the sum of all) in each period. */
static enum status read_recorded(const struct frame *frame, uint32_t partner, enum period_kind kind, struct series *s,
                                 struct arena *arena)
{
    struct cube_query q = {.group = CUBE_BIT(CUBE_FLOW) | CUBE_BIT(CUBE_PERIOD),
                           .kind = kind,
                           .spread = CUBE_NO_SPREAD,
                           .measures = CUBE_QUANTITY,
                           .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){s->period, s->n};
    q.only[CUBE_PRODUCT] = frame->leaves;
    if (partner != ANY_MEMBER)
        q.only[CUBE_PARTNER] = (struct cube_set){&partner, 1};
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
static enum status read_amounts(const struct frame *frame, uint32_t partner, enum period_kind kind, struct series *s,
                                struct arena *arena)
{
    enum status status = read_recorded(frame, partner, kind, s, arena);
    for (size_t i = 0; status == ST_OK && i < s->n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            if (!s->amounts[i].flow[f].known)
                s->amounts[i].flow[f] = frame_absent(frame, partner, f, s->period[i]);
    return status;
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
        status = read_recorded(frame, frame->partner, kind, s, arena);
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

static void add_change(struct bilateral_row *row, const struct series *whole, size_t at)
{
    const struct amounts *now = &whole->amounts[at];
    row->exports_growth = row->imports_growth = (double)NAN;
    size_t before = find_period(whole->period, whole->n, period_add_years(row->period, -1));
    if (before == whole->n || !whole->complete[at] || !whole->complete[before])
        return;
    const struct amounts *then = &whole->amounts[before];
    row->exports_growth = figure_growth(now->flow[FLOW_EXPORTS], then->flow[FLOW_EXPORTS]);
    row->imports_growth = figure_growth(now->flow[FLOW_IMPORTS], then->flow[FLOW_IMPORTS]);
    row->balance_change = figure_difference(row->balance, balance_of(then));
}

static unsigned row_flags(const struct frame *frame, const struct bilateral_row *row, const struct amounts *world)
{
    unsigned flags = 0;
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

static void fill_row(struct bilateral_row *row, const struct series *whole, size_t at, const struct amounts *world)
{
    const struct amounts *now = &whole->amounts[at];
    row->exports = now->flow[FLOW_EXPORTS];
    row->imports = now->flow[FLOW_IMPORTS];
    row->total = total_of(now);
    row->balance = balance_of(now);
    row->exports_quantity = now->quantity[FLOW_EXPORTS];
    row->imports_quantity = now->quantity[FLOW_IMPORTS];
    row->exports_unit_value = unit_value(row->exports, row->exports_quantity);
    row->imports_unit_value = unit_value(row->imports, row->imports_quantity);
    row->cover_ratio = figure_ratio(row->exports, row->imports);
    row->share_of_exports = figure_ratio(row->exports, world->flow[FLOW_EXPORTS]);
    row->share_of_imports = figure_ratio(row->imports, world->flow[FLOW_IMPORTS]);
    row->share_of_total = figure_ratio(row->total, total_of(world));
    row->deficit_rank = row->balance.known && row->balance.usd < 0 ? rank_up_to(whole, at, balance_of, -1) : 0;
    row->total_rank = rank_up_to(whole, at, total_of, 1);
    row->months_held = frame_months_held(whole->frame, row->period);
    row->flags = row_flags(whole->frame, row, world) | flags_of_status(now->status | world->status) |
                 flags_of_quantity(row->exports_quantity) | flags_of_quantity(row->imports_quantity);
    add_change(row, whole, at);
}

enum status bilateral_series(const struct frame *frame, enum period_kind kind, const uint32_t *period, size_t n,
                             struct arena *arena, struct bilateral_row **out)
{
    struct series whole = {.frame = frame}, world = {.frame = frame, .period = period, .n = n};
    enum status status = read_whole(frame, kind, &whole, arena);
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
        fill_row(&row[i], &whole, at, &world.amounts[i]);
    }
    *out = row;
    return ST_OK;
}
