/* A mapped file that is cut short while it is read: one line that names it, and an exit status of its own. Each case in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/server/fault.h"

static char folder[64], said[2048];
static int page;

static int setup(void **state)
{
    (void)state;
    page = (int)sysconf(_SC_PAGESIZE);
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-gone-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* In the child: reads a page of a file that has lost it. */
static void read_what_is_gone(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, page) != 0)
        return;
    volatile const char *bytes = mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes != MAP_FAILED && ftruncate(fd, 0) == 0)
        (void)bytes[0];
}

static void read_no_file(const char *path)
{
    (void)path;
    (void)raise(SIGBUS);
}

/* Does it in a child that is guarded. Its wait status; what it said is in `said`. */
static int guarded(bool as_log, void (*act)(const char *path), const char *path)
{
    int said_fd = memfd_create("said", 0);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)dup2(said_fd, STDERR_FILENO);
        fault_guard(as_log);
        act(path);
        _exit(99);
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    ssize_t n = pread(said_fd, said, sizeof said - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    close(said_fd);
    (void)unlink(path);
    return status;
}

static const char *in_folder(const char *name)
{
    static char path[320];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void the_file_is_named(void **state)
{
    (void)state;
    char line[512];
    const char *path = in_folder("world.cube");
    int status = guarded(false, read_what_is_gone, path);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), FAULT_EXIT_STATUS);
    (void)snprintf(
        line, sizeof line,
        "entrepot: %s: the file was cut short while it was read, or its disk failed (put the whole file back, "
        "start again, and replace data files by renaming only)\n",
        path);
    assert_string_equal(said, line);
}

static void the_log_gets_an_object(void **state)
{
    (void)state;
    static const struct {
        const char *name, *told;
    } files[] = {
        {"world.cube", "world.cube"}, {"a \"world\"\\of.cube", "a \"world\"\\of.cube"}, {"a\tb\x1f.cube", "a?b?.cube"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct timespec before, after;
        clock_gettime(CLOCK_REALTIME, &before);
        int status = guarded(true, read_what_is_gone, in_folder(files[i].name));
        assert_int_equal(WEXITSTATUS(status), FAULT_EXIT_STATUS);
        json_error_t error;
        json_t *line = json_loads(said, 0, &error);
        if (!line)
            fail_msg("%s: %s", error.text, said);
        const char *file = json_string_value(json_object_get(line, "file"));
        const char *told_at = json_string_value(json_object_get(line, "time"));
        assert_string_equal(strrchr(file, '/') + 1, files[i].told);
        assert_string_equal(json_string_value(json_object_get(line, "event")), "data_gone");
        assert_string_equal(json_string_value(json_object_get(line, "level")), "error");
        struct tm told = {0};
        assert_non_null(strptime(told_at, "%Y-%m-%dT%H:%M:%S.000Z", &told));
        clock_gettime(CLOCK_REALTIME, &after);
        assert_in_range(timegm(&told), before.tv_sec, after.tv_sec);
        json_decref(line);
    }
}

/* Longer than what the handler has room for: the path is cut, the line is there. */
static void a_long_path_is_cut(void **state)
{
    (void)state;
    char path[1024], name[240];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    size_t n = (size_t)snprintf(path, sizeof path, "%s", folder);
    for (int i = 0; i < 3; i++) {
        n += (size_t)snprintf(path + n, sizeof path - n, "/%s", name);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    (void)snprintf(path + n, sizeof path - n, "/world.cube");
    int status = guarded(true, read_what_is_gone, path);
    assert_int_equal(WEXITSTATUS(status), FAULT_EXIT_STATUS);
    assert_non_null(strstr(said, "\"event\":\"data_gone\",\"file\":\"/"));
    assert_null(strstr(said, "world.cube"));
    for (int i = 0; i < 3; i++) {
        path[n] = '\0';
        assert_int_equal(rmdir(path), 0);
        n -= sizeof name;
    }
}

/* As if nobody had looked: the signal ends the process. */
static void what_is_no_file_is_left_to_the_system(void **state)
{
    (void)state;
    int status = guarded(false, read_no_file, "");
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGBUS);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_named),
        cmocka_unit_test(the_log_gets_an_object),
        cmocka_unit_test(a_long_path_is_cut),
        cmocka_unit_test(what_is_no_file_is_left_to_the_system),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
