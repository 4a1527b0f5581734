/* pipeline: one thread reads blocks, the pool's threads parse them, the first takes the results in the order of the input.
 *
 * Private to src/ingest.
 */
#ifndef INGEST_PIPELINE_H
#define INGEST_PIPELINE_H

#include "ingest/format/format.h"

/* Reads all inputs of *importing, whose format has described the dataset, into a new writer (at `output`; NULL: in memory), and
 * finishes it. `pool` NULL: parses in the calling thread. *writer is the caller's to free, also on failure (it may be NULL then). */
enum status pipeline_run(struct importing *importing, const char *output, struct pool *pool,
                         struct ingest_report *report, struct cube_writer **writer, struct problem *problem) MUST_CHECK;

#endif
