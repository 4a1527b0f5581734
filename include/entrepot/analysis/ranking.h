/* ranking: a country's partners, asked for once: with whom it runs its deficits, with whom it trades most, and where one of them stands. */
#ifndef ENTREPOT_ANALYSIS_RANKING_H
#define ENTREPOT_ANALYSIS_RANKING_H

#include "entrepot/analysis/world.h"

/* What a batch holds of the partners' trade. Lies in the batch's arena. */
struct ranking;

/* Needs a dataset that lists all partners or is a closed set. NULL when memory is out (the batch tells, too).
 * ranking_ask_growth asks for the year before as well. */
struct ranking *ranking_ask(const struct frame *frame, uint32_t period);
struct ranking *ranking_ask_growth(const struct frame *frame, uint32_t period);

/* ---- deficits ---- */

struct deficit_row {
    unsigned rank; /* 1: the largest deficit */
    uint32_t partner;
    struct figure exports, imports, balance; /* balance is negative */
    double share_of_deficit;                 /* of the sum of all deficits; surplus partners left out */
    double cumulative_share;                 /* of this and all larger ones */
    double share_of_balance;                 /* D4: of the balance with all partners; may exceed 1 or change sign */
    unsigned months_held;                    /* that both flows are of */
    flag_bits flags;
};

struct deficit_summary {
    int64_t deficits_usd;  /* sum of all deficits: negative */
    struct figure balance; /* with all partners together */
    size_t partners;       /* with any trade */
    bool unsure;           /* some partner's balance is not known: shares are not either */
    bool unknown;          /* a whole flow is not known: no row does not mean no deficit */
};

/* Partners with a negative balance, largest deficit first (ties by id of the partner's code). ST_NO_MEMORY. */
enum status ranking_deficits(const struct ranking *ranking, struct arena *arena, struct deficit_row **out, size_t *n,
                             struct deficit_summary *summary) MUST_CHECK;

/* ---- partners ---- */

enum partner_measure { PARTNERS_BY_TOTAL, PARTNERS_BY_EXPORTS, PARTNERS_BY_IMPORTS };

/* Ratios are NaN where undefined or not known. */
struct partner_row {
    unsigned rank; /* 1: the largest by the measure; 0 where it is not known */
    uint32_t partner;
    struct figure exports, imports, total, balance;
    double share;            /* of the measure summed over all partners */
    double cumulative_share; /* of this and all larger ones */
    double growth;           /* G1: of the measure against the year before; needs both years complete */
    unsigned months_held;    /* that both flows are of, or the one that is known */
    flag_bits flags;
};

struct partner_summary {
    struct figure value; /* of the measure, summed over all partners */
    size_t partners;     /* with a value above zero; areas not elsewhere specified are none */
    unsigned ranked;
    double hhi;           /* C1: Σ share² */
    double equivalent;    /* D8: 1 / hhi */
    double growth;        /* of the sum */
    unsigned months_held; /* that `value` is of */
    flag_bits flags;      /* of the concentration: of any partner's figure, and FLAG_LOWER_BOUND */
};

/* Every partner with any trade in the period, the largest first (ties by id), of a ranking_ask_growth. ST_NO_MEMORY. */
enum status ranking_partners(const struct ranking *ranking, enum partner_measure measure, struct arena *arena,
                             struct partner_row **out, size_t *n, struct partner_summary *summary) MUST_CHECK;

/* ---- one partner among all ---- */

/* Ranks from 1, the largest; 0 where the partner has no such trade or runs no deficit. */
struct standing {
    unsigned exports, imports, total, deficit;
    unsigned partners; /* with any trade */
};

/* Of the frame's partner. ST_NO_MEMORY. */
enum status ranking_standing(const struct ranking *ranking, struct arena *arena, struct standing *out) MUST_CHECK;
/* C1: the sum of the squared shares of all suppliers in the reporter's imports; NaN where nothing was imported. */
double ranking_import_hhi(const struct ranking *ranking);

#endif
