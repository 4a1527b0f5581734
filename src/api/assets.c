/* The files of the page, as the linker has put them into the program. */
#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

#include "api/assets.h"

#define SCRIPT "text/javascript; charset=utf-8"

/* The linker names an embedded file after its own name, whatever folder it lies in. */
#define ASSETS(ASSET)                                                                                                  \
    ASSET("", "index.html", "text/html; charset=utf-8", index_html)                                                    \
    ASSET("app", "style.css", "text/css; charset=utf-8", style_css)                                                    \
    ASSET("app", "app.js", SCRIPT, app_js)                                                                             \
    ASSET("app", "api.js", SCRIPT, api_js)                                                                             \
    ASSET("app", "format.js", SCRIPT, format_js)                                                                       \
    ASSET("app", "figure.js", SCRIPT, figure_js)                                                                       \
    ASSET("app", "chart.js", SCRIPT, chart_js)                                                                         \
    ASSET("app", "table.js", SCRIPT, table_js)                                                                         \
    ASSET("app", "picker.js", SCRIPT, picker_js)                                                                       \
    ASSET("views", "coverage.js", SCRIPT, coverage_js)                                                                 \
    ASSET("views", "pair.js", SCRIPT, pair_js)                                                                         \
    ASSET("views", "sectors.js", SCRIPT, sectors_js)                                                                   \
    ASSET("views", "dependence.js", SCRIPT, dependence_js)                                                             \
    ASSET("views", "leverage.js", SCRIPT, leverage_js)                                                                 \
    ASSET("views", "scenario.js", SCRIPT, scenario_js)                                                                 \
    ASSET("views", "check.js", SCRIPT, check_js)                                                                       \
    ASSET("views", "data.js", SCRIPT, data_js)                                                                         \
    ASSET("chart", "chart.min.js", SCRIPT, chart_min_js) /* Chart.js (MIT), of the system that builds */

#define DECLARE(folder, name, type, symbol) extern const char _binary_##symbol##_start[], _binary_##symbol##_end[];
ASSETS(DECLARE)

#define ROW(folder, name, type, symbol) {folder, name, type, _binary_##symbol##_start, _binary_##symbol##_end},
static const struct asset assets[] = {ASSETS(ROW)};
static const size_t n_assets = sizeof assets / sizeof *assets;

struct str asset_bytes(const struct asset *asset)
{
    return str_span(asset->start, (size_t)(asset->end - asset->start));
}

const struct asset *asset_find(struct str folder, struct str name)
{
    for (size_t i = 0; i < n_assets; i++)
        if (str_is(folder, assets[i].folder) && str_is(name, assets[i].name))
            return &assets[i];
    return NULL;
}

void assets_version(char version[ASSETS_VERSION_SIZE])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < n_assets; i++) {
        struct str bytes = asset_bytes(&assets[i]);
        hash = XXH3_64bits_withSeed(bytes.p, bytes.n, hash);
    }
    (void)snprintf(version, ASSETS_VERSION_SIZE, "%016" PRIx64, hash);
}
