#include "entrepot/base/arena.h"
#include "entrepot/base/csv.h"
#include "entrepot/cube/codes.h"

const char *const level_name[LEVELS] = {"total", "section", "hs2", "hs4", "hs6", "hs8", "sector"};

struct products {
    struct arena arena;
    struct product *product; /* in the file's order */
    size_t n;
    uint32_t *sorted;        /* by code */
    struct str section[100]; /* by chapter */
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

static int by_code(const void *a, const void *b, void *table)
{
    const struct product *p = table;
    return str_cmp(p[*(const uint32_t *)a].code, p[*(const uint32_t *)b].code);
}

/* First position in `sorted` whose code is not before `code`. */
static size_t bound(const struct products *t, struct str code)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(t->product[t->sorted[middle]].code, code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t products_find(const struct products *t, struct str code)
{
    size_t at = bound(t, code);
    return at < t->n && str_eq(t->product[t->sorted[at]].code, code) ? t->sorted[at] : NO_ID;
}

static enum status read_row(struct products *t, struct str *parent, const struct csv *csv, const size_t *column,
                            struct problem *problem)
{
    struct product *p = &t->product[t->n];
    if (csv->n_fields < FIELDS)
        return csv_refuse(csv, problem, "fewer fields than the header", csv->field[0]);
    p->code = arena_str(&t->arena, csv->field[column[F_CODE]]);
    p->name = arena_str(&t->arena, csv->field[column[F_NAME]]);
    parent[t->n] = arena_str(&t->arena, csv->field[column[F_PARENT]]);
    if (!p->code.p || !p->name.p || !parent[t->n].p)
        return problem_set(problem, ST_NO_MEMORY, csv->name, "out of memory");
    enum level level;
    if (!product_level(p->code, &p->level))
        return csv_refuse(csv, problem, "this is no product code", p->code);
    if (!level_read(csv->field[column[F_LEVEL]], &level) || level != p->level)
        return csv_refuse(csv, problem, "the level does not fit the code", csv->field[column[F_LEVEL]]);
    t->n++;
    return ST_OK;
}

static enum status link_parents(struct products *t, const char *name, const struct str *parent, struct problem *problem)
{
    t->sorted = arena_new(&t->arena, uint32_t, t->n);
    if (!t->sorted)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    for (uint32_t i = 0; i < t->n; i++)
        t->sorted[i] = i;
    if (t->n)
        qsort_r(t->sorted, t->n, sizeof *t->sorted, by_code, t->product);
    for (size_t i = 1; i < t->n; i++)
        if (str_eq(t->product[t->sorted[i]].code, t->product[t->sorted[i - 1]].code))
            return problem_set(problem, ST_INVALID, name, "the code \"%.*s\" stands twice",
                               STR_ARG(t->product[t->sorted[i]].code));
    for (uint32_t i = 0; i < t->n; i++) {
        struct product *p = &t->product[i];
        p->parent = products_find(t, parent[i]);
        if (p->parent == NO_ID && p->level != LEVEL_TOTAL)
            return problem_set(problem, ST_INVALID, name, "the parent \"%.*s\" of \"%.*s\" is not there",
                               STR_ARG(parent[i]), STR_ARG(p->code));
        if (p->level != LEVEL_TOTAL && t->product[p->parent].level >= p->level) /* so that the way up ends */
            return problem_set(problem, ST_INVALID, name, "the parent \"%.*s\" of \"%.*s\" is not of a higher level",
                               STR_ARG(parent[i]), STR_ARG(p->code));
        uint32_t chapter;
        if (p->level == LEVEL_HS2 && str_u32(p->code, 99, &chapter) && t->product[p->parent].level == LEVEL_SECTION)
            t->section[chapter] = t->product[p->parent].code;
    }
    return ST_OK;
}

static enum status read_all(struct products *t, const char *name, struct str text, struct problem *problem)
{
    size_t room = csv_count_lines(text), column[FIELDS];
    t->product = arena_new(&t->arena, struct product, room);
    struct str *parent = arena_new(&t->arena, struct str, room);
    char *bytes = arena_new(&t->arena, char, text.n + 1);
    if (!t->product || !parent || !bytes)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    memcpy(bytes, text.p, text.n);
    struct csv csv;
    csv_init_memory(&csv, name, bytes, text.n);
    enum status status = csv_header(&csv, field_name, FIELDS, column, problem);
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK)
        status = read_row(t, parent, &csv, column, problem);
    return status == ST_NOT_FOUND ? link_parents(t, name, parent, problem) : status;
}

enum status products_read(const char *name, struct str csv, struct products **out, struct problem *problem)
{
    struct products *t = calloc(1, sizeof *t);
    if (!t)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    arena_init(&t->arena, SIZE_MAX);
    enum status status = read_all(t, name, csv, problem);
    if (status == ST_OK)
        *out = t;
    else
        products_free(t);
    return status;
}

void products_free(struct products *t)
{
    if (!t)
        return;
    arena_release(&t->arena);
    free(t);
}

size_t products_count(const struct products *t) { return t->n; }
const struct product *products_at(const struct products *t, uint32_t id) { return &t->product[id]; }

struct str products_name(const struct products *t, struct str code)
{
    uint32_t id = products_find(t, code);
    return id == NO_ID ? str_span(NULL, 0) : t->product[id].name;
}

struct str products_section(const struct products *t, struct str code)
{
    uint32_t chapter;
    return code.n >= 2 && str_u32(str_span(code.p, 2), 99, &chapter) ? t->section[chapter] : str_span(NULL, 0);
}

size_t products_suggest(const struct products *t, struct str code, uint32_t *out, size_t max)
{
    size_t n = 0;
    if (code.n > 8)
        return 0;
    for (struct str prefix = code; n < max && prefix.n >= 2;
         prefix.n--) { /* the longest ancestor that exists comes first */
        uint32_t id = products_find(t, prefix);
        if (id == NO_ID)
            continue;
        out[n++] = id;
        break;
    }
    for (uint32_t i = 0; n < max && i < t->n; i++)
        if (t->product[i].code.n == code.n && (n == 0 || out[0] != i) && str_distance(t->product[i].code, code, 1) == 1)
            out[n++] = i;
    return n;
}
