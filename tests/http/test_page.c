/* The dashboard as HTTP sees it: who gets it, how long its files are kept, what its policy allows. What it draws is seen in a browser, by
 * tests/browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/assets.h"
#include "http/asking.h"
#include "http/test_api.h"

#define BROWSER "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

static int ask(const char *target, struct api_request request) { return ask_of(test_api(), target, request); }

static int ask_as(const char *target, const char *accept)
{
    return ask(target, (struct api_request){.accept = str_view(accept)});
}

static bool holds(struct str text, const char *part) { return memmem(text.p, text.n, part, strlen(part)) != NULL; }
static bool is_page(void) { return str_is(header("Content-Type"), "text/html; charset=utf-8"); }

static void who_would_rather_have_html_gets_the_page(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        bool page;
    } asked[] = {
        {BROWSER, true},
        {"text/html", true},
        {"", false},
        {"*/*", false},
        {"text/*", false},
        {"text/html;q=0.5, application/json", false},
        {"text/html;q=0, */*", false},
        {"application/json, text/html", false},
        {"text/csv", false},
        {"application/json;q=0.9, text/html", true},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        assert_int_equal(ask_as("/", asked[i].accept), 200);
        if (is_page() != asked[i].page)
            fail_msg("Accept: %s", asked[i].accept);
        assert_true(str_is(header("Vary"), "Accept, Accept-Encoding"));
    }
    /* What has a query asks the API, and elsewhere there is no page. */
    assert_int_equal(ask_as("/?limit=1", BROWSER), 200);
    assert_false(is_page());
    assert_int_equal(ask_as("/v1", BROWSER), 200);
    assert_false(is_page());
}

static void page_and_index_have_tags_of_their_own(void **state)
{
    (void)state;
    char tag[64];
    assert_int_equal(ask_as("/", BROWSER), 200);
    (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
    assert_int_equal(ask("/", (struct api_request){.accept = STR(BROWSER), .if_none_match = str_view(tag)}), 304);
    assert_true(str_is(header("Cache-Control"), "public, no-cache"));
    assert_int_equal(ask("/", (struct api_request){.accept = STR("*/*"), .if_none_match = str_view(tag)}), 200);
    assert_false(is_page());
}

/* Whoever keeps answers must not take one for the other. */
static void page_and_index_are_kept_apart(void **state)
{
    (void)state;
    char page[KEY_TEXT], table[KEY_TEXT];
    ask_key(test_api(), "/", (struct api_request){.accept = STR(BROWSER)}, page);
    ask_key(test_api(), "/", (struct api_request){.accept = STR("*/*")}, table);
    assert_true(page[0] && table[0]);
    assert_string_not_equal(page, table);
}

static void nothing_foreign_and_nothing_inline(void **state)
{
    (void)state;
    assert_int_equal(ask_as("/", BROWSER), 200);
    struct str policy = header("Content-Security-Policy"), page = buf_view(&reply.body);
    static const char *const rules[] = {
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",    "base-uri 'none'",
        "form-action 'none'", "object-src",        "unsafe",           "frame-ancestors 'none'"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool wanted = strcmp(rules[i], "unsafe") != 0 && strcmp(rules[i], "object-src") != 0;
        if (holds(policy, rules[i]) != wanted)
            fail_msg("%s in %.*s", rules[i], STR_ARG(policy));
    }
    assert_true(str_is(header("X-Content-Type-Options"), "nosniff"));
    assert_true(str_is(header("Referrer-Policy"), "no-referrer"));
    assert_false(holds(page, "<style") || holds(page, " style=") || holds(page, "onclick=") ||
                 holds(page, "src=\"http"));
    assert_false(holds(page, "@VERSION@"));
}

static void files_are_kept_for_ever_by_their_version(void **state)
{
    (void)state;
    char version[ASSETS_VERSION_SIZE], target[128], tag[64];
    assets_version(version);
    assert_int_equal(ask_as("/", BROWSER), 200);
    assert_true(holds(buf_view(&reply.body), version));
    (void)snprintf(target, sizeof target, "/assets/%s/app/app.js", version);
    assert_int_equal(ask(target, (struct api_request){.accept = STR("")}), 200);
    assert_true(str_is(header("Content-Type"), "text/javascript; charset=utf-8"));
    assert_true(str_is(header("Cache-Control"), "public, max-age=31536000, immutable"));
    assert_true(str_eq(buf_view(&reply.body), asset_bytes(asset_find(STR("app"), STR("app.js")))));
    (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
    assert_int_equal(ask(target, (struct api_request){.if_none_match = str_view(tag)}), 304);
    assert_true(str_is(header("Cache-Control"), "public, max-age=31536000, immutable"));
    assert_int_equal(ask("/assets/latest/app/app.js", (struct api_request){.accept = STR("")}), 200);
    assert_true(str_is(header("Cache-Control"), "public, no-cache"));
}

static void all_files_come_compressed(void **state)
{
    (void)state;
    static const char *const targets[] = {"/assets/latest/chart/chart.min.js", "/assets/latest/app/style.css",
                                          "/assets/latest/views/pair.js"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(ask(targets[i], (struct api_request){.accept_encoding = STR("gzip, deflate, br")}), 200);
        assert_true(str_is(header("Content-Encoding"), "gzip"));
    }
}

static void what_is_no_file_is_a_problem(void **state)
{
    (void)state;
    static const char *const targets[] = {"/assets/latest/app/none.js",    "/assets/latest/none/app.js",
                                          "/assets/latest/app/..",         "/assets/latest/app/%2e%2e%2findex.html",
                                          "/assets/latest/%20/index.html", "/assets/latest/app",
                                          "/assets/latest/app/app.js/",    "/assets/0123456789abcdef/app/app.js"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        if (ask(targets[i], (struct api_request){.accept = STR("")}) != 404)
            fail_msg("%s: %d", targets[i], reply.status);
        assert_true(str_is(header("Content-Type"), "application/problem+json"));
        assert_true(str_is(header("Cache-Control"), "no-store"));
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
        cmocka_unit_test(who_would_rather_have_html_gets_the_page),
        cmocka_unit_test(page_and_index_have_tags_of_their_own),
        cmocka_unit_test(page_and_index_are_kept_apart),
        cmocka_unit_test(nothing_foreign_and_nothing_inline),
        cmocka_unit_test(files_are_kept_for_ever_by_their_version),
        cmocka_unit_test(all_files_come_compressed),
        cmocka_unit_test(what_is_no_file_is_a_problem),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
