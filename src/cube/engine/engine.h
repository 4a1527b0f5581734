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
    uint32_t *member;                 /* local number → country id */
    uint16_t *local;                  /* country id → local number, or NO_LOCAL */
    bool *countable;                  /* by local number */
    uint32_t *period;                 /* per segment */
    struct level_nodes level[LEVELS]; /* n == 0 where the level cannot be expressed */
};

/* Runs of `segment` whose key lies in [from, to]. */
const struct file_run *engine_runs(const struct image_segment *segment, uint32_t from, uint32_t to, size_t *n);
/* Segments whose period falls into `period`: indexes [*from, *to). */
void engine_segments(const struct cube *cube, uint32_t period, size_t *from, size_t *to);

#endif
