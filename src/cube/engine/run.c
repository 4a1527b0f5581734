/* The primitive: how the rows of the runs that a query touches are added up.
 *
 * A group is a cell of a box with one side per grouped dimension. A spread over reporters or partners is followed member by member:
 * each is a pass over its own runs, and when it ends its value in each group is folded into that group's count, largest and sum of
 * squares, so that product × supplier is never laid out. A spread over another dimension is the innermost side of the box, and its
 * cells are folded at the end.
 */
#include "cube/engine/scan.h"
#include "entrepot/base/bound.h"

/* ---- what the query spans ---- */

static const uint32_t *all_periods(const struct cube *cube, enum period_kind kind, size_t *n, struct arena *arena)
{
    uint32_t *period = arena_new(arena, uint32_t, cube->image.n_segments);
    *n = 0;
    for (size_t i = 0; period && i < cube->image.n_segments; i++) {
        if (!period_adds_up(cube->dataset.frequency, kind))
            continue;
        uint32_t p = period_within(cube->period[i], kind);
        if (*n == 0 || period[*n - 1] != p)
            period[(*n)++] = p;
    }
    return period;
}

static uint64_t side_length(const struct scan *s, enum cube_dim dim)
{
    switch (dim) {
    case CUBE_REPORTER:
    case CUBE_PARTNER: return s->sides.side[dim].place ? s->sides.side[dim].n : s->cube->image.n_members;
    case CUBE_FLOW: return 2;
    case CUBE_PRODUCT:
        if (s->named)
            return s->leaves.n;
        return s->query->baskets ? s->query->baskets->n : s->cube->level[s->query->level].n;
    case CUBE_PERIOD: return s->n_periods ? s->n_periods : 1;
    case CUBE_DIMS: break;
    }
    BUG("no such dimension");
}

/* Outermost side first; a spread that is laid out comes last. */
static enum status shape_box(struct scan *s)
{
    static const enum cube_dim order[CUBE_DIMS] = {CUBE_PERIOD, CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PRODUCT};
    struct box *box = &s->box;
    enum cube_dim spread = s->query->spread;
    for (size_t i = 0; i < CUBE_DIMS; i++)
        if ((s->query->group & CUBE_BIT(order[i])) && spread != order[i])
            box->side[box->n_sides++] = order[i];
    if (spread != CUBE_NO_SPREAD && !s->streamed)
        box->side[box->n_sides++] = spread;
    box->cells = 1;
    for (size_t i = box->n_sides; i-- > 0;) {
        enum cube_dim dim = box->side[i];
        box->length[dim] = side_length(s, dim);
        box->stride[dim] = box->cells;
        if (__builtin_mul_overflow(box->cells, box->length[dim], &box->cells) || box->cells > UINT64_MAX / 4)
            return ST_TOO_LARGE;
    }
    return ST_OK;
}

/* Groups of members that are named have places among each other, however many members there are. */
static enum status place_members(struct scan *s)
{
    enum status status = ST_OK;
    for (enum cube_dim d = CUBE_REPORTER; status == ST_OK && d <= CUBE_PARTNER; d++)
        if (s->query->only[d].member && (s->query->group & CUBE_BIT(d)) && s->query->spread != d)
            status = side_place(s->cube, &s->sides.side[d], s->arena);
    return status;
}

/* Groups of leaves that are named have places among each other, however many leaves there are. */
static enum status place_leaves(struct scan *s)
{
    const struct cube_query *q = s->query;
    const size_t n_leaves = s->cube->image.n_products;
    if (!s->leaves.member || !(q->group & CUBE_BIT(CUBE_PRODUCT)) || q->spread == CUBE_PRODUCT || q->baskets || s->node)
        return ST_OK;
    uint16_t *place = arena_new(s->arena, uint16_t, n_leaves);
    if (!place)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < s->leaves.n; i++)
        if (s->leaves.member[i] < n_leaves)
            place[s->leaves.member[i]] = (uint16_t)i;
    s->node = place;
    s->named = true;
    return ST_OK;
}

