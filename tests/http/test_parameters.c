/* Targets and what is read of them: escapes, lists, repetitions, limits, filters, cursors, releases, Accept. Each mistake is told with the
 * status and the words that belong to it, and what means the same has one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/request/request.h"
#include "api/routes.h"
#include "bug.h"
#include "http/asking.h"
#include "http/test_api.h"

static int ask_with(const char *target, struct api_request request) { return ask_of(test_world(), target, request); }
static int ask(const char *target) { return ask_with(target, (struct api_request){.accept = STR("")}); }

struct expected {
    const char *target;
    int status;
    const char *words; /* of the body */
};

static void expect(const struct expected *e)
{
    int status = ask(e->target);
    if (status != e->status || !body_has(e->words))
        fail_msg("%s: not %d \"%s\" but %d %.*s", e->target, e->status, e->words, status,
                 (int)(reply.body.n < 600 ? reply.body.n : 600), reply.body.p);
}

#define expect_all(cases)                                                                                              \
    for (size_t i_ = 0; i_ < sizeof(cases) / sizeof *(cases); i_++)                                                    \
    expect(&(cases)[i_])

/* `head`, then `item` as often as it says, with commas between. */
static const char *list_of(const char *head, const char *item, int times)
{
    static char target[4096];
    int n = snprintf(target, sizeof target, "%s", head);
    for (int i = 0; i < times; i++)
        n += snprintf(target + n, sizeof target - (size_t)n, "%s%s", i ? "," : "", item);
    assert_true(n < (int)sizeof target);
    return target;
}

static void expect_list(const char *head, const char *item, int times, int status, const char *words)
{
    expect(&(struct expected){list_of(head, item, times), status, words});
}

/* ---- targets ---- */

static void paths_are_decoded(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/countries/IND", 200, "India"},
        {"/v1/countries/%49%4e%4D", 404, "INM"},
        {"/v1/countries/%49%4e%44", 200, "India"},
        {"/v1/countries/%49%4E%44.csv", 200, "India"},
        {"/v1/countries/I+D", 404, "\\\"I+D\\\" is no country code"}, /* no form: a plus is a plus */
        {"/v1/countries/IN%", 404, "properly percent-encoded"},
        {"/v1/countries/IN%4", 404, "properly percent-encoded"},
        {"/v1/countries/IN%.4", 404, "properly percent-encoded"},
        {"/v1/countries/IN%:4", 404, "properly percent-encoded"},
        {"/v1/countries/IN%g4", 404, "properly percent-encoded"},
        {"/v1/countries/IN%4g", 404, "properly percent-encoded"},
        {"/v1/countries/IN%00", 404, "properly percent-encoded"},
        {"/v1/countries/IN%1F", 404, "properly percent-encoded"},
        {"/v1/countries/IN%7F", 404, "properly percent-encoded"},
        {"/v1/countries/IN%FF", 404, "properly percent-encoded"},
    };
    expect_all(cases);
}

static void a_suffix_is_a_format_of_a_table(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/countries.csv", 200, "iso3"},
        {"/v1/.csv", 404, "nothing is served at this path"},
        {"/v1/countriescsv", 404, "nothing is served at this path"},
        {"/healthz.csv", 404, "nothing is served at this path"},
        {"/v1/nothing.csv", 404, "nothing is served at this path"},
        {"/v1/countries.xlsx", 406, "json, csv and ndjson"},
        {"/v1/deficits/IND.xlsx?period=2019", 406, "json, csv, ndjson"},
        {"/v1/deficits/IND.XLSX", 406, "json, csv, ndjson"},
        {"/v1/countries.xl_", 404, "nothing is served at this path"},
        {"/v1/countries.xl~", 404, "nothing is served at this path"},
        {"/v1/nothing.xlsx", 404, "nothing is served at this path"},
        {"/healthz.xlsx", 404, "nothing is served at this path"},
        {"/v1/deficits/.xlsx", 404, ".xlsx"},
        {"/v1/deficits/IND.", 404, "IND."},
        {"/v1/products/8507.60", 404, "8507.60"},
        {"xlsx", 404, "nothing is served at this path"},
    };
    expect_all(cases);
}

