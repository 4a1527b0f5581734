#include "cube/file/image.h"

#include <inttypes.h>
#include <xxhash.h>

#include "entrepot/cube/build.h"
#include "entrepot/cube/period.h"

static const char *section_name(const struct file_section *section)
{
    static const char *const name[] = {"?", "DATASET", "MEMBERS", "PRODUCTS", "DIRECTORY", "ROWS"};
    return name[section->kind <= SECTION_ROWS ? section->kind : 0];
}

/* "x.cube: section DIRECTORY of 2019: …" */
static enum status corrupt(const struct image *image, const struct file_section *section, struct problem *problem,
                           const char *what)
{
    char place[256], period[PERIOD_TEXT] = "";
    if (section && section->period)
        (void)period_print(section->period, period);
    if (section)
        (void)snprintf(place, sizeof place, "%s: section %s%s%s", image->name, section_name(section),
                       period[0] ? " of " : "", period);
    else
        (void)snprintf(place, sizeof place, "%s: header", image->name);
    enum status status = problem_set(problem, ST_CORRUPT, place, "%s", what);
    return problem_cure(problem, status, "make the file again with entrepot import, or copy it again");
}

static enum status check_header(struct image *image, struct problem *problem)
{
    if (image->n < sizeof(struct file_header))
        return corrupt(image, NULL, problem, "the file is shorter than a cube file's header");
    const struct file_header *h = image->header = (const struct file_header *)(const void *)image->bytes;
    if (memcmp(h->magic, FILE_MAGIC, sizeof h->magic) != 0)
        return corrupt(image, NULL, problem, "this is not a cube file");
    if (h->version != FILE_VERSION || h->endian != FILE_ENDIAN)
        return corrupt(image, NULL, problem, "a version or byte order that this program does not read");
    if (h->header_hash != XXH3_64bits(h, offsetof(struct file_header, header_hash)))
        return corrupt(image, NULL, problem, "the header's checksum is wrong");
    if (h->file_bytes != image->n) {
        char what[128];
        (void)snprintf(what, sizeof what, "the file has %zu bytes where %" PRIu64 " were written", image->n,
                       h->file_bytes);
        return corrupt(image, NULL, problem, what);
    }
    uint64_t bytes;
    if (__builtin_mul_overflow(h->contents_count, sizeof(struct file_section), &bytes) ||
        h->contents_offset % FILE_ALIGN || h->contents_offset > image->n || bytes != image->n - h->contents_offset ||
        h->contents_count < 3)
        return corrupt(image, NULL, problem, "the table of contents does not fit the file");
    if (h->contents_hash != XXH3_64bits(image->bytes + h->contents_offset, bytes))
        return corrupt(image, NULL, problem, "the checksum of the table of contents is wrong");
    image->section = (const struct file_section *)(const void *)(image->bytes + h->contents_offset);
    return ST_OK;
}

static enum status check_hash(const struct image *image, const struct file_section *section, struct problem *problem)
{
    if (section->hash != XXH3_64bits(image->bytes + section->offset, section->bytes))
        return corrupt(image, section, problem, "the checksum is wrong: the bytes are not what was written");
    return ST_OK;
}

/* Where the section stands: behind `end`, before the contents. */
static bool section_fits(const struct image *image, const struct file_section *s, uint64_t end)
{
    uint64_t limit = image->header->contents_offset;
    return s->offset % FILE_ALIGN == 0 && s->offset >= end && s->offset <= limit && s->bytes <= limit - s->offset;
}

/* Sections stand one behind the other, in the order that format.h gives. */
static enum status check_contents(const struct image *image, struct problem *problem)
{
    uint64_t end = sizeof(struct file_header);
    for (uint64_t i = 0; i < image->header->contents_count; i++) {
        const struct file_section *s = &image->section[i];
        uint32_t kind = i < 3 ? (uint32_t)(SECTION_DATASET + i) : i % 2 ? SECTION_DIRECTORY : SECTION_ROWS;
        if (s->kind != kind || (i < 3) != (s->period == 0))
            return corrupt(image, s, problem, "this section does not belong here");
        if (!section_fits(image, s, end))
            return corrupt(image, s, problem, "the section does not fit the file");
        end = s->offset + s->bytes;
        if (s->kind != SECTION_ROWS && check_hash(image, s, problem) != ST_OK)
            return ST_CORRUPT;
    }
    if (image->header->contents_count % 2 == 0)
        return corrupt(image, NULL, problem, "a period lacks its rows");
    return ST_OK;
}

/* Non-empty lines, ascending, each ended by LF. */
static enum status check_dictionary(const struct image *image, const struct file_section *section, struct str *text,
                                    size_t *lines, struct problem *problem)
{
    *text = str_span(image->bytes + section->offset, section->bytes);
    *lines = 0;
    if (text->n == 0 || text->p[text->n - 1] != '\n' || !str_utf8(*text))
        return corrupt(image, section, problem, "the dictionary is empty or is no text");
    struct str rest = str_span(text->p, text->n - 1), last = {NULL, 0};
    while (rest.p) {
        struct str line = str_cut(&rest, '\n');
        if (line.n == 0 || (*lines && str_cmp(last, line) >= 0))
            return corrupt(image, section, problem, "the dictionary is not in order");
        last = line;
        ++*lines;
    }
    return ST_OK;
}

static bool run_fits(const struct image *image, const struct file_run *run, uint64_t expected_offset,
                     uint64_t rows_bytes)
{
    return RUN_REPORTER(run->key) < image->n_members && RUN_PARTNER(run->key) < image->n_members && run->count > 0 &&
           run->count <= image->n_products && run->value_bytes >= 1 && run->value_bytes <= 8 &&
           run->quantity_bytes <= 8 && run->has_status <= 1 && run->zero == 0 && run->value_usd >= 0 &&
           run->offset == expected_offset && run_bytes(run) <= rows_bytes - expected_offset;
}

