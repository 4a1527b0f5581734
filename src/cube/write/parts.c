/* Parts of periods in the spool: noted, copied, merged. */
#include <xxhash.h>

#include "cube/write/flush.h"

#define PACKED_ROW_BYTES 8 /* a row and its share of the roll-ups, rather more than most take */

static struct file_section section_of(uint32_t kind, uint32_t period, uint64_t offset, const struct buf *bytes)
{
    return (struct file_section){.kind = kind,
                                 .period = period,
                                 .offset = offset,
                                 .bytes = bytes->n,
                                 .hash = XXH3_64bits(bytes->n ? bytes->p : "", bytes->n)};
}

static enum status append_section(struct spool *spool, uint32_t kind, uint32_t period, const struct buf *bytes,
                                  struct file_section *out, struct problem *problem)
{
    enum status status = spool_align(spool, FILE_ALIGN, problem);
    *out = section_of(kind, period, spool->bytes, bytes);
    return status == ST_OK ? spool_append(spool, bytes->p, bytes->n, problem) : status;
}

static struct part *new_part(struct part_list *list)
{
    if (list->n == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        struct part *grown = realloc(list->part, room * sizeof *grown);
        if (!grown)
            return NULL;
        list->part = grown;
        list->room = room;
    }
    struct part *part = &list->part[list->n++];
    *part = (struct part){.period = 0};
    return part;
}

enum status part_append(struct spool *spool, struct part_list *list, struct segment *segment, struct problem *problem)
{
    struct part *part = new_part(list);
    if (!part)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    uint32_t period = segment->period;
    *part = (struct part){.period = period,
                          .code = segment->code,
                          .n_codes = segment->n_codes,
                          .origin = segment->origin,
                          .rests = segment->rests,
                          .occurs = segment->occurs,
                          .observations = segment->observations};
    segment->code = NULL;
    segment->origin = NULL;
    segment->rests = (struct rest_list){.n = 0};
    segment->occurs = NULL;
    enum status status = append_section(spool, SECTION_ROWS, period, &segment->rows, &part->rows, problem);
    if (status == ST_OK)
        status = append_section(spool, SECTION_RUNS, period, &segment->runs, &part->runs, problem);
    if (status == ST_OK)
        status = append_section(spool, SECTION_INDEX, period, &segment->index, &part->index, problem);
    return status;
}

void part_list_release(struct part_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->part[i].code);
        free(list->part[i].origin);
        free(list->part[i].occurs);
        rest_list_release(&list->part[i].rests);
    }
    free(list->part);
    *list = (struct part_list){.n = 0};
}

/* ---- merging ---- */

static enum status read_section(const struct spool *spool, const struct file_section *section, char **out,
                                struct problem *problem)
{
    *out = malloc(section->bytes + 8); /* reading a run may touch 8 bytes behind it */
    if (!*out)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while merging");
    memset(*out + section->bytes, 0, 8);
    return spool_read(spool, section->offset, *out, section->bytes, problem);
}

/* A period's parts: their directories in memory, their rows where they are. */
struct merging {
    struct runs_in *in;
    char **runs;
    size_t n;
};

static void release_merging(struct merging *m)
{
    for (size_t i = 0; m->runs && i < m->n; i++)
        free(m->runs[i]);
    free(m->runs);
    free(m->in);
}

static enum status read_parts(const struct cube_writer *w, const struct part *part, size_t n, struct merging *m,
                              struct problem *problem)
{
    enum status status = ST_OK;
    *m = (struct merging){.in = calloc(n, sizeof *m->in), .runs = calloc(n, sizeof *m->runs), .n = n};
    if (!m->in || !m->runs)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while merging");
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        status = read_section(&w->spool, &part[i].runs, &m->runs[i], problem);
        m->in[i] = (struct runs_in){.run = (const void *)m->runs[i],
                                    .n_runs = part[i].runs.bytes / sizeof(struct file_run),
                                    .spool = &w->spool,
                                    .rows_offset = part[i].rows.offset,
                                    .rows_bytes = part[i].rows.bytes,
                                    .code = part[i].code,
                                    .n_codes = part[i].n_codes,
                                    .origin = part[i].origin,
                                    .period = part[i].period,
                                    .n_members = w->members.n};
    }
    return status;
}

static enum status lay_out_merged(struct cube_writer *w, uint32_t period, const struct merging *merging,
                                  struct segment *segment, struct problem *problem)
{
    struct double_row twice = {.found = false};
    struct run_source source;
    enum status status = run_source_init(&source, merging->in, merging->n)
                             ? ST_OK
                             : problem_set(problem, ST_NO_MEMORY, "", "out of memory while merging");
    struct segment_in in = {.period = period,
                            .level = w->dataset->level,
                            .members = &w->members,
                            .doubles = w->options.doubles,
                            .standings = writer_standings(w),
                            .sum_member = w->sum_member,
                            .source = &source.source};
    in.n_published = published_of(&w->published, period, &in.published);
    if (status == ST_OK)
        status = segment_make(&in, segment, &twice, problem);
    if (twice.found)
        status = writer_refuse_double(w, &twice, problem);
    else if (status == ST_IO || status == ST_CORRUPT)
        status = problem_set(problem, ST_IO, w->spool.path ? w->spool.path : "", "cannot read what was just written");
    w->summed += segment->summed;
    w->repeated += segment->repeated;
    superseded_join(&w->superseded, &segment->superseded);
    run_source_release(&source);
    return status;
}

