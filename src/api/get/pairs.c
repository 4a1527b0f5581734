/* What the endpoints about pairs and reporters have in common. */
#include "api/get/endpoints.h"

struct want want_of(const struct call *call)
{
    const struct arg *partner = call_find(call, "partner"), *period = call_find(call, "period"),
                     *dataset = call_find(call, "dataset");
    struct want want = {.reporter = call_arg(call, "reporter")->country,
                        .partner = partner && partner->given ? partner->country : ANY_MEMBER};
    if (period && period->periods)
        want.period = *period->periods;
    if (dataset && dataset->cube)
        want.dataset = cube_dataset(dataset->cube)->id;
    return want;
}

struct frame frame_of(const struct call *call, const struct cube *cube)
{
    const struct arg *partner = call_find(call, "partner");
    return (struct frame){.cube = cube,
                          .countries = catalogue_countries(call->catalogue),
                          .reporter = call_arg(call, "reporter")->country,
                          .partner = partner && partner->given ? partner->country : ANY_MEMBER,
                          .trace = call->trace};
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
    return status;
}

/* Periods can be shown as the parts they have, or as the wholes they lie in: a calendar year is neither to a fiscal year. */
enum status check_freq(struct call *call, const struct want *want)
{
    if (!want->freq || want->period.n == 0 || period_adds_up(want->freq, want->period.kind) ||
        period_adds_up(want->period.kind, want->freq))
        return ST_OK;
    (void)call_problem(call, PROBLEM_CONFLICT, "freq", call_arg(call, "freq")->text,
                       STR("calendar years do not add up to fiscal years, nor the other way round: ask for the periods "
                           "themselves, or for months"));
    return ST_INVALID;
}

struct cell cell_period(struct call *call, uint32_t period)
{
    char text[PERIOD_TEXT];
    size_t n = period_print(period, text);
    return cell_str(arena_str(call->arena, str_span(text, n)));
}
