/* The page for people: what each call answers, from the table that routes and checks requests. */
#include "api/contract/problem.h"
#include "api/describe/docs/docs.h"
#include "api/get/endpoints.h"

static void put(struct buf *out, const char *text) { html_text(out, str_view(text)); }

static void put_head(struct buf *out)
{
    buf_lit(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"description\" content=\"Trade between two countries: every call, parameter and column\">\n"
        "<title>Entrepôt: what can be asked</title>\n<link rel=\"icon\" href=\"data:,\">\n"
        "<link rel=\"stylesheet\" href=\"docs/docs.css\">\n"
        "<link rel=\"alternate\" type=\"application/json\" href=\"v1/openapi.json\">\n"
        "<script src=\"docs/docs.js\" defer></script>\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#content\">To the content</a>\n<header><h1>Entrepôt</h1>\n"
        "<p>Trade between two countries: how much they trade, who runs the deficit, which sectors make it, how far "
        "one side depends on the other, and who holds the lever. Everything here is also in "
        "<a href=\"v1/openapi.json\">OpenAPI 3.1</a>; <a href=\"v1/datasets\">the datasets</a> say where the figures "
        "come from.</p>\n</header>\n");
}

static void put_routes_of(const struct routes *routes, struct buf *out, enum route_group group,
                          void (*write)(struct buf *out, const struct route *))
{
    for (size_t i = 0; i < routes->n; i++)
        if (routes->route[i]->group == group && !routes->route[i]->unlisted)
            write(out, routes->route[i]);
}

static void put_entry(struct buf *out, const struct route *route)
{
    buf_printf(out, "<li><a href=\"#%s\" title=\"", route->id);
    put(out, route->summary);
    buf_lit(out, "\">");
    put(out, route->path);
    buf_lit(out, "</a></li>\n");
}

static void put_navigation(const struct routes *routes, struct buf *out)
{
    buf_lit(out, "<nav aria-label=\"Contents\"><details open><summary>Contents</summary>\n<ul>\n"
                 "<li><a href=\"#reading\">Reading an answer</a></li>\n<li><a href=\"#asking\">How to ask</a></li>\n"
                 "<li><a href=\"#recipes\">Recipes</a></li>\n<li><a href=\"#releases\">Pages, releases, "
                 "caches</a></li>\n<li><a href=\"#tables\">Every table</a></li>\n"
                 "<li><a href=\"#problems\">Problems</a></li>\n<li><a href=\"#flags\">Flags</a></li>\n"
                 "<li><a href=\"#changes\">Changes</a></li>\n</ul>\n");
    for (enum route_group g = 0; g < ROUTE_GROUPS; g++) {
        buf_printf(out, "<h2>%s</h2><ul>\n", group_headings[g].name);
        put_routes_of(routes, out, g, put_entry);
        buf_lit(out, "</ul>\n");
    }
    buf_lit(out, "</details></nav>\n");
}

/* src/web/docs/guide.html, as the linker names it: sections that no table says. */
extern const char _binary_guide_html_start[], _binary_guide_html_end[];

static void put_guide(struct buf *out)
{
    buf_add(out, str_span(_binary_guide_html_start, (size_t)(_binary_guide_html_end - _binary_guide_html_start)));
}

static void put_reading(struct buf *out)
{
    buf_lit(
        out,
        "<section id=\"reading\"><h2>Reading an answer</h2>\n<ul>\n"
        "<li>Money is whole US dollars. Shares are fractions from 0 to 1; only fields ending in <code>_pp</code> are "
        "percentage points.</li>\n"
        "<li><code>null</code> is not zero: <a href=\"#flags\">flags</a> say why a figure is missing or to be read "
        "with care.</li>\n"
        "<li>A dimension that is left out is added up, a list gives exactly those, <code>*</code> each member.</li>\n"
        "<li><code>meta.dataset</code> says which dataset answered; <code>columns</code> what each field holds, in "
        "which unit, by which <a href=\"v1/measures\">measure</a>; <code>links</code> where to go on.</li>\n"
        "<li>A mistake is never an empty answer: it is a <a href=\"#problems\">problem</a> that names the cure.</li>\n"
        "</ul></section>\n");
}

