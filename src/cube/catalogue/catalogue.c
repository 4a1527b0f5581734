#include "entrepot/cube/catalogue.h"

#include <inttypes.h>
#include <xxhash.h>

struct catalogue {
    struct countries *countries;
    struct products *products;
    struct sectors *sectors;
    struct cube **cube;
    size_t n;
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

void catalogue_seal(struct catalogue *c, struct str seed)
{
    uint64_t hash = XXH3_64bits(seed.p, seed.n);
    for (size_t i = 0; i < c->n; i++) {
        struct str id = cube_dataset(c->cube[i])->id, release = cube_release(c->cube[i]);
        hash = XXH3_64bits_withSeed(id.p, id.n, hash);
        hash = XXH3_64bits_withSeed(release.p, release.n, hash);
    }
    (void)snprintf(c->id, sizeof c->id, "%016" PRIx64, hash);
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
    bool found = products_find(c->products, code) != NO_ID;
    for (size_t i = 0; !found && i < c->n; i++) {
        uint32_t from, to;
        cube_leaf_range(c->cube[i], code, &from, &to);
        found = from < to;
    }
    return found;
}
