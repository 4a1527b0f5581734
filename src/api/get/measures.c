#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_ID, C_CODE, C_COLUMNS, C_FORMULA, C_UNIT, C_CITATION, C_DESCRIPTION, C_ENDPOINTS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_ID] = {"id", COLUMN_STRING, NULL, 0, false, "what columns link to"},
    [C_CODE] = {"code", COLUMN_STRING, NULL, 0, false, "short code, by which this program's sources refer to it"},
    [C_COLUMNS] = {"columns", COLUMN_LIST, NULL, 0, false, "columns that hold it"},
    [C_FORMULA] = {"formula", COLUMN_STRING, NULL, 0, false,
                   "plain text; X exports, M imports, i reporter, j partner, k product, t period, W world; an index "
                   "that is left out is summed over"},
    [C_UNIT] = {"unit", COLUMN_STRING, NULL, 0, false, "USD, t, USD/t, 1 (a ratio), pp (percentage points)"},
    [C_CITATION] = {"citation", COLUMN_STRING, NULL, 0, false, "after whom"},
    [C_DESCRIPTION] = {"description", COLUMN_STRING, NULL, 0, false, "how to read it"},
    [C_ENDPOINTS] = {"endpoints", COLUMN_LIST, NULL, 0, false, "paths whose answers have it"},
};

static struct cell list_of_words(struct call *call, const char *words)
{
    struct str text = arena_str(call->arena, str_view(words));
    char *p = arena_new(call->arena, char, text.n + 1);
    for (size_t i = 0; p && i < text.n; i++)
        p[i] = text.p[i] == ' ' ? '\n' : text.p[i];
    return (struct cell){.kind = CELL_LIST, .text = p ? str_span(p, text.n) : str_span(NULL, 0)};
}

static struct cell endpoints_with(struct call *call, const struct measure *measure)
{
    const struct api *api = call->api;
    struct str list = str_span(NULL, 0);
    bool *has = arena_new(call->arena, bool, api->routes->n);
    if (has)
        measure_routes(api->routes, (const struct measure *const *)api->link, measure, has);
    for (size_t i = 0; has && i < api->routes->n; i++)
        if (has[i])
            list =
                arena_printf(call->arena, "%.*s%s%s", STR_ARG(list), list.n ? "\n" : "", api->routes->route[i]->path);
    return (struct cell){.kind = CELL_LIST, .text = list};
}

static enum status add(struct call *call, const struct measure *measure)
{
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    cell[C_ID] = cell_z(measure->id);
    cell[C_CODE] = cell_z(measure->code);
    cell[C_COLUMNS] = list_of_words(call, measure->columns ? measure->columns : measure->id);
    cell[C_FORMULA] = cell_z(measure->formula);
    cell[C_UNIT] = cell_z(measure->unit);
    cell[C_CITATION] = cell_z(measure->citation);
    cell[C_DESCRIPTION] = cell_z(measure->description);
    cell[C_ENDPOINTS] = endpoints_with(call, measure);
    return ST_OK;
}

static enum status get_all(struct call *call)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n_measures; i++)
        status = add(call, &measures[i]);
    return status;
}

static enum status get_one(struct call *call)
{
    struct str id = call_arg(call, "id")->text;
    for (size_t i = 0; i < n_measures; i++)
        if (str_is(id, measures[i].id))
            return add(call, &measures[i]);
    struct call_error *e = call_problem(call, PROBLEM_UNKNOWN_CODE_IN_PATH, "id", id, STR("no measure is called this"));
    for (size_t i = 0; i < n_measures; i++)
        if (str_distance(str_view(measures[i].id), id, 3) <= 3)
            call_suggest(e, str_view(measures[i].id));
    e->see = STR("/v1/measures");
    return ST_INVALID;
}

static const struct param params_all[] = {PARAMS_OF_TABLES};
static const struct param params_one[] = {
    {.name = "id", .type = PARAM_TEXT, .in_path = true, .description = "id of the measure", .example = "hhi"},
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
    .param = params_all,
    .n_params = sizeof params_all / sizeof *params_all,
    .column = columns,
    .n_columns = COLUMNS};
const struct route route_measure = {.id = "getMeasure",
                                    .group = GROUP_CODES,
                                    .path = "/v1/measures/{id}",
                                    .summary = "One measure",
                                    .description = "What a column's formula link leads to.",
                                    .example = "/v1/measures/hhi",
                                    .handler = get_one,
                                    .param = params_one,
                                    .n_params = sizeof params_one / sizeof *params_one,
                                    .column = columns,
                                    .n_columns = COLUMNS};
