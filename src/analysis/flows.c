/* The generic cube: one statement, and a row for each group or each combination. */
#include "entrepot/analysis/flows.h"

#include <math.h>

static bool grouped(const struct flows_question *q, enum cube_dim dim) { return (q->group & CUBE_BIT(dim)) != 0; }

/* ---- what can be added up ---- */

bool flows_aggregates(const struct countries *countries, struct cube_set members)
{
    bool any = false;
    for (size_t i = 0; members.member && i < members.n; i++)
        any = any || !countries_countable(countries, members.member[i]);
    return any && members.n > 1;
}

static bool share_leaf(struct cube_set a, struct cube_set b)
{
    for (size_t i = 0, k = 0; i < a.n && k < b.n;) {
        if (a.member[i] == b.member[k])
            return true;
        if (a.member[i] < b.member[k])
            i++;
        else
            k++;
    }
    return !a.member || !b.member;
}

bool flows_overlap(const struct breakdown_item *item, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (share_leaf(item[i].leaves, item[k].leaves))
                return true;
    return false;
}

enum flows_share flows_share_basis(const struct flows_question *q)
{
    const struct dataset *d = cube_dataset(q->cube);
    enum cube_dim dim = q->share_of;
    if (dim == CUBE_DIMS)
        return FLOWS_SHARE_NOT_ASKED;
    if (dim == CUBE_PARTNER && !q->only[dim].member && d->partners == PARTNERS_LISTED)
        return FLOWS_SHARE_PARTNERS_LISTED;
    if (dim == CUBE_PRODUCT && q->overlap)
        return FLOWS_SHARE_OVERLAP;
    if (dim == CUBE_PRODUCT && !q->item && !q->only[dim].member && d->coverage == COVERAGE_SELECTED)
        return FLOWS_SHARE_PRODUCTS_SELECTED;
    if ((dim == CUBE_REPORTER || dim == CUBE_PARTNER) && flows_aggregates(q->countries, q->only[dim]))
        return FLOWS_SHARE_AGGREGATE;
    return FLOWS_SHARE_GIVEN;
}

/* ---- the queries ---- */

static struct cube_set flows_of(const struct flows_question *q)
{
    static const uint32_t both[2] = {FLOW_EXPORTS, FLOW_IMPORTS};
    return q->only[CUBE_FLOW].member ? q->only[CUBE_FLOW] : (struct cube_set){both, 2};
}

/* Whether one reporter has the world's row wherever it has anything. */
static struct frame frame_for(const struct flows_question *q, uint32_t reporter, uint32_t partner)
{
    return (struct frame){.cube = q->cube, .countries = q->countries, .reporter = reporter, .partner = partner};
}

/* The world is named, and no return has a row for it: all partners stand for it. */
static bool is_summed(const struct flows_question *q)
{
    struct cube_set flow = flows_of(q), period = q->only[CUBE_PERIOD], reporter = q->only[CUBE_REPORTER];
    const struct cube_set *partner = &q->only[CUBE_PARTNER];
    bool summed = partner->n == 1 && partner->member[0] == countries_world(q->countries) && reporter.member;
    for (size_t r = 0; summed && r < reporter.n; r++)
        for (size_t f = 0; summed && f < flow.n; f++)
            for (size_t i = 0; summed && i < period.n; i++) {
                const struct frame frame = frame_for(q, reporter.member[r], partner->member[0]);
                summed = world_kind(&frame, (enum flow)flow.member[f], period.member[i]) != WORLD_ROW;
            }
    return summed;
}

static bool has_world(const struct flows_question *q, uint32_t reporter)
{
    struct cube_set flow = flows_of(q), period = q->only[CUBE_PERIOD];
    uint32_t world = countries_world(q->countries);
    for (size_t f = 0; f < flow.n; f++)
        for (size_t i = 0; i < period.n; i++)
            if (cube_held(q->cube, reporter, world, (enum flow)flow.member[f], period.member[i]) <
                cube_held(q->cube, reporter, ANY_MEMBER, (enum flow)flow.member[f], period.member[i]))
                return false;
    return true;
}

static bool all_have_world(const struct flows_question *q)
{
    struct cube_set reporter = q->only[CUBE_REPORTER];
    if (cube_dataset(q->cube)->partners == PARTNERS_LISTED)
        return true; /* nothing else is the total */
    if (!has_world(q, ANY_MEMBER))
        return false;
    if (!reporter.member)
        reporter.member = cube_members(q->cube, &reporter.n);
    for (size_t i = 0; i < reporter.n; i++)
        if (!has_world(q, reporter.member[i]))
            return false;
    return true;
}

