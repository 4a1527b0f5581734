/* dataset: what a manifest says of a dataset, and how it is read from JSON.
 *
 * One dataset is one source, one frequency, one classification, one valuation. The description travels inside the compiled cube
 * file too, so that a cube needs no other file beside it. Immutable after reading.
 */
#ifndef ENTREPOT_CUBE_DATASET_H
#define ENTREPOT_CUBE_DATASET_H

#include "entrepot/base/arena.h"
#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"
#include "entrepot/cube/codes.h"
#include "entrepot/cube/period.h"

enum basis { BASIS_REPORTED, BASIS_RECONCILED };
enum coverage { COVERAGE_FULL, COVERAGE_SELECTED };
enum partners { PARTNERS_ALL, PARTNERS_LISTED, PARTNERS_CLOSED };
extern const char *const basis_name[2], *const coverage_name[2], *const partners_name[3];

/* Where a dataset's coverage or partners come from: stated for all returns; to be found from the rows; the word of the format, which holds
 * as long as the rows do not speak against it. */
enum dataset_told { TOLD_STATED, TOLD_FOUND, TOLD_BY_FORMAT };

/* What a manifest states of some returns, under "availability". A later one wins; what it does not say is found. */
struct dataset_statement {
    struct str reporter, partner; /* codes; empty: any */
    unsigned flows;               /* bits 1 << enum flow */
    uint32_t from, to;            /* periods, inclusive; 0: any */
    bool says_products, says_level, says_partners;
    enum coverage products;
    enum level level;
    enum partners partners;
    struct str hs; /* empty: not said */
};

/* The columns an observation can come from; the manifest's "columns" maps each to the CSV's header. */
enum csv_role {
    ROLE_PERIOD,
    ROLE_REPORTER,
    ROLE_PARTNER,
    ROLE_FLOW,
    ROLE_PRODUCT,
    ROLE_VALUE,
    ROLE_QUANTITY,
    ROLE_STATUS,
    ROLE_MONTH,   /* where the period's column holds years alone */
    ROLE_HS,      /* revision or classification of the row's code */
    ROLE_EXPORTS, /* value, where exports and imports stand in one row; with a flow: where "value" is empty */
    ROLE_IMPORTS,
    ROLE_EXPORTS_QUANTITY,
    ROLE_IMPORTS_QUANTITY
};
#define CSV_ROLES 14
extern const char *const csv_role_name[CSV_ROLES];

#define DATASET_NOTES_MAX 16

struct dataset {
    struct str id, title, source, source_url, licence, published, checked, hs;
    struct str exports_valuation, imports_valuation; /* "FOB", "CIF" */
    struct str
        converted; /* a sentence that says from which currency, and at which rates; empty: values were US dollars */
    struct country_area *area; /* members that no table of countries has, as the source calls them */
    size_t n_areas;
    struct str note[DATASET_NOTES_MAX];
    size_t n_notes;
    enum period_kind frequency;
    enum level level;
    enum basis basis;
    enum coverage coverage; /* in a cube file: the summary of its returns */
    enum partners partners;
    enum dataset_told coverage_told, partners_told;
    const struct dataset_statement *statement; /* of a manifest; not part of a cube file's description */
    size_t n_statements;
    bool synthetic;
    bool fiscal; /* the year that months make: April to March */
};

/* A source's own spelling of a member. */
struct dataset_member {
    struct str spelling,
        code; /* code: ISO alpha-3, WLD or X and a number; not checked here; empty: rows to be left out */
};

struct csv_texts {
    struct str *text;
    size_t n;
};

/* A word of the source and what it means; `meaning` is an enum csv_flow or an enum observation_status. */
struct csv_word {
    struct str word;
    unsigned meaning;
};
struct csv_words {
    struct csv_word *word;
    size_t n;
};

/* What a source calls flows. Re-exports and the like are parts of exports and imports: such rows are left out. */
enum csv_flow { CSV_EXPORTS, CSV_IMPORTS, CSV_PART, CSV_DROP };

