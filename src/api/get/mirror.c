/* GET /v1/mirror/{reporter}/{partner} */
#include "entrepot/analysis/mirror.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/ask/two_books.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const char *const flow_words[] = {[FLOW_EXPORTS] = "exports", [FLOW_IMPORTS] = "imports", NULL};

static const struct column columns[] = {
    COLUMN("period", "period of the figures", FROM_PERIOD(struct mirror_row, period), .codes = &codes_period),
    COLUMN("product", "HS code, section or sector id; TOTAL: all products", FROM_TEXT(struct mirror_row, product),
           .codes = &codes_product),
    COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct mirror_row, name)),
    COLUMN("flow", "exports or imports, of the reporter", FROM_WORD(struct mirror_row, flow, flow_words),
           .codes = &codes_flow, .never_null = true),
    COLUMN("reported", "what the reporter's books say of the flow", FROM_FIGURE(struct mirror_row, reported),
           .unit = "USD", .additive = true, .measure = MEASURE_REPORTED),
    COLUMN("mirrored", "what the partner's books say of the same flow", FROM_FIGURE(struct mirror_row, mirrored),
           .unit = "USD", .additive = true, .measure = MEASURE_MIRRORED),
    COLUMN("gap", "the importer's report − the exporter's report", FROM_FIGURE(struct mirror_row, gap), .unit = "USD",
           .additive = true, .measure = MEASURE_MIRROR_GAP),
    COLUMN("ratio", "the importer's report / the exporter's report", FROM_RATIO(struct mirror_row, ratio), .unit = "1",
           .measure = MEASURE_MIRROR_RATIO),
    COLUMN("relative_gap", "gap / the mean of both reports", FROM_RATIO(struct mirror_row, relative_gap), .unit = "1",
           .measure = MEASURE_RELATIVE_GAP),
    COLUMN("reported_fob", "reported as FOB: an estimate (imports CIF / cif) where it is not FOB already",
           FROM_FIGURE(struct mirror_row, reported_fob), .unit = "USD", .additive = true, .measure = MEASURE_FOB),
    COLUMN("mirrored_fob", "mirrored as FOB: an estimate (imports CIF / cif) where it is not FOB already",
           FROM_FIGURE(struct mirror_row, mirrored_fob), .unit = "USD", .additive = true, .measure = MEASURE_FOB),
    COLUMN("gap_fob", "gap with both reports as FOB: an estimate", FROM_FIGURE(struct mirror_row, gap_fob),
           .unit = "USD", .additive = true, .measure = MEASURE_GAP_FOB),
    COLUMN("relative_gap_fob", "gap_fob / the mean of both as FOB", FROM_RATIO(struct mirror_row, relative_gap_fob),
           .unit = "1", .measure = MEASURE_RELATIVE_GAP_FOB),
    COLUMN("dataset", "the reporter's books", SHARED_DATASET, .codes = &codes_dataset),
    COLUMN("mirror_dataset", "the partner's books", SHARED_MIRROR_DATASET, .codes = &codes_mirror_dataset),
    COLUMN_AT_MOST("reported", struct mirror_row, reported, 0),
    COLUMN_AT_MOST("mirrored", struct mirror_row, mirrored, 0),
    COLUMN("months_held", "months of the period that reported is of", FROM_RANK(struct mirror_row, months_held),
           .unit = "months"),
    COLUMN("mirrored_months_held", "months of the period that mirrored is of",
           FROM_RANK(struct mirror_row, mirrored_months_held), .unit = "months"),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct mirror_row, flags)),
};

#define LEVELS_OF_MIRRORS                                                                                              \
    (1U << LEVEL_TOTAL | 1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_SECTOR)

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    PARAM("period", PERIODS, "periods, ranges, lists, latest, latest:5; without it all that both sides hold completely",
          .example = "FY2024-25"),
    PARAM("freq", FREQ,
          "A, FY, Q or M: the kind of the rows' periods; months of one side are added up to the other's years",
          .example = "FY"),
    PARAM("level", LEVEL,
          "what the flows are broken down by: total, section, hs2, hs4, hs6 or sector (sectors overlap)",
          .levels = LEVELS_OF_MIRRORS, .fallback = "total", .example = "hs2"),
    PARAM_OF_PRODUCT,
    PARAM("cif", REAL, "imports valued CIF / the same valued FOB; 1.06 as in the IMF's Direction of Trade Statistics",
          .low = 1, .high = 2, .fallback = "1.06", .example = "1.06"),
    PARAM("dataset", DATASET, "the reporter's books; without it those that can be compared over the most months",
          .example = "dgcis-total-fy"),
    PARAM("mirror_dataset", DATASET, "the partner's books", .example = "gacc-total-month"),
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* One side's books with the products that are asked for. */
static enum status open_books(struct call *call, const struct cube *cube, uint32_t reporter, uint32_t partner,
                              struct mirror_books *out)
{
    *out = (struct mirror_books){.frame = {.cube = cube,
                                           .countries = catalogue_countries(call->catalogue),
                                           .reporter = reporter,
                                           .partner = partner,
                                           .ask = call->ask}};
    if (!cube)
        return ST_OK;
    struct breakdown *breakdown = arena_new(call->arena, struct breakdown, 1);
    enum status status = breakdown ? frame_products(call, &out->frame) : ST_NO_MEMORY;
    if (status == ST_OK)
        status = pair_breakdown(call, cube, breakdown);
    out->breakdown = breakdown;
    call_warn_synthetic(call, cube);
    return status;
}

