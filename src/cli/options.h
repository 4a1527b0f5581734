/* options: what the command line, the environment and the configuration say. Private to src/cli.
 *
 * Precedence: command line, environment, configuration file, defaults. One table of settings drives all of them and --help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "entrepot/api/api.h"
#include "entrepot/base/log.h"
#include "entrepot/server/server.h"

#define DATA_PATHS_MAX 256

struct settings {
    const char *config; /* NULL: none */
    const char *data[DATA_PATHS_MAX];
    size_t n_data;
    const char *listen, *countries, *products, *sectors; /* files; NULL: the built-in tables */
    enum log_level log_level;
    struct server_options server;
    struct api_options api;
    struct arena texts;
};

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* Reads argv from the subcommand's first argument on. Non-option arguments are left in rest[0 … *n_rest). On wrong usage a message has been
 * printed and the return value is EXIT_USAGE; ST problems of the configuration file likewise EXIT_REFUSED; EXIT_DONE to go on. */
int settings_read(struct settings *settings, int argc, char **argv, const char **rest, size_t *n_rest);
void settings_release(struct settings *settings);
/* The options table as help text. */
void settings_help(FILE *out);

/* The catalogue of all configured datasets; a message has been printed if NULL. */
struct catalogue *load_catalogue(const struct settings *settings);
/* What tells this build from others: the linker's hash of it, or the version where there is none. Static. */
struct str build_id(void);
/* Tables alone (import, verify). */
enum status load_tables(const struct settings *settings, struct countries **countries, struct products **products,
                        struct sectors **sectors, struct problem *problem) MUST_CHECK;

/* The options of import alone, as help text. */
void import_help(FILE *out);

/* Subcommands: arguments behind their name; return the exit status. */
typedef int command(int argc, char **argv);
command command_serve, command_get, command_import, command_verify, command_health, command_routes, command_openapi;

#endif
