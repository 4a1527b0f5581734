/* The table of countries and areas: found by any code or name, suggested where a word is near one. */
#include <xxhash.h>

#include "entrepot/base/arena.h"
#include "entrepot/base/bound.h"
#include "entrepot/base/buf.h"
#include "entrepot/base/csv.h"
#include "entrepot/cube/codes.h"

const char *const member_kind_name[MEMBER_KINDS] = {"country", "area_nes", "former", "group", "world"};

/* A spelling of a code: what is searched when a request names a country. */
struct spelling {
    struct str text; /* upper case */
    uint32_t id;
    uint8_t rank; /* lower wins where two rows share a spelling */
};

/* Behind every real code, those of former countries (8 to 13) too. */
#define RANK_ALIAS 14

struct countries {
    struct arena arena;
    struct country *country;
    size_t n;
    struct spelling *any, *iso3, *comtrade, *m49; /* sorted */
    size_t n_any, n_iso3, n_comtrade, n_m49;
    uint32_t world;
    uint64_t hash; /* of the text */
    struct str text;
    struct str *members;
    struct group_member **group; /* by id; NULL: none */
    size_t *n_group;
};

enum {
    F_ID,
    F_ISO3,
    F_ISO2,
    F_M49,
    F_COMTRADE,
    F_NAME,
    F_KIND,
    F_REGION,
    F_SUBREGION,
    F_FROM,
    F_TO,
    F_ALIASES,
    F_NOTE,
    FIELDS
};
static const char *const field_name[FIELDS] = {"id",       "iso3",    "iso2",   "m49",       "comtrade",
                                               "name",     "kind",    "region", "subregion", "valid_from",
                                               "valid_to", "aliases", "note"};

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

/* Numbers lose their leading zeros, letters become capitals. */
static struct str normal(struct str code, char out[16])
{
    if (code.n == 0 || code.n > 15)
        return str_span(NULL, 0);
    size_t skip = 0;
    while (str_digits(code) && skip + 1 < code.n && code.p[skip] == '0')
        skip++;
    for (size_t i = skip; i < code.n; i++)
        out[i - skip] = upper(code.p[i]);
    return str_span(out, code.n - skip);
}

static int by_spelling(const void *a, const void *b)
{
    const struct spelling *x = a, *y = b;
    int order = str_cmp(x->text, y->text);
    return order ? order : (int)x->rank - (int)y->rank;
}

static bool spelling_before(const void *list, size_t at, const void *wanted)
{
    return str_cmp(((const struct spelling *)list)[at].text, *(const struct str *)wanted) < 0;
}

static uint32_t find(const struct spelling *list, size_t n, struct str code)
{
    char text[16];
    struct str wanted = normal(code, text);
    size_t at = wanted.n ? lower_bound(list, n, spelling_before, &wanted) : n;
    return at < n && str_eq(list[at].text, wanted) ? list[at].id : NO_ID;
}

static bool add(struct countries *c, struct spelling *list, size_t *n, struct str code, uint32_t id, unsigned rank)
{
    char text[16];
    struct str key = normal(code, text);
    if (key.n == 0)
        return true;
    list[*n].text = arena_str(&c->arena, key);
    list[*n].id = id;
    list[*n].rank =
        (uint8_t)(rank + (c->country[id].kind == MEMBER_COUNTRY || c->country[id].kind == MEMBER_WORLD ? 0 : 8));
    return list[(*n)++].text.p != NULL;
}

static bool add_aliases(struct countries *c, uint32_t id)
{
    struct str rest = c->country[id].aliases;
    bool ok = true;
    while (ok && rest.p) {
        struct str alias = str_cut(&rest, '|');
        bool code = alias.n >= 2 && alias.n <= 3;
        for (size_t i = 0; i < alias.n; i++)
            code = code && ((alias.p[i] >= 'A' && alias.p[i] <= 'Z') || (alias.p[i] >= '0' && alias.p[i] <= '9'));
        if (code)
            ok = add(c, c->any, &c->n_any, alias, id, RANK_ALIAS) && add(c, c->iso3, &c->n_iso3, alias, id, RANK_ALIAS);
    }
    return ok;
}

