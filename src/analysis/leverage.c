#include "entrepot/analysis/leverage.h"

#include "entrepot/analysis/breakdown_now.h"

#include <math.h>

/* A breakdown's value without what is not needed here: eight of them are kept for each item. */
struct amount {
    int64_t usd;
    bool present;
    uint8_t status;
};

/* What one country's own books say of each item: its trade with the other and with all. */
struct book {
    struct frame frame;
    struct amount *pair[2], *all[2]; /* by flow */
    struct figure pair_absent[2], all_absent[2];
    bool world_known;
};

struct table {
    const struct leverage_question *question;
    struct arena *arena, *scratch;
    struct book own, other;
    bool has_other;
    unsigned flags;
};

/* ---- reading ---- */

struct cube_query leverage_query(const struct frame *frame, const uint32_t *reporter, const uint32_t *period)
{
    struct cube_query q = {.group = CUBE_BIT(CUBE_PRODUCT),
                           .level = cube_dataset(frame->cube)->level,
                           .kind = period_kind_of(*period),
                           .spread = CUBE_NO_SPREAD};
    q.only[CUBE_REPORTER] = (struct cube_set){reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    return q;
}

static enum status nothing(const struct table *t, struct amount **out)
{
    *out = arena_new(t->arena, struct amount, t->question->breakdown->n);
    return *out ? ST_OK : ST_NO_MEMORY;
}

static enum status ask(const struct table *t, const struct frame *frame, uint32_t partner, enum flow flow,
                       struct amount **out)
{
    uint32_t f = (uint32_t)flow;
    struct item_value *value;
    struct cube_query q = leverage_query(frame, &frame->reporter, &t->question->period);
    q.only[CUBE_FLOW] = (struct cube_set){&f, 1};
    if (partner != ANY_MEMBER)
        q.only[CUBE_PARTNER] = (struct cube_set){&partner, 1};
    enum status status = nothing(t, out);
    if (status == ST_OK)
        status = breakdown_run(frame->cube, t->question->breakdown, &q, t->scratch, &value);
    for (size_t i = 0; status == ST_OK && i < t->question->breakdown->n; i++)
        (*out)[i] = (struct amount){value[i].value_usd, value[i].present, (uint8_t)value[i].status};
    arena_reset(t->scratch);
    return status;
}

static enum status read_world(const struct table *t, struct book *b, enum flow flow)
{
    uint32_t period = t->question->period;
    enum world_kind world = world_kind(&b->frame, flow, period);
    if (world == WORLD_UNKNOWN) {
        b->world_known = false;
        return nothing(t, &b->all[flow]);
    }
    uint32_t partner = world == WORLD_ROW ? countries_world(b->frame.countries) : ANY_MEMBER;
    b->all_absent[flow] = frame_absent(&b->frame, partner, flow, period);
    return ask(t, &b->frame, partner, flow, &b->all[flow]);
}

static enum status read_book(const struct table *t, struct book *b)
{
    enum status status = ST_OK;
    b->world_known = true;
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        b->pair_absent[f] = frame_absent(&b->frame, b->frame.partner, f, t->question->period);
        if (!b->pair[f])
            status = ask(t, &b->frame, b->frame.partner, f, &b->pair[f]);
        if (status == ST_OK)
            status = read_world(t, b, f);
    }
    return status;
}

/* Books that the dataset does not have: nothing is known. */
static enum status no_book(const struct table *t, struct book *b)
{
    enum status status = nothing(t, &b->pair[0]);
    b->pair[1] = b->all[0] = b->all[1] = b->pair[0];
    b->world_known = true; /* the flag for what is missing is another one */
    return status;
}

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
    bool listed = cube_dataset(frame->cube)->partners == PARTNERS_LISTED;
    uint32_t witness = listed ? frame->reporter : ANY_MEMBER;
    return cube_held(frame->cube, frame->partner, witness, FLOW_EXPORTS, period) > 0 ||
           cube_held(frame->cube, frame->partner, witness, FLOW_IMPORTS, period) > 0;
}

static enum status read_all(struct table *t, const struct frame *frame)
{
    t->own.frame = *frame;
    t->other.frame = turned(frame);
    t->has_other = leverage_has_partner(frame, t->question->period);
    enum status status = read_book(t, &t->own);
    if (status != ST_OK)
        return status;
    if (cube_dataset(frame->cube)->basis == BASIS_RECONCILED) { /* what one exports the other imports */
        t->other.pair[FLOW_EXPORTS] = t->own.pair[FLOW_IMPORTS];
        t->other.pair[FLOW_IMPORTS] = t->own.pair[FLOW_EXPORTS];
    }
    return t->has_other ? read_book(t, &t->other) : no_book(t, &t->other);
}

static unsigned table_flags(const struct table *t)
{
    const struct frame *frame = &t->own.frame;
    uint32_t period = t->question->period;
    bool whole = frame_complete(frame, period);
    whole = whole && (!t->has_other || frame_complete(&t->other.frame, period));
    unsigned flags = frame->flags | (whole ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR));
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
    return whole.known && whole.usd == 0 && part.known ? 0.0 : figure_ratio(part, whole);
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

static struct figure figure_at(const struct amount *amount, size_t i, struct figure absent)
{
    return amount[i].present ? (struct figure){amount[i].usd, true} : absent;
}

static void take_figures(const struct table *t, size_t i, struct leverage_row *row)
{
    const struct book *own = &t->own, *other = &t->other;
    row->exports = figure_at(own->pair[FLOW_EXPORTS], i, own->pair_absent[FLOW_EXPORTS]);
    row->imports = figure_at(own->pair[FLOW_IMPORTS], i, own->pair_absent[FLOW_IMPORTS]);
    row->exports_total = figure_at(own->all[FLOW_EXPORTS], i, own->all_absent[FLOW_EXPORTS]);
    row->imports_total = figure_at(own->all[FLOW_IMPORTS], i, own->all_absent[FLOW_IMPORTS]);
    row->partner_exports = figure_at(other->pair[FLOW_EXPORTS], i, other->pair_absent[FLOW_EXPORTS]);
    row->partner_imports = figure_at(other->pair[FLOW_IMPORTS], i, other->pair_absent[FLOW_IMPORTS]);
    row->partner_exports_total = figure_at(other->all[FLOW_EXPORTS], i, other->all_absent[FLOW_EXPORTS]);
    row->partner_imports_total = figure_at(other->all[FLOW_IMPORTS], i, other->all_absent[FLOW_IMPORTS]);
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        row->flags |= flags_of_status(own->pair[f][i].status | own->all[f][i].status | other->pair[f][i].status |
                                      other->all[f][i].status);
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
        any = any || t->own.pair[f][i].present || t->other.pair[f][i].present;
    return any;
}

enum status leverage_table(const struct frame *frame, const struct leverage_question *question, struct arena *arena,
                           struct leverage_row **out, size_t *n, struct leverage_summary *summary)
{
    struct arena scratch;
    struct table t = {.question = question, .arena = arena, .scratch = &scratch};
    struct weighing own = {.sum = 0}, other = {.sum = 0};
    arena_init(&scratch, SIZE_MAX);
    enum status status = read_all(&t, frame);
    arena_release(&scratch);
    struct leverage_row *row = arena_new(arena, struct leverage_row, question->breakdown->n), one;
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    t.flags = table_flags(&t);
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
