/* The methods' criteria, their published limits, and the verdict made of them. */
#include "analysis/dependence_rules.h"

const char *const dependence_method_name[DEPENDENCE_METHODS + 1] = {"hhi", "eu2021", "cepii", "india80", "share", NULL};

#define BIT(criterion) (1U << (criterion))

unsigned dependence_criteria(enum dependence_method method, bool home)
{
    switch (method) {
    case DEPENDENCE_HHI: return BIT(CRITERION_HHI);
    case DEPENDENCE_EU2021:
        return BIT(CRITERION_HHI) | BIT(CRITERION_IMPORTS_OVER_EXPORTS) | (home ? BIT(CRITERION_EXTRA_IMPORTS) : 0);
    case DEPENDENCE_CEPII: return BIT(CRITERION_HHI) | BIT(CRITERION_WORLD_HHI) | BIT(CRITERION_IMPORTS_OVER_EXPORTS);
    case DEPENDENCE_INDIA80:
    case DEPENDENCE_SHARE: return BIT(CRITERION_SHARE);
    case DEPENDENCE_METHODS: break;
    }
    BUG("no such method");
}

double dependence_limit(enum dependence_method method, enum criterion criterion)
{
    static const double limit[CRITERIA] = {[CRITERION_HHI] = 0.4,
                                           [CRITERION_WORLD_HHI] = 0.4,
                                           [CRITERION_EXTRA_IMPORTS] = 0.5,
                                           [CRITERION_IMPORTS_OVER_EXPORTS] = 1,
                                           [CRITERION_SHARE] = 0.8};
    return method == DEPENDENCE_SHARE && criterion == CRITERION_SHARE ? (double)NAN : limit[criterion];
}

static enum verdict verdict(bool yes) { return yes ? VERDICT_YES : VERDICT_NO; }
static enum verdict exceeds(double value, double limit)
{
    return isnan(value) ? VERDICT_UNKNOWN : verdict(value > limit);
}

/* C1 or CDI1. Of suppliers that are not in the data all may be one, or each may be small. */
static enum verdict judge_hhi(const struct dependence_question *q, const struct known_suppliers *known,
                              const struct dependence_row *row)
{
    double limit = q->limit[CRITERION_HHI], rest = 1 - known->sum;
    bool bloc = q->method == DEPENDENCE_EU2021 && q->home;
    if (known->all || bloc)
        return exceeds(bloc ? row->hhi_extra : row->hhi, limit);
    if (known->sum_sq > limit)
        return VERDICT_YES;
    double most = known->vague ? 2 * known->top_share * rest : 0; /* (top + rest)² − top² − rest² */
    return known->sum_sq + rest * rest + most <= limit ? VERDICT_NO : VERDICT_UNKNOWN;
}

/* A country that exports nothing of what it imports needs more than any multiple of its exports. */
static enum verdict judge_ratio(const struct dependence_question *q, const struct dependence_row *row)
{
    bool bloc = q->method == DEPENDENCE_EU2021 && q->home;
    struct figure imports = bloc ? row->extra_imports : row->imports_total;
    if (row->flags & FLAG_BIT(FLAG_NO_EXPORTS))
        return imports.known ? verdict(imports.usd > 0) : VERDICT_UNKNOWN;
    return exceeds(bloc ? row->extra_over_exports : row->imports_over_exports,
                   q->limit[CRITERION_IMPORTS_OVER_EXPORTS]);
}

/* The partner's share, or the largest supplier's: that reaches the limit if a known one does, and cannot if the rest together does not. */
static enum verdict judge_share(const struct dependence_question *q, const struct known_suppliers *known,
                                const struct dependence_row *row)
{
    double limit = q->limit[CRITERION_SHARE];
    if (known->all || known->partner != ANY_MEMBER)
        return isnan(row->share) ? VERDICT_UNKNOWN : verdict(row->share >= limit);
    if (known->top_share >= limit)
        return VERDICT_YES;
    return 1 - known->sum < limit && known->top_share < limit ? VERDICT_NO : VERDICT_UNKNOWN;
}

