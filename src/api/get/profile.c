/* One call for a dashboard: each part names the dataset that it comes from, or says that none holds it. */
#include <math.h>

#include "api/ask/choose.h"
#include "api/ask/two_books.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"
#include "entrepot/analysis/bilateral.h"
#include "entrepot/analysis/dependence.h"
#include "entrepot/analysis/mirror.h"
#include "entrepot/analysis/products.h"
#include "entrepot/analysis/ranking.h"
#include "entrepot/base/jw.h"

static const struct param params[] = {
    PARAM_OF_REPORTER,
    PARAM_OF_PARTNER,
    {.name = "periods",
     .type = PARAM_COUNT,
     .max = 50,
     .fallback = "5",
     .description = "how many of the latest periods the totals have",
     .example = "10"},
    {.name = "top",
     .type = PARAM_COUNT,
     .max = 50,
     .fallback = "5",
     .description = "how many products and sectors are listed",
     .example = "10"},
    {.name = "threshold",
     .type = PARAM_SHARE,
     .fallback = "0.4",
     .description = "of the HHI, for dependence; 0.4 as in EU SWD(2021)352 and CEPII Policy Brief 47",
     .example = "0.4"},
    {.name = "cif",
     .type = PARAM_REAL,
     .low = 1,
     .high = 2,
     .fallback = "1.06",
     .description = "imports valued CIF / the same valued FOB, for the mirror gap",
     .example = "1.06"},
    PARAM_OF_RELEASE,
    {.name = "pretty", .type = PARAM_FLAG, .fallback = "0", .description = "1: line breaks", .example = "1"},
};

/* A part that is broken down by product; offer NULL: no dataset holds it. Likewise below. */
struct products_part {
    const struct offer *offer;
    enum level level;
    struct breakdown breakdown;
    struct product_asked *asked;
};

struct profile {
    struct call *call;
    struct jw jw;
    struct want want; /* of the pair */
    /* What is asked for, part by part. */
    struct {
        const struct offer *offer;
        const uint32_t *period;
        size_t n;
        struct bilateral *asked;
    } totals;
    struct products_part products, sectors;
    struct {
        const struct offer *offer;
        struct ranking *asked;
    } ranks;
    struct {
        struct two_books books;
        struct mirror *asked;
    } mirror;
    struct {
        const struct offer *offer;
        enum level level;
        struct breakdown breakdown;
        struct dependence *asked;
    } dependence;
};

static uint32_t last_period(const struct offer *offer) { return offer->period[offer->n_periods - 1]; }

/* ---- writing ---- */

static void put_figure(struct jw *jw, const char *key, struct figure f)
{
    if (f.known)
        jw_ki64(jw, key, f.usd);
    else
        jw_knull(jw, key);
}

static void put_ratio(struct jw *jw, const char *key, double ratio)
{
    jw_key(jw, str_view(key));
    jw_ratio(jw, ratio);
}

static void put_rank(struct jw *jw, const char *key, unsigned rank)
{
    if (rank)
        jw_ki64(jw, key, rank);
    else
        jw_knull(jw, key);
}

static void put_period(struct jw *jw, const char *key, uint32_t period)
{
    char text[PERIOD_TEXT];
    size_t n = period_print(period, text);
    jw_kstr(jw, key, str_span(text, n));
}

static void put_text(struct jw *jw, const char *key, struct str text)
{
    if (text.n)
        jw_kstr(jw, key, text);
    else
        jw_knull(jw, key);
}

static void put_flags(struct jw *jw, unsigned flags)
{
    jw_karray(jw, "flags");
    for (unsigned f = 0; f < FLAGS; f++)
        if (flags & FLAG_BIT(f))
            jw_str(jw, str_view(flag_name[f]));
    jw_end(jw);
}

static void put_dataset(struct jw *jw, const struct cube *cube)
{
    const struct dataset *d = cube_dataset(cube);
    jw_kstr(jw, "dataset", d->id);
    jw_kstr(jw, "release", cube_release(cube));
    jw_kstr(jw, "source", d->source);
    jw_kstr(jw, "exports_valuation", d->exports_valuation);
    jw_kstr(jw, "imports_valuation", d->imports_valuation);
    if (d->synthetic)
        jw_kbool(jw, "synthetic", true);
}

