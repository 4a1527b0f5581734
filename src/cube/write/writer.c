/* The writer's life: takes batches, writes out when its memory is full, finishes the file. */
#include "cube/write/writer.h"

#include "cube/engine/engine.h"
#include "cube/write/flush.h"
#include "cube/write/take_over.h"

#define MEMORY_DEFAULT ((size_t)2 << 30)
#define ENOUGH_ROWS ((size_t)1 << 20) /* at the end of an input: worth writing out */

/* ---- life ---- */

static bool init_writer(struct cube_writer *w)
{
    arena_init(&w->texts, SIZE_MAX);
    if (!file_members_init(&w->members, w->countries))
        return false;
    uint32_t id = w->options.sum_member;
    w->sum_member = id == NO_ID ? NO_ID : w->members.of_country[id];
    w->member_used = calloc(w->members.n + 1, sizeof *w->member_used);
    return w->member_used != NULL;
}

/* A description that could not be read back would make a file that nobody can open. */
static enum status check_description(const struct dataset *dataset, struct problem *problem)
{
    struct buf text;
    struct arena arena;
    struct dataset again;
    buf_init(&text, SIZE_MAX / 2);
    arena_init(&arena, SIZE_MAX);
    enum status status = dataset_print(dataset, &text);
    if (status == ST_OK)
        status = dataset_read("description of the dataset", buf_view(&text), &arena, &again, NULL, problem);
    else
        (void)problem_set(problem, status, "description of the dataset", "out of memory");
    arena_release(&arena);
    buf_release(&text);
    return status;
}

enum status cube_writer_new(const char *path, const struct dataset *dataset, const struct countries *countries,
                            const struct cube_writer_options *options, struct cube_writer **out,
                            struct problem *problem)
{
    struct file_header empty = {.version = 0};
    struct cube_writer *w = calloc(1, sizeof *w);
    if (!w)
        return problem_set(problem, ST_NO_MEMORY, path ? path : "", "out of memory");
    *w = (struct cube_writer){
        .dataset = dataset, .countries = countries, .options = *options, .spool = {.fd = -1}, .unit_usd = 1};
    if (w->options.memory_bytes == 0)
        w->options.memory_bytes = MEMORY_DEFAULT;
    enum status status = init_writer(w) ? ST_OK : problem_set(problem, ST_NO_MEMORY, path ? path : "", "out of memory");
    if (status == ST_OK)
        status = check_description(dataset, problem);
    if (status == ST_OK && options->into)
        status = take_over_check(options->into, dataset, problem);
    if (status == ST_OK)
        status = spool_init(&w->spool, path, problem);
    if (status == ST_OK)
        status = spool_append(&w->spool, &empty, sizeof empty, problem);
    if (status == ST_OK)
        *out = w;
    else
        cube_writer_free(w);
    return status;
}

void cube_writer_free(struct cube_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n_flushes; i++)
        flush_free(w, w->flush[i]);
    for (size_t i = 0; i < w->n_batches; i++)
        cube_batch_free(w->batch[i]);
    free(w->batch);
    free(w->source);
    free(w->standing);
    free(w->member_used);
    file_members_release(&w->members);
    part_list_release(&w->parts);
    published_release(&w->published);
    revisions_release(&w->revisions);
    revisions_release(&w->fresh);
    spool_release(&w->spool);
    arena_release(&w->texts);
    free(w);
}

uint32_t cube_writer_source(struct cube_writer *w, const char *name)
{
    struct str *grown = realloc(w->source, (w->n_sources + 1) * sizeof *grown);
    if (!grown)
        return 0; /* messages then name the first input */
    w->source = grown;
    w->source[w->n_sources] = arena_str(&w->texts, str_view(name));
    return (uint32_t)w->n_sources++;
}

void cube_writer_standing(struct cube_writer *w, uint32_t source, struct cube_standing standing)
{
    struct cube_standing *grown = source < w->n_sources ? realloc(w->standing, w->n_sources * sizeof *grown) : NULL;
    if (!grown)
        return; /* a row that stands in two inputs is refused then */
    for (size_t i = w->n_standings; i < w->n_sources; i++)
        grown[i] = (struct cube_standing){.order = 0};
    w->standing = grown;
    w->n_standings = w->n_sources;
    w->standing[source] = standing;
}

