#include "world.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#include "cube/file/format.h"

/* Two periods, both flows, one and two bytes wide, with and without quantity and status, the world as a partner. */
static const struct world_row small[] = {
    {"IND", "CHN", FLOW_EXPORTS, "2018", "260111", 200, 7, OBS_FINAL},
    {"IND", "CHN", FLOW_IMPORTS, "2018", "854140", 65000, QUANTITY_UNKNOWN, OBS_ESTIMATED},
    {"IND", "CHN", FLOW_IMPORTS, "2018", "850760", 3, 0, OBS_FINAL},
    {"IND", "WLD", FLOW_IMPORTS, "2018", "850760", 9, 4, OBS_PROVISIONAL},
    {"IND", "USA", FLOW_EXPORTS, "2019", "854140", 70000, QUANTITY_UNKNOWN, OBS_FINAL},
    {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 5, 255, OBS_ROUNDED},
};

static struct str small_bytes(bool backwards)
{
    struct observation o[COUNT(small)];
    struct dataset d = world_reported("small", PARTNERS_ALL);
    d.note[0] = STR("one note");
    d.n_notes = 1;
    for (size_t i = 0; i < COUNT(small); i++)
        o[backwards ? COUNT(small) - 1 - i : i] = world_observation(&small[i]);
    return world_bytes(&d, o, COUNT(small));
}

static char *copy_of(struct str bytes, size_t n)
{
    char *copy = malloc(n ? n : 1); /* exactly as long, so that a sanitizer sees reading behind it */
    assert_non_null(copy);
    memcpy(copy, bytes.p, n);
    return copy;
}

static void drop(struct str bytes) { free((void *)(uintptr_t)bytes.p); }

static enum status open_copy(struct str bytes, size_t n, struct cube **cube)
{
    return cube_open_take("small.cube", copy_of(bytes, n), n, world.countries, world.products, cube, &world.problem);
}

/* ---- everything a cube says, as bytes ---- */

static void add_number(struct buf *out, int64_t number) { buf_printf(out, "%lld ", (long long)number); }

static void add_run(const struct cube *cube, unsigned group, enum level level, struct buf *out)
{
    struct arena arena;
    struct cube_rows rows;
    struct cube_query q = {
        .group = group, .level = level, .kind = PERIOD_YEAR, .spread = CUBE_NO_SPREAD, .measures = CUBE_QUANTITY};
    arena_init(&arena, SIZE_MAX);
    enum status status = cube_run(cube, &q, &rows, 1, &arena, NULL);
    assert_true(status == ST_OK || status == ST_CORRUPT); /* a forged file may have runs that are none */
    add_number(out, status);
    for (size_t i = 0; status == ST_OK && i < rows.n; i++) {
        for (size_t d = 0; d < CUBE_DIMS; d++)
            add_number(out, rows.key[d] ? rows.key[d][i] : 0);
        add_number(out, rows.value_usd[i]);
        add_number(out, rows.quantity_kg[i]);
        add_number(out, rows.unweighed_usd[i]);
        add_number(out, rows.status[i]);
    }
    arena_release(&arena);
}

static void add_lists(const struct cube *cube, struct buf *out)
{
    size_t n;
    const uint32_t *number = cube_members(cube, &n);
    for (size_t i = 0; i < n; i++)
        add_number(out, number[i]);
    number = cube_periods(cube, &n);
    for (size_t i = 0; i < n; i++)
        add_number(out, number[i]);
    for (enum level level = LEVEL_TOTAL; level <= LEVEL_HS8; level++) {
        const struct str *code = cube_nodes(cube, level, &n);
        for (size_t i = 0; i < n; i++)
            buf_add(out, code[i]);
    }
}

static void add_answers(const struct cube *cube, struct buf *out)
{
    unsigned all = (1U << CUBE_DIMS) - 1;
    buf_init(out, SIZE_MAX / 2);
    assert_int_equal(dataset_print(cube_dataset(cube), out), ST_OK);
    buf_add(out, cube_release(cube));
    add_number(out, (int64_t)cube_observations(cube));
    add_lists(cube, out);
    add_run(cube, all, LEVEL_HS6, out);
    add_run(cube, all & ~CUBE_BIT(CUBE_PRODUCT), LEVEL_TOTAL, out);              /* from the runs' totals */
    add_run(cube, CUBE_BIT(CUBE_PRODUCT) | CUBE_BIT(CUBE_FLOW), LEVEL_HS6, out); /* from the roll-ups */
}

static bool same_answers(const struct cube *cube, const struct buf *wanted)
{
    struct buf got;
    add_answers(cube, &got);
    bool same = str_eq(buf_view(&got), buf_view(wanted));
    buf_release(&got);
    return same;
}

