#include "entrepot/analysis/indices.h"

#include "entrepot/analysis/breakdown_now.h"

#include <math.h>

static const double none = (double)NAN;

/* What is read: one flow of one reporter, or of all of them together, with one partner or with all. */
struct side {
    uint32_t reporter, partner; /* ANY_MEMBER: all */
    enum flow flow;
    enum cube_dim spread;
    uint32_t period;
};

static struct cube_query query_of(const struct frame *frame, const struct side *side, const uint32_t *flow,
                                  const uint32_t *partner)
{
    struct cube_query q = {.kind = period_kind_of(side->period), .spread = side->spread};
    if (side->reporter != ANY_MEMBER)
        q.only[CUBE_REPORTER] = (struct cube_set){&side->reporter, 1};
    if (*partner != ANY_MEMBER)
        q.only[CUBE_PARTNER] = (struct cube_set){partner, 1};
    q.only[CUBE_FLOW] = (struct cube_set){flow, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&side->period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    return q;
}

/* With all partners: the world's row where the reporter has one. NO_ID: not in the data. */
static uint32_t counterpart(const struct frame *frame, const struct side *side)
{
    if (side->partner != ANY_MEMBER || side->reporter == ANY_MEMBER || side->spread != CUBE_NO_SPREAD)
        return side->partner;
    struct frame own = *frame;
    own.reporter = side->reporter;
    own.partner = ANY_MEMBER;
    switch (world_kind(&own, side->flow, side->period)) {
    case WORLD_ROW: return countries_world(frame->countries);
    case WORLD_SUM: return ANY_MEMBER;
    case WORLD_UNKNOWN: break;
    }
    return NO_ID;
}

static struct figure absent_of(const struct frame *frame, const struct side *side, uint32_t partner)
{
    if (side->reporter == ANY_MEMBER)
        return (struct figure){0, cube_tells_world(frame->cube, side->flow, side->period)};
    struct frame own = *frame;
    own.reporter = side->reporter;
    return frame_absent(&own, partner, side->flow, side->period);
}

/* Figures of each item; *absent is what an item without observation has. */
static enum status read_items(const struct frame *frame, const struct breakdown *breakdown, struct side side,
                              struct arena *arena, struct item_value **out, struct figure *absent)
{
    uint32_t flow = (uint32_t)side.flow, partner = counterpart(frame, &side);
    *absent = FIGURE_NONE;
    if (partner == NO_ID) {
        *out = arena_new(arena, struct item_value, breakdown->n);
        return *out ? ST_OK : ST_NO_MEMORY;
    }
    *absent = absent_of(frame, &side, partner);
    struct cube_query q = query_of(frame, &side, &flow, &partner);
    return breakdown_run(frame->cube, breakdown, &q, arena, out);
}

/* With chosen products and no question after some of them nothing is a total. */
static bool whole(const struct frame *frame)
{
    return cube_dataset(frame->cube)->coverage == COVERAGE_FULL || frame->leaves.member;
}

/* The same over all leaves of the frame together. */
static enum status read_total(const struct frame *frame, struct side side, struct arena *arena, struct figure *out,
                              unsigned *flags)
{
    uint32_t flow = (uint32_t)side.flow, partner = counterpart(frame, &side);
    struct cube_rows rows;
    *out = FIGURE_NONE;
    if (partner == NO_ID || !whole(frame))
        return ST_OK;
    struct cube_query q = query_of(frame, &side, &flow, &partner);
    enum status status = cube_run(frame->cube, &q, &rows, 1, arena, NULL);
    if (status != ST_OK)
        return status;
    *out = rows.n ? (struct figure){rows.value_usd[0], true} : absent_of(frame, &side, partner);
    *flags |= rows.n ? flags_of_status(rows.status[0]) : 0;
    return ST_OK;
}

static struct side side_of(uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period)
{
    return (struct side){reporter, partner, flow, CUBE_NO_SPREAD, period};
}

static struct figure figure_at(const struct item_value *value, struct figure absent)
{
    return value->present ? (struct figure){value->value_usd, true} : absent;
}

static unsigned frame_flags(const struct frame *frame, uint32_t period)
{
    return (whole(frame) ? 0 : FLAG_BIT(FLAG_PARTIAL_SECTOR)) |
           (frame_complete(frame, period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR)) |
           (cube_dataset(frame->cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0);
}

/* Whether figures of an item can be given at all. */
static bool expressible(const struct breakdown_item *item) { return !(item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE)); }

/* ---- S1 ---- */

enum status rca_table(const struct frame *frame, const struct breakdown *breakdown, uint32_t period,
                      struct arena *arena, struct rca_row **out, size_t *n)
{
    struct item_value *own, *world;
    struct figure no_own, no_world, all, world_all;
    unsigned flags = frame_flags(frame, period);
    struct frame everything = *frame; /* X_i and X_W are of all products, whatever products are asked for */
    everything.leaves = (struct cube_set){NULL, 0};
    struct side mine = side_of(frame->reporter, ANY_MEMBER, FLOW_EXPORTS, period),
                theirs = side_of(ANY_MEMBER, ANY_MEMBER, FLOW_EXPORTS, period);
    struct rca_row *row = arena_new(arena, struct rca_row, breakdown->n);
    enum status status = row ? read_items(frame, breakdown, mine, arena, &own, &no_own) : ST_NO_MEMORY;
    if (status == ST_OK)
        status = read_items(frame, breakdown, theirs, arena, &world, &no_world);
    if (status == ST_OK)
        status = read_total(&everything, mine, arena, &all, &flags);
    if (status == ST_OK)
        status = read_total(&everything, theirs, arena, &world_all, &flags);
    if (status != ST_OK)
        return status;
    *out = row;
    *n = 0;
    for (size_t i = 0; i < breakdown->n; i++) {
        const struct breakdown_item *item = &breakdown->item[i];
        if (breakdown->level != LEVEL_SECTOR && !world[i].present && !own[i].present)
            continue;
        struct rca_row r = {item->code, item->name, FIGURE_NONE, FIGURE_NONE, none, none, flags | item->flags};
        r.exports = expressible(item) ? figure_at(&own[i], no_own) : FIGURE_NONE;
        r.world_exports = expressible(item) ? figure_at(&world[i], no_world) : FIGURE_NONE;
        r.rca = figure_ratio(r.exports, all) / figure_ratio(r.world_exports, world_all);
        r.rca = isfinite(r.rca) ? r.rca : none;
        r.symmetric = (r.rca - 1) / (r.rca + 1);
        r.flags |= flags_of_status(own[i].status) | (r.exports.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED));
        row[(*n)++] = r;
    }
    return ST_OK;
}

