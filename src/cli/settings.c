/* The table of settings: what each is called, what it may be, where it goes. */
#include "cli/parse.h"

static const char *read_sandbox(struct settings *settings, const char *value)
{
    static const char *const mode[] = {[SANDBOX_AUTO] = "auto", [SANDBOX_REQUIRE] = "require", [SANDBOX_OFF] = "off"};
    for (unsigned i = 0; i < sizeof mode / sizeof *mode; i++)
        if (strcmp(value, mode[i]) == 0) {
            settings->sandbox = (enum sandbox_mode)i;
            return NULL;
        }
    return "is none of auto, require, off";
}

static const char *read_forwarded_header(struct settings *settings, const char *value)
{
    settings->server.proxies.standard = strcmp(value, "forwarded") == 0;
    return settings->server.proxies.standard || strcmp(value, "x-forwarded-for") == 0
               ? NULL
               : "is none of x-forwarded-for, forwarded";
}

static const char *read_log_level(struct settings *settings, const char *value)
{
    return log_level_read(str_view(value), &settings->log_level)
               ? NULL
               : "is no log level: write debug, info, warning or error";
}

#define API (FOR_SERVE | FOR_GET | FOR_OPENAPI)
#define TABLES (FOR_ANY & ~FOR_HEALTH)
const struct option settings_table[] = {
    {NULL, "config", "FILE", OPT_TEXT, OPTION_AT(config), LIVE, FOR_ANY, .help = "configuration"},
    {"data", "data", "PATH", OPT_PATHS, OPTION_AT(data), LIVE, FOR_SERVE | FOR_GET | FOR_OPENAPI,
     .help = "manifest, cube file or folder of them; repeatable, in order"},
    {"listen", "listen", "ADDR:PORT", OPT_TEXT, OPTION_AT(listen), AT_START, FOR_SERVE | FOR_HEALTH,
     .help = "where to listen; port 0 takes a free one"},
    {"admin", "admin", "ADDR:PORT", OPT_TEXT, OPTION_AT(admin), AT_START, FOR_SERVE,
     .help = "where metrics are; auto: loopback, the port after that of --listen; off"},
    {"shards", "shards", "N", OPT_COUNT, OPTION_AT(server.shards), AT_START, FOR_SERVE, .max = 256,
     .help = "serving threads; 0: one for each processor"},
    {"connection_limit", "connection-limit", "N", OPT_COUNT, OPTION_AT(server.connection_limit), AT_START, FOR_SERVE,
     .min = 1, .max = 1000000, .help = "most open connections"},
    {"idle_timeout_s", "idle-timeout", "SECONDS", OPT_COUNT, OPTION_AT(server.idle_timeout_s), AT_START, FOR_SERVE,
     .min = 1, .max = 3600, .help = "close a silent connection after this"},
    {"lame_duck_ms", "lame-duck", "MS", OPT_COUNT, OPTION_AT(server.lame_duck_ms), AT_START, FOR_SERVE, .max = 600000,
     .help = "at the end, say \"not ready\" for so long before the door is shut"},
    {"drain_ms", "drain", "MS", OPT_COUNT, OPTION_AT(server.drain_ms), AT_START, FOR_SERVE, .max = 600000,
     .help = "longest wait for open requests at the end"},
    {"trusted_proxy", "trusted-proxy", "NETWORK", OPT_NETWORKS, OPTION_AT(trusted_proxies), AT_START, FOR_SERVE,
     .help = "network of proxies whose forwarding header the log believes; repeatable"},
    {"forwarded_header", "forwarded-header", "NAME", OPT_READ, OPTION_AT(server.proxies.standard), AT_START, FOR_SERVE,
     .read = read_forwarded_header, .help = "the header that they write: x-forwarded-for or forwarded"},
    {"sandbox", "sandbox", "MODE", OPT_READ, OPTION_AT(sandbox), AT_START, FOR_SERVE, .read = read_sandbox,
     .help = "auto: what the kernel has; require: all of it or no start; off"},
    {"allow_root", "allow-root", "0|1", OPT_BOOL, OPTION_AT(allow_root), AT_START, FOR_SERVE, .max = 1,
     .help = "serve as root too, which is refused without it"},
    {"access_log", "access-log", "0|1", OPT_BOOL, OPTION_AT(server.access_log), AT_START, FOR_SERVE, .max = 1,
     .help = "one log line a request"},
    {"slow_ms", "slow", "MS", OPT_COUNT, OPTION_AT(server.slow_ms), AT_START, FOR_SERVE, .max = 600000,
     .help = "log what takes longer to answer; 0: nothing"},
    {"log_level", "log-level", "LEVEL", OPT_READ, OPTION_AT(log_level), AT_START, FOR_SERVE, .read = read_log_level,
     .help = "debug, info, warning or error"},
    {"max_age_s", "max-age", "SECONDS", OPT_COUNT, OPTION_AT(api.max_age_s), LIVE, API, .max = 31536000,
     .help = "how long a client may keep an answer"},
    {"max_body_bytes", "max-body", "BYTES", OPT_COUNT, OPTION_AT(api.max_body_bytes), LIVE, API, .min = 4096,
     .max = (uint64_t)1 << 32, .help = "largest answer"},
    {"max_cost", "max-cost", "N", OPT_COUNT, OPTION_AT(api.max_cost), LIVE, API, .min = 1000, .max = (uint64_t)1 << 40,
     .help = "most observations one query may read"},
    {"request_bytes", "request-memory", "BYTES", OPT_COUNT, OPTION_AT(server.request_bytes), AT_START, API,
     .min = 1 << 20, .max = (uint64_t)1 << 36, .help = "memory of one request at most"},
    {"max_target_bytes", "max-target", "BYTES", OPT_COUNT, OPTION_AT(server.max_target_bytes), AT_START, API,
     .min = 256, .max = 8192, .help = "longest request target"},
    {"countries", "countries", "FILE", OPT_PATH, OPTION_AT(countries), LIVE, TABLES,
     .help = "table of countries instead of the built-in one"},
    {"products", "products", "FILE", OPT_PATH, OPTION_AT(products), LIVE, TABLES,
     .help = "table of products instead of the built-in one"},
    {"sectors", "sectors", "FILE", OPT_PATH, OPTION_AT(sectors), LIVE, TABLES,
     .help = "sector baskets instead of the built-in ones"},
    {"readers", "readers", "FOLDER", OPT_PATH, OPTION_AT(readers), LIVE, FOR_IMPORT,
     .help = "descriptions of files, which come before the built-in ones"},
    {.name = NULL},
};
