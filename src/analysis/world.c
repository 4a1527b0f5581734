/* What a country's trade with everybody is read from, and what it means where nothing is there. */
#include "entrepot/analysis/world.h"

enum world_kind world_kind(const struct frame *frame, enum flow flow, uint32_t period)
{
    bool listed = cube_dataset(frame->cube)->partners == PARTNERS_LISTED;
    unsigned row = cube_held(frame->cube, frame->reporter, countries_world(frame->countries), flow, period);
    if (row && row >= cube_held(frame->cube, frame->reporter, listed ? frame->partner : ANY_MEMBER, flow, period))
        return WORLD_ROW;
    return listed ? WORLD_UNKNOWN : WORLD_SUM;
}

struct cube_set world_partner(const struct frame *frame, enum world_kind kind, uint32_t *world)
{
    *world = countries_world(frame->countries);
    return kind == WORLD_ROW ? (struct cube_set){world, 1} : (struct cube_set){NULL, 0};
}

struct figure world_absent(const struct frame *frame, enum flow flow, uint32_t period)
{
    switch (world_kind(frame, flow, period)) {
    case WORLD_ROW: return frame_absent(frame, countries_world(frame->countries), flow, period);
    case WORLD_SUM: return frame_absent(frame, ANY_MEMBER, flow, period);
    case WORLD_UNKNOWN: break;
    }
    return FIGURE_NONE;
}

/* ---- in a batch ---- */

static const uint8_t *find_kinds(const struct frame *frame, const uint32_t *period, size_t n)
{
    uint8_t *kind = ask_make(frame->ask, uint8_t, 2 * n);
    for (size_t i = 0; kind && i < n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            kind[2 * i + f] = (uint8_t)world_kind(frame, f, period[i]);
    return kind;
}

/* The flows and periods for which the world is of one kind: one statement has them all. */
static items_asked ask_kind(const struct world *w, enum world_kind kind, unsigned flows, const uint32_t *period,
                            size_t n)
{
    const struct frame *frame = &w->frame;
    uint32_t *found = ask_make(frame->ask, uint32_t, n), flow[2], world;
    size_t n_found = 0, n_flows = 0;
    unsigned of_kind = 0;
    for (size_t i = 0; found && i < n; i++) {
        unsigned here = 0;
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            if (flows & FLOW_BIT(f) && w->kind[2 * i + f] == kind)
                here |= FLOW_BIT(f);
        of_kind |= here;
        if (here)
            found[n_found++] = period[i];
    }
    if (n_found == 0)
        return NULL;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        if (of_kind & FLOW_BIT(f))
            flow[n_flows++] = (uint32_t)f;
    struct cube_query q = frame_query(frame, found, n_found);
    q.group |= CUBE_BIT(CUBE_FLOW) | CUBE_BIT(CUBE_PERIOD); /* always, so that rows say what they are */
    q.only[CUBE_FLOW] = (struct cube_set){flow, n_flows};
    q.only[CUBE_PARTNER] = world_partner(frame, kind, &world);
    return breakdown_ask(frame->ask, frame->cube, w->breakdown, &q);
}

struct world world_ask(const struct frame *frame, const struct breakdown *breakdown, unsigned flows, unsigned summed,
                       const uint32_t *period, size_t n)
{
    struct world w = {.frame = *frame, .breakdown = breakdown, .kind = find_kinds(frame, period, n)};
    if (!w.kind)
        return w;
    w.row = ask_kind(&w, WORLD_ROW, flows, period, n);
    w.sum = ask_kind(&w, WORLD_SUM, flows & ~summed, period, n);
    return w;
}

static bool is_row_throughout(const struct frame *frame, const uint32_t *period, size_t n)
{
    bool row = true;
    for (size_t i = 0; i < n; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            row = row && world_kind(frame, f, period[i]) == WORLD_ROW;
    return row;
}

struct world world_ask_beside(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period,
                              size_t n, unsigned measures, items_asked *pair)
{
    struct world w = {.frame = *frame, .breakdown = breakdown};
    const uint32_t partner[2] = {frame->partner, countries_world(frame->countries)};
    const bool together = is_row_throughout(frame, period, n) && partner[0] != partner[1];
    struct cube_query q = frame_query(frame, period, n);
    q.group |= CUBE_BIT(CUBE_FLOW) | CUBE_BIT(CUBE_PERIOD) | (together ? CUBE_BIT(CUBE_PARTNER) : 0);
    q.measures = measures;
    q.only[CUBE_PARTNER] = (struct cube_set){partner, together ? 2 : 1};
    *pair = breakdown_ask(frame->ask, frame->cube, breakdown, &q);
    if (!together)
        return world_ask(frame, breakdown, BOTH_FLOWS, 0, period, n);
    w.row = *pair;
    return w;
}

enum status world_items(const struct world *world, enum flow flow, uint32_t period, struct arena *arena,
                        struct items *out)
{
    enum world_kind kind = world_kind(&world->frame, flow, period);
    items_asked asked = kind == WORLD_ROW ? world->row : kind == WORLD_SUM ? world->sum : NULL;
    const struct item_slice slice = {
        .partner = countries_world(world->frame.countries), .period = period, .flow = flow};
    return items_of(asked, world->breakdown, slice, arena, out);
}

static bool is_at(const struct cube_rows *rows, size_t i, enum flow flow, uint32_t period)
{
    return rows->key[CUBE_FLOW][i] == (uint32_t)flow && rows->key[CUBE_PERIOD][i] == period;
}

struct figure world_total(const struct world *world, enum flow flow, uint32_t period, unsigned *status)
{
    enum world_kind kind = world_kind(&world->frame, flow, period);
    items_asked asked = kind == WORLD_ROW ? world->row : kind == WORLD_SUM ? world->sum : NULL;
    for (size_t i = 0; asked && i < asked[0]->n; i++)
        if (is_at(asked[0], i, flow, period)) {
            *status |= asked[0]->status[i];
            return (struct figure){asked[0]->value_usd[i], true};
        }
    return world_absent(&world->frame, flow, period);
}
