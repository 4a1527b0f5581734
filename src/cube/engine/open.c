/* Opens a cube: copies or maps the file, then reads its description, members, products and periods. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>
#include <xxhash.h>

#include "cube/engine/engine.h"
#include "entrepot/base/file.h"

static enum status no_memory(const struct cube *cube, struct problem *problem)
{
    return problem_set(problem, ST_NO_MEMORY, cube->name ? cube->name : "cube", "out of memory while opening");
}

/* The next line of a dictionary that image_open has checked. */
static struct str next_line(struct str *rest) { return str_cut(rest, '\n'); }

/* A member that occurs must be in the table of countries; of the others some may have left it. */
static enum status read_member(struct cube *cube, uint16_t at, struct str line, bool *has, struct problem *problem)
{
    bool occurs = line.p[0] != '-';
    struct str code = occurs ? line : str_span(line.p + 1, line.n - 1);
    uint32_t id = countries_find_source(cube->countries, CODES_ISO3, code);
    bool known = id != NO_ID && str_eq(countries_at(cube->countries, id)->id, code);
    cube->country[at] = known ? id : NO_ID;
    if (known)
        cube->local[id] = at;
    if (!occurs)
        return ST_OK;
    if (!known) {
        enum status status = problem_set(problem, ST_INVALID, cube->name,
                                         "member \"%.*s\" is not in the table of countries", STR_ARG(code));
        return problem_cure(problem, status, "use the table of countries that the cube was made with");
    }
    cube->member[cube->n_members++] = id;
    has[at] = countries_countable(cube->countries, id);
    return ST_OK;
}

/* The sides that stand for every countable member, and for all of them together. */
static bool make_sides(struct cube *cube, const bool *has)
{
    size_t n = cube->image.n_members;
    uint16_t *each = arena_new(&cube->arena, uint16_t, n), *all = arena_new(&cube->arena, uint16_t, 1);
    bool *all_has = arena_new(&cube->arena, bool, n + 1);
    cube->countable = arena_new(&cube->arena, uint32_t, n);
    if (!each || !all || !all_has || !cube->countable)
        return false;
    cube->each = (struct member_side){.list = each, .has = has};
    for (size_t i = 0; i < n; i++)
        if (has[i]) {
            cube->countable[cube->each.n] = cube->country[i];
            each[cube->each.n++] = (uint16_t)i;
        }
    *all = (uint16_t)n;
    all_has[n] = true;
    cube->all = (struct member_side){.list = all, .n = 1, .has = all_has};
    return true;
}

static enum status read_members(struct cube *cube, struct problem *problem)
{
    size_t n_countries = countries_count(cube->countries), n = cube->image.n_members;
    bool *has = arena_new(&cube->arena, bool, n + 1);
    cube->country = arena_new(&cube->arena, uint32_t, n);
    cube->member = arena_new(&cube->arena, uint32_t, n);
    cube->local = arena_new(&cube->arena, uint16_t, n_countries);
    if (!cube->country || !has || !cube->member || !cube->local)
        return no_memory(cube, problem);
    memset(cube->local, 0xFF, n_countries * sizeof *cube->local);
    struct str rest = cube->image.members;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++)
        status = read_member(cube, (uint16_t)i, next_line(&rest), has, problem);
    if (status == ST_OK && !make_sides(cube, has))
        status = no_memory(cube, problem);
    return status;
}

static enum status read_leaves(struct cube *cube, struct problem *problem)
{
    struct level_nodes *leaves = &cube->level[cube->dataset.level];
    leaves->n = cube->image.n_products;
    leaves->code = arena_new(&cube->arena, struct str, leaves->n);
    if (!leaves->code)
        return no_memory(cube, problem);
    struct str rest = cube->image.products;
    for (size_t i = 0; i < leaves->n; i++) {
        leaves->code[i] = next_line(&rest);
        enum level level;
        if (!product_level(leaves->code[i], &level) || level != cube->dataset.level)
            return problem_set(problem, ST_INVALID, cube->name, "product \"%.*s\" is not of level %s",
                               STR_ARG(leaves->code[i]), level_name[cube->dataset.level]);
    }
    return ST_OK;
}

static struct str node_code(struct str leaf, enum level level, const struct products *products)
{
    static const size_t digits[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6, [LEVEL_HS8] = 8};
    if (level == LEVEL_TOTAL)
        return STR("TOTAL");
    if (level != LEVEL_SECTION)
        return str_span(leaf.p, digits[level]);
    struct str section = products_section(products, leaf);
    return section.n ? section : str_span(leaf.p, 2); /* national chapters stand for themselves */
}

/* The last node with this code, or a new one. Leaves ascend, so a node's leaves lie side by side; only a section may go on behind a
 * chapter that belongs to none. */
static size_t node_for(struct level_nodes *nodes, struct str code, enum level level)
{
    size_t oldest = level == LEVEL_SECTION || nodes->n == 0 ? 0 : nodes->n - 1;
    for (size_t i = nodes->n; i > oldest; i--)
        if (str_eq(nodes->code[i - 1], code))
            return i - 1;
    nodes->code[nodes->n] = code;
    return nodes->n++;
}

