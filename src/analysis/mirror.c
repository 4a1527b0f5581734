/* Both sides' reports of one flow: a statement for each side, then product by product side by side. */
#include "entrepot/analysis/mirror.h"

#include <math.h>

#include "entrepot/analysis/ask.h"
#include "entrepot/analysis/breakdown.h"

struct mirror {
    struct mirror_question question;
    items_asked own, other;
    bool one_value;
};

/* One side's figures of one of the reporter's flows, beside the items of its breakdown. */
struct view {
    const struct mirror_books *books;
    enum flow flow; /* in these books */
    bool told;
    struct items items;
    uint32_t period;
    flag_bits flags;
    bool whole; /* the period is held completely */
};

/* One period. */
struct table {
    const struct mirror *mirror;
    struct view own[2], other[2]; /* by the reporter's flow */
};

static enum flow turned(enum flow flow) { return flow == FLOW_EXPORTS ? FLOW_IMPORTS : FLOW_EXPORTS; }

static struct str valuation_of(const struct view *v)
{
    const struct dataset *d = cube_dataset(v->books->frame.cube);
    return v->flow == FLOW_EXPORTS ? d->exports_valuation : d->imports_valuation;
}

static enum status see(const struct mirror_books *books, items_asked asked, enum flow flow, uint32_t period,
                       struct arena *arena, struct view *v)
{
    *v = (struct view){.books = books, .flow = flow, .period = period};
    const struct frame *frame = &books->frame;
    const unsigned months = frame->cube ? (unsigned)__builtin_popcount(frame_months(frame, flow, period)) : 0;
    if (months == 0) {
        v->flags = FLAG_BIT(FLAG_NOT_REPORTED);
        return ST_OK;
    }
    v->told = true;
    v->whole = months == period_months(period_kind_of(period));
    v->flags = v->whole ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    return items_of(asked, books->breakdown, (struct item_slice){.period = period, .flow = flow}, arena, &v->items);
}

#define NO_ITEM SIZE_MAX

/* What a side has of its item `i`; NO_ITEM: `item`, a product that does not occur in its dataset at all. */
static struct figure figure_at(const struct view *v, size_t i, const struct breakdown_item *item, flag_bits *flags)
{
    *flags |= v->flags;
    if (!v->books->frame.cube)
        return FIGURE_NONE;
    struct figure f;
    if (i == NO_ITEM || !v->told) {
        const struct goods goods =
            i == NO_ITEM ? (struct goods){&item->code, 1} : item_goods(&v->books->frame, v->books->breakdown, i);
        f = frame_figure(&v->books->frame, v->books->frame.partner, v->flow, v->period, goods, FIGURE_NONE);
    } else {
        const struct item_slice slice = {v->books->frame.partner, v->period, v->flow};
        *flags |= v->books->breakdown->item[i].flags | flags_of_status(item_status(&v->items, i));
        f = item_cell(&v->books->frame, v->books->breakdown, &v->items, i, slice);
    }
    *flags |= flags_of_figure(f);
    return f;
}

struct figure figure_fob(struct figure f, struct str valuation, double cif_factor)
{
    if (!f.known || str_is(valuation, "FOB"))
        return f;
    if (!str_is(valuation, "CIF"))
        return FIGURE_NONE;
    f.usd = llround((double)f.usd / cif_factor);
    return f;
}

static double relative(struct figure importer, struct figure exporter)
{
    return 2.0 * figure_ratio(figure_difference(importer, exporter), figure_sum(importer, exporter));
}

