/* Reads runs back that were laid out before, from one part of a period or merged from several. */
#include "cube/write/run_source.h"

static bool is_roll_up(const struct runs_in *in, uint32_t key)
{
    return RUN_REPORTER(key) >= in->n_members || RUN_PARTNER(key) >= in->n_members;
}

static void skip_roll_ups(struct run_source *s, size_t part)
{
    const struct runs_in *in = &s->in[part];
    while (s->at[part] < in->n_runs && is_roll_up(in, in->run[s->at[part]].key))
        s->at[part]++;
}

/* A run's bytes from the spool, as a section of their own. */
static enum status fetch(struct run_source *s, const struct runs_in *in, struct file_run *run)
{
    if (run->count > in->n_codes)
        return ST_CORRUPT;
    uint64_t bytes = run_bytes(run, in->n_codes);
    if (bytes + 8 > s->fetched_room) {
        free(s->fetched);
        s->fetched_room = 0;
        s->fetched = malloc(2 * bytes + 8);
        if (!s->fetched)
            return ST_NO_MEMORY;
        s->fetched_room = 2 * bytes + 8;
    }
    memset(s->fetched + bytes, 0, 8);
    enum status status = spool_read(in->spool, in->rows_offset + run->offset, s->fetched, bytes, NULL);
    run->offset = 0;
    return status;
}

static enum status add_run(struct run_source *s, const struct runs_in *in, size_t at)
{
    struct cube_batch *b = s->batch;
    struct file_run run = in->run[at];
    struct run_view view;
    struct run_cursor cursor;
    struct rows_chunk chunk;
    enum status status = in->rows ? ST_OK : fetch(s, in, &run);
    if (status != ST_OK)
        return status;
    if (!run_view(&run, in->rows ? in->rows : s->fetched, in->rows ? in->rows_bytes : run_bytes(&run, in->n_codes),
                  in->n_codes, &view))
        return ST_CORRUPT;
    if (!batch_reserve(b, run.count))
        return ST_NO_MEMORY;
    struct stretch *stretch = &b->stretch[b->n_stretches++];
    *stretch = (struct stretch){.period = in->period, .key = run.key, .first = (uint32_t)b->n};
    if (in->origin) {
        stretch->source = in->origin[at].source;
        stretch->line = in->origin[at].exact ? in->origin[at].line : 0;
    }
    run_start(&cursor, &view, true);
    while (run_next(&cursor, &chunk))
        for (size_t i = 0; i < chunk.n; i++, b->n++, stretch->n++) {
            b->product[b->n] = in->code[chunk.leaf[i]];
            b->value_usd[b->n] = chunk.value_usd[i];
            b->stored_kg[b->n] = chunk.stored_kg[i];
            b->status[b->n] = chunk.status[i];
        }
    return cursor.corrupt ? ST_CORRUPT : ST_OK;
}

/* The least key of the runs that come next; false at the end. */
static bool least_key(const struct run_source *s, uint32_t *key)
{
    bool any = false;
    for (size_t i = 0; i < s->n; i++) {
        if (s->at[i] == s->in[i].n_runs)
            continue;
        uint32_t here = s->in[i].run[s->at[i]].key;
        *key = any && *key < here ? *key : here;
        any = true;
    }
    return any;
}

static bool next_runs(struct row_source *source, struct row_group *group)
{
    struct run_source *s = (struct run_source *)source;
    struct cube_batch *b = s->batch;
    b->n = b->n_stretches = 0;
    if (!least_key(s, &group->key))
        return false;
    if (group->key < s->past)
        source->status = ST_CORRUPT;
    s->past = (uint64_t)group->key + 1;
    for (size_t i = 0; source->status == ST_OK && i < s->n; i++)
        if (s->at[i] < s->in[i].n_runs && s->in[i].run[s->at[i]].key == group->key) {
            source->status = add_run(s, &s->in[i], s->at[i]++);
            skip_roll_ups(s, i);
        }
    for (size_t i = 0; i < b->n_stretches; i++)
        s->piece[i] = (struct piece){b, &b->stretch[i]};
    group->piece = s->piece;
    group->n = b->n_stretches;
    return source->status == ST_OK;
}

static void mark_codes(const struct row_source *source, struct code_set *codes)
{
    const struct run_source *s = (const struct run_source *)source;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->in[i].n_codes; k++)
            code_set_add(codes, s->in[i].code[k]);
}

bool run_source_init(struct run_source *s, const struct runs_in *in, size_t n)
{
    *s = (struct run_source){.source = {.next = next_runs, .mark = mark_codes},
                             .in = in,
                             .n = n,
                             .at = calloc(n, sizeof *s->at),
                             .batch = calloc(1, sizeof *s->batch),
                             .piece = calloc(n, sizeof *s->piece)};
    if (!s->at || !s->batch || !s->piece)
        return false;
    for (size_t i = 0; i < n; i++)
        skip_roll_ups(s, i);
    return true;
}

void run_source_release(struct run_source *s)
{
    cube_batch_free(s->batch);
    free(s->at);
    free(s->piece);
    free(s->fetched);
    s->fetched = NULL;
    s->batch = NULL;
    s->at = NULL;
    s->piece = NULL;
}
