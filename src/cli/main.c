/* entrepot: serves, asks, imports and checks trade statistics. */
#include "cli/options.h"
#include "entrepot/server/fault.h"

static const struct {
    const char *name;
    command *run;
    const char *arguments, *help;
} commands[] = {
    {"serve", command_serve, "", "load the datasets and answer over HTTP"},
    {"get", command_get, "PATH", "answer one request on standard output, without a server"},
    {"import", command_import, "FORMAT FILE -o OUT",
     "compile one file or several into a cube file; import --help tells more"},
    {"verify", command_verify, "FILE.cube", "check every byte of a cube file"},
    {"health", command_health, "", "ask a running server whether it is ready"},
    {"routes", command_routes, "[--markdown]", "list the endpoints"},
    {"openapi", command_openapi, "", "print the OpenAPI document; with --data its answers are the examples"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void help(FILE *out)
{
    fputs("entrepot — trade between two countries: totals, deficits, dependence, as a JSON API\n\nusage: entrepot "
          "COMMAND [ARGUMENTS] [OPTIONS]\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s %-21s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    fputs("\nget also takes --include (status and header fields too) and --header 'Name: value'.\n\noptions (command "
          "line before environment before configuration):\n",
          out);
    settings_help(out);
    fputs("\nexit status: 0 done; 1 refused input or start, or a problem as the answer; 2 wrong usage; 3 a data file "
          "was cut short\n"
          "while it was read; 128 + N ended by signal N, a second SIGTERM say\n",
          out);
}

static bool asks_for(int argc, char **argv, const char *option)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], option) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    if (asks_for(argc, argv, "--help") || asks_for(argc, argv, "-h")) {
        if (strcmp(argv[1], "import") == 0)
            import_help(stdout);
        else
            help(stdout);
        return EXIT_DONE;
    }
    if (asks_for(argc, argv, "--version")) {
        puts("entrepot " ENTREPOT_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            fault_guard(commands[i].run == command_serve);
            return commands[i].run(argc - 2, argv + 2);
        }
    if (argc > 1) {
        problem_line(stderr, "entrepot: \"%s\" is no command", argv[1]);
        fputc('\n', stderr);
    }
    help(stderr);
    return EXIT_USAGE;
}
