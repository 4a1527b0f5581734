/* From a header to the columns that a description means. */
#include "ingest/reader/reader.h"

struct keys {
    char key[CSV_FIELDS_MAX][KEY_BYTES];
    size_t n[CSV_FIELDS_MAX];
};

static void take_keys(struct keys *keys, const struct str *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        keys->n[i] = word_key(field[i], keys->key[i]);
}

/* The best name that is there; as it is written before as it may be spelled. */
static size_t find_column(const struct keys *keys, const struct str *field, size_t n, const struct csv_texts *names)
{
    for (size_t k = 0; k < names->n; k++) {
        char key[KEY_BYTES];
        size_t length = word_key(names->text[k], key);
        for (size_t i = 0; i < n; i++)
            if (str_eq(str_trim(field[i]), names->text[k]))
                return i;
        for (size_t i = 0; length && i < n; i++)
            if (keys->n[i] == length && memcmp(keys->key[i], key, length) == 0)
                return i;
    }
    return CSV_FIELDS_MAX;
}

static bool given(const struct dataset_csv *map, const struct fit *fit, enum csv_role role)
{
    return fit->column[role] != CSV_FIELDS_MAX || map->constant[role].n > 0;
}

static bool values_given(const struct dataset_csv *map, const struct fit *fit)
{
    bool exports = given(map, fit, ROLE_EXPORTS), imports = given(map, fit, ROLE_IMPORTS);
    if (given(map, fit, ROLE_VALUE) || fit->n_across)
        return true;
    return given(map, fit, ROLE_FLOW) ? exports && imports : exports || imports;
}

static enum csv_role lacking(const struct dataset *d, const struct dataset_csv *map, const struct fit *fit)
{
    bool both = !given(map, fit, ROLE_VALUE) && (given(map, fit, ROLE_EXPORTS) || given(map, fit, ROLE_IMPORTS));
    bool product = map->column[ROLE_PRODUCT].n && !map->constant[ROLE_PRODUCT].n;
    if (!given(map, fit, ROLE_PERIOD) && !fit->n_across)
        return ROLE_PERIOD;
    for (enum csv_role role = ROLE_REPORTER; role <= ROLE_PARTNER; role++)
        if (!given(map, fit, role))
            return role;
    if (!given(map, fit, ROLE_FLOW) && d->basis == BASIS_REPORTED && !both)
        return ROLE_FLOW;
    if (product && !given(map, fit, ROLE_PRODUCT))
        return ROLE_PRODUCT;
    return values_given(map, fit) ? CSV_ROLES : ROLE_VALUE;
}

bool reader_across(const struct fit *fit, size_t column, struct str name, unsigned kind, uint32_t *period)
{
    for (size_t role = 0; role < CSV_ROLES; role++)
        if (fit->column[role] == column)
            return false;
    return period_spelled(name, kind, period);
}

bool reader_fit(const struct dataset *d, const struct dataset_csv *map, const struct str *field, size_t n,
                struct fit *fit)
{
    struct keys keys;
    *fit = (struct fit){.n_across = 0};
    take_keys(&keys, field, n);
    for (size_t role = 0; role < CSV_ROLES; role++) {
        fit->column[role] = find_column(&keys, field, n, &map->spelling[role]);
        fit->found += fit->column[role] != CSV_FIELDS_MAX;
    }
    for (size_t i = 0; i < INPUT_RULES_MAX; i++) {
        fit->rule[i] = i < map->n_rules ? find_column(&keys, field, n, &map->rule[i].column) : CSV_FIELDS_MAX;
        fit->found += fit->rule[i] != CSV_FIELDS_MAX;
    }
    for (size_t i = 0; map->across && i < n; i++) {
        uint32_t period;
        fit->n_across += reader_across(fit, i, field[i], map->find_frequency ? 0 : d->frequency, &period);
    }
    fit->found += fit->n_across ? 2 : 0; /* no column is named after a period by chance */
    fit->lacks = lacking(d, map, fit);
    bool fits = fit->lacks == CSV_ROLES;
    for (size_t i = 0; fits && i < map->needs.n; i++) {
        const struct csv_texts one = {&map->needs.text[i], 1};
        fits = find_column(&keys, field, n, &one) != CSV_FIELDS_MAX;
        fit->found += fits;
    }
    return fits;
}
