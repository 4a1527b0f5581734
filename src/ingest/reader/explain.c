/* What files were taken for: for a person, and as a manifest that says the same. */
#include <jansson.h>

#include "entrepot/cube/json_text.h"
#include "ingest/container/container.h"
#include "ingest/import.h"
#include "ingest/reader/reader.h"

/* ---- for a person ---- */

static const char *delimiter_name(char delimiter)
{
    return delimiter == '\t' ? "tabs" : delimiter == ';' ? "semicolons" : delimiter == '|' ? "bars" : "commas";
}

static bool used(const struct input *input, size_t column)
{
    bool found = false;
    for (size_t role = 0; role < CSV_ROLES; role++)
        found = found || input->column[role] == column;
    for (size_t i = 0; i < INPUT_RULES_MAX; i++)
        found = found || input->rule_column[i] == column;
    for (size_t i = 0; i < input->n_measures; i++)
        found = found || input->measure[i].column == column;
    return found;
}

static void explain_columns(const struct importing *im, const struct input *input, struct buf *out)
{
    for (size_t role = 0; role < CSV_ROLES; role++) {
        if (input->column[role] != CSV_FIELDS_MAX)
            buf_printf(out, "  %-17s \"%.*s\"\n", csv_role_name[role], STR_ARG(input->field[input->column[role]]));
        else if (im->map.constant[role].n)
            buf_printf(out, "  %-17s always %.*s\n", csv_role_name[role], STR_ARG(im->map.constant[role]));
    }
    for (size_t i = 0; i < input->n_measures; i++)
        if (input->measure[i].period)
            buf_printf(out, "  %-17s \"%.*s\", of that period\n", "value",
                       STR_ARG(input->field[input->measure[i].column]));
    for (size_t i = 0; i < im->map.n_rules; i++)
        if (input->rule_column[i] != CSV_FIELDS_MAX)
            buf_printf(out, "  %-17s \"%.*s\"\n", im->map.rule[i].keep ? "rows kept by" : "rows dropped by",
                       STR_ARG(input->field[input->rule_column[i]]));
    const char *before = "  not used          ";
    for (size_t i = 0; i < input->n_columns; i++)
        if (!used(input, i)) {
            buf_printf(out, "%s\"%.*s\"", before, STR_ARG(input->field[i]));
            before = ", ";
        }
    buf_add(out, before[0] == ',' ? STR("\n") : STR(""));
}

void explain_inputs(const struct importing *im, struct buf *out)
{
    for (size_t i = 0; i < im->n_inputs; i++) {
        const struct input *input = &im->input[i];
        if (input->header_line == 0) /* it was refused before anybody knew what it is */
            continue;
        buf_printf(out, "%s: %s, %s, fields parted by %s, header in line %llu\n", input->name, im->report->format,
                   input->encoding ? input->encoding : "UTF-8", delimiter_name(input->delimiter),
                   (unsigned long long)input->header_line);
        if (input->field && im->adapter == &adapter_reader && (i == 0 || im->n_inputs < 5))
            explain_columns(im, input, out);
    }
}

/* ---- as a manifest ---- */

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

/* The last part of a path; of a file in an archive the archive's. */
static struct str file_name(const struct input *input)
{
    struct str path = str_view(input->name);
    if (input->member_name.n && path.n > input->member_name.n)
        path.n -= input->member_name.n + 1;
    size_t at = path.n;
    while (at > 0 && path.p[at - 1] != '/')
        at--;
    return str_span(path.p + at, path.n - at);
}

static void put_files(json_t *root, const struct importing *im)
{
    json_t *files = json_array();
    for (size_t i = 0; i < im->n_inputs; i++) {
        struct str name = file_name(&im->input[i]);
        if (i == 0 || !str_eq(name, file_name(&im->input[i - 1])))
            (void)json_array_append_new(files, json_stringn(name.p, name.n));
    }
    (void)json_object_del(root, "file");
    (void)json_object_del(root, "files");
    if (json_array_size(files) == 1)
        (void)json_object_set(root, "file", json_array_get(files, 0));
    else
        (void)json_object_set(root, "files", files);
    json_decref(files);
}

