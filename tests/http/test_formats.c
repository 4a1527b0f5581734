/* Every table in every format: each is read back and held against the JSON of the same question, cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/contract/codes.h"
#include "api/routes.h"
#include "http/asking.h"
#include "http/sheet.h"
#include "http/test_api.h"

static json_t *json_of(const char *target) { return ask_json(test_world(), target, 200); }
static void assert_answers(const char *target) { ask_soundly(test_world(), target); }
static void assert_problem(const char *target, int status, const char *slug)
{
    ask_in_vain(test_world(), target, status, slug);
}

/* The target with ".suffix" behind its path. */
static const char *with_suffix(const char *target, const char *suffix, char out[600])
{
    size_t path = strcspn(target, "?");
    (void)snprintf(out, 600, "%.*s.%s%s", (int)path, target, suffix, target + path);
    return out;
}

/* A JSON value as CSV writes it. */
static void as_text(const json_t *value, char *out, size_t room)
{
    out[0] = '\0';
    if (json_is_string(value))
        (void)snprintf(out, room, "%s", json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(out, room, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(out, room, "%s", json_is_true(value) ? "true" : "false");
    else if (json_is_real(value))
        (void)snprintf(out, room, "%.6f", json_real_value(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        (void)snprintf(out + strlen(out), room - strlen(out), "%s%s", i ? " " : "",
                       json_string_value(json_array_get(value, i)));
}

static bool same_cell(const json_t *value, struct str cell)
{
    static char want[8192];
    if (json_is_real(value)) {
        char text[64];
        (void)snprintf(text, sizeof text, "%.*s", STR_ARG(cell));
        double difference = strtod(text, NULL) - json_real_value(value);
        return cell.n && difference < 1e-9 && difference > -1e-9;
    }
    as_text(value, want, sizeof want);
    bool guarded = cell.n > 1 && cell.p[0] == '\'' && !str_is(cell, want);
    return str_is(guarded ? str_span(cell.p + 1, cell.n - 1) : cell, want);
}

/* ---- each format against JSON ---- */

static void check_csv(const char *target, json_t *root)
{
    json_t *data = json_object_get(root, "data"), *columns = json_object_get(root, "columns"), *row;
    size_t r, c;
    assert_answers(target);
    assert_true(str_starts(header("Content-Type"), STR("text/csv")));
    struct sheet sheet = sheet_read();
    assert_int_equal(sheet.rows, json_array_size(data) + 1);
    assert_int_equal(sheet.columns, json_array_size(columns));
    json_array_foreach(data, r, row)
    {
        for (c = 0; c < sheet.columns; c++) {
            const char *id = json_string_value(json_object_get(json_array_get(columns, c), "id"));
            assert_true(str_is(sheet.cell[c], id));
            struct str cell = sheet.cell[(r + 1) * sheet.columns + c];
            if (!same_cell(json_object_get(row, id), cell))
                fail_msg("%s row %zu %s: %.*s", target, r, id, STR_ARG(cell));
        }
    }
    sheet_free(&sheet);
}

static void check_ndjson(const char *target, json_t *root)
{
    json_t *data = json_object_get(root, "data"), *row;
    size_t r;
    assert_answers(target);
    struct str rest = buf_view(&reply.body);
    json_array_foreach(data, r, row)
    {
        json_t *line = parse_text(str_cut(&rest, '\n'));
        assert_true(json_equal(line, row));
        json_decref(line);
    }
    assert_int_equal(rest.n, 0);
}

static void check_arrays(const char *target, json_t *root)
{
    char arrays[600];
    (void)snprintf(arrays, sizeof arrays, "%s%cshape=arrays", target, strchr(target, '?') ? '&' : '?');
    json_t *bare = json_of(arrays), *columns = json_object_get(root, "columns"), *row, *value;
    size_t r, c;
    assert_true(json_equal(json_object_get(bare, "columns"), columns));
    assert_int_equal(json_array_size(json_object_get(bare, "data")), json_array_size(json_object_get(root, "data")));
    json_array_foreach(json_object_get(bare, "data"), r, row)
    {
        json_t *wanted = json_array_get(json_object_get(root, "data"), r);
        assert_int_equal(json_array_size(row), json_object_size(wanted));
        json_array_foreach(row, c, value)
        {
            json_t *id = json_object_get(json_array_get(columns, c), "id");
            assert_true(json_equal(value, json_object_get(wanted, json_string_value(id))));
        }
    }
    json_decref(bare);
}

/* What stands for null in a column of codes. */
static const char *none_of(const char *id)
{
    for (size_t i = 0; i < api_routes.n; i++)
        for (size_t c = 0; c < api_routes.route[i]->n_columns; c++)
            if (strcmp(api_routes.route[i]->column[c].id, id) == 0 && api_routes.route[i]->column[c].codes)
                return api_routes.route[i]->column[c].codes->none;
    fail_msg("%s is no column of codes", id);
    return "";
}

/* The code of a row in a dimension: what its column says, the row's number, or the only one there is. */
static size_t category_of(const json_t *row, size_t r, const char *id, const json_t *index)
{
    char text[300];
    const json_t *value = json_object_get(row, id);
    if (strcmp(id, "row") == 0) {
        (void)snprintf(text, sizeof text, "%zu", r + 1);
    } else if (!value) {
        assert_int_equal(json_array_size(index), 1);
        return 0;
    } else {
        as_text(value, text, sizeof text);
        if (json_is_null(value))
            (void)snprintf(text, sizeof text, "%s", none_of(id));
    }
    size_t place = place_of(index, text);
    if (place == json_array_size(index))
        fail_msg("dimension %s lacks %s", id, text);
    return place;
}

static void check_jsonstat_row(const json_t *cube, const json_t *row, size_t r, size_t *figures)
{
    const json_t *ids = json_object_get(cube, "id"), *sizes = json_object_get(cube, "size");
    const json_t *dimension = json_object_get(cube, "dimension");
    size_t base = 0, n = json_array_size(ids);
    const json_t *metrics = NULL;
    for (size_t d = 0; d < n; d++) {
        const char *id = json_string_value(json_array_get(ids, d));
        const json_t *category = json_object_get(json_object_get(dimension, id), "category");
        const json_t *index = json_object_get(category, "index");
        assert_int_equal(json_array_size(index), json_integer_value(json_array_get(sizes, d)));
        assert_int_equal(json_object_size(json_object_get(category, "label")), json_array_size(index));
        bool last = d + 1 == n;
        assert_int_equal(last, strcmp(id, "metric") == 0);
        metrics = index;
        base = base * json_array_size(index) + (last ? 0 : category_of(row, r, id, index));
    }
    char flags[400], key[32];
    as_text(json_object_get(row, "flags"), flags, sizeof flags);
    for (size_t k = 0; k < json_array_size(metrics); k++) {
        (void)snprintf(key, sizeof key, "%zu", base + k);
        const json_t *want = json_object_get(row, json_string_value(json_array_get(metrics, k))),
                     *got = json_object_get(json_object_get(cube, "value"), key),
                     *status = json_object_get(json_object_get(cube, "status"), key);
        assert_non_null(want);
        if (json_is_null(want))
            assert_null(got);
        else if (json_is_boolean(want))
            assert_int_equal(json_integer_value(got), json_is_true(want));
        else
            assert_true(json_equal(got, want));
        *figures += !json_is_null(want);
        assert_string_equal(status ? json_string_value(status) : "", flags);
    }
}

static void check_jsonstat(const char *target, json_t *root)
{
    json_t *cube = json_of(target), *row, *data = json_object_get(root, "data");
    size_t r, figures = 0;
    assert_true(str_is(header("Content-Type"), "application/vnd.jsonstat+json"));
    assert_string_equal(json_string_value(json_object_get(cube, "version")), "2.0");
    json_array_foreach(data, r, row) check_jsonstat_row(cube, row, r, &figures);
    assert_int_equal(json_object_size(json_object_get(cube, "value")), figures); /* and nothing more */
    json_t *meta = json_object_get(json_object_get(cube, "extension"), "meta"), *want = json_object_get(root, "meta");
    assert_true(json_equal(json_object_get(meta, "page"), json_object_get(want, "page")));
    assert_true(json_equal(json_object_get(meta, "warnings"), json_object_get(want, "warnings")));
    json_decref(cube);
}

static bool is_figure(const json_t *column)
{
    const char *id = json_string_value(json_object_get(column, "id")),
               *type = json_string_value(json_object_get(column, "type"));
    return (!strcmp(type, "integer") || !strcmp(type, "number") || !strcmp(type, "boolean")) && strcmp(id, "year") != 0;
}

static void check_observation(const struct sheet *sheet, size_t line, const json_t *row, const char *id)
{
    const json_t *value = json_object_get(row, id);
    struct str cell = sheet_at(sheet, line, "OBS_VALUE"), measure = sheet_at(sheet, line, "MEASURE");
    assert_true(str_eq_nocase(measure, str_view(id)));
    if (json_is_boolean(value))
        assert_true(str_is(cell, json_is_true(value) ? "1" : "0"));
    else if (!same_cell(value, cell))
        fail_msg("%s: %.*s", id, STR_ARG(cell));
    struct str status = sheet_at(sheet, line, "OBS_STATUS");
    assert_int_equal(status.n, 1);
    assert_int_equal(json_is_null(value), status.p[0] == 'O' || status.p[0] == 'M');
    static const char *const code[][2] = {{"reporter", "REPORTER"}, {"partner", "PARTNER"}, {"product", "PRODUCT"}};
    for (size_t i = 0; i < 3; i++)
        if (json_is_string(json_object_get(row, code[i][0])))
            assert_true(same_cell(json_object_get(row, code[i][0]), sheet_at(sheet, line, code[i][1])));
    if (json_object_get(row, "flags"))
        assert_true(same_cell(json_object_get(row, "flags"), sheet_at(sheet, line, "FLAGS")));
}

static void check_sdmx(const char *target, json_t *root)
{
    json_t *row, *column;
    size_t r, c, line = 0;
    assert_answers(target);
    assert_true(str_is(header("Content-Type"), "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"));
    struct sheet sheet = sheet_read();
    static const char *const first[] = {"STRUCTURE", "STRUCTURE_ID", "ACTION"};
    for (size_t i = 0; i < 3; i++)
        assert_true(str_is(sheet.cell[i], first[i]));
    json_array_foreach(json_object_get(root, "data"), r, row)
    {
        json_array_foreach(json_object_get(root, "columns"), c, column) if (is_figure(column))
            check_observation(&sheet, ++line, row, json_string_value(json_object_get(column, "id")));
    }
    assert_int_equal(sheet.rows, line + 1);
    sheet_free(&sheet);
}

/* Only texts: no cube can be made of them. */
static bool is_textual(const struct route *route)
{
    for (size_t c = 0; c < route->n_columns; c++)
        if (route->column[c].type == COLUMN_INTEGER || route->column[c].type == COLUMN_NUMBER ||
            route->column[c].type == COLUMN_BOOLEAN)
            return false;
    return true;
}

static void check_target(const char *target, bool textual)
{
    char out[600];
    json_t *root = json_of(target);
    check_csv(with_suffix(target, "csv", out), root);
    check_ndjson(with_suffix(target, "ndjson", out), root);
    check_arrays(target, root);
    if (textual) {
        assert_problem(with_suffix(target, "jsonstat", out), 406, "not-acceptable");
        assert_true(body_has("json, csv and ndjson"));
        assert_problem(with_suffix(target, "sdmx.csv", out), 406, "not-acceptable");
    } else {
        check_jsonstat(with_suffix(target, "jsonstat", out), root);
        check_sdmx(with_suffix(target, "sdmx.csv", out), root);
    }
    json_decref(root);
}

static void test_every_table_in_every_format(void **state)
{
    (void)state;
    size_t tables = 0;
    for (size_t i = 0; i < api_routes.n; i++) {
        if (api_routes.route[i]->kind != ROUTE_TABLE)
            continue;
        check_target(api_routes.route[i]->example, is_textual(api_routes.route[i]));
        tables++;
    }
    assert_in_range(tables, 25, 60);
    /* flags, nulls, several kinds of period, rows that their codes do not tell apart */
    check_target("/v1/bilateral/IND/CHN", false);
    check_target("/v1/bilateral/IND/CHN?dataset=*", false);
    check_target("/v1/bilateral/CHN/IND?freq=M&period=2025", false);
    check_target("/v1/bilateral/IND/CHN?fields=exports,flags", false);
    check_target("/v1/scenario/IND/CHN?product=854140&cut=0.3&years=2&allocation=1", false);
    check_target("/v1/flows?reporter=*&partner=*&product=*&period=2022,2023&dataset=toy-world&sort=-value", false);
    check_target("/v1/dependence/IND/CHN?level=hs6&method=india80&period=2022,2023&dataset=toy-world", false);
    check_target("/v1/dependence/IND/CHN?level=hs6&summary=1&period=2022,2023&dataset=toy-world", false);
    check_target("/v1/deficits/IND?period=2019&limit=7&sort=partner", false);
    check_target("/v1/deficits/IND?period=2019&balance.gt=1", false); /* no rows */
    check_target("/v1/check?reporter=IND&partner=CHN&period=2025&value=-100e9&parts=20.5e9,135e9&measure=balance",
                 false);
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
        cmocka_unit_test(test_every_table_in_every_format),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
