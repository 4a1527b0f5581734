/* What all formats do with headers, cells and rows, so that they refuse alike. */
#include <inttypes.h>
#include <stdarg.h>

#include "entrepot/base/number.h"
#include "entrepot/cube/correlation.h"
#include "ingest/format/format.h"

#define PLACE_BYTES 256

static void place_of(const struct csv *csv, char place[PLACE_BYTES])
{
    (void)snprintf(place, PLACE_BYTES, "%s:%" PRIu64, csv->name, csv->line);
}

/* ---- words ---- */

size_t word_key(struct str word, char out[KEY_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < word.n && n < KEY_BYTES; i++) {
        unsigned char c = (unsigned char)word.p[i];
        bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            out[n++] = (char)(upper ? c + 32 : c);
    }
    if (n > 1 && out[0] == 'x' && out[1] >= '0' && out[1] <= '9')
        memmove(out, out + 1, --n);
    return n;
}

bool word_same(struct str a, struct str b)
{
    char x[KEY_BYTES], y[KEY_BYTES];
    size_t n = word_key(a, x), m = word_key(b, y);
    return n && str_eq(str_span(x, n), str_span(y, m));
}

bool texts_have(const struct csv_texts *texts, struct str word)
{
    for (size_t i = 0; i < texts->n; i++) {
        struct str text = texts->text[i];
        bool any = text.n > 1 && text.p[text.n - 1] == '*' && word.n + 1 >= text.n; /* whatever begins so */
        if (any ? str_eq_nocase(str_span(text.p, text.n - 1), str_span(word.p, text.n - 1)) : str_eq_nocase(text, word))
            return true;
    }
    return false;
}

/* ---- header ---- */

struct str hs_revision(struct str word) { return hs_name(hs_number(word)); }

enum status header_next(struct csv *csv, struct problem *problem)
{
    enum status status = csv_next(csv, problem);
    return status == ST_NOT_FOUND ? problem_set(problem, ST_INVALID, csv->name, "the file is empty") : status;
}

enum status header_lacks(const struct csv *csv, struct str wanted, const char *cure, struct problem *problem)
{
    char place[PLACE_BYTES], there[300] = "";
    size_t n = 0;
    for (size_t i = 0; i < csv->n_fields && n < sizeof there - 40; i++)
        n += (size_t)snprintf(there + n, sizeof there - n, "%s%.*s", i ? ", " : "",
                              (int)(csv->field[i].n < 30 ? csv->field[i].n : 30), csv->field[i].p);
    place_of(csv, place);
    enum status status =
        problem_set(problem, ST_INVALID, place, "there is no column \"%.*s\"; there are: %s", STR_ARG(wanted), there);
    return problem_cure(problem, status, "%s", cure);
}

enum status header_check_single(const struct csv *csv, size_t column, struct problem *problem)
{
    struct str name = str_trim(csv->field[column]);
    for (size_t i = column + 1; i < csv->n_fields; i++)
        if (str_eq(str_trim(csv->field[i]), name))
            return csv_refuse(csv, problem, "the header has two columns of this name", name);
    return ST_OK;
}

/* ---- refusals ---- */

enum status parse_refuse(const struct parse *parse, struct str column, struct str value, const char *what)
{
    char place[PLACE_BYTES];
    place_of(&parse->csv, place);
    return problem_set(parse->problem, ST_INVALID, place, "column \"%.*s\": \"%.*s\" %s", STR_ARG(column),
                       (int)(value.n < 80 ? value.n : 80), value.p ? value.p : "", what);
}

enum status parse_refuse_row(const struct parse *parse, const char *format, ...)
{
    char place[PLACE_BYTES], detail[256];
    va_list args;
    place_of(&parse->csv, place);
    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    return problem_set(parse->problem, ST_INVALID, place, "%s", detail);
}

/* The file's last record, without a line end. */
bool parse_may_be_cut(const struct parse *parse)
{
    return parse->ends_file && parse->csv.n == 0 && parse->csv.p[-1] != '\n';
}

static enum status refuse_narrow(const struct parse *parse)
{
    const struct csv *csv = &parse->csv;
    if (!parse_may_be_cut(parse))
        return csv_refuse(csv, parse->problem, "the row has fewer fields than the header", csv->field[0]);
    enum status status =
        parse_refuse_row(parse, "the last line has %zu of %zu fields and no line end: the file was cut short",
                         csv->n_fields, parse->input->n_columns);
    return problem_cure(parse->problem, status, "fetch the file again");
}

/* Empty fields at the end are a habit of some exporters; text there is a number with an unquoted comma in it. */
enum status parse_check_width(const struct parse *parse, size_t n_roles)
{
    const struct csv *csv = &parse->csv;
    const struct input *input = parse->input;
    for (size_t role = 0; role < n_roles; role++)
        if (input->column[role] != CSV_FIELDS_MAX && input->column[role] >= csv->n_fields)
            return refuse_narrow(parse);
    if (csv->n_fields < input->n_columns && parse_may_be_cut(parse))
        return refuse_narrow(parse);
    for (size_t i = input->n_columns; i < csv->n_fields; i++)
        if (str_trim(csv->field[i]).n)
            return csv_refuse(csv, parse->problem, "the row has more fields than the header", csv->field[i]);
    return ST_OK;
}

/* ---- cells ---- */

static enum status no_memory(const struct parse *parse)
{
    return problem_set(parse->problem, ST_NO_MEMORY, parse->input->name, "out of memory");
}