/* A part that no dataset holds: null figures, and which data would have them. */
static void put_nothing(struct jw *jw, const char *part, const char *why)
{
    jw_kobject(jw, part);
    jw_knull(jw, "dataset");
    jw_kz(jw, "why", why);
    jw_end(jw);
}

static void put_member(const struct profile *p, struct jw *jw, const char *key, uint32_t id)
{
    const struct country *country = countries_at(catalogue_countries(p->call->catalogue), id);
    jw_kobject(jw, key);
    jw_kstr(jw, "id", country->id);
    jw_kstr(jw, "name", country->name);
    jw_end(jw);
}

/* ---- asking ---- */

/* The best offer; *offer is NULL if there is none. */
static enum status best_offer(const struct profile *p, const struct want *want, const struct offer **offer)
{
    struct offer *offers;
    size_t n;
    enum status status = catalogue_offers(p->call->catalogue, want, p->call->arena, &offers, &n);
    *offer = status == ST_OK && n ? &offers[0] : NULL;
    return status;
}

static struct frame frame_on(const struct profile *p, const struct cube *cube)
{
    return (struct frame){.cube = cube,
                          .countries = catalogue_countries(p->call->catalogue),
                          .reporter = p->want.reporter,
                          .partner = p->want.partner,
                          .ask = p->call->ask};
}

static enum status break_down(const struct profile *p, const struct cube *cube, enum level level, struct breakdown *out)
{
    const struct catalogue *catalogue = p->call->catalogue;
    return breakdown_make(cube, catalogue_sectors(catalogue), level, p->call->arena, out);
}

/* ---- totals ---- */

static void put_total(struct jw *jw, const struct bilateral_row *row)
{
    jw_object(jw);
    put_period(jw, "period", row->period);
    put_figure(jw, "exports", row->exports);
    put_figure(jw, "imports", row->imports);
    put_figure(jw, "total", row->total);
    put_figure(jw, "balance", row->balance);
    put_ratio(jw, "cover_ratio", row->cover_ratio);
    put_ratio(jw, "exports_growth", row->exports_growth);
    put_ratio(jw, "imports_growth", row->imports_growth);
    put_figure(jw, "balance_change", row->balance_change);
    put_ratio(jw, "exports_growth_elsewhere", row->exports_growth_elsewhere);
    put_ratio(jw, "imports_growth_elsewhere", row->imports_growth_elsewhere);
    put_ratio(jw, "share_of_exports", row->share_of_exports);
    put_ratio(jw, "share_of_imports", row->share_of_imports);
    put_ratio(jw, "share_of_total", row->share_of_total);
    put_rank(jw, "deficit_rank", row->deficit_rank);
    put_rank(jw, "total_rank", row->total_rank);
    jw_ki64(jw, "months_held", row->months_held);
    put_flags(jw, row->flags);
    jw_end(jw);
}

static void ask_totals(struct profile *p, const struct offer *offer)
{
    size_t wanted = call_arg(p->call, "periods")->number, n = offer->n_periods < wanted ? offer->n_periods : wanted;
    const struct frame frame = frame_on(p, offer->cube);
    p->totals.offer = offer;
    p->totals.n = n;
    p->totals.period = offer->period + offer->n_periods - n;
    p->totals.asked = bilateral_ask(
        &frame, &(struct bilateral_question){.kind = offer->kind, .period = p->totals.period, .n = n});
}

static enum status put_totals(struct profile *p)
{
    const size_t n = p->totals.n;
    struct bilateral_row *row;
    enum status status = bilateral_fold(p->totals.asked, p->call->arena, &row);
    if (status != ST_OK)
        return status;
    jw_kobject(&p->jw, "totals");
    put_dataset(&p->jw, p->totals.offer->cube);
    jw_kz(&p->jw, "frequency", period_kind_word(p->totals.offer->kind));
    jw_karray(&p->jw, "rows");
    for (size_t i = 0; i < n; i++)
        put_total(&p->jw, &row[i]);
    jw_end(&p->jw);
    put_ratio(&p->jw, "exports_cagr", row[n - 1].exports_cagr);
    put_ratio(&p->jw, "imports_cagr", row[n - 1].imports_cagr);
    jw_end(&p->jw);
    return ST_OK;
}

/* ---- products and sectors ---- */