static enum status mark_leaves(struct scan *s)
{
    if (!s->leaves.member)
        return ST_OK;
    bool *wanted = arena_new(s->arena, bool, s->cube->image.n_products);
    s->local_leaf = arena_new(s->arena, uint32_t, s->leaves.n);
    if (!wanted || !s->local_leaf)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < s->leaves.n; i++)
        if (s->leaves.member[i] < s->cube->image.n_products)
            wanted[s->leaves.member[i]] = true;
    s->wanted = wanted;
    return ST_OK;
}

/* ---- adding ---- */

/* What one run adds to: the cell number of its first product side, and the steps between products. */
struct adding {
    struct scan *scan;
    const struct image_segment *segment;
    uint64_t base, stride;
};

/* Numbers of a chunk's cells in the box; the largest of them. */
static uint64_t number_cells(const struct adding *a, const struct rows_chunk *chunk, uint64_t *number)
{
    const uint16_t *node = a->scan->node;
    const uint64_t base = a->base, stride = a->stride;
    uint64_t last = 0;
    for (size_t i = 0; i < chunk->n; i++) {
        number[i] = base + stride * (node ? node[chunk->leaf[i]] : chunk->leaf[i]);
        last = number[i] > last ? number[i] : last;
    }
    return last;
}

/* There are more cells than the plan foretold: only in a damaged file, or more than max_rows. */
static void no_cell(struct scan *s)
{
    s->failed = true;
    s->full = s->bounded;
}

/* Cells of a chunk's rows, whose leaves are those of the cube. False if one has no cell. */
static bool find_cells(const struct adding *a, const struct rows_chunk *chunk, uint64_t *at)
{
    struct scan *s = a->scan;
    uint64_t last = number_cells(a, chunk, at);
    if (s->cells.number) {
        last = 0;
        for (size_t i = 0; i < chunk->n; i++) {
            at[i] = cells_hash(&s->cells, at[i]);
            last = at[i] > last ? at[i] : last;
        }
    }
    if (last < s->cells.room || chunk->n == 0)
        return true;
    no_cell(s);
    return false;
}

/* False where the sum is too large. */
static bool add_value(struct cell *cell, int64_t value_usd, uint32_t status)
{
    cell->marks |= CELL_USED | status;
    return !__builtin_add_overflow(cell->value_usd, value_usd, &cell->value_usd);
}

static void add_values(struct scan *s, const struct rows_chunk *chunk, const uint64_t *at)
{
    struct cell *cells = s->cells.cell;
    bool added = true;
    for (size_t i = 0; i < chunk->n; i++)
        added &= add_value(&cells[at[i]], chunk->value_usd[i], chunk->status[i]);
    s->failed = s->failed || !added;
}

static void add_weight(struct scan *s, struct weight_cell *w, uint64_t stored_kg, int64_t unweighed_usd)
{
    if (__builtin_add_overflow(w->kg, stored_kg ? (int64_t)(stored_kg - 1) : 0, &w->kg) ||
        __builtin_add_overflow(w->unweighed_usd, unweighed_usd, &w->unweighed_usd))
        s->failed = true;
    w->weighed = w->weighed || stored_kg;
}

static void add_weights(struct scan *s, const struct rows_chunk *chunk, const uint64_t *at)
{
    for (size_t i = 0; i < chunk->n; i++)
        add_weight(s, &s->cells.weight[at[i]], chunk->stored_kg[i], chunk->unweighed_usd[i]);
}

/* A member's whole value in a group. */
static void fold_value(struct spread_cell *c, int64_t value_usd, uint32_t id)
{
    double value = (double)value_usd;
    c->members += value_usd > 0;
    c->sum_sq += value * value;
    if (value_usd > c->top_value_usd) {
        c->second_usd = c->top_value_usd;
        c->top_value_usd = value_usd;
        c->top_id = id;
    } else if (value_usd > c->second_usd) {
        c->second_usd = value_usd;
    }
}

