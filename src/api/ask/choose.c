/* Which dataset answers a call, and why none does. */
#include "api/ask/choose.h"

#include "api/ask/predecessors.h"

#include "entrepot/analysis/breakdown.h"
#include "entrepot/cube/correlation.h"

static struct str member_id(const struct call *call, uint32_t id)
{
    if (id == ANY_MEMBER)
        return STR("any country");
    return countries_at(catalogue_countries(call->catalogue), id)->id;
}

static bool any_offer(const struct call *call, const struct want *want)
{
    struct offer *offers;
    size_t n;
    return catalogue_offers(call->catalogue, want, call->arena, &offers, &n) == ST_OK && n > 0;
}

/* The canonical query without the dataset, which has one side's books. */
static struct str query_without_dataset(const struct call *call)
{
    struct str rest = call->canonical, query = str_span(NULL, 0);
    (void)str_cut(&rest, '?');
    while (rest.n) {
        struct str one = str_cut(&rest, '&');
        if (!str_starts(one, STR("dataset=")))
            query = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(query), query.n ? "&" : "", STR_ARG(one));
    }
    return query;
}

/* The same path with reporter and partner exchanged. */
static struct str mirror_path(const struct call *call, const struct want *want)
{
    struct str rest = str_view(call->route->path), path = str_span(NULL, 0);
    const struct str query = query_without_dataset(call);
    for (bool first = true; rest.p; first = false) {
        struct str segment = str_cut(&rest, '/');
        if (str_is(segment, "{reporter}"))
            segment = member_id(call, want->partner);
        else if (str_is(segment, "{partner}"))
            segment = member_id(call, want->reporter);
        path = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(path), first ? "" : "/", STR_ARG(segment));
    }
    return arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(path), query.n ? "?" : "", STR_ARG(query));
}

static bool has_mirror(const struct call *call, const struct want *want)
{
    bool turnable = strstr(call->route->path, "{partner}") != NULL && !want->reporters.member && !want->partners.member;
    if (!turnable || want->partner == ANY_MEMBER || want->reporter == ANY_MEMBER)
        return false;
    struct want other = *want;
    other.reporter = want->partner;
    other.partner = want->reporter;
    other.dataset = str_span(NULL, 0);
    return any_offer(call, &other);
}

static void print_span(struct buf *out, const struct cube *cube)
{
    size_t n;
    const uint32_t *period = cube_periods(cube, &n);
    char first[PERIOD_TEXT], last[PERIOD_TEXT];
    (void)period_print(period[0], first);
    (void)period_print(period[n - 1], last);
    const struct dataset *d = cube_dataset(cube);
    buf_printf(out, "%.*s (%s, %s%s%s)", STR_ARG(d->id), level_name[d->level], first, n > 1 ? ".." : "",
               n > 1 ? last : "");
}

/* "a (hs2, FY1996-97..FY2018-19); b (…)" of the datasets that would do but for what was dropped from `want`. */
static struct str what_there_is(struct call *call, const struct want *want)
{
    struct offer *offers;
    size_t n;
    struct buf out;
    buf_init(&out, 8192);
    if (catalogue_offers(call->catalogue, want, call->arena, &offers, &n) != ST_OK)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_lit(&out, "; ");
        print_span(&out, offers[i].cube);
    }
    struct str text = arena_str(call->arena, buf_view(&out));
    buf_release(&out);
    return text;
}

static enum status refuse(struct call *call, enum problem_type type, const char *parameter, struct str value,
                          struct str detail, const struct want *want)
{
    struct call_error *e = call_problem(call, type, parameter, value, detail);
    const struct predecessor before = type == PROBLEM_PERIOD_UNAVAILABLE || type == PROBLEM_NO_DATA
                                          ? predecessor_that_answers(call, want)
                                          : (struct predecessor){.id = {NULL, 0}};
    e->see = before.target.n ? before.target : STR("/v1/availability");
    if (before.target.n) {
        e->detail = arena_printf(call->arena, "%.*s; %.*s (%.*s) has it, see the link", STR_ARG(detail),
                                 STR_ARG(before.id), STR_ARG(before.name));
        return ST_INVALID;
    }
    if (has_mirror(call, want) && str_starts(str_view(call->route->path), STR("/v1/bilateral/"))) {
        e->see = mirror_path(call, want);
        e->detail = arena_printf(call->arena, "%.*s; the other side's books have it, see the link", STR_ARG(e->detail));
    }
    return ST_INVALID;
}

