/* endpoints: the routes, one a file in this folder. Private to src/api. */
#ifndef API_GET_ENDPOINTS_H
#define API_GET_ENDPOINTS_H

#include "api/contract/route.h"

extern const struct route route_page, route_asset, route_index, route_bilateral, route_bilateral_products,
    route_deficits, route_partners, route_growth, route_dependence_any, route_dependence, route_leverage,
    route_suppliers, route_scenario, route_mirror, route_check, route_compare, route_profile, route_flows,
    route_index_rca, route_index_tii, route_index_tci, route_index_grubel_lloyd, route_index_finger_kreinin,
    route_index_hirschman, route_index_hhi, route_availability, route_search, route_datasets, route_dataset,
    route_countries, route_country, route_products, route_product, route_sectors, route_sector, route_measures,
    route_measure, route_problems, route_problem, route_openapi, route_docs, route_docs_style, route_docs_script,
    route_docs_slash, route_api_catalog, route_livez, route_readyz, route_healthz;

#endif
