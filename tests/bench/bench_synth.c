/* bench_synth: writes a synthetic world in the form in which CEPII ships BACI, for benchmarks and for trying things at full size.
 *
 *   bench_synth --out DIR [--years 2021..2021] [--areas 226] [--products 5018] [--scale 1] [--seed 1] [--jobs N]
 *   bench_synth --report FILE…      quantiles of such files: rows, pairs, values, quantities, share of NA
 *
 * The same options give the same bytes on every machine. Nothing but the codes is real, and the folder's README says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/codes.h"
#include "bench/synth.h"

#define RELEASE "V202501"
#define BUFFER_BYTES ((size_t)1 << 20)
#define ROW_BYTES_MAX 96

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_synth: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- one year ---- */

struct sink {
    int fd;
    const char *path;
    char *p, *start;
};

static void flush_sink(struct sink *s)
{
    for (char *from = s->start; from < s->p;) {
        ssize_t n = write(s->fd, from, (size_t)(s->p - from));
        if (n < 0 && errno != EINTR)
            die(s->path);
        from += n < 0 ? 0 : n;
    }
    s->p = s->start;
}

/* value_milli with three decimals, right-aligned in at least `width` characters. */
static char *put_decimal(char *out, int64_t value_milli, int width)
{
    char digits[24];
    int n = 0;
    for (uint64_t rest = (uint64_t)value_milli; rest || n < 4; rest /= 10) {
        digits[n++] = (char)('0' + rest % 10);
        if (n == 3)
            digits[n++] = '.';
    }
    if (digits[n - 1] == '.')
        digits[n++] = '0';
    for (int i = n; i < width; i++)
        *out++ = ' ';
    while (n > 0)
        *out++ = digits[--n];
    return out;
}

static void put_row(struct sink *s, const char *head, size_t n_head, const char *product, const struct synth_row *row)
{
    char *p = s->p;
    memcpy(p, head, n_head);
    p += n_head;
    memcpy(p, product, 6);
    p[6] = ',';
    p = put_decimal(p + 7, row->value_milli, 0);
    *p++ = ',';
    if (row->quantity_milli < 0) {
        memcpy(p, "           NA", 13); /* NOLINT(bugprone-not-null-terminated-result): text in a line, no string */
        p += 13;
    } else {
        p = put_decimal(p, row->quantity_milli, 13);
    }
    *p++ = '\n';
    s->p = p;
    if ((size_t)(p - s->start) > BUFFER_BYTES - ROW_BYTES_MAX)
        flush_sink(s);
}

static void write_pairs(const struct synth_world *w, int year, struct sink *s)
{
    unsigned areas = w->options.areas;
    struct synth_row *row = calloc(w->options.products, sizeof *row);
    char(*code)[8] = calloc(w->options.products, sizeof *code);
    if (!row || !code)
        die("memory");
    for (unsigned k = 0; k < w->options.products; k++)
        (void)snprintf(code[k], sizeof code[k], "%06u", w->product[k] % 1000000);
    for (unsigned i = 0; i < areas; i++)
        for (unsigned j = 0; j < areas; j++) {
            char head[40];
            int n_head = snprintf(head, sizeof head, "%d,%u,%u,", year, w->area[i].number, w->area[j].number);
            size_t n = synth_pair(w, i, j, year, row);
            for (size_t r = 0; r < n; r++)
                put_row(s, head, (size_t)n_head, code[row[r].product], &row[r]);
        }
    free(row);
    free(code);
}

static void write_year(const struct synth_world *w, const char *folder, int year)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/BACI_HS17_Y%d_" RELEASE ".csv", folder, year);
    struct sink s = {.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), .path = path};
    s.start = s.p = malloc(BUFFER_BYTES);
    if (s.fd < 0 || !s.start)
        die(path);
    static const char header[] = "t,i,j,k,v,q\n";
    memcpy(s.p, header, sizeof header - 1);
    s.p += sizeof header - 1;
    write_pairs(w, year, &s);
    flush_sink(&s);
    free(s.start);
    if (close(s.fd) != 0)
        die(path);
}

static void wait_one(void)
{
    int status;
    if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_synth: a year was not written\n");
        exit(1);
    }
}

/* Years do not depend on each other: one process each, `jobs` at a time. */
static void write_years(const struct synth_world *w, const char *folder, int from, int to, int jobs)
{
    int running = 0;
    for (int year = from; year <= to; year++) {
        if (running == jobs) {
            wait_one();
            running--;
        }
        fflush(NULL);
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0) {
            write_year(w, folder, year);
            _exit(0);
        }
        running++;
    }
    while (running-- > 0)
        wait_one();
}

