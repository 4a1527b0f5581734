#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bug.h"
#include "entrepot/base/jw.h"

/* The text as jansson reads it from the quoted form. */
static void expect_reread(struct str text, struct str wanted)
{
    struct buf buf;
    buf_init(&buf, 1 << 16);
    jw_quote(&buf, text);
    assert_false(buf.failed);
    assert_true(str_utf8(buf_view(&buf)));
    json_t *value = json_loadb(buf.p, buf.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    assert_true(str_eq(str_span(json_string_value(value), json_string_length(value)), wanted));
    json_decref(value);
    buf_release(&buf);
}

static void escapes_every_byte_below_128(void **state)
{
    (void)state;
    char all[128];
    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    expect_reread(str_span(all, sizeof all), str_span(all, sizeof all));
    for (size_t i = 0; i < 128; i++)
        expect_reread(str_span(all + i, 1), str_span(all + i, 1));
    expect_reread(STR("</script>\" \\ \n"), STR("</script>\" \\ \n"));
}

/* So that neither an answer nor a line of the log is obeyed by a terminal that shows it. */
static void writes_no_control_character_as_it_is(void **state)
{
    (void)state;
    static const char text[] = "\x1b[2J\x7F\xC2\x80\xC2\x9B[2J\xC2\x9F\xC2\xA0";
    struct buf buf;
    buf_init(&buf, 256);
    jw_quote(&buf, str_view(text));
    buf_byte(&buf, '\0');
    assert_string_equal(buf.p, "\"\\u001b[2J\\u007f\\u0080\\u009b[2J\\u009f\xC2\xA0\"");
    buf_release(&buf);
    expect_reread(str_view(text), str_view(text));
}

static void keeps_good_utf8(void **state)
{
    (void)state;
    expect_reread(STR("Entrep\xC3\xB4t \xE2\x82\xAC \xF0\x9F\x98\x80"),
                  STR("Entrep\xC3\xB4t \xE2\x82\xAC \xF0\x9F\x98\x80"));
    expect_reread(STR(""), STR(""));
}

static void replaces_bad_utf8(void **state)
{
    (void)state;
    expect_reread(STR("a\xFFz"), STR("a\xEF\xBF\xBDz"));
    expect_reread(STR("\xC3"), STR("\xEF\xBF\xBD"));
    expect_reread(STR("\xC0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD"));
    expect_reread(STR("\xED\xA0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
    expect_reread(STR("\xC3\"}"), STR("\xEF\xBF\xBD\"}")); /* the bad byte does not swallow the quote */
}

static void write_document(struct jw *jw)
{
    jw_object(jw);
    jw_kstr(jw, "text", STR("a\tb"));
    jw_kz(jw, "none", NULL);
    jw_ki64(jw, "least", INT64_MIN);
    jw_kbool(jw, "yes", true);
    jw_kbool(jw, "no", false);
    jw_kz(jw, "some", "z");
    jw_karray(jw, "list");
    jw_ratio(jw, 0.5);
    jw_ratio(jw, (double)NAN);
    jw_ratio(jw, (double)INFINITY);
    jw_raw(jw, STR("{\"raw\":[]}"));
    jw_end(jw);
    jw_kobject(jw, "empty");
    jw_end(jw);
    jw_knull(jw, "last");
    jw_end(jw);
    jw_finish(jw);
}

/* Every byte at every place of texts of every length around the eight that are looked at together: what comes back is the text, or has a
 * mark where it was not UTF-8. */
static void quotes_every_byte_at_every_place(void **state)
{
    (void)state;
    char text[] = "abcdefghijklmnopqrstu";
    for (size_t n = 1; n < sizeof text; n++)
        for (size_t at = 0; at < n; at++)
            for (int c = 1; c < 256; c++) {
                char before = text[at], wanted[64];
                text[at] = (char)c;
                (void)snprintf(wanted, sizeof wanted, "%.*s%s%.*s", (int)at, text,
                               c < 128 ? (char[]){(char)c, '\0'} : "\xEF\xBF\xBD", (int)(n - at - 1), text + at + 1);
                expect_reread(str_span(text, n), str_view(wanted));
                text[at] = before;
            }
}

static void splices_members(void **state)
{
    (void)state;
    struct buf buf;
    struct jw jw;
    buf_init(&buf, 256);
    jw_init(&jw, &buf, false);
    jw_object(&jw);
    jw_members(&jw, STR("\"a\":1,\"b\":2"));
    jw_ki64(&jw, "c", 3);
    jw_members(&jw, STR("\"d\":4"));
    jw_end(&jw);
    jw_finish(&jw);
    assert_true(str_is(buf_view(&buf), "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}"));
    buf_release(&buf);
}

static void writes_a_document(void **state)
{
    (void)state;
    struct buf compact, pretty;
    struct jw jw;
    buf_init(&compact, 4096);
    jw_init(&jw, &compact, false);
    write_document(&jw);
    assert_true(str_is(
        buf_view(&compact),
        "{\"text\":\"a\\tb\",\"none\":null,\"least\":-9223372036854775808,\"yes\":true,\"no\":false,\"some\":\"z\","
        "\"list\":[0.5,null,null,{\"raw\":[]}],\"empty\":{},\"last\":null}"));
    buf_init(&pretty, 4096);
    jw_init(&jw, &pretty, true);
    write_document(&jw);
    json_t *one = json_loadb(compact.p, compact.n, 0, NULL), *two = json_loadb(pretty.p, pretty.n, 0, NULL);
    assert_non_null(one);
    assert_true(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    buf_release(&compact);
    buf_release(&pretty);
}

static void nests_as_deep_as_it_says(void **state)
{
    (void)state;
    struct buf buf;
    struct jw jw;
    buf_init(&buf, 4096);
    jw_init(&jw, &buf, false);
    for (int i = 0; i < JW_DEPTH; i++)
        jw_array(&jw);
    for (int i = 0; i < JW_DEPTH; i++)
        jw_end(&jw);
    jw_finish(&jw);
    json_t *root = json_loadb(buf.p, buf.n, 0, NULL);
    assert_non_null(root);
    json_decref(root);
    buf_release(&buf);
}

/* A text that does not fit is left out whole, and the buffer says so. */
static void writes_nothing_where_there_is_no_room(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 8);
    jw_quote(&buf, STR("abcdefg"));
    assert_true(buf.failed);
    assert_int_equal(buf.n, 0);
    buf_release(&buf);
    jw_quote(&buf, STR("abcdef"));
    assert_true(str_is(buf_view(&buf), "\"abcdef\""));
    buf_release(&buf);
}

/* ---- mistakes of whoever writes ---- */

static void ends_too_soon(void *jw) { jw_finish(jw); }
static void ends_what_never_began(void *jw) { jw_end(jw); }
static void gives_a_value(void *jw) { jw_null(jw); }
static void gives_a_key(void *jw) { jw_key(jw, STR("k")); }
static void gives_members(void *jw) { jw_members(jw, STR("\"a\":1")); }
static void goes_deeper(void *jw) { jw_array(jw); }

static void misuse_is_a_bug(void **state)
{
    (void)state;
    static const struct {
        const char *before; /* '{' and '[' begin, 'k' is a key */
        void (*wrong)(void *);
        const char *what;
    } mistake[] = {
        {"{", ends_too_soon, "jw_finish inside an object or array"},
        {"", ends_what_never_began, "jw_end without a beginning"},
        {"{k", ends_what_never_began, "jw_end without a beginning"},
        {"{", gives_a_value, "a JSON object takes key, value, key, value"},
        {"", gives_a_key, "a JSON key outside an object"},
        {"[", gives_a_key, "a JSON key outside an object"},
        {"{k", gives_a_key, "a JSON key outside an object"},
        {"", gives_members, "members of JSON outside an object"},
        {"{k[", gives_members, "members of JSON outside an object"},
        {"{k", gives_members, "members of JSON outside an object"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", goes_deeper, "JSON nested too deep"},
    };
    for (size_t i = 0; i < sizeof mistake / sizeof *mistake; i++) {
        struct buf buf;
        struct jw jw;
        buf_init(&buf, 4096);
        jw_init(&jw, &buf, false);
        for (const char *step = mistake[i].before; *step; step++)
            if (*step == 'k')
                jw_key(&jw, STR("k"));
            else
                (*step == '{' ? jw_object : jw_array)(&jw);
        expect_bug(mistake[i].what, mistake[i].wrong, &jw);
        buf_release(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_every_byte_below_128),
        cmocka_unit_test(writes_no_control_character_as_it_is),
        cmocka_unit_test(keeps_good_utf8),
        cmocka_unit_test(replaces_bad_utf8),
        cmocka_unit_test(quotes_every_byte_at_every_place),
        cmocka_unit_test(splices_members),
        cmocka_unit_test(writes_a_document),
        cmocka_unit_test(nests_as_deep_as_it_says),
        cmocka_unit_test(writes_nothing_where_there_is_no_room),
        cmocka_unit_test(misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
