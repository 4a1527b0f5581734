/* The items of a breakdown: what they are, what is asked for them, and which rows are theirs. */
#include "entrepot/analysis/breakdown.h"

/* How many leaves and rests a cube has: the numbers of both. */
static size_t members_of(const struct cube *cube, size_t *n_leaves)
{
    const struct str *rest;
    (void)cube_leaves(cube, n_leaves);
    return *n_leaves + cube_rests(cube, &rest);
}

static void mark_section(const struct products *products, const struct str *code, size_t n, struct str section,
                         bool *wanted)
{
    for (size_t i = 0; i < n; i++)
        wanted[i] = wanted[i] || str_eq(products_section(products, code[i]), section);
}

/* Marks what one code stands for: leaves, and what is published of it, or below it, beside them. */
static void mark(const struct cube *cube, const struct products *products, struct str code, bool *wanted)
{
    size_t n;
    const struct str *leaf = cube_leaves(cube, &n), *rest;
    const size_t n_rests = cube_rests(cube, &rest);
    uint32_t from, to;
    if (code.n == 3 && code.p[0] == 'S') {
        mark_section(products, leaf, n, code, wanted);
        mark_section(products, rest, n_rests, code, wanted + n);
        return;
    }
    cube_leaf_range(cube, code, &from, &to);
    memset(wanted + from, true, to - from);
    for (enum level level = LEVEL_TOTAL; n_rests && level < cube_dataset(cube)->level; level++) {
        cube_rest_range(cube, level, code, &from, &to);
        memset(wanted + n + from, true, to - from);
    }
}

static enum status collect(const bool *wanted, size_t n, struct arena *arena, struct cube_set *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += wanted[i];
    uint32_t *member = arena_new(arena, uint32_t, count);
    if (!member)
        return ST_NO_MEMORY;
    *out = (struct cube_set){member, count};
    for (uint32_t i = 0; i < n; i++)
        if (wanted[i])
            *member++ = i;
    return ST_OK;
}

enum status leaves_of(const struct cube *cube, const struct products *products, const struct str *code, size_t n,
                      struct arena *arena, struct cube_set *out)
{
    size_t n_leaves;
    const size_t n_members = members_of(cube, &n_leaves);
    bool *wanted = arena_new(arena, bool, n_members);
    if (!wanted)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        mark(cube, products, code[i], wanted);
    return collect(wanted, n_members, arena, out);
}

static enum level prefix_level(struct str prefix)
{
    return prefix.n == 2 ? LEVEL_HS2 : prefix.n == 4 ? LEVEL_HS4 : LEVEL_HS6;
}

/* A sector is right only if all its prefixes can be told from their neighbours. */
static enum status make_sector(const struct cube *cube, const struct sector *sector, struct arena *arena,
                               struct breakdown_item *item)
{
    const struct dataset *d = cube_dataset(cube);
    *item = (struct breakdown_item){.code = sector->id, .name = sector->name};
    const struct sector_prefixes *prefixes = sector_for(sector, d->hs);
    bool expressible = prefixes != NULL;
    for (size_t i = 0; expressible && i < prefixes->n; i++)
        expressible = prefix_level(prefixes->prefix[i]) <= d->level;
    if (!expressible) {
        item->flags = FLAG_BIT(FLAG_LEVEL_UNAVAILABLE);
        return ST_OK;
    }
    item->prefix = prefixes->prefix;
    item->n_prefixes = prefixes->n;
    return leaves_of(cube, NULL, prefixes->prefix, prefixes->n, arena, &item->leaves);
}

static bool is_everything(const struct breakdown_item *item)
{
    return !(item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE)) && !item->leaves.member;
}

/* Up to CUBE_BASKETS_MAX items as baskets. */
static enum status fill_baskets(const struct cube *cube, const struct breakdown_item *item, size_t n,
                                struct arena *arena, struct cube_baskets *out)
{
    size_t n_leaves;
    const size_t n_members = members_of(cube, &n_leaves);
    uint64_t *of_leaf = arena_new(arena, uint64_t, n_members);
    if (!of_leaf)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const bool all = is_everything(&item[i]);
        for (size_t k = 0; k < (all ? n_members : item[i].leaves.n); k++)
            of_leaf[all ? k : item[i].leaves.member[k]] |= (uint64_t)1 << i;
    }
    *out = (struct cube_baskets){n, of_leaf};
    return ST_OK;
}

static size_t statements_of(const struct breakdown *breakdown)
{
    bool baskets = breakdown && breakdown->level == LEVEL_SECTOR;
    return baskets ? (breakdown->n + CUBE_BASKETS_MAX - 1) / CUBE_BASKETS_MAX : 1;
}

enum status breakdown_name(const struct cube *cube, const struct breakdown_item *item, size_t n, struct arena *arena,
                           struct breakdown *out)
{
    *out = (struct breakdown){.level = LEVEL_SECTOR, .n = n, .item = item};
    if (n == 1 && is_everything(item)) /* the runs' totals tell */
        return ST_OK;
    struct cube_baskets *baskets = arena_new(arena, struct cube_baskets, statements_of(out));
    enum status status = baskets ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < n; i += CUBE_BASKETS_MAX) {
        size_t left = n - i;
        status = fill_baskets(cube, item + i, left < CUBE_BASKETS_MAX ? left : CUBE_BASKETS_MAX, arena,
                              &baskets[i / CUBE_BASKETS_MAX]);
    }
    out->baskets = baskets;
    return status;
}

