#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/check.h"
#include "entrepot/base/number.h"

enum {
    C_RANK,
    C_VERDICT,
    C_DATASET,
    C_SOURCE,
    C_REPORTER,
    C_PARTNER,
    C_FLOW,
    C_MEASURE,
    C_PERIOD,
    C_KIND,
    C_BASIS,
    C_VALUATION,
    C_VALUE,
    C_UNIT,
    C_DIFFERENCE,
    C_RELATIVE,
    C_DIFFERS,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_RANK] = COLUMN(
        "rank", "1: the candidate that agrees best: matches first, reported figures before estimates, then the nearest",
        .type = COLUMN_INTEGER),
    [C_VERDICT] =
        COLUMN("verdict",
               "match: within the tolerance; near: within it, but of another kind of period, of a part of it, or an "
               "estimate; no_match",
               .type = COLUMN_STRING),
    [C_DATASET] = COLUMN("dataset", "dataset of the candidate; null: the published parts",
                         FROM_TEXT(struct dataset, id), .codes = &codes_dataset),
    [C_SOURCE] = COLUMN("source", "who published the dataset's figures", FROM_TEXT(struct dataset, source)),
    [C_REPORTER] = COLUMN("reporter", "country whose books the candidate stands in", .type = COLUMN_STRING,
                          .codes = &codes_reporter),
    [C_PARTNER] = COLUMN("partner", "the other country in those books", .type = COLUMN_STRING, .codes = &codes_partner),
    [C_FLOW] = COLUMN(
        "flow", "what it is in those books: exports or imports; total, balance and deficit are of the claim's reporter",
        .type = COLUMN_STRING, .codes = &codes_flow),
    [C_MEASURE] =
        COLUMN("measure", "value, growth, change, share, or parts", .type = COLUMN_STRING, .codes = &codes_measure),
    [C_PERIOD] =
        COLUMN("period", "period of the candidate", FROM_PERIOD(struct check_row, period), .codes = &codes_period),
    [C_KIND] = COLUMN("period_kind", "A, FY, Q or M", .type = COLUMN_STRING),
    [C_BASIS] =
        COLUMN("basis", "own: the reporter's books; mirror: the partner's; reconciled: one value for both; parts",
               .type = COLUMN_STRING),
    [C_VALUATION] =
        COLUMN("valuation", "FOB, CIF; exports/imports where they differ", FROM_TEXT(struct check_row, valuation)),
    [C_VALUE] = COLUMN("value", "the candidate, from the claim's side, in its unit", .type = COLUMN_NUMBER,
                       .measure = MEASURE_CHECKED_VALUE),
    [C_UNIT] = COLUMN("unit", "USD or %", .type = COLUMN_STRING),
    [C_DIFFERENCE] = COLUMN("difference", "claimed − candidate: USD, or percentage points where the unit is %",
                            .type = COLUMN_NUMBER, .measure = MEASURE_DIFFERENCE),
    [C_RELATIVE] = COLUMN("relative_difference", "difference / the candidate's size; null for growth and shares",
                          FROM_RATIO(struct check_row, relative), .unit = "1", .measure = MEASURE_RELATIVE_DIFFERENCE),
    [C_DIFFERS] =
        COLUMN("differs",
               "in what the candidate differs from the claim: reporter, period_kind, partial_period, valuation, "
               "estimate",
               .type = COLUMN_LIST),
    [C_FLAGS] = COLUMN("flags", "why a figure is to be read with care", FROM_FLAGS(struct check_row, flags)),
};

static const char *const claim_word[] = {"exports", "imports", "total", "balance", "deficit", NULL};
static const char *const claim_measures[] = {"value", "balance", "deficit", "total", "growth", "change", "share", NULL};
static const char *const agreement_word[] = {"match", "near", "no_match"};
enum { M_VALUE, M_BALANCE, M_DEFICIT, M_TOTAL, M_GROWTH, M_CHANGE, M_SHARE };

