/* Archives and packed files, read by libarchive from bytes that we read ourselves, within bounds. */
#include "ingest/container/container.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define RAW_BYTES ((size_t)1 << 18)

struct container {
    const char *path, *name;
    int fd, stop_fd;
    bool seeks,
        in_gzip; /* in_gzip: bytes come from `source`, which compares gzip's checksums, as libarchive does not */
    struct source source;
    struct problem problem; /* the source's */
    uint64_t packed_bytes, unpacked_bytes;
    struct archive *archive;
    size_t n_files; /* that have been come to: the present one is n_files - 1 */
    size_t n_members;
    bool stopped, fresh; /* fresh: nothing of the present file has been read */
    char raw[RAW_BYTES];
};

bool container_is(struct str head)
{
    static const struct {
        size_t at, n;
        const char *bytes;
    } magic[] = {{0, 4, "PK\x03\x04"},
                 {0, 4, "PK\x05\x06"},
                 {0, 6,
                  "\xFD"
                  "7zXZ\0"},
                 {0, 4, "\x28\xB5\x2F\xFD"},
                 {0, 3, "BZh"},
                 {0, 6, "7z\xBC\xAF\x27\x1C"},
                 {0, 4, "\x04\x22\x4D\x18"},
                 {257, 5, "ustar"},
                 {0, 4, "Rar!"}};
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (head.n >= magic[i].at + magic[i].n && memcmp(head.p + magic[i].at, magic[i].bytes, magic[i].n) == 0)
            return true;
    return false;
}

/* ---- bytes for libarchive ---- */

static bool may_go_on(struct container *c)
{
    struct pollfd both[2] = {{.fd = c->stop_fd, .events = POLLIN}, {.fd = c->fd, .events = POLLIN}};
    if (c->stop_fd < 0)
        return true;
    while (poll(both, c->seeks ? 1 : 2, c->seeks ? 0 : -1) < 0 && errno == EINTR)
        ;
    c->stopped = c->stopped || both[0].revents;
    return !c->stopped;
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **bytes)
{
    struct container *c = context;
    (void)archive;
    ssize_t got = -1;
    *bytes = c->raw;
    if (c->in_gzip) {
        got = source_fill(&c->source, c->raw, sizeof c->raw, &c->problem);
        c->stopped = got < 0 && c->problem.status == ST_UNAVAILABLE;
        if (got < 0)
            archive_set_error(archive, EIO, "%s", c->problem.detail);
        c->packed_bytes = c->source.read_bytes;
        return got;
    }
    if (may_go_on(c))
        do
            got = read(c->fd, c->raw, sizeof c->raw);
        while (got < 0 && errno == EINTR);
    if (got < 0)
        archive_set_error(archive, c->stopped ? EINTR : errno, "%s", c->stopped ? "interrupted" : strerror(errno));
    c->packed_bytes += got > 0 ? (uint64_t)got : 0;
    return got;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    struct container *c = context;
    off_t at = lseek(c->fd, offset, whence);
    if (at < 0)
        archive_set_error(archive, errno, "%s", strerror(errno));
    return at < 0 ? ARCHIVE_FATAL : at;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t n)
{
    struct container *c = context;
    off_t before = lseek(c->fd, 0, SEEK_CUR), after = lseek(c->fd, n, SEEK_CUR);
    (void)archive;
    return before < 0 || after < before ? 0 : after - before;
}

/* ---- life ---- */

static enum status no_memory(const struct container *c, struct problem *problem)
{
    return problem_set(problem, ST_NO_MEMORY, c->name, "out of memory");
}

/* What libarchive did not like. */
static enum status refuse(const struct container *c, struct problem *problem)
{
    const char *why = archive_error_string(c->archive);
    if (c->stopped)
        return problem_set(problem, ST_UNAVAILABLE, c->name, "the import was interrupted");
    if (archive_errno(c->archive) == ENOMEM)
        return no_memory(c, problem);
    enum status status = problem_set(problem, ST_INVALID, c->name, "the archive cannot be read: %s",
                                     why ? why : "it is damaged or cut short");
    return problem_cure(problem, status, "fetch it again, or unpack it and name the files in it");
}

