/* A table seen as dimensions and figures, for the formats that are made of those. */
#include <xxhash.h>

#include "api/represent/layout.h"

#include "api/table/table.h"

/* ---- which columns are what ---- */

static void take_column(struct layout *l, const struct call *call, size_t c)
{
    const struct column *column = &call->table.column[c];
    enum column_role role = column_role(column);
    bool name = c >= call->route->n_columns || strcmp(column->id, "name") == 0;
    if (column->type == COLUMN_FLAGS)
        return;
    if (role == ROLE_FIGURE)
        l->figure[l->n_figures++] = c;
    else if (role == ROLE_TEXT && !name)
        l->text[l->n_texts++] = c;
    else if (role != ROLE_TEXT && l->n_axes < AXES_MAX - 1)
        l->axis[l->n_axes++] = (struct axis){.kind = column->codes, .id = column->id, .column = c};
}

static bool is_shown(const struct call *call, const size_t *index, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(call->table.column[index[i]].id, id) == 0)
            return true;
    return false;
}

/* What the request fixes for all rows: one country or one product. */
static struct str fixed_code(const struct call *call, size_t i)
{
    const struct param *param = &call->route->param[i];
    const struct countries *countries = catalogue_countries(call->catalogue);
    const struct arg *arg = &call->arg[i];
    if (!arg->given || arg->all || !param->codes)
        return str_span(NULL, 0);
    if (param->type == PARAM_COUNTRY)
        return countries_at(countries, arg->country)->id;
    if (param->type == PARAM_COUNTRIES && arg->n_list == 1)
        return countries_at(countries, arg->countries[0])->id;
    if (param->type == PARAM_PRODUCTS && arg->n_list == 1)
        return arg->list[0];
    return param->type == PARAM_PRODUCT ? arg->text : str_span(NULL, 0);
}

/* Whether the rows say nothing else: the books in which /v1/check finds a figure may be another country's. */
static bool rows_agree(const struct call *call, const struct layout *l, const char *id, struct str code)
{
    size_t c = 0;
    while (c < call->route->n_columns && strcmp(call->route->column[c].id, id) != 0)
        c++;
    bool agree = true;
    for (size_t r = 0; c < call->route->n_columns && r < l->page.returned && agree; r++) {
        const struct cell *cell = &layout_row(call, l, r)[c];
        agree = cell->kind == CELL_STRING && str_eq(cell->text, code);
    }
    return agree;
}

/* As far as no column that is shown says it. */
static enum status take_fixed(struct layout *l, const struct call *call, const size_t *index, size_t n)
{
    for (size_t i = 0; i < call->route->n_params && l->n_axes < AXES_MAX - 1; i++) {
        struct str code = fixed_code(call, i);
        const char *id = call->route->param[i].name;
        if (!code.n || is_shown(call, index, n, id) || !rows_agree(call, l, id, code))
            continue;
        struct str *category = arena_new(call->arena, struct str, 1);
        if (!category)
            return ST_NO_MEMORY;
        *category = code;
        l->axis[l->n_axes++] = (struct axis){.kind = call->route->param[i].codes,
                                             .id = call->route->param[i].name,
                                             .column = NO_COLUMN,
                                             .category = category,
                                             .n_categories = 1};
    }
    return ST_OK;
}

/* ---- categories ---- */

const struct cell *layout_row(const struct call *call, const struct layout *layout, size_t row)
{
    return &call->table.cell[(layout->page.first + row) * call->table.n_columns];
}

static struct str text_of(const struct call *call, const struct axis *axis, const struct cell *cell)
{
    if (cell->kind == CELL_STRING)
        return cell->text;
    if (cell->kind == CELL_INTEGER)
        return arena_printf(call->arena, "%lld", (long long)cell->integer);
    return str_view(axis->kind->none);
}

static size_t slots_for(size_t rows)
{
    size_t n = 16;
    while (n < 2 * rows)
        n *= 2;
    return n;
}

/* Index of the text among the axis' categories; a new one is put behind them. */
static uint32_t category_of(struct axis *axis, struct str text, uint32_t *slot, size_t mask)
{
    size_t at = (size_t)XXH3_64bits(text.p, text.n) & mask;
    while (slot[at] && !str_eq(axis->category[slot[at] - 1], text))
        at = (at + 1) & mask;
    if (!slot[at]) {
        axis->category[axis->n_categories++] = text;
        slot[at] = (uint32_t)axis->n_categories;
    }
    return slot[at] - 1;
}

struct dated {
    struct str text;
    uint32_t index;
};

static int compare_dated(const void *a, const void *b)
{
    return str_cmp(((const struct dated *)a)->text, ((const struct dated *)b)->text);
}

/* Charts draw periods in the order of the categories, whatever sort= says. */
static enum status sort_categories(const struct call *call, struct axis *axis, size_t rows)
{
    struct dated *dated = arena_new(call->arena, struct dated, axis->n_categories);
    uint32_t *place = arena_new(call->arena, uint32_t, axis->n_categories);
    if (!dated || !place)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < axis->n_categories; i++)
        dated[i] = (struct dated){axis->category[i], (uint32_t)i};
    if (axis->n_categories)
        qsort(dated, axis->n_categories, sizeof *dated, compare_dated);
    for (size_t i = 0; i < axis->n_categories; i++) {
        axis->category[i] = dated[i].text;
        place[dated[i].index] = (uint32_t)i;
    }
    for (size_t r = 0; r < rows; r++)
        axis->of_row[r] = place[axis->of_row[r]];
    return ST_OK;
}