/* A published aggregate: a code of its own, which may have no leaf below it. */
struct aggregate {
    struct str code;
    size_t at; /* in the image's nodes of rests */
};

static int by_code(const void *a, const void *b)
{
    return str_cmp(((const struct aggregate *)a)->code, ((const struct aggregate *)b)->code);
}

static enum status read_rests(struct cube *cube, struct problem *problem)
{
    const struct image_rests *rests = &cube->image.rests;
    char text[PRODUCT_CODE_MAX];
    cube->rest = arena_new(&cube->arena, struct str, rests->n_nodes);
    for (size_t i = 0; cube->rest && i < rests->n_nodes; i++) {
        size_t length = product_print(NODE_NUMBER(rests->node[i]), NODE_LEVEL(rests->node[i]), text);
        cube->rest[i] = arena_str(&cube->arena, str_span(text, length));
        if (!cube->rest[i].p)
            return no_memory(cube, problem);
    }
    return cube->rest ? ST_OK : no_memory(cube, problem);
}

/* Ascending by code, TOTAL last. */
static bool list_aggregates(struct cube *cube, struct aggregate **out)
{
    const size_t n = cube->image.rests.n_nodes;
    struct aggregate *list = *out = arena_new(&cube->arena, struct aggregate, n);
    for (size_t i = 0; list && i < n; i++)
        list[i] = (struct aggregate){cube->rest[i], i};
    if (list && n)
        qsort(list, n, sizeof *list, by_code);
    return list != NULL;
}

static void place_aggregate(struct cube *cube, enum level level, const struct aggregate *aggregate,
                            const struct products *products)
{
    struct level_nodes *nodes = &cube->level[level];
    enum level own = NODE_LEVEL(cube->image.rests.node[aggregate->at]);
    bool fits = own >= level && own < cube->dataset.level;
    nodes->of_rest[aggregate->at] =
        fits ? (uint16_t)node_for(nodes, node_code(aggregate->code, level, products), level) : NO_NODE;
}

static enum status read_level(struct cube *cube, enum level level, const struct products *products,
                              struct problem *problem)
{
    const struct level_nodes *leaves = &cube->level[cube->dataset.level];
    struct level_nodes *nodes = &cube->level[level];
    struct aggregate *aggregate;
    const size_t n = cube->image.rests.n_nodes;
    size_t next = 0;
    if (!list_aggregates(cube, &aggregate))
        return no_memory(cube, problem);
    nodes->code = arena_new(&cube->arena, struct str, leaves->n + n);
    nodes->of_leaf = arena_new(&cube->arena, uint16_t, leaves->n);
    nodes->of_rest = arena_new(&cube->arena, uint16_t, n);
    if (!nodes->code || !nodes->of_leaf || !nodes->of_rest)
        return no_memory(cube, problem);
    memset(nodes->of_rest, 0xFF, n * sizeof *nodes->of_rest);
    for (size_t i = 0; i < leaves->n; i++) {
        while (next < n && str_cmp(aggregate[next].code, leaves->code[i]) < 0)
            place_aggregate(cube, level, &aggregate[next++], products);
        nodes->of_leaf[i] = (uint16_t)node_for(nodes, node_code(leaves->code[i], level, products), level);
    }
    while (next < n)
        place_aggregate(cube, level, &aggregate[next++], products);
    return ST_OK;
}

/* Once, and not in each answer: the table is longer than most levels. Nodes ascend but for sections, among which chapters may stand. The
 * table's names are HS2022's, but for codes that this has no more: one that meant something else in the dataset's revision has none. */
static enum status name_nodes(struct cube *cube, enum level level, const struct products *products,
                              struct problem *problem)
{
    struct level_nodes *nodes = &cube->level[level];
    const unsigned revision = hs_number(cube->dataset.hs);
    size_t cursor = 0;
    nodes->name = arena_new(&cube->arena, struct str, nodes->n);
    if (!nodes->name)
        return no_memory(cube, problem);
    for (size_t i = 0; i < nodes->n; i++) {
        nodes->name[i] = level == LEVEL_SECTION ? products_name(products, nodes->code[i])
                                                : products_name_next(products, nodes->code[i], &cursor);
        bool present = correlation_has(&cube->tables, HS_REVISIONS, nodes->code[i]);
        if (present && !correlation_same(&cube->tables, revision, nodes->code[i]))
            nodes->name[i] = str_span(NULL, 0);
    }
    return ST_OK;
}

static enum status read_levels(struct cube *cube, const struct products *products, struct problem *problem)
{
    const enum level finest = cube->dataset.level;
    enum status status = read_leaves(cube, problem);
    if (status == ST_OK)
        status = read_rests(cube, problem);
    for (enum level level = LEVEL_TOTAL; status == ST_OK && level < finest; level++)
        status = read_level(cube, level, products, problem);
    for (enum level level = LEVEL_TOTAL; status == ST_OK && level <= finest; level++)
        status = name_nodes(cube, level, products, problem);
    return status;
}

