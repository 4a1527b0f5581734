/* import: files in, a cube file out. */
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/import/progress.h"
#include "cli/import/report.h"
#include "cli/parse.h"

/* ---- options ---- */

/* "4G": a whole number and K, M, G or nothing. */
static bool read_bytes(const char *text, size_t *out)
{
    static const char units[] = "KMG";
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    unsigned shift = unit && *unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (text[0] < '0' || text[0] > '9' || (*end && (shift == 0 || end[1])) || n > (SIZE_MAX >> shift))
        return false;
    *out = (size_t)n << shift;
    return true;
}

static const char *import_read_memory(struct settings *settings, const char *value)
{
    size_t *bytes = &settings->import.ingest.memory_bytes;
    if (!read_bytes(value, bytes))
        return "is no size: write 512M or 4G";
    return *bytes < (size_t)1 << 20 ? "is too little: at least 1M" : NULL;
}

static const char *import_read_threads(struct settings *settings, const char *value)
{
    size_t *threads = &settings->import.ingest.threads;
    return read_bytes(value, threads) && *threads <= 1024 ? NULL : "is no whole number up to 1024";
}

static const char *import_read_level(struct settings *settings, const char *value)
{
    struct import_options *o = &settings->import;
    if (!level_read(str_view(value), &o->level) || o->level == LEVEL_SECTION || o->level == LEVEL_SECTOR)
        return "is no level: write total, hs2, hs4, hs6 or hs8";
    o->ingest.level = &o->level;
    return NULL;
}

static const char *import_read_partners(struct settings *settings, const char *value)
{
    struct import_options *o = &settings->import;
    for (unsigned i = 0; i < 3; i++)
        if (str_is(str_view(value), partners_name[i])) {
            o->partners = (enum partners)i;
            o->ingest.partners = &o->partners;
            return NULL;
        }
    return "is unknown: write all, listed or closed";
}

static const char *import_read_coverage(struct settings *settings, const char *value)
{
    struct import_options *o = &settings->import;
    for (unsigned i = 0; i < 2; i++)
        if (str_is(str_view(value), coverage_name[i])) {
            o->coverage = (enum coverage)i;
            o->ingest.coverage = &o->coverage;
            return NULL;
        }
    return "is unknown: write full or selected";
}

#define TEXT(word, value, field, text)                                                                                 \
    {                                                                                                                  \
        .name = word, .meta = value, .type = OPT_TEXT, OPTION_AT(import.field), .help = text                           \
    }
#define FLAG(word, field, text)                                                                                        \
    {                                                                                                                  \
        .name = word, .type = OPT_FLAG, OPTION_AT(import.field), .help = text                                          \
    }
#define READ(word, value, function, text)                                                                              \
    {                                                                                                                  \
        .name = word, .meta = value, .type = OPT_READ, .read = function, .help = text                                  \
    }
static const struct option import_table[] = {
    TEXT("output", "OUT.cube", output, "file to write; also -o"),
    TEXT("id", "ID", ingest.id, "name of the dataset in requests"),
    TEXT("title", "TEXT", ingest.title, "its title"),
    TEXT("source", "TEXT", ingest.source, "who made the figures"),
    TEXT("licence", "TEXT", ingest.licence, "what they may be used for"),
    TEXT("release", "TEXT", ingest.published, "the source's release or date of publication"),
    TEXT("hs", "HS2017", ingest.hs, "revision of the Harmonized System, where the files do not say it"),
    READ("level", "LEVEL", import_read_level, "total, hs2, hs4, hs6 or hs8 (comtrade; else the finest there is)"),
    READ("coverage", "WORD", import_read_coverage, "full or selected products; else found from the rows"),
    READ("partners", "WORD", import_read_partners, "all, listed or closed; else found from the rows"),
    TEXT("set", "ROLE=VALUE", ingest.set, "what no column says, as flow=X,partner=CHN"),
    TEXT("into", "OLD.cube", into, "take over what this cube holds, but for the returns that the files have"),
    TEXT("report", "FILE", report, "write what was done as JSON, too"),
    FLAG("manifest", manifest, "inspect: print the manifest that says what was found"),
    TEXT("encoding", "NAME", ingest.encoding, "of the files' text, where it is not UTF-8: windows-1252, gb18030 …"),
    FLAG("sum", ingest.sum, "rows of one key are parts of one figure: add them up"),
    TEXT("countries-file", "FILE", ingest.countries_file, "BACI's country_codes_V….csv"),
    TEXT("products-file", "FILE", ingest.products_file, "BACI's product_codes_HS…_V….csv: only these codes"),
    FLAG("allow-unknown", ingest.allow_unknown, "unknown country codes become X899"),
    FLAG("synthetic", ingest.synthetic, "say that the figures are invented"),
    READ("memory", "BYTES", import_read_memory, "memory for rows, as 512M or 4G (2G)"),
    READ("threads", "N", import_read_threads, "parsing threads; 0: one for each processor"),
    {.name = NULL},
};

