/* What a list of products stands for in a dataset. */
#include "api/ask/products_of.h"

enum status call_products(struct call *call, const struct arg *arg, const struct cube *cube, const struct str **code,
                          size_t *n)
{
    const struct sectors *sectors = catalogue_sectors(call->catalogue);
    size_t room = 0;
    for (size_t i = 0; i < arg->n_list; i++) {
        const struct sector *sector = sectors_find(sectors, arg->list[i]);
        const struct sector_prefixes *prefixes = sector ? sector_for(sector, cube_dataset(cube)->hs) : NULL;
        room += prefixes ? prefixes->n : 1;
    }
    struct str *list = arena_new(call->arena, struct str, room);
    if (!list)
        return ST_NO_MEMORY;
    *n = 0;
    for (size_t i = 0; i < arg->n_list; i++) {
        const struct sector *sector = sectors_find(sectors, arg->list[i]);
        const struct sector_prefixes *prefixes = sector ? sector_for(sector, cube_dataset(cube)->hs) : NULL;
        for (size_t k = 0; prefixes && k < prefixes->n; k++)
            list[(*n)++] = prefixes->prefix[k];
        if (!sector)
            list[(*n)++] = arg->list[i];
    }
    *code = list;
    return ST_OK;
}

unsigned flags_of_products(const struct cube *cube, const struct arg *product)
{
    const struct dataset *d = cube_dataset(cube);
    enum level level;
    bool part = false;
    for (size_t i = 0; i < product->n_list; i++)
        part = part || !product_level(product->list[i], &level) || level < d->level;
    return part && d->coverage == COVERAGE_SELECTED ? FLAG_BIT(FLAG_PARTIAL_SECTOR) : 0;
}

void want_products(const struct call *call, struct want *want)
{
    const struct arg *product = call_arg(call, "product");
    want->product = product->list;
    want->n_products = product->n_list;
}

enum status frame_products(struct call *call, struct frame *frame)
{
    const struct arg *product = call_arg(call, "product");
    if (product->n_list == 0)
        return ST_OK;
    const struct str *code;
    size_t n;
    frame->flags |= flags_of_products(frame->cube, product);
    enum status status = call_products(call, product, frame->cube, &code, &n);
    return status == ST_OK
               ? leaves_of(frame->cube, catalogue_products(call->catalogue), code, n, call->arena, &frame->leaves)
               : status;
}

static enum status product_item(struct call *call, const struct cube *cube, struct str product,
                                struct breakdown_item *item)
{
    const struct sector *sector = sectors_find(catalogue_sectors(call->catalogue), product);
    const struct products *products = catalogue_products(call->catalogue);
    struct arg one = {.list = &product, .n_list = 1};
    const struct str *code;
    size_t n;
    *item = (struct breakdown_item){.code = product,
                                    .name = sector ? sector->name : products_name(products, product),
                                    .flags = flags_of_products(cube, &one)};
    enum status status = call_products(call, &one, cube, &code, &n);
    if (status == ST_OK)
        status = leaves_of(cube, products, code, n, call->arena, &item->leaves);
    return status;
}

enum status pair_breakdown(struct call *call, const struct cube *cube, struct breakdown *out)
{
    const struct arg *level = call_arg(call, "level"), *product = call_arg(call, "product");
    if (level->level != LEVEL_TOTAL)
        return breakdown_make(cube, catalogue_sectors(call->catalogue), level->level, call->arena, out);
    size_t n = product->n_list ? product->n_list : 1;
    struct breakdown_item *item = arena_new(call->arena, struct breakdown_item, n);
    if (!item)
        return ST_NO_MEMORY;
    *out = (struct breakdown){.level = LEVEL_SECTOR, .n = n, .item = item};
    enum status status = ST_OK;
    item[0].code = STR("TOTAL");
    for (size_t i = 0; status == ST_OK && i < product->n_list; i++)
        status = product_item(call, cube, product->list[i], &item[i]);
    return status == ST_OK && product->n_list ? breakdown_name(cube, item, n, call->arena, out) : status;
}
