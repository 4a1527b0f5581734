/* Settings: what the command line, the environment and the configuration may say, who wins, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/options.h"

static char folder[64];
static struct settings settings;

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/entrepot-settings-XXXXXX");
    (void)unsetenv("ENTREPOT_CONFIG");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        (void)closedir(dir);
    return rmdir(folder);
}

/* Settings of a command line that is given as words with spaces between. */
static int read_line(const char *line)
{
    static char copy[8192];
    char *argv[64];
    int argc = 0;
    (void)snprintf(copy, sizeof copy, "%s", line);
    for (char *left = copy, *word = strsep(&left, " "); word; word = strsep(&left, " "))
        argv[argc++] = word;
    return settings_read(&settings, NULL, argc, argv);
}

static const char *write_config(const char *name, const char *text)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static int read_config(const char *text)
{
    char line[256];
    (void)snprintf(line, sizeof line, "--config %s", write_config("a.json", text));
    return read_line(line);
}

static void expect_text(const char *got, const char *wanted)
{
    assert_non_null(got);
    assert_string_equal(got, wanted);
}

/* ---- who wins ---- */

static void each_place_replaces_what_was_said_before(void **state)
{
    (void)state;
    char line[300];
    const char *path = write_config(
        "a.json", "{\"listen\":\"127.0.0.1:1\",\"shards\":3,\"data\":[\"x\",\"/y\"],"
                  "\"access_log\":false,\"countries\":\"c.csv\",\"sectors\":null,\"log_level\":\"error\"}");
    (void)snprintf(line, sizeof line, "--config=%s", path);
    assert_int_equal(read_line(line), EXIT_DONE);
    expect_text(settings.listen, "127.0.0.1:1");
    assert_int_equal(settings.server.shards, 3);
    assert_false(settings.server.access_log);
    assert_int_equal(settings.log_level, LOG_LEVEL_ERROR);
    assert_int_equal(settings.data.n, 2);
    (void)snprintf(line, sizeof line, "%s/x", folder); /* relative to the configuration's folder */
    expect_text(settings.data.item[0], line);
    expect_text(settings.data.item[1], "/y");
    (void)snprintf(line, sizeof line, "%s/c.csv", folder);
    expect_text(settings.countries, line);
    assert_null(settings.sectors);
    settings_release(&settings);

    (void)setenv("ENTREPOT_CONFIG", path, 1);
    (void)setenv("ENTREPOT_LISTEN", "127.0.0.1:2", 1);
    (void)setenv("ENTREPOT_DATA", "a:b:c", 1);
    (void)setenv("ENTREPOT_TRUSTED_PROXY", "10.0.0.0/8,::1", 1);
    (void)setenv("ENTREPOT_SHARDS", "", 1); /* empty: not set */
    assert_int_equal(read_line("--shards 5 --data d"), EXIT_DONE);
    expect_text(settings.listen, "127.0.0.1:2");
    assert_int_equal(settings.server.shards, 5);
    assert_int_equal(settings.data.n, 1);
    expect_text(settings.data.item[0], "d");
    assert_int_equal(settings.server.proxies.n, 2);
    settings_release(&settings);
    assert_int_equal(read_line("--trusted-proxy=192.0.2.0/24 --listen=127.0.0.1:3 -- --data x"), EXIT_DONE);
    expect_text(settings.listen, "127.0.0.1:3");
    assert_int_equal(settings.data.n, 3);
    assert_int_equal(settings.server.proxies.n, 1);
    assert_int_equal(settings.n_rest, 2);
    expect_text(settings.rest[0], "--data"); /* behind -- there are no options */
    settings_release(&settings);
    assert_int_equal(read_line("--config="), EXIT_DONE); /* none */
    assert_null(settings.config);
    settings_release(&settings);
    static const char *const variables[] = {"CONFIG", "LISTEN", "DATA", "TRUSTED_PROXY", "SHARDS"};
    for (size_t i = 0; i < 5; i++) {
        (void)snprintf(line, sizeof line, "ENTREPOT_%s", variables[i]);
        (void)unsetenv(line);
    }
}