/* ---- signals ---- */

/* SIGINT and SIGTERM as something that can be waited for beside the input; -1 if the system has no descriptor left. */
static int take_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (pthread_sigmask(SIG_BLOCK, &set, before) != 0)
        return -1;
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        (void)pthread_sigmask(SIG_SETMASK, before, NULL);
    return fd;
}

/* A signal that came has done its work; unblocked, it would end the process before the message is out. */
static void give_signals_back(int fd, const sigset_t *before)
{
    struct signalfd_siginfo info;
    if (fd < 0)
        return;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
        continue;
    (void)close(fd);
    (void)pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- the command ---- */

static enum status import_run(const struct import_options *o, const char *format, const char *const *file, size_t n,
                              const struct countries *countries, struct progress *progress, const struct cube *old,
                              struct ingest_report *report, struct problem *problem)
{
    sigset_t before;
    int fd = take_signals(&before);
    struct ingest_options options = o->ingest;
    options.stop_fd = fd;
    options.into = old;
    options.progress = progress_tell;
    options.context = progress;
    enum status status = ingest_import(format, file, n, o->output, countries, &options, report, problem);
    give_signals_back(fd, &before);
    return status;
}

/* The message is about these codes, and has room for some of them only. */
static bool is_about(const struct problem *problem, const struct ingest_codes *codes)
{
    return problem->status == ST_INVALID && codes->n && strcmp(problem->place, codes->code[0].place) == 0;
}

static int import_refused(const struct problem *problem, const struct ingest_report *report, const char *output)
{
    if (problem->status == ST_UNAVAILABLE) {
        problem_line(stderr, "entrepot: interrupted: %s is as it was before", output);
        return EXIT_REFUSED;
    }
    fputs("entrepot: ", stderr);
    problem_print(problem, stderr);
    if (is_about(problem, &report->countries))
        report_codes(&report->countries, "unknown country codes");
    else if (is_about(problem, &report->products))
        report_codes(&report->products, "unknown product codes");
    return EXIT_REFUSED;
}

/* Imports, then opens the file, as serve would, to say what is in it. */
static enum status import_and_open(const struct import_options *o, const char *format, const char *const *file,
                                   size_t n, struct countries **table, const struct products *products,
                                   struct ingest_report *report, struct problem *problem)
{
    struct progress progress;
    struct cube *cube, *old = NULL;
    enum status status = o->into ? load_areas(o->into, table, problem) : ST_OK;
    if (status == ST_OK && o->into)
        status = cube_open(o->into, *table, products, &old, problem);
    if (status != ST_OK)
        return status;
    progress_begin(&progress, stderr);
    status = import_run(o, format, file, n, *table, &progress, old, report, problem);
    progress_end(&progress);
    cube_close(old);
    if (status == ST_OK)
        status = load_areas(o->output, table, problem);
    const struct countries *countries = *table;
    if (status == ST_OK)
        status = cube_open(o->output, countries, products, &cube, problem);
    if (status != ST_OK)
        return status;
    report_codes(&report->countries, "unknown country codes, taken as X899");
    if (o->inspect && !o->manifest)
        report_text(o->ingest.explanation);
    if (!o->manifest)
        report_print(report, o->inspect ? "what would be imported" : o->output, cube, countries,
                     progress_seconds(&progress), o->inspect);
    if (o->report)
        status = report_write(o->report, report, o->output, cube, countries, problem);
    cube_close(cube);
    return status;
}

static int import_into(const struct settings *settings, const char *format, const char *const *file, size_t n)
{
    const struct import_options *o = &settings->import;
    struct problem problem;
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct ingest_report *report = calloc(1, sizeof *report);
    if (!report)
        return EXIT_REFUSED;
    enum status status = load_tables(settings, &countries, &products, &sectors, &problem);
    if (status == ST_OK) {
        status = import_and_open(o, format, file, n, &countries, products, report, &problem);
        countries_free(countries);
        products_free(products);
        sectors_free(sectors);
    }
    if (o->inspect && !o->manifest && status != ST_OK) /* what is known of a refused file helps to see why */
        report_text(o->ingest.explanation);
    if (o->inspect && o->manifest && status == ST_OK)
        (void)fwrite(o->ingest.manifest->p, 1, o->ingest.manifest->n, stdout);
    int code = status == ST_OK ? EXIT_DONE : import_refused(&problem, report, o->output);
    free(report);
    return code;
}

/* Batches of a few megabytes come and go: kept by the allocator instead of given back to the system each time, they save a
 * fifth of an import's time. */
static void keep_freed_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_TOP_PAD, 64 << 20);
}

