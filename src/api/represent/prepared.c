/* Texts that are the same in every JSON answer of a route or dataset: written once, when the api is made, by the same functions that
 * write them anew where an answer is laid out for people (pretty). */
#include "api/represent/prepared.h"

struct column_text {
    struct str key;           /* ,"imports": */
    struct str before, after; /* of the place where the valuation stands, which is the dataset's */
};

struct prepared {
    struct arena texts;
    struct column_text *column; /* of all routes in turn */
    struct str *dataset;        /* by its place in the catalogue */
};

/* Not "array": what checks OpenAPI documents takes it for a schema wherever it stands, examples not excepted. */
static const char *const type_name[] = {"string", "integer", "number", "boolean", "list", "list"};

/* ---- what is written ---- */

static void write_head(const struct column *column, struct jw *jw)
{
    jw_object(jw);
    jw_kz(jw, "id", column->id);
    jw_kz(jw, "type", type_name[column->type]);
    jw_kz(jw, "unit", column->unit);
}

static void write_tail(const struct column *column, struct arena *arena, struct jw *jw)
{
    jw_kz(jw, "description", column->description);
    if (column->measure)
        jw_kstr(jw, "formula", arena_printf(arena, "/v1/measures/%s", measures[column->measure].id));
    jw_end(jw);
}

static void describe_dataset(const struct cube *cube, struct jw *jw)
{
    const struct dataset *d = cube_dataset(cube);
    jw_kstr(jw, "dataset", d->id);
    jw_kstr(jw, "release", cube_release(cube));
    jw_kstr(jw, "source", d->source);
    jw_kstr(jw, "licence", d->licence);
    jw_kz(jw, "frequency", period_kind_word(d->frequency));
    jw_kz(jw, "basis", basis_name[d->basis]);
    jw_kz(jw, "coverage", coverage_name[d->coverage]);
    jw_kz(jw, "partners", partners_name[d->partners]);
    if (d->synthetic)
        jw_kbool(jw, "synthetic", true);
}

/* ---- once ---- */

static struct str keep(struct arena *arena, struct str text)
{
    char *own = arena_new(arena, char, text.n + KEY_PADDING);
    if (!own)
        return str_span(NULL, 0);
    memcpy(own, text.p, text.n);
    return str_span(own, text.n);
}

static bool prepare_column(struct prepared *p, const struct column *column, struct column_text *out)
{
    struct buf text;
    struct jw jw;
    buf_init(&text, SIZE_MAX);
    jw_init(&jw, &text, false);
    write_head(column, &jw);
    size_t head = text.n;
    write_tail(column, &p->texts, &jw);
    jw_finish(&jw);
    bool ok = !text.failed;
    if (ok) {
        out->before = keep(&p->texts, str_span(text.p, head));
        out->after = keep(&p->texts, str_span(text.p + head, text.n - head));
    }
    buf_reset(&text);
    buf_byte(&text, ',');
    jw_quote(&text, str_view(column->id));
    buf_byte(&text, ':');
    ok = ok && !text.failed;
    if (ok)
        out->key = keep(&p->texts, buf_view(&text));
    ok = ok && out->before.p && out->after.p && out->key.p;
    buf_release(&text);
    return ok;
}

static bool prepare_dataset(struct prepared *p, const struct cube *cube, struct str *out)
{
    struct buf text;
    struct jw jw;
    buf_init(&text, SIZE_MAX);
    jw_init(&jw, &text, false);
    jw_object(&jw);
    describe_dataset(cube, &jw);
    bool ok = !text.failed;
    if (ok)
        *out = keep(&p->texts, str_span(text.p + 1, text.n - 1)); /* without the brace */
    ok = ok && out->p;
    buf_release(&text);
    return ok;
}

static bool prepare_route(struct prepared *p, const struct route *route, size_t *at)
{
    bool ok = true;
    for (size_t c = 0; ok && route && c < route->n_columns; c++, (*at)++)
        ok = prepare_column(p, &route->column[c], &p->column[*at]);
    return ok;
}

