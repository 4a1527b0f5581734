/* Cursors: where a page begins, bound to the data and to the question that it was made for. */
#include <inttypes.h>
#include <xxhash.h>

#include "api/request/cursor.h"

/* Parameters that change how rows are shown, not which they are. */
static const char *const looks[] = {"cursor", "limit", "fields", "pretty", "explain",
                                    "labels", "shape", "bom",    "codes",  "count"};

static bool changes_looks(struct str pair)
{
    struct str name = str_cut(&pair, '=');
    bool found = false;
    for (size_t i = 0; !found && i < sizeof looks / sizeof *looks; i++)
        found = str_is(name, looks[i]);
    return found;
}

/* "-data-question", 32 bits each: enough to tell a mistake, and nothing hangs on it but a message. */
static struct str binding(const struct call *call)
{
    struct str id = catalogue_id(call->catalogue), rest = call->canonical, path = str_cut(&rest, '?');
    uint64_t question = XXH3_64bits(path.p, path.n);
    while (rest.p) {
        struct str pair = str_cut(&rest, '&');
        if (!changes_looks(pair))
            question = XXH3_64bits_withSeed(pair.p, pair.n, question);
    }
    return arena_printf(call->arena, "-%.8s-%08" PRIx32, id.p, (uint32_t)question);
}

struct str cursor_at(const struct call *call, size_t row)
{
    return arena_printf(call->arena, "%zu%.*s", row, STR_ARG(binding(call)));
}

struct str cursor_next(const struct call *call)
{
    struct page page = call_page(call);
    size_t next = page.first + page.returned;
    return next < page.total ? cursor_at(call, next) : str_span(NULL, 0);
}

enum status cursor_check(struct call *call)
{
    const struct arg *cursor = call_find(call, "cursor");
    if (!cursor || !cursor->given)
        return ST_OK;
    size_t dash = str_find(cursor->text, '-');
    struct str got = str_span(cursor->text.p + dash, cursor->text.n - dash), due = binding(call);
    if (!due.p)
        return ST_NO_MEMORY;
    if (str_eq(got, due))
        return ST_OK;
    bool same_data = str_starts(got, str_span(due.p, 10)); /* "-", eight digits, "-" */
    (void)call_problem(call, same_data ? PROBLEM_CONFLICT : PROBLEM_RELEASE_GONE, "cursor", cursor->text,
                       same_data
                           ? STR("this cursor belongs to another question: keep all other parameters as they were")
                           : STR("the figures have changed since this cursor was made: begin again without it"));
    return ST_INVALID;
}
