/* Reads a dataset's description from a manifest, refusing what is unknown or contradicts itself, and writes it into
 * a cube file. */
#include "entrepot/cube/dataset.h"

#include <jansson.h>

#include "cube/manifest/statements.h"
#include "entrepot/cube/json_text.h"

/* One manifest being read. */
struct reading {
    const char *name;
    struct arena *arena;
    struct problem *problem;
    json_t *root;
    enum status status; /* sticky: the first thing that was wrong */
};

static void refuse(struct reading *r, const char *key, const char *what)
{
    if (r->status != ST_OK)
        return;
    char place[256];
    (void)snprintf(place, sizeof place, "%s: key \"%s\"", r->name, key);
    r->status = problem_set(r->problem, ST_INVALID, place, "%s", what);
    (void)problem_cure(r->problem, r->status, "data/README.md lists the keys of a manifest");
}

static struct str keep(struct reading *r, const char *text)
{
    struct str copy = arena_str(r->arena, str_view(text));
    if (!copy.p && r->status == ST_OK)
        r->status = problem_set(r->problem, ST_NO_MEMORY, r->name, "out of memory");
    return copy;
}

static struct str take_text(struct reading *r, json_t *object, const char *key, bool required)
{
    json_t *value = json_object_get(object, key);
    if (json_is_string(value) && json_string_length(value) == strlen(json_string_value(value)) &&
        (!required || json_string_length(value)))
        return keep(r, json_string_value(value));
    if (required || (value && !json_is_null(value)))
        refuse(r, key, required ? "a text is needed here" : "a text or null is needed here");
    return str_span(NULL, 0);
}

static unsigned take_word(struct reading *r, const char *key, const char *const *word, unsigned n, const char *allowed)
{
    const char *text = json_string_value(json_object_get(r->root, key));
    for (unsigned i = 0; text && i < n; i++)
        if (strcmp(text, word[i]) == 0)
            return i;
    refuse(r, key, allowed);
    return 0;
}

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
        refuse(r, "notes", "a list of at most 16 texts is needed here");
    json_array_foreach(notes, i, note)
    {
        if (!json_is_string(note))
            refuse(r, "notes", "each note is a text");
        if (r->status != ST_OK)
            return;
        d->note[d->n_notes++] = keep(r, json_string_value(note));
    }
}

static void take_description(struct reading *r, struct dataset *d)
{
    static const char *const frequency[] = {"A", "FY", "Q", "M"};
    d->id = take_text(r, r->root, "id", true);
    d->title = take_text(r, r->root, "title", true);
    d->source = take_text(r, r->root, "source", true);
    d->source_url = take_text(r, r->root, "source_url", false);
    d->licence = take_text(r, r->root, "licence", true);
    d->published = take_text(r, r->root, "published", false);
    d->checked = take_text(r, r->root, "checked", false);
    d->hs = take_text(r, r->root, "hs", false);
    json_t *valuation = json_object_get(r->root, "valuation"), *value;
    const char *key;
    json_object_foreach(valuation, key, value)
    {
        if (strcmp(key, "exports") != 0 && strcmp(key, "imports") != 0)
            refuse(r, key, "unknown key: write FOB or CIF for exports and for imports");
    }
    d->exports_valuation = take_text(r, valuation, "exports", true);
    d->imports_valuation = take_text(r, valuation, "imports", true);
    d->frequency =
        (enum period_kind)(take_word(r, "frequency", frequency, 4, "write \"A\", \"FY\", \"Q\" or \"M\"") + 1);
    d->level = (enum level)take_word(r, "level", level_name, LEVEL_SECTOR, "write total, hs2, hs4, hs6 or hs8");
    d->basis = (enum basis)take_word(r, "basis", basis_name, 2, "write reported or reconciled");
    d->coverage_told = json_object_get(r->root, "coverage") ? TOLD_STATED : TOLD_FOUND;
    d->partners_told = json_object_get(r->root, "partners") ? TOLD_STATED : TOLD_FOUND;
    if (d->coverage_told == TOLD_STATED)
        d->coverage = (enum coverage)take_word(
            r, "coverage", coverage_name, 2, "write full or selected, or leave it out: then it is found from the rows");
    if (d->partners_told == TOLD_STATED)
        d->partners =
            (enum partners)take_word(r, "partners", partners_name, 3,
                                     "write all, listed or closed, or leave it out: then it is found from the rows");
    static const char *const year[] = {"A", "FY"};
    if (json_object_get(r->root, "year"))
        d->fiscal = take_word(r, "year", year, 2, "write \"A\" or \"FY\": the year that months make") == 1;
    d->synthetic = json_is_true(json_object_get(r->root, "synthetic"));
    if (json_object_get(r->root, "synthetic") && !json_is_boolean(json_object_get(r->root, "synthetic")))
        refuse(r, "synthetic", "write true or false");
    if (r->status == ST_OK && !dataset_id_good(d->id))
        refuse(r, "id", "an id has 1 to 63 small letters, digits and hyphens");
    if (d->level == LEVEL_SECTION)
        refuse(r, "level", "sections are made of chapters: the level of observations is total, hs2, hs4, hs6 or hs8");
    take_notes(r, d);
}

