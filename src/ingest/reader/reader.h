/* reader: CSV read as a description says: its columns, words, numbers and periods in the spellings that sources use.
 *
 * A description is a manifest (struct dataset_csv), the user's or one that is shipped under config/readers. Private to src/ingest. Pure, but
 * for what is said to note something.
 */
#ifndef INGEST_READER_READER_H
#define INGEST_READER_READER_H

#include "ingest/format/format.h"

/* Which columns of a header a description means. */
struct fit {
    size_t column[CSV_ROLES], rule[INPUT_RULES_MAX]; /* CSV_FIELDS_MAX: not there */
    size_t n_across;                                 /* columns that are named after periods */
    struct str
        currency; /* that the name of the values' column says, where a description leaves it open; empty: US dollars, or nothing */
    unsigned found;      /* how many of the description's columns are there */
    enum csv_role lacks; /* the first that is needed and is not there; CSV_ROLES: none */
};
/* True if nothing that is needed is missing. */
bool reader_fit(const struct dataset *dataset, const struct dataset_csv *map, const struct str *field, size_t n,
                struct fit *fit);
/* Whether the column is named after a period; `kind` 0: of whatever kind. */
bool reader_across(const struct fit *fit, size_t column, struct str name, unsigned kind, uint32_t *period);

/* The power of ten that a column's name tells of its values, as in value_usd_million: 6; 0 where it tells nothing; *currency is
 * empty for US dollars or where no money is named; false if it tells a currency of which nobody has rates, or another unit than weights have. */
bool unit_spelled(struct str name, int *shift, struct str *currency);

/* A period in one of the usual spellings: 2019, 2019-04, 201904, 2019M04, Apr-2019, 04/2019, 2019Q2, FY2018-19, 2018/19. `kind` is what is
 * expected, which decides where a spelling means two things (2009-10); 0: not known. */
bool period_spelled(struct str text, unsigned kind, uint32_t *out);
/* 1 to 12 for a number or a name of a month; 0 if it is none. */
unsigned month_spelled(struct str text);

/* A product code with the zeros that some program took for nothing, without dots, ".0" behind it, or its name; TOTAL for the source's words
 * for it. `level` is what is expected, if `sure`. False if it is no code. */
bool product_spelled(const struct dataset_csv *map, struct str text, enum level level, bool sure,
                     char out[PRODUCT_CODE_MAX], struct str *code, enum level *found);

/* The number with a point and without thousands separators, in `room` of NUMBER_TEXT bytes where it must be changed. False if the
 * separators stand where none can. */
#define NUMBER_TEXT 64
bool number_spelled(const struct dataset_csv *map, struct str text, char room[NUMBER_TEXT], struct str *out);

/* For the adapter: a header's columns, a block's rows. */
enum status reader_columns(struct importing *importing, struct input *input, const struct csv *csv,
                           struct problem *problem) MUST_CHECK;
enum status reader_rows(struct parse *parse) MUST_CHECK;

/* What only rows tell: frequency, level, revision, codes, how numbers are written. */
enum status reader_settle(struct importing *importing, const struct input *input, struct csv *csv,
                          struct problem *problem) MUST_CHECK;

/* ---- cells of a row ---- */

struct str reader_cell(const struct importing *importing, const struct csv *csv, const struct input *input,
                       enum csv_role role);
enum csv_flow_word { FLOW_WORD_NONE = -1 };
/* An enum csv_flow, or FLOW_WORD_NONE. */
int reader_flow(const struct importing *importing, struct str word);
/* Why the row, of this flow, is no figure of its own; INGEST_SKIPS if it is one. */
enum ingest_skip reader_skips(const struct importing *importing, const struct csv *csv, const struct input *input,
                              int flow);
bool reader_period(const struct importing *importing, const struct csv *csv, const struct input *input, unsigned kind,
                   uint32_t *out);

/* ---- what is the user's own ---- */

/* Reads the descriptions of a folder (NULL: none), by the names of their files. ST_NOT_FOUND, ST_INVALID at a file, ST_NO_MEMORY. */
enum status own_readers(const char *folder, struct arena *arena, struct own_readers *out,
                        struct problem *problem) MUST_CHECK;
/* The JSON text of a description, the user's own first; empty if there is none of the name. */
struct str reader_find(const struct own_readers *own, struct str name);

/* ---- what is shipped ---- */

/* How many descriptions there are, and the JSON text of one, by its name or its number. Empty if there is none. */
size_t shipped_count(void);
struct str shipped_at(size_t index);
struct str shipped_find(struct str name);

#endif
