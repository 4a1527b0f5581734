/* Sorts what the writer holds by period and lays the periods out in parallel. */
#include "cube/write/flush.h"

/* One period of a flush. */
struct period_job {
    struct pool_job job;
    struct piece_source source;
    struct segment_in in;
    struct segment segment;
    struct double_row twice;
    struct problem problem;
    enum status status;
};

struct flush {
    struct cube_batch **batch;
    size_t n_batches;
    struct piece *piece;
    size_t n_pieces;
    struct period_job *job;
    size_t n_jobs;
    struct cube_standing *standing; /* the writer's, as they were */
};

/* ---- sorting ---- */

static uint64_t order_of(const struct piece *p) { return (uint64_t)p->stretch->period << 32 | p->stretch->key; }

static bool in_order(const struct piece *piece, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (order_of(&piece[i - 1]) > order_of(&piece[i]))
            return false;
    return true;
}

/* One pass of a radix sort: stable, by the byte at `shift`. False if all have the same byte, so that nothing was moved. */
static bool sort_by_byte(const struct piece *from, struct piece *to, size_t n, unsigned shift)
{
    size_t first[257] = {0};
    for (size_t i = 0; i < n; i++)
        first[(order_of(&from[i]) >> shift & 0xFF) + 1]++;
    for (unsigned b = 0; b < 256; b++)
        if (first[b + 1] == n)
            return false;
    for (unsigned b = 0; b < 256; b++)
        first[b + 1] += first[b];
    for (size_t i = 0; i < n; i++)
        to[first[order_of(&from[i]) >> shift & 0xFF]++] = from[i];
    return true;
}

/* Sorts by period and key; pieces of one key stay in their order. False when memory is out. */
static bool sort_pieces(struct piece *piece, size_t n)
{
    if (in_order(piece, n))
        return true;
    struct piece *other = malloc(n * sizeof *other), *from = piece, *to = other;
    if (!other)
        return false;
    for (unsigned shift = 0; shift < 64; shift += 8)
        if (sort_by_byte(from, to, n, shift)) {
            struct piece *swap = from;
            from = to;
            to = swap;
        }
    if (from != piece)
        memcpy(piece, from, n * sizeof *piece);
    free(other);
    return true;
}

/* ---- jobs ---- */

static void run_job(struct pool_job *job_)
{
    struct period_job *job = (struct period_job *)job_;
    job->status = segment_make(&job->in, &job->segment, &job->twice, &job->problem);
}

/* The stretches of all batches, sorted; NULL when memory is out. */
static struct piece *gather_pieces(const struct cube_batch *const *batch, size_t n_batches, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < n_batches; i++)
        *n += batch[i]->n_stretches;
    struct piece *piece = malloc((*n + 1) * sizeof *piece), *next = piece;
    for (size_t i = 0; piece && i < n_batches; i++)
        for (size_t s = 0; s < batch[i]->n_stretches; s++)
            *next++ = (struct piece){batch[i], &batch[i]->stretch[s]};
    if (piece && sort_pieces(piece, *n))
        return piece;
    free(piece);
    return NULL;
}

static bool starts_period(const struct flush *f, size_t i)
{
    return i == 0 || f->piece[i - 1].stretch->period != f->piece[i].stretch->period;
}

static bool make_jobs(struct cube_writer *w, struct flush *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_pieces; i++)
        n += starts_period(f, i);
    f->job = calloc(n + 1, sizeof *f->job);
    if (!f->job)
        return false;
    for (size_t i = 0, end; i < f->n_pieces; i = end) {
        struct period_job *job = &f->job[f->n_jobs++];
        for (end = i + 1; end < f->n_pieces && !starts_period(f, end);)
            end++;
        piece_source_init(&job->source, &f->piece[i], end - i);
        job->in = (struct segment_in){.period = f->piece[i].stretch->period,
                                      .level = w->dataset->level,
                                      .members = &w->members,
                                      .doubles = w->options.doubles,
                                      .standings = {f->standing, f->standing ? w->n_standings : 0},
                                      .sum_member = w->sum_member,
                                      .source = &job->source.source};
        if (w->published_sorted && !w->published_late)
            job->in.n_published = published_of(&w->published, job->in.period, &job->in.published);
    }
    return true;
}

static bool copy_standings(const struct cube_writer *w, struct flush *f)
{
    if (!w->standing)
        return true;
    f->standing = malloc(w->n_standings * sizeof *f->standing);
    if (f->standing)
        memcpy(f->standing, w->standing, w->n_standings * sizeof *f->standing);
    return f->standing != NULL;
}

enum status flush_start(struct cube_writer *w, struct flush **out, struct problem *problem)
{
    struct flush *f = calloc(1, sizeof *f);
    if (!f)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    f->batch = w->batch;
    f->n_batches = w->n_batches;
    w->batch = NULL;
    w->n_batches = w->batch_room = w->held_bytes = w->held_rows = w->held_stretches = 0;
    f->piece = gather_pieces((const struct cube_batch *const *)f->batch, f->n_batches, &f->n_pieces);
    if (!f->piece || !copy_standings(w, f) || !make_jobs(w, f)) {
        flush_free(w, f);
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while sorting");
    }
    for (size_t i = 0; i < f->n_jobs; i++) {
        f->job[i].job.run = run_job;
        pool_submit(w->options.pool, &f->job[i].job);
    }
    *out = f;
    return ST_OK;
}

static enum status take_job(struct cube_writer *w, struct period_job *job, struct problem *problem)
{
    if (job->twice.found)
        return writer_refuse_double(w, &job->twice, problem);
    if (job->status != ST_OK) {
        *problem = job->problem;
        return job->status;
    }
    w->summed += job->segment.summed;
    w->repeated += job->segment.repeated;
    superseded_join(&w->superseded, &job->segment.superseded);
    return part_append(&w->spool, &w->parts, &job->segment, problem);
}

enum status flush_finish(struct cube_writer *w, struct flush *f, struct problem *problem)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < f->n_jobs; i++) {
        pool_wait(w->options.pool, &f->job[i].job);
        if (status == ST_OK)
            status = take_job(w, &f->job[i], problem);
        segment_release(&f->job[i].segment);
    }
    flush_free(w, f);
    return status;
}

void flush_free(struct cube_writer *w, struct flush *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->n_jobs; i++) {
        pool_wait(w->options.pool, &f->job[i].job);
        segment_release(&f->job[i].segment);
    }
    for (size_t i = 0; i < f->n_batches; i++)
        cube_batch_free(f->batch[i]);
    free(f->batch);
    free(f->standing);
    free(f->piece);
    free(f->job);
    free(f);
}
