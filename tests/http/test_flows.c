/* The generic cube, search and measures over the shipped figures: what must add up, who counts, and every parameter's bad values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/contract/measure.h"
#include "api/routes.h"
#include "http/asking.h"
#include "http/test_api.h"

static json_t *ask(const char *target, int status) { return ask_json(test_api(), target, status); }
static json_t *data_of(json_t *root) { return json_object_get(root, "data"); }
static size_t rows_of(json_t *root) { return json_array_size(data_of(root)); }
static bool meta_text(json_t *root, const char *key, const char *text)
{
    return is_text(json_object_get(root, "meta"), key, text);
}

static void sums(json_t *root, json_int_t *value, double *share)
{
    json_t *row;
    size_t i;
    *value = 0;
    *share = 0;
    json_array_foreach(data_of(root), i, row)
    {
        *value += integer(row, "value");
        *share += number(row, "share");
    }
}

static void same_answer(const char *one, const char *other)
{
    json_t *a = ask(one, 200), *b = ask(other, 200);
    if (!json_equal(data_of(a), data_of(b)))
        fail_msg("%s is not %s", one, other);
    json_decref(a);
    json_decref(b);
}

/* ---- flows ---- */

static void one_figure_is_the_bilateral_one(void **state)
{
    (void)state;
    json_t *flows = ask("/v1/flows?reporter=IND&partner=CHN&flow=*&period=FY2018-19&dataset=dgcis-total-fy", 200);
    json_t *pair = ask("/v1/bilateral/IND/CHN?period=FY2018-19&dataset=dgcis-total-fy", 200);
    assert_int_equal(rows_of(flows), 2);
    assert_int_equal(integer(row_of(flows, 0), "value"), integer(row_of(pair, 0), "exports"));
    assert_int_equal(integer(row_of(flows, 1), "value"), integer(row_of(pair, 0), "imports"));
    json_decref(flows);
    flows = ask("/v1/flows?reporter=IND&partner=CHN&period=FY2018-19&dataset=dgcis-total-fy", 200);
    assert_int_equal(rows_of(flows), 1);
    assert_int_equal(integer(row_of(flows, 0), "value"), integer(row_of(pair, 0), "total"));
    assert_true(is_null(row_of(flows, 0), "flow") && is_null(row_of(flows, 0), "product"));
    assert_int_equal(json_array_size(json_object_get(json_object_get(flows, "meta"), "warnings")), 1);
    json_decref(flows);
    json_decref(pair);
}

static void the_world_is_never_among_its_members(void **state)
{
    (void)state;
    json_t *each = ask("/v1/flows?reporter=IND&partner=*&flow=imports&period=2019", 200), *row;
    size_t i;
    json_int_t value;
    double share;
    json_array_foreach(data_of(each), i, row) assert_false(is_text(row, "partner", "WLD"));
    sums(each, &value, &share);
    assert_true(share > 0.99999 && share < 1.00001);
    json_t *world = ask("/v1/flows?reporter=IND&partner=WLD&flow=imports&period=2019", 200);
    json_t *all = ask("/v1/flows?reporter=IND&flow=imports&period=2019", 200);
    assert_true(is_text(row_of(world, 0), "partner", "WLD") && is_null(row_of(all, 0), "partner"));
    assert_int_equal(integer(row_of(world, 0), "value"), integer(row_of(all, 0), "value"));
    assert_in_range(integer(row_of(world, 0), "value") - value + 1000, 0, 2000); /* the source rounds */
    json_decref(each);
    json_decref(world);
    json_decref(all);
    world = ask("/v1/flows?reporter=IND&partner=CHN,WLD&flow=imports&period=2019", 200);
    assert_int_equal(rows_of(world), 2);
    assert_true(is_null(row_of(world, 0), "share") && is_null(row_of(world, 1), "share"));
    json_decref(world);
}

