/* A country's partners: one statement of both flows by partner, and what is made of it. */
#include "entrepot/analysis/ranking.h"

#include <math.h>

struct ranking {
    struct frame frame;
    uint32_t period[2]; /* the year before, and the one asked for */
    bool growth;        /* both years are there, and complete */
    const struct cube_rows *rows;
    struct world world;
};

static struct ranking *ask(const struct frame *frame, uint32_t period, bool with_year_before)
{
    struct ranking *r = ask_make(frame->ask, struct ranking, 1);
    if (!r)
        return NULL;
    *r = (struct ranking){.frame = *frame, .period = {period_add_years(period, -1), period}};
    r->growth = with_year_before && frame_complete(frame, period) && frame_complete(frame, r->period[0]);
    struct cube_query q = frame_query(frame, r->period + !with_year_before, 1U + with_year_before);
    q.group |= CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW);
    r->rows = ask_add(frame->ask, frame->cube, &q);
    return r;
}

struct ranking *ranking_ask(const struct frame *frame, uint32_t period) { return ask(frame, period, false); }

struct ranking *ranking_ask_growth(const struct frame *frame, uint32_t period) { return ask(frame, period, true); }

struct ranking *ranking_ask_balance(const struct frame *frame, uint32_t period)
{
    struct ranking *r = ask(frame, period, false);
    if (r)
        r->world = world_ask(frame, NULL, BOTH_FLOWS, 0, &period, 1);
    return r;
}

/* ---- partner by partner ---- */

/* Both flows of one partner; a flow without observation is what its absence means. */
struct trade {
    uint32_t partner;
    struct figure flow[2];
    unsigned status;
};

struct trades {
    struct trade *trade; /* in the cube's order of partners */
    size_t n;
};

/* The rows of one period, which stand together. */
struct stretch {
    size_t from, to;
};

static struct stretch stretch_of(const struct ranking *r, uint32_t period)
{
    const uint32_t *key = r->rows->key[CUBE_PERIOD];
    struct stretch s = {0, r->rows->n};
    if (!key)
        return s;
    while (s.from < s.to && key[s.from] != period)
        s.from++;
    while (s.from < s.to && key[s.to - 1] != period)
        s.to--;
    return s;
}

/* Rows ascend by partner, flow. All partners are recorded, so an absent key means the same for each of them. */
static enum status gather(const struct ranking *r, uint32_t period, struct arena *arena, struct trades *out)
{
    const struct stretch rows = stretch_of(r, period);
    const uint32_t *partner = r->rows->key[CUBE_PARTNER], *flow = r->rows->key[CUBE_FLOW];
    const struct figure x = frame_absent(&r->frame, ANY_MEMBER, FLOW_EXPORTS, period),
                        m = frame_absent(&r->frame, ANY_MEMBER, FLOW_IMPORTS, period);
    struct trade *t = arena_new_raw(arena, struct trade, rows.to - rows.from);
    *out = (struct trades){t, 0};
    if (!t)
        return ST_NO_MEMORY;
    for (size_t i = rows.from; i < rows.to; t++) {
        t->partner = partner[i];
        t->flow[FLOW_EXPORTS] = x;
        t->flow[FLOW_IMPORTS] = m;
        t->status = 0;
        for (; i < rows.to && partner[i] == t->partner; i++) {
            t->flow[flow[i]].usd = r->rows->value_usd[i];
            t->flow[flow[i]].known = true;
            t->status |= r->rows->status[i];
        }
    }
    out->n = (size_t)(t - out->trade);
    return ST_OK;
}

static struct figure balance_of(const struct trade *t)
{
    return figure_difference(t->flow[FLOW_EXPORTS], t->flow[FLOW_IMPORTS]);
}

static struct figure total_of(const struct trade *t)
{
    return figure_sum(t->flow[FLOW_EXPORTS], t->flow[FLOW_IMPORTS]);
}

static unsigned ranking_flags(const struct ranking *r)
{
    return (frame_complete(&r->frame, r->period[1]) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR)) |
           (cube_dataset(r->frame.cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0);
}

/* A partner's place in a ranking: small, since it is moved about. */
struct place {
    struct figure value; /* the larger, the earlier; unknown comes last */
    uint32_t partner, at;
};

static int by_value(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->value.known != y->value.known)
        return x->value.known ? -1 : 1;
    if (x->value.usd != y->value.usd)
        return x->value.usd > y->value.usd ? -1 : 1;
    return x->partner < y->partner ? -1 : x->partner > y->partner;
}

static void sort(struct place *place, size_t n)
{
    if (n)
        qsort(place, n, sizeof *place, by_value);
}

