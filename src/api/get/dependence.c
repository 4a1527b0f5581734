#include "entrepot/analysis/dependence.h"

#include "api/get/endpoints.h"

enum {
    C_PRODUCT,
    C_NAME,
    C_FROM,
    C_ALL,
    C_SHARE,
    C_HHI,
    C_TOP,
    C_SUPPLIERS,
    C_OVER,
    C_DEPENDENT,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_PRODUCT] = {"product", COLUMN_STRING, NULL, 0, false, "HS code or sector id"},
    [C_NAME] = {"name", COLUMN_STRING, NULL, 0, false, "short name; null where the table has none"},
    [C_FROM] = {"imports_from_partner", COLUMN_INTEGER, "USD", 'M', true,
                "reporter's imports of the product from the partner"},
    [C_ALL] = {"imports_total", COLUMN_INTEGER, "USD", 'M', true,
               "reporter's imports of the product from all partners"},
    [C_SHARE] = {"share", COLUMN_NUMBER, "1", 0, false, "imports_from_partner / imports_total"},
    [C_HHI] = {"hhi", COLUMN_NUMBER, "1", 0, false,
               "Herfindahl–Hirschman index of the suppliers, 0 to 1; with lower_bound the known part, share²"},
    [C_TOP] = {"top_supplier", COLUMN_STRING, NULL, 0, false,
               "largest supplier; null where other suppliers are not in the data and the share is not above one half"},
    [C_SUPPLIERS] = {"suppliers", COLUMN_INTEGER, NULL, 0, false,
                     "number of suppliers; null where they are not in the data"},
    [C_OVER] = {"imports_over_exports", COLUMN_NUMBER, "1", 0, false,
                "the reporter's imports / exports of the product with all partners"},
    [C_DEPENDENT] =
        {"dependent", COLUMN_BOOLEAN, NULL, 0, false,
         "hhi above the threshold and the partner the largest supplier; null where the data cannot decide it"},
    [C_PERIOD] = {"period", COLUMN_STRING, NULL, 0, false, "period of the figures"},
    [C_FLAGS] = {"flags", COLUMN_FLAGS, NULL, 0, false, "why a figure is missing or to be read with care"},
};

#define LEVELS_OF_DEPENDENCE (1U << LEVEL_HS2 | 1U << LEVEL_HS4 | 1U << LEVEL_HS6 | 1U << LEVEL_SECTOR)

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    {.name = "level",
     .type = PARAM_LEVEL,
     .levels = LEVELS_OF_DEPENDENCE,
     .description =
         "hs2, hs4, hs6 or sector; without it that of the products asked for or of the dataset named, else hs2",
     .example = "hs2"},
    {.name = "period",
     .type = PARAM_PERIOD,
     .description = "one period; without it the latest complete one",
     .example = "FY2018-19"},
    {.name = "threshold",
     .type = PARAM_SHARE,
     .fallback = "0.4",
     .description = "of the HHI, for dependent; 0.4 as in EU SWD(2021)352 and CEPII Policy Brief 47",
     .example = "0.4"},
    PARAM_OF_PRODUCT,
    PARAM_OF_DATASET,
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

static void fill(struct call *call, struct cell period, const struct dependence_row *row, struct cell *cell)
{
    cell[C_PRODUCT] = cell_str(row->product);
    cell[C_NAME] = cell_str(row->name);
    cell[C_FROM] = cell_figure(row->imports_from_partner);
    cell[C_ALL] = cell_figure(row->imports_total);
    cell[C_SHARE] = cell_ratio(row->share);
    cell[C_HHI] = cell_ratio(row->hhi);
    cell[C_TOP] = cell_country(call, row->top_supplier);
    cell[C_SUPPLIERS] = cell_rank(row->suppliers);
    cell[C_OVER] = cell_ratio(row->imports_over_exports);
    cell[C_DEPENDENT] = row->dependent == VERDICT_UNKNOWN ? cell_null : cell_bool(row->dependent == VERDICT_YES);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

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
        return one < LEVEL_HS2 ? LEVEL_HS2 : one > LEVEL_HS6 ? LEVEL_HS6 : one;
    }
    for (size_t i = 0; i < product->n_list; i++)
        if (product_level(product->list[i], &one) && one > finest && one <= LEVEL_HS6)
            finest = one;
    return finest;
}

static enum status table(struct call *call, const struct frame *frame, const struct dependence_question *question)
{
    struct dependence_row *row;
    size_t n = 0;
    enum status status = dependence_table(frame, question, call->arena, &row, &n);
    const struct cell period = cell_period(call, question->period);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill(call, period, &row[i], cell);
    }
    return status;
}

static enum status get(struct call *call)
{
    struct want want = want_of(call);
    want.level = wanted_level(call);
    enum status status = want_products(call, &want);
    const struct offer *offer;
    if (status == ST_OK)
        status = call_choose(call, &want, &offer);
    if (status != ST_OK)
        return status;
    struct frame frame = frame_of(call, offer->cube);
    const uint32_t imports = FLOW_IMPORTS;
    struct cube_query cost = {.group = CUBE_BIT(CUBE_PRODUCT),
                              .level = cube_dataset(offer->cube)->level,
                              .kind = offer->kind,
                              .spread = cube_dataset(offer->cube)->partners == PARTNERS_LISTED ? CUBE_NO_SPREAD
                                                                                               : CUBE_PARTNER};
    cost.only[CUBE_REPORTER] = (struct cube_set){&frame.reporter, 1};
    cost.only[CUBE_PERIOD] = (struct cube_set){offer->period, 1};
    cost.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    struct breakdown breakdown;
    status = frame_products(call, &frame);
    if (status == ST_OK)
        status = call_afford(call, offer->cube, &cost);
    if (status == ST_OK)
        status = breakdown_make(offer->cube, catalogue_products(call->api->catalogue),
                                catalogue_sectors(call->api->catalogue), want.level, call->arena, &breakdown);
    if (status == ST_OK)
        status = table(call, &frame,
                       &(struct dependence_question){.breakdown = &breakdown,
                                                     .period = offer->period[0],
                                                     .threshold = call_arg(call, "threshold")->ratio});
    call_warn(call, arena_printf(call->arena, "dependent: hhi above %.*s and the partner the largest supplier",
                                 STR_ARG(call_arg(call, "threshold")->text)));
    if (cube_dataset(offer->cube)->partners == PARTNERS_LISTED)
        call_warn(call, STR("the dataset has no other suppliers: hhi is a lower bound (share²), and dependent is null "
                            "where that cannot decide"));
    if (want.level == LEVEL_SECTOR)
        call_warn(call, STR("sectors overlap: their figures must not be added up"));
    call->empty_reason = "no_trade_recorded";
    return status;
}

const struct route route_dependence = {
    .id = "getDependence",
    .path = "/v1/dependence/{reporter}/{partner}",
    .summary = "Where a country's imports hang on one partner, product by product",
    .description =
        "Share of the partner in the reporter's imports of each product, and the concentration of suppliers.",
    .example = "/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&sort=-share",
    .handler = get,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS,
    .default_sort = "-imports_from_partner"};
