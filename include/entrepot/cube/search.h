/* search: countries, products, sectors and datasets by code, name, beginning of a word, or nearly so.
 *
 * An index over the words of all names and codes, built once, immutable afterwards and shared by all threads. It borrows the texts of
 * the catalogue it is made of. Letters are compared without case and without the accents of Latin-1.
 */
#ifndef ENTREPOT_CUBE_SEARCH_H
#define ENTREPOT_CUBE_SEARCH_H

#include "entrepot/cube/catalogue.h"

enum search_kind { SEARCH_COUNTRY, SEARCH_SECTOR, SEARCH_PRODUCT, SEARCH_DATASET };
#define SEARCH_KINDS 4
extern const char *const search_kind_name[SEARCH_KINDS]; /* "country", … */

/* What was found to fit. */
enum search_match { SEARCH_CODE, SEARCH_NAME, SEARCH_BEGINNING, SEARCH_NEAR };
extern const char *const search_match_name[4]; /* "code", "name", "beginning", "near" */

struct search_hit {
    enum search_kind kind;
    enum search_match match;
    struct str id, name;
    const char *detail; /* a member's kind, a product's level, else NULL */
    double score;       /* 1: its code; above 0.5: codes, words and beginnings of words; below: near misses */
};

struct search_index;

/* NULL when memory is out. The caller frees it before the catalogue. */
struct search_index *search_new(const struct catalogue *catalogue);
void search_free(struct search_index *index);

/* Whether there is anything in `text` to look for: a letter or a digit. */
bool search_text_good(struct str text);
/* The best `max` hits of the kinds (1U << enum search_kind; 0: all), best first; of equals by kind, then by id. Every word of
 * `text` must fit. Near misses of a word are looked for only where nothing begins with it. *found counts all hits. */
enum status search_find(const struct search_index *index, struct str text, unsigned kinds, size_t max,
                        struct arena *arena, struct search_hit **out, size_t *n, size_t *found) MUST_CHECK;

#endif
