/* A data file that goes away while it is mapped: the process ends with that file's name. */
#include "entrepot/server/fault.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/base/str.h"

/* A signal handler has nothing but what is global. Written once, before there is a second thread. */
static struct {
    int maps; /* /proc/self/maps, open */
    bool as_log;
} guard = {.maps = -1};

/* Everything below runs in the handler: no allocation, no stdio, no locks. */

struct text {
    char bytes[1024];
    size_t n;
};

static void add(struct text *t, const char *s)
{
    while (*s && t->n < sizeof t->bytes)
        t->bytes[t->n++] = *s++;
}

static void add_digits(struct text *t, unsigned long value, unsigned width)
{
    char digits[20];
    unsigned n = 0;
    do
        digits[n++] = (char)('0' + value % 10);
    while ((value /= 10) != 0 || n < width);
    while (n > 0 && t->n < sizeof t->bytes)
        t->bytes[t->n++] = digits[--n];
}

/* 2026-01-31T12:00:00.000Z; gmtime may take a lock. Years of 400 have 146097 days and begin in March here. */
static void add_time(struct text *t)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    unsigned long s = (unsigned long)now.tv_sec % 86400, day = (unsigned long)now.tv_sec / 86400 + 719468;
    unsigned long of_era = day % 146097, year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned long of_year = of_era - (365 * year + year / 4 - year / 100), march = (5 * of_year + 2) / 153;
    const unsigned long month = march < 10 ? march + 3 : march - 9;
    add_digits(t, year + day / 146097 * 400 + (month <= 2), 4);
    const unsigned long part[] = {month, of_year - (153 * march + 2) / 5 + 1, s / 3600, s / 60 % 60, s % 60};
    for (size_t i = 0; i < 5; i++) {
        add(t, i < 2 ? "-" : i == 2 ? "T" : ":");
        add_digits(t, part[i], 2);
    }
    add(t, ".000Z");
}

/* The kernel writes a line feed as \012 and other bytes as they are. */
static void add_path(struct text *t, const char *path)
{
    for (size_t control; *path; path += control ? control : 1) {
        char one[] = {*path, '\0'};
        control = str_control(str_view(path));
        if (guard.as_log && (*path == '"' || *path == '\\'))
            add(t, "\\");
        add(t, control ? "?" : one);
    }
}

static void tell(const char *path)
{
    struct text t = {.n = 0};
    if (guard.as_log) {
        add(&t, "{\"time\":\"");
        add_time(&t);
        add(&t, "\",\"level\":\"error\",\"event\":\"data_gone\",\"file\":\"");
    } else {
        add(&t, "entrepot: ");
    }
    add_path(&t, path);
    add(&t, guard.as_log ? "\",\"detail\":\"" : ": ");
    add(&t, "the file was cut short while it was read, or its disk failed");
    add(&t, guard.as_log ? "\",\"cure\":\"" : " (");
    add(&t, "put the whole file back, start again, and replace data files by renaming only");
    add(&t, guard.as_log ? "\"}\n" : ")\n");
    (void)!write(STDERR_FILENO, t.bytes, t.n);
}

static bool hex(const char **at, uintptr_t *out)
{
    const char *begin = *at;
    for (*out = 0;; ++*at) {
        char c = **at;
        if (c >= '0' && c <= '9')
            *out = *out * 16 + (uintptr_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *out = *out * 16 + (uintptr_t)(c - 'a' + 10);
        else
            return *at > begin;
    }
}

/* "start-end perms offset device inode   path": the path if the address lies between and it is a file's. */
static const char *path_of(const char *line, uintptr_t address)
{
    uintptr_t start, end;
    if (!hex(&line, &start) || *line++ != '-' || !hex(&line, &end) || address < start || address >= end)
        return NULL;
    return strchr(line, '/');
}

/* The file that is mapped at the address, in `line`; NULL if there is none. */
static const char *find_file(uintptr_t address, char *line, size_t room)
{
    char block[4096];
    size_t n = 0;
    for (off_t at = 0;;) {
        ssize_t got = pread(guard.maps, block, sizeof block, at);
        if (got <= 0)
            return NULL;
        at += got;
        for (ssize_t i = 0; i < got; i++) {
            if (block[i] != '\n' && n + 1 < room) {
                line[n++] = block[i];
            } else if (block[i] == '\n') {
                line[n] = '\0';
                n = 0;
                const char *path = path_of(line, address);
                if (path)
                    return path;
            }
        }
    }
}

static void stop(int number, siginfo_t *info, void *context)
{
    (void)context;
    static volatile sig_atomic_t told; /* by the first thread; the others end with it */
    char line[768];
    const char *path = info->si_code > 0 ? find_file((uintptr_t)info->si_addr, line, sizeof line) : NULL;
    if (path) {
        if (!told) {
            told = 1;
            tell(path);
        }
        _exit(FAULT_EXIT_STATUS);
    }
    (void)signal(number, SIG_DFL); /* no file of ours: as if nobody had looked */
    if (info->si_code <= 0)
        (void)raise(number);
}

void fault_guard(bool as_log)
{
    guard.as_log = as_log;
    guard.maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    struct sigaction action = {.sa_sigaction = stop, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGBUS, &action, NULL);
}
