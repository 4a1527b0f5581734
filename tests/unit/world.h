/* world: small cubes in memory for the unit tests, over the real tables of countries and products.
 *
 * Tests run from the top folder, where config/ lies. A failure to build the fixture fails the test that asked for it.
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "entrepot/cube/cube.h"
#include "entrepot/ingest/ingest.h"
#include "unit/builder.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MILLION ((int64_t)1000000)

static struct {
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct arena arena;
    struct problem problem;
} world;

/* ---- tables ---- */

static inline struct str world_text(const char *path)
{
    char *text;
    size_t n;
    if (ingest_slurp(path, (size_t)1 << 20, &text, &n, &world.problem) != ST_OK)
        fail_msg("%s: %s", path, world.problem.detail);
    return str_span(text, n);
}

static inline int world_setup(void **state)
{
    (void)state;
    arena_init(&world.arena, SIZE_MAX);
    struct str countries = world_text("config/countries.csv"), products = world_text("config/products.csv");
    struct str sectors = world_text("config/sectors.json");
    enum status status = countries_read("countries.csv", countries, &world.countries, &world.problem);
    if (status == ST_OK)
        status = products_read("products.csv", products, &world.products, &world.problem);
    if (status == ST_OK)
        status = sectors_read("sectors.json", sectors, &world.sectors, &world.problem);
    free((void *)(uintptr_t)countries.p); /* the tables keep copies */
    free((void *)(uintptr_t)products.p);
    free((void *)(uintptr_t)sectors.p);
    return status == ST_OK ? 0 : -1;
}

static inline int world_teardown(void **state)
{
    (void)state;
    arena_release(&world.arena);
    countries_free(world.countries);
    products_free(world.products);
    sectors_free(world.sectors);
    return 0;
}

static inline uint32_t world_id(const char *code)
{
    uint32_t id = countries_find(world.countries, str_view(code));
    if (id == NO_ID)
        fail_msg("%s is no country", code);
    return id;
}

static inline uint32_t world_period(const char *text)
{
    uint32_t period = 0;
    const char *why = "";
    if (!period_read(str_view(text), &period, &why))
        fail_msg("%s: %s", text, why);
    return period;
}

/* ---- cubes ---- */

/* Annual reconciled trade in six digits between a closed set of countries. */
static inline struct dataset world_dataset(const char *id)
{
    return (struct dataset){.id = str_view(id),
                            .title = STR("A small world"),
                            .source = STR("made up"),
                            .licence = STR("none"),
                            .hs = STR("HS2017"),
                            .exports_valuation = STR("FOB"),
                            .imports_valuation = STR("FOB"),
                            .frequency = PERIOD_YEAR,
                            .level = LEVEL_HS6,
                            .basis = BASIS_RECONCILED,
                            .coverage = COVERAGE_FULL,
                            .partners = PARTNERS_CLOSED,
                            .synthetic = true};
}

/* Annual figures of one reporter and all its partners. */
static inline struct dataset world_reported(const char *id, enum partners partners)
{
    struct dataset d = world_dataset(id);
    d.basis = BASIS_REPORTED;
    d.partners = partners;
    return d;
}

struct world_row {
    const char *reporter, *partner;
    enum flow flow;
    const char *period, *product;
    int64_t value_usd, quantity_kg;
    unsigned status;
};

static inline struct observation world_observation(const struct world_row *row)
{
    return (struct observation){.reporter = world_id(row->reporter),
                                .partner = world_id(row->partner),
                                .flow = row->flow,
                                .period = world_period(row->period),
                                .product = str_view(row->product),
                                .value_usd = row->value_usd,
                                .quantity_kg = row->quantity_kg,
                                .status = row->status};
}

