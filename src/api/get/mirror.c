#include "entrepot/analysis/mirror.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/ask/two_books.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum {
    C_PERIOD,
    C_PRODUCT,
    C_NAME,
    C_FLOW,
    C_REPORTED,
    C_MIRRORED,
    C_GAP,
    C_RATIO,
    C_RELATIVE,
    C_REPORTED_FOB,
    C_MIRRORED_FOB,
    C_GAP_FOB,
    C_RELATIVE_FOB,
    C_DATASET,
    C_MIRROR_DATASET,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_PERIOD] = {"period", COLUMN_STRING, NULL, 0, false, "period of the figures"},
    [C_PRODUCT] = {"product", COLUMN_STRING, NULL, 0, false, "HS code, section or sector id; TOTAL: all products"},
    [C_NAME] = {"name", COLUMN_STRING, NULL, 0, false, "short name; null where the table has none"},
    [C_FLOW] = {"flow", COLUMN_STRING, NULL, 0, false, "exports or imports, of the reporter"},
    [C_REPORTED] = {"reported", COLUMN_INTEGER, "USD", 0, true, "what the reporter's books say of the flow"},
    [C_MIRRORED] = {"mirrored", COLUMN_INTEGER, "USD", 0, true, "what the partner's books say of the same flow"},
    [C_GAP] = {"gap", COLUMN_INTEGER, "USD", 0, true, "the importer's report − the exporter's report"},
    [C_RATIO] = {"ratio", COLUMN_NUMBER, "1", 0, false, "the importer's report / the exporter's report"},
    [C_RELATIVE] = {"relative_gap", COLUMN_NUMBER, "1", 0, false, "gap / the mean of both reports"},
    [C_REPORTED_FOB] = {"reported_fob", COLUMN_INTEGER, "USD", 0, true,
                        "reported as FOB: an estimate (imports CIF / cif) where it is not FOB already"},
    [C_MIRRORED_FOB] = {"mirrored_fob", COLUMN_INTEGER, "USD", 0, true,
                        "mirrored as FOB: an estimate (imports CIF / cif) where it is not FOB already"},
    [C_GAP_FOB] = {"gap_fob", COLUMN_INTEGER, "USD", 0, true, "gap with both reports as FOB: an estimate"},
    [C_RELATIVE_FOB] = {"relative_gap_fob", COLUMN_NUMBER, "1", 0, false, "gap_fob / the mean of both as FOB"},
    [C_DATASET] = {"dataset", COLUMN_STRING, NULL, 0, false, "the reporter's books"},
    [C_MIRROR_DATASET] = {"mirror_dataset", COLUMN_STRING, NULL, 0, false, "the partner's books"},
    [C_FLAGS] = {"flags", COLUMN_FLAGS, NULL, 0, false, "why a figure is missing or to be read with care"},
};

#define LEVELS_OF_MIRRORS                                                                                              \
    (1U << LEVEL_TOTAL | 1U << LEVEL_SECTION | 1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_SECTOR)

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    {.name = "period",
     .type = PARAM_PERIODS,
     .description = "periods, ranges, lists, latest, latest:5; without it all that both sides hold completely",
     .example = "FY2024-25"},
    {.name = "freq",
     .type = PARAM_FREQ,
     .description =
         "A, FY, Q or M: the kind of the rows' periods; months of one side are added up to the other's years",
     .example = "FY"},
    {.name = "level",
     .type = PARAM_LEVEL,
     .levels = LEVELS_OF_MIRRORS,
     .fallback = "total",
     .description = "what the flows are broken down by: total, section, hs2, hs4, hs6 or sector (sectors overlap)",
     .example = "hs2"},
    PARAM_OF_PRODUCT,
    {.name = "cif",
     .type = PARAM_REAL,
     .low = 1,
     .high = 2,
     .fallback = "1.06",
     .description = "imports valued CIF / the same valued FOB; 1.06 as in the IMF's Direction of Trade Statistics",
     .example = "1.06"},
    {.name = "dataset",
     .type = PARAM_DATASET,
     .description = "the reporter's books; without it those that can be compared over the most months",
     .example = "dgcis-total-fy"},
    {.name = "mirror_dataset",
     .type = PARAM_DATASET,
     .description = "the partner's books",
     .example = "gacc-total-month"},
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static const char *const flow_word[2] = {[FLOW_EXPORTS] = "exports", [FLOW_IMPORTS] = "imports"};

