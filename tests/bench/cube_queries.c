/* Questions, and their parameters. */
#include "bench/cube_queries.h"

#include "bench/synth.h"

static _Noreturn void die(const char *what, enum status status)
{
    fprintf(stderr, "bench_cube: %s: status %d\n", what, (int)status);
    exit(1);
}

/* ---- folds ---- */

static void fold_dependence(const struct cube_rows *rows, struct bench_answer *answer)
{
    for (size_t i = 0; i < rows->n; i++) {
        answer->more += rows->top_value_usd[i];
        answer->members += rows->members[i];
        answer->sum_sq += rows->sum_sq[i];
    }
}

/* Keeps the TOP_DEFICITS smallest balances in ascending order. */
static void keep_deficit(int64_t top[TOP_DEFICITS], size_t *n, int64_t balance)
{
    if (balance >= 0 || (*n == TOP_DEFICITS && balance >= top[*n - 1]))
        return;
    size_t at = *n < TOP_DEFICITS ? (*n)++ : *n - 1;
    for (; at > 0 && top[at - 1] > balance; at--)
        top[at] = top[at - 1];
    top[at] = balance;
}

static void fold_deficits(const struct cube_rows *rows, struct bench_answer *answer)
{
    int64_t top[TOP_DEFICITS];
    size_t n = 0;
    for (size_t i = 0; i < rows->n;) {
        int64_t balance = 0;
        size_t first = i;
        for (; i < rows->n && rows->key[CUBE_REPORTER][i] == rows->key[CUBE_REPORTER][first] &&
               rows->key[CUBE_PARTNER][i] == rows->key[CUBE_PARTNER][first];
             i++)
            balance += rows->key[CUBE_FLOW][i] == FLOW_EXPORTS ? rows->value_usd[i] : -rows->value_usd[i];
        keep_deficit(top, &n, balance);
    }
    for (size_t i = 0; i < n; i++)
        answer->more += top[i];
}

static void fold_quantity(const struct cube_rows *rows, struct bench_answer *answer)
{
    for (size_t i = 0; rows->quantity_kg && i < rows->n; i++)
        if (rows->quantity_kg[i] != QUANTITY_UNKNOWN)
            answer->more += rows->quantity_kg[i];
}

#define BY(dim) CUBE_BIT(CUBE_##dim)

const struct bench_query bench_queries[] = {
    {"pair", "pair totals, all years", USES_REPORTER | USES_PARTNER, BY(FLOW) | BY(PERIOD), LEVEL_TOTAL, CUBE_NO_SPREAD,
     false, false, NULL},
    {"pair-hs2", "pair by HS2, all years", USES_REPORTER | USES_PARTNER, BY(FLOW) | BY(PERIOD) | BY(PRODUCT), LEVEL_HS2,
     CUBE_NO_SPREAD, false, false, NULL},
    {"pair-hs6", "pair by HS6 with quantities, one year", USES_REPORTER | USES_PARTNER | USES_YEAR,
     BY(FLOW) | BY(PRODUCT), LEVEL_HS6, CUBE_NO_SPREAD, false, false, fold_quantity}, /* more: kilograms */
    {"dependence", "importer's HHI of every HS6, one year", USES_REPORTER | USES_YEAR, BY(PRODUCT), LEVEL_HS6,
     CUBE_PARTNER, false, true, fold_dependence}, /* more: USD of the top suppliers */
    {"suppliers-world", "world's suppliers of a product, one year", USES_PRODUCT | USES_YEAR, BY(REPORTER), LEVEL_TOTAL,
     CUBE_NO_SPREAD, true, false, NULL},
    {"suppliers", "an importer's suppliers of a product, one year", USES_REPORTER | USES_PRODUCT | USES_YEAR,
     BY(PARTNER), LEVEL_TOTAL, CUBE_NO_SPREAD, false, true, NULL},
    {"ranking", "a country's partners, one year", USES_REPORTER | USES_YEAR, BY(PARTNER) | BY(FLOW), LEVEL_TOTAL,
     CUBE_NO_SPREAD, false, false, NULL},
    {"deficits", "100 largest deficits of all pairs, one year", USES_YEAR, BY(REPORTER) | BY(PARTNER) | BY(FLOW),
     LEVEL_TOTAL, CUBE_NO_SPREAD, false, false, fold_deficits}, /* more: USD of these balances */
    {"product-pairs", "a product by all pairs, one year", USES_PRODUCT | USES_YEAR, BY(REPORTER) | BY(PARTNER),
     LEVEL_TOTAL, CUBE_NO_SPREAD, true, false, NULL},
};
const size_t bench_queries_n = sizeof bench_queries / sizeof *bench_queries;

/* ---- asking ---- */

struct cube_query bench_ask(const struct bench_query *query, const struct bench_param *param, struct bench_sets *sets)
{
    *sets = (struct bench_sets){param->reporter, param->partner, query->imports_only ? FLOW_IMPORTS : FLOW_EXPORTS,
                                param->leaf, param->period};
    struct cube_query q = {.group = query->group, .level = query->level, .kind = PERIOD_YEAR, .spread = query->spread};
#ifdef CUBE_QUANTITY
    q.measures = query->fold == fold_quantity ? CUBE_QUANTITY : 0;
#endif
    if (query->uses & USES_REPORTER)
        q.only[CUBE_REPORTER] = (struct cube_set){&sets->reporter, 1};
    if (query->uses & USES_PARTNER)
        q.only[CUBE_PARTNER] = (struct cube_set){&sets->partner, 1};
    if (query->exports_only || query->imports_only)
        q.only[CUBE_FLOW] = (struct cube_set){&sets->flow, 1};
    if (query->uses & USES_PRODUCT)
        q.only[CUBE_PRODUCT] = (struct cube_set){&sets->leaf, 1};
    if (query->uses & USES_YEAR)
        q.only[CUBE_PERIOD] = (struct cube_set){&sets->period, 1};
    return q;
}

