#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entrepot/base/buf.h"
#include "entrepot/cube/build.h"

static enum status refused(struct problem *problem, const char *path, const char *doing)
{
    enum status status = problem_set(problem, ST_IO, path, "%s: %s", doing, strerror(errno));
    return problem_cure(problem, status,
                        errno == ENOSPC || errno == EDQUOT ? "free some space on the disk and try again"
                                                           : "the file that was there before is untouched");
}

static bool write_all(int fd, const char *bytes, size_t n)
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

static enum status sync_folder(const char *path, struct problem *problem)
{
    char *copy = strdup(path);
    if (!copy)
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    enum status status = ST_OK;
    if (fd < 0 || fsync(fd) != 0)
        status = refused(problem, path, "cannot make the folder's entry durable");
    if (fd >= 0)
        (void)close(fd);
    return status;
}

static enum status fill_and_rename(int fd, const char *temporary, const char *path, struct str bytes,
                                   struct problem *problem)
{
    enum status status = ST_OK;
    if (fchmod(fd, 0644) != 0 || !write_all(fd, bytes.p, bytes.n))
        status = refused(problem, path, "cannot write");
    if (status == ST_OK && fsync(fd) != 0)
        status = refused(problem, path, "cannot make the file durable");
    if (close(fd) != 0 && status == ST_OK)
        status = refused(problem, path, "cannot close");
    if (status == ST_OK && rename(temporary, path) != 0)
        status = refused(problem, path, "cannot rename the finished file");
    if (status != ST_OK)
        (void)unlink(temporary);
    return status;
}

enum status cube_store(const char *path, const char *bytes, size_t n, struct problem *problem)
{
    struct buf temporary;
    buf_init(&temporary, 4096);
    buf_printf(&temporary, "%s.XXXXXX", path);
    buf_byte(&temporary, '\0');
    if (temporary.failed) {
        buf_release(&temporary);
        return problem_set(problem, ST_INVALID, path, "the name is too long");
    }
    int fd = mkstemp(temporary.p);
    enum status status = fd < 0 ? refused(problem, path, "cannot create a file in this folder")
                                : fill_and_rename(fd, temporary.p, path, str_span(bytes, n), problem);
    buf_release(&temporary);
    return status == ST_OK ? sync_folder(path, problem) : status;
}