static enum status read_segments(struct cube *cube, struct problem *problem)
{
    cube->period = arena_new(&cube->arena, uint32_t, cube->image.n_segments);
    if (!cube->period)
        return no_memory(cube, problem);
    for (size_t i = 0; i < cube->image.n_segments; i++) {
        cube->period[i] = cube->image.segment[i].period;
        char text[PERIOD_TEXT];
        uint32_t again;
        const char *why;
        size_t length = period_print(cube->period[i], text);
        if (period_kind_of(cube->period[i]) != cube->dataset.frequency ||
            !period_read(str_span(text, length), &again, &why) || again != cube->period[i])
            return problem_set(problem, ST_CORRUPT, cube->name, "a period is not of frequency %s",
                               period_kind_word(cube->dataset.frequency));
    }
    return ST_OK;
}

static enum status interpret(struct cube *cube, const struct products *products, struct problem *problem)
{
    cube->release = arena_printf(&cube->arena, "%012" PRIx64, cube->image.header->contents_hash >> 16);
    if (!cube->release.p)
        return no_memory(cube, problem);
    enum status status = dataset_read(cube->name, cube->image.dataset, &cube->arena, &cube->dataset, NULL, problem);
    if (status == ST_OK && !cube->countries)
        return ST_OK;
    if (status == ST_OK)
        status = read_members(cube, problem);
    if (status == ST_OK)
        status = read_levels(cube, products, problem);
    if (status == ST_OK)
        status = read_segments(cube, problem);
    return status;
}

static enum status open_bytes(struct cube *cube, const char *name, const struct products *products,
                              struct problem *problem)
{
    arena_init(&cube->arena, SIZE_MAX);
    cube->name = strdup(name);
    if (!cube->name)
        return no_memory(cube, problem);
    enum status status = image_open(cube->name, cube->store.bytes, cube->store.n, cube->store.kind != STORE_MAPPED,
                                    &cube->image, problem);
    return status == ST_OK ? interpret(cube, products, problem) : status;
}

static enum status finish_open(struct cube *made, const char *name, const struct products *products, struct cube **out,
                               struct problem *problem)
{
    enum status status = open_bytes(made, name, products, problem);
    if (status == ST_OK)
        *out = made;
    else
        cube_close(made);
    return status;
}

/* Takes *store, also on failure. */
static enum status open_store(struct store *store, const char *name, const struct countries *countries,
                              const struct products *products, struct cube **out, struct problem *problem)
{
    struct cube *cube = calloc(1, sizeof *cube);
    if (!cube) {
        store_release(store);
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory while opening");
    }
    cube->store = *store;
    cube->countries = countries;
    cube->tables = correlation_shipped();
    return finish_open(cube, name, products, out, problem);
}

enum status cube_open_take(const char *name, char *bytes, size_t n, const struct countries *countries,
                           const struct products *products, struct cube **out, struct problem *problem)
{
    struct store store;
    bool ok = store_new(&store, n);
    if (ok && n)
        memcpy(store.bytes, bytes, n);
    free(bytes);
    if (!ok)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory while opening");
    store_seal(&store);
    return open_store(&store, name, countries, products, out, problem);
}

static enum status copy_in(int fd, const char *path, struct store *store, size_t n, struct problem *problem)
{
    if (!store_new(store, n))
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory while reading");
    for (size_t at = 0; at < n;) {
        ssize_t got = read(fd, store->bytes + at, n - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            enum status status =
                got < 0 ? file_refused(path, "cannot read", problem)
                        : problem_set(problem, ST_CORRUPT, path, "the file became shorter while it was read");
            store_release(store);
            return status;
        }
        at += (size_t)got;
    }
    store_seal(store);
    return ST_OK;
}

static enum status open_fd(const struct file *file, const char *path, const struct countries *countries,
                           const struct products *products, struct cube **out, struct problem *problem)
{
    struct store store;
    size_t n = (size_t)file->bytes;
    if (n > CUBE_SMALL_BYTES) {
        if (!store_map(&store, file->fd, n))
            return file_refused(path, "cannot map", problem);
    } else {
        enum status status = copy_in(file->fd, path, &store, n, problem);
        if (status != ST_OK)
            return status;
    }
    return open_store(&store, path, countries, products, out, problem);
}

enum status cube_open(const char *path, const struct countries *countries, const struct products *products,
                      struct cube **out, struct problem *problem)
{
    struct file file;
    enum status status = file_open(path, true, &file, problem);
    if (status != ST_OK)
        return status;
    status = open_fd(&file, path, countries, products, out, problem);
    (void)close(file.fd);
    return status;
}

void cube_close(struct cube *cube)
{
    if (!cube)
        return;
    image_release(&cube->image);
    arena_release(&cube->arena);
    store_release(&cube->store);
    free(cube->name);
    free(cube);
}
