/* Comparing, cutting and judging borrowed text. */
#include "entrepot/base/str.h"

#define DISTANCE_MAX 64

static unsigned char fold(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order;
    return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (fold(a.p[i]) != fold(b.p[i]))
            return false;
    return true;
}

bool str_starts(struct str s, struct str prefix) { return s.n >= prefix.n && str_eq(str_span(s.p, prefix.n), prefix); }

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_span(s.p + (s.n - suffix.n), suffix.n), suffix);
}

struct str str_trim(struct str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

size_t str_find(struct str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

struct str str_cut(struct str *rest, char sep)
{
    size_t at = str_find(*rest, sep);
    struct str head = str_span(rest->p, at);
    *rest = at < rest->n ? str_span(rest->p + at + 1, rest->n - at - 1) : str_span(NULL, 0);
    return head;
}

/* Bytes of the sequence that begins with `first`; 0 for a byte that begins none. */
static size_t utf8_expected(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/* Table 3-7 of the Unicode Standard. */
size_t str_utf8_step(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t need = utf8_expected(p[0]);
    if (need < 2 || need > s.n)
        return need == 1;
    unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return need;
}

bool str_utf8(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t step = str_utf8_step(str_span(s.p + i, s.n - i));
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

size_t str_control(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    if (s.n && (p[0] < 0x20 || p[0] == 0x7F))
        return 1;
    return s.n > 1 && p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0 ? 2 : 0;
}

bool str_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

bool str_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!str_has(STR("0123456789abcdef"), s.p[i]))
            return false;
    return s.n > 0;
}

bool str_u32(struct str s, uint32_t max, uint32_t *out)
{
    if (!str_digits(s) || s.n > 10)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++)
        value = value * 10 + (uint64_t)(s.p[i] - '0');
    if (value > max)
        return false;
    *out = (uint32_t)value;
    return true;
}

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* Optimal string alignment over three rolling rows. */
unsigned str_distance(struct str a, struct str b, unsigned limit)
{
    size_t gap = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (a.n > DISTANCE_MAX || b.n > DISTANCE_MAX || gap > limit)
        return limit + 1;
    unsigned rows[3][DISTANCE_MAX + 1];
    for (size_t j = 0; j <= b.n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned char x = fold(a.p[i - 1]), y = fold(b.p[j - 1]);
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == fold(b.p[j - 2]) && y == fold(a.p[i - 2]))
                now[j] = least(now[j], older[j - 2] + 1);
        }
    }
    return least(rows[a.n % 3][b.n], limit + 1);
}
