#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_CODE, C_NAME, C_LEVEL, C_PARENT, C_SECTION, C_DATASETS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_CODE] = COLUMN("code", "HS code (text: leading zeros count), section or TOTAL", .type = COLUMN_STRING,
                      .codes = &codes_code),
    [C_NAME] = COLUMN("name", "short name; null where the table has none", .type = COLUMN_STRING),
    [C_LEVEL] = COLUMN("level", "total, section, hs2, hs4, hs6 or hs8", .type = COLUMN_STRING),
    [C_PARENT] = COLUMN("parent", "next coarser code", .type = COLUMN_STRING, .codes = &codes_parent),
    [C_SECTION] = COLUMN("section", "section of the chapter; null for the national chapters 98 and 99",
                         .type = COLUMN_STRING, .codes = &codes_section),
    [C_DATASETS] = COLUMN("datasets", "datasets that can tell it", .type = COLUMN_LIST),
};

static bool can_tell(const struct cube *cube, struct str code, enum level level)
{
    const struct dataset *d = cube_dataset(cube);
    uint32_t from, to;
    if (level == LEVEL_SECTION || level > d->level || (level == LEVEL_TOTAL && d->coverage != COVERAGE_FULL))
        return false;
    cube_leaf_range(cube, code, &from, &to);
    return from < to;
}

static struct cell datasets_with(struct call *call, struct str code, enum level level)
{
    const struct catalogue *catalogue = call->catalogue;
    struct str list = str_span(NULL, 0);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct cube *cube = catalogue_at(catalogue, i);
        if (can_tell(cube, code, level))
            list = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(list), list.n ? "\n" : "",
                                STR_ARG(cube_dataset(cube)->id));
    }
    return (struct cell){.kind = CELL_LIST, .text = list};
}

/* A code that only a dataset knows has no id, and stands under its chapter, heading or subheading. */
static struct str parent_of(const struct products *products, uint32_t id, struct str code)
{
    if (id == NO_ID)
        return code.n > 2 ? str_span(code.p, code.n - 2) : STR("TOTAL");
    uint32_t parent = products_at(products, id)->parent;
    return parent == NO_ID ? str_span(NULL, 0) : products_at(products, parent)->code;
}

static enum status add(struct call *call, uint32_t id, struct str code)
{
    const struct products *products = catalogue_products(call->catalogue);
    enum level level = LEVEL_TOTAL;
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    (void)product_level(code, &level);
    cell[C_CODE] = cell_str(code);
    cell[C_LEVEL] = cell_z(level_name[level]);
    cell[C_PARENT] = cell_str(parent_of(products, id, code));
    cell[C_SECTION] = cell_str(level == LEVEL_SECTION ? code
                               : level == LEVEL_TOTAL ? str_span(NULL, 0)
                                                      : products_section(products, code));
    if (id != NO_ID)
        cell[C_NAME] = cell_str(products_at(products, id)->name);
    cell[C_DATASETS] = datasets_with(call, code, level);
    return ST_OK;
}

static enum status get_all(struct call *call)
{
    const struct products *products = catalogue_products(call->catalogue);
    const struct arg *level = call_arg(call, "level"), *parent = call_arg(call, "parent");
    enum status status = ST_OK;
    for (uint32_t i = 0; status == ST_OK && i < products_count(products); i++) {
        const struct product *p = products_at(products, i);
        bool below =
            !parent->given || (p->parent != NO_ID && str_eq(products_at(products, p->parent)->code, parent->text));
        if (below && (!level->given || p->level == level->level))
            status = add(call, i, p->code);
    }
    call->empty_reason = "filtered_out";
    return status;
}

static enum status get_one(struct call *call)
{
    struct str code = call_arg(call, "code")->text;
    return add(call, products_find(catalogue_products(call->catalogue), code), code);
}

#define LEVELS_OF_TABLE (1U << LEVEL_TOTAL | 1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6)

static const struct param params_all[] = {
    {.name = "level",
     .type = PARAM_LEVEL,
     .levels = LEVELS_OF_TABLE,
     .description = "only codes of this level",
     .example = "hs2"},
    {.name = "parent", .type = PARAM_PRODUCT, .description = "only the codes right below this one", .example = "8507"},
    PARAMS_OF_TABLES,
};
static const struct param params_one[] = {
    {.name = "code",
     .type = PARAM_PRODUCT,
     .in_path = true,
     .description = "HS code, section or TOTAL",
     .example = "850760"},
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
    .param = params_all,
    .n_params = sizeof params_all / sizeof *params_all,
    .column = columns,
    .n_columns = COLUMNS};
const struct route route_product = {.id = "getProduct",
                                    .group = GROUP_CODES,
                                    .path = "/v1/products/{code}",
                                    .summary = "One product code, its place in the tree, and who can tell it",
                                    .example = "/v1/products/850760",
                                    .description = "Also codes that only a dataset knows.",
                                    .handler = get_one,
                                    .param = params_one,
                                    .n_params = sizeof params_one / sizeof *params_one,
                                    .column = columns,
                                    .n_columns = COLUMNS};
