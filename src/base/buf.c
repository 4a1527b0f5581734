#include "entrepot/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES 512

void buf_init(struct buf *buf, size_t ceiling) { *buf = (struct buf){.ceiling = ceiling}; }

void buf_release(struct buf *buf)
{
    free(buf->p);
    buf_init(buf, buf->ceiling);
}

void buf_reset(struct buf *buf)
{
    buf->n = 0;
    buf->failed = false;
}

char *buf_take(struct buf *buf)
{
    char *bytes = buf->p;
    buf_init(buf, buf->ceiling);
    return bytes;
}

bool buf_reserve(struct buf *buf, size_t n)
{
    if (buf->failed)
        return false;
    if (n <= buf->capacity - buf->n)
        return true;
    if (n > buf->ceiling - buf->n) {
        buf->failed = true;
        return false;
    }
    size_t capacity = buf->capacity ? buf->capacity : buf->ceiling < FIRST_BYTES ? buf->ceiling : FIRST_BYTES;
    while (capacity - buf->n < n)
        capacity = capacity > buf->ceiling / 2 ? buf->ceiling : capacity * 2;
    char *bytes = realloc(buf->p, capacity);
    if (!bytes) {
        buf->failed = true;
        return false;
    }
    buf->p = bytes;
    buf->capacity = capacity;
    return true;
}

void buf_add(struct buf *buf, struct str s)
{
    if (s.n == 0 || !buf_reserve(buf, s.n))
        return;
    memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

void buf_byte(struct buf *buf, char c)
{
    if (buf_reserve(buf, 1))
        buf->p[buf->n++] = c;
}

/* Two digits at a time halves the divisions; the 20 bytes hold any 64-bit number. */
void buf_u64(struct buf *buf, uint64_t value)
{
    static const char pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                   "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                   "8081828384858687888990919293949596979899";
    char text[20];
    size_t at = sizeof text;
    while (value >= 100) {
        const char *pair = pairs + 2 * (value % 100);
        value /= 100;
        text[--at] = pair[1];
        text[--at] = pair[0];
    }
    if (value >= 10) {
        text[--at] = pairs[2 * value + 1];
        text[--at] = pairs[2 * value];
    } else {
        text[--at] = (char)('0' + value);
    }
    buf_add(buf, str_span(text + at, sizeof text - at));
}

void buf_i64(struct buf *buf, int64_t value)
{
    if (value < 0)
        buf_byte(buf, '-');
    buf_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !buf_reserve(buf, (size_t)n + 1))
        return;
    va_start(args, format);
    (void)vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
    va_end(args);
    buf->n += (size_t)n;
}
