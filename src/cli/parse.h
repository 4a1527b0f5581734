/* parse: commands, and the tables of options that a command line is read by. Private to src/cli.
 *
 * A command takes the settings' options and its own; both say where in struct settings a value goes, and what --help tells of it.
 */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli/options.h"

/* ---- options ---- */

enum option_type {
    OPT_TEXT,
    OPT_PATH,     /* in the configuration relative to it */
    OPT_PATHS,    /* a list */
    OPT_NETWORKS, /* a list */
    OPT_COUNT,    /* from min to max */
    OPT_BOOL,     /* 0 or 1 */
    OPT_FLAG,     /* true by being there */
    OPT_READ      /* by `read` */
};

/* What a running server does with a new value (SIGHUP). */
enum option_life { AT_START, LIVE };

/* Which commands have a use for a setting, and tell it in their help. */
enum { FOR_SERVE = 1, FOR_GET = 2, FOR_OPENAPI = 4, FOR_IMPORT = 8, FOR_VERIFY = 16, FOR_HEALTH = 32, FOR_ANY = 63 };

/* A row of a table; the last one has no name. */
struct option {
    const char *key;  /* in the configuration; NULL: it cannot stand there */
    const char *name; /* --name; a setting's variable is ENTREPOT_NAME */
    const char *meta; /* its value in the help; NULL: it takes none */
    enum option_type type;
    size_t offset;  /* in struct settings */
    unsigned width; /* of the field */
    enum option_life life;
    unsigned use; /* FOR_…; 0: a command's own */
    uint64_t min, max;
    /* NULL, or what is wrong with the value, as in "is no level: write hs2" */
    const char *(*read)(struct settings *settings, const char *value);
    const char *help;
};
/* The offset and the width of a field. */
#define OPTION_AT(field) .offset = offsetof(struct settings, field), .width = sizeof(((struct settings *)0)->field)

extern const struct option settings_table[];

/* Sets what one value says; `place`: who said it. EXIT_DONE, or EXIT_USAGE with settings->problem. */
int option_set(struct settings *settings, const struct option *option, const char *place, const char *value);
/* «key "value" what»: EXIT_USAGE. */
int option_refuse(struct settings *settings, const char *place, const struct option *option, const char *value,
                  const char *what);
/* Whether it may be given several times and adds to a list. */
static inline bool option_is_list(const struct option *option)
{
    return option->type == OPT_PATHS || option->type == OPT_NETWORKS;
}
struct text_list *option_list(struct settings *settings, const struct option *option);
/* Begins it anew. */
void option_empty(struct settings *settings, const struct option *option);
/* ENTREPOT_NAME. */
#define OPTION_VARIABLE_MAX 64
const char *option_variable(const struct option *option, char out[OPTION_VARIABLE_MAX]);

/* ---- command lines ---- */

struct command {
    const char *name, *arguments, *help;
    size_t at_least, at_most;                 /* arguments that are no options */
    int (*run)(struct settings *settings);    /* the exit status; NULL: always bare */
    int (*bare)(int argc, char *const *argv); /* without settings: the exit status, or NOT_BARE; NULL: never */
    const struct option *own;                 /* options that no other command takes, or NULL */
    unsigned use;                             /* FOR_… */
    const char *before, *after;               /* of the options in its help, or NULL */
};
#define NOT_BARE (-1)

/* The option that settings->argv[*i] names, or NULL; *value is its value or NULL, and *i the last word of the two. */
const struct option *option_at(const struct settings *settings, int *i, const char **value);
/* Options into the settings, arguments into settings->rest. EXIT_DONE or EXIT_USAGE. */
int options_take(struct settings *settings);
/* How the command is called, on the standard error output; EXIT_USAGE. */
int command_usage(const struct command *command);
void command_help(const struct command *command);
/* A table as help: the settings that are for one of `use`, or with 0 a command's own options. */
void options_help(const struct option *table, unsigned use, FILE *out);

extern const struct command command_serve, command_get, command_import, command_inspect, command_verify, command_health, command_routes,
    command_openapi;

#endif
