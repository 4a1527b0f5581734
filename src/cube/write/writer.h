/* writer: what a cube_writer consists of. Private to src/cube/write. */
#ifndef CUBE_WRITE_WRITER_H
#define CUBE_WRITE_WRITER_H

#include "cube/write/returns.h"
#include "cube/write/run_source.h"
#include "cube/write/spool.h"

/* A period's sections as they stand in the spool. A period that was written out several times has several parts. */
struct part {
    uint32_t period;
    uint32_t *code; /* the leaves: product numbers, ascending */
    size_t n_codes;
    struct file_section rows, runs, index;
    struct origin *origin; /* by run */
    struct rest_list rests;
    uint8_t *occurs; /* by leaf, as in struct segment */
    uint64_t observations;
};

struct part_list {
    struct part *part;
    size_t n, room;
};

struct flush; /* rows that are being laid out by the pool */
#define FLUSHES_MAX 2

struct cube_writer {
    const struct dataset *dataset;
    const struct countries *countries;
    struct cube_writer_options options;
    struct file_members members;
    uint32_t sum_member; /* as a member number, or NO_ID */
    bool *member_used;
    struct str *source;
    size_t n_sources;
    struct arena texts;
    struct cube_batch **batch; /* taken, not yet written out */
    size_t n_batches, batch_room;
    size_t held_bytes, held_rows, held_stretches;
    struct flush *flush[FLUSHES_MAX]; /* oldest first */
    size_t n_flushes;
    struct spool spool;
    struct part_list parts;
    struct published_list published;       /* of all periods: until the end, whatever the bound of memory */
    bool published_sorted;                 /* all are there: periods are laid out with them */
    bool published_late;                   /* some period was laid out before */
    struct revision_list revisions, fresh; /* fresh: the returns that rows have, where an older cube is taken over */
    bool taking_over;
    int64_t unit_usd;
    uint64_t summed, repeated;
    struct cube_standing *standing; /* by source; NULL: none has any */
    size_t n_standings;
    struct superseded_list superseded;
    struct double_row twice; /* what was refused */
    struct problem failure;  /* what a flush failed with, told once */
};

/* Puts a segment behind what is in `spool` and notes it as a part. Takes the segment's codes and origins. */
enum status part_append(struct spool *spool, struct part_list *list, struct segment *segment,
                        struct problem *problem) MUST_CHECK;
void part_list_release(struct part_list *list);
/* Brings the parts into ascending order, one a period: copies or merges them into a new spool where they are not. */
enum status parts_arrange(struct cube_writer *writer, bool *merged, struct problem *problem) MUST_CHECK;
/* Fills a problem from two rows of one key. */
enum status writer_refuse_double(struct cube_writer *writer, const struct double_row *twice, struct problem *problem);
static inline struct standings writer_standings(const struct cube_writer *w)
{
    return (struct standings){w->standing, w->n_standings};
}
/* There is no row at all: names the first input. */
enum status writer_refuse_nothing(const struct cube_writer *writer, struct problem *problem);
/* There are aggregates and no row of the dataset's level: names the first. */
enum status writer_refuse_aggregates(const struct cube_writer *writer, struct problem *problem);
/* Everything behind the segments: leaves, dictionaries, contents, header. */
enum status layout_finish(struct cube_writer *writer, struct cube_summary *summary, struct problem *problem) MUST_CHECK;

/* Numbers all countries of the table by canonical code. False when memory is out; release with file_members_release. */
bool file_members_init(struct file_members *members, const struct countries *countries) MUST_CHECK;
void file_members_release(struct file_members *members);

#endif
