/* Schemas: of the rows of each table from its columns, and of what all answers share. */
#include <stdio.h>

#include "api/describe/openapi/openapi.h"
#include "api/table/names.h"
#include "entrepot/base/problem.h"

/* ---- names ---- */

/* The first route whose rows have these columns: /v1/countries before /v1/countries/{code}. */
static const struct route *owner_of(const struct routes *routes, const struct route *route)
{
    for (size_t i = 0; i < routes->n; i++)
        if (routes->route[i]->column == route->column)
            return routes->route[i];
    return route;
}

static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/* The owner's id without its verb. */
struct str route_noun(const struct routes *routes, const struct route *route, char *room, size_t bytes)
{
    struct str id = str_view(owner_of(routes, route)->id);
    size_t verb = 0;
    while (verb < id.n && !is_capital(id.p[verb]))
        verb++;
    struct str noun = verb < id.n ? str_span(id.p + verb, id.n - verb) : id;
    if (noun.n == 0 || noun.n >= bytes)
        BUG("a route's id is empty or too long");
    memcpy(room, noun.p, noun.n);
    room[0] = (char)(is_capital(room[0]) ? room[0] : room[0] - 'a' + 'A');
    return str_span(room, noun.n);
}

void schema_ref(const struct routes *routes, const struct route *route, const char *suffix, struct jw *jw)
{
    char room[NOUN_BYTES];
    struct str noun = route_noun(routes, route, room, sizeof room);
    struct buf ref;
    buf_init(&ref, 256);
    buf_printf(&ref, "#/components/schemas/%.*s%s", STR_ARG(noun), suffix);
    jw_object(jw);
    jw_kstr(jw, "$ref", buf_view(&ref));
    jw_end(jw);
    buf_release(&ref);
}

static void key_of(const struct routes *routes, const struct route *route, const char *suffix, struct jw *jw)
{
    char room[NOUN_BYTES];
    struct str noun = route_noun(routes, route, room, sizeof room);
    struct buf key;
    buf_init(&key, 256);
    buf_printf(&key, "%.*s%s", STR_ARG(noun), suffix);
    jw_key(jw, buf_view(&key));
    buf_release(&key);
}

/* ---- rows ---- */

static void write_description(const struct column *column, struct jw *jw)
{
    struct buf text;
    buf_init(&text, 2048);
    buf_add(&text, str_view(column->description));
    if (column->unit)
        buf_printf(&text, " [%s]", strcmp(column->unit, "1") == 0 ? "ratio" : column->unit);
    jw_kstr(jw, "description", buf_view(&text));
    buf_release(&text);
}

static const char *const type_name[] = {"string", "integer", "number", "boolean"};

static void write_column(const struct column *column, struct jw *jw)
{
    jw_kobject(jw, column->id);
    if (column->type == COLUMN_FLAGS) {
        jw_kz(jw, "$ref", "#/components/schemas/Flags");
    } else if (column->type == COLUMN_LIST) {
        jw_key(jw, STR("type"));
        jw_raw(jw, STR("[\"array\",\"null\"]"));
        jw_kobject(jw, "items");
        jw_kz(jw, "type", "string");
        jw_end(jw);
    } else {
        jw_karray(jw, "type");
        jw_str(jw, str_view(type_name[column->type]));
        jw_str(jw, STR("null"));
        jw_end(jw);
    }
    if (column->type == COLUMN_INTEGER)
        jw_kz(jw, "format", "int64");
    write_description(column, jw);
    jw_end(jw);
}

/* The columns that labels=both and fields= add. */
static void write_name_columns(const struct route *route, struct jw *jw)
{
    size_t named[COLUMNS_MAX], n = name_columns(route, named);
    for (size_t i = 0; i < n; i++) {
        char id[NOUN_BYTES];
        (void)snprintf(id, sizeof id, "%s_name", route->column[named[i]].id);
        write_column(&(struct column){.id = id, .type = COLUMN_STRING, .description = "name of the code; labels=both"},
                     jw);
    }
}

