/* Where an answer's neighbours are: its other pages, its other formats, itself for ever. */
#include "api/call.h"

/* libmicrohttpd builds a head in what a request leaves of the connection's 12 KiB. */
#define LINKS_MAX_BYTES 2048

struct change {
    const char *suffix;  /* of the path, or "" */
    const char *without; /* parameter that goes */
    const char *with;    /* parameter that is set, or NULL */
    struct str value;
    unsigned formats; /* 1U << enum format of another format: parameters that mean nothing in it go; 0: none does */
};

static bool names(struct str pair, const char *name) { return name && str_is(str_cut(&pair, '='), name); }

/* Whether this parameter says how the answer is written, in a way that none of the formats knows. */
static bool is_foreign(const struct call *call, struct str pair, unsigned formats)
{
    struct str name = str_cut(&pair, '=');
    for (size_t i = 0; formats && i < call->route->n_params; i++)
        if (str_is(name, call->route->param[i].name))
            return call->route->param[i].formats && !(call->route->param[i].formats & formats);
    return false;
}

/* The canonical target with something changed. */
static struct str changed(const struct call *call, struct change c)
{
    struct str rest = call->canonical, path = str_cut(&rest, '?'), query = str_span(NULL, 0);
    while (rest.p) {
        struct str pair = str_cut(&rest, '&');
        if (!names(pair, c.without) && !names(pair, c.with) && !is_foreign(call, pair, c.formats))
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
    return arena_printf(call->arena, ".%s", encoders[call->format].suffix).p;
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
    const char *suffix = arena_printf(call->arena, ".%s", encoders[format].suffix).p;
    return suffix ? changed(call, (struct change){.suffix = suffix, .formats = 1U << format}) : str_span(NULL, 0);
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
    const struct dataset *d = cube_dataset(call->cube);
    for (size_t c = 0; c < t->n_columns; c++)
        for (size_t r = 0; names_datasets(&t->column[c]) && r < t->n_rows; r++) {
            const struct cell *cell = &t->cell[r * t->n_columns + c];
            if (cell->kind == CELL_STRING && !str_eq(cell->text, d->id) &&
                !str_eq(cell->text, d->title)) /* labels=name */
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
        if (f != call->format && format_fits(f, call))
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
