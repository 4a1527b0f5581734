#include "siege/corpus.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "entrepot/base/buf.h"
#include "entrepot/ingest/ingest.h"

#define CASES_MAX 1024
#define BYTES_MAX ((size_t)4 << 20)

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* One character of a byte line, which may be an escape; returns how many of the text it took, 0 for a mistake. */
static size_t take_byte(struct str text, struct buf *out)
{
    static const char letters[] = "rnt0\\", values[] = "\r\n\t\0\\";
    if (text.p[0] != '\\') {
        buf_byte(out, text.p[0]);
        return 1;
    }
    const char *found = text.n > 1 ? memchr(letters, text.p[1], sizeof letters - 1) : NULL;
    if (found) {
        buf_byte(out, values[found - letters]);
        return 2;
    }
    if (text.n < 4 || text.p[1] != 'x' || hex(text.p[2]) < 0 || hex(text.p[3]) < 0)
        return 0;
    buf_byte(out, (char)(hex(text.p[2]) * 16 + hex(text.p[3])));
    return 4;
}

static bool take_plain(struct str text, struct buf *out)
{
    for (size_t i = 0, n; i < text.n; i += n)
        if ((n = take_byte(str_span(text.p + i, text.n - i), out)) == 0)
            return false;
    return true;
}

/* {N*TEXT} at the start of `text`: how long it is and what N and TEXT are; 0: there is none. */
static size_t repetition(struct str text, uint32_t *times, struct str *what)
{
    size_t star = str_find(text, '*'), end = str_find(text, '}');
    if (text.p[0] != '{' || star >= end || end == text.n || !str_u32(str_span(text.p + 1, star - 1), 1000000, times))
        return 0;
    *what = str_span(text.p + star + 1, end - star - 1);
    return end + 1;
}

static bool take_text(struct str text, struct buf *out)
{
    while (text.n) {
        uint32_t times;
        struct str what;
        size_t n = repetition(text, &times, &what);
        if (n == 0) {
            n = take_byte(text, out);
            times = 0;
        }
        for (uint32_t i = 0; i < times; i++)
            if (!take_plain(what, out))
                return false;
        if (n == 0)
            return false;
        text = str_span(text.p + n, text.n - n);
    }
    return !out->failed;
}

/* ---- a file ---- */

struct reading {
    struct corpus *corpus;
    struct corpus_case *one; /* the case that is read, or NULL */
    struct buf bytes;
    struct str file;
};

static bool finish(struct reading *r)
{
    struct corpus_case *one = r->one;
    if (!one)
        return true;
    one->bytes = arena_str(&r->corpus->arena, buf_view(&r->bytes));
    if (!one->bytes.p)
        one->bytes = str_span("", 0);
    buf_reset(&r->bytes);
    return one->expect.n > 0;
}

static bool begin(struct reading *r, struct str name)
{
    if (!finish(r) || r->corpus->n == CASES_MAX || name.n == 0)
        return false;
    r->one = &r->corpus->at[r->corpus->n++];
    *r->one = (struct corpus_case){.name = arena_str(&r->corpus->arena, name), .file = r->file};
    return r->one->name.p != NULL;
}

static bool take_deviation(struct corpus_case *one, struct str rest)
{
    for (size_t i = 0; i < CORPUS_VERSIONS; i++)
        if (one->on[i].version.n == 0) {
            one->on[i].version = str_cut(&rest, ' ');
            one->on[i].outcome = rest;
            return rest.n > 0;
        }
    return false;
}

static bool take_line(struct reading *r, struct str line)
{
    struct str rest = line, word = str_cut(&rest, ' ');
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (str_is(word, "case"))
        return begin(r, rest);
    if (!r->one)
        return false;
    if (str_is(word, "expect")) {
        r->one->expect = rest;
    } else if (str_is(word, "on")) {
        return take_deviation(r->one, rest);
    } else if (str_is(line, "alone")) {
        r->one->alone = true;
    } else if (str_is(line, "direct")) {
        r->one->direct = true;
    } else if (str_is(word, "<")) {
        bool ok = take_text(rest, &r->bytes);
        buf_lit(&r->bytes, "\r\n");
        return ok;
    } else if (str_is(word, "-")) {
        return take_text(rest, &r->bytes);
    } else {
        return false;
    }
    return true;
}

static bool read_file(struct reading *r, const char *path)
{
    struct problem problem;
    char *text;
    size_t n, number = 0;
    if (ingest_slurp(path, BYTES_MAX, &text, &n, &problem) != ST_OK) {
        problem_print(&problem, stderr);
        return false;
    }
    struct str rest = arena_str(&r->corpus->arena, str_span(text, n));
    const char *slash = strrchr(path, '/');
    r->file = arena_str(&r->corpus->arena, str_view(slash ? slash + 1 : path));
    r->one = NULL;
    free(text);
    while (rest.n) {
        number++;
        if (!take_line(r, str_cut(&rest, '\n'))) {
            (void)fprintf(stderr, "%s:%zu: not as corpus.h says\n", path, number);
            return false;
        }
    }
    return finish(r);
}

bool corpus_read(struct corpus *corpus, const char *folder)
{
    char pattern[256];
    glob_t found;
    *corpus = (struct corpus){.n = 0};
    arena_init(&corpus->arena, (size_t)64 << 20);
    corpus->at = arena_new(&corpus->arena, struct corpus_case, CASES_MAX);
    struct reading r = {.corpus = corpus};
    buf_init(&r.bytes, BYTES_MAX);
    (void)snprintf(pattern, sizeof pattern, "%s/*.txt", folder);
    bool ok = corpus->at && glob(pattern, 0, NULL, &found) == 0;
    for (size_t i = 0; ok && i < found.gl_pathc; i++)
        ok = read_file(&r, found.gl_pathv[i]);
    if (ok)
        globfree(&found);
    buf_release(&r.bytes);
    return ok && corpus->n > 0;
}

void corpus_release(struct corpus *corpus) { arena_release(&corpus->arena); }

struct str corpus_expected(const struct corpus_case *one, struct str version)
{
    for (size_t i = 0; i < CORPUS_VERSIONS; i++)
        if (one->on[i].version.n && str_starts(version, one->on[i].version))
            return one->on[i].outcome;
    return one->expect;
}

bool corpus_allows(struct str expected, struct str outcome)
{
    while (expected.p)
        if (str_eq(str_trim(str_cut(&expected, '|')), outcome))
            return true;
    return false;
}
