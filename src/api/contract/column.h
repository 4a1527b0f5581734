/* column: what a column of a table is, and the cells of its rows. Private to src/api. */
#ifndef API_CONTRACT_COLUMN_H
#define API_CONTRACT_COLUMN_H

#include <math.h>
#include <stddef.h>

#include "api/contract/codes.h"
#include "api/contract/measure.h"
#include "entrepot/analysis/figures.h"

struct route;

enum column_type { COLUMN_STRING, COLUMN_INTEGER, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_FLAGS, COLUMN_LIST };

/* How a value lies in the row that it comes from, and what becomes of it. */
enum value_kind {
    VALUE_NONE,         /* the handler writes the cell itself */
    VALUE_FIGURE,       /* struct figure: null where it is not known */
    VALUE_AT_MOST,      /* struct figure: its bound; null where it is known or has none */
    VALUE_RATIO,        /* double: null for NaN and infinity */
    VALUE_TONNES,       /* struct quantity, as tonnes */
    VALUE_RANK,         /* unsigned: null for 0 */
    VALUE_COUNT,        /* unsigned */
    VALUE_SIZE,         /* size_t */
    VALUE_TEXT,         /* struct str: null where empty */
    VALUE_NAME,         /* const char *: null for NULL and "" */
    VALUE_WORD,         /* an enum: the column's `words` of that number */
    VALUE_COUNTRY,      /* uint32_t, id of a country: its code; null for NO_ID */
    VALUE_COUNTRY_NAME, /* the same: its name */
    VALUE_PERIOD,       /* uint32_t */
    VALUE_DATASET,      /* const struct cube *: its dataset's id; null for NULL */
    VALUE_TRUTH,        /* bool */
    VALUE_VERDICT,      /* an enum of not known (null), no, yes */
    VALUE_FLAGS,        /* unsigned, a bit a flag */
    VALUE_LIST,         /* struct str: items separated by '\n'; none where p is NULL */
    VALUE_CELL,         /* struct cell: what is none of these */
    /* of documents alone: */
    VALUE_LINK,   /* struct str: an address, relative to this one */
    VALUE_OBJECT, /* a struct inside the struct: `of` tells of its members */
    VALUE_ROWS    /* struct listed: `of` tells of its rows */
};

/* A column is said once, here: what it is called, what it means, and where its values lie. A table of columns goes with one type of rows:
 *
 *     static const struct column columns[] = {
 *         COLUMN("partner", "partner; other: the rows behind top", FROM_COUNTRY(struct deficit_row, partner), .codes = &codes_partner),
 *         COLUMN("name", "partner's name", FROM_COUNTRY_NAME(struct deficit_row, partner)),
 *         COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct deficit_row, exports), .unit = "USD", .flow = 'X',
 *                .additive = true, .measure = MEASURE_EXPORTS),
 *         COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
 *         COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct deficit_row, flags))};
 *
 * The macros FROM_… say type, kind and place, and do not compile where the member is of another type. call_rows fills a table of them,
 * call_summary an object (meta.summary), whose columns are told apart in this: `never_null` and `only_if`, which the description of the API
 * passes on. A document is such an object with others inside, and with lists of rows that have the columns of a table.
 */
struct column {
    const char *id;
    enum column_type type;
    const char *unit; /* "USD", "1" (a ratio), "pp", "months" … or NULL */
    char flow;        /* 'X' or 'M': valued as the dataset's exports or imports are; 0: neither */
    bool additive;    /* rows add up: `top` may sum the rest */
    const char *description;
    enum measure_id measure;       /* of figures: what they are, and how they are computed */
    const struct code_kind *codes; /* of codes; else NULL */
    enum value_kind from;
    bool shared;              /* `at` is a place in struct rows_share: all rows have the same value */
    uint16_t at;              /* offset of the value in its struct */
    const char *const *words; /* VALUE_WORD; in objects ended by NULL */
    bool never_null;          /* of objects: said of what could be null by its kind */
    bool optional;            /* of objects: left out where the bool at `only_if` is false */
    uint16_t only_if;
    const struct columns *of; /* VALUE_OBJECT, VALUE_ROWS */
    const char *instead;      /* VALUE_OBJECT: why it is not there, where it is optional; or NULL */
};

/* The columns of an object, or of a table's rows in a document. */
struct columns {
    const struct column *column;
    size_t n;
    const struct route *table; /* of rows: whose columns they are, in place of these two */
    const char *only;          /* of rows: the ids of those that are shown, with spaces between, in this order */
    bool has_meta;             /* of a document: explain=1 adds "meta" */
};

/* Rows inside a document. */
struct listed {
    const void *row;
    size_t n, bytes; /* bytes: from one to the next */
};

/* The formatter breaks the arguments of a macro into few lines, and the members of a struct into one each. */
#define COLUMN(id_, description_, ...)                                                                                 \
    {                                                                                                                  \
        .id = (id_), .description = (description_), __VA_ARGS__                                                        \
    }

/* The place of a member, which must be of that type. */
#define AT_(row, member, type_) (uint16_t)(offsetof(row, member) + 0 * sizeof(&((row *)NULL)->member == (type_ *)NULL))
#define FROM_(kind, cells, row, member, type_)                                                                         \
    .type = COLUMN_##cells, .from = VALUE_##kind, .at = AT_(row, member, type_)
