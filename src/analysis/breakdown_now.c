/* A breakdown that is asked and read at once. */
#include "entrepot/analysis/breakdown_now.h"

enum status breakdown_run(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                          struct arena *arena, struct item_value **out)
{
    struct ask *ask = ask_new(arena);
    struct items items;
    struct item_value *value = *out = arena_new(arena, struct item_value, breakdown->n);
    if (!ask || !value)
        return ST_NO_MEMORY;
    items_asked asked = breakdown_ask(ask, cube, breakdown, query);
    enum status status = ask_run(ask, NULL);
    if (status == ST_OK)
        status = items_of(asked, breakdown, (struct item_slice){.period = 0}, arena, &items);
    for (size_t i = 0; status == ST_OK && i < breakdown->n; i++) {
        size_t row;
        const struct cube_rows *rows = item_row(&items, i, &row);
        value[i].top_id = NO_ID;
        if (!rows)
            continue;
        value[i].present = true;
        value[i].value_usd = rows->value_usd[row];
        value[i].status = rows->status[row];
        if (rows->quantity_kg)
            value[i].quantity = quantity_of(rows, row);
        if (!rows->members)
            continue;
        value[i].members = rows->members[row];
        value[i].top_id = rows->top_id[row];
        value[i].top_value_usd = rows->top_value_usd[row];
        value[i].sum_sq = rows->sum_sq[row];
    }
    return status;
}

uint64_t breakdown_cost(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                        struct arena *arena)
{
    struct ask *ask = ask_new(arena);
    uint64_t price = 0;
    if (!ask)
        return UINT64_MAX;
    (void)breakdown_ask(ask, cube, breakdown, query);
    return ask_price(ask, &price) == ST_OK ? price : UINT64_MAX;
}
