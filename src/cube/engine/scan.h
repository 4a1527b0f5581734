/* scan: one query on its way through a cube. Private to src/cube/engine. */
#ifndef CUBE_ENGINE_SCAN_H
#define CUBE_ENGINE_SCAN_H

#include "cube/engine/engine.h"

/* Whether members of the dimension are kept apart: it is grouped by, or spread over. */
static inline bool query_tells_apart(const struct cube_query *q, enum cube_dim dim)
{
    return (q->group & CUBE_BIT(dim)) != 0 || q->spread == dim;
}

/* ---- where to look (sides.c) ---- */

/* What a query touches. Reporter and partner are those of the query's view; sides_stored turns them where the cube is turned. */
struct sides {
    struct member_side side[2]; /* CUBE_REPORTER, CUBE_PARTNER */
};

/* ST_NO_MEMORY. */
enum status sides_make(const struct cube *cube, const struct cube_query *query, struct arena *arena,
                       struct sides *out) MUST_CHECK;

/* Gives the members of a side their places among each other. ST_NO_MEMORY. */
enum status side_place(const struct cube *cube, struct member_side *side, struct arena *arena) MUST_CHECK;

/* One run that a query touches. */
struct touch {
    const struct image_segment *segment;
    uint32_t key;               /* whose figures it is taken for … */
    uint32_t own;               /* … and whose it is: a member's, where the key is its group's */
    const struct file_run *run; /* NULL where only totals are asked for */
    struct file_total total;    /* of the run; only then */
    size_t period;              /* of the query */
    enum flow flow;
};

struct visitor {
    void (*visit)(struct visitor *visitor, const struct touch *touch);
    bool totals; /* rows are not needed */
};

/* Calls the visitor for each run that the query touches: for each of `period`, each of its segments, each flow. Totals of pairs over
 * many periods come from the file's SERIES, all others from the periods' directories. */
void sides_visit(const struct cube *cube, const struct cube_query *query, const struct sides *sides,
                 const uint32_t *period, size_t n_periods, struct visitor *visitor);
enum cube_index sides_index(const struct sides *sides);

/* ---- groups (cells.c) ---- */

struct cell {
    int64_t value_usd;
    uint32_t marks; /* the status bits of all its rows, and CELL_USED */
};
#define CELL_USED 0x100U

struct weight_cell {
    int64_t kg, unweighed_usd;
    bool weighed;
};

/* The distribution over the spread's members seen so far. `now_usd` is the present member's value. */
struct spread_cell {
    int64_t now_usd, top_value_usd, second_usd;
    double sum_sq;
    uint32_t members, top_id;
};

/* One side of the box for each grouped dimension; a group's number is the mixed-radix number of its members. */
struct box {
    enum cube_dim side[CUBE_DIMS];
    uint64_t length[CUBE_DIMS]; /* 1 for a dimension that is not a side */
    uint64_t stride[CUBE_DIMS]; /* 0 for a dimension that is not a side */
    size_t n_sides;
    uint64_t cells;
};

/* Cells of a box: an array where it is small, else a hash table over the numbers. */
struct cells {
    uint64_t *number; /* hash: cell number + 1; NULL: cell and number are the same */
    size_t room, used;
    struct cell *cell;
    struct weight_cell *weight; /* NULL unless quantities are asked for */
    struct spread_cell *spread; /* NULL unless a spread is followed member by member */
};

#define CELLS_LAID_OUT ((uint64_t)1 << 12) /* up to so many they are an array, whatever is used of it */
/* `expected`: how many cells will be used at most. Then, for those that want them, the other columns. */
enum status cells_make(struct cells *cells, const struct box *box, uint64_t expected, struct arena *arena) MUST_CHECK;
enum status cells_weigh(struct cells *cells, struct arena *arena) MUST_CHECK;
enum status cells_spread(struct cells *cells, struct arena *arena) MUST_CHECK;
/* Position of a number's cell; UINT32_MAX if the table is full. */
size_t cells_hash(struct cells *cells, uint64_t number);
static inline size_t cells_find(struct cells *cells, uint64_t number)
{
    return cells->number ? cells_hash(cells, number) : (size_t)number;
}

/* ---- the scan (run.c) ---- */

