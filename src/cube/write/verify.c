/* Is a cube file what its observations would be written as? The writer looks at what the reader has opened, never the other way round. */
#include <xxhash.h>

#include "cube/engine/engine.h"
#include "cube/write/flush.h"
#include "cube/write/series.h"

struct verifying {
    const struct image *image;
    enum level level;
    struct file_members members;
    uint32_t *code; /* product numbers of PRODUCTS */
    struct problem *problem;
};

static enum status check_hashes(const struct image *image, struct problem *problem)
{
    for (uint64_t i = 0; i < image->header->contents_count; i++) {
        const struct file_section *s = &image->section[i];
        if (s->hash != XXH3_64bits(image->bytes + s->offset, s->bytes))
            return image_corrupt(image, s, problem, "the checksum is wrong: the bytes are not what was written");
    }
    return ST_OK;
}

/* Numbers the file's own members, which need not be those of the table of countries any more. */
static bool read_members(struct verifying *v, const struct countries *countries)
{
    struct str rest = v->image->members;
    size_t n = v->image->n_members;
    v->members = (struct file_members){.n = (uint32_t)n, .countable = calloc(n + 1, sizeof(bool))};
    for (size_t i = 0; v->members.countable && i < n; i++) {
        struct str line = str_cut(&rest, '\n');
        uint32_t id = countries_find_source(countries, CODES_ISO3, line);
        v->members.countable[i] = id != NO_ID && countries_countable(countries, id);
    }
    return v->members.countable != NULL;
}

static enum status read_products(struct verifying *v)
{
    struct str rest = v->image->products;
    v->code = calloc(v->image->n_products + 1, sizeof *v->code);
    for (size_t i = 0; v->code && i < v->image->n_products; i++)
        if (!product_number(str_cut(&rest, '\n'), v->level, &v->code[i]))
            return image_corrupt(v->image, v->image->products_section, v->problem,
                                 "a product is not of the file's level");
    return v->code ? ST_OK : problem_set(v->problem, ST_NO_MEMORY, v->image->name, "out of memory");
}

static bool same(const struct buf *made, const void *bytes, uint64_t n)
{
    return str_eq(buf_view(made), str_span(bytes, n));
}

static enum status compare(const struct verifying *v, const struct image_segment *s, const struct segment *made)
{
    if (made->n_codes != s->n_leaves)
        return image_corrupt(v->image, s->leaves_section, v->problem, "there are products without a row");
    if (!same(&made->rows, s->rows, s->rows_bytes))
        return image_corrupt(v->image, s->rows_section, v->problem, "the rows do not agree with each other");
    if (!same(&made->runs, s->run, s->runs_section->bytes))
        return image_corrupt(v->image, s->runs_section, v->problem, "the runs do not agree with the rows");
    if (!same(&made->index, s->row_first, index_bytes(v->members.n, s->n_runs)))
        return image_corrupt(v->image, s->runs_section + 1, v->problem, "the index does not agree with the runs");
    return ST_OK;
}

/* The rests of a period as they stand in the file: how many, the first in *first. */
static uint32_t rests_of_segment(const struct image *image, uint32_t segment, const struct file_rest **first)
{
    const struct image_rests *rests = &image->rests;
    uint32_t from = 0, n = 0;
    while (from < rests->n && rests->rest[from].segment < segment)
        from++;
    *first = rests->rest + from;
    while (from + n < rests->n && (*first)[n].segment == segment)
        n++;
    return n;
}

/* Those of single runs, to be laid out again with them; roll-ups follow. */
static bool read_rests(const struct verifying *v, uint32_t segment, struct published_list *out)
{
    const struct file_rest *rest;
    uint32_t n = rests_of_segment(v->image, segment, &rest);
    bool ok = true;
    for (uint32_t i = 0; ok && i < n; i++) {
        const struct published item = {.key = rest[i].key,
                                       .node = rest[i].node,
                                       .value_usd = rest[i].value_usd,
                                       .status = rest[i].status,
                                       .is_rest = true,
                                       .parts = rest[i].parts};
        bool single = RUN_REPORTER(item.key) < v->members.n && RUN_PARTNER(item.key) < v->members.n;
        ok = !single || published_add(out, &item);
    }
    return ok;
}

