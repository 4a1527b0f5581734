/* What the types of problem documents lead to. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    struct problem_kind kind;
    struct str type;
    unsigned status;
};

static const struct column columns[] = {
    COLUMN("type", "what type of the problem document says", FROM_TEXT(struct row, type)),
    COLUMN("title", "short name", FROM_NAME(struct row, kind.title)),
    COLUMN("status", "HTTP status that it comes with", FROM_COUNT(struct row, status)),
    COLUMN("meaning", "what has happened", FROM_NAME(struct row, kind.meaning)),
    COLUMN("cure", "what to do", FROM_NAME(struct row, kind.cure)),
    COLUMN("try", "a request that is answered so over the shipped data, or null", FROM_NAME(struct row, kind.example)),
};

static struct row describe(struct call *call, const struct problem_kind *kind)
{
    return (struct row){*kind, arena_printf(call->arena, "/problems/%s", kind->slug), (unsigned)kind->status};
}

static enum status get_all(struct call *call)
{
    struct row row[PROBLEM_TYPES];
    for (size_t k = 0; k < PROBLEM_TYPES; k++)
        row[k] = describe(call, &problem_kinds[k]);
    return call_rows(call, row, PROBLEM_TYPES, sizeof *row);
}

/* A type may come with several statuses: then it has several rows. */
static enum status get_one(struct call *call)
{
    struct str slug = call_arg(call, "type")->text;
    struct row row[PROBLEM_TYPES];
    size_t n = 0;
    for (size_t k = 0; k < PROBLEM_TYPES; k++)
        if (str_is(slug, problem_kinds[k].slug))
            row[n++] = describe(call, &problem_kinds[k]);
    if (n)
        return call_rows(call, row, n, sizeof *row);
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
    PARAM("type", TEXT, "type of the problem", .in_path = true, .example = "unknown-code"),
    PARAMS_OF_TABLES,
};

const struct route route_problems = {.id = "listProblems",
                                     .group = GROUP_SERVICE,
                                     .path = "/problems",
                                     .summary = "What can go wrong: every type of problem with its status and cure",
                                     .example = "/problems",
                                     .handler = get_all,
                                     .description = "Problem documents (RFC 9457) say which of these they are.",
                                     TAKES(params_all),
                                     GIVES(columns)};
const struct route route_problem = {.id = "getProblem",
                                    .group = GROUP_SERVICE,
                                    .path = "/problems/{type}",
                                    .summary = "One type of problem",
                                    .example = "/problems/unknown-code",
                                    .handler = get_one,
                                    .description = "What the type of a problem document leads to.",
                                    TAKES(params_one),
                                    GIVES(columns)};