static void queries_are_decoded(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/search?q=new+zea%6Cand", 200, "NZL"},
        {"/v1/search?&&q=india&", 200, "IND"},
        {"/v1/search?%71=india", 200, "IND"},
        {"/v1/search?%zz=1&q=india", 400, "properly percent-encoded"},
        {"/v1/search?q=%zz", 400, "properly percent-encoded"},
        {"/v1/search?q=%C3", 400, "properly percent-encoded"},
        {"/v1/search?q", 400, "the value is empty"},
        {"/v1/search?q=", 400, "the value is empty"},
        {"/v1/search?q=a&q=a", 400, "give each parameter once"},
        {"/v1/search", 400, "this parameter is needed"},
        {"/v1/search?Q=a", 400, "no such parameter"},
    };
    expect_all(cases);
}

/* ---- lists ---- */

static void lists_have_a_limit(void **state)
{
    (void)state;
    expect_list("/v1/bilateral/IND/CHN/products?product=", "85", LIST_MAX, 200, "\"data\"");
    expect_list("/v1/bilateral/IND/CHN/products?product=", "85", LIST_MAX + 1, 400, "at most 64 products");
    expect_list("/v1/flows?period=2019&reporter=IND&partner=", "CHN", LIST_MAX + 1, 400, "at most 64 countries");
    expect_list("/v1/compare?pairs=", "IND-CHN", LIST_MAX + 1, 400, "at most 64 pairs");
    expect_list("/v1/compare?pairs=", "IND-CHN", 1, 200, "\"data\"");
    expect_list("/v1/compare?pairs=IND-CHN,", "IND", 1, 400, "write pairs as IND-CHN,USA-CHN");
    expect_list("/v1/bilateral/IND/CHN?sort=", "period", COLUMNS_MAX, 200, "\"data\"");
    expect_list("/v1/bilateral/IND/CHN?sort=", "period", COLUMNS_MAX + 1, 400, "too many columns");
}

static void products_are_codes_and_sectors(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/bilateral/IND/CHN/products?product=solar-panels", 200, "solar-panels"},
        {"/v1/bilateral/IND/CHN/products?product=sector:solar-panels", 200, "solar-panels"},
        {"/v1/bilateral/IND/CHN/products?product=85,solar-panel", 400, "\\\"solar-panel\\\" is no product"},
        {"/v1/sectors/solar-panels", 200, "solar-panels"},
        {"/v1/sectors/solar-panel", 404, "solar-panels"},
        {"/v1/sectors/solar-p", 404, "solar-panels"},
        {"/v1/sectors/nothing-like-it", 404, "this is no sector id"},
        {"/v1/flows?reporter=IND&partner=CHN&product=AG2&period=2019", 200, "\"product\":\"85\""},
    };
    expect_all(cases);
}

static void columns_are_named_once(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/bilateral/IND/CHN?fields=period,imports", 200, "imports"},
        {"/v1/bilateral/IND/CHN?fields=period,partner_name", 200, "partner_name"},
        {"/v1/bilateral/IND/CHN?sort=partner_name", 400, "this answer has no such column"},
        {"/v1/bilateral/IND/CHN?fields=period,imports,period", 400, "this stands twice"},
        {"/v1/bilateral/IND/CHN?sort=-imports,imports,-imports", 200, "\"data\""},
        {"/v1/bilateral/IND/CHN?sort=,imports", 400, "this answer has no such column"},
        {"/v1/bilateral/IND/CHN?sort=-", 400, "this answer has no such column"},
        {"/v1/bilateral/IND/CHN?fields=-imports", 400, "this answer has no such column"},
        {"/v1/bilateral/IND/CHN?sort=import", 400, "\"suggestions\":[\"exports\",\"imports\""},
        {"/v1/flows?period=2019&reporter=IND&group_by=partner,partner", 400, "this stands twice"},
        {"/v1/flows?period=2019&reporter=IND&group_by=partners", 400, "none of the words that are known here"},
    };
    expect_all(cases);
}

