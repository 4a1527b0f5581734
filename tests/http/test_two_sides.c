/* Both sides' books over the shipped figures: what an article claims, mirrors, pairs side by side, growth, the profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>

#include "http/asking.h"
#include "http/test_api.h"

static json_t *ask(const char *target, int status) { return ask_json(test_api(), target, status); }
static json_t *rows_of(json_t *root) { return json_object_get(root, "data"); }
static json_t *summary_of(json_t *root) { return meta_of(root, "summary"); }
static void assert_text(json_t *row, const char *key, const char *wanted)
{
    const char *got = json_string_value(json_object_get(row, key));
    if (!got || strcmp(got, wanted) != 0)
        fail_msg("%s is %s, not %s", key, got ? got : "(none)", wanted);
}

static void assert_number(json_t *row, const char *key, double wanted)
{
    json_t *value = json_object_get(row, key);
    if (!json_is_number(value) || fabs(json_number_value(value) - wanted) > 5e-7 * fmax(1.0, fabs(wanted) * 1e-9))
        fail_msg("%s is %f, not %f", key, json_number_value(value), wanted);
}

static bool lists(json_t *list, const char *wanted)
{
    json_t *value;
    size_t i;
    json_array_foreach(list, i, value) if (strcmp(json_string_value(value), wanted) == 0) return true;
    return false;
}

/* ---- the article ---- */

struct article {
    const char *query, *verdict, *dataset, *period;
    double value; /* of the candidate that is ranked first */
};

/* 99.2 bn deficit, imports 113.5 bn, up 11.5 % in FY2024-25 (India); exports 135.87 bn, up 12.8 %, total 155.62 bn in 2025 (China). */
static void the_article_is_right_where_it_is(void **state)
{
    (void)state;
    static const struct article claims[] = {
        {"reporter=IND&partner=CHN&period=FY2024-25&measure=deficit&value=99.2e9", "match", "dgcis-total-fy",
         "FY2024-25", 99210000000},
        {"reporter=IND&partner=CHN&period=FY2024-25&measure=balance&value=-99.2e9", "match", "dgcis-total-fy",
         "FY2024-25", -99210000000},
        {"reporter=IND&partner=CHN&period=FY2024-25&flow=imports&value=113.5e9", "match", "dgcis-total-fy", "FY2024-25",
         113460000000},
        {"reporter=IND&partner=CHN&period=FY2024-25&flow=imports&measure=growth&value=11.5", "match", "dgcis-total-fy",
         "FY2024-25", 11.51956},
        {"reporter=CHN&partner=IND&period=2025&flow=exports&value=135.87e9", "match", "gacc-total-month", "2025",
         135958000000},
        {"reporter=CHN&partner=IND&period=2025&flow=exports&measure=growth&value=12.8", "match", "gacc-total-month",
         "2025", 12.742139},
        {"reporter=CHN&partner=IND&period=2026&flow=exports&measure=growth&value=21.6", "near", "gacc-total-month",
         "2026", 21.616075},
        {"reporter=CHN&partner=IND&period=2025&measure=total&value=155.62e9", "match", "gacc-total-month", "2025",
         155706000000},
        {"reporter=IND&partner=CHN&period=2025&measure=total&value=155.62e9", "match", "gacc-total-month", "2025",
         155706000000},
    };
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        char target[256];
        (void)snprintf(target, sizeof target, "/v1/check?%s", claims[i].query);
        json_t *root = ask(target, 200), *first = row_of(root, 0);
        assert_text(summary_of(root), "verdict", claims[i].verdict);
        assert_text(first, "verdict", claims[i].verdict);
        assert_text(first, "dataset", claims[i].dataset);
        assert_text(first, "period", claims[i].period);
        assert_number(first, "value", claims[i].value);
        bool matched = strcmp(claims[i].verdict, "match") == 0;
        assert_true(number(summary_of(root), matched ? "matches" : "near") >= 1);
        json_decref(root);
    }
}

