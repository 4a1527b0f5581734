#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum {
    C_ID,
    C_TITLE,
    C_SOURCE,
    C_URL,
    C_LICENCE,
    C_PUBLISHED,
    C_CHECKED,
    C_FREQUENCY,
    C_LEVEL,
    C_HS,
    C_XVAL,
    C_MVAL,
    C_BASIS,
    C_COVERAGE,
    C_PARTNERS,
    C_FIRST,
    C_LAST,
    C_PERIODS,
    C_MEMBERS,
    C_PRODUCTS,
    C_ROWS,
    C_RELEASE,
    C_SYNTHETIC,
    C_NOTES,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_ID] = COLUMN("id", "what dataset= calls it", .type = COLUMN_STRING, .codes = &codes_id),
    [C_TITLE] = COLUMN("title", "title", .type = COLUMN_STRING),
    [C_SOURCE] = COLUMN("source", "who published the figures", .type = COLUMN_STRING),
    [C_URL] = COLUMN("source_url", "where", .type = COLUMN_STRING),
    [C_LICENCE] = COLUMN("licence", "as far as known", .type = COLUMN_STRING),
    [C_PUBLISHED] = COLUMN("published", "state of the figures", .type = COLUMN_STRING),
    [C_CHECKED] = COLUMN("checked", "what they were checked against", .type = COLUMN_STRING),
    [C_FREQUENCY] =
        COLUMN("frequency", "A calendar years, FY fiscal years from April, M months", .type = COLUMN_STRING),
    [C_LEVEL] = COLUMN("level", "product level of the observations", .type = COLUMN_STRING),
    [C_HS] = COLUMN("hs", "HS revision; null where the source mixes or does not need one", .type = COLUMN_STRING),
    [C_XVAL] = COLUMN("exports_valuation", "FOB or CIF", .type = COLUMN_STRING),
    [C_MVAL] = COLUMN("imports_valuation", "CIF or FOB", .type = COLUMN_STRING),
    [C_BASIS] = COLUMN("basis", "reported: each reporter's own books; reconciled: one value for both sides",
                       .type = COLUMN_STRING),
    [C_COVERAGE] = COLUMN("coverage", "full, or selected products: then no totals", .type = COLUMN_STRING),
    [C_PARTNERS] =
        COLUMN("partners", "all, listed (some) or closed (a set of countries among themselves)", .type = COLUMN_STRING),
    [C_FIRST] = COLUMN("first_period", "first period held", .type = COLUMN_STRING),
    [C_LAST] = COLUMN("last_period", "last period held", .type = COLUMN_STRING),
    [C_PERIODS] = COLUMN("periods", "number of periods held", .type = COLUMN_INTEGER),
    [C_MEMBERS] = COLUMN("members", "number of countries and areas that occur", .type = COLUMN_INTEGER),
    [C_PRODUCTS] = COLUMN("products", "number of products that occur", .type = COLUMN_INTEGER),
    [C_ROWS] = COLUMN("observations", "number of observations", .type = COLUMN_INTEGER),
    [C_RELEASE] = COLUMN("release", "changes whenever the content does", .type = COLUMN_STRING),
    [C_SYNTHETIC] = COLUMN("synthetic", "true: made up, not statistics", FROM_TRUTH(struct dataset, synthetic)),
    [C_NOTES] = COLUMN("notes", "what an analyst must know", .type = COLUMN_LIST),
};

static enum status add(struct call *call, const struct cube *cube)
{
    const struct dataset *d = cube_dataset(cube);
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    size_t n_periods, n_members, n_products;
    const uint32_t *period = cube_periods(cube, &n_periods);
    (void)cube_members(cube, &n_members);
    (void)cube_leaves(cube, &n_products);
    const struct str text[] = {d->id,
                               d->title,
                               d->source,
                               d->source_url,
                               d->licence,
                               d->published,
                               d->checked,
                               str_view(period_kind_word(d->frequency)),
                               str_view(level_name[d->level]),
                               d->hs,
                               d->exports_valuation,
                               d->imports_valuation,
                               str_view(basis_name[d->basis]),
                               str_view(coverage_name[d->coverage]),
                               str_view(partners_name[d->partners])};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        cell[i] = cell_str(text[i]);
    cell[C_FIRST] = cell_period(call, period[0]);
    cell[C_LAST] = cell_period(call, period[n_periods - 1]);
    cell[C_PERIODS] = cell_i64((int64_t)n_periods);
    cell[C_MEMBERS] = cell_i64((int64_t)n_members);
    cell[C_PRODUCTS] = cell_i64((int64_t)n_products);
    cell[C_ROWS] = cell_i64((int64_t)cube_observations(cube));
    cell[C_RELEASE] = cell_str(cube_release(cube));
    cell[C_SYNTHETIC] = cell_bool(d->synthetic);
    struct str notes = str_span(NULL, 0);
    for (size_t i = 0; i < d->n_notes; i++)
        notes = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(notes), i ? "\n" : "", STR_ARG(d->note[i]));
    cell[C_NOTES] = (struct cell){.kind = CELL_LIST, .text = notes};
    return ST_OK;
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
    {.name = "id", .type = PARAM_DATASET, .in_path = true, .description = "dataset id", .example = "dgcis-total-fy"},
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
                                     .param = params_all,
                                     .n_params = sizeof params_all / sizeof *params_all,
                                     .column = columns,
                                     .n_columns = COLUMNS};
const struct route route_dataset = {.id = "getDataset",
                                    .group = GROUP_CODES,
                                    .path = "/v1/datasets/{id}",
                                    .summary = "One dataset with its notes",
                                    .example = "/v1/datasets/dgcis-total-fy",
                                    .handler = get_one,
                                    .description = "Source, licence, valuation, coverage, known gaps.",
                                    .param = params_one,
                                    .n_params = sizeof params_one / sizeof *params_one,
                                    .column = columns,
                                    .n_columns = COLUMNS};
