/* csv: reads RFC 4180 records from memory.
 *
 * Quoted fields (with doubled quotes, commas and line breaks inside), LF or CRLF, a UTF-8 byte order mark, a last line without
 * a line end. Fields point into the caller's bytes. One reader belongs to one thread.
 */
#ifndef ENTREPOT_BASE_CSV_H
#define ENTREPOT_BASE_CSV_H

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

#define CSV_FIELDS_MAX 256
#define CSV_RECORD_MAX ((size_t)1 << 20) /* bytes; a longer record is refused */

struct csv {
    const char *name; /* for messages: the file's name */
    char *p;          /* unread bytes begin here */
    size_t n;         /* of them */
    bool started;
    char delimiter; /* between fields; a comma unless somebody says otherwise before the first record */
    bool tolerant;  /* text that is not UTF-8 is noted and not refused, and a quote inside a field is a letter */
    bool not_utf8;  /* the record just read */
    uint64_t line; /* number of the line on which the last record began, from 1 */
    uint64_t next_line;
    size_t n_fields;
    struct str field[CSV_FIELDS_MAX];
};

/* Over bytes that the reader may change in place (quotes are resolved there) and that outlive it. `name` is borrowed. */
void csv_init_memory(struct csv *csv, const char *name, char *bytes, size_t n);
/* The same over a piece of a file that begins with its line number `line`, at a record's start. */
void csv_init_part(struct csv *csv, const char *name, char *bytes, size_t n, uint64_t line);
/* The next record into csv->field[0 … n_fields). ST_OK; ST_NOT_FOUND at the end; ST_INVALID (quote left open, text after a closing
 * quote, too many fields, record too long, NUL byte, not UTF-8) with "name:line" in *problem. Empty lines are passed over. */
enum status csv_next(struct csv *csv, struct problem *problem) MUST_CHECK;
/* Index of the column called `name` in the record just read, or CSV_FIELDS_MAX. */
size_t csv_column(const struct csv *csv, struct str name);
/* Reads the header and finds the column of each of `n` names; ST_INVALID if one is missing. */
enum status csv_header(struct csv *csv, const char *const *name, size_t n, size_t *column,
                       struct problem *problem) MUST_CHECK;
/* ST_INVALID at the place of the last record: «what: "value"». */
enum status csv_refuse(const struct csv *csv, struct problem *problem, const char *what, struct str value);
/* Lines of a text: no fewer than its records. */
size_t csv_count_lines(struct str text);

#endif
