/* The corpus through proxies that read HTTP in their own way (nginx, haproxy, as far as they are installed): whatever they make of it, nobody
 * gets an answer that is not his, nothing runs that nobody gets an answer to, and the server's log stays in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <signal.h>
#include <unistd.h>

#include "http/raw_client.h"
#include "siege/corpus.h"
#include "siege/exchange.h"
#include "siege/process.h"

static struct corpus corpus;
static unsigned number = 1;

struct proxy {
    const char *name, *config; /* %1$s: scratch folder, %2$u: the proxy's port, %3$u: the server's */
    const char *const *argv;   /* "CONFIG" stands for the configuration's path */
};

static const char nginx_config[] =
    "daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;\n"
    "events { worker_connections 512; }\n"
    "http { access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;\n"
    "  fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;\n"
    "  upstream entrepot { server 127.0.0.1:%3$u; keepalive 8; }\n"
    "  server { listen 127.0.0.1:%2$u; server_name h; merge_slashes off;\n"
    "    large_client_header_buffers 4 8k; client_header_timeout 2s; client_body_timeout 2s;\n"
    "    location / { proxy_pass http://entrepot; proxy_http_version 1.1;\n"
    "      proxy_set_header Connection \"\"; proxy_set_header Host h; proxy_next_upstream off; } } }\n";
static const char *const nginx_argv[] = {"nginx", "-p", "SCRATCH", "-c", "CONFIG", NULL};

static const char haproxy_config[] =
    "# %1$s\nglobal\n  maxconn 512\ndefaults\n  mode http\n  timeout connect 2s\n"
    "  timeout client 5s\n  timeout server 10s\n  timeout http-request 2s\n  retries 0\n"
    "  http-reuse always\nfrontend in\n  bind 127.0.0.1:%2$u\n  default_backend entrepot\n"
    "backend entrepot\n  server one 127.0.0.1:%3$u\n";
static const char *const haproxy_argv[] = {"haproxy", "-db", "-q", "-f", "CONFIG", NULL};

static const struct proxy proxies[] = {
    {"nginx", nginx_config, nginx_argv},
    {"haproxy", haproxy_config, haproxy_argv},
};

/* ---- starting ---- */

static bool installed(const char *name)
{
    static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"};
    char path[64];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static bool listening(unsigned port)
{
    struct raw_client client;
    bool ok = raw_connect(&client, port);
    if (ok)
        raw_close(&client);
    return ok;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the two configurations above */
static void write_config(const struct proxy *proxy, const char *path, const char *folder, unsigned port, unsigned to)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, proxy->config, folder, port, to) > 0);
    assert_int_equal(fclose(file), 0);
}
#pragma GCC diagnostic pop

static void start_proxy(const struct proxy *proxy, unsigned to, struct process *process)
{
    char folder[256], config[300];
    const char *argv[16];
    size_t n = 0;
    unsigned port = free_port();
    (void)scratch("proxy-XXXXXX", folder, sizeof folder);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(config, sizeof config, "%s/config", folder);
    write_config(proxy, config, folder, port, to);
    for (; proxy->argv[n]; n++)
        argv[n] = strcmp(proxy->argv[n], "CONFIG") == 0    ? config
                  : strcmp(proxy->argv[n], "SCRATCH") == 0 ? folder
                                                           : proxy->argv[n];
    argv[n] = NULL;
    assert_true(process_start(process, argv));
    process->port = port;
    for (int i = 0; i < 500 && !listening(port); i++)
        pause_ms(10);
    assert_true(listening(port));
}

/* ---- talking ---- */

struct sum {
    unsigned conversations, markers, inside;
};

static struct outcome converse(const struct process *proxy, const struct corpus_case *one, enum fragments fragments)
{
    struct exchange what = {
        .port = proxy->port, .bytes = one->bytes, .fragments = fragments, .marker = number++, .through = true};
    struct outcome outcome;
    assert_true(exchange(&what, &outcome));
    if (outcome.other_marker)
        fail_msg("%s: an answer of conversation %u came in number %u", one->name.p, outcome.other_marker, what.marker);
    if (outcome.markers > 2)
        fail_msg("%s: %u answers to two requests", one->name.p, outcome.markers);
    return outcome;
}

/* Each case, and behind it a client that asks something decent over the same connections to the server. */
static void siege(const struct process *proxy, struct sum *sum)
{
    static const struct corpus_case decent = {.name = STR_INIT("a decent request"), .bytes = STR_INIT("")};
    for (size_t i = 0; i < corpus.n; i++)
        for (int f = WHOLE; f <= BY_BYTE; f++) {
            const struct corpus_case *one = &corpus.at[i];
            if (one->alone || one->direct)
                continue;
            struct outcome bad = converse(proxy, one, (enum fragments)f), good = converse(proxy, &decent, WHOLE);
            if (good.markers != 2)
                fail_msg("after \"%s\" a decent client got: %s", one->name.p, good.text);
            sum->conversations += 2;
            sum->markers += bad.markers + good.markers;
            sum->inside += bad.inside;
        }
}

struct log_count {
    unsigned requests, inside, follows;
    unsigned char *times; /* by marker */
};

static void count_line(struct log_count *count, struct str text)
{
    json_t *line = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(line))
        fail_msg("not one JSON object a line: %.*s", STR_ARG(text));
    const char *target = json_string_value(json_object_get(line, "target"));
    unsigned marker;
    if (target && sscanf(target, "/follows-%u", &marker) == 1 && marker < number) {
        count->follows++;
        if (++count->times[marker] > 2)
            fail_msg("%s was asked for twice and answered three times", target);
    }
    count->inside += target && strcmp(target, "/inside") == 0;
    count->requests += target != NULL;
    json_decref(line);
}

/* What the server has answered, by its log. */
static struct log_count count_log(const struct process *server)
{
    struct log_count count = {.times = calloc(number, 1)};
    struct str said = process_said(server), rest = said;
    assert_non_null(count.times);
    while (rest.n)
        count_line(&count, str_cut(&rest, '\n'));
    free((void *)(uintptr_t)said.p);
    free(count.times);
    return count;
}

static void through(void **state)
{
    const struct proxy *proxy = *state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", NULL};
    struct process server, between;
    struct sum sum = {.markers = 0};
    if (!installed(proxy->name))
        skip();
    assert_true(process_serve(&server, more));
    start_proxy(proxy, server.port, &between);
    siege(&between, &sum);
    (void)process_end(&between, SIGTERM, 3000);
    assert_int_equal(process_end(&server, SIGTERM, 30000), 0);
    struct log_count count = count_log(&server);
    print_message("# %s: %u conversations, %u requests in the log, %u of %u answers to what follows\n", proxy->name,
                  sum.conversations, count.requests, sum.markers, count.follows);
    assert_true(count.inside <=
                sum.inside); /* a hidden request runs only where the proxy takes it for one and passes the answer on */
    assert_true(sum.markers <= count.follows);
    assert_true(sum.conversations >= 800);
    process_forget(&server);
    process_forget(&between);
}

int main(void)
{
    struct CMUnitTest tests[sizeof proxies / sizeof *proxies];
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        tests[i] = (struct CMUnitTest){
            .name = proxies[i].name, .test_func = through, .initial_state = (void *)(uintptr_t)&proxies[i]};
    if (!corpus_read(&corpus, "tests/fixtures/requests"))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    corpus_release(&corpus);
    return failed;
}
