/* GET /v1/suppliers/{product}: who else sells a product. */
#include "entrepot/analysis/suppliers.h"
#include "api/ask/choose.h"
#include "api/ask/prefer.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("rank", "1: the largest capacity, else the largest exporter", FROM_RANK(struct supplier_row, rank)),
    COLUMN("supplier", "exporting country, neither the importer nor excluded; other: the rows behind top",
           FROM_COUNTRY(struct supplier_row, supplier), .codes = &codes_supplier),
    COLUMN("name", "the supplier's name", FROM_COUNTRY_NAME(struct supplier_row, supplier)),
    COLUMN("sales_to_importer",
           "what it sells the importer now: from its own books where the dataset has all countries', else from "
           "the importer's",
           FROM_FIGURE(struct supplier_row, sales_to_importer), .unit = "USD", .additive = true,
           .measure = MEASURE_SALES_TO_IMPORTER),
    COLUMN("share_of_imports", "its share in the importer's imports of the product, from the importer's books",
           FROM_RATIO(struct supplier_row, share_of_imports), .unit = "1", .additive = true,
           .measure = MEASURE_SUPPLIER_SHARE_OF_IMPORTS),
    COLUMN("world_exports", "its exports of the product to all", FROM_FIGURE(struct supplier_row, world_exports),
           .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_WORLD_EXPORTS),
    COLUMN("world_share", "world_exports / the exports of the product of all countries of the dataset",
           FROM_RATIO(struct supplier_row, world_share), .unit = "1", .additive = true, .measure = MEASURE_WORLD_SHARE),
    COLUMN("sales_elsewhere", "world_exports − sales_to_importer", FROM_FIGURE(struct supplier_row, sales_elsewhere),
           .unit = "USD", .flow = 'X', .additive = true, .measure = MEASURE_SALES_ELSEWHERE),
    COLUMN_OF_QUANTITY("exports", struct supplier_row, quantity),
    COLUMN("unit_value", "value of its exports of the product that have a weight / their tonnes",
           FROM_RATIO(struct supplier_row, unit_value), .unit = "USD/t", .measure = MEASURE_UNIT_VALUE),
    COLUMN("rca", "revealed comparative advantage (Balassa): the product's share in its exports / in the world's",
           FROM_RATIO(struct supplier_row, rca), .unit = "1", .measure = MEASURE_RCA),
    COLUMN("capacity", "expand · world_exports + divert · sales_elsewhere: an assumption, no forecast",
           FROM_FIGURE(struct supplier_row, capacity), .unit = "USD", .additive = true, .measure = MEASURE_CAPACITY),
    COLUMN("period", "period of the figures", SHARED_PERIOD, .codes = &codes_period),
    COLUMN_AT_MOST("sales_to_importer", struct supplier_row, sales_to_importer, 'X'),
    COLUMN_AT_MOST("world_exports", struct supplier_row, world_exports, 'X'),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct supplier_row, flags)),
};

struct told {
    struct suppliers_summary all;
    struct figure alternatives; /* a number; not known where other countries' sales are not */
};

static const struct column summary_columns[] = {
    COLUMN("imports", NULL, FROM_FIGURE(struct told, all.imports)),
    COLUMN("imports_from_excluded", NULL, FROM_FIGURE(struct told, all.imports_from_excluded)),
    COLUMN("gap", NULL, FROM_FIGURE(struct told, all.gap)),
    COLUMN("resourcing_multiple", NULL, FROM_RATIO(struct told, all.resourcing_multiple)),
    COLUMN("market_tightness", NULL, FROM_RATIO(struct told, all.market_tightness)),
    COLUMN("alternatives", NULL, FROM_FIGURE(struct told, alternatives)),
    COLUMN("capacity_total", NULL, FROM_FIGURE(struct told, all.capacity_total)),
    COLUMN("world_exports", NULL, FROM_FIGURE(struct told, all.world_exports)),
    COLUMNS_OF_COVER(struct told, all.cover),
    COLUMN("flags", NULL, FROM_FLAGS(struct told, all.flags)),
};

