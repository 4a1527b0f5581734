/* GET /v1/sectors and /v1/sectors/{id}: named baskets of HS codes. */
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    struct sector sector;
    struct str hs, prefixes;
};

static const struct column columns[] = {
    COLUMN("id", "what product= and level=sector call it", FROM_TEXT(struct row, sector.id), .codes = &codes_id),
    COLUMN("name", "name", FROM_TEXT(struct row, sector.name)),
    COLUMN("hs", "HS revision that the prefixes are for; any: they mean the same in all", FROM_TEXT(struct row, hs)),
    COLUMN("prefixes", "HS codes that the sector consists of, with all below them", FROM_LIST(struct row, prefixes),
           .codes = &codes_prefixes),
    COLUMN("why", "why these", FROM_TEXT(struct row, sector.why)),
};

/* The codes one below the other; p is NULL where there are none, or memory is out. */
static struct str list_of(struct call *call, const struct sector_prefixes *prefixes)
{
    size_t n = 0;
    for (size_t i = 0; i < prefixes->n; i++)
        n += prefixes->prefix[i].n + 1;
    char *text = n ? arena_new(call->arena, char, n) : NULL, *p = text;
    for (size_t i = 0; text && i < prefixes->n; i++) {
        memcpy(p, prefixes->prefix[i].p, prefixes->prefix[i].n);
        p += prefixes->prefix[i].n;
        *p++ = '\n';
    }
    return str_span(text, text ? n - 1 : 0);
}

static size_t describe(struct call *call, const struct sector *sector, struct row *row)
{
    for (size_t i = 0; i < sector->n_hs; i++)
        row[i] = (struct row){*sector, sector->by_hs[i].hs, list_of(call, &sector->by_hs[i])};
    return sector->n_hs;
}

static enum status get_all(struct call *call)
{
    const struct sectors *sectors = catalogue_sectors(call->catalogue);
    size_t room = 0, n = 0;
    for (size_t i = 0; i < sectors_count(sectors); i++)
        room += sectors_at(sectors, i)->n_hs;
    struct row *row = arena_new_raw(call->arena, struct row, room);
    if (!row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < sectors_count(sectors); i++)
        n += describe(call, sectors_at(sectors, i), row + n);
    call_warn(call, STR("sectors overlap: their figures must not be added up"));
    return call_rows(call, row, n, sizeof *row);
}

static enum status get_one(struct call *call)
{
    const struct sector *sector = call_arg(call, "id")->sector;
    struct row *row = arena_new_raw(call->arena, struct row, sector->n_hs);
    return row ? call_rows(call, row, describe(call, sector, row), sizeof *row) : ST_NO_MEMORY;
}

static const struct param params_all[] = {PARAMS_OF_TABLES};
static const struct param params_one[] = {
    PARAM("id", SECTOR, "sector id", .in_path = true, .example = "solar-panels"),
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
    TAKES(params_all),
    GIVES(columns)};
const struct route route_sector = {.id = "getSector",
                                   .group = GROUP_CODES,
                                   .path = "/v1/sectors/{id}",
                                   .summary = "One sector with its HS codes",
                                   .example = "/v1/sectors/solar-panels",
                                   .handler = get_one,
                                   .description = "One row for each HS revision in which its codes differ.",
                                   TAKES(params_one),
                                   GIVES(columns)};
