/* What a query costs against what it reads: random queries over a random world. The cost is what a request is refused by, so it may never be
 * too low; and it must not be far too high, or good requests are refused.
 *
 * Without named products both are the same number: the cost is taken from the directory, and every run of it is read. With named
 * products a run counts as many look-ups as there are names, though a run need not have them: the cost is then between what is read
 * and the number of look-ups, and only a query for products that are hardly traded costs much more than it reads. */
#include "world.h"

static struct cube *cube[2]; /* reconciled; reported with the world's row */
static uint64_t seed = 20251126;

static uint32_t below(uint32_t n)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((seed >> 33) % n);
}

static const char *const country[] = {"IND", "CHN", "USA", "DEU", "FRA", "JPN", "BRA", "ZAF", "VNM", "X490"};
static const char *const period[] = {"2018", "2019", "2020", "2021"};
#define N_COUNTRIES COUNT(country)
#define N_PRODUCTS 80

/* Each pair trades a third of the products, the world's row all of them. */
static struct cube *random_world(const char *id, enum basis basis)
{
    static char product[N_PRODUCTS][8];
    struct dataset d = world_dataset(id);
    d.basis = basis;
    d.partners = PARTNERS_ALL;
    size_t room = COUNT(period) * N_COUNTRIES * (N_COUNTRIES + 1) * N_PRODUCTS * 2, n = 0;
    struct world_row *row = arena_new(&world.arena, struct world_row, room);
    for (uint32_t k = 0; k < N_PRODUCTS; k++)
        (void)snprintf(product[k], sizeof product[k], "%06u", 850000 + 7 * k);
    for (size_t y = 0; y < COUNT(period); y++)
        for (size_t r = 0; r < N_COUNTRIES; r++)
            for (size_t p = 0; p <= N_COUNTRIES; p++)
                for (size_t k = 0; k < N_PRODUCTS; k++) {
                    bool of_world = p == N_COUNTRIES;
                    bool traded = of_world ? basis == BASIS_REPORTED : p != r && below(3) == 0;
                    for (enum flow f = FLOW_EXPORTS;
                         traded && f <= (basis == BASIS_REPORTED ? FLOW_IMPORTS : FLOW_EXPORTS); f++)
                        row[n++] = (struct world_row){country[r],
                                                      of_world ? "WLD" : country[p],
                                                      f,
                                                      period[y],
                                                      product[k],
                                                      1 + below(1000000),
                                                      below(2) ? QUANTITY_UNKNOWN : (int64_t)below(1000),
                                                      0};
                }
    return world_cube(&d, row, n);
}

static int open_worlds(void **state)
{
    if (world_setup(state) != 0)
        return -1;
    cube[0] = random_world("reconciled", BASIS_RECONCILED);
    cube[1] = random_world("reported", BASIS_REPORTED);
    return 0;
}

static int close_worlds(void **state)
{
    cube_close(cube[0]);
    cube_close(cube[1]);
    return world_teardown(state);
}

/* Some of [0, n), each once and ascending; now and then all of them by saying nothing. */
static struct cube_set some(uint32_t n, uint32_t *room)
{
    if (below(3) == 0)
        return (struct cube_set){NULL, 0};
    struct cube_set set = {room, 0};
    uint32_t most = 1 + below(n);
    for (uint32_t i = 0; i < n; i++)
        if (below(n) < most)
            room[set.n++] = i;
    if (set.n == 0)
        room[set.n++] = below(n);
    return set;
}

struct drawn {
    struct cube_query q;
    uint32_t member[CUBE_DIMS][N_PRODUCTS];
};