static void top_and_other_are_all(void **state)
{
    (void)state;
    json_t *all = ask("/v1/flows?reporter=IND&partner=*&flow=imports&period=2019", 200);
    json_t *top = ask("/v1/flows?reporter=IND&partner=*&flow=imports&period=2019&top=5", 200);
    json_int_t value, top_value;
    double share, top_share;
    sums(all, &value, &share);
    sums(top, &top_value, &top_share);
    assert_int_equal(rows_of(top), 6);
    assert_int_equal(value, top_value);
    assert_true(top_share > 0.99999 && top_share < 1.00001);
    assert_true(is_text(row_of(top, 0), "partner", "CHN") && is_text(row_of(top, 5), "partner", "other"));
    assert_true(is_text(row_of(top, 5), "flow", "imports")); /* what all of them share */
    json_decref(all);
    json_decref(top);
    top = ask("/v1/flows?reporter=IND&partner=*&flow=*&period=2019&top=5&share_of=partner", 200);
    assert_true(is_null(row_of(top, 5), "share")); /* of two wholes */
    json_decref(top);
    top = ask("/v1/flows?reporter=IND&partner=CHN&product=*&level=sector&flow=imports&period=FY2018-19&top=3", 200);
    assert_true(is_null(row_of(top, 3), "value")); /* sectors overlap */
    json_decref(top);
}

static void chapters_are_the_total(void **state)
{
    (void)state;
    json_t *parts =
        ask("/v1/flows?reporter=IND&partner=CHN&product=*&flow=imports&period=FY2018-19&dataset=dgcis-hs2-fy", 200);
    json_t *whole = ask("/v1/flows?reporter=IND&partner=CHN&flow=imports&period=FY2018-19&dataset=dgcis-hs2-fy", 200);
    json_t *sections = ask("/v1/flows?reporter=IND&partner=CHN&product=*&level=section&flow=imports&period=FY2018-19&"
                           "dataset=dgcis-hs2-fy",
                           200);
    json_t *some =
        ask("/v1/flows?reporter=IND&partner=CHN&product=84,85&group_by=reporter&flow=imports&period=FY2018-19&"
            "dataset=dgcis-hs2-fy",
            200);
    json_t *two =
        ask("/v1/flows?reporter=IND&partner=CHN&product=84,85&flow=imports&period=FY2018-19&dataset=dgcis-hs2-fy", 200);
    json_int_t value, section_value, two_value;
    double share;
    sums(sections, &section_value, &share);
    sums(two, &two_value, &share);
    assert_true(share > 0.99999 && share < 1.00001);
    sums(parts, &value, &share);
    assert_true(share > 0.99999 && share < 1.00001);
    assert_int_equal(value, integer(row_of(whole, 0), "value"));
    assert_true(section_value <= value && section_value > value / 2); /* chapters 98 and 99 are in none */
    assert_int_equal(rows_of(two), 2);
    assert_int_equal(rows_of(some), 1);
    assert_true(is_null(row_of(some, 0), "product"));
    assert_int_equal(integer(row_of(some, 0), "value"), two_value);
    json_decref(parts);
    json_decref(whole);
    json_decref(sections);
    json_decref(some);
    json_decref(two);
}

static void what_is_named_has_a_row(void **state)
{
    (void)state;
    json_t *root = ask("/v1/flows?reporter=IND&partner=CHN,FRA&flow=imports&product=850760,8541&period=2025", 200);
    assert_true(meta_text(root, "dataset", "comtrade-critical-month"));
    assert_int_equal(rows_of(root), 4);
    assert_int_equal(integer(row_of(root, 0), "value"), 3807620000);
    assert_true(has_flag(row_of(root, 1), "partial_sector")); /* only some of the heading's products */
    for (size_t i = 2; i < 4; i++)
        assert_true(is_null(row_of(root, i), "value") && has_flag(row_of(root, i), "not_reported"));
    json_decref(root);
    root = ask("/v1/flows?reporter=IND&partner=CHN,PRK&flow=exports&period=2019",
               200); /* all partners are listed: a zero is known */
    assert_int_equal(rows_of(root), 2);
    assert_false(is_null(row_of(root, 1), "value"));
    json_decref(root);
    root = ask("/v1/flows?reporter=CHN&partner=IND&flow=exports&period=2026", 200);
    assert_true(has_flag(row_of(root, 0), "partial_year"));
    json_decref(root);
}