struct scan {
    struct visitor visitor; /* first: a visitor is its scan */
    const struct cube *cube;
    const struct cube_query *query;
    struct arena *arena;
    struct arena_mark mark; /* of the arena before the scan */
    struct sides sides;
    struct box box;
    struct cells cells;
    const uint32_t *period; /* periods of the query, ascending */
    size_t n_periods;
    size_t first_period;    /* number of the first of those that a visit is about */
    bool streamed;          /* the spread is over reporters or partners: each is a pass of its own */
    bool weighed;           /* quantities are asked for */
    const uint16_t *node;   /* leaf → node of the product key; NULL: leaf itself */
    struct cube_set leaves; /* that count: those the query names and that are in one of its baskets; NULL: all */
    bool named;             /* groups are those leaves: a product's place is its place among them */
    const bool *wanted;     /* by leaf, where some are named */
    bool rests;             /* some rests count */
    const bool *rest;       /* by place in the image's nodes of rests: those that count; NULL: all */
    uint32_t *local_leaf;   /* those leaves as the present segment numbers them, or UINT32_MAX */
    const struct image_segment *segment; /* that local_leaf is of */
    uint32_t *touched;                   /* cells that the present member has added to */
    size_t n_touched;
    bool once;           /* a member of the spread adds at most once to a cell */
    uint32_t spread_id;  /* the present member's country */
    bool failed;         /* corrupt, a sum too large, or full */
    struct touch broken; /* the first run at which it failed */
    bool bounded, full;  /* there is room for max_rows groups and not for all that may come; they were more */
    uint64_t observations_read;
};

/* ---- what it reads (plan.c) ---- */

/* Whether the runs' totals answer. */
bool plan_needs_totals(const struct cube_query *query);
/* Fills the scan's leaves and rests. ST_NO_MEMORY. */
enum status plan_leaves(struct scan *scan) MUST_CHECK;
/* Whether the scan's leaves are looked up in a run one by one, or the whole run is read; and what that counts as, in observations. */
bool plan_looks_up(const struct scan *scan, const struct file_run *run);
uint64_t plan_rows(const struct scan *scan, const struct file_run *run);
/* The scan needs its sides, leaves and periods. */
struct cube_plan plan_of(const struct scan *scan);

/* ---- rows (rows_out.c) ---- */

/* The columns of rows while they are filled: cube_rows is const for its readers. */
struct rows_out {
    uint32_t *key[CUBE_DIMS], *members, *top_id;
    int64_t *value_usd, *quantity_kg, *unweighed_usd, *top_value_usd, *second_usd;
    uint16_t *status;
    double *sum_sq;
};

/* Rows that are made slice by slice: of one reporter in one period after the other. */
struct slices {
    struct rows_out out;
    char *block;
    size_t room, n;
};

/* Room for as many rows; false if there is not enough memory for so many. */
bool slices_make(struct scan *scan, uint64_t most, struct slices *out);
/* The cells of a slice as rows behind those that are there; the cells are empty again. ST_NO_MEMORY. */
enum status slices_take(struct scan *scan, struct slices *slices, uint32_t period, uint32_t reporter) MUST_CHECK;
/* As scan_rows. */
void slices_end(struct scan *scan, struct slices *slices, struct cube_rows *rows);

/* ---- rests (rests.c) ---- */

/* Whether rests count in a query that names them, or no products at all. */
bool rests_count(const struct cube *cube, const struct cube_query *query);
/* Finds those that the query names. ST_NO_MEMORY. */
enum status scan_mark_rests(struct scan *scan) MUST_CHECK;
/* The rests of a run that are read, so that those that count are found: how many, the first in *first. */
uint32_t scan_rests(const struct scan *scan, const struct touch *touch, const struct file_rest **first);
/* Adds the rests of a run to the cells of their nodes or baskets. `base` and `stride`: the run's first cell and the step between its
 * products. */
void scan_add_rests(struct scan *scan, const struct touch *touch, uint64_t base, uint64_t stride);

/* The scan's cells as rows, for which all else that was taken of the arena is given back (rows_out.c). ST_TOO_LARGE, ST_NO_MEMORY. */
enum status scan_rows(struct scan *scan, struct cube_rows *rows) MUST_CHECK;

#endif
