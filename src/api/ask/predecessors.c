/* Belgium before 1999 is Belgium-Luxembourg: a question about the one names the other. */
#include "api/ask/predecessors.h"

/* A country of the question, and a former one that it came from. */
struct succession {
    uint32_t heir, former;
    bool reports; /* the heir is the reporter */
};

static bool is_heir(const struct countries *countries, uint32_t former, uint32_t id)
{
    const struct group_member *heir;
    size_t n = countries_heirs(countries, former, &heir);
    bool found = false;
    for (size_t i = 0; i < n; i++)
        found = found || heir[i].id == id;
    return found;
}

/* The country that is asked for, where it is one. */
static uint32_t single(const struct cube_set *several, uint32_t one)
{
    return !several->member ? one : several->n == 1 ? several->member[0] : ANY_MEMBER;
}

/* The next succession behind *s, in the order of the table; the reporter's before the partner's. */
static bool next_succession(const struct call *call, const struct want *want, struct succession *s)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    const uint32_t n = (uint32_t)countries_count(countries);
    for (uint32_t at = s->former + 1;; at = 0) {
        s->heir = s->reports ? single(&want->reporters, want->reporter) : single(&want->partners, want->partner);
        for (; s->heir < n && at < n; at++)
            if (is_heir(countries, at, s->heir)) {
                s->former = at;
                return true;
            }
        if (!s->reports)
            return false;
        s->reports = false;
    }
}

static const struct succession before_all = {.former = UINT32_MAX, .reports = true};

/* The question with the one code in the place of the other. */
static struct str other_target(const struct call *call, struct str from, struct str to)
{
    struct str rest = call->canonical, out = str_span(NULL, 0);
    while (rest.n) {
        size_t n = 0;
        while (n < rest.n && !strchr("/?&=,", rest.p[n]))
            n++;
        struct str word = str_eq(str_span(rest.p, n), from) ? to : str_span(rest.p, n);
        size_t sign = n < rest.n;
        out = arena_printf(call->arena, "%.*s%.*s%.*s", STR_ARG(out), STR_ARG(word), (int)sign, rest.p + n);
        rest = str_span(rest.p + n + sign, rest.n - n - sign);
    }
    return out;
}

static struct want want_of(const struct want *want, const struct succession *s)
{
    struct want other = *want;
    if (s->reports) {
        other.reporter = s->former;
        other.reporters = (struct cube_set){NULL, 0};
    } else {
        other.partner = s->former;
        other.partners = (struct cube_set){NULL, 0};
    }
    return other;
}

struct predecessor predecessor_that_answers(struct call *call, const struct want *want)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    struct succession s = before_all;
    while (next_succession(call, want, &s)) {
        const struct want other = want_of(want, &s);
        const struct country *former = countries_at(countries, s.former);
        struct offer *offers;
        size_t n;
        if (catalogue_offers(call->catalogue, &other, call->arena, &offers, &n) == ST_OK && n)
            return (struct predecessor){former->id, former->name,
                                        other_target(call, countries_at(countries, s.heir)->id, former->id)};
    }
    return (struct predecessor){.id = {NULL, 0}};
}

static uint32_t last_month(uint32_t period)
{
    return period_first_month(period) + period_months(period_kind_of(period)) - 1;
}

/* Whether the period is asked for: by name, or in a series of all there are. */
static bool is_asked(const struct want *want, uint32_t period)
{
    const struct period_set *set = &want->period;
    bool asked = set->n == 0 && set->latest == 0 && want->series;
    for (size_t k = 0; !asked && k < set->n; k++)
        asked = period_first_month(set->item[k].from) <= period_first_month(period) &&
                last_month(period) <= last_month(set->item[k].to);
    return asked;
}

/* The first and the last of the cube's periods, among those that are asked for, in which the former country has figures. */
static bool find_span(const struct want *want, const struct cube *cube, uint32_t world, uint32_t *first, uint32_t *last)
{
    size_t n;
    const uint32_t *period = cube_periods(cube, &n);
    bool any = false;
    const uint32_t reporter = single(&want->reporters, want->reporter), named = single(&want->partners, want->partner),
                   partner = named == world ? ANY_MEMBER : named;
    for (size_t i = 0; i < n; i++) {
        bool held = is_asked(want, period[i]) && (cube_held(cube, reporter, partner, FLOW_EXPORTS, period[i]) ||
                                                  cube_held(cube, reporter, partner, FLOW_IMPORTS, period[i]));
        *first = held && !any ? period[i] : *first;
        *last = held ? period[i] : *last;
        any = any || held;
    }
    return any;
}

void warn_of_predecessors(struct call *call, const struct want *want, const struct cube *cube)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    struct succession s = before_all;
    while (next_succession(call, want, &s)) {
        const struct want other = want_of(want, &s);
        const struct country *former = countries_at(countries, s.former), *heir = countries_at(countries, s.heir);
        uint32_t first = 0, last = 0;
        char from[PERIOD_TEXT], to[PERIOD_TEXT];
        if (!find_span(&other, cube, countries_world(countries), &first, &last))
            continue;
        (void)period_print(first, from);
        (void)period_print(last, to);
        call_warn(call,
                  arena_printf(call->arena, "%.*s came out of %.*s (%.*s), whose figures of %s%s%s stand apart: %.*s",
                               STR_ARG(heir->id), STR_ARG(former->id), STR_ARG(former->name), from,
                               first == last ? "" : " to ", first == last ? "" : to,
                               STR_ARG(other_target(call, heir->id, former->id))));
    }
}
