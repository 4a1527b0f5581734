/* Imports that few make: options and tables that do not fit, packed files that are damaged, cells at the edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "import_case.h"

#define HEAD "t,i,j,k,v,q\n"
#define ROW "2020,4,24,300431,0.198,1\n"
#define FILE17 "BACI_HS17_Y2020_V202501.csv"
#define CODES "country_code,country_iso3\n"

static void expect_refusal(const char *format, const struct ingest_options *options, const char *path,
                           const char *place, const char *detail)
{
    struct import_result result;
    import_run(&result, format, options, (const char *const[]){path, NULL});
    if (result.status == ST_OK || !strstr(result.problem.place, place) || !strstr(result.problem.detail, detail))
        fail_msg("%s: %s, not %s: %s", result.problem.place, result.problem.detail, place, detail);
    import_release(&result);
}

/* ---- BACI ---- */

static void names_of_files_are_read_or_not(void **state)
{
    (void)state;
    static const char *const no_names[] = {
        "BACI.csv",
        "BACI_HS17.csv",
        "BACI_HS17_2020_V202501.csv",
        "BACI_HS17_Y20_V202501.csv",
        "BACI_HS17_Yxxxx_V202501.csv",
        "BACI_17_Y2020_V1.csv",
        "DATA_HS17_Y2020_V1.csv",
        "BACI_HS17_Y2020_202501.csv",
        "BACI_HS17_Y2020_V.csv",
    };
    for (size_t i = 0; i < sizeof no_names / sizeof *no_names; i++)
        expect_refusal("baci", NULL, import_file(no_names[i], STR(HEAD ROW)), no_names[i],
                       "does not say which revision");
    static const char *const names[] = {"baci_hs17_Y2020_V202501.csv", "BACI_HS2017_Y2020_V1.csv.gz"};
    import_gives("baci", NULL, import_file(names[0], STR(HEAD ROW)), "2020 AFG AGO X 300431 198 1000\n");
    import_gives("baci", NULL, import_packed(names[1], STR(HEAD ROW)), "2020 AFG AGO X 300431 198 1000\n");
}

static void tables_of_codes_are_checked(void **state)
{
    (void)state;
    static const struct {
        bool products;
        const char *table, *detail;
    } cases[] = {
        {true, "code,description\nx1,a\n", "this is no product code of six digits"},
        {true, "code,description\n1234567,a\n", "this is no product code of six digits"},
        {true, "code,description\n1234,a\n", "this is no product code of six digits"},
        {true, "code,description\n12345x,a\n", "this is no product code of six digits"},
        {true, "description,code\nonly one\n", "fewer fields than the header"},
        {true, "description\na\n", "code"},
        {true, "", "empty"},
        {false, CODES "4\n", "fewer fields than the header"},
        {false, "country_iso3,country_code\nAFG\n", "fewer fields than the header"},
        {false, CODES "x,AFG\n", "no country number of three digits"},
        {false, CODES "1000,AFG\n", "no country number of three digits"},
        {false, "country_code\n4\n", "country_iso3"},
        {false, CODES "4,AFG\n24,AFG\n", "number 24 is AFG here and AGO"},
    };
    const char *path = import_file(FILE17, STR(HEAD ROW));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ingest_options options = ingest_options_default();
        const char *table = import_file("codes.csv", str_view(cases[i].table));
        *(cases[i].products ? &options.products_file : &options.countries_file) = table;
        expect_refusal("baci", &options, path, "codes.csv", cases[i].detail);
    }
    struct ingest_options options = ingest_options_default();
    options.countries_file = import_file("codes.csv", STR(CODES "4,AFG\n4,AFG\n24,XXX\n736,SDN\n"));
    import_gives("baci", &options, path, "2020 AFG AGO X 300431 198 1000\n");
    options.products_file = "/nowhere/products.csv";
    expect_refusal("baci", &options, path, "/nowhere/products.csv", "cannot open");
    options = ingest_options_default();
    options.countries_file = "/nowhere/countries.csv";
    expect_refusal("baci", &options, path, "/nowhere/countries.csv", "cannot open");
}

