/* correlation: the revisions of the Harmonized System, their codes, and which code of one became which of the next.
 *
 * The tables are those of the United Nations and the World Customs Organization as config/hs-revisions.txt packs them: part of the
 * program, read in place. Revisions are numbered by age: 1 is HS1992, HS_REVISIONS is HS2022, 0 stands for none that is known. Codes have
 * two, four or six digits; of a finer one its first six count. All functions are pure and thread-safe.
 */
#ifndef ENTREPOT_CUBE_CORRELATION_H
#define ENTREPOT_CUBE_CORRELATION_H

#include "entrepot/cube/codes.h"

#define HS_REVISIONS 7U

/* Number of "HS2017", "HS17" or "H5"; 0 for anything else. */
unsigned hs_number(struct str word);
/* "HS2017"; empty for 0. */
struct str hs_name(unsigned revision);

/* Lines of one length, sorted. */
struct correlation_block {
    const char *line;
    size_t n;
};

struct correlation {
    struct correlation_block codes,
        step[HS_REVISIONS + 1]; /* step[r]: from the revision before r; step[0] and step[1] are empty */
};

/* The shipped tables: a few pointers, found anew at each call. */
struct correlation correlation_shipped(void);

/* A bit, 1 << (revision - 1), for each revision that has the code or one that begins with it. */
unsigned correlation_revisions(const struct correlation *tables, struct str code);
/* Whether the revision has the code, or one that begins with it. True for TOTAL, for sections, and for revision 0. */
bool correlation_has(const struct correlation *tables, unsigned revision, struct str code);
/* Whether any revision has it: national codes (chapters 98 and 99, a country's own headings) are in none. */
bool correlation_knows(const struct correlation *tables, struct str code);
/* How many codes of level hs2, hs4 or hs6 the revision has, chapters 98 and 99 not counted; 0 for other levels and for revision 0. */
size_t correlation_count(const struct correlation *tables, unsigned revision, enum level level);

/* How many of them begin with `prefix`. */
size_t correlation_count_below(const struct correlation *tables, unsigned revision, struct str prefix,
                               enum level level);

/* What the six-digit `code` of revision `from` is in revision `to`, newer or older, step by step: codes of six digits, ascending and distinct,
 * borrowed from the tables. Returns how many there are; at most `max` are written, and following ends where more are on the way.
 * 0 where the code is not in `from`, or was left without a relative. */
size_t correlation_follow(const struct correlation *tables, struct str code, unsigned from, unsigned to,
                          struct str *out, size_t max);
/* Whether the code means in `revision` what it means in HS2022: in each step from one to the other it has itself as its only relative, both
 * ways. A heading: it stands in each revision on the way and keeps some code from each to the next. Chapters keep their meaning. */
bool correlation_same(const struct correlation *tables, unsigned revision, struct str code);

#endif
