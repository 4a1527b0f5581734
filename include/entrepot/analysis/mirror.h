/* mirror: what each side's books say of one and the same flow, and by how much they differ.
 *
 * An exporter's report is mostly valued FOB, an importer's CIF, so a gap of some per cent is to be expected; periods, trade systems,
 * re-exports and the recording of origin or last destination make the rest (ITC lists some thirty causes).
 */
#ifndef ENTREPOT_ANALYSIS_MIRROR_H
#define ENTREPOT_ANALYSIS_MIRROR_H

#include "entrepot/analysis/world.h"

/* One side's books, in which it is the reporter and the other side the partner. */
struct mirror_books {
    struct frame frame; /* cube == NULL: there are none */
    const struct breakdown *breakdown;
};

struct mirror_question {
    struct mirror_books own, other; /* of one kind of breakdown, with one batch */
    const uint32_t *period;         /* ascending, of one kind */
    size_t n_periods;
    double cif_factor; /* Q2: imports CIF / imports FOB; 1.06 in IMF DOTS */
};

struct mirror_row {
    uint32_t period;
    struct str product, name;
    enum flow flow;                           /* of the reporter */
    struct figure reported, mirrored;         /* the reporter's books; the partner's books of the same flow */
    struct figure reported_fob, mirrored_fob; /* Q2: imports CIF divided by the factor, an estimate */
    struct figure gap, gap_fob;               /* Q1: importer's report − exporter's report, as reported and all FOB */
    double ratio, relative_gap,
        relative_gap_fob; /* Q1: importer's / exporter's; gap / mean of both. NaN where undefined */
    unsigned months_held, mirrored_months_held; /* that each side is of */
    flag_bits flags;
};

/* A figure valued CIF as FOB, rounded to a dollar; one that is FOB as it is; unknown for any other valuation. */
struct figure figure_fob(struct figure f, struct str valuation, double cif_factor);

/* What the two sides say, once it has been read. */
struct mirror;

/* A statement a side, of both flows and all periods. The question is copied, its breakdowns and periods are borrowed; NULL where memory is
 * out, of which the batch tells. */
struct mirror *mirror_ask(const struct mirror_question *question) MUST_CHECK;

/* By period a row for each product and flow that one of the sides tells of (all of named ones). Where a side holds a part of the period
 * only, or nothing, the gap is unknown. Of reconciled data the mirrored side is unknown: there is one value (FLAG_ONE_VALUE).
 * ST_NO_MEMORY. */
enum status mirror_fold(const struct mirror *mirror, struct arena *arena, struct mirror_row **out,
                        size_t *n) MUST_CHECK;

#endif
