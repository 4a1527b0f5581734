#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "entrepot/base/buf.h"
#include "entrepot/cube/cube.h"
#include "entrepot/ingest/ingest.h"

static struct countries *countries;
static struct problem problem;
static char folder[200], manifest[256], plain[256], packed[256];

static int read_countries(void **state)
{
    char *text;
    size_t n;
    (void)state;
    if (ingest_slurp("config/countries.csv", (size_t)1 << 20, &text, &n, &problem) != ST_OK)
        return -1;
    enum status status = countries_read("countries.csv", str_span(text, n), &countries, &problem);
    free(text);
    return status == ST_OK ? 0 : -1;
}

static int free_countries(void **state)
{
    (void)state;
    countries_free(countries);
    return 0;
}

static int make_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/ingest-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(manifest, sizeof manifest, "%s/t.json", folder);
    (void)snprintf(plain, sizeof plain, "%s/t.csv", folder);
    (void)snprintf(packed, sizeof packed, "%s/t.csv.gz", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(manifest);
    (void)unlink(plain);
    (void)unlink(packed);
    return rmdir(folder);
}

static void write_file(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    assert_int_equal(fclose(file), 0);
}

static void write_manifest(const char *file, const char *value_column)
{
    char text[1000];
    int n = snprintf(text, sizeof text,
                     "{\"id\":\"t\",\"title\":\"T\",\"source\":\"S\",\"licence\":\"L\",\"frequency\":\"A\","
                     "\"level\":\"hs6\",\"valuation\":{\"exports\":\"FOB\",\"imports\":\"CIF\"},"
                     "\"basis\":\"reported\",\"coverage\":\"full\",\"partners\":\"listed\",\"file\":\"%s\","
                     "\"codes\":\"iso3\",\"columns\":{\"period\":\"t\",\"reporter\":\"r\",\"partner\":\"p\","
                     "\"flow\":\"f\",\"product\":\"k\",\"value\":\"%s\"},\"value_unit\":\"USD thousand\"}",
                     file, value_column);
    write_file(manifest, str_span(text, (size_t)n));
}

/* A cube from a CSV of this text; the caller frees it. */
static struct str cube_of(struct str csv)
{
    char *bytes;
    size_t n;
    write_manifest("t.csv", "v");
    write_file(plain, csv);
    if (ingest_manifest(manifest, countries, &bytes, &n, &problem) != ST_OK)
        fail_msg("%s: %s", problem.place, problem.detail);
    return str_span(bytes, n);
}

static void release(struct str cube) { free((void *)(uintptr_t)cube.p); }

static void expect_refusal(enum status wanted, const char *file, int line)
{
    char place[300], *bytes = NULL;
    size_t n;
    (void)snprintf(place, sizeof place, line ? "%s:%d" : "%s", file, line);
    problem = (struct problem){.status = ST_OK};
    assert_int_equal(ingest_manifest(manifest, countries, &bytes, &n, &problem), wanted);
    assert_null(bytes);
    assert_string_equal(problem.place, place);
}

static void refuse_csv(const char *csv, int line, const char *part)
{
    write_manifest("t.csv", "v");
    write_file(plain, str_view(csv));
    expect_refusal(ST_INVALID, plain, line);
    if (!strstr(problem.detail, part))
        fail_msg("\"%s\" does not name \"%s\"", problem.detail, part);
}

#define HEAD "t,r,p,f,k,v\n"
static const char good[] = HEAD "2019,IND,CHN,M,850760,1.5\n2018,IND,CHN,X,270900,7\n2019,IND,WLD,M,850760,2\n";

/* `rows` good rows; row `bad`, counted from 1, has the value "oops". */
static void many_rows(struct buf *out, unsigned rows, unsigned bad)
{
    buf_lit(out, HEAD);
    for (unsigned i = 1; i <= rows; i++)
        buf_printf(out, "2019,IND,CHN,M,%06u,%s\n", 100000 + i, i == bad ? "oops" : "12.5");
    assert_false(out->failed);
}