#define FROM_FIGURE(row, member) FROM_(FIGURE, INTEGER, row, member, struct figure)
/* The most that a figure can be that is not known. */
#define FROM_AT_MOST(row, member) FROM_(AT_MOST, INTEGER, row, member, struct figure)
#define FROM_RATIO(row, member) FROM_(RATIO, NUMBER, row, member, double)
#define FROM_TONNES(row, member) FROM_(TONNES, NUMBER, row, member, struct quantity)
#define FROM_RANK(row, member) FROM_(RANK, INTEGER, row, member, unsigned)
#define FROM_COUNT(row, member) FROM_(COUNT, INTEGER, row, member, unsigned)
#define FROM_SIZE(row, member) FROM_(SIZE, INTEGER, row, member, size_t)
#define FROM_TEXT(row, member) FROM_(TEXT, STRING, row, member, struct str)
#define FROM_NAME(row, member) FROM_(NAME, STRING, row, member, const char *)
#define FROM_COUNTRY(row, member) FROM_(COUNTRY, STRING, row, member, uint32_t)
#define FROM_COUNTRY_NAME(row, member) FROM_(COUNTRY_NAME, STRING, row, member, uint32_t)
#define FROM_PERIOD(row, member) FROM_(PERIOD, STRING, row, member, uint32_t)
#define FROM_DATASET(row, member) FROM_(DATASET, STRING, row, member, const struct cube *)
#define FROM_TRUTH(row, member) FROM_(TRUTH, BOOLEAN, row, member, bool)
#define FROM_FLAGS(row, member) FROM_(FLAGS, FLAGS, row, member, flag_bits)
#define FROM_LIST(row, member) FROM_(LIST, LIST, row, member, struct str)
#define FROM_CELL(cells, row, member) FROM_(CELL, cells, row, member, struct cell)
/* Enums: any of the size of an int. */
#define FROM_ENUM_(kind, cells, row, member)                                                                           \
    .type = COLUMN_##cells, .from = VALUE_##kind,                                                                      \
    .at = (uint16_t)(offsetof(row, member) + 0 * sizeof(char[sizeof((row *)NULL)->member == sizeof(int) ? 1 : -1]))
#define FROM_WORD(row, member, words_) FROM_ENUM_(WORD, STRING, row, member), .words = (words_)
#define FROM_VERDICT(row, member) FROM_ENUM_(VERDICT, BOOLEAN, row, member)
#define FROM_LINK(row, member) FROM_(LINK, STRING, row, member, struct str)
#define FROM_ROWS(row, member, columns_) FROM_(ROWS, LIST, row, member, struct listed), .of = (columns_)
#define FROM_OBJECT(row, member, columns_)                                                                             \
    .type = COLUMN_STRING, .from = VALUE_OBJECT, .at = (uint16_t)offsetof(row, member), .of = (columns_)
#define ONLY_IF(row, member) .optional = true, .only_if = AT_(row, member, bool)

struct cell {
    enum { CELL_NULL, CELL_STRING, CELL_INTEGER, CELL_NUMBER, CELL_BOOLEAN, CELL_FLAGS, CELL_LIST } kind;
    union {
        struct str text; /* CELL_LIST: items separated by '\n' */
        int64_t integer;
        double number;
        bool boolean;
        flag_bits flags;
    };
};

/* What all rows of an answer, or those of one call of call_rows, have in common: a handler sets what its columns want of call->shared. */
struct rows_share {
    struct cell period; /* cell_period's */
    uint32_t reporter, partner;
    struct str product;
    const struct cube *dataset, *mirror_dataset; /* or NULL */
};
#define SHARED_(from, member) from(struct rows_share, member), .shared = true
#define SHARED_PERIOD FROM_CELL(STRING, struct rows_share, period), .shared = true
#define SHARED_REPORTER SHARED_(FROM_COUNTRY, reporter)
#define SHARED_PARTNER SHARED_(FROM_COUNTRY, partner)
#define SHARED_PRODUCT SHARED_(FROM_TEXT, product)
#define SHARED_DATASET SHARED_(FROM_DATASET, dataset)
#define SHARED_MIRROR_DATASET SHARED_(FROM_DATASET, mirror_dataset)

/* What a column is in formats of dimensions and figures. */
enum column_role column_role(const struct column *column);

#define COLUMNS_MAX 64 /* of a route, with those of names */

/* Writes which columns those are to `out`; returns how many. */
size_t columns_list(const struct columns *columns, const struct column *out[COLUMNS_MAX]);

struct table {
    const struct column *column; /* the route's, and behind them those of names where they are asked for */
    size_t n_columns, n_rows, room;
    struct cell *cell; /* row by row */
};

extern const struct cell cell_null;

/* Field by field: an initialiser would fill the holes too, through a copy on the stack that is read before its writes have arrived. */
static inline struct cell cell_str(struct str text) /* empty: null */
{
    struct cell cell;
    cell.kind = text.n ? CELL_STRING : CELL_NULL;
    cell.text = text;
    return cell;
}
static inline struct cell cell_z(const char *text) { return cell_str(str_view(text)); } /* NULL or "": null */
static inline struct cell cell_known(bool known, int64_t value)
{
    struct cell cell;
    cell.kind = known ? CELL_INTEGER : CELL_NULL;
    cell.integer = value;
    return cell;
}
static inline struct cell cell_i64(int64_t value) { return cell_known(true, value); }
static inline struct cell cell_ratio(double ratio) /* NaN, infinity: null */
{
    struct cell cell;
    cell.kind = isfinite(ratio) ? CELL_NUMBER : CELL_NULL;
    cell.number = ratio;
    return cell;
}
static inline struct cell cell_flags(flag_bits flags)
{
    struct cell cell;
    cell.kind = CELL_FLAGS;
    cell.flags = flags;
    return cell;
}

#endif
