/* What stands behind the segments of a cube file, and its header. */
#include <xxhash.h>

#include "cube/file/image.h"
#include "cube/write/code_set.h"
#include "cube/write/series.h"
#include "cube/write/writer.h"

struct layout {
    struct cube_writer *writer;
    struct problem *problem;
    struct buf contents;
    struct code_set products;
    struct series series;
    struct returns returns;
    struct dataset described; /* with what follows from the returns */
    enum status status;       /* of the returns */
    int64_t value_usd;
};

static enum status no_memory(const struct layout *l)
{
    return problem_set(l->problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
}

static enum status add_section(struct layout *l, uint32_t kind, uint32_t period, struct str bytes)
{
    struct spool *spool = &l->writer->spool;
    enum status status = spool_align(spool, FILE_ALIGN, l->problem);
    struct file_section section = {.kind = kind,
                                   .period = period,
                                   .offset = spool->bytes,
                                   .bytes = bytes.n,
                                   .hash = XXH3_64bits(bytes.p, bytes.n)};
    buf_add(&l->contents, str_span((const char *)&section, sizeof section));
    return status == ST_OK ? spool_append(spool, bytes.p, bytes.n, l->problem) : status;
}

/* ---- leaves and products ---- */

static enum status collect_products(struct layout *l)
{
    const struct part_list *parts = &l->writer->parts;
    if (!code_set_init(&l->products, l->writer->dataset->level))
        return no_memory(l);
    for (size_t i = 0; i < parts->n; i++)
        for (size_t k = 0; k < parts->part[i].n_codes; k++)
            code_set_add(&l->products, parts->part[i].code[k]);
    size_t n = code_set_count(&l->products);
    if (n > FILE_PRODUCTS_MAX)
        return problem_set(l->problem, ST_INVALID, "", "more than %u products", FILE_PRODUCTS_MAX);
    if (n)
        return ST_OK;
    return writer_refuse_aggregates(l->writer, l->problem);
}

static enum status write_leaves(struct layout *l)
{
    const struct part_list *parts = &l->writer->parts;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < parts->n; i++) {
        const struct part *part = &parts->part[i];
        uint16_t *leaf = malloc((part->n_codes + 1) * sizeof *leaf);
        if (!leaf)
            return no_memory(l);
        for (size_t k = 0; k < part->n_codes; k++)
            leaf[k] = (uint16_t)code_set_place(&l->products, part->code[k]);
        status =
            add_section(l, SECTION_LEAVES, part->period, str_span((const char *)leaf, part->n_codes * sizeof *leaf));
        free(leaf);
    }
    return status;
}

static enum status write_products(struct layout *l)
{
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    for (size_t i = 0; i < l->products.n_words; i++)
        for (uint64_t word = l->products.word[i]; word; word &= word - 1) {
            char code[PRODUCT_CODE_MAX];
            size_t n = product_print((uint32_t)(i * 64) + bits_lowest(word), l->writer->dataset->level, code);
            buf_add(&text, str_span(code, n));
            buf_byte(&text, '\n');
        }
    enum status status = text.failed ? no_memory(l) : add_section(l, SECTION_PRODUCTS, 0, buf_view(&text));
    buf_release(&text);
    return status;
}

/* ---- members and dataset ---- */

static enum status write_members(struct layout *l)
{
    const struct file_members *members = &l->writer->members;
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    for (uint32_t i = 0; i < members->n; i++) {
        if (!l->writer->member_used[i])
            buf_byte(&text, '-');
        buf_add(&text, countries_at(l->writer->countries, members->country[i])->id);
        buf_byte(&text, '\n');
    }
    enum status status = text.failed ? no_memory(l) : add_section(l, SECTION_MEMBERS, 0, buf_view(&text));
    buf_release(&text);
    return status;
}

static enum status write_dataset(struct layout *l)
{
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    enum status status = dataset_print(&l->described, &text) == ST_OK
                             ? add_section(l, SECTION_DATASET, 0, buf_view(&text))
                             : no_memory(l);
    buf_release(&text);
    return status;
}

/* ---- what all directories are gone through for ---- */

typedef void directory_visit(struct layout *l, const struct file_run *run, size_t n_runs, uint32_t segment);

