/* Which dataset answers: holds it completely, then holds a part, then the configuration's order. */
#include "entrepot/cube/catalogue.h"

#define WANTED_PERIODS_MAX 20000

struct wanted {
    uint32_t *period;
    size_t n, room;
};

/* ---- products, levels, partners ---- */

/* 0: cannot express it; 1: a part; 2: all of it. */
static int product_fit(const struct cube *cube, struct str prefix)
{
    const struct dataset *d = cube_dataset(cube);
    enum level level;
    uint32_t from, to;
    if (!product_level(prefix, &level) || level > d->level)
        return 0;
    cube_leaf_range(cube, prefix, &from, &to);
    if (d->coverage == COVERAGE_FULL)
        return 2;
    return from == to ? 0 : level == d->level ? 2 : 1;
}

/* A section is not a prefix of codes: it is looked for among the nodes. */
static int section_fit(const struct cube *cube, struct str section)
{
    size_t n;
    const struct str *node = cube_nodes(cube, LEVEL_SECTION, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(node[i], section))
            return cube_dataset(cube)->coverage == COVERAGE_FULL ? 2 : 1;
    return n && cube_dataset(cube)->coverage == COVERAGE_FULL ? 2 : 0;
}

static int lesser_fit(int a, int b) { return a < b ? a : b; }

/* By the prefixes of the dataset's own revision: those of another would find other goods, or none. */
static int sector_fit(const struct cube *cube, const struct sector *sector)
{
    const struct sector_prefixes *prefixes = sector_for(sector, cube_dataset(cube)->hs);
    int fit = prefixes ? 2 : 0;
    for (size_t i = 0; prefixes && i < prefixes->n; i++)
        fit = lesser_fit(fit, product_fit(cube, prefixes->prefix[i]));
    return fit;
}

/* The least fit of the products that are wanted. */
static int products_fit(const struct cube *cube, const struct want *want, const struct sectors *sectors)
{
    int fit = 2;
    for (size_t i = 0; i < want->n_products; i++) {
        const struct str product = want->product[i];
        const struct sector *sector = sectors_find(sectors, product);
        bool section = product.n && product.p[0] == 'S';
        fit = lesser_fit(fit, sector    ? sector_fit(cube, sector)
                              : section ? section_fit(cube, product)
                                        : product_fit(cube, product));
    }
    return fit;
}

static int content_fit(const struct cube *cube, const struct want *want, const struct sectors *sectors)
{
    const struct dataset *d = cube_dataset(cube);
    enum level needed = want->level == LEVEL_SECTOR ? LEVEL_HS2 : want->level;
    bool some = d->partners == PARTNERS_LISTED;
    if (!cube_has_level(cube, needed) || (want->all_partners && some))
        return 0;
    if (d->coverage == COVERAGE_SELECTED && want->n_products == 0)
        return want->level == LEVEL_TOTAL ? 0 : 1; /* a total of chosen products is no total */
    int fit = products_fit(cube, want, sectors);
    return fit == 2 && some && want->partner_need == PARTNERS_EACH ? 1 : fit;
}

/* ---- periods ---- */

/* Whether the period has what is wanted beside the reporter's own books. */
static bool tells_rest(const struct cube *cube, const struct want *want, uint32_t period)
{
    bool told = true;
    for (enum flow f = FLOW_EXPORTS; told && f <= FLOW_IMPORTS; f++)
        told = !(want->world & 1U << f) || cube_tells_world(cube, f, period);
    for (size_t i = 0; told && i < want->books.n; i++)
        told = cube_held(cube, want->books.member[i], ANY_MEMBER, FLOW_EXPORTS, period) ||
               cube_held(cube, want->books.member[i], ANY_MEMBER, FLOW_IMPORTS, period);
    return told;
}

/* Own periods inside `period` that are held by those who hold the most and the least of what is wanted. */
struct holding {
    unsigned most, least;
};

static unsigned lesser(unsigned a, unsigned b) { return a < b ? a : b; }

static unsigned held_either(const struct cube *cube, const struct want *want, uint32_t reporter, uint32_t partner,
                            uint32_t period)
{
    unsigned held = 0;
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        bool meant = want->flows == 0 || (want->flows & 1U << f);
        unsigned n = meant ? cube_held(cube, reporter, partner, f, period) : 0;
        held = n > held ? n : held;
    }
    return held;
}

/* Where all partners are recorded, a pair that has none of them in a period traded nothing, as long as it is one that would have been
 * recorded: both are in a closed or reconciled world, or they trade in another period. */
