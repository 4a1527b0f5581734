/* What both dependence endpoints share: parameters, columns, and the question that they ask. */
#include "api/ask/dependence_options.h"

#include "api/contract/shared_columns.h"

static void conflict(struct call *call, const char *parameter, const char *detail)
{
    (void)call_problem(call, PROBLEM_CONFLICT, parameter, call_arg(call, parameter)->text, str_view(detail));
}

/* A limit that is given, where the method has that criterion. */
static void take_limit(struct call *call, const char *name, enum criterion criterion, const char *detail,
                       struct dependence_question *q)
{
    const struct arg *arg = call_arg(call, name);
    bool has = dependence_criteria(q->method, q->home != NULL) & 1U << criterion;
    if (arg->given && !has)
        conflict(call, name, detail);
    q->limit[criterion] = arg->given && has ? arg->ratio : dependence_limit(q->method, criterion);
}

static void take_threshold(struct call *call, struct dependence_question *q)
{
    const struct arg *threshold = call_arg(call, "threshold");
    bool share = q->method == DEPENDENCE_SHARE;
    for (enum criterion c = 0; c < CRITERIA; c++)
        q->limit[c] = dependence_limit(q->method, c);
    if (threshold->given && q->method == DEPENDENCE_INDIA80)
        conflict(call, "threshold", "india80 is the share 0.8: a threshold of your own goes with method=share");
    if (share && !threshold->given)
        (void)call_problem(call, PROBLEM_MISSING_PARAMETER, "threshold", str_span(NULL, 0),
                           STR("method=share needs the share that makes a product dependent, such as threshold=0.7"));
    if (threshold->given)
        q->limit[share ? CRITERION_SHARE : CRITERION_HHI] = threshold->ratio;
}

static void take_home(struct call *call, struct dependence_question *q)
{
    const struct arg *home = call_arg(call, "home");
    const struct countries *countries = catalogue_countries(call->catalogue);
    if (!home->given)
        return;
    if (q->method != DEPENDENCE_EU2021)
        conflict(call, "home", "only method=eu2021 knows an inside and an outside");
    for (size_t i = 0; i < home->n_list; i++)
        if (!countries_countable(countries, home->countries[i]))
            (void)call_problem(call, PROBLEM_INVALID_VALUE, "home", countries_at(countries, home->countries[i])->id,
                               STR("home lists countries: write the members of a group one by one"));
    q->home = home->countries;
    q->n_home = home->n_list;
}

enum status dependence_options(struct call *call, struct dependence_question *q)
{
    q->method = (enum dependence_method)call_arg(call, "method")->number;
    q->window = call_arg(call, "window")->number;
    take_home(call, q);
    take_threshold(call, q);
    take_limit(call, "threshold_world", CRITERION_WORLD_HHI, "only method=cepii looks at world exports", q);
    take_limit(call, "threshold_extra", CRITERION_EXTRA_IMPORTS,
               "only method=eu2021 with home looks at the share from outside", q);
    take_limit(call, "threshold_ratio", CRITERION_IMPORTS_OVER_EXPORTS,
               "only method=eu2021 and method=cepii look at imports over exports", q);
    return call->n_errors ? ST_INVALID : ST_OK;
}

/* ---- what the answer says of itself ---- */

#define TOLD struct dependence_told
#define THRESHOLD(id, criterion)                                                                                       \
    COLUMN(id, NULL, FROM_RATIO(TOLD, limit[criterion]), .never_null = true, ONLY_IF(TOLD, has[criterion]))
const struct column dependence_summary[DEPENDENCE_SUMMARY] = {
    COLUMN("period", NULL, SHARED_PERIOD, .never_null = true),
    COLUMN("method", NULL, FROM_NAME(TOLD, method), .never_null = true),
    THRESHOLD("threshold_hhi", CRITERION_HHI),
    THRESHOLD("threshold_world", CRITERION_WORLD_HHI),
    THRESHOLD("threshold_extra", CRITERION_EXTRA_IMPORTS),
    THRESHOLD("threshold_ratio", CRITERION_IMPORTS_OVER_EXPORTS),
    THRESHOLD("threshold_share", CRITERION_SHARE),
    COLUMN("window_years", NULL, FROM_COUNT(TOLD, window)),
    COLUMN("years_looked_at", NULL, FROM_COUNT(TOLD, years)),
    COLUMN("years_needed", NULL, FROM_COUNT(TOLD, needed)),
    COLUMN("products", NULL, FROM_FIGURE(TOLD, products)),
    COLUMN("dependent_products", NULL, FROM_FIGURE(TOLD, dependent)),
    COLUMN("undecided_products", NULL, FROM_SIZE(TOLD, all.undecided)),
    COLUMN("imports", NULL, FROM_FIGURE(TOLD, all.imports)),
    COLUMN("dependent_imports", NULL, FROM_FIGURE(TOLD, all.dependent_imports)),
    COLUMN("dependent_share_of_products", NULL, FROM_RATIO(TOLD, share_of_products)),
    COLUMN("dependent_share_of_imports", NULL, FROM_RATIO(TOLD, share_of_imports)),
    COLUMNS_OF_COVER(TOLD, all.cover),
};

