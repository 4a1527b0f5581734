/* The primitive: which runs a query touches, and how their rows are added up.
 *
 * A group is a cell of a box with one side per grouped dimension; its number is the mixed-radix number of its members. Boxes
 * of up to DENSE_CELLS are an array, larger ones a hash table over the same numbers. The spread dimension is the innermost side of
 * the box, so its cells lie side by side and are folded at the end. Rows come out in the order of the cells' numbers.
 */
#include "cube/engine/engine.h"

#define DENSE_CELLS ((uint64_t)1 << 20)
#define SIDES (CUBE_DIMS)

struct cell {
    int64_t value_usd, quantity_kg;
    uint16_t status;
    uint8_t used, unweighed;
};

/* Order of the box's sides: outermost first; the spread comes last whatever it is. */
static const enum cube_dim side_order[SIDES] = {CUBE_PERIOD, CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PRODUCT};

struct box {
    enum cube_dim side[SIDES];
    uint64_t length[CUBE_DIMS]; /* 1 for a dimension that is not a side */
    uint64_t stride[CUBE_DIMS]; /* 0 for a dimension that is not a side */
    size_t n_sides;
    uint64_t cells;
};

struct scan {
    const struct cube *cube;
    const struct cube_query *query;
    struct arena *arena;
    struct box box;
    const uint32_t *period; /* periods of the query, ascending */
    size_t n_periods;
    uint16_t
        *place_in_set[2]; /* reporter, partner: local number → position + 1 in the set; NULL: every countable member */
    const uint16_t *node; /* leaf → node of the product key; NULL: leaf itself */
    struct cell *dense;
    uint64_t *slot_cell; /* hash: cell number + 1 */
    struct cell *slot;
    size_t n_slots, n_used;
    bool corrupt;
    uint64_t observations_read;
};

/* ---- what the query spans ---- */

static bool is_side(const struct cube_query *q, enum cube_dim dim)
{
    return (q->group & CUBE_BIT(dim)) != 0 || q->spread == dim;
}

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
    if (!is_side(s->query, dim))
        return 1;
    switch (dim) {
    case CUBE_REPORTER:
    case CUBE_PARTNER: return s->cube->image.n_members;
    case CUBE_FLOW: return 2;
    case CUBE_PRODUCT: return s->cube->level[s->query->level].n;
    case CUBE_PERIOD: return s->n_periods;
    case CUBE_DIMS: break;
    }
    BUG("no such dimension");
}

static enum status shape_box(struct scan *s)
{
    struct box *box = &s->box;
    for (size_t i = 0; i < SIDES; i++)
        if ((s->query->group & CUBE_BIT(side_order[i])) && s->query->spread != side_order[i])
            box->side[box->n_sides++] = side_order[i];
    if (s->query->spread != CUBE_NO_SPREAD)
        box->side[box->n_sides++] = s->query->spread;
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

static enum status place_set(struct scan *s, enum cube_dim dim)
{
    const struct cube_set *set = &s->query->only[dim];
    if (!set->member)
        return ST_OK;
    uint16_t *place = s->place_in_set[dim] = arena_new(s->arena, uint16_t, s->cube->image.n_members);
    if (!place)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < set->n; i++) {
        uint32_t id = set->member[i];
        uint16_t local = id < countries_count(s->cube->countries) ? s->cube->local[id] : NO_LOCAL;
        if (local != NO_LOCAL)
            place[local] = 1;
    }
    return ST_OK;
}

static enum status prepare(struct scan *s)
{
    const struct cube_query *q = s->query;
    if (is_side(q, CUBE_PRODUCT) && s->cube->level[q->level].n == 0)
        BUG("a query groups by a product level that the cube does not have");
    s->period = q->only[CUBE_PERIOD].member;
    s->n_periods = q->only[CUBE_PERIOD].n;
    if (!s->period)
        s->period = all_periods(s->cube, q->kind, &s->n_periods, s->arena);
    if (!s->period)
        return ST_NO_MEMORY;
    s->node = is_side(q, CUBE_PRODUCT) ? s->cube->level[q->level].of_leaf : NULL;
    enum status status = shape_box(s);
    if (status == ST_OK)
        status = place_set(s, CUBE_REPORTER);
    return status == ST_OK ? place_set(s, CUBE_PARTNER) : status;
}

