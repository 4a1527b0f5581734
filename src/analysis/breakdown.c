#include "entrepot/analysis/breakdown.h"

/* Marks the leaves that one code stands for; whether there was any. */
static bool mark(const struct cube *cube, const struct products *products, struct str code, bool *wanted)
{
    size_t n;
    const struct str *leaf = cube_leaves(cube, &n);
    uint32_t from = 0, to = 0;
    bool any = false;
    if (code.n == 3 && code.p[0] == 'S') {
        for (size_t i = 0; i < n; i++)
            if (str_eq(products_section(products, leaf[i]), code))
                any = wanted[i] = true;
        return any;
    }
    cube_leaf_range(cube, code, &from, &to);
    for (uint32_t i = from; i < to; i++)
        any = wanted[i] = true;
    return any;
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
    (void)cube_leaves(cube, &n_leaves);
    bool *wanted = arena_new(arena, bool, n_leaves);
    if (!wanted)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        (void)mark(cube, products, code[i], wanted);
    return collect(wanted, n_leaves, arena, out);
}

static enum level prefix_level(struct str prefix)
{
    return prefix.n == 2 ? LEVEL_HS2 : prefix.n == 4 ? LEVEL_HS4 : LEVEL_HS6;
}

/* A sector is right only if all its prefixes can be told from their neighbours; with chosen products it is at most a part. */
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
    if (d->coverage == COVERAGE_SELECTED)
        item->flags = FLAG_BIT(FLAG_PARTIAL_SECTOR);
    return leaves_of(cube, NULL, prefixes->prefix, prefixes->n, arena, &item->leaves);
}

static enum status make_sectors(const struct cube *cube, const struct sectors *sectors, struct arena *arena,
                                struct breakdown *out)
{
    out->n = sectors_count(sectors);
    struct breakdown_item *item = arena_new(arena, struct breakdown_item, out->n);
    if (!item)
        return ST_NO_MEMORY;
    out->item = item;
    for (size_t i = 0; i < out->n; i++)
        if (make_sector(cube, sectors_at(sectors, i), arena, &item[i]) != ST_OK)
            return ST_NO_MEMORY;
    return ST_OK;
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
    const struct dataset *d = cube_dataset(cube);
    bool part = d->coverage == COVERAGE_SELECTED && level < d->level;
    for (size_t i = 0; i < out->n; i++)
        item[i] = (struct breakdown_item){
            .code = code[i], .name = name[i], .flags = part ? FLAG_BIT(FLAG_PARTIAL_SECTOR) : 0};
    out->item = item;
    return ST_OK;
}

static struct item_value value_at(const struct cube_rows *rows, size_t i)
{
    struct item_value v = {.present = true, .value_usd = rows->value_usd[i], .status = rows->status[i]};
    if (rows->quantity_kg)
        v.quantity = quantity_of(rows, i);
    if (rows->members) {
        v.members = rows->members[i];
        v.top_id = rows->top_id[i];
        v.top_value_usd = rows->top_value_usd[i];
        v.sum_sq = rows->sum_sq[i];
    }
    return v;
}

/* Leaves in both ascending sets; a set without members stands for all. */
static enum status both(struct cube_set a, struct cube_set b, struct arena *arena, struct cube_set *out)
{
    if (!a.member || !b.member) {
        *out = a.member ? a : b;
        return ST_OK;
    }
    uint32_t *member = arena_new(arena, uint32_t, a.n < b.n ? a.n : b.n);
    if (!member)
        return ST_NO_MEMORY;
    *out = (struct cube_set){member, 0};
    for (size_t i = 0, k = 0; i < a.n && k < b.n;) {
        if (a.member[i] == b.member[k])
            member[out->n++] = a.member[i];
        uint32_t x = a.member[i], y = b.member[k];
        i += x <= y;
        k += y <= x;
    }
    return ST_OK;
}

static enum status run_sectors(const struct cube *cube, const struct breakdown *breakdown,
                               const struct cube_query *query, struct arena *arena, struct item_value *value)
{
    for (size_t i = 0; i < breakdown->n; i++) {
        const struct breakdown_item *item = &breakdown->item[i];
        if (item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
            continue;
        struct cube_query q = *query;
        q.group = 0;
        q.level = LEVEL_TOTAL;
        struct cube_rows rows;
        enum status status = both(item->leaves, query->only[CUBE_PRODUCT], arena, &q.only[CUBE_PRODUCT]);
        if (status == ST_OK)
            status = cube_run(cube, &q, &rows, 1, arena);
        if (status != ST_OK)
            return status;
        if (rows.n)
            value[i] = value_at(&rows, 0);
    }
    return ST_OK;
}

/* ---- sectors with a spread ---- */

/* Each sector would read every member's rows again; instead each member's rows are read once, leaf by leaf, and put into all sectors
 * that have the leaf. */
struct basket {
    const struct breakdown *breakdown;
    uint64_t *sectors; /* by leaf: bit per sector */
    int64_t *now_usd;  /* by sector: the present member's */
    struct item_value *value;
};
#define BASKETS_MAX 64

static bool by_member(const struct breakdown *breakdown, const struct cube_query *query)
{
    return (query->spread == CUBE_REPORTER || query->spread == CUBE_PARTNER) && !(query->measures & CUBE_QUANTITY) &&
           breakdown->n <= BASKETS_MAX;
}

static enum status make_baskets(const struct cube *cube, const struct breakdown *breakdown, struct arena *arena,
                                struct item_value *value, struct basket *out)
{
    size_t n;
    (void)cube_leaves(cube, &n);
    *out = (struct basket){.breakdown = breakdown, .value = value};
    out->sectors = arena_new(arena, uint64_t, n);
    out->now_usd = arena_new(arena, int64_t, breakdown->n);
    if (!out->sectors || !out->now_usd)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < breakdown->n; i++)
        for (size_t k = 0; k < breakdown->item[i].leaves.n; k++)
            out->sectors[breakdown->item[i].leaves.member[k]] |= (uint64_t)1 << i;
    return ST_OK;
}

