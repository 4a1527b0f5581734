/* cube_writer: rows in any order, from any number of threads and with any bound of memory, give one file. */
#include "world.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entrepot/cube/write.h"

#define YEARS 6
#define MEMBERS 9
#define LEAVES 40

static const char *const member_code[MEMBERS] = {"BRA", "CHN", "DEU", "FRA", "IND", "JPN", "USA", "WLD", "X899"};

static uint64_t seed = 250;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 11) % sides;
}

/* ---- rows ---- */

struct sample {
    struct cube_row *row;
    size_t n;
};

/* Distinct keys, ascending; about two thirds of those there could be. */
static struct sample make_sample(void)
{
    struct sample s = {.row = calloc((size_t)YEARS * MEMBERS * MEMBERS * 2 * LEAVES, sizeof *s.row)};
    assert_non_null(s.row);
    for (uint32_t y = 0; y < YEARS; y++)
        for (uint32_t r = 0; r < MEMBERS; r++)
            for (uint32_t p = 0; p < MEMBERS; p++)
                for (uint32_t k = 0; k < 2 * LEAVES && r != p; k++) {
                    if (dice(3) == 0)
                        continue;
                    s.row[s.n] = (struct cube_row){.period = period_make(PERIOD_YEAR, 2010 + y),
                                                   .reporter = world_id(member_code[r]),
                                                   .partner = world_id(member_code[p]),
                                                   .product = 10100 + k / 2 * 7919,
                                                   .flow = k % 2 ? FLOW_IMPORTS : FLOW_EXPORTS,
                                                   .value_usd = (int64_t)dice(1U << 30) << dice(12),
                                                   .quantity_kg = dice(4) ? dice(1U << 20) : QUANTITY_UNKNOWN,
                                                   .status = (uint8_t)(dice(9) ? 0 : dice(8))};
                    s.n++;
                }
    return s;
}

static void shuffle(struct sample *s)
{
    for (size_t i = s->n; i > 1; i--) {
        size_t k = dice((uint32_t)i);
        struct cube_row row = s->row[i - 1];
        s->row[i - 1] = s->row[k];
        s->row[k] = row;
    }
}

/* ---- writing them ---- */

struct how {
    const char *path;  /* NULL: in memory */
    size_t batch_rows; /* rows of a batch */
    size_t sources;    /* input files that the rows are spread over */
    size_t memory_bytes, threads;
    uint32_t sum_member;
    bool detect_partners;
};

static struct cube_summary summary;

static enum status fill(struct cube_writer *w, const struct sample *s, const struct how *how)
{
    size_t of_source = (s->n + how->sources - 1) / how->sources;
    enum status status = ST_OK;
    char name[32];
    for (size_t first = 0; status == ST_OK && first < s->n; first += of_source) {
        size_t end = first + of_source < s->n ? first + of_source : s->n;
        (void)snprintf(name, sizeof name, "part%zu.csv", first / of_source + 1);
        uint32_t source = cube_writer_source(w, name);
        for (size_t at = first; status == ST_OK && at < end; at += how->batch_rows) {
            struct cube_batch *batch = cube_batch_new(w, source);
            assert_non_null(batch);
            for (size_t i = at; i < at + how->batch_rows && i < end; i++) {
                struct cube_row row = s->row[i];
                row.line = i - first + 2;
                assert_true(cube_batch_add(batch, &row));
            }
            status = cube_writer_take(w, batch, &world.problem);
        }
        if (status == ST_OK)
            status = cube_writer_end_source(w, &world.problem);
    }
    return status;
}

static enum status write_sample(const struct sample *s, const struct how *how, struct str *bytes)
{
    struct dataset d = world_reported("sample", PARTNERS_ALL);
    struct pool *pool = how->threads ? pool_new(how->threads) : NULL;
    struct cube_writer_options options = {.memory_bytes = how->memory_bytes,
                                          .pool = pool,
                                          .sum_member = how->sum_member,
                                          .detect_partners = how->detect_partners};
    struct cube_writer *w;
    size_t n;
    assert_int_equal(cube_writer_new(how->path, &d, world.countries, &options, &w, &world.problem), ST_OK);
    enum status status = fill(w, s, how);
    if (status == ST_OK)
        status = cube_writer_finish(w, &summary, &world.problem);
    *bytes = str_span(NULL, 0);
    if (status == ST_OK && !how->path) {
        char *p = cube_writer_take_bytes(w, &n);
        *bytes = str_span(p, n);
    }
    cube_writer_free(w);
    pool_free(pool);
    return status;
}

