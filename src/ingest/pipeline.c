/* Reading, parsing and writing side by side: blocks are parsed by the pool and taken in the order of the input. */
#include "ingest/pipeline.h"

#include "ingest/input.h"
#include "ingest/text/blocks.h"

/* A block on its way: read, submitted, parsed, taken; then the place is used again. */
struct work {
    struct pool_job job; /* first: the job's address is the work's */
    struct block block;
    size_t from; /* bytes of the block before its first row: the header */
    uint64_t line;
    struct input *input;
    struct parse parse;
    enum status status;
    struct problem problem;
    double files; /* read when the block had been read, and bytes: for the progress */
    uint64_t read_bytes;
};

struct pipeline {
    struct importing *importing; /* whose files are read */
    const char *output;
    struct pool *pool;
    struct ingest_report *report;
    struct cube_writer *writer;
    struct problem *problem;
    struct work *work;           /* a ring */
    size_t n_work, first, n_now; /* oldest, how many under way */
    struct block_reader reader;
    bool settled;
    const struct importing *first_part; /* the dataset is its */
    unsigned fineness;                  /* as in struct tally */
    uint64_t done_bytes;                /* of files read before the present one */
    struct ingest_progress progress;
};

/* ---- the parsing threads ---- */

static void parse_block(struct pool_job *job)
{
    struct work *w = (struct work *)job;
    struct parse *parse = &w->parse;
    csv_init_part(&parse->csv, parse->input->name, w->block.bytes + w->from, w->block.n - w->from, w->line);
    parse->csv.delimiter = parse->input->delimiter;
    w->status = parse->importing->adapter->parse(parse);
}

/* ---- taking results ---- */

static void report_progress(struct pipeline *p)
{
    const struct ingest_options *o = p->importing->options;
    if (o->progress)
        o->progress(o->context, &p->progress);
}

static void merge_tally(struct pipeline *p, struct input *input, const struct tally *tally)
{
    struct ingest_report *report = p->report;
    for (size_t i = 0; i < INGEST_SKIPS; i++)
        report->skipped[i] += tally->skipped[i];
    p->fineness = tally->fineness > p->fineness ? tally->fineness : p->fineness;
    input->fineness = tally->fineness > input->fineness ? tally->fineness : input->fineness;
    codes_merge(&report->countries, tally->countries);
    codes_merge(&report->products, tally->products);
    codes_merge(&report->left_out, tally->left_out);
    codes_merge(&report->taken, tally->taken);
    codes_merge(&report->groups, tally->groups);
    for (size_t i = 0; i < tally->n_first && report->n_first < INGEST_FIRST_ROWS; i++)
        report->first[report->n_first++] = tally->first[i];
}

static enum status take_batch(struct pipeline *p, struct work *w)
{
    size_t rows = cube_batch_rows(w->parse.batch);
    struct cube_batch *batch = w->parse.batch;
    w->parse.batch = NULL;
    merge_tally(p, w->input, &w->parse.tally);
    enum status status = cube_writer_take(p->writer, batch, p->problem);
    if (status == ST_OK && w->block.last)
        status = cube_writer_end_source(p->writer, p->problem);
    p->report->rows += rows;
    p->progress.rows += rows;
    p->progress.files = w->files;
    p->progress.read_bytes = w->read_bytes;
    return status;
}

/* Waits for the oldest block. `status` is what went wrong before it: then it is only thrown away. */
static enum status take_oldest(struct pipeline *p, enum status status)
{
    struct work *w = &p->work[p->first];
    pool_wait(p->pool, &w->job);
    p->first = (p->first + 1) % p->n_work;
    p->n_now--;
    if (status == ST_OK && w->status != ST_OK) {
        *p->problem = w->problem;
        status = w->status;
    } else if (status == ST_OK) {
        status = take_batch(p, w);
    }
    cube_batch_free(w->parse.batch);
    w->parse.batch = NULL;
    tally_release(&w->parse.tally);
    if (status == ST_OK)
        report_progress(p);
    return status;
}

static enum status take_all(struct pipeline *p, enum status status)
{
    while (p->n_now)
        status = take_oldest(p, status);
    return status;
}

