/* blocks: a file in pieces that end where a record ends, so that each can be parsed by another thread.
 *
 * A line break inside quotes is no end of a record. Private to src/ingest. One thread at a time.
 */
#ifndef INGEST_TEXT_BLOCKS_H
#define INGEST_TEXT_BLOCKS_H

#include "entrepot/base/csv.h"
#include "ingest/text/source.h"

#define BLOCK_BYTES ((size_t)1 << 22)
#define BLOCK_PADDING 64 /* zero bytes behind each block: a parser may look so far ahead */

struct block {
    char *bytes;
    size_t n, capacity;
    uint64_t line;  /* of the first record in the file, from 1 */
    uint64_t lines; /* line ends in it */
    bool last;      /* of its file */
};

struct block_reader {
    struct source source;
    size_t block_bytes;
    struct block rest; /* what was read behind the last cut */
    bool ended;
};

/* `block_bytes` 0: BLOCK_BYTES. Fails as source_open does. */
enum status block_reader_open(struct block_reader *reader, const char *path, size_t block_bytes, int stop_fd,
                              struct problem *problem) MUST_CHECK;
/* The same over a source that is open; the reader closes it. */
void block_reader_take(struct block_reader *reader, const struct source *source, size_t block_bytes);
void block_reader_close(struct block_reader *reader);
/* The next piece into *block, whose memory is used again and grows as needed; the last one (perhaps empty) is marked so. ST_NOT_FOUND
 * behind it; ST_INVALID for a record above CSV_RECORD_MAX; what the source says. */
enum status block_reader_next(struct block_reader *reader, struct block *block, struct problem *problem) MUST_CHECK;
void block_release(struct block *block);
/* A copy of the block from byte `from` on. False when memory is out. */
bool block_copy(struct block *to, const struct block *block, size_t from);

#endif
