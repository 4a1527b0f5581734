/* returns: what each reporter reported, found from the runs of each period: the RETURNS section. Private to src/cube/write.
 *
 * The rules are those of DESIGN 9.1. How far down a run tells its products is decided for each partner; where the world's row stands it
 * speaks for the return, else what most partners have, and partners that differ are exceptions.
 */
#ifndef CUBE_WRITE_RETURNS_H
#define CUBE_WRITE_RETURNS_H

#include "cube/write/rest.h"
#include "cube/write/segment.h"
#include "entrepot/cube/correlation.h"
#include "entrepot/cube/known.h"

/* ---- revisions of codes, as rows told them ---- */

struct revision_note {
    uint32_t period, row; /* row: reporter and flow, as in a run's key */
    uint8_t hs;
    uint32_t source; /* where a row with it stands */
    uint64_t line;
};
struct revision_list {
    struct revision_note *note;
    size_t n, room;
};
/* False when memory is out. */
bool revisions_note(struct revision_list *list, const struct revision_note *note) MUST_CHECK;
void revisions_release(struct revision_list *list);
void revisions_sort(struct revision_list *list);
/* Whether a sorted list has the return; any of the period. */
bool revisions_have(const struct revision_list *list, uint32_t period, uint32_t row);
bool revisions_have_period(const struct revision_list *list, uint32_t period);

/* ---- returns ---- */

/* A period, as it lies in the file. */
struct returns_segment {
    uint32_t number, period;
    const struct file_run *run;
    size_t n_runs;
    const uint32_t *code; /* product numbers of its leaves */
    const uint8_t *occurs;
    size_t n_codes;
    const struct rest_list *rests;
};

struct returns {
    const struct dataset *dataset;
    const struct countries *countries;
    const struct file_members *members;
    struct revision_list *revisions;
    const struct cube *old;            /* whose returns stay as they were, but for … */
    const struct revision_list *fresh; /* … these; NULL: none */
    const struct str *source;          /* names of the inputs */
    size_t n_sources;
    bool find_partners; /* whatever the description says */
    int64_t unit_usd;
    struct correlation tables;
    struct buf returns, exceptions;
    struct cube_found found;
    enum level least; /* of all returns */
    bool least_none, listed;
    uint8_t hs; /* of all returns */
    bool mixed_hs;
    struct statement *statement;
};

/* ST_INVALID: a statement about a country that is not in the table; ST_NO_MEMORY. Release it then too. */
enum status returns_init(struct returns *returns, struct problem *problem) MUST_CHECK;
void returns_release(struct returns *returns);
/* The returns of a period; in the order of the periods. ST_INVALID: rows of one return are of two revisions. */
enum status returns_add(struct returns *returns, const struct returns_segment *segment,
                        struct problem *problem) MUST_CHECK;
/* Leaves out the rests that are nothing and say nothing: of runs whose leaves are all there is. After returns_add of the period. */
void returns_drop_rests(const struct returns *returns, uint32_t segment, struct rest_list *rests);
/* The section's bytes. False when memory is out. */
bool returns_print(const struct returns *returns, struct buf *out) MUST_CHECK;
/* What of the description follows from the returns: coverage, partners, hs. */
void returns_summary(const struct returns *returns, struct dataset *described);

#endif
