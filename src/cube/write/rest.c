/* Published aggregates sorted, and their rests: in one run, and added up into roll-ups. */
#include "cube/write/rest.h"

#include <stdlib.h>

/* ---- lists ---- */

bool published_add(struct published_list *list, const struct published *item)
{
    if (list->n == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        struct published *grown = realloc(list->item, room * sizeof *grown);
        if (!grown)
            return false;
        list->item = grown;
        list->room = room;
    }
    list->item[list->n++] = *item;
    return true;
}

void published_release(struct published_list *list)
{
    free(list->item);
    *list = (struct published_list){.n = 0};
}

static int by_numbers(const uint64_t *a, const uint64_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int by_place(const void *a_, const void *b_)
{
    const struct published *a = a_, *b = b_;
    const uint64_t x[] = {a->period, a->key, a->node, a->source, a->line},
                   y[] = {b->period, b->key, b->node, b->source, b->line};
    return by_numbers(x, y, 5);
}

void published_sort(struct published_list *list)
{
    if (list->n)
        qsort(list->item, list->n, sizeof *list->item, by_place);
}

static size_t published_bound(const struct published_list *list, uint64_t period)
{
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->item[middle].period < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t published_of(const struct published_list *list, uint32_t period, const struct published **first)
{
    size_t at = published_bound(list, period);
    *first = list->n ? list->item + at : NULL;
    return published_bound(list, (uint64_t)period + 1) - at;
}

static bool rest_list_reserve(struct rest_list *list, size_t n)
{
    if (list->n + n <= list->room)
        return true;
    size_t room = 2 * (list->n + n) + 64;
    struct file_rest *grown = realloc(list->rest, room * sizeof *grown);
    if (!grown)
        return false;
    list->rest = grown;
    list->room = room;
    return true;
}

bool rests_add(struct rest_list *list, const struct file_rest *rest)
{
    if (!rest_list_reserve(list, 1))
        return false;
    list->rest[list->n++] = *rest;
    return true;
}

void rest_list_release(struct rest_list *list)
{
    free(list->rest);
    *list = (struct rest_list){.n = 0};
}

size_t rests_of(const struct rest_list *list, uint32_t key, const struct file_rest **first)
{
    size_t low = 0, high = list->n, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->rest[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    *first = list->n ? list->rest + low : NULL;
    while (low + n < list->n && list->rest[low + n].key == key)
        n++;
    return n;
}

/* ---- one run ---- */

uint32_t node_number(uint32_t number, enum level from, enum level to)
{
    static const unsigned digits[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6, [LEVEL_HS8] = 8};
    for (unsigned i = digits[to]; i < digits[from]; i++)
        number /= 10;
    return to == LEVEL_TOTAL ? 0 : number;
}

static size_t rest_place(const struct file_rest *rest, size_t n, uint32_t node)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rest[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && rest[low].node == node ? low : n;
}

bool rests_have(const struct file_rest *rest, size_t n, uint32_t node) { return rest_place(rest, n, node) < n; }

/* Takes a part's value off the nearest aggregate above it. */
static void take_part(struct rest_list *list, struct file_rest *rest, size_t n, uint32_t number, enum level level,
                      int64_t value_usd)
{
    size_t at = n;
    for (enum level l = level; at == n && l-- > LEVEL_TOTAL;)
        if (l != LEVEL_SECTION)
            at = rest_place(rest, n, NODE(l, node_number(number, level, l)));
    if (at == n)
        return;
    struct file_rest *above = &rest[at];
    if (__builtin_sub_overflow(above->value_usd, value_usd, &above->value_usd))
        list->overflow = true;
    if (above->parts < UINT16_MAX)
        above->parts++;
}

/* One for each node: what came in several rows, as of areas that nobody knows, is added up. Returns how many. */
static size_t place_rests(struct rest_list *list, struct file_rest *rest, const struct published *item, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && item[i - 1].node == item[i].node) {
            if (__builtin_add_overflow(rest[k - 1].value_usd, item[i].value_usd, &rest[k - 1].value_usd))
                list->overflow = true;
            rest[k - 1].status |= item[i].status;
            continue;
        }
        rest[k++] = (struct file_rest){.value_usd = item[i].value_usd,
                                       .key = item[i].key,
                                       .node = item[i].node,
                                       .status = item[i].status,
                                       .parts = item[i].parts};
    }
    return k;
}

bool rests_find(struct rest_list *list, const struct published *item, size_t n, const struct rows_in *rows,
                const uint32_t *code, enum level level)
{
    if (n == 0)
        return true;
    if (!rest_list_reserve(list, n))
        return false;
    struct file_rest *rest = list->rest + list->n;
    size_t n_nodes = place_rests(list, rest, item, n);
    list->n += n_nodes;
    if (item->is_rest)
        return true;
    for (size_t i = 0; i < rows->n; i++)
        take_part(list, rest, n_nodes, code[rows->leaf[i]], level, rows->value_usd[i]);
    for (size_t i = 0; i < n; i++)
        take_part(list, rest, n_nodes, NODE_NUMBER(item[i].node), NODE_LEVEL(item[i].node), item[i].value_usd);
    return true;
}

bool rests_add_to_run(const struct file_rest *rest, size_t n, struct file_run *run)
{
    int64_t sum = 0;
    bool fits = true;
    for (size_t i = 0; i < n; i++)
        fits = !__builtin_add_overflow(sum, rest[i].value_usd, &sum) && fits;
    fits = fits && !__builtin_add_overflow(run->value_usd, sum, &run->value_usd) && run->value_usd >= 0;
    int64_t unweighed = run->unweighed_usd;
    if (!fits || __builtin_add_overflow(unweighed, sum, &unweighed))
        return false;
    run->unweighed_usd = unweighed > 0 ? unweighed : 0;
    return true;
}

/* ---- roll-ups ---- */

static int by_key(const void *a_, const void *b_)
{
    const struct file_rest *a = a_, *b = b_;
    const uint64_t x[] = {a->key, a->node}, y[] = {b->key, b->node};
    return by_numbers(x, y, 2);
}

void rests_sort(struct rest_list *list, size_t from)
{
    if (from < list->n)
        qsort(list->rest + from, list->n - from, sizeof *list->rest, by_key);
}

/* Sums what has one key and node; *n is how many are left. */
static bool join_rests(struct file_rest *rest, size_t *n)
{
    size_t k = 0;
    bool fits = true;
    for (size_t i = 0; i < *n; i++) {
        if (k && by_key(&rest[k - 1], &rest[i]) == 0) {
            fits = !__builtin_add_overflow(rest[k - 1].value_usd, rest[i].value_usd, &rest[k - 1].value_usd) && fits;
            rest[k - 1].status |= rest[i].status;
            continue;
        }
        rest[k++] = rest[i];
    }
    size_t kept = 0;
    for (size_t i = 0; i < k; i++)
        if (rest[i].value_usd || rest[i].status)
            rest[kept++] = rest[i];
    *n = kept;
    return fits;
}

bool rests_roll_up(struct rest_list *list, size_t from, size_t to, uint32_t (*into)(const void *context, uint32_t key),
                   const void *context)
{
    if (from == to)
        return !list->overflow;
    if (!rest_list_reserve(list, to - from))
        return false;
    struct file_rest *sum = list->rest + list->n;
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        uint32_t key = into(context, list->rest[i].key);
        if (key == UINT32_MAX)
            continue;
        sum[n] = list->rest[i];
        sum[n].parts = 0;
        sum[n++].key = key;
    }
    qsort(sum, n, sizeof *sum, by_key);
    if (!join_rests(sum, &n))
        list->overflow = true;
    list->n += n;
    return !list->overflow;
}
