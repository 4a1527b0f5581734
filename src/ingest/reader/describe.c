/* From a description to an import that is ready to read. */
#include "ingest/reader/reader.h"

#include "entrepot/base/number.h"
#include "ingest/import.h"

#define RATES_BYTES_MAX ((size_t)1 << 22)

struct str import_beside(const char *manifest, struct str file, struct arena *arena)
{
    const char *slash = strrchr(manifest, '/');
    int folder = slash ? (int)(slash - manifest) + 1 : 0;
    return arena_printf(arena, "%.*s%.*s", folder, manifest, STR_ARG(file));
}

/* ---- rates ---- */

static int by_period(const void *a, const void *b)
{
    uint32_t x = ((const struct rate *)a)->period, y = ((const struct rate *)b)->period;
    return x < y ? -1 : x > y;
}

extern const char _binary_rates_csv_start[], _binary_rates_csv_end[];

/* A row of config/rates.csv, if it is of the currency: its columns stand one to the right. */
static bool is_other_currency(const struct importing *im, struct csv *csv)
{
    if (!str_is(im->map.rates, "ecb"))
        return false;
    bool other = csv->n_fields != 3 || !str_eq(csv->field[0], im->map.currency);
    csv->field[0] = csv->field[1];
    csv->field[1] = csv->field[2];
    return other;
}

static enum status take_rate(struct importing *im, const struct csv *csv, struct problem *problem)
{
    struct rate *rate = &im->rate[im->n_rates];
    if (csv->n_fields < 2 ||
        !period_spelled(csv->field[0], str_starts(csv->field[0], STR("FY")) ? 0 : PERIOD_MONTH, &rate->period))
        return csv_refuse(csv, problem, "a row of rates is a period and the dollars for one unit", csv->field[0]);
    if (decimal_read(csv->field[1], 9, &rate->usd_e9) != ST_OK || rate->usd_e9 <= 0)
        return csv_refuse(csv, problem, "this is no rate", csv->field[1]);
    im->n_rates++;
    return ST_OK;
}

static enum status take_rates(struct importing *im, char *bytes, size_t n, const char *name, struct problem *problem)
{
    struct csv csv;
    im->rate = arena_new(&im->arena, struct rate, csv_count_lines(str_span(bytes, n)));
    if (!im->rate)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    csv_init_memory(&csv, name, bytes, n);
    enum status status = header_next(&csv, problem);
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK)
        status = is_other_currency(im, &csv) ? ST_OK : take_rate(im, &csv, problem);
    if (im->n_rates)
        qsort(im->rate, im->n_rates, sizeof *im->rate, by_period);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* The text of the rates, malloc's. */
static enum status load_rates(struct importing *im, char **bytes, size_t *n, struct problem *problem)
{
    if (!str_is(im->map.rates, "ecb")) {
        struct str path = import_beside(im->manifest, im->map.rates, &im->arena);
        return path.p ? ingest_slurp(path.p, RATES_BYTES_MAX, bytes, n, problem)
                      : problem_set(problem, ST_NO_MEMORY, im->manifest, "out of memory");
    }
    *n = (size_t)(_binary_rates_csv_end - _binary_rates_csv_start);
    *bytes = malloc(*n);
    if (!*bytes)
        return problem_set(problem, ST_NO_MEMORY, "rates", "out of memory");
    memcpy(*bytes, _binary_rates_csv_start, *n);
    return ST_OK;
}

/* Every answer says it: a note of the dataset. */
static enum status read_rates(struct importing *im, const char *name, struct problem *problem)
{
    char *bytes;
    size_t n;
    struct dataset *d = &im->dataset;
    if (im->map.currency.n == 0)
        return ST_OK;
    enum status status = load_rates(im, &bytes, &n, problem);
    if (status != ST_OK)
        return status;
    status = take_rates(im, bytes, n, im->map.rates.p, problem);
    free(bytes);
    if (status == ST_OK && im->n_rates == 0)
        status = problem_cure(problem,
                              problem_set(problem, ST_INVALID, name, "there are no rates of %.*s in %.*s",
                                          STR_ARG(im->map.currency), STR_ARG(im->map.rates)),
                              "name a file of period,dollars for one unit under \"rates\" in a manifest");
    if (status != ST_OK)
        return status;
    if (d->n_notes == DATASET_NOTES_MAX)
        return problem_set(problem, ST_INVALID, name, "key \"notes\": a note about the currency must have room");
    bool ecb = str_is(im->map.rates, "ecb");
    struct str note = arena_printf(
        &im->arena, "Values were %.*s and are converted to US dollars at %s%.*s.", STR_ARG(im->map.currency),
        ecb ? "the European Central Bank's reference rates, means of each period" : "the rates of ",
        ecb ? 0 : (int)im->map.rates.n, im->map.rates.p);
    d->note[d->n_notes++] = d->converted = note;
    if (note.p)
        tell(im, "%.*s", STR_ARG(note));
    return note.p ? ST_OK : problem_set(problem, ST_NO_MEMORY, name, "out of memory");
}

