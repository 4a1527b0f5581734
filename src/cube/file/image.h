/* image: a cube file's bytes, checked, with its sections found. Private to src/cube. */
#ifndef CUBE_FILE_IMAGE_H
#define CUBE_FILE_IMAGE_H

#include "cube/file/rows.h"
#include "entrepot/base/str.h"

/* One period. The INDEX section is four arrays, one behind the other:
 *   row_first     for each member and ALL, for each flow: its first run (2 × (members + 1) + 1 numbers: the last is n_runs)
 *   column_first  the same for partners, into column_run
 *   column_run    n_runs run numbers, by partner, flow and reporter
 *   partner       n_runs partners, as in the runs' keys: small enough to be searched in one or two cache lines
 * In a large, mapped file these numbers are not checked when it is opened: whoever follows one checks it (segment_row …). */
struct image_segment {
    uint32_t period;
    const struct file_run *run;
    uint32_t n_runs;
    const unsigned char *rows;
    uint64_t rows_bytes;
    const uint32_t *row_first, *column_first, *column_run;
    const uint16_t *partner;
    const uint16_t *leaf; /* the period's products, as positions in PRODUCTS */
    uint32_t n_leaves;
    uint32_t first_return, n_returns; /* of the period, in RETURNS */
    const struct file_section *rows_section, *runs_section, *leaves_section;
};

/* SERIES. Its numbers are not checked when a large file is opened either: image_series checks them. */
struct image_series {
    const struct file_total *total;
    const uint32_t *row_first, *total_first;
    const uint16_t *partner;
    uint32_t n_pairs, n_totals;
    const struct file_section *section;
};

/* RESTS. Checked like SERIES: by whoever follows its order. */
struct image_rests {
    const struct file_rest *rest;
    const uint32_t *node; /* those that occur, ascending: always checked */
    uint32_t n, n_nodes;
    const struct file_section *section;
};

/* RETURNS, always checked. */
struct image_returns {
    const struct file_returns *head;
    const struct file_return *at;
    const struct file_exception *exception;
    uint32_t n;
};

struct image {
    const char *name; /* for messages, borrowed */
    const char *bytes;
    size_t n;
    const struct file_header *header;
    const struct file_section *section;
    struct str dataset, members, products;
    const struct file_section *members_section, *products_section;
    size_t n_members, n_products;  /* lines of the dictionaries */
    struct image_segment *segment; /* heap */
    size_t n_segments;
    struct image_series series;
    struct image_rests rests;
    struct image_returns returns;
};

/* Bytes of SERIES. */
static inline uint64_t series_bytes(uint64_t n_members, uint64_t n_pairs, uint64_t n_totals)
{
    return sizeof(struct file_series) + n_totals * sizeof(struct file_total) +
           (2 * (n_members + 1) + 1 + n_pairs + 1) * sizeof(uint32_t) + n_pairs * sizeof(uint16_t);
}

/* Bytes of the INDEX of a period. */
static inline uint64_t index_bytes(uint64_t n_members, uint64_t n_runs)
{
    return (2 * (2 * (n_members + 1) + 1) + n_runs) * sizeof(uint32_t) + n_runs * sizeof(uint16_t);
}

/* The rests of a run in a period, ascending by node: how many, and the first in *first. */
uint32_t image_rests(const struct image *image, uint32_t segment, uint32_t key, const struct file_rest **first);
/* What a reporter reported in a period, or NULL. */
const struct file_return *image_return(const struct image *image, uint32_t segment, uint32_t reporter, unsigned flow);

/* Checks header, contents and dictionaries of `n` bytes at an 8-aligned address; with `whole` all checksums and the indexes too.
 * Afterwards no section leads outside the image. On failure *problem names the section. */
enum status image_open(const char *name, const char *bytes, size_t n, bool whole, struct image *image,
                       struct problem *problem) MUST_CHECK;
void image_release(struct image *image);
/* "x.cube: section RUNS of 2019: …" */
enum status image_corrupt(const struct image *image, const struct file_section *section, struct problem *problem,
                          const char *what);

/* The runs of a reporter (or ALL) and flow: their number, and the first in *first. 0 if there is none. */
uint32_t segment_row(const struct image *image, const struct image_segment *segment, uint32_t reporter, unsigned flow,
                     uint32_t *first);
/* The same of a partner: *first is a position in column_run. */
uint32_t segment_column(const struct image *image, const struct image_segment *segment, uint32_t partner, unsigned flow,
                        uint32_t *first);
/* The run of a pair, or NULL. */
const struct file_run *segment_pair(const struct image *image, const struct image_segment *segment, uint32_t reporter,
                                    unsigned flow, uint32_t partner);
/* The totals of a pair in all periods, by segment: how many, and the first in *first. The caller checks each one's segment. */
uint32_t image_pair_series(const struct image *image, uint32_t reporter, unsigned flow, uint32_t partner,
                           const struct file_total **first);

#endif