bool cube_writer_double(const struct cube_writer *w, struct cube_return_key *out)
{
    if (w->twice.found)
        *out = (struct cube_return_key){w->twice.period, w->members.country[RUN_REPORTER(w->twice.key)],
                                        (enum flow)RUN_FLOW(w->twice.key)};
    return w->twice.found;
}

struct cube_batch *cube_batch_new(const struct cube_writer *w, uint32_t source)
{
    struct cube_batch *b = calloc(1, sizeof *b);
    if (b)
        *b = (struct cube_batch){.member_of = w->members.of_country, .source = source};
    return b;
}

/* ---- taking ---- */

static enum status finish_oldest(struct cube_writer *w, struct problem *problem)
{
    struct flush *oldest = w->flush[0];
    w->n_flushes--;
    for (size_t i = 0; i < w->n_flushes; i++)
        w->flush[i] = w->flush[i + 1];
    return flush_finish(w, oldest, problem);
}

static enum status write_out(struct cube_writer *w, struct problem *problem)
{
    enum status status = ST_OK;
    if (w->n_batches == 0)
        return ST_OK;
    if (w->n_flushes == FLUSHES_MAX)
        status = finish_oldest(w, problem);
    w->published_late = w->published_late || !w->published_sorted;
    if (status == ST_OK)
        status = flush_start(w, &w->flush[w->n_flushes], problem);
    if (status == ST_OK)
        w->n_flushes++;
    return status;
}

static bool hold(struct cube_writer *w, struct cube_batch *batch)
{
    if (w->n_batches == w->batch_room) {
        size_t room = w->batch_room ? w->batch_room * 2 : 64;
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
        struct cube_batch **grown = realloc(w->batch, room * sizeof *grown);
        if (!grown)
            return false;
        w->batch = grown;
        w->batch_room = room;
    }
    w->batch[w->n_batches++] = batch;
    w->held_bytes += batch_bytes(batch);
    w->held_rows += batch->n;
    w->held_stretches += batch->n_stretches;
    return true;
}

/* Members that occur, revisions, and aggregates; false when memory is out. */
static bool note(struct cube_writer *w, const struct cube_batch *batch)
{
    bool ok = true;
    for (size_t i = 0; i < batch->n_stretches; i++) {
        const struct stretch *s = &batch->stretch[i];
        w->member_used[RUN_REPORTER(s->key)] = true;
        w->member_used[RUN_PARTNER(s->key)] = true;
        const struct revision_note revision = {s->period, s->key >> 16, s->hs, s->source, s->line};
        ok = ok && (s->hs == 0 || revisions_note(&w->revisions, &revision));
        const struct revision_note fresh = {.period = s->period, .row = s->key >> 16};
        ok = ok && (!w->options.into || w->taking_over || revisions_note(&w->fresh, &fresh));
    }
    for (size_t i = 0; ok && i < batch->published.n; i++)
        ok = published_add(&w->published, &batch->published.item[i]);
    return ok;
}

void cube_writer_unit(struct cube_writer *w, int64_t unit_usd) { w->unit_usd = unit_usd; }

/* Beside the rows that are held, up to FLUSHES_MAX times as many are being laid out; sorting takes two pieces a stretch, and what
 * they become is smaller than they are. */
static bool memory_is_used(const struct cube_writer *w)
{
    size_t each = w->held_bytes + 2 * w->held_stretches * sizeof(struct piece);
    return each > w->options.memory_bytes / ((size_t)2 * (FLUSHES_MAX + 1));
}

enum status cube_writer_take(struct cube_writer *w, struct cube_batch *batch, struct problem *problem)
{
    if (batch->n_stretches == 0) {
        cube_batch_free(batch);
        return ST_OK;
    }
    if (!note(w, batch) || !hold(w, batch)) {
        cube_batch_free(batch);
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory");
    }
    return memory_is_used(w) ? write_out(w, problem) : ST_OK;
}