/* The files that are named, behind a format or without one. */
static int import_named(const struct settings *settings)
{
    const char *first = settings->rest[0];
    bool named = ingest_is_format(first, settings->readers);
    if (!named && !strpbrk(first, "./") && strcmp(first, "-") != 0 && access(first, F_OK) != 0) {
        problem_line(stderr, "entrepot: \"%s\" is neither a file nor a format", first);
        return command_usage(settings->command);
    }
    return import_into(settings, named ? first : NULL, settings->rest + named, settings->n_rest - named);
}

static int import(struct settings *settings)
{
    settings->import.ingest.readers = settings->readers;
    keep_freed_memory();
    return settings->import.output ? import_named(settings) : command_usage(settings->command);
}

/* An import whose cube nobody keeps. */
static int inspect(struct settings *settings)
{
    struct buf explanation, manifest;
    struct import_options *o = &settings->import;
    const char *folder = getenv("TMPDIR");
    char output[300];
    buf_init(&explanation, (size_t)1 << 24);
    buf_init(&manifest, (size_t)1 << 24);
    (void)snprintf(output, sizeof output, "%s/entrepot-inspect-%d.cube", folder && *folder ? folder : "/tmp",
                   (int)getpid());
    o->output = output;
    o->inspect = true;
    o->ingest.explanation = &explanation;
    o->ingest.manifest = &manifest;
    o->ingest.readers = settings->readers;
    keep_freed_memory();
    int status = import_named(settings);
    (void)unlink(output);
    buf_release(&explanation);
    buf_release(&manifest);
    return status;
}

#define EXIT_STATUS "\nexit status: 0 done; 1 refused input or interrupted, OUT.cube is as it was; 2 wrong usage\n"

const struct command command_import = {
    "import",
    "[FORMAT] FILE… -o OUT.cube [OPTIONS]",
    "compile one file or several into a cube file",
    1,
    SIZE_MAX,
    .run = import,
    .own = import_table,
    .use = FOR_IMPORT,
    .before =
        "Without FORMAT the files say by their columns what they are. FORMAT is one of\n"
        "  baci                       CEPII BACI: BACI_HS17_Y2020_V202501.csv, one file a year, or the zip of all\n"
        "  comtrade                   UN Comtrade: CSV of the API, or the older one of 35 columns\n"
        "  wits, atlas-hs92, comext … other descriptions that are built in\n"
        "  MANIFEST.json              a manifest; without FILE the CSV that it names\n"
        "Files may be packed (gzip, xz, zstd, bzip2) and lie in archives (zip, tar, 7z); - is the standard input. "
        "OUT.cube appears when "
        "it is whole.\n\n",
    .after = EXIT_STATUS};

const struct command command_inspect = {
    "inspect",
    "[FORMAT] FILE… [--manifest] [OPTIONS]",
    "say what files are taken for, and write the manifest that says it",
    1,
    SIZE_MAX,
    .run = inspect,
    .own = import_table,
    .use = FOR_IMPORT,
    .before = "What each column is used as, what would be left out and why, and the first rows as understood.\n\n",
    .after = EXIT_STATUS};
