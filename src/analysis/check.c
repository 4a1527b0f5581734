/* A published figure held against every basis that a set of books offers. */
#include "entrepot/analysis/check.h"

#include <math.h>

const char *const difference_name[DIFFERENCES] = {[DIFFERS_REPORTER] = "reporter",
                                                  [DIFFERS_PERIOD_KIND] = "period_kind",
                                                  [DIFFERS_PARTIAL] = "partial_period",
                                                  [DIFFERS_VALUATION] = "valuation",
                                                  [DIFFERS_ESTIMATE] = "estimate"};
#define DIFFERENCE_BIT(d) (1U << (d))

/* What is asked of one set of books: the periods of one kind, as far as they are held. */
struct look {
    const struct check_books *books;
    struct bilateral *bilateral;
    uint32_t period[CHECK_PERIODS_MAX];
    size_t n;
};

struct check_asked {
    struct claim claim;
    struct look *look;
    size_t n;
};

/* The candidates so far. */
struct check {
    const struct claim *claim;
    struct arena *arena;
    struct check_row *row;
    size_t n;
};

size_t check_periods(uint32_t period, uint32_t out[CHECK_PERIODS_MAX])
{
    enum period_kind kind = period_kind_of(period), other = kind == PERIOD_YEAR ? PERIOD_FISCAL : PERIOD_YEAR;
    out[0] = period;
    if (kind != PERIOD_YEAR && kind != PERIOD_FISCAL)
        return 1;
    uint32_t first = period_first_month(period);
    out[1] = period_of_month(first, other);
    out[2] = period_of_month(first + 11, other);
    return 3;
}

/* ---- one set of books, one period ---- */

/* The reporter's flows, whoever's books they are read from: an amount, and its change since the amount of the year before. */
struct flows {
    struct figure now[2], change[2], before[2];
    double share[3]; /* of exports, imports, total: own books only */
};

static struct flows flows_of(const struct bilateral_row *row, bool mirror)
{
    struct flows f = {.now = {row->exports, row->imports},
                      .change = {row->exports_change, row->imports_change},
                      .before = {row->exports_before, row->imports_before},
                      .share = {row->share_of_exports, row->share_of_imports, row->share_of_total}};
    if (mirror)
        f = (struct flows){.now = {row->imports, row->exports},
                           .change = {row->imports_change, row->exports_change},
                           .before = {row->imports_before, row->exports_before},
                           .share = {(double)NAN, (double)NAN, (double)NAN}};
    return f;
}