/* A bare number is M49 first, then Comtrade's: the ranks say so. */
static enum status index_countries(struct countries *c, struct problem *problem)
{
    size_t room = c->n * 12 + 1;
    c->any = arena_new(&c->arena, struct spelling, room);
    c->iso3 = arena_new(&c->arena, struct spelling, room);
    c->comtrade = arena_new(&c->arena, struct spelling, room);
    c->m49 = arena_new(&c->arena, struct spelling, room);
    bool ok = c->any && c->iso3 && c->comtrade && c->m49;
    for (uint32_t id = 0; ok && id < c->n; id++) {
        const struct country *k = &c->country[id];
        ok = add(c, c->any, &c->n_any, k->id, id, 0) && add(c, c->any, &c->n_any, k->iso3, id, 1) &&
             add(c, c->any, &c->n_any, k->iso2, id, 2) && add(c, c->any, &c->n_any, k->m49, id, 3) &&
             add(c, c->any, &c->n_any, k->comtrade, id, 5) && add(c, c->iso3, &c->n_iso3, k->id, id, 0) &&
             add(c, c->iso3, &c->n_iso3, k->iso3, id, 1) && add(c, c->comtrade, &c->n_comtrade, k->comtrade, id, 0) &&
             add(c, c->m49, &c->n_m49, k->m49, id, 0) && add_aliases(c, id);
    }
    if (!ok)
        return problem_set(problem, ST_NO_MEMORY, "countries", "out of memory");
    qsort(c->any, c->n_any, sizeof *c->any, by_spelling);
    qsort(c->iso3, c->n_iso3, sizeof *c->iso3, by_spelling);
    qsort(c->comtrade, c->n_comtrade, sizeof *c->comtrade, by_spelling);
    qsort(c->m49, c->n_m49, sizeof *c->m49, by_spelling);
    return ST_OK;
}

static enum status read_row(struct countries *c, const struct csv *csv, const size_t *column, struct problem *problem)
{
    struct country *k = &c->country[c->n];
    struct str *const text[FIELDS] = {&k->id,       &k->iso3,    &k->iso2,   &k->m49,       &k->comtrade,
                                      &k->name,     NULL,        &k->region, &k->subregion, &k->valid_from,
                                      &k->valid_to, &k->aliases, &k->note};
    for (size_t f = 0; f < FIELDS; f++) {
        struct str value = column[f] < csv->n_fields ? csv->field[column[f]] : str_span(NULL, 0);
        if (text[f] && (*text[f] = arena_str(&c->arena, value)).p == NULL)
            return problem_set(problem, ST_NO_MEMORY, csv->name, "out of memory");
    }
    struct str kind = column[F_KIND] < csv->n_fields ? csv->field[column[F_KIND]] : str_span(NULL, 0);
    unsigned i = 0;
    while (i < MEMBER_KINDS && !str_is(kind, member_kind_name[i]))
        i++;
    if (i == MEMBER_KINDS)
        return csv_refuse(csv, problem, "unknown kind of member", kind);
    if (k->id.n == 0 || k->id.n > 12)
        return csv_refuse(csv, problem, "an id has 1 to 12 letters", k->id);
    k->kind = (enum member_kind)i;
    c->n++;
    return ST_OK;
}

/* ---- groups ---- */

static struct group_member read_member(const struct countries *c, struct str text)
{
    struct str code = str_cut(&text, ':');
    struct group_member m = {.id = find(c->iso3, c->n_iso3, code), .from = str_cut(&text, ':'), .to = text};
    return m;
}

static bool has_members(const struct countries *c, uint32_t id)
{
    return c->country[id].kind == MEMBER_GROUP || c->country[id].kind == MEMBER_FORMER;
}

static enum status read_group(struct countries *c, uint32_t id, const char *name, struct problem *problem)
{
    struct str rest = c->members[id];
    c->group[id] = arena_new(&c->arena, struct group_member, rest.n / 4 + 1);
    if (!c->group[id])
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    while (rest.n) {
        struct str word = str_cut(&rest, ' ');
        struct group_member m = read_member(c, word);
        bool dates = (m.from.n == 0 || m.from.n == 10) && (m.to.n == 0 || m.to.n == 10);
        if (m.id == NO_ID || c->country[m.id].kind == MEMBER_GROUP || !has_members(c, id) || !dates)
            return problem_set(problem, ST_INVALID, name, "\"%.*s\" cannot be a member of \"%.*s\"", STR_ARG(word),
                               STR_ARG(c->country[id].id));
        c->group[id][c->n_group[id]++] = m;
    }
    return ST_OK;
}

static enum status read_groups(struct countries *c, const char *name, struct problem *problem)
{
    enum status status = ST_OK;
    for (uint32_t id = 0; status == ST_OK && id < c->n; id++)
        if (c->members[id].n)
            status = read_group(c, id, name, problem);
    return status;
}

