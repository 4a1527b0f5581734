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

bool buf_grow(struct buf *buf, size_t n)
{
    if (buf->failed)
        return false;
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

/* ---- numbers ---- */

static const char pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                               "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                               "8081828384858687888990919293949596979899";

static void put_pair(char *at, uint32_t two) { memcpy(at, pairs + 2 * (size_t)two, 2); }

/* Eight digits, in halves that do not wait for each other. */
static void put_eight(char *at, uint32_t value)
{
    uint32_t high = value / 10000, low = value % 10000;
    put_pair(at, high / 100);
    put_pair(at + 2, high % 100);
    put_pair(at + 4, low / 100);
    put_pair(at + 6, low % 100);
}

/* 1 for 0. */
static size_t digits_of(uint64_t value)
{
    size_t n = 1;
    for (; value >= 10000; value /= 10000)
        n += 4;
    return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

void buf_digits(struct buf *buf, uint64_t value, size_t n)
{
    if (!buf_reserve(buf, n))
        return;
    char *first = buf->p + buf->n, *end = first + n;
    buf->n += n;
    for (; end - first >= 8; value /= 100000000)
        put_eight(end -= 8, (uint32_t)(value % 100000000));
    uint32_t rest = (uint32_t)value;
    for (; end - first >= 2; rest /= 100)
        put_pair(end -= 2, rest % 100);
    if (end > first)
        *first = (char)('0' + rest);
}

void buf_u64(struct buf *buf, uint64_t value) { buf_digits(buf, value, digits_of(value)); }

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