/* fields= leaves columns out, so none is required. */
static void write_row(const struct routes *routes, const struct route *route, struct jw *jw)
{
    key_of(routes, route, "Row", jw);
    jw_object(jw);
    jw_kz(jw, "type", "object");
    jw_kobject(jw, "properties");
    for (size_t c = 0; c < route->n_columns; c++)
        write_column(&route->column[c], jw);
    write_name_columns(route, jw);
    jw_end(jw);
    jw_kbool(jw, "additionalProperties", false);
    jw_end(jw);
}

static bool has_column(const struct route *route, const char *id)
{
    for (const struct column *c = route->column; c && c < route->column + route->n_columns; c++)
        if (strcmp(c->id, id) == 0)
            return true;
    return false;
}

/* sort=, fields= and filters of a route with two kinds of rows name the columns of both. */
static size_t count_columns(const struct route *route)
{
    return route->n_columns + (route->with_summary ? route->with_summary->n_columns : 0);
}
/* NULL: one that was there already. */
static const struct column *column_at(const struct route *route, size_t i)
{
    if (i < route->n_columns)
        return &route->column[i];
    const struct route *summary = route->with_summary;
    if (!summary || has_column(route, summary->column[i - route->n_columns].id))
        return NULL;
    return &summary->column[i - route->n_columns];
}

static void write_id(const char *sign, const char *id, struct jw *jw)
{
    struct buf text;
    buf_init(&text, 128);
    buf_printf(&text, "%s%s", sign, id);
    jw_str(jw, buf_view(&text));
    buf_release(&text);
}

/* fields= may also name the names of codes. */
static void write_name_ids(const struct route *route, struct jw *jw)
{
    size_t named[COLUMNS_MAX], n = name_columns(route, named);
    for (size_t i = 0; i < n; i++) {
        char id[NOUN_BYTES];
        (void)snprintf(id, sizeof id, "%s_name", route->column[named[i]].id);
        jw_str(jw, str_view(id));
    }
}

static void write_names(const struct routes *routes, const struct route *route, const char *suffix, bool signs,
                        struct jw *jw)
{
    key_of(routes, route, suffix, jw);
    jw_object(jw);
    jw_kz(jw, "type", "string");
    jw_karray(jw, "enum");
    for (size_t i = 0; i < count_columns(route); i++) {
        const struct column *column = column_at(route, i);
        if (column)
            write_id("", column->id, jw);
        if (column && signs)
            write_id("-", column->id, jw);
    }
    if (!signs)
        write_name_ids(route, jw);
    jw_end(jw);
    jw_end(jw);
}

/* ---- filters ---- */

static bool is_filtered(const struct column *column)
{
    return column &&
           (column->type == COLUMN_INTEGER || column->type == COLUMN_NUMBER || column->type == COLUMN_BOOLEAN);
}

bool route_has_filters(const struct route *route)
{
    for (size_t i = 0; i < count_columns(route); i++)
        if (is_filtered(column_at(route, i)))
            return true;
    return false;
}

static void write_filter(const struct column *column, struct jw *jw)
{
    static const char *const op[] = {"gte", "gt", "lte", "lt"};
    if (column->type == COLUMN_BOOLEAN) {
        jw_key(jw, str_view(column->id));
        jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Truth\"}"));
        return;
    }
    for (size_t i = 0; i < sizeof op / sizeof *op; i++) {
        struct buf key;
        buf_init(&key, 128);
        buf_printf(&key, "%s.%s", column->id, op[i]);
        jw_key(jw, buf_view(&key));
        jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Bound\"}"));
        buf_release(&key);
    }
}

static void write_filters(const struct routes *routes, const struct route *route, struct jw *jw)
{
    key_of(routes, route, "Filters", jw);
    jw_object(jw);
    jw_kz(jw, "type", "object");
    jw_kobject(jw, "properties");
    for (size_t i = 0; i < count_columns(route); i++)
        if (is_filtered(column_at(route, i)))
            write_filter(column_at(route, i), jw);
    jw_end(jw);
    jw_kbool(jw, "additionalProperties", false);
    jw_end(jw);
}

/* ---- what all answers share ---- */

