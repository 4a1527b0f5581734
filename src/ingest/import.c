/* The front door: which format, which files, which options. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/container/container.h"
#include "ingest/import.h"
#include "ingest/input.h"
#include "ingest/pipeline.h"
#include "ingest/reader/reader.h"

#define MANIFEST_BYTES_MAX ((size_t)1 << 20)

struct ingest_options ingest_options_default(void) { return (struct ingest_options){.stop_fd = -1}; }

/* ---- files ---- */

static enum status list_inputs(struct importing *im, const char *const *file, size_t n, struct problem *problem)
{
    im->input = arena_new(&im->arena, struct input, n + 1);
    if (!im->input)
        return problem_set(problem, ST_NO_MEMORY, "import", "out of memory");
    im->n_inputs = n;
    for (size_t i = 0; i < n; i++)
        im->input[i] = (struct input){.path = file[i], .name = source_name(file[i])};
    return ST_OK;
}

/* Without files of their own a manifest's are read. */
static enum status take_manifest_file(struct importing *im, struct problem *problem)
{
    if (!im->manifest || im->n_inputs)
        return ST_OK;
    im->input = arena_new(&im->arena, struct input, im->map.files.n + 1);
    for (size_t i = 0; im->input && i < im->map.files.n; i++) {
        struct str path = import_beside(im->manifest, im->map.files.text[i], &im->arena);
        const uint32_t order = im->order ? im->order : im->map.files.n > 1 ? (uint32_t)i + 1 : 0;
        im->input[im->n_inputs++] = (struct input){.path = path.p, .name = path.p, .order = order};
    }
    return im->n_inputs && im->input[im->n_inputs - 1].path
               ? ST_OK
               : problem_set(problem, ST_NO_MEMORY, im->manifest, "out of memory");
}

/* Before hours of work: are all files there, and none twice? Also how much there is to read. */
static enum status look_at_files(struct importing *im, struct problem *problem)
{
    bool known = true;
    for (size_t i = 0; i < im->n_inputs; i++) {
        struct stat info;
        const char *path = im->input[i].path;
        for (size_t k = 0; k < i; k++)
            if (strcmp(path, im->input[k].path) == 0)
                return problem_set(problem, ST_INVALID, im->input[i].name, "this file is named twice");
        if (strcmp(path, "-") == 0) {
            known = false;
            continue;
        }
        if (stat(path, &info) != 0)
            return problem_set(problem, errno == ENOENT ? ST_NOT_FOUND : ST_IO, path, "cannot open: %s",
                               strerror(errno));
        known = known && S_ISREG(info.st_mode);
        im->total_bytes += S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
    }
    im->total_bytes = known ? im->total_bytes : 0;
    return ST_OK;
}

/* ---- options ---- */

static void override(struct str *field, const char *text)
{
    if (text)
        *field = str_view(text);
}

/* What the format says of its source is not true of invented figures. */
static bool call_synthetic(struct importing *im)
{
    struct dataset *d = &im->dataset;
    d->synthetic = true;
    d->title = arena_printf(&im->arena, "Synthetic: %.*s", STR_ARG(d->title));
    d->source = arena_printf(&im->arena, "invented figures in the form of %.*s", STR_ARG(d->source));
    d->source_url = str_span(NULL, 0);
    d->licence = STR("none: invented figures");
    return d->title.p && d->source.p;
}

static enum status apply_options(struct importing *im, struct problem *problem)
{
    const struct ingest_options *o = im->options;
    struct dataset *d = &im->dataset;
    if (o->synthetic && !d->synthetic && !call_synthetic(im))
        return problem_set(problem, ST_NO_MEMORY, "options", "out of memory");
    override(&d->id, o->id);
    override(&d->title, o->title);
    override(&d->published, o->published);
    override(&d->licence, o->licence);
    override(&d->source, o->source);
    if (o->partners) {
        d->partners = *o->partners;
        d->partners_told = TOLD_STATED;
    }
    if (o->coverage) {
        d->coverage = *o->coverage;
        d->coverage_told = TOLD_STATED;
    }
    const struct str text[] = {d->id, d->title, d->published, d->licence, d->source};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        if (!str_utf8(text[i]))
            return problem_set(problem, ST_INVALID, "options", "\"%.*s\" is not UTF-8 text", STR_ARG(text[i]));
    if (!dataset_id_good(d->id))
        return problem_set(problem, ST_INVALID, "--id", "an id has 1 to 63 small letters, digits and hyphens");
    if (!o->allow_unknown)
        return ST_OK;
    im->members.unknown_as = countries_find_source(im->countries, CODES_ISO3, STR("X899"));
    return im->members.unknown_as != NO_ID
               ? ST_OK
               : problem_set(problem, ST_INVALID, "--allow-unknown", "the table of countries has no member X899");
}