static void words_set_what_hangs_on_them(void **state)
{
    (void)state;
    assert_int_equal(
        read_line("--admin off --sandbox require --forwarded-header forwarded --access-log 1 --max-target 300"),
        EXIT_DONE);
    assert_null(settings.server.admin);
    assert_int_equal(settings.sandbox, SANDBOX_REQUIRE);
    assert_true(settings.server.proxies.standard);
    assert_true(settings.server.access_log);
    assert_int_equal(settings.api.max_target_bytes, 300);
    settings_release(&settings);
}

/* ---- refusals ---- */

static void refuses_bad_configurations(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"colour\":1,\"shards\":\"x\"}", "unknown key \"colour\""},
        {"{\"colour\":1,\"hue\":1}", "unknown key"},
        {"{\"data\":\"x\"}", "data \"\" must be a list of texts"},
        {"{\"data\":[\"x\",1]}", "data \"\" must be a list of texts"},
        {"{\"trusted_proxy\":[\"10.0.0.1/8\",\"::1\"]}", "trusted_proxy: "},
        {"{\"shards\":1.5}", "shards \"\" has the wrong type"},
        {"{\"shards\":true}", "shards \"\" has the wrong type"},
        {"{\"shards\":\"many\"}", "a whole number from"},
        {"{\"shards\":\"1x\"}", "a whole number from"},
        {"{\"shards\":\"-1\"}", "a whole number from"},
        {"{\"shards\":100000}", "a whole number from"},
        {"{\"max_target_bytes\":255}", "a whole number from 256 to 8192"},
        {"{\"access_log\":1}", "access_log \"\" has the wrong type"},
        {"{\"access_log\":\"2\"}", "a whole number from 0 to 1"},
        {"{\"listen\":1}", "listen \"\" has the wrong type"},
        {"{\"listen\":true}", "listen \"\" has the wrong type"},
        {"{\"log_level\":\"loud\"}", "is no log level"},
        {"{\"sandbox\":\"on\"}", "is none of auto, require, off"},
        {"[]", "a JSON object is needed"},
        {"7", "'[' or '{' expected"},
        {"{\"shards\":1,\"shards\":2}", "duplicate"},
        {"", "'[' or '{' expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = read_config(cases[i][0]);
        if (status != EXIT_REFUSED || !strstr(settings.problem.detail, cases[i][1]) ||
            !strstr(settings.problem.place, "a.json"))
            fail_msg("%s: %d %s: %s", cases[i][0], status, settings.problem.place, settings.problem.detail);
        settings_release(&settings);
    }
    assert_int_equal(read_line("--config /nowhere/a.json"), EXIT_REFUSED);
    settings_release(&settings);
}

static void refuses_bad_command_lines(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"--colour red", "--colour is no option"},
        {"--shards", "--shards is no option, or lacks its value"},
        {"--config", "--config is no option"},
        {"--shardss 1", "--shardss is no option"},
        {"--shards 99999999999999999999", "a whole number"},
        {"--trusted-proxy 10.0.0.1/8", "trusted_proxy"},
        {"--log-level loud", "is no log level"},
        {"--sandbox on", "is none of auto, require, off"},
        {"--access-log yes", "a whole number from 0 to 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = read_line(cases[i][0]);
        if (status != EXIT_USAGE || !strstr(settings.problem.detail, cases[i][1]))
            fail_msg("%s: %d %s", cases[i][0], status, settings.problem.detail);
        settings_release(&settings);
    }
}

static void lists_have_an_end(void **state)
{
    (void)state;
    static char words[2 * (SETTING_LIST_MAX + 1)][8];
    char *argv[2 * (SETTING_LIST_MAX + 1)];
    for (int i = 0; i < 2 * (SETTING_LIST_MAX + 1); i++) {
        (void)snprintf(words[i], sizeof words[i], i % 2 ? "d%d" : "--data", i);
        argv[i] = words[i];
    }
    assert_int_equal(settings_read(&settings, NULL, 2 * SETTING_LIST_MAX, argv), EXIT_DONE);
    assert_int_equal(settings.data.n, SETTING_LIST_MAX);
    settings_release(&settings);
    assert_int_equal(settings_read(&settings, NULL, 2 * (SETTING_LIST_MAX + 1), argv), EXIT_USAGE);
    assert_non_null(strstr(settings.problem.detail, "is one too many: 256 are allowed"));
    settings_release(&settings);
    argv[0] = words[1];
    argv[2] = words[3]; /* now all of them are arguments */
    assert_int_equal(settings_read(&settings, NULL, 4, argv), EXIT_DONE);
    assert_int_equal(settings.n_rest, 4);
    settings_release(&settings);
}

