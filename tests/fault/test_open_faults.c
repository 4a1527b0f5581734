/* A cube file that is opened while a system call fails, is cut short or interrupted, or while memory is out: a reason, and nothing left
 * open or allocated (the sanitizers' pass sees to that); afterwards it opens. */
#include "unit/world.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cube/engine/engine.h"
#include "faults.h"

static char folder[64], small[96], large[96];
static struct str bytes;

static int setup(void **state)
{
    static const struct world_row row[] = {
        {"IND", "CHN", FLOW_EXPORTS, "2018", "260111", 200, 7, OBS_FINAL},
        {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 3, 0, OBS_FINAL},
    };
    struct observation o[COUNT(row)];
    struct dataset d = world_reported("small", PARTNERS_ALL);
    if (world_setup(state) != 0)
        return -1;
    for (size_t i = 0; i < COUNT(row); i++)
        o[i] = world_observation(&row[i]);
    bytes = world_bytes(&d, o, COUNT(row));
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(small, sizeof small, "%s/small.cube", folder);
    (void)snprintf(large, sizeof large, "%s/large.cube", folder);
    if (cube_store(small, bytes.p, bytes.n, &world.problem) != ST_OK ||
        cube_store(large, bytes.p, bytes.n, &world.problem) != ST_OK)
        return -1;
    return truncate(large, (off_t)CUBE_SMALL_BYTES + 1); /* so long that it is mapped; no cube any more */
}

static int teardown(void **state)
{
    (void)unlink(small);
    (void)unlink(large);
    free((void *)(uintptr_t)bytes.p);
    return rmdir(folder) == 0 ? world_teardown(state) : -1;
}

static char *copy_of_bytes(void)
{
    char *copy = malloc(bytes.n);
    assert_non_null(copy);
    memcpy(copy, bytes.p, bytes.n);
    return copy;
}

/* Opens a file, or a copy of the bytes where `path` is NULL, while call `at` goes wrong; *calls: how many there were. */
static enum status open_while(enum fault_kind kind, size_t at, bool lasting, const char *path, size_t *calls)
{
    struct cube *cube = NULL;
    char *copy = path ? NULL : copy_of_bytes();
    world.problem = (struct problem){.status = ST_OK};
    fault_set(kind, at, lasting);
    enum status status =
        path ? cube_open(path, world.countries, world.products, &cube, &world.problem)
             : cube_open_take("taken", copy, bytes.n, world.countries, world.products, &cube, &world.problem);
    *calls = fault_calls();
    fault_set(FAULT_NONE, 0, false);
    assert_int_equal(cube != NULL, status == ST_OK);
    cube_close(cube);
    return status;
}

static void opens_again(const char *path)
{
    size_t calls;
    assert_int_equal(open_while(FAULT_NONE, 0, false, path, &calls), ST_OK);
}

/* ---- system calls ---- */

static void expect_reasons(const char *path, enum status in_the_end, const char *const *reason, size_t n)
{
    size_t calls, told = 0;
    for (size_t at = 0;; at++) {
        enum status status = open_while(FAULT_EIO, at, false, path, &calls);
        if (at >= calls) /* there is no such call */
            break;
        if (status == in_the_end) /* only closing has failed */
            continue;
        assert_string_equal(world.problem.place, path);
        if (status == ST_NO_MEMORY) /* for pages; the address sanitizer has malloc instead */
            assert_string_equal(world.problem.detail, "out of memory while reading");
        else if (status != ST_IO || told == n || !strstr(world.problem.detail, reason[told++]))
            fail_msg("call %zu: %d, %s", at, status, world.problem.detail);
    }
    assert_int_equal(told, n);
}

static void every_system_call_may_fail(void **state)
{
    (void)state;
    static const char *const of_small[] = {"cannot open", "cannot look at", "cannot read"};
    static const char *const of_large[] = {"cannot open", "cannot look at", "cannot map"};
    expect_reasons(small, ST_OK, of_small, COUNT(of_small));
    expect_reasons(large, ST_CORRUPT, of_large, COUNT(of_large));
    opens_again(small);
}

static void a_way_that_leads_nowhere_is_no_missing_file(void **state)
{
    (void)state;
    char inside[128];
    size_t calls;
    (void)snprintf(inside, sizeof inside, "%s/a.cube", small);
    assert_int_equal(open_while(FAULT_NONE, 0, false, inside, &calls), ST_IO);
    assert_non_null(strstr(world.problem.detail, "cannot open"));
    (void)snprintf(inside, sizeof inside, "%s/a.cube", folder);
    assert_int_equal(open_while(FAULT_NONE, 0, false, inside, &calls), ST_NOT_FOUND);
}

static void short_and_interrupted_reads_lose_nothing(void **state)
{
    (void)state;
    size_t calls;
    assert_int_equal(open_while(FAULT_SHORT, 0, true, small, &calls), ST_OK);
    assert_true(calls > 8);
}

/* Somebody else cuts it between the look at its length and the reading. */
static void a_file_that_becomes_shorter_is_refused(void **state)
{
    (void)state;
    size_t calls;
    assert_int_equal(open_while(FAULT_END, 0, false, small, &calls), ST_CORRUPT);
    assert_string_equal(world.problem.place, small);
    assert_non_null(strstr(world.problem.detail, "became shorter while it was read"));
    opens_again(small);
}

/* ---- memory ---- */

static size_t open_without_each(enum fault_kind kind, const char *path)
{
    size_t calls;
    for (size_t at = 0;; at++) {
        enum status status = open_while(kind, at, false, path, &calls);
        if (at >= calls)
            return calls;
        if (status != ST_NO_MEMORY || !world.problem.place[0] || !strstr(world.problem.detail, "out of memory"))
            fail_msg("allocation %zu: %d, \"%s: %s\"", at, status, world.problem.place, world.problem.detail);
        opens_again(path);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(open_without_each(FAULT_MEMORY, small) >= 4);
    assert_true(open_without_each(FAULT_MEMORY, NULL) >= 4);
    assert_true(open_without_each(FAULT_PIECE, small) > 20);
}

static void pages_may_be_out(void **state)
{
    (void)state;
    size_t calls;
    enum status status = open_while(FAULT_EIO, 0, false, NULL, &calls);
    if (calls == 0)
        skip(); /* the address sanitizer has malloc instead */
    assert_int_equal(status, ST_NO_MEMORY);
    assert_string_equal(world.problem.place, "taken");
    opens_again(NULL);
}

/* ---- stores ---- */

/* As they are where the address sanitizer watches: memory of malloc's, which no page guards. */
static void a_store_on_the_heap_stays_writable_and_is_freed(void **state)
{
    (void)state;
    struct store store = {.kind = STORE_HEAP, .bytes = malloc(8), .n = 8};
    assert_non_null(store.bytes);
    store_seal(&store);
    memset(store.bytes, 1, store.n);
    store_release(&store);
    assert_int_equal(store.kind, STORE_NONE);
    assert_null(store.bytes);
    store_release(&store); /* nothing is left to be released */
    assert_int_equal(store.kind, STORE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_system_call_may_fail),
        cmocka_unit_test(a_way_that_leads_nowhere_is_no_missing_file),
        cmocka_unit_test(short_and_interrupted_reads_lose_nothing),
        cmocka_unit_test(a_file_that_becomes_shorter_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(pages_may_be_out),
        cmocka_unit_test(a_store_on_the_heap_stays_writable_and_is_freed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
