/* format: the cube file, version 1. Private to src/cube/file.
 *
 *   header      64 bytes: what it is, how long it must be, where the table of contents stands
 *   sections    each at a multiple of 8, filled up with zero bytes
 *   contents    one struct file_section per section, at the end
 *
 * All numbers are little-endian; a file is read where it was written or on any other little-endian machine. Every section has an
 * XXH3 64-bit hash in the contents, the contents have theirs in the header, and the header has its own: no byte but the filling
 * between sections is outside a checksum.
 *
 * Sections, in this order:
 *   DATASET    the manifest's description as JSON
 *   MEMBERS    canonical country codes that occur, ascending, one a line
 *   PRODUCTS   codes of the leaves, ascending, one a line; a row names a leaf by its position here (16 bits)
 *   and for each period, ascending:
 *   DIRECTORY  one struct file_run per (reporter, flow, partner) that occurs, ascending by key: its totals (a roll-up over products,
 *              so that totals of pairs never touch rows) and where its rows stand
 *   ROWS       for each run, without gaps: products (count × 2 bytes, ascending), values (count × value_bytes),
 *              quantities (count × quantity_bytes; kilograms + 1, 0 = unknown), status (count × 1, only if the run says so)
 *
 * Values and quantities take the fewest bytes that hold the run's largest, so a run is read with one width and no branches. One
 * order serves both directions: rankings by partner scan the directory, which is small. A period is a segment of its own: it
 * can be built, checked and read alone. New kinds of sections (other orders, roll-ups by product) are added behind these.
 */
#ifndef CUBE_FILE_FORMAT_H
#define CUBE_FILE_FORMAT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FILE_MAGIC "ENTRCUBE"
#define FILE_VERSION 1U
#define FILE_ENDIAN 0x01020304U
#define FILE_ALIGN 8U
#define FILE_PRODUCTS_MAX 65535U
#define FILE_MEMBERS_MAX 32767U

enum section_kind { SECTION_DATASET = 1, SECTION_MEMBERS, SECTION_PRODUCTS, SECTION_DIRECTORY, SECTION_ROWS };

struct file_header {
    char magic[8];
    uint32_t version, endian;
    uint64_t file_bytes;
    uint64_t contents_offset;
    uint64_t contents_count;
    uint64_t contents_hash;
    uint64_t observations;
    uint64_t header_hash; /* of the 56 bytes before it */
};
static_assert(sizeof(struct file_header) == 64, "header layout");

struct file_section {
    uint32_t kind, period; /* period 0 for dictionaries */
    uint64_t offset, bytes, hash;
};
static_assert(sizeof(struct file_section) == 32, "contents layout");

/* key = reporter << 17 | flow << 16 | partner, with positions in MEMBERS. */
struct file_run {
    uint32_t key;
    uint32_t count;  /* rows, at least 1 */
    uint64_t offset; /* in ROWS */
    int64_t value_usd;
    int64_t quantity_kg;                 /* QUANTITY_UNKNOWN if any row has none */
    uint8_t value_bytes, quantity_bytes; /* 1…8; quantity_bytes 0: no row has a quantity */
    uint8_t has_status, status;          /* status: the bits of all rows together */
    uint32_t zero;
};
static_assert(sizeof(struct file_run) == 40, "directory layout");

#define RUN_REPORTER(key) ((key) >> 17)
#define RUN_FLOW(key) ((key) >> 16 & 1U)
#define RUN_PARTNER(key) ((key)&0xFFFFU)
#define RUN_KEY(reporter, flow, partner) ((uint32_t)(reporter) << 17 | (uint32_t)(flow) << 16 | (uint32_t)(partner))

/* The number in `width` bytes, little-endian: how values and quantities stand in ROWS. */
static inline uint64_t file_number(const unsigned char *p, unsigned width)
{
    uint64_t value = 0;
    memcpy(&value, p, width);
    return value;
}

static inline uint64_t run_bytes(const struct file_run *run)
{
    return (uint64_t)run->count * (2U + run->value_bytes + run->quantity_bytes + run->has_status);
}

#endif
