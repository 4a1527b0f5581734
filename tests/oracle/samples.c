/* Four samples, each loaded through a manifest into a cube and, by the test's own reading, into SQLite. */
#include "oracle/oracle.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/ingest/ingest.h"

/* The table of countries has no group; a sample needs one. */
#define GROUP_LINE "X97,,,,97,European Union,group,,,,,,of the test\n"
#define FIGURES "../shared/figures/"

static struct {
    char folder[64];
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct catalogue *catalogue;
    struct api *api;
    struct sample sample[SAMPLES];
    struct problem problem;
} room;

double sample_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(enum status status)
{
    if (status != ST_OK)
        fail_msg("%s: %s", room.problem.place, room.problem.detail);
}

/* ---- SQLite ---- */

sqlite3_stmt *sql_prepare(const struct sample *s, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s in %.900s", sqlite3_errmsg(s->db), sql);
    return statement;
}

void sql_run(const struct sample *s, const char *sql)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s in %s", sqlite3_errmsg(s->db), sql);
}

const char *sql_period(const struct sample *s, enum period_kind kind)
{
    if (kind == s->frequency)
        return "period";
    return kind == PERIOD_QUARTER ? "period/3" : kind == PERIOD_YEAR ? "period/12" : "(period-3)/12";
}

void sql_countable(sqlite3_str *sql, const char *column)
{
    const char *comma = "";
    sqlite3_str_appendf(sql, "%s NOT IN (", column);
    for (size_t i = 0; i < n_areas; i++)
        if (!area[i].counts) {
            sqlite3_str_appendf(sql, "%s%d", comma, (int)i);
            comma = ",";
        }
    sqlite3_str_appendall(sql, ")");
}

static void open_database(struct sample *s)
{
    assert_int_equal(sqlite3_open(":memory:", &s->db), SQLITE_OK);
    sql_run(s, "PRAGMA temp_store=MEMORY; PRAGMA journal_mode=OFF;"
               "CREATE TABLE obs(reporter INT, partner INT, flow INT, product INT, period INT, value INT, kg INT,"
               " status INT);"
               "CREATE TABLE held(reporter INT, partner INT, flow INT, period INT); BEGIN");
}

static void insert(sqlite3_stmt *into, const int64_t *value, int n, bool last_but_one_is_null)
{
    for (int i = 0; i < n; i++)
        (void)sqlite3_bind_int64(into, i + 1, value[i]);
    if (last_but_one_is_null)
        (void)sqlite3_bind_null(into, n - 1);
    assert_int_equal(sqlite3_step(into), SQLITE_DONE);
    (void)sqlite3_reset(into);
}

/* Statements of a load, and which periods of a pair were seen: a bit each, no sample has more than 64. */
struct load {
    struct sample *sample;
    sqlite3_stmt *obs, *held;
    uint64_t seen[AREAS_MAX][AREAS_MAX][2];
};

static void load_row(struct load *load, const struct tidy_row *row, bool turned)
{
    uint32_t reporter = turned ? row->partner : row->reporter, partner = turned ? row->reporter : row->partner;
    enum flow flow = turned ? FLOW_IMPORTS : row->flow;
    int64_t value[] = {reporter,       partner,          flow,       row->product, row->period,
                       row->value_usd, row->quantity_kg, row->status};
    insert(load->obs, value, 8, !row->weighed);
    load->sample->area_rows[0][reporter]++;
    load->sample->area_rows[1][partner]++;
    uint64_t *seen = &load->seen[reporter][partner][flow], bit = (uint64_t)1 << row->period % 64;
    if (*seen & bit)
        return;
    *seen |= bit;
    insert(load->held, (int64_t[]){reporter, partner, flow, row->period}, 4, false);
}

/* Several names of a source can mean one country: their rows are added up, unknown where any quantity is. */
static void add_up_doubles(const struct sample *s)
{
    sql_run(s, "CREATE TEMP TABLE twice AS SELECT reporter, partner, flow, product, period, sum(value) AS value,"
               " CASE WHEN count(kg)=count(*) THEN sum(kg) END AS kg, max(status) AS status FROM obs"
               " WHERE partner IN (SELECT partner FROM several) GROUP BY 1, 2, 3, 4, 5;"
               "DELETE FROM obs WHERE partner IN (SELECT partner FROM several);"
               "INSERT INTO obs SELECT * FROM twice; DROP TABLE twice; DROP TABLE several");
}

