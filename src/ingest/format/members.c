/* From a source's country codes to members. */
#include "ingest/format/format.h"
#include "ingest/text/source.h"

#define CODES_FILE_BYTES_MAX ((size_t)16 << 20)

void members_init(struct members *m, const struct countries *countries, enum code_system codes)
{
    *m = (struct members){.countries = countries, .codes = codes, .unknown_as = NO_ID};
    for (unsigned i = 0; i < MEMBER_NUMBERS; i++) {
        char text[8];
        int n = snprintf(text, sizeof text, "%u", i);
        m->number[i] = codes == CODES_ISO3 ? NO_ID : countries_find_source(countries, codes, str_span(text, (size_t)n));
    }
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const struct member_spelling *)a)->text, ((const struct member_spelling *)b)->text);
}

enum status members_spell(struct members *m, const struct dataset_csv *map, struct arena *arena, const char *name,
                          struct problem *problem)
{
    m->spelling = arena_new(arena, struct member_spelling, map->n_members + 1);
    if (!m->spelling)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    for (size_t i = 0; i < map->n_members; i++) {
        const struct dataset_member *member = &map->member[i];
        uint32_t id = countries_find_source(m->countries, CODES_ISO3, member->code);
        if (id == NO_ID) {
            char place[256];
            (void)snprintf(place, sizeof place, "%s: key \"members\"", name);
            enum status status =
                problem_set(problem, ST_INVALID, place, "\"%.*s\" is to be \"%.*s\", which is no member",
                            STR_ARG(member->spelling), STR_ARG(member->code));
            return problem_cure(problem, status, "write an ISO alpha-3 code, WLD or X and a Comtrade number");
        }
        m->spelling[i] = (struct member_spelling){member->spelling, id};
    }
    m->n_spellings = map->n_members;
    if (m->n_spellings)
        qsort(m->spelling, m->n_spellings, sizeof *m->spelling, by_text);
    return ST_OK;
}

enum status members_spell_aliases(struct members *m, struct arena *arena, struct problem *problem)
{
    size_t n = 0, n_countries = countries_count(m->countries);
    m->spelling = arena_new(arena, struct member_spelling, n_countries);
    if (!m->spelling)
        return problem_set(problem, ST_NO_MEMORY, "countries", "out of memory");
    for (uint32_t id = 0; id < n_countries; id++) {
        struct str rest = countries_at(m->countries, id)->aliases;
        struct str first = str_cut(&rest, '|'); /* codes stand before names */
        if (first.n >= 2 && first.p[0] == '_')
            m->spelling[n++] = (struct member_spelling){first, id};
    }
    m->n_spellings = n;
    if (n)
        qsort(m->spelling, n, sizeof *m->spelling, by_text);
    return ST_OK;
}

uint32_t members_find(const struct members *m, struct str code)
{
    struct member_spelling wanted = {.text = code};
    const struct member_spelling *found =
        m->n_spellings ? bsearch(&wanted, m->spelling, m->n_spellings, sizeof *m->spelling, by_text) : NULL;
    if (found)
        return found->id;
    uint32_t number;
    if (m->codes != CODES_ISO3 && str_u32(code, MEMBER_NUMBERS - 1, &number))
        return m->number[number];
    return countries_find_source(m->countries, m->codes, code);
}

/* ---- BACI's table of countries ---- */

static enum status take_row(struct members *m, const struct csv *csv, size_t code, size_t iso3, struct problem *problem)
{
    if (csv->n_fields <= code || csv->n_fields <= iso3)
        return csv_refuse(csv, problem, "the row has fewer fields than the header", csv->field[0]);
    uint32_t number, by_iso3 = countries_find_source(m->countries, CODES_ISO3, str_trim(csv->field[iso3]));
    if (!str_u32(str_trim(csv->field[code]), MEMBER_NUMBERS - 1, &number))
        return csv_refuse(csv, problem, "this is no country number of three digits", csv->field[code]);
    uint32_t *id = &m->number[number];
    if (*id == NO_ID || by_iso3 == NO_ID || *id == by_iso3) {
        *id = *id == NO_ID ? by_iso3 : *id;
        return ST_OK;
    }
    /* The numbers of former countries come with the letters of their heirs. */
    const struct country *ours = countries_at(m->countries, *id), *theirs = countries_at(m->countries, by_iso3);
    if (ours->kind != MEMBER_COUNTRY || theirs->kind != MEMBER_COUNTRY)
        return ST_OK;
    char place[256];
    (void)snprintf(place, sizeof place, "%s:%llu", csv->name, (unsigned long long)csv->line);
    enum status status =
        problem_set(problem, ST_INVALID, place, "number %u is %.*s here and %.*s in the table of countries", number,
                    STR_ARG(theirs->id), STR_ARG(ours->id));
    return problem_cure(problem, status, "correct one of them; --countries names another table");
}

enum status members_read_baci(struct members *m, const char *path, int stop_fd, struct problem *problem)
{
    static const char *const names[] = {"country_code", "country_iso3"};
    struct csv csv;
    size_t n, column[2];
    char *bytes;
    enum status status = source_slurp(path, CODES_FILE_BYTES_MAX, stop_fd, &bytes, &n, problem);
    if (status != ST_OK)
        return status;
    csv_init_memory(&csv, path, bytes, n);
    status = csv_header(&csv, names, 2, column, problem);
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK)
        status = take_row(m, &csv, column[0], column[1], problem);
    free(bytes);
    return status == ST_NOT_FOUND ? ST_OK : status;
}