/* Reads one directory after the other back from the spool. */
static enum status visit_directories(struct layout *l, directory_visit *visit)
{
    const struct cube_writer *w = l->writer;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < w->parts.n; i++) {
        const struct file_section *section = &w->parts.part[i].runs;
        struct file_run *run = malloc(section->bytes);
        if (!run)
            return no_memory(l);
        status = spool_read(&w->spool, section->offset, run, section->bytes, l->problem);
        if (status == ST_OK)
            visit(l, run, section->bytes / sizeof *run, (uint32_t)i);
        free(run);
    }
    return status;
}

static void count_directory(struct layout *l, const struct file_run *run, size_t n_runs, uint32_t segment)
{
    struct part *part = &l->writer->parts.part[segment];
    const struct returns_segment of = {.number = segment,
                                       .period = part->period,
                                       .run = run,
                                       .n_runs = n_runs,
                                       .code = part->code,
                                       .occurs = part->occurs,
                                       .n_codes = part->n_codes,
                                       .rests = &part->rests};
    series_count(&l->series, run, n_runs);
    for (size_t i = 0; i < n_runs; i++)
        if (RUN_REPORTER(run[i].key) < l->writer->members.n && RUN_PARTNER(run[i].key) < l->writer->members.n &&
            __builtin_add_overflow(l->value_usd, run[i].value_usd, &l->value_usd))
            l->value_usd = INT64_MAX;
    if (l->status == ST_OK)
        l->status = returns_add(&l->returns, &of, l->problem);
    if (l->status == ST_OK)
        returns_drop_rests(&l->returns, segment, &part->rests);
}

static void fill_series(struct layout *l, const struct file_run *run, size_t n_runs, uint32_t segment)
{
    series_fill(&l->series, run, n_runs, segment);
}

static enum status write_series(struct layout *l)
{
    const struct cube_writer *w = l->writer;
    enum status status = series_init(&l->series, w->members.n) ? visit_directories(l, count_directory) : no_memory(l);
    if (status == ST_OK)
        status = l->status;
    if (status == ST_OK && !series_lay_out(&l->series))
        status = no_memory(l);
    if (status == ST_OK)
        status = visit_directories(l, fill_series);
    if (status == ST_OK)
        status = add_section(l, SECTION_SERIES, 0, buf_view(&l->series.bytes));
    series_release(&l->series);
    return status;
}

/* ---- rests and returns ---- */

/* The nodes that occur, ascending. */
static bool list_nodes(const struct part_list *parts, struct code_set *set, struct buf *out)
{
    static const enum level levels[] = {LEVEL_TOTAL, LEVEL_HS2, LEVEL_HS4, LEVEL_HS6};
    bool ok = true;
    for (size_t k = 0; ok && k < sizeof levels / sizeof *levels; k++) {
        ok = code_set_init(set, levels[k]);
        for (size_t i = 0; ok && i < parts->n; i++)
            for (size_t r = 0; r < parts->part[i].rests.n; r++)
                if (NODE_LEVEL(parts->part[i].rests.rest[r].node) == levels[k])
                    code_set_add(set, NODE_NUMBER(parts->part[i].rests.rest[r].node));
        for (size_t w = 0; ok && w < set->n_words; w++)
            for (uint64_t word = set->word[w]; word; word &= word - 1) {
                const uint32_t node = NODE(levels[k], w * 64 + bits_lowest(word));
                buf_add(out, str_span((const char *)&node, sizeof node));
            }
        code_set_release(set);
    }
    return ok && !out->failed;
}

static enum status write_rests(struct layout *l)
{
    struct part_list *parts = &l->writer->parts;
    struct buf bytes, nodes;
    struct code_set set;
    struct file_rests head = {.n_rests = 0};
    buf_init(&bytes, SIZE_MAX / 2);
    buf_init(&nodes, SIZE_MAX / 2);
    for (size_t i = 0; i < parts->n; i++)
        head.n_rests += parts->part[i].rests.n;
    bool ok = head.n_rests == 0 || list_nodes(parts, &set, &nodes);
    head.n_nodes = nodes.n / sizeof(uint32_t);
    buf_add(&bytes, str_span((const char *)&head, sizeof head));
    for (size_t i = 0; i < parts->n; i++) {
        struct rest_list *rests = &parts->part[i].rests;
        for (size_t k = 0; k < rests->n; k++)
            rests->rest[k].segment = (uint32_t)i;
        buf_add(&bytes, str_span((const char *)rests->rest, rests->n * sizeof *rests->rest));
    }
    buf_add(&bytes, buf_view(&nodes));
    enum status status = !ok || bytes.failed ? no_memory(l) : add_section(l, SECTION_RESTS, 0, buf_view(&bytes));
    buf_release(&bytes);
    buf_release(&nodes);
    return status;
}

