/* JSON: {"data":[…],"columns":[…],"meta":{…},"links":{…}}. Rows are written without the writer's bookkeeping, from keys quoted once. */
#include "api/reply/reply.h"
#include "api/represent/encoders.h"
#include "api/represent/prepared.h"
#include "api/request/cursor.h"
#include "api/table/table.h"
#include "entrepot/base/number.h"

static void write_flags(struct buf *out, flag_bits flags)
{
    buf_byte(out, '[');
    for (flag_bits left = flags; left; left &= left - 1) {
        if (left != flags)
            buf_byte(out, ',');
        jw_quote(out, str_view(flag_name[__builtin_ctzll(left)]));
    }
    buf_byte(out, ']');
}

static void write_list(struct buf *out, struct str list)
{
    buf_byte(out, '[');
    for (bool first = true; list.p; first = false) {
        if (!first)
            buf_byte(out, ',');
        jw_quote(out, str_cut(&list, '\n'));
    }
    buf_byte(out, ']');
}

#define SHORT_ROOM 48 /* of a short cell, and for what is stored beyond it or a short key */

/* The cell's bytes at `at`, where there is room for SHORT_ROOM; the place behind them, or NULL if it is not a short one. */
static char *put_short_cell(char *at, const struct cell *cell)
{
    static const char null[4] = {'n', 'u', 'l', 'l'}, no_flags[2] = {'[', ']'};
    if (cell->kind == CELL_INTEGER)
        return at + i64_put(at, cell->integer);
    if (cell->kind == CELL_NUMBER && ratio_is_small(cell->number))
        return at + ratio_put(at, cell->number);
    if (cell->kind == CELL_NULL)
        return (char *)memcpy(at, null, sizeof null) + sizeof null;
    if (cell->kind == CELL_FLAGS && !cell->flags)
        return (char *)memcpy(at, no_flags, sizeof no_flags) + sizeof no_flags;
    return NULL;
}

static void write_long_cell(struct buf *out, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_STRING: jw_quote(out, cell->text); break;
    case CELL_NUMBER: buf_ratio(out, cell->number); break;
    case CELL_BOOLEAN: buf_add(out, cell->boolean ? STR("true") : STR("false")); break;
    case CELL_FLAGS: write_flags(out, cell->flags); break;
    case CELL_LIST: write_list(out, cell->text); break;
    case CELL_NULL:
    case CELL_INTEGER: BUG("a short cell");
    }
}

static void write_cell(struct buf *out, const struct cell *cell)
{
    if (!buf_reserve(out, SHORT_ROOM))
        return;
    char *end = put_short_cell(out->p + out->n, cell);
    if (end)
        out->n = (size_t)(end - out->p);
    else
        write_long_cell(out, cell);
}

/* How rows are shown: their columns, and what stands around the values. */
struct shown {
    char open, close;
    size_t n;
    size_t index[COLUMNS_MAX];
    struct str before[COLUMNS_MAX]; /* ,"id": or, where values stand alone, a comma; none before the first */
    size_t room;                    /* for a row whose cells are all short */
};

static bool show(const struct call *call, bool bare, struct shown *shown)
{
    static const char comma[KEY_PADDING + 1] = ",";
    shown->open = bare ? '[' : '{';
    shown->close = bare ? ']' : '}';
    shown->n = call_fields(call, shown->index);
    shown->room = 2;
    if (!bare && !column_keys(call, shown->index, shown->n, shown->before))
        return false;
    for (size_t c = 0; c < shown->n; c++) {
        if (bare)
            shown->before[c] = str_span(comma, c > 0);
        shown->room += shown->before[c].n + SHORT_ROOM;
    }
    return true;
}

/* A short key is copied in one piece of fixed length. */
static char *put_key(char *at, struct str key)
{
    if (key.n <= KEY_PADDING)
        memcpy(at, key.p, KEY_PADDING);
    else
        memcpy(at, key.p, key.n);
    return at + key.n;
}