/* ---- deficits ---- */

static struct deficit_row deficit_row(const struct trade *t, unsigned rank, unsigned flags)
{
    return (struct deficit_row){.rank = rank,
                                .partner = t->partner,
                                .exports = t->flow[FLOW_EXPORTS],
                                .imports = t->flow[FLOW_IMPORTS],
                                .balance = balance_of(t),
                                .flags = flags | flags_of_status(t->status)};
}

static void share_deficits(struct deficit_row *row, size_t n, const struct deficit_summary *summary)
{
    struct figure deficits = {summary->deficits_usd, true}, so_far = {0, true};
    for (size_t i = 0; i < n; i++) {
        so_far.usd += row[i].balance.usd;
        row[i].share_of_deficit = figure_ratio(row[i].balance, deficits);
        row[i].cumulative_share = figure_ratio(so_far, deficits);
        row[i].share_of_balance = figure_ratio(row[i].balance, summary->balance);
    }
}

/* A world that is known and has no trade has a balance of 0. */
static struct figure world_balance(const struct ranking *r)
{
    struct figure flow[2];
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        unsigned status = 0;
        flow[f] = world_total(&r->world, f, r->period[1], &status);
        flow[f].known = world_kind(&r->frame, f, r->period[1]) != WORLD_UNKNOWN;
    }
    return figure_difference(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
}

enum status ranking_deficits(const struct ranking *r, struct arena *arena, struct deficit_row **out, size_t *n,
                             struct deficit_summary *summary)
{
    struct trades trades;
    enum status status = gather(r, r->period[1], arena, &trades);
    struct place *place = arena_new_raw(arena, struct place, status == ST_OK ? trades.n : 0);
    if (status != ST_OK || !place)
        return ST_NO_MEMORY;
    *summary = (struct deficit_summary){.balance = world_balance(r), .partners = trades.n};
    *n = 0;
    for (size_t i = 0; i < trades.n; i++) {
        const struct trade *t = &trades.trade[i];
        struct figure balance = balance_of(t);
        if (!balance.known || balance.usd >= 0)
            continue;
        summary->deficits_usd += balance.usd;
        place[(*n)++] = (struct place){{-balance.usd, true}, t->partner, (uint32_t)i};
    }
    sort(place, *n);
    struct deficit_row *row = *out = arena_new_raw(arena, struct deficit_row, *n);
    if (!row)
        return ST_NO_MEMORY;
    unsigned flags = ranking_flags(r);
    for (size_t i = 0; i < *n; i++)
        row[i] = deficit_row(&trades.trade[place[i].at], (unsigned)i + 1, flags);
    share_deficits(row, *n, summary);
    return ST_OK;
}

/* ---- partners ---- */

static struct figure measured(enum partner_measure measure, const struct figure *flow)
{
    switch (measure) {
    case PARTNERS_BY_TOTAL: return figure_sum(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
    case PARTNERS_BY_EXPORTS: return flow[FLOW_EXPORTS];
    case PARTNERS_BY_IMPORTS: return flow[FLOW_IMPORTS];
    }
    BUG("no such measure");
}

/* What each partner had in the year before, by country id. */
struct before {
    struct figure *value;
    struct figure sum;
};

static enum status year_before(const struct ranking *r, enum partner_measure measure, struct arena *arena,
                               struct before *out)
{
    struct trades trades;
    const size_t n = countries_count(r->frame.countries);
    const struct figure none[2] = {frame_absent(&r->frame, ANY_MEMBER, FLOW_EXPORTS, r->period[0]),
                                   frame_absent(&r->frame, ANY_MEMBER, FLOW_IMPORTS, r->period[0])};
    *out = (struct before){.value = arena_new_raw(arena, struct figure, n), .sum = {0, true}};
    if (!out->value || gather(r, r->period[0], arena, &trades) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out->value[i] = measured(measure, none);
    for (size_t i = 0; i < trades.n; i++) {
        struct figure value = measured(measure, trades.trade[i].flow);
        out->value[trades.trade[i].partner] = value;
        out->sum = figure_sum(out->sum, value);
    }
    return ST_OK;
}

static struct partner_row partner_row(const struct trade *t, unsigned flags)
{
    const struct figure x = t->flow[FLOW_EXPORTS], m = t->flow[FLOW_IMPORTS];
    return (struct partner_row){.partner = t->partner,
                                .exports = x,
                                .imports = m,
                                .total = total_of(t),
                                .balance = balance_of(t),
                                .flags = flags | flags_of_status(t->status) |
                                         (x.known && m.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED))};
}

static void share_partners(const struct place *place, struct partner_row *row, size_t n,
                           struct partner_summary *summary)
{
    struct figure so_far = {0, true};
    double sum_sq = 0;
    for (size_t i = 0; i < n; i++)
        summary->value.usd += place[i].value.known ? place[i].value.usd : 0;
    for (size_t i = 0; i < n; i++) {
        const struct figure value = place[i].value;
        if (value.known) {
            row[i].rank = (unsigned)i + 1;
            so_far.usd += value.usd;
            sum_sq += (double)value.usd * (double)value.usd;
            summary->partners += value.usd > 0;
        }
        row[i].share = figure_ratio(value, summary->value);
        row[i].cumulative_share = value.known ? figure_ratio(so_far, summary->value) : (double)NAN;
    }
    summary->hhi = hhi_of_sums(summary->value.usd, sum_sq);
    summary->equivalent = 1 / summary->hhi;
}

static enum status place_partners(const struct trades *trades, enum partner_measure measure, struct arena *arena,
                                  struct place **out)
{
    struct place *place = *out = arena_new_raw(arena, struct place, trades->n);
    if (!place)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < trades->n; i++)
        place[i] = (struct place){measured(measure, trades->trade[i].flow), trades->trade[i].partner, (uint32_t)i};
    sort(place, trades->n);
    return ST_OK;
}

