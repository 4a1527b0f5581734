/* index_question: what the requests for indices have in common. Private to src/api. */
#ifndef API_ASK_INDEX_QUESTION_H
#define API_ASK_INDEX_QUESTION_H

#include "api/contract/call.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "entrepot/analysis/breakdown.h"
#include "entrepot/analysis/indices.h"

#define LEVELS_WITHOUT_SECTORS (LEVELS_OF_PRODUCTS & ~(1U << LEVEL_SECTOR))

#define PARAM_OF_COUNTRY(what, needed, text, code)                                                                     \
    PARAM(#what, COUNTRY, text, .codes = &codes_##what, .required = needed, .example = code)
#define PARAM_OF_LEVEL(levels_)                                                                                        \
    PARAM("level", LEVEL, "product level that the index is computed at: its value depends on it", .levels = levels_,   \
          .fallback = "hs2", .example = "hs2")
#define PARAMS_OF_INDICES                                                                                              \
    PARAM("period", PERIODS, "one or more periods; without it the latest complete one", .example = "2019"),            \
        PARAM_OF_PRODUCT, PARAM_OF_DATASET, PARAM_OF_EXPLAIN, PARAMS_OF_TABLES

/* meta.summary of every index. */
struct index_told {
    const char *formula, *level;
    bool has_level;       /* the route has one */
    double aggregate;     /* of all rows, where the index has one */
    unsigned months_held; /* of the last period */
    bool has_world; /* it has a figure of the world, which is made of the countries that report: of the last period */
    struct world_cover cover;
};
#define INDEX_SUMMARY 5
extern const struct column index_summary[INDEX_SUMMARY];

struct index_needs {
    unsigned world;     /* 1 << flow: the data must tell the world's trade */
    bool partner_books; /* the partner's own books are needed, not only the pair's trade */
    bool all_partners;  /* every partner of the reporter must be listed */
    bool summed;        /* trade with all partners together is enough */
    bool likes_all;     /* data that list them come first */
    unsigned flows;     /* WANT_BOTH, or bits 1 << flow */
};

struct index_question {
    const struct offer *offer;
    struct frame frame;
    struct breakdown breakdown; /* empty where the route has no level */
    struct index *index;
};

/* Chooses the dataset and makes the breakdown, into call->state; NULL after a problem, or without memory. Problems say which data would do. */
struct index_question *index_begin(struct call *call, struct index_needs needs, enum status *status);
/* A whole plan: what index_begin makes, and the index asked for in all its periods. */
enum status index_plan(struct call *call, struct index_needs needs, index_ask *ask) MUST_CHECK;
/* Adds the rows of one period, which call->shared has already. */
typedef enum status index_rows(struct call *call, const struct index_question *q, uint32_t period);
/* A whole work: the rows of each of the periods in turn, and what is said of them. */
enum status index_work(struct call *call, index_rows *add, const char *formula) MUST_CHECK;
/* What is said of every index: its formula and level, and that sectors overlap. */
void index_say(struct call *call, const char *formula, double aggregate);

#endif
