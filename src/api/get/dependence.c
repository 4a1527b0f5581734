/* Dependence on any supplier, and on one partner: one table, with one column more where there is a partner. */
#include "api/ask/choose.h"
#include "api/ask/dependence_options.h"
#include "api/ask/pairs.h"
#include "api/ask/prefer.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/get/endpoints.h"

/* Of one row of the analysis; a partner in the path adds a column, and makes share its own. */
#define COLUMNS_BEFORE                                                                                                 \
    COLUMN("product", "HS code, section or sector id", FROM_TEXT(struct dependence_row, product),                      \
           .codes = &codes_product),                                                                                   \
        COLUMN("name", "short name; null where the table has none", FROM_TEXT(struct dependence_row, name))
#define COLUMNS_BEHIND(share_)                                                                                         \
    COLUMN("imports_total", "reporter's imports of the product from all partners",                                     \
           FROM_FIGURE(struct dependence_row, imports_total), .unit = "USD", .flow = 'M', .additive = true,            \
           .measure = MEASURE_IMPORTS_TOTAL),                                                                          \
        COLUMN("share", share_, FROM_RATIO(struct dependence_row, share), .unit = "1",                                 \
               .measure = MEASURE_IMPORT_SHARE),                                                                       \
        COLUMN("hhi", "Herfindahl–Hirschman index of the suppliers, 0 to 1; with lower_bound the part that is known",  \
               FROM_RATIO(struct dependence_row, hhi), .unit = "1", .measure = MEASURE_HHI),                           \
        COLUMN("equivalent_suppliers",                                                                                 \
               "1 / hhi: how many equal suppliers would be as concentrated; null with lower_bound",                    \
               FROM_RATIO(struct dependence_row, equivalent_suppliers), .measure = MEASURE_EQUIVALENT_SUPPLIERS),      \
        COLUMN("suppliers", "number of suppliers; null where they are not in the data",                                \
               FROM_RANK(struct dependence_row, suppliers)),                                                           \
        COLUMN("top_supplier",                                                                                         \
               "largest supplier; null where other suppliers are not in the data and no share is above one half",      \
               FROM_COUNTRY(struct dependence_row, top_supplier), .codes = &codes_top_supplier),                       \
        COLUMN("top_share", "imports from the largest supplier / imports_total",                                       \
               FROM_RATIO(struct dependence_row, top_share), .unit = "1", .measure = MEASURE_TOP_SHARE),               \
        COLUMN("imports_over_exports",                                                                                 \
               "the reporter's imports / exports of the product with all partners; null with no_exports",              \
               FROM_RATIO(struct dependence_row, imports_over_exports), .unit = "1",                                   \
               .measure = MEASURE_IMPORTS_OVER_EXPORTS),                                                               \
        COLUMN("hhi_world_exports", "Herfindahl–Hirschman index of the exporters of the product in the whole dataset", \
               FROM_RATIO(struct dependence_row, hhi_world_exports), .unit = "1",                                      \
               .measure = MEASURE_HHI_WORLD_EXPORTS),                                                                  \
        COLUMN("extra_imports", "imports from outside home; null without home",                                        \
               FROM_FIGURE(struct dependence_row, extra_imports), .unit = "USD", .flow = 'M', .additive = true,        \
               .measure = MEASURE_EXTRA_IMPORTS),                                                                      \
        COLUMN("extra_share", "extra_imports / imports_total", FROM_RATIO(struct dependence_row, extra_share),         \
               .unit = "1", .measure = MEASURE_EXTRA_SHARE),                                                           \
        COLUMN("hhi_extra", "Herfindahl–Hirschman index of the suppliers outside home",                                \
               FROM_RATIO(struct dependence_row, hhi_extra), .unit = "1", .measure = MEASURE_HHI_EXTRA),               \
        COLUMN("extra_over_exports", "extra_imports / exports of the product",                                         \
               FROM_RATIO(struct dependence_row, extra_over_exports), .unit = "1",                                     \
               .measure = MEASURE_EXTRA_OVER_EXPORTS),                                                                 \
        COLUMN("criterion_hhi",                                                                                        \
               "concentration of suppliers above its threshold; null: not known, or not of the method",                \
               FROM_VERDICT(struct dependence_row, criterion[CRITERION_HHI])),                                         \
        COLUMN("criterion_world_hhi", "concentration of world exports above its threshold; null likewise",             \
               FROM_VERDICT(struct dependence_row, criterion[CRITERION_WORLD_HHI])),                                   \
        COLUMN("criterion_extra_imports", "share from outside home above its threshold; null likewise",                \
               FROM_VERDICT(struct dependence_row, criterion[CRITERION_EXTRA_IMPORTS])),                               \
        COLUMN("criterion_imports_over_exports",                                                                       \
               "imports over exports above its threshold, also where nothing is exported; null likewise",              \
               FROM_VERDICT(struct dependence_row, criterion[CRITERION_IMPORTS_OVER_EXPORTS])),                        \
        COLUMN("criterion_share", "share at or above its threshold; null likewise",                                    \
               FROM_VERDICT(struct dependence_row, criterion[CRITERION_SHARE])),                                       \
        COLUMN("dependent",                                                                                            \
               "all criteria of the method hold (in two thirds of the window's years), and the partner, if there is "  \
               "one, is the largest supplier where the method is not a share; null where the data cannot decide it",   \
               FROM_VERDICT(struct dependence_row, dependent)),                                                        \
        COLUMN("years_held", "years of the window in which they held", FROM_COUNT(struct dependence_row, years_held),  \
               .unit = "years"),                                                                                       \
        COLUMN_OF_PERIOD, COLUMN_AT_MOST("imports_total", struct dependence_row, imports_total, 'M')
