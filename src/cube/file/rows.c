/* Packs the observations of a run into bytes and reads them back; rows.h says how they lie. */
#include "cube/file/rows.h"

#include "cube/file/bits.h"
#include "entrepot/cube/observation.h"

/* Bytes of a number by its code. Most values and weights of trade take one to three bytes; five reach a trillion dollars. */
static const uint8_t length_of[SCHEMES][4] = {
    [SCHEME_NONE] = {0, 0, 0, 0},
    [SCHEME_SMALL] = {1, 2, 3, 5},
    [SCHEME_WIDE] = {2, 4, 6, 8},
    [SCHEME_SPARSE] = {0, 2, 3, 5},
};

/* ---- where things are ---- */

struct leaf_form {
    bool bitmap;
    uint32_t low_bits, high_bits;
    uint64_t low_bytes, high_bytes; /* a bitmap has no high part */
};

static struct leaf_form leaf_form(size_t n, size_t universe)
{
    struct leaf_form f = {.bitmap = false};
    if (n == 0)
        return f;
    uint64_t bitmap_bytes = (universe + 7) / 8;
    while (((uint64_t)n << (f.low_bits + 1)) <= universe)
        f.low_bits++;
    f.high_bits = (uint32_t)(n + ((universe - 1) >> f.low_bits) + 1);
    f.low_bytes = ((uint64_t)n * f.low_bits + 7) / 8;
    f.high_bytes = ((uint64_t)f.high_bits + 7) / 8;
    if (bitmap_bytes <= f.low_bytes + f.high_bytes)
        f = (struct leaf_form){.bitmap = true, .high_bits = (uint32_t)universe, .low_bytes = bitmap_bytes};
    return f;
}

static uint64_t code_bytes(const struct file_run *run, enum stream s)
{
    return run->scheme[s] ? ((uint64_t)run->count + 3) / 4 : 0;
}

uint64_t run_bytes(const struct file_run *run, size_t universe)
{
    struct leaf_form form = leaf_form(run->count, universe);
    uint64_t bytes = form.low_bytes + form.high_bytes + (run->status ? run->count : 0);
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++)
        bytes += code_bytes(run, s) + run->data_bytes[s];
    return bytes;
}

static bool well_formed(const struct file_run *run, uint64_t rows_bytes, size_t universe)
{
    if (run->count > universe || (run->count == 0) != (run->scheme[STREAM_VALUE] == SCHEME_NONE))
        return false;
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++)
        if (run->scheme[s] >= SCHEMES || (run->count == 0 && run->data_bytes[s]))
            return false;
    return run->offset <= rows_bytes && run_bytes(run, universe) <= rows_bytes - run->offset;
}

/* The parts of a run whose bytes begin at `p`. */
static void find_parts(const struct file_run *run, const unsigned char *p, size_t universe, struct run_view *v)
{
    struct leaf_form form = leaf_form(run->count, universe);
    *v = (struct run_view){.run = run,
                           .universe = (uint32_t)universe,
                           .low_bits = form.low_bits,
                           .bitmap = form.bitmap,
                           .leaves = p,
                           .high = p + form.low_bytes,
                           .high_bytes = (uint32_t)form.high_bytes};
    p += form.low_bytes + form.high_bytes;
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++) {
        v->code[s] = p;
        p += code_bytes(run, s);
    }
    v->status = p;
    p += run->status ? run->count : 0;
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++) {
        v->data[s] = p;
        p += run->data_bytes[s];
    }
}

bool run_view(const struct file_run *run, const unsigned char *rows, uint64_t rows_bytes, size_t universe,
              struct run_view *v)
{
    if (!well_formed(run, rows_bytes, universe))
        return false;
    find_parts(run, rows + run->offset, universe, v);
    return true;
}

/* ---- reading from the start ---- */

