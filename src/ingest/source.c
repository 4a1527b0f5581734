#include "ingest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entrepot/ingest/ingest.h"

#define GZ_BUFFER (1U << 17)

static enum status refused(const char *path, const char *doing, struct problem *problem)
{
    return problem_set(problem, errno == ENOENT ? ST_NOT_FOUND : ST_IO, path, "%s: %s", doing, strerror(errno));
}

enum status source_open(struct source *source, const char *path, struct problem *problem)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat info;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    source->name = standard ? "standard input" : path;
    if (fd < 0)
        return refused(source->name, "cannot open", problem);
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        (void)close(fd);
        return problem_set(problem, ST_INVALID, source->name, "this is a folder, not a file");
    }
    source->file = gzdopen(fd, "rb"); /* reads plain bytes as they are */
    if (!source->file) {
        (void)close(fd);
        return problem_set(problem, ST_NO_MEMORY, source->name, "out of memory");
    }
    (void)gzbuffer(source->file, GZ_BUFFER);
    return ST_OK;
}

void source_close(struct source *source)
{
    if (source->file)
        (void)gzclose_r(source->file);
    source->file = NULL;
}

ptrdiff_t source_fill(void *source_, char *into, size_t room, struct problem *problem)
{
    struct source *source = source_;
    int got = gzread(source->file, into, room > 1U << 30 ? 1U << 30 : (unsigned)room);
    int error = Z_OK;
    const char *what = gzerror(source->file, &error);
    /* A gzip file that was cut short reads as a normal end: only the error number tells. */
    if (got < 0 || (got == 0 && error == Z_BUF_ERROR)) {
        (void)problem_set(problem, ST_IO, source->name, "cannot read: %s",
                          error == Z_ERRNO       ? strerror(errno)
                          : error == Z_BUF_ERROR ? "the gzip file ends too early"
                                                 : what);
        return -1;
    }
    return got;
}

enum status ingest_slurp(const char *path, size_t limit, char **bytes, size_t *n, struct problem *problem)
{
    struct source source;
    enum status status = source_open(&source, path, problem);
    if (status != ST_OK)
        return status;
    struct buf buf;
    buf_init(&buf, limit + 1);
    ptrdiff_t got = 1;
    while (got > 0 && buf_reserve(&buf, 1)) {
        size_t room = buf.capacity - buf.n;
        got = source_fill(&source, buf.p + buf.n, room, problem);
        buf.n += got > 0 ? (size_t)got : 0;
    }
    source_close(&source);
    if (got < 0)
        status = ST_IO;
    else if (buf.failed || buf.n > limit)
        status = problem_set(problem, ST_TOO_LARGE, path, "the file is larger than %zu bytes", limit);
    buf_byte(&buf, '\0');
    if (status == ST_OK && !buf.failed) {
        *n = buf.n - 1;
        *bytes = buf_take(&buf);
    }
    buf_release(&buf);
    return status;
}
