#include "entrepot/analysis/mirror.h"

#include "entrepot/analysis/breakdown_now.h"

#include <math.h>

/* One side's figures of one of the reporter's flows, beside the items of its breakdown. */
struct view {
    const struct mirror_books *books;
    enum flow flow; /* in these books */
    struct item_value *value;
    struct figure absent;
    unsigned flags;
    bool whole; /* the period is held completely */
};

struct table {
    const struct mirror_question *question;
    struct arena *arena;
    struct view own[2], other[2]; /* by the reporter's flow */
    bool one_value, same_products;
};

static enum flow turned(enum flow flow) { return flow == FLOW_EXPORTS ? FLOW_IMPORTS : FLOW_EXPORTS; }

static struct str valuation_of(const struct view *v)
{
    const struct dataset *d = cube_dataset(v->books->frame.cube);
    return v->flow == FLOW_EXPORTS ? d->exports_valuation : d->imports_valuation;
}

static enum status read_view(struct table *t, const struct mirror_books *books, enum flow flow, struct view *v)
{
    *v = (struct view){.books = books, .flow = flow};
    const struct frame *frame = &books->frame;
    const uint32_t f = (uint32_t)flow, period = t->question->period;
    if (!frame->cube || frame_held(frame, flow, period) == 0) {
        v->flags = FLAG_BIT(FLAG_NOT_REPORTED);
        return ST_OK;
    }
    v->whole = frame_held(frame, flow, period) == cube_expected(frame->cube, period);
    v->flags = v->whole ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    v->absent = frame_absent(frame, frame->partner, flow, period);
    struct cube_query q = {.kind = period_kind_of(period), .spread = CUBE_NO_SPREAD};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PARTNER] = (struct cube_set){&frame->partner, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&f, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    return breakdown_run(frame->cube, books->breakdown, &q, t->arena, &v->value);
}

#define NO_ITEM SIZE_MAX

