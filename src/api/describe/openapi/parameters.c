/* Parameters: those of the route table, and the filters that columns make. What several routes have alike is written once. */
#include <stdio.h>

#include "api/describe/openapi/openapi.h"
#include "entrepot/base/problem.h"

static const struct notation notations[] = {
    [PARAM_COUNTRY] = {"string", false, "one country or area: ISO alpha-3 or alpha-2, M49, or Comtrade number"},
    [PARAM_PRODUCTS] = {"string", true, "HS code of 2, 4, 6 or 8 digits, section (S01 to S21) or sector id"},
    [PARAM_PRODUCT] = {"string", false, "HS code of 2, 4, 6 or 8 digits, or section (S01 to S21)"},
    [PARAM_SECTOR] = {"string", false, "id of a sector, as /v1/sectors lists them"},
    [PARAM_PERIODS] =
        {"string", true,
         "2019, FY2018-19, 2019-Q2 or 2019-04; a range 2010..2019; latest, or latest:5 for the last five"},
    [PARAM_PERIOD] = {"string", false, "one period: 2019, FY2018-19, 2019-Q2 or 2019-04"},
    [PARAM_FREQ] = {"string", false, "A calendar years, FY fiscal years from April, Q quarters, M months"},
    [PARAM_LEVEL] = {"string", false, NULL},
    [PARAM_DATASET] = {"string", false, "id of a dataset, as /v1/datasets lists them"},
    [PARAM_DATASETS] = {"string", false, "id of a dataset, as /v1/datasets lists them; * all side by side"},
    [PARAM_COUNT] = {"integer", false, NULL},
    [PARAM_SHARE] = {"number", false, NULL},
    [PARAM_SORT] = {"string", true, "a column of the answer, with a minus before it for descending order"},
    [PARAM_FIELDS] = {"string", true, "a column of the answer"},
    [PARAM_FORMAT] = {"string", false, NULL},
    [PARAM_FLAG] = {"integer", false, NULL},
    [PARAM_KIND] = {"string", false, NULL},
    [PARAM_CURSOR] = {"string", false, "opaque; bound to the data that is served"},
    [PARAM_WORD] = {"string", false, NULL},
    [PARAM_REAL] = {"number", false, NULL},
    [PARAM_COUNTRIES] = {"string", true, "country or area: ISO alpha-3 or alpha-2, M49, or Comtrade number"},
    [PARAM_PAIRS] = {"string", true, "reporter and partner with a hyphen between: IND-CHN"},
    [PARAM_TEXT] = {"string", false, NULL},
    [PARAM_RELEASE] = {"string", false, "as meta.release of an answer says, or latest"},
    [PARAM_WORDS] = {"string", true, NULL},
};

/* What has no row is a text that its own description explains. */
const struct notation *param_notation(const struct param *param)
{
    static const struct notation text = {"string", false, NULL};
    const size_t n = sizeof notations / sizeof *notations;
    return param->type < n && notations[param->type].type ? &notations[param->type] : &text;
}

static size_t put_words(const char *const *word, size_t n, unsigned allowed, void (*put)(void *to, const char *word),
                        void *to)
{
    size_t written = 0;
    for (size_t i = 0; i < n; i++)
        if (allowed & 1U << i) {
            put(to, word[i]);
            written++;
        }
    return written;
}

static size_t put_formats(void (*put)(void *to, const char *word), void *to)
{
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        put(to, format_of[f].name);
    return FORMATS;
}

size_t param_words(const struct param *param, void (*put)(void *to, const char *word), void *to)
{
    static const char *const kinds[] = {"A", "FY", "Q", "M"};
    size_t n = 0;
    switch ((int)param->type) {
    case PARAM_WORD:
    case PARAM_WORDS:
        while (param->words[n])
            n++;
        n = put_words(param->words, n, ~0U, put, to);
        break;
    case PARAM_LEVEL: n = put_words(level_name, LEVELS, param->levels, put, to); break;
    case PARAM_FREQ: n = put_words(kinds, 4, ~0U, put, to); break;
    case PARAM_KIND: n = put_words(member_kind_name, MEMBER_KINDS, ~0U, put, to); break;
    case PARAM_FORMAT: n = put_formats(put, to); break;
    default: break;
    }
    if (n && param->star)
        put(to, "*");
    return n ? n + param->star : 0;
}

/* ---- schemas ---- */

static bool is_number(const struct param *param) { return strcmp(param_notation(param)->type, "string") != 0; }

/* A value as the schema's type has it: a number, a text, or a list of texts. */
static void write_literal(const struct param *param, const char *key, const char *text, struct jw *jw)
{
    struct str rest = str_view(text);
    if (!text)
        return;
    jw_key(jw, str_view(key));
    if (is_number(param)) {
        jw_raw(jw, rest);
    } else if (param_notation(param)->list) {
        jw_array(jw);
        while (rest.p)
            jw_str(jw, str_cut(&rest, ','));
        jw_end(jw);
    } else {
        jw_str(jw, rest);
    }
}