static void shares_of_a_part_are_not_told(void **state)
{
    (void)state;
    json_t *root = ask("/v1/flows?reporter=IND&partner=*&flow=imports&product=850760&period=2025", 200);
    assert_true(is_null(row_of(root, 0), "share") && has_flag(row_of(root, 0), "no_world_total"));
    json_decref(root);
    root = ask("/v1/flows?reporter=IND&partner=CHN&flow=imports&product=*&level=hs6&period=2025", 200);
    assert_true(rows_of(root) > 1 && is_null(row_of(root, 0), "share") && has_flag(row_of(root, 0), "partial_sector"));
    json_decref(root);
}

static void group_by_says_it_outright(void **state)
{
    (void)state;
    json_t *root = ask("/v1/flows?reporter=CHN&partner=IND&period=2024,2025&group_by=flow", 200), *row;
    assert_int_equal(rows_of(root), 2);
    assert_true(is_text(row_of(root, 0), "reporter", "CHN") && is_null(row_of(root, 0), "period"));
    json_t *years = ask("/v1/flows?reporter=CHN&partner=IND&period=2024,2025&flow=exports", 200);
    assert_int_equal(rows_of(years), 2);
    assert_int_equal(integer(row_of(years, 0), "value") + integer(row_of(years, 1), "value"),
                     integer(row_of(root, 0), "value"));
    json_decref(root);
    json_decref(years);
    same_answer("/v1/flows?reporter=IND&group_by=partner&flow=imports&period=2019",
                "/v1/flows?reporter=IND&partner=*&flow=imports&period=2019");
    same_answer("/v1/flows?reporter=CHN&partner=IND&group_by=flow,period",
                "/v1/flows?reporter=CHN&partner=IND&flow=*&period=*&share_of=period");
    root = ask("/v1/flows?reporter=CHN&partner=IND&period=2025&freq=Q&flow=exports", 200);
    assert_int_equal(rows_of(root), 4);
    json_decref(root);
    root = ask("/v1/flows?reporter=IND&partner=CHN&flow=imports&product=*&period=FY2018-19&value.gte=1e9&sort=-value",
               200);
    size_t i;
    json_int_t last = INT64_MAX;
    json_array_foreach(data_of(root), i, row)
    {
        assert_true(integer(row, "value") >= 1000000000 && integer(row, "value") <= last);
        last = integer(row, "value");
    }
    assert_true(i > 5 && i < 30);
    json_decref(root);
}

/* Pages, of which each is made alone, are the whole; a sorted page is a piece of the sorted whole. */
static void pages_are_the_whole(void **state)
{
    (void)state;
    static const char *const order[] = {"", "&sort=value"};
    for (size_t k = 0; k < 2; k++) {
        char target[256];
        (void)snprintf(target, sizeof target, "/v1/flows?reporter=IND&partner=CHN&flow=*&product=*&period=FY2018-19%s",
                       order[k]);
        json_t *whole = ask(target, 200), *page;
        size_t at = 0;
        (void)snprintf(target, sizeof target,
                       "/v1/flows?reporter=IND&partner=CHN&flow=*&product=*&period=FY2018-19%s&limit=50", order[k]);
        do {
            page = ask(target, 200);
            for (size_t i = 0; i < rows_of(page); i++)
                assert_true(json_equal(row_of(page, i), row_of(whole, at++)));
            const char *next = json_string_value(json_object_get(json_object_get(page, "links"), "next"));
            (void)snprintf(target, sizeof target, "%s", next ? next : "");
            json_decref(page);
        } while (target[0]);
        assert_int_equal(at, rows_of(whole));
        json_decref(whole);
    }
}