static void a_bad_number_is_named_with_its_line(void **state)
{
    (void)state;
    struct buf csv;
    buf_init(&csv, (size_t)1 << 20);
    many_rows(&csv, 6000, 5000);
    write_manifest("t.csv", "v");
    write_file(plain, buf_view(&csv));
    buf_release(&csv);
    expect_refusal(ST_INVALID, plain, 5001); /* the header is line 1 */
    assert_non_null(strstr(problem.detail, "\"v\""));
    assert_non_null(strstr(problem.detail, "\"oops\""));
}

static void a_wrong_column_lists_those_there_are(void **state)
{
    (void)state;
    write_manifest("t.csv", "worth");
    write_file(plain, str_view(good));
    expect_refusal(ST_INVALID, plain, 1);
    assert_non_null(strstr(problem.detail, "\"worth\""));
    assert_non_null(strstr(problem.detail, "t, r, p, f, k, v"));
}

static void a_double_key_names_both_lines(void **state)
{
    (void)state;
    write_manifest("t.csv", "v");
    write_file(plain, STR(HEAD "2018,IND,CHN,M,850760,1\n2019,IND,CHN,M,850760,1\n"
                               "2019,IND,USA,M,850760,1\n2019,IND,CHN,M,850760,2\n"));
    expect_refusal(ST_INVALID, plain, 5);
    assert_non_null(strstr(problem.detail, "line 3 "));
}

static void unknown_countries_are_listed_together(void **state)
{
    (void)state;
    refuse_csv(HEAD "2019,IND,CHN,M,850760,1\n2019,QQQ,CHN,M,850760,1\n"
                    "2019,IND,ZZZ,M,850760,1\n2019,QQQ,USA,M,850760,1\n",
               3, "QQQ, ZZZ");
    assert_non_null(strstr(problem.detail, "3 unknown"));
}

/* Puts `to` in the place of `from` in the manifest that is there. */
static void replace_in_manifest(const char *from, const char *to)
{
    char *text, changed[1200];
    size_t n;
    assert_int_equal(ingest_slurp(manifest, 1200, &text, &n, &problem), ST_OK);
    const char *at = strstr(text, from);
    assert_non_null(at);
    int length = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_true(length > 0 && (size_t)length < sizeof changed);
    free(text);
    write_file(manifest, str_span(changed, (size_t)length));
}

static void change_manifest(const char *from, const char *to)
{
    write_manifest("t.csv", "v");
    replace_in_manifest(from, to);
}

static void a_comma_inside_a_number_is_no_new_field(void **state)
{
    (void)state;
    refuse_csv(HEAD "2019,IND,CHN,M,850760,12,345\n", 2, "\"345\"");
    struct str a = cube_of(STR(HEAD "2019,IND,CHN,M,850760,12\n"));
    struct str b =
        cube_of(STR(HEAD "2019,IND,CHN,M,850760,12,, \n")); /* nothing in them: some exporters end lines so */
    assert_true(str_eq(a, b));
    release(a);
    release(b);
}

static void two_columns_of_one_name_are_refused(void **state)
{
    (void)state;
    refuse_csv("t,r,p,f,k,v, v\n2019,IND,CHN,M,850760,1,2\n", 1, "two columns");
    struct str cube = cube_of(STR("t,r,p,f,k,v,x,x\n2019,IND,CHN,M,850760,1,2,3\n")); /* of no concern */
    release(cube);
}

static void reconciled_data_have_exports_only(void **state)
{
    (void)state;
    change_manifest("\"reported\"", "\"reconciled\"");
    write_file(plain, STR(HEAD "2019,IND,CHN,X,850760,1\n2019,IND,CHN,M,850760,1\n"));
    expect_refusal(ST_INVALID, plain, 3);
    assert_non_null(strstr(problem.detail, "\"M\""));
}

