#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "entrepot/base/arena.h"

static enum fault_kind kind = FAULT_NONE;
static size_t at;
static atomic_size_t calls; /* an import allocates in several threads */
static bool lasting;
static char trace[64];

void fault_set(enum fault_kind kind_, size_t at_, bool lasting_)
{
    kind = kind_;
    at = at_;
    lasting = lasting_;
    calls = 0;
    trace[0] = '\0';
}

const char *fault_trace(void) { return trace; }

/* The writer of an import is one thread: nobody else comes here. */
static void did(char what)
{
    size_t n = strlen(trace);
    if (n && trace[n - 1] == what && what == 'w')
        return;
    if (n == sizeof trace - 1)
        memmove(trace, trace + 1, n--);
    trace[n] = what;
    trace[n + 1] = '\0';
}

size_t fault_calls(void) { return calls; }

static bool due(void)
{
    size_t call = atomic_fetch_add(&calls, 1);
    return call == at || (lasting && call > at);
}

/* Whether a system call is to fail, with errno set. */
static bool system_fails(void)
{
    if (kind == FAULT_NONE || kind >= FAULT_END || !due())
        return false;
    if (kind == FAULT_KILL)
        (void)raise(SIGKILL);
    errno = kind == FAULT_ENOSPC ? ENOSPC : kind == FAULT_EINTR ? EINTR : EIO;
    return kind != FAULT_SHORT;
}

static bool memory_fails(void) { return kind == FAULT_MEMORY && due(); }
static bool arena_fails(struct arena *arena)
{
    bool fails = kind == FAULT_ARENA && due();
    arena->starved = arena->starved || fails;
    return fails;
}

/* ---- the wrappers: names are the linker's ---- */

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    if (fd <= STDERR_FILENO)
        return __real_write(fd, bytes, n);
    if (system_fails())
        return -1;
    did('w');
    bool part = kind == FAULT_SHORT && n > 1;
    if (part && calls % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_write(fd, bytes, part ? n / 2 : n);
}

ssize_t __real_pwrite(int fd, const void *bytes, size_t n, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    did('w');
    return system_fails() ? -1 : __real_pwrite(fd, bytes, n, offset);
}

ssize_t __real_pread(int fd, void *bytes, size_t n, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t n, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t n, off_t offset)
{
    if (system_fails())
        return -1;
    return __real_pread(fd, bytes, kind == FAULT_SHORT && n > 1 ? n / 2 : n, offset);
}

ssize_t __real_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    if (kind == FAULT_END && due())
        return 0;
    if (system_fails())
        return -1;
    bool part = kind == FAULT_SHORT && n > 1;
    if (part && calls % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_read(fd, bytes, part ? n / 2 : n);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return system_fails() ? -1 : __real_open(path, flags, mode);
}

int __real_fstat(int fd, struct stat *info);
int __wrap_fstat(int fd, struct stat *info);
int __wrap_fstat(int fd, struct stat *info) { return system_fails() ? -1 : __real_fstat(fd, info); }

void *__real_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset)
{
    return system_fails() ? MAP_FAILED : __real_mmap(where, n, protection, flags, fd, offset);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    struct stat info;
    did(__real_fstat(fd, &info) == 0 && S_ISDIR(info.st_mode) ? 'd' : 's');
    return system_fails() ? -1 : __real_fsync(fd);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    bool fails = system_fails();
    int result = __real_close(fd);
    return fails ? -1 : result;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    did('n');
    return system_fails() ? -1 : __real_rename(from, to);
}

int __real_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags)
{
    did('n');
    return system_fails() ? -1 : __real_linkat(a, from, b, to, flags);
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n) { return memory_fails() ? NULL : __real_malloc(n); }

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size) { return memory_fails() ? NULL : __real_calloc(n, size); }

void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n) { return memory_fails() ? NULL : __real_realloc(p, n); }

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text) { return memory_fails() ? NULL : __real_strdup(text); }

void *__real_arena_alloc(struct arena *arena, size_t count, size_t size, size_t align);
void *__wrap_arena_alloc(struct arena *arena, size_t count, size_t size, size_t align);
void *__wrap_arena_alloc(struct arena *arena, size_t count, size_t size, size_t align)
{
    return arena_fails(arena) ? NULL : __real_arena_alloc(arena, count, size, align);
}

void *__real_arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align);
void *__wrap_arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align);
void *__wrap_arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align)
{
    return arena_fails(arena) ? NULL : __real_arena_alloc_raw(arena, count, size, align);
}

struct str __real_arena_str(struct arena *arena, struct str s);
struct str __wrap_arena_str(struct arena *arena, struct str s);
struct str __wrap_arena_str(struct arena *arena, struct str s)
{
    return arena_fails(arena) ? str_span(NULL, 0) : __real_arena_str(arena, s);
}

struct str __real_arena_printf(struct arena *arena, const char *format, ...);
struct str __wrap_arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str __wrap_arena_printf(struct arena *arena, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int n = arena_fails(arena) ? -1 : vasprintf(&text, format, arguments);
    va_end(arguments);
    struct str copy = n < 0 ? str_span(NULL, 0) : __real_arena_printf(arena, "%s", text);
    free(text);
    return copy;
}
