/* The measures, and where each is told. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    struct measure measure;
    struct str columns, endpoints;
};

static const struct column columns[] = {
    COLUMN("id", "what columns link to", FROM_NAME(struct row, measure.id), .codes = &codes_id),
    COLUMN("code", "short code, by which this program's sources refer to it", FROM_NAME(struct row, measure.code),
           .codes = &codes_code),
    COLUMN("columns", "columns that hold it", FROM_LIST(struct row, columns)),
    COLUMN("formula",
           "plain text; X exports, M imports, i reporter, j partner, k product, t period, W world; an index that is "
           "left out is summed over",
           FROM_NAME(struct row, measure.formula)),
    COLUMN("unit", "USD, t, USD/t, 1 (a ratio), pp (percentage points)", FROM_NAME(struct row, measure.unit)),
    COLUMN("citation", "after whom", FROM_NAME(struct row, measure.citation)),
    COLUMN("description", "how to read it", FROM_NAME(struct row, measure.description)),
    COLUMN("endpoints", "paths whose answers have it", FROM_LIST(struct row, endpoints)),
};

static struct str list_of_words(struct call *call, const char *words)
{
    struct str text = arena_str(call->arena, str_view(words));
    char *p = arena_new(call->arena, char, text.n + 1);
    for (size_t i = 0; p && i < text.n; i++)
        p[i] = text.p[i] == ' ' ? '\n' : text.p[i];
    return p ? str_span(p, text.n) : str_span(NULL, 0);
}

/* Whether one of the route's columns holds the measure. */
static bool holds(const struct route *route, enum measure_id measure)
{
    bool held = false;
    for (size_t c = 0; route && c < route->n_columns && !held; c++)
        held = route->column[c].measure == measure;
    return held;
}

static void add_path(struct call *call, struct row *row, const char *path)
{
    struct str *list = &row->endpoints;
    *list = arena_printf(call->arena, "%.*s%s%s", STR_ARG(*list), list->n ? "\n" : "", path);
}

static void describe(struct call *call, enum measure_id measure, struct row *row)
{
    row->measure = measures[measure];
    row->columns = list_of_words(call, row->measure.columns ? row->measure.columns : row->measure.id);
}

/* The path to all measures that the route's columns hold, once to each. */
static void add_path_to_all(struct call *call, const struct route *route, const char *path, const char **last,
                            struct row *row)
{
    for (size_t c = 0; route && c < route->n_columns; c++) {
        enum measure_id m = route->column[c].measure;
        if (m && last[m] != path)
            add_path(call, &row[m], path);
        last[m] = path;
    }
}

static enum status get_all(struct call *call)
{
    const struct routes *routes = call->api->routes;
    const char *last[MEASURES] = {NULL};
    struct row *row = arena_new(call->arena, struct row, MEASURES);
    if (!row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < routes->n; i++) {
        const struct route *route = routes->route[i];
        add_path_to_all(call, route, route->path, last, row);
        add_path_to_all(call, route->with_summary, route->path, last, row);
    }
    for (enum measure_id m = MEASURE_NONE + 1; m < MEASURES; m++)
        describe(call, m, &row[m]);
    return call_rows(call, row + 1, MEASURES - 1, sizeof *row);
}

static enum status add_one(struct call *call, enum measure_id measure)
{
    const struct routes *routes = call->api->routes;
    struct row row = {.columns = {NULL, 0}};
    describe(call, measure, &row);
    for (size_t i = 0; i < routes->n; i++)
        if (holds(routes->route[i], measure) || holds(routes->route[i]->with_summary, measure))
            add_path(call, &row, routes->route[i]->path);
    return call_rows(call, &row, 1, sizeof row);
}

static enum status get_one(struct call *call)
{
    struct str id = call_arg(call, "id")->text;
    for (enum measure_id i = MEASURE_NONE + 1; i < MEASURES; i++)
        if (str_is(id, measures[i].id))
            return add_one(call, i);
    struct call_error *e = call_problem(call, PROBLEM_UNKNOWN_CODE_IN_PATH, "id", id, STR("no measure is called this"));
    for (enum measure_id i = MEASURE_NONE + 1; i < MEASURES; i++)
        if (str_distance(str_view(measures[i].id), id, 3) <= 3)
            call_suggest(e, str_view(measures[i].id));
    e->see = STR("/v1/measures");
    return ST_INVALID;
}

static const struct param params_all[] = {PARAMS_OF_TABLES};
static const struct param params_one[] = {
    PARAM("id", TEXT, "id of the measure", .in_path = true, .example = "hhi"),
    PARAMS_OF_TABLES,
};

const struct route route_measures = {
    .id = "listMeasures",
    .group = GROUP_CODES,
    .path = "/v1/measures",
    .summary = "What each figure means: formula, unit, source",
    .description = "Every measure that a column of money, weight, share or index holds. Columns of answers link here.",
    .example = "/v1/measures",
    .handler = get_all,
    TAKES(params_all),
    GIVES(columns)};
const struct route route_measure = {.id = "getMeasure",
                                    .group = GROUP_CODES,
                                    .path = "/v1/measures/{id}",
                                    .summary = "One measure",
                                    .description = "What a column's formula link leads to.",
                                    .example = "/v1/measures/hhi",
                                    .handler = get_one,
                                    TAKES(params_one),
                                    GIVES(columns)};
