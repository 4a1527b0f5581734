/* What an import has done: what was read, what was left out and why, what was found. */
#include "cli/import/report.h"

#include <errno.h>

#include "entrepot/base/jw.h"
#include "entrepot/cube/known.h"

#define SUPERSEDED_SHOWN 10
#define CHAPTERS 96 /* in use: 01 to 97 without 77 */

static const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

void report_codes(const struct ingest_codes *codes, const char *what)
{
    if (codes->n == 0)
        return;
    fprintf(stderr, "entrepot: %s:\n", what);
    for (size_t i = 0; i < codes->n; i++)
        problem_line(stderr, "  \"%s\": %llu row%s, first at %s", codes->code[i].text,
                     (unsigned long long)codes->code[i].rows, plural(codes->code[i].rows), codes->code[i].place);
    if (codes->more_rows)
        fprintf(stderr, "  and more of them in %llu rows\n", (unsigned long long)codes->more_rows);
}

/* Chapters that occur, of those that are in use; 0 where the data are not by product. */
static size_t chapters_held(const struct cube *cube)
{
    size_t n = 0, held = 0;
    const struct str *code = cube_has_level(cube, LEVEL_HS2) ? cube_nodes(cube, LEVEL_HS2, &n) : NULL;
    for (size_t i = 0; code && i < n; i++)
        held += code[i].n == 2 && !str_is(code[i], "77") && !str_is(code[i], "98") && !str_is(code[i], "99");
    return held;
}

static void print_list(const struct ingest_codes *codes, const char *what)
{
    for (size_t i = 0; i < codes->n; i++)
        problem_line(stdout, "  %s %s: %llu row%s", what, codes->code[i].text, (unsigned long long)codes->code[i].rows,
                     plural(codes->code[i].rows));
}

static void print_first(const struct ingest_report *report, const struct cube *cube, const struct countries *countries)
{
    const struct dataset *d = cube_dataset(cube);
    for (size_t i = 0; i < report->n_first; i++) {
        const struct cube_row *row = &report->first[i];
        char period[PERIOD_TEXT], code[PRODUCT_CODE_MAX];
        (void)period_print(row->period, period);
        (void)product_print(row->product, d->level, code);
        printf("  %s %.*s %.*s %s %s %lld USD\n", period, STR_ARG(countries_at(countries, row->reporter)->id),
               STR_ARG(countries_at(countries, row->partner)->id), row->flow == FLOW_IMPORTS ? "imports" : "exports",
               code, (long long)row->value_usd);
    }
}

/* How many returns have this, where not all do. */
static void print_share(size_t n, size_t of)
{
    if (n < of)
        printf(" in %zu of %zu returns", n, of);
}

static const char *const rule_text[CUBE_RULES] = {
    "stated", "the format's word", "totals are published, and the sums of their parts", "enough of the codes occur",
    "no total is published, and codes are missing"};

/* What is known of the returns, by which rule, and how to say otherwise. */
static void print_known(const struct cube_summary *written, const struct cube *cube)
{
    static const char *const means[CUBE_PARTNERS] = {"all", "listed", "the world alone", "a closed set"};
    const struct cube_found *f = &written->found;
    printf("  products: %s", f->selected ? "selected" : "full");
    if (f->selected && cube_dataset(cube)->level != LEVEL_TOTAL)
        printf(" (%u of %d chapters)", f->chapters, CHAPTERS);
    print_share(f->selected ? f->selected : f->n, f->n);
    for (unsigned i = 0; i < CUBE_RULES; i++)
        if (f->by_rule[i]) {
            printf("; %s", rule_text[i]);
            print_share(f->by_rule[i], f->n);
        }
    puts(f->by_rule[CUBE_STATED] == f->n ? "" : "; --coverage full or selected says otherwise");
    const char *before = "  partners: ";
    for (unsigned i = 0; i < CUBE_PARTNERS; i++)
        if (f->by_partners[i]) {
            printf("%s%s", before, means[i]);
            print_share(f->by_partners[i], f->n);
            before = "; ";
        }
    puts("; --partners all, listed or closed says otherwise");
}

/* A return whose partners are not what the world's row says. */
static void print_missed(const struct cube_found *f, const struct countries *countries)
{
    char period[PERIOD_TEXT];
    if (f->n_missed == 0)
        return;
    (void)period_print(f->period, period);
    problem_line(stderr,
                 "entrepot: %zu return%s whose partners are not the world's row: first the %s of %.*s in %s, partners "
                 "%lld USD, world %lld USD: taken as listed",
                 f->n_missed, plural(f->n_missed), f->flow == FLOW_EXPORTS ? "exports" : "imports",
                 STR_ARG(countries_at(countries, f->reporter)->id), period, (long long)f->partners_usd,
                 (long long)f->world_usd);
}

