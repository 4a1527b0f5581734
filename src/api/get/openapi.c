/* OpenAPI 3.1 from the route table. */
#include "api/get/endpoints.h"

static bool is_number(const struct param *param)
{
    return param->type == PARAM_COUNT || param->type == PARAM_FLAG || param->type == PARAM_SHARE ||
           param->type == PARAM_REAL;
}

/* A number as it is, a text in quotes. */
static void write_literal(const struct param *param, const char *key, const char *text, struct jw *jw)
{
    if (!text)
        return;
    jw_key(jw, str_view(key));
    if (is_number(param))
        jw_raw(jw, str_view(text));
    else
        jw_str(jw, str_view(text));
}

static void write_words(const char *const *word, size_t n, unsigned allowed, struct jw *jw)
{
    jw_karray(jw, "enum");
    for (size_t i = 0; i < n; i++)
        if (allowed & 1U << i)
            jw_str(jw, str_view(word[i]));
    jw_end(jw);
}

static void write_formats(struct jw *jw)
{
    jw_karray(jw, "enum");
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        jw_str(jw, str_view(encoders[f].name));
    jw_end(jw);
}

static size_t count_words(const char *const *words)
{
    size_t n = 0;
    while (words[n])
        n++;
    return n;
}

static void write_bound(const char *key, double bound, struct jw *jw)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%g", bound);
    jw_key(jw, str_view(key));
    jw_raw(jw, str_view(text));
}

/* Words with commas between: as a pattern, which query strings can have and arrays in one parameter cannot. */
static void write_pattern(const struct param *param, struct jw *jw)
{
    struct buf words;
    buf_init(&words, 1024);
    for (size_t i = 0; param->words[i]; i++)
        buf_printf(&words, "%s%s", i ? "|" : "", param->words[i]);
    struct buf out;
    buf_init(&out, 4096);
    buf_printf(&out, "^(%s(%.*s)(,(%.*s))*)$", param->star ? "[*]|" : "", (int)words.n, words.p, (int)words.n, words.p);
    jw_key(jw, STR("pattern"));
    jw_str(jw, buf_view(&out));
    buf_release(&words);
    buf_release(&out);
}

static void write_schema(const struct param *param, struct jw *jw)
{
    static const char *const kinds[] = {"A", "FY", "Q", "M"};
    jw_kobject(jw, "schema");
    bool real = param->type == PARAM_SHARE || param->type == PARAM_REAL;
    jw_kz(jw, "type", real ? "number" : is_number(param) ? "integer" : "string");
    if (param->type == PARAM_REAL) {
        write_bound("minimum", param->low, jw);
        write_bound("maximum", param->high, jw);
    } else if (is_number(param)) {
        jw_ki64(jw, "minimum", param->type == PARAM_COUNT);
        jw_ki64(jw, "maximum", param->type == PARAM_COUNT ? param->max : 1);
    }
    if (param->type == PARAM_WORD)
        write_words(param->words, count_words(param->words), ~0U, jw);
    if (param->type == PARAM_WORDS)
        write_pattern(param, jw);
    if (param->type == PARAM_LEVEL)
        write_words(level_name, LEVELS, param->levels, jw);
    if (param->type == PARAM_FREQ)
        write_words(kinds, 4, ~0U, jw);
    if (param->type == PARAM_FORMAT)
        write_formats(jw);
    if (param->type == PARAM_KIND)
        write_words(member_kind_name, MEMBER_KINDS, ~0U, jw);
    write_literal(param, "default", param->fallback, jw);
    jw_end(jw);
}

static void write_params(const struct route *route, struct jw *jw)
{
    jw_karray(jw, "parameters");
    for (size_t i = 0; i < route->n_params; i++) {
        const struct param *param = &route->param[i];
        jw_object(jw);
        jw_kz(jw, "name", param->name);
        jw_kz(jw, "in", param->in_path ? "path" : "query");
        jw_kbool(jw, "required", param->in_path || param->required);
        jw_kz(jw, "description", param->description);
        write_schema(param, jw);
        write_literal(param, "example", param->example, jw);
        jw_end(jw);
    }
    jw_end(jw);
}

