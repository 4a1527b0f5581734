/* The batch: what it is priced at, that nothing is read twice, and what becomes of it when memory is out. */
#include "asked.h"

#include "entrepot/analysis/breakdown.h"
#include "entrepot/analysis/world.h"

static uint32_t y2022, y2023, ind, chn, imports = FLOW_IMPORTS;

static struct cube *open_trade(void)
{
    y2022 = world_period("2022");
    y2023 = world_period("2023");
    ind = world_id("IND");
    chn = world_id("CHN");
    return world_trade("batch");
}

static struct cube_query imports_of_india(const uint32_t *period)
{
    struct cube_query q = {.kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD};
    q.only[CUBE_REPORTER] = (struct cube_set){&ind, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){period, 1};
    return q;
}

static void nothing_is_read_before_it_runs_nor_twice(void **state)
{
    (void)state;
    struct cube *cube = open_trade();
    struct ask *ask = asked_new();
    uint32_t year = y2023;
    struct cube_query q = imports_of_india(&year);
    const struct cube_rows *all = ask_add(ask, cube, &q), *again;
    year = y2022; /* members are copied */
    const struct cube_rows *before = ask_add(ask, cube, &q);
    year = y2023;
    again = ask_add(ask, cube, &q);
    assert_ptr_equal(again, all);
    assert_ptr_not_equal(before, all);
    assert_int_equal(ask_count(ask), 2);
    assert_int_equal(all->n, 0);
    (void)asked_run(ask);
    assert_int_equal(all->n, 1);
    assert_true(all->value_usd[0] == 1472 * MILLION);
    assert_true(before->value_usd[0] == 1010 * MILLION);
    q.group = CUBE_BIT(CUBE_PARTNER); /* more may be asked for later: only that is read then */
    const struct cube_rows *partners = ask_add(ask, cube, &q);
    const int64_t *kept = all->value_usd;
    (void)asked_run(ask);
    assert_int_equal(partners->n, 3);
    assert_ptr_equal(all->value_usd, kept);
    cube_close(cube);
}

static void statements_of_several_cubes_are_one_batch(void **state)
{
    (void)state;
    struct cube *a = open_trade(), *b = world_trade("other");
    struct ask *ask = asked_new();
    struct cube_query q = imports_of_india(&y2023);
    const struct cube_rows *of_a = ask_add(ask, a, &q), *of_b = ask_add(ask, b, &q);
    assert_ptr_not_equal(of_a, of_b);
    (void)asked_run(ask);
    assert_true(of_a->value_usd[0] == of_b->value_usd[0]);
    assert_ptr_equal(ask_statement(ask, 0).cube, a);
    assert_ptr_equal(ask_statement(ask, 1).cube, b);
    assert_int_equal(ask_statement(ask, 1).rows, 1);
    cube_close(a);
    cube_close(b);
}

/* Whoever wants to know is told; the price stays what it is. */
static void an_explained_batch_is_planned(void **state)
{
    (void)state;
    struct cube *cube = open_trade();
    struct cube_query q = imports_of_india(&y2023);
    q.group = CUBE_BIT(CUBE_PARTNER);
    uint64_t price[2];
    for (size_t explained = 0; explained < 2; explained++) {
        struct ask *ask = asked_new();
        (void)ask_add(ask, cube, &q);
        if (explained)
            ask_explain(ask);
        assert_int_equal(ask_price(ask, &price[explained]), ST_OK);
        assert_int_equal(ask_run(ask, NULL), ST_OK);
        assert_int_equal(ask_statement(ask, 0).plan.observations, explained ? 3 : 0);
        assert_int_equal(ask_statement(ask, 0).observations_read, 3);
    }
    assert_true(price[0] == price[1] && price[0] <= ASK_CHEAP);
    cube_close(cube);
}

/* Each sector that has a leaf is added to; several periods, flows and partners are told apart in one statement. */
static void baskets_overlap(void **state)
{
    (void)state;
    struct cube *cube = open_trade();
    struct ask *ask = asked_new();
    const uint32_t both[] = {0, 1}, last[] = {2}, periods[] = {y2022, y2023};
    const struct breakdown_item item[] = {{.code = STR_INIT("both"), .leaves = {both, 2}},
                                          {.code = STR_INIT("none"), .leaves = {both, 0}},
                                          {.code = STR_INIT("all")},
                                          {.code = STR_INIT("last"), .leaves = {last, 1}}};
    struct breakdown named;
    assert_int_equal(breakdown_name(cube, item, COUNT(item), &world.arena, &named), ST_OK);
    struct cube_query q = imports_of_india(periods);
    q.only[CUBE_PERIOD].n = 2;
    q.group = CUBE_BIT(CUBE_PERIOD) | CUBE_BIT(CUBE_PARTNER);
    q.measures = CUBE_QUANTITY;
    items_asked asked = breakdown_ask(ask, cube, &named, &q);
    (void)asked_run(ask);
    assert_int_equal(ask_count(ask), 1);
    struct items items;
    for (size_t y = 0; y < 2; y++) {
        const struct item_slice slice = {.partner = chn, .period = periods[y]};
        assert_int_equal(items_of(asked, &named, slice, &world.arena, &items), ST_OK);
        const int64_t sum[2][3] = {{310, 1010, 700}, {342, 1242, 900}};
        assert_true(item_figure(&items, 0, FIGURE_NONE).usd == sum[y][0] * MILLION);
        assert_false(item_present(&items, 1));
        assert_true(item_figure(&items, 2, FIGURE_NONE).usd == sum[y][1] * MILLION);
        assert_true(item_figure(&items, 3, FIGURE_NONE).usd == sum[y][2] * MILLION);
    }
    cube_close(cube);
}

