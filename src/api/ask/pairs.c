/* What the endpoints about pairs and reporters have in common. */
#include "api/ask/pairs.h"

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
                          .ask = call->ask};
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

uint32_t versus_of(const struct call *call)
{
    const struct arg *vs = call_arg(call, "vs");
    return vs->periods ? vs->periods->item[0].from : 0;
}

enum status check_versus(struct call *call, const struct frame *frame, uint32_t period, uint32_t versus)
{
    char text[PERIOD_TEXT];
    if (!versus)
        return ST_OK;
    struct str value = arena_str(call->arena, str_span(text, period_print(versus, text)));
    if (period_kind_of(versus) != period_kind_of(period))
        (void)call_problem(call, PROBLEM_CONFLICT, "vs", value,
                           STR("vs must be of the same kind of period as the rows"));
    else if (frame_months_held(frame, versus) == 0)
        (void)call_problem(call, PROBLEM_PERIOD_UNAVAILABLE, "vs", value,
                           arena_printf(call->arena, "the dataset %.*s does not hold this period",
                                        STR_ARG(cube_dataset(frame->cube)->id)));
    return call->n_errors ? ST_INVALID : ST_OK;
}
