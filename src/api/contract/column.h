/* column: what a column of a table is, and the cells of its rows. Private to src/api. */
#ifndef API_CONTRACT_COLUMN_H
#define API_CONTRACT_COLUMN_H

#include <math.h>

#include "entrepot/analysis/figures.h"

enum column_type { COLUMN_STRING, COLUMN_INTEGER, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_FLAGS, COLUMN_LIST };

struct column {
    const char *id;
    enum column_type type;
    const char *unit; /* "USD", "1" (a ratio), "pp", "months" … or NULL */
    char flow;        /* 'X' or 'M': valued as the dataset's exports or imports are; 0: neither */
    bool additive;    /* rows add up: `top` may sum the rest */
    const char *description;
};

struct cell {
    enum { CELL_NULL, CELL_STRING, CELL_INTEGER, CELL_NUMBER, CELL_BOOLEAN, CELL_FLAGS, CELL_LIST } kind;
    union {
        struct str text; /* CELL_LIST: items separated by '\n' */
        int64_t integer;
        double number;
        bool boolean;
        unsigned flags;
    };
};

#define COLUMNS_MAX 64 /* of a route, with those of names */

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
static inline struct cell cell_rank(unsigned rank) { return cell_known(rank > 0, rank); } /* 0: null */
static inline struct cell cell_figure(struct figure f) { return cell_known(f.known, f.usd); }
static inline struct cell cell_ratio(double ratio) /* NaN, infinity: null */
{
    struct cell cell;
    cell.kind = isfinite(ratio) ? CELL_NUMBER : CELL_NULL;
    cell.number = ratio;
    return cell;
}
static inline struct cell cell_tonnes(struct quantity q) { return cell_ratio(quantity_tonnes(q)); }
static inline struct cell cell_bool(bool value)
{
    struct cell cell;
    cell.kind = CELL_BOOLEAN;
    cell.boolean = value;
    return cell;
}
static inline struct cell cell_flags(unsigned flags)
{
    struct cell cell;
    cell.kind = CELL_FLAGS;
    cell.flags = flags;
    return cell;
}

#endif
