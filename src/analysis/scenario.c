#include "entrepot/analysis/scenario.h"

#include <math.h>

#include "entrepot/analysis/leverage.h"

enum { Q_FLOW, Q_TOTAL, Q_LOSS, Q_PARTNER, Q_PARTNER_ALL, Q_POOL, Q_NOW };

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

struct scenario_state {
    const struct frame *frame;
    const struct scenario_question *question;
    struct frame home; /* the side whose trade is looked at, as reporter */
    struct cube_rows rows[SCENARIO_QUERIES];
    struct good *good;
    size_t n_goods, n_parts;
    uint32_t *good_of_leaf;  /* number of the good + 1 */
    struct offer_part *part; /* only where the question wants them shared out */
    int64_t others_usd;      /* what those who are neither reporter nor partner trade with all */
    struct figure partner_exports, partner_all, loss;
    struct scenario_step *step;
    unsigned flags;
};

__extension__ typedef unsigned __int128 wide;

/* floor(a · b / c) of amounts that are not negative; c > 0. */
static int64_t share_out(int64_t a, int64_t b, int64_t c) { return (int64_t)((wide)a * (wide)b / (wide)c); }

/* ---- reading ---- */

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

static void ask_home(const struct frame *frame, const struct scenario_question *question, struct scenario_queries *out)
{
    const struct cube_set home = {&out->home, 1}, away = {&out->away, 1}, exports = {&out->flow[FLOW_EXPORTS], 1};
    struct cube_query *q = out->query;
    q[Q_FLOW].only[CUBE_REPORTER] = q[Q_TOTAL].only[CUBE_REPORTER] = home;
    q[Q_FLOW].only[CUBE_PARTNER] = away;
    q[Q_FLOW].only[CUBE_FLOW] = q[Q_TOTAL].only[CUBE_FLOW] = (struct cube_set){&out->flow[flow_of(question->side)], 1};
    q[Q_LOSS].only[CUBE_REPORTER] = q[Q_PARTNER].only[CUBE_REPORTER] = q[Q_PARTNER_ALL].only[CUBE_REPORTER] =
        (struct cube_set){&frame->partner, 1};
    q[Q_LOSS].only[CUBE_PARTNER] = (struct cube_set){&frame->reporter, 1};
    q[Q_LOSS].only[CUBE_FLOW] = q[Q_PARTNER].only[CUBE_FLOW] = q[Q_PARTNER_ALL].only[CUBE_FLOW] = exports;
    q[Q_FLOW].group = q[Q_LOSS].group = q[Q_PARTNER].group = CUBE_BIT(CUBE_PRODUCT);
    q[Q_PARTNER].measures = CUBE_QUANTITY;
    q[Q_PARTNER_ALL].only[CUBE_PRODUCT] = (struct cube_set){NULL, 0};
    q[Q_PARTNER_ALL].level = q[Q_TOTAL].level = LEVEL_TOTAL;
}

static void ask_others(const struct scenario_question *question, struct scenario_queries *out)
{
    const enum flow other = question->side == SIDE_REPORTER ? FLOW_EXPORTS : FLOW_IMPORTS;
    struct cube_query *q = out->query;
    q[Q_POOL].only[CUBE_FLOW] = q[Q_NOW].only[CUBE_FLOW] = (struct cube_set){&out->flow[other], 1};
    q[Q_POOL].group = q[Q_NOW].group = CUBE_BIT(CUBE_REPORTER) | CUBE_BIT(CUBE_PRODUCT);
    q[Q_POOL].measures = question->side == SIDE_REPORTER ? CUBE_QUANTITY : 0;
    q[Q_NOW].only[CUBE_PARTNER] = (struct cube_set){&out->home, 1};
}

void scenario_ask(const struct frame *frame, const struct scenario_question *question, struct scenario_queries *out)
{
    struct frame home = home_of(frame, question->side);
    *out = (struct scenario_queries){.flow = {FLOW_EXPORTS, FLOW_IMPORTS}, .home = home.reporter, .away = home.partner};
    for (size_t i = 0; i < SCENARIO_QUERIES; i++) {
        struct cube_query *q = &out->query[i];
        *q = (struct cube_query){.level = cube_dataset(frame->cube)->level,
                                 .kind = period_kind_of(question->period),
                                 .spread = CUBE_NO_SPREAD};
        q->only[CUBE_PERIOD] = (struct cube_set){&question->period, 1};
        q->only[CUBE_PRODUCT] = frame->leaves;
        out->wanted[i] = true;
    }
    ask_home(frame, question, out);
    ask_others(question, out);
    bool partner = leverage_has_partner(frame, question->period);
    out->wanted[Q_LOSS] = out->wanted[Q_PARTNER] = partner;
    out->wanted[Q_PARTNER_ALL] = partner && cube_dataset(frame->cube)->coverage == COVERAGE_FULL;
    out->wanted[Q_POOL] = out->wanted[Q_NOW] = question->worldwide;
}

