/* GET /v1/indices/tii: trade intensity. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("reporter", "the exporting country", SHARED_REPORTER, .codes = &codes_reporter),
    COLUMN("partner", "the other country", SHARED_PARTNER, .codes = &codes_partner),
    COLUMN("tii",
           "share of the partner in the reporter's exports / share of the partner in world imports: above 1 intense",
           FROM_RATIO(struct tii_row, tii), .unit = "1", .measure = MEASURE_TII),
    COLUMN("tii_excluding_reporter", "the same with world imports less the reporter's own, which it cannot supply",
           FROM_RATIO(struct tii_row, tii_excluding_reporter), .unit = "1", .measure = MEASURE_TII_EXCLUDING_REPORTER),
    COLUMN("exports_to_partner", "reporter's exports to the partner", FROM_FIGURE(struct tii_row, exports_to_partner),
           .unit = "USD", .flow = 'X', .measure = MEASURE_EXPORTS_TO_PARTNER),
    COLUMN("exports", "reporter's exports to all partners", FROM_FIGURE(struct tii_row, exports), .unit = "USD",
           .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    COLUMN("partner_imports", "partner's imports from all partners", FROM_FIGURE(struct tii_row, partner_imports),
           .unit = "USD", .flow = 'M', .measure = MEASURE_IMPORTS_FROM_ALL),
    COLUMN("world_imports", "all countries' imports", FROM_FIGURE(struct tii_row, world_imports), .unit = "USD",
           .flow = 'M', .measure = MEASURE_WORLD_IMPORTS),
    COLUMN("reporter_imports", "reporter's imports from all partners", FROM_FIGURE(struct tii_row, reporter_imports),
           .unit = "USD", .flow = 'M', .measure = MEASURE_IMPORTS_FROM_ALL),
    COLUMN_OF_PERIOD,
    COLUMN_OF_FLAGS(struct tii_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, true, "the importing country", "CHN"),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    const struct tii_row row = tii_fold(q->index, period);
    return call_rows(call, &row, 1, sizeof row);
}

static enum status tii_plan(struct call *call)
{
    return index_plan(
        call,
        (struct index_needs){
            .world = 1U << FLOW_IMPORTS, .partner_books = true, .all_partners = true, .flows = 1U << FLOW_EXPORTS},
        tii_ask);
}

static enum status tii_work(struct call *call)
{
    return index_work(call, add,
                      "(exports to the partner / all exports) / (partner imports / world imports); excluding the "
                      "reporter: world imports less its own");
}

const struct route route_index_tii = {
    .id = "getTradeIntensity",
    .group = GROUP_INDICES,
    .path = "/v1/indices/tii",
    .summary = "Whether a country sells to another more than its size in world imports suggests",
    .description = "Trade intensity index in both variants, named. Needs the books of many countries.",
    .example = "/v1/indices/tii?reporter=CHN&partner=IND",
    SUMS_UP(index_summary),
    .plan = tii_plan,
    .work = tii_work,
    TAKES(params),
    GIVES(columns)};
