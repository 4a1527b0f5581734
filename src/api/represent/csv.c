/* CSV as RFC 4180: CRLF, a header row, quotes where needed. A text that a spreadsheet would take for a formula gets an apostrophe;
 * numbers are left alone, also negative ones. */
#include "api/contract/codes.h"
#include "api/represent/encoders.h"
#include "api/table/table.h"

static bool is_one_of(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

/* What a spreadsheet starts a formula with, also in the full-width forms that Japanese input makes (U+FF0B, FF0D, FF1D, FF20). */
static bool starts_formula(struct str text)
{
    if (text.n && is_one_of(text.p[0], "=+-@"))
        return true;
    return text.n > 2 && str_starts(text, STR("\xEF\xBC")) && is_one_of(text.p[2], "\x8B\x8D\x9D\xA0");
}

/* White space before it is skipped by some; a tab or a line end alone moves what follows into a cell of its own in others. */
static bool is_formula(struct str text)
{
    size_t i = 0;
    while (i < text.n && is_one_of(text.p[i], " \t\r\n"))
        i++;
    return (i && text.p[0] != ' ') || starts_formula(str_span(text.p + i, text.n - i));
}

static bool needs_quotes(struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n && !quoted; i++)
        quoted = is_one_of(text.p[i], "\",\n\r");
    return quoted;
}

/* Quotes inside are doubled. */
static void add_quoted(struct buf *out, struct str text, struct str guard)
{
    buf_byte(out, '"');
    buf_add(out, guard);
    while (text.p) {
        buf_add(out, str_cut(&text, '"'));
        if (text.p)
            buf_lit(out, "\"\"");
    }
    buf_byte(out, '"');
}

void csv_text(struct buf *out, struct str text)
{
    struct str guard = is_formula(text) ? STR("'") : STR("");
    if (needs_quotes(text)) {
        add_quoted(out, text, guard);
    } else {
        buf_add(out, guard);
        buf_add(out, text);
    }
}

void csv_flags(struct buf *out, flag_bits flags)
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

/* HS0101: a spreadsheet would take the code for the number 101. */
static void write_code(struct buf *out, struct str code)
{
    if (str_digits(code))
        buf_lit(out, "HS");
    csv_text(out, code);
}

/* Items with spaces between. */
static void write_list(struct buf *out, struct arena *arena, struct str list, bool prefixed)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    while (list.p) {
        struct str item = str_cut(&list, '\n');
        if (text.n)
            buf_byte(&text, ' ');
        if (prefixed && str_digits(item))
            buf_lit(&text, "HS");
        buf_add(&text, item);
    }
    struct str joined = arena_str(arena, buf_view(&text));
    if (text.failed || !joined.p)
        out->failed = true;
    else
        csv_text(out, joined);
    buf_release(&text);
}

static void write_cell(struct buf *out, struct arena *arena, const struct cell *cell, bool prefixed)
{
    switch (cell->kind) {
    case CELL_NULL: break;
    case CELL_STRING: prefixed ? write_code(out, cell->text) : csv_text(out, cell->text); break;
    case CELL_INTEGER: buf_i64(out, cell->integer); break;
    case CELL_NUMBER: buf_ratio(out, cell->number); break;
    case CELL_BOOLEAN: buf_add(out, cell->boolean ? STR("true") : STR("false")); break;
    case CELL_FLAGS: csv_flags(out, cell->flags); break;
    case CELL_LIST: write_list(out, arena, cell->text, prefixed); break;
    }
}

static void write_head(const struct call *call, const size_t *index, size_t n, struct buf *out)
{
    if (call_arg(call, "bom")->number)
        buf_lit(out, "\xEF\xBB\xBF");
    for (size_t c = 0; c < n; c++) {
        if (c)
            buf_byte(out, ',');
        buf_add(out, str_view(call->table.column[index[c]].id));
    }
    buf_lit(out, "\r\n");
}

void encode_csv(struct call *call, struct buf *out)
{
    size_t index[COLUMNS_MAX], n = call_fields(call, index);
    bool prefixed[COLUMNS_MAX] = {false}, codes = call_arg(call, "codes")->number != 0;
    for (size_t c = 0; codes && c < n; c++) {
        const struct code_kind *kind = call->table.column[index[c]].codes;
        prefixed[c] = kind && kind->prefixed;
    }
    struct page page = call_page(call);
    write_head(call, index, n, out);
    for (size_t r = page.first; r < page.first + page.returned && !out->failed; r++) {
        const struct cell *row = &call->table.cell[r * call->table.n_columns];
        for (size_t c = 0; c < n; c++) {
            if (c)
                buf_byte(out, ',');
            write_cell(out, call->arena, &row[index[c]], prefixed[c]);
        }
        buf_lit(out, "\r\n");
    }
}
