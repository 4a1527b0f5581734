/* Stands before the C library (LD_PRELOAD) in a whole process, libraries and all, and lets the n-th allocation fail, or the n-th of the calls
 * that files are read with, when it is told to through a file that both sides map: starve.h. */
#undef _FORTIFY_SOURCE /* which has inline functions of the same names */
#include "fault/preload/starve.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for this. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static struct starve *control;

/* ---- what stands behind ---- */

typedef int compare_entries(const struct dirent **, const struct dirent **);

static struct {
    int (*open)(const char *, int, ...);
    int (*close)(int);
    int (*dup)(int);
    ssize_t (*read)(int, void *, size_t);
    ssize_t (*pread)(int, void *, size_t, off_t);
    void *(*mmap)(void *, size_t, int, int, int, off_t);
    int (*fstat)(int, struct stat *);
    int (*stat)(const char *, struct stat *);
    int (*lstat)(const char *, struct stat *);
    int (*scandir)(const char *, struct dirent ***, int (*)(const struct dirent *), compare_entries *);
    DIR *(*opendir)(const char *);
} next;

static void find(const char *name, void *into)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    if (!symbol)
        abort();
    memcpy(into, &symbol, sizeof symbol);
}

/* At the first call, which may come from another library's constructor before our own. */
static void find_all(void)
{
    if (next.opendir)
        return;
    find("open", &next.open);
    find("close", &next.close);
    find("dup", &next.dup);
    find("read", &next.read);
    find("pread", &next.pread);
    find("mmap", &next.mmap);
    find("fstat", &next.fstat);
    find("stat", &next.stat);
    find("lstat", &next.lstat);
    find("scandir", &next.scandir);
    find("opendir", &next.opendir);
}

__attribute__((constructor)) static void find_control(void)
{
    find_all();
    const char *path = getenv("STARVE_FILE");
    int fd = path ? next.open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *at = next.mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    control = at == MAP_FAILED ? NULL : at;
    next.close(fd);
}

/* ---- whose turn it is ---- */

static bool due(void)
{
    long call = atomic_fetch_add(&control->calls, 1), at = atomic_load(&control->at);
    return call == at || (atomic_load(&control->lasting) && call > at);
}

static bool memory_fails(void)
{
    if (!control || !atomic_load(&control->armed) || atomic_load(&control->error) || !due())
        return false;
    errno = ENOMEM;
    return true;
}

static bool call_fails(void)
{
    find_all();
    int error = control && atomic_load(&control->armed) ? atomic_load(&control->error) : 0;
    if (error == 0 || !due())
        return false;
    errno = error;
    return true;
}

/* ---- memory ---- */

void *malloc(size_t n) { return memory_fails() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return memory_fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return memory_fails() ? NULL : __libc_realloc(p, n); }

/* ---- files ---- */

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return call_fails() ? -1 : next.open(path, flags, mode);
}

/* As on Linux: the descriptor is gone all the same. */
int close(int fd)
{
    bool fails = call_fails();
    int result = next.close(fd);
    return fails ? -1 : result;
}

int dup(int fd) { return call_fails() ? -1 : next.dup(fd); }
ssize_t read(int fd, void *bytes, size_t n) { return call_fails() ? -1 : next.read(fd, bytes, n); }
ssize_t pread(int fd, void *bytes, size_t n, off_t at) { return call_fails() ? -1 : next.pread(fd, bytes, n, at); }

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
    return call_fails() ? MAP_FAILED : next.mmap(at, n, protection, flags, fd, offset);
}

int fstat(int fd, struct stat *info) { return call_fails() ? -1 : next.fstat(fd, info); }
int stat(const char *path, struct stat *info) { return call_fails() ? -1 : next.stat(path, info); }
int lstat(const char *path, struct stat *info) { return call_fails() ? -1 : next.lstat(path, info); }

int scandir(const char *path, struct dirent ***list, int (*wanted)(const struct dirent *), compare_entries *order)
{
    return call_fails() ? -1 : next.scandir(path, list, wanted, order);
}

DIR *opendir(const char *path) { return call_fails() ? NULL : next.opendir(path); }