/* Of all: the world's row where there is one; nothing where the sum of the partners is not the world. */
static bool set_world(const struct frame *frame, enum flow flow, uint32_t period, const uint32_t *world,
                      struct cube_query *query)
{
    enum world_kind kind = world_kind(frame, flow, period);
    if (kind == WORLD_ROW)
        query->only[CUBE_PARTNER] = (struct cube_set){world, 1};
    return kind != WORLD_UNKNOWN;
}

static enum status read_all(struct scenario_state *s, struct arena *arena)
{
    struct scenario_queries ask;
    const struct scenario_question *question = s->question;
    uint32_t world = countries_world(s->frame->countries);
    struct frame partner = home_of(s->frame, SIDE_PARTNER);
    enum status status = ST_OK;
    scenario_ask(s->frame, question, &ask);
    bool total = set_world(&s->home, flow_of(question->side), question->period, &world, &ask.query[Q_TOTAL]);
    bool all = set_world(&partner, FLOW_EXPORTS, question->period, &world, &ask.query[Q_PARTNER]);
    (void)set_world(&partner, FLOW_EXPORTS, question->period, &world, &ask.query[Q_PARTNER_ALL]);
    ask.wanted[Q_TOTAL] = total;
    ask.wanted[Q_PARTNER] = ask.wanted[Q_PARTNER] && all;
    ask.wanted[Q_PARTNER_ALL] = ask.wanted[Q_PARTNER_ALL] && all;
    if (!total || (leverage_has_partner(s->frame, question->period) && !all))
        s->flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    for (size_t i = 0; status == ST_OK && i < Q_POOL; i++)
        if (ask.wanted[i])
            status = cube_run(s->frame->cube, &ask.query[i], &s->rows[i], 1, arena, NULL);
    return status;
}

static struct figure sum_of(const struct cube_rows *rows, struct figure absent)
{
    struct figure sum = {0, true};
    for (size_t i = 0; i < rows->n; i++)
        sum.usd += rows->value_usd[i];
    return rows->n ? sum : absent;
}

/* ---- products ---- */

static struct good *good_at(const struct scenario_state *s, uint32_t leaf)
{
    return &s->good[s->good_of_leaf[leaf] - 1];
}

static enum status make_goods(struct scenario_state *s, struct arena *arena)
{
    size_t n_leaves;
    (void)cube_leaves(s->frame->cube, &n_leaves);
    s->n_goods = s->frame->leaves.n;
    s->good = arena_new(arena, struct good, s->n_goods);
    s->good_of_leaf = arena_new(arena, uint32_t, n_leaves);
    if (!s->good || !s->good_of_leaf)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < s->n_goods; i++) {
        s->good_of_leaf[s->frame->leaves.member[i]] = (uint32_t)i + 1;
        s->good[i].partner_unit_value = (double)NAN;
    }
    const struct cube_rows *flow = &s->rows[Q_FLOW], *loss = &s->rows[Q_LOSS], *partner = &s->rows[Q_PARTNER];
    for (size_t i = 0; i < flow->n; i++) {
        good_at(s, flow->key[CUBE_PRODUCT][i])->flow_usd = flow->value_usd[i];
        s->flags |= flags_of_status(flow->status[i]);
    }
    for (size_t i = 0; i < loss->n; i++)
        good_at(s, loss->key[CUBE_PRODUCT][i])->loss_usd = loss->value_usd[i];
    for (size_t i = 0; i < partner->n; i++)
        good_at(s, partner->key[CUBE_PRODUCT][i])->partner_unit_value =
            unit_value((struct figure){partner->value_usd[i], true}, quantity_of(partner, i));
    return ST_OK;
}

/* What one other country trades with all, and with home. */
struct pool {
    struct cube_rows all, now;
    size_t at; /* in now: its products are among those of all, in the same order */
};

static int64_t now_of(struct pool *pool, size_t i)
{
    const struct cube_rows *all = &pool->all, *now = &pool->now;
    bool same = pool->at < now->n && now->key[CUBE_PRODUCT][pool->at] == all->key[CUBE_PRODUCT][i];
    return same ? now->value_usd[pool->at++] : 0;
}

