/* The rows of an answer: filtered, sorted, cut to their top, paged. */
#include "api/table/table.h"

#include <math.h>

#include "api/table/names.h"
#include "entrepot/base/number.h"

/* ---- sort ---- */

#define SORT_KEYS_MAX 8

struct sort_key {
    size_t column;
    bool descending;
};

struct sort_plan {
    struct sort_key key[SORT_KEYS_MAX];
    size_t n;
};

static int compare_numbers(const struct cell *a, const struct cell *b)
{
    if (a->kind == CELL_INTEGER && b->kind == CELL_INTEGER)
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    double x = a->kind == CELL_INTEGER ? (double)a->integer : a->number,
           y = b->kind == CELL_INTEGER ? (double)b->integer : b->number;
    return x < y ? -1 : x > y;
}

/* Null last, whatever the direction. */
static int compare_cells(const struct cell *a, const struct cell *b, bool descending)
{
    if (a->kind == CELL_NULL || b->kind == CELL_NULL)
        return (a->kind == CELL_NULL) - (b->kind == CELL_NULL);
    int order = 0;
    if (a->kind == CELL_STRING || a->kind == CELL_LIST)
        order = str_cmp(a->text, b->text);
    else if (a->kind == CELL_BOOLEAN)
        order = (int)a->boolean - (int)b->boolean;
    else if (a->kind == CELL_FLAGS)
        order = a->flags < b->flags ? -1 : a->flags > b->flags;
    else
        order = compare_numbers(a, b);
    return descending ? -order : order;
}

static int compare_rows(const void *a, const void *b, void *plan_)
{
    const struct cell *const *x = a, *const *y = b;
    const struct sort_plan *plan = plan_;
    for (size_t i = 0; i < plan->n; i++) {
        int order = compare_cells(&(*x)[plan->key[i].column], &(*y)[plan->key[i].column], plan->key[i].descending);
        if (order)
            return order;
    }
    return *x < *y ? -1 : *x > *y; /* stable: rows still lie in the order they were made */
}

static size_t column_index(const struct route *route, struct str id)
{
    size_t i = 0;
    while (i < route->n_columns && !str_is(id, route->column[i].id))
        i++;
    return i;
}

static void read_sort(const struct route *route, struct str text, struct sort_plan *plan)
{
    while (text.p && plan->n < SORT_KEYS_MAX) {
        struct str key = str_cut(&text, ',');
        bool descending = key.n && key.p[0] == '-';
        size_t column = column_index(route, descending ? str_span(key.p + 1, key.n - 1) : key);
        if (column < route->n_columns)
            plan->key[plan->n++] = (struct sort_key){column, descending};
    }
}

/* Puts the rows into the order of the list, cycle by cycle: a second table would be as large as the first. */
static void permute(struct table *t, const struct cell **row, struct cell *spare)
{
    const size_t bytes = t->n_columns * sizeof *spare;
    for (size_t i = 0; i < t->n_rows; i++) {
        if (!row[i])
            continue;
        memcpy(spare, &t->cell[i * t->n_columns], bytes);
        for (size_t at = i; row[at];) {
            size_t from = (size_t)(row[at] - t->cell) / t->n_columns;
            memcpy(&t->cell[at * t->n_columns], from == i ? spare : row[at], bytes);
            row[at] = NULL;
            at = from;
        }
    }
}

static enum status sort_table(struct call *call, struct str text)
{
    struct table *t = &call->table;
    struct sort_plan plan = {.n = 0};
    read_sort(call->route, text, &plan);
    const struct cell **row = arena_new_raw(call->arena, const struct cell *, t->n_rows);
    struct cell *spare = arena_new_raw(call->arena, struct cell, t->n_columns);
    if (!row || !spare)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < t->n_rows; i++)
        row[i] = &t->cell[i * t->n_columns];
    if (t->n_rows)
        qsort_r(row, t->n_rows, sizeof(const struct cell *), compare_rows, &plan);
    permute(t, row, spare);
    return ST_OK;
}

