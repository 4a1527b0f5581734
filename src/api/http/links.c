/* Where an answer's neighbours are: its other pages, its other formats, itself for ever. */
#include "api/call.h"

/* libmicrohttpd builds a head in what a request leaves of the connection's 12 KiB. */
#define LINKS_MAX_BYTES 2048

struct change {
    const char *suffix;  /* of the path, or "" */
    const char *without; /* parameter that goes */
    const char *with;    /* parameter that is set, or NULL */
    struct str value;
};

static bool names(struct str pair, const char *name) { return name && str_is(str_cut(&pair, '='), name); }

/* The canonical target with something changed. */
static struct str changed(const struct call *call, struct change c)
{
    struct str rest = call->canonical, path = str_cut(&rest, '?'), query = str_span(NULL, 0);
    while (rest.p) {
        struct str pair = str_cut(&rest, '&');
        if (!names(pair, c.without) && !names(pair, c.with))
            query = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(query), query.n ? "&" : "?", STR_ARG(pair));
    }
    if (c.with)
        query =
            arena_printf(call->arena, "%.*s%s%s=%.*s", STR_ARG(query), query.n ? "&" : "?", c.with, STR_ARG(c.value));
    return arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(path), c.suffix, STR_ARG(query));
}

/* An answer's pages come in its own format, however that was asked for. */
static const char *own_suffix(const struct call *call)
{
    if (call->format == FORMAT_JSON && !call->format_from_suffix)
        return "";
    return arena_printf(call->arena, ".%s", encoders[call->format].name).p;
}

static struct str page_at(const struct call *call, size_t row)
{
    const char *suffix = own_suffix(call);
    if (!suffix)
        return str_span(NULL, 0);
    if (row == 0)
        return changed(call, (struct change){.suffix = suffix, .without = "cursor"});
    return changed(call, (struct change){.suffix = suffix, .with = "cursor", .value = cursor_at(call, row)});
}

struct str link_next(const struct call *call)
{
    struct page page = call_page(call);
    size_t row = page.first + page.returned;
    return row < page.total ? page_at(call, row) : str_span(NULL, 0);
}

struct str link_prev(const struct call *call)
{
    struct page page = call_page(call);
    if (page.first == 0)
        return str_span(NULL, 0);
    return page_at(call, page.first > page.limit ? page.first - page.limit : 0);
}

struct str link_first(const struct call *call) { return call_page(call).first ? page_at(call, 0) : str_span(NULL, 0); }

struct str link_as(const struct call *call, enum format format)
{
    const char *suffix = arena_printf(call->arena, ".%s", encoders[format].name).p;
    return suffix ? changed(call, (struct change){.suffix = suffix}) : str_span(NULL, 0);
}

/* ---- the same for ever ---- */

static bool names_datasets(const struct column *column)
{
    return str_ends(str_view(column->id), STR("dataset")) && column->type == COLUMN_STRING;
}

/* Whether all rows come from the dataset that answered. */
static bool from_one_dataset(const struct call *call)
{
    const struct table *t = &call->table;
    struct str id = cube_dataset(call->cube)->id;
    for (size_t c = 0; c < t->n_columns; c++)
        for (size_t r = 0; names_datasets(&t->column[c]) && r < t->n_rows; r++) {
            const struct cell *cell = &t->cell[r * t->n_columns + c];
            if (cell->kind == CELL_STRING && !str_eq(cell->text, id))
                return false;
        }
    return true;
}

struct str link_pinned(const struct call *call)
{
    bool one = call->cube && from_one_dataset(call);
    struct str release = call->pinned ? call_arg(call, "release")->text
                         : one        ? cube_release(call->cube)
                                      : catalogue_id(call->catalogue);
    return changed(call, (struct change){.suffix = "", .without = "cursor", .with = "release", .value = release});
}

/* ---- the header field (RFC 8288) ---- */

static void add(const struct call *call, struct str *links, struct str target, const char *rest)
{
    if (target.n && links->n + target.n + strlen(rest) + 4 <= LINKS_MAX_BYTES)
        *links = arena_printf(call->arena, "%.*s, <%.*s>; %s", STR_ARG(*links), STR_ARG(target), rest);
}

static void add_formats(const struct call *call, struct str *links)
{
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (f != call->format)
            add(call, links, link_as(call, f),
                arena_printf(call->arena, "rel=\"alternate\"; type=\"%s\"", encoders[f].media).p);
}

struct str reply_links(const struct call *call)
{
    struct str links = STR("</v1/openapi.json>; rel=\"service-desc\"; type=\"application/json\"");
    if (call->reply->status != 200 || !call->route || call->route->kind != ROUTE_TABLE)
        return links;
    add(call, &links, link_next(call), "rel=\"next\"");
    add(call, &links, link_prev(call), "rel=\"prev\"");
    add(call, &links, link_first(call), "rel=\"first\"");
    add_formats(call, &links);
    return links;
}