enum status parse_member(struct parse *parse, struct str code, uint32_t *id)
{
    const struct members *members = &parse->importing->members;
    *id = members_find(members, code);
    if (*id != NO_ID) /* MEMBER_LEFT_OUT too */
        return ST_OK;
    *id = members->unknown_as;
    return codes_note(&parse->tally.countries, code, &parse->csv) ? ST_OK : no_memory(parse);
}

enum status parse_value(const struct parse *parse, struct str column, struct str text, int shift, int64_t *out)
{
    enum status status = decimal_read(text, shift, out);
    if (status == ST_INVALID)
        return parse_refuse(parse, column, text, "is not a number");
    if (status != ST_OK || *out > VALUE_USD_MAX)
        return parse_refuse(parse, column, text, "is larger than any trade");
    if (*out < 0)
        return parse_refuse(parse, column, text, "is negative: trade values are zero or more");
    return ST_OK;
}

enum status parse_quantity(const struct parse *parse, struct str column, struct str text, int shift, int64_t *out)
{
    *out = QUANTITY_UNKNOWN;
    if (text.n == 0 || str_is(text, "NA"))
        return ST_OK;
    enum status status = decimal_read(text, shift, out);
    if (status == ST_INVALID)
        return parse_refuse(parse, column, text, "is not a number");
    if (status != ST_OK || *out > QUANTITY_KG_MAX)
        return parse_refuse(parse, column, text, "is larger than any weight");
    if (*out < 0)
        return parse_refuse(parse, column, text, "is negative: quantities are zero or more");
    return ST_OK;
}

static bool is_contradicted(const struct importing *im, const struct cube_row *row)
{
    for (size_t i = 0; i < im->n_contradicted; i++)
        if (im->contradicted[i].period == row->period && im->contradicted[i].reporter == row->reporter &&
            im->contradicted[i].flow == row->flow)
            return true;
    return false;
}

static bool note_group(struct parse *parse, uint32_t country)
{
    const struct country *c = countries_at(parse->importing->countries, country);
    return c->kind != MEMBER_GROUP ||
           codes_note_as(&parse->tally.groups, &parse->csv, "%.*s (%.*s)", STR_ARG(c->id), STR_ARG(c->name));
}

enum status parse_add(struct parse *parse, const struct cube_row *row, enum level level)
{
    const struct importing *importing = parse->importing;
    if (row->reporter == NO_ID || row->partner == NO_ID)
        return ST_OK; /* unknown countries are told together at the end */
    if (is_contradicted(importing, row)) {
        parse->tally.skipped[SKIP_CONTRADICTED]++;
        return ST_OK;
    }
    if (row->reporter == row->partner && importing->dataset.basis == BASIS_RECONCILED) {
        if (row->reporter != importing->members.unknown_as)
            return parse_refuse_row(parse, "exporter and importer are the same");
        parse->tally.skipped[SKIP_BETWEEN_UNKNOWN]++;
        return ST_OK;
    }
    if (!note_group(parse, row->reporter) || !note_group(parse, row->partner))
        return no_memory(parse);
    struct cube_row meant = *row;
    meant.quantity_kg = quantity_meant(row->quantity_kg, row->value_usd);
    if (parse->tally.n_first < INGEST_FIRST_ROWS && level == importing->dataset.level)
        parse->tally.first[parse->tally.n_first++] = meant;
    bool added = level == importing->dataset.level ? cube_batch_add(parse->batch, &meant)
                                                   : cube_batch_publish(parse->batch, &meant, level);
    return added ? ST_OK : no_memory(parse);
}

/* ---- tallies ---- */

static struct ingest_code *find_code(struct ingest_codes *codes, struct str text)
{
    for (size_t i = 0; i < codes->n; i++)
        if (str_eq(str_view(codes->code[i].text), text))
            return &codes->code[i];
    return NULL;
}

/* A long text is cut where a character ends. */
static struct str cut_text(struct str text)
{
    if (text.n < INGEST_CODE_BYTES)
        return text;
    text.n = INGEST_CODE_BYTES - 1;
    while (text.n && ((unsigned char)text.p[text.n] & 0xC0) == 0x80)
        text.n--;
    return text;
}

static void add_rows(struct ingest_codes *codes, struct str text, const struct ingest_code *seen)
{
    struct ingest_code *code = find_code(codes, text);
    codes->rows += seen->rows;
    if (code) {
        code->rows += seen->rows;
    } else if (codes->n == INGEST_CODES_MAX) {
        codes->more_rows += seen->rows;
    } else {
        code = &codes->code[codes->n++];
        *code = *seen;
        memset(code->text, 0, sizeof code->text);
        if (text.n)
            memcpy(code->text, text.p, text.n);
    }
}

bool codes_note(struct ingest_codes **codes, struct str text, const struct csv *csv)
{
    if (!*codes)
        *codes = calloc(1, sizeof **codes);
    if (!*codes)
        return false;
    text = cut_text(text);
    struct ingest_code *code = find_code(*codes, text), seen = {.rows = 1};
    if (!code)
        place_of(csv, seen.place);
    add_rows(*codes, text, &seen);
    return true;
}

bool codes_note_as(struct ingest_codes **codes, const struct csv *csv, const char *format, ...)
{
    char text[INGEST_CODE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return codes_note(codes, str_view(text), csv);
}

void codes_merge(struct ingest_codes *into, const struct ingest_codes *from)
{
    for (size_t i = 0; from && i < from->n; i++)
        add_rows(into, str_view(from->code[i].text), &from->code[i]);
    into->rows += from ? from->more_rows : 0;
    into->more_rows += from ? from->more_rows : 0;
}

void tally_release(struct tally *tally)
{
    free(tally->countries);
    free(tally->products);
    free(tally->left_out);
    free(tally->taken);
    free(tally->groups);
    *tally = (struct tally){.countries = NULL};
}