/* What the parts of a period become is in memory as a whole, and their directories are. */
static enum status check_room(const struct cube_writer *w, const struct part *part, size_t n, struct problem *problem)
{
    uint64_t needed = 0;
    char period[PERIOD_TEXT];
    for (size_t i = 0; i < n; i++)
        needed += part[i].runs.bytes + part[i].observations * PACKED_ROW_BYTES;
    if (needed <= w->options.memory_bytes)
        return ST_OK;
    (void)period_print(part->period, period);
    enum status status = problem_set(problem, ST_TOO_LARGE, w->spool.path ? w->spool.path : "",
                                     "the rows of %s are spread over the input and do not fit into the memory that may "
                                     "be used, packed as they are",
                                     period);
    return problem_cure(problem, status, "give --memory %lluM, or input sorted by period",
                        (unsigned long long)(needed >> 20) + 1);
}

static enum status merge_period(struct cube_writer *w, const struct part *part, size_t n, struct spool *to,
                                struct part_list *list, struct problem *problem)
{
    struct segment segment = {.period = 0};
    struct merging merging = {.n = 0};
    enum status status = check_room(w, part, n, problem);
    if (status == ST_OK)
        status = read_parts(w, part, n, &merging, problem);
    if (status == ST_OK)
        status = lay_out_merged(w, part->period, &merging, &segment, problem);
    release_merging(&merging);
    if (status == ST_OK)
        status = part_append(to, list, &segment, problem);
    segment_release(&segment);
    return status;
}

static enum status copy_section(const struct spool *from, struct file_section section, struct spool *to,
                                struct file_section *out, struct problem *problem)
{
    char *bytes;
    enum status status = read_section(from, &section, &bytes, problem);
    if (status == ST_OK)
        status = spool_align(to, FILE_ALIGN, problem);
    *out = section;
    out->offset = to->bytes;
    if (status == ST_OK)
        status = spool_append(to, bytes, section.bytes, problem);
    free(bytes);
    return status;
}

static enum status copy_period(struct cube_writer *w, struct part *part, struct spool *to, struct part_list *list,
                               struct problem *problem)
{
    struct part *copy = new_part(list);
    if (!copy)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    *copy = *part;
    part->code = NULL;
    part->origin = NULL;
    part->rests = (struct rest_list){.n = 0};
    part->occurs = NULL;
    enum status status = copy_section(&w->spool, part->rows, to, &copy->rows, problem);
    if (status == ST_OK)
        status = copy_section(&w->spool, part->runs, to, &copy->runs, problem);
    if (status == ST_OK)
        status = copy_section(&w->spool, part->index, to, &copy->index, problem);
    return status;
}

static int by_period(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->period != y->period)
        return x->period < y->period ? -1 : 1;
    return x->rows.offset < y->rows.offset ? -1 : 1;
}

static bool arranged(const struct part_list *list)
{
    for (size_t i = 1; i < list->n; i++)
        if (list->part[i - 1].period >= list->part[i].period)
            return false;
    return true;
}

static enum status rewrite(struct cube_writer *w, struct spool *to, struct part_list *list, struct problem *problem)
{
    struct file_header empty = {.version = 0};
    enum status status = spool_append(to, &empty, sizeof empty, problem);
    qsort(w->parts.part, w->parts.n, sizeof *w->parts.part, by_period);
    for (size_t i = 0, n; status == ST_OK && i < w->parts.n; i += n) {
        struct part *part = &w->parts.part[i];
        for (n = 1; i + n < w->parts.n && part[n].period == part->period;)
            n++;
        const struct published *published;
        bool as_it_is = n == 1 && published_of(&w->published, part->period, &published) == 0;
        status = as_it_is ? copy_period(w, part, to, list, problem) : merge_period(w, part, n, to, list, problem);
    }
    return status;
}

enum status parts_arrange(struct cube_writer *w, bool *merged, struct problem *problem)
{
    struct spool to;
    struct part_list list = {.n = 0};
    *merged = !arranged(&w->parts) || (w->published.n && w->published_late);
    if (!*merged)
        return ST_OK;
    enum status status = spool_init(&to, w->spool.path, problem);
    if (status != ST_OK)
        return status;
    status = rewrite(w, &to, &list, problem);
    if (status != ST_OK) {
        spool_release(&to);
        part_list_release(&list);
        return status;
    }
    spool_release(&w->spool);
    part_list_release(&w->parts);
    w->spool = to;
    w->parts = list;
    return ST_OK;
}