static void add_member(struct basket *b, const struct cube_rows *rows, uint32_t id)
{
    for (size_t r = 0; r < rows->n; r++)
        for (uint64_t left = b->sectors[rows->key[CUBE_PRODUCT][r]]; left; left &= left - 1) {
            size_t i = (size_t)__builtin_ctzll(left);
            b->now_usd[i] += rows->value_usd[r];
            b->value[i].status |= rows->status[r];
            b->value[i].present = true;
        }
    for (size_t i = 0; i < b->breakdown->n; i++) {
        struct item_value *v = &b->value[i];
        int64_t now = b->now_usd[i];
        b->now_usd[i] = 0;
        if (now <= 0)
            continue;
        v->value_usd += now;
        v->sum_sq += (double)now * (double)now;
        if (v->members++ == 0 || now > v->top_value_usd) {
            v->top_value_usd = now;
            v->top_id = id;
        }
    }
}

/* The members that a spread goes over: those that are named, or all that occur and count. */
static struct cube_set spread_members(const struct cube *cube, const struct cube_query *query)
{
    struct cube_set set = query->only[query->spread];
    if (!set.member)
        set.member = cube_countable(cube, &set.n);
    return set;
}

static enum status run_members(const struct cube *cube, const struct breakdown *breakdown,
                               const struct cube_query *query, struct arena *arena, struct item_value *value)
{
    struct cube_set members = spread_members(cube, query);
    struct basket basket;
    struct arena scratch;
    enum status status = make_baskets(cube, breakdown, arena, value, &basket);
    for (size_t i = 0; i < breakdown->n; i++)
        value[i].top_id = NO_ID;
    arena_init(&scratch, arena->ceiling_bytes);
    for (size_t m = 0; status == ST_OK && m < members.n; m++) {
        struct cube_query q = *query;
        struct cube_rows rows;
        q.only[query->spread] = (struct cube_set){&members.member[m], 1};
        q.spread = CUBE_NO_SPREAD;
        q.group = CUBE_BIT(CUBE_PRODUCT);
        q.level = cube_dataset(cube)->level;
        arena_reset(&scratch);
        status = cube_run(cube, &q, &rows, 1, &scratch);
        if (status == ST_OK)
            add_member(&basket, &rows, members.member[m]);
    }
    arena_release(&scratch);
    return status;
}

enum status breakdown_run(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                          struct arena *arena, struct item_value **out)
{
    *out = arena_new(arena, struct item_value, breakdown->n);
    if (!*out)
        return ST_NO_MEMORY;
    if (breakdown->level == LEVEL_SECTOR)
        return (by_member(breakdown, query) ? run_members : run_sectors)(cube, breakdown, query, arena, *out);
    struct cube_query q = *query;
    q.group = CUBE_BIT(CUBE_PRODUCT);
    q.level = breakdown->level;
    struct cube_rows rows;
    enum status status = cube_run(cube, &q, &rows, 1, arena);
    for (size_t i = 0; status == ST_OK && i < rows.n; i++)
        (*out)[rows.key[CUBE_PRODUCT][i]] = value_at(&rows, i);
    return status;
}

uint64_t breakdown_cost(const struct cube *cube, const struct breakdown *breakdown, const struct cube_query *query,
                        struct arena *arena)
{
    struct cube_query q = *query;
    uint64_t cost = 0;
    q.group = CUBE_BIT(CUBE_PRODUCT);
    q.level = breakdown->level;
    if (breakdown->level == LEVEL_SECTOR && by_member(breakdown, query))
        q.level = cube_dataset(cube)->level;
    if (q.level != LEVEL_SECTOR)
        return cube_cost(cube, &q);
    q.group = 0;
    q.level = LEVEL_TOTAL;
    for (size_t i = 0; i < breakdown->n; i++) {
        const struct breakdown_item *item = &breakdown->item[i];
        if (item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
            continue;
        if (both(item->leaves, query->only[CUBE_PRODUCT], arena, &q.only[CUBE_PRODUCT]) != ST_OK)
            return UINT64_MAX;
        cost += cube_cost(cube, &q);
    }
    return cost;
}
