/* figures: amounts that may be missing, the flags that say why, and the parts that every analysis is made of.
 *
 * The analysis rooms are pure functions over a cube: they read nothing else, keep nothing, and put their results into the caller's
 * arena. They know economics; they know neither HTTP nor JSON.
 */
#ifndef ENTREPOT_ANALYSIS_FIGURES_H
#define ENTREPOT_ANALYSIS_FIGURES_H

#include <math.h>

#include "entrepot/analysis/ask.h"
#include "entrepot/cube/known.h"

/* Why a figure is missing or is to be read with care. */
enum flag {
    FLAG_NOT_REPORTED, /* the dataset does not hold it: null, not zero */
    FLAG_PARTIAL_YEAR, /* fewer months than the period has: see months_held */
    FLAG_PROVISIONAL,
    FLAG_ESTIMATED,
    FLAG_ROUNDED,
    FLAG_NO_WORLD_TOTAL,     /* no denominator: shares are null */
    FLAG_CLOSED_SET,         /* shares are within the dataset's set of countries */
    FLAG_LEVEL_UNAVAILABLE,  /* the dataset's products are too coarse for this sector */
    FLAG_PARTIAL_SECTOR,     /* only the covered part of the sector or product group */
    FLAG_LOWER_BOUND,        /* other suppliers are not in the data */
    FLAG_PARTIAL_QUANTITY,   /* a part of the value has no quantity */
    FLAG_CIF_CONVERTED,      /* imports CIF were divided by a factor to be compared with FOB */
    FLAG_ONE_VALUE,          /* reconciled data: there are no two reports to compare */
    FLAG_YEAR_TO_DATE,       /* growth compares the months held with the same months a year before */
    FLAG_NO_PARTNER_BOOKS,   /* the partner's own books are not in the dataset */
    FLAG_NO_OTHER_SUPPLIERS, /* what others sell and buy is not in the dataset */
    FLAG_UNBOUNDED_LOSS,     /* nothing is left of the imports: the loss index has no finite value */
    FLAG_NO_UNIT_VALUE,      /* no weights: the cost is not known */
    FLAG_NO_EXPORTS,         /* nothing to divide by: imports over exports is null */
    FLAG_UNDEFINED,          /* a ratio divides by zero */
    FLAG_SYNTHETIC,          /* made up */
    FLAG_NO_WORLD_EXPORTS,   /* other countries' exports are not in the data */
    FLAG_OTHER_REVISION,     /* the code is not in the revision of the return's codes */
    FLAG_OUTSIDE_SET,        /* the partner is outside the closed set, or did not exist then */
    FLAG_NOT_LISTED,         /* the return lists some partners, and this is none of them */
    FLAG_SELECTED_PRODUCTS,  /* the return holds chosen products, and this is none of them */
    FLAG_SUMMED,             /* the sum of the partners stands for the world */
    FLAG_MEMBERS_MISSING,    /* a group's figure lacks a member */
    FLAG_MONTHS_DIFFER,      /* two sides of a figure do not hold the same months */
    FLAG_BOUNDED,            /* a figure is null, and the most that it can be is known */
    FLAG_WORLD_DIFFERS,      /* the world's row has another sum than its partners: one of them may lack a row */
    FLAG_REPORTERS_MISSING,  /* a figure of the world is of the countries that report */
    FLAGS
};
typedef uint64_t flag_bits; /* FLAG_BIT of each flag that is set */
#define FLAG_BIT(flag) ((flag_bits)1 << (flag))
extern const char *const flag_name[FLAGS], *const flag_meaning[FLAGS];

/* An amount in whole US dollars, or the knowledge that it is not known. */
struct figure {
    int64_t usd; /* 0 where it is not known */
    bool known;
    bool part;       /* it lacks some of what its name says: it has no share, and is no whole */
    bool bounded;    /* it is not known, and at most `most_usd` */
    uint16_t months; /* of its period, that it is made of; 0: the same as those of any other figure */
    flag_bits flags; /* why it is not known, or what it lacks */
    int64_t most_usd;
};
#define FIGURE_NONE ((struct figure){.known = false})

static inline struct figure figure_of(int64_t usd) { return (struct figure){.usd = usd, .known = true}; }