static void print_found(const struct cube *cube)
{
    size_t n, members, leaves;
    char from[PERIOD_TEXT] = "", to[PERIOD_TEXT] = "";
    const struct dataset *d = cube_dataset(cube);
    const uint32_t *period = cube_periods(cube, &n);
    (void)cube_members(cube, &members);
    (void)cube_leaves(cube, &leaves);
    if (n) {
        (void)period_print(period[0], from);
        (void)period_print(period[n - 1], to);
    }
    printf("  %zu period%s, %s to %s; %zu countries and areas; %zu product%s of level %s, %.*s; partners: %s\n", n,
           plural(n), from, to, members, leaves, plural(leaves), level_name[d->level], d->hs.n ? (int)d->hs.n : 19,
           d->hs.n ? d->hs.p : "revision not stated", partners_name[d->partners]);
}

static void print_counts(const struct ingest_report *report, const char *output, const struct cube *cube,
                         double seconds)
{
    struct buf line;
    buf_init(&line, 8192);
    buf_printf(&line, "%llu observations, %llu bytes, release %.*s, %.1f s",
               (unsigned long long)cube_observations(cube), (unsigned long long)report->written.bytes,
               STR_ARG(cube_release(cube)), seconds);
    const char *before = "; left out ";
    for (size_t i = 0; i < INGEST_SKIPS; i++) {
        if (report->skipped[i] == 0)
            continue;
        buf_printf(&line, "%s%llu %s", before, (unsigned long long)report->skipped[i], ingest_skip_name[i]);
        before = ", ";
    }
    if (report->countries.rows)
        buf_printf(&line, "; %llu unknown country codes became X899", (unsigned long long)report->countries.rows);
    if (report->written.summed)
        buf_printf(&line, ", %llu rows were added to others", (unsigned long long)report->written.summed);
    if (report->written.repeated)
        buf_printf(&line, ", %llu row%s that stood twice count%s once", (unsigned long long)report->written.repeated,
                   plural(report->written.repeated), report->written.repeated == 1 ? "s" : "");
    problem_line(stdout, "%s: %.*s", output, STR_ARG(buf_view(&line)));
    buf_release(&line);
}

/* Figures that stand in several files. */
static void print_superseded(const struct cube_summary *w, const struct countries *countries)
{
    if (w->superseded + w->agreed)
        printf("  in several files: %llu figures that agree, %llu of which the newer answers\n",
               (unsigned long long)w->agreed, (unsigned long long)w->superseded);
    for (size_t i = 0; i < w->n_first && i < SUPERSEDED_SHOWN; i++) {
        const struct cube_superseded *s = &w->first[i];
        char period[PERIOD_TEXT], code[PRODUCT_CODE_MAX];
        (void)period_print(s->period, period);
        (void)product_print(s->product, s->level, code);
        printf("  superseded: %s %.*s %.*s %s %s: %lld USD, was %lld\n", period,
               STR_ARG(countries_at(countries, s->reporter)->id), STR_ARG(countries_at(countries, s->partner)->id),
               s->flow == FLOW_IMPORTS ? "imports" : "exports", code, (long long)s->value_usd, (long long)s->older_usd);
    }
}

/* What an older cube gave, and which of its returns the files replaced. */
static void print_taken_over(const struct cube_taken_over *t, const struct countries *countries)
{
    if (t->observations + t->replaced == 0)
        return;
    printf("  %llu observations of the older cube stay; %llu of its returns %s replaced",
           (unsigned long long)t->observations, (unsigned long long)t->replaced, t->replaced == 1 ? "is" : "are");
    for (size_t i = 0; i < t->n_first; i++) {
        char period[PERIOD_TEXT];
        (void)period_print(t->first[i].period, period);
        printf("%s %s of %.*s in %s", i ? "," : ":", t->first[i].flow == FLOW_IMPORTS ? "imports" : "exports",
               STR_ARG(countries_at(countries, t->first[i].reporter)->id), period);
    }
    puts(t->replaced > t->n_first ? " …" : "");
}

void report_text(const struct buf *text)
{
    struct str rest = buf_view(text);
    while (rest.n) {
        struct str line = str_cut(&rest, '\n');
        problem_line(stdout, "%.*s", STR_ARG(line));
    }
}

void report_print(const struct ingest_report *report, const char *output, const struct cube *cube,
                  const struct countries *countries, double seconds, bool inspected)
{
    print_counts(report, output, cube, seconds);
    print_missed(&report->written.found, countries);
    print_known(&report->written, cube);
    print_taken_over(&report->written.taken_over, countries);
    print_superseded(&report->written, countries);
    print_list(&report->groups, "in no sum");
    print_list(&report->left_out, "left out");
    print_list(&report->taken, "taken");
    for (size_t i = 0; i < report->n_told; i++)
        problem_line(stdout, "  %s", report->told[i]);
    if (!inspected)
        return;
    print_found(cube);
    print_first(report, cube, countries);
}

