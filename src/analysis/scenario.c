/* What is cut, who could take it over, and what it costs: at most nine statements, five more where something is published above the leaves,
 * then sums year by year. */
#include "entrepot/analysis/scenario.h"

#include <math.h>

#include "entrepot/analysis/leverage.h"

/* One product. Capacities are linear in the year: growth · y + diversion. "Weighed": of those who have a unit value. */
struct good {
    int64_t flow_usd, loss_usd, growth_usd, diversion_usd;
    double partner_unit_value;
    double growth_weighed, diversion_weighed, growth_ratio,
        diversion_ratio; /* ratio: times unit value / the partner's */
};

/* What one other country could take over of one product. */
struct offer_part {
    uint32_t country, good;
    int64_t growth_usd, diversion_usd;
};

/* What is asked for of goods. NULL: not asked for. */
struct rows_of_goods {
    struct cube_set members;
    const struct cube_rows *flow,
        *loss;                          /* between the two: in the side's books, and the partner's exports in its own */
    const struct cube_rows *partner;    /* with all */
    const struct cube_rows *pool, *now; /* what others trade with all, and with home: by country too */
};

struct scenario_state {
    struct frame frame;
    struct scenario_question question;
    struct frame home, away; /* the side whose trade is looked at, as reporter; the partner, as reporter */
    bool partner_books;
    struct rows_of_goods leaves, rests;          /* leaves are a good each, all rests together are one more */
    const struct cube_rows *total, *partner_all; /* with all: the side; the partner in all products */
    struct good *good;
    size_t n_goods, n_parts;
    uint32_t *good_of_leaf;  /* number of the good + 1 */
    struct offer_part *part; /* only where the question wants them shared out */
    int64_t others_usd;      /* what those who are neither reporter nor partner trade with all */
    struct figure partner_exports, partner_all_usd, loss_usd;
    struct scenario_step *step;
    flag_bits flags;
    struct cover_asked *cover; /* of the others; NULL: not asked for */
};

__extension__ typedef unsigned __int128 wide;

/* floor(a · b / c) of amounts that are not negative; c > 0. */
static int64_t share_out(int64_t a, int64_t b, int64_t c) { return (int64_t)((wide)a * (wide)b / (wide)c); }

/* ---- asking ---- */

static enum flow flow_of(enum scenario_side side) { return side == SIDE_REPORTER ? FLOW_IMPORTS : FLOW_EXPORTS; }

static struct frame home_of(const struct frame *frame, enum scenario_side side)
{
    struct frame home = *frame;
    if (side == SIDE_PARTNER) {
        home.reporter = frame->partner;
        home.partner = frame->reporter;
    }
    return home;
}

/* One flow of one reporter with some partners (none named: all), by product, or with `leaves` none all products together. */
static const struct cube_rows *ask_flow(const struct frame *frame, uint32_t period, enum flow flow,
                                        struct cube_set partners, unsigned group, unsigned measures)
{
    const uint32_t f = (uint32_t)flow;
    struct cube_query q = frame_query(frame, &period, 1);
    q.group = group;
    q.level = group & CUBE_BIT(CUBE_PRODUCT) ? cube_dataset(frame->cube)->level : LEVEL_TOTAL;
    q.measures = measures;
    q.only[CUBE_PARTNER] = partners;
    q.only[CUBE_FLOW] = (struct cube_set){&f, 1};
    return ask_add(frame->ask, frame->cube, &q);
}

/* With all; NULL where the sum of the partners is not the world, and there is no row of it either. */
static const struct cube_rows *ask_world(const struct frame *frame, uint32_t period, enum flow flow, unsigned group,
                                         unsigned measures)
{
    uint32_t world;
    enum world_kind kind = world_kind(frame, flow, period);
    return kind == WORLD_UNKNOWN ? NULL
                                 : ask_flow(frame, period, flow, world_partner(frame, kind, &world), group, measures);
}

