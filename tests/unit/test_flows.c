/* The generic cube over a small reconciled world: sums, shares, combinations, limits. */
#include "entrepot/analysis/flows.h"

#include "world.h"

static struct cube *cube;
static uint32_t y2023, y2022, exports = FLOW_EXPORTS, ind, members[3];

static int open_world(void **state)
{
    if (world_setup(state) != 0)
        return -1;
    cube = world_trade("flows");
    y2023 = world_period("2023");
    y2022 = world_period("2022");
    ind = world_id("IND");
    return 0;
}

static int close_world(void **state)
{
    cube_close(cube);
    return world_teardown(state);
}

/* Exports of 2023. */
static struct flows_question question(unsigned group, enum cube_dim share_of)
{
    struct flows_question q = {.cube = cube,
                               .countries = world.countries,
                               .group = group,
                               .kind = PERIOD_YEAR,
                               .level = LEVEL_HS6,
                               .share_of = share_of,
                               .max_rows = 1000};
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&y2023, 1};
    return q;
}

static enum status run(const struct flows_question *q, struct flows_row **row, size_t *n)
{
    struct cube_query *query;
    size_t n_queries;
    assert_int_equal(flows_queries(q, &world.arena, &query, &n_queries), ST_OK);
    return flows_table(q, query, n_queries, &world.arena, row, n);
}

static int64_t sum(const struct flows_row *row, size_t n)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += row[i].value.usd;
    return all;
}

static void every_way_adds_up_to_the_same(void **state)
{
    (void)state;
    struct flows_row *row;
    size_t n;
    int64_t total = 0;
    for (unsigned group = 0; group < 1U << CUBE_DIMS; group++) {
        struct flows_question q = question(group, CUBE_DIMS);
        assert_int_equal(run(&q, &row, &n), ST_OK);
        total = group ? total : sum(row, n);
        assert_int_equal(sum(row, n), total);
        for (size_t i = 0; i < n; i++)
            for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
                assert_int_equal(row[i].key[d] == NO_ID, (group & CUBE_BIT(d)) == 0);
    }
    assert_true(total > 0);
}

static void shares_of_each_whole_are_one(void **state)
{
    (void)state;
    const unsigned group = CUBE_BIT(CUBE_REPORTER) | CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_PRODUCT);
    const enum cube_dim of[] = {CUBE_REPORTER, CUBE_PARTNER, CUBE_PRODUCT};
    for (size_t k = 0; k < COUNT(of); k++) {
        struct flows_question q = question(group, of[k]);
        struct flows_row *row;
        size_t n;
        assert_int_equal(flows_share_basis(&q), FLOWS_SHARE_GIVEN);
        assert_int_equal(run(&q, &row, &n), ST_OK);
        for (size_t i = 0; i < n; i++) {
            double whole = 0;
            for (size_t j = 0; j < n; j++) {
                bool with = true;
                for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
                    with = with && (d == of[k] || row[i].key[d] == row[j].key[d]);
                whole += with ? row[j].share : 0;
            }
            expect_near(whole, 1);
        }
    }
}

static void what_is_named_is_laid_out(void **state)
{
    (void)state;
    members[0] = world_id("USA");
    members[1] = world_id("CHN");
    members[2] = world_id("FRA");
    struct flows_question q = question(CUBE_BIT(CUBE_REPORTER) | CUBE_BIT(CUBE_PARTNER), CUBE_PARTNER);
    struct flows_row *row;
    size_t n;
    q.only[CUBE_REPORTER] = (struct cube_set){&ind, 1};
    q.only[CUBE_PARTNER] = (struct cube_set){members, 3};
    assert_int_equal(run(&q, &row, &n), ST_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(row[i].key[CUBE_REPORTER], ind);
        assert_int_equal(row[i].key[CUBE_PARTNER], members[i]); /* as they are written */
    }
    expect_usd(row[0].value, 175 * MILLION);
    expect_usd(row[1].value, 150 * MILLION);
    expect_usd(row[2].value, 0); /* India tells of all its partners */
    expect_near(row[0].share, 175.0 / 325);
    q.max_rows = 2;
    assert_int_equal(run(&q, &row, &n), ST_TOO_LARGE);
}

static void a_sum_with_a_part_missing_is_unknown(void **state)
{
    (void)state;
    uint32_t years[2] = {y2022, y2023}, usa = world_id("USA");
    struct flows_question q = question(CUBE_BIT(CUBE_REPORTER), CUBE_DIMS);
    struct flows_row *row;
    size_t n;
    q.only[CUBE_PERIOD] = (struct cube_set){years, 2};
    q.only[CUBE_REPORTER] = (struct cube_set){&ind, 1};
    assert_int_equal(run(&q, &row, &n), ST_OK);
    expect_usd(row[0].value, (120 + 408) * MILLION);
    q.only[CUBE_REPORTER] = (struct cube_set){&usa, 1}; /* nothing of 2022 */
    assert_int_equal(run(&q, &row, &n), ST_OK);
    expect_unknown(row[0].value);
    assert_true(row[0].flags & FLAG_BIT(FLAG_NOT_REPORTED));
}

static void overlap_is_seen(void **state)
{
    (void)state;
    static const uint32_t a[] = {0, 1}, b[] = {1, 2}, c[] = {2};
    struct breakdown_item item[3] = {{.leaves = {a, 2}}, {.leaves = {c, 1}}, {.leaves = {b, 2}}};
    assert_false(flows_overlap(item, 2));
    assert_true(flows_overlap(item, 3));
    item[1].leaves = (struct cube_set){NULL, 0};
    assert_true(flows_overlap(item, 2));
    members[0] = countries_world(world.countries);
    members[1] = ind;
    assert_true(flows_aggregates(world.countries, (struct cube_set){members, 2}));
    assert_false(flows_aggregates(world.countries, (struct cube_set){members, 1}));
    assert_false(flows_aggregates(world.countries, (struct cube_set){NULL, 0}));
    struct flows_question q = question(CUBE_BIT(CUBE_PARTNER), CUBE_PARTNER);
    q.only[CUBE_PARTNER] = (struct cube_set){members, 2};
    assert_int_equal(flows_share_basis(&q), FLOWS_SHARE_AGGREGATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_adds_up_to_the_same),
        cmocka_unit_test(shares_of_each_whole_are_one),
        cmocka_unit_test(what_is_named_is_laid_out),
        cmocka_unit_test(a_sum_with_a_part_missing_is_unknown),
        cmocka_unit_test(overlap_is_seen),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
