/* From configured paths to a catalogue. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "cli/options.h"
#include "entrepot/ingest/ingest.h"

#define TABLE_BYTES_MAX ((size_t)64 << 20)

extern const char _binary_countries_csv_start[], _binary_countries_csv_end[];
extern const char _binary_products_csv_start[], _binary_products_csv_end[];
extern const char _binary_sectors_json_start[], _binary_sectors_json_end[];

struct loading {
    struct catalogue *catalogue; /* NULL: only areas are looked for */
    const struct countries *countries;
    const struct products *products;
    const atomic_bool *give_up; /* or NULL */
    struct problem *problem;
    struct area_list *areas;
};

/* Areas of sources that cube files name. */
struct area_list {
    struct arena arena;
    struct country_area *area;
    size_t n, room;
};

/* A table's text: a file if one is named, else what is built in. */
struct table_text {
    const char *name;
    struct str text;
    char *own; /* what to free */
};

/* Texts that are not built in are folded into *hash. */
static enum status table_open(struct table_text *table, const char *path, const char *name, const char *start,
                              const char *end, uint64_t *hash, struct problem *problem)
{
    *table = (struct table_text){.name = path ? path : name, .text = str_span(start, (size_t)(end - start))};
    if (!path)
        return ST_OK;
    size_t n;
    enum status status = ingest_slurp(path, TABLE_BYTES_MAX, &table->own, &n, problem);
    if (status != ST_OK)
        return status;
    table->text = str_span(table->own, n);
    *hash = XXH3_64bits_withSeed(table->own, n, *hash);
    return ST_OK;
}

static enum status read_tables(const struct settings *s, struct countries **countries, struct products **products,
                               struct sectors **sectors, uint64_t *hash, struct problem *problem)
{
    struct table_text table;
    *countries = NULL;
    *products = NULL;
    *sectors = NULL;
    enum status status = table_open(&table, s->countries, "countries.csv", _binary_countries_csv_start,
                                    _binary_countries_csv_end, hash, problem);
    if (status == ST_OK)
        status = countries_read(table.name, table.text, countries, problem);
    free(table.own);
    if (status == ST_OK) {
        status = table_open(&table, s->products, "products.csv", _binary_products_csv_start, _binary_products_csv_end,
                            hash, problem);
        if (status == ST_OK)
            status = products_read(table.name, table.text, products, problem);
        free(table.own);
    }
    if (status == ST_OK) {
        status = table_open(&table, s->sectors, "sectors.json", _binary_sectors_json_start, _binary_sectors_json_end,
                            hash, problem);
        if (status == ST_OK)
            status = sectors_read(table.name, table.text, sectors, problem);
        free(table.own);
    }
    if (status != ST_OK) {
        countries_free(*countries);
        products_free(*products);
    }
    return status;
}

enum status load_tables(const struct settings *s, struct countries **countries, struct products **products,
                        struct sectors **sectors, struct problem *problem)
{
    uint64_t hash = 0;
    return read_tables(s, countries, products, sectors, &hash, problem);
}

static bool ends_with(const char *path, const char *end) { return str_ends(str_view(path), str_view(end)); }

static enum status note_areas(struct area_list *list, const struct dataset *d, struct problem *problem)
{
    for (size_t i = 0; i < d->n_areas; i++) {
        if (list->n == list->room) {
            const size_t room = list->room ? list->room * 2 : 16;
            struct country_area *grown = arena_new(&list->arena, struct country_area, room);
            if (!grown)
                return problem_set(problem, ST_NO_MEMORY, "countries", "out of memory");
            for (size_t k = 0; k < list->n; k++)
                grown[k] = list->area[k];
            list->area = grown;
            list->room = room;
        }
        list->area[list->n++] =
            (struct country_area){arena_str(&list->arena, d->area[i].id), arena_str(&list->arena, d->area[i].name)};
    }
    return ST_OK;
}

/* The areas of one cube file. */
static enum status look_for_areas(const char *path, struct area_list *list, struct problem *problem)
{
    struct cube *cube;
    enum status status = cube_open(path, NULL, NULL, &cube, problem);
    if (status != ST_OK)
        return status;
    status = note_areas(list, cube_dataset(cube), problem);
    cube_close(cube);
    return status;
}

/* The table with them takes the place of *countries. */
static enum status take_areas(struct countries **countries, const struct area_list *list, struct problem *problem)
{
    struct countries *extended;
    if (list->n == 0)
        return ST_OK;
    enum status status = countries_extend(*countries, list->area, list->n, &extended, problem);
    if (status != ST_OK)
        return status;
    countries_free(*countries);
    *countries = extended;
    return ST_OK;
}