static struct str arg_text(const struct call *call, const char *name)
{
    const struct arg *arg = call_find(call, name);
    return arg ? arg->text : str_span(NULL, 0);
}

static struct str nobody(const struct call *call, const struct want *want)
{
    if (want->reporters.member || want->partners.member)
        return STR("no dataset holds figures of any of these reporters with any of these partners");
    if (want->partner == ANY_MEMBER)
        return arena_printf(call->arena, "no dataset holds figures reported by %.*s",
                            STR_ARG(member_id(call, want->reporter)));
    return arena_printf(call->arena, "no dataset holds figures of %.*s with %.*s",
                        STR_ARG(member_id(call, want->reporter)), STR_ARG(member_id(call, want->partner)));
}

/* What would do where one country's books are not enough. */
static struct str many_reporters(struct call *call, const struct want *want)
{
    struct want anyone = {.reporter = ANY_MEMBER,
                          .partner = ANY_MEMBER,
                          .all_partners = true,
                          .world = want->world ? want->world : 1U << FLOW_EXPORTS | 1U << FLOW_IMPORTS};
    struct str there = what_there_is(call, &anyone);
    return arena_printf(
        call->arena,
        "this needs the books of many countries at one level: a reconciled world such as CEPII BACI, a closed "
        "set of reporters, or every partner of most reporters; %s%.*s",
        there.n ? "of that kind there is: " : "no dataset of that kind is loaded", STR_ARG(there));
}

/* The last demands: the books of many countries, and all partners. Then nothing is there at all. */
static enum status explain_partners(struct call *call, struct want *loose, const struct want *want)
{
    if (want->world || want->books.n) {
        loose->world = 0;
        loose->books = (struct cube_set){NULL, 0};
        if (any_offer(call, loose))
            return refuse(call, PROBLEM_DATASET_UNSUITABLE, "dataset", want->dataset, many_reporters(call, want), want);
    }
    if (want->all_partners) {
        loose->all_partners = false;
        if (any_offer(call, loose))
            return refuse(call, PROBLEM_LEVEL_UNAVAILABLE, "reporter", member_id(call, want->reporter),
                          STR("no dataset lists all partners of this reporter, so they cannot be ranked"), want);
    }
    return refuse(call, PROBLEM_NO_DATA, NULL, call->path, nobody(call, want), want);
}

enum status call_refuse_dataset(struct call *call, const char *parameter, const struct want *want)
{
    struct want anywhere = *want;
    anywhere.dataset = str_span(NULL, 0);
    const struct cube *cube = catalogue_find(call->catalogue, want->dataset);
    struct str others = what_there_is(call, &anywhere);
    struct buf own;
    buf_init(&own, 256);
    if (cube)
        print_span(&own, cube);
    struct str detail = arena_printf(
        call->arena, "this dataset cannot answer it (pair, period, detail, coverage or partners); it is %.*s; %s%.*s",
        STR_ARG(buf_view(&own)), others.n ? "others can: " : "no dataset that is loaded can", STR_ARG(others));
    buf_release(&own);
    return refuse(call, PROBLEM_DATASET_UNSUITABLE, parameter, want->dataset, detail, want);
}

bool call_answered_by(struct call *call, const struct want *want, const struct cube *cube)
{
    struct want named = *want;
    named.dataset = cube_dataset(cube)->id;
    return any_offer(call, &named);
}

#define RELATIVES_SHOWN 20

