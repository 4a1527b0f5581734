/* What the sandbox lets through and what not: each attempt in a process of its own, that has shut itself in as a server does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/net/socket.h"
#include "server/process/sandbox.h"

static char folder[64], inside[96], outside[96];

/* ---- attempts: 0 or an errno ---- */

static int result(long value) { return value < 0 ? errno : 0; }

static int opened(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int read_inside(void) { return opened(inside, O_RDONLY); }
static int read_outside(void) { return opened(outside, O_RDONLY); }
static int read_password(void) { return opened("/etc/passwd", O_RDONLY); }
static int list_inside(void) { return opened(folder, O_RDONLY | O_DIRECTORY); }
static int list_root(void) { return opened("/", O_RDONLY | O_DIRECTORY); }
static int write_inside(void) { return opened(inside, O_WRONLY); }
static int append_inside(void) { return opened(inside, O_RDWR | O_APPEND); }
static int cut_inside(void) { return opened(inside, O_RDONLY | O_TRUNC); }
static int make_inside(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/new", folder);
    return opened(path, O_RDONLY | O_CREAT);
}
static int make_nameless(void) { return opened(folder, O_TMPFILE | O_RDWR); }
static int remove_inside(void) { return result(unlink(inside)); }
static int rename_inside(void) { return result(rename(inside, outside)); }
static int make_folder(void) { return result(mkdir("/tmp/entrepot-never", 0700)); }
static int change_mode(void) { return result(chmod(inside, 0777)); }
static int make_link(void) { return result(symlink(inside, "/tmp/entrepot-never")); }

static int open_socket(int family, int type)
{
    int fd = socket(family, type, 0);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}
static int socket_tcp(void) { return open_socket(AF_INET, SOCK_STREAM); }
static int socket_udp(void) { return open_socket(AF_INET6, SOCK_DGRAM); }
static int socket_unix(void) { return open_socket(AF_UNIX, SOCK_DGRAM); }
static int socket_pair(void)
{
    int pair[2];
    return result(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int run_shell(void)
{
    char *const argv[] = {(char *)(uintptr_t) "true", NULL}, *const env[] = {NULL};
    return result(execve("/bin/true", argv, env));
}
static int trace(void) { return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static int fork_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child < 0 ? errno : 0;
}

static int map_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? errno : 0;
}
static int make_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? EFAULT : result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}
static int map_inside(void)
{
    int fd = open(inside, O_RDONLY);
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    return p == MAP_FAILED ? errno : 0;
}

static int kill_parent(void) { return result(kill(getppid(), 0)); }
static int become_root(void) { return result(setuid(0)); }
static int mount_something(void) { return result(mount("none", "/tmp", "tmpfs", 0, NULL)); }
static int raise_limit(void)
{
    struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};
    return result(setrlimit(RLIMIT_NOFILE, &limit));
}
/* Where a new value lies whose address is 0 to who looks at half of it. */
static int raise_limit_from_afar(void)
{
    struct rlimit *limit = mmap((void *)0x7f00000000U, 4096, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (limit == MAP_FAILED)
        return EFAULT;
    *limit = (struct rlimit){.rlim_cur = 1, .rlim_max = 1};
    return result(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, limit, NULL));
}
static int ask_limit(void)
{
    struct rlimit limit;
    return result(getrlimit(RLIMIT_NOFILE, &limit));
}
static int load_program(void) { return result(syscall(SYS_bpf, 0, NULL, 0)); }
static int move_root(void) { return result(chroot("/tmp")); }
static int new_namespace(void) { return result(unshare(CLONE_NEWUSER)); }
static int unknown_call(void) { return result(syscall(100000)); }

static void *nothing(void *argument) { return argument; }
static int start_thread(void)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, nothing, NULL);
    return error ? error : pthread_join(thread, NULL);
}
static int take_memory(void)
{
    for (size_t n = 1; n < (size_t)64 << 20; n *= 2) {
        char *p = malloc(n);
        if (!p)
            return ENOMEM;
        memset(p, 1, n);
        free(p);
    }
    return 0;
}
static int write_to_log(void) { return result(write(STDERR_FILENO, "", 0)); }
static int read_itself(void) { return opened("/proc/self/statm", O_RDONLY); }
static int die(void)
{
    struct rlimit none;
    (void)getrlimit(RLIMIT_CORE, &none);
    abort();
}

