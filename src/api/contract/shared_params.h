/* shared_params: parameters that several routes take. Private to src/api. */
#ifndef API_CONTRACT_SHARED_PARAMS_H
#define API_CONTRACT_SHARED_PARAMS_H

#include "api/contract/format.h"
#include "api/contract/param.h"

#define LEVELS_OF_PRODUCTS                                                                                             \
    (1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_HS8 | 1U << LEVEL_SECTOR)

/* What labels=, shape=, codes= and count= take, each ended by NULL; the first is the default. labels= in the order of enum labels. */
extern const char *const words_of_labels[], *const words_of_shapes[], *const words_of_codes[], *const words_of_count[];

#define LIMIT_MAX 50000
#define PARAM_OF_RELEASE                                                                                               \
    PARAM("release", RELEASE,                                                                                          \
          "meta.release of an answer: the same figures for ever, from that dataset alone, or 410 once "                \
          "it is gone; the id of the catalogue (healthz) pins all datasets together",                                  \
          .example = "latest")
#define PARAMS_OF_TABLES                                                                                               \
    PARAM("sort", SORT, "columns to sort by, a minus for descending; null comes last", .example = "-imports"),         \
        PARAM("fields", FIELDS, "columns to give, in this order", .example = "period,imports"),                        \
        PARAM("limit", COUNT, "most rows of one page", .max = LIMIT_MAX, .fallback = "1000", .example = "100"),        \
        {.name = "cursor",                                                                                             \
         .type = PARAM_CURSOR,                                                                                         \
         .description = "where the next page begins: meta.page.next of the page before"},                              \
        PARAM_OF_RELEASE,                                                                                              \
        PARAM("format", FORMAT, "one of the formats of this resource; a suffix on the path wins, Accept comes last",   \
              .example = "csv"),                                                                                       \
        PARAM("labels", WORD,                                                                                          \
              "countries, products, sectors and datasets by id; by name (the column called name falls away "           \
              "then, and what has no name keeps its code); or both: behind each column of codes its names, "           \
              "in the column called name or in one called CODE_name. fields= may name those too. sort=, "              \
              "filters and top= go by the codes. jsonstat has both always",                                            \
              .words = words_of_labels, .formats = ~0U, .fallback = "id", .example = "both"),                          \
        PARAM("shape", WORD, "arrays: each row of data as an array in the order of columns, which is shorter",         \
              .words = words_of_shapes, .formats = 1U << FORMAT_JSON, .fallback = "objects", .example = "arrays"),     \
        PARAM("bom", FLAG, "1: a byte order mark first, by which Excel knows UTF-8",                                   \
              .formats = 1U << FORMAT_CSV | 1U << FORMAT_SDMX_CSV, .fallback = "0", .example = "1"),                   \
        PARAM("codes", WORD, "prefixed: HS0101 for the product 0101, so that a spreadsheet keeps the zero",            \
              .words = words_of_codes, .formats = 1U << FORMAT_CSV, .fallback = "plain", .example = "prefixed"),       \
        PARAM("count", WORD, "none: meta.page.total is null; truncated and next stay right", .words = words_of_count,  \
              .formats = ~0U, .fallback = "exact", .example = "none"),                                                 \
        PARAM("pretty", FLAG, "1: line breaks in JSON", .formats = 1U << FORMAT_JSON | 1U << FORMAT_JSONSTAT,          \
              .fallback = "0", .example = "1")

#define PARAM_OF_EXPLAIN                                                                                               \
    PARAM("explain", FLAG, "1: meta.plan says which index answered, and how many runs and rows were touched",          \
          .fallback = "0", .example = "1")

#define PARAM_OF_REPORTER                                                                                              \
    PARAM("reporter", COUNTRY, "country whose books are read: ISO alpha-3 or alpha-2, M49, or Comtrade number",        \
          .codes = &codes_reporter, .in_path = true, .example = "IND")
#define PARAM_OF_PARTNER                                                                                               \
    PARAM("partner", COUNTRY, "the other country", .codes = &codes_partner, .in_path = true, .example = "CHN")
#define PARAM_OF_DATASET                                                                                               \
    PARAM("dataset", DATASET, "id of the dataset that is to answer; without it the best that holds what is asked",     \
          .example = "dgcis-hs2-fy")
#define PARAM_OF_TOP                                                                                                   \
    PARAM("top", COUNT, "keep this many rows and add up the rest as other", .max = LIMIT_MAX, .example = "10")
#define PARAM_OF_PRODUCT                                                                                               \
    PARAM("product", PRODUCTS, "HS codes, sections (S01 to S21) or sector ids, separated by commas",                   \
          .codes = &codes_product, .example = "85")

#define PARAM_OF_EXPAND                                                                                                \
    PARAM("expand", REAL, "part of its exports of the product by which a supplier can sell more in a year", .low = 0,  \
          .high = 10, .fallback = "0.10", .example = "0.10")
#define PARAM_OF_DIVERT                                                                                                \
    PARAM("divert", SHARE, "part of its sales to others that a supplier can turn round", .fallback = "0.20",           \
          .example = "0.20")

#endif
