/* digits: whole numbers as decimal text, eight digits at a time in one word. Private to src/base. */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EIGHT_DIGITS 100000000U
#define EIGHT_ZEROS 0x3030303030303030U

/* The eight digits of a number below EIGHT_DIGITS, the first of them in the lowest byte. The word is cut in halves, quarters and
 * digits; the factors are 2^20/100 and 2^10/10 rounded up, exact below 10,000 and 100. */
static inline uint64_t eight_digits(uint32_t value)
{
    uint64_t word = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t tens = (word * 10486 >> 20) & 0x0000007F0000007FU;
    word = tens | (word - 100 * tens) << 16;
    tens = (word * 103 >> 10) & 0x000F000F000F000FU;
    return tens | (word - 10 * tens) << 8;
}

/* Puts the low byte of such a word first. */
static inline void digits_put_word(char *at, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(at, &word, sizeof word);
}

/* How many digits a number has; 1 for 0. 1233/4096 is a little more than log10(2). */
static inline size_t digits_of(uint64_t value)
{
    static const uint64_t power[20] = {0,
                                       10U,
                                       100U,
                                       1000U,
                                       10000U,
                                       100000U,
                                       1000000U,
                                       10000000U,
                                       100000000U,
                                       1000000000U,
                                       10000000000U,
                                       100000000000U,
                                       1000000000000U,
                                       10000000000000U,
                                       100000000000000U,
                                       1000000000000000U,
                                       10000000000000000U,
                                       100000000000000000U,
                                       1000000000000000000U,
                                       10000000000000000000U};
    size_t at_most = (size_t)(64 - __builtin_clzll(value | 1)) * 1233 >> 12;
    return at_most + (value >= power[at_most]);
}

/* A number below EIGHT_DIGITS in its `n` digits; up to seven bytes behind them are written too. */
static inline void put_short(char *at, uint32_t value, size_t n)
{
    digits_put_word(at, (eight_digits(value) | EIGHT_ZEROS) >> (64 - 8 * n));
}

/* The same of any number. How many digits there are is told apart from what they are: whatever is written behind waits for that alone. */
static inline void put_digits(char *at, uint64_t value, size_t n)
{
    if (n <= 8) {
        put_short(at, (uint32_t)value, n);
        return;
    }
    uint64_t high = value / EIGHT_DIGITS;
    if (n <= 16) {
        put_short(at, (uint32_t)high, n - 8);
    } else {
        put_short(at, (uint32_t)(high / EIGHT_DIGITS), n - 16);
        digits_put_word(at + n - 16, eight_digits((uint32_t)(high % EIGHT_DIGITS)) | EIGHT_ZEROS);
    }
    digits_put_word(at + n - 8, eight_digits((uint32_t)(value % EIGHT_DIGITS)) | EIGHT_ZEROS);
}

#endif
