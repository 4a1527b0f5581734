/* Parts of periods in the spool: noted, copied, merged. */
#include <xxhash.h>

#include "cube/write/flush.h"

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
                          .observations = segment->observations};
    segment->code = NULL;
    segment->origin = NULL;
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
    }
    free(list->part);
    *list = (struct part_list){.n = 0};
}

/* ---- reading a run back ---- */

static bool add_run(struct cube_batch *b, const struct runs_in *in, size_t at)
{
    struct run_view view;
    struct run_cursor cursor;
    struct rows_chunk chunk;
    if (!run_view(&in->run[at], in->rows, in->rows_bytes, in->n_codes, &view) || !batch_reserve(b, in->run[at].count))
        return false;
    struct stretch *s = &b->stretch[b->n_stretches++];
    *s = (struct stretch){.period = in->period, .key = in->run[at].key, .first = (uint32_t)b->n};
    if (in->origin) {
        s->source = in->origin[at].source;
        s->line = in->origin[at].exact ? in->origin[at].line : 0;
    }
    run_start(&cursor, &view, true);
    while (run_next(&cursor, &chunk))
        for (size_t i = 0; i < chunk.n; i++, b->n++, s->n++) {
            b->product[b->n] = in->code[chunk.leaf[i]];
            b->value_usd[b->n] = chunk.value_usd[i];
            b->stored_kg[b->n] = chunk.stored_kg[i];
            b->status[b->n] = chunk.status[i];
        }
    return !cursor.corrupt;
}

enum status batch_add_runs(struct cube_batch *b, const struct runs_in *in)
{
    for (size_t i = 0; i < in->n_runs; i++) {
        uint32_t key = in->run[i].key;
        if (RUN_REPORTER(key) < in->n_members && RUN_PARTNER(key) < in->n_members && !add_run(b, in, i))
            return ST_CORRUPT;
    }
    return ST_OK;
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

static enum status read_back(const struct cube_writer *w, const struct part *part, struct cube_batch *batch,
                             struct problem *problem)
{
    char *rows = NULL, *runs = NULL;
    enum status status = read_section(&w->spool, &part->rows, &rows, problem);
    if (status == ST_OK)
        status = read_section(&w->spool, &part->runs, &runs, problem);
    if (status == ST_OK) {
        struct runs_in in = {.run = (const void *)runs,
                             .n_runs = part->runs.bytes / sizeof(struct file_run),
                             .rows = (const void *)rows,
                             .rows_bytes = part->rows.bytes,
                             .code = part->code,
                             .n_codes = part->n_codes,
                             .origin = part->origin,
                             .period = part->period,
                             .n_members = w->members.n};
        if (batch_add_runs(batch, &in) != ST_OK)
            status = problem_set(problem, ST_NO_MEMORY, "", "out of memory while merging");
    }
    free(rows);
    free(runs);
    return status;
}

static enum status lay_out_merged(struct cube_writer *w, uint32_t period, const struct cube_batch *batch,
                                  struct segment *segment, struct problem *problem)
{
    struct double_row twice;
    struct segment_in like = {
        .period = period, .level = w->dataset->level, .members = &w->members, .sum_member = w->sum_member};
    enum status status = segment_of_batch(&like, batch, segment, &twice, problem);
    if (twice.found)
        status = writer_refuse_double(w, &twice, problem);
    w->summed += segment->summed;
    return status;
}

/* A period's rows must fit into memory together. */
static enum status check_room(const struct cube_writer *w, const struct part *part, size_t n, struct problem *problem)
{
    uint64_t rows = 0;
    char period[PERIOD_TEXT];
    for (size_t i = 0; i < n; i++)
        rows += part[i].observations;
    uint64_t needed = rows * 48;
    if (needed <= w->options.memory_bytes)
        return ST_OK;
    (void)period_print(part->period, period);
    enum status status = problem_set(problem, ST_TOO_LARGE, w->spool.path ? w->spool.path : "",
                                     "the %llu rows of %s are spread over the input and do not fit into the memory "
                                     "that may be used",
                                     (unsigned long long)rows, period);
    return problem_cure(problem, status, "give --memory %lluM, or input sorted by period",
                        (unsigned long long)(needed >> 20) + 1);
}

static enum status merge_period(struct cube_writer *w, const struct part *part, size_t n, struct spool *to,
                                struct part_list *list, struct problem *problem)
{
    struct segment segment = {.period = 0};
    struct cube_batch *batch = cube_batch_new(w, 0);
    enum status status =
        batch ? check_room(w, part, n, problem) : problem_set(problem, ST_NO_MEMORY, "", "out of memory while merging");
    for (size_t i = 0; status == ST_OK && i < n; i++)
        status = read_back(w, &part[i], batch, problem);
    if (status == ST_OK)
        status = lay_out_merged(w, part->period, batch, &segment, problem);
    cube_batch_free(batch);
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
        status = n == 1 ? copy_period(w, part, to, list, problem) : merge_period(w, part, n, to, list, problem);
    }
    return status;
}

enum status parts_arrange(struct cube_writer *w, bool *merged, struct problem *problem)
{
    struct spool to;
    struct part_list list = {.n = 0};
    *merged = !arranged(&w->parts);
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
