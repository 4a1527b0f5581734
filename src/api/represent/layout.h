/* layout: a table as a cube, for the formats that have dimensions and figures. Private to src/api/represent.
 *
 * The dimensions are what the request fixes for all rows (the reporter of a path) and the table's columns of codes. Rows that these do
 * not tell apart are numbered: then the dimension `row` stands in the place of the columns of codes.
 */
#ifndef API_REPRESENT_LAYOUT_H
#define API_REPRESENT_LAYOUT_H

#include "api/contract/call.h"
#include "api/contract/codes.h"

#define AXES_MAX 16
#define NO_COLUMN SIZE_MAX

struct axis {
    const struct code_kind *kind; /* NULL: row */
    const char *id;
    size_t column;        /* of the table; NO_COLUMN: the same code in all rows */
    struct str *category; /* its codes: of time ascending, else in the order of the rows */
    struct str *name;     /* of each category, empty where it has none; NULL before layout_name */
    size_t n_categories;
    uint32_t *of_row; /* index of each row of the page */
};

struct layout {
    struct axis axis[AXES_MAX];
    size_t n_axes,
        n_all; /* those that span the cube stand first; where rows are numbered, those that do not tell them apart follow */
    size_t figure[COLUMNS_MAX], n_figures; /* columns of the table */
    size_t text[COLUMNS_MAX], n_texts;     /* those that are neither; names of codes and flags are not among them */
    size_t flags; /* the table's column of flags, whatever fields= says: no figure loses its status; or NO_COLUMN */
    struct page page;
};

/* Of the columns that the request chose. ST_NO_MEMORY. */
enum status layout_make(const struct call *call, struct layout *layout) MUST_CHECK;
const struct cell *layout_row(const struct call *call, const struct layout *layout,
                              size_t row); /* from 0 on the page */
flag_bits layout_flags(const struct layout *layout, const struct cell *row);
/* The number of cells of the cube without its figures; UINT64_MAX if that is too many for 64 bits. */
uint64_t layout_cells(const struct layout *layout);
/* Place of a row in the cube, the last axis running fastest. */
uint64_t layout_position(const struct layout *layout, size_t row);
/* Looks up the names of all categories. ST_NO_MEMORY. */
enum status layout_name(const struct call *call, struct layout *layout) MUST_CHECK;

#endif