/* The world as the one member that stands for all partners. */
static enum status set_world(const struct flows_question *q, struct arena *arena, struct cube_set *partner)
{
    if (grouped(q, CUBE_PARTNER) || partner->member || !all_have_world(q))
        return ST_OK;
    uint32_t *world = arena_new(arena, uint32_t, 1);
    if (!world)
        return ST_NO_MEMORY;
    *world = countries_world(q->countries);
    *partner = (struct cube_set){world, 1};
    return ST_OK;
}

/* The one member that a dimension has; a query need not tell it apart. */
static bool lone(const struct flows_question *q, enum cube_dim dim)
{
    return dim != CUBE_PRODUCT && grouped(q, dim) && q->only[dim].member && q->only[dim].n == 1;
}

struct flows {
    struct flows_question question;
    struct breakdown items; /* n == 0: products are not asked for one by one */
    items_asked rows;
    bool from_world; /* partners that are added up are the world's row */
    bool summed;     /* the world, which is named alone, is the sum of the partners */
    items_asked sum; /* the partners' sum, where the world is named beside others; NULL: it is not wanted */
};

/* The world is named and told apart, and some return has no row for it. */
static bool wants_sum(const struct flows *f)
{
    const struct flows_question *q = &f->question;
    const uint32_t world = countries_world(q->countries);
    const struct cube_set partner = q->only[CUBE_PARTNER], reporter = q->only[CUBE_REPORTER];
    bool named = false, lacking = false;
    for (size_t i = 0; partner.member && i < partner.n; i++)
        named = named || partner.member[i] == world;
    if (!named || f->summed || !reporter.member || !grouped(q, CUBE_PARTNER))
        return false;
    for (size_t i = 0; i < reporter.n; i++)
        lacking = lacking || !has_world(q, reporter.member[i]);
    return lacking;
}

/* Everything that is asked for is one statement (sectors: one for every CUBE_BASKETS_MAX of them). */
static enum status ask_all(struct flows *f, struct ask *ask)
{
    const struct flows_question *q = &f->question;
    struct cube_query query = {.group = q->group,
                               .kind = q->kind,
                               .spread = CUBE_NO_SPREAD,
                               .measures = q->quantities ? CUBE_QUANTITY : 0,
                               .max_rows = q->max_rows};
    const struct breakdown level = {.level = q->level}, *breakdown = NULL;
    memcpy(query.only, q->only, sizeof query.only);
    for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
        if (lone(q, d))
            query.group &= ~CUBE_BIT(d);
    enum status status = set_world(q, ask_arena(ask), &query.only[CUBE_PARTNER]);
    f->summed = is_summed(q);
    if (f->summed)
        query.only[CUBE_PARTNER] = (struct cube_set){NULL, 0};
    f->from_world = !f->summed && query.only[CUBE_PARTNER].member != q->only[CUBE_PARTNER].member;
    if (status == ST_OK && q->item)
        status = breakdown_name(q->cube, q->item, q->n_items, ask_arena(ask), &f->items);
    if (grouped(q, CUBE_PRODUCT))
        breakdown = q->item ? &f->items : &level;
    f->rows = breakdown_ask(ask, q->cube, breakdown, &query);
    if (wants_sum(f)) {
        query.only[CUBE_PARTNER] = (struct cube_set){NULL, 0};
        query.group &= ~CUBE_BIT(CUBE_PARTNER);
        f->sum = breakdown_ask(ask, q->cube, breakdown, &query);
    }
    return status;
}

struct flows *flows_ask(struct ask *ask, const struct flows_question *question)
{
    struct flows *f = ask_make(ask, struct flows, 1);
    if (!f)
        return NULL;
    f->question = *question;
    if (ask_all(f, ask) != ST_OK)
        ask_fail(ask);
    return f;
}

bool flows_from_world(const struct flows *flows) { return flows->from_world; }

/* ---- which cell a row is ---- */

static struct cube_set set_of(const struct flows_question *q, const struct flows_row *row, enum cube_dim dim)
{
    static const uint32_t any = ANY_MEMBER;
    if (row->key[dim] != NO_ID)
        return (struct cube_set){&row->key[dim], 1};
    if (dim == CUBE_FLOW)
        return flows_of(q);
    return q->only[dim].member ? q->only[dim] : (struct cube_set){&any, 1};
}