enum status cube_writer_end_source(struct cube_writer *w, struct problem *problem)
{
    /* else what is written out is laid out again at the end; where inputs meet, of which one a row is must be known */
    bool whole = w->published.n == 0 && !w->standing;
    return whole && w->held_rows >= ENOUGH_ROWS ? write_out(w, problem) : ST_OK;
}

/* ---- finishing ---- */

/* The rows of an older cube that stay, of periods that new rows have. */
static enum status take_rows_over(struct cube_writer *w, struct cube_taken_over *out, struct problem *problem)
{
    const struct image *old = &w->options.into->image;
    const uint32_t source = cube_writer_source(w, old->name);
    enum status status = ST_OK;
    take_over_begin(w);
    for (uint32_t i = 0; status == ST_OK && i < old->n_segments; i++) {
        if (take_over_copies(w, i))
            continue;
        struct cube_batch *batch = cube_batch_new(w, source);
        if (!batch)
            return problem_set(problem, ST_NO_MEMORY, "", "out of memory");
        status = take_over_rows(w, i, batch, out, problem);
        if (status == ST_OK)
            status = cube_writer_take(w, batch, problem);
        else
            cube_batch_free(batch);
    }
    return status;
}

static bool may_add(const struct cube_writer *w, uint32_t key)
{
    return w->options.doubles == DOUBLES_SUMMED ||
           (w->sum_member != NO_ID && (RUN_REPORTER(key) == w->sum_member || RUN_PARTNER(key) == w->sum_member));
}

/* Takes the second of two aggregates of one node into the first where it may; false: it stays beside it, to be added up or refused. */
static bool join_published(struct cube_writer *w, struct published *a, const struct published *b)
{
    const struct standings standings = writer_standings(w);
    const struct met_key key = {a->period, a->key, NODE_NUMBER(a->node), NODE_LEVEL(a->node)};
    if (standings_decide(&standings, a->source, b->source)) {
        if (second_stays(&standings, &key, (struct told_figure){a->source, a->value_usd},
                         (struct told_figure){b->source, b->value_usd}, &w->superseded))
            *a = *b;
        return true;
    }
    if (may_add(w, a->key))
        return w->standing && a->source == b->source &&
               !__builtin_add_overflow(a->value_usd, b->value_usd, &a->value_usd);
    bool once = w->options.doubles == DOUBLES_ONCE && a->value_usd == b->value_usd && a->status == b->status;
    w->repeated += once;
    return once;
}

static void settle_published(struct cube_writer *w)
{
    struct published_list *list = &w->published;
    size_t k = 0;
    for (size_t i = 1; i < list->n; i++) {
        struct published *a = &list->item[k], *b = &list->item[i];
        bool same = a->period == b->period && a->key == b->key && a->node == b->node;
        if (!same || !join_published(w, a, b))
            list->item[++k] = *b;
    }
    list->n = list->n ? k + 1 : 0;
}

enum status cube_writer_finish(struct cube_writer *w, struct cube_summary *summary, struct problem *problem)
{
    *summary = (struct cube_summary){.observations = 0};
    struct cube_taken_over *taken = &summary->taken_over;
    enum status status = w->options.into ? take_rows_over(w, taken, problem) : ST_OK;
    published_sort(&w->published);
    settle_published(w);
    w->published_sorted = true;
    if (status == ST_OK)
        status = write_out(w, problem);
    while (status == ST_OK && w->n_flushes)
        status = finish_oldest(w, problem);
    if (status == ST_OK && w->parts.n == 0)
        status = writer_refuse_nothing(w, problem);
    if (status == ST_OK && w->options.into)
        status = take_over_periods(w, taken, problem);
    if (status == ST_OK)
        status = parts_arrange(w, &summary->merged, problem);
    if (status == ST_OK)
        status = layout_finish(w, summary, problem);
    return status == ST_OK ? spool_commit(&w->spool, problem) : status;
}

char *cube_writer_take_bytes(struct cube_writer *w, size_t *n)
{
    *n = w->spool.memory.n;
    return buf_take(&w->spool.memory);
}
