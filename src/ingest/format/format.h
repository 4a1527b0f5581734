/* format: what an import is while it runs, and how a format plugs into it.
 *
 * A format settles the dataset's description before rows are parsed (from options, file names, a manifest, the first rows); from then on
 * struct importing is constant and may be read by all parsing threads. A struct parse belongs to one block and one thread.
 * Private to src/ingest.
 */
#ifndef INGEST_FORMAT_FORMAT_H
#define INGEST_FORMAT_FORMAT_H

#include "entrepot/base/arena.h"
#include "entrepot/base/csv.h"
#include "entrepot/ingest/ingest.h"

#define INPUT_COLUMNS_MAX 16
#define VALUE_USD_MAX ((int64_t)1000000000000000)   /* no two countries trade more than 10^15 USD … */
#define QUANTITY_KG_MAX ((int64_t)1000000000000000) /* … nor 10^15 kg of anything */

struct container;

/* A column with values: whose period and flow are those of the row unless the column's name says them. */
struct measure {
    size_t column, quantity; /* CSV_FIELDS_MAX: none */
    uint32_t period;         /* 0: the row's */
    int flow;                /* enum flow; -1: the row's */
    int shift, quantity_shift;
};

#define INPUT_RULES_MAX 16

struct input {
    const char *path, *name;
    struct container *container; /* NULL: a file of its own; else its file `member`; the importing's */
    size_t member;
    struct str member_name; /* empty: a file that is packed alone */
    uint64_t bytes;         /* of a file in an archive, unpacked; 0: not known */
    struct str text, rest;  /* CSV made of something else, p NULL: none; what is not read yet of it */
    struct source *held;    /* the standard input, once it was looked at; malloc's */
    const char *encoding;   /* NULL: UTF-8 */
    bool encoding_sure;
    char delimiter;
    uint64_t header_line; /* from 1 */
    uint32_t source;      /* the writer's number for it, once it is numbered */
    uint32_t order;       /* among the files of a manifest, the newer the larger; 0: none */
    unsigned fineness;    /* of its values so far, as in struct tally */
    bool numbered;
    uint32_t year; /* in the file's name; 0 if there is none */
    size_t column[INPUT_COLUMNS_MAX], n_columns;
    bool in_order;                         /* BACI: the columns stand as shipped */
    struct str heading[INPUT_COLUMNS_MAX]; /* what the header calls them */
    struct str *field;                     /* all that the header has: n_columns */
    size_t rule_column[INPUT_RULES_MAX];   /* CSV_FIELDS_MAX: the file lacks it */
    struct measure *measure;
    size_t n_measures;
};

/* ---- country codes of the source ---- */

#define MEMBER_NUMBERS 1000

struct member_spelling {
    struct str text;
    uint32_t id;
};

struct members {
    const struct countries *countries;
    enum code_system codes;
    uint32_t number[MEMBER_NUMBERS];  /* id, or NO_ID; all NO_ID where the source writes no numbers */
    struct member_spelling *spelling; /* sorted; NO_ID: rows to be left out */
    size_t n_spellings;
    struct member_spelling
        *name; /* names and their aliases without case and punctuation, sorted; NULL: names are no codes */
    size_t n_names;
    bool alpha2;
    uint32_t unknown_as; /* NO_ID: unknown codes are refused */
};

void members_init(struct members *members, const struct countries *countries, enum code_system codes);
/* Replaces the source's own spellings: a manifest's "members", or names with signs that a request cannot write. */
enum status members_spell(struct members *members, const struct dataset_csv *map, struct arena *arena, const char *name,
                          struct problem *problem) MUST_CHECK;
/* Adds areas of the source's own by their names; m->spelling has room for them. False if the table lacks one. */
bool members_add(struct members *members, const struct country_area *area, size_t n) MUST_CHECK;
/* Adds spellings such as "_X" that the table of countries has as aliases. */
enum status members_spell_aliases(struct members *members, struct arena *arena, struct problem *problem) MUST_CHECK;
/* Names and their aliases become codes. */
enum status members_spell_names(struct members *members, struct arena *arena, struct problem *problem) MUST_CHECK;
/* BACI's own table: numbers that ours does not know get their member by alpha-3; where both know one they must agree. `bytes` are changed. */
enum status members_read_baci(struct members *members, const char *name, char *bytes, size_t n,
                              struct problem *problem) MUST_CHECK;
