/* Opens files without ever waiting for one, and says what is no file. */
#include "entrepot/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status file_refused(const char *name, const char *doing, struct problem *problem)
{
    return problem_set(problem, errno == ENOENT ? ST_NOT_FOUND : ST_IO, name, "%s: %s", doing, strerror(errno));
}

static enum status no_file(const char *name, const char *kind, struct problem *problem)
{
    enum status status = problem_set(problem, ST_INVALID, name, "this is %s, not a file", kind);
    return problem_cure(problem, status, "put a plain file in its place, or take it away");
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a named pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

enum status file_take(int fd, const char *name, bool only_plain, struct file *out, struct problem *problem)
{
    struct stat info;
    *out = (struct file){.fd = -1};
    if (fd < 0)
        return errno == ENXIO ? no_file(name, "a socket or a device", problem)
                              : file_refused(name, "cannot open", problem);
    enum status status = ST_OK;
    if (fstat(fd, &info) != 0)
        status = file_refused(name, "cannot look at", problem);
    else if (S_ISDIR(info.st_mode) || (only_plain && !S_ISREG(info.st_mode)))
        status = no_file(name, kind_of(info.st_mode), problem);
    if (status != ST_OK) {
        (void)close(fd);
        return status;
    }
    bool plain = S_ISREG(info.st_mode);
    *out = (struct file){.fd = fd, .plain = plain, .bytes = plain ? (uint64_t)info.st_size : 0};
    return ST_OK;
}

enum status file_open(const char *path, bool only_plain, struct file *out, struct problem *problem)
{
    return file_take(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path, only_plain, out, problem);
}