static struct figure combine(enum claim_of of, const struct figure flow[2])
{
    switch (of) {
    case CLAIM_EXPORTS: return flow[FLOW_EXPORTS];
    case CLAIM_IMPORTS: return flow[FLOW_IMPORTS];
    case CLAIM_TOTAL: return figure_sum(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
    case CLAIM_BALANCE: return figure_difference(flow[FLOW_EXPORTS], flow[FLOW_IMPORTS]);
    case CLAIM_DEFICIT: return figure_difference(flow[FLOW_IMPORTS], flow[FLOW_EXPORTS]);
    case CLAIM_OF: break;
    }
    BUG("a claim of nothing");
}

static double amount(struct figure f) { return f.known ? (double)f.usd : (double)NAN; }

/* The books' value of what is claimed; NaN where they do not tell. */
static double value_of(const struct claim *claim, const struct flows *f)
{
    struct figure now = combine(claim->of, f->now), change = combine(claim->of, f->change);
    switch (claim->measure) {
    case CLAIM_VALUE: return amount(now);
    case CLAIM_CHANGE: return amount(change);
    case CLAIM_GROWTH: return 100.0 * figure_ratio(change, combine(claim->of, f->before));
    case CLAIM_SHARE: return claim->of <= CLAIM_TOTAL ? 100.0 * f->share[claim->of] : (double)NAN;
    }
    BUG("no such measure");
}

static struct str valuation(const struct check_books *books, enum flow flow_of_reporter)
{
    const struct dataset *d = cube_dataset(books->frame.cube);
    return (flow_of_reporter == FLOW_EXPORTS) != books->mirror ? d->exports_valuation : d->imports_valuation;
}

/* "FOB", "CIF", or "FOB/CIF" where exports and imports of one sum are valued differently. */
static struct str valuation_of(const struct check_books *books, enum claim_of of, struct arena *arena)
{
    struct str x = valuation(books, FLOW_EXPORTS), m = valuation(books, FLOW_IMPORTS);
    if (of == CLAIM_EXPORTS || (of != CLAIM_IMPORTS && str_eq(x, m)))
        return x;
    return of == CLAIM_IMPORTS ? m : arena_printf(arena, "%.*s/%.*s", STR_ARG(x), STR_ARG(m));
}

static bool usual_valuation(const struct check_books *books, enum claim_of of)
{
    bool x = str_is(valuation(books, FLOW_EXPORTS), "FOB"), m = str_is(valuation(books, FLOW_IMPORTS), "CIF");
    return of == CLAIM_EXPORTS ? x : of == CLAIM_IMPORTS ? m : x && m;
}

/* ---- a candidate ---- */

static bool in_percent(enum claim_measure measure) { return measure == CLAIM_GROWTH || measure == CLAIM_SHARE; }

/* What cannot confirm a figure, however near it comes. */
static enum agreement agreement_of(const struct claim *claim, const struct check_row *row)
{
    double allowed = in_percent(claim->measure) ? claim->tolerance : fabs(row->value) * claim->tolerance / 100.0;
    unsigned stretches = (row->differs >> DIFFERS_PERIOD_KIND & 1) + (row->differs >> DIFFERS_PARTIAL & 1) +
                         (row->differs >> DIFFERS_ESTIMATE & 1);
    if (!(fabs(row->difference) <= allowed * (1.0 + 1e-9)) || stretches > 1)
        return AGREES_NOT;
    return stretches ? AGREES_NEARLY : AGREES;
}

static void add(struct check *c, struct check_row row)
{
    if (isnan(row.value))
        return;
    row.of = c->claim->of;
    row.difference = c->claim->value - row.value;
    row.relative = in_percent(c->claim->measure) || row.value == 0 ? (double)NAN : row.difference / fabs(row.value);
    row.agreement = agreement_of(c->claim, &row);
    c->row[c->n++] = row;
}

static struct figure scaled(struct figure f, double factor)
{
    return f.known ? figure_of(llround((double)f.usd * factor)) : FIGURE_NONE;
}

/* The other valuation of one flow: imports CIF as FOB; what is FOB as CIF, if that is meant too. Whether there is one. */
static bool revalue_flow(const struct check *c, struct str valued, bool to_cif, struct figure *f)
{
    if (str_is(valued, "CIF"))
        *f = scaled(*f, 1.0 / c->claim->cif_factor);
    else if (to_cif && str_is(valued, "FOB"))
        *f = scaled(*f, c->claim->cif_factor);
    else
        return false;
    return true;
}

/* The same amounts with the other valuation: a single flow's, or exports and imports both as FOB. Empty if there is none. */
static struct str revalue(const struct check *c, const struct check_books *books, struct flows *f)
{
    bool any = false;
    if (c->claim->of <= CLAIM_IMPORTS) {
        enum flow flow = c->claim->of == CLAIM_EXPORTS ? FLOW_EXPORTS : FLOW_IMPORTS;
        struct str valued = valuation(books, flow);
        any = revalue_flow(c, valued, true, &f->now[flow]);
        return !any ? str_span(NULL, 0) : str_is(valued, "CIF") ? STR("FOB") : STR("CIF");
    }
    for (enum flow flow = FLOW_EXPORTS; flow <= FLOW_IMPORTS; flow++)
        any |= revalue_flow(c, valuation(books, flow), false, &f->now[flow]);
    return any ? STR("FOB") : str_span(NULL, 0);
}

/* Flags of what a candidate's value does not need; without a value it is none. */
#define FLAGS_OF_OTHERS                                                                                                \
    (FLAG_BIT(FLAG_NO_WORLD_TOTAL) | FLAG_BIT(FLAG_PARTIAL_QUANTITY) | FLAG_BIT(FLAG_NOT_REPORTED) |                   \
     FLAG_BIT(FLAG_UNDEFINED))

static void add_candidates(struct check *c, const struct check_books *books, const struct bilateral_row *row)
{
    struct flows flows = flows_of(row, books->mirror);
    struct check_row r = {.books = books,
                          .period = row->period,
                          .valuation = valuation_of(books, c->claim->of, c->arena),
                          .value = value_of(c->claim, &flows),
                          .flags = row->flags & ~FLAGS_OF_OTHERS};
    if (books->mirror)
        r.differs |= DIFFERENCE_BIT(DIFFERS_REPORTER);
    if (period_kind_of(row->period) != period_kind_of(c->claim->period))
        r.differs |= DIFFERENCE_BIT(DIFFERS_PERIOD_KIND);
    if (row->months_held < period_months(period_kind_of(row->period)))
        r.differs |= DIFFERENCE_BIT(DIFFERS_PARTIAL);
    if (!usual_valuation(books, c->claim->of))
        r.differs |= DIFFERENCE_BIT(DIFFERS_VALUATION);
    add(c, r);
    r.valuation = c->claim->measure == CLAIM_VALUE ? revalue(c, books, &flows) : str_span(NULL, 0);
    if (r.valuation.n == 0)
        return;
    r.value = value_of(c->claim, &flows);
    r.differs |= DIFFERENCE_BIT(DIFFERS_ESTIMATE) | DIFFERENCE_BIT(DIFFERS_VALUATION);
    r.flags |= FLAG_BIT(FLAG_ESTIMATED) | FLAG_BIT(FLAG_CIF_CONVERTED);
    add(c, r);
}

/* ---- asking ---- */

static struct bilateral *ask_books(const struct claim *claim, enum period_kind kind, const struct look *look)
{
    bool compared = claim->measure == CLAIM_GROWTH || claim->measure == CLAIM_CHANGE;
    return bilateral_ask(&look->books->frame,
                         &(struct bilateral_question){
                             .kind = kind,
                             .period = look->period,
                             .n = look->n,
                             .year_to_date = compared, /* as news of a year that is not over count it */
                         });
}

static void look_at(struct check_asked *asked, const struct check_books *books, enum period_kind kind)
{
    uint32_t all[CHECK_PERIODS_MAX];
    size_t n_all = check_periods(asked->claim.period, all);
    struct look *look = &asked->look[asked->n];
    *look = (struct look){.books = books};
    if (!period_adds_up(cube_dataset(books->frame.cube)->frequency, kind))
        return;
    for (size_t i = 0; i < n_all; i++)
        if (period_kind_of(all[i]) == kind && frame_months_held(&books->frame, all[i]))
            look->period[look->n++] = all[i];
    if (look->n == 0)
        return;
    look->bilateral = ask_books(&asked->claim, kind, look);
    asked->n++;
}

#define KINDS_MAX 4

struct check_asked *check_ask(const struct check_books *books, size_t n_books, const struct claim *claim,
                              struct arena *arena)
{
    struct check_asked *asked = arena_new(arena, struct check_asked, 1);
    if (!asked)
        return NULL;
    *asked = (struct check_asked){.claim = *claim, .look = arena_new(arena, struct look, KINDS_MAX * n_books)};
    for (size_t i = 0; asked->look && i < n_books; i++)
        for (enum period_kind kind = PERIOD_YEAR; kind <= PERIOD_MONTH; kind++)
            look_at(asked, &books[i], kind);
    return asked->look ? asked : NULL;
}

/* ---- the answer ---- */

static int by_nearness(const void *a, const void *b)
{
    const struct check_row *x = a, *y = b;
    if (x->agreement != y->agreement)
        return x->agreement < y->agreement ? -1 : 1;
    unsigned x_estimate = x->differs >> DIFFERS_ESTIMATE & 1, y_estimate = y->differs >> DIFFERS_ESTIMATE & 1;
    if (x_estimate != y_estimate)
        return x_estimate < y_estimate ? -1 : 1;
    double dx = fabs(x->difference), dy = fabs(y->difference);
    if (dx < dy || dx > dy)
        return dx < dy ? -1 : 1;
    if (x->differs != y->differs)
        return x->differs < y->differs ? -1 : 1;
    return x->books < y->books ? -1 : x->books > y->books;
}

enum status check_fold(const struct check_asked *asked, struct arena *arena, struct check_row **out, size_t *n)
{
    struct check c = {.claim = &asked->claim, .arena = arena};
    c.row = arena_new(arena, struct check_row, (size_t)2 * CHECK_PERIODS_MAX * asked->n);
    enum status status = c.row ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < asked->n; i++) {
        const struct look *look = &asked->look[i];
        struct bilateral_row *row;
        status = bilateral_fold(look->bilateral, arena, &row);
        for (size_t k = 0; status == ST_OK && k < look->n; k++)
            add_candidates(&c, look->books, &row[k]);
    }
    if (c.n)
        qsort(c.row, c.n, sizeof *c.row, by_nearness);
    *out = c.row;
    *n = c.n;
    return status;
}

enum agreement check_parts(double whole, double sum, double tolerance)
{
    return fabs(whole - sum) <= fabs(sum) * tolerance / 100.0 * (1.0 + 1e-9) ? AGREES : AGREES_NOT;
}
