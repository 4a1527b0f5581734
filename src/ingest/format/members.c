/* From a source's country codes to members. */
#include "ingest/format/format.h"

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
        uint32_t id = member->code.n ? countries_find_source(m->countries, CODES_ISO3, member->code) : MEMBER_LEFT_OUT;
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
    size_t n = m->n_spellings, n_countries = countries_count(m->countries);
    struct member_spelling *all = arena_new(arena, struct member_spelling, n + n_countries);
    if (!all)
        return problem_set(problem, ST_NO_MEMORY, "countries", "out of memory");
    if (n)
        memcpy(all, m->spelling, n * sizeof *all);
    for (uint32_t id = 0; id < n_countries; id++) {
        struct str rest = countries_at(m->countries, id)->aliases;
        struct str first = str_cut(&rest, '|'); /* codes stand before names */
        if (first.n >= 2 && first.p[0] == '_')
            all[n++] = (struct member_spelling){first, id};
    }
    m->spelling = all;
    m->n_spellings = n;
    if (n)
        qsort(m->spelling, m->n_spellings, sizeof *m->spelling, by_text);
    return ST_OK;
}

bool members_add(struct members *m, const struct country_area *area, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const uint32_t id = countries_find(m->countries, area[i].id);
        ok = ok && id != NO_ID;
        m->spelling[m->n_spellings++] = (struct member_spelling){area[i].name, id};
    }
    if (m->n_spellings)
        qsort(m->spelling, m->n_spellings, sizeof *m->spelling, by_text);
    return ok;
}

/* ---- names ---- */

#define NAME_WORDS 16
#define NAME_BYTES 128

/* Letters of Europe without their accents, from U+00C0 on. */
static const char plain_letters[] = "aaaaaaaceeeeiiiidnooooo ouuuuypsaaaaaaaceeeeiiiidnooooo ouuuuypy";

/* Words as one of them, in small letters without accents: whole ones for what is mostly cut, nothing for what is mostly left out. */
static struct str plain_word(struct str word)
{
    static const struct {
        const char *written, *meant;
    } words[] = {{"rep", "republic"}, {"dem", "democratic"}, {"isds", "islands"},
                 {"is", "islands"},   {"st", "saint"},       {"fed", "federated"},
                 {"sts", "states"},   {"br", "british"},     {"fr", "french"},
                 {"utd", "united"},   {"peoples", "people"}, {"the", ""},
                 {"of", ""},          {"and", ""},           {"sar", ""},
                 {"s", ""},           {"terr", "territory"}, {"afr", "african"},
                 {"arab", ""},        {"kingd", "kingdom"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i].written))
            return str_view(words[i].meant);
    return word;
}

/* Small letters without accents, in words: at most NAME_BYTES of them. */
static size_t plain_text(struct str name, char out[NAME_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_BYTES; i++) {
        unsigned char c = (unsigned char)name.p[i];
        unsigned letter = c == 0xC3 && i + 1 < name.n ? (unsigned char)name.p[++i] - 0x80U : 64;
        if (letter < 64)
            out[n++] = plain_letters[letter];
        else if (c == '\'')
            continue; /* d'Ivoire, People's */
        else if (c >= 'A' && c <= 'Z')
            out[n++] = (char)(c + 32);
        else
            out[n++] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80 ? (char)c : ' ';
    }
    return n;
}

/* A name as it is compared: its words in the order of the alphabet, so that "Korea, Rep. of" is the Republic of Korea. */
static size_t name_key(struct str name, char out[NAME_BYTES])
{
    char text[NAME_BYTES];
    struct str word[NAME_WORDS], rest = str_span(text, plain_text(name, text));
    size_t n = 0, length = 0;
    while (rest.n && n < NAME_WORDS) {
        struct str next = plain_word(str_cut(&rest, ' '));
        size_t at = n;
        if (next.n == 0)
            continue;
        for (; at > 0 && str_cmp(word[at - 1], next) > 0; at--)
            word[at] = word[at - 1];
        word[at] = next;
        n++;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < word[i].n && length < NAME_BYTES; k++)
            out[length++] = word[i].p[k];
    return length;
}

static bool add_name(struct members *m, struct arena *arena, struct str name, uint32_t id)
{
    char key[NAME_BYTES];
    size_t n = name_key(name, key);
    if (n == 0)
        return true;
    struct str text = arena_str(arena, str_span(key, n));
    m->name[m->n_names++] = (struct member_spelling){text, id};
    return text.p != NULL;
}

/* One name of several members is that of the present country. */
static void drop_double_names(struct members *m)
{
    size_t k = 0;
    for (size_t i = 1; i < m->n_names; i++) {
        if (!str_eq(m->name[i].text, m->name[k].text))
            m->name[++k] = m->name[i];
        else if (countries_at(m->countries, m->name[k].id)->kind != MEMBER_COUNTRY)
            m->name[k].id = m->name[i].id;
    }
    m->n_names = m->n_names ? k + 1 : 0;
}

enum status members_spell_names(struct members *m, struct arena *arena, struct problem *problem)
{
    size_t room = 0, n_countries = countries_count(m->countries);
    for (uint32_t id = 0; id < n_countries; id++) {
        struct str aliases = countries_at(m->countries, id)->aliases;
        room += 2;
        for (size_t i = 0; i < aliases.n; i++)
            room += aliases.p[i] == '|';
    }
    m->name = arena_new(arena, struct member_spelling, room + 1);
    m->n_names = 0;
    bool ok = m->name != NULL;
    for (uint32_t id = 0; ok && id < n_countries; id++) {
        const struct country *country = countries_at(m->countries, id);
        struct str rest = country->aliases;
        ok = add_name(m, arena, country->name, id);
        while (ok && rest.n)
            ok = add_name(m, arena, str_cut(&rest, '|'), id);
    }
    if (!ok)
        return problem_set(problem, ST_NO_MEMORY, "countries", "out of memory");
    qsort(m->name, m->n_names, sizeof *m->name, by_text);
    drop_double_names(m);
    return ST_OK;
}

static uint32_t find_spelling(const struct member_spelling *list, size_t n, struct str text)
{
    struct member_spelling wanted = {.text = text};
    const struct member_spelling *found = n ? bsearch(&wanted, list, n, sizeof *list, by_text) : NULL;
    return found ? found->id : NO_ID;
}

uint32_t members_find(const struct members *m, struct str code)
{
    uint32_t number, id = find_spelling(m->spelling, m->n_spellings, code);
    if (id != NO_ID)
        return id;
    if (m->codes != CODES_ISO3 && str_u32(code, MEMBER_NUMBERS - 1, &number))
        return m->number[number];
    id = countries_find_source(m->countries, m->codes, code);
    if (id == NO_ID && m->alpha2 && code.n == 2)
        id = countries_find(m->countries, code);
    if (id == NO_ID && m->name) {
        char key[NAME_BYTES];
        size_t n = name_key(code, key);
        id = find_spelling(m->name, m->n_names, str_span(key, n));
    }
    return id;
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

enum status members_read_baci(struct members *m, const char *name, char *bytes, size_t n, struct problem *problem)
{
    static const char *const names[] = {"country_code", "country_iso3"};
    struct csv csv;
    size_t column[2];
    csv_init_memory(&csv, name, bytes, n);
    csv.tolerant = true;
    enum status status = csv_header(&csv, names, 2, column, problem);
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK)
        status = take_row(m, &csv, column[0], column[1], problem);
    return status == ST_NOT_FOUND ? ST_OK : status;
}