static void warn_of_absence(struct call *call, const struct want *want, const struct two_books *books)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    if (books->own && books->other && books->common)
        return;
    if (books->own && books->other) {
        call_warn(call,
                  STR("the two sides' books have no complete period in common here: a gap is null; without period= "
                      "all that can be compared is given"));
        return;
    }
    const struct country *silent = countries_at(countries, books->own ? want->partner : want->reporter);
    if (silent->kind == MEMBER_WORLD || silent->kind == MEMBER_GROUP)
        call_warn(call,
                  arena_printf(call->arena, "%.*s keeps no books of its own: one side only", STR_ARG(silent->id)));
    else
        call_warn(call,
                  arena_printf(call->arena,
                               "no dataset that is loaded holds these periods or this detail in the books of %.*s: "
                               "one side only; %.*s's own customs data (or UN Comtrade with it as the reporter) "
                               "would answer",
                               STR_ARG(silent->id), STR_ARG(silent->id)));
}

static void warn(struct call *call, const struct want *want, const struct two_books *books)
{
    const struct cube *any = books->own ? books->own : books->other;
    if (cube_dataset(any)->basis == BASIS_RECONCILED) {
        call_warn(call,
                  STR("reconciled data: there is one value only for each exporter and importer, so there are no two "
                      "reports to compare"));
        return;
    }
    warn_of_absence(call, want, books);
    call_warn(call, arena_printf(call->arena,
                                 "figures as FOB are an estimate: imports CIF / %.*s; valuation is one of some thirty "
                                 "causes of a gap",
                                 STR_ARG(call_arg(call, "cif")->text)));
    if (call_arg(call, "level")->level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up"));
}

static enum status mirror_plan(struct call *call)
{
    const struct arg *freq = call_arg(call, "freq"), *other = call_arg(call, "mirror_dataset");
    struct want want = want_of(call);
    want.series = true;
    want.freq = freq->given ? freq->kind : 0;
    want.level = call_arg(call, "level")->level;
    struct two_books books;
    want_products(call, &want);
    enum status status =
        call_two_books(call, &want, other->cube ? cube_dataset(other->cube)->id : str_span(NULL, 0), &books);
    if (status != ST_OK)
        return status;
    call->cube = books.own ? books.own : books.other;
    call->shared.dataset = books.own;
    call->shared.mirror_dataset = books.other;
    struct mirror_question question = {
        .period = books.period, .n_periods = books.n_periods, .cif_factor = call_arg(call, "cif")->ratio};
    status = open_books(call, books.own, want.reporter, want.partner, &question.own);
    if (status == ST_OK)
        status = open_books(call, books.other, want.partner, want.reporter, &question.other);
    if (status == ST_OK)
        call->state = mirror_ask(&question);
    warn(call, &want, &books);
    call->empty_reason = "no_trade_recorded";
    return status;
}

static enum status mirror_work(struct call *call)
{
    struct mirror_row *row;
    size_t n;
    enum status status = mirror_fold(call->state, call->arena, &row, &n);
    return status == ST_OK ? call_rows(call, row, n, sizeof *row) : status;
}

const struct route route_mirror = {
    .id = "getMirror",
    .group = GROUP_BOOKS,
    .path = "/v1/mirror/{reporter}/{partner}",
    .summary = "Why two customs services differ: each side's report of the same flow, and the gap",
    .description = "Two rows a period and product, one for each flow. The reporter's and the partner's books may be in "
                   "different datasets; months of one are added up to the other's years where they are complete.",
    .example = "/v1/mirror/IND/CHN",
    .plan = mirror_plan,
    .work = mirror_work,
    TAKES(params),
    GIVES(columns)};