/* What a side has of its item `i`; NO_ITEM: a product that does not occur in its dataset at all. */
static struct figure figure_at(const struct table *t, const struct view *v, size_t i, unsigned *flags)
{
    *flags |= v->flags;
    if (!v->value)
        return FIGURE_NONE;
    if (i == NO_ITEM)
        return t->same_products ? v->absent : FIGURE_NONE;
    *flags |= v->books->breakdown->item[i].flags | flags_of_status(v->value[i].status);
    if (v->books->breakdown->item[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return FIGURE_NONE;
    return v->value[i].present ? (struct figure){v->value[i].value_usd, true} : v->absent;
}

struct figure figure_fob(struct figure f, struct str valuation, double cif_factor)
{
    if (!f.known || str_is(valuation, "FOB"))
        return f;
    if (!str_is(valuation, "CIF"))
        return FIGURE_NONE;
    return (struct figure){llround((double)f.usd / cif_factor), true};
}

static double relative(struct figure importer, struct figure exporter)
{
    return 2.0 * figure_ratio(figure_difference(importer, exporter), figure_sum(importer, exporter));
}

static struct figure fob_at(const struct table *t, const struct view *v, struct figure f, unsigned *flags)
{
    if (!f.known)
        return f;
    if (str_is(valuation_of(v), "CIF"))
        *flags |= FLAG_BIT(FLAG_CIF_CONVERTED) | FLAG_BIT(FLAG_ESTIMATED);
    return figure_fob(f, valuation_of(v), t->question->cif_factor);
}

static void compare(const struct table *t, struct mirror_row *row, bool whole)
{
    const struct view *own = &t->own[row->flow], *other = &t->other[row->flow];
    row->reported_fob = fob_at(t, own, row->reported, &row->flags);
    row->mirrored_fob = fob_at(t, other, row->mirrored, &row->flags);
    row->ratio = row->relative_gap = row->relative_gap_fob = (double)NAN;
    if (!whole)
        return; /* a part of a period against another part is no gap */
    bool importer = row->flow == FLOW_IMPORTS;
    struct figure m = importer ? row->reported : row->mirrored, x = importer ? row->mirrored : row->reported;
    struct figure m_fob = importer ? row->reported_fob : row->mirrored_fob,
                  x_fob = importer ? row->mirrored_fob : row->reported_fob;
    row->gap = figure_difference(m, x);
    row->ratio = figure_ratio(m, x);
    row->relative_gap = relative(m, x);
    row->gap_fob = figure_difference(m_fob, x_fob);
    row->relative_gap_fob = relative(m_fob, x_fob);
}

/* A row of the reporter's item `i` and the partner's item `k`; whether there is anything in it. */
static bool fill_row(const struct table *t, enum flow flow, size_t i, size_t k, struct mirror_row *row)
{
    const struct view *own = &t->own[flow], *other = &t->other[flow];
    const struct breakdown_item *item =
        i != NO_ITEM ? &own->books->breakdown->item[i] : &other->books->breakdown->item[k];
    *row = (struct mirror_row){.period = t->question->period, .product = item->code, .name = item->name, .flow = flow};
    row->reported = figure_at(t, own, i, &row->flags);
    if (t->one_value)
        row->flags |= FLAG_BIT(FLAG_ONE_VALUE);
    else
        row->mirrored = figure_at(t, other, k, &row->flags);
    if (!row->reported.known || (!row->mirrored.known && !t->one_value))
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    compare(t, row, own->whole && other->whole);
    bool present = (own->value && i != NO_ITEM && own->value[i].present) ||
                   (other->value && k != NO_ITEM && other->value[k].present);
    return present || item->leaves.member || str_is(item->code, "TOTAL");
}

/* The items of both breakdowns side by side: by code where they are nodes of a level, by position where they are named. */
static size_t pair_items(const struct table *t, size_t *i, size_t *k, struct mirror_row *row)
{
    const struct breakdown *a = t->question->own.breakdown, *b = t->question->other.breakdown;
    size_t here = NO_ITEM, there = NO_ITEM, n = 0;
    if (a && *i < a->n)
        here = *i;
    if (b && *k < b->n)
        there = *k;
    if (here != NO_ITEM && there != NO_ITEM && a->level != LEVEL_SECTOR) {
        int order = str_cmp(a->item[here].code, b->item[there].code);
        if (order < 0)
            there = NO_ITEM;
        else if (order > 0)
            here = NO_ITEM;
    }
    *i += here != NO_ITEM;
    *k += there != NO_ITEM;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        n += fill_row(t, f, here, there, &row[n]);
    return n;
}

/* Whether a product that one dataset never names is one that the other could have named. */
static bool same_products(const struct mirror_question *q)
{
    if (!q->own.frame.cube || !q->other.frame.cube || q->own.breakdown->level <= LEVEL_HS2)
        return true;
    const struct dataset *a = cube_dataset(q->own.frame.cube), *b = cube_dataset(q->other.frame.cube);
    return q->own.frame.cube == q->other.frame.cube || (a->hs.n && str_eq(a->hs, b->hs));
}

enum status mirror_table(const struct mirror_question *question, struct arena *arena, struct mirror_row **out,
                         size_t *n)
{
    const struct breakdown *a = question->own.breakdown, *b = question->other.breakdown;
    const struct cube *cube = question->own.frame.cube;
    struct table t = {.question = question, .arena = arena, .same_products = same_products(question)};
    t.one_value = cube && cube_dataset(cube)->basis == BASIS_RECONCILED;
    enum status status = ST_OK;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        status = read_view(&t, &question->own, f, &t.own[f]);
        t.other[f] = (struct view){.books = &question->other, .flow = turned(f)};
        if (status == ST_OK && !t.one_value)
            status = read_view(&t, &question->other, turned(f), &t.other[f]);
    }
    size_t n_a = a ? a->n : 0, n_b = b ? b->n : 0;
    struct mirror_row *row = arena_new(arena, struct mirror_row, 2 * (n_a + n_b));
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    *out = row;
    *n = 0;
    for (size_t i = 0, k = 0; i < n_a || k < n_b;)
        *n += pair_items(&t, &i, &k, row + *n);
    return ST_OK;
}
