/* sandbox: what a server gives up once it has what it needs, so that a hole in it leads nowhere.
 *
 * Two steps. sandbox_enter, before any thread starts: no new privileges; of root's privileges only that to read files stays (and that to
 * bind a port below 1024 where one is asked for); Landlock, where the kernel has it: no file can be written, made, removed or run, and only
 * what lies in the folders named can be read; no outgoing TCP. sandbox_close, when everything is open and all threads run: seccomp, a list of
 * the system calls that serving, reloading and ending need. Any other is refused (EPERM); to run a program ends the process (SIGSYS).
 * What the kernel lacks is left out and told, or is a failure where the sandbox is required.
 */
#ifndef ENTREPOT_SERVER_SANDBOX_H
#define ENTREPOT_SERVER_SANDBOX_H

#include "entrepot/base/log.h"
#include "entrepot/base/problem.h"

enum sandbox_mode { SANDBOX_AUTO, SANDBOX_REQUIRE, SANDBOX_OFF };

#define SANDBOX_FOLDERS_MAX 520

struct sandbox {
    enum sandbox_mode mode;
    const char *folder[SANDBOX_FOLDERS_MAX]; /* that may be read, with all below them; files too */
    size_t n_folders;
    bool low_port; /* a port below 1024 is still to be bound */
    /* what came of it: */
    bool as_root;
    unsigned landlock; /* the kernel's version of it; 0: none */
    bool seccomp;
};

/* Both ST_OK with less than was wanted under SANDBOX_AUTO; ST_UNAVAILABLE under SANDBOX_REQUIRE says what is lacking. */
enum status sandbox_enter(struct sandbox *sandbox, struct problem *problem) MUST_CHECK;
enum status sandbox_close(struct sandbox *sandbox, struct problem *problem) MUST_CHECK;
/* Adds what may be behind it to a problem that says no more than that something is not permitted. */
void sandbox_explain(const struct sandbox *sandbox, struct problem *problem);
/* One line on what holds, and a warning where the server runs as root or without something. */
void sandbox_log(const struct sandbox *sandbox, struct log *log);

#endif
