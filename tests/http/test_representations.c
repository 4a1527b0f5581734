/* How a format is chosen, what is special to each, and what a client cannot have of it: labels, cells that a spreadsheet would run, file names,
 * sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/represent/encoders.h"
#include "api/routes.h"
#include "api/table/names.h"
#include "http/asking.h"
#include "http/sheet.h"
#include "http/test_api.h"

static int ask_as(struct api *api, const char *target, const char *accept)
{
    return ask_of(api, target, (struct api_request){.accept = str_view(accept)});
}

static int ask(const char *target) { return ask_as(test_world(), target, NULL); }

static json_t *json_of(const char *target) { return ask_json(test_world(), target, 200); }
static void assert_answers(const char *target) { ask_soundly(test_world(), target); }
static void assert_problem(const char *target, int status, const char *slug)
{
    ask_in_vain(test_world(), target, status, slug);
}

/* ---- which format ---- */

static void test_suffix_format_and_accept(void **state)
{
    (void)state;
    static const struct {
        const char *target, *accept, *type; /* the content type's beginning; NULL: 406 */
    } cases[] = {
        {"/v1/deficits/IND", NULL, "application/json"},
        {"/v1/deficits/IND", "*/*", "application/json"},
        {"/v1/deficits/IND", "text/*", "text/csv"},
        {"/v1/deficits/IND", "text/csv;header=present;q=0.9, application/json;q=0.8", "text/csv"},
        {"/v1/deficits/IND", "text/csv; header=\"present\"; charset=UTF-8", "text/csv"},
        {"/v1/deficits/IND", "text/csv;header=absent, application/json;q=0.1", "application/json"},
        {"/v1/deficits/IND", "text/csv;header=absent", NULL},
        {"/v1/deficits/IND", "TEXT/CSV", "text/csv"},
        {"/v1/deficits/IND", "application/json;profile=\"a,b;c=\\\"d\\\"\";q=0.4, text/csv;q=0.5", "text/csv"},
        {"/v1/deficits/IND", "application/json;indent=4", "application/json"},
        {"/v1/deficits/IND", "text/csv;q=0, */*;q=0.1", "application/json"},
        {"/v1/deficits/IND", "application/json;q=0, */*;q=0.1", "text/csv"},
        {"/v1/deficits/IND", "application/json;q=2, text/csv", "text/csv"},
        {"/v1/deficits/IND", "application/x-ndjson", "application/x-ndjson"},
        {"/v1/deficits/IND", "application/vnd.jsonstat+json;version=2.0", "application/vnd.jsonstat+json"},
        {"/v1/deficits/IND", "application/vnd.jsonstat+json;version=1.0", NULL},
        {"/v1/deficits/IND", "application/vnd.sdmx.data+csv", "application/vnd.sdmx.data+csv; version=2.0.0"},
        {"/v1/deficits/IND", "application/vnd.sdmx.data+csv; version=2.0.0; labels=id",
         "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"},
        {"/v1/deficits/IND", "application/vnd.sdmx.data+csv; version=2.0.0; labels=both",
         "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8; labels=both"},
        {"/v1/deficits/IND", "application/vnd.sdmx.data+csv;version=1.0.0, text/csv;q=0.1", "text/csv"},
        {"/v1/deficits/IND", "application/vnd.sdmx.data+csv;timeFormat=normalized", NULL},
        {"/v1/deficits/IND", "application/vnd.sdmx.data+csv;keys=both", NULL},
        {"/v1/deficits/IND", "image/png", NULL},
        {"/v1/countries", "application/vnd.jsonstat+json", NULL},
        {"/v1/countries", "application/vnd.jsonstat+json, application/json;q=0.1", "application/json"},
        {"/v1/deficits/IND.csv", "application/json", "text/csv"},
        {"/v1/deficits/IND.sdmx.csv", NULL, "application/vnd.sdmx.data+csv"},
        {"/v1/deficits/IND.csv?format=json", NULL, "text/csv"},
        {"/v1/deficits/IND?format=jsonstat", "text/csv", "application/vnd.jsonstat+json"},
        {"/v1/deficits/IND?format=sdmx-csv", NULL, "application/vnd.sdmx.data+csv"},
        {"/v1/deficits/IND?format=sdmx.csv", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = ask_as(test_world(), cases[i].target, cases[i].accept);
        bool right = cases[i].type ? status == 200 && str_starts(header("Content-Type"), str_view(cases[i].type))
                                   : status == 406 && body_has("json, csv");
        if (!right)
            fail_msg("%s as %s: %d %.*s", cases[i].target, cases[i].accept, status, STR_ARG(header("Content-Type")));
    }
    assert_problem("/v1/deficits/IND?format=xml", 406, "not-acceptable");
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        assert_true(body_has(format_of[f].name));
}

/* Accept's labels are part of the question: they show in the tag. */
static void test_labels_of_accept_make_another_representation(void **state)
{
    (void)state;
    char tag[40];
    assert_int_equal(ask_as(test_world(), "/v1/deficits/IND", "application/vnd.sdmx.data+csv"), 200);
    (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
    assert_int_equal(ask_as(test_world(), "/v1/deficits/IND", "application/vnd.sdmx.data+csv;labels=name"), 200);
    assert_false(str_is(header("ETag"), tag));
    assert_true(body_has("STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,Frequency,REPORTER,Reporter,"));
    (void)snprintf(tag, sizeof tag, "%.*s", STR_ARG(header("ETag")));
    assert_int_equal(ask("/v1/deficits/IND.sdmx.csv?labels=name"), 200);
    assert_true(str_is(header("ETag"), tag));
}

static void test_what_a_format_cannot_do_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "/v1/deficits/IND?bom=1",
        "/v1/deficits/IND?codes=prefixed",
        "/v1/deficits/IND.csv?shape=arrays",
        "/v1/deficits/IND.csv?pretty=1",
        "/v1/deficits/IND.ndjson?pretty=1",
        "/v1/deficits/IND.jsonstat?bom=1",
        "/v1/deficits/IND.ndjson?bom=1",
        "/v1/deficits/IND.sdmx.csv?shape=arrays",
        "/v1/deficits/IND.jsonstat?fields=partner,name",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_problem(wrong[i], 400, "conflicting-parameters");
    /* what asks for nothing is no contradiction */
    assert_answers("/v1/deficits/IND.csv?pretty=0&shape=objects&labels=id");
    assert_answers("/v1/deficits/IND?bom=0&codes=plain&count=exact");
    assert_answers("/v1/deficits/IND.jsonstat?labels=name"); /* always there, beside the codes */
    assert_true(body_has("\"CHN\":\"China\""));
    static const char *const bad[] = {
        "/v1/deficits/IND?labels=names",           "/v1/deficits/IND?shape=rows",
        "/v1/deficits/IND.csv?codes=hs",           "/v1/deficits/IND?count=0",
        "/v1/deficits/IND?fields=partner,partner", "/v1/deficits/IND?fields=imports_name",
        "/v1/deficits/IND?sort=partner_name",      "/v1/bilateral/IND/CHN?sort=partner_name"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_problem(bad[i], 400, "invalid-value");
}

/* Links to other formats ask of them nothing that they cannot do. */
static void test_links_leave_out_what_means_nothing_there(void **state)
{
    (void)state;
    json_t *root = json_of("/v1/deficits/IND?pretty=1&shape=arrays&labels=both&top=3");
    const char *csv = json_string_value(json_object_get(json_object_get(root, "links"), "csv"));
    assert_string_equal(csv, "/v1/deficits/IND.csv?top=3&labels=both");
    struct str link = arena_str(&arena, header("Link"));
    assert_non_null(memmem(link.p, link.n, "</v1/deficits/IND.jsonstat?top=3&labels=both&pretty=1>", 54));
    assert_non_null(memmem(link.p, link.n, "</v1/deficits/IND.sdmx.csv?top=3&labels=both>", 45));
    assert_answers(csv);
    json_decref(root);
    assert_answers("/v1/countries?limit=1");
    assert_null(memmem(header("Link").p, header("Link").n, "jsonstat", 8));
    assert_answers("/v1/deficits/IND?fields=partner,flags");
    assert_null(memmem(header("Link").p, header("Link").n, "jsonstat", 8));
}

/* ---- labels ---- */

static void test_names_beside_and_in_place_of_codes(void **state)
{
    (void)state;
    json_t *root = json_of("/v1/bilateral/IND/CHN?period=2019&dataset=comtrade-partners-2019&labels=both"), *row;
    row = json_array_get(json_object_get(root, "data"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "reporter")), "IND");
    assert_string_equal(json_string_value(json_object_get(row, "reporter_name")), "India");
    assert_string_equal(json_string_value(json_object_get(row, "partner_name")), "China");
    assert_string_equal(json_string_value(json_object_get(row, "product_name")), "All products");
    assert_non_null(strstr(json_string_value(json_object_get(row, "dataset_name")), "calendar year 2019"));
    json_t *columns = json_object_get(root, "columns");
    assert_int_equal(json_array_size(columns), json_object_size(row));
    assert_string_equal(json_string_value(json_object_get(json_array_get(columns, 2), "id")), "reporter_name");
    json_decref(root);
    /* a table's own column of names is not doubled, nor left out */
    assert_answers("/v1/deficits/IND.csv?period=2019&top=1&labels=both&fields=partner,imports");
    assert_true(
        str_is(buf_view(&reply.body), "partner,name,imports\r\nCHN,China,68402092562\r\nother,,410481636853\r\n") ||
        body_has("partner,name,imports\r\nCHN,China,68402092562\r\nother,,"));
    assert_answers("/v1/deficits/IND.csv?period=2019&limit=2&labels=name&fields=partner,imports");
    assert_true(body_has("partner,imports\r\nChina,68402092562\r\nSaudi Arabia,"));
    assert_answers("/v1/deficits/IND.csv?period=2019&limit=1&labels=name");
    assert_true(str_starts(buf_view(&reply.body), STR("rank,partner,exports,")));
    assert_answers("/v1/countries.csv?limit=1&labels=name"); /* names no code of another column: stays */
    assert_true(body_has(",name,"));
    /* fields= may name them without labels= */
    assert_answers(
        "/v1/bilateral/IND/CHN.csv?period=2019&dataset=comtrade-partners-2019&fields=partner_name,imports,dataset");
    assert_true(
        str_is(buf_view(&reply.body), "partner_name,imports,dataset\r\nChina,68402092562,comtrade-partners-2019\r\n"));
}

/* By names Afghanistan would come first; by codes it is Aruba, ABW. */
static void test_order_goes_by_codes(void **state)
{
    (void)state;
    static const char *const ways[] = {"id", "name", "both"};
    json_t *first[3];
    for (size_t i = 0; i < 3; i++) {
        char target[200];
        (void)snprintf(target, sizeof target, "/v1/partners/IND?period=2019&sort=partner&limit=40&labels=%s", ways[i]);
        json_t *root = json_of(target);
        first[i] = json_incref(json_object_get(root, "data"));
        json_decref(root);
    }
    assert_string_equal(json_string_value(json_object_get(json_array_get(first[0], 0), "partner")), "ABW");
    assert_string_equal(json_string_value(json_object_get(json_array_get(first[1], 0), "partner")), "Aruba");
    assert_null(json_object_get(json_array_get(first[1], 0), "name"));
    for (size_t r = 0; r < 40; r++) {
        json_t *row = json_array_get(first[0], r);
        assert_true(
            json_equal(json_object_get(row, "imports"), json_object_get(json_array_get(first[1], r), "imports")));
        assert_true(json_equal(json_object_get(row, "name"), json_object_get(json_array_get(first[1], r), "partner")));
    }
    assert_true(json_equal(first[0], first[2])); /* `name` is there already */
    for (size_t i = 0; i < 3; i++)
        json_decref(first[i]);
}

static void test_sectors_and_sections_have_names(void **state)
{
    (void)state;
    assert_answers(
        "/v1/bilateral/IND/CHN/products.csv?level=sector&period=FY2018-19&labels=name&fields=product,exports");
    assert_true(body_has("\r\nPharmaceuticals,"));
    assert_answers("/v1/products.csv?level=section&limit=1&labels=both&fields=code,name,section");
    assert_true(str_is(
        buf_view(&reply.body),
        "code,name,section,section_name\r\nS01,Animals and animal products,S01,Animals and animal products\r\n"));
    assert_answers("/v1/dependence/"
                   "IND.csv?period=FY2018-19&level=hs2&method=share&threshold=0.4&limit=1&labels=both&fields=product,"
                   "top_supplier");
    assert_true(str_starts(buf_view(&reply.body), STR("product,name,top_supplier,top_supplier_name\r\n")));
}

/* The codes of all rows fit beside the arrays that hold them. */
static void test_limits_of_columns_and_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * api_routes.n; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is a route, but not always one with a summary */
        const struct route *route = i % 2 ? api_routes.route[i / 2]->with_summary : api_routes.route[i / 2];
        if (!route)
            continue;
        size_t named[COLUMNS_MAX];
        assert_in_range(route->n_columns + name_columns(route, named), 0, COLUMNS_MAX);
        assert_in_range(route->n_params, 0, PARAMS_MAX);
    }
}

