/* The indices, each an ask of a few sides of trade and a fold of one period. */
#include "entrepot/analysis/indices.h"

#include "analysis/concentration.h"

#include <math.h>
#include <stdlib.h>

static const double none = (double)NAN;

/* One flow of one reporter, or of all of them together, with one partner or with all; item by item, or all items together. */
struct side {
    struct frame own; /* reporter and partner may be ANY_MEMBER */
    enum flow flow;
    const struct breakdown *breakdown;
    bool worldly; /* with all partners: from the world's row where there is one */
    struct world world;
    items_asked rows;      /* else */
    struct cube_set among; /* partners that a spread is over; none named: all */
};

#define SIDES_MAX 5
struct index {
    struct frame frame;
    const struct breakdown *breakdown;
    struct side side[SIDES_MAX];
    struct cover_asked *cover; /* of the world that is summed from its reporters; NULL: the index has none */
    struct cube_set
        specified; /* partners that are not areas not elsewhere specified; none named: there are no such areas */
};

/* ---- asking ---- */

static struct index *index_new(const struct frame *frame, const struct breakdown *breakdown)
{
    struct index *index = ask_make(frame->ask, struct index, 1);
    if (index)
        *index = (struct index){.frame = *frame, .breakdown = breakdown};
    return index;
}

/* Of the frame's products, or with `everything` of all. */
static struct side side_of(const struct frame *frame, uint32_t reporter, uint32_t partner, enum flow flow,
                           const struct breakdown *breakdown, bool everything)
{
    struct side side = {.own = *frame, .flow = flow, .breakdown = breakdown};
    side.own.reporter = reporter;
    side.own.partner = partner;
    side.worldly = partner == ANY_MEMBER && reporter != ANY_MEMBER;
    if (everything) {
        side.own.leaves = (struct cube_set){NULL, 0};
        side.own.n_codes = 0;
    }
    return side;
}

static void side_ask(struct side *side, enum cube_dim spread, const uint32_t *period, size_t n)
{
    const struct frame *own = &side->own;
    const uint32_t flow = (uint32_t)side->flow;
    if (side->worldly && spread == CUBE_NO_SPREAD) {
        side->world = world_ask(own, side->breakdown, FLOW_BIT(flow), 0, period, n);
        return;
    }
    struct cube_query q = frame_query(own, period, n);
    q.spread = spread;
    side->worldly = false;
    if (own->reporter == ANY_MEMBER)
        q.only[CUBE_REPORTER] = (struct cube_set){NULL, 0};
    uint32_t world;
    if (own->reporter == ANY_MEMBER && own->partner == ANY_MEMBER)
        q.only[CUBE_PARTNER] = world_of_all(own, side->flow, period, n, &world);
    else
        q.only[CUBE_PARTNER] = own->partner == ANY_MEMBER ? side->among : (struct cube_set){&own->partner, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&flow, 1};
    side->rows = breakdown_ask(own->ask, own->cube, side->breakdown, &q);
}

/* ---- what was read ---- */

/* Of all countries together: what those that report have recorded, if they stand for the world. */
static struct figure figure_of_all(const struct side *side, uint32_t period, struct figure read)
{
    return cube_tells_world(side->own.cube, side->flow, period) ? figure_of(read.usd) : read;
}

static enum status side_items(const struct side *side, uint32_t period, struct arena *arena, struct items *out)
{
    return side->worldly ? world_items(&side->world, side->flow, period, arena, out)
                         : items_of(side->rows, side->breakdown, (struct item_slice){.period = period}, arena, out);
}

