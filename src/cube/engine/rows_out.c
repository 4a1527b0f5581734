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

/* A cell's number as the members of the box's sides. */
struct place {
    uint64_t number;
    uint64_t at[CUBE_DIMS];
};

/* On to a larger number. Returns the outermost side whose member is another one now. Mostly the next cell is near: then nothing is
 * divided. */
static size_t move_to(const struct box *box, struct place *place, uint64_t number)
{
    uint64_t carry = number - place->number;
    size_t i = box->n_sides;
    place->number = number;
    while (carry && i > 0) {
        enum cube_dim dim = box->side[--i];
        uint64_t length = box->length[dim], sum = place->at[dim] + carry;
        carry = sum < length ? 0 : sum - length < length ? 1 : sum / length;
        place->at[dim] = carry == 0 ? sum : carry == 1 ? sum - length : sum % length;
    }
    return i;
}

static uint32_t member_at(const struct scan *s, enum cube_dim dim, const struct place *place)
{
    uint64_t at = place->at[dim];
    if (dim == CUBE_REPORTER || dim == CUBE_PARTNER)
        return s->cube->country[at];
    return dim == CUBE_PERIOD ? s->period[at] : (uint32_t)at;
}

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

static void start_row(const struct scan *s, struct rows_out *out, size_t row, const struct place *place)
{
    for (size_t i = 0; i < s->box.n_sides; i++) {
        enum cube_dim dim = s->box.side[i];
        if (out->key[dim])
            out->key[dim][row] = member_at(s, dim, place);
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
static void fold_cell(const struct scan *s, struct rows_out *out, size_t row, const struct place *place, int64_t value)
{
    if (value <= 0)
        return;
    out->members[row]++;
    out->sum_sq[row] += (double)value * (double)value;
    if (value > out->top_value_usd[row]) {
        out->top_value_usd[row] = value;
        out->top_id[row] = member_at(s, s->query->spread, place);
    }
}

static void take_spread(struct rows_out *out, size_t row, const struct spread_cell *c)
{
    out->members[row] = c->members;
    out->sum_sq[row] = c->sum_sq;
    out->top_value_usd[row] = c->top_value_usd;
    out->top_id[row] = c->members ? c->top_id : NO_ID;
}

static void fill_row(struct scan *s, struct rows_out *out, size_t row, const struct place *place)
{
    size_t at = cells_find(&s->cells, place->number);
    const struct cell *cell = &s->cells.cell[at];
    if (__builtin_add_overflow(out->value_usd[row], cell->value_usd, &out->value_usd[row]))
        s->failed = true;
    out->status[row] |= (uint16_t)(cell->marks & 0xFF);
    if (s->weighed)
        add_weight(out, row, &s->cells.weight[at]);
    if (s->streamed)
        take_spread(out, row, &s->cells.spread[at]);
    else if (out->members)
        fold_cell(s, out, row, place, cell->value_usd);
}

/* Cells of one group stand side by side where a spread is laid out; otherwise each cell is a group. */
static size_t count_groups(const struct scan *s, const uint64_t *number, size_t n)
{
    if (s->query->spread == CUBE_NO_SPREAD || s->streamed)
        return n;
    uint64_t members = s->box.length[s->query->spread];
    size_t groups = n > 0;
    for (size_t i = 1; i < n; i++)
        groups += number[i] / members != number[i - 1] / members;
    return groups;
}

static void fill_rows(struct scan *s, const uint64_t *number, size_t n, struct rows_out *out)
{
    bool laid_out = s->query->spread != CUBE_NO_SPREAD && !s->streamed;
    size_t row = SIZE_MAX, inner = laid_out ? s->box.n_sides - 1 : s->box.n_sides;
    struct place place = {.number = 0};
    for (size_t i = 0; i < n; i++) {
        size_t changed = move_to(&s->box, &place, number[i]);
        if (i == 0 || changed < inner)
            start_row(s, out, ++row, &place);
        fill_row(s, out, row, &place);
    }
}

enum status scan_rows(struct scan *s, struct cube_rows *rows)
{
    uint64_t *number;
    size_t n;
    struct rows_out out;
    if (used_numbers(s, &number, &n) != ST_OK)
        return ST_NO_MEMORY;
    size_t groups = count_groups(s, number, n);
    if (s->query->max_rows && groups > s->query->max_rows)
        return ST_TOO_LARGE;
    if (!make_rows(s, groups, &out))
        return ST_NO_MEMORY;
    fill_rows(s, number, n, &out);
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
