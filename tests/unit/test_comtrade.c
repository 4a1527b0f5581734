#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "import_case.h"

/* As the API writes it, cut to the columns that matter and some that do not. */
#define API                                                                                                            \
    "typeCode,freqCode,refYear,period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,partner2Code,"          \
    "classificationCode,cmdCode,cmdDesc,aggrLevel,customsCode,motCode,qty,netWgt,cifvalue,fobvalue,primaryValue,"      \
    "isAggregate\n"
/* period, reporter, flow, partner, partner2, HS, code, customs, transport, weight, value */
#define ROW(t, r, f, p, p2, hs, k, c, m, w, v)                                                                         \
    "C,A," t "," t "," r ",," f "," p ",," p2 "," hs "," k ",\"Goods, \"\"other\"\"\",6," c "," m ",1," w ",,," v      \
    ",False\n"
#define PLAIN(t, f, p, k, v) ROW(t, "699", f, p, "0", "H5", k, "C00", "0", "10", v)

static void gives(const struct ingest_options *options, const char *csv, const char *rows)
{
    import_gives("comtrade", options, import_file("a.csv", str_view(csv)), rows);
}

static void refuses(const struct ingest_options *options, const char *csv, int line, const char *part)
{
    import_refuses("comtrade", options, import_file("a.csv", str_view(csv)), line, part);
}

static struct ingest_options with_level(const enum level *level)
{
    struct ingest_options options = ingest_options_default();
    options.level = level;
    return options;
}

static void rows_of_the_api(void **state)
{
    (void)state;
    gives(NULL,
          API PLAIN("2019", "M", "156", "850760", "1234.5") PLAIN("2019", "M", "0", "850760", "2000")
              PLAIN("2019", "X", "842", "010121", "7") PLAIN("2018", "X", "490", "20110", "8"),
          "2018 IND X490 X 020110 8 10\n2019 IND CHN M 850760 1234 10\n2019 IND USA X 010121 7 10\n"
          "2019 IND WLD M 850760 2000 10\n");
}

static void a_header_in_any_order(void **state)
{
    (void)state;
    gives(NULL,
          "primaryValue,cmdCode,x,flowCode,partnerISO,reporterISO,refYear\n5,TOTAL,,M,W00,IND,2019\n6,TOTAL,,X,_X,IND,"
          "2019\n"
          "7,TOTAL,,X,S19,IND,2019\n",
          "2019 IND WLD M TOTAL 5 -\n2019 IND X490 X TOTAL 7 -\n2019 IND X899 X TOTAL 6 -\n");
    /* Codes win over letters. */
    gives(NULL, "primaryValue,cmdCode,flowCode,partnerISO,partnerCode,reporterISO,period\n5,85,M,FRA,156,IND,2019\n",
          "2019 IND CHN M 85 5 -\n");
}

static void the_older_columns(void **state)
{
    (void)state;
    gives(NULL,
          "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter "
          "Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner Code,2nd Partner,2nd Partner "
          "ISO,Customs Proc. Code,Customs,Mode of Transport Code,Mode of Transport,Commodity Code,Commodity,Qty Unit "
          "Code,Qty Unit,Qty,Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value "
          "(US$),CIF Trade Value (US$),FOB Trade Value (US$),Flag\n"
          "H5,2019,201904,April 2019,0,0,1,Import,699,India,IND,0,World,WLD,,,,,,,,TOTAL,All "
          "Commodities,1,No Quantity,0,,,,,,478883729111,,,4\n"
          "H5,2019,201904,April 2019,0,0,2,Export,699,India,IND,4,Afghanistan,AFG,,,,,,,,TOTAL,All "
          "Commodities,1,No Quantity,0,,,,0,,494771923,,,4\n"
          "H5,2019,201904,April 2019,0,0,3,Re-Export,699,India,IND,4,Afghanistan,AFG,,,,,,,,TOTAL,All "
          "Commodities,1,No Quantity,0,,,,0,,494771923,,,4\n",
          "2019-04 IND AFG X TOTAL 494771923 -\n2019-04 IND WLD M TOTAL 478883729111 -\n");
}

static void parts_are_left_out_and_counted(void **state)
{
    (void)state;
    struct import_result result;
    const char *path = import_file(
        "a.csv", STR(API PLAIN("2019", "M", "156", "850760", "1") PLAIN("2019", "RM", "156", "850760", "1")
                         PLAIN("2019", "DX", "156", "850760", "1") PLAIN("2019", "RX", "156", "850760", "1")
                             ROW("2019", "699", "M", "156", "842", "H5", "850760", "C00", "0", "1", "1")
                                 ROW("2019", "699", "M", "156", "0", "H5", "850760", "C01", "0", "1", "1")
                                     ROW("2019", "699", "M", "156", "0", "H5", "850760", "C00", "2100", "1", "1")
                                         PLAIN("2019", "M", "156", "TOTAL", "1") PLAIN("2019", "M", "156", "85", "1")));
    import_run(&result, "comtrade", NULL, (const char *const[]){path, NULL});
    if (result.status != ST_OK)
        fail_msg("%s", result.problem.detail);
    static const uint64_t skipped[INGEST_SKIPS] = {
        [SKIP_FLOW] = 3, [SKIP_SECOND_PARTNER] = 1, [SKIP_CUSTOMS] = 1, [SKIP_TRANSPORT] = 1};
    assert_int_equal(result.report.rows, 1);
    assert_memory_equal(result.report.skipped, skipped, sizeof skipped);
    import_release(&result);
}

