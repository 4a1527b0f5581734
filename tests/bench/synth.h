/* synth: a made-up world that trades like the real one, for measuring at full size where the real file may not be had.
 *
 * Nothing in it is a fact but the codes. Whether exporter i sells product k to importer j in year t is drawn with a probability that
 * grows with both sizes, falls with their distance, and depends on what i is good at (by chapter and product) and what j buys; most
 * draws hold for all years, so that trade persists. Values are log-normal around the same score, quantities are values over
 * unit values. Everything follows from the seed by integer hashing and IEEE arithmetic: no libm, so the bytes are the same
 * everywhere. A world is immutable once made.
 */
#ifndef ENTREPOT_TESTS_BENCH_SYNTH_H
#define ENTREPOT_TESTS_BENCH_SYNTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entrepot/cube/codes.h"

struct synth_options {
    unsigned areas, products;
    double scale; /* rows of a year as a multiple of what areas × areas × products would have in the real world */
    uint64_t seed;
};

struct synth_area {
    uint32_t number;   /* as BACI writes it */
    uint32_t country;  /* id in the countries table */
    unsigned rank;     /* 0: the largest trader */
    double size, buys; /* in logits, as exporter and as importer */
    double x, y;       /* where it lies, in a unit square */
};

struct synth_world {
    struct synth_options options;
    struct synth_area *area;                      /* ascending by number */
    uint32_t *product;                            /* HS6 codes, ascending */
    int16_t *sells, *wants;                       /* area × product, 1/64 logit */
    float *ln_unit_value;                         /* thousand USD a tonne */
    uint16_t *na_share;                           /* of 65536: how often a product has no quantity */
    uint32_t *threshold;                          /* 1/64 logit, from −16 to 16 → probability in 2^32 */
    double *quantile;                             /* of the normal distribution, 4096 */
    double pair_offset, row_offset, value_offset; /* calibrated: number of pairs, number of rows, world total */
};

struct synth_row {
    uint32_t product;       /* index */
    int64_t value_milli;    /* thousandths of a thousand USD: USD */
    int64_t quantity_milli; /* thousandths of a tonne; -1: NA */
};

/* Takes the codes from the tables. Ends the process when memory is out or more areas are asked for than there are. */
struct synth_world *synth_world_new(const struct synth_options *options, const struct countries *countries,
                                    const struct products *products);
void synth_world_free(struct synth_world *world);
/* The rows of one pair and year, ascending by product, into `row` (room for all products); returns how many. */
size_t synth_pair(const struct synth_world *world, unsigned exporter, unsigned importer, int year,
                  struct synth_row *row);

/* Prints quantiles of files in BACI's form (a list that ends with NULL). Exit status: 1 if one could not be read. */
int synth_report(char **path);

/* ---- arithmetic that gives the same bits everywhere ---- */

double synth_exp(double x);
double synth_ln(double x); /* x > 0 */
/* The point below which a normal variable lies with probability p, 0 < p < 1, to about 1e-9. */
double synth_normal_quantile(double p);
uint64_t synth_mix(uint64_t x);

#endif