/* Where a member adds but once to a group, that is its whole value. */
static void fold_rows(struct scan *s, const struct rows_chunk *chunk, const uint64_t *at)
{
    struct spread_cell *spread = s->cells.spread;
    const uint32_t id = s->spread_id;
    for (size_t i = 0; i < chunk->n; i++)
        fold_value(&spread[at[i]], chunk->value_usd[i], id);
}

/* Adds to the present member's value in a group. */
static void add_to_member(struct scan *s, uint64_t at, int64_t value_usd)
{
    struct spread_cell *c = &s->cells.spread[at];
    if (c->now_usd == 0 && value_usd > 0)
        s->touched[s->n_touched++] = (uint32_t)at;
    c->now_usd += value_usd; /* part of the cell's own sum, which is checked */
}

static void add_to_spread(struct scan *s, const struct rows_chunk *chunk, const uint64_t *at)
{
    for (size_t i = 0; i < chunk->n; i++)
        add_to_member(s, at[i], chunk->value_usd[i]);
}

static void add_chunk(const struct adding *a, const struct rows_chunk *chunk)
{
    struct scan *s = a->scan;
    uint64_t at[CHUNK_ROWS];
    if (s->failed || !find_cells(a, chunk, at))
        return;
    add_values(s, chunk, at);
    if (s->failed) /* what follows counts on sums that fit */
        return;
    if (s->weighed)
        add_weights(s, chunk, at);
    if (s->streamed && s->once)
        fold_rows(s, chunk, at);
    else if (s->streamed)
        add_to_spread(s, chunk, at);
}

/* Rows of leaves become rows of the baskets that have them. */
static void add_to_baskets(const struct adding *a, const struct rows_chunk *chunk)
{
    const uint64_t *of_leaf = a->scan->query->baskets->of_leaf;
    struct rows_chunk many;
    many.n = 0;
    for (size_t i = 0; i < chunk->n; i++)
        for (uint64_t left = of_leaf[chunk->leaf[i]]; left; left &= left - 1) {
            if (many.n == CHUNK_ROWS) {
                add_chunk(a, &many);
                many.n = 0;
            }
            many.leaf[many.n] = (uint16_t)__builtin_ctzll(left);
            many.value_usd[many.n] = chunk->value_usd[i];
            many.status[many.n] = chunk->status[i];
            if (a->scan->weighed) {
                many.stored_kg[many.n] = chunk->stored_kg[i];
                many.unweighed_usd[many.n] = chunk->unweighed_usd[i];
            }
            many.n++;
        }
    add_chunk(a, &many);
}

static void add_leaves(const struct adding *a, const struct rows_chunk *chunk)
{
    (a->scan->query->baskets ? add_to_baskets : add_chunk)(a, chunk);
}

/* A run's total is a row without a product. */
static void add_total(const struct adding *a, const struct file_total *total)
{
    struct scan *s = a->scan;
    bool weighed = total->quantity_kg != QUANTITY_UNKNOWN;
    uint64_t at = s->cells.number ? cells_hash(&s->cells, a->base) : a->base;
    s->observations_read++;
    if (s->failed || total->value_usd < 0 || total->unweighed_usd < 0 || (weighed && total->quantity_kg < 0)) {
        s->failed = true;
        return;
    }
    if (at >= s->cells.room) {
        no_cell(s);
        return;
    }
    if (!add_value(&s->cells.cell[at], total->value_usd, total->status)) {
        s->failed = true;
        return;
    }
    if (s->weighed)
        add_weight(s, &s->cells.weight[at], weighed ? (uint64_t)total->quantity_kg + 1 : 0, total->unweighed_usd);
    if (s->streamed && s->once)
        fold_value(&s->cells.spread[at], total->value_usd, s->spread_id);
    else if (s->streamed)
        add_to_member(s, at, total->value_usd);
}

/* From the segment's leaves to the cube's. */
static void name_leaves(struct rows_chunk *chunk, const struct image_segment *segment)
{
    for (size_t i = 0; i < chunk->n; i++)
        chunk->leaf[i] = segment->leaf[chunk->leaf[i]];
}

