/* What the kernel says of this process: memory, descriptors, processor time. */
#include "probe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void probe_open(struct probe *probe)
{
    probe->memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    probe->files = opendir("/proc/self/fd");
    probe->started_s = seconds_of(CLOCK_REALTIME);
}

void probe_close(struct probe *probe)
{
    if (probe->memory >= 0)
        close(probe->memory);
    if (probe->files)
        (void)closedir(probe->files);
}

static void read_memory(int fd, struct probe_figures *out)
{
    char text[128];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return;
    text[n] = '\0';
    char *rest;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    out->virtual_bytes = strtoull(text, &rest, 10) * page;
    out->resident_bytes = strtoull(rest, NULL, 10) * page;
}

static uint64_t count_files(DIR *files)
{
    uint64_t n = 0;
    rewinddir(files);
    for (const struct dirent *entry; (entry = readdir(files)) != NULL;)
        n += entry->d_name[0] != '.';
    return n;
}

struct probe_figures probe_read(const struct probe *probe)
{
    struct rlimit files = {0};
    (void)getrlimit(RLIMIT_NOFILE, &files);
    struct probe_figures out = {
        .cpu_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID), .started_s = probe->started_s, .max_files = files.rlim_cur};
    if (probe->memory >= 0)
        read_memory(probe->memory, &out);
    if (probe->files)
        out.open_files = count_files(probe->files);
    return out;
}