static enum status check_options(const struct importing *im, struct problem *problem)
{
    const struct ingest_options *o = im->options;
    bool baci = im->adapter == &adapter_baci || im->recognised;
    if (o->hs && hs_revision(str_view(o->hs)).n == 0) {
        enum status status =
            problem_set(problem, ST_INVALID, "--hs", "\"%s\" is no revision of the Harmonized System", o->hs);
        return problem_cure(problem, status, "write HS1992, HS1996, HS2002, HS2007, HS2012, HS2017 or HS2022");
    }
    if (!baci && (o->countries_file || o->products_file))
        return problem_set(problem, ST_INVALID, o->countries_file ? "--countries-file" : "--products-file",
                           "only BACI comes with such a file");
    if (im->n_inputs == 0 && !im->manifest)
        return problem_set(problem, ST_INVALID, im->report->format, "no file is named");
    return ST_OK;
}

/* ---- imports ---- */

/* ---- several files ---- */

/* The newer the larger: by when they were published, then by the order of the list. */
static uint32_t order_of(const struct manifest_part *part, size_t n, size_t at)
{
    uint32_t order = 1;
    for (size_t i = 0; i < n; i++) {
        int c = str_cmp(part[i].published, part[at].published);
        order += c < 0 || (c == 0 && i < at);
    }
    return order;
}

/* One more description of the import, with the tables and options of the first. */
static struct importing *add_part(struct importing *im)
{
    struct importing *part = arena_new(&im->arena, struct importing, 1);
    if (!part)
        return NULL;
    *part = (struct importing){.adapter = im->adapter,
                               .countries = im->countries,
                               .options = im->options,
                               .manifest = im->manifest,
                               .part = im->part,
                               .report = im->report};
    arena_init(&part->arena, SIZE_MAX);
    im->part[im->n_parts++] = part;
    return part;
}

static enum status read_map(struct importing *im, const char *name, struct problem *problem)
{
    enum status status = dataset_read(name, im->description, &im->arena, &im->dataset, &im->map, problem);
    return status == ST_OK ? reader_set(im->options->set, &im->map, problem) : status;
}

/* Each file of the list becomes a description of its own. What is stated of returns holds for the dataset. */
static enum status read_parts(struct importing *im, const struct manifest_part *list, size_t n, const char *name,
                              struct problem *problem)
{
    enum status status = ST_OK;
    if (im->n_inputs)
        return problem_set(problem, ST_INVALID, name,
                           "its files have keys of their own: no others can come in their place");
    im->part = arena_new(&im->arena, struct importing *, n);
    if (!im->part)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    im->part[0] = im;
    im->n_parts = 1;
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct importing *part = i ? add_part(im) : im;
        if (!part)
            return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
        part->description = list[i].json;
        part->order = order_of(list, n, i);
        status = read_map(part, name, problem);
    }
    return status;
}

/* The description of a format that was named; without a name that of the first that fits is taken later. */
static enum status read_description(struct importing *im, const char *format, struct problem *problem)
{
    struct manifest_part *list;
    char *own = NULL;
    size_t n;
    struct str text = im->manifest ? str_span(NULL, 0) : reader_find(&im->own, str_view(format));
    if (im->manifest) {
        enum status status = ingest_slurp(im->manifest, MANIFEST_BYTES_MAX, &own, &n, problem);
        if (status != ST_OK)
            return status;
        text = str_span(own, n);
    }
    im->description = arena_str(&im->arena, text);
    free(own);
    if (!im->description.p)
        return problem_set(problem, ST_NO_MEMORY, format, "out of memory");
    im->whole = im->description;
    enum status status = manifest_parts(format, im->description, &im->arena, &list, &n, problem);
    if (status != ST_OK)
        return status;
    return n ? read_parts(im, list, n, format, problem) : read_map(im, format, problem);
}

static bool is_reader(const char *word, const char *readers)
{
    struct arena arena;
    struct own_readers own;
    arena_init(&arena, SIZE_MAX);
    bool read = own_readers(readers, &arena, &own, NULL) == ST_OK;
    bool found = read ? reader_find(&own, str_view(word)).n > 0 : shipped_find(str_view(word)).n > 0;
    arena_release(&arena);
    return found;
}