/* A column that is nothing like any other: the first ones are suggested, as many as there are. */
static void every_table_suggests_its_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_routes.n; i++) {
        const struct route *route = api_routes.route[i];
        char target[1024], first[80];
        if (route->kind != ROUTE_TABLE)
            continue;
        (void)snprintf(target, sizeof target, "%s%csort=nothing_like_any_of_them", route->example,
                       strchr(route->example, '?') ? '&' : '?');
        (void)snprintf(first, sizeof first, "\"suggestions\":[\"%s\"", route->column[0].id);
        char *sort = strstr(target, "sort="); /* some examples sort already */
        if (strstr(sort + 1, "sort="))
            continue;
        expect(&(struct expected){target, 400, first});
    }
}

/* ---- values ---- */

static void periods_say_which_one_is_wrong(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/bilateral/IND/CHN?period=2018,20x9", 400, "\\\"20x9\\\": "},
        {"/v1/bilateral/IND/CHN?period=2018,", 400, "\"parameter\":\"period\""},
        {"/v1/bilateral/IND/CHN?period=2018,"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         400, "\"detail\":\"write a period as"},
        {"/v1/flows?reporter=IND&partner=CHN&period=2018,FY2018-19,201904-201906", 400, "\"parameter\":\"period\""},
        {"/v1/flows?reporter=IND&partner=CHN&period=201905", 200, "2019-05"},
        {"/v1/check?reporter=IND&partner=CHN&flow=exports&value=1&period=2017,2020", 400, "exactly one period"},
        {"/v1/check?reporter=IND&partner=CHN&flow=exports&value=1&period=2019..2020", 400, "exactly one period"},
    };
    expect_all(cases);
}

static void numbers_keep_to_their_range(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/dependence/IND/CHN?threshold=0", 200, "\"data\""},
        {"/v1/dependence/IND/CHN?threshold=1", 200, "\"data\""},
        {"/v1/dependence/IND/CHN?threshold=1.1", 400, "write a share from 0 to 1"},
        {"/v1/dependence/IND/CHN?threshold=-0.1", 400, "write a share from 0 to 1"},
        {"/v1/dependence/IND/CHN?threshold=half", 400, "write a share from 0 to 1"},
        {"/v1/mirror/IND/CHN?cif=0.5", 400, "write a number from 1 to 2, such as 1.06"},
        {"/v1/mirror/IND/CHN?cif=2.5", 400, "write a number from 1 to 2, such as 1.06"},
        {"/v1/mirror/IND/CHN?cif=much", 400, "write a number from 1 to 2, such as 1.06"},
        {"/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=1e15", 200, "\"data\""},
        {"/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=1e16", 400, "write a number from"},
    };
    expect_all(cases);
}

static void summaries_have_columns_of_their_own(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/dependence/IND/CHN?level=hs2&summary=1", 200, "\"id\":\"dependent_products\""},
        {"/v1/dependence/IND/CHN?level=hs2&summary=0", 200, "\"id\":\"top_supplier\""},
        {"/v1/dependence/IND/CHN?level=hs2&summary=2", 400, "write 0 or 1"},
        {"/v1/dependence/IND/CHN?level=hs2&summary", 400, "the value is empty"},
        {"/v1/dependence/IND/CHN?level=hs2&summary=%zz", 400, "properly percent-encoded"},
    };
    expect_all(cases);
}

