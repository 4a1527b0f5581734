/* From cells to rows, in the order of the cells' numbers. */
#include "cube/engine/scan.h"

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The cells in use, by number. */
struct used {
    size_t n;
    uint64_t *number, *at; /* at: positions among the cells; the same array where they are the numbers */
};

static enum status find_used(const struct scan *s, struct used *out)
{
    const struct cells *c = &s->cells;
    size_t room = 0, n = 0;
    for (size_t i = 0; i < c->room; i++)
        room += c->cell[i].marks != 0;
    *out = (struct used){.number = arena_new_raw(s->arena, uint64_t, room)};
    if (!out->number)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < c->room; i++)
        if (c->cell[i].marks)
            out->number[n++] = c->number ? c->number[i] - 1 : i;
    out->n = n;
    out->at = out->number;
    return ST_OK;
}

static enum status sort_used(struct scan *s, struct used *used)
{
    if (!s->cells.number || used->n == 0)
        return ST_OK;
    used->at = arena_new_raw(s->arena, uint64_t, used->n);
    if (!used->at)
        return ST_NO_MEMORY;
    qsort(used->number, used->n, sizeof *used->number, by_number);
    for (size_t i = 0; i < used->n; i++)
        used->at[i] = cells_hash(&s->cells, used->number[i]);
    return ST_OK;
}

/* ---- from numbers to members ---- */

/* Division of 32-bit numbers by one that stays the same (Lemire, Kaser & Kurz 2019, "Faster remainder by direct computation"). */
struct divisor {
    uint64_t length, inverse; /* inverse 0: divide as usual */
};
__extension__ typedef unsigned __int128 u128;

static struct divisor divisor_of(const struct box *box, enum cube_dim dim)
{
    uint64_t length = box->length[dim];
    bool plain = box->cells > UINT32_MAX || length <= 1;
    return (struct divisor){length, plain ? 0 : UINT64_MAX / length + 1};
}

static uint64_t divide(const struct divisor *d, uint64_t number)
{
    return d->inverse ? (uint64_t)((u128)d->inverse * number >> 64) : number / d->length;
}

static bool is_laid_out(const struct scan *s) { return s->query->spread != CUBE_NO_SPREAD && !s->streamed; }

static uint32_t member_of(const struct scan *s, enum cube_dim dim, uint64_t at)
{
    if (dim == CUBE_REPORTER || dim == CUBE_PARTNER)
        return s->cube->country[at];
    return dim == CUBE_PERIOD ? s->period[at] : (uint32_t)at;
}

/* Names the members of the innermost side and takes it off the numbers. */
static void name_side(const struct scan *s, enum cube_dim dim, uint64_t *number, size_t n, uint32_t *key)
{
    const struct divisor side = divisor_of(&s->box, dim);
    for (size_t i = 0; side.length == 1 && i < n; i++)
        key[i] = 0;
    for (size_t i = 0; side.length > 1 && i < n; i++) {
        uint64_t outer = divide(&side, number[i]);
        key[i] = (uint32_t)(number[i] - outer * side.length);
        number[i] = outer;
    }
    const bool member = dim == CUBE_REPORTER || dim == CUBE_PARTNER;
    const uint16_t *local = member ? s->sides.side[dim].at_place : NULL;
    const uint32_t *name = member                            ? s->cube->country
                           : dim == CUBE_PERIOD              ? s->period
                           : dim == CUBE_PRODUCT && s->named ? s->leaves.member
                                                             : NULL;
    for (size_t i = 0; local && i < n; i++)
        key[i] = local[key[i]];
    for (size_t i = 0; name && i < n; i++)
        key[i] = name[key[i]];
}

/* ---- rows ---- */

static void *take(char **at, bool wanted, size_t n, size_t size)
{
    void *column = wanted ? *at : NULL;
    *at += wanted ? n * size : 0;
    return column;
}

static bool has_key(const struct scan *s, enum cube_dim dim)
{
    return (s->query->group & CUBE_BIT(dim)) != 0 && s->query->spread != dim;
}

static size_t row_bytes(const struct scan *s)
{
    size_t bytes = sizeof(int64_t) + sizeof(uint16_t) + (s->weighed ? 2 * sizeof(int64_t) : 0);
    if (s->query->spread != CUBE_NO_SPREAD)
        bytes += 2 * sizeof(int64_t) + sizeof(double) + 2 * sizeof(uint32_t);
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        bytes += has_key(s, d) ? sizeof(uint32_t) : 0;
    return bytes;
}

