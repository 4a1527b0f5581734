/* bench_cube: how long the primitive takes over one cube file, in this process, warm.
 *
 *   bench_cube FILE.cube [--count 1000] [--rounds 3] [--seconds 60] [--seed 1] [--only ID] [--params FILE]
 *              [--tsv FILE]
 *
 * Each question is asked with `count` random parameters: once to warm up and to take the answers, then `rounds` times on the clock.
 * Median and p99 are over the best time of each parameter, since a machine that others use too only ever adds time; `worst` is the
 * slowest single run of all. A question that would take longer than `seconds` is asked with fewer parameters. --params writes parameters and answers as TSV, for other engines to repeat and be held against
 * (tests/bench/peers); --tsv the figures. Exit status 1 if a plan was below what a run read.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <time.h>

#include "bench/cube_queries.h"

struct options {
    const char *cube, *only, *params, *tsv;
    size_t count, rounds;
    double seconds;
    uint64_t seed;
};

struct figures {
    size_t asked;
    double median_us, p99_us, worst_us, cost_us, rows, touched;
    double touched_max;
    size_t arena_bytes;  /* the most that one question took */
    uint64_t underrated; /* questions that read more than their plan said */
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void *claim(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        fprintf(stderr, "bench_cube: out of memory\n");
        exit(1);
    }
    return p;
}

static FILE *create(const char *path)
{
    FILE *file = path ? fopen(path, "w") : NULL;
    if (path && !file) {
        fprintf(stderr, "bench_cube: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Sorts; then the value that `share` of the n do not exceed. */
static double quantile(double *values, size_t n, double share)
{
    qsort(values, n, sizeof *values, by_size);
    size_t at = (size_t)(share * (double)n);
    return values[at < n ? at : n - 1];
}

/* ---- opening ---- */

static long rss_anon_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = -1;
    while (file && fgets(line, sizeof line, file))
        (void)sscanf(line, "RssAnon: %ld", &kib);
    if (file)
        fclose(file);
    return kib;
}

static struct cube *open_cube(const char *path, const struct bench_codes *codes, double *took_us)
{
    struct cube *cube;
    struct problem problem;
    double start = now_us();
    if (cube_open(path, codes->countries, codes->products, &cube, &problem) != ST_OK) {
        problem_print(&problem, stderr);
        exit(1);
    }
    *took_us = now_us() - start;
    return cube;
}

/* Opens it a few times and keeps the last one. */
static struct cube *measure_opening(const char *path, const struct bench_codes *codes, FILE *tsv)
{
    enum { TIMES = 7 };
    double took_us[TIMES];
    long before = rss_anon_kib(), after;
    struct cube *cube = open_cube(path, codes, &took_us[0]);
    after = rss_anon_kib();
    for (int i = 0; i < TIMES; i++) {
        cube_close(cube);
        cube = open_cube(path, codes, &took_us[i]);
    }
    double median_us = quantile(took_us, TIMES, 0.5);
    size_t n_years;
    (void)cube_periods(cube, &n_years);
    uint64_t rows = cube_observations(cube);
    double per_row = (double)cube_bytes(cube) / (double)rows;
    printf("%s: %" PRIu64 " rows of %zu years, %.2f bytes a row; open: %.2f ms (median of %d, warm), %ld KiB of memory "
           "(RssAnon %ld KiB)\n",
           path, rows, n_years, per_row, median_us / 1000, TIMES, after - before, after);
    if (tsv)
        fprintf(tsv, "open\t%" PRIu64 "\t%zu\t%zu\t%.1f\t%ld\n", rows, n_years, cube_bytes(cube), median_us, after);
    return cube;
}

/* ---- one kind of question ---- */

static void print_param(FILE *out, const struct cube *cube, const struct bench_codes *codes,
                        const struct bench_query *query, const struct bench_param *p, const struct bench_answer *a)
{
    size_t n;
    const struct str *leaf = cube_leaves(cube, &n);
    unsigned uses = query->uses;
    struct str reporter = countries_at(codes->countries, p->reporter)->comtrade,
               partner = countries_at(codes->countries, p->partner)->comtrade, none = STR("0");
    if (!(uses & USES_REPORTER))
        reporter = none;
    if (!(uses & USES_PARTNER))
        partner = none;
    fprintf(out, "%s\t%.*s\t%.*s\t%.*s\t%u\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\t%" PRIu64 "\t%.17g\n", query->id,
            STR_ARG(reporter), STR_ARG(partner), STR_ARG(uses & USES_PRODUCT ? leaf[p->leaf] : none),
            uses & USES_YEAR ? period_ordinal(p->period) : 0, a->rows, a->sum_usd, a->more, a->members, a->sum_sq);
}

static uint64_t bench_price(const struct cube *cube, const struct cube_query *query, struct arena *arena)
{
    struct cube_plan plan;
    if (cube_plan(cube, query, arena, &plan) != ST_OK) {
        fprintf(stderr, "bench_cube: out of memory\n");
        exit(1);
    }
    return plan.observations;
}

/* Answers once, for the record and to warm up. */
static void take_answers(const struct cube *cube, const struct bench_codes *codes, const struct bench_query *query,
                         const struct bench_param *param, const struct options *o, struct arena *arena, FILE *params,
                         struct figures *f)
{
    size_t count = o->count;
    double until = now_us() + o->seconds * 1e6 / (double)(o->rounds + 1);
    double *touched = claim(count, sizeof *touched), *rows = claim(count, sizeof *rows);
    double *cost_us = claim(count, sizeof *cost_us);
    for (; f->asked < count && (f->asked == 0 || now_us() < until); f->asked++) {
        size_t i = f->asked;
        struct bench_sets sets;
        struct cube_query q = bench_ask(query, &param[i], &sets);
        double start = now_us();
        arena_reset(arena);
        uint64_t cost = bench_price(cube, &q, arena);
        cost_us[i] = now_us() - start;
        struct bench_answer a = bench_run(cube, query, &param[i], arena);
        touched[i] = (double)a.touched;
        rows[i] = (double)a.rows;
        f->underrated += a.touched > cost;
        f->arena_bytes = arena->used_bytes > f->arena_bytes ? arena->used_bytes : f->arena_bytes;
        if (params)
            print_param(params, cube, codes, query, &param[i], &a);
    }
    f->rows = quantile(rows, f->asked, 0.5);
    f->touched = quantile(touched, f->asked, 0.5);
    f->touched_max = touched[f->asked - 1];
    f->cost_us = quantile(cost_us, f->asked, 0.5);
    free(touched);
    free(rows);
    free(cost_us);
}

static void take_times(const struct cube *cube, const struct bench_query *query, const struct bench_param *param,
                       const struct options *o, struct arena *arena, struct figures *f)
{
    double *best = claim(f->asked, sizeof *best);
    for (size_t round = 0; round < o->rounds; round++)
        for (size_t i = 0; i < f->asked; i++) {
            double start = now_us();
            arena_reset(arena);
            (void)bench_run(cube, query, &param[i], arena);
            double took = now_us() - start;
            if (round == 0 || took < best[i])
                best[i] = took;
            if (took > f->worst_us)
                f->worst_us = took;
        }
    f->median_us = quantile(best, f->asked, 0.5);
    f->p99_us = quantile(best, f->asked, 0.99);
    free(best);
}

static bool measure(const struct cube *cube, const struct bench_codes *codes, struct bench_draws *draws,
                    const struct bench_query *query, const struct options *o, FILE *params, FILE *tsv)
{
    struct figures f = {0};
    struct bench_param *param = claim(o->count, sizeof *param);
    struct arena arena;
    arena_init(&arena, (size_t)4 << 30);
    for (size_t i = 0; i < o->count; i++)
        param[i] = bench_draw(draws, query, i);
    take_answers(cube, codes, query, param, o, &arena, params, &f);
    take_times(cube, query, param, o, &arena, &f);
    printf("%-48s %5zu %9.1f %9.1f %9.1f %8.0f %10.0f %10.0f %8.1f %7zu\n", query->title, f.asked, f.median_us,
           f.p99_us, f.worst_us, f.rows, f.touched, f.touched_max, f.cost_us, f.arena_bytes >> 10);
    if (tsv)
        fprintf(tsv, "%s\t%zu\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%.0f\t%.1f\t%zu\n", query->id, f.asked, f.median_us,
                f.p99_us, f.worst_us, f.rows, f.touched, f.touched_max, f.cost_us, f.arena_bytes);
    if (f.underrated)
        fprintf(stderr, "bench_cube: %s: %" PRIu64 " of %zu questions read more than their plan said\n", query->id,
                f.underrated, f.asked);
    fflush(stdout);
    arena_release(&arena);
    free(param);
    return f.underrated == 0;
}

/* ---- options ---- */

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: bench_cube FILE.cube [--count N] [--rounds N] [--seconds N] [--seed N] [--only ID] "
                    "[--params FILE] [--tsv FILE]\n");
    exit(2);
}