/* ---- CSV ---- */

static void check_cell(const char *text, const char *cell)
{
    struct buf out;
    buf_init(&out, 1000);
    csv_text(&out, str_view(text));
    if (!str_is(buf_view(&out), cell))
        fail_msg("%s became %.*s", text, STR_ARG(buf_view(&out)));
    buf_release(&out);
}

static void test_cells_that_a_spreadsheet_would_run(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""},
        {" =1", "' =1"},
        {"  \t-1", "'  \t-1"},
        {"\ttab", "'\ttab"},
        {" a", " a"},
        {"a=1", "a=1"},
        {"1-2", "1-2"},
        {"=\"x\",1", "\"'=\"\"x\"\",1\""},
        {"\xEF\xBC\x9D"
         "1",
         "'\xEF\xBC\x9D"
         "1"},
        {"\xEF\xBC\xA0x", "'\xEF\xBC\xA0x"},
        {"\xEF\xBC\x81", "\xEF\xBC\x81"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_cell(cases[i][0], cases[i][1]);
}

static bool is_number(struct str cell)
{
    size_t i = 0;
    while (i < cell.n && str_has(STR("-.0123456789"), cell.p[i]))
        i++;
    return i == cell.n;
}

static bool runs(struct str cell)
{
    while (cell.n && str_has(STR(" \t\r\n"), cell.p[0]))
        cell = str_span(cell.p + 1, cell.n - 1);
    return cell.n && str_has(STR("=+-@"), cell.p[0]);
}