static void write_bound(const char *key, double bound, struct jw *jw)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%g", bound);
    jw_key(jw, str_view(key));
    jw_raw(jw, str_view(text));
}

static void write_bounds(const struct param *param, struct jw *jw)
{
    if (param->type == PARAM_REAL) {
        write_bound("minimum", param->low, jw);
        write_bound("maximum", param->high, jw);
    } else if (is_number(param)) {
        write_bound("minimum", param->type == PARAM_COUNT, jw);
        write_bound("maximum", param->type == PARAM_COUNT ? param->max : 1, jw);
    } else {
        jw_ki64(jw, "minLength", 1);
    }
}

static void put_word(void *to, const char *word) { jw_str(to, str_view(word)); }
static void put_none(void *to, const char *word)
{
    (void)to;
    (void)word;
}

static void write_item(const struct param *param, struct jw *jw)
{
    jw_kz(jw, "type", param_notation(param)->type);
    if (param_words(param, put_none, NULL)) {
        jw_karray(jw, "enum");
        (void)param_words(param, put_word, jw);
        jw_end(jw);
    } else {
        write_bounds(param, jw);
    }
}

static bool names_columns(const struct param *param)
{
    return param->type == PARAM_SORT || param->type == PARAM_FIELDS;
}

static void write_schema(const struct routes *routes, const struct route *route, const struct param *param,
                         struct jw *jw)
{
    jw_kobject(jw, "schema");
    if (param_notation(param)->list) {
        jw_kz(jw, "type", "array");
        jw_ki64(jw, "minItems", 1);
        jw_key(jw, STR("items"));
        if (names_columns(param)) {
            schema_ref(routes, route, param->type == PARAM_SORT ? "SortKey" : "Column", jw);
        } else {
            jw_object(jw);
            write_item(param, jw);
            jw_end(jw);
        }
    } else {
        write_item(param, jw);
    }
    write_literal(param, "default", param->fallback, jw);
    jw_end(jw);
}

/* Whether `text` is a list of columns (with a minus or not) of the route. */
static bool fits_route(const struct route *route, const char *text)
{
    struct str rest = str_view(text);
    bool fits = text != NULL;
    while (fits && rest.p) {
        struct str id = str_cut(&rest, ',');
        if (id.n && id.p[0] == '-')
            id = str_span(id.p + 1, id.n - 1);
        size_t c = 0;
        while (c < route->n_columns && !str_is(id, route->column[c].id))
            c++;
        fits = c < route->n_columns;
    }
    return fits;
}

/* The table's example of sort and fields is for the main rows; others get their own first column. */
static void write_example(const struct route *route, const struct param *param, struct jw *jw)
{
    const char *text = param->example;
    if (names_columns(param) && !fits_route(route, text))
        text = route->column[0].id;
    write_literal(param, "example", text, jw);
}

static void write_param(const struct routes *routes, const struct route *route, const struct param *param,
                        struct jw *jw)
{
    struct buf text;
    buf_init(&text, 4096);
    buf_printf(&text, "%s", param->description);
    if (param_notation(param)->prose)
        buf_printf(&text, ". %s: %s", param_notation(param)->list ? "Each" : "Form", param_notation(param)->prose);
    if (param->alias)
        buf_printf(&text, ". Also called %s", param->alias);
    jw_object(jw);
    jw_kz(jw, "name", param->name);
    jw_kz(jw, "in", param->in_path ? "path" : "query");
    jw_kbool(jw, "required", param->in_path || param->required);
    jw_kstr(jw, "description", buf_view(&text));
    if (param_notation(param)->list) {
        jw_kz(jw, "style", param->in_path ? "simple" : "form");
        jw_kbool(jw, "explode", false);
    }
    write_schema(routes, route, param, jw);
    write_example(route, param, jw);
    jw_end(jw);
    buf_release(&text);
}

/* ---- what several routes have ---- */

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_words(const char *const *a, const char *const *b)
{
    if (!a || !b)
        return a == b;
    size_t i = 0;
    while (a[i] && b[i] && strcmp(a[i], b[i]) == 0)
        i++;
    return !a[i] && !b[i];
}

static bool same_param(const struct param *a, const struct param *b)
{
    return a == b ||
           (same_text(a->name, b->name) && a->type == b->type && a->in_path == b->in_path && a->max == b->max &&
            a->levels == b->levels && same_words(a->words, b->words) && !(a->low < b->low) && !(a->low > b->low) &&
            !(a->high < b->high) && !(a->high > b->high) && a->required == b->required && a->star == b->star &&
            same_text(a->alias, b->alias) && same_text(a->fallback, b->fallback) &&
            same_text(a->description, b->description) && same_text(a->example, b->example));
}

