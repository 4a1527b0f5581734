/* Growth by partner: one statement of both flows and periods by partner, and the world beside it. */
#include "entrepot/analysis/growth.h"

#include <math.h>

#include "entrepot/analysis/ask.h"

struct growth_asked {
    struct frame frame;
    uint32_t period[2]; /* before, now */
    const struct cube_rows *rows;
    struct world world;
};

struct growth_asked *growth_ask(const struct frame *frame, uint32_t before, uint32_t now)
{
    struct growth_asked *g = ask_make(frame->ask, struct growth_asked, 1);
    if (!g)
        return NULL;
    *g = (struct growth_asked){.frame = *frame, .period = {before, now}};
    struct cube_query q = frame_query(frame, g->period, 2);
    q.group |= CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW);
    g->rows = ask_add(frame->ask, frame->cube, &q);
    g->world = world_ask(frame, NULL, BOTH_FLOWS, 0, g->period, 2);
    return g;
}

/* Of a period that is held in part nothing can be said about growth. */
static struct growth growth_of(struct figure before, struct figure now, struct figure all_before, bool whole)
{
    struct growth g = {.before = before, .now = now, .growth = (double)NAN, .contribution_pp = (double)NAN};
    if (!whole)
        return g;
    g.change = figure_difference(now, before);
    g.growth = figure_growth(now, before);
    g.contribution_pp = 100 * figure_ratio(g.change, all_before);
    return g;
}

/* What is the same for all partners. */
struct context {
    const struct growth_asked *asked;
    struct figure world[2][2]; /* by flow and period */
    bool whole[2];             /* by flow: both periods are held completely */
    flag_bits flags;
    unsigned world_status;
};

static bool held_whole(const struct frame *frame, enum flow flow, uint32_t period)
{
    return (unsigned)__builtin_popcount(frame_months(frame, flow, period)) == period_months(period_kind_of(period));
}

static void start(const struct growth_asked *g, struct context *c)
{
    *c = (struct context){.asked = g};
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        c->whole[f] = held_whole(&g->frame, f, g->period[0]) && held_whole(&g->frame, f, g->period[1]);
        c->flags |= c->whole[f] ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
        for (size_t p = 0; p < 2; p++) {
            c->world[f][p] = world_total(&g->world, f, g->period[p], &c->world_status);
            c->flags |= c->world[f][p].known ? 0 : FLAG_BIT(FLAG_NO_WORLD_TOTAL);
        }
    }
    c->flags |= cube_dataset(g->frame.cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0;
}

/* A partner's figures before they are compared; the row's number + 1 by country id. */
struct gathered {
    struct growth_row *row;
    uint32_t *at;
    size_t n;
};

static struct growth_row *row_of(const struct context *c, struct gathered *partners, uint32_t partner)
{
    if (!partners->at[partner]) {
        struct growth_row *row = &partners->row[partners->n];
        *row = (struct growth_row){.partner = partner, .flags = c->flags};
        partners->at[partner] = (uint32_t)++partners->n;
    }
    return &partners->row[partners->at[partner] - 1];
}

static void gather(const struct context *c, struct gathered *partners)
{
    const struct cube_rows *rows = c->asked->rows;
    for (size_t i = 0; i < rows->n; i++) {
        struct growth_row *row = row_of(c, partners, rows->key[CUBE_PARTNER][i]);
        struct growth *g = &row->flow[rows->key[CUBE_FLOW][i]];
        bool now = rows->key[CUBE_PERIOD][i] == c->asked->period[1];
        *(now ? &g->now : &g->before) = figure_of(rows->value_usd[i]);
        row->flags |= flags_of_status(rows->status[i]);
    }
}

static void compare(const struct context *c, struct growth_row *row)
{
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        struct growth *g = &row->flow[f];
        const struct frame *frame = &c->asked->frame;
        const struct goods goods = frame_goods(frame);
        g->before = frame_figure(frame, row->partner, f, c->asked->period[0], goods, g->before);
        g->now = frame_figure(frame, row->partner, f, c->asked->period[1], goods, g->now);
        row->flags |= flags_of_figure(g->before) | flags_of_figure(g->now);
        *g = growth_of(g->before, g->now, c->world[f][0], c->whole[f]);
        row->flags |= g->before.known && g->now.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED);
        row->flags |= flags_of_ratio(g->now, g->before);
    }
    row->balance_before = figure_difference(row->flow[FLOW_EXPORTS].before, row->flow[FLOW_IMPORTS].before);
    row->balance = figure_difference(row->flow[FLOW_EXPORTS].now, row->flow[FLOW_IMPORTS].now);
    if (c->whole[FLOW_EXPORTS] && c->whole[FLOW_IMPORTS])
        row->balance_change = figure_difference(row->balance, row->balance_before);
}

/* What the partners that are listed leave of the world. */
static void sum_up(const struct context *c, const struct gathered *partners, struct growth_summary *summary)
{
    *summary = (struct growth_summary){.partners = partners->n};
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        struct figure rest[2] = {c->world[f][0], c->world[f][1]};
        for (size_t i = 0; i < partners->n; i++) {
            rest[0] = figure_difference(rest[0], partners->row[i].flow[f].before);
            rest[1] = figure_difference(rest[1], partners->row[i].flow[f].now);
        }
        summary->all[f] = growth_of(c->world[f][0], c->world[f][1], FIGURE_NONE, c->whole[f]);
        summary->others[f] = growth_of(rest[0], rest[1], c->world[f][0], c->whole[f]);
    }
}

enum status growth_fold(const struct growth_asked *asked, struct arena *arena, struct growth_row **out, size_t *n,
                        struct growth_summary *summary)
{
    struct context c;
    const size_t countries = countries_count(asked->frame.countries);
    struct gathered partners = {.row = arena_new_raw(arena, struct growth_row, asked->rows->n),
                                .at = arena_new(arena, uint32_t, countries)};
    if (!partners.row || !partners.at)
        return ST_NO_MEMORY;
    start(asked, &c);
    gather(&c, &partners);
    for (size_t i = 0; i < partners.n; i++)
        compare(&c, &partners.row[i]);
    sum_up(&c, &partners, summary);
    *out = partners.row;
    *n = partners.n;
    return ST_OK;
}
