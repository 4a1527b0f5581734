#include "entrepot/cube/build.h"

#include <inttypes.h>
#include <xxhash.h>

#include "cube/file/format.h"

#define TABLE_FIRST 1024U

/* One observation as it is sorted. The product is the number under which its code was first seen; later its rank. */
struct record {
    uint32_t period, key, product;
    uint8_t status;
    int64_t value_usd, quantity_kg;
    uint64_t line;
};

struct cube_builder {
    const struct dataset *dataset;
    const struct countries *countries;
    struct record *record;
    size_t n, capacity;
    struct str *product; /* codes in the order first seen, heap */
    size_t n_products, products_capacity;
    uint32_t *slot; /* hash table over product: position + 1 */
    size_t n_slots;
    struct arena texts;
    bool *member_used;
};

struct cube_builder *cube_builder_new(const struct dataset *dataset, const struct countries *countries)
{
    struct cube_builder *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->dataset = dataset;
    b->countries = countries;
    arena_init(&b->texts, SIZE_MAX);
    b->n_slots = TABLE_FIRST;
    b->slot = calloc(b->n_slots, sizeof *b->slot);
    b->member_used = calloc(countries_count(countries) + 1, sizeof *b->member_used);
    if (!b->slot || !b->member_used) {
        cube_builder_free(b);
        return NULL;
    }
    return b;
}

void cube_builder_free(struct cube_builder *b)
{
    if (!b)
        return;
    free(b->record);
    free(b->product);
    free(b->slot);
    free(b->member_used);
    arena_release(&b->texts);
    free(b);
}

static uint32_t *find_slot(const struct cube_builder *b, struct str code)
{
    size_t at = XXH3_64bits(code.p, code.n) & (b->n_slots - 1);
    while (b->slot[at] && !str_eq(b->product[b->slot[at] - 1], code))
        at = (at + 1) & (b->n_slots - 1);
    return &b->slot[at];
}

static bool grow_products(struct cube_builder *b)
{
    if (b->n_products < b->products_capacity)
        return true;
    size_t capacity = b->products_capacity ? b->products_capacity * 2 : TABLE_FIRST / 2;
    struct str *product = realloc(b->product, capacity * sizeof *product);
    if (!product)
        return false;
    b->product = product;
    b->products_capacity = capacity;
    if (capacity * 2 <= b->n_slots)
        return true;
    uint32_t *slot = calloc(capacity * 2, sizeof *slot);
    if (!slot)
        return false;
    free(b->slot);
    b->slot = slot;
    b->n_slots = capacity * 2;
    for (size_t i = 0; i < b->n_products; i++)
        *find_slot(b, b->product[i]) = (uint32_t)i + 1;
    return true;
}

static enum status intern_product(struct cube_builder *b, struct str code, uint32_t *out, struct problem *problem)
{
    uint32_t *slot = find_slot(b, code);
    if (*slot == 0) {
        if (b->n_products == FILE_PRODUCTS_MAX)
            return problem_set(problem, ST_INVALID, "", "more than %u products", FILE_PRODUCTS_MAX);
        if (!grow_products(b))
            return problem_set(problem, ST_NO_MEMORY, "", "out of memory");
        slot = find_slot(b, code);
        struct str copy = arena_str(&b->texts, code);
        if (!copy.p)
            return problem_set(problem, ST_NO_MEMORY, "", "out of memory");
        b->product[b->n_products++] = copy;
        *slot = (uint32_t)b->n_products;
    }
    *out = *slot - 1;
    return ST_OK;
}

static enum status check_observation(const struct cube_builder *b, const struct observation *o, struct problem *problem)
{
    enum level level;
    if (!product_level(o->product, &level) || level != b->dataset->level)
        return problem_set(problem, ST_INVALID, "", "product \"%.*s\" is not a code of level %s", STR_ARG(o->product),
                           level_name[b->dataset->level]);
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
    enum status status = check_observation(b, o, problem);
    if (status != ST_OK)
        return status;
    if (b->n == b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 4096;
        struct record *record = realloc(b->record, capacity * sizeof *record);
        if (!record)
            return problem_set(problem, ST_NO_MEMORY, "", "out of memory after %zu observations", b->n);
        b->record = record;
        b->capacity = capacity;
    }
    uint32_t product = 0;
    status = intern_product(b, o->product, &product, problem);
    if (status != ST_OK)
        return status;
    b->member_used[o->reporter] = b->member_used[o->partner] = true;
    b->record[b->n++] = (struct record){.period = o->period,
                                        .key = RUN_KEY(o->reporter, o->flow, o->partner),
                                        .product = product,
                                        .status = (uint8_t)o->status,
                                        .value_usd = o->value_usd,
                                        .quantity_kg = o->quantity_kg,
                                        .line = o->line};
    return ST_OK;
}

/* ---- dictionaries ---- */

struct named {
    struct str text;
    uint32_t id;
};

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const struct named *)a)->text, ((const struct named *)b)->text);
}

