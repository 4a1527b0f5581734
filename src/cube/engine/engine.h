/* engine: what an open cube consists of. Private to src/cube/engine. */
#ifndef CUBE_ENGINE_ENGINE_H
#define CUBE_ENGINE_ENGINE_H

#include "cube/file/image.h"
#include "entrepot/cube/correlation.h"
#include "entrepot/cube/cube.h"

#define NO_LOCAL UINT16_MAX
#define NO_NODE UINT16_MAX

/* The codes of one product level, and for each leaf the node it belongs to. */
struct level_nodes {
    struct str *code, *name; /* the name, borrowed from the table of products, is empty where that has none */
    size_t n;
    uint16_t *of_leaf; /* NULL at the leaves' own level: node and leaf are the same */
    uint16_t *
        of_rest; /* by position in the image's nodes of rests; NO_NODE: coarser than the level. NULL at the leaves' own level */
};

/* Members to look for in one of a run's two places: listed, and marked by their number. */
struct member_side {
    const uint16_t *list;
    size_t n;
    const bool *has; /* by local number, and ALL */
    bool groups;     /* some are groups */
    /* Of members that are named: their places among each other by local number, and their local numbers by place, both ascending. NULL: a
     * member's place is its number. */
    const uint16_t *place, *at_place;
};

/* Where a cube's bytes lie. Small ones are a copy that nobody else can reach, in pages that nobody can write to any more: neither whoever
 * has the file, nor a stray write of our own. A sealed memfd would guard the same and leave a descriptor through which they can be found.
 * Large ones are the file's own pages. */
enum store_kind { STORE_NONE, STORE_HEAP, STORE_SEALED, STORE_MAPPED };
struct store {
    enum store_kind kind;
    char *bytes;
    size_t n;
};

/* Room for `n` bytes, to be filled and then sealed; false when memory is out. */
bool store_new(struct store *store, size_t n);
void store_seal(struct store *store);
/* The pages of a file. False with errno. */
bool store_map(struct store *store, int fd, size_t n);
void store_release(struct store *store);

struct cube {
    char *name;
    struct store store; /* the whole file */
    struct image image;
    struct arena arena; /* dictionaries and nodes below */
    struct dataset dataset;
    struct str release;
    const struct countries *countries;
    uint32_t *country;            /* local number → country id; NO_ID where the table has it no more */
    uint16_t *local;              /* country id → local number, or NO_LOCAL */
    uint32_t *member;             /* country ids that occur, by local number ascending */
    size_t n_members;             /* of `member` */
    uint32_t *countable;          /* country ids of `each`, in its order */
    struct member_side each, all; /* every countable member that occurs; ALL alone */
    uint32_t *period;             /* per segment */
    struct correlation tables;
    struct str *rest;                 /* codes of the image's nodes of rests */
    struct level_nodes level[LEVELS]; /* n == 0 where the level cannot be expressed */
};

/* Segments whose period falls into `period`: indexes [*from, *to). */
void engine_segments(const struct cube *cube, uint32_t period, size_t *from, size_t *to);
/* Local number of a country, or NO_LOCAL. */
static inline uint16_t engine_local(const struct cube *cube, uint32_t country)
{
    return country < countries_count(cube->countries) ? cube->local[country] : NO_LOCAL;
}
/* Whether a member belonged to its group on the last day of a period. */
bool engine_in_group(const struct group_member *member, uint32_t period);
/* "1992-01-01" and a month: the order of the one's month to the other. */
int engine_month_order(struct str date, uint32_t month);
/* Whether the import view of this cube is its export view turned round. */
static inline bool engine_turned(const struct cube *cube, enum flow flow)
{
    return cube->dataset.basis == BASIS_RECONCILED && flow == FLOW_IMPORTS;
}

#endif
