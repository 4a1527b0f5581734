/* What a query will read, counted from the directory; and how its leaves are best found in a run. */
#include "cube/engine/scan.h"
#include "entrepot/base/bound.h"

bool plan_needs_totals(const struct cube_query *q)
{
    return !q->only[CUBE_PRODUCT].member && !q->baskets &&
           (!query_tells_apart(q, CUBE_PRODUCT) || q->level == LEVEL_TOTAL);
}

/* How many leaves a query's products begin with; rests come behind them. */
static size_t leaves_meant(const struct cube *cube, const struct cube_set *only)
{
    const uint32_t n_leaves = (uint32_t)cube->image.n_products;
    return only->member ? lower_bound_u32(only->member, only->n, n_leaves) : n_leaves;
}

/* Of baskets the leaves that are in one of them, as far as the query wants those. */
enum status plan_leaves(struct scan *s)
{
    const struct cube_set *only = &s->query->only[CUBE_PRODUCT];
    const struct cube_baskets *baskets = s->query->baskets;
    const size_t n_leaves = s->cube->image.n_products, n = leaves_meant(s->cube, only);
    s->leaves = (struct cube_set){only->member, only->member ? n : 0};
    if (scan_mark_rests(s) != ST_OK)
        return ST_NO_MEMORY;
    if (!baskets)
        return ST_OK;
    uint32_t *list = arena_new_raw(s->arena, uint32_t, n);
    if (!list)
        return ST_NO_MEMORY;
    s->leaves = (struct cube_set){list, 0};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t leaf = only->member ? only->member[i] : i;
        if (baskets->of_leaf[leaf])
            list[s->leaves.n++] = leaf;
    }
    if (s->leaves.n == n_leaves)
        s->leaves = (struct cube_set){NULL, 0};
    return ST_OK;
}

#define LOOK_UP_ROWS 96 /* from as many rows a leaf on looking the leaves up costs less than reading the run */
#define LOOK_UP_COST                                                                                                   \
    48 /* and this many observations: the bytes of a run that is only looked into are seldom in a cache */

bool plan_looks_up(const struct scan *s, const struct file_run *run)
{
    return s->leaves.member && (s->leaves.n <= 1 || s->leaves.n * LOOK_UP_ROWS <= run->count);
}

uint64_t plan_rows(const struct scan *s, const struct file_run *run)
{
    const uint64_t cost = s->leaves.n * LOOK_UP_COST;
    return plan_looks_up(s, run) && cost < run->count ? cost : run->count;
}

/* ---- the plan ---- */

struct counting {
    struct visitor visitor; /* first */
    const struct scan *scan;
    struct cube_plan plan;
};

static void count_run(struct visitor *visitor, const struct touch *touch)
{
    struct counting *c = (struct counting *)visitor;
    const struct file_rest *rest;
    c->plan.runs++;
    c->plan.observations += visitor->totals ? 1 : plan_rows(c->scan, touch->run) + scan_rests(c->scan, touch, &rest);
}

struct cube_plan plan_of(const struct scan *s)
{
    struct counting c = {.visitor = {count_run, s->visitor.totals}, .scan = s};
    struct sides pass = s->sides; /* a spread over members is a pass for each */
    if (s->query->spread == CUBE_REPORTER || s->query->spread == CUBE_PARTNER)
        pass.side[s->query->spread].n = 1;
    c.plan.index = sides_index(&pass);
    c.plan.all_reporters = s->sides.side[CUBE_REPORTER].list == s->cube->all.list;
    c.plan.all_partners = s->sides.side[CUBE_PARTNER].list == s->cube->all.list;
    c.plan.totals = s->visitor.totals;
    sides_visit(s->cube, s->query, &s->sides, s->period, s->n_periods, &c.visitor);
    return c.plan;
}

enum status cube_plan(const struct cube *cube, const struct cube_query *query, struct arena *arena,
                      struct cube_plan *out)
{
    struct scan s = {.cube = cube, .query = query, .arena = arena, .visitor = {.totals = plan_needs_totals(query)}};
    const struct arena_mark mark = arena_mark(arena);
    s.period = query->only[CUBE_PERIOD].member;
    s.n_periods = query->only[CUBE_PERIOD].n;
    if (!s.period) { /* the dataset's own periods hold the same observations as any kind they add up to */
        s.period = cube->period;
        s.n_periods = cube->image.n_segments;
    }
    enum status status = plan_leaves(&s);
    if (status == ST_OK)
        status = sides_make(cube, query, arena, &s.sides);
    if (status == ST_OK)
        *out = plan_of(&s);
    arena_rewind(arena, mark);
    return status;
}

/* A group is read as its members where it has no figures of its own. */
static size_t members_of_groups(const struct cube *cube, const struct cube_set *set)
{
    const struct group_member *first;
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++)
        n += countries_group(cube->countries, set->member[i], &first);
    return n;
}

/* How many members a side has at most. */
static size_t members_meant(const struct cube *cube, const struct cube_query *query, enum cube_dim dim)
{
    if (query->only[dim].member)
        return query->only[dim].n + (dim == CUBE_PARTNER ? members_of_groups(cube, &query->only[dim]) : 0);
    return query_tells_apart(query, dim) ? cube->each.n : 1;
}

/* How many rows and rests of one run are read at most: few leaves are looked up, others are so many that a run is shorter than that. */
static uint64_t rows_at_most(const struct cube *cube, const struct cube_query *query)
{
    const struct cube_set *only = &query->only[CUBE_PRODUCT];
    const uint64_t all = cube->image.n_products, leaves = leaves_meant(cube, only);
    if (plan_needs_totals(query))
        return 1;
    const uint64_t rests =
        rests_count(cube, query) && (!only->member || leaves < only->n) ? cube->image.rests.n_nodes : 0;
    if (!only->member || leaves > all / LOOK_UP_ROWS)
        return all + rests;
    return leaves * (leaves <= 1 ? LOOK_UP_COST : LOOK_UP_ROWS) + rests;
}

uint64_t cube_cost_at_most(const struct cube *cube, const struct cube_query *query)
{
    uint64_t segments = query->only[CUBE_PERIOD].member ? 0 : cube->image.n_segments;
    for (size_t i = 0; i < query->only[CUBE_PERIOD].n; i++) {
        size_t from, to;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): where no member is named their number is 0 */
        engine_segments(cube, query->only[CUBE_PERIOD].member[i], &from, &to);
        segments += to - from;
    }
    uint64_t flows = query->only[CUBE_FLOW].member ? query->only[CUBE_FLOW].n : 2;
    uint64_t factor[] = {flows, rows_at_most(cube, query), members_meant(cube, query, CUBE_REPORTER),
                         members_meant(cube, query, CUBE_PARTNER)};
    uint64_t cost = segments;
    for (size_t i = 0; i < sizeof factor / sizeof *factor; i++)
        if (__builtin_mul_overflow(cost, factor[i], &cost))
            return UINT64_MAX;
    return cost;
}
