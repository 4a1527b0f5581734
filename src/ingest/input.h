/* input: opens what an import reads: a file, a file in an archive, the standard input, text made of something else. Private to src/ingest. */
#ifndef INGEST_INPUT_H
#define INGEST_INPUT_H

#include "ingest/text/source.h"

struct importing;
struct input;

/* Gives the input's bytes from the first on, as UTF-8 once its encoding is known. Close with source_close. The standard input can be
 * opened once more only if it was given back. */
enum status input_open(struct importing *importing, struct input *input, struct source *source,
                       struct problem *problem) MUST_CHECK;
/* What cannot be opened twice (the standard input, a pipe) has only been looked at: it is kept for the next input_open. Anything else is
 * closed. ST_NO_MEMORY. */
enum status input_give_back(struct input *input, struct source *source, struct problem *problem) MUST_CHECK;
/* All of a small input: malloc's, with a NUL behind it. ST_TOO_LARGE. */
enum status input_slurp(struct importing *importing, struct input *input, size_t limit, char **bytes, size_t *n,
                        struct problem *problem) MUST_CHECK;

#endif
