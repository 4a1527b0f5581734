/* What a cube holds: dictionaries, levels, periods, presence. */
#include "cube/engine/engine.h"
#include "entrepot/base/bound.h"

const struct dataset *cube_dataset(const struct cube *cube) { return &cube->dataset; }
struct str cube_release(const struct cube *cube) { return cube->release; }
uint64_t cube_observations(const struct cube *cube) { return cube->image.header->observations; }
size_t cube_bytes(const struct cube *cube) { return cube->store.n; }

const uint32_t *cube_periods(const struct cube *cube, size_t *n)
{
    *n = cube->image.n_segments;
    return cube->period;
}

const uint32_t *cube_members(const struct cube *cube, size_t *n)
{
    *n = cube->n_members;
    return cube->member;
}

const uint32_t *cube_countable(const struct cube *cube, size_t *n)
{
    *n = cube->each.n;
    return cube->countable;
}

const struct str *cube_leaves(const struct cube *cube, size_t *n) { return cube_nodes(cube, cube->dataset.level, n); }

bool cube_has_level(const struct cube *cube, enum level level) { return cube->level[level].n > 0; }

const struct str *cube_nodes(const struct cube *cube, enum level level, size_t *n)
{
    *n = cube->level[level].n;
    return *n ? cube->level[level].code : NULL;
}

const struct str *cube_node_names(const struct cube *cube, enum level level) { return cube->level[level].name; }

/* By as many of their first letters as the prefix has. */
static int leaf_order(const void *leaves, size_t at, const void *prefix)
{
    const struct str code = ((const struct str *)leaves)[at], *wanted = prefix;
    return str_cmp(str_span(code.p, code.n < wanted->n ? code.n : wanted->n), *wanted);
}

static bool leaf_before(const void *leaves, size_t at, const void *prefix)
{
    return leaf_order(leaves, at, prefix) < 0;
}

static bool leaf_not_behind(const void *leaves, size_t at, const void *prefix)
{
    return leaf_order(leaves, at, prefix) <= 0;
}

static void code_range(const struct str *code, size_t n, struct str prefix, uint32_t *from, uint32_t *to)
{
    if (str_is(prefix, "TOTAL"))
        prefix = str_span(NULL, 0);
    *from = (uint32_t)lower_bound(code, n, leaf_before, &prefix);
    *to = (uint32_t)lower_bound(code, n, leaf_not_behind, &prefix);
}

void cube_leaf_range(const struct cube *cube, struct str prefix, uint32_t *from, uint32_t *to)
{
    const struct level_nodes *leaves = &cube->level[cube->dataset.level];
    code_range(leaves->code, leaves->n, prefix, from, to);
}

size_t cube_rests(const struct cube *cube, const struct str **code)
{
    *code = cube->rest;
    return cube->image.rests.n_nodes;
}

void cube_rest_range(const struct cube *cube, enum level level, struct str prefix, uint32_t *from, uint32_t *to)
{
    const struct image_rests *rests = &cube->image.rests;
    const size_t first = lower_bound_u32(rests->node, rests->n_nodes, NODE(level, 0)),
                 end = lower_bound_u32(rests->node, rests->n_nodes, NODE(level + 1, 0));
    code_range(cube->rest + first, end - first, prefix, from, to);
    *from += (uint32_t)first;
    *to += (uint32_t)first;
}

bool cube_has_product(const struct cube *cube, struct str code)
{
    uint32_t from, to;
    cube_leaf_range(cube, code, &from, &to);
    for (enum level level = LEVEL_TOTAL; from == to && level < cube->dataset.level; level++)
        cube_rest_range(cube, level, code, &from, &to);
    return from < to;
}

/* ---- segments ---- */

static size_t segment_bound(const struct cube *cube, uint32_t period)
{
    size_t n = cube->image.n_segments;
    uint32_t guess = n ? period - cube->period[0] : 0; /* where none is missing */
    return guess < n && cube->period[guess] == period ? guess : lower_bound_u32(cube->period, n, period);
}

/* First of the dataset's own periods that falls into `period`. */
static uint32_t first_own(const struct cube *cube, uint32_t period)
{
    enum period_kind own = cube->dataset.frequency;
    return own == period_kind_of(period) ? period : period_of_month(period_first_month(period), own);
}

int engine_month_order(struct str date, uint32_t month)
{
    char text[PERIOD_TEXT];
    size_t n = period_print(month, text);
    return memcmp(date.p, text, date.n < n ? date.n : n);
}

bool engine_in_group(const struct group_member *member, uint32_t period)
{
    const uint32_t last = period_first_month(period) + period_months(period_kind_of(period)) - 1;
    return (member->from.n == 0 || engine_month_order(member->from, last) <= 0) &&
           (member->to.n == 0 || engine_month_order(member->to, last) >= 0);
}

