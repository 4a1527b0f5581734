/* progress: how far an import is, on the standard error output. Private to src/cli.
 *
 * On a terminal one line that is redrawn a few times a second; elsewhere (a log) a line every five seconds and one at the end.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <time.h>

#include "entrepot/base/buf.h"
#include "entrepot/ingest/ingest.h"

struct progress {
    FILE *out;
    bool terminal, shown; /* shown: a line without an end stands on the terminal */
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