/* ---- top ---- */

/* A sum of which one is not known, or that does not fit, is not known. */
static void add_cell(struct cell *sum, const struct cell *cell)
{
    bool fits = cell->kind == sum->kind && cell->kind != CELL_NULL;
    if (fits && sum->kind == CELL_INTEGER)
        fits = !__builtin_add_overflow(sum->integer, cell->integer, &sum->integer);
    else if (fits)
        sum->number += cell->number;
    if (!fits)
        *sum = cell_null;
}

static size_t first_text_column(const struct route *route, const char *a, const char *b)
{
    size_t i = column_index(route, str_view(a));
    return i < route->n_columns ? i : column_index(route, str_view(b));
}

/* Column `c` of the rows from `first` on as one cell: a sum where they add up, what all of them share, or null. */
static struct cell together(const struct call *call, size_t first, size_t c)
{
    const struct table *t = &call->table;
    const struct cell *one = &t->cell[first * t->n_columns + c];
    bool adds = t->column[c].additive && !(call->unsummed & (uint64_t)1 << c),
         same = t->column[c].type == COLUMN_STRING;
    struct cell sum = adds ? *one : cell_null;
    flag_bits flags = 0;
    for (size_t r = first; r < t->n_rows; r++) {
        const struct cell *cell = &t->cell[r * t->n_columns + c];
        if (adds && r > first)
            add_cell(&sum, cell);
        if (t->column[c].type == COLUMN_FLAGS)
            flags |= cell->flags;
        same = same && cell->kind == one->kind && str_eq(cell->text, one->text);
    }
    return t->column[c].type == COLUMN_FLAGS ? cell_flags(flags) : same ? *one : sum;
}

/* The rows behind the first `top` become one, so that the table's sums stay what they were. */
static void keep_top(struct call *call, size_t top)
{
    struct table *t = &call->table;
    if (t->n_rows <= top + 1)
        return;
    struct cell *other = &t->cell[top * t->n_columns];
    for (size_t c = 0; c < t->n_columns; c++)
        other[c] = together(call, top, c);
    size_t name = call->other ? (size_t)(call->other - call->route->column)
                              : first_text_column(call->route, "product", "partner");
    if (name == call->route->n_columns)
        name = first_text_column(call->route, "supplier", "supplier");
    if (name < call->route->n_columns)
        other[name] = cell_str(STR("other"));
    t->n_rows = top + 1;
}

/* ---- filters ---- */

/* Ratios are held against what is shown of them. */
static double shown(double ratio) { return ratio_is_small(ratio) ? round(ratio * 1e6) / 1e6 : ratio; }

static bool passes(const struct filter *filter, const struct cell *cell)
{
    if (cell->kind == CELL_BOOLEAN)
        return cell->boolean == (filter->value > 0);
    if (cell->kind != CELL_INTEGER && cell->kind != CELL_NUMBER)
        return false;
    double value = cell->kind == CELL_INTEGER ? (double)cell->integer : shown(cell->number);
    switch (filter->op) {
    case FILTER_GTE: return value >= filter->value;
    case FILTER_GT: return value > filter->value;
    case FILTER_LTE: return value <= filter->value;
    case FILTER_LT: return value < filter->value;
    case FILTER_OPS: break;
    }
    BUG("no such filter");
}

static void keep_filtered(struct call *call)
{
    struct table *t = &call->table;
    size_t kept = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        struct cell *row = &t->cell[r * t->n_columns];
        bool keep = true;
        for (size_t i = 0; keep && i < call->n_filters; i++)
            keep = passes(&call->filter[i], &row[call->filter[i].column]);
        if (keep && kept < r)
            memcpy(&t->cell[kept * t->n_columns], row, t->n_columns * sizeof *row);
        kept += keep;
    }
    if (t->n_rows && !kept)
        call->empty_reason = "filtered_out";
    t->n_rows = kept;
}

