#include "http/test_api.h"

#include <stdio.h>

#include "entrepot/ingest/ingest.h"

static const char *const manifests[] = {
    "data/dgcis-total-fy.json",   "data/dgcis-hs2-fy.json",           "data/dgcis-chapters-fy.json",
    "data/dgcis-world-hs2.json",  "data/comtrade-partners-2019.json", "data/dgcis-hs2-month.json",
    "data/gacc-total-month.json", "data/gacc-world-year.json",        "data/comtrade-critical-month.json",
    "data/baci-total-2023.json",
};

/* Shipped figures alone, and with something invented behind them. */
static struct service {
    const char *also; /* or NULL */
    struct catalogue *catalogue;
    struct api *api;
} services[] = {{.also = NULL}, {.also = "tests/fixtures/toy-world.json"}, {.also = "tests/fixtures/hostile.json"}};
#define SERVICES (sizeof services / sizeof *services)

static void forget(void)
{
    for (size_t i = 0; i < SERVICES; i++) {
        api_free(services[i].api);
        catalogue_free(services[i].catalogue);
    }
}

static enum status read_tables(struct countries **countries, struct products **products, struct sectors **sectors,
                               struct problem *problem)
{
    char *text;
    size_t n;
    enum status status = ingest_slurp("config/countries.csv", 1 << 24, &text, &n, problem);
    if (status == ST_OK) {
        status = countries_read("config/countries.csv", str_span(text, n), countries, problem);
        free(text);
    }
    if (status == ST_OK)
        status = ingest_slurp("config/products.csv", 1 << 24, &text, &n, problem);
    if (status == ST_OK) {
        status = products_read("config/products.csv", str_span(text, n), products, problem);
        free(text);
    }
    if (status == ST_OK)
        status = ingest_slurp("config/sectors.json", 1 << 24, &text, &n, problem);
    if (status == ST_OK) {
        status = sectors_read("config/sectors.json", str_span(text, n), sectors, problem);
        free(text);
    }
    return status;
}

static enum status add(struct catalogue *catalogue, const char *path, struct problem *problem)
{
    char *bytes;
    size_t n;
    struct cube *cube;
    enum status status = ingest_manifest(path, catalogue_countries(catalogue), &bytes, &n, problem);
    if (status == ST_OK)
        status = cube_open_take(path, bytes, n, catalogue_countries(catalogue), catalogue_products(catalogue), &cube,
                                problem);
    return status == ST_OK ? catalogue_add(catalogue, cube, path, problem) : status;
}

static enum status fill(struct service *service, struct problem *problem)
{
    struct countries *countries = NULL;
    struct products *products = NULL;
    struct sectors *sectors = NULL;
    enum status status = read_tables(&countries, &products, &sectors, problem);
    service->catalogue = status == ST_OK ? catalogue_new(countries, products, sectors) : NULL;
    if (!service->catalogue)
        return status == ST_OK ? ST_NO_MEMORY : status;
    for (size_t i = 0; status == ST_OK && i < sizeof manifests / sizeof *manifests; i++)
        status = add(service->catalogue, manifests[i], problem);
    if (status == ST_OK && service->also)
        status = add(service->catalogue, service->also, problem);
    return status;
}

static struct api *serve(struct service *service)
{
    static bool remembered;
    struct problem problem = {.place = ""};
    if (service->api)
        return service->api;
    if (fill(service, &problem) != ST_OK) {
        problem_print(&problem, stderr);
        return NULL;
    }
    if (catalogue_seal(service->catalogue, STR("test")) != ST_OK)
        return NULL;
    struct api_options options = api_options_default();
    service->api = api_new(service->catalogue, &options);
    if (!remembered)
        (void)atexit(forget);
    remembered = true;
    return service->api;
}

struct api *test_api(void) { return serve(&services[0]); }
struct api *test_world(void) { return serve(&services[1]); }
struct api *test_hostile(void) { return serve(&services[2]); }
const struct catalogue *test_catalogue(void) { return services[1].catalogue; }
