#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/base/buf.h"
#include "entrepot/base/log.h"

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Everything `fd` gives until its end, or until nothing came for 300 ms. */
static struct buf read_all(int fd)
{
    struct buf all;
    buf_init(&all, (size_t)256 << 20);
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 300) <= 0 || !buf_reserve(&all, 65536))
            break;
        ssize_t n = read(fd, all.p + all.n, 65536);
        if (n <= 0)
            break;
        all.n += (size_t)n;
    }
    return all;
}

static int temporary_file(void)
{
    char name[] = "/tmp/entrepot-test-log-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    return fd;
}

static struct buf read_file(int fd)
{
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return read_all(fd);
}

/* Parses one line; the caller owns the object. */
static json_t *object_of(struct str line)
{
    json_error_t error;
    json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!object)
        fail_msg("%s in: %.*s", error.text, STR_ARG(line));
    assert_true(json_is_object(object));
    return object;
}

static const char *text_at(json_t *object, const char *key) { return json_string_value(json_object_get(object, key)); }

/* How many whole, well-formed lines there are; adds up the field "dropped". */
static size_t check_lines(struct str all, uint64_t *dropped)
{
    size_t n = 0;
    assert_true(all.n == 0 || all.p[all.n - 1] == '\n');
    while (all.n) {
        json_t *object = object_of(str_cut(&all, '\n'));
        *dropped += (uint64_t)json_integer_value(json_object_get(object, "dropped"));
        n += strcmp(text_at(object, "event"), "log_dropped") != 0;
        json_decref(object);
    }
    return n;
}

static void writes_one_object_a_line(void **state)
{
    (void)state;
    int fd = temporary_file();
    struct log *log = log_new(fd, LOG_LEVEL_INFO);
    assert_non_null(log);
    struct log_field fields[] = {LOG_TEXT("text", STR("a\"b\\c\n\x01\xFF\xC3\xA9")), LOG_NUMBER("number", INT64_MIN)};
    log_line(log, LOG_LEVEL_DEBUG, "unseen", NULL, 0);
    log_line(log, LOG_LEVEL_INFO, "seen", fields, 2);
    log_line(log, LOG_LEVEL_ERROR, "bare", NULL, 0);
    log_line(NULL, LOG_LEVEL_ERROR, "nowhere", fields, 2);
    assert_int_equal(log_dropped(log), 0);
    assert_int_equal(log_dropped(NULL), 0);
    log_free(log);
    log_free(NULL);
    struct buf all = read_file(fd);
    struct str rest = buf_view(&all);
    json_t *seen = object_of(str_cut(&rest, '\n')), *bare = object_of(str_cut(&rest, '\n'));
    assert_int_equal(rest.n, 0);
    assert_string_equal(text_at(seen, "event"), "seen");
    assert_string_equal(text_at(seen, "level"), "info");
    assert_string_equal(text_at(seen, "text"), "a\"b\\c\n\x01\xEF\xBF\xBD\xC3\xA9");
    assert_true(json_integer_value(json_object_get(seen, "number")) == INT64_MIN);
    assert_int_equal(strlen(text_at(seen, "time")), strlen("2026-01-31T12:00:00.123Z"));
    assert_int_equal(text_at(seen, "time")[19], '.');
    assert_string_equal(text_at(bare, "level"), "error");
    json_decref(seen);
    json_decref(bare);
    buf_release(&all);
    close(fd);
}

static void cuts_long_values(void **state)
{
    (void)state;
    int fd = temporary_file();
    struct log *log = log_new(fd, LOG_LEVEL_INFO);
    static char text[5000];
    memset(text, 0x01, sizeof text);
    struct log_field fields[9];
    static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    for (size_t i = 0; i < 9; i++)
        fields[i] = LOG_TEXT(keys[i], str_span(text, sizeof text));
    log_line(log, LOG_LEVEL_INFO, "long", fields, 9);
    log_free(log);
    struct buf all = read_file(fd);
    json_t *object = object_of(str_span(all.p, all.n - 1));
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(json_string_length(json_object_get(object, keys[i])), 1024);
    json_decref(object);
    buf_release(&all);
    close(fd);
}

#define THREADS 4
#define LINES_EACH 5000

static void *write_many(void *log)
{
    for (int i = 0; i < LINES_EACH; i++) {
        struct log_field fields[] = {LOG_TEXT("method", STR("GET")), LOG_NUMBER("i", i)};
        log_line(log, LOG_LEVEL_INFO, "request", fields, 2);
        if (i % 500 == 0)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return NULL;
}

static void takes_lines_from_many_threads(void **state)
{
    (void)state;
    int fd = temporary_file();
    struct log *log = log_new(fd, LOG_LEVEL_INFO);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, log), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    uint64_t dropped = log_dropped(log), told = 0;
    log_free(log);
    struct buf all = read_file(fd);
    assert_int_equal(check_lines(buf_view(&all), &told) + dropped, THREADS * LINES_EACH);
    assert_int_equal(told, dropped);
    buf_release(&all);
    close(fd);
}

