/* write: observations in any order and number in, a cube file out.
 *
 * Rows travel in batches: a batch is filled by one thread (parsing is done in parallel), then handed to the writer, by one thread, in
 * the order of the input. The writer keeps rows in memory up to its bound, turns full periods into segments of the file on the
 * pool's threads, and merges at the end what was spread over several. The same rows, description and tables give the same bytes,
 * whatever the number of threads. Nothing is at `path` until cube_writer_finish has succeeded; then the whole file is.
 */
#ifndef ENTREPOT_CUBE_WRITE_H
#define ENTREPOT_CUBE_WRITE_H

#include "entrepot/base/pool.h"
#include "entrepot/cube/cube.h"
#include "entrepot/cube/dataset.h"
#include "entrepot/cube/observation.h"

/* One observation with its dictionaries looked up. Checked by whoever reads the input: see cube_batch_add. */
struct cube_row {
    uint32_t period;            /* of the dataset's frequency */
    uint32_t reporter, partner; /* country ids; for reconciled data exporter and importer, with flow exports */
    uint32_t product;           /* product_number of the code */
    enum flow flow;
    uint8_t status; /* enum observation_status */
    uint8_t hs;     /* revision of the code (correlation.h); 0: the dataset's */
    int64_t value_usd;
    int64_t quantity_kg; /* or QUANTITY_UNKNOWN */
    uint64_t line;       /* in its input file, from 1 */
};

struct cube_writer;
struct cube_batch;

/* What two rows of one key are: a mistake, parts of one figure, or, where they are equal, one row written twice. */
enum cube_doubles { DOUBLES_REFUSED, DOUBLES_SUMMED, DOUBLES_ONCE };

/* How an input stands to others that have rows of the same keys: what the newer one says holds, and the older is superseded. */
struct cube_standing {
    uint32_t order;   /* the larger is the newer; 0: none, and a row that stands in two inputs is refused */
    int64_t unit_usd; /* what the last digit of its values is worth: figures that differ by less agree */
};

#define CUBE_SUPERSEDED_MAX 40
struct cube_superseded {
    uint32_t period, reporter, partner, product; /* country ids; product_number at `level` */
    enum flow flow;
    enum level level;
    int64_t value_usd, older_usd;
    uint32_t source, older_source; /* cube_writer_source */
};

struct cube_writer_options {
    size_t memory_bytes; /* rows held at a time; 0: 2 GiB */
    struct pool *pool;   /* borrowed; NULL: no threads */
    uint32_t sum_member; /* rows of this country that share a key are added up instead of refused; NO_ID: none */
    enum cube_doubles doubles;
    const struct cube
        *into; /* borrowed; an older cube, of which everything stays but the returns that the rows have; NULL: none */
    bool detect_partners; /* partners are found, whatever the description says */
};

/* What was found of the returns (known.h), for the line that tells it. */
struct cube_found {
    size_t n, selected;                 /* returns; those of chosen products */
    size_t by_rule[5];                  /* enum cube_rule */
    size_t by_partners[4];              /* enum cube_partners */
    unsigned chapters, codes, codes_of; /* most that occur in a flow and period; of how many codes of the revision */
    size_t n_missed; /* returns said to have all partners, which miss the world's row by more than 0.1 % … */
    uint32_t reporter, period; /* … the first of them */
    enum flow flow;
    int64_t world_usd, partners_usd;
};

/* One return. */
struct cube_return_key {
    uint32_t period, reporter; /* a country id */
    enum flow flow;
};

#define CUBE_REPLACED_MAX 10
struct cube_taken_over {
    uint64_t observations, replaced; /* of the older cube; returns */
    struct cube_return_key first[CUBE_REPLACED_MAX];
    size_t n_first;
};

struct cube_summary {
    uint64_t observations, bytes, summed,
        repeated;                /* rows that were added to another, and that were equal to another */
    uint64_t superseded, agreed; /* figures of several inputs: the newer one's, the same in both */
    struct cube_superseded first[CUBE_SUPERSEDED_MAX]; /* of the superseded */
    size_t n_first;
    struct cube_taken_over taken_over;
    int64_t
        value_usd; /* of all reporters with all partners, the world and groups too: what a column of values adds up to; as far as 64 bits go */
    uint64_t aggregates; /* published totals, chapters, headings above the rows */
    enum partners partners;
    enum coverage coverage;
    struct cube_found found;
    size_t n_periods;
    bool merged; /* some period came in several parts */
};

/* `path` NULL: the file is made in memory (cube_writer_take_bytes). `dataset` and `countries` are borrowed until cube_writer_free; the
 * dataset's frequency, level and basis may not change, the rest is read by cube_writer_finish. ST_IO if the folder refuses a file,
 * ST_INVALID if the description lacks what an open cube must have. */
enum status cube_writer_new(const char *path, const struct dataset *dataset, const struct countries *countries,
                            const struct cube_writer_options *options, struct cube_writer **out,
                            struct problem *problem) MUST_CHECK;
/* Gives up whatever was not finished; nothing is left on disk. NULL is allowed. */
void cube_writer_free(struct cube_writer *writer);
/* Names an input for messages (copied); its number goes into batches. */
uint32_t cube_writer_source(struct cube_writer *writer, const char *name);

/* How that input stands to others; before rows of it are laid out. */
void cube_writer_standing(struct cube_writer *writer, uint32_t source, struct cube_standing standing);

/* The return in which two rows of one key were found that are not the same, once the writer has refused them. */
bool cube_writer_double(const struct cube_writer *writer, struct cube_return_key *out);

/* An empty batch for rows of one input; may be called and filled by any thread. NULL when memory is out. */
struct cube_batch *cube_batch_new(const struct cube_writer *writer, uint32_t source);
void cube_batch_free(struct cube_batch *batch);
/* Makes room for about as many rows, so that adding them moves nothing; a hint. */
void cube_batch_expect(struct cube_batch *batch, size_t rows);
/* False when memory is out. Ids and product are programmer's promises; values are not negative and below 2^62. */
bool cube_batch_add(struct cube_batch *batch, const struct cube_row *row) MUST_CHECK;
/* A published aggregate: row->product is its number at `level`, coarser than the dataset's. Its quantity is not used. */
bool cube_batch_publish(struct cube_batch *batch, const struct cube_row *row, enum level level) MUST_CHECK;
size_t cube_batch_rows(const struct cube_batch *batch);

/* Takes the batch, also on failure. ST_NO_MEMORY, ST_IO, ST_INVALID (double keys found while making room: names both lines). */
enum status cube_writer_take(struct cube_writer *writer, struct cube_batch *batch, struct problem *problem) MUST_CHECK;
/* What the last digit of the source's values is worth in USD, at least 1 (the default): how far sums of published parts may miss what is
 * published of them together, for each part. Before cube_writer_finish. */
void cube_writer_unit(struct cube_writer *writer, int64_t unit_usd);
/* An input has been read to its end: a good moment to write out what is probably complete. */
enum status cube_writer_end_source(struct cube_writer *writer, struct problem *problem) MUST_CHECK;
/* Writes, syncs and renames. ST_INVALID: double keys (with both places), or no row at all. */
enum status cube_writer_finish(struct cube_writer *writer, struct cube_summary *summary,
                               struct problem *problem) MUST_CHECK;
/* The bytes of a file made in memory, malloc's and now the caller's; after cube_writer_finish. */
char *cube_writer_take_bytes(struct cube_writer *writer, size_t *n) MUST_CHECK;

#endif
