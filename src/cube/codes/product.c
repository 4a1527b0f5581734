/* The table of HS products: codes, names, levels, and the section of each chapter. */
#include <xxhash.h>

#include "entrepot/base/arena.h"
#include "entrepot/base/bound.h"
#include "entrepot/base/csv.h"
#include "entrepot/cube/codes.h"

const char *const level_name[LEVELS] = {"total", "section", "hs2", "hs4", "hs6", "hs8", "sector"};

struct products {
    struct arena arena;
    struct product *product; /* in the file's order */
    size_t n;
    uint32_t *sorted;        /* by code */
    struct str section[100]; /* by chapter */
    uint64_t hash;           /* of the text */
};

enum { F_CODE, F_LEVEL, F_PARENT, F_NAME, FIELDS };
static const char *const field_name[FIELDS] = {"code", "level", "parent", "name"};

bool level_read(struct str word, enum level *out)
{
    for (enum level l = LEVEL_TOTAL; l < LEVELS; l++)
        if (str_is(word, level_name[l])) {
            *out = l;
            return true;
        }
    return false;
}

bool product_level(struct str code, enum level *out)
{
    static const enum level by_length[9] = {[2] = LEVEL_HS2, [4] = LEVEL_HS4, [6] = LEVEL_HS6, [8] = LEVEL_HS8};
    if (str_is(code, "TOTAL")) {
        *out = LEVEL_TOTAL;
        return true;
    }
    uint32_t section;
    if (code.n == 3 && code.p[0] == 'S' && str_u32(str_span(code.p + 1, 2), 21, &section) && section > 0) {
        *out = LEVEL_SECTION;
        return true;
    }
    if (code.n > 8 || !str_digits(code) || by_length[code.n] == LEVEL_TOTAL)
        return false;
    *out = by_length[code.n];
    return true;
}

static int product_by_code(const void *a, const void *b, void *table)
{
    const struct product *p = table;
    return str_cmp(p[*(const uint32_t *)a].code, p[*(const uint32_t *)b].code);
}

static bool product_code_before(const void *table, size_t at, const void *code)
{
    const struct products *p = table;
    return str_cmp(p->product[p->sorted[at]].code, *(const struct str *)code) < 0;
}

/* First position in `sorted` whose code is not before `code`. */
static size_t product_bound(const struct products *products, struct str code)
{
    return lower_bound(products, products->n, product_code_before, &code);
}

uint32_t products_find(const struct products *products, struct str code)
{
    size_t at = product_bound(products, code);
    return at < products->n && str_eq(products->product[products->sorted[at]].code, code) ? products->sorted[at]
                                                                                          : NO_ID;
}

static enum status product_read_row(struct products *products, struct str *parent, const struct csv *csv,
                                    const size_t *column, struct problem *problem)
{
    struct product *p = &products->product[products->n];
    if (csv->n_fields < FIELDS)
        return csv_refuse(csv, problem, "fewer fields than the header", csv->field[0]);
    p->code = arena_str(&products->arena, csv->field[column[F_CODE]]);
    p->name = arena_str(&products->arena, csv->field[column[F_NAME]]);
    parent[products->n] = arena_str(&products->arena, csv->field[column[F_PARENT]]);
    if (!p->code.p || !p->name.p || !parent[products->n].p)
        return problem_set(problem, ST_NO_MEMORY, csv->name, "out of memory");
    enum level level;
    if (!product_level(p->code, &p->level))
        return csv_refuse(csv, problem, "this is no product code", p->code);
    if (!level_read(csv->field[column[F_LEVEL]], &level) || level != p->level)
        return csv_refuse(csv, problem, "the level does not fit the code", csv->field[column[F_LEVEL]]);
    products->n++;
    return ST_OK;
}

/* A parent is there and stands higher, so that the way up ends. */
static enum status check_parent(const struct products *products, const char *name, const struct product *p,
                                struct str parent, struct problem *problem)
{
    if (p->level == LEVEL_TOTAL)
        return ST_OK;
    if (p->parent == NO_ID)
        return problem_set(problem, ST_INVALID, name, "the parent \"%.*s\" of \"%.*s\" is not there", STR_ARG(parent),
                           STR_ARG(p->code));
    if (products->product[p->parent].level >= p->level)
        return problem_set(problem, ST_INVALID, name, "the parent \"%.*s\" of \"%.*s\" is not of a higher level",
                           STR_ARG(parent), STR_ARG(p->code));
    return ST_OK;
}

