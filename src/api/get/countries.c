/* GET /v1/countries and /v1/countries/{code}: the table of countries and areas. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    struct country country;
    const char *kind;
    struct str aliases, datasets;
};

static const struct column columns[] = {
    COLUMN("id", "canonical code in all answers: ISO alpha-3, WLD, or X and the source's number",
           FROM_TEXT(struct row, country.id), .codes = &codes_id),
    COLUMN("iso3", "ISO 3166-1 alpha-3", FROM_TEXT(struct row, country.iso3)),
    COLUMN("iso2", "ISO 3166-1 alpha-2", FROM_TEXT(struct row, country.iso2)),
    COLUMN("m49", "UN M49", FROM_TEXT(struct row, country.m49)),
    COLUMN("comtrade", "number in UN Comtrade and BACI", FROM_TEXT(struct row, country.comtrade)),
    COLUMN("name", "short English name", FROM_TEXT(struct row, country.name)),
    COLUMN("kind", "country, former, area_nes, group or world", FROM_NAME(struct row, kind)),
    COLUMN("region", "UN region", FROM_TEXT(struct row, country.region)),
    COLUMN("subregion", "UN subregion", FROM_TEXT(struct row, country.subregion)),
    COLUMN("valid_from", "first day on which the number is used", FROM_TEXT(struct row, country.valid_from)),
    COLUMN("valid_to", "last day on which the number is used", FROM_TEXT(struct row, country.valid_to)),
    COLUMN("aliases", "other names and codes", FROM_LIST(struct row, aliases)),
    COLUMN("note", "what to know", FROM_TEXT(struct row, country.note)),
    COLUMN("datasets", "datasets in which it occurs as reporter or partner", FROM_LIST(struct row, datasets)),
};

static struct str datasets_with(struct call *call, uint32_t id)
{
    const struct catalogue *catalogue = call->catalogue;
    struct str list = str_span(NULL, 0);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        size_t n;
        const uint32_t *member = cube_members(catalogue_at(catalogue, i), &n);
        size_t k = 0;
        while (k < n && member[k] != id)
            k++;
        if (k < n)
            list = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(list), list.n ? "\n" : "",
                                STR_ARG(cube_dataset(catalogue_at(catalogue, i))->id));
    }
    return list;
}

static enum status describe(struct call *call, uint32_t id, struct row *row)
{
    const struct country *country = countries_at(catalogue_countries(call->catalogue), id);
    char *aliases = arena_new(call->arena, char, country->aliases.n + 1);
    if (!aliases)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < country->aliases.n; i++)
        aliases[i] = country->aliases.p[i] == '|' ? '\n' : country->aliases.p[i];
    *row = (struct row){.country = *country,
                        .kind = member_kind_name[country->kind],
                        .aliases = str_span(country->aliases.n ? aliases : NULL, country->aliases.n),
                        .datasets = datasets_with(call, id)};
    return ST_OK;
}

static enum status get_all(struct call *call)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    const struct arg *kind = call_arg(call, "kind");
    struct row *row = arena_new(call->arena, struct row, countries_count(countries));
    enum status status = row ? ST_OK : ST_NO_MEMORY;
    size_t n = 0;
    for (uint32_t id = 0; status == ST_OK && id < countries_count(countries); id++)
        if (!kind->given || countries_at(countries, id)->kind == (enum member_kind)kind->number)
            status = describe(call, id, &row[n++]);
    call->empty_reason = "filtered_out";
    return status == ST_OK ? call_rows(call, row, n, sizeof *row) : status;
}

static enum status get_one(struct call *call)
{
    struct row row;
    enum status status = describe(call, call_arg(call, "code")->country, &row);
    return status == ST_OK ? call_rows(call, &row, 1, sizeof row) : status;
}

static const struct param params_all[] = {
    PARAM("kind", KIND, "only members of this kind", .example = "country"),
    PARAMS_OF_TABLES,
};
static const struct param params_one[] = {
    PARAM("code", COUNTRY, "ISO alpha-3 or alpha-2, M49, or Comtrade number", .in_path = true, .example = "356"),
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
    TAKES(params_all),
    GIVES(columns),
    .default_sort = "id"};
const struct route route_country = {.id = "getCountry",
                                    .group = GROUP_CODES,
                                    .path = "/v1/countries/{code}",
                                    .summary = "One country or area by any of its codes",
                                    .example = "/v1/countries/356",
                                    .description = "IND, in, 356 and 699 are all India.",
                                    .handler = get_one,
                                    TAKES(params_one),
                                    GIVES(columns)};