enum status load_areas(const char *path, struct countries **countries, struct problem *problem)
{
    struct area_list list = {.n = 0};
    arena_init(&list.arena, SIZE_MAX);
    enum status status = look_for_areas(path, &list, problem);
    if (status == ST_OK)
        status = take_areas(countries, &list, problem);
    arena_release(&list.arena);
    return status;
}

static enum status load_file(struct loading *l, const char *path)
{
    struct cube *cube;
    enum status status;
    if (!l->catalogue)
        return ends_with(path, ".json") ? ST_OK : look_for_areas(path, l->areas, l->problem);
    if (l->give_up && atomic_load(l->give_up))
        return problem_set(l->problem, ST_UNAVAILABLE, path, "not loaded: the server is ending");
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

/* Where a name stands among the lines of a folder's file `order`; behind them if it is none. */
static size_t place_in(struct str order, const char *name)
{
    size_t place = 0;
    while (order.n) {
        struct str line = str_cut(&order, '\n');
        if (str_eq(line, str_view(name)))
            return place;
        place++;
    }
    return SIZE_MAX;
}

/* The names that the file `order` lists come first, in its order; the others stay as they are. */
static enum status put_in_order(struct dirent **entry, int n, const char *path, struct problem *problem)
{
    char file[4096];
    struct stat info;
    (void)snprintf(file, sizeof file, "%s/order", path);
    if (stat(file, &info) != 0 || !S_ISREG(info.st_mode))
        return ST_OK;
    char *text;
    size_t length;
    enum status status = ingest_slurp(file, TABLE_BYTES_MAX, &text, &length, problem);
    if (status != ST_OK)
        return status;
    for (int i = 1; i < n; i++) {
        struct dirent *one = entry[i];
        size_t place = place_in(str_span(text, length), one->d_name);
        int at = i;
        for (; at && place < place_in(str_span(text, length), entry[at - 1]->d_name); at--)
            entry[at] = entry[at - 1];
        entry[at] = one;
    }
    free(text);
    return ST_OK;
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
    if (status == ST_OK)
        status = put_in_order(entry, n, path, l->problem);
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

static enum status load_all(const struct settings *s, struct loading *l)
{
    enum status status = ST_OK;
    if (s->data.n == 0) {
        status = problem_set(l->problem, ST_INVALID, "configuration", "no data is named");
        return problem_cure(l->problem, status,
                            "give --data PATH (a manifest, a cube file or a folder), or --config FILE");
    }
    for (size_t i = 0; status == ST_OK && i < s->data.n; i++)
        status = load_path(l, s->data.item[i]);
    return status;
}

enum status load_catalogue(const struct settings *s, const atomic_bool *give_up, struct catalogue **out,
                           struct problem *problem)
{
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct loading l = {.give_up = give_up, .problem = problem};
    uint64_t hash = 0;
    enum status status = read_tables(s, &countries, &products, &sectors, &hash, problem);
    if (status != ST_OK)
        return status;
    l.countries = countries;
    l.products = products;
    struct area_list areas = {.n = 0};
    arena_init(&areas.arena, SIZE_MAX);
    l.areas = &areas;
    status = load_all(s, &l);
    if (status == ST_OK)
        status = take_areas(&countries, &areas, problem);
    arena_release(&areas.arena);
    if (status != ST_OK) {
        countries_free(countries);
        products_free(products);
        sectors_free(sectors);
        return status;
    }
    l.countries = countries;
    l.catalogue = catalogue_new(countries, products, sectors);
    status = l.catalogue ? load_all(s, &l) : problem_set(problem, ST_NO_MEMORY, "data", "out of memory");
    if (status != ST_OK) {
        catalogue_free(l.catalogue);
        return status;
    }
    char seed[17];
    hash = XXH3_64bits_withSeed(build_id().p, build_id().n, hash);
    (void)snprintf(seed, sizeof seed, "%016" PRIx64, hash);
    if (catalogue_seal(l.catalogue, str_view(seed)) == ST_OK) {
        *out = l.catalogue;
        return ST_OK;
    }
    catalogue_free(l.catalogue);
    return problem_set(problem, ST_NO_MEMORY, "data", "out of memory");
}

enum status served_load(const struct settings *settings, const atomic_bool *give_up, struct served *out,
                        struct problem *problem)
{
    *out = (struct served){.api = NULL};
    enum status status = load_catalogue(settings, give_up, &out->catalogue, problem);
    if (status != ST_OK)
        return status;
    out->api = api_new(out->catalogue, &settings->api);
    if (out->api)
        return ST_OK;
    served_free(out);
    return problem_set(problem, ST_NO_MEMORY, "data", "out of memory");
}

void served_free(struct served *served)
{
    api_free(served->api);
    catalogue_free(served->catalogue);
    *served = (struct served){.api = NULL};
}
