/* Rests in sums by product: what is published at a node beside its parts belongs to the node's sum. */
#include "cube/engine/scan.h"

uint16_t engine_rest_node(const struct cube *cube, enum level level, uint32_t node)
{
    const struct image_rests *rests = &cube->image.rests;
    uint32_t low = 0, high = rests->n_nodes;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rests->node[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    const uint16_t *of_rest = cube->level[level].of_rest;
    return of_rest && low < rests->n_nodes && rests->node[low] == node ? of_rest[low] : NO_NODE;
}

/* A member's value is that of all its runs; a rest that would leave it with nothing is rounding, and is left out. */
static void add_to_member(struct scan *s, size_t at, int64_t value_usd)
{
    struct spread_cell *c = &s->cells.spread[at];
    if (c->now_usd + value_usd <= 0)
        return;
    if (c->now_usd == 0)
        s->touched[s->n_touched++] = (uint32_t)at;
    c->now_usd += value_usd;
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
    if (__builtin_add_overflow(cell->value_usd, rest->value_usd, &cell->value_usd))
        s->failed = true;
    else if (s->weighed && __builtin_add_overflow(s->cells.weight[at].unweighed_usd, rest->value_usd,
                                                  &s->cells.weight[at].unweighed_usd))
        s->failed = true;
    else if (s->streamed)
        add_to_member(s, at, rest->value_usd);
}

/* Products that are named, or told apart one by one, have none; nor has a spread over products, which counts them, nor a
 * basket. */
uint32_t scan_rests(const struct scan *s, const struct touch *touch, const struct file_rest **first)
{
    const struct cube_query *q = s->query;
    bool grouped = (q->group & CUBE_BIT(CUBE_PRODUCT)) != 0 && q->spread != CUBE_PRODUCT;
    if (s->cube->image.rests.n == 0 || !grouped || q->only[CUBE_PRODUCT].member || q->baskets ||
        q->level == s->cube->dataset.level)
        return 0;
    return image_rests(&s->cube->image, (uint32_t)(touch->segment - s->cube->image.segment), touch->own, first);
}

void scan_add_rests(struct scan *s, const struct touch *touch, uint64_t base, uint64_t stride)
{
    const struct file_rest *rest = NULL;
    uint32_t n = scan_rests(s, touch, &rest);
    s->observations_read += n;
    for (uint32_t i = 0; i < n && !s->failed; i++) {
        uint16_t node = engine_rest_node(s->cube, s->query->level, rest[i].node);
        if (node != NO_NODE)
            add_rest(s, &rest[i], base + stride * node);
    }
}
