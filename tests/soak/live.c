#include "soak/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "entrepot/base/buf.h"

static char folder[256];

int live_setup(void **state)
{
    (void)state;
    (void)scratch("life-XXXXXX", folder, sizeof folder);
    return mkdtemp(folder) ? 0 : -1;
}

const char *live_file(const char *name, char *into, size_t room)
{
    (void)snprintf(into, room, "%s/%s", folder, name);
    return into;
}

static struct str slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    if (!file || !text)
        fail_msg("%s cannot be read", path);
    size_t n = fread(text, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    return str_span(text, n);
}

static void drop(struct str text) { free((void *)(uintptr_t)text.p); }

void live_write(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        fail_msg("%s cannot be written", path);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    assert_int_equal(fclose(file), 0);
}

void live_put_manifest(const char *name, const char *csv)
{
    char path[300], temporary[310];
    struct str text = slurp("tests/fixtures/toy-world.json");
    const char *at = strstr(text.p, "toy-world.csv");
    assert_non_null(at);
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_add(&out, str_span(text.p, (size_t)(at - text.p)));
    buf_add(&out, str_view(csv));
    buf_add(&out, str_view(at + strlen("toy-world.csv")));
    (void)live_file(name, path, sizeof path);
    (void)snprintf(temporary, sizeof temporary, "%s.new", path);
    live_write(temporary, buf_view(&out));
    assert_int_equal(rename(temporary, path), 0);
    buf_release(&out);
    drop(text);
}

void live_put_releases(void)
{
    char path[300];
    struct buf more;
    struct str text = slurp("tests/fixtures/toy-world.csv"), rest = text;
    live_write(live_file("a.csv", path, sizeof path), text);
    buf_init(&more, 1 << 20);
    for (bool head = true; rest.n; head = false) {
        struct str line = str_cut(&rest, '\n');
        buf_add(&more, line);
        buf_add(&more, head ? STR("\n") : STR("0\n"));
    }
    live_write(live_file("b.csv", path, sizeof path), buf_view(&more));
    buf_release(&more);
    drop(text);
}

unsigned live_events(const struct process *server, const char *event)
{
    char word[64];
    unsigned n = 0;
    struct str said = process_said(server);
    (void)snprintf(word, sizeof word, "\"event\":\"%s\"", event);
    for (const char *at = said.p; at && (at = strstr(at, word)); at++)
        n++;
    drop(said);
    return n;
}

bool live_await(const struct process *server, const char *event, unsigned wanted)
{
    int64_t until = clock_ms() + 20000;
    while (live_events(server, event) < wanted && clock_ms() < until)
        pause_ms(2);
    return live_events(server, event) >= wanted;
}

void live_compile(const char *cube)
{
    struct process import;
    const char *entrepot = getenv("ENTREPOT");
    const char *const argv[] = {
        entrepot ? entrepot : "build/gcc/entrepot", "import", "tests/fixtures/toy-world.json", "-o", cube, NULL};
    assert_true(process_start(&import, argv));
    assert_int_equal(process_wait(&import, 20000), 0);
    process_forget(&import);
}
