#include "siege/starving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault/preload/starve.h"

static struct starve *control;
static const char *preload;

bool starving_possible(const char *program)
{
    char path[512];
    const char *slash = strrchr(program, '/');
    (void)snprintf(path, sizeof path, "%.*s/../fault/preload/starve.so", slash ? (int)(slash - program) : 0, program);
    preload = slash ? realpath(path, NULL) : NULL;
    return preload != NULL;
}

/* What both sides map; a file only until both have it. */
static bool share(char *path, size_t room)
{
    (void)scratch("starve-XXXXXX", path, room);
    int fd = mkstemp(path);
    void *at = fd >= 0 && ftruncate(fd, sizeof *control) == 0
                   ? mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                   : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    control = at == MAP_FAILED ? NULL : at;
    return control != NULL;
}

bool starving_serve(struct process *server, const char *const *more)
{
    char path[256];
    if (!share(path, sizeof path))
        return false;
    (void)setenv("STARVE_FILE", path, 1);
    (void)setenv("LD_PRELOAD", preload, 1);
    bool ok = process_serve(server, more);
    (void)unsetenv("LD_PRELOAD");
    (void)unlink(path);
    return ok;
}

void starving_begin(long at, bool lasting, int error)
{
    atomic_store(&control->at, at);
    atomic_store(&control->lasting, lasting);
    atomic_store(&control->error, error);
    atomic_store(&control->calls, 0);
    atomic_store(&control->armed, 1);
}

long starving_end(void)
{
    atomic_store(&control->armed, 0);
    return atomic_load(&control->calls);
}