static void ask_pair(struct scenario_state *s, struct rows_of_goods *r, unsigned group)
{
    const uint32_t period = s->question.period;
    struct frame home = s->home, away = s->away;
    home.leaves = away.leaves = r->members;
    r->flow = ask_flow(&home, period, flow_of(s->question.side), (struct cube_set){&s->home.partner, 1}, group, 0);
    if (!s->partner_books)
        return;
    r->loss = ask_flow(&away, period, FLOW_EXPORTS, (struct cube_set){&s->away.partner, 1}, group, 0);
    r->partner = ask_world(&away, period, FLOW_EXPORTS, group, CUBE_QUANTITY);
}

static void ask_totals(struct scenario_state *s)
{
    struct frame everything = s->away;
    everything.leaves = (struct cube_set){NULL, 0};
    s->total = ask_world(&s->home, s->question.period, flow_of(s->question.side), 0, 0);
    if (s->partner_books)
        s->partner_all = ask_world(&everything, s->question.period, FLOW_EXPORTS, 0, 0);
}

/* Countries that are neither of the two. */
static struct cube_set list_others(const struct scenario_state *s)
{
    size_t n;
    const uint32_t *member = cube_countable(s->frame.cube, &n);
    uint32_t *list = ask_make(s->frame.ask, uint32_t, n);
    struct cube_set others = {list, 0};
    for (size_t i = 0; list && i < n; i++)
        if (member[i] != s->frame.reporter && member[i] != s->frame.partner)
            list[others.n++] = member[i];
    return others;
}

/* The flow of those others. */
static enum flow others_flow(const struct scenario_state *s)
{
    return s->question.side == SIDE_REPORTER ? FLOW_EXPORTS : FLOW_IMPORTS;
}

static void ask_others(struct scenario_state *s, struct cube_set others, struct rows_of_goods *r, unsigned group)
{
    const uint32_t flow = (uint32_t)others_flow(s);
    struct cube_query q = frame_query(&s->frame, &s->question.period, 1), now;
    q.group = CUBE_BIT(CUBE_REPORTER) | group;
    q.level = group ? cube_dataset(s->frame.cube)->level : LEVEL_TOTAL;
    q.only[CUBE_PRODUCT] = r->members;
    q.only[CUBE_REPORTER] = others;
    q.only[CUBE_FLOW] = (struct cube_set){&flow, 1};
    now = q;
    now.only[CUBE_PARTNER] = (struct cube_set){&s->home.reporter, 1};
    q.measures = flow == FLOW_EXPORTS ? CUBE_QUANTITY : 0;
    r->pool = ask_add(s->frame.ask, s->frame.cube, &q);
    r->now = ask_add(s->frame.ask, s->frame.cube, &now);
}

/* What is published above the leaves is asked for once more, where there is any, all together. */
static void ask_goods(struct scenario_state *s)
{
    const struct cube_set all = s->frame.leaves;
    const bool worldwide = s->question.worldwide;
    const struct cube_set others = worldwide ? list_others(s) : all;
    size_t n_leaves, n = 0;
    (void)cube_leaves(s->frame.cube, &n_leaves);
    while (n < all.n && all.member[n] < n_leaves)
        n++;
    s->leaves.members = (struct cube_set){all.member, n};
    s->rests.members = (struct cube_set){all.member + n, all.n - n};
    for (struct rows_of_goods *r = &s->leaves; r; r = r == &s->leaves && n < all.n ? &s->rests : NULL) {
        const unsigned group = r == &s->leaves ? CUBE_BIT(CUBE_PRODUCT) : 0;
        ask_pair(s, r, group);
        if (worldwide)
            ask_others(s, others, r, group);
    }
}

struct scenario_state *scenario_ask(const struct frame *frame, const struct scenario_question *question)
{
    struct scenario_state *s = ask_make(frame->ask, struct scenario_state, 1);
    if (!s)
        return NULL;
    *s = (struct scenario_state){.frame = *frame,
                                 .question = *question,
                                 .home = home_of(frame, question->side),
                                 .away = home_of(frame, SIDE_PARTNER),
                                 .partner_books = leverage_has_partner(frame, question->period)};
    ask_goods(s);
    ask_totals(s);
    if (question->worldwide)
        s->cover = cover_ask(frame, others_flow(s), &s->question.period, 1);
    return s;
}

/* ---- what was read ---- */

