/* rest: aggregates that a source publishes above its leaves, and what they hold beside their published parts. Private to src/cube/write.
 *
 * Aggregates are few beside rows: they are held in memory until the file is finished, and become rests when the runs of their period are
 * laid out.
 */
#ifndef CUBE_WRITE_REST_H
#define CUBE_WRITE_REST_H

#include "cube/file/rows.h"
#include "entrepot/cube/codes.h"

/* One published aggregate: of the run `key`, at `node` (NODE of format.h). */
struct published {
    uint32_t period, key, node;
    uint32_t source;
    uint64_t line;
    int64_t value_usd;
    uint8_t status;
    bool is_rest; /* value_usd is the rest already, and these are its parts: read back from a file */
    uint16_t parts;
};

struct published_list {
    struct published *item;
    size_t n, room;
};
bool published_add(struct published_list *list, const struct published *item) MUST_CHECK; /* false when memory is out */
void published_release(struct published_list *list);
/* By period, key and node; equal ones stay in the order of the input. */
void published_sort(struct published_list *list);
/* Those of a period in a sorted list: how many, the first in *first. */
size_t published_of(const struct published_list *list, uint32_t period, const struct published **first);

struct rest_list {
    struct file_rest *rest; /* ascending by key and node; their segment is not yet set */
    size_t n, room;
    bool overflow; /* some rest leaves 64 bits */
};
void rest_list_release(struct rest_list *list);
/* Appends a rest as it is. False when memory is out. */
bool rests_add(struct rest_list *list, const struct file_rest *rest) MUST_CHECK;
/* Appends the rests of one key's aggregates. `code`: product numbers of the rows' leaves, which are of `level`. False when memory is out. */
bool rests_find(struct rest_list *list, const struct published *item, size_t n, const struct rows_in *rows,
                const uint32_t *code, enum level level) MUST_CHECK;
/* The rests of a key: how many, the first in *first. */
size_t rests_of(const struct rest_list *list, uint32_t key, const struct file_rest **first);
/* Whether a run's rests have one at the node. */
bool rests_have(const struct file_rest *rest, size_t n, uint32_t node);
/* Appends the sums, node by node, of those of [from, to) that `into` gives a key, in order; UINT32_MAX: none. Sums that are nothing are left
 * out. False when memory is out or a sum leaves 64 bits. */
bool rests_roll_up(struct rest_list *list, size_t from, size_t to, uint32_t (*into)(const void *context, uint32_t key),
                   const void *context) MUST_CHECK;
/* Sorts those from `from` on by key and node. */
void rests_sort(struct rest_list *list, size_t from);
/* Adds the rests of a run to its totals. What was published as one has no quantity. False if a sum leaves 63 bits. */
bool rests_add_to_run(const struct file_rest *rest, size_t n, struct file_run *run) MUST_CHECK;

/* Part of a code: product number `number` of level `from` as a number of the coarser `to`. */
uint32_t node_number(uint32_t number, enum level from, enum level to);

#endif
