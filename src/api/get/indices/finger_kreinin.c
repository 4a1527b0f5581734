/* GET /v1/indices/finger-kreinin: how alike two countries' exports are. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("reporter", "the exporting country", SHARED_REPORTER, .codes = &codes_reporter),
    COLUMN("partner", "the other country", SHARED_PARTNER, .codes = &codes_partner),
    COLUMN("finger_kreinin",
           "Finger–Kreinin similarity of the two countries' exports: 0 nothing in common, 1 the same proportions",
           FROM_RATIO(struct similarity_row, finger_kreinin), .unit = "1", .measure = MEASURE_FINGER_KREININ),
    COLUMN("krugman", "Krugman specialisation Σ|difference of shares| = 2 (1 − finger_kreinin)",
           FROM_RATIO(struct similarity_row, krugman), .unit = "1", .measure = MEASURE_KRUGMAN),
    COLUMN("products", "products of the level that either exports", FROM_SIZE(struct similarity_row, products)),
    COLUMN("exports", "reporter's exports of them to all partners", FROM_FIGURE(struct similarity_row, exports),
           .unit = "USD", .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    COLUMN("partner_exports", "partner's exports of them to all partners",
           FROM_FIGURE(struct similarity_row, partner_exports), .unit = "USD", .flow = 'X',
           .measure = MEASURE_EXPORTS_TO_ALL),
    COLUMN_OF_PERIOD,
    COLUMN_OF_FLAGS(struct similarity_row),
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
    return status == ST_OK ? call_rows(call, &row, 1, sizeof row) : status;
}

static enum status similarity_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.partner_books = true, .summed = true, .flows = 1U << FLOW_EXPORTS},
                      similarity_ask);
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
    SUMS_UP(index_summary),
    .plan = similarity_plan,
    .work = similarity_work,
    TAKES(params),
    GIVES(columns)};
