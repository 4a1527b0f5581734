/* Four shares in both directions of a pair's trade, product by product, from the books of both. */
#include "entrepot/analysis/leverage.h"

#include <math.h>

/* What one country's own books say of each item: its trade with the other and with all. */
struct book {
    struct frame frame;
    items_asked pair;
    struct world world;
};

struct leverage {
    struct leverage_question question;
    struct book own, other;
    bool has_other; /* else the dataset does not have the partner's books: nothing is known of them */
};

/* ---- asking ---- */

static struct frame turned(const struct frame *frame)
{
    struct frame other = *frame;
    other.reporter = frame->partner;
    other.partner = frame->reporter;
    return other;
}

bool leverage_has_partner(const struct frame *frame, uint32_t period)
{
    if (cube_dataset(frame->cube)->basis == BASIS_RECONCILED)
        return true;
    const struct frame other = turned(frame);
    return frame_months(&other, FLOW_EXPORTS, period) || frame_months(&other, FLOW_IMPORTS, period);
}

static items_asked ask_pair(const struct frame *frame, const struct leverage_question *question)
{
    struct cube_query q = frame_query(frame, &question->period, 1);
    q.group = CUBE_BIT(CUBE_FLOW);
    q.only[CUBE_PARTNER] = (struct cube_set){&frame->partner, 1};
    return breakdown_ask(frame->ask, frame->cube, question->breakdown, &q);
}

struct leverage *leverage_ask(const struct frame *frame, const struct leverage_question *question)
{
    struct leverage *l = ask_make(frame->ask, struct leverage, 1);
    if (!l)
        return NULL;
    *l = (struct leverage){.question = *question, .has_other = leverage_has_partner(frame, question->period)};
    l->own.frame = *frame;
    l->other.frame = turned(frame);
    l->own.pair = ask_pair(frame, question);
    l->own.world = world_ask(frame, question->breakdown, BOTH_FLOWS, 0, &question->period, 1);
    if (!l->has_other)
        return l;
    if (cube_dataset(frame->cube)->basis != BASIS_RECONCILED) /* there what one exports the other imports */
        l->other.pair = ask_pair(&l->other.frame, question);
    l->other.world = world_ask(&l->other.frame, question->breakdown, BOTH_FLOWS, 0, &question->period, 1);
    return l;
}

/* ---- what was read ---- */

/* The figures of one country's books, by flow. */
struct page {
    const struct book *book; /* NULL: there are none */
    struct items pair[2], all[2];
    bool world_known;
};

struct table {
    const struct leverage_question *question;
    struct page own, other;
    bool has_other;
    flag_bits flags;
};

static enum status take_book(const struct leverage *l, const struct book *b, struct arena *arena, struct page *p)
{
    const uint32_t period = l->question.period;
    enum status status = ST_OK;
    p->world_known = true;
    p->book = b;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        p->world_known = p->world_known && world_kind(&b->frame, f, period) != WORLD_UNKNOWN;
        status = items_of(b->pair, l->question.breakdown, (struct item_slice){.flow = f}, arena, &p->pair[f]);
        if (status == ST_OK)
            status = world_items(&b->world, f, period, arena, &p->all[f]);
    }
    return status;
}

static enum status take_books(const struct leverage *l, struct arena *arena, struct table *t)
{
    enum status status = take_book(l, &l->own, arena, &t->own);
    t->other.world_known = true; /* of books that are not there another flag tells */
    if (status == ST_OK && l->has_other)
        status = take_book(l, &l->other, arena, &t->other);
    if (l->has_other && !l->other.pair) {
        t->other.pair[FLOW_EXPORTS] = t->own.pair[FLOW_IMPORTS];
        t->other.pair[FLOW_IMPORTS] = t->own.pair[FLOW_EXPORTS];
    }
    return status;
}

static flag_bits table_flags(const struct leverage *l, const struct table *t)
{
    const struct frame *frame = &l->own.frame;
    uint32_t period = t->question->period;
    bool whole = frame_complete(frame, period);
    whole = whole && (!t->has_other || frame_complete(&l->other.frame, period));
    flag_bits flags = frame->flags | (whole ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR));
    if (!t->has_other)
        flags |= FLAG_BIT(FLAG_NO_PARTNER_BOOKS);
    if (!t->own.world_known || !t->other.world_known)
        flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    if (cube_dataset(frame->cube)->partners == PARTNERS_CLOSED)
        flags |= FLAG_BIT(FLAG_CLOSED_SET);
    return flags;
}