/* Sorts names, appends them a line each, and fills rank[id] with each one's position. */
static void write_dictionary(struct named *named, size_t n, struct buf *out, uint32_t *rank)
{
    if (n)
        qsort(named, n, sizeof *named, by_text);
    for (size_t i = 0; i < n; i++) {
        buf_add(out, named[i].text);
        buf_byte(out, '\n');
        rank[named[i].id] = (uint32_t)i;
    }
}

static int by_key(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    if (x->period != y->period)
        return x->period < y->period ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->product != y->product)
        return x->product < y->product ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* ---- layout ---- */

struct layout {
    struct buf bytes, contents;
    struct file_section open;
};

static void begin_section(struct layout *l, enum section_kind kind, uint32_t period)
{
    while (l->bytes.n % FILE_ALIGN && !l->bytes.failed)
        buf_byte(&l->bytes, '\0');
    l->open = (struct file_section){.kind = kind, .period = period, .offset = l->bytes.n};
}

static void end_section(struct layout *l)
{
    if (l->bytes.failed)
        return;
    l->open.bytes = l->bytes.n - l->open.offset;
    l->open.hash = XXH3_64bits(l->bytes.p + l->open.offset, l->open.bytes);
    buf_add(&l->contents, str_span((const char *)&l->open, sizeof l->open));
}

static uint8_t width_of(uint64_t largest)
{
    uint8_t width = 1;
    while (width < 8 && largest >> (8 * width))
        width++;
    return width;
}

static struct file_run summarise(const struct record *r, size_t n, uint64_t offset)
{
    struct file_run run = {.key = r->key, .count = (uint32_t)n, .offset = offset};
    uint64_t largest = 0, heaviest = 0;
    bool all_weighed = true;
    for (size_t i = 0; i < n; i++) {
        run.value_usd += r[i].value_usd;
        largest = largest > (uint64_t)r[i].value_usd ? largest : (uint64_t)r[i].value_usd;
        run.status |= r[i].status;
        if (r[i].quantity_kg == QUANTITY_UNKNOWN) {
            all_weighed = false;
            continue;
        }
        run.quantity_kg += r[i].quantity_kg;
        uint64_t stored = (uint64_t)r[i].quantity_kg + 1;
        heaviest = heaviest > stored ? heaviest : stored;
    }
    run.value_bytes = width_of(largest);
    run.quantity_bytes = heaviest ? width_of(heaviest) : 0;
    run.has_status = run.status != 0;
    if (!all_weighed)
        run.quantity_kg = QUANTITY_UNKNOWN;
    return run;
}

static void write_rows(struct buf *out, const struct file_run *run, const struct record *r)
{
    for (uint32_t i = 0; i < run->count; i++) {
        uint16_t product = (uint16_t)r[i].product;
        buf_add(out, str_span((const char *)&product, 2));
    }
    for (uint32_t i = 0; i < run->count; i++)
        buf_add(out, str_span((const char *)&r[i].value_usd, run->value_bytes));
    for (uint32_t i = 0; run->quantity_bytes && i < run->count; i++) {
        uint64_t stored = r[i].quantity_kg == QUANTITY_UNKNOWN ? 0 : (uint64_t)r[i].quantity_kg + 1;
        buf_add(out, str_span((const char *)&stored, run->quantity_bytes));
    }
    for (uint32_t i = 0; run->has_status && i < run->count; i++)
        buf_byte(out, (char)r[i].status);
}

static size_t run_length(const struct record *r, size_t n)
{
    size_t i = 1;
    while (i < n && r[i].period == r->period && r[i].key == r->key)
        i++;
    return i;
}

static size_t period_length(const struct record *r, size_t n)
{
    size_t i = 1;
    while (i < n && r[i].period == r->period)
        i++;
    return i;
}

static void write_period(struct layout *l, const struct record *r, size_t n)
{
    begin_section(l, SECTION_DIRECTORY, r->period);
    uint64_t offset = 0;
    for (size_t i = 0, step; i < n; i += step) {
        step = run_length(r + i, n - i);
        struct file_run run = summarise(r + i, step, offset);
        buf_add(&l->bytes, str_span((const char *)&run, sizeof run));
        offset += run_bytes(&run);
    }
    end_section(l);
    begin_section(l, SECTION_ROWS, r->period);
    for (size_t i = 0, step; i < n; i += step) {
        step = run_length(r + i, n - i);
        struct file_run run = summarise(r + i, step, 0);
        write_rows(&l->bytes, &run, r + i);
    }
    end_section(l);
}

static void write_header(struct layout *l, uint64_t observations)
{
    while (l->bytes.n % FILE_ALIGN && !l->bytes.failed)
        buf_byte(&l->bytes, '\0');
    uint64_t offset = l->bytes.n, hash = XXH3_64bits(l->contents.p, l->contents.n);
    buf_add(&l->bytes, buf_view(&l->contents));
    if (l->bytes.failed)
        return;
    struct file_header h = {.magic = FILE_MAGIC,
                            .version = FILE_VERSION,
                            .endian = FILE_ENDIAN,
                            .file_bytes = l->bytes.n,
                            .contents_offset = offset,
                            .contents_count = l->contents.n / sizeof(struct file_section),
                            .contents_hash = hash,
                            .observations = observations};
    h.header_hash = XXH3_64bits(&h, offsetof(struct file_header, header_hash));
    memcpy(l->bytes.p, &h, sizeof h);
}