static void write_column(const struct column *column, struct jw *jw)
{
    static const char *const type[] = {"string", "integer", "number", "boolean", "array", "array"};
    jw_kobject(jw, column->id);
    if (column->type == COLUMN_FLAGS || column->type == COLUMN_LIST) {
        jw_kz(jw, "type", "array");
        jw_kobject(jw, "items");
        jw_kz(jw, "type", "string");
        if (column->type == COLUMN_FLAGS) {
            jw_karray(jw, "enum");
            for (size_t f = 0; f < FLAGS; f++)
                jw_str(jw, str_view(flag_name[f]));
            jw_end(jw);
        }
        jw_end(jw);
    } else {
        jw_karray(jw, "type");
        jw_str(jw, str_view(type[column->type]));
        jw_str(jw, STR("null"));
        jw_end(jw);
    }
    jw_key(jw, STR("description"));
    struct buf text;
    buf_init(&text, 1024);
    buf_add(&text, str_view(column->description));
    if (column->unit)
        buf_printf(&text, " [%s]", column->unit);
    jw_str(jw, buf_view(&text));
    buf_release(&text);
    jw_end(jw);
}

/* The columns that labels=both and fields= add. */
static void write_name_columns(const struct route *route, struct jw *jw)
{
    size_t named[COLUMNS_MAX], n = name_columns(route, named);
    for (size_t i = 0; i < n; i++) {
        char id[64];
        (void)snprintf(id, sizeof id, "%s_name", route->column[named[i]].id);
        write_column(&(struct column){.id = id, .type = COLUMN_STRING, .description = "name of the code; labels=both"},
                     jw);
    }
}

static bool has_column(const struct route *route, const char *id)
{
    size_t i = 0;
    while (i < route->n_columns && strcmp(route->column[i].id, id) != 0)
        i++;
    return i < route->n_columns;
}

/* With summary=1 the rows have other columns: both kinds are listed. */
static void write_table_schema(const struct route *route, struct jw *jw)
{
    jw_kobject(jw, "schema");
    jw_kz(jw, "type", "object");
    jw_key(jw, STR("required"));
    jw_raw(jw, STR("[\"data\",\"columns\",\"meta\",\"links\"]"));
    jw_kobject(jw, "properties");
    jw_kobject(jw, "data");
    jw_kz(jw, "type", "array");
    jw_kobject(jw, "items");
    jw_key(jw, STR("type"));
    jw_raw(jw, STR("[\"object\",\"array\"]")); /* shape=arrays */
    jw_kbool(jw, "additionalProperties", false);
    jw_kobject(jw, "properties");
    for (size_t i = 0; i < route->n_columns; i++)
        write_column(&route->column[i], jw);
    for (size_t i = 0; route->with_summary && i < route->with_summary->n_columns; i++)
        if (!has_column(route, route->with_summary->column[i].id))
            write_column(&route->with_summary->column[i], jw);
    write_name_columns(route, jw);
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
    jw_key(jw, STR("columns"));
    jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Columns\"}"));
    jw_key(jw, STR("meta"));
    jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Meta\"}"));
    jw_key(jw, STR("links"));
    jw_raw(jw, STR("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"));
    jw_end(jw);
    jw_end(jw);
}

static void write_success(const struct route *route, struct jw *jw)
{
    jw_kobject(jw, "200");
    jw_kz(jw, "description", "the answer");
    jw_kobject(jw, "content");
    if (route->kind == ROUTE_TABLE) {
        jw_kobject(jw, "application/json");
        write_table_schema(route, jw);
        jw_end(jw);
        for (enum format f = FORMAT_CSV; f < FORMATS; f++) {
            if (!format_serves(f, route))
                continue;
            jw_key(jw, str_view(encoders[f].media));
            jw_raw(jw, STR("{\"schema\":{\"type\":\"string\"}}"));
        }
    } else {
        bool plain = strcmp(route->path, "/livez") == 0 || strcmp(route->path, "/readyz") == 0;
        jw_key(jw, plain ? STR("text/plain") : STR("application/json"));
        jw_raw(jw, plain ? STR("{\"schema\":{\"type\":\"string\"}}") : STR("{\"schema\":{\"type\":\"object\"}}"));
    }
    jw_end(jw);
    jw_end(jw);
}

