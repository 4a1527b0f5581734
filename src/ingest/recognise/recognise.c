/* Which description fits the files, and how they are written. */
#include "entrepot/base/buf.h"
#include "ingest/input.h"
#include "ingest/reader/reader.h"
#include "ingest/recognise/look.h"
#include "ingest/text/encoding.h"

#define HEADER_LINES_MAX 40
#define CANDIDATES_MAX 64

struct candidate {
    struct dataset dataset;
    struct dataset_csv map;
    struct str text; /* JSON */
};

/* The best fit to one file. */
struct found {
    const struct candidate *candidate; /* NULL: none */
    struct fit fit;
    char delimiter;
    uint64_t line;
    const struct candidate *near; /* of which one column is missing, where none fits */
    enum csv_role lacks;
    unsigned near_found;
};

struct recognising {
    struct importing *im;
    struct problem *problem;
    struct candidate *candidate;
    size_t n_candidates;
    struct input *input; /* what takes the place of im->input: archives are opened */
    size_t n_inputs, room;
    const struct candidate *chosen;
    const char *chosen_for; /* name of the file */
    struct str currency;    /* that its columns' names say */
};

/* ---- descriptions ---- */

static enum status take_candidates(struct recognising *r)
{
    struct importing *im = r->im;
    const size_t n_own = im->own.n;
    r->candidate = arena_new(&im->arena, struct candidate, n_own + shipped_count() + 1);
    if (!r->candidate)
        return problem_set(r->problem, ST_NO_MEMORY, "import", "out of memory");
    if (!im->recognised) {
        r->candidate[r->n_candidates++] = (struct candidate){im->dataset, im->map, im->description};
        return ST_OK;
    }
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n_own + shipped_count(); i++) {
        struct candidate *c = &r->candidate[r->n_candidates++];
        c->text = i < n_own ? im->own.reader[i].text : shipped_at(i - n_own);
        status = dataset_read("config/readers", c->text, &im->arena, &c->dataset, &c->map, r->problem);
        if (status == ST_OK)
            status = reader_set(im->options->set, &c->map, r->problem);
    }
    return status;
}

/* ---- the header ---- */

/* Tries the record that was just read as a header; a fit that finds more columns is better. */
static void try_header(const struct recognising *r, const struct csv *csv, struct found *best)
{
    for (size_t i = 0; i < r->n_candidates; i++) {
        struct fit fit;
        const struct candidate *c = &r->candidate[i];
        bool fits = reader_fit(&c->dataset, &c->map, csv->field, csv->n_fields, &fit);
        if (fits && (!best->candidate || fit.found > best->fit.found))
            *best = (struct found){.candidate = c, .fit = fit, .delimiter = csv->delimiter, .line = csv->line};
        if (!fits && !best->candidate && fit.found > 2 && fit.lacks != CSV_ROLES && fit.found > best->near_found) {
            best->near = c;
            best->lacks = fit.lacks;
            best->near_found = fit.found;
        }
    }
}

/* In the first lines, fields parted by `delimiter`. */
static void try_delimiter(const struct recognising *r, struct str head, char *copy, char delimiter, struct found *best)
{
    struct csv csv;
    struct found here = {.candidate = NULL};
    if (head.n)
        memcpy(copy, head.p, head.n);
    csv_init_memory(&csv, "", copy, head.n);
    csv.delimiter = delimiter;
    csv.tolerant = true;
    for (size_t i = 0; i < HEADER_LINES_MAX && !here.candidate; i++) {
        enum status status = csv_next(&csv, NULL);
        if (status == ST_NOT_FOUND)
            break;
        if (status == ST_OK && csv.n_fields > 1)
            try_header(r, &csv, &here);
    }
    if (here.candidate && (!best->candidate || here.fit.found > best->fit.found))
        *best = here;
    else if (!best->candidate && here.near_found > best->near_found)
        *best = here;
}

static enum status find_form(const struct recognising *r, struct str head, struct found *best)
{
    static const char usual[] = {',', ';', '\t', '|'};
    char only = r->im->recognised ? '\0' : r->im->map.delimiter;
    char *copy = malloc(head.n + 1);
    *best = (struct found){.candidate = NULL};
    if (!copy)
        return problem_set(r->problem, ST_NO_MEMORY, "import", "out of memory");
    for (size_t i = 0; only == '\0' && i < sizeof usual; i++)
        try_delimiter(r, head, copy, usual[i], best);
    if (only)
        try_delimiter(r, head, copy, only, best);
    free(copy);
    return ST_OK;
}