#define COLUMNS_LAST COLUMNS_OF_CODES(struct dependence_row, codes), COLUMN_OF_FLAGS(struct dependence_row)

static const struct column columns_of_pair[] = {
    COLUMNS_BEFORE,
    COLUMN("imports_from_partner", "reporter's imports of the product from the partner",
           FROM_FIGURE(struct dependence_row, imports_from_partner), .unit = "USD", .flow = 'M', .additive = true,
           .measure = MEASURE_IMPORTS_FROM_PARTNER),
    COLUMNS_BEHIND("imports_from_partner / imports_total"),
    COLUMN_AT_MOST("imports_from_partner", struct dependence_row, imports_from_partner, 'M'), COLUMNS_LAST};
static const struct column columns_of_any[] = {
    COLUMNS_BEFORE, COLUMNS_BEHIND("share of the largest supplier, as top_share: a partner in the path gives its own"),
    COLUMNS_LAST};

static const struct column columns_of_summary[] = {
    COLUMN_OF_PERIOD,
    COLUMN("products", "products that are imported (from the partner)", FROM_FIGURE(struct dependence_told, products)),
    COLUMN("dependent_products", "of these, dependent", FROM_FIGURE(struct dependence_told, dependent)),
    COLUMN("undecided_products", "of these, not to be decided by the data",
           FROM_SIZE(struct dependence_told, all.undecided)),
    COLUMN("imports", "imports of all products (from the partner); null for sectors, which overlap",
           FROM_FIGURE(struct dependence_told, all.imports), .unit = "USD", .flow = 'M', .measure = MEASURE_IMPORTS),
    COLUMN("dependent_imports", "imports of the dependent products",
           FROM_FIGURE(struct dependence_told, all.dependent_imports), .unit = "USD", .flow = 'M',
           .measure = MEASURE_DEPENDENT_IMPORTS),
    COLUMN("dependent_share_of_products", "dependent_products / products; null where some are undecided",
           FROM_RATIO(struct dependence_told, share_of_products), .unit = "1",
           .measure = MEASURE_DEPENDENT_SHARE_OF_PRODUCTS),
    COLUMN("dependent_share_of_imports", "dependent_imports / imports; null likewise",
           FROM_RATIO(struct dependence_told, share_of_imports), .unit = "1",
           .measure = MEASURE_DEPENDENT_SHARE_OF_IMPORTS),
    COLUMN("years_looked_at", "years of the window that the dataset holds completely",
           FROM_COUNT(struct dependence_told, years), .unit = "years"),
    COLUMN("flags", "flags of any of the products; lower_bound where some are undecided",
           FROM_FLAGS(struct dependence_told, flags)),
};

static const struct param params_of_pair[] = {PARAM_OF_REPORTER, PARAM_OF_PARTNER, PARAMS_OF_DEPENDENCE};
static const struct param params_of_any[] = {PARAM_OF_REPORTER, PARAMS_OF_DEPENDENCE};

/* Without `level`: as fine as the products that are asked for, or as the dataset that is named. */
static enum level wanted_level(const struct call *call)
{
    const struct arg *level = call_arg(call, "level"), *product = call_arg(call, "product"),
                     *dataset = call_arg(call, "dataset");
    enum level finest = LEVEL_HS2, one;
    if (level->given)
        return level->level;
    if (product->n_list == 0 && dataset->cube) {
        one = cube_dataset(dataset->cube)->level;
        return one > LEVEL_HS6 ? LEVEL_HS6 : one;
    }
    for (size_t i = 0; i < product->n_list; i++)
        if (product_level(product->list[i], &one) && one > finest && one <= LEVEL_HS6)
            finest = one;
    return finest;
}