/* Of both; NULL: not asked for. */
static struct figure sum_of(const struct cube_rows *leaves, const struct cube_rows *rests)
{
    const struct cube_rows *both[] = {leaves, rests};
    struct figure sum = FIGURE_NONE;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; both[k] && i < both[k]->n; i++) {
            sum.usd += both[k]->value_usd[i];
            sum.known = true;
        }
    return sum;
}

/* ---- products ---- */

/* The good of a row: its leaf, or behind all leaves the rests. */
static struct good *good_at(const struct scenario_state *s, const struct cube_rows *rows, size_t i)
{
    const uint32_t *leaf = rows->key[CUBE_PRODUCT];
    return &s->good[leaf ? s->good_of_leaf[leaf[i]] - 1 : s->leaves.members.n];
}

static void take_pair(struct scenario_state *s, const struct rows_of_goods *r)
{
    const struct cube_rows *flow = r->flow, *loss = r->loss, *partner = r->partner;
    for (size_t i = 0; flow && i < flow->n; i++) {
        good_at(s, flow, i)->flow_usd = flow->value_usd[i];
        s->flags |= flags_of_status(flow->status[i]);
    }
    for (size_t i = 0; loss && i < loss->n; i++)
        good_at(s, loss, i)->loss_usd = loss->value_usd[i];
    for (size_t i = 0; partner && i < partner->n; i++)
        good_at(s, partner, i)->partner_unit_value =
            unit_value(figure_of(partner->value_usd[i]), quantity_of(partner, i));
}

static enum status make_goods(struct scenario_state *s, struct arena *arena)
{
    size_t n_leaves;
    (void)cube_leaves(s->frame.cube, &n_leaves);
    s->n_goods = s->leaves.members.n + (s->rests.members.n > 0);
    s->good = arena_new(arena, struct good, s->n_goods);
    s->good_of_leaf = arena_new(arena, uint32_t, n_leaves);
    if (!s->good || !s->good_of_leaf)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < s->n_goods; i++)
        s->good[i].partner_unit_value = (double)NAN;
    for (size_t i = 0; i < s->leaves.members.n; i++)
        s->good_of_leaf[s->leaves.members.member[i]] = (uint32_t)i + 1;
    take_pair(s, &s->leaves);
    take_pair(s, &s->rests);
    return ST_OK;
}

/* What others trade with home, along with what they trade with all: in the order of country and product. */
struct walk {
    const struct cube_rows *all, *now;
    uint32_t *first; /* row of now at which each country begins, by id; now->n: it has none */
    uint32_t country;
    size_t at; /* in now: a country's products are among those of all, in the same order */
};

static enum status start_walk(const struct scenario_state *s, const struct rows_of_goods *r, struct arena *arena,
                              struct walk *out)
{
    const size_t n = countries_count(s->frame.countries);
    *out = (struct walk){.all = r->pool, .now = r->now, .first = arena_new_raw(arena, uint32_t, n)};
    if (!out->first)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out->first[i] = (uint32_t)r->now->n;
    for (size_t i = r->now->n; i-- > 0;)
        out->first[r->now->key[CUBE_REPORTER][i]] = (uint32_t)i;
    return ST_OK;
}

static uint32_t product_at(const struct cube_rows *rows, size_t i)
{
    return rows->key[CUBE_PRODUCT] ? rows->key[CUBE_PRODUCT][i] : 0;
}

static int64_t now_of(struct walk *w, size_t i)
{
    const uint32_t country = w->all->key[CUBE_REPORTER][i], product = product_at(w->all, i);
    const struct cube_rows *now = w->now;
    if (i == 0 || country != w->country)
        w->at = w->first[country];
    w->country = country;
    bool same = w->at < now->n && now->key[CUBE_REPORTER][w->at] == country && product_at(now, w->at) == product;
    return same ? now->value_usd[w->at++] : 0;
}