static void read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"count", required_argument, NULL, 'c'},   {"rounds", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 'l'}, {"seed", required_argument, NULL, 's'},
        {"only", required_argument, NULL, 'o'},    {"params", required_argument, NULL, 'p'},
        {"tsv", required_argument, NULL, 't'},     {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (c) {
        case 'c': o->count = strtoul(optarg, NULL, 10); break;
        case 'r': o->rounds = strtoul(optarg, NULL, 10); break;
        case 'l': o->seconds = strtod(optarg, NULL); break;
        case 's': o->seed = strtoull(optarg, NULL, 10); break;
        case 'o': o->only = optarg; break;
        case 'p': o->params = optarg; break;
        case 't': o->tsv = optarg; break;
        default: usage();
        }
    }
    if (optind + 1 != argc || o->count == 0 || o->rounds == 0)
        usage();
    o->cube = argv[optind];
}

int main(int argc, char **argv)
{
    struct options o = {.count = 1000, .rounds = 3, .seconds = 60, .seed = 1};
    read_options(argc, argv, &o);
    FILE *params = create(o.params), *tsv = create(o.tsv);
    struct bench_codes codes = bench_codes_read();
    struct cube *cube = measure_opening(o.cube, &codes, tsv);
    struct bench_draws *draws = bench_draws_new(cube, o.seed);
    bool good = true;
    printf("%-48s %5s %9s %9s %9s %8s %10s %10s %8s %7s\n", "", "asked", "median µs", "p99 µs", "worst µs", "rows",
           "read", "read max", "cost µs", "KiB");
    if (params)
        fprintf(params, "query\treporter\tpartner\tproduct\tyear\trows\tsum_usd\tmore\tmembers\tsum_sq\n");
    for (size_t i = 0; i < bench_queries_n; i++)
        if (!o.only || strcmp(o.only, bench_queries[i].id) == 0)
            good = measure(cube, &codes, draws, &bench_queries[i], &o, params, tsv) && good;
    bench_draws_free(draws);
    cube_close(cube);
    bench_codes_release(&codes);
    bool told = !params || fclose(params) == 0, written = !tsv || fclose(tsv) == 0;
    return good && told && written ? 0 : 1;
}
