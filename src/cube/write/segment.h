/* segment: the stretches of one period become its part of a cube file. Private to src/cube/write. */
#ifndef CUBE_WRITE_SEGMENT_H
#define CUBE_WRITE_SEGMENT_H

#include "cube/file/rows.h"
#include "cube/write/batch.h"
#include "cube/write/code_set.h"
#include "cube/write/meet.h"
#include "cube/write/rest.h"

/* Where a run's rows were read, to be told if one of them turns out to be double. Roll-ups have none. */
struct origin {
    uint32_t source;
    bool exact; /* the rows stand on consecutive lines from `line` on */
    uint64_t line;
};

/* Members, as the file numbers them: all countries of the table by canonical code. */
struct file_members {
    uint16_t *of_country; /* country id → member */
    uint32_t *country;    /* member → country id */
    bool *countable;      /* by member */
    uint32_t n;
    uint32_t world;
};

/* A stretch to be laid out. */
struct piece {
    const struct cube_batch *batch;
    const struct stretch *stretch;
};

/* The stretches of one key, in the order of the input. */
struct row_group {
    uint32_t key;
    const struct piece *piece;
    size_t n;
};

/* Where a period's rows come from: groups ascending by key, each valid until the next is asked for. */
struct row_source {
    /* False at the end, or on a failure, which `status` then says. */
    bool (*next)(struct row_source *source, struct row_group *group);
    /* Adds every product number there is. */
    void (*mark)(const struct row_source *source, struct code_set *codes);
    enum status status;
};

/* Rows that lie sorted in memory. */
struct piece_source {
    struct row_source source;  /* first */
    const struct piece *piece; /* ascending by key */
    size_t n, at;
};
void piece_source_init(struct piece_source *source, const struct piece *piece, size_t n);

struct segment_in {
    uint32_t period;
    enum level level;
    const struct file_members *members;
    enum cube_doubles doubles;
    struct standings standings; /* of the inputs */
    uint32_t sum_member;        /* member whose double rows are added up; NO_ID: none */
    struct row_source *source;
    const struct published *published; /* of the period, sorted */
    size_t n_published;
};

/* What is wrong with two rows of one key. */
struct double_row {
    bool found;
    uint32_t period, key, product;
    enum level level;           /* of the product */
    struct origin first, again; /* line: of the row itself, 0 if not known */
};

struct segment {
    uint32_t period;
    uint32_t *code; /* product numbers that occur, ascending: the leaves */
    size_t n_codes;
    struct buf rows, runs, index;
    struct origin *origin;  /* by run */
    struct rest_list rests; /* all of them, also those that are nothing */
    uint8_t *occurs;        /* by leaf: a bit for each flow in which some countable reporter has it */
    uint64_t observations, summed, repeated;
    struct superseded_list superseded;
};

/* Lays out a period. ST_NO_MEMORY; ST_INVALID: double rows (told in *twice), too many products or sums too large (in *problem). On
 * failure too the segment is to be released. */
enum status segment_make(const struct segment_in *in, struct segment *out, struct double_row *twice,
                         struct problem *problem) MUST_CHECK;
void segment_release(struct segment *segment);

static inline size_t segment_runs(const struct segment *s) { return s->runs.n / sizeof(struct file_run); }

#endif
