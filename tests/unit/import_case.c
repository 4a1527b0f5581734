#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "import_case.h"

#define PATHS 256

static struct countries *countries;
static struct products *products;
static char folder[200], paths[PATHS][256];
static size_t n_paths;

int import_make_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    (void)state;
    n_paths = 0;
    (void)snprintf(folder, sizeof folder, "%s/import-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

int import_remove_folder(void **state)
{
    char path[600];
    (void)state;
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && (entry = readdir(open));) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    if (open)
        (void)closedir(open);
    return rmdir(folder);
}

int import_read_tables(void **state)
{
    char *text;
    size_t n;
    struct problem problem;
    (void)state;
    if (ingest_slurp("config/countries.csv", (size_t)1 << 20, &text, &n, &problem) != ST_OK)
        return -1;
    enum status status = countries_read("countries.csv", str_span(text, n), &countries, &problem);
    free(text);
    if (status != ST_OK || ingest_slurp("config/products.csv", (size_t)1 << 20, &text, &n, &problem) != ST_OK)
        return -1;
    status = products_read("products.csv", str_span(text, n), &products, &problem);
    free(text);
    return status == ST_OK ? 0 : -1;
}

int import_free_tables(void **state)
{
    (void)state;
    countries_free(countries);
    products_free(products);
    return 0;
}

const struct countries *import_countries(void) { return countries; }

const char *import_path(const char *file)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    for (size_t i = 0; i < n_paths; i++)
        if (strcmp(paths[i], path) == 0)
            return paths[i];
    assert_true(n_paths < PATHS);
    memcpy(paths[n_paths], path, sizeof path);
    return paths[n_paths++];
}

const char *import_file(const char *name, struct str bytes)
{
    const char *path = import_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *import_packed(const char *name, struct str bytes)
{
    const char *path = import_path(name);
    gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes.p, (unsigned)bytes.n), (int)bytes.n);
    assert_int_equal(gzclose(file), Z_OK);
    return path;
}

void import_run(struct import_result *result, const char *format, const struct ingest_options *options,
                const char *const *files)
{
    const struct ingest_options none = ingest_options_default();
    struct problem problem;
    const char *output = import_path("out.cube");
    size_t n = 0;
    while (files[n])
        n++;
    (void)unlink(output);
    *result = (struct import_result){.bytes = NULL};
    result->status = ingest_import(format, files, n, output, countries, options ? options : &none, &result->report,
                                   &result->problem);
    if (result->status == ST_OK)
        assert_int_equal(ingest_slurp(output, (size_t)1 << 30, &result->bytes, &result->n, &problem), ST_OK);
    else
        assert_int_not_equal(access(output, F_OK), 0);
}

void import_release(struct import_result *result)
{
    free(result->bytes);
    result->bytes = NULL;
}

static void print_row(struct buf *out, const struct cube *cube, const struct cube_rows *rows, size_t i)
{
    char period[PERIOD_TEXT];
    size_t n;
    const struct str *code = cube_nodes(cube, cube_dataset(cube)->level, &n);
    (void)period_print(rows->key[CUBE_PERIOD][i], period);
    buf_printf(out, "%s %.*s %.*s %s %.*s %lld ", period,
               STR_ARG(countries_at(countries, rows->key[CUBE_REPORTER][i])->id),
               STR_ARG(countries_at(countries, rows->key[CUBE_PARTNER][i])->id), rows->key[CUBE_FLOW][i] ? "M" : "X",
               STR_ARG(code[rows->key[CUBE_PRODUCT][i]]), (long long)rows->value_usd[i]);
    if (rows->quantity_kg[i] == QUANTITY_UNKNOWN)
        buf_lit(out, "-\n");
    else
        buf_printf(out, "%lld\n", (long long)rows->quantity_kg[i]);
}

static bool has_rows(const struct cube *cube, uint32_t country)
{
    size_t n;
    const uint32_t *member = cube_members(cube, &n);
    for (size_t i = 0; i < n; i++)
        if (member[i] == country)
            return true;
    return false;
}

void import_transcribe(const char *bytes, size_t n, struct buf *out)
{
    struct problem problem;
    struct cube *cube;
    struct arena arena;
    struct cube_rows rows;
    char *copy = malloc(n);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    if (cube_open_take("out.cube", copy, n, countries, products, &cube, &problem) != ST_OK)
        fail_msg("%s: %s", problem.place, problem.detail);
    uint32_t *all = calloc(countries_count(countries), sizeof *all); /* the world, too; groups where they have rows */
    size_t n_all = 0;
    assert_non_null(all);
    for (uint32_t i = 0; i < countries_count(countries); i++)
        if (countries_at(countries, i)->kind != MEMBER_GROUP || has_rows(cube, i))
            all[n_all++] = i;
    /* Reconciled data are shown from both sides: one of them is enough here. */
    static const uint32_t flows[] = {FLOW_EXPORTS, FLOW_IMPORTS};
    size_t n_flows = cube_dataset(cube)->basis == BASIS_RECONCILED ? 1 : 2;
    struct cube_query query = {.only[CUBE_FLOW] = {flows, n_flows},
                               .only[CUBE_REPORTER] = {all, n_all},
                               .only[CUBE_PARTNER] = {all, n_all},
                               .group = CUBE_BIT(CUBE_REPORTER) | CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW) |
                                        CUBE_BIT(CUBE_PRODUCT) | CUBE_BIT(CUBE_PERIOD),
                               .level = cube_dataset(cube)->level,
                               .kind = cube_dataset(cube)->frequency,
                               .spread = CUBE_NO_SPREAD,
                               .measures = CUBE_QUANTITY};
    arena_init(&arena, (size_t)1 << 28);
    assert_int_equal(cube_run(cube, &query, &rows, 1, &arena, NULL), ST_OK);
    assert_int_equal(rows.n, cube_observations(cube));
    for (size_t i = 0; i < rows.n; i++)
        print_row(out, cube, &rows, i);
    arena_release(&arena);
    free(all);
    cube_close(cube);
}

void import_gives(const char *format, const struct ingest_options *options, const char *path, const char *wanted)
{
    struct import_result result;
    struct buf text;
    import_run(&result, format, options, (const char *const[]){path, NULL});
    if (result.status != ST_OK)
        fail_msg("%s: %s", result.problem.place, result.problem.detail);
    buf_init(&text, (size_t)1 << 28);
    import_transcribe(result.bytes, result.n, &text);
    if (!str_is(buf_view(&text), wanted))
        fail_msg("got\n%.*snot\n%s", STR_ARG(buf_view(&text)), wanted);
    buf_release(&text);
    import_release(&result);
}

void import_refuses(const char *format, const struct ingest_options *options, const char *path, int line,
                    const char *part)
{
    struct import_result result;
    char place[300];
    import_run(&result, format, options, (const char *const[]){path, NULL});
    (void)snprintf(place, sizeof place, line ? "%s:%d" : "%s", path, line);
    if (result.status == ST_OK)
        fail_msg("not refused: wanted \"%s\"", part);
    if (strcmp(result.problem.place, place) != 0 || !strstr(result.problem.detail, part))
        fail_msg("%s: %s\n  is not at %s or does not say \"%s\"", result.problem.place, result.problem.detail, place,
                 part);
    import_release(&result);
}
