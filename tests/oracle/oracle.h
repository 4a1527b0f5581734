/* oracle: the same data in a cube and in SQLite, and the same random questions to both.
 *
 * Nothing that the answers of SQLite depend on comes from the code under test: lines, decimals, periods, country numbers, product
 * levels and sections are read by text.c, sums are SQLite's. What is shared is the files, the numbering of months and years that
 * period.h documents, and the texts of codes. One thread.
 */
#ifndef TESTS_ORACLE_ORACLE_H
#define TESTS_ORACLE_ORACLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>

#include "entrepot/api/api.h"
#include "entrepot/cube/catalogue.h"
#include "instrumented.h"

/* ---- dice: every question has its own, so that each can be asked again alone ---- */

struct dice {
    uint64_t state;
};
uint64_t dice_seed(void); /* ORACLE_SEED, or a fixed number */
struct dice dice_for(const char *what, unsigned number);
uint32_t dice_below(struct dice *dice, uint32_t sides);
/* ORACLE_QUESTIONS, or `usual`, or a part of it where instrumented. */
unsigned dice_questions(unsigned usual);

/* ---- text: what lines, numbers and codes mean ---- */

#define FIELDS_MAX 32
/* Cuts a CSV line in place; returns how many fields there are. */
size_t text_fields(char *line, char *field[FIELDS_MAX]);
/* text × 10^shift as a whole number, half to even; false if it is no number. */
bool text_decimal(const char *text, int shift, int64_t *out);
/* Years since 0 (also of FY2018-19), quarters and months likewise. */
uint32_t text_period(const char *text);
/* The number that stands for the product or section with this code; the order of numbers is the order of rows. */
uint32_t text_product(const char *code);
/* The number that stands for a leaf's ancestor. */
uint32_t text_ancestor(uint32_t leaf, enum level leaves, enum level level);
/* The same as an expression of SQL over the column `product`. */
const char *text_ancestor_sql(enum level leaves, enum level level);
/* Digits of codes of a level from hs2 on. */
unsigned text_digits(enum level level);
/* 10^n. */
uint32_t text_power(unsigned n);

struct area {
    char id[8];
    unsigned m49, comtrade; /* 0: none */
    uint32_t place;         /* line in the table of countries */
    bool counts, former;
    bool nowhere; /* an area not elsewhere specified, which is no supplier */
};
#define AREAS_MAX 400
#define NO_AREA UINT32_MAX
extern struct area area[AREAS_MAX]; /* ascending by id: an area's number is its place here */
extern size_t n_areas;
/* From a table of countries, which is cut into pieces. */
void text_areas(char *csv);
uint32_t text_area(const char *id);
uint32_t text_area_number(unsigned number); /* as Comtrade and BACI write it */

/* ---- samples ---- */

struct sample {
    const char *id;
    enum level level;
    enum period_kind frequency;
    enum basis basis;
    sqlite3 *db;       /* obs: every observation as each reporter sees it; held: who recorded what when */
    struct cube *cube; /* belongs to the catalogue */
    uint64_t rows;     /* of obs */
    size_t reporters;
    uint32_t *product, *product_rows;
    size_t n_products;
    uint32_t area_rows[2][AREAS_MAX]; /* as reporter, as partner; about */
    uint32_t *period;
    size_t n_periods;
    uint32_t *node[LEVELS]; /* the cube's node → text_product of its code */
    size_t n_nodes[LEVELS];
    uint32_t own_area[AREAS_MAX]; /* country id → number of the area */
    uint32_t country[AREAS_MAX];  /* and back */
    double load_s, sql_s, cube_s;
};

enum sample_name { SAMPLE_HS8, SAMPLE_MATRIX, SAMPLE_BACI, SAMPLE_MONTHS, SAMPLES };
/* Loads a sample into both engines; NULL (and a line that says why) where its file or a tool is not here. Fails the test if
 * anything else is wrong. */
struct sample *sample_load(enum sample_name name);
/* The api over all samples loaded so far; load no further ones. */
struct api *sample_api(void);
int sample_setup(void **state);
int sample_teardown(void **state);
double sample_now(void);

/* Prepares a statement or fails the test with SQLite's own words. */
sqlite3_stmt *sql_prepare(const struct sample *s, const char *sql);
void sql_run(const struct sample *s, const char *sql);
/* "period" as months or years of `kind`. */
const char *sql_period(const struct sample *s, enum period_kind kind);
/* The condition that an area in this column counts. */
void sql_countable(sqlite3_str *sql, const char *column);

/* ---- tidy: the rows of a sample's source one by one, and a CSV and lines of a manifest that say the same ---- */

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

/* ---- questions ---- */

/* Asks cube and SQLite `n` random queries; fails the test at the first difference, having printed how to ask again. */
void ask_cube(struct sample *s, unsigned n);
void ask_api(struct sample *s, unsigned n);

#endif
