/* An older cube under a newer one. */
#include "cube/write/take_over.h"

#include <xxhash.h>

#include "cube/engine/engine.h"
#include "cube/write/flush.h"

enum status take_over_check(const struct cube *old, const struct dataset *dataset, struct problem *problem)
{
    const struct dataset *d = cube_dataset(old);
    const char *what = d->frequency != dataset->frequency ? "frequency"
                       : d->level != dataset->level       ? "level"
                       : d->basis != dataset->basis       ? "basis"
                                                          : NULL;
    if (!what)
        return ST_OK;
    enum status status = problem_set(problem, ST_INVALID, "--into", "the cube \"%.*s\" is of another %s than the files",
                                     STR_ARG(d->id), what);
    return problem_cure(problem, status, "import them apart");
}

static enum status no_memory(struct problem *problem)
{
    return problem_set(problem, ST_NO_MEMORY, "", "out of memory while taking the older cube over");
}

/* ---- numbers of members ---- */

/* The writer's number of a member of the older file; UINT32_MAX if the table of countries has it no more. */
static uint32_t member_now(const struct cube_writer *w, uint32_t local)
{
    const struct cube *old = w->options.into;
    if (local >= old->image.n_members)
        return local == old->image.n_members ? w->members.n : UINT32_MAX;
    const uint32_t country = old->country[local];
    return country < countries_count(w->countries) ? w->members.of_country[country] : UINT32_MAX;
}

static bool numbers_are_same(const struct cube_writer *w)
{
    bool same = w->options.into->image.n_members == w->members.n;
    for (uint32_t i = 0; same && i < w->members.n; i++)
        same = member_now(w, i) == i;
    return same;
}

/* ---- returns that are replaced ---- */

static bool is_replaced(const struct cube_writer *w, uint32_t period, uint32_t reporter, unsigned flow)
{
    return w->dataset->basis == BASIS_RECONCILED ? revisions_have_period(&w->fresh, period)
                                                 : revisions_have(&w->fresh, period, reporter << 1 | flow);
}

static void note_replaced(const struct cube_writer *w, struct cube_taken_over *out, uint32_t period, uint32_t reporter,
                          unsigned flow)
{
    if (out->replaced++ < CUBE_REPLACED_MAX)
        out->first[out->n_first++] = (struct cube_return_key){
            .period = period, .reporter = w->members.country[reporter], .flow = (enum flow)flow};
}

/* ---- rows ---- */

static bool add_rows(struct cube_batch *batch, const struct image_segment *s, const struct file_run *run,
                     struct cube_row *row, const uint32_t *code)
{
    struct run_view view;
    struct run_cursor cursor;
    struct rows_chunk chunk;
    bool ok = run_view(run, s->rows, s->rows_bytes, s->n_leaves, &view);
    if (ok)
        run_start(&cursor, &view, true);
    while (ok && run_next(&cursor, &chunk))
        for (size_t i = 0; ok && i < chunk.n; i++) {
            row->product = code[s->leaf[chunk.leaf[i]]];
            row->value_usd = chunk.value_usd[i];
            row->quantity_kg = chunk.stored_kg[i] ? (int64_t)(chunk.stored_kg[i] - 1) : QUANTITY_UNKNOWN;
            row->status = chunk.status[i];
            ok = cube_batch_add(batch, row);
        }
    return ok && !cursor.corrupt;
}

static bool add_rests(struct cube_batch *batch, const struct cube *old, uint32_t segment, uint32_t key,
                      const struct cube_row *row)
{
    const struct file_rest *rest = NULL;
    uint32_t n = image_rests(&old->image, segment, key, &rest);
    const uint32_t own = RUN_KEY(batch->member_of[row->reporter], row->flow, batch->member_of[row->partner]);
    bool ok = n == 0 || batch_reserve(batch, 0);
    for (uint32_t i = 0; ok && i < n; i++) {
        const struct published item = {.period = row->period,
                                       .key = own,
                                       .node = rest[i].node,
                                       .source = batch->source,
                                       .value_usd = rest[i].value_usd,
                                       .status = rest[i].status,
                                       .is_rest = true,
                                       .parts = rest[i].parts};
        ok = published_add(&batch->published, &item);
    }
    const struct stretch *last = batch->n_stretches ? &batch->stretch[batch->n_stretches - 1] : NULL;
    if (ok && n && (!last || last->key != own || last->period != row->period))
        batch->stretch[batch->n_stretches++] =
            (struct stretch){.period = row->period, .key = own, .first = (uint32_t)batch->n, .source = batch->source};
    return ok;
}

/* Product numbers of the older file's dictionary; NULL when memory is out. */
static uint32_t *codes_of(const struct cube *old)
{
    const size_t n = old->image.n_products;
    struct str rest = old->image.products;
    uint32_t *code = calloc(n + 1, sizeof *code);
    for (size_t i = 0; code && i < n; i++)
        (void)product_number(str_cut(&rest, '\n'), old->dataset.level, &code[i]);
    return code;
}