static const struct {
    const char *name, *description, *shape;
} shared[] = {
    {"Bound", "A bound of a filter, such as 0.8 or 5e7.", "number"},
    {"Column", "What a column of the answer holds.",
     "{id: string, type: 'string'|'integer'|'number'|'boolean'|'list',"
     " unit: string|null `USD, t, USD/t, 1 (a ratio), pp (percentage points) …`,"
     " valuation?: string `FOB or CIF, of columns of money`, description: string,"
     " formula?: uri `the measure that it holds, under /v1/measures`}"},
    {"Page", "Which part of the rows this is.",
     "{limit: integer, returned: integer, total: integer|null `rows of all pages; null with count=none`,"
     " truncated: boolean `there are more`, next: string|null `what cursor= takes for the next page`}"},
    {"PlanStep", "How one query of the request was answered (explain=1).",
     "{dataset: string, index: 'pair'|'reporter'|'partner', roll_up_of_reporters: boolean,"
     " roll_up_of_partners: boolean, totals_only: boolean, runs: integer, rows_estimated: integer,"
     " rows_touched: integer, groups: integer}"},
    {"Meta", "Which data answered what.",
     "{pinned: boolean `release= made the answer the same for ever`,"
     " dataset: string|null `that answered; null: several, or none is needed`,"
     " catalogue?: string `where no one dataset answered: the state of all`,"
     " release?: string `changes whenever the dataset does`, source?: string, licence?: string,"
     " frequency?: 'A'|'FY'|'Q'|'M', basis?: 'reported'|'reconciled', coverage?: 'full'|'selected',"
     " partners?: 'all'|'listed'|'closed', synthetic?: boolean `true: made up, not statistics`,"
     " query: {*: string} `the request as it was understood, with defaults`, page: Page,"
     " empty_reason: string|null `why there is no row`, other_datasets: string[]|null `that could have answered; null "
     "where release= pins one`,"
     " warnings: string[], summary?: {*: string|number|boolean|string[]|null} `figures about the whole answer`,"
     " plan?: PlanStep[], queries?: integer `that were run`,"
     " price?: integer `observations that the request was priced at: what its queries read, or at most 1000`}"},
    {"Links", "Related answers, relative to this server.",
     "{self: uri `this request in its canonical spelling`, pinned?: uri `the same figures for ever`,"
     " csv?: uri `the same as CSV`, mirror?: uri `the other side's view`, first?: uri `the first page`,"
     " prev?: uri `the page before`, next?: uri `the next page`}"},
    {"Values", "A row with shape=arrays: the values in the order of columns.",
     "(string|number|boolean|string[]|null)[]"},
    {"JsonStat",
     "A JSON-stat 2.0 dataset (json-stat.org/full): the codes of the rows are dimensions, the columns of "
     "figures the last one, metric.",
     "{version: '2.0', class: 'dataset', label: string, href: uri, source?: string, note?: string[], id: string[],"
     " size: integer[], role: {time?: string[], geo?: string[], metric: string[]},"
     " dimension: {*: {label: string, category: {index: string[], label: {*: string},"
     " unit?: {*: {decimals: integer, label?: string}}}}}, value: {*: number} `by place in the cube`,"
     " status: {*: string} `flags, by place in the cube`, extension: {status?: {label: {*: string}},"
     " attributes?: {*: {*: string|integer|string[]}} `texts that are no codes, by row`, meta: Meta}}"},
    {"ProblemItem", "One thing that is wrong.",
     "{parameter: string|null, value: string `as it was given`, detail: string,"
     " suggestions: string[] `what may have been meant`, see: uri|null `where to look further`}"},
    {"Problem", "A problem (RFC 9457): what is wrong, and the cure.",
     "{type: ProblemType, title: string, status: integer `the status of the answer`, detail: string,"
     " instance: string `the request target`, errors: ProblemItem[] `everything that is wrong, at once`}"},
};

static void write_shared(struct jw *jw)
{
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        struct buf shape;
        buf_init(&shape, 16384);
        buf_printf(&shape, "%s `%s`%c", shared[i].shape, shared[i].description, '\0');
        jw_key(jw, str_view(shared[i].name));
        shape_write(jw, shape.p ? shape.p : "null");
        buf_release(&shape);
    }
    jw_key(jw, STR("Anything"));
    jw_raw(jw, STR("{\"description\":\"Whatever JSON can hold\"}"));
    jw_key(jw, STR("Truth"));
    jw_raw(jw, STR("{\"type\":\"integer\",\"enum\":[0,1],\"description\":\"1: true, 0: false\"}"));
}

