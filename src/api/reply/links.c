/* Where an answer's neighbours are: its other pages, its other formats, itself for ever. */
#include "api/reply/reply.h"
#include "api/request/cursor.h"

/* libmicrohttpd builds a head in what a request leaves of the connection's 12 KiB. */
#define LINKS_MAX_BYTES 2048

struct change {
    const char *suffix;  /* of the path, without its dot; NULL: none */
    const char *without; /* parameter that goes */
    const char *with;    /* parameter that is set, or NULL */
    struct str value;
    unsigned formats; /* 1U << enum format of another format: parameters that mean nothing in it go; 0: none does */
};

/* Text of a length that is bounded beforehand: a head has several links, and printing them would cost as much as a ranking. */
struct text {
    char *p;
    size_t n;
};

static void put(struct text *out, struct str s)
{
    if (s.n)
        memcpy(out->p + out->n, s.p, s.n);
    out->n += s.n;
}

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

static void put_pair(struct text *out, bool *first, struct str pair)
{
    put(out, *first ? STR("?") : STR("&"));
    put(out, pair);
    *first = false;
}

/* The canonical target with something changed. */
static struct str changed(const struct call *call, struct change c)
{
    struct str rest = call->canonical, path = str_cut(&rest, '?'), suffix = str_view(c.suffix), with = str_view(c.with);
    struct text out = {.p = arena_new_raw(call->arena, char, call->canonical.n + suffix.n + with.n + c.value.n + 3)};
    if (!out.p)
        return str_span(NULL, 0);
    put(&out, path);
    put(&out, suffix.n ? STR(".") : STR(""));
    put(&out, suffix);
    bool first = true;
    while (rest.p) {
        struct str pair = str_cut(&rest, '&');
        if (!names(pair, c.without) && !names(pair, c.with) && !is_foreign(call, pair, c.formats))
            put_pair(&out, &first, pair);
    }
    if (c.with) {
        put_pair(&out, &first, with);
        put(&out, STR("="));
        put(&out, c.value);
    }
    return str_span(out.p, out.n);
}

/* An answer's pages come in its own format, however that was asked for. */
static struct str page_at(const struct call *call, size_t row)
{
    struct change c = {.without = "cursor"};
    if (call->format != FORMAT_JSON || call->format_from_suffix)
        c.suffix = format_of[call->format].suffix;
    if (row) {
        c.with = "cursor";
        c.value = cursor_at(call, row);
    }
    return changed(call, c);
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
    return changed(call, (struct change){.suffix = format_of[format].suffix, .formats = 1U << format});
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
    return changed(call, (struct change){.without = "cursor", .with = "release", .value = release});
}

/* ---- the header field (RFC 8288) ---- */

/* `type`: of another format; NULL: a page. */
static void add(struct text *links, struct str target, struct str relation, const char *type)
{
    struct str media = str_view(type);
    if (target.n == 0 ||
        links->n + target.n + relation.n + media.n + sizeof ", <>; rel=\"\"; type=\"\"" > LINKS_MAX_BYTES)
        return;
    put(links, STR(", <"));
    put(links, target);
    put(links, STR(">; rel=\""));
    put(links, relation);
    put(links, media.n ? STR("\"; type=\"") : STR(""));
    put(links, media);
    put(links, STR("\""));
}

struct str reply_links(const struct call *call)
{
    const struct str service = STR("</v1/openapi.json>; rel=\"service-desc\"; type=\"application/json\", "
                                   "</docs>; rel=\"service-doc\"; type=\"text/html\"");
    if (call->reply->status != 200 || !call->route || call->route->kind != ROUTE_TABLE)
        return service;
    struct text links = {.p = arena_new_raw(call->arena, char, LINKS_MAX_BYTES)};
    if (!links.p)
        return service;
    put(&links, service);
    add(&links, link_next(call), STR("next"), NULL);
    add(&links, link_prev(call), STR("prev"), NULL);
    add(&links, link_first(call), STR("first"), NULL);
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (f != call->format && format_fits(f, call))
            add(&links, link_as(call, f), STR("alternate"), format_of[f].media);
    return str_span(links.p, links.n);
}
