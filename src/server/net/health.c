/* Asks a running server whether it is ready, for `entrepot health`. */
#include "entrepot/server/health.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "entrepot/base/str.h"
#include "socket.h"

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* True when `events` came before the deadline. */
static bool await(int fd, short events, int64_t until_ms)
{
    for (;;) {
        int64_t left = until_ms - now_ms();
        struct pollfd p = {.fd = fd, .events = events};
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR) {
            if (n == 0)
                errno = ETIMEDOUT;
            return false;
        }
    }
}

/* A connected socket; -1 with errno otherwise. */
static int connect_until(const struct endpoint *endpoint, int64_t until_ms)
{
    int fd = socket(endpoint->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int error = connect(fd, &endpoint->address.any, endpoint->size) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        socklen_t size = sizeof error;
        if (!await(fd, POLLOUT, until_ms) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
            error = errno;
    }
    if (error == 0)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

static bool send_until(int fd, struct str s, int64_t until_ms)
{
    while (s.n && await(fd, POLLOUT, until_ms)) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (n > 0)
            s = str_span(s.p + n, s.n - (size_t)n);
    }
    return s.n == 0;
}

/* The status of the answer, or 0 with errno. */
static unsigned read_status(int fd, int64_t until_ms)
{
    static const struct str protocol = STR_INIT("HTTP/1.1 ");
    char text[12];
    size_t have = 0;
    while (have < sizeof text && await(fd, POLLIN, until_ms)) {
        ssize_t n = recv(fd, text + have, sizeof text - have, 0);
        if (n == 0)
            errno = ECONNRESET;
        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
            return 0;
        have += n > 0 ? (size_t)n : 0;
    }
    uint32_t status;
    if (have < sizeof text)
        return 0;
    if (str_starts(str_span(text, have), protocol) && str_u32(str_span(text + protocol.n, 3), 999, &status))
        return status;
    errno = EPROTO;
    return 0;
}

enum status health_ask(const char *address, const char *path, unsigned timeout_ms, struct problem *problem)
{
    struct endpoint endpoint;
    enum status status = endpoint_read(address, &endpoint, problem);
    if (status != ST_OK)
        return status;
    endpoint_to_loopback(&endpoint);
    char request[512];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (n < 0 || (size_t)n >= sizeof request)
        return problem_set(problem, ST_INVALID, "health", "the path is too long");
    int64_t until_ms = now_ms() + (int64_t)timeout_ms;
    int fd = connect_until(&endpoint, until_ms);
    unsigned code = fd >= 0 && send_until(fd, str_span(request, (size_t)n), until_ms) ? read_status(fd, until_ms) : 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    char place[256];
    (void)snprintf(place, sizeof place, "%.120s%.120s", address, path);
    if (code == 0)
        return problem_set(problem, ST_IO, place, "no answer: %s", strerror(error));
    return code == 200 ? ST_OK : problem_set(problem, ST_UNAVAILABLE, place, "answered with status %u", code);
}
