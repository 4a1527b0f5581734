/* A published figure against every dataset that tells of it, from both sides. */
#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/check.h"
#include "entrepot/base/number.h"

/* A row: what a set of books says, or the sum of the published parts, of which most are nothing. */
struct candidate {
    unsigned rank;
    flag_bits flags;
    enum agreement verdict;
    const struct cube *cube;
    uint32_t reporter, partner;
    const char *flow, *measure, *kind, *basis, *unit;
    struct str source, valuation;
    struct cell period, value, difference, differs;
    double relative;
};

static const char *const agreement_word[] = {"match", "near", "no_match", NULL};

static const struct column columns[] = {
    COLUMN("rank",
           "1: the candidate that agrees best: matches first, reported figures before estimates, then the nearest",
           FROM_RANK(struct candidate, rank)),
    COLUMN("verdict",
           "match: within the tolerance; near: within it, but of another kind of period, of a part of it, or an "
           "estimate; no_match",
           FROM_WORD(struct candidate, verdict, agreement_word)),
    COLUMN("dataset", "dataset of the candidate; null: the published parts", FROM_DATASET(struct candidate, cube),
           .codes = &codes_dataset),
    COLUMN("source", "who published the dataset's figures", FROM_TEXT(struct candidate, source)),
    COLUMN("reporter", "country whose books the candidate stands in", FROM_COUNTRY(struct candidate, reporter),
           .codes = &codes_reporter),
    COLUMN("partner", "the other country in those books", FROM_COUNTRY(struct candidate, partner),
           .codes = &codes_partner),
    COLUMN("flow",
           "what it is in those books: exports or imports; total, balance and deficit are of the claim's reporter",
           FROM_NAME(struct candidate, flow), .codes = &codes_flow),
    COLUMN("measure", "value, growth, change, share, or parts", FROM_NAME(struct candidate, measure),
           .codes = &codes_measure),
    COLUMN("period", "period of the candidate", FROM_CELL(STRING, struct candidate, period), .codes = &codes_period),
    COLUMN("period_kind", "A, FY, Q or M", FROM_NAME(struct candidate, kind)),
    COLUMN("basis", "own: the reporter's books; mirror: the partner's; reconciled: one value for both; parts",
           FROM_NAME(struct candidate, basis)),
    COLUMN("valuation", "FOB, CIF; exports/imports where they differ", FROM_TEXT(struct candidate, valuation)),
    COLUMN("value", "the candidate, from the claim's side, in its unit", FROM_CELL(NUMBER, struct candidate, value),
           .measure = MEASURE_CHECKED_VALUE),
    COLUMN("unit", "USD or %", FROM_NAME(struct candidate, unit)),
    COLUMN("difference", "claimed − candidate: USD, or percentage points where the unit is %",
           FROM_CELL(NUMBER, struct candidate, difference), .measure = MEASURE_DIFFERENCE),
    COLUMN("relative_difference", "difference / the candidate's size; null for growth and shares",
           FROM_RATIO(struct candidate, relative), .unit = "1", .measure = MEASURE_RELATIVE_DIFFERENCE),
    COLUMN("differs",
           "in what the candidate differs from the claim: reporter, period_kind, partial_period, valuation, estimate",
           FROM_CELL(LIST, struct candidate, differs)),
    COLUMN("flags", "why a figure is to be read with care", FROM_FLAGS(struct candidate, flags)),
};

/* meta.summary. */
struct told {
    bool of_trade, of_parts; /* what was checked */
    size_t matches, near, candidates;
    struct candidate nearest, same_kind; /* of all, and of what is reported of the kind of period that is meant */
    double parts_sum, parts_difference, tolerance;
    const char *parts_verdict, *verdict, *unit;
};

