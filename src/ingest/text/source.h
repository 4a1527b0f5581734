/* source: bytes of a file, plain or gzip (told by content), of standard input ("-"), or of what another reader gives.
 *
 * Plain bytes go straight into the caller's buffer; packed ones are unpacked there, several members one after the other; text in another
 * encoding becomes UTF-8. Says how far it is in the file as it lies on the disk. Private to src/ingest. One thread at a time.
 */
#ifndef INGEST_TEXT_SOURCE_H
#define INGEST_TEXT_SOURCE_H

#include <zlib.h>

#include "ingest/text/encoding.h"

/* What is packed may become so many times as large, and UNPACKED_FREE bytes more: figures pack ten to fifty times, bombs a thousand times. */
#define UNPACKED_RATIO_MAX 400
#define UNPACKED_FREE ((uint64_t)256 << 20)

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
    z_stream *z;    /* of its own, so that a source may be moved */
    uint64_t unpacked_bytes;
    byte_giver *giver; /* in place of a file, or NULL; with its context */
    void *given_by;
    char *ahead; /* looked at, not taken yet; malloc's */
    size_t n_ahead, ahead_at;
    bool ahead_ends;           /* nothing comes behind it */
    struct decoding *decoding; /* NULL: the bytes are taken as they are */
};

/* What is called "-" in messages. */
const char *source_name(const char *path);
/* ST_NOT_FOUND, ST_IO, ST_INVALID (a folder; a pipe or the like without a stop_fd), ST_NO_MEMORY. `stop_fd`: see struct source. */
enum status source_open(struct source *source, const char *path, int stop_fd, struct problem *problem) MUST_CHECK;
/* A source of what `giver` gives; the context is the caller's and outlives it. */
void source_over(struct source *source, const char *name, byte_giver *giver, void *given_by);
/* The next bytes, at least `least` of them unless the end comes before, without taking them; valid until the source is filled from. Undecoded. */
enum status source_peek(struct source *source, size_t least, struct str *out, struct problem *problem) MUST_CHECK;
/* From here on the bytes are of this encoding (a name that iconv knows) and are given as UTF-8; what is none of its letters becomes U+FFFD.
 * ST_INVALID if nobody knows the name. */
enum status source_decode(struct source *source, const char *encoding, struct problem *problem) MUST_CHECK;
/* Whether as much is too much to have come out of `packed` bytes. */
static inline bool unpacked_too_far(uint64_t unpacked, uint64_t packed)
{
    return unpacked > UNPACKED_FREE && (unpacked - UNPACKED_FREE) / UNPACKED_RATIO_MAX > packed;
}
/* ST_TOO_LARGE, in the words for it. */
enum status source_refuse_bomb(const char *name, struct problem *problem);
/* All that is left, malloc's and with a NUL behind it; closes the source. ST_TOO_LARGE above `limit` bytes. */
enum status source_take_all(struct source *source, const char *name, size_t limit, char **bytes, size_t *n,
                            struct problem *problem) MUST_CHECK;
/* After source_open, also a failed one; twice is allowed. */
void source_close(struct source *source);
/* Delivers up to `room` bytes, which is not 0: how many, 0 at the end, -1 on a failure, of which *problem was told: ST_UNAVAILABLE when
 * stop_fd became readable. */
ptrdiff_t source_fill(struct source *source, char *into, size_t room, struct problem *problem);
/* ingest_slurp with a stop_fd: reads pipes too, and gives up with ST_UNAVAILABLE. */
enum status source_slurp(const char *path, size_t limit, int stop_fd, char **bytes, size_t *n,
                         struct problem *problem) MUST_CHECK;

#endif
