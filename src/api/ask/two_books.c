/* Which two datasets are held against each other where both sides of a pair report. */
#include "api/ask/two_books.h"

#include "api/ask/choose.h"

struct search {
    struct call *call;
    struct want own, other;
    const struct offer *own_offer, *other_offer; /* over the whole series */
    size_t n_own, n_other;
    struct two_books best;
    unsigned best_months;
};

static struct frame frame_over(const struct call *call, const struct cube *cube, const struct want *want)
{
    return (struct frame){.cube = cube,
                          .countries = catalogue_countries(call->catalogue),
                          .reporter = want->reporter,
                          .partner = want->partner};
}

static bool complete(const struct search *s, const struct cube *cube, const struct want *want, uint32_t period)
{
    struct frame frame = frame_over(s->call, cube, want);
    return cube && frame_complete(&frame, period);
}

/* The books of a side that are of this basis. */
static enum status list_books(struct search *s, const struct want *want, enum basis basis, const struct offer **out,
                              size_t *n)
{
    struct want any = *want;
    any.period = (struct period_set){.n = 0};
    any.freq = 0;
    any.series = any.own_frequency = true;
    struct offer *offer;
    enum status status = catalogue_offers(s->call->catalogue, &any, s->call->arena, &offer, n);
    if (status != ST_OK)
        return status;
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++)
        if (cube_dataset(offer[i].cube)->basis == basis)
            offer[kept++] = offer[i];
    *n = kept;
    *out = offer;
    return ST_OK;
}

/* What one side's dataset holds of the periods wanted, as periods of `kind`. */
static enum status held(struct search *s, const struct want *want, const struct cube *cube, enum period_kind kind,
                        struct offer *out)
{
    struct want w = *want;
    *out = (struct offer){.n_periods = 0};
    if (!cube)
        return ST_OK;
    w.dataset = cube_dataset(cube)->id;
    w.freq = kind;
    if (w.period.latest)
        w.period = (struct period_set){.n = 0}; /* the newest of both sides, chosen later */
    w.series = true;
    struct offer *offer;
    size_t n;
    enum status status = catalogue_offers(s->call->catalogue, &w, s->call->arena, &offer, &n);
    if (status == ST_OK && n)
        *out = offer[0];
    return status;
}

/* Adds period `p` to the list if it is to have a row; counts the months that both hold. */
static void consider(const struct search *s, struct two_books *books, uint32_t p, uint32_t *list, unsigned *months)
{
    bool common = complete(s, books->own, &s->own, p) && complete(s, books->other, &s->other, p);
    bool alone = !books->own || !books->other;
    if (common)
        *months += period_months(books->kind);
    if (common || alone || s->own.period.n)
        list[books->n_periods++] = p;
}

static void keep_newest(const struct search *s, struct two_books *books)
{
    size_t latest = s->own.period.latest;
    if (!latest || books->n_periods <= latest)
        return;
    books->period += books->n_periods - latest;
    books->n_periods = latest;
}

/* Both sides' periods of a kind, merged. */
static enum status try_kind(struct search *s, const struct cube *own, const struct cube *other, enum period_kind kind)
{
    struct offer a, b;
    enum status status = held(s, &s->own, own, kind, &a);
    if (status == ST_OK)
        status = held(s, &s->other, other, kind, &b);
    if (status != ST_OK)
        return status;
    uint32_t *list = arena_new(s->call->arena, uint32_t, a.n_periods + b.n_periods);
    if (!list)
        return ST_NO_MEMORY;
    struct two_books books = {.own = own, .other = other, .kind = kind, .period = list};
    unsigned months = 0;
    for (size_t i = 0, k = 0; i < a.n_periods || k < b.n_periods;) {
        uint32_t x = i < a.n_periods ? a.period[i] : UINT32_MAX, y = k < b.n_periods ? b.period[k] : UINT32_MAX;
        i += x <= y;
        k += y <= x;
        consider(s, &books, x < y ? x : y, list, &months);
    }
    keep_newest(s, &books);
    books.common = months > 0;
    bool one = own == other && months;
    bool better = months > s->best_months && s->best.own != s->best.other;
    if (books.n_periods && (s->best.n_periods == 0 || better || (one && s->best.own != s->best.other))) {
        s->best = books;
        s->best_months = months;
    }
    return ST_OK;
}

/* Rows of the kind that is asked for, else of years as one of both has them. */
static enum status try_books(struct search *s, const struct cube *own, const struct cube *other)
{
    enum period_kind wanted = s->own.freq ? s->own.freq : s->own.period.n ? s->own.period.kind : 0;
    if (wanted)
        return try_kind(s, own, other, wanted);
    enum period_kind first = dataset_year(cube_dataset(own ? own : other)),
                     second = dataset_year(cube_dataset(other ? other : own));
    enum status status = try_kind(s, own, other, first);
    return status == ST_OK && second != first ? try_kind(s, own, other, second) : status;
}

static enum status try_all(struct search *s)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < s->n_own; i++)
        for (size_t k = 0; status == ST_OK && k < s->n_other; k++)
            status = try_books(s, s->own_offer[i].cube, s->other_offer[k].cube);
    bool alone = s->best.n_periods == 0; /* nothing in common: what there is on one side */
    for (size_t i = 0; status == ST_OK && alone && i < s->n_own; i++)
        status = try_books(s, s->own_offer[i].cube, NULL);
    for (size_t k = 0; status == ST_OK && alone && k < s->n_other; k++)
        status = try_books(s, NULL, s->other_offer[k].cube);
    return status;
}

static enum status search_basis(struct search *s, enum basis basis)
{
    enum status status = list_books(s, &s->own, basis, &s->own_offer, &s->n_own);
    if (status == ST_OK)
        status = list_books(s, &s->other, basis, &s->other_offer, &s->n_other);
    return status == ST_OK ? try_all(s) : status;
}

static bool is_reconciled(const struct call *call, struct str id)
{
    const struct cube *cube = id.n ? catalogue_find(call->catalogue, id) : NULL;
    return cube && cube_dataset(cube)->basis == BASIS_RECONCILED;
}

enum status call_two_books(struct call *call, const struct want *want, struct str other_dataset, struct two_books *out)
{
    struct search s = {.call = call, .own = *want, .other = *want};
    s.other.reporter = want->partner;
    s.other.partner = want->reporter;
    s.other.dataset = other_dataset;
    bool named = is_reconciled(call, want->dataset) || is_reconciled(call, other_dataset);
    enum status status = named ? ST_OK : search_basis(&s, BASIS_REPORTED);
    if (status == ST_OK && s.best.n_periods == 0)
        status = search_basis(&s, BASIS_RECONCILED);
    *out = s.best;
    if (status == ST_OK && other_dataset.n && !s.best.other)
        return call_refuse_dataset(call, "mirror_dataset", &s.other);
    if (status == ST_OK && want->dataset.n && s.best.n_periods && !s.best.own)
        return call_refuse_dataset(call, "dataset", want);
    if (status != ST_OK || s.best.n_periods)
        return status;
    const struct offer *none;
    status = call_choose(call, want, &none);
    if (status == ST_OK) { /* the reporter's books have it, but not as books that can be compared */
        (void)call_problem(call, PROBLEM_NO_DATA, NULL, call->path, STR("no dataset holds this for either side"));
        status = ST_INVALID;
    }
    return status;
}
