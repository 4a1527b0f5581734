/* The part of a manifest that says how its CSV is to be read. */
#include "cube/manifest/reading.h"

#include "entrepot/cube/observation.h"

const char *const csv_role_name[CSV_ROLES] = {
    "period", "reporter", "partner", "flow",    "product",          "value",           "quantity", "status",
    "month",  "hs",       "exports", "imports", "exports_quantity", "imports_quantity"};

static const char *const keys[] = {"file",      "files",       "reader",   "codes",    "columns",    "constants",
                                   "members",   "rates",       "encoding", "decimal",  "value_unit", "quantity_unit",
                                   "delimiter", "thousands",   "flows",    "statuses", "keep",       "drop",
                                   "missing",   "totals",      "across",   "footer",   "sum",        "repeats",
                                   "needs",     "availability"};

bool columns_key(const char *key)
{
    bool known = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        known = known || strcmp(key, keys[i]) == 0;
    return known;
}

bool columns_found(const struct reading *r, const char *key)
{
    const char *word = json_string_value(json_object_get(r->root, key));
    return r->with_csv && word && strcmp(word, "found") == 0;
}

/* ---- texts ---- */

static void *take_room(struct reading *r, void *room)
{
    if (!room && r->status == ST_OK)
        r->status = problem_set(r->problem, ST_NO_MEMORY, r->name, "out of memory");
    return room;
}

/* A text, or a list of texts. */
static struct csv_texts take_texts(struct reading *r, const char *key, json_t *value)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1, i;
    struct csv_texts texts = {take_room(r, arena_new(r->arena, struct str, n + 1)), 0};
    bool fits = json_is_string(value) ? json_string_length(value) > 0 : json_is_array(value) && n > 0;
    json_t *item;
    if (!fits)
        reading_refuse(r, key, "a text, or a list of texts, is needed here");
    if (json_is_string(value) && r->status == ST_OK)
        texts.text[texts.n++] = reading_keep(r, json_string_value(value));
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            reading_refuse(r, key, "each of them is a text");
        if (r->status != ST_OK)
            break;
        texts.text[texts.n++] = reading_keep(r, json_string_value(item));
    }
    return texts;
}

static struct csv_texts take_list(struct reading *r, const char *key)
{
    json_t *value = json_object_get(r->root, key);
    return value ? take_texts(r, key, value) : (struct csv_texts){NULL, 0};
}

static bool take_flag(struct reading *r, const char *key)
{
    json_t *value = json_object_get(r->root, key);
    if (value && !json_is_boolean(value))
        reading_refuse(r, key, "write true or false");
    return json_is_true(value);
}

/* One sign; "tab" is one too. 0 where the key is not there or says "found". */
static char take_sign(struct reading *r, const char *key)
{
    json_t *value = json_object_get(r->root, key);
    const char *text = json_string_value(value);
    if (!value || (text && strcmp(text, "found") == 0))
        return '\0';
    if (text && strcmp(text, "tab") == 0)
        return '\t';
    if (!text || strlen(text) != 1)
        reading_refuse(r, key, "one sign is needed here (or \"tab\")");
    return text ? text[0] : '\0';
}

/* ---- columns ---- */

static void take_column(struct reading *r, struct dataset_csv *csv, const char *role, unsigned i, json_t *value)
{
    csv->spelling[i] = take_texts(r, role, value);
    if (csv->spelling[i].n)
        csv->column[i] = csv->spelling[i].text[0];
}

static void take_roles(struct reading *r, const char *key, struct dataset_csv *csv, struct str *constant)
{
    json_t *object = json_object_get(r->root, key), *value;
    const char *role;
    if (object && !json_is_object(object))
        reading_refuse(r, key, "an object is needed here");
    json_object_foreach(object, role, value)
    {
        unsigned i = 0;
        while (i < CSV_ROLES && strcmp(role, csv_role_name[i]) != 0)
            i++;
        if (i == CSV_ROLES)
            reading_refuse(
                r, role,
                "unknown; a column is one of period, month, reporter, partner, flow, product, hs, value, quantity, "
                "status, exports, imports, exports_quantity, imports_quantity");
        else if (constant)
            constant[i] = reading_text(r, object, role, true);
        else
            take_column(r, csv, role, i, value);
    }
}

static void take_members(struct reading *r, struct dataset_csv *csv)
{
    json_t *members = json_object_get(r->root, "members"), *code;
    const char *spelling;
    if (members && !json_is_object(members))
        reading_refuse(r, "members", "an object is needed here: the source's spelling and our code, or null");
    csv->member = take_room(r, arena_new(r->arena, struct dataset_member, json_object_size(members) + 1));
    json_object_foreach(members, spelling, code)
    {
        struct dataset_member member = {.spelling = reading_keep(r, spelling),
                                        .code = reading_text(r, members, spelling, !json_is_null(code))};
        if (r->status != ST_OK)
            return;
        csv->member[csv->n_members++] = member;
    }
}