static void note_several(const struct sample *s, const struct tidy *tidy)
{
    sql_run(s, "CREATE TEMP TABLE several(partner INT)");
    for (size_t i = 0; i < tidy->n_several; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "INSERT INTO several VALUES(%" PRIu32 ")", tidy->several[i]);
        sql_run(s, sql);
    }
}

/* The rows come by product; the other indexes hold whole rows, because looking them up one by one is slow. */
static void index_rows(const struct sample *s)
{
    sql_run(s, "COMMIT; CREATE INDEX by_product ON obs(product);"
               "CREATE INDEX by_partner ON obs(partner, product, period, reporter, flow, value, kg, status);"
               "CREATE INDEX of_pair ON held(reporter, partner)");
    if (s->reporters > 1)
        sql_run(s, "CREATE INDEX by_reporter ON obs(reporter, partner, product, period, flow, value, kg, status)");
}

static void load_rows(struct sample *s, struct tidy *tidy)
{
    struct tidy_row row;
    struct load *load = calloc(1, sizeof *load);
    assert_non_null(load);
    open_database(s);
    load->sample = s;
    load->obs = sql_prepare(s, "INSERT INTO obs VALUES(?,?,?,?,?,?,?,?)");
    load->held = sql_prepare(s, "INSERT INTO held VALUES(?,?,?,?)");
    while (tidy_next(tidy, &row)) {
        load_row(load, &row, false);
        if (s->basis == BASIS_RECONCILED)
            load_row(load, &row, true);
    }
    (void)sqlite3_finalize(load->obs);
    (void)sqlite3_finalize(load->held);
    free(load);
    for (size_t i = 0; i < n_areas; i++)
        s->reporters += s->area_rows[0][i] > 0;
    if (tidy->n_several) {
        note_several(s, tidy);
        add_up_doubles(s);
    }
    index_rows(s);
}

/* ---- what the sample spans, as SQLite sees it ---- */

static uint32_t cell(sqlite3_stmt *statement, int column) { return (uint32_t)sqlite3_column_int64(statement, column); }

static size_t list(const struct sample *s, const char *sql, uint32_t **value, uint32_t **count)
{
    size_t n = 0, room_for = 0;
    sqlite3_stmt *statement = sql_prepare(s, sql);
    *value = *count = NULL;
    for (; sqlite3_step(statement) == SQLITE_ROW; n++) {
        if (n == room_for) {
            room_for = room_for ? room_for * 2 : 64;
            *value = reallocarray(*value, room_for, sizeof **value);
            *count = reallocarray(*count, room_for, sizeof **count);
            assert_true(*value && *count);
        }
        (*value)[n] = cell(statement, 0);
        (*count)[n] = cell(statement, 1);
    }
    (void)sqlite3_finalize(statement);
    return n;
}

static void measure(struct sample *s)
{
    uint32_t *count;
    s->n_products = list(s, "SELECT product, count(*) FROM obs GROUP BY 1 ORDER BY 1", &s->product, &s->product_rows);
    s->n_periods = list(s, "SELECT DISTINCT period, 0 FROM held ORDER BY 1", &s->period, &count);
    free(count);
    assert_true(s->n_periods > 0);
    for (size_t i = 0; i < s->n_products; i++)
        s->rows += s->product_rows[i];
    assert_true(s->period[s->n_periods - 1] - s->period[0] < 64);
}

/* ---- the cube ---- */

static void write_manifest(const struct sample *s, const struct tidy *tidy, const char *path)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    (void)fprintf(out,
                  "{\"id\":\"%s\",\"title\":\"%s\",\"source\":\"a test\",\"source_url\":null,\"licence\":\"none\","
                  "\"published\":null,\"checked\":\"no\",\"frequency\":\"%s\",\"level\":\"%s\",\"hs\":%s,"
                  "\"valuation\":{\"exports\":\"FOB\",\"imports\":\"%s\"},\"basis\":\"%s\",\"coverage\":\"full\","
                  "\"partners\":\"%s\",\"synthetic\":%s,\"notes\":[],\"file\":\"%s.csv\",\"codes\":\"%s\",",
                  s->id, s->id, period_kind_word(s->frequency), level_name[s->level],
                  s->level == LEVEL_HS4          ? "\"HS1992\"" /* the table of 1989 and 1990 */
                  : s->frequency == PERIOD_MONTH ? "null"       /* codes that are made up are in no revision */
                                                 : "\"HS2017\"",
                  s->basis == BASIS_REPORTED ? "CIF" : "FOB", basis_name[s->basis],
                  s->basis == BASIS_REPORTED ? "all" : "closed", s->frequency == PERIOD_MONTH ? "true" : "false", s->id,
                  tidy->numbers ? "comtrade" : "iso3");
    (void)fprintf(out, "\"columns\":{%s}%s,\"value_unit\":\"%s\",\"quantity_unit\":\"%s\"}\n", tidy->columns,
                  tidy->constants, tidy->value_shift == 6 ? "USD million" : "USD thousand",
                  tidy->quantity_shift ? "tonnes" : "kg");
    assert_int_equal(fclose(out), 0);
}