/* ---- S2 ---- */

enum status tii_of(const struct frame *frame, uint32_t period, struct arena *arena, struct tii_row *out)
{
    const struct side side[5] = {side_of(frame->reporter, frame->partner, FLOW_EXPORTS, period),
                                 side_of(frame->reporter, ANY_MEMBER, FLOW_EXPORTS, period),
                                 side_of(frame->partner, ANY_MEMBER, FLOW_IMPORTS, period),
                                 side_of(ANY_MEMBER, ANY_MEMBER, FLOW_IMPORTS, period),
                                 side_of(frame->reporter, ANY_MEMBER, FLOW_IMPORTS, period)};
    struct figure figure[5];
    unsigned flags = frame_flags(frame, period);
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < 5; i++)
        status = read_total(frame, side[i], arena, &figure[i], &flags);
    if (status != ST_OK)
        return status;
    *out = (struct tii_row){figure[0], figure[1], figure[2], figure[3], figure[4], none, none, flags};
    double share = figure_ratio(figure[0], figure[1]);
    out->tii = share / figure_ratio(figure[2], figure[3]);
    out->tii_excluding_reporter = share / figure_ratio(figure[2], figure_difference(figure[3], figure[4]));
    out->flags |= flags_of_ratio(figure[0], figure[1]) | flags_of_ratio(figure[3], figure[2]);
    for (size_t i = 0; i < 5; i++)
        out->flags |= figure[i].known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED);
    return ST_OK;
}

/* ---- S3, S5, S6: two structures against each other ---- */

struct structures {
    struct figure total[2];
    double smaller, apart; /* Σ min, Σ |difference| of the shares */
    size_t products;
    unsigned flags;
};

