/* Which of several datasets that could answer answers best, and which of those that are loaded would answer what this one cannot. */
#include "api/ask/prefer.h"

#include "api/ask/choose.h"

/* The best of the offers that know as much as the first; the earlier one of equals. */
static const struct offer *best_of(const struct want *want, const struct offer *offers, size_t n, offer_score *score)
{
    const struct offer *best = &offers[0];
    for (size_t i = 1; i < n; i++)
        if (offers[i].whole == offers[0].whole && offers[i].grade == offers[0].grade &&
            score(want, &offers[i]) > score(want, best))
            best = &offers[i];
    return best;
}

enum status call_prefer(struct call *call, const struct want *want, offer_score *score, const struct offer **offer)
{
    struct offer *offers;
    size_t n;
    enum status status = catalogue_offers(call->catalogue, want, call->arena, &offers, &n);
    if (status != ST_OK)
        return status;
    struct want named = *want;
    if (n)
        named.dataset = cube_dataset(best_of(want, offers, n, score)->cube)->id;
    status = call_choose(call, &named, offer);
    if (status != ST_OK)
        return status;
    call->offers = offers; /* all that could have answered, not only the one that was named */
    call->n_offers = n;
    return ST_OK;
}

const struct offer *call_best(struct call *call, const struct want *want, offer_score *score)
{
    struct offer *offers;
    size_t n;
    if (catalogue_offers(call->catalogue, want, call->arena, &offers, &n) != ST_OK || n == 0)
        return NULL;
    const struct offer *best = best_of(want, offers, n, score);
    for (size_t i = 0; i < n; i++) /* here a part is better than nothing */
        if (score(want, &offers[i]) > score(want, best))
            best = &offers[i];
    return best;
}

bool call_refuse_world(struct call *call, const char *name)
{
    const struct arg *arg = call_arg(call, name);
    uint32_t world = countries_world(catalogue_countries(call->catalogue));
    bool named = arg->given && arg->n_list == 0 && arg->country == world;
    for (size_t i = 0; i < arg->n_list; i++)
        named = named || arg->countries[i] == world;
    if (named)
        (void)call_problem(call, PROBLEM_INVALID_VALUE, name, arg->text,
                           STR("the world is no country: name one that sells or buys"));
    return named;
}

bool cube_is_worldwide(const struct cube *cube)
{
    const struct dataset *d = cube_dataset(cube);
    return d->partners == PARTNERS_CLOSED || (d->basis == BASIS_RECONCILED && d->partners == PARTNERS_ALL);
}

unsigned score_of_suppliers(const struct want *want, const struct offer *offer)
{
    (void)want;
    return cube_is_worldwide(offer->cube) ? 2 : cube_dataset(offer->cube)->partners == PARTNERS_ALL ? 1 : 0;
}

void warn_of_suppliers(struct call *call, const struct want *want)
{
    if (cube_is_worldwide(call->cube))
        return;
    struct want wider = {
        .reporter = ANY_MEMBER, .partner = ANY_MEMBER, .product = want->product, .n_products = want->n_products};
    const struct offer *best = call_best(call, &wider, score_of_suppliers);
    struct str id = cube_dataset(call->cube)->id;
    if (best && cube_is_worldwide(best->cube))
        call_warn(call, arena_printf(call->arena,
                                     "%.*s does not hold what other countries sell and buy, so what they could take "
                                     "over is null; dataset=%.*s does",
                                     STR_ARG(id), STR_ARG(cube_dataset(best->cube)->id)));
    else
        call_warn(call, arena_printf(call->arena,
                                     "%.*s does not hold what other countries sell and buy, so what they could take "
                                     "over is null, and no loaded dataset does for this product: load one of all "
                                     "countries' trade, such as CEPII BACI",
                                     STR_ARG(id)));
}

/* Where the books of the partner about the reporter are: of the same products, else of totals. */
static const struct offer *find_books(struct call *call, const struct want *want)
{
    struct want other = {.reporter = want->partner,
                         .partner = want->reporter,
                         .level = want->level,
                         .product = want->product,
                         .n_products = want->n_products};
    const struct offer *found = call_best(call, &other, score_of_books);
    if (found || want->n_products)
        return found;
    other.level = LEVEL_TOTAL;
    other.n_products = 0;
    return call_best(call, &other, score_of_books);
}

void warn_of_books(struct call *call, const struct want *want, const struct frame *frame)
{
    struct str id = cube_dataset(call->cube)->id;
    struct str partner = countries_at(frame->countries, frame->partner)->id;
    const struct offer *found = find_books(call, want);
    if (found && !call_answered_by(call, want, found->cube))
        call_warn(call,
                  arena_printf(call->arena,
                               "%.*s does not hold the books of %.*s, so its side is null; no dataset holds both: "
                               "/v1/mirror sets the books of two against each other",
                               STR_ARG(id), STR_ARG(partner)));
    else if (found)
        call_warn(call,
                  arena_printf(call->arena, "%.*s does not hold the books of %.*s, so its side is null; %.*s does (%s)",
                               STR_ARG(id), STR_ARG(partner), STR_ARG(cube_dataset(found->cube)->id),
                               level_name[cube_dataset(found->cube)->level]));
    else
        call_warn(call, arena_printf(call->arena,
                                     "%.*s does not hold the books of %.*s, so its side is null, and no loaded "
                                     "dataset does: load that country's own, or reconciled data such as CEPII BACI",
                                     STR_ARG(id), STR_ARG(partner)));
}

unsigned score_of_books(const struct want *want, const struct offer *offer)
{
    const struct dataset *d = cube_dataset(offer->cube);
    uint32_t period = offer->period[offer->n_periods - 1];
    bool listed = d->partners == PARTNERS_LISTED;
    uint32_t witness = listed ? want->reporter : ANY_MEMBER;
    bool both = d->basis == BASIS_RECONCILED ||
                cube_held(offer->cube, want->partner, witness, FLOW_EXPORTS, period) > 0 ||
                cube_held(offer->cube, want->partner, witness, FLOW_IMPORTS, period) > 0;
    return both ? 2 : 0;
}
