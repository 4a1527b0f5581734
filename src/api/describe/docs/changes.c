/* What changes for users, as a part of the page: the versions of src/CHANGES.md and what is listed below each. */
#include "api/describe/docs/docs.h"

/* src/CHANGES.md, as the linker names it. */
extern const char _binary_CHANGES_md_start[], _binary_CHANGES_md_end[];

/* What stands between backquotes is code. */
static void put_changes_text(struct buf *out, struct str text)
{
    for (bool code = false; text.p; code = !code) {
        html_text(out, str_cut(&text, '`'));
        if (text.p)
            buf_add(out, code ? STR("</code>") : STR("<code>"));
    }
}

/* "## " begins a version, "- " an item of it; other lines go on with what they are below. */
static void put_changes_line(struct buf *out, struct str line, struct str *end)
{
    const bool version = str_starts(line, STR("## ")), item = str_starts(line, STR("- "));
    if (version || item) {
        buf_add(out, *end);
        buf_add(out, version ? STR("<dt>") : STR("<dd>"));
        *end = version ? STR("</dt>\n") : STR("</dd>\n");
        line = version ? str_span(line.p + 3, line.n - 3) : str_span(line.p + 2, line.n - 2);
    }
    if (end->n)
        put_changes_text(out, line);
}

void html_changes(struct buf *out)
{
    struct str rest = str_span(_binary_CHANGES_md_start, (size_t)(_binary_CHANGES_md_end - _binary_CHANGES_md_start));
    struct str end = STR("");
    buf_lit(out,
            "<section id=\"changes\"><h2>Changes</h2>\n<p>What is asked or answered in another way than before, by "
            "version.</p>\n<dl>\n");
    while (rest.p)
        put_changes_line(out, str_cut(&rest, '\n'), &end);
    buf_add(out, end);
    buf_lit(out, "</dl></section>\n");
}