static const struct param params[] = {
    PARAM("product", PRODUCTS,
          "HS code, section (S01 to S21) or sector id; several separated by commas are one product",
          .codes = &codes_product, .in_path = true, .example = "850760"),
    PARAM("importer", COUNTRY,
          "country that buys; without it the world's suppliers, without sales to it and capacities",
          .codes = &codes_importer, .example = "IND"),
    PARAM("exclude", COUNTRIES,
          "suppliers to be replaced, separated by commas: what the importer buys from them is the gap",
          .example = "CHN"),
    PARAM("cut", SHARE, "part of the imports from the excluded suppliers that is to be replaced", .fallback = "1",
          .example = "0.5"),
    PARAM_OF_EXPAND,
    PARAM_OF_DIVERT,
    PARAM("min_share", SHARE, "world share above which a supplier counts as an alternative in meta.summary",
          .fallback = "0.01", .example = "0.01"),
    PARAM("period", PERIOD, "one period; without it the latest complete year", .example = "2019"),
    PARAM_OF_DATASET,
    PARAM_OF_TOP,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* What is left for the work. */
struct asked {
    struct want want;
    struct suppliers *suppliers;
    uint32_t period;
};

static enum status table(struct call *call, const struct asked *asked)
{
    struct supplier_row *row;
    struct suppliers_summary summary;
    size_t n = 0;
    enum status status = suppliers_fold(asked->suppliers, call->arena, &row, &n, &summary);
    call->shared.period = cell_period(call, asked->period);
    if (status == ST_OK)
        status = call_rows(call, row, n, sizeof *row);
    if (status != ST_OK)
        return status;
    call_summary(call, &(struct told){summary, {.usd = (int64_t)summary.alternatives, .known = summary.worldwide}});
    if (summary.without_books)
        call_warn(call, arena_printf(call->arena,
                                     "%zu of the suppliers have no books of their own in the dataset: the world's "
                                     "exports are those of the others",
                                     summary.without_books));
    return ST_OK;
}

/* Nobody's supplier can be its own importer, and an exclusion needs somebody who buys. */
static enum status check(struct call *call)
{
    const struct arg *importer = call_arg(call, "importer"), *exclude = call_arg(call, "exclude");
    for (size_t i = 0; importer->given && i < exclude->n_list; i++)
        if (exclude->countries[i] == importer->country)
            (void)call_problem(call, PROBLEM_CONFLICT, "exclude", exclude->text,
                               STR("the importer is no supplier of its own: leave it out of exclude"));
    (void)call_refuse_world(call, "exclude");
    return call->n_errors ? ST_INVALID : ST_OK;
}

static enum status choose(struct call *call, struct want *want, const struct offer **offer)
{
    const struct arg *importer = call_arg(call, "importer");
    *want = (struct want){.reporter = importer->given ? importer->country : ANY_MEMBER, .partner = ANY_MEMBER};
    if (call_arg(call, "period")->periods)
        want->period = *call_arg(call, "period")->periods;
    if (call_arg(call, "dataset")->cube)
        want->dataset = cube_dataset(call_arg(call, "dataset")->cube)->id;
    want_products(call, want);
    want->partner_need = importer->given ? PARTNERS_EACH : PARTNERS_AS_NAMED;
    want->flows = importer->given ? 1U << FLOW_IMPORTS : 0;
    enum status status = call_prefer(call, want, score_of_suppliers, offer);
    if (status != ST_OK || importer->given || cube_is_worldwide((*offer)->cube))
        return status;
    struct call_error *e = call_problem(
        call, PROBLEM_DATASET_UNSUITABLE, "importer", str_span(NULL, 0),
        STR("no dataset that holds this product has all countries' exports: name the importer whose books are to "
            "answer, or load a dataset such as CEPII BACI"));
    e->see = STR("/v1/datasets");
    return ST_INVALID;
}

static enum status suppliers_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    const struct offer *offer;
    enum status status = asked ? check(call) : ST_NO_MEMORY;
    if (status == ST_OK)
        status = choose(call, &asked->want, &offer);
    if (status != ST_OK)
        return status;
    const struct arg *exclude = call_arg(call, "exclude");
    struct frame frame = {.cube = offer->cube,
                          .countries = catalogue_countries(call->catalogue),
                          .reporter = asked->want.reporter,
                          .partner = ANY_MEMBER,
                          .ask = call->ask};
    struct suppliers_question question = {.period = offer->period[0],
                                          .excluded = exclude->countries,
                                          .n_excluded = exclude->n_list,
                                          .worldwide = cube_is_worldwide(offer->cube),
                                          .cut = call_arg(call, "cut")->ratio,
                                          .expand = call_arg(call, "expand")->ratio,
                                          .divert = call_arg(call, "divert")->ratio,
                                          .min_share = call_arg(call, "min_share")->ratio};
    status = frame_products(call, &frame);
    if (status != ST_OK)
        return status;
    asked->suppliers = suppliers_ask(&frame, &question);
    asked->period = question.period;
    return ST_OK;
}

static enum status suppliers_work(struct call *call)
{
    const struct asked *asked = call->state;
    enum status status = table(call, asked);
    call_warn(call, arena_printf(call->arena,
                                 "capacity is an assumption: %.*s of a supplier's exports more than today, and %.*s of "
                                 "its sales to others turned round; alternatives have a world share above %.*s; gap: "
                                 "%.*s of the imports from the excluded",
                                 STR_ARG(call_arg(call, "expand")->text), STR_ARG(call_arg(call, "divert")->text),
                                 STR_ARG(call_arg(call, "min_share")->text), STR_ARG(call_arg(call, "cut")->text)));
    warn_of_suppliers(call, &asked->want);
    call->empty_reason = "no_other_suppliers";
    return status;
}

const struct route route_suppliers = {
    .id = "getSuppliers",
    .group = GROUP_DEPENDENCE,
    .path = "/v1/suppliers/{product}",
    .summary = "Who else sells a product, and how much more each could sell to an importer",
    .description =
        "Every exporter but the importer and the excluded suppliers: sales to the importer now, exports to all, and a "
        "capacity under a stated assumption. meta.summary says how many times today's other suppliers would have to "
        "multiply (resourcing_multiple = gap / imports from them) and which part of the rest of the world market the "
        "gap is (market_tightness = gap / exports of all but the excluded and the importer). Products are pooled.",
    .example = "/v1/suppliers/850760?importer=IND&exclude=CHN",
    SUMS_UP(summary_columns),
    .plan = suppliers_plan,
    .work = suppliers_work,
    TAKES(params),
    GIVES(columns)};
