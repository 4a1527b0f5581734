/* One call for a dashboard: each part names the dataset that it comes from, or says that none holds it. */
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/two_books.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/bilateral.h"
#include "entrepot/analysis/dependence.h"
#include "entrepot/analysis/mirror.h"
#include "entrepot/analysis/products.h"
#include "entrepot/analysis/ranking.h"

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    PARAM("periods", COUNT, "how many of the latest periods the totals have", .max = 50, .fallback = "5",
          .example = "10"),
    PARAM("top", COUNT, "how many products and sectors are listed", .max = 50, .fallback = "5", .example = "10"),
    PARAM("threshold", SHARE, "of the HHI, for dependence; 0.4 as in EU SWD(2021)352 and CEPII Policy Brief 47",
          .fallback = "0.4", .example = "0.4"),
    PARAM("cif", REAL, "imports valued CIF / the same valued FOB, for the mirror gap", .low = 1, .high = 2,
          .fallback = "1.06", .example = "1.06"),
    PARAM_OF_EXPLAIN,
    PARAM_OF_RELEASE,
    PARAM("pretty", FLAG, "1: line breaks", .fallback = "0", .example = "1"),
};

/* ---- the document ---- */

/* What a part comes from. */
struct source {
    bool there, whole; /* whole: it holds all that was asked for */
    const struct cube *cube;
    struct str release, source, exports_valuation, imports_valuation;
    bool synthetic;
    uint32_t period; /* the newest */
};

struct totals {
    struct source from;
    const char *frequency;
    struct listed rows;
    double exports_cagr, imports_cagr;
    struct bilateral *asked;
};

struct broken_down {
    struct source from;
    const char *level;
    struct listed exports, imports; /* the largest */
    struct breakdown breakdown;
    struct product_asked *asked;
};

struct ranks {
    struct source from;
    struct standing standing;
    double hhi;
    struct ranking *asked;
};

struct gaps {
    struct source from;
    const struct cube *other;
    struct str cif;
    struct listed rows;
    struct mirror *asked;
};

struct verdicts {
    struct source from;
    const char *level;
    double threshold;
    size_t products, count[VERDICT_YES + 1];
    struct figure imports[VERDICT_YES + 1];
    bool suppliers_known;
    struct breakdown breakdown;
    struct dependence *asked;
};

struct member {
    uint32_t id;
};

struct links {
    struct str self, totals, products, mirror, dependence, reverse;
};

/* What the plan asks for in each part, and what the work makes of it. */
struct profile {
    struct member reporter, partner;
    struct str catalogue;
    struct totals totals;
    struct broken_down products, sectors;
    struct ranks ranks;
    struct gaps mirror;
    struct verdicts dependence;
    struct links links;
};

#define ALWAYS .never_null = true
#define COLUMNS_OF(list)                                                                                               \
    {                                                                                                                  \
        .column = (list), .n = sizeof(list) / sizeof *(list)                                                           \
    }
#define FROM_SOURCE(part)                                                                                              \
    COLUMN("dataset", NULL, FROM_DATASET(part, from.cube), ALWAYS),                                                    \
        COLUMN("release", NULL, FROM_TEXT(part, from.release), ALWAYS),                                                \
        COLUMN("source", NULL, FROM_TEXT(part, from.source), ALWAYS),                                                  \
        COLUMN("exports_valuation", NULL, FROM_TEXT(part, from.exports_valuation), ALWAYS),                            \
        COLUMN("imports_valuation", NULL, FROM_TEXT(part, from.imports_valuation), ALWAYS),                            \
        COLUMN("synthetic", NULL, FROM_TRUTH(part, from.synthetic), ONLY_IF(part, from.synthetic))