static struct cell cell_dataset(const struct cube *cube) { return cube ? cell_str(cube_dataset(cube)->id) : cell_null; }

static void fill(struct call *call, const struct two_books *books, const struct mirror_row *row, struct cell *cell)
{
    cell[C_PERIOD] = cell_period(call, row->period);
    cell[C_PRODUCT] = cell_str(row->product);
    cell[C_NAME] = cell_str(row->name);
    cell[C_FLOW] = cell_z(flow_word[row->flow]);
    cell[C_REPORTED] = cell_figure(row->reported);
    cell[C_MIRRORED] = cell_figure(row->mirrored);
    cell[C_GAP] = cell_figure(row->gap);
    cell[C_RATIO] = cell_ratio(row->ratio);
    cell[C_RELATIVE] = cell_ratio(row->relative_gap);
    cell[C_REPORTED_FOB] = cell_figure(row->reported_fob);
    cell[C_MIRRORED_FOB] = cell_figure(row->mirrored_fob);
    cell[C_GAP_FOB] = cell_figure(row->gap_fob);
    cell[C_RELATIVE_FOB] = cell_ratio(row->relative_gap_fob);
    cell[C_DATASET] = cell_dataset(books->own);
    cell[C_MIRROR_DATASET] = cell_dataset(books->other);
    cell[C_FLAGS] = cell_flags(row->flags);
}

/* One side's books with the products that are asked for. */
static enum status open_books(struct call *call, const struct cube *cube, uint32_t reporter, uint32_t partner,
                              const struct two_books *books, struct mirror_books *out)
{
    *out = (struct mirror_books){.frame = {.cube = cube,
                                           .countries = catalogue_countries(call->catalogue),
                                           .reporter = reporter,
                                           .partner = partner,
                                           .ask = call->ask}};
    if (!cube)
        return ST_OK;
    struct cube_query q = {.group = CUBE_BIT(CUBE_PRODUCT) | CUBE_BIT(CUBE_FLOW),
                           .level = cube_dataset(cube)->level,
                           .kind = books->kind,
                           .spread = CUBE_NO_SPREAD};
    q.only[CUBE_REPORTER] = (struct cube_set){&out->frame.reporter, 1};
    q.only[CUBE_PARTNER] = (struct cube_set){&out->frame.partner, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){books->period, books->n_periods};
    struct breakdown *breakdown = arena_new(call->arena, struct breakdown, 1);
    enum status status = breakdown ? call_afford(call, cube, &q) : ST_NO_MEMORY;
    if (status == ST_OK)
        status = frame_products(call, &out->frame);
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

static enum status add_period(struct call *call, const struct mirror_question *question, const struct two_books *books)
{
    struct mirror_row *row;
    size_t n = 0;
    enum status status = mirror_table(question, call->arena, &row, &n);
    if (status == ST_OK)
        status = call_reserve(call, n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(call, books, &row[i], cell);
    }
    return status;
}

static enum status get(struct call *call)
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
    struct mirror_question question = {.cif_factor = call_arg(call, "cif")->ratio};
    status = open_books(call, books.own, want.reporter, want.partner, &books, &question.own);
    if (status == ST_OK)
        status = open_books(call, books.other, want.partner, want.reporter, &books, &question.other);
    for (size_t i = 0; status == ST_OK && i < books.n_periods; i++) {
        question.period = books.period[i];
        status = add_period(call, &question, &books);
    }
    warn(call, &want, &books);
    call->empty_reason = "no_trade_recorded";
    return status;
}

const struct route route_mirror = {
    .id = "getMirror",
    .group = GROUP_BOOKS,
    .path = "/v1/mirror/{reporter}/{partner}",
    .summary = "Why two customs services differ: each side's report of the same flow, and the gap",
    .description = "Two rows a period and product, one for each flow. The reporter's and the partner's books may be in "
                   "different datasets; months of one are added up to the other's years where they are complete.",
    .example = "/v1/mirror/IND/CHN",
    .handler = get,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