/* ---- terms ---- */

double ces_loss(double share, double cut, double sigma)
{
    double left = 1.0 - cut * share;
    return left > 0 ? log(1.0 / left) / (sigma - 1.0) : (double)NAN;
}

static bool takes_all(double share, double cut) { return cut * share >= 1.0; }

/* A share of nothing is no dependence. */
static double dependence(struct figure part, struct figure whole)
{
    return figure_whole(whole) && whole.usd == 0 && figure_whole(part) ? 0.0 : figure_ratio(part, whole);
}

static bool traded(struct figure f) { return f.known && f.usd > 0; }

static enum lever judge(const struct leverage_row *row, double margin)
{
    double of_reporter = dependence(row->imports, row->imports_total) + dependence(row->exports, row->exports_total);
    double of_partner = dependence(row->partner_imports, row->partner_imports_total) +
                        dependence(row->partner_exports, row->partner_exports_total);
    double net = of_reporter - of_partner;
    bool any =
        traded(row->imports) || traded(row->exports) || traded(row->partner_imports) || traded(row->partner_exports);
    if (isnan(net) || !any)
        return LEVER_UNKNOWN;
    return net > margin ? LEVER_PARTNER : net < -margin ? LEVER_REPORTER : LEVER_BALANCED;
}

static struct figure pair_at(const struct table *t, const struct page *p, enum flow flow, size_t i)
{
    if (!p->book)
        return FIGURE_NONE;
    const struct frame *frame = &p->book->frame;
    return item_cell(frame, t->question->breakdown, &p->pair[flow], i,
                     (struct item_slice){frame->partner, t->question->period, flow});
}

static struct figure all_at(const struct table *t, const struct page *p, enum flow flow, size_t i)
{
    if (!p->book)
        return FIGURE_NONE;
    struct figure all = world_cell(&p->book->world, &p->all[flow], i, flow, t->question->period);
    all.known = figure_whole(all); /* a part is not all */
    return all;
}

static void take_figures(const struct table *t, size_t i, struct leverage_row *row)
{
    const struct page *own = &t->own, *other = &t->other;
    row->exports = pair_at(t, own, FLOW_EXPORTS, i);
    row->imports = pair_at(t, own, FLOW_IMPORTS, i);
    row->exports_total = all_at(t, own, FLOW_EXPORTS, i);
    row->imports_total = all_at(t, own, FLOW_IMPORTS, i);
    row->partner_exports = pair_at(t, other, FLOW_EXPORTS, i);
    row->partner_imports = pair_at(t, other, FLOW_IMPORTS, i);
    row->partner_exports_total = all_at(t, other, FLOW_EXPORTS, i);
    row->partner_imports_total = all_at(t, other, FLOW_IMPORTS, i);
    const struct frame *frame = &own->book->frame;
    const struct goods goods = item_goods(frame, t->question->breakdown, i);
    row->months_held = months_in_common(row->exports, row->imports);
    row->codes =
        codes_of_both(frame_codes(frame, frame->partner, FLOW_EXPORTS, t->question->period, goods, row->exports),
                      frame_codes(frame, frame->partner, FLOW_IMPORTS, t->question->period, goods, row->imports));
    row->flags |= flags_of_figure(row->exports) | flags_of_figure(row->imports) |
                  flags_of_months(row->imports, row->imports_total) | flags_of_months(row->exports, row->exports_total);
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        row->flags |= flags_of_status(item_status(&own->pair[f], i) | item_status(&own->all[f], i) |
                                      item_status(&other->pair[f], i) | item_status(&other->all[f], i));
}

