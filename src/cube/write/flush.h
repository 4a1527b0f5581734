/* flush: the batches held so far, laid out period by period on the pool. Private to src/cube/write. */
#ifndef CUBE_WRITE_FLUSH_H
#define CUBE_WRITE_FLUSH_H

#include "cube/write/writer.h"

/* Takes the writer's batches and starts a job for each of their periods. On failure the batches are gone. */
enum status flush_start(struct cube_writer *writer, struct flush **out, struct problem *problem) MUST_CHECK;
/* Waits for the jobs, puts their segments into the spool in order, and frees the flush, also on failure. */
enum status flush_finish(struct cube_writer *writer, struct flush *flush, struct problem *problem) MUST_CHECK;
/* Waits and throws away. NULL is allowed. */
void flush_free(struct cube_writer *writer, struct flush *flush);

#endif
