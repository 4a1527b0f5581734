/* Fills in and prints the description of a failure, and ends the process on a programmer's error. */
#include "entrepot/base/problem.h"

#include <stdarg.h>

enum status problem_set(struct problem *problem, enum status status, const char *place, const char *format, ...)
{
    if (!problem)
        return status;
    problem->status = status;
    problem->cure[0] = '\0';
    (void)snprintf(problem->place, sizeof problem->place, "%s", place);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(problem->detail, sizeof problem->detail, format, args);
    va_end(args);
    return status;
}

enum status problem_cure(struct problem *problem, enum status status, const char *format, ...)
{
    if (!problem)
        return status;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(problem->cure, sizeof problem->cure, format, args);
    va_end(args);
    return status;
}

void problem_locate(struct problem *problem, const char *place)
{
    if (problem && !problem->place[0])
        (void)snprintf(problem->place, sizeof problem->place, "%s", place);
}

void problem_print(const struct problem *problem, FILE *out)
{
    fprintf(out, "%s: %s", problem->place, problem->detail);
    if (problem->cure[0])
        fprintf(out, " (%s)", problem->cure);
    fputc('\n', out);
}

void problem_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: BUG: %s\n", file, line, what);
    abort();
}