static void add_offer(struct scenario_state *s, struct walk *walk, size_t i)
{
    const struct cube_rows *all = walk->all;
    int64_t all_usd = all->value_usd[i], now_usd = now_of(walk, i);
    struct good *good = good_at(s, all, i);
    s->others_usd += all_usd;
    if (all_usd <= 0) /* nothing, or a rest that is rounding: no capacity */
        return;
    struct offer_part part = {.country = all->key[CUBE_REPORTER][i],
                              .good = (uint32_t)(good - s->good),
                              .growth_usd = capacity_by_growth(all_usd, s->question.expand),
                              .diversion_usd =
                                  capacity_by_diversion(all_usd, now_usd > 0 ? now_usd : 0, s->question.divert)};
    if (s->part)
        s->part[s->n_parts++] = part;
    good->growth_usd += part.growth_usd;
    good->diversion_usd += part.diversion_usd;
    double ratio = (double)NAN;
    if (all->quantity_kg)
        ratio = unit_value(figure_of(all_usd), quantity_of(all, i)) / good->partner_unit_value;
    if (!isfinite(ratio))
        return;
    good->growth_weighed += (double)part.growth_usd;
    good->diversion_weighed += (double)part.diversion_usd;
    good->growth_ratio += (double)part.growth_usd * ratio;
    good->diversion_ratio += (double)part.diversion_usd * ratio;
}