/* "; 854142 is no code of HS2017, where it was 854140", for the first product that the revision of `cube` lacks. */
static struct str other_revision(struct call *call, const struct want *want, const struct cube *cube)
{
    const struct correlation tables = correlation_shipped();
    const unsigned own = hs_number(cube_dataset(cube)->hs);
    struct str text = str_span(NULL, 0), code[RELATIVES_SHOWN];
    enum level level;
    for (size_t i = 0; own && i < want->n_products && !text.n; i++) {
        const struct str product = want->product[i];
        if (!product_level(product, &level) || level != LEVEL_HS6 || correlation_has(&tables, own, product))
            continue;
        text = arena_printf(call->arena, "; %.*s is no code of %.*s", STR_ARG(product), STR_ARG(hs_name(own)));
        for (unsigned r = HS_REVISIONS; r > 0; r--) {
            size_t n = r == own ? 0 : correlation_follow(&tables, product, r, own, code, RELATIVES_SHOWN);
            for (size_t k = 0; k < n && k < RELATIVES_SHOWN; k++)
                text = arena_printf(call->arena, "%.*s%s%.*s", STR_ARG(text), k ? ", " : ", where it is ",
                                    STR_ARG(code[k]));
            if (n)
                break;
        }
    }
    return text;
}

/* What is said where the products, not the pair, are the reason: also that a revision lacks one of them. */
static struct str no_detail(struct call *call, const struct want *want, const struct want *loose)
{
    struct offer *offers;
    size_t n;
    struct str other = str_span(NULL, 0);
    if (catalogue_offers(call->catalogue, loose, call->arena, &offers, &n) != ST_OK)
        n = 0;
    for (size_t i = 0; i < n && !other.n; i++)
        other = other_revision(call, want, offers[i].cube);
    return arena_printf(call->arena, "no dataset holds this pair in such detail%.*s; there is: %.*s", STR_ARG(other),
                        STR_ARG(what_there_is(call, loose)));
}

/* Drops one demand after the other until something fits: the first whose absence helps is the reason. */
static enum status explain(struct call *call, const struct want *want)
{
    struct want loose = *want;
    loose.period = (struct period_set){.n = 0};
    loose.freq = 0;
    if (any_offer(call, &loose))
        return refuse(call, PROBLEM_PERIOD_UNAVAILABLE, "period", arg_text(call, "period"),
                      arena_printf(call->arena, "no dataset holds this period for what was asked; there is: %.*s",
                                   STR_ARG(what_there_is(call, &loose))),
                      want);
    if (want->dataset.n) {
        struct want anywhere = *want;
        anywhere.dataset = str_span(NULL, 0);
        if (any_offer(call, &anywhere))
            return call_refuse_dataset(call, "dataset", want);
    }
    loose.dataset = str_span(NULL, 0);
    loose.level = LEVEL_TOTAL;
    loose.n_products = 0;
    bool detailed = want->level != LEVEL_TOTAL || want->n_products;
    if (detailed && any_offer(call, &loose))
        return refuse(call, PROBLEM_LEVEL_UNAVAILABLE, want->n_products ? "product" : "level",
                      arg_text(call, want->n_products ? "product" : "level"), no_detail(call, want, &loose), want);
    return explain_partners(call, &loose, want);
}

void call_warn_synthetic(struct call *call, const struct cube *cube)
{
    static const char text[] = "synthetic data: made up to try the program with, not trade statistics";
    for (size_t i = 0; i < call->n_warnings; i++)
        if (str_is(call->warning[i], text))
            return;
    if (cube_dataset(cube)->synthetic)
        call_warn(call, str_view(text));
}