/* The columns in one block, the widest first, so that each is aligned. */
static void place_columns(const struct scan *s, char *block, size_t n, struct rows_out *out)
{
    const bool spread = s->query->spread != CUBE_NO_SPREAD;
    out->value_usd = take(&block, true, n, sizeof(int64_t));
    out->quantity_kg = take(&block, s->weighed, n, sizeof(int64_t));
    out->unweighed_usd = take(&block, s->weighed, n, sizeof(int64_t));
    out->top_value_usd = take(&block, spread, n, sizeof(int64_t));
    out->second_usd = take(&block, spread, n, sizeof(int64_t));
    out->sum_sq = take(&block, spread, n, sizeof(double));
    out->members = take(&block, spread, n, sizeof(uint32_t));
    out->top_id = take(&block, spread, n, sizeof(uint32_t));
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        out->key[d] = take(&block, has_key(s, d), n, sizeof(uint32_t));
    out->status = take(&block, true, n, sizeof(uint16_t));
}

/* Rows of nothing; their block, or NULL. */
static char *make_rows(const struct scan *s, size_t n, struct rows_out *out)
{
    char *block = arena_alloc(s->arena, n, row_bytes(s), 16);
    if (!block)
        return NULL;
    place_columns(s, block, n, out);
    for (size_t i = 0; out->quantity_kg && i < n; i++)
        out->quantity_kg[i] = QUANTITY_UNKNOWN;
    for (size_t i = 0; out->top_id && i < n; i++)
        out->top_id[i] = NO_ID;
    return block;
}

/* False where a sum is too large. */
static bool add_weight(struct rows_out *out, size_t row, const struct weight_cell *w)
{
    bool fits = !__builtin_add_overflow(out->unweighed_usd[row], w->unweighed_usd, &out->unweighed_usd[row]);
    if (!w->weighed)
        return fits;
    if (out->quantity_kg[row] == QUANTITY_UNKNOWN)
        out->quantity_kg[row] = 0;
    return !__builtin_add_overflow(out->quantity_kg[row], w->kg, &out->quantity_kg[row]) && fits;
}

/* A cell of a spread that was laid out: one member of its group. */
static void fold_cell(struct rows_out *out, size_t row, uint32_t member, int64_t value)
{
    if (value <= 0)
        return;
    out->members[row]++;
    out->sum_sq[row] += (double)value * (double)value;
    if (value > out->top_value_usd[row]) {
        out->second_usd[row] = out->top_value_usd[row];
        out->top_value_usd[row] = value;
        out->top_id[row] = member;
    } else if (value > out->second_usd[row]) {
        out->second_usd[row] = value;
    }
}

static void take_spread(struct rows_out *out, size_t row, const struct spread_cell *c)
{
    out->members[row] = c->members;
    out->sum_sq[row] = c->sum_sq;
    out->top_value_usd[row] = c->top_value_usd;
    out->second_usd[row] = c->second_usd;
    out->top_id[row] = c->members ? c->top_id : NO_ID;
}

/* Each cell is a row. */
static void take_cells(const struct scan *s, const struct used *used, struct rows_out *out)
{
    const struct cells *c = &s->cells;
    const uint64_t *at = used->at;
    int64_t *value_usd = out->value_usd;
    uint16_t *status = out->status;
    for (size_t i = 0; i < used->n; i++) {
        value_usd[i] = c->cell[at[i]].value_usd;
        status[i] = (uint16_t)(c->cell[at[i]].marks & 0xFF);
    }
    for (size_t i = 0; s->weighed && i < used->n; i++)
        (void)add_weight(out, i, &c->weight[at[i]]); /* alone in its row */
    for (size_t i = 0; s->streamed && i < used->n; i++)
        take_spread(out, i, &c->spread[at[i]]);
}

/* Cells of one group stand side by side: they become one row. Their numbers become those of the groups. */
static void fold_cells(struct scan *s, struct used *used, struct rows_out *out)
{
    const enum cube_dim dim = s->query->spread;
    const struct divisor spread = divisor_of(&s->box, dim);
    size_t rows = 0;
    for (size_t i = 0; i < used->n; i++) {
        const uint64_t at = used->at[i], group = divide(&spread, used->number[i]);
        const uint64_t member = used->number[i] - group * spread.length;
        const struct cell *cell = &s->cells.cell[at];
        if (rows == 0 || used->number[rows - 1] != group)
            used->number[rows++] = group;
        if (__builtin_add_overflow(out->value_usd[rows - 1], cell->value_usd, &out->value_usd[rows - 1]))
            s->failed = true;
        out->status[rows - 1] |= (uint16_t)(cell->marks & 0xFF);
        if (s->weighed && !add_weight(out, rows - 1, &s->cells.weight[at]))
            s->failed = true;
        fold_cell(out, rows - 1, member_of(s, dim, member), cell->value_usd);
    }
}

static size_t count_groups(const struct scan *s, const struct used *used)
{
    if (!is_laid_out(s))
        return used->n;
    const struct divisor spread = divisor_of(&s->box, s->query->spread);
    size_t groups = used->n > 0;
    for (size_t i = 1; i < used->n; i++)
        groups += divide(&spread, used->number[i]) != divide(&spread, used->number[i - 1]);
    return groups;
}

