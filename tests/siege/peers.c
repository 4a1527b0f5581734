#include "siege/peers.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/raw_client.h"

#define NGINX_HEAD                                                                                                     \
    "daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;\n"                                  \
    "events { worker_connections 512; }\n"                                                                             \
    "http { access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;\n"                            \
    "  fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;\n"                                     \
    "  large_client_header_buffers 4 8k; client_header_timeout 2s; client_body_timeout 2s;\n"

#define HAPROXY_HEAD                                                                                                   \
    "# %1$s\nglobal\n  maxconn 512\ndefaults\n  mode http\n  timeout connect 2s\n"                                     \
    "  timeout client 5s\n  timeout server 10s\n  timeout http-request 2s\n  retries 0\n"

static const char *const nginx_argv[] = {"nginx", "-p", "SCRATCH", "-e", "SCRATCH/nginx.log", "-c", "CONFIG", NULL};
static const char *const haproxy_argv[] = {"haproxy", "-db", "-q", "-f", "CONFIG", NULL};
static const char *const lighttpd_argv[] = {"lighttpd", "-D", "-f", "CONFIG", NULL};
static const char *const caddy_argv[] = {
    "env", "XDG_CONFIG_HOME=SCRATCH", "caddy", "run", "--config", "CONFIG", "--adapter", "caddyfile", NULL};
static const char *const node_argv[] = {"node", "CONFIG", NULL};

const struct peer peer_nginx_proxy = {
    "nginx",
    NGINX_HEAD "  upstream entrepot { server 127.0.0.1:%3$u; keepalive 64; }\n"
               "  server { listen 127.0.0.1:%2$u; server_name h; merge_slashes off;\n"
               "    location / { proxy_pass http://entrepot; proxy_http_version 1.1;\n"
               "      proxy_set_header Connection \"\"; proxy_set_header Host h; proxy_next_upstream off; } } }\n",
    nginx_argv, NULL};

const struct peer peer_nginx_impatient = {
    "nginx",
    NGINX_HEAD "  upstream entrepot { server 127.0.0.1:%3$u; keepalive 64; keepalive_timeout 1s; }\n"
               "  server { listen 127.0.0.1:%2$u; server_name h;\n"
               "    location / { proxy_pass http://entrepot; proxy_http_version 1.1;\n"
               "      proxy_set_header Connection \"\"; proxy_set_header Host h; proxy_next_upstream off; } } }\n",
    nginx_argv, NULL};

const struct peer peer_haproxy_proxy = {
    "haproxy",
    HAPROXY_HEAD "  log stdout format raw local0\n  option httplog\n  option dontlog-normal\n  http-reuse "
                 "always\nfrontend in\n  bind 127.0.0.1:%2$u\n  default_backend entrepot\n"
                 "backend entrepot\n  server one 127.0.0.1:%3$u\n",
    haproxy_argv, NULL};

/* Without "compression off" it asks for gzip where the client did not, and unpacks it under the tag of what was packed. */
const struct peer peer_caddy_proxy = {
    "caddy",
    "{\n  admin off\n  auto_https off\n  storage file_system %1$s\n  log {\n    level ERROR\n  }\n}\n"
    "http://:%2$u {\n  bind 127.0.0.1\n  reverse_proxy 127.0.0.1:%3$u {\n    transport http {\n      compression off\n"
    "    }\n  }\n}\n",
    caddy_argv, NULL};

const struct peer peer_nginx = {"nginx",
                                NGINX_HEAD
                                "  default_type text/plain; server { listen 127.0.0.1:%2$u; merge_slashes off; # %3$u\n"
                                "    location / { return 200 \"$request_uri;\"; }\n"
                                "    location /follows- { return 404 \"$request_uri;\"; } } }\n",
                                nginx_argv, NULL};

const struct peer peer_haproxy = {
    "haproxy",
    HAPROXY_HEAD
    "frontend in # %3$u\n  bind 127.0.0.1:%2$u\n"
    "  http-request return status 404 content-type text/plain lf-string \"%%[url];\" if { path_beg /follows- }\n"
    "  http-request return status 200 content-type text/plain string yes\n",
    haproxy_argv, NULL};

/* The options of parsing are those of Debian's own lighttpd.conf. */
const struct peer peer_lighttpd = {
    "lighttpd",
    "# %3$u\nserver.document-root = \"%1$s\"\nserver.bind = \"127.0.0.1\"\nserver.port = %2$u\n"
    "server.modules = ( \"mod_rewrite\", \"mod_cgi\" )\nserver.errorlog = \"%1$s/lighttpd.log\"\n"
    "server.http-parseopts = ( \"header-strict\" => \"enable\", \"host-strict\" => \"enable\",\n"
    "  \"host-normalize\" => \"enable\", \"url-normalize-unreserved\" => \"enable\",\n"
    "  \"url-normalize-required\" => \"enable\", \"url-ctrls-reject\" => \"enable\",\n"
    "  \"url-path-2f-decode\" => \"enable\", \"url-path-dotseg-remove\" => \"enable\" )\n"
    "url.rewrite-once = ( \".*\" => \"/answer.sh\" )\ncgi.assign = ( \".sh\" => \"/bin/sh\" )\n"
    "server.upload-dirs = ( \"%1$s\" )\n",
    lighttpd_argv,
    "case $REQUEST_URI in /follows-*) echo 'Status: 404' ;; esac\n"
    "printf 'Content-Type: text/plain\\n\\n%s;' \"$REQUEST_URI\"\n"};

