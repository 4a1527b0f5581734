#include "entrepot/analysis/partners.h"

#include <math.h>

/* What a partner has in both years; a flow without observation is `absent`. */
struct trade {
    struct figure flow[2];
    unsigned status;
    bool present;
};

struct ranking {
    const struct frame *frame;
    enum partner_measure measure;
    uint32_t period[2];         /* the year before, and the one asked for */
    struct trade *trade[2];     /* by country id */
    struct figure absent[2][2]; /* by year and flow */
    bool growth;
};

static struct cube_query query_of(const struct frame *frame, const uint32_t *period)
{
    struct cube_query q = {.group = CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW) | CUBE_BIT(CUBE_PERIOD),
                           .kind = period_kind_of(period[1]),
                           .spread = CUBE_NO_SPREAD,
                           .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){period, 2};
    q.only[CUBE_PRODUCT] = frame->leaves;
    return q;
}

static struct figure measured(enum partner_measure measure, const struct figure *flow)
{
    switch (measure) {
    case PARTNERS_BY_TOTAL: return figure_sum(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
    case PARTNERS_BY_EXPORTS: return flow[FLOW_EXPORTS];
    case PARTNERS_BY_IMPORTS: return flow[FLOW_IMPORTS];
    }
    BUG("no such measure");
}

static enum status gather(struct ranking *r, struct arena *arena)
{
    struct cube_rows rows;
    struct cube_query q = query_of(r->frame, r->period);
    size_t n = countries_count(r->frame->countries);
    enum status status = cube_run(r->frame->cube, &q, &rows, 1, arena);
    if (status != ST_OK)
        return status;
    for (size_t year = 0; year < 2; year++) {
        r->trade[year] = arena_new(arena, struct trade, n);
        if (!r->trade[year])
            return ST_NO_MEMORY;
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            r->absent[year][f] = frame_absent(r->frame, ANY_MEMBER, f, r->period[year]);
    }
    for (size_t i = 0; i < rows.n; i++) {
        size_t year = rows.key[CUBE_PERIOD][i] == r->period[1];
        struct trade *t = &r->trade[year][rows.key[CUBE_PARTNER][i]];
        if (!t->present)
            memcpy(t->flow, r->absent[year], sizeof t->flow);
        t->flow[rows.key[CUBE_FLOW][i]] = (struct figure){rows.value_usd[i], true};
        t->status |= rows.status[i];
        t->present = true;
    }
    return ST_OK;
}

static double growth_of(const struct ranking *r, uint32_t partner, struct figure now)
{
    const struct trade *before = &r->trade[0][partner];
    return r->growth ? figure_growth(now, measured(r->measure, before->present ? before->flow : r->absent[0]))
                     : (double)NAN;
}

/* A row, and its measure beside it. */
struct ranked {
    struct figure value;
    struct partner_row row;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->value.known != y->value.known)
        return x->value.known ? -1 : 1;
    if (x->value.usd != y->value.usd)
        return x->value.usd > y->value.usd ? -1 : 1;
    return x->row.partner < y->row.partner ? -1 : x->row.partner > y->row.partner;
}

static size_t list(const struct ranking *r, unsigned flags, struct ranked *out)
{
    size_t n = 0;
    for (uint32_t id = 0; id < countries_count(r->frame->countries); id++) {
        const struct trade *t = &r->trade[1][id];
        if (!t->present)
            continue;
        const struct figure x = t->flow[FLOW_EXPORTS], m = t->flow[FLOW_IMPORTS];
        struct partner_row row = {.partner = id, .exports = x, .imports = m, .flags = flags};
        row.total = figure_sum(x, m);
        row.balance = figure_difference(x, m);
        row.flags |= flags_of_status(t->status) | (x.known && m.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED));
        struct figure value = measured(r->measure, t->flow);
        row.growth = growth_of(r, id, value);
        out[n++] = (struct ranked){value, row};
    }
    return n;
}

static void add_shares(struct ranked *list, size_t n, struct partner_summary *summary)
{
    struct figure so_far = {0, true};
    double sum_sq = 0;
    for (size_t i = 0; i < n; i++)
        summary->value.usd += list[i].value.known ? list[i].value.usd : 0;
    for (size_t i = 0; i < n; i++) {
        struct partner_row *row = &list[i].row;
        if (list[i].value.known) {
            row->rank = (unsigned)i + 1;
            so_far.usd += list[i].value.usd;
            sum_sq += (double)list[i].value.usd * (double)list[i].value.usd;
            summary->partners += list[i].value.usd > 0;
        }
        row->share = figure_ratio(list[i].value, summary->value);
        row->cumulative_share = list[i].value.known ? figure_ratio(so_far, summary->value) : (double)NAN;
    }
    summary->hhi = hhi_of_sums(summary->value.usd, sum_sq);
    summary->equivalent = 1 / summary->hhi;
}

/* The sum of all partners against theirs a year before. */
static double growth_of_sum(const struct ranking *r, struct figure now)
{
    struct figure before = {0, true};
    for (uint32_t id = 0; id < countries_count(r->frame->countries); id++)
        if (r->trade[0][id].present)
            before = figure_sum(before, measured(r->measure, r->trade[0][id].flow));
    return r->growth ? figure_growth(now, before) : (double)NAN;
}

enum status partner_ranking(const struct frame *frame, uint32_t period, enum partner_measure measure,
                            struct arena *arena, struct partner_row **out, size_t *n, struct partner_summary *summary)
{
    struct ranking r = {.frame = frame, .measure = measure, .period = {period_add_years(period, -1), period}};
    bool complete = frame_complete(frame, period);
    r.growth = complete && frame_complete(frame, r.period[0]);
    enum status status = gather(&r, arena);
    struct ranked *ranked = arena_new(arena, struct ranked, countries_count(frame->countries));
    if (status != ST_OK || !ranked)
        return status != ST_OK ? status : ST_NO_MEMORY;
    *summary = (struct partner_summary){.value = {0, true}};
    *n = list(&r,
              (complete ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR)) |
                  (cube_dataset(frame->cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0),
              ranked);
    if (*n)
        qsort(ranked, *n, sizeof *ranked, by_value);
    add_shares(ranked, *n, summary);
    summary->growth = growth_of_sum(&r, summary->value);
    struct partner_row *row = *out = arena_new(arena, struct partner_row, *n);
    if (!row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < *n; i++)
        row[i] = ranked[i].row;
    return ST_OK;
}

uint64_t partner_cost(const struct frame *frame, uint32_t period)
{
    const uint32_t both[2] = {period_add_years(period, -1), period};
    struct cube_query q = query_of(frame, both);
    return cube_cost(frame->cube, &q);
}