/* NO_ID if the code is in no table; MEMBER_LEFT_OUT if its rows are to be left out. */
#define MEMBER_LEFT_OUT (NO_ID - 1)
uint32_t members_find(const struct members *members, struct str code);

/* ---- an import ---- */

/* Dollars for a unit of the source's currency, in billionths. */
struct rate {
    uint32_t period;
    int64_t usd_e9;
};

/* A description of the user's own. */
struct own_reader {
    const char *path;
    struct str name, text; /* text: JSON */
};
struct own_readers {
    struct own_reader *reader;
    size_t n;
};

struct adapter;

#define CONTRADICTED_MAX 16 /* in more returns than these it is the columns that are wrong */

struct importing {
    const struct adapter *adapter;
    const struct countries *countries;
    const struct ingest_options *options;
    const char *manifest; /* path, or NULL */
    struct input *input;
    size_t n_inputs;
    uint64_t total_bytes; /* of all inputs on the disk; 0: not known */
    struct arena arena;
    struct dataset dataset;
    struct members members;
    struct dataset_csv map;     /* what describes the files, but for BACI's */
    uint64_t *product_known;    /* BACI: a bit for each code of six digits, or NULL */
    bool level_given, hs_given; /* by an option */
    struct rate *rate;          /* of the currency, ascending by period */
    size_t n_rates;
    uint8_t rule_skip[INPUT_RULES_MAX]; /* enum ingest_skip */
    bool level_found;                   /* the level is that of the finest rows: coarser ones are sums of them */
    bool recognised;                    /* nobody named the format */
    struct input *countries_table, *products_table; /* of BACI, found among the files; NULL: none */
    struct container **container;                   /* that are open */
    size_t n_containers;
    struct cube_return_key contradicted[CONTRADICTED_MAX]; /* returns that are left out */
    size_t n_contradicted;
    struct own_readers own;
    struct countries *extended; /* with areas that the table lacks; NULL: none */
    struct importing **
        part; /* the descriptions of an import, itself the first: each with its inputs and all that follows from them */
    size_t n_parts;
    uint32_t order;               /* of its inputs, where a manifest has several parts; 0: none */
    struct str whole;             /* the manifest of all parts, JSON */
    struct str description;       /* JSON: what im->map and the dataset were read from */
    struct ingest_report *report; /* told of what is found out */
};

/* A value's last digit is worth 10^(FINENESS_USD - fineness) USD. */
#define FINENESS_USD 20U

/* What the parsing of one block found out, besides rows. */
struct tally {
    uint64_t skipped[INGEST_SKIPS];
    struct ingest_codes *countries, *products;      /* unknown ones; malloc's, NULL while there is none */
    struct ingest_codes *left_out, *taken, *groups; /* as in the report */
    struct cube_row first[INGEST_FIRST_ROWS];
    size_t n_first;
    unsigned fineness; /* of the value that is written to the finest unit: last_digit of pipeline.c; 0: of none */
};

/* The last text of a column and what it meant: mostly the next row has it too. */
struct meaning {
    char text[24];
    size_t n; /* of the text; 0: none */
    uint32_t value;
};
enum { MEANS_PERIOD, MEANS_REPORTER, MEANS_PARTNER, MEANS_FLOW, MEANINGS };
static inline bool means(const struct meaning *last, struct str text)
{
    return text.n && last->n == text.n && memcmp(last->text, text.p, text.n) == 0;
}
static inline void meaning_keep(struct meaning *last, struct str text, uint32_t value)
{
    last->n = text.n <= sizeof last->text ? text.n : 0;
    if (last->n)
        memcpy(last->text, text.p, text.n);
    last->value = value;
}

struct parse {
    struct meaning last[MEANINGS];
    const struct importing *importing;
    const struct input *input;
    struct csv csv;
    bool ends_file; /* the block is the file's last */
    struct cube_batch *batch;
    struct tally tally;
    struct problem *problem;
};