static const struct columns
    rows_of_totals = {.table = &route_bilateral,
                      .only = "period exports imports total balance cover_ratio exports_growth imports_growth "
                              "balance_change exports_growth_elsewhere imports_growth_elsewhere share_of_exports "
                              "share_of_imports share_of_total deficit_rank total_rank months_held flags"},
    rows_of_products = {.table = &route_bilateral_products,
                        .only = "product name exports imports balance share_of_bilateral_exports "
                                "share_of_bilateral_imports share_of_exports share_of_imports flags"},
    rows_of_gaps = {.table = &route_mirror,
                    .only = "flow reported mirrored gap ratio relative_gap gap_fob relative_gap_fob flags"};

static const char *const frequencies[] = {"A", "FY", "Q", "M", NULL};

static const struct column in_totals[] = {
    FROM_SOURCE(struct totals),
    COLUMN("frequency", NULL, FROM_NAME(struct totals, frequency), .words = frequencies, ALWAYS),
    COLUMN("rows", NULL, FROM_ROWS(struct totals, rows, &rows_of_totals)),
    COLUMN("exports_cagr", NULL, FROM_RATIO(struct totals, exports_cagr)),
    COLUMN("imports_cagr", NULL, FROM_RATIO(struct totals, imports_cagr)),
};
static const struct column in_breakdown[] = {
    FROM_SOURCE(struct broken_down),
    COLUMN("period", NULL, FROM_PERIOD(struct broken_down, from.period), ALWAYS),
    COLUMN("level", NULL, FROM_NAME(struct broken_down, level), ALWAYS),
    COLUMN("exports", NULL, FROM_ROWS(struct broken_down, exports, &rows_of_products)),
    COLUMN("imports", NULL, FROM_ROWS(struct broken_down, imports, &rows_of_products)),
};
static const struct column in_ranks[] = {
    FROM_SOURCE(struct ranks),
    COLUMN("period", NULL, FROM_PERIOD(struct ranks, from.period), ALWAYS),
    COLUMN("as_destination_of_exports", NULL, FROM_RANK(struct ranks, standing.exports)),
    COLUMN("as_supplier_of_imports", NULL, FROM_RANK(struct ranks, standing.imports)),
    COLUMN("in_total_trade", NULL, FROM_RANK(struct ranks, standing.total)),
    COLUMN("in_deficits", NULL, FROM_RANK(struct ranks, standing.deficit)),
    COLUMN("partners", NULL, FROM_COUNT(struct ranks, standing.partners)),
    COLUMN("hhi_of_suppliers", NULL, FROM_RATIO(struct ranks, hhi)),
};
static const struct column in_mirror[] = {
    FROM_SOURCE(struct gaps),
    COLUMN("mirror_dataset", NULL, FROM_DATASET(struct gaps, other), ALWAYS),
    COLUMN("period", NULL, FROM_PERIOD(struct gaps, from.period), ALWAYS),
    COLUMN("cif", NULL, FROM_TEXT(struct gaps, cif), ALWAYS),
    COLUMN("rows", NULL, FROM_ROWS(struct gaps, rows, &rows_of_gaps)),
};
static const struct column in_dependence[] = {
    FROM_SOURCE(struct verdicts),
    COLUMN("period", NULL, FROM_PERIOD(struct verdicts, from.period), ALWAYS),
    COLUMN("level", NULL, FROM_NAME(struct verdicts, level), ALWAYS),
    COLUMN("threshold", NULL, FROM_RATIO(struct verdicts, threshold), ALWAYS),
    COLUMN("products", NULL, FROM_SIZE(struct verdicts, products)),
    COLUMN("dependent_products", NULL, FROM_SIZE(struct verdicts, count[VERDICT_YES])),
    COLUMN("undecided_products", NULL, FROM_SIZE(struct verdicts, count[VERDICT_UNKNOWN])),
    COLUMN("dependent_imports", NULL, FROM_FIGURE(struct verdicts, imports[VERDICT_YES]), ALWAYS),
    COLUMN("undecided_imports", NULL, FROM_FIGURE(struct verdicts, imports[VERDICT_UNKNOWN]), ALWAYS),
    COLUMN("suppliers_known", NULL, FROM_TRUTH(struct verdicts, suppliers_known)),
};
static const struct column in_member[] = {
    COLUMN("id", NULL, FROM_COUNTRY(struct member, id), ALWAYS),
    COLUMN("name", NULL, FROM_COUNTRY_NAME(struct member, id), ALWAYS),
};
static const struct column in_links[] = {
    COLUMN("self", NULL, FROM_LINK(struct links, self), ALWAYS),
    COLUMN("totals", NULL, FROM_LINK(struct links, totals), ALWAYS),
    COLUMN("products", NULL, FROM_LINK(struct links, products), ALWAYS),
    COLUMN("mirror", NULL, FROM_LINK(struct links, mirror), ALWAYS),
    COLUMN("dependence", NULL, FROM_LINK(struct links, dependence), ALWAYS),
    COLUMN("reverse", NULL, FROM_LINK(struct links, reverse), ALWAYS),
};
static const struct columns totals = COLUMNS_OF(in_totals), breakdown = COLUMNS_OF(in_breakdown),
                            ranks = COLUMNS_OF(in_ranks), mirror = COLUMNS_OF(in_mirror),
                            dependence = COLUMNS_OF(in_dependence), member = COLUMNS_OF(in_member),
                            links = COLUMNS_OF(in_links);

