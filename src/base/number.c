/* Decimal text to exact integers, and ratios to text, without the locale and without floating point on the way of
 * money. */
#include "entrepot/base/number.h"

#include <math.h>

#include "base/digits.h"

#define DIGITS_MAX 40
#define VALUE_LIMIT ((int64_t)1 << 62)

/* A decimal number as its significant digits and the power of ten of the last one. */
struct decimal {
    char digit[DIGITS_MAX];
    int n, exponent;
    bool negative, sticky; /* sticky: digits beyond DIGITS_MAX were not all zero */
};

static void push_digit(struct decimal *d, char c, bool after_point)
{
    if (d->n == 0 && c == '0') { /* leading zero */
        d->exponent -= after_point;
        return;
    }
    if (d->n < DIGITS_MAX) {
        d->digit[d->n++] = (char)(c - '0');
        d->exponent -= after_point;
        return;
    }
    d->sticky = d->sticky || c != '0';
    d->exponent += !after_point;
}

static bool read_exponent(struct str s, int *out)
{
    bool negative = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_span(s.p + 1, s.n - 1);
    uint32_t value;
    if (!str_u32(s, 400, &value))
        return false;
    *out = negative ? -(int)value : (int)value;
    return true;
}

static bool parse(struct str s, struct decimal *d)
{
    *d = (struct decimal){.n = 0};
    size_t i = 0, seen = 0;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        d->negative = s.p[i++] == '-';
    bool point = false;
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            push_digit(d, c, point);
            seen++;
        } else {
            break;
        }
    }
    if (seen == 0)
        return false;
    if (i == s.n)
        return true;
    int exponent;
    if ((s.p[i] != 'e' && s.p[i] != 'E') || !read_exponent(str_span(s.p + i + 1, s.n - i - 1), &exponent))
        return false;
    d->exponent += exponent;
    return true;
}

/* Whether the part behind the first `keep` digits rounds the number up in magnitude. */
static bool rounds_up(const struct decimal *d, int keep, bool odd)
{
    if (keep < 0 || keep >= d->n)
        return false;
    int next = d->digit[keep];
    bool rest = d->sticky;
    for (int i = keep + 1; i < d->n; i++)
        rest = rest || d->digit[i] != 0;
    return next > 5 || (next == 5 && (rest || odd));
}

enum status decimal_read(struct str text, int shift, int64_t *out)
{
    struct decimal d;
    if (!parse(str_trim(text), &d))
        return ST_INVALID;
    int keep = d.n + d.exponent + shift; /* digits before the rounded place */
    if (d.n && keep > 19)
        return ST_TOO_LARGE;
    int64_t value = 0;
    for (int i = 0; d.n && i < keep; i++) {
        int digit = i < d.n ? d.digit[i] : 0;
        if (value > (VALUE_LIMIT - digit) / 10)
            return ST_TOO_LARGE;
        value = value * 10 + digit;
    }
    value += rounds_up(&d, keep, (value & 1) != 0);
    if (value > VALUE_LIMIT)
        return ST_TOO_LARGE;
    *out = d.negative ? -value : value;
    return ST_OK;
}

/* llround without a call: halves go away from zero. */
static int64_t nearest(double value)
{
    int64_t whole = (int64_t)value;
    double rest = value - (double)whole;
    return whole + (rest >= 0.5) - (rest <= -0.5);
}

size_t i64_put(char *at, int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t sign = value < 0, n = digits_of(size);
    *at = '-'; /* a digit overwrites it where there is no sign */
    put_digits(at + sign, size, n);
    return sign + n;
}

/* Six decimals without the zeros at their end: mostly there are none, which is known before the digits are. */
static size_t decimals_put(char *at, uint32_t micro)
{
    uint64_t digits = eight_digits(micro * 100);
    if (digits == 0)
        return 0;
    *at = '.';
    digits_put_word(at + 1, digits | EIGHT_ZEROS);
    return micro % 10 ? 7 : 9 - (size_t)__builtin_clzll(digits) / 8;
}

size_t ratio_put(char *at, double ratio)
{
    int64_t micro = nearest(ratio * 1e6);
    uint64_t size = micro < 0 ? 0 - (uint64_t)micro : (uint64_t)micro, whole = size / 1000000;
    size_t n = micro < 0;
    *at = '-';
    if (whole < 10) {
        at[n++] = (char)('0' + whole);
    } else {
        size_t digits = digits_of(whole);
        put_digits(at + n, whole, digits);
        n += digits;
    }
    return n + decimals_put(at + n, (uint32_t)(size % 1000000));
}
