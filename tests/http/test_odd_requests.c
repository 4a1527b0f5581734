/* Requests that few make: what they are answered, a line each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "http/test_api.h"

static struct arena arena;
static struct api_reply reply;

static void ask_of(const struct api *api, const char *target, size_t memory)
{
    buf_release(&reply.body);
    arena_release(&arena);
    arena_init(&arena, memory);
    const struct api_request request = {.method = STR("GET"), .target = str_view(target)};
    api_answer(api, &arena, &request, &reply);
    buf_byte(&reply.body, '\0'); /* for strstr */
}

static int setup(void **state)
{
    (void)state;
    return test_world() ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&reply.body);
    arena_release(&arena);
    return 0;
}

struct odd {
    const char *target;
    int status;
    const char *has, *lacks; /* in the body; lacks may be NULL */
};

#define PAIR "reporter=IND&partner=CHN"

static const struct odd flows[] = {
    {"/v1/deficits/IND?period=2019&share_of_deficit.gte=0.085816", 200, "\"partner\":\"IRQ\"",
     NULL}, /* as it is shown */
    {"/v1/check?" PAIR "&flow=exports&period=2019&value=25e12&parts=12e12,13e12", 200, "25000000000000", NULL},
    {"/v1/flows?reporter=IND&partner=WLD&period=FY2025-26&dataset=dgcis-total-fy&flow=*", 200,
     "\"flow\":\"imports\",\"product\":null,\"name\":null,\"value\":774977930000,\"quantity\":null,\"unit_value\":null,"
     "\"share\":null",
     NULL}, /* the exports are not known */
    {"/v1/"
     "flows?reporter=IND&partner=CHN,WLD,USA&flow=imports&product=850760&period=2025-05&dataset=comtrade-critical-"
     "month&"
     "top=1&sort=-value",
     200,
     "\"partner\":\"other\",\"flow\":\"imports\",\"product\":\"850760\",\"name\":\"Lithium-ion "
     "accumulators\",\"value\":null",
     NULL},
    {"/v1/flows?" PAIR "&product=27,27&period=2019", 200, "\"returned\":1,", NULL},
    {"/v1/flows?" PAIR "&flow=imports&product=TOTAL,8541&period=2024&dataset=comtrade-critical-month", 200,
     "\"partial_sector\"", NULL},
    {"/v1/flows?" PAIR "&product=TOTAL,8541&period=2024&dataset=comtrade-critical-month", 200, "the products overlap",
     NULL},
    {"/v1/flows?" PAIR "&product=*&level=hs2&dataset=comtrade-critical-month", 200, "chosen products only", NULL},
    {"/v1/flows?" PAIR "&product=AG4&level=hs2", 400, "says another level", NULL},
    {"/v1/flows?" PAIR "&product=AG2&level=hs2&period=2019", 200, "\"product\":\"27\"", NULL},
    {"/v1/flows?" PAIR "&product=85&level=sector", 400, "baskets of products of their own", NULL},
    {"/v1/flows?partner=CHN&flow=exports&period=2023", 200, "365000000", "counts in the books of both"},
    {"/v1/flows?partner=CHN&period=2023", 200, "counts in the books of both", "which need not be all countries"},
    {"/v1/flows?period=2019", 200, "which need not be all countries", NULL},
    {"/v1/flows?reporter=IND&partner=*&product=850760&dataset=comtrade-critical-month", 200, "lists some partners only",
     NULL},
    {"/v1/flows?" PAIR "&product=850760&period=2024&measures=quantity,unit_value", 200, "\"unit_value\":null", NULL},
    {"/v1/flows?" PAIR "&product=850760&period=2024&sort=value,-unit_value", 200, "\"returned\":1,", NULL},
    {"/v1/flows?" PAIR "&product=850760&period=2024&fields=unit_value", 200, "{\"unit_value\":null}", NULL},
    {"/v1/flows?" PAIR "&product=850760&period=2024&unit_value.gt=1", 200, "\"returned\":0,", NULL},
    {"/v1/flows?" PAIR "&product=850760&period=2024&quantity.lt=1", 200, "\"returned\":0,", NULL},
    {"/v1/flows?reporter=IND,IND&partner=CHN&period=2023", 200, "\"returned\":1,", NULL},
    {"/v1/flows?reporter=*&partner=*&flow=exports&period=2023&share_of=reporter", 200, "\"share_of\":\"reporter\"",
     NULL},
    {"/v1/flows?reporter=*&partner=*&flow=exports&period=2023&share_of=product", 400, "share_of", NULL},
};

