/* What a dataset is read from: its manifest, and cube files, mostly such whose checksums are right although nothing else may be (forge.c). */
#include <sys/mman.h>

#include "cube/engine/engine.h"
#include "cube/file/format.h"
#include "entrepot/cube/catalogue.h"
#include "entrepot/ingest/ingest.h"
#include "fuzz/fuzz.h"
#include "http/test_api.h"

/* ---- manifests ---- */

static bool start_manifest(void) { return true; }

/* What is read can be printed, and what is printed reads as the same. */
static void one_manifest(struct str input)
{
    struct arena arena;
    struct dataset dataset, again;
    struct dataset_csv csv;
    struct problem problem = {.detail = ""};
    struct buf first, second;
    arena_init(&arena, (size_t)16 << 20);
    buf_init(&first, 1 << 22);
    buf_init(&second, 1 << 22);
    enum status status = dataset_read("m.json", input, &arena, &dataset, &csv, &problem);
    if (status == ST_OK) {
        FUZZ_CHECK(dataset_id_good(dataset.id));
        FUZZ_CHECK(dataset_print(&dataset, &first) == ST_OK);
        FUZZ_CHECK(dataset_read("printed", buf_view(&first), &arena, &again, NULL, &problem) == ST_OK);
        FUZZ_CHECK(dataset_print(&again, &second) == ST_OK);
        FUZZ_CHECK(str_eq(buf_view(&first), buf_view(&second)));
    } else {
        FUZZ_CHECK(problem.detail[0] != '\0');
    }
    buf_release(&first);
    buf_release(&second);
    arena_release(&arena);
}

const struct fuzz_target fuzz_manifest = {"manifest", start_manifest, one_manifest, NULL};

/* ---- cube files ---- */

static const struct countries *countries;
static const struct products *products;
static char *sound; /* a small file that is in order */
static size_t sound_bytes;

static bool start_cube(void)
{
    struct problem problem;
    if (!test_world())
        return false;
    countries = catalogue_countries(test_catalogue());
    products = catalogue_products(test_catalogue());
    return sound ||
           ingest_manifest("tests/fixtures/toy-world.json", countries, &sound, &sound_bytes, &problem) == ST_OK;
}

static char *copy_of(struct str input)
{
    char *copy = malloc(input.n ? input.n : 1); /* exactly as long, so that reading behind it is seen */
    FUZZ_CHECK(copy != NULL);
    if (input.n)
        memcpy(copy, input.p, input.n);
    return copy;
}

static struct cube_query question(const struct cube *cube, unsigned group, enum cube_dim spread, enum level level)
{
    size_t n;
    const uint32_t *period = cube_periods(cube, &n);
    return (struct cube_query){.group = group,
                               .level = level,
                               .kind = n ? period_kind_of(period[0]) : PERIOD_YEAR,
                               .spread = spread,
                               .measures = CUBE_QUANTITY,
                               .max_rows = 100000};
}

static void run(const struct cube *cube, const struct cube_query *query)
{
    struct arena arena;
    struct cube_rows rows;
    arena_init(&arena, (size_t)64 << 20);
    enum status status = cube_run(cube, query, &rows, 1, &arena, NULL);
    FUZZ_CHECK(status == ST_OK || status == ST_CORRUPT || status == ST_TOO_LARGE || status == ST_NO_MEMORY);
    arena_release(&arena);
}

/* What is asked of one member, one pair, one product, one period. */
static void ask_some(const struct cube *cube)
{
    size_t n_members, n_periods, n_leaves;
    const uint32_t *member = cube_members(cube, &n_members), *period = cube_periods(cube, &n_periods);
    (void)cube_leaves(cube, &n_leaves);
    if (n_members == 0 || n_periods == 0 || n_leaves == 0)
        return;
    const uint32_t leaf = (uint32_t)n_leaves - 1;
    const enum level level = cube_dataset(cube)->level;
    struct cube_query query = question(cube, CUBE_BIT(CUBE_PERIOD), CUBE_NO_SPREAD, LEVEL_TOTAL);
    query.only[CUBE_REPORTER] = (struct cube_set){&member[n_members - 1], 1};
    query.only[CUBE_PARTNER] = (struct cube_set){&member[0], 1};
    run(cube, &query); /* a pair's series */
    query = question(cube, CUBE_BIT(CUBE_REPORTER) | CUBE_BIT(CUBE_FLOW), CUBE_NO_SPREAD, LEVEL_TOTAL);
    query.only[CUBE_PRODUCT] = (struct cube_set){&leaf, 1};
    query.only[CUBE_PERIOD] = (struct cube_set){&period[n_periods - 1], 1};
    run(cube, &query); /* the suppliers of a product */
    query = question(cube, CUBE_BIT(CUBE_PRODUCT), CUBE_REPORTER, level);
    query.only[CUBE_PARTNER] = (struct cube_set){&member[0], 1};
    query.only[CUBE_PERIOD] = (struct cube_set){&period[0], 1};
    run(cube, &query); /* who sells what to one */
}