struct dependence_told dependence_told(const struct dependence_question *q, const struct dependence_answer *answer)
{
    const struct dependence_summary *s = &answer->summary;
    struct dependence_told told = {
        .method = dependence_method_name[q->method],
        .window = q->window,
        .years = answer->years,
        .needed = answer->needed,
        .all = *s,
        .products = {.usd = (int64_t)s->products, .known = !s->unknown},
        .dependent = {.usd = (int64_t)s->dependent, .known = !s->unknown},
        .share_of_products = s->products && !s->undecided ? (double)s->dependent / (double)s->products : (double)NAN,
        .share_of_imports = s->undecided ? (double)NAN : figure_ratio(s->dependent_imports, s->imports),
    };
    for (enum criterion c = 0; c < CRITERIA; c++) {
        told.has[c] = dependence_criteria(q->method, q->home != NULL) & 1U << c;
        told.limit[c] = q->limit[c];
    }
    for (size_t i = 0; i < answer->n; i++)
        told.flags |= answer->row[i].flags;
    told.flags &= ~(FLAG_BIT(FLAG_LOWER_BOUND) | FLAG_BIT(FLAG_NO_EXPORTS));
    told.flags |= s->undecided ? FLAG_BIT(FLAG_LOWER_BOUND) : 0;
    return told;
}

/* Another dataset that has what this one lacks: the world's exports, or every supplier of the reporter. */
static const struct cube *better(const struct call *call, const struct frame *frame,
                                 const struct dependence_question *q, uint32_t period, bool world)
{
    const struct catalogue *catalogue = call->catalogue;
    enum level level = q->breakdown->level == LEVEL_SECTOR ? LEVEL_HS2 : q->breakdown->level;
    const struct cube *later = NULL;
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct cube *cube = catalogue_at(catalogue, i);
        size_t n;
        const uint32_t *own = cube_periods(cube, &n);
        if (cube == frame->cube || !cube_has_level(cube, level) || cube_dataset(cube)->partners == PARTNERS_LISTED ||
            n == 0)
            continue;
        if (cube_held(cube, frame->reporter, ANY_MEMBER, FLOW_IMPORTS, period) &&
            (!world || cube_tells_world(cube, FLOW_EXPORTS, period)))
            return cube;
        if (!later && cube_held(cube, frame->reporter, ANY_MEMBER, FLOW_IMPORTS, own[n - 1]) &&
            (!world || cube_tells_world(cube, FLOW_EXPORTS, own[n - 1])))
            later = cube;
    }
    return later;
}

static void warn_of_lack(struct call *call, const struct frame *frame, const struct dependence_question *q,
                         uint32_t period, bool world)
{
    const struct cube *cube = better(call, frame, q, period, world);
    const char *what =
        world
            ? "the dataset does not hold the exports of the world's countries: hhi_world_exports and its criterion are "
              "null"
            : "the dataset has no other suppliers: hhi is a lower bound (with a partner share²), and dependent is null "
              "where that cannot decide";
    struct str id = cube ? cube_dataset(cube)->id : str_span(NULL, 0);
    call_warn(call, cube ? arena_printf(call->arena, "%s; dataset=%.*s can tell", what, STR_ARG(id))
                         : arena_printf(call->arena, "%s; no dataset that is loaded can tell", what));
}

static struct str criteria_text(struct call *call, const struct dependence_question *q, bool partner)
{
    const double *limit = q->limit;
    const char *largest = partner ? ", and the partner the largest supplier" : "";
    switch (q->method) {
    case DEPENDENCE_HHI: return arena_printf(call->arena, "dependent: hhi above %g%s", limit[CRITERION_HHI], largest);
    case DEPENDENCE_EU2021:
        return q->home
                   ? arena_printf(call->arena,
                                  "dependent: hhi_extra above %g, extra_share above %g and extra_over_exports above "
                                  "%g%s; home and the reporter are inside",
                                  limit[CRITERION_HHI], limit[CRITERION_EXTRA_IMPORTS],
                                  limit[CRITERION_IMPORTS_OVER_EXPORTS], largest)
                   : arena_printf(call->arena,
                                  "dependent: hhi above %g and imports_over_exports above %g%s; the second criterion "
                                  "(extra-EU imports above half) is always true of one country and not applied: "
                                  "home= names a bloc",
                                  limit[CRITERION_HHI], limit[CRITERION_IMPORTS_OVER_EXPORTS], largest);
    case DEPENDENCE_CEPII:
        return arena_printf(
            call->arena, "dependent: hhi above %g, hhi_world_exports above %g and imports_over_exports above %g%s",
            limit[CRITERION_HHI], limit[CRITERION_WORLD_HHI], limit[CRITERION_IMPORTS_OVER_EXPORTS], largest);
    case DEPENDENCE_INDIA80:
    case DEPENDENCE_SHARE:
        return arena_printf(call->arena, "dependent: %s has at least %g of the imports",
                            partner ? "the partner" : "the largest supplier", limit[CRITERION_SHARE]);
    case DEPENDENCE_METHODS: break;
    }
    BUG("no such method");
}

void dependence_warn(struct call *call, const struct frame *frame, const struct dependence_question *q,
                     const struct dependence_answer *answer)
{
    bool all = cube_dataset(frame->cube)->partners != PARTNERS_LISTED;
    call_warn(call, criteria_text(call, q, frame->partner != ANY_MEMBER));
    if (q->window > 1)
        call_warn(call,
                  arena_printf(call->arena, "window: dependent where the criteria held in at least %u of %u years; %s",
                               answer->needed, answer->years,
                               answer->years < q->window ? "the others are not complete in the dataset"
                                                         : "the criterion columns are of the period alone"));
    if (!all)
        warn_of_lack(call, frame, q, answer->period, false);
    if (!cube_tells_world(frame->cube, FLOW_EXPORTS, answer->period))
        warn_of_lack(call, frame, q, answer->period, true);
    if (q->home && !all)
        call_warn(call, STR("what comes from inside home is not in the dataset: the criteria of eu2021 are null"));
    if (q->breakdown->level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up"));
}
