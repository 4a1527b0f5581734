/* What the types of problem documents lead to. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_TYPE, C_TITLE, C_STATUS, C_MEANING, C_CURE, C_TRY, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_TYPE] = COLUMN("type", "what type of the problem document says", .type = COLUMN_STRING),
    [C_TITLE] = COLUMN("title", "short name", FROM_NAME(struct problem_kind, title)),
    [C_STATUS] = COLUMN("status", "HTTP status that it comes with", .type = COLUMN_INTEGER),
    [C_MEANING] = COLUMN("meaning", "what has happened", FROM_NAME(struct problem_kind, meaning)),
    [C_CURE] = COLUMN("cure", "what to do", FROM_NAME(struct problem_kind, cure)),
    [C_TRY] = COLUMN("try", "a request that is answered so over the shipped data, or null",
                     FROM_NAME(struct problem_kind, example)),
};

static enum status add(struct call *call, const struct problem_kind *kind)
{
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    cell[C_TYPE] = cell_str(arena_printf(call->arena, "/problems/%s", kind->slug));
    cell[C_TITLE] = cell_z(kind->title);
    cell[C_STATUS] = cell_i64(kind->status);
    cell[C_MEANING] = cell_z(kind->meaning);
    cell[C_CURE] = cell_z(kind->cure);
    cell[C_TRY] = cell_z(kind->example);
    return ST_OK;
}

static enum status get_all(struct call *call)
{
    enum status status = ST_OK;
    for (size_t k = 0; status == ST_OK && k < PROBLEM_TYPES; k++)
        status = add(call, &problem_kinds[k]);
    return status;
}

/* A type may come with several statuses: then it has several rows. */
static enum status get_one(struct call *call)
{
    struct str slug = call_arg(call, "type")->text;
    enum status status = ST_OK;
    for (size_t k = 0; status == ST_OK && k < PROBLEM_TYPES; k++)
        if (str_is(slug, problem_kinds[k].slug))
            status = add(call, &problem_kinds[k]);
    if (status != ST_OK || call->table.n_rows)
        return status;
    struct call_error *e =
        call_problem(call, PROBLEM_UNKNOWN_CODE_IN_PATH, "type", slug, STR("no type of problem is called this"));
    for (size_t k = 0; k < PROBLEM_TYPES; k++)
        if (str_distance(str_view(problem_kinds[k].slug), slug, 4) <= 4)
            call_suggest(e, str_view(problem_kinds[k].slug));
    e->see = STR("/problems");
    return ST_INVALID;
}

static const struct param params_all[] = {PARAMS_OF_TABLES};
static const struct param params_one[] = {
    {.name = "type",
     .type = PARAM_TEXT,
     .in_path = true,
     .description = "type of the problem",
     .example = "unknown-code"},
    PARAMS_OF_TABLES,
};

const struct route route_problems = {.id = "listProblems",
                                     .group = GROUP_SERVICE,
                                     .path = "/problems",
                                     .summary = "What can go wrong: every type of problem with its status and cure",
                                     .example = "/problems",
                                     .handler = get_all,
                                     .description = "Problem documents (RFC 9457) say which of these they are.",
                                     .param = params_all,
                                     .n_params = sizeof params_all / sizeof *params_all,
                                     .column = columns,
                                     .n_columns = COLUMNS};
const struct route route_problem = {.id = "getProblem",
                                    .group = GROUP_SERVICE,
                                    .path = "/problems/{type}",
                                    .summary = "One type of problem",
                                    .example = "/problems/unknown-code",
                                    .handler = get_one,
                                    .description = "What the type of a problem document leads to.",
                                    .param = params_one,
                                    .n_params = sizeof params_one / sizeof *params_one,
                                    .column = columns,
                                    .n_columns = COLUMNS};
