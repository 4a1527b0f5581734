/* entrepot: serves, asks, imports and checks trade statistics. */
#include "cli/parse.h"
#include "entrepot/server/fault.h"

static const struct command *const commands[] = {&command_serve,  &command_get,    &command_import, &command_inspect,
                                                 &command_verify, &command_health, &command_routes, &command_openapi};
#define COMMANDS (sizeof commands / sizeof *commands)

static void help(FILE *out)
{
    fputs("entrepot — trade between two countries: totals, deficits, dependence, as a JSON API\n\nusage: entrepot "
          "COMMAND [ARGUMENTS] [OPTIONS]\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->help);
    fputs(
        "\nentrepot COMMAND --help tells which options it has a use for, and its own.\n\noptions (command line before "
        "environment before configuration):\n",
        out);
    options_help(settings_table, FOR_ANY, out);
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

static int refuse_arguments(const struct command *command, const struct settings *settings)
{
    if (settings->n_rest <= command->at_most)
        return command_usage(command);
    problem_line(stderr, "entrepot: %s: \"%s\" is an argument too many (usage: entrepot %s %s)", command->name,
                 settings->rest[command->at_most], command->name, command->arguments);
    return EXIT_USAGE;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct settings settings;
    int status = command->bare ? command->bare(argc, argv) : NOT_BARE;
    if (status != NOT_BARE || !command->run)
        return status == NOT_BARE ? command_usage(command) : status;
    status = settings_read(&settings, command, argc, argv);
    if (status != EXIT_DONE)
        (void)print_problem(&settings.problem);
    else if (settings.n_rest < command->at_least || settings.n_rest > command->at_most)
        status = refuse_arguments(command, &settings);
    else
        status = command->run(&settings);
    settings_release(&settings);
    return status;
}

int main(int argc, char **argv)
{
    const struct command *command = NULL;
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            command = commands[i];
    if (asks_for(argc, argv, "--help") || asks_for(argc, argv, "-h")) {
        if (command)
            command_help(command);
        else
            help(stdout);
        return EXIT_DONE;
    }
    if (asks_for(argc, argv, "--version")) {
        puts("entrepot " ENTREPOT_VERSION);
        return EXIT_DONE;
    }
    if (command) {
        fault_guard(command == &command_serve);
        return run_command(command, argc - 2, argv + 2);
    }
    if (argc > 1) {
        problem_line(stderr, "entrepot: \"%s\" is no command", argv[1]);
        fputc('\n', stderr);
    }
    help(stderr);
    return EXIT_USAGE;
}
