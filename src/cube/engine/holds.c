/* What a cube holds: dictionaries, levels, periods, presence. */
#include "cube/engine/engine.h"

const struct dataset *cube_dataset(const struct cube *cube) { return &cube->dataset; }
struct str cube_release(const struct cube *cube) { return cube->release; }
uint64_t cube_observations(const struct cube *cube) { return cube->image.header->observations; }
size_t cube_bytes(const struct cube *cube) { return cube->n_bytes; }

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

/* First leaf that is not before `prefix`, or, with `after`, the first that is behind all that begin with it. */
static uint32_t leaf_bound(const struct level_nodes *leaves, struct str prefix, bool after)
{
    size_t low = 0, high = leaves->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct str code = leaves->code[middle];
        int order = str_cmp(str_span(code.p, code.n < prefix.n ? code.n : prefix.n), prefix);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

void cube_leaf_range(const struct cube *cube, struct str prefix, uint32_t *from, uint32_t *to)
{
    const struct level_nodes *leaves = &cube->level[cube->dataset.level];
    if (str_is(prefix, "TOTAL"))
        prefix = str_span(NULL, 0);
    *from = leaf_bound(leaves, prefix, false);
    *to = leaf_bound(leaves, prefix, true);
}

/* ---- segments ---- */

static size_t segment_bound(const struct cube *cube, uint32_t period)
{
    size_t low = 0, high = cube->image.n_segments;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cube->period[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* First of the dataset's own periods that falls into `period`. */
static uint32_t first_own(const struct cube *cube, uint32_t period)
{
    enum period_kind own = cube->dataset.frequency;
    return own == period_kind_of(period) ? period : period_of_month(period_first_month(period), own);
}

void engine_segments(const struct cube *cube, uint32_t period, size_t *from, size_t *to)
{
    if (!period_adds_up(cube->dataset.frequency, period_kind_of(period))) {
        *from = *to = 0;
        return;
    }
    uint32_t first = first_own(cube, period);
    *from = segment_bound(cube, first);
    *to = segment_bound(cube, first + cube_expected(cube, period));
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

static uint32_t to_local(const struct cube *cube, uint32_t id)
{
    return id == ANY_MEMBER ? ANY_MEMBER : engine_local(cube, id);
}

unsigned cube_held(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period)
{
    uint32_t r = to_local(cube, reporter), p = to_local(cube, partner);
    if (r == NO_LOCAL || p == NO_LOCAL)
        return 0;
    if (engine_turned(cube, flow)) {
        uint32_t exporter = p; /* what r imports from p is stored as p's export to r */
        p = r;
        r = exporter;
        flow = FLOW_EXPORTS;
    }
    size_t from, to;
    unsigned held = 0;
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to; i++)
        held += in_segment(cube, &cube->image.segment[i], r, p, flow);
    return held;
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
