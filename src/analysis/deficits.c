#include "entrepot/analysis/deficits.h"

#include <math.h>

static int by_balance(const void *a, const void *b)
{
    const struct deficit_row *x = a, *y = b;
    if (x->balance.usd != y->balance.usd)
        return x->balance.usd < y->balance.usd ? -1 : 1;
    return x->partner < y->partner ? -1 : x->partner > y->partner;
}

/* One row for each partner with any trade, in the order of the cube's members. All partners are recorded, so what an absent key
 * means is the same for each of them. */
static size_t gather(const struct frame *frame, const struct cube_rows *rows, uint32_t period, struct deficit_row *row)
{
    struct figure no_exports = frame_absent(frame, ANY_MEMBER, FLOW_EXPORTS, period);
    struct figure no_imports = frame_absent(frame, ANY_MEMBER, FLOW_IMPORTS, period);
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        uint32_t partner = rows->key[CUBE_PARTNER][i];
        if (n == 0 || row[n - 1].partner != partner)
            row[n++] = (struct deficit_row){.partner = partner, .exports = no_exports, .imports = no_imports};
        struct deficit_row *r = &row[n - 1];
        *(rows->key[CUBE_FLOW][i] == FLOW_EXPORTS ? &r->exports : &r->imports) =
            (struct figure){rows->value_usd[i], true};
        r->flags |= flags_of_status(rows->status[i]);
    }
    return n;
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
    struct deficit_row *row = arena_new(arena, struct deficit_row, rows.n);
    if (!row)
        return ST_NO_MEMORY;
    summary->partners = gather(frame, &rows, period, row);
    unsigned flags = frame_complete(frame, period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    flags |= cube_dataset(frame->cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0;
    *n = 0;
    for (size_t i = 0; i < summary->partners; i++) {
        struct deficit_row r = row[i];
        r.balance = figure_difference(r.exports, r.imports);
        r.flags |= flags;
        if (!r.balance.known || r.balance.usd >= 0)
            continue;
        summary->deficits_usd += r.balance.usd;
        row[(*n)++] = r;
    }
    if (*n)
        qsort(row, *n, sizeof *row, by_balance);
    add_shares(row, *n, summary);
    *out = row;
    return ST_OK;
}
