/* grade: how much of what a request wants a dataset knows in one period. Private to the catalogue. */
#ifndef CUBE_CATALOGUE_GRADE_H
#define CUBE_CATALOGUE_GRADE_H

#include "entrepot/cube/catalogue.h"

/* From nothing to all: a bound of what is wanted; one of several things; each in part; each in part, but in all its months; all of it
 * beside a list of some partners, where all would be better. */
enum grade { GRADE_NONE, GRADE_BOUND, GRADE_SOME, GRADE_PART, GRADE_MONTHS, GRADE_LISTED, GRADE_WHOLE };

struct grading {
    enum grade grade;
    unsigned lacks; /* bits of enum lack */
};

/* Decided by the availability of the returns and by what absence means there (known.h), for each of the flows, reporters, partners and products
 * that are wanted. `period` is of a kind that the dataset's adds up to. Pure and thread-safe. */
struct grading grade_period(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                            uint32_t period);

#endif
