#include "entrepot/analysis/deficits.h"

#include <math.h>

/* A partner's place in the ranking: small, since it is moved about. */
struct deficit {
    int64_t usd;          /* the balance, negative */
    uint32_t partner, at; /* at: the first of the partner's rows */
};

static int by_balance(const void *a, const void *b)
{
    const struct deficit *x = a, *y = b;
    if (x->usd != y->usd)
        return x->usd < y->usd ? -1 : 1;
    return x->partner < y->partner ? -1 : x->partner > y->partner;
}

/* What an absent key means. All partners are recorded, so it is the same for each of them. */
struct absence {
    struct figure flow[2];
};

/* Both flows of one partner, from its first row on; returns the place behind its last one. */
static size_t take_partner(const struct cube_rows *rows, size_t at, struct figure flow[2])
{
    const uint32_t *partner = rows->key[CUBE_PARTNER], *of = rows->key[CUBE_FLOW];
    const size_t n = rows->n > at + 1 && partner[at + 1] == partner[at] ? 2 : 1;
    for (size_t i = at; i < at + n; i++) {
        flow[of[i]].usd = rows->value_usd[i];
        flow[of[i]].known = true;
    }
    return at + n;
}

/* Those with a deficit of all partners with any trade, the largest first. Returns how many. */
static size_t rank(const struct cube_rows *rows, const struct absence *absent, struct deficit *deficit,
                   struct deficit_summary *summary)
{
    size_t n = 0;
    for (size_t i = 0, next; i < rows->n; i = next) {
        struct figure flow[2] = {absent->flow[FLOW_EXPORTS], absent->flow[FLOW_IMPORTS]};
        next = take_partner(rows, i, flow);
        struct figure balance = figure_difference(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
        summary->partners++;
        if (!balance.known || balance.usd >= 0)
            continue;
        summary->deficits_usd += balance.usd;
        deficit[n++] = (struct deficit){balance.usd, rows->key[CUBE_PARTNER][i], (uint32_t)i};
    }
    if (n)
        qsort(deficit, n, sizeof *deficit, by_balance);
    return n;
}

static void fill(const struct cube_rows *rows, const struct absence *absent, unsigned flags, size_t at,
                 struct deficit_row *row)
{
    struct figure flow[2] = {absent->flow[FLOW_EXPORTS], absent->flow[FLOW_IMPORTS]};
    const size_t end = take_partner(rows, at, flow);
    row->partner = rows->key[CUBE_PARTNER][at];
    row->exports = flow[FLOW_EXPORTS];
    row->imports = flow[FLOW_IMPORTS];
    row->balance = figure_difference(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
    row->flags = flags;
    for (size_t i = at; i < end; i++)
        row->flags |= flags_of_status(rows->status[i]);
}

/* The balance with the world: from its own row where there is one, else the sum over partners. */
static enum status world_balance(const struct frame *frame, uint32_t period, struct arena *arena, struct figure *out)
{
    struct figure flow[2];
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        uint32_t world = countries_world(frame->countries), stored = (uint32_t)f;
        enum world_kind kind = frame_world(frame, f, period);
        struct cube_query q = {.kind = period_kind_of(period), .spread = CUBE_NO_SPREAD, .trace = frame->trace};
        q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
        q.only[CUBE_FLOW] = (struct cube_set){&stored, 1};
        q.only[CUBE_PERIOD] = (struct cube_set){&period, 1};
        q.only[CUBE_PRODUCT] = frame->leaves;
        if (kind == WORLD_ROW)
            q.only[CUBE_PARTNER] = (struct cube_set){&world, 1};
        struct cube_rows rows;
        enum status status = cube_run(frame->cube, &q, &rows, 1, arena);
        if (status != ST_OK)
            return status;
        flow[f] = kind == WORLD_UNKNOWN ? FIGURE_NONE : (struct figure){rows.n ? rows.value_usd[0] : 0, true};
    }
    *out = figure_difference(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
    return ST_OK;
}

static void add_shares(struct deficit_row *row, size_t n, const struct deficit_summary *summary)
{
    struct figure deficits = {summary->deficits_usd, true}, so_far = {0, true};
    for (size_t i = 0; i < n; i++) {
        so_far.usd += row[i].balance.usd;
        row[i].rank = (unsigned)i + 1;
        row[i].share_of_deficit = figure_ratio(row[i].balance, deficits);
        row[i].cumulative_share = figure_ratio(so_far, deficits);
        row[i].share_of_balance = figure_ratio(row[i].balance, summary->balance);
    }
}

enum status deficit_ranking(const struct frame *frame, uint32_t period, struct arena *arena, struct deficit_row **out,
                            size_t *n, struct deficit_summary *summary)
{
    struct cube_query q = {.group = CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW),
                           .kind = period_kind_of(period),
                           .spread = CUBE_NO_SPREAD,
                           .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    struct cube_rows rows;
    *summary = (struct deficit_summary){.deficits_usd = 0};
    enum status status = cube_run(frame->cube, &q, &rows, 1, arena);
    if (status == ST_OK)
        status = world_balance(frame, period, arena, &summary->balance);
    if (status != ST_OK)
        return status;
    struct deficit *deficit = arena_new_raw(arena, struct deficit, rows.n);
    if (!deficit)
        return ST_NO_MEMORY;
    unsigned flags = frame_complete(frame, period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    flags |= cube_dataset(frame->cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0;
    const struct absence absent = {{[FLOW_EXPORTS] = frame_absent(frame, ANY_MEMBER, FLOW_EXPORTS, period),
                                    [FLOW_IMPORTS] = frame_absent(frame, ANY_MEMBER, FLOW_IMPORTS, period)}};
    *n = rank(&rows, &absent, deficit, summary);
    *out = arena_new_raw(arena, struct deficit_row, *n);
    if (!*out)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < *n; i++)
        fill(&rows, &absent, flags, deficit[i].at, &(*out)[i]);
    add_shares(*out, *n, summary);
    return ST_OK;
}