/* One reporter, flow and period, and one partner or all of them. */
static bool is_cell(const struct flows_question *q, const struct flows_row *row)
{
    return set_of(q, row, CUBE_REPORTER).n == 1 && set_of(q, row, CUBE_REPORTER).member[0] != ANY_MEMBER &&
           set_of(q, row, CUBE_PARTNER).n == 1 && set_of(q, row, CUBE_FLOW).n == 1 &&
           set_of(q, row, CUBE_PERIOD).n == 1;
}

/* All partners stand for the world in such a row. */
static bool is_sum(const struct flows_question *q, const struct flows_row *row)
{
    const struct frame frame = frame_for(q, set_of(q, row, CUBE_REPORTER).member[0], ANY_MEMBER);
    return world_kind(&frame, (enum flow)set_of(q, row, CUBE_FLOW).member[0], set_of(q, row, CUBE_PERIOD).member[0]) ==
           WORLD_SUM;
}

/* ---- what the dataset tells of a row ---- */

struct telling {
    const struct flows *flows;
    const struct flows_question *q;
    uint32_t key[4]; /* of the row that the rest was found for */
    bool known, partial, missing;
};

static void look(struct telling *t, uint32_t reporter, uint32_t partner, const struct flows_row *row)
{
    struct cube_set flow = set_of(t->q, row, CUBE_FLOW), period = set_of(t->q, row, CUBE_PERIOD);
    for (size_t f = 0; f < flow.n; f++)
        for (size_t i = 0; i < period.n; i++) {
            unsigned months =
                reporter == ANY_MEMBER
                    ? cube_held(t->q->cube, reporter, partner, (enum flow)flow.member[f], period.member[i]) *
                          period_months(cube_dataset(t->q->cube)->frequency)
                    : (unsigned)__builtin_popcount(
                          cube_months(t->q->cube, reporter, partner, (enum flow)flow.member[f], period.member[i]));
            t->missing = t->missing || months == 0;
            t->partial = t->partial || (months && months < period_months(period_kind_of(period.member[i])));
        }
}

/* Whether a part of the row is not in the dataset at all, or has months missing. Rows of one pair stand together: it is found once. */
static void tell(struct telling *t, const struct flows_row *row)
{
    const uint32_t world = countries_world(t->q->countries);
    const enum cube_dim dims[4] = {CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PERIOD};
    bool same = t->known;
    for (size_t i = 0; i < 4; i++) {
        same = same && t->key[i] == row->key[dims[i]];
        t->key[i] = row->key[dims[i]];
    }
    if (same)
        return;
    t->known = true;
    t->missing = t->partial = false;
    struct cube_set r = set_of(t->q, row, CUBE_REPORTER), p = set_of(t->q, row, CUBE_PARTNER);
    if (p.member[0] == ANY_MEMBER && t->flows->from_world)
        p = (struct cube_set){&world, 1}; /* what the sum of all is read from */
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < p.n; k++)
            look(t, r.member[i], p.member[k], row);
}

/* What the row's product is: the item, the node of the level, or what the question is restricted to. */
static struct goods goods_of(const struct flows_question *q, const struct flows_row *row)
{
    size_t n;
    uint32_t product = row->key[CUBE_PRODUCT];
    if (product == NO_ID)
        return q->goods;
    if (!q->item)
        return (struct goods){&cube_nodes(q->cube, q->level, &n)[product], 1};
    const struct breakdown_item *item = &q->item[product];
    return item->n_prefixes ? (struct goods){item->prefix, item->n_prefixes} : (struct goods){&item->code, 1};
}

static void judge(const struct telling *t, struct flows_row *row, bool observed)
{
    const struct flows_question *q = t->q;
    const enum flow flow = (enum flow)set_of(q, row, CUBE_FLOW).member[0];
    const uint32_t period = set_of(q, row, CUBE_PERIOD).member[0];
    uint32_t partner = set_of(q, row, CUBE_PARTNER).member[0];
    const struct frame frame = frame_for(q, set_of(q, row, CUBE_REPORTER).member[0], partner);
    const struct figure read = observed ? row->value : FIGURE_NONE;
    const bool all = partner == ANY_MEMBER;
    if (t->flows->summed || (all && !t->flows->from_world))
        partner = ANY_MEMBER;
    else if (all)
        partner = countries_world(q->countries);
    if (t->flows->summed && world_kind(&frame, flow, period) != WORLD_SUM)
        partner = countries_world(q->countries);
    const bool sum = t->flows->summed || (t->flows->sum && partner == countries_world(q->countries) && is_sum(q, row));
    if (t->flows->sum && sum)
        partner = ANY_MEMBER;
    row->value = frame_figure(&frame, partner, flow, period, goods_of(q, row), read);
    row->months_held = (unsigned)__builtin_popcount(row->value.months);
    row->flags |= t->q->flags | flags_of_figure(row->value);
    if (sum && row->value.known && cube_dataset(q->cube)->basis != BASIS_RECONCILED)
        row->flags |= FLAG_BIT(FLAG_SUMMED);
    if (row->value.known && row->months_held < period_months(period_kind_of(period)))
        row->flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (!row->value.known)
        row->quantity = QUANTITY_NONE;
}

