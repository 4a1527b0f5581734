/* The front door: which format, which files, which options. */
#include <errno.h>
#include <sys/stat.h>

#include "ingest/pipeline.h"
#include "ingest/text/source.h"

const char *const ingest_skip_name[INGEST_SKIPS] = {"rows of re-exports and other parts of a flow",
                                                    "rows of one mode of transport",
                                                    "rows of one customs procedure",
                                                    "rows of one second partner",
                                                    "rows finer than the level",
                                                    "rows between two unknown countries"};

struct ingest_options ingest_options_default(void) { return (struct ingest_options){.stop_fd = -1}; }

/* ---- files ---- */

static struct str beside(const char *manifest, struct str file, struct arena *arena)
{
    const char *slash = strrchr(manifest, '/');
    int folder = slash ? (int)(slash - manifest) + 1 : 0;
    return arena_printf(arena, "%.*s%.*s", folder, manifest, STR_ARG(file));
}

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

/* Without files of its own a manifest's CSV is read. */
static enum status take_manifest_file(struct importing *im, struct problem *problem)
{
    if (!im->manifest || im->n_inputs)
        return ST_OK;
    struct str path = beside(im->manifest, im->map.file, &im->arena);
    if (!path.p)
        return problem_set(problem, ST_NO_MEMORY, im->manifest, "out of memory");
    im->input[0] = (struct input){.path = path.p, .name = path.p};
    im->n_inputs = 1;
    return ST_OK;
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
    bool baci = im->adapter == &adapter_baci;
    if (o->hs && hs_revision(str_view(o->hs)).n == 0) {
        enum status status =
            problem_set(problem, ST_INVALID, "--hs", "\"%s\" is no revision of the Harmonized System", o->hs);
        return problem_cure(problem, status, "write HS1992, HS1996, HS2002, HS2007, HS2012, HS2017 or HS2022");
    }
    if (!baci && (o->countries_file || o->products_file))
        return problem_set(problem, ST_INVALID, o->countries_file ? "--countries-file" : "--products-file",
                           "only BACI comes with such a file");
    if (im->n_inputs == 0 && !im->manifest)
        return problem_set(problem, ST_INVALID, im->adapter->name, "no file is named");
    return ST_OK;
}

/* ---- imports ---- */

static bool choose(struct importing *im, const char *format)
{
    im->adapter = strcmp(format, "baci") == 0       ? &adapter_baci
                  : strcmp(format, "comtrade") == 0 ? &adapter_comtrade
                                                    : NULL;
    if (!im->adapter && str_ends(str_view(format), STR(".json"))) {
        im->adapter = &adapter_tidy;
        im->manifest = format;
    }
    return im->adapter != NULL;
}

static enum status prepare(struct importing *im, const char *const *file, size_t n, struct problem *problem)
{
    enum status status = list_inputs(im, file, n, problem);
    if (status == ST_OK)
        status = check_options(im, problem);
    if (status == ST_OK)
        status = im->adapter->describe(im, problem);
    if (status == ST_OK)
        status = apply_options(im, problem);
    if (status == ST_OK)
        status = take_manifest_file(im, problem);
    return status == ST_OK ? look_at_files(im, problem) : status;
}

enum status ingest_import(const char *format, const char *const *file, size_t n, const char *output,
                          const struct countries *countries, const struct ingest_options *options,
                          struct ingest_report *report, struct problem *problem)
{
    struct importing im = {.countries = countries, .options = options};
    struct cube_writer *writer = NULL;
    struct pool *pool = NULL;
    *report = (struct ingest_report){.rows = 0};
    if (!choose(&im, format)) {
        enum status status = problem_set(problem, ST_INVALID, format, "this is no format");
        return problem_cure(problem, status, "write baci, comtrade or the path of a manifest (.json)");
    }
    arena_init(&im.arena, SIZE_MAX);
    enum status status = prepare(&im, file, n, problem);
    if (status == ST_OK) {
        pool = pool_new(options->threads);
        status = pool ? pipeline_run(&im, output, pool, report, &writer, problem)
                      : problem_set(problem, ST_NO_MEMORY, "import", "no threads can be had");
    }
    if (status != ST_OK)
        problem_locate(problem, output);
    cube_writer_free(writer);
    pool_free(pool);
    arena_release(&im.arena);
    return status;
}

enum status ingest_manifest(const char *path, const struct countries *countries, char **bytes, size_t *n,
                            struct problem *problem)
{
    const struct ingest_options options = ingest_options_default();
    struct importing im = {.countries = countries, .options = &options, .adapter = &adapter_tidy, .manifest = path};
    struct cube_writer *writer = NULL;
    struct ingest_report *report = calloc(1, sizeof *report);
    if (!report)
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    arena_init(&im.arena, SIZE_MAX);
    enum status status = prepare(&im, NULL, 0, problem);
    if (status == ST_OK)
        status = pipeline_run(&im, NULL, NULL, report, &writer, problem);
    if (status == ST_OK)
        *bytes = cube_writer_take_bytes(writer, n);
    else
        problem_locate(problem, path);
    cube_writer_free(writer);
    arena_release(&im.arena);
    free(report);
    return status;
}
