/* GET /v1/datasets and /v1/datasets/{id}: what is loaded. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    struct dataset dataset;
    const char *frequency;
    uint32_t first, last;
    size_t periods, members, products, observations;
    struct str release, notes;
};

static const struct column columns[] = {
    COLUMN("id", "what dataset= calls it", FROM_TEXT(struct row, dataset.id), .codes = &codes_id),
    COLUMN("title", "title", FROM_TEXT(struct row, dataset.title)),
    COLUMN("source", "who published the figures", FROM_TEXT(struct row, dataset.source)),
    COLUMN("source_url", "where", FROM_TEXT(struct row, dataset.source_url)),
    COLUMN("licence", "as far as known", FROM_TEXT(struct row, dataset.licence)),
    COLUMN("published", "state of the figures", FROM_TEXT(struct row, dataset.published)),
    COLUMN("checked", "what they were checked against", FROM_TEXT(struct row, dataset.checked)),
    COLUMN("frequency", "A calendar years, FY fiscal years from April, M months", FROM_NAME(struct row, frequency)),
    COLUMN("level", "product level of the observations", FROM_WORD(struct row, dataset.level, level_name)),
    COLUMN("hs", "HS revision; null where the source mixes or does not need one", FROM_TEXT(struct row, dataset.hs)),
    COLUMN("exports_valuation", "FOB or CIF", FROM_TEXT(struct row, dataset.exports_valuation)),
    COLUMN("imports_valuation", "CIF or FOB", FROM_TEXT(struct row, dataset.imports_valuation)),
    COLUMN("basis", "reported: each reporter's own books; reconciled: one value for both sides",
           FROM_WORD(struct row, dataset.basis, basis_name)),
    COLUMN("coverage", "full, or selected products: then no totals",
           FROM_WORD(struct row, dataset.coverage, coverage_name)),
    COLUMN("partners", "all, listed (some) or closed (a set of countries among themselves)",
           FROM_WORD(struct row, dataset.partners, partners_name)),
    COLUMN("first_period", "first period held", FROM_PERIOD(struct row, first)),
    COLUMN("last_period", "last period held", FROM_PERIOD(struct row, last)),
    COLUMN("periods", "number of periods held", FROM_SIZE(struct row, periods)),
    COLUMN("members", "number of countries and areas that occur", FROM_SIZE(struct row, members)),
    COLUMN("products", "number of products that occur", FROM_SIZE(struct row, products)),
    COLUMN("observations", "number of observations", FROM_SIZE(struct row, observations)),
    COLUMN("release", "changes whenever the content does", FROM_TEXT(struct row, release)),
    COLUMN("synthetic", "true: made up, not statistics", FROM_TRUTH(struct row, dataset.synthetic)),
    COLUMN("notes", "what an analyst must know", FROM_LIST(struct row, notes)),
};

static enum status add(struct call *call, const struct cube *cube)
{
    struct row row = {
        .dataset = *cube_dataset(cube), .observations = cube_observations(cube), .release = cube_release(cube)};
    const uint32_t *period = cube_periods(cube, &row.periods);
    (void)cube_members(cube, &row.members);
    (void)cube_leaves(cube, &row.products);
    row.frequency = period_kind_word(row.dataset.frequency);
    row.first = period[0];
    row.last = period[row.periods - 1];
    for (size_t i = 0; i < row.dataset.n_notes; i++)
        row.notes =
            arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(row.notes), i ? "\n" : "", STR_ARG(row.dataset.note[i]));
    return call_rows(call, &row, 1, sizeof row);
}

static enum status get_all(struct call *call)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < catalogue_count(call->catalogue); i++)
        status = add(call, catalogue_at(call->catalogue, i));
    call->empty_reason = "no_datasets";
    return status;
}

static enum status get_one(struct call *call) { return add(call, call_arg(call, "id")->cube); }

static const struct param params_all[] = {PARAMS_OF_TABLES};
static const struct param params_one[] = {
    PARAM("id", DATASET, "dataset id", .in_path = true, .example = "dgcis-total-fy"),
    PARAMS_OF_TABLES,
};

const struct route route_datasets = {.id = "listDatasets",
                                     .group = GROUP_CODES,
                                     .path = "/v1/datasets",
                                     .summary = "What is loaded: sources, coverage, periods, releases",
                                     .example = "/v1/datasets",
                                     .handler = get_all,
                                     .description =
                                         "In the configuration's order, which is the order in which they are asked.",
                                     TAKES(params_all),
                                     GIVES(columns)};
const struct route route_dataset = {.id = "getDataset",
                                    .group = GROUP_CODES,
                                    .path = "/v1/datasets/{id}",
                                    .summary = "One dataset with its notes",
                                    .example = "/v1/datasets/dgcis-total-fy",
                                    .handler = get_one,
                                    .description = "Source, licence, valuation, coverage, known gaps.",
                                    TAKES(params_one),
                                    GIVES(columns)};