static void put_product(struct jw *jw, const struct product_row *row)
{
    jw_object(jw);
    jw_kstr(jw, "product", row->product);
    put_text(jw, "name", row->name);
    put_figure(jw, "exports", row->exports);
    put_figure(jw, "imports", row->imports);
    put_figure(jw, "balance", row->balance);
    put_ratio(jw, "share_of_bilateral_exports", row->share_of_bilateral_exports);
    put_ratio(jw, "share_of_bilateral_imports", row->share_of_bilateral_imports);
    put_ratio(jw, "share_of_exports", row->share_of_exports);
    put_ratio(jw, "share_of_imports", row->share_of_imports);
    put_flags(jw, row->flags);
    jw_end(jw);
}

static struct figure flow_figure(const struct product_row *row, enum flow flow)
{
    return flow == FLOW_EXPORTS ? row->exports : row->imports;
}

/* The largest rows by one flow, by repeated search: there are few. `taken` is cleared first. */
static void put_largest(struct profile *p, const char *key, const struct product_row *row, size_t n, enum flow flow,
                        bool *taken)
{
    memset(taken, 0, n * sizeof *taken);
    jw_karray(&p->jw, key);
    for (size_t left = call_arg(p->call, "top")->number; left; left--) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            struct figure f = flow_figure(&row[i], flow);
            if (!taken[i] && f.known && f.usd > 0 && (best == n || f.usd > flow_figure(&row[best], flow).usd))
                best = i;
        }
        if (best == n)
            break;
        taken[best] = true;
        put_product(&p->jw, &row[best]);
    }
    jw_end(&p->jw);
}

static enum status ask_breakdown(const struct profile *p, enum level level, struct products_part *part)
{
    struct want want = p->want;
    want.level = part->level = level;
    enum status status = best_offer(p, &want, &part->offer);
    if (status == ST_OK && part->offer)
        status = break_down(p, part->offer->cube, level, &part->breakdown);
    if (status != ST_OK || !part->offer)
        return status;
    const struct frame frame = frame_on(p, part->offer->cube);
    const uint32_t period = last_period(part->offer);
    part->asked =
        product_ask(&frame, &(struct product_question){.breakdown = &part->breakdown, .period = &period, .n = 1});
    return ST_OK;
}

static enum status put_breakdown(struct profile *p, const char *name, const struct products_part *part)
{
    struct product_row *row;
    size_t n = 0;
    if (!part->offer) {
        put_nothing(&p->jw, name,
                    "no dataset that is loaded holds this pair by product; customs data by HS chapter or "
                    "finer, such as UN Comtrade's, would");
        return ST_OK;
    }
    const uint32_t period = last_period(part->offer);
    enum status status = product_fold(part->asked, period, p->call->arena, &row, &n);
    bool *taken = arena_new(p->call->arena, bool, n + 1);
    if (status != ST_OK || !taken)
        return status != ST_OK ? status : ST_NO_MEMORY;
    jw_kobject(&p->jw, name);
    put_dataset(&p->jw, part->offer->cube);
    put_period(&p->jw, "period", period);
    jw_kz(&p->jw, "level", level_name[part->level]);
    put_largest(p, "exports", row, n, FLOW_EXPORTS, taken);
    put_largest(p, "imports", row, n, FLOW_IMPORTS, taken);
    jw_end(&p->jw);
    return ST_OK;
}

/* ---- ranks ---- */

static enum status ask_ranks(struct profile *p)
{
    struct want want = p->want;
    want.all_partners = true;
    enum status status = best_offer(p, &want, &p->ranks.offer);
    if (status != ST_OK || !p->ranks.offer)
        return status;
    const struct frame frame = frame_on(p, p->ranks.offer->cube);
    p->ranks.asked = ranking_ask(&frame, last_period(p->ranks.offer));
    return ST_OK;
}

static enum status put_ranks(struct profile *p)
{
    const struct offer *offer = p->ranks.offer;
    struct standing s;
    if (!offer) {
        put_nothing(&p->jw, "ranks",
                    "no dataset that is loaded lists all partners of the reporter; UN Comtrade with it as "
                    "the reporter, or CEPII BACI, would");
        return ST_OK;
    }
    enum status status = ranking_standing(p->ranks.asked, p->call->arena, &s);
    if (status != ST_OK)
        return status;
    jw_kobject(&p->jw, "ranks");
    put_dataset(&p->jw, offer->cube);
    put_period(&p->jw, "period", last_period(offer));
    put_rank(&p->jw, "as_destination_of_exports", s.exports);
    put_rank(&p->jw, "as_supplier_of_imports", s.imports);
    put_rank(&p->jw, "in_total_trade", s.total);
    put_rank(&p->jw, "in_deficits", s.deficit);
    jw_ki64(&p->jw, "partners", s.partners);
    put_ratio(&p->jw, "hhi_of_suppliers", ranking_import_hhi(p->ranks.asked));
    jw_end(&p->jw);
    return ST_OK;
}