static void options_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const enum level chapters = LEVEL_HS2, leaves = LEVEL_HS6;
    const char *path = import_file(FILE17, STR(HEAD ROW));
    struct ingest_options options = ingest_options_default();
    options.level = &chapters;
    expect_refusal("baci", &options, path, "--level", "BACI is of level hs6");
    expect_refusal("tests/fixtures/toy-world.json", &options, "tests/fixtures/toy-world.csv", "toy-world.json",
                   "a manifest has its own level");
    options.level = &leaves;
    import_gives("baci", &options, path, "2020 AFG AGO X 300431 198 1000\n");
    options = ingest_options_default();
    options.countries_file = path;
    expect_refusal("comtrade", &options, path, "--countries-file", "");
    options = ingest_options_default();
    options.products_file = path;
    expect_refusal("comtrade", &options, path, "--products-file", "");
    expect_refusal("tests/fixtures/toy-world.json", &options, "tests/fixtures/toy-world.csv", "--products-file", "");
    options = ingest_options_default();
    options.title = "not \xff text";
    expect_refusal("baci", &options, path, "options", "is not UTF-8 text");
    expect_refusal("xlsx", NULL, path, "xlsx", "this is no format");
    expect_refusal("baci", NULL, NULL, "baci", "");
    expect_refusal("comtrade", NULL, NULL, "comtrade", "no file is named");
    expect_refusal("/nowhere/manifest.json", NULL, NULL, "/nowhere/manifest.json", "cannot open");
}

static void codes_are_cut_where_they_are_too_long(void **state)
{
    (void)state;
    /* 47 bytes of a code are kept, and no part of a letter. */
    const char *path = import_file(
        FILE17, STR(HEAD "2020,\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                         "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                         "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9,24,300431,1,1\n"));
    struct import_result result;
    import_run(&result, "baci", NULL, (const char *const[]){path, NULL});
    assert_int_equal(result.status, ST_INVALID);
    assert_int_equal(result.report.countries.n, 1);
    assert_int_equal(strlen(result.report.countries.code[0].text), 46);
    assert_true(str_utf8(str_view(result.report.countries.code[0].text)));
    import_release(&result);
}

/* ---- packed files ---- */

/* The import of the first `n` of these bytes, of which byte `flip`, if it is there, is another one. */
static void import_bytes(struct import_result *result, const char *name, struct str bytes, size_t n, size_t flip)
{
    char copy[4096];
    assert_true(bytes.n <= sizeof copy);
    memcpy(copy, bytes.p, bytes.n);
    if (flip < bytes.n)
        copy[flip] = (char)(copy[flip] ^ 0x55);
    import_run(result, "baci", NULL, (const char *const[]){import_file(name, str_span(copy, n)), NULL});
}

/* Whatever is cut off or turned over: refused with the file's name, or not noticed because it matters to nobody. */
static void damaged_packed_files_are_refused(void **state)
{
    (void)state;
    static const char name[] = "BACI_HS17_Y2020_V202501.csv.gz";
    char bytes[4096];
    size_t refused = 0;
    FILE *whole = fopen(import_packed(name, STR(HEAD ROW "2020,4,156,300431,0.5,1\n")), "rb");
    assert_non_null(whole);
    size_t n = fread(bytes, 1, sizeof bytes, whole);
    assert_int_equal(fclose(whole), 0);
    assert_true(n > 18 && n < sizeof bytes);
    for (size_t i = 0; i < n; i++) {
        struct import_result result;
        import_bytes(&result, name, str_span(bytes, n), i, SIZE_MAX);
        if (result.status == ST_OK)
            fail_msg("cut after %zu of %zu bytes it is taken for whole", i, n);
        assert_non_null(strstr(result.problem.place, name));
        import_release(&result);
        import_bytes(&result, name, str_span(bytes, n), n, i);
        if (result.status == ST_OK && i >= 10) /* before that stand the time and the system */
            fail_msg("with byte %zu of %zu turned over it is taken for whole", i, n);
        refused += result.status != ST_OK;
        import_release(&result);
    }
    assert_true(refused >= n - 10);
}

/* ---- Comtrade ---- */

#define API "period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue,netWgt,classificationCode\n"

