#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum {
    C_ID,
    C_ISO3,
    C_ISO2,
    C_M49,
    C_COMTRADE,
    C_NAME,
    C_KIND,
    C_REGION,
    C_SUBREGION,
    C_FROM,
    C_TO,
    C_ALIASES,
    C_NOTE,
    C_DATASETS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [C_ID] = {"id", COLUMN_STRING, NULL, 0, false,
              "canonical code in all answers: ISO alpha-3, WLD, or X and the source's number"},
    [C_ISO3] = {"iso3", COLUMN_STRING, NULL, 0, false, "ISO 3166-1 alpha-3"},
    [C_ISO2] = {"iso2", COLUMN_STRING, NULL, 0, false, "ISO 3166-1 alpha-2"},
    [C_M49] = {"m49", COLUMN_STRING, NULL, 0, false, "UN M49"},
    [C_COMTRADE] = {"comtrade", COLUMN_STRING, NULL, 0, false, "number in UN Comtrade and BACI"},
    [C_NAME] = {"name", COLUMN_STRING, NULL, 0, false, "short English name"},
    [C_KIND] = {"kind", COLUMN_STRING, NULL, 0, false, "country, former, area_nes, group or world"},
    [C_REGION] = {"region", COLUMN_STRING, NULL, 0, false, "UN region"},
    [C_SUBREGION] = {"subregion", COLUMN_STRING, NULL, 0, false, "UN subregion"},
    [C_FROM] = {"valid_from", COLUMN_STRING, NULL, 0, false, "first day on which the number is used"},
    [C_TO] = {"valid_to", COLUMN_STRING, NULL, 0, false, "last day on which the number is used"},
    [C_ALIASES] = {"aliases", COLUMN_LIST, NULL, 0, false, "other names and codes"},
    [C_NOTE] = {"note", COLUMN_STRING, NULL, 0, false, "what to know"},
    [C_DATASETS] = {"datasets", COLUMN_LIST, NULL, 0, false, "datasets in which it occurs as reporter or partner"},
};

static struct cell datasets_with(struct call *call, uint32_t id)
{
    const struct catalogue *catalogue = call->catalogue;
    struct str list = str_span(NULL, 0);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        size_t n;
        const uint32_t *member = cube_members(catalogue_at(catalogue, i), &n);
        bool in = false;
        for (size_t k = 0; k < n; k++)
            in = in || member[k] == id;
        if (in)
            list = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(list), list.n ? "\n" : "",
                                STR_ARG(cube_dataset(catalogue_at(catalogue, i))->id));
    }
    return (struct cell){.kind = CELL_LIST, .text = list.n ? list : str_span(NULL, 0)};
}

static enum status add(struct call *call, uint32_t id)
{
    const struct country *c = countries_at(catalogue_countries(call->catalogue), id);
    struct cell *cell = call_row(call);
    if (!cell)
        return ST_NO_MEMORY;
    const struct str text[] = {
        c->id,     c->iso3,      c->iso2,       c->m49,     c->comtrade, c->name, str_view(member_kind_name[c->kind]),
        c->region, c->subregion, c->valid_from, c->valid_to};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        cell[i] = cell_str(text[i]);
    struct str aliases = arena_str(call->arena, c->aliases);
    char *p = arena_new(call->arena, char, aliases.n + 1);
    if (!p)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < aliases.n; i++)
        p[i] = aliases.p[i] == '|' ? '\n' : aliases.p[i];
    cell[C_ALIASES] = (struct cell){.kind = CELL_LIST, .text = aliases.n ? str_span(p, aliases.n) : str_span(NULL, 0)};
    cell[C_NOTE] = cell_str(c->note);
    cell[C_DATASETS] = datasets_with(call, id);
    return ST_OK;
}

static enum status get_all(struct call *call)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    const struct arg *kind = call_arg(call, "kind");
    enum status status = ST_OK;
    for (uint32_t id = 0; status == ST_OK && id < countries_count(countries); id++)
        if (!kind->given || countries_at(countries, id)->kind == (enum member_kind)kind->number)
            status = add(call, id);
    call->empty_reason = "filtered_out";
    return status;
}

static enum status get_one(struct call *call) { return add(call, call_arg(call, "code")->country); }

static const struct param params_all[] = {
    {.name = "kind", .type = PARAM_KIND, .description = "only members of this kind", .example = "country"},
    PARAMS_OF_TABLES,
};
static const struct param params_one[] = {
    {.name = "code",
     .type = PARAM_COUNTRY,
     .in_path = true,
     .description = "ISO alpha-3 or alpha-2, M49, or Comtrade number",
     .example = "356"},
    PARAMS_OF_TABLES,
};

const struct route route_countries = {
    .id = "listCountries",
    .group = GROUP_CODES,
    .path = "/v1/countries",
    .summary = "Countries and areas in all code systems",
    .example = "/v1/countries?kind=area_nes",
    .description =
        "Every member that a dataset may name. A bare number in a request is read as M49 first, then as Comtrade's.",
    .handler = get_all,
    .param = params_all,
    .n_params = sizeof params_all / sizeof *params_all,
    .column = columns,
    .n_columns = COLUMNS,
    .default_sort = "id"};
const struct route route_country = {.id = "getCountry",
                                    .group = GROUP_CODES,
                                    .path = "/v1/countries/{code}",
                                    .summary = "One country or area by any of its codes",
                                    .example = "/v1/countries/356",
                                    .description = "IND, in, 356 and 699 are all India.",
                                    .handler = get_one,
                                    .param = params_one,
                                    .n_params = sizeof params_one / sizeof *params_one,
                                    .column = columns,
                                    .n_columns = COLUMNS};
