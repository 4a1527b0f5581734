/* Forges cube files: one is taken apart into its sections, something is changed that a reader believes (a field of the header or of the
 * contents, a number in an index, a line of a dictionary, an order), and it is put together again, mostly with right checksums. What is
 * no cube file is changed as any bytes are. */
#include <xxhash.h>

#include "cube/file/format.h"
#include "fuzz/fuzz.h"

#define PIECES_MAX 64
#define GROWTH 256 /* by which a section may grow in one change */

struct piece {
    struct file_section section;
    char *bytes; /* of `room` */
    size_t n, room;
};

struct forging {
    struct file_header header;
    struct piece piece[PIECES_MAX];
    size_t n;
    uint64_t seed;
    fuzz_changer *change;
};

/* ---- apart and together ---- */

static void add_piece(struct forging *f, const struct file_section *section, const char *bytes)
{
    struct piece *p = &f->piece[f->n];
    *p = (struct piece){.section = *section, .n = section->bytes, .room = section->bytes + GROWTH};
    p->bytes = malloc(p->room);
    FUZZ_CHECK(p->bytes != NULL);
    memcpy(p->bytes, bytes, p->n);
    f->n++;
}

static void release(struct forging *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->piece[i].bytes);
    f->n = 0;
}

static bool contents_lie_within(const struct file_header *h, size_t n)
{
    return h->contents_offset <= n && h->contents_count <= (n - h->contents_offset) / sizeof(struct file_section);
}

static bool take_apart(struct forging *f, const char *bytes, size_t n)
{
    if (n < sizeof f->header)
        return false;
    memcpy(&f->header, bytes, sizeof f->header);
    if (!contents_lie_within(&f->header, n) || f->header.contents_count == 0 || f->header.contents_count >= PIECES_MAX)
        return false;
    for (size_t i = 0; i < f->header.contents_count; i++) {
        struct file_section s;
        memcpy(&s, bytes + f->header.contents_offset + i * sizeof s, sizeof s);
        if (s.offset > n || s.bytes > n - s.offset)
            return false;
        add_piece(f, &s, bytes + s.offset);
    }
    return true;
}

/* Sections one behind the other, as format.h wants them. 0: it does not fit. */
static size_t put_together(struct forging *f, char *bytes, size_t room)
{
    size_t at = sizeof f->header;
    for (size_t i = 0; i < f->n; i++) {
        struct piece *p = &f->piece[i];
        if (at + p->n + FILE_ALIGN > room)
            return 0;
        memcpy(bytes + at, p->bytes, p->n);
        p->section.offset = at;
        p->section.bytes = p->n;
        at += p->n;
        for (; at % FILE_ALIGN; at++)
            bytes[at] = '\0';
    }
    if (at + f->n * sizeof(struct file_section) > room)
        return 0;
    f->header.contents_offset = at;
    f->header.contents_count = f->n;
    for (size_t i = 0; i < f->n; i++, at += sizeof(struct file_section))
        memcpy(bytes + at, &f->piece[i].section, sizeof(struct file_section));
    f->header.file_bytes = at;
    memcpy(bytes, &f->header, sizeof f->header);
    return at;
}

/* Makes all checksums right, as far as there are sections to make them right of. */
static void seal(char *bytes, size_t n)
{
    struct file_header h;
    if (n < sizeof h)
        return;
    memcpy(&h, bytes, sizeof h);
    if (contents_lie_within(&h, n)) {
        for (size_t i = 0; i < h.contents_count; i++) {
            struct file_section s;
            char *at = bytes + h.contents_offset + i * sizeof s;
            memcpy(&s, at, sizeof s);
            if (s.offset <= n && s.bytes <= n - s.offset)
                s.hash = XXH3_64bits(bytes + s.offset, s.bytes);
            memcpy(at, &s, sizeof s);
        }
        h.contents_hash = XXH3_64bits(bytes + h.contents_offset, h.contents_count * sizeof(struct file_section));
    }
    h.header_hash = XXH3_64bits(&h, offsetof(struct file_header, header_hash));
    memcpy(bytes, &h, sizeof h);
}

/* ---- numbers ---- */

static uint64_t number_at(const char *bytes, size_t width)
{
    uint64_t number = 0;
    memcpy(&number, bytes, width); /* little-endian, as the file */
    return number;
}

/* A number of 1, 2, 4 or 8 bytes becomes one at a limit, a neighbour of itself, another of the same place, or anything. */
static void change_number(struct forging *f, char *bytes, size_t n, size_t width)
{
    if (n < width)
        return;
    char *at = bytes + fuzz_dice(&f->seed, n / width) * width;
    uint64_t number = number_at(at, width), other = number_at(bytes + fuzz_dice(&f->seed, n / width) * width, width);
    switch (fuzz_dice(&f->seed, 8)) {
    case 0: number = 0; break;
    case 1: number = UINT64_MAX; break;
    case 2: number = UINT64_MAX >> (65 - 8 * width) >> fuzz_dice(&f->seed, 2); break;
    case 3: number++; break;
    case 4: number--; break;
    case 5: number ^= 1ULL << fuzz_dice(&f->seed, 8 * width); break;
    case 6: number = other; break;
    default: number += other; break;
    }
    memcpy(at, &number, width);
}

