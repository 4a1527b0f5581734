/* import: files in, a cube file out. */
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/import/progress.h"
#include "cli/parse.h"
#include "entrepot/cube/known.h"

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

/* ---- what was done ---- */

static void print_codes(const struct ingest_codes *codes, const char *what)
{
    if (codes->n == 0)
        return;
    fprintf(stderr, "entrepot: %s:\n", what);
    for (size_t i = 0; i < codes->n; i++)
        problem_line(stderr, "  \"%s\": %llu row%s, first at %s", codes->code[i].text,
                     (unsigned long long)codes->code[i].rows, codes->code[i].rows == 1 ? "" : "s",
                     codes->code[i].place);
    if (codes->more_rows)
        fprintf(stderr, "  and more of them in %llu rows\n", (unsigned long long)codes->more_rows);
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

/* What was found, by which rule, and how to say otherwise. */
static void print_found(const struct cube_summary *written, const struct cube *cube)
{
    static const char *const means[CUBE_PARTNERS] = {"all", "listed", "the world alone", "a closed set"};
    const struct cube_found *f = &written->found;
    const struct dataset *d = cube_dataset(cube);
    printf("  products: %s", f->selected ? "selected" : "full");
    print_share(f->selected ? f->selected : f->n, f->n);
    if (f->selected && d->level != LEVEL_TOTAL)
        printf(" (%u of 96 chapters; %u of %u codes)", f->chapters, f->codes, f->codes_of);
    for (unsigned i = 0; i < CUBE_RULES; i++)
        if (f->by_rule[i]) {
            printf("; %s", rule_text[i]);
            print_share(f->by_rule[i], f->n);
        }
    printf(f->by_rule[CUBE_STATED] == f->n ? "\n" : "; --coverage full or selected says otherwise\n");
    const char *before = "  partners: ";
    for (unsigned i = 0; i < CUBE_PARTNERS; i++)
        if (f->by_partners[i]) {
            printf("%s%s", before, means[i]);
            print_share(f->by_partners[i], f->n);
            before = "; ";
        }
    printf("; --partners all, listed or closed says otherwise\n");
}

/* A return whose partners are not what the world's row says. */
static void print_missed(const struct cube_found *f, const struct countries *countries)
{
    char period[PERIOD_TEXT];
    if (f->n_missed == 0)
        return;
    (void)period_print(f->period, period);
    fprintf(
        stderr,
        "entrepot: %zu return%s whose partners are not the world's row: first the %s of %.*s in %s, partners %lld USD, "
        "world %lld USD: taken as listed\n",
        f->n_missed, f->n_missed == 1 ? "" : "s", f->flow == FLOW_EXPORTS ? "exports" : "imports",
        STR_ARG(countries_at(countries, f->reporter)->id), period, (long long)f->partners_usd, (long long)f->world_usd);
}

static void print_report(const struct ingest_report *report, const char *output, const struct cube *cube,
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
    problem_line(stdout, "%s: %.*s", output, STR_ARG(buf_view(&line)));
    buf_release(&line);
    print_found(&report->written, cube);
}

/* ---- the command ---- */

static enum status import_run(const struct import_options *o, const char *format, const char *const *file, size_t n,
                              const struct countries *countries, struct progress *progress,
                              struct ingest_report *report, struct problem *problem)
{
    sigset_t before;
    int fd = take_signals(&before);
    struct ingest_options options = o->ingest;
    options.stop_fd = fd;
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
        print_codes(&report->countries, "unknown country codes");
    else if (is_about(problem, &report->products))
        print_codes(&report->products, "unknown product codes");
    return EXIT_REFUSED;
}

/* Imports, then opens the file, as serve would, to say what is in it. */
static enum status import_and_open(const struct import_options *o, const char *format, const char *const *file,
                                   size_t n, const struct countries *countries, const struct products *products,
                                   struct ingest_report *report, struct problem *problem)
{
    struct progress progress;
    struct cube *cube;
    progress_begin(&progress, stderr);
    enum status status = import_run(o, format, file, n, countries, &progress, report, problem);
    progress_end(&progress);
    if (status == ST_OK)
        status = cube_open(o->output, countries, products, &cube, problem);
    if (status != ST_OK)
        return status;
    print_codes(&report->countries, "unknown country codes, taken as X899");
    print_missed(&report->written.found, countries);
    print_report(report, o->output, cube, progress_seconds(&progress));
    cube_close(cube);
    return ST_OK;
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
        status = import_and_open(o, format, file, n, countries, products, report, &problem);
        countries_free(countries);
        products_free(products);
        sectors_free(sectors);
    }
    int code = status == ST_OK ? EXIT_DONE : import_refused(&problem, report, o->output);
    free(report);
    return code;
}

static bool is_format(const char *word)
{
    return strcmp(word, "baci") == 0 || strcmp(word, "comtrade") == 0 || str_ends(str_view(word), STR(".json"));
}

/* Batches of a few megabytes come and go: kept by the allocator instead of given back to the system each time, they save a
 * fifth of an import's time. */
static void keep_freed_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_TOP_PAD, 64 << 20);
}

static int import(struct settings *settings)
{
    keep_freed_memory();
    if (!settings->import.output || !is_format(settings->rest[0]))
        return command_usage(settings->command);
    return import_into(settings, settings->rest[0], settings->rest + 1, settings->n_rest - 1);
}

const struct command command_import = {
    "import",
    "FORMAT FILE… -o OUT.cube [OPTIONS]",
    "compile one file or several into a cube file",
    1,
    SIZE_MAX,
    .run = import,
    .own = import_table,
    .use = FOR_IMPORT,
    .before = "FORMAT is one of\n"
              "  baci                       CEPII BACI: BACI_HS17_Y2020_V202501.csv, one file a year\n"
              "  comtrade                   UN Comtrade: CSV of the API, or the older one of 35 columns\n"
              "  MANIFEST.json              a manifest; without FILE the CSV that it names\n"
              "Files may be packed with gzip; - is the standard input. OUT.cube appears when it is whole.\n\n",
    .after = "\nexit status: 0 done; 1 refused input or interrupted, OUT.cube is as it was; 2 wrong usage\n"};