static void test_hostile_dataset(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/v1/datasets.csv",
        "/v1/datasets/hostile.csv?labels=both",
        "/v1/search.csv?q=hostile",
        "/v1/bilateral/IND/CHN.csv?dataset=hostile&labels=both&fields=period,dataset",
        "/v1/bilateral/IND/CHN.csv?dataset=hostile&labels=name&fields=period,dataset",
        "/v1/bilateral/IND/CHN.sdmx.csv?dataset=hostile&labels=name&fields=dataset,imports",
        "/v1/check.csv?reporter=IND&partner=CHN&flow=imports&period=2023&value=900e6",
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(ask_as(test_hostile(), targets[i], NULL), 200);
        struct sheet sheet = sheet_read();
        size_t guarded = 0;
        for (size_t k = 0; k < sheet.rows * sheet.columns; k++) {
            if (runs(sheet.cell[k]) && !is_number(sheet.cell[k]))
                fail_msg("%s: %.*s", targets[i], STR_ARG(sheet.cell[k]));
            guarded += sheet.cell[k].n && sheet.cell[k].p[0] == '\'';
        }
        assert_true(guarded > 0);
        sheet_free(&sheet);
    }
    /* numbers are no texts: a deficit keeps its sign */
    assert_int_equal(
        ask_as(test_hostile(), "/v1/bilateral/IND/CHN.csv?dataset=hostile&period=2023&fields=balance", NULL), 200);
    assert_true(str_starts(buf_view(&reply.body), STR("balance\r\n-")));
}