static enum status make_sectors(const struct cube *cube, const struct sectors *sectors, struct arena *arena,
                                struct breakdown *out)
{
    out->n = sectors_count(sectors);
    struct breakdown_item *item = arena_new(arena, struct breakdown_item, out->n);
    if (!item)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < out->n; i++)
        if (make_sector(cube, sectors_at(sectors, i), arena, &item[i]) != ST_OK)
            return ST_NO_MEMORY;
    return breakdown_name(cube, item, out->n, arena, out);
}

enum status breakdown_make(const struct cube *cube, const struct sectors *sectors, enum level level,
                           struct arena *arena, struct breakdown *out)
{
    *out = (struct breakdown){.level = level};
    if (level == LEVEL_SECTOR)
        return make_sectors(cube, sectors, arena, out);
    const struct str *code = cube_nodes(cube, level, &out->n), *name = cube_node_names(cube, level);
    struct breakdown_item *item = arena_new(arena, struct breakdown_item, out->n);
    if (!item)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < out->n; i++)
        item[i] = (struct breakdown_item){.code = code[i], .name = name[i]};
    out->item = item;
    return ST_OK;
}

/* ---- asking ---- */

items_asked breakdown_ask(struct ask *ask, const struct cube *cube, const struct breakdown *breakdown,
                          const struct cube_query *query)
{
    const size_t n = statements_of(breakdown);
    const struct cube_rows **rows = ask_make(ask, const struct cube_rows *, n);
    struct cube_query q = *query;
    q.level = LEVEL_TOTAL;
    if (breakdown) {
        q.group |= CUBE_BIT(CUBE_PRODUCT);
        q.level = breakdown->level == LEVEL_SECTOR ? LEVEL_TOTAL : breakdown->level;
    }
    for (size_t i = 0; rows && i < n; i++) {
        q.baskets = breakdown && breakdown->baskets ? &breakdown->baskets[i] : NULL;
        rows[i] = ask_add(ask, cube, &q);
    }
    return rows;
}

/* ---- folding ---- */

static bool is_of(const struct cube_rows *rows, size_t i, enum cube_dim dim, uint32_t member)
{
    return !rows->key[dim] || rows->key[dim][i] == member;
}

static bool is_in(const struct cube_rows *rows, size_t i, const struct item_slice *slice)
{
    return is_of(rows, i, CUBE_PERIOD, slice->period) && is_of(rows, i, CUBE_PARTNER, slice->partner) &&
           is_of(rows, i, CUBE_FLOW, (uint32_t)slice->flow);
}

enum status items_of(items_asked asked, const struct breakdown *breakdown, struct item_slice slice, struct arena *arena,
                     struct items *out)
{
    *out = NO_ITEMS;
    if (!asked)
        return ST_OK;
    uint32_t *row = arena_new(arena, uint32_t, breakdown ? breakdown->n : 1);
    if (!row)
        return ST_NO_MEMORY;
    for (size_t s = 0; s < statements_of(breakdown); s++) {
        const struct cube_rows *rows = asked[s];
        size_t i = 0;
        while (i < rows->n && !is_in(rows, i, &slice))
            i++;
        for (; i < rows->n && is_in(rows, i, &slice); i++) /* a slice's rows stand together */
            row[s * CUBE_BASKETS_MAX + (rows->key[CUBE_PRODUCT] ? rows->key[CUBE_PRODUCT][i] : 0)] = (uint32_t)i + 1;
    }
    *out = (struct items){asked, row, breakdown && breakdown->baskets};
    return ST_OK;
}

/* Where products are broken down to what lies above the one that was asked for, it is that one all the same. */
static bool lies_above(struct str code, const struct frame *frame)
{
    return frame->n_codes == 1 && code.n < frame->code->n && memcmp(code.p, frame->code->p, code.n) == 0;
}

struct goods item_goods(const struct frame *frame, const struct breakdown *breakdown, size_t i)
{
    if (!breakdown)
        return frame_goods(frame);
    const struct breakdown_item *item = &breakdown->item[i];
    if (item->n_prefixes)
        return (struct goods){item->prefix, item->n_prefixes};
    return str_is(item->code, "TOTAL") || lies_above(item->code, frame) ? frame_goods(frame)
                                                                        : (struct goods){&item->code, 1};
}

struct figure item_cell(const struct frame *frame, const struct breakdown *breakdown, const struct items *items,
                        size_t i, struct item_slice slice)
{
    if (breakdown && breakdown->item[i].flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return FIGURE_NONE;
    return frame_figure(frame, slice.partner, slice.flow, slice.period, item_goods(frame, breakdown, i),
                        item_figure(items, i, FIGURE_NONE));
}

struct quantity item_quantity(const struct items *items, size_t i)
{
    size_t row;
    const struct cube_rows *rows = item_row(items, i, &row);
    return rows ? quantity_of(rows, row) : QUANTITY_NONE;
}

struct distribution distribution_of(const struct cube_rows *rows, size_t i)
{
    return (struct distribution){.value_usd = rows->value_usd[i],
                                 .top_value_usd = rows->top_value_usd[i],
                                 .second_usd = rows->second_usd[i],
                                 .sum_sq = rows->sum_sq[i],
                                 .members = rows->members[i],
                                 .top_id = rows->top_id[i]};
}

struct distribution item_distribution(const struct items *items, size_t i)
{
    size_t row;
    const struct cube_rows *rows = item_row(items, i, &row);
    if (!rows)
        return (struct distribution){.top_id = NO_ID};
    return distribution_of(rows, row);
}
