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

#define RATIO_BYTES 24 /* "-9000000000000.000001" */

void ratio_print(struct buf *buf, double ratio)
{
    if (fabs(ratio) >= 9e12) { /* six decimals no longer fit an integer, nor do they mean anything */
        buf_printf(buf, "%.0f", ratio);
        return;
    }
    if (!buf_reserve(buf, RATIO_BYTES))
        return;
    int64_t micro = nearest(ratio * 1e6);
    uint64_t size = micro < 0 ? 0 - (uint64_t)micro : (uint64_t)micro, whole = size / 1000000;
    char *at = buf->p + buf->n;
    *at = '-'; /* a digit overwrites it where there is no sign */
    at += micro < 0;
    size_t n = whole < 10 ? 1 : digits_of(whole);
    put_digits(at, whole, n);
    at[n] = '.';
    put_digits(at + n + 1, size % 1000000, 6);
    n += 7;
    while (at[n - 1] == '0')
        n--;
    n -= at[n - 1] == '.';
    buf->n = (size_t)(at + n - buf->p);
}