static size_t members_of(const struct countries *c, uint32_t id, enum member_kind kind,
                         const struct group_member **first)
{
    bool has = id < c->n && c->country[id].kind == kind;
    *first = has ? c->group[id] : NULL;
    return has ? c->n_group[id] : 0;
}

size_t countries_group(const struct countries *c, uint32_t id, const struct group_member **first)
{
    return members_of(c, id, MEMBER_GROUP, first);
}

size_t countries_heirs(const struct countries *c, uint32_t id, const struct group_member **first)
{
    return members_of(c, id, MEMBER_FORMER, first);
}

static enum status check_ids(struct countries *c, const char *name, struct problem *problem)
{
    c->world = NO_ID;
    for (uint32_t id = 0; id < c->n; id++)
        for (uint32_t other = 0; other < id; other++)
            if (str_eq_nocase(c->country[id].id, c->country[other].id)) /* as they are looked up */
                return problem_set(problem, ST_INVALID, name, "the id \"%.*s\" stands twice",
                                   STR_ARG(c->country[id].id));
    for (uint32_t id = 0; id < c->n; id++) {
        if (c->country[id].kind != MEMBER_WORLD)
            continue;
        if (c->world != NO_ID)
            return problem_set(problem, ST_INVALID, name, "\"%.*s\" is a second member of kind world",
                               STR_ARG(c->country[id].id));
        c->world = id;
    }
    return c->world == NO_ID ? problem_set(problem, ST_INVALID, name, "no member is of kind world") : ST_OK;
}

static enum status read_all(struct countries *c, const char *name, struct str text, struct problem *problem)
{
    struct csv csv;
    size_t column[FIELDS], lines = csv_count_lines(text);
    char *bytes = arena_new(&c->arena, char, text.n + 1);
    c->country = arena_new(&c->arena, struct country, lines);
    c->members = arena_new(&c->arena, struct str, lines);
    c->group = arena_new(&c->arena, struct group_member *, lines);
    c->n_group = arena_new(&c->arena, size_t, lines);
    if (!bytes || !c->country || !c->members || !c->group || !c->n_group)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    memcpy(bytes, text.p, text.n);
    csv_init_memory(&csv, name, bytes, text.n);
    enum status status = csv_header(&csv, field_name, FIELDS, column, problem);
    const size_t members = status == ST_OK ? csv_column(&csv, STR("members")) : CSV_FIELDS_MAX;
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK) {
        if (members < csv.n_fields)
            c->members[c->n] = arena_str(&c->arena, csv.field[members]);
        status = read_row(c, &csv, column, problem);
    }
    if (status == ST_NOT_FOUND)
        status = index_countries(c, problem);
    if (status == ST_OK)
        status = read_groups(c, name, problem);
    return status == ST_OK ? check_ids(c, name, problem) : status;
}

enum status countries_read(const char *name, struct str csv, struct countries **out, struct problem *problem)
{
    struct countries *c = calloc(1, sizeof *c);
    if (!c)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    arena_init(&c->arena, SIZE_MAX);
    c->hash = XXH3_64bits(csv.p, csv.n);
    c->text = arena_str(&c->arena, csv);
    enum status status =
        c->text.p ? read_all(c, name, csv, problem) : problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    if (status == ST_OK)
        *out = c;
    else
        countries_free(c);
    return status;
}

/* ---- areas of sources ---- */

void country_id_of(struct str name, char out[COUNTRY_ID_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n + 1 < COUNTRY_ID_BYTES; i++) {
        const char c = upper(name.p[i]);
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || (n && out[n - 1] != '_'))
            out[n++] = plain ? c : '_';
    }
    while (n && out[n - 1] == '_')
        n--;
    out[n] = '\0';
}

static void put_quoted(struct buf *out, struct str text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
    }
    buf_byte(out, '"');
}

/* In the order of the header, which is the table's own. */
static void put_area(struct buf *out, struct str header, const struct country_area *area)
{
    for (bool first = true; header.p; first = false) {
        struct str name = str_trim(str_cut(&header, ','));
        buf_add(out, first ? STR("") : STR(","));
        if (str_is(name, "id"))
            buf_add(out, area->id);
        else if (str_is(name, "name"))
            put_quoted(out, area->name);
        else if (str_is(name, "kind"))
            buf_lit(out, "area_nes");
        else if (str_is(name, "note"))
            buf_lit(out, "as its source calls it");
    }
    buf_byte(out, '\n');
}