/* Whether the partner is the largest supplier, of those outside the bloc if there is one. */
static enum verdict judge_partner(const struct dependence_question *q, const struct known_suppliers *known,
                                  const struct dependence_row *row)
{
    if (known->nobody && !isnan(row->hhi))
        return VERDICT_NO;
    if (q->method == DEPENDENCE_EU2021 && q->home)
        return known->all ? verdict(known->extra_top == known->partner) : VERDICT_UNKNOWN;
    if (known->all)
        return isnan(row->hhi) ? VERDICT_UNKNOWN : verdict(row->top_supplier == known->partner);
    if (row->share > 0.5)
        return VERDICT_YES;
    if (known->vague && row->top_supplier == known->partner) /* it leads by more than what is nobody's */
        return VERDICT_YES;
    double rest = known->vague ? 1 - known->sum : 0; /* which may be the partner's */
    if (known->vague)
        return row->share + rest <= q->limit[CRITERION_HHI] || known->top_share > row->share + rest ? VERDICT_NO
                                                                                                    : VERDICT_UNKNOWN;
    return row->share <= q->limit[CRITERION_HHI] ? VERDICT_NO : VERDICT_UNKNOWN; /* or the HHI criterion fails */
}

/* Both must hold. */
static enum verdict also(enum verdict a, enum verdict b)
{
    if (a == VERDICT_NO || b == VERDICT_NO)
        return VERDICT_NO;
    return a == VERDICT_YES ? b : VERDICT_UNKNOWN;
}

void dependence_judge(const struct dependence_question *q, const struct known_suppliers *known,
                      struct dependence_row *row)
{
    unsigned has = dependence_criteria(q->method, q->home != NULL);
    const enum verdict found[CRITERIA] = {
        [CRITERION_HHI] = judge_hhi(q, known, row),
        /* the exports of countries that do not report could turn it */
        [CRITERION_WORLD_HHI] = row->flags & FLAG_BIT(FLAG_REPORTERS_MISSING)
                                    ? VERDICT_UNKNOWN
                                    : exceeds(row->hhi_world_exports, q->limit[CRITERION_WORLD_HHI]),
        [CRITERION_EXTRA_IMPORTS] = exceeds(row->extra_share, q->limit[CRITERION_EXTRA_IMPORTS]),
        [CRITERION_IMPORTS_OVER_EXPORTS] = judge_ratio(q, row),
        [CRITERION_SHARE] = judge_share(q, known, row),
    };
    row->dependent = VERDICT_YES;
    for (enum criterion c = 0; c < CRITERIA; c++) {
        row->criterion[c] = has & BIT(c) ? found[c] : VERDICT_UNKNOWN;
        if (has & BIT(c))
            row->dependent = also(row->dependent, found[c]);
    }
    if (known->partner != ANY_MEMBER && !(has & BIT(CRITERION_SHARE)))
        row->dependent = also(row->dependent, judge_partner(q, known, row));
}

void dependence_sum_up(const struct dependence_question *question, bool partner, struct dependence_answer *answer)
{
    struct dependence_summary *s = &answer->summary;
    bool money = question->breakdown->level != LEVEL_SECTOR;
    *s = (struct dependence_summary){.imports = {.known = money}, .dependent_imports = {.known = money}};
    for (size_t i = 0; i < answer->n; i++) {
        const struct dependence_row *row = &answer->row[i];
        struct figure imports = partner ? row->imports_from_partner : row->imports_total;
        if (imports.known && imports.usd == 0)
            continue;
        s->products += imports.known;
        s->dependent += row->dependent == VERDICT_YES;
        s->undecided += row->dependent == VERDICT_UNKNOWN;
        s->imports = figure_sum(s->imports, imports);
        if (row->dependent == VERDICT_YES)
            s->dependent_imports = figure_sum(s->dependent_imports, imports);
    }
    s->unknown =
        s->products == 0 && s->undecided > 0; /* no product's imports are known, which is not that there are none */
}
