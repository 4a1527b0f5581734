/* Archives and packed files: what is in them is read; hostile and damaged ones end in a clear word, within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#include "import_case.h"

#define HEAD "period,reporter,partner,flow,product,value_usd\n"
#define ROWS "2018,IND,CHN,M,850760,41\n2018,IND,USA,X,300490,42\n"
#define WANTED "2018 IND CHN M 850760 41 -\n2018 IND USA X 300490 42 -\n"

struct kind {
    const char *name;
    int (*format)(struct archive *archive);
    int (*filter)(struct archive *archive);
};

static const struct kind kinds[] = {
    {"a.zip", archive_write_set_format_zip, NULL},
    {"a.tar", archive_write_set_format_ustar, NULL},
    {"a.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip},
    {"a.tar.zst", archive_write_set_format_pax_restricted, archive_write_add_filter_zstd},
    {"a.7z", archive_write_set_format_7zip, NULL},
    {"a.csv.xz", archive_write_set_format_raw, archive_write_add_filter_xz},
    {"a.csv.bz2", archive_write_set_format_raw, archive_write_add_filter_bzip2},
    {"a.csv.zst", archive_write_set_format_raw, archive_write_add_filter_zstd},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static struct archive *start(const struct kind *kind, const char *path)
{
    struct archive *a = archive_write_new();
    assert_non_null(a);
    assert_int_equal(kind->format(a), ARCHIVE_OK);
    if (kind->filter)
        assert_int_equal(kind->filter(a), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    return a;
}

static void add(struct archive *a, const char *name, struct str bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)bytes.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, bytes.p, bytes.n), (la_ssize_t)bytes.n);
    archive_entry_free(entry);
}

static const char *pack(const struct kind *kind)
{
    const char *path = import_path(kind->name);
    struct archive *a = start(kind, path);
    if (kind->format == archive_write_set_format_raw) {
        add(a, "a.csv", STR(HEAD ROWS));
    } else {
        add(a, "trade/2018.csv", STR(HEAD ROWS));
        add(a, "trade/read me.txt", STR("Nothing of interest.\n"));
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    return path;
}

static void each_kind_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        import_gives(NULL, NULL, pack(&kinds[i]), WANTED);
}

/* Refused, or read as it was because what was lost matters to nobody. */
static void expect_no_other_rows(const char *path, const char *what, size_t at)
{
    struct import_result result;
    struct buf rows;
    import_run(&result, NULL, NULL, (const char *const[]){path, NULL});
    buf_init(&rows, (size_t)1 << 20);
    if (result.status == ST_OK)
        import_transcribe(result.bytes, result.n, &rows);
    if (result.status == ST_OK ? !str_is(buf_view(&rows), WANTED) : !result.problem.detail[0])
        fail_msg("%s, %s byte %zu, gives\n%.*s", path, what, at, STR_ARG(buf_view(&rows)));
    buf_release(&rows);
    import_release(&result);
}

static void damaged_ones_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem problem;
        char *bytes;
        size_t n;
        bool sums = kinds[i].format != archive_write_set_format_ustar ||
                    kinds[i].filter; /* a bare tar has no checksums of its files */
        FILE *file = fopen(pack(&kinds[i]), "rb");
        assert_non_null(file);
        bytes = malloc(1 << 16);
        assert_non_null(bytes);
        n = fread(bytes, 1, 1 << 16, file);
        (void)fclose(file);
        (void)problem;
        for (size_t at = 0; at < n; at += 1 + n / 97) {
            expect_no_other_rows(import_file("cut", str_span(bytes, at)), "cut at", at);
            bytes[at] = (char)(bytes[at] ^ 0x20);
            if (sums && !strstr(kinds[i].name, "zst")) /* libarchive's frames have none */
                expect_no_other_rows(import_file("turned", str_span(bytes, n)), "turned over", at);
            bytes[at] = (char)(bytes[at] ^ 0x20);
        }
        free(bytes);
    }
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void members_without_end_are_refused(void **state)
{
    (void)state;
    const char *path = import_path("many.zip");
    struct archive *a = start(&kinds[0], path);
    for (unsigned i = 0; i < 100000; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%u.csv", i);
        add(a, name, STR(""));
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    double before = seconds();
    import_refuses(NULL, NULL, path, 0, "more than 10000 members");
    assert_true(seconds() - before < 60);
}

/* A gigabyte of line ends, in a megabyte. */
static void write_bomb(const char *path, struct str head)
{
    size_t n = (size_t)16 << 20;
    unsigned char *lines = malloc(n), *packed = malloc(compressBound(n) + 32);
    assert_true(lines && packed);
    memset(lines, '\n', n);
    memcpy(lines, head.p, head.n);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (unsigned i = 0; i < 64; i++) {
        z_stream z = {.next_in = lines,
                      .avail_in = (unsigned)n,
                      .next_out = packed,
                      .avail_out = (unsigned)compressBound(n) + 32};
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        assert_int_equal(fwrite(packed, 1, z.total_out, file), z.total_out);
        (void)deflateEnd(&z);
        memset(lines, '\n', head.n);
    }
    assert_int_equal(fclose(file), 0);
    free(lines);
    free(packed);
}

static void a_bomb_is_refused(void **state)
{
    (void)state;
    const char *path = import_path("bomb.csv.gz");
    write_bomb(path, STR(HEAD ROWS));
    import_refuses(NULL, NULL, path, 0, "times as large as packed");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, import_make_folder, import_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_kind_is_read),
        CASE(damaged_ones_are_refused),
        CASE(members_without_end_are_refused),
        CASE(a_bomb_is_refused),
    };
    return cmocka_run_group_tests(tests, import_read_tables, import_free_tables);
}
