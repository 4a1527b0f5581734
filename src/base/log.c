/* The log: callers format their lines, one thread writes them, and nobody waits for a slow reader. */
#include "entrepot/base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/base/buf.h"
#include "entrepot/base/jw.h"

#define HALF_BYTES ((size_t)512 * 1024) /* of each half of the double buffer */
#define BATCH_BYTES ((size_t)64 * 1024) /* the writer is woken early when this much waits */
#define BATCH_MS 20                     /* how long a line may wait for company */
#define VALUE_BYTES ((size_t)1024)
#define LINE_BYTES ((size_t)64 * 1024)
#define LOG_PROBLEM_FIELDS 8
#define LAST_WORDS_MS 1000 /* log_free writes for so long */

struct log {
    int fd;
    enum log_level least;
    bool regular; /* a regular file: never makes the writer wait */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct buf fill;              /* lock: what callers append to */
    bool urgent, stop;            /* lock */
    uint64_t dropped, unreported; /* lock */
    struct buf spare;             /* lock: the line of a caller for whom there is no memory */
    struct buf drain;             /* the writer's own */
    bool torn;                    /* the writer's own: the last write broke off inside a line */
    _Atomic int64_t give_up_ms;
};

static const char *const level_names[] = {"debug", "info", "warning", "error"};

