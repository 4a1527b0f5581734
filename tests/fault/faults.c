#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "entrepot/base/arena.h"

static enum fault_kind kind = FAULT_NONE;
static size_t at;
static atomic_size_t calls; /* an import allocates in several threads */
static bool lasting;
static char trace[64];

#define PLACE_CALLS 2 /* a table of a thousand rows would be a thousand times the same failure */
#define PLACES 4096
static struct {
    pthread_mutex_t lock;
    uintptr_t place[PLACES]; /* return addresses; a hash table */
    unsigned seen[PLACES];
    size_t n;
} places = {.lock = PTHREAD_MUTEX_INITIALIZER};

void fault_set(enum fault_kind kind_, size_t at_, bool lasting_)
{
    kind = kind_;
    at = at_;
    lasting = lasting_;
    calls = 0;
    trace[0] = '\0';
    memset(places.place, 0, sizeof places.place);
    memset(places.seen, 0, sizeof places.seen);
    places.n = 0;
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

/* Under FAULT_SHORT every third call is interrupted, the others do half. */
static bool interrupted(void)
{
    if (kind != FAULT_SHORT || calls % 3 != 0)
        return false;
    errno = EINTR;
    return true;
}
static size_t part_of(size_t n) { return kind == FAULT_SHORT && n > 1 ? n / 2 : n; }

static bool memory_fails(void) { return kind == FAULT_MEMORY && due(); }

/* Whether this is one of the first calls from a place in the program. */
static bool counts(uintptr_t place)
{
    (void)pthread_mutex_lock(&places.lock);
    size_t slot = place / 2 % PLACES;
    while (places.place[slot] && places.place[slot] != place)
        slot = (slot + 1) % PLACES;
    if (!places.place[slot] && places.n < PLACES - 1) {
        places.place[slot] = place;
        places.n++;
    }
    bool first = places.place[slot] == place && places.seen[slot] < PLACE_CALLS;
    places.seen[slot] += first;
    (void)pthread_mutex_unlock(&places.lock);
    return first;
}

/* Whether a call from that place gets nothing of the arena, which then knows that memory was out. */
static bool piece_fails(struct arena *arena, void *place)
{
    if (kind != FAULT_PIECE)
        return false;
    bool fails = counts((uintptr_t)place) ? due() : lasting && calls > at;
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
    return interrupted() ? -1 : __real_write(fd, bytes, part_of(n));
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
    return system_fails() ? -1 : __real_pread(fd, bytes, part_of(n), offset);
}

ssize_t __real_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    if (kind == FAULT_END && due())
        return 0;
    if (system_fails() || interrupted())
        return -1;
    return __real_read(fd, bytes, part_of(n));
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

void *__real_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset)
{
    return system_fails() ? MAP_FAILED : __real_mmap(where, n, protection, flags, fd, offset);
}

/* Those of which it is enough that they fail. */
#define MAY_FAIL(name, parameters, arguments)                                                                          \
    int __real_##name parameters;                                                                                      \
    int __wrap_##name parameters;                                                                                      \
    int __wrap_##name parameters { return system_fails() ? -1 : __real_##name arguments; }

MAY_FAIL(fstat, (int fd, struct stat *out), (fd, out))
MAY_FAIL(socket, (int family, int type, int protocol), (family, type, protocol))
MAY_FAIL(bind, (int fd, const struct sockaddr *address, socklen_t n), (fd, address, n))
MAY_FAIL(listen, (int fd, int backlog), (fd, backlog))
MAY_FAIL(setsockopt, (int fd, int level, int name, const void *value, socklen_t n), (fd, level, name, value, n))
MAY_FAIL(getsockopt, (int fd, int level, int name, void *value, socklen_t *n), (fd, level, name, value, n))
MAY_FAIL(getsockname, (int fd, struct sockaddr *address, socklen_t *n), (fd, address, n))
MAY_FAIL(connect, (int fd, const struct sockaddr *address, socklen_t n), (fd, address, n))
MAY_FAIL(eventfd, (unsigned value, int flags), (value, flags))
MAY_FAIL(epoll_ctl, (int epoll, int what, int fd, struct epoll_event *event), (epoll, what, fd, event))

int __real_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    if (system_fails())
        return -1;
    return interrupted() ? -1 : __real_poll(fds, n, timeout_ms);
}

ssize_t __real_send(int fd, const void *bytes, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t n, int flags)
{
    if (system_fails() || interrupted())
        return -1;
    return __real_send(fd, bytes, part_of(n), flags);
}

ssize_t __real_recv(int fd, void *bytes, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t n, int flags)
{
    if (system_fails() || interrupted())
        return -1;
    return __real_recv(fd, bytes, part_of(n), flags);
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    return system_fails() ? errno : __real_pthread_create(thread, attributes, run, argument);
}

/* A process that ends so writes down no coverage. */
#ifdef ENTREPOT_COVERAGE
void __gcov_dump(void);
#else
static void __gcov_dump(void) {}
#endif
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
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
    return piece_fails(arena, __builtin_return_address(0)) ? NULL : __real_arena_alloc(arena, count, size, align);
}

void *__real_arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align);
void *__wrap_arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align);
void *__wrap_arena_alloc_raw(struct arena *arena, size_t count, size_t size, size_t align)
{
    return piece_fails(arena, __builtin_return_address(0)) ? NULL : __real_arena_alloc_raw(arena, count, size, align);
}

struct str __real_arena_str(struct arena *arena, struct str s);
struct str __wrap_arena_str(struct arena *arena, struct str s);
struct str __wrap_arena_str(struct arena *arena, struct str s)
{
    return piece_fails(arena, __builtin_return_address(0)) ? str_span(NULL, 0) : __real_arena_str(arena, s);
}

struct str __wrap_arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str __wrap_arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    int n = piece_fails(arena, __builtin_return_address(0)) ? -1 : vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0)
        return str_span(NULL, 0);
    struct str copy = __real_arena_str(arena, str_span(text, (size_t)n));
    free(text);
    return copy;
}