/* ---- tables of codes ---- */

static bool header_has(const struct csv *csv, const char *a, const char *b)
{
    bool has_a = false, has_b = false;
    for (size_t i = 0; i < csv->n_fields; i++) {
        has_a = has_a || word_same(csv->field[i], str_view(a));
        has_b = has_b || word_same(csv->field[i], str_view(b));
    }
    return has_a && has_b;
}

/* CEPII's tables lie beside BACI's figures. True if this is one. */
static bool take_table(struct recognising *r, struct str head, const struct input *input)
{
    struct csv csv;
    char copy[2048];
    size_t n = head.n < sizeof copy ? head.n : sizeof copy;
    if (n)
        memcpy(copy, head.p, n);
    csv_init_memory(&csv, "", copy, n);
    csv.tolerant = true;
    if (csv_next(&csv, NULL) != ST_OK)
        return false;
    bool countries = header_has(&csv, "country_code", "country_iso3"),
         products = header_has(&csv, "code", "description");
    struct input **table = countries ? &r->im->countries_table : &r->im->products_table;
    if (!countries && !products)
        return false;
    *table = arena_new(&r->im->arena, struct input, 1);
    if (*table)
        **table = *input;
    return true;
}

/* ---- refusals ---- */

static enum status refuse_form(const struct input *input, const struct other_form *form, struct problem *problem)
{
    enum status status = problem_set(problem, ST_INVALID, input->name, "this is %s, which is not read", form->what);
    if (problem && problem_cure(problem, status, "%s", form->cure) == status) {
        const char *mark = strstr(form->cure, "%s");
        (void)problem_cure(problem, status, "%.*s%s%s", mark ? (int)(mark - form->cure) : 0, form->cure,
                           mark ? input->name : form->cure, mark ? mark + 2 : "");
    }
    return status;
}

static enum status refuse_near(const struct recognising *r, const struct input *input, const struct found *best)
{
    const char *role = csv_role_name[best->lacks];
    enum status status =
        problem_set(r->problem, ST_INVALID, input->name, "this looks like the form \"%.*s\", but no column says the %s",
                    STR_ARG(best->near->map.reader), role);
    return problem_cure(r->problem, status, "say it: --set %s=%s; or write a manifest", role,
                        best->lacks == ROLE_FLOW      ? "X (or M)"
                        : best->lacks == ROLE_PERIOD  ? "2024"
                        : best->lacks == ROLE_PRODUCT ? "TOTAL"
                                                      : "CHN");
}

static enum status refuse_unknown(const struct recognising *r, const struct input *input, struct str head,
                                  const struct found *best)
{
    if (best->near && best->lacks != ROLE_VALUE)
        return refuse_near(r, input, best);
    struct csv csv;
    char copy[4096], there[300] = "";
    size_t n = head.n < sizeof copy ? head.n : sizeof copy, at = 0;
    if (n)
        memcpy(copy, head.p, n);
    csv_init_memory(&csv, input->name, copy, n);
    csv.tolerant = true;
    if (csv_next(&csv, NULL) == ST_OK)
        for (size_t i = 0; i < csv.n_fields && at < sizeof there - 40; i++)
            at += (size_t)snprintf(there + at, sizeof there - at, "%s%.*s", i ? ", " : "",
                                   (int)(csv.field[i].n < 30 ? csv.field[i].n : 30), csv.field[i].p);
    enum status status = head.n == 0 ? problem_set(r->problem, ST_INVALID, input->name, "the file is empty")
                                     : problem_set(r->problem, ST_INVALID, input->name,
                                                   "no description fits its columns; the first line is: %s", there);
    return head.n == 0 ? status
                       : problem_cure(r->problem, status,
                                      "a manifest says what they mean: data/README.md; entrepot inspect --manifest of "
                                      "a like file writes one to begin with");
}

/* ---- one file ---- */

static enum status choose(struct recognising *r, const struct candidate *candidate, const struct input *input)
{
    if (r->chosen && r->chosen != candidate) {
        enum status status =
            problem_set(r->problem, ST_INVALID, input->name, "this is of the form \"%.*s\", and %s of \"%.*s\"",
                        STR_ARG(candidate->map.reader), r->chosen_for, STR_ARG(r->chosen->map.reader));
        return problem_cure(r->problem, status, "import them apart");
    }
    r->chosen = candidate;
    r->chosen_for = input->name;
    return ST_OK;
}

