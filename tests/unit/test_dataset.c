#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>

#include "entrepot/cube/dataset.h"

static struct arena arena;
static struct dataset dataset;
static struct dataset_csv map;
static struct problem problem;

static const char manifest[] =
    "{\"id\":\"test-hs6\",\"title\":\"T \\u00e9\",\"source\":\"S\",\"source_url\":null,\"licence\":\"L\","
    "\"published\":\"2024\",\"checked\":null,\"frequency\":\"FY\",\"level\":\"hs6\",\"hs\":\"HS2017\","
    "\"valuation\":{\"exports\":\"FOB\",\"imports\":\"CIF\"},\"basis\":\"reported\",\"coverage\":\"selected\","
    "\"partners\":\"listed\",\"synthetic\":true,\"notes\":[\"one\",\"two\"],\"file\":\"t.csv\",\"codes\":\"m49\","
    "\"columns\":{\"period\":\"p\",\"reporter\":\"r\",\"partner\":\"q\",\"product\":\"c\",\"value\":\"v\"},"
    "\"constants\":{\"flow\":\"M\"},\"value_unit\":\"USD million\",\"quantity_unit\":\"tonnes\"}";

static int start(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1 << 20);
    problem = (struct problem){.status = ST_OK};
    return 0;
}

static int finish(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static enum status read_text(const char *text)
{
    return dataset_read("t.json", str_view(text), &arena, &dataset, &map, &problem);
}

static enum status read_json(json_t *root)
{
    char *text = json_dumps(root, JSON_COMPACT);
    enum status status = read_text(text);
    free(text);
    json_decref(root);
    return status;
}

static void reads_a_good_manifest(void **state)
{
    (void)state;
    assert_int_equal(read_text(manifest), ST_OK);
    assert_true(str_is(dataset.id, "test-hs6") && str_is(dataset.title, "T \xC3\xA9") && str_is(dataset.hs, "HS2017"));
    assert_int_equal(dataset.frequency, PERIOD_FISCAL);
    assert_int_equal(dataset.level, LEVEL_HS6);
    assert_true(dataset.coverage == COVERAGE_SELECTED && dataset.partners == PARTNERS_LISTED && dataset.synthetic);
    assert_true(str_is(dataset.exports_valuation, "FOB") && str_is(dataset.imports_valuation, "CIF"));
    assert_int_equal(dataset.n_notes, 2);
    assert_true(str_is(dataset.note[1], "two"));
    assert_true(str_is(map.file, "t.csv") && map.codes == CODES_M49);
    assert_int_equal(map.value_shift, 6);
    assert_int_equal(map.quantity_shift, 3);
    assert_true(str_is(map.column[ROLE_PRODUCT], "c") && str_is(map.constant[ROLE_FLOW], "M"));
}

static void prints_what_it_reads(void **state)
{
    (void)state;
    struct buf first, second;
    struct dataset again;
    buf_init(&first, 1 << 16);
    buf_init(&second, 1 << 16);
    assert_int_equal(read_text(manifest), ST_OK);
    assert_int_equal(dataset_print(&dataset, &first), ST_OK);
    assert_int_equal(dataset_read("cube", buf_view(&first), &arena, &again, NULL, &problem), ST_OK);
    assert_int_equal(dataset_print(&again, &second), ST_OK);
    assert_true(str_eq(buf_view(&first), buf_view(&second)));
    assert_true(str_eq(again.title, dataset.title));
    assert_true(again.frequency == dataset.frequency && again.level == dataset.level);
    assert_true(again.coverage == dataset.coverage && again.partners == dataset.partners && again.synthetic);
    assert_int_equal(again.n_notes, 2);
    assert_int_equal(again.source_url.n, 0);
    buf_release(&first);
    buf_release(&second);
    buf_init(&first, 10);
    assert_int_equal(dataset_print(&dataset, &first), ST_NO_MEMORY);
    buf_release(&first);
}

/* ---- refusals ---- */

static void expect_key(json_t *root, const char *key)
{
    char wanted[100];
    (void)snprintf(wanted, sizeof wanted, "t.json: key \"%s\"", key);
    problem = (struct problem){.status = ST_OK};
    if (read_json(root) != ST_INVALID)
        fail_msg("a manifest with a bad \"%s\" is taken", key);
    assert_string_equal(problem.place, wanted);
    assert_true(problem.detail[0] != '\0');
}

static json_t *good(void) { return json_loads(manifest, 0, NULL); }

static void names_each_missing_key(void **state)
{
    (void)state;
    static const char *const needed[] = {"id",    "title", "source", "licence", "frequency",
                                         "level", "basis", "file",   "codes",   "value_unit"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        json_t *root = good();
        assert_int_equal(json_object_del(root, needed[i]), 0);
        expect_key(root, needed[i]);
    }
    json_t *root = good();
    (void)json_object_del(root, "valuation");
    expect_key(root, "exports");
}

static void names_each_missing_column(void **state)
{
    (void)state;
    static const char *const needed[] = {"period", "reporter", "partner", "product", "value"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        json_t *root = good();
        assert_int_equal(json_object_del(json_object_get(root, "columns"), needed[i]), 0);
        expect_key(root, needed[i]);
    }
    json_t *root = good();
    (void)json_object_del(root, "constants");
    expect_key(root, "flow");
}

static void optional_keys_may_be_missing(void **state)
{
    (void)state;
    static const char *const optional[] = {"source_url", "published", "checked",      "hs",
                                           "synthetic",  "notes",     "quantity_unit"};
    json_t *root = good();
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        assert_int_equal(json_object_del(root, optional[i]), 0);
    assert_int_equal(read_json(root), ST_OK);
    assert_int_equal(dataset.hs.n, 0);
    assert_false(dataset.synthetic);
}

/* A manifest with `key`, inside `object` if that is not NULL, set to what `json` says. */
static json_t *with(const char *object, const char *key, const char *json)
{
    json_t *root = good(), *value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    assert_int_equal(json_object_set_new(object ? json_object_get(root, object) : root, key, value), 0);
    return root;
}

static void names_each_wrong_value(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"id", "7"},
        {"id", "\"Big\""},
        {"id", "\"-a\""},
        {"id", "\"a/b\""},
        {"id", "\"a{b\""},
        {"id", "\"a:b\""},
        {"members", "[]"},
        {"members", "\"India\""},
        {"synthetic", "0"},
        {"id", "\"\""},
        {"id", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""},
        {"title", "\"\""},
        {"source_url", "1"},
        {"published", "[]"},
        {"checked", "true"},
        {"hs", "2017"},
        {"frequency", "\"W\""},
        {"frequency", "1"},
        {"level", "\"hs3\""},
        {"level", "\"section\""},
        {"basis", "\"x\""},
        {"coverage", "null"},
        {"partners", "\"some\""},
        {"synthetic", "\"yes\""},
        {"notes", "\"one\""},
        {"notes", "[1]"},
        {"notes", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]"},
        {"file", "\"/etc/passwd\""},
        {"file", "\"../t.csv\""},
        {"codes", "\"iso2\""},
        {"columns", "[]"},
        {"constants", "\"M\""},
        {"value_unit", "\"EURO\""},
        {"quantity_unit", "\"lb\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_key(with(NULL, cases[i][0], cases[i][1]), cases[i][0]);
    expect_key(with("valuation", "imports", "1"), "imports");
    expect_key(with("columns", "value", "1"), "value");
    expect_key(with("columns", "flow", "\"f\""), "flow"); /* a column and a constant at once */
}

static void names_each_unknown_key(void **state)
{
    (void)state;
    expect_key(with(NULL, "licens", "\"L\""), "licens");
    expect_key(with("columns", "valeu", "\"v\""), "valeu");
    expect_key(with("constants", "colour", "\"red\""), "colour");
    expect_key(with("valuation", "transit", "\"FOB\""), "transit");
    /* Inside a cube there is no CSV to describe. */
    assert_int_equal(dataset_read("cube", str_view(manifest), &arena, &dataset, NULL, &problem), ST_INVALID);
}

static void refuses_double_keys_and_other_json(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"id\":\"a\",\n\"id\":\"b\"}"), ST_INVALID);
    assert_string_equal(problem.place, "t.json:2");
    assert_non_null(strstr(problem.detail, "duplicate"));
    assert_int_equal(read_text("[]"), ST_INVALID);
    assert_int_equal(read_text(""), ST_INVALID);
    assert_int_equal(read_text("{"), ST_INVALID);
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 16);
    assert_int_equal(dataset_read("t.json", str_view(manifest), &small, &dataset, &map, &problem), ST_NO_MEMORY);
    arena_release(&small);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reads_a_good_manifest),        CASE(prints_what_it_reads),
        CASE(names_each_missing_key),       CASE(names_each_missing_column),
        CASE(optional_keys_may_be_missing), CASE(names_each_wrong_value),
        CASE(names_each_unknown_key),       CASE(refuses_double_keys_and_other_json),
        CASE(says_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