static void test_options_of_csv(void **state)
{
    (void)state;
    assert_answers("/v1/products.csv?level=hs4&limit=1&codes=prefixed&fields=code,parent,section");
    assert_true(str_is(buf_view(&reply.body), "code,parent,section\r\nHS0101,HS01,S01\r\n"));
    assert_answers("/v1/sectors/solar-panels.csv?codes=prefixed&fields=id,prefixes&limit=1");
    assert_true(str_is(buf_view(&reply.body), "id,prefixes\r\nsolar-panels,HS854142 HS854143\r\n"));
    assert_answers("/v1/bilateral/IND/CHN/"
                   "products.csv?level=hs2&period=FY2018-19&sort=product&limit=1&codes=prefixed&fields=period,product");
    assert_true(str_is(buf_view(&reply.body), "period,product\r\nFY2018-19,HS01\r\n"));
    assert_answers("/v1/bilateral/IND/CHN/"
                   "products.csv?level=sector&period=FY2018-19&sort=product&limit=1&codes=prefixed&fields=product");
    assert_false(body_has("HS"));
    assert_answers("/v1/products.csv?level=hs4&limit=1&fields=code&bom=1");
    assert_true(str_is(buf_view(&reply.body), "\xEF\xBB\xBF"
                                              "code\r\n0101\r\n"));
    assert_answers("/v1/bilateral/IND/CHN.sdmx.csv?period=FY2018-19&bom=1");
    assert_true(str_starts(buf_view(&reply.body), STR("\xEF\xBB\xBFSTRUCTURE,")));
}

