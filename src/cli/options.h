/* options: what the command line, the environment and the configuration say. Private to src/cli.
 *
 * Precedence: command line, environment, configuration file, defaults. One table of settings drives all of them and --help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdatomic.h>

#include "entrepot/api/api.h"
#include "entrepot/base/log.h"
#include "entrepot/server/sandbox.h"
#include "entrepot/server/server.h"

#define SETTING_LIST_MAX 256

/* What an option that may be given several times has gathered. */
struct text_list {
    const char *item[SETTING_LIST_MAX];
    size_t n;
};

struct settings {
    const char *config; /* NULL: none */
    struct text_list data, trusted_proxies;
    const char *listen, *admin, *forwarded_header, *sandbox, *countries, *products,
        *sectors; /* files; NULL: the built-in tables */
    enum log_level log_level;
    bool allow_root;
    struct server_options server;
    struct api_options api;
    struct arena texts;
    struct problem problem; /* why settings_read refused */
};

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* Reads argv from the subcommand's first argument on. Non-option arguments are left in rest[0 … *n_rest), which has room for argc. EXIT_DONE to go on; else what is
 * wrong stands in settings->problem: EXIT_USAGE for the command line and the environment, EXIT_REFUSED for the configuration file. */
int settings_read(struct settings *settings, int argc, char **argv, const char **rest, size_t *n_rest);
/* The same for a command: the message has been printed, and more than REST_MAX arguments are refused. */
#define REST_MAX 64
int settings_take(struct settings *settings, int argc, char **argv, const char **rest, size_t *n_rest);
void settings_release(struct settings *settings);
enum sandbox_mode settings_sandbox(const struct settings *settings);
/* What a server with these settings must still be able to do. Texts live as long as the settings. */
void confine(struct settings *settings, struct sandbox *sandbox);
/* Writes the options in which the two differ and that a running server cannot take over, with spaces between. */
void settings_fixed(const struct settings *running, const struct settings *wanted, struct buf *out);
/* The options table as help text. */
void settings_help(FILE *out);

/* The catalogue of all configured datasets. Gives up between two files (ST_UNAVAILABLE) once *give_up is set; it may be NULL. */
enum status load_catalogue(const struct settings *settings, const atomic_bool *give_up, struct catalogue **out,
                           struct problem *problem) MUST_CHECK;
/* What is served: the two are freed together. */
struct served {
    struct catalogue *catalogue;
    struct api *api;
};

/* Loads what the settings name. `give_up` as for load_catalogue. */
enum status served_load(const struct settings *settings, const atomic_bool *give_up, struct served *out,
                        struct problem *problem) MUST_CHECK;
void served_free(struct served *served);

/* What tells this build from others: the linker's hash of it, or the version where there is none. Static. */
struct str build_id(void);
/* Tables alone (import, verify). */
enum status load_tables(const struct settings *settings, struct countries **countries, struct products **products,
                        struct sectors **sectors, struct problem *problem) MUST_CHECK;

/* The options of import alone, as help text. */
void import_help(FILE *out);

/* "entrepot: place: detail (cure)" on the standard error output; EXIT_REFUSED. */
int print_problem(const struct problem *problem);

/* Subcommands: arguments behind their name; return the exit status. */
typedef int command(int argc, char **argv);
command command_serve, command_get, command_import, command_inspect, command_verify, command_health, command_routes,
    command_openapi;

#endif