static void write_route(const struct route *route, struct jw *jw)
{
    jw_kobject(jw, route->path);
    jw_kobject(jw, "get");
    jw_kz(jw, "operationId", route->id);
    jw_kz(jw, "summary", route->summary);
    jw_kz(jw, "description", route->description);
    jw_key(jw, STR("tags"));
    bool trade = route->kind == ROUTE_TABLE || route->n_params;
    jw_raw(jw, trade ? STR("[\"trade\"]") : STR("[\"operations\"]"));
    write_params(route, jw);
    jw_kobject(jw, "responses");
    write_success(route, jw);
    jw_key(jw, STR("304"));
    jw_raw(jw, STR("{\"description\":\"If-None-Match holds the current ETag\"}"));
    jw_key(jw, STR("default"));
    jw_raw(jw, STR("{\"$ref\":\"#/components/responses/Problem\"}"));
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
}

static const char components[] =
    "{\"schemas\":{"
    "\"Columns\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"type\"],\"properties\":{"
    "\"id\":{\"type\":\"string\"},"
    "\"type\":{\"type\":\"string\"},\"unit\":{\"type\":[\"string\",\"null\"]},\"valuation\":{\"type\":\"string\"},"
    "\"description\":{\"type\":\"string\"},\"formula\":{\"type\":\"string\"}}}},"
    "\"Meta\":{\"type\":\"object\",\"required\":[\"dataset\",\"query\",\"page\",\"warnings\"],\"properties\":{"
    "\"dataset\":{\"type\":[\"string\",\"null\"]},"
    "\"release\":{\"type\":\"string\"},\"query\":{\"type\":\"object\"},\"page\":{\"type\":\"object\"},\"empty_reason\":"
    "{\"type\":[\"string\",\"null\"]},"
    "\"other_datasets\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"warnings\":{\"type\":\"array\","
    "\"items\":{\"type\":\"string\"}}}},"
    "\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"detail\"],\"properties\":{\"type\":"
    "{\"type\":\"string\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"instance\":{"
    "\"type\":\"string\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"parameter\":{\"type\":[\"string\","
    "\"null\"]},\"value\":{\"type\":\"string\"},"
    "\"detail\":{\"type\":\"string\"},\"suggestions\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"see\":{"
    "\"type\":[\"string\",\"null\"]}}}}}}},"
    "\"responses\":{\"Problem\":{\"description\":\"RFC 9457 problem: 4xx says what to change\","
    "\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}}";

static void write_openapi(struct buf *out)
{
    struct jw jw;
    jw_init(&jw, out, true);
    jw_object(&jw);
    jw_kz(&jw, "openapi", "3.1.0");
    jw_kobject(&jw, "info");
    jw_kz(&jw, "title", "Entrepôt");
    jw_kz(&jw, "version", ENTREPOT_VERSION);
    jw_kz(
        &jw, "description",
        "Trade between two countries: totals, deficits, sector dependence, leverage. Rows of any table can be filtered "
        "by its columns: of numbers by COLUMN.gte=, COLUMN.gt=, COLUMN.lte=, COLUMN.lt= (share.gte=0.8), of truths by "
        "COLUMN=1 or 0 (dependent=1); null passes no filter.");
    jw_end(&jw);
    jw_key(&jw, STR("servers"));
    jw_raw(&jw, STR("[{\"url\":\"/\"}]"));
    jw_kobject(&jw, "paths");
    for (size_t i = 0; i < api_n_routes; i++)
        write_route(api_routes[i], &jw);
    jw_end(&jw);
    jw_key(&jw, STR("components"));
    jw_raw(&jw, str_view(components));
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
}

enum status api_print_openapi(struct buf *out)
{
    write_openapi(out);
    return out->failed ? ST_NO_MEMORY : ST_OK;
}

static enum status get(struct call *call)
{
    write_openapi(&call->document);
    call->document_type = "application/json";
    return ST_OK;
}

const struct route route_openapi = {.id = "getOpenapi",
                                    .path = "/v1/openapi.json",
                                    .summary = "This API as OpenAPI 3.1",
                                    .example = "/v1/openapi.json",
                                    .kind = ROUTE_DOCUMENT,
                                    .description = "Made from the same table that routes and checks requests.",
                                    .handler = get};
