/* Many reporters: two reconciled matrices, and months of reporters' own books with world, group and areas. */
#include "oracle/oracle.h"

static struct sample *load(enum sample_name name)
{
    struct sample *s = sample_load(name);
    if (!s)
        skip();
    return s;
}

/* All are loaded before the first request: the api serves what is there when it is made. */
static int load_all(void **state)
{
    int failed = sample_setup(state);
    for (enum sample_name name = SAMPLE_MATRIX; failed == 0 && name < SAMPLES; name++)
        (void)sample_load(name);
    return failed;
}

#define CASES(word, name)                                                                                              \
    static void queries_of_##word(void **state)                                                                        \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        ask_cube(load(name), dice_questions(500));                                                                     \
    }                                                                                                                  \
    static void requests_of_##word(void **state)                                                                       \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        ask_api(load(name), dice_questions(500));                                                                      \
    }
CASES(matrix, SAMPLE_MATRIX)
CASES(baci, SAMPLE_BACI)
CASES(months, SAMPLE_MONTHS)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_of_matrix),  cmocka_unit_test(queries_of_baci),  cmocka_unit_test(queries_of_months),
        cmocka_unit_test(requests_of_matrix), cmocka_unit_test(requests_of_baci), cmocka_unit_test(requests_of_months),
    };
    return cmocka_run_group_tests(tests, load_all, sample_teardown);
}
