/* Lays one period out: encodes its runs, adds up the roll-ups, refuses rows that share a key. */
#include "cube/write/segment.h"

#include "cube/file/image.h"
#include "cube/write/rollup.h"

/* ---- sources ---- */

static bool next_pieces(struct row_source *source, struct row_group *group)
{
    struct piece_source *s = (struct piece_source *)source;
    size_t at = s->at;
    if (at == s->n)
        return false;
    *group = (struct row_group){.key = s->piece[at].stretch->key, .piece = &s->piece[at]};
    while (at + group->n < s->n && s->piece[at + group->n].stretch->key == group->key)
        group->n++;
    s->at += group->n;
    return true;
}

static void mark_pieces(const struct row_source *source, struct code_set *codes)
{
    const struct piece_source *s = (const struct piece_source *)source;
    for (size_t i = 0; i < s->n; i++) {
        const struct stretch *stretch = s->piece[i].stretch;
        const uint32_t *product = s->piece[i].batch->product + stretch->first;
        for (uint32_t k = 0; k < stretch->n; k++)
            code_set_add(codes, product[k]);
    }
}

void piece_source_init(struct piece_source *s, const struct piece *piece, size_t n)
{
    *s = (struct piece_source){.source = {.next = next_pieces, .mark = mark_pieces}, .piece = piece, .n = n};
}

/* One row of a key whose rows came in several stretches. */
struct loose_row {
    uint32_t product, source;
    uint64_t line, stored_kg;
    int64_t value_usd;
    uint8_t status;
};

struct making {
    const struct segment_in *in;
    struct segment *out;
    struct double_row *twice;
    struct problem *problem;
    struct code_set codes;
    struct columns columns;
    struct loose_row *loose;
    size_t loose_room;
    struct rollup row;     /* of the reporter and flow that are being written */
    struct rollup *column; /* by partner and flow; cell NULL: not yet there */
    size_t origin_room;
    size_t n_taken;    /* of the published aggregates */
    size_t first_rest; /* of the reporter and flow that are being written */
    uint32_t last_key;
    bool begun; /* there is a last key */
};

