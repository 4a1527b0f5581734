/* Which runs a query touches, and by which way they are found: the planner. */
#include "cube/engine/scan.h"

const char *const cube_index_name[3] = {"pair", "reporter", "partner"};

/* ---- the members to look for ---- */

static enum status listed(const struct cube *cube, const struct cube_set *set, struct arena *arena,
                          struct member_side *out)
{
    uint16_t *list = arena_new(arena, uint16_t, set->n);
    bool *has = arena_new(arena, bool, cube->image.n_members + 1);
    if (!list || !has)
        return ST_NO_MEMORY;
    *out = (struct member_side){.list = list, .has = has};
    for (size_t i = 0; i < set->n; i++) {
        uint16_t local = engine_local(cube, set->member[i]);
        if (local == NO_LOCAL || has[local])
            continue;
        has[local] = true;
        out->groups = out->groups || countries_at(cube->countries, set->member[i])->kind == MEMBER_GROUP;
        list[out->n++] = local;
    }
    return ST_OK;
}

enum status side_place(const struct cube *cube, struct member_side *side, struct arena *arena)
{
    const size_t n_members = cube->image.n_members;
    uint16_t *place = arena_new_raw(arena, uint16_t, n_members + 1),
             *at_place = arena_new_raw(arena, uint16_t, side->n), n = 0;
    if (!place || !at_place)
        return ST_NO_MEMORY;
    for (uint16_t local = 0; n < side->n && local < n_members; local++)
        if (side->has[local]) {
            place[local] = n;
            at_place[n++] = local;
        }
    side->place = place;
    side->at_place = at_place;
    return ST_OK;
}

/* Members that are named, or each countable one where they are told apart, or the roll-up over all of them. */
static enum status make_side(const struct cube *cube, const struct cube_query *query, enum cube_dim dim,
                             struct arena *arena, struct member_side *out)
{
    if (query->only[dim].member)
        return listed(cube, &query->only[dim], arena, out);
    *out = query_tells_apart(query, dim) ? cube->each : cube->all;
    return ST_OK;
}

enum status sides_make(const struct cube *cube, const struct cube_query *query, struct arena *arena, struct sides *out)
{
    enum status status = make_side(cube, query, CUBE_REPORTER, arena, &out->side[CUBE_REPORTER]);
    return status == ST_OK ? make_side(cube, query, CUBE_PARTNER, arena, &out->side[CUBE_PARTNER]) : status;
}

/* ---- the way to them ---- */

#define FEW_PAIRS 64 /* as many look-ups cost less than reading along a country's runs */

enum cube_index sides_index(const struct sides *sides)
{
    size_t n = sides->side[CUBE_REPORTER].n, m = sides->side[CUBE_PARTNER].n;
    if (n * m <= FEW_PAIRS && (n <= 1 || m <= 1 || n + m <= 16))
        return CUBE_INDEX_PAIR;
    return n <= m ? CUBE_INDEX_REPORTER : CUBE_INDEX_PARTNER;
}

/* One segment and flow of a visit; `first` and `second` are the sides as the runs' keys have them. */
struct walk {
    const struct cube *cube;
    const struct image_segment *segment;
    const struct member_side *first, *second;
    unsigned stored_flow;
    size_t period;
    enum flow flow;
    struct visitor *visitor;
    struct touch touch; /* of the present run */
};

static void visit_as(struct walk *w, const struct file_run *run, uint32_t key)
{
    struct touch *touch = &w->touch;
    touch->key = key;
    touch->own = run->key;
    if (w->visitor->totals) {
        touch->total.value_usd = run->value_usd;
        touch->total.quantity_kg = run->quantity_kg;
        touch->total.unweighed_usd = run->unweighed_usd;
        touch->total.status = run->status;
    } else {
        touch->run = run;
    }
    w->visitor->visit(w->visitor, touch);
}

static void visit(struct walk *w, const struct file_run *run) { visit_as(w, run, run->key); }