/* Of years the parts; of a month, itself a year before: then compare=ytd changes nothing, and the answer says so. */
static void year_to_date_is_of_years(void **state)
{
    (void)state;
    json_t *year = ask("/v1/bilateral/CHN/IND?period=2026&compare=ytd", 200),
           *month = ask("/v1/bilateral/CHN/IND?period=2026-01&freq=M&compare=ytd", 200);
    assert_false(warns_of(year, "compare=ytd"));
    assert_true(warns_of(month, "compare=ytd is for rows of years"));
    json_decref(year);
    json_decref(month);
}

/* 20.5 bn of India's exports in 2025: not within three per cent of anything; the nearest of 2025 is China's 19.748 bn. */
static void the_exports_match_nothing(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9",
        "/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9&tolerance=3",
    };
    for (size_t i = 0; i < 2; i++) {
        json_t *root = ask(target[i], 200), *s = summary_of(root), *first = row_of(root, 0);
        assert_text(s, "verdict", "no_match");
        assert_number(s, "matches", 0);
        assert_text(s, "same_kind_dataset", "gacc-total-month");
        assert_text(s, "same_kind_period", "2025");
        assert_number(s, "same_kind_value", 19748000000);
        assert_number(s, "same_kind_difference", 752000000);
        assert_text(first, "reporter", "CHN");
        assert_text(first, "flow", "imports");
        assert_text(first, "basis", "mirror");
        assert_text(first, "valuation", "CIF");
        assert_true(lists(json_object_get(first, "differs"), "reporter"));
        assert_true(lists(json_object_get(first, "differs"), "valuation"));
        assert_false(lists(json_object_get(first, "differs"), "period_kind"));
        json_decref(root);
    }
    json_decref(ask("/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9&tolerance=4", 200));
}

/* "Up 5.5 bn": China's books say 1.627; the nearest is India's own fiscal year, 5.22, which is another kind of period. */
static void the_rise_matches_nothing(void **state)
{
    (void)state;
    json_t *root = ask("/v1/check?reporter=IND&partner=CHN&flow=exports&measure=change&period=2025&value=5.5e9", 200),
           *s = summary_of(root), *first = row_of(root, 0);
    assert_text(s, "verdict", "no_match");
    assert_text(s, "nearest_dataset", "dgcis-total-fy");
    assert_text(s, "nearest_period", "FY2025-26");
    assert_number(s, "nearest_value", 5220000000);
    assert_text(s, "same_kind_dataset", "gacc-total-month");
    assert_number(s, "same_kind_value", 1627000000);
    assert_text(first, "period_kind", "FY");
    assert_true(lists(json_object_get(first, "differs"), "period_kind"));
    json_decref(root);
}

static void the_parts_miss_the_total(void **state)
{
    (void)state;
    json_t *root = ask("/v1/check?parts=135.87e9,20.5e9&value=155.62e9", 200), *s = summary_of(root);
    assert_text(s, "verdict", "no_match");
    assert_number(s, "parts_sum", 156370000000);
    assert_number(s, "parts_difference", -750000000);
    assert_number(row_of(root, 0), "difference", -750000000);
    assert_true(warns_of(root, "misses the total by 750000000"));
    json_decref(root);
    root = ask("/v1/check?parts=135.87e9,19.75e9&value=155.62e9&tolerance=0", 200);
    assert_text(summary_of(root), "verdict", "match");
    json_decref(root);
    root = ask("/v1/check?parts=14.25e9,-113.46e9&value=-99.21e9&tolerance=0", 200);
    assert_text(summary_of(root), "verdict", "match");
    json_decref(root);
    root =
        ask("/v1/check?reporter=CHN&partner=IND&measure=total&period=2025&parts=135.87e9,20.5e9&value=155.62e9", 200);
    assert_text(summary_of(root), "verdict", "match"); /* the total is right, its parts are not */
    assert_text(summary_of(root), "parts_verdict", "no_match");
    json_decref(root);
}