static void check_roles(struct reading *r, const struct dataset *d, const struct dataset_csv *csv)
{
    bool both = csv->column[ROLE_EXPORTS].n || csv->column[ROLE_IMPORTS].n;
    bool open =
        csv->reader.n >
        0; /* a shipped description may lack what a file's header shows; its constants are for files without the column */
    for (unsigned i = 0; i < CSV_ROLES; i++) {
        bool needed = i == ROLE_REPORTER || i == ROLE_PARTNER || (i == ROLE_PERIOD && !csv->across) ||
                      (i == ROLE_VALUE && !both && !csv->across) ||
                      (i == ROLE_FLOW && d->basis == BASIS_REPORTED && !both) ||
                      (i == ROLE_PRODUCT && d->level != LEVEL_TOTAL);
        if (!open && csv->column[i].n && csv->constant[i].n)
            reading_refuse(r, csv_role_name[i], "given both as a column and as a constant");
        if (needed && !open && !csv->column[i].n && !csv->constant[i].n)
            reading_refuse(r, csv_role_name[i],
                           "missing: name its column under \"columns\", or its one value under \"constants\"");
    }
}

/* ---- words and rules ---- */

static struct csv_words take_words(struct reading *r, const char *key, const char *const *meaning, unsigned n,
                                   const char *allowed)
{
    json_t *object = json_object_get(r->root, key), *value;
    if (object && !json_is_object(object))
        reading_refuse(r, key, allowed);
    struct csv_words words = {take_room(r, arena_new(r->arena, struct csv_word, json_object_size(object) + 1)), 0};
    const char *word;
    json_object_foreach(object, word, value)
    {
        const char *text = json_is_null(value) ? "null" : json_string_value(value);
        unsigned i = 0;
        while (text && i < n && strcmp(text, meaning[i]) != 0)
            i++;
        if (!text || i == n)
            reading_refuse(r, key, allowed);
        if (r->status != ST_OK)
            break;
        words.word[words.n++] = (struct csv_word){reading_keep(r, word), i};
    }
    return words;
}

static void take_all_words(struct reading *r, struct dataset_csv *csv)
{
    /* As enum csv_flow and enum observation_status; all the parts of flows are left out alike. */
    static const char *const flow[] = {"X", "M", "RX", "null", "RM", "DX", "DM"};
    static const char *const status[] = {"final", "provisional", "estimated", "rounded"};
    csv->flows = take_words(r, "flows", flow, 7, "each word of the source is X, M, RX, RM, DX, DM or null (left out)");
    for (size_t i = 0; i < csv->flows.n; i++)
        csv->flows.word[i].meaning = csv->flows.word[i].meaning > CSV_DROP ? CSV_PART : csv->flows.word[i].meaning;
    csv->statuses =
        take_words(r, "statuses", status, 4, "each word of the source is final, provisional, estimated or rounded");
    for (size_t i = 0; i < csv->statuses.n; i++)
        csv->statuses.word[i].meaning += csv->statuses.word[i].meaning == OBS_ROUNDED - 1;
}

static void take_rule(struct reading *r, struct dataset_csv *csv, const char *key, json_t *item)
{
    json_t *column = json_object_get(item, "column"), *values = json_object_get(item, "values");
    struct csv_rule rule = {.keep = strcmp(key, "keep") == 0};
    const char *name;
    json_t *value;
    json_object_foreach(item, name, value)
    {
        if (strcmp(name, "column") != 0 && strcmp(name, "values") != 0 && strcmp(name, "as") != 0)
            reading_refuse(r, key, "a rule has the keys column, values and as");
    }
    rule.column = take_texts(r, key, column);
    rule.values = take_texts(r, key, values);
    rule.as = reading_text(r, item, "as", false);
    if (r->status == ST_OK)
        csv->rule[csv->n_rules++] = rule;
}

static void take_rules(struct reading *r, struct dataset_csv *csv)
{
    static const char *const kinds[] = {"keep", "drop"};
    size_t n = json_array_size(json_object_get(r->root, "keep")) + json_array_size(json_object_get(r->root, "drop"));
    csv->rule = take_room(r, arena_new(r->arena, struct csv_rule, n + 1));
    for (unsigned k = 0; k < 2; k++) {
        json_t *list = json_object_get(r->root, kinds[k]), *item;
        size_t i;
        if (list && !json_is_array(list))
            reading_refuse(r, kinds[k], "a list of rules is needed here: {\"column\": …, \"values\": […], \"as\": …}");
        json_array_foreach(list, i, item) take_rule(r, csv, kinds[k], item);
    }
}

/* ---- files, codes and units ---- */

static void take_files(struct reading *r, struct dataset_csv *csv)
{
    json_t *several = json_object_get(r->root, "files");
    csv->reader = reading_text(r, r->root, "reader", false);
    if (csv->reader.n)
        return;
    if (several) {
        csv->files = take_texts(r, "files", several);
        csv->file = csv->files.n ? csv->files.text[0] : str_span(NULL, 0);
    } else {
        csv->file = reading_text(r, r->root, "file", true);
        csv->files = (struct csv_texts){take_room(r, arena_new(r->arena, struct str, 1)), 1};
        if (csv->files.text)
            csv->files.text[0] = csv->file;
    }
    for (size_t i = 0; r->status == ST_OK && i < csv->files.n; i++)
        if (csv->files.text[i].p[0] == '/' || strstr(csv->files.text[i].p, ".."))
            reading_refuse(r, several ? "files" : "file",
                           "the file lies beside the manifest: no absolute path and no \"..\"");
}