/* What an offer lacks, as a list of words. */
static struct str what_is_lacking(struct call *call, unsigned lacks)
{
    static const struct {
        enum lack bit;
        const char *words;
    } lack[] = {
        {LACK_EXPORTS, "exports"},
        {LACK_IMPORTS, "imports"},
        {LACK_MONTHS, "some months"},
        {LACK_PRODUCTS, "products beside chosen ones"},
        {LACK_PARTNERS, "partners beside chosen ones"},
        {LACK_REVISION, "codes of another revision of the Harmonized System"},
        {LACK_DETAIL, "codes finer than its own"},
    };
    struct str text = str_span(NULL, 0);
    for (size_t i = 0; i < sizeof lack / sizeof *lack; i++)
        if (lacks & lack[i].bit)
            text = arena_printf(call->arena, "%.*s%s%s", STR_ARG(text), text.n ? ", " : "", lack[i].words);
    return text;
}

/* Where a route takes a flow, the one that is known can be asked for alone. */
static const char *flow_to_ask(const struct call *call, unsigned lacks)
{
    if (!call_find(call, "flow"))
        return "";
    return lacks & LACK_EXPORTS   ? "; flow=imports asks for what is there"
           : lacks & LACK_IMPORTS ? "; flow=exports asks for what is there"
                                  : "";
}

/* The first of the others that has a later year. */
static const struct offer *later_than(const struct call *call, const struct offer *offer)
{
    for (size_t i = 0; i < call->n_offers; i++)
        if (call->offers[i].newest > offer->newest)
            return &call->offers[i];
    return NULL;
}

/* A part answers only where nobody knows the whole: it is said what is missing, and where a later part is. */
static void warn_of_part(struct call *call, const struct offer *offer)
{
    struct str lacking = what_is_lacking(call, offer->lacks), id = cube_dataset(offer->cube)->id;
    const struct offer *later = later_than(call, offer);
    if (lacking.n)
        call_warn(call, arena_printf(call->arena, "%.*s knows a part of what is asked; it lacks %.*s%s", STR_ARG(id),
                                     STR_ARG(lacking), flow_to_ask(call, offer->lacks)));
    if (later)
        call_warn(call, arena_printf(call->arena, "a part of later periods is in %.*s",
                                     STR_ARG(cube_dataset(later->cube)->id)));
}

static void warn_of_gaps(struct call *call, const struct offer *offer)
{
    if (offer->n_missing)
        call_warn(call, arena_printf(call->arena, "%zu of the periods asked for are not in the dataset and have no row",
                                     offer->n_missing));
    if (!offer->whole)
        warn_of_part(call, offer);
    const struct dataset *d = cube_dataset(offer->cube);
    call_warn_synthetic(call, offer->cube);
    if (d->converted.n)
        call_warn(call, d->converted);
    if (d->basis == BASIS_RECONCILED)
        call_warn(call, STR("reconciled data: one value for each exporter and importer, so both sides' views are the "
                            "same figures"));
}

enum status call_choose(struct call *call, const struct want *want, const struct offer **offer)
{
    struct offer *offers;
    enum status status = catalogue_offers(call->catalogue, want, call->arena, &offers, &call->n_offers);
    if (status != ST_OK)
        return status;
    call->offers = offers;
    if (call->n_offers == 0)
        return explain(call, want);
    call->cube = offers[0].cube;
    *offer = &offers[0];
    warn_of_gaps(call, &offers[0]);
    warn_of_predecessors(call, want, offers[0].cube);
    if (has_mirror(call, want))
        call->mirror = mirror_path(call, want);
    return ST_OK;
}

void *call_keep(struct call *call, size_t size) { return call->state = arena_alloc(call->arena, 1, size, 16); }

enum status call_price(struct call *call)
{
    const uint64_t max = call->api->options.max_cost;
    enum status status = ask_price(call->ask, &call->price);
    if (status != ST_OK || call->price <= max)
        return status;
    (void)call_problem(call, PROBLEM_TOO_LARGE, NULL, call->path,
                       arena_printf(call->arena, "this would read %llu observations where %llu are allowed: %s",
                                    (unsigned long long)call->price, (unsigned long long)max,
                                    call->instead ? call->instead : "ask for fewer periods or products"));
    return ST_INVALID;
}
