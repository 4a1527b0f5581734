/* import: files in, a cube file out. */
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/import/progress.h"
#include "cli/options.h"
#include "entrepot/ingest/ingest.h"

/* ---- options ---- */

enum option_type { OPT_TEXT, OPT_FLAG, OPT_BYTES, OPT_COUNT, OPT_LEVEL, OPT_PARTNERS };

struct import_options {
    const char *output;
    struct ingest_options ingest;
    enum level level;
    enum partners partners;
};

struct import_option {
    const char *name, *meta;
    enum option_type type;
    size_t offset; /* in struct import_options */
    const char *help;
};

#define AT(field) offsetof(struct import_options, field)

static const struct import_option table[] = {
    {"output", "OUT.cube", OPT_TEXT, AT(output), "file to write; also -o"},
    {"id", "ID", OPT_TEXT, AT(ingest.id), "name of the dataset in requests"},
    {"title", "TEXT", OPT_TEXT, AT(ingest.title), "its title"},
    {"source", "TEXT", OPT_TEXT, AT(ingest.source), "who made the figures"},
    {"licence", "TEXT", OPT_TEXT, AT(ingest.licence), "what they may be used for"},
    {"release", "TEXT", OPT_TEXT, AT(ingest.published), "the source's release or date of publication"},
    {"hs", "HS2017", OPT_TEXT, AT(ingest.hs), "revision of the Harmonized System, where the files do not say it"},
    {"level", "LEVEL", OPT_LEVEL, AT(ingest.level), "total, hs2, hs4, hs6 or hs8 (comtrade; else the finest there is)"},
    {"partners", "WORD", OPT_PARTNERS, AT(ingest.partners), "all, listed or closed"},
    {"countries-file", "FILE", OPT_TEXT, AT(ingest.countries_file), "BACI's country_codes_V….csv"},
    {"products-file", "FILE", OPT_TEXT, AT(ingest.products_file), "BACI's product_codes_HS…_V….csv: only these codes"},
    {"allow-unknown", NULL, OPT_FLAG, AT(ingest.allow_unknown), "unknown country codes become X899"},
    {"synthetic", NULL, OPT_FLAG, AT(ingest.synthetic), "say that the figures are invented"},
    {"memory", "BYTES", OPT_BYTES, AT(ingest.memory_bytes), "memory for rows, as 512M or 4G (2G)"},
    {"threads", "N", OPT_COUNT, AT(ingest.threads), "parsing threads; 0: one for each processor"},
};
#define OPTIONS (sizeof table / sizeof *table)

void import_help(FILE *out)
{
    fputs("usage: entrepot import FORMAT FILE… -o OUT.cube [OPTIONS]\n\n"
          "FORMAT is one of\n"
          "  baci                       CEPII BACI: BACI_HS17_Y2020_V202501.csv, one file a year\n"
          "  comtrade                   UN Comtrade: CSV of the API, or the older one of 35 columns\n"
          "  MANIFEST.json              a manifest; without FILE the CSV that it names\n"
          "Files may be packed with gzip; - is the standard input. OUT.cube appears when it is whole.\n\n",
          out);
    for (size_t i = 0; i < OPTIONS; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s %s", table[i].name, table[i].meta ? table[i].meta : "");
        fprintf(out, "  %-26s %s\n", left, table[i].help);
    }
    fputs("\nThe options --config, --countries, --products and --sectors of the other commands go too.\n"
          "exit status: 0 done; 1 refused input or interrupted, OUT.cube is as it was; 2 wrong usage\n",
          out);
}

static int refuse_option(const struct import_option *option, const char *value, const char *what)
{
    problem_line(stderr, "entrepot: command line: --%s \"%s\" %s", option->name, value, what);
    return EXIT_USAGE;
}

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

static int set_number(struct import_options *o, const struct import_option *option, const char *value)
{
    size_t n;
    if (!read_bytes(value, &n) || (option->type == OPT_COUNT && n > 1024))
        return refuse_option(option, value,
                             option->type == OPT_COUNT ? "is no whole number up to 1024"
                                                       : "is no size: write 512M or 4G");
    if (option->type == OPT_BYTES && n < (size_t)1 << 20)
        return refuse_option(option, value, "is too little: at least 1M");
    memcpy((char *)o + option->offset, &n, sizeof n);
    return EXIT_DONE;
}

