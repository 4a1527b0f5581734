/* From the raw target to a route, a format and decoded path segments. */
#include "api/request/percent.h"
#include "api/request/request.h"

static bool is_capture(struct str segment) { return segment.n > 2 && segment.p[0] == '{'; }

/* Whether the path fits the template; captures are left raw. */
static bool fits(const char *template, struct str path, struct str *capture)
{
    struct str want = str_view(template);
    size_t n = 0;
    while (want.p && path.p) { /* both begin with "/": their first segments are empty */
        struct str a = str_cut(&want, '/'), b = str_cut(&path, '/');
        if (is_capture(a)) {
            if (b.n == 0)
                return false;
            capture[n++] = b;
        } else if (!str_eq(a, b)) {
            return false;
        }
    }
    return !want.p && !path.p;
}

static const struct route *find_route(const struct routes *routes, struct str path, struct str *capture)
{
    for (size_t i = 0; i < routes->n; i++)
        if (fits(routes->route[i]->path, path, capture))
            return routes->route[i];
    return NULL;
}

/* Cuts ".json", ".sdmx.csv" and the like off the path: the longest suffix that is a format's. FORMATS if there is none. */
static enum format cut_suffix(struct str *path)
{
    enum format found = FORMATS;
    size_t length = 0;
    for (enum format f = FORMAT_JSON; f < FORMATS; f++) {
        struct str suffix = str_view(format_of[f].suffix);
        if (suffix.n > length && path->n > suffix.n + 1 && str_ends(*path, suffix) &&
            path->p[path->n - suffix.n - 1] == '.' && path->p[path->n - suffix.n - 2] != '/') {
            found = f;
            length = suffix.n;
        }
    }
    if (found < FORMATS)
        *path = str_span(path->p, path->n - length - 1);
    return found;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* The table whose path stands before letters that look like a format and are none, as in "IND.xlsx"; NULL if there is none. */
static const struct route *before_strange_suffix(const struct routes *routes, struct str path, struct str *suffix)
{
    struct str raw[4];
    size_t at = path.n;
    while (at > 0 && is_letter(path.p[at - 1]))
        at--;
    if (at == path.n || at == 0 || path.p[at - 1] != '.')
        return NULL;
    *suffix = str_span(path.p + at, path.n - at);
    return find_route(routes, str_span(path.p, at - 1), raw);
}

static void no_such_format(struct call *call, const struct route *route, struct str suffix)
{
    call->route = route;
    call->reply->route = route->path;
    refuse_format(call, "format", suffix);
}

static enum status nothing_here(struct call *call)
{
    struct call_error *e = call_problem(call, PROBLEM_NOT_FOUND, NULL, call->path,
                                        STR("nothing is served at this path; /v1 lists what is"));
    e->see = STR("/v1");
    const struct routes *routes = call->api->routes;
    for (size_t i = 0; i < routes->n; i++)
        if (str_distance(str_view(routes->route[i]->path), call->path, 3) <= 3)
            call_suggest(e, str_view(routes->route[i]->path));
    return ST_INVALID;
}

/* The table before a suffix of the path, with the format that it names; `route`, which fits the whole path, where there is none. A suffix
 * that names no format is a problem, and *strange is set. */
static const struct route *before_suffix(struct call *call, const struct route *route, struct str *raw, bool *strange)
{
    struct str path = call->path, suffix;
    enum format format = cut_suffix(&path);
    const struct routes *routes = call->api->routes;
    const struct route *before =
        format < FORMATS ? find_route(routes, path, raw) : before_strange_suffix(routes, path, &suffix);
    if (!before || before->kind != ROUTE_TABLE)
        return route;
    *strange = format == FORMATS;
    if (*strange) {
        no_such_format(call, before, suffix);
        return before;
    }
    call->format = format;
    call->format_from_suffix = true;
    return before;
}

enum status route_match(struct call *call)
{
    struct str raw[4] = {{NULL, 0}};
    const struct route *route = find_route(call->api->routes, call->path, raw);
    bool strange = false;
    if (!route || route->kind == ROUTE_TABLE) /* "CHN.csv" may have been taken for a code */
        route = before_suffix(call, route, raw, &strange);
    if (strange)
        return ST_INVALID;
    if (!route)
        return nothing_here(call);
    call->route = route;
    call->reply->route = route->path;
    char *room = arena_new(call->arena, char, call->path.n); /* each capture is decoded where it stands in the path */
    if (!room)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < 4; i++)
        if (raw[i].n && !percent_decode(raw[i], false, room + (raw[i].p - call->path.p), &call->capture[i])) {
            (void)call_problem(call, PROBLEM_NOT_FOUND, NULL, raw[i],
                               STR("this path segment is not properly percent-encoded UTF-8 text"));
            return ST_INVALID;
        }
    return ST_OK;
}
