/* source: bytes of a file, plain or gzip (told by content), or of standard input ("-").
 *
 * Plain bytes go straight into the caller's buffer; packed ones are unpacked there, several members one after the other. Says how
 * far it is in the file as it lies on the disk. Private to src/ingest. One thread at a time.
 */
#ifndef INGEST_TEXT_SOURCE_H
#define INGEST_TEXT_SOURCE_H

#include <zlib.h>

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

struct source {
    const char *name; /* borrowed, for messages */
    int fd;
    int stop_fd;        /* readable: give up waiting; -1: none, so only plain files are read. The caller's */
    bool waits;         /* not a plain file: a read may take for ever */
    bool packed, ended; /* ended: no more bytes come from fd */
    uint64_t read_bytes, total_bytes; /* as on the disk; total 0: not known */
    unsigned char *raw;               /* read ahead: the first bytes, and packed ones */
    size_t n_raw, raw_at;
    bool in_member; /* inside a gzip member */
    z_stream z;
};

/* What is called "-" in messages. */
const char *source_name(const char *path);
/* ST_NOT_FOUND, ST_IO, ST_INVALID (a folder; a pipe or the like without a stop_fd), ST_NO_MEMORY. `stop_fd`: see struct source. */
enum status source_open(struct source *source, const char *path, int stop_fd, struct problem *problem) MUST_CHECK;
/* After source_open, also a failed one; twice is allowed. */
void source_close(struct source *source);
/* Delivers up to `room` bytes, which is not 0: how many, 0 at the end, -1 on a failure, of which *problem was told: ST_UNAVAILABLE when
 * stop_fd became readable. */
ptrdiff_t source_fill(struct source *source, char *into, size_t room, struct problem *problem);
/* ingest_slurp with a stop_fd: reads pipes too, and gives up with ST_UNAVAILABLE. */
enum status source_slurp(const char *path, size_t limit, int stop_fd, char **bytes, size_t *n,
                         struct problem *problem) MUST_CHECK;

#endif