/* The bytes of a cube file: malloc's. */
static inline struct str world_bytes(const struct dataset *d, const struct observation *o, size_t n)
{
    struct cube_builder *builder = cube_builder_new(d, world.countries);
    assert_non_null(builder);
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++)
        status = cube_builder_add(builder, &o[i], &world.problem);
    char *bytes = NULL;
    size_t length = 0;
    if (status == ST_OK)
        status = cube_builder_finish(builder, "world.csv", &bytes, &length, &world.problem);
    cube_builder_free(builder);
    if (status != ST_OK)
        fail_msg("%s: %s", world.problem.place, world.problem.detail);
    return str_span(bytes, length);
}

static inline struct cube *world_open(struct str bytes)
{
    struct cube *cube = NULL;
    char *taken = (char *)(uintptr_t)bytes.p;
    if (cube_open_take("world.cube", taken, bytes.n, world.countries, world.products, &cube, &world.problem) != ST_OK)
        fail_msg("%s: %s", world.problem.place, world.problem.detail);
    return cube;
}

static inline struct cube *world_cube(const struct dataset *d, const struct world_row *row, size_t n)
{
    struct observation *o = arena_new(&world.arena, struct observation, n);
    assert_non_null(o);
    for (size_t i = 0; i < n; i++)
        o[i] = world_observation(&row[i]);
    return world_open(world_bytes(d, o, n));
}

/* ---- four countries, three products: 2023 whole, 2022 only between China and India; USD million ---- */

struct world_pair {
    const char *period, *exporter, *importer;
    int million[3]; /* of 854140, 293359, 520512 */
};

static const struct world_pair world_pairs[] = {
    {"2022", "CHN", "IND", {700, 300, 10}}, {"2022", "IND", "CHN", {4, 40, 76}},
    {"2023", "CHN", "IND", {900, 330, 12}}, {"2023", "CHN", "USA", {280, 110, 42}},
    {"2023", "CHN", "DEU", {260, 90, 22}},  {"2023", "IND", "CHN", {6, 44, 100}},
    {"2023", "IND", "USA", {14, 95, 66}},   {"2023", "IND", "DEU", {6, 33, 44}},
    {"2023", "USA", "IND", {55, 30, 6}},    {"2023", "USA", "CHN", {50, 25, 30}},
    {"2023", "USA", "DEU", {45, 20, 5}},    {"2023", "DEU", "IND", {45, 90, 4}},
    {"2023", "DEU", "CHN", {45, 60, 5}},    {"2023", "DEU", "USA", {60, 55, 5}},
};

static inline struct cube *world_trade(const char *id)
{
    static const char *const product[3] = {"854140", "293359", "520512"};
    struct world_row row[3 * COUNT(world_pairs)];
    struct dataset d = world_dataset(id);
    size_t n = 0;
    for (size_t i = 0; i < COUNT(world_pairs); i++)
        for (size_t k = 0; k < 3; k++)
            row[n++] = (struct world_row){.reporter = world_pairs[i].exporter,
                                          .partner = world_pairs[i].importer,
                                          .flow = FLOW_EXPORTS,
                                          .period = world_pairs[i].period,
                                          .product = product[k],
                                          .value_usd = world_pairs[i].million[k] * MILLION,
                                          .quantity_kg = QUANTITY_UNKNOWN};
    return world_cube(&d, row, n);
}

/* ---- what is expected ---- */

/* Published to six places. */
#define expect_near(got, wanted)                                                                                       \
    do {                                                                                                               \
        double got_ = (got), wanted_ = (wanted);                                                                       \
        if (!(fabs(got_ - wanted_) <= 1e-6))                                                                           \
            fail_msg("%s is %.9g where %.9g is wanted", #got, got_, wanted_);                                          \
    } while (0)
#define expect_nan(got) assert_true(isnan(got))
#define expect_usd(figure, wanted)                                                                                     \
    do {                                                                                                               \
        assert_true((figure).known);                                                                                   \
        assert_int_equal((figure).usd, (wanted));                                                                      \
    } while (0)
#define expect_unknown(figure) assert_false((figure).known)

#endif
