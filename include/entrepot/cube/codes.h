/* codes: countries and areas in all code systems, products of the Harmonized System, sectors.
 *
 * Three tables, read once at start from CSV or JSON text, immutable afterwards and free to share between threads. Everything they
 * hand out lives as long as the table. Ids are positions in the table: dense, and stable only for one process.
 */
#ifndef ENTREPOT_CUBE_CODES_H
#define ENTREPOT_CUBE_CODES_H

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

/* ---- countries ---- */

enum member_kind { MEMBER_COUNTRY, MEMBER_AREA_NES, MEMBER_FORMER, MEMBER_GROUP, MEMBER_WORLD };
#define MEMBER_KINDS 5
extern const char *const member_kind_name[MEMBER_KINDS]; /* "country", "area_nes", … */

#define NO_ID UINT32_MAX

struct country {
    struct str id; /* canonical: ISO 3166-1 alpha-3, WLD, or X and the source's number */
    struct str iso3, iso2, m49, comtrade, name, region, subregion, valid_from, valid_to, aliases, note;
    enum member_kind kind;
};

/* A country that belongs to a group, from its first to its last day: empty where it has been a member as long as the group has been, and is one. */
struct group_member {
    uint32_t id;
    struct str from, to;
};

/* Which table a source's bare numbers belong to. */
enum code_system { CODES_ISO3, CODES_M49, CODES_COMTRADE };

struct countries;

/* From CSV with the header id,iso3,iso2,m49,comtrade,name,kind,region,subregion,valid_from,valid_to,aliases,note and, if
 * it likes, members: of a group, as "AUT:1995-01-01 BEL GBR::2020-01-31", of a former country those that it became. `name` is the file's name for messages. Refuses double ids, unknown
 * kinds, a missing world, a member that is none. The caller frees *out. */
enum status countries_read(const char *name, struct str csv, struct countries **out,
                           struct problem *problem) MUST_CHECK;
/* The same table with areas of sources that it lacks: of kind area_nes. Areas that it has are left as they are. The caller frees both. */
struct country_area {
    struct str id, name;
};
enum status countries_extend(const struct countries *base, const struct country_area *area, size_t n,
                             struct countries **out, struct problem *problem) MUST_CHECK;
/* A source's name of an area as an id: capital letters, digits and underscores, at most 12; empty where nothing is left of it. */
#define COUNTRY_ID_BYTES 13
void country_id_of(struct str name, char out[COUNTRY_ID_BYTES]);
void countries_free(struct countries *countries);
uint64_t countries_hash(const struct countries *countries); /* of the text that it was read from */
size_t countries_count(const struct countries *countries);
const struct country *countries_at(const struct countries *countries, uint32_t id);
/* The member of kind world. */
uint32_t countries_world(const struct countries *countries);
/* True for what `*` expands to: everything but groups and the world. */
bool countries_countable(const struct countries *countries, uint32_t id);

/* The members of a group: how many, the first in *first; 0 of what is none. And the countries that a former one became, or became part of. */
size_t countries_group(const struct countries *countries, uint32_t id, const struct group_member **first);
size_t countries_heirs(const struct countries *countries, uint32_t id, const struct group_member **first);

/* A code as a request writes it, in any letter case: id, alpha-3, alpha-2, then a number as M49, then as Comtrade; leading zeros
 * do not matter. Names are not codes. NO_ID if none. Of several rows with one code the present country wins. */
uint32_t countries_find(const struct countries *countries, struct str code);
/* A code as a source writes it: ids, alpha-3 and X forms always; a number by the source's own table, and where Comtrade's has none by
 * M49 (BACI writes Italy both ways). */
uint32_t countries_find_source(const struct countries *countries, enum code_system system, struct str code);
/* Ids nearest to a word that is no code: by names and aliases (also a beginning of a name of three letters or more), then by edit
 * distance to alpha-3 ids (1) and names (1 for short, 2 for longer words). Best first, present countries before others; at
 * most `max`; returns how many. */
size_t countries_suggest(const struct countries *countries, struct str word, uint32_t *out, size_t max);

