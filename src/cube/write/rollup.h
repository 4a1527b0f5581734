/* rollup: rows added up leaf by leaf, to become a run of their own. Private to src/cube/write. */
#ifndef CUBE_WRITE_ROLLUP_H
#define CUBE_WRITE_ROLLUP_H

#include "cube/file/rows.h"

struct rollup_cell {
    int64_t value_usd, kg, unweighed_usd;
    uint8_t status, used, weighed;
};

struct rollup {
    struct rollup_cell *cell; /* by leaf */
    size_t n_leaves;
    bool used, overflow;
};

/* False when memory is out. */
bool rollup_init(struct rollup *rollup, size_t n_leaves) MUST_CHECK;
void rollup_release(struct rollup *rollup);
void rollup_clear(struct rollup *rollup);
/* Adds the rows of a run. */
void rollup_add(struct rollup *rollup, const struct rows_in *in);
/* Adds another one, leaf by leaf. */
void rollup_join(struct rollup *rollup, const struct rollup *other);

/* Room for one run's columns. */
struct columns {
    uint16_t *leaf;
    int64_t *value_usd, *unweighed_usd;
    uint64_t *stored_kg;
    uint8_t *status;
    size_t room;
};
bool columns_reserve(struct columns *columns, size_t n) MUST_CHECK;
void columns_release(struct columns *columns);
/* The leaves that were added to, as rows; they point into `out`, which has room for them. */
struct rows_in rollup_rows(const struct rollup *rollup, struct columns *out);

#endif
