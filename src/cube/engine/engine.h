/* engine: what an open cube consists of. Private to src/cube/engine. */
#ifndef CUBE_ENGINE_ENGINE_H
#define CUBE_ENGINE_ENGINE_H

#include "cube/file/image.h"
#include "entrepot/cube/cube.h"

#define NO_LOCAL UINT16_MAX

/* The codes of one product level, and for each leaf the node it belongs to. */
struct level_nodes {
    struct str *code;
    size_t n;
    uint16_t *of_leaf; /* NULL at the leaves' own level: node and leaf are the same */
};

/* Members to look for in one of a run's two places: listed, and marked by their number. */
struct member_side {
    const uint16_t *list;
    size_t n;
    const bool *has; /* by local number, and ALL */
};

struct cube {
    char *name;
    char *bytes; /* the whole file */
    size_t n_bytes;
    bool mapped; /* bytes came from mmap, not from malloc */
    struct image image;
    struct arena arena; /* dictionaries and nodes below */
    struct dataset dataset;
    struct str release;
    const struct countries *countries;
    uint32_t *country;                /* local number → country id; NO_ID where the table has it no more */
    uint16_t *local;                  /* country id → local number, or NO_LOCAL */
    uint32_t *member;                 /* country ids that occur, by local number ascending */
    size_t n_members;                 /* of `member` */
    uint32_t *countable;              /* country ids of `each`, in its order */
    struct member_side each, all;     /* every countable member that occurs; ALL alone */
    uint32_t *period;                 /* per segment */
    struct level_nodes level[LEVELS]; /* n == 0 where the level cannot be expressed */
};

/* Segments whose period falls into `period`: indexes [*from, *to). */
void engine_segments(const struct cube *cube, uint32_t period, size_t *from, size_t *to);
/* Local number of a country, or NO_LOCAL. */
static inline uint16_t engine_local(const struct cube *cube, uint32_t country)
{
    return country < countries_count(cube->countries) ? cube->local[country] : NO_LOCAL;
}
/* Whether the import view of this cube is its export view turned round. */
static inline bool engine_turned(const struct cube *cube, enum flow flow)
{
    return cube->dataset.basis == BASIS_RECONCILED && flow == FLOW_IMPORTS;
}

#endif
