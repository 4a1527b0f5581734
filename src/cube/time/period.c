/* Periods as numbers: reading, printing, and what falls into what. */
#include <stdio.h>
#include <stdlib.h>

#include "entrepot/cube/period.h"

static const struct kind_word {
    const char *word;
    enum period_kind kind;
} kind_words[] = {
    {"A", PERIOD_YEAR},    {"FY", PERIOD_FISCAL},     {"Q", PERIOD_QUARTER},       {"M", PERIOD_MONTH},
    {"year", PERIOD_YEAR}, {"fiscal", PERIOD_FISCAL}, {"quarter", PERIOD_QUARTER}, {"month", PERIOD_MONTH},
};

bool period_kind_read(struct str word, enum period_kind *out)
{
    for (size_t i = 0; i < sizeof kind_words / sizeof *kind_words; i++)
        if (str_eq_nocase(word, str_view(kind_words[i].word))) {
            *out = kind_words[i].kind;
            return true;
        }
    return false;
}

const char *period_kind_word(enum period_kind kind) { return kind_words[kind - 1].word; }

/* Exactly `n` digits at the start of *s, cut off. */
static bool take_digits(struct str *s, size_t n, uint32_t *out)
{
    if (s->n < n || !str_u32(str_span(s->p, n), 9999, out))
        return false;
    *s = str_span(s->p + n, s->n - n);
    return true;
}

static bool year_fits(uint32_t year, const char **why)
{
    *why = "years from 1900 to 2199 are known";
    return year >= PERIOD_YEAR_MIN && year <= PERIOD_YEAR_MAX;
}

static bool read_fiscal(struct str s, uint32_t *out, const char **why)
{
    uint32_t year, end;
    *why = "a fiscal year is written FY2018-19: the year it begins in April, and the last two digits of the next";
    if (!take_digits(&s, 4, &year) || s.n != 3 || s.p[0] != '-')
        return false;
    s = str_span(s.p + 1, 2);
    if (!take_digits(&s, 2, &end) || end != (year + 1) % 100 || !year_fits(year, why))
        return false;
    *out = period_make(PERIOD_FISCAL, year);
    return true;
}

static bool read_part(struct str s, uint32_t year, uint32_t *out, const char **why)
{
    uint32_t part;
    if (s.n == 2 && (s.p[0] == 'Q' || s.p[0] == 'q')) {
        *why = "quarters are Q1 to Q4";
        if (s.p[1] < '1' || s.p[1] > '4')
            return false;
        *out = period_make(PERIOD_QUARTER, year * 4 + (uint32_t)(s.p[1] - '1'));
        return true;
    }
    *why = "months are 01 to 12";
    if (s.n != 2 || !take_digits(&s, 2, &part) || part < 1 || part > 12)
        return false;
    *out = period_make(PERIOD_MONTH, year * 12 + part - 1);
    return true;
}

bool period_read(struct str s, uint32_t *out, const char **why)
{
    uint32_t year;
    if (s.n > 2 && (s.p[0] | 0x20) == 'f' && (s.p[1] | 0x20) == 'y')
        return read_fiscal(str_span(s.p + 2, s.n - 2), out, why);
    *why = "write a period as 2019, FY2018-19, 2019-Q2 or 2019-04";
    if (!take_digits(&s, 4, &year))
        return false;
    if (s.n == 0) {
        *out = period_make(PERIOD_YEAR, year);
        return year_fits(year, why);
    }
    if (s.p[0] != '-')
        return false;
    return read_part(str_span(s.p + 1, s.n - 1), year, out, why) && year_fits(year, why);
}

size_t period_print(uint32_t period, char out[PERIOD_TEXT])
{
    uint32_t ordinal = period_ordinal(period);
    int n = 0;
    switch (period_kind_of(period)) {
    case PERIOD_YEAR: n = snprintf(out, PERIOD_TEXT, "%04u", ordinal % 10000); break;
    case PERIOD_FISCAL: n = snprintf(out, PERIOD_TEXT, "FY%04u-%02u", ordinal % 10000, (ordinal + 1) % 100); break;
    case PERIOD_QUARTER: n = snprintf(out, PERIOD_TEXT, "%04u-Q%u", ordinal / 4 % 10000, ordinal % 4 + 1); break;
    case PERIOD_MONTH: n = snprintf(out, PERIOD_TEXT, "%04u-%02u", ordinal / 12 % 10000, ordinal % 12 + 1); break;
    default: /* a number from a damaged file */ n = snprintf(out, PERIOD_TEXT, "?"); break;
    }
    return (size_t)n;
}

unsigned period_months(enum period_kind kind) { return kind == PERIOD_MONTH ? 1 : kind == PERIOD_QUARTER ? 3 : 12; }

uint32_t period_first_month(uint32_t period)
{
    uint32_t ordinal = period_ordinal(period);
    enum period_kind kind = period_kind_of(period);
    uint32_t month = kind == PERIOD_MONTH     ? ordinal
                     : kind == PERIOD_QUARTER ? ordinal * 3
                                              : ordinal * 12 + (kind == PERIOD_FISCAL ? 3 : 0);
    return period_make(PERIOD_MONTH, month);
}

uint32_t period_of_month(uint32_t month, enum period_kind kind)
{
    uint32_t m = period_ordinal(month);
    if (kind == PERIOD_MONTH)
        return month;
    if (kind == PERIOD_QUARTER)
        return period_make(kind, m / 3);
    return period_make(kind, (kind == PERIOD_FISCAL ? m - 3 : m) / 12);
}

uint32_t period_add_years(uint32_t period, int years)
{
    int step = 12 / (int)period_months(period_kind_of(period));
    return period_make(period_kind_of(period), (uint32_t)((int)period_ordinal(period) + years * step));
}

bool period_adds_up(enum period_kind from, enum period_kind to)
{
    return from == to || from == PERIOD_MONTH || (from == PERIOD_QUARTER && to != PERIOD_MONTH);
}

uint32_t period_within(uint32_t period, enum period_kind kind)
{
    return period_kind_of(period) == kind ? period : period_of_month(period_first_month(period), kind);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

size_t period_order(uint32_t *period, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(period, n, sizeof *period, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || period[kept - 1] != period[i])
            period[kept++] = period[i];
    return kept;
}
