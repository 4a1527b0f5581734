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
    ROLE_HS
};
#define CSV_ROLES 9
extern const char *const csv_role_name[CSV_ROLES];

#define DATASET_NOTES_MAX 16

struct dataset {
    struct str id, title, source, source_url, licence, published, checked, hs;
    struct str exports_valuation, imports_valuation; /* "FOB", "CIF" */
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
    struct str spelling, code; /* code: ISO alpha-3, WLD or X and a number; not checked here */
};

/* How a manifest's CSV is to be read. */
struct dataset_csv {
    struct str file; /* as written, relative to the manifest */
    enum code_system codes;
    struct str column[CSV_ROLES], constant[CSV_ROLES]; /* empty: not given */
    int value_shift;                                   /* power of ten from the CSV's unit to USD: 0, 3, 6, 9 */
    int quantity_shift;                                /* from the CSV's unit to kilograms: 0 or 3 */
    struct dataset_member *member;                     /* in the manifest's order */
    size_t n_members;
};

/* The kind of its years: its own, or the one that twelve of its months make. */
static inline enum period_kind dataset_year(const struct dataset *d)
{
    return d->frequency == PERIOD_FISCAL || d->fiscal ? PERIOD_FISCAL : PERIOD_YEAR;
}

/* 1 to 63 small letters, digits and hyphens, no hyphen first. */
bool dataset_id_good(struct str id);

/* Reads a manifest with jansson: double keys, unknown keys, missing keys, wrong types and words are refused with the key's name in
 * the problem. `name` is the file's name for messages; texts are copied into `arena`. `csv` may be NULL where only the description
 * is wanted (the one inside a cube file, which has no "file" and "columns"). */
enum status dataset_read(const char *name, struct str json, struct arena *arena, struct dataset *out,
                         struct dataset_csv *csv, struct problem *problem) MUST_CHECK;

/* The description as compact JSON with a fixed order of keys: what goes into a cube file. */
enum status dataset_print(const struct dataset *dataset, struct buf *out) MUST_CHECK;

#endif
