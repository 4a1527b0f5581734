/* One route on the page for people. */
#include "api/describe/docs/docs.h"
#include "api/get/endpoints.h"

void html_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        switch (text.p[i]) {
        case '&': buf_lit(out, "&amp;"); break;
        case '<': buf_lit(out, "&lt;"); break;
        case '>': buf_lit(out, "&gt;"); break;
        case '"': buf_lit(out, "&quot;"); break;
        default: buf_byte(out, text.p[i]);
        }
}

static void put(struct buf *out, const char *text) { html_text(out, str_view(text)); }

void html_example(struct buf *out, const char *target)
{
    buf_lit(out, "<div class=\"example\"><a href=\"");
    put(out, target + 1); /* relative to /docs */
    buf_lit(out, "\">GET ");
    put(out, target);
    buf_lit(out, "</a><pre class=\"curl\"><code>curl -s '<span class=\"origin\">http://localhost:8080</span>");
    put(out, target);
    buf_lit(out, "'</code></pre></div>\n");
}

/* ---- parameters ---- */

static void put_word(void *to, const char *word)
{
    struct buf *out = to;
    buf_lit(out, "<code>");
    put(out, word);
    buf_lit(out, "</code> ");
}

static void put_values(struct buf *out, const struct param *param)
{
    const struct notation *notation = param_notation(param);
    if (notation->list)
        buf_lit(out, "list, each: ");
    if (param_words(param, put_word, out))
        buf_add(out, notation->prose ? STR("<br>") : STR(""));
    else if (param->type == PARAM_REAL)
        buf_printf(out, "number, %g to %g", param->low, param->high);
    else if (param->type == PARAM_COUNT)
        buf_printf(out, "whole number, 1 to %u", param->max);
    else if (param->type == PARAM_FLAG)
        buf_lit(out, "<code>0</code> <code>1</code>");
    else if (!notation->prose)
        put(out, notation->type);
    if (notation->prose)
        put(out, notation->prose);
}

static void put_code_cell(struct buf *out, const char *text)
{
    buf_lit(out, "<td>");
    if (text)
        put_word(out, text);
    buf_lit(out, "</td>");
}

static void put_parameter(struct buf *out, const struct param *param)
{
    buf_lit(out, "<tr><th scope=\"row\"><code>");
    put(out, param->name);
    buf_lit(out, "</code>");
    buf_add(out, param->in_path    ? STR(" <small>in the path</small>")
                 : param->required ? STR(" <small>required</small>")
                                   : STR(""));
    buf_lit(out, "</th><td>");
    put(out, param->description);
    if (param->alias) {
        buf_lit(out, "; also called ");
        put_word(out, param->alias);
    }
    buf_lit(out, "</td><td>");
    put_values(out, param);
    buf_lit(out, "</td>");
    put_code_cell(out, param->fallback);
    put_code_cell(out, param->example);
    buf_lit(out, "</tr>\n");
}

/* What every table takes stands in the index too, which takes nothing else. */
static bool is_common(const struct param *param)
{
    for (size_t i = 0; i < route_index.n_params; i++)
        if (strcmp(route_index.param[i].name, param->name) == 0)
            return true;
    return false;
}

static void put_table(struct buf *out, const struct route *route, bool all)
{
    buf_lit(out, "<div class=\"wide\"><table><thead><tr><th scope=\"col\">parameter</th><th scope=\"col\">meaning</th>"
                 "<th scope=\"col\">values</th><th scope=\"col\">default</th><th scope=\"col\">example</th></tr>"
                 "</thead><tbody>\n");
    for (size_t i = 0; i < route->n_params; i++)
        if (all || !is_common(&route->param[i]))
            put_parameter(out, &route->param[i]);
    buf_lit(out, "</tbody></table></div>\n");
}

static void put_common(struct buf *out, const struct route *route, const char *before)
{
    buf_printf(out, "<p>%s the <a href=\"#tables\">parameters of every table</a>: ", before);
    for (size_t i = 0; i < route->n_params; i++)
        if (is_common(&route->param[i]))
            put_word(out, route->param[i].name);
    buf_add(out, route_has_filters(route) ? STR("and <a href=\"#filters\">filters</a>.</p>\n") : STR("</p>\n"));
}

void html_parameters(struct buf *out, const struct route *route, bool all)
{
    size_t common = 0;
    for (size_t i = 0; i < route->n_params; i++)
        common += !all && is_common(&route->param[i]);
    if (route->n_params > common)
        put_table(out, route, all);
    if (common)
        put_common(out, route, route->n_params > common ? "And" : "Takes");
}

/* ---- columns ---- */

static void put_column(struct buf *out, const struct column *column)
{
    static const char *const type[] = {"text", "whole number", "number", "true or false", "flags", "list"};
    buf_lit(out, "<tr><th scope=\"row\"><code>");
    put(out, column->id);
    buf_lit(out, "</code></th><td>");
    if (column->type == COLUMN_FLAGS)
        buf_lit(out, "<a href=\"#flags\">flags</a>");
    else
        put(out, type[column->type]);
    buf_lit(out, "</td><td>");
    put(out, !column->unit ? "" : strcmp(column->unit, "1") == 0 ? "ratio" : column->unit);
    buf_lit(out, "</td><td>");
    put(out, column->description);
    buf_lit(out, "</td><td>");
    if (column->measure) {
        buf_lit(out, "<a href=\"v1/measures/");
        put(out, measures[column->measure].id);
        buf_lit(out, "\">");
        put(out, measures[column->measure].id);
        buf_lit(out, "</a>");
    }
    buf_lit(out, "</td></tr>\n");
}

static void put_columns(struct buf *out, const struct route *route, const char *title)
{
    buf_printf(out, "<details><summary>%s (%zu)</summary><div class=\"wide\"><table><thead><tr>", title,
               route->n_columns);
    buf_lit(out, "<th scope=\"col\">column</th><th scope=\"col\">type</th><th scope=\"col\">unit</th>"
                 "<th scope=\"col\">meaning</th><th scope=\"col\">measure</th></tr></thead><tbody>\n");
    for (size_t c = 0; c < route->n_columns; c++)
        put_column(out, &route->column[c]);
    buf_lit(out, "</tbody></table></div></details>\n");
}

/* ---- the whole ---- */

void html_route(struct buf *out, const struct route *route)
{
    buf_printf(out, "<article id=\"%s\"><h3><a href=\"#%s\"><code>", route->id, route->id);
    put(out, route->path);
    buf_lit(out, "</code></a></h3>\n<p class=\"summary\">");
    put(out, route->summary);
    buf_lit(out, ".</p>\n<p>");
    put(out, route->description);
    buf_lit(out, "</p>\n");
    html_example(out, route->example);
    html_parameters(out, route, false);
    if (route->kind == ROUTE_TABLE)
        put_columns(out, route, "Columns");
    if (route->with_summary)
        put_columns(out, route->with_summary, "Columns with summary=1");
    buf_lit(out, "</article>\n");
}
