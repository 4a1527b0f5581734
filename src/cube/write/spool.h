/* spool: where a cube file grows until it is whole: a file without a name, or memory. Private to src/cube/write.
 *
 * On disk it is an unnamed file in the folder of the result, where the file system has such files, so that nothing is left behind
 * however the process ends; elsewhere a temporary file beside it. spool_commit makes it durable and gives it its name in one step.
 */
#ifndef CUBE_WRITE_SPOOL_H
#define CUBE_WRITE_SPOOL_H

#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"

struct spool {
    char *path;      /* NULL: in memory */
    char *temporary; /* name of a file that has one already, or NULL */
    int fd;
    struct buf memory;
    uint64_t bytes; /* written so far */
};

enum status spool_init(struct spool *spool, const char *path, struct problem *problem) MUST_CHECK;
/* Removes what was not committed. */
void spool_release(struct spool *spool);
enum status spool_append(struct spool *spool, const void *bytes, size_t n, struct problem *problem) MUST_CHECK;
/* Zero bytes up to a multiple of `align`. */
enum status spool_align(struct spool *spool, size_t align, struct problem *problem) MUST_CHECK;
/* Overwrites bytes that were appended. */
enum status spool_put(struct spool *spool, uint64_t offset, const void *bytes, size_t n,
                      struct problem *problem) MUST_CHECK;
enum status spool_read(const struct spool *spool, uint64_t offset, void *bytes, size_t n,
                       struct problem *problem) MUST_CHECK;
/* fsync, rename over `path`, fsync of the folder: at any moment either the old file or the whole new one is there. */
enum status spool_commit(struct spool *spool, struct problem *problem) MUST_CHECK;

#endif
