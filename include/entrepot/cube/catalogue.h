/* catalogue: all datasets in the configuration's order, the code tables, and the choice of the dataset that answers.
 *
 * Built at start, sealed, immutable and shared by all threads afterwards.
 */
#ifndef ENTREPOT_CUBE_CATALOGUE_H
#define ENTREPOT_CUBE_CATALOGUE_H

#include "entrepot/cube/cube.h"

struct catalogue;

/* Takes the three tables (frees them with itself). NULL when memory is out; then the tables are freed too. */
struct catalogue *catalogue_new(struct countries *countries, struct products *products, struct sectors *sectors);
void catalogue_free(struct catalogue *catalogue);
/* Takes the cube, also on failure. ST_INVALID for an id that is there already; `place` is where the dataset came from. */
enum status catalogue_add(struct catalogue *catalogue, struct cube *cube, const char *place,
                          struct problem *problem) MUST_CHECK;
/* Computes the catalogue id from all datasets' ids and releases, their order, the three tables and `seed`, which stands for the build.
 * ST_NO_MEMORY only. After a dataset more it is to be sealed again. */
enum status catalogue_seal(struct catalogue *catalogue, struct str seed) MUST_CHECK;
/* What a release pins: of a dataset's release that dataset alone, as a catalogue with an id that nothing else changes; of the catalogue's
 * id the catalogue itself; NULL if neither is loaded. Borrowed from the sealed catalogue. */
const struct catalogue *catalogue_pinned(const struct catalogue *catalogue, struct str release);

struct str catalogue_id(const struct catalogue *catalogue); /* 16 hex digits */
const struct countries *catalogue_countries(const struct catalogue *catalogue);
const struct products *catalogue_products(const struct catalogue *catalogue);
const struct sectors *catalogue_sectors(const struct catalogue *catalogue);
size_t catalogue_count(const struct catalogue *catalogue);
const struct cube *catalogue_at(const struct catalogue *catalogue, size_t index);
/* NULL if there is none. */
const struct cube *catalogue_find(const struct catalogue *catalogue, struct str id);
/* Whether a product code is in the table of products, is one of any revision, or begins a leaf of any dataset. */
bool catalogue_has_product(const struct catalogue *catalogue, struct str code);

/* ---- which dataset answers ---- */

/* What is made of partners where none is named. */
enum partner_need {
    PARTNERS_AS_NAMED, /* nothing is asked of the dataset */
    PARTNERS_EACH,     /* broken down: a dataset that lists some of them holds a part */
    PARTNERS_SUMMED    /* added up: a dataset that lists some of them must have the world's row */
};

#define WANT_BOTH (1U << FLOW_EXPORTS | 1U << FLOW_IMPORTS)

/* What a request needs. Of several reporters or partners a dataset that holds any fits, and one that holds all is whole. */
struct want {
    uint32_t reporter;         /* or ANY_MEMBER */
    uint32_t partner;          /* or ANY_MEMBER */
    struct cube_set reporters; /* member != NULL: several, instead of the one above */
    struct cube_set partners;  /* likewise */
    enum partner_need partner_need;
    unsigned flows;          /* 1U << enum flow of those that are wanted, WANT_BOTH: both; 0: either */
    bool all_partners;       /* rankings and concentrations: the returns must list every partner, or be a closed set */
    bool likes_all_partners; /* returns that list some partners hold a part */
    unsigned world;          /* 1 << flow: of which the data must tell the world's trade (cube_tells_world) */
    struct cube_set books;   /* further countries whose own books are needed */
    bool series;             /* no period means the whole series; otherwise the latest complete one */
    bool own_frequency;      /* without a period or `freq`: the dataset's own periods, in place of years */
    enum level level;        /* what the answer is broken down by; LEVEL_SECTOR needs chapters or finer */
    const struct str *product; /* HS prefixes, sections and ids of sectors that the answer is restricted to */
    size_t n_products;         /* 0: all */
    struct period_set period;
    enum period_kind freq; /* 0: the kind of the periods asked for, else years */
    struct str dataset;    /* an id, or empty */
};

/* What is not known of what is wanted. */
enum lack {
    LACK_EXPORTS = 1, /* nothing is known of them */
    LACK_IMPORTS = 2,
    LACK_MONTHS = 4,   /* some of a period's */
    LACK_PRODUCTS = 8, /* the returns hold chosen ones, or do not go down to the level */
    LACK_PARTNERS = 16,
    LACK_REVISION = 32, /* the code is of another one */
    LACK_DETAIL = 64,   /* the dataset's products are coarser */
    LACK_RETURNS = 128
};

struct offer {
    const struct cube *cube;
    bool whole;            /* knows all that is wanted: of a list of periods in each, else in the newest that answers */
    unsigned grade, lacks; /* how much is known where it is not whole, and bits of what is not */
    uint32_t newest;       /* last month of the newest period of which that much is known; 0 where periods are named */
    enum period_kind kind; /* of the rows */
    const uint32_t *period; /* those wanted that are held at least in part, ascending */
    size_t n_periods;
    size_t n_missing; /* wanted, not held at all */
};

/* Datasets that can answer: those that know everything, then those that know a part, the larger first; where no period is named, the newest
 * of them first; then in the configuration's order. *n is 0 if there is none. ST_NO_MEMORY only. */
enum status catalogue_offers(const struct catalogue *catalogue, const struct want *want, struct arena *arena,
                             struct offer **out, size_t *n) MUST_CHECK;

#endif