static void codes_of_comtrade_at_the_edge(void **state)
{
    (void)state;
    static const struct {
        const char *row, *rows; /* NULL: refused with `detail` */
        const char *detail;
    } cases[] = {
        {"2019,699,156,M,850760,5,6,H5\n", "2019 IND CHN M 850760 5 6\n", NULL},
        {"2019,699,156,M,9999AA,5,6,H5\n", "2019 IND CHN M 999999 5 6\n", NULL},
        {"2019,699,156,M,10121,5,6,H5\n", "2019 IND CHN M 010121 5 6\n", NULL},
        {"201913,699,156,M,850760,5,6,H5\n", NULL, "201913"},
        {"201900,699,156,M,850760,5,6,H5\n", NULL, "201900"},
        {"2019xx,699,156,M,850760,5,6,H5\n", NULL, "2019xx"},
        {"201,699,156,M,850760,5,6,H5\n", NULL, "201"},
        {"x019,699,156,M,850760,5,6,H5\n", NULL, "x019"},
        {"1019,699,156,M,850760,5,6,H5\n", NULL, "1019"},
        {"2019,699,156,M,S01,5,6,H5\n", NULL, "S01"},
        {"2019,699,156,M,8507x,5,6,H5\n", NULL, "8507x"},
        {"2019,699,156,Q,850760,5,6,H5\n", NULL, "Q"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char csv[512];
        (void)snprintf(csv, sizeof csv, "%s%s", API, cases[i].row);
        const char *path = import_file("a.csv", str_view(csv));
        if (cases[i].rows)
            import_gives("comtrade", NULL, path, cases[i].rows);
        else
            expect_refusal("comtrade", NULL, path, "a.csv", cases[i].detail);
    }
    expect_refusal(
        "comtrade", NULL,
        import_file("a.csv", STR("period,reporterCode,partnerCode,flowCode,cmdCode,fobvalue,netWgt,classificationCode\n"
                                 "2019,699,156,X,850760,5,6,H5\n")),
        "a.csv", "primaryValue");
}

/* ---- manifests ---- */

#define MANIFEST(file)                                                                                                 \
    "{\"id\":\"t\",\"title\":\"T\",\"source\":\"S\",\"licence\":\"L\",\"frequency\":\"A\",\"level\":\"hs2\","          \
    "\"valuation\":{\"exports\":\"FOB\",\"imports\":\"CIF\"},\"basis\":\"reported\",\"coverage\":\"full\","            \
    "\"partners\":\"all\",\"file\":\"" file "\",\"codes\":\"iso3\",\"columns\":{\"period\":\"p\",\"reporter\":\"r\","  \
    "\"partner\":\"q\",\"product\":\"c\",\"flow\":\"f\",\"value\":\"v\",\"status\":\"s\"},\"value_unit\":\"USD\"}"

static void cells_of_manifests_at_the_edge(void **state)
{
    (void)state;
    static const struct {
        const char *row, *rows, *detail;
    } cases[] = {
        {"2019,IND,CHN,85,X,5,final\n", "2019 IND CHN X 85 5 -\n", NULL},
        {"2019,IND,CHN,85,M,5,\n", "2019 IND CHN M 85 5 -\n", NULL},
        {"2019,IND,CHN,85,exports,5,rounded\n", NULL, ""},
        {"2019,IND,CHN,85,X,5,guessed\n", NULL, "is no status: write final, provisional, estimated or rounded"},
        {"2019,IND,CHN,8507,X,5,final\n", NULL, "is not a code of level hs2"},
        {"2019,IND,CHN,8507608507608507608507608507608507608507608507608507,X,5,final\n", NULL,
         "is not a code of level hs2"},
        {"2019,IND,CHN,,X,5,final\n", NULL, "is not a code of level hs2"},
        {"2019,IND,CHN,85,,5,final\n", NULL, ""},
        {"2019,IND,IND,85,X,5,final\n", "2019 IND IND X 85 5 -\n", NULL},
        {"2019,IND\n", NULL, ""},
    };
    const char *manifest = import_file("m.json", STR(MANIFEST("m.csv")));
    char path[256];
    (void)snprintf(path, sizeof path, "%s", manifest);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char csv[512];
        (void)snprintf(csv, sizeof csv, "p,r,q,c,f,v,s\n%s", cases[i].row);
        const char *file = import_file("m.csv", str_view(csv));
        if (cases[i].rows)
            import_gives(path, NULL, file, cases[i].rows);
        else if (cases[i].detail[0])
            expect_refusal(path, NULL, file, "m.csv:2", cases[i].detail);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, import_make_folder, import_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_of_files_are_read_or_not),      CASE(tables_of_codes_are_checked),
        CASE(options_that_do_not_fit_are_refused), CASE(codes_are_cut_where_they_are_too_long),
        CASE(damaged_packed_files_are_refused),    CASE(codes_of_comtrade_at_the_edge),
        CASE(cells_of_manifests_at_the_edge),
    };
    return cmocka_run_group_tests(tests, import_read_tables, import_free_tables);
}