/* Everything a cube can be asked for. */
static void ask_all(const struct cube *cube)
{
    struct cube_query query;
    static const unsigned groups[] = {0, CUBE_BIT(CUBE_REPORTER) | CUBE_BIT(CUBE_PARTNER) | CUBE_BIT(CUBE_FLOW),
                                      CUBE_BIT(CUBE_PRODUCT), CUBE_BIT(CUBE_PERIOD) | CUBE_BIT(CUBE_PARTNER),
                                      (1U << CUBE_DIMS) - 1};
    const enum level leaf = cube_dataset(cube)->level;
    size_t n_members, n_periods;
    const uint32_t *member = cube_members(cube, &n_members), *period = cube_periods(cube, &n_periods);
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        bool products_too = groups[g] & CUBE_BIT(CUBE_PRODUCT);
        query = question(cube, groups[g], CUBE_NO_SPREAD, products_too ? leaf : LEVEL_TOTAL);
        run(cube, &query);
    }
    query = question(cube, CUBE_BIT(CUBE_PRODUCT) | CUBE_BIT(CUBE_FLOW), CUBE_PARTNER, leaf);
    run(cube, &query);
    query = question(cube, CUBE_BIT(CUBE_REPORTER), CUBE_PRODUCT, LEVEL_TOTAL);
    run(cube, &query);
    query = question(cube, CUBE_BIT(CUBE_REPORTER), CUBE_PARTNER, LEVEL_TOTAL);
    run(cube, &query); /* a member's periods in one group */
    ask_some(cube);
    for (size_t i = 0; i < n_members && i < 4; i++)
        for (size_t p = 0; p < n_periods && p < 3; p++) {
            (void)cube_held(cube, member[i], member[n_members - 1 - i], FLOW_IMPORTS, period[p]);
            (void)cube_held(cube, member[i], ANY_MEMBER, FLOW_EXPORTS, period[p]);
            (void)cube_trades(cube, member[i], member[0]);
            (void)cube_tells_world(cube, FLOW_EXPORTS, period[p]);
        }
    (void)cube_release(cube);
    (void)cube_observations(cube);
}

/* Whether a section of a large, mapped file is only checked where it is read. The rest is believed from the time it is opened. */
static bool checked_late(uint32_t kind)
{
    return kind == SECTION_ROWS || kind == SECTION_RUNS || kind == SECTION_INDEX || kind == SECTION_SERIES;
}

/* One change: a section, a place in it, and what its byte is changed by. */
static void change(char *bytes, struct str *input)
{
    struct file_header h;
    struct file_section s;
    memcpy(&h, bytes, sizeof h);
    memcpy(&s, bytes + h.contents_offset + fuzz_byte(input) % h.contents_count * sizeof s, sizeof s);
    size_t at = fuzz_byte(input) << 8;
    at |= fuzz_byte(input);
    unsigned by = fuzz_byte(input);
    if (checked_late(s.kind) && s.bytes)
        bytes[s.offset + at % s.bytes] = (char)((unsigned char)bytes[s.offset + at % s.bytes] ^ by);
}

/* A sound file that is changed after it was opened, as one that is mapped may be. */
static void change_behind(struct str input)
{
    struct problem problem;
    struct cube *cube;
    char *copy = copy_of(str_span(sound, sound_bytes));
    FUZZ_CHECK(cube_open_take("behind.cube", copy, sound_bytes, countries, products, &cube, &problem) == ST_OK);
    char *bytes = (char *)(uintptr_t)cube->image.bytes; /* small ones lie in pages that cannot be written */
    if ((uintptr_t)bytes % 4096 == 0)
        FUZZ_CHECK(mprotect(bytes, sound_bytes, PROT_READ | PROT_WRITE) == 0);
    while (input.n)
        change(bytes, &input);
    ask_all(cube);
    enum status status = cube_verify(cube, &problem);
    FUZZ_CHECK(status == ST_OK || status == ST_CORRUPT || status == ST_NO_MEMORY);
    cube_close(cube);
}

static void one_cube(struct str input)
{
    struct problem problem = {.detail = ""};
    struct cube *cube;
    if (cube_open_take("forged.cube", copy_of(input), input.n, countries, products, &cube, &problem) != ST_OK) {
        FUZZ_CHECK(problem.detail[0] != '\0' && problem.place[0] != '\0');
        return;
    }
    ask_all(cube);
    enum status status = cube_verify(cube, &problem);
    FUZZ_CHECK(status == ST_OK || status == ST_CORRUPT || status == ST_NO_MEMORY);
    cube_close(cube);
}

const struct fuzz_target fuzz_cube = {"cube", start_cube, one_cube, forge_cube};
const struct fuzz_target fuzz_behind = {"behind", start_cube, change_behind, NULL};
