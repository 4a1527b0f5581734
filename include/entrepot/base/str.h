/* str: a borrowed, counted piece of text.
 *
 * A `struct str` is two words passed by value. It points into memory that somebody else owns and keeps alive, is not
 * NUL-terminated, and may hold any byte. Nothing here allocates; every function is pure and thread-safe.
 */
#ifndef ENTREPOT_BASE_STR_H
#define ENTREPOT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

/* STR: a `struct str` from a string literal. STR_INIT: the same as a static initialiser. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str str_view(const char *z)
{
    return (struct str){z, z ? strlen(z) : 0};
} /* NULL gives an empty one */
static inline struct str str_span(const char *p, size_t n) { return (struct str){p, n}; }

static inline bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool str_is(struct str a, const char *z) { return str_eq(a, str_view(z)); }

/* Order by bytes; a prefix sorts first. */
int str_cmp(struct str a, struct str b);
/* Equality that folds ASCII letters only. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);
/* Cuts the text before the first `sep` off *rest and returns it; *rest is what follows (empty, with p NULL, at the end). */
struct str str_cut(struct str *rest, char sep);
/* Index of the first `c`, or s.n. */
size_t str_find(struct str s, char c);
static inline bool str_has(struct str s, char c) { return str_find(s, c) < s.n; }
/* True if the bytes are well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF). */
bool str_utf8(struct str s);
/* Bytes of the well-formed character that a text begins with, which is not empty; 0: of none. */
size_t str_utf8_step(struct str s);
/* Bytes of the control character (C0, DEL, C1) that a text begins with; 0: it begins with none. In a signal handler too. */
size_t str_control(struct str s);
/* All characters ASCII digits, and at least one. */
bool str_digits(struct str s);
/* All characters lower hexadecimal digits, and at least one. */
bool str_hex(struct str s);
/* Digits only, at most `max`: true and *out set; false (and *out untouched) otherwise. */
bool str_u32(struct str s, uint32_t max, uint32_t *out);
/* Edit distance (insert, delete, replace, swap of neighbours each 1; ASCII case ignored), cut off: any result above `limit`
 * is reported as limit + 1. Texts longer than 64 bytes count as limit + 1. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

#endif
