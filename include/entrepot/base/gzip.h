/* gzip: a whole text compressed at once (RFC 1952, by zlib).
 *
 * The same bytes always give the same bytes, as strong entity tags need: no time, no name, one level. Pure function, thread-safe.
 */
#ifndef ENTREPOT_BASE_GZIP_H
#define ENTREPOT_BASE_GZIP_H

#include "entrepot/base/arena.h"
#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"

/* Appends `text`, compressed. About 300 KiB of the arena are used. ST_NO_MEMORY where that or *out has no room. */
enum status gzip_add(struct str text, struct arena *arena, struct buf *out) MUST_CHECK;

#endif