static void settle(struct telling *t, struct flows_row *row, bool observed)
{
    if (is_cell(t->q, row)) {
        judge(t, row, observed);
        return;
    }
    tell(t, row);
    bool told = !t->missing && (observed || cube_dataset(t->q->cube)->coverage == COVERAGE_FULL);
    row->flags |= t->q->flags;
    if (t->partial)
        row->flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (told) {
        row->value.known = true;
        return;
    }
    row->value = FIGURE_NONE;
    row->quantity = QUANTITY_NONE;
    row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
}

/* ---- rows ---- */

struct gathering {
    const struct flows_question *q;
    struct flows_row *row;
    size_t n, room;
};

static void start_row(struct flows_row *row)
{
    *row = (struct flows_row){.quantity = QUANTITY_NONE, .unit_value = (double)NAN, .share = (double)NAN};
    for (size_t d = 0; d < CUBE_DIMS; d++)
        row->key[d] = NO_ID;
}

static void take_row(const struct gathering *g, const struct cube_rows *rows, size_t i, struct flows_row *row)
{
    start_row(row);
    for (size_t d = 0; d < CUBE_DIMS; d++)
        if (rows->key[d])
            row->key[d] = rows->key[d][i];
        else if (lone(g->q, (enum cube_dim)d))
            row->key[d] = g->q->only[d].member[0];
    row->value = figure_of(rows->value_usd[i]);
    row->flags = flags_of_status(rows->status[i]);
    if (rows->quantity_kg)
        row->quantity = quantity_of(rows, i);
    row->flags |= flags_of_quantity(row->quantity);
}

/* A row for the world that is the partners' sum, where those stand for it. */
static void take_sum(struct gathering *g, const struct cube_rows *rows, size_t i, size_t first_item)
{
    const struct flows_question *q = g->q;
    struct flows_row *row = &g->row[g->n];
    take_row(g, rows, i, row);
    row->key[CUBE_PARTNER] = countries_world(q->countries);
    if (!is_cell(q, row) || !is_sum(q, row))
        return;
    if (q->item) {
        row->key[CUBE_PRODUCT] += (uint32_t)first_item;
        row->flags |= q->item[row->key[CUBE_PRODUCT]].flags;
    }
    g->n++;
}

/* Item after item: `first` is where each one's rows begin, and then behind those that are there. */
static void take_items(struct gathering *g, const struct cube_rows *rows, size_t first_item, size_t *first)
{
    for (size_t i = 0; i < rows->n; i++) {
        const size_t item = first_item + rows->key[CUBE_PRODUCT][i];
        struct flows_row *row = &g->row[first[item]++];
        take_row(g, rows, i, row);
        row->key[CUBE_PRODUCT] = (uint32_t)item;
        row->flags |= g->q->item[item].flags;
    }
    g->n += rows->n;
}

static size_t n_statements(const struct flows *f)
{
    return f->question.item ? (f->question.n_items + CUBE_BASKETS_MAX - 1) / CUBE_BASKETS_MAX : 1;
}

static enum status take_by_item(struct gathering *g, const struct flows *f, struct arena *arena)
{
    size_t *first = arena_new(arena, size_t, f->question.n_items + 1);
    if (!first)
        return ST_NO_MEMORY;
    for (size_t s = 0; s < n_statements(f); s++)
        for (size_t i = 0; i < f->rows[s]->n; i++)
            first[s * CUBE_BASKETS_MAX + f->rows[s]->key[CUBE_PRODUCT][i] + 1]++;
    for (size_t i = 1; i < f->question.n_items; i++)
        first[i] += first[i - 1];
    for (size_t s = 0; s < n_statements(f); s++)
        take_items(g, f->rows[s], s * CUBE_BASKETS_MAX, first);
    return ST_OK;
}