static enum status find_categories(const struct call *call, struct layout *l, struct axis *axis)
{
    size_t rows = l->page.returned, n_slots = slots_for(rows);
    axis->category = arena_new(call->arena, struct str, rows);
    axis->of_row = arena_new(call->arena, uint32_t, rows);
    uint32_t *slot = arena_new(call->arena, uint32_t, n_slots);
    if (!axis->category || !axis->of_row || !slot)
        return ST_NO_MEMORY;
    for (size_t r = 0; r < rows; r++) {
        struct str text = text_of(call, axis, &layout_row(call, l, r)[axis->column]);
        if (!text.p)
            return ST_NO_MEMORY;
        axis->of_row[r] = category_of(axis, text, slot, n_slots - 1);
    }
    return axis->kind->role == ROLE_TIME ? sort_categories(call, axis, rows) : ST_OK;
}

/* ---- are the rows told apart? ---- */

uint64_t layout_cells(const struct layout *layout)
{
    uint64_t cells = 1;
    for (size_t a = 0; a < layout->n_axes; a++)
        if (__builtin_mul_overflow(cells, layout->axis[a].n_categories, &cells))
            return UINT64_MAX;
    return cells;
}

uint64_t layout_position(const struct layout *layout, size_t row)
{
    uint64_t position = 0;
    for (size_t a = 0; a < layout->n_axes; a++) {
        const struct axis *axis = &layout->axis[a];
        position = position * axis->n_categories + (axis->of_row ? axis->of_row[row] : 0);
    }
    return position;
}

/* Cells that 64 bits cannot number are not told apart either: safe, and never seen. */
static enum status find_unique(const struct call *call, const struct layout *l, bool *unique)
{
    size_t n_slots = slots_for(l->page.returned);
    uint64_t *slot = arena_new(call->arena, uint64_t, n_slots); /* position + 1 */
    if (!slot)
        return ST_NO_MEMORY;
    *unique = layout_cells(l) < UINT64_MAX;
    for (size_t r = 0; r < l->page.returned && *unique; r++) {
        uint64_t position = layout_position(l, r);
        size_t at = (size_t)XXH3_64bits(&position, sizeof position) & (n_slots - 1);
        while (slot[at] && slot[at] != position + 1)
            at = (at + 1) & (n_slots - 1);
        *unique = slot[at] == 0;
        slot[at] = position + 1;
    }
    return ST_OK;
}

/* The row's number in the whole answer becomes an axis before those of columns, which do not span the cube any more. */
static enum status number_rows(const struct call *call, struct layout *l)
{
    size_t rows = l->page.returned, fixed = 0;
    while (fixed < l->n_axes && l->axis[fixed].column == NO_COLUMN)
        fixed++;
    struct axis row = {.id = "row", .column = NO_COLUMN, .n_categories = rows};
    row.category = arena_new(call->arena, struct str, rows);
    row.of_row = arena_new(call->arena, uint32_t, rows);
    if (!row.category || !row.of_row)
        return ST_NO_MEMORY;
    for (size_t r = 0; r < rows; r++) {
        row.category[r] = arena_printf(call->arena, "%zu", l->page.first + r + 1);
        row.of_row[r] = (uint32_t)r;
        if (!row.category[r].p)
            return ST_NO_MEMORY;
    }
    memmove(&l->axis[fixed + 1], &l->axis[fixed], (l->n_axes - fixed) * sizeof *l->axis);
    l->axis[fixed] = row;
    l->n_all = l->n_axes + 1;
    l->n_axes = fixed + 1;
    return ST_OK;
}

enum status layout_make(const struct call *call, struct layout *l)
{
    size_t index[COLUMNS_MAX], n = call_fields(call, index);
    *l = (struct layout){.flags = NO_COLUMN, .page = call_page(call)};
    for (size_t c = 0; c < call->route->n_columns; c++)
        if (call->route->column[c].type == COLUMN_FLAGS)
            l->flags = c;
    enum status status = take_fixed(l, call, index, n);
    for (size_t i = 0; i < n; i++)
        take_column(l, call, index[i]);
    for (size_t a = 0; status == ST_OK && a < l->n_axes; a++)
        if (l->axis[a].column != NO_COLUMN)
            status = find_categories(call, l, &l->axis[a]);
    bool unique = true;
    if (status == ST_OK)
        status = find_unique(call, l, &unique);
    l->n_all = l->n_axes;
    return status == ST_OK && !unique ? number_rows(call, l) : status;
}

flag_bits layout_flags(const struct layout *layout, const struct cell *row)
{
    bool flagged = layout->flags != NO_COLUMN && row[layout->flags].kind == CELL_FLAGS;
    return flagged ? row[layout->flags].flags : 0;
}

enum status layout_name(const struct call *call, struct layout *layout)
{
    for (size_t a = 0; a < layout->n_all; a++) {
        struct axis *axis = &layout->axis[a];
        axis->name = arena_new(call->arena, struct str, axis->n_categories);
        if (!axis->name)
            return ST_NO_MEMORY;
        for (size_t i = 0; axis->kind && i < axis->n_categories; i++)
            axis->name[i] = code_name(call->catalogue, axis->kind->names, axis->category[i]);
    }
    return ST_OK;
}
