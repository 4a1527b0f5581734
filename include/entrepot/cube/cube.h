/* cube: one dataset, opened for reading, and the one primitive that everything is computed from.
 *
 * A cube is immutable once opened and may be read by any number of threads. A query says which members of each dimension count,
 * what to group by, at which product level and kind of period, and optionally over which dimension to describe the
 * distribution inside each group. Results live in the caller's arena. Countries are ids of the countries table, periods are
 * codes of period.h, products are leaf numbers (queries) or node numbers of a level (results): both belong to one cube.
 */
#ifndef ENTREPOT_CUBE_CUBE_H
#define ENTREPOT_CUBE_CUBE_H

#include "entrepot/base/arena.h"
#include "entrepot/base/problem.h"
#include "entrepot/cube/codes.h"
#include "entrepot/cube/dataset.h"
#include "entrepot/cube/observation.h"

struct cube;

/* ---- life ---- */

/* Opens a cube file. Up to CUBE_SMALL_BYTES it is copied into memory that is read-only from then on, and every checksum is compared; a larger one is mapped read-only,
 * its header, contents and dictionaries are checked, and the rest is left to cube_verify and to a check at each access. A mapped file
 * must be replaced by rename, never shortened in place: a shortened one ends the process (SIGBUS). `products` gives sections and names. Both
 * tables are borrowed. Without countries (NULL) only the description is read: cube_dataset is all that may be asked. */
#define CUBE_SMALL_BYTES ((size_t)8 << 20)
enum status cube_open(const char *path, const struct countries *countries, const struct products *products,
                      struct cube **out, struct problem *problem) MUST_CHECK;
/* The same over bytes in memory (malloc's), which the cube takes and frees, also on failure. `name` is used in messages. */
enum status cube_open_take(const char *name, char *bytes, size_t n, const struct countries *countries,
                           const struct products *products, struct cube **out, struct problem *problem) MUST_CHECK;
void cube_close(struct cube *cube);
/* Checks every checksum, and that every period is what its own observations would be written as. ST_CORRUPT names the section. */
enum status cube_verify(const struct cube *cube, struct problem *problem) MUST_CHECK;

/* ---- what it holds ---- */

const struct dataset *cube_dataset(const struct cube *cube);
/* Twelve hex digits from the hash of the content. */
struct str cube_release(const struct cube *cube);
uint64_t cube_observations(const struct cube *cube);
size_t cube_bytes(const struct cube *cube);

/* The periods held, ascending, of the dataset's frequency. */
const uint32_t *cube_periods(const struct cube *cube, size_t *n);
/* Country ids that occur (as reporter or partner), ascending by canonical code. */
const uint32_t *cube_members(const struct cube *cube, size_t *n);
/* Those of them that `*` stands for (countries_countable), in the order of their numbers in the cube. */
const uint32_t *cube_countable(const struct cube *cube, size_t *n);
/* The leaves' codes, ascending. */
const struct str *cube_leaves(const struct cube *cube, size_t *n);
/* Leaves [*from, *to) whose code begins with `prefix` ("TOTAL": all). Empty range if none. */
void cube_leaf_range(const struct cube *cube, struct str prefix, uint32_t *from, uint32_t *to);
/* Codes above the leaves at which something is published beside its parts, a rest, by level and code: how many. Rest i is the member
 * (number of leaves) + i of the product dimension. */
size_t cube_rests(const struct cube *cube, const struct str **code);
/* Rests [*from, *to) of one level above the leaves whose code begins with `prefix`, likewise. */
void cube_rest_range(const struct cube *cube, enum level level, struct str prefix, uint32_t *from, uint32_t *to);
/* Whether a leaf or a rest stands for the code, or lies below it. */
bool cube_has_product(const struct cube *cube, struct str code);
/* Codes of the nodes of a level not finer than the leaves' (sections need chapters); NULL where the cube cannot express it. */
const struct str *cube_nodes(const struct cube *cube, enum level level, size_t *n);
bool cube_has_level(const struct cube *cube, enum level level);
/* The names beside those codes, from the table of products that the cube was opened with; empty where it has none. */
const struct str *cube_node_names(const struct cube *cube, enum level level);

#define ANY_MEMBER (NO_ID - 1)
/* Number of the dataset's own periods inside `period` for which the flow was recorded between reporter and partner; ANY_MEMBER stands
 * for any. For reconciled data both views count. */
unsigned cube_held(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period);
/* Whether the two (neither ANY_MEMBER) have trade recorded by the reporter in any period. */
bool cube_trades(const struct cube *cube, uint32_t reporter, uint32_t partner);
/* The same for `n` ascending periods of one kind at once, into held[]: as cheap as one where the pair has a series. */
void cube_held_series(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow,
                      const uint32_t *period, size_t n, unsigned *held);
/* Whether the reporters of `flow` stand for the world in `period`: the data are reconciled or a closed set (then the world is that
 * set), or every partner is listed and at least half of the members that occur report. */