static struct figure fob_at(const struct table *t, const struct view *v, struct figure f, flag_bits *flags)
{
    if (!f.known)
        return f;
    if (str_is(valuation_of(v), "CIF"))
        *flags |= FLAG_BIT(FLAG_CIF_CONVERTED) | FLAG_BIT(FLAG_ESTIMATED);
    return figure_fob(f, valuation_of(v), t->mirror->question.cif_factor);
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
static bool fill_row(const struct table *t, uint32_t period, enum flow flow, size_t i, size_t k, struct mirror_row *row)
{
    const struct view *own = &t->own[flow], *other = &t->other[flow];
    const struct breakdown_item *item =
        i != NO_ITEM ? &own->books->breakdown->item[i] : &other->books->breakdown->item[k];
    *row = (struct mirror_row){.period = period, .product = item->code, .name = item->name, .flow = flow};
    row->reported = figure_at(own, i, item, &row->flags);
    if (t->mirror->one_value)
        row->flags |= FLAG_BIT(FLAG_ONE_VALUE);
    else
        row->mirrored = figure_at(other, k, item, &row->flags);
    if (!row->reported.known || (!row->mirrored.known && !t->mirror->one_value))
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    row->months_held = (unsigned)__builtin_popcount(row->reported.months);
    row->mirrored_months_held = (unsigned)__builtin_popcount(row->mirrored.months);
    row->flags |= flags_of_months(row->reported, row->mirrored);
    compare(t, row, own->whole && other->whole);
    bool present = (i != NO_ITEM && item_present(&own->items, i)) || (k != NO_ITEM && item_present(&other->items, k));
    return present || item->leaves.member || str_is(item->code, "TOTAL");
}

/* The items of both breakdowns side by side: by code where they are nodes of a level, by position where they are named. */
static size_t pair_items(const struct table *t, uint32_t period, size_t *i, size_t *k, struct mirror_row *row)
{
    const struct breakdown *a = t->mirror->question.own.breakdown, *b = t->mirror->question.other.breakdown;
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
        n += fill_row(t, period, f, here, there, &row[n]);
    return n;
}

/* What one side's statement holds; NULL where there are no books. */
static items_asked ask_side(const struct mirror_question *q, const struct mirror_books *books)
{
    const struct frame *frame = &books->frame;
    if (!frame->cube)
        return NULL;
    struct cube_query query = frame_query(frame, q->period, q->n_periods);
    query.group |= CUBE_BIT(CUBE_FLOW);
    query.only[CUBE_PARTNER] = (struct cube_set){&frame->partner, 1};
    const struct breakdown *b = books->breakdown; /* all products as one are asked for as others do */
    const bool everything = b->level == LEVEL_TOTAL || (b->level == LEVEL_SECTOR && !b->baskets);
    return breakdown_ask(frame->ask, frame->cube, everything ? NULL : b, &query);
}

struct mirror *mirror_ask(const struct mirror_question *question)
{
    const struct cube *cube = question->own.frame.cube;
    struct ask *ask = cube ? question->own.frame.ask : question->other.frame.ask;
    struct mirror *m = ask_make(ask, struct mirror, 1);
    if (!m)
        return NULL;
    m->question = *question;
    m->one_value = cube && cube_dataset(cube)->basis == BASIS_RECONCILED;
    m->own = ask_side(&m->question, &m->question.own);
    m->other = m->one_value ? NULL : ask_side(&m->question, &m->question.other);
    return m;
}

/* The rows of one period; *n more of them. */
static enum status fold_period(const struct mirror *m, uint32_t period, struct arena *arena, struct mirror_row *row,
                               size_t *n)
{
    const struct mirror_question *q = &m->question;
    const struct breakdown *a = q->own.breakdown, *b = q->other.breakdown;
    struct table t = {.mirror = m};
    enum status status = ST_OK;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        status = see(&q->own, m->own, f, period, arena, &t.own[f]);
        t.other[f] = (struct view){.books = &q->other, .flow = turned(f)};
        if (status == ST_OK && !m->one_value)
            status = see(&q->other, m->other, turned(f), period, arena, &t.other[f]);
    }
    size_t n_a = a ? a->n : 0, n_b = b ? b->n : 0;
    for (size_t i = 0, k = 0; status == ST_OK && (i < n_a || k < n_b);)
        *n += pair_items(&t, period, &i, &k, row + *n);
    return status;
}

enum status mirror_fold(const struct mirror *mirror, struct arena *arena, struct mirror_row **out, size_t *n)
{
    const struct mirror_question *q = &mirror->question;
    size_t items = (q->own.breakdown ? q->own.breakdown->n : 0) + (q->other.breakdown ? q->other.breakdown->n : 0);
    *out = arena_new_raw(arena, struct mirror_row, 2 * items * q->n_periods);
    *n = 0;
    enum status status = *out ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < q->n_periods; i++)
        status = fold_period(mirror, q->period[i], arena, *out, n);
    return status;
}