/* What is left for the work. */
struct asked {
    struct frame frame;
    struct dependence_question question;
    struct breakdown breakdown;
    struct dependence *dependence;
    const struct offer *offer;
};

static enum status add_period(struct call *call, const struct asked *asked, uint32_t period, bool last)
{
    struct dependence_answer made;
    call->shared.period = cell_period(call, period);
    const struct arena_mark mark = arena_mark(call->arena); /* of all but the last only the rows stay */
    enum status status = dependence_fold(asked->dependence, period, call->arena, &made);
    if (status == ST_OK) {
        const struct dependence_told told = dependence_told(&asked->question, &made);
        status = call->route->column == columns_of_summary ? call_rows(call, &told, 1, sizeof told)
                                                           : call_rows(call, made.row, made.n, sizeof *made.row);
        if (last)
            call_summary(call, &told);
    }
    if (status == ST_OK && last)
        dependence_warn(call, &asked->frame, &asked->question, &made);
    else
        arena_rewind(call->arena, mark);
    return status;
}

static enum status dependence_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    struct want want = want_of(call);
    if (!asked)
        return ST_NO_MEMORY;
    want.level = wanted_level(call);
    want.likes_all_partners = true;
    want.flows = 1U << FLOW_IMPORTS;
    asked->question.breakdown = &asked->breakdown;
    if (call_find(call, "partner") && call_refuse_world(call, "partner"))
        return ST_INVALID;
    want_products(call, &want);
    enum status status = dependence_options(call, &asked->question);
    if (status == ST_OK)
        status = call_choose(call, &want, &asked->offer);
    if (status != ST_OK)
        return status;
    const struct offer *offer = asked->offer;
    asked->frame = frame_of(call, offer->cube);
    status = frame_products(call, &asked->frame);
    if (status == ST_OK)
        status =
            breakdown_make(offer->cube, catalogue_sectors(call->catalogue), want.level, call->arena, &asked->breakdown);
    if (status == ST_OK)
        asked->dependence = dependence_ask(&asked->frame, &asked->question, offer->period, offer->n_periods);
    return status;
}

/* Of several periods the rows are given room first, so that what each is made of can be given back. */
static enum status reserve(struct call *call, const struct asked *asked)
{
    size_t n = 0;
    if (asked->offer->n_periods == 1)
        return ST_OK;
    for (size_t i = 0; i < asked->offer->n_periods; i++)
        n += dependence_rows(asked->dependence, asked->offer->period[i], call->arena);
    return call_reserve(call, n);
}

static enum status dependence_work(struct call *call)
{
    const struct asked *asked = call->state;
    const struct offer *offer = asked->offer;
    enum status status = reserve(call, asked);
    for (size_t i = 0; status == ST_OK && i < offer->n_periods; i++)
        status = add_period(call, asked, offer->period[i], i + 1 == offer->n_periods);
    call->empty_reason = "no_trade_recorded";
    return status;
}

#define PATH_OF_ANY "/v1/dependence/{reporter}"
#define PATH_OF_PAIR "/v1/dependence/{reporter}/{partner}"
#define TABLE(params_, columns_)                                                                                       \
    SUMS_UP(dependence_summary), .plan = dependence_plan, .work = dependence_work, TAKES(params_), GIVES(columns_)

static const struct route summary_of_any = {
    .id = "getDependenceOfSummary", .path = PATH_OF_ANY, TABLE(params_of_any, columns_of_summary)};
static const struct route summary_of_pair = {
    .id = "getDependenceSummary", .path = PATH_OF_PAIR, TABLE(params_of_pair, columns_of_summary)};

const struct route route_dependence_any = {
    .id = "getDependenceOnAny",
    .group = GROUP_DEPENDENCE,
    .path = PATH_OF_ANY,
    .summary = "Which of a country's imports hang on one dominant supplier, whoever it is",
    .description = "Concentration of the suppliers of each product, imports over exports and concentration of world "
                   "exports, with the criteria and the verdict of a named method. summary=1 gives one row a period.",
    .example = "/v1/dependence/IND?period=FY2018-19&level=hs2&method=share&threshold=0.4&top_share.gt=0.5",
    .default_sort = "-imports_total",
    .with_summary = &summary_of_any,
    TABLE(params_of_any, columns_of_any)};

const struct route route_dependence = {
    .id = "getDependence",
    .group = GROUP_DEPENDENCE,
    .path = PATH_OF_PAIR,
    .summary = "Where a country's imports hang on one partner, product by product",
    .description =
        "Share of the partner in the reporter's imports of each product, and the concentration of suppliers, with the "
        "criteria and the verdict of a named method. summary=1 gives one row a period.",
    .example = "/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&sort=-share",
    .default_sort = "-imports_from_partner",
    .with_summary = &summary_of_pair,
    TABLE(params_of_pair, columns_of_pair)};