/* ---- the mirror ---- */

static void put_gap(struct jw *jw, const struct mirror_row *row)
{
    jw_object(jw);
    jw_kz(jw, "flow", row->flow == FLOW_EXPORTS ? "exports" : "imports");
    put_figure(jw, "reported", row->reported);
    put_figure(jw, "mirrored", row->mirrored);
    put_figure(jw, "gap", row->gap);
    put_ratio(jw, "ratio", row->ratio);
    put_ratio(jw, "relative_gap", row->relative_gap);
    put_figure(jw, "gap_fob", row->gap_fob);
    put_ratio(jw, "relative_gap_fob", row->relative_gap_fob);
    put_flags(jw, row->flags);
    jw_end(jw);
}

static enum status ask_mirror(struct profile *p)
{
    static const struct breakdown_item everything = {.code = STR_INIT("TOTAL")};
    static const struct breakdown total = {.level = LEVEL_SECTOR, .n = 1, .item = &everything};
    struct two_books *books = &p->mirror.books;
    struct want want = p->want;
    want.series = true;
    enum status status = call_two_books(p->call, &want, str_span(NULL, 0), books);
    if (status != ST_OK || !books->common)
        return status;
    struct mirror_question q = {.own = {frame_on(p, books->own), &total},
                                .other = {frame_on(p, books->other), &total},
                                .period = books->period + books->n_periods - 1,
                                .n_periods = 1,
                                .cif_factor = call_arg(p->call, "cif")->ratio};
    q.other.frame.reporter = p->want.partner;
    q.other.frame.partner = p->want.reporter;
    p->mirror.asked = mirror_ask(&q);
    return ST_OK;
}

static enum status put_mirror(struct profile *p)
{
    const struct two_books *books = &p->mirror.books;
    struct mirror_row *row;
    size_t n = 0;
    if (!books->common) {
        put_nothing(&p->jw, "mirror",
                    "no dataset that is loaded has the partner's books for a period that the reporter's "
                    "have; its own customs data would");
        return ST_OK;
    }
    const uint32_t period = books->period[books->n_periods - 1];
    enum status status = mirror_fold(p->mirror.asked, p->call->arena, &row, &n);
    if (status != ST_OK)
        return status;
    jw_kobject(&p->jw, "mirror");
    put_dataset(&p->jw, books->own);
    jw_kstr(&p->jw, "mirror_dataset", cube_dataset(books->other)->id);
    put_period(&p->jw, "period", period);
    jw_kstr(&p->jw, "cif", call_arg(p->call, "cif")->text);
    jw_karray(&p->jw, "rows");
    for (size_t i = 0; i < n; i++)
        put_gap(&p->jw, &row[i]);
    jw_end(&p->jw);
    jw_end(&p->jw);
    return ST_OK;
}

/* ---- dependence ---- */

/* The finest level that a dataset holds completely, one that lists all suppliers before one that does not. */
static enum status offer_of_dependence(const struct profile *p, const struct offer **offer, enum level *level)
{
    static const enum level levels[] = {LEVEL_HS6, LEVEL_HS4, LEVEL_HS2};
    enum status status = ST_OK;
    for (unsigned all = 2; status == ST_OK && all-- > 0;)
        for (size_t i = 0; status == ST_OK && i < sizeof levels / sizeof *levels; i++) {
            struct want want = p->want;
            want.level = *level = levels[i];
            want.all_partners = all != 0;
            status = best_offer(p, &want, offer);
            if (status == ST_OK && *offer && (*offer)->whole)
                return ST_OK;
        }
    *offer = NULL;
    return status;
}