static void put_formats(struct buf *out)
{
    buf_lit(out, "<h3 id=\"formats\">Formats</h3>\n<p>Every table comes as JSON, CSV and NDJSON, those with figures in "
                 "all of them: by a suffix on the path, else by "
                 "<code>format=</code>, else by Accept.</p>\n<div class=\"wide\"><table><thead><tr>"
                 "<th scope=\"col\">format</th><th scope=\"col\">suffix</th><th scope=\"col\">Accept</th>"
                 "<th scope=\"col\">try</th></tr></thead><tbody>\n");
    for (enum format f = FORMAT_JSON; f < FORMATS; f++) {
        const char *name = format_of[f].name, *suffix = format_of[f].suffix;
        buf_printf(out, "<tr><th scope=\"row\"><code>%s</code></th><td><code>.%s</code></td><td><code>", name, suffix);
        put(out, format_of[f].media);
        buf_printf(out, "</code></td><td><a class=\"run\" href=\"v1/bilateral/IND/CHN.%s?period=latest:3\">", suffix);
        buf_printf(out, "/v1/bilateral/IND/CHN.%s?period=latest:3</a></td></tr>\n", suffix);
    }
    buf_lit(out, "</tbody></table></div>\n");
}

static void put_tables(struct buf *out)
{
    buf_lit(out, "<section id=\"tables\"><h2>Every table</h2>\n<p>Whatever answers with rows takes these.</p>\n");
    html_parameters(out, &route_index, true);
    buf_lit(
        out,
        "<h3 id=\"filters\">Filters</h3>\n<p>Any column of numbers filters by <code>gte gt lte lt</code> behind its "
        "name and a dot, any column of truths by its name: <code>share.gte=0.8</code>, "
        "<code>imports.gt=5e7</code>, <code>dependent=1</code>. Null passes no filter. At most 8.</p>\n");
    html_example(out, "/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&share.gte=0.5");
    put_formats(out);
    buf_lit(out, "</section>\n");
}

static void put_groups(const struct routes *routes, struct buf *out)
{
    for (enum route_group g = 0; g < ROUTE_GROUPS; g++) {
        buf_printf(out, "<section id=\"%s\"><h2>%s</h2>\n<p>", group_headings[g].name, group_headings[g].name);
        put(out, group_headings[g].description);
        buf_lit(out, "</p>\n");
        put_routes_of(routes, out, g, html_route);
        buf_lit(out, "</section>\n");
    }
}

static void put_problem(struct buf *out, const struct problem_kind *kind)
{
    buf_printf(out, "<tr><th scope=\"row\"><a href=\"problems/%s\">%s</a></th><td>%d</td><td>", kind->slug, kind->slug,
               kind->status);
    put(out, kind->meaning);
    buf_lit(out, "</td><td>");
    put(out, kind->cure);
    buf_lit(out, "</td><td>");
    if (kind->example) {
        buf_lit(out, "<a class=\"run\" href=\"");
        put(out, kind->example + 1);
        buf_lit(out, "\">");
        put(out, kind->example);
        buf_lit(out, "</a>");
    }
    buf_lit(out, "</td></tr>\n");
}

static void put_problems(struct buf *out)
{
    buf_lit(
        out,
        "<section id=\"problems\"><h2>Problems</h2>\n<p>Errors are <code>application/problem+json</code> (RFC 9457) "
        "and name every mistake of a request at once, with suggestions. <code>type</code> is one of these.</p>\n"
        "<div class=\"wide\"><table><thead><tr><th scope=\"col\">type</th><th scope=\"col\">status</th>"
        "<th scope=\"col\">what it says</th><th scope=\"col\">cure</th><th scope=\"col\">try</th></tr></thead>"
        "<tbody>\n");
    for (size_t k = 0; k < PROBLEM_TYPES; k++)
        put_problem(out, &problem_kinds[k]);
    buf_lit(out, "</tbody></table></div></section>\n");
}

static void put_flags(struct buf *out)
{
    buf_lit(out,
            "<section id=\"flags\"><h2>Flags</h2>\n<p>Why figures of a row are missing, or to be read with care.</p>\n"
            "<dl>\n");
    for (size_t f = 0; f < FLAGS; f++) {
        buf_lit(out, "<dt><code>");
        put(out, flag_name[f]);
        buf_lit(out, "</code></dt><dd>");
        put(out, flag_meaning[f]);
        buf_lit(out, "</dd>\n");
    }
    buf_lit(out, "</dl></section>\n");
}

void docs_write(const struct routes *routes, struct buf *out)
{
    put_head(out);
    put_navigation(routes, out);
    buf_lit(out, "<main id=\"content\">\n");
    put_reading(out);
    put_guide(out);
    put_tables(out);
    put_groups(routes, out);
    put_problems(out);
    put_flags(out);
    html_changes(out);
    buf_printf(out, "</main>\n<footer><p>Entrepôt %s</p></footer>\n</body>\n</html>\n", ENTREPOT_VERSION);
}
