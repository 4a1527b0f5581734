/* The trade of one pair over time: which periods are asked for, and the rows that are made of them. */
#include "entrepot/analysis/bilateral.h"

#include <math.h>

#include "analysis/concentration.h"
#include "entrepot/base/bound.h"

/* Both flows of one partner, a period each. */
struct amounts {
    struct figure flow[2];
    struct quantity quantity[2];
    unsigned status;
};

/* Product by product, the amounts of some periods. */
struct series {
    const uint32_t *period;
    size_t n;
    struct amounts *amounts; /* of product i in period k: [i * n + k] */
};

struct bilateral {
    struct frame frame;
    struct bilateral_question question;
    struct series whole, near,
        months; /* periods that the dataset touches; of the rows and a year before; of parts of years */
    items_asked pair, pair_months, region, concentration;
    struct cube_set specified; /* partners that concentration is of; none named: all */
    struct world world, world_months;
};

/* ---- which periods ---- */

static size_t find_period(const uint32_t *period, size_t n, uint32_t wanted) { return find_u32(period, n, wanted); }

/* All periods of `kind` that the dataset touches, ascending. */
static void list_whole(struct bilateral *b)
{
    size_t n, kept = 0;
    const uint32_t *own = cube_periods(b->frame.cube, &n);
    uint32_t *period = ask_make(b->frame.ask, uint32_t, n);
    for (size_t i = 0; period && i < n; i++) {
        uint32_t p = period_within(own[i], b->question.kind);
        if (kept == 0 || period[kept - 1] != p)
            period[kept++] = p;
    }
    b->whole = (struct series){.period = period, .n = kept};
}

/* The periods of the rows and those a year before them, as far as the dataset touches them. */
static void list_near(struct bilateral *b)
{
    const struct bilateral_question *q = &b->question;
    uint32_t *wanted = ask_make(b->frame.ask, uint32_t, b->whole.n);
    size_t n = 0;
    for (size_t i = 0; wanted && i < b->whole.n; i++) {
        uint32_t p = b->whole.period[i];
        if (find_period(q->period, q->n, p) < q->n || find_period(q->period, q->n, period_add_years(p, 1)) < q->n)
            wanted[n++] = p;
    }
    b->near = (struct series){.period = wanted, .n = n};
}

/* Months of a part of a year that can be compared, and the same months a year before. */
#define MONTHS_MAX 12
struct months {
    uint32_t now[MONTHS_MAX], before[MONTHS_MAX];
    size_t n;
};

/* The dataset's own periods inside `period` that are held of both flows, or, where there is none, of one. */
static struct months comparable(const struct frame *frame, uint32_t period)
{
    const unsigned most = cube_expected(frame->cube, period);
    const uint32_t first = period_of_month(period_first_month(period), cube_dataset(frame->cube)->frequency);
    struct months m = {.n = 0};
    for (unsigned flows = 2; m.n == 0 && flows > 0; flows--)
        for (unsigned i = 0; i < most && i < MONTHS_MAX; i++) {
            bool exports = frame_months(frame, FLOW_EXPORTS, first + i) != 0,
                 imports = frame_months(frame, FLOW_IMPORTS, first + i) != 0;
            if (0U + exports + imports < flows)
                continue;
            m.now[m.n] = first + i;
            m.before[m.n++] = period_add_years(first + i, -1);
        }
    return m;
}

static bool is_complete(unsigned months_held, uint32_t period)
{
    return months_held == period_months(period_kind_of(period));
}

/* The months of all rows that are parts of years, and those a year before. */
static void list_months(struct bilateral *b)
{
    const struct bilateral_question *q = &b->question;
    uint32_t *month = ask_make(b->frame.ask, uint32_t, 2 * MONTHS_MAX * q->n);
    size_t n = 0;
    for (size_t i = 0; month && i < q->n; i++) {
        unsigned held = frame_months_held(&b->frame, q->period[i]);
        if (held == 0 || is_complete(held, q->period[i]))
            continue;
        const struct months m = comparable(&b->frame, q->period[i]);
        for (size_t k = 0; k < m.n; k++) {
            month[n++] = m.now[k];
            month[n++] = m.before[k];
        }
    }
    b->months = (struct series){.period = month, .n = month ? period_order(month, n) : 0};
}

