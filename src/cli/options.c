#include "cli/options.h"

#include <jansson.h>

#include "entrepot/ingest/ingest.h"

enum setting_type { SET_DATA, SET_TEXT, SET_COUNT, SET_LEVEL, SET_BOOL };

struct setting {
    const char *key; /* in the configuration; the option is --key with hyphens, the variable ENTREPOT_KEY */
    const char *option, *variable, *meta;
    enum setting_type type;
    size_t offset;  /* in struct settings */
    unsigned width; /* sizeof the number */
    uint64_t min, max;
    const char *help;
};

#define AT(field) offsetof(struct settings, field), sizeof(((struct settings *)0)->field)

static const struct setting table[] = {
    {"data", "data", "ENTREPOT_DATA", "PATH", SET_DATA, 0, 0, 0, 0,
     "manifest, cube file or folder of them; repeatable, in order"},
    {"listen", "listen", "ENTREPOT_LISTEN", "ADDR:PORT", SET_TEXT, AT(listen), 0, 0,
     "where to listen; port 0 takes a free one"},
    {"shards", "shards", "ENTREPOT_SHARDS", "N", SET_COUNT, AT(server.shards), 0, 256,
     "serving threads; 0: one for each processor"},
    {"connection_limit", "connection-limit", "ENTREPOT_CONNECTION_LIMIT", "N", SET_COUNT, AT(server.connection_limit),
     1, 1000000, "most open connections"},
    {"idle_timeout_s", "idle-timeout", "ENTREPOT_IDLE_TIMEOUT", "SECONDS", SET_COUNT, AT(server.idle_timeout_s), 1,
     3600, "close a silent connection after this"},
    {"drain_ms", "drain", "ENTREPOT_DRAIN", "MS", SET_COUNT, AT(server.drain_ms), 0, 600000,
     "longest wait for open requests at the end"},
    {"access_log", "access-log", "ENTREPOT_ACCESS_LOG", "0|1", SET_BOOL, AT(server.access_log), 0, 1,
     "one log line a request"},
    {"log_level", "log-level", "ENTREPOT_LOG_LEVEL", "LEVEL", SET_LEVEL, AT(log_level), 0, 0,
     "debug, info, warning or error"},
    {"max_age_s", "max-age", "ENTREPOT_MAX_AGE", "SECONDS", SET_COUNT, AT(api.max_age_s), 0, 31536000,
     "how long a client may keep an answer"},
    {"max_body_bytes", "max-body", "ENTREPOT_MAX_BODY", "BYTES", SET_COUNT, AT(api.max_body_bytes), 4096,
     (uint64_t)1 << 32, "largest answer"},
    {"max_cost", "max-cost", "ENTREPOT_MAX_COST", "N", SET_COUNT, AT(api.max_cost), 1000, (uint64_t)1 << 40,
     "most observations one query may read"},
    {"request_bytes", "request-memory", "ENTREPOT_REQUEST_MEMORY", "BYTES", SET_COUNT, AT(server.request_bytes),
     1 << 20, (uint64_t)1 << 36, "memory of one request at most"},
    {"max_target_bytes", "max-target", "ENTREPOT_MAX_TARGET", "BYTES", SET_COUNT, AT(server.max_target_bytes), 256,
     8192, "longest request target"},
    {"countries", "countries", "ENTREPOT_COUNTRIES", "FILE", SET_TEXT, AT(countries), 0, 0,
     "table of countries instead of the built-in one"},
    {"products", "products", "ENTREPOT_PRODUCTS", "FILE", SET_TEXT, AT(products), 0, 0,
     "table of products instead of the built-in one"},
    {"sectors", "sectors", "ENTREPOT_SECTORS", "FILE", SET_TEXT, AT(sectors), 0, 0,
     "sector baskets instead of the built-in ones"},
};
#define SETTINGS (sizeof table / sizeof *table)

/* Who said it: for messages, and so that the command line wins. */
struct said {
    const char *place;
    bool data_given;
};

