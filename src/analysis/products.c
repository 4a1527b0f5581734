/* Which products make a pair's trade: what is asked for, and the rows of one period. */
#include "entrepot/analysis/products.h"

#include <math.h>

/* What a pair has of each item in one flow and period. */
struct side {
    struct items items;
    struct item_slice slice;
    struct figure total; /* in all products */
};

struct product_asked {
    struct frame frame;
    struct product_question question;
    const struct breakdown *breakdown;
    items_asked pair, total;
    struct world world;
};

struct table {
    const struct product_asked *asked;
    const struct breakdown *breakdown;
    struct side now[2], then[2], world[2];
    bool versus;
    flag_bits flags; /* of every row */
};

/* ---- asking ---- */

/* The periods, and the one that they are compared with; ascending. */
static uint32_t *list_periods(const struct product_asked *a, size_t *n)
{
    const struct product_question *q = &a->question;
    uint32_t *period = ask_make(a->frame.ask, uint32_t, q->n + 1);
    for (size_t i = 0; period && i < q->n; i++)
        period[i] = q->period[i];
    if (period && q->versus)
        period[q->n] = q->versus;
    *n = period ? period_order(period, q->n + (q->versus != 0)) : 0;
    return period;
}

/* The pair's whole trade: not only in the products that are asked for. */
static items_asked ask_total(const struct frame *frame, const uint32_t *period, size_t n)
{
    struct frame everything = *frame;
    everything.leaves = (struct cube_set){NULL, 0};
    struct cube_query q = frame_query(&everything, period, n);
    q.group |= CUBE_BIT(CUBE_FLOW);
    q.only[CUBE_PARTNER] = (struct cube_set){&frame->partner, 1};
    return breakdown_ask(frame->ask, frame->cube, NULL, &q);
}

static items_asked ask_pair(const struct product_asked *a, const uint32_t *period, size_t n)
{
    struct cube_query q = frame_query(&a->frame, period, n);
    q.group |= CUBE_BIT(CUBE_FLOW);
    q.measures = CUBE_QUANTITY;
    q.only[CUBE_PARTNER] = (struct cube_set){&a->frame.partner, 1};
    return breakdown_ask(a->frame.ask, a->frame.cube, a->breakdown, &q);
}

struct product_asked *product_ask(const struct frame *frame, const struct product_question *q)
{
    struct product_asked *a = ask_make(frame->ask, struct product_asked, 1);
    size_t n;
    if (!a)
        return NULL;
    a->frame = *frame;
    a->question = *q;
    a->breakdown = q->breakdown;
    const uint32_t *period = list_periods(a, &n);
    if (!period)
        return NULL;
    a->world = q->versus ? world_ask(frame, a->breakdown, BOTH_FLOWS, 0, q->period, q->n)
                         : world_ask_beside(frame, a->breakdown, period, n, CUBE_QUANTITY, &a->pair);
    if (q->versus)
        a->pair = ask_pair(a, period, n);
    a->total = ask_total(frame, period, n);
    return a;
}

/* ---- what was read ---- */

static struct figure stated_total(const struct product_asked *a, enum flow flow, uint32_t period)
{
    const struct cube_rows *rows = a->total[0];
    struct figure read = FIGURE_NONE;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->key[CUBE_FLOW][i] == (uint32_t)flow &&
            (!rows->key[CUBE_PERIOD] || rows->key[CUBE_PERIOD][i] == period))
            read = figure_of(rows->value_usd[i]);
    return frame_figure(&a->frame, a->frame.partner, flow, period, (struct goods){NULL, 0}, read);
}

static enum status take_pair(const struct product_asked *a, enum flow flow, uint32_t period, struct arena *arena,
                             struct side *side)
{
    side->slice = (struct item_slice){.partner = a->frame.partner, .period = period, .flow = flow};
    side->total = stated_total(a, flow, period);
    return items_of(a->pair, a->breakdown, side->slice, arena, &side->items);
}

static enum status take_all(struct table *t, uint32_t period, struct arena *arena)
{
    const struct product_asked *a = t->asked;
    enum status status = ST_OK;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        if (world_kind(&a->frame, f, period) == WORLD_UNKNOWN)
            t->flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
        status = take_pair(a, f, period, arena, &t->now[f]);
        if (status == ST_OK)
            status = world_items(&a->world, f, period, arena, &t->world[f].items);
        if (status == ST_OK && t->versus)
            status = take_pair(a, f, a->question.versus, arena, &t->then[f]);
    }
    return status;
}

