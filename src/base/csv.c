/* Records of RFC 4180, read where they lie. */
#include "entrepot/base/csv.h"

#include <inttypes.h>

void csv_init_memory(struct csv *csv, const char *name, char *bytes, size_t n)
{
    *csv = (struct csv){.name = name, .p = bytes, .n = n, .next_line = 1, .delimiter = ','};
}

void csv_init_part(struct csv *csv, const char *name, char *bytes, size_t n, uint64_t line)
{
    csv_init_memory(csv, name, bytes, n);
    csv->next_line = line;
    csv->started = line > 1; /* a mark can only stand at the very beginning */
}

static enum status refuse(const struct csv *csv, struct problem *problem, const char *what)
{
    char place[256];
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, csv->name, csv->line);
    return problem_set(problem, ST_INVALID, place, "%s", what);
}

/* Whether a quote at p[i] opens or closes a field, and is no letter of a field's text. */
static bool is_quote(const struct csv *csv, size_t i, bool quoted)
{
    if (csv->p[i] != '"')
        return false;
    return !csv->tolerant || quoted || i == 0 || csv->p[i - 1] == csv->delimiter || csv->p[i - 1] == '\n';
}

/* Length of the record at csv->p with its line end, and how many lines it has. Quotes may hide line ends; an open one does not make
 * all the rest of a large file one record. */
static size_t record_length(const struct csv *csv, uint64_t *lines)
{
    bool quoted = false;
    const size_t most = csv->n < CSV_RECORD_MAX + 1 ? csv->n : CSV_RECORD_MAX + 1;
    const char *end = most ? memchr(csv->p, '\n', most) : NULL;
    *lines = 1;
    if (end && !memchr(csv->p, '"', (size_t)(end - csv->p)))
        return (size_t)(end - csv->p) + 1;
    *lines = 0;
    for (size_t i = 0; i < most; i++) {
        char c = csv->p[i];
        if (csv->tolerant && quoted && c == '"' && i + 1 < csv->n && csv->p[i + 1] == '"')
            i++; /* a doubled one is a letter */
        else if (is_quote(csv, i, quoted))
            quoted = !quoted;
        if (c == '\n') {
            ++*lines;
            if (!quoted)
                return i + 1;
        }
    }
    return most;
}

static struct str without_line_end(struct str record)
{
    if (record.n && record.p[record.n - 1] == '\n')
        record.n--;
    if (record.n && record.p[record.n - 1] == '\r')
        record.n--;
    return record;
}

/* A quoted field at *at: its text is moved together over doubled quotes. */
static enum status take_quoted(struct csv *csv, char *p, size_t n, size_t *at, struct str *field,
                               struct problem *problem)
{
    size_t from = *at + 1, to = from, i = from;
    for (; i < n; i++) {
        if (p[i] == '"' && (i + 1 == n || p[i + 1] != '"'))
            break;
        if (p[i] == '"')
            i++;
        p[to++] = p[i];
    }
    if (i == n)
        return refuse(csv, problem, "a quote is left open");
    while (csv->tolerant && i + 1 < n && p[i + 1] == ' ')
        i++;
    if (i + 1 < n && p[i + 1] != csv->delimiter)
        return refuse(csv, problem, "text follows a closing quote");
    *field = str_span(p + from, to - from);
    *at = i + 1;
    return ST_OK;
}

static enum status split(struct csv *csv, char *p, size_t n, struct problem *problem)
{
    csv->n_fields = 0;
    for (size_t at = 0; at <= n; at++) {
        if (csv->n_fields == CSV_FIELDS_MAX)
            return refuse(csv, problem, "more than 256 fields");
        struct str *field = &csv->field[csv->n_fields++];
        if (at < n && p[at] == '"') {
            enum status status = take_quoted(csv, p, n, &at, field, problem);
            if (status != ST_OK)
                return status;
            continue;
        }
        size_t length = str_find(str_span(p + at, n - at), csv->delimiter);
        *field = str_span(p + at, length);
        if (!csv->tolerant && str_find(*field, '"') < field->n)
            return refuse(csv, problem, "a quote inside a field that does not begin with one");
        at += length;
    }
    return ST_OK;
}

static enum status next_record(struct csv *csv, struct str *record, struct problem *problem)
{
    uint64_t lines;
    size_t length = record_length(csv, &lines);
    csv->line = csv->next_line;
    csv->next_line += lines;
    *record = str_span(csv->p, length);
    csv->p += length;
    csv->n -= length;
    if (length > CSV_RECORD_MAX)
        return refuse(csv, problem, "the record is longer than 1 MiB: is a quote left open?");
    return length ? ST_OK : ST_NOT_FOUND;
}

static void skip_mark(struct csv *csv, struct str *record)
{
    if (!csv->started && str_starts(*record, STR("\xEF\xBB\xBF")))
        *record = str_span(record->p + 3, record->n - 3);
    csv->started = true;
}

enum status csv_next(struct csv *csv, struct problem *problem)
{
    struct str record;
    char *start;
    do {
        enum status status = next_record(csv, &record, problem);
        if (status != ST_OK)
            return status;
        start = csv->p - record.n;
        skip_mark(csv, &record);
        start += record.p - start;
        record = without_line_end(record);
    } while (record.n == 0);
    csv->not_utf8 = !str_utf8(record);
    if ((csv->not_utf8 && !csv->tolerant) || memchr(record.p, '\0', record.n))
        return refuse(csv, problem, "this is not UTF-8 text");
    return split(csv, start, record.n, problem);
}

size_t csv_column(const struct csv *csv, struct str name)
{
    for (size_t i = 0; i < csv->n_fields; i++)
        if (str_eq(str_trim(csv->field[i]), name))
            return i;
    return CSV_FIELDS_MAX;
}

enum status csv_refuse(const struct csv *csv, struct problem *problem, const char *what, struct str value)
{
    char place[256];
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, csv->name, csv->line);
    struct str shown = str_span(value.p, value.n < 100 ? value.n : 100);
    return problem_set(problem, ST_INVALID, place, "%s: \"%.*s\"", what, STR_ARG(shown));
}

enum status csv_header(struct csv *csv, const char *const *name, size_t n, size_t *column, struct problem *problem)
{
    enum status status = csv_next(csv, problem);
    if (status != ST_OK)
        return status == ST_NOT_FOUND ? problem_set(problem, ST_INVALID, csv->name, "the file is empty") : status;
    for (size_t i = 0; i < n; i++) {
        column[i] = csv_column(csv, str_view(name[i]));
        if (column[i] == CSV_FIELDS_MAX)
            return csv_refuse(csv, problem, "the header lacks the column", str_view(name[i]));
    }
    return ST_OK;
}

size_t csv_count_lines(struct str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}