static void comtrade_is_spoken(void **state)
{
    (void)state;
    same_answer("/v1/flows?reporterCode=699&partnerCode=156&flowCode=M&period=201904&cmdCode=85",
                "/v1/flows?reporter=IND&partner=CHN&flow=imports&period=2019-04&product=85");
    same_answer("/v1/flows?reporterCode=699&partnerCode=0&flowCode=X,M&period=201904,201905&cmdCode=AG2",
                "/v1/flows?reporter=IND&partner=WLD&flow=*&period=2019-04..2019-05&product=*&level=hs2");
    same_answer("/v1/flows?reporterCode=699&partnerCode=156&flowCode=M&period=201904&cmdCode=TOTAL&fields=value",
                "/v1/flows?reporter=IND&partner=CHN&flow=imports&period=2019-04&fields=value");
    json_decref(ask("/v1/bilateral/IND/CHN?period=201904", 400)); /* here alone */
    json_decref(ask("/v1/deficits/IND?reporterCode=699", 400));
}

static void quantities_are_there_if_asked(void **state)
{
    (void)state;
    const char *base = "/v1/flows?reporter=IND&partner=CHN&flow=imports&period=2025&product=850760";
    char target[256];
    json_t *root = ask(base, 200);
    assert_true(is_null(row_of(root, 0), "quantity") && is_null(row_of(root, 0), "unit_value"));
    json_decref(root);
    (void)snprintf(target, sizeof target, "%s&measures=value", base);
    root = ask(target, 200);
    assert_true(is_null(row_of(root, 0), "share"));
    json_decref(root);
    (void)snprintf(target, sizeof target, "%s&sort=-quantity&explain=1", base);
    root = ask(target, 200);
    json_t *pair = ask("/v1/bilateral/IND/CHN?period=2025&product=850760", 200);
    assert_true(
        json_equal(json_object_get(row_of(root, 0), "quantity"), json_object_get(row_of(pair, 0), "imports_quantity")));
    assert_int_equal(json_array_size(json_object_get(json_object_get(root, "meta"), "plan")), 1);
    json_decref(root);
    json_decref(pair);
}

static void flows_mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int status;
        const char *type;
    } cases[] = {
        {"reporter=XQZ", 400, "unknown-code"},
        {"reporter=IND,", 400, "unknown-code"},
        {"reporter=*,IND", 400, "unknown-code"},
        {"reporter=", 400, "invalid-value"},
        {"partner=Chinese", 400, "unknown-code"},
        {"product=4711", 400, "unknown-code"},
        {"product=AG3", 400, "unknown-code"},
        {"product=85,AG2", 400, "unknown-code"},
        {"flow=export", 400, "invalid-value"},
        {"flow=X,X", 400, "invalid-value"},
        {"flow=RX", 400, "invalid-value"},
        {"period=20190", 400, "invalid-value"},
        {"period=201913", 400, "invalid-value"},
        {"period=2019&freq=Z", 400, "invalid-value"},
        {"period=2019&freq=FY", 400, "conflicting-parameters"},
        {"product=*&level=hs3", 400, "invalid-value"},
        {"product=*&level=total", 400, "invalid-value"},
        {"level=hs2", 400, "conflicting-parameters"},
        {"product=AG2&level=hs4", 400, "conflicting-parameters"},
        {"product=85&level=sector", 400, "conflicting-parameters"},
        {"group_by=country", 400, "invalid-value"},
        {"group_by=flow,flow", 400, "invalid-value"},
        {"partner=WLD,CHN&group_by=flow", 400, "conflicting-parameters"},
        {"measures=weight", 400, "invalid-value"},
        {"share_of=world", 400, "invalid-value"},
        {"reporter=IND&share_of=partner", 400, "conflicting-parameters"},
        {"top=0", 400, "invalid-value"},
        {"dataset=none", 400, "unknown-code"},
        {"explain=2", 400, "invalid-value"},
        {"value.gte=much", 400, "invalid-value"},
        {"reporter=IND&reporterCode=699", 400, "repeated-parameter"},
        {"reporters=IND", 400, "unknown-parameter"},
        {"reporter=FRA", 404, "no-data"},
        {"reporter=FRA,DEU&partner=BEL,NLD", 404, "no-data"},
        {"reporter=IND&partner=*&period=1950", 422, "period-unavailable"},
        {"reporter=IND&product=*&level=hs8", 422, "level-unavailable"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char target[256], type[64];
        (void)snprintf(target, sizeof target, "/v1/flows?%s", cases[i].query);
        (void)snprintf(type, sizeof type, "/problems/%s", cases[i].type);
        json_t *root = ask(target, cases[i].status);
        if (!is_text(root, "type", type))
            fail_msg("%s: %s", target, json_string_value(json_object_get(root, "type")));
        json_decref(root);
    }
}

