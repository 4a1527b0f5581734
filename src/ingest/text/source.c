/* Where bytes come from: files, plain or packed with gzip, the standard input, other readers; as UTF-8 where they are text in another encoding. */
#include "ingest/text/source.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "entrepot/base/buf.h"
#include "entrepot/base/file.h"
#include "entrepot/ingest/ingest.h"
#include "ingest/text/encoding.h"

#define RAW_BYTES ((size_t)1 << 17)
#define READ_MAX ((size_t)1 << 30)

/* ---- bytes as they lie on the disk ---- */

/* False when the reading is to be given up. */
static bool wait_readable(const struct source *s, struct problem *problem)
{
    struct pollfd both[2] = {{.fd = s->stop_fd, .events = POLLIN}, {.fd = s->fd, .events = POLLIN}};
    int timeout_ms = s->waits ? -1 : 0;
    if (s->stop_fd < 0 && !s->waits)
        return true;
    while (poll(both, s->waits ? 2 : 1, timeout_ms) < 0 && errno == EINTR)
        ;
    if (both[0].revents == 0)
        return true;
    (void)problem_set(problem, ST_UNAVAILABLE, s->name, "the import was interrupted");
    return false;
}

static ptrdiff_t read_raw(struct source *s, void *into, size_t room, struct problem *problem)
{
    if (s->ended)
        return 0;
    ssize_t got;
    do {
        if (!wait_readable(s, problem))
            return -1;
        got = read(s->fd, into, room < READ_MAX ? room : READ_MAX);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0) {
        (void)file_refused(s->name, "cannot read", problem);
        return -1;
    }
    s->ended = got == 0;
    s->read_bytes += (uint64_t)got;
    return got;
}

/* At least `least` bytes into raw, unless the file ends before. */
static bool read_ahead(struct source *s, size_t least, struct problem *problem)
{
    if (s->raw_at && s->n_raw > s->raw_at)
        memmove(s->raw, s->raw + s->raw_at, s->n_raw - s->raw_at);
    s->n_raw -= s->raw_at;
    s->raw_at = 0;
    while (s->n_raw < least && !s->ended) {
        ptrdiff_t got = read_raw(s, s->raw + s->n_raw, RAW_BYTES - s->n_raw, problem);
        if (got < 0)
            return false;
        s->n_raw += (size_t)got;
    }
    return true;
}

/* ---- life ---- */

const char *source_name(const char *path) { return strcmp(path, "-") == 0 ? "standard input" : path; }

/* Who can be stopped may wait for what comes through a pipe; standard input was opened by whoever wants it read. */
static enum status open_file(struct source *s, const char *path, struct problem *problem)
{
    struct file file;
    enum status status = strcmp(path, "-") == 0 ? file_take(dup(STDIN_FILENO), s->name, false, &file, problem)
                                                : file_open(path, s->stop_fd < 0, &file, problem);
    s->fd = file.fd;
    s->waits = !file.plain;
    s->total_bytes = file.bytes;
    return status;
}

static bool begins_packed(const struct source *s) { return s->n_raw >= 2 && s->raw[0] == 0x1F && s->raw[1] == 0x8B; }

/* Looks at the first bytes, and makes ready to unpack them where they say so. */
static enum status look_inside(struct source *s, struct problem *problem)
{
    s->raw = malloc(RAW_BYTES);
    if (!s->raw)
        return problem_set(problem, ST_NO_MEMORY, s->name, "out of memory");
    if (!read_ahead(s, 2, problem))
        return problem ? problem->status : ST_IO;
    if (!begins_packed(s))
        return ST_OK;
    s->z = calloc(1, sizeof *s->z);
    s->packed = s->in_member = s->z && inflateInit2(s->z, 15 + 16) == Z_OK;
    return s->packed ? ST_OK : problem_set(problem, ST_NO_MEMORY, s->name, "out of memory");
}

