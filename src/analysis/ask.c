/* A request's batch of statements: kept in the order in which they came, priced together, run cube by cube. */
#include "entrepot/analysis/ask.h"

#include <string.h>

struct statement {
    struct statement *next;
    const struct cube *cube;
    struct cube_query query;
    struct cube_plan plan;
    struct cube_rows rows;
    bool planned, ran;
};

struct ask {
    struct arena *arena;
    struct statement *first, **end;
    size_t n;
    bool failed, explained;
};

struct ask *ask_new(struct arena *arena)
{
    struct ask *ask = arena_new(arena, struct ask, 1);
    if (ask)
        *ask = (struct ask){.arena = arena, .end = &ask->first};
    return ask;
}

struct arena *ask_arena(struct ask *ask) { return ask->arena; }

/* ---- adding ---- */

static bool same_set(const struct cube_set *a, const struct cube_set *b)
{
    if (a->n != b->n || !a->member != !b->member)
        return false;
    return a->member == b->member || memcmp(a->member, b->member, a->n * sizeof *a->member) == 0;
}

static bool same_query(const struct cube_query *a, const struct cube_query *b)
{
    bool same = a->group == b->group && a->level == b->level && a->kind == b->kind && a->spread == b->spread &&
                a->measures == b->measures && a->max_rows == b->max_rows && a->baskets == b->baskets;
    for (size_t d = 0; same && d < CUBE_DIMS; d++)
        same = same_set(&a->only[d], &b->only[d]);
    return same;
}

static const struct statement *find(const struct ask *ask, const struct cube *cube, const struct cube_query *query)
{
    const struct statement *s = ask->first;
    while (s && (s->cube != cube || !same_query(&s->query, query)))
        s = s->next;
    return s;
}

static bool copy_members(struct ask *ask, struct cube_set *set)
{
    if (!set->member)
        return true;
    uint32_t *member = arena_new_raw(ask->arena, uint32_t, set->n);
    if (!member)
        return false;
    if (set->n)
        memcpy(member, set->member, set->n * sizeof *member);
    set->member = member;
    return true;
}

const struct cube_rows *ask_add(struct ask *ask, const struct cube *cube, const struct cube_query *query)
{
    const struct statement *known = find(ask, cube, query);
    if (known)
        return &known->rows;
    struct statement *s = arena_new(ask->arena, struct statement, 1);
    bool copied = s != NULL;
    if (copied)
        *s = (struct statement){.cube = cube, .query = *query};
    for (enum cube_dim d = CUBE_REPORTER; copied && d < CUBE_DIMS; d++)
        copied = d == CUBE_PRODUCT || copy_members(ask, &s->query.only[d]);
    if (!copied) {
        ask->failed = true;
        return NULL;
    }
    *ask->end = s;
    ask->end = &s->next;
    ask->n++;
    return &s->rows;
}

void ask_fail(struct ask *ask) { ask->failed = true; }

void *ask_room(struct ask *ask, size_t count, size_t size)
{
    void *room = arena_alloc(ask->arena, count, size, 16);
    ask->failed = ask->failed || !room;
    return room;
}

/* ---- pricing and running ---- */

static uint64_t plus(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

enum status ask_price(struct ask *ask, uint64_t *observations)
{
    uint64_t most = 0, sum = 0;
    if (ask->failed)
        return ST_NO_MEMORY;
    for (const struct statement *s = ask->first; s; s = s->next)
        most = plus(most, cube_cost_at_most(s->cube, &s->query));
    *observations = most;
    if (most <= ASK_CHEAP && !ask->explained)
        return ST_OK;
    for (struct statement *s = ask->first; s; s = s->next) {
        if (cube_plan(s->cube, &s->query, ask->arena, &s->plan) != ST_OK)
            return ST_NO_MEMORY;
        s->planned = true;
        s->query.planned = s->plan.observations;
        sum = plus(sum, s->plan.observations);
    }
    if (most > ASK_CHEAP)
        *observations = sum;
    return ST_OK;
}

/* All statements of one cube that have not run yet. */
static enum status run_cube(struct ask *ask, struct statement *from, struct problem *problem)
{
    struct cube_query *query = arena_new_raw(ask->arena, struct cube_query, ask->n);
    struct cube_rows *rows = arena_new(ask->arena, struct cube_rows, ask->n);
    size_t n = 0;
    if (!query || !rows)
        return ST_NO_MEMORY;
    for (const struct statement *s = from; s; s = s->next)
        if (!s->ran && s->cube == from->cube)
            query[n++] = s->query;
    enum status status = cube_run(from->cube, query, rows, n, ask->arena, problem);
    n = 0;
    for (struct statement *s = from; status == ST_OK && s; s = s->next)
        if (!s->ran && s->cube == from->cube) {
            s->rows = rows[n++];
            s->ran = true;
        }
    return status;
}

enum status ask_run(struct ask *ask, struct problem *problem)
{
    enum status status = ask->failed ? ST_NO_MEMORY : ST_OK;
    for (struct statement *s = ask->first; status == ST_OK && s; s = s->next)
        if (!s->ran)
            status = run_cube(ask, s, problem);
    return status;
}

/* ---- how it was answered ---- */

void ask_explain(struct ask *ask) { ask->explained = true; }

size_t ask_count(const struct ask *ask) { return ask->n; }

struct ask_statement ask_statement(const struct ask *ask, size_t i)
{
    const struct statement *s = ask->first;
    while (i-- > 0)
        s = s->next;
    return (struct ask_statement){s->cube, s->plan, s->rows.observations_read, s->rows.n};
}