/* Two kinds may be one type with different statuses. */
static bool first_of_type(size_t kind)
{
    for (size_t k = 0; k < kind; k++)
        if (strcmp(problem_kinds[k].slug, problem_kinds[kind].slug) == 0)
            return false;
    return true;
}

static void write_problem_types(struct jw *jw)
{
    jw_kobject(jw, "ProblemType");
    jw_kz(jw, "type", "string");
    jw_kz(jw, "description", "What kind of problem it is; as a reference it leads to an explanation.");
    jw_karray(jw, "enum");
    for (size_t k = 0; k < PROBLEM_TYPES; k++) {
        struct buf type;
        buf_init(&type, 256);
        buf_printf(&type, "/problems/%s", problem_kinds[k].slug);
        if (first_of_type(k))
            jw_str(jw, buf_view(&type));
        buf_release(&type);
    }
    jw_end(jw);
    jw_end(jw);
}

static void write_flags(struct jw *jw)
{
    struct buf text;
    buf_init(&text, 16384);
    buf_lit(&text, "Why figures are missing or to be read with care:\n");
    for (size_t f = 0; f < FLAGS; f++)
        buf_printf(&text, "\n- `%s`: %s", flag_name[f], flag_meaning[f]);
    jw_kobject(jw, "Flags");
    jw_kz(jw, "type", "array");
    jw_kstr(jw, "description", buf_view(&text));
    jw_kobject(jw, "items");
    jw_kz(jw, "type", "string");
    jw_karray(jw, "enum");
    for (size_t f = 0; f < FLAGS; f++)
        jw_str(jw, str_view(flag_name[f]));
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
    buf_release(&text);
}

void schemas_write(const struct routes *routes, struct jw *jw)
{
    jw_kobject(jw, "schemas");
    for (size_t i = 0; i < routes->n; i++) {
        const struct route *route = routes->route[i];
        if (route->kind != ROUTE_TABLE || route->unlisted)
            continue;
        if (owner_of(routes, route) == route) {
            write_row(routes, route, jw);
            write_names(routes, route, "Column", false, jw);
            write_names(routes, route, "SortKey", true, jw);
            if (route_has_filters(route))
                write_filters(routes, route, jw);
        }
        if (route->with_summary && owner_of(routes, route->with_summary) == route->with_summary)
            write_row(routes, route->with_summary, jw);
    }
    write_flags(jw);
    write_problem_types(jw);
    write_shared(jw);
    jw_end(jw);
}

/* ---- answers ---- */

static bool has_shapes(const struct route *route)
{
    for (size_t i = 0; i < route->n_params; i++)
        if (strcmp(route->param[i].name, "shape") == 0)
            return true;
    return false;
}

static void write_rows(const struct routes *routes, const struct route *route, struct jw *jw)
{
    bool several = route->with_summary || has_shapes(route);
    jw_kobject(jw, "data");
    jw_kz(jw, "type", "array");
    jw_key(jw, STR("items"));
    if (several) {
        jw_object(jw);
        jw_karray(jw, "anyOf");
    }
    schema_ref(routes, route, "Row", jw);
    if (route->with_summary)
        schema_ref(routes, route->with_summary, "Row", jw);
    if (has_shapes(route))
        jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Values\"}"));
    if (several) {
        jw_end(jw);
        jw_end(jw);
    }
    jw_end(jw);
}

static bool may_be_null(const struct column *column)
{
    const enum value_kind from = column->from;
    return !column->never_null && from != VALUE_COUNT && from != VALUE_SIZE && from != VALUE_TRUTH;
}

/* The schema of a value, but for its braces. */
static void write_value(const struct column *column, struct jw *jw)
{
    const bool null = may_be_null(column);
    if (column->type == COLUMN_FLAGS) {
        jw_kz(jw, "$ref", "#/components/schemas/Flags");
    } else {
        jw_key(jw, STR("type"));
        if (null)
            jw_array(jw);
        jw_str(jw, str_view(type_name[column->type]));
        if (null) {
            jw_str(jw, STR("null"));
            jw_end(jw);
        }
    }
    if (column->type == COLUMN_INTEGER)
        jw_kz(jw, "format", "int64");
    if (column->from == VALUE_LINK)
        jw_kz(jw, "format", "uri-reference");
    if (column->words && column->never_null) {
        jw_karray(jw, "enum");
        for (const char *const *word = column->words; *word; word++)
            jw_str(jw, str_view(*word));
        jw_end(jw);
    }
}

