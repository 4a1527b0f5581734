/* What all parts of a manifest are read with: texts, words, and the first thing that is wrong. */
#include "cube/manifest/reading.h"

void reading_refuse(struct reading *r, const char *key, const char *what)
{
    if (r->status != ST_OK)
        return;
    char place[256];
    (void)snprintf(place, sizeof place, "%s: key \"%s\"", r->name, key);
    r->status = problem_set(r->problem, ST_INVALID, place, "%s", what);
    (void)problem_cure(r->problem, r->status, "data/README.md lists the keys of a manifest");
}

struct str reading_keep(struct reading *r, const char *text)
{
    struct str copy = arena_str(r->arena, str_view(text));
    if (!copy.p && r->status == ST_OK)
        r->status = problem_set(r->problem, ST_NO_MEMORY, r->name, "out of memory");
    return copy;
}

struct str reading_text(struct reading *r, json_t *object, const char *key, bool required)
{
    json_t *value = json_object_get(object, key);
    if (json_is_string(value) && json_string_length(value) == strlen(json_string_value(value)) &&
        (!required || json_string_length(value)))
        return reading_keep(r, json_string_value(value));
    if (required || (value && !json_is_null(value)))
        reading_refuse(r, key, required ? "a text is needed here" : "a text or null is needed here");
    return str_span(NULL, 0);
}

unsigned reading_word(struct reading *r, const char *key, const char *const *word, unsigned n, const char *allowed)
{
    const char *text = json_string_value(json_object_get(r->root, key));
    for (unsigned i = 0; text && i < n; i++)
        if (strcmp(text, word[i]) == 0)
            return i;
    reading_refuse(r, key, allowed);
    return 0;
}
