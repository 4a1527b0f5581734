/* What files were taken for: for a person, and as a manifest that says the same. */
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

static void explain_part(const struct importing *im, struct buf *out)
{
    for (size_t i = 0; i < im->n_inputs; i++) {
        const struct input *input = &im->input[i];
        if (input->header_line == 0) /* it was refused before anybody knew what it is */
            continue;
        buf_printf(out, "%s: %s, %s, fields parted by %s, header in line %llu\n", input->name, im->report->format,
                   input->encoding ? input->encoding : "UTF-8", delimiter_name(input->delimiter),
                   (unsigned long long)input->header_line);
        if (input->field && im->adapter->by_description && (i == 0 || im->n_inputs < 5))
            explain_columns(im, input, out);
    }
}

void explain_inputs(const struct importing *im, struct buf *out)
{
    for (size_t i = 0; i < im->n_parts; i++)
        explain_part(im->part[i], out);
}

/* ---- as a manifest ---- */

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

static enum status find_files(const struct importing *im, struct arena *arena, struct dataset_csv *map)
{
    map->files = (struct csv_texts){arena_new(arena, struct str, im->n_inputs + 1), 0};
    for (size_t i = 0; map->files.text && i < im->n_inputs; i++) {
        struct str name = file_name(&im->input[i]);
        if (i == 0 || !str_eq(name, map->files.text[map->files.n - 1]))
            map->files.text[map->files.n++] = name;
    }
    return map->files.text ? ST_OK : ST_NO_MEMORY;
}

/* The columns that are there, as the header calls them; constants where there is none. */
static void find_columns(const struct input *input, struct dataset_csv *map)
{
    for (size_t role = 0; role < CSV_ROLES; role++) {
        bool there = input->column[role] != CSV_FIELDS_MAX;
        map->column[role] = there ? input->field[input->column[role]] : str_span(NULL, 0);
        map->constant[role] = there ? str_span(NULL, 0) : map->constant[role];
    }
    map->find_codes = map->find_numbers = false;
    if (map->find_unit && input->n_measures) {
        map->value_shift = input->measure[0].shift;
        map->quantity_shift = input->measure[0].quantity_shift;
    }
}

enum status print_manifest(const struct importing *im, struct buf *out, struct problem *problem)
{
    struct arena arena;
    if (im->n_parts > 1) { /* it says for each of its files what it is */
        buf_add(out, im->whole);
        return ST_OK;
    }
    struct dataset d = im->dataset;
    struct dataset_csv map = im->map;
    const struct input *input = &im->input[0];
    arena_init(&arena, SIZE_MAX);
    d.partners = im->report->written.partners;
    map.find_level = im->level_found && im->report->written.aggregates > 0;
    map.sum = map.sum || im->options->sum;
    map.delimiter = input->delimiter;
    map.encoding = input->encoding ? str_view(input->encoding) : str_span(NULL, 0);
    if (im->adapter->by_description)
        find_columns(input, &map);
    enum status status = find_files(im, &arena, &map);
    status = status == ST_OK ? manifest_print(im->report->format, im->description, &d, &map,
                                              im->adapter->by_description, out, problem)
                             : problem_set(problem, status, "manifest", "out of memory");
    arena_release(&arena);
    return status;
}
