/* bound: binary search in what is in order, which bsearch does not do where the wanted thing is missing or stands several times.
 *
 * Inline, so that the comparison is too: it is asked in the innermost loops. Pure and thread-safe.
 */
#ifndef ENTREPOT_BASE_BOUND_H
#define ENTREPOT_BASE_BOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the list's item `at` comes before `wanted`. */
typedef bool comes_before(const void *list, size_t at, const void *wanted);

/* First of `n` ascending items that does not come before `wanted`; n if all do. */
static inline __attribute__((always_inline)) size_t lower_bound(const void *list, size_t n, comes_before *before,
                                                                const void *wanted)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (before(list, middle, wanted))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline bool u32_before(const void *list, size_t at, const void *wanted)
{
    return ((const uint32_t *)list)[at] < *(const uint32_t *)wanted;
}

/* The same among numbers. */
static inline size_t lower_bound_u32(const uint32_t *list, size_t n, uint32_t wanted)
{
    return lower_bound(list, n, u32_before, &wanted);
}

/* Where `wanted` stands; n if it does not. */
static inline size_t find_u32(const uint32_t *list, size_t n, uint32_t wanted)
{
    size_t at = lower_bound_u32(list, n, wanted);
    return at < n && list[at] == wanted ? at : n;
}

static inline bool u16_before(const void *list, size_t at, const void *wanted)
{
    return ((const uint16_t *)list)[at] < *(const uint32_t *)wanted;
}

static inline size_t find_u16(const uint16_t *list, size_t n, uint32_t wanted)
{
    size_t at = lower_bound(list, n, u16_before, &wanted);
    return at < n && list[at] == wanted ? at : n;
}

#endif