static void candidates_are_ranked(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9&tolerance=10",
        "/v1/check?reporter=IND&partner=CHN&flow=imports&period=FY2024-25&value=107e9",
        "/v1/check?reporter=IND&partner=CHN&flow=imports&period=2019&value=68.4e9",
        "/v1/check?reporter=IND&partner=CHN&flow=imports&period=2025-06&product=850760&value=3e8",
    };
    static const char *const order[] = {"match", "near", "no_match"};
    for (size_t t = 0; t < sizeof target / sizeof *target; t++) {
        json_t *root = ask(target[t], 200), *row;
        size_t i, last = 0;
        json_array_foreach(rows_of(root), i, row)
        {
            size_t now = 0;
            assert_number(row, "rank", (double)i + 1);
            while (now < 3 && strcmp(json_string_value(json_object_get(row, "verdict")), order[now]) != 0)
                now++;
            assert_in_range(now, last, 2);
            last = now;
            double value = number(row, "value"), claimed = value + number(row, "difference");
            assert_true(fabs(claimed - (value + number(row, "relative_difference") * fabs(value))) <
                        1e-6 * fabs(value));
            bool estimate = lists(json_object_get(row, "differs"), "estimate");
            assert_int_equal(estimate, lists(json_object_get(row, "flags"), "cif_converted"));
            assert_false(estimate && now == 0); /* an estimate never confirms */
        }
        json_decref(root);
    }
    /* imports FOB, as an estimate: near, never a match */
    json_t *root = ask("/v1/check?reporter=IND&partner=CHN&flow=imports&period=FY2024-25&value=107e9", 200);
    assert_text(summary_of(root), "verdict", "near");
    assert_text(row_of(root, 0), "valuation", "FOB");
    json_decref(root);
    root = ask("/v1/check?reporter=IND&partner=CHN&flow=imports&measure=share&period=FY2018-19&value=13.68", 200);
    assert_text(summary_of(root), "verdict", "match");
    json_decref(root);
    root = ask("/v1/check?reporter=IND&partner=CHN&measure=balance&period=FY2024-25&value=99.2e9", 200);
    assert_text(summary_of(root), "verdict", "no_match");
    assert_true(warns_of(root, "opposite sign"));
    json_decref(root);
}

/* ---- mirrors ---- */

static void fiscal_years_are_made_of_the_other_sides_months(void **state)
{
    (void)state;
    json_t *root = ask("/v1/mirror/IND/CHN", 200), *row;
    size_t i;
    assert_int_equal(json_array_size(rows_of(root)), 6); /* three fiscal years, both flows */
    json_array_foreach(rows_of(root), i, row)
    {
        bool imports = strcmp(json_string_value(json_object_get(row, "flow")), "imports") == 0;
        double reported = number(row, "reported"), mirrored = number(row, "mirrored");
        double m = imports ? reported : mirrored, x = imports ? mirrored : reported;
        assert_text(row, "dataset", "dgcis-total-fy");
        assert_text(row, "mirror_dataset", "gacc-total-month");
        assert_number(row, "gap", m - x);
        assert_number(row, "ratio", round(m / x * 1e6) / 1e6);
        assert_number(row, "relative_gap", round((m - x) / ((m + x) / 2) * 1e6) / 1e6);
        assert_number(row, imports ? "reported_fob" : "mirrored_fob", round(m / 1.06));
        assert_true(lists(json_object_get(row, "flags"), "estimated"));
    }
    json_t *flow = row_of(root, 3);
    assert_text(flow, "period", "FY2024-25");
    assert_number(flow, "reported", 113460000000);
    assert_number(flow, "mirrored", 124394000000);
    assert_number(flow, "gap", -10934000000);
    json_decref(root);
}

static void the_other_side_sees_the_same_gap(void **state)
{
    (void)state;
    json_t *here = ask("/v1/mirror/IND/CHN?cif=1.1", 200), *there = ask("/v1/mirror/CHN/IND?cif=1.1", 200);
    for (size_t i = 0; i < 6; i++) {
        json_t *a = row_of(here, i), *b = row_of(there, i ^ 1);
        assert_number(a, "gap", number(b, "gap"));
        assert_number(a, "gap_fob", number(b, "gap_fob"));
        assert_number(a, "reported", number(b, "mirrored"));
    }
    json_decref(here);
    json_decref(there);
}