/* Whether a parameter stands here first, and how often there is one like it in listed routes. */
struct sharing {
    bool first;
    unsigned routes;
};

static void count_param(const struct param *param, const struct param *other, bool before, struct sharing *sharing)
{
    bool same = same_param(param, other);
    sharing->routes += same;
    sharing->first = sharing->first && !(same && before);
}

static struct sharing sharing_of(const struct routes *routes, const struct route *route, const struct param *param)
{
    struct sharing sharing = {.first = true};
    bool before = true;
    for (size_t r = 0; r < routes->n; r++) {
        const struct route *other = routes->route[r];
        before = before && other != route;
        for (size_t i = 0; !other->unlisted && i < other->n_params; i++)
            count_param(param, &other->param[i], before, &sharing);
    }
    return sharing;
}

/* Sorts and fields are each route's own. */
static bool is_shared(const struct routes *routes, const struct route *route, const struct param *param)
{
    return !names_columns(param) && sharing_of(routes, route, param).routes > 1;
}

/* Where a parameter like this, or another that is shared and has its name, stands first. */
struct place {
    const struct route *route;
    const struct param *param;
};

static struct place place_of(const struct routes *routes, const struct param *param, bool like)
{
    for (size_t r = 0; r < routes->n; r++)
        for (size_t i = 0; !routes->route[r]->unlisted && i < routes->route[r]->n_params; i++) {
            const struct param *other = &routes->route[r]->param[i];
            if (like ? same_param(param, other)
                     : same_text(other->name, param->name) && is_shared(routes, routes->route[r], other))
                return (struct place){routes->route[r], other};
        }
    BUG("a parameter that is in no route");
}

/* "period"; or "period.getFlows" where another one has taken the name, after the route that has it first. */
static void shared_name(const struct routes *routes, const struct param *param, struct buf *out)
{
    if (same_param(place_of(routes, param, false).param, param))
        buf_printf(out, "%s", param->name);
    else
        buf_printf(out, "%s.%s", param->name, place_of(routes, param, true).route->id);
}

static void write_reference(const struct routes *routes, const struct param *param, struct jw *jw)
{
    struct buf ref;
    buf_init(&ref, 256);
    buf_lit(&ref, "#/components/parameters/");
    shared_name(routes, param, &ref);
    jw_object(jw);
    jw_kstr(jw, "$ref", buf_view(&ref));
    jw_end(jw);
    buf_release(&ref);
}

static void write_filters(const struct routes *routes, const struct route *route, struct jw *jw)
{
    jw_object(jw);
    jw_kz(jw, "name", "filters");
    jw_kz(jw, "in", "query");
    jw_kbool(jw, "required", false);
    jw_kz(
        jw, "description",
        "Filters by columns, each a query parameter of its own (there is none called filters): share.gte=0.8 keeps "
        "rows with at least that much; also gt, lte, lt; a column of truths is asked as dependent=1 or 0. Null passes "
        "no filter. At most 8.");
    jw_kz(jw, "style", "form");
    jw_kbool(jw, "explode", true);
    jw_key(jw, STR("schema"));
    schema_ref(routes, route, "Filters", jw);
    jw_end(jw);
}

void parameters_write(const struct routes *routes, const struct route *route, struct jw *jw)
{
    jw_karray(jw, "parameters");
    for (size_t i = 0; i < route->n_params; i++)
        if (is_shared(routes, route, &route->param[i]))
            write_reference(routes, &route->param[i], jw);
        else
            write_param(routes, route, &route->param[i], jw);
    if (route_has_filters(route))
        write_filters(routes, route, jw);
    if (!route->uncached)
        jw_raw(jw, STR("{\"$ref\":\"#/components/parameters/If-None-Match\"}"));
    jw_end(jw);
}

void parameters_write_shared(const struct routes *routes, struct jw *jw)
{
    jw_kobject(jw, "parameters");
    for (size_t r = 0; r < routes->n; r++)
        for (size_t i = 0; !routes->route[r]->unlisted && i < routes->route[r]->n_params; i++) {
            const struct param *param = &routes->route[r]->param[i];
            if (!is_shared(routes, routes->route[r], param) || !sharing_of(routes, routes->route[r], param).first)
                continue;
            struct buf name;
            buf_init(&name, 128);
            shared_name(routes, param, &name);
            jw_key(jw, buf_view(&name));
            write_param(routes, routes->route[r], param, jw);
            buf_release(&name);
        }
    jw_kobject(jw, "If-None-Match");
    jw_kz(jw, "name", "If-None-Match");
    jw_kz(jw, "in", "header");
    jw_kbool(jw, "required", false);
    jw_kz(jw, "description",
          "Entity tags of answers that the client has, or *: 304 if the answer is still one of them");
    jw_kobject(jw, "schema");
    jw_kz(jw, "type", "string");
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
}
