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
    [C_ID] = {"id", COLUMN_STRING, NULL, 0, false, "what dataset= calls it"},
    [C_TITLE] = {"title", COLUMN_STRING, NULL, 0, false, "title"},
    [C_SOURCE] = {"source", COLUMN_STRING, NULL, 0, false, "who published the figures"},
    [C_URL] = {"source_url", COLUMN_STRING, NULL, 0, false, "where"},
    [C_LICENCE] = {"licence", COLUMN_STRING, NULL, 0, false, "as far as known"},
    [C_PUBLISHED] = {"published", COLUMN_STRING, NULL, 0, false, "state of the figures"},
    [C_CHECKED] = {"checked", COLUMN_STRING, NULL, 0, false, "what they were checked against"},
    [C_FREQUENCY] = {"frequency", COLUMN_STRING, NULL, 0, false,
                     "A calendar years, FY fiscal years from April, M months"},
    [C_LEVEL] = {"level", COLUMN_STRING, NULL, 0, false, "product level of the observations"},
    [C_HS] = {"hs", COLUMN_STRING, NULL, 0, false, "HS revision; null where the source mixes or does not need one"},
    [C_XVAL] = {"exports_valuation", COLUMN_STRING, NULL, 0, false, "FOB or CIF"},
    [C_MVAL] = {"imports_valuation", COLUMN_STRING, NULL, 0, false, "CIF or FOB"},
    [C_BASIS] = {"basis", COLUMN_STRING, NULL, 0, false,
                 "reported: each reporter's own books; reconciled: one value for both sides"},
    [C_COVERAGE] = {"coverage", COLUMN_STRING, NULL, 0, false, "full, or selected products: then no totals"},
    [C_PARTNERS] = {"partners", COLUMN_STRING, NULL, 0, false,
                    "all, listed (some) or closed (a set of countries among themselves)"},
    [C_FIRST] = {"first_period", COLUMN_STRING, NULL, 0, false, "first period held"},
    [C_LAST] = {"last_period", COLUMN_STRING, NULL, 0, false, "last period held"},
    [C_PERIODS] = {"periods", COLUMN_INTEGER, NULL, 0, false, "number of periods held"},
    [C_MEMBERS] = {"members", COLUMN_INTEGER, NULL, 0, false, "number of countries and areas that occur"},
    [C_PRODUCTS] = {"products", COLUMN_INTEGER, NULL, 0, false, "number of products that occur"},
    [C_ROWS] = {"observations", COLUMN_INTEGER, NULL, 0, false, "number of observations"},
    [C_RELEASE] = {"release", COLUMN_STRING, NULL, 0, false, "changes whenever the content does"},
    [C_SYNTHETIC] = {"synthetic", COLUMN_BOOLEAN, NULL, 0, false, "true: made up, not statistics"},
    [C_NOTES] = {"notes", COLUMN_LIST, NULL, 0, false, "what an analyst must know"},
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
    struct str notes = STR("");
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
