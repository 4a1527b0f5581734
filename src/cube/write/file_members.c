/* The countries in the order in which a cube file numbers them: by id. */
#include "cube/write/writer.h"

struct named_member {
    struct str id;
    uint32_t country;
};

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct named_member *)a)->id, ((const struct named_member *)b)->id);
}

bool file_members_init(struct file_members *m, const struct countries *countries)
{
    size_t n = countries_count(countries);
    struct named_member *named = calloc(n + 1, sizeof *named);
    *m = (struct file_members){.n = (uint32_t)n,
                               .of_country = calloc(n + 1, sizeof *m->of_country),
                               .country = calloc(n + 1, sizeof *m->country),
                               .countable = calloc(n + 1, sizeof *m->countable)};
    bool ok = named && m->of_country && m->country && m->countable && n <= FILE_MEMBERS_MAX;
    for (uint32_t i = 0; ok && i < n; i++)
        named[i] = (struct named_member){countries_at(countries, i)->id, i};
    if (ok)
        qsort(named, n, sizeof *named, by_id);
    for (uint32_t i = 0; ok && i < n; i++) {
        m->country[i] = named[i].country;
        m->of_country[named[i].country] = (uint16_t)i;
        m->countable[i] = countries_countable(countries, named[i].country);
    }
    if (ok)
        m->world = m->of_country[countries_world(countries)];
    free(named);
    return ok;
}

void file_members_release(struct file_members *m)
{
    free(m->of_country);
    free(m->country);
    free(m->countable);
    *m = (struct file_members){.n = 0};
}
