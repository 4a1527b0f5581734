#include "http/two_editions.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "entrepot/ingest/ingest.h"

static const char manifest[] =
    "{\"id\":\"world\",\"title\":\"Invented figures for tests\",\"source\":\"invented\",\"source_url\":null,"
    "\"licence\":\"none\",\"published\":null,\"checked\":\"by hand\",\"frequency\":\"A\",\"level\":\"total\","
    "\"hs\":\"HS2017\",\"valuation\":{\"exports\":\"FOB\",\"imports\":\"CIF\"},\"basis\":\"reported\","
    "\"coverage\":\"full\",\"partners\":\"listed\",\"synthetic\":true,\"notes\":[],\"file\":\"world.csv\","
    "\"codes\":\"iso3\",\"columns\":{\"period\":\"period\",\"reporter\":\"reporter\",\"partner\":\"partner\","
    "\"flow\":\"flow\",\"product\":\"product\",\"value\":\"value\"},\"value_unit\":\"USD thousand\"}";

static bool write_manifest(const char *folder)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/world.json", folder);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    bool ok = fputs(manifest, f) >= 0;
    return fclose(f) == 0 && ok;
}

bool edition_write(const char *folder, unsigned thousands)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/world.csv", folder);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fputs("period,reporter,partner,flow,product,value\n", f);
    for (unsigned year = 2000; year < 2000 + EDITION_YEARS; year++)
        fprintf(f, "%u,IND,CHN,X,TOTAL,%u\n%u,IND,CHN,M,TOTAL,%u\n", year, thousands, year, thousands);
    return fclose(f) == 0 && write_manifest(folder);
}

static enum status table(const char *path, char **text, size_t *n, struct problem *problem)
{
    return ingest_slurp(path, (size_t)1 << 24, text, n, problem);
}

static struct catalogue *empty_catalogue(struct problem *problem)
{
    struct countries *countries = NULL;
    struct products *products = NULL;
    struct sectors *sectors = NULL;
    char *text[3] = {NULL, NULL, NULL};
    size_t n[3];
    enum status status = table("config/countries.csv", &text[0], &n[0], problem);
    if (status == ST_OK)
        status = table("config/products.csv", &text[1], &n[1], problem);
    if (status == ST_OK)
        status = table("config/sectors.json", &text[2], &n[2], problem);
    if (status == ST_OK)
        status = countries_read("countries", str_span(text[0], n[0]), &countries, problem);
    if (status == ST_OK)
        status = products_read("products", str_span(text[1], n[1]), &products, problem);
    if (status == ST_OK)
        status = sectors_read("sectors", str_span(text[2], n[2]), &sectors, problem);
    for (size_t i = 0; i < 3; i++)
        free(text[i]);
    if (status == ST_OK)
        return catalogue_new(countries, products, sectors);
    countries_free(countries);
    products_free(products);
    return NULL;
}

static bool fill(struct edition_data *out, const char *folder, struct problem *problem)
{
    char path[256], *bytes;
    size_t n;
    struct cube *cube;
    out->catalogue = empty_catalogue(problem);
    (void)snprintf(path, sizeof path, "%s/world.json", folder);
    if (!out->catalogue || ingest_manifest(path, catalogue_countries(out->catalogue), &bytes, &n, problem) != ST_OK ||
        cube_open_take(path, bytes, n, catalogue_countries(out->catalogue), catalogue_products(out->catalogue), &cube,
                       problem) != ST_OK ||
        catalogue_add(out->catalogue, cube, path, problem) != ST_OK)
        return false;
    if (catalogue_seal(out->catalogue, STR("test")) != ST_OK)
        return false;
    struct api_options options = api_options_default();
    out->api = api_new(out->catalogue, &options);
    return out->api != NULL;
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"world.json", "world.csv"};
    for (size_t i = 0; i < 2; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

bool edition_data_make(unsigned thousands, struct edition_data *out)
{
    const char *where = getenv("TMPDIR");
    char folder[200];
    struct problem problem = {.place = "editions"};
    *out = (struct edition_data){.api = NULL};
    (void)snprintf(folder, sizeof folder, "%s/editions-XXXXXX", where ? where : "/tmp");
    if (!mkdtemp(folder))
        return false;
    bool ok = edition_write(folder, thousands) && fill(out, folder, &problem);
    remove_folder(folder);
    if (!ok) {
        problem_print(&problem, stderr);
        edition_data_free(out);
    }
    return ok;
}

void edition_data_free(struct edition_data *data)
{
    api_free(data->api);
    catalogue_free(data->catalogue);
    *data = (struct edition_data){.api = NULL};
}