/* Room is asked for once for all short cells, and again behind each other one. */
static void write_row(struct buf *out, const struct cell *row, const struct shown *shown)
{
    if (!buf_reserve(out, shown->room))
        return;
    char *at = out->p + out->n;
    *at++ = shown->open;
    for (size_t c = 0; c < shown->n; c++) {
        const struct cell *cell = &row[shown->index[c]];
        at = put_key(at, shown->before[c]);
        char *end = put_short_cell(at, cell);
        if (!end) {
            out->n = (size_t)(at - out->p);
            write_long_cell(out, cell);
            if (!buf_reserve(out, shown->room))
                return;
            end = out->p + out->n;
        }
        at = end;
    }
    *at++ = shown->close;
    out->n = (size_t)(at - out->p);
}

#define REST_BYTES 8192 /* columns, meta and links, mostly */
#define CELL_BYTES 12   /* of a value, mostly */

/* About as much room as the answer will take, so that it moves less often while it grows. */
static void expect(struct buf *out, size_t rows, const struct shown *shown)
{
    size_t row = shown->room - shown->n * (SHORT_ROOM - CELL_BYTES);
    size_t bytes = rows * row + REST_BYTES; /* limit times columns: far from too large a number */
    if (bytes < out->ceiling / 2)
        (void)buf_reserve(out, bytes);
}

static void write_data(const struct call *call, bool pretty, const struct shown *shown, struct buf *out)
{
    struct page page = call_page(call);
    expect(out, page.returned, shown);
    buf_byte(out, '[');
    for (size_t r = page.first; r < page.first + page.returned && !out->failed; r++) {
        if (r > page.first)
            buf_byte(out, ',');
        if (pretty)
            buf_lit(out, "\n    ");
        write_row(out, &call->table.cell[r * call->table.n_columns], shown);
    }
    buf_byte(out, ']');
}

/* One object a line, and nothing else: for jq, DuckDB and whoever reads as it comes. */
void encode_ndjson(struct call *call, struct buf *out)
{
    struct page page = call_page(call);
    struct shown shown;
    out->failed = !show(call, false, &shown) || out->failed;
    for (size_t r = page.first; r < page.first + page.returned && !out->failed; r++) {
        write_row(out, &call->table.cell[r * call->table.n_columns], &shown);
        buf_byte(out, '\n');
    }
}

static void write_query(const struct call *call, struct jw *jw)
{
    jw_kobject(jw, "query");
    for (size_t i = 0; i < call->route->n_params; i++) {
        const struct param *param = &call->route->param[i];
        const struct arg *arg = &call->arg[i];
        if (param->formats && !arg->given)
            continue; /* how the answer is written, not what it says */
        if (param->type == PARAM_COUNTRY && arg->given)
            jw_kstr(jw, param->name, countries_at(catalogue_countries(call->catalogue), arg->country)->id);
        else if (arg->text.n)
            jw_kstr(jw, param->name, arg->text);
    }
    for (size_t i = 0; i < call->n_filters; i++) {
        jw_key(jw, call->filter[i].name);
        jw_str(jw, call->filter[i].text);
    }
    jw_end(jw);
}

static void write_page(const struct call *call, struct jw *jw)
{
    struct page page = call_page(call);
    struct str next = cursor_next(call);
    jw_kobject(jw, "page");
    jw_ki64(jw, "limit", (int64_t)page.limit);
    jw_ki64(jw, "returned", (int64_t)page.returned);
    if (call_arg(call, "count")->number)
        jw_knull(jw, "total");
    else
        jw_ki64(jw, "total", (int64_t)page.total);
    jw_kbool(jw, "truncated", next.n > 0);
    jw_key(jw, STR("next"));
    if (next.n)
        jw_str(jw, next);
    else
        jw_null(jw);
    jw_end(jw);
}

static void write_others(const struct call *call, struct jw *jw)
{
    if (call->pinned) { /* which those are is nothing that lasts */
        jw_knull(jw, "other_datasets");
        return;
    }
    jw_karray(jw, "other_datasets");
    for (size_t i = 0; i < call->n_offers; i++)
        if (call->offers[i].cube != call->cube)
            jw_str(jw, cube_dataset(call->offers[i].cube)->id);
    jw_end(jw);
}

