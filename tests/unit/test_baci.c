#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "import_case.h"
#include "ingest/format/format.h"

#define HEAD "t,i,j,k,v,q\n"
#define FILE17 "BACI_HS17_Y2020_V202501.csv"

static void gives(const char *csv, const char *rows)
{
    import_gives("baci", NULL, import_file(FILE17, str_view(csv)), rows);
}

static void refuses(const char *csv, int line, const char *part)
{
    import_refuses("baci", NULL, import_file(FILE17, str_view(csv)), line, part);
}

/* ---- figures ---- */

static void lines_as_shipped(void **state)
{
    (void)state;
    gives(HEAD "2020,4,24,300431,0.198,        0.001\n"
               "2020,4,31,251512,27.902,      169.800\n"
               "2020,4,32,401031,0.164,           NA\n"
               "2020,4,36,071120,0.729,        0.308\n"
               "2020,699,156,010121,1,1\n"
               "2020,842,490,999999,123456.789,\n",
          "2020 AFG AGO X 300431 198 1\n"
          "2020 AFG ARG X 401031 164 -\n"
          "2020 AFG AUS X 071120 729 308\n"
          "2020 AFG AZE X 251512 27902 169800\n"
          "2020 IND CHN X 010121 1000 1000\n"
          "2020 USA X490 X 999999 123456789 -\n");
}

static void values_are_rounded_half_even(void **state)
{
    (void)state;
    gives(HEAD "2020,4,24,300431,0.198,0.001\n"
               "2020,4,24,300432,0.0005,0.0015\n"
               "2020,4,24,300433,0.0025,0.0035\n"
               "2020,4,24,300434,0.00251,1e-3\n"
               "2020,4,24,300435,1e3,+2\n"
               "2020,4,24,300436,.5,5.\n"
               "2020,4,24,300437,999999999999.999,NA\n",
          "2020 AFG AGO X 300431 198 1\n"
          "2020 AFG AGO X 300432 0 2\n"
          "2020 AFG AGO X 300433 2 4\n"
          "2020 AFG AGO X 300434 3 1\n"
          "2020 AFG AGO X 300435 1000000 2000\n"
          "2020 AFG AGO X 300436 500 5000\n"
          "2020 AFG AGO X 300437 999999999999999 -\n");
}

static void lost_zeros_come_back(void **state)
{
    (void)state;
    gives(HEAD "2020,4,24,300431,1,1\n2020,4,24,10121,1,1\n2020,004,024,\"20110\",1,1\n",
          "2020 AFG AGO X 010121 1000 1000\n2020 AFG AGO X 020110 1000 1000\n2020 AFG AGO X 300431 1000 1000\n");
}

static void columns_in_any_order(void **state)
{
    (void)state;
    gives("v,k,note,t,i,j,q\n1,300431,\"a,b\",2020,4,24,2\n", "2020 AFG AGO X 300431 1000 2000\n");
    gives("\xEF\xBB\xBF\"t\",i,j,k,v,q\r\n2020,4,24,300431,1,2\r\n2020,4,24,300432,1,2", /* and no last line end */
          "2020 AFG AGO X 300431 1000 2000\n2020 AFG AGO X 300432 1000 2000\n");
}

/* ---- refusals ---- */

#define GOOD HEAD "2020,4,24,300431,0.198,0.001\n"

