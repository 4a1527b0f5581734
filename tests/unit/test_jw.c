#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entrepot/base/jw.h"
#include "entrepot/base/problem.h"

static void write_sample(struct jw *jw)
{
    jw_object(jw);
    jw_kz(jw, "id", "dgcis");
    jw_kz(jw, "none", NULL);
    jw_ki64(jw, "low", INT64_MIN);
    jw_ki64(jw, "value", INT64_C(70319640000));
    jw_kbool(jw, "yes", true);
    jw_kbool(jw, "no", false);
    jw_knull(jw, "null");
    jw_key(jw, STR("share"));
    jw_ratio(jw, 0.136788);
    jw_key(jw, STR("infinite"));
    jw_ratio(jw, INFINITY);
    jw_karray(jw, "list");
    for (int i = 0; i < 3; i++)
        jw_i64(jw, i);
    jw_array(jw);
    jw_end(jw);
    jw_object(jw);
    jw_end(jw);
    jw_end(jw);
    jw_kobject(jw, "inner");
    jw_kstr(jw, "k", STR("v"));
    jw_end(jw);
    jw_key(jw, STR("raw"));
    jw_raw(jw, STR("[1,2]"));
    jw_end(jw);
}

static void check_sample(struct str text)
{
    json_error_t error;
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(root);
    assert_int_equal(json_object_size(root), 12);
    assert_string_equal(json_string_value(json_object_get(root, "id")), "dgcis");
    assert_true(json_is_null(json_object_get(root, "none")));
    assert_true(json_integer_value(json_object_get(root, "low")) == INT64_MIN);
    assert_true(json_integer_value(json_object_get(root, "value")) == INT64_C(70319640000));
    assert_true(json_is_true(json_object_get(root, "yes")));
    assert_true(json_is_false(json_object_get(root, "no")));
    assert_true(json_is_null(json_object_get(root, "null")));
    assert_true(fabs(json_number_value(json_object_get(root, "share")) - 0.136788) < 1e-9);
    assert_true(json_is_null(json_object_get(root, "infinite")));
    assert_int_equal(json_array_size(json_object_get(root, "list")), 5);
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "inner"), "k")), "v");
    assert_int_equal(json_array_size(json_object_get(root, "raw")), 2);
    json_decref(root);
}

static void a_document_is_read_again(void **state)
{
    (void)state;
    for (int pretty = 0; pretty < 2; pretty++) {
        struct buf buf;
        struct jw jw;
        buf_init(&buf, 10000);
        jw_init(&jw, &buf, pretty);
        write_sample(&jw);
        jw_finish(&jw);
        check_sample(buf_view(&buf));
        assert_int_equal(str_find(buf_view(&buf), '\n') < buf.n, pretty);
        buf_release(&buf);
    }
}

static void the_bytes(void **state)
{
    (void)state;
    struct buf buf;
    struct jw jw;
    buf_init(&buf, 1000);
    jw_init(&jw, &buf, false);
    jw_object(&jw);
    jw_karray(&jw, "a");
    jw_i64(&jw, 1);
    jw_str(&jw, STR("x"));
    jw_null(&jw);
    jw_end(&jw);
    jw_kobject(&jw, "b");
    jw_end(&jw);
    jw_end(&jw);
    jw_finish(&jw);
    assert_true(str_is(buf_view(&buf), "{\"a\":[1,\"x\",null],\"b\":{}}"));
    buf_reset(&buf);
    jw_init(&jw, &buf, true);
    jw_object(&jw);
    jw_karray(&jw, "a");
    jw_i64(&jw, 1);
    jw_end(&jw);
    jw_karray(&jw, "e");
    jw_end(&jw);
    jw_end(&jw);
    assert_true(str_is(buf_view(&buf), "{\n  \"a\": [\n    1\n  ],\n  \"e\": []\n}"));
    buf_release(&buf);
}

/* The text as a reader of JSON gets it. */
static void quoted_is(struct str text, struct str wanted)
{
    struct buf buf;
    json_error_t error;
    buf_init(&buf, 10000);
    jw_quote(&buf, text);
    assert_false(buf.failed);
    json_t *value = json_loadb(buf.p, buf.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!value)
        fail_msg("%.*s: %s", STR_ARG(buf_view(&buf)), error.text);
    assert_true(str_eq(str_span(json_string_value(value), json_string_length(value)), wanted));
    json_decref(value);
    buf_release(&buf);
}

