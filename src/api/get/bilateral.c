#include "entrepot/analysis/bilateral.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum {
    C_PERIOD,
    C_REPORTER,
    C_PARTNER,
    C_PRODUCT,
    C_EXPORTS,
    C_IMPORTS,
    C_TOTAL,
    C_BALANCE,
    C_XQUANTITY,
    C_MQUANTITY,
    C_XUNIT,
    C_MUNIT,
    C_COVER,
    C_NORMALISED,
    C_XGROWTH,
    C_MGROWTH,
    C_CHANGE,
    C_XELSEWHERE,
    C_MELSEWHERE,
    C_XREGION,
    C_MREGION,
    C_XCAGR,
    C_MCAGR,
    C_XSHARE,
    C_MSHARE,
    C_TSHARE,
    C_DRANK,
    C_TRANK,
    C_MONTHS,
    C_DATASET,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_PERIOD] = COLUMN("period", "2019, FY2018-19, 2019-Q2 or 2019-04", FROM_PERIOD(struct bilateral_row, period),
                        .never_null = true, .codes = &codes_period),
    [C_REPORTER] = COLUMN("reporter", "country whose books are read", FROM_COUNTRY(struct frame, reporter),
                          .codes = &codes_reporter),
    [C_PARTNER] = COLUMN("partner", "the other country", FROM_COUNTRY(struct frame, partner), .codes = &codes_partner),
    [C_PRODUCT] = COLUMN("product", "what the figures are restricted to; TOTAL: all products", .type = COLUMN_STRING,
                         .codes = &codes_product),
    [C_EXPORTS] = COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct bilateral_row, exports),
                         .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    [C_IMPORTS] = COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct bilateral_row, imports),
                         .unit = "USD", .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    [C_TOTAL] = COLUMN("total", "exports + imports", FROM_FIGURE(struct bilateral_row, total), .unit = "USD",
                       .additive = true, .measure = MEASURE_TOTAL),
    [C_BALANCE] =
        COLUMN("balance", "exports − imports; negative: a deficit", FROM_FIGURE(struct bilateral_row, balance),
               .unit = "USD", .additive = true, .measure = MEASURE_BALANCE),
    [C_XQUANTITY] = COLUMN_OF_QUANTITY("exports", struct bilateral_row, exports_quantity),
    [C_MQUANTITY] = COLUMN_OF_QUANTITY("imports", struct bilateral_row, imports_quantity),
    [C_XUNIT] = COLUMN_OF_UNIT_VALUE("exports", struct bilateral_row, exports_unit_value),
    [C_MUNIT] = COLUMN_OF_UNIT_VALUE("imports", struct bilateral_row, imports_unit_value),
    [C_COVER] = COLUMN("cover_ratio", "exports / imports", FROM_RATIO(struct bilateral_row, cover_ratio), .unit = "1",
                       .measure = MEASURE_COVER_RATIO),
    [C_NORMALISED] = COLUMN("normalised_balance", "balance / total: from -1 (imports only) to 1 (exports only)",
                            FROM_RATIO(struct bilateral_row, normalised_balance), .unit = "1",
                            .measure = MEASURE_NORMALISED_BALANCE),
    [C_XGROWTH] =
        COLUMN("exports_growth", "exports / exports of the same period a year before − 1",
               FROM_RATIO(struct bilateral_row, exports_growth), .unit = "1", .measure = MEASURE_EXPORTS_GROWTH),
    [C_MGROWTH] =
        COLUMN("imports_growth", "imports / imports of the same period a year before − 1",
               FROM_RATIO(struct bilateral_row, imports_growth), .unit = "1", .measure = MEASURE_IMPORTS_GROWTH),
    [C_CHANGE] =
        COLUMN("balance_change", "balance − balance of the same period a year before",
               FROM_FIGURE(struct bilateral_row, balance_change), .unit = "USD", .measure = MEASURE_BALANCE_CHANGE),
    [C_XELSEWHERE] = COLUMN("exports_growth_elsewhere", "growth of the reporter's exports to everybody but the partner",
                            FROM_RATIO(struct bilateral_row, exports_growth_elsewhere), .unit = "1",
                            .measure = MEASURE_GROWTH_ELSEWHERE),
    [C_MELSEWHERE] = COLUMN(
        "imports_growth_elsewhere", "growth of the reporter's imports from everybody but the partner",
        FROM_RATIO(struct bilateral_row, imports_growth_elsewhere), .unit = "1", .measure = MEASURE_GROWTH_ELSEWHERE),
    [C_XREGION] =
        COLUMN("exports_growth_region",
               "with region=: growth of the reporter's exports to the rest of the partner's region together",
               FROM_RATIO(struct bilateral_row, exports_growth_region), .unit = "1", .measure = MEASURE_GROWTH_REGION),
    [C_MREGION] =
        COLUMN("imports_growth_region",
               "with region=: growth of the reporter's imports from the rest of the partner's region together",
               FROM_RATIO(struct bilateral_row, imports_growth_region), .unit = "1", .measure = MEASURE_GROWTH_REGION),
    [C_XCAGR] =
        COLUMN("exports_cagr", "growth of exports a year, compounded, since the first complete period of this answer",
               FROM_RATIO(struct bilateral_row, exports_cagr), .unit = "1", .measure = MEASURE_CAGR),
    [C_MCAGR] =
        COLUMN("imports_cagr", "growth of imports a year, compounded, since the first complete period of this answer",
               FROM_RATIO(struct bilateral_row, imports_cagr), .unit = "1", .measure = MEASURE_CAGR),
    [C_XSHARE] =
        COLUMN("share_of_exports", "exports / the reporter's exports to all partners",
               FROM_RATIO(struct bilateral_row, share_of_exports), .unit = "1", .measure = MEASURE_SHARE_OF_EXPORTS),
    [C_MSHARE] =
        COLUMN("share_of_imports", "imports / the reporter's imports from all partners",
               FROM_RATIO(struct bilateral_row, share_of_imports), .unit = "1", .measure = MEASURE_SHARE_OF_IMPORTS),
    [C_TSHARE] =
        COLUMN("share_of_total", "total / the reporter's trade with all partners",
               FROM_RATIO(struct bilateral_row, share_of_total), .unit = "1", .measure = MEASURE_SHARE_OF_TOTAL),
    [C_DRANK] =
        COLUMN("deficit_rank",
               "1: the largest deficit of the dataset's whole series up to this period, a record; null in surplus",
               FROM_RANK(struct bilateral_row, deficit_rank)),
    [C_TRANK] = COLUMN("total_rank", "1: the largest total of the dataset's whole series up to this period",
                       FROM_RANK(struct bilateral_row, total_rank)),
    [C_MONTHS] = COLUMN("months_held", "months of the period that the dataset holds",
                        FROM_COUNT(struct bilateral_row, months_held), .unit = "months"),
    [C_DATASET] = COLUMN("dataset", "dataset that the row comes from", .type = COLUMN_STRING, .codes = &codes_dataset),
    [C_FLAGS] =
        COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct bilateral_row, flags)),
};