static void filters_compare_or_ask(void **state)
{
    (void)state;
#define PRODUCTS_OF_IND "/v1/dependence/IND/CHN?level=hs2&"
    static const struct expected cases[] = {
        {PRODUCTS_OF_IND "dependent=1", 200, "\"data\""},
        {PRODUCTS_OF_IND "dependent=true", 200, "\"data\""},
        {PRODUCTS_OF_IND "dependent=0", 200, "\"data\""},
        {PRODUCTS_OF_IND "dependent=false", 200, "\"data\""},
        {PRODUCTS_OF_IND "dependent=no", 400, "1 or 0 is meant here"},
        {PRODUCTS_OF_IND "dependent.gt=1", 400, "no such parameter"},
        {PRODUCTS_OF_IND "share.gt=much", 400, "a filter compares with a number"},
        {PRODUCTS_OF_IND "share.over=1", 400, "no such parameter"},
        {PRODUCTS_OF_IND "share=1", 400, "no such parameter"},
        {PRODUCTS_OF_IND "name.gt=1", 400, "no such parameter"},
        {PRODUCTS_OF_IND "nothing.gt=1", 400, "no such parameter"},
        {PRODUCTS_OF_IND "share.gt=0.1&hhi.gt=0.1&share.gt=0.2", 400, "give each filter once"},
        {PRODUCTS_OF_IND "share.gt=0.1&hhi.gt=0.1&hhi.gt=0.2", 400, "give each filter once"},
        {PRODUCTS_OF_IND "share.gt=0.1&share.lt=0.9&share.gte=0.1&share.lte=0.9&hhi.gt=0&hhi.lt=1&hhi.gte=0&hhi.lte=1",
         200, "\"data\""},
        {PRODUCTS_OF_IND "share.gt=0.1&share.lt=0.9&share.gte=0.1&share.lte=0.9&hhi.gt=0&hhi.lt=1&hhi.gte=0&hhi.lte=1"
                         "&suppliers.gt=1",
         400, "at most 8 filters"},
    };
    expect_all(cases);
}

static void cursors_have_one_form(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"/v1/countries?limit=5&cursor=5", 400, "a cursor is what"},
        {"/v1/countries?limit=5&cursor=five-12345678-12345678", 400, "a cursor is what"},
        {"/v1/countries?limit=5&cursor=5-12345678-1234567", 400, "a cursor is what"},
        {"/v1/countries?limit=5&cursor=5-12345678x12345678", 400, "a cursor is what"},
        {"/v1/countries?limit=5&cursor=5-12345678-12345678", 410, "the figures have changed"},
    };
    expect_all(cases);
}

/* ---- releases and datasets ---- */

/* The release of a dataset, as the catalogue has it. */
static const char *release_of(const char *dataset)
{
    static char release[32];
    const struct cube *cube = catalogue_find(test_catalogue(), str_view(dataset));
    assert_non_null(cube);
    (void)snprintf(release, sizeof release, "%.*s", STR_ARG(cube_release(cube)));
    return release;
}

static void a_release_names_one_dataset(void **state)
{
    (void)state;
    char target[256];
    assert_int_equal(ask("/v1/bilateral/IND/CHN"), 200);
    static const struct {
        const char *rest;
        int status;
        const char *words;
    } of_totals[] = {
        {"", 200, "\"dataset\":\"dgcis-total-fy\""},
        {"&dataset=dgcis-total-fy", 200, "\"dataset\":\"dgcis-total-fy\""},
        {"&dataset=*", 200, "\"dataset\":\"dgcis-total-fy\""},
        {"&dataset=dgcis-hs2-fy", 400, "release= names a release of another dataset"},
        {"&dataset=dgcis-total-fx", 400, "no dataset with this id is loaded"},
    };
    for (size_t i = 0; i < sizeof of_totals / sizeof *of_totals; i++) {
        (void)snprintf(target, sizeof target, "/v1/bilateral/IND/CHN?release=%s%s", release_of("dgcis-total-fy"),
                       of_totals[i].rest);
        expect(&(struct expected){target, of_totals[i].status, of_totals[i].words});
    }
    (void)snprintf(target, sizeof target, "/v1/deficits/IND?period=2019&release=%s&dataset=*",
                   release_of("dgcis-total-fy"));
    expect(&(struct expected){target, 400, "release= names a release of another dataset"}); /* which takes no star */
    static const struct expected gone[] = {
        {"/v1/bilateral/IND/CHN?release=latest", 200, "\"data\""},
        {"/v1/bilateral/IND/CHN?release=0123456789ab", 410, "this release is not loaded here"},
        {"/v1/bilateral/IND/CHN?release=0123456789abcdef", 410, "this release is not loaded here"},
        {"/v1/bilateral/IND/CHN?release=0123456789ax", 400, "a release is what meta.release"},
        {"/v1/bilateral/IND/CHN?release=0123", 400, "a release is what meta.release"},
        {"/v1/bilateral/IND/CHN?release=0123456789ab&dataset=nothing", 400, "this release is not loaded here"},
        {"/v1/countries?release=0123456789ab", 410, "this release is not loaded here"},
    };
    expect_all(gone);
    (void)snprintf(target, sizeof target, "\"suggestions\":[\"%s\"]", release_of("dgcis-total-fy"));
    expect(&(struct expected){"/v1/bilateral/IND/CHN?release=0123456789ab&dataset=dgcis-total-fy", 410, target});
}