/* ---- building ---- */

static void what_is_built_is_what_is_read(void **state)
{
    (void)state;
    struct cube *cube = world_open(small_bytes(false));
    size_t n;
    assert_true(str_is(cube_dataset(cube)->id, "small"));
    assert_true(str_is(cube_dataset(cube)->note[0], "one note"));
    assert_int_equal(cube_dataset(cube)->n_notes, 1);
    assert_int_equal(cube_observations(cube), COUNT(small));
    assert_int_equal(cube_release(cube).n, 12);
    const uint32_t *period = cube_periods(cube, &n);
    assert_int_equal(n, 2);
    assert_int_equal(period[0], world_period("2018"));
    (void)cube_members(cube, &n);
    assert_int_equal(n, 4);
    const struct str *leaf = cube_leaves(cube, &n);
    assert_int_equal(n, 3);
    assert_true(str_is(leaf[0], "260111") && str_is(leaf[1], "850760") && str_is(leaf[2], "854140"));
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    cube_close(cube);
}

static void a_leaf_range_is_a_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *prefix;
        uint32_t from, to;
    } range[] = {{"TOTAL", 0, 3},  {"26", 0, 1},     {"85", 1, 3}, {"8541", 2, 3},
                 {"854140", 2, 3}, {"854141", 3, 3}, {"01", 0, 0}};
    struct cube *cube = world_open(small_bytes(false));
    for (size_t i = 0; i < COUNT(range); i++) {
        uint32_t from, to;
        cube_leaf_range(cube, str_view(range[i].prefix), &from, &to);
        assert_int_equal(from, range[i].from);
        assert_int_equal(to, range[i].to);
    }
    cube_close(cube);
}

static void the_order_of_the_input_does_not_matter(void **state)
{
    (void)state;
    struct str forwards = small_bytes(false), backwards = small_bytes(true);
    assert_int_equal(forwards.n, backwards.n);
    assert_memory_equal(forwards.p, backwards.p, forwards.n);
    drop(forwards);
    drop(backwards);
}

/* `line` is given to the second observation only. */
static enum status build_two(struct world_row a, struct world_row b)
{
    struct dataset d = world_reported("two", PARTNERS_ALL);
    struct cube_builder *builder = cube_builder_new(&d, world.countries);
    struct observation first = world_observation(&a), second = world_observation(&b);
    char *bytes = NULL;
    size_t n;
    first.line = 2;
    second.line = 9;
    enum status status = cube_builder_add(builder, &first, &world.problem);
    if (status == ST_OK)
        status = cube_builder_add(builder, &second, &world.problem);
    if (status == ST_OK)
        status = cube_builder_finish(builder, "two.csv", &bytes, &n, &world.problem);
    free(bytes);
    cube_builder_free(builder);
    return status;
}

static void double_keys_name_both_lines(void **state)
{
    (void)state;
    assert_int_equal(build_two(small[0], small[0]), ST_INVALID);
    assert_string_equal(world.problem.place, "two.csv:9");
    assert_non_null(strstr(world.problem.detail, "2018, IND, CHN, exports, 260111"));
    assert_non_null(strstr(world.problem.detail, "line 2"));
}

static void wrong_observations_are_refused(void **state)
{
    (void)state;
    struct world_row wrong[5];
    for (size_t i = 0; i < COUNT(wrong); i++)
        wrong[i] = small[1];
    wrong[0].product = "85414010"; /* finer than the dataset; what is coarser is published */
    wrong[1].product = "85414O";
    wrong[2].period = "2018-04";
    wrong[3].value_usd = -1;
    wrong[4].quantity_kg = -1;
    assert_int_equal(build_two(small[0], small[1]), ST_OK);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(build_two(small[0], wrong[i]), ST_INVALID);
        assert_true(world.problem.detail[0] != '\0');
    }
}

static void nothing_makes_no_cube(void **state)
{
    (void)state;
    struct dataset d = world_dataset("empty");
    struct cube_builder *builder = cube_builder_new(&d, world.countries);
    char *bytes;
    size_t n;
    assert_int_equal(cube_builder_finish(builder, "empty.csv", &bytes, &n, &world.problem), ST_INVALID);
    assert_string_equal(world.problem.place, "empty.csv");
    cube_builder_free(builder);
}

/* ---- damage ---- */

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    for (size_t n = 0; n < whole.n; n++) {
        struct cube *cube = NULL;
        if (open_copy(whole, n, &cube) != ST_CORRUPT)
            fail_msg("%zu of %zu bytes were not refused as corrupt", n, whole.n);
        assert_null(cube);
    }
    drop(whole);
}