static void put_counts(struct profile *p, const struct dependence_row *row, size_t n)
{
    size_t count[3] = {0};
    int64_t usd[3] = {0};
    for (size_t i = 0; i < n; i++) {
        count[row[i].dependent]++;
        usd[row[i].dependent] += row[i].imports_from_partner.known ? row[i].imports_from_partner.usd : 0;
    }
    jw_ki64(&p->jw, "products", (int64_t)n);
    jw_ki64(&p->jw, "dependent_products", (int64_t)count[VERDICT_YES]);
    jw_ki64(&p->jw, "undecided_products", (int64_t)count[VERDICT_UNKNOWN]);
    jw_ki64(&p->jw, "dependent_imports", usd[VERDICT_YES]);
    jw_ki64(&p->jw, "undecided_imports", usd[VERDICT_UNKNOWN]);
}

static enum status ask_dependence(struct profile *p)
{
    enum status status = offer_of_dependence(p, &p->dependence.offer, &p->dependence.level);
    const struct offer *offer = p->dependence.offer;
    if (status == ST_OK && offer)
        status = break_down(p, offer->cube, p->dependence.level, &p->dependence.breakdown);
    if (status != ST_OK || !offer)
        return status;
    const struct frame frame = frame_on(p, offer->cube);
    const uint32_t period = last_period(offer);
    const struct dependence_question q = {
        .breakdown = &p->dependence.breakdown,
        .method = DEPENDENCE_HHI,
        .limit = {[CRITERION_HHI] = call_arg(p->call, "threshold")->ratio},
        .verdicts_only = true,
    };
    p->dependence.asked = dependence_ask(&frame, &q, &period, 1);
    return ST_OK;
}

static enum status put_dependence(struct profile *p)
{
    const struct offer *offer = p->dependence.offer;
    struct dependence_answer answer;
    if (!offer) {
        put_nothing(&p->jw, "dependence",
                    "no dataset that is loaded holds all of the reporter's imports by product; UN "
                    "Comtrade with it as the reporter, or CEPII BACI, would");
        return ST_OK;
    }
    const uint32_t period = last_period(offer);
    enum status status = dependence_fold(p->dependence.asked, period, p->call->arena, &answer);
    if (status != ST_OK)
        return status;
    jw_kobject(&p->jw, "dependence");
    put_dataset(&p->jw, offer->cube);
    put_period(&p->jw, "period", period);
    jw_kz(&p->jw, "level", level_name[p->dependence.level]);
    put_ratio(&p->jw, "threshold", call_arg(p->call, "threshold")->ratio);
    put_counts(p, answer.row, answer.n);
    jw_kbool(&p->jw, "suppliers_known", cube_dataset(offer->cube)->partners != PARTNERS_LISTED);
    jw_end(&p->jw);
    return ST_OK;
}

/* ---- the document ---- */

static void put_link(struct profile *p, const char *key, const char *before, uint32_t a, uint32_t b, const char *after)
{
    const struct countries *countries = catalogue_countries(p->call->catalogue);
    jw_kstr(&p->jw, key,
            arena_printf(p->call->arena, "/v1/%s/%.*s/%.*s%s", before, STR_ARG(countries_at(countries, a)->id),
                         STR_ARG(countries_at(countries, b)->id), after));
}

static void put_links(struct profile *p)
{
    uint32_t r = p->want.reporter, q = p->want.partner;
    jw_kobject(&p->jw, "links");
    jw_kstr(&p->jw, "self", p->call->canonical);
    put_link(p, "totals", "bilateral", r, q, "");
    put_link(p, "products", "bilateral", r, q, "/products");
    put_link(p, "mirror", "mirror", r, q, "");
    put_link(p, "dependence", "dependence", r, q, "");
    put_link(p, "reverse", "profile", q, r, "");
    jw_end(&p->jw);
}

static enum status profile_plan(struct call *call)
{
    struct profile *p = call_keep(call, sizeof *p);
    const struct offer *totals;
    if (!p)
        return ST_NO_MEMORY;
    p->call = call;
    p->want = (struct want){.reporter = call_arg(call, "reporter")->country,
                            .partner = call_arg(call, "partner")->country};
    struct want whole = p->want;
    whole.series = true;
    enum status status = call_choose(call, &whole, &totals);
    if (status != ST_OK)
        return status;
    ask_totals(p, totals);
    status = ask_breakdown(p, LEVEL_HS2, &p->products);
    if (status == ST_OK)
        status = ask_breakdown(p, LEVEL_SECTOR, &p->sectors);
    if (status == ST_OK)
        status = ask_ranks(p);
    if (status == ST_OK)
        status = ask_mirror(p);
    return status == ST_OK ? ask_dependence(p) : status;
}