static const struct odd pairs[] = {
    {"/v1/bilateral/IND/CHN?region=region&dataset=toy-world", 200, "\"imports_growth_region\":null", NULL},
    {"/v1/bilateral/IND/CHN?region=subregion", 200, "\"period\":\"2023\"", NULL},
    {"/v1/bilateral/USA/DEU?region=region", 200, "\"period\":\"2023\"", NULL},
    {"/v1/bilateral/IND/WLD?region=region", 200, "\"partner\":\"WLD\"", NULL},
    {"/v1/bilateral/IND/CHN?region=region&dataset=dgcis-total-fy", 200, "the growth of the region is null", NULL},
    {"/v1/bilateral/IND/CHN?compare=ytd", 200, "only in a dataset of months", NULL},
    {"/v1/bilateral/IND/CHN?compare=ytd&dataset=dgcis-hs2-month&freq=A", 200, "\"months_held\"",
     "only in a dataset of months"},
    {"/v1/leverage/IND/CHN?level=hs6&dataset=comtrade-critical-month", 200, "there are no totals in meta.summary",
     NULL},
    {"/v1/leverage/IND/CHN?product=850760&dataset=comtrade-critical-month", 200, "does not hold the books of CHN",
     "there are no totals"},
    {"/v1/leverage/CHN/IND?level=total", 200, "\"lever\":\"reporter\"", NULL},
    {"/v1/mirror/IND/WLD", 200, "WLD keeps no books of its own", NULL},
    {"/v1/mirror/CHN/WLD?period=2025", 200, "\"mirrored\":null", NULL},
    {"/v1/compare?pairs=IND-CHN,CHN-IND", 200, "\"pair\":\"CHN-IND\"", NULL},
    {"/v1/compare?pairs=IND-USA,CHN-DEU,USA-DEU", 200, "\"dataset\":\"toy-world\"", "no dataset that is loaded"},
    {"/v1/compare?pairs=IND-PAK,CHN-WLD", 200, "no dataset that is loaded holds this for CHN-WLD", NULL},
    {"/v1/compare?pairs=PAK-NPL", 404, "no-data", NULL},
    {"/v1/suppliers/850760?importer=IND&exclude=CHN&dataset=comtrade-critical-month", 200, "\"gap\":3807620000", NULL},
    {"/v1/suppliers/27?importer=IND&dataset=dgcis-hs2-fy", 200, "\"world_exports\":null", NULL},
    {"/v1/suppliers/854140", 200, "\"sales_to_importer\":null", NULL},
};

static const struct odd sorted[] = {
    {"/v1/dependence/IND/CHN?sort=dependent&level=hs2&period=FY2018-19", 200, "\"product\":\"01\"", NULL},
    {"/v1/dependence/IND/CHN?sort=-dependent,flags,share,hhi,product,name&level=hs2", 200, "\"product\":\"85\"", NULL},
    {"/v1/dependence/IND/CHN?sort=flags,-flags&level=hs2&period=FY2018-19", 200, "lower_bound", NULL},
    {"/v1/dependence/IND/CHN?dependent=1&level=hs2", 200, "\"returned\":3,", "\"dependent\":false"},
    {"/v1/dependence/IND/CHN?dependent=0&level=hs2&period=FY2018-19", 200, "\"dependent\":false", "\"dependent\":true"},
    {"/v1/dependence/IND/CHN?share.lt=0.1&level=hs2", 200, "\"returned\":0,", NULL},
    {"/v1/dependence/IND/CHN?share.lte=0.6&level=hs2", 200, "\"returned\":1,", NULL},
    {"/v1/dependence/IND/CHN?share.gte=0.9&level=hs2", 200, "\"returned\":1,", NULL},
    {"/v1/dependence/IND/CHN?share.gt=0.9&level=hs2", 200, "\"returned\":0,", NULL},
    {"/v1/dependence/IND/CHN?sort=no_such&level=hs2", 400, "no_such", NULL},
    {"/v1/dependence/IND/CHN?sort=,&level=hs2", 400, "\"parameter\":\"sort\"", NULL},
    {"/v1/dependence/IND/CHN?sort=-&level=hs2", 400, "\"parameter\":\"sort\"", NULL},
    {"/v1/dependence/IND/CHN?fields=share,share&level=hs2", 400, "this stands twice", NULL},
};

