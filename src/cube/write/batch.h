/* batch: rows on their way into a cube, as they were read. Private to src/cube/write.
 *
 * Rows lie column by column. A stretch is a row and those that followed it in the input with the same period and pair, ascending
 * products, one revision and consecutive lines: what a file that is sorted as BACI is has one of for each pair and year, and one that is sorted in no
 * way has for each row. Sorting and merging work on stretches.
 */
#ifndef CUBE_WRITE_BATCH_H
#define CUBE_WRITE_BATCH_H

#include "cube/file/format.h"
#include "cube/write/rest.h"
#include "entrepot/cube/write.h"

struct stretch {
    uint32_t period, key;
    uint32_t first, n; /* rows of the batch */
    uint32_t source;
    uint8_t hs;    /* revision of the codes, 0: not known */
    uint64_t line; /* of the first row; 0: not known */
};

struct cube_batch {
    const uint16_t *member_of; /* country id → member number; the writer's */
    uint32_t source;
    uint32_t *product;
    int64_t *value_usd;
    uint64_t *stored_kg; /* kilograms + 1, 0: unknown */
    uint8_t *status;
    size_t n, room;
    struct stretch *stretch;
    size_t n_stretches, stretch_room;
    struct published_list published;
};

/* Room for `n` more rows and one more stretch. False when memory is out. */
bool batch_reserve(struct cube_batch *batch, size_t n) MUST_CHECK;
size_t batch_bytes(const struct cube_batch *batch);

#endif
