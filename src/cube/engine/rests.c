/* Rests in sums: what is published at a node beside its parts belongs to each sum that has the node. */
#include "cube/engine/scan.h"
#include "entrepot/base/bound.h"

bool rests_count(const struct cube *cube, const struct cube_query *q)
{
    bool single = query_tells_apart(q, CUBE_PRODUCT) && !q->baskets && q->level == cube->dataset.level;
    bool counted = q->spread == CUBE_PRODUCT && q->level != LEVEL_TOTAL;
    return cube->image.rests.n_nodes > 0 && !single && !counted;
}

static void mark_rest(const struct scan *s, size_t place, bool *wanted)
{
    const struct cube_baskets *baskets = s->query->baskets;
    wanted[place] = !baskets || baskets->of_leaf[s->cube->image.n_products + place];
}

enum status scan_mark_rests(struct scan *s)
{
    const struct cube_set *only = &s->query->only[CUBE_PRODUCT];
    const size_t n_leaves = s->cube->image.n_products, n = s->cube->image.rests.n_nodes;
    if (!rests_count(s->cube, s->query))
        return ST_OK;
    s->rests = !only->member || s->leaves.n < only->n;
    if (!s->rests || (!only->member && !s->query->baskets))
        return ST_OK;
    bool *wanted = arena_new(s->arena, bool, n);
    if (!wanted)
        return ST_NO_MEMORY;
    for (size_t i = 0; !only->member && i < n; i++)
        mark_rest(s, i, wanted);
    for (size_t i = s->leaves.n; only->member && i < only->n && only->member[i] < n_leaves + n; i++)
        mark_rest(s, only->member[i] - n_leaves, wanted);
    s->rest = wanted;
    return ST_OK;
}

/* A member's value is that of all its runs. It comes to nothing where what is published is 0. */
static void add_to_member(struct scan *s, size_t at, int64_t value_usd)
{
    int64_t *now = &s->cells.spread[at].now_usd, before = *now;
    *now += value_usd; /* part of the cell's own sum, which is checked */
    if (*now < 0) {
        s->failed = true;
    } else if (before == 0 && *now > 0) {
        s->touched[s->n_touched++] = (uint32_t)at;
    } else if (before > 0 && *now == 0) {
        size_t i = s->n_touched - 1;
        while (i > 0 && s->touched[i] != at)
            i--;
        s->touched[i] = s->touched[--s->n_touched];
    }
}

static void add_rest(struct scan *s, const struct file_rest *rest, uint64_t number)
{
    size_t at = cells_find(&s->cells, number);
    if (at >= s->cells.room) {
        s->failed = true;
        s->full = s->bounded;
        return;
    }
    struct cell *cell = &s->cells.cell[at];
    cell->marks |= CELL_USED | rest->status;
    struct weight_cell *weight = s->weighed ? &s->cells.weight[at] : NULL;
    if (__builtin_add_overflow(cell->value_usd, rest->value_usd, &cell->value_usd) ||
        (weight && __builtin_add_overflow(weight->unweighed_usd, rest->value_usd, &weight->unweighed_usd)))
        s->failed = true;
    else if (s->streamed)
        add_to_member(s, at, rest->value_usd);
}

uint32_t scan_rests(const struct scan *s, const struct touch *touch, const struct file_rest **first)
{
    return s->rests
               ? image_rests(&s->cube->image, (uint32_t)(touch->segment - s->cube->image.segment), touch->own, first)
               : 0;
}

/* Adds one to each basket that has it, or to its node; a node that is coarser than the level has none. */
static void place_rest(struct scan *s, const struct file_rest *rest, size_t place, uint64_t base, uint64_t stride)
{
    const struct cube_query *q = s->query;
    if (q->baskets) {
        for (uint64_t left = q->baskets->of_leaf[s->cube->image.n_products + place]; left && !s->failed;
             left &= left - 1)
            add_rest(s, rest, base + stride * (uint64_t)__builtin_ctzll(left));
        return;
    }
    uint16_t node = stride ? s->cube->level[q->level].of_rest[place] : 0;
    if (node != NO_NODE)
        add_rest(s, rest, base + stride * node);
}

/* The finer ones first, so that no sum is below zero on the way. */
void scan_add_rests(struct scan *s, const struct touch *touch, uint64_t base, uint64_t stride)
{
    const struct image_rests *rests = &s->cube->image.rests;
    const struct file_rest *rest = NULL;
    uint32_t n = scan_rests(s, touch, &rest);
    s->observations_read += n;
    for (uint32_t i = n; i-- > 0 && !s->failed;) {
        size_t place = lower_bound_u32(rests->node, rests->n_nodes, rest[i].node);
        if (place < rests->n_nodes && rests->node[place] == rest[i].node && (!s->rest || s->rest[place]))
            place_rest(s, &rest[i], place, base, stride);
    }
}