static struct figure side_figure(const struct side *side, const struct items *items, size_t i, uint32_t period)
{
    const struct item_slice slice = {side->own.partner, period, side->flow};
    if (side->worldly)
        return world_cell(&side->world, items, i, side->flow, period);
    if (side->own.reporter != ANY_MEMBER)
        return item_cell(&side->own, side->breakdown, items, i, slice);
    if (side->breakdown && side->breakdown->item[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return FIGURE_NONE;
    return figure_of_all(side, period, item_figure(items, i, FIGURE_NONE));
}

/* All items of a side without a breakdown. */
static struct figure side_total(const struct side *side, uint32_t period, flag_bits *flags)
{
    unsigned status = 0;
    struct figure total = FIGURE_NONE;
    for (size_t i = 0; !side->worldly && i < side->rows[0]->n; i++)
        if (!side->rows[0]->key[CUBE_PERIOD] || side->rows[0]->key[CUBE_PERIOD][i] == period) {
            total = figure_of(side->rows[0]->value_usd[i]);
            status = side->rows[0]->status[i];
        }
    if (side->worldly)
        total = world_total(&side->world, side->flow, period, &status);
    else if (side->own.reporter == ANY_MEMBER)
        total = figure_of_all(side, period, total);
    else
        total = frame_figure(&side->own, side->own.partner, side->flow, period, frame_goods(&side->own), total);
    *flags |= flags_of_status(status) | flags_of_figure(total);
    return total;
}

/* A code that the reporter's revision does not have was not traded under it: that is no gap in its structure. */
static struct figure in_structure(struct figure f)
{
    return f.flags & FLAG_BIT(FLAG_OTHER_REVISION) ? figure_of(0) : f;
}

static flag_bits frame_flags(const struct frame *frame, uint32_t period)
{
    return (frame_complete(frame, period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR)) |
           (cube_dataset(frame->cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0);
}

/* Whether figures of an item can be given at all. */
static bool expressible(const struct breakdown_item *item) { return !(item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE)); }

/* ---- S1 ---- */

enum { OWN, THEIRS, ALL_OWN, ALL_THEIRS };

/* X_i and X_W are of all products, whatever products are asked for. */
struct index *rca_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period, size_t n)
{
    struct index *index = index_new(frame, breakdown);
    for (size_t i = 0; index && i < 4; i++) {
        bool total = i >= ALL_OWN;
        index->side[i] = side_of(frame, i == OWN || i == ALL_OWN ? frame->reporter : ANY_MEMBER, ANY_MEMBER,
                                 FLOW_EXPORTS, total ? NULL : breakdown, total);
        side_ask(&index->side[i], CUBE_NO_SPREAD, period, n);
    }
    if (index)
        index->cover = cover_ask(frame, FLOW_EXPORTS, period, n);
    return index;
}

/* NaN share: the index is of no world. */
struct world_cover index_cover(const struct index *index, uint32_t period)
{
    return index && index->cover ? cover_of(index->cover, period) : (struct world_cover){0, none};
}

enum status rca_fold(const struct index *index, uint32_t period, struct arena *arena, struct rca_row **out, size_t *n)
{
    const struct breakdown *breakdown = index->breakdown;
    struct items own, world;
    flag_bits flags = frame_flags(&index->frame, period) | flags_of_cover(index_cover(index, period));
    struct rca_row *row = *out = arena_new(arena, struct rca_row, breakdown->n);
    *n = 0;
    if (!row || side_items(&index->side[OWN], period, arena, &own) != ST_OK ||
        side_items(&index->side[THEIRS], period, arena, &world) != ST_OK)
        return ST_NO_MEMORY;
    struct figure all = side_total(&index->side[ALL_OWN], period, &flags),
                  world_all = side_total(&index->side[ALL_THEIRS], period, &flags);
    for (size_t i = 0; i < breakdown->n; i++) {
        const struct breakdown_item *item = &breakdown->item[i];
        if (breakdown->level != LEVEL_SECTOR && !item_present(&world, i) && !item_present(&own, i))
            continue;
        struct rca_row r = {item->code, item->name, FIGURE_NONE, FIGURE_NONE, none, none, flags | item->flags};
        r.exports = side_figure(&index->side[OWN], &own, i, period);
        r.world_exports = side_figure(&index->side[THEIRS], &world, i, period);
        r.rca = figure_ratio(r.exports, all) / figure_ratio(r.world_exports, world_all);
        r.rca = isfinite(r.rca) ? r.rca : none;
        r.symmetric = (r.rca - 1) / (r.rca + 1);
        r.flags |= flags_of_status(item_status(&own, i)) | flags_of_figure(r.exports) |
                   (r.exports.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED));
        row[(*n)++] = r;
    }
    return ST_OK;
}

/* ---- S2 ---- */

struct index *tii_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period, size_t n)
{
    struct index *index = index_new(frame, breakdown);
    if (!index)
        return NULL;
    index->side[0] = side_of(frame, frame->reporter, frame->partner, FLOW_EXPORTS, NULL, false);
    index->side[1] = side_of(frame, frame->reporter, ANY_MEMBER, FLOW_EXPORTS, NULL, false);
    index->side[2] = side_of(frame, frame->partner, ANY_MEMBER, FLOW_IMPORTS, NULL, false);
    index->side[3] = side_of(frame, ANY_MEMBER, ANY_MEMBER, FLOW_IMPORTS, NULL, false);
    index->side[4] = side_of(frame, frame->reporter, ANY_MEMBER, FLOW_IMPORTS, NULL, false);
    for (size_t i = 0; i < 5; i++)
        side_ask(&index->side[i], CUBE_NO_SPREAD, period, n);
    index->cover = cover_ask(frame, FLOW_IMPORTS, period, n);
    return index;
}

