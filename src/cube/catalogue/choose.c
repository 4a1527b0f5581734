/* Which dataset answers: the complete before the partial, then the newest year where no period is named, then the configuration's order. */
#include "cube/catalogue/grade.h"

#include "entrepot/cube/known.h"

#define WANTED_PERIODS_MAX 20000

struct wanted {
    uint32_t *period;
    struct grading *grading; /* beside each */
    size_t n, room;
};

/* ---- periods ---- */

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

/* Parts of a whole year come before parts of some of its months. */
static unsigned rank_of(struct grading one) { return 2U * one.grade + !(one.lacks & LACK_MONTHS); }
#define RANK_MAX (2U * GRADE_WHOLE + 1U)

/* Whether a pair's totals are known in some of the period: cheaper than how much of them. */
static bool is_told(const struct cube *cube, const struct want *want, uint32_t period)
{
    bool told = false;
    for (enum flow f = FLOW_EXPORTS; !told && f <= FLOW_IMPORTS; f++)
        told = (!want->flows || want->flows & 1U << f) && cube_months(cube, want->reporter, want->partner, f, period);
    return told;
}

/* Whether nothing but totals of one pair is wanted. */
static bool is_plain(const struct want *want)
{
    return want->n_products == 0 && want->level == LEVEL_TOTAL && !want->reporters.member && !want->partners.member &&
           want->reporter != ANY_MEMBER && want->partner != ANY_MEMBER && !want->world && !want->books.n &&
           !want->all_partners;
}

/* Grades each, and keeps those of which anything is known. `enough`: of the newest that are known completely so many are looked for; of
 * those before them it is seen whether they are there (a series), or nothing. */
static void keep_known(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                       struct wanted *w, size_t enough)
{
    static const struct grading there = {GRADE_PART, LACK_MONTHS}, none = {GRADE_NONE, 0};
    size_t k = 0, found = 0;
    for (size_t i = w->n; i-- > 0;) {
        const bool over = found >= enough && (!want->series || is_plain(want));
        w->grading[i] = !over ? grade_period(cube, sectors, want, w->period[i])
                        : want->series && is_told(cube, want, w->period[i]) ? there
                                                                            : none;
        found += rank_of(w->grading[i]) == RANK_MAX;
    }
    for (size_t i = 0; i < w->n; i++)
        if (w->grading[i].grade != GRADE_NONE) {
            w->period[k] = w->period[i];
            w->grading[k++] = w->grading[i];
        }
    w->n = k;
}

/* The newest `count` of those of which the most is known: complete ones, where there are any. A series keeps all. */
static void keep_latest(struct wanted *w, size_t count)
{
    unsigned best = 0;
    for (size_t i = 0; i < w->n; i++)
        best = rank_of(w->grading[i]) > best ? rank_of(w->grading[i]) : best;
    size_t at = w->n;
    for (size_t i = w->n; i-- > 0 && w->n - at < count;)
        if (rank_of(w->grading[i]) == best) {
            w->period[--at] = w->period[i];
            w->grading[at] = w->grading[i];
        }
    memmove(w->period, w->period + at, (w->n - at) * sizeof *w->period);
    memmove(w->grading, w->grading + at, (w->n - at) * sizeof *w->grading);
    w->n -= at;
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

/* Years, where neither periods nor a kind of them are asked for: those of the dataset, or twelve months that make one. */
static enum period_kind row_kind(const struct cube *cube, const struct want *want)
{
    const struct dataset *d = cube_dataset(cube);
    if (want->freq)
        return want->freq;
    if (want->period.n)
        return want->period.kind;
    return want->own_frequency ? d->frequency : dataset_year(d);
}

static uint32_t last_month(uint32_t period)
{
    return period_first_month(period) + period_months(period_kind_of(period)) - 1;
}

/* Of a list that was asked for all are to be whole; of a series or the latest the newest whole one stands for it. */
static void tell_all(struct offer *offer, const struct wanted *w, size_t wanted)
{
    struct grading least = {GRADE_WHOLE, 0};
    for (size_t i = 0; i < w->n; i++) {
        least.grade = w->grading[i].grade < least.grade ? w->grading[i].grade : least.grade;
        least.lacks |= w->grading[i].lacks;
    }
    offer->n_missing = wanted - w->n;
    offer->grade = offer->n_missing && least.grade > GRADE_SOME ? GRADE_SOME : least.grade;
    offer->lacks = least.lacks;
}

static void tell_newest(struct offer *offer, const struct wanted *w)
{
    unsigned best = 0;
    for (size_t i = 0; i < w->n; i++)
        if (rank_of(w->grading[i]) >= best) {
            best = rank_of(w->grading[i]);
            offer->grade = w->grading[i].grade;
            offer->lacks = w->grading[i].lacks;
            offer->newest = last_month(w->period[i]);
        }
}

/* The periods of offer->cube, and how much of what is wanted is known in them. */
static enum status add_periods(const struct want *want, const struct sectors *sectors, struct arena *arena,
                               struct offer *offer)
{
    const struct cube *cube = offer->cube;
    const bool listed = want->period.n > 0;
    offer->kind = row_kind(cube, want);
    if (!period_adds_up(cube_dataset(cube)->frequency, offer->kind))
        return ST_OK;
    struct wanted w = {.room = room_needed(cube, want, offer->kind)};
    w.period = arena_new(arena, uint32_t, w.room);
    w.grading = arena_new(arena, struct grading, w.room);
    if (!w.period || !w.grading)
        return ST_NO_MEMORY;
    if (listed)
        list_wanted(want, offer->kind, &w);
    else
        list_held(cube, offer->kind, &w);
    size_t wanted = w.n;
    const bool series = want->series && !want->period.latest;
    const size_t count = want->period.latest ? want->period.latest : 1;
    struct want own = *want;
    own.series = series;
    keep_known(cube, sectors, &own, &w, listed ? SIZE_MAX : count);
    if (!listed && !series)
        keep_latest(&w, count);
    if (listed)
        tell_all(offer, &w, wanted);
    else
        tell_newest(offer, &w);
    offer->period = w.period;
    offer->n_periods = w.n;
    if (w.n < want->period.latest && offer->grade > GRADE_SOME) /* of latest:5 all five */
        offer->grade = GRADE_SOME;
    offer->whole = offer->grade == GRADE_WHOLE;
    return ST_OK;
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
    *offer = (struct offer){.cube = cube};
    meant = meant && cube_has_level(cube, want->level == LEVEL_SECTOR ? LEVEL_HS2 : want->level);
    return meant ? add_periods(&own, catalogue_sectors(catalogue), arena, offer) : ST_OK;
}

/* Whether `a` answers better than `b`, which stands before it in the configuration. */
static bool is_better(const struct offer *a, const struct offer *b)
{
    if (a->whole != b->whole)
        return a->whole;
    if (a->grade != b->grade)
        return a->grade > b->grade;
    return a->newest > b->newest;
}

enum status catalogue_offers(const struct catalogue *catalogue, const struct want *want, struct arena *arena,
                             struct offer **out, size_t *n)
{
    size_t count = catalogue_count(catalogue), k = 0;
    struct offer *sorted = arena_new(arena, struct offer, count), made;
    if (!sorted)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (make_offer(catalogue, i, want, arena, &made) != ST_OK)
            return ST_NO_MEMORY;
        if (made.n_periods == 0)
            continue;
        size_t at = k++;
        for (; at && is_better(&made, &sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = made;
    }
    *out = sorted;
    *n = k;
    return ST_OK;
}
