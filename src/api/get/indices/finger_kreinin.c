#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

enum { C_REPORTER, C_PARTNER, C_FK, C_KRUGMAN, C_PRODUCTS, C_EXPORTS, C_OTHER, C_PERIOD, C_FLAGS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_REPORTER] = COLUMN("reporter", "the exporting country", FROM_COUNTRY(struct index_question, frame.reporter),
                          .codes = &codes_reporter),
    [C_PARTNER] = COLUMN("partner", "the other country", FROM_COUNTRY(struct index_question, frame.partner),
                         .codes = &codes_partner),
    [C_FK] =
        COLUMN("finger_kreinin",
               "Finger–Kreinin similarity of the two countries' exports: 0 nothing in common, 1 the same proportions",
               .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_FINGER_KREININ),
    [C_KRUGMAN] = COLUMN("krugman", "Krugman specialisation Σ|difference of shares| = 2 (1 − finger_kreinin)",
                         .type = COLUMN_NUMBER, .unit = "1", .measure = MEASURE_KRUGMAN),
    [C_PRODUCTS] = COLUMN("products", "products of the level that either exports", .type = COLUMN_INTEGER),
    [C_EXPORTS] = COLUMN("exports", "reporter's exports of them to all partners", .type = COLUMN_INTEGER, .unit = "USD",
                         .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    [C_OTHER] = COLUMN("partner_exports", "partner's exports of them to all partners", .type = COLUMN_INTEGER,
                       .unit = "USD", .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    [C_PERIOD] = COLUMN_OF_PERIOD,
    [C_FLAGS] = COLUMN_OF_FLAGS(struct similarity_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, true, "the country to compare with", "CHN"),
    PARAM_OF_LEVEL(LEVELS_WITHOUT_SECTORS),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct similarity_row row;
    enum status status = similarity_fold(q->index, period, call->arena, &row);
    struct cell *cell = status == ST_OK ? call_row(call) : NULL;
    if (!cell)
        return status != ST_OK ? status : ST_NO_MEMORY;
    cell[C_REPORTER] = cell_country(call, q->frame.reporter);
    cell[C_PARTNER] = cell_country(call, q->frame.partner);
    cell[C_FK] = cell_ratio(row.finger_kreinin);
    cell[C_KRUGMAN] = cell_ratio(row.krugman);
    cell[C_PRODUCTS] = cell_i64((int64_t)row.products);
    cell[C_EXPORTS] = cell_figure(row.exports);
    cell[C_OTHER] = cell_figure(row.partner_exports);
    cell[C_PERIOD] = cell_period(call, period);
    cell[C_FLAGS] = cell_flags(row.flags);
    return ST_OK;
}

static enum status similarity_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.partner_books = true, .all_partners = true}, similarity_ask);
}

static enum status similarity_work(struct call *call)
{
    return index_work(call, add, "Σ min(share of the product in one country's exports, its share in the other's)");
}

const struct route route_index_finger_kreinin = {
    .id = "getExportSimilarity",
    .group = GROUP_INDICES,
    .path = "/v1/indices/finger-kreinin",
    .summary = "How alike two countries' exports are: do they compete",
    .description = "Finger–Kreinin similarity and Krugman specialisation at the product level named. Needs the books "
                   "of both countries in one dataset.",
    .example = "/v1/indices/finger-kreinin?reporter=IND&partner=CHN&level=hs6",
    .figures = FIGURES_OF_INDICES,
    .plan = similarity_plan,
    .work = similarity_work,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
