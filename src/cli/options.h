/* options: what the command line, the environment and the configuration say. Private to src/cli.
 *
 * Precedence: command line, environment, configuration file, defaults. Options stand in tables: those of the settings, which every command
 * takes, and a command's own. The tables drive reading and --help. All of it is for one thread and one struct settings at a time.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdatomic.h>

#include "entrepot/api/api.h"
#include "entrepot/base/log.h"
#include "entrepot/ingest/ingest.h"
#include "entrepot/server/sandbox.h"
#include "entrepot/server/server.h"

struct command; /* cli/parse.h */

#define SETTING_LIST_MAX 256

/* What an option that may be given several times has gathered. */
struct text_list {
    const char *item[SETTING_LIST_MAX];
    size_t n;
    bool given; /* on the command line: the first item there has replaced what others said */
};

/* What import alone is told. */
struct import_options {
    const char *output, *report, *into; /* into: a cube file that is taken over; NULL: none */
    bool inspect, manifest;
    struct ingest_options ingest;
    enum level level; /* which ingest.level, .partners and .coverage may point to */
    enum partners partners;
    enum coverage coverage;
};

struct settings {
    const struct command *command; /* NULL: none in particular */
    int argc;
    char *const *argv;  /* as it was given */
    const char *config; /* NULL: none */
    struct text_list data, trusted_proxies;
    const char *listen, *admin, *countries, *products, *sectors; /* files; NULL: the built-in tables */
    const char *readers;                                         /* a folder; NULL: none */
    enum log_level log_level;
    enum sandbox_mode sandbox;
    bool allow_root;
    struct server_options server;
    struct api_options api;
    struct api_request request; /* of get; without its target */
    bool include;               /* get shows the header fields too */
    struct import_options import;
    const char **rest; /* arguments that are no options */
    size_t n_rest;
    struct arena texts;
    struct problem problem; /* why settings_read refused */
};

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* Reads argv from the command's first argument on; `command` may be NULL. EXIT_DONE to go on; else what is wrong stands in
 * settings->problem: EXIT_USAGE for the command line and the environment, EXIT_REFUSED for the configuration file. Texts are the
 * settings' own. Afterwards settings_release, also on failure. */
int settings_read(struct settings *settings, const struct command *command, int argc, char *const *argv);
void settings_release(struct settings *settings);
/* What a server with these settings must still be able to do. Texts live as long as the settings. */
void confine(struct settings *settings, struct sandbox *sandbox);
/* Writes the options in which the two differ and that a running server cannot take over, with spaces between. */
void settings_fixed(const struct settings *running, const struct settings *wanted, struct buf *out);
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

/* The table of countries with those areas that the cube file names and it lacks takes the place of *countries. */
enum status load_areas(const char *path, struct countries **countries, struct problem *problem) MUST_CHECK;

/* "entrepot: place: detail (cure)" on the standard error output; EXIT_REFUSED. */
int print_problem(const struct problem *problem);

#endif