/* Bytes of the numbers of the first `n` (at most 32) codes of a word. */
static uint32_t lengths_of(uint64_t word, unsigned n, const uint8_t *length)
{
    const uint64_t even = 0x5555555555555555U;
    word &= bits_mask(2 * n);
    uint64_t low = word & even, high = word >> 1 & even;
    unsigned three = bits_count(low & high), one = bits_count(low) - three, two = bits_count(high) - three;
    return (n - one - two - three) * length[0] + one * length[1] + two * length[2] + three * length[3];
}

/* Unpacks `n` (at most 32) numbers of a stream whose codes are in `word`. False if they do not fit the stream. */
static bool take_numbers(const struct run_view *v, enum stream s, uint64_t word, unsigned n, uint32_t *at,
                         uint64_t *out)
{
    const uint8_t *length = length_of[v->run->scheme[s]];
    uint64_t mask[4];
    if (lengths_of(word, n, length) > v->run->data_bytes[s] - *at)
        return false;
    for (unsigned c = 0; c < 4; c++)
        mask[c] = bits_mask(8U * length[c]);
    const unsigned char *p = v->data[s] + *at, *start = p;
    for (unsigned i = 0; i < n; i++, word >>= 2) {
        out[i] = bits_load(p) & mask[word & 3];
        p += length[word & 3];
    }
    *at += (uint32_t)(p - start);
    return true;
}

static bool take_stream(struct run_cursor *c, enum stream s, size_t n, uint64_t *out)
{
    for (size_t i = 0; i < n; i += 32) {
        uint64_t word = bits_load(c->view->code[s] + (c->next + i) / 4);
        if (!take_numbers(c->view, s, word, n - i < 32 ? (unsigned)(n - i) : 32, &c->at[s], out + i))
            return false;
    }
    return true;
}

static uint64_t top_bits(const uint64_t *number, size_t n)
{
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all |= number[i];
    return all;
}

/* The value of what has no quantity, where no stream says it: all or nothing of a row. */
static void imply_unweighed(struct rows_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n; i++)
        chunk->unweighed_usd[i] = chunk->stored_kg[i] ? 0 : chunk->value_usd[i];
}

static bool take_quantities(struct run_cursor *c, struct rows_chunk *chunk)
{
    const struct file_run *run = c->view->run;
    uint64_t *unweighed = (uint64_t *)chunk->unweighed_usd;
    if (run->scheme[STREAM_QUANTITY] == SCHEME_NONE)
        memset(chunk->stored_kg, 0, chunk->n * sizeof *chunk->stored_kg);
    else if (!take_stream(c, STREAM_QUANTITY, chunk->n, chunk->stored_kg) ||
             top_bits(chunk->stored_kg, chunk->n) > INT64_MAX)
        return false;
    if (run->scheme[STREAM_UNWEIGHED] == SCHEME_NONE)
        imply_unweighed(chunk);
    else if (!take_stream(c, STREAM_UNWEIGHED, chunk->n, unweighed) || top_bits(unweighed, chunk->n) > INT64_MAX)
        return false;
    return true;
}

static uint32_t low_part(const struct run_view *v, uint32_t row)
{
    uint64_t bit = (uint64_t)row * v->low_bits;
    return (uint32_t)(bits_load(v->leaves + bit / 8) >> (bit & 7) & bits_mask(v->low_bits));
}

/* The word of the bitmap or unary part that begins at bit `position`; bits behind the part are cleared. */
static uint64_t word_at(const unsigned char *part, uint32_t bytes, uint32_t position)
{
    uint32_t at = position / 8;
    uint64_t word = bits_load(part + at);
    return bytes - at >= 8 ? word : word & bits_mask(8 * (bytes - at));
}

static const unsigned char *bit_part(const struct run_view *v, uint32_t *bytes)
{
    *bytes = v->bitmap ? (v->universe + 7) / 8 : v->high_bytes;
    return v->bitmap ? v->leaves : v->high;
}