/* A sector that the dataset cannot express has one row that says so. */
static void take_untold(struct gathering *g)
{
    for (size_t i = 0; i < g->q->n_items; i++)
        if (g->q->item && (g->q->item[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))) {
            struct flows_row *row = &g->row[g->n++];
            start_row(row);
            row->key[CUBE_PRODUCT] = (uint32_t)i;
            row->flags = g->q->item[i].flags;
        }
}

static enum status gather(const struct flows *f, struct arena *arena, struct gathering *g)
{
    const struct flows_question *q = &f->question;
    *g = (struct gathering){.q = q, .room = q->n_items};
    for (size_t s = 0; s < n_statements(f); s++)
        g->room += f->rows[s]->n + (f->sum ? f->sum[s]->n : 0);
    if (q->max_rows && g->room > q->max_rows)
        return ST_TOO_LARGE;
    g->row = arena_new(arena, struct flows_row, g->room);
    if (!g->row)
        return ST_NO_MEMORY;
    if (q->item && take_by_item(g, f, arena) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; !q->item && i < f->rows[0]->n; i++)
        take_row(g, f->rows[0], i, &g->row[g->n++]);
    for (size_t s = 0; f->sum && s < n_statements(f); s++)
        for (size_t i = 0; i < f->sum[s]->n; i++)
            take_sum(g, f->sum[s], i, s * CUBE_BASKETS_MAX);
    take_untold(g);
    return ST_OK;
}

/* ---- a row for each combination ---- */

static const enum cube_dim order[CUBE_DIMS] = {CUBE_PERIOD, CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PRODUCT};

static size_t length_of(const struct flows_question *q, enum cube_dim dim)
{
    if (!grouped(q, dim))
        return 1;
    return dim == CUBE_PRODUCT ? q->n_items : q->only[dim].n;
}

static bool all_named(const struct flows_question *q)
{
    bool named = true;
    for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
        if (grouped(q, d))
            named = named && (d == CUBE_PRODUCT ? q->item != NULL : q->only[d].member != NULL);
    for (size_t i = 0; named && i < q->n_items; i++)
        named = !(q->item[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE));
    return named;
}

static uint32_t member_at(const struct flows_question *q, enum cube_dim dim, size_t at)
{
    return dim == CUBE_PRODUCT ? (uint32_t)at : q->only[dim].member[at];
}

static size_t place_of(const struct flows_question *q, const struct flows_row *row)
{
    size_t place = 0;
    for (size_t i = 0; i < CUBE_DIMS; i++) {
        size_t at = 0, n = length_of(q, order[i]);
        while (grouped(q, order[i]) && at + 1 < n && member_at(q, order[i], at) != row->key[order[i]])
            at++;
        place = place * n + at;
    }
    return place;
}

static void name_row(const struct flows_question *q, size_t place, struct flows_row *row)
{
    start_row(row);
    for (size_t i = CUBE_DIMS; i-- > 0;) {
        size_t n = length_of(q, order[i]);
        if (grouped(q, order[i]))
            row->key[order[i]] = member_at(q, order[i], place % n);
        place /= n;
    }
    if (q->item)
        row->flags = q->item[row->key[CUBE_PRODUCT]].flags;
}

/* Lays all combinations out; those that were observed are put into their places. */
static enum status lay_out(struct gathering *g, struct arena *arena, bool **observed)
{
    size_t n = 1;
    for (size_t i = 0; i < CUBE_DIMS; i++)
        if (__builtin_mul_overflow(n, length_of(g->q, order[i]), &n) || (g->q->max_rows && n > g->q->max_rows))
            return ST_TOO_LARGE;
    struct flows_row *row = arena_new(arena, struct flows_row, n);
    *observed = arena_new(arena, bool, n);
    if (!row || !*observed)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        name_row(g->q, i, &row[i]);
    for (size_t i = 0; i < g->n; i++) {
        size_t place = place_of(g->q, &g->row[i]);
        row[place] = g->row[i];
        (*observed)[place] = true;
    }
    g->row = row;
    g->n = n;
    return ST_OK;
}

/* ---- shares ---- */

/* The sum over share_of for each combination of the other dimensions: a hash table that points at its first row. */
struct total {
    size_t first; /* row + 1; 0: free */
    size_t n;     /* rows */
    struct figure sum;
};

struct totals {
    const struct flows_question *q;
    const struct flows_row *row;
    struct total *total;
    size_t room; /* power of two */
};

static bool same_others(const struct flows_question *q, const struct flows_row *a, const struct flows_row *b)
{
    for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
        if (d != q->share_of && a->key[d] != b->key[d])
            return false;
    return true;
}

