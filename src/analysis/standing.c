#include "entrepot/analysis/standing.h"

/* One partner's measures: what is ranked. */
enum { EXPORTS, IMPORTS, TOTAL, DEFICIT, MEASURES };

struct amounts {
    int64_t of[MEASURES];
};

/* One entry for each partner, from rows that ascend by partner; *mine is the frame's. */
static size_t gather(const struct frame *frame, const struct cube_rows *rows, struct amounts *all, struct amounts *mine)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (i == 0 || rows->key[CUBE_PARTNER][i] != rows->key[CUBE_PARTNER][i - 1])
            all[n++] = (struct amounts){.of = {0}};
        struct amounts *a = &all[n - 1];
        bool exports = rows->key[CUBE_FLOW][i] == FLOW_EXPORTS;
        int64_t usd = rows->value_usd[i];
        a->of[exports ? EXPORTS : IMPORTS] += usd;
        a->of[TOTAL] += usd;
        a->of[DEFICIT] += exports ? -usd : usd;
        if (rows->key[CUBE_PARTNER][i] == frame->partner)
            *mine = *a;
    }
    return n;
}

static unsigned rank_of(const struct amounts *all, size_t n, const struct amounts *mine, unsigned measure)
{
    if (mine->of[measure] <= 0)
        return 0;
    unsigned rank = 1;
    for (size_t i = 0; i < n; i++)
        rank += all[i].of[measure] > mine->of[measure];
    return rank;
}

enum status partner_standing(const struct frame *frame, uint32_t period, struct arena *arena, struct standing *out)
{
    struct cube_query q = {.group = CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW),
                           .kind = period_kind_of(period),
                           .spread = CUBE_NO_SPREAD,
                           .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    struct cube_rows rows;
    enum status status = cube_run(frame->cube, &q, &rows, 1, arena);
    struct amounts *all = arena_new(arena, struct amounts, status == ST_OK ? rows.n : 0), mine = {.of = {0}};
    if (status != ST_OK || !all)
        return status != ST_OK ? status : ST_NO_MEMORY;
    size_t n = gather(frame, &rows, all, &mine);
    *out = (struct standing){.exports = rank_of(all, n, &mine, EXPORTS),
                             .imports = rank_of(all, n, &mine, IMPORTS),
                             .total = rank_of(all, n, &mine, TOTAL),
                             .deficit = rank_of(all, n, &mine, DEFICIT),
                             .partners = (unsigned)n};
    return ST_OK;
}
