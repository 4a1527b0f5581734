#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/cube/codes.h"
#include "entrepot/ingest/ingest.h"

static struct products *products;
static struct problem problem;

static int read_table(void **state)
{
    char *text;
    size_t n;
    (void)state;
    if (ingest_slurp("config/products.csv", (size_t)1 << 20, &text, &n, &problem) != ST_OK)
        return -1;
    enum status status = products_read("products.csv", str_span(text, n), &products, &problem);
    free(text); /* the table keeps copies */
    return status == ST_OK ? 0 : -1;
}

static int free_table(void **state)
{
    (void)state;
    products_free(products);
    return 0;
}

static const struct product *product(const char *code)
{
    uint32_t id = products_find(products, str_view(code));
    if (id == NO_ID)
        fail_msg("no product %s", code);
    return products_at(products, id);
}

static void expect_parent(const char *code, const char *parent)
{
    assert_true(str_is(products_at(products, product(code)->parent)->code, parent));
}

static void every_code_has_its_parent(void **state)
{
    (void)state;
    expect_parent("850760", "8507");
    expect_parent("8507", "85");
    expect_parent("85", "S16");
    expect_parent("S16", "TOTAL");
    expect_parent("98", "TOTAL");
    assert_int_equal(product("TOTAL")->parent, NO_ID);
    assert_int_equal(product("850760")->level, LEVEL_HS6);
    assert_true(str_is(products_name(products, STR("850760")), "Lithium-ion accumulators"));
    assert_int_equal(products_name(products, STR("850799")).n, 0);
    for (uint32_t i = 0; i < products_count(products); i++)
        assert_int_equal(products_find(products, products_at(products, i)->code), i);
    assert_int_equal(products_find(products, STR("8599")), NO_ID);
    assert_int_equal(products_find(products, STR("")), NO_ID);
}

static void chapters_lie_in_sections(void **state)
{
    (void)state;
    assert_true(str_is(products_section(products, STR("850760")), "S16"));
    assert_true(str_is(products_section(products, STR("01")), "S01"));
    assert_int_equal(products_section(products, STR("98")).n, 0);
    assert_int_equal(products_section(products, STR("99")).n, 0);
    assert_int_equal(products_section(products, STR("8")).n, 0);
    assert_int_equal(products_section(products, STR("TOTAL")).n, 0);
}

static void suggests_the_ancestor_and_the_neighbours(void **state)
{
    (void)state;
    uint32_t out[5];
    size_t n = products_suggest(products, STR("850766"), out, 5);
    assert_in_range(n, 2, 5);
    assert_true(str_is(products_at(products, out[0])->code, "8507"));
    bool near = false;
    for (size_t i = 1; i < n; i++)
        near = near || str_is(products_at(products, out[i])->code, "850760");
    assert_true(near);
    assert_int_equal(products_suggest(products, STR("850766"), out, 1), 1);
    assert_int_equal(products_suggest(products, STR("850766"), out, 0), 0);
    assert_int_equal(products_suggest(products, STR("123456789"), out, 5), 0);
    assert_int_equal(products_suggest(products, STR(""), out, 5), 0);
}

static void expect_level(const char *code, enum level wanted)
{
    enum level level;
    if (!product_level(str_view(code), &level) || level != wanted)
        fail_msg("%s is not of level %s", code, level_name[wanted]);
}

static void the_form_tells_the_level(void **state)
{
    (void)state;
    expect_level("TOTAL", LEVEL_TOTAL);
    expect_level("S01", LEVEL_SECTION);
    expect_level("S21", LEVEL_SECTION);
    expect_level("85", LEVEL_HS2);
    expect_level("8507", LEVEL_HS4);
    expect_level("850760", LEVEL_HS6);
    expect_level("85076000", LEVEL_HS8);
    static const char *const bad[] = {"",   "8",   "850", "85076", "8507600", "850760000", "total", "s16",
                                      "S1", "S1x", "S00", "S22",   "85a7",    " 85",       "-1",    "TOTALS"};
    enum level level;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (product_level(str_view(bad[i]), &level))
            fail_msg("\"%s\" is taken for a product code", bad[i]);
}

static void levels_have_words(void **state)
{
    (void)state;
    enum level level;
    for (unsigned i = 0; i < LEVELS; i++)
        assert_true(level_read(str_view(level_name[i]), &level) && level == (enum level)i);
    assert_false(level_read(STR("hs3"), &level) || level_read(STR(""), &level));
}

static void expect_refusal(const char *text, const char *part)
{
    struct products *none = NULL;
    assert_int_equal(products_read("t.csv", str_view(text), &none, &problem), ST_INVALID);
    assert_null(none);
    assert_non_null(strstr(problem.place, "t.csv"));
    assert_non_null(strstr(problem.detail, part));
}

#define HEAD "code,level,parent,name\nTOTAL,total,,All\n"

static void refuses_bad_tables(void **state)
{
    (void)state;
    expect_refusal(HEAD "85,hs2,TOTAL,a\n85,hs2,TOTAL,b\n", "\"85\" stands twice");
    expect_refusal(HEAD "8507,hs4,85,a\n", "\"85\"");
    expect_refusal(HEAD "85,hs2,85,a\n", "higher level");
    expect_refusal(HEAD "85,hs2,8507,a\n8507,hs4,85,b\n", "higher level");
    expect_refusal(HEAD "85,hs4,TOTAL,a\n", "level");
    expect_refusal(HEAD "8x,hs2,TOTAL,a\n", "8x");
    expect_refusal(HEAD "85,hs2\n", "fewer fields");
    expect_refusal(HEAD "85,hs3,TOTAL,a\n", "level");
    expect_refusal("code,level,name\n", "parent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_parent),
        cmocka_unit_test(chapters_lie_in_sections),
        cmocka_unit_test(suggests_the_ancestor_and_the_neighbours),
        cmocka_unit_test(the_form_tells_the_level),
        cmocka_unit_test(levels_have_words),
        cmocka_unit_test(refuses_bad_tables),
    };
    return cmocka_run_group_tests(tests, read_table, free_table);
}