/* A part, or which data would have it. */
#define PART(member, columns, why)                                                                                     \
    COLUMN(#member, NULL, FROM_OBJECT(struct profile, member, &(columns)), ONLY_IF(struct profile, member.from.there), \
           .instead = (why))
#define NO_PRODUCTS                                                                                                    \
    "no dataset that is loaded holds this pair by product; customs data by HS chapter or finer, such as UN "           \
    "Comtrade's, would"
static const struct column in_profile[] = {
    COLUMN("reporter", NULL, FROM_OBJECT(struct profile, reporter, &member)),
    COLUMN("partner", NULL, FROM_OBJECT(struct profile, partner, &member)),
    COLUMN("catalogue", NULL, FROM_TEXT(struct profile, catalogue), ALWAYS),
    COLUMN("totals", NULL, FROM_OBJECT(struct profile, totals, &totals)),
    PART(products, breakdown, NO_PRODUCTS),
    PART(sectors, breakdown, NO_PRODUCTS),
    PART(ranks, ranks,
         "no dataset that is loaded lists all partners of the reporter; UN Comtrade with it as the reporter, or CEPII "
         "BACI, would"),
    PART(mirror, mirror,
         "no dataset that is loaded has the partner's books for a period that the reporter's have; its own customs "
         "data would"),
    PART(dependence, dependence,
         "no dataset that is loaded holds all of the reporter's imports by product; UN Comtrade with it as the "
         "reporter, or CEPII BACI, would"),
    COLUMN("links", NULL, FROM_OBJECT(struct profile, links, &links)),
};
static const struct columns document = {
    .column = in_profile, .n = sizeof in_profile / sizeof *in_profile, .has_meta = true};

/* ---- asking ---- */

static struct source source_of(const struct cube *cube, uint32_t period, bool whole)
{
    const struct dataset *d = cube_dataset(cube);
    return (struct source){.there = true,
                           .whole = whole,
                           .cube = cube,
                           .release = cube_release(cube),
                           .source = d->source,
                           .exports_valuation = d->exports_valuation,
                           .imports_valuation = d->imports_valuation,
                           .synthetic = d->synthetic,
                           .period = period};
}

static struct frame frame_on(const struct call *call, const struct want *pair, const struct cube *cube)
{
    return (struct frame){.cube = cube,
                          .countries = catalogue_countries(call->catalogue),
                          .reporter = pair->reporter,
                          .partner = pair->partner,
                          .ask = call->ask};
}

