/* bits: counting and loading, without asking for a processor's extensions. Private to src/cube. */
#ifndef CUBE_FILE_BITS_H
#define CUBE_FILE_BITS_H

#include <stdint.h>
#include <string.h>

static inline unsigned bits_count(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555U;
    x = (x & 0x3333333333333333U) + (x >> 2 & 0x3333333333333333U);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0FU;
    return (unsigned)(x * 0x0101010101010101U >> 56);
}

static inline unsigned bits_lowest(uint64_t x) { return (unsigned)__builtin_ctzll(x); }

/* The lowest `n` bits set; n at most 64. */
static inline uint64_t bits_mask(unsigned n) { return n >= 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1; }

static inline uint64_t bits_load(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

#endif
