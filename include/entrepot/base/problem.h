/* problem: how a failure travels.
 *
 * A function that can fail returns an `enum status`; what a person needs to know (where, what, how to mend it) is put into a
 * `struct problem` that the caller owns. Nothing is allocated, so reporting "out of memory" cannot itself fail.
 * Programmer errors are not problems: BUG() aborts with file and line.
 */
#ifndef ENTREPOT_BASE_PROBLEM_H
#define ENTREPOT_BASE_PROBLEM_H

#include <stdio.h>
#include <stdlib.h>

enum status {
    ST_OK = 0,
    ST_NOT_FOUND,   /* what was named does not exist */
    ST_INVALID,     /* the input breaks its rules */
    ST_UNAVAILABLE, /* well-formed, but no dataset holds it */
    ST_TOO_LARGE,   /* would cost or give more than is allowed */
    ST_CORRUPT,     /* bytes on disk are not what was written */
    ST_NO_MEMORY,   /* memory or the request's ceiling is used up */
    ST_IO           /* the operating system refused */
};

#define MUST_CHECK __attribute__((warn_unused_result))

struct problem {
    enum status status;
    char place[256];  /* file, line, column, section or option */
    char detail[512]; /* what is wrong there */
    char cure[256];   /* what to do about it; may be empty */
};

/* Fills *problem (which may be NULL) and returns `status`, so that one line can say `return problem_set(…)`. */
enum status problem_set(struct problem *problem, enum status status, const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds the remedy. Returns the problem's status. */
enum status problem_cure(struct problem *problem, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Says where, if a room below did not know it. *problem may be NULL. */
void problem_locate(struct problem *problem, const char *place);
/* "place: detail (cure)" on one line to `out`, ending in a newline. */
void problem_print(const struct problem *problem, FILE *out);
/* A line for a person, of at most 8 kB, with its end. What it quotes may be anybody's: control characters and bytes that are no UTF-8, which
 * a terminal could obey, are shown as \x1b. */
void problem_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says where on the standard error output and aborts. */
_Noreturn void problem_bug(const char *file, int line, const char *what);
#define BUG(what) problem_bug(__FILE__, __LINE__, (what))

#endif