static void escapes(void **state)
{
    (void)state;
    char all[128];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)i;
    quoted_is(str_span(all, sizeof all), str_span(all, sizeof all));
    quoted_is(STR("\"\\/\b\f\n\r\t"), STR("\"\\/\b\f\n\r\t"));
    quoted_is(STR(""), STR(""));
    quoted_is(STR("Entrep\xC3\xB4t \xE2\x82\xAC \xF0\x9F\x9A\xA2"),
              STR("Entrep\xC3\xB4t \xE2\x82\xAC \xF0\x9F\x9A\xA2"));
}

static void bad_bytes_become_replacement_characters(void **state)
{
    (void)state;
    quoted_is(STR("a\xFFz"), STR("a\xEF\xBF\xBDz"));
    quoted_is(STR("\xC3"), STR("\xEF\xBF\xBD"));
    quoted_is(STR("\xC3(\xC3\xB4"), STR("\xEF\xBF\xBD(\xC3\xB4"));
    quoted_is(STR("\xED\xA0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
    quoted_is(STR("\xC0\xAF"), STR("\xEF\xBF\xBD\xEF\xBF\xBD"));
    quoted_is(STR("\xF0\x9F\x9A"), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
}

static void a_full_buffer_is_told_once_at_the_end(void **state)
{
    (void)state;
    struct buf buf;
    struct jw jw;
    buf_init(&buf, 20);
    jw_init(&jw, &buf, false);
    write_sample(&jw);
    jw_finish(&jw);
    assert_true(buf.failed);
    assert_true(buf.n <= 20);
    buf_release(&buf);
}

static void value_without_key(struct jw *jw)
{
    jw_object(jw);
    jw_i64(jw, 1);
}
static void key_in_array(struct jw *jw)
{
    jw_array(jw);
    jw_key(jw, STR("k"));
}
static void key_after_key(struct jw *jw)
{
    jw_object(jw);
    jw_key(jw, STR("k"));
    jw_key(jw, STR("k"));
}
static void key_at_top(struct jw *jw) { jw_key(jw, STR("k")); }
static void end_too_many(struct jw *jw)
{
    jw_array(jw);
    jw_end(jw);
    jw_end(jw);
}
static void end_after_key(struct jw *jw)
{
    jw_object(jw);
    jw_key(jw, STR("k"));
    jw_end(jw);
}
static void left_open(struct jw *jw)
{
    jw_array(jw);
    jw_finish(jw);
}
static void too_deep(struct jw *jw)
{
    for (int i = 0; i <= JW_DEPTH; i++)
        jw_array(jw);
}

static bool aborts(void (*misuse)(struct jw *))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct buf buf;
        struct jw jw;
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        buf_init(&buf, 1000);
        jw_init(&jw, &buf, false);
        misuse(&jw);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void misuse_aborts(void **state)
{
    (void)state;
    void (*const misuse[])(struct jw *) = {value_without_key, key_in_array,  key_after_key, key_at_top,
                                           end_too_many,      end_after_key, left_open,     too_deep};
    for (size_t i = 0; i < sizeof misuse / sizeof *misuse; i++)
        if (!aborts(misuse[i]))
            fail_msg("misuse %zu went through", i);
    assert_false(aborts(write_sample));
}

static void the_deepest_level_still_works(void **state)
{
    (void)state;
    struct buf buf;
    struct jw jw;
    json_error_t error;
    buf_init(&buf, 1000);
    jw_init(&jw, &buf, false);
    for (int i = 0; i < JW_DEPTH; i++)
        jw_array(&jw);
    jw_i64(&jw, 1);
    jw_i64(&jw, 2);
    for (int i = 0; i < JW_DEPTH; i++)
        jw_end(&jw);
    jw_finish(&jw);
    json_t *root = json_loadb(buf.p, buf.n, 0, &error);
    assert_non_null(root);
    json_decref(root);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_read_again),
        cmocka_unit_test(the_bytes),
        cmocka_unit_test(escapes),
        cmocka_unit_test(bad_bytes_become_replacement_characters),
        cmocka_unit_test(a_full_buffer_is_told_once_at_the_end),
        cmocka_unit_test(misuse_aborts),
        cmocka_unit_test(the_deepest_level_still_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
