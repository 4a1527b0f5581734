/* progress: how far an import is, on the standard error output. Private to src/cli.
 *
 * On a terminal one line that is redrawn a few times a second; elsewhere (a log) a line every five seconds, and one when all is read.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <time.h>

#include "entrepot/base/buf.h"
#include "entrepot/ingest/ingest.h"

struct progress {
    FILE *out;
    bool terminal;
    bool shown; /* a line was written; on a terminal it has no end yet */
    struct timespec began, told;
};

void progress_begin(struct progress *progress, FILE *out);
/* For struct ingest_options. */
void progress_tell(void *progress, const struct ingest_progress *state);
/* Clears the line on a terminal. */
void progress_end(struct progress *progress);
double progress_seconds(const struct progress *progress);
/* «baci: 12.3 of 29 files, 118.2 M rows, 21.4 M rows/s, 0:07 left» */
void progress_print(struct buf *buf, const struct ingest_progress *state, double seconds);

#endif
