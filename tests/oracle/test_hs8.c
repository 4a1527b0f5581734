/* A national table of 2.8 million rows: one reporter, eight digits, fiscal years, quantities with gaps. */
#include "oracle/oracle.h"

static struct sample *sample(void)
{
    struct sample *s = sample_load(SAMPLE_HS8);
    if (!s)
        skip();
    return s;
}

static void queries(void **state)
{
    (void)state;
    ask_cube(sample(), dice_questions(500));
}

static void requests(void **state)
{
    (void)state;
    ask_api(sample(), dice_questions(500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(queries), cmocka_unit_test(requests)};
    return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