static void bad_cells_are_named(void **state)
{
    (void)state;
    refuses(GOOD "2020,4,24,300432,12x3,1\n", 3, "column \"v\": \"12x3\" is not a number");
    refuses(GOOD "2020,4,24,300432,1,1x\n", 3, "column \"q\": \"1x\" is not a number");
    refuses(GOOD "2020,4,24,300432,,1\n", 3, "\"v\"");
    refuses(GOOD "2020,4,24,300432,-1,1\n", 3, "negative");
    refuses(GOOD "2020,4,24,300432,1,-1\n", 3, "negative");
    refuses(GOOD "2020,4,24,300432,1000000000001,1\n", 3, "larger than any trade");
    refuses(GOOD "2020,4,24,300432,1e30,1\n", 3, "larger than any trade");
    refuses(GOOD "2020,4,24,300432,1,1e13\n", 3, "larger than any weight");
    refuses(GOOD "2020,4,24,3004,1,1\n", 3, "3004");
    refuses(GOOD "2020,4,24,3004311,1,1\n", 3, "3004311");
    refuses(GOOD "2020,4,24,30043a,1,1\n", 3, "30043a");
    refuses(GOOD "20,4,24,300432,1,1\n", 3, "\"20\" is no year");
    refuses(GOOD "2019,4,24,300432,1,1\n", 3, "\"2019\" is not the year in the file's name");
    refuses(GOOD "2020,4,4,300432,1,1\n", 3, "exporter and importer are the same");
    refuses(GOOD "2020,4,24,300432,1,1,000\n", 3, "more fields");
    refuses(GOOD "2020,4,24,300432,1\n", 3, "fewer fields");
    refuses("", 0, "empty");
    refuses("t,i,j,k,v\n2020,4,24,300432,1\n", 1, "there is no column \"q\"");
    refuses("t,i,j,k,v,q,v\n", 1, "two columns");
    import_refuses("baci", &(struct ingest_options){.hs = "HS17", .stop_fd = -1},
                   import_file("a.csv", STR(HEAD "1899,4,24,300432,1,1\n")), 2, "is no year from 1900 to 2199");
}

static void a_file_cut_in_a_line_says_so(void **state)
{
    (void)state;
    refuses(GOOD "2020,4,24,300432", 3, "cut short");
    refuses(GOOD "2020,4,24,300432,1.5", 3, "5 of 6 fields");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    import_refuses("baci", NULL, import_file(FILE17, STR(GOOD "2020,4,24,3004\00032,1,1\n")), 3, "UTF-8");
    refuses(GOOD "2020,4,24,300432,1,\xFF\n", 3, "UTF-8");
    import_refuses("baci", NULL, import_file(FILE17, STR("\xFF\xFEt\0,\0i\0\n\0")), 1, "UTF-8");
}

static void unknown_codes_are_listed_together(void **state)
{
    (void)state;
    struct import_result result;
    const char *path = import_file(FILE17, STR(GOOD "2020,998,24,300432,1,1\n2020,4,24,300433,1,1\n"
                                                    "2020,24,997,300434,1,1\n2020,998,4,300432,1,1\n"));
    import_refuses("baci", NULL, path, 3, "3 unknown country codes from this line on: 998, 997");
    import_run(&result, "baci", NULL, (const char *const[]){path, NULL});
    assert_int_equal(result.report.countries.n, 2);
    assert_int_equal(result.report.countries.code[0].rows, 2);
    assert_string_equal(result.report.countries.code[1].text, "997");
    assert_non_null(strstr(result.report.countries.code[1].place, ".csv:5"));
    import_release(&result);
    /* A bad cell comes first, whatever is unknown. */
    refuses(GOOD "2020,998,24,300432,1,1\n2020,4,24,300433,x,1\n", 4, "not a number");
}

static void the_list_of_unknown_codes_is_bounded(void **state)
{
    (void)state;
    struct buf csv;
    struct import_result result;
    buf_init(&csv, (size_t)1 << 20);
    buf_lit(&csv, HEAD);
    for (unsigned i = 0; i < 500; i++)
        buf_printf(&csv, "2020,4,Q%u,300431,1,1\n", i);
    import_run(&result, "baci", NULL, (const char *const[]){import_file(FILE17, buf_view(&csv)), NULL});
    assert_int_equal(result.status, ST_INVALID);
    assert_int_equal(result.report.countries.n, INGEST_CODES_MAX);
    assert_int_equal(result.report.countries.rows, 500);
    assert_int_equal(result.report.countries.more_rows, 500 - INGEST_CODES_MAX);
    assert_non_null(strstr(result.problem.detail, "more"));
    buf_release(&csv);
}

