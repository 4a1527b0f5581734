/* THE table: everything that is served, in the order in which it is listed. Each route stands in a file of src/api/get. */
#include "api/get/endpoints.h"

const struct route *const api_routes[] = {
    &route_page,
    &route_index,
    &route_bilateral,
    &route_bilateral_products,
    &route_deficits,
    &route_partners,
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
const size_t api_n_routes = sizeof api_routes / sizeof *api_routes;

size_t api_route_count(void) { return api_n_routes; }
const char *api_route_path(size_t i) { return api_routes[i]->path; }

const struct group_heading group_headings[ROUTE_GROUPS] = {
    [GROUP_BALANCE] = {"balance", "How much two countries trade, who runs the deficit, and what makes it."},
    [GROUP_DEPENDENCE] = {"dependence", "Who depends on whom, who holds the lever, and who else could supply."},
    [GROUP_BOOKS] = {"books", "Which figure is right: two customs services, published numbers, who reported what."},
    [GROUP_INDICES] = {"indices", "The usual indices of trade analysis, each after its source."},
    [GROUP_CODES] = {"codes", "What is loaded, and the codes and measures that answers are written in."},
    [GROUP_SERVICE] = {"service", "The service itself: what there is to ask, its description, its health."},
};

void api_print_routes(struct buf *out)
{
    for (size_t i = 0; i < api_n_routes; i++)
        if (!api_routes[i]->unlisted)
            buf_printf(out, "GET %-46s %s\n", api_routes[i]->path, api_routes[i]->summary);
}

void api_print_markdown(struct buf *out)
{
    buf_lit(out, "| path | answers | try |\n|---|---|---|\n");
    for (size_t i = 0; i < api_n_routes; i++)
        if (!api_routes[i]->unlisted)
            buf_printf(out, "| `%s` | %s | `%s` |\n", api_routes[i]->path, api_routes[i]->summary,
                       api_routes[i]->example);
}