static const struct odd codes[] = {
    {"/v1/search?q=850769&kind=product", 200, "\"match\":\"near\"", NULL},
    {"/v1/search?q=850769&kind=country", 200, "\"returned\":0,", NULL},
    {"/v1/search?q=a&limit=2", 200, "write more of it", NULL},
    {"/v1/search?q=cote&limit=3", 200, "\"id\":\"CIV\"", NULL},
    {"/v1/search?q=C%C3%94TE", 200, "\"id\":\"CIV\"", NULL},
    {"/v1/search?q=%C3%97%C3%B7", 400, "write at least one letter or digit", NULL},
    {"/v1/search?q=CHN&kind=dataset", 200, "\"returned\":0,", NULL},
    {"/v1/search?q=toy&kind=dataset&release=nothing", 400, "such as 0123456789ab", NULL},
    {"/v1/search?q=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 200,
     "\"returned\":0,", NULL},
    {"/v1/search?q=one+two+three+four+five+six+seven+eight+nine+ten+eleven+twelve+thirteen", 200, "\"returned\":0,",
     NULL},
    {"/v1/search?q=1234567890123456789012345678901234567890", 200, "\"returned\":0,", NULL},
    {"/v1/products?level=hs4&parent=85", 200, "\"code\":\"8501\"", "\"level\":\"hs2\""},
    {"/v1/products?parent=85", 200, "\"code\":\"8501\"", "\"code\":\"8401\""},
    {"/v1/products?level=hs2&parent=S16", 200, "\"returned\":2,", NULL},
    {"/v1/products?level=hs6&parent=S16", 200, "\"returned\":0,", NULL},
    {"/v1/products?parent=TOTAL", 200, "\"code\":\"S01\"", NULL},
};

static const struct odd checks[] = {
    {"/v1/check?" PAIR "&flow=exports&period=2025&value=20.5e9&measure=deficit", 200, "flow is not read", NULL},
    {"/v1/check?" PAIR "&flow=deficit&period=2025&value=20.5e9&measure=deficit", 200, "\"flow\":\"deficit\"",
     "flow is not read"},
    {"/v1/check?" PAIR "&period=2019&value=0.2&measure=growth&flow=imports", 200, "0.2 means 0.2 %", NULL},
    {"/v1/check?" PAIR "&period=2019&value=0&measure=growth&flow=imports", 200, "\"measure\":\"growth\"", "means"},
    {"/v1/check?" PAIR "&period=2019&value=-7&measure=growth&flow=imports", 200, "\"measure\":\"growth\"", "means"},
    {"/v1/check?" PAIR "&flow=balance&period=2019&value=-51e9", 200, "\"nearest_value\":-51123259882", NULL},
    {"/v1/check?" PAIR "&flow=deficit&period=2019&value=1&measure=share", 400, "a share of a balance is not defined",
     NULL},
    {"/v1/check?" PAIR "&flow=total&period=2019&value=10.7&measure=share", 200, "\"unit\":\"%\"", NULL},
    {"/v1/check?" PAIR "&flow=imports&period=2019-Q2&value=5e9", 200, "\"period_kind\":\"Q\"", NULL},
    {"/v1/check?" PAIR "&flow=imports&period=2019-04&value=5e9", 200, "\"period_kind\":\"M\"", NULL},
    {"/v1/check?reporter=CHN&partner=IND&flow=imports&period=2025&value=19.75e9", 200, "\"verdict\":\"match\"", NULL},
    {"/v1/check?parts=1,2&value=3", 200, "\"parts_verdict\":\"match\"", NULL},
    {"/v1/check?parts=1,2&value=4", 200, "\"parts_verdict\":\"no_match\"", NULL},
    {"/v1/check?parts=1,2&value=3&reporter=IND", 400, "needs reporter, partner and period", NULL},
    {"/v1/check?parts=1,2&value=3&partner=IND", 400, "needs reporter, partner and period", NULL},
    {"/v1/check?parts=1,2&value=3&period=2019", 400, "needs reporter, partner and period", NULL},
    {"/v1/check?parts=1,2&value=3&flow=imports", 400, "needs reporter, partner and period", NULL},
};

static const struct odd indices[] = {
    {"/v1/indices/rca?reporter=IND&level=sector", 200, "\"symmetric_rca\":0.646802", NULL},
    {"/v1/indices/rca?reporter=IND&period=FY2018-19&level=hs2", 422, "no dataset holds this period", NULL},
    {"/v1/indices/tci?" PAIR "&level=hs2", 200, "\"tci\":78.701316", NULL},
    {"/v1/indices/grubel-lloyd?reporter=IND&level=sector", 200, "\"aggregate\":null", NULL},
    {"/v1/indices/grubel-lloyd?" PAIR "&level=sector&dataset=comtrade-critical-month", 200, "\"not_reported\"", NULL},
    {"/v1/indices/hhi?reporter=CHN&level=sector", 200, "\"hhi\":0.599451", NULL},
    {"/v1/indices/hhi?reporter=IND&product=850760&dataset=comtrade-critical-month", 422, "dataset", NULL},
    {"/v1/indices/hirschman?reporter=IND&flow=exports&product=85", 200, "\"hirschman\":62.964252", NULL},
    {"/v1/indices/hirschman?reporter=IND&flow=exports&product=27&dataset=toy-world", 200, "\"hirschman\":null", NULL},
    {"/v1/indices/finger-kreinin?" PAIR "&level=section", 200, "\"finger_kreinin\":0.359913", NULL},
};

