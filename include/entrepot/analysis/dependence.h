/* dependence: where a country's imports hang on one supplier, whoever it is, or on one that is named.
 *
 * Verdicts come from named methods; each is a set of criteria, and all that apply must hold:
 *   hhi      the HHI of the suppliers (C1) exceeds the limit
 *   eu2021   European Commission SWD(2021) 352 (E1): CDI1 HHI of the suppliers outside the bloc, CDI2 their share of all imports, CDI3
 *            imports from them over all exports, each above its limit. For one country without a bloc CDI2 is always 1: not applied.
 *   cepii    Lefebvre & Wibaux, CEPII Policy Brief 47 (E2): C1, the HHI of world exports (C3) and imports over exports
 *   india80  a supplier's share of at least 0.8 (D7; ICS 2020)
 *   share    the same with a limit of one's own
 * With a partner the first three also need that it is the largest supplier, and the shares are its own.
 */
#ifndef ENTREPOT_ANALYSIS_DEPENDENCE_H
#define ENTREPOT_ANALYSIS_DEPENDENCE_H

#include "entrepot/analysis/world.h"

enum verdict { VERDICT_UNKNOWN, VERDICT_NO, VERDICT_YES };

enum dependence_method {
    DEPENDENCE_HHI,
    DEPENDENCE_EU2021,
    DEPENDENCE_CEPII,
    DEPENDENCE_INDIA80,
    DEPENDENCE_SHARE,
    DEPENDENCE_METHODS
};
extern const char *const dependence_method_name[DEPENDENCE_METHODS + 1]; /* ended by NULL */

enum criterion {
    CRITERION_HHI,
    CRITERION_WORLD_HHI,
    CRITERION_EXTRA_IMPORTS,
    CRITERION_IMPORTS_OVER_EXPORTS,
    CRITERION_SHARE,
    CRITERIA
};

#define DEPENDENCE_WINDOW_MAX 5

struct dependence_question {
    const struct breakdown *breakdown;
    enum dependence_method method;
    double limit[CRITERIA]; /* dependence_limit gives the published ones */
    const uint32_t *home;   /* eu2021: countries that count as inside, with the reporter; NULL: no bloc */
    size_t n_home;
    bool verdicts_only; /* what the method's criteria do not need is not asked for, and not known */
    /* Years up to the period, 1 … DEPENDENCE_WINDOW_MAX: the criteria must hold in two thirds of them; 0 is 1. */
    unsigned window;
};

/* The limit that the method's authors use; NaN for the share of DEPENDENCE_SHARE, which has none. */
double dependence_limit(enum dependence_method method, enum criterion criterion);
/* Criteria that a method has, as bits 1 << criterion; CDI2 only with a bloc. */
unsigned dependence_criteria(enum dependence_method method, bool home);

/* Ratios are NaN where undefined or not known. */
struct dependence_row {
    struct str product, name;
    struct figure imports_from_partner, imports_total;
    double
        share; /* D7: of the partner in the imports; without a partner that of the largest supplier, where it is known */
    double hhi; /* C1: Σ of the squared shares of all suppliers; with FLAG_LOWER_BOUND the part that is known */
    double equivalent_suppliers; /* D8: 1 / hhi; not with a bound */
    unsigned suppliers;          /* D8: 0 where not known */
    uint32_t
        top_supplier; /* NO_ID where not known: if other suppliers are not in the data, only named by a share above one half */
    double top_share;
    double imports_over_exports; /* of the product, with all partners; FLAG_NO_EXPORTS where nothing is exported */
    double hhi_world_exports;    /* C3; FLAG_NO_WORLD_EXPORTS where the data do not tell it */
    struct figure extra_imports; /* with a bloc: from outside it */
    double extra_share, hhi_extra, extra_over_exports;
    enum verdict criterion[CRITERIA]; /* of the period; unknown also where the method does not have it */
    enum verdict dependent;           /* over the window */
    unsigned years_held;              /* years of the window in which all criteria held */
    struct codes codes;
    flag_bits flags;
};

/* Over all rows. Money is unknown for sectors, which overlap. */
struct dependence_summary {
    size_t products; /* with imports above zero (from the partner, if there is one) */
    size_t dependent, undecided;
    bool unknown;             /* the imports are: no figure above stands */
    struct world_cover cover; /* of the exporters of hhi_world_exports; no reporters where these are not asked for */
    struct figure imports, dependent_imports; /* from the partner, if there is one; else from all */
};

struct dependence_answer {
    struct dependence_row *row;
    size_t n;
    uint32_t period;
    unsigned years;  /* of the window that the dataset holds completely; the others are left out */
    unsigned needed; /* of them: two thirds, rounded up */
    struct dependence_summary summary;
};

/* What a batch holds of a question: at most six statements, however many products, suppliers and years it is about. Lies in the batch's
 * arena. */
struct dependence;

/* For `n` ascending periods of one kind. The question's bloc and breakdown are borrowed. NULL when memory is out (the batch tells, too). */
struct dependence *dependence_ask(const struct frame *frame, const struct dependence_question *question,
                                  const uint32_t *period, size_t n);

/* The table of one of the periods. Where the other suppliers are not in the data (partners listed), the HHI lies between the sum of the
 * known squared shares and that plus the square of the rest; criteria and verdict are decided where both bounds agree. With a partner they
 * are also decided for share <= limit: if the partner is the largest, no supplier exceeds `share`, so HHI <= share. ST_NO_MEMORY. */
enum status dependence_fold(const struct dependence *dependence, uint32_t period, struct arena *arena,
                            struct dependence_answer *out) MUST_CHECK;

/* How many rows that table has (0 where memory is out). The arena is left as it was. */
size_t dependence_rows(const struct dependence *dependence, uint32_t period, struct arena *arena);

#endif