static enum status check_directory(const struct image *image, struct image_segment *segment, uint64_t *observations,
                                   struct problem *problem)
{
    const struct file_section *d = segment->directory_section;
    uint64_t offset = 0;
    for (size_t i = 0; i < segment->n_runs; i++) {
        const struct file_run *run = &segment->run[i];
        if (i && run[-1].key >= run->key)
            return corrupt(image, d, problem, "the runs are not in order");
        if (!run_fits(image, run, offset, segment->rows_bytes))
            return corrupt(image, d, problem, "a run does not fit its rows");
        offset += run_bytes(run);
        *observations += run->count;
    }
    if (offset != segment->rows_bytes)
        return corrupt(image, d, problem, "the runs do not cover the rows");
    return ST_OK;
}

static enum status open_segments(struct image *image, struct problem *problem)
{
    image->n_segments = (image->header->contents_count - 3) / 2;
    image->segment = calloc(image->n_segments + 1, sizeof *image->segment);
    if (!image->segment)
        return problem_set(problem, ST_NO_MEMORY, image->name, "out of memory while opening");
    uint64_t observations = 0;
    for (size_t i = 0; i < image->n_segments; i++) {
        const struct file_section *d = &image->section[3 + 2 * i], *r = d + 1;
        struct image_segment *segment = &image->segment[i];
        *segment = (struct image_segment){.period = d->period,
                                          .n_runs = d->bytes / sizeof(struct file_run),
                                          .rows_bytes = r->bytes,
                                          .run = (const void *)(image->bytes + d->offset),
                                          .rows = (const unsigned char *)image->bytes + r->offset,
                                          .directory_section = d,
                                          .rows_section = r};
        if (d->period != r->period || (i && segment[-1].period >= d->period) || d->bytes % sizeof(struct file_run))
            return corrupt(image, d, problem, "the periods are not in order");
        enum status status = check_directory(image, segment, &observations, problem);
        if (status != ST_OK)
            return status;
    }
    if (observations != image->header->observations)
        return corrupt(image, NULL, problem, "the number of observations is not the header's");
    return ST_OK;
}

enum status image_open(const char *name, const char *bytes, size_t n, bool whole, struct image *image,
                       struct problem *problem)
{
    *image = (struct image){.name = name, .bytes = bytes, .n = n};
    enum status status = check_header(image, problem);
    if (status == ST_OK)
        status = check_contents(image, problem);
    if (status == ST_OK) {
        image->dataset = str_span(bytes + image->section[0].offset, image->section[0].bytes);
        status = check_dictionary(image, &image->section[1], &image->members, &image->n_members, problem);
    }
    if (status == ST_OK)
        status = check_dictionary(image, &image->section[2], &image->products, &image->n_products, problem);
    if (status == ST_OK && (image->n_members > FILE_MEMBERS_MAX || image->n_products > FILE_PRODUCTS_MAX))
        status = corrupt(image, &image->section[1], problem, "the dictionary is too long");
    if (status == ST_OK)
        status = open_segments(image, problem);
    if (status == ST_OK && whole)
        status = image_verify_rows(image, problem);
    if (status != ST_OK)
        image_release(image);
    return status;
}

void image_release(struct image *image)
{
    free(image->segment);
    image->segment = NULL;
}

/* What a run's rows add up to. */
struct run_sums {
    uint64_t usd, kg;
    unsigned status;
    bool all_weighed;
};

/* False if a sum leaves 64 bits. */
static bool add_row(const struct file_run *run, const unsigned char *rows, uint32_t i, struct run_sums *sums)
{
    size_t n = run->count;
    const unsigned char *values = rows + n * 2, *kgs = values + n * run->value_bytes,
                        *status = kgs + n * run->quantity_bytes;
    uint64_t usd = file_number(values + (size_t)i * run->value_bytes, run->value_bytes);
    uint64_t stored = file_number(kgs + (size_t)i * run->quantity_bytes, run->quantity_bytes);
    sums->all_weighed = sums->all_weighed && stored > 0;
    sums->status |= run->has_status ? status[i] : 0U;
    return !__builtin_add_overflow(sums->usd, usd, &sums->usd) &&
           !__builtin_add_overflow(sums->kg, stored ? stored - 1 : 0, &sums->kg);
}

/* Products ascend inside a run, and the rows add up to the run's totals. */
static bool run_holds(const struct image *image, const struct file_run *run, const unsigned char *rows)
{
    struct run_sums sums = {.all_weighed = true};
    uint64_t last = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        uint64_t product = file_number(rows + (size_t)i * 2, 2);
        if (product >= image->n_products || (i && product <= last) || !add_row(run, rows, i, &sums))
            return false;
        last = product;
    }
    int64_t expected_kg = sums.all_weighed ? (int64_t)sums.kg : QUANTITY_UNKNOWN;
    return sums.usd == (uint64_t)run->value_usd && expected_kg == run->quantity_kg && sums.status == run->status;
}

enum status image_verify_rows(const struct image *image, struct problem *problem)
{
    for (size_t s = 0; s < image->n_segments; s++) {
        const struct image_segment *segment = &image->segment[s];
        if (check_hash(image, segment->rows_section, problem) != ST_OK)
            return ST_CORRUPT;
        for (size_t i = 0; i < segment->n_runs; i++)
            if (!run_holds(image, &segment->run[i], segment->rows + segment->run[i].offset))
                return corrupt(image, segment->rows_section, problem, "the rows do not agree with the directory");
    }
    return ST_OK;
}