static enum status read_structures(const struct frame *frame, const struct breakdown *breakdown, struct side a,
                                   struct side b, struct arena *arena, struct structures *out)
{
    struct item_value *value[2];
    struct figure absent[2];
    *out = (struct structures){.total = {{0, true}, {0, true}}, .flags = frame_flags(frame, a.period)};
    enum status status = read_items(frame, breakdown, a, arena, &value[0], &absent[0]);
    if (status == ST_OK)
        status = read_items(frame, breakdown, b, arena, &value[1], &absent[1]);
    if (status != ST_OK)
        return status;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < breakdown->n; i++) {
            out->total[side] = figure_sum(out->total[side], figure_at(&value[side][i], absent[side]));
            out->flags |= flags_of_status(value[side][i].status);
        }
    for (size_t i = 0; i < breakdown->n; i++) {
        double x = figure_ratio(figure_at(&value[0][i], absent[0]), out->total[0]),
               y = figure_ratio(figure_at(&value[1][i], absent[1]), out->total[1]);
        out->products += x > 0 || y > 0;
        out->smaller += isnan(x) || isnan(y) ? none : fmin(x, y);
        out->apart += fabs(x - y);
    }
    if (!whole(frame))
        out->smaller = out->apart = none;
    if (!out->total[0].known || !out->total[1].known)
        out->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    out->flags |= flags_of_ratio(out->total[1], out->total[0]) | flags_of_ratio(out->total[0], out->total[1]);
    return ST_OK;
}

enum status tci_of(const struct frame *frame, const struct breakdown *breakdown, uint32_t period, struct arena *arena,
                   struct tci_row *out)
{
    struct structures s;
    enum status status = read_structures(frame, breakdown, side_of(frame->reporter, ANY_MEMBER, FLOW_EXPORTS, period),
                                         side_of(frame->partner, ANY_MEMBER, FLOW_IMPORTS, period), arena, &s);
    if (status == ST_OK)
        *out = (struct tci_row){s.total[0], s.total[1], 100 * (1 - s.apart / 2), s.products, s.flags};
    return status;
}

enum status similarity_of(const struct frame *frame, const struct breakdown *breakdown, uint32_t period,
                          struct arena *arena, struct similarity_row *out)
{
    struct structures s;
    enum status status = read_structures(frame, breakdown, side_of(frame->reporter, ANY_MEMBER, FLOW_EXPORTS, period),
                                         side_of(frame->partner, ANY_MEMBER, FLOW_EXPORTS, period), arena, &s);
    if (status == ST_OK)
        *out = (struct similarity_row){s.total[0], s.total[1], s.smaller, s.apart, s.products, s.flags};
    return status;
}

/* ---- S4 ---- */

static struct figure distance(struct figure a, struct figure b)
{
    struct figure d = figure_difference(a, b);
    d.usd = d.usd < 0 ? -d.usd : d.usd;
    return d;
}

static struct intra_row intra_row(const struct breakdown_item *item, struct figure exports, struct figure imports)
{
    struct intra_row r = {item->code, item->name, exports, imports, none, item->flags};
    if (!expressible(item))
        r.exports = r.imports = FIGURE_NONE;
    r.grubel_lloyd = 1 - figure_ratio(distance(r.exports, r.imports), figure_sum(r.exports, r.imports));
    r.flags |= r.exports.known && r.imports.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED);
    return r;
}

enum status intra_table(const struct frame *frame, const struct breakdown *breakdown, uint32_t period,
                        struct arena *arena, struct intra_row **out, size_t *n, double *aggregate)
{
    struct item_value *x, *m;
    struct figure no_x, no_m, apart = {0, true}, both = {0, true};
    unsigned flags = frame_flags(frame, period);
    struct intra_row *row = arena_new(arena, struct intra_row, breakdown->n);
    enum status status = row ? ST_OK : ST_NO_MEMORY;
    if (status == ST_OK)
        status = read_items(frame, breakdown, side_of(frame->reporter, frame->partner, FLOW_EXPORTS, period), arena, &x,
                            &no_x);
    if (status == ST_OK)
        status = read_items(frame, breakdown, side_of(frame->reporter, frame->partner, FLOW_IMPORTS, period), arena, &m,
                            &no_m);
    if (status != ST_OK)
        return status;
    *out = row;
    *n = 0;
    for (size_t i = 0; i < breakdown->n; i++) {
        if (breakdown->level != LEVEL_SECTOR && !x[i].present && !m[i].present)
            continue;
        struct intra_row r = intra_row(&breakdown->item[i], figure_at(&x[i], no_x), figure_at(&m[i], no_m));
        apart = figure_sum(apart, distance(r.exports, r.imports));
        both = figure_sum(both, figure_sum(r.exports, r.imports));
        r.flags |= flags | flags_of_status(x[i].status | m[i].status);
        row[(*n)++] = r;
    }
    *aggregate = breakdown->level == LEVEL_SECTOR || !whole(frame) ? none : 1 - figure_ratio(apart, both);
    return ST_OK;
}

