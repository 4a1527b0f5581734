/* known: what each reporter has reported, and what it means that a figure is not there.
 *
 * A return is what one reporter reports of one flow in one period of the dataset's own frequency. How far down it tells what was traded, and
 * with which partners, is found by the importer from the rows, or stated (DESIGN 9.1), and lies in the cube file. What a cell without a value
 * means is decided here, by cube_absence, in one order (DESIGN 9.3), and nowhere else. All functions are pure and thread-safe.
 */
#ifndef ENTREPOT_CUBE_KNOWN_H
#define ENTREPOT_CUBE_KNOWN_H

#include "entrepot/cube/cube.h"

/* ---- availability ---- */

/* The partners of a return: every one is listed; some are; the world's row is all there is; a closed set, of which every one is. */
enum cube_partners { CUBE_ALL, CUBE_LISTED, CUBE_WORLD, CUBE_CLOSED, CUBE_PARTNERS };
extern const char *const cube_partners_name[CUBE_PARTNERS]; /* "all", "listed", "world", "closed" */

/* What decided how far down a return tells its products: it was stated; the format's word; a published aggregate; the codes that occur; none of
 * these, so that products are chosen ones. */
enum cube_rule { CUBE_STATED, CUBE_READER, CUBE_AGGREGATE, CUBE_CODES, CUBE_NONE, CUBE_RULES };
extern const char *const cube_rule_name[CUBE_RULES]; /* "stated", "reader", "aggregate", "codes", "none" */

struct cube_return {
    bool selected; /* products are chosen ones: what is not there is not known */
    bool any;      /* at least the total is known, and what is below it down to `level` */
    enum level
        level; /* valid with `any`; `selected` with a level: the totals of that level are known, not all that is below */
    enum cube_partners partners;
    bool world, totals; /* the world's row is there; each partner's total is published, or the sum of all there is */
    unsigned revision;  /* of its codes (correlation.h); 0: not known */
    enum cube_rule rule;
};

/* What the reporter reports in a period of the dataset's own frequency; false if nothing. `partner` ANY_MEMBER: with the partners
 * that are no exceptions. For reconciled data a return is the area's, whichever the flow. */
bool cube_return_of(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period,
                    struct cube_return *out);
/* Countries whose products are an exception in that return: how many; at most `max` are written. */
size_t cube_return_exceptions(const struct cube *cube, uint32_t reporter, enum flow flow, uint32_t period,
                              uint32_t *out, size_t max);
/* How many of the dataset's own periods inside `period` have the return. */
unsigned cube_reported(const struct cube *cube, uint32_t reporter, enum flow flow, uint32_t period);

/* ---- the rest ---- */

/* The rest at `product` (TOTAL or an HS code above the leaves) itself, over the dataset's own periods inside `period`: what a row "85-rest"
 * shows. Signed. False where it has none, or some period that holds the pair lacks it. `partner` ANY_MEMBER: all countable ones together;
 * `reporter` likewise. */
bool cube_rest_at(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period,
                  struct str product, int64_t *value_usd);

/* ---- absence ---- */

enum cube_absence {
    CUBE_ZERO,           /* nothing was traded */
    CUBE_NOT_REPORTED,   /* there is no return */
    CUBE_OTHER_REVISION, /* the code is not one of the return's revision */
    CUBE_OUTSIDE_SET,    /* the partner is outside the closed set, or did not exist then and is nowhere in the period */
    CUBE_SUM_OF_PARTNERS, /* the world has no row: the sum of the partners, which are all listed or a closed set, stands for it */
    CUBE_NO_WORLD,   /* the world has no row, nor do the partners stand for it */
    CUBE_NO_GROUP,   /* a group has no row, and of no member anything is known */
    CUBE_NOT_LISTED, /* the return lists some partners, and this is none of them */
    CUBE_SELECTED,   /* the return holds chosen products, and this is none of them */
    CUBE_ABSENCES
};
extern const char *const cube_absence_name[CUBE_ABSENCES]; /* "zero", "not_reported", "other_revision", … */

struct cube_cell {
    uint32_t reporter, partner; /* country ids; partner ANY_MEMBER: all countable ones together */
    enum flow flow;
    struct str product; /* "TOTAL", a section or an HS code; empty is TOTAL */
};

struct cube_unknown {
    enum cube_absence why; /* CUBE_ZERO only if it is so in all periods of `reported` */
    bool bounded;          /* the figure is at most `bound_usd`: in a sum of periods only if each has a bound */
    int64_t bound_usd;
    unsigned
        reported; /* own periods inside the period that have the return; fewer than cube_expected: the rest is not known either */
};

/* What it means that the cell has no observation in `period` (of any kind the dataset's adds up to). The caller has looked for one. */
struct cube_unknown cube_absence(const struct cube *cube, const struct cube_cell *cell, uint32_t period);
/* The same for many periods at once. */
void cube_absences(const struct cube *cube, const struct cube_cell *cell, const uint32_t *period, size_t n,
                   struct cube_unknown *out);

/* Whether the figure that the cell has is all of it: published at the node or above it down to it, or made of all its products. Where it is a
 * part, *out says what bounds the missing rest. */
bool cube_whole(const struct cube *cube, const struct cube_cell *cell, uint32_t period, struct cube_unknown *out);

/* What is known of a cell, month by month: a figure is made of those months. */
struct cube_knowledge {
    unsigned months;       /* bit i: month i of the period is known, be it 0 or a part */
    bool part;             /* some of what is there is not all of it */
    bool members;          /* a group without a row of its own: of some member not all is known */
    enum cube_absence why; /* of a month that is not known, or of what a part lacks; CUBE_ZERO: of none */
    bool bounded;          /* in one own period: what is missing is at most `bound_usd` */
    /* It is a sum of products without an aggregate of its own, and what all partners have of them is not what the world's row has: it may lack
     * some. */
    bool differs;
    int64_t bound_usd;
};
/* Whether the cell has an observation in the period; CUBE_LOOK: the caller does not know. */
enum cube_seen { CUBE_ABSENT, CUBE_PRESENT, CUBE_LOOK };
struct cube_knowledge cube_know(const struct cube *cube, const struct cube_cell *cell, uint32_t period,
                                enum cube_seen seen);
/* Bits of the months of `period` in which the reporter tells of its trade with the partner, whatever the products. ANY_MEMBER: there is a
 * return. */
unsigned cube_months(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period);

/* How many codes of the dataset's own level the return's revision has below the cell's product, and for how many of these the cell has an
 * observation; over several own periods the fewest. False where that is not known, or there is nothing below. */
struct cube_codes {
    unsigned held, total;
};
bool cube_codes_of(const struct cube *cube, const struct cube_cell *cell, uint32_t period, struct cube_codes *out);

/* The unit of the source's last digit, in USD: figures that differ by as many as they have parts differ by rounding. */
int64_t cube_unit_usd(const struct cube *cube);

/* The country that stands for all partners together, where a return has a row for them. */
uint32_t cube_world(const struct cube *cube);

/* Whether areas count as suppliers, buyers and partners in rankings: those not elsewhere specified do not. */
bool cube_specified(const struct cube *cube, uint32_t country);

#endif
