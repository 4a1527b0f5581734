/* JSON: {"data":[…],"columns":[…],"meta":{…},"links":{…}}. Rows are written without the writer's bookkeeping, from keys quoted once. */
#include "api/call.h"
#include "entrepot/base/number.h"

static void write_flags(struct buf *out, unsigned flags)
{
    buf_byte(out, '[');
    for (unsigned left = flags; left; left &= left - 1) {
        if (left != flags)
            buf_byte(out, ',');
        jw_quote(out, str_view(flag_name[__builtin_ctz(left)]));
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

static void write_cell(struct buf *out, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_NULL: buf_lit(out, "null"); break;
    case CELL_STRING: jw_quote(out, cell->text); break;
    case CELL_INTEGER: buf_i64(out, cell->integer); break;
    case CELL_NUMBER: ratio_print(out, cell->number); break;
    case CELL_BOOLEAN: buf_add(out, cell->boolean ? STR("true") : STR("false")); break;
    case CELL_FLAGS: write_flags(out, cell->flags); break;
    case CELL_LIST: write_list(out, cell->text); break;
    }
}

static void write_row(struct buf *out, const struct cell *row, const size_t *index, const struct str *key, size_t n)
{
    buf_byte(out, '{');
    for (size_t c = 0; c < n; c++) {
        buf_add_padded(out, key[c]);
        write_cell(out, &row[index[c]]);
    }
    buf_byte(out, '}');
}

/* shape=arrays: values alone, in the order of `columns`. */
static void write_bare_row(struct buf *out, const struct cell *row, const size_t *index, size_t n)
{
    buf_byte(out, '[');
    for (size_t c = 0; c < n; c++) {
        if (c)
            buf_byte(out, ',');
        write_cell(out, &row[index[c]]);
    }
    buf_byte(out, ']');
}

#define REST_BYTES 8192 /* columns, meta and links, mostly */
#define CELL_BYTES 12   /* of a value, mostly */

/* About as much room as the answer will take, so that it moves less often while it grows. */
static void expect(struct buf *out, size_t rows, const struct str *key, size_t n)
{
    size_t row = 3;
    for (size_t c = 0; c < n; c++)
        row += key[c].n + CELL_BYTES;
    size_t bytes = rows * row + REST_BYTES; /* limit times columns: far from too large a number */
    if (bytes < out->ceiling / 2)
        (void)buf_reserve(out, bytes);
}

static void write_data(const struct call *call, bool pretty, const size_t *index, size_t n, struct buf *out)
{
    struct page page = call_page(call);
    struct str key[COLUMNS_MAX];
    bool bare = call_arg(call, "shape")->number != 0;
    out->failed = !column_keys(call, index, n, key) || out->failed;
    expect(out, page.returned, key, n);
    buf_byte(out, '[');
    for (size_t r = page.first; r < page.first + page.returned && !out->failed; r++) {
        if (r > page.first)
            buf_byte(out, ',');
        if (pretty)
            buf_lit(out, "\n    ");
        const struct cell *row = &call->table.cell[r * call->table.n_columns];
        if (bare)
            write_bare_row(out, row, index, n);
        else
            write_row(out, row, index, key, n);
    }
    buf_byte(out, ']');
}

/* One object a line, and nothing else: for jq, DuckDB and whoever reads as it comes. */
void encode_ndjson(struct call *call, struct buf *out)
{
    struct page page = call_page(call);
    struct str key[COLUMNS_MAX];
    size_t index[COLUMNS_MAX], n = call_fields(call, index);
    out->failed = !column_keys(call, index, n, key) || out->failed;
    for (size_t r = page.first; r < page.first + page.returned && !out->failed; r++) {
        write_row(out, &call->table.cell[r * call->table.n_columns], index, key, n);
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
    struct str next = call_next_cursor(call);
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

/* How each query of the request was answered. */
static void write_plan(const struct call *call, struct jw *jw)
{
    const struct cube_trace *trace = call->trace;
    if (!trace)
        return;
    jw_karray(jw, "plan");
    for (size_t i = 0; i < trace->n && i < CUBE_TRACE_MAX; i++) {
        const struct cube_plan *plan = &trace->step[i].plan;
        jw_object(jw);
        jw_kstr(jw, "dataset", cube_dataset(trace->step[i].cube)->id);
        jw_kz(jw, "index", cube_index_name[plan->index]);
        jw_kbool(jw, "roll_up_of_reporters", plan->all_reporters);
        jw_kbool(jw, "roll_up_of_partners", plan->all_partners);
        jw_kbool(jw, "totals_only", plan->totals);
        jw_ki64(jw, "runs", (int64_t)plan->runs);
        jw_ki64(jw, "rows_estimated", (int64_t)plan->observations);
        jw_ki64(jw, "rows_touched", (int64_t)trace->step[i].observations_read);
        jw_ki64(jw, "groups", (int64_t)trace->step[i].rows);
        jw_end(jw);
    }
    jw_end(jw);
    jw_ki64(jw, "queries", (int64_t)trace->n);
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
    const struct arg *pretty = call_arg(call, "pretty");
    size_t index[COLUMNS_MAX], n = call_fields(call, index);
    struct jw jw;
    jw_init(&jw, out, pretty->number != 0);
    jw_object(&jw);
    jw_key(&jw, STR("data"));
    struct buf *direct = out;
    jw_raw(&jw, str_span(NULL, 0)); /* the value follows, written directly */
    write_data(call, pretty->number != 0, index, n, direct);
    write_columns(call, index, n, &jw);
    jw_kobject(&jw, "meta");
    write_meta(call, &jw);
    jw_end(&jw);
    write_links(call, &jw);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
}