/* ---- C4, C1, C2 ---- */

enum status hirschman_of(const struct frame *frame, enum flow flow, uint32_t period, struct arena *arena,
                         struct hirschman_row *out)
{
    const uint32_t stored = (uint32_t)flow, anyone = ANY_MEMBER;
    struct side side = {frame->reporter, ANY_MEMBER, flow, CUBE_PARTNER, period};
    struct cube_query q = query_of(frame, &side, &stored, &anyone);
    struct cube_rows rows;
    enum status status = cube_run(frame->cube, &q, &rows, 1, arena, NULL);
    if (status != ST_OK)
        return status;
    *out = (struct hirschman_row){.value = frame_absent(frame, ANY_MEMBER, flow, period),
                                  .hirschman = none,
                                  .hhi = none,
                                  .normalised_hhi = none,
                                  .top_partner = NO_ID,
                                  .top_share = none,
                                  .flags = frame_flags(frame, period)};
    out->flags |= rows.n || out->value.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED);
    if (rows.n == 0)
        return ST_OK;
    out->value = (struct figure){rows.value_usd[0], true};
    out->hhi = hhi_of_sums(rows.value_usd[0], rows.sum_sq[0]);
    out->hirschman = 100 * sqrt(out->hhi);
    out->normalised_hhi = hhi_normalised(out->hhi, rows.members[0]);
    out->partners = rows.members[0];
    out->top_partner = rows.top_id[0];
    out->top_share = figure_ratio((struct figure){rows.top_value_usd[0], true}, out->value);
    out->flags |= flags_of_status(rows.status[0]);
    return ST_OK;
}

enum status hhi_table(const struct frame *frame, const struct breakdown *breakdown, uint32_t period,
                      struct arena *arena, struct hhi_row **out, size_t *n)
{
    struct item_value *value;
    struct figure absent;
    struct side side = {frame->reporter, ANY_MEMBER, FLOW_IMPORTS, CUBE_PARTNER, period};
    unsigned flags = frame_flags(frame, period);
    struct hhi_row *row = arena_new(arena, struct hhi_row, breakdown->n);
    enum status status = row ? read_items(frame, breakdown, side, arena, &value, &absent) : ST_NO_MEMORY;
    if (status != ST_OK)
        return status;
    *out = row;
    *n = 0;
    for (size_t i = 0; i < breakdown->n; i++) {
        const struct breakdown_item *item = &breakdown->item[i];
        const struct item_value *v = &value[i];
        if (breakdown->level != LEVEL_SECTOR && !v->present)
            continue;
        struct hhi_row r = {item->code, item->name, FIGURE_NONE, none, none, none, 0, flags | item->flags};
        r.imports = expressible(item) ? figure_at(v, absent) : FIGURE_NONE;
        r.hhi = hhi_of_sums(v->value_usd, v->sum_sq);
        r.normalised_hhi = hhi_normalised(r.hhi, v->members);
        r.equivalent_suppliers = 1 / r.hhi;
        r.suppliers = v->members;
        r.flags |= flags_of_status(v->status) | (r.imports.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED));
        row[(*n)++] = r;
    }
    return ST_OK;
}

uint64_t index_cost(const struct frame *frame, const struct breakdown *breakdown, uint32_t period, bool world,
                    struct arena *arena)
{
    const uint32_t imports = FLOW_IMPORTS, anyone = ANY_MEMBER;
    struct side side = {world ? ANY_MEMBER : frame->reporter, ANY_MEMBER, FLOW_IMPORTS,
                        world ? CUBE_NO_SPREAD : CUBE_PARTNER, period};
    struct cube_query q = query_of(frame, &side, &imports, &anyone);
    return breakdown_cost(frame->cube, breakdown, &q, arena);
}