void run_start(struct run_cursor *c, const struct run_view *view, bool with_quantity)
{
    uint32_t bytes;
    const unsigned char *part = bit_part(view, &bytes);
    *c = (struct run_cursor){.view = view, .with_quantity = with_quantity, .word = word_at(part, bytes, 0)};
}

/* Goes on to a word with a bit in it. */
static bool next_word(struct run_cursor *c, const unsigned char *part, uint32_t bytes)
{
    while (c->word == 0) {
        c->position += 64;
        if (c->position / 8 >= bytes)
            return false;
        c->word = word_at(part, bytes, c->position);
    }
    return true;
}

static bool take_leaves(struct run_cursor *c, struct rows_chunk *chunk, size_t n)
{
    const struct run_view *v = c->view;
    uint32_t bytes, row = c->next;
    const unsigned char *part = bit_part(v, &bytes);
    for (size_t i = 0; i < n; i++, row++) {
        if (!next_word(c, part, bytes))
            return false;
        uint32_t leaf = c->position + bits_lowest(c->word);
        c->word &= c->word - 1;
        if (!v->bitmap)
            leaf = (leaf - row) << v->low_bits | low_part(v, row);
        if (leaf >= v->universe)
            return false;
        chunk->leaf[i] = (uint16_t)leaf;
    }
    return true;
}

bool run_next(struct run_cursor *c, struct rows_chunk *chunk)
{
    const struct file_run *run = c->view->run;
    size_t left = run->count - c->next, n = left < CHUNK_ROWS ? left : CHUNK_ROWS;
    if (n == 0 || c->corrupt)
        return false;
    uint64_t *value = (uint64_t *)chunk->value_usd;
    chunk->n = n;
    if (!take_leaves(c, chunk, n) || !take_stream(c, STREAM_VALUE, n, value) || top_bits(value, n) > INT64_MAX ||
        (c->with_quantity && !take_quantities(c, chunk))) {
        c->corrupt = true;
        return false;
    }
    if (run->status)
        memcpy(chunk->status, c->view->status + c->next, n);
    else
        memset(chunk->status, 0, n);
    c->next += (uint32_t)n;
    return true;
}

/* ---- searching ---- */

static bool find_in_bitmap(const struct run_view *v, uint32_t leaf, uint32_t *row)
{
    uint32_t bytes = (v->universe + 7) / 8, before = 0;
    if (!((unsigned)v->leaves[leaf / 8] >> leaf % 8 & 1U))
        return false;
    for (uint32_t position = 0; position + 64 <= leaf; position += 64)
        before += bits_count(bits_load(v->leaves + position / 8));
    before += bits_count(word_at(v->leaves, bytes, leaf / 64 * 64) & bits_mask(leaf % 64));
    *row = before;
    return before < v->run->count;
}

/* Position behind the `n`-th zero (n at least 1) of the unary part, or the part's end. */
static uint32_t behind_zero(const struct run_view *v, uint32_t n)
{
    for (uint32_t position = 0; position / 8 < v->high_bytes; position += 64) {
        uint64_t zeros = ~word_at(v->high, v->high_bytes, position);
        unsigned count = bits_count(zeros);
        if (count < n) {
            n -= count;
            continue;
        }
        while (--n)
            zeros &= zeros - 1;
        return position + bits_lowest(zeros) + 1;
    }
    return v->high_bytes * 8;
}

static bool find_in_list(const struct run_view *v, uint32_t leaf, uint32_t *row)
{
    uint32_t high = leaf >> v->low_bits, low = leaf & (uint32_t)bits_mask(v->low_bits);
    uint32_t position = high ? behind_zero(v, high) : 0;
    for (uint32_t at = position - high; at < v->run->count;
         at++, position++) { /* the part has a bit for each row and each zero */
        if (!((unsigned)v->high[position / 8] >> position % 8 & 1U))
            return false;
        uint32_t here = low_part(v, at);
        if (here >= low) {
            *row = at;
            return here == low;
        }
    }
    return false;
}