enum { COMPARE_YEAR, COMPARE_YTD };
static const char *const comparisons[] = {"year", "ytd", NULL};
enum { REGION, SUBREGION };
static const char *const regions[] = {"region", "subregion", NULL};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    {.name = "period",
     .type = PARAM_PERIODS,
     .description = "periods, ranges (2010..2019), lists, latest, latest:5; without it the whole series",
     .example = "FY2018-19"},
    {.name = "freq",
     .type = PARAM_FREQ,
     .description = "A, FY, Q or M: adds up or breaks down to this kind of period",
     .example = "Q"},
    {.name = "compare",
     .type = PARAM_WORD,
     .words = comparisons,
     .fallback = "year",
     .description =
         "what growth is counted from: year, the same whole period a year before (null for a part of one); ytd, for a "
         "part of a year the same months of the year before",
     .example = "ytd"},
    {.name = "region",
     .type = PARAM_WORD,
     .words = regions,
     .description =
         "fills the growth of the trade with the rest of the partner's region: region (M49, such as Asia) or "
         "subregion (Eastern Asia)",
     .example = "subregion"},
    PARAM_OF_PRODUCT,
    {.name = "dataset",
     .type = PARAM_DATASETS,
     .description = "id of the dataset that is to answer; * gives all that can, side by side",
     .example = "dgcis-hs2-fy"},
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static void fill(struct call *call, const struct frame *frame, struct str product, const struct bilateral_row *row,
                 struct cell *cell)
{
    cell[C_PERIOD] = cell_period(call, row->period);
    cell[C_REPORTER] = cell_country(call, frame->reporter);
    cell[C_PARTNER] = cell_country(call, frame->partner);
    cell[C_PRODUCT] = cell_str(product);
    cell[C_EXPORTS] = cell_figure(row->exports);
    cell[C_IMPORTS] = cell_figure(row->imports);
    cell[C_TOTAL] = cell_figure(row->total);
    cell[C_BALANCE] = cell_figure(row->balance);
    cell[C_XQUANTITY] = cell_tonnes(row->exports_quantity);
    cell[C_MQUANTITY] = cell_tonnes(row->imports_quantity);
    cell[C_XUNIT] = cell_ratio(row->exports_unit_value);
    cell[C_MUNIT] = cell_ratio(row->imports_unit_value);
    cell[C_NORMALISED] = cell_ratio(row->normalised_balance);
    cell[C_COVER] = cell_ratio(row->cover_ratio);
    cell[C_XGROWTH] = cell_ratio(row->exports_growth);
    cell[C_MGROWTH] = cell_ratio(row->imports_growth);
    cell[C_CHANGE] = cell_figure(row->balance_change);
    cell[C_XELSEWHERE] = cell_ratio(row->exports_growth_elsewhere);
    cell[C_MELSEWHERE] = cell_ratio(row->imports_growth_elsewhere);
    cell[C_XREGION] = cell_ratio(row->exports_growth_region);
    cell[C_MREGION] = cell_ratio(row->imports_growth_region);
    cell[C_XCAGR] = cell_ratio(row->exports_cagr);
    cell[C_MCAGR] = cell_ratio(row->imports_cagr);
    cell[C_XSHARE] = cell_ratio(row->share_of_exports);
    cell[C_MSHARE] = cell_ratio(row->share_of_imports);
    cell[C_TSHARE] = cell_ratio(row->share_of_total);
    cell[C_DRANK] = cell_rank(row->deficit_rank);
    cell[C_TRANK] = cell_rank(row->total_rank);
    cell[C_MONTHS] = cell_i64(row->months_held);
    cell[C_DATASET] = cell_str(cube_dataset(frame->cube)->id);
    cell[C_FLAGS] = cell_flags(row->flags);
}