static void test_file_names(void **state)
{
    (void)state;
    static const struct {
        const char *target, *value; /* NULL: none */
    } cases[] = {
        {"/v1/bilateral/in/156.csv?period=2010..2019&dataset=toy-world&period=2023", NULL},
        {"/v1/bilateral/in/156.csv?period=FY2010-11..FY2018-19",
         "inline; filename=\"IND-CHN-bilateral-FY2010-11-FY2018-19.csv\""},
        {"/v1/bilateral/IND/CHN/products.ndjson?level=hs2", "inline; filename=\"IND-CHN-bilateral-products.ndjson\""},
        {"/v1/bilateral/IND/CHN.sdmx.csv?period=latest%3A1",
         "inline; filename=\"IND-CHN-bilateral-latest-1.sdmx.csv\""},
        {"/v1/deficits/IND.jsonstat", "inline; filename=\"IND-deficits.jsonstat\""},
        {"/v1.csv", "inline; filename=\"entrepot.csv\""},
        {"/v1/bilateral/IND/CHN", NULL},
        {"/v1/countries/ZZZ.csv", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)ask(cases[i].target);
        struct str value = header("Content-Disposition");
        if (cases[i].value ? !str_is(value, cases[i].value) : value.n > 0)
            fail_msg("%s: %.*s", cases[i].target, STR_ARG(value));
    }
}

/* ---- SDMX ---- */

