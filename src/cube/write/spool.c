/* The growing file: appended to, patched, read back, then made durable and put in the place of the old one in one
 * step. */
#include "cube/write/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status spool_refused(const char *path, const char *doing, struct problem *problem)
{
    enum status status = problem_set(problem, ST_IO, path, "%s: %s", doing, strerror(errno));
    return problem_cure(problem, status,
                        errno == ENOSPC || errno == EDQUOT
                            ? "free some space on the disk and try again; the file that was there before is untouched"
                            : "the file that was there before is untouched");
}

/* ---- opening ---- */

static char *spool_folder(const char *path)
{
    char *copy = strdup(path), *folder = copy ? strdup(dirname(copy)) : NULL;
    free(copy);
    return folder;
}

static int open_unnamed(const char *path)
{
    char *folder = spool_folder(path);
    int fd = folder ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644) : -1;
    free(folder);
    return fd;
}

/* `path` and eight random characters. */
static char *name_beside(const char *path)
{
    uint32_t number = 0;
    size_t room = strlen(path) + 16;
    char *name = malloc(room);
    if (name && getrandom(&number, sizeof number, 0) == (ssize_t)sizeof number)
        (void)snprintf(name, room, "%s.%08x", path, number);
    else if (name)
        (void)snprintf(name, room, "%s.%08x", path, (unsigned)getpid());
    return name;
}

/* The whole file takes the place of what is called `path`: of a device such as /dev/null, a pipe or a folder it must not. */
static enum status check_place(const char *path, struct problem *problem)
{
    struct stat there;
    if (stat(path, &there) != 0 || S_ISREG(there.st_mode))
        return ST_OK;
    enum status status = problem_set(problem, ST_INVALID, path, "this is there and is no file");
    return problem_cure(problem, status, "name a file that may be replaced, or a new one");
}

enum status spool_init(struct spool *s, const char *path, struct problem *problem)
{
    *s = (struct spool){.fd = -1};
    buf_init(&s->memory, SIZE_MAX / 2);
    if (!path)
        return ST_OK;
    if (check_place(path, problem) != ST_OK)
        return ST_INVALID;
    s->path = strdup(path);
    if (!s->path)
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    s->fd = open_unnamed(path);
    if (s->fd >= 0)
        return ST_OK;
    s->temporary = name_beside(path);
    s->fd = s->temporary ? open(s->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : -1;
    if (s->fd >= 0)
        return ST_OK;
    enum status status = spool_refused(path, "cannot create a file in this folder", problem);
    free(s->temporary);
    s->temporary = NULL;
    spool_release(s);
    return status;
}

void spool_release(struct spool *s)
{
    if (s->temporary)
        (void)unlink(s->temporary);
    if (s->fd >= 0)
        (void)close(s->fd);
    free(s->temporary);
    free(s->path);
    buf_release(&s->memory);
    *s = (struct spool){.fd = -1};
}

/* ---- bytes ---- */

static bool spool_write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

enum status spool_append(struct spool *s, const void *bytes, size_t n, struct problem *problem)
{
    if (!s->path)
        buf_add(&s->memory, str_span(bytes, n));
    else if (!spool_write_all(s->fd, bytes, n))
        return spool_refused(s->path, "cannot write", problem);
    if (s->memory.failed)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    s->bytes += n;
    return ST_OK;
}

enum status spool_align(struct spool *s, size_t align, struct problem *problem)
{
    static const char zero[16];
    size_t over = s->bytes % align;
    return over ? spool_append(s, zero, align - over, problem) : ST_OK;
}

enum status spool_put(struct spool *s, uint64_t offset, const void *bytes, size_t n, struct problem *problem)
{
    if (!s->path) {
        memcpy(s->memory.p + offset, bytes, n);
        return ST_OK;
    }
    return pwrite(s->fd, bytes, n, (off_t)offset) == (ssize_t)n ? ST_OK
                                                                : spool_refused(s->path, "cannot write", problem);
}

enum status spool_read(const struct spool *s, uint64_t offset, void *bytes, size_t n, struct problem *problem)
{
    if (!s->path) {
        memcpy(bytes, s->memory.p + offset, n);
        return ST_OK;
    }
    for (size_t at = 0; at < n;) {
        ssize_t got = pread(s->fd, (char *)bytes + at, n - at, (off_t)(offset + at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return spool_refused(s->path, "cannot read what was just written", problem);
        at += (size_t)got;
    }
    return ST_OK;
}

/* ---- the end ---- */

static enum status sync_folder(const char *path, struct problem *problem)
{
    char *folder = spool_folder(path);
    if (!folder)
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    enum status status = ST_OK;
    if (fd < 0 || fsync(fd) != 0)
        status = spool_refused(path, "cannot make the folder's entry durable", problem);
    if (fd >= 0)
        (void)close(fd);
    return status;
}

/* An unnamed file gets a name of its own first: only a rename replaces a file in one step. */
static enum status give_name(struct spool *s, struct problem *problem)
{
    char self[64];
    if (s->temporary)
        return ST_OK;
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", s->fd);
    for (int tries = 0; tries < 16; tries++) {
        char *name = name_beside(s->path);
        if (name && linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            s->temporary = name;
            return ST_OK;
        }
        free(name);
        if (errno != EEXIST)
            break;
    }
    return spool_refused(s->path, "cannot name the finished file", problem);
}

enum status spool_commit(struct spool *s, struct problem *problem)
{
    if (!s->path)
        return ST_OK;
    if (fsync(s->fd) != 0)
        return spool_refused(s->path, "cannot make the file durable", problem);
    enum status status = give_name(s, problem);
    if (status != ST_OK)
        return status;
    int closed = close(s->fd);
    s->fd = -1;
    if (closed != 0)
        return spool_refused(s->path, "cannot close", problem);
    if (rename(s->temporary, s->path) != 0)
        return spool_refused(s->path, "cannot rename the finished file", problem);
    free(s->temporary);
    s->temporary = NULL;
    return sync_folder(s->path, problem);
}
