/* GET /v1/products and /v1/products/{code}: the Harmonized System. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/cube/correlation.h"

struct row {
    struct str code, name, parent, section, datasets;
    enum level level;
    struct str revisions, successors, predecessors; /* lists, of one code that is asked for */
};

#define COLUMNS_OF_CODES                                                                                               \
    COLUMN("code", "HS code (text: leading zeros count), section or TOTAL", FROM_TEXT(struct row, code),               \
           .codes = &codes_code),                                                                                      \
        COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct row, name)),                      \
        COLUMN("level", "total, section, hs2, hs4, hs6 or hs8", FROM_WORD(struct row, level, level_name)),             \
        COLUMN("parent", "next coarser code", FROM_TEXT(struct row, parent), .codes = &codes_parent),                  \
        COLUMN("section", "section of the chapter; null for the national chapters 98 and 99",                          \
               FROM_TEXT(struct row, section), .codes = &codes_section),                                               \
        COLUMN("datasets", "datasets that can tell it", FROM_LIST(struct row, datasets))

static const struct column columns[] = {COLUMNS_OF_CODES};
static const struct column columns_one[] = {
    COLUMNS_OF_CODES,
    COLUMN("revisions", "revisions of the Harmonized System that have the code", FROM_LIST(struct row, revisions)),
    COLUMN("successors",
           "what the code became in the next revision, where it is not the code itself alone: HS2022:854142",
           FROM_LIST(struct row, successors)),
    COLUMN("predecessors", "what it was in the revision before, likewise", FROM_LIST(struct row, predecessors)),
};

static bool can_tell(const struct cube *cube, struct str code, enum level level)
{
    const struct dataset *d = cube_dataset(cube);
    return level != LEVEL_SECTION && level <= d->level && (level != LEVEL_TOTAL || d->coverage == COVERAGE_FULL) &&
           cube_has_product(cube, code);
}

static struct str datasets_with(struct call *call, struct str code, enum level level)
{
    const struct catalogue *catalogue = call->catalogue;
    struct str list = str_span(NULL, 0);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct cube *cube = catalogue_at(catalogue, i);
        if (can_tell(cube, code, level))
            list = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(list), list.n ? "\n" : "",
                                STR_ARG(cube_dataset(cube)->id));
    }
    return list;
}

/* A code that only a dataset knows has no id, and stands under its chapter, heading or subheading. */
static struct str parent_of(const struct products *products, uint32_t id, struct str code)
{
    if (id == NO_ID)
        return code.n > 2 ? str_span(code.p, code.n - 2) : STR("TOTAL");
    uint32_t parent = products_at(products, id)->parent;
    return parent == NO_ID ? str_span(NULL, 0) : products_at(products, parent)->code;
}

static struct row describe(struct call *call, uint32_t id, struct str code)
{
    const struct products *products = catalogue_products(call->catalogue);
    struct row row = {.code = code, .parent = parent_of(products, id, code)};
    (void)product_level(code, &row.level);
    if (row.level == LEVEL_SECTION)
        row.section = code;
    else if (row.level != LEVEL_TOTAL)
        row.section = products_section(products, code);
    if (id != NO_ID)
        row.name = products_at(products, id)->name;
    row.datasets = datasets_with(call, code, row.level);
    return row;
}

static enum status get_all(struct call *call)
{
    const struct products *products = catalogue_products(call->catalogue);
    const struct arg *level = call_arg(call, "level"), *parent = call_arg(call, "parent");
    struct row *row = arena_new_raw(call->arena, struct row, products_count(products));
    size_t n = 0;
    if (!row)
        return ST_NO_MEMORY;
    for (uint32_t i = 0; i < products_count(products); i++) {
        const struct product *p = products_at(products, i);
        bool below =
            !parent->given || (p->parent != NO_ID && str_eq(products_at(products, p->parent)->code, parent->text));
        if (below && (!level->given || p->level == level->level))
            row[n++] = describe(call, i, p->code);
    }
    call->empty_reason = "filtered_out";
    return call_rows(call, row, n, sizeof *row);
}

#define RELATIVES_MAX 64

/* A list with what the code is one revision on, or back, where that is not the code itself alone. */
static struct str relatives(struct call *call, const struct correlation *tables, struct str code, unsigned from,
                            unsigned to, struct str list)
{
    struct str found[RELATIVES_MAX];
    size_t n = correlation_follow(tables, code, from, to, found, RELATIVES_MAX);
    bool same = n == 1 && str_eq(found[0], code);
    for (size_t i = 0; !same && i < n && i < RELATIVES_MAX; i++)
        list = arena_printf(call->arena, "%.*s%s%.*s:%.*s", STR_ARG(list), list.n ? "\n" : "", STR_ARG(hs_name(to)),
                            STR_ARG(found[i]));
    return list;
}

static void correlate(struct call *call, struct row *row)
{
    const struct correlation tables = correlation_shipped();
    unsigned mask =
        row->level == LEVEL_SECTION || row->level == LEVEL_TOTAL ? 0 : correlation_revisions(&tables, row->code);
    for (unsigned r = 1; r <= HS_REVISIONS; r++) {
        if (!(mask & 1U << (r - 1)))
            continue;
        row->revisions = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(row->revisions), row->revisions.n ? "\n" : "",
                                      STR_ARG(hs_name(r)));
        if (r > 1)
            row->predecessors = relatives(call, &tables, row->code, r, r - 1, row->predecessors);
        if (r < HS_REVISIONS)
            row->successors = relatives(call, &tables, row->code, r, r + 1, row->successors);
    }
}

static enum status get_one(struct call *call)
{
    struct str code = call_arg(call, "code")->text;
    struct row row = describe(call, products_find(catalogue_products(call->catalogue), code), code);
    correlate(call, &row);
    return call_rows(call, &row, 1, sizeof row);
}

#define LEVELS_OF_TABLE (1U << LEVEL_TOTAL | 1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6)

static const struct param params_all[] = {
    PARAM("level", LEVEL, "only codes of this level", .levels = LEVELS_OF_TABLE, .example = "hs2"),
    PARAM("parent", PRODUCT, "only the codes right below this one", .example = "8507"),
    PARAMS_OF_TABLES,
};
static const struct param params_one[] = {
    PARAM("code", PRODUCT, "HS code, section or TOTAL", .in_path = true, .example = "850760"),
    PARAMS_OF_TABLES,
};

const struct route route_products = {
    .id = "listProducts",
    .group = GROUP_CODES,
    .path = "/v1/products",
    .summary = "The Harmonized System: sections, chapters, headings, subheadings",
    .example = "/v1/products?level=hs2",
    .description = "Codes of HS 2022 with short names of this project's own; official texts are not shipped.",
    .handler = get_all,
    TAKES(params_all),
    GIVES(columns)};
const struct route route_product = {.id = "getProduct",
                                    .group = GROUP_CODES,
                                    .path = "/v1/products/{code}",
                                    .summary = "One product code, its place in the tree, and who can tell it",
                                    .example = "/v1/products/850760",
                                    .description = "Also codes that only a dataset knows.",
                                    .handler = get_one,
                                    TAKES(params_one),
                                    GIVES(columns_one)};