/* The countries of the dataset that lie where the partner does, without the pair. */
static enum status list_region(struct call *call, const struct frame *frame, struct cube_set *out)
{
    size_t n;
    const uint32_t *member = cube_countable(frame->cube, &n);
    uint32_t *list = arena_new(call->arena, uint32_t, n);
    bool sub = call_arg(call, "region")->number == SUBREGION;
    const struct country *partner = countries_at(frame->countries, frame->partner);
    struct str place = sub ? partner->subregion : partner->region;
    if (!list)
        return ST_NO_MEMORY;
    *out = (struct cube_set){list, 0};
    for (size_t i = 0; i < n && place.n; i++) {
        const struct country *c = countries_at(frame->countries, member[i]);
        bool there = str_eq(sub ? c->subregion : c->region, place);
        if (there && member[i] != frame->partner && member[i] != frame->reporter)
            list[out->n++] = member[i];
    }
    return ST_OK;
}

/* What is left for the work: of each dataset that answers. */
struct asked {
    struct frame frame;
    struct breakdown products;
    struct bilateral *bilateral;
};

/* A list of products gives a series for each. */
static enum status ask_offer(struct call *call, const struct offer *offer, struct asked *asked)
{
    struct bilateral_question question = {.breakdown = &asked->products,
                                          .kind = offer->kind,
                                          .period = offer->period,
                                          .n = offer->n_periods,
                                          .year_to_date = call_arg(call, "compare")->number == COMPARE_YTD};
    asked->frame = frame_of(call, offer->cube);
    enum status status = named_products(call, offer->cube, &asked->products);
    if (status == ST_OK && call_arg(call, "region")->given)
        status = list_region(call, &asked->frame, &question.region);
    if (status == ST_OK)
        asked->bilateral = bilateral_ask(&asked->frame, &question);
    return status;
}

