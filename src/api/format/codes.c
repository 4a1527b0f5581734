/* Columns of codes: what they are in formats of dimensions and figures, and the names of what they hold. */
#include "api/call.h"

/* What is not in here is a figure if it is a number or a truth, else a text. `dataset` is null where no dataset has the row. */
static const struct code_kind kinds[] = {
    {"reporter", ROLE_PLACE, NAMES_OF_COUNTRIES, "REPORTER", "Reporter", "_T", false},
    {"partner", ROLE_PLACE, NAMES_OF_COUNTRIES, "PARTNER", "Partner", "_T", false},
    {"importer", ROLE_PLACE, NAMES_OF_COUNTRIES, "IMPORTER", "Importer", "_T", false},
    {"supplier", ROLE_PLACE, NAMES_OF_COUNTRIES, "SUPPLIER", "Supplier", "_T", false},
    {"product", ROLE_CLASS, NAMES_OF_PRODUCTS, "PRODUCT", "Product", "_T", true},
    {"flow", ROLE_CLASS, NAMES_OF_NOTHING, "FLOW", "Flow", "_T", false},
    {"measure", ROLE_CLASS, NAMES_OF_NOTHING, "CHECKED_MEASURE", "Checked measure", "_Z", false},
    {"path", ROLE_CLASS, NAMES_OF_NOTHING, "PATH", "Path of the cut", "_Z", false},
    {"year", ROLE_CLASS, NAMES_OF_NOTHING, "YEAR_OF_PATH", "Year of the path", "_Z", false},
    {"dataset", ROLE_CLASS, NAMES_OF_DATASETS, "DATASET", "Dataset", "_Z", false},
    {"id", ROLE_CLASS, NAMES_OF_NOTHING, "ID", "Id", "_Z", true},
    {"period", ROLE_TIME, NAMES_OF_NOTHING, "TIME_PERIOD", "Period", "_T", false},
    {"top_supplier", ROLE_TEXT, NAMES_OF_COUNTRIES, "TOP_SUPPLIER", "Largest supplier", "", false},
    {"top_partner", ROLE_TEXT, NAMES_OF_COUNTRIES, "TOP_PARTNER", "Largest partner", "", false},
    {"mirror_dataset", ROLE_TEXT, NAMES_OF_DATASETS, "MIRROR_DATASET", "Dataset of the partner's books", "", false},
    {"section", ROLE_TEXT, NAMES_OF_PRODUCTS, "SECTION", "Section", "", false},
    {"parent", ROLE_TEXT, NAMES_OF_PRODUCTS, "PARENT", "Next coarser code", "", true},
    {"code", ROLE_TEXT, NAMES_OF_NOTHING, "CODE", "Code", "", true},
    {"prefixes", ROLE_TEXT, NAMES_OF_NOTHING, "PREFIXES", "HS codes", "", true},
};

const struct code_kind *code_kind_of(const char *id)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].id, id) == 0)
            return &kinds[i];
    return NULL;
}

enum column_role column_role(const struct column *column)
{
    const struct code_kind *kind = code_kind_of(column->id);
    bool figure = column->type == COLUMN_INTEGER || column->type == COLUMN_NUMBER || column->type == COLUMN_BOOLEAN;
    return kind ? kind->role : figure ? ROLE_FIGURE : ROLE_TEXT;
}

static struct str name_of_country(const struct catalogue *catalogue, struct str code)
{
    const struct countries *countries = catalogue_countries(catalogue);
    uint32_t id = countries_find(countries, code);
    return id == NO_ID ? str_span(NULL, 0) : countries_at(countries, id)->name;
}

/* HS codes, sections, TOTAL, and sectors. */
static struct str name_of_product(const struct catalogue *catalogue, struct str code)
{
    const struct sector *sector = sectors_find(catalogue_sectors(catalogue), code);
    return sector ? sector->name : products_name(catalogue_products(catalogue), code);
}

static struct str name_of_dataset(const struct catalogue *catalogue, struct str code)
{
    const struct cube *cube = catalogue_find(catalogue, code);
    return cube ? cube_dataset(cube)->title : str_span(NULL, 0);
}

struct str call_code_name(const struct call *call, enum names_of names, struct str code)
{
    static struct str (*const find[])(const struct catalogue *, struct str) = {
        [NAMES_OF_COUNTRIES] = name_of_country,
        [NAMES_OF_PRODUCTS] = name_of_product,
        [NAMES_OF_DATASETS] = name_of_dataset,
    };
    return names == NAMES_OF_NOTHING ? str_span(NULL, 0) : find[names](call->catalogue, code);
}

/* ---- columns of names ---- */

static enum names_of names_of_column(const struct column *column)
{
    const struct code_kind *kind = code_kind_of(column->id);
    return kind && column->type == COLUMN_STRING ? kind->names : NAMES_OF_NOTHING;
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
    return encoders[call->format].of_figures ? LABELS_ID : (enum labels)call_arg(call, "labels")->number;
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
            name = call_code_name(call, names, code);
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