/* ---- cells ---- */

static enum status make_cells(struct scan *s, uint64_t cost)
{
    if (s->box.cells <= DENSE_CELLS) {
        s->dense = arena_new(s->arena, struct cell, s->box.cells);
        return s->dense ? ST_OK : ST_NO_MEMORY;
    }
    s->n_slots = 1024;
    while (s->n_slots < cost * 2 && s->n_slots < ((size_t)1 << 26))
        s->n_slots *= 2;
    s->slot_cell = arena_new(s->arena, uint64_t, s->n_slots);
    s->slot = arena_new(s->arena, struct cell, s->n_slots);
    return s->slot_cell && s->slot ? ST_OK : ST_NO_MEMORY;
}

static struct cell *find_cell(struct scan *s, uint64_t number)
{
    if (s->dense)
        return &s->dense[number];
    size_t at = (size_t)((number * 0x9E3779B97F4A7C15U) >> 20) & (s->n_slots - 1);
    while (s->slot_cell[at] && s->slot_cell[at] != number + 1)
        at = (at + 1) & (s->n_slots - 1);
    if (!s->slot_cell[at]) {
        if (s->n_used + 1 >= s->n_slots)
            return NULL;
        s->slot_cell[at] = number + 1;
        s->n_used++;
    }
    return &s->slot[at];
}

static bool add_to_cell(struct scan *s, uint64_t number, int64_t value, int64_t kg, uint8_t status)
{
    struct cell *cell = find_cell(s, number);
    if (!cell || __builtin_add_overflow(cell->value_usd, value, &cell->value_usd))
        return false;
    cell->used = 1;
    cell->status |= status;
    if (kg == QUANTITY_UNKNOWN)
        cell->unweighed = 1;
    else
        cell->quantity_kg += kg;
    return true;
}

/* ---- runs ---- */

/* Where one run's rows lie, and the number of the cell that its first product side adds to. */
struct run_view {
    const struct file_run *run;
    const unsigned char *products, *values, *kgs, *status;
    uint64_t base;
};

static struct run_view view_run(const struct image_segment *segment, const struct file_run *run, uint64_t base)
{
    struct run_view v = {.run = run, .products = segment->rows + run->offset, .base = base};
    v.values = v.products + (size_t)run->count * 2;
    v.kgs = v.values + (size_t)run->count * run->value_bytes;
    v.status = v.kgs + (size_t)run->count * run->quantity_bytes;
    return v;
}

static void add_row(struct scan *s, const struct run_view *v, uint32_t i, uint32_t leaf)
{
    int64_t value = (int64_t)file_number(v->values + (size_t)i * v->run->value_bytes, v->run->value_bytes);
    uint64_t stored =
        v->run->quantity_bytes ? file_number(v->kgs + (size_t)i * v->run->quantity_bytes, v->run->quantity_bytes) : 0;
    uint8_t status = v->run->has_status ? v->status[i] : 0;
    uint64_t stride = s->box.stride[CUBE_PRODUCT];
    uint64_t number = v->base + stride * (stride && s->node ? s->node[leaf] : leaf);
    s->observations_read++;
    if (value < 0 || !add_to_cell(s, number, value, stored ? (int64_t)(stored - 1) : QUANTITY_UNKNOWN, status))
        s->corrupt = true;
}

static uint32_t row_leaf(const struct run_view *v, uint32_t i)
{
    return (uint32_t)file_number(v->products + (size_t)i * 2, 2);
}

/* First row whose leaf is not before `leaf`. */
static uint32_t seek_row(const struct run_view *v, uint32_t low, uint32_t leaf)
{
    uint32_t high = v->run->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row_leaf(v, middle) < leaf)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_all_rows(struct scan *s, const struct run_view *v)
{
    size_t n_leaves = s->cube->image.n_products;
    for (uint32_t i = 0; i < v->run->count; i++) {
        uint32_t leaf = row_leaf(v, i);
        if (leaf >= n_leaves)
            s->corrupt = true;
        else
            add_row(s, v, i, leaf);
    }
}