struct adapter {
    const char *name;
    bool by_description; /* columns are found as a description says, which tolerates what it does not use */
    bool figures_alone;  /* no text is in its files: what is no UTF-8 there is damage, and no encoding */
    /* Before the first byte is read: the dataset as far as options, file names and tables tell. */
    enum status (*describe)(struct importing *importing, struct problem *problem);
    /* An input's header stands in csv->field: finds the columns. */
    enum status (*header)(struct importing *importing, struct input *input, const struct csv *csv,
                          struct problem *problem);
    /* Settles what only the first rows tell; ST_NOT_FOUND if there is no row. NULL: nothing to settle. */
    enum status (*settle)(struct importing *importing, const struct input *input, struct csv *csv,
                          struct problem *problem);
    /* All rows of a block into its batch. */
    enum status (*parse)(struct parse *parse);
};

extern const struct adapter adapter_baci, adapter_reader;

/* The name of a column or a word without case, blanks and punctuation: what is compared. At most KEY_BYTES of it; also R's X before a
 * digit is dropped. Returns its length. */
#define KEY_BYTES 64
size_t word_key(struct str word, char out[KEY_BYTES]);
bool word_same(struct str a, struct str b);
bool texts_have(const struct csv_texts *texts, struct str word);

/* Notes a sentence about the files for whoever reads the report. */
void tell(struct importing *importing, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* HS revisions by "HS2017", "HS17", "H5"; empty if there is none. */
struct str hs_revision(struct str word);

/* ---- cells ---- */

/* The first record of a file: ST_INVALID if the file is empty. */
enum status header_next(struct csv *csv, struct problem *problem) MUST_CHECK;
/* ST_INVALID: the header lacks a column; says which there are. */
enum status header_lacks(const struct csv *csv, struct str wanted, const char *cure, struct problem *problem);
/* Refuses two columns of one name: nobody can tell which is meant. */
enum status header_check_single(const struct csv *csv, size_t column, struct problem *problem) MUST_CHECK;

/* ST_INVALID at the present record: «column "v": "12x3" is not a number». */
enum status parse_refuse(const struct parse *parse, struct str column, struct str value, const char *what);
/* ST_INVALID at the present record. */
enum status parse_refuse_row(const struct parse *parse, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* It is the file's last, and has no line end. */
bool parse_may_be_cut(const struct parse *parse);
/* The record has all fields that are used, and no text behind them. */
enum status parse_check_width(const struct parse *parse, size_t n_roles) MUST_CHECK;
/* The member; an unknown code is noted, and NO_ID unless unknown ones are allowed; MEMBER_LEFT_OUT as members_find. ST_NO_MEMORY. */
enum status parse_member(struct parse *parse, struct str code, uint32_t *id) MUST_CHECK;
/* A value in USD, a quantity in kilograms; `shift` as in decimal_read. */
enum status parse_value(const struct parse *parse, struct str column, struct str text, int shift,
                        int64_t *out) MUST_CHECK;
enum status parse_quantity(const struct parse *parse, struct str column, struct str text, int shift,
                           int64_t *out) MUST_CHECK;
/* Sources write 0 where nobody weighed: what has a value has a weight, known or not. */
static inline int64_t quantity_meant(int64_t quantity_kg, int64_t value_usd)
{
    return quantity_kg == 0 && value_usd > 0 ? QUANTITY_UNKNOWN : quantity_kg;
}
/* Hands the row, a code of `level`, to the batch, as an aggregate where that is coarser than the dataset's: with the quantity that is meant,
 * unless a member is NO_ID; refuses trade with oneself in reconciled data. */
enum status parse_add(struct parse *parse, const struct cube_row *row, enum level level) MUST_CHECK;

/* ---- tallies ---- */

/* False when memory is out. */
bool codes_note(struct ingest_codes **codes, struct str code, const struct csv *csv);
/* As codes_note, of a text that is made here. */
bool codes_note_as(struct ingest_codes **codes, const struct csv *csv, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void codes_merge(struct ingest_codes *into, const struct ingest_codes *from);
void tally_release(struct tally *tally);

#endif