/* ---- search ---- */

static void first_is(const char *q, const char *kind, const char *id)
{
    char target[128];
    (void)snprintf(target, sizeof target, "/v1/search?q=%s&limit=10", q);
    json_t *root = ask(target, 200), *row = row_of(root, 0);
    if (!row || !is_text(row, "kind", kind) || !is_text(row, "id", id))
        fail_msg("%s gives %s", q, row ? json_string_value(json_object_get(row, "id")) : "nothing");
    double last = 1;
    size_t i;
    json_array_foreach(data_of(root), i, row)
    {
        assert_true(number(row, "score") <= last && number(row, "score") > 0);
        last = number(row, "score");
    }
    json_decref(root);
}

static void search_finds(void **state)
{
    (void)state;
    first_is("IND", "country", "IND");
    first_is("in", "country", "IND");
    first_is("699", "country", "IND");
    first_is("chna", "country", "CHN"); /* one letter from all of it before one from a beginning */
    first_is("356", "country", "IND");
    first_is("indi", "country", "IND");
    first_is("chima", "country", "CHN");
    first_is("germn", "country", "DEU");
    first_is("ivory", "country", "CIV");
    first_is("cote+d%27iv", "country", "CIV");
    first_is("T%C3%BCrkiye", "country", "TUR");
    first_is("turkiye", "country", "TUR");
    first_is("world", "country", "WLD");
    first_is("850760", "product", "850760");
    first_is("8507.60", "product", "850760");
    first_is("85076", "product", "850760");
    first_is("lithium+acc", "product", "850760");
    first_is("lithum+acumulator", "product", "850760");
    first_is("solar-panels", "sector", "solar-panels");
    first_is("solar+pan", "sector", "solar-panels");
    first_is("dgcis-hs2-fy", "dataset", "dgcis-hs2-fy");
}

static void search_lists_children_and_kinds(void **state)
{
    (void)state;
    json_t *root = ask("/v1/search?q=8507", 200), *row;
    size_t i;
    assert_true(is_text(row_of(root, 0), "id", "8507") && rows_of(root) > 5);
    json_array_foreach(data_of(root), i, row)
    {
        assert_true(is_text(row, "kind", "product") && is_text(row, "match", "code"));
        assert_int_equal(strncmp(json_string_value(json_object_get(row, "id")), "8507", 4), 0);
    }
    json_decref(root);
    root = ask("/v1/search?q=china&kind=dataset", 200);
    assert_true(rows_of(root) > 1);
    json_array_foreach(data_of(root), i, row) assert_true(is_text(row, "kind", "dataset"));
    json_decref(root);
    root = ask("/v1/search?q=i&limit=5", 200);
    assert_int_equal(rows_of(root), 5);
    json_decref(root);
    root = ask("/v1/search?q=qqqqq", 200);
    assert_int_equal(rows_of(root), 0);
    assert_true(meta_text(root, "empty_reason", "nothing_fits"));
    json_decref(root);
    json_decref(ask("/v1/search?q=%20-%20", 400));
    json_decref(ask("/v1/search?q=", 400));
    json_decref(ask("/v1/search", 400));
    json_decref(ask("/v1/search?q=a&kind=planet", 400));
    json_decref(ask("/v1/search?q=%FF", 400));
    json_decref(ask("/v1/search?q=a&limit=0", 400));
    char target[256] = "/v1/search?q=";
    memset(target + strlen(target), 'a', 101);
    json_decref(ask(target, 400));
}