bool ingest_is_format(const char *word, const char *readers)
{
    char *text;
    size_t n;
    if (!str_ends(str_view(word), STR(".json")))
        return is_reader(word, readers);
    if (ingest_slurp(word, MANIFEST_BYTES_MAX, &text, &n, NULL) != ST_OK)
        return access(word, R_OK) != 0; /* larger than any manifest, if it is there */
    size_t blanks = strspn(text, " \t\r\n");
    bool manifest = text[blanks] != '[' && (memmem(text, n, "\"columns\"", 9) || !memmem(text, n, "\"data\"", 6));
    free(text);
    return manifest;
}

static bool choose(struct importing *im, const char *format)
{
    struct ingest_report *report = im->report;
    im->recognised = format == NULL;
    im->manifest = format && str_ends(str_view(format), STR(".json")) ? format : NULL;
    (void)snprintf(report->format, sizeof report->format, "%s", im->manifest ? "manifest" : format ? format : "");
    im->adapter = format && strcmp(format, "baci") == 0 ? &adapter_baci : &adapter_reader;
    return im->recognised || im->manifest || reader_find(&im->own, str_view(format)).n;
}

/* What is known of the files once they were looked at. */
static enum status describe(struct importing *im, struct problem *problem)
{
    struct ingest_report *report = im->report;
    bool baci = im->map.reader.n && str_is(im->map.reader, "baci");
    if (im->recognised) {
        im->adapter = baci ? &adapter_baci : &adapter_reader;
        (void)snprintf(report->format, sizeof report->format, "%.*s", STR_ARG(im->map.reader));
    }
    if (!baci && (im->options->countries_file || im->options->products_file))
        return problem_set(problem, ST_INVALID, im->options->countries_file ? "--countries-file" : "--products-file",
                           "only BACI comes with such a file");
    return im->adapter->describe ? im->adapter->describe(im, problem)
                                 : reader_take(im, im->manifest ? im->manifest : report->format, problem);
}

static enum status prepare_part(struct importing *im, struct problem *problem)
{
    enum status status = take_manifest_file(im, problem);
    if (status == ST_OK)
        status = look_at_files(im, problem);
    if (status == ST_OK)
        status = recognise(im, problem);
    return status == ST_OK ? describe(im, problem) : status;
}

static bool has_note(const struct dataset *d, struct str note)
{
    bool has = false;
    for (size_t i = 0; i < d->n_notes; i++)
        has = has || str_eq(d->note[i], note);
    return has;
}

static enum status join_statements(struct importing *im, const struct dataset *own, struct problem *problem)
{
    struct dataset *d = &im->dataset;
    struct dataset_statement *all =
        arena_new(&im->arena, struct dataset_statement, d->n_statements + own->n_statements + 1);
    if (!all)
        return problem_set(problem, ST_NO_MEMORY, "import", "out of memory");
    for (size_t i = 0; i < d->n_statements; i++)
        all[i] = d->statement[i];
    for (size_t i = 0; i < own->n_statements; i++)
        all[d->n_statements + i] = own->statement[i];
    d->statement = all;
    d->n_statements += own->n_statements;
    return ST_OK;
}

/* What the dataset is told of by one of its files. */
static enum status join_parts(struct importing *im, struct problem *problem)
{
    enum status status = ST_OK;
    for (size_t k = 1; status == ST_OK && k < im->n_parts; k++) {
        struct importing *part = im->part[k];
        part->members.unknown_as = im->members.unknown_as;
        im->dataset.converted = im->dataset.converted.n ? im->dataset.converted : part->dataset.converted;
        im->total_bytes = im->total_bytes && part->total_bytes ? im->total_bytes + part->total_bytes : 0;
        for (size_t i = 0; i < part->dataset.n_notes && im->dataset.n_notes < DATASET_NOTES_MAX; i++)
            if (!has_note(&im->dataset, part->dataset.note[i]))
                im->dataset.note[im->dataset.n_notes++] = part->dataset.note[i];
        status = join_statements(im, &part->dataset, problem);
    }
    return status;
}