#define NEAREST(which)                                                                                                 \
    COLUMN(#which "_dataset", NULL, FROM_DATASET(struct told, which.cube), ONLY_IF(struct told, of_trade)),            \
        COLUMN(#which "_period", NULL, FROM_CELL(STRING, struct told, which.period), ONLY_IF(struct told, of_trade)),  \
        COLUMN(#which "_value", NULL, FROM_CELL(NUMBER, struct told, which.value), ONLY_IF(struct told, of_trade)),    \
        COLUMN(#which "_difference", NULL, FROM_CELL(NUMBER, struct told, which.difference),                           \
               ONLY_IF(struct told, of_trade))
static const char *const tolerance_units[] = {"pp", "%", NULL};
static const struct column summary_columns[] = {
    COLUMN("matches", NULL, FROM_SIZE(struct told, matches), ONLY_IF(struct told, of_trade)),
    COLUMN("near", NULL, FROM_SIZE(struct told, near), ONLY_IF(struct told, of_trade)),
    COLUMN("candidates", NULL, FROM_SIZE(struct told, candidates), ONLY_IF(struct told, of_trade)),
    NEAREST(nearest),
    NEAREST(same_kind),
    COLUMN("parts_sum", NULL, FROM_RATIO(struct told, parts_sum), ONLY_IF(struct told, of_parts)),
    COLUMN("parts_difference", NULL, FROM_RATIO(struct told, parts_difference), ONLY_IF(struct told, of_parts)),
    COLUMN("parts_verdict", NULL, FROM_NAME(struct told, parts_verdict), .never_null = true,
           ONLY_IF(struct told, of_parts)),
    COLUMN("verdict", NULL, FROM_NAME(struct told, verdict), .never_null = true),
    COLUMN("tolerance", NULL, FROM_RATIO(struct told, tolerance), .never_null = true),
    COLUMN("tolerance_unit", NULL, FROM_NAME(struct told, unit), .words = tolerance_units, .never_null = true),
};

static const char *const claim_word[] = {"exports", "imports", "total", "balance", "deficit", NULL};
static const char *const claim_measures[] = {"value", "balance", "deficit", "total", "growth", "change", "share", NULL};
enum { M_VALUE, M_BALANCE, M_DEFICIT, M_TOTAL, M_GROWTH, M_CHANGE, M_SHARE };

static const struct param params[] = {
    PARAM("reporter", COUNTRY, "country whose trade the figure is about", .codes = &codes_reporter, .example = "IND"),
    PARAM("partner", COUNTRY, "the other country", .codes = &codes_partner, .example = "CHN"),
    PARAM("flow", WORD,
          "what the figure is of: the reporter's exports or imports, their total, the balance (negative: a "
          "deficit) or the deficit (negative: a surplus)",
          .words = claim_word, .example = "exports"),
    PARAM("period", PERIOD, "the period that is meant", .example = "2025"),
    PARAM("value", REAL, "the published figure: USD, or percent for growth and share", .low = -1e15, .high = 1e15,
          .required = true, .example = "20.5e9"),
    PARAM("tolerance", REAL, "what still is a match: percent of the figure, or percentage points for growth and share",
          .low = 0, .high = 100, .fallback = "0.1", .example = "0.1"),
    PARAM("measure", WORD,
          "value; balance, deficit or total (short for flow=); growth in percent and change in USD since the "
          "year before (where a year is not over, since the same months of it); share in percent of the "
          "reporter's trade with all partners",
          .words = claim_measures, .fallback = "value", .example = "growth"),
    PARAM("parts", TEXT,
          "figures, separated by commas, that are said to add up to value: the publication's own arithmetic",
          .example = "135.87e9,20.5e9"),
    PARAM_OF_PRODUCT,
    PARAM("cif", REAL, "imports valued CIF / the same valued FOB, for estimates with the other valuation", .low = 1,
          .high = 2, .fallback = "1.06", .example = "1.06"),
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* ---- what is claimed ---- */

static void need(struct call *call, const char *name, const char *why)
{
    if (!call_arg(call, name)->given)
        (void)call_problem(call, PROBLEM_MISSING_PARAMETER, name, str_span(NULL, 0), str_view(why));
}

static enum claim_of claim_of(const struct call *call)
{
    switch (call_arg(call, "measure")->number) {
    case M_BALANCE: return CLAIM_BALANCE;
    case M_DEFICIT: return CLAIM_DEFICIT;
    case M_TOTAL: return CLAIM_TOTAL;
    default: return (enum claim_of)call_arg(call, "flow")->number;
    }
}

static enum claim_measure claim_measure(const struct call *call)
{
    switch (call_arg(call, "measure")->number) {
    case M_GROWTH: return CLAIM_GROWTH;
    case M_CHANGE: return CLAIM_CHANGE;
    case M_SHARE: return CLAIM_SHARE;
    default: return CLAIM_VALUE;
    }
}

static bool about_trade(const struct call *call)
{
    return !call_arg(call, "parts")->given || call_arg(call, "reporter")->given || call_arg(call, "partner")->given ||
           call_arg(call, "period")->given || call_arg(call, "flow")->given;
}

static enum status read_claim(struct call *call, struct claim *claim)
{
    uint32_t measure = call_arg(call, "measure")->number;
    const struct arg *period = call_arg(call, "period"), *flow = call_arg(call, "flow");
    bool of_itself = measure >= M_BALANCE && measure <= M_TOTAL;
    need(call, "reporter", "a figure of trade needs reporter, partner and period; parts= alone checks an addition");
    need(call, "partner", "a figure of trade needs reporter, partner and period; parts= alone checks an addition");
    need(call, "period", "a figure of trade needs reporter, partner and period; parts= alone checks an addition");
    if (!of_itself)
        need(call, "flow", "exports, imports, total, balance or deficit: what the figure is of");
    *claim = (struct claim){.of = claim_of(call),
                            .measure = claim_measure(call),
                            .value = call_arg(call, "value")->ratio,
                            .tolerance = call_arg(call, "tolerance")->ratio,
                            .cif_factor = call_arg(call, "cif")->ratio};
    if (claim->measure == CLAIM_SHARE && flow->given && claim->of > CLAIM_TOTAL)
        (void)call_problem(call, PROBLEM_CONFLICT, "flow", flow->text,
                           STR("a share of a balance is not defined: ask for exports, imports or total"));
    if (of_itself && flow->given && flow->number != (uint32_t)claim->of)
        call_warn(call, arena_printf(call->arena, "measure=%s says what the figure is of: flow is not read",
                                     claim_measures[measure]));
    if (call->n_errors)
        return ST_INVALID;
    claim->period = period->periods->item[0].from;
    return ST_OK;
}

/* ---- parts ---- */

/* Exact in millionths, so that 135.87e9 + 20.5e9 is 156.37e9. */
static enum status sum_parts(struct call *call, int64_t *milli)
{
    struct str text = call_arg(call, "parts")->text, rest = text;
    size_t n = 0;
    bool good = true;
    *milli = 0;
    while (good && rest.p) {
        int64_t one;
        good = decimal_read(str_cut(&rest, ','), 3, &one) == ST_OK && !__builtin_add_overflow(*milli, one, milli);
        n++;
    }
    if (good && n > 1)
        return ST_OK;
    (void)call_problem(
        call, PROBLEM_INVALID_VALUE, "parts", text,
        STR("write two or more numbers of at most 9e15 in all, separated by commas, such as 135.87e9,20.5e9"));
    return ST_INVALID;
}

static enum status check_addition(struct call *call, struct candidate *row, struct told *told)
{
    int64_t milli;
    enum status status = sum_parts(call, &milli);
    if (status != ST_OK)
        return status;
    const double sum = (double)milli / 1e3, value = call_arg(call, "value")->ratio;
    const enum agreement agreement = check_parts(value, sum, told->tolerance);
    *row = (struct candidate){.verdict = agreement,
                              .reporter = NO_ID,
                              .partner = NO_ID,
                              .measure = "parts",
                              .basis = "parts",
                              .value = cell_ratio(sum),
                              .difference = cell_ratio(value - sum),
                              .relative = (value - sum) / fabs(sum)};
    told->of_parts = true;
    told->parts_sum = sum;
    told->parts_difference = value - sum;
    told->parts_verdict = agreement_word[agreement];
    if (agreement == AGREES_NOT)
        call_warn(call, arena_printf(call->arena, "the parts add up to %.0f, which misses the total by %.0f", sum,
                                     fabs(value - sum)));
    return ST_OK;
}

/* ---- books ---- */

struct shelf {
    struct check_books *books;
    size_t n;
};

/* Every dataset that holds the pair from this side and all that is asked for. Reconciled data has one side. */
static enum status add_side(struct call *call, struct shelf *shelf, const struct want *want, bool mirror)
{
    struct offer *offer;
    size_t n;
    enum status status = catalogue_offers(call->catalogue, want, call->arena, &offer, &n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        if (!offer[i].whole || (mirror && cube_dataset(offer[i].cube)->basis == BASIS_RECONCILED))
            continue;
        struct frame frame = {.cube = offer[i].cube,
                              .countries = catalogue_countries(call->catalogue),
                              .reporter = want->reporter,
                              .partner = want->partner,
                              .ask = call->ask};
        status = frame_products(call, &frame);
        shelf->books[shelf->n++] = (struct check_books){.frame = frame, .mirror = mirror};
        call_warn_synthetic(call, frame.cube);
    }
    return status;
}

static enum status gather(struct call *call, struct shelf *shelf)
{
    struct want want = want_of(call), turned;
    want.period = (struct period_set){.n = 0};
    want.series = want.own_frequency = true;
    enum status status = ST_OK;
    want_products(call, &want);
    turned = want;
    turned.reporter = want.partner;
    turned.partner = want.reporter;
    shelf->n = 0;
    shelf->books = arena_new(call->arena, struct check_books, 2 * catalogue_count(call->catalogue));
    if (!shelf->books)
        return ST_NO_MEMORY;
    if (status == ST_OK)
        status = add_side(call, shelf, &want, false);
    if (status == ST_OK)
        status = add_side(call, shelf, &turned, true);
    return status;
}

/* ---- rows ---- */

static struct cell cell_value(const struct claim *claim, double value)
{
    bool usd = claim->measure == CLAIM_VALUE || claim->measure == CLAIM_CHANGE;
    return usd && fabs(value) < 9e15 ? cell_i64(llround(value)) : cell_ratio(value);
}

static struct cell cell_differs(struct call *call, unsigned differs)
{
    struct str text = str_span(NULL, 0);
    for (unsigned d = 0; d < DIFFERENCES; d++)
        if (differs & 1U << d)
            text = arena_printf(call->arena, "%.*s%s%s", STR_ARG(text), text.n ? "\n" : "", difference_name[d]);
    return (struct cell){.kind = CELL_LIST, .text = text};
}

/* What the claim is about, as the books of the other side call it. */
static const char *flow_in_books(enum claim_of of, bool mirror)
{
    return claim_word[mirror && of <= CLAIM_IMPORTS ? (of == CLAIM_EXPORTS ? CLAIM_IMPORTS : CLAIM_EXPORTS) : of];
}

static struct candidate candidate_of(struct call *call, const struct claim *claim, const struct check_row *row)
{
    static const char *const measure_word[] = {"value", "growth", "change", "share"};
    const struct check_books *books = row->books;
    const struct dataset *d = cube_dataset(books->frame.cube);
    bool usd = claim->measure == CLAIM_VALUE || claim->measure == CLAIM_CHANGE;
    return (struct candidate){
        .verdict = row->agreement,
        .cube = books->frame.cube,
        .source = d->source,
        .reporter = books->frame.reporter,
        .partner = books->frame.partner,
        .flow = flow_in_books(row->of, books->mirror),
        .measure = measure_word[claim->measure],
        .period = cell_period(call, row->period),
        .kind = period_kind_word(period_kind_of(row->period)),
        .basis = d->basis == BASIS_RECONCILED ? "reconciled"
                 : books->mirror              ? "mirror"
                                              : "own",
        .valuation = row->valuation,
        .value = cell_value(claim, row->value),
        .unit = usd ? "USD" : "%",
        .difference = cell_value(claim, row->difference),
        .relative = row->relative,
        .differs = cell_differs(call, row->differs),
        .flags = row->flags,
    };
}

static void summarise(const struct check_row *row, const struct candidate *candidate, size_t n, struct told *told)
{
    const unsigned stretched = 1U << DIFFERS_PERIOD_KIND | 1U << DIFFERS_PARTIAL | 1U << DIFFERS_ESTIMATE;
    told->of_trade = true;
    told->candidates = n;
    told->nearest = candidate[0];
    for (size_t i = n; i-- > 0;) {
        told->matches += row[i].agreement == AGREES;
        told->near += row[i].agreement == AGREES_NEARLY;
        if (!(row[i].differs & stretched))
            told->same_kind = candidate[i];
    }
}

/* A figure that would agree with its sign turned: most likely a deficit written without its minus. */
static void warn_of_sign(struct call *call, const struct claim *claim, const struct check_row *row, size_t n)
{
    if (claim->of < CLAIM_BALANCE || claim->measure >= CLAIM_SHARE)
        return;
    for (size_t i = 0; i < n; i++)
        if (fabs(claim->value + row[i].value) <= fabs(row[i].value) * claim->tolerance / 100.0) {
            call_warn(call, STR("the figure agrees in size with the opposite sign: a deficit is a negative balance; "
                                "measure=deficit takes it without the minus"));
            return;
        }
}

static enum status refuse(struct call *call, size_t n_books)
{
    if (n_books)
        (void)call_problem(
            call, PROBLEM_PERIOD_UNAVAILABLE, "period", call_arg(call, "period")->text,
            STR("the books of this pair do not tell of this period (or, for growth and change, of the year "
                "before; or, for shares, of the trade with all partners)"));
    else
        call_problem(call, PROBLEM_NO_DATA, NULL, call->path,
                     STR("no dataset holds figures of this pair in this detail, from either side"))
            ->see = STR("/v1/availability");
    return ST_INVALID;
}

/* What is left for the work. */
struct asked {
    struct claim claim;
    struct shelf shelf;
    struct check_asked *check; /* NULL: the claim is not about trade */
};

static enum status check_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    if (!asked)
        return ST_NO_MEMORY;
    if (!about_trade(call))
        return ST_OK;
    enum status status = read_claim(call, &asked->claim);
    if (status == ST_OK)
        status = gather(call, &asked->shelf);
    if (status != ST_OK)
        return status;
    asked->check = check_ask(asked->shelf.books, asked->shelf.n, &asked->claim, call->arena);
    return asked->check ? ST_OK : ST_NO_MEMORY;
}

static enum status check_trade(struct call *call, const struct asked *asked, const struct check_row *row, size_t n,
                               struct candidate *candidate, struct told *told)
{
    if (n == 0)
        return refuse(call, asked->shelf.n);
    for (size_t i = 0; i < n; i++)
        candidate[i] = candidate_of(call, &asked->claim, &row[i]);
    summarise(row, candidate, n, told);
    warn_of_sign(call, &asked->claim, row, n);
    return ST_OK;
}

/* What the answer says of itself in any case. */
static struct told tell(struct call *call)
{
    uint32_t measure = call_arg(call, "measure")->number;
    return (struct told){.tolerance = call_arg(call, "tolerance")->ratio,
                         .unit = tolerance_units[measure != M_GROWTH && measure != M_SHARE]};
}

static void warn_of_percent(struct call *call, const struct told *told)
{
    double value = call_arg(call, "value")->ratio;
    if (told->unit == tolerance_units[0] && value != 0 && fabs(value) < 1)
        call_warn(call,
                  arena_printf(call->arena, "growth and shares are read as percent: %g means %g %%", value, value));
}

static enum status check_work(struct call *call)
{
    const struct asked *asked = call->state;
    struct told told = tell(call);
    struct check_row *row = NULL;
    size_t n = 0;
    enum status status = asked->check ? check_fold(asked->check, call->arena, &row, &n) : ST_OK;
    struct candidate *candidate = arena_new(call->arena, struct candidate, n + 1);
    if (status != ST_OK || !candidate)
        return ST_NO_MEMORY;
    if (asked->check)
        status = check_trade(call, asked, row, n, candidate, &told);
    if (status == ST_OK && call_arg(call, "parts")->given)
        status = check_addition(call, &candidate[n], &told);
    if (status != ST_OK)
        return status;
    n += told.of_parts;
    for (size_t i = 0; i < n; i++)
        candidate[i].rank = (unsigned)i + 1;
    told.verdict = agreement_word[candidate[0].verdict];
    call_summary(call, &told);
    warn_of_percent(call, &told);
    return call_rows(call, candidate, n, sizeof *candidate);
}

const struct route route_check = {
    .id = "getCheck",
    .group = GROUP_BOOKS,
    .path = "/v1/check",
    .summary = "A published figure against every dataset and basis: which it matches, and how the nearest differ",
    .description =
        "One row a candidate: own report, the partner's mirror report, calendar and fiscal years that overlap, own "
        "and other valuation. meta.summary has the verdict and the nearest. parts= checks a publication's own "
        "addition.",
    .example = "/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9",
    .plan = check_plan,
    .work = check_work,
    TAKES(params),
    GIVES(columns),
    SUMS_UP(summary_columns)};