static enum status write_returns(struct layout *l)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX / 2);
    enum status status =
        returns_print(&l->returns, &bytes) ? add_section(l, SECTION_RETURNS, 0, buf_view(&bytes)) : no_memory(l);
    buf_release(&bytes);
    l->described = *l->writer->dataset;
    returns_summary(&l->returns, &l->described);
    return status;
}

/* ---- contents and header ---- */

static void list_segments(struct layout *l)
{
    const struct part_list *parts = &l->writer->parts;
    for (size_t i = 0; i < parts->n; i++) {
        const struct file_section section[] = {parts->part[i].rows, parts->part[i].runs, parts->part[i].index};
        buf_add(&l->contents, str_span((const char *)section, sizeof section));
    }
}

static uint64_t observations_of(const struct part_list *parts)
{
    uint64_t n = 0;
    for (size_t i = 0; i < parts->n; i++)
        n += parts->part[i].observations;
    return n;
}

static enum status write_header(struct layout *l)
{
    struct spool *spool = &l->writer->spool;
    enum status status = spool_align(spool, FILE_ALIGN, l->problem);
    struct file_header h = {.magic = FILE_MAGIC,
                            .version = FILE_VERSION,
                            .endian = FILE_ENDIAN,
                            .contents_offset = spool->bytes,
                            .contents_count = l->contents.n / sizeof(struct file_section),
                            .contents_hash = XXH3_64bits(l->contents.p, l->contents.n),
                            .observations = observations_of(&l->writer->parts)};
    if (status == ST_OK)
        status = spool_append(spool, l->contents.p, l->contents.n, l->problem);
    h.file_bytes = spool->bytes;
    h.header_hash = XXH3_64bits(&h, offsetof(struct file_header, header_hash));
    return status == ST_OK ? spool_put(spool, 0, &h, sizeof h, l->problem) : status;
}

static enum status write_all(struct layout *l)
{
    list_segments(l);
    enum status status = collect_products(l);
    if (status == ST_OK)
        status = write_leaves(l);
    if (status == ST_OK)
        status = write_series(l);
    if (status == ST_OK)
        status = write_rests(l);
    if (status == ST_OK)
        status = write_returns(l);
    if (status == ST_OK)
        status = write_dataset(l);
    if (status == ST_OK)
        status = write_members(l);
    if (status == ST_OK)
        status = write_products(l);
    if (status == ST_OK && l->contents.failed)
        status = no_memory(l);
    return status == ST_OK ? write_header(l) : status;
}

enum status layout_finish(struct cube_writer *w, struct cube_summary *summary, struct problem *problem)
{
    struct layout l = {.writer = w, .problem = problem};
    bool meets = w->dataset->basis == BASIS_REPORTED || w->published.n; /* else nothing is held against its parts */
    l.returns = (struct returns){.dataset = w->dataset,
                                 .countries = w->countries,
                                 .members = &w->members,
                                 .revisions = &w->revisions,
                                 .old = w->options.into,
                                 .fresh = &w->fresh,
                                 .source = w->source,
                                 .n_sources = w->n_sources,
                                 .find_partners = w->options.detect_partners,
                                 .unit_usd = meets ? w->unit_usd : 1};
    buf_init(&l.contents, SIZE_MAX / 2);
    enum status status = returns_init(&l.returns, problem);
    if (status == ST_OK)
        status = write_all(&l);
    summary->observations = observations_of(&w->parts);
    summary->bytes = w->spool.bytes;
    summary->summed = w->summed;
    summary->value_usd = l.value_usd;
    summary->repeated = w->repeated;
    summary->superseded = w->superseded.all;
    summary->agreed = w->superseded.agreed;
    summary->n_first = w->superseded.n;
    for (size_t i = 0; i < w->superseded.n; i++) {
        summary->first[i] = w->superseded.item[i];
        summary->first[i].reporter = w->members.country[summary->first[i].reporter];
        summary->first[i].partner = w->members.country[summary->first[i].partner];
    }
    summary->aggregates = w->published.n;
    summary->partners = l.described.partners;
    summary->coverage = l.described.coverage;
    summary->found = l.returns.found;
    summary->n_periods = w->parts.n;
    buf_release(&l.contents);
    returns_release(&l.returns);
    code_set_release(&l.products);
    return status;
}