static enum status prepare(struct importing *im, const char *format, const char *const *file, size_t n,
                           struct problem *problem)
{
    enum status status = list_inputs(im, file, n, problem);
    if (status == ST_OK)
        status = check_options(im, problem);
    if (status == ST_OK && !im->recognised)
        status = read_description(im, format, problem);
    for (size_t i = 0; status == ST_OK && i < im->n_parts; i++)
        status = prepare_part(im->part[i], problem);
    if (status == ST_OK)
        status = apply_options(im, problem);
    return status == ST_OK ? join_parts(im, problem) : status;
}

static void release_part(struct importing *im)
{
    for (size_t i = 0; i < im->n_inputs; i++)
        if (im->input[i].held) {
            source_close(im->input[i].held);
            free(im->input[i].held);
        }
    for (size_t i = 0; i < im->n_containers; i++)
        container_close(im->container[i]);
    free(im->container);
    arena_release(&im->arena);
}

static void release(struct importing *im)
{
    for (size_t k = im->n_parts; k-- > 1;)
        release_part(im->part[k]);
    countries_free(im->extended);
    release_part(im);
}

/* ---- reading ---- */

/* What the next reading finds out again. */
static void forget_rows(struct ingest_report *report, size_t n_told)
{
    memset(report, 0, offsetof(struct ingest_report, format));
    report->n_told = n_told;
    report->n_first = 0;
}

static bool can_read_again(const struct importing *im)
{
    bool can = true;
    for (size_t i = 0; i < im->n_inputs; i++)
        can = can && strcmp(im->input[i].path, "-") != 0;
    return can;
}

static void number_again(struct importing *im)
{
    for (size_t k = 0; k < im->n_parts; k++)
        for (size_t i = 0; i < im->part[k]->n_inputs; i++)
            im->part[k]->input[i].numbered = false;
}

/* Where a source repeats rows, two that say different things leave their return unknown: it is left out, and the others are read again. */
static bool leave_out(struct importing *im, const struct cube_writer *writer, const struct problem *problem,
                      size_t n_told)
{
    struct cube_return_key *twice = &im->contradicted[im->n_contradicted];
    char period[PERIOD_TEXT];
    bool may = writer && problem->status == ST_INVALID && im->map.repeats && can_read_again(im) &&
               im->n_contradicted < CONTRADICTED_MAX;
    if (!may || !cube_writer_double(writer, twice))
        return false;
    im->n_contradicted++;
    forget_rows(im->report, n_told + im->n_contradicted - 1);
    (void)period_print(twice->period, period);
    tell(im, "%s: %s, with another value: the %s of %.*s in %s are left out", problem->place, problem->detail,
         twice->flow == FLOW_IMPORTS ? "imports" : "exports", STR_ARG(countries_at(im->countries, twice->reporter)->id),
         period);
    number_again(im);
    return true;
}

/* ---- areas that no table has ---- */

#define AREAS_SHARE                                                                                                    \
    20 /* one row of so many at most: of more it is the codes that are others than those that were expected */

static bool is_name(const char *text)
{
    bool letter = false;
    for (const char *p = text; *p; p++)
        letter = letter || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z');
    return letter && strlen(text) + 1 < INGEST_CODE_BYTES; /* longer ones are cut, and may be two */
}

/* A few names among many rows that are known are areas of the source: they stay apart under their own names. */
static bool are_areas(const struct importing *im)
{
    const struct ingest_codes *unknown = &im->report->countries;
    bool good = unknown->n && !im->extended && im->adapter->by_description && im->members.unknown_as == NO_ID &&
                unknown->more_rows == 0 && unknown->rows * AREAS_SHARE <= im->report->rows && !im->options->into;
    for (size_t i = 0; good && i < unknown->n; i++)
        good = is_name(unknown->code[i].text);
    return good && can_read_again(im);
}

/* The ids of all of them, which must be different ones that nobody has. */
static bool name_areas(struct importing *im)
{
    const struct ingest_codes *unknown = &im->report->countries;
    struct dataset *d = &im->dataset;
    bool good = true;
    d->area = arena_new(&im->arena, struct country_area, unknown->n);
    d->n_areas = 0;
    for (size_t i = 0; d->area && i < unknown->n; i++) {
        char id[COUNTRY_ID_BYTES];
        country_id_of(str_view(unknown->code[i].text), id);
        struct str own = arena_str(&im->arena, str_view(id));
        good = good && own.n > 3 && countries_find(im->countries, own) == NO_ID;
        for (size_t k = 0; k < d->n_areas; k++)
            good = good && !str_eq(d->area[k].id, own);
        d->area[d->n_areas++] = (struct country_area){own, arena_str(&im->arena, str_view(unknown->code[i].text))};
    }
    return d->area && good;
}