/* Rows for which a region is compared, and a year before: both held completely. */
static uint32_t *list_region_years(const struct bilateral *b, size_t *n)
{
    const struct bilateral_question *q = &b->question;
    uint32_t *year = ask_make(b->frame.ask, uint32_t, 2 * q->n);
    size_t all = 0;
    for (size_t i = 0; year && i < q->n; i++) {
        uint32_t before = period_add_years(q->period[i], -1);
        if (!frame_complete(&b->frame, q->period[i]) || !frame_complete(&b->frame, before))
            continue;
        year[all++] = before;
        year[all++] = q->period[i];
    }
    *n = year ? period_order(year, all) : 0;
    return year;
}

/* ---- asking ---- */

static items_asked ask_partners(const struct bilateral *b, struct cube_set partners, const uint32_t *period, size_t n,
                                unsigned measures)
{
    struct cube_query q = frame_query(&b->frame, period, n);
    q.group |= CUBE_BIT(CUBE_FLOW);
    q.measures = measures;
    q.only[CUBE_PARTNER] = partners;
    return n ? breakdown_ask(b->frame.ask, b->frame.cube, b->question.breakdown, &q) : NULL;
}

static void ask_region(struct bilateral *b)
{
    size_t n;
    if (b->question.region.n == 0)
        return;
    const uint32_t *year = list_region_years(b, &n);
    b->region = ask_partners(b, b->question.region, year, n, 0);
}

static void ask_months(struct bilateral *b)
{
    const struct series *months = &b->months;
    if (b->question.year_to_date)
        list_months(b);
    if (months->n == 0)
        return;
    b->pair_months = ask_partners(b, (struct cube_set){&b->frame.partner, 1}, months->period, months->n, 0);
    b->world_months = world_ask(&b->frame, b->question.breakdown, BOTH_FLOWS, 0, months->period, months->n);
}

static void ask_concentration(struct bilateral *b)
{
    const uint32_t imports = FLOW_IMPORTS;
    struct cube_query q = frame_query(&b->frame, b->question.period, b->question.n);
    if (!b->question.concentration)
        return;
    b->specified = specified_partners(b->frame.ask, b->frame.cube);
    q.spread = CUBE_PARTNER;
    q.only[CUBE_PARTNER] = b->specified;
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    b->concentration = breakdown_ask(b->frame.ask, b->frame.cube, b->question.breakdown, &q);
}

/* The world as the partner is the sum of all where it has no row. */
static bool is_world(const struct frame *frame) { return frame->partner == countries_world(frame->countries); }

struct bilateral *bilateral_ask(const struct frame *frame, const struct bilateral_question *question)
{
    struct bilateral *b = ask_make(frame->ask, struct bilateral, 1);
    if (!b)
        return NULL;
    b->frame = *frame;
    b->question = *question;
    list_whole(b);
    if (is_world(frame))
        b->near = b->whole;
    else
        list_near(b);
    b->pair = ask_partners(b, (struct cube_set){&frame->partner, 1}, b->whole.period, b->whole.n, CUBE_QUANTITY);
    b->world = world_ask(frame, question->breakdown, BOTH_FLOWS, 0, b->near.period, b->near.n);
    ask_concentration(b);
    ask_months(b);
    ask_region(b);
    return b;
}

/* ---- what was read ---- */

static size_t n_items(const struct bilateral *b) { return b->question.breakdown ? b->question.breakdown->n : 1; }

/* What is recorded in each period of a series, product by product. */
static enum status gather(const struct bilateral *b, items_asked asked, struct arena *arena, struct series *s)
{
    s->amounts = arena_new(arena, struct amounts, n_items(b) * s->n);
    if (!s->amounts)
        return ST_NO_MEMORY;
    for (size_t item = 0; asked && item < n_items(b); item += CUBE_BASKETS_MAX) {
        const struct cube_rows *rows = asked[item / CUBE_BASKETS_MAX];
        for (size_t i = 0, at = 0; i < rows->n; i++) {
            while (rows->key[CUBE_PERIOD] && s->period[at] != rows->key[CUBE_PERIOD][i])
                at++; /* both ascend, and the series has all that was asked for */
            size_t product = item + (rows->key[CUBE_PRODUCT] ? rows->key[CUBE_PRODUCT][i] : 0);
            enum flow flow = rows->key[CUBE_FLOW] ? (enum flow)rows->key[CUBE_FLOW][i] : FLOW_EXPORTS;
            struct amounts *a = &s->amounts[product * s->n + at];
            a->flow[flow] = figure_of(rows->value_usd[i]);
            if (rows->quantity_kg)
                a->quantity[flow] = quantity_of(rows, i);
            a->status |= rows->status[i];
        }
    }
    return ST_OK;
}