static enum status add_input(struct recognising *r, const struct input *input)
{
    if (r->n_inputs == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        struct input *more = arena_new(&r->im->arena, struct input, room);
        if (!more)
            return problem_set(r->problem, ST_NO_MEMORY, "import", "out of memory");
        if (r->n_inputs)
            memcpy(more, r->input, r->n_inputs * sizeof *more);
        r->input = more;
        r->room = room;
    }
    r->input[r->n_inputs++] = *input;
    return ST_OK;
}

/* What was said, else what the bytes look like. Who names BACI has files of figures alone: what is no UTF-8 in them is damage. */
static enum status choose_encoding(struct recognising *r, struct input *input, struct str head)
{
    struct importing *im = r->im;
    const char *said = im->options->encoding;
    input->encoding_sure = true;
    if (!said && im->map.encoding.n && !(said = arena_printf(&im->arena, "%.*s", STR_ARG(im->map.encoding)).p))
        return problem_set(r->problem, ST_NO_MEMORY, input->name, "out of memory");
    if (said)
        input->encoding = str_eq_nocase(str_view(said), STR("utf-8")) ? NULL : said;
    else if (!im->adapter->figures_alone)
        input->encoding = encoding_guess(head, &input->encoding_sure);
    return ST_OK;
}

/* The first bytes as text; *other says what the file is if it is no text. */
static enum status read_head(struct recognising *r, struct input *input, struct buf *out,
                             const struct other_form **other)
{
    struct source source;
    struct str head;
    enum status status = input_open(r->im, input, &source, r->problem);
    if (status != ST_OK)
        return status;
    status = source_peek(&source, LOOK_BYTES, &head, r->problem);
    *other = status == ST_OK ? other_form(head) : NULL;
    if (status == ST_OK && !*other && !input->text.p)
        status = choose_encoding(r, input, head);
    if (status == ST_OK && !*other)
        status = encoding_text(input->encoding, head, out, r->problem);
    if (status == ST_OK)
        return input_give_back(input, &source, r->problem);
    source_close(&source);
    return status;
}

static bool begins_json(struct str head)
{
    size_t n = 0;
    while (n < head.n && strchr(" \t\r\n", head.p[n]) && head.p[n])
        n++;
    return n < head.n && (head.p[n] == '{' || head.p[n] == '[');
}

/* Sets what is known of the file; a member of an archive that nobody knows is passed over. */
static enum status take_text(struct recognising *r, struct input *input, struct str head)
{
    struct found best;
    enum status status = find_form(r, head, &best);
    if (status != ST_OK)
        return status;
    input->delimiter = best.candidate ? best.delimiter : ',';
    input->header_line = best.candidate ? best.line : 1;
    if (best.candidate && (status = choose(r, best.candidate, input)) != ST_OK)
        return status;
    if (best.candidate && r->n_inputs == 0)
        r->currency = best.fit.currency;
    if (best.candidate)
        return add_input(r, input);
    if (take_table(r, head, input))
        return ST_OK;
    if (input->container && input->member_name.n) {
        tell(r->im, "%s is passed over: it is no table of trade", input->name);
        return ST_OK;
    }
    return r->im->recognised ? refuse_unknown(r, input, head, &best) : add_input(r, input);
}

static enum status take_file(struct recognising *r, struct input *input)
{
    struct buf head;
    const struct other_form *other = NULL;
    buf_init(&head, LOOK_BYTES * 8);
    enum status status = read_head(r, input, &head, &other);
    bool member = input->container && input->member_name.n;
    if (status == ST_OK && other && member)
        tell(r->im, "%s is passed over: it is %s", input->name, other->what);
    else if (status == ST_OK && other)
        status = refuse_form(input, other, r->problem);
    else if (status == ST_OK && member && container_is(buf_view(&head)))
        status = problem_cure(r->problem,
                              problem_set(r->problem, ST_INVALID, input->name, "this is an archive in an archive"),
                              "unpack the outer one, and name the inner ones");
    else if (status == ST_OK && begins_json(buf_view(&head)) && !input->text.p)
        status = (status = json_rows(r->im, input, r->problem)) == ST_OK ? take_file(r, input) : status;
    else if (status == ST_OK)
        status = take_text(r, input, buf_view(&head));
    if (status == ST_OK && !other && input->encoding && !input->encoding_sure)
        tell(r->im, "%s is taken for text in %s; --encoding says otherwise", input->name, input->encoding);
    buf_release(&head);
    return status;
}

