/* Sectors: named baskets of HS prefixes, by revision, from JSON. */
#include <jansson.h>
#include <xxhash.h>

#include "entrepot/base/arena.h"
#include "entrepot/cube/codes.h"
#include "entrepot/cube/json_text.h"

struct sectors {
    struct arena arena;
    struct sector *sector;
    size_t n;
    uint64_t hash; /* of the text */
};

static enum status sector_refuse(const char *name, struct problem *problem, const char *id, const char *what)
{
    char place[256];
    (void)snprintf(place, sizeof place, "%s: sector \"%s\"", name, id);
    return problem_set(problem, ST_INVALID, place, "%s", what);
}

static int sector_by_code(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum status read_prefixes(struct sectors *s, const char *name, const char *id, json_t *list,
                                 struct sector_prefixes *out, struct problem *problem)
{
    size_t n = json_array_size(list), i;
    struct str *prefix = arena_new(&s->arena, struct str, n);
    json_t *item;
    if (!prefix)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    if (n == 0)
        return sector_refuse(name, problem, id, "a list of prefixes is missing or empty");
    json_array_foreach(list, i, item)
    {
        struct str text = str_view(json_string_value(item));
        if (!str_digits(text) || (text.n != 2 && text.n != 4 && text.n != 6))
            return sector_refuse(name, problem, id, "a prefix is a text of 2, 4 or 6 digits");
        prefix[i] = arena_str(&s->arena, text);
        if (!prefix[i].p)
            return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    }
    qsort(prefix, n, sizeof *prefix, sector_by_code);
    for (i = 1; i < n; i++)
        if (str_starts(prefix[i], prefix[i - 1]))
            return sector_refuse(name, problem, id, "one prefix lies within another of the same list");
    out->prefix = prefix;
    out->n = n;
    return ST_OK;
}

static bool known_revision(struct str hs)
{
    return str_is(hs, "any") || (hs.n == 6 && str_starts(hs, STR("HS")) && str_digits(str_span(hs.p + 2, 4)));
}

/* Newest revision first, "any" last: what is said of a revision goes before what is said of all. */
static int by_revision(const void *a, const void *b)
{
    struct str x = ((const struct sector_prefixes *)a)->hs, y = ((const struct sector_prefixes *)b)->hs;
    int any = (int)str_is(x, "any") - (int)str_is(y, "any");
    return any ? any : str_cmp(y, x);
}

static enum status read_revisions(struct sectors *s, const char *name, const char *id, json_t *hs,
                                  struct sector *sector, struct problem *problem)
{
    const char *key;
    json_t *list;
    if (!json_is_object(hs) || json_object_size(hs) == 0 || json_object_size(hs) > SECTOR_REVISIONS_MAX)
        return sector_refuse(name, problem, id,
                             "\"hs\" is an object from \"any\" or a revision such as \"HS2022\" to prefixes");
    json_object_foreach(hs, key, list)
    {
        struct sector_prefixes *p = &sector->by_hs[sector->n_hs++];
        p->hs = arena_str(&s->arena, str_view(key));
        if (!p->hs.p || !known_revision(p->hs))
            return sector_refuse(name, problem, id,
                                 "a key of \"hs\" is neither \"any\" nor a revision such as \"HS2022\"");
        enum status status = read_prefixes(s, name, id, list, p, problem);
        if (status != ST_OK)
            return status;
    }
    qsort(sector->by_hs, sector->n_hs, sizeof *sector->by_hs, by_revision);
    return ST_OK;
}

static enum status sector_read(struct sectors *s, const char *name, json_t *json, struct problem *problem)
{
    struct sector *sector = &s->sector[s->n];
    const char *id = json_string_value(json_object_get(json, "id")),
               *title = json_string_value(json_object_get(json, "name"));
    const char *why = json_string_value(json_object_get(json, "why"));
    if (!id || !title || !why || json_object_size(json) != 4)
        return sector_refuse(name, problem, id ? id : "?", "a sector has the keys id, name, why and hs, and no others");
    sector->id = arena_str(&s->arena, str_view(id));
    sector->name = arena_str(&s->arena, str_view(title));
    sector->why = arena_str(&s->arena, str_view(why));
    if (!sector->id.p || !sector->name.p || !sector->why.p)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    if (sectors_find(s, sector->id))
        return sector_refuse(name, problem, id, "this id stands twice");
    enum status status = read_revisions(s, name, id, json_object_get(json, "hs"), sector, problem);
    s->n += status == ST_OK;
    return status;
}

static enum status sectors_read_all(struct sectors *s, const char *name, json_t *root, struct problem *problem)
{
    json_t *list = json_object_get(root, "sectors"), *json;
    size_t i;
    if (!json_is_array(list))
        return problem_set(problem, ST_INVALID, name, "the file has no list \"sectors\"");
    s->sector = arena_new(&s->arena, struct sector, json_array_size(list));
    if (!s->sector)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    json_array_foreach(list, i, json)
    {
        enum status status = sector_read(s, name, json, problem);
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

enum status sectors_read(const char *name, struct str json, struct sectors **out, struct problem *problem)
{
    struct json_text text;
    enum status status = json_text_read(name, json, &text, problem);
    if (status != ST_OK)
        return status;
    struct sectors *s = calloc(1, sizeof *s);
    if (!s)
        status = problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    if (s) {
        arena_init(&s->arena, SIZE_MAX);
        s->hash = XXH3_64bits(json.p, json.n);
        status = sectors_read_all(s, name, text.root, problem);
    }
    json_text_release(&text);
    if (status == ST_OK)
        *out = s;
    else
        sectors_free(s);
    return status;
}

uint64_t sectors_hash(const struct sectors *s) { return s->hash; }

void sectors_free(struct sectors *s)
{
    if (!s)
        return;
    arena_release(&s->arena);
    free(s);
}

size_t sectors_count(const struct sectors *s) { return s->n; }
const struct sector *sectors_at(const struct sectors *s, size_t index) { return &s->sector[index]; }

const struct sector *sectors_find(const struct sectors *s, struct str id)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->sector[i].id, id))
            return &s->sector[i];
    return NULL;
}

const struct sector_prefixes *sector_for(const struct sector *sector, struct str hs)
{
    for (size_t i = 0; i < sector->n_hs; i++)
        if (str_eq(sector->by_hs[i].hs, hs) || str_is(sector->by_hs[i].hs, "any"))
            return &sector->by_hs[i];
    bool chapters = hs.n == 0;
    for (size_t i = 0; chapters && i < sector->by_hs[0].n; i++)
        chapters = sector->by_hs[0].prefix[i].n == 2;
    return chapters ? &sector->by_hs[0] : NULL;
}