static void unknown_codes_may_be_allowed(void **state)
{
    (void)state;
    struct ingest_options options = ingest_options_default();
    options.allow_unknown = true;
    const char *path =
        import_file(FILE17, STR(GOOD "2020,998,24,300432,1,1\n2020,4,997,300434,1,1\n2020,998,997,300434,1,1\n"));
    import_gives("baci", &options, path,
                 "2020 AFG AGO X 300431 198 1\n2020 AFG X899 X 300434 1000 1000\n2020 X899 AGO X 300432 1000 1000\n");
}

/* ---- what files are called, and the tables that come with them ---- */

static void a_name_tells_revision_and_release(void **state)
{
    (void)state;
    struct import_result result;
    struct ingest_options options = ingest_options_default();
    const char *path = import_file(FILE17, STR(GOOD));
    import_run(&result, "baci", NULL, (const char *const[]){path, NULL});
    assert_int_equal(result.status, ST_OK);
    struct str bytes = str_span(result.bytes, result.n);
    const char *const parts[] = {"\"id\":\"baci-hs17\"", "\"hs\":\"HS2017\"",       "\"published\":\"V202501\"",
                                 "reconciled",           "Etalab Open Licence 2.0", "CEPII, BACI"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_non_null(memmem(bytes.p, bytes.n, parts[i], strlen(parts[i])));
    import_release(&result);
    options.hs = "HS2012";
    import_refuses("baci", &options, path, 0, "holds HS2017, but --hs has HS2012");
    path = import_file("other.csv", STR(GOOD));
    import_refuses("baci", NULL, path, 0, "which revision");
    options.hs = "HS99";
    import_run(&result, "baci", &options, (const char *const[]){path, NULL});
    assert_string_equal(result.problem.place, "--hs");
    options.hs = "HS17";
    import_gives("baci", &options, path, "2020 AFG AGO X 300431 198 1\n");
}

static void mixed_files_are_refused_with_both_names(void **state)
{
    (void)state;
    struct import_result result;
    const char *a = import_file(FILE17, STR(GOOD)), *b = import_file("BACI_HS12_Y2021_V202501.csv", STR(GOOD)),
               *c = import_file("BACI_HS17_Y2021_V202401b.csv", STR(GOOD));
    import_run(&result, "baci", NULL, (const char *const[]){a, b, NULL});
    assert_int_equal(result.status, ST_INVALID);
    assert_string_equal(result.problem.place, b);
    assert_non_null(strstr(result.problem.detail, a));
    import_run(&result, "baci", NULL, (const char *const[]){a, c, NULL});
    assert_non_null(strstr(result.problem.detail, "V202401b"));
    import_run(&result, "baci", NULL, (const char *const[]){a, a, NULL});
    assert_non_null(strstr(result.problem.detail, "twice"));
    import_run(&result, "baci", NULL, (const char *const[]){a, import_path("BACI_HS17_Y2022_V202501.csv"), NULL});
    assert_int_equal(result.status, ST_NOT_FOUND);
}

static void several_years_make_one_cube(void **state)
{
    (void)state;
    struct import_result two, one;
    struct ingest_options options = ingest_options_default();
    const char *a = import_file(FILE17, STR(GOOD)),
               *b = import_packed("BACI_HS17_Y2021_V202501.csv.gz", STR(HEAD "2021,4,24,300431,2,NA\n")),
               *both = import_file("both.csv", STR(HEAD "2021,4,24,300431,2,NA\n2020,4,24,300431,0.198,0.001\n"));
    import_run(&two, "baci", NULL, (const char *const[]){a, b, NULL});
    assert_int_equal(two.status, ST_OK);
    options.hs = "HS2017";
    options.published = "V202501";
    import_run(&one, "baci", &options, (const char *const[]){both, NULL});
    assert_int_equal(one.status, ST_OK);
    assert_true(str_eq(str_span(one.bytes, one.n), str_span(two.bytes, two.n)));
    import_release(&one);
    import_release(&two);
}

#define COUNTRIES "country_code,country_name,country_iso2,country_iso3\n"

static void the_table_of_countries_fills_gaps_and_is_checked(void **state)
{
    (void)state;
    struct ingest_options options = ingest_options_default();
    const char *path = import_file(FILE17, STR(HEAD "2020,998,24,300431,1,1\n"));
    options.countries_file =
        import_file("codes.csv", STR(COUNTRIES "4,Afghanistan,AF,AFG\n998,Norway,NO,NOR\n996,Nowhere,N/A,N/A\n"
                                               "736,\"Sudan (…2011)\",SD,SDN\n"));
    import_gives("baci", &options, path, "2020 NOR AGO X 300431 1000 1000\n");
    options.countries_file = import_file("codes.csv", STR(COUNTRIES "4,Afghanistan,AF,AFG\n24,France,FR,FRA\n"));
    struct import_result result;
    import_run(&result, "baci", &options, (const char *const[]){path, NULL});
    assert_non_null(strstr(result.problem.place, "codes.csv:3"));
    assert_non_null(strstr(result.problem.detail, "number 24 is FRA here and AGO"));
}

static void the_table_of_products_finds_mixed_revisions(void **state)
{
    (void)state;
    struct ingest_options options = ingest_options_default();
    options.products_file =
        import_file("products.csv", STR("code,description\n10121,Horses\n300431,\"Insulin, x\"\n9999AA,?\n"));
    import_gives("baci", &options, import_file(FILE17, STR(GOOD "2020,4,24,010121,1,1\n")),
                 "2020 AFG AGO X 010121 1000 1000\n2020 AFG AGO X 300431 198 1\n");
    import_refuses("baci", &options, import_file(FILE17, STR(GOOD "2020,4,24,999997,1,1\n2020,4,24,999998,1,1\n")), 3,
                   "2 rows with product codes that are not in the table of products from this line on: 999997, 999998");
}

/* ---- fast and general ---- */

/* Odd and even cells: what may stand in a column, right or wrong. */
static const char *const years[] = {"2020", "2020", "2020", "2020", "2021", "\"2020\"", "02020", "2020 ", "x020", ""};
static const char *const members[] = {"4",  "24",    "699", "842", "4",   "004", "0004", " 4",
                                      "4 ", "\"4\"", "999", "",    "AFG", "4x",  "-4"};
static const char *const numbers[] = {"0.198",
                                      "27.902",
                                      "        0.001",
                                      "      169.800",
                                      "           NA",
                                      "1",
                                      "0",
                                      "0.0",
                                      "123456.789",
                                      "12",
                                      "1.5",
                                      "1.25",
                                      "0.1234",
                                      "0.0005",
                                      "0.0015",
                                      "0.00150000001",
                                      "1e3",
                                      "1E-2",
                                      "1e",
                                      "+5",
                                      "-5",
                                      "-0",
                                      ".5",
                                      "5.",
                                      ".",
                                      "",
                                      "NA",
                                      " NA ",
                                      "NAN",
                                      "N",
                                      "nan",
                                      "12x3",
                                      "1 2",
                                      "1.2.3",
                                      "1,5",
                                      "\"1.5\"",
                                      "\" 1.5\"",
                                      "\"1\"\"5\"",
                                      "\"1.5",
                                      "1\"5",
                                      "999999999999.999",
                                      "999999999999",
                                      "9999999999999",
                                      "1000000000000",
                                      "1000000000000.001",
                                      "12345678901234567890",
                                      "1e30",
                                      "00000000012.5",
                                      "\t7",
                                      "7\t",
                                      "0x10",
                                      "1_000",
                                      "1.999",
                                      "1.9995",
                                      "1.9985",
                                      "\xC3\xA9",
                                      "\xFF",
                                      "1e400",
                                      "1.2345678901234567890123456789012345678901234567890"};
static const char *const ends[] = {"\n", "\n", "\n", "\r\n", ",\n", " \n", "\r\r\n", ",,,\n", ",x\n", "\n\n", ""};

#define PICK(list, random) (list)[(random) % (sizeof(list) / sizeof *(list))]

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* A line with a product of its own, mostly of six digits. */
static void odd_line(struct buf *out, uint32_t i, uint32_t *random)
{
    char product[32];
    bool plain = next_random(random) % 3 == 0;
    (void)snprintf(product, sizeof product, "%06u", i);
    if (!plain)
        switch (next_random(random) % 9) {
        case 4: (void)snprintf(product, sizeof product, "%u", i); break;
        case 5: (void)snprintf(product, sizeof product, " %06u", i); break;
        case 6: (void)snprintf(product, sizeof product, "\"%06u\"", i); break;
        case 7: (void)snprintf(product, sizeof product, "%07u", i); break;
        case 8: (void)snprintf(product, sizeof product, "%ux", i); break;
        default: break;
        }
    const char *v = PICK(numbers, plain ? next_random(random) % 12 : next_random(random)),
               *q = PICK(numbers, next_random(random));
    buf_printf(out, "%s,%s,%s,%s,%s,%s%s", plain ? "2020" : PICK(years, next_random(random)),
               PICK(members, plain ? 0 : next_random(random)), PICK(members, plain ? 1 : next_random(random)), product,
               v, q, PICK(ends, next_random(random)));
}

struct reading {
    enum status status;
    size_t rows;
    struct problem problem;
    uint64_t unknown;
};

/* Reads the text with or without the fast reader; the rows go to the writer if there is one to take them. */
static void read_text(struct importing *im, struct cube_writer *writer, struct str text, bool fast, bool take,
                      struct reading *out)
{
    char *copy = calloc(1, text.n + 64);
    assert_non_null(copy);
    memcpy(copy, text.p, text.n);
    struct input input = {.path = "x", .name = "x", .column = {0, 1, 2, 3, 4, 5}, .n_columns = 6, .in_order = fast};
    *out = (struct reading){.status = ST_OK};
    struct parse parse = {.importing = im,
                          .input = &input,
                          .ends_file = true,
                          .batch = cube_batch_new(writer, 0),
                          .problem = &out->problem};
    csv_init_part(&parse.csv, "x", copy, text.n, 2);
    out->status = adapter_baci.parse(&parse);
    out->rows = cube_batch_rows(parse.batch);
    out->unknown = parse.tally.countries ? parse.tally.countries->rows : 0;
    if (take && out->status == ST_OK)
        assert_int_equal(cube_writer_take(writer, parse.batch, &out->problem), ST_OK);
    else
        cube_batch_free(parse.batch);
    tally_release(&parse.tally);
    free(copy);
}

static void both_read_alike(struct importing *im, struct cube_writer *const writer[2], struct str text)
{
    struct reading with, without;
    read_text(im, writer[0], text, true, false, &with);
    read_text(im, writer[0], text, false, false, &without);
    bool same = with.status == without.status && with.rows == without.rows && with.unknown == without.unknown &&
                (with.status == ST_OK || (strcmp(with.problem.detail, without.problem.detail) == 0 &&
                                          strcmp(with.problem.place, without.problem.place) == 0));
    if (!same)
        fail_msg("%.*s: %d, %zu rows, %s / %d, %zu rows, %s", STR_ARG(text), with.status, with.rows,
                 with.problem.detail, without.status, without.rows, without.problem.detail);
    if (with.status != ST_OK)
        return;
    read_text(im, writer[0], text, true, true, &with);
    read_text(im, writer[1], text, false, true, &without);
}

static void the_fast_reader_agrees_with_the_general_one(void **state)
{
    (void)state;
    struct ingest_options options = ingest_options_default();
    struct problem problem;
    struct input input = {.path = "x", .name = "x"};
    struct importing im = {
        .adapter = &adapter_baci, .countries = import_countries(), .options = &options, .input = &input, .n_inputs = 1};
    struct cube_writer *writer[2];
    struct cube_writer_options bare = {.sum_member = NO_ID};
    struct cube_summary summary[2];
    options.hs = "HS2017";
    arena_init(&im.arena, SIZE_MAX);
    assert_int_equal(adapter_baci.describe(&im, &problem), ST_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(cube_writer_new(NULL, &im.dataset, im.countries, &bare, &writer[i], &problem), ST_OK);
        assert_int_equal(cube_writer_source(writer[i], "x"), 0);
    }
    uint32_t random = 1;
    for (uint32_t i = 0; i < 30000; i++) {
        struct buf text;
        buf_init(&text, 10000);
        /* Only behind a good line is the fast one at work. */
        buf_printf(&text, "2020,156,251,%06u,0.198,        0.001\n", i);
        odd_line(&text, i, &random);
        both_read_alike(&im, writer, buf_view(&text));
        buf_release(&text);
    }
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(cube_writer_finish(writer[i], &summary[i], &problem), ST_OK);
    struct str bytes[2];
    for (size_t i = 0; i < 2; i++)
        bytes[i].p = cube_writer_take_bytes(writer[i], &bytes[i].n);
    assert_in_range(summary[0].observations, 10000, 50000); /* neither all refused nor all good */
    assert_true(str_eq(bytes[0], bytes[1]));
    for (size_t i = 0; i < 2; i++) {
        free((void *)(uintptr_t)bytes[i].p);
        cube_writer_free(writer[i]);
    }
    arena_release(&im.arena);
}

/* ---- threads and blocks ---- */

/* Rows of 2020 by the pattern of CEPII; `bad` and `worse`: numbers of rows with a mistake, 0 for none. */
static void many_rows(struct buf *out, unsigned rows, unsigned bad, unsigned worse)
{
    buf_lit(out, HEAD);
    for (unsigned i = 1; i <= rows; i++)
        buf_printf(out, "2020,%s,%u,%06u,%u.%03u,%13s\n", i == worse ? "ZZ" : "4", i % 2 ? 24U : 699U, 100000 + i,
                   i % 977, i % 1000,
                   i == bad ? "1x"
                   : i % 7  ? "12.500"
                            : "NA");
    assert_false(out->failed);
}

static void threads_and_blocks_change_nothing(void **state)
{
    (void)state;
    struct buf csv;
    struct import_result first, other;
    buf_init(&csv, (size_t)1 << 22);
    many_rows(&csv, 20000, 0, 0);
    const char *path = import_file(FILE17, buf_view(&csv));
    import_run(&first, "baci", NULL, (const char *const[]){path, NULL});
    assert_int_equal(first.status, ST_OK);
    assert_int_equal(first.report.rows, 20000);
    static const size_t blocks[] = {64, 1000, 4096, 100000};
    for (size_t threads = 1; threads <= 4; threads += 3)
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            struct ingest_options options = ingest_options_default();
            options.threads = threads;
            options.block_bytes = blocks[i];
            import_run(&other, "baci", &options, (const char *const[]){path, NULL});
            assert_int_equal(other.status, ST_OK);
            assert_true(str_eq(str_span(first.bytes, first.n), str_span(other.bytes, other.n)));
            import_release(&other);
        }
    import_release(&first);
    buf_release(&csv);
}