static void one_side_alone_has_no_gap(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/mirror/IND/CHN?period=2025", "/v1/mirror/IND/USA", "/v1/mirror/IND/CHN?level=hs2&period=FY2018-19",
        "/v1/mirror/IND/CHN?product=85,84&period=FY2018-19", "/v1/mirror/IND/CHN?level=sector&period=FY2018-19"};
    for (size_t t = 0; t < sizeof target / sizeof *target; t++) {
        json_t *root = ask(target[t], 200), *row;
        size_t i;
        assert_true(json_array_size(rows_of(root)) > 0);
        json_array_foreach(rows_of(root), i, row)
        {
            assert_true(is_null(row, "gap") && is_null(row, "ratio"));
            assert_true(is_null(row, "reported") || is_null(row, "mirrored"));
            assert_true(lists(json_object_get(row, "flags"), "not_reported"));
        }
        assert_true(warns_of(root, "one side only") || warns_of(root, "no complete period in common"));
        json_decref(root);
    }
}

static void a_part_of_a_year_is_no_gap(void **state)
{
    (void)state;
    json_t *root = ask("/v1/mirror/IND/CHN?period=FY2022-23", 200), *row = row_of(root, 0);
    assert_true(is_null(row, "gap"));
    assert_true(lists(json_object_get(row, "flags"), "partial_year"));
    json_decref(root);
    root = ask("/v1/mirror/IND/CHN?period=latest", 200);
    assert_int_equal(json_array_size(rows_of(root)), 2);
    assert_text(row_of(root, 0), "period", "FY2025-26");
    json_decref(root);
}

/* ---- pairs side by side ---- */

/* Two subheadings are not the chapter, wherever it is asked for. */
static void a_part_of_a_chapter_is_flagged(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/compare?pairs=IND-CHN&period=2025&product=85", "/v1/bilateral/IND/CHN?period=2025&product=85",
        "/v1/bilateral/IND/CHN?period=2025&product=850760,8507", "/v1/mirror/IND/CHN?period=2025&product=85"};
    for (size_t t = 0; t < sizeof target / sizeof *target; t++) {
        json_t *root = ask(target[t], 200);
        size_t last = json_array_size(rows_of(root)) - 1;
        assert_true(lists(json_object_get(row_of(root, last), "flags"), "partial_sector"));
        if (t == 2)
            assert_false(lists(json_object_get(row_of(root, 0), "flags"), "partial_sector"));
        json_decref(root);
    }
}

static void an_unknown_pair_is_a_row_of_nulls(void **state)
{
    (void)state;
    json_t *root = ask("/v1/compare?pairs=IND-CHN,USA-CHN,IND-USA&period=2019", 200);
    assert_int_equal(json_array_size(rows_of(root)), 3);
    assert_number(row_of(root, 0), "imports", 68402092562);
    assert_text(row_of(root, 1), "pair", "USA-CHN");
    assert_true(is_null(row_of(root, 1), "imports") && is_null(row_of(root, 1), "dataset"));
    assert_true(lists(json_object_get(row_of(root, 1), "flags"), "not_reported"));
    assert_text(row_of(root, 2), "dataset", "comtrade-partners-2019");
    assert_number(row_of(root, 2), "hhi", number(row_of(root, 0), "hhi"));
    assert_true(warns_of(root, "USA-CHN"));
    json_decref(root);
}

static void rows_stand_for_the_same_months(void **state)
{
    (void)state;
    static const char *const target[] = {"/v1/compare?pairs=IND-CHN,CHN-IND", "/v1/compare?pairs=CHN-IND,IND-CHN",
                                         "/v1/compare?pairs=IND-CHN,IND-WLD&period=latest:3",
                                         "/v1/compare?pairs=CHN-IND,IND-CHN&period=FY2023-24..FY2025-26"};
    for (size_t t = 0; t < sizeof target / sizeof *target; t++) {
        json_t *root = ask(target[t], 200);
        size_t n = json_array_size(rows_of(root)) / 2;
        for (size_t i = 0; i < n; i++)
            assert_text(row_of(root, i), "period", json_string_value(json_object_get(row_of(root, n + i), "period")));
        json_decref(root);
    }
    json_t *root = ask(target[0], 200), *single = ask("/v1/bilateral/CHN/IND?period=FY2025-26", 200);
    assert_number(row_of(root, 1), "exports", number(row_of(single, 0), "exports"));
    assert_true(warns_of(root, "different datasets"));
    json_decref(root);
    json_decref(single);
}