static enum status link_parents(struct products *products, const char *name, const struct str *parent,
                                struct problem *problem)
{
    products->sorted = arena_new(&products->arena, uint32_t, products->n);
    if (!products->sorted)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    for (uint32_t i = 0; i < products->n; i++)
        products->sorted[i] = i;
    if (products->n)
        qsort_r(products->sorted, products->n, sizeof *products->sorted, product_by_code, products->product);
    for (size_t i = 1; i < products->n; i++)
        if (str_eq(products->product[products->sorted[i]].code, products->product[products->sorted[i - 1]].code))
            return problem_set(problem, ST_INVALID, name, "the code \"%.*s\" stands twice",
                               STR_ARG(products->product[products->sorted[i]].code));
    for (uint32_t i = 0; i < products->n; i++) {
        struct product *p = &products->product[i];
        p->parent = products_find(products, parent[i]);
        if (check_parent(products, name, p, parent[i], problem) != ST_OK)
            return ST_INVALID;
        uint32_t chapter;
        if (p->level == LEVEL_HS2 && str_u32(p->code, 99, &chapter) &&
            products->product[p->parent].level == LEVEL_SECTION)
            products->section[chapter] = products->product[p->parent].code;
    }
    return ST_OK;
}

static enum status products_read_all(struct products *products, const char *name, struct str text,
                                     struct problem *problem)
{
    size_t room = csv_count_lines(text), column[FIELDS];
    products->product = arena_new(&products->arena, struct product, room);
    struct str *parent = arena_new(&products->arena, struct str, room);
    char *bytes = arena_new(&products->arena, char, text.n + 1);
    if (!products->product || !parent || !bytes)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    memcpy(bytes, text.p, text.n);
    struct csv csv;
    csv_init_memory(&csv, name, bytes, text.n);
    enum status status = csv_header(&csv, field_name, FIELDS, column, problem);
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK)
        status = product_read_row(products, parent, &csv, column, problem);
    return status == ST_NOT_FOUND ? link_parents(products, name, parent, problem) : status;
}

enum status products_read(const char *name, struct str csv, struct products **out, struct problem *problem)
{
    struct products *products = calloc(1, sizeof *products);
    if (!products)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    arena_init(&products->arena, SIZE_MAX);
    products->hash = XXH3_64bits(csv.p, csv.n);
    enum status status = products_read_all(products, name, csv, problem);
    if (status == ST_OK)
        *out = products;
    else
        products_free(products);
    return status;
}

void products_free(struct products *products)
{
    if (!products)
        return;
    arena_release(&products->arena);
    free(products);
}

size_t products_count(const struct products *products) { return products->n; }
uint64_t products_hash(const struct products *products) { return products->hash; }
const struct product *products_at(const struct products *products, uint32_t id) { return &products->product[id]; }

struct str products_name(const struct products *products, struct str code)
{
    uint32_t id = products_find(products, code);
    return id == NO_ID ? str_span(NULL, 0) : products->product[id].name;
}

struct str products_name_next(const struct products *products, struct str code, size_t *cursor)
{
    int order = -1;
    for (; *cursor < products->n; ++*cursor) {
        order = str_cmp(products->product[products->sorted[*cursor]].code, code);
        if (order >= 0)
            break;
    }
    return order == 0 ? products->product[products->sorted[*cursor]].name : str_span(NULL, 0);
}

struct str products_section(const struct products *products, struct str code)
{
    uint32_t chapter;
    return code.n >= 2 && str_u32(str_span(code.p, 2), 99, &chapter) ? products->section[chapter] : str_span(NULL, 0);
}

size_t products_suggest(const struct products *products, struct str code, uint32_t *out, size_t max)
{
    size_t n = 0;
    if (code.n > 8)
        return 0;
    for (struct str prefix = code; n < max && prefix.n >= 2;
         prefix.n--) { /* the longest ancestor that exists comes first */
        uint32_t id = products_find(products, prefix);
        if (id == NO_ID)
            continue;
        out[n++] = id;
        break;
    }
    for (uint32_t i = 0; n < max && i < products->n; i++)
        if (products->product[i].code.n == code.n && (n == 0 || out[0] != i) &&
            str_distance(products->product[i].code, code, 1) == 1)
            out[n++] = i;
    return n;
}
