/* Which products make a pair's trade: what is asked for, and the rows of one period. */
#include "entrepot/analysis/products.h"

#include <math.h>

/* What a pair has of each item in one flow and period. */
struct side {
    struct items items;
    struct figure absent; /* what it means that there is no observation */
    struct figure total;
};

/* What the pair's trade in all products is read from. */
enum total_from {
    FROM_NOTHING,   /* of chosen products nothing is a total */
    FROM_ITEMS,     /* the nodes of a level have every product once */
    FROM_LAST_ITEM, /* sectors have one more that has every product */
    FROM_STATEMENT  /* else, or where the items are of some products only */
};

struct product_asked {
    struct frame frame;
    struct product_question question;
    struct breakdown breakdown; /* that is asked for: the question's, and for sectors one more item */
    enum total_from total_from;
    items_asked pair, total;
    struct world world;
};

struct table {
    const struct product_asked *asked;
    const struct breakdown *breakdown;
    struct side now[2], then[2], world[2];
    bool versus;
    unsigned flags; /* of every row */
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

static enum total_from total_source(const struct frame *frame, const struct breakdown *breakdown)
{
    if (cube_dataset(frame->cube)->coverage != COVERAGE_FULL)
        return FROM_NOTHING;
    if (frame->leaves.member)
        return FROM_STATEMENT;
    return breakdown->level == LEVEL_SECTOR ? FROM_LAST_ITEM
           : breakdown->level >= LEVEL_HS2  ? FROM_ITEMS
                                            : FROM_STATEMENT;
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

/* The items of a breakdown, and behind them one of all products. */
static enum status with_everything(const struct cube *cube, const struct breakdown *breakdown, struct arena *arena,
                                   struct breakdown *out)
{
    const struct str all = STR("TOTAL");
    struct breakdown_item *item = arena_new(arena, struct breakdown_item, breakdown->n + 1);
    if (!item || leaves_of(cube, NULL, &all, 1, arena, &item[breakdown->n].leaves) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < breakdown->n; i++)
        item[i] = breakdown->item[i];
    return breakdown_name(cube, item, breakdown->n + 1, arena, out);
}

static items_asked ask_pair(const struct product_asked *a, const uint32_t *period, size_t n)
{
    struct cube_query q = frame_query(&a->frame, period, n);
    q.group |= CUBE_BIT(CUBE_FLOW);
    q.measures = CUBE_QUANTITY;
    q.only[CUBE_PARTNER] = (struct cube_set){&a->frame.partner, 1};
    return breakdown_ask(a->frame.ask, a->frame.cube, &a->breakdown, &q);
}

struct product_asked *product_ask(const struct frame *frame, const struct product_question *q)
{
    struct product_asked *a = ask_make(frame->ask, struct product_asked, 1);
    size_t n;
    if (!a)
        return NULL;
    a->frame = *frame;
    a->question = *q;
    a->breakdown = *q->breakdown;
    a->total_from = total_source(frame, q->breakdown);
    const uint32_t *period = list_periods(a, &n);
    if (a->total_from == FROM_LAST_ITEM &&
        with_everything(frame->cube, q->breakdown, ask_arena(frame->ask), &a->breakdown) != ST_OK)
        ask_fail(frame->ask);
    if (!period)
        return NULL;
    a->world = q->versus ? world_ask(frame, &a->breakdown, BOTH_FLOWS, 0, q->period, q->n)
                         : world_ask_beside(frame, &a->breakdown, period, n, CUBE_QUANTITY, &a->pair);
    if (q->versus)
        a->pair = ask_pair(a, period, n);
    if (a->total_from == FROM_STATEMENT)
        a->total = ask_total(frame, period, n);
    return a;
}

/* ---- what was read ---- */

static struct figure stated_total(const struct product_asked *a, enum flow flow, uint32_t period, struct figure absent)
{
    const struct cube_rows *rows = a->total[0];
    for (size_t i = 0; i < rows->n; i++)
        if (rows->key[CUBE_FLOW][i] == (uint32_t)flow &&
            (!rows->key[CUBE_PERIOD] || rows->key[CUBE_PERIOD][i] == period))
            return (struct figure){rows->value_usd[i], true};
    return absent;
}

static struct figure sum_of_items(const struct product_asked *a, const struct side *side)
{
    struct figure sum = side->absent;
    for (size_t i = 0; i < a->breakdown.n; i++)
        if (item_present(&side->items, i)) {
            sum.known = true;
            sum.usd += item_figure(&side->items, i, FIGURE_NONE).usd;
        }
    return sum;
}

static enum status take_pair(const struct product_asked *a, enum flow flow, uint32_t period, struct arena *arena,
                             struct side *side)
{
    const struct item_slice slice = {.partner = a->frame.partner, .period = period, .flow = flow};
    enum status status = items_of(a->pair, &a->breakdown, slice, arena, &side->items);
    side->absent = frame_absent(&a->frame, a->frame.partner, flow, period);
    side->total = FIGURE_NONE;
    if (status != ST_OK || a->total_from == FROM_NOTHING)
        return status;
    side->total = a->total_from == FROM_STATEMENT   ? stated_total(a, flow, period, side->absent)
                  : a->total_from == FROM_LAST_ITEM ? item_figure(&side->items, a->breakdown.n - 1, side->absent)
                                                    : sum_of_items(a, side);
    return ST_OK;
}

static enum status take_all(struct table *t, uint32_t period, struct arena *arena)
{
    const struct product_asked *a = t->asked;
    enum status status = ST_OK;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        if (world_kind(&a->frame, f, period) == WORLD_UNKNOWN)
            t->flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
        t->world[f].absent = world_absent(&a->frame, f, period);
        status = take_pair(a, f, period, arena, &t->now[f]);
        if (status == ST_OK)
            status = world_items(&a->world, f, period, arena, &t->world[f].items);
        if (status == ST_OK && t->versus)
            status = take_pair(a, f, a->question.versus, arena, &t->then[f]);
    }
    return status;
}

static struct figure at(const struct side *side, size_t i) { return item_figure(&side->items, i, side->absent); }

static double contribution(struct figure now, struct figure then, struct figure total_then)
{
    struct figure size = {total_then.usd < 0 ? -total_then.usd : total_then.usd, total_then.known};
    return 100.0 * figure_ratio(figure_difference(now, then), size);
}

static void add_contributions(const struct table *t, struct product_row *row, size_t i)
{
    row->exports_contribution_pp = row->imports_contribution_pp = row->balance_contribution_pp = (double)NAN;
    if (!t->versus)
        return;
    struct figure x = at(&t->then[FLOW_EXPORTS], i), m = at(&t->then[FLOW_IMPORTS], i);
    struct figure total_x = t->then[FLOW_EXPORTS].total, total_m = t->then[FLOW_IMPORTS].total;
    row->exports_contribution_pp = contribution(row->exports, x, total_x);
    row->imports_contribution_pp = contribution(row->imports, m, total_m);
    row->balance_contribution_pp =
        contribution(row->balance, figure_difference(x, m), figure_difference(total_x, total_m));
}

static void fill_row(const struct table *t, size_t i, struct product_row *row)
{
    const struct breakdown_item *item = &t->breakdown->item[i];
    *row = (struct product_row){.product = item->code, .name = item->name, .flags = item->flags | t->flags};
    if (!(item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))) {
        row->exports = at(&t->now[FLOW_EXPORTS], i);
        row->imports = at(&t->now[FLOW_IMPORTS], i);
    }
    row->balance = figure_difference(row->exports, row->imports);
    row->exports_quantity = item_quantity(&t->now[FLOW_EXPORTS].items, i);
    row->imports_quantity = item_quantity(&t->now[FLOW_IMPORTS].items, i);
    row->exports_unit_value = unit_value(row->exports, row->exports_quantity);
    row->imports_unit_value = unit_value(row->imports, row->imports_quantity);
    row->share_of_exports = figure_ratio(row->exports, at(&t->world[FLOW_EXPORTS], i));
    row->share_of_imports = figure_ratio(row->imports, at(&t->world[FLOW_IMPORTS], i));
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

enum status product_fold(const struct product_asked *asked, uint32_t period, struct arena *arena,
                         struct product_row **out, size_t *n)
{
    const struct product_question *q = &asked->question;
    struct table t = {.asked = asked, .breakdown = q->breakdown, .versus = q->versus != 0};
    if (!frame_complete(&asked->frame, period) || (t.versus && !frame_complete(&asked->frame, q->versus)))
        t.flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    struct product_row *row = *out = arena_new(arena, struct product_row, t.breakdown->n);
    *n = 0;
    if (!row || take_all(&t, period, arena) != ST_OK)
        return ST_NO_MEMORY;
    if (t.flags & FLAG_BIT(FLAG_PARTIAL_YEAR))
        t.versus = false; /* a part of a year against a whole one is no growth */
    for (size_t i = 0; i < t.breakdown->n; i++)
        if (says_something(&t, i))
            fill_row(&t, i, &row[(*n)++]);
    return ST_OK;
}