static void keep_wanted(struct rows_chunk *chunk, const bool *wanted)
{
    size_t k = 0;
    for (size_t i = 0; i < chunk->n; i++) {
        chunk->leaf[k] = chunk->leaf[i];
        chunk->value_usd[k] = chunk->value_usd[i];
        chunk->stored_kg[k] = chunk->stored_kg[i];
        chunk->unweighed_usd[k] = chunk->unweighed_usd[i];
        chunk->status[k] = chunk->status[i];
        k += wanted[chunk->leaf[i]];
    }
    chunk->n = k;
}

static void add_rows(const struct adding *a, const struct run_view *view)
{
    struct scan *s = a->scan;
    struct run_cursor cursor;
    struct rows_chunk chunk;
    if (s->wanted && !s->weighed) { /* so that keep_wanted has something to move */
        memset(chunk.stored_kg, 0, sizeof chunk.stored_kg);
        memset(chunk.unweighed_usd, 0, sizeof chunk.unweighed_usd);
    }
    run_start(&cursor, view, s->weighed);
    while (!s->failed && run_next(&cursor, &chunk)) {
        s->observations_read += chunk.n;
        name_leaves(&chunk, a->segment);
        if (s->wanted)
            keep_wanted(&chunk, s->wanted);
        add_leaves(a, &chunk);
    }
    s->failed = s->failed || cursor.corrupt;
}

/* ---- leaves that are named ---- */

static uint32_t local_of(const struct image_segment *segment, uint32_t leaf)
{
    size_t at = find_u16(segment->leaf, segment->n_leaves, leaf);
    return at < segment->n_leaves ? (uint32_t)at : UINT32_MAX;
}

static void localise(struct scan *s, const struct image_segment *segment)
{
    if (s->segment == segment)
        return;
    s->segment = segment;
    for (size_t i = 0; i < s->leaves.n; i++)
        s->local_leaf[i] = local_of(segment, s->leaves.member[i]);
}

static void add_named(const struct adding *a, const struct run_view *view)
{
    struct scan *s = a->scan;
    struct rows_chunk chunk;
    localise(s, a->segment);
    s->observations_read += plan_rows(s, view->run); /* whether they are there or not: that is the work */
    for (size_t i = 0; i < s->leaves.n; i++) {
        uint32_t row;
        if (s->local_leaf[i] == UINT32_MAX || !run_find(view, s->local_leaf[i], &row))
            continue;
        chunk.leaf[0] = (uint16_t)s->leaves.member[i];
        if (run_at(view, row, s->weighed, &chunk))
            add_leaves(a, &chunk);
        else
            s->failed = true;
    }
}

static uint64_t place_of(const struct member_side *side, uint64_t local)
{
    return side->place ? side->place[local] : local;
}

/* Where a run's rows go, as seen by a reporter: for the import view of reconciled data the stored pair is turned round. */
static struct adding adding_of(struct scan *s, const struct touch *touch)
{
    const uint64_t *stride = s->box.stride;
    bool turned = engine_turned(s->cube, touch->flow);
    uint64_t reporter = turned ? RUN_PARTNER(touch->key) : RUN_REPORTER(touch->key);
    uint64_t partner = turned ? RUN_REPORTER(touch->key) : RUN_PARTNER(touch->key);
    uint64_t base = stride[CUBE_PERIOD] * (touch->period + s->first_period) +
                    stride[CUBE_REPORTER] * place_of(&s->sides.side[CUBE_REPORTER], reporter) +
                    stride[CUBE_PARTNER] * place_of(&s->sides.side[CUBE_PARTNER], partner) +
                    stride[CUBE_FLOW] * (uint64_t)touch->flow;
    return (struct adding){.scan = s, .segment = touch->segment, .base = base, .stride = stride[CUBE_PRODUCT]};
}

static void note_failure(struct scan *s, const struct touch *touch)
{
    if (s->failed && !s->broken.segment)
        s->broken = *touch;
}

