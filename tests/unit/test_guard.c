#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/guard.h"

#define MAX_TARGET ((size_t)64)

static struct guard_facts request(const char *method, const char *target)
{
    return (struct guard_facts){
        .method = str_view(method), .target = str_view(target), .target_bytes = strlen(target), .http_1_0 = false};
}

static void header(struct guard_facts *facts, const char *name, const char *value)
{
    guard_note(facts, str_view(name), str_view(value));
}

static int status_of(const struct guard_facts *facts)
{
    struct guard_verdict verdict = guard_judge(facts, MAX_TARGET);
    assert_true((verdict.status == 0) == (verdict.detail.n == 0));
    return verdict.status;
}

/* A sound GET with one more header. */
static int with_header(const char *name, const char *value)
{
    struct guard_facts facts = request("GET", "/v1");
    header(&facts, "Host", "localhost:8080");
    header(&facts, name, value);
    return status_of(&facts);
}

static void lets_sound_requests_pass(void **state)
{
    (void)state;
    assert_int_equal(with_header("Accept", "text/csv"), 0);
    assert_int_equal(with_header("User-Agent", "caf\xC3\xA9\tbar"), 0);
    assert_int_equal(with_header("X-Empty", ""), 0);
    struct guard_facts options = request("OPTIONS", "/v1");
    header(&options, "Host", "h");
    assert_int_equal(status_of(&options), 0);
    assert_false(guard_judge(&options, MAX_TARGET).has_body);
}

static void refuses_transfer_encoding(void **state)
{
    (void)state;
    assert_int_equal(with_header("Transfer-Encoding", "chunked"), 400);
    assert_int_equal(with_header("transfer-encoding", "identity"), 400);
    assert_int_equal(with_header("Transfer-Encoding ", "chunked"), 400);
}

/* As 0.9.75 delivers "Content-Length: 4", CR LF, " 8". */
static void refuses_framing_lost_in_folds(void **state)
{
    (void)state;
    assert_int_equal(with_header("Content-Length8", "4"), 400);
    assert_int_equal(with_header("content-length-", "0"), 400);
    assert_int_equal(with_header("Transfer-Encodingchunked", ""), 400);
    assert_int_equal(with_header("Content-Lengt", "4"), 0);
    assert_int_equal(with_header("X-Content-Length", "4"), 0);
}