/* ---- growth ---- */

static void year_to_date_compares_the_same_months(void **state)
{
    (void)state;
    json_t *ytd = ask("/v1/bilateral/CHN/IND?period=2025,2026&compare=ytd", 200),
           *plain = ask("/v1/bilateral/CHN/IND?period=2025,2026", 200),
           *months = ask("/v1/bilateral/CHN/IND?period=2025-01..2025-06,2026-01..2026-06", 200);
    double now = 0, then = 0;
    for (size_t i = 0; i < 6; i++) {
        then += number(row_of(months, i), "exports");
        now += number(row_of(months, i + 6), "exports");
    }
    assert_number(row_of(ytd, 1), "exports_growth", round((now / then - 1) * 1e6) / 1e6);
    assert_true(lists(json_object_get(row_of(ytd, 1), "flags"), "year_to_date"));
    assert_true(is_null(row_of(plain, 1), "exports_growth"));
    assert_number(row_of(ytd, 0), "exports_growth", number(row_of(plain, 0), "exports_growth"));
    json_decref(ytd);
    json_decref(plain);
    json_decref(months);
}

static void compound_growth_and_growth_elsewhere(void **state)
{
    (void)state;
    json_t *root = ask("/v1/bilateral/IND/CHN?period=FY2014-15..FY2024-25&dataset=dgcis-total-fy", 200),
           *world = ask("/v1/bilateral/IND/WLD?period=FY2023-24,FY2024-25&dataset=dgcis-total-fy", 200);
    json_t *first = row_of(root, 0), *before = row_of(root, 9), *last = row_of(root, 10);
    assert_true(is_null(first, "imports_cagr"));
    assert_number(last, "imports_cagr",
                  round((pow(number(last, "imports") / number(first, "imports"), 0.1) - 1) * 1e6) / 1e6);
    double others_now = number(row_of(world, 1), "imports") - number(last, "imports"),
           others_then = number(row_of(world, 0), "imports") - number(before, "imports");
    assert_number(last, "imports_growth_elsewhere", round((others_now / others_then - 1) * 1e6) / 1e6);
    json_decref(root);
    json_decref(world);
}

static double points(json_t *root, const char *column)
{
    double sum = 0;
    json_t *row;
    size_t i;
    json_array_foreach(rows_of(root), i, row) sum += number(row, column);
    return sum;
}

/* Contributions in percentage points are the growth, for both flows and the balance, between any two years. */
static void contributions_sum_to_growth(void **state)
{
    (void)state;
    unsigned checked = 0;
    for (unsigned from = 1996; from < 2018; from += 2)
        for (unsigned to = from + 1; to <= 2018; to += 4) {
            char target[200], pair[200];
            (void)snprintf(target, sizeof target,
                           "/v1/bilateral/IND/CHN/products?dataset=dgcis-hs2-fy&period=FY%u-%02u&vs=FY%u-%02u", to,
                           (to + 1) % 100, from, (from + 1) % 100);
            (void)snprintf(pair, sizeof pair, "/v1/bilateral/IND/CHN?dataset=dgcis-hs2-fy&period=FY%u-%02u,FY%u-%02u",
                           from, (from + 1) % 100, to, (to + 1) % 100);
            json_t *root = ask(target, 200), *both = ask(pair, 200);
            json_t *then = row_of(both, 0), *now = row_of(both, 1);
            double x = 100 * (number(now, "exports") / number(then, "exports") - 1),
                   m = 100 * (number(now, "imports") / number(then, "imports") - 1),
                   b = 100 * (number(now, "balance") - number(then, "balance")) / fabs(number(then, "balance"));
            assert_true(fabs(points(root, "exports_contribution_pp") - x) < 1e-3);
            assert_true(fabs(points(root, "imports_contribution_pp") - m) < 1e-3);
            assert_true(fabs(points(root, "balance_contribution_pp") - b) < 1e-3);
            json_decref(root);
            json_decref(both);
            checked++;
        }
    assert_true(checked > 20);
}