/* ---- what a running server takes over ---- */

static void names_what_needs_a_start(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"--data a", "--data b", ""},
        {"--countries a", "--countries b", ""},
        {"--max-age 5", "--max-age 6", ""},
        {"--listen 127.0.0.1:1", "--listen 127.0.0.1:1", ""},
        {"--listen 127.0.0.1:1", "--listen 127.0.0.1:2", "listen"},
        {"--trusted-proxy ::1 --trusted-proxy ::2", "--trusted-proxy ::1 --trusted-proxy ::2", ""},
        {"--trusted-proxy ::1 --trusted-proxy ::2", "--trusted-proxy ::2 --trusted-proxy ::1", "trusted_proxy"},
        {"--trusted-proxy ::1", "", "trusted_proxy"},
        {"--forwarded-header forwarded", "", "forwarded_header"},
        {"--sandbox off --shards 2 --log-level debug", "--shards 3", "shards sandbox log_level"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(read_line(cases[i][0]), EXIT_DONE);
        static struct settings running;
        running = settings;
        assert_int_equal(read_line(cases[i][1]), EXIT_DONE);
        settings_fixed(&running, &settings, &out);
        if (!str_is(buf_view(&out), cases[i][2]))
            fail_msg("%s, then %s: %.*s", cases[i][0], cases[i][1], STR_ARG(buf_view(&out)));
        buf_release(&out);
        settings_release(&running);
        settings_release(&settings);
    }
}

/* ---- what it must be able to read ---- */

static bool may_read(const struct sandbox *sandbox, const char *path)
{
    for (size_t i = 0; i < sandbox->n_folders; i++)
        if (strcmp(sandbox->folder[i], path) == 0)
            return true;
    return false;
}

static void links_are_followed_when_it_starts(void **state)
{
    (void)state;
    char line[256], link[128], cube[128];
    static struct sandbox sandbox;
    (void)snprintf(link, sizeof link, "%s/link.cube", folder);
    (void)snprintf(cube, sizeof cube, "%s/gone.cube", folder);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(symlink("/nowhere/at/all", cube), 0);
    (void)snprintf(line, sizeof line, "--data %s --data /a.cube --data b.cube --data %s/no/where.cube", folder, folder);
    assert_int_equal(read_line(line), EXIT_DONE);
    confine(&settings, &sandbox);
    assert_true(may_read(&sandbox, folder));
    assert_true(may_read(&sandbox, "/etc"));
    assert_true(may_read(&sandbox, "/"));
    assert_true(may_read(&sandbox, "."));
    assert_true(may_read(&sandbox, "/proc/self"));
    assert_false(may_read(&sandbox, "/nowhere/at"));
    assert_false(sandbox.low_port);
    settings_release(&settings);
    assert_int_equal(read_line("--listen 127.0.0.1:80 --admin off"), EXIT_DONE);
    confine(&settings, &sandbox);
    assert_true(sandbox.low_port);
    settings_release(&settings);
    assert_int_equal(read_line("--listen nonsense --admin 127.0.0.1:81"), EXIT_DONE);
    confine(&settings, &sandbox);
    assert_true(sandbox.low_port);
    settings_release(&settings);
    assert_int_equal(read_line("--listen 127.0.0.1:0 --admin 127.0.0.1:8081"), EXIT_DONE);
    confine(&settings, &sandbox);
    assert_false(sandbox.low_port);
    settings_release(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_place_replaces_what_was_said_before),
        cmocka_unit_test(words_set_what_hangs_on_them),
        cmocka_unit_test(refuses_bad_configurations),
        cmocka_unit_test(refuses_bad_command_lines),
        cmocka_unit_test(lists_have_an_end),
        cmocka_unit_test(names_what_needs_a_start),
        cmocka_unit_test(links_are_followed_when_it_starts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
