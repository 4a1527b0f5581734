/* A country's partners: one statement of both flows by partner, and what is made of it. */
#include "entrepot/analysis/ranking.h"

#include <math.h>
#include <string.h>

struct ranking {
    struct frame frame;
    uint32_t period[2]; /* the year before, and the one asked for */
    bool growth;        /* both years are there, and complete */
    const struct cube_rows *rows;
};

/* All partners and the world's row, where one of the returns has one: else each partner, unnamed. */
static struct cube_set list_partners(const struct frame *frame, const uint32_t *period, size_t n_periods)
{
    struct cube_set set = {NULL, 0};
    bool row = false;
    size_t n;
    const uint32_t *member = cube_countable(frame->cube, &n);
    for (size_t i = 0; i < n_periods; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            row = row || world_kind(frame, f, period[i]) == WORLD_ROW;
    uint32_t *list = row ? ask_make(frame->ask, uint32_t, n + 1) : NULL;
    if (!list)
        return set;
    memcpy(list, member, n * sizeof *list);
    list[n] = cube_world(frame->cube);
    return (struct cube_set){list, n + 1};
}

static struct ranking *ask(const struct frame *frame, uint32_t period, bool with_year_before)
{
    struct ranking *r = ask_make(frame->ask, struct ranking, 1);
    if (!r)
        return NULL;
    *r = (struct ranking){.frame = *frame, .period = {period_add_years(period, -1), period}};
    r->growth = with_year_before && frame_complete(frame, period) && frame_complete(frame, r->period[0]);
    const uint32_t *first = r->period + !with_year_before;
    struct cube_query q = frame_query(frame, first, 1U + with_year_before);
    q.group |= CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW);
    q.only[CUBE_PARTNER] = list_partners(frame, first, 1U + with_year_before);
    r->rows = ask_add(frame->ask, frame->cube, &q);
    return r;
}

struct ranking *ranking_ask(const struct frame *frame, uint32_t period) { return ask(frame, period, false); }

struct ranking *ranking_ask_growth(const struct frame *frame, uint32_t period) { return ask(frame, period, true); }

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