static enum status compare_rests(const struct verifying *v, uint32_t segment, const struct segment *made)
{
    const struct file_rest *rest;
    uint32_t n = rests_of_segment(v->image, segment, &rest);
    bool same = n == made->rests.n;
    for (uint32_t i = 0; same && i < n; i++) {
        struct file_rest own = made->rests.rest[i];
        own.segment = segment;
        same = memcmp(&own, &rest[i], sizeof own) == 0;
    }
    return same
               ? ST_OK
               : image_corrupt(v->image, v->image->rests.section, v->problem, "the rests do not agree with each other");
}

/* Lays the segment out again; `code`: its leaves' product numbers. */
static enum status make_again(const struct verifying *v, const struct image_segment *s, const uint32_t *code,
                              const struct published_list *rests, struct segment *made)
{
    struct runs_in runs = {.run = s->run,
                           .n_runs = s->n_runs,
                           .rows = s->rows,
                           .rows_bytes = s->rows_bytes,
                           .code = code,
                           .n_codes = s->n_leaves,
                           .period = s->period,
                           .n_members = v->members.n};
    struct double_row twice;
    struct run_source source;
    struct segment_in in = {.period = s->period,
                            .level = v->level,
                            .members = &v->members,
                            .sum_member = NO_ID,
                            .source = &source.source,
                            .published = rests->item,
                            .n_published = rests->n};
    enum status status = run_source_init(&source, &runs, 1)
                             ? segment_make(&in, made, &twice, v->problem)
                             : problem_set(v->problem, ST_NO_MEMORY, v->image->name, "out of memory");
    run_source_release(&source);
    if (status == ST_CORRUPT || status == ST_INVALID)
        status = image_corrupt(v->image, s->rows_section, v->problem, "a run is not what an import writes");
    return status;
}

static enum status verify_segment(const struct verifying *v, const struct image_segment *s, uint64_t *observations)
{
    struct segment made = {.period = 0};
    struct published_list rests = {.n = 0};
    uint32_t at = (uint32_t)(s - v->image->segment);
    uint32_t *code = calloc(s->n_leaves + 1, sizeof *code);
    bool ok = code && read_rests(v, at, &rests);
    for (uint32_t i = 0; code && i < s->n_leaves; i++)
        code[i] = v->code[s->leaf[i]];
    enum status status = ok ? make_again(v, s, code, &rests, &made)
                            : problem_set(v->problem, ST_NO_MEMORY, v->image->name, "out of memory");
    if (status == ST_OK)
        status = compare(v, s, &made);
    if (status == ST_OK)
        status = compare_rests(v, at, &made);
    *observations += made.observations;
    segment_release(&made);
    published_release(&rests);
    free(code);
    return status;
}

/* Runs whose keys name no pair there could be were found when their segment was laid out again. */
static enum status verify_series(const struct verifying *v)
{
    const struct image *image = v->image;
    struct series s;
    bool ok = series_init(&s, v->members.n);
    for (size_t i = 0; ok && i < image->n_segments; i++)
        series_count(&s, image->segment[i].run, image->segment[i].n_runs);
    ok = ok && series_lay_out(&s);
    for (size_t i = 0; ok && i < image->n_segments; i++)
        series_fill(&s, image->segment[i].run, image->segment[i].n_runs, (uint32_t)i);
    const struct file_section *section = image->series.section;
    enum status status = ok ? ST_OK : problem_set(v->problem, ST_NO_MEMORY, image->name, "out of memory");
    if (ok && !same(&s.bytes, image->bytes + section->offset, section->bytes))
        status = image_corrupt(image, section, v->problem, "the series do not agree with the runs");
    series_release(&s);
    return status;
}

/* After the checksums, the observations of each period are read back, laid out again, and compared byte for byte: a period has one right form
 * only. Needs memory for one period at a time. */
enum status cube_verify(const struct cube *cube, struct problem *problem)
{
    const struct image *image = &cube->image;
    struct verifying v = {.image = image, .level = cube->dataset.level, .problem = problem};
    uint64_t observations = 0;
    enum status status = check_hashes(image, problem);
    if (status == ST_OK && !read_members(&v, cube->countries))
        status = problem_set(problem, ST_NO_MEMORY, image->name, "out of memory");
    if (status == ST_OK)
        status = read_products(&v);
    for (size_t i = 0; status == ST_OK && i < image->n_segments; i++)
        status = verify_segment(&v, &image->segment[i], &observations);
    if (status == ST_OK)
        status = verify_series(&v);
    if (status == ST_OK && observations != image->header->observations)
        status = image_corrupt(image, NULL, problem, "the number of observations is not the header's");
    free(v.code);
    file_members_release(&v.members);
    return status;
}