static enum status no_memory(const struct making *m)
{
    return problem_set(m->problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
}

/* ---- leaves ---- */

static enum status collect_codes(struct making *m)
{
    struct segment *out = m->out;
    if (!code_set_init(&m->codes, m->in->level))
        return no_memory(m);
    m->in->source->mark(m->in->source, &m->codes);
    out->n_codes = code_set_count(&m->codes);
    if (out->n_codes > FILE_PRODUCTS_MAX)
        return problem_set(m->problem, ST_INVALID, "", "more than %u products", FILE_PRODUCTS_MAX);
    out->code = calloc(out->n_codes + 1, sizeof *out->code);
    out->occurs = calloc(out->n_codes + 1, sizeof *out->occurs);
    if (!out->code || !out->occurs)
        return no_memory(m);
    code_set_list(&m->codes, out->code);
    return ST_OK;
}

/* ---- the rows of one key ---- */

static struct rows_in rows_of_stretch(struct making *m, const struct piece *piece)
{
    const struct cube_batch *b = piece->batch;
    uint32_t first = piece->stretch->first, n = piece->stretch->n;
    for (uint32_t i = 0; i < n; i++)
        m->columns.leaf[i] = (uint16_t)code_set_place(&m->codes, b->product[first + i]);
    return (struct rows_in){.n = n,
                            .leaf = m->columns.leaf,
                            .value_usd = b->value_usd + first,
                            .stored_kg = b->stored_kg + first,
                            .status = b->status + first};
}

static int by_product(const void *a, const void *b)
{
    const struct loose_row *x = a, *y = b;
    if (x->product != y->product)
        return x->product < y->product ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static enum status gather_loose(struct making *m, const struct piece *piece, size_t n, size_t *total)
{
    size_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += piece[i].stretch->n;
    if (rows > m->loose_room) {
        free(m->loose);
        m->loose_room = 0;
        m->loose = malloc(rows * sizeof *m->loose);
        if (!m->loose)
            return no_memory(m);
        m->loose_room = rows;
    }
    *total = 0;
    for (size_t i = 0; i < n; i++) {
        const struct cube_batch *b = piece[i].batch;
        const struct stretch *s = piece[i].stretch;
        for (uint32_t k = 0; k < s->n; k++)
            m->loose[(*total)++] = (struct loose_row){.product = b->product[s->first + k],
                                                      .source = s->source,
                                                      .line = s->line ? s->line + k : 0,
                                                      .stored_kg = b->stored_kg[s->first + k],
                                                      .value_usd = b->value_usd[s->first + k],
                                                      .status = b->status[s->first + k]};
    }
    return ST_OK;
}

static enum status refuse_double(const struct making *m, uint32_t key, const struct loose_row *a,
                                 const struct loose_row *b)
{
    *m->twice = (struct double_row){.found = true,
                                    .period = m->in->period,
                                    .key = key,
                                    .product = a->product,
                                    .level = m->in->level,
                                    .first = {.source = a->source, .exact = a->line != 0, .line = a->line},
                                    .again = {.source = b->source, .exact = b->line != 0, .line = b->line}};
    return ST_INVALID;
}

static bool may_sum(const struct making *m, uint32_t key)
{
    return m->in->doubles == DOUBLES_SUMMED || (m->in->sum_member != NO_ID && (RUN_REPORTER(key) == m->in->sum_member ||
                                                                               RUN_PARTNER(key) == m->in->sum_member));
}

static bool join_rows(struct loose_row *into, const struct loose_row *row)
{
    if (into->stored_kg && row->stored_kg)
        into->stored_kg += row->stored_kg - 1;
    else
        into->stored_kg = 0; /* a quantity of a part is none of the whole */
    into->status |= row->status;
    return !__builtin_add_overflow(into->value_usd, row->value_usd, &into->value_usd) && into->stored_kg <= INT64_MAX;
}

static bool same_row(const struct loose_row *a, const struct loose_row *b)
{
    return a->value_usd == b->value_usd && a->stored_kg == b->stored_kg && a->status == b->status;
}

static enum status too_large(const struct making *m)
{
    return problem_set(m->problem, ST_INVALID, "", "values or quantities add up to more than a 64-bit number holds");
}

static enum status rests_failed(const struct making *m) { return m->out->rests.overflow ? too_large(m) : no_memory(m); }

static enum status refuse_double_aggregate(const struct making *m, const struct published *a, const struct published *b)
{
    *m->twice = (struct double_row){.found = true,
                                    .period = m->in->period,
                                    .key = a->key,
                                    .product = NODE_NUMBER(a->node),
                                    .level = NODE_LEVEL(a->node),
                                    .first = {.source = a->source, .exact = a->line != 0, .line = a->line},
                                    .again = {.source = b->source, .exact = b->line != 0, .line = b->line}};
    return ST_INVALID;
}

static bool meet_later(const struct making *m, const struct loose_row *a, const struct loose_row *b)
{
    return standings_decide(&m->in->standings, a->source, b->source);
}

/* Of rows with one product that stand in several inputs one stays. */
static void choose_newest(const struct making *m, uint32_t key, size_t *n)
{
    size_t k = 0;
    for (size_t i = 1; i < *n; i++) {
        struct loose_row *a = &m->loose[k], *b = &m->loose[i];
        if (b->product != a->product) {
            m->loose[++k] = *b;
            continue;
        }
        const struct met_key at = {m->in->period, key, a->product, m->in->level};
        if (second_stays(&m->in->standings, &at, (struct told_figure){a->source, a->value_usd},
                         (struct told_figure){b->source, b->value_usd}, &m->out->superseded))
            *a = *b;
    }
    *n = *n ? k + 1 : 0;
}

/* Rows of one input with one product become one, or are refused. */
static enum status join_doubles(const struct making *m, uint32_t key, size_t *n)
{
    size_t k = 0;
    for (size_t i = 1; i < *n; i++) {
        if (m->loose[i].product != m->loose[k].product || meet_later(m, &m->loose[k], &m->loose[i])) {
            m->loose[++k] = m->loose[i];
            continue;
        }
        if (m->in->doubles == DOUBLES_ONCE && same_row(&m->loose[k], &m->loose[i])) {
            m->out->repeated++;
            continue;
        }
        if (!may_sum(m, key))
            return refuse_double(m, key, &m->loose[k], &m->loose[i]);
        if (!join_rows(&m->loose[k], &m->loose[i]))
            return too_large(m);
        m->out->summed++;
    }
    *n = *n ? k + 1 : 0;
    return ST_OK;
}

static enum status rows_of_several(struct making *m, const struct piece *piece, size_t n, struct rows_in *rows)
{
    size_t total = 0;
    enum status status = gather_loose(m, piece, n, &total);
    if (status != ST_OK)
        return status;
    if (total)
        qsort(m->loose, total, sizeof *m->loose, by_product);
    status = join_doubles(m, piece->stretch->key, &total);
    if (status != ST_OK)
        return status;
    choose_newest(m, piece->stretch->key, &total);
    struct columns *c = &m->columns;
    for (size_t i = 0; i < total; i++) {
        c->leaf[i] = (uint16_t)code_set_place(&m->codes, m->loose[i].product);
        c->value_usd[i] = m->loose[i].value_usd;
        c->stored_kg[i] = m->loose[i].stored_kg;
        c->status[i] = m->loose[i].status;
    }
    *rows = (struct rows_in){
        .n = total, .leaf = c->leaf, .value_usd = c->value_usd, .stored_kg = c->stored_kg, .status = c->status};
    return ST_OK;
}

/* ---- runs ---- */

static enum status add_origin(struct making *m, struct origin origin)
{
    size_t n = segment_runs(m->out);
    if (n == m->origin_room) {
        size_t room = n ? n * 2 : 256;
        struct origin *grown = realloc(m->out->origin, room * sizeof *grown);
        if (!grown)
            return no_memory(m);
        m->out->origin = grown;
        m->origin_room = room;
    }
    m->out->origin[n] = origin;
    return ST_OK;
}

static enum status write_run(struct making *m, uint32_t key, struct rows_in *rows, struct origin origin)
{
    struct segment *out = m->out;
    struct file_run run = {.key = key, .offset = out->rows.n};
    const struct file_rest *rest;
    size_t n_rests = rests_of(&out->rests, key, &rest);
    for (size_t i = 0; i < n_rests; i++)
        rows->whole_status |= rest[i].status;
    if (add_origin(m, origin) != ST_OK)
        return ST_NO_MEMORY;
    if (!rows_write(rows, out->n_codes, &out->rows, &run) || !rests_add_to_run(rest, n_rests, &run))
        return too_large(m);
    buf_add(&out->runs, str_span((const char *)&run, sizeof run));
    return ST_OK;
}

static enum status write_rollup(struct making *m, uint32_t key, const struct rollup *rollup)
{
    if (rollup->overflow)
        return too_large(m);
    struct rows_in rows = rollup_rows(rollup, &m->columns);
    for (size_t i = 0; RUN_REPORTER(key) == m->in->members->n && i < rows.n; i++)
        m->out->occurs[rows.leaf[i]] |= (uint8_t)(1U << RUN_FLOW(key));
    return write_run(m, key, &rows, (struct origin){.source = UINT32_MAX});
}

/* ---- rests in roll-ups ---- */

static uint32_t into_row(const void *making, uint32_t key)
{
    const struct file_members *members = ((const struct making *)making)->in->members;
    bool counts = RUN_PARTNER(key) < members->n && members->countable[RUN_PARTNER(key)];
    return counts ? RUN_KEY(RUN_REPORTER(key), RUN_FLOW(key), members->n) : UINT32_MAX;
}

static uint32_t into_column(const void *making, uint32_t key)
{
    const struct file_members *members = ((const struct making *)making)->in->members;
    bool counts = RUN_REPORTER(key) < members->n && members->countable[RUN_REPORTER(key)];
    return counts && RUN_PARTNER(key) < members->n ? RUN_KEY(members->n, RUN_FLOW(key), RUN_PARTNER(key)) : UINT32_MAX;
}

static uint32_t into_world(const void *making, uint32_t key)
{
    uint32_t row = into_row(making, key);
    return row != UINT32_MAX && into_column(making, key) != UINT32_MAX
               ? RUN_KEY(RUN_PARTNER(row), RUN_FLOW(key), RUN_PARTNER(row))
               : UINT32_MAX;
}

/* Of all reporters with each partner, and with all: behind those of single reporters, in the order of their keys. */
static bool roll_up_columns(struct making *m)
{
    struct rest_list *rests = &m->out->rests;
    size_t n = rests->n;
    if (n == 0)
        return true;
    if (!rests_roll_up(rests, 0, n, into_column, m))
        return false;
    if (!rests_roll_up(rests, 0, n, into_world, m))
        return false;
    rests_sort(rests, n);
    return true;
}

/* The reporter's trade with all countable partners, behind its runs. */
static enum status end_row(struct making *m)
{
    struct rest_list *rests = &m->out->rests;
    if (!rests_roll_up(rests, m->first_rest, rests->n, into_row, m))
        return rests_failed(m);
    m->first_rest = rests->n;
    if (!m->row.used)
        return ST_OK;
    uint32_t key = RUN_KEY(RUN_REPORTER(m->last_key), RUN_FLOW(m->last_key), m->in->members->n);
    enum status status = write_rollup(m, key, &m->row);
    rollup_clear(&m->row);
    return status;
}

static struct rollup *column_of(struct making *m, uint32_t key)
{
    struct rollup *column = &m->column[2 * RUN_PARTNER(key) + RUN_FLOW(key)];
    return column->cell || rollup_init(column, m->out->n_codes + 1) ? column : NULL;
}

static enum status roll_up(struct making *m, uint32_t key, const struct rows_in *rows)
{
    if (m->in->members->countable[RUN_PARTNER(key)])
        rollup_add(&m->row, rows);
    if (!m->in->members->countable[RUN_REPORTER(key)])
        return ST_OK;
    struct rollup *column = column_of(m, key);
    if (!column)
        return no_memory(m);
    rollup_add(column, rows);
    return ST_OK;
}

static enum status rows_of_group(struct making *m, const struct row_group *group, struct rows_in *rows)
{
    if (group->n > 1)
        return rows_of_several(m, group->piece, group->n, rows);
    *rows = rows_of_stretch(m, group->piece);
    return ST_OK;
}

/* The aggregates of a run, which come in the order of the runs. */
static enum status take_published(struct making *m, uint32_t key, const struct rows_in *rows)
{
    size_t n = 0, left = m->in->n_published - m->n_taken;
    const struct published *item = left ? m->in->published + m->n_taken : NULL;
    while (n < left && item[n].key == key) {
        if (n && item[n].node == item[n - 1].node && !may_sum(m, key))
            return refuse_double_aggregate(m, &item[n - 1], &item[n]);
        n++;
    }
    m->n_taken += n;
    bool found = rests_find(&m->out->rests, item, n, rows, m->out->code, m->in->level);
    return found && !m->out->rests.overflow ? ST_OK : rests_failed(m);
}

/* A run, which may have no rows but aggregates. */
static enum status write_key(struct making *m, const struct row_group *group)
{
    struct rows_in rows;
    const struct stretch *s = group->piece->stretch;
    enum status status = ST_OK;
    if (m->begun && m->last_key >> 16 != group->key >> 16)
        status = end_row(m);
    m->last_key = group->key;
    m->begun = true;
    if (status == ST_OK)
        status = rows_of_group(m, group, &rows);
    if (status == ST_OK)
        status = take_published(m, group->key, &rows);
    if (status == ST_OK)
        status = write_run(m, group->key, &rows,
                           (struct origin){.source = s->source, .exact = group->n == 1 && s->line, .line = s->line});
    if (status != ST_OK)
        return status;
    m->out->observations += rows.n;
    return roll_up(m, group->key, &rows);
}

/* What all countable reporters have with each partner, and with all. */
static enum status write_columns(struct making *m)
{
    const struct file_members *members = m->in->members;
    enum status status = roll_up_columns(m) ? ST_OK : rests_failed(m);
    for (unsigned flow = 0; flow < 2; flow++) {
        rollup_clear(&m->row);
        for (uint32_t p = 0; status == ST_OK && p < members->n; p++) {
            const struct rollup *column = &m->column[2 * p + flow];
            if (!column->cell)
                continue;
            status = write_rollup(m, RUN_KEY(members->n, flow, p), column);
            if (members->countable[p])
                rollup_join(&m->row, column);
        }
        if (status == ST_OK && m->row.used)
            status = write_rollup(m, RUN_KEY(members->n, flow, members->n), &m->row);
    }
    return status;
}

static enum status write_runs(struct making *m)
{
    struct row_source *source = m->in->source;
    struct row_group group;
    enum status status = ST_OK;
    while (status == ST_OK && source->next(source, &group))
        status = write_key(m, &group);
    if (status == ST_OK && source->status != ST_OK)
        status = source->status == ST_NO_MEMORY ? no_memory(m) : source->status;
    if (status == ST_OK && m->begun)
        status = end_row(m);
    return status == ST_OK ? write_columns(m) : status;
}

/* ---- index ---- */

/* heads[h] … heads[h + 1] become the stretch of numbers whose head is h; `next` is where the next of each head goes. */
static void add_up_heads(uint32_t *heads, size_t n)
{
    uint32_t before = 0;
    for (size_t h = 0; h < n; h++) {
        uint32_t count = heads[h];
        heads[h] = before;
        before += count;
    }
}

static enum status write_index(struct making *m)
{
    struct segment *out = m->out;
    const struct file_run *run = (const void *)out->runs.p;
    size_t n = segment_runs(out), heads = 2 * ((size_t)m->in->members->n + 1) + 1;
    uint64_t bytes = index_bytes(m->in->members->n, n);
    uint32_t *next = calloc(heads, sizeof *next);
    if (!next || out->runs.failed || !buf_reserve(&out->index, bytes)) {
        free(next);
        return no_memory(m);
    }
    uint32_t *row = (void *)out->index.p, *column = row + heads, *column_run = column + heads;
    uint16_t *partner = (void *)(column_run + n);
    memset(row, 0, 2 * heads * sizeof *row);
    for (size_t i = 0; i < n; i++) {
        row[run[i].key >> 16]++;
        column[2 * RUN_PARTNER(run[i].key) + RUN_FLOW(run[i].key)]++;
        partner[i] = (uint16_t)RUN_PARTNER(run[i].key);
    }
    add_up_heads(row, heads);
    add_up_heads(column, heads);
    memcpy(next, column, heads * sizeof *next);
    for (size_t i = 0; i < n; i++)
        column_run[next[2 * RUN_PARTNER(run[i].key) + RUN_FLOW(run[i].key)]++] = (uint32_t)i;
    out->index.n = bytes;
    free(next);
    return ST_OK;
}

/* ---- putting it together ---- */

/* A run has at most a row for each product. */
static enum status prepare(struct making *m)
{
    enum status status = collect_codes(m);
    if (status != ST_OK)
        return status;
    m->column = calloc(2 * (size_t)m->in->members->n, sizeof *m->column);
    bool ok =
        m->column && rollup_init(&m->row, m->out->n_codes + 1) && columns_reserve(&m->columns, m->out->n_codes + 1);
    return ok ? ST_OK : no_memory(m);
}

static void clean_up(struct making *m)
{
    for (size_t i = 0; m->column && i < 2 * (size_t)m->in->members->n; i++)
        rollup_release(&m->column[i]);
    free(m->column);
    free(m->loose);
    rollup_release(&m->row);
    columns_release(&m->columns);
    code_set_release(&m->codes);
}

enum status segment_make(const struct segment_in *in, struct segment *out, struct double_row *twice,
                         struct problem *problem)
{
    struct making m = {.in = in, .out = out, .twice = twice, .problem = problem};
    *out = (struct segment){.period = in->period};
    *twice = (struct double_row){.found = false};
    buf_init(&out->rows, SIZE_MAX / 2);
    buf_init(&out->runs, SIZE_MAX / 2);
    buf_init(&out->index, SIZE_MAX / 2);
    enum status status = prepare(&m);
    if (status == ST_OK)
        status = write_runs(&m);
    if (status == ST_OK && out->rows.failed)
        status = no_memory(&m);
    if (status == ST_OK)
        status = write_index(&m);
    clean_up(&m);
    return status;
}

void segment_release(struct segment *s)
{
    buf_release(&s->rows);
    buf_release(&s->runs);
    buf_release(&s->index);
    free(s->code);
    free(s->origin);
    free(s->occurs);
    rest_list_release(&s->rests);
    s->occurs = NULL;
    s->code = NULL;
    s->origin = NULL;
}
