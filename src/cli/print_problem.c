/* Why a subcommand could not do what it was asked for. */
#include <stdio.h>

#include "cli/options.h"

int print_problem(const struct problem *problem)
{
    fputs("entrepot: ", stderr);
    problem_print(problem, stderr);
    return EXIT_REFUSED;
}
