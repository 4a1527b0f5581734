/* All open datasets with the code tables, under one id that stands for all that they can answer. */
#include "entrepot/cube/catalogue.h"

#include "entrepot/cube/correlation.h"

#include <inttypes.h>
#include <xxhash.h>

struct catalogue {
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct cube **cube;
    size_t n;
    struct catalogue *only; /* a view of each dataset alone, which owns nothing */
    char id[17];
};

struct catalogue *catalogue_new(struct countries *countries, struct products *products, struct sectors *sectors)
{
    struct catalogue *c = calloc(1, sizeof *c);
    if (!c) {
        countries_free(countries);
        products_free(products);
        sectors_free(sectors);
        return NULL;
    }
    c->countries = countries;
    c->products = products;
    c->sectors = sectors;
    return c;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        cube_close(c->cube[i]);
    free(c->cube);
    free(c->only);
    countries_free(c->countries);
    products_free(c->products);
    sectors_free(c->sectors);
    free(c);
}

enum status catalogue_add(struct catalogue *c, struct cube *cube, const char *place, struct problem *problem)
{
    struct str id = cube_dataset(cube)->id;
    if (catalogue_find(c, id)) {
        enum status status =
            problem_set(problem, ST_INVALID, place, "a dataset with the id \"%.*s\" is loaded already", STR_ARG(id));
        cube_close(cube);
        return problem_cure(problem, status, "give each dataset an id of its own, or load it once");
    }
    struct cube **grown = realloc(c->cube, (c->n + 1) * sizeof(struct cube *));
    if (!grown) {
        cube_close(cube);
        return problem_set(problem, ST_NO_MEMORY, place, "out of memory");
    }
    c->cube = grown;
    c->cube[c->n++] = cube;
    return ST_OK;
}

static uint64_t add_dataset(uint64_t hash, const struct cube *cube)
{
    struct str id = cube_dataset(cube)->id, release = cube_release(cube);
    hash = XXH3_64bits_withSeed(id.p, id.n, hash);
    return XXH3_64bits_withSeed(release.p, release.n, hash);
}

static void catalogue_write_id(struct catalogue *c, uint64_t hash)
{
    (void)snprintf(c->id, sizeof c->id, "%016" PRIx64, hash);
}

enum status catalogue_seal(struct catalogue *c, struct str seed)
{
    const uint64_t tables[] = {countries_hash(c->countries), products_hash(c->products), sectors_hash(c->sectors)};
    uint64_t base = XXH3_64bits_withSeed(tables, sizeof tables, XXH3_64bits(seed.p, seed.n)), hash = base;
    free(c->only);
    c->only = calloc(c->n + 1, sizeof *c->only);
    if (!c->only)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < c->n; i++) {
        c->only[i] = *c;
        c->only[i].only = NULL;
        c->only[i].cube = &c->cube[i];
        c->only[i].n = 1;
        catalogue_write_id(&c->only[i], add_dataset(base, c->cube[i]));
        hash = add_dataset(hash, c->cube[i]);
    }
    catalogue_write_id(c, hash);
    return ST_OK;
}

const struct catalogue *catalogue_pinned(const struct catalogue *c, struct str release)
{
    if (str_is(release, c->id))
        return c;
    for (size_t i = 0; c->only && i < c->n; i++)
        if (str_eq(release, cube_release(c->cube[i])))
            return &c->only[i];
    return NULL;
}

struct str catalogue_id(const struct catalogue *c) { return str_view(c->id); }
const struct countries *catalogue_countries(const struct catalogue *c) { return c->countries; }
const struct products *catalogue_products(const struct catalogue *c) { return c->products; }
const struct sectors *catalogue_sectors(const struct catalogue *c) { return c->sectors; }
size_t catalogue_count(const struct catalogue *c) { return c->n; }
const struct cube *catalogue_at(const struct catalogue *c, size_t index) { return c->cube[index]; }

const struct cube *catalogue_find(const struct catalogue *c, struct str id)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(cube_dataset(c->cube[i])->id, id))
            return c->cube[i];
    return NULL;
}

bool catalogue_has_product(const struct catalogue *c, struct str code)
{
    enum level level;
    bool found = products_find(c->products, code) != NO_ID, coded = product_level(code, &level);
    for (size_t i = 0; coded && !found && i < c->n; i++)
        found = cube_has_product(c->cube[i], code);
    const struct correlation tables = correlation_shipped();
    return found || (coded && level == LEVEL_HS6 && correlation_knows(&tables, code)); /* a code of an older revision */
}