static unsigned held_pair(const struct cube *cube, const struct want *want, uint32_t reporter, uint32_t partner,
                          uint32_t period)
{
    const struct dataset *d = cube_dataset(cube);
    unsigned held = held_either(cube, want, reporter, partner, period);
    if (reporter == ANY_MEMBER || partner == ANY_MEMBER || reporter == partner || d->partners == PARTNERS_LISTED ||
        held == cube_expected(cube, period))
        return held;
    unsigned zero = held_either(cube, want, reporter, ANY_MEMBER, period);
    if (d->basis == BASIS_RECONCILED || d->partners == PARTNERS_CLOSED)
        zero = lesser(zero, held_either(cube, want, ANY_MEMBER, partner, period));
    else if (!cube_trades(cube, reporter, partner))
        zero = 0;
    return zero > held ? zero : held;
}

static struct holding held_pairs(const struct cube *cube, const struct want *want, struct cube_set reporters,
                                 struct cube_set partners, uint32_t period)
{
    struct holding all = {0, UINT32_MAX};
    for (size_t i = 0; i < reporters.n; i++)
        for (size_t k = 0; k < partners.n; k++) {
            unsigned held = held_pair(cube, want, reporters.member[i], partners.member[k], period);
            all.most = held > all.most ? held : all.most;
            all.least = held < all.least ? held : all.least;
        }
    return all;
}

/* Of many pairs each reporter with anybody and each partner with anybody: between two that are recorded an absent pair is a zero. */
static struct holding choose_held(const struct cube *cube, const struct want *want, uint32_t period)
{
    static const uint32_t any = ANY_MEMBER;
    if (!tells_rest(cube, want, period))
        return (struct holding){0, 0};
    const struct cube_set anybody = {&any, 1};
    struct cube_set r = want->reporters, p = want->partners;
    if (!r.member)
        r = (struct cube_set){&want->reporter, 1};
    if (!p.member)
        p = (struct cube_set){&want->partner, 1};
    if (r.n <= 1 || p.n <= 1)
        return held_pairs(cube, want, r, p, period);
    struct holding one = held_pairs(cube, want, r, anybody, period), other = held_pairs(cube, want, anybody, p, period);
    return (struct holding){lesser(one.most, other.most), lesser(one.least, other.least)};
}

static void push(struct wanted *w, uint32_t period)
{
    if (w->n < w->room && (w->n == 0 || w->period[w->n - 1] != period))
        w->period[w->n++] = period;
}

/* A period that was asked for, as periods of the rows' kind: itself, its parts, or the one it is a part of. */
static void push_as(struct wanted *w, uint32_t period, enum period_kind kind)
{
    enum period_kind from = period_kind_of(period);
    if (from == kind) {
        push(w, period);
    } else if (period_adds_up(from, kind)) {
        push(w, period_within(period, kind));
    } else if (period_adds_up(kind, from)) {
        uint32_t first = period_first_month(period);
        for (unsigned m = 0; m < period_months(from); m += period_months(kind))
            push(w, period_of_month(first + m, kind));
    }
}

static int choose_by_period(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void sort_distinct(struct wanted *w)
{
    if (w->n == 0)
        return;
    qsort(w->period, w->n, sizeof *w->period, choose_by_period);
    size_t k = 1;
    for (size_t i = 1; i < w->n; i++)
        if (w->period[i] != w->period[k - 1])
            w->period[k++] = w->period[i];
    w->n = k;
}

static void list_wanted(const struct want *want, enum period_kind kind, struct wanted *w)
{
    for (size_t i = 0; i < want->period.n; i++)
        for (uint32_t p = want->period.item[i].from; p <= want->period.item[i].to && w->n < w->room; p++)
            push_as(w, p, kind);
    sort_distinct(w);
}

/* Every period of `kind` that the dataset holds. */
static void list_held(const struct cube *cube, enum period_kind kind, struct wanted *w)
{
    size_t n;
    const uint32_t *own = cube_periods(cube, &n);
    for (size_t i = 0; i < n; i++)
        push(w, period_within(own[i], kind));
    sort_distinct(w);
}

/* Keeps what is held; counts what is not held and what is held in part. */
static void keep_held(const struct cube *cube, const struct want *want, struct wanted *w, size_t *missing,
                      size_t *partial)
{
    size_t k = 0;
    *missing = *partial = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct holding h = choose_held(cube, want, w->period[i]);
        *missing += h.most == 0;
        *partial += h.most > 0 && h.least < cube_expected(cube, w->period[i]);
        if (h.most)
            w->period[k++] = w->period[i];
    }
    w->n = k;
}