static void drop(struct str bytes) { free((void *)(uintptr_t)bytes.p); }

static const struct how plain = {.batch_rows = SIZE_MAX / 2, .sources = 1, .sum_member = NO_ID};

/* ---- tests ---- */

static void any_order_memory_and_threads_give_the_same_file(void **state)
{
    (void)state;
    static const struct how ways[] = {
        {.batch_rows = 100, .sources = 1, .sum_member = NO_ID},
        {.batch_rows = 1000, .sources = 7, .sum_member = NO_ID, .threads = 3},
        {.batch_rows = 500, .sources = 2, .sum_member = NO_ID, .memory_bytes = 1500000},
        {.batch_rows = 700, .sources = 3, .sum_member = NO_ID, .memory_bytes = 1500000, .threads = 2},
    };
    struct sample s = make_sample();
    struct str wanted, got;
    assert_int_equal(write_sample(&s, &plain, &wanted), ST_OK);
    assert_int_equal(summary.observations, s.n);
    assert_int_equal(summary.bytes, wanted.n);
    assert_int_equal(summary.n_periods, YEARS);
    assert_false(summary.merged);
    size_t merges = 0;
    for (size_t i = 0; i < 2 * COUNT(ways); i++) {
        if (i == COUNT(ways))
            shuffle(&s);
        if (write_sample(&s, &ways[i % COUNT(ways)], &got) != ST_OK)
            fail_msg("way %zu: %s: %s", i, world.problem.place, world.problem.detail);
        merges += summary.merged;
        assert_int_equal(summary.observations, s.n);
        assert_int_equal(got.n, wanted.n);
        assert_memory_equal(got.p, wanted.p, wanted.n);
        drop(got);
    }
    assert_true(merges >= 2); /* or the bound was too wide to spread a period */
    struct cube *cube = world_open(wanted);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    cube_close(cube);
    free(s.row);
}

/* The plain sum of the sample's rows that a query means. */
static int64_t sum_of(const struct sample *s, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t product)
{
    int64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct cube_row *r = &s->row[i];
        bool counts =
            (reporter == ANY_MEMBER ? countries_countable(world.countries, r->reporter) : r->reporter == reporter) &&
            (partner == ANY_MEMBER ? countries_countable(world.countries, r->partner) : r->partner == partner);
        if (counts && r->flow == flow && (product == UINT32_MAX || r->product == product))
            sum += r->value_usd;
    }
    return sum;
}

static int64_t ask(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t product)
{
    struct arena arena;
    struct cube_rows rows;
    char code[PRODUCT_CODE_MAX];
    uint32_t from = 0, to, f = flow;
    struct cube_query q = {.kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD};
    arena_init(&arena, SIZE_MAX);
    if (reporter != ANY_MEMBER)
        q.only[CUBE_REPORTER] = (struct cube_set){&reporter, 1};
    if (partner != ANY_MEMBER)
        q.only[CUBE_PARTNER] = (struct cube_set){&partner, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&f, 1};
    if (product != UINT32_MAX) {
        size_t n = product_print(product, LEVEL_HS6, code);
        cube_leaf_range(cube, str_span(code, n), &from, &to);
        assert_int_equal(to, from + 1);
        q.only[CUBE_PRODUCT] = (struct cube_set){&from, 1};
    }
    assert_int_equal(cube_run(cube, &q, &rows, 1, &arena, NULL), ST_OK);
    int64_t value = rows.n ? rows.value_usd[0] : 0;
    arena_release(&arena);
    return value;
}