static void add_run_total(struct visitor *visitor, const struct touch *touch)
{
    struct scan *s = (struct scan *)visitor;
    struct adding a = adding_of(s, touch);
    add_total(&a, &touch->total);
    note_failure(s, touch);
}

static void add_run(struct visitor *visitor, const struct touch *touch)
{
    struct scan *s = (struct scan *)visitor;
    struct adding a = adding_of(s, touch);
    const struct image_segment *segment = touch->segment;
    struct run_view view;
    if (!run_view(touch->run, segment->rows, segment->rows_bytes, segment->n_leaves, &view))
        s->failed = true;
    else if (s->leaves.member && plan_looks_up(s, touch->run))
        add_named(&a, &view);
    else
        add_rows(&a, &view);
    scan_add_rests(s, touch, a.base, a.stride);
    note_failure(s, touch);
}

/* ---- the spread, member by member ---- */

static void fold_member(struct scan *s)
{
    for (size_t i = 0; i < s->n_touched; i++) {
        struct spread_cell *c = &s->cells.spread[s->touched[i]];
        fold_value(c, c->now_usd, s->spread_id);
        c->now_usd = 0;
    }
    s->n_touched = 0;
}

/* Whether a member of the spread adds at most once to each group: each of its runs, and each of their rows, is another group. */
static bool adds_once(const struct scan *s, enum cube_dim spread)
{
    const struct cube_query *q = s->query;
    size_t segments = 0, most = 0;
    for (size_t i = 0; i < s->n_periods; i++) {
        size_t from, to;
        engine_segments(s->cube, s->period[i], &from, &to);
        segments += to - from;
        most = to - from > most ? to - from : most;
    }
    const struct cube_set *flow = &q->only[CUBE_FLOW];
    enum cube_dim other = spread == CUBE_PARTNER ? CUBE_REPORTER : CUBE_PARTNER;
    bool apart = segments <= 1 || (most <= 1 && (q->group & CUBE_BIT(CUBE_PERIOD)));
    apart = apart && ((flow->member && flow->n == 1) || (q->group & CUBE_BIT(CUBE_FLOW)));
    apart = apart && (s->sides.side[other].n == 1 || (q->group & CUBE_BIT(other)));
    return apart && (s->visitor.totals || (s->box.stride[CUBE_PRODUCT] && (!s->node || s->named) && !q->baskets));
}

/* Whether each period is a pass of its own, so that the cells of one stay near while all members add to them. Totals are better read
 * as series. */
static bool passes_by_period(const struct scan *s)
{
    return (s->query->group & CUBE_BIT(CUBE_PERIOD)) && !s->visitor.totals;
}

static enum status visit_members(struct scan *s)
{
    enum cube_dim dim = s->query->spread;
    struct member_side whole = s->sides.side[dim];
    uint16_t *one = arena_new(s->arena, uint16_t, 1);
    bool *has = arena_new(s->arena, bool, s->cube->image.n_members + 1);
    s->touched = arena_new(s->arena, uint32_t, s->cells.room);
    if (!one || !has || !s->touched)
        return ST_NO_MEMORY;
    s->sides.side[dim] = (struct member_side){.list = one, .n = 1, .has = has};
    s->once = adds_once(s, dim);
    const size_t pass = passes_by_period(s) ? 1 : s->n_periods;
    for (s->first_period = 0; s->first_period < s->n_periods; s->first_period += pass)
        for (size_t i = 0; i < whole.n; i++) {
            *one = whole.list[i];
            has[*one] = true;
            s->spread_id = s->cube->country[*one];
            sides_visit(s->cube, s->query, &s->sides, s->period + s->first_period, pass, &s->visitor);
            has[*one] = false;
            fold_member(s);
        }
    s->first_period = 0;
    s->sides.side[dim] = whole;
    return ST_OK;
}

/* ---- entry points ---- */

