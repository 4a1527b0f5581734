/* bug: a programmer's error says what it is and aborts (BUG of problem.h). Here the signal is caught, so that a test can ask which error was
 * found, and go on; what the wrong call has allocated is lost. Not for several threads. */
#ifndef ENTREPOT_TESTS_BUG_H
#define ENTREPOT_TESTS_BUG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf bug_return;

static void bug_found(int number)
{
    (void)number;
    siglongjmp(bug_return, 1);
}

/* `wrong(data)` must end in BUG(what). */
static inline void expect_bug(const char *what, void (*wrong)(void *), void *data)
{
    char said[512] = "";
    volatile bool found = false;
    int keep = dup(STDERR_FILENO), file = memfd_create("said", MFD_CLOEXEC);
    assert_true(keep >= 0 && file >= 0);
    void (*before)(int) = signal(SIGABRT, bug_found);
    (void)dup2(file, STDERR_FILENO); /* the message is kept from the test's own */
    if (sigsetjmp(bug_return, 1) == 0)
        wrong(data);
    else
        found = true;
    (void)dup2(keep, STDERR_FILENO);
    (void)signal(SIGABRT, before);
    assert_true(pread(file, said, sizeof said - 1, 0) >= 0);
    (void)close(keep);
    (void)close(file);
    if (!found || !strstr(said, what))
        fail_msg("\"%s\" was not found: %s", what, found ? said : "nothing was");
}

#endif