/* ---- putting it together ---- */

static enum status refuse_double(const char *name, const struct record *a, const struct record *c,
                                 const struct named *product, const struct named *member, struct problem *problem)
{
    char place[256], period[PERIOD_TEXT];
    (void)snprintf(place, sizeof place, "%s:%" PRIu64, name, c->line);
    (void)period_print(a->period, period);
    enum status status =
        problem_set(problem, ST_INVALID, place, "%s, %.*s, %.*s, %s, %.*s stands here and on line %" PRIu64 " already",
                    period, STR_ARG(member[RUN_REPORTER(a->key)].text), STR_ARG(member[RUN_PARTNER(a->key)].text),
                    RUN_FLOW(a->key) ? "imports" : "exports", STR_ARG(product[a->product].text), a->line);
    return problem_cure(problem, status, "keep one of the two lines");
}

static enum status check_doubles(const struct cube_builder *b, const char *name, const struct named *product,
                                 const struct named *member, struct problem *problem)
{
    for (size_t i = 1; i < b->n; i++) {
        const struct record *a = &b->record[i - 1], *c = a + 1;
        if (a->period == c->period && a->key == c->key && a->product == c->product)
            return refuse_double(name, a, c, product, member, problem);
    }
    return ST_OK;
}

static size_t collect_members(const struct cube_builder *b, struct named *named)
{
    size_t n = 0;
    for (uint32_t id = 0; id < countries_count(b->countries); id++)
        if (b->member_used[id])
            named[n++] = (struct named){countries_at(b->countries, id)->id, id};
    return n;
}

static void rank_records(struct cube_builder *b, const uint32_t *member_rank, const uint32_t *product_rank)
{
    for (size_t i = 0; i < b->n; i++) {
        struct record *r = &b->record[i];
        r->key = RUN_KEY(member_rank[RUN_REPORTER(r->key)], RUN_FLOW(r->key), member_rank[RUN_PARTNER(r->key)]);
        r->product = product_rank[r->product];
    }
    qsort(b->record, b->n, sizeof *b->record, by_key);
}

static enum status lay_out(struct cube_builder *b, const char *name, struct layout *l, struct arena *arena,
                           struct problem *problem)
{
    size_t n_countries = countries_count(b->countries);
    struct named *member = arena_new(arena, struct named, n_countries),
                 *product = arena_new(arena, struct named, b->n_products);
    uint32_t *member_rank = arena_new(arena, uint32_t, n_countries),
             *product_rank = arena_new(arena, uint32_t, b->n_products);
    if (!member || !product || !member_rank || !product_rank)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    struct file_header empty = {.version = 0};
    buf_add(&l->bytes, str_span((const char *)&empty, sizeof empty));
    begin_section(l, SECTION_DATASET, 0);
    enum status status = dataset_print(b->dataset, &l->bytes);
    end_section(l);
    begin_section(l, SECTION_MEMBERS, 0);
    write_dictionary(member, collect_members(b, member), &l->bytes, member_rank);
    end_section(l);
    for (size_t i = 0; i < b->n_products; i++)
        product[i] = (struct named){b->product[i], (uint32_t)i};
    begin_section(l, SECTION_PRODUCTS, 0);
    write_dictionary(product, b->n_products, &l->bytes, product_rank);
    end_section(l);
    rank_records(b, member_rank, product_rank);
    if (status == ST_OK)
        status = check_doubles(b, name, product, member, problem);
    for (size_t i = 0, step; status == ST_OK && i < b->n; i += step) {
        step = period_length(b->record + i, b->n - i);
        write_period(l, b->record + i, step);
    }
    write_header(l, b->n);
    return status;
}

enum status cube_builder_finish(struct cube_builder *b, const char *name, char **bytes, size_t *n,
                                struct problem *problem)
{
    if (b->n == 0) {
        enum status status = problem_set(problem, ST_INVALID, name, "there is no observation in it");
        return problem_cure(problem, status, "give a file with at least one row below its header");
    }
    struct layout l = {.open = {.kind = 0}};
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    buf_init(&l.bytes, SIZE_MAX / 2);
    buf_init(&l.contents, SIZE_MAX / 2);
    enum status status = lay_out(b, name, &l, &arena, problem);
    if (status == ST_OK && (l.bytes.failed || l.contents.failed))
        status = problem_set(problem, ST_NO_MEMORY, name, "out of memory while laying out the cube");
    if (status == ST_OK) {
        *n = l.bytes.n;
        *bytes = buf_take(&l.bytes);
    }
    buf_release(&l.bytes);
    buf_release(&l.contents);
    arena_release(&arena);
    return status;
}