static struct goods goods_of(const struct bilateral *b, size_t item)
{
    return item_goods(&b->frame, b->question.breakdown, item);
}

static bool is_unavailable(const struct bilateral *b, size_t item)
{
    return b->question.breakdown && b->question.breakdown->item[item].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE);
}

/* What was read of the pair, judged. */
static enum status gather_told(const struct bilateral *b, items_asked asked, struct arena *arena, struct series *s)
{
    enum status status = gather(b, asked, arena, s);
    for (size_t i = 0; status == ST_OK && i < n_items(b) * s->n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS && !is_unavailable(b, i / s->n); f++)
            s->amounts[i].flow[f] = frame_figure(&b->frame, b->frame.partner, f, s->period[i % s->n],
                                                 goods_of(b, i / s->n), s->amounts[i].flow[f]);
    return status;
}

/* A closed set has no other world, and reconciled data no rows for it. */
static unsigned flag_of_sum(const struct frame *frame)
{
    return cube_dataset(frame->cube)->basis == BASIS_RECONCILED ? 0 : FLAG_BIT(FLAG_SUMMED);
}

/* The reporter's trade with everybody, from the world's row where there is one, else from the sum of the partners. */
static enum status gather_world(const struct bilateral *b, const struct world *world, struct arena *arena,
                                struct series *s)
{
    const struct frame *frame = &b->frame;
    struct series sum = *s;
    if (gather(b, world->row, arena, s) != ST_OK || (world->sum && gather(b, world->sum, arena, &sum) != ST_OK))
        return ST_NO_MEMORY;
    for (size_t k = 0; k < s->n; k++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
            const uint8_t kind = world->kind[2 * k + f];
            for (size_t at = k; at < n_items(b) * s->n; at += s->n) {
                const struct amounts *from = kind == WORLD_SUM ? &sum.amounts[at] : &s->amounts[at];
                s->amounts[at].flow[f] =
                    is_unavailable(b, at / s->n)
                        ? FIGURE_NONE
                        : world_figure(frame, f, s->period[k], goods_of(b, at / s->n), from->flow[f]);
                s->amounts[at].flow[f].flags |=
                    is_world(frame) && kind == WORLD_SUM && s->amounts[at].flow[f].known ? flag_of_sum(frame) : 0;
            }
        }
    return ST_OK;
}

/* All that the rows are made of. */
struct reading {
    const struct bilateral *asked;
    struct series whole, near, months, months_world;
    bool *complete; /* by period of `whole` */
};

/* The pair in every period that the dataset touches. */
static enum status read_whole(const struct bilateral *b, struct arena *arena, struct reading *r)
{
    struct series *s = &r->whole;
    enum status status = gather_told(b, b->pair, arena, s);
    r->complete = arena_new(arena, bool, s->n);
    if (status != ST_OK || !r->complete)
        return ST_NO_MEMORY;
    for (size_t k = 0; k < s->n; k++)
        r->complete[k] = frame_complete(&b->frame, s->period[k]);
    return ST_OK;
}

static enum status read_all(const struct bilateral *b, struct arena *arena, struct reading *r)
{
    *r = (struct reading){
        .asked = b, .whole = b->whole, .near = b->near, .months = b->months, .months_world = b->months};
    enum status status = read_whole(b, arena, r);
    if (status == ST_OK)
        status = gather_world(b, &b->world, arena, &r->near);
    for (size_t i = 0; status == ST_OK && is_world(&b->frame) && i < n_items(b) * r->whole.n; i++)
        memcpy(r->whole.amounts[i].flow, r->near.amounts[i].flow, sizeof r->near.amounts[i].flow);
    if (status == ST_OK && b->months.n)
        status = gather_told(b, b->pair_months, arena, &r->months);
    if (status == ST_OK && b->months.n)
        status = gather_world(b, &b->world_months, arena, &r->months_world);
    return status;
}

/* ---- a row ---- */

static struct figure balance_of(const struct amounts *a)
{
    return figure_difference(a->flow[FLOW_EXPORTS], a->flow[FLOW_IMPORTS]);
}
static struct figure total_of(const struct amounts *a)
{
    return figure_sum(a->flow[FLOW_EXPORTS], a->flow[FLOW_IMPORTS]);
}

/* One product's amounts, and everybody's trade in it. */
struct line {
    const struct reading *reading;
    const struct amounts *whole, *near;
    flag_bits flags;
};