static void write_warnings(const struct call *call, struct jw *jw)
{
    jw_karray(jw, "warnings");
    for (size_t i = 0; i < call->n_warnings; i++)
        jw_str(jw, call->warning[i]);
    jw_end(jw);
}

static void write_summary(const struct call *call, struct jw *jw, struct buf *out)
{
    if (call->n_summary == 0)
        return;
    jw_kobject(jw, "summary");
    for (size_t i = 0; i < call->n_summary; i++) {
        jw_key(jw, str_view(call->summary[i].name));
        jw_raw(jw, str_span(NULL, 0)); /* the value follows, written directly */
        write_cell(out, &call->summary[i].value);
    }
    jw_end(jw);
}

/* How each statement of the request was answered, and the price of all of them. */
void write_plan(const struct call *call, struct jw *jw)
{
    if (!call->explained)
        return;
    jw_karray(jw, "plan");
    for (size_t i = 0; i < ask_count(call->ask); i++) {
        const struct ask_statement s = ask_statement(call->ask, i);
        jw_object(jw);
        jw_kstr(jw, "dataset", cube_dataset(s.cube)->id);
        jw_kz(jw, "index", cube_index_name[s.plan.index]);
        jw_kbool(jw, "roll_up_of_reporters", s.plan.all_reporters);
        jw_kbool(jw, "roll_up_of_partners", s.plan.all_partners);
        jw_kbool(jw, "totals_only", s.plan.totals);
        jw_ki64(jw, "runs", (int64_t)s.plan.runs);
        jw_ki64(jw, "rows_estimated", (int64_t)s.plan.observations);
        jw_ki64(jw, "rows_touched", (int64_t)s.observations_read);
        jw_ki64(jw, "groups", (int64_t)s.rows);
        jw_end(jw);
    }
    jw_end(jw);
    jw_ki64(jw, "queries", (int64_t)ask_count(call->ask));
    jw_ki64(jw, "price", (int64_t)call->price);
}

static void write_link(const char *name, struct str target, struct jw *jw)
{
    if (target.n)
        jw_kstr(jw, name, target);
}

static void write_links(const struct call *call, struct jw *jw)
{
    jw_kobject(jw, "links");
    jw_kstr(jw, "self", call->canonical);
    write_link("pinned", link_pinned(call), jw);
    write_link("csv", link_as(call, FORMAT_CSV), jw);
    write_link("mirror", call->mirror, jw);
    write_link("first", link_first(call), jw);
    write_link("prev", link_prev(call), jw);
    write_link("next", link_next(call), jw);
    jw_end(jw);
}

void write_meta(const struct call *call, struct jw *jw)
{
    jw_kbool(jw, "pinned", call->pinned);
    write_dataset(call, jw);
    write_query(call, jw);
    write_page(call, jw);
    jw_kz(jw, "empty_reason", call->table.n_rows ? NULL : call->empty_reason);
    write_others(call, jw);
    write_warnings(call, jw);
    write_summary(call, jw, jw->buf);
    write_plan(call, jw);
}

void encode_json(struct call *call, struct buf *out)
{
    const bool pretty = call_arg(call, "pretty")->number != 0;
    struct shown shown;
    struct jw jw;
    out->failed = !show(call, call_arg(call, "shape")->number != 0, &shown) || out->failed;
    jw_init(&jw, out, pretty);
    jw_object(&jw);
    jw_key(&jw, STR("data"));
    struct buf *direct = out;
    jw_raw(&jw, str_span(NULL, 0)); /* the value follows, written directly */
    write_data(call, pretty, &shown, direct);
    write_column_list(call, shown.index, shown.n, &jw);
    jw_kobject(&jw, "meta");
    write_meta(call, &jw);
    jw_end(&jw);
    write_links(call, &jw);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
}
