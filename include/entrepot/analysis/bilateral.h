/* bilateral: the trade of one pair over time, and whether it was ever larger. */
#ifndef ENTREPOT_ANALYSIS_BILATERAL_H
#define ENTREPOT_ANALYSIS_BILATERAL_H

#include "entrepot/analysis/world.h"

/* 1: the largest of the dataset's whole series up to this period; complete periods only. All 0 where there is none: a record needs two. */
struct record {
    unsigned rank, of; /* of so many periods */
    uint32_t since;    /* the first of them; a period */
};

/* Ratios are NaN and ranks 0 where they are undefined or not known. */
struct bilateral_row {
    uint32_t period;
    struct figure exports, imports, total, balance; /* D1: exports − imports */
    struct quantity exports_quantity, imports_quantity;
    double exports_unit_value, imports_unit_value;                /* G4: USD a tonne */
    double cover_ratio;                                           /* D2: exports / imports */
    double normalised_balance;                                    /* D3: balance / total, -1 … 1 */
    double exports_growth, imports_growth;                        /* G1: against the same period a year before */
    struct figure exports_change, imports_change, balance_change; /* USD against the same period a year before */
    struct figure exports_before, imports_before;                 /* what growth and change are counted from */
    double exports_growth_elsewhere, imports_growth_elsewhere;    /* G1 of the trade with everybody but the partner */
    double exports_growth_region, imports_growth_region; /* G1 of the trade with a region, if one is asked for */
    double exports_cagr, imports_cagr;                   /* G2: a year, since the first of the rows that has a base */
    double share_of_exports, share_of_imports, share_of_total; /* D5: of the reporter's trade with all partners */
    double
        import_hhi; /* C1: Σ of the squared shares of all suppliers in the imports, if asked for; needs all partners */
    struct record deficit, largest; /* of its deficits, and of its totals */
    unsigned months_held;
    flag_bits flags;
};

struct bilateral_question {
    const struct breakdown
        *breakdown; /* products that are named (breakdown_name), a series each; NULL: the frame's leaves together */
    enum period_kind kind;
    const uint32_t *period; /* of the rows: ascending, of that kind, and touched by the dataset */
    size_t n;
    /* For complete rows: the countries whose trade together with the reporter is compared, where the dataset has all partners and both years
     * completely. n == 0: none. */
    struct cube_set region;
    /* For rows of a part of a year: growth, change and growth elsewhere are of the months that are held against the same months a year
     * before, where those are held too (FLAG_YEAR_TO_DATE). */
    bool year_to_date;
    bool concentration; /* import_hhi is wanted */
};

/* What a batch holds of a question: a few statements, however many products and periods. Lies in the batch's arena; breakdown, periods and
 * region are borrowed. The frame needs a partner. NULL when memory is out (the batch tells, too). */
struct bilateral;
struct bilateral *bilateral_ask(const struct frame *frame, const struct bilateral_question *question);

/* One row for each period of each product, product by product. Ranks and growth look at the whole series, not only at the rows.
 * ST_NO_MEMORY. */
enum status bilateral_fold(const struct bilateral *bilateral, struct arena *arena,
                           struct bilateral_row **out) MUST_CHECK;

/* G2: (last / first)^(1 / years) − 1; NaN where it is not known, the base is not above zero, or less than a year lies between. */
double growth_a_year(struct figure first, uint32_t first_period, struct figure last, uint32_t last_period);

#endif
