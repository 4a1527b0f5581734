/* How many rows of BACI one thread parses a second, without reading, writing or taking them; and how fast the reading thread cuts a file
 * into blocks.
 *
 *   bench_parse BACI.csv [ROUNDS]   the file is repeated until it fills 64 MiB, then parsed ROUNDS times (5); the best counts
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ingest/format/format.h"
#include "ingest/text/blocks.h"

#define TEXT_BYTES ((size_t)64 << 20)

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(enum status status, const struct problem *problem)
{
    if (status == ST_OK)
        return;
    problem_print(problem, stderr);
    exit(EXIT_FAILURE);
}

static struct countries *read_countries(struct problem *problem)
{
    struct countries *countries;
    char *text;
    size_t n;
    check(ingest_slurp("config/countries.csv", (size_t)1 << 20, &text, &n, problem), problem);
    check(countries_read("countries.csv", str_span(text, n), &countries, problem), problem);
    free(text);
    return countries;
}

/* The rows of the file, again and again. */
static char *repeat(const char *path, size_t *n, struct problem *problem)
{
    char *text, *all = calloc(1, TEXT_BYTES + BLOCK_PADDING);
    size_t length;
    check(ingest_slurp(path, TEXT_BYTES, &text, &length, problem), problem);
    struct str rows = str_span(text, length);
    (void)str_cut(&rows, '\n');
    for (*n = 0; all && rows.n && *n + rows.n <= TEXT_BYTES; *n += rows.n)
        memcpy(all + *n, rows.p, rows.n);
    free(text);
    return all;
}

static size_t parse_once(struct importing *im, const struct input *input, const struct cube_writer *writer, char *text,
                         size_t n, struct problem *problem)
{
    size_t rows = 0;
    for (size_t at = 0, length; at < n; at += length) {
        length = n - at < BLOCK_BYTES ? n - at : BLOCK_BYTES;
        while (text[at + length - 1] != '\n')
            length--;
        struct parse parse = {.importing = im, .input = input, .batch = cube_batch_new(writer, 0), .problem = problem};
        csv_init_part(&parse.csv, input->name, text + at, length, 2);
        check(im->adapter->parse(&parse), problem);
        rows += cube_batch_rows(parse.batch);
        cube_batch_free(parse.batch);
        tally_release(&parse.tally);
    }
    return rows;
}

static void read_once(const char *path, struct problem *problem)
{
    struct block_reader reader;
    struct block block = {.bytes = NULL};
    double start = now(), bytes = 0;
    check(block_reader_open(&reader, path, 0, -1, problem), problem);
    while (block_reader_next(&reader, &block, problem) == ST_OK)
        bytes += (double)block.n;
    block_reader_close(&reader);
    block_release(&block);
    printf("read: %.0f MB/s\n", bytes / (now() - start) / 1e6);
}

int main(int argc, char **argv)
{
    struct problem problem;
    struct ingest_options options = ingest_options_default();
    struct cube_writer_options bare = {.sum_member = NO_ID};
    struct cube_writer *writer;
    if (argc < 2) {
        puts("bench_parse: skipped: give it a BACI file");
        return EXIT_SUCCESS;
    }
    options.hs = "HS2017";
    struct input input = {
        .path = argv[1], .name = argv[1], .column = {0, 1, 2, 3, 4, 5}, .n_columns = 6, .in_order = true};
    struct importing im = {.adapter = &adapter_baci,
                           .countries = read_countries(&problem),
                           .options = &options,
                           .input = &input,
                           .n_inputs = 1};
    arena_init(&im.arena, SIZE_MAX);
    check(im.adapter->describe(&im, &problem), &problem);
    check(cube_writer_new(NULL, &im.dataset, im.countries, &bare, &writer, &problem), &problem);
    size_t n, rows = 0;
    char *text = repeat(argv[1], &n, &problem);
    double best = 1e9;
    for (int round = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5; text && round > 0; round--) {
        double start = now();
        rows = parse_once(&im, &input, writer, text, n, &problem);
        double seconds = now() - start;
        best = seconds < best ? seconds : best;
    }
    printf("parse: %.1f M rows/s, %.0f MB/s on one core (%zu rows)\n", (double)rows / best / 1e6,
           (double)n / best / 1e6, rows);
    read_once(argv[1], &problem);
    free(text);
    cube_writer_free(writer);
    countries_free((struct countries *)(uintptr_t)im.countries);
    arena_release(&im.arena);
    return EXIT_SUCCESS;
}
