/* endpoints: one route a file in this folder, and the parameters that all tables share. Private to src/api. */
#ifndef API_GET_ENDPOINTS_H
#define API_GET_ENDPOINTS_H

#include "api/call.h"
#include "entrepot/analysis/breakdown.h"

extern const struct route route_page, route_asset, route_index, route_bilateral, route_bilateral_products,
    route_deficits, route_partners, route_dependence_any, route_dependence, route_leverage, route_suppliers,
    route_scenario, route_mirror, route_check, route_compare, route_profile, route_flows, route_index_rca,
    route_index_tii, route_index_tci, route_index_grubel_lloyd, route_index_finger_kreinin, route_index_hirschman,
    route_index_hhi, route_availability, route_search, route_datasets, route_dataset, route_countries, route_country,
    route_products, route_product, route_sectors, route_sector, route_measures, route_measure, route_problems,
    route_problem, route_openapi, route_docs, route_docs_style, route_docs_script, route_docs_slash, route_api_catalog,
    route_livez, route_readyz, route_healthz;

#define COLUMN_OF_QUANTITY(flow)                                                                                       \
    {                                                                                                                  \
        flow "_quantity", COLUMN_NUMBER, "t", 0, true, "tonnes of the " flow "; null where no weight is known"         \
    }
#define COLUMN_OF_UNIT_VALUE(flow)                                                                                     \
    {                                                                                                                  \
        flow "_unit_value", COLUMN_NUMBER, "USD/t", 0, false,                                                          \
            "value of the " flow " that have a weight / their tonnes"                                                  \
    }

#define LEVELS_OF_PRODUCTS                                                                                             \
    (1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_HS8 | 1U << LEVEL_SECTOR)

/* What labels=, shape=, codes= and count= take; the first of each is the default. */
extern const char *const words_of_shapes[], *const words_of_codes[], *const words_of_count[];

#define LIMIT_MAX 50000
#define PARAM_OF_RELEASE                                                                                               \
    {                                                                                                                  \
        .name = "release", .type = PARAM_RELEASE,                                                                      \
        .description = "meta.release of an answer: the same figures for ever, from that dataset alone, or 410 once "   \
                       "it is gone; the id of the catalogue (healthz) pins all datasets together",                     \
        .example = "latest"                                                                                            \
    }
#define PARAMS_OF_TABLES                                                                                               \
    {.name = "sort",                                                                                                   \
     .type = PARAM_SORT,                                                                                               \
     .description = "columns to sort by, a minus for descending; null comes last",                                     \
     .example = "-imports"},                                                                                           \
        {.name = "fields",                                                                                             \
         .type = PARAM_FIELDS,                                                                                         \
         .description = "columns to give, in this order",                                                              \
         .example = "period,imports"},                                                                                 \
        {.name = "limit",                                                                                              \
         .type = PARAM_COUNT,                                                                                          \
         .max = LIMIT_MAX,                                                                                             \
         .fallback = "1000",                                                                                           \
         .description = "most rows of one page",                                                                       \
         .example = "100"},                                                                                            \
        {.name = "cursor",                                                                                             \
         .type = PARAM_CURSOR,                                                                                         \
         .description = "where the next page begins: meta.page.next of the page before"},                              \
        PARAM_OF_RELEASE,                                                                                              \
        {.name = "format",                                                                                             \
         .type = PARAM_FORMAT,                                                                                         \
         .description = "one of the formats of this resource; a suffix on the path wins, Accept comes last",           \
         .example = "csv"},                                                                                            \
        {.name = "labels",                                                                                             \
         .type = PARAM_WORD,                                                                                           \
         .words = words_of_labels,                                                                                     \
         .formats = ~0U,                                                                                               \
         .fallback = "id",                                                                                             \
         .description = "countries, products, sectors and datasets by id; by name (the column called name falls away " \
                        "then, and what has no name keeps its code); or both: behind each column of codes its names, " \
                        "in the column called name or in one called CODE_name. fields= may name those too. sort=, "    \
                        "filters and top= go by the codes. jsonstat has both always",                                  \
         .example = "both"},                                                                                           \
        {.name = "shape",                                                                                              \
         .type = PARAM_WORD,                                                                                           \
         .words = words_of_shapes,                                                                                     \
         .formats = 1U << FORMAT_JSON,                                                                                 \
         .fallback = "objects",                                                                                        \
         .description = "arrays: each row of data as an array in the order of columns, which is shorter",              \
         .example = "arrays"},                                                                                         \
        {.name = "bom",                                                                                                \
         .type = PARAM_FLAG,                                                                                           \
         .formats = 1U << FORMAT_CSV | 1U << FORMAT_SDMX_CSV,                                                          \
         .fallback = "0",                                                                                              \
         .description = "1: a byte order mark first, by which Excel knows UTF-8",                                      \
         .example = "1"},                                                                                              \
        {.name = "codes",                                                                                              \
         .type = PARAM_WORD,                                                                                           \
         .words = words_of_codes,                                                                                      \
         .formats = 1U << FORMAT_CSV,                                                                                  \
         .fallback = "plain",                                                                                          \
         .description = "prefixed: HS0101 for the product 0101, so that a spreadsheet keeps the zero",                 \
         .example = "prefixed"},                                                                                       \
        {.name = "count",                                                                                              \
         .type = PARAM_WORD,                                                                                           \
         .words = words_of_count,                                                                                      \
         .formats = ~0U,                                                                                               \
         .fallback = "exact",                                                                                          \
         .description = "none: meta.page.total is null; truncated and next stay right",                                \
         .example = "none"},                                                                                           \
    {                                                                                                                  \
        .name = "pretty", .type = PARAM_FLAG, .formats = 1U << FORMAT_JSON | 1U << FORMAT_JSONSTAT, .fallback = "0",   \
        .description = "1: line breaks in JSON", .example = "1"                                                        \
    }