/* The rows of a period that stay. */
static bool keep_rows(const struct cube_writer *w, uint32_t segment, const uint32_t *code, struct cube_batch *batch,
                      struct cube_taken_over *out)
{
    const struct cube *old = w->options.into;
    const struct image_segment *s = &old->image.segment[segment];
    uint32_t replaced = UINT32_MAX;
    bool ok = true;
    for (uint32_t i = 0; ok && i < s->n_runs; i++) {
        const uint32_t key = s->run[i].key, reporter = member_now(w, RUN_REPORTER(key)),
                       partner = member_now(w, RUN_PARTNER(key));
        if (RUN_REPORTER(key) >= old->image.n_members || RUN_PARTNER(key) >= old->image.n_members ||
            reporter == UINT32_MAX || partner == UINT32_MAX)
            continue;
        if (is_replaced(w, s->period, reporter, RUN_FLOW(key))) {
            if (replaced != key >> 16)
                note_replaced(w, out, s->period, reporter, RUN_FLOW(key));
            replaced = key >> 16;
            continue;
        }
        struct cube_row row = {.period = s->period,
                               .reporter = w->members.country[reporter],
                               .partner = w->members.country[partner],
                               .flow = (enum flow)RUN_FLOW(key)};
        const size_t before = cube_batch_rows(batch);
        ok = add_rows(batch, s, &s->run[i], &row, code) && add_rests(batch, old, segment, key, &row);
        out->observations += cube_batch_rows(batch) - before;
    }
    return ok;
}

void take_over_begin(struct cube_writer *w)
{
    const int64_t unit_usd = w->options.into->image.returns.head->unit_usd;
    revisions_sort(&w->fresh);
    w->taking_over = true;
    w->unit_usd = unit_usd < w->unit_usd
                      ? unit_usd
                      : w->unit_usd; /* what differs by less than the finer one is rounding in both */
}

bool take_over_copies(const struct cube_writer *w, uint32_t segment)
{
    return numbers_are_same(w) && !revisions_have_period(&w->fresh, w->options.into->image.segment[segment].period);
}

enum status take_over_rows(const struct cube_writer *w, uint32_t segment, struct cube_batch *batch,
                           struct cube_taken_over *out, struct problem *problem)
{
    uint32_t *code = codes_of(w->options.into);
    bool ok = code && keep_rows(w, segment, code, batch, out);
    free(code);
    return ok ? ST_OK : no_memory(problem);
}

/* ---- whole periods ---- */

/* By leaf, in which flows some reporter has it: what the roll-ups over all reporters tell. */
static bool find_occurring(const struct image_segment *s, uint32_t n_members, uint8_t *occurs)
{
    struct run_view view;
    struct run_cursor cursor;
    struct rows_chunk chunk;
    for (uint32_t i = 0; i < s->n_runs; i++) {
        if (RUN_REPORTER(s->run[i].key) != n_members)
            continue;
        if (!run_view(&s->run[i], s->rows, s->rows_bytes, s->n_leaves, &view))
            return false;
        run_start(&cursor, &view, false);
        while (run_next(&cursor, &chunk))
            for (size_t k = 0; k < chunk.n; k++)
                occurs[chunk.leaf[k]] |= (uint8_t)(1U << RUN_FLOW(s->run[i].key));
    }
    return true;
}

/* The segment as if it had just been laid out; its buffers are the older file's bytes. */
static bool read_segment(struct cube_writer *w, uint32_t at, const uint32_t *code, struct segment *out)
{
    const struct cube *old = w->options.into;
    const struct image_segment *s = &old->image.segment[at];
    const struct file_rest *rest = old->image.rests.rest;
    *out = (struct segment){.period = s->period, .n_codes = s->n_leaves};
    buf_init(&out->rows, SIZE_MAX / 2);
    buf_init(&out->runs, SIZE_MAX / 2);
    buf_init(&out->index, SIZE_MAX / 2);
    buf_add(&out->rows, str_span((const char *)s->rows, s->rows_bytes));
    buf_add(&out->runs, str_span((const char *)s->run, s->n_runs * sizeof *s->run));
    buf_add(&out->index, str_span((const char *)s->row_first, index_bytes(w->members.n, s->n_runs)));
    out->code = calloc(s->n_leaves + 1, sizeof *out->code);
    out->occurs = calloc(s->n_leaves + 1, sizeof *out->occurs);
    out->origin = calloc(s->n_runs + 1, sizeof *out->origin);
    bool ok = out->code && out->occurs && out->origin && !out->rows.failed && !out->runs.failed && !out->index.failed;
    for (uint32_t i = 0; ok && i < s->n_leaves; i++)
        out->code[i] = code[s->leaf[i]];
    for (uint32_t i = 0; ok && i < s->n_runs; i++) {
        const uint32_t reporter = RUN_REPORTER(s->run[i].key), partner = RUN_PARTNER(s->run[i].key);
        if (reporter >= w->members.n || partner >= w->members.n)
            continue;
        w->member_used[reporter] = w->member_used[partner] = true;
        out->observations += s->run[i].count;
    }
    for (uint32_t i = 0; ok && i < old->image.rests.n; i++)
        ok = rest[i].segment != at || rests_add(&out->rests, &rest[i]);
    return ok && find_occurring(s, w->members.n, out->occurs);
}

enum status take_over_periods(struct cube_writer *w, struct cube_taken_over *out, struct problem *problem)
{
    const struct cube *old = w->options.into;
    uint32_t *code = codes_of(old);
    enum status status = code ? ST_OK : no_memory(problem);
    for (uint32_t i = 0; status == ST_OK && i < old->image.n_segments; i++) {
        struct segment segment;
        if (!take_over_copies(w, i))
            continue;
        status = read_segment(w, i, code, &segment) ? part_append(&w->spool, &w->parts, &segment, problem)
                                                    : no_memory(problem);
        out->observations += segment.observations;
        segment_release(&segment);
    }
    free(code);
    return status;
}