static struct cube_rows run_one(const struct cube *cube, const struct cube_query *query, struct arena *arena)
{
    struct cube_rows rows;
    enum status status = cube_run(cube, query, &rows, 1, arena, NULL);
    if (status != ST_OK)
        die("a query was refused", status);
    return rows;
}

struct bench_answer bench_run(const struct cube *cube, const struct bench_query *query, const struct bench_param *param,
                              struct arena *arena)
{
    struct bench_sets sets;
    struct cube_query q = bench_ask(query, param, &sets);
    struct cube_rows rows = run_one(cube, &q, arena);
    struct bench_answer answer = {.rows = rows.n, .touched = rows.observations_read};
    for (size_t i = 0; i < rows.n; i++)
        answer.sum_usd += rows.value_usd[i];
    if (query->fold)
        query->fold(&rows, &answer);
    return answer;
}

/* ---- parameters ---- */

/* Rows of a result with the running sums of their values. */
struct weighted {
    struct cube_rows rows;
    double *up_to;
};

struct bench_draws {
    const struct cube *cube;
    uint64_t seed;
    struct arena all, one;
    struct weighted pairs, products; /* by exporter, importer and year; by product and year */
};

static struct weighted weigh(const struct cube *cube, const struct cube_query *query, struct arena *arena)
{
    struct weighted w = {.rows = run_one(cube, query, arena)};
    w.up_to = arena_new(arena, double, w.rows.n);
    if (!w.up_to || w.rows.n == 0)
        die("no trade to draw from", ST_NO_MEMORY);
    double sum = 0;
    for (size_t i = 0; i < w.rows.n; i++)
        w.up_to[i] = sum += (double)w.rows.value_usd[i];
    return w;
}

static size_t draw_row(const struct weighted *w, bool by_size, uint64_t bits)
{
    double share = (double)(bits >> 11) / 9007199254740992.0;
    size_t low = 0, high = w->rows.n - 1;
    if (!by_size)
        return (size_t)(share * (double)w->rows.n);
    double wanted = share * w->up_to[high];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->up_to[middle] > wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct bench_draws *bench_draws_new(const struct cube *cube, uint64_t seed)
{
    static const uint32_t exports = FLOW_EXPORTS;
    struct bench_draws *d = calloc(1, sizeof *d);
    if (!d)
        die("memory", ST_NO_MEMORY);
    d->cube = cube;
    d->seed = seed;
    arena_init(&d->all, (size_t)8 << 30);
    arena_init(&d->one, (size_t)1 << 30);
    struct cube_query q = {.only[CUBE_FLOW] = {&exports, 1},
                           .group = BY(REPORTER) | BY(PARTNER) | BY(PERIOD),
                           .level = LEVEL_TOTAL,
                           .kind = PERIOD_YEAR,
                           .spread = CUBE_NO_SPREAD};
    d->pairs = weigh(cube, &q, &d->all);
    q.group = BY(PRODUCT) | BY(PERIOD);
    q.level = LEVEL_HS6;
    d->products = weigh(cube, &q, &d->all);
    return d;
}

void bench_draws_free(struct bench_draws *d)
{
    arena_release(&d->all);
    arena_release(&d->one);
    free(d);
}

/* One of the products that flow in the year from partner to reporter. */
static uint32_t draw_product_of_pair(struct bench_draws *d, const struct bench_param *param, bool by_size,
                                     uint64_t bits)
{
    static const struct bench_query of_pair = {.uses = USES_REPORTER | USES_PARTNER | USES_YEAR,
                                               .group = BY(PRODUCT),
                                               .level = LEVEL_HS6,
                                               .spread = CUBE_NO_SPREAD,
                                               .imports_only = true};
    struct bench_sets sets;
    struct cube_query q = bench_ask(&of_pair, param, &sets);
    arena_reset(&d->one);
    struct weighted w = weigh(d->cube, &q, &d->one);
    return w.rows.key[CUBE_PRODUCT][draw_row(&w, by_size, bits)];
}

struct bench_param bench_draw(struct bench_draws *d, const struct bench_query *query, size_t n)
{
    uint64_t bits = synth_mix(d->seed + synth_mix((uint64_t)(query - bench_queries) << 32 | n));
    bool by_size = n % 2 == 0;
    size_t pair = draw_row(&d->pairs, by_size, bits);
    /* The importer asks about the exporter or, every other time, the other way round. */
    bool turned = query->imports_only || (n / 2) % 2 == 0;
    struct bench_param p = {.reporter = d->pairs.rows.key[turned ? CUBE_PARTNER : CUBE_REPORTER][pair],
                            .partner = d->pairs.rows.key[turned ? CUBE_REPORTER : CUBE_PARTNER][pair],
                            .period = d->pairs.rows.key[CUBE_PERIOD][pair]};
    bits = synth_mix(bits);
    if ((query->uses & USES_PRODUCT) && (query->uses & USES_REPORTER)) {
        p.leaf = draw_product_of_pair(d, &p, by_size, bits);
    } else if (query->uses & USES_PRODUCT) {
        size_t row = draw_row(&d->products, by_size, bits);
        p.leaf = d->products.rows.key[CUBE_PRODUCT][row];
        p.period = d->products.rows.key[CUBE_PERIOD][row];
    }
    return p;
}
