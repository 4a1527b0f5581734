/* How a failure is written down, and shown to a person. */
#include "entrepot/base/problem.h"

#include <stdarg.h>

#include "entrepot/base/str.h"

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

void problem_line(FILE *out, const char *format, ...)
{
    char text[8192];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (struct str rest = str_view(text); rest.n;) {
        size_t n = str_control(rest) ? 0 : str_utf8_step(rest);
        if (n)
            (void)fwrite(rest.p, 1, n, out);
        else
            fprintf(out, "\\x%02x", (unsigned)(unsigned char)rest.p[0]);
        rest = str_span(rest.p + (n ? n : 1), rest.n - (n ? n : 1));
    }
    fputc('\n', out);
}

void problem_print(const struct problem *problem, FILE *out)
{
    const char *cure = problem->cure;
    problem_line(out, "%s: %s%s%s%s", problem->place, problem->detail, cure[0] ? " (" : "", cure, cure[0] ? ")" : "");
}

void problem_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: BUG: %s\n", file, line, what);
    abort();
}
