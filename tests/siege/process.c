#include "siege/process.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64

int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void pause_ms(long ms)
{
    struct timespec rest = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

const char *scratch(const char *name, char *into, size_t room)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(into, room, "%s/%s", folder && *folder ? folder : "/tmp", name);
    return into;
}

bool process_start(struct process *process, const char *const *argv)
{
    *process = (struct process){.pid = 0};
    (void)scratch("said-XXXXXX", process->said, sizeof process->said);
    int fd = mkostemp(process->said, O_CLOEXEC);
    if (fd < 0)
        return false;
    pid_t parent = getpid();
    process->pid = fork();
    if (process->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
        if (getppid() != parent)
            _exit(127);
        (void)dup2(fd, STDOUT_FILENO);
        (void)dup2(fd, STDERR_FILENO);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(fd);
    return process->pid > 0;
}

struct str process_said(const struct process *process)
{
    FILE *file = fopen(process->said, "rb");
    char *text = NULL;
    size_t n = 0, room = 0;
    if (!file)
        return str_span(NULL, 0);
    do {
        room = room ? room * 2 : 65536;
        text = realloc(text, room);
        if (!text)
            abort();
        n += fread(text + n, 1, room - n - 1, file);
    } while (n == room - 1);
    (void)fclose(file);
    text[n] = '\0';
    return str_span(text, n);
}

void process_forget(struct process *process) { (void)unlink(process->said); }

/* The server's own line says where it listens. */
static bool listens(struct process *process)
{
    struct str said = process_said(process);
    const char *line = said.n ? strstr(said.p, "\"event\":\"listening\"") : NULL;
    const char *port = line ? strstr(line, "\"port\":") : NULL;
    const char *admin = line ? strstr(line, "\"admin_port\":") : NULL;
    const char *library = line ? strstr(line, "\"libmicrohttpd\":\"") : NULL;
    if (port && admin && library) {
        process->port = (unsigned)strtoul(port + 7, NULL, 10);
        process->admin = (unsigned)strtoul(admin + 13, NULL, 10);
        (void)snprintf(process->library, sizeof process->library, "%.*s", (int)strcspn(library + 17, "\""),
                       library + 17);
    }
    free((void *)(uintptr_t)said.p);
    return process->port != 0;
}

static size_t append(const char **argv, size_t n, const char *const *more)
{
    while (*more && n < ARGUMENTS_MAX - 1)
        argv[n++] = *more++;
    argv[n] = NULL;
    return n;
}

bool process_serve(struct process *process, const char *const *more)
{
    static const char *const nothing[] = {NULL};
    return process_serve_under(process, nothing, more);
}

bool process_serve_under(struct process *process, const char *const *before, const char *const *more)
{
    const char *entrepot = getenv("ENTREPOT");
    const char *const serve[] = {
        entrepot ? entrepot : "build/gcc/entrepot", "serve", "--listen", "127.0.0.1:0", "--admin", "off", NULL};
    const char *argv[ARGUMENTS_MAX];
    (void)append(argv, append(argv, append(argv, 0, before), serve), more);
    if (!process_start(process, argv))
        return false;
    int64_t until = clock_ms() + 10000;
    while (!listens(process)) {
        if (clock_ms() > until || process_wait(process, 0) >= 0)
            return false;
        pause_ms(2);
    }
    return true;
}

int process_wait(struct process *process, unsigned wait_ms)
{
    int64_t until = clock_ms() + (int64_t)wait_ms;
    int how;
    if (process->pid == 0)
        return -1;
    while (waitpid(process->pid, &how, WNOHANG) == 0) {
        if (clock_ms() >= until)
            return -1;
        pause_ms(1);
    }
    process->pid = 0;
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

int process_end(struct process *process, int signal, unsigned wait_ms)
{
    if (process->pid == 0)
        return -1;
    (void)kill(process->pid, signal);
    int status = process_wait(process, wait_ms);
    if (status < 0) {
        (void)kill(process->pid, SIGKILL);
        (void)process_wait(process, 5000);
    }
    return status;
}

/* The number in field `wanted` (from 0, counted behind the program's name) of /proc/PID/FILE. */
static size_t proc_number(const struct process *process, const char *name, unsigned wanted)
{
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)process->pid, name);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        (void)fclose(file);
    text[n] = '\0';
    char *at = strrchr(text, ')');
    at = at ? at + 2 : text;
    for (unsigned i = 0; i < wanted && at; i++)
        at = strchr(at + 1, ' ');
    return at ? strtoul(at, NULL, 10) : 0;
}

size_t process_rss_kib(const struct process *process)
{
    return proc_number(process, "statm", 1) * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

size_t process_cpu_ms(const struct process *process)
{
    size_t ticks = proc_number(process, "stat", 11) + proc_number(process, "stat", 12);
    return ticks * 1000 / (size_t)sysconf(_SC_CLK_TCK);
}

size_t process_files(const struct process *process)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)process->pid);
    DIR *dir = opendir(path);
    size_t n = 0;
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    if (dir)
        (void)closedir(dir);
    return n;
}

unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &size) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}

bool serve_takes_hangups(void)
{
    static const char *const more[] = {"--data", "tests/fixtures/toy-world.json", "--drain", "0", NULL};
    struct process other;
    bool yes = process_serve(&other, more) && kill(other.pid, SIGHUP) == 0 && process_wait(&other, 300) < 0;
    (void)process_end(&other, SIGTERM, 30000);
    process_forget(&other);
    return yes;
}
