/* What a country's trade with everybody is read from, and what it means where nothing is there. */
#include "entrepot/analysis/world.h"

/* Of the returns of a flow in a period: how many there are, have the world's row, list all partners. */
struct returns {
    unsigned n, with_row, with_all;
};

static struct returns returns_of(const struct frame *frame, enum flow flow, uint32_t period)
{
    const uint32_t first = period_of_month(period_first_month(period), cube_dataset(frame->cube)->frequency);
    struct returns found = {.n = 0};
    struct cube_return r;
    for (uint32_t i = 0; i < cube_expected(frame->cube, period); i++) {
        if (!cube_return_of(frame->cube, frame->reporter, ANY_MEMBER, flow, first + i, &r))
            continue;
        found.n++;
        found.with_row += r.world;
        found.with_all += r.partners == CUBE_ALL || r.partners == CUBE_CLOSED;
    }
    return found;
}

enum world_kind world_kind(const struct frame *frame, enum flow flow, uint32_t period)
{
    const struct returns found = returns_of(frame, flow, period);
    if (found.with_row && (found.with_row == found.n || found.with_all < found.n))
        return WORLD_ROW;
    return found.n && found.with_all == found.n ? WORLD_SUM : WORLD_UNKNOWN;
}

bool world_lists_all(const struct frame *frame, enum flow flow, uint32_t period)
{
    const struct returns found = returns_of(frame, flow, period);
    return found.n && found.with_all == found.n;
}

struct cube_set world_partner(const struct frame *frame, enum world_kind kind, uint32_t *world)
{
    *world = countries_world(frame->countries);
    return kind == WORLD_ROW ? (struct cube_set){world, 1} : (struct cube_set){NULL, 0};
}

struct figure world_figure(const struct frame *frame, enum flow flow, uint32_t period, struct goods goods,
                           struct figure read)
{
    bool sum = world_kind(frame, flow, period) == WORLD_SUM;
    return frame_figure(frame, sum ? ANY_MEMBER : countries_world(frame->countries), flow, period, goods, read);
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

struct figure world_cell(const struct world *world, const struct items *items, size_t i, enum flow flow,
                         uint32_t period)
{
    if (world->breakdown && world->breakdown->item[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return FIGURE_NONE;
    return world_figure(&world->frame, flow, period, item_goods(&world->frame, world->breakdown, i),
                        item_figure(items, i, FIGURE_NONE));
}

static bool is_at(const struct cube_rows *rows, size_t i, enum flow flow, uint32_t period)
{
    return rows->key[CUBE_FLOW][i] == (uint32_t)flow && rows->key[CUBE_PERIOD][i] == period;
}

struct figure world_total(const struct world *world, enum flow flow, uint32_t period, unsigned *status)
{
    enum world_kind kind = world_kind(&world->frame, flow, period);
    items_asked asked = kind == WORLD_ROW ? world->row : kind == WORLD_SUM ? world->sum : NULL;
    struct figure read = FIGURE_NONE;
    for (size_t i = 0; asked && i < asked[0]->n; i++)
        if (is_at(asked[0], i, flow, period)) {
            *status |= asked[0]->status[i];
            read = figure_of(asked[0]->value_usd[i]);
        }
    return world_figure(&world->frame, flow, period, frame_goods(&world->frame), read);
}

/* ---- the world as the sum of the countries that report ---- */

struct cube_set world_of_all(const struct frame *frame, enum flow flow, const uint32_t *period, size_t n,
                             uint32_t *world)
{
    const struct cube_set all = {NULL, 0};
    struct frame one = *frame;
    size_t n_members;
    const uint32_t *member = cube_countable(frame->cube, &n_members);
    if (cube_dataset(frame->cube)->basis == BASIS_RECONCILED)
        return all;
    for (size_t i = 0; i < n_members; i++)
        for (size_t k = 0; k < n; k++) {
            one.reporter = member[i];
            if (cube_reported(frame->cube, member[i], flow, period[k]) &&
                world_kind(&one, flow, period[k]) != WORLD_ROW)
                return all;
        }
    return world_partner(frame, WORLD_ROW, world);
}

struct cover_asked {
    const struct cube *cube;
    const struct cube_rows *own, *mirrored; /* by reporter; by partner, of the other flow (NULL: reconciled data) */
    enum flow flow;
};

struct cover_asked *cover_ask(const struct frame *frame, enum flow flow, const uint32_t *period, size_t n)
{
    struct ask *ask = frame->ask;
    const struct cube *cube = frame->cube;
    uint32_t world;
    struct cover_asked *asked = ask_make(ask, struct cover_asked, 1);
    const uint32_t own = (uint32_t)flow, other = flow == FLOW_EXPORTS ? FLOW_IMPORTS : FLOW_EXPORTS;
    struct cube_query q = {.group = CUBE_BIT(CUBE_PERIOD) | CUBE_BIT(CUBE_REPORTER),
                           .kind = n ? period_kind_of(period[0]) : cube_dataset(cube)->frequency,
                           .spread = CUBE_NO_SPREAD};
    if (!asked)
        return NULL;
    q.only[CUBE_PERIOD] = (struct cube_set){period, n};
    q.only[CUBE_FLOW] = (struct cube_set){&own, 1};
    q.only[CUBE_PARTNER] = world_of_all(frame, flow, period, n, &world);
    *asked = (struct cover_asked){.cube = cube, .own = ask_add(ask, cube, &q), .flow = flow};
    if (cube_dataset(cube)->basis == BASIS_RECONCILED)
        return asked;
    q.group = CUBE_BIT(CUBE_PERIOD) | CUBE_BIT(CUBE_PARTNER);
    q.only[CUBE_PARTNER] = (struct cube_set){NULL, 0};
    q.only[CUBE_FLOW] = (struct cube_set){&other, 1};
    asked->mirrored = ask_add(ask, cube, &q);
    return asked;
}

/* Whether some of a country's own reports are not in the sum. */
static bool is_missing(const struct cover_asked *asked, uint32_t country, uint32_t period)
{
    const struct cube_rows *own = asked->own;
    bool there = false;
    for (size_t i = 0; !there && i < own->n; i++)
        there = own->key[CUBE_PERIOD][i] == period && own->key[CUBE_REPORTER][i] == country;
    return !there || cube_reported(asked->cube, country, asked->flow, period) < cube_expected(asked->cube, period);
}

struct world_cover cover_of(const struct cover_asked *asked, uint32_t period)
{
    const struct cube_rows *own = asked->own, *others = asked->mirrored;
    struct world_cover cover = {.reporters = 0};
    double told = 0, missing = 0;
    for (size_t i = 0; i < own->n; i++)
        if (own->key[CUBE_PERIOD][i] == period) {
            cover.reporters++;
            told += (double)own->value_usd[i];
        }
    for (size_t i = 0; others && i < others->n; i++)
        if (others->key[CUBE_PERIOD][i] == period && is_missing(asked, others->key[CUBE_PARTNER][i], period))
            missing += (double)others->value_usd[i];
    cover.trade_share = told / (told + missing);
    return cover;
}

flag_bits flags_of_cover(struct world_cover cover)
{
    return cover.trade_share < 1 ? FLAG_BIT(FLAG_REPORTERS_MISSING) : 0;
}