enum status source_open(struct source *s, const char *path, int stop_fd, struct problem *problem)
{
    *s = (struct source){.name = source_name(path), .fd = -1, .stop_fd = stop_fd};
    enum status status = open_file(s, path, problem);
    if (status == ST_OK)
        status = look_inside(s, problem);
    if (status != ST_OK)
        source_close(s);
    return status;
}

void source_over(struct source *s, const char *name, byte_giver *giver, void *given_by)
{
    *s = (struct source){.name = name, .fd = -1, .stop_fd = -1, .giver = giver, .given_by = given_by};
}

void source_close(struct source *s)
{
    if (s->packed)
        (void)inflateEnd(s->z);
    free(s->z);
    if (s->fd >= 0)
        (void)close(s->fd);
    free(s->raw);
    free(s->ahead);
    decoding_free(s->decoding);
    *s = (struct source){.name = s->name, .fd = -1};
}

/* ---- plain and packed ---- */

static ptrdiff_t fill_plain(struct source *s, char *into, size_t room, struct problem *problem)
{
    size_t n = s->n_raw - s->raw_at;
    if (n == 0)
        return read_raw(s, into, room, problem);
    n = n < room ? n : room;
    if (n)
        memcpy(into, s->raw + s->raw_at, n);
    s->raw_at += n;
    return (ptrdiff_t)n;
}

static ptrdiff_t fail_packed(const struct source *s, const char *what, struct problem *problem)
{
    (void)problem_set(problem, ST_IO, s->name, "cannot read: %s", what);
    return -1;
}

/* Behind a member: another one, zeros that fill up a block of a tape, or the end. 1, 0 or -1. */
static ptrdiff_t next_member(struct source *s, struct problem *problem)
{
    if (!read_ahead(s, 2, problem))
        return -1;
    if (begins_packed(s)) {
        s->in_member = inflateReset(s->z) == Z_OK;
        return s->in_member ? 1 : fail_packed(s, "zlib refuses to start again", problem);
    }
    while (s->n_raw) {
        for (size_t i = 0; i < s->n_raw; i++)
            if (s->raw[i])
                return fail_packed(s, "bytes that are not gzip follow the gzip data", problem);
        s->raw_at = s->n_raw;
        if (!read_ahead(s, 1, problem))
            return -1;
    }
    return 0;
}

static ptrdiff_t unpack(struct source *s, char *into, size_t room, struct problem *problem)
{
    if (s->raw_at == s->n_raw && !read_ahead(s, 1, problem))
        return -1;
    if (s->n_raw == s->raw_at)
        return fail_packed(s, "the gzip file ends too early", problem);
    s->z->next_in = s->raw + s->raw_at;
    s->z->avail_in = (unsigned)(s->n_raw - s->raw_at);
    s->z->next_out = (unsigned char *)into;
    s->z->avail_out = (unsigned)room;
    int result = inflate(s->z, Z_NO_FLUSH);
    s->raw_at = s->n_raw - s->z->avail_in;
    if (result == Z_STREAM_END)
        s->in_member = false;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail_packed(s, s->z->msg ? s->z->msg : "the gzip data are damaged", problem);
    s->unpacked_bytes += room - s->z->avail_out;
    if (unpacked_too_far(s->unpacked_bytes, s->read_bytes)) {
        (void)source_refuse_bomb(s->name, problem);
        return -1;
    }
    return (ptrdiff_t)(room - s->z->avail_out);
}

enum status source_refuse_bomb(const char *name, struct problem *problem)
{
    enum status status = problem_set(problem, ST_TOO_LARGE, name,
                                     "unpacked it is more than %d times as large as packed", UNPACKED_RATIO_MAX);
    return problem_cure(problem, status, "no figures pack so well; unpack it yourself if you know what it is");
}

