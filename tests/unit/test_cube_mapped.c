/* A cube that is large enough to be mapped: it answers as one in memory does, and damage to it never leads outside it. */
#include "world.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cube/file/format.h"
#include "entrepot/cube/write.h"

#define YEARS 4
#define COUNTRIES 60
#define LEAVES 900

static char folder[64], file[96];
static uint32_t member[COUNTRIES];
static uint64_t seed = 8;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 11) % sides;
}

/* ---- a large cube ---- */

static bool add_pair(struct cube_batch *batch, uint32_t year, uint32_t i, uint32_t j, uint64_t *line)
{
    uint32_t rare = 1 + (i * 7 + j * 13) % 9;
    for (uint32_t k = 0; k < LEAVES; k++) {
        if (i == j || dice(rare) != 0)
            continue;
        struct cube_row row = {.period = period_make(PERIOD_YEAR, year),
                               .reporter = member[i],
                               .partner = member[j],
                               .product = 10000 + k * 997,
                               .value_usd = (int64_t)dice(1U << 30) >> dice(28),
                               .quantity_kg = dice(5) ? (int64_t)dice(1U << 30) >> dice(28) : QUANTITY_UNKNOWN,
                               .line = ++*line};
        if (!cube_batch_add(batch, &row))
            return false;
    }
    return true;
}

static void write_large(void)
{
    struct dataset d = world_dataset("large");
    struct pool *pool = pool_new(2);
    struct cube_writer_options options = {.pool = pool, .sum_member = NO_ID};
    struct cube_summary summary;
    struct cube_writer *w;
    assert_int_equal(cube_writer_new(file, &d, world.countries, &options, &w, &world.problem), ST_OK);
    uint32_t source = cube_writer_source(w, "large.csv");
    uint64_t line = 1;
    for (uint32_t year = 0; year < YEARS; year++) {
        struct cube_batch *batch = cube_batch_new(w, source);
        for (uint32_t i = 0; i < COUNTRIES; i++)
            for (uint32_t j = 0; j < COUNTRIES; j++)
                assert_true(add_pair(batch, 2010 + year, i, j, &line));
        assert_int_equal(cube_writer_take(w, batch, &world.problem), ST_OK);
        assert_int_equal(cube_writer_end_source(w, &world.problem), ST_OK);
    }
    assert_int_equal(cube_writer_finish(w, &summary, &world.problem), ST_OK);
    assert_true(summary.bytes > CUBE_SMALL_BYTES);
    cube_writer_free(w);
    pool_free(pool);
}

static int make_large(void **state)
{
    if (world_setup(state) != 0)
        return -1;
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(file, sizeof file, "%s/a.cube", folder);
    for (uint32_t id = 0, n = 0; n < COUNTRIES; id++)
        if (countries_at(world.countries, id)->kind == MEMBER_COUNTRY)
            member[n++] = id;
    write_large();
    return 0;
}

static int drop_large(void **state)
{
    (void)unlink(file);
    return rmdir(folder) == 0 ? world_teardown(state) : -1;
}

static struct cube *open_mapped(void)
{
    struct cube *cube = NULL;
    if (cube_open(file, world.countries, world.products, &cube, &world.problem) != ST_OK)
        return NULL;
    return cube;
}

/* ---- questions ---- */

#define QUESTIONS 60

static struct cube_query question(uint32_t number, uint32_t *reporter, uint32_t *partner, uint32_t *period,
                                  uint32_t *leaf)
{
    struct cube_query q = {.kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD, .measures = number % 3 ? 0 : CUBE_QUANTITY};
    *reporter = member[number * 31 % COUNTRIES];
    *partner = member[number * 17 % COUNTRIES];
    *period = period_make(PERIOD_YEAR, 2010 + number % YEARS);
    *leaf = number * 101 % LEAVES;
    if (number % 2)
        q.only[CUBE_REPORTER] = (struct cube_set){reporter, 1};
    if (number % 5 == 0)
        q.only[CUBE_PARTNER] = (struct cube_set){partner, 1};
    if (number % 4)
        q.only[CUBE_PERIOD] = (struct cube_set){period, 1};
    if (number % 7 == 0)
        q.only[CUBE_PRODUCT] = (struct cube_set){leaf, 1};
    q.group = number % 3 == 0 ? CUBE_BIT(CUBE_PRODUCT) : number % 3 == 1 ? CUBE_BIT(CUBE_PARTNER) : 0;
    q.level = number % 6 == 0 ? LEVEL_HS2 : LEVEL_HS6;
    if (number % 3 != 1 && number % 2)
        q.spread = CUBE_PARTNER;
    return q;
}

