/* For clang-tidy alone, which includes it before every test (make lint): cmocka leaves a test that fails by a jump of which its header tells
 * nothing, so whoever reads the code must be told that nothing comes behind a failed assertion. */
#ifndef LINT_ASSERTIONS_H
#define LINT_ASSERTIONS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#undef assert_true
#undef assert_false
#undef assert_null
#undef assert_non_null
#undef assert_int_equal
#undef assert_in_range
#undef fail
#define assert_true(c) ((c) ? (void)0 : abort())
#define assert_false(c) assert_true(!(c))
#define assert_null(p) assert_true((p) == NULL)
#define assert_non_null(p) assert_true((p) != NULL)
#define assert_int_equal(a, b) assert_true((uintmax_t)(a) == (uintmax_t)(b))
#define assert_in_range(value, least, most)                                                                            \
    assert_true((uintmax_t)(value) >= (uintmax_t)(least) && (uintmax_t)(value) <= (uintmax_t)(most))
#define fail() abort()

#endif
