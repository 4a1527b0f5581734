/* What a manifest states of single returns: [{"reporter":"IND","flow":"M","period":"2010..2019","products":"full","partners":"all"}, …]. */
#include "cube/manifest/statements.h"

/* One entry being read. */
struct entry {
    const char *name;
    size_t at;
    const json_t *object;
    struct arena *arena;
    struct problem *problem;
    enum status status;
};

static void refuse(struct entry *e, const char *key, const char *what)
{
    char place[256];
    if (e->status != ST_OK)
        return;
    (void)snprintf(place, sizeof place, "%.160s: key \"availability\", entry %zu, key \"%.40s\"", e->name, e->at + 1,
                   key);
    e->status = problem_set(e->problem, ST_INVALID, place, "%s", what);
    (void)problem_cure(e->problem, e->status, "data/README.md lists the keys of a manifest");
}

/* The text of a key; empty where it is not given. Borrowed from the manifest. */
static struct str text_of(struct entry *e, const char *key)
{
    const json_t *value = json_object_get(e->object, key);
    if (value && (!json_is_string(value) || json_string_length(value) == 0))
        refuse(e, key, "a text is needed here");
    return str_view(json_string_value(value));
}

static struct str kept_text(struct entry *e, const char *key)
{
    struct str text = text_of(e, key), copy = arena_str(e->arena, text);
    if (text.n && !copy.p && e->status == ST_OK)
        e->status = problem_set(e->problem, ST_NO_MEMORY, e->name, "out of memory");
    return copy;
}

/* Position of the key's word in `word`; `n` where the key is not given or the word is refused. */
static unsigned word_of(struct entry *e, const char *key, const char *const *word, unsigned n, const char *allowed)
{
    struct str text = text_of(e, key);
    unsigned i = 0;
    while (i < n && !str_is(text, word[i]))
        i++;
    if (i == n && text.n)
        refuse(e, key, allowed);
    return i;
}

static void take_flow(struct entry *e, struct dataset_statement *s)
{
    static const char *const word[] = {"X", "M", "exports", "imports"};
    unsigned i = word_of(e, "flow", word, 4, "write X (exports) or M (imports)");
    s->flows = i == 4 ? 3 : 1U << i % 2;
}

static void take_period(struct entry *e, const struct dataset *d, struct dataset_statement *s)
{
    struct str text = text_of(e, "period"), bad;
    struct period_set set;
    const char *why;
    if (text.n == 0)
        return;
    bool good = period_set_read(text, &set, &bad, &why) && set.n == 1 && set.kind == d->frequency;
    if (!good) {
        refuse(e, "period", "one period of the dataset's frequency is needed here, or a range: 2019 or 2010..2019");
        return;
    }
    s->from = set.item[0].from;
    s->to = set.item[0].to;
}

static void take_rest(struct entry *e, const struct dataset *d, struct dataset_statement *s)
{
    unsigned products = word_of(e, "products", coverage_name, 2, "write full or selected");
    unsigned level = word_of(e, "level", level_name, LEVEL_SECTOR, "write total, hs2, hs4, hs6 or hs8");
    unsigned partners = word_of(e, "partners", partners_name, 3, "write all, listed or closed");
    s->says_products = products < 2;
    s->products = s->says_products ? (enum coverage)products : COVERAGE_FULL;
    s->says_level = level < LEVEL_SECTOR;
    s->level = s->says_level ? (enum level)level : d->level;
    s->says_partners = partners < 3;
    s->partners = s->says_partners ? (enum partners)partners : PARTNERS_ALL;
    if (s->level == LEVEL_SECTION || s->level > d->level)
        refuse(e, "level", "this is no level of the dataset: total, hs2, hs4, hs6 or hs8, not finer than its own");
}

static void check_keys(struct entry *e)
{
    static const char *const known[] = {"reporter", "partner", "flow", "period", "products", "level", "partners", "hs"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)e->object, key, value)
    {
        bool ok = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            ok = ok || strcmp(key, known[i]) == 0;
        if (!ok)
            refuse(e, key, "unknown; an entry has reporter, partner, flow, period, products, level, partners, hs");
    }
}

static enum status read_entry(struct entry *e, const struct dataset *d, struct dataset_statement *s)
{
    if (!json_is_object(e->object)) {
        refuse(e, "", "an object is needed here");
        return e->status;
    }
    check_keys(e);
    s->reporter = kept_text(e, "reporter");
    s->partner = kept_text(e, "partner");
    s->hs = kept_text(e, "hs");
    take_flow(e, s);
    take_period(e, d, s);
    take_rest(e, d, s);
    return e->status;
}

enum status statements_read(const char *name, const json_t *list, struct arena *arena, struct dataset *out,
                            struct problem *problem)
{
    size_t n = json_array_size(list);
    struct entry e = {.name = name, .arena = arena, .problem = problem, .status = ST_OK};
    if (list && !json_is_array(list)) {
        refuse(&e, "", "a list of objects is needed here");
        return e.status;
    }
    struct dataset_statement *made = arena_new(arena, struct dataset_statement, n + 1);
    if (!made)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    for (size_t i = 0; e.status == ST_OK && i < n; i++) {
        e.at = i;
        e.object = json_array_get(list, i);
        e.status = read_entry(&e, out, &made[i]);
    }
    out->statement = made;
    out->n_statements = n;
    return e.status;
}