static const struct amounts *everybody(const struct line *l, uint32_t period)
{
    const struct series *near = &l->reading->near;
    return &l->near[find_period(near->period, near->n, period)];
}

/* Position of period `at` when the complete periods up to it are sorted by `measure`, largest first; 0 if unknown, or of one. */
static struct record rank_up_to(const struct line *l, size_t at, struct figure (*measure)(const struct amounts *),
                                int sign)
{
    struct figure mine = measure(&l->whole[at]);
    struct record record = {.rank = 1, .of = 1, .since = l->reading->whole.period[at]};
    if (!figure_whole(mine) || !l->reading->complete[at])
        return (struct record){.rank = 0};
    for (size_t i = at; i-- > 0;) {
        struct figure other = measure(&l->whole[i]);
        if (!figure_whole(other) || !l->reading->complete[i])
            continue;
        record.rank += sign * other.usd > sign * mine.usd;
        record.of++;
        record.since = l->reading->whole.period[i];
    }
    return record.of > 1 ? record : (struct record){.rank = 0};
}

/* Everybody's trade without the partner's. */
static struct figure elsewhere(const struct amounts *world, const struct amounts *pair, enum flow flow)
{
    return figure_difference(world->flow[flow], pair->flow[flow]);
}

/* What has changed between two amounts of the pair, and between those of everybody. */
struct comparison {
    const struct amounts *now, *then, *world_now, *world_then;
};

static void compare(struct bilateral_row *row, const struct comparison *c)
{
    row->exports_growth = figure_growth(c->now->flow[FLOW_EXPORTS], c->then->flow[FLOW_EXPORTS]);
    row->imports_growth = figure_growth(c->now->flow[FLOW_IMPORTS], c->then->flow[FLOW_IMPORTS]);
    row->exports_change = figure_difference(c->now->flow[FLOW_EXPORTS], c->then->flow[FLOW_EXPORTS]);
    row->imports_change = figure_difference(c->now->flow[FLOW_IMPORTS], c->then->flow[FLOW_IMPORTS]);
    row->balance_change = figure_difference(balance_of(c->now), balance_of(c->then));
    row->exports_before = c->then->flow[FLOW_EXPORTS];
    row->imports_before = c->then->flow[FLOW_IMPORTS];
    row->exports_growth_elsewhere =
        figure_growth(elsewhere(c->world_now, c->now, FLOW_EXPORTS), elsewhere(c->world_then, c->then, FLOW_EXPORTS));
    row->imports_growth_elsewhere =
        figure_growth(elsewhere(c->world_now, c->now, FLOW_IMPORTS), elsewhere(c->world_then, c->then, FLOW_IMPORTS));
}

static void add_change(struct bilateral_row *row, const struct line *l, size_t at)
{
    const struct series *whole = &l->reading->whole;
    row->exports_growth = row->imports_growth = (double)NAN;
    row->exports_growth_elsewhere = row->imports_growth_elsewhere = (double)NAN;
    row->exports_growth_region = row->imports_growth_region = (double)NAN;
    uint32_t then = period_add_years(row->period, -1);
    size_t before = find_period(whole->period, whole->n, then);
    if (before == whole->n || !l->reading->complete[at] || !l->reading->complete[before])
        return;
    if (l->whole[before].status & OBS_PROVISIONAL) /* growth is no surer than its base */
        row->flags |= FLAG_BIT(FLAG_PROVISIONAL);
    compare(row, &(struct comparison){.now = &l->whole[at],
                                      .then = &l->whole[before],
                                      .world_now = everybody(l, row->period),
                                      .world_then = everybody(l, then)});
}

static flag_bits row_flags(const struct frame *frame, const struct bilateral_row *row, const struct amounts *world)
{
    flag_bits flags = 0;
    if (!row->exports.known || !row->imports.known)
        flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    if (row->months_held < period_months(period_kind_of(row->period)))
        flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        const struct figure own = f == FLOW_EXPORTS ? row->exports : row->imports;
        flags |= flags_of_figure(own) | flags_of_months(own, world->flow[f]) |
                 (world->flow[f].part ? FLAG_BIT(FLAG_PARTIAL_SECTOR) : 0);
    }
    flags |= flags_of_months(row->exports, row->imports);
    if (!world->flow[FLOW_EXPORTS].known || !world->flow[FLOW_IMPORTS].known)
        flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    else if (cube_dataset(frame->cube)->partners == PARTNERS_CLOSED)
        flags |= FLAG_BIT(FLAG_CLOSED_SET);
    return flags;
}

