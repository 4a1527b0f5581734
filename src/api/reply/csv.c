/* CSV as RFC 4180: CRLF, a header row, quotes where needed. A text that a spreadsheet would take for a formula gets an apostrophe. */
#include "api/call.h"
#include "entrepot/base/number.h"

static void write_text(struct buf *out, struct str text)
{
    bool formula = text.n && memchr("=+-@\t\r", text.p[0], 6) != NULL;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++)
        quoted = quoted || text.p[i] == '"' || text.p[i] == ',' || text.p[i] == '\n' || text.p[i] == '\r';
    if (quoted)
        buf_byte(out, '"');
    if (formula)
        buf_byte(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text.p[i]);
    }
    if (quoted)
        buf_byte(out, '"');
}

static void write_flags(struct buf *out, unsigned flags)
{
    bool first = true;
    for (unsigned f = 0; f < FLAGS; f++) {
        if (!(flags & FLAG_BIT(f)))
            continue;
        if (!first)
            buf_byte(out, ' ');
        buf_add(out, str_view(flag_name[f]));
        first = false;
    }
}

static void write_list(struct buf *out, struct arena *arena, struct str list)
{
    char *p = arena_new(arena, char, list.n);
    if (!p) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < list.n; i++)
        p[i] = list.p[i] == '\n' ? ' ' : list.p[i];
    write_text(out, str_span(p, list.n));
}

static void write_cell(struct buf *out, struct arena *arena, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_NULL: break;
    case CELL_STRING: write_text(out, cell->text); break;
    case CELL_INTEGER: buf_i64(out, cell->integer); break;
    case CELL_NUMBER: ratio_print(out, cell->number); break;
    case CELL_BOOLEAN: buf_add(out, cell->boolean ? STR("true") : STR("false")); break;
    case CELL_FLAGS: write_flags(out, cell->flags); break;
    case CELL_LIST: write_list(out, arena, cell->text); break;
    }
}

void encode_csv(const struct call *call, struct buf *out)
{
    size_t index[64], n = call_fields(call, index);
    struct page page = call_page(call);
    for (size_t c = 0; c < n; c++) {
        if (c)
            buf_byte(out, ',');
        buf_add(out, str_view(call->table.column[index[c]].id));
    }
    buf_lit(out, "\r\n");
    for (size_t r = page.first; r < page.first + page.returned; r++) {
        for (size_t c = 0; c < n; c++) {
            if (c)
                buf_byte(out, ',');
            write_cell(out, call->arena, &call->table.cell[r * call->table.n_columns + index[c]]);
        }
        buf_lit(out, "\r\n");
    }
}