/* ---- the profile ---- */

static void the_profile_says_what_the_calls_say(void **state)
{
    (void)state;
    json_t *root = ask("/v1/profile/IND/CHN?periods=3&top=4", 200);
    json_t *series = ask("/v1/bilateral/IND/CHN?period=latest:3", 200), *totals = json_object_get(root, "totals");
    for (size_t i = 0; i < 3; i++) {
        json_t *a = json_array_get(json_object_get(totals, "rows"), i), *b = row_of(series, i), *value;
        const char *key;
        json_object_foreach(a, key, value) if (!json_equal(value, json_object_get(b, key)))
            fail_msg("%s of row %zu differs", key, i);
    }
    json_decref(series);
    json_t *products = ask("/v1/bilateral/IND/CHN/products?level=hs2&sort=-imports&limit=4", 200),
           *imports = json_object_get(json_object_get(root, "products"), "imports");
    assert_int_equal(json_array_size(imports), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_text(json_array_get(imports, i), "product",
                    json_string_value(json_object_get(row_of(products, i), "product")));
        assert_number(json_array_get(imports, i), "imports", number(row_of(products, i), "imports"));
    }
    json_decref(products);
    json_t *dependence = ask("/v1/dependence/IND/CHN?level=hs2", 200), *row;
    size_t i, dependent = 0;
    json_array_foreach(rows_of(dependence), i, row) dependent += json_is_true(json_object_get(row, "dependent"));
    assert_number(json_object_get(root, "dependence"), "dependent_products", (double)dependent);
    assert_number(json_object_get(root, "dependence"), "products", (double)json_array_size(rows_of(dependence)));
    json_decref(dependence);
    assert_number(json_object_get(root, "ranks"), "in_deficits", 1);
    json_t *mirror = ask("/v1/mirror/IND/CHN?period=latest", 200);
    assert_number(json_array_get(json_object_get(json_object_get(root, "mirror"), "rows"), 0), "gap",
                  number(row_of(mirror, 0), "gap"));
    json_decref(mirror);
    json_decref(root);
}

static void every_part_names_its_dataset_or_says_why_not(void **state)
{
    (void)state;
    static const char *const part[] = {"totals", "products", "sectors", "ranks", "mirror", "dependence"};
    static const char *const target[] = {"/v1/profile/IND/CHN", "/v1/profile/CHN/IND?pretty=1", "/v1/profile/IND/USA",
                                         "/v1/profile/IND/WLD", "/v1/profile/CHN/WLD"};
    for (size_t t = 0; t < sizeof target / sizeof *target; t++) {
        json_t *root = ask(target[t], 200);
        for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
            json_t *p = json_object_get(root, part[i]);
            assert_true(json_is_object(p));
            assert_int_equal(is_null(p, "dataset"), json_is_string(json_object_get(p, "why")));
        }
        json_decref(root);
    }
}

static void plans_are_explained(void **state)
{
    (void)state;
    static const char *const target[] = {
        "/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9&explain=1",
        "/v1/mirror/IND/CHN?explain=1", "/v1/compare?pairs=IND-CHN,IND-USA&period=2019&explain=1",
        "/v1/bilateral/CHN/IND?period=2026&compare=ytd&explain=1"};
    for (size_t i = 0; i < sizeof target / sizeof *target; i++) {
        json_t *root = ask(target[i], 200);
        assert_true(json_array_size(meta_of(root, "plan")) > 0);
        json_decref(root);
    }
}

