/* What the index endpoints share: which dataset answers, and for which periods. */
#include "api/ask/index_question.h"

#include <math.h>

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

static enum status begin(struct call *call, struct index_needs needs, struct index_question *out)
{
    const struct arg *level = call_find(call, "level"), *partner = call_find(call, "partner");
    const struct catalogue *catalogue = call->catalogue;
    struct want want = want_of(call);
    want.level = level ? level->level : LEVEL_TOTAL;
    want.world = needs.world;
    want.all_partners = needs.all_partners;
    want.likes_all_partners = needs.likes_all;
    want.flows = needs.flows;
    want.partner_need = needs.summed ? PARTNERS_SUMMED : PARTNERS_AS_NAMED;
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
    call->shared.reporter = out->frame.reporter;
    call->shared.partner = out->frame.partner;
    status = frame_products(call, &out->frame);
    if (status == ST_OK && level)
        status =
            breakdown_make(out->offer->cube, catalogue_sectors(catalogue), level->level, call->arena, &out->breakdown);
    return status;
}

struct index_question *index_begin(struct call *call, struct index_needs needs, enum status *status)
{
    struct index_question *q = call_keep(call, sizeof *q);
    *status = q ? begin(call, needs, q) : ST_NO_MEMORY;
    return *status == ST_OK ? q : NULL;
}

enum status index_plan(struct call *call, struct index_needs needs, index_ask *ask)
{
    enum status status;
    struct index_question *q = index_begin(call, needs, &status);
    if (q)
        q->index = ask(&q->frame, &q->breakdown, q->offer->period, q->offer->n_periods);
    return status;
}

const struct column index_summary[INDEX_SUMMARY] = {
    COLUMN("formula", NULL, FROM_NAME(struct index_told, formula), .never_null = true),
    COLUMN("level", NULL, FROM_NAME(struct index_told, level), .never_null = true,
           ONLY_IF(struct index_told, has_level)),
    COLUMN("months_held", NULL, FROM_RANK(struct index_told, months_held)),
    COLUMN("world_reporters", NULL, FROM_RANK(struct index_told, cover.reporters),
           ONLY_IF(struct index_told, has_world)),
    COLUMN("world_trade_share", NULL, FROM_RATIO(struct index_told, cover.trade_share),
           ONLY_IF(struct index_told, has_world)),
};

void index_say(struct call *call, const char *formula, double aggregate)
{
    const struct arg *level = call_find(call, "level");
    const struct index_question *q = call->state;
    const uint32_t last = q->offer->period[q->offer->n_periods - 1];
    const struct world_cover cover = index_cover(q->index, last);
    call_summary(call, &(struct index_told){.formula = formula,
                                            .level = level ? level_name[level->level] : NULL,
                                            .has_level = level != NULL,
                                            .has_world = !isnan(cover.trade_share),
                                            .cover = cover,
                                            .months_held = frame_months_held(&q->frame, last),
                                            .aggregate = aggregate});
    if (level && level->level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up"));
    if (cube_dataset(call->cube)->partners == PARTNERS_CLOSED)
        call_warn(call, STR("the dataset is a closed set of countries: the world is that set"));
    call->empty_reason = "no_trade_recorded";
}

enum status index_work(struct call *call, index_rows *add, const char *formula)
{
    const struct index_question *q = call->state;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < q->offer->n_periods; i++) {
        call->shared.period = cell_period(call, q->offer->period[i]);
        status = add(call, q, q->offer->period[i]);
    }
    if (status == ST_OK)
        index_say(call, formula, (double)NAN);
    return status;
}