static void the_level_is_that_of_the_finest_rows(void **state)
{
    (void)state;
    static const enum level hs4 = LEVEL_HS4, hs6 = LEVEL_HS6;
    static const char csv[] = API PLAIN("2019", "M", "156", "85", "3") PLAIN("2019", "M", "156", "8507", "2")
        PLAIN("2019", "M", "156", "850760", "1");
    struct ingest_options options = with_level(&hs4);
    gives(NULL, csv, "2019 IND CHN M 850760 1 10\n");
    gives(&options, csv, "2019 IND CHN M 8507 2 10\n");
    /* A finer one behind the first block. */
    struct ingest_options tiny = ingest_options_default();
    tiny.block_bytes = 1;
    refuses(&tiny, csv, 3, "\"8507\" is of level hs4, and the rows before it are of hs2");
    options = with_level(&hs6);
    options.block_bytes = 1;
    gives(&options, csv, "2019 IND CHN M 850760 1 10\n");
}

static void revisions_and_frequencies_are_not_mixed(void **state)
{
    (void)state;
    struct ingest_options options = ingest_options_default();
    refuses(NULL,
            API PLAIN("2019", "M", "156", "850760", "1")
                ROW("2019", "699", "M", "842", "0", "H4", "850760", "C00", "0", "1", "1"),
            3, "this row is of HS2012, and other rows of the imports of IND in 2019 are of HS2017");
    refuses(NULL, API ROW("2019", "699", "M", "842", "0", "S3", "8507", "C00", "0", "1", "1"), 2, "no revision");
    options.hs = "H6";
    refuses(&options, API PLAIN("2019", "M", "156", "850760", "1"), 2, "--hs says HS2022");
    refuses(NULL, API PLAIN("2019", "M", "156", "850760", "1") PLAIN("201904", "M", "156", "850760", "1"), 3,
            "is a month, and the rows before it are of years");
    refuses(NULL, API PLAIN("201904", "M", "156", "850760", "1") PLAIN("2019", "M", "156", "850760", "1"), 3,
            "is a year");
    refuses(NULL, API PLAIN("201913", "M", "156", "850760", "1"), 2, "column \"period\": \"201913\" is no period");
    refuses(NULL, API PLAIN("1899", "M", "156", "850760", "1"), 2, "is no period");
}

static void other_bad_cells_are_named(void **state)
{
    (void)state;
    refuses(NULL, API PLAIN("2019", "M", "156", "850760", "12x3"), 2,
            "column \"primaryValue\": \"12x3\" is not a number");
    refuses(NULL, API PLAIN("2019", "M", "156", "850760", "-1"), 2, "negative");
    refuses(NULL, API PLAIN("2019", "M", "156", "850760", ""), 2, "\"primaryValue\"");
    refuses(NULL, API PLAIN("2019", "M", "156", "850760", "1e16"), 2, "larger than any trade");
    refuses(NULL, API PLAIN("2019", "Q", "156", "850760", "1"), 2, "column \"flowCode\": \"Q\" is no flow");
    refuses(NULL, API PLAIN("2019", "M", "156", "85A760", "1"), 2, "column \"cmdCode\"");
    refuses(NULL, API PLAIN("2019", "M", "998", "850760", "1"), 2, "1 unknown country codes from this line on: 998");
    refuses(NULL, "period,reporterCode,partnerCode,flowCode,cmdCode\n", 1, "there is no column \"primaryValue\"");
    refuses(NULL, "period,reporterCode,flowCode,cmdCode,primaryValue\n", 1, "there is no column \"partnerCode\"");
    refuses(NULL, API "C,A,2019,2019,699,IND,M,156,CHN,0,H5,850760,\"Goods", 2, "quote");
    refuses(NULL, API "C,A,2019,2019,699,IND,M,156", 2, "cut short");
    refuses(NULL, API, 0, "no observation");
    refuses(NULL, API PLAIN("2019", "M", "156", "850760", "1") PLAIN("2019", "M", "156", "850760", "2"), 3, "line 2 ");
}

