/* THE table of measures: what each column of money, share or index is, how it is computed, and after whom. */
#include "api/contract/measure.h"

#define ESCAP "Mikic & Gilbert, Trade Statistics in Policymaking, UN ESCAP 2009 (ST/ESCAP/2559)"
#define PLAIN "arithmetic"
#define OURS "this project"
#define EU "European Commission, SWD(2021) 352: Strategic dependencies and capacities"
#define CEPII "Lefebvre & Wibaux 2024, CEPII Policy Brief 47 (GeoDep)"
#define HIRSCHMAN "Hirschman 1945, National Power and the Structure of Foreign Trade"
#define HHI_BY "Herfindahl–Hirschman index: Hirschman 1945; threshold 0.4 in SWD(2021) 352 and CEPII Policy Brief 47"
#define CIF_FOB "IMF, Direction of Trade Statistics Yearbook 2017 (CIF/FOB 1.06)"
#define MIRROR "ITC, Trade Performance Index technical notes; Javorsek, ARTNeT Working Paper 156 (2016)"
#define WHATIF "this project; idea of capacity elsewhere: Dew et al. 2017"

#define OF_PRODUCTS "/v1/bilateral/{reporter}/{partner}/products"

/* Those of certain endpoints stand before those of all. */
const struct measure measures[] = {
    /* money and weight */
    {"imports_from_partner", "imports_from_partner imports_from_excluded", NULL, "M",
     "M_ij,k = imports of product k of i from j", "USD", PLAIN, "imports of a product from one partner"},
    {"exports_to_partner", NULL, NULL, "X", "X_ij = sum of the exports of i to j", "USD", PLAIN,
     "reporter's exports to the partner"},
    {"exports_to_all", "exports partner_exports", "/v1/indices", "X", "X_i = sum over j of X_ij", "USD", PLAIN,
     "exports to all partners: the source's own world row, else the sum of the partners"},
    {"exports_total", NULL, NULL, "X", "X_i,k = sum over j of X_ij,k", "USD", PLAIN,
     "exports of a product to all partners: the source's own world row, else the sum of the partners"},
    {"imports_from_all", "imports partner_imports reporter_imports", "/v1/indices", "M", "M_i = sum over j of M_ij",
     "USD", PLAIN, "imports from all partners: the source's own world row, else the sum of the partners"},
    {"world_imports", NULL, NULL, "M", "M_W = sum over i of M_i", "USD", PLAIN, "all countries' imports"},
    {"extra_imports", NULL, NULL, "M", "sum over j outside home of M_ij,k", "USD", EU,
     "imports of a product from outside home (a bloc)"},
    {"dependent_imports", NULL, NULL, "E1", "sum over the dependent k of M_i,k", "USD", OURS,
     "imports of the products that the method calls dependent"},
    {"imports_total", NULL, NULL, "M", "M_i,k = sum over j of M_ij,k", "USD", PLAIN,
     "imports of a product from all partners: the source's own world row, else the sum of the partners"},
    {"exports", NULL, NULL, "X", "X_ij = sum of the exports of i to j", "USD", PLAIN,
     "exports as the reporter's books (or reconciled data) have them, valued as the dataset says (mostly FOB)"},
    {"imports", NULL, NULL, "M", "M_ij = sum of the imports of i from j", "USD", PLAIN,
     "imports as the reporter's books (or reconciled data) have them, valued as the dataset says (mostly CIF)"},
    {"total", NULL, NULL, "T", "T_ij = X_ij + M_ij", "USD", PLAIN, "exports and imports together"},
    {"balance", NULL, NULL, "D1", "B_ij = X_ij - M_ij", "USD", ESCAP,
     "negative: a deficit; own CIF imports overstate it against FOB exports"},
    {"balance_change", NULL, NULL, "D1", "B_ij,t - B_ij,t-1", "USD", PLAIN,
     "change of the balance against the same period a year before"},
    {"quantity", "quantity exports_quantity imports_quantity", NULL, "Q", "sum of kilograms / 1000", "t", PLAIN,
     "tonnes of what has a weight; null where none has"},
    {"unit_value", "unit_value exports_unit_value imports_unit_value", NULL, "G4",
     "UV = (V - value without a weight) / Q", "USD/t", ESCAP, "value of what has a weight by its tonnes"},
    {"checked_value", "value", "/v1/check", "V", "as measure says: exports, imports, total, balance, growth, share",
     "USD", PLAIN, "what a dataset says where a figure was claimed"},
    {"value", NULL, NULL, "V", "sum over what is not broken down", "USD", PLAIN,
     "what was recorded of the flow: exports, imports, or both together where flow is added up"},
    /* shares and ratios of a pair */
    {"normalised_balance", NULL, NULL, "D3", "(X_ij - M_ij) / (X_ij + M_ij)", "1", ESCAP, "-1 to 1; 0: balanced"},
    {"cover_ratio", NULL, NULL, "D2", "X_ij / M_ij", "1", ESCAP, "1: balanced"},
    {"exports_growth", NULL, NULL, "G1", "X_t / X_t-1 - 1", "1", ESCAP,
     "against the same period a year before, in nominal dollars"},
    {"imports_growth", NULL, NULL, "G1", "M_t / M_t-1 - 1", "1", ESCAP,
     "against the same period a year before, in nominal dollars"},
    {"growth_elsewhere", "exports_growth_elsewhere imports_growth_elsewhere", NULL, "G1",
     "(V_i,t - V_ij,t) / (V_i,t-1 - V_ij,t-1) - 1", "1", ESCAP, "growth of the trade with everybody but the partner"},
    {"growth_region", "exports_growth_region imports_growth_region", NULL, "G1",
     "(sum over the region of V_ij,t) / (the same of t-1) - 1", "1", ESCAP,
     "growth of the trade with the other countries of the partner's M49 region together"},
    {"growth", "growth total_growth balance_growth", NULL, "G1", "V_t / V_t-1 - 1", "1", ESCAP,
     "against the same period a year before, in nominal dollars"},
    {"cagr", "cagr exports_cagr imports_cagr total_cagr", NULL, "G2", "(V_T / V_0)^(1 / (T - 0)) - 1", "1", ESCAP,
     "compound growth a year"},
    {"product_share_of_exports", "share_of_exports", OF_PRODUCTS, "D7", "X_ij,k / X_i,k", "1", ESCAP,
     "partner's share in the reporter's exports of the product"},
    {"product_share_of_imports", "share_of_imports", OF_PRODUCTS, "D7", "M_ij,k / M_i,k", "1", ESCAP,
     "partner's share in the reporter's imports of the product"},
    {"supplier_share_of_imports", "share_of_imports", "/v1/suppliers", "D7", "M_is,k / M_i,k", "1", ESCAP,
     "supplier's share in the importer's imports of the product"},
    {"share_of_exports", NULL, NULL, "D5", "X_ij / X_i", "1", ESCAP, "partner's share in the reporter's exports"},
    {"share_of_imports", NULL, NULL, "D5", "M_ij / M_i", "1", ESCAP, "partner's share in the reporter's imports"},
    {"share_of_total", NULL, NULL, "D5", "(X_ij + M_ij) / (X_i + M_i)", "1", ESCAP,
     "partner's share in the reporter's trade"},
    {"share_of_bilateral_exports", NULL, NULL, "D6", "X_ij,k / X_ij", "1", ESCAP,
     "product's share in the exports to the partner"},
    {"share_of_bilateral_imports", NULL, NULL, "D6", "M_ij,k / M_ij", "1", ESCAP,
     "product's share in the imports from the partner"},
    {"exports_contribution_pp", NULL, NULL, "G3", "100 (X_k,t - X_k,t-1) / X_t-1", "pp", PLAIN,
     "points of the growth of exports; over all products they add up to it"},
    {"imports_contribution_pp", NULL, NULL, "G3", "100 (M_k,t - M_k,t-1) / M_t-1", "pp", PLAIN,
     "points of the growth of imports; over all products they add up to it"},
    {"balance_contribution_pp", NULL, NULL, "G3", "100 (B_k,t - B_k,t-1) / |B_t-1|", "pp", PLAIN,
     "points of the change of the balance; negative: made it worse"},
    {"share_of_deficit", NULL, NULL, "D4", "B_ij / sum of all negative B_ij", "1", PLAIN,
     "of the sum of all deficits; partners with a surplus left out"},
    {"share_of_balance", NULL, NULL, "D4", "B_ij / B_iW", "1", PLAIN,
     "of the balance with all partners; may exceed 1 or change sign"},
    {"cumulative_share", NULL, NULL, "D5", "sum of the shares down to this rank", "1", PLAIN,
     "share of this and all larger ones"},
    /* shares that are called nothing else */
    {"import_share", "share", "/v1/dependence", "D7", "s_ij,k = M_ij,k / M_i,k", "1",
     ESCAP "; thresholds of India's debate: 0.8 (ICS, 2018-19), 0.7 (Cha 2023)",
     "partner's share in the reporter's imports of the product"},
    {"flows_share", "share", "/v1/flows", "D5", "V / sum of V over the dimension share_of, all else equal", "1", PLAIN,
     "denominator: the rows of the answer that differ in share_of alone, before filters and top; null where they are "
     "not all there is, overlap, or hold an aggregate beside its members"},
    {"partner_share", "share", NULL, "D5", "V_ij / V_i", "1", ESCAP, "partner's share in the reporter's trade"},
    /* concentration and dependence */
    {"hhi_world_exports", NULL, NULL, "C3", "sum over s of (X_s,k / X_W,k)^2", "1", CEPII,
     "concentration of the world's exporters of a product; CEPII's second criterion: above 0.4"},
    {"normalised_hhi", NULL, NULL, "C2", "(HHI - 1/n) / (1 - 1/n)", "1", "UNCTADstat", "0: equal shares, 1: one alone"},
    {"hhi", NULL, NULL, "C1", "sum over j of s_ij^2", "1", HHI_BY,
     "concentration of suppliers (or partners); where the others are not in the data, the known part share^2"},
    {"hirschman", NULL, NULL, "C4", "100 sqrt(sum over j of (M_ij / M_i)^2)", "1", HIRSCHMAN,
     "0 to 100: the index before the square root was dropped"},
    {"equivalent_suppliers", NULL, NULL, "D8", "1 / HHI", "1", PLAIN,
     "how many suppliers of equal size would be as concentrated"},
    {"extra_share", NULL, NULL, "E1", "sum over j outside home of M_ij,k / M_i,k", "1", EU,
     "second criterion of the EU's method: above 0.5"},
    {"hhi_extra", NULL, NULL, "E1", "sum over j outside home of (M_ij,k / extra M_i,k)^2", "1", EU,
     "first criterion of the EU's method: above 0.4"},
    {"extra_over_exports", NULL, NULL, "E1", "extra M_i,k / X_i,k", "1", EU,
     "third criterion of the EU's method: above 1; null without exports"},
    {"dependent_share_of_products", NULL, NULL, "E1", "dependent products / products", "1", OURS,
     "null where some are undecided"},
    {"dependent_share_of_imports", NULL, NULL, "E1", "dependent imports / imports", "1", OURS,
     "null where some are undecided"},
    {"top_share", NULL, NULL, "D7", "max over j of s_ij,k", "1", PLAIN, "share of the largest supplier"},
    {"imports_over_exports", NULL, NULL, "E1", "M_i,k / X_i,k", "1", EU "; " CEPII,
     "above 1 a criterion of both; null without exports"},
    /* leverage */
    {"import_dependence", NULL, NULL, "L1", "a = M_ij,k / M_i,k", "1", HIRSCHMAN "; four terms: " OURS,
     "what the reporter's imports hang on the partner"},
    {"partner_market_dependence", NULL, NULL, "L1", "b = X_ji,k / X_j,k", "1", HIRSCHMAN "; four terms: " OURS,
     "the same flow seen from the partner: what its exports hang on the reporter"},
    {"market_dependence", NULL, NULL, "L1", "c = X_ij,k / X_i,k", "1", HIRSCHMAN "; four terms: " OURS,
     "what the reporter's exports hang on the partner"},
    {"partner_import_dependence", NULL, NULL, "L1", "d = M_ji,k / M_j,k", "1", HIRSCHMAN "; four terms: " OURS,
     "what the partner's imports hang on the reporter"},
    {"asymmetry_imports", NULL, NULL, "L1", "a - b", "1", OURS, "above 0: the reporter depends more on this flow"},
    {"asymmetry_market", NULL, NULL, "L1", "c - d", "1", OURS, "above 0: the reporter depends more on this flow"},
    {"net_asymmetry", NULL, NULL, "L1", "(a + c) - (b + d)", "1", OURS, "above 0: the reporter depends more"},
    {"loss_index", "loss_index_reporter loss_index_partner", NULL, "L4", "ln(1 / (1 - p s)) / (sigma - 1)", "1",
     "Clayton, Maggiori & Schreger, NBER w31852; Feenstra 1994; for p < 1 an interpolation of " OURS,
     "loss of a CES importer when the part p of a supply of share s goes; null at p s = 1"},
    /* suppliers and scenarios */
    {"sales_to_importer", NULL, NULL, "L6", "M_is,k", "USD", PLAIN, "what the supplier sells the importer now"},
    {"world_exports", NULL, NULL, "L6", "X_s,k", "USD", PLAIN, "supplier's exports of the product to all"},
    {"world_share", NULL, NULL, "L6", "X_s,k / X_W,k", "1", PLAIN, "supplier's share in the world's exports"},
    {"sales_elsewhere", NULL, NULL, "W1", "X_s,k - X_si,k", "USD", OURS, "what it sells to others"},
    {"scenario_capacity", "capacity", "/v1/scenario", "W1", "C_s = y beta X_s,k + delta (X_s,k - X_si,k)", "USD",
     WHATIF,
     "of suppliers in year y; beta: growth of their exports a year (expand), delta: part taken from other buyers "
     "(divert); both are assumptions"},
    {"capacity", "capacity capacity_total", NULL, "W1", "C_s = beta X_s,k + delta (X_s,k - X_si,k)", "USD", WHATIF,
     "beta: growth of its exports (expand), delta: part taken from other buyers (divert); both are assumptions"},
    {"resourcing_multiple", NULL, NULL, "L6", "R_k = G_k / sum over s other than j of M_is,k", "1", WHATIF,
     "how many times today's other suppliers would have to multiply; below 0.2 easy, above 1 hard"},
    {"market_tightness", NULL, NULL, "L6", "T_k = G_k / (X_W,k - X_j,k - X_i,k)", "1", WHATIF,
     "share of the rest of the world's market that is needed; above 0.25 prices move"},
    {"mirror_gap", "gap", "/v1/mirror", "Q1", "M as the importer reports it - X as the exporter does", "USD", MIRROR,
     "difference of the two sides' books"},
    {"gap_fob", NULL, NULL, "Q2", "M / cif - X, where they are not FOB already", "USD", CIF_FOB,
     "the same with both as FOB: an estimate"},
    {"cut", NULL, NULL, "W1", "p_y = p y / years, or p at once", "1", OURS, "part of the flow that is cut in the year"},
    {"scenario_gap", "gap", NULL, "W1", "G_k = p M_ij,k", "USD", WHATIF, "imports that the cut takes away"},
    {"domestic", NULL, NULL, "W1", "domestic G_k", "USD", OURS, "part of the gap that home production takes over"},
    {"covered", NULL, NULL, "W1", "min(G_k - domestic, sum of C_s)", "USD", WHATIF,
     "part that alternatives can supply"},
    {"uncovered", NULL, NULL, "W1", "G_k - domestic - covered", "USD", WHATIF, "part that nobody supplies"},
    {"uncovered_share", NULL, NULL, "W1", "uncovered / M_i,k", "1", WHATIF,
     "of the reporter's imports of the product from all (side=partner: of the partner's exports)"},
    {"allocation", NULL, NULL, "W1", "covered C_s / sum of C_s", "USD", WHATIF, "pro rata to capacity"},
    {"cost", NULL, NULL, "W1", "sum over s of alloc_s (UV_s / UV_j - 1)", "USD", WHATIF,
     "what the same tonnes cost more from the alternatives; null without unit values"},
    {"cost_coverage", NULL, NULL, "W1", "allocation with a unit value / covered", "1", OURS,
     "part of what is covered that the cost is of"},
    {"cost_multiple", NULL, NULL, "W1", "1 + cost / allocation with a unit value", "1", WHATIF, "the same as a factor"},
    {"partner_loss", NULL, NULL, "W1", "p X_ji,k", "USD", WHATIF, "sales that the partner loses, in its own books"},
    {"partner_loss_share", NULL, NULL, "W1", "p X_ji,k / X_j,k", "1", WHATIF, "of its exports of the product"},
    {"partner_loss_share_of_exports", NULL, NULL, "W1", "sum over k of p X_ji,k / X_j", "1", WHATIF,
     "of all its exports"},
    /* mirrors and claims */
    {"reported", NULL, NULL, "Q1", "the reporter's own figure", "USD", MIRROR, "flow in the reporter's books"},
    {"mirrored", NULL, NULL, "Q1", "the partner's figure of the same flow", "USD", MIRROR,
     "flow in the partner's books"},
    {"mirror_ratio", "ratio", NULL, "Q1", "M / X", "1", MIRROR, "of the importer's by the exporter's figure"},
    {"relative_gap", NULL, NULL, "Q1", "gap / ((M + X) / 2)", "1", MIRROR, "of the mean of both"},
    {"relative_gap_fob", NULL, NULL, "Q2", "gap_fob / the mean of both as FOB", "1", CIF_FOB,
     "the same with both as FOB: an estimate"},
    {"fob", "reported_fob mirrored_fob", NULL, "Q2", "M / cif", "USD", CIF_FOB,
     "imports without freight and insurance, where they are not FOB already: an estimate; cif: 1.06"},
    {"difference", NULL, NULL, "V", "claimed - recorded", "USD", PLAIN, "of a published figure from the dataset's"},
    {"relative_difference", NULL, NULL, "V", "(claimed - recorded) / recorded", "1", PLAIN,
     "the same by the dataset's"},
    /* indices */
    {"symmetric_rca", NULL, NULL, "S1", "(RCA - 1) / (RCA + 1)", "1", "Balassa 1965; Laursen 1998", "-1 to 1"},
    {"rca", NULL, NULL, "S1", "(X_i,k / X_i) / (X_W,k / X_W)", "1", "Balassa 1965",
     "above 1: a revealed comparative advantage"},
    {"tii_excluding_reporter", NULL, NULL, "S2", "(X_ij / X_i) / (M_j / (M_W - M_i))", "1", ESCAP,
     "trade intensity with the reporter left out of the world"},
    {"tii", NULL, NULL, "S2", "(X_ij / X_i) / (M_j / M_W)", "1", ESCAP,
     "above 1: more than the partner's size explains"},
    {"tci", NULL, NULL, "S3", "100 (1 - 1/2 sum over k of |M_j,k / M_j - X_i,k / X_i|)", "1", "Michaely 1996",
     "0 to 100: how well i's exports fit j's imports"},
    {"grubel_lloyd", NULL, NULL, "S4", "1 - |X_k - M_k| / (X_k + M_k)", "1", "Grubel & Lloyd 1971",
     "intra-industry trade; depends on the HS level; aggregate: sums above and below the bar"},
    {"finger_kreinin", NULL, NULL, "S5", "sum over k of min(X_i,k / X_i, X_j,k / X_j)", "1", "Finger & Kreinin 1979",
     "0 to 1: how alike two countries' exports are"},
    {"krugman", NULL, NULL, "S6", "sum over k of |X_i,k / X_i - X_j,k / X_j| = 2 (1 - FK)", "1", "Krugman 1991",
     "0 to 2: how differently two countries are specialised"},
};
const size_t n_measures = sizeof measures / sizeof *measures;

