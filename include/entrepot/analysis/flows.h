/* flows: the generic cube: any dimension restricted, broken down or added up. */
#ifndef ENTREPOT_ANALYSIS_FLOWS_H
#define ENTREPOT_ANALYSIS_FLOWS_H

#include "entrepot/analysis/world.h"

struct flows_question {
    const struct cube *cube;
    const struct countries *countries;
    struct cube_set only[CUBE_DIMS]; /* periods are always named; reporters and partners each once */
    unsigned group;                  /* CUBE_BIT of what is broken down */
    enum period_kind kind;
    enum level level;                  /* of product keys, unless there are items */
    const struct breakdown_item *item; /* products asked for one by one (a list, sectors): a key is their index */
    size_t n_items;
    bool overlap; /* items have leaves in common: they have no sum */
    bool quantities;
    struct goods goods;     /* what only[CUBE_PRODUCT] stands for */
    enum cube_dim share_of; /* CUBE_DIMS: no shares */
    flag_bits flags;        /* of every row */
    size_t max_rows;
};

struct flows_row {
    uint32_t key[CUBE_DIMS]; /* NO_ID where added up */
    struct figure value;
    struct quantity quantity;
    double unit_value; /* G4 */
    unsigned
        months_held; /* that the value is of; 0 where it is added up over several periods or countries, or not known */
    double share;    /* of the sum of the rows that differ from this one in `share_of` alone; NaN where there is none */
    flag_bits flags;
};

/* Whether rows have a share, and why not. */
enum flows_share {
    FLOWS_SHARE_GIVEN,
    FLOWS_SHARE_NOT_ASKED,
    FLOWS_SHARE_PARTNERS_LISTED,   /* not all partners are in the data, so their sum is not the total */
    FLOWS_SHARE_PRODUCTS_SELECTED, /* nor all products */
    FLOWS_SHARE_OVERLAP,           /* sectors, or products of which one lies within another */
    FLOWS_SHARE_AGGREGATE          /* the world or a group stands beside its members */
};
enum flows_share flows_share_basis(const struct flows_question *question);

/* Whether two of the items have a leaf in common; without leaves (all of them) an item overlaps with any. */
bool flows_overlap(const struct breakdown_item *item, size_t n);
/* Whether the world or a group is in a list that has others too. */
bool flows_aggregates(const struct countries *countries, struct cube_set members);

/* What a batch holds of a question. Partners that are neither named nor broken down are the source's own row for the world where every
 * reporter has it for every period, else the sum of all. Lies in the batch's arena; sets and items are borrowed. NULL when memory is out (the
 * batch tells, too). */
struct flows;
struct flows *flows_ask(struct ask *ask, const struct flows_question *question);
/* Whether they are the source's own row. */
bool flows_from_world(const struct flows *flows);

/* One row for each group with an observation, by period, reporter, partner, flow, product (items: one after the other). Where all that is
 * broken down is named, a row for each combination: 0 where the dataset would have told of trade, else unknown. A sum of which a part is not
 * in the dataset is unknown. ST_TOO_LARGE above max_rows; ST_NO_MEMORY. */
enum status flows_fold(const struct flows *flows, struct arena *arena, struct flows_row **out, size_t *n) MUST_CHECK;

#endif