static void one_product_is_no_total(void **state)
{
    (void)state;
    char *bytes;
    size_t n;
    change_manifest("\"hs6\"", "\"total\"");
    write_file(plain, STR(HEAD "2019,IND,CHN,M,TOTAL,1\n2018,IND,CHN,M,85,1\n"));
    expect_refusal(ST_INVALID, plain, 3);
    assert_non_null(strstr(problem.detail, "\"85\""));
    write_file(plain, STR(HEAD "2019,IND,CHN,M,TOTAL,1\n"));
    assert_int_equal(ingest_manifest(manifest, countries, &bytes, &n, &problem), ST_OK);
    free(bytes);
}

/* What the cube holds of one month: IND's imports from CHN, product 850760. */
static void expect_cell(const struct cube *cube, uint32_t month, int64_t value_usd, int64_t quantity_kg,
                        unsigned status)
{
    struct arena arena;
    struct cube_rows rows;
    struct cube_query query = {.only[CUBE_PERIOD] = {&month, 1},
                               .level = LEVEL_TOTAL,
                               .kind = PERIOD_MONTH,
                               .spread = CUBE_NO_SPREAD,
                               .measures = CUBE_QUANTITY};
    arena_init(&arena, (size_t)1 << 20);
    assert_int_equal(cube_run(cube, &query, &rows, 1, &arena, NULL), ST_OK);
    assert_int_equal(rows.n, 1);
    if (rows.value_usd[0] != value_usd || rows.quantity_kg[0] != quantity_kg || rows.status[0] != status)
        fail_msg("month %u: %lld USD, %lld kg, status %u", period_ordinal(month) % 12 + 1, (long long)rows.value_usd[0],
                 (long long)rows.quantity_kg[0], rows.status[0]);
    arena_release(&arena);
}

static void units_quantities_and_statuses_arrive(void **state)
{
    (void)state;
    static const struct {
        const char *cells;
        int64_t value_usd, quantity_kg;
        unsigned status;
    } month[] = {
        {"70319.64,1.5,", 70319640000, 1500, OBS_FINAL},
        {"1,0,final", 1000000, QUANTITY_UNKNOWN, OBS_FINAL}, /* what has a value has a weight: nobody told it */
        {"0.0000005,NA,F", 0, QUANTITY_UNKNOWN, OBS_FINAL},  /* half a dollar goes to the even one */
        {"0.0000015,,provisional", 2, QUANTITY_UNKNOWN, OBS_PROVISIONAL},
        {"1,2,P", 1000000, 2000, OBS_PROVISIONAL},
        {"1,2,estimated", 1000000, 2000, OBS_ESTIMATED},
        {"1,2,E", 1000000, 2000, OBS_ESTIMATED},
        {"1,2,rounded", 1000000, 2000, OBS_ROUNDED},
        {"2e3,2,R", 2000000000, 2000, OBS_ROUNDED}};
    struct buf csv;
    struct products *products;
    struct cube *cube;
    char *bytes;
    size_t n;
    change_manifest("\"frequency\":\"A\"",
                    "\"quantity_unit\":\"tonnes\",\"constants\":{\"product\":\"850760\"},\"frequency\":\"M\"");
    replace_in_manifest("USD thousand", "USD million");
    replace_in_manifest("\"product\":\"k\"", "\"quantity\":\"q\",\"status\":\"s\"");
    buf_init(&csv, 10000);
    buf_lit(&csv, "t,r,p,f,v,q,s\n");
    for (size_t i = 0; i < sizeof month / sizeof *month; i++)
        buf_printf(&csv, "2019-%02zu,IND,CHN,M,%s\n", i + 1, month[i].cells);
    write_file(plain, buf_view(&csv));
    buf_release(&csv);
    assert_int_equal(ingest_slurp("config/products.csv", (size_t)1 << 20, &bytes, &n, &problem), ST_OK);
    assert_int_equal(products_read("products.csv", str_span(bytes, n), &products, &problem), ST_OK);
    free(bytes);
    if (ingest_manifest(manifest, countries, &bytes, &n, &problem) != ST_OK)
        fail_msg("%s: %s", problem.place, problem.detail);
    assert_int_equal(cube_open_take("t.cube", bytes, n, countries, products, &cube, &problem), ST_OK);
    for (uint32_t i = 0; i < sizeof month / sizeof *month; i++)
        expect_cell(cube, period_make(PERIOD_MONTH, 2019 * 12 + i), month[i].value_usd, month[i].quantity_kg,
                    month[i].status);
    cube_close(cube);
    products_free(products);
}