static struct total *find_total(const struct totals *t, const struct flows_row *row)
{
    uint64_t hash = 0;
    for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
        if (d != t->q->share_of)
            hash = (hash ^ row->key[d]) * 0x9E3779B97F4A7C15U;
    size_t at = (size_t)(hash >> 32) & (t->room - 1);
    while (t->total[at].first && !same_others(t->q, &t->row[t->total[at].first - 1], row))
        at = (at + 1) & (t->room - 1);
    return &t->total[at];
}

/* What it means that a row of the other flow is not there. */
static struct figure other_flow(const struct flows_question *q, const struct flows_row *row)
{
    const enum flow flow = row->key[CUBE_FLOW] == FLOW_EXPORTS ? FLOW_IMPORTS : FLOW_EXPORTS;
    const struct cube_set r = set_of(q, row, CUBE_REPORTER), p = set_of(q, row, CUBE_PARTNER),
                          t = set_of(q, row, CUBE_PERIOD);
    if (r.n != 1 || p.n != 1 || t.n != 1 || r.member[0] == ANY_MEMBER)
        return FIGURE_NONE;
    const struct frame frame = frame_for(q, r.member[0], p.member[0]);
    return frame_figure(&frame, p.member[0], flow, t.member[0], goods_of(q, row), FIGURE_NONE);
}

static enum status add_shares(const struct flows_question *q, struct flows_row *row, size_t n, struct arena *arena)
{
    struct totals t = {.q = q, .row = row, .room = 64};
    while (t.room < 2 * n)
        t.room *= 2;
    t.total = arena_new(arena, struct total, t.room);
    if (!t.total)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct total *total = find_total(&t, &row[i]);
        const struct figure value = row[i].flags & FLAG_BIT(FLAG_OUTSIDE_SET) ? figure_of(0) : row[i].value;
        total->sum = total->first ? figure_sum(total->sum, value) : value;
        total->first = total->first ? total->first : i + 1;
        total->n++;
    }
    for (size_t i = 0; i < n; i++) {
        const struct total *total = find_total(&t, &row[i]);
        struct figure sum = total->sum;
        if (q->share_of == CUBE_FLOW && total->n < 2 &&
            flows_of(q).n == 2) /* of the other flow there is no row: perhaps nothing is known */
            sum = figure_sum(sum, other_flow(q, &row[i]));
        row[i].share = figure_ratio(row[i].value, sum);
        row[i].flags |= sum.flags & FLAG_BIT(FLAG_WORLD_DIFFERS);
        if (row[i].value.known && !sum.known && !(sum.flags & FLAG_BIT(FLAG_NOT_REPORTED)))
            row[i].flags |= FLAG_BIT(FLAG_MONTHS_DIFFER);
    }
    return ST_OK;
}

static flag_bits flags_of_share(const struct flows_question *q)
{
    enum flows_share basis = flows_share_basis(q);
    bool among = q->share_of == CUBE_PARTNER || q->share_of == CUBE_REPORTER;
    if (basis == FLOWS_SHARE_PARTNERS_LISTED)
        return FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    if (basis == FLOWS_SHARE_PRODUCTS_SELECTED)
        return FLAG_BIT(FLAG_PARTIAL_SECTOR);
    return basis == FLOWS_SHARE_GIVEN && among && cube_dataset(q->cube)->partners == PARTNERS_CLOSED
               ? FLAG_BIT(FLAG_CLOSED_SET)
               : 0;
}

enum status flows_fold(const struct flows *flows, struct arena *arena, struct flows_row **out, size_t *n)
{
    const struct flows_question *q = &flows->question;
    struct gathering g;
    bool *observed = NULL;
    enum status status = gather(flows, arena, &g);
    if (status == ST_OK && all_named(q))
        status = lay_out(&g, arena, &observed);
    if (status != ST_OK)
        return status;
    struct telling telling = {.flows = flows, .q = q};
    flag_bits flags = flags_of_share(q);
    for (size_t i = 0; i < g.n; i++) {
        struct flows_row *row = &g.row[i];
        row->flags |= flags;
        if (row->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
            continue;
        settle(&telling, row, observed ? observed[i] : true);
        row->unit_value = unit_value(row->value, row->quantity);
    }
    *out = g.row;
    *n = g.n;
    return flows_share_basis(q) == FLOWS_SHARE_GIVEN ? add_shares(q, g.row, g.n, arena) : ST_OK;
}