static void test_sdmx_periods_and_status(void **state)
{
    (void)state;
    static const struct {
        const char *target, *line;
    } cases[] = {
        {"/v1/bilateral/IND/CHN.sdmx.csv?period=FY2018-19&dataset=dgcis-total-fy&fields=imports",
         "dataflow,ENTREPOT:BILATERAL(1.0.0),I,IND,CHN,IMPORTS,70319640000,USD,A,,dgcis-total-fy,"},
        {"/v1/bilateral/IND/"
         "CHN.sdmx.csv?period=FY2018-19&dataset=dgcis-total-fy&fields=period,reporter,partner,imports",
         "dataflow,ENTREPOT:BILATERAL(1.0.0),I,A,IND,CHN,IMPORTS,2018-04-01/P1Y,70319640000,USD,A,,dgcis-total-fy,"},
        {"/v1/bilateral/CHN/IND.sdmx.csv?period=2025-04&fields=period,exports", ",I,M,CHN,IND,EXPORTS,2025-04,"},
        {"/v1/bilateral/CHN/IND.sdmx.csv?period=2025-Q2&fields=period,exports", ",I,Q,CHN,IND,EXPORTS,2025-Q2,"},
        {"/v1/bilateral/CHN/IND.sdmx.csv?period=2025&fields=period,exports",
         ",I,A,CHN,IND,EXPORTS,2025,135958000000,USD,"},
        {"/v1/bilateral/IND/CHN.sdmx.csv?period=FY2025-26&fields=exports",
         ",EXPORTS,19470000000,USD,P,provisional no_world_total,"},
        {"/v1/bilateral/IND/CHN.sdmx.csv?period=FY2025-26&fields=share_of_exports",
         ",SHARE_OF_EXPORTS,,RATIO,O,provisional no_world_total,"},
        {"/v1/mirror/IND/CHN.sdmx.csv?period=FY2024-25&fields=flow,gap_fob", ",exports,GAP_FOB,1435849057,USD,E,"},
        {"/v1/flows.sdmx.csv?reporter=IND&partner=CHN&period=2022,2023&dataset=toy-world&fields=partner,product,value",
         ",I,IND,1,CHN,_T,VALUE,1175000000,"},
        /* China's books: the claim's reporter is not theirs */
        {"/v1/check.sdmx.csv?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9&limit=1&fields=value",
         "ACTION,MEASURE,OBS_VALUE,UNIT_MEASURE,OBS_STATUS,FLAGS,DATASET,RELEASE\r\n"
         "dataflow,ENTREPOT:CHECK(1.0.0),I,VALUE,19748000000,USD,A,,gacc-total-month,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_answers(cases[i].target);
        if (!body_has(cases[i].line))
            fail_msg("%s: %.*s", cases[i].target, (int)(reply.body.n < 900 ? reply.body.n : 900), reply.body.p);
    }
}

static void test_sdmx_labels(void **state)
{
    (void)state;
    assert_answers("/v1/bilateral/IND/"
                   "CHN.sdmx.csv?period=FY2018-19&dataset=dgcis-total-fy&labels=both&fields=period,partner,imports");
    assert_true(body_has(
        "ACTION,FREQ: Frequency,REPORTER: Reporter,PARTNER: Partner,MEASURE: Measure,TIME_PERIOD: Time period,"));
    assert_true(body_has(",I,A: Annual,IND: India,CHN: China,IMPORTS: reporter's imports from the "
                         "partner,2018-04-01/P1Y: FY2018-19,70319640000,USD: US dollars,A: Normal value,"));
    assert_answers("/v1/bilateral/IND/"
                   "CHN.sdmx.csv?period=FY2018-19&dataset=dgcis-total-fy&labels=name&fields=period,partner,imports");
    assert_true(body_has(",I,A,Annual,IND,India,CHN,China,IMPORTS,reporter's imports from the "
                         "partner,2018-04-01/P1Y,FY2018-19,70319640000,,USD,US dollars,A,Normal value,"));
}

/* ---- JSON-stat ---- */

static void test_jsonstat_roles_and_labels(void **state)
{
    (void)state;
    json_t *cube = json_of("/v1/bilateral/IND/CHN.jsonstat?period=latest:3&sort=-imports"), *dimension;
    dimension = json_object_get(cube, "dimension");
    json_t *role = json_object_get(cube, "role");
    assert_int_equal(place_of(json_object_get(role, "time"), "period"), 0);
    assert_int_equal(place_of(json_object_get(role, "geo"), "reporter"), 0);
    assert_int_equal(place_of(json_object_get(role, "metric"), "metric"), 0);
    json_t *category = json_object_get(json_object_get(dimension, "partner"), "category");
    assert_string_equal(json_string_value(json_object_get(json_object_get(category, "label"), "CHN")), "China");
    /* time runs forward, whatever the rows do */
    json_t *periods = json_object_get(json_object_get(json_object_get(dimension, "period"), "category"), "index");
    for (size_t i = 1; i < json_array_size(periods); i++)
        assert_true(strcmp(json_string_value(json_array_get(periods, i - 1)),
                           json_string_value(json_array_get(periods, i))) < 0);
    json_t *unit = json_object_get(json_object_get(json_object_get(dimension, "metric"), "category"), "unit");
    assert_string_equal(json_string_value(json_object_get(json_object_get(unit, "imports"), "label")), "USD");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(unit, "imports"), "decimals")), 0);
    json_decref(cube);
    /* texts are not lost, and what flags mean is said */
    cube = json_of("/v1/check.jsonstat?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9");
    json_t *extension = json_object_get(cube, "extension");
    assert_true(json_object_size(json_object_get(json_object_get(extension, "attributes"), "verdict")) > 0);
    assert_non_null(json_object_get(json_object_get(json_object_get(extension, "status"), "label"), "provisional"));
    json_decref(cube);
    /* rows that codes do not tell apart */
    cube = json_of("/v1/bilateral/IND/CHN.jsonstat?fields=imports,partner");
    assert_int_equal(place_of(json_object_get(cube, "id"), "row"), 1);
    assert_true(json_object_size(
                    json_object_get(json_object_get(json_object_get(cube, "extension"), "attributes"), "partner")) > 1);
    json_decref(cube);
}