struct tii_row tii_fold(const struct index *index, uint32_t period)
{
    struct figure figure[5];
    flag_bits flags = frame_flags(&index->frame, period) | flags_of_cover(index_cover(index, period));
    for (size_t i = 0; i < 5; i++)
        figure[i] = side_total(&index->side[i], period, &flags);
    struct tii_row row = {figure[0], figure[1], figure[2], figure[3], figure[4], none, none, flags};
    double share = figure_ratio(figure[0], figure[1]);
    row.tii = share / figure_ratio(figure[2], figure[3]);
    row.tii_excluding_reporter = share / figure_ratio(figure[2], figure_difference(figure[3], figure[4]));
    row.flags |= flags_of_ratio(figure[0], figure[1]) | flags_of_ratio(figure[3], figure[2]);
    for (size_t i = 0; i < 5; i++)
        row.flags |= figure[i].known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED);
    return row;
}

/* ---- S3, S5, S6: two structures against each other ---- */

struct structures {
    struct figure total[2];
    double smaller, apart; /* Σ min, Σ |difference| of the shares */
    size_t products;
    flag_bits flags;
};

static struct index *structures_ask(const struct frame *frame, const struct breakdown *breakdown, enum flow of_partner,
                                    const uint32_t *period, size_t n)
{
    struct index *index = index_new(frame, breakdown);
    if (!index)
        return NULL;
    for (size_t i = 0; i < 4; i++) {
        const bool own = i % 2 == 0;
        index->side[i] = side_of(frame, own ? frame->reporter : frame->partner, ANY_MEMBER,
                                 own ? FLOW_EXPORTS : of_partner, i < 2 ? breakdown : NULL, false);
        side_ask(&index->side[i], CUBE_NO_SPREAD, period, n);
    }
    return index;
}

/* Whether the items are all of a side's trade: chosen products have another structure than trade has. */
static bool is_whole_structure(const struct index *index, size_t side, struct figure sum, uint32_t period)
{
    flag_bits flags = 0;
    const struct figure all = side_total(&index->side[2 + side], period, &flags);
    const struct figure apart = figure_difference(all, sum);
    int64_t rounding;
    return figure_whole(all) && apart.known &&
           !__builtin_mul_overflow((int64_t)index->breakdown->n, cube_unit_usd(index->frame.cube), &rounding) &&
           llabs(apart.usd) <= rounding;
}

static void add_up_sides(const struct index *index, const struct items *items, uint32_t period, struct structures *out)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < index->breakdown->n; i++) {
            const struct figure f = in_structure(side_figure(&index->side[side], &items[side], i, period));
            out->total[side] = figure_sum(out->total[side], f);
            out->flags |= flags_of_figure(f) | flags_of_status(item_status(&items[side], i));
        }
}

static enum status structures_fold(const struct index *index, uint32_t period, struct arena *arena,
                                   struct structures *out)
{
    struct items items[2];
    *out =
        (struct structures){.total = {{.known = true}, {.known = true}}, .flags = frame_flags(&index->frame, period)};
    for (size_t side = 0; side < 2; side++)
        if (side_items(&index->side[side], period, arena, &items[side]) != ST_OK)
            return ST_NO_MEMORY;
    add_up_sides(index, items, period, out);
    for (size_t side = 0; side < 2; side++)
        if (out->total[side].known && !is_whole_structure(index, side, out->total[side], period))
            out->smaller = out->apart = none, out->flags |= FLAG_BIT(FLAG_SELECTED_PRODUCTS);
    for (size_t i = 0; i < index->breakdown->n; i++) {
        double x = figure_ratio(in_structure(side_figure(&index->side[0], &items[0], i, period)), out->total[0]),
               y = figure_ratio(in_structure(side_figure(&index->side[1], &items[1], i, period)), out->total[1]);
        out->products += x > 0 || y > 0;
        out->smaller += isnan(x) || isnan(y) ? none : fmin(x, y);
        out->apart += fabs(x - y);
    }
    if (!out->total[0].known || !out->total[1].known)
        out->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    out->flags |= flags_of_ratio(out->total[1], out->total[0]) | flags_of_ratio(out->total[0], out->total[1]);
    return ST_OK;
}

struct index *tci_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period, size_t n)
{
    return structures_ask(frame, breakdown, FLOW_IMPORTS, period, n);
}

