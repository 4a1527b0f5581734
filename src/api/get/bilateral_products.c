/* GET /v1/bilateral/{reporter}/{partner}/products: what makes a pair's trade. */
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/products.h"

static const struct column columns[] = {
    COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
    COLUMN("product", "HS code, section or sector id; other: the rows behind top",
           FROM_TEXT(struct product_row, product), .never_null = true, .codes = &codes_product),
    COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct product_row, name)),
    COLUMN("exports", "reporter's exports to the partner", FROM_FIGURE(struct product_row, exports), .unit = "USD",
           .flow = 'X', .additive = true, .measure = MEASURE_EXPORTS),
    COLUMN("imports", "reporter's imports from the partner", FROM_FIGURE(struct product_row, imports), .unit = "USD",
           .flow = 'M', .additive = true, .measure = MEASURE_IMPORTS),
    COLUMN("balance", "exports − imports", FROM_FIGURE(struct product_row, balance), .unit = "USD", .additive = true,
           .measure = MEASURE_BALANCE),
    COLUMN_OF_QUANTITY("exports", struct product_row, exports_quantity),
    COLUMN_OF_QUANTITY("imports", struct product_row, imports_quantity),
    COLUMN_OF_UNIT_VALUE("exports", struct product_row, exports_unit_value),
    COLUMN_OF_UNIT_VALUE("imports", struct product_row, imports_unit_value),
    COLUMN("share_of_exports", "exports / the reporter's exports of this product to all partners",
           FROM_RATIO(struct product_row, share_of_exports), .unit = "1", .measure = MEASURE_PRODUCT_SHARE_OF_EXPORTS),
    COLUMN("share_of_imports", "imports / the reporter's imports of this product from all partners",
           FROM_RATIO(struct product_row, share_of_imports), .unit = "1", .measure = MEASURE_PRODUCT_SHARE_OF_IMPORTS),
    COLUMN("share_of_bilateral_exports", "exports / all exports to the partner",
           FROM_RATIO(struct product_row, share_of_bilateral_exports), .unit = "1", .additive = true,
           .measure = MEASURE_SHARE_OF_BILATERAL_EXPORTS),
    COLUMN("share_of_bilateral_imports", "imports / all imports from the partner",
           FROM_RATIO(struct product_row, share_of_bilateral_imports), .unit = "1", .additive = true,
           .measure = MEASURE_SHARE_OF_BILATERAL_IMPORTS),
    COLUMN("exports_contribution_pp",
           "change of exports since vs in percent of all exports then; adds up to their growth",
           FROM_RATIO(struct product_row, exports_contribution_pp), .unit = "pp", .additive = true,
           .measure = MEASURE_EXPORTS_CONTRIBUTION_PP),
    COLUMN("imports_contribution_pp",
           "change of imports since vs in percent of all imports then; adds up to their growth",
           FROM_RATIO(struct product_row, imports_contribution_pp), .unit = "pp", .additive = true,
           .measure = MEASURE_IMPORTS_CONTRIBUTION_PP),
    COLUMN("balance_contribution_pp",
           "change of the balance since vs in percent of its absolute value then; negative made it worse",
           FROM_RATIO(struct product_row, balance_contribution_pp), .unit = "pp", .additive = true,
           .measure = MEASURE_BALANCE_CONTRIBUTION_PP),
    COLUMN_AT_MOST("exports", struct product_row, exports, 'X'),
    COLUMN_AT_MOST("imports", struct product_row, imports, 'M'),
    COLUMN("months_held", "months of the period that both flows are of", FROM_RANK(struct product_row, months_held),
           .unit = "months"),
    COLUMNS_OF_CODES_OF_BOTH(struct product_row, codes),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct product_row, flags)),
};

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    PARAM("level", LEVEL, "what the trade is broken down by: section, hs2, hs4, hs6, hs8 or sector (sectors overlap)",
          .levels = LEVELS_OF_PRODUCTS, .fallback = "hs2", .example = "hs2"),
    PARAM("period", PERIODS, "one or more periods; without it the latest complete one", .example = "FY2018-19"),
    PARAM("vs", PERIOD, "earlier period that contributions to growth are counted from", .example = "FY2010-11"),
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_TOP,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* What is left for the work. */
struct asked {
    const struct offer *offer;
    struct breakdown breakdown;
    struct product_asked *products;
};

static enum status add_period(struct call *call, const struct asked *asked, uint32_t at)
{
    struct product_row *row;
    size_t n;
    call->shared.period = cell_period(call, at);
    enum status status = product_fold(asked->products, at, call->arena, &row, &n);
    return status == ST_OK ? call_rows(call, row, n, sizeof *row) : status;
}

static enum status bilateral_products_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    struct want want = want_of(call);
    want.level = call_arg(call, "level")->level;
    want.flows = WANT_BOTH;
    want_products(call, &want);
    enum status status = asked ? call_choose(call, &want, &asked->offer) : ST_NO_MEMORY;
    if (status != ST_OK)
        return status;
    const struct offer *offer = asked->offer;
    struct frame frame = frame_of(call, offer->cube);
    struct product_question question = {
        .breakdown = &asked->breakdown, .period = offer->period, .n = offer->n_periods, .versus = versus_of(call)};
    status = check_versus(call, &frame, offer->period[0], question.versus);
    if (status == ST_OK)
        status = frame_products(call, &frame);
    if (status == ST_OK)
        status =
            breakdown_make(offer->cube, catalogue_sectors(call->catalogue), want.level, call->arena, &asked->breakdown);
    if (status == ST_OK)
        asked->products = product_ask(&frame, &question);
    return status;
}

static enum status bilateral_products_work(struct call *call)
{
    const struct asked *asked = call->state;
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < asked->offer->n_periods; i++)
        status = add_period(call, asked, asked->offer->period[i]);
    if (asked->breakdown.level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up"));
    return status;
}

const struct route route_bilateral_products = {
    .id = "getBilateralProducts",
    .group = GROUP_BALANCE,
    .path = "/v1/bilateral/{reporter}/{partner}/products",
    .summary = "Which products or sectors make a pair's trade and balance, and which made it grow",
    .description = "One row a product of the chosen level. With vs the contributions in percentage points add up to "
                   "the growth since then.",
    .example = "/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19&vs=FY2010-11&sort=balance&top=10",
    .plan = bilateral_products_plan,
    .work = bilateral_products_work,
    TAKES(params),
    GIVES(columns)};
