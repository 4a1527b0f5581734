#include "entrepot/analysis/products.h"

#include "entrepot/analysis/breakdown_now.h"

#include <math.h>

/* The figures of all items for one partner, flow and period, and their total over everything. */
struct side {
    struct item_value *value;
    struct figure absent; /* what an item without observation has */
    struct figure total;
};

struct table {
    const struct frame *frame;
    const struct breakdown *breakdown;
    struct arena *arena;
    struct side now[2], then[2], world[2];
    bool versus;
    unsigned flags; /* of every row */
};

static struct cube_query query_for(const struct frame *frame, const uint32_t *partner, const uint32_t *flow,
                                   const uint32_t *period)
{
    struct cube_query q = {.kind = period_kind_of(*period), .spread = CUBE_NO_SPREAD, .measures = CUBE_QUANTITY};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_FLOW] = (struct cube_set){flow, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    if (*partner != ANY_MEMBER)
        q.only[CUBE_PARTNER] = (struct cube_set){partner, 1};
    return q;
}

static enum status read_side(struct table *t, uint32_t partner, enum flow flow, uint32_t period, struct side *side)
{
    uint32_t f = (uint32_t)flow;
    struct cube_query q = query_for(t->frame, &partner, &f, &period);
    struct cube_rows rows;
    enum status status = breakdown_run(t->frame->cube, t->breakdown, &q, t->arena, &side->value);
    side->absent = frame_absent(t->frame, partner, flow, period);
    q.only[CUBE_PRODUCT] = (struct cube_set){NULL, 0};
    q.level = LEVEL_TOTAL;
    if (status == ST_OK)
        status = cube_run(t->frame->cube, &q, &rows, 1, t->arena, NULL);
    if (status != ST_OK)
        return status;
    bool whole = cube_dataset(t->frame->cube)->coverage == COVERAGE_FULL; /* a sum of chosen products is no total */
    side->total = !whole ? FIGURE_NONE : rows.n ? (struct figure){rows.value_usd[0], true} : side->absent;
    return ST_OK;
}

static enum status read_world(struct table *t, enum flow flow, uint32_t period)
{
    enum world_kind world = world_kind(t->frame, flow, period);
    uint32_t partner = world == WORLD_ROW ? countries_world(t->frame->countries) : ANY_MEMBER;
    if (world != WORLD_UNKNOWN)
        return read_side(t, partner, flow, period, &t->world[flow]);
    t->flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    t->world[flow].value = arena_new(t->arena, struct item_value, t->breakdown->n);
    return t->world[flow].value ? ST_OK : ST_NO_MEMORY;
}

static enum status read_all(struct table *t, const struct product_question *question)
{
    enum status status = ST_OK;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        status = read_side(t, t->frame->partner, f, question->period, &t->now[f]);
        if (status == ST_OK)
            status = read_world(t, f, question->period);
        if (status == ST_OK && t->versus)
            status = read_side(t, t->frame->partner, f, question->versus, &t->then[f]);
    }
    return status;
}

static struct figure at(const struct side *side, size_t i)
{
    return side->value[i].present ? (struct figure){side->value[i].value_usd, true} : side->absent;
}

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
    row->exports_quantity = t->now[FLOW_EXPORTS].value[i].quantity;
    row->imports_quantity = t->now[FLOW_IMPORTS].value[i].quantity;
    row->exports_unit_value = unit_value(row->exports, row->exports_quantity);
    row->imports_unit_value = unit_value(row->imports, row->imports_quantity);
    row->share_of_exports = figure_ratio(row->exports, at(&t->world[FLOW_EXPORTS], i));
    row->share_of_imports = figure_ratio(row->imports, at(&t->world[FLOW_IMPORTS], i));
    row->share_of_bilateral_exports = figure_ratio(row->exports, t->now[FLOW_EXPORTS].total);
    row->share_of_bilateral_imports = figure_ratio(row->imports, t->now[FLOW_IMPORTS].total);
    add_contributions(t, row, i);
    if (!row->exports.known || !row->imports.known)
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    row->flags |= flags_of_status(t->now[FLOW_EXPORTS].value[i].status | t->now[FLOW_IMPORTS].value[i].status) |
                  flags_of_quantity(row->exports_quantity) | flags_of_quantity(row->imports_quantity);
}

static bool says_something(const struct table *t, size_t i)
{
    if (t->breakdown->level == LEVEL_SECTOR)
        return true;
    bool present = false;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        present = present || t->now[f].value[i].present || (t->versus && t->then[f].value[i].present);
    return present;
}

enum status product_table(const struct frame *frame, const struct product_question *question, struct arena *arena,
                          struct product_row **out, size_t *n)
{
    struct table t = {
        .frame = frame, .breakdown = question->breakdown, .arena = arena, .versus = question->versus != 0};
    if (!frame_complete(frame, question->period) || (t.versus && !frame_complete(frame, question->versus)))
        t.flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    enum status status = read_all(&t, question);
    if (status == ST_OK && t.versus && (t.flags & FLAG_BIT(FLAG_PARTIAL_YEAR)))
        t.versus = false; /* a part of a year against a whole one is no growth */
    struct product_row *row = arena_new(arena, struct product_row, t.breakdown->n);
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    *out = row;
    *n = 0;
    for (size_t i = 0; i < t.breakdown->n; i++)
        if (says_something(&t, i))
            fill_row(&t, i, &row[(*n)++]);
    return ST_OK;
}