static enum status add_offer(struct call *call, const struct offer *offer, const struct asked *asked)
{
    struct bilateral_row *row;
    enum status status = bilateral_fold(asked->bilateral, call->arena, &row);
    for (size_t i = 0; status == ST_OK && i < asked->products.n * offer->n_periods; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(call, &asked->frame, asked->products.item[i / offer->n_periods].code, &row[i], cell);
    }
    return status;
}

static void warn_of_comparison(struct call *call)
{
    enum period_kind kind = call->offers[0].kind;
    if (cube_dataset(call->cube)->frequency != PERIOD_MONTH)
        call_warn(call, STR("compare=ytd makes a difference only in a dataset of months"));
    else if (kind != PERIOD_YEAR && kind != PERIOD_FISCAL)
        call_warn(call,
                  STR("compare=ytd is for rows of years: a month or quarter is compared with itself a year before"));
}

static size_t n_offers(const struct call *call)
{
    return str_is(call_arg(call, "dataset")->text, "*") ? call->n_offers : 1;
}

static enum status bilateral_plan(struct call *call)
{
    const struct arg *freq = call_arg(call, "freq");
    struct want want = want_of(call);
    want.series = true;
    want.freq = freq->given ? freq->kind : 0;
    want.likes_all_partners = call_arg(call, "region")->given;
    want_products(call, &want);
    enum status status = check_freq(call, &want);
    const struct offer *offer;
    if (status == ST_OK)
        status = call_choose(call, &want, &offer);
    if (status != ST_OK)
        return status;
    struct asked *asked = call_keep(call, n_offers(call) * sizeof *asked);
    if (!asked)
        return ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < n_offers(call); i++)
        status = ask_offer(call, &call->offers[i], &asked[i]);
    return status;
}

static enum status bilateral_work(struct call *call)
{
    const struct asked *asked = call->state;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n_offers(call); i++)
        status = add_offer(call, &call->offers[i], &asked[i]);
    if (status == ST_OK && call_arg(call, "region")->given && cube_dataset(call->cube)->partners == PARTNERS_LISTED)
        call_warn(call, STR("this dataset does not list all partners, so the growth of the region is null"));
    if (status == ST_OK && call_arg(call, "compare")->number == COMPARE_YTD)
        warn_of_comparison(call);
    return status;
}

const struct route route_bilateral = {
    .id = "getBilateral",
    .group = GROUP_BALANCE,
    .path = "/v1/bilateral/{reporter}/{partner}",
    .summary = "Trade of one pair over time: exports, imports, balance, shares, growth, records",
    .description = "One row a period from the reporter's books. Growth compares with the same period a year before; "
                   "deficit_rank 1 marks a record.",
    .example = "/v1/bilateral/IND/CHN?period=FY2018-19",
    .plan = bilateral_plan,
    .work = bilateral_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
