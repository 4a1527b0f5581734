/* Adds rows up by product, so that the sum over all partners, or all members, is a run like any other. */
#include "cube/write/rollup.h"

bool rollup_init(struct rollup *r, size_t n_leaves)
{
    *r = (struct rollup){.n_leaves = n_leaves, .cell = calloc(n_leaves, sizeof *r->cell)};
    return r->cell != NULL;
}

void rollup_release(struct rollup *r)
{
    free(r->cell);
    r->cell = NULL;
}

void rollup_clear(struct rollup *r)
{
    memset(r->cell, 0, r->n_leaves * sizeof *r->cell);
    r->used = false;
}

void rollup_add(struct rollup *r, const struct rows_in *in)
{
    r->used = true;
    for (size_t i = 0; i < in->n; i++) {
        struct rollup_cell *c = &r->cell[in->leaf[i]];
        uint64_t stored = in->stored_kg[i];
        if (__builtin_add_overflow(c->value_usd, in->value_usd[i], &c->value_usd) ||
            __builtin_add_overflow(c->kg, stored ? (int64_t)(stored - 1) : 0, &c->kg))
            r->overflow = true;
        c->unweighed_usd += stored ? 0 : in->value_usd[i];
        c->weighed |= stored != 0;
        c->status |= in->status ? in->status[i] : 0;
        c->used = 1;
    }
}

void rollup_join(struct rollup *r, const struct rollup *other)
{
    r->used = true;
    r->overflow = r->overflow || other->overflow;
    for (size_t i = 0; i < r->n_leaves; i++) {
        struct rollup_cell *c = &r->cell[i];
        const struct rollup_cell *o = &other->cell[i];
        if (__builtin_add_overflow(c->value_usd, o->value_usd, &c->value_usd) ||
            __builtin_add_overflow(c->kg, o->kg, &c->kg))
            r->overflow = true;
        c->unweighed_usd += o->unweighed_usd;
        c->weighed |= o->weighed;
        c->status |= o->status;
        c->used |= o->used;
    }
}

static bool rollup_widen(void *column, size_t room, size_t size)
{
    void **p = column;
    free(*p);
    *p = malloc(room * size);
    return *p != NULL;
}

bool columns_reserve(struct columns *c, size_t n)
{
    if (n <= c->room)
        return true;
    c->room = 0;
    if (!rollup_widen(&c->leaf, n, sizeof *c->leaf) || !rollup_widen(&c->value_usd, n, sizeof *c->value_usd) ||
        !rollup_widen(&c->unweighed_usd, n, sizeof *c->unweighed_usd) ||
        !rollup_widen(&c->stored_kg, n, sizeof *c->stored_kg) || !rollup_widen(&c->status, n, sizeof *c->status))
        return false;
    c->room = n;
    return true;
}

void columns_release(struct columns *c)
{
    free(c->leaf);
    free(c->value_usd);
    free(c->unweighed_usd);
    free(c->stored_kg);
    free(c->status);
    *c = (struct columns){.room = 0};
}

struct rows_in rollup_rows(const struct rollup *r, struct columns *out)
{
    struct rows_in rows = {.leaf = out->leaf,
                           .value_usd = out->value_usd,
                           .stored_kg = out->stored_kg,
                           .unweighed_usd = out->unweighed_usd,
                           .status = out->status};
    for (size_t i = 0; i < r->n_leaves; i++) {
        const struct rollup_cell *c = &r->cell[i];
        if (!c->used)
            continue;
        out->leaf[rows.n] = (uint16_t)i;
        out->value_usd[rows.n] = c->value_usd;
        out->stored_kg[rows.n] = c->weighed ? (uint64_t)c->kg + 1 : 0;
        out->unweighed_usd[rows.n] = c->unweighed_usd;
        out->status[rows.n] = c->status;
        rows.n++;
    }
    return rows;
}