/* ---- archives ---- */

static enum status open_container(struct recognising *r, const struct input *input, struct container **out)
{
    struct importing *im = r->im;
    struct container **more = realloc(im->container, (im->n_containers + 1) * sizeof(struct container *));
    if (!more)
        return problem_set(r->problem, ST_NO_MEMORY, input->name, "out of memory");
    im->container = more;
    enum status status = container_open(input->path, im->options->stop_fd, out, r->problem);
    if (status == ST_OK)
        im->container[im->n_containers++] = *out;
    return status;
}

static enum status take_member(struct recognising *r, const struct input *outer, struct container *container,
                               struct str name, uint64_t bytes, size_t index)
{
    struct input input = *outer;
    input.container = container;
    input.member = index;
    input.member_name = name;
    input.bytes = bytes;
    if (name.n)
        input.path = input.name = arena_printf(&r->im->arena, "%s/%.*s", outer->name, STR_ARG(name)).p;
    if (!input.name)
        return problem_set(r->problem, ST_NO_MEMORY, outer->name, "out of memory");
    return take_file(r, &input);
}

static enum status take_container(struct recognising *r, const struct input *outer)
{
    struct container *container;
    struct str name;
    uint64_t bytes;
    size_t index, n = 0, before = r->n_inputs;
    enum status status = open_container(r, outer, &container);
    while (status == ST_OK &&
           (status = container_next(container, &r->im->arena, &name, &bytes, &index, r->problem)) == ST_OK) {
        const struct other_form *other = other_archive(name);
        status = other ? refuse_form(outer, other, r->problem) : take_member(r, outer, container, name, bytes, index);
        n++;
    }
    if (status != ST_NOT_FOUND)
        return status;
    if (n == 0)
        return problem_set(r->problem, ST_INVALID, outer->name,
                           "there is no file in the archive: folders and links at most");
    return r->n_inputs > before || r->im->countries_table || r->im->products_table
               ? ST_OK
               : problem_set(r->problem, ST_INVALID, outer->name, "there is no table of trade in the archive");
}

/* Packed or an archive, by its first bytes; gzip is looked into for a tar. */
static enum status is_container(struct recognising *r, struct input *input, bool *out)
{
    struct source source;
    struct str head;
    *out = false;
    enum status status = input_open(r->im, input, &source, r->problem);
    if (status != ST_OK)
        return status;
    status = source_peek(&source, 512, &head, r->problem);
    if (status != ST_OK && source.packed) { /* damaged: who reads it says so */
        source_close(&source);
        return ST_OK;
    }
    *out = status == ST_OK && container_is(head);
    if (*out && (source.waits || strcmp(input->path, "-") == 0)) {
        status = problem_set(r->problem, ST_INVALID, input->name,
                             "an archive cannot be read from a pipe or the standard input");
        status = problem_cure(r->problem, status, "name the file itself");
    }
    if (status != ST_OK) {
        source_close(&source);
        return status;
    }
    return input_give_back(input, &source, r->problem);
}

static enum status take_input(struct recognising *r, const struct input *named)
{
    struct input input = *named;
    bool packed;
    enum status status = is_container(r, &input, &packed);
    if (status == ST_OK)
        status = packed ? take_container(r, &input) : take_file(r, &input);
    return status;
}

/* ---- all of them ---- */

enum status recognise(struct importing *im, struct problem *problem)
{
    struct recognising r = {.im = im, .problem = problem};
    enum status status = take_candidates(&r);
    for (size_t i = 0; status == ST_OK && i < im->n_inputs; i++)
        status = take_input(&r, &im->input[i]);
    if (status != ST_OK)
        return status;
    if (r.n_inputs == 0) {
        status = problem_set(problem, ST_INVALID, im->input[0].name,
                             "this is a table of names or codes: there is no trade in it");
        return problem_cure(problem, status, "name the files of figures too");
    }
    im->input = r.input;
    im->n_inputs = r.n_inputs;
    if (im->recognised && r.chosen) {
        im->dataset = r.chosen->dataset;
        im->map = r.chosen->map;
        if (r.currency.n && im->map.currency.n == 0) {
            im->map.currency = r.currency;
            im->map.rates = STR("ecb");
        }
        im->description = r.chosen->text;
    }
    return ST_OK;
}