static void take_roles(struct reading *r, const char *key, struct str *out)
{
    json_t *object = json_object_get(r->root, key), *value;
    const char *role;
    if (object && !json_is_object(object))
        refuse(r, key, "an object is needed here");
    json_object_foreach(object, role, value)
    {
        unsigned i = 0;
        while (i < CSV_ROLES && strcmp(role, csv_role_name[i]) != 0)
            i++;
        if (i == CSV_ROLES)
            refuse(r, role,
                   "unknown; a column is one of period, reporter, partner, flow, product, value, quantity, status, hs");
        else
            out[i] = take_text(r, object, role, true);
    }
}

static void take_members(struct reading *r, struct dataset_csv *csv)
{
    json_t *members = json_object_get(r->root, "members"), *code;
    const char *spelling;
    if (members && !json_is_object(members))
        refuse(r, "members", "an object is needed here: the source's spelling and our code");
    csv->member = arena_new(r->arena, struct dataset_member, json_object_size(members) + 1);
    if (!csv->member && r->status == ST_OK)
        r->status = problem_set(r->problem, ST_NO_MEMORY, r->name, "out of memory");
    json_object_foreach(members, spelling, code)
    {
        struct dataset_member member = {.spelling = keep(r, spelling), .code = take_text(r, members, spelling, true)};
        if (r->status != ST_OK)
            return;
        csv->member[csv->n_members++] = member;
    }
}

static void check_roles(struct reading *r, const struct dataset *d, const struct dataset_csv *csv)
{
    for (unsigned i = 0; i < CSV_ROLES; i++) {
        bool needed = i < ROLE_FLOW || i == ROLE_VALUE || (i == ROLE_FLOW && d->basis == BASIS_REPORTED) ||
                      (i == ROLE_PRODUCT && d->level != LEVEL_TOTAL);
        if (csv->column[i].n && csv->constant[i].n)
            refuse(r, csv_role_name[i], "given both as a column and as a constant");
        if (needed && !csv->column[i].n && !csv->constant[i].n)
            refuse(r, csv_role_name[i],
                   "missing: name its column under \"columns\", or its one value under \"constants\"");
    }
}

static void take_csv(struct reading *r, const struct dataset *d, struct dataset_csv *csv)
{
    static const char *const codes[] = {"iso3", "m49", "comtrade", "baci"};
    static const enum code_system system[] = {CODES_ISO3, CODES_M49, CODES_COMTRADE, CODES_COMTRADE};
    static const char *const unit[] = {"USD", "USD thousand", "USD million", "USD billion"}, *const weight[] = {
                                                                                                 "kg", "tonnes"};
    csv->file = take_text(r, r->root, "file", true);
    if (csv->file.n && (csv->file.p[0] == '/' || strstr(csv->file.p, "..")))
        refuse(r, "file", "the file lies beside the manifest: no absolute path and no \"..\"");
    csv->codes = system[take_word(r, "codes", codes, 4, "write iso3, m49, comtrade or baci")];
    csv->value_shift =
        3 * (int)take_word(r, "value_unit", unit, 4, "write USD, USD thousand, USD million or USD billion");
    if (json_object_get(r->root, "quantity_unit"))
        csv->quantity_shift = 3 * (int)take_word(r, "quantity_unit", weight, 2, "write kg or tonnes");
    take_roles(r, "columns", csv->column);
    take_roles(r, "constants", csv->constant);
    take_members(r, csv);
    check_roles(r, d, csv);
}

static void check_keys(struct reading *r, bool with_csv)
{
    static const char *const known[] = {"id",       "title",     "source",    "source_url", "licence",   "published",
                                        "checked",  "frequency", "level",     "hs",         "valuation", "basis",
                                        "coverage", "partners",  "synthetic", "notes",      "year"};
    static const char *const of_csv[] = {"file",       "codes",         "columns",      "constants", "members",
                                         "value_unit", "quantity_unit", "availability"};
    const char *key;
    json_t *value;
    json_object_foreach(r->root, key, value)
    {
        bool ok = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            ok = ok || strcmp(key, known[i]) == 0;
        for (size_t i = 0; with_csv && i < sizeof of_csv / sizeof *of_csv; i++)
            ok = ok || strcmp(key, of_csv[i]) == 0;
        if (!ok)
            refuse(r, key, "unknown key");
    }
}

enum status dataset_read(const char *name, struct str json, struct arena *arena, struct dataset *out,
                         struct dataset_csv *csv, struct problem *problem)
{
    struct json_text text;
    enum status status = json_text_read(name, json, &text, problem);
    if (status != ST_OK)
        return status;
    struct reading r = {.name = name, .arena = arena, .problem = problem, .root = text.root};
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
        *csv = (struct dataset_csv){.value_shift = 0};
        take_csv(&r, out, csv);
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
    if (d->fiscal)
        put(root, "year", STR("FY"), &ok);
    ok = ok && json_dump_callback(root, append, out, JSON_COMPACT) == 0 && !out->failed;
    json_decref(root);
    return ok ? ST_OK : ST_NO_MEMORY;
}
