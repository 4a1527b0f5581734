/* indices: the classical indices of trade: advantage, intensity, complementarity, intra-industry trade, similarity, concentration.
 *
 * Each says in its row what it is made of. All depend on the product level, which the caller names. Ratios are NaN where undefined
 * (0/0) or where a side is not in the data. In a closed set of countries the world is that set (FLAG_CLOSED_SET).
 *
 * Each has an ask, for `n` ascending periods of one kind, that puts at most a few statements into the frame's batch (NULL when memory is
 * out, of which the batch tells too), and a fold that makes the figures of one of those periods once the batch has run (ST_NO_MEMORY).
 * Breakdowns are borrowed.
 */
#ifndef ENTREPOT_ANALYSIS_INDICES_H
#define ENTREPOT_ANALYSIS_INDICES_H

#include "entrepot/analysis/world.h"

/* What a batch holds for an index. Lies in the batch's arena. */
struct index;
typedef struct index *index_ask(const struct frame *frame, const struct breakdown *breakdown, const uint32_t *period,
                                size_t n);

/* Of the world that an index is made of; NaN share where it has none. */
struct world_cover index_cover(const struct index *index, uint32_t period);

/* S1. Balassa (1965): (X_ik / X_i) / (X_Wk / X_W); symmetric form (R − 1)/(R + 1), Dalum et al. (1998). */
struct rca_row {
    struct str product, name;
    struct figure exports, world_exports;
    double rca, symmetric;
    flag_bits flags;
};
/* One row for each item that the world exports. The dataset tells the world's exports (cube_tells_world). */
index_ask rca_ask;
enum status rca_fold(const struct index *index, uint32_t period, struct arena *arena, struct rca_row **out,
                     size_t *n) MUST_CHECK;

/* S2. Trade intensity of i's exports to j: (X_ij / X_i) / (M_j / M_W), and with M_W − M_i below (Kunimoto 1977). */
struct tii_row {
    struct figure exports_to_partner, exports, partner_imports, world_imports, reporter_imports;
    double tii, tii_excluding_reporter;
    flag_bits flags;
};
/* The frame has a partner; its leaves restrict all four. */
index_ask tii_ask; /* without a breakdown */
struct tii_row tii_fold(const struct index *index, uint32_t period);

/* S3. Michaely (1996): 100 · (1 − ½ Σ_k |M_jk / M_j − X_ik / X_i|): how well i's exports fit j's imports. 0 … 100. */
struct tci_row {
    struct figure exports, partner_imports;
    double tci;
    size_t products; /* with any of the two */
    flag_bits flags;
};
index_ask tci_ask;
enum status tci_fold(const struct index *index, uint32_t period, struct arena *arena, struct tci_row *out) MUST_CHECK;

/* S5. Finger & Kreinin (1979): Σ_k min(X_ik / X_i, X_jk / X_j), 0 … 1; S6 Krugman (1991): Σ_k |X_ik / X_i − X_jk / X_j| = 2 (1 − FK). */
struct similarity_row {
    struct figure exports, partner_exports;
    double finger_kreinin, krugman;
    size_t products;
    flag_bits flags;
};
index_ask similarity_ask;
enum status similarity_fold(const struct index *index, uint32_t period, struct arena *arena,
                            struct similarity_row *out) MUST_CHECK;

/* S4. Grubel & Lloyd (1975): 1 − |X_k − M_k| / (X_k + M_k); aggregate 1 − Σ|X − M| / Σ(X + M). */
struct intra_row {
    struct str product, name;
    struct figure exports, imports;
    double grubel_lloyd;
    struct codes codes;
    flag_bits flags;
};
/* With the frame's partner, or with all partners. *aggregate is NaN for sectors, which overlap, and where a side is not known. */
index_ask intra_ask;
enum status intra_fold(const struct index *index, uint32_t period, struct arena *arena, struct intra_row **out,
                       size_t *n, double *aggregate) MUST_CHECK;

/* C4. Hirschman (1945): 100 · √Σ_j s_j² over the partners of one flow; C1 without the root and the hundred. */
struct hirschman_row {
    struct figure value;
    double hirschman, hhi, normalised_hhi;
    unsigned partners;
    uint32_t top_partner;
    double top_share;
    flag_bits flags;
};
/* The dataset lists all partners. */
struct index *hirschman_ask(const struct frame *frame, enum flow flow, const uint32_t *period, size_t n);
enum status hirschman_fold(const struct index *index, uint32_t period, struct arena *arena,
                           struct hirschman_row *out) MUST_CHECK;

/* C1, C2 and D8 of each item's suppliers: HHI, (HHI − 1/n)/(1 − 1/n) (NaN for one supplier), n. */
struct hhi_row {
    struct str product, name;
    struct figure imports;
    double hhi, normalised_hhi, equivalent_suppliers;
    unsigned suppliers;
    struct codes codes;
    flag_bits flags;
};
index_ask hhi_ask;
enum status hhi_fold(const struct index *index, uint32_t period, struct arena *arena, struct hhi_row **out,
                     size_t *n) MUST_CHECK;

#endif