/* A failure of the reading thread comes behind those of the blocks that it has read already; who interrupts does not want to wait. */
static enum status fail_behind(struct pipeline *p, enum status status, const struct problem *late)
{
    enum status before = take_all(p, status == ST_UNAVAILABLE ? status : ST_OK);
    before = status == ST_UNAVAILABLE ? ST_OK : before;
    if (before != ST_OK)
        return before;
    *p->problem = *late;
    return status;
}

/* ---- the reading thread ---- */

/* One dataset has one frequency and one level: what is coarser is published above it. */
static enum status agree(const struct pipeline *p, const struct dataset *first, const struct input *input,
                         struct problem *problem)
{
    struct dataset *own = &p->importing->dataset;
    enum status status = ST_OK;
    if (own->frequency != first->frequency)
        status = problem_set(problem, ST_INVALID, input->name, "its periods are of frequency %s, those before it of %s",
                             period_kind_word(own->frequency), period_kind_word(first->frequency));
    else if (own->level > first->level)
        status = problem_set(problem, ST_INVALID, input->name, "its products are of level %s, those before it of %s",
                             level_name[own->level], level_name[first->level]);
    own->level = first->level;
    return status == ST_OK ? ST_OK
                           : problem_cure(problem, status,
                                          "one dataset has one frequency, and its finest file comes "
                                          "first: state \"level\", or import them apart");
}

static void say(struct str *field, const char *text, struct str otherwise)
{
    *field = text ? str_view(text) : otherwise;
}

/* What goes on is the older cube's dataset; what is known of the new returns is the files'. */
static enum status continue_old(const struct pipeline *p, const struct input *input, struct problem *problem)
{
    const struct ingest_options *o = p->importing->options;
    const struct dataset *old = cube_dataset(o->into);
    struct dataset *d = &p->importing->dataset, found = *d;
    bool other = d->hs.n && old->hs.n && !str_eq(d->hs, old->hs) && input->column[ROLE_HS] == CSV_FIELDS_MAX;
    if (other && old->level != LEVEL_TOTAL)
        return problem_set(problem, ST_INVALID, input->name, "its codes are of %.*s, those of the older cube of %.*s",
                           STR_ARG(d->hs), STR_ARG(old->hs));
    enum status status = agree(p, old, input, problem);
    *d = *old;
    say(&d->id, o->id, old->id);
    say(&d->title, o->title, old->title);
    say(&d->source, o->source, old->source);
    say(&d->licence, o->licence, old->licence);
    say(&d->published, o->published, found.published.n ? found.published : old->published);
    d->coverage = found.coverage;
    d->partners = found.partners;
    d->coverage_told = found.coverage_told;
    d->partners_told = found.partners_told;
    d->statement = found.statement;
    d->n_statements = found.n_statements;
    return status;
}

/* What only rows tell, once; then the writer can begin. ST_NOT_FOUND: there is no row in the block. */
static enum status settle(struct pipeline *p, const struct input *input, const struct work *w, struct problem *problem)
{
    struct importing *im = p->importing;
    struct block copy = {.bytes = NULL}; /* reading quoted fields changes them */
    struct csv csv;
    enum status status = ST_OK;
    if (im->adapter->settle) {
        if (!block_copy(&copy, &w->block, w->from))
            return problem_set(problem, ST_NO_MEMORY, input->name, "out of memory");
        csv_init_part(&csv, input->name, copy.bytes, copy.n, w->line);
        csv.delimiter = input->delimiter;
        status = im->adapter->settle(im, input, &csv, problem);
        block_release(&copy);
    }
    if (status != ST_OK)
        return status;
    p->settled = true;
    if (p->writer)
        return agree(p, &p->first_part->dataset, input, problem);
    const struct ingest_options *o = im->options;
    status = o->into ? continue_old(p, input, problem) : ST_OK;
    if (status != ST_OK)
        return status;
    struct cube_writer_options options = {.memory_bytes = o->memory_bytes,
                                          .pool = p->pool,
                                          .sum_member = im->members.unknown_as,
                                          .into = o->into,
                                          .doubles = im->map.sum || o->sum ? DOUBLES_SUMMED
                                                     : im->map.repeats     ? DOUBLES_ONCE
                                                                           : DOUBLES_REFUSED};
    return cube_writer_new(p->output, &im->dataset, im->countries, &options, &p->writer, problem);
}