static void add_chosen_rows(struct scan *s, const struct run_view *v, const struct cube_set *leaves)
{
    uint32_t at = 0;
    for (size_t k = 0; k < leaves->n && at < v->run->count; k++) {
        at = seek_row(v, at, leaves->member[k]);
        if (at < v->run->count && row_leaf(v, at) == leaves->member[k])
            add_row(s, v, at, leaves->member[k]);
    }
}

static bool in_set(const struct scan *s, enum cube_dim dim, uint32_t local)
{
    return s->place_in_set[dim] ? s->place_in_set[dim][local] != 0 : s->cube->countable[local];
}

/* One run as seen by a reporter: for the import view of reconciled data the stored pair is turned round. */
static void add_run(struct scan *s, const struct image_segment *segment, const struct file_run *run, size_t period,
                    enum flow flow)
{
    bool turned = s->cube->dataset.basis == BASIS_RECONCILED && flow == FLOW_IMPORTS;
    uint32_t reporter = turned ? RUN_PARTNER(run->key) : RUN_REPORTER(run->key);
    uint32_t partner = turned ? RUN_REPORTER(run->key) : RUN_PARTNER(run->key);
    if (!in_set(s, CUBE_REPORTER, reporter) || !in_set(s, CUBE_PARTNER, partner))
        return;
    const uint64_t *stride = s->box.stride;
    uint64_t base = stride[CUBE_PERIOD] * period + stride[CUBE_REPORTER] * reporter + stride[CUBE_PARTNER] * partner +
                    stride[CUBE_FLOW] * (uint64_t)flow;
    const struct cube_set *leaves = &s->query->only[CUBE_PRODUCT];
    if (!leaves->member && stride[CUBE_PRODUCT] == 0) { /* the roll-up in the directory is the answer */
        if (!add_to_cell(s, base, run->value_usd, run->quantity_kg, run->status))
            s->corrupt = true;
        s->observations_read++;
        return;
    }
    struct run_view v = view_run(segment, run, base);
    if (leaves->member)
        add_chosen_rows(s, &v, leaves);
    else
        add_all_rows(s, &v);
}

/* Calls `visit` for every run of a segment that the sets of stored reporters and partners can contain. With few of both, each run
 * is looked up; with few reporters, their stretch of the directory is read; else all of it. */
typedef void run_visit(struct scan *s, const struct image_segment *segment, const struct file_run *run, size_t period,
                       enum flow flow);

#define FEW_MEMBERS 8

static size_t local_members(const struct scan *s, enum cube_dim dim, uint16_t out[FEW_MEMBERS])
{
    const struct cube_set *set = &s->query->only[dim];
    if (!set->member || set->n > FEW_MEMBERS)
        return FEW_MEMBERS + 1;
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        uint16_t local =
            set->member[i] < countries_count(s->cube->countries) ? s->cube->local[set->member[i]] : NO_LOCAL;
        if (local != NO_LOCAL)
            out[n++] = local;
    }
    return n;
}

static void visit_range(struct scan *s, const struct image_segment *segment, uint32_t from, uint32_t to, size_t period,
                        enum flow flow, run_visit *visit)
{
    bool turned = s->cube->dataset.basis == BASIS_RECONCILED && flow == FLOW_IMPORTS;
    size_t n;
    const struct file_run *run = engine_runs(segment, from, to, &n);
    for (size_t i = 0; i < n; i++)
        if (turned || RUN_FLOW(run[i].key) == (uint32_t)flow)
            visit(s, segment, &run[i], period, flow);
}

static void visit_flow(struct scan *s, const struct image_segment *segment, size_t period, enum flow flow,
                       run_visit *visit)
{
    bool turned = s->cube->dataset.basis == BASIS_RECONCILED && flow == FLOW_IMPORTS;
    uint32_t stored_flow = turned ? FLOW_EXPORTS : (uint32_t)flow;
    uint16_t first[FEW_MEMBERS], second[FEW_MEMBERS];
    size_t n_first = local_members(s, turned ? CUBE_PARTNER : CUBE_REPORTER, first);
    size_t n_second = local_members(s, turned ? CUBE_REPORTER : CUBE_PARTNER, second);
    if (n_first > FEW_MEMBERS) {
        visit_range(s, segment, 0, UINT32_MAX - 1, period, flow, visit);
        return;
    }
    for (size_t i = 0; i < n_first; i++) {
        if (n_second > FEW_MEMBERS) {
            visit_range(s, segment, RUN_KEY(first[i], stored_flow, 0), RUN_KEY(first[i], stored_flow, 0xFFFF), period,
                        flow, visit);
            continue;
        }
        for (size_t k = 0; k < n_second; k++)
            visit_range(s, segment, RUN_KEY(first[i], stored_flow, second[k]),
                        RUN_KEY(first[i], stored_flow, second[k]), period, flow, visit);
    }
}

