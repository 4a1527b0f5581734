/* Rows column by column as they were read, with the stretches that are in order already. */
#include "cube/write/batch.h"

#define ROWS_FIRST 4096U

void cube_batch_free(struct cube_batch *b)
{
    if (!b)
        return;
    free(b->product);
    free(b->value_usd);
    free(b->stored_kg);
    free(b->status);
    free(b->stretch);
    published_release(&b->published);
    free(b);
}

size_t cube_batch_rows(const struct cube_batch *b) { return b->n; }

size_t batch_bytes(const struct cube_batch *b)
{
    return b->room * (sizeof *b->product + sizeof *b->value_usd + sizeof *b->stored_kg + sizeof *b->status) +
           b->stretch_room * sizeof *b->stretch; /* aggregates stay in memory anyway */
}

static bool widen(void *column, size_t room, size_t size)
{
    void **p = column;
    void *grown = realloc(*p, room * size);
    if (grown)
        *p = grown;
    return grown != NULL;
}

static bool grow_rows(struct cube_batch *b, size_t needed)
{
    size_t room = b->room ? b->room * 2 : ROWS_FIRST;
    room = room < needed ? needed : room;
    if (!widen(&b->product, room, sizeof *b->product) || !widen(&b->value_usd, room, sizeof *b->value_usd) ||
        !widen(&b->stored_kg, room, sizeof *b->stored_kg) || !widen(&b->status, room, sizeof *b->status))
        return false;
    b->room = room;
    return true;
}

static bool grow_stretches(struct cube_batch *b)
{
    size_t room = b->stretch_room ? b->stretch_room * 2 : 256;
    if (!widen(&b->stretch, room, sizeof *b->stretch))
        return false;
    b->stretch_room = room;
    return true;
}

bool batch_reserve(struct cube_batch *b, size_t n)
{
    return b->n + n <= UINT32_MAX && (b->n + n <= b->room || grow_rows(b, b->n + n)) &&
           (b->n_stretches < b->stretch_room || grow_stretches(b));
}

void cube_batch_expect(struct cube_batch *b, size_t rows)
{
    if (rows < UINT32_MAX && rows > b->room)
        (void)grow_rows(b, rows); /* a failure is told by the row that has no room */
}

/* Whether the row goes on the batch's last stretch. */
static bool goes_on(const struct cube_batch *b, const struct cube_row *row, uint32_t key)
{
    if (b->n_stretches == 0)
        return false;
    const struct stretch *s = &b->stretch[b->n_stretches - 1];
    return s->n && s->key == key && s->period == row->period && s->hs == row->hs &&
           b->product[b->n - 1] < row->product && row->line == s->line + s->n;
}

bool cube_batch_add(struct cube_batch *b, const struct cube_row *row)
{
    uint32_t key = RUN_KEY(b->member_of[row->reporter], row->flow, b->member_of[row->partner]);
    if (!batch_reserve(b, 1))
        return false;
    if (!goes_on(b, row, key))
        b->stretch[b->n_stretches++] = (struct stretch){.period = row->period,
                                                        .key = key,
                                                        .first = (uint32_t)b->n,
                                                        .source = b->source,
                                                        .hs = row->hs,
                                                        .line = row->line};
    b->stretch[b->n_stretches - 1].n++;
    b->product[b->n] = row->product;
    b->value_usd[b->n] = row->value_usd;
    b->stored_kg[b->n] = row->quantity_kg == QUANTITY_UNKNOWN ? 0 : (uint64_t)row->quantity_kg + 1;
    b->status[b->n] = row->status;
    b->n++;
    return true;
}

/* An empty stretch says that the run is there, whether or not it gets rows. */
bool cube_batch_publish(struct cube_batch *b, const struct cube_row *row, enum level level)
{
    uint32_t key = RUN_KEY(b->member_of[row->reporter], row->flow, b->member_of[row->partner]);
    const struct published item = {.period = row->period,
                                   .key = key,
                                   .node = NODE(level, row->product),
                                   .source = b->source,
                                   .line = row->line,
                                   .value_usd = row->value_usd,
                                   .status = row->status};
    if (!batch_reserve(b, 0) || !published_add(&b->published, &item))
        return false;
    const struct stretch *last = b->n_stretches ? &b->stretch[b->n_stretches - 1] : NULL;
    if (!last || last->key != key || last->period != row->period)
        b->stretch[b->n_stretches++] =
            (struct stretch){.period = row->period, .key = key, .first = (uint32_t)b->n, .source = b->source};
    return true;
}
