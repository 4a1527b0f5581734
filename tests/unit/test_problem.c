/* What a person is shown of a failure: one line, in which nothing is for the terminal to obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

static char *shown;
static size_t n_shown;

static FILE *screen(void)
{
    free(shown);
    FILE *f = open_memstream(&shown, &n_shown);
    assert_non_null(f);
    return f;
}

static void expect_shown(const char *text, const char *wanted)
{
    FILE *f = screen();
    problem_line(f, "%s", text);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(shown[n_shown - 1], '\n');
    shown[n_shown - 1] = '\0';
    assert_string_equal(shown, wanted);
}

static void shows_what_a_terminal_could_obey(void **state)
{
    (void)state;
    expect_shown("", "");
    expect_shown("Entrep\xC3\xB4t \xE2\x82\xAC \xF0\x9F\x98\x80", "Entrep\xC3\xB4t \xE2\x82\xAC \xF0\x9F\x98\x80");
    expect_shown("\x1b[31mred\x1b[0m\x07", "\\x1b[31mred\\x1b[0m\\x07");
    expect_shown("two\nlines\r\tand\x7F", "two\\x0alines\\x0d\\x09and\\x7f");
    expect_shown("\xC2\x80\xC2\x9B[2J\xC2\x9F\xC2\xA0", "\\xc2\\x80\\xc2\\x9b[2J\\xc2\\x9f\xC2\xA0"); /* C1 */
    expect_shown("\x9B[2J \xFF \xC3", "\\x9b[2J \\xff \\xc3");                                        /* no UTF-8 */
    expect_shown("\xED\xA0\x80 \xC0\x9B", "\\xed\\xa0\\x80 \\xc0\\x9b");
}

static void shows_no_more_than_fits(void **state)
{
    (void)state;
    static char text[10000];
    memset(text, '\x1b', sizeof text - 1);
    FILE *f = screen();
    problem_line(f, "%s", text);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(n_shown, 8191 * strlen("\\x1b") + 1);
}

static void shows_place_detail_and_cure(void **state)
{
    (void)state;
    struct problem problem;
    assert_int_equal(problem_set(&problem, ST_INVALID, "a\x1b.csv:3", "\"\x1b[2J\" is %s", "no number"), ST_INVALID);
    FILE *f = screen();
    problem_print(&problem, f);
    assert_int_equal(problem_cure(&problem, ST_INVALID, "write %d", 7), ST_INVALID);
    problem_print(&problem, f);
    assert_int_equal(fclose(f), 0);
    assert_string_equal(shown, "a\\x1b.csv:3: \"\\x1b[2J\" is no number\n"
                               "a\\x1b.csv:3: \"\\x1b[2J\" is no number (write 7)\n");
}

static int drop_screen(void **state)
{
    (void)state;
    free(shown);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_a_terminal_could_obey),
        cmocka_unit_test(shows_no_more_than_fits),
        cmocka_unit_test(shows_place_detail_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, drop_screen);
}