bool cube_tells_world(const struct cube *cube, enum flow flow, uint32_t period);
/* How many a complete `period` would hold: 12 for a year of months, 1 for a year of years. */
unsigned cube_expected(const struct cube *cube, uint32_t period);

/* ---- the primitive ---- */

enum cube_dim { CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PRODUCT, CUBE_PERIOD, CUBE_DIMS };
#define CUBE_BIT(dim) (1U << (dim))
#define CUBE_NO_SPREAD CUBE_DIMS

/* Distinct members that count; member == NULL: all countable ones. Products are numbers of leaves and, behind them, of rests; periods are of
 * the query's kind; both ascend. A rest counts only with all that lies below its code: it may be negative, and their sum is not. Where
 * products are told apart by leaf, or spread over, it counts for nothing: it is no product. */
struct cube_set {
    const uint32_t *member;
    size_t n;
};

/* What is asked for beside values. */
#define CUBE_QUANTITY 1U

/* Named sets of products that may overlap, in place of a level: a leaf or a rest adds to each basket that has it. */
#define CUBE_BASKETS_MAX 64
struct cube_baskets {
    size_t n;                /* 1 … CUBE_BASKETS_MAX */
    const uint64_t *of_leaf; /* by number of the leaf, and then of the rest: bit 1 << i where basket i has it */
};

struct cube_query {
    struct cube_set only[CUBE_DIMS];
    unsigned group;        /* CUBE_BIT of each dimension that is broken down */
    enum level level;      /* of product keys; LEVEL_TOTAL where products are not grouped */
    enum period_kind kind; /* of period keys and of only[CUBE_PERIOD] */
    enum cube_dim spread;  /* dimension whose members are described inside each group, or CUBE_NO_SPREAD */
    unsigned measures;     /* CUBE_QUANTITY or 0 */
    size_t max_rows;       /* ST_TOO_LARGE above; 0: no limit but the arena's */
    /* NULL, or what products are grouped by in place of `level`: then CUBE_PRODUCT is in `group`, and product keys are numbers of baskets. */
    const struct cube_baskets *baskets;
    uint64_t planned; /* observations of its cube_plan, so that they are not counted again; 0: not known */
};

/* Column-wise; key[d] is NULL for dimensions that are not grouped. Rows ascend by period, reporter, partner, flow, product.
 * Only groups with at least one observation appear: absent is not the same as zero, and cube_held tells which. */
struct cube_rows {
    size_t n;
    const uint32_t *key[CUBE_DIMS];
    const int64_t *value_usd;
    const uint16_t *status; /* bits of enum observation_status */
    /* with CUBE_QUANTITY: */
    const int64_t *quantity_kg;   /* of the observations that have one; QUANTITY_UNKNOWN where none has */
    const int64_t *unweighed_usd; /* value of those that have none: quantity stands for value_usd - unweighed_usd */
    /* with a spread: */
    const uint32_t *members; /* with a value above zero */
    const uint32_t *top_id;  /* member with the largest value, of equal ones the first; NO_ID if none is above zero */
    const int64_t *top_value_usd;
    const int64_t *second_usd; /* the largest value but that one; 0 where there is none */
    const double *sum_sq;      /* Σ value², in USD² */
    uint64_t observations_read;
};

/* ---- the plan ---- */

/* How the runs of a query are found: pair by pair, along the runs of each reporter or of each partner. */
enum cube_index { CUBE_INDEX_PAIR, CUBE_INDEX_REPORTER, CUBE_INDEX_PARTNER };
extern const char *const cube_index_name[3]; /* "pair", "reporter", "partner" */

/* What a query reads, known from the directory before any row is read. */
struct cube_plan {
    enum cube_index index;
    bool all_reporters, all_partners; /* the roll-up over all of them is read instead of each */
    bool totals;                      /* the runs' totals answer: no row is read */
    uint64_t runs;                    /* that are touched */
    /* That cube_run will read. A run's total counts as one; a run into which is only looked for a few leaves as much as if it were read, or
     * as a few dozen for each leaf, whichever is less. */
    uint64_t observations;
};

/* ST_NO_MEMORY; the arena is left as it was. */
enum status cube_plan(const struct cube *cube, const struct cube_query *query, struct arena *arena,
                      struct cube_plan *out) MUST_CHECK;
/* An upper bound of the plan's observations, without a look at the directory: as if each pair had each product in each period. */
uint64_t cube_cost_at_most(const struct cube *cube, const struct cube_query *query);
/* Runs `n` queries. Of the arena only the rows are taken. ST_TOO_LARGE (max_rows), ST_NO_MEMORY (arena), ST_CORRUPT (what no builder
 * writes; *problem, which may be NULL, says where). */
enum status cube_run(const struct cube *cube, const struct cube_query *query, struct cube_rows *rows, size_t n,
                     struct arena *arena, struct problem *problem) MUST_CHECK;

#endif