const struct peer peer_node = {"node",
                               "// %1$s %3$u\n"
                               "require('http').createServer((request, response) => {\n"
                               "  const body = request.url + ';';\n"
                               "  response.writeHead(request.url.startsWith('/follows-') ? 404 : 200,\n"
                               "    {'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body)});\n"
                               "  response.end(body);\n"
                               "}).listen(%2$u, '127.0.0.1');\n",
                               node_argv, NULL};

/* Debian keeps most of these in sbin, which is in root's PATH alone. */
static const char *search_path(void)
{
    static char path[4096];
    const char *given = getenv("PATH");
    if (*path == '\0') {
        (void)snprintf(path, sizeof path, "%s:/usr/local/sbin:/usr/sbin:/sbin", given ? given : "/usr/bin:/bin");
        (void)setenv("PATH", path, 1);
    }
    return path;
}

bool peer_installed(const struct peer *peer)
{
    struct str rest = str_view(search_path());
    char file[512];
    while (rest.n) {
        struct str folder = str_cut(&rest, ':');
        (void)snprintf(file, sizeof file, "%.*s/%s", STR_ARG(folder), peer->program);
        if (access(file, X_OK) == 0)
            return true;
    }
    return false;
}

/* What each says to -v: the first number with a point in it, up to the next point. */
void peer_version(const struct peer *peer, char *into, size_t room)
{
    const char *const argv[] = {peer->program, "-v", NULL};
    struct process process;
    *into = '\0';
    if (!process_start(&process, argv))
        return;
    (void)process_wait(&process, 5000);
    struct str said = process_said(&process);
    unsigned major, minor;
    for (size_t i = 0; i < said.n && *into == '\0'; i++)
        if (said.p[i] >= '0' && said.p[i] <= '9' && sscanf(said.p + i, "%u.%u", &major, &minor) == 2)
            (void)snprintf(into, room, "%u.%u", major, minor);
    free((void *)(uintptr_t)said.p);
    process_forget(&process);
}

static bool listening(unsigned port)
{
    struct raw_client client;
    bool ok = raw_connect(&client, port);
    if (ok)
        raw_close(&client);
    return ok;
}

static bool write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    bool written = file && fputs(text, file) >= 0;
    return file && fclose(file) == 0 && written;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the configurations above */
static bool write_config(const struct peer *peer, const char *path, const char *folder, unsigned port, unsigned to)
{
    char text[4096];
    int n = snprintf(text, sizeof text, peer->config, folder, port, to);
    return n > 0 && (size_t)n < sizeof text && write_text(path, text);
}
#pragma GCC diagnostic pop

/* The arguments with what the words in capitals stand for, in `texts`. */
static void fill_in(const struct peer *peer, const char *folder, char texts[][320], const char **argv)
{
    size_t n = 0;
    for (; peer->argv[n]; n++) {
        const char *word = peer->argv[n], *at = strstr(word, "SCRATCH");
        if (strcmp(word, "CONFIG") == 0)
            (void)snprintf(texts[n], 320, "%s/config.js", folder);
        else if (at)
            (void)snprintf(texts[n], 320, "%.*s%s%s", (int)(at - word), word, folder, at + 7);
        else
            (void)snprintf(texts[n], 320, "%s", word);
        argv[n] = texts[n];
    }
    argv[n] = NULL;
}

static void explain(const struct peer *peer, const struct peer_process *started)
{
    struct str said = process_said(&started->process);
    (void)fprintf(stderr, "%s does not listen on port %u: %.*s\n", peer->program, started->process.port, STR_ARG(said));
    free((void *)(uintptr_t)said.p);
}

bool peer_start(const struct peer *peer, unsigned server_port, struct peer_process *started)
{
    char path[320], texts[16][320];
    const char *argv[16];
    unsigned port = free_port();
    *started = (struct peer_process){.process.pid = 0};
    (void)scratch("peer-XXXXXX", started->folder, sizeof started->folder);
    if (!mkdtemp(started->folder))
        return false;
    (void)snprintf(path, sizeof path, "%s/config.js", started->folder);
    bool ok = write_config(peer, path, started->folder, port, server_port);
    (void)snprintf(path, sizeof path, "%s/answer.sh", started->folder);
    ok = ok && (!peer->answer || write_text(path, peer->answer));
    fill_in(peer, started->folder, texts, argv);
    ok = ok && process_start(&started->process, argv);
    started->process.port = port;
    for (int i = 0; ok && i < 500; i++) {
        if (listening(port))
            return true;
        pause_ms(10);
    }
    explain(peer, started);
    peer_stop(started);
    return false;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void peer_stop(struct peer_process *started)
{
    (void)process_end(&started->process, SIGTERM, 3000);
    process_forget(&started->process);
    (void)nftw(started->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
