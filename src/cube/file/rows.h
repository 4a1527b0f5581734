/* rows: how the observations of one run stand in ROWS, written and read. Private to src/cube.
 *
 *   products    which of the segment's leaves have a row, ascending: a bitmap over all leaves, or where that is longer an Elias–Fano
 *               list (the low bits of each leaf packed, the high bits in unary)
 *   codes       for each stream of the run, two bits a row: the length of its number, one of four of the stream's scheme
 *   status      a byte a row, only if the run has any
 *   data        for each stream its numbers, little-endian, in as many bytes as their codes say
 *
 * Quantities stand as kilograms + 1, 0 where there is none. Both forms of products, and the codes, can be searched without being
 * unpacked: a bitmap by counting bits, a list by counting its unary zeros, a number's place by adding the lengths of those before
 * it, 32 at a time. Reading never leaves the section, whatever its bytes are; reading may touch up to 8 bytes behind a run, which are
 * always there, since the contents stand at the end of a file. All functions are pure.
 */
#ifndef CUBE_FILE_ROWS_H
#define CUBE_FILE_ROWS_H

#include "cube/file/format.h"
#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"

enum scheme { SCHEME_NONE, SCHEME_SMALL, SCHEME_WIDE, SCHEME_SPARSE, SCHEMES };

/* ---- writing ---- */

/* The rows of one run, column by column; leaves ascend. `unweighed` may be NULL (then it follows from the others), `status` too. */
struct rows_in {
    size_t n;
    const uint16_t *leaf;
    const int64_t *value_usd;
    const uint64_t *stored_kg; /* kilograms + 1, 0: unknown */
    const int64_t *unweighed_usd;
    const uint8_t *status;
    uint8_t whole_status; /* of what was published for all of them together; then `status` is needed */
};

/* Appends the run to `out` (which remembers a failure itself) and fills all of *run but its key and offset. `universe` is the segment's
 * number of leaves. False if values or quantities add up to more than 63 bits hold. */
bool rows_write(const struct rows_in *in, size_t universe, struct buf *out, struct file_run *run) MUST_CHECK;

/* ---- reading ---- */

struct run_view {
    const struct file_run *run;
    uint32_t universe, low_bits;
    bool bitmap;
    const unsigned char *leaves; /* the bitmap, or the low bits */
    const unsigned char *high;   /* the unary part of a list */
    uint32_t high_bytes;
    const unsigned char *code[STREAMS], *data[STREAMS], *status;
};

/* Finds the parts of a run within its section. False if it does not fit there. */
bool run_view(const struct file_run *run, const unsigned char *rows, uint64_t rows_bytes, size_t universe,
              struct run_view *out);
/* The run's whole length in bytes. */
uint64_t run_bytes(const struct file_run *run, size_t universe);

#define CHUNK_ROWS 64

struct rows_chunk {
    size_t n;
    uint16_t leaf[CHUNK_ROWS];
    int64_t value_usd[CHUNK_ROWS];
    /* filled only if asked for: */
    uint64_t stored_kg[CHUNK_ROWS];
    int64_t unweighed_usd[CHUNK_ROWS];
    uint8_t status[CHUNK_ROWS];
};

struct run_cursor {
    const struct run_view *view;
    uint32_t next;     /* row */
    uint64_t word;     /* bits of the bitmap or unary part that were not taken yet */
    uint32_t position; /* of the word's first bit */
    uint32_t at[STREAMS];
    bool with_quantity, corrupt;
};

void run_start(struct run_cursor *cursor, const struct run_view *view, bool with_quantity);
/* The next rows. False at the end, or if the run is not what a writer writes; then cursor->corrupt tells. */
bool run_next(struct run_cursor *cursor, struct rows_chunk *chunk);

/* The row of a leaf. False if there is none (or the run is corrupt: then it has none either). */
bool run_find(const struct run_view *view, uint32_t leaf, uint32_t *row);
/* One row's numbers. False if the run is corrupt. */
bool run_at(const struct run_view *view, uint32_t row, bool with_quantity, struct rows_chunk *chunk);

#endif