/* ---- one spelling ---- */

static void expect_spelling(const char *target, const char *wanted)
{
    if (ask(target) != 200 || !str_is(reply.canonical, wanted))
        fail_msg("%s: %d %.*s", target, reply.status, STR_ARG(reply.canonical));
}

static void what_means_the_same_is_spelt_the_same(void **state)
{
    (void)state;
    expect_spelling("/v1/bilateral/356/cn.json?release=latest&format=json", "/v1/bilateral/IND/CHN");
    expect_spelling("/v1/compare?pairs=356-cn,us-156&limit=007", "/v1/compare?pairs=IND-CHN,USA-CHN&limit=7");
    expect_spelling("/v1/flows?period=2019&reporter=in&partner=cn,us",
                    "/v1/flows?reporter=IND&partner=CHN,USA&period=2019");
    expect_spelling("/v1/dependence/IND/CHN?share.gt=.50&level=hs2&threshold=0.40",
                    "/v1/dependence/IND/CHN?level=hs2&threshold=0.4&share.gt=0.5");
    expect_spelling("/v1/search?q=%5A%C3%BCrich+1.", "/v1/search?q=Z%C3%BCrich%201.");
}

/* Handlers, canonical paths and captures count path parameters from the beginning of the table. */
static void path_parameters_stand_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_routes.n; i++) {
        size_t captures = 0;
        for (const char *p = api_routes.route[i]->path; *p; p++)
            captures += *p == '{';
        for (size_t k = 0; k < api_routes.route[i]->n_params; k++)
            assert_int_equal(api_routes.route[i]->param[k].in_path, k < captures);
    }
}

static void asks_for_nothing(void *call) { (void)call_arg(call, "nothing"); }

static void a_handler_knows_its_parameters(void **state)
{
    (void)state;
    static struct call call;
    call.route = api_routes.route[1];
    expect_bug("a handler asks for a parameter that its route does not have", asks_for_nothing, &call);
}

/* ---- what the client reads ---- */

static void expect_accepted(const char *accept, int status, enum format format)
{
    int got = ask_with("/v1/bilateral/IND/CHN?period=FY2018-19", (struct api_request){.accept = str_view(accept)});
    const char *media = format_of[format].media;
    if (got != status || (status == 200 && strncmp(reply.header[0].value.p, media, strlen(media)) != 0))
        fail_msg("%s: %d %.*s", accept, got, STR_ARG(reply.header[0].value));
}

static void accept_is_read_to_the_letter(void **state)
{
    (void)state;
    expect_accepted("text/csv", 200, FORMAT_CSV);
    expect_accepted("text/*", 200, FORMAT_CSV);
    expect_accepted("TEXT/CSV;HEADER=\"present\"", 200, FORMAT_CSV);
    expect_accepted("text/csv;header=absent", 406, FORMAT_CSV);
    expect_accepted("text/x", 406, FORMAT_CSV);
    expect_accepted("tex/*", 406, FORMAT_CSV);
    expect_accepted("next/*", 406, FORMAT_CSV);
    expect_accepted("text/csv;x=\"a;\\\",q=0\";q=1", 200, FORMAT_CSV);
    expect_accepted("text\\/x, text/csv", 200, FORMAT_CSV);
    expect_accepted("text/csv;q=\"0.5\"", 200, FORMAT_CSV);
    expect_accepted("text/csv;q=\"0.5", 406, FORMAT_CSV);
    expect_accepted("text/csv;q=\"", 406, FORMAT_CSV);
    expect_accepted("text/csv;q=\"x", 406, FORMAT_CSV);
    expect_accepted("text/csv;q=-0.5", 406, FORMAT_CSV);
    expect_accepted("text/csv;q=1.5", 406, FORMAT_CSV);
    expect_accepted("text/csv;q=x", 406, FORMAT_CSV);
    expect_accepted("text/csv;q=0.1, application/json;q=0.2", 200, FORMAT_JSON);
    expect_accepted("application/vnd.sdmx.data+csv;labels=name", 200, FORMAT_SDMX_CSV);
    expect_accepted("application/vnd.sdmx.data+csv;labels=all", 406, FORMAT_SDMX_CSV);
}