static enum status put_parts(struct profile *p)
{
    enum status status = put_totals(p);
    if (status == ST_OK)
        status = put_breakdown(p, "products", &p->products);
    if (status == ST_OK)
        status = put_breakdown(p, "sectors", &p->sectors);
    if (status == ST_OK)
        status = put_ranks(p);
    if (status == ST_OK)
        status = put_mirror(p);
    return status == ST_OK ? put_dependence(p) : status;
}

static enum status profile_work(struct call *call)
{
    struct profile *p = call->state;
    jw_init(&p->jw, &call->document, call_arg(call, "pretty")->number != 0);
    call->document_type = call->route->media;
    jw_object(&p->jw);
    put_member(p, &p->jw, "reporter", p->want.reporter);
    put_member(p, &p->jw, "partner", p->want.partner);
    jw_kstr(&p->jw, "catalogue", catalogue_id(call->catalogue));
    enum status status = put_parts(p);
    if (status != ST_OK)
        return status;
    put_links(p);
    jw_end(&p->jw);
    jw_finish(&p->jw);
    buf_byte(&call->document, '\n');
    return ST_OK;
}

#define FIGURE ": integer|null, "
#define RATIO ": number|null, "
#define OF_DATASET                                                                                                     \
    "dataset: string, release: string, source: string, exports_valuation: string, imports_valuation: string,"          \
    " synthetic?: boolean, "
#define OR_NOTHING "|{dataset: null, why: string `what data would have it`}, "
#define BROKEN_DOWN                                                                                                    \
    "{" OF_DATASET "period: string, level: string, exports: " OF_PRODUCTS ", imports: " OF_PRODUCTS "}" OR_NOTHING
#define OF_PRODUCTS                                                                                                    \
    "{product: string, name: string|null, exports" FIGURE "imports" FIGURE "balance" FIGURE                            \
    "share_of_bilateral_exports" RATIO "share_of_bilateral_imports" RATIO "share_of_exports" RATIO                     \
    "share_of_imports" RATIO "flags: Flags}[]"

static const char shape[] =
    "{reporter: {id: string, name: string}, partner: {id: string, name: string}, catalogue: string, "
    "totals: {" OF_DATASET "frequency: 'A'|'FY'|'Q'|'M', rows: {period: string, exports" FIGURE "imports" FIGURE
    "total" FIGURE "balance" FIGURE "cover_ratio" RATIO "exports_growth" RATIO "imports_growth" RATIO
    "balance_change" FIGURE "exports_growth_elsewhere" RATIO "imports_growth_elsewhere" RATIO "share_of_exports" RATIO
    "share_of_imports" RATIO "share_of_total" RATIO "deficit_rank" FIGURE "total_rank" FIGURE
    "months_held: integer, flags: Flags}[], exports_cagr" RATIO "imports_cagr" RATIO "}, "
    "products: " BROKEN_DOWN "sectors: " BROKEN_DOWN "ranks: {" OF_DATASET
    "period: string, as_destination_of_exports" FIGURE "as_supplier_of_imports" FIGURE "in_total_trade" FIGURE
    "in_deficits" FIGURE "partners: integer, hhi_of_suppliers" RATIO "}" OR_NOTHING "mirror: {" OF_DATASET
    "mirror_dataset: string, period: string, cif: string, rows: {flow: 'exports'|'imports',"
    " reported" FIGURE "mirrored" FIGURE "gap" FIGURE "ratio" RATIO "relative_gap" RATIO "gap_fob" FIGURE
    "relative_gap_fob" RATIO "flags: Flags}[]}" OR_NOTHING "dependence: {" OF_DATASET
    "period: string, level: string, threshold: number, products: integer,"
    " dependent_products: integer, undecided_products: integer, dependent_imports: integer,"
    " undecided_imports: integer, suppliers_known: boolean}" OR_NOTHING
    "links: {self: uri, totals: uri, products: uri, mirror: uri, dependence: uri, reverse: uri}}";

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
    .shape = shape,
    .plan = profile_plan,
    .work = profile_work,
    .param = params,
    .n_params = sizeof params / sizeof *params};
