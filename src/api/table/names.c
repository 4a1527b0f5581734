/* Columns with the names of what columns of codes hold. */
#include "api/table/names.h"

static enum names_of names_of_column(const struct column *column)
{
    return column->codes && column->type == COLUMN_STRING ? column->codes->names : NAMES_OF_NOTHING;
}

/* A column called name stands directly behind the codes that it names. */
static bool has_its_name(const struct route *route, size_t column)
{
    return column + 1 < route->n_columns && strcmp(route->column[column + 1].id, "name") == 0;
}

size_t name_columns(const struct route *route, size_t named[COLUMNS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < route->n_columns; i++)
        if (names_of_column(&route->column[i]) != NAMES_OF_NOTHING && !has_its_name(route, i))
            named[n++] = i;
    return n;
}

bool name_column(const struct route *route, struct str id, size_t *named)
{
    size_t column[COLUMNS_MAX], n = name_columns(route, column);
    struct str behind = STR("_name");
    if (!str_ends(id, behind))
        return false;
    for (size_t i = 0; i < n; i++)
        if (str_is(str_span(id.p, id.n - behind.n), route->column[column[i]].id)) {
            *named = column[i];
            return true;
        }
    return false;
}

enum labels call_labels(const struct call *call)
{
    return format_of[call->format].of_figures ? LABELS_ID : (enum labels)call_arg(call, "labels")->number;
}

bool name_is_shown_as_code(const struct call *call, size_t column)
{
    const struct column *own = call->route->column;
    return call_labels(call) == LABELS_NAME && column > 0 && column < call->route->n_columns &&
           strcmp(own[column].id, "name") == 0 && names_of_column(&own[column - 1]) != NAMES_OF_NOTHING;
}

/* Marks the columns whose names fields= asks for. */
static void mark_fields(const struct call *call, bool *shown)
{
    struct str rest = call_arg(call, "fields")->text;
    size_t named;
    while (rest.p)
        if (name_column(call->route, str_cut(&rest, ','), &named))
            shown[named] = true;
}

/* False when memory is out. */
static bool describe(struct call *call, const char *code, struct column *out)
{
    *out = (struct column){.id = arena_printf(call->arena, "%s_name", code).p,
                           .type = COLUMN_STRING,
                           .description = arena_printf(call->arena, "name of %s; null where it has none", code).p};
    return out->id && out->description;
}

enum status names_start(struct call *call)
{
    const struct route *route = call->route;
    struct table *t = &call->table;
    *t = (struct table){.column = route->column, .n_columns = route->n_columns};
    bool both = call_labels(call) == LABELS_BOTH, shown[COLUMNS_MAX] = {false};
    if (!both && !call_arg(call, "fields")->given)
        return ST_OK;
    mark_fields(call, shown);
    size_t named[COLUMNS_MAX], n = name_columns(route, named);
    struct column *column = arena_new(call->arena, struct column, route->n_columns + n);
    if (!column)
        return ST_NO_MEMORY;
    memcpy(column, route->column, route->n_columns * sizeof *column);
    for (size_t i = 0; i < n; i++) {
        if (!both && !shown[named[i]])
            continue;
        if (!describe(call, route->column[named[i]].id, &column[t->n_columns]))
            return ST_NO_MEMORY;
        call->named[t->n_columns++] = named[i];
    }
    t->column = column;
    return ST_OK;
}

/* The names of column `from`'s codes into column `to` of the page's rows; into the codes' own place what has no name keeps its code.
 * Neighbouring rows often have the same code. */
static void fill_column(const struct call *call, size_t from, size_t to)
{
    const struct table *t = &call->table;
    const enum names_of names = names_of_column(&t->column[from]);
    struct page page = call_page(call);
    struct str code = STR(""), name = STR("");
    for (size_t r = page.first; r < page.first + page.returned; r++) {
        struct cell *row = &t->cell[r * t->n_columns];
        if (row[from].kind == CELL_STRING && !str_eq(row[from].text, code)) {
            code = row[from].text;
            name = code_name(call->catalogue, names, code);
        }
        if (to != from)
            row[to] = row[from].kind == CELL_STRING ? cell_str(name) : cell_null;
        else if (row[from].kind == CELL_STRING && name.n)
            row[from].text = name;
    }
}

void names_fill(struct call *call)
{
    const size_t own = call->route->n_columns;
    for (size_t k = own; k < call->table.n_columns; k++)
        fill_column(call, call->named[k], k);
    if (call_labels(call) != LABELS_NAME)
        return;
    for (size_t c = 0; c < own; c++)
        if (names_of_column(&call->route->column[c]) != NAMES_OF_NOTHING)
            fill_column(call, c, c);
}