static void the_first_mistake_is_told_by_any_number_of_threads(void **state)
{
    (void)state;
    struct buf csv;
    buf_init(&csv, (size_t)1 << 22);
    many_rows(&csv, 20000, 12345, 777);
    buf_lit(&csv, "2020,4,24,300432,-1,1\n");
    const char *path = import_file(FILE17, buf_view(&csv));
    for (size_t threads = 1; threads <= 4; threads++) {
        struct ingest_options options = ingest_options_default();
        options.threads = threads;
        options.block_bytes = 5000;
        import_refuses("baci", &options, path, 12346, "column \"q\": \"1x\" is not a number");
    }
    buf_release(&csv);
}

/* ---- packed ---- */

static void packed_files_are_the_same(void **state)
{
    (void)state;
    struct buf csv;
    struct import_result plain, packed;
    buf_init(&csv, (size_t)1 << 22);
    many_rows(&csv, 9000, 0, 0);
    import_run(&plain, "baci", NULL, (const char *const[]){import_file(FILE17, buf_view(&csv)), NULL});
    import_run(&packed, "baci", NULL, (const char *const[]){import_packed(FILE17 ".gz", buf_view(&csv)), NULL});
    assert_int_equal(packed.status, ST_OK);
    assert_true(str_eq(str_span(plain.bytes, plain.n), str_span(packed.bytes, packed.n)));
    import_release(&packed);
    /* Two members, as gzip appends them, and zeros behind. */
    char *raw, *more;
    size_t n, n_more;
    FILE *file = fopen(import_packed("one.gz", str_span(csv.p, 5000)), "rb");
    raw = calloc(1, (size_t)1 << 20);
    assert_non_null(raw);
    n = fread(raw, 1, (size_t)1 << 20, file);
    (void)fclose(file);
    file = fopen(import_packed("two.gz", str_span(csv.p + 5000, csv.n - 5000)), "rb");
    more = calloc(1, (size_t)1 << 20);
    assert_non_null(more);
    n_more = fread(more, 1, (size_t)1 << 20, file);
    (void)fclose(file);
    memcpy(raw + n, more, n_more);
    import_run(&packed, "baci", NULL,
               (const char *const[]){import_file(FILE17 ".gz", str_span(raw, n + n_more + 512)), NULL});
    if (packed.status != ST_OK)
        fail_msg("%s", packed.problem.detail);
    assert_true(str_eq(str_span(plain.bytes, plain.n), str_span(packed.bytes, packed.n)));
    import_refuses("baci", NULL, import_file(FILE17 ".gz", str_span(raw, n + n_more - 3)), 0, "ends too early");
    raw[n + n_more + 4] = 'x';
    import_refuses("baci", NULL, import_file(FILE17 ".gz", str_span(raw, n + n_more + 512)), 0, "not gzip");
    free(raw);
    free(more);
    import_release(&packed);
    import_release(&plain);
    buf_release(&csv);
}

