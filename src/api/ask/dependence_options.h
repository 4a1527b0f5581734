/* dependence_options: what the requests about dependence choose, and what their answers say of it. Private to src/api. */
#ifndef API_ASK_DEPENDENCE_OPTIONS_H
#define API_ASK_DEPENDENCE_OPTIONS_H

#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "entrepot/analysis/dependence.h"

#define LEVELS_OF_DEPENDENCE                                                                                           \
    (1U << LEVEL_TOTAL | 1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_HS8 | \
     1U << LEVEL_SECTOR)

#define PARAMS_OF_DEPENDENCE                                                                                           \
    PARAM("level", LEVEL,                                                                                              \
          "total, section, hs2, hs4, hs6, hs8 or sector; without it that of the products asked for or of the "         \
          "dataset named, else hs2",                                                                                   \
          .levels = LEVELS_OF_DEPENDENCE, .example = "hs2"),                                                           \
        PARAM("period", PERIODS, "one or more periods; without it the latest complete one", .example = "FY2018-19"),   \
        PARAM("method", WORD,                                                                                          \
              "rule of the verdict: hhi (concentration of suppliers), eu2021 (EU SWD(2021)352, CDI1 to "               \
              "CDI3), cepii (CEPII Policy Brief 47), india80 (one supplier has at least 0.8) or share (at "            \
              "least the threshold)",                                                                                  \
              .words = dependence_method_name, .fallback = "hhi", .example = "cepii"),                                 \
        PARAM("threshold", SHARE,                                                                                      \
              "of the suppliers' HHI, above which a product is dependent (0.4 without it), or of the "                 \
              "share with method=share",                                                                               \
              .example = "0.4"),                                                                                       \
        PARAM("threshold_world", SHARE, "of the HHI of world exports, with method=cepii (0.4 without it)",             \
              .example = "0.4"),                                                                                       \
        PARAM("threshold_extra", SHARE,                                                                                \
              "of the share of imports from outside home, with method=eu2021 and home (0.5 without it)",               \
              .example = "0.5"),                                                                                       \
        PARAM("threshold_ratio", REAL, "of imports over exports, with method=eu2021 or cepii (1 without it)",          \
              .high = 1000000, .example = "1"),                                                                        \
        PARAM("home", COUNTRIES,                                                                                       \
              "with method=eu2021: countries that count as inside, beside the reporter; suppliers among "              \
              "them are left out of CDI1 and CDI3",                                                                    \
              .example = "DEU,FRA"),                                                                                   \
        PARAM("window", COUNT,                                                                                         \
              "years up to the period; the criteria must hold in two thirds of those that the dataset "                \
              "holds completely",                                                                                      \
              .max = DEPENDENCE_WINDOW_MAX, .fallback = "1", .example = "3"),                                          \
        PARAM("summary", FLAG, "1: one row a period with counts and values of the dependent products",                 \
              .fallback = "0", .example = "1"),                                                                        \
        PARAM_OF_PRODUCT, PARAM_OF_DATASET, PARAM_OF_EXPLAIN, PARAMS_OF_TABLES

/* Method, limits, home and window into the question; all contradictions as problems. */
enum status dependence_options(struct call *call, struct dependence_question *question) MUST_CHECK;
/* What an answer says of all its rows. A share of what is undecided in part would be a bound that looks like a figure: NaN. */
struct dependence_told {
    const char *method;
    bool has[CRITERIA]; /* the method looks at it */
    double limit[CRITERIA];
    unsigned window, years, needed;
    struct dependence_summary all;
    struct figure products, dependent; /* numbers; not known where no product's imports are */
    double share_of_products, share_of_imports;
    flag_bits flags; /* of any row */
};
struct dependence_told dependence_told(const struct dependence_question *question,
                                       const struct dependence_answer *answer);
/* meta.summary, of a struct dependence_told. */
#define DEPENDENCE_SUMMARY 19
extern const struct column dependence_summary[DEPENDENCE_SUMMARY];
/* What the answer cannot tell, and which dataset could. */
void dependence_warn(struct call *call, const struct frame *frame, const struct dependence_question *question,
                     const struct dependence_answer *answer);

#endif
