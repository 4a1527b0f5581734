/* JSON-stat 2.0 (json-stat.org/full): one dataset. Dimensions are the codes of the rows and, last, "metric", the columns of figures.
 *
 * Values and status are sparse objects. A truth is 1 or 0. A row's flags stand at each of its cells, joined by spaces, and
 * extension.status.label says what each means. Texts that are no codes stand in extension.attributes, under the place of their row in
 * the cube without the metric. extension.meta is what JSON has as meta.
 */
#include "api/reply/reply.h"
#include "api/represent/encoders.h"
#include "api/represent/layout.h"

#define METRIC "metric"
/* A client lays out the whole cube, eight bytes a cell: that may be no more than the largest answer. */
#define CELL_BYTES 8

/* ---- is it small enough ---- */

static struct str sizes_text(const struct call *call, const struct layout *l)
{
    struct str text = STR("");
    for (size_t a = 0; a < l->n_axes; a++)
        text = arena_printf(call->arena, "%.*s%zu %s x ", STR_ARG(text), l->axis[a].n_categories, l->axis[a].id);
    return arena_printf(call->arena, "%.*s%zu figures", STR_ARG(text), l->n_figures);
}

static bool fits(struct call *call, const struct layout *l)
{
    uint64_t cells, max = call->api->options.max_body_bytes / CELL_BYTES;
    if (__builtin_mul_overflow(layout_cells(l), l->n_figures, &cells))
        cells = UINT64_MAX;
    if (cells <= max)
        return true;
    (void)call_problem(
        call, PROBLEM_TOO_LARGE, "format", STR("jsonstat"),
        arena_printf(
            call->arena,
            "as a cube this page would have %llu cells (%.*s), which its %zu rows leave mostly empty; at most "
            "%llu are given: ask for fewer periods, partners or products, a smaller limit= or fewer fields=, or "
            "for format=csv",
            (unsigned long long)cells, STR_ARG(sizes_text(call, l)), l->page.returned, (unsigned long long)max));
    return false;
}

/* ---- dimensions ---- */

static void write_role(const struct layout *l, enum column_role role, const char *key, struct jw *jw)
{
    bool any = false;
    for (size_t a = 0; a < l->n_axes; a++) {
        if (!l->axis[a].kind || l->axis[a].kind->role != role)
            continue;
        if (!any)
            jw_karray(jw, key);
        any = true;
        jw_str(jw, str_view(l->axis[a].id));
    }
    if (any)
        jw_end(jw);
}

static void write_shape(const struct layout *l, struct jw *jw)
{
    jw_karray(jw, "id");
    for (size_t a = 0; a < l->n_axes; a++)
        jw_str(jw, str_view(l->axis[a].id));
    jw_str(jw, STR(METRIC));
    jw_end(jw);
    jw_karray(jw, "size");
    for (size_t a = 0; a < l->n_axes; a++)
        jw_i64(jw, (int64_t)l->axis[a].n_categories);
    jw_i64(jw, (int64_t)l->n_figures);
    jw_end(jw);
    jw_kobject(jw, "role");
    write_role(l, ROLE_TIME, "time", jw);
    write_role(l, ROLE_PLACE, "geo", jw);
    jw_karray(jw, "metric");
    jw_str(jw, STR(METRIC));
    jw_end(jw);
    jw_end(jw);
}

static void write_axis(const struct axis *axis, struct jw *jw)
{
    jw_kobject(jw, axis->id);
    jw_kz(jw, "label", axis->kind ? axis->kind->title : "Row");
    jw_kobject(jw, "category");
    jw_karray(jw, "index");
    for (size_t i = 0; i < axis->n_categories; i++)
        jw_str(jw, axis->category[i]);
    jw_end(jw);
    jw_kobject(jw, "label");
    for (size_t i = 0; i < axis->n_categories; i++) {
        jw_key(jw, axis->category[i]);
        jw_str(jw, axis->name[i].n ? axis->name[i] : axis->category[i]);
    }
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
}

static void write_metric(const struct call *call, const struct layout *l, struct jw *jw)
{
    const struct column *column = call->table.column;
    jw_kobject(jw, METRIC);
    jw_kz(jw, "label", "Figure");
    jw_kobject(jw, "category");
    jw_karray(jw, "index");
    for (size_t k = 0; k < l->n_figures; k++)
        jw_str(jw, str_view(column[l->figure[k]].id));
    jw_end(jw);
    jw_kobject(jw, "label");
    for (size_t k = 0; k < l->n_figures; k++)
        jw_kz(jw, column[l->figure[k]].id, column[l->figure[k]].description);
    jw_end(jw);
    jw_kobject(jw, "unit");
    for (size_t k = 0; k < l->n_figures; k++) {
        const struct column *c = &column[l->figure[k]];
        jw_kobject(jw, c->id);
        jw_ki64(jw, "decimals", c->type == COLUMN_NUMBER ? 6 : 0);
        if (c->unit || c->type == COLUMN_BOOLEAN)
            jw_kz(jw, "label", c->unit ? c->unit : "1: true, 0: false");
        jw_end(jw);
    }
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
}

/* ---- cells ---- */

/* Starts a member of a sparse object: ,"17": */
static void write_place(struct buf *out, uint64_t place, bool *first)
{
    if (!*first)
        buf_byte(out, ',');
    *first = false;
    buf_byte(out, '"');
    buf_u64(out, place);
    buf_lit(out, "\":");
}

