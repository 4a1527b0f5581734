/* codes: columns that hold codes: what they are in formats of dimensions and figures. Private to src/api. */
#ifndef API_CONTRACT_CODES_H
#define API_CONTRACT_CODES_H

#include "entrepot/cube/catalogue.h"

/* What a column is in formats of dimensions and figures. */
enum column_role { ROLE_FIGURE, ROLE_TIME, ROLE_PLACE, ROLE_CLASS, ROLE_TEXT };
enum names_of { NAMES_OF_NOTHING, NAMES_OF_COUNTRIES, NAMES_OF_PRODUCTS, NAMES_OF_DATASETS };

/* What the codes of a column are. A column without is a figure if it holds numbers or truths, else a text. */
struct code_kind {
    enum column_role role;
    enum names_of names;
    const char *concept, *title; /* in SDMX, and for people */
    const char *none;            /* the code that stands for null: _T all together, _Z not applicable */
    bool prefixed;               /* codes=prefixed writes HS before digits */
};
extern const struct code_kind codes_reporter, codes_partner, codes_importer, codes_supplier, codes_product, codes_flow,
    codes_measure, codes_path, codes_year, codes_dataset, codes_id, codes_period, codes_return, codes_top_supplier,
    codes_top_partner, codes_mirror_dataset, codes_section, codes_parent, codes_code, codes_prefixes;
/* The name of a code, borrowed from the catalogue; empty if it has none. */
struct str code_name(const struct catalogue *catalogue, enum names_of names, struct str code);

#endif
