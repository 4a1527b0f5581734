/* THE table: everything that is served, in the order in which it is listed. Each route stands in a file of src/api/get. */
#include "api/routes.h"

#include "api/describe/openapi/openapi.h"
#include "api/get/endpoints.h"
#include "entrepot/api/api.h"

static const struct route *const table[] = {
    &route_page,
    &route_index,
    &route_bilateral,
    &route_bilateral_products,
    &route_deficits,
    &route_partners,
    &route_growth,
    &route_dependence_any,
    &route_dependence,
    &route_leverage,
    &route_suppliers,
    &route_scenario,
    &route_mirror,
    &route_check,
    &route_compare,
    &route_profile,
    &route_flows,
    &route_index_rca,
    &route_index_tii,
    &route_index_tci,
    &route_index_grubel_lloyd,
    &route_index_finger_kreinin,
    &route_index_hirschman,
    &route_index_hhi,
    &route_availability,
    &route_search,
    &route_datasets,
    &route_dataset,
    &route_countries,
    &route_country,
    &route_products,
    &route_product,
    &route_sectors,
    &route_sector,
    &route_measures,
    &route_measure,
    &route_problems,
    &route_problem,
    &route_openapi,
    &route_docs,
    &route_docs_style,
    &route_docs_script,
    &route_docs_slash,
    &route_api_catalog,
    &route_livez,
    &route_readyz,
    &route_healthz,
    &route_asset,
};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
const struct routes api_routes = {.route = table, .n = sizeof table / sizeof *table};

size_t api_route_count(void) { return api_routes.n; }
const char *api_route_path(size_t i) { return table[i]->path; }

void api_print_routes(struct buf *out)
{
    for (size_t i = 0; i < api_routes.n; i++)
        if (!table[i]->unlisted)
            buf_printf(out, "GET %-46s %s\n", table[i]->path, table[i]->summary);
}

void api_print_markdown(struct buf *out)
{
    buf_lit(out, "| path | answers | try |\n|---|---|---|\n");
    for (size_t i = 0; i < api_routes.n; i++)
        if (!table[i]->unlisted)
            buf_printf(out, "| `%s` | %s | `%s` |\n", table[i]->path, table[i]->summary, table[i]->example);
}

#define EXAMPLE_BYTES ((size_t)128 << 20) /* of memory for the making of one example, where no server sets it */

enum status api_print_openapi(const struct api *api, struct buf *out)
{
    openapi_write(&api_routes, api, EXAMPLE_BYTES, out);
    return out->failed ? ST_NO_MEMORY : ST_OK;
}