static int refuse(const char *place, const struct setting *s, const char *value, const char *what)
{
    fprintf(stderr, "entrepot: %s: %s \"%s\" %s\n", place, s->key, value, what);
    return EXIT_USAGE;
}

static int set_count(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    char *end;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || number < s->min || number > s->max) {
        fprintf(stderr, "entrepot: %s: %s is \"%s\": a whole number from %llu to %llu is needed\n", place, s->key,
                value, (unsigned long long)s->min, (unsigned long long)s->max);
        return EXIT_USAGE;
    }
    char *field = (char *)settings + s->offset;
    if (s->type == SET_BOOL) {
        bool flag = number != 0;
        memcpy(field, &flag, sizeof flag);
    } else {
        memcpy(field, &number, s->width); /* little-endian: the low bytes come first */
    }
    return EXIT_DONE;
}

static int set_value(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    struct str copy = arena_str(&settings->texts, str_view(value));
    if (!copy.p)
        return refuse(place, s, value, "does not fit into memory");
    switch (s->type) {
    case SET_DATA:
        if (settings->n_data == DATA_PATHS_MAX)
            return refuse(place, s, value, "is one path too many (256 are allowed): put them into one folder");
        settings->data[settings->n_data++] = copy.p;
        return EXIT_DONE;
    case SET_TEXT: memcpy((char *)settings + s->offset, &copy.p, sizeof copy.p); return EXIT_DONE;
    case SET_LEVEL:
        return log_level_read(copy, &settings->log_level)
                   ? EXIT_DONE
                   : refuse(place, s, value, "is no log level: write debug, info, warning or error");
    case SET_COUNT:
    case SET_BOOL: return set_count(settings, s, place, value);
    }
    BUG("no such type of setting");
}

/* ---- configuration file ---- */

/* A path in the configuration is relative to the configuration's folder. */
static const char *beside(struct settings *settings, const char *path)
{
    const char *slash = strrchr(settings->config, '/');
    if (path[0] == '/' || !slash)
        return path;
    struct str joined =
        arena_printf(&settings->texts, "%.*s/%s", (int)(slash - settings->config), settings->config, path);
    return joined.p ? joined.p : path;
}

static int set_json(struct settings *settings, const struct setting *s, json_t *value)
{
    char text[32];
    if (json_is_null(value))
        return EXIT_DONE;
    if (s->type == SET_DATA) {
        size_t i;
        json_t *item;
        int status = json_is_array(value) ? EXIT_DONE : refuse(settings->config, s, "", "must be a list of paths");
        json_array_foreach(value, i, item)
        {
            if (status == EXIT_DONE)
                status = json_is_string(item)
                             ? set_value(settings, s, settings->config, beside(settings, json_string_value(item)))
                             : refuse(settings->config, s, "", "must be a list of paths");
        }
        return status;
    }
    bool path = s->type == SET_TEXT && strcmp(s->key, "listen") != 0;
    if (json_is_string(value))
        return set_value(settings, s, settings->config,
                         path ? beside(settings, json_string_value(value)) : json_string_value(value));
    if (json_is_boolean(value) && s->type == SET_BOOL)
        return set_value(settings, s, settings->config, json_is_true(value) ? "1" : "0");
    if (!json_is_integer(value) || s->type != SET_COUNT)
        return refuse(settings->config, s, "", "has the wrong type");
    (void)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return set_value(settings, s, settings->config, text);
}

static const struct setting *find_key(const char *key)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(table[i].key, key) == 0)
            return &table[i];
    return NULL;
}

static int read_config(struct settings *settings)
{
    struct problem problem;
    char *text;
    size_t n;
    if (ingest_slurp(settings->config, (size_t)1 << 20, &text, &n, &problem) != ST_OK) {
        fputs("entrepot: ", stderr);
        problem_print(&problem, stderr);
        return EXIT_REFUSED;
    }
    json_error_t error;
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error), *value;
    const char *key;
    free(text);
    if (!json_is_object(root)) {
        fprintf(stderr, "entrepot: %s:%d: %s\n", settings->config, root ? 1 : error.line,
                root ? "a JSON object is needed" : error.text);
        json_decref(root);
        return EXIT_REFUSED;
    }
    int status = EXIT_DONE;
    json_object_foreach(root, key, value)
    {
        const struct setting *s = find_key(key);
        if (!s)
            fprintf(stderr, "entrepot: %s: unknown key \"%s\"\n", settings->config, key);
        if (status == EXIT_DONE)
            status = s ? set_json(settings, s, value) : EXIT_USAGE;
    }
    json_decref(root);
    return status == EXIT_DONE ? EXIT_DONE : EXIT_REFUSED;
}