static bool flow_wanted(const struct cube_query *q, enum flow flow)
{
    const struct cube_set *set = &q->only[CUBE_FLOW];
    for (size_t i = 0; i < set->n; i++)
        if (set->member[i] == (uint32_t)flow)
            return true;
    return set->member == NULL;
}

static void visit_runs(struct scan *s, run_visit *visit)
{
    for (size_t p = 0; p < s->n_periods; p++) {
        size_t from, to;
        engine_segments(s->cube, s->period[p], &from, &to);
        for (size_t i = from; i < to; i++)
            for (enum flow flow = FLOW_EXPORTS; flow <= FLOW_IMPORTS; flow++)
                if (flow_wanted(s->query, flow))
                    visit_flow(s, &s->cube->image.segment[i], p, flow, visit);
    }
}

/* ---- rows out ---- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Numbers of the cells in use, ascending. */
static enum status used_cells(const struct scan *s, uint64_t **out, size_t *n)
{
    size_t room = s->n_used, k = 0;
    for (uint64_t i = 0; s->dense && i < s->box.cells; i++)
        room += s->dense[i].used;
    uint64_t *number = arena_new(s->arena, uint64_t, room);
    if (!number)
        return ST_NO_MEMORY;
    for (uint64_t i = 0; s->dense && i < s->box.cells; i++)
        if (s->dense[i].used)
            number[k++] = i;
    for (size_t i = 0; !s->dense && i < s->n_slots; i++)
        if (s->slot_cell[i])
            number[k++] = s->slot_cell[i] - 1;
    if (!s->dense && k)
        qsort(number, k, sizeof *number, by_number);
    *out = number;
    *n = k;
    return ST_OK;
}

/* cube_rows is const for its readers; here it is filled. */
struct rows_out {
    uint32_t *key[CUBE_DIMS], *members, *top_id;
    int64_t *value_usd, *quantity_kg, *top_value_usd;
    uint16_t *status;
    double *sum_sq;
};

static uint32_t member_of(const struct scan *s, enum cube_dim dim, uint64_t number)
{
    uint32_t at = (uint32_t)(number / s->box.stride[dim] % s->box.length[dim]);
    if (dim == CUBE_REPORTER || dim == CUBE_PARTNER)
        return s->cube->member[at];
    return dim == CUBE_PERIOD ? s->period[at] : at;
}

static bool make_rows(const struct scan *s, size_t n, struct rows_out *out)
{
    bool spread = s->query->spread != CUBE_NO_SPREAD;
    struct arena *arena = s->arena;
    *out = (struct rows_out){.value_usd = arena_new(arena, int64_t, n),
                             .quantity_kg = arena_new(arena, int64_t, n),
                             .status = arena_new(arena, uint16_t, n)};
    bool ok = out->value_usd && out->quantity_kg && out->status;
    for (enum cube_dim d = 0; ok && d < CUBE_DIMS; d++)
        if (s->query->group & CUBE_BIT(d))
            ok = (out->key[d] = arena_new(arena, uint32_t, n)) != NULL;
    if (!ok || !spread)
        return ok;
    out->members = arena_new(arena, uint32_t, n);
    out->top_id = arena_new(arena, uint32_t, n);
    out->top_value_usd = arena_new(arena, int64_t, n);
    out->sum_sq = arena_new(arena, double, n);
    return out->members && out->top_id && out->top_value_usd && out->sum_sq;
}

static void start_row(const struct scan *s, struct rows_out *out, size_t row, uint64_t number)
{
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        if (out->key[d])
            out->key[d][row] = member_of(s, d, number);
    if (out->top_value_usd)
        out->top_value_usd[row] = -1;
}