static void walk_pairs(struct walk *w)
{
    for (size_t i = 0; i < w->first->n; i++)
        for (size_t k = 0; k < w->second->n; k++) {
            const struct file_run *run =
                segment_pair(&w->cube->image, w->segment, w->first->list[i], w->stored_flow, w->second->list[k]);
            if (run)
                visit(w, run);
        }
}

static void walk_rows(struct walk *w)
{
    uint32_t n_members = (uint32_t)w->cube->image.n_members;
    for (size_t i = 0; i < w->first->n; i++) {
        uint32_t at = 0, n = segment_row(&w->cube->image, w->segment, w->first->list[i], w->stored_flow, &at);
        for (uint32_t end = at + n; at < end; at++) {
            uint32_t partner = w->segment->partner[at];
            if (partner <= n_members && w->second->has[partner])
                visit(w, &w->segment->run[at]);
        }
    }
}

static void walk_columns(struct walk *w)
{
    uint32_t n_members = (uint32_t)w->cube->image.n_members;
    for (size_t i = 0; i < w->second->n; i++) {
        uint32_t at = 0, n = segment_column(&w->cube->image, w->segment, w->second->list[i], w->stored_flow, &at);
        for (uint32_t end = at + n; at < end; at++) {
            uint32_t number = w->segment->column_run[at];
            if (number >= w->segment->n_runs)
                continue; /* only in a damaged file that verify would refuse */
            const struct file_run *run = &w->segment->run[number];
            uint32_t reporter = RUN_REPORTER(run->key);
            if (reporter <= n_members && w->first->has[reporter])
                visit(w, run);
        }
    }
}

static void turn_sides(struct walk *w, const struct sides *sides)
{
    bool turned = engine_turned(w->cube, w->flow);
    w->first = &sides->side[turned ? CUBE_PARTNER : CUBE_REPORTER];
    w->second = &sides->side[turned ? CUBE_REPORTER : CUBE_PARTNER];
    w->stored_flow = turned ? FLOW_EXPORTS : w->flow;
}

static const struct file_run *pair_of(const struct walk *w, bool turned, uint32_t reporter, uint32_t partner)
{
    return segment_pair(&w->cube->image, w->segment, turned ? partner : reporter, w->stored_flow,
                        turned ? reporter : partner);
}

/* A group that has no figures of its own with a reporter has those of its members, but for the reporter itself. */
static void walk_members(struct walk *w, bool turned, uint32_t reporter, uint32_t local)
{
    const struct group_member *member;
    const struct cube *cube = w->cube;
    size_t n = countries_group(cube->countries, cube->country[local], &member);
    const uint32_t period = cube->period[w->segment - cube->image.segment];
    if (n == 0 || pair_of(w, turned, reporter, local))
        return;
    for (size_t i = 0; i < n; i++) {
        const uint32_t own = engine_local(cube, member[i].id);
        const struct file_run *run = own == NO_LOCAL || own == reporter || !engine_in_group(&member[i], period)
                                         ? NULL
                                         : pair_of(w, turned, reporter, own);
        if (run)
            visit_as(w, run,
                     turned ? RUN_KEY(local, w->stored_flow, reporter) : RUN_KEY(reporter, w->stored_flow, local));
    }
}

static void walk_groups(struct walk *w, const struct sides *sides)
{
    const struct member_side *reporters = &sides->side[CUBE_REPORTER], *partners = &sides->side[CUBE_PARTNER];
    const bool turned = engine_turned(w->cube, w->flow);
    for (size_t k = 0; partners->groups && k < partners->n; k++)
        for (size_t i = 0; i < reporters->n && partners->list[k] < w->cube->image.n_members; i++)
            walk_members(w, turned, reporters->list[i], partners->list[k]);
}

static void walk_segment(struct walk *w, const struct sides *sides)
{
    enum cube_index index = sides_index(sides);
    turn_sides(w, sides);
    w->touch.segment = w->segment;
    w->touch.period = w->period;
    w->touch.flow = w->flow;
    if (index == CUBE_INDEX_PAIR)
        walk_pairs(w);
    else if ((index == CUBE_INDEX_REPORTER) != engine_turned(w->cube, w->flow))
        walk_rows(w);
    else
        walk_columns(w);
    walk_groups(w, sides);
}