static enum status refuse_encrypted(const struct container *c, struct problem *problem)
{
    enum status status = problem_set(problem, ST_INVALID, c->name, "the archive is encrypted");
    return problem_cure(problem, status, "unpack it with its password, and name the files in it");
}

static enum status start(struct container *c, struct problem *problem)
{
    c->archive = archive_read_new();
    c->n_files = c->n_members = 0;
    c->packed_bytes = c->unpacked_bytes = 0;
    if (!c->archive)
        return no_memory(c, problem);
    if (c->in_gzip) {
        source_close(&c->source);
        enum status status = source_open(&c->source, c->path, c->stop_fd, problem);
        if (status != ST_OK)
            return status;
    }
    struct archive *a = c->archive;
    bool ok = archive_read_support_format_zip(a) == ARCHIVE_OK && archive_read_support_format_tar(a) == ARCHIVE_OK &&
              archive_read_support_format_raw(a) == ARCHIVE_OK;
    /* These may be missing in a library that was built small: then their files are told to be unreadable. */
    (void)archive_read_support_format_7zip(a);
    (void)archive_read_support_filter_xz(a);
    (void)archive_read_support_filter_zstd(a);
    (void)archive_read_support_filter_bzip2(a);
    (void)archive_read_support_filter_lz4(a);
    if (c->seeks)
        ok = ok && archive_read_set_seek_callback(a, on_seek) == ARCHIVE_OK &&
             archive_read_set_skip_callback(a, on_skip) == ARCHIVE_OK;
    ok = ok && archive_read_set_read_callback(a, on_read) == ARCHIVE_OK &&
         archive_read_set_callback_data(a, c) == ARCHIVE_OK && archive_read_open1(a) == ARCHIVE_OK;
    return ok ? ST_OK : refuse(c, problem);
}

static enum status open_file(struct container *c, struct problem *problem)
{
    struct stat info;
    enum status status = source_open(&c->source, c->path, c->stop_fd, problem);
    c->in_gzip = status == ST_OK && c->source.packed;
    source_close(&c->source);
    if (status != ST_OK || c->in_gzip)
        return status;
    c->fd = open(c->path, O_RDONLY | O_CLOEXEC);
    if (c->fd < 0)
        return problem_set(problem, errno == ENOENT ? ST_NOT_FOUND : ST_IO, c->name, "cannot open: %s",
                           strerror(errno));
    c->seeks = fstat(c->fd, &info) == 0 && S_ISREG(info.st_mode);
    return ST_OK;
}

enum status container_open(const char *path, int stop_fd, struct container **out, struct problem *problem)
{
    struct container *c = malloc(sizeof *c);
    *out = NULL;
    if (!c)
        return problem_set(problem, ST_NO_MEMORY, path, "out of memory");
    memset(c, 0, offsetof(struct container, raw));
    c->path = c->name = path;
    c->stop_fd = stop_fd;
    c->fd = -1;
    enum status status = open_file(c, problem);
    if (status == ST_OK)
        status = start(c, problem);
    if (status == ST_OK)
        *out = c;
    else
        container_close(c);
    return status;
}

void container_close(struct container *c)
{
    if (!c)
        return;
    if (c->archive)
        (void)archive_read_free(c->archive);
    if (c->fd >= 0)
        (void)close(c->fd);
    if (c->in_gzip)
        source_close(&c->source);
    free(c);
}

/* ---- members ---- */

static struct str last_part(struct str name)
{
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
            return str_span(name.p + i, name.n - i);
    return name;
}

static bool leads_out(struct str name)
{
    bool out = str_starts(name, STR("/")) || str_starts(name, STR("\\")) || (name.n > 1 && name.p[1] == ':');
    while (name.n) {
        size_t n = 0;
        while (n < name.n && name.p[n] != '/' && name.p[n] != '\\')
            n++;
        out = out || str_is(str_span(name.p, n), "..");
        name = n < name.n ? str_span(name.p + n + 1, name.n - n - 1) : str_span(NULL, 0);
    }
    return out;
}