static const struct attempt {
    const char *name;
    int (*attempt)(void);
    int errors[2]; /* any of which is right: one of Landlock and seccomp is asked first */
    int signal;
} attempts[] = {
    {"read a file of a folder that is named", read_inside, {0}, 0},
    {"list that folder", list_inside, {0}, 0},
    {"map that file", map_inside, {0}, 0},
    {"start a thread", start_thread, {0}, 0},
    {"take and give back memory", take_memory, {0}, 0},
    {"write to the log", write_to_log, {0}, 0},
    {"ask for a limit", ask_limit, {0}, 0},
    {"read about itself", read_itself, {0}, 0},
    {"read another file", read_outside, {EACCES}, 0},
    {"read /etc/passwd", read_password, {EACCES}, 0},
    {"list /", list_root, {EACCES}, 0},
    {"write to a file", write_inside, {EPERM, EACCES}, 0},
    {"append to a file", append_inside, {EPERM, EACCES}, 0},
    {"cut a file short", cut_inside, {EPERM, EACCES}, 0},
    {"make a file", make_inside, {EPERM, EACCES}, 0},
    {"make a file without a name", make_nameless, {EPERM, EACCES}, 0},
    {"remove a file", remove_inside, {EPERM, EACCES}, 0},
    {"rename a file", rename_inside, {EPERM, EACCES}, 0},
    {"make a folder", make_folder, {EPERM, EACCES}, 0},
    {"make a link", make_link, {EPERM, EACCES}, 0},
    {"change a mode", change_mode, {EPERM}, 0},
    {"open a TCP socket", socket_tcp, {EPERM}, 0},
    {"open a UDP socket", socket_udp, {EPERM}, 0},
    {"open a Unix socket", socket_unix, {EPERM}, 0},
    {"open a pair of sockets", socket_pair, {EPERM}, 0},
    {"fork", fork_process, {EPERM}, 0},
    {"map code", map_code, {EPERM}, 0},
    {"make code of data", make_code, {EPERM}, 0},
    {"signal another process", kill_parent, {EPERM}, 0},
    {"become root", become_root, {EPERM}, 0},
    {"mount", mount_something, {EPERM}, 0},
    {"change a limit", raise_limit, {EPERM}, 0},
    {"change a limit from an address whose lower half is 0", raise_limit_from_afar, {EPERM}, 0},
    {"load a program into the kernel", load_program, {EPERM}, 0},
    {"change the root", move_root, {EPERM}, 0},
    {"make a namespace", new_namespace, {EPERM}, 0},
    {"call what nobody knows", unknown_call, {EPERM}, 0},
    {"run a program", run_shell, {-1}, SIGSYS},
    {"trace", trace, {-1}, SIGSYS},
    {"abort", die, {-1}, SIGABRT},
};

static struct sandbox own; /* the child's */

/* As a server that serves `folder`. */
static bool shut_in(void)
{
    struct sandbox *sandbox = &own;
    struct problem problem;
    struct rlimit none = {0};
    (void)setrlimit(RLIMIT_CORE, &none);
    *sandbox = (struct sandbox){.mode = SANDBOX_AUTO, .folder = {folder, "/proc/self", "/nowhere"}, .n_folders = 3};
    return sandbox_enter(sandbox, &problem) == ST_OK && sandbox_close(sandbox, &problem) == ST_OK;
}

/* Runs one attempt in a child that is shut in. Its wait status. */
static int tried(int (*attempt)(void))
{
    pid_t child = fork();
    if (child == 0)
        _exit(shut_in() ? attempt() : 255);
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return status;
}

/* What this kernel has: two bits, Landlock and seccomp. */
static int abilities(void) { return (own.landlock != 0) | (own.seccomp ? 2 : 0); }