struct prepared *prepared_new(const struct catalogue *catalogue, const struct routes *routes)
{
    struct prepared *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    arena_init(&p->texts, SIZE_MAX);
    size_t n_columns = 0, at = 0, n_datasets = catalogue_count(catalogue);
    for (size_t i = 0; i < routes->n; i++) {
        const struct route *route = routes->route[i];
        n_columns += route->n_columns + (route->with_summary ? route->with_summary->n_columns : 0);
    }
    p->column = arena_new(&p->texts, struct column_text, n_columns);
    p->dataset = arena_new(&p->texts, struct str, n_datasets);
    bool ok = p->column && p->dataset;
    for (size_t i = 0; ok && i < routes->n; i++)
        ok = prepare_route(p, routes->route[i], &at) && prepare_route(p, routes->route[i]->with_summary, &at);
    for (size_t i = 0; ok && i < n_datasets; i++)
        ok = prepare_dataset(p, catalogue_at(catalogue, i), &p->dataset[i]);
    if (ok)
        return p;
    prepared_free(p);
    return NULL;
}

void prepared_free(struct prepared *prepared)
{
    if (prepared)
        arena_release(&prepared->texts);
    free(prepared);
}

/* ---- in an answer ---- */

/* The texts of the columns of the call's route. */
static const struct column_text *texts_of(const struct call *call)
{
    const struct column_text *text = call->api->prepared->column;
    for (size_t i = 0; i < call->api->routes->n; i++) {
        const struct route *route = call->api->routes->route[i];
        if (route == call->route)
            return text;
        text += route->n_columns;
        if (route->with_summary == call->route)
            return text;
        text += route->with_summary ? route->with_summary->n_columns : 0;
    }
    BUG("a call of a route that is not in the table");
}

/* Of a column of names, which is the request's: the same text with as many bytes behind it. */
static struct str key_of_names(struct arena *arena, const char *id)
{
    struct str text = arena_printf(arena, ",\"%s\":%*s", id, KEY_PADDING, "");
    return str_span(text.p, text.p ? text.n - KEY_PADDING : 0);
}

bool column_keys(const struct call *call, const size_t *index, size_t n, struct str *key)
{
    const struct column_text *text = texts_of(call);
    for (size_t c = 0; c < n; c++) {
        bool own = index[c] < call->route->n_columns;
        key[c] = own ? text[index[c]].key : key_of_names(call->arena, call->table.column[index[c]].id);
        if (!key[c].p)
            return false;
        if (c == 0)
            key[c] = str_span(key[c].p + 1, key[c].n - 1); /* no comma before the first */
    }
    return true;
}

static struct str valuation_of(const struct call *call, const struct column *column)
{
    if (!column->flow || !call->cube)
        return str_span(NULL, 0);
    const struct dataset *d = cube_dataset(call->cube);
    return column->flow == 'X' ? d->exports_valuation : d->imports_valuation;
}

void write_column_list(const struct call *call, const size_t *index, size_t n, struct jw *jw)
{
    const struct column_text *text = texts_of(call);
    jw_karray(jw, "columns");
    for (size_t c = 0; c < n; c++) {
        const struct column *column = &call->table.column[index[c]];
        const bool valued = column->flow && call->cube;
        const bool own = index[c] < call->route->n_columns; /* else of names, which only the request has */
        const struct str valuation = valuation_of(call, column);
        if (jw->pretty || !own) {
            write_head(column, jw);
            if (valued)
                jw_kstr(jw, "valuation", valuation);
            write_tail(column, call->arena, jw);
            continue;
        }
        jw_raw(jw, text[index[c]].before);
        if (valued) {
            buf_lit(jw->buf, ",\"valuation\":");
            jw_quote(jw->buf, valuation);
        }
        buf_add(jw->buf, text[index[c]].after);
    }
    jw_end(jw);
}

void write_dataset(const struct call *call, struct jw *jw)
{
    const struct catalogue *catalogue = call->api->catalogue;
    size_t at = 0;
    if (!call->cube) {
        jw_knull(jw, "dataset");
        jw_kstr(jw, "catalogue", catalogue_id(call->catalogue));
        return;
    }
    while (at < catalogue_count(catalogue) && catalogue_at(catalogue, at) != call->cube)
        at++;
    if (jw->pretty || at == catalogue_count(catalogue))
        describe_dataset(call->cube, jw);
    else
        jw_members(jw, call->api->prepared->dataset[at]);
}