static void fill_row(struct bilateral_row *row, const struct line *l, size_t at)
{
    const struct frame *frame = &l->reading->asked->frame;
    const struct amounts *now = &l->whole[at], *world = everybody(l, row->period);
    row->exports = now->flow[FLOW_EXPORTS];
    row->imports = now->flow[FLOW_IMPORTS];
    row->total = total_of(now);
    row->balance = balance_of(now);
    row->exports_quantity = now->quantity[FLOW_EXPORTS];
    row->imports_quantity = now->quantity[FLOW_IMPORTS];
    row->exports_unit_value = unit_value(row->exports, row->exports_quantity);
    row->imports_unit_value = unit_value(row->imports, row->imports_quantity);
    row->normalised_balance = figure_ratio(row->balance, row->total);
    row->cover_ratio = figure_ratio(row->exports, row->imports);
    row->share_of_exports = figure_ratio(row->exports, world->flow[FLOW_EXPORTS]);
    row->share_of_imports = figure_ratio(row->imports, world->flow[FLOW_IMPORTS]);
    row->share_of_total = figure_ratio(row->total, total_of(world));
    if (row->balance.known && row->balance.usd < 0)
        row->deficit = rank_up_to(l, at, balance_of, -1);
    row->largest = rank_up_to(l, at, total_of, 1);
    row->months_held = frame_months_held(frame, row->period);
    row->import_hhi = (double)NAN;
    row->flags = l->flags | row_flags(frame, row, world) | flags_of_status(now->status | world->status) |
                 flags_of_ratio(row->exports, row->imports) | flags_of_quantity(row->exports_quantity) |
                 flags_of_quantity(row->imports_quantity);
    add_change(row, l, at);
}

double growth_a_year(struct figure first, uint32_t first_period, struct figure last, uint32_t last_period)
{
    double years = ((double)period_ordinal(last_period) - (double)period_ordinal(first_period)) *
                   period_months(period_kind_of(first_period)) / 12.0;
    if (!first.known || !last.known || first.usd <= 0 || last.usd < 0 || years < 1.0)
        return (double)NAN;
    return pow((double)last.usd / (double)first.usd, 1.0 / years) - 1.0;
}

static void add_cagr(struct bilateral_row *row, size_t n)
{
    const struct bilateral_row *base_x = NULL, *base_m = NULL;
    for (size_t i = 0; i < n; i++) {
        row[i].exports_cagr = row[i].imports_cagr = (double)NAN;
        if (!is_complete(row[i].months_held, row[i].period))
            continue;
        if (!base_x && row[i].exports.known && row[i].exports.usd > 0)
            base_x = &row[i];
        if (!base_m && row[i].imports.known && row[i].imports.usd > 0)
            base_m = &row[i];
        if (base_x)
            row[i].exports_cagr = growth_a_year(base_x->exports, base_x->period, row[i].exports, row[i].period);
        if (base_m)
            row[i].imports_cagr = growth_a_year(base_m->imports, base_m->period, row[i].imports, row[i].period);
    }
}

/* ---- a region ---- */

/* What is recorded with the region together in a period: one partner's absence is its own, that of several everybody's. */
static struct amounts region_in(const struct reading *r, size_t item, uint32_t period)
{
    const struct bilateral *b = r->asked;
    const struct cube_set region = b->question.region;
    const struct cube_rows *rows = b->region[item / CUBE_BASKETS_MAX];
    struct amounts sum = {.status = 0};
    for (size_t i = 0; i < rows->n; i++)
        if (rows->key[CUBE_PERIOD][i] == period &&
            (!rows->key[CUBE_PRODUCT] || rows->key[CUBE_PRODUCT][i] == item % CUBE_BASKETS_MAX))
            sum.flow[rows->key[CUBE_FLOW][i]] = figure_of(rows->value_usd[i]);
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        sum.flow[f] = frame_figure(&b->frame, region.n == 1 ? region.member[0] : ANY_MEMBER, f, period,
                                   goods_of(b, item), sum.flow[f]);
    return sum;
}

