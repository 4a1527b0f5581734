/* What a handler reads of its call, and what it leaves in it. */
#include "api/contract/call.h"

const struct arg *call_find(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->route->n_params; i++)
        if (call->route->param[i].name[0] == name[0] && strcmp(call->route->param[i].name, name) == 0)
            return &call->arg[i];
    return NULL;
}

const struct arg *call_arg(const struct call *call, const char *name)
{
    const struct arg *arg = call_find(call, name);
    if (!arg)
        BUG("a handler asks for a parameter that its route does not have");
    return arg;
}

/* ---- problems, warnings ---- */

struct call_error *call_problem(struct call *call, enum problem_type type, const char *parameter, struct str value,
                                struct str detail)
{
    size_t at = call->n_errors < ERRORS_MAX ? call->n_errors++ : ERRORS_MAX - 1;
    call->error[at] =
        (struct call_error){.type = type, .parameter = str_view(parameter), .value = value, .detail = detail};
    return &call->error[at];
}

void call_suggest(struct call_error *error, struct str suggestion)
{
    if (error->n_suggestions < SUGGESTIONS_MAX)
        error->suggestion[error->n_suggestions++] = suggestion;
}

void call_warn(struct call *call, struct str warning)
{
    if (warning.p && call->n_warnings < WARNINGS_MAX)
        call->warning[call->n_warnings++] = warning;
}

void call_reason(struct call *call, const struct problem *problem)
{
    if (!call->reply->reason)
        call->reply->reason = arena_printf(call->arena, "%s: %s%s%s", problem->place, problem->detail,
                                           *problem->cure ? "; " : "", problem->cure)
                                  .p;
}

/* ---- rows ---- */

const struct cell cell_null = {.kind = CELL_NULL};

enum status call_reserve(struct call *call, size_t n)
{
    struct table *t = &call->table;
    if (t->n_rows + n <= t->room)
        return ST_OK;
    size_t room = t->n_rows + n > 2 * t->room ? t->n_rows + n
                                              : 2 * t->room; /* asked for period by period: not copied each time */
    struct cell *cell = arena_new_raw(call->arena, struct cell, room * t->n_columns);
    if (!cell)
        return ST_NO_MEMORY;
    if (t->n_rows)
        memcpy(cell, t->cell, t->n_rows * t->n_columns * sizeof *cell);
    t->cell = cell;
    t->room = room;
    return ST_OK;
}

struct cell cell_period(struct call *call, uint32_t period)
{
    char text[PERIOD_TEXT];
    size_t n = period_print(period, text);
    return cell_str(arena_str(call->arena, str_span(text, n)));
}

/* A cell has about 20 bytes with its name: a row of the 31 columns of a pair 600 to 700. */
size_t call_bytes(size_t rows, size_t columns) { return rows * columns * 20; }

struct page call_page(const struct call *call)
{
    size_t limit = call_arg(call, "limit")->number, first = call_arg(call, "cursor")->number,
           total = call->table.n_rows, left = first < total ? total - first : 0;
    return (struct page){.first = first, .returned = left < limit ? left : limit, .total = total, .limit = limit};
}
