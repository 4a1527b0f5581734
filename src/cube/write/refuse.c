/* What a writer says of rows that it refuses: where they stand, and what they would be. */
#include <inttypes.h>

#include "cube/write/writer.h"

static struct str source_name(const struct cube_writer *w, uint32_t source)
{
    return source < w->n_sources && w->source[source].p ? w->source[source] : STR("the input");
}

static void print_origin(const struct cube_writer *w, const struct origin *origin, char *out, size_t room)
{
    struct str name = source_name(w, origin->source);
    if (origin->line)
        (void)snprintf(out, room, "%.*s:%" PRIu64, STR_ARG(name), origin->line);
    else
        (void)snprintf(out, room, "%.*s", STR_ARG(name));
}

static struct str member_id(const struct cube_writer *w, uint32_t member)
{
    return countries_at(w->countries, w->members.country[member])->id;
}

enum status writer_refuse_double(struct cube_writer *w, const struct double_row *twice, struct problem *problem)
{
    char place[256], first[256], period[PERIOD_TEXT], code[PRODUCT_CODE_MAX];
    w->twice = *twice;
    print_origin(w, &twice->again, place, sizeof place);
    (void)period_print(twice->period, period);
    (void)product_print(twice->product, twice->level, code);
    bool same = twice->first.source == twice->again.source && twice->first.line;
    if (same)
        (void)snprintf(first, sizeof first, "on line %" PRIu64, twice->first.line);
    else
        print_origin(w, &twice->first, first, sizeof first);
    enum status status =
        problem_set(problem, ST_INVALID, place, "%s, %.*s, %.*s, %s, %s stands here and %s%s already", period,
                    STR_ARG(member_id(w, RUN_REPORTER(twice->key))), STR_ARG(member_id(w, RUN_PARTNER(twice->key))),
                    RUN_FLOW(twice->key) ? "imports" : "exports", code, same ? "" : "in ", first);
    return problem_cure(problem, status, "keep one of the two lines");
}

enum status writer_refuse_aggregates(const struct cube_writer *w, struct problem *problem)
{
    const struct published *first = w->published.item;
    const struct origin origin = {.source = first->source, .exact = true, .line = first->line};
    const char *level = level_name[w->dataset->level];
    char place[256], code[PRODUCT_CODE_MAX];
    print_origin(w, &origin, place, sizeof place);
    (void)product_print(NODE_NUMBER(first->node), NODE_LEVEL(first->node), code);
    enum status status = problem_set(problem, ST_INVALID, place,
                                     "product \"%s\" is an aggregate, and there is no row of level %s", code, level);
    return problem_cure(problem, status, "say which level the rows are of");
}

enum status writer_refuse_nothing(const struct cube_writer *w, struct problem *problem)
{
    char place[256];
    (void)snprintf(place, sizeof place, "%.*s", STR_ARG(source_name(w, 0)));
    enum status status = problem_set(problem, ST_INVALID, place, "there is no observation in it");
    return problem_cure(problem, status, "give a file with at least one row below its header");
}
