/* The generic cube over a small reconciled world: sums, shares, combinations, limits. */
#include "entrepot/analysis/flows.h"

#include "asked.h"

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
    struct ask *ask = asked_new();
    uint64_t price;
    const struct flows *flows = flows_ask(ask, q);
    assert_int_equal(ask_price(ask, &price), ST_OK);
    assert_true(ask_count(ask) <= 1);
    enum status status = ask_run(ask, &world.problem);
    if (status != ST_OK)
        return status;
    assert_true(asked_read(ask) <= price && price <= 2 * asked_read(ask) + ASK_CHEAP);
    return flows_fold(flows, &world.arena, row, n);
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

/* ---- against a plain sum over the world's table ---- */

static uint64_t seed = 4;

static uint32_t below(uint32_t n)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((seed >> 33) % n);
}

static bool fits(struct cube_set set, uint32_t key, uint32_t member)
{
    bool named = set.member == NULL;
    for (size_t i = 0; i < set.n; i++)
        named = named || set.member[i] == member;
    return named && (key == NO_ID || key == member);
}

/* What the row of a question should be; *any: whether there is an observation. Leaves ascend: 293359, 520512, 854140. */
static int64_t plain_sum(const struct flows_question *q, const uint32_t *key, bool *any)
{
    static const uint32_t leaf[3] = {2, 0, 1}; /* of the table's columns */
    int64_t all = 0;
    *any = false;
    for (size_t i = 0; i < COUNT(world_pairs); i++)
        for (uint32_t f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
            for (uint32_t k = 0; k < 3; k++) {
                uint32_t exporter = world_id(world_pairs[i].exporter), importer = world_id(world_pairs[i].importer);
                const uint32_t member[CUBE_DIMS] = {f == FLOW_EXPORTS ? exporter : importer,
                                                    f == FLOW_EXPORTS ? importer : exporter, f, leaf[k],
                                                    world_period(world_pairs[i].period)};
                bool in = true;
                for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++)
                    in = in && fits(q->only[d], key[d], member[d]);
                all += in ? world_pairs[i].million[k] * MILLION : 0;
                *any = *any || in;
            }
    return all;
}

static void random_questions_are_plain_sums(void **state)
{
    (void)state;
    const uint32_t country[] = {world_id("CHN"), world_id("DEU"), world_id("IND"), world_id("USA")}, leaf[] = {0, 1, 2},
                   flow[] = {FLOW_EXPORTS, FLOW_IMPORTS}, year[] = {y2022, y2023};
    const struct cube_set all[CUBE_DIMS] = {{country, 4}, {country, 4}, {flow, 2}, {leaf, 3}, {year, 2}};
    size_t compared = 0;
    for (unsigned i = 0; i < 2000; i++) {
        struct flows_question q = question(below(1U << CUBE_DIMS), CUBE_DIMS);
        struct flows_row *row;
        size_t n;
        for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++) {
            uint32_t first = below((uint32_t)all[d].n), most = (uint32_t)all[d].n - first;
            q.only[d] = below(2) && d != CUBE_PERIOD ? (struct cube_set){NULL, 0}
                                                     : (struct cube_set){all[d].member + first, 1 + below(most)};
        }
        assert_int_equal(run(&q, &row, &n), ST_OK);
        int64_t seen = 0;
        bool any;
        for (size_t k = 0; k < n; k++) {
            int64_t wanted = plain_sum(&q, row[k].key, &any);
            if (row[k].value.known)
                assert_int_equal(row[k].value.usd, wanted);
            seen += wanted;
            compared += row[k].value.known;
        }
        const uint32_t whole[CUBE_DIMS] = {NO_ID, NO_ID, NO_ID, NO_ID, NO_ID};
        assert_int_equal(seen, plain_sum(&q, whole, &any)); /* no row is missing */
        arena_reset(&world.arena);
    }
    assert_true(compared > 2000);
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
    expect_unknown(row[2].value); /* outside the closed set */
    assert_true(row[2].flags & FLAG_BIT(FLAG_OUTSIDE_SET));
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
        cmocka_unit_test(every_way_adds_up_to_the_same),        cmocka_unit_test(random_questions_are_plain_sums),
        cmocka_unit_test(shares_of_each_whole_are_one),         cmocka_unit_test(what_is_named_is_laid_out),
        cmocka_unit_test(a_sum_with_a_part_missing_is_unknown), cmocka_unit_test(overlap_is_seen),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