static void fold_cell(const struct scan *s, struct rows_out *out, size_t row, uint64_t number, const struct cell *cell)
{
    out->value_usd[row] += cell->value_usd;
    out->status[row] |= cell->status;
    if (cell->unweighed || out->quantity_kg[row] == QUANTITY_UNKNOWN)
        out->quantity_kg[row] = QUANTITY_UNKNOWN;
    else
        out->quantity_kg[row] += cell->quantity_kg;
    if (!out->members)
        return;
    out->members[row] += cell->value_usd > 0;
    out->sum_sq[row] += (double)cell->value_usd * (double)cell->value_usd;
    if (cell->value_usd > out->top_value_usd[row]) {
        out->top_value_usd[row] = cell->value_usd;
        out->top_id[row] = member_of(s, s->query->spread, number);
    }
}

static uint64_t group_of(const struct scan *s, uint64_t number)
{
    return s->query->spread == CUBE_NO_SPREAD ? number : number / s->box.length[s->query->spread];
}

static enum status write_rows(struct scan *s, struct cube_rows *rows)
{
    uint64_t *number;
    size_t n, groups = 0;
    if (used_cells(s, &number, &n) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        groups += i == 0 || group_of(s, number[i]) != group_of(s, number[i - 1]);
    if (s->query->max_rows && groups > s->query->max_rows)
        return ST_TOO_LARGE;
    struct rows_out out;
    if (!make_rows(s, groups, &out))
        return ST_NO_MEMORY;
    size_t row = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || group_of(s, number[i]) != group_of(s, number[i - 1]))
            start_row(s, &out, ++row, number[i]);
        fold_cell(s, &out, row, number[i], find_cell(s, number[i]));
    }
    *rows = (struct cube_rows){.n = groups,
                               .value_usd = out.value_usd,
                               .quantity_kg = out.quantity_kg,
                               .status = out.status,
                               .members = out.members,
                               .top_id = out.top_id,
                               .top_value_usd = out.top_value_usd,
                               .sum_sq = out.sum_sq,
                               .observations_read = s->observations_read};
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        rows->key[d] = out.key[d];
    return ST_OK;
}

/* ---- entry points ---- */

static void count_run(struct scan *s, const struct image_segment *segment, const struct file_run *run, size_t period,
                      enum flow flow)
{
    (void)segment;
    (void)period;
    (void)flow;
    const struct cube_set *leaves = &s->query->only[CUBE_PRODUCT];
    bool rolled_up = !leaves->member && !is_side(s->query, CUBE_PRODUCT);
    uint64_t rows = leaves->member && leaves->n < run->count ? leaves->n : run->count;
    s->observations_read += rolled_up ? 1 : rows;
}

static uint64_t cost_of(const struct cube *cube, const struct cube_query *query, const uint32_t *period,
                        size_t n_periods)
{
    struct scan counting = {.cube = cube, .query = query, .period = period, .n_periods = n_periods};
    visit_runs(&counting, count_run);
    return counting.observations_read;
}

uint64_t cube_cost(const struct cube *cube, const struct cube_query *query)
{
    if (query->only[CUBE_PERIOD].member)
        return cost_of(cube, query, query->only[CUBE_PERIOD].member, query->only[CUBE_PERIOD].n);
    /* The dataset's own periods hold the same observations as any kind they add up to. */
    return cost_of(cube, query, cube->period, cube->image.n_segments);
}

static enum status run_one(const struct cube *cube, const struct cube_query *query, struct cube_rows *rows,
                           struct arena *arena)
{
    struct scan s = {.cube = cube, .query = query, .arena = arena};
    enum status status = prepare(&s);
    if (status != ST_OK)
        return status;
    status = make_cells(&s, s.box.cells <= DENSE_CELLS ? 0 : cost_of(cube, query, s.period, s.n_periods));
    if (status != ST_OK)
        return status;
    visit_runs(&s, add_run);
    return s.corrupt ? ST_CORRUPT : write_rows(&s, rows);
}

enum status cube_run(const struct cube *cube, const struct cube_query *query, struct cube_rows *rows, size_t n,
                     struct arena *arena)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++)
        status = run_one(cube, &query[i], &rows[i], arena);
    return status;
}