static void other_bad_cells_are_named(void **state)
{
    (void)state;
    refuse_csv(HEAD "2019,IND,CHN,M,8507,1\n", 2, "8507");
    refuse_csv(HEAD "2019-04,IND,CHN,M,850760,1\n", 2, "frequency");
    refuse_csv(HEAD "2019-13,IND,CHN,M,850760,1\n", 2, "2019-13");
    refuse_csv(HEAD "2019,IND,CHN,Z,850760,1\n", 2, "\"Z\"");
    refuse_csv(HEAD "2019,IND,CHN,M,850760,-1\n", 2, "negative");
    refuse_csv(HEAD "2019,IND,CHN,M,850760,1e30\n", 2, "larger");
    refuse_csv(HEAD "2019,IND,CHN,M,850760,\n", 2, "number");
    refuse_csv(HEAD "2019,IND\n", 2, "fewer fields");
    refuse_csv(HEAD "2019,IND,CHN,M,850760,\"1\n", 2, "quote");
    refuse_csv("", 0, "empty");
}

static void spelling_leaves_no_trace_in_the_cube(void **state)
{
    (void)state;
    struct str a = cube_of(str_view(good)), again = cube_of(str_view(good));
    struct str b = cube_of(STR("\xEF\xBB\xBFt,\"r\",p,f,k,v\r\n2019,IND,CHN,M,\"850760\",\"1.5\"\r\n\r\n"
                               "2018,IND,CHN,X,270900,7\r\n"
                               "\"2019\",IND,WLD,M,850760,2"));
    struct str c = cube_of(STR("v,k,t,r,p,f\n2,850760,2019,IND,WLD,imports\n"
                               "1.50,850760,2019,ind,CHN,m\n7e0,270900,2018,IND,CHN,exports\n"));
    assert_true(a.n > 0);
    assert_true(str_eq(a, again));
    assert_true(str_eq(a, b));
    assert_true(str_eq(a, c)); /* nor does the order of rows and columns */
    release(a);
    release(again);
    release(b);
    release(c);
}

static void pack(struct str bytes)
{
    gzFile file = gzopen(packed, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes.p, (unsigned)bytes.n), (int)bytes.n);
    assert_int_equal(gzclose(file), Z_OK);
}

static void a_packed_file_is_the_same(void **state)
{
    (void)state;
    char *bytes;
    size_t n;
    struct str cube = cube_of(str_view(good));
    pack(str_view(good));
    write_manifest("t.csv.gz", "v");
    assert_int_equal(ingest_manifest(manifest, countries, &bytes, &n, &problem), ST_OK);
    assert_true(str_eq(cube, str_span(bytes, n)));
    free(bytes);
    release(cube);
}

static void a_packed_file_cut_short_is_refused(void **state)
{
    (void)state;
    struct buf csv;
    struct {
        char *bytes;
        size_t n;
    } whole;
    buf_init(&csv, (size_t)1 << 20);
    many_rows(&csv, 3000, 0);
    pack(buf_view(&csv));
    buf_release(&csv);
    write_manifest("t.csv.gz", "v");
    FILE *file = fopen(packed, "rb");
    assert_non_null(file);
    whole.bytes = malloc((size_t)1 << 20);
    assert_non_null(whole.bytes);
    whole.n = fread(whole.bytes, 1, (size_t)1 << 20, file);
    (void)fclose(file);
    const size_t cut[] = {whole.n - 1, whole.n - 4, whole.n - 8, whole.n - 9, whole.n / 2, 40};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        write_file(packed, str_span(whole.bytes, cut[i]));
        expect_refusal(ST_IO, packed, 0);
        assert_non_null(strstr(problem.detail, "gzip"));
    }
    free(whole.bytes);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    write_manifest("t.csv", "v");
    expect_refusal(ST_NOT_FOUND, plain, 0);
    (void)unlink(manifest);
    expect_refusal(ST_NOT_FOUND, manifest, 0);
}

