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

/* All products by name: what is published, not only the leaves. */
static bool is_total(const struct arg *product) { return product->n_list == 1 && str_is(product->list[0], "TOTAL"); }

void want_products(const struct call *call, struct want *want)
{
    const struct arg *product = call_arg(call, "product");
    want->product = product->list;
    want->n_products = product->n_list;
}

enum status frame_products(struct call *call, struct frame *frame)
{
    const struct arg *product = call_arg(call, "product");
    if (product->n_list == 0 || is_total(product))
        return ST_OK;
    enum status status = call_products(call, product, frame->cube, &frame->code, &frame->n_codes);
    return status == ST_OK ? leaves_of(frame->cube, catalogue_products(call->catalogue), frame->code, frame->n_codes,
                                       call->arena, &frame->leaves)
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
    *item = (struct breakdown_item){.code = product, .name = sector ? sector->name : products_name(products, product)};
    enum status status = call_products(call, &one, cube, &code, &n);
    if (sector && n == 0)
        item->flags = FLAG_BIT(FLAG_LEVEL_UNAVAILABLE);
    item->prefix = code;
    item->n_prefixes = n;
    if (status == ST_OK && !is_total(&one))
        status = leaves_of(cube, products, code, n, call->arena, &item->leaves);
    return status;
}

enum status named_products(struct call *call, const struct cube *cube, struct breakdown *out)
{
    static const struct breakdown_item everything = {.code = STR_INIT("TOTAL")};
    const struct arg *product = call_arg(call, "product");
    *out = (struct breakdown){.level = LEVEL_SECTOR, .n = 1, .item = &everything};
    if (product->n_list == 0)
        return ST_OK;
    struct breakdown_item *item = arena_new(call->arena, struct breakdown_item, product->n_list);
    enum status status = item ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < product->n_list; i++)
        status = product_item(call, cube, product->list[i], &item[i]);
    return status == ST_OK ? breakdown_name(cube, item, product->n_list, call->arena, out) : status;
}

enum status pair_breakdown(struct call *call, const struct cube *cube, struct breakdown *out)
{
    const struct arg *level = call_arg(call, "level");
    if (level->level == LEVEL_TOTAL)
        return named_products(call, cube, out);
    return breakdown_make(cube, catalogue_sectors(call->catalogue), level->level, call->arena, out);
}