void engine_segments(const struct cube *cube, uint32_t period, size_t *from, size_t *to)
{
    if (!period_adds_up(cube->dataset.frequency, period_kind_of(period))) {
        *from = *to = 0;
        return;
    }
    uint32_t first = first_own(cube, period), n = cube_expected(cube, period);
    *from = segment_bound(cube, first);
    *to = n > 1 ? segment_bound(cube, first + n)
                : *from + (*from < cube->image.n_segments && cube->period[*from] == first);
}

unsigned cube_expected(const struct cube *cube, uint32_t period)
{
    return period_months(period_kind_of(period)) / period_months(cube->dataset.frequency);
}

/* A reporter's or partner's runs are looked up; ANY_MEMBER of both asks whether any reporter has one. */
static bool in_segment(const struct cube *cube, const struct image_segment *segment, uint32_t reporter,
                       uint32_t partner, unsigned flow)
{
    const struct image *image = &cube->image;
    uint32_t first;
    if (reporter != ANY_MEMBER && partner != ANY_MEMBER)
        return segment_pair(image, segment, reporter, flow, partner) != NULL;
    if (reporter != ANY_MEMBER)
        return segment_row(image, segment, reporter, flow, &first) > 0;
    if (partner != ANY_MEMBER)
        return segment_column(image, segment, partner, flow, &first) > 0;
    bool any = false;
    for (uint32_t r = 0; !any && r <= image->n_members; r++)
        any = segment_row(image, segment, r, flow, &first) > 0;
    return any;
}

/* Who a question about presence is about, as the runs' keys have it. */
struct presence {
    uint32_t reporter, partner; /* local numbers, or ANY_MEMBER */
    unsigned flow;
};

static uint32_t to_local(const struct cube *cube, uint32_t id)
{
    return id == ANY_MEMBER ? ANY_MEMBER : engine_local(cube, id);
}

/* False for a country that the cube does not have. */
static bool find_presence(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow,
                          struct presence *out)
{
    bool turned = engine_turned(cube, flow); /* what r imports from p is stored as p's export to r */
    *out = (struct presence){.reporter = to_local(cube, turned ? partner : reporter),
                             .partner = to_local(cube, turned ? reporter : partner),
                             .flow = turned ? FLOW_EXPORTS : flow};
    return out->reporter != NO_LOCAL && out->partner != NO_LOCAL;
}

/* Totals that show the presence in their segments. With ANY_MEMBER those of the roll-up: it is there where a countable member is, so
 * that only segments without it have to be looked at. */
static uint32_t witnesses(const struct cube *cube, const struct presence *who, const struct file_total **total)
{
    uint32_t all = (uint32_t)cube->image.n_members;
    return image_pair_series(&cube->image, who->reporter == ANY_MEMBER ? all : who->reporter, who->flow,
                             who->partner == ANY_MEMBER ? all : who->partner, total);
}

void cube_held_series(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow,
                      const uint32_t *period, size_t n, unsigned *held)
{
    struct presence who;
    const struct file_total *total = NULL;
    bool known = find_presence(cube, reporter, partner, flow, &who);
    bool any = known && (who.reporter == ANY_MEMBER || who.partner == ANY_MEMBER);
    uint32_t n_totals = known ? witnesses(cube, &who, &total) : 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t from, to;
        held[i] = 0;
        engine_segments(cube, period[i], &from, &to);
        for (size_t segment = from; known && segment < to; segment++) {
            while (at < n_totals && total[at].segment < segment)
                at++;
            bool seen = at < n_totals && total[at].segment == segment;
            if (!seen && any)
                seen = in_segment(cube, &cube->image.segment[segment], who.reporter, who.partner, who.flow);
            held[i] += seen;
        }
    }
}

unsigned cube_held(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period)
{
    struct presence who;
    size_t from, to;
    unsigned held = 0;
    if (!find_presence(cube, reporter, partner, flow, &who))
        return 0;
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to; i++)
        held += in_segment(cube, &cube->image.segment[i], who.reporter, who.partner, who.flow);
    return held;
}

bool cube_trades(const struct cube *cube, uint32_t reporter, uint32_t partner)
{
    struct presence who;
    const struct file_total *total;
    bool found = false;
    for (enum flow f = FLOW_EXPORTS; !found && f <= FLOW_IMPORTS; f++)
        found = find_presence(cube, reporter, partner, f, &who) && witnesses(cube, &who, &total) > 0;
    return found;
}

bool cube_tells_world(const struct cube *cube, enum flow flow, uint32_t period)
{
    const struct dataset *d = &cube->dataset;
    if (d->partners == PARTNERS_LISTED)
        return false;
    if (d->basis == BASIS_RECONCILED || d->partners == PARTNERS_CLOSED)
        return cube_held(cube, ANY_MEMBER, ANY_MEMBER, flow, period) > 0;
    size_t reporters = 0;
    for (size_t i = 0; i < cube->each.n; i++)
        reporters += cube_held(cube, cube->countable[i], ANY_MEMBER, flow, period) > 0;
    return reporters > 1 && reporters * 2 >= cube->each.n;
}
