/* param: what a request may say, and what it has said, typed. Private to src/api. */
#ifndef API_CONTRACT_PARAM_H
#define API_CONTRACT_PARAM_H

#include "api/contract/codes.h"
#include "entrepot/cube/catalogue.h"

enum param_type {
    PARAM_COUNTRY,  /* one code */
    PARAM_PRODUCTS, /* HS codes, sections and sectors, separated by commas */
    PARAM_PRODUCT,  /* one HS code or section */
    PARAM_SECTOR,
    PARAM_PERIODS,
    PARAM_PERIOD, /* exactly one */
    PARAM_FREQ,
    PARAM_LEVEL,
    PARAM_DATASET,  /* an id */
    PARAM_DATASETS, /* an id or * */
    PARAM_COUNT,    /* whole number, 1 … max */
    PARAM_SHARE,    /* 0 … 1 */
    PARAM_SORT,
    PARAM_FIELDS,
    PARAM_FORMAT,
    PARAM_FLAG, /* 0, 1 */
    PARAM_KIND, /* of a member */
    PARAM_CURSOR,
    PARAM_WORD,      /* one of `words` */
    PARAM_REAL,      /* a decimal number, low … high */
    PARAM_COUNTRIES, /* codes separated by commas */
    PARAM_PAIRS,     /* IND-CHN,USA-CHN: reporter and partner */
    PARAM_TEXT,      /* anything; what a search looks for */
    PARAM_WORDS,     /* some of `words`, separated by commas */
    PARAM_RELEASE    /* id of a dataset's release, or of the catalogue */
};

struct param {
    const char *name;
    enum param_type type;
    bool in_path;                  /* these stand first in a route's table, in the path's order */
    uint32_t max;                  /* PARAM_COUNT */
    unsigned levels;               /* PARAM_LEVEL: bit per allowed level */
    const char *const *words;      /* PARAM_WORD, PARAM_WORDS: ended by NULL */
    double low, high;              /* PARAM_REAL */
    bool required;                 /* in the query; path parameters are anyway */
    bool star;                     /* lists: * stands for every member */
    bool comtrade;                 /* UN Comtrade's spellings too: 201904, AG4 */
    unsigned formats;              /* how it is written: 1U << enum format of those that know it; else 0 */
    const char *alias;             /* another name for it, or NULL */
    const char *fallback;          /* the default as text, or NULL */
    const struct code_kind *codes; /* a row's code where no column tells it; or NULL */
    const char *description, *example;
};

/* As COLUMN: for the formatter. */
#define PARAM(name_, type_, description_, ...)                                                                         \
    {                                                                                                                  \
        .name = (name_), .type = PARAM_##type_, .description = (description_), __VA_ARGS__                             \
    }

#define PARAMS_MAX 32
#define LIST_MAX 64

struct arg {
    bool given, all;          /* all: * where the parameter takes it */
    struct str text;          /* as the client wrote it, percent-decoded */
    uint32_t country, number; /* number: also the index of a word; of several a bit each */
    uint32_t last;            /* PARAM_WORDS: index of the last one */
    double ratio;             /* PARAM_SHARE, PARAM_REAL */
    enum level level;
    enum period_kind kind;
    const struct cube *cube;
    const struct sector *sector;
    const struct period_set *periods;
    const struct str *list;    /* PARAM_PRODUCTS: codes; sectors are written sector ids */
    const uint32_t *countries; /* PARAM_COUNTRIES: ids; PARAM_PAIRS: reporter and partner in turn */
    size_t n_list;             /* of either; pairs count once */
};

/* share.gte=0.8, dependent=1: which rows are kept. A row whose cell is null is not. */
enum filter_op { FILTER_GTE, FILTER_GT, FILTER_LTE, FILTER_LT, FILTER_OPS, FILTER_IS = FILTER_OPS };
#define FILTERS_MAX 8
struct filter {
    size_t column; /* of the route's */
    enum filter_op op;
    double value;
    struct str name, text; /* as written */
};

#endif