enum status ranking_partners(const struct ranking *r, enum partner_measure measure, struct arena *arena,
                             struct partner_row **out, size_t *n, struct partner_summary *summary)
{
    struct trades trades;
    struct before before;
    struct place *place;
    if (gather(r, r->period[1], arena, &trades) != ST_OK || year_before(r, measure, arena, &before) != ST_OK ||
        place_partners(&trades, measure, arena, &place) != ST_OK)
        return ST_NO_MEMORY;
    *n = trades.n;
    *summary = (struct partner_summary){.value = {0, true}};
    struct partner_row *row = *out = arena_new_raw(arena, struct partner_row, *n);
    if (!row)
        return ST_NO_MEMORY;
    unsigned flags = ranking_flags(r);
    for (size_t i = 0; i < *n; i++) {
        row[i] = partner_row(&trades.trade[place[i].at], flags);
        row[i].growth = r->growth ? figure_growth(place[i].value, before.value[row[i].partner]) : (double)NAN;
    }
    share_partners(place, row, *n, summary);
    summary->growth = r->growth ? figure_growth(summary->value, before.sum) : (double)NAN;
    return ST_OK;
}

/* ---- one partner among all ---- */

/* What is not known counts as nothing here. */
enum { EXPORTS, IMPORTS, TOTAL, DEFICIT };

static int64_t amount_of(const struct trade *t, unsigned measure)
{
    int64_t x = t->flow[FLOW_EXPORTS].usd, m = t->flow[FLOW_IMPORTS].usd;
    return measure == EXPORTS ? x : measure == IMPORTS ? m : measure == TOTAL ? x + m : m - x;
}

static unsigned rank_of(const struct trades *trades, const struct trade *mine, unsigned measure)
{
    if (amount_of(mine, measure) <= 0)
        return 0;
    unsigned rank = 1;
    for (size_t i = 0; i < trades->n; i++)
        rank += amount_of(&trades->trade[i], measure) > amount_of(mine, measure);
    return rank;
}

enum status ranking_standing(const struct ranking *r, struct arena *arena, struct standing *out)
{
    struct trades trades;
    struct trade mine = {.flow = {FIGURE_NONE, FIGURE_NONE}};
    if (gather(r, r->period[1], arena, &trades) != ST_OK)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < trades.n; i++)
        if (trades.trade[i].partner == r->frame.partner)
            mine = trades.trade[i];
    *out = (struct standing){.exports = rank_of(&trades, &mine, EXPORTS),
                             .imports = rank_of(&trades, &mine, IMPORTS),
                             .total = rank_of(&trades, &mine, TOTAL),
                             .deficit = rank_of(&trades, &mine, DEFICIT),
                             .partners = (unsigned)trades.n};
    return ST_OK;
}

double ranking_import_hhi(const struct ranking *r)
{
    int64_t sum_usd = 0;
    double sum_sq = 0;
    const struct stretch rows = stretch_of(r, r->period[1]);
    for (size_t i = rows.from; i < rows.to; i++)
        if (r->rows->key[CUBE_FLOW][i] == FLOW_IMPORTS) {
            double value = (double)r->rows->value_usd[i];
            sum_usd += r->rows->value_usd[i];
            sum_sq += value * value;
        }
    return hhi_of_sums(sum_usd, sum_sq);
}