static enum status take_offers(struct scenario_state *s, const struct rows_of_goods *r, struct arena *arena)
{
    struct walk walk;
    const size_t n = r->pool ? r->pool->n : 0;
    if (n && start_walk(s, r, arena, &walk) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        add_offer(s, &walk, i);
    return ST_OK;
}

static enum status take_others(struct scenario_state *s, struct arena *arena)
{
    const struct cube_rows *leaves = s->leaves.pool, *rests = s->rests.pool;
    const size_t n = (leaves ? leaves->n : 0) + (rests ? rests->n : 0);
    if (s->question.allocate && !(s->part = arena_new(arena, struct offer_part, n)))
        return ST_NO_MEMORY;
    enum status status = take_offers(s, &s->leaves, arena);
    return status == ST_OK ? take_offers(s, &s->rests, arena) : status;
}

/* ---- a year ---- */

/* What becomes of one product in a year. */
struct outcome {
    int64_t gap_usd, domestic_usd, capacity_usd, covered_usd;
};

static struct outcome outcome_of(const struct scenario_state *s, const struct good *good, double cut, unsigned year)
{
    struct outcome o = {.gap_usd = llround(cut * (double)good->flow_usd)};
    o.domestic_usd = llround(s->question.domestic * (double)o.gap_usd);
    o.capacity_usd = (int64_t)year * good->growth_usd + good->diversion_usd;
    int64_t open_usd = o.gap_usd - o.domestic_usd;
    o.covered_usd = open_usd < o.capacity_usd ? open_usd : o.capacity_usd;
    if (open_usd < 0) /* of a rest that is rounding */
        o.covered_usd = 0;
    return o;
}

struct costing {
    double allocated, weighed, cost;
};

static void add_cost(struct costing *c, const struct good *good, const struct outcome *o, unsigned year)
{
    c->allocated += (double)o->covered_usd;
    if (o->capacity_usd == 0)
        return;
    double used = (double)o->covered_usd / (double)o->capacity_usd;
    double weighed = year * good->growth_weighed + good->diversion_weighed;
    c->weighed += used * weighed;
    c->cost += used * (year * good->growth_ratio + good->diversion_ratio - weighed);
}

static void set_cost(struct scenario_step *step, const struct costing *c, enum scenario_side side)
{
    step->cost = step->cost_multiple = step->cost_coverage = (double)NAN;
    if (side == SIDE_PARTNER || c->allocated <= 0)
        return;
    step->cost_coverage = c->weighed / c->allocated;
    if (c->weighed <= 0) {
        step->flags |= FLAG_BIT(FLAG_NO_UNIT_VALUE);
        return;
    }
    step->cost = c->cost;
    step->cost_multiple = 1.0 + c->cost / c->weighed;
    if (step->cost_coverage < 1.0 - 1e-9)
        step->flags |= FLAG_BIT(FLAG_PARTIAL_QUANTITY);
}

/* Shares are of the amounts before rounding: a dollar is much of a small trade. */
static void set_loss(const struct scenario_state *s, struct scenario_step *step)
{
    int64_t loss_usd = 0;
    for (size_t i = 0; i < s->n_goods; i++)
        loss_usd += llround(step->cut * (double)s->good[i].loss_usd);
    if (s->loss_usd.known)
        step->partner_loss = figure_of(loss_usd);
    step->partner_loss_share = step->cut * figure_ratio(s->loss_usd, s->partner_exports);
    step->partner_loss_share_of_exports = step->cut * figure_ratio(s->loss_usd, s->partner_all_usd);
}

static void fill_step(const struct scenario_state *s, const struct scenario *out, struct scenario_step *step)
{
    struct outcome sum = {0, 0, 0, 0};
    struct costing costing = {0, 0, 0};
    step->flags = s->flags;
    for (size_t i = 0; i < s->n_goods; i++) {
        struct outcome o = outcome_of(s, &s->good[i], step->cut, step->year);
        sum.gap_usd += o.gap_usd;
        sum.domestic_usd += o.domestic_usd;
        sum.capacity_usd += o.capacity_usd;
        sum.covered_usd += o.covered_usd;
        add_cost(&costing, &s->good[i], &o, step->year);
    }
    bool known = out->flow.known, all = known && s->question.worldwide;
    step->gap = known ? figure_of(sum.gap_usd) : FIGURE_NONE;
    step->domestic = known ? figure_of(sum.domestic_usd) : FIGURE_NONE;
    step->capacity = s->question.worldwide ? figure_of(sum.capacity_usd) : FIGURE_NONE;
    step->covered = all ? figure_of(sum.covered_usd) : FIGURE_NONE;
    step->uncovered = figure_difference(figure_difference(step->gap, step->domestic), step->covered);
    step->uncovered_share = figure_ratio(step->uncovered, out->total);
    step->flags |= flags_of_ratio(step->uncovered, out->total) | flags_of_ratio(s->loss_usd, s->partner_exports);
    set_cost(step, &costing, all ? s->question.side : SIDE_PARTNER);
    set_loss(s, step);
}

static enum status make_steps(struct scenario_state *s, struct arena *arena, struct scenario *out)
{
    unsigned years = s->question.years;
    out->n_steps = (size_t)SCENARIO_PATHS * years;
    out->step = s->step = arena_new(arena, struct scenario_step, out->n_steps);
    if (!out->step)
        return ST_NO_MEMORY;
    struct scenario_step *step = out->step;
    for (enum scenario_path path = PATH_GRADUAL; path <= PATH_ABRUPT; path++)
        for (unsigned year = 1; year <= years; year++, step++) {
            double part = path == PATH_GRADUAL ? (double)year / years : 1.0;
            *step = (struct scenario_step){.path = path, .year = year, .cut = s->question.cut * part};
            fill_step(s, out, step);
        }
    return ST_OK;
}

/* ---- entry points ---- */

static void find_totals(struct scenario_state *s, struct scenario *out)
{
    const struct frame *home = &s->home;
    const uint32_t period = s->question.period;
    const enum flow flow = flow_of(s->question.side);
    const struct goods goods = frame_goods(home), everything = {NULL, 0};
    out->flow = frame_figure(home, home->partner, flow, period, goods, sum_of(s->leaves.flow, s->rests.flow));
    s->flags |= flags_of_figure(out->flow);
    if (s->total)
        out->total = world_figure(home, flow, period, goods, sum_of(s->total, NULL));
    s->flags |= flags_of_months(out->flow, out->total);
    out->partner_books = s->partner_books;
    if (!out->partner_books)
        s->flags |= FLAG_BIT(FLAG_NO_PARTNER_BOOKS);
    if (out->partner_books)
        s->loss_usd =
            frame_figure(&s->away, s->away.partner, FLOW_EXPORTS, period, goods, sum_of(s->leaves.loss, s->rests.loss));
    if (s->leaves.partner)
        s->partner_exports =
            world_figure(&s->away, FLOW_EXPORTS, period, goods, sum_of(s->leaves.partner, s->rests.partner));
    if (s->partner_all)
        s->partner_all_usd = world_figure(&s->away, FLOW_EXPORTS, period, everything, sum_of(s->partner_all, NULL));
    for (size_t i = 0; i < s->leaves.flow->n; i++)
        out->products += s->leaves.flow->value_usd[i] > 0;
}

static void set_flags(struct scenario_state *s)
{
    s->flags |= s->frame.flags;
    unsigned months = frame_months_held(&s->home, s->question.period);
    if (months && months < period_months(period_kind_of(s->question.period)))
        s->flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (!s->question.worldwide)
        s->flags |= FLAG_BIT(FLAG_NO_OTHER_SUPPLIERS);
    if (cube_dataset(s->frame.cube)->partners == PARTNERS_CLOSED)
        s->flags |= FLAG_BIT(FLAG_CLOSED_SET);
    bool all = s->leaves.partner != NULL;
    if (!s->total || (s->partner_books && !all))
        s->flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
}

enum status scenario_fold(struct scenario_state *s, struct arena *arena, struct scenario *out)
{
    *out = (struct scenario){.state = s, .cover = {.trade_share = (double)NAN}};
    set_flags(s);
    if (s->cover)
        out->cover = cover_of(s->cover, s->question.period);
    s->flags |= flags_of_cover(out->cover);
    if (make_goods(s, arena) != ST_OK || take_others(s, arena) != ST_OK)
        return ST_NO_MEMORY;
    find_totals(s, out);
    if (make_steps(s, arena, out) != ST_OK)
        return ST_NO_MEMORY;
    struct figure others = {.usd = s->others_usd, .known = s->question.worldwide};
    out->resourcing_multiple = s->question.cut * figure_ratio(out->flow, figure_difference(out->total, out->flow));
    out->market_tightness = s->question.cut * figure_ratio(out->flow, others);
    return ST_OK;
}

static int by_capacity(const void *a, const void *b)
{
    const struct scenario_part *x = a, *y = b;
    if (x->capacity.usd != y->capacity.usd)
        return x->capacity.usd > y->capacity.usd ? -1 : 1;
    return x->country < y->country ? -1 : x->country > y->country;
}

/* Pro rata by running sums, so that what each gets adds up to the whole to the dollar and exceeds no capacity. */
static enum status share_products(const struct scenario_state *s, const struct scenario_step *step, struct arena *arena,
                                  struct scenario_part *part)
{
    int64_t *so_far = arena_new(arena, int64_t, s->n_goods);
    struct outcome *outcome = arena_new(arena, struct outcome, s->n_goods);
    if (!so_far || !outcome)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < s->n_goods; i++)
        outcome[i] = outcome_of(s, &s->good[i], step->cut, step->year);
    for (size_t i = 0; i < s->n_parts; i++) {
        const struct offer_part *p = &s->part[i];
        const struct outcome *o = &outcome[p->good];
        int64_t capacity_usd = (int64_t)step->year * p->growth_usd + p->diversion_usd, *before = &so_far[p->good];
        if (capacity_usd == 0)
            continue;
        int64_t given = share_out(o->covered_usd, *before + capacity_usd, o->capacity_usd) -
                        share_out(o->covered_usd, *before, o->capacity_usd);
        *before += capacity_usd;
        part[p->country].capacity.usd += capacity_usd;
        part[p->country].allocation.usd += given;
    }
    return ST_OK;
}

enum status scenario_allocate(const struct scenario *scenario, size_t step, struct arena *arena,
                              struct scenario_part **out, size_t *n)
{
    const struct scenario_state *s = scenario->state;
    const struct scenario_step *at = &scenario->step[step];
    size_t n_countries = countries_count(s->frame.countries);
    struct scenario_part *part = arena_new(arena, struct scenario_part, n_countries);
    *n = 0;
    if (!part || share_products(s, at, arena, part) != ST_OK)
        return ST_NO_MEMORY;
    for (uint32_t id = 0; id < n_countries; id++) {
        struct scenario_part p = part[id];
        if (p.capacity.usd == 0)
            continue;
        p.path = at->path;
        p.year = at->year;
        p.country = id;
        p.capacity.known = true;
        p.allocation.known = at->covered.known;
        part[(*n)++] = p;
    }
    if (*n)
        qsort(part, *n, sizeof *part, by_capacity);
    *out = part;
    return ST_OK;
}