static void change_any_number(struct forging *f, char *bytes, size_t n)
{
    change_number(f, bytes, n, (size_t)1 << fuzz_dice(&f->seed, 4));
}

/* ---- records and lines ---- */

/* Two of `n` records change places, or one takes the other's. */
static void mix_records(struct forging *f, char *bytes, size_t n, size_t width)
{
    char kept[sizeof(struct file_run)];
    if (n < width)
        return;
    char *a = bytes + fuzz_dice(&f->seed, n / width) * width, *b = bytes + fuzz_dice(&f->seed, n / width) * width;
    memcpy(kept, a, width);
    memmove(a, b, width);
    if (fuzz_dice(&f->seed, 2))
        memcpy(b, kept, width);
}

/* A line of a dictionary goes, comes twice, changes a character, or gets or loses the mark before it. */
static void change_line(struct forging *f, struct piece *p)
{
    size_t start = p->n ? fuzz_dice(&f->seed, p->n) : 0;
    while (start > 0 && p->bytes[start - 1] != '\n')
        start--;
    const char *end = memchr(p->bytes + start, '\n', p->n - start);
    size_t length = end ? (size_t)(end - p->bytes) + 1 - start : p->n - start;
    char *line = p->bytes + start;
    switch (fuzz_dice(&f->seed, 4)) {
    case 0:
        memmove(line, line + length, p->n - start - length);
        p->n -= length;
        break;
    case 1:
        if (p->n + length > p->room)
            break;
        memmove(line + length, line, p->n - start);
        p->n += length;
        break;
    case 2:
        if (length)
            line[fuzz_dice(&f->seed, length)] = "09AZ-\n\xFF"[fuzz_dice(&f->seed, 7)];
        break;
    default:
        if (p->n == p->room)
            break;
        memmove(line + 1, line, p->n - start);
        *line = '-';
        p->n++;
        break;
    }
}

/* ---- one change ---- */

static void change_piece(struct forging *f)
{
    struct piece *p = &f->piece[fuzz_dice(&f->seed, f->n)];
    bool lines = p->section.kind == SECTION_MEMBERS || p->section.kind == SECTION_PRODUCTS;
    if (lines && fuzz_dice(&f->seed, 4)) {
        change_line(f, p);
        return;
    }
    switch (fuzz_dice(&f->seed, 4)) {
    case 0: p->n = f->change(p->bytes, p->n, p->room); break;
    case 1:
        mix_records(f, p->bytes, p->n, p->section.kind == SECTION_RUNS ? sizeof(struct file_run) : sizeof(uint16_t));
        break;
    default: change_any_number(f, p->bytes, p->n); break;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the piece stays in f, which frees it */
}

static void change_order(struct forging *f)
{
    size_t a = fuzz_dice(&f->seed, f->n), b = fuzz_dice(&f->seed, f->n);
    struct piece kept = f->piece[a];
    switch (fuzz_dice(&f->seed, 4)) {
    case 0: /* two sections change places, names and all */
        f->piece[a] = f->piece[b];
        f->piece[b] = kept;
        break;
    case 1: /* or names only */
        f->piece[a].section = f->piece[b].section;
        f->piece[b].section = kept.section;
        break;
    case 2:
        free(kept.bytes);
        memmove(&f->piece[a], &f->piece[a + 1], (f->n - a - 1) * sizeof kept);
        f->n--;
        break;
    default: f->piece[a].section.period += fuzz_dice(&f->seed, 5) - 2; break;
    }
}

/* In the file itself: what stands in the header, or in the contents. */
static void change_heads(struct forging *f, char *bytes, size_t n)
{
    size_t contents = f->header.contents_offset;
    if (fuzz_dice(&f->seed, 2))
        change_any_number(f, bytes, sizeof f->header);
    else
        change_number(f, bytes + contents, n - contents, sizeof(uint64_t));
}

size_t forge_cube(char *bytes, size_t n, size_t room, unsigned seed, fuzz_changer *change)
{
    struct forging f = {.seed = 88172645463325252ULL ^ ((uint64_t)seed << 16), .change = change};
    size_t made = 0;
    if (take_apart(&f, bytes, n)) {
        bool heads = fuzz_dice(&f.seed, 8) == 0;
        for (uint32_t i = 0, times = heads ? 0 : 1 + fuzz_dice(&f.seed, 3); i < times && f.n > 1; i++)
            if (fuzz_dice(&f.seed, 16))
                change_piece(&f);
            else
                change_order(&f);
        made = put_together(&f, bytes, room);
        if (made && heads)
            change_heads(&f, bytes, made);
    }
    release(&f);
    if (made == 0)
        made = change(bytes, n, room);
    if (fuzz_dice(&f.seed, 16)) /* else as a disk or a forger without a program leaves it */
        seal(bytes, made);
    return made;
}