static ptrdiff_t fill_packed(struct source *s, char *into, size_t room, struct problem *problem)
{
    ptrdiff_t got = 0;
    while (got == 0) {
        ptrdiff_t more = s->in_member ? 1 : next_member(s, problem);
        if (more <= 0)
            return more;
        got = unpack(s, into, room < READ_MAX ? room : READ_MAX, problem);
    }
    return got;
}

static ptrdiff_t fill_given(struct source *s, char *into, size_t room, struct problem *problem)
{
    ptrdiff_t got = s->giver(s->given_by, into, room, problem);
    s->read_bytes += got > 0 ? (uint64_t)got : 0;
    return got;
}

static ptrdiff_t fill_unseen(struct source *s, char *into, size_t room, struct problem *problem)
{
    if (s->giver)
        return fill_given(s, into, room, problem);
    return s->packed ? fill_packed(s, into, room, problem) : fill_plain(s, into, room, problem);
}

/* ---- looking ahead, decoding ---- */

enum status source_peek(struct source *s, size_t least, struct str *out, struct problem *problem)
{
    char *ahead = s->n_ahead < least ? realloc(s->ahead, least) : s->ahead;
    if (!ahead && least)
        return problem_set(problem, ST_NO_MEMORY, s->name, "out of memory");
    s->ahead = ahead;
    while (s->n_ahead < least && !s->ahead_ends) {
        ptrdiff_t got = fill_unseen(s, s->ahead + s->n_ahead, least - s->n_ahead, problem);
        if (got < 0)
            return problem->status;
        s->n_ahead += (size_t)got;
        s->ahead_ends = got == 0;
    }
    *out = str_span(s->ahead + s->ahead_at, s->n_ahead - s->ahead_at);
    return ST_OK;
}

static ptrdiff_t fill_undecoded(void *source, char *into, size_t room, struct problem *problem)
{
    struct source *s = source;
    size_t n = s->n_ahead - s->ahead_at;
    if (n == 0)
        return s->ahead_ends ? 0 : fill_unseen(s, into, room, problem);
    n = n < room ? n : room;
    if (n)
        memcpy(into, s->ahead + s->ahead_at, n);
    s->ahead_at += n;
    return (ptrdiff_t)n;
}

enum status source_decode(struct source *s, const char *encoding, struct problem *problem)
{
    return decoding_new(encoding, &s->decoding, problem);
}

ptrdiff_t source_fill(struct source *s, char *into, size_t room, struct problem *problem)
{
    return s->decoding ? decoding_fill(s->decoding, fill_undecoded, s, into, room, problem)
                       : fill_undecoded(s, into, room, problem);
}

enum status source_take_all(struct source *source, const char *name, size_t limit, char **bytes, size_t *n,
                            struct problem *problem)
{
    enum status status = ST_OK;
    struct buf buf;
    buf_init(&buf, limit + 1);
    ptrdiff_t got = 1;
    while (got > 0 && buf_reserve(&buf, 1)) {
        got = source_fill(source, buf.p + buf.n, buf.capacity - buf.n, problem);
        buf.n += got > 0 ? (size_t)got : 0;
    }
    source_close(source);
    if (got < 0)
        status = problem ? problem->status : ST_IO;
    else if (buf.failed || buf.n > limit)
        status = problem_set(problem, ST_TOO_LARGE, name, "the file is larger than %zu bytes", limit);
    buf_byte(&buf, '\0');
    if (status == ST_OK && !buf.failed) {
        *n = buf.n - 1;
        *bytes = buf_take(&buf);
    }
    buf_release(&buf);
    return status;
}

enum status source_slurp(const char *path, size_t limit, int stop_fd, char **bytes, size_t *n, struct problem *problem)
{
    struct source source;
    enum status status = source_open(&source, path, stop_fd, problem);
    return status == ST_OK ? source_take_all(&source, path, limit, bytes, n, problem) : status;
}

enum status ingest_slurp(const char *path, size_t limit, char **bytes, size_t *n, struct problem *problem)
{
    return source_slurp(path, limit, -1, bytes, n, problem);
}