static void fill_up(struct log *log, size_t n)
{
    struct log_field field = LOG_TEXT("target", STR("/v1/bilateral/IND/CHN?period=FY2018-19"));
    for (size_t i = 0; i < n; i++)
        log_line(log, LOG_LEVEL_INFO, "request", &field, 1);
}

static void drops_and_counts_when_nobody_reads(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    struct log *log = log_new(fds[1], LOG_LEVEL_INFO);
    fill_up(log, 30000); /* nobody reads: to wait for him would be for ever */
    uint64_t dropped = log_dropped(log);
    assert_true(dropped > 0);
    struct buf first = read_all(fds[0]); /* the reader is back: the next line tells what it missed */
    log_line(log, LOG_LEVEL_WARNING, "again", NULL, 0);
    log_free(log);
    close(fds[1]);
    struct buf second = read_all(fds[0]);
    buf_add(&first, buf_view(&second));
    uint64_t told = 0;
    assert_int_equal(check_lines(buf_view(&first), &told) + dropped, 30001);
    assert_int_equal(told, dropped);
    buf_release(&first);
    buf_release(&second);
    close(fds[0]);
}

static void gives_up_at_the_end(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    struct log *log = log_new(fds[1], LOG_LEVEL_INFO);
    fill_up(log, 30000);
    int64_t start = now_ms();
    log_free(log);
    assert_true(now_ms() - start >= 900);
    close(fds[0]);
    close(fds[1]);
}

static void await_dropped(struct log *log, uint64_t n)
{
    while (log_dropped(log) < n)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void survives_a_reader_that_has_gone(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    struct log *log = log_new(fds[1], LOG_LEVEL_INFO);
    fill_up(log, 10);
    await_dropped(log, 10); /* SIGPIPE would have ended us here */
    assert_int_equal(log_dropped(log), 10);
    log_free(log);
    close(fds[1]);
}

static void survives_a_full_disk(void **state)
{
    (void)state;
    int fd = open("/dev/full", O_WRONLY);
    if (fd < 0)
        skip();
    struct log *log = log_new(fd, LOG_LEVEL_INFO);
    fill_up(log, 20000);
    log_line(log, LOG_LEVEL_ERROR, "now", NULL, 0);
    await_dropped(log, 1);
    assert_true(log_dropped(log) <= 20001);
    log_free(log);
    close(fd);
}

static void *read_slowly(void *fd)
{
    struct buf all;
    buf_init(&all, (size_t)64 << 20);
    ssize_t n;
    while (buf_reserve(&all, 1000) && (n = read(*(int *)fd, all.p + all.n, 700)) > 0)
        all.n += (size_t)n;
    struct buf *out = malloc(sizeof *out);
    *out = all;
    return out;
}

/* A non-blocking socket takes less than it is given, or nothing for now. */
static void finishes_short_writes(void **state)
{
    (void)state;
    int fds[2], small = 1;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
    pthread_t reader;
    assert_int_equal(pthread_create(&reader, NULL, read_slowly, &fds[0]), 0);
    struct log *log = log_new(fds[1], LOG_LEVEL_INFO);
    fill_up(log, 2000);
    log_free(log);
    close(fds[1]);
    void *result;
    pthread_join(reader, &result);
    struct buf *all = result;
    uint64_t told = 0;
    assert_int_equal(check_lines(buf_view(all), &told), 2000);
    assert_int_equal(told, 0);
    buf_release(all);
    free(all);
    close(fds[0]);
}

static void reads_level_names(void **state)
{
    (void)state;
    enum log_level level = LOG_LEVEL_DEBUG;
    assert_true(log_level_read(STR("warning"), &level));
    assert_int_equal(level, LOG_LEVEL_WARNING);
    assert_false(log_level_read(STR("loud"), &level));
    assert_false(log_level_read(STR(""), &level));
    assert_int_equal(level, LOG_LEVEL_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_one_object_a_line),
        cmocka_unit_test(cuts_long_values),
        cmocka_unit_test(takes_lines_from_many_threads),
        cmocka_unit_test(drops_and_counts_when_nobody_reads),
        cmocka_unit_test(gives_up_at_the_end),
        cmocka_unit_test(survives_a_reader_that_has_gone),
        cmocka_unit_test(survives_a_full_disk),
        cmocka_unit_test(finishes_short_writes),
        cmocka_unit_test(reads_level_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