/* The best one, and the frame on it; not there if there is none. */
static enum status find_source(struct call *call, const struct want *want, struct source *out, struct frame *frame)
{
    struct offer *offer;
    size_t n;
    enum status status = catalogue_offers(call->catalogue, want, call->arena, &offer, &n);
    if (status != ST_OK || n == 0)
        return status;
    *out = source_of(offer->cube, offer->period[offer->n_periods - 1], offer->whole);
    *frame = frame_on(call, want, offer->cube);
    return ST_OK;
}

static enum status ask_totals(struct call *call, struct want want, struct totals *part)
{
    const struct offer *offer;
    want.series = true;
    enum status status = call_choose(call, &want, &offer);
    if (status != ST_OK)
        return status;
    const size_t wanted = call_arg(call, "periods")->number, n = offer->n_periods < wanted ? offer->n_periods : wanted;
    const uint32_t *end = offer->period + offer->n_periods;
    const struct frame frame = frame_on(call, &want, offer->cube);
    part->from = source_of(offer->cube, end[-1], offer->whole);
    part->frequency = period_kind_word(offer->kind);
    part->rows = (struct listed){.n = n, .bytes = sizeof(struct bilateral_row)};
    part->asked = bilateral_ask(&frame, &(struct bilateral_question){.kind = offer->kind, .period = end - n, .n = n});
    return ST_OK;
}

static enum status break_down(struct call *call, const struct source *from, enum level level, struct breakdown *out)
{
    return breakdown_make(from->cube, catalogue_sectors(call->catalogue), level, call->arena, out);
}

static enum status ask_products(struct call *call, struct want want, enum level level, struct broken_down *part)
{
    struct frame frame;
    want.level = level;
    part->level = level_name[level];
    enum status status = find_source(call, &want, &part->from, &frame);
    if (status == ST_OK && part->from.there)
        status = break_down(call, &part->from, level, &part->breakdown);
    if (status == ST_OK && part->from.there)
        part->asked = product_ask(&frame, &(struct product_question){&part->breakdown, &part->from.period, 1, 0});
    return status;
}

static enum status ask_ranks(struct call *call, struct want want, struct ranks *part)
{
    struct frame frame;
    want.all_partners = true;
    enum status status = find_source(call, &want, &part->from, &frame);
    if (status == ST_OK && part->from.there)
        part->asked = ranking_ask(&frame, part->from.period);
    return status;
}

static enum status ask_mirror(struct call *call, struct want own, struct gaps *part)
{
    static const struct breakdown_item everything = {.code = STR_INIT("TOTAL")};
    static const struct breakdown total = {.level = LEVEL_TOTAL, .n = 1, .item = &everything};
    const struct arg *cif = call_arg(call, "cif");
    const struct want other = {.reporter = own.partner, .partner = own.reporter};
    struct two_books books;
    own.series = true;
    enum status status = call_two_books(call, &own, str_span(NULL, 0), &books);
    if (status != ST_OK || !books.common)
        return status;
    part->from = source_of(books.own, books.period[books.n_periods - 1], true);
    part->other = books.other;
    part->cif = cif->text;
    part->asked = mirror_ask(&(struct mirror_question){.own = {frame_on(call, &own, books.own), &total},
                                                       .other = {frame_on(call, &other, books.other), &total},
                                                       .period = &part->from.period,
                                                       .n_periods = 1,
                                                       .cif_factor = cif->ratio});
    return ST_OK;
}

/* The finest level that a dataset holds completely, one that lists all suppliers before one that does not. */
static enum status find_dependence(struct call *call, struct want want, struct verdicts *part, struct frame *frame)
{
    static const enum level levels[] = {LEVEL_HS6, LEVEL_HS4, LEVEL_HS2};
    const size_t n = sizeof levels / sizeof *levels;
    want.flows = 1U << FLOW_IMPORTS;
    for (size_t i = 0; i < 2 * n; i++) {
        want.level = levels[i % n];
        want.all_partners = i < n;
        enum status status = find_source(call, &want, &part->from, frame);
        if (status == ST_OK && part->from.whole)
            status = break_down(call, &part->from, want.level, &part->breakdown);
        if (status != ST_OK || part->from.whole)
            return status;
    }
    part->from.there = false;
    return ST_OK;
}

