/* GET /v1/bilateral/{reporter}/{partner}: a pair over time. */
#include "entrepot/analysis/bilateral.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("period", "2019, FY2018-19, 2019-Q2 or 2019-04", FROM_PERIOD(struct bilateral_row, period),
           .never_null = true, .codes = &codes_period),
    COLUMN("reporter", "country whose books are read", SHARED_REPORTER, .codes = &codes_reporter),
    COLUMN("partner", "the other country", SHARED_PARTNER, .codes = &codes_partner),
    COLUMN("product", "what the figures are restricted to; TOTAL: all products", SHARED_PRODUCT,
           .codes = &codes_product),
    COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct bilateral_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct bilateral_row, imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    COLUMN("total", "exports + imports", FROM_FIGURE(struct bilateral_row, total), .unit = "USD", .additive = true,
           .measure = MEASURE_TOTAL),
    COLUMN("balance", "exports − imports; negative: a deficit", FROM_FIGURE(struct bilateral_row, balance),
           .unit = "USD", .additive = true, .measure = MEASURE_BALANCE),
    COLUMN_OF_QUANTITY("exports", struct bilateral_row, exports_quantity),
    COLUMN_OF_QUANTITY("imports", struct bilateral_row, imports_quantity),
    COLUMN_OF_UNIT_VALUE("exports", struct bilateral_row, exports_unit_value),
    COLUMN_OF_UNIT_VALUE("imports", struct bilateral_row, imports_unit_value),
    COLUMN("cover_ratio", "exports / imports", FROM_RATIO(struct bilateral_row, cover_ratio), .unit = "1",
           .measure = MEASURE_COVER_RATIO),
    COLUMN("normalised_balance", "balance / total: from -1 (imports only) to 1 (exports only)",
           FROM_RATIO(struct bilateral_row, normalised_balance), .unit = "1", .measure = MEASURE_NORMALISED_BALANCE),
    COLUMN("exports_growth", "exports / exports of the same period a year before − 1",
           FROM_RATIO(struct bilateral_row, exports_growth), .unit = "1", .measure = MEASURE_EXPORTS_GROWTH),
    COLUMN("imports_growth", "imports / imports of the same period a year before − 1",
           FROM_RATIO(struct bilateral_row, imports_growth), .unit = "1", .measure = MEASURE_IMPORTS_GROWTH),
    COLUMN("balance_change", "balance − balance of the same period a year before",
           FROM_FIGURE(struct bilateral_row, balance_change), .unit = "USD", .measure = MEASURE_BALANCE_CHANGE),
    COLUMN("exports_growth_elsewhere", "growth of the reporter's exports to everybody but the partner",
           FROM_RATIO(struct bilateral_row, exports_growth_elsewhere), .unit = "1",
           .measure = MEASURE_GROWTH_ELSEWHERE),
    COLUMN("imports_growth_elsewhere", "growth of the reporter's imports from everybody but the partner",
           FROM_RATIO(struct bilateral_row, imports_growth_elsewhere), .unit = "1",
           .measure = MEASURE_GROWTH_ELSEWHERE),
    COLUMN("exports_growth_region",
           "with region=: growth of the reporter's exports to the rest of the partner's region together",
           FROM_RATIO(struct bilateral_row, exports_growth_region), .unit = "1", .measure = MEASURE_GROWTH_REGION),
    COLUMN("imports_growth_region",
           "with region=: growth of the reporter's imports from the rest of the partner's region together",
           FROM_RATIO(struct bilateral_row, imports_growth_region), .unit = "1", .measure = MEASURE_GROWTH_REGION),
    COLUMN("exports_cagr", "growth of exports a year, compounded, since the first complete period of this answer",
           FROM_RATIO(struct bilateral_row, exports_cagr), .unit = "1", .measure = MEASURE_CAGR),
    COLUMN("imports_cagr", "growth of imports a year, compounded, since the first complete period of this answer",
           FROM_RATIO(struct bilateral_row, imports_cagr), .unit = "1", .measure = MEASURE_CAGR),
    COLUMN("share_of_exports", "exports / the reporter's exports to all partners",
           FROM_RATIO(struct bilateral_row, share_of_exports), .unit = "1", .measure = MEASURE_SHARE_OF_EXPORTS),
    COLUMN("share_of_imports", "imports / the reporter's imports from all partners",
           FROM_RATIO(struct bilateral_row, share_of_imports), .unit = "1", .measure = MEASURE_SHARE_OF_IMPORTS),
    COLUMN("share_of_total", "total / the reporter's trade with all partners",
           FROM_RATIO(struct bilateral_row, share_of_total), .unit = "1", .measure = MEASURE_SHARE_OF_TOTAL),
    COLUMN("deficit_rank",
           "1: the largest deficit of the dataset's whole series up to this period, a record; null in surplus",
           FROM_RANK(struct bilateral_row, deficit.rank)),
    COLUMN("total_rank", "1: the largest total of the dataset's whole series up to this period",
           FROM_RANK(struct bilateral_row, largest.rank)),
    COLUMN("months_held", "months of the period that the dataset holds", FROM_COUNT(struct bilateral_row, months_held),
           .unit = "months"),
    COLUMN("dataset", "dataset that the row comes from", SHARED_DATASET, .codes = &codes_dataset),
    COLUMN("deficit_rank_of", "of how many complete periods deficit_rank is; a record needs two",
           FROM_RANK(struct bilateral_row, deficit.of)),
    COLUMN("deficit_rank_since", "the first of those periods", FROM_PERIOD(struct bilateral_row, deficit.since)),
    COLUMN("total_rank_of", "of how many complete periods total_rank is", FROM_RANK(struct bilateral_row, largest.of)),
    COLUMN("total_rank_since", "the first of those periods", FROM_PERIOD(struct bilateral_row, largest.since)),
    COLUMN_AT_MOST("exports", struct bilateral_row, exports, 'X'),
    COLUMN_AT_MOST("imports", struct bilateral_row, imports, 'M'),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct bilateral_row, flags)),
};