static struct figure at(const struct table *t, const struct side *side, size_t i)
{
    return item_cell(&t->asked->frame, t->breakdown, &side->items, i, side->slice);
}

static struct figure world_at(const struct table *t, enum flow flow, size_t i)
{
    return world_cell(&t->asked->world, &t->world[flow].items, i, flow, t->now[flow].slice.period);
}

static double contribution(struct figure now, struct figure then, struct figure total_then)
{
    total_then.usd = total_then.usd < 0 ? -total_then.usd : total_then.usd;
    return 100.0 * figure_ratio(figure_difference(now, then), total_then);
}

static void add_contributions(const struct table *t, struct product_row *row, size_t i)
{
    row->exports_contribution_pp = row->imports_contribution_pp = row->balance_contribution_pp = (double)NAN;
    if (!t->versus)
        return;
    struct figure x = at(t, &t->then[FLOW_EXPORTS], i), m = at(t, &t->then[FLOW_IMPORTS], i);
    struct figure total_x = t->then[FLOW_EXPORTS].total, total_m = t->then[FLOW_IMPORTS].total;
    row->exports_contribution_pp = contribution(row->exports, x, total_x);
    row->imports_contribution_pp = contribution(row->imports, m, total_m);
    row->balance_contribution_pp =
        contribution(row->balance, figure_difference(x, m), figure_difference(total_x, total_m));
}

static struct codes codes_of_row(const struct table *t, struct goods goods, const struct product_row *row)
{
    const struct frame *frame = &t->asked->frame;
    const uint32_t period = t->now[FLOW_EXPORTS].slice.period;
    return codes_of_both(frame_codes(frame, frame->partner, FLOW_EXPORTS, period, goods, row->exports),
                         frame_codes(frame, frame->partner, FLOW_IMPORTS, period, goods, row->imports));
}

static void fill_row(const struct table *t, size_t i, struct product_row *row)
{
    const struct breakdown_item *item = &t->breakdown->item[i];
    *row = (struct product_row){.product = item->code, .name = item->name, .flags = item->flags | t->flags};
    row->exports = at(t, &t->now[FLOW_EXPORTS], i);
    row->imports = at(t, &t->now[FLOW_IMPORTS], i);
    row->balance = figure_difference(row->exports, row->imports);
    row->exports_quantity = item_quantity(&t->now[FLOW_EXPORTS].items, i);
    row->imports_quantity = item_quantity(&t->now[FLOW_IMPORTS].items, i);
    row->exports_unit_value = unit_value(row->exports, row->exports_quantity);
    row->imports_unit_value = unit_value(row->imports, row->imports_quantity);
    const struct figure world_x = world_at(t, FLOW_EXPORTS, i), world_m = world_at(t, FLOW_IMPORTS, i);
    row->share_of_exports = figure_ratio(row->exports, world_x);
    row->share_of_imports = figure_ratio(row->imports, world_m);
    row->flags |=
        flags_of_figure(row->exports) | flags_of_figure(row->imports) | flags_of_months(row->exports, row->imports) |
        flags_of_months(row->exports, world_x) | flags_of_months(row->imports, world_m) |
        ((t->now[FLOW_EXPORTS].total.flags | t->now[FLOW_IMPORTS].total.flags) & FLAG_BIT(FLAG_WORLD_DIFFERS));
    row->codes = codes_of_row(t, item_goods(&t->asked->frame, t->breakdown, i), row);
    row->months_held = months_in_common(row->exports, row->imports);
    row->share_of_bilateral_exports = figure_ratio(row->exports, t->now[FLOW_EXPORTS].total);
    row->share_of_bilateral_imports = figure_ratio(row->imports, t->now[FLOW_IMPORTS].total);
    add_contributions(t, row, i);
    if (!row->exports.known || !row->imports.known)
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    row->flags |=
        flags_of_status(item_status(&t->now[FLOW_EXPORTS].items, i) | item_status(&t->now[FLOW_IMPORTS].items, i)) |
        flags_of_quantity(row->exports_quantity) | flags_of_quantity(row->imports_quantity);
}

static bool says_something(const struct table *t, size_t i)
{
    if (t->breakdown->level == LEVEL_SECTOR)
        return true;
    bool present = false;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        present = present || item_present(&t->now[f].items, i) || (t->versus && item_present(&t->then[f].items, i));
    return present;
}