static enum status prepare(struct scan *s)
{
    const struct cube_query *q = s->query;
    bool levels = query_tells_apart(q, CUBE_PRODUCT) && !q->baskets;
    if (levels && s->cube->level[q->level].n == 0)
        BUG("a query groups by a product level that the cube does not have");
    if (q->baskets && (!(q->group & CUBE_BIT(CUBE_PRODUCT)) || q->spread == CUBE_PRODUCT))
        BUG("a query has baskets and does not group by them");
    s->period = q->only[CUBE_PERIOD].member;
    s->n_periods = q->only[CUBE_PERIOD].n;
    if (!s->period)
        s->period = all_periods(s->cube, q->kind, &s->n_periods, s->arena);
    if (!s->period)
        return ST_NO_MEMORY;
    s->node = levels ? s->cube->level[q->level].of_leaf : NULL;
    s->streamed = q->spread == CUBE_REPORTER || q->spread == CUBE_PARTNER;
    s->visitor.totals = plan_needs_totals(q);
    s->visitor.visit = s->visitor.totals ? add_run_total : add_run;
    s->weighed = (q->measures & CUBE_QUANTITY) != 0;
    enum status status = sides_make(s->cube, q, s->arena, &s->sides);
    if (status == ST_OK)
        status = place_members(s);
    if (status == ST_OK)
        status = plan_leaves(s);
    if (status == ST_OK)
        status = place_leaves(s);
    if (status == ST_OK)
        status = mark_leaves(s);
    return status == ST_OK ? shape_box(s) : status;
}

/* How many cells will be used at most. */
static uint64_t expected_cells(const struct scan *s)
{
    if (s->box.cells <= CELLS_LAID_OUT)
        return 0;
    uint64_t read = s->query->planned;
    if (!read) /* a bound is good enough for a box that is laid out quickly, and costs less than to count */
        read = s->box.cells <= UINT16_MAX ? cube_cost_at_most(s->cube, s->query) : plan_of(s).observations;
    return s->query->baskets && read < s->box.cells ? read * s->query->baskets->n : read;
}

/* ---- slice by slice ---- */

#define SLICE_CELLS ((uint64_t)1 << 16)

/* Whether the groups are better made reporter by reporter (and period by period), which is their order: a box of all of them at once is
 * large, that of each is small. */
static bool has_slices(const struct scan *s)
{
    const struct cube_query *q = s->query;
    bool apart = (q->group & CUBE_BIT(CUBE_REPORTER)) != 0 && q->spread == CUBE_NO_SPREAD;
    return apart && s->box.cells > SLICE_CELLS && s->box.stride[CUBE_REPORTER] <= SLICE_CELLS;
}

/* The box of one reporter in one period. */
static struct box inner_box(const struct box *whole)
{
    struct box box = *whole;
    box.n_sides = 0;
    for (size_t i = 0; i < whole->n_sides; i++)
        if (whole->side[i] != CUBE_PERIOD && whole->side[i] != CUBE_REPORTER)
            box.side[box.n_sides++] = whole->side[i];
    box.cells = whole->stride[CUBE_REPORTER];
    box.stride[CUBE_PERIOD] = box.stride[CUBE_REPORTER] = 0;
    return box;
}

static enum status visit_slices(struct scan *s, struct slices *slices)
{
    const struct member_side whole = s->sides.side[CUBE_REPORTER];
    const size_t pass = s->query->group & CUBE_BIT(CUBE_PERIOD) ? 1 : s->n_periods;
    uint16_t *one = arena_new(s->arena, uint16_t, 1);
    bool *has = arena_new(s->arena, bool, s->cube->image.n_members + 1);
    enum status status = one && has ? ST_OK : ST_NO_MEMORY;
    if (status == ST_OK)
        s->sides.side[CUBE_REPORTER] = (struct member_side){.list = one, .n = 1, .has = has};
    for (s->first_period = 0; status == ST_OK && s->first_period < s->n_periods; s->first_period += pass)
        for (size_t i = 0; status == ST_OK && !s->failed && i < whole.n; i++) {
            *one = whole.at_place ? whole.at_place[i] : whole.list[i];
            has[*one] = true;
            sides_visit(s->cube, s->query, &s->sides, s->period + s->first_period, pass, &s->visitor);
            has[*one] = false;
            status = slices_take(s, slices, s->period[s->first_period], s->cube->country[*one]);
        }
    return status;
}

