/* Who says a setting: the configuration, the environment, the command line. */
#include "cli/parse.h"

#include <jansson.h>

#include "entrepot/cube/json_text.h"

#define CONFIG (&settings_table[0])
#define TEXTS_BYTES ((size_t)1 << 24)

/* ---- configuration file ---- */

/* A path in the configuration is relative to the configuration's folder. */
static const char *config_beside(struct settings *settings, const char *path)
{
    const char *slash = strrchr(settings->config, '/');
    if (path[0] == '/' || !slash)
        return path;
    struct str joined =
        arena_printf(&settings->texts, "%.*s/%s", (int)(slash - settings->config), settings->config, path);
    return joined.p ? joined.p : path;
}

static int set_json_list(struct settings *settings, const struct option *o, json_t *value)
{
    size_t i;
    json_t *item;
    bool texts = json_is_array(value);
    json_array_foreach(value, i, item) texts = texts && json_is_string(item);
    if (!texts)
        return option_refuse(settings, settings->config, o, "", "must be a list of texts");
    int status = EXIT_DONE;
    json_array_foreach(value, i, item)
    {
        const char *text = json_string_value(item);
        if (status == EXIT_DONE)
            status =
                option_set(settings, o, settings->config, o->type == OPT_PATHS ? config_beside(settings, text) : text);
    }
    return status;
}

static int set_json(struct settings *settings, const struct option *o, json_t *value)
{
    char text[32];
    if (json_is_null(value))
        return EXIT_DONE;
    if (option_is_list(o))
        return set_json_list(settings, o, value);
    if (json_is_string(value))
        return option_set(settings, o, settings->config,
                          o->type == OPT_PATH ? config_beside(settings, json_string_value(value))
                                              : json_string_value(value));
    if (json_is_boolean(value) && o->type == OPT_BOOL)
        return option_set(settings, o, settings->config, json_is_true(value) ? "1" : "0");
    if (!json_is_integer(value) || o->type != OPT_COUNT)
        return option_refuse(settings, settings->config, o, "", "has the wrong type");
    (void)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return option_set(settings, o, settings->config, text);
}

static const struct option *find_key(const char *key)
{
    for (const struct option *o = settings_table; o->name; o++)
        if (o->key && strcmp(o->key, key) == 0)
            return o;
    return NULL;
}

static int take_keys(struct settings *settings, json_t *root)
{
    const char *key;
    json_t *value;
    int status = EXIT_DONE;
    json_object_foreach(root, key, value)
    {
        const struct option *o = find_key(key);
        if (!o && status == EXIT_DONE) {
            (void)problem_set(&settings->problem, ST_INVALID, settings->config, "unknown key \"%.200s\"", key);
            (void)problem_cure(&settings->problem, ST_INVALID, "config/entrepot.json has every key");
            status = EXIT_USAGE;
        } else if (status == EXIT_DONE) {
            status = set_json(settings, o, value);
        }
    }
    return status;
}

static int read_config(struct settings *settings)
{
    char *text;
    size_t n;
    if (ingest_slurp(settings->config, (size_t)1 << 20, &text, &n, &settings->problem) != ST_OK)
        return EXIT_REFUSED;
    struct json_text json;
    enum status read = json_text_read(settings->config, str_span(text, n), &json, &settings->problem);
    free(text);
    if (read != ST_OK)
        return EXIT_REFUSED;
    int status = EXIT_REFUSED;
    if (json_is_object(json.root)) {
        status = take_keys(settings, json.root) == EXIT_DONE ? EXIT_DONE : EXIT_REFUSED;
    } else {
        char place[256];
        (void)snprintf(place, sizeof place, "%.240s:1", settings->config);
        (void)problem_set(&settings->problem, ST_INVALID, place, "a JSON object is needed");
    }
    json_text_release(&json);
    return status;
}

/* ---- environment and command line ---- */

static int read_variable(struct settings *settings, const struct option *o, const char *name, const char *value)
{
    if (!option_is_list(o))
        return option_set(settings, o, name, value);
    int status = EXIT_DONE;
    option_empty(settings, o);
    struct str rest = str_view(value);
    while (rest.p && status == EXIT_DONE) {
        struct str item = arena_str(&settings->texts, str_cut(&rest, o->type == OPT_PATHS ? ':' : ','));
        status = option_set(settings, o, name, item.p ? item.p : "");
    }
    return status;
}

static int read_environment(struct settings *settings)
{
    int status = EXIT_DONE;
    char name[OPTION_VARIABLE_MAX];
    for (const struct option *o = CONFIG + 1; o->name && status == EXIT_DONE; o++) {
        const char *value = getenv(option_variable(o, name));
        if (value && *value)
            status = read_variable(settings, o, name, value);
    }
    return status;
}

/* The configuration is read first, wherever the command line names it. */
static void find_config(struct settings *settings)
{
    settings->config = getenv("ENTREPOT_CONFIG");
    for (int i = 0; i < settings->argc && strcmp(settings->argv[i], "--") != 0; i++) {
        const char *value;
        if (option_at(settings, &i, &value) == CONFIG && value)
            settings->config = value;
    }
    if (settings->config && !*settings->config)
        settings->config = NULL;
}

int settings_read(struct settings *settings, const struct command *command, int argc, char *const *argv)
{
    *settings = (struct settings){.command = command,
                                  .argc = argc,
                                  .argv = argv,
                                  .listen = "127.0.0.1:8080",
                                  .admin = "auto",
                                  .log_level = LOG_LEVEL_INFO,
                                  .server = server_options_default(),
                                  .api = api_options_default(),
                                  .request.method = STR("GET"),
                                  .import.ingest = ingest_options_default()};
    arena_init(&settings->texts, TEXTS_BYTES);
    find_config(settings);
    const char *config = settings->config;
    int status = config ? read_config(settings) : EXIT_DONE;
    if (status == EXIT_DONE)
        status = read_environment(settings);
    if (status == EXIT_DONE)
        status = options_take(settings);
    settings->config = config;
    settings->server.listen = settings->listen;
    settings->server.admin = strcmp(settings->admin, "off") == 0 ? NULL : settings->admin;
    settings->api.max_target_bytes = settings->server.max_target_bytes;
    return status;
}

void settings_release(struct settings *settings) { arena_release(&settings->texts); }

/* ---- comparing ---- */

static bool same_setting_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_setting_list(const struct text_list *a, const struct text_list *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = strcmp(a->item[i], b->item[i]) == 0;
    return same;
}

static bool same_setting(const struct option *o, const char *a, const char *b)
{
    const char *text[2];
    if (option_is_list(o))
        return same_setting_list((const void *)(a + o->offset), (const void *)(b + o->offset));
    if (o->type == OPT_TEXT || o->type == OPT_PATH) {
        memcpy(&text[0], a + o->offset, sizeof text[0]);
        memcpy(&text[1], b + o->offset, sizeof text[1]);
        return same_setting_text(text[0], text[1]);
    }
    return memcmp(a + o->offset, b + o->offset, o->width) == 0;
}

void settings_fixed(const struct settings *running, const struct settings *wanted, struct buf *out)
{
    for (const struct option *o = settings_table; o->name; o++) {
        if (o->life == LIVE || same_setting(o, (const char *)running, (const char *)wanted))
            continue;
        if (out->n)
            buf_byte(out, ' ');
        buf_add(out, str_view(o->key));
    }
}
