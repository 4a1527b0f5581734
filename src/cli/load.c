/* From configured paths to a catalogue. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "cli/options.h"
#include "entrepot/ingest/ingest.h"

#define TABLE_BYTES_MAX ((size_t)64 << 20)

extern const char _binary_countries_csv_start[], _binary_countries_csv_end[];
extern const char _binary_products_csv_start[], _binary_products_csv_end[];
extern const char _binary_sectors_json_start[], _binary_sectors_json_end[];

struct loading {
    struct catalogue *catalogue;
    const struct countries *countries;
    const struct products *products;
    struct problem *problem;
};

/* A file if one is named, else the built-in text; *own is what to free. */
static enum status table_text(const char *path, const char *start, const char *end, struct str *text, char **own,
                              struct problem *problem)
{
    size_t n;
    *own = NULL;
    *text = str_span(start, (size_t)(end - start));
    if (!path)
        return ST_OK;
    enum status status = ingest_slurp(path, TABLE_BYTES_MAX, own, &n, problem);
    if (status == ST_OK)
        *text = str_span(*own, n);
    return status;
}

enum status load_tables(const struct settings *s, struct countries **countries, struct products **products,
                        struct sectors **sectors, struct problem *problem)
{
    struct str text;
    char *own;
    *countries = NULL;
    *products = NULL;
    *sectors = NULL;
    enum status status =
        table_text(s->countries, _binary_countries_csv_start, _binary_countries_csv_end, &text, &own, problem);
    if (status == ST_OK)
        status = countries_read(s->countries ? s->countries : "countries.csv", text, countries, problem);
    free(own);
    own = NULL;
    if (status == ST_OK)
        status = table_text(s->products, _binary_products_csv_start, _binary_products_csv_end, &text, &own, problem);
    if (status == ST_OK)
        status = products_read(s->products ? s->products : "products.csv", text, products, problem);
    free(own);
    own = NULL;
    if (status == ST_OK)
        status = table_text(s->sectors, _binary_sectors_json_start, _binary_sectors_json_end, &text, &own, problem);
    if (status == ST_OK)
        status = sectors_read(s->sectors ? s->sectors : "sectors.json", text, sectors, problem);
    free(own);
    if (status != ST_OK) {
        countries_free(*countries);
        products_free(*products);
    }
    return status;
}

static bool ends_with(const char *path, const char *end) { return str_ends(str_view(path), str_view(end)); }

static enum status load_file(struct loading *l, const char *path)
{
    struct cube *cube;
    enum status status;
    if (ends_with(path, ".json")) {
        char *bytes;
        size_t n;
        status = ingest_manifest(path, l->countries, &bytes, &n, l->problem);
        if (status == ST_OK)
            status = cube_open_take(path, bytes, n, l->countries, l->products, &cube, l->problem);
    } else {
        status = cube_open(path, l->countries, l->products, &cube, l->problem);
    }
    return status == ST_OK ? catalogue_add(l->catalogue, cube, path, l->problem) : status;
}

static int wanted(const struct dirent *entry)
{
    return ends_with(entry->d_name, ".json") || ends_with(entry->d_name, ".cube");
}

static enum status load_folder(struct loading *l, const char *path)
{
    struct dirent **entry;
    int n = scandir(path, &entry, wanted, alphasort);
    if (n < 0)
        return problem_set(l->problem, ST_IO, path, "cannot read the folder: %s", strerror(errno));
    enum status status =
        n ? ST_OK
          : problem_set(l->problem, ST_INVALID, path, "no manifest (.json) and no cube file (.cube) in this folder");
    for (int i = 0; i < n; i++) {
        char file[4096];
        if (status == ST_OK && (size_t)snprintf(file, sizeof file, "%s/%s", path, entry[i]->d_name) < sizeof file)
            status = load_file(l, file);
        free(entry[i]);
    }
    free(entry);
    return status;
}

static enum status load_path(struct loading *l, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return problem_set(l->problem, ST_NOT_FOUND, path, "cannot find the data: %s", strerror(errno));
    return S_ISDIR(info.st_mode) ? load_folder(l, path) : load_file(l, path);
}

static enum status load_all(const struct settings *s, struct catalogue *catalogue, struct problem *problem)
{
    struct loading l = {.catalogue = catalogue,
                        .countries = catalogue_countries(catalogue),
                        .products = catalogue_products(catalogue),
                        .problem = problem};
    enum status status = ST_OK;
    if (s->n_data == 0) {
        status = problem_set(problem, ST_INVALID, "configuration", "no data is named");
        return problem_cure(problem, status,
                            "give --data PATH (a manifest, a cube file or a folder), or --config FILE");
    }
    for (size_t i = 0; status == ST_OK && i < s->n_data; i++)
        status = load_path(&l, s->data[i]);
    return status;
}

struct catalogue *load_catalogue(const struct settings *s)
{
    struct problem problem;
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct catalogue *catalogue = NULL;
    enum status status = load_tables(s, &countries, &products, &sectors, &problem);
    if (status == ST_OK) {
        catalogue = catalogue_new(countries, products, sectors);
        status = catalogue ? load_all(s, catalogue, &problem)
                           : problem_set(&problem, ST_NO_MEMORY, "start", "out of memory");
    }
    if (status == ST_OK && catalogue_seal(catalogue, build_id()) != ST_OK)
        status = problem_set(&problem, ST_NO_MEMORY, "start", "out of memory");
    if (status == ST_OK)
        return catalogue;
    fputs("entrepot: ", stderr);
    problem_print(&problem, stderr);
    catalogue_free(catalogue);
    return NULL;
}