static enum status keep_header(struct importing *im, struct input *input, const struct csv *csv,
                               struct problem *problem)
{
    input->field = arena_new(&im->arena, struct str, csv->n_fields + 1);
    bool ok = input->field != NULL;
    for (size_t i = 0; ok && i < csv->n_fields; i++) {
        input->field[i] = arena_str(&im->arena, str_trim(csv->field[i]));
        ok = input->field[i].p != NULL;
    }
    return ok ? ST_OK : problem_set(problem, ST_NO_MEMORY, input->name, "out of memory");
}

static enum status read_header(struct pipeline *p, struct input *input, struct work *w, struct problem *problem)
{
    struct csv csv;
    size_t titles = 0;
    for (uint64_t line = 1; line < input->header_line && titles < w->block.n; line++)
        titles += str_find(str_span(w->block.bytes + titles, w->block.n - titles), '\n') + 1;
    titles = titles < w->block.n ? titles : w->block.n;
    csv_init_part(&csv, input->name, w->block.bytes + titles, w->block.n - titles, titles ? input->header_line : 1);
    csv.delimiter = input->delimiter;
    csv.tolerant = p->importing->adapter->by_description;
    enum status status = header_next(&csv, problem);
    if (status == ST_OK)
        status = p->importing->adapter->header(p->importing, input, &csv, problem);
    if (status == ST_OK)
        status = keep_header(p->importing, input, &csv, problem);
    input->n_columns = csv.n_fields;
    w->from = w->block.n - csv.n;
    w->line = csv.next_line;
    return status;
}

static void note_place(struct pipeline *p, struct work *w, size_t at)
{
    const struct source *source = &p->reader.source;
    double part = source->total_bytes ? (double)source->read_bytes / (double)source->total_bytes : 0;
    w->files = (double)at + (w->block.last ? 1 : part < 1 ? part : 1);
    w->read_bytes = p->done_bytes + source->read_bytes;
}

static enum status submit(struct pipeline *p, struct input *input, struct work *w, struct problem *problem)
{
    w->input = input;
    w->parse = (struct parse){.importing = p->importing,
                              .input = input,
                              .ends_file = w->block.last,
                              .batch = cube_batch_new(p->writer, input->source),
                              .problem = &w->problem};
    w->job = (struct pool_job){.run = parse_block};
    if (!w->parse.batch)
        return problem_set(problem, ST_NO_MEMORY, input->name, "out of memory");
    cube_batch_expect(w->parse.batch, w->block.lines + 1);
    p->n_now++;
    pool_submit(p->pool, &w->job);
    return ST_OK;
}

/* Reads one block and hands it on; ST_NOT_FOUND at the end of the file. */
static enum status read_block(struct pipeline *p, size_t at, bool first, struct problem *problem)
{
    struct work *w = &p->work[(p->first + p->n_now) % p->n_work];
    struct input *input = &p->importing->input[at];
    enum status status = block_reader_next(&p->reader, &w->block, problem);
    if (status != ST_OK)
        return status;
    w->from = 0;
    w->line = w->block.line;
    note_place(p, w, at);
    if (first)
        status = read_header(p, input, w, problem);
    if (status == ST_OK && !p->settled) {
        status = settle(p, input, w, problem);
        if (status == ST_NOT_FOUND)
            return ST_OK; /* no row in it: perhaps in the next one */
    }
    if (status == ST_OK && !input->numbered) {
        input->source = cube_writer_source(p->writer, input->name);
        input->numbered = true;
        if (input->order)
            cube_writer_standing(p->writer, input->source, (struct cube_standing){input->order, 1});
    }
    return status == ST_OK ? submit(p, input, w, problem) : status;
}