static void draw(const struct cube *of, struct drawn *d)
{
    static const enum level levels[] = {LEVEL_SECTION, LEVEL_HS2, LEVEL_HS4, LEVEL_HS6};
    const uint32_t length[CUBE_DIMS] = {N_COUNTRIES, N_COUNTRIES, 2, N_PRODUCTS, COUNT(period)};
    size_t n_leaves;
    (void)cube_leaves(of, &n_leaves);
    d->q = (struct cube_query){.group = below(1U << CUBE_DIMS), .kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD};
    d->q.level = (d->q.group & CUBE_BIT(CUBE_PRODUCT)) ? levels[below(4)] : LEVEL_TOTAL;
    d->q.measures = below(2) ? CUBE_QUANTITY : 0;
    for (enum cube_dim dim = CUBE_REPORTER; dim < CUBE_DIMS; dim++) {
        d->q.only[dim] = some(dim == CUBE_PRODUCT ? (uint32_t)n_leaves : length[dim], d->member[dim]);
        for (size_t i = 0; i < d->q.only[dim].n; i++) {
            uint32_t *m = &d->member[dim][i];
            if (dim == CUBE_REPORTER || dim == CUBE_PARTNER)
                *m = world_id(country[*m]);
            else if (dim == CUBE_PERIOD)
                *m = world_period(period[*m]);
        }
    }
    if (below(4) == 0) {
        d->q.spread = below(2) ? CUBE_PARTNER : CUBE_REPORTER;
        d->q.group &= ~CUBE_BIT(d->q.spread);
    }
}

static void cost_bounds_what_is_read(void **state)
{
    (void)state;
    static struct drawn d;
    uint64_t all_cost = 0, all_read = 0;
    unsigned named = 0, far = 0;
    for (unsigned i = 0; i < 10000; i++) {
        const struct cube *of = cube[i % 2];
        struct cube_rows rows;
        struct arena arena;
        draw(of, &d);
        arena_init(&arena, SIZE_MAX);
        struct cube_plan plan;
        assert_int_equal(cube_plan(of, &d.q, &arena, &plan), ST_OK);
        assert_int_equal(cube_run(of, &d.q, &rows, 1, &arena, NULL), ST_OK);
        uint64_t read = rows.observations_read, cost = plan.observations, leaves = d.q.only[CUBE_PRODUCT].n;
        assert_true(cube_cost_at_most(of, &d.q) >= cost);
        assert_int_equal(cost, read);
        if (read > cost)
            fail_msg("query %u reads %llu where it says %llu", i, (unsigned long long)read, (unsigned long long)cost);
        if (!d.q.only[CUBE_PRODUCT].member)
            assert_int_equal(read, cost);
        else
            assert_true(cost <= read || cost - read <= plan.runs * leaves); /* look-ups that found nothing */
        named += d.q.only[CUBE_PRODUCT].member != NULL;
        far += cost > 10 * read;
        all_cost += cost;
        all_read += read;
        arena_release(&arena);
    }
    assert_true(named > 1000 && all_read > 1000000);
    assert_true(all_cost <= 2 * all_read);
    assert_true(far < 100); /* of 10000: one or two rare products, few pairs, none of them trading */
}

/* More groups than a query allows are noticed while they are counted, and do not need memory first. */
static void groups_are_bounded_as_they_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct cube_query q = {
            .group = (1U << CUBE_DIMS) - 1, .level = LEVEL_HS6, .kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD};
        struct cube_rows all, rows;
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        assert_int_equal(cube_run(cube[i], &q, &all, 1, &arena, NULL), ST_OK);
        const size_t room[] = {1, 100, all.n / 2, all.n - 1};
        for (size_t k = 0; k < COUNT(room); k++) {
            q.max_rows = room[k];
            assert_int_equal(cube_run(cube[i], &q, &rows, 1, &arena, NULL), ST_TOO_LARGE);
        }
        q.max_rows = all.n;
        assert_int_equal(cube_run(cube[i], &q, &rows, 1, &arena, NULL), ST_OK);
        assert_int_equal(rows.n, all.n);
        assert_memory_equal(rows.value_usd, all.value_usd, all.n * sizeof *all.value_usd);
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cost_bounds_what_is_read),
                                       cmocka_unit_test(groups_are_bounded_as_they_come)};
    return cmocka_run_group_tests(tests, open_worlds, close_worlds);
}