static bool flow_wanted(const struct cube_query *q, enum flow flow)
{
    const struct cube_set *set = &q->only[CUBE_FLOW];
    for (size_t i = 0; i < set->n; i++)
        if (set->member[i] == (uint32_t)flow)
            return true;
    return set->member == NULL;
}

/* ---- series ---- */

#define FEW_SEGMENTS 3 /* as many directories cost less than the series of a pair */

/* Segments of all periods lie in one ascending stretch; each period's are [first[p], first[p + 1]) of it where they touch. */
struct stretch_of_segments {
    size_t from, to;
};

static size_t segments_of(const struct cube *cube, const uint32_t *period, size_t n_periods)
{
    size_t n = 0;
    for (size_t i = 0; i < n_periods && n <= FEW_SEGMENTS; i++) {
        struct stretch_of_segments s;
        engine_segments(cube, period[i], &s.from, &s.to);
        n += s.to - s.from;
    }
    return n;
}

/* Totals of one pair, by segment, against the query's periods, which ascend too. */
static void walk_totals(struct walk *w, const struct file_total *total, uint32_t n, const uint32_t *period,
                        size_t n_periods, uint32_t key)
{
    struct touch touch = {.key = key, .own = key, .flow = w->flow};
    size_t p = 0;
    struct stretch_of_segments s = {0, 0};
    if (n_periods)
        engine_segments(w->cube, period[0], &s.from, &s.to);
    for (uint32_t i = 0; i < n && p < n_periods;) {
        if (total[i].segment >= s.to) {
            if (++p < n_periods)
                engine_segments(w->cube, period[p], &s.from, &s.to);
            continue;
        }
        if (total[i].segment >= s.from) {
            touch.segment = &w->cube->image.segment[total[i].segment];
            touch.total = total[i];
            touch.period = p;
            w->visitor->visit(w->visitor, &touch);
        }
        i++;
    }
}

static void walk_series(struct walk *w, const uint32_t *period, size_t n_periods)
{
    for (size_t i = 0; i < w->first->n; i++)
        for (size_t k = 0; k < w->second->n; k++) {
            const struct file_total *total;
            uint16_t first = w->first->list[i], second = w->second->list[k];
            uint32_t n = image_pair_series(&w->cube->image, first, w->stored_flow, second, &total);
            if (n)
                walk_totals(w, total, n, period, n_periods, RUN_KEY(first, w->stored_flow, second));
        }
}

static void walk_period(struct walk *w, const struct cube_query *query, const struct sides *sides, uint32_t period)
{
    size_t from, to;
    engine_segments(w->cube, period, &from, &to);
    for (size_t i = from; i < to; i++) {
        w->segment = &w->cube->image.segment[i];
        for (w->flow = FLOW_EXPORTS; w->flow <= FLOW_IMPORTS; w->flow++)
            if (flow_wanted(query, w->flow))
                walk_segment(w, sides);
    }
}

void sides_visit(const struct cube *cube, const struct cube_query *query, const struct sides *sides,
                 const uint32_t *period, size_t n_periods, struct visitor *visitor)
{
    struct walk w = {.cube = cube, .visitor = visitor};
    if (visitor->totals && sides_index(sides) == CUBE_INDEX_PAIR && !sides->side[CUBE_PARTNER].groups &&
        segments_of(cube, period, n_periods) > FEW_SEGMENTS) {
        for (w.flow = FLOW_EXPORTS; w.flow <= FLOW_IMPORTS; w.flow++)
            if (flow_wanted(query, w.flow)) {
                turn_sides(&w, sides);
                walk_series(&w, period, n_periods);
            }
        return;
    }
    for (w.period = 0; w.period < n_periods; w.period++)
        walk_period(&w, query, sides, period[w.period]);
}