static void hand_over(const struct scan *s, char *block, size_t n, struct cube_rows *rows)
{
    struct rows_out out;
    place_columns(s, block, n, &out);
    *rows = (struct cube_rows){.n = n,
                               .value_usd = out.value_usd,
                               .status = out.status,
                               .quantity_kg = out.quantity_kg,
                               .unweighed_usd = out.unweighed_usd,
                               .members = out.members,
                               .top_id = out.top_id,
                               .top_value_usd = out.top_value_usd,
                               .second_usd = out.second_usd,
                               .sum_sq = out.sum_sq,
                               .observations_read = s->observations_read};
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        rows->key[d] = out.key[d];
}

enum status scan_rows(struct scan *s, struct cube_rows *rows)
{
    struct used used;
    struct rows_out out;
    if (find_used(s, &used) != ST_OK || sort_used(s, &used) != ST_OK)
        return ST_NO_MEMORY;
    const size_t n = count_groups(s, &used);
    if (s->query->max_rows && n > s->query->max_rows)
        return ST_TOO_LARGE;
    char *block = make_rows(s, n, &out);
    if (!block)
        return ST_NO_MEMORY;
    if (is_laid_out(s))
        fold_cells(s, &used, &out);
    else
        take_cells(s, &used, &out);
    for (size_t i = s->box.n_sides - is_laid_out(s); i-- > 0;) /* the innermost first */
        name_side(s, s->box.side[i], used.number, n, out.key[s->box.side[i]]);
    block = arena_rewind_around(s->arena, s->mark, block, n * row_bytes(s));
    hand_over(s, block, n, rows);
    return s->failed ? ST_CORRUPT : ST_OK;
}

/* ---- slice by slice ---- */

bool slices_make(struct scan *s, uint64_t most, struct slices *out)
{
    const size_t left = s->arena->ceiling_bytes - s->arena->used_bytes;
    s->bounded = s->query->max_rows && s->query->max_rows < most;
    *out = (struct slices){.room = (size_t)(s->bounded ? s->query->max_rows : most)};
    if (out->room > left / 2 / row_bytes(s))
        return false;
    out->block = arena_alloc_raw(s->arena, out->room, row_bytes(s), 16);
    if (out->block)
        place_columns(s, out->block, out->room, &out->out);
    return out->block != NULL;
}

/* One cell, which becomes empty. */
static void take_slice_cell(struct scan *s, size_t at, const struct rows_out *out, size_t row)
{
    struct cell *cell = &s->cells.cell[at];
    out->value_usd[row] = cell->value_usd;
    out->status[row] = (uint16_t)(cell->marks & 0xFF);
    *cell = (struct cell){.value_usd = 0};
    if (!s->weighed)
        return;
    struct weight_cell *w = &s->cells.weight[at];
    out->quantity_kg[row] = w->weighed ? w->kg : QUANTITY_UNKNOWN;
    out->unweighed_usd[row] = w->unweighed_usd;
    *w = (struct weight_cell){.kg = 0};
}

enum status slices_take(struct scan *s, struct slices *slices, uint32_t period, uint32_t reporter)
{
    const struct arena_mark mark = arena_mark(s->arena);
    const struct rows_out *out = &slices->out;
    struct used used;
    if (find_used(s, &used) != ST_OK)
        return ST_NO_MEMORY;
    if (used.n > slices->room - slices->n) { /* only in a damaged file, or more than max_rows */
        s->failed = true;
        s->full = s->bounded;
        return ST_OK;
    }
    for (size_t i = 0; i < used.n; i++)
        take_slice_cell(s, (size_t)used.number[i], out, slices->n + i);
    for (size_t i = s->box.n_sides; i-- > 0;)
        name_side(s, s->box.side[i], used.number, used.n, out->key[s->box.side[i]] + slices->n);
    for (size_t i = slices->n; i < slices->n + used.n; i++) {
        out->key[CUBE_REPORTER][i] = reporter;
        if (out->key[CUBE_PERIOD])
            out->key[CUBE_PERIOD][i] = period;
    }
    slices->n += used.n;
    arena_rewind(s->arena, mark);
    return ST_OK;
}

#define PACK(column)                                                                                                   \
    if (from->column)                                                                                                  \
    memmove(to.column, from->column, n * sizeof *to.column)

/* There was room for more rows than have come. */
void slices_end(struct scan *s, struct slices *slices, struct cube_rows *rows)
{
    const struct rows_out *from = &slices->out;
    const size_t n = slices->n;
    struct rows_out to;
    place_columns(s, slices->block, n, &to);
    PACK(value_usd);
    PACK(quantity_kg);
    PACK(unweighed_usd);
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        PACK(key[d]);
    PACK(status);
    char *block = arena_rewind_around(s->arena, s->mark, slices->block, n * row_bytes(s));
    hand_over(s, block, n, rows);
}