static void lets_through_what_a_server_does_and_no_more(void **state)
{
    (void)state;
    if (WEXITSTATUS(tried(abilities)) != 3)
        skip(); /* an instrumented build, or a kernel without one of the two */
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        const struct attempt *a = &attempts[i];
        int status = tried(a->attempt);
        bool right = a->signal ? WIFSIGNALED(status) && WTERMSIG(status) == a->signal
                               : WIFEXITED(status) && (WEXITSTATUS(status) == a->errors[0] ||
                                                       (a->errors[1] && WEXITSTATUS(status) == a->errors[1]));
        if (!right)
            fail_msg("%s: %s %d", a->name, WIFSIGNALED(status) ? "signal" : "error",
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    assert_int_equal(opened(inside, O_RDONLY), 0); /* nothing came of the attempts on it */
}

static int privileges(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long long effective = 99;
    int no_new = 0;
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, "CapEff:", 7) == 0)
            effective = strtoull(line + 7, NULL, 16);
        if (strncmp(line, "NoNewPrivs:\t1", 13) == 0)
            no_new = 1;
    }
    if (f)
        fclose(f);
    /* all that may be left is to read files: CAP_DAC_READ_SEARCH, number 2 */
    return (effective & ~(1ULL << 2)) == 0 && no_new ? 0 : 1;
}

static void keeps_no_privileges(void **state)
{
    (void)state;
    if (WEXITSTATUS(tried(abilities)) == 0)
        skip();
    assert_int_equal(tried(privileges), 0);
}

static int off(void)
{
    struct problem problem;
    struct sandbox sandbox = {.mode = SANDBOX_OFF};
    bool ok = sandbox_enter(&sandbox, &problem) == ST_OK && sandbox_close(&sandbox, &problem) == ST_OK;
    return ok && !sandbox.landlock && !sandbox.seccomp ? read_outside() : 255;
}

