/* A manifest with what was found about files in the place of what it left open. */
#include <jansson.h>

#include "entrepot/cube/dataset.h"
#include "entrepot/cube/json_text.h"

static void put(json_t *root, const char *key, struct str text)
{
    (void)json_object_set_new(root, key, text.n ? json_stringn(text.p, text.n) : json_null());
}

static void put_sign(json_t *root, const char *key, char sign)
{
    if (sign)
        put(root, key, sign == '\t' ? STR("tab") : str_span(&sign, 1));
    else
        (void)json_object_del(root, key);
}

static void put_files(json_t *root, const struct csv_texts *files)
{
    json_t *list = json_array();
    for (size_t i = 0; i < files->n; i++)
        (void)json_array_append_new(list, json_stringn(files->text[i].p, files->text[i].n));
    (void)json_object_del(root, "file");
    (void)json_object_del(root, "files");
    if (files->n == 1)
        (void)json_object_set(root, "file", json_array_get(list, 0));
    else
        (void)json_object_set(root, "files", list);
    json_decref(list);
}

static void put_roles(json_t *root, const char *key, const struct str *text)
{
    json_t *object = json_object();
    for (size_t role = 0; role < CSV_ROLES; role++)
        if (text[role].n)
            put(object, csv_role_name[role], text[role]);
    (void)json_object_set_new(root, key, object);
}

static const char *codes_word(const struct dataset_csv *map)
{
    if (map->names)
        return map->codes == CODES_COMTRADE ? "any comtrade" : map->codes == CODES_M49 ? "any" : "names";
    if (map->alpha2)
        return "alpha2";
    return map->codes == CODES_COMTRADE ? "comtrade" : map->codes == CODES_M49 ? "m49" : "iso3";
}

static void put_units(json_t *root, const struct dataset_csv *map)
{
    static const char *const size[] = {
        [3] = " thousand", [5] = " lakh", [6] = " million", [7] = " crore", [9] = " billion"};
    const size_t shift = (size_t)map->value_shift;
    const struct str currency = map->currency.n ? map->currency : STR("USD");
    (void)json_object_set_new(root, "value_unit",
                              json_sprintf("%.*s%s", STR_ARG(currency),
                                           shift < sizeof size / sizeof *size && size[shift] ? size[shift] : ""));
    if (map->rates.n)
        put(root, "rates", map->rates);
    put(root, "quantity_unit", map->quantity_shift == 3 ? STR("tonnes") : STR("kg"));
}

/* What is found from the rows is found from them again. */
static void put_stated(json_t *root, const char *key, enum dataset_told told, const char *word)
{
    if (told == TOLD_STATED)
        put(root, key, str_view(word));
    else
        (void)json_object_del(root, key);
}

static void put_description(json_t *root, const struct dataset *d)
{
    put(root, "id", d->id);
    put(root, "title", d->title);
    put(root, "source", d->source);
    put(root, "source_url", d->source_url);
    put(root, "licence", d->licence);
    put(root, "published", d->published);
    put(root, "hs", d->hs);
    put(root, "frequency", str_view(period_kind_word(d->frequency)));
    put_stated(root, "partners", d->partners_told, partners_name[d->partners]);
    put_stated(root, "coverage", d->coverage_told, coverage_name[d->coverage]);
    (void)json_object_set_new(root, "synthetic", json_boolean(d->synthetic));
}

static void put_form(json_t *root, const struct dataset *d, const struct dataset_csv *map, bool columns)
{
    (void)json_object_del(root, "reader");
    (void)json_object_del(root, "needs");
    put_files(root, &map->files);
    put(root, "level", map->find_level ? STR("found") : str_view(level_name[d->level]));
    put_sign(root, "delimiter", map->delimiter);
    if (map->encoding.n)
        put(root, "encoding", map->encoding);
    if (map->sum)
        (void)json_object_set_new(root, "sum", json_true());
    if (!columns)
        return;
    put(root, "codes", str_view(codes_word(map)));
    put_sign(root, "decimal", map->decimal);
    put_sign(root, "thousands", map->thousands);
    put_roles(root, "columns", map->column);
    put_roles(root, "constants", map->constant);
    put_units(root, map);
}

static int append(const char *bytes, size_t n, void *out)
{
    buf_add(out, str_span(bytes, n));
    return 0;
}

enum status manifest_print(const char *name, struct str json, const struct dataset *dataset,
                           const struct dataset_csv *found, bool columns, struct buf *out, struct problem *problem)
{
    struct json_text text;
    enum status status = json_text_read(name, json, &text, problem);
    if (status != ST_OK)
        return status;
    json_t *root = json_deep_copy(text.root);
    json_text_release(&text);
    put_description(root, dataset);
    put_form(root, dataset, found, columns);
    status = root && json_dump_callback(root, append, out, JSON_INDENT(2)) == 0 && !out->failed
                 ? ST_OK
                 : problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    buf_byte(out, '\n');
    json_decref(root);
    return status;
}