#define PARAM_OF_EXPLAIN                                                                                               \
    {                                                                                                                  \
        .name = "explain", .type = PARAM_FLAG, .fallback = "0",                                                        \
        .description = "1: meta.plan says which index answered, and how many runs and rows were touched",              \
        .example = "1"                                                                                                 \
    }

#define PARAM_OF_REPORTER                                                                                              \
    {                                                                                                                  \
        .name = "reporter", .type = PARAM_COUNTRY, .in_path = true,                                                    \
        .description = "country whose books are read: ISO alpha-3 or alpha-2, M49, or Comtrade number",                \
        .example = "IND"                                                                                               \
    }
#define PARAM_OF_PARTNER                                                                                               \
    {                                                                                                                  \
        .name = "partner", .type = PARAM_COUNTRY, .in_path = true, .description = "the other country",                 \
        .example = "CHN"                                                                                               \
    }
#define PARAM_OF_DATASET                                                                                               \
    {                                                                                                                  \
        .name = "dataset", .type = PARAM_DATASET,                                                                      \
        .description = "id of the dataset that is to answer; without it the best that holds what is asked",            \
        .example = "dgcis-hs2-fy"                                                                                      \
    }
#define PARAM_OF_TOP                                                                                                   \
    {                                                                                                                  \
        .name = "top", .type = PARAM_COUNT, .max = LIMIT_MAX,                                                          \
        .description = "keep this many rows and add up the rest as other", .example = "10"                             \
    }
#define PARAM_OF_PRODUCT                                                                                               \
    {                                                                                                                  \
        .name = "product", .type = PARAM_PRODUCTS,                                                                     \
        .description = "HS codes, sections (S01 to S21) or sector ids, separated by commas", .example = "85"           \
    }

#define PARAM_OF_EXPAND                                                                                                \
    {                                                                                                                  \
        .name = "expand", .type = PARAM_REAL, .low = 0, .high = 10, .fallback = "0.10",                                \
        .description = "part of its exports of the product by which a supplier can sell more in a year",               \
        .example = "0.10"                                                                                              \
    }
#define PARAM_OF_DIVERT                                                                                                \
    {                                                                                                                  \
        .name = "divert", .type = PARAM_SHARE, .fallback = "0.20",                                                     \
        .description = "part of its sales to others that a supplier can turn round", .example = "0.20"                 \
    }

/* What reporter, partner, dataset and period of a call want; the rest is the handler's. */
struct want want_of(const struct call *call);
struct frame frame_of(const struct call *call, const struct cube *cube);
/* Codes of a product list as leaves of the offer's cube, into the frame. */
enum status frame_products(struct call *call, struct frame *frame) MUST_CHECK;
/* Takes the call's products into the want. */
void want_products(const struct call *call, struct want *want);
/* What a pair's trade is broken down by in one dataset: the level's nodes, or, where no level is asked for, each of the products, or one
 * item TOTAL. */
enum status pair_breakdown(struct call *call, const struct cube *cube, struct breakdown *out) MUST_CHECK;

/* ---- prefer.c ---- */

/* How well a dataset answers: more is better. */
typedef unsigned offer_score(const struct want *want, const struct offer *offer);
/* As call_choose, but of the offers that are as whole as the first the one with the highest score. */
enum status call_prefer(struct call *call, const struct want *want, offer_score *score,
                        const struct offer **offer) MUST_CHECK;
/* The offer with the highest score; NULL if there is none. */
const struct offer *call_best(struct call *call, const struct want *want, offer_score *score);
/* Without periods: years, of the kind of which the best dataset has a complete one. What follows years starts from no single month. */
void want_a_year(struct call *call, struct want *want, offer_score *score);
/* FLAG_PARTIAL_SECTOR where the cube has only some of the products that `product` stands for. */
unsigned flags_of_products(const struct cube *cube, const struct arg *product);
/* Adds a problem and returns true if the parameter names the world, which is nobody's supplier or buyer. */
bool call_refuse_world(struct call *call, const char *name);
/* Whether the trade of all countries (or of a closed set) is in it: every supplier's sales to everybody. */
bool cube_is_worldwide(const struct cube *cube);
offer_score score_of_suppliers; /* worldwide, then all of the reporter's partners */
offer_score score_of_books;     /* both sides' books */
/* Warnings that name a dataset which has what call->cube lacks. */
void warn_of_suppliers(struct call *call, const struct want *want);
void warn_of_books(struct call *call, const struct want *want, const struct frame *frame);

/* Refuses a `freq` that the periods asked for neither consist of nor lie in. */
enum status check_freq(struct call *call, const struct want *want) MUST_CHECK;
struct cell cell_period(struct call *call, uint32_t period);
static inline struct cell cell_country(const struct call *call, uint32_t id) /* NO_ID: null */
{
    return cell_str(id == NO_ID ? str_span(NULL, 0) : countries_at(catalogue_countries(call->catalogue), id)->id);
}

#endif