/* The table with them, and all spellings anew. False: they stay unknown. */
static bool take_areas(struct importing *im, size_t n_told)
{
    if (!are_areas(im) || !name_areas(im) ||
        countries_extend(im->countries, im->dataset.area, im->dataset.n_areas, &im->extended, NULL) != ST_OK) {
        im->dataset.n_areas = 0;
        return false;
    }
    bool ok = true;
    for (size_t k = 0; ok && k < im->n_parts; k++) {
        im->part[k]->countries = im->extended;
        ok = reader_members(im->part[k], im->report->format, NULL) == ST_OK;
    }
    struct ingest_codes *unknown = malloc(sizeof *unknown);
    ok = ok && unknown;
    if (ok)
        *unknown = im->report->countries;
    forget_rows(im->report, n_told);
    for (size_t i = 0; ok && i < unknown->n; i++)
        tell(im, "\"%s\" is in no table of countries: %llu rows are of an area of that name, %.*s",
             unknown->code[i].text, (unsigned long long)unknown->code[i].rows, STR_ARG(im->dataset.area[i].id));
    free(unknown);
    number_again(im);
    return ok;
}

static enum status read_all(struct importing *im, const char *output, struct pool *pool, struct cube_writer **writer,
                            struct problem *problem)
{
    const size_t n_told = im->report->n_told;
    struct problem first, own;
    problem = problem ? problem : &own;
    enum status status = pipeline_run(im, output, pool, im->report, writer, problem);
    first = *problem;
    while (status != ST_OK && (leave_out(im, *writer, problem, n_told) || take_areas(im, n_told))) {
        cube_writer_free(*writer);
        *writer = NULL;
        status = pipeline_run(im, output, pool, im->report, writer, problem);
    }
    if (status == ST_INVALID && im->n_contradicted)
        *problem = first;
    return status;
}

enum status ingest_import(const char *format, const char *const *file, size_t n, const char *output,
                          const struct countries *countries, const struct ingest_options *options,
                          struct ingest_report *report, struct problem *problem)
{
    struct importing im = {.countries = countries, .options = options, .report = report}, *only = &im;
    struct cube_writer *writer = NULL;
    struct pool *pool = NULL;
    memset(report, 0, sizeof *report);
    arena_init(&im.arena, SIZE_MAX);
    im.part = &only;
    im.n_parts = 1;
    enum status status = own_readers(options->readers, &im.arena, &im.own, problem);
    if (status == ST_OK && !choose(&im, format))
        status = problem_cure(problem, problem_set(problem, ST_INVALID, format, "this is no format"),
                              "write baci, comtrade, the path of a manifest (.json), or no format at all");
    if (status == ST_OK)
        status = prepare(&im, format, file, n, problem);
    if (status == ST_OK) {
        pool = pool_new(options->threads);
        status = pool ? read_all(&im, output, pool, &writer, problem)
                      : problem_set(problem, ST_NO_MEMORY, "import", "no threads can be had");
    }
    if (options->explanation && im.n_inputs)
        explain_inputs(&im, options->explanation);
    if (status == ST_OK && options->manifest)
        status = print_manifest(&im, options->manifest, problem);
    if (status != ST_OK)
        problem_locate(problem, output);
    cube_writer_free(writer);
    pool_free(pool);
    release(&im);
    return status;
}

enum status ingest_manifest(const char *path, const struct countries *countries, char **bytes, size_t *n,
                            struct problem *problem)
{
    const struct ingest_options options = ingest_options_default();
    struct cube_writer *writer = NULL;
    struct ingest_report *report = calloc(1, sizeof *report);
    if (!report)
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    struct importing im = {.countries = countries, .options = &options, .report = report}, *only = &im;
    im.part = &only;
    im.n_parts = 1;
    (void)choose(&im, path);
    im.manifest = path; /* whatever it is called */
    im.adapter = &adapter_reader;
    arena_init(&im.arena, SIZE_MAX);
    enum status status = prepare(&im, path, NULL, 0, problem);
    if (status == ST_OK)
        status = pipeline_run(&im, NULL, NULL, report, &writer, problem);
    if (status == ST_OK)
        *bytes = cube_writer_take_bytes(writer, n);
    else
        problem_locate(problem, path);
    cube_writer_free(writer);
    release(&im);
    free(report);
    return status;
}
