/* The cubes of the tests, made by the program's own writer. */
#include "unit/builder.h"

#include <inttypes.h>

#include "cube/write/spool.h"

struct cube_builder {
    const struct dataset *dataset;
    struct cube_writer *writer;
    struct cube_batch *batch;
};

struct cube_builder *cube_builder_new(const struct dataset *dataset, const struct countries *countries)
{
    struct cube_builder *b = calloc(1, sizeof *b);
    struct cube_writer_options options = {.sum_member = NO_ID};
    struct problem problem;
    if (!b)
        return NULL;
    b->dataset = dataset;
    if (cube_writer_new(NULL, dataset, countries, &options, &b->writer, &problem) == ST_OK)
        b->batch = cube_batch_new(b->writer, 0);
    if (b->batch)
        return b;
    cube_builder_free(b);
    return NULL;
}

void cube_builder_free(struct cube_builder *b)
{
    if (!b)
        return;
    cube_batch_free(b->batch);
    cube_writer_free(b->writer);
    free(b);
}

static enum status check_observation(const struct cube_builder *b, const struct observation *o, uint32_t *product,
                                     enum level *level, struct problem *problem)
{
    if (!product_level(o->product, level) || *level > b->dataset->level || !product_number(o->product, *level, product))
        return problem_set(problem, ST_INVALID, "", "product \"%.*s\" is not a code of level %s or above it",
                           STR_ARG(o->product), level_name[b->dataset->level]);
    if (period_kind_of(o->period) != b->dataset->frequency)
        return problem_set(problem, ST_INVALID, "", "the period is not of the dataset's frequency %s",
                           period_kind_word(b->dataset->frequency));
    if (o->value_usd < 0)
        return problem_set(problem, ST_INVALID, "", "a negative value (%" PRId64 " USD): trade values are zero or more",
                           o->value_usd);
    if (o->quantity_kg < 0 && o->quantity_kg != QUANTITY_UNKNOWN)
        return problem_set(problem, ST_INVALID, "", "a negative quantity");
    if (o->reporter == o->partner && b->dataset->basis == BASIS_RECONCILED)
        return problem_set(problem, ST_INVALID, "", "exporter and importer are the same");
    return ST_OK;
}

enum status cube_builder_add(struct cube_builder *b, const struct observation *o, struct problem *problem)
{
    struct cube_row row = {.period = o->period,
                           .reporter = o->reporter,
                           .partner = o->partner,
                           .flow = o->flow,
                           .status = (uint8_t)o->status,
                           .value_usd = o->value_usd,
                           .quantity_kg = o->quantity_kg,
                           .line = o->line};
    enum level level;
    enum status status = check_observation(b, o, &row.product, &level, problem);
    if (status != ST_OK)
        return status;
    bool added =
        level == b->dataset->level ? cube_batch_add(b->batch, &row) : cube_batch_publish(b->batch, &row, level);
    return added ? ST_OK
                 : problem_set(problem, ST_NO_MEMORY, "", "out of memory after %zu observations",
                               cube_batch_rows(b->batch));
}

enum status cube_builder_finish(struct cube_builder *b, const char *name, char **bytes, size_t *n,
                                struct problem *problem)
{
    struct cube_summary summary;
    struct cube_batch *batch = b->batch;
    (void)cube_writer_source(b->writer, name);
    b->batch = NULL;
    enum status status = cube_writer_take(b->writer, batch, problem);
    if (status == ST_OK)
        status = cube_writer_finish(b->writer, &summary, problem);
    if (status == ST_OK)
        *bytes = cube_writer_take_bytes(b->writer, n);
    return status == ST_OK && !*bytes ? problem_set(problem, ST_NO_MEMORY, name, "out of memory") : status;
}

enum status cube_store(const char *path, const char *bytes, size_t n, struct problem *problem)
{
    struct spool spool;
    enum status status = spool_init(&spool, path, problem);
    if (status == ST_OK)
        status = spool_append(&spool, bytes, n, problem);
    if (status == ST_OK)
        status = spool_commit(&spool, problem);
    spool_release(&spool);
    return status;
}