/* ---- what is made up ---- */

static bool any_synthetic(const struct catalogue *catalogue)
{
    bool any = false;
    for (size_t i = 0; !any && i < catalogue_count(catalogue); i++)
        any = cube_dataset(catalogue_at(catalogue, i))->synthetic;
    return any;
}

static const struct cube *cube_of(const struct call *call, const struct cell *row, size_t dataset)
{
    bool named = dataset < call->route->n_columns && row[dataset].kind == CELL_STRING;
    return named ? catalogue_find(call->catalogue, row[dataset].text) : call->cube;
}

const struct cube *call_row_cube(const struct call *call, const struct cell *row)
{
    return cube_of(call, row, column_index(call->route, STR("dataset")));
}

/* Where a row goes there is not always meta beside it. */
static void flag_synthetic(struct call *call)
{
    struct table *t = &call->table;
    size_t flags = column_index(call->route, STR("flags")), dataset = column_index(call->route, STR("dataset"));
    if (flags == call->route->n_columns || !any_synthetic(call->catalogue))
        return;
    for (size_t r = 0; r < t->n_rows; r++) {
        struct cell *row = &t->cell[r * t->n_columns];
        const struct cube *cube = cube_of(call, row, dataset);
        if (cube && cube_dataset(cube)->synthetic && row[flags].kind == CELL_FLAGS)
            row[flags].flags |= FLAG_BIT(FLAG_SYNTHETIC);
    }
}

enum status table_arrange(struct call *call)
{
    flag_synthetic(call);
    if (call->n_filters)
        keep_filtered(call);
    const struct arg *sort = call_find(call, "sort"), *top = call_find(call, "top");
    struct str order = sort && sort->given ? sort->text : str_view(call->route->default_sort);
    enum status status = order.n ? sort_table(call, order) : ST_OK;
    if (status == ST_OK && top && top->given)
        keep_top(call, top->number);
    return status;
}

/* ---- fields ---- */

/* The column that holds the names of this column's codes: one called name that stands directly behind it, or one that was added for it.
 * The number of columns if there is none. */
static size_t name_of(const struct call *call, size_t column)
{
    const struct table *t = &call->table;
    size_t k = call->route->n_columns;
    if (column + 1 < k && strcmp(t->column[column + 1].id, "name") == 0)
        return column + 1;
    while (k < t->n_columns && call->named[k] != column)
        k++;
    return k;
}

static size_t chosen_fields(const struct call *call, size_t *index)
{
    struct str rest = call_arg(call, "fields")->text;
    size_t n = 0;
    while (rest.p && n < COLUMNS_MAX) {
        struct str id = str_cut(&rest, ',');
        size_t c = 0;
        while (c < call->table.n_columns && !str_is(id, call->table.column[c].id))
            c++;
        if (c < call->table.n_columns)
            index[n++] = c;
    }
    return n;
}

static bool among(const size_t *index, size_t n, size_t column)
{
    while (n && index[n - 1] != column)
        n--;
    return n > 0;
}

size_t call_fields(const struct call *call, size_t *index)
{
    size_t chosen[COLUMNS_MAX], n_chosen = 0, n = 0;
    enum labels labels = call_labels(call);
    bool both = labels == LABELS_BOTH, all = !call_arg(call, "fields")->given;
    if (!all)
        n_chosen = chosen_fields(call, chosen);
    for (size_t c = 0; all && c < call->route->n_columns; c++)
        if (labels != LABELS_NAME || !name_is_shown_as_code(call, c))
            chosen[n_chosen++] = c;
    for (size_t i = 0; i < n_chosen && n < COLUMNS_MAX; i++) {
        index[n++] = chosen[i];
        size_t name = both ? name_of(call, chosen[i]) : call->table.n_columns;
        if (name < call->table.n_columns && n < COLUMNS_MAX && !among(chosen, n_chosen, name))
            index[n++] = name;
    }
    return n;
}