static int set_option(struct import_options *o, const struct import_option *option, const char *value)
{
    static const bool yes = true;
    switch (option->type) {
    case OPT_TEXT: memcpy((char *)o + option->offset, &value, sizeof value); return EXIT_DONE;
    case OPT_FLAG: memcpy((char *)o + option->offset, &yes, sizeof yes); return EXIT_DONE;
    case OPT_BYTES:
    case OPT_COUNT: return set_number(o, option, value);
    case OPT_LEVEL:
        if (!level_read(str_view(value), &o->level) || o->level == LEVEL_SECTION || o->level == LEVEL_SECTOR)
            return refuse_option(option, value, "is no level: write total, hs2, hs4, hs6 or hs8");
        o->ingest.level = &o->level;
        return EXIT_DONE;
    case OPT_PARTNERS:
        for (unsigned i = 0; i < 3; i++)
            if (str_is(str_view(value), partners_name[i])) {
                o->partners = (enum partners)i;
                o->ingest.partners = &o->partners;
                return EXIT_DONE;
            }
        return refuse_option(option, value, "is unknown: write all, listed or closed");
    }
    BUG("no such type of option");
}

/* Import's own option of this name, or NULL; *value is what stands behind an equals sign, or NULL. */
static const struct import_option *find_option(const char *arg, const char **value)
{
    const char *equals = strncmp(arg, "--", 2) == 0 ? strchr(arg, '=') : NULL;
    struct str name = equals ? str_span(arg, (size_t)(equals - arg)) : str_view(arg);
    *value = equals ? equals + 1 : NULL;
    if (str_is(name, "-o"))
        return &table[0];
    for (size_t k = 0; k < OPTIONS; k++)
        if (str_starts(name, STR("--")) && str_is(str_span(name.p + 2, name.n - 2), table[k].name))
            return &table[k];
    return NULL;
}

static int take_option(struct import_options *o, const struct import_option *option, const char *value, int argc,
                       char **argv, int *i)
{
    const char *arg = argv[*i];
    if (option->meta && !value && *i + 1 < argc)
        value = argv[++*i];
    bool fits = option->meta ? value != NULL : value == NULL;
    if (fits)
        return set_option(o, option, value);
    problem_line(stderr, "entrepot: %s %s; try import --help", arg,
                 option->meta ? "lacks its value" : "takes no value");
    return EXIT_USAGE;
}

/* Takes import's own options out of argv, so that settings_read sees the rest. */
static int take_options(struct import_options *o, int *argc, char **argv)
{
    int n = 0, i = 0, status = EXIT_DONE;
    for (; i < *argc && status == EXIT_DONE && strcmp(argv[i], "--") != 0; i++) {
        const char *value;
        const struct import_option *option = find_option(argv[i], &value);
        if (option)
            status = take_option(o, option, value, *argc, argv, &i);
        else
            argv[n++] = argv[i];
    }
    while (i < *argc)
        argv[n++] = argv[i++];
    *argc = n;
    return status;
}

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
}

/* ---- the command ---- */

static enum status run(const struct import_options *o, const char *format, const char *const *file, size_t n,
                       const struct countries *countries, struct progress *progress, struct ingest_report *report,
                       struct problem *problem)
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

static int refused(const struct problem *problem, const struct ingest_report *report, const char *output)
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
    enum status status = run(o, format, file, n, countries, &progress, report, problem);
    progress_end(&progress);
    if (status == ST_OK)
        status = cube_open(o->output, countries, products, &cube, problem);
    if (status != ST_OK)
        return status;
    print_codes(&report->countries, "unknown country codes, taken as X899");
    print_report(report, o->output, cube, progress_seconds(&progress));
    cube_close(cube);
    return ST_OK;
}

static int import_into(const struct import_options *o, const struct settings *settings, const char *format,
                       const char *const *file, size_t n)
{
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
    int code = status == ST_OK ? EXIT_DONE : refused(&problem, report, o->output);
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

int command_import(int argc, char **argv)
{
    keep_freed_memory();
    struct import_options options = {.ingest = ingest_options_default()};
    struct settings settings;
    size_t n = 0;
    const char **rest = calloc((size_t)argc + 1, sizeof *rest);
    if (!rest)
        return EXIT_REFUSED;
    int status = take_options(&options, &argc, argv);
    if (status == EXIT_DONE) {
        status = settings_read(&settings, argc, argv, rest, &n);
        if (status != EXIT_DONE)
            (void)print_problem(&settings.problem);
        if (status == EXIT_DONE && (n == 0 || !options.output || !is_format(rest[0]))) {
            fputs("usage: entrepot import FORMAT FILE… -o OUT.cube   (import --help tells more)\n", stderr);
            status = EXIT_USAGE;
        }
        if (status == EXIT_DONE)
            status = import_into(&options, &settings, rest[0], rest + 1, n - 1);
        settings_release(&settings);
    }
    free(rest);
    return status;
}