static void fill_row(const struct table *t, size_t i, struct leverage_row *row)
{
    const struct breakdown_item *item = &t->question->breakdown->item[i];
    *row = (struct leverage_row){.product = item->code, .name = item->name, .flags = item->flags | t->flags};
    if (!(item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE)))
        take_figures(t, i, row);
    row->import_dependence = figure_ratio(row->imports, row->imports_total);
    row->partner_market_dependence = figure_ratio(row->partner_exports, row->partner_exports_total);
    row->market_dependence = figure_ratio(row->exports, row->exports_total);
    row->partner_import_dependence = figure_ratio(row->partner_imports, row->partner_imports_total);
    row->asymmetry_imports = row->import_dependence - row->partner_market_dependence;
    row->asymmetry_market = row->market_dependence - row->partner_import_dependence;
    row->net_asymmetry = row->asymmetry_imports + row->asymmetry_market;
    row->loss_reporter = ces_loss(row->import_dependence, t->question->cut, t->question->sigma);
    row->loss_partner = ces_loss(row->partner_import_dependence, t->question->cut, t->question->sigma);
    row->lever = judge(row, t->question->margin);
    if (takes_all(row->import_dependence, t->question->cut) ||
        takes_all(row->partner_import_dependence, t->question->cut))
        row->flags |= FLAG_BIT(FLAG_UNBOUNDED_LOSS);
    bool unknown = !row->imports.known || !row->exports.known;
    unknown = unknown || (t->has_other && (!row->partner_imports.known || !row->partner_exports.known));
    if (unknown && !(item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE)))
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
}

/* ---- the sum of losses ---- */

struct weighing {
    double weight, sum;
    bool unknown;
    size_t without_a_bound;
};

static void weigh(struct weighing *w, struct figure part, struct figure whole, const struct leverage_question *q)
{
    if (whole.known && whole.usd == 0)
        return; /* nothing is imported, so nothing is lost */
    double share = figure_ratio(part, whole);
    if (isnan(share)) {
        w->unknown = true;
        return;
    }
    w->weight += (double)whole.usd;
    if (takes_all(share, q->cut))
        w->without_a_bound++;
    else
        w->sum += (double)whole.usd * ces_loss(share, q->cut, q->sigma);
}

static struct leverage_losses losses_of(const struct weighing *w)
{
    double sum = w->weight > 0 ? w->sum / w->weight : (double)NAN;
    bool whole = !w->unknown && w->without_a_bound == 0;
    return (struct leverage_losses){whole ? sum : (double)NAN, w->unknown ? (double)NAN : sum, w->without_a_bound};
}

static bool says_something(const struct table *t, size_t i)
{
    enum level level = t->question->breakdown->level;
    bool any = level == LEVEL_SECTOR || level == LEVEL_TOTAL;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        any = any || item_present(&t->own.pair[f], i) || item_present(&t->other.pair[f], i);
    return any;
}

enum status leverage_fold(const struct leverage *leverage, struct arena *arena, struct leverage_row **out, size_t *n,
                          struct leverage_summary *summary)
{
    const struct leverage_question *question = &leverage->question;
    struct table t = {.question = question, .has_other = leverage->has_other};
    struct weighing own = {.sum = 0}, other = {.sum = 0};
    struct leverage_row *row = arena_new(arena, struct leverage_row, question->breakdown->n), one;
    if (!row || take_books(leverage, arena, &t) != ST_OK)
        return ST_NO_MEMORY;
    t.flags = table_flags(leverage, &t);
    *out = row;
    *n = 0;
    for (size_t i = 0; i < question->breakdown->n; i++) {
        fill_row(&t, i, &one);
        weigh(&own, one.imports, one.imports_total, question);
        weigh(&other, one.partner_imports, one.partner_imports_total, question);
        if (says_something(&t, i))
            row[(*n)++] = one;
    }
    summary->reporter = losses_of(&own);
    summary->partner = losses_of(&other);
    return ST_OK;
}

struct barbieri barbieri_of(const struct leverage_row *total)
{
    struct barbieri b;
    b.trade_share_reporter = figure_ratio(figure_sum(total->imports, total->exports),
                                          figure_sum(total->imports_total, total->exports_total));
    b.trade_share_partner = figure_ratio(figure_sum(total->partner_imports, total->partner_exports),
                                         figure_sum(total->partner_imports_total, total->partner_exports_total));
    b.salience = sqrt(b.trade_share_reporter * b.trade_share_partner);
    b.symmetry = 1.0 - fabs(b.trade_share_reporter - b.trade_share_partner);
    b.interdependence = b.salience * b.symmetry;
    return b;
}