/* ---- as JSON ---- */

static void put_codes(struct jw *jw, const char *key, const struct ingest_codes *codes)
{
    jw_karray(jw, key);
    for (size_t i = 0; i < codes->n; i++) {
        jw_object(jw);
        jw_kz(jw, "code", codes->code[i].text);
        jw_kz(jw, "first_at", codes->code[i].place);
        jw_ki64(jw, "rows", (int64_t)codes->code[i].rows);
        jw_end(jw);
    }
    jw_end(jw);
}

static void put_superseded(struct jw *jw, const struct cube_summary *w, const struct countries *countries)
{
    jw_ki64(jw, "agreed", (int64_t)w->agreed);
    jw_ki64(jw, "superseded", (int64_t)w->superseded);
    jw_karray(jw, "first_superseded");
    for (size_t i = 0; i < w->n_first; i++) {
        const struct cube_superseded *s = &w->first[i];
        char period[PERIOD_TEXT], code[PRODUCT_CODE_MAX];
        (void)period_print(s->period, period);
        (void)product_print(s->product, s->level, code);
        jw_object(jw);
        jw_kz(jw, "period", period);
        jw_kstr(jw, "reporter", countries_at(countries, s->reporter)->id);
        jw_kstr(jw, "partner", countries_at(countries, s->partner)->id);
        jw_kz(jw, "flow", s->flow == FLOW_IMPORTS ? "imports" : "exports");
        jw_kz(jw, "product", code);
        jw_ki64(jw, "value_usd", s->value_usd);
        jw_ki64(jw, "older_value_usd", s->older_usd);
        jw_end(jw);
    }
    jw_end(jw);
}

static void put_report(struct jw *jw, const struct ingest_report *report, const char *output, const struct cube *cube,
                       const struct countries *countries)
{
    const struct dataset *d = cube_dataset(cube);
    jw_object(jw);
    jw_kz(jw, "output", output);
    jw_kz(jw, "format", report->format);
    jw_kstr(jw, "dataset", d->id);
    jw_kstr(jw, "release", cube_release(cube));
    jw_ki64(jw, "observations", (int64_t)cube_observations(cube));
    jw_ki64(jw, "bytes", (int64_t)report->written.bytes);
    jw_ki64(jw, "value_usd", report->written.value_usd);
    jw_ki64(jw, "added_to_others", (int64_t)report->written.summed);
    jw_ki64(jw, "repeated", (int64_t)report->written.repeated);
    jw_kz(jw, "frequency", period_kind_word(d->frequency));
    jw_kz(jw, "level", level_name[d->level]);
    if (d->hs.n)
        jw_kstr(jw, "hs", d->hs);
    else
        jw_knull(jw, "hs");
    jw_kz(jw, "coverage", coverage_name[d->coverage]);
    jw_kz(jw, "partners", partners_name[d->partners]);
    jw_ki64(jw, "aggregates", (int64_t)report->written.aggregates);
    jw_ki64(jw, "chapters", (int64_t)chapters_held(cube));
    jw_kobject(jw, "left_out");
    for (size_t i = 0; i < INGEST_SKIPS; i++)
        if (report->skipped[i])
            jw_ki64(jw, ingest_skip_name[i], (int64_t)report->skipped[i]);
    jw_end(jw);
    put_codes(jw, "unknown_countries", &report->countries);
    jw_ki64(jw, "taken_over", (int64_t)report->written.taken_over.observations);
    jw_ki64(jw, "returns_replaced", (int64_t)report->written.taken_over.replaced);
    put_superseded(jw, &report->written, countries);
    put_codes(jw, "groups", &report->groups);
    put_codes(jw, "members_left_out", &report->left_out);
    put_codes(jw, "members_taken", &report->taken);
    jw_karray(jw, "told");
    for (size_t i = 0; i < report->n_told; i++)
        jw_str(jw, str_view(report->told[i]));
    jw_end(jw);
    jw_end(jw);
}

enum status report_write(const char *path, const struct ingest_report *report, const char *output,
                         const struct cube *cube, const struct countries *countries, struct problem *problem)
{
    struct buf buf;
    struct jw jw;
    buf_init(&buf, (size_t)1 << 24);
    jw_init(&jw, &buf, true);
    put_report(&jw, report, output, cube, countries);
    jw_finish(&jw);
    FILE *file = fopen(path, "wb");
    bool ok = file && !buf.failed && fwrite(buf.p, 1, buf.n, file) == buf.n;
    ok = file && fclose(file) == 0 && ok;
    buf_release(&buf);
    return ok ? ST_OK : problem_set(problem, ST_IO, path, "cannot write: %s", strerror(errno));
}
