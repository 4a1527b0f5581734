#include "cli/options.h"

#include <jansson.h>

#include "entrepot/cube/json_text.h"
#include "entrepot/ingest/ingest.h"

enum setting_type {
    SET_PATHS,
    SET_PROXIES,
    SET_TEXT,
    SET_FORWARDED,
    SET_SANDBOX,
    SET_PATH,
    SET_COUNT,
    SET_LEVEL,
    SET_BOOL
};

/* What a running server does with a new value (SIGHUP). */
enum setting_life { AT_START, LIVE };

struct setting {
    const char *key; /* in the configuration; the option is --key with hyphens, the variable ENTREPOT_KEY */
    const char *option, *variable, *meta;
    enum setting_type type;
    enum setting_life life;
    size_t offset;  /* in struct settings */
    unsigned width; /* of the field */
    uint64_t min, max;
    const char *help;
};

#define AT(field) offsetof(struct settings, field), sizeof(((struct settings *)0)->field)

/* The words of those that take one of a few; ended by NULL, the first is the default. */
static const char *const forwarding_headers[] = {"x-forwarded-for", "forwarded", NULL};
/* in the order of enum sandbox_mode */
static const char *const sandbox_modes[] = {"auto", "require", "off", NULL};
static const char *const *const words_of[] = {[SET_FORWARDED] = forwarding_headers, [SET_SANDBOX] = sandbox_modes};

static const struct setting table[] = {
    {"data", "data", "ENTREPOT_DATA", "PATH", SET_PATHS, LIVE, AT(data), 0, 0,
     "manifest, cube file or folder of them; repeatable, in order"},
    {"listen", "listen", "ENTREPOT_LISTEN", "ADDR:PORT", SET_TEXT, AT_START, AT(listen), 0, 0,
     "where to listen; port 0 takes a free one"},
    {"admin", "admin", "ENTREPOT_ADMIN", "ADDR:PORT", SET_TEXT, AT_START, AT(admin), 0, 0,
     "where metrics are; auto: loopback, the port after that of --listen; off"},
    {"shards", "shards", "ENTREPOT_SHARDS", "N", SET_COUNT, AT_START, AT(server.shards), 0, 256,
     "serving threads; 0: one for each processor"},
    {"connection_limit", "connection-limit", "ENTREPOT_CONNECTION_LIMIT", "N", SET_COUNT, AT_START,
     AT(server.connection_limit), 1, 1000000, "most open connections"},
    {"idle_timeout_s", "idle-timeout", "ENTREPOT_IDLE_TIMEOUT", "SECONDS", SET_COUNT, AT_START,
     AT(server.idle_timeout_s), 1, 3600, "close a silent connection after this"},
    {"lame_duck_ms", "lame-duck", "ENTREPOT_LAME_DUCK", "MS", SET_COUNT, AT_START, AT(server.lame_duck_ms), 0, 600000,
     "at the end, say \"not ready\" for so long before the door is shut"},
    {"drain_ms", "drain", "ENTREPOT_DRAIN", "MS", SET_COUNT, AT_START, AT(server.drain_ms), 0, 600000,
     "longest wait for open requests at the end"},
    {"trusted_proxy", "trusted-proxy", "ENTREPOT_TRUSTED_PROXY", "NETWORK", SET_PROXIES, AT_START, AT(trusted_proxies),
     0, 0, "network of proxies whose forwarding header the log believes; repeatable"},
    {"forwarded_header", "forwarded-header", "ENTREPOT_FORWARDED_HEADER", "NAME", SET_FORWARDED, AT_START,
     AT(forwarded_header), 0, 0, "the header that they write: x-forwarded-for or forwarded"},
    {"sandbox", "sandbox", "ENTREPOT_SANDBOX", "MODE", SET_SANDBOX, AT_START, AT(sandbox), 0, 0,
     "auto: what the kernel has; require: all of it or no start; off"},
    {"allow_root", "allow-root", "ENTREPOT_ALLOW_ROOT", "0|1", SET_BOOL, AT_START, AT(allow_root), 0, 1,
     "serve as root too, which is refused without it"},
    {"access_log", "access-log", "ENTREPOT_ACCESS_LOG", "0|1", SET_BOOL, AT_START, AT(server.access_log), 0, 1,
     "one log line a request"},
    {"slow_ms", "slow", "ENTREPOT_SLOW", "MS", SET_COUNT, AT_START, AT(server.slow_ms), 0, 600000,
     "log what takes longer to answer; 0: nothing"},
    {"log_level", "log-level", "ENTREPOT_LOG_LEVEL", "LEVEL", SET_LEVEL, AT_START, AT(log_level), 0, 0,
     "debug, info, warning or error"},
    {"max_age_s", "max-age", "ENTREPOT_MAX_AGE", "SECONDS", SET_COUNT, LIVE, AT(api.max_age_s), 0, 31536000,
     "how long a client may keep an answer"},
    {"max_body_bytes", "max-body", "ENTREPOT_MAX_BODY", "BYTES", SET_COUNT, LIVE, AT(api.max_body_bytes), 4096,
     (uint64_t)1 << 32, "largest answer"},
    {"max_cost", "max-cost", "ENTREPOT_MAX_COST", "N", SET_COUNT, LIVE, AT(api.max_cost), 1000, (uint64_t)1 << 40,
     "most observations one query may read"},
    {"request_bytes", "request-memory", "ENTREPOT_REQUEST_MEMORY", "BYTES", SET_COUNT, AT_START,
     AT(server.request_bytes), 1 << 20, (uint64_t)1 << 36, "memory of one request at most"},
    {"max_target_bytes", "max-target", "ENTREPOT_MAX_TARGET", "BYTES", SET_COUNT, AT_START, AT(server.max_target_bytes),
     256, 8192, "longest request target"},
    {"countries", "countries", "ENTREPOT_COUNTRIES", "FILE", SET_PATH, LIVE, AT(countries), 0, 0,
     "table of countries instead of the built-in one"},
    {"products", "products", "ENTREPOT_PRODUCTS", "FILE", SET_PATH, LIVE, AT(products), 0, 0,
     "table of products instead of the built-in one"},
    {"sectors", "sectors", "ENTREPOT_SECTORS", "FILE", SET_PATH, LIVE, AT(sectors), 0, 0,
     "sector baskets instead of the built-in ones"},
};
#define SETTINGS (sizeof table / sizeof *table)
#define TEXTS_BYTES ((size_t)1 << 24)