static void write_number(struct buf *out, const struct cell *cell)
{
    if (cell->kind == CELL_NUMBER)
        buf_ratio(out, cell->number);
    else
        buf_i64(out, cell->kind == CELL_BOOLEAN ? cell->boolean : cell->integer);
}

static void write_values(const struct call *call, const struct layout *l, struct buf *out)
{
    bool first = true;
    buf_byte(out, '{');
    for (size_t r = 0; r < l->page.returned && !out->failed; r++) {
        const struct cell *row = layout_row(call, l, r);
        uint64_t place = layout_position(l, r) * l->n_figures;
        for (size_t k = 0; k < l->n_figures; k++) {
            const struct cell *cell = &row[l->figure[k]];
            if (cell->kind == CELL_NULL)
                continue;
            write_place(out, place + k, &first);
            write_number(out, cell);
        }
    }
    buf_byte(out, '}');
}

/* Returns the flags that occur. */
static flag_bits write_status(const struct call *call, const struct layout *l, struct buf *out)
{
    bool first = true;
    flag_bits all = 0;
    buf_byte(out, '{');
    for (size_t r = 0; r < l->page.returned && !out->failed; r++) {
        flag_bits flags = layout_flags(l, layout_row(call, l, r));
        uint64_t place = layout_position(l, r) * l->n_figures;
        for (size_t k = 0; flags && k < l->n_figures; k++) {
            write_place(out, place + k, &first);
            buf_byte(out, '"');
            csv_flags(out, flags); /* names and spaces: nothing to escape */
            buf_byte(out, '"');
        }
        all |= flags;
    }
    buf_byte(out, '}');
    return all;
}

/* ---- extension ---- */

static void write_flag_labels(flag_bits flags, struct jw *jw)
{
    jw_kobject(jw, "status");
    jw_kobject(jw, "label");
    for (unsigned f = 0; f < FLAGS; f++)
        if (flags & FLAG_BIT(f))
            jw_kz(jw, flag_name[f], flag_meaning[f]);
    jw_end(jw);
    jw_end(jw);
}

static void write_text(const struct call *call, const struct layout *l, size_t column, struct jw *jw)
{
    jw_kobject(jw, call->table.column[column].id);
    for (size_t r = 0; r < l->page.returned && !jw->buf->failed; r++) {
        const struct cell *cell = &layout_row(call, l, r)[column];
        if (cell->kind == CELL_NULL)
            continue;
        char place[24];
        int n = snprintf(place, sizeof place, "%llu", (unsigned long long)layout_position(l, r));
        jw_key(jw, str_span(place, (size_t)n));
        if (cell->kind == CELL_INTEGER) {
            jw_i64(jw, cell->integer);
        } else if (cell->kind == CELL_LIST) {
            struct str list = cell->text;
            jw_array(jw);
            while (list.p)
                jw_str(jw, str_cut(&list, '\n'));
            jw_end(jw);
        } else {
            jw_str(jw, cell->text);
        }
    }
    jw_end(jw);
}

static void write_extension(const struct call *call, const struct layout *l, flag_bits flags, struct jw *jw)
{
    jw_kobject(jw, "extension");
    if (flags)
        write_flag_labels(flags, jw);
    if (l->n_texts || l->n_all > l->n_axes) {
        jw_kobject(jw, "attributes");
        for (size_t a = l->n_axes; a < l->n_all; a++)
            write_text(call, l, l->axis[a].column, jw);
        for (size_t i = 0; i < l->n_texts; i++)
            write_text(call, l, l->text[i], jw);
        jw_end(jw);
    }
    jw_kobject(jw, "meta");
    write_meta(call, jw);
    jw_end(jw);
    jw_end(jw);
}

static void write_notes(const struct call *call, struct jw *jw)
{
    if (call->n_warnings == 0)
        return;
    jw_karray(jw, "note");
    for (size_t i = 0; i < call->n_warnings; i++)
        jw_str(jw, call->warning[i]);
    jw_end(jw);
}

/* A value that is written into the buffer directly. */
static struct buf *direct(struct jw *jw, const char *key)
{
    jw_key(jw, str_view(key));
    jw_raw(jw, str_span(NULL, 0));
    return jw->buf;
}

void encode_jsonstat(struct call *call, struct buf *out)
{
    struct layout l;
    enum status status = layout_make(call, &l);
    if (status == ST_OK && !fits(call, &l))
        return;
    if (status != ST_OK || layout_name(call, &l) != ST_OK) {
        out->failed = true;
        return;
    }
    struct jw jw;
    jw_init(&jw, out, call_arg(call, "pretty")->number != 0);
    jw_object(&jw);
    jw_kz(&jw, "version", "2.0");
    jw_kz(&jw, "class", "dataset");
    jw_kz(&jw, "label", call->route->summary);
    jw_kstr(&jw, "href", link_as(call, FORMAT_JSONSTAT));
    if (call->cube)
        jw_kstr(&jw, "source", cube_dataset(call->cube)->source);
    write_notes(call, &jw);
    write_shape(&l, &jw);
    jw_kobject(&jw, "dimension");
    for (size_t a = 0; a < l.n_axes; a++)
        write_axis(&l.axis[a], &jw);
    write_metric(call, &l, &jw);
    jw_end(&jw);
    write_values(call, &l, direct(&jw, "value"));
    flag_bits flags = write_status(call, &l, direct(&jw, "status"));
    write_extension(call, &l, flags, &jw);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
}
