/* From cells to rows, in the order of the cells' numbers. */
#include "cube/engine/scan.h"

/* cube_rows is const for its readers; here it is filled. */
struct rows_out {
    uint32_t *key[CUBE_DIMS], *members, *top_id;
    int64_t *value_usd, *quantity_kg, *unweighed_usd, *top_value_usd;
    uint16_t *status;
    double *sum_sq;
};

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Numbers of the cells in use, ascending. */
static enum status used_numbers(const struct scan *s, uint64_t **out, size_t *n)
{
    const struct cells *c = &s->cells;
    size_t room = 0, k = 0;
    for (size_t i = 0; i < c->room; i++)
        room += c->cell[i].marks != 0;
    uint64_t *number = arena_new_raw(s->arena, uint64_t, room);
    if (!number)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < c->room; i++)
        if (c->cell[i].marks)
            number[k++] = c->number ? c->number[i] - 1 : i;
    if (c->number && k)
        qsort(number, k, sizeof *number, by_number);
    *out = number;
    *n = k;
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

/* The sides that make a row's key, and behind them that of a spread that is laid out. */
struct key_sides {
    size_t n;
    struct divisor side[CUBE_DIMS];
    bool laid_out;
};

static struct key_sides key_sides_of(const struct scan *s)
{
    struct key_sides k = {.n = s->box.n_sides, .laid_out = s->query->spread != CUBE_NO_SPREAD && !s->streamed};
    for (size_t i = 0; i < k.n; i++)
        k.side[i] = divisor_of(&s->box, s->box.side[i]);
    k.n -= k.laid_out;
    return k;
}

static uint32_t member_of(const struct scan *s, enum cube_dim dim, uint64_t at)
{
    if (dim == CUBE_REPORTER || dim == CUBE_PARTNER)
        return s->cube->country[at];
    return dim == CUBE_PERIOD ? s->period[at] : (uint32_t)at;
}

/* Cells of one group stand side by side where a spread is laid out; otherwise each cell is a group. */
static uint64_t group_of(const struct key_sides *k, uint64_t number)
{
    return k->laid_out ? divide(&k->side[k->n], number) : number;
}

/* ---- rows ---- */

static bool make_rows(const struct scan *s, size_t n, struct rows_out *out)
{
    struct arena *arena = s->arena;
    *out = (struct rows_out){.value_usd = arena_new(arena, int64_t, n), .status = arena_new(arena, uint16_t, n)};
    bool ok = out->value_usd && out->status;
    for (enum cube_dim d = 0; ok && d < CUBE_DIMS; d++)
        if ((s->query->group & CUBE_BIT(d)) && s->query->spread != d)
            ok = (out->key[d] = arena_new(arena, uint32_t, n)) != NULL;
    if (ok && s->weighed) {
        out->quantity_kg = arena_new(arena, int64_t, n);
        out->unweighed_usd = arena_new(arena, int64_t, n);
        ok = out->quantity_kg && out->unweighed_usd;
    }
    if (!ok || s->query->spread == CUBE_NO_SPREAD)
        return ok;
    out->members = arena_new(arena, uint32_t, n);
    out->top_id = arena_new(arena, uint32_t, n);
    out->top_value_usd = arena_new(arena, int64_t, n);
    out->sum_sq = arena_new(arena, double, n);
    return out->members && out->top_id && out->top_value_usd && out->sum_sq;
}

static void start_row(const struct scan *s, const struct key_sides *k, struct rows_out *out, size_t row, uint64_t group)
{
    for (size_t i = k->n; i-- > 0;) {
        enum cube_dim dim = s->box.side[i];
        uint64_t outer = divide(&k->side[i], group);
        out->key[dim][row] = member_of(s, dim, group - outer * k->side[i].length);
        group = outer;
    }
    if (out->quantity_kg)
        out->quantity_kg[row] = QUANTITY_UNKNOWN;
    if (out->top_id)
        out->top_id[row] = NO_ID;
}

static void add_weight(struct rows_out *out, size_t row, const struct weight_cell *w)
{
    out->unweighed_usd[row] += w->unweighed_usd;
    if (!w->weighed)
        return;
    if (out->quantity_kg[row] == QUANTITY_UNKNOWN)
        out->quantity_kg[row] = 0;
    out->quantity_kg[row] += w->kg;
}

/* A cell of a spread that was laid out: one member of its group. */
static void fold_cell(struct rows_out *out, size_t row, uint32_t member, int64_t value)
{
    if (value <= 0)
        return;
    out->members[row]++;
    out->sum_sq[row] += (double)value * (double)value;
    if (value > out->top_value_usd[row]) {
        out->top_value_usd[row] = value;
        out->top_id[row] = member;
    }
}

static void take_spread(struct rows_out *out, size_t row, const struct spread_cell *c)
{
    out->members[row] = c->members;
    out->sum_sq[row] = c->sum_sq;
    out->top_value_usd[row] = c->top_value_usd;
    out->top_id[row] = c->members ? c->top_id : NO_ID;
}

static void fill_row(struct scan *s, struct rows_out *out, size_t row, uint64_t number, uint64_t at_spread)
{
    size_t at = cells_find(&s->cells, number);
    const struct cell *cell = &s->cells.cell[at];
    if (__builtin_add_overflow(out->value_usd[row], cell->value_usd, &out->value_usd[row]))
        s->failed = true;
    out->status[row] |= (uint16_t)(cell->marks & 0xFF);
    if (s->weighed)
        add_weight(out, row, &s->cells.weight[at]);
    if (s->streamed)
        take_spread(out, row, &s->cells.spread[at]);
    else if (out->members)
        fold_cell(out, row, member_of(s, s->query->spread, at_spread), cell->value_usd);
}

static size_t count_groups(const struct key_sides *k, const uint64_t *number, size_t n)
{
    if (!k->laid_out)
        return n;
    size_t groups = n > 0;
    for (size_t i = 1; i < n; i++)
        groups += group_of(k, number[i]) != group_of(k, number[i - 1]);
    return groups;
}

static void fill_rows(struct scan *s, const struct key_sides *k, const uint64_t *number, size_t n, struct rows_out *out)
{
    uint64_t before = 0;
    size_t row = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        uint64_t group = group_of(k, number[i]);
        if (i == 0 || group != before)
            start_row(s, k, out, ++row, group);
        before = group;
        fill_row(s, out, row, number[i], k->laid_out ? number[i] - group * k->side[k->n].length : 0);
    }
}

enum status scan_rows(struct scan *s, struct cube_rows *rows)
{
    uint64_t *number;
    size_t n;
    struct rows_out out;
    if (used_numbers(s, &number, &n) != ST_OK)
        return ST_NO_MEMORY;
    const struct key_sides sides = key_sides_of(s);
    size_t groups = count_groups(&sides, number, n);
    if (s->query->max_rows && groups > s->query->max_rows)
        return ST_TOO_LARGE;
    if (!make_rows(s, groups, &out))
        return ST_NO_MEMORY;
    fill_rows(s, &sides, number, n, &out);
    *rows = (struct cube_rows){.n = groups,
                               .value_usd = out.value_usd,
                               .status = out.status,
                               .quantity_kg = out.quantity_kg,
                               .unweighed_usd = out.unweighed_usd,
                               .members = out.members,
                               .top_id = out.top_id,
                               .top_value_usd = out.top_value_usd,
                               .sum_sq = out.sum_sq,
                               .observations_read = s->observations_read};
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        rows->key[d] = out.key[d];
    return s->failed ? ST_CORRUPT : ST_OK;
}
