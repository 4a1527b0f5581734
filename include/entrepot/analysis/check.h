/* check: a published figure held against what the books of both sides say.
 *
 * Each set of books gives candidates: the period that is meant and those of another kind that overlap it, as reported and, for amounts,
 * with the other valuation estimated. A candidate that differs in kind of period, valuation estimate or completeness cannot confirm a
 * figure: within the tolerance it is near; two such differences make agreement a coincidence.
 */
#ifndef ENTREPOT_ANALYSIS_CHECK_H
#define ENTREPOT_ANALYSIS_CHECK_H

#include "entrepot/analysis/bilateral.h"

enum claim_of { CLAIM_EXPORTS, CLAIM_IMPORTS, CLAIM_TOTAL, CLAIM_BALANCE, CLAIM_DEFICIT, CLAIM_OF };
enum claim_measure { CLAIM_VALUE, CLAIM_GROWTH, CLAIM_CHANGE, CLAIM_SHARE };

struct claim {
    enum claim_of of;
    enum claim_measure measure; /* shares of balances and deficits are not defined */
    uint32_t period;
    double value;      /* USD; percent for growth and share */
    double tolerance;  /* percent of the candidate; percentage points for growth and share */
    double cif_factor; /* Q2: imports CIF / imports FOB */
};

/* How a candidate differs from what was claimed. */
enum difference {
    DIFFERS_REPORTER,    /* the partner's books */
    DIFFERS_PERIOD_KIND, /* a fiscal year for a calendar year, or the other way round */
    DIFFERS_PARTIAL,     /* not all months of the period */
    DIFFERS_VALUATION,   /* not FOB for exports, not CIF for imports */
    DIFFERS_ESTIMATE,    /* another valuation, estimated */
    DIFFERENCES
};
extern const char *const difference_name[DIFFERENCES];

enum agreement { AGREES, AGREES_NEARLY, AGREES_NOT };

/* One set of books; of the partner's the frame's reporter is the partner. */
struct check_books {
    struct frame frame;
    bool mirror;
};

struct check_row {
    const struct check_books *books;
    uint32_t period;
    enum claim_of of; /* as the claim says it; in the partner's books exports are imports */
    struct str valuation;
    double value;      /* in the claim's unit */
    double difference; /* claimed − value */
    double relative;   /* difference / |value|; NaN for growth, share and a value of zero */
    enum agreement agreement;
    unsigned differs; /* bit per enum difference */
    flag_bits flags;
};

/* Periods that are looked at: that of the claim, then those of the other kind of year that share months with it. Returns how many. */
#define CHECK_PERIODS_MAX 3
size_t check_periods(uint32_t period, uint32_t out[CHECK_PERIODS_MAX]);

/* What a batch holds of a claim: a few statements for each set of books, into the batch of its frame. The books are borrowed. NULL when
 * memory is out. */
struct check_asked;
struct check_asked *check_ask(const struct check_books *books, size_t n_books, const struct claim *claim,
                              struct arena *arena);

/* All candidates, agreeing ones first, reported ones before estimates, then by the size of the difference. ST_NO_MEMORY. */
enum status check_fold(const struct check_asked *asked, struct arena *arena, struct check_row **out,
                       size_t *n) MUST_CHECK;

/* Whether a sum of published parts gives the published whole, within the tolerance in percent of the sum. */
enum agreement check_parts(double whole, double sum, double tolerance);

#endif