static void add_offer(struct scenario_state *s, uint32_t country, struct pool *pool, size_t i)
{
    const struct cube_rows *all = &pool->all;
    int64_t all_usd = all->value_usd[i];
    struct good *good = good_at(s, all->key[CUBE_PRODUCT][i]);
    struct offer_part part = {.country = country,
                              .good = (uint32_t)(good - s->good),
                              .growth_usd = capacity_by_growth(all_usd, s->question->expand),
                              .diversion_usd = capacity_by_diversion(all_usd, now_of(pool, i), s->question->divert)};
    s->others_usd += all_usd;
    if (s->part)
        s->part[s->n_parts++] = part;
    good->growth_usd += part.growth_usd;
    good->diversion_usd += part.diversion_usd;
    double ratio = (double)NAN;
    if (all->quantity_kg)
        ratio = unit_value((struct figure){all_usd, true}, quantity_of(all, i)) / good->partner_unit_value;
    if (!isfinite(ratio))
        return;
    good->growth_weighed += (double)part.growth_usd;
    good->diversion_weighed += (double)part.diversion_usd;
    good->growth_ratio += (double)part.growth_usd * ratio;
    good->diversion_ratio += (double)part.diversion_usd * ratio;
}

/* Country by country: all of them by all products at once would be much to lay out. */
static enum status read_country(struct scenario_state *s, const struct scenario_queries *ask, uint32_t country,
                                struct arena *scratch)
{
    struct pool pool = {.at = 0};
    struct cube_query all = ask->query[Q_POOL], now = ask->query[Q_NOW];
    all.only[CUBE_REPORTER] = now.only[CUBE_REPORTER] = (struct cube_set){&country, 1};
    all.group = now.group = CUBE_BIT(CUBE_PRODUCT);
    enum status status = cube_run(s->frame->cube, &all, &pool.all, 1, scratch, NULL);
    if (status == ST_OK)
        status = cube_run(s->frame->cube, &now, &pool.now, 1, scratch, NULL);
    for (size_t i = 0; status == ST_OK && i < pool.all.n; i++)
        add_offer(s, country, &pool, i);
    arena_reset(scratch);
    return status;
}

static bool is_other(const struct frame *frame, uint32_t country)
{
    return countries_countable(frame->countries, country) && country != frame->reporter && country != frame->partner;
}

static enum status read_others(struct scenario_state *s, struct arena *arena)
{
    struct scenario_queries ask;
    const struct frame *frame = s->frame;
    size_t n;
    const uint32_t *member = cube_members(frame->cube, &n);
    if (s->question->allocate) {
        s->part = arena_new(arena, struct offer_part, n * s->n_goods);
        if (!s->part)
            return ST_NO_MEMORY;
    }
    struct arena scratch;
    enum status status = ST_OK;
    scenario_ask(frame, s->question, &ask);
    arena_init(&scratch, SIZE_MAX);
    for (size_t i = 0; status == ST_OK && i < n && ask.wanted[Q_POOL]; i++)
        if (is_other(frame, member[i]))
            status = read_country(s, &ask, member[i], &scratch);
    arena_release(&scratch);
    return status;
}

/* ---- a year ---- */

/* What becomes of one product in a year. */
struct outcome {
    int64_t gap_usd, domestic_usd, capacity_usd, covered_usd;
};

static struct outcome outcome_of(const struct scenario_state *s, const struct good *good, double cut, unsigned year)
{
    struct outcome o = {.gap_usd = llround(cut * (double)good->flow_usd)};
    o.domestic_usd = llround(s->question->domestic * (double)o.gap_usd);
    o.capacity_usd = (int64_t)year * good->growth_usd + good->diversion_usd;
    int64_t open_usd = o.gap_usd - o.domestic_usd;
    o.covered_usd = open_usd < o.capacity_usd ? open_usd : o.capacity_usd;
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
    if (s->loss.known)
        step->partner_loss = (struct figure){loss_usd, true};
    step->partner_loss_share = step->cut * figure_ratio(s->loss, s->partner_exports);
    step->partner_loss_share_of_exports = step->cut * figure_ratio(s->loss, s->partner_all);
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
    bool known = out->flow.known, all = known && s->question->worldwide;
    step->gap = (struct figure){known ? sum.gap_usd : 0, known};
    step->domestic = (struct figure){known ? sum.domestic_usd : 0, known};
    step->capacity = (struct figure){sum.capacity_usd, s->question->worldwide};
    step->covered = (struct figure){all ? sum.covered_usd : 0, all};
    step->uncovered = figure_difference(figure_difference(step->gap, step->domestic), step->covered);
    step->uncovered_share = figure_ratio(step->uncovered, out->total);
    step->flags |= flags_of_ratio(step->uncovered, out->total) | flags_of_ratio(s->loss, s->partner_exports);
    set_cost(step, &costing, all ? s->question->side : SIDE_PARTNER);
    set_loss(s, step);
}