static void add_region(const struct reading *r, size_t item, struct bilateral_row *row)
{
    const uint32_t before = period_add_years(row->period, -1);
    const struct frame *frame = &r->asked->frame;
    bool all = true;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        all = all && world_lists_all(frame, f, row->period) && world_lists_all(frame, f, before);
    if (!all || !r->asked->region || !is_complete(row->months_held, row->period) || !frame_complete(frame, before))
        return;
    const struct amounts then = region_in(r, item, before), now = region_in(r, item, row->period);
    row->exports_growth_region = figure_growth(now.flow[FLOW_EXPORTS], then.flow[FLOW_EXPORTS]);
    row->imports_growth_region = figure_growth(now.flow[FLOW_IMPORTS], then.flow[FLOW_IMPORTS]);
}

/* ---- year to date ---- */

/* Both flows of some months added up; unknown if one of them is. */
static struct amounts add_up(const struct series *s, size_t item, const uint32_t *month, size_t n)
{
    struct amounts sum = {.flow = {{.known = n > 0}, {.known = n > 0}}};
    for (size_t i = 0; i < n; i++) {
        const struct amounts *part = &s->amounts[item * s->n + find_period(s->period, s->n, month[i])];
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            sum.flow[f] = figure_sum(sum.flow[f], part->flow[f]);
    }
    return sum;
}

static void compare_months(const struct reading *r, size_t item, struct bilateral_row *row)
{
    const struct months m = comparable(&r->asked->frame, row->period);
    const struct amounts now = add_up(&r->months, item, m.now, m.n), then = add_up(&r->months, item, m.before, m.n),
                         world_now = add_up(&r->months_world, item, m.now, m.n),
                         world_then = add_up(&r->months_world, item, m.before, m.n);
    compare(row, &(struct comparison){&now, &then, &world_now, &world_then});
    if (row->exports_change.known || row->imports_change.known)
        row->flags |= FLAG_BIT(FLAG_YEAR_TO_DATE);
}

/* ---- the rows ---- */

/* `all`: the reporter's imports from everybody in the row's period. */
static void add_concentration(const struct bilateral *b, size_t item, struct figure all, struct bilateral_row *row)
{
    const bool whole = figure_whole(all) && all.usd > 0 && world_lists_all(&b->frame, FLOW_IMPORTS, row->period);
    const struct cube_rows *rows = b->concentration ? b->concentration[item / CUBE_BASKETS_MAX] : NULL;
    for (size_t i = 0; whole && rows && i < rows->n; i++) {
        if ((rows->key[CUBE_PERIOD] && rows->key[CUBE_PERIOD][i] != row->period) ||
            (rows->key[CUBE_PRODUCT] && rows->key[CUBE_PRODUCT][i] != item % CUBE_BASKETS_MAX))
            continue;
        const struct distribution found = distribution_of(rows, i);
        const struct concentration c = concentration_of(b->frame.cube, b->specified.member != NULL, &found, all);
        row->import_hhi = c.hhi;
        row->flags |= c.vague ? FLAG_BIT(FLAG_LOWER_BOUND) : 0;
    }
}

static void fill_item(const struct reading *r, size_t item, struct bilateral_row *row)
{
    const struct bilateral_question *q = &r->asked->question;
    const struct line line = {.reading = r,
                              .whole = &r->whole.amounts[item * r->whole.n],
                              .near = &r->near.amounts[item * r->near.n],
                              .flags = r->asked->frame.flags | (q->breakdown ? q->breakdown->item[item].flags : 0)};
    for (size_t i = 0; i < q->n; i++) {
        row[i].period = q->period[i];
        size_t at = find_period(r->whole.period, r->whole.n, q->period[i]);
        if (at == r->whole.n)
            BUG("a row for a period outside the dataset");
        fill_row(&row[i], &line, at);
        add_region(r, item, &row[i]);
        at = find_period(r->near.period, r->near.n, q->period[i]);
        add_concentration(r->asked, item, line.near[at].flow[FLOW_IMPORTS], &row[i]);
        if (q->year_to_date && row[i].months_held && !is_complete(row[i].months_held, row[i].period))
            compare_months(r, item, &row[i]);
    }
    add_cagr(row, q->n);
}

enum status bilateral_fold(const struct bilateral *b, struct arena *arena, struct bilateral_row **out)
{
    const size_t n = b->question.n;
    struct reading reading;
    struct bilateral_row *row = *out = arena_new(arena, struct bilateral_row, n_items(b) * n);
    enum status status = row ? read_all(b, arena, &reading) : ST_NO_MEMORY;
    for (size_t item = 0; status == ST_OK && item < n_items(b); item++)
        fill_item(&reading, item, row + item * n);
    return status;
}