/* Whether some own period has a rest at the node, and another one not: then their sum is not known. */
static bool rest_of_some(const struct frame *frame, enum flow flow, uint32_t period, struct str node)
{
    const uint32_t first = period_of_month(period_first_month(period), cube_dataset(frame->cube)->frequency);
    bool some = false;
    int64_t usd;
    for (uint32_t i = 0; !some && i < cube_expected(frame->cube, period); i++)
        some = cube_rest_at(frame->cube, frame->reporter, frame->partner, flow, first + i, node, &usd) && usd != 0;
    return some;
}

/* What is published at a node above the level beside its published parts; false where there is nothing. */
static bool fill_rest(const struct table *t, struct str node, struct arena *arena, struct product_row *row)
{
    const struct frame *frame = &t->asked->frame;
    struct figure rest[2] = {FIGURE_NONE, FIGURE_NONE};
    bool told = false, lacking = false;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        const uint32_t period = t->now[f].slice.period;
        rest[f].known = cube_rest_at(frame->cube, frame->reporter, frame->partner, f, period, node, &rest[f].usd);
        const bool some = !rest[f].known && rest_of_some(frame, f, period, node);
        if (!rest[f].known && !some && figure_whole(t->now[f].total)) /* nothing is left of what is published */
            rest[f] = figure_of(0);
        lacking = lacking || some;
        told = told || rest[f].usd != 0 || some;
    }
    if (!told)
        return false;
    const double none = (double)NAN;
    *row =
        (struct product_row){.exports = rest[FLOW_EXPORTS],
                             .imports = rest[FLOW_IMPORTS],
                             .balance = figure_difference(rest[FLOW_EXPORTS], rest[FLOW_IMPORTS]),
                             .exports_unit_value = none,
                             .imports_unit_value = none,
                             .share_of_exports = none,
                             .share_of_imports = none,
                             .share_of_bilateral_exports = figure_ratio(rest[FLOW_EXPORTS], t->now[FLOW_EXPORTS].total),
                             .share_of_bilateral_imports = figure_ratio(rest[FLOW_IMPORTS], t->now[FLOW_IMPORTS].total),
                             .exports_contribution_pp = none,
                             .imports_contribution_pp = none,
                             .balance_contribution_pp = none,
                             .flags = t->flags | (lacking ? FLAG_BIT(FLAG_MONTHS_DIFFER) : 0)};
    row->product = arena_printf(arena, "%.*s-rest", STR_ARG(node));
    const struct product_row of_part = {.exports = {.part = true}, .imports = {.part = true}};
    row->codes = codes_of_row(t, (struct goods){&node, 1}, &of_part);
    return true;
}

/* The rests of all nodes above the level; how many rows, which have room for as many as the levels above have nodes. */
static size_t fill_rests(const struct table *t, struct arena *arena, struct product_row *row)
{
    const struct cube *cube = t->asked->frame.cube;
    size_t n = fill_rest(t, STR("TOTAL"), arena, row), n_nodes;
    for (enum level level = LEVEL_HS2; level < t->breakdown->level; level++) {
        const struct str *node = cube_nodes(cube, level, &n_nodes);
        for (size_t i = 0; node && i < n_nodes; i++)
            n += fill_rest(t, node[i], arena, &row[n]);
    }
    return n;
}

static size_t room_of_rests(const struct cube *cube, enum level below)
{
    size_t room = 1, n;
    for (enum level level = LEVEL_HS2; level < below; level++)
        room += cube_nodes(cube, level, &n) ? n : 0;
    return room;
}

enum status product_fold(const struct product_asked *asked, uint32_t period, struct arena *arena,
                         struct product_row **out, size_t *n)
{
    const struct product_question *q = &asked->question;
    struct table t = {.asked = asked, .breakdown = q->breakdown, .versus = q->versus != 0};
    if (!frame_complete(&asked->frame, period) || (t.versus && !frame_complete(&asked->frame, q->versus)))
        t.flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    const bool rests =
        !asked->frame.leaves.member && q->breakdown->level >= LEVEL_HS2 && q->breakdown->level < LEVEL_SECTOR;
    size_t room = t.breakdown->n + (rests ? room_of_rests(asked->frame.cube, q->breakdown->level) : 0);
    struct product_row *row = *out = arena_new(arena, struct product_row, room);
    *n = 0;
    if (!row || take_all(&t, period, arena) != ST_OK)
        return ST_NO_MEMORY;
    if (t.flags & FLAG_BIT(FLAG_PARTIAL_YEAR))
        t.versus = false; /* a part of a year against a whole one is no growth */
    for (size_t i = 0; i < t.breakdown->n; i++)
        if (says_something(&t, i))
            fill_row(&t, i, &row[(*n)++]);
    *n += rests ? fill_rests(&t, arena, &row[*n]) : 0;
    return ST_OK;
}