enum status tci_fold(const struct index *index, uint32_t period, struct arena *arena, struct tci_row *out)
{
    struct structures s;
    enum status status = structures_fold(index, period, arena, &s);
    if (status == ST_OK)
        *out = (struct tci_row){s.total[0], s.total[1], 100 * (1 - s.apart / 2), s.products, s.flags};
    return status;
}

struct index *similarity_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period,
                             size_t n)
{
    return structures_ask(frame, breakdown, FLOW_EXPORTS, period, n);
}

enum status similarity_fold(const struct index *index, uint32_t period, struct arena *arena, struct similarity_row *out)
{
    struct structures s;
    enum status status = structures_fold(index, period, arena, &s);
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
    struct intra_row r = {.product = item->code,
                          .name = item->name,
                          .exports = exports,
                          .imports = imports,
                          .grubel_lloyd = none,
                          .flags = item->flags};
    if (!expressible(item))
        r.exports = r.imports = FIGURE_NONE;
    r.flags |= flags_of_figure(exports) | flags_of_figure(imports) | flags_of_months(exports, imports);
    r.grubel_lloyd = 1 - figure_ratio(distance(r.exports, r.imports), figure_sum(r.exports, r.imports));
    r.flags |= r.exports.known && r.imports.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED);
    return r;
}

/* Whether the side's trade in all products is known: chosen ones have another structure. */
static bool knows_total(const struct side *side, uint32_t period)
{
    const struct frame *own = &side->own;
    const bool row = side->worldly && world_kind(own, side->flow, period) == WORLD_ROW;
    const struct cube_cell cell = {own->reporter, row ? cube_world(own->cube) : own->partner, side->flow, STR("TOTAL")};
    const struct cube_knowledge known = cube_know(own->cube, &cell, period, CUBE_LOOK);
    return own->n_codes || (known.months && !known.part);
}

struct index *intra_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period, size_t n)
{
    struct index *index = index_new(frame, breakdown);
    for (enum flow f = FLOW_EXPORTS; index && f <= FLOW_IMPORTS; f++) {
        index->side[f] = side_of(frame, frame->reporter, frame->partner, f, breakdown, false);
        side_ask(&index->side[f], CUBE_NO_SPREAD, period, n);
    }
    return index;
}

enum status intra_fold(const struct index *index, uint32_t period, struct arena *arena, struct intra_row **out,
                       size_t *n, double *aggregate)
{
    const struct breakdown *breakdown = index->breakdown;
    struct items x, m;
    struct figure apart = figure_of(0), both = figure_of(0);
    flag_bits flags = frame_flags(&index->frame, period);
    struct intra_row *row = *out = arena_new(arena, struct intra_row, breakdown->n);
    *n = 0;
    if (!row || side_items(&index->side[FLOW_EXPORTS], period, arena, &x) != ST_OK ||
        side_items(&index->side[FLOW_IMPORTS], period, arena, &m) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < breakdown->n; i++) {
        if (breakdown->level != LEVEL_SECTOR && !item_present(&x, i) && !item_present(&m, i))
            continue;
        struct intra_row r = intra_row(&breakdown->item[i], side_figure(&index->side[FLOW_EXPORTS], &x, i, period),
                                       side_figure(&index->side[FLOW_IMPORTS], &m, i, period));
        const struct frame *frame = &index->side[0].own;
        const uint32_t partner = frame->partner == ANY_MEMBER ? cube_world(frame->cube) : frame->partner;
        const struct goods goods = item_goods(frame, breakdown, i);
        r.codes = codes_of_both(frame_codes(frame, partner, FLOW_EXPORTS, period, goods, r.exports),
                                frame_codes(frame, partner, FLOW_IMPORTS, period, goods, r.imports));
        apart = figure_sum(apart, distance(r.exports, r.imports));
        both = figure_sum(both, figure_sum(r.exports, r.imports));
        r.flags |= flags | flags_of_status(item_status(&x, i) | item_status(&m, i));
        row[(*n)++] = r;
    }
    bool whole = breakdown->level != LEVEL_SECTOR;
    for (enum flow f = FLOW_EXPORTS; whole && f <= FLOW_IMPORTS; f++)
        whole = knows_total(&index->side[f], period);
    for (size_t i = 0; i < *n && !whole && breakdown->level != LEVEL_SECTOR; i++)
        row[i].flags |= FLAG_BIT(FLAG_SELECTED_PRODUCTS);
    *aggregate = whole ? 1 - figure_ratio(apart, both) : none;
    return ST_OK;
}

/* ---- C4, C1, C2 ---- */

enum { SPREAD, WHOLE };