/* However many its parts, it is a few statements; and the rest of it is as without explain=1. */
static void the_profile_explains_itself(void **state)
{
    (void)state;
    static const char *const pair[] = {"IND/CHN", "CHN/IND", "IND/USA", "IND/WLD"};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        char plain[64], explained[64];
        (void)snprintf(plain, sizeof plain, "/v1/profile/%s", pair[i]);
        (void)snprintf(explained, sizeof explained, "/v1/profile/%s?explain=1", pair[i]);
        json_t *without = ask(plain, 200), *with = ask(explained, 200), *meta = json_object_get(with, "meta");
        const size_t queries = json_array_size(json_object_get(meta, "plan"));
        assert_null(json_object_get(without, "meta"));
        assert_true(queries > 0 && queries <= 10);
        assert_number(meta, "queries", (double)queries);
        assert_true(number(meta, "price") > 0);
        json_object_del(with, "meta");
        json_object_del(with, "links");
        json_object_del(without, "links");
        assert_true(json_equal(with, without));
        json_decref(with);
        json_decref(without);
    }
}

/* ---- mistakes ---- */

/* NOLINTNEXTLINE(readability-function-size): a table of cases */
static void mistakes_are_told(void **state)
{
    (void)state;
#define CLAIM "/v1/check?reporter=IND&partner=CHN&period=2025&flow=exports&value=1e9"
    static const struct {
        const char *target;
        int status;
        const char *type;
    } cases[] = {
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=exports", 400, "missing-parameter"},
        {"/v1/check?partner=CHN&period=2025&flow=exports&value=1", 400, "missing-parameter"},
        {"/v1/check?reporter=IND&period=2025&flow=exports&value=1", 400, "missing-parameter"},
        {"/v1/check?reporter=IND&partner=CHN&flow=exports&value=1", 400, "missing-parameter"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&value=1", 400, "missing-parameter"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&measure=growth&value=1", 400, "missing-parameter"},
        {"/v1/check?reporter=XQ&partner=CHN&period=2025&flow=exports&value=1", 400, "unknown-code"},
        {"/v1/check?reporter=IND&partner=CHI&period=2025&flow=exports&value=1", 400, "unknown-code"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025,2026&flow=exports&value=1", 400, "invalid-value"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=sales&value=1", 400, "invalid-value"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=exports&value=much", 400, "invalid-value"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=exports&value=1e16", 400, "invalid-value"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=exports&value=nan", 400, "invalid-value"},
        {CLAIM "&measure=size", 400, "invalid-value"},
        {CLAIM "&tolerance=-1", 400, "invalid-value"},
        {CLAIM "&tolerance=101", 400, "invalid-value"},
        {CLAIM "&cif=0.5", 400, "invalid-value"},
        {CLAIM "&parts=1", 400, "invalid-value"},
        {CLAIM "&parts=1,x", 400, "invalid-value"},
        {CLAIM "&parts=1,", 400, "invalid-value"},
        {CLAIM "&parts=4e15,4e15,4e15", 400, "invalid-value"},
        {CLAIM "&product=4711", 400, "unknown-code"},
        {CLAIM "&explain=2", 400, "invalid-value"},
        {CLAIM "&dataset=dgcis-total-fy", 400, "unknown-parameter"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=balance&measure=share&value=1", 400,
         "conflicting-parameters"},
        {"/v1/check?reporter=FRA&partner=DEU&period=2025&flow=exports&value=1", 404, "no-data"},
        {"/v1/check?reporter=IND&partner=CHN&period=1950&flow=exports&value=1", 422, "period-unavailable"},
        {"/v1/check?reporter=IND&partner=CHN&period=2025&flow=imports&measure=share&product=850760&value=1e99", 400,
         "invalid-value"},
        {"/v1/mirror/IND/CHI", 404, "unknown-code"},
        {"/v1/mirror/FRA/DEU", 404, "no-data"},
        {"/v1/mirror/IND/CHN?period=1950", 422, "period-unavailable"},
        {"/v1/mirror/IND/CHN?period=x", 400, "invalid-value"},
        {"/v1/mirror/IND/CHN?freq=W", 400, "invalid-value"},
        {"/v1/mirror/IND/CHN?level=hs8", 400, "invalid-value"},
        {"/v1/mirror/IND/CHN?cif=3", 400, "invalid-value"},
        {"/v1/mirror/IND/CHN?cif=0", 400, "invalid-value"},
        {"/v1/mirror/IND/CHN?dataset=none", 400, "unknown-code"},
        {"/v1/mirror/IND/CHN?mirror_dataset=none", 400, "unknown-code"},
        {"/v1/mirror/IND/CHN?product=4711", 400, "unknown-code"},
        {"/v1/mirror/IND/CHN?mirror_dataset=dgcis-hs2-month", 422,
         "dataset-unsuitable"}, /* India's books, not China's */
        {"/v1/mirror/IND/CHN?dataset=gacc-world-year&mirror_dataset=dgcis-total-fy", 422, "dataset-unsuitable"},
        {"/v1/compare?pairs=IND", 400, "invalid-value"},
        {"/v1/compare?pairs=IND-CHN,IND-XQ", 400, "unknown-code"},
        {"/v1/compare?pairs=IND-CHN&period=2019-13", 400, "invalid-value"},
        {"/v1/compare?pairs=IND-CHN&period=2025", 422, "period-unavailable"},
        {"/v1/compare?pairs=FRA-DEU,IND-CHN&period=2025", 422, "period-unavailable"},
        {"/v1/compare?pairs=FRA-DEU,DEU-FRA", 404, "no-data"},
        {"/v1/compare?pairs=IND-CHN&dataset=none", 400, "unknown-code"},
        {"/v1/compare?pairs=IND-CHN&product=4711", 400, "unknown-code"},
        {"/v1/bilateral/IND/CHN?compare=month", 400, "invalid-value"},
        {"/v1/profile/IND/CHI", 404, "unknown-code"},
        {"/v1/profile/FRA/DEU", 404, "no-data"},
        {"/v1/profile/IND/CHN?periods=0", 400, "invalid-value"},
        {"/v1/profile/IND/CHN?top=51", 400, "invalid-value"},
        {"/v1/profile/IND/CHN?threshold=2", 400, "invalid-value"},
        {"/v1/profile/IND/CHN?cif=9", 400, "invalid-value"},
        {"/v1/profile/IND/CHN?pretty=x", 400, "invalid-value"},
        {"/v1/profile/IND/CHN?sort=imports", 400, "unknown-parameter"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = ask(cases[i].target, cases[i].status);
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "/problems/%s", cases[i].type);
        const char *type = json_string_value(json_object_get(root, "type"));
        if (!type || strcmp(type, wanted) != 0)
            fail_msg("%s: %s", cases[i].target, type ? type : "(no type)");
        json_decref(root);
    }
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
        cmocka_unit_test(the_article_is_right_where_it_is),
        cmocka_unit_test(year_to_date_is_of_years),
        cmocka_unit_test(the_exports_match_nothing),
        cmocka_unit_test(the_rise_matches_nothing),
        cmocka_unit_test(the_parts_miss_the_total),
        cmocka_unit_test(candidates_are_ranked),
        cmocka_unit_test(fiscal_years_are_made_of_the_other_sides_months),
        cmocka_unit_test(the_other_side_sees_the_same_gap),
        cmocka_unit_test(one_side_alone_has_no_gap),
        cmocka_unit_test(a_part_of_a_year_is_no_gap),
        cmocka_unit_test(a_part_of_a_chapter_is_flagged),
        cmocka_unit_test(an_unknown_pair_is_a_row_of_nulls),
        cmocka_unit_test(rows_stand_for_the_same_months),
        cmocka_unit_test(year_to_date_compares_the_same_months),
        cmocka_unit_test(compound_growth_and_growth_elsewhere),
        cmocka_unit_test(contributions_sum_to_growth),
        cmocka_unit_test(the_profile_says_what_the_calls_say),
        cmocka_unit_test(the_profile_explains_itself),
        cmocka_unit_test(every_part_names_its_dataset_or_says_why_not),
        cmocka_unit_test(plans_are_explained),
        cmocka_unit_test(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