/* labels= says it already: the media range's is only what would do as well. */
static void labels_of_the_query_come_first(void **state)
{
    (void)state;
    struct api_request request = {.accept = STR("application/vnd.sdmx.data+csv;labels=name")};
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN?period=FY2018-19&labels=id", request), 200);
    assert_false(body_has("India"));
    assert_int_equal(ask_with("/v1/bilateral/IND/CHN?period=FY2018-19", request), 200);
    assert_true(body_has("India"));
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        assert_null(format_of[f].parameters[MEDIA_PARAMETERS - 1].name); /* where the reading of them ends */
}

static void pages_are_for_those_who_want_html_most(void **state)
{
    (void)state;
    assert_true(prefers_html(STR("text/html")));
    assert_true(prefers_html(STR("text/html,*/*;q=0.8")));
    assert_false(prefers_html(STR("*/*")));
    assert_false(prefers_html(STR("text/html;q=0.5,text/csv")));
    assert_false(prefers_html(STR("")));
}

static void expect_coding(const char *accept, int status, bool gzip)
{
    struct api_request request = {.accept_encoding = str_view(accept)};
    bool coded = false;
    assert_int_equal(ask_with("/v1/countries", request), status);
    for (size_t i = 0; i < reply.n_headers; i++)
        coded = coded || strcmp(reply.header[i].name, "Content-Encoding") == 0;
    if (coded != gzip)
        fail_msg("%s: %s", accept, coded ? "gzip" : "identity");
}

static void the_coding_with_the_greater_weight_is_taken(void **state)
{
    (void)state;
    expect_coding("", 200, false);
    expect_coding("gzip", 200, true);
    expect_coding("x-gzip;q=0.5, identity;q=0.5", 200, true);
    expect_coding("gzip;q=0.4, identity;q=0.5", 200, false);
    expect_coding("gzip;q=0.4, identity;q=0", 200, true);
    expect_coding("gzip;q=0, identity", 200, false);
    expect_coding("gzip;q=0.4, *;q=0", 200, true);
    expect_coding("*", 200, true);
    expect_coding("br", 200, false);
    expect_coding("gzip;q=0, identity;q=0", 406, false);
    expect_coding("*;q=0", 406, false);
}

static int setup(void **state)
{
    (void)state;
    asking_start();
    return test_world() ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    asking_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_decoded),
        cmocka_unit_test(a_suffix_is_a_format_of_a_table),
        cmocka_unit_test(queries_are_decoded),
        cmocka_unit_test(lists_have_a_limit),
        cmocka_unit_test(products_are_codes_and_sectors),
        cmocka_unit_test(columns_are_named_once),
        cmocka_unit_test(every_table_suggests_its_columns),
        cmocka_unit_test(periods_say_which_one_is_wrong),
        cmocka_unit_test(numbers_keep_to_their_range),
        cmocka_unit_test(summaries_have_columns_of_their_own),
        cmocka_unit_test(filters_compare_or_ask),
        cmocka_unit_test(cursors_have_one_form),
        cmocka_unit_test(a_release_names_one_dataset),
        cmocka_unit_test(what_means_the_same_is_spelt_the_same),
        cmocka_unit_test(path_parameters_stand_first),
        cmocka_unit_test(a_handler_knows_its_parameters),
        cmocka_unit_test(accept_is_read_to_the_letter),
        cmocka_unit_test(labels_of_the_query_come_first),
        cmocka_unit_test(pages_are_for_those_who_want_html_most),
        cmocka_unit_test(the_coding_with_the_greater_weight_is_taken),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
