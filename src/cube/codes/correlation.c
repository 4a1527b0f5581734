/* The correlation tables of the Harmonized System, looked up in the text that is embedded in the program. */
#include "entrepot/cube/correlation.h"

extern const char _binary_hs_revisions_txt_start[], _binary_hs_revisions_txt_end[];

#define DIGITS 6
#define CODE_LINE 13 /* "010111 7f 02\n" */
#define STEP_LINE 14 /* "010121 010111\n" */
#define FOLLOW_MAX 64

/* ---- revisions ---- */

static const struct {
    const char *name, *year, *number;
} revisions[HS_REVISIONS + 1] = {{NULL, NULL, NULL},       {"HS1992", "HS92", "H0"}, {"HS1996", "HS96", "H1"},
                                 {"HS2002", "HS02", "H2"}, {"HS2007", "HS07", "H3"}, {"HS2012", "HS12", "H4"},
                                 {"HS2017", "HS17", "H5"}, {"HS2022", "HS22", "H6"}};

unsigned hs_number(struct str word)
{
    for (unsigned i = 1; i <= HS_REVISIONS; i++)
        if (str_eq_nocase(word, str_view(revisions[i].name)) || str_eq_nocase(word, str_view(revisions[i].year)) ||
            str_eq_nocase(word, str_view(revisions[i].number)))
            return i;
    return 0;
}

struct str hs_name(unsigned revision) { return str_view(revision <= HS_REVISIONS ? revisions[revision].name : NULL); }

/* ---- blocks ---- */

/* Lines up to the next block's head or the end of the text. */
static struct correlation_block block_of(struct str *rest, size_t line)
{
    struct correlation_block block = {rest->p, 0};
    while (rest->n >= line && rest->p[0] != '=') {
        *rest = str_span(rest->p + line, rest->n - line);
        block.n++;
    }
    return block;
}

struct correlation correlation_shipped(void)
{
    const char *start = _binary_hs_revisions_txt_start;
    struct str rest = str_span(start, (size_t)(_binary_hs_revisions_txt_end - start));
    struct correlation tables = {.codes = {NULL, 0}};
    while (rest.n) {
        struct str head = str_cut(&rest, '\n');
        if (str_is(head, "=CODES"))
            tables.codes = block_of(&rest, CODE_LINE);
        else if (head.n && head.p[0] == '=')
            tables.step[hs_number(str_span(head.p + 1, head.n - 1))] = block_of(&rest, STEP_LINE);
    }
    return tables;
}