static void slurp_keeps_its_limit(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t n = 0;
    write_file(plain, STR("12345"));
    assert_int_equal(ingest_slurp(plain, 4, &bytes, &n, &problem), ST_TOO_LARGE);
    assert_null(bytes);
    assert_int_equal(ingest_slurp(plain, 5, &bytes, &n, &problem), ST_OK);
    assert_int_equal(n, 5);
    assert_string_equal(bytes, "12345");
    free(bytes);
    assert_int_equal(ingest_slurp(folder, 5, &bytes, &n, &problem), ST_INVALID);
}

/* ---- manifests with files and spellings of their own ---- */

static struct str import_files(const char *const *file, size_t n, const struct ingest_options *options)
{
    char *bytes = NULL, output[300];
    size_t length = 0;
    struct ingest_report report;
    const struct ingest_options none = ingest_options_default();
    (void)snprintf(output, sizeof output, "%s/out.cube", folder);
    problem = (struct problem){.status = ST_OK};
    if (ingest_import(manifest, file, n, output, countries, options ? options : &none, &report, &problem) == ST_OK)
        assert_int_equal(ingest_slurp(output, (size_t)1 << 24, &bytes, &length, &problem), ST_OK);
    (void)unlink(output);
    return str_span(bytes, length);
}

static void files_replace_that_of_the_manifest(void **state)
{
    (void)state;
    struct str whole = cube_of(str_view(good));
    write_manifest("nowhere.csv", "v");
    struct str same = import_files((const char *const[]){plain}, 1, NULL);
    assert_true(str_eq(whole, same));
    release(same);
    /* In two files, one of them packed, with headers of their own. */
    write_file(plain, STR(HEAD "2018,IND,CHN,X,270900,7\n"));
    pack(STR("v,k,t,r,p,f\n1.5,850760,2019,IND,CHN,M\n2,850760,2019,IND,WLD,M\n"));
    same = import_files((const char *const[]){plain, packed}, 2, NULL);
    assert_true(str_eq(whole, same));
    release(same);
    release(whole);
    assert_null(import_files((const char *const[]){plain, plain}, 2, NULL).p);
    assert_non_null(strstr(problem.detail, "twice"));
    assert_null(import_files(NULL, 0, NULL).p);
    assert_non_null(strstr(problem.place, "nowhere.csv"));
}

