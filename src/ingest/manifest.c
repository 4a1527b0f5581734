/* A manifest and its tidy CSV become a cube. */
#include <inttypes.h>

#include "entrepot/base/number.h"
#include "entrepot/ingest/ingest.h"
#include "ingest/source.h"

#define MANIFEST_BYTES_MAX ((size_t)1 << 20)
#define UNKNOWN_CODES_MAX 20

struct tidy {
    const struct dataset *dataset;
    const struct dataset_csv *map;
    const struct countries *countries;
    struct csv csv;
    size_t column[CSV_ROLES], n_columns;
    struct cube_builder *builder;
    struct str unknown[UNKNOWN_CODES_MAX]; /* country codes, in the arena */
    size_t n_unknown;
    uint64_t unknown_rows, first_unknown_line;
    struct arena *arena;
    struct problem *problem;
};

/* ---- header ---- */

static enum status lacks_column(const struct tidy *t, struct str wanted)
{
    char place[256], there[300] = "";
    size_t n = 0;
    for (size_t i = 0; i < t->csv.n_fields && n < sizeof there - 40; i++)
        n += (size_t)snprintf(there + n, sizeof there - n, "%s%.*s", i ? ", " : "",
                              (int)(t->csv.field[i].n < 30 ? t->csv.field[i].n : 30), t->csv.field[i].p);
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, t->csv.name, t->csv.line);
    enum status status = problem_set(t->problem, ST_INVALID, place, "there is no column \"%.*s\"; there are: %s",
                                     STR_ARG(wanted), there);
    return problem_cure(t->problem, status, "correct \"columns\" in the manifest, or the CSV's header");
}

/* Two columns of one name: nobody can tell which is meant. */
static enum status check_single(const struct tidy *t, size_t column)
{
    struct str name = str_trim(t->csv.field[column]);
    for (size_t i = column + 1; i < t->csv.n_fields; i++)
        if (str_eq(str_trim(t->csv.field[i]), name))
            return csv_refuse(&t->csv, t->problem, "the header has two columns of this name", name);
    return ST_OK;
}

static enum status find_columns(struct tidy *t)
{
    enum status status = csv_next(&t->csv, t->problem);
    if (status == ST_NOT_FOUND)
        return problem_set(t->problem, ST_INVALID, t->csv.name, "the file is empty");
    for (size_t role = 0; status == ST_OK && role < CSV_ROLES; role++) {
        struct str name = t->map->column[role];
        t->column[role] = name.n ? csv_column(&t->csv, name) : CSV_FIELDS_MAX;
        if (name.n && t->column[role] == CSV_FIELDS_MAX)
            status = lacks_column(t, name);
        else if (status == ST_OK && name.n)
            status = check_single(t, t->column[role]);
    }
    t->n_columns = t->csv.n_fields;
    return status;
}

/* ---- cells ---- */

static struct str cell(const struct tidy *t, enum csv_role role)
{
    size_t column = t->column[role];
    return column == CSV_FIELDS_MAX ? t->map->constant[role] : str_trim(t->csv.field[column]);
}

static enum status bad_cell(const struct tidy *t, enum csv_role role, const char *what)
{
    char place[256];
    struct str value = cell(t, role),
               column = t->map->column[role].n ? t->map->column[role] : str_view(csv_role_name[role]);
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, t->csv.name, t->csv.line);
    return problem_set(t->problem, ST_INVALID, place, "column \"%.*s\": \"%.*s\" %s", STR_ARG(column),
                       (int)(value.n < 80 ? value.n : 80), value.p, what);
}

static enum status note_unknown(struct tidy *t, struct str code)
{
    if (t->unknown_rows++ == 0)
        t->first_unknown_line = t->csv.line;
    for (size_t i = 0; i < t->n_unknown; i++)
        if (str_eq(t->unknown[i], code))
            return ST_OK;
    if (t->n_unknown < UNKNOWN_CODES_MAX)
        t->unknown[t->n_unknown++] = arena_str(t->arena, code);
    return ST_OK;
}

