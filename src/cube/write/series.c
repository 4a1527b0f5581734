/* The totals of all pairs over the periods, counted first and then filled in. */
#include "cube/write/series.h"

/* Pairs in the order of their keys: a row for each reporter and flow, partners (and ALL) ascending in it. */
static size_t pair_of(const struct series *s, uint32_t key)
{
    return (size_t)(key >> 16) * (s->n_members + 1) + RUN_PARTNER(key);
}

static size_t pairs_there_could_be(const struct series *s)
{
    return 2 * ((size_t)s->n_members + 1) * ((size_t)s->n_members + 1);
}

bool series_init(struct series *s, uint32_t n_members)
{
    *s = (struct series){.n_members = n_members};
    s->next = calloc(pairs_there_could_be(s), sizeof *s->next);
    buf_init(&s->bytes, SIZE_MAX / 2);
    return s->next != NULL;
}

void series_release(struct series *s)
{
    free(s->next);
    s->next = NULL;
    buf_release(&s->bytes);
}

void series_count(struct series *s, const struct file_run *run, size_t n_runs)
{
    for (size_t i = 0; i < n_runs; i++)
        s->next[pair_of(s, run[i].key)]++;
}

static struct file_series count_all(const struct series *s)
{
    struct file_series head = {.n_pairs = 0};
    for (size_t i = 0; i < pairs_there_could_be(s); i++) {
        head.n_pairs += s->next[i] > 0;
        head.n_totals += s->next[i];
    }
    return head;
}

bool series_lay_out(struct series *s)
{
    struct file_series head = count_all(s);
    uint64_t bytes = series_bytes(s->n_members, head.n_pairs, head.n_totals);
    if (head.n_totals > UINT32_MAX || !buf_reserve(&s->bytes, bytes))
        return false;
    s->bytes.n = bytes;
    memcpy(s->bytes.p, &head, sizeof head);
    s->total = (void *)(s->bytes.p + sizeof head);
    uint32_t *row_first = (void *)(s->total + head.n_totals), rows = 2 * (s->n_members + 1), pair = 0, total = 0;
    uint32_t *total_first = row_first + rows + 1;
    uint16_t *partner = (void *)(total_first + head.n_pairs + 1);
    for (uint32_t row = 0; row < rows; row++) {
        row_first[row] = pair;
        for (uint32_t p = 0; p <= s->n_members; p++) {
            uint32_t *next = &s->next[(size_t)row * (s->n_members + 1) + p], n = *next;
            if (n == 0)
                continue;
            total_first[pair] = *next = total;
            partner[pair++] = (uint16_t)p;
            total += n;
        }
    }
    row_first[rows] = pair;
    total_first[pair] = total;
    return true;
}

void series_fill(struct series *s, const struct file_run *run, size_t n_runs, uint32_t segment)
{
    for (size_t i = 0; i < n_runs; i++)
        s->total[s->next[pair_of(s, run[i].key)]++] = (struct file_total){.value_usd = run[i].value_usd,
                                                                          .quantity_kg = run[i].quantity_kg,
                                                                          .unweighed_usd = run[i].unweighed_usd,
                                                                          .segment = segment,
                                                                          .status = run[i].status};
}
