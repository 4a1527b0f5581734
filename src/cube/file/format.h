/* format: the cube file, version 3. Private to src/cube.
 *
 *   header      64 bytes: what it is, how long it must be, where the table of contents stands
 *   sections    one behind the other, each at a multiple of 8, filled up with zero bytes
 *   contents    one struct file_section per section, at the end
 *
 * All numbers are little-endian; a file is read where it was written or on any other little-endian machine. Every section has an
 * XXH3 64-bit hash in the contents, the contents have theirs in the header, and the header has its own: no byte but the filling
 * between sections is outside a checksum.
 *
 * Sections, in this order. For each period, ascending:
 *   ROWS       the observations, run by run in the order of RUNS, compact: rows.h says how
 *   RUNS       one struct file_run per (reporter, flow, partner) that occurs, ascending by key
 *   INDEX      where a reporter's runs stand, and a partner's: struct image_segment says what
 *   then for each period again:
 *   LEAVES     the products that occur in it, as positions in PRODUCTS (16 bits each), ascending: a row names a leaf by its place here
 *   and at the end:
 *   SERIES     the totals of each run again, pair by pair over all periods: what a pair's whole series is answered from
 *   RESTS      what published aggregates (TOTAL, chapters, headings) hold beside their published parts, ascending by period, key, node
 *   RETURNS    what each reporter reported in each period and flow: how far down, with which partners, in which revision
 *   DATASET    the manifest's description as JSON
 *   MEMBERS    all country codes that the file's maker knew, ascending, one a line; '-' before those without an observation
 *   PRODUCTS   codes of all leaves, ascending, one a line
 *
 * Beside each single member stands one more, ALL (its number is the count of MEMBERS): all countable members together. A run whose
 * partner is ALL holds the reporter's trade by product, one whose reporter is ALL the partner's, one with both the world's. They
 * are roll-ups, made from the others, so that what is asked over all partners touches one run instead of hundreds. There is one
 * order of runs; the INDEX lists them by partner too. A period is a segment of its own: it is made, checked and read alone.
 *
 * A run's totals include the rests of its key: they are the published ones. Its rows are products alone, and there may be none of them.
 */
#ifndef CUBE_FILE_FORMAT_H
#define CUBE_FILE_FORMAT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FILE_MAGIC "ENTRCUBE"
#define FILE_VERSION 3U
#define FILE_ENDIAN 0x01020304U
#define FILE_ALIGN 8U
#define FILE_PRODUCTS_MAX 65535U
#define FILE_MEMBERS_MAX 32766U /* and ALL */

enum section_kind {
    SECTION_ROWS = 1,
    SECTION_RUNS,
    SECTION_INDEX,
    SECTION_LEAVES,
    SECTION_SERIES,
    SECTION_RESTS,
    SECTION_RETURNS,
    SECTION_DATASET,
    SECTION_MEMBERS,
    SECTION_PRODUCTS
};

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

/* The three columns of numbers that a row has. UNWEIGHED is the value of what has no known quantity: in roll-ups only, where some
 * parts of a row have a quantity and some have none. */
enum stream { STREAM_VALUE, STREAM_QUANTITY, STREAM_UNWEIGHED, STREAMS };

/* key = reporter << 17 | flow << 16 | partner, with positions in MEMBERS, or their count for ALL. */
struct file_run {
    uint32_t key;
    uint32_t count;  /* rows; 0: only aggregates are published */
    uint64_t offset; /* in ROWS */
    int64_t value_usd;
    int64_t quantity_kg;          /* of the rows that have one; QUANTITY_UNKNOWN if none has */
    int64_t unweighed_usd;        /* value of what has none */
    uint32_t data_bytes[STREAMS]; /* of each stream's numbers */
    uint8_t scheme[STREAMS];      /* enum scheme: how long their numbers are */
    uint8_t status;               /* the bits of all rows together; 0: the rows have no status bytes */
};
static_assert(sizeof(struct file_run) == 56, "directory layout");

/* SERIES begins with one of these; behind it, each behind the other:
 *   totals       struct file_total: those of a pair side by side, by segment
 *   row_first    for each member and ALL, for each flow: its first pair, as in INDEX
 *   total_first  for each pair its first total, and their number
 *   partner      of each pair, ascending within a row (16 bits) */
struct file_series {
    uint64_t n_pairs, n_totals;
};

struct file_total {
    int64_t value_usd, quantity_kg, unweighed_usd; /* as in the run */
    uint32_t segment;                              /* number of the period, from 0 */
    uint8_t status, zero[3];
};
static_assert(sizeof(struct file_total) == 32, "series layout");

/* A published aggregate minus the sum of its published parts. */
struct file_rest {
    int64_t value_usd; /* may be negative: parts are rounded */
    uint32_t segment;  /* number of the period, from 0 */
    uint32_t key, node;
    uint8_t status, zero;
    uint16_t parts; /* that are published, 65,535 for as many and more; 0 in roll-ups */
};
static_assert(sizeof(struct file_rest) == 24, "rests layout");

/* RESTS begins with one of these; behind it the rests, and then the nodes that occur, ascending (32 bits each). */
struct file_rests {
    uint64_t n_rests, n_nodes;
};

/* A node above the leaves: its level, and its code's digits as a number (0 for TOTAL). */
#define NODE(level, number) ((uint32_t)(level) << 27 | (uint32_t)(number))
#define NODE_LEVEL(node) ((enum level)((node) >> 27))
#define NODE_NUMBER(node) ((node)&0x7FFFFFFU)

/* RETURNS begins with one of these; behind it the returns, ascending by segment, reporter and flow, and then the exceptions. */
struct file_returns {
    uint64_t n_returns, n_exceptions;
    int64_t
        unit_usd; /* of the source's last digit: an aggregate may differ by as much from its parts, for each of them */
};

/* Levels stand as enum level + 1, down to which all that was traded is known; 0: not even the total is. For reconciled data a return
 * is of an area that exports or imports in the period, and its flow is exports. */
struct file_return {
    uint32_t segment;
    uint16_t reporter;
    uint8_t flow;
    uint8_t level; /* with partners that are no exceptions */
    uint8_t least; /* the least of all partners */
    uint8_t partners, rule, revision;
    uint8_t flags; /* RETURN_… */
    uint8_t zero[3];
    uint32_t first_exception;
    uint32_t n_exceptions;
};
static_assert(sizeof(struct file_return) == 24, "returns layout");
#define RETURN_CHOSEN 0x80U /* in a level: products below it are chosen ones */
#define RETURN_LEVEL(level) ((level)&0x7FU)
#define RETURN_WORLD 1U  /* the world's row is there */
#define RETURN_TOTALS 2U /* the total with each partner is published */
#define RETURN_STATED 4U /* its partners are stated */
#define RETURN_CLOSE 16U /* the world's row is the sum of the partners, but for rounding */
#define RETURN_OWN                                                                                                     \
    8U /* each partner has aggregates of its own; those that are the sums of all there is leave no rest in RESTS */

struct file_exception {
    uint16_t partner;
    uint8_t level, zero;
};
static_assert(sizeof(struct file_exception) == 4, "exceptions layout");

#define RUN_REPORTER(key) ((key) >> 17)
#define RUN_FLOW(key) ((key) >> 16 & 1U)
#define RUN_PARTNER(key) ((key)&0xFFFFU)
#define RUN_KEY(reporter, flow, partner) ((uint32_t)(reporter) << 17 | (uint32_t)(flow) << 16 | (uint32_t)(partner))

#endif
