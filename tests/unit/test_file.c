/* What is no file is told by name, and nobody waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "entrepot/base/file.h"

static char folder[64], path[96];

static void make_plain(void)
{
    FILE *f = fopen(path, "w");
    assert_true(f && fputs("five!", f) >= 0 && fclose(f) == 0);
}
static void make_pipe(void) { assert_int_equal(mkfifo(path, 0600), 0); }
static void make_folder(void) { assert_int_equal(mkdir(path, 0700), 0); }
static void make_link_to_device(void) { assert_int_equal(symlink("/dev/null", path), 0); }
static void make_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    (void)close(fd);
}
static void make_nothing(void) {}

static void says_what_is_no_file(void **state)
{
    (void)state;
    static const struct {
        void (*make)(void);
        const char *detail;             /* where only a plain file will do */
        enum status only_plain, others; /* and where anything does that can be read */
    } cases[] = {
        {make_plain, "", ST_OK, ST_OK},
        {make_pipe, "this is a named pipe, not a file", ST_INVALID, ST_OK},
        {make_link_to_device, "this is a device, not a file", ST_INVALID, ST_OK},
        {make_socket, "this is a socket or a device, not a file", ST_INVALID, ST_INVALID},
        {make_folder, "this is a folder, not a file", ST_INVALID, ST_INVALID},
        {make_nothing, "cannot open: No such file or directory", ST_NOT_FOUND, ST_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file file;
        struct problem problem = {.status = ST_OK};
        cases[i].make();
        enum status wanted[] = {cases[i].others, cases[i].only_plain};
        for (int only_plain = 0; only_plain < 2; only_plain++) {
            assert_int_equal(file_open(path, only_plain, &file, &problem), wanted[only_plain]);
            assert_int_equal(file.fd >= 0, wanted[only_plain] == ST_OK);
            assert_int_equal(file.plain, cases[i].make == make_plain);
            assert_int_equal(file.bytes, file.plain ? 5 : 0);
            if (file.fd >= 0)
                (void)close(file.fd);
        }
        assert_string_equal(problem.detail, cases[i].detail);
        assert_string_equal(problem.place, problem.status == ST_OK ? "" : path);
        assert_int_equal(problem.cure[0] != '\0', problem.status == ST_INVALID);
        (void)remove(path);
    }
}

static int make_room(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/thing", folder);
    return 0;
}

static int drop_room(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_is_no_file)};
    return cmocka_run_group_tests(tests, make_room, drop_room);
}