static const struct param params[] = {
    {.name = "reporter",
     .type = PARAM_COUNTRY,
     .codes = &codes_reporter,
     .description = "country whose trade the figure is about",
     .example = "IND"},
    {.name = "partner",
     .type = PARAM_COUNTRY,
     .codes = &codes_partner,
     .description = "the other country",
     .example = "CHN"},
    {.name = "flow",
     .type = PARAM_WORD,
     .words = claim_word,
     .description = "what the figure is of: the reporter's exports or imports, their total, the balance (negative: a "
                    "deficit) or the deficit (negative: a surplus)",
     .example = "exports"},
    {.name = "period", .type = PARAM_PERIOD, .description = "the period that is meant", .example = "2025"},
    {.name = "value",
     .type = PARAM_REAL,
     .low = -1e15,
     .high = 1e15,
     .required = true,
     .description = "the published figure: USD, or percent for growth and share",
     .example = "20.5e9"},
    {.name = "tolerance",
     .type = PARAM_REAL,
     .low = 0,
     .high = 100,
     .fallback = "0.1",
     .description = "what still is a match: percent of the figure, or percentage points for growth and share",
     .example = "0.1"},
    {.name = "measure",
     .type = PARAM_WORD,
     .words = claim_measures,
     .fallback = "value",
     .description = "value; balance, deficit or total (short for flow=); growth in percent and change in USD since the "
                    "year before (where a year is not over, since the same months of it); share in percent of the "
                    "reporter's trade with all partners",
     .example = "growth"},
    {.name = "parts",
     .type = PARAM_TEXT,
     .description = "figures, separated by commas, that are said to add up to value: the publication's own arithmetic",
     .example = "135.87e9,20.5e9"},
    PARAM_OF_PRODUCT,
    {.name = "cif",
     .type = PARAM_REAL,
     .low = 1,
     .high = 2,
     .fallback = "1.06",
     .description = "imports valued CIF / the same valued FOB, for estimates with the other valuation",
     .example = "1.06"},
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

static void add_parts_row(struct call *call, struct cell *cell, double sum, enum agreement agreement)
{
    double value = call_arg(call, "value")->ratio;
    cell[C_RANK] = cell_i64((int64_t)call->table.n_rows);
    cell[C_VERDICT] = cell_z(agreement_word[agreement]);
    cell[C_MEASURE] = cell_str(STR("parts"));
    cell[C_BASIS] = cell_str(STR("parts"));
    cell[C_VALUE] = cell_ratio(sum);
    cell[C_DIFFERENCE] = cell_ratio(value - sum);
    cell[C_RELATIVE] = cell_ratio((value - sum) / fabs(sum));
    cell[C_FLAGS] = cell_flags(0);
}

/* Exact in millionths, so that 135.87e9 + 20.5e9 is 156.37e9. */
static enum status sum_parts(struct call *call, int64_t *micro)
{
    struct str text = call_arg(call, "parts")->text, rest = text;
    size_t n = 0;
    bool good = true;
    *micro = 0;
    while (good && rest.p) {
        int64_t one;
        good = decimal_read(str_cut(&rest, ','), 6, &one) == ST_OK && !__builtin_add_overflow(*micro, one, micro);
        n++;
    }
    if (good && n > 1)
        return ST_OK;
    (void)call_problem(call, PROBLEM_INVALID_VALUE, "parts", text,
                       STR("write two or more numbers below 4e12, separated by commas, such as 135.87e9,20.5e9"));
    return ST_INVALID;
}

static enum status check_addition(struct call *call, enum agreement *agreement)
{
    int64_t micro;
    enum status status = sum_parts(call, &micro);
    if (status != ST_OK)
        return status;
    double sum = (double)micro / 1e6, value = call_arg(call, "value")->ratio;
    *agreement = check_parts(value, sum, call_arg(call, "tolerance")->ratio);
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    add_parts_row(call, cell, sum, *agreement);
    call_summarise(call, "parts_sum", cell_ratio(sum));
    call_summarise(call, "parts_difference", cell_ratio(value - sum));
    call_summarise(call, "parts_verdict", cell_z(agreement_word[*agreement]));
    if (*agreement == AGREES_NOT)
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
    want.series = true;
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

static void fill(struct call *call, const struct claim *claim, const struct check_row *row, struct cell *cell)
{
    static const char *const measure_word[] = {"value", "growth", "change", "share"};
    const struct dataset *d = cube_dataset(row->books->frame.cube);
    bool usd = claim->measure == CLAIM_VALUE || claim->measure == CLAIM_CHANGE;
    cell[C_RANK] = cell_i64((int64_t)call->table.n_rows);
    cell[C_VERDICT] = cell_z(agreement_word[row->agreement]);
    cell[C_DATASET] = cell_str(d->id);
    cell[C_SOURCE] = cell_str(d->source);
    cell[C_REPORTER] = cell_country(call, row->books->frame.reporter);
    cell[C_PARTNER] = cell_country(call, row->books->frame.partner);
    cell[C_FLOW] = cell_z(flow_in_books(row->of, row->books->mirror));
    cell[C_MEASURE] = cell_z(measure_word[claim->measure]);
    cell[C_PERIOD] = cell_period(call, row->period);
    cell[C_KIND] = cell_z(period_kind_word(period_kind_of(row->period)));
    cell[C_BASIS] = cell_z(d->basis == BASIS_RECONCILED ? "reconciled" : row->books->mirror ? "mirror" : "own");
    cell[C_VALUATION] = cell_str(row->valuation);
    cell[C_VALUE] = cell_value(claim, row->value);
    cell[C_UNIT] = cell_z(usd ? "USD" : "%");
    cell[C_DIFFERENCE] = cell_value(claim, row->difference);
    cell[C_RELATIVE] = cell_ratio(row->relative);
    cell[C_DIFFERS] = cell_differs(call, row->differs);
    cell[C_FLAGS] = cell_flags(row->flags);
}

static void summarise_one(struct call *call, const char *const name[4], const struct claim *claim,
                          const struct check_row *row)
{
    call_summarise(call, name[0], row ? cell_str(cube_dataset(row->books->frame.cube)->id) : cell_null);
    call_summarise(call, name[1], row ? cell_period(call, row->period) : cell_null);
    call_summarise(call, name[2], row ? cell_value(claim, row->value) : cell_null);
    call_summarise(call, name[3], row ? cell_value(claim, row->difference) : cell_null);
}

/* The nearest of all, and the nearest reported one of the kind of period that is meant. */
static void summarise(struct call *call, const struct claim *claim, const struct check_row *row, size_t n)
{
    static const char *const nearest[4] = {"nearest_dataset", "nearest_period", "nearest_value", "nearest_difference"};
    static const char *const same[4] = {"same_kind_dataset", "same_kind_period", "same_kind_value",
                                        "same_kind_difference"};
    const unsigned stretched = 1U << DIFFERS_PERIOD_KIND | 1U << DIFFERS_PARTIAL | 1U << DIFFERS_ESTIMATE;
    size_t matches = 0, near = 0, kind = n;
    for (size_t i = n; i-- > 0;) {
        matches += row[i].agreement == AGREES;
        near += row[i].agreement == AGREES_NEARLY;
        if (!(row[i].differs & stretched))
            kind = i;
    }
    call_summarise(call, "matches", cell_i64((int64_t)matches));
    call_summarise(call, "near", cell_i64((int64_t)near));
    call_summarise(call, "candidates", cell_i64((int64_t)n));
    summarise_one(call, nearest, claim, n ? &row[0] : NULL);
    summarise_one(call, same, claim, kind < n ? &row[kind] : NULL);
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

static enum status check_trade(struct call *call, const struct asked *asked, enum agreement *best)
{
    struct check_row *row;
    size_t n = 0;
    enum status status = check_fold(asked->check, call->arena, &row, &n);
    if (status == ST_OK && n == 0)
        status = refuse(call, asked->shelf.n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(call, &asked->claim, &row[i], cell);
    }
    if (status != ST_OK)
        return status;
    *best = row[0].agreement;
    summarise(call, &asked->claim, row, n);
    warn_of_sign(call, &asked->claim, row, n);
    return ST_OK;
}

static void echo(struct call *call)
{
    uint32_t measure = call_arg(call, "measure")->number;
    bool percent = measure == M_GROWTH || measure == M_SHARE;
    double value = call_arg(call, "value")->ratio;
    call_summarise(call, "tolerance", cell_ratio(call_arg(call, "tolerance")->ratio));
    call_summarise(call, "tolerance_unit", cell_z(percent ? "pp" : "%"));
    if (percent && value != 0 && fabs(value) < 1)
        call_warn(call,
                  arena_printf(call->arena, "growth and shares are read as percent: %g means %g %%", value, value));
}

static enum status check_work(struct call *call)
{
    const struct asked *asked = call->state;
    enum agreement trade = AGREES, parts = AGREES;
    enum status status = ST_OK;
    if (asked->check)
        status = check_trade(call, asked, &trade);
    if (status == ST_OK && call_arg(call, "parts")->given)
        status = check_addition(call, &parts);
    if (status != ST_OK)
        return status;
    call_summarise(call, "verdict", cell_z(agreement_word[asked->check ? trade : parts]));
    echo(call);
    return ST_OK;
}

#define NEAREST(which)                                                                                                 \
    which "_dataset?: string|null, " which "_period?: string|null, " which "_value?: number|null, " which              \
          "_difference?: number|null, "
static const char figures[] = "{parts_sum?: number|null, parts_difference?: number|null, parts_verdict?: string, "
                              "matches?: integer, near?: integer,"
                              " candidates?: integer, " NEAREST("nearest")
                                  NEAREST("same_kind") "verdict: string, tolerance: number, tolerance_unit: 'pp'|'%'}";

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
    .figures = figures,
    .plan = check_plan,
    .work = check_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