static void expect(const struct odd *odd, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        ask_of(test_world(), odd[i].target, (size_t)64 << 20);
        const char *body = reply.body.p;
        json_t *root = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
        if (reply.status != odd[i].status || !root || !strstr(body, odd[i].has) ||
            (odd[i].lacks && strstr(body, odd[i].lacks))) {
            print_message("# %s: %d, not %d with %s: %.300s\n", odd[i].target, reply.status, odd[i].status, odd[i].has,
                          body);
            wrong++;
        }
        json_decref(root);
    }
    assert_int_equal(wrong, 0);
}

#define ODD(name, table)                                                                                               \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        expect(table, sizeof table / sizeof *table);                                                                   \
    }

ODD(odd_flows, flows)
ODD(odd_pairs, pairs)
ODD(odd_orders, sorted)
ODD(odd_codes, codes)
ODD(odd_checks, checks)
ODD(odd_indices, indices)

/* ---- limits ---- */

/* A page that is over the limit of bytes says how large it would be; one row less may fit. */
static void pages_over_the_limit_are_refused(void **state)
{
    (void)state;
    struct api_options options = api_options_default();
    options.max_body_bytes = 6000;
    struct api *small = api_new(test_catalogue(), &options);
    assert_non_null(small);
    static const struct odd cases[] = {
        {"/v1/countries", 422, "take a smaller limit= and follow links.next", NULL},
        {"/v1/countries.csv", 422, "take a smaller limit= and follow links.next", "or format=csv"},
        {"/v1/countries.csv?limit=3", 200, "AFG", NULL},
        {"/v1/openapi.json", 422, "the answer would be too large", NULL},
        {"/v1/profile/IND/CHN", 422, "the answer would be too large", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask_of(small, cases[i].target, (size_t)64 << 20);
        if (reply.status != cases[i].status || !strstr(reply.body.p, cases[i].has) ||
            (cases[i].lacks && strstr(reply.body.p, cases[i].lacks)))
            fail_msg("%s: %d %s", cases[i].target, reply.status, reply.body.p);
    }
    api_free(small);
}

/* What one request may take of memory is a limit of the question, not of the machine: 422, never a part of the answer. */
static void requests_over_their_memory_are_refused(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/v1/flows?reporter=IND&partner=*&period=2019&product=*&level=hs2&flow=*", "/v1/countries",

        "/v1/profile/IND/CHN", "/v1/partners/IND?period=2019", "/v1/compare?pairs=IND-CHN,IND-USA"};
    for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
        size_t refused = 0;
        ask_of(test_world(), targets[t], (size_t)64 << 20);
        int sound = reply.status;
        struct buf whole = reply.body;
        reply.body = (struct buf){.p = NULL};
        for (size_t memory = 16000; memory < 300000; memory += 1999) {
            ask_of(test_world(), targets[t], memory);
            bool same = reply.status == sound && str_eq(buf_view(&reply.body), buf_view(&whole));
            if (!same && reply.status != 422)
                fail_msg("%s in %zu bytes: %d %s", targets[t], memory, reply.status, reply.body.p);
            if (!same && !strstr(reply.body.p, "too large"))
                fail_msg("%s in %zu bytes: %s", targets[t], memory, reply.body.p);
            refused += !same;
        }
        buf_release(&whole);
        if (refused == 0)
            fail_msg("%s fits into 16,000 bytes", targets[t]);
    }
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    struct api_options options = api_options_default();
    options.max_rows = 5;
    struct api *few = api_new(test_catalogue(), &options);
    assert_non_null(few);
    ask_of(few, "/v1/flows?reporter=*&partner=*&product=*&level=hs6&flow=*&period=2023", (size_t)64 << 20);
    assert_int_equal(reply.status, 422);
    assert_non_null(strstr(reply.body.p, "rows"));
    api_free(few);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_flows),
        cmocka_unit_test(odd_pairs),
        cmocka_unit_test(odd_orders),
        cmocka_unit_test(odd_codes),
        cmocka_unit_test(odd_checks),
        cmocka_unit_test(odd_indices),
        cmocka_unit_test(pages_over_the_limit_are_refused),
        cmocka_unit_test(requests_over_their_memory_are_refused),
        cmocka_unit_test(too_many_rows_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