static void more_bytes_are_refused(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    char *longer = calloc(1, whole.n + 8);
    struct cube *cube;
    memcpy(longer, whole.p, whole.n);
    assert_int_equal(
        cube_open_take("long.cube", longer, whole.n + 8, world.countries, world.products, &cube, &world.problem),
        ST_CORRUPT);
    drop(whole);
}

static void every_flipped_bit_is_refused_or_changes_nothing(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    char *bytes = (char *)(uintptr_t)whole.p;
    struct cube *cube;
    struct buf wanted;
    size_t harmless = 0;
    assert_int_equal(open_copy(whole, whole.n, &cube), ST_OK);
    add_answers(cube, &wanted);
    cube_close(cube);
    for (size_t bit = 0; bit < whole.n * 8; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        if (open_copy(whole, whole.n, &cube) == ST_OK) {
            harmless++;
            if (!same_answers(cube, &wanted))
                fail_msg("bit %zu of byte %zu changes an answer", bit % 8, bit / 8);
            cube_close(cube);
        }
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    /* Only the filling between sections is outside a checksum: less than eight bytes for each. */
    assert_true(harmless <= 12 * 7 * 8);
    buf_release(&wanted);
    drop(whole);
}

static struct file_header header_of(struct str bytes)
{
    struct file_header h;
    memcpy(&h, bytes.p, sizeof h);
    return h;
}

static struct file_section section_of(struct str bytes, size_t index)
{
    struct file_section s;
    memcpy(&s, bytes.p + header_of(bytes).contents_offset + index * sizeof s, sizeof s);
    return s;
}

static void a_message_names_the_section(void **state)
{
    (void)state;
    static const char *const place[] = {"section ROWS of 2018",   "section RUNS of 2018",   "section INDEX of 2018",
                                        "section ROWS of 2019",   "section RUNS of 2019",   "section INDEX of 2019",
                                        "section LEAVES of 2018", "section LEAVES of 2019", "section SERIES",
                                        "section RESTS",          "section RETURNS",        "section DATASET",
                                        "section MEMBERS",        "section PRODUCTS"};
    struct str whole = small_bytes(false);
    assert_int_equal(header_of(whole).contents_count, COUNT(place));
    for (size_t i = 0; i < COUNT(place); i++) {
        struct cube *cube;
        char *byte = (char *)(uintptr_t)whole.p + section_of(whole, i).offset;
        *byte = (char)(*byte ^ 1);
        assert_int_equal(open_copy(whole, whole.n, &cube), ST_CORRUPT);
        assert_non_null(strstr(world.problem.place, "small.cube"));
        assert_non_null(strstr(world.problem.place, place[i]));
        *byte = (char)(*byte ^ 1);
    }
    drop(whole);
}

/* Makes all checksums right again after a change: what somebody does who forges a file. */
static void seal_again(char *bytes, size_t n)
{
    struct file_header h = header_of(str_span(bytes, n));
    for (size_t i = 0; i < h.contents_count; i++) {
        struct file_section s = section_of(str_span(bytes, n), i);
        s.hash = XXH3_64bits(bytes + s.offset, s.bytes);
        memcpy(bytes + h.contents_offset + i * sizeof s, &s, sizeof s);
    }
    h.contents_hash = XXH3_64bits(bytes + h.contents_offset, n - h.contents_offset);
    h.header_hash = XXH3_64bits(&h, offsetof(struct file_header, header_hash));
    memcpy(bytes, &h, sizeof h);
}

/* With right checksums a changed file may be another, valid one; it must never be read beyond its bounds. */
static void forged_files_are_read_within_their_bounds(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    size_t end = header_of(whole).contents_offset, opened = 0;
    assert_true(end <= whole.n);
    for (size_t at = sizeof(struct file_header); at < end; at++) {
        char *bytes = copy_of(whole, whole.n);
        struct cube *cube;
        struct buf answers;
        bytes[at] = (char)(bytes[at] ^ 0x81);
        seal_again(bytes, whole.n);
        if (cube_open_take("forged.cube", bytes, whole.n, world.countries, world.products, &cube, NULL) != ST_OK)
            continue;
        opened++;
        add_answers(cube, &answers);
        buf_release(&answers);
        cube_close(cube);
    }
    assert_true(opened < end);
    drop(whole);
}

/* A file whose checksums are right opens; verify finds that its parts do not belong together. */
static void verify_finds_forged_sections(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    size_t refused = 0, found = 0, end = header_of(whole).contents_offset;
    assert_true(end <= whole.n);
    for (size_t at = sizeof(struct file_header); at < end; at++) {
        char *bytes = copy_of(whole, whole.n);
        struct cube *cube;
        bytes[at] = (char)(bytes[at] ^ 0x81);
        seal_again(bytes, whole.n);
        if (cube_open_take("forged.cube", bytes, whole.n, world.countries, world.products, &cube, NULL) != ST_OK) {
            refused++;
            continue;
        }
        size_t n_sections = header_of(whole).contents_count, section = 0;
        while (section + 1 < n_sections && section_of(whole, section + 1).offset <= at)
            section++;
        struct file_section s = section_of(whole, section);
        bool filling = at >= s.offset + s.bytes, told = s.kind >= SECTION_RETURNS; /* what else could be there */
        if (cube_verify(cube, &world.problem) == ST_CORRUPT)
            found++;
        else if (!filling && !told && s.kind != SECTION_LEAVES && s.kind != SECTION_ROWS)
            fail_msg("byte %zu of section kind %u is not missed", at - s.offset, s.kind);
        cube_close(cube);
    }
    assert_true(refused > 0 && found > 0);
    drop(whole);
}

/* The value of the world's roll-up no longer is the sum of its parts. */
static void rows_must_agree_with_their_roll_up(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    char *bytes = copy_of(whole, whole.n);
    struct file_section rows = section_of(whole, 3);
    struct cube *cube;
    bytes[rows.offset + rows.bytes - 1] = (char)(bytes[rows.offset + rows.bytes - 1] ^ 1);
    seal_again(bytes, whole.n);
    assert_int_equal(
        cube_open_take("forged.cube", bytes, whole.n, world.countries, world.products, &cube, &world.problem), ST_OK);
    assert_int_equal(cube_verify(cube, &world.problem), ST_CORRUPT);
    assert_non_null(strstr(world.problem.place, "section ROWS of 2019"));
    cube_close(cube);
    drop(whole);
}

/* Where the cube has its copy of the bytes: its leaves are views into PRODUCTS, the last section. */
static char *copy_inside(const struct cube *cube, struct str bytes)
{
    size_t n;
    struct file_section products = section_of(bytes, header_of(bytes).contents_count - 1);
    return (char *)(uintptr_t)cube_leaves(cube, &n)[0].p - products.offset;
}

/* As memory rots: nothing of ours could write there. */
static void verify_finds_what_changed_after_opening(void **state)
{
    (void)state;
    struct str whole = small_bytes(false);
    size_t rows = section_of(whole, 0).offset;
    struct cube *cube;
    assert_int_equal(open_copy(whole, whole.n, &cube), ST_OK);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    char *inside = copy_inside(cube, whole);
    if ((uintptr_t)inside % 4096 == 0)
        assert_int_equal(mprotect(inside, whole.n, PROT_READ | PROT_WRITE), 0);
    inside[rows] = (char)(inside[rows] ^ 4);
    assert_int_equal(cube_verify(cube, &world.problem), ST_CORRUPT);
    assert_non_null(strstr(world.problem.place, "section ROWS of 2018"));
    cube_close(cube);
    drop(whole);
}

/* What the kernel lets be done with the page at `p`, as in /proc/self/maps: "r--p". */
static void permissions_at(const void *p, char out[5])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    out[0] = '\0';
    while (maps && fgets(line, sizeof line, maps)) {
        char *rest;
        uintptr_t from = strtoull(line, &rest, 16), to = strtoull(rest + 1, &rest, 16);
        if ((uintptr_t)p >= from && (uintptr_t)p < to)
            (void)snprintf(out, 5, "%.4s", rest + 1);
    }
    if (maps)
        fclose(maps);
}

