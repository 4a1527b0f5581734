/* source: bytes of a file, plain or gzip (told by content), or of standard input ("-"). Private to src/ingest. */
#ifndef INGEST_SOURCE_H
#define INGEST_SOURCE_H

#include <zlib.h>

#include "entrepot/base/csv.h"

struct source {
    const char *name; /* borrowed, for messages */
    gzFile file;
};

enum status source_open(struct source *source, const char *path, struct problem *problem) MUST_CHECK;
void source_close(struct source *source);
/* A csv_fill over a struct source. */
csv_fill source_fill;

#endif
