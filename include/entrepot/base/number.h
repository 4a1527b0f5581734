/* number: exact reading and stable printing of figures.
 *
 * Money goes from decimal text to a 64-bit integer without a binary floating point number on the way; ratios go from double
 * to text through integers, so that neither the locale nor the C library's version shows in an answer. Pure, thread-safe.
 */
#ifndef ENTREPOT_BASE_NUMBER_H
#define ENTREPOT_BASE_NUMBER_H

#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

/* Reads a decimal number (sign, digits, point, e-exponent; spaces around it allowed) times 10^shift, rounded half-even to a
 * whole number: decimal_read("70319.64", 6) is 70319640000. ST_INVALID if it is no number, ST_TOO_LARGE outside ±2^62. */
enum status decimal_read(struct str text, int shift, int64_t *out) MUST_CHECK;

/* Prints with at most six decimals, rounded half away from zero, trailing zeros trimmed: 0.136788, 1, -0.25. The number must
 * be finite. */
void ratio_print(struct buf *buf, double ratio);

#endif