static uint32_t read_country(struct tidy *t, enum csv_role role)
{
    struct str code = cell(t, role);
    uint32_t id = countries_find_source(t->countries, t->map->codes, code);
    if (id == NO_ID)
        (void)note_unknown(t, code);
    return id;
}

static enum status read_flow(const struct tidy *t, enum flow *out)
{
    static const char *const exports[] = {"X", "exports", "export"}, *const imports[] = {"M", "imports", "import"};
    struct str word = cell(t, ROLE_FLOW);
    *out = FLOW_EXPORTS;
    if (word.n == 0 && t->dataset->basis == BASIS_RECONCILED)
        return ST_OK;
    for (size_t i = 0; i < 3; i++) {
        if (str_eq_nocase(word, str_view(exports[i])))
            return ST_OK;
        if (str_eq_nocase(word, str_view(imports[i]))) {
            *out = FLOW_IMPORTS;
            return t->dataset->basis == BASIS_REPORTED
                       ? ST_OK
                       : bad_cell(t, ROLE_FLOW, "is no flow of reconciled data: each pair stands once, as exports");
        }
    }
    return bad_cell(t, ROLE_FLOW, "is no flow: write X (exports) or M (imports)");
}

static enum status read_status(const struct tidy *t, unsigned *out)
{
    static const struct {
        const char *word;
        unsigned status;
    } words[] = {
        {"", OBS_FINAL},        {"final", OBS_FINAL},         {"F", OBS_FINAL},     {"provisional", OBS_PROVISIONAL},
        {"P", OBS_PROVISIONAL}, {"estimated", OBS_ESTIMATED}, {"E", OBS_ESTIMATED}, {"rounded", OBS_ROUNDED},
        {"R", OBS_ROUNDED}};
    struct str word = cell(t, ROLE_STATUS);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i].word)) {
            *out = words[i].status;
            return ST_OK;
        }
    return bad_cell(t, ROLE_STATUS, "is no status: write final, provisional, estimated or rounded");
}

static enum status read_numbers(const struct tidy *t, struct observation *o)
{
    struct str weight = cell(t, ROLE_QUANTITY);
    enum status status = decimal_read(cell(t, ROLE_VALUE), t->map->value_shift, &o->value_usd);
    if (status != ST_OK)
        return bad_cell(t, ROLE_VALUE, status == ST_TOO_LARGE ? "is larger than any trade" : "is not a number");
    o->quantity_kg = QUANTITY_UNKNOWN;
    if (weight.n && !str_is(weight, "NA") && decimal_read(weight, t->map->quantity_shift, &o->quantity_kg) != ST_OK)
        return bad_cell(t, ROLE_QUANTITY, "is not a number");
    return ST_OK;
}

/* Empty fields at the end are a habit of some exporters; text there is a number with an unquoted comma in it. */
static enum status check_width(const struct tidy *t)
{
    for (size_t role = 0; role < CSV_ROLES; role++)
        if (t->column[role] != CSV_FIELDS_MAX && t->column[role] >= t->csv.n_fields)
            return csv_refuse(&t->csv, t->problem, "the row has fewer fields than the header", t->csv.field[0]);
    for (size_t i = t->n_columns; i < t->csv.n_fields; i++)
        if (str_trim(t->csv.field[i]).n)
            return csv_refuse(&t->csv, t->problem, "the row has more fields than the header", t->csv.field[i]);
    return ST_OK;
}

/* At level total a product column is not needed; where there is one, a row of a single product is no total. */
static struct str read_product(const struct tidy *t)
{
    bool given = t->map->column[ROLE_PRODUCT].n || t->map->constant[ROLE_PRODUCT].n;
    return given ? cell(t, ROLE_PRODUCT) : STR("TOTAL");
}

