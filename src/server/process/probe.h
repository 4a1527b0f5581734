/* probe: what the kernel says of this process. Opened once, before the sandbox closes the way there; one reader at a time. */
#ifndef ENTREPOT_SERVER_PROBE_H
#define ENTREPOT_SERVER_PROBE_H

#include <dirent.h>
#include <stdint.h>

struct probe {
    int memory; /* /proc/self/statm; -1: there is none */
    DIR *files; /* /proc/self/fd; NULL: there is none */
    double started_s;
};

struct probe_figures {
    double cpu_s, started_s;                /* processor time used; start, seconds since 1970 */
    uint64_t resident_bytes, virtual_bytes; /* 0: not known */
    uint64_t open_files, max_files;
};

void probe_open(struct probe *probe);
void probe_close(struct probe *probe);
struct probe_figures probe_read(const struct probe *probe);

#endif
