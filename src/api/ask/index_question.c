#include "api/ask/index_question.h"

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"

static bool same_country(struct call *call)
{
    const struct arg *partner = call_find(call, "partner");
    if (!partner || !partner->given || partner->country != call_arg(call, "reporter")->country)
        return false;
    (void)call_problem(call, PROBLEM_CONFLICT, "partner", partner->text,
                       STR("reporter and partner are the same country: name two"));
    return true;
}

/* Each period is read twice with all partners apart, and twice for the world together: no index reads more. */
static enum status afford(struct call *call, const struct index_question *q, struct index_needs needs)
{
    uint64_t cost = 0;
    struct breakdown total = {.level = LEVEL_TOTAL};
    const struct breakdown *breakdown = q->breakdown.n ? &q->breakdown : &total;
    for (size_t i = 0; i < q->offer->n_periods; i++) {
        uint64_t own = index_cost(&q->frame, breakdown, q->offer->period[i], false, call->arena),
                 world = needs.world ? index_cost(&q->frame, breakdown, q->offer->period[i], true, call->arena) : 0;
        if (own > UINT64_MAX / 4 || world > UINT64_MAX / 4)
            return call_afford_cost(call, UINT64_MAX);
        cost += own + world;
    }
    return call_afford_cost(call, cost);
}

enum status index_begin(struct call *call, struct index_needs needs, struct index_question *out)
{
    const struct arg *level = call_find(call, "level"), *partner = call_find(call, "partner");
    const struct catalogue *catalogue = call->catalogue;
    struct want want = want_of(call);
    *out = (struct index_question){.offer = NULL};
    want.level = level ? level->level : LEVEL_TOTAL;
    want.world = needs.world;
    want.all_partners = needs.all_partners;
    want.likes_all_partners = needs.likes_all;
    if (needs.partner_books) {
        want.books = (struct cube_set){&partner->country, 1};
        want.partner = ANY_MEMBER;
    }
    if (same_country(call))
        return ST_INVALID;
    want_products(call, &want);
    enum status status = call_choose(call, &want, &out->offer);
    if (status != ST_OK)
        return status;
    out->frame = frame_of(call, out->offer->cube);
    status = frame_products(call, &out->frame);
    if (status == ST_OK && level)
        status =
            breakdown_make(out->offer->cube, catalogue_sectors(catalogue), level->level, call->arena, &out->breakdown);
    return status == ST_OK ? afford(call, out, needs) : status;
}

void index_say(struct call *call, const char *formula)
{
    const struct arg *level = call_find(call, "level");
    call_summarise(call, "formula", cell_z(formula));
    if (level)
        call_summarise(call, "level", cell_z(level_name[level->level]));
    if (level && level->level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up"));
    if (cube_dataset(call->cube)->partners == PARTNERS_CLOSED)
        call_warn(call, STR("the dataset is a closed set of countries: the world is that set"));
    call->empty_reason = "no_trade_recorded";
}

enum status index_by_period(struct call *call, struct index_needs needs, index_rows *add, const char *formula)
{
    struct index_question q;
    enum status status = index_begin(call, needs, &q);
    for (size_t i = 0; status == ST_OK && i < q.offer->n_periods; i++)
        status = add(call, &q, q.offer->period[i]);
    if (status == ST_OK)
        index_say(call, formula);
    return status;
}
