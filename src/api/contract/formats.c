/* The formats of a table: what each is called, what it can show, what may be asked of it. */
#include "api/contract/call.h"
#include "api/contract/codes.h"

/* JSON-stat has no registered media type (its authors serve application/json); ours must differ from plain JSON's to be asked for. */
const struct format_facts format_of[FORMATS] = {
    [FORMAT_JSON] = {.name = "json", .suffix = "json", .media = "application/json", .content_type = "application/json"},
    [FORMAT_CSV] = {.name = "csv",
                    .suffix = "csv",
                    .media = "text/csv",
                    .content_type = "text/csv; charset=utf-8; header=present",
                    .parameters = {{"charset", "utf-8"}, {"header", "present"}},
                    .is_file = true},
    [FORMAT_NDJSON] = {.name = "ndjson",
                       .suffix = "ndjson",
                       .media = "application/x-ndjson",
                       .content_type = "application/x-ndjson",
                       .is_file = true},
    [FORMAT_JSONSTAT] = {.name = "jsonstat",
                         .suffix = "jsonstat",
                         .media = "application/vnd.jsonstat+json",
                         .content_type = "application/vnd.jsonstat+json",
                         .parameters = {{"version", "2.0"}},
                         .of_figures = true,
                         .is_file = true},
    [FORMAT_SDMX_CSV] = {.name = "sdmx-csv",
                         .suffix = "sdmx.csv",
                         .media = "application/vnd.sdmx.data+csv",
                         .content_type = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
                         .parameters = {{"version", "2.0.0"},
                                        {"charset", "utf-8"},
                                        {"labels", "id name both"},
                                        {"timeformat", "original"},
                                        {"keys", "none"}},
                         .of_figures = true,
                         .is_file = true},
};

/* ---- what a resource is served as ---- */

static bool is_figure(const struct column *column) { return column_role(column) == ROLE_FIGURE; }

bool format_serves(enum format format, const struct route *route)
{
    bool figures = !format_of[format].of_figures;
    for (size_t i = 0; i < route->n_columns && !figures; i++)
        figures = is_figure(&route->column[i]);
    return figures;
}

/* "json, csv and ndjson": what this call can be answered as. Empty when memory is out. */
static struct str list_formats(const struct call *call)
{
    struct str list = STR("");
    size_t left = 0;
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        left += format_serves(f, call->route);
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (format_serves(f, call->route))
            list = arena_printf(call->arena, "%.*s%s%s", STR_ARG(list), format_of[f].name,
                                --left > 1  ? ", "
                                : left == 1 ? " and "
                                            : "");
    return list;
}

void refuse_format(struct call *call, const char *parameter, struct str value)
{
    bool media = strcmp(parameter, "Accept") == 0;
    struct call_error *e =
        call_problem(call, PROBLEM_NOT_ACCEPTABLE, parameter, value,
                     arena_printf(call->arena, "this resource is served as %.*s", STR_ARG(list_formats(call))));
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (format_serves(f, call->route))
            call_suggest(e, str_view(media ? format_of[f].media : format_of[f].name));
}

/* ---- what the format asks of the request ---- */

bool format_fits(enum format format, const struct call *call)
{
    struct str rest = call_arg(call, "fields")->text;
    bool figures = !format_of[format].of_figures || !rest.p;
    while (rest.p && !figures) {
        struct str id = str_cut(&rest, ',');
        for (size_t i = 0; i < call->route->n_columns; i++)
            figures = figures || (str_is(id, call->route->column[i].id) && is_figure(&call->route->column[i]));
    }
    return figures && format_serves(format, call->route);
}

/* What asks for nothing in this format is refused: CSV has no place for a warning. */
static void check_options(struct call *call)
{
    for (size_t i = 0; i < call->route->n_params; i++) {
        const struct param *param = &call->route->param[i];
        if (!param->formats || param->formats & 1U << call->format || !call->arg[i].given || !call->arg[i].number)
            continue;
        struct str list = STR("");
        for (enum format f = FORMAT_JSON; f < FORMATS; f++)
            if (param->formats & 1U << f)
                list = arena_printf(call->arena, "%.*s%s%s", STR_ARG(list), list.n ? ", " : "", format_of[f].name);
        (void)call_problem(
            call, PROBLEM_CONFLICT, param->name, call->arg[i].text,
            arena_printf(call->arena, "this means nothing in %s, only in %.*s: leave it out, or ask for another format",
                         format_of[call->format].name, STR_ARG(list)));
    }
}

void format_check(struct call *call)
{
    if (!format_fits(call->format, call))
        (void)call_problem(call, PROBLEM_CONFLICT, "fields", call_arg(call, "fields")->text,
                           arena_printf(call->arena, "%s needs a column of figures: add one, or ask for another format",
                                        format_of[call->format].name));
    check_options(call);
}

/* ---- what it is called ---- */

struct str reply_content_type(const struct call *call)
{
    static const char *const label[] = {"", "; labels=name", "; labels=both"};
    struct str type = str_view(format_of[call->format].content_type);
    uint32_t labels = call->format == FORMAT_SDMX_CSV ? call_arg(call, "labels")->number : 0;
    return labels ? arena_printf(call->arena, "%.*s%s", STR_ARG(type), label[labels]) : type;
}

#define FILE_NAME_MAX 96

/* ASCII letters, digits and what no file system or header minds; runs of anything else become one hyphen. */
static void add_safely(struct buf *name, struct str text)
{
    for (size_t i = 0; i < text.n && name->n < FILE_NAME_MAX; i++) {
        char c = text.p[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
        if (plain)
            buf_byte(name, c);
        else if (name->n && name->p[name->n - 1] != '-')
            buf_byte(name, '-');
    }
}

/* IND-CHN-bilateral-2010-2019: what is in the path's braces, then its words, then the period. */
static void name_file(const struct call *call, struct buf *name)
{
    for (unsigned words = 0; words < 2; words++) {
        struct str template = str_view(call->route->path), path = call->canonical;
        path = str_cut(&path, '?');
        while (template.p) {
            struct str one = str_cut(&template, '/'), text = str_cut(&path, '/');
            bool word = one.n == 0 || one.p[0] != '{';
            if (word != (words == 1) || text.n == 0 || str_is(text, "v1"))
                continue;
            if (name->n)
                buf_byte(name, '-');
            add_safely(name, text);
        }
    }
    const struct arg *period = call_find(call, "period");
    if (period && period->given) {
        buf_byte(name, '-');
        add_safely(name, period->text);
    }
    while (name->n && name->p[name->n - 1] == '-')
        name->n--;
    if (name->n == 0)
        buf_lit(name, "entrepot");
}

struct str reply_disposition(const struct call *call)
{
    if (!format_of[call->format].is_file)
        return str_span(NULL, 0);
    struct buf name;
    buf_init(&name, FILE_NAME_MAX + 8);
    name_file(call, &name);
    struct str value = arena_printf(call->arena, "inline; filename=\"%.*s.%s\"", STR_ARG(buf_view(&name)),
                                    format_of[call->format].suffix);
    buf_release(&name);
    return value;
}