/* ---- size and count ---- */

static void test_too_large_says_how_large(void **state)
{
    (void)state;
    struct api_options options = api_options_default();
    options.max_body_bytes = 20000;
    struct api *small = api_new(test_world()->catalogue, &options);
    assert_non_null(small);
    assert_int_equal(ask_as(small, "/v1/deficits/IND?period=2019&limit=10", NULL), 200);
    assert_int_equal(ask_as(small, "/v1/partners/IND?period=2019", NULL), 422);
    assert_true(body_has("result-too-large"));
    assert_true(body_has(" rows of 15 columns, about 0.0"));
    assert_true(body_has("take a smaller limit="));
    assert_int_equal(ask_as(small, "/v1/countries?limit=1000", NULL), 422); /* from a sample */
    assert_true(body_has(" rows of 14 columns, about 0."));
    assert_int_equal(ask_as(small, "/v1/partners/IND.sdmx.csv?period=2019", NULL), 422);
    assert_true(body_has("MB as sdmx-csv"));
    /* a cube of few rows may have many cells */
    static const char cube[] = "/v1/flows.jsonstat?reporter=IND&partner=CHN&product=*&flow=*&dataset=dgcis-hs2-fy"
                               "&period=FY2010-11..FY2015-16&limit=1000";
    assert_int_equal(ask_as(small, cube, NULL), 422);
    assert_true(body_has("7056 cells (6 period x 1 reporter x 1 partner x 2 flow x 98 product x 6 figures)"));
    assert_true(body_has("at most 2500 are given"));
    assert_int_equal(ask_as(small, "/v1/bilateral/IND/CHN.jsonstat?fields=period,imports,exports", NULL), 200);
    api_free(small);
}

static void test_no_count(void **state)
{
    (void)state;
    json_t *root = json_of("/v1/deficits/IND?period=2019&limit=10&count=none");
    json_t *page = json_object_get(json_object_get(root, "meta"), "page");
    assert_true(json_is_null(json_object_get(page, "total")));
    assert_true(json_is_true(json_object_get(page, "truncated")));
    assert_true(json_is_string(json_object_get(page, "next")));
    char next[300];
    (void)snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_object_get(root, "links"), "next")));
    json_decref(root);
    root = json_of(next);
    assert_true(json_is_null(json_object_get(json_object_get(json_object_get(root, "meta"), "page"), "total")));
    json_decref(root);
    root = json_of("/v1/deficits/IND?period=2019&count=none");
    page = json_object_get(json_object_get(root, "meta"), "page");
    assert_true(json_is_false(json_object_get(page, "truncated")));
    assert_true(json_is_null(json_object_get(page, "next")));
    json_decref(root);
}

static int start(void **state)
{
    (void)state;
    asking_start();
    return test_world() ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    asking_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suffix_format_and_accept),
        cmocka_unit_test(test_labels_of_accept_make_another_representation),
        cmocka_unit_test(test_what_a_format_cannot_do_is_refused),
        cmocka_unit_test(test_links_leave_out_what_means_nothing_there),
        cmocka_unit_test(test_names_beside_and_in_place_of_codes),
        cmocka_unit_test(test_order_goes_by_codes),
        cmocka_unit_test(test_sectors_and_sections_have_names),
        cmocka_unit_test(test_limits_of_columns_and_parameters),
        cmocka_unit_test(test_cells_that_a_spreadsheet_would_run),
        cmocka_unit_test(test_hostile_dataset),
        cmocka_unit_test(test_options_of_csv),
        cmocka_unit_test(test_file_names),
        cmocka_unit_test(test_sdmx_periods_and_status),
        cmocka_unit_test(test_sdmx_labels),
        cmocka_unit_test(test_jsonstat_roles_and_labels),
        cmocka_unit_test(test_too_large_says_how_large),
        cmocka_unit_test(test_no_count),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
