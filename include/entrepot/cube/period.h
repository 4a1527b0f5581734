/* period: calendar years, fiscal years (April–March), quarters and months, and the grammar in which requests name them.
 *
 * A period is 32 bits: its kind in the top byte, below it an ordinal that counts periods of that kind (years since 0; quarters,
 * months likewise). Periods of one kind are ordered and subtracted as numbers. Pure, thread-safe.
 */
#ifndef ENTREPOT_CUBE_PERIOD_H
#define ENTREPOT_CUBE_PERIOD_H

#include "entrepot/base/str.h"

enum period_kind { PERIOD_YEAR = 1, PERIOD_FISCAL = 2, PERIOD_QUARTER = 3, PERIOD_MONTH = 4 };

static inline uint32_t period_make(enum period_kind kind, uint32_t ordinal) { return (uint32_t)kind << 24 | ordinal; }
static inline enum period_kind period_kind_of(uint32_t period) { return (enum period_kind)(period >> 24); }
static inline uint32_t period_ordinal(uint32_t period) { return period & 0xFFFFFF; }

#define PERIOD_TEXT 16 /* bytes for the longest text and its NUL */
#define PERIOD_YEAR_MIN 1900
#define PERIOD_YEAR_MAX 2199

/* Manifest and `freq=` words: "A", "FY", "Q", "M" (and "year", "fiscal", "quarter", "month"); false otherwise. */
bool period_kind_read(struct str word, enum period_kind *out);
const char *period_kind_word(enum period_kind kind); /* "A", "FY", "Q", "M" */

/* One period: 2019, FY2018-19, 2019-Q2, 2019-04. False if it is none of these or outside PERIOD_YEAR_MIN…MAX; then *why is a
 * sentence for the user. */
bool period_read(struct str text, uint32_t *out, const char **why);
/* Writes the canonical text with its NUL; returns its length. */
size_t period_print(uint32_t period, char out[PERIOD_TEXT]);

/* Number of months in a period of this kind: 12, 12, 3, 1. */
unsigned period_months(enum period_kind kind);
/* First month (a PERIOD_MONTH) of a period. */
uint32_t period_first_month(uint32_t period);
/* The period of `kind` that holds `month`, which is a PERIOD_MONTH. */
uint32_t period_of_month(uint32_t month, enum period_kind kind);
/* The same period `years` later (or earlier). */
uint32_t period_add_years(uint32_t period, int years);
/* Puts periods in order, each once; returns how many they are then. */
size_t period_order(uint32_t *period, size_t n);
/* Whether periods of kind `from` add up to periods of kind `to`: a kind to itself, months to all, quarters to years and fiscal
 * years. A fiscal year is never made of calendar years. */
bool period_adds_up(enum period_kind from, enum period_kind to);
/* The period of `kind` that a period of a kind that adds up to it falls into. */
uint32_t period_within(uint32_t period, enum period_kind kind);

/* ---- what a request asks for ---- */

#define PERIOD_ITEMS_MAX 64

struct period_range {
    uint32_t from, to; /* inclusive, same kind */
};

/* Either `latest` (the newest `latest` periods of whatever kind the dataset has), or items of one kind. n == 0 and latest == 0:
 * the whole series. */
struct period_set {
    enum period_kind kind; /* of the items */
    unsigned latest;
    size_t n;
    struct period_range item[PERIOD_ITEMS_MAX];
};

/* period, from..to, 2010-2019, lists with commas, latest, latest:N, all (or *). False with *why a sentence for the user, and
 * *bad the part that is wrong: mixed kinds, a range that runs backwards, FY2018-20, month 13, more than PERIOD_ITEMS_MAX items, an empty item. */
bool period_set_read(struct str text, struct period_set *out, struct str *bad, const char **why);

#endif
