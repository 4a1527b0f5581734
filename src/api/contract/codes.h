/* codes: columns that hold codes: what they are in formats of dimensions and figures. Private to src/api. */
#ifndef API_CONTRACT_CODES_H
#define API_CONTRACT_CODES_H

#include "api/contract/column.h"
#include "entrepot/cube/catalogue.h"

/* What a column is in formats of dimensions and figures. */
enum column_role { ROLE_FIGURE, ROLE_TIME, ROLE_PLACE, ROLE_CLASS, ROLE_TEXT };
enum names_of { NAMES_OF_NOTHING, NAMES_OF_COUNTRIES, NAMES_OF_PRODUCTS, NAMES_OF_DATASETS };

/* A column of codes. */
struct code_kind {
    const char *id; /* of the column */
    enum column_role role;
    enum names_of names;
    const char *concept, *title; /* in SDMX, and for people */
    const char *none;            /* the code that stands for null: _T all together, _Z not applicable */
    bool prefixed;               /* codes=prefixed writes HS before digits */
};
/* NULL for a column that holds no codes. */
const struct code_kind *code_kind_of(const char *id);
enum column_role column_role(const struct column *column);
/* The name of a code, borrowed from the catalogue; empty if it has none. */
struct str code_name(const struct catalogue *catalogue, enum names_of names, struct str code);

#endif
