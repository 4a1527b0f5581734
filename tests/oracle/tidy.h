/* tidy: the rows of a sample's source, one after the other, and a CSV and the lines of a manifest that say the same. */
#ifndef TESTS_ORACLE_TIDY_H
#define TESTS_ORACLE_TIDY_H

#include "oracle/oracle.h"

struct tidy_row {
    uint32_t reporter, partner; /* numbers of areas */
    enum flow flow;
    uint32_t product, period;
    int64_t value_usd, quantity_kg;
    bool weighed;
    unsigned status;
};

enum tidy_column { T_PERIOD, T_REPORTER, T_PARTNER, T_FLOW, T_PRODUCT, T_VALUE, T_QUANTITY, T_STATUS, T_COLUMNS };

#define SEVERAL_MAX 16

struct tidy {
    enum sample_name name;
    FILE *in;
    bool piped, numbers, thinned;
    int column[T_COLUMNS]; /* -1: there is none */
    int value_shift, quantity_shift;
    const char *columns, *constants; /* of the manifest, as JSON */
    uint32_t several[SEVERAL_MAX];   /* partners that the source has several names for */
    size_t n_several;
    struct dgcis *dgcis;
    char *line;
    size_t room;
};

/* Opens the source; `csv` is the file that the cube will be made of (made, or linked to). False, with a line that says why, where
 * a tool is not here. */
bool tidy_open(struct tidy *tidy, enum sample_name name, const char *file, const char *csv);
/* False at the end. The test fails on anything that is not understood. */
bool tidy_next(struct tidy *tidy, struct tidy_row *row);
void tidy_close(struct tidy *tidy);

/* A few reporters' months: world, a group, areas, zeros, ties, gaps, unknown quantities and every status. */
void months_write(const char *csv);

#endif
