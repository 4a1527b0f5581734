/* cube_queries: the questions that bench_cube asks, with random parameters and answers that another engine can be held against.
 *
 * Each kind of question is a row of `bench_queries`. Parameters are drawn from trade that exists: every other one weighted by its
 * size, the others evenly. The same cube and seed give the same parameters. One thread.
 */
#ifndef ENTREPOT_TESTS_BENCH_CUBE_QUERIES_H
#define ENTREPOT_TESTS_BENCH_CUBE_QUERIES_H

#include "bench/codes.h"
#include "entrepot/cube/cube.h"

#define TOP_DEFICITS 100

/* What a question is asked about; what it does not use is drawn all the same and printed as 0. */
struct bench_param {
    uint32_t reporter, partner; /* country ids */
    uint32_t leaf;              /* number of the product in the cube */
    uint32_t period;
};

struct bench_answer {
    uint64_t rows;
    int64_t sum_usd;  /* of all rows */
    int64_t more;     /* what else the question is about, see bench_queries */
    uint64_t members; /* of the spread, summed over the rows */
    double sum_sq;
    uint64_t touched; /* observations read */
};

enum bench_uses { USES_REPORTER = 1, USES_PARTNER = 2, USES_PRODUCT = 4, USES_YEAR = 8 };

struct bench_query {
    const char *id, *title;
    unsigned uses; /* enum bench_uses */
    unsigned group;
    enum level level;
    enum cube_dim spread;
    bool exports_only, imports_only;
    /* Adds what is special to the answer; NULL: nothing. */
    void (*fold)(const struct cube_rows *rows, struct bench_answer *answer);
};

extern const struct bench_query bench_queries[];
extern const size_t bench_queries_n;

/* The trade that parameters are drawn from. */
struct bench_draws;

/* Reads all pairs and product totals once; ends the process if the cube cannot give them. */
struct bench_draws *bench_draws_new(const struct cube *cube, uint64_t seed);
void bench_draws_free(struct bench_draws *draws);
/* The nth parameter of a question. */
struct bench_param bench_draw(struct bench_draws *draws, const struct bench_query *query, size_t n);

/* Memory that a cube_query points into. */
struct bench_sets {
    uint32_t reporter, partner, flow, leaf, period;
};
struct cube_query bench_ask(const struct bench_query *query, const struct bench_param *param, struct bench_sets *sets);
/* Runs and folds one question. Ends the process when the cube refuses. */
struct bench_answer bench_run(const struct cube *cube, const struct bench_query *query, const struct bench_param *param,
                              struct arena *arena);

#endif
