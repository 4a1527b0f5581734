/* buf: a growing byte buffer with a ceiling.
 *
 * Appends never fail one by one: the first that cannot be honoured (ceiling, no memory) sets `failed`, later ones do nothing,
 * and the owner asks once at the end. The bytes are malloc's, so buf_take can hand them to a library that calls free.
 */
#ifndef ENTREPOT_BASE_BUF_H
#define ENTREPOT_BASE_BUF_H

#include <stdarg.h>

#include "entrepot/base/str.h"

struct buf {
    char *p;
    size_t n, capacity, ceiling;
    bool failed;
    bool full; /* failed because of the ceiling; memory was not short */
};

/* An empty buffer that never holds more than `ceiling` bytes. Allocates nothing yet. */
void buf_init(struct buf *buf, size_t ceiling);
/* Frees the bytes. Safe after buf_take and when called twice. */
void buf_release(struct buf *buf);
/* Empties the buffer and clears `failed`, keeping its memory. */
void buf_reset(struct buf *buf);
/* Hands the bytes over: the caller frees them with free. NULL if nothing was ever written; the buffer is empty afterwards. */
char *buf_take(struct buf *buf) __attribute__((warn_unused_result));
static inline struct str buf_view(const struct buf *buf) { return str_span(buf->p, buf->n); }

/* What buf_reserve does when the room must grow first. */
bool buf_grow(struct buf *buf, size_t n);
/* Room for `n` more bytes: true, and buf->p + buf->n may be written; false and `failed` otherwise. */
static inline bool buf_reserve(struct buf *buf, size_t n)
{
    return (!buf->failed && n <= buf->capacity - buf->n) || buf_grow(buf, n);
}

static inline void buf_add(struct buf *buf, struct str s)
{
    if (s.n == 0 || !buf_reserve(buf, s.n))
        return;
    memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

static inline void buf_byte(struct buf *buf, char c)
{
    if (buf_reserve(buf, 1))
        buf->p[buf->n++] = c;
}

void buf_u64(struct buf *buf, uint64_t value);
void buf_i64(struct buf *buf, int64_t value);
/* Prints with at most six decimals, rounded half away from zero, trailing zeros trimmed: 0.136788, 1, -0.25. The number must
 * be finite. */
void buf_ratio(struct buf *buf, double ratio);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A literal, without strlen at run time. */
#define buf_lit(buf, literal) buf_add((buf), STR(literal))

#endif
