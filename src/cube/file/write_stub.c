/* A stand-in for the real writer: everything in memory, over the builder. */
#include "entrepot/cube/write.h"

struct cube_batch {
    uint32_t source;
    struct cube_row *row;
    size_t n, capacity;
};

struct cube_writer {
    char *path, *bytes;
    size_t n_bytes, n_rows;
    const struct dataset *dataset;
    struct cube_builder *builder;
    char name[256];
    uint32_t n_sources, sum_member;
    struct cube_row sum[1000];
    size_t n_sum, n_summed;
};

enum status cube_writer_new(const char *path, const struct dataset *dataset, const struct countries *countries,
                            const struct cube_writer_options *options, struct cube_writer **out,
                            struct problem *problem)
{
    struct cube_writer *w = calloc(1, sizeof *w);
    if (!w)
        return problem_set(problem, ST_NO_MEMORY, "writer", "out of memory");
    w->sum_member = options->sum_member;
    w->path = path ? strdup(path) : NULL;
    w->dataset = dataset;
    w->builder = cube_builder_new(dataset, countries);
    *out = w;
    return ST_OK;
}

void cube_writer_free(struct cube_writer *w)
{
    if (!w)
        return;
    cube_builder_free(w->builder);
    free(w->path);
    free(w->bytes);
    free(w);
}

uint32_t cube_writer_source(struct cube_writer *w, const char *name)
{
    if (w->n_sources == 0)
        (void)snprintf(w->name, sizeof w->name, "%s", name);
    return w->n_sources++;
}

struct cube_batch *cube_batch_new(const struct cube_writer *w, uint32_t source)
{
    (void)w;
    struct cube_batch *b = calloc(1, sizeof *b);
    if (b)
        b->source = source;
    return b;
}

void cube_batch_free(struct cube_batch *b)
{
    if (b)
        free(b->row);
    free(b);
}

bool cube_batch_add(struct cube_batch *b, const struct cube_row *row)
{
    if (b->n == b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 1024;
        struct cube_row *grown = realloc(b->row, capacity * sizeof *grown);
        if (!grown)
            return false;
        b->row = grown;
        b->capacity = capacity;
    }
    b->row[b->n++] = *row;
    return true;
}

size_t cube_batch_rows(const struct cube_batch *b) { return b->n; }

static enum status add(struct cube_writer *w, const struct cube_row *r, struct problem *problem)
{
    char code[PRODUCT_CODE_MAX];
    size_t n = product_print(r->product, w->dataset->level, code);
    struct observation o = {.reporter = r->reporter,
                            .partner = r->partner,
                            .flow = r->flow,
                            .period = r->period,
                            .product = str_span(code, n),
                            .value_usd = r->value_usd,
                            .quantity_kg = r->quantity_kg,
                            .status = r->status,
                            .line = r->line};
    w->n_rows++;
    return cube_builder_add(w->builder, &o, problem);
}

static bool sum(struct cube_writer *w, const struct cube_row *r)
{
    if (w->sum_member == NO_ID || (r->reporter != w->sum_member && r->partner != w->sum_member))
        return false;
    size_t i = 0;
    while (i < w->n_sum &&
           !(w->sum[i].period == r->period && w->sum[i].reporter == r->reporter && w->sum[i].partner == r->partner &&
             w->sum[i].product == r->product && w->sum[i].flow == r->flow))
        i++;
    if (i == w->n_sum) {
        w->sum[w->n_sum++] = *r;
        return true;
    }
    w->sum[i].value_usd += r->value_usd;
    w->n_summed++;
    return true;
}

enum status cube_writer_take(struct cube_writer *w, struct cube_batch *b, struct problem *problem)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < b->n; i++)
        if (!sum(w, &b->row[i]))
            status = add(w, &b->row[i], problem);
    cube_batch_free(b);
    return status;
}

enum status cube_writer_end_source(struct cube_writer *w, struct problem *problem)
{
    (void)w;
    (void)problem;
    return ST_OK;
}

enum status cube_writer_finish(struct cube_writer *w, struct cube_summary *summary, struct problem *problem)
{
    for (size_t i = 0; i < w->n_sum; i++)
        if (add(w, &w->sum[i], problem) != ST_OK)
            return ST_INVALID;
    enum status status = cube_builder_finish(w->builder, w->name, &w->bytes, &w->n_bytes, problem);
    if (status == ST_OK && w->path)
        status = cube_store(w->path, w->bytes, w->n_bytes, problem);
    *summary = (struct cube_summary){
        .observations = w->n_rows, .bytes = w->n_bytes, .summed = w->n_summed, .partners = w->dataset->partners};
    return status;
}

char *cube_writer_take_bytes(struct cube_writer *w, size_t *n)
{
    char *bytes = w->bytes;
    *n = w->n_bytes;
    w->bytes = NULL;
    return bytes;
}

bool product_number(struct str code, enum level level, uint32_t *out)
{
    enum level form;
    if (!product_level(code, &form) || form != level || level == LEVEL_SECTION)
        return false;
    if (level == LEVEL_TOTAL) {
        *out = 0;
        return true;
    }
    return str_u32(code, 99999999, out);
}

size_t product_print(uint32_t number, enum level level, char out[PRODUCT_CODE_MAX])
{
    static const int width[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6, [LEVEL_HS8] = 8};
    int n = level == LEVEL_TOTAL ? snprintf(out, PRODUCT_CODE_MAX, "TOTAL")
                                 : snprintf(out, PRODUCT_CODE_MAX, "%0*u", width[level], number % 100000000U);
    return (size_t)n;
}