/* ---- measures ---- */

static bool counted(const struct column *column)
{
    static const char *const unit[] = {"USD", "1", "pp", "t", "USD/t"};
    bool figure = column->type == COLUMN_INTEGER || column->type == COLUMN_NUMBER;
    for (size_t i = 0; figure && column->unit && i < sizeof unit / sizeof *unit; i++)
        if (strcmp(column->unit, unit[i]) == 0)
            return true;
    return false;
}

static bool tells_of(const struct route *route, const struct column *column)
{
    const struct measure *measure = column->measure ? &measures[column->measure] : NULL;
    if (!counted(column) || (measure && strcmp(measure->unit, column->unit) == 0))
        return true;
    print_message("%s: %s is in %s, its measure %s in %s\n", route->path, column->id, column->unit,
                  measure ? measure->id : "(none)", measure ? measure->unit : "none");
    return false;
}

static void every_figure_is_a_measure(void **state)
{
    (void)state;
    size_t untold = 0;
    for (size_t i = 0; i < api_routes.n; i++) {
        const struct route *summary = api_routes.route[i]->with_summary;
        for (size_t c = 0; c < api_routes.route[i]->n_columns; c++)
            untold += !tells_of(api_routes.route[i], &api_routes.route[i]->column[c]);
        for (size_t c = 0; summary && c < summary->n_columns; c++)
            untold += !tells_of(summary, &summary->column[c]);
    }
    assert_int_equal(untold, 0);
}

static void measures_are_told_once(void **state)
{
    (void)state;
    for (size_t i = MEASURE_NONE + 1; i < MEASURES; i++) {
        const struct measure *m = &measures[i];
        assert_true(m->id && m->code && m->formula && m->unit && m->citation && m->description);
        for (size_t k = MEASURE_NONE + 1; k < i; k++)
            assert_string_not_equal(m->id, measures[k].id);
    }
    json_t *root = ask("/v1/measures", 200);
    assert_int_equal(rows_of(root), MEASURES - MEASURE_NONE - 1);
    json_decref(root);
    json_decref(ask("/v1/measures/none-such", 404));
}

/* The link of a column leads to its measure, which names the endpoint. */
static void columns_link_to_measures(void **state)
{
    (void)state;
    json_t *root = ask("/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&limit=1", 200), *column;
    json_t *columns = json_incref(json_object_get(root, "columns"));
    size_t i, linked = 0;
    json_decref(root);
    json_array_foreach(columns, i, column)
    {
        const char *link = json_string_value(json_object_get(column, "formula"));
        if (!link)
            continue;
        root = ask(link, 200);
        json_t *endpoint, *list = json_object_get(row_of(root, 0), "endpoints");
        bool named = false;
        size_t k;
        json_array_foreach(list, k, endpoint) named =
            named || strcmp(json_string_value(endpoint), "/v1/dependence/{reporter}/{partner}") == 0;
        assert_true(named);
        json_decref(root);
        linked++;
    }
    assert_true(linked >= 5);
    json_decref(columns);
}

static int start(void **state)
{
    (void)state;
    asking_start();
    return test_api() ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    asking_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_figure_is_the_bilateral_one),
        cmocka_unit_test(the_world_is_never_among_its_members),
        cmocka_unit_test(top_and_other_are_all),
        cmocka_unit_test(chapters_are_the_total),
        cmocka_unit_test(what_is_named_has_a_row),
        cmocka_unit_test(shares_of_a_part_are_not_told),
        cmocka_unit_test(group_by_says_it_outright),
        cmocka_unit_test(pages_are_the_whole),
        cmocka_unit_test(comtrade_is_spoken),
        cmocka_unit_test(quantities_are_there_if_asked),
        cmocka_unit_test(flows_mistakes_are_told),
        cmocka_unit_test(search_finds),
        cmocka_unit_test(search_lists_children_and_kinds),
        cmocka_unit_test(every_figure_is_a_measure),
        cmocka_unit_test(measures_are_told_once),
        cmocka_unit_test(columns_link_to_measures),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
