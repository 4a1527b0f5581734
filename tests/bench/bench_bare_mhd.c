/* bench_bare_mhd: the yardstick of tests/bench/http.sh. A server that does nothing but send the same bytes: the same shards,
 * flags and number of headers as ours, one response for each shard built before the first request; or, with `each`, one built for each
 * request from a copy of the bytes, which is the least that a server must do that works an answer out.
 *
 *   bench_bare_mhd BODY HEAD [each]    BODY: a file with the bytes of the answer; HEAD: a file with response headers as received
 *
 * Prints its port and serves until it gets SIGTERM or SIGINT.
 */
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHARDS_MAX 64

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_bare_mhd: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The whole file with a NUL behind it; lives as long as the process. */
static char *read_whole(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die(path);
    long size = ftell(file);
    char *bytes = size < 0 ? NULL : malloc((size_t)size + 1);
    rewind(file);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        die(path);
    fclose(file);
    *n = (size_t)size;
    bytes[*n] = '\0';
    return bytes;
}

#define HEADERS_MAX 64

/* What is sent, read once and then shared by all shards. */
struct answer {
    char *body;
    size_t n;
    const char *name[HEADERS_MAX], *value[HEADERS_MAX];
    size_t n_headers;
};

/* The header lines of a received head, but for those that the library makes itself. */
static void read_headers(struct answer *answer, char *head)
{
    for (char *rest = head, *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        line[strcspn(line, "\r")] = '\0';
        char *colon = strchr(line, ':');
        if (!colon || colon[1] != ' ' || answer->n_headers == HEADERS_MAX)
            continue;
        *colon = '\0';
        if (strcasecmp(line, "Date") == 0 || strcasecmp(line, "Content-Length") == 0 ||
            strcasecmp(line, "Connection") == 0)
            continue;
        answer->name[answer->n_headers] = line;
        answer->value[answer->n_headers++] = colon + 2;
    }
}

static struct MHD_Response *make_response(const struct answer *answer, char *body, enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(answer->n, body, mode);
    if (!response)
        die("response");
    for (size_t i = 0; i < answer->n_headers; i++)
        (void)MHD_add_response_header(response, answer->name[i], answer->value[i]);
    return response;
}

static enum MHD_Result send_made(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *upload, size_t *upload_n, void **seen)
{
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_n;
    static char mark;
    if (!*seen) {
        *seen = &mark;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, cls);
}

static enum MHD_Result send_each(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *upload, size_t *upload_n, void **seen)
{
    const struct answer *answer = cls;
    char *copy = *seen ? malloc(answer->n + 1) : NULL;
    if (*seen && !copy)
        die("copy");
    if (!copy) /* the first call */
        return send_made(NULL, connection, url, method, version, upload, upload_n, seen);
    memcpy(copy, answer->body, answer->n);
    struct MHD_Response *response = make_response(answer, copy, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static int listen_on(struct sockaddr_in *at)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof *at;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)at, sizeof *at) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)at, &size) != 0)
        die("listen");
    return fd;
}

int main(int argc, char **argv)
{
    bool each = argc == 4 && strcmp(argv[3], "each") == 0;
    if (argc != 3 && !each) {
        fprintf(stderr, "usage: bench_bare_mhd BODY HEAD [each]\n");
        return 2;
    }
    struct answer answer = {.n_headers = 0};
    size_t head_bytes;
    answer.body = read_whole(argv[1], &answer.n);
    read_headers(&answer, read_whole(argv[2], &head_bytes));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    cpu_set_t cpus;
    int n = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    struct sockaddr_in at = {.sin_family = AF_INET};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct MHD_Daemon *daemons[SHARDS_MAX];
    for (int i = 0; i < n && i < SHARDS_MAX; i++) {
        daemons[i] = MHD_start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL,
            each ? send_each : send_made,
            each ? (void *)&answer : make_response(&answer, answer.body, MHD_RESPMEM_PERSISTENT),
            MHD_OPTION_LISTEN_SOCKET, listen_on(&at), MHD_OPTION_CONNECTION_LIMIT, 4096u,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)12 * 1024, MHD_OPTION_CONNECTION_TIMEOUT, 75u, MHD_OPTION_END);
        if (!daemons[i])
            die("MHD_start_daemon");
    }
    printf("%u\n", ntohs(at.sin_port));
    fflush(stdout);
    int signal_number;
    (void)sigwait(&set, &signal_number);
    for (int i = 0; i < n && i < SHARDS_MAX; i++)
        MHD_stop_daemon(daemons[i]);
    return 0;
}
