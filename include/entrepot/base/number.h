/* number: exact reading and stable printing of figures.
 *
 * Money goes from decimal text to a 64-bit integer without a binary floating point number on the way; ratios go from double
 * to text through integers, so that neither the locale nor the C library's version shows in an answer. Pure, thread-safe.
 */
#ifndef ENTREPOT_BASE_NUMBER_H
#define ENTREPOT_BASE_NUMBER_H

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

/* Reads a decimal number (sign, digits, point, e-exponent; spaces around it allowed) times 10^shift, rounded half-even to a
 * whole number: decimal_read("70319.64", 6) is 70319640000. ST_INVALID if it is no number, ST_TOO_LARGE outside ±2^62. */
enum status decimal_read(struct str text, int shift, int64_t *out) MUST_CHECK;

/* The same as buf_i64 and buf_ratio where there is room already: both return how many bytes they have written, and want room for
 * NUMBER_ROOM of them, since whole words are stored. A ratio must be small: its millionths fit an integer. */
#define NUMBER_ROOM 40
size_t i64_put(char *at, int64_t value);
static inline bool ratio_is_small(double ratio) { return ratio > -9e12 && ratio < 9e12; }
size_t ratio_put(char *at, double ratio);

#endif
