/* series: the totals of all runs, pair by pair over the periods: the SERIES section. Private to src/cube/write.
 *
 * The directories of the periods are gone through twice, one after the other: to count, then to fill.
 */
#ifndef CUBE_WRITE_SERIES_H
#define CUBE_WRITE_SERIES_H

#include "cube/file/image.h"

struct series {
    uint32_t n_members;
    uint32_t *next; /* by reporter, flow and partner: totals of the pair, then where its next one goes */
    struct buf bytes;
    struct file_total *total; /* in bytes */
};

/* False when memory is out. */
bool series_init(struct series *series, uint32_t n_members) MUST_CHECK;
void series_release(struct series *series);
/* First for each segment. */
void series_count(struct series *series, const struct file_run *run, size_t n_runs);
/* Then once: everything but the totals. False when memory is out, or there are more totals than a 32-bit number counts. */
bool series_lay_out(struct series *series) MUST_CHECK;
/* Then for each segment again, in order. */
void series_fill(struct series *series, const struct file_run *run, size_t n_runs, uint32_t segment);

#endif