/* The one place that knows how a manifest becomes a cube. */
static struct cube *import(const char *manifest)
{
    char *bytes;
    size_t n;
    struct cube *cube = NULL;
    must(ingest_manifest(manifest, room.countries, &bytes, &n, &room.problem));
    must(cube_open_take(manifest, bytes, n, room.countries, room.products, &cube, &room.problem));
    return cube;
}

/* The nodes of a level are the ancestors of the products that SQLite has: each once, in order, and no other. */
static void match_nodes(struct sample *s, enum level level)
{
    size_t n, k = 0, seen = 0;
    const struct str *code = cube_nodes(s->cube, level, &n);
    uint32_t *node = s->node[level] = calloc(n + 1, sizeof *node);
    bool *met = calloc(n + 1, sizeof *met);
    assert_true(node && met);
    s->n_nodes[level] = n;
    for (size_t i = 0; i < n; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%.*s", STR_ARG(code[i]));
        bool chapter = level == LEVEL_SECTION && *text != 'S';
        node[i] = chapter ? text_ancestor(text_product(text), LEVEL_HS2, LEVEL_SECTION) : text_product(text);
        if (i && node[i] <= node[i - 1])
            fail_msg("%s: level %s is not in order at %s", s->id, level_name[level], text);
    }
    for (size_t i = 0; i < s->n_products; i++) {
        uint32_t wanted = text_ancestor(s->product[i], s->level, level);
        if (k >= n || node[k] != wanted)
            for (k = seen < n && node[seen] == wanted ? seen : 0; k < n && node[k] != wanted;)
                k++;
        if (k == n)
            fail_msg("%s: level %s lacks node %" PRIu32, s->id, level_name[level], wanted);
        seen += !met[k];
        met[k] = true;
    }
    assert_int_equal(seen, n);
    free(met);
}

/* Every node's leaves lie side by side, and all of them are some node's. */
static void match_ranges(const struct sample *s, enum level level)
{
    size_t n;
    uint32_t from, to, end = 0;
    const struct str *code = cube_nodes(s->cube, level, &n);
    for (size_t i = 0; i < n; i++) {
        cube_leaf_range(s->cube, code[i], &from, &to);
        if (from != end || to <= from)
            fail_msg("%s: leaves of %.*s are said to be %" PRIu32 " to %" PRIu32, s->id, STR_ARG(code[i]), from, to);
        for (end = from; end < to; end++)
            assert_int_equal(text_ancestor(s->product[end], s->level, level), s->node[level][i]);
    }
    assert_int_equal(end, s->n_products);
}

static void match_dictionaries(struct sample *s)
{
    size_t n, expected = 0;
    for (uint32_t i = 0; i < n_areas; i++) {
        s->country[i] = countries_find(room.countries, str_view(area[i].id));
        assert_true(s->country[i] < n_areas);
        s->own_area[s->country[i]] = i;
        expected += s->area_rows[0][i] || s->area_rows[1][i];
    }
    (void)cube_members(s->cube, &n);
    assert_int_equal(n, expected);
    for (enum level level = LEVEL_TOTAL; level <= s->level; level++)
        match_nodes(s, level);
    for (enum level level = LEVEL_HS2; level <= s->level; level++)
        match_ranges(s, level);
    (void)cube_periods(s->cube, &n);
    assert_int_equal(n, s->n_periods);
    assert_int_equal(cube_observations(s->cube), s->basis == BASIS_RECONCILED ? s->rows / 2 : s->rows);
    must(cube_verify(s->cube, &room.problem));
}

/* ---- life ---- */

static char *slurp(const char *path, size_t *n)
{
    char *text;
    must(ingest_slurp(path, (size_t)1 << 24, &text, n, &room.problem));
    return text;
}

