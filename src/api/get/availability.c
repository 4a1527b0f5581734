#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_DATASET, C_REPORTER, C_PARTNER, C_FLOW, C_LEVEL, C_FREQUENCY, C_FIRST, C_LAST, C_PERIODS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_DATASET] = COLUMN("dataset", "dataset id", .type = COLUMN_STRING, .codes = &codes_dataset),
    [C_REPORTER] = COLUMN("reporter", "country whose books these are", .type = COLUMN_STRING, .codes = &codes_reporter),
    [C_PARTNER] =
        COLUMN("partner", "partner; null: any (no partner was named)", .type = COLUMN_STRING, .codes = &codes_partner),
    [C_FLOW] = COLUMN("flow", "exports or imports", .type = COLUMN_STRING, .codes = &codes_flow),
    [C_LEVEL] = COLUMN("level", "finest product level", .type = COLUMN_STRING),
    [C_FREQUENCY] = COLUMN("frequency", "A, FY or M", .type = COLUMN_STRING),
    [C_FIRST] = COLUMN("first_period", "first period with an observation", .type = COLUMN_STRING),
    [C_LAST] = COLUMN("last_period", "last period with an observation", .type = COLUMN_STRING),
    [C_PERIODS] = COLUMN("periods", "number of periods with an observation", .type = COLUMN_INTEGER),
};

/* A row if the dataset has anything of this reporter, partner and flow. */
static enum status add(struct call *call, const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow)
{
    size_t n, held = 0;
    const uint32_t *period = cube_periods(cube, &n);
    uint32_t first = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        if (!cube_held(cube, reporter, partner, flow, period[i]))
            continue;
        first = held++ ? first : period[i];
        last = period[i];
    }
    if (held == 0)
        return ST_OK;
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    cell[C_DATASET] = cell_str(cube_dataset(cube)->id);
    cell[C_REPORTER] = cell_country(call, reporter);
    cell[C_PARTNER] = cell_country(call, partner == ANY_MEMBER ? NO_ID : partner);
    cell[C_FLOW] = cell_z(flow == FLOW_EXPORTS ? "exports" : "imports");
    cell[C_LEVEL] = cell_z(level_name[cube_dataset(cube)->level]);
    cell[C_FREQUENCY] = cell_z(period_kind_word(cube_dataset(cube)->frequency));
    cell[C_FIRST] = cell_period(call, first);
    cell[C_LAST] = cell_period(call, last);
    cell[C_PERIODS] = cell_i64((int64_t)held);
    return ST_OK;
}

static enum status add_cube(struct call *call, const struct cube *cube)
{
    const struct arg *reporter = call_arg(call, "reporter"), *partner = call_arg(call, "partner");
    size_t n;
    const uint32_t *member = cube_members(cube, &n);
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++)
        for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++)
            if (!reporter->given || reporter->country == member[i])
                status = add(call, cube, member[i], partner->given ? partner->country : ANY_MEMBER, f);
    return status;
}

static enum status get(struct call *call)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < catalogue_count(call->catalogue); i++)
        status = add_cube(call, catalogue_at(call->catalogue, i));
    call->empty_reason = "not_reported";
    return status;
}

static const struct param params[] = {
    {.name = "reporter",
     .type = PARAM_COUNTRY,
     .codes = &codes_reporter,
     .description = "only this reporter",
     .example = "IND"},
    {.name = "partner",
     .type = PARAM_COUNTRY,
     .codes = &codes_partner,
     .description = "only with this partner",
     .example = "CHN"},
    PARAMS_OF_TABLES,
};

const struct route route_availability = {.id = "getAvailability",
                                         .group = GROUP_BOOKS,
                                         .path = "/v1/availability",
                                         .summary = "Who reported what, when, in which detail",
                                         .example = "/v1/availability?reporter=IND&partner=CHN",
                                         .description = "One row a dataset, reporter and flow.",
                                         .handler = get,
                                         .param = params,
                                         .n_params = sizeof params / sizeof *params,
                                         .column = columns,
                                         .n_columns = COLUMNS};