static void options_change_the_description(void **state)
{
    (void)state;
    static const enum partners closed = PARTNERS_CLOSED;
    struct ingest_options options = ingest_options_default();
    options.id = "mine";
    options.title = "My title";
    options.published = "2026-01-31";
    options.hs = "H5";
    options.synthetic = true;
    options.partners = &closed;
    write_manifest("t.csv", "v");
    write_file(plain, str_view(good));
    struct str cube = import_files(NULL, 0, &options);
    assert_non_null(cube.p);
    const char *const parts[] = {"\"id\":\"mine\"", "My title",           "\"published\":\"2026-01-31\"",
                                 "\"HS2017\"",      "\"synthetic\":true", "\"partners\":\"closed\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!memmem(cube.p, cube.n, parts[i], strlen(parts[i])))
            fail_msg("%s is not in it", parts[i]);
    release(cube);
    options.id = "Not good";
    assert_null(import_files(NULL, 0, &options).p);
    assert_string_equal(problem.place, "--id");
    options = ingest_options_default();
    options.countries_file = plain;
    assert_null(import_files(NULL, 0, &options).p);
    assert_string_equal(problem.place, "--countries-file");
}

static void a_source_has_spellings_of_its_own(void **state)
{
    (void)state;
    char *bytes;
    size_t n;
    struct str wanted =
        cube_of(STR(HEAD "2019,IND,USA,M,850760,1\n2019,IND,X490,M,850760,2\n2019,IND,DEU,M,850760,3\n"));
    change_manifest("\"codes\"", "\"members\":{\"U S A\":\"USA\",\"C490\":\"X490\",\"FRA\":\"DEU\"},\"codes\"");
    write_file(plain, STR(HEAD "2019,IND, U S A ,M,850760,1\n2019,IND,C490,M,850760,2\n2019,IND,FRA,M,850760,3\n"));
    if (ingest_manifest(manifest, countries, &bytes, &n, &problem) != ST_OK)
        fail_msg("%s: %s", problem.place, problem.detail);
    assert_true(str_eq(wanted, str_span(bytes, n)));
    free(bytes);
    release(wanted);
    change_manifest("\"codes\"", "\"members\":{\"U S A\":\"UXA\"},\"codes\"");
    assert_int_equal(ingest_manifest(manifest, countries, &bytes, &n, &problem), ST_INVALID);
    assert_non_null(strstr(problem.place, "members"));
    assert_non_null(strstr(problem.detail, "\"UXA\""));
    change_manifest("\"codes\"", "\"members\":[],\"codes\"");
    assert_int_equal(ingest_manifest(manifest, countries, &bytes, &n, &problem), ST_INVALID);
    change_manifest("\"codes\"", "\"members\":{\"a\":1},\"codes\"");
    assert_int_equal(ingest_manifest(manifest, countries, &bytes, &n, &problem), ST_INVALID);
}

static void a_file_cut_in_a_line_says_so(void **state)
{
    (void)state;
    refuse_csv(HEAD "2019,IND,CHN,M,850760,1\n2019,IND,CH", 3, "cut short");
    refuse_csv(HEAD "2019,IND,CHN,M,850760,1\n2019,IND,CH\n", 3, "fewer fields");
    refuse_csv(HEAD "2019,IND,CHN,M,850760,1000000000000.5\n", 2, "larger than any trade");
}

static void the_data_that_is_shipped_loads(void **state)
{
    (void)state;
    static const char *const shipped[] = {
        "comtrade-critical-month", "comtrade-partners-2019", "dgcis-hs2-fy",     "dgcis-hs2-month",
        "dgcis-total-fy",          "dgcis-world-hs2",        "gacc-total-month", "gacc-world-year",
    };
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        char path[100], *bytes = NULL;
        size_t n;
        (void)snprintf(path, sizeof path, "data/%s.json", shipped[i]);
        if (ingest_manifest(path, countries, &bytes, &n, &problem) != ST_OK)
            fail_msg("%s: %s", problem.place, problem.detail);
        free(bytes);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_bad_number_is_named_with_its_line),
        CASE(a_wrong_column_lists_those_there_are),
        CASE(a_double_key_names_both_lines),
        CASE(unknown_countries_are_listed_together),
        CASE(a_comma_inside_a_number_is_no_new_field),
        CASE(two_columns_of_one_name_are_refused),
        CASE(reconciled_data_have_exports_only),
        CASE(one_product_is_no_total),
        CASE(units_quantities_and_statuses_arrive),
        CASE(other_bad_cells_are_named),
        CASE(spelling_leaves_no_trace_in_the_cube),
        CASE(a_packed_file_is_the_same),
        CASE(a_packed_file_cut_short_is_refused),
        CASE(a_file_that_is_not_there_is_named),
        CASE(slurp_keeps_its_limit),
        CASE(files_replace_that_of_the_manifest),
        CASE(options_change_the_description),
        CASE(a_source_has_spellings_of_its_own),
        CASE(a_file_cut_in_a_line_says_so),
        cmocka_unit_test(the_data_that_is_shipped_loads),
    };
    return cmocka_run_group_tests(tests, read_countries, free_countries);
}