/* ---- code tables ---- */

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        die(path);
    return file;
}

static void finish(FILE *file, const char *name)
{
    if (ferror(file) || fclose(file) != 0)
        die(name);
}

static void write_tables(const struct synth_world *w, const char *folder, const struct bench_codes *codes)
{
    FILE *file = create(folder, "country_codes_" RELEASE ".csv");
    fprintf(file, "country_code,country_name,country_iso2,country_iso3\n");
    for (unsigned i = 0; i < w->options.areas; i++) {
        const struct country *c = countries_at(codes->countries, w->area[i].country);
        const char *quote = str_find(c->name, ',') < c->name.n ? "\"" : "";
        fprintf(file, "%u,%s%.*s%s,%.*s,%.*s\n", w->area[i].number, quote, STR_ARG(c->name), quote,
                STR_ARG(c->iso2.n ? c->iso2 : STR("NA")), STR_ARG(c->iso3.n ? c->iso3 : STR("NA")));
    }
    finish(file, "country codes");
    file = create(folder, "product_codes_HS17_" RELEASE ".csv");
    fprintf(file, "code,description\n");
    for (unsigned k = 0; k < w->options.products; k++)
        fprintf(file, "%06u,\"Subheading %04u.%02u, in synthetic data\"\n", w->product[k], w->product[k] / 100,
                w->product[k] % 100);
    finish(file, "product codes");
    file = create(folder, "README.txt");
    fprintf(file,
            "SYNTHETIC DATA. Made by bench_synth (seed %" PRIu64 ") in the form of CEPII's BACI, to measure with.\n"
            "Every value and quantity is invented; only country numbers and product codes are real.\n",
            w->options.seed);
    finish(file, "README.txt");
}

/* ---- options ---- */

struct options {
    struct synth_options world;
    const char *out;
    int from, to, jobs;
    bool report;
};

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: bench_synth --out DIR [--years FROM..TO] [--areas N] [--products N] [--scale X] [--seed N] "
                    "[--jobs N]\n       bench_synth --report FILE…\n");
    exit(2);
}

static void read_years(const char *text, struct options *o)
{
    int used = 0;
    if (sscanf(text, "%d..%d%n", &o->from, &o->to, &used) != 2 || text[used]) {
        if (sscanf(text, "%d%n", &o->from, &used) != 1 || text[used])
            usage();
        o->to = o->from;
    }
    if (o->from < 1900 || o->to > 2199 || o->from > o->to)
        usage();
}

static void read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {{"years", required_argument, NULL, 'y'},
                                          {"areas", required_argument, NULL, 'a'},
                                          {"products", required_argument, NULL, 'p'},
                                          {"scale", required_argument, NULL, 'x'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"jobs", required_argument, NULL, 'j'},
                                          {"report", no_argument, NULL, 'r'},
                                          {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (c) {
        case 'y': read_years(optarg, o); break;
        case 'a': o->world.areas = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'p': o->world.products = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'x': o->world.scale = strtod(optarg, NULL); break;
        case 's': o->world.seed = strtoull(optarg, NULL, 10); break;
        case 'o': o->out = optarg; break;
        case 'j': o->jobs = (int)strtol(optarg, NULL, 10); break;
        case 'r': o->report = true; break;
        default: usage();
        }
    }
    if (o->report ? optind == argc : (optind != argc || !o->out))
        usage();
    if (o->jobs < 1 || o->world.scale <= 0)
        usage();
}

int main(int argc, char **argv)
{
    struct options o = {.world = {.areas = 226, .products = 5018, .scale = 1, .seed = 1},
                        .from = 2021,
                        .to = 2021,
                        .jobs = (int)sysconf(_SC_NPROCESSORS_ONLN)};
    read_options(argc, argv, &o);
    if (o.report)
        return synth_report(argv + optind);
    struct bench_codes codes = bench_codes_read();
    struct synth_world *world = synth_world_new(&o.world, codes.countries, codes.products);
    if (mkdir(o.out, 0755) != 0 && errno != EEXIST)
        die(o.out);
    write_tables(world, o.out, &codes);
    write_years(world, o.out, o.from, o.to, o.jobs);
    synth_world_free(world);
    bench_codes_release(&codes);
    return 0;
}
