/* Several files under one manifest: each with what is its own, as a manifest of one file. */
#include "cube/manifest/reading.h"

static bool has_objects(const json_t *files)
{
    const json_t *item;
    size_t i;
    bool any = false;
    json_array_foreach(files, i, item) any = any || json_is_object(item);
    return any;
}

/* What is not about a file is the dataset's. */
static void take_own(struct reading *r, json_t *whole, json_t *item)
{
    const char *key;
    json_t *value;
    json_object_foreach(item, key, value)
    {
        bool own = (columns_key(key) && strcmp(key, "files") != 0) || strcmp(key, "published") == 0;
        if (strcmp(key, "hs") == 0 && json_is_string(value)) {
            json_t *constants = json_object_get(whole, "constants");
            if (!constants)
                (void)json_object_set_new(whole, "constants", constants = json_object());
            (void)json_object_set(constants, "hs", value);
        } else if (own) {
            (void)json_object_set(whole, key, value);
        } else {
            reading_refuse(r, "files",
                           "a file has keys of its own about its columns, \"hs\" and \"published\"; the others "
                           "are the dataset's");
        }
    }
}

static int append(const char *bytes, size_t n, void *out)
{
    buf_add(out, str_span(bytes, n));
    return 0;
}

static void take_part(struct reading *r, json_t *item, struct manifest_part *out)
{
    json_t *whole = json_deep_copy(r->root);
    struct buf text;
    buf_init(&text, (size_t)1 << 22);
    if (!json_is_object(item) && !json_is_string(item))
        reading_refuse(r, "files", "each of them is a text, or an object with \"file\" and what is its own");
    (void)json_object_del(whole, "files");
    if (json_is_string(item))
        (void)json_object_set(whole, "file", item);
    else
        take_own(r, whole, item);
    if (r->status == ST_OK && !json_is_string(json_object_get(whole, "file")))
        reading_refuse(r, "files", "each object names its \"file\"");
    if (r->status == ST_OK && json_dump_callback(whole, append, &text, JSON_COMPACT) != 0)
        r->status = problem_set(r->problem, ST_NO_MEMORY, r->name, "out of memory");
    const char *published = json_string_value(json_object_get(item, "published"));
    *out = (struct manifest_part){reading_keep(r, text.n && !text.failed ? (buf_byte(&text, '\0'), text.p) : ""),
                                  reading_keep(r, published ? published : "")};
    buf_release(&text);
    json_decref(whole);
}

enum status manifest_parts(const char *name, struct str json, struct arena *arena, struct manifest_part **out,
                           size_t *n, struct problem *problem)
{
    struct json_text text;
    enum status status = json_text_read(name, json, &text, problem);
    *n = 0;
    if (status != ST_OK)
        return status;
    struct reading r = {.name = name, .arena = arena, .problem = problem, .root = text.root};
    json_t *files = json_object_get(text.root, "files"), *item;
    size_t i, count = has_objects(files) ? json_array_size(files) : 0;
    *out = arena_new(arena, struct manifest_part, count + 1);
    if (!*out)
        r.status = problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    for (i = 0; r.status == ST_OK && i < count; i++) {
        item = json_array_get(files, i);
        take_part(&r, item, &(*out)[(*n)++]);
    }
    json_text_release(&text);
    return r.status;
}