enum { COMPARE_YEAR, COMPARE_YTD };
static const char *const comparisons[] = {"year", "ytd", NULL};
enum { REGION, SUBREGION };
static const char *const regions[] = {"region", "subregion", NULL};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    PARAM("period", PERIODS, "periods, ranges (2010..2019), lists, latest, latest:5; without it the whole series",
          .example = "FY2018-19"),
    PARAM("freq", FREQ, "A, FY, Q or M: adds up or breaks down to this kind of period", .example = "Q"),
    PARAM("compare", WORD,
          "what growth is counted from: year, the same whole period a year before (null for a part of one); ytd, for a "
          "part of a year the same months of the year before",
          .words = comparisons, .fallback = "year", .example = "ytd"),
    PARAM("region", WORD,
          "fills the growth of the trade with the rest of the partner's region: region (M49, such as Asia) or "
          "subregion (Eastern Asia)",
          .words = regions, .example = "subregion"),
    PARAM_OF_PRODUCT,
    PARAM("dataset", DATASETS, "id of the dataset that is to answer; * gives all that can, side by side",
          .example = "dgcis-hs2-fy"),
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

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
    const size_t n = offer->n_periods;
    struct bilateral_row *row;
    enum status status = bilateral_fold(asked->bilateral, call->arena, &row);
    call->shared.reporter = asked->frame.reporter;
    call->shared.partner = asked->frame.partner;
    call->shared.dataset = asked->frame.cube;
    for (size_t i = 0; status == ST_OK && i < asked->products.n; i++) {
        call->shared.product = asked->products.item[i].code;
        status = call_rows(call, row + i * n, n, sizeof *row);
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
    want.flows = WANT_BOTH;
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
    TAKES(params),
    GIVES(columns)};