/* The spread over partners, and what the world has beside it. */
static struct index *spread_ask(const struct frame *frame, const struct breakdown *breakdown, enum flow flow,
                                const uint32_t *period, size_t n)
{
    struct index *index = index_new(frame, breakdown);
    if (!index)
        return NULL;
    index->specified = specified_partners(frame->ask, frame->cube);
    for (size_t i = SPREAD; i <= WHOLE; i++) {
        index->side[i] = side_of(frame, frame->reporter, ANY_MEMBER, flow, breakdown, false);
        index->side[i].among = i == SPREAD ? index->specified : (struct cube_set){NULL, 0};
        side_ask(&index->side[i], i == SPREAD ? CUBE_PARTNER : CUBE_NO_SPREAD, period, n);
    }
    return index;
}

struct index *hirschman_ask(const struct frame *frame, enum flow flow, const uint32_t *period, size_t n)
{
    return spread_ask(frame, NULL, flow, period, n);
}

/* Of the partners of item i; hhi is NaN where they are not all in the data. */
static struct concentration spread_of(const struct index *index, const struct items *items, size_t i, uint32_t period,
                                      struct figure whole)
{
    const struct distribution all = item_distribution(items, i);
    if (!figure_whole(whole) || whole.usd <= 0 || !world_lists_all(&index->frame, index->side[SPREAD].flow, period))
        return (struct concentration){.hhi = none, .top = NO_ID};
    return concentration_of(index->frame.cube, index->specified.member != NULL, &all, whole);
}

enum status hirschman_fold(const struct index *index, uint32_t period, struct arena *arena, struct hirschman_row *out)
{
    struct items items, world;
    if (side_items(&index->side[SPREAD], period, arena, &items) != ST_OK ||
        side_items(&index->side[WHOLE], period, arena, &world) != ST_OK)
        return ST_NO_MEMORY;
    *out = (struct hirschman_row){.value = side_figure(&index->side[WHOLE], &world, 0, period),
                                  .hirschman = none,
                                  .hhi = none,
                                  .normalised_hhi = none,
                                  .top_partner = NO_ID,
                                  .top_share = none,
                                  .flags = frame_flags(&index->frame, period)};
    out->flags |= flags_of_figure(out->value) | (out->value.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED));
    const struct concentration c = spread_of(index, &items, 0, period, out->value);
    if (isnan(c.hhi))
        return ST_OK;
    out->hhi = c.hhi;
    out->hirschman = 100 * sqrt(out->hhi);
    out->normalised_hhi = c.vague ? none : hhi_normalised(out->hhi, c.members);
    out->partners = c.members;
    out->top_partner = c.top;
    out->top_share = c.top == NO_ID ? none : c.top_share;
    out->flags |= flags_of_status(item_status(&items, 0)) | (c.vague ? FLAG_BIT(FLAG_LOWER_BOUND) : 0);
    return ST_OK;
}

struct index *hhi_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period, size_t n)
{
    return spread_ask(frame, breakdown, FLOW_IMPORTS, period, n);
}

enum status hhi_fold(const struct index *index, uint32_t period, struct arena *arena, struct hhi_row **out, size_t *n)
{
    const struct breakdown *breakdown = index->breakdown;
    struct items items, world;
    flag_bits flags = frame_flags(&index->frame, period);
    struct hhi_row *row = *out = arena_new(arena, struct hhi_row, breakdown->n);
    *n = 0;
    if (!row || side_items(&index->side[SPREAD], period, arena, &items) != ST_OK ||
        side_items(&index->side[WHOLE], period, arena, &world) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < breakdown->n; i++) {
        const struct breakdown_item *item = &breakdown->item[i];
        if (breakdown->level != LEVEL_SECTOR && !item_present(&items, i) && !item_present(&world, i))
            continue;
        struct hhi_row r = {.product = item->code, .name = item->name, .flags = flags | item->flags};
        const struct frame *frame = &index->side[WHOLE].own;
        r.imports = side_figure(&index->side[WHOLE], &world, i, period);
        r.codes = frame_codes(frame, cube_world(frame->cube), FLOW_IMPORTS, period, item_goods(frame, breakdown, i),
                              r.imports);
        const struct concentration c = spread_of(index, &items, i, period, r.imports);
        r.hhi = c.hhi;
        r.normalised_hhi = c.vague ? none : hhi_normalised(r.hhi, c.members);
        r.equivalent_suppliers = c.vague ? none : 1 / r.hhi;
        r.suppliers = c.members;
        r.flags |= flags_of_figure(r.imports) | (c.vague ? FLAG_BIT(FLAG_LOWER_BOUND) : 0) |
                   flags_of_status(item_status(&items, i)) | (r.imports.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED));
        row[(*n)++] = r;
    }
    return ST_OK;
}
