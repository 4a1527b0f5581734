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

static struct str currency_spelled(struct str word)
{
    static const char *const words[][2] = {{"eur", "EUR"},    {"euro", "EUR"}, {"euros", "EUR"}, {"inr", "INR"},
                                           {"rupees", "INR"}, {"rs", "INR"},   {"cny", "CNY"},   {"rmb", "CNY"},
                                           {"yuan", "CNY"},   {"jpy", "JPY"},  {"yen", "JPY"},   {"gbp", "GBP"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(word, str_view(words[i][0])))
            return str_view(words[i][1]);
    return str_span(NULL, 0);
}

bool unit_spelled(struct str name, int *shift, struct str *currency)
{
    static const struct {
        const char *word;
        int shift;
    } words[] = {{"thousand", 3}, {"thousands", 3}, {"1000", 3},     {"ths", 3},  {"tonnes", 3}, {"tons", 3},
                 {"t", 3},        {"million", 6},   {"millions", 6}, {"mn", 6},   {"mio", 6},    {"mln", 6},
                 {"m", 6},        {"lakh", 5},      {"lakhs", 5},    {"lacs", 5}, {"crore", 7},  {"crores", 7},
                 {"billion", 9},  {"bn", 9},        {"k", 3}};
    static const char *const foreign[] = {"brl", "idr", "growth", "share", "percent", "index", "units", "pieces"};
    bool good = true;
    *shift = 0;
    *currency = str_span(NULL, 0);
    for (size_t i = 0, from; i < name.n;) {
        while (i < name.n && strchr(" _.-()[]/$,", name.p[i]))
            i++;
        for (from = i; i < name.n && !strchr(" _.-()[]/$,", name.p[i]);)
            i++;
        struct str word = str_span(name.p + from, i - from);
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            *shift = str_eq_nocase(word, str_view(words[k].word)) ? words[k].shift : *shift;
        for (size_t k = 0; k < sizeof foreign / sizeof *foreign; k++)
            good = good && !str_eq_nocase(word, str_view(foreign[k]));
        struct str money = currency_spelled(word);
        *currency = money.n ? money : *currency;
    }
    return good;
}

/* A name that begins with one of the description's and ends with a unit. */
static size_t find_by_unit(const struct keys *keys, const struct str *field, size_t n, const struct csv_texts *names)
{
    for (size_t k = 0; k < names->n; k++) {
        char key[KEY_BYTES];
        size_t length = word_key(names->text[k], key);
        for (size_t i = 0; length && i < n; i++) {
            int shift;
            struct str currency;
            if (keys->n[i] > length && memcmp(keys->key[i], key, length) == 0 &&
                unit_spelled(field[i], &shift, &currency) && (shift || currency.n))
                return i;
        }
    }
    return CSV_FIELDS_MAX;
}

static bool has_unit(enum csv_role role)
{
    return role == ROLE_VALUE || role == ROLE_QUANTITY || role == ROLE_EXPORTS || role == ROLE_IMPORTS;
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

/* A column that seems to be of products, and that no description knows: then rows are no totals. */
static bool hints_at_products(const struct keys *keys, size_t n)
{
    static const char *const hints[] = {"commodity", "product", "goods", "item", "sector", "industr", "category"};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof hints / sizeof *hints; k++)
            if (memmem(keys->key[i], keys->n[i], hints[k], strlen(hints[k])))
                return true;
    return false;
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
    size_t again = str_find(name, '['); /* 2017 [YR2017] */
    return period_spelled(str_span(name.p, again), kind, period);
}

static void find_currency(const struct dataset_csv *map, const struct str *field, struct fit *fit)
{
    static const enum csv_role values[] = {ROLE_VALUE, ROLE_EXPORTS, ROLE_IMPORTS};
    int shift;
    for (size_t i = 0; map->find_unit && i < 3 && !fit->currency.n; i++)
        if (fit->column[values[i]] != CSV_FIELDS_MAX)
            (void)unit_spelled(field[fit->column[values[i]]], &shift, &fit->currency);
}

bool reader_fit(const struct dataset *d, const struct dataset_csv *map, const struct str *field, size_t n,
                struct fit *fit)
{
    struct keys keys;
    *fit = (struct fit){.n_across = 0};
    take_keys(&keys, field, n);
    for (size_t role = 0; role < CSV_ROLES; role++) {
        fit->column[role] = find_column(&keys, field, n, &map->spelling[role]);
        if (fit->column[role] == CSV_FIELDS_MAX && map->find_unit && has_unit((enum csv_role)role))
            fit->column[role] = find_by_unit(&keys, field, n, &map->spelling[role]);
        fit->found += fit->column[role] != CSV_FIELDS_MAX;
    }
    find_currency(map, field, fit);
    if (fit->column[ROLE_MONTH] == fit->column[ROLE_PERIOD]) /* "month" may be all there is of a period */
        fit->column[ROLE_MONTH] = CSV_FIELDS_MAX;
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
    if (fit->lacks == CSV_ROLES && map->find_unit && map->spelling[ROLE_PRODUCT].n &&
        fit->column[ROLE_PRODUCT] == CSV_FIELDS_MAX && hints_at_products(&keys, n))
        fit->lacks = ROLE_PRODUCT;
    bool fits = fit->lacks == CSV_ROLES;
    for (size_t i = 0; fits && i < map->needs.n; i++) {
        const struct csv_texts one = {&map->needs.text[i], 1};
        fits = find_column(&keys, field, n, &one) != CSV_FIELDS_MAX;
        fit->found += fits;
    }
    return fits;
}