/* ---- environment and command line ---- */

static int read_environment(struct settings *settings)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < SETTINGS && status == EXIT_DONE; i++) {
        const char *value = getenv(table[i].variable);
        if (!value || !*value)
            continue;
        if (table[i].type != SET_DATA) {
            status = set_value(settings, &table[i], table[i].variable, value);
            continue;
        }
        settings->n_data = 0;
        struct str rest = str_view(value);
        while (rest.p && status == EXIT_DONE) {
            struct str path = arena_str(&settings->texts, str_cut(&rest, ':'));
            status = set_value(settings, &table[i], table[i].variable, path.p ? path.p : "");
        }
    }
    return status;
}

/* "--name=value" or "--name value": the value, or NULL. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    size_t n = strlen(name);
    const char *arg = argv[*i];
    if (strncmp(arg, "--", 2) != 0 || strncmp(arg + 2, name, n) != 0)
        return NULL;
    if (arg[2 + n] == '=')
        return arg + 3 + n;
    return arg[2 + n] == '\0' && *i + 1 < argc ? argv[++*i] : NULL;
}

static int read_option(struct settings *settings, int argc, char **argv, int *i, struct said *said)
{
    for (size_t k = 0; k < SETTINGS; k++) {
        const char *value = value_of(table[k].option, argc, argv, i);
        if (!value)
            continue;
        if (table[k].type == SET_DATA && !said->data_given) {
            settings->n_data = 0;
            said->data_given = true;
        }
        return set_value(settings, &table[k], said->place, value);
    }
    if (value_of("config", argc, argv, i))
        return EXIT_DONE;
    fprintf(stderr, "entrepot: %s is no option, or lacks its value; try --help\n", argv[*i]);
    return EXIT_USAGE;
}

static void find_config(struct settings *settings, int argc, char **argv)
{
    settings->config = getenv("ENTREPOT_CONFIG");
    for (int i = 0; i < argc; i++) {
        const char *value = value_of("config", argc, argv, &i);
        if (value)
            settings->config = value;
    }
    if (settings->config && !*settings->config)
        settings->config = NULL;
}

int settings_read(struct settings *settings, int argc, char **argv, const char **rest, size_t *n_rest)
{
    *settings = (struct settings){.listen = "127.0.0.1:8080",
                                  .log_level = LOG_INFO,
                                  .server = server_options_default(),
                                  .api = api_options_default()};
    arena_init(&settings->texts, (size_t)1 << 24);
    find_config(settings, argc, argv);
    int status = settings->config ? read_config(settings) : EXIT_DONE;
    if (status == EXIT_DONE)
        status = read_environment(settings);
    struct said said = {.place = "command line"};
    *n_rest = 0;
    bool only_arguments = false;
    for (int i = 0; i < argc && status == EXIT_DONE; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0)
            only_arguments = true;
        else if (!only_arguments && strncmp(argv[i], "--", 2) == 0)
            status = read_option(settings, argc, argv, &i, &said);
        else
            rest[(*n_rest)++] = argv[i];
    }
    settings->server.listen = settings->listen;
    settings->api.max_target_bytes = settings->server.max_target_bytes;
    return status;
}

void settings_release(struct settings *settings) { arena_release(&settings->texts); }

void settings_help(FILE *out)
{
    fprintf(out, "  --config FILE              configuration (ENTREPOT_CONFIG)\n");
    for (size_t i = 0; i < SETTINGS; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s %s", table[i].option, table[i].meta);
        fprintf(out, "  %-26s %s (%s)\n", left, table[i].help, table[i].variable);
    }
}
