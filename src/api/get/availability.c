/* GET /v1/availability: who reported what, when, in which detail. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    const struct cube *cube;
    uint32_t reporter, partner, first, last;
    enum flow flow;
    enum level level;
    const char *frequency;
    size_t periods;
};

static const char *const flow_words[] = {[FLOW_EXPORTS] = "exports", [FLOW_IMPORTS] = "imports"};

static const struct column columns[] = {
    COLUMN("dataset", "dataset id", FROM_DATASET(struct row, cube), .codes = &codes_dataset),
    COLUMN("reporter", "country whose books these are", FROM_COUNTRY(struct row, reporter), .codes = &codes_reporter),
    COLUMN("partner", "partner; null: any (no partner was named)", FROM_COUNTRY(struct row, partner),
           .codes = &codes_partner),
    COLUMN("flow", "exports or imports", FROM_WORD(struct row, flow, flow_words), .codes = &codes_flow),
    COLUMN("level", "finest product level", FROM_WORD(struct row, level, level_name)),
    COLUMN("frequency", "A, FY or M", FROM_NAME(struct row, frequency)),
    COLUMN("first_period", "first period with an observation", FROM_PERIOD(struct row, first)),
    COLUMN("last_period", "last period with an observation", FROM_PERIOD(struct row, last)),
    COLUMN("periods", "number of periods with an observation", FROM_SIZE(struct row, periods)),
};

/* False where the dataset has nothing of the row's reporter, partner and flow. */
static bool find_periods(struct row *row, uint32_t partner)
{
    size_t n;
    const uint32_t *period = cube_periods(row->cube, &n);
    for (size_t i = 0; i < n; i++) {
        if (!cube_held(row->cube, row->reporter, partner, row->flow, period[i]))
            continue;
        row->first = row->periods++ ? row->first : period[i];
        row->last = period[i];
    }
    return row->periods > 0;
}

static enum status add_cube(struct call *call, const struct cube *cube)
{
    const struct arg *reporter = call_arg(call, "reporter"), *partner = call_arg(call, "partner");
    const struct dataset *d = cube_dataset(cube);
    size_t n_members, n = 0;
    const uint32_t *member = cube_members(cube, &n_members);
    struct row *row = arena_new_raw(call->arena, struct row, 2 * n_members);
    if (!row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n_members; i++)
        for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
            row[n] = (struct row){.cube = cube,
                                  .reporter = member[i],
                                  .partner = partner->given ? partner->country : NO_ID,
                                  .flow = f,
                                  .level = d->level,
                                  .frequency = period_kind_word(d->frequency)};
            if (!reporter->given || reporter->country == member[i])
                n += find_periods(&row[n], partner->given ? partner->country : ANY_MEMBER);
        }
    return call_rows(call, row, n, sizeof *row);
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
    PARAM("reporter", COUNTRY, "only this reporter", .codes = &codes_reporter, .example = "IND"),
    PARAM("partner", COUNTRY, "only with this partner", .codes = &codes_partner, .example = "CHN"),
    PARAMS_OF_TABLES,
};

const struct route route_availability = {.id = "getAvailability",
                                         .group = GROUP_BOOKS,
                                         .path = "/v1/availability",
                                         .summary = "Who reported what, when, in which detail",
                                         .example = "/v1/availability?reporter=IND&partner=CHN",
                                         .description = "One row a dataset, reporter and flow.",
                                         .handler = get,
                                         TAKES(params),
                                         GIVES(columns)};
