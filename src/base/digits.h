/* digits: whole numbers as decimal text. Private to src/base. */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many digits a number has; 1 for 0. */
static inline size_t digits_of(uint64_t value)
{
    size_t n = 1;
    for (; value >= 10000; value /= 10000)
        n += 4;
    return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

static inline void put_pair(char *at, uint32_t two)
{
    static const char pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                   "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                   "8081828384858687888990919293949596979899";
    memcpy(at, pairs + 2 * (size_t)two, 2);
}

/* In halves that do not wait for each other. */
static inline void put_eight(char *at, uint32_t value)
{
    uint32_t high = value / 10000, low = value % 10000;
    put_pair(at, high / 100);
    put_pair(at + 2, high % 100);
    put_pair(at + 4, low / 100);
    put_pair(at + 6, low % 100);
}

/* A number in exactly `n` digits, zeros in front. It has no more than that. */
static inline void put_digits(char *at, uint64_t value, size_t n)
{
    for (; n >= 8; value /= 100000000)
        put_eight(at + (n -= 8), (uint32_t)(value % 100000000));
    uint32_t rest = (uint32_t)value;
    for (; n >= 2; rest /= 100)
        put_pair(at + (n -= 2), rest % 100);
    if (n)
        *at = (char)('0' + rest);
}

#endif