static bool measure_has(const struct measure *measure, const struct route *route, const char *column)
{
    struct str rest = str_view(measure->columns ? measure->columns : measure->id);
    if (measure->path && !str_starts(str_view(route->path), str_view(measure->path)))
        return false;
    while (rest.p)
        if (str_is(str_cut(&rest, ' '), column))
            return true;
    return false;
}

const struct measure *measure_of(const struct route *route, const struct column *column)
{
    bool text = column->type != COLUMN_INTEGER && column->type != COLUMN_NUMBER;
    for (size_t i = 0; !text && i < n_measures; i++)
        if (measure_has(&measures[i], route, column->id))
            return &measures[i];
    return NULL;
}

/* A route, or the one that answers its summary=1: one without columns where there is none. */
static const struct route *table_of(const struct routes *routes, size_t i)
{
    static const struct route none;
    const struct route *route = routes->route[i / 2];
    return i % 2 == 0 ? route : route->with_summary ? route->with_summary : &none;
}

const struct measure **measures_link(const struct routes *routes)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < 2 * routes->n; i++)
        n += table_of(routes, i)->n_columns;
    const struct measure **link = calloc(n ? n : 1, sizeof(const struct measure *));
    for (size_t i = 0; link && i < 2 * routes->n; i++) {
        const struct route *route = table_of(routes, i);
        for (size_t c = 0; c < route->n_columns; c++)
            link[at++] = measure_of(route, &route->column[c]);
    }
    return link;
}

void measure_routes(const struct routes *routes, const struct measure *const *link, const struct measure *measure,
                    bool *has)
{
    for (size_t i = 0; i < 2 * routes->n; i++)
        for (size_t c = 0; c < table_of(routes, i)->n_columns; c++)
            has[i / 2] = *link++ == measure || has[i / 2];
}

size_t measures_at(const struct routes *routes, const struct route *route)
{
    size_t at = 0;
    for (size_t i = 0; i < 2 * routes->n; i++) {
        if (table_of(routes, i) == route)
            return at;
        at += table_of(routes, i)->n_columns;
    }
    BUG("a call of a route that is not in the table");
}