/* The newest `count` complete periods; the newest partial ones where none is complete. */
static void keep_latest(const struct cube *cube, const struct want *want, struct wanted *w, size_t count)
{
    size_t end = w->n;
    while (end && choose_held(cube, want, w->period[end - 1]).most < cube_expected(cube, w->period[end - 1]))
        end--;
    if (end == 0)
        end = w->n;
    size_t start = end > count ? end - count : 0;
    memmove(w->period, w->period + start, (end - start) * sizeof *w->period);
    w->n = end - start;
}

/* Most periods of `kind` that can be wanted: those asked for, or those the dataset has. */
static size_t room_needed(const struct cube *cube, const struct want *want, enum period_kind kind)
{
    size_t room = 0;
    if (want->period.n == 0)
        (void)cube_periods(cube, &room);
    for (size_t i = 0; i < want->period.n && room < WANTED_PERIODS_MAX; i++) {
        const struct period_range *item = &want->period.item[i];
        size_t parts = period_months(period_kind_of(item->from)) / period_months(kind);
        room += (item->to - item->from + (size_t)1) * (parts ? parts : 1);
    }
    return room < WANTED_PERIODS_MAX ? room : WANTED_PERIODS_MAX;
}

static enum period_kind row_kind(const struct cube *cube, const struct want *want)
{
    if (want->freq)
        return want->freq;
    return want->period.n ? want->period.kind : cube_dataset(cube)->frequency;
}

/* The periods of offer->cube; offer->whole is the products'. */
static enum status add_periods(const struct want *want, struct arena *arena, struct offer *offer)
{
    const struct cube *cube = offer->cube;
    offer->kind = row_kind(cube, want);
    if (!period_adds_up(cube_dataset(cube)->frequency, offer->kind))
        return ST_OK;
    struct wanted w = {.room = room_needed(cube, want, offer->kind)};
    w.period = arena_new(arena, uint32_t, w.room);
    if (!w.period)
        return ST_NO_MEMORY;
    size_t partial;
    bool listed = want->period.n > 0;
    if (listed)
        list_wanted(want, offer->kind, &w);
    else
        list_held(cube, offer->kind, &w);
    keep_held(cube, want, &w, &offer->n_missing, &partial);
    if (want->period.latest || (!listed && !want->series))
        keep_latest(cube, want, &w, want->period.latest ? want->period.latest : 1);
    if (!listed)
        offer->n_missing = partial = 0;
    offer->period = w.period;
    offer->n_periods = w.n;
    bool enough = w.n >= want->period.latest; /* of latest:5 all five */
    offer->whole = offer->whole && offer->n_missing == 0 && partial == 0 && enough;
    return ST_OK;
}

/* 0: comes first. */
static unsigned choose_rank(const struct offer *offer, const struct want *want)
{
    bool liked = !want->likes_all_partners || cube_dataset(offer->cube)->partners != PARTNERS_LISTED;
    return !offer->whole ? 2 : !liked;
}

/* What dataset `i` offers: no periods, if it cannot answer or another one is named. */
static enum status make_offer(const struct catalogue *catalogue, size_t i, const struct want *want, struct arena *arena,
                              struct offer *offer)
{
    const struct cube *cube = catalogue_at(catalogue, i);
    bool meant = want->dataset.n == 0 || str_eq(want->dataset, cube_dataset(cube)->id);
    struct want own = *want;
    if (want->partner_need == PARTNERS_SUMMED && cube_dataset(cube)->partners == PARTNERS_LISTED)
        own.partner = countries_world(catalogue_countries(catalogue));
    int content = meant ? content_fit(cube, &own, catalogue_sectors(catalogue)) : 0;
    *offer = (struct offer){.cube = cube, .whole = content == 2};
    return content ? add_periods(&own, arena, offer) : ST_OK;
}

enum status catalogue_offers(const struct catalogue *catalogue, const struct want *want, struct arena *arena,
                             struct offer **out, size_t *n)
{
    size_t count = catalogue_count(catalogue), k = 0;
    struct offer *made = arena_new(arena, struct offer, count), *sorted = arena_new(arena, struct offer, count);
    if (!made || !sorted)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (make_offer(catalogue, i, want, arena, &made[i]) != ST_OK)
            return ST_NO_MEMORY;
    for (unsigned rank = 0; rank <= 2; rank++)
        for (size_t i = 0; i < count; i++)
            if (made[i].n_periods && choose_rank(&made[i], want) == rank)
                sorted[k++] = made[i];
    *out = sorted;
    *n = k;
    return ST_OK;
}