/* Where everything is asked for the runs' totals tell. */
static void one_item_of_everything_reads_totals(void **state)
{
    (void)state;
    struct cube *cube = open_trade();
    static const struct breakdown_item everything = {.code = STR_INIT("TOTAL")};
    struct breakdown named;
    struct ask *ask = asked_new();
    struct cube_query q = imports_of_india(&y2023);
    assert_int_equal(breakdown_name(cube, &everything, 1, &world.arena, &named), ST_OK);
    (void)breakdown_ask(ask, cube, &named, &q);
    ask_explain(ask);
    (void)asked_run(ask);
    assert_true(ask_statement(ask, 0).plan.totals);
    assert_int_equal(ask_statement(ask, 0).observations_read, 1);
    cube_close(cube);
}

/* Wherever memory ends, the batch says so; nobody is told a part for the whole. */
static void memory_that_is_out_is_told(void **state)
{
    (void)state;
    struct cube *cube = open_trade();
    bool failed = false, ran = false;
    for (size_t ceiling = 256; ceiling < 65536; ceiling += 256) {
        struct arena small;
        uint64_t price;
        arena_init(&small, ceiling);
        struct ask *ask = ask_new(&small);
        struct cube_query q = imports_of_india(&y2023);
        q.group = CUBE_BIT(CUBE_PRODUCT);
        q.level = LEVEL_HS6;
        const struct cube_rows *rows = ask ? ask_add(ask, cube, &q) : NULL;
        enum status status = ask ? ask_price(ask, &price) : ST_NO_MEMORY;
        if (status == ST_OK)
            status = ask_run(ask, NULL);
        assert_true(status == ST_OK || status == ST_NO_MEMORY);
        if (status == ST_OK)
            assert_int_equal(rows->n, 3);
        failed = failed || status != ST_OK;
        ran = ran || status == ST_OK;
        arena_release(&small);
    }
    assert_true(failed && ran);
    struct ask *ask = asked_new();
    uint64_t price;
    ask_fail(ask);
    assert_int_equal(ask_price(ask, &price), ST_NO_MEMORY);
    assert_int_equal(ask_run(ask, NULL), ST_NO_MEMORY);
    cube_close(cube);
}

/* The world's row and the pair are one statement where there is such a row throughout. */
static void the_world_stands_beside_the_pair(void **state)
{
    (void)state;
    static const struct world_row rows[] = {{"IND", "CHN", FLOW_EXPORTS, "2019", "850760", 60, 0, 0},
                                            {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 20, 0, 0},
                                            {"IND", "WLD", FLOW_EXPORTS, "2019", "850760", 100, 0, 0},
                                            {"IND", "WLD", FLOW_IMPORTS, "2019", "850760", 50, 0, 0}};
    struct dataset d = world_reported("beside", PARTNERS_LISTED);
    for (size_t n = 3; n <= 4; n++) { /* without and with the world's imports */
        struct cube *cube = world_cube(&d, rows, n);
        struct frame frame = {.cube = cube,
                              .countries = world.countries,
                              .reporter = world_id("IND"),
                              .partner = world_id("CHN"),
                              .ask = asked_new()};
        const uint32_t year = world_period("2019");
        struct items items;
        items_asked pair;
        const struct world all = world_ask_beside(&frame, NULL, &year, 1, 0, &pair);
        (void)asked_run(frame.ask);
        assert_int_equal(ask_count(frame.ask), n == 4 ? 1 : 2);
        const struct item_slice slice = {.partner = frame.partner, .period = year, .flow = FLOW_IMPORTS};
        assert_int_equal(items_of(pair, NULL, slice, &world.arena, &items), ST_OK);
        expect_usd(item_figure(&items, 0, FIGURE_NONE), 20);
        assert_int_equal(world_items(&all, FLOW_EXPORTS, year, &world.arena, &items), ST_OK);
        expect_usd(item_figure(&items, 0, FIGURE_NONE), 100);
        assert_int_equal(world_kind(&frame, FLOW_IMPORTS, year), n == 4 ? WORLD_ROW : WORLD_UNKNOWN);
        assert_int_equal(world_items(&all, FLOW_IMPORTS, year, &world.arena, &items), ST_OK);
        assert_int_equal(item_present(&items, 0), n == 4);
        cube_close(cube);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_read_before_it_runs_nor_twice),
        cmocka_unit_test(statements_of_several_cubes_are_one_batch),
        cmocka_unit_test(an_explained_batch_is_planned),
        cmocka_unit_test(baskets_overlap),
        cmocka_unit_test(one_item_of_everything_reads_totals),
        cmocka_unit_test(memory_that_is_out_is_told),
        cmocka_unit_test(the_world_stands_beside_the_pair),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