static void roll_ups_and_runs_are_the_plain_sums(void **state)
{
    (void)state;
    struct sample s = make_sample();
    struct str bytes;
    struct how spread = plain;
    spread.batch_rows = 300;
    spread.memory_bytes = 1500000;
    shuffle(&s);
    assert_int_equal(write_sample(&s, &spread, &bytes), ST_OK);
    struct cube *cube = world_open(bytes);
    for (size_t i = 0; i < 200; i++) {
        uint32_t reporter = dice(3) ? world_id(member_code[dice(MEMBERS)]) : ANY_MEMBER;
        uint32_t partner = dice(3) ? world_id(member_code[dice(MEMBERS)]) : ANY_MEMBER;
        uint32_t product = dice(2) ? 10100 + dice(LEAVES) * 7919 : UINT32_MAX;
        enum flow flow = dice(2) ? FLOW_IMPORTS : FLOW_EXPORTS;
        assert_int_equal(ask(cube, reporter, partner, flow, product), sum_of(&s, reporter, partner, flow, product));
    }
    cube_close(cube);
    free(s.row);
}

static void double_rows_name_both_files(void **state)
{
    (void)state;
    struct sample s = make_sample();
    struct str bytes;
    s.row[s.n - 1] = s.row[10]; /* the last row of the last part is one of the first */
    struct how how = plain;
    how.sources = 3;
    assert_int_equal(write_sample(&s, &how, &bytes), ST_INVALID);
    assert_non_null(strstr(world.problem.place, "part3.csv:"));
    assert_non_null(strstr(world.problem.detail, "stands here and in part1.csv:12 already"));
    how.batch_rows = 50; /* found when the parts of the period are put together */
    how.memory_bytes = 1500000;
    assert_int_equal(write_sample(&s, &how, &bytes), ST_INVALID);
    assert_non_null(strstr(world.problem.place, "part3.csv"));
    assert_non_null(strstr(world.problem.detail, "stands here and in part1.csv"));
    free(s.row);
}

static void rows_of_the_sum_member_are_added_up(void **state)
{
    (void)state;
    struct sample s = make_sample();
    struct str bytes;
    uint32_t nes = world_id("X899");
    struct how how = plain;
    how.sum_member = nes;
    size_t at = 0;
    while (s.row[at].partner != nes || s.row[at].quantity_kg == QUANTITY_UNKNOWN)
        at++;
    s.row[s.n - 1] = s.row[at];
    int64_t wanted = sum_of(&s, s.row[at].reporter, nes, s.row[at].flow, s.row[at].product);
    for (how.batch_rows = 50; how.batch_rows < 1000000; how.batch_rows *= 1000, how.memory_bytes = 0) {
        how.memory_bytes = how.batch_rows == 50 ? 1500000 : 0;
        assert_int_equal(write_sample(&s, &how, &bytes), ST_OK);
        assert_int_equal(summary.summed, 1);
        assert_int_equal(summary.observations, s.n - 1);
        struct cube *cube = world_open(bytes);
        assert_int_equal(ask(cube, s.row[at].reporter, nes, s.row[at].flow, s.row[at].product), wanted);
        cube_close(cube);
    }
    how.sum_member = NO_ID;
    assert_int_equal(write_sample(&s, &how, &bytes), ST_INVALID);
    free(s.row);
}

static void partners_are_all_where_the_world_is_their_sum(void **state)
{
    (void)state;
    struct cube_row row[3] = {{.partner = world_id("CHN"), .value_usd = 60000},
                              {.partner = world_id("USA"), .value_usd = 40000},
                              {.partner = world_id("WLD"), .value_usd = 100050}};
    struct sample s = {row, 3};
    struct how how = plain;
    struct str bytes;
    how.detect_partners = true;
    for (size_t i = 0; i < 3; i++) {
        row[i].reporter = world_id("IND");
        row[i].period = period_make(PERIOD_YEAR, 2019);
        row[i].product = 10100;
        row[i].quantity_kg = QUANTITY_UNKNOWN;
    }
    assert_int_equal(write_sample(&s, &how, &bytes), ST_OK);
    assert_int_equal(summary.partners, PARTNERS_ALL);
    struct cube *cube = world_open(bytes);
    assert_int_equal(cube_dataset(cube)->partners, PARTNERS_ALL);
    cube_close(cube);
    row[2].value_usd = 100200; /* beyond a thousandth */
    assert_int_equal(write_sample(&s, &how, &bytes), ST_OK);
    assert_int_equal(summary.partners, PARTNERS_LISTED);
    drop(bytes);
    s.n = 2; /* no row of the world */
    assert_int_equal(write_sample(&s, &how, &bytes), ST_OK);
    assert_int_equal(summary.partners, PARTNERS_LISTED);
    drop(bytes);
}