/* A number that stands for all answers; questions that end in ST_CORRUPT count in *corrupt. */
static uint64_t ask_all(const struct cube *cube, size_t *corrupt)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        uint32_t reporter, partner, period, leaf;
        struct cube_query q = question(i, &reporter, &partner, &period, &leaf);
        struct cube_rows rows = {.n = 0};
        struct arena arena;
        arena_init(&arena, (size_t)1 << 30);
        struct problem where = {.status = ST_OK};
        enum status status = cube_run(cube, &q, &rows, 1, &arena, &where);
        assert_true(status == ST_OK || status == ST_CORRUPT);
        if (status == ST_CORRUPT) { /* says where, and what to do */
            assert_int_equal(where.status, ST_CORRUPT);
            assert_non_null(strstr(where.place, ".cube"));
            assert_true(where.detail[0] && strstr(where.cure, "verify"));
            assert_int_equal(arena.used_bytes, 0);
            ++*corrupt;
        }
        for (size_t k = 0; status == ST_OK && k < rows.n; k++) {
            all = all * 31 + (uint64_t)rows.value_usd[k] + rows.status[k];
            all = all * 31 + (rows.quantity_kg ? (uint64_t)rows.quantity_kg[k] + (uint64_t)rows.unweighed_usd[k] : 0);
            all = all * 31 + (rows.members ? rows.members[k] + rows.top_id[k] : 0);
        }
        arena_release(&arena);
    }
    return all;
}

/* ---- tests ---- */

static void a_mapped_cube_answers_as_one_in_memory(void **state)
{
    (void)state;
    char *bytes;
    size_t n, corrupt = 0;
    struct cube *mapped = open_mapped(), *in_memory;
    assert_non_null(mapped);
    assert_int_equal(ingest_slurp(file, (size_t)1 << 30, &bytes, &n, &world.problem), ST_OK);
    assert_int_equal(cube_open_take("memory", bytes, n, world.countries, world.products, &in_memory, &world.problem),
                     ST_OK);
    assert_true(ask_all(mapped, &corrupt) == ask_all(in_memory, &corrupt));
    assert_int_equal(corrupt, 0);
    assert_int_equal(cube_verify(mapped, &world.problem), ST_OK);
    cube_close(mapped);
    cube_close(in_memory);
}

static void poke(int fd, uint64_t at, unsigned char change)
{
    unsigned char byte = 0;
    assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= change;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
}

/* Rows, runs and indexes are not compared with their checksums when a large file is opened: each access must stay inside. */
static void damage_is_read_within_its_bounds_and_found(void **state)
{
    (void)state;
    struct stat info;
    size_t corrupt = 0, opened = 0;
    int fd = open(file, O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &info) == 0);
    for (int round = 0; round < 40; round++) {
        uint64_t at[64];
        unsigned char change[64];
        for (size_t i = 0; i < COUNT(at); i++) {
            at[i] = sizeof(struct file_header) + dice((uint32_t)info.st_size - (uint32_t)sizeof(struct file_header));
            change[i] = (unsigned char)(1 + dice(255));
            poke(fd, at[i], change[i]);
        }
        struct cube *cube = open_mapped();
        if (cube) {
            opened++;
            (void)ask_all(cube, &corrupt);
            assert_int_equal(cube_verify(cube, &world.problem), ST_CORRUPT);
            cube_close(cube);
        }
        for (size_t i = COUNT(at); i-- > 0;)
            poke(fd, at[i], change[i]);
    }
    (void)close(fd);
    assert_true(opened > 20 && corrupt > 0); /* or too little was damaged */
    struct cube *cube = open_mapped();
    assert_non_null(cube);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    cube_close(cube);
}

/* The same, where it hurts most: directories and indexes alone. */
static void damaged_directories_stay_inside(void **state)
{
    (void)state;
    struct file_header h;
    struct file_section s;
    size_t corrupt = 0;
    int fd = open(file, O_RDWR);
    assert_true(fd >= 0 && pread(fd, &h, sizeof h, 0) == (ssize_t)sizeof h);
    for (uint64_t i = 0; i < h.contents_count; i++) {
        assert_int_equal(pread(fd, &s, sizeof s, (off_t)(h.contents_offset + i * sizeof s)), sizeof s);
        if (s.kind != SECTION_RUNS && s.kind != SECTION_INDEX && s.kind != SECTION_SERIES)
            continue;
        for (int round = 0; round < 6; round++) {
            uint64_t at[200];
            for (size_t k = 0; k < COUNT(at); k++)
                poke(fd, at[k] = s.offset + dice((uint32_t)s.bytes), 0x5A);
            struct cube *cube = open_mapped();
            if (cube)
                (void)ask_all(cube, &corrupt);
            cube_close(cube);
            for (size_t k = COUNT(at); k-- > 0;)
                poke(fd, at[k], 0x5A);
        }
    }
    (void)close(fd);
    assert_true(corrupt > 0);
}

static void a_shorter_file_is_refused(void **state)
{
    (void)state;
    char shorter[128];
    struct cube *cube;
    char *bytes;
    size_t n;
    (void)snprintf(shorter, sizeof shorter, "%s/b.cube", folder);
    assert_int_equal(ingest_slurp(file, (size_t)1 << 30, &bytes, &n, &world.problem), ST_OK);
    for (size_t cut = 1; cut < n; cut = cut * 3 + 1) {
        assert_int_equal(cube_store(shorter, bytes, n - cut, &world.problem), ST_OK);
        assert_int_equal(cube_open(shorter, world.countries, world.products, &cube, &world.problem), ST_CORRUPT);
        assert_non_null(strstr(world.problem.place, "b.cube"));
    }
    free(bytes);
    (void)unlink(shorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapped_cube_answers_as_one_in_memory),
        cmocka_unit_test(damage_is_read_within_its_bounds_and_found),
        cmocka_unit_test(damaged_directories_stay_inside),
        cmocka_unit_test(a_shorter_file_is_refused),
    };
    return cmocka_run_group_tests(tests, make_large, drop_large);
}