static void judges_content_length(void **state)
{
    (void)state;
    static const char *const bad[] = {"1", "+0", "-0", "00", "0x0", "0,0", "", "1_0", "18446744073709551615", "0 0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(with_header("Content-Length", bad[i]), 400);
    assert_int_equal(with_header("Content-Length", "0"), 0);
    struct guard_facts twice = request("GET", "/v1");
    header(&twice, "Host", "h");
    header(&twice, "Content-Length", "0");
    header(&twice, "content-length", "0");
    assert_int_equal(status_of(&twice), 400);
}

static void sees_bodies_of_other_methods(void **state)
{
    (void)state;
    struct guard_facts post = request("POST", "/v1");
    header(&post, "Host", "h");
    assert_false(guard_judge(&post, MAX_TARGET).has_body);
    header(&post, "Content-Length", "12");
    assert_int_equal(status_of(&post), 0);
    assert_true(guard_judge(&post, MAX_TARGET).has_body);
    struct guard_facts odd = request("POST", "/v1");
    header(&odd, "Host", "h");
    header(&odd, "Content-Length", "+12");
    assert_int_equal(status_of(&odd), 400);
}

static int host(const char *value)
{
    struct guard_facts facts = request("GET", "/");
    header(&facts, "Host", value);
    return status_of(&facts);
}

static void judges_hosts(void **state)
{
    (void)state;
    static const char *const good[] = {"localhost",  "example.org:8080", "127.0.0.1",
                                       "[::1]:8080", "[2001:db8::1]",    "a-b_c.d",
                                       "x:",         "caf%C3%A9",        "a%2Fb%aF%Fa"};
    static const char *const bad[] = {"",
                                      "a b",
                                      "a/b",
                                      "user@host",
                                      "a,b",
                                      ":80",
                                      "a:99999",
                                      "a:b",
                                      "[::1",
                                      "[]",
                                      "[1.2.3]",
                                      "[::1]x",
                                      "a%zz",
                                      "a%2",
                                      "a\\b",
                                      "a?b",
                                      "a#b",
                                      "caf\xC3\xA9",
                                      "a:1:2",
                                      "[::1]:x",
                                      "a%G0",
                                      "a%g0",
                                      "a%0G",
                                      "a%0g",
                                      "a%{0",
                                      "a%-0",
                                      "a%",
                                      "a%2:80",
                                      "[1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222]"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(host(good[i]), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(host(bad[i]), 400);
    assert_int_equal(with_header("Host", "localhost:8080"), 400); /* a second one, even the same */
    struct guard_facts none = request("GET", "/");
    assert_int_equal(status_of(&none), 400);
    none.http_1_0 = true;
    assert_int_equal(status_of(&none), 0);
}

static void refuses_bad_names_and_values(void **state)
{
    (void)state;
    static const char *const names[] = {"X Y", "X\t", "", "X:", "X\x01", "X(", "caf\xC3\xA9"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(with_header(names[i], "v"), 400);
    static const char *const values[] = {"a\x01", "a\rb", "a\nb", "\x7F", "a\x1B[31m"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_int_equal(with_header("X", values[i]), 400);
    struct guard_facts nul = request("GET", "/");
    header(&nul, "Host", "h");
    guard_note(&nul, STR("X"), STR("a\0b"));
    assert_int_equal(status_of(&nul), 400);
    struct guard_facts name = request("GET", "/");
    header(&name, "Host", "h");
    guard_note(&name, STR("X\0"), STR("v"));
    assert_int_equal(status_of(&name), 400);
    header(&name, "X", "v"); /* a good one behind it changes nothing */
    assert_int_equal(status_of(&name), 400);
    assert_int_equal(with_header("X1!#$%&'*+-.^_`|~", "v"), 0);
    struct guard_facts method = request("G(T", "/");
    header(&method, "Host", "h");
    assert_int_equal(status_of(&method), 400);
}

/* A name as long as one that is looked for is not that one. */
static void knows_names_by_more_than_their_length(void **state)
{
    (void)state;
    assert_int_equal(with_header("Etag", "a b"), 0);
    assert_int_equal(with_header("X-Request-Time", "1"), 0);
    assert_int_equal(with_header("X-Forwarded-Proto", "chunked"), 0);
    struct guard_facts head = request("HEAD", "/v1"), options = request("OPTIONS", "/v1");
    header(&head, "Host", "h");
    header(&options, "Host", "h");
    header(&head, "Content-Length", "1");
    header(&options, "Content-Length", "1");
    assert_int_equal(status_of(&head), 400);
    assert_int_equal(status_of(&options), 400);
}

static void counts_headers(void **state)
{
    (void)state;
    struct guard_facts facts = request("GET", "/");
    header(&facts, "Host", "h");
    while (facts.n_headers < GUARD_HEADERS_MAX)
        header(&facts, "X", "v");
    assert_int_equal(status_of(&facts), 0);
    header(&facts, "X", "v");
    assert_int_equal(status_of(&facts), 431);
}

static int target(const char *text)
{
    struct guard_facts facts = request("GET", text);
    header(&facts, "Host", "h");
    return status_of(&facts);
}

static void judges_targets(void **state)
{
    (void)state;
    static const char *const good[] = {"/", "//x", "/v1?a=b&c", "/%00", "/../x", "/caf\xC3\xA9", "/\"<>"};
    static const char *const bad[] = {"",      "*",    "http://h/v1", "h:80",   "v1", "/a b",
                                      "/a\tb", "/a#b", "/a\x01",      "/a\x7F", "?x"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(target(good[i]), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(target(bad[i]), 400);
    char text[MAX_TARGET + 2];
    memset(text, 'a', sizeof text);
    text[0] = '/';
    text[MAX_TARGET] = '\0';
    assert_int_equal(target(text), 0);
    struct guard_facts longer = request("GET", text); /* the transport keeps only what is allowed of a longer one */
    header(&longer, "Host", "h");
    longer.target_bytes++;
    assert_int_equal(status_of(&longer), 414);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_sound_requests_pass),
        cmocka_unit_test(refuses_transfer_encoding),
        cmocka_unit_test(refuses_framing_lost_in_folds),
        cmocka_unit_test(judges_content_length),
        cmocka_unit_test(sees_bodies_of_other_methods),
        cmocka_unit_test(judges_hosts),
        cmocka_unit_test(refuses_bad_names_and_values),
        cmocka_unit_test(knows_names_by_more_than_their_length),
        cmocka_unit_test(counts_headers),
        cmocka_unit_test(judges_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
