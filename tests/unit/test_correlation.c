/* The shipped correlation tables: what they say of codes, and that they are those of ../shared/figures where that folder is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "entrepot/cube/correlation.h"

#define FIGURES "../shared/figures/codes/hs-correlations.csv"
#define MOST 64

static struct correlation tables;

static int open_tables(void **state)
{
    (void)state;
    tables = correlation_shipped();
    return tables.codes.n ? 0 : -1;
}

static void revisions_have_names(void **state)
{
    (void)state;
    assert_int_equal(hs_number(STR("HS1992")), 1);
    assert_int_equal(hs_number(STR("hs17")), 6);
    assert_int_equal(hs_number(STR("H6")), 7);
    assert_int_equal(hs_number(STR("H7")), 0);
    assert_int_equal(hs_number(STR("")), 0);
    assert_true(str_is(hs_name(6), "HS2017"));
    assert_int_equal(hs_name(0).n, 0);
}

static void codes_belong_to_revisions(void **state)
{
    (void)state;
    assert_true(correlation_has(&tables, 6, STR("854140")));
    assert_false(correlation_has(&tables, 7, STR("854140")));
    assert_true(correlation_has(&tables, 7, STR("854142")));
    assert_false(correlation_has(&tables, 6, STR("854142")));
    assert_false(correlation_has(&tables, 6, STR("85414200"))); /* by its first six digits */
    assert_true(correlation_has(&tables, 1, STR("8524")));
    assert_false(correlation_has(&tables, 6, STR("8524"))); /* gone in HS2007, and something else since HS2022 */
    assert_true(correlation_has(&tables, 0, STR("854142")));
    assert_true(correlation_has(&tables, 1, STR("TOTAL")));
    assert_true(correlation_has(&tables, 1, STR("S16")));
    assert_true(correlation_knows(&tables, STR("85")));
    assert_false(correlation_knows(&tables, STR("98")));
    assert_false(correlation_knows(&tables, STR("77")));
}

static void codes_are_counted(void **state)
{
    (void)state;
    static const size_t six[] = {0, 5020, 5113, 5224, 5052, 5205, 5387, 5612};
    for (unsigned r = 1; r <= HS_REVISIONS; r++) {
        assert_int_equal(correlation_count(&tables, r, LEVEL_HS2), 96);
        assert_in_range(correlation_count(&tables, r, LEVEL_HS4), 1200, 1260);
        assert_int_equal(correlation_count(&tables, r, LEVEL_HS6), six[r]);
    }
    assert_int_equal(correlation_count(&tables, 0, LEVEL_HS6), 0);
    assert_int_equal(correlation_count(&tables, 6, LEVEL_HS8), 0);
}

static void expect_follow(const char *code, unsigned from, unsigned to, const char *wanted)
{
    struct str out[MOST];
    char text[MOST * 8] = "";
    size_t n = correlation_follow(&tables, str_view(code), from, to, out, MOST);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? " " : "", STR_ARG(out[i]));
    assert_string_equal(text, wanted);
}

static void codes_are_followed(void **state)
{
    (void)state;
    expect_follow("854140", 6, 7, "854141 854142 854143 854149");
    expect_follow("854142", 7, 6, "854140");
    expect_follow("850760", 7, 5, "850760");
    expect_follow("850760", 5, 4, "850780"); /* lithium cells were other cells before HS2012 */
    expect_follow("851712", 6, 7, "851713 851714");
    expect_follow("010111", 1, 1, "010111");
    expect_follow("854921", 7, 6, ""); /* linked with more than a thousand: left out */
    expect_follow("854142", 6, 7, ""); /* not of that revision */
    expect_follow("8541", 6, 7, "");
    expect_follow("980100", 6, 7, "");
}

static void names_hold_where_the_meaning_stays(void **state)
{
    (void)state;
    assert_true(correlation_same(&tables, 7, STR("854142")));
    assert_true(correlation_same(&tables, 5, STR("850760")));
    assert_false(correlation_same(&tables, 6, STR("854140")));
    assert_false(correlation_same(&tables, 1, STR("852491"))); /* recorded media then, display modules now */
    assert_false(correlation_same(&tables, 1, STR("8524")));
    assert_true(correlation_same(&tables, 1, STR("8703")));
    assert_true(correlation_same(&tables, 1, STR("85")));
    assert_true(correlation_same(&tables, 0, STR("8524")));
    assert_true(correlation_same(&tables, 6, STR("98")));
    assert_true(correlation_same(&tables, 6, STR("TOTAL")));
}

/* ---- against the tables as published ---- */

struct published {
    char newer[8], older[8], newer_code[8], older_code[8];
};

static bool has(const struct str *code, size_t n, const char *wanted)
{
    for (size_t i = 0; i < n && i < MOST; i++)
        if (str_is(code[i], wanted))
            return true;
    return false;
}

static size_t older_ones(const struct published *rows, size_t n, size_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += strcmp(rows[i].newer_code, rows[at].newer_code) == 0 && strcmp(rows[i].newer, rows[at].newer) == 0;
    return count;
}

static size_t read_published(struct published *rows, size_t room)
{
    FILE *file = fopen(FIGURES, "r");
    char line[128];
    size_t n = 0;
    if (!file)
        return 0;
    bool more = fgets(line, sizeof line, file) != NULL; /* the header */
    while (more && n < room && fgets(line, sizeof line, file) &&
           sscanf(line, "%7[^,],%7[^,],%7[^,],%7[^,],", rows[n].newer, rows[n].older, rows[n].newer_code,
                  rows[n].older_code) == 4)
        n++;
    (void)fclose(file);
    return n;
}

static void are_those_that_were_published(void **state)
{
    (void)state;
    const size_t room = 50000;
    struct published *rows = calloc(room, sizeof *rows);
    size_t links = 0;
    assert_non_null(rows);
    size_t n = read_published(rows, room);
    if (n == 0) {
        free(rows);
        print_message("skipped: there is no " FIGURES "\n");
        skip();
    }
    assert_int_equal(n, 43863);
    for (size_t i = 0; i < n; i += 7) { /* a seventh of them: each looks through all */
        struct str up[MOST], down[MOST];
        unsigned newer = hs_number(str_view(rows[i].newer)), older = hs_number(str_view(rows[i].older));
        assert_true(correlation_has(&tables, newer, str_view(rows[i].newer_code)));
        assert_true(correlation_has(&tables, older, str_view(rows[i].older_code)));
        size_t n_up = correlation_follow(&tables, str_view(rows[i].older_code), older, newer, up, MOST);
        size_t n_down = correlation_follow(&tables, str_view(rows[i].newer_code), newer, older, down, MOST);
        size_t all = older_ones(rows, n, i);
        assert_int_equal(has(up, n_up, rows[i].newer_code), all <= 20);
        assert_int_equal(has(down, n_down, rows[i].older_code), all <= 20);
        assert_int_equal(n_down, all <= 20 ? all : 0);
        links++;
    }
    free(rows);
    assert_true(links > 6000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revisions_have_names),
        cmocka_unit_test(codes_belong_to_revisions),
        cmocka_unit_test(codes_are_counted),
        cmocka_unit_test(codes_are_followed),
        cmocka_unit_test(names_hold_where_the_meaning_stays),
        cmocka_unit_test(are_those_that_were_published),
    };
    return cmocka_run_group_tests(tests, open_tables, NULL);
}
