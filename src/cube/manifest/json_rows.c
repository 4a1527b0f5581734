/* JSON of the APIs of UN Comtrade and the US Census as CSV. */
#include <jansson.h>

#include "entrepot/cube/json_text.h"

static void put_text(struct buf *out, const char *text, size_t n)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text[i]);
    }
    buf_byte(out, '"');
}

static void put_value(struct buf *out, json_t *value)
{
    char *number;
    if (json_is_string(value)) {
        put_text(out, json_string_value(value), json_string_length(value));
    } else if (json_is_boolean(value)) {
        buf_add(out, json_is_true(value) ? STR("True") : STR("False"));
    } else if (json_is_number(value) && (number = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17)))) {
        buf_add(out, str_view(number));
        free(number);
    }
}

/* Rows are lists, the first of them the header, as the US Census gives them. */
static void put_lists(struct buf *out, json_t *rows)
{
    json_t *row, *value;
    size_t i, k;
    json_array_foreach(rows, i, row)
    {
        json_array_foreach(row, k, value)
        {
            if (k)
                buf_byte(out, ',');
            put_value(out, value);
        }
        buf_byte(out, '\n');
    }
}

/* Columns are the keys of the first row: the API gives every row the same. */
static void put_rows(struct buf *out, json_t *rows)
{
    json_t *first = json_array_get(rows, 0), *row, *value;
    const char *key;
    size_t i;
    bool begun = false;
    json_object_foreach(first, key, value)
    {
        if (begun)
            buf_byte(out, ',');
        put_text(out, key, strlen(key));
        begun = true;
    }
    buf_byte(out, '\n');
    json_array_foreach(rows, i, row)
    {
        begun = false;
        json_object_foreach(first, key, value)
        {
            if (begun)
                buf_byte(out, ',');
            put_value(out, json_object_get(row, key));
            begun = true;
        }
        buf_byte(out, '\n');
    }
}

static enum status refuse(const char *name, const char *what, struct problem *problem)
{
    enum status status = problem_set(problem, ST_INVALID, name, "%s", what);
    return problem_cure(
        problem, status,
        "JSON is read as UN Comtrade's API gives it, {\"data\": [{…}, …]}; of another source fetch CSV, or: "
        "duckdb -c \"COPY (FROM 'file.json') TO 'figures.csv'\"");
}

static enum status put_table(const char *name, json_t *root, struct buf *out, struct problem *problem)
{
    json_t *rows = json_is_array(root) ? root : json_object_get(root, "data"), *first = json_array_get(rows, 0);
    if (!json_is_array(rows))
        return refuse(name, "this is JSON, without rows under \"data\"", problem);
    if (!first)
        return problem_set(problem, ST_INVALID, name, "this is an answer without a row: nothing fitted what was asked");
    if (!json_is_array(first) && !json_is_object(first))
        return refuse(name, "this is JSON whose rows are no objects", problem);
    if (json_is_array(first))
        put_lists(out, rows);
    else
        put_rows(out, rows);
    return out->failed ? problem_set(problem, ST_NO_MEMORY, name, "out of memory") : ST_OK;
}

enum status json_rows_as_csv(const char *name, struct str json, struct buf *out, struct problem *problem)
{
    struct json_text text;
    enum status status = json_text_read(name, json, &text, problem);
    if (status != ST_OK)
        return status;
    status = put_table(name, text.root, out, problem);
    json_text_release(&text);
    return status;
}