/* ---- products ---- */

enum level { LEVEL_TOTAL, LEVEL_SECTION, LEVEL_HS2, LEVEL_HS4, LEVEL_HS6, LEVEL_HS8, LEVEL_SECTOR };
#define LEVELS 7
extern const char *const level_name[LEVELS]; /* "total", "section", "hs2", … */
/* False if the word names no level. */
bool level_read(struct str word, enum level *out);
/* Level of an HS code or "TOTAL" or a section "S01"…"S21" by its form; false for anything else (also lower-case letters). */
bool product_level(struct str code, enum level *out);
/* A code of `level` as a number (its digits; TOTAL is 0), and back: with all leading zeros. False if it is no code of the level. */
bool product_number(struct str code, enum level level, uint32_t *out);
#define PRODUCT_CODE_MAX 9
/* Writes the code with its NUL; returns its length. */
size_t product_print(uint32_t number, enum level level, char out[PRODUCT_CODE_MAX]);

/* A code of `level` as a number (its digits; TOTAL is 0), and back: with all leading zeros. False if it is no code of the level. */
bool product_number(struct str code, enum level level, uint32_t *out);
#define PRODUCT_CODE_MAX 9
/* Writes the code with its NUL; returns its length. */
size_t product_print(uint32_t number, enum level level, char out[PRODUCT_CODE_MAX]);

struct product {
    struct str code, name; /* name may be empty: official long texts are not shipped */
    enum level level;
    uint32_t parent; /* NO_ID for TOTAL */
};

struct products;

/* From CSV with the header code,level,parent,name. Refuses double codes and parents that are not there. */
enum status products_read(const char *name, struct str csv, struct products **out, struct problem *problem) MUST_CHECK;
void products_free(struct products *products);
uint64_t products_hash(const struct products *products); /* of the text that it was read from */
size_t products_count(const struct products *products);
const struct product *products_at(const struct products *products, uint32_t id);
uint32_t products_find(const struct products *products, struct str code);
/* The short name of a code; empty if it has none or is not in the table. */
struct str products_name(const struct products *products, struct str code);
/* The same for codes that come ascending: *cursor begins at 0 and is carried from one to the next. */
struct str products_name_next(const struct products *products, struct str code, size_t *cursor);
/* The section of an HS code by its chapter ("S16"); empty for chapters outside the sections (98, 99). */
struct str products_section(const struct products *products, struct str code);
/* Codes near a wrong one: the longest known ancestor, then those of the same length and edit distance 1. Returns how many. */
size_t products_suggest(const struct products *products, struct str code, uint32_t *out, size_t max);

/* ---- sectors ---- */

#define SECTOR_REVISIONS_MAX 8

struct sector_prefixes {
    struct str hs; /* "any" or a revision such as "HS2017" */
    const struct str *prefix;
    size_t n;
};

struct sector {
    struct str id, name, why;
    struct sector_prefixes by_hs[SECTOR_REVISIONS_MAX];
    size_t n_hs;
};

struct sectors;

/* From JSON {"sectors":[{"id","name","why","hs":{"any"|"HS2022"…:[prefixes]}}]}. Refuses double ids, double keys, unknown keys,
 * prefixes that are not 2, 4 or 6 digits, and a prefix within another of the same list. */
enum status sectors_read(const char *name, struct str json, struct sectors **out, struct problem *problem) MUST_CHECK;
void sectors_free(struct sectors *sectors);
uint64_t sectors_hash(const struct sectors *sectors); /* of the text that it was read from */
size_t sectors_count(const struct sectors *sectors);
const struct sector *sectors_at(const struct sectors *sectors, size_t index);
/* NULL if there is none. */
const struct sector *sectors_find(const struct sectors *sectors, struct str id);
/* The prefixes for data of HS revision `hs` (empty = the source names none): those of the revision, else "any", else, where
 * hs is empty, the newest revision's if all prefixes are chapters; NULL if the sector has none that would be right. */
const struct sector_prefixes *sector_for(const struct sector *sector, struct str hs);

#endif