/* `most`: how many rows there are at most. *sliced is false, and nothing done, where there is no room for so many. */
static enum status scan_slices(struct scan *s, uint64_t most, struct cube_rows *rows, bool *sliced)
{
    struct slices slices;
    *sliced = slices_make(s, most, &slices);
    if (!*sliced)
        return ST_OK;
    s->box = inner_box(&s->box);
    enum status status = cells_make(&s->cells, &s->box, s->box.cells, s->arena); /* an array */
    if (status == ST_OK && s->weighed)
        status = cells_weigh(&s->cells, s->arena);
    if (status == ST_OK)
        status = visit_slices(s, &slices);
    if (status == ST_OK)
        status = s->full ? ST_TOO_LARGE : s->failed ? ST_CORRUPT : ST_OK;
    if (status == ST_OK)
        slices_end(s, &slices, rows);
    return status;
}

static enum status scan_all(struct scan *s, uint64_t expected)
{
    bool laid_out = s->query->spread != CUBE_NO_SPREAD && !s->streamed; /* then cells are more than rows */
    s->bounded = s->query->max_rows && !laid_out && s->query->max_rows < expected;
    if (s->bounded)
        expected = s->query->max_rows;
    enum status status = cells_make(&s->cells, &s->box, expected, s->arena);
    if (status == ST_OK && s->weighed)
        status = cells_weigh(&s->cells, s->arena);
    if (status == ST_OK && s->streamed)
        status = cells_spread(&s->cells, s->arena);
    if (status != ST_OK)
        return status;
    if (s->streamed)
        return visit_members(s);
    sides_visit(s->cube, s->query, &s->sides, s->period, s->n_periods, &s->visitor);
    return ST_OK;
}

static enum status corrupt(const struct scan *s, struct problem *problem)
{
    const struct touch *at = &s->broken;
    const struct cube *cube = s->cube;
    char period[PERIOD_TEXT];
    if (!at->segment)
        (void)problem_set(problem, ST_CORRUPT, cube->name, "its rows add up to more than 63 bits hold");
    else {
        (void)period_print(cube->period[at->segment - cube->image.segment], period);
        (void)problem_set(problem, ST_CORRUPT, cube->name,
                          "section ROWS, segment %s, run %u-%u of flow %u: not what a writer writes, or a sum of more "
                          "than 63 bits",
                          period, RUN_REPORTER(at->key), RUN_PARTNER(at->key), (unsigned)at->flow);
    }
    return problem_cure(problem, ST_CORRUPT, "`entrepot verify` tells what is damaged; import the file again");
}

static enum status run_one(const struct cube *cube, const struct cube_query *query, struct cube_rows *rows,
                           struct arena *arena, struct problem *problem)
{
    struct scan s = {.cube = cube, .query = query, .arena = arena, .mark = arena_mark(arena)};
    enum status status = prepare(&s);
    const uint64_t expected = status == ST_OK ? expected_cells(&s) : 0;
    bool sliced = false;
    if (status == ST_OK && has_slices(&s))
        status = scan_slices(&s, expected < s.box.cells ? expected : s.box.cells, rows, &sliced);
    if (status == ST_OK && !sliced)
        status = scan_all(&s, expected);
    if (status == ST_OK && !sliced)
        status = s.full ? ST_TOO_LARGE : s.failed ? ST_CORRUPT : scan_rows(&s, rows);
    if (status != ST_OK)
        arena_rewind(arena, s.mark);
    return status == ST_CORRUPT ? corrupt(&s, problem) : status;
}

enum status cube_run(const struct cube *cube, const struct cube_query *query, struct cube_rows *rows, size_t n,
                     struct arena *arena, struct problem *problem)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++)
        status = run_one(cube, &query[i], &rows[i], arena, problem);
    return status;
}