bool run_find(const struct run_view *view, uint32_t leaf, uint32_t *row)
{
    if (leaf >= view->universe)
        return false;
    return view->bitmap ? find_in_bitmap(view, leaf, row) : find_in_list(view, leaf, row);
}

/* Number `row` of a stream. */
static bool number_at(const struct run_view *v, enum stream s, uint32_t row, uint64_t *out)
{
    const uint8_t *length = length_of[v->run->scheme[s]];
    uint64_t at = 0;
    uint32_t i = 0;
    for (; i + 32 <= row; i += 32)
        at += lengths_of(bits_load(v->code[s] + i / 4), 32, length);
    uint64_t word = bits_load(v->code[s] + i / 4);
    at += lengths_of(word, row - i, length);
    unsigned code = (unsigned)(word >> 2 * (row - i) & 3);
    if (at + length[code] > v->run->data_bytes[s])
        return false;
    *out = bits_load(v->data[s] + at) & bits_mask(8U * length[code]);
    return *out <= INT64_MAX;
}

bool run_at(const struct run_view *v, uint32_t row, bool with_quantity, struct rows_chunk *chunk)
{
    const struct file_run *run = v->run;
    uint64_t number = 0;
    chunk->n = 1;
    if (row >= run->count || !number_at(v, STREAM_VALUE, row, &number))
        return false;
    chunk->status[0] = run->status ? v->status[row] : 0;
    chunk->value_usd[0] = (int64_t)number;
    if (!with_quantity)
        return true;
    chunk->stored_kg[0] = 0;
    if (run->scheme[STREAM_QUANTITY] && !number_at(v, STREAM_QUANTITY, row, &chunk->stored_kg[0]))
        return false;
    imply_unweighed(chunk);
    if (run->scheme[STREAM_UNWEIGHED]) {
        if (!number_at(v, STREAM_UNWEIGHED, row, &number))
            return false;
        chunk->unweighed_usd[0] = (int64_t)number;
    }
    return true;
}

/* ---- writing ---- */

static void put_leaves(const struct rows_in *in, size_t universe, unsigned char *p)
{
    struct leaf_form form = leaf_form(in->n, universe);
    memset(p, 0, form.low_bytes + form.high_bytes);
    unsigned char *high = p + form.low_bytes;
    for (size_t i = 0; i < in->n; i++) {
        uint32_t leaf = in->leaf[i];
        if (form.bitmap) {
            p[leaf / 8] |= (unsigned char)(1U << leaf % 8);
            continue;
        }
        size_t at = (leaf >> form.low_bits) + i, bit = i * form.low_bits;
        high[at / 8] |= (unsigned char)(1U << at % 8);
        uint32_t low = (leaf & (uint32_t)bits_mask(form.low_bits)) << bit % 8;
        for (size_t b = bit / 8; low; b++, low >>= 8)
            p[b] |= (unsigned char)low;
    }
}

static unsigned bytes_needed(uint64_t number) { return number ? (71U - (unsigned)__builtin_clzll(number)) / 8U : 0; }

static unsigned code_for(const uint8_t *length, unsigned bytes)
{
    unsigned code = 0;
    while (length[code] < bytes)
        code++;
    return code;
}

/* The scheme that stores these numbers in the fewest bytes. */
static void choose_scheme(const uint64_t *number, size_t n, uint8_t *scheme, uint32_t *data_bytes)
{
    uint64_t count[9] = {0}, least = UINT64_MAX;
    unsigned longest = 0;
    for (size_t i = 0; i < n; i++)
        count[bytes_needed(number[i])]++;
    for (unsigned b = 0; b <= 8; b++)
        longest = count[b] ? b : longest;
    for (unsigned s = SCHEME_SMALL; s < SCHEMES; s++) {
        uint64_t bytes = 0;
        if (length_of[s][3] < longest)
            continue;
        for (unsigned b = 0; b <= longest; b++)
            bytes += count[b] * length_of[s][code_for(length_of[s], b)];
        if (bytes < least) {
            least = bytes;
            *scheme = (uint8_t)s;
        }
    }
    *data_bytes = (uint32_t)least;
}

