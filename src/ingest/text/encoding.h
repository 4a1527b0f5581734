/* encoding: which letters the bytes of a file stand for, and how they become UTF-8.
 *
 * Private to src/ingest. A decoding belongs to one thread.
 */
#ifndef INGEST_TEXT_ENCODING_H
#define INGEST_TEXT_ENCODING_H

#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"

/* Delivers up to `room` bytes: how many, 0 at the end, -1 on a failure, of which *problem was told. */
typedef ptrdiff_t byte_giver(void *context, char *into, size_t room, struct problem *problem);

/* The encoding of a text that begins with these bytes (perhaps cut inside a letter): NULL for UTF-8; else a name that iconv knows. *sure
 * says whether the bytes say so themselves (a byte order mark) or it is a guess: GB18030 where pairs of high bytes prevail, else
 * Windows-1252. */
const char *encoding_guess(struct str head, bool *sure);

struct decoding;
/* ST_INVALID if nobody knows the encoding; ST_NO_MEMORY. */
enum status decoding_new(const char *encoding, struct decoding **out, struct problem *problem) MUST_CHECK;
void decoding_free(struct decoding *decoding);
/* Fills `into` with UTF-8 of what `fill` gives; as a byte_giver otherwise. */
ptrdiff_t decoding_fill(struct decoding *decoding, byte_giver *fill, void *source, char *into, size_t room,
                        struct problem *problem);

/* The text as UTF-8 behind what is in `out`; `encoding` NULL: as it is. */
enum status encoding_text(const char *encoding, struct str text, struct buf *out, struct problem *problem) MUST_CHECK;

#endif