static void read_countries(void)
{
    size_t n;
    char *csv = slurp("config/countries.csv", &n), *text = realloc(csv, n + sizeof GROUP_LINE);
    assert_non_null(text);
    text[n] = '\0';
    const char *groups = strstr(text, "\nX97,"); /* with members: SQLite is told of one without */
    n = groups ? (size_t)(groups - text) + 1 : n;
    memcpy(text + n, GROUP_LINE, sizeof GROUP_LINE);
    must(countries_read("countries.csv", str_span(text, n + sizeof GROUP_LINE - 1), &room.countries, &room.problem));
    text_areas(text);
    free(text);
}

int sample_setup(void **state)
{
    size_t n;
    (void)state;
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(room.folder, sizeof room.folder, "%.40s/oracle.XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(room.folder));
    read_countries();
    char *products = slurp("config/products.csv", &n);
    must(products_read("products.csv", str_span(products, n), &room.products, &room.problem));
    free(products);
    char *sectors = slurp("config/sectors.json", &n);
    must(sectors_read("sectors.json", str_span(sectors, n), &room.sectors, &room.problem));
    free(sectors);
    room.catalogue = catalogue_new(room.countries, room.products, room.sectors);
    return room.catalogue ? 0 : -1;
}

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL)
        if (*entry->d_name != '.')
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        (void)closedir(folder);
    (void)rmdir(path);
}

int sample_teardown(void **state)
{
    (void)state;
    for (struct sample *s = room.sample; s < room.sample + SAMPLES; s++) {
        (void)sqlite3_close(s->db);
        free(s->product);
        free(s->product_rows);
        free(s->period);
        for (enum level level = LEVEL_TOTAL; level < LEVELS; level++)
            free(s->node[level]);
    }
    api_free(room.api);
    catalogue_free(room.catalogue);
    remove_folder(room.folder);
    return 0;
}

static const struct sample blank[SAMPLES] = {
    [SAMPLE_HS8] = {.id = "hs8", .level = LEVEL_HS8, .frequency = PERIOD_FISCAL, .basis = BASIS_REPORTED},
    [SAMPLE_MATRIX] = {.id = "matrix", .level = LEVEL_HS4, .frequency = PERIOD_YEAR, .basis = BASIS_RECONCILED},
    [SAMPLE_BACI] = {.id = "baci", .level = LEVEL_HS6, .frequency = PERIOD_YEAR, .basis = BASIS_RECONCILED},
    [SAMPLE_MONTHS] = {.id = "months", .level = LEVEL_HS6, .frequency = PERIOD_MONTH, .basis = BASIS_REPORTED},
};

struct sample *sample_load(enum sample_name name)
{
    static const char *const file[SAMPLES] = {[SAMPLE_HS8] = FIGURES "india-exports-hs8-by-partner-fy2017-2024.csv.zst",
                                              [SAMPLE_MATRIX] = FIGURES "comtrade-23x23-hs4-1989-1990.csv",
                                              [SAMPLE_BACI] = FIGURES "baci-hs17-2020-afg-zaf.csv"};
    struct sample *s = &room.sample[name];
    struct tidy tidy;
    char csv[128], manifest[128];
    double start = sample_now();
    if (s->cube)
        return s;
    if (file[name] && access(file[name], R_OK) != 0) {
        printf("# %s is not here\n", file[name]);
        return NULL;
    }
    (void)snprintf(csv, sizeof csv, "%s/%s.csv", room.folder, blank[name].id);
    (void)snprintf(manifest, sizeof manifest, "%s/%s.json", room.folder, blank[name].id);
    if (!tidy_open(&tidy, name, file[name], csv))
        return NULL;
    *s = blank[name];
    load_rows(s, &tidy);
    tidy_close(&tidy);
    measure(s);
    double loaded = sample_now();
    write_manifest(s, &tidy, manifest);
    s->cube = import(manifest);
    must(catalogue_add(room.catalogue, s->cube, manifest, &room.problem));
    match_dictionaries(s);
    printf("# %s: %" PRIu64 " rows%s; %.1f s to read them into SQLite, %.1f s to import and verify the cube\n", s->id,
           s->rows, tidy.thinned ? ", thinned out in an instrumented build" : "", loaded - start,
           sample_now() - loaded);
    return s;
}

struct api *sample_api(void)
{
    if (!room.api) {
        assert_int_equal(catalogue_seal(room.catalogue, STR("oracle")), ST_OK);
        struct api_options options = api_options_default();
        room.api = api_new(room.catalogue, &options);
        assert_non_null(room.api);
    }
    return room.api;
}