/* The columns that are there, as the header calls them; constants where there is none. */
static void put_columns(json_t *root, const struct importing *im, const struct input *input)
{
    json_t *columns = json_object(), *constants = json_object();
    for (size_t role = 0; role < CSV_ROLES; role++) {
        bool there = input->column[role] != CSV_FIELDS_MAX;
        struct str text = there ? input->field[input->column[role]] : im->map.constant[role];
        if (text.n)
            put(there ? columns : constants, csv_role_name[role], text);
    }
    (void)json_object_set_new(root, "columns", columns);
    (void)json_object_set_new(root, "constants", constants);
}

static const char *codes_word(const struct dataset_csv *map)
{
    if (map->names)
        return map->codes == CODES_COMTRADE ? "any comtrade" : map->codes == CODES_M49 ? "any" : "names";
    if (map->alpha2)
        return "alpha2";
    return map->codes == CODES_COMTRADE ? "comtrade" : map->codes == CODES_M49 ? "m49" : "iso3";
}

static void put_units(json_t *root, const struct input *input)
{
    static const struct {
        int shift;
        const char *unit;
    } units[] = {{0, "USD"},         {3, "USD thousand"}, {5, "USD lakh"},
                 {6, "USD million"}, {7, "USD crore"},    {9, "USD billion"}};
    for (size_t i = 0; input->n_measures && i < sizeof units / sizeof *units; i++)
        if (input->measure[0].shift == units[i].shift)
            put(root, "value_unit", str_view(units[i].unit));
    put(root, "quantity_unit", input->n_measures && input->measure[0].quantity_shift == 3 ? STR("tonnes") : STR("kg"));
}

static void put_found(json_t *root, const struct importing *im)
{
    const struct dataset *d = &im->dataset;
    const struct input *input = &im->input[0];
    bool coarser = im->report->skipped[SKIP_AGGREGATE] > 0;
    put(root, "frequency", str_view(period_kind_word(d->frequency)));
    put(root, "level", im->level_found && coarser ? STR("found") : str_view(level_name[d->level]));
    put(root, "partners", str_view(partners_name[im->report->written.partners]));
    put(root, "coverage", str_view(coverage_name[d->coverage]));
    put_sign(root, "delimiter", input->delimiter);
    if (im->options->sum)
        (void)json_object_set_new(root, "sum", json_true());
    if (input->encoding)
        put(root, "encoding", str_view(input->encoding));
    if (im->adapter != &adapter_reader)
        return;
    put(root, "codes", str_view(codes_word(&im->map)));
    put_sign(root, "decimal", im->map.decimal);
    put_sign(root, "thousands", im->map.thousands);
    put_columns(root, im, input);
    if (im->map.find_unit)
        put_units(root, input);
}

static int append(const char *bytes, size_t n, void *out)
{
    buf_add(out, str_span(bytes, n));
    return 0;
}

enum status print_manifest(const struct importing *im, struct buf *out, struct problem *problem)
{
    const struct dataset *d = &im->dataset;
    struct json_text json;
    enum status status = json_text_read(im->report->format, im->description, &json, problem);
    if (status != ST_OK)
        return status;
    json_t *root = json_deep_copy(json.root);
    json_text_release(&json);
    (void)json_object_del(root, "reader");
    (void)json_object_del(root, "needs");
    put(root, "id", d->id);
    put(root, "title", d->title);
    put(root, "source", d->source);
    put(root, "source_url", d->source_url);
    put(root, "licence", d->licence);
    put(root, "published", d->published);
    put(root, "hs", d->hs);
    (void)json_object_set_new(root, "synthetic", json_boolean(d->synthetic));
    put_files(root, im);
    put_found(root, im);
    status = json_dump_callback(root, append, out, JSON_INDENT(2)) == 0 && !out->failed
                 ? ST_OK
                 : problem_set(problem, ST_NO_MEMORY, "manifest", "out of memory");
    buf_byte(out, '\n');
    json_decref(root);
    return status;
}
