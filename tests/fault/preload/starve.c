/* Stands before the C library's allocator (LD_PRELOAD) in a whole process, libraries and all, and lets the n-th allocation fail when it is told
 * to through a file that both sides map: starve.h. */
#include "fault/preload/starve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for this. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static struct starve *control;

__attribute__((constructor)) static void find_control(void)
{
    const char *path = getenv("STARVE_FILE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    control = at == MAP_FAILED ? NULL : at;
    close(fd);
}

static bool fails(void)
{
    if (!control || !atomic_load(&control->armed))
        return false;
    long call = atomic_fetch_add(&control->calls, 1), at = atomic_load(&control->at);
    if (call != at && !(atomic_load(&control->lasting) && call > at))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return fails() ? NULL : __libc_realloc(p, n); }
