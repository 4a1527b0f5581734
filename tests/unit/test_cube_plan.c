/* The planner: which way a query's runs are found, and what it costs, before any row is read. */
#include "world.h"

static struct cube *cube;

static int open_world(void **state)
{
    if (world_setup(state) != 0)
        return -1;
    cube = world_trade("plans"); /* CHN, DEU, IND, USA; three products; 2022 and 2023 */
    return 0;
}

static int close_world(void **state)
{
    cube_close(cube);
    return world_teardown(state);
}

static uint32_t ind, chn, imports = FLOW_IMPORTS, exports = FLOW_EXPORTS, y2023, first_leaf = 0;

/* Reporter IND, the rest open. */
static struct cube_query of_india(unsigned group)
{
    struct cube_query q = {.group = group, .kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD};
    ind = world_id("IND");
    chn = world_id("CHN");
    y2023 = world_period("2023");
    q.only[CUBE_REPORTER] = (struct cube_set){&ind, 1};
    return q;
}

static void expect_plan(const struct cube_query *q, enum cube_index index, bool reporters, bool partners, bool totals,
                        uint64_t runs, uint64_t rows)
{
    struct cube_plan plan;
    struct cube_rows got;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_int_equal(cube_plan(cube, q, &arena, &plan), ST_OK);
    assert_int_equal(arena.used_bytes, 0);
    assert_string_equal(cube_index_name[plan.index], cube_index_name[index]);
    assert_int_equal(plan.all_reporters, reporters);
    assert_int_equal(plan.all_partners, partners);
    assert_int_equal(plan.totals, totals);
    assert_int_equal(plan.runs, runs);
    assert_int_equal(plan.observations, rows);
    assert_int_equal(cube_run(cube, q, &got, 1, &arena, NULL), ST_OK);
    assert_int_equal(got.observations_read, rows); /* the plan is what is done */
    size_t columns = sizeof(int64_t) + sizeof(uint16_t);
    for (size_t d = 0; d < CUBE_DIMS; d++)
        columns += got.key[d] ? sizeof(uint32_t) : 0;
    if (got.members)
        columns += 2 * sizeof(int64_t) + sizeof(double) + 2 * sizeof(uint32_t);
    assert_int_equal(arena.used_bytes, got.n * columns); /* of the memory only the rows are kept */
    arena_release(&arena);
}

static void a_pair_is_looked_up(void **state)
{
    (void)state;
    struct cube_query q = of_india(CUBE_BIT(CUBE_FLOW) | CUBE_BIT(CUBE_PERIOD));
    q.only[CUBE_PARTNER] = (struct cube_set){&chn, 1};
    expect_plan(&q, CUBE_INDEX_PAIR, false, false, true, 4, 4); /* two years, two flows, a total each */
    q.group |= CUBE_BIT(CUBE_PRODUCT);
    q.level = LEVEL_HS2;
    expect_plan(&q, CUBE_INDEX_PAIR, false, false, false, 4, 12);
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    expect_plan(&q, CUBE_INDEX_PAIR, false, false, false, 2, 6);
}

static void all_partners_together_are_one_roll_up(void **state)
{
    (void)state;
    struct cube_query q = of_india(CUBE_BIT(CUBE_PRODUCT));
    q.level = LEVEL_HS6;
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    expect_plan(&q, CUBE_INDEX_PAIR, false, true, false, 1, 3);
    q.group = 0;
    q.level = LEVEL_TOTAL;
    expect_plan(&q, CUBE_INDEX_PAIR, false, true, true, 1, 1);
}

static void a_ranking_reads_along_the_reporter(void **state)
{
    (void)state;
    struct cube_query q = of_india(CUBE_BIT(CUBE_PARTNER));
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    expect_plan(&q, CUBE_INDEX_PAIR, false, false, true, 3, 3); /* a few countries are looked up */
}

static void suppliers_are_each_reporters_roll_up(void **state)
{
    (void)state;
    struct cube_query q = of_india(CUBE_BIT(CUBE_REPORTER));
    q.only[CUBE_REPORTER] = (struct cube_set){NULL, 0};
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    q.only[CUBE_PRODUCT] = (struct cube_set){&first_leaf, 1};
    /* one row in each of four roll-ups, each of which is as good as read: it has three */
    expect_plan(&q, CUBE_INDEX_PAIR, false, true, false, 4, 12);
}

static void the_worlds_trade_is_one_run(void **state)
{
    (void)state;
    struct cube_query q = {
        .group = CUBE_BIT(CUBE_PRODUCT), .level = LEVEL_HS6, .kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD};
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    expect_plan(&q, CUBE_INDEX_PAIR, true, true, false, 1, 3);
}

static void a_spread_reads_each_member(void **state)
{
    (void)state;
    struct cube_query q = of_india(CUBE_BIT(CUBE_PRODUCT));
    q.level = LEVEL_HS6;
    q.spread = CUBE_PARTNER;
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    expect_plan(&q, CUBE_INDEX_PAIR, false, false, false, 3, 9);
}

/* With more countries than are worth looking up, one reporter's row is read, or one partner's column where the view is turned. */
static void many_countries_are_read_along_an_index(void **state)
{
    (void)state;
    struct world_row row[100];
    size_t n = 0;
    for (uint32_t id = 0; n < COUNT(row); id++) {
        const struct country *c = countries_at(world.countries, id);
        if (c->kind == MEMBER_COUNTRY && !str_is(c->id, "IND")) {
            row[n] = (struct world_row){.reporter = c->id.p,
                                        .partner = "IND",
                                        .period = "2023",
                                        .product = "854140",
                                        .value_usd = (int64_t)n + 1,
                                        .quantity_kg = QUANTITY_UNKNOWN};
            n++;
        }
    }
    char id[COUNT(row)][8];
    for (size_t i = 0; i < n; i++) {
        memcpy(id[i], row[i].reporter, 3);
        id[i][3] = '\0';
        row[i].reporter = id[i];
    }
    struct dataset d = world_dataset("many");
    struct cube *small = cube;
    cube = world_cube(&d, row, n);
    struct cube_query q = of_india(CUBE_BIT(CUBE_PARTNER));
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1}; /* stored as the others' exports to IND: a column */
    expect_plan(&q, CUBE_INDEX_REPORTER, false, false, true, 100, 100);
    q.only[CUBE_REPORTER] = (struct cube_set){NULL, 0};
    q.group = CUBE_BIT(CUBE_REPORTER);
    q.only[CUBE_PARTNER] = (struct cube_set){&ind, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    expect_plan(&q, CUBE_INDEX_PARTNER, false, false, true, 100, 100);
    cube_close(cube);
    cube = small;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_looked_up),
        cmocka_unit_test(all_partners_together_are_one_roll_up),
        cmocka_unit_test(a_ranking_reads_along_the_reporter),
        cmocka_unit_test(suppliers_are_each_reporters_roll_up),
        cmocka_unit_test(the_worlds_trade_is_one_run),
        cmocka_unit_test(a_spread_reads_each_member),
        cmocka_unit_test(many_countries_are_read_along_an_index),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