/* Rows that count by what stands in one of their columns; inactive in a file that lacks the column. */
struct csv_rule {
    struct csv_texts column; /* its names, best first */
    struct csv_texts values;
    bool keep;     /* only rows with one of the values count; else all others */
    struct str as; /* what is left out, plural: "rows of one mode of transport" */
};

/* How a manifest's CSV is to be read. Names of columns are compared as they are, then without case, blanks and punctuation. */
struct dataset_csv {
    struct str file; /* as written, relative to the manifest; the first of them */
    struct csv_texts files;
    struct str reader; /* name of a description that is shipped; empty in a manifest */
    enum code_system codes;
    bool alpha2, names;                                /* members by these, too */
    struct str column[CSV_ROLES], constant[CSV_ROLES]; /* empty: not given; of a column its best name */
    struct csv_texts spelling[CSV_ROLES];              /* all names of a column, best first */
    int value_shift;                                   /* power of ten from the CSV's unit to USD: 0, 3, 6, 9 */
    int quantity_shift;                                /* from the CSV's unit to kilograms: 0 or 3 */
    struct str currency, rates;    /* "EUR", file of its rates beside the manifest or "ecb"; empty: USD */
    struct dataset_member *member; /* in the manifest's order; an empty code: rows to be left out */
    size_t n_members;
    char delimiter, decimal, thousands; /* 0: found; no thousands */
    struct str encoding;                /* empty: UTF-8, or found */
    struct csv_words flows, statuses;   /* besides the usual ones */
    struct csv_rule *rule;
    size_t n_rules;
    struct csv_texts needs;           /* columns without which a file is not of this form */
    struct csv_texts missing, totals; /* words for "no value", for the sum of all products */
    bool across;                      /* columns whose names are periods hold values */
    bool footer;                      /* notes may stand among the rows */
    bool sum, repeats;                /* rows of one key: added up; kept once where they are equal */
    bool find_level, find_frequency, find_codes, find_numbers, find_unit; /* from the first rows */
};

/* The kind of its years: its own, or the one that twelve of its months make. */
static inline enum period_kind dataset_year(const struct dataset *d)
{
    return d->frequency == PERIOD_FISCAL || d->fiscal ? PERIOD_FISCAL : PERIOD_YEAR;
}

/* "USD million", "EUR", "INR crore" as the unit of values; in another currency than USD the rates are the European Central Bank's where no file of
 * them is named. False if it is no unit. */
bool csv_unit_read(struct str unit, struct dataset_csv *csv);

/* 1 to 63 small letters, digits and hyphens, no hyphen first. */
bool dataset_id_good(struct str id);

/* Reads a manifest with jansson: double keys, unknown keys, missing keys, wrong types and words are refused with the key's name in
 * the problem. `name` is the file's name for messages; texts are copied into `arena`. `csv` may be NULL where only the description
 * is wanted (the one inside a cube file, which has no "file" and "columns"). */
enum status dataset_read(const char *name, struct str json, struct arena *arena, struct dataset *out,
                         struct dataset_csv *csv, struct problem *problem) MUST_CHECK;

/* Where "files" are objects with keys of their own: a manifest for each of them, as JSON, and when it was published. *n is 0 where they are texts
 * alone, or there is one "file". In `arena`. ST_INVALID. */
struct manifest_part {
    struct str json, published;
};
enum status manifest_parts(const char *name, struct str json, struct arena *arena, struct manifest_part **out,
                           size_t *n, struct problem *problem) MUST_CHECK;

/* The description as compact JSON with a fixed order of keys: what goes into a cube file. */
enum status dataset_print(const struct dataset *dataset, struct buf *out) MUST_CHECK;

/* The manifest `json` with what was found in the place of what it left open, as indented JSON; `columns` says whether columns, codes and
 * units are among that. */
enum status manifest_print(const char *name, struct str json, const struct dataset *dataset,
                           const struct dataset_csv *found, bool columns, struct buf *out,
                           struct problem *problem) MUST_CHECK;

#endif