static void take_codes(struct reading *r, struct dataset_csv *csv)
{
    static const struct {
        enum code_system system;
        bool alpha2, names;
    } meant[] = {{CODES_ISO3, false, false},     {CODES_M49, false, false},   {CODES_COMTRADE, false, false},
                 {CODES_COMTRADE, false, false}, {CODES_ISO3, true, false},   {CODES_ISO3, true, true},
                 {CODES_M49, true, true},        {CODES_COMTRADE, true, true}};
    static const char *const codes[] = {"iso3", "m49", "comtrade", "baci", "alpha2", "names", "any", "any comtrade"};
    csv->find_codes = columns_found(r, "codes");
    unsigned i = csv->find_codes
                     ? 0
                     : reading_word(r, "codes", codes, 8,
                                    "write iso3, m49, comtrade, baci, alpha2, names, \"any\" (letters and names, and "
                                    "numbers of M49) or \"any comtrade\"");
    csv->codes = meant[i].system;
    csv->alpha2 = meant[i].alpha2;
    csv->names = meant[i].names;
}

static bool is_currency(struct str word)
{
    bool good = word.n == 3;
    for (size_t i = 0; good && i < word.n; i++)
        good = word.p[i] >= 'A' && word.p[i] <= 'Z';
    return good;
}

bool csv_unit_read(struct str unit, struct dataset_csv *csv)
{
    static const struct {
        const char *word;
        int shift;
    } sizes[] = {{"", 0}, {"thousand", 3}, {"lakh", 5}, {"million", 6}, {"crore", 7}, {"billion", 9}};
    struct str rest = unit, currency = str_cut(&rest, ' ');
    size_t i = 0, n = sizeof sizes / sizeof *sizes;
    while (i < n && !str_is(rest, sizes[i].word))
        i++;
    bool usd = str_is(currency, "USD");
    if (i == n || !is_currency(currency) || (usd && csv->rates.n))
        return false;
    csv->value_shift = sizes[i].shift;
    csv->currency = usd ? str_span(NULL, 0) : currency;
    if (!usd && csv->rates.n == 0)
        csv->rates = STR("ecb");
    return true;
}

static void take_unit(struct reading *r, struct dataset_csv *csv)
{
    csv->find_unit = columns_found(r, "value_unit");
    csv->rates = reading_text(r, r->root, "rates", false);
    if (!csv_unit_read(csv->find_unit ? STR("USD") : reading_text(r, r->root, "value_unit", true), csv))
        reading_refuse(r, "value_unit",
                       "write USD, USD thousand, USD million or USD billion (also lakh, crore), or another currency as "
                       "EUR, with a file of its rates under \"rates\" or the European Central Bank's");
    if (csv->rates.n && (csv->rates.p[0] == '/' || strstr(csv->rates.p, "..")))
        reading_refuse(r, "rates", "the file lies beside the manifest: no absolute path and no \"..\"");
}

static void take_form(struct reading *r, struct dataset_csv *csv)
{
    json_t *across = json_object_get(r->root, "across");
    csv->delimiter = take_sign(r, "delimiter");
    csv->decimal = take_sign(r, "decimal");
    csv->thousands = take_sign(r, "thousands");
    csv->find_numbers = columns_found(r, "decimal");
    csv->encoding = reading_text(r, r->root, "encoding", false);
    csv->needs = take_list(r, "needs");
    csv->missing = take_list(r, "missing");
    csv->totals = take_list(r, "totals");
    csv->footer = take_flag(r, "footer");
    csv->sum = take_flag(r, "sum");
    csv->repeats = take_flag(r, "repeats");
    csv->across = across != NULL;
    if (across && (!json_is_string(across) || strcmp(json_string_value(across), "period") != 0))
        reading_refuse(r, "across", "write \"period\": the columns that are named after periods hold values");
}

void columns_read(struct reading *r, const struct dataset *d, struct dataset_csv *csv)
{
    static const char *const weight[] = {"kg", "tonnes"};
    *csv =
        (struct dataset_csv){.find_level = columns_found(r, "level"), .find_frequency = columns_found(r, "frequency")};
    take_files(r, csv);
    take_codes(r, csv);
    take_unit(r, csv);
    if (json_object_get(r->root, "quantity_unit"))
        csv->quantity_shift = 3 * (int)reading_word(r, "quantity_unit", weight, 2, "write kg or tonnes");
    take_roles(r, "columns", csv, NULL);
    take_roles(r, "constants", csv, csv->constant);
    take_members(r, csv);
    take_all_words(r, csv);
    take_rules(r, csv);
    take_form(r, csv);
    check_roles(r, d, csv);
}