static void off_is_off(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(off());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* ---- Landlock alone ---- */

struct thread_attempt {
    const char *const *named;
    size_t n;
    unsigned version;
    int inside, outside, listed;
};

/* Restricts its own thread, so that a build of any kind may do it: the others write what they must. */
static void *restrict_thread(void *argument)
{
    struct thread_attempt *a = argument;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return NULL;
    a->version = landlock_enter(a->named, a->n);
    a->inside = read_inside();
    a->outside = read_outside();
    a->listed = list_inside();
    return a;
}

static struct thread_attempt restricted(const char *const *named, size_t n)
{
    pthread_t thread;
    void *done;
    struct thread_attempt a = {.named = named, .n = n};
    assert_int_equal(pthread_create(&thread, NULL, restrict_thread, &a), 0);
    assert_int_equal(pthread_join(thread, &done), 0);
    assert_non_null(done);
    return a;
}

static void landlock_opens_what_is_named(void **state)
{
    (void)state;
    char below[160], beyond[4200];
    (void)snprintf(below, sizeof below, "%s/below", inside); /* beneath a file: it cannot be there */
    memset(beyond, 'x', sizeof beyond - 1);
    beyond[0] = '/';
    beyond[sizeof beyond - 1] = '\0';
    const char *const in_folder[] = {folder, "/nowhere", below}, *const one_file[] = {inside},
                      *const too_long[] = {beyond};
    struct thread_attempt a = restricted(in_folder, 3);
    if (a.version == 0)
        skip(); /* a kernel without it */
    assert_int_equal(a.inside, 0);
    assert_int_equal(a.listed, 0);
    assert_int_equal(a.outside, EACCES);
    a = restricted(one_file, 1);
    assert_int_equal(a.inside, 0);
    assert_int_equal(a.listed, EACCES);
    assert_int_equal(a.outside, EACCES);
    a = restricted(NULL, 0);
    assert_int_equal(a.inside, EACCES);
    a = restricted(too_long, 1); /* what cannot be looked at is a failure, and nothing is restricted */
    assert_int_equal(a.version, 0);
    assert_int_equal(a.outside, 0);
    assert_int_equal(read_outside(), 0); /* nor was any other thread at any time */
}

/* ---- what is said ---- */

static void says_what_holds(void **state)
{
    (void)state;
    static const struct {
        struct sandbox sandbox;
        const char *level, *part;
        size_t lines;
    } cases[] = {
        {{.mode = SANDBOX_AUTO, .landlock = 4, .seccomp = true},
         "info",
         "\"state\":\"on\",\"landlock\":4,\"seccomp\":\"on\"",
         1},
        {{.mode = SANDBOX_AUTO, .seccomp = true},
         "warning",
         "\"state\":\"in part\",\"landlock\":0,\"seccomp\":\"on\"",
         1},
        {{.mode = SANDBOX_AUTO, .landlock = 1},
         "warning",
         "\"state\":\"in part\",\"landlock\":1,\"seccomp\":\"off\"",
         1},
        {{.mode = SANDBOX_OFF}, "info", "\"state\":\"off\"", 1},
        {{.mode = SANDBOX_OFF, .as_root = true}, "info", "with all that root may do", 2},
        {{.mode = SANDBOX_AUTO, .landlock = 4, .seccomp = true, .as_root = true},
         "info",
         "it keeps that to read files",
         2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[4096], level[40];
        int file = memfd_create("log", MFD_CLOEXEC);
        struct log *log = log_new(file, LOG_LEVEL_DEBUG);
        assert_non_null(log);
        sandbox_log(&cases[i].sandbox, log);
        log_free(log);
        ssize_t n = pread(file, text, sizeof text - 1, 0);
        close(file);
        assert_true(n > 0);
        text[n] = '\0';
        size_t lines = 0;
        for (const char *at = text; (at = strchr(at, '\n')); at++)
            lines++;
        (void)snprintf(level, sizeof level, "\"level\":\"%s\"", cases[i].level);
        const char *end = strchr(text, '\n'), *found = strstr(text, level);
        if (lines != cases[i].lines || !strstr(text, cases[i].part) || !found || found > end)
            fail_msg("%zu: %s", i, text);
    }
}

static void explains_only_what_it_may_have_done(void **state)
{
    (void)state;
    static const struct {
        unsigned landlock;
        const char *detail, *cure;
        bool explained;
    } cases[] = {
        {4, "cannot open: Permission denied", "", true},
        {4, "cannot open: Permission denied", "ask its owner", false},
        {4, "cannot open: No such file or directory", "", false},
        {0, "cannot open: Permission denied", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem problem;
        struct sandbox sandbox = {.landlock = cases[i].landlock};
        (void)problem_set(&problem, ST_IO, "a.cube", "%s", cases[i].detail);
        (void)problem_cure(&problem, ST_IO, "%s", cases[i].cure);
        sandbox_explain(&sandbox, &problem);
        assert_int_equal(strstr(problem.cure, "the sandbox allows only the folders") != NULL, cases[i].explained);
        assert_true(cases[i].explained || strcmp(problem.cure, cases[i].cure) == 0);
    }
}

/* ---- the door ---- */

static int knock(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval soon = {.tv_usec = 300000};
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Without privileges as well: some kernels keep packet filters for root. */
static int shut_the_door(void)
{
    int listener[2], waiting[16], accepted = 0;
    unsigned port;
    struct problem problem;
    if ((geteuid() == 0 && setuid(65534) != 0) || socket_listen("127.0.0.1:0", 2, listener, &port, &problem) != ST_OK)
        return 1;
    for (size_t i = 0; i < 16; i++)
        if ((waiting[i] = knock(port)) < 0)
            return 2;
    for (size_t i = 0; i < 2; i++)
        socket_refuse_new(listener[i]);
    for (size_t i = 0; i < 16; i++)
        if (knock(port) >= 0)
            return 3;
    for (size_t i = 0; i < 2; i++) /* those who already stood in it */
        for (int fd; (fd = accept(listener[i], NULL, NULL)) >= 0; accepted++)
            if (write(fd, "x", 1) != 1)
                return 4;
    char c;
    for (size_t i = 0; i < 16; i++)
        if (read(waiting[i], &c, 1) != 1)
            return 5;
    return accepted == 16 ? 0 : 6;
}

static void the_door_shuts_behind_those_who_stand_in_it(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(shut_the_door());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(WIFEXITED(status));
}

static int make_files(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(inside, sizeof inside, "%s/data", folder);
    (void)snprintf(outside, sizeof outside, "%s-outside", folder);
    const char *const files[] = {inside, outside};
    for (size_t i = 0; i < 2; i++) {
        FILE *f = fopen(files[i], "w");
        if (!f || fputs("data\n", f) < 0 || fclose(f) != 0)
            return -1;
    }
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    (void)unlink(inside);
    (void)unlink(outside);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_through_what_a_server_does_and_no_more),
        cmocka_unit_test(keeps_no_privileges),
        cmocka_unit_test(off_is_off),
        cmocka_unit_test(landlock_opens_what_is_named),
        cmocka_unit_test(says_what_holds),
        cmocka_unit_test(explains_only_what_it_may_have_done),
        cmocka_unit_test(the_door_shuts_behind_those_who_stand_in_it),
    };
    return cmocka_run_group_tests(tests, make_files, drop_files);
}
