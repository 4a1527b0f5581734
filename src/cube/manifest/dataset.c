/* What a manifest says of a dataset: read from JSON, and written into a cube file. */
#include "entrepot/cube/dataset.h"

#include <jansson.h>

#include "cube/manifest/reading.h"
#include "cube/manifest/statements.h"

bool dataset_id_good(struct str id)
{
    bool ok = id.n >= 1 && id.n <= 63 && id.p[0] != '-';
    for (size_t i = 0; i < id.n; i++)
        ok = ok && ((id.p[i] >= 'a' && id.p[i] <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9') || id.p[i] == '-');
    return ok;
}

static void take_notes(struct reading *r, struct dataset *d)
{
    json_t *notes = json_object_get(r->root, "notes"), *note;
    size_t i;
    if (notes && (!json_is_array(notes) || json_array_size(notes) > DATASET_NOTES_MAX))
        reading_refuse(r, "notes", "a list of at most 16 texts is needed here");
    json_array_foreach(notes, i, note)
    {
        if (!json_is_string(note))
            reading_refuse(r, "notes", "each note is a text");
        if (r->status != ST_OK)
            return;
        d->note[d->n_notes++] = reading_keep(r, json_string_value(note));
    }
}

/* {"X_CANARY": "CANARY IS"}: of a cube file. */
static void take_areas(struct reading *r, struct dataset *d)
{
    json_t *areas = json_object_get(r->root, "areas"), *name;
    const char *id;
    if (areas && !json_is_object(areas))
        reading_refuse(r, "areas", "an object is needed here");
    d->area = arena_new(r->arena, struct country_area, json_object_size(areas) + 1);
    if (!d->area && r->status == ST_OK)
        r->status = problem_set(r->problem, ST_NO_MEMORY, r->name, "out of memory");
    json_object_foreach(areas, id, name)
    {
        struct country_area area = {reading_keep(r, id), reading_text(r, areas, id, true)};
        if (area.id.n > 12)
            reading_refuse(r, "areas", "an id has 1 to 12 letters");
        if (r->status != ST_OK)
            return;
        d->area[d->n_areas++] = area;
    }
}

static void take_description(struct reading *r, struct dataset *d)
{
    static const char *const frequency[] = {"A", "FY", "Q", "M"};
    bool find_frequency = columns_found(r, "frequency"), find_level = columns_found(r, "level");
    d->id = reading_text(r, r->root, "id", true);
    d->title = reading_text(r, r->root, "title", true);
    d->source = reading_text(r, r->root, "source", true);
    d->source_url = reading_text(r, r->root, "source_url", false);
    d->licence = reading_text(r, r->root, "licence", true);
    d->published = reading_text(r, r->root, "published", false);
    d->checked = reading_text(r, r->root, "checked", false);
    d->hs = reading_text(r, r->root, "hs", false);
    d->converted = reading_text(r, r->root, "converted", false);
    json_t *valuation = json_object_get(r->root, "valuation"), *value;
    const char *key;
    json_object_foreach(valuation, key, value)
    {
        if (strcmp(key, "exports") != 0 && strcmp(key, "imports") != 0)
            reading_refuse(r, key, "unknown key: write FOB or CIF for exports and for imports");
    }
    d->exports_valuation = reading_text(r, valuation, "exports", true);
    d->imports_valuation = reading_text(r, valuation, "imports", true);
    d->frequency = PERIOD_YEAR;
    if (!find_frequency)
        d->frequency =
            (enum period_kind)(reading_word(r, "frequency", frequency, 4, "write \"A\", \"FY\", \"Q\" or \"M\"") + 1);
    if (!find_level)
        d->level = (enum level)reading_word(r, "level", level_name, LEVEL_SECTOR, "write total, hs2, hs4, hs6 or hs8");
    d->basis = (enum basis)reading_word(r, "basis", basis_name, 2, "write reported or reconciled");
    d->coverage_told = json_object_get(r->root, "coverage") ? TOLD_STATED : TOLD_FOUND;
    d->partners_told = json_object_get(r->root, "partners") ? TOLD_STATED : TOLD_FOUND;
    if (d->coverage_told == TOLD_STATED)
        d->coverage = (enum coverage)reading_word(
            r, "coverage", coverage_name, 2, "write full or selected, or leave it out: then it is found from the rows");
    if (d->partners_told == TOLD_STATED)
        d->partners =
            (enum partners)reading_word(r, "partners", partners_name, 3,
                                        "write all, listed or closed, or leave it out: then it is found from the rows");
    static const char *const year[] = {"A", "FY"};
    if (json_object_get(r->root, "year"))
        d->fiscal = reading_word(r, "year", year, 2, "write \"A\" or \"FY\": the year that months make") == 1;
    d->synthetic = json_is_true(json_object_get(r->root, "synthetic"));
    if (json_object_get(r->root, "synthetic") && !json_is_boolean(json_object_get(r->root, "synthetic")))
        reading_refuse(r, "synthetic", "write true or false");
    if (r->status == ST_OK && !dataset_id_good(d->id))
        reading_refuse(r, "id", "an id has 1 to 63 small letters, digits and hyphens");
    if (d->level == LEVEL_SECTION)
        reading_refuse(r, "level",
                       "sections are made of chapters: the level of observations is total, hs2, hs4, hs6 or hs8");
    take_notes(r, d);
    take_areas(r, d);
}

static void check_keys(struct reading *r, bool with_csv)
{
    static const char *const known[] = {
        "id",        "title", "source",   "source_url", "licence",   "published", "checked", "frequency", "level", "hs",
        "valuation", "basis", "coverage", "partners",   "synthetic", "notes",     "year",    "converted", "areas"};
    const char *key;
    json_t *value;
    json_object_foreach(r->root, key, value)
    {
        bool ok = with_csv && columns_key(key);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            ok = ok || strcmp(key, known[i]) == 0;
        if (!ok)
            reading_refuse(r, key, "unknown key");
    }
}

enum status dataset_read(const char *name, struct str json, struct arena *arena, struct dataset *out,
                         struct dataset_csv *csv, struct problem *problem)
{
    struct json_text text;
    enum status status = json_text_read(name, json, &text, problem);
    if (status != ST_OK)
        return status;
    struct reading r = {.name = name, .arena = arena, .problem = problem, .root = text.root, .with_csv = csv != NULL};
    if (!json_is_object(r.root)) {
        char place[256];
        (void)snprintf(place, sizeof place, "%.240s:1", name);
        json_text_release(&text);
        return problem_set(problem, ST_INVALID, place, "a manifest is a JSON object");
    }
    *out = (struct dataset){.id = {NULL, 0}};
    check_keys(&r, csv != NULL);
    take_description(&r, out);
    if (csv) {
        columns_read(&r, out, csv);
        if (r.status == ST_OK)
            r.status = statements_read(name, json_object_get(r.root, "availability"), arena, out, problem);
    }
    json_text_release(&text);
    return r.status;
}

/* A key that is left out for want of memory would change what the description says: *ok notes it. */
static void put_json(json_t *object, const char *key, json_t *value, bool *ok)
{
    *ok = json_object_set_new(object, key, value) == 0 && *ok;
}

static void put(json_t *object, const char *key, struct str text, bool *ok)
{
    put_json(object, key, text.n ? json_stringn(text.p, text.n) : json_null(), ok);
}

static int append(const char *bytes, size_t n, void *out)
{
    buf_add(out, str_span(bytes, n));
    return 0;
}

enum status dataset_print(const struct dataset *d, struct buf *out)
{
    json_t *root = json_object(), *valuation = json_object(), *notes = json_array();
    bool ok = true;
    put(root, "id", d->id, &ok);
    put(root, "title", d->title, &ok);
    put(root, "source", d->source, &ok);
    put(root, "source_url", d->source_url, &ok);
    put(root, "licence", d->licence, &ok);
    put(root, "published", d->published, &ok);
    put(root, "checked", d->checked, &ok);
    put(root, "frequency", str_view(period_kind_word(d->frequency)), &ok);
    put(root, "level", str_view(level_name[d->level]), &ok);
    put(root, "hs", d->hs, &ok);
    put(valuation, "exports", d->exports_valuation, &ok);
    put(valuation, "imports", d->imports_valuation, &ok);
    put_json(root, "valuation", valuation, &ok);
    put(root, "basis", str_view(basis_name[d->basis]), &ok);
    put(root, "coverage", str_view(coverage_name[d->coverage]), &ok);
    put(root, "partners", str_view(partners_name[d->partners]), &ok);
    put_json(root, "synthetic", json_boolean(d->synthetic), &ok);
    for (size_t i = 0; i < d->n_notes; i++)
        ok = json_array_append_new(notes, json_stringn(d->note[i].p, d->note[i].n)) == 0 && ok;
    put_json(root, "notes", notes, &ok);
    if (d->converted.n)
        put(root, "converted", d->converted, &ok);
    json_t *areas = d->n_areas ? json_object() : NULL;
    for (size_t i = 0; i < d->n_areas; i++) {
        char id[COUNTRY_ID_BYTES];
        (void)snprintf(id, sizeof id, "%.*s", STR_ARG(d->area[i].id));
        put(areas, id, d->area[i].name, &ok);
    }
    if (areas)
        put_json(root, "areas", areas, &ok);
    if (d->fiscal)
        put(root, "year", STR("FY"), &ok);
    ok = ok && json_dump_callback(root, append, out, JSON_COMPACT) == 0 && !out->failed;
    json_decref(root);
    return ok ? ST_OK : ST_NO_MEMORY;
}