static enum status ask_dependence(struct call *call, struct want want, struct verdicts *part)
{
    struct frame frame;
    enum status status = find_dependence(call, want, part, &frame);
    if (status != ST_OK || !part->from.there)
        return status;
    part->level = level_name[part->breakdown.level];
    part->threshold = call_arg(call, "threshold")->ratio;
    part->suppliers_known = cube_dataset(part->from.cube)->partners != PARTNERS_LISTED;
    const struct dependence_question question = {.breakdown = &part->breakdown,
                                                 .method = DEPENDENCE_HHI,
                                                 .verdicts_only = true,
                                                 .limit = {[CRITERION_HHI] = part->threshold}};
    part->asked = dependence_ask(&frame, &question, &part->from.period, 1);
    return ST_OK;
}

static enum status profile_plan(struct call *call)
{
    struct want pair = want_of(call);
    struct profile *p = call_keep(call, sizeof *p);
    if (!p)
        return ST_NO_MEMORY;
    pair.flows = WANT_BOTH;
    enum status status = ask_totals(call, pair, &p->totals);
    if (status == ST_OK)
        status = ask_products(call, pair, LEVEL_HS2, &p->products);
    if (status == ST_OK)
        status = ask_products(call, pair, LEVEL_SECTOR, &p->sectors);
    if (status == ST_OK)
        status = ask_ranks(call, pair, &p->ranks);
    if (status == ST_OK)
        status = ask_mirror(call, pair, &p->mirror);
    return status == ST_OK ? ask_dependence(call, pair, &p->dependence) : status;
}

/* ---- what was read ---- */

/* As a table's rows have it. */
static flag_bits flags_of_source(const struct source *from) { return from->synthetic ? FLAG_BIT(FLAG_SYNTHETIC) : 0; }

static enum status fold_totals(struct call *call, struct totals *part)
{
    struct bilateral_row *row;
    enum status status = bilateral_fold(part->asked, call->arena, &row);
    if (status != ST_OK)
        return status;
    for (size_t i = 0; i < part->rows.n; i++)
        row[i].flags |= flags_of_source(&part->from);
    part->rows.row = row;
    part->exports_cagr = row[part->rows.n - 1].exports_cagr;
    part->imports_cagr = row[part->rows.n - 1].imports_cagr;
    return ST_OK;
}

/* Unknown: less than any. */
static int64_t usd_of(const struct product_row *row, enum flow flow)
{
    const struct figure f = flow == FLOW_EXPORTS ? row->exports : row->imports;
    return f.known ? f.usd : 0;
}

/* The largest rows by one flow, by insertion: there are few. */
static enum status list_largest(struct call *call, const struct product_row *row, size_t n, enum flow flow,
                                struct listed *out)
{
    const size_t most = call_arg(call, "top")->number;
    struct product_row *list = arena_new_raw(call->arena, struct product_row, most);
    if (!list)
        return ST_NO_MEMORY;
    *out = (struct listed){.row = list, .bytes = sizeof *list};
    for (size_t i = 0; i < n; i++) {
        const int64_t usd = usd_of(&row[i], flow);
        size_t at = out->n;
        while (at && usd_of(&list[at - 1], flow) < usd)
            at--;
        if (usd <= 0 || at == most)
            continue;
        out->n += out->n < most;
        memmove(&list[at + 1], &list[at], (out->n - at - 1) * sizeof *list);
        list[at] = row[i];
    }
    return ST_OK;
}