enum status countries_extend(const struct countries *base, const struct country_area *area, size_t n,
                             struct countries **out, struct problem *problem)
{
    struct str rest = base->text, header = str_cut(&rest, '\n');
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    buf_add(&text, base->text);
    if (base->text.n && base->text.p[base->text.n - 1] != '\n')
        buf_byte(&text, '\n');
    for (size_t i = 0; i < n; i++) {
        bool known = find(base->any, base->n_any, area[i].id) != NO_ID;
        for (size_t k = 0; k < i; k++)
            known = known || str_eq(area[k].id, area[i].id);
        if (!known)
            put_area(&text, header, &area[i]);
    }
    enum status status = text.failed ? problem_set(problem, ST_NO_MEMORY, "countries", "out of memory")
                                     : countries_read("countries and areas of sources", buf_view(&text), out, problem);
    buf_release(&text);
    return status;
}

void countries_free(struct countries *c)
{
    if (!c)
        return;
    arena_release(&c->arena);
    free(c);
}

size_t countries_count(const struct countries *c) { return c->n; }
const struct country *countries_at(const struct countries *c, uint32_t id) { return &c->country[id]; }
uint32_t countries_world(const struct countries *c) { return c->world; }
uint64_t countries_hash(const struct countries *c) { return c->hash; }

bool countries_countable(const struct countries *c, uint32_t id)
{
    return c->country[id].kind != MEMBER_WORLD && c->country[id].kind != MEMBER_GROUP;
}

uint32_t countries_find(const struct countries *c, struct str code) { return find(c->any, c->n_any, code); }

uint32_t countries_find_source(const struct countries *c, enum code_system system, struct str code)
{
    uint32_t id = NO_ID;
    if (str_digits(code) && system == CODES_COMTRADE)
        id = find(c->comtrade, c->n_comtrade, code);
    if (str_digits(code) && (system == CODES_M49 || (system == CODES_COMTRADE && id == NO_ID)))
        id = find(c->m49, c->n_m49, code);
    return id != NO_ID ? id : find(c->iso3, c->n_iso3, code); /* an alias may be a number: 158 */
}

/* ---- suggestions ---- */

/* How far a word is from a name: 0 equal, 1 a beginning of it, then edit distances; 99: not near. */
static unsigned name_distance(struct str word, struct str name)
{
    if (str_eq_nocase(word, name))
        return 0;
    if (word.n >= 3 && name.n > word.n && str_eq_nocase(word, str_span(name.p, word.n)))
        return 2;
    unsigned limit = word.n < 4 ? 0 : word.n < 6 ? 1 : 2, d = str_distance(word, name, limit);
    return d <= limit ? 3 + d : 99;
}

/* "CHI" is CHN or CHL before it is the beginning of another word: the first letters are rarely wrong. */
static unsigned code_distance(struct str word, struct str id)
{
    if (word.n < 2 || word.n > 4 || id.n != 3 || id.p[0] == 'X' || str_distance(word, id, 1) > 1)
        return 99;
    unsigned first = upper(word.p[0]) != id.p[0] ? 4 : 0, second = upper(word.p[1]) != id.p[1] ? 2 : 0;
    return 1 + str_distance(word, id, 1) + first + second;
}

static unsigned country_distance(const struct country *k, struct str word)
{
    unsigned best = name_distance(word, k->name);
    struct str rest = k->aliases;
    while (rest.n) {
        unsigned d = name_distance(word, str_cut(&rest, '|'));
        best = d < best ? d : best;
    }
    unsigned as_code = code_distance(word, k->id);
    best = as_code < best ? as_code : best;
    return best == 99 ? best : best * 2 + (k->kind != MEMBER_COUNTRY && k->kind != MEMBER_WORLD);
}

size_t countries_suggest(const struct countries *c, struct str word, uint32_t *out, size_t max)
{
    unsigned distance[16] = {0};
    size_t n = 0;
    max = max < 16 ? max : 16;
    word = str_trim(word);
    for (uint32_t id = 0; max && word.n && id < c->n; id++) {
        unsigned d = country_distance(&c->country[id], word);
        if (d >= 99 || (n == max && d >= distance[n - 1]))
            continue;
        size_t at = n < max ? n++ : n - 1;
        for (; at > 0 && distance[at - 1] > d; at--) {
            distance[at] = distance[at - 1];
            out[at] = out[at - 1];
        }
        distance[at] = d;
        out[at] = id;
    }
    return n;
}
