/* What files in BACI's form look like: enough to hold a synthetic world against a real sample. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/synth.h"

#define BINS 8192 /* of 1/128 octave from 2^-16 upwards */

struct tally {
    uint64_t rows, na, pairs, value_usd;
    uint32_t value[BINS], quantity[BINS], pair_rows[65536];
    uint64_t max_pair;
};

static size_t bin_of(double x)
{
    double at = (synth_ln(x) / 0.6931471805599453 + 16) * 128;
    return at < 0 ? 0 : at >= BINS ? BINS - 1 : (size_t)at;
}

static double bin_value(size_t bin) { return synth_exp((((double)bin + 0.5) / 128 - 16) * 0.6931471805599453); }

static void end_pair(struct tally *t, uint64_t *rows)
{
    if (*rows) {
        t->pairs++;
        t->pair_rows[*rows < 65535 ? *rows : 65535]++;
        if (*rows > t->max_pair)
            t->max_pair = *rows;
    }
    *rows = 0;
}

static bool add_line(struct tally *t, const char *line, uint64_t *pair, uint64_t *rows)
{
    unsigned year, i, j;
    char product[8], quantity[32];
    double value;
    if (sscanf(line, "%u,%u,%u,%6[0-9],%lf,%31s", &year, &i, &j, product, &value, quantity) != 6)
        return false;
    uint64_t key = (uint64_t)i << 32 | j;
    if (key != *pair)
        end_pair(t, rows);
    *pair = key;
    ++*rows;
    t->rows++;
    t->value_usd += (uint64_t)(value * 1000 + 0.5);
    t->value[bin_of(value)]++;
    if (strcmp(quantity, "NA") == 0)
        t->na++;
    else
        t->quantity[bin_of(strtod(quantity, NULL))]++;
    return true;
}

static bool read_file(struct tally *t, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    uint64_t pair = UINT64_MAX, rows = 0;
    if (!file) {
        fprintf(stderr, "bench_synth: %s: %s\n", path, strerror(errno));
        return false;
    }
    bool good = fgets(line, sizeof line, file) && strncmp(line, "t,i,j,k,v,q", 11) == 0;
    while (good && fgets(line, sizeof line, file))
        good = add_line(t, line, &pair, &rows);
    end_pair(t, &rows);
    fclose(file);
    if (!good)
        fprintf(stderr, "bench_synth: %s: not in BACI's form\n", path);
    return good;
}

static size_t quantile_bin(const uint32_t *bins, size_t n, double share)
{
    uint64_t total = 0, seen = 0;
    for (size_t i = 0; i < n; i++)
        total += bins[i];
    for (size_t i = 0; i < n; i++) {
        seen += bins[i];
        if ((double)seen >= share * (double)total)
            return i;
    }
    return n - 1;
}

static const double shares[] = {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
#define SHARES (sizeof shares / sizeof *shares)

static void print_report(const char *path, const struct tally *t)
{
    printf("%s\n  rows %" PRIu64 ", pairs %" PRIu64 ", world total %.4g USD, quantity NA %.2f %%\n  %-22s", path,
           t->rows, t->pairs, (double)t->value_usd, 100.0 * (double)t->na / (double)t->rows, "quantile");
    for (size_t i = 0; i < SHARES; i++)
        printf(" %9g", shares[i]);
    printf("\n  %-22s", "value, thousand USD");
    for (size_t i = 0; i < SHARES; i++)
        printf(" %9.3g", bin_value(quantile_bin(t->value, BINS, shares[i])));
    printf("\n  %-22s", "quantity, tonnes");
    for (size_t i = 0; i < SHARES; i++)
        printf(" %9.3g", bin_value(quantile_bin(t->quantity, BINS, shares[i])));
    printf("\n  %-22s", "rows of a pair");
    for (size_t i = 0; i < SHARES; i++)
        printf(" %9zu", quantile_bin(t->pair_rows, 65536, shares[i]));
    printf("  largest %" PRIu64 "\n", t->max_pair);
}

int synth_report(char **path)
{
    bool good = true;
    for (; *path; path++) {
        struct tally *t = calloc(1, sizeof *t);
        if (!t)
            return 1;
        if (read_file(t, *path))
            print_report(*path, t);
        else
            good = false;
        free(t);
    }
    return good ? 0 : 1;
}