/* ---- one value ---- */

static int refuse(struct settings *settings, const char *place, const struct setting *s, const char *value,
                  const char *what)
{
    (void)problem_set(&settings->problem, ST_INVALID, place, "%s \"%.200s\" %s", s->key, value, what);
    return EXIT_USAGE;
}

static int set_count(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    char *end;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || number < s->min || number > s->max) {
        (void)problem_set(&settings->problem, ST_INVALID, place,
                          "%s is \"%.200s\": a whole number from %llu to %llu is needed", s->key, value,
                          (unsigned long long)s->min, (unsigned long long)s->max);
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

static bool is_list(const struct setting *s) { return s->type == SET_PATHS || s->type == SET_PROXIES; }

static struct text_list *list_of(struct settings *settings, const struct setting *s)
{
    return (struct text_list *)(void *)((char *)settings + s->offset);
}

/* Begins it anew: who speaks later replaces what was said before. */
static void empty_list(struct settings *settings, const struct setting *s)
{
    list_of(settings, s)->n = 0;
    if (s->type == SET_PROXIES)
        settings->server.proxies.n = 0;
}

static int add_item(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    struct text_list *list = list_of(settings, s);
    if (list->n == SETTING_LIST_MAX)
        return refuse(settings, place, s, value, "is one too many: 256 are allowed");
    list->item[list->n++] = value;
    return EXIT_DONE;
}

static int set_word(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    const char *const *word = words_of[s->type];
    char words[128] = "";
    for (size_t i = 0, n = 0; word[i]; i++) {
        if (strcmp(word[i], value) == 0) {
            memcpy((char *)settings + s->offset, &word[i], sizeof word[i]);
            return EXIT_DONE;
        }
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s", i ? ", " : "is none of ", word[i]);
    }
    return refuse(settings, place, s, value, words);
}

/* A network is checked here, where it is known who said it. */
static int add_proxy(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    struct problem problem;
    if (proxies_add(&settings->server.proxies, value, &problem) == ST_OK)
        return add_item(settings, s, place, value);
    (void)problem_set(&settings->problem, ST_INVALID, place, "%s: %s", s->key, problem.detail);
    (void)problem_cure(&settings->problem, ST_INVALID, "%s", problem.cure);
    return EXIT_USAGE;
}

static int set_value(struct settings *settings, const struct setting *s, const char *place, const char *value)
{
    struct str copy = arena_str(&settings->texts, str_view(value));
    if (!copy.p)
        return refuse(settings, place, s, value, "does not fit into memory");
    switch (s->type) {
    case SET_PATHS: return add_item(settings, s, place, copy.p);
    case SET_PROXIES: return add_proxy(settings, s, place, copy.p);
    case SET_FORWARDED:
    case SET_SANDBOX: return set_word(settings, s, place, copy.p);
    case SET_TEXT:
    case SET_PATH: memcpy((char *)settings + s->offset, &copy.p, sizeof copy.p); return EXIT_DONE;
    case SET_LEVEL:
        return log_level_read(copy, &settings->log_level)
                   ? EXIT_DONE
                   : refuse(settings, place, s, value, "is no log level: write debug, info, warning or error");
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

static int set_json_list(struct settings *settings, const struct setting *s, json_t *value)
{
    size_t i;
    json_t *item;
    bool texts = json_is_array(value);
    json_array_foreach(value, i, item) texts = texts && json_is_string(item);
    if (!texts)
        return refuse(settings, settings->config, s, "", "must be a list of texts");
    int status = EXIT_DONE;
    json_array_foreach(value, i, item)
    {
        const char *text = json_string_value(item);
        if (status == EXIT_DONE)
            status = set_value(settings, s, settings->config, s->type == SET_PATHS ? beside(settings, text) : text);
    }
    return status;
}

static int set_json(struct settings *settings, const struct setting *s, json_t *value)
{
    char text[32];
    if (json_is_null(value))
        return EXIT_DONE;
    if (is_list(s))
        return set_json_list(settings, s, value);
    if (json_is_string(value))
        return set_value(settings, s, settings->config,
                         s->type == SET_PATH ? beside(settings, json_string_value(value)) : json_string_value(value));
    if (json_is_boolean(value) && s->type == SET_BOOL)
        return set_value(settings, s, settings->config, json_is_true(value) ? "1" : "0");
    if (!json_is_integer(value) || s->type != SET_COUNT)
        return refuse(settings, settings->config, s, "", "has the wrong type");
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

static int take_keys(struct settings *settings, json_t *root)
{
    const char *key;
    json_t *value;
    int status = EXIT_DONE;
    json_object_foreach(root, key, value)
    {
        const struct setting *s = find_key(key);
        if (!s && status == EXIT_DONE) {
            (void)problem_set(&settings->problem, ST_INVALID, settings->config, "unknown key \"%.200s\"", key);
            (void)problem_cure(&settings->problem, ST_INVALID, "config/entrepot.json has every key");
            status = EXIT_USAGE;
        } else if (status == EXIT_DONE) {
            status = set_json(settings, s, value);
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

static int read_variable(struct settings *settings, const struct setting *s, const char *value)
{
    if (!is_list(s))
        return set_value(settings, s, s->variable, value);
    int status = EXIT_DONE;
    empty_list(settings, s);
    struct str rest = str_view(value);
    while (rest.p && status == EXIT_DONE) {
        struct str item = arena_str(&settings->texts, str_cut(&rest, s->type == SET_PATHS ? ':' : ','));
        status = set_value(settings, s, s->variable, item.p ? item.p : "");
    }
    return status;
}

static int read_environment(struct settings *settings)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < SETTINGS && status == EXIT_DONE; i++) {
        const char *value = getenv(table[i].variable);
        if (value && *value)
            status = read_variable(settings, &table[i], value);
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

/* `given`: a bit for each list that the command line has begun. The first one there replaces what the others said. */
static int read_option(struct settings *settings, int argc, char **argv, int *i, uint64_t *given)
{
    for (size_t k = 0; k < SETTINGS; k++) {
        const char *value = value_of(table[k].option, argc, argv, i);
        if (!value)
            continue;
        if (is_list(&table[k]) && !(*given >> k & 1))
            empty_list(settings, &table[k]);
        *given |= (uint64_t)1 << k;
        return set_value(settings, &table[k], "command line", value);
    }
    if (value_of("config", argc, argv, i))
        return EXIT_DONE;
    (void)problem_set(&settings->problem, ST_INVALID, "command line", "%.200s is no option, or lacks its value",
                      argv[*i]);
    (void)problem_cure(&settings->problem, ST_INVALID, "entrepot --help lists them");
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
                                  .admin = "auto",
                                  .forwarded_header = forwarding_headers[0],
                                  .sandbox = sandbox_modes[SANDBOX_AUTO],
                                  .log_level = LOG_LEVEL_INFO,
                                  .server = server_options_default(),
                                  .api = api_options_default()};
    arena_init(&settings->texts, TEXTS_BYTES);
    find_config(settings, argc, argv);
    int status = settings->config ? read_config(settings) : EXIT_DONE;
    if (status == EXIT_DONE)
        status = read_environment(settings);
    uint64_t given = 0;
    *n_rest = 0;
    bool only_arguments = false;
    for (int i = 0; i < argc && status == EXIT_DONE; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0)
            only_arguments = true;
        else if (!only_arguments && strncmp(argv[i], "--", 2) == 0)
            status = read_option(settings, argc, argv, &i, &given);
        else
            rest[(*n_rest)++] = argv[i];
    }
    settings->server.listen = settings->listen;
    settings->server.proxies.standard = settings->forwarded_header == forwarding_headers[1];
    settings->server.admin = strcmp(settings->admin, "off") == 0 ? NULL : settings->admin;
    settings->api.max_target_bytes = settings->server.max_target_bytes;
    return status;
}

int settings_take(struct settings *settings, int argc, char **argv, const char **rest, size_t *n_rest)
{
    int status = EXIT_USAGE;
    if (argc <= REST_MAX) {
        status = settings_read(settings, argc, argv, rest, n_rest);
    } else {
        *settings = (struct settings){.config = NULL};
        arena_init(&settings->texts, 0);
        (void)problem_set(&settings->problem, ST_INVALID, "command line", "more than %d arguments", REST_MAX);
        (void)problem_cure(&settings->problem, ST_INVALID, "put the data into one folder, or write a configuration");
    }
    if (status != EXIT_DONE)
        (void)print_problem(&settings->problem);
    return status;
}

enum sandbox_mode settings_sandbox(const struct settings *settings)
{
    enum sandbox_mode mode = SANDBOX_AUTO;
    while (sandbox_modes[mode] != settings->sandbox)
        mode++;
    return mode;
}

void settings_release(struct settings *settings) { arena_release(&settings->texts); }

/* ---- comparing, help ---- */

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_list(const struct text_list *a, const struct text_list *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = strcmp(a->item[i], b->item[i]) == 0;
    return same;
}

static bool same_value(const struct setting *s, const char *a, const char *b)
{
    const char *text[2];
    switch (s->type) {
    case SET_PATHS:
    case SET_PROXIES: return same_list((const void *)(a + s->offset), (const void *)(b + s->offset));
    case SET_TEXT:
    case SET_PATH:
        memcpy(&text[0], a + s->offset, sizeof text[0]);
        memcpy(&text[1], b + s->offset, sizeof text[1]);
        return same_text(text[0], text[1]);
    case SET_FORWARDED: /* the table's own text */
    case SET_SANDBOX:
    case SET_LEVEL:
    case SET_COUNT:
    case SET_BOOL: break;
    }
    return memcmp(a + s->offset, b + s->offset, s->width) == 0;
}

void settings_fixed(const struct settings *running, const struct settings *wanted, struct buf *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if (table[i].life == LIVE || same_value(&table[i], (const char *)running, (const char *)wanted))
            continue;
        if (out->n)
            buf_byte(out, ' ');
        buf_add(out, str_view(table[i].key));
    }
}

void settings_help(FILE *out)
{
    fprintf(out, "  --config FILE              configuration (ENTREPOT_CONFIG)\n");
    for (size_t i = 0; i < SETTINGS; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s %s", table[i].option, table[i].meta);
        fprintf(out, "  %-26s %s (%s)\n", left, table[i].help, table[i].variable);
    }
}
