/* Documents: an object whose members are values, objects, and lists of rows, as the route's columns say. */
#include "api/represent/encode.h"
#include "api/represent/encoders.h"

static void write_list(struct jw *jw, struct str list)
{
    jw_array(jw);
    while (list.p)
        jw_str(jw, str_cut(&list, '\n'));
    jw_end(jw);
}

static void write_flags(struct jw *jw, flag_bits flags)
{
    jw_array(jw);
    for (; flags; flags &= flags - 1)
        jw_str(jw, str_view(flag_name[__builtin_ctzll(flags)]));
    jw_end(jw);
}

static void write_value(struct jw *jw, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_NULL: jw_null(jw); break;
    case CELL_STRING: jw_str(jw, cell->text); break;
    case CELL_INTEGER: jw_i64(jw, cell->integer); break;
    case CELL_NUMBER: jw_ratio(jw, cell->number); break;
    case CELL_BOOLEAN: jw_bool(jw, cell->boolean); break;
    case CELL_FLAGS: write_flags(jw, cell->flags); break;
    case CELL_LIST: write_list(jw, cell->text); break;
    }
}

/* What stands in the place of an object that is not there. */
static void write_nothing(struct jw *jw, const char *why)
{
    jw_object(jw);
    jw_knull(jw, "dataset");
    jw_kz(jw, "why", why);
    jw_end(jw);
}

static void write_rows(struct call *call, struct jw *jw, const struct columns *columns, const struct listed *rows)
{
    const struct column *column[COLUMNS_MAX];
    const size_t n = columns_list(columns, column);
    jw_array(jw);
    for (size_t i = 0; i < rows->n; i++) {
        jw_object(jw);
        for (size_t c = 0; c < n; c++) {
            const struct cell cell = call_cell(call, column[c], (const char *)rows->row + i * rows->bytes);
            jw_key(jw, str_view(column[c]->id));
            write_value(jw, &cell);
        }
        jw_end(jw);
    }
    jw_end(jw);
}

static void write_members(struct call *call, struct jw *jw, const struct columns *columns, const char *object);

static void write_member(struct call *call, struct jw *jw, const struct column *column, const char *object)
{
    const bool there = !column->optional || *(const bool *)(object + column->only_if);
    const char *value = object + column->at;
    if (!there && !column->instead)
        return;
    jw_key(jw, str_view(column->id));
    if (!there) {
        write_nothing(jw, column->instead);
    } else if (column->from == VALUE_OBJECT) {
        jw_object(jw);
        write_members(call, jw, column->of, value);
        jw_end(jw);
    } else if (column->from == VALUE_ROWS) {
        write_rows(call, jw, column->of, (const void *)value);
    } else {
        const struct cell cell = call_cell(call, column, object);
        write_value(jw, &cell);
    }
}

static void write_members(struct call *call, struct jw *jw, const struct columns *columns, const char *object)
{
    for (size_t i = 0; i < columns->n; i++)
        write_member(call, jw, &columns->column[i], object);
}

void encode_document(struct call *call, struct buf *out)
{
    struct jw jw;
    jw_init(&jw, out, call_arg(call, "pretty")->number != 0);
    jw_object(&jw);
    write_members(call, &jw, call->route->document, call->told);
    if (call->explained) {
        jw_kobject(&jw, "meta");
        write_plan(call, &jw);
        jw_end(&jw);
    }
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
}