static bool is_litter(struct str name)
{
    struct str last = last_part(name);
    return str_starts(name, STR("__MACOSX/")) || str_starts(last, STR("._")) || str_is(last, ".DS_Store") ||
           str_is(last, "Thumbs.db") || str_is(last, "desktop.ini");
}

/* One header on. ST_NOT_FOUND at the end. */
static enum status step(struct container *c, struct archive_entry **entry, struct problem *problem)
{
    int result = archive_read_next_header(c->archive, entry);
    if (result == ARCHIVE_EOF)
        return ST_NOT_FOUND;
    if (result < ARCHIVE_WARN)
        return refuse(c, problem);
    if (++c->n_members > CONTAINER_MEMBERS_MAX) {
        enum status status =
            problem_set(problem, ST_TOO_LARGE, c->name, "the archive has more than %d members", CONTAINER_MEMBERS_MAX);
        return problem_cure(problem, status, "unpack it, and name the files that you mean");
    }
    return archive_entry_is_encrypted(*entry) > 0 ? refuse_encrypted(c, problem) : ST_OK;
}

static struct str name_of(const struct container *c, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);
    bool single = archive_format(c->archive) == ARCHIVE_FORMAT_RAW;
    return single ? str_span("", 0) : name ? str_view(name) : STR("?");
}

static enum status next_file(struct container *c, struct archive_entry **entry, struct problem *problem)
{
    enum status status;
    while ((status = step(c, entry, problem)) == ST_OK) {
        struct str name = name_of(c, *entry);
        if (leads_out(name)) {
            status = problem_set(problem, ST_INVALID, c->name,
                                 "its member \"%.*s\" has a name that leads out of the archive",
                                 (int)(name.n < 100 ? name.n : 100), name.p);
            return problem_cure(problem, status, "no honest program writes such names: do not unpack it");
        }
        bool single = name.n == 0, link = archive_entry_symlink(*entry) || archive_entry_hardlink(*entry);
        if (single || (!link && archive_entry_filetype(*entry) == AE_IFREG && !is_litter(name)))
            break;
    }
    c->n_files += status == ST_OK;
    c->fresh = status == ST_OK;
    return status;
}

enum status container_next(struct container *c, struct arena *arena, struct str *name, uint64_t *bytes, size_t *index,
                           struct problem *problem)
{
    struct archive_entry *entry;
    enum status status = next_file(c, &entry, problem);
    if (status != ST_OK)
        return status;
    la_int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
    *name = arena_str(arena, name_of(c, entry));
    *bytes = size > 0 ? (uint64_t)size : 0;
    *index = c->n_files - 1;
    return name->p ? ST_OK : no_memory(c, problem);
}

enum status container_go(struct container *c, size_t index, struct problem *problem)
{
    enum status status = ST_OK;
    if (c->fresh && c->n_files == index + 1)
        return ST_OK;
    if (c->n_files > index) {
        if (!c->in_gzip && lseek(c->fd, 0, SEEK_SET) != 0)
            return problem_set(problem, ST_IO, c->name, "cannot go back in it: %s", strerror(errno));
        (void)archive_read_free(c->archive);
        status = start(c, problem);
    }
    struct archive_entry *entry;
    while (status == ST_OK && c->n_files <= index)
        status = next_file(c, &entry, problem);
    return status == ST_NOT_FOUND ? problem_set(problem, ST_IO, c->name, "it has changed while it was read") : status;
}

ptrdiff_t container_fill(void *container, char *into, size_t room, struct problem *problem)
{
    struct container *c = container;
    c->fresh = false;
    la_ssize_t got = archive_read_data(c->archive, into, room);
    if (got < 0 && archive_errno(c->archive) != ENOMEM && archive_read_has_encrypted_entries(c->archive) > 0) {
        (void)refuse_encrypted(c, problem);
        return -1;
    }
    if (got < 0) {
        (void)refuse(c, problem);
        return -1;
    }
    c->unpacked_bytes += (uint64_t)got;
    if (unpacked_too_far(c->unpacked_bytes, c->packed_bytes)) {
        (void)source_refuse_bomb(c->name, problem);
        return -1;
    }
    return got;
}