bool log_level_read(struct str word, enum log_level *out)
{
    for (unsigned i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (str_is(word, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

static int64_t log_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct timespec after_ms(clockid_t clock, long ms)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* ---- the writer's side ---- */

/* False when log_free has lost patience. An error state counts as writable: the write itself will tell. */
static bool wait_writable(struct log *log)
{
    while (log_now_ms() < atomic_load(&log->give_up_ms)) {
        struct pollfd p = {.fd = log->fd, .events = POLLOUT};
        int n = poll(&p, 1, 100);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
    return false;
}

/* What may be written at once. After POLLOUT a pipe takes PIPE_BUF bytes without blocking, and takes them whole; whole lines
 * keep apart from what others write to the same pipe. */
static size_t piece(const struct log *log, struct str s)
{
    if (log->regular || s.n <= PIPE_BUF)
        return s.n;
    const char *end = memrchr(s.p, '\n', PIPE_BUF);
    return end ? (size_t)(end - s.p) + 1 : PIPE_BUF;
}

static uint64_t log_count_lines(struct str s)
{
    uint64_t n = 0;
    for (const char *at = s.p; s.n && (at = memchr(at, '\n', (size_t)(s.p + s.n - at))) != NULL; at++)
        n++;
    return n;
}

/* Writes `s`; returns how many bytes of it are written when it stops. */
static size_t write_most(struct log *log, struct str s)
{
    size_t done = 0;
    while (done < s.n && wait_writable(log)) {
        struct str rest = str_span(s.p + done, s.n - done);
        ssize_t wrote = write(log->fd, rest.p, piece(log, rest));
        if (wrote >= 0)
            done += (size_t)wrote;
        else if (errno == EAGAIN)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        else if (errno != EINTR)
            break;
    }
    return done;
}

/* Writes a batch; returns how many of its lines are lost. */
static uint64_t write_batch(struct log *log, struct str s)
{
    if (log->torn && write_most(log, STR("\n")) != 1)
        return log_count_lines(s);
    log->torn = false;
    size_t done = write_most(log, s);
    log->torn = done > 0 && done < s.n && s.p[done - 1] != '\n';
    return log_count_lines(str_span(s.p + done, s.n - done));
}

/* Waits, with the lock held, for the first line and then a little for more: a busy server costs 50 wake-ups a second. */
static void wait_for_lines(struct log *log)
{
    while (log->fill.n == 0 && !log->stop)
        pthread_cond_wait(&log->wake, &log->lock);
    struct timespec until = after_ms(CLOCK_MONOTONIC, BATCH_MS);
    int late = 0;
    while (late == 0 && log->fill.n < BATCH_BYTES && !log->urgent && !log->stop)
        late = pthread_cond_timedwait(&log->wake, &log->lock, &until);
    log->urgent = false;
}

static void log_add_time(struct buf *line)
{
    static _Thread_local struct {
        time_t second;
        char text[24];
    } cache;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (t.tv_sec != cache.second || !cache.text[0]) {
        struct tm tm;
        gmtime_r(&t.tv_sec, &tm);
        if (strftime(cache.text, sizeof cache.text, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
            cache.text[0] = '\0';
        cache.second = t.tv_sec;
    }
    buf_add(line, str_view(cache.text));
    long ms = t.tv_nsec / 1000000;
    const char fraction[] = {'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z'};
    buf_add(line, str_span(fraction, sizeof fraction));
}

static void begin_line(struct buf *line, enum log_level level, const char *event)
{
    buf_lit(line, "{\"time\":\"");
    log_add_time(line);
    buf_lit(line, "\",\"level\":\"");
    buf_add(line, str_view(level_names[level]));
    buf_lit(line, "\",\"event\":");
    jw_quote(line, str_view(event));
}

/* With the lock held: the line without its end, the count of those that were lost before it, the end. */
static bool log_append(struct log *log, struct str line)
{
    static const size_t tail = sizeof ",\"dropped\":18446744073709551615}\n";
    struct buf *fill = &log->fill;
    if (line.n + tail > fill->capacity - fill->n)
        return false;
    buf_add(fill, line);
    if (log->unreported) {
        buf_lit(fill, ",\"dropped\":");
        buf_u64(fill, log->unreported);
        log->unreported = 0;
    }
    buf_lit(fill, "}\n");
    return true;
}

static void count_dropped(struct log *log, uint64_t n)
{
    log->dropped += n;
    log->unreported += n;
}

/* At the end there is no next line to tell what was dropped, so one is made. */
static void append_last_count(struct log *log)
{
    struct buf line;
    buf_init(&line, LINE_BYTES);
    begin_line(&line, LOG_LEVEL_WARNING, "log_dropped");
    if (!line.failed)
        (void)log_append(log, buf_view(&line));
    buf_release(&line);
}

static void *writer(void *argument)
{
    struct log *log = argument;
    pthread_mutex_lock(&log->lock);
    for (bool last = false; !last;) {
        wait_for_lines(log);
        last = log->stop;
        if (last && log->unreported)
            append_last_count(log);
        struct buf full = log->fill;
        log->fill = log->drain;
        log->drain = full;
        pthread_mutex_unlock(&log->lock);
        uint64_t lost = write_batch(log, buf_view(&log->drain));
        buf_reset(&log->drain);
        pthread_mutex_lock(&log->lock);
        count_dropped(log, lost);
    }
    pthread_mutex_unlock(&log->lock);
    return NULL;
}

/* ---- the callers' side ---- */

/* The thread takes no signals: those are for whoever waits for them, and SIGPIPE becomes a plain EPIPE. */
static bool start_writer(struct log *log)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&log->thread, NULL, writer, log);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

static void forget(struct log *log)
{
    pthread_cond_destroy(&log->wake);
    pthread_mutex_destroy(&log->lock);
    buf_release(&log->fill);
    buf_release(&log->drain);
    buf_release(&log->spare);
    free(log);
}

struct log *log_new(int fd, enum log_level least)
{
    struct log *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    struct stat st;
    log->fd = fd;
    log->least = least;
    log->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    atomic_init(&log->give_up_ms, INT64_MAX);
    pthread_mutex_init(&log->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&log->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    buf_init(&log->fill, HALF_BYTES);
    buf_init(&log->drain, HALF_BYTES);
    buf_init(&log->spare, LINE_BYTES);
    /* all memory now: later nothing can fail but the reader */
    if (!buf_reserve(&log->fill, HALF_BYTES) || !buf_reserve(&log->drain, HALF_BYTES) ||
        !buf_reserve(&log->spare, LINE_BYTES) || !start_writer(log)) {
        forget(log);
        return NULL;
    }
    return log;
}

void log_free(struct log *log)
{
    if (!log)
        return;
    atomic_store(&log->give_up_ms, log_now_ms() + LAST_WORDS_MS);
    pthread_mutex_lock(&log->lock);
    log->stop = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
    struct timespec until = after_ms(CLOCK_REALTIME, LAST_WORDS_MS + 250);
    if (pthread_timedjoin_np(log->thread, NULL, &until) == 0)
        forget(log);
    /* else a terminal that is held keeps it inside write, though poll said that it would not: its memory must stay. To cancel the
     * thread would have the C library load another library, long after files may still be mapped to be run. */
}

static void add_field(struct buf *line, const struct log_field *field)
{
    buf_byte(line, ',');
    jw_quote(line, str_view(field->key));
    buf_byte(line, ':');
    if (field->kind == LOG_I64)
        buf_i64(line, field->number);
    else
        jw_quote(line, str_span(field->text.p, field->text.n < VALUE_BYTES ? field->text.n : VALUE_BYTES));
}

static void write_line(struct buf *line, enum log_level level, const char *event, const struct log_field *fields,
                       size_t n)
{
    begin_line(line, level, event);
    for (size_t i = 0; i < n; i++)
        add_field(line, &fields[i]);
}

/* With the lock held. */
static void queue_line(struct log *log, enum log_level level, const struct buf *line)
{
    size_t before = log->fill.n;
    if (line->failed || !log_append(log, buf_view(line)))
        count_dropped(log, 1);
    bool urgent = level >= LOG_LEVEL_WARNING && !log->urgent;
    log->urgent = log->urgent || urgent;
    bool full_batch = before < BATCH_BYTES && log->fill.n >= BATCH_BYTES;
    if (before == 0 || full_batch || urgent)
        pthread_cond_signal(&log->wake);
}

void log_line(struct log *log, enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    if (!log || level < log->least)
        return;
    struct buf line;
    buf_init(&line, LINE_BYTES);
    write_line(&line, level, event, fields, n);
    pthread_mutex_lock(&log->lock);
    bool no_memory = line.failed && !line.full;
    if (no_memory) { /* which must be told too */
        buf_reset(&log->spare);
        write_line(&log->spare, level, event, fields, n);
    }
    queue_line(log, level, no_memory ? &log->spare : &line);
    pthread_mutex_unlock(&log->lock);
    buf_release(&line);
}

void log_problem(struct log *log, enum log_level level, const char *event, const struct problem *problem,
                 const struct log_field *fields, size_t n)
{
    struct log_field all[3 + LOG_PROBLEM_FIELDS] = {LOG_TEXT("place", str_view(problem->place)),
                                                    LOG_TEXT("detail", str_view(problem->detail))};
    size_t m = 2;
    if (problem->cure[0])
        all[m++] = LOG_TEXT("cure", str_view(problem->cure));
    for (size_t i = 0; i < n && i < LOG_PROBLEM_FIELDS; i++)
        all[m++] = fields[i];
    log_line(log, level, event, all, m);
}

uint64_t log_dropped(struct log *log)
{
    if (!log)
        return 0;
    pthread_mutex_lock(&log->lock);
    uint64_t n = log->dropped;
    pthread_mutex_unlock(&log->lock);
    return n;
}
