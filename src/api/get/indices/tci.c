/* GET /v1/indices/tci: how well exports fit what another country imports. */
#include "api/ask/index_question.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("reporter", "the exporting country", SHARED_REPORTER, .codes = &codes_reporter),
    COLUMN("partner", "the other country", SHARED_PARTNER, .codes = &codes_partner),
    COLUMN("tci", "0: the reporter exports nothing that the partner imports; 100: in the same proportions",
           FROM_RATIO(struct tci_row, tci), .unit = "1", .measure = MEASURE_TCI),
    COLUMN("products", "products of the level that either trades", FROM_SIZE(struct tci_row, products)),
    COLUMN("exports", "reporter's exports of them to all partners", FROM_FIGURE(struct tci_row, exports), .unit = "USD",
           .flow = 'X', .measure = MEASURE_EXPORTS_TO_ALL),
    COLUMN("partner_imports", "partner's imports of them from all partners",
           FROM_FIGURE(struct tci_row, partner_imports), .unit = "USD", .flow = 'M',
           .measure = MEASURE_IMPORTS_FROM_ALL),
    COLUMN_OF_PERIOD,
    COLUMN_OF_FLAGS(struct tci_row),
};

static const struct param params[] = {
    PARAM_OF_COUNTRY(reporter, true,
                     "country whose exports are looked at: ISO alpha-3 or alpha-2, M49, or Comtrade number", "IND"),
    PARAM_OF_COUNTRY(partner, true, "the importing country", "CHN"),
    PARAM_OF_LEVEL(LEVELS_WITHOUT_SECTORS),
    PARAMS_OF_INDICES,
};

static enum status add(struct call *call, const struct index_question *q, uint32_t period)
{
    struct tci_row row;
    enum status status = tci_fold(q->index, period, call->arena, &row);
    return status == ST_OK ? call_rows(call, &row, 1, sizeof row) : status;
}

static enum status tci_plan(struct call *call)
{
    return index_plan(call, (struct index_needs){.partner_books = true, .summed = true, .flows = 1U << FLOW_EXPORTS},
                      tci_ask);
}

static enum status tci_work(struct call *call)
{
    return index_work(call, add,
                      "100 (1 − ½ Σ |share of the product in the imports of the partner − its share in the exports of "
                      "the reporter|)");
}

const struct route route_index_tci = {.id = "getTradeComplementarity",
                                      .group = GROUP_INDICES,
                                      .path = "/v1/indices/tci",
                                      .summary = "How well one country's exports fit what another imports",
                                      .description = "Michaely's trade complementarity index at the product level "
                                                     "named. Needs the books of both countries in one dataset.",
                                      .example = "/v1/indices/tci?reporter=CHN&partner=IND&level=hs6",
                                      SUMS_UP(index_summary),
                                      .plan = tci_plan,
                                      .work = tci_work,
                                      TAKES(params),
                                      GIVES(columns)};
