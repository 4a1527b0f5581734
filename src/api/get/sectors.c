#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_ID, C_NAME, C_HS, C_PREFIXES, C_WHY, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_ID] = COLUMN("id", "what product= and level=sector call it", FROM_TEXT(struct sector, id), .codes = &codes_id),
    [C_NAME] = COLUMN("name", "name", FROM_TEXT(struct sector, name)),
    [C_HS] = COLUMN("hs", "HS revision that the prefixes are for; any: they mean the same in all",
                    FROM_TEXT(struct sector_prefixes, hs)),
    [C_PREFIXES] = COLUMN("prefixes", "HS codes that the sector consists of, with all below them", .type = COLUMN_LIST,
                          .codes = &codes_prefixes),
    [C_WHY] = COLUMN("why", "why these", FROM_TEXT(struct sector, why)),
};

static enum status add(struct call *call, const struct sector *sector, const struct sector_prefixes *prefixes)
{
    struct cell *cell = call_row(call);
    size_t n = 0;
    for (size_t i = 0; i < prefixes->n; i++)
        n += prefixes->prefix[i].n + 1;
    char *text = arena_new(call->arena, char, n + 1), *p = text;
    if (!cell || !text)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < prefixes->n; i++) {
        memcpy(p, prefixes->prefix[i].p, prefixes->prefix[i].n);
        p += prefixes->prefix[i].n;
        *p++ = '\n';
    }
    cell[C_ID] = cell_str(sector->id);
    cell[C_NAME] = cell_str(sector->name);
    cell[C_HS] = cell_str(prefixes->hs);
    cell[C_PREFIXES] = (struct cell){.kind = CELL_LIST, .text = n ? str_span(text, n - 1) : str_span(NULL, 0)};
    cell[C_WHY] = cell_str(sector->why);
    return ST_OK;
}

static enum status add_sector(struct call *call, const struct sector *sector)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < sector->n_hs; i++)
        status = add(call, sector, &sector->by_hs[i]);
    return status;
}

static enum status get_all(struct call *call)
{
    const struct sectors *sectors = catalogue_sectors(call->catalogue);
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < sectors_count(sectors); i++)
        status = add_sector(call, sectors_at(sectors, i));
    call_warn(call, STR("sectors overlap: their figures must not be added up"));
    return status;
}

static enum status get_one(struct call *call) { return add_sector(call, call_arg(call, "id")->sector); }

static const struct param params_all[] = {PARAMS_OF_TABLES};
static const struct param params_one[] = {
    {.name = "id", .type = PARAM_SECTOR, .in_path = true, .description = "sector id", .example = "solar-panels"},
    PARAMS_OF_TABLES,
};

const struct route route_sectors = {
    .id = "listSectors",
    .group = GROUP_CODES,
    .path = "/v1/sectors",
    .summary = "Named baskets of HS codes",
    .example = "/v1/sectors",
    .handler = get_all,
    .description =
        "One row a sector and HS revision. Baskets overlap; the table is config/sectors.json and may be replaced.",
    .param = params_all,
    .n_params = sizeof params_all / sizeof *params_all,
    .column = columns,
    .n_columns = COLUMNS};
const struct route route_sector = {.id = "getSector",
                                   .group = GROUP_CODES,
                                   .path = "/v1/sectors/{id}",
                                   .summary = "One sector with its HS codes",
                                   .example = "/v1/sectors/solar-panels",
                                   .handler = get_one,
                                   .description = "One row for each HS revision in which its codes differ.",
                                   .param = params_one,
                                   .n_params = sizeof params_one / sizeof *params_one,
                                   .column = columns,
                                   .n_columns = COLUMNS};