static void an_interrupted_import_leaves_nothing(void **state)
{
    (void)state;
    struct import_result result;
    struct ingest_options options = ingest_options_default();
    int stop_pipe[2];
    assert_int_equal(pipe(stop_pipe), 0);
    assert_int_equal(write(stop_pipe[1], "!", 1), 1);
    options.stop_fd = stop_pipe[0];
    import_run(&result, "baci", &options, (const char *const[]){import_file(FILE17, STR(GOOD)), NULL});
    assert_int_equal(result.status, ST_UNAVAILABLE);
    (void)close(stop_pipe[0]);
    (void)close(stop_pipe[1]);
}

/* ---- the real thing ---- */

static void the_real_sample(void **state)
{
    (void)state;
    static const char sample[] = "../shared/figures/baci-hs17-2020-afg-zaf.csv";
    struct import_result result;
    struct ingest_options options = ingest_options_default();
    if (access(sample, R_OK) != 0) {
        print_message("%s is not here\n", sample);
        skip();
    }
    options.hs = "HS2017";
    import_run(&result, "baci", &options, (const char *const[]){sample, NULL});
    if (result.status != ST_OK)
        fail_msg("%s: %s", result.problem.place, result.problem.detail);
    assert_int_equal(result.report.rows, 72097);
    assert_int_equal(result.report.written.observations, 72097);
    import_release(&result);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, import_make_folder, import_remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(lines_as_shipped),
        CASE(values_are_rounded_half_even),
        CASE(lost_zeros_come_back),
        CASE(columns_in_any_order),
        CASE(bad_cells_are_named),
        CASE(a_file_cut_in_a_line_says_so),
        CASE(bytes_that_are_no_text_are_refused),
        CASE(unknown_codes_are_listed_together),
        CASE(the_list_of_unknown_codes_is_bounded),
        CASE(unknown_codes_may_be_allowed),
        CASE(a_name_tells_revision_and_release),
        CASE(mixed_files_are_refused_with_both_names),
        CASE(several_years_make_one_cube),
        CASE(the_table_of_countries_fills_gaps_and_is_checked),
        CASE(the_table_of_products_finds_mixed_revisions),
        CASE(the_fast_reader_agrees_with_the_general_one),
        CASE(threads_and_blocks_change_nothing),
        CASE(the_first_mistake_is_told_by_any_number_of_threads),
        CASE(packed_files_are_the_same),
        CASE(an_interrupted_import_leaves_nothing),
        CASE(the_real_sample),
    };
    return cmocka_run_group_tests(tests, import_read_tables, import_free_tables);
}