static enum status read_file(struct pipeline *p, size_t at)
{
    struct problem late;
    struct source source;
    enum status status = input_open(p->importing, &p->importing->input[at], &source, &late);
    if (status != ST_OK)
        return fail_behind(p, status, &late);
    block_reader_take(&p->reader, &source, p->importing->options->block_bytes);
    for (bool first = true; status == ST_OK; first = false) {
        if (p->n_now == p->n_work)
            status = take_oldest(p, ST_OK);
        if (status != ST_OK)
            break;
        status = read_block(p, at, first, &late);
        if (status != ST_OK && status != ST_NOT_FOUND)
            status = fail_behind(p, status, &late);
    }
    p->done_bytes += p->reader.source.read_bytes;
    block_reader_close(&p->reader);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* ---- the whole ---- */

static enum status tell_codes(const struct ingest_codes *codes, const char *what, const char *cure,
                              struct problem *problem)
{
    char list[360] = "";
    size_t n = 0, i = 0;
    for (; i < codes->n && n < sizeof list - INGEST_CODE_BYTES - 40; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", codes->code[i].text);
    if (i < codes->n || codes->more_rows)
        (void)snprintf(list + n, sizeof list - n, " and %s%zu more", codes->more_rows ? "at least " : "",
                       codes->n - i + (codes->more_rows > 0));
    enum status status = problem_set(problem, ST_INVALID, codes->code[0].place, "%llu %s from this line on: %s",
                                     (unsigned long long)codes->rows, what, list);
    return problem_cure(problem, status, "%s", cure);
}

static enum status check_codes(const struct pipeline *p)
{
    const struct importing *im = p->importing;
    if (p->report->countries.n && im->members.unknown_as == NO_ID)
        return tell_codes(&p->report->countries, "unknown country codes",
                          im->manifest
                              ? "correct them, set \"codes\" in the manifest to the system they are of, give their "
                                "meaning under \"members\", or add them to the table of countries"
                              : "add them to the table of countries, or let --allow-unknown count them as areas "
                                "not elsewhere specified",
                          p->problem);
    if (p->report->products.n)
        return tell_codes(&p->report->products, "rows with product codes that are not in the table of products",
                          "are the files and the table of one revision of the Harmonized System?", p->problem);
    return ST_OK;
}

/* What the last digit of the source is worth in USD: values are held in whole ones. */
static int64_t last_digit(unsigned fineness)
{
    int64_t unit = 1;
    for (unsigned i = fineness; fineness && i < FINENESS_USD; i++)
        unit *= 10;
    return unit;
}

/* How fine each of the files is, now that all is read. */
static void give_standings(const struct pipeline *p)
{
    for (size_t k = 0; k < p->first_part->n_parts; k++) {
        const struct importing *part = p->first_part->part[k];
        for (size_t i = 0; i < part->n_inputs; i++) {
            const struct input *input = &part->input[i];
            if (input->order && input->numbered)
                cube_writer_standing(p->writer, input->source,
                                     (struct cube_standing){input->order, last_digit(input->fineness)});
        }
    }
}

static enum status read_part(struct pipeline *p, struct importing *part)
{
    enum status status = ST_OK;
    p->importing = part;
    p->settled = false;
    for (size_t i = 0; status == ST_OK && i < part->n_inputs; i++)
        status = read_file(p, i);
    return take_all(p, status);
}

static enum status read_all(struct pipeline *p)
{
    enum status status = ST_OK;
    for (size_t k = 0; status == ST_OK && k < p->first_part->n_parts; k++)
        status = read_part(p, p->first_part->part[k]);
    if (status == ST_OK)
        status = check_codes(p);
    if (status == ST_OK && !p->writer)
        status = problem_set(p->problem, ST_INVALID, p->importing->input[0].name, "there is no observation in it");
    if (status != ST_OK)
        return status;
    p->progress.writing = true;
    report_progress(p);
    cube_writer_unit(p->writer, last_digit(p->fineness));
    give_standings(p);
    return cube_writer_finish(p->writer, &p->report->written, p->problem);
}

enum status pipeline_run(struct importing *importing, const char *output, struct pool *pool,
                         struct ingest_report *report, struct cube_writer **writer, struct problem *problem)
{
    struct pipeline p = {.importing = importing,
                         .first_part = importing,
                         .output = output,
                         .pool = pool,
                         .report = report,
                         .problem = problem,
                         .n_work = pool ? 2 * pool_threads(pool) + 2 : 1,
                         .progress = {.format = report->format, .n_files = importing->n_inputs}};
    p.work = calloc(p.n_work, sizeof *p.work);
    if (!p.work)
        return problem_set(problem, ST_NO_MEMORY, "import", "out of memory");
    p.progress.total_bytes = importing->total_bytes;
    enum status status = read_all(&p);
    for (size_t i = 0; i < p.n_work; i++)
        block_release(&p.work[i].block);
    free(p.work);
    *writer = p.writer;
    return status;
}
