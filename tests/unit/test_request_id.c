#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/request_id.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"

static void takes_valid_traces_alone(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        bool valid;
    } cases[] = {
        {"00-" TRACE "-b7ad6b7169203331-01", true},
        {"00-" TRACE "-b7ad6b7169203331-00", true},
        {" 00-" TRACE "-b7ad6b7169203331-01 ", true},
        {"cc-" TRACE "-b7ad6b7169203331-01", true},              /* a later version */
        {"cc-" TRACE "-b7ad6b7169203331-01-what-follows", true}, /* may go on */
        {"00-" TRACE "-b7ad6b7169203331-01-", false},
        {"00-" TRACE "-b7ad6b7169203331-01-what", false},
        {"ff-" TRACE "-b7ad6b7169203331-01", false},
        {"0-" TRACE "-b7ad6b7169203331-01", false},
        {"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false},
        {"00-00000000000000000000000000000000-b7ad6b7169203331-01", false},
        {"00-" TRACE "-0000000000000000-01", false},
        {"00-" TRACE "-b7ad6b716920333-01", false},
        {"00-" TRACE "0-b7ad6b7169203331-01", false},
        {"00-" TRACE "-b7ad6b7169203331-1", false},
        {"00-" TRACE "-b7ad6b7169203331", false},
        {"00" TRACE "b7ad6b716920333101", false},
        {"", false},
        {"-", false},
        {"---", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str id = traceparent_id(str_view(cases[i].header));
        if (cases[i].valid != str_is(id, TRACE) || (!cases[i].valid && id.n))
            fail_msg("%s", cases[i].header);
    }
}

static void knows_sound_ids(void **state)
{
    (void)state;
    char id[REQUEST_ID_MAX + 2];
    memset(id, 'a', sizeof id);
    assert_true(request_id_sound(str_span(id, REQUEST_ID_MAX)));
    assert_false(request_id_sound(str_span(id, REQUEST_ID_MAX + 1)));
    assert_true(request_id_sound(STR("~!/:x")));
    static const char *const bad[] = {"", " ", "a b", "a\"", "a\\", "a\x7F", "\xC3\xA9", "a\r\nSet-Cookie: b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(request_id_sound(str_view(bad[i])));
}

static void makes_a_new_one_each_time(void **state)
{
    (void)state;
    struct request_ids ids, others;
    request_ids_init(&ids);
    request_ids_init(&others);
    char one[REQUEST_ID_BYTES + 1], before[REQUEST_ID_BYTES + 1] = "", other[REQUEST_ID_BYTES + 1];
    for (int i = 0; i < 1000; i++) {
        request_ids_make(&ids, one);
        request_ids_make(&others, other);
        assert_int_equal(strspn(one, "0123456789abcdef"), REQUEST_ID_BYTES);
        assert_int_equal(strlen(one), REQUEST_ID_BYTES);
        assert_string_not_equal(one, before);
        assert_string_not_equal(one, other);
        memcpy(before, one, sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_valid_traces_alone),
        cmocka_unit_test(knows_sound_ids),
        cmocka_unit_test(makes_a_new_one_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