/* Rows ascend by partner, flow. */
static enum status gather(const struct ranking *r, uint32_t period, struct arena *arena, struct trades *out)
{
    const struct stretch rows = stretch_of(r, period);
    const uint32_t *partner = r->rows->key[CUBE_PARTNER], *flow = r->rows->key[CUBE_FLOW];
    struct trade *t = arena_new_raw(arena, struct trade, rows.to - rows.from);
    *out = (struct trades){t, 0};
    if (!t)
        return ST_NO_MEMORY;
    const uint32_t world = cube_world(r->frame.cube);
    for (size_t i = rows.from; i < rows.to;) {
        if (partner[i] == world) { /* not one of them */
            i++;
            continue;
        }
        t->partner = partner[i];
        t->flow[FLOW_EXPORTS] = t->flow[FLOW_IMPORTS] = FIGURE_NONE;
        t->status = 0;
        for (; i < rows.to && partner[i] == t->partner; i++) {
            t->flow[flow[i]] = figure_of(r->rows->value_usd[i]);
            t->status |= r->rows->status[i];
        }
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            t->flow[f] = frame_figure(&r->frame, t->partner, f, period, frame_goods(&r->frame), t->flow[f]);
        t++;
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

static flag_bits trade_flags(const struct trade *t)
{
    const struct figure x = t->flow[FLOW_EXPORTS], m = t->flow[FLOW_IMPORTS];
    return flags_of_status(t->status) | flags_of_figure(x) | flags_of_figure(m) | flags_of_months(x, m);
}

static flag_bits ranking_flags(const struct ranking *r)
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

static struct deficit_row deficit_row(const struct trade *t, unsigned rank, flag_bits flags)
{
    return (struct deficit_row){.rank = rank,
                                .partner = t->partner,
                                .exports = t->flow[FLOW_EXPORTS],
                                .imports = t->flow[FLOW_IMPORTS],
                                .balance = balance_of(t),
                                .months_held = months_in_common(t->flow[FLOW_EXPORTS], t->flow[FLOW_IMPORTS]),
                                .flags = flags | trade_flags(t)};
}

static void share_deficits(struct deficit_row *row, size_t n, const struct deficit_summary *summary)
{
    struct figure deficits = summary->unsure ? FIGURE_NONE : figure_of(summary->deficits_usd), so_far = figure_of(0);
    for (size_t i = 0; i < n; i++) {
        so_far.usd += row[i].balance.usd;
        row[i].share_of_deficit = figure_ratio(row[i].balance, deficits);
        row[i].cumulative_share = figure_ratio(so_far, deficits);
        row[i].share_of_balance = figure_ratio(row[i].balance, summary->balance);
    }
}

/* Trade with all together: the world's row, or the sum of the partners, as the books have it. */
static void world_flows(const struct ranking *r, uint32_t period, struct figure *flow)
{
    const uint32_t world = cube_world(r->frame.cube), *partner = r->rows->key[CUBE_PARTNER];
    const struct stretch rows = stretch_of(r, period);
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        const bool row = world_kind(&r->frame, f, period) == WORLD_ROW;
        struct figure read = FIGURE_NONE;
        for (size_t i = rows.from; i < rows.to; i++)
            if (r->rows->key[CUBE_FLOW][i] == (uint32_t)f && (partner[i] == world) == row)
                read =
                    read.known ? figure_sum(read, figure_of(r->rows->value_usd[i])) : figure_of(r->rows->value_usd[i]);
        flow[f] = world_figure(&r->frame, f, period, frame_goods(&r->frame), read);
    }
}

enum status ranking_deficits(const struct ranking *r, struct arena *arena, struct deficit_row **out, size_t *n,
                             struct deficit_summary *summary)
{
    struct trades trades;
    enum status status = gather(r, r->period[1], arena, &trades);
    struct place *place = arena_new_raw(arena, struct place, status == ST_OK ? trades.n : 0);
    if (status != ST_OK || !place)
        return ST_NO_MEMORY;
    struct figure world[2];
    world_flows(r, r->period[1], world);
    *summary = (struct deficit_summary){.balance = figure_difference(world[FLOW_EXPORTS], world[FLOW_IMPORTS]),
                                        .partners = trades.n,
                                        .unknown = !world[FLOW_EXPORTS].known || !world[FLOW_IMPORTS].known};
    *n = 0;
    for (size_t i = 0; i < trades.n; i++) {
        const struct trade *t = &trades.trade[i];
        struct figure balance = balance_of(t);
        summary->unsure = summary->unsure || !figure_whole(balance);
        if (!balance.known || balance.usd >= 0)
            continue;
        summary->deficits_usd += balance.usd;
        place[(*n)++] = (struct place){figure_of(-balance.usd), t->partner, (uint32_t)i};
    }
    sort(place, *n);
    struct deficit_row *row = *out = arena_new_raw(arena, struct deficit_row, *n);
    if (!row)
        return ST_NO_MEMORY;
    flag_bits flags = ranking_flags(r);
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
    struct figure all;
};

static enum status year_before(const struct ranking *r, enum partner_measure measure, struct arena *arena,
                               struct before *out)
{
    struct trades trades;
    const size_t n = countries_count(r->frame.countries);
    struct figure world[2];
    *out = (struct before){.value = arena_new(arena, struct figure, n)};
    if (!out->value || gather(r, r->period[0], arena, &trades) != ST_OK)
        return ST_NO_MEMORY;
    world_flows(r, r->period[0], world);
    out->all = measured(measure, world);
    for (size_t i = 0; i < trades.n; i++)
        out->value[trades.trade[i].partner] = measured(measure, trades.trade[i].flow);
    return ST_OK;
}

static struct partner_row partner_row(const struct trade *t, flag_bits flags)
{
    const struct figure x = t->flow[FLOW_EXPORTS], m = t->flow[FLOW_IMPORTS];
    return (struct partner_row){.partner = t->partner,
                                .exports = x,
                                .imports = m,
                                .total = total_of(t),
                                .balance = balance_of(t),
                                .months_held = months_in_common(x, m),
                                .flags =
                                    flags | trade_flags(t) | (x.known && m.known ? 0 : FLAG_BIT(FLAG_NOT_REPORTED))};
}

/* Areas not elsewhere specified are no partners: they have an amount and no rank. */
static void share_partners(const struct ranking *r, const struct place *place, struct partner_row *row, size_t n,
                           struct partner_summary *summary)
{
    struct figure so_far = {.known = true, .months = summary->value.months};
    double sum_sq = 0;
    bool whole = figure_whole(summary->value), each = true, vague = false;
    for (size_t i = 0; i < n; i++)
        each = each && figure_whole(place[i].value);
    for (size_t i = 0; i < n; i++) {
        const struct figure value = place[i].value;
        const bool specified = cube_specified(r->frame.cube, place[i].partner);
        vague = vague || (!specified && value.known && value.usd > 0);
        if (value.known) {
            so_far.usd += value.usd;
            summary->partners += value.usd > 0 && specified;
        }
        if (value.known && specified) {
            row[i].rank = ++summary->ranked;
            sum_sq += (double)value.usd * (double)value.usd;
        }
        row[i].share = figure_ratio(value, summary->value);
        row[i].cumulative_share =
            each ? figure_ratio(so_far, summary->value) : (double)NAN; /* a larger one may be missing */
    }
    summary->hhi = whole && each ? hhi_of_sums(summary->value.usd, sum_sq) : (double)NAN;
    summary->flags = vague ? FLAG_BIT(FLAG_LOWER_BOUND) : 0;
    for (size_t i = 0; i < n; i++)
        summary->flags |= place[i].value.flags & FLAG_BIT(FLAG_WORLD_DIFFERS);
    summary->equivalent = vague ? (double)NAN : 1 / summary->hhi;
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
    struct figure world[2];
    world_flows(r, r->period[1], world);
    *n = trades.n;
    *summary = (struct partner_summary){.value = measured(measure, world)};
    summary->months_held = (unsigned)__builtin_popcount(summary->value.months);
    struct partner_row *row = *out = arena_new_raw(arena, struct partner_row, *n);
    if (!row)
        return ST_NO_MEMORY;
    flag_bits flags = ranking_flags(r);
    for (size_t i = 0; i < *n; i++) {
        row[i] = partner_row(&trades.trade[place[i].at], flags);
        row[i].growth = r->growth ? figure_growth(place[i].value, before.value[row[i].partner]) : (double)NAN;
    }
    share_partners(r, place, row, *n, summary);
    summary->growth = r->growth ? figure_growth(summary->value, before.all) : (double)NAN;
    return ST_OK;
}

/* ---- one partner among all ---- */

enum { EXPORTS, IMPORTS, TOTAL, DEFICIT };

static struct figure amount_of(const struct trade *t, unsigned measure)
{
    const struct figure x = t->flow[FLOW_EXPORTS], m = t->flow[FLOW_IMPORTS];
    return measure == EXPORTS   ? x
           : measure == IMPORTS ? m
           : measure == TOTAL   ? figure_sum(x, m)
                                : figure_difference(m, x);
}

/* Not known where the amount of another is not. */
static unsigned rank_of(const struct ranking *r, const struct trades *trades, const struct trade *mine,
                        unsigned measure)
{
    const struct figure own = amount_of(mine, measure);
    unsigned rank = 1;
    if (!figure_whole(own) || own.usd <= 0)
        return 0;
    for (size_t i = 0; i < trades->n; i++) {
        const struct figure other = amount_of(&trades->trade[i], measure);
        if (!cube_specified(r->frame.cube, trades->trade[i].partner))
            continue;
        if (!figure_whole(other))
            return 0;
        rank += other.usd > own.usd;
    }
    return rank;
}

enum status ranking_standing(const struct ranking *r, struct arena *arena, struct standing *out)
{
    struct trades trades;
    struct trade mine = {.flow = {FIGURE_NONE, FIGURE_NONE}};
    if (gather(r, r->period[1], arena, &trades) != ST_OK)
        return ST_NO_MEMORY;
    unsigned partners = 0;
    for (size_t i = 0; i < trades.n; i++) {
        partners += cube_specified(r->frame.cube, trades.trade[i].partner);
        if (trades.trade[i].partner == r->frame.partner)
            mine = trades.trade[i];
    }
    *out = (struct standing){.exports = rank_of(r, &trades, &mine, EXPORTS),
                             .imports = rank_of(r, &trades, &mine, IMPORTS),
                             .total = rank_of(r, &trades, &mine, TOTAL),
                             .deficit = rank_of(r, &trades, &mine, DEFICIT),
                             .partners = partners};
    return ST_OK;
}

double ranking_import_hhi(const struct ranking *r)
{
    int64_t sum_usd = 0;
    double sum_sq = 0;
    const struct stretch rows = stretch_of(r, r->period[1]);
    for (size_t i = rows.from; i < rows.to; i++)
        if (r->rows->key[CUBE_FLOW][i] == FLOW_IMPORTS && r->rows->key[CUBE_PARTNER][i] != cube_world(r->frame.cube)) {
            double value = (double)r->rows->value_usd[i];
            sum_usd += r->rows->value_usd[i];
            sum_sq += cube_specified(r->frame.cube, r->rows->key[CUBE_PARTNER][i]) ? value * value : 0;
        }
    if (!world_lists_all(&r->frame, FLOW_IMPORTS, r->period[1]))
        return (double)NAN;
    return hhi_of_sums(sum_usd, sum_sq);
}