static void values_and_weights(void **state)
{
    (void)state;
    static const char head[] =
        "period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue,cifvalue,fobvalue,netWgt\n";
    char csv[1000];
    (void)snprintf(csv, sizeof csv,
                   "%s2019,699,156,M,01,,11,12,1.5\n2019,699,156,X,01,,11,12,2.5\n2019,699,156,M,02,7,11,12,0\n"
                   "2019,699,156,M,03,0,,,0\n2019,699,156,M,04,0.5,,,\n2019,699,156,M,05,1.5,,,3\n",
                   head);
    gives(NULL, csv,
          "2019 IND CHN X 01 12 2\n2019 IND CHN M 01 11 2\n2019 IND CHN M 02 7 -\n2019 IND CHN M 03 0 0\n"
          "2019 IND CHN M 04 0 -\n2019 IND CHN M 05 2 3\n");
}

/* Line breaks inside quotes, cut anywhere: the rows, the lines of mistakes and the bytes stay. */
static void quoted_line_breaks_cross_blocks(void **state)
{
    (void)state;
    struct buf csv;
    struct import_result first, other;
    buf_init(&csv, (size_t)1 << 20);
    buf_lit(&csv, "period,reporterCode,partnerCode,flowCode,cmdDesc,cmdCode,primaryValue\n");
    for (unsigned i = 0; i < 300; i++)
        buf_printf(&csv, "2019,699,156,M,\"a\n\"\"%.*s\"\",\r\n%u,\n\",%06u,%u\n", (int)(i % 40),
                   "----------------------------------------", i, 100000 + i, i);
    const char *path = import_file("a.csv", buf_view(&csv));
    import_run(&first, "comtrade", NULL, (const char *const[]){path, NULL});
    assert_int_equal(first.status, ST_OK);
    assert_int_equal(first.report.rows, 300);
    static const enum level hs6 = LEVEL_HS6;
    for (size_t block = 1; block < 150; block += 7) {
        struct ingest_options options = with_level(&hs6);
        options.block_bytes = block;
        options.threads = 1 + block % 3;
        import_run(&other, "comtrade", &options, (const char *const[]){path, NULL});
        if (other.status != ST_OK)
            fail_msg("blocks of %zu: %s: %s", block, other.problem.place, other.problem.detail);
        assert_true(str_eq(str_span(first.bytes, first.n), str_span(other.bytes, other.n)));
        import_release(&other);
    }
    buf_lit(&csv, "2019,699,156,M,x,999999,q\n");
    path = import_file("a.csv", buf_view(&csv));
    for (size_t block = 1; block < 150; block += 31) {
        struct ingest_options options = with_level(&hs6);
        options.block_bytes = block;
        import_refuses("comtrade", &options, path, 1 + 300 * 4 + 1, "\"q\" is not a number");
    }
    import_release(&first);
    buf_release(&csv);
}

static void a_record_without_end_is_refused(void **state)
{
    (void)state;
    struct buf csv;
    buf_init(&csv, (size_t)1 << 24);
    buf_lit(&csv, API PLAIN("2019", "M", "156", "850760", "1") "C,\"");
    for (unsigned i = 0; i < 300000; i++)
        buf_lit(&csv, "left open\n");
    const char *path = import_file("a.csv", buf_view(&csv));
    for (size_t block = 1000; block <= (size_t)8 << 20; block *= 64) {
        struct ingest_options options = ingest_options_default();
        options.block_bytes = block;
        import_refuses("comtrade", &options, path, 3, "longer than 1 MiB");
    }
    buf_release(&csv);
}

static void the_real_sample(void **state)
{
    (void)state;
    static const char sample[] = "../shared/figures/comtrade-legacy-india-2019.csv";
    struct import_result result;
    if (access(sample, R_OK) != 0) {
        print_message("%s is not here\n", sample);
        skip();
    }
    import_run(&result, "comtrade", NULL, (const char *const[]){sample, NULL});
    if (result.status != ST_OK)
        fail_msg("%s: %s", result.problem.place, result.problem.detail);
    assert_int_equal(result.report.written.observations, 438);
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    import_transcribe(result.bytes, result.n, &text);
    buf_byte(&text, '\0');
    assert_non_null(strstr(text.p, "2019 IND CHN X TOTAL 17278832680 -\n"));
    assert_non_null(strstr(text.p, "2019 IND CHN M TOTAL 68402092562 -\n"));
    assert_non_null(strstr(text.p, "2019 IND WLD M TOTAL 478883729111 -\n"));
    buf_release(&text);
    import_release(&result);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, import_make_folder, import_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(rows_of_the_api),
        CASE(a_header_in_any_order),
        CASE(the_older_columns),
        CASE(parts_are_left_out_and_counted),
        CASE(the_level_is_that_of_the_finest_rows),
        CASE(revisions_and_frequencies_are_not_mixed),
        CASE(other_bad_cells_are_named),
        CASE(values_and_weights),
        CASE(quoted_line_breaks_cross_blocks),
        CASE(a_record_without_end_is_refused),
        CASE(the_real_sample),
    };
    return cmocka_run_group_tests(tests, import_read_tables, import_free_tables);
}
