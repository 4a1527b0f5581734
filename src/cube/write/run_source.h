/* run_source: rows that have been laid out before, read back run by run: of one segment, or merged of several. Private to
 * src/cube/write. */
#ifndef CUBE_WRITE_RUN_SOURCE_H
#define CUBE_WRITE_RUN_SOURCE_H

#include "cube/write/segment.h"
#include "cube/write/spool.h"

/* Runs of one period, ascending by key, and their rows: in memory (up to 8 bytes behind them may be read), or in a spool, from where
 * they are fetched one by one. */
struct runs_in {
    const struct file_run *run;
    size_t n_runs;
    const unsigned char *rows; /* NULL: in the spool */
    const struct spool *spool;
    uint64_t rows_offset; /* in the spool */
    uint64_t rows_bytes;
    const uint32_t *code; /* product numbers of the leaves */
    size_t n_codes;
    const struct origin *origin; /* by run, or NULL */
    uint32_t period, n_members;
};

/* Roll-ups are passed over. Ends with ST_CORRUPT at a run that is none or out of order, with ST_IO if the spool cannot be read. */
struct run_source {
    struct row_source source; /* first */
    const struct runs_in *in;
    size_t n;
    size_t *at;             /* by part: the next run */
    uint64_t past;          /* keys below this one have been given */
    unsigned char *fetched; /* a run that was read from a spool */
    size_t fetched_room;
    struct cube_batch *batch; /* the rows of the present group */
    struct piece *piece;
};

/* `in` is borrowed. False when memory is out; release it then too. */
bool run_source_init(struct run_source *source, const struct runs_in *in, size_t n) MUST_CHECK;
void run_source_release(struct run_source *source);

#endif