/* ---- what no column says ---- */

/* "value_unit=EUR million": what no column's name says of the values. */
static bool set_unit(struct str value, struct dataset_csv *map)
{
    map->find_unit = false;
    return csv_unit_read(value, map);
}

enum status reader_set(const char *options, struct dataset_csv *map, struct problem *problem)
{
    struct str rest = options ? str_view(options) : str_span(NULL, 0);
    while (rest.n) {
        struct str value = str_cut(&rest, ','), role = str_cut(&value, '=');
        unsigned i = 0;
        if (str_is(role, "value_unit") && set_unit(value, map))
            continue;
        while (i < CSV_ROLES && !str_is(role, csv_role_name[i]))
            i++;
        if (i == CSV_ROLES || value.n == 0) {
            enum status status = problem_set(problem, ST_INVALID, "--set", "\"%.*s\" cannot be set", STR_ARG(role));
            return problem_cure(problem, status,
                                "write for example --set flow=X,partner=CHN or --set \"value_unit=EUR million\"");
        }
        map->constant[i] = value;
        map->column[i] = str_span(NULL, 0);
        map->spelling[i].n = 0;
    }
    return ST_OK;
}

/* ---- the rest ---- */

static void name_rules(struct importing *im)
{
    for (size_t i = 0; i < im->map.n_rules; i++) {
        im->rule_skip[i] = SKIP_RULE;
        for (uint8_t skip = 0; skip < INGEST_SKIPS; skip++)
            if (str_is(im->map.rule[i].as, ingest_skip_name[skip]))
                im->rule_skip[i] = skip;
    }
}

/* Areas of the source by its own names. */
static enum status spell_areas(struct importing *im, struct problem *problem)
{
    const struct dataset *d = &im->part[0]->dataset;
    struct members *m = &im->members;
    struct member_spelling *all = arena_new(&im->arena, struct member_spelling, m->n_spellings + d->n_areas + 1);
    if (!all)
        return problem_set(problem, ST_NO_MEMORY, "countries", "out of memory");
    if (m->n_spellings)
        memcpy(all, m->spelling, m->n_spellings * sizeof *all);
    m->spelling = all;
    return members_add(m, d->area, d->n_areas) ? ST_OK
                                               : problem_set(problem, ST_INVALID, "countries", "an area has no number");
}

enum status reader_members(struct importing *im, const char *name, struct problem *problem)
{
    const struct dataset_csv *map = &im->map;
    members_init(&im->members, im->countries, map->codes);
    im->members.alpha2 = map->alpha2;
    enum status status = members_spell(&im->members, map, &im->arena, name, problem);
    if (status == ST_OK)
        status = members_spell_aliases(&im->members, &im->arena, problem);
    if (status == ST_OK && im->part[0]->dataset.n_areas)
        status = spell_areas(im, problem);
    return status == ST_OK && map->names ? members_spell_names(&im->members, &im->arena, problem) : status;
}

enum status reader_take(struct importing *im, const char *name, struct problem *problem)
{
    const struct ingest_options *o = im->options;
    if (im->map.n_rules > INPUT_RULES_MAX)
        return problem_set(problem, ST_INVALID, name, "more than %d rules under \"keep\" and \"drop\"",
                           INPUT_RULES_MAX);
    if (o->level && !im->map.find_level)
        return problem_set(problem, ST_INVALID, name, "a manifest has its own level: leave --level out");
    im->level_given = o->level != NULL;
    im->level_found = im->map.find_level;
    if (o->level)
        im->dataset.level = *o->level;
    im->hs_given = o->hs != NULL;
    if (o->hs)
        im->dataset.hs = hs_revision(str_view(o->hs));
    name_rules(im);
    enum status status = read_rates(im, name, problem);
    return status == ST_OK ? reader_members(im, name, problem) : status;
}
