/* Cuts a file into blocks that end where a record does. */
#include "ingest/text/blocks.h"

#include <inttypes.h>

static bool reserve(struct block *block, size_t n)
{
    if (n + BLOCK_PADDING <= block->capacity)
        return true;
    size_t capacity = n + n / 8 + BLOCK_PADDING;
    char *bytes = realloc(block->bytes, capacity);
    if (!bytes)
        return false;
    block->bytes = bytes;
    block->capacity = capacity;
    return true;
}

void block_release(struct block *block)
{
    free(block->bytes);
    *block = (struct block){.bytes = NULL};
}

bool block_copy(struct block *to, const struct block *block, size_t from)
{
    size_t n = block->n - from;
    if (!reserve(to, n))
        return false;
    if (n)
        memcpy(to->bytes, block->bytes + from, n);
    memset(to->bytes + n, 0, BLOCK_PADDING);
    to->n = n;
    return true;
}

enum status block_reader_open(struct block_reader *reader, const char *path, size_t block_bytes, int stop_fd,
                              struct problem *problem)
{
    struct source source;
    enum status status = source_open(&source, path, stop_fd, problem);
    block_reader_take(reader, &source, block_bytes);
    return status;
}

void block_reader_take(struct block_reader *reader, const struct source *source, size_t block_bytes)
{
    *reader = (struct block_reader){
        .source = *source, .block_bytes = block_bytes ? block_bytes : BLOCK_BYTES, .rest.line = 1};
}

void block_reader_close(struct block_reader *reader)
{
    source_close(&reader->source);
    block_release(&reader->rest);
}

/* Line ends, eight bytes at a time: the only look that the reading thread takes at every byte. */
static uint64_t count_lines(const char *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101, low = 0x7F7F7F7F7F7F7F7F;
    uint64_t lines = 0;
    size_t i = 0;
    while (i + 8 <= n) {
        uint64_t sum = 0; /* eight counters of a byte each: good for 255 rounds */
        for (size_t end = i + (size_t)8 * 255; i + 8 <= n && i < end; i += 8) {
            uint64_t word;
            memcpy(&word, p + i, 8);
            word ^= ones * '\n';
            sum += ~(((word & low) + low) | word | low) >> 7;
        }
        sum = (sum & 0x00FF00FF00FF00FF) + (sum >> 8 & 0x00FF00FF00FF00FF);
        lines += sum * 0x0001000100010001 >> 48;
    }
    for (; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

/* Bytes up to and with the last line end that no quote hides; 0 if there is none. */
static size_t last_record_end(const char *p, size_t n)
{
    if (!memchr(p, '"', n)) {
        const char *end = memrchr(p, '\n', n);
        return end ? (size_t)(end - p) + 1 : 0;
    }
    size_t cut = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        quoted ^= p[i] == '"';
        if (p[i] == '\n' && !quoted)
            cut = i + 1;
    }
    return cut;
}

/* Reads until the block holds `wanted` bytes or the file ends. */
static enum status fill(struct block_reader *r, struct block *block, size_t wanted, struct problem *problem)
{
    if (!reserve(block, wanted))
        return problem_set(problem, ST_NO_MEMORY, r->source.name, "out of memory");
    while (block->n < wanted && !r->ended) {
        ptrdiff_t got = source_fill(&r->source, block->bytes + block->n, wanted - block->n, problem);
        if (got < 0)
            return problem->status;
        block->n += (size_t)got;
        r->ended = got == 0;
    }
    return ST_OK;
}

static enum status refuse_long(const struct block_reader *r, const struct block *block, struct problem *problem)
{
    char place[256];
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, r->source.name, block->line);
    return problem_set(problem, ST_INVALID, place, "the record is longer than 1 MiB: is a quote left open?");
}

/* A block without the end of a record grows until it has one. */
static enum status fill_to_record_end(struct block_reader *r, struct block *block, size_t *cut, struct problem *problem)
{
    enum status status = ST_OK;
    *cut = 0;
    for (size_t wanted = r->block_bytes; status == ST_OK && *cut == 0; wanted *= 2) {
        if (block->n > CSV_RECORD_MAX)
            return refuse_long(r, block, problem);
        status = fill(r, block, wanted, problem);
        *cut = r->ended ? block->n : last_record_end(block->bytes, block->n);
        if (r->ended)
            break;
    }
    return status;
}

enum status block_reader_next(struct block_reader *r, struct block *block, struct problem *problem)
{
    size_t cut;
    if (r->ended)
        return ST_NOT_FOUND;
    block->line = r->rest.line;
    if (!block_copy(block, &r->rest, 0))
        return problem_set(problem, ST_NO_MEMORY, r->source.name, "out of memory");
    r->rest.n = 0;
    enum status status = fill_to_record_end(r, block, &cut, problem);
    if (status != ST_OK)
        return status;
    block->last = r->ended;
    if (cut < block->n && !block_copy(&r->rest, block, cut))
        return problem_set(problem, ST_NO_MEMORY, r->source.name, "out of memory");
    block->n = cut;
    block->lines = count_lines(block->bytes, cut);
    r->rest.line = block->line + block->lines;
    memset(block->bytes + cut, 0, BLOCK_PADDING);
    return ST_OK;
}