/* Codes at `code`, numbers at `data`: up to 8 bytes behind the last are written too. */
static void put_numbers(const uint64_t *number, size_t n, const uint8_t *length, unsigned char *code,
                        unsigned char *data)
{
    uint8_t code_of[9];
    for (unsigned b = 0; b <= 8; b++)
        code_of[b] = length[3] < b ? 3 : (uint8_t)code_for(length, b);
    memset(code, 0, (n + 3) / 4);
    for (size_t i = 0; i < n; i++) {
        unsigned c = code_of[bytes_needed(number[i])];
        code[i / 4] |= (unsigned char)(c << 2 * (i % 4));
        memcpy(data, &number[i], sizeof number[i]);
        data += length[c];
    }
}

static bool implied(const struct rows_in *in)
{
    for (size_t i = 0; in->unweighed_usd && i < in->n; i++)
        if (in->unweighed_usd[i] != (in->stored_kg[i] ? 0 : in->value_usd[i]))
            return false;
    return true;
}

/* False if a sum leaves 63 bits. What has no quantity is worth no more than everything. */
static bool sum_up(const struct rows_in *in, struct file_run *run)
{
    bool weighed = false;
    for (size_t i = 0; i < in->n; i++) {
        int64_t kg = in->stored_kg[i] ? (int64_t)(in->stored_kg[i] - 1) : 0;
        if (__builtin_add_overflow(run->value_usd, in->value_usd[i], &run->value_usd) ||
            __builtin_add_overflow(run->quantity_kg, kg, &run->quantity_kg))
            return false;
        run->unweighed_usd += in->unweighed_usd ? in->unweighed_usd[i] : in->stored_kg[i] ? 0 : in->value_usd[i];
        weighed = weighed || in->stored_kg[i];
        run->status |= in->status ? in->status[i] : 0;
    }
    run->status |= in->whole_status;
    if (!weighed)
        run->quantity_kg = QUANTITY_UNKNOWN;
    return true;
}

bool rows_write(const struct rows_in *in, size_t universe, struct buf *out, struct file_run *run)
{
    const uint64_t *number[STREAMS] = {(const uint64_t *)in->value_usd, in->stored_kg,
                                       (const uint64_t *)in->unweighed_usd};
    *run = (struct file_run){.key = run->key, .offset = run->offset, .count = (uint32_t)in->n};
    if (!sum_up(in, run))
        return false;
    if (in->n == 0)
        return true;
    choose_scheme(number[STREAM_VALUE], in->n, &run->scheme[STREAM_VALUE], &run->data_bytes[STREAM_VALUE]);
    if (run->quantity_kg != QUANTITY_UNKNOWN)
        choose_scheme(number[STREAM_QUANTITY], in->n, &run->scheme[STREAM_QUANTITY], &run->data_bytes[STREAM_QUANTITY]);
    if (!implied(in))
        choose_scheme(number[STREAM_UNWEIGHED], in->n, &run->scheme[STREAM_UNWEIGHED],
                      &run->data_bytes[STREAM_UNWEIGHED]);
    uint64_t bytes = run_bytes(run, universe);
    if (!buf_reserve(out, bytes + 8))
        return true;
    unsigned char *p = (unsigned char *)out->p + out->n;
    struct run_view v;
    find_parts(run, p, universe, &v);
    put_leaves(in, universe, p);
    for (enum stream s = STREAM_VALUE; s < STREAMS; s++)
        if (run->scheme[s])
            put_numbers(number[s], in->n, length_of[run->scheme[s]], p + (v.code[s] - p), p + (v.data[s] - p));
    if (run->status)
        memcpy(p + (v.status - p), in->status, in->n);
    out->n += bytes;
    return true;
}
