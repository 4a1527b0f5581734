/* Shuts the process in once it has started. */
#include "sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static enum status lacking(const struct sandbox *sandbox, const char *what, struct problem *problem)
{
    int error = errno;
    if (sandbox->mode != SANDBOX_REQUIRE)
        return ST_OK;
    (void)problem_set(problem, ST_UNAVAILABLE, "sandbox", "%s is not to be had here: %s", what, strerror(error));
    return problem_cure(problem, ST_UNAVAILABLE, "--sandbox auto takes what there is");
}

/* Of the privileges that the process has (root has all), keeps what loading data may need. Those of a thread are its own: before there is
 * a second one. */
static bool drop_privileges(bool low_port)
{
    const uint32_t keep = 1U << CAP_DAC_READ_SEARCH | (low_port ? 1U << CAP_NET_BIND_SERVICE : 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0)
        return false;
    data[0].permitted &= keep;
    data[0].effective = data[0].permitted;
    data[1].permitted = data[1].effective = 0;
    data[0].inheritable = data[1].inheritable = 0;
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &header, data) == 0;
}

/* Sanitizers, coverage and the like do things that are refused here: they read the process's maps, write files, make processes. */
#ifdef ENTREPOT_INSTRUMENTED
#define INSTRUMENTED true
#else
#define INSTRUMENTED false
#endif

enum status sandbox_enter(struct sandbox *sandbox, struct problem *problem)
{
    sandbox->as_root = geteuid() == 0;
    if (INSTRUMENTED) {
        errno = ENOTSUP;
        enum status status = lacking(sandbox, "a sandbox in an instrumented build", problem);
        sandbox->mode = SANDBOX_OFF;
        return status;
    }
    if (sandbox->mode == SANDBOX_OFF)
        return ST_OK;
    if (!drop_privileges(sandbox->low_port) && lacking(sandbox, "giving up privileges", problem) != ST_OK)
        return ST_UNAVAILABLE;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 && lacking(sandbox, "no_new_privs", problem) != ST_OK)
        return ST_UNAVAILABLE;
    sandbox->landlock = landlock_enter(sandbox->folder, sandbox->n_folders);
    return sandbox->landlock ? ST_OK : lacking(sandbox, "Landlock", problem);
}

enum status sandbox_close(struct sandbox *sandbox, struct problem *problem)
{
    if (sandbox->mode == SANDBOX_OFF)
        return ST_OK;
    sandbox->seccomp = seccomp_enter();
    return sandbox->seccomp ? ST_OK : lacking(sandbox, "seccomp", problem);
}

void sandbox_explain(const struct sandbox *sandbox, struct problem *problem)
{
    if (sandbox->landlock && !problem->cure[0] && str_ends(str_view(problem->detail), str_view(strerror(EACCES))))
        (void)problem_cure(
            problem, problem->status,
            "if its owner may read it: the sandbox allows only the folders that were named when the server was "
            "started, and what links in them led to then; put the data there, or start again");
}

void sandbox_log(const struct sandbox *sandbox, struct log *log)
{
    bool whole = sandbox->landlock && sandbox->seccomp, off = sandbox->mode == SANDBOX_OFF;
    struct log_field fields[] = {LOG_TEXT("state", off     ? STR("off")
                                                   : whole ? STR("on")
                                                           : STR("in part")),
                                 LOG_NUMBER("landlock", sandbox->landlock),
                                 LOG_TEXT("seccomp", sandbox->seccomp ? STR("on") : STR("off"))};
    log_line(log, whole || off ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "sandbox", fields, sizeof fields / sizeof *fields);
    if (!sandbox->as_root)
        return;
    struct log_field root[] = {
        LOG_TEXT("detail", off ? STR("the server runs as root, with all that root may do")
                               : STR("the server runs as root; of root's privileges it keeps that to read files")),
        LOG_TEXT("cure", STR("run it as a user of its own, as the systemd unit and the container image do"))};
    log_line(log, LOG_LEVEL_WARNING, "root", root, 2);
}