static enum status fold_products(struct call *call, struct broken_down *part)
{
    struct product_row *row;
    size_t n;
    enum status status = product_fold(part->asked, part->from.period, call->arena, &row, &n);
    for (size_t i = 0; status == ST_OK && i < n; i++)
        row[i].flags |= flags_of_source(&part->from);
    if (status == ST_OK)
        status = list_largest(call, row, n, FLOW_EXPORTS, &part->exports);
    return status == ST_OK ? list_largest(call, row, n, FLOW_IMPORTS, &part->imports) : status;
}

static enum status fold_ranks(struct call *call, struct ranks *part)
{
    part->hhi = ranking_import_hhi(part->asked);
    return ranking_standing(part->asked, call->arena, &part->standing);
}

static enum status fold_mirror(struct call *call, struct gaps *part)
{
    struct mirror_row *row;
    enum status status = mirror_fold(part->asked, call->arena, &row, &part->rows.n);
    for (size_t i = 0; status == ST_OK && i < part->rows.n; i++)
        row[i].flags |= flags_of_source(&part->from);
    part->rows.row = row;
    part->rows.bytes = sizeof *row;
    return status;
}

static enum status fold_dependence(struct call *call, struct verdicts *part)
{
    struct dependence_answer answer;
    enum status status = dependence_fold(part->asked, part->from.period, call->arena, &answer);
    if (status != ST_OK)
        return status;
    part->products = answer.n;
    for (enum verdict v = VERDICT_UNKNOWN; v <= VERDICT_YES; v++)
        part->imports[v] = figure_of(0);
    for (size_t i = 0; i < answer.n; i++) {
        const struct dependence_row *row = &answer.row[i];
        part->count[row->dependent]++;
        part->imports[row->dependent] = figure_sum(part->imports[row->dependent], row->imports_from_partner);
    }
    return ST_OK;
}

static struct str link_to(const struct call *call, const char *call_name, uint32_t a, uint32_t b, const char *after)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    return arena_printf(call->arena, "/v1/%s/%.*s/%.*s%s", call_name, STR_ARG(countries_at(countries, a)->id),
                        STR_ARG(countries_at(countries, b)->id), after);
}

static enum status profile_work(struct call *call)
{
    struct profile *p = call->state;
    const uint32_t a = call_arg(call, "reporter")->country, b = call_arg(call, "partner")->country;
    p->reporter.id = a;
    p->partner.id = b;
    p->catalogue = catalogue_id(call->catalogue);
    p->links = (struct links){
        .self = call->canonical,
        .totals = link_to(call, "bilateral", a, b, ""),
        .products = p->products.from.there ? link_to(call, "bilateral", a, b, "/products") : str_span(NULL, 0),
        .mirror = link_to(call, "mirror", a, b, ""),
        .dependence = p->dependence.from.there ? link_to(call, "dependence", a, b, "") : str_span(NULL, 0),
        .reverse = link_to(call, "profile", b, a, "")};
    call->told = p;
    enum status status = fold_totals(call, &p->totals);
    if (status == ST_OK && p->products.from.there)
        status = fold_products(call, &p->products);
    if (status == ST_OK && p->sectors.from.there)
        status = fold_products(call, &p->sectors);
    if (status == ST_OK && p->ranks.from.there)
        status = fold_ranks(call, &p->ranks);
    if (status == ST_OK && p->mirror.from.there)
        status = fold_mirror(call, &p->mirror);
    return status == ST_OK && p->dependence.from.there ? fold_dependence(call, &p->dependence) : status;
}

const struct route route_profile = {
    .id = "getProfile",
    .group = GROUP_BALANCE,
    .path = "/v1/profile/{reporter}/{partner}",
    .summary = "One document for a dashboard: totals, products, sectors, ranks, mirror gap, dependence of a pair",
    .description =
        "Each part names the dataset and the period it comes from, or says why none answers. Sectors overlap: "
        "their figures must not be added up.",
    .example = "/v1/profile/IND/CHN",
    .kind = ROUTE_DOCUMENT,
    .media = "application/json",
    .document = &document,
    .plan = profile_plan,
    .work = profile_work,
    TAKES(params)};
