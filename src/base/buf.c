/* A byte buffer that grows up to its ceiling and remembers that it failed. */
#include "entrepot/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/digits.h"
#include "entrepot/base/number.h"

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
    buf->failed = buf->full = false;
}

char *buf_take(struct buf *buf)
{
    char *bytes = buf->p;
    buf_init(buf, buf->ceiling);
    return bytes;
}

bool buf_grow(struct buf *buf, size_t n)
{
    if (buf->failed)
        return false;
    if (n > buf->ceiling - buf->n) {
        buf->failed = buf->full = true;
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

void buf_u64(struct buf *buf, uint64_t value)
{
    size_t n = digits_of(value);
    if (!buf_reserve(buf, NUMBER_ROOM))
        return;
    put_digits(buf->p + buf->n, value, n);
    buf->n += n;
}

void buf_i64(struct buf *buf, int64_t value)
{
    if (buf_reserve(buf, NUMBER_ROOM))
        buf->n += i64_put(buf->p + buf->n, value);
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

void buf_ratio(struct buf *buf, double ratio)
{
    if (!ratio_is_small(ratio)) /* six decimals no longer fit an integer, nor do they mean anything */
        buf_printf(buf, "%.0f", ratio);
    else if (buf_reserve(buf, NUMBER_ROOM))
        buf->n += ratio_put(buf->p + buf->n, ratio);
}
