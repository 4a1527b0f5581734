/* figures: amounts that may be missing, the flags that say why, and the parts that every analysis is made of.
 *
 * The analysis rooms are pure functions over a cube: they read nothing else, keep nothing, and put their results into the caller's
 * arena. They know economics; they know neither HTTP nor JSON.
 */
#ifndef ENTREPOT_ANALYSIS_FIGURES_H
#define ENTREPOT_ANALYSIS_FIGURES_H

#include <math.h>

#include "entrepot/analysis/ask.h"

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
    FLAGS
};
#define FLAG_BIT(flag) (1U << (flag))
extern const char *const flag_name[FLAGS], *const flag_meaning[FLAGS];

/* An amount in whole US dollars, or the knowledge that it is not known. */
struct figure {
    int64_t usd;
    bool known;
};
#define FIGURE_NONE ((struct figure){0, false})

/* Unknown where either is. */
static inline struct figure figure_sum(struct figure a, struct figure b)
{
    return (struct figure){a.known && b.known ? a.usd + b.usd : 0, a.known && b.known};
}
static inline struct figure figure_difference(struct figure a, struct figure b)
{
    return (struct figure){a.known && b.known ? a.usd - b.usd : 0, a.known && b.known};
}
/* part / whole; NaN where either is unknown or the whole is zero. */
static inline double figure_ratio(struct figure part, struct figure whole)
{
    return part.known && whole.known && whole.usd != 0 ? (double)part.usd / (double)whole.usd : (double)NAN;
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
unsigned flags_of_quantity(struct quantity q);

/* Flags that the status bits of observations stand for. */
unsigned flags_of_status(unsigned status);
/* FLAG_UNDEFINED where both are known and the whole is zero, else 0. */
unsigned flags_of_ratio(struct figure part, struct figure whole);

/* ---- the frame of a question ---- */

/* One reporter, one partner (or ANY_MEMBER), a dataset; optionally only some leaves. */
struct frame {
    const struct cube *cube;
    const struct countries *countries;
    uint32_t reporter, partner;
    struct cube_set leaves; /* member == NULL: all */
    unsigned flags;         /* of every row: what the leaves stand for is in the data only in part */
    struct ask *ask;        /* the batch that its statements go into */
};

/* A statement about the frame's reporter and leaves in `n` periods of one kind (more than one: told apart); the rest is open. */
struct cube_query frame_query(const struct frame *frame, const uint32_t *period, size_t n);

/* Value 0 where the dataset would have told of trade (full coverage, and partner or all partners recorded), else unknown: what an
 * absent key means. */
struct figure frame_absent(const struct frame *frame, uint32_t partner, enum flow flow, uint32_t period);
/* How many of the dataset's own periods inside `period` tell of the pair's flow. */
unsigned frame_held(const struct frame *frame, enum flow flow, uint32_t period);
/* Months of `period` that are held for the pair (the smaller of both flows where both are recorded). */
unsigned frame_months_held(const struct frame *frame, uint32_t period);
bool frame_complete(const struct frame *frame, uint32_t period);

/* What the three above say of the frame's partner, for many periods at once. */
struct presence_series {
    const unsigned *held[2]; /* by flow and period: the dataset's own periods that are held */
};
/* `period` ascending, of one kind. ST_NO_MEMORY. */
enum status frame_presence(const struct frame *frame, const uint32_t *period, size_t n, struct arena *arena,
                           struct presence_series *out) MUST_CHECK;
struct figure presence_absent(const struct frame *frame, const struct presence_series *presence, enum flow flow,
                              size_t at);
bool presence_complete(const struct frame *frame, const struct presence_series *presence, size_t at, uint32_t period);

#endif