/* Figures that are set against each other are made of the same months. */
static inline bool figure_months_match(struct figure a, struct figure b)
{
    return a.months == b.months || !a.months || !b.months;
}
/* Unknown where either is, where they are of different months, or where the sum does not fit. */
struct figure figure_sum(struct figure a, struct figure b);
struct figure figure_difference(struct figure a, struct figure b);
/* How many months two figures have in common; where one is not known, those of the other. */
unsigned months_in_common(struct figure a, struct figure b);
/* What a row says of two figures that it sets against each other: FLAG_MONTHS_DIFFER or 0. */
flag_bits flags_of_months(struct figure a, struct figure b);
/* What a row says of a figure that it shows. */
static inline flag_bits flags_of_figure(struct figure f) { return f.flags; }
/* Known, and all that its name says. */
static inline bool figure_whole(struct figure f) { return f.known && !f.part; }
/* part / whole; NaN where either is unknown or a part, the two are of different months, or the whole is zero. */
static inline double figure_ratio(struct figure part, struct figure whole)
{
    bool comparable = figure_whole(part) && figure_whole(whole) && figure_months_match(part, whole);
    return comparable && whole.usd != 0 ? (double)part.usd / (double)whole.usd : (double)NAN;
}
/* now / before − 1 (G1); NaN likewise. */
double figure_growth(struct figure now, struct figure before);

/* ---- concentration ---- */

/* C1: Σ value² / (Σ value)²; NaN where the sum is not above zero. */
double hhi_of_sums(int64_t value_usd, double sum_sq);
/* C2: (HHI − 1/n) / (1 − 1/n); NaN where n < 2. */
double hhi_normalised(double hhi, unsigned n);

/* ---- quantities ---- */

/* Kilograms of what has a quantity, and the value of what has none. */
struct quantity {
    int64_t kg, unweighed_usd;
    bool known; /* some part has a quantity */
};
#define QUANTITY_NONE ((struct quantity){0, 0, false})

/* Row `i` of a query with CUBE_QUANTITY. */
struct quantity quantity_of(const struct cube_rows *rows, size_t i);
/* Tonnes; NaN where not known. */
double quantity_tonnes(struct quantity q);
/* G4: US dollars a tonne of what has a quantity: (value − unweighed) / quantity. NaN where not known or nothing was weighed. */
double unit_value(struct figure value, struct quantity q);
/* FLAG_PARTIAL_QUANTITY where a quantity stands for less than the whole value. */
flag_bits flags_of_quantity(struct quantity q);

/* Flags that the status bits of observations stand for. */
flag_bits flags_of_status(unsigned status);
/* FLAG_UNDEFINED where both are known and the whole is zero, else 0. */
flag_bits flags_of_ratio(struct figure part, struct figure whole);

/* ---- the frame of a question ---- */

/* One reporter, one partner (or ANY_MEMBER), a dataset; optionally only some leaves. */
struct frame {
    const struct cube *cube;
    const struct countries *countries;
    uint32_t reporter, partner;
    struct cube_set leaves; /* and rests (leaves_of); member == NULL: all */
    const struct str *code; /* what the leaves stand for; n_codes == 0: TOTAL */
    size_t n_codes;
    flag_bits flags; /* of every row: what the leaves stand for is in the data only in part */
    struct ask *ask; /* the batch that its statements go into */
};

/* A statement about the frame's reporter and leaves in `n` periods of one kind (more than one: told apart); the rest is open. */
struct cube_query frame_query(const struct frame *frame, const uint32_t *period, size_t n);

/* What a figure is of: codes that do not overlap, added up; none: TOTAL. */
struct goods {
    const struct str *code;
    size_t n;
};

/* The one place where an amount is judged: what a statement read of the reporter's `goods` with `partner` (ANY_MEMBER: all together)
 * as a figure, and where it read nothing (`read` FIGURE_NONE) 0 or why it is not known. */
struct figure frame_figure(const struct frame *frame, uint32_t partner, enum flow flow, uint32_t period,
                           struct goods goods, struct figure read);
/* The goods of the frame itself. */
static inline struct goods frame_goods(const struct frame *frame)
{
    return (struct goods){frame->code, frame->n_codes};
}

/* Of a part: how many of the codes below its goods it is made of, and how many there are. Unknown of a whole, and where that is not known. */
struct codes {
    struct figure held, total;      /* numbers */
    struct figure exports, imports; /* held, of rows with both flows, of each; `held` is the fewer */
};
struct codes frame_codes(const struct frame *frame, uint32_t partner, enum flow flow, uint32_t period,
                         struct goods goods, struct figure figure);
/* Of both flows of the same goods. */
struct codes codes_of_both(struct codes exports, struct codes imports);

/* Bits of the months of `period` in which the reporter tells of its trade with the frame's partner, if any. */
unsigned frame_months(const struct frame *frame, enum flow flow, uint32_t period);
/* How many months of `period` are held for the pair: those that both flows have, where both are told of. */
unsigned frame_months_held(const struct frame *frame, uint32_t period);
bool frame_complete(const struct frame *frame, uint32_t period);

#endif