static void a_period_too_large_for_the_memory_says_so(void **state)
{
    (void)state;
    struct sample s = make_sample();
    struct str bytes;
    struct how how = plain;
    how.batch_rows = 50;
    how.memory_bytes = 60000;
    shuffle(&s);
    assert_int_equal(write_sample(&s, &how, &bytes), ST_TOO_LARGE);
    assert_non_null(strstr(world.problem.cure, "--memory"));
    free(s.row);
}

static void sums_beyond_a_number_are_refused(void **state)
{
    (void)state;
    struct cube_row row[3];
    struct sample s = {row, 3};
    struct str bytes;
    for (size_t i = 0; i < 3; i++)
        row[i] = (struct cube_row){.period = period_make(PERIOD_YEAR, 2019),
                                   .reporter = world_id("IND"),
                                   .partner = world_id("CHN"),
                                   .product = 10100 + (uint32_t)i,
                                   .value_usd = ((int64_t)1 << 62) - 1,
                                   .quantity_kg = QUANTITY_UNKNOWN};
    assert_int_equal(write_sample(&s, &plain, &bytes), ST_INVALID);
    assert_non_null(strstr(world.problem.detail, "64-bit"));
    for (size_t i = 0; i < 3; i++) /* each run fits, their roll-up does not */
        row[i].partner = world_id(member_code[i]);
    assert_int_equal(write_sample(&s, &plain, &bytes), ST_INVALID);
}

/* ---- on disk ---- */

static char folder[64], file[96];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(file, sizeof file, "%s/a.cube", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    (void)unlink(file);
    return rmdir(folder); /* fails where a temporary file was left */
}

static void a_file_is_there_when_it_is_finished(void **state)
{
    (void)state;
    struct sample s = make_sample();
    struct how how = plain;
    struct str bytes, in_memory;
    struct cube *cube;
    char *read;
    size_t n;
    how.path = file;
    assert_int_equal(write_sample(&s, &how, &bytes), ST_OK);
    assert_int_equal(write_sample(&s, &plain, &in_memory), ST_OK);
    assert_int_equal(ingest_slurp(file, (size_t)1 << 30, &read, &n, &world.problem), ST_OK);
    assert_int_equal(n, in_memory.n);
    assert_memory_equal(read, in_memory.p, n);
    free(read);
    drop(in_memory);
    how.batch_rows = 50; /* through a second file, over the first */
    how.memory_bytes = 1500000;
    shuffle(&s);
    assert_int_equal(write_sample(&s, &how, &bytes), ST_OK);
    assert_true(summary.merged);
    assert_int_equal(cube_open(file, world.countries, world.products, &cube, &world.problem), ST_OK);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    cube_close(cube);
    free(s.row);
}

static void a_failure_leaves_the_old_file(void **state)
{
    (void)state;
    struct sample s = make_sample();
    struct how how = plain;
    struct str bytes;
    char *read;
    size_t n;
    assert_int_equal(cube_store(file, "old", 3, &world.problem), ST_OK);
    how.path = file;
    s.row[s.n - 1] = s.row[10];
    assert_int_equal(write_sample(&s, &how, &bytes), ST_INVALID);
    assert_int_equal(ingest_slurp(file, 100, &read, &n, &world.problem), ST_OK);
    assert_true(str_is(str_span(read, n), "old"));
    free(read);
    free(s.row);
}

#define on_disk(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_memory_and_threads_give_the_same_file),
        cmocka_unit_test(roll_ups_and_runs_are_the_plain_sums),
        cmocka_unit_test(double_rows_name_both_files),
        cmocka_unit_test(rows_of_the_sum_member_are_added_up),
        cmocka_unit_test(partners_are_all_where_the_world_is_their_sum),
        cmocka_unit_test(a_period_too_large_for_the_memory_says_so),
        cmocka_unit_test(sums_beyond_a_number_are_refused),
        on_disk(a_file_is_there_when_it_is_finished),
        on_disk(a_failure_leaves_the_old_file),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
