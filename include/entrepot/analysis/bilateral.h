/* bilateral: the trade of one pair over time, and whether it was ever larger. */
#ifndef ENTREPOT_ANALYSIS_BILATERAL_H
#define ENTREPOT_ANALYSIS_BILATERAL_H

#include "entrepot/analysis/world.h"

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
    double exports_growth_region, imports_growth_region;          /* G1 of the trade with a region: bilateral_region */
    double exports_cagr, imports_cagr; /* G2: a year, since the first of the rows that has a base */
    double share_of_exports, share_of_imports, share_of_total; /* D5: of the reporter's trade with all partners */
    unsigned deficit_rank,
        total_rank; /* 1: the largest of the dataset's whole series up to this period; complete periods only */
    unsigned months_held;
    unsigned flags;
};

/* One row for each of `period` (ascending, of kind `kind`). Ranks and growth look at the whole series, not only at the rows. The
 * frame needs a partner. ST_NO_MEMORY, ST_CORRUPT. */
enum status bilateral_series(const struct frame *frame, enum period_kind kind, const uint32_t *period, size_t n,
                             struct arena *arena, struct bilateral_row **out) MUST_CHECK;

/* For complete rows: growth of the reporter's trade with the countries of `region` together, where the dataset has all partners and both
 * years completely; else it stays NaN. ST_NO_MEMORY, ST_CORRUPT. */
enum status bilateral_region(const struct frame *frame, struct cube_set region, struct bilateral_row *row, size_t n,
                             struct arena *arena) MUST_CHECK;

/* For rows of a part of a year: growth, change and growth elsewhere of the months that are held against the same months a year before,
 * where those are held too (FLAG_YEAR_TO_DATE). Other rows are left as they are. ST_NO_MEMORY, ST_CORRUPT. */
enum status bilateral_year_to_date(const struct frame *frame, struct bilateral_row *row, size_t n,
                                   struct arena *arena) MUST_CHECK;

/* G2: (last / first)^(1 / years) − 1; NaN where it is not known, the base is not above zero, or less than a year lies between. */
double growth_a_year(struct figure first, uint32_t first_period, struct figure last, uint32_t last_period);

/* C1: the sum of the squared shares of all suppliers in the reporter's imports (of the frame's products). NaN where the dataset does not
 * list all partners or nothing was imported. */
enum status import_concentration(const struct frame *frame, uint32_t period, struct arena *arena,
                                 double *hhi) MUST_CHECK;

#endif