static enum status make_steps(struct scenario_state *s, struct arena *arena, struct scenario *out)
{
    unsigned years = s->question->years;
    out->n_steps = (size_t)SCENARIO_PATHS * years;
    out->step = s->step = arena_new(arena, struct scenario_step, out->n_steps);
    if (!out->step)
        return ST_NO_MEMORY;
    struct scenario_step *step = out->step;
    for (enum scenario_path path = PATH_GRADUAL; path <= PATH_ABRUPT; path++)
        for (unsigned year = 1; year <= years; year++, step++) {
            double part = path == PATH_GRADUAL ? (double)year / years : 1.0;
            *step = (struct scenario_step){.path = path, .year = year, .cut = s->question->cut * part};
            fill_step(s, out, step);
        }
    return ST_OK;
}

/* ---- entry points ---- */

static void find_totals(struct scenario_state *s, struct scenario *out)
{
    const struct frame *frame = s->frame, partner = home_of(frame, SIDE_PARTNER);
    uint32_t period = s->question->period;
    enum flow flow = flow_of(s->question->side);
    struct figure absent = frame_absent(&s->home, s->home.partner, flow, period);
    out->flow = sum_of(&s->rows[Q_FLOW], absent);
    if (!out->flow.known || (!absent.known && s->rows[Q_FLOW].n < s->n_goods))
        s->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    if (world_kind(&s->home, flow, period) != WORLD_UNKNOWN)
        out->total = sum_of(&s->rows[Q_TOTAL], frame_absent(&s->home, s->home.partner, flow, period));
    out->partner_books = leverage_has_partner(frame, period);
    if (!out->partner_books)
        s->flags |= FLAG_BIT(FLAG_NO_PARTNER_BOOKS);
    struct figure none = frame_absent(&partner, frame->reporter, FLOW_EXPORTS, period);
    s->loss = out->partner_books ? sum_of(&s->rows[Q_LOSS], none) : FIGURE_NONE;
    s->partner_exports = sum_of(&s->rows[Q_PARTNER], FIGURE_NONE);
    s->partner_all = sum_of(&s->rows[Q_PARTNER_ALL], FIGURE_NONE);
    for (size_t i = 0; i < s->rows[Q_FLOW].n; i++)
        out->products += s->rows[Q_FLOW].value_usd[i] > 0;
}

static void set_flags(struct scenario_state *s)
{
    s->flags |= s->frame->flags;
    unsigned months = frame_months_held(&s->home, s->question->period);
    if (months && months < period_months(period_kind_of(s->question->period)))
        s->flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (!s->question->worldwide)
        s->flags |= FLAG_BIT(FLAG_NO_OTHER_SUPPLIERS);
    if (cube_dataset(s->frame->cube)->partners == PARTNERS_CLOSED)
        s->flags |= FLAG_BIT(FLAG_CLOSED_SET);
}

enum status scenario_run(const struct frame *frame, const struct scenario_question *question, struct arena *arena,
                         struct scenario *out)
{
    struct scenario_state *s = arena_new(arena, struct scenario_state, 1);
    if (!s)
        return ST_NO_MEMORY;
    *s = (struct scenario_state){.frame = frame, .question = question, .home = home_of(frame, question->side)};
    *out = (struct scenario){.state = s};
    enum status status = read_all(s, arena);
    if (status == ST_OK)
        status = make_goods(s, arena);
    if (status == ST_OK)
        status = read_others(s, arena);
    if (status != ST_OK)
        return status;
    find_totals(s, out);
    set_flags(s);
    status = make_steps(s, arena, out);
    if (status != ST_OK)
        return status;
    struct figure others = {s->others_usd, question->worldwide};
    out->resourcing_multiple = question->cut * figure_ratio(out->flow, figure_difference(out->total, out->flow));
    out->market_tightness = question->cut * figure_ratio(out->flow, others);
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
    size_t n_countries = countries_count(s->frame->countries);
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
