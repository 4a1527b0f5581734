/* What a request may cost: the estimate that it is refused by is never below what is read and seldom far above, and no answer is larger than
 * is allowed. Random questions over the shipped data and a small world, the same on every run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "api/routes.h"
#include "http/test_api.h"

#define QUESTIONS 10000
#define SMALL_COST 2000
#define SMALL_BODY 4096

static uint64_t seed = 20261126;

static const char *one_of(const char *const *words, size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return words[(seed >> 20) % n];
}
#define ONE_OF(...)                                                                                                    \
    one_of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *a_country(void)
{
    return ONE_OF("IND", "CHN", "USA", "DEU", "JPN", "ARE", "SAU", "IDN", "X490", "WLD");
}
static const char *a_level(void) { return ONE_OF("total", "section", "hs2", "hs4", "hs6", "sector"); }
static const char *a_period(void)
{
    return ONE_OF("", "", "&period=latest", "&period=latest:5", "&period=2019", "&period=FY2018-19",
                  "&period=2010..2025", "&period=FY2010-11..FY2018-19", "&period=2018-01..2018-12");
}
static const char *a_product(void)
{
    return ONE_OF("", "", "", "&product=85", "&product=854140,293359", "&product=electronics");
}

/* Some question that reads rows. */
static void a_question(char *into, size_t room)
{
    const char *a = ONE_OF("IND", "IND", "CHN", a_country()), *b = a_country(), *level = a_level(),
               *period = a_period(), *product = a_product();
    switch (ONE_OF("0", "1", "2", "3", "4", "5", "6", "7")[0]) {
    case '0':
        (void)snprintf(into, room, "/v1/flows?reporter=%s&partner=%s&level=%s&group_by=%s%s%s", a,
                       ONE_OF("*", b, "IND,CHN"), level,
                       ONE_OF("partner", "product", "period,partner", "flow", "partner,product"), period, product);
        break;
    case '1': (void)snprintf(into, room, "/v1/bilateral/%s/%s/products?level=%s%s", a, b, level, period); break;
    case '2':
        (void)snprintf(into, room, "/v1/bilateral/%s/%s?freq=%s%s%s", a, b, ONE_OF("A", "FY", "Q", "M"), period,
                       product);
        break;
    case '3': (void)snprintf(into, room, "/v1/deficits/%s?top=5%s%s", a, period, product); break;
    case '4': (void)snprintf(into, room, "/v1/dependence/%s/%s?level=%s%s", a, b, level, period); break;
    case '5':
        (void)snprintf(into, room, "/v1/partners/%s?by=%s%s%s", a, ONE_OF("imports", "exports", "total"), period,
                       product);
        break;
    case '6':
        (void)snprintf(into, room, "/v1/leverage/%s/%s?level=%s&dataset=toy-world&period=2022", a, b, level);
        break;
    default:
        (void)snprintf(into, room, "/v1/suppliers/%s?importer=%s%s", ONE_OF("854140", "850760", "85", "293359"), a,
                       period);
        break;
    }
}

static int ask(const struct api *api, const char *target, struct buf *body)
{
    struct arena arena;
    struct api_reply reply;
    struct api_request request = {.method = STR("GET"), .target = str_view(target)};
    arena_init(&arena, (size_t)64 << 20);
    api_answer(api, &arena, &request, &reply);
    buf_reset(body);
    buf_add(body, buf_view(&reply.body));
    buf_release(&reply.body);
    arena_release(&arena);
    return reply.status;
}

struct tally {
    size_t answered, queries, far; /* far: estimated more than ten times what was read, and more than a few hundred */
    double worst;
};

static void take_step(struct tally *tally, json_t *step, const char *target, json_int_t most)
{
    json_int_t estimated = json_integer_value(json_object_get(step, "rows_estimated"));
    json_int_t touched = json_integer_value(json_object_get(step, "rows_touched"));
    tally->queries++;
    if (touched > estimated || touched > most)
        fail_msg("%s: %lld rows touched, %lld estimated, %lld allowed", target, (long long)touched,
                 (long long)estimated, (long long)most);
    double ratio = (double)(estimated + 100) / (double)(touched + 100);
    tally->far += ratio > 10;
    tally->worst = ratio > tally->worst ? ratio : tally->worst;
}

static void take_plan(struct tally *tally, const struct buf *body, const char *target, json_int_t most)
{
    size_t i;
    json_t *root = json_loadb(body->p, body->n, 0, NULL), *step;
    json_t *plan = json_object_get(json_object_get(root, "meta"), "plan");
    tally->answered++;
    if (!json_is_array(plan))
        plan = json_object_get(plan, "queries");
    json_array_foreach(plan, i, step) take_step(tally, step, target, most);
    json_decref(root);
}

static void ask_all(const struct api *api, json_int_t most, struct tally *tally, size_t *refused)
{
    struct buf body;
    char question[512], target[540];
    buf_init(&body, (size_t)64 << 20);
    *tally = (struct tally){.queries = 0};
    *refused = 0;
    for (int i = 0; i < QUESTIONS; i++) {
        a_question(question, sizeof question);
        (void)snprintf(target, sizeof target, "%s&explain=1", question);
        int status = ask(api, target, &body);
        assert_in_range(status, 200, 422);
        *refused += status == 422 && memmem(body.p, body.n, "result-too-large", 16) != NULL;
        if (status == 200)
            take_plan(tally, &body, target, most);
    }
    buf_release(&body);
}

static void an_estimate_is_an_upper_bound(void **state)
{
    (void)state;
    struct tally tally;
    size_t refused;
    ask_all(test_world(), INT64_MAX, &tally, &refused);
    print_message("# %d questions, %zu answered, %zu queries; worst estimate %.1f times what was read, %zu above 10\n",
                  QUESTIONS, tally.answered, tally.queries, tally.worst, tally.far);
    assert_true(tally.answered > QUESTIONS / 10 && tally.queries > QUESTIONS / 10);
    assert_int_equal(tally.far, 0);
}

static void what_costs_too_much_is_not_begun(void **state)
{
    (void)state;
    struct tally tally;
    size_t refused;
    struct api_options options = api_options_default();
    options.max_cost = SMALL_COST;
    assert_non_null(test_world());
    struct api *api = api_new(test_catalogue(), &options);
    assert_non_null(api);
    ask_all(api, SMALL_COST, &tally, &refused);
    api_free(api);
    print_message("# at most %d rows: %zu answered, %zu refused\n", SMALL_COST, tally.answered, refused);
    assert_true(refused > 0 && tally.answered > 0);
}

static void no_answer_is_larger_than_allowed(void **state)
{
    (void)state;
    struct api_options options = api_options_default();
    struct buf body;
    size_t refused = 0;
    options.max_body_bytes = SMALL_BODY;
    assert_non_null(test_world());
    struct api *api = api_new(test_catalogue(), &options);
    assert_non_null(api);
    buf_init(&body, (size_t)64 << 20);
    for (size_t i = 0; i < api_routes.n; i++) {
        int status = ask(api, api_routes.route[i]->example, &body);
        assert_true(body.n <= SMALL_BODY);
        assert_true(status == 200 || status == 308 || status == 422);
        refused += status == 422 && memmem(body.p, body.n, "result-too-large", 16) != NULL;
    }
    print_message("# of %zu examples %zu are larger than %d bytes and refused\n", api_routes.n, refused, SMALL_BODY);
    assert_true(refused > 5);
    buf_release(&body);
    api_free(api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_estimate_is_an_upper_bound),
        cmocka_unit_test(what_costs_too_much_is_not_begun),
        cmocka_unit_test(no_answer_is_larger_than_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