/* First line that does not come before the prefix. */
static size_t block_bound(const struct correlation_block *block, size_t line, struct str prefix)
{
    size_t low = 0, high = block->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(block->line + middle * line, prefix.p, prefix.n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- codes ---- */

static struct str code_at(const struct correlation *t, size_t i)
{
    return str_span(t->codes.line + i * CODE_LINE, DIGITS);
}

static unsigned hex(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

static unsigned hex_at(const char *p) { return hex(p[0]) << 4 | hex(p[1]); }

/* A bit for each revision that has the code. */
static unsigned mask_at(const struct correlation *t, size_t i)
{
    return hex_at(t->codes.line + i * CODE_LINE + DIGITS + 1);
}

/* Whether the step to revision `newer` names the code, on either side. */
static bool is_named(const struct correlation *t, unsigned newer, size_t i)
{
    return (hex_at(t->codes.line + i * CODE_LINE + DIGITS + 4) & 1U << (newer - 1)) != 0;
}

unsigned correlation_revisions(const struct correlation *t, struct str code)
{
    struct str prefix = str_span(code.p, code.n < DIGITS ? code.n : DIGITS);
    unsigned mask = 0;
    for (size_t i = block_bound(&t->codes, CODE_LINE, prefix); i < t->codes.n && str_starts(code_at(t, i), prefix); i++)
        mask |= mask_at(t, i);
    return mask;
}

static bool is_number(struct str code) { return code.n >= 2 && str_digits(code); }

bool correlation_has(const struct correlation *t, unsigned revision, struct str code)
{
    return revision == 0 || !is_number(code) || (correlation_revisions(t, code) & 1U << (revision - 1)) != 0;
}

bool correlation_knows(const struct correlation *t, struct str code)
{
    return !is_number(code) || correlation_revisions(t, code) != 0;
}

size_t correlation_count_below(const struct correlation *t, unsigned revision, struct str prefix, enum level level)
{
    static const size_t digits[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6};
    struct str last = {NULL, 0};
    size_t n = 0, end = block_bound(&t->codes, CODE_LINE, STR("98"));
    for (size_t i = block_bound(&t->codes, CODE_LINE, prefix); revision && digits[level] && i < end; i++) {
        struct str code = str_span(code_at(t, i).p, digits[level]);
        if (!str_starts(code_at(t, i), prefix))
            break;
        if ((mask_at(t, i) & 1U << (revision - 1)) == 0 || str_eq(code, last))
            continue;
        last = code;
        n++;
    }
    return n;
}

size_t correlation_count(const struct correlation *t, unsigned revision, enum level level)
{
    return correlation_count_below(t, revision, str_span("", 0), level);
}

/* ---- relatives ---- */

static struct str newer_at(const struct correlation_block *b, size_t i)
{
    return str_span(b->line + i * STEP_LINE, DIGITS);
}
static struct str older_at(const struct correlation_block *b, size_t i)
{
    return str_span(b->line + i * STEP_LINE + DIGITS + 1, DIGITS);
}

static bool is_none(struct str code) { return code.p[0] == '-'; }

struct found {
    struct str code[FOLLOW_MAX];
    size_t n;
    bool full;
};

static void add_found(struct found *found, struct str code)
{
    size_t at = 0;
    while (at < found->n && str_cmp(found->code[at], code) < 0)
        at++;
    if (at < found->n && str_eq(found->code[at], code))
        return;
    found->full = found->full || found->n == FOLLOW_MAX;
    if (found->full)
        return;
    memmove(&found->code[at + 1], &found->code[at], (found->n - at) * sizeof *found->code);
    found->code[at] = code;
    found->n++;
}

/* Adds the relatives of `code` over the step to revision `newer`, or, not `up`, back from it; `code` is in the tables and in the revision
 * on its side of the step. */
static void add_relatives(const struct correlation *t, unsigned newer, bool up, struct str code, struct found *out)
{
    const struct correlation_block *b = &t->step[newer];
    bool named = false;
    for (size_t i = 0; i < b->n; i++) {
        struct str from = up ? older_at(b, i) : newer_at(b, i), to = up ? newer_at(b, i) : older_at(b, i);
        if (!str_eq(from, code))
            continue;
        named = true;
        if (!is_none(to))
            add_found(out, to);
    }
    unsigned other = up ? newer : newer - 1;
    if (!named && correlation_has(t, other, code))
        add_found(out, code);
}

size_t correlation_follow(const struct correlation *t, struct str code, unsigned from, unsigned to, struct str *out,
                          size_t max)
{
    struct found now = {.n = 0}, next;
    size_t at = block_bound(&t->codes, CODE_LINE, code);
    if (from == 0 || to == 0 || code.n != DIGITS || at == t->codes.n || !str_eq(code_at(t, at), code) ||
        !correlation_has(t, from, code))
        return 0;
    add_found(&now, code_at(t, at));
    while (from != to && !now.full) {
        bool up = from < to;
        next = (struct found){.n = 0};
        for (size_t i = 0; i < now.n; i++)
            add_relatives(t, up ? from + 1 : from, up, now.code[i], &next);
        now = next;
        from = up ? from + 1 : from - 1;
    }
    for (size_t i = 0; i < now.n && i < max; i++)
        out[i] = now.code[i];
    return now.n;
}

/* ---- meaning ---- */

/* Whether some code of the heading has a relative in it over the step: one that no line of the step names, or two that one line does. */
static bool heading_goes_on(const struct correlation *t, unsigned newer, struct str heading)
{
    const struct correlation_block *b = &t->step[newer];
    const unsigned both = 3U << (newer - 2);
    for (size_t i = block_bound(b, STEP_LINE, heading); i < b->n && str_starts(newer_at(b, i), heading); i++)
        if (str_starts(older_at(b, i), heading))
            return true;
    for (size_t i = block_bound(&t->codes, CODE_LINE, heading); i < t->codes.n && str_starts(code_at(t, i), heading);
         i++)
        if ((mask_at(t, i) & both) == both && !is_named(t, newer, i))
            return true;
    return false;
}

bool correlation_same(const struct correlation *t, unsigned revision, struct str code)
{
    if (revision == 0 || !is_number(code) || code.n < 4 || !correlation_knows(t, code))
        return true;
    struct str own = str_span(code.p, code.n < DIGITS ? code.n : DIGITS);
    size_t at = block_bound(&t->codes, CODE_LINE, own);
    unsigned mask = correlation_revisions(t, own);
    bool same = (mask & 1U << (revision - 1)) != 0;
    for (unsigned r = revision + 1; same && r <= HS_REVISIONS; r++)
        same = own.n < DIGITS ? heading_goes_on(t, r, own) : (mask & 1U << (r - 1)) && !is_named(t, r, at);
    return same;
}
