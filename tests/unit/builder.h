/* builder: observations that a test holds, in any order, in; the bytes of a cube file out: a writer in memory. One thread at a time. */
#ifndef TESTS_UNIT_BUILDER_H
#define TESTS_UNIT_BUILDER_H

#include "entrepot/cube/write.h"

struct observation {
    uint32_t reporter,
        partner; /* ids in the countries table; for reconciled data exporter and importer, flow exports */
    enum flow flow;
    uint32_t period;     /* of the dataset's frequency */
    struct str product;  /* code at the dataset's level; "TOTAL" at level total. Copied. */
    int64_t value_usd;   /* not negative */
    int64_t quantity_kg; /* or QUANTITY_UNKNOWN */
    unsigned status;     /* enum observation_status */
    uint64_t line;       /* where it was read, for messages */
};

struct cube_builder;

/* `dataset` and `countries` are borrowed until the builder is freed; NULL when memory is out. */
struct cube_builder *cube_builder_new(const struct dataset *dataset, const struct countries *countries);
void cube_builder_free(struct cube_builder *builder);
/* ST_INVALID (with a detail but no place) for a code of the wrong level, a period of the wrong kind, a negative value, more than
 * 65,535 products; ST_NO_MEMORY. */
enum status cube_builder_add(struct cube_builder *builder, const struct observation *observation,
                             struct problem *problem) MUST_CHECK;
/* Sorts and lays out. Double keys are refused with the lines of both (`name` is the file's name for the message), no observation at
 * all too. On success *bytes is malloc's and the caller's. */
enum status cube_builder_finish(struct cube_builder *builder, const char *name, char **bytes, size_t *n,
                                struct problem *problem) MUST_CHECK;

/* Puts bytes at `path` in the way in which a cube is written. On failure nothing is left of them, and an old file is untouched. */
enum status cube_store(const char *path, const char *bytes, size_t n, struct problem *problem) MUST_CHECK;

#endif