static void write_object(const struct columns *columns, struct jw *jw);

/* An object, or what stands in its place where it is not there. */
static void write_inner_object(const struct column *column, struct jw *jw)
{
    if (!column->instead) {
        write_object(column->of, jw);
        return;
    }
    jw_karray(jw, "anyOf");
    jw_object(jw);
    write_object(column->of, jw);
    jw_end(jw);
    shape_write(jw, "{dataset: null, why: string `what data would have it`}");
    jw_end(jw);
}

static void write_member(const struct column *column, bool described, struct jw *jw)
{
    jw_kobject(jw, column->id);
    if (column->from == VALUE_OBJECT) {
        write_inner_object(column, jw);
    } else if (column->from == VALUE_ROWS) {
        jw_kz(jw, "type", "array");
        jw_kobject(jw, "items");
        write_object(column->of, jw);
        jw_end(jw);
    } else {
        write_value(column, jw);
        if (described && column->description)
            jw_kz(jw, "description", column->description);
    }
    jw_end(jw);
}

/* No list, where all are optional. */
static void write_required(const struct column *const *column, size_t n, struct jw *jw)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (column[i]->optional && !column[i]->instead)
            continue;
        if (!any)
            jw_karray(jw, "required");
        any = true;
        jw_str(jw, str_view(column[i]->id));
    }
    if (any)
        jw_end(jw);
}

/* The schema of an object, but for its braces. A table's own schema describes its columns. */
static void write_object(const struct columns *columns, struct jw *jw)
{
    const struct column *column[COLUMNS_MAX];
    const size_t n = columns_list(columns, column);
    jw_kz(jw, "type", "object");
    jw_kobject(jw, "properties");
    for (size_t i = 0; i < n; i++)
        write_member(column[i], !columns->table, jw);
    if (columns->has_meta) {
        jw_key(jw, STR("meta"));
        shape_write(jw, "{plan: PlanStep[], queries: integer, price: integer} `with explain=1`");
    }
    jw_end(jw);
    write_required(column, n, jw);
    jw_kbool(jw, "additionalProperties", false);
}

static void write_whole_object(const struct columns *columns, struct jw *jw)
{
    jw_object(jw);
    write_object(columns, jw);
    jw_end(jw);
}

/* Meta, and what exactly this route's summary holds. */
static void write_meta_schema(const struct route *route, struct jw *jw)
{
    jw_key(jw, STR("meta"));
    if (!route->n_summary_columns) {
        jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Meta\"}"));
        return;
    }
    jw_object(jw);
    jw_karray(jw, "allOf");
    jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Meta\"}"));
    jw_object(jw);
    jw_kz(jw, "type", "object");
    jw_kobject(jw, "properties");
    jw_key(jw, STR("summary"));
    write_whole_object(&(struct columns){.column = route->summary_column, .n = route->n_summary_columns}, jw);
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
}

static void write_answer(const struct routes *routes, const struct route *route, struct jw *jw)
{
    jw_object(jw);
    jw_kz(jw, "type", "object");
    jw_kobject(jw, "properties");
    write_rows(routes, route, jw);
    jw_key(jw, STR("columns"));
    jw_raw(jw, STR("{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Column\"}}"));
    write_meta_schema(route, jw);
    jw_key(jw, STR("links"));
    jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Links\"}"));
    jw_end(jw);
    jw_key(jw, STR("required"));
    jw_raw(jw, STR("[\"data\",\"columns\",\"meta\",\"links\"]"));
    jw_kbool(jw, "additionalProperties", false);
    jw_end(jw);
}

void schema_of_answer(const struct routes *routes, const struct route *route, enum format format, struct jw *jw)
{
    if (format == FORMAT_JSONSTAT)
        shape_write(jw, "JsonStat");
    else if (format != FORMAT_JSON || (route->kind == ROUTE_DOCUMENT && !route->shape && !route->document))
        shape_write(jw, "string");
    else if (route->kind == ROUTE_TABLE)
        write_answer(routes, route, jw);
    else if (route->document)
        write_whole_object(route->document, jw);
    else
        shape_write(jw, route->shape);
}
