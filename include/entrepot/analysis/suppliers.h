/* suppliers: who else sells a product, and how much more each could sell to one importer.
 *
 * Capacity (W1, a stated assumption and no forecast): a supplier sells `expand` of its exports of the product more than today, and
 * turns `divert` of what it sells to others round to the importer: C_s = expand · X_sk + divert · (X_sk − X_s,i,k).
 */
#ifndef ENTREPOT_ANALYSIS_SUPPLIERS_H
#define ENTREPOT_ANALYSIS_SUPPLIERS_H

#include "entrepot/analysis/world.h"

/* Ratios are NaN where undefined or not known. */
struct supplier_row {
    unsigned rank; /* 1: the largest capacity, else the largest exporter */
    uint32_t supplier;
    struct figure
        sales_to_importer;   /* the supplier's books where the dataset has all countries', else the importer's */
    double share_of_imports; /* the importer's books */
    struct figure world_exports, sales_elsewhere;
    double world_share; /* of all countries' exports of the product */
    struct quantity quantity;
    double unit_value; /* G4: of its exports of the product to all, USD a tonne */
    double rca;        /* S1: (X_sk / X_s) / (X_Wk / X_W); B. Balassa 1965 */
    struct figure capacity;
    flag_bits flags;
};

struct suppliers_summary {
    struct figure imports, imports_from_excluded, gap, world_exports, capacity_total;
    double resourcing_multiple; /* L6: gap / imports from all that are not excluded */
    double market_tightness;    /* L6: gap / exports of all that are neither excluded nor the importer */
    size_t alternatives;        /* suppliers with a world share above min_share */
    bool worldwide;             /* capacities and alternatives are known */
    struct world_cover cover;   /* of the world's exports; where `worldwide` */
    size_t without_books;       /* suppliers whose own exports the dataset does not have, though it is worldwide */
    flag_bits flags;
};

struct suppliers_question {
    uint32_t period;
    const uint32_t *excluded;
    size_t n_excluded;
    bool worldwide; /* the dataset has every country's exports, or those of a closed set */
    double cut;     /* part of the imports from the excluded that must be replaced */
    double expand, divert, min_share;
};

/* Rounded to whole dollars, part by part. `now` of `total` is sold to the importer. */
int64_t capacity_by_growth(int64_t total_usd, double expand);
int64_t capacity_by_diversion(int64_t total_usd, int64_t now_usd, double divert);

/* What a batch holds of a question: at most eight statements. Lies in the batch's arena; the excluded are borrowed. NULL when memory is out
 * (the batch tells, too). The frame's leaves are the product, its reporter is the importer, or ANY_MEMBER: then there are neither sales to
 * it nor capacities. */
struct suppliers;
struct suppliers *suppliers_ask(const struct frame *frame, const struct suppliers_question *question);

/* All suppliers but the excluded and the importer. ST_NO_MEMORY. */
enum status suppliers_fold(const struct suppliers *suppliers, struct arena *arena, struct supplier_row **out, size_t *n,
                           struct suppliers_summary *summary) MUST_CHECK;

#endif