static enum status read_row(struct tidy *t)
{
    const char *why;
    enum status status = check_width(t);
    if (status != ST_OK)
        return status;
    struct observation o = {.line = t->csv.line, .product = read_product(t)};
    o.reporter = read_country(t, ROLE_REPORTER);
    o.partner = read_country(t, ROLE_PARTNER);
    if (!period_read(cell(t, ROLE_PERIOD), &o.period, &why))
        return bad_cell(t, ROLE_PERIOD, "is no period: write 2019, FY2018-19, 2019-Q2 or 2019-04");
    status = read_flow(t, &o.flow);
    if (status == ST_OK)
        status = read_numbers(t, &o);
    if (status == ST_OK)
        status = read_status(t, &o.status);
    if (status != ST_OK || o.reporter == NO_ID || o.partner == NO_ID)
        return status; /* unknown countries are told together at the end */
    status = cube_builder_add(t->builder, &o, t->problem);
    if (status != ST_OK)
        (void)snprintf(t->problem->place, sizeof t->problem->place, "%s:%" PRIu64, t->csv.name, t->csv.line);
    return status;
}

static enum status tell_unknown(const struct tidy *t)
{
    char place[256], list[320] = "";
    size_t n = 0;
    for (size_t i = 0; i < t->n_unknown; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*s", i ? ", " : "",
                              (int)(t->unknown[i].n < 12 ? t->unknown[i].n : 12), t->unknown[i].p);
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, t->csv.name, t->first_unknown_line);
    enum status status = problem_set(t->problem, ST_INVALID, place,
                                     "%" PRIu64 " unknown country codes from this line on: %s", t->unknown_rows, list);
    return problem_cure(
        t->problem, status,
        "correct them, set \"codes\" in the manifest to the system they are of, or add them to the table of countries");
}

static enum status read_csv(struct tidy *t, const char *path, char **bytes, size_t *n)
{
    struct source source = {.file = NULL};
    enum status status = source_open(&source, path, t->problem);
    if (status != ST_OK)
        return status;
    csv_init_stream(&t->csv, path, source_fill, &source);
    status = find_columns(t);
    while (status == ST_OK && (status = csv_next(&t->csv, t->problem)) == ST_OK)
        status = read_row(t);
    if (status == ST_NOT_FOUND)
        status = t->unknown_rows ? tell_unknown(t) : ST_OK;
    if (status == ST_OK)
        status = cube_builder_finish(t->builder, path, bytes, n, t->problem);
    csv_release(&t->csv);
    source_close(&source);
    return status;
}

static struct str beside(const char *manifest, struct str file, struct arena *arena)
{
    const char *slash = strrchr(manifest, '/');
    int folder = slash ? (int)(slash - manifest) + 1 : 0;
    return arena_printf(arena, "%.*s%.*s", folder, manifest, STR_ARG(file));
}

static enum status run(const char *path, const struct countries *countries, struct arena *arena, char **bytes,
                       size_t *n, struct problem *problem)
{
    char *text;
    size_t length;
    struct dataset dataset;
    struct dataset_csv map;
    enum status status = ingest_slurp(path, MANIFEST_BYTES_MAX, &text, &length, problem);
    if (status != ST_OK)
        return status;
    status = dataset_read(path, str_span(text, length), arena, &dataset, &map, problem);
    free(text);
    if (status != ST_OK)
        return status;
    struct tidy t = {.dataset = &dataset, .map = &map, .countries = countries, .arena = arena, .problem = problem};
    struct str file = beside(path, map.file, arena);
    t.builder = cube_builder_new(&dataset, countries);
    if (!t.builder || !file.p) {
        cube_builder_free(t.builder);
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    }
    status = read_csv(&t, file.p, bytes, n);
    cube_builder_free(t.builder);
    return status;
}

enum status ingest_manifest(const char *path, const struct countries *countries, char **bytes, size_t *n,
                            struct problem *problem)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    enum status status = run(path, countries, &arena, bytes, n, problem);
    arena_release(&arena);
    return status;
}