/* Under the address sanitizer they are malloc's, so that it can watch their ends. */
static void nothing_can_be_written_into_it(void **state)
{
    (void)state;
    struct cube *cube;
    char permissions[5];
    struct str whole = small_bytes(false);
    assert_int_equal(open_copy(whole, whole.n, &cube), ST_OK);
    permissions_at(copy_inside(cube, whole), permissions);
#if defined(__SANITIZE_ADDRESS__)
    assert_string_equal(permissions, "rw-p");
#else
    assert_string_equal(permissions, "r--p");
#endif
    cube_close(cube);
    drop(whole);
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

static size_t files_in_folder(void)
{
    DIR *dir = opendir(folder);
    size_t n = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    (void)closedir(dir);
    return n;
}

/* Reads the file once: between two readings another process may have replaced it. */
static bool file_is_one_of(struct str a, struct str b)
{
    char *bytes;
    size_t n;
    if (ingest_slurp(file, (size_t)1 << 20, &bytes, &n, &world.problem) != ST_OK)
        return false;
    bool same = str_eq(str_span(bytes, n), a) || str_eq(str_span(bytes, n), b);
    free(bytes);
    return same;
}

static bool file_is(struct str wanted) { return file_is_one_of(wanted, wanted); }

static void a_stored_cube_opens(void **state)
{
    (void)state;
    struct str bytes = small_bytes(false);
    struct cube *cube;
    assert_int_equal(cube_store(file, bytes.p, bytes.n, &world.problem), ST_OK);
    assert_int_equal(files_in_folder(), 1);
    assert_true(file_is(bytes));
    assert_int_equal(cube_open(file, world.countries, world.products, &cube, &world.problem), ST_OK);
    assert_int_equal(cube_bytes(cube), bytes.n);
    assert_int_equal(cube_verify(cube, &world.problem), ST_OK);
    cube_close(cube);
    drop(bytes);
}

static void a_missing_file_is_not_found(void **state)
{
    (void)state;
    struct cube *cube;
    assert_int_equal(cube_open(file, world.countries, world.products, &cube, &world.problem), ST_NOT_FOUND);
    assert_string_equal(world.problem.place, file);
    assert_int_equal(cube_open(folder, world.countries, world.products, &cube, &world.problem), ST_INVALID);
}

/* Another process stores two contents in turn; a reader sees the one or the other, never a mixture and never nothing. */
static void a_reader_sees_one_file_or_the_other(void **state)
{
    (void)state;
    static char first[40000], second[90000];
    memset(first, 'a', sizeof first);
    memset(second, 'b', sizeof second);
    struct str a = str_span(first, sizeof first), b = str_span(second, sizeof second);
    assert_int_equal(cube_store(file, a.p, a.n, &world.problem), ST_OK);
    pid_t child = fork();
    if (child == 0) {
        enum status status = ST_OK;
        for (int i = 0; status == ST_OK && i < 40; i++)
            status = i % 2 ? cube_store(file, a.p, a.n, NULL) : cube_store(file, b.p, b.n, NULL);
        _exit(status == ST_OK ? 0 : 1);
    }
    assert_true(child > 0);
    int how = 0;
    bool whole = true;
    while (waitpid(child, &how, WNOHANG) == 0)
        whole = whole && file_is_one_of(a, b);
    assert_true(whole);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    assert_int_equal(files_in_folder(), 1);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    static char big[8192];
    struct rlimit old, tight;
    assert_int_equal(cube_store(file, "old", 3, &world.problem), ST_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight = (struct rlimit){4096, old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    enum status status = cube_store(file, big, sizeof big, &world.problem);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(status, ST_IO);
    assert_int_equal(files_in_folder(), 1);
    assert_true(file_is(STR("old")));
}

static void a_store_that_cannot_be_leaves_nothing(void **state)
{
    (void)state;
    char inside[128];
    (void)snprintf(inside, sizeof inside, "%s/none/a.cube", folder);
    assert_int_equal(cube_store(inside, "new", 3, &world.problem), ST_IO);
    assert_int_equal(mkdir(file, 0755), 0); /* which nothing is put in the place of */
    enum status status = cube_store(file, "new", 3, &world.problem);
    size_t n = files_in_folder();
    assert_int_equal(rmdir(file), 0);
    assert_int_equal(status, ST_INVALID);
    assert_int_equal(n, 1);
}

#define on_disk(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_is_what_is_read),
        cmocka_unit_test(a_leaf_range_is_a_prefix),
        cmocka_unit_test(the_order_of_the_input_does_not_matter),
        cmocka_unit_test(double_keys_name_both_lines),
        cmocka_unit_test(wrong_observations_are_refused),
        cmocka_unit_test(nothing_makes_no_cube),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(more_bytes_are_refused),
        cmocka_unit_test(every_flipped_bit_is_refused_or_changes_nothing),
        cmocka_unit_test(a_message_names_the_section),
        cmocka_unit_test(forged_files_are_read_within_their_bounds),
        cmocka_unit_test(verify_finds_forged_sections),
        cmocka_unit_test(rows_must_agree_with_their_roll_up),
        cmocka_unit_test(verify_finds_what_changed_after_opening),
        cmocka_unit_test(nothing_can_be_written_into_it),
        on_disk(a_stored_cube_opens),
        on_disk(a_missing_file_is_not_found),
        on_disk(a_reader_sees_one_file_or_the_other),
        on_disk(a_full_disk_leaves_the_old_file),
        on_disk(a_store_that_cannot_be_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
